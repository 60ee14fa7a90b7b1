//! Addresses: a change of one is confirmed only while nothing ended it.

use std::collections::{HashMap, HashSet};

use super::super::{Event, Rule, rule};
use crate::ids::{LinkId, UserId};
use crate::time::{Span, Timestamp};
use crate::user::{LinkPurpose, RecoveryRoute, UserEvent};

/// How long a replaced address opens nothing alone.
const RESTS: Span = Span::hours(72);

pub(super) fn rules() -> Vec<Rule> {
    vec![change_stands(), replaced_rests(), corrected_first()]
}

/// Whoever asked for it in a session that fell since does not have it after all.
fn change_stands() -> Rule {
    let mut waits: HashMap<UserId, (LinkId, Option<u32>)> = HashMap::new();
    // Whose sign-in is frozen, and the link by which they just came back: it may give them their address back.
    let mut frozen: HashMap<UserId, Option<LinkId>> = HashMap::new();
    rule(
        "address-change-stands",
        "An address changes only as it was asked for last, within the credential epoch in which that was asked, and not after it was cancelled or a device was reported lost; as staff asked of somebody frozen, not after another role or a deactivation.",
        move |on, find| {
            let Event::User(user, event) = &on.entry.event else { return };
            match event {
                UserEvent::EmailChangeRequested { link, by, .. } => {
                    // What staff ask for of somebody frozen was asked for in no session of theirs.
                    let staffs = by.is_some() && frozen.contains_key(user);
                    let epoch = on.scene.in_force(Some(*user)).1;
                    waits.insert(*user, (*link, (!staffs).then_some(epoch)));
                }
                UserEvent::EmailChangeCancelled { link, .. } => {
                    let known = waits.remove(user);
                    find.expect(known.is_some_and(|(open, _)| open == *link), || format!("{link} of {user}"));
                }
                UserEvent::DeviceReportedLost { .. }
                    if waits.get(user).is_some_and(|(_, epoch)| epoch.is_some()) =>
                {
                    waits.remove(user);
                }
                UserEvent::RoleChanged { .. }
                | UserEvent::UserDeactivated { .. }
                | UserEvent::PersonErased { .. } => {
                    waits.remove(user);
                }
                UserEvent::UserFrozen { .. } => {
                    frozen.insert(*user, None);
                }
                UserEvent::LinkRedeemed { link, .. } => {
                    frozen.entry(*user).and_modify(|back| *back = Some(*link));
                }
                UserEvent::UserThawed { .. } => {
                    frozen.remove(user);
                }
                UserEvent::EmailChanged { link, .. } if frozen.get(user) == Some(&Some(*link)) => {}
                UserEvent::EmailChanged { link, .. } => {
                    let known = waits.remove(user);
                    let now = on.scene.in_force(Some(*user)).1;
                    let stands =
                        known.filter(|(asked, epoch)| asked == link && epoch.is_none_or(|e| e == now));
                    find.expect(stands.is_some(), || format!("{link} of {user} in {now}, asked {known:?}"));
                }
                _ => {}
            }
        },
    )
}

/// What staff say is right could be what they were fooled into: it opens nothing alone before its time.
fn replaced_rests() -> Rule {
    let mut asked: HashMap<UserId, (LinkId, bool)> = HashMap::new();
    let mut changes: HashMap<UserId, Vec<(Timestamp, bool)>> = HashMap::new();
    let mut proved: HashSet<UserId> = HashSet::new();
    rule(
        "replaced-address-rests",
        "Within 72 hours after staff replaced an address that was their person's, no forgotten password is mailed, and no word of staff opens a way back by then, unless the person had moved it themself just before.",
        move |on, find| {
            let Event::User(user, event) = &on.entry.event else { return };
            // Until when, where the first change that is fresh was staff's.
            let rests = |at: Timestamp| {
                let fresh = changes.get(user)?.iter().filter(|(then, _)| at < *then + RESTS);
                let staffs = fresh.clone().next().is_some_and(|(_, staffs)| *staffs);
                fresh.map(|(then, _)| *then + RESTS).max().filter(|_| staffs)
            };
            match event {
                UserEvent::PasswordSet { .. } | UserEvent::EmailVerified { .. } => {
                    proved.insert(*user);
                }
                UserEvent::EmailChangeRequested { link, by, .. } => {
                    asked.insert(*user, (*link, by.is_some()));
                }
                UserEvent::EmailChanged { link, at, .. } => {
                    let staffs = asked.remove(user).is_some_and(|(open, staffs)| open == *link && staffs);
                    if !proved.insert(*user) {
                        changes.entry(*user).or_default().push((*at, staffs));
                    }
                }
                // Back by the address before, nothing of the change is left.
                UserEvent::UserThawed { .. } => {
                    changes.remove(user);
                }
                UserEvent::LinkIssued { purpose: LinkPurpose::PasswordReset, expires_at, .. } => {
                    let at = *expires_at - LinkPurpose::PasswordReset.life();
                    find.expect(rests(at).is_none(), || format!("{user} at {at}"));
                }
                UserEvent::ThawAllowed { route: RecoveryRoute::Staff, from, at, .. } => {
                    let until = rests(*at);
                    find.expect(until.is_none_or(|until| until <= *from), || format!("{user} from {from}"));
                }
                _ => {}
            }
        },
    )
}

