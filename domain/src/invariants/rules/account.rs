//! The account's own stream: opening, policies, the switch.

use super::super::scene::Lever;
use super::super::{Event, Rule, rule};
use crate::account::AccountEvent;
use crate::policy::{Audience, Role};

pub(super) fn rules() -> Vec<Rule> {
    vec![
        schedule_open(),
        opened_first(),
        policy_counted(),
        policy_continues(),
        requirement_dated(),
        team_vouched_by_owner(),
        switch_turns(),
        generation_next(),
        suspensions_counted(),
    ]
}

fn opened_first() -> Rule {
    rule("account-opened-first", "An account opens once, before anything else.", |on, find| {
        let opening = matches!(on.entry.event, Event::Account(AccountEvent::AccountOpened { .. }));
        if opening || !on.scene.account.opened {
            find.expect(opening != on.scene.account.opened, String::new);
        }
    })
}

fn policy_counted() -> Rule {
    rule(
        "policy-counted",
        "Saved and scheduled policies are counted without gaps, over both audiences.",
        |on, find| {
            if let Event::Account(
                AccountEvent::PolicyChanged { version, .. } | AccountEvent::PolicyScheduled { version, .. },
            ) = on.entry.event
            {
                let counted = on.scene.account.policy_version + 1;
                find.expect(version == counted, || format!("version {version}, counted {counted}"));
            }
        },
    )
}

fn policy_continues() -> Rule {
    rule("policy-continues", "A save of a policy names what held before it.", |on, find| {
        if let Event::Account(AccountEvent::PolicyChanged { audience, before, at, .. }) = &on.entry.event {
            let held = on.scene.account.demand(*audience).policy(*at);
            find.expect(before == held, || format!("{before:?}, held {held:?}"));
        }
    })
}

fn team_vouched_by_owner() -> Rule {
    rule("team-vouched-by-owner", "Only an owner lets programs vouch for members of the team.", |on, find| {
        let Event::Account(
            AccountEvent::PolicyChanged { audience: Audience::Team, after, at, .. }
            | AccountEvent::PolicyScheduled { audience: Audience::Team, after, at, .. },
        ) = &on.entry.event
        else {
            return;
        };
        let held = on.scene.account.demand(Audience::Team).policy(*at);
        if after.asserted_sign_in && !held.asserted_sign_in {
            let owner = on.entry.by.person().is_some_and(|by| on.scene.role(by) == Role::Owner);
            find.expect(owner, || format!("{:?}", on.entry.by));
        }
    })
}

fn requirement_dated() -> Rule {
    rule(
        "requirement-dated",
        "A requirement has the date of the save that began it for as long as it holds, and none without it.",
        |on, find| {
            let Event::Account(AccountEvent::PolicyChanged { audience, after, required_since, at, .. }) =
                &on.entry.event
            else {
                return;
            };
            let held = on.scene.account.demand(*audience).required_since(*at);
            let goes_on = held.is_none() || *required_since == held;
            find.expect(after.required == required_since.is_some() && (!after.required || goes_on), || {
                format!("required: {}, since {required_since:?}, before {held:?}", after.required)
            });
        },
    )
}

fn schedule_open() -> Rule {
    rule(
        "schedule-ahead",
        "A policy is scheduled for a date ahead, one at a time for each audience, and withdrawn only before it begins.",
        |on, find| match &on.entry.event {
            Event::Account(AccountEvent::PolicyScheduled { audience, begins_at, at, .. }) => {
                let waiting = on.scene.account.demand(*audience).scheduled.as_ref();
                let waits = waiting.is_some_and(|scheduled| scheduled.begins_at > *at);
                find.expect(begins_at > at && !waits, || {
                    format!("at {at} for {begins_at}, another waits: {waits}")
                });
            }
            Event::Account(AccountEvent::PolicyScheduleCancelled { schedule, at }) => {
                let demands = [Audience::Team, Audience::EndUsers].map(|a| on.scene.account.demand(a));
                let waits = demands.iter().filter_map(|d| d.scheduled.as_ref());
                let open = waits.into_iter().any(|s| s.id == *schedule && s.begins_at > *at);
                find.expect(open, || schedule.to_string());
            }
            _ => {}
        },
    )
}

