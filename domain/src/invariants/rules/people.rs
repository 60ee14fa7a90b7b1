//! Who is there: registered once, silent after an erasure; a device has one owner.

use super::super::{Event, Rule, rule};
use crate::device::DeviceEvent;
use crate::user::UserEvent;

pub(super) fn rules() -> Vec<Rule> {
    vec![registered_first(), erased_silent(), device_owner()]
}

fn registered_first() -> Rule {
    rule(
        "person-registered-first",
        "A person is registered once, before anything else of theirs.",
        |on, find| {
            let Event::User(user, event) = &on.entry.event else { return };
            let registering = matches!(event, UserEvent::UserRegistered { .. });
            let known = on.scene.person(*user).is_some_and(|p| p.role.is_some());
            find.expect(known != registering, || user.to_string());
        },
    )
}

fn erased_silent() -> Rule {
    rule(
        "erased-silent",
        "Nothing is recorded about somebody who was erased, and on their devices nothing but ends.",
        |on, find| {
            let Some(person) = on.meaning.subject.and_then(|user| on.scene.person(user)) else { return };
            let silent = match &on.entry.event {
                Event::Device(_, DeviceEvent::SessionEnded { .. } | DeviceEvent::DeviceDistrusted { .. }) => {
                    true
                }
                Event::Device(..) | Event::User(..) | Event::Account(_) => !person.erased,
            };
            find.expect(silent, || format!("{:?}", on.meaning.subject));
        },
    )
}

fn device_owner() -> Rule {
    rule(
        "device-one-owner",
        "A device is registered once, before anything else on it, and has one owner.",
        |on, find| {
            let Event::Device(device, event) = &on.entry.event else { return };
            let registering = matches!(event, DeviceEvent::DeviceRegistered { .. });
            let known = on.scene.device(*device).is_some_and(|d| d.owner.is_some());
            find.expect(known != registering, || device.to_string());
        },
    )
}

#[cfg(test)]
pub(super) fn cases() -> Vec<super::super::history::Case> {
    use super::super::history::{ANA, History, OWNER, case};
    vec![
        case("person-registered-first", History::town, |h| {
            h.register(ANA, crate::policy::Role::Owner);
        }),
        case(
            "erased-silent",
            |h| {
                h.town();
                h.erase(OWNER, ANA);
            },
            |h| h.link(ANA),
        ),
        case(
            "device-one-owner",
            |h| {
                h.town();
                h.sign_in(ANA);
            },
            |h| {
                let again = h.find("DeviceRegistered", ANA);
                h.door(vec![again]);
            },
        ),
    ]
}
