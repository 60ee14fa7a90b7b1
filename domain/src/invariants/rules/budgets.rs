//! Guesses are counted: every failure is charged, a closed budget looks at nothing, a full one locks.

use std::collections::HashMap;

use super::super::meaning::{Credentials, Weighed};
use super::super::{Event, Findings, On, Rule, rule};
use crate::ids::UserId;
use crate::time::Timestamp;
use crate::user::{Familiarity, Gate, UserEvent};

/// RFC 4226 §7.3, NIST SP 800-63B-4 §3.2.2: two budgets a gate, never above 100 together.
const HARD_CAP: u16 = 50;

pub(super) fn rules() -> Vec<Rule> {
    vec![failure_charged(), budget_capped(), budget_closed(), lock_at_cap()]
}

/// Failures in a row on one budget.
#[derive(Debug, Clone, Copy, Default)]
struct Failures {
    consecutive: u16,
    retry_at: Option<Timestamp>,
    locked: bool,
}

/// Which budget of a person.
type Budget = (Gate, Familiarity);

/// Everybody's budgets: password and second factor, for known devices and for strangers.
#[derive(Default)]
struct Budgets(HashMap<UserId, Vec<(Budget, Failures)>>);

impl Budgets {
    fn of(&mut self, user: UserId, budget: Budget) -> &mut Failures {
        let budgets = self.0.entry(user).or_default();
        let place = budgets.iter().position(|(known, _)| *known == budget).unwrap_or_else(|| {
            budgets.push((budget, Failures::default()));
            budgets.len() - 1
        });
        &mut budgets[place].1
    }

    /// What an event does to them.
    fn fold(&mut self, on: &On<'_>) {
        let Some(user) = on.meaning.subject else { return };
        if let Some(Weighed { gate, familiarity, charged }) = on.meaning.weighs {
            let failures = self.of(user, (gate, familiarity));
            match charged {
                None => *failures = Failures::default(),
                Some((_, retry_at)) => {
                    failures.consecutive += 1;
                    failures.retry_at = retry_at;
                }
            }
        }
        if let Event::User(_, UserEvent::LockedOut { gate, familiarity, .. }) = on.entry.event {
            self.of(user, (gate, familiarity)).locked = true;
        }
        let anew = match on.meaning.credentials {
            Credentials::Kept | Credentials::Renewed | Credentials::Enrolled(_) | Credentials::Claimed(_) => {
                return;
            }
            Credentials::NewPassword => Some(Gate::Password),
            Credentials::FactorEnded => Some(Gate::SecondFactor),
            Credentials::Unlocked => None,
        };
        if let Some(budgets) = self.0.get_mut(&user) {
            budgets.retain(|((gate, _), _)| anew.is_some_and(|anew| *gate != anew));
        }
    }
}

/// A rule about a guess and the budget that it is weighed against, as it was before.
fn weighing(
    name: &'static str,
    meaning: &'static str,
    mut look: impl FnMut(&On<'_>, Weighed, Failures, &mut Findings<'_>) + Send + 'static,
) -> Rule {
    let mut budgets = Budgets::default();
    rule(name, meaning, move |on, find| {
        if let (Some(weighed), Some(user)) = (on.meaning.weighs, on.meaning.subject) {
            let before = *budgets.of(user, (weighed.gate, weighed.familiarity));
            look(on, weighed, before, find);
        }
        budgets.fold(on);
    })
}

fn failure_charged() -> Rule {
    weighing(
        "failure-charged",
        "Every wrong password and every wrong second factor is charged, one by one, without a gap.",
        |_, weighed, before, find| {
            if let Some((consecutive, _)) = weighed.charged {
                let counted = before.consecutive + 1;
                find.expect(consecutive == counted, || {
                    format!("{:?} {:?}: {consecutive}, counted {counted}", weighed.gate, weighed.familiarity)
                });
            }
        },
    )
}

fn budget_capped() -> Rule {
    weighing(
        "budget-capped",
        "No budget bears more than fifty failures in a row.",
        |_, weighed, before, find| {
            if weighed.charged.is_some() {
                find.expect(before.consecutive < HARD_CAP, || {
                    format!("{:?} {:?}: {}", weighed.gate, weighed.familiarity, before.consecutive + 1)
                });
            }
        },
    )
}

fn budget_closed() -> Rule {
    weighing(
        "budget-closed",
        "Nothing is looked at, right or wrong, while its budget waits or is locked.",
        |on, weighed, before, find| {
            // Recorded without its instant only where the password's wait is over anyway.
            let at = on.meaning.at.unwrap_or(on.entry.recorded_at);
            find.expect(!before.locked && before.retry_at.is_none_or(|until| at >= until), || {
                format!("{:?} {:?} at {at}: {before:?}", weighed.gate, weighed.familiarity)
            });
        },
    )
}

fn lock_at_cap() -> Rule {
    let mut budgets = Budgets::default();
    rule(
        "lock-at-cap",
        "A lock comes when failures in a row reach the policy's limit, at most fifty, and not before.",
        move |on, find| {
            if let Event::User(user, UserEvent::LockedOut { gate, familiarity, .. }) = on.entry.event
                && gate != Gate::MailedCode
            {
                let counted = budgets.of(user, (gate, familiarity)).consecutive;
                let limit = on.scene.policy_of(user, on.decided()).failure_limit;
                find.expect(counted >= limit && counted <= HARD_CAP, || {
                    format!("{gate:?} after {counted}, the limit is {limit}")
                });
            }
            budgets.fold(on);
        },
    )
}

#[cfg(test)]
pub(super) fn cases() -> Vec<super::super::history::Case> {
    use super::super::history::{ANA, case};
    use crate::time::Span;
    const FAMILIARITY: Familiarity = Familiarity::Stranger;
    let wrong = |h: &mut super::super::history::History, consecutive, retry_at| {
        let at = h.now();
        h.at_the_door(
            ANA,
            UserEvent::PasswordRejected { familiarity: FAMILIARITY, consecutive, retry_at, at },
        );
    };
    vec![
        case(
            "failure-charged",
            move |h| {
                h.town();
                wrong(h, 1, None);
            },
            move |h| wrong(h, 3, None),
        ),
        case(
            "budget-capped",
            move |h| {
                h.town();
                (1..=50).for_each(|n| wrong(h, n, None));
            },
            move |h| wrong(h, 51, None),
        ),
        case(
            "budget-closed",
            move |h| {
                h.town();
                let until = h.now() + Span::days(1);
                wrong(h, 1, Some(until));
            },
            |h| h.at_the_door(ANA, UserEvent::PasswordAccepted { familiarity: FAMILIARITY }),
        ),
        case(
            "lock-at-cap",
            move |h| {
                h.town();
                wrong(h, 1, None);
            },
            |h| {
                let at = h.now();
                h.at_the_door(
                    ANA,
                    UserEvent::LockedOut { gate: Gate::Password, familiarity: FAMILIARITY, at },
                );
            },
        ),
    ]
}
