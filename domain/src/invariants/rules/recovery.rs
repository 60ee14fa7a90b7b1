//! Ways back in: whom a code is granted, how often it is good, and what no mailbox opens by itself.

use std::collections::{HashMap, HashSet};

use super::super::meaning::Spent;
use super::super::{Event, Rule, rule};
use crate::ids::{RecoveryId, UserId};
use crate::policy::Role;
use crate::time::{Span, Timestamp};
use crate::user::{Handing, LinkPurpose, RESET_WAIT, RecoveryRoute, Thawed, UserEvent};

/// How long a mailbox stands in doubt.
const DOUBT: Span = Span::hours(72);

pub(super) fn rules() -> Vec<Rule> {
    vec![grant_for_the_team(), grant_once(), code_kept_from_issuer(), wait_is_long(), mailbox_in_doubt()]
}

fn grant_for_the_team() -> Rule {
    let mut joined: HashMap<UserId, Timestamp> = HashMap::new();
    rule(
        "no-grant-for-end-users",
        "Nobody is granted a recovery code or issued a ticket who is a customer, or was one within the length of their wait, and only an owner exempts them.",
        move |on, find| {
            let Event::User(user, event) = &on.entry.event else { return };
            let role = on.scene.role(*user);
            let customer = |at: Timestamp| {
                role == Role::EndUser || joined.get(user).is_some_and(|joined| at < *joined + RESET_WAIT)
            };
            match event {
                UserEvent::RoleChanged { from: Role::EndUser, at, .. } => {
                    joined.insert(*user, *at);
                }
                UserEvent::RecoveryGranted { at, .. } | UserEvent::EnrolmentTicketIssued { at, .. } => {
                    find.expect(!customer(*at), || format!("{user} at {at}"));
                }
                UserEvent::ExemptionGranted { at, .. } if customer(*at) => {
                    let by = on.entry.by.person().map(|by| on.scene.role(by));
                    find.expect(by == Some(Role::Owner), || format!("{user} at {at} by {by:?}"));
                }
                _ => {}
            }
        },
    )
}

/// A grant in force: when it ends, and whether somebody has its code.
#[derive(Clone, Copy)]
struct Open {
    recovery: RecoveryId,
    expires_at: Timestamp,
    shown: bool,
}

fn grant_once() -> Rule {
    let mut open: HashMap<UserId, Open> = HashMap::new();
    rule(
        "grant-once",
        "The code of a recovery grant is used at most once, after it was shown, before it ends, and not once the grant was revoked.",
        move |on, find| {
            if let (Some(Spent::Grant { recovery, .. }), Some(user)) = (on.meaning.spends, on.meaning.subject)
            {
                let known = open.remove(&user).filter(|open| open.recovery == recovery && open.shown);
                find.expect(known.is_some_and(|open| on.decided() < open.expires_at), || {
                    format!("{recovery} at {}, open: {}", on.decided(), known.is_some())
                });
            }
            let Event::User(user, event) = &on.entry.event else { return };
            match event {
                UserEvent::RecoveryGranted { recovery, handed, expires_at, .. } => {
                    let shown = matches!(handed, Handing::Issuer { .. });
                    open.insert(*user, Open { recovery: *recovery, expires_at: *expires_at, shown });
                }
                UserEvent::RecoveryCodeRevealed { recovery, .. } => {
                    let known = open.get_mut(user).filter(|open| open.recovery == *recovery && !open.shown);
                    find.expect(known.is_some(), || format!("{recovery} is shown"));
                    if let Some(open) = known {
                        open.shown = true;
                    }
                }
                UserEvent::RecoveryGrantRevoked { .. }
                | UserEvent::TwoFactorReset { .. }
                | UserEvent::TwoFactorDisabled { .. }
                | UserEvent::RoleChanged { .. }
                | UserEvent::UserFrozen { .. }
                | UserEvent::UserDeactivated { .. }
                | UserEvent::PersonErased { .. } => {
                    open.remove(user);
                }
                _ => {}
            }
        },
    )
}

fn code_kept_from_issuer() -> Rule {
    rule(
        "code-kept-from-issuer",
        "Whoever grants a recovery code sees it only where the account's governance says so.",
        |on, find| {
            if let Event::User(_, UserEvent::RecoveryGranted { recovery, handed, .. }) = &on.entry.event {
                let seen = matches!(handed, Handing::Issuer { .. });
                let allowed = on.scene.account.governance.issuers_see_codes;
                find.expect(!seen || allowed, || recovery.to_string());
            }
        },
    )
}

fn wait_is_long() -> Rule {
    rule(
        "wait-is-long",
        "A reset that somebody asked for waits at least 72 hours; from a trusted device at least as long as the account's governance says.",
        |on, find| {
            let Event::User(_, UserEvent::TwoFactorResetScheduled { route, due_at, at, .. }) =
                &on.entry.event
            else {
                return;
            };
            let least = match route {
                RecoveryRoute::TrustedDevice => on.scene.account.governance.repair_wait(),
                _ => RESET_WAIT,
            };
            find.expect(*due_at >= *at + least, || format!("{route:?} from {at} to {due_at}"));
        },
    )
}

