//! The rules of a device, as tables. How attempts and sessions come about is told in `sign_in`.

use crate::device::{
    Device, DeviceCommand, DeviceError, DeviceEvent, DistrustCause, EndCause, Forsaken, Means, Method, Scope,
};
use crate::ids::{SessionId, SignInId};
use crate::table::*;
use crate::time::{Span, Timestamp};

use super::{Decision, FirstFactor, NewDevice, NewSession, Why};

fn new_device() -> NewDevice {
    NewDevice { account: ACME, device: LAPTOP, user: ANA, verifier: verifier(1), origin: NOWHERE }
}

fn known() -> DeviceEvent {
    DeviceEvent::DeviceRegistered {
        account: ACME,
        device: LAPTOP,
        user: ANA,
        verifier: verifier(1),
        origin: NOWHERE,
        at: NOW,
    }
}

fn session(n: u128, at: Timestamp) -> DeviceEvent {
    DeviceEvent::SessionStarted {
        session: nth(n),
        scope: Scope::Full,
        method: Method::Otp,
        verifier: verifier(2),
        generation: 0,
        epoch: 2,
        suspension: None,
        exemption: None,
        client: None,
        idle: Span::hours(8),
        ends_at: at + Span::days(14),
        at,
    }
}

fn nth(n: u128) -> SessionId {
    SessionId::from_uuid(verifier(n).uuid())
}

fn trusted() -> DeviceEvent {
    DeviceEvent::DeviceTrusted { granted_at: NOW, until: later(Span::days(30)), generation: 0, epoch: 2 }
}

fn attempt(sign_in: SignInId, at: Timestamp) -> DeviceEvent {
    DeviceEvent::SignInStarted {
        sign_in,
        first_factor: FirstFactor::Password,
        decision: Decision::Challenge,
        reasons: vec![Why::Enrolled],
        generation: 1,
        epoch: 2,
        policy_version: 0,
        expires_at: at + Span::minutes(10),
        origin: NOWHERE,
        at,
    }
}

#[test]
fn a_device_is_registered_once_and_does_nothing_before() {
    assert_eq!(Device::default().register(new_device(), NOW), Ok(known()));
    assert_eq!(fold::<Device>([known()]).register(new_device(), NOW), Err(DeviceError::AlreadyRegistered));
    let commands = [
        DeviceCommand::Touch { session: nth(1), idle: Span::hours(1), at: NOW },
        DeviceCommand::EndSession { session: nth(1), cause: EndCause::SignedOut },
        DeviceCommand::Distrust { cause: DistrustCause::RevokedByUser },
        DeviceCommand::Forsake(Forsaken::Lost),
    ];
    for command in commands {
        given::<Device>([]).when(command).then_refused(DeviceError::Unknown);
    }
}

#[test]
fn a_session_ends_once() {
    let end = DeviceCommand::EndSession { session: nth(1), cause: EndCause::SignedOut };
    let ended = DeviceEvent::SessionEnded { session: nth(1), cause: EndCause::SignedOut };
    given::<Device>([known(), session(1, NOW)]).when(end).then([ended.clone()]);
    given::<Device>([known(), session(1, NOW), ended]).when(end).then_refused(DeviceError::NoSession);
    given::<Device>([known()]).when(end).then_refused(DeviceError::NoSession);
}

/// Rules: P8.
#[test]
fn use_is_recorded_eight_times_in_an_idle_time_between_a_minute_and_half_an_hour() {
    let rows = [
        (Span::minutes(5), Span::minutes(1)),
        (Span::minutes(40), Span::minutes(5)),
        (Span::hours(4), Span::minutes(30)),
        (Span::days(30), Span::minutes(30)),
    ];
    for (idle, every) in rows {
        let touch = |at| DeviceCommand::Touch { session: nth(1), idle, at };
        let due = NOW + every;
        let past = [known(), session(1, NOW)];
        given::<Device>(past.clone()).when(touch(due - Span::seconds(1))).then_nothing();
        given::<Device>(past.clone())
            .when(touch(due))
            .then([DeviceEvent::SessionActive { session: nth(1), at: due }]);
        given::<Device>(and(past.to_vec(), [DeviceEvent::SessionActive { session: nth(1), at: due }]))
            .when(touch(due))
            .then_nothing();
    }
    given::<Device>([known()])
        .when(DeviceCommand::Touch { session: nth(1), idle: Span::hours(1), at: NOW })
        .then_refused(DeviceError::NoSession);
}

/// Rules: H6.
#[test]
fn an_app_that_was_unlocked_is_recorded_once_a_minute_and_only_in_a_session() {
    let opened = |means, at| DeviceCommand::Reauthorise { session: nth(1), means, at };
    let seen =
        |means: &str, at| DeviceEvent::SessionReauthorised { session: nth(1), means: means.into(), at };
    let ended = DeviceEvent::SessionEnded { session: nth(1), cause: EndCause::SignedOut };
    let past = vec![known(), session(1, NOW)];
    let minute = later(Span::minutes(1));
    given::<Device>(past.clone()).when(opened(Means::Pin, NOW)).then([seen("pin", NOW)]);
    given::<Device>(past.clone()).when(opened(Means::Biometric, NOW)).then([seen("biometric", NOW)]);
    let past = and(past, [seen("pin", NOW)]);
    let early = minute - Span::seconds(1);
    given::<Device>(past.clone()).when(opened(Means::Biometric, early)).then_nothing();
    given::<Device>(past.clone()).when(opened(Means::Biometric, minute)).then([seen("biometric", minute)]);
    given::<Device>(and(past, [ended])).when(opened(Means::Pin, minute)).then_refused(DeviceError::NoSession);
    given::<Device>([known()]).when(opened(Means::Pin, NOW)).then_refused(DeviceError::NoSession);
}