fn switch_turns() -> Rule {
    rule(
        "switch-turns",
        "Only what is on or suspended is disabled, only what is off enabled, only what is on suspended, only that suspension resumed.",
        |on, find| {
            let lever = on.scene.account.lever;
            let holds = match &on.entry.event {
                Event::Account(AccountEvent::AccountTwoFactorDisabled { .. }) => lever != Lever::Off,
                Event::Account(AccountEvent::AccountTwoFactorEnabled { .. }) => lever == Lever::Off,
                Event::Account(AccountEvent::AccountTwoFactorSuspended { .. }) => lever == Lever::On,
                Event::Account(AccountEvent::AccountTwoFactorResumed { suspension, .. }) => {
                    lever == Lever::Suspended(*suspension)
                }
                _ => return,
            };
            find.expect(holds, || format!("{lever:?}"));
        },
    )
}

fn generation_next() -> Rule {
    rule(
        "generation-next",
        "A disable opens the next enrolment generation, and enabling keeps it.",
        |on, find| {
            let now = on.scene.account.generation;
            match on.entry.event {
                Event::Account(AccountEvent::AccountTwoFactorDisabled { generation, .. }) => {
                    find.expect(generation == now + 1, || format!("{generation} after {now}"));
                }
                Event::Account(AccountEvent::AccountTwoFactorEnabled { generation, .. }) => {
                    find.expect(generation == now, || format!("{generation} in {now}"));
                }
                _ => {}
            }
        },
    )
}

fn suspensions_counted() -> Rule {
    rule("suspensions-counted", "Suspensions are counted without gaps.", |on, find| {
        if let Event::Account(AccountEvent::AccountTwoFactorSuspended { suspension, .. }) = on.entry.event {
            let counted = on.scene.account.suspensions + 1;
            find.expect(suspension == counted, || format!("{suspension}, counted {counted}"));
        }
    })
}

#[cfg(test)]
pub(super) fn cases() -> Vec<super::super::history::Case> {
    use super::super::history::{AGENT, History, OWNER, case};
    use crate::ids::ScheduleId;
    use crate::policy::AudiencePolicy;
    use crate::user::UserEvent;
    let saved = |version, before: AudiencePolicy, after: AudiencePolicy, since| AccountEvent::PolicyChanged {
        at: crate::time::Timestamp::default(),
        audience: Audience::Team,
        version,
        before,
        after,
        required_since: since,
    };
    let team = || AudiencePolicy::TEAM;
    let strict = || AudiencePolicy { required: true, ..AudiencePolicy::TEAM };
    vec![
        case("account-opened-first", History::town, |h| {
            let again = h.entries[0].event.clone();
            h.operator(vec![again]);
        }),
        case("policy-counted", History::town, move |h| {
            let at = h.now();
            h.staff(OWNER, saved(1, team(), strict(), Some(at)));
            h.staff(OWNER, saved(3, strict(), team(), None));
        }),
        case("policy-continues", History::town, move |h| {
            let at = h.now();
            h.staff(OWNER, saved(1, strict(), strict(), Some(at)));
        }),
        case("requirement-dated", History::town, move |h| {
            h.staff(OWNER, saved(1, team(), strict(), None));
        }),
        case(
            "team-vouched-by-owner",
            |h| {
                h.town();
                let at = h.now();
                h.staff_to(OWNER, AGENT, UserEvent::RoleChanged { from: Role::Agent, to: Role::Admin, at });
                h.enrol(AGENT);
            },
            move |h| {
                let vouched = AudiencePolicy { asserted_sign_in: true, ..AudiencePolicy::TEAM };
                h.staff(AGENT, saved(1, team(), vouched, None));
            },
        ),
        case("switch-turns", History::disabled, |h| {
            let at = h.now();
            h.staff(OWNER, AccountEvent::AccountTwoFactorSuspended { suspension: 1, reason: None, at });
        }),
        case("generation-next", History::disabled, |h| {
            let at = h.now();
            h.staff(OWNER, AccountEvent::AccountTwoFactorEnabled { generation: 2, at });
        }),
        case("suspensions-counted", History::town, |h| {
            let at = h.now();
            h.staff(OWNER, AccountEvent::AccountTwoFactorSuspended { suspension: 2, reason: None, at });
        }),
        case("schedule-ahead", History::town, |h| {
            let at = h.now();
            let schedule = ScheduleId::from_uuid(uuid::Uuid::from_u128(77));
            let audience = Audience::EndUsers;
            let (after, version) = (AudiencePolicy::END_USERS, 1);
            let event =
                AccountEvent::PolicyScheduled { schedule, audience, version, after, begins_at: at, at };
            h.staff(OWNER, event);
        }),
    ]
}
