//! What a device is worth: new, trusted, lost, copied.

use super::*;
use crate::device::{
    Decision, DeviceCommand, DeviceError, DistrustCause, EndCause, Forsaken, TOKEN_GRACE, Why,
};
use crate::permission::{Act, Denied};
use crate::policy::{Audience, Role};
use crate::sign_in::course::course;
use crate::sign_in::{Begun, Recognition, SignInError, Stale, recognise, trust_holds};

fn decided(world: &World, at: Timestamp) -> (Decision, Vec<Why>) {
    let found = course(&world.account, &world.user, &world.device, Role::Agent, at);
    (found.decision, found.reasons)
}

/// Whatever the policy says of trust, and whatever this person trusted elsewhere.
/// Rules: T1.
#[test]
fn a_device_that_was_never_seen_is_asked_whatever_the_policy() {
    for days in [0, 1, 30, 365] {
        let account = [opened(), policy(Audience::Team, |p| p.trust_days = days, None)];
        let registered = laptop()[..1].to_vec();
        for device in [vec![], registered] {
            let world = World::of(account.clone(), enabled(), device);
            assert_eq!(decided(&world, NOW).0, Decision::Challenge, "{days} days");
        }
    }
    // The password makes it known to nobody: until a second factor was shown on it, it is asked again.
    let mut world = World::of([opened()], enabled(), []);
    let steps = begin(NOW).decide(&world.account, &world.user, &world.device);
    let Ok(steps) = steps else { panic!("{steps:?}") };
    let Begun::Decided(found) = world.record(steps) else { panic!("the password was right") };
    assert_eq!(found.reasons, [Why::Enrolled, Why::NewDevice]);
    assert_eq!(decided(&world, later(Span::minutes(1))).1, [Why::Enrolled, Why::NewDevice]);
}

/// Rules: T2.
#[test]
fn trust_ends_at_its_instant_to_the_microsecond() {
    for days in [1_u16, 30, 365] {
        let account = [opened(), policy(Audience::Team, |p| p.trust_days = 365, None)];
        let span = Span::days(days.into());
        let granted =
            DeviceEvent::DeviceTrusted { granted_at: NOW, until: later(span), generation: 0, epoch: 2 };
        let world = World::of(account, enabled(), and(laptop(), [granted]));
        let end = later(span);
        for (at, decision) in [
            (NOW, Decision::Complete),
            (before(end), Decision::Complete),
            (end, Decision::Challenge),
            (end + Span::days(1), Decision::Challenge),
        ] {
            assert_eq!(decided(&world, at).0, decision, "{days} days at {at}");
        }
    }
}

/// Rules: T3.
#[test]
fn trust_is_of_one_device_of_one_person() {
    let world = World::of([opened()], enabled(), and(laptop(), [trusted(0, 2)]));
    // The same browser in somebody else's hands: it is foreign to them, and empty.
    let mut other = enabled();
    if let Some(UserEvent::UserRegistered { user, .. }) = other.first_mut() {
        *user = crate::ids::UserId::from_uuid(LAPTOP.uuid());
    }
    let other = fold::<User>(other);
    assert_eq!(recognise(&other, &world.device, TokenVerdict::Current, NOW), Recognition::Foreign);
    let refused = begin(NOW).decide(&world.account, &other, &world.device).map(|steps| steps.came_to);
    assert_eq!(refused, Err(SignInError::Device(DeviceError::NotRecognised)));
    // Another device of theirs has none of it.
    let elsewhere = World::of([opened()], enabled(), laptop());
    assert_eq!(decided(&elsewhere, NOW).1, [Why::Enrolled, Why::NotTrusted]);
}

/// Rules: T3.
#[test]
fn trust_ends_at_the_earlier_of_its_own_end_and_what_todays_policy_allows() {
    let rows = [(30, 30, 30), (30, 7, 7), (7, 30, 7), (30, 365, 30), (365, 30, 30), (1, 1, 1)];
    for (granted, allowed, ends) in rows {
        let account = [opened(), policy(Audience::Team, |p| p.trust_days = allowed, None)];
        let until = later(Span::days(granted));
        let trust = DeviceEvent::DeviceTrusted { granted_at: NOW, until, generation: 0, epoch: 2 };
        let world = World::of(account, enabled(), and(laptop(), [trust]));
        let Some(trust) = world.device.trust else { panic!("granted") };
        let holds = |at| trust_holds(&world.account, &world.user, &trust, at);
        let end = later(Span::days(ends));
        assert_eq!((holds(before(end)), holds(end)), (true, false), "{granted} granted, {allowed} allowed");
    }
}

/// Rules: T4.
#[test]
fn a_device_reported_lost_keeps_nothing_and_one_that_is_distrusted_keeps_its_sessions() {
    let past = and(laptop(), [session(crate::device::Method::Otp, Scope::Full, 0, 2), trusted(0, 2)]);
    let told = |command| {
        let mut world = World::of([opened()], enabled(), past.clone());
        let events = world.device.decide(command).unwrap_or_default();
        for event in &events {
            world.device.evolve(event);
        }
        (world, events)
    };
    let (kept, events) = told(DeviceCommand::Distrust { cause: DistrustCause::RevokedByStaff });
    assert_eq!(events, [DeviceEvent::DeviceDistrusted { cause: DistrustCause::RevokedByStaff }]);
    assert!(kept.signed_in(NOW).is_ok() && decided(&kept, NOW).0 == Decision::Challenge);
    let (lost, events) = told(DeviceCommand::Forsake(Forsaken::Lost));
    let ended = DeviceEvent::SessionEnded { session: SESSION, cause: EndCause::DeviceLost };
    assert_eq!(events, [DeviceEvent::DeviceDistrusted { cause: DistrustCause::DeviceLost }, ended]);
    assert_eq!(lost.signed_in(NOW).err(), Some(Stale::Ended));
    assert_eq!(recognise(&lost.user, &lost.device, TokenVerdict::Current, NOW), Recognition::Foreign);
}

