//! "This was not me": while a sign-in is frozen nothing opens it, and what ends the freeze is more than a mailbox.

use std::collections::HashMap;

use super::super::meaning::Spent;
use super::super::{Event, Rule, rule};
use crate::device::DeviceEvent;
use crate::ids::UserId;
use crate::policy::Audience;
use crate::time::{Span, Timestamp};
use crate::user::{FrozenBy, Help, Purpose, RESET_WAIT, RecoveryRoute, Thawed, UserEvent};

/// How long a way back without a factor stays open.
const STAYS_OPEN: Span = Span::hours(72);
/// Freezes of one person by staff, words for their way back, and codes granted to them, of each, within an hour.
const AN_HOUR: usize = 5;

pub(super) fn rules() -> Vec<Rule> {
    vec![frozen_out(), freeze_numbered(), thaw_takes_more(), thaw_waits(), helped_so_often()]
}

fn frozen_out() -> Rule {
    rule(
        "frozen-stay-out",
        "While a sign-in is frozen its person signs in nowhere, acts in no session, and proves nothing but for the way back.",
        |on, find| {
            let frozen = |user| on.scene.person(user).is_some_and(|p| p.frozen);
            // The act that freezes it mails the link back.
            let acts = on.entry.by.person().is_some_and(|by| frozen(by) && !on.scene.act.froze.contains(&by));
            let back = match on.meaning.spends {
                // Which links are open, and what each is for, the rules about links say.
                Some(Spent::Link { .. } | Spent::Message { .. }) | None => true,
                Some(
                    Spent::Sms { purpose, .. }
                    | Spent::Challenge { purpose, .. }
                    | Spent::Code { purpose, .. }
                    | Spent::Grant { purpose, .. }
                    | Spent::Step { purpose: Some(purpose), .. },
                ) => matches!(purpose, Purpose::Thaw(_)),
                Some(
                    Spent::Step { purpose: None, .. }
                    | Spent::Credential
                    | Spent::Mailed { .. }
                    | Spent::Ticket { .. },
                ) => false,
            };
            let comes = on.meaning.subject.is_some_and(frozen)
                && match &on.entry.event {
                    Event::Device(_, event) => {
                        matches!(
                            event,
                            DeviceEvent::SignInStarted { .. } | DeviceEvent::SessionStarted { .. }
                        )
                    }
                    Event::User(..) | Event::Account(_) => !back,
                    Event::Reading(_) => false,
                };
            if acts || comes || on.meaning.spends.is_some() || on.meaning.stands.is_some() {
                find.expect(!acts && !comes, || format!("{:?} {:?}", on.entry.by, on.meaning.subject));
            }
        },
    )
}

fn freeze_numbered() -> Rule {
    let mut numbers: HashMap<UserId, u32> = HashMap::new();
    rule(
        "freeze-numbered",
        "Each freeze of a person has the next number, so that the links of earlier notices are dead.",
        move |on, find| {
            if let Event::User(user, UserEvent::UserFrozen { number, .. }) = &on.entry.event {
                let before = numbers.insert(*user, *number).unwrap_or_default();
                find.expect(*number == before + 1, || format!("{number} after {before}"));
            }
        },
    )
}

fn thaw_takes_more() -> Rule {
    let mut ways: HashMap<UserId, Timestamp> = HashMap::new();
    rule(
        "thaw-takes-more",
        "A freeze ends in the act in which its person showed a second factor for it, or once a way without one was open that nobody closed, no other role ended, and that was open no longer than 72 hours.",
        move |on, find| {
            let Event::User(user, event) = &on.entry.event else { return };
            match event {
                UserEvent::ThawAllowed { from, .. } => {
                    ways.insert(*user, *from);
                }
                UserEvent::UserFrozen { .. }
                | UserEvent::ThawStopped { .. }
                | UserEvent::RoleChanged { .. }
                | UserEvent::PersonErased { .. } => {
                    ways.remove(user);
                }
                UserEvent::UserThawed { recovery, how, at } => {
                    let open = ways.remove(user);
                    let frozen = on.scene.person(*user).is_some_and(|p| p.frozen);
                    let right = match how {
                        Thawed::Allowed => open.is_some_and(|from| from <= *at && *at < from + STAYS_OPEN),
                        Thawed::Factor => {
                            let shown = (*user, Some(Purpose::Thaw(*recovery)));
                            on.scene.act.proofs.contains(&shown)
                        }
                    };
                    find.expect(frozen && right, || format!("{user} with {how:?}, open from {open:?}"));
                }
                _ => {}
            }
        },
    )
}

