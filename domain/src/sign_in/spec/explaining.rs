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
    let (mut accounts, mut users, mut devices) = (vec![], vec![], vec![]);
    for event in &past {
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
    let past: Vec<_> = (1..).zip(past.into_iter().chain([Past::Device(started)])).collect();
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

/// Rules: T8.
#[test]
fn a_sign_in_that_is_not_there_is_not_explained() {
    let past: Vec<_> = (1..).zip(and(vec![account(opened())], user(enabled()))).collect();
    assert_eq!(explain(&past, SIGN_IN), None);
}
