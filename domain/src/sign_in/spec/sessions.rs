//! For how long a session is good, what ends it, and what may be done in it.

use super::*;
use crate::device::EndCause;
use crate::permission::{Act, Denied};
use crate::policy::{Audience, Role};
use crate::proof::{MailedVerdict, Warrant};
use crate::sign_in::{Answer, EnrolmentClosed, SignInError, Stale};
use crate::user::{Gate, Turn, UserError};

fn world(method: Method) -> World {
    World::of([opened()], enabled(), and(laptop(), [session(method, Scope::Full, 0, 2)]))
}

fn stale(world: &World, at: Timestamp) -> Option<Stale> {
    world.signed_in(at).err()
}

/// Rules: P7, P8.
#[test]
fn a_session_ends_by_idle_time_and_by_its_life() {
    let idle_end = later(Span::minutes(480));
    let mut world = world(Method::Otp);
    assert_eq!(stale(&world, before(idle_end)), None);
    assert_eq!(stale(&world, idle_end), Some(Stale::Expired));
    // In use all the time, it lives for its fourteen days and no longer.
    let end = later(Span::days(14));
    world.device.evolve(&DeviceEvent::SessionActive { session: SESSION, at: before(end) });
    assert_eq!(stale(&world, before(end)), None);
    assert_eq!(stale(&world, end), Some(Stale::Expired));
}

/// Rules: P8.
#[test]
fn a_stricter_policy_ends_open_sessions_earlier_and_a_looser_one_does_not_extend_them() {
    type Change = fn(&mut crate::policy::AudiencePolicy);
    let rows: [(Change, Span); 5] = [
        (|p| p.idle_minutes = 10, Span::minutes(10)),
        (|p| p.idle_minutes = 43_200, Span::minutes(480)),
        (|p| p.lifetime_hours = 2, Span::hours(2)),
        (|p| p.lifetime_hours = 720, Span::minutes(480)),
        (|p| p.stay_signed_in_days = 1, Span::minutes(480)),
    ];
    for (change, ends_after) in rows {
        let mut world = world(Method::Otp);
        world.happens(&policy(Audience::Team, change, None));
        let end = later(ends_after);
        assert_eq!(stale(&world, before(end)), None, "{ends_after:?}");
        assert_eq!(stale(&world, end), Some(Stale::Expired), "{ends_after:?}");
    }
    let mut world = world(Method::Otp);
    world.happens(&policy(Audience::Team, |p| p.stay_signed_in_days = 1, None));
    let day = later(Span::days(1));
    world.device.evolve(&DeviceEvent::SessionActive { session: SESSION, at: before(day) });
    assert_eq!((stale(&world, before(day)), stale(&world, day)), (None, Some(Stale::Expired)));
}

/// Rules: P8.
#[test]
fn use_is_recorded_often_enough_for_todays_idle_time() {
    let mut world = world(Method::Otp);
    world.happens(&policy(Audience::Team, |p| p.idle_minutes = 5, None));
    // Used every minute for an hour under five minutes of idle time: still good.
    for minute in 1..=60 {
        let at = later(Span::minutes(minute));
        let events = world.signed_in(at).map(|me| me.touch());
        let Ok(Ok(events)) = events else { panic!("minute {minute}: {events:?}") };
        for e in &events {
            world.device.evolve(e);
        }
    }
}

const fn fell(turn: Turn) -> Stale {
    Stale::Voided(Some(turn))
}

