//! How a factor is bound: begun and confirmed by the same session in the generation in force, and never
//! on a password alone.

use std::collections::{HashMap, HashSet};

use super::super::meaning::{Credentials, Spent};
use super::super::scene::Lever;
use super::super::{Event, On, Rule, rule};
use crate::ids::{FactorId, SessionId, UserId};
use crate::policy::Role;
use crate::time::Timestamp;
use crate::user::{RESET_WAIT, ResetCause, UserEvent};

pub(super) fn rules() -> Vec<Rule> {
    vec![
        binding_in_force(),
        confirmed_as_begun(),
        first_factor_vouched(),
        compromise_needs_ticket(),
        no_staff_code_for_end_users(),
        enrolled_with_a_factor(),
        factor_in_force(),
        last_factor_stays(),
    ]
}

fn binding_in_force() -> Rule {
    rule(
        "binding-in-force",
        "People begin to bind, and enrol, in the generation in force, and not while the account is off.",
        |on, find| {
            let generation = match on.entry.event {
                Event::User(_, UserEvent::FactorEnrolmentStarted { generation, .. }) => generation,
                _ => match on.meaning.credentials {
                    Credentials::Enrolled(generation) | Credentials::Claimed(generation) => generation,
                    _ => return,
                },
            };
            let (now, off) = (on.scene.account.generation, on.scene.account.lever == Lever::Off);
            find.expect(generation == now && !off, || format!("{generation} in {now}, off: {off}"));
        },
    )
}

fn confirmed_as_begun() -> Rule {
    // One of each session; no session ends another's.
    let mut pending: HashMap<(UserId, SessionId), (FactorId, u32)> = HashMap::new();
    rule(
        "confirmed-as-begun",
        "A factor is confirmed once, by the session that began to bind it, in the generation it began in.",
        move |on, find| {
            let Event::User(user, event) = &on.entry.event else { return };
            match event {
                UserEvent::FactorEnrolmentStarted { factor, generation, session, .. } => {
                    pending.insert((*user, *session), (*factor, *generation));
                }
                UserEvent::FactorConfirmed { factor, .. } => {
                    let begun = on.entry.session.and_then(|session| pending.remove(&(*user, session)));
                    let now = on.scene.account.generation;
                    let right = begun == Some((*factor, now));
                    find.expect(right, || format!("{factor} in {now}, begun {begun:?}"));
                }
                _ if on.meaning.credentials == Credentials::FactorEnded => {
                    pending.retain(|(whose, _), _| whose != user);
                }
                UserEvent::TwoFactorEnabled { .. } => pending.retain(|(whose, _), _| whose != user),
                _ => {}
            }
        },
    )
}

/// Whether a person is enrolled where an event stands.
fn enrolled(on: &On<'_>, user: UserId) -> bool {
    on.scene.person(user).is_some_and(|p| p.enrolled == Some(on.scene.account.generation))
}

fn first_factor_vouched() -> Rule {
    rule(
        "first-factor-vouched",
        "A first factor is bound with a code that was mailed to its person or an enrolment ticket, in the same act: never on a password alone.",
        |on, find| {
            if let Event::User(user, UserEvent::FactorConfirmed { factor, .. }) = &on.entry.event
                && !enrolled(on, *user)
            {
                let act = &on.scene.act;
                let vouched = act.mailed.contains(user) || act.tickets.contains(user);
                find.expect(vouched, || factor.to_string());
            }
        },
    )
}

fn compromise_needs_ticket() -> Rule {
    let mut owed: HashSet<UserId> = HashSet::new();
    let mut left: HashMap<UserId, Timestamp> = HashMap::new();
    rule(
        "compromise-needs-ticket",
        "After a reset for a factor in wrong hands, only an enrolment ticket binds the next one, not a mailed code, until its person has been a customer of the account for the length of the wait.",
        move |on, find| {
            let Event::User(user, event) = &on.entry.event else { return };
            match event {
                UserEvent::TwoFactorReset { cause: ResetCause::Staff { compromise: true, .. }, .. } => {
                    owed.insert(*user);
                }
                UserEvent::RoleChanged { to: Role::EndUser, at, .. } => {
                    left.insert(*user, *at);
                }
                UserEvent::RoleChanged { .. } => {
                    left.remove(user);
                }
                UserEvent::TwoFactorEnabled { at, .. } if owed.remove(user) => {
                    let waited = left.get(user).is_some_and(|since| *since + RESET_WAIT <= *at);
                    find.expect(waited || on.scene.act.tickets.contains(user), || user.to_string());
                }
                _ => {}
            }
        },
    )
}

fn no_staff_code_for_end_users() -> Rule {
    rule(
        "no-ticket-for-end-users",
        "Staff never issue anything that an end user could bind a factor with.",
        |on, find| {
            if let Event::User(user, UserEvent::EnrolmentTicketIssued { ticket, .. }) = &on.entry.event {
                find.expect(on.scene.role(*user) != Role::EndUser, || format!("{ticket} for {user}"));
            }
        },
    )
}

fn enrolled_with_a_factor() -> Rule {
    rule(
        "enrolled-with-a-factor",
        "Somebody becomes enrolled in the act that confirms their first factor, or brings it along from another system.",
        |on, find| {
            if let (Credentials::Enrolled(_), Some(user)) = (on.meaning.credentials, on.meaning.subject) {
                let confirmed = on.scene.act.proofs.contains(&(user, None));
                let came_along = on.scene.act.claimed.contains(&user);
                find.expect(came_along || (confirmed && !enrolled(on, user)), || user.to_string());
            }
        },
    )
}

