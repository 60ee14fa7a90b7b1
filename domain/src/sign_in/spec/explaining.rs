//! Which events the reasons of a sign-in stand on.

use super::*;
use crate::device::{DistrustCause, FirstFactor, Why};
use crate::ids::ExemptionId;
use crate::policy::{Audience, Role};
use crate::sign_in::course::course;
use crate::sign_in::{Explanation, Past, explain};

const LEAVE: ExemptionId = ExemptionId::from_uuid(uuid::Uuid::from_u128(801));

fn account(event: AccountEvent) -> Past {
    Past::Account(event)
}

fn user(events: Vec<UserEvent>) -> Vec<Past> {
    events.into_iter().map(Past::User).collect()
}

fn device(events: Vec<DeviceEvent>) -> Vec<Past> {
    events.into_iter().map(Past::Device).collect()
}

/// The attempt that this past leads to, decided by the rules, and then explained.
fn explained(past: Vec<Past>, at: Timestamp) -> Explanation {
    explained_of(past.into_iter().map(|event| (NOW, event)).collect(), at)
}

/// The same of a past each event of which has its instant.
fn explained_of(past: Vec<(Timestamp, Past)>, at: Timestamp) -> Explanation {
    let (mut accounts, mut users, mut devices) = (vec![], vec![], vec![]);
    for (_, event) in &past {
        match event {
            Past::Account(event) => accounts.push(event.clone()),
            Past::User(event) => users.push(event.clone()),
            Past::Device(event) => devices.push(event.clone()),
        }
    }
    let world = World::of(accounts, users, devices);
    let role = world.user.role().unwrap_or(Role::Agent);
    let found = course(&world.account, &world.user, &world.device, role, at);
    let started = DeviceEvent::SignInStarted {
        sign_in: SIGN_IN,
        first_factor: FirstFactor::Password,
        decision: found.decision,
        reasons: found.reasons,
        generation: 0,
        epoch: 0,
        policy_version: 0,
        expires_at: at,
        origin: NOWHERE,
        at,
    };
    let past = past.into_iter().chain([(at, Past::Device(started))]);
    let past: Vec<_> = (1..).zip(past).map(|(position, (then, event))| (position, then, event)).collect();
    match explain(&past, SIGN_IN) {
        Some(told) => told,
        None => panic!("it is among them"),
    }
}