fn thaw_waits() -> Rule {
    rule(
        "thaw-waits",
        "A way back without a factor takes at least 72 hours, but for the word of staff for a member of the team.",
        |on, find| {
            let Event::User(user, UserEvent::ThawAllowed { route, from, at, .. }) = &on.entry.event else {
                return;
            };
            let team = on.scene.role(*user).audience() == Audience::Team;
            let word = *route == RecoveryRoute::Staff && team;
            find.expect(word || *from >= *at + RESET_WAIT, || format!("{route:?} from {at} to {from}"));
        },
    )
}

fn helped_so_often() -> Rule {
    let mut given: HashMap<(UserId, Help), Vec<Timestamp>> = HashMap::new();
    rule(
        "helped-so-often",
        "Staff freeze one person, give their word for the way back, and grant them codes at most five times an hour each.",
        move |on, find| {
            let Event::User(user, event) = &on.entry.event else { return };
            let (help, at) = match event {
                UserEvent::UserFrozen { by: FrozenBy::Staff, at, .. } => (Help::Freeze, *at),
                UserEvent::ThawAllowed { route: RecoveryRoute::Staff, at, .. } => (Help::Vouch, *at),
                UserEvent::RecoveryGranted { at, .. } => (Help::Grant, *at),
                _ => return,
            };
            let times = given.entry((*user, help)).or_default();
            times.retain(|earlier| at < *earlier + Span::hours(1));
            find.expect(times.len() < AN_HOUR, || format!("{user}, {help:?}, {} before", times.len()));
            times.push(at);
        },
    )
}

#[cfg(test)]
pub(super) fn cases() -> Vec<super::super::history::Case> {
    use super::super::history::{AGENT, ANA, History, OWNER, case};
    use crate::ids::RecoveryId;
    use crate::sealed::Sealed;
    use uuid::Uuid;

    const CASE: RecoveryId = RecoveryId::from_uuid(Uuid::from_u128(9_101));
    fn freeze(h: &mut History, user: UserId, number: u32) {
        let (recovery, by, reason, at) = (CASE, FrozenBy::OwnLink, None, h.now());
        h.at_the_door(user, UserEvent::UserFrozen { recovery, number, by, against: None, reason, at });
    }
    fn vouch(h: &mut History, user: UserId) {
        let (at, from) = (h.now(), h.now());
        let (recovery, route, reason) = (CASE, RecoveryRoute::Staff, Some(Sealed::from_bytes(vec![1])));
        h.staff_to(OWNER, user, UserEvent::ThawAllowed { rank: None, recovery, route, reason, from, at });
    }
    fn staffs(h: &mut History, number: u32) {
        let (recovery, by, at) = (CASE, FrozenBy::Staff, h.now());
        let reason = Some(Sealed::from_bytes(vec![1]));
        h.staff_to(OWNER, AGENT, UserEvent::UserFrozen { recovery, number, by, against: None, reason, at });
    }
    fn thaw(h: &mut History, user: UserId, how: Thawed) {
        let (recovery, at) = (CASE, h.now());
        h.at_the_door(user, UserEvent::UserThawed { recovery, how, at });
    }
    fn frozen(h: &mut History) {
        h.town();
        h.sign_in(AGENT);
        freeze(h, AGENT, 1);
    }
    vec![
        case("frozen-stay-out", frozen, |h| h.sign_in(AGENT)),
        case("freeze-numbered", frozen, |h| freeze(h, AGENT, 1)),
        case(
            "thaw-takes-more",
            |h| {
                frozen(h);
                vouch(h, AGENT);
                thaw(h, AGENT, Thawed::Allowed);
                freeze(h, AGENT, 2);
            },
            |h| thaw(h, AGENT, Thawed::Factor),
        ),
        case(
            "thaw-takes-more",
            |h| {
                frozen(h);
                vouch(h, AGENT);
                h.wait(Span::hours(71));
            },
            |h| {
                h.wait(Span::hours(1));
                thaw(h, AGENT, Thawed::Allowed);
            },
        ),
        case(
            "helped-so-often",
            |h| {
                h.town();
                (1..=5).for_each(|number| staffs(h, number));
                h.wait(Span::hours(1));
                staffs(h, 6);
            },
            |h| (7..=11).for_each(|number| staffs(h, number)),
        ),
        case(
            "thaw-waits",
            |h| {
                h.town();
                freeze(h, ANA, 1);
            },
            |h| vouch(h, ANA),
        ),
    ]
}
