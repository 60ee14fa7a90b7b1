//! Trust in a device: earned by a second factor, for as long as the policy allows. That none outlives
//! its date, a reset, an epoch, or a generation is judged where it is used, in `sign_in`.

use super::super::{Event, Rule, rule};
use crate::device::DeviceEvent;
use crate::time::Span;
use crate::user::Purpose;

pub(super) fn rules() -> Vec<Rule> {
    vec![trust_earned(), trust_bounded()]
}

fn trust_earned() -> Rule {
    rule(
        "trust-earned",
        "A device becomes trusted only in the act in which its owner signed in on it with a second factor.",
        |on, find| {
            if let Event::Device(device, DeviceEvent::DeviceTrusted { .. }) = &on.entry.event {
                let earned = on.scene.act.proofs.iter().any(|(user, purpose)| {
                    on.meaning.subject == Some(*user)
                        && match purpose {
                            Some(Purpose::SignIn(id)) => {
                                on.scene.device(*device).is_some_and(|d| d.attempt(*id).is_some())
                            }
                            _ => false,
                        }
                });
                find.expect(earned, || device.to_string());
            }
        },
    )
}

fn trust_bounded() -> Rule {
    rule(
        "trust-bounded",
        "Trust ends ahead, and no later than the policy in force when it was granted allows.",
        |on, find| {
            if let Event::Device(_, DeviceEvent::DeviceTrusted { granted_at, until, .. }) = &on.entry.event {
                let days =
                    on.meaning.subject.map_or(0, |user| on.scene.policy_of(user, *granted_at).trust_days);
                let latest = *granted_at + Span::days(days.into());
                find.expect(granted_at < until && *until <= latest, || {
                    format!("{granted_at} to {until}, {days} days allowed")
                });
            }
        },
    )
}

#[cfg(test)]
pub(super) fn cases() -> Vec<super::super::history::Case> {
    use super::super::history::{ANA, case};
    vec![
        case(
            "trust-earned",
            |h| {
                h.town();
                h.enrol(ANA);
                h.sign_in(ANA);
                h.trust(ANA, 30);
                h.sign_in(ANA);
            },
            |h| {
                h.door_trust(ANA, 30);
            },
        ),
        case(
            "trust-bounded",
            |h| {
                h.town();
                h.enrol(ANA);
            },
            |h| h.trust(ANA, 31),
        ),
    ]
}
