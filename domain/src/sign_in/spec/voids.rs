//! What ends what: every cause against everything that may rest on it.

use super::*;
use crate::device::{Decision, DeviceCommand, FirstFactor, Forsaken, NewAttempt};
use crate::ids::{ExemptionId, SignInId};
use crate::policy::Role;
use crate::sign_in::trust_holds;
use crate::user::RESET_WAIT;

const OPEN: SignInId = SignInId::from_uuid(uuid::Uuid::from_u128(700));
const LEAVE: ExemptionId = ExemptionId::from_uuid(uuid::Uuid::from_u128(701));

/// Somebody enrolled with a session by code, a trusted device, and a challenge that is open.
fn everything() -> World {
    let attempt = NewAttempt {
        sign_in: OPEN,
        first_factor: FirstFactor::Password,
        decision: Decision::Challenge,
        reasons: vec![],
        generation: 0,
        epoch: 2,
        policy_version: 0,
        origin: NOWHERE,
    };
    let device = [session(Method::Otp, Scope::Full, 0, 2), trusted(0, 2), Device::start(attempt, NOW)];
    World::of([opened()], enabled_in(0, Role::Agent), and(laptop(), device))
}

/// Whether the session, the trust, and the challenge are good.
fn good(world: &World, at: Timestamp) -> [bool; 3] {
    let World { account, user, device } = world;
    let trust = device.trust.as_ref().is_some_and(|trust| trust_holds(account, user, trust, at));
    let attempt = device.open_attempt(OPEN, account.generation, user.epoch_at(at), at).is_ok();
    [world.signed_in(at).is_ok(), trust, attempt && device.token.is_some()]
}

/// Rules: D7.
#[test]
fn whatever_changes_ends_the_session_the_trust_and_the_challenge_that_rest_on_it() {
    type Cause = fn(&mut World);
    fn user(world: &mut World, event: &UserEvent) {
        world.user.evolve(event);
    }
    let rows: [(&str, Cause); 11] = [
        ("account-wide disable", |w| w.happens(&account_disabled(1, NOW))),
        ("its reset, written", |w| user(w, &reset_by_disable(1, NOW))),
        ("reset by staff", |w| user(w, &reset_by_staff(false))),
        ("reset for compromise", |w| user(w, &reset_by_staff(true))),
        ("own two-factor off", |w| user(w, &UserEvent::TwoFactorDisabled { at: NOW })),
        ("new password", |w| user(w, &password_set())),
        ("freeze", |w| {
            let (recovery, number, by) = (crate::table::CASE, 1, crate::user::FrozenBy::OwnLink);
            user(w, &UserEvent::UserFrozen { recovery, number, by, against: None, reason: None, at: NOW });
        }),
        ("change of role", |w| {
            user(w, &UserEvent::RoleChanged { from: Role::Agent, to: Role::Auditor, at: NOW });
        }),
        ("deactivation and return", |w| {
            user(w, &UserEvent::UserDeactivated { reason: None, at: NOW });
            user(w, &UserEvent::UserReactivated { at: NOW });
        }),
        ("unlinked provider", |w| {
            user(w, &UserEvent::IdentityProviderUnlinked { provider: "google".into(), at: NOW });
        }),
        ("loss of the device", |w| {
            let lost = w.device.decide(DeviceCommand::Forsake(Forsaken::Lost)).unwrap_or_default();
            for event in &lost {
                w.device.evolve(event);
            }
        }),
    ];
    assert_eq!(good(&everything(), NOW), [true; 3]);
    for (name, cause) in rows {
        let mut world = everything();
        cause(&mut world);
        assert_eq!(good(&world, NOW), [false; 3], "{name}");
    }
}

/// Rules: D7.
#[test]
fn a_reset_that_waited_ends_all_of_it_at_its_instant_without_an_event() {
    let mut world = everything();
    let due_at = later(Span::minutes(5));
    world.user.evolve(&reset_waits(due_at));
    assert_eq!(good(&world, before(due_at)), [true; 3]);
    assert_eq!(good(&world, due_at), [false; 3]);
    assert!(RESET_WAIT > Span::minutes(5), "only sooner here, so that nothing else has ended");
}

/// Rules: D2, D7.
#[test]
fn a_suspension_ends_nothing_that_was_proved_and_its_end_only_what_it_spared() {
    let mut world = everything();
    world.happens(&suspended(1, NOW));
    assert!(good(&world, NOW)[0], "who showed a code stays");
    world.happens(&resumed(1, NOW));
    assert_eq!(good(&world, NOW), [true; 3], "exactly what was");
}

/// Rules: D5, D7.
#[test]
fn what_rests_on_an_exemption_ends_with_it_and_not_the_rest() {
    let until = later(Span::hours(2));
    let granted = UserEvent::ExemptionGranted { exemption: LEAVE, reason: sealed(), until, at: NOW };
    let mut rests = session(Method::Password, Scope::Full, 0, 2);
    if let DeviceEvent::SessionStarted { exemption, .. } = &mut rests {
        *exemption = Some(LEAVE);
    }
    let spared = World::of([opened()], and(enabled(), [granted.clone()]), and(laptop(), [rests]));
    assert!(spared.signed_in(before(until)).is_ok());
    assert!(spared.signed_in(until).is_err(), "by itself");
    let mut ended = spared;
    ended.user.evolve(&UserEvent::ExemptionEnded { exemption: LEAVE, at: NOW });
    assert!(ended.signed_in(NOW).is_err(), "and early");
    // Whoever showed a code while exempt keeps what that earned.
    let mut proved = everything();
    proved.user.evolve(&granted);
    proved.user.evolve(&UserEvent::ExemptionEnded { exemption: LEAVE, at: NOW });
    assert_eq!(good(&proved, NOW), [true; 3]);
}

/// Rules: D5.
#[test]
fn an_exemption_spares_the_code_but_lifts_no_lock() {
    use crate::device::Why;
    use crate::sign_in::Begun;
    use crate::user::{Familiarity, Gate};
    let granted = UserEvent::ExemptionGranted {
        exemption: LEAVE,
        reason: sealed(),
        until: later(Span::hours(2)),
        at: NOW,
    };
    let locked =
        UserEvent::LockedOut { gate: Gate::SecondFactor, familiarity: Familiarity::Stranger, at: NOW };
    let decided = |past: Vec<UserEvent>| {
        let world = World::of([opened()], past, laptop());
        match begin(NOW).decide(&world.account, &world.user, &world.device).map(|steps| steps.came_to) {
            Ok(Begun::Decided(course)) => course,
            other => panic!("{other:?}"),
        }
    };
    let spared = decided(and(enabled(), [granted.clone()]));
    assert_eq!((spared.decision, spared.reasons), (Decision::Complete, vec![Why::Exempted]));
    assert_eq!(decided(and(enabled(), [granted, locked])).decision, Decision::Challenge);
    // Nor is anybody made to enrol under one.
    let pending = World::of(
        [opened(), required(crate::policy::Audience::Team, NOW)],
        and(
            with_password(Role::Agent),
            [UserEvent::ExemptionGranted {
                exemption: LEAVE,
                reason: sealed(),
                until: later(Span::hours(2)),
                at: NOW,
            }],
        ),
        laptop(),
    );
    let came = begin(NOW).decide(&pending.account, &pending.user, &pending.device).map(|steps| steps.came_to);
    assert!(matches!(came, Ok(Begun::Decided(course)) if course.decision == Decision::Complete));
}
