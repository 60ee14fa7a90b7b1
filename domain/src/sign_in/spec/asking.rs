//! What a right password leads to: every reason.

use super::*;
use crate::device::{Decision, DistrustCause, Why};
use crate::policy::{Audience, Role};
use crate::sign_in::course::course;
use crate::sign_in::{Begun, Course, Recognition, recognise};

fn every_sign_in() -> AccountEvent {
    policy(Audience::Team, |p| p.trust_days = 0, None)
}

fn with_grace() -> AccountEvent {
    policy(
        Audience::Team,
        |p| {
            p.required = true;
            p.grace_days = 7;
        },
        Some(NOW),
    )
}

/// Rules: P4.
#[test]
fn every_decision_has_its_reasons() {
    use Decision::{Challenge, Complete, Enrol};
    type Row = (&'static str, Vec<AccountEvent>, Vec<UserEvent>, Vec<DeviceEvent>, Decision, Vec<Why>);
    let nobody = || with_password(Role::Agent);
    let trust = || and(laptop(), [trusted(0, 2)]);
    let team_must = || required(Audience::Team, NOW);
    let distrusted = DeviceEvent::DeviceDistrusted { cause: DistrustCause::RevokedByUser };
    let rows: Vec<Row> = vec![
        ("optional", vec![], nobody(), laptop(), Complete, vec![Why::OptionalNotEnrolled]),
        ("required", vec![team_must()], nobody(), laptop(), Enrol, vec![Why::RequiredNotEnrolled]),
        ("grace", vec![with_grace()], nobody(), laptop(), Complete, vec![Why::InGrace]),
        (
            "required of end users only",
            vec![required(Audience::EndUsers, NOW)],
            nobody(),
            laptop(),
            Complete,
            vec![Why::OptionalNotEnrolled],
        ),
        ("new device", vec![], enabled(), vec![], Challenge, vec![Why::Enrolled, Why::NewDevice]),
        (
            "registered, never completed",
            vec![],
            enabled(),
            laptop()[..1].to_vec(),
            Challenge,
            vec![Why::Enrolled, Why::NewDevice],
        ),
        ("known", vec![], enabled(), laptop(), Challenge, vec![Why::Enrolled, Why::NotTrusted]),
        ("trusted", vec![], enabled(), trust(), Complete, vec![Why::Enrolled, Why::DeviceTrusted]),
        (
            "trust withdrawn",
            vec![],
            enabled(),
            and(trust(), [distrusted]),
            Challenge,
            vec![Why::Enrolled, Why::TrustEnded],
        ),
        (
            "trust of an older password",
            vec![],
            and(enabled(), [password_set()]),
            trust(),
            Challenge,
            vec![Why::Enrolled, Why::TrustEnded],
        ),
        (
            "every sign-in, old trust ignored",
            vec![every_sign_in()],
            enabled(),
            trust(),
            Challenge,
            vec![Why::Enrolled, Why::EverySignIn],
        ),
        ("suspended", vec![suspended(1, NOW)], enabled(), vec![], Complete, vec![Why::AccountSuspended]),
        (
            "suspended, required",
            vec![team_must(), suspended(1, NOW)],
            nobody(),
            vec![],
            Complete,
            vec![Why::AccountSuspended],
        ),
        ("off", vec![account_disabled(1, NOW)], enabled(), trust(), Complete, vec![Why::AccountDisabled]),
        (
            "on again, required",
            vec![team_must(), account_disabled(1, NOW), account_enabled(1, NOW)],
            enabled(),
            trust(),
            Enrol,
            vec![Why::RequiredNotEnrolled],
        ),
        (
            "on again, enrolled anew, trust of the old generation",
            vec![account_disabled(1, NOW), account_enabled(1, NOW)],
            enabled_in(1, Role::Agent),
            trust(),
            Challenge,
            vec![Why::Enrolled, Why::TrustEnded],
        ),
    ];
    let mut seen = vec![];
    for (name, account, user, device, decision, reasons) in rows {
        let world = World::of(and(vec![opened()], account), user, device);
        let role = world.user.role().unwrap_or(Role::Agent);
        let found = course(&world.account, &world.user, &world.device, role, NOW);
        assert_eq!(found, Course { decision, reasons: reasons.clone() }, "{name}");
        assert!(reasons.len() <= Course::MAX_REASONS);
        seen.extend(reasons);
    }
    for why in [
        Why::Enrolled,
        Why::NewDevice,
        Why::DeviceTrusted,
        Why::TrustEnded,
        Why::NotTrusted,
        Why::EverySignIn,
        Why::RequiredNotEnrolled,
        Why::InGrace,
        Why::OptionalNotEnrolled,
        Why::AccountSuspended,
        Why::AccountDisabled,
    ] {
        assert!(seen.contains(&why), "no row leads to {why:?}");
    }
}

/// Rules: P5.
#[test]
fn grace_ends_to_the_microsecond() {
    let world = World::of([opened(), with_grace()], with_password(Role::Agent), laptop());
    let end = later(Span::days(7));
    for (at, decision) in [(before(end), Decision::Complete), (end, Decision::Enrol)] {
        assert_eq!(course(&world.account, &world.user, &world.device, Role::Agent, at).decision, decision);
    }
}

#[test]
fn a_browser_is_recognised_by_the_devices_own_token() {
    use Recognition::{Foreign, Recognised, Replayed};
    use TokenVerdict::{Current, Older, Unknown};
    let previous = || TokenVerdict::Previous(verifier(30));
    let renewed = DeviceEvent::DeviceTokenRotated { verifier: verifier(31), at: NOW };
    let forgotten = DeviceEvent::DeviceDistrusted { cause: DistrustCause::DeviceLost };
    let grace = later(Span::seconds(60));
    let rows = [
        (vec![], Current, NOW, Foreign),
        (laptop(), Unknown, NOW, Foreign),
        (laptop(), Current, NOW, Recognised),
        (and(laptop(), [renewed.clone()]), Current, later(Span::days(300)), Recognised),
        (and(laptop(), [renewed.clone()]), previous(), before(grace), Recognised),
        (and(laptop(), [renewed.clone()]), previous(), grace, Replayed),
        (and(laptop(), [renewed.clone()]), Older, NOW, Replayed),
        (and(laptop(), [renewed.clone(), renewed.clone()]), Older, later(Span::days(300)), Replayed),
        (and(laptop(), [renewed.clone(), forgotten.clone()]), Older, NOW, Foreign),
        (and(laptop(), [renewed.clone(), forgotten.clone()]), Current, NOW, Foreign),
        (and(laptop(), [renewed, forgotten]), previous(), grace, Foreign),
    ];
    for (device, token, at, expected) in rows {
        let world = World::of([opened()], enabled(), device);
        assert_eq!(recognise(&world.user, &world.device, token, at), expected, "{token:?} at {at}");
    }
}

#[test]
fn a_device_of_somebody_else_is_foreign() {
    let mut others = laptop();
    if let Some(DeviceEvent::DeviceRegistered { user, .. }) = others.first_mut() {
        *user = crate::ids::UserId::from_uuid(LAPTOP.uuid());
    }
    let world = World::of([opened()], enabled(), others);
    assert_eq!(recognise(&world.user, &world.device, TokenVerdict::Current, NOW), Recognition::Foreign);
    assert!(begin(NOW).decide(&world.account, &world.user, &world.device).is_err());
}

#[test]
fn the_course_is_recorded_with_its_reasons() {
    let mut world = World::of([opened()], enabled(), []);
    let steps = begin(NOW).decide(&world.account, &world.user, &world.device);
    let Ok(steps) = steps else { panic!("{steps:?}") };
    let started = steps.device.iter().find_map(|e| match e {
        DeviceEvent::SignInStarted { decision, reasons, .. } => Some((*decision, reasons.clone())),
        _ => None,
    });
    let Begun::Decided(found) = world.record(steps) else { panic!("the password was right") };
    assert_eq!(started, Some((found.decision, found.reasons)));
}