/// Staff said that the mailbox is wrong: it gets no way back while the right one is not confirmed.
fn corrected_first() -> Rule {
    let mut waits: HashMap<UserId, Timestamp> = HashMap::new();
    rule(
        "corrected-first",
        "While a correction of a frozen person's address waits that staff asked for, no way back is mailed or opened, and nobody is back.",
        move |on, find| {
            let Event::User(user, event) = &on.entry.event else { return };
            let back = match event {
                UserEvent::EmailChangeRequested { by, expires_at, .. } => {
                    waits.remove(user);
                    if by.is_some() && on.scene.person(*user).is_some_and(|person| person.frozen) {
                        waits.insert(*user, *expires_at);
                    }
                    return;
                }
                UserEvent::EmailChangeCancelled { .. }
                | UserEvent::EmailChanged { .. }
                | UserEvent::RoleChanged { .. }
                | UserEvent::UserDeactivated { .. }
                | UserEvent::PersonErased { .. } => {
                    waits.remove(user);
                    return;
                }
                UserEvent::LinkIssued { purpose: LinkPurpose::WayBack, expires_at, .. } => {
                    *expires_at - LinkPurpose::WayBack.life()
                }
                UserEvent::ThawAllowed { at, .. } | UserEvent::UserThawed { at, .. } => *at,
                _ => return,
            };
            let until = waits.get(user);
            find.expect(until.is_none_or(|until| *until <= back), || format!("{user} at {back}, {until:?}"));
        },
    )
}

#[cfg(test)]
pub(super) fn cases() -> Vec<super::super::history::Case> {
    use super::super::history::{ANA, History, OWNER, case};
    use crate::ids::{DeviceId, RecoveryId, VerifierId};
    use crate::sealed::Sealed;
    use crate::user::FrozenBy;
    use uuid::Uuid;

    const LINK: LinkId = LinkId::from_uuid(Uuid::from_u128(9_101));
    fn ask(h: &mut History) {
        let (at, verifier) = (h.now(), VerifierId::from_uuid(Uuid::from_u128(9_102)));
        let (email, expires_at) = (Sealed::from_bytes(vec![1]), at + Span::hours(24));
        h.person_act(
            ANA,
            UserEvent::EmailChangeRequested { link: LINK, email, verifier, expires_at, by: None, at },
        );
    }
    fn confirm(h: &mut History) {
        let (email, at) = (Sealed::from_bytes(vec![1]), h.now());
        h.at_the_door(ANA, UserEvent::EmailChanged { link: LINK, email, at });
    }
    fn freeze(h: &mut History, number: u32) {
        let (recovery, at) = (RecoveryId::from_uuid(Uuid::from_u128(9_105)), h.now());
        let (by, reason) = (FrozenBy::OwnLink, None);
        h.at_the_door(ANA, UserEvent::UserFrozen { recovery, number, by, reason, at });
    }
    fn staffs(h: &mut History) {
        let (at, verifier) = (h.now(), VerifierId::from_uuid(Uuid::from_u128(9_102)));
        let (email, expires_at, by) = (Sealed::from_bytes(vec![1]), at + Span::hours(24), Some(OWNER));
        h.staff_to(
            OWNER,
            ANA,
            UserEvent::EmailChangeRequested { link: LINK, email, verifier, expires_at, by, at },
        );
    }
    fn replaced(h: &mut History) {
        staffs(h);
        confirm(h);
    }
    fn forgets(h: &mut History) {
        let purpose = LinkPurpose::PasswordReset;
        let (link, expires_at) = (LinkId::from_uuid(Uuid::from_u128(9_103)), h.now() + purpose.life());
        let verifier = VerifierId::from_uuid(Uuid::from_u128(9_104));
        h.at_the_door(ANA, UserEvent::LinkIssued { link, purpose, verifier, expires_at });
    }
    let after_a_reset = case(
        "address-change-stands",
        |h| {
            h.town();
            h.enrol(ANA);
            ask(h);
            confirm(h);
            ask(h);
            h.person_act(
                ANA,
                UserEvent::DeviceReportedLost { device: DeviceId::from_uuid(Uuid::from_u128(1)) },
            );
        },
        confirm,
    );
    let too_soon = case(
        "replaced-address-rests",
        |h| {
            h.town();
            replaced(h);
        },
        |h| {
            h.wait(Span::hours(71));
            forgets(h);
        },
    );
    // Not even after their factor was reset, or they said "not me" once more.
    let way_back = |h: &mut History| {
        let (recovery, route, at) =
            (RecoveryId::from_uuid(Uuid::from_u128(9_105)), RecoveryRoute::Mailbox, h.now());
        let from = at + RESTS;
        h.at_the_door(ANA, UserEvent::ThawAllowed { recovery, route, reason: None, from, at });
    };
    let uncorrected = case(
        "corrected-first",
        move |h| {
            h.town();
            freeze(h, 1);
            staffs(h);
            confirm(h);
            way_back(h);
            staffs(h);
            h.wait(Span::hours(24));
            way_back(h);
            h.sign_in(OWNER);
            staffs(h);
            freeze(h, 2);
        },
        way_back,
    );
    vec![after_a_reset, too_soon, uncorrected]
}