/// Rules: T5.
#[test]
fn each_predecessor_of_a_token_serves_its_own_sixty_seconds_however_often_it_is_renewed() {
    let shown = |n: u128| TokenVerdict::Previous(verifier(30 + n));
    // Renewed once a second, more often than predecessors are kept: 30 was replaced by 31 at once, 31 by 32, …
    let renewed = (0..6_i64).map(|n| {
        let (verifier, at) = (verifier(31 + n as u128), later(Span::seconds(n)));
        DeviceEvent::DeviceTokenRotated { verifier, at }
    });
    let often = World::of([opened()], enabled(), and(laptop(), renewed.clone()));
    let twice = World::of([opened()], enabled(), and(laptop(), renewed.take(2)));
    let minute = later(Span::seconds(60));
    for (world, token, at, expected) in [
        (&twice, shown(0), before(minute), Recognition::Recognised),
        (&twice, shown(1), before(minute), Recognition::Recognised),
        (&twice, shown(0), minute, Recognition::Replayed),
        (&twice, shown(1), minute, Recognition::Recognised),
        (&twice, shown(1), later(Span::seconds(61)), Recognition::Replayed),
        (&often, shown(5), before(minute), Recognition::Recognised),
        (&often, shown(2), before(minute), Recognition::Recognised),
        // Kept are the last four.
        (&often, shown(1), before(minute), Recognition::Replayed),
        (&often, shown(0), before(minute), Recognition::Replayed),
    ] {
        assert_eq!(recognise(&world.user, &world.device, token, at), expected, "{token:?} at {at}");
    }
}

/// Rules: T5.
#[test]
fn whoever_shows_a_predecessor_is_told_its_successor_again_and_renews_nothing() {
    let renewals = |world: &World, begin: Begin| {
        let steps = begin.decide(&world.account, &world.user, &world.device).unwrap();
        let renewed = |event: &&DeviceEvent| matches!(event, DeviceEvent::DeviceTokenRotated { .. });
        (steps.device.iter().filter(renewed).count(), matches!(steps.came_to, Begun::Decided(_)))
    };
    let renewed = |n: u128, seconds| {
        let (verifier, at) = (verifier(30 + n), later(Span::seconds(seconds)));
        DeviceEvent::DeviceTokenRotated { verifier, at }
    };
    let world =
        World::of([opened()], enabled(), and(laptop(), [renewed(1, 0), renewed(2, 10), trusted(0, 2)]));
    let previous = |n: u128| TokenVerdict::Previous(verifier(30 + n));
    let at = later(Span::seconds(20));
    for (token, retold, expected) in [
        (TokenVerdict::Current, true, 1),
        (TokenVerdict::Current, false, 1),
        (previous(0), true, 0),
        (previous(1), true, 0),
        // One that cannot be made again is renewed, as ever.
        (previous(1), false, 1),
    ] {
        assert_eq!(
            renewals(&world, Begin { token, retold, ..begin(at) }),
            (expected, true),
            "{token:?} {retold}"
        );
    }
    // However many come with it, it stays known for its own minute and no longer.
    let Some(known) = world.device.token else { panic!("a token") };
    assert_eq!(known.after(verifier(30)), [verifier(31), verifier(32)]);
    assert_eq!(known.after(verifier(31)), [verifier(32)]);
    assert!(known.after(verifier(32)).is_empty() && known.after(verifier(99)).is_empty());
    assert_eq!(recognise(&world.user, &world.device, previous(0), later(TOKEN_GRACE)), Recognition::Replayed);
}

/// Rules: T5.
#[test]
fn the_predecessor_of_a_token_serves_for_sixty_seconds() {
    assert_eq!(TOKEN_GRACE, Span::seconds(60));
    let renewed = DeviceEvent::DeviceTokenRotated { verifier: verifier(31), at: NOW };
    let world = World::of([opened()], enabled(), and(laptop(), [renewed, trusted(0, 2)]));
    let minute = later(Span::seconds(60));
    for (shown, at, expected) in [
        (TokenVerdict::Previous(verifier(30)), before(minute), Recognition::Recognised),
        (TokenVerdict::Previous(verifier(30)), minute, Recognition::Replayed),
        (TokenVerdict::Older, NOW, Recognition::Replayed),
        (TokenVerdict::Current, minute, Recognition::Recognised),
    ] {
        assert_eq!(recognise(&world.user, &world.device, shown, at), expected, "{shown:?} at {at}");
    }
}

/// Rules: T6.
#[test]
fn trust_is_recorded_as_trust_and_does_nothing_sensitive() {
    let mut world = World::of([opened()], enabled(), and(laptop(), [trusted(0, 2)]));
    let steps = begin(NOW).decide(&world.account, &world.user, &world.device);
    let Ok(steps) = steps else { panic!("{steps:?}") };
    let completed = DeviceEvent::SignInCompleted { sign_in: SIGN_IN, method: crate::device::Method::Trust };
    assert!(steps.device.contains(&completed), "{:?}", steps.device);
    world.record(steps);
    let Ok(me) = world.signed_in(NOW) else { panic!("signed in") };
    assert_eq!(me.session().assurance(), 1);
    for act in Act::all() {
        if crate::permission::need(me.role(), act) == crate::permission::Need::StepUp {
            assert_eq!(me.permit(act), Err(Denied::StepUp), "{act:?}");
        }
    }
}