#[test]
fn withdrawing_trust_leaves_the_device_known() {
    let withdraw = DeviceCommand::Distrust { cause: DistrustCause::RevokedByUser };
    let withdrawn = DeviceEvent::DeviceDistrusted { cause: DistrustCause::RevokedByUser };
    let past = [known(), session(1, NOW), trusted()];
    given::<Device>(past.clone()).when(withdraw).then([withdrawn.clone()]);
    given::<Device>([known()]).when(withdraw).then_nothing();
    let device: Device = fold(and(past.to_vec(), [withdrawn]));
    assert!(device.trust.is_none() && device.trusted_before);
    assert!(device.token.is_some() && device.proved_before, "only the trust is gone");
    assert_eq!(device.sessions.len(), 1);
}

/// Rules: D7.
#[test]
fn a_lost_copied_or_erased_device_is_forgotten_with_its_sessions_and_its_token() {
    let rows = [
        (Forsaken::Lost, DistrustCause::DeviceLost, EndCause::DeviceLost),
        (Forsaken::Replayed, DistrustCause::TokenReplayed, EndCause::TokenReplayed),
        (Forsaken::Erased, DistrustCause::PersonErased, EndCause::PersonErased),
    ];
    for (why, cause, end) in rows {
        let gone = DeviceEvent::DeviceDistrusted { cause };
        let ended = |n| DeviceEvent::SessionEnded { session: nth(n), cause: end };
        let forsake = DeviceCommand::Forsake(why);
        let past = vec![known(), session(1, NOW), session(2, NOW), trusted()];
        let events = [gone.clone(), ended(1), ended(2)];
        given::<Device>(past.clone()).when(forsake).then(events.clone());
        // Never trusted, no session: its token dies all the same.
        given::<Device>([known()]).when(forsake).then([gone]);
        let after = and(past, events);
        given::<Device>(after.clone()).when(forsake).then_nothing();
        let device: Device = fold(after);
        assert!(device.token.is_none() && device.trust.is_none());
        assert!(!device.completed_before && !device.proved_before && device.sessions.is_empty());
    }
}

#[test]
fn an_attempt_is_open_for_ten_minutes_in_its_generation_and_epoch() {
    let device: Device = fold([known(), attempt(SIGN_IN, NOW)]);
    let end = later(Span::minutes(10));
    let last = Timestamp::from_micros(end.micros() - 1);
    assert!(device.open_attempt(SIGN_IN, 1, 2, NOW).is_ok());
    assert!(device.open_attempt(SIGN_IN, 1, 2, last).is_ok());
    let over = Err(DeviceError::SignInOver);
    assert_eq!(device.open_attempt(SIGN_IN, 1, 2, end).copied(), over);
    assert_eq!(device.open_attempt(SIGN_IN, 2, 2, NOW).copied(), over, "a disable came between");
    assert_eq!(device.open_attempt(SIGN_IN, 1, 3, NOW).copied(), over, "a reset came between");
    assert_eq!(device.open_attempt(SignInId::from_uuid(ANA.uuid()), 1, 2, NOW).copied(), over);
    let done = DeviceEvent::SignInCompleted { sign_in: SIGN_IN, method: Method::Otp };
    let device: Device = fold([known(), attempt(SIGN_IN, NOW), done]);
    assert_eq!(device.open_attempt(SIGN_IN, 1, 2, NOW).copied(), over, "an attempt is completed once");
}

#[test]
fn a_device_keeps_sixteen_attempts_and_sessions_and_says_which_session_gave_way() {
    let attempts = (0..40).map(|n| attempt(SignInId::from_uuid(verifier(n).uuid()), NOW));
    assert_eq!(fold::<Device>(std::iter::once(known()).chain(attempts)).attempts.len(), 16);

    let sessions = (0..16).map(|n| session(n, later(Span::minutes(n as i64))));
    let full: Device = fold(std::iter::once(known()).chain(sessions));
    let new = NewSession {
        session: nth(99),
        scope: Scope::Full,
        verifier: verifier(3),
        generation: 0,
        epoch: 2,
        suspension: None,
        exemption: None,
        client: None,
        idle: Span::hours(8),
        lifetime: Span::days(1),
    };
    let events = full.complete(SIGN_IN, Method::Otp, new, None, NOW);
    assert!(events.contains(&DeviceEvent::SessionEnded { session: nth(0), cause: EndCause::Displaced }));
    let mut after = full;
    for e in &events {
        after.evolve(e);
    }
    assert_eq!(after.sessions.len(), 16);
    assert!(after.sessions.contains_key(&nth(99)) && !after.sessions.contains_key(&nth(0)));
}

#[test]
fn a_password_makes_a_device_seen_and_only_a_second_factor_makes_it_known() {
    let by = |method| {
        let mut started = session(1, NOW);
        if let DeviceEvent::SessionStarted { method: m, .. } = &mut started {
            *m = method;
        }
        fold::<Device>([known(), DeviceEvent::SignInCompleted { sign_in: SIGN_IN, method }, started])
    };
    let rows = [
        (Method::Password, false),
        (Method::Trust, false),
        (Method::Otp, true),
        (Method::RecoveryCode, true),
    ];
    for (method, proved) in rows {
        assert!(by(method).completed_before);
        assert_eq!(by(method).proved_before, proved, "{method:?}");
    }
}
