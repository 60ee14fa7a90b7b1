//! Resets that take a wait: asked for, due, and not cancelled.

use std::collections::HashMap;

use super::super::{Event, Rule, rule};
use crate::ids::UserId;
use crate::time::Timestamp;
use crate::user::{ResetCause, UserEvent};

pub(super) fn rules() -> Vec<Rule> {
    vec![reset_waited()]
}

fn reset_waited() -> Rule {
    let mut waiting: HashMap<UserId, (Timestamp, Timestamp)> = HashMap::new();
    rule(
        "reset-waited",
        "A reset after a wait follows the request that it names, not before it is due, and not once it was cancelled or the person's factor was accepted meanwhile.",
        move |on, find| {
            let Event::User(user, event) = &on.entry.event else { return };
            match event {
                UserEvent::TwoFactorResetScheduled { due_at, at, .. } => {
                    waiting.insert(*user, (*at, *due_at));
                }
                UserEvent::TwoFactorReset {
                    cause: ResetCause::StaffAfterWait { scheduled_at },
                    effective_at,
                } => {
                    let known = waiting.remove(user);
                    let right = known.is_some_and(|(at, due)| at == *scheduled_at && *effective_at >= due);
                    find.expect(right, || {
                        format!("asked {scheduled_at}, known {known:?}, as of {effective_at}")
                    });
                }
                UserEvent::TwoFactorResetCancelled { .. }
                | UserEvent::OtpAccepted { .. }
                | UserEvent::RecoveryCodeUsed { .. }
                | UserEvent::TwoFactorReset { .. }
                | UserEvent::PersonErased { .. } => {
                    waiting.remove(user);
                }
                _ => {}
            }
        },
    )
}

#[cfg(test)]
pub(super) fn cases() -> Vec<super::super::history::Case> {
    use super::super::history::{ANA, OWNER, case};
    use crate::sealed::Sealed;
    use crate::time::Span;
    vec![case(
        "reset-waited",
        |h| {
            h.town();
            h.enrol(ANA);
            let (at, due_at) = (h.now(), h.now() + Span::hours(72));
            let reason = Sealed::from_bytes(vec![1]);
            h.staff_to(OWNER, ANA, UserEvent::TwoFactorResetScheduled { reason, due_at, at });
        },
        |h| {
            let Event::User(_, UserEvent::TwoFactorResetScheduled { at: scheduled_at, .. }) =
                h.find("TwoFactorResetScheduled", ANA)
            else {
                panic!("a request")
            };
            let cause = ResetCause::StaffAfterWait { scheduled_at };
            let effective_at = h.now();
            h.system(vec![Event::User(ANA, UserEvent::TwoFactorReset { cause, effective_at })]);
        },
    )]
}