/// The factors that each person can use.
#[derive(Default)]
struct Bound(HashMap<UserId, HashSet<FactorId>>);

impl Bound {
    fn of(&self, user: UserId) -> Option<&HashSet<FactorId>> {
        self.0.get(&user)
    }

    fn fold(&mut self, on: &On<'_>) {
        let Event::User(user, event) = &on.entry.event else { return };
        match event {
            UserEvent::FactorConfirmed { factor, .. } | UserEvent::FactorClaimed { factor, .. } => {
                if !enrolled(on, *user) {
                    self.0.remove(user);
                }
                self.0.entry(*user).or_default().insert(*factor);
            }
            UserEvent::FactorRemoved { factor } => {
                self.0.entry(*user).or_default().remove(factor);
            }
            _ if on.meaning.credentials == Credentials::FactorEnded => {
                self.0.remove(user);
            }
            _ => {}
        }
    }
}

fn factor_in_force() -> Rule {
    let mut bound = Bound::default();
    rule(
        "factor-in-force",
        "A second factor is only accepted of somebody enrolled in the generation in force, and an authenticator only while it is bound.",
        move |on, find| {
            if let Some(user) = on.meaning.subject {
                let fits = match on.meaning.spends {
                    Some(Spent::Step { factor, purpose: Some(_), .. }) => {
                        Some(bound.of(user).is_some_and(|factors| factors.contains(&factor)))
                    }
                    Some(Spent::Challenge { factor, .. }) => {
                        Some(bound.of(user).is_some_and(|factors| factors.contains(&factor)))
                    }
                    Some(Spent::Code { .. } | Spent::Grant { .. }) => Some(true),
                    Some(
                        Spent::Step { purpose: None, .. }
                        | Spent::Sms { .. }
                        | Spent::Credential
                        | Spent::Link { .. }
                        | Spent::Mailed { .. }
                        | Spent::Ticket { .. }
                        | Spent::Message { .. },
                    )
                    | None => None,
                };
                if let Some(fits) = fits {
                    let generation = on.scene.person(user).and_then(|p| p.enrolled);
                    find.expect(fits && enrolled(on, user), || {
                        format!(
                            "{:?}, bound: {fits}, of generation {generation:?} in {}",
                            on.meaning.spends, on.scene.account.generation
                        )
                    });
                }
            }
            bound.fold(on);
        },
    )
}

fn last_factor_stays() -> Rule {
    let mut bound = Bound::default();
    rule(
        "last-factor-stays",
        "Only a bound factor is removed, and never the last one: that is switching off, which takes more.",
        move |on, find| {
            if let Event::User(user, UserEvent::FactorRemoved { factor }) = &on.entry.event {
                let factors = bound.of(*user);
                let holds = factors.is_some_and(|factors| factors.contains(factor) && factors.len() > 1);
                find.expect(holds, || format!("{factor} of {}", factors.map_or(0, HashSet::len)));
            }
            bound.fold(on);
        },
    )
}

#[cfg(test)]
pub(super) fn cases() -> Vec<super::super::history::Case> {
    use super::super::history::{AGENT, ANA, History, case};
    use crate::factor::FirstUse;
    vec![
        case(
            "binding-in-force",
            |h| {
                h.town();
                h.sign_in(ANA);
                h.disable();
            },
            |h| {
                h.sign_in(ANA);
                h.begin_binding(ANA);
            },
        ),
        case(
            "confirmed-as-begun",
            |h| {
                h.town();
                h.sign_in(ANA);
                h.begin_binding(ANA);
            },
            |h| {
                h.sign_in(ANA);
                h.confirm(ANA);
            },
        ),
        case(
            "first-factor-vouched",
            |h| {
                h.town();
                h.sign_in(ANA);
                h.begin_binding(ANA);
            },
            |h| {
                let at = h.now();
                let factor = h.factor(ANA);
                h.person_act(ANA, UserEvent::FactorConfirmed { factor, first: FirstUse::Step(1), at });
            },
        ),
        case(
            "enrolled-with-a-factor",
            |h| {
                h.town();
                h.sign_in(ANA);
            },
            |h| {
                let at = h.now();
                h.person_act(ANA, UserEvent::TwoFactorEnabled { generation: 0, at });
            },
        ),
        case(
            "factor-in-force",
            |h| {
                h.town();
                h.enrol(ANA);
                h.sign_in(ANA);
                h.disable();
            },
            |h| {
                h.again("OtpAccepted");
                h.next_step();
            },
        ),
        case(
            "last-factor-stays",
            |h| {
                h.town();
                h.enrol(ANA);
            },
            |h| {
                let factor = h.factor(ANA);
                h.person_act(ANA, UserEvent::FactorRemoved { factor });
            },
        ),
        case(
            "compromise-needs-ticket",
            |h| {
                h.town();
                h.enrol_by_ticket(AGENT);
                h.reset(AGENT, true);
                h.enrol_by_ticket(AGENT);
            },
            |h| {
                h.reset(AGENT, true);
                h.enrol(AGENT);
            },
        ),
        case("no-ticket-for-end-users", History::town, |h| h.ticket(ANA)),
    ]
}
