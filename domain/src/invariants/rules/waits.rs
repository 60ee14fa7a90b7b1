//! Resets that take a wait: asked for, due, and not cancelled.

use std::collections::HashMap;

use super::super::{Event, Rule, rule};
use crate::ids::UserId;
use crate::policy::Role;
use crate::time::{Span, Timestamp};
use crate::user::{RESET_WAIT, RESETS_AN_HOUR, ResetCause, UserEvent};

pub(super) fn rules() -> Vec<Rule> {
    vec![reset_waited(), due_reset_first(), customer_reset_waits(), tries_to_ask()]
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
                    cause:
                        ResetCause::StaffAfterWait { scheduled_at } | ResetCause::AfterWait { scheduled_at, .. },
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
                | UserEvent::SmsCodeAccepted { .. }
                | UserEvent::AssertionAccepted { .. }
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

fn due_reset_first() -> Rule {
    let mut due: HashMap<UserId, Timestamp> = HashMap::new();
    rule(
        "due-reset-first",
        "Once a reset that waited is due, it stands in the person's stream before anything else.",
        move |on, find| {
            let Event::User(user, event) = &on.entry.event else { return };
            match event {
                UserEvent::TwoFactorResetScheduled { due_at, .. } => {
                    due.insert(*user, *due_at);
                }
                UserEvent::TwoFactorReset { .. } => {
                    due.remove(user);
                }
                _ => {
                    let late = due.get(user).is_some_and(|due| on.decided() >= *due);
                    find.expect(!late, || format!("{user} {}", event_name(event)));
                    if let UserEvent::TwoFactorResetCancelled { .. } | UserEvent::PersonErased { .. } = event
                    {
                        due.remove(user);
                    }
                }
            }
        },
    )
}

fn event_name(event: &UserEvent) -> &'static str {
    event.into()
}

fn customer_reset_waits() -> Rule {
    rule(
        "customer-reset-waits",
        "Staff never reset a customer of the account at once, nor one who joined the team within the length of the wait.",
        {
            let mut joined: HashMap<UserId, Timestamp> = HashMap::new();
            move |on, find| {
                let Event::User(user, event) = &on.entry.event else { return };
                match event {
                    UserEvent::RoleChanged { from: Role::EndUser, at, .. } => {
                        joined.insert(*user, *at);
                    }
                    UserEvent::TwoFactorReset { cause: ResetCause::Staff { .. }, effective_at } => {
                        let lately = joined.get(user).is_some_and(|at| *effective_at < *at + RESET_WAIT);
                        let customer = on.scene.role(*user) == Role::EndUser;
                        find.expect(!customer && !lately, || user.to_string());
                    }
                    _ => {}
                }
            }
        },
    )
}

fn tries_to_ask() -> Rule {
    let mut asked: HashMap<UserId, Vec<Timestamp>> = HashMap::new();
    rule(
        "agents-ask-so-often",
        "An agent asks for at most five customers' resets within an hour.",
        move |on, find| {
            let Event::User(user, UserEvent::StaffResetAsked { at, .. }) = &on.entry.event else { return };
            let times = asked.entry(*user).or_default();
            times.retain(|earlier| *at < *earlier + Span::hours(1));
            find.expect(times.len() < RESETS_AN_HOUR, || format!("{user}, {} before", times.len()));
            times.push(*at);
        },
    )
}

#[cfg(test)]
pub(super) fn cases() -> Vec<super::super::history::Case> {
    use super::super::history::{AGENT, ANA, History, OWNER, case};
    use crate::sealed::Sealed;
    use crate::user::RecoveryRoute;
    fn waiting(h: &mut History) {
        h.town();
        h.enrol(ANA);
        let (at, due_at) = (h.now(), h.now() + RESET_WAIT);
        let (recovery, route) = (None, RecoveryRoute::Staff);
        let reason = Some(Sealed::from_bytes(vec![1]));
        let scheduled =
            UserEvent::TwoFactorResetScheduled { rank: None, recovery, route, reason, due_at, at };
        h.staff_to(OWNER, ANA, scheduled);
    }
    let asked_after_the_wait = case("due-reset-first", waiting, |h| {
        h.wait(RESET_WAIT);
        h.wait(Span::minutes(6));
        h.link(ANA);
    });
    let at_once = case("customer-reset-waits", waiting, |h| {
        let cause =
            ResetCause::Staff { reason: Sealed::from_bytes(vec![1]), compromise: false, recovery: None };
        let effective_at = h.now();
        h.staff_to(OWNER, ANA, UserEvent::TwoFactorReset { cause, effective_at });
    });
    let ask = |h: &mut History| {
        let at = h.now();
        h.staff_to(AGENT, AGENT, UserEvent::StaffResetAsked { subject: ANA, at });
    };
    let asked = case(
        "agents-ask-so-often",
        move |h| {
            h.town();
            h.enrol(AGENT);
            (0..RESETS_AN_HOUR).for_each(|_| ask(h));
        },
        ask,
    );
    let waited = case("reset-waited", waiting, |h| {
        let Event::User(_, UserEvent::TwoFactorResetScheduled { at: scheduled_at, .. }) =
            h.find("TwoFactorResetScheduled", ANA)
        else {
            panic!("a request")
        };
        let cause = ResetCause::StaffAfterWait { scheduled_at };
        let effective_at = h.now();
        h.system(vec![Event::User(ANA, UserEvent::TwoFactorReset { cause, effective_at })]);
    });
    vec![waited, asked_after_the_wait, at_once, asked]
}
