//! Addresses: a change of one is confirmed only while nothing ended it.

use std::collections::HashMap;

use super::super::{Event, Rule, rule};
use crate::ids::{LinkId, UserId};
use crate::user::UserEvent;

pub(super) fn rules() -> Vec<Rule> {
    vec![change_stands()]
}

/// Whoever asked for it in a session that fell since does not have it after all.
fn change_stands() -> Rule {
    let mut waits: HashMap<UserId, (LinkId, u32)> = HashMap::new();
    // Whose sign-in is frozen, and the link by which they just came back: it may give them their address back.
    let mut frozen: HashMap<UserId, Option<LinkId>> = HashMap::new();
    rule(
        "address-change-stands",
        "An address changes only as it was asked for last, within the credential epoch in which that was asked, and not after it was cancelled or a device was reported lost.",
        move |on, find| {
            let Event::User(user, event) = &on.entry.event else { return };
            match event {
                UserEvent::EmailChangeRequested { link, .. } => {
                    waits.insert(*user, (*link, on.scene.in_force(Some(*user)).1));
                }
                UserEvent::EmailChangeCancelled { link, .. } => {
                    let known = waits.remove(user);
                    find.expect(known.is_some_and(|(open, _)| open == *link), || format!("{link} of {user}"));
                }
                UserEvent::DeviceReportedLost { .. } | UserEvent::PersonErased { .. } => {
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
                    let now = (*link, on.scene.in_force(Some(*user)).1);
                    find.expect(known == Some(now), || format!("{now:?} of {user}, asked {known:?}"));
                }
                _ => {}
            }
        },
    )
}

#[cfg(test)]
pub(super) fn cases() -> Vec<super::super::history::Case> {
    use super::super::history::{ANA, History, case};
    use crate::ids::{DeviceId, VerifierId};
    use crate::sealed::Sealed;
    use crate::time::Span;
    use uuid::Uuid;

    const LINK: LinkId = LinkId::from_uuid(Uuid::from_u128(9_101));
    fn ask(h: &mut History) {
        let (at, verifier) = (h.now(), VerifierId::from_uuid(Uuid::from_u128(9_102)));
        let (email, expires_at) = (Sealed::from_bytes(vec![1]), at + Span::hours(24));
        h.person_act(ANA, UserEvent::EmailChangeRequested { link: LINK, email, verifier, expires_at, at });
    }
    fn confirm(h: &mut History) {
        let (email, at) = (Sealed::from_bytes(vec![1]), h.now());
        h.at_the_door(ANA, UserEvent::EmailChanged { link: LINK, email, at });
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
    vec![after_a_reset]
}