fn mailbox_in_doubt() -> Rule {
    let mut resets: HashMap<UserId, Vec<crate::ids::LinkId>> = HashMap::new();
    let mut mailed: HashMap<UserId, Timestamp> = HashMap::new();
    let mut moved: HashMap<UserId, Timestamp> = HashMap::new();
    // Who ever had a second factor.
    let mut had: HashSet<UserId> = HashSet::new();
    rule(
        "mailbox-in-doubt",
        "Within 72 hours of a password that was reset by mail, or set by a way back from a freeze that took no factor, no code is granted or used, no wait begins, and no mailed code binds a factor where there was one before; nor does a wait begin within 72 hours of a change of address.",
        move |on, find| {
            let Event::User(user, event) = &on.entry.event else { return };
            let fresh = |known: &HashMap<UserId, Timestamp>, at: Timestamp| {
                known.get(user).is_some_and(|then| at < *then + DOUBT)
            };
            match event {
                UserEvent::LinkIssued {
                    link,
                    purpose: LinkPurpose::PasswordReset | LinkPurpose::Verification,
                    ..
                } => resets.entry(*user).or_default().push(*link),
                UserEvent::LinkRedeemed { link, at }
                    if resets.get(user).is_some_and(|links| links.contains(link)) =>
                {
                    resets.remove(user);
                    mailed.insert(*user, *at);
                }
                UserEvent::UserThawed { how: Thawed::Allowed, at, .. } => {
                    mailed.insert(*user, *at);
                }
                UserEvent::TwoFactorEnabled { at, .. } => {
                    let again = !had.insert(*user);
                    let by_mail = on.scene.act.mailed.contains(user) && !on.scene.act.tickets.contains(user);
                    find.expect(!(again && by_mail && fresh(&mailed, *at)), || format!("{user} at {at}"));
                }
                UserEvent::EmailChanged { at, .. } => {
                    moved.insert(*user, *at);
                }
                UserEvent::RecoveryGranted { at, .. } | UserEvent::RecoveryGrantUsed { at, .. } => {
                    find.expect(!fresh(&mailed, *at), || format!("{user} at {at}"));
                }
                UserEvent::TwoFactorResetScheduled { recovery: Some(_), at, .. } => {
                    let doubted = fresh(&mailed, *at) || fresh(&moved, *at);
                    find.expect(!doubted, || format!("{user} at {at}"));
                }
                _ => {}
            }
        },
    )
}

#[cfg(test)]
pub(super) fn cases() -> Vec<super::super::history::Case> {
    use super::super::history::{AGENT, ANA, History, OWNER, case};
    use crate::account::{AccountEvent, Governance};
    use crate::ids::VerifierId;
    use crate::sealed::Sealed;
    use crate::user::{Familiarity, FrozenBy, Purpose};
    use uuid::Uuid;

    const CASE: RecoveryId = RecoveryId::from_uuid(Uuid::from_u128(9_001));
    fn seen(h: &mut History, allowed: bool) {
        let after = Governance { issuers_see_codes: allowed, ..Governance::default() };
        let (before, at) = (Governance::default(), h.now());
        h.staff(OWNER, AccountEvent::GovernanceChanged { before, after, at });
    }
    fn grant(h: &mut History, user: UserId) {
        let handed = Handing::Issuer { verifier: VerifierId::from_uuid(Uuid::from_u128(9_002)) };
        let (at, expires_at) = (h.now(), h.now() + Span::hours(24));
        let reason = Sealed::from_bytes(vec![1]);
        let (recovery, by, approved_by) = (CASE, OWNER, None);
        let granted = UserEvent::RecoveryGranted {
            rank: None,
            recovery,
            handed,
            reason,
            by,
            approved_by,
            expires_at,
            at,
        };
        h.staff_to(OWNER, user, granted);
    }
    fn wait(h: &mut History, span: Span) {
        let (at, route) = (h.now(), RecoveryRoute::Mailbox);
        let (recovery, reason, due_at) = (Some(CASE), None, at + span);
        let scheduled =
            UserEvent::TwoFactorResetScheduled { rank: None, recovery, route, reason, due_at, at };
        h.at_the_door(ANA, scheduled);
    }
    fn enrolled(h: &mut History) {
        h.town();
        h.enrol(AGENT);
        h.enrol(ANA);
        h.step_up(OWNER);
    }
    let customer = case(
        "no-grant-for-end-users",
        |h| {
            enrolled(h);
            seen(h, true);
            grant(h, AGENT);
        },
        |h| grant(h, ANA),
    );
    let kept = case(
        "code-kept-from-issuer",
        |h| {
            enrolled(h);
            seen(h, false);
        },
        |h| grant(h, AGENT),
    );
    let unknown = case("grant-once", enrolled, |h| {
        let (purpose, familiarity, at) = (Purpose::Disable, Familiarity::Stranger, h.now());
        let used = UserEvent::RecoveryGrantUsed { recovery: CASE, purpose, familiarity, at };
        h.at_the_door(AGENT, used);
    });
    let short = case("wait-is-long", enrolled, |h| wait(h, Span::hours(1)));
    let doubted = case(
        "mailbox-in-doubt",
        |h| {
            enrolled(h);
            h.new_password_by_mail(ANA);
        },
        |h| wait(h, RESET_WAIT),
    );
    let thawed = case(
        "mailbox-in-doubt",
        |h| {
            enrolled(h);
            let (recovery, by, reason, at) = (CASE, FrozenBy::OwnLink, None, h.now());
            h.at_the_door(ANA, UserEvent::UserFrozen { recovery, number: 1, by, against: None, reason, at });
            let (route, reason, from) = (RecoveryRoute::Mailbox, None, at + RESET_WAIT);
            h.at_the_door(ANA, UserEvent::ThawAllowed { rank: None, recovery, route, reason, from, at });
            h.wait(Span::hours(100));
            let (how, at) = (Thawed::Allowed, h.now());
            h.at_the_door(ANA, UserEvent::UserThawed { recovery, how, at });
            h.wait(Span::hours(71));
        },
        |h| wait(h, RESET_WAIT),
    );
    vec![customer, kept, unknown, short, doubted, thawed]
}