/// What it is, what happened in the order of the log, when somebody signs in, and which event each reason
/// stands on, and the policy.
type Row = (&'static str, Vec<Past>, Timestamp, Vec<(Why, u64)>, Option<u64>);

/// Rules: T8.
#[test]
fn each_reason_of_a_sign_in_names_the_event_that_it_stands_on() {
    // The account opens, Ana gets her factor, signs in on her laptop, and trusts it.
    let start = || and(vec![account(opened())], user(enabled()));
    let n = start().len() as u64;
    let laptop = || and(start(), device(laptop()));
    let trust = || and(laptop(), device(vec![trusted(0, 2)]));
    let every = || account(policy(Audience::Team, |p| p.trust_days = 0, None));
    let weeks = || account(policy(Audience::Team, |p| p.trust_days = 7, None));
    let must = || account(required(Audience::Team, NOW));
    let exempted = UserEvent::ExemptionGranted {
        exemption: LEAVE,
        reason: sealed(),
        until: later(Span::hours(2)),
        at: NOW,
    };
    let withdrawn = DeviceEvent::DeviceDistrusted { cause: DistrustCause::RevokedByUser };
    let month = later(Span::days(30));
    let nobody = || and(vec![account(opened())], user(with_password(Role::Agent)));
    let without = nobody().len() as u64;
    let bound =
        start().iter().position(|event| matches!(event, Past::User(UserEvent::FactorConfirmed { .. })));
    let Some(bound) = bound else { panic!("a factor") };
    let enrolled = bound as u64 + 1;
    let rows: Vec<Row> = vec![
        ("new", start(), NOW, vec![(Why::Enrolled, enrolled)], None),
        ("known", laptop(), NOW, vec![(Why::Enrolled, enrolled), (Why::NotTrusted, n + 2)], None),
        ("trusted", trust(), NOW, vec![(Why::Enrolled, enrolled), (Why::DeviceTrusted, n + 3)], None),
        (
            "its days are over",
            trust(),
            month,
            vec![(Why::Enrolled, enrolled), (Why::TrustEnded, n + 3)],
            None,
        ),
        (
            "policy allows fewer days",
            and(trust(), [weeks()]),
            later(Span::days(8)),
            vec![(Why::Enrolled, enrolled), (Why::TrustEnded, n + 4)],
            Some(n + 4),
        ),
        (
            "withdrawn, and then another password",
            and(and(trust(), device(vec![withdrawn])), user(vec![password_set()])),
            NOW,
            vec![(Why::Enrolled, enrolled), (Why::TrustEnded, n + 4)],
            None,
        ),
        (
            "another password",
            and(trust(), user(vec![password_set()])),
            NOW,
            vec![(Why::Enrolled, enrolled), (Why::TrustEnded, n + 4)],
            None,
        ),
        (
            "every sign-in, said before anybody was there",
            and(and(vec![account(opened()), every()], user(enabled())), device(super::laptop())),
            NOW,
            vec![(Why::Enrolled, enrolled + 1), (Why::EverySignIn, 2)],
            Some(2),
        ),
        (
            "required after they came",
            and(nobody(), [must()]),
            NOW,
            vec![(Why::RequiredNotEnrolled, without + 1)],
            Some(without + 1),
        ),
        (
            "reset where it is required",
            and(and(start(), [must()]), user(vec![reset_by_staff(false)])),
            NOW,
            vec![(Why::RequiredNotEnrolled, n + 2)],
            Some(n + 1),
        ),
        ("exempted", and(start(), user(vec![exempted])), NOW, vec![(Why::Exempted, n + 1)], None),
        (
            "suspended",
            and(trust(), [account(suspended(1, NOW))]),
            NOW,
            vec![(Why::AccountSuspended, n + 4)],
            None,
        ),
        (
            "disabled",
            and(trust(), [account(account_disabled(1, NOW))]),
            NOW,
            vec![(Why::AccountDisabled, n + 4)],
            None,
        ),
    ];
    for (name, past, at, expected, policy) in rows {
        let told = explained(past, at);
        let mut expected: Vec<_> = expected.into_iter().map(|(why, event)| (why, Some(event))).collect();
        if name == "new" {
            // A device that is registered with the sign-in itself: nothing happened on it before.
            expected.push((Why::NewDevice, None));
        }
        assert_eq!(told.reasons, expected, "{name}");
        assert_eq!(told.policy, policy, "{name}");
    }
}

/// What came before its time, what happened with its instant, when somebody signs in, the reason that is looked
/// at, how many events after what came before it stands on, and the date that ended trust.
type Later = (&'static str, Vec<Past>, Vec<(Timestamp, Past)>, Timestamp, Why, u64, Option<Timestamp>);

/// Rules: T8.
#[test]
fn a_reason_stands_on_what_made_it_true_and_not_on_what_uncovered_it() {
    let start = || and(vec![account(opened())], user(enabled()));
    let laptop = || and(start(), device(laptop()));
    let trust = || and(laptop(), device(vec![trusted(0, 2)]));
    let nobody = || and(vec![account(opened())], user(with_password(Role::Agent)));
    let days = |days| later(Span::days(days));
    let suspends = |day| (days(day), account(suspended(1, days(day))));
    let resumes = |day| (days(day), account(resumed(1, days(day))));
    let password = |day| (days(day), Past::User(password_set()));
    let every = || (days(1), account(policy(Audience::Team, |p| p.trust_days = 0, None)));
    let weeks = || (days(1), account(policy(Audience::Team, |p| p.trust_days = 7, None)));
    let month = Some(days(30));
    let rows: Vec<Later> = vec![
        (
            "resumed before the date",
            trust(),
            vec![suspends(1), resumes(2)],
            days(31),
            Why::TrustEnded,
            0,
            month,
        ),
        (
            "resumed after the date",
            trust(),
            vec![suspends(29), resumes(31)],
            days(32),
            Why::TrustEnded,
            0,
            month,
        ),
        ("another password after the date", trust(), vec![password(31)], days(32), Why::TrustEnded, 0, month),
        ("another password before the date", trust(), vec![password(3)], days(32), Why::TrustEnded, 1, None),
        (
            "fewer days, then the date",
            trust(),
            vec![weeks(), password(9)],
            days(32),
            Why::TrustEnded,
            1,
            None,
        ),
        (
            "every sign-in",
            laptop(),
            vec![every(), suspends(2), resumes(3)],
            days(4),
            Why::EverySignIn,
            1,
            None,
        ),
        (
            "nobody has to",
            nobody(),
            vec![suspends(2), resumes(3)],
            days(4),
            Why::OptionalNotEnrolled,
            0,
            None,
        ),
    ];
    for (name, before, then, at, why, cause, date) in rows {
        // Whoever is there without a factor has registered, and set a password after that.
        let first = if why == Why::OptionalNotEnrolled { 2 } else { before.len() as u64 };
        let past = before.into_iter().map(|event| (NOW, event)).chain(then).collect();
        let told = explained_of(past, at);
        let found = told.reasons.iter().find(|(found, _)| *found == why);
        assert_eq!(found, Some(&(why, Some(first + cause))), "{name}: {:?}", told.reasons);
        assert_eq!(told.trusted_until, date, "{name}");
    }
}

/// Rules: T8.
#[test]
fn a_sign_in_that_is_not_there_is_not_explained() {
    let past = (1..).zip(and(vec![account(opened())], user(enabled())));
    let past: Vec<_> = past.map(|(position, event)| (position, NOW, event)).collect();
    assert_eq!(explain(&past, SIGN_IN), None);
}