/// Each cause that ends a session without an event of its own.
/// Rules: D7.
#[test]
fn a_session_falls_with_what_it_rests_on() {
    type Row = (&'static str, Method, Vec<AccountEvent>, Vec<UserEvent>, Option<Stale>);
    let off = || account_disabled(1, NOW);
    let rows: Vec<Row> = vec![
        ("nothing happened", Method::Otp, vec![], vec![], None),
        ("password changed", Method::Otp, vec![], vec![password_set()], Some(fell(Turn::PasswordChanged))),
        (
            "the first of several that ended it",
            Method::Otp,
            vec![],
            vec![UserEvent::FactorRemoved { factor: PHONE }, password_set()],
            Some(fell(Turn::FactorRemoved)),
        ),
        ("reset by staff", Method::Otp, vec![], vec![reset_by_staff(false)], Some(fell(Turn::FactorsReset))),
        (
            "switched off by its owner",
            Method::Otp,
            vec![],
            vec![UserEvent::TwoFactorDisabled { at: NOW }],
            Some(fell(Turn::FactorsOff)),
        ),
        ("disable, OTP", Method::Otp, vec![off()], vec![], Some(fell(Turn::AccountDisabled))),
        (
            "disable, recovery code",
            Method::RecoveryCode,
            vec![off()],
            vec![],
            Some(fell(Turn::AccountDisabled)),
        ),
        ("disable, trust", Method::Trust, vec![off()], vec![], Some(fell(Turn::AccountDisabled))),
        ("disable, password alone", Method::Password, vec![off()], vec![], None),
        (
            "disable and enable",
            Method::Otp,
            vec![off(), account_enabled(1, NOW)],
            vec![],
            Some(fell(Turn::AccountDisabled)),
        ),
        ("suspended", Method::Otp, vec![suspended(1, NOW)], vec![], None),
        ("resumed", Method::Otp, vec![suspended(1, NOW), resumed(1, NOW)], vec![], None),
        ("required", Method::Otp, vec![required(Audience::Team, NOW)], vec![], None),
        (
            "erased",
            Method::Otp,
            vec![],
            vec![UserEvent::PersonErased { values: 1, at: NOW }],
            Some(Stale::Gone),
        ),
    ];
    for (name, method, account, user, expected) in rows {
        let mut world = world(method);
        for e in &account {
            world.happens(e);
        }
        for e in &user {
            world.user.evolve(e);
        }
        assert_eq!(stale(&world, NOW), expected, "{name}");
    }
    let mut ended = world(Method::Otp);
    ended.device.evolve(&DeviceEvent::SessionEnded { session: SESSION, cause: EndCause::SignedOut });
    assert_eq!(stale(&ended, NOW), Some(Stale::Ended));
}

/// Rules: D7.
#[test]
fn a_session_for_enrolment_falls_with_the_generation_it_would_enrol_into() {
    let device = and(laptop(), [session(Method::Password, Scope::Enrolment, 0, 1)]);
    let past = [opened(), required(Audience::Team, NOW)];
    let mut world = World::of(past, with_password(Role::Agent), device);
    assert_eq!(stale(&world, NOW), None);
    world.happens(&account_disabled(1, NOW));
    assert_eq!(stale(&world, NOW), Some(fell(Turn::AccountDisabled)));
}

/// Rules: D2.
#[test]
fn a_session_that_a_suspension_spared_ends_with_it() {
    let must = || required(Audience::Team, NOW);
    // who | required | is their session of the suspension over when it ends?
    let rows = [
        ("enrolled", enabled(), None, true),
        ("required, not enrolled", with_password(Role::Agent), Some(must()), true),
        ("optional, not enrolled", with_password(Role::Agent), None, false),
    ];
    for (name, user, requirement, ends) in rows {
        let past = std::iter::once(opened()).chain(requirement).chain([suspended(1, NOW)]);
        let mut world = World::of(past, user, []);
        let steps = begin(NOW).decide(&world.account, &world.user, &world.device);
        let Ok(steps) = steps else { panic!("{steps:?}") };
        world.record(steps);
        assert_eq!(stale(&world, NOW), None, "{name}: good while it lasts");
        let mut disabled = world.clone();
        world.happens(&resumed(1, NOW));
        assert_eq!(stale(&world, NOW), ends.then_some(Stale::SuspensionOver), "{name}: resumed");
        world.happens(&suspended(2, NOW));
        assert_eq!(stale(&world, NOW), ends.then_some(Stale::SuspensionOver), "{name}: another one");
        disabled.happens(&account_disabled(1, NOW));
        assert_eq!(stale(&disabled, NOW), ends.then_some(Stale::SuspensionOver), "{name}: disabled");
    }
}

#[test]
fn a_second_factor_is_fresh_for_ten_minutes_and_trust_never_is() {
    let ten = later(Span::minutes(10));
    let fresh = |method, at| world(method).signed_in(at).map(|me| me.recently_proved());
    for method in [Method::Otp, Method::RecoveryCode] {
        assert_eq!(fresh(method, NOW), Ok(true));
        assert_eq!(fresh(method, before(ten)), Ok(true));
        assert_eq!(fresh(method, ten), Ok(false));
    }
    for method in [Method::Password, Method::Trust] {
        assert_eq!(fresh(method, NOW), Ok(false), "{method:?}");
    }
    // Raised later, it is fresh from then on.
    let mut world = world(Method::Trust);
    let at = later(Span::hours(1));
    let Ok(Ok(steps)) = world.signed_in(at).map(|me| me.step_up(right_code(), verifier(40))) else {
        panic!("a right code")
    };
    world.record(steps);
    assert_eq!(world.signed_in(at).map(|me| me.recently_proved()), Ok(true));
    assert_eq!(world.signed_in(at + Span::minutes(10)).map(|me| me.recently_proved()), Ok(false));
}

#[test]
fn while_the_switch_is_off_a_fresh_password_is_all_that_there_is() {
    let device = and(laptop(), [session(Method::Password, Scope::Full, 1, 1)]);
    let world = World::of([opened(), account_disabled(1, NOW)], with_password(Role::Owner), device);
    let may = |at| world.signed_in(at).map(|me| me.permit(Act::SwitchAccount));
    assert_eq!(may(before(later(Span::minutes(10)))), Ok(Ok(())));
    assert_eq!(may(later(Span::minutes(10))), Ok(Err(Denied::StepUp)));
}

/// Rules: P5.
#[test]
fn a_session_for_enrolment_does_nothing_else() {
    let device = and(laptop(), [session(Method::Password, Scope::Enrolment, 0, 1)]);
    let past = [opened(), required(Audience::Team, NOW)];
    let world = World::of(past, with_password(Role::Owner), device);
    let Ok(me) = world.signed_in(NOW) else { panic!("good") };
    for act in [Act::EnrolOwn, Act::ReadOwn, Act::EndOwn] {
        assert_eq!(me.permit(act), Ok(()));
    }
    let others = [Act::ReadAccount, Act::ReadStatus, Act::ReadPeople, Act::StepUp, Act::SwitchAccount];
    for act in others {
        assert_eq!(me.permit(act), Err(Denied::EnrolFirst), "{act:?}");
    }
}

/// Rules: P3.
#[test]
fn binding_the_first_factor_raises_this_session_and_ends_the_others() {
    let device = and(laptop(), [session(Method::Password, Scope::Enrolment, 0, 1)]);
    let past = [opened(), required(Audience::Team, NOW)];
    let mut world = World::of(past, with_password(Role::Agent), device);
    let other = world.device.clone();
    let Ok(Ok(steps)) =
        world.signed_in(NOW).map(|me| me.start_enrolment(new_factor(PHONE), NEW_MAIL, NEW_TEXT))
    else {
        panic!("may enrol")
    };
    world.record(steps);
    let mail = Some(Warrant::Mailed(MailedVerdict::Match(MAIL)));
    let confirm = |world: &World, mail| {
        world.signed_in(NOW).map(|me| me.confirm_factor(PHONE, right_code(), mail, NEW_CODES, verifier(50)))
    };
    let Ok(Ok(wrong)) = confirm(&world, Some(Warrant::Mailed(MailedVerdict::Mismatch))) else {
        panic!("charged")
    };
    assert!(matches!(wrong.came_to, Answer::Refused(r) if r.gate == Gate::MailedCode));
    assert!(wrong.device.is_empty(), "a wrong code raises nothing");

    let Ok(Ok(steps)) = confirm(&world, mail) else { panic!("right") };
    assert_eq!(world.record(steps), Answer::Accepted(Method::Otp));
    let me = world.signed_in(NOW);
    let Ok(me) = me else { panic!("goes on: {me:?}") };
    assert_eq!((me.session().scope, me.session().verifier), (Scope::Full, verifier(50)));
    assert!(me.recently_proved());
    let elsewhere = World { device: other, ..world.clone() };
    assert_eq!(stale(&elsewhere, NOW), Some(fell(Turn::FactorBound)));
}

#[test]
fn a_binding_belongs_to_the_session_that_began_it() {
    let other = crate::ids::SessionId::from_uuid(ANA.uuid());
    let device = and(laptop(), [session(Method::Password, Scope::Full, 0, 1)]);
    let mut world = World::of([opened()], with_password(Role::Agent), device);
    // Whatever the caller says, it is the session that asks.
    let factor = crate::user::NewFactor { session: other, ..new_factor(PHONE) };
    let Ok(Ok(steps)) = world.signed_in(NOW).map(|me| me.start_enrolment(factor, NEW_MAIL, NEW_TEXT)) else {
        panic!("may enrol")
    };
    world.record(steps);
    assert_eq!(world.signed_in(NOW).map(|me| me.pending(PHONE).is_ok()), Ok(true));
    // Another good session of the same person neither sees it nor confirms it.
    world.user.pending.iter_mut().for_each(|pending| pending.session = other);
    let none = SignInError::User(UserError::NoPending);
    let Ok(me) = world.signed_in(NOW) else { panic!("good") };
    assert_eq!(me.pending(PHONE).err(), Some(none.clone()));
    let mail = Some(Warrant::Mailed(MailedVerdict::Match(MAIL)));
    let confirmed = me.confirm_factor(PHONE, right_code(), mail, NEW_CODES, verifier(50));
    assert_eq!(confirmed.err(), Some(none));
    // And what it begins itself leaves the other's alone.
    let Ok(steps) = me.start_enrolment(new_factor(TABLET), NEW_MAIL, NEW_TEXT) else { panic!("may enrol") };
    world.record(steps);
    assert_eq!(world.user.pending.iter().map(|p| p.factor).collect::<Vec<_>>(), [PHONE, TABLET]);
    assert_eq!(world.signed_in(NOW).map(|me| me.pending(TABLET).is_ok()), Ok(true));
}

#[test]
fn a_further_factor_and_new_codes_take_a_fresh_proof() {
    for (method, expected) in [(Method::Otp, true), (Method::Trust, false), (Method::Password, false)] {
        let world = world(method);
        let Ok(me) = world.signed_in(NOW) else { panic!("good") };
        let denied = |e: Option<SignInError>| e == Some(SignInError::Denied(Denied::StepUp));
        let start = me.start_enrolment(new_factor(TABLET), NEW_MAIL, NEW_TEXT).err();
        let codes = me.regenerate_codes(NEW_CODES).err();
        let remove = me.remove_factor(PHONE, verifier(50)).err();
        if expected {
            assert_eq!((start, codes), (None, None));
            assert_eq!(remove, Some(SignInError::User(UserError::LastFactor)));
        } else {
            assert!(denied(start) && denied(codes) && denied(remove), "{method:?}");
        }
    }
}

#[test]
fn nobody_enrols_while_the_switch_is_off() {
    let device = and(laptop(), [session(Method::Password, Scope::Full, 1, 1)]);
    let past = [opened(), account_disabled(1, NOW)];
    let mut world = World::of(past, with_password(Role::Agent), device);
    let start = |world: &World| {
        world.signed_in(NOW).map(|me| me.start_enrolment(new_factor(PHONE), NEW_MAIL, NEW_TEXT).err())
    };
    assert_eq!(start(&world), Ok(Some(SignInError::EnrolmentClosed(EnrolmentClosed))));
    world.happens(&account_enabled(1, NOW));
    assert_eq!(start(&world), Ok(None));
    world.happens(&suspended(1, NOW));
    assert_eq!(start(&world), Ok(None));
}

/// Rules: D6.
#[test]
fn switching_off_takes_the_password_and_a_proof_and_leaves_this_session() {
    let off = |world: &World, password, verdict| {
        world.signed_in(NOW).map(|me| me.disable_own(password, verdict, verifier(60)))
    };
    let mut world = world(Method::Trust);
    // Behind a wrong password the code is not looked at, nor spent.
    let Ok(Ok(steps)) = off(&world, false, right_code()) else { panic!("charged") };
    assert!(matches!(steps.user[..], [UserEvent::PasswordRejected { .. }]) && steps.device.is_empty());
    assert!(matches!(steps.came_to, Answer::Refused(r) if r.gate == Gate::Password));
    let Ok(Ok(steps)) = off(&world, true, WRONG) else { panic!("charged") };
    assert!(matches!(steps.user[..], [UserEvent::ProofRejected { .. }]) && steps.device.is_empty());

    let mut under_policy = world.clone();
    for event in [required(Audience::Team, NOW), suspended(1, NOW)] {
        under_policy.happens(&event);
        let refused = off(&under_policy, true, right_code()).map(Result::err);
        assert_eq!(refused, Ok(Some(SignInError::User(UserError::Required))));
    }

    let Ok(Ok(steps)) = off(&world, true, right_code()) else { panic!("right") };
    assert_eq!(world.record(steps), Answer::Accepted(Method::Otp));
    assert_eq!(world.user.enrolled(0), None);
    assert_eq!(stale(&world, NOW), None, "this session goes on");
    assert_eq!(world.device.sessions.get(&SESSION).map(|s| s.verifier), Some(verifier(60)));
}

#[test]
fn removing_a_factor_renews_the_session_proves_nothing_and_ends_what_it_earned() {
    let both = and(enabled(), [binding(TABLET, 0, NOW), confirmed(TABLET, STEP)]);
    let proved = session(Method::Otp, Scope::Full, 0, 2);
    let mut world = World::of([opened()], both, and(laptop(), [proved]));
    let late = later(Span::minutes(9));
    let Ok(Ok(steps)) = world.signed_in(late).map(|me| me.remove_factor(TABLET, verifier(50))) else {
        panic!("freshly proved")
    };
    let epoch = world.user.epoch;
    let elsewhere = world.clone();
    world.record(steps.clone());
    assert_eq!(world.user.epoch, epoch + 1);
    let Ok(me) = world.signed_in(late) else { panic!("goes on") };
    assert_eq!((me.session().verifier, me.session().proved_at), (verifier(50), Some(NOW)));
    let others = World { user: world.user.clone(), ..elsewhere };
    assert_eq!(stale(&others, late), Some(fell(Turn::FactorRemoved)));
}
