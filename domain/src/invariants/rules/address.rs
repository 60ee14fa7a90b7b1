//! Addresses: a change of one is confirmed only while nothing ended it.

use std::collections::{HashMap, HashSet};

use super::super::{Event, Rule, rule};
use crate::ids::{LinkId, UserId};
use crate::policy::Role;
use crate::time::{Span, Timestamp};
use crate::user::{LinkPurpose, RecoveryRoute, UserEvent};

/// How long a replaced address opens nothing alone.
const RESTS: Span = Span::hours(72);

pub(super) fn rules() -> Vec<Rule> {
    vec![change_stands(), replaced_rests(), another_settles(), corrected_first()]
}

/// Whoever asked for it in a session that fell since does not have it after all.
fn change_stands() -> Rule {
    let mut waits: HashMap<UserId, (LinkId, Option<u32>)> = HashMap::new();
    // The link by which they just came in: it may give them their address back.
    let mut came_by: HashMap<UserId, LinkId> = HashMap::new();
    rule(
        "address-change-stands",
        "An address changes only as it was asked for last, and not after it was cancelled; as the person asked, within the credential epoch in which that was, and not after a device was reported lost, another role, or a deactivation; as staff asked, not once they are an owner.",
        move |on, find| {
            let Event::User(user, event) = &on.entry.event else { return };
            match event {
                UserEvent::EmailChangeRequested { link, by, .. } => {
                    // What staff ask for was asked for in no session of theirs.
                    let staffs = by.is_some();
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
                UserEvent::RoleChanged { to: Role::Owner, .. } | UserEvent::PersonErased { .. } => {
                    waits.remove(user);
                }
                UserEvent::LinkRedeemed { link, .. } => {
                    came_by.insert(*user, *link);
                }
                UserEvent::EmailChanged { link, .. } if came_by.remove(user) == Some(*link) => {
                    waits.remove(user);
                }
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

/// What staff say is right could be what they were fooled into: it opens nothing alone before its time, whatever the
/// person, or a thief in a session of theirs, did before or after.
fn replaced_rests() -> Rule {
    let mut replaced: HashMap<UserId, Timestamp> = HashMap::new();
    let mut came_in: HashSet<UserId> = HashSet::new();
    rule(
        "replaced-address-rests",
        "Within 72 hours after staff replaced an address that was their person's, no forgotten password is mailed, and no word of staff opens a way back by then.",
        move |on, find| {
            let Event::User(user, event) = &on.entry.event else { return };
            let rests =
                |at: Timestamp| replaced.get(user).map(|then| *then + RESTS).filter(|until| at < *until);
            match event {
                UserEvent::PasswordSet { .. }
                | UserEvent::PasswordClaimed { .. }
                | UserEvent::EmailVerified { .. }
                | UserEvent::IdentityProviderLinked { .. } => {
                    came_in.insert(*user);
                }
                UserEvent::EmailChanged { by, at, .. } => {
                    let theirs = !came_in.insert(*user);
                    if by.is_some() && theirs {
                        replaced.insert(*user, *at);
                    }
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

/// Whoever replaced an address against its reader does not settle that, nor does anybody whom they brought along.
fn another_settles() -> Rule {
    // The last change by staff: its link, who, and when.
    let mut replaced: HashMap<UserId, (LinkId, UserId, Timestamp)> = HashMap::new();
    let mut disputed: HashSet<UserId> = HashSet::new();
    let mut here_since: HashMap<UserId, Timestamp> = HashMap::new();
    rule(
        "another-settles",
        "While the reader of an address before disputes that staff replaced it, only another owner, or another of staff who was here before, gives their word; of the owner who replaced it, no sooner than 72 hours later.",
        move |on, find| {
            let Event::User(user, event) = &on.entry.event else { return };
            match event {
                UserEvent::UserRegistered { at, .. } => {
                    here_since.insert(*user, *at);
                }
                UserEvent::EmailChanged { link, by: Some(by), at, .. } => {
                    let known = replaced.insert(*user, (*link, *by, *at));
                    if known.is_none_or(|(_, before, _)| before != *by) {
                        disputed.remove(user);
                    }
                }
                UserEvent::UserFrozen { against: Some(link), .. }
                    if replaced.get(user).is_some_and(|(change, ..)| change == link) =>
                {
                    disputed.insert(*user);
                }
                UserEvent::UserThawed { .. } | UserEvent::PersonErased { .. } => {
                    disputed.remove(user);
                }
                UserEvent::ThawAllowed { route: RecoveryRoute::Staff, from, at, .. }
                    if disputed.contains(user) =>
                {
                    let Some((_, who, then)) = replaced.get(user) else { return };
                    let by = on.entry.by.person();
                    let late = *at + RESTS <= *from;
                    let owner = by.is_some_and(|by| on.scene.role(by) == Role::Owner && (by != *who || late));
                    let before = |by| by != *who && here_since.get(&by).is_some_and(|since| since < then);
                    find.expect(owner || by.is_some_and(before), || format!("{by:?} of {user}, by {who}"));
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
                | UserEvent::RoleChanged { to: Role::Owner, .. }
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
            UserEvent::EmailChangeRequested {
                link: LINK,
                email,
                verifier,
                expires_at,
                by: None,
                rank: None,
                at,
            },
        );
    }
    fn changed(h: &mut History, by: Option<UserId>) {
        let (email, at) = (Sealed::from_bytes(vec![1]), h.now());
        h.at_the_door(ANA, UserEvent::EmailChanged { link: LINK, email, by, at });
    }
    fn confirm(h: &mut History) {
        changed(h, None);
    }
    fn freeze(h: &mut History, number: u32) {
        freeze_against(h, number, None);
    }
    fn freeze_against(h: &mut History, number: u32, against: Option<LinkId>) {
        let (recovery, at) = (RecoveryId::from_uuid(Uuid::from_u128(9_105)), h.now());
        let by = if against.is_some() { FrozenBy::FormerLink } else { FrozenBy::OwnLink };
        h.at_the_door(ANA, UserEvent::UserFrozen { recovery, number, by, against, reason: None, at });
    }
    fn staffs(h: &mut History) {
        let (at, verifier) = (h.now(), VerifierId::from_uuid(Uuid::from_u128(9_102)));
        let (email, expires_at, by) = (Sealed::from_bytes(vec![1]), at + Span::hours(24), Some(OWNER));
        h.staff_to(
            OWNER,
            ANA,
            UserEvent::EmailChangeRequested {
                link: LINK,
                email,
                verifier,
                expires_at,
                by,
                rank: Some(Role::Owner),
                at,
            },
        );
    }
    fn replaced(h: &mut History) {
        staffs(h);
        changed(h, Some(OWNER));
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
        h.at_the_door(ANA, UserEvent::ThawAllowed { rank: None, recovery, route, reason: None, from, at });
    };
    let uncorrected = case(
        "corrected-first",
        move |h| {
            h.town();
            freeze(h, 1);
            replaced(h);
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
    let word = |h: &mut History, by: UserId| {
        let recovery = RecoveryId::from_uuid(Uuid::from_u128(9_105));
        let (route, reason, at) = (RecoveryRoute::Staff, Some(Sealed::from_bytes(vec![1])), h.now());
        let from = at + RESTS;
        h.staff_to(by, ANA, UserEvent::ThawAllowed { rank: None, recovery, route, reason, from, at });
    };
    let brought_along = case(
        "another-settles",
        move |h| {
            h.town();
            replaced(h);
            freeze_against(h, 1, Some(LINK));
            word(h, OWNER);
            h.wait(Span::hours(1));
            h.sign_in(OWNER);
        },
        move |h| {
            let puppet = UserId::from_uuid(Uuid::from_u128(9_106));
            h.register(puppet, Role::Admin);
            h.redeem(puppet);
            h.sign_in(puppet);
            word(h, puppet);
        },
    );
    vec![after_a_reset, too_soon, uncorrected, brought_along]
}
