//! The two halves of a sign-in: a password begins it, a second factor finishes it.

use super::*;
use crate::device::{Decision, DeviceError, Over, Why};
use crate::ids::SignInId;
use crate::policy::{Audience, Role};
use crate::proof::Verdict;
use crate::sign_in::{Answer, Begun, Refused, SignInError, shown_late};
use crate::user::{Familiarity, Gate, Refusal, UserError};

fn began(world: &mut World, begin: Begin) -> Begun {
    match begin.decide(&world.account, &world.user, &world.device) {
        Ok(steps) => world.record(steps),
        Err(refused) => panic!("{refused}"),
    }
}

fn finished(world: &mut World, finish: Finish) -> Result<Answer, SignInError> {
    let steps = finish.decide(&world.account, &world.user, &world.device)?;
    Ok(world.record(steps))
}

fn challenged() -> World {
    let mut world = World::of([opened()], enabled(), []);
    began(&mut world, begin(NOW));
    world
}

/// Rules: P1.
#[test]
fn a_wrong_password_is_charged_and_opens_nothing() {
    let world = World::of([opened()], enabled(), laptop());
    let first = FirstShown::Password { matched: false };
    let steps = Begin { first, ..begin(NOW) }.decide(&world.account, &world.user, &world.device);
    let Ok(steps) = steps else { panic!("{steps:?}") };
    assert!(matches!(steps.user[..], [UserEvent::PasswordRejected { familiarity: Familiarity::Known, .. }]));
    assert_eq!(steps.device, vec![]);
    let why = Refused { gate: Gate::Password, refusal: Refusal::Wrong, retry_at: None };
    assert_eq!(steps.came_to, Begun::Refused(why));
}

#[test]
fn a_password_that_was_never_set_is_never_right() {
    let world = World::of([opened()], [registered(Role::Agent)], []);
    let steps = begin(NOW).decide(&world.account, &world.user, &world.device);
    assert!(matches!(steps.map(|s| s.came_to), Ok(Begun::Refused(_))));
}

/// Rules: P3.
#[test]
fn a_password_alone_opens_a_session_only_where_nothing_more_is_asked() {
    let must = required(Audience::Team, NOW);
    let rows: [(Vec<AccountEvent>, Vec<UserEvent>, Option<Scope>); 4] = [
        (vec![], with_password(Role::Agent), Some(Scope::Full)),
        (vec![must], with_password(Role::Agent), Some(Scope::Enrolment)),
        (vec![], enabled(), None),
        (vec![suspended(1, NOW)], enabled(), Some(Scope::Full)),
    ];
    for (account, user, expected) in rows {
        let mut world = World::of(and(vec![opened()], account), user, []);
        began(&mut world, begin(NOW));
        let session = world.device.sessions.get(&SESSION);
        assert_eq!(session.map(|s| s.scope), expected);
        assert!(session.is_none_or(|s| s.method == Method::Password && s.assurance() == 1));
        assert_eq!(world.device.attempts.len(), usize::from(expected.is_none()));
    }
}

#[test]
fn each_right_password_renews_the_devices_token() {
    let mut world = challenged();
    assert_eq!(world.device.token.map(|t| (t.current, t.previous().count())), Some((verifier(31), 0)));
    began(&mut world, Begin { device_token: verifier(70), ..begin(NOW) });
    let verifiers: Vec<_> = world.device.token.iter().flat_map(crate::device::Token::verifiers).collect();
    assert_eq!(verifiers, [verifier(70), verifier(31)]);
}

#[test]
fn a_session_has_the_method_of_the_proof_that_the_user_accepted() {
    let rows = [(right_code(), Method::Otp), (Verdict::Recovery { index: 7 }, Method::RecoveryCode)];
    for (verdict, method) in rows {
        let mut world = challenged();
        assert_eq!(finished(&mut world, Finish { verdict, ..finish(NOW) }), Ok(Answer::Accepted(method)));
        let session = world.device.sessions.get(&SESSION);
        assert_eq!(session.map(|s| (s.method, s.assurance(), s.proved_at)), Some((method, 2, Some(NOW))));
    }
}

/// Rules: P1.
#[test]
fn a_refused_proof_is_charged_and_nothing_else() {
    let spent = Verdict::Otp { factor: PHONE, step: STEP - 1, drift: 0 };
    let rows = [
        (WRONG, Refusal::Wrong),
        (spent, Refusal::Replayed),
        (Verdict::Expired { factor: PHONE }, Refusal::Expired),
        (Verdict::Recovery { index: 99 }, Refusal::Wrong),
    ];
    for (verdict, refusal) in rows {
        let world = challenged();
        let steps =
            Finish { verdict, trust: true, ..finish(NOW) }.decide(&world.account, &world.user, &world.device);
        let Ok(steps) = steps else { panic!("{steps:?}") };
        assert!(matches!(steps.user[..], [UserEvent::ProofRejected { .. }]));
        assert_eq!(steps.device, vec![]);
        let why = Refused { gate: Gate::SecondFactor, refusal, retry_at: None };
        assert_eq!(steps.came_to, Answer::Refused(why));
    }
}

/// Rules: P1.
#[test]
fn the_same_code_signs_in_once() {
    let mut world = challenged();
    let mut twin = world.clone();
    assert!(matches!(finished(&mut world, finish(NOW)), Ok(Answer::Accepted(_))));
    assert_eq!(finished(&mut world, finish(NOW)), Err(DeviceError::SignInOver.into()), "the attempt is over");
    // Another attempt, the same code.
    began(&mut world, begin(NOW));
    assert!(
        matches!(finished(&mut world, finish(NOW)), Ok(Answer::Refused(r)) if r.refusal == Refusal::Replayed)
    );
    // Another attempt on another device.
    twin.user = world.user;
    assert!(
        matches!(finished(&mut twin, finish(NOW)), Ok(Answer::Refused(r)) if r.refusal == Refusal::Replayed)
    );
}

#[test]
fn a_challenge_is_answered_only_on_its_own_device_while_it_is_open() {
    let over = Err(SignInError::Device(DeviceError::SignInOver));
    let foreign = Err(SignInError::Device(DeviceError::NotRecognised));
    let mut unknown = challenged();
    let stranger = Finish { token: TokenVerdict::Unknown, ..finish(NOW) };
    assert_eq!(finished(&mut unknown, stranger), foreign);
    let mut late = challenged();
    let end = later(Span::minutes(10));
    assert_eq!(finished(&mut late, finish(end)), over);
    assert!(finished(&mut challenged(), finish(before(end))).is_ok());
    let mut other = challenged();
    other.device = fold(laptop());
    assert_eq!(finished(&mut other, finish(NOW)), over);
}

/// Rules: D3, D7.
#[test]
fn a_pending_challenge_dies_with_a_disable_a_reset_and_a_new_password() {
    let over = Err(SignInError::Device(DeviceError::SignInOver));
    let mut world = challenged();
    world.happens(&account_disabled(1, NOW));
    assert_eq!(finished(&mut world, finish(NOW)), over);
    world.happens(&account_enabled(1, NOW));
    assert_eq!(finished(&mut world, finish(NOW)), over);
    for event in [reset_by_staff(false), password_set(), UserEvent::TwoFactorDisabled { at: NOW }] {
        let mut world = challenged();
        world.user.evolve(&event);
        assert_eq!(finished(&mut world, finish(NOW)), over, "{event:?}");
    }
    // A suspension leaves it: the proof is real.
    let mut world = challenged();
    world.happens(&suspended(1, NOW));
    assert!(matches!(finished(&mut world, finish(NOW)), Ok(Answer::Accepted(_))));
    world.happens(&resumed(1, NOW));
    assert!(world.signed_in(NOW).is_ok(), "and its session outlives the suspension");
}

/// Rules: P1.
#[test]
fn a_proof_for_an_attempt_that_is_over_is_on_record_and_not_looked_at() {
    let late = |world: &World, sign_in, token, at| {
        shown_late(&world.account, &world.user, &world.device, sign_in, token, at)
    };
    let came = |over, at| Some(DeviceEvent::ProofCameLate { sign_in: SIGN_IN, over, at });
    let (current, end) = (TokenVerdict::Current, later(Span::minutes(10)));
    assert_eq!(late(&challenged(), SIGN_IN, current, before(end)), None, "it waits for one");
    assert_eq!(late(&challenged(), SIGN_IN, TokenVerdict::Unknown, end), None, "nobody's device");
    assert_eq!(late(&challenged(), SIGN_IN, current, end), came(Over::Expired, end));
    let mut answered = challenged();
    assert!(finished(&mut answered, finish(NOW)).is_ok());
    assert_eq!(late(&answered, SIGN_IN, current, NOW), came(Over::Closed, NOW));
    let mut disabled = challenged();
    disabled.happens(&account_disabled(1, NOW));
    assert_eq!(late(&disabled, SIGN_IN, current, NOW), came(Over::Void, NOW));
    let mut reset = challenged();
    reset.user.evolve(&reset_by_staff(false));
    assert_eq!(late(&reset, SIGN_IN, current, NOW), came(Over::Void, NOW));
    // Whatever is shown how often, and to whichever attempt: once a minute of one device.
    let minute = end + Span::minutes(1);
    let mut flooded = challenged();
    if let Some(event) = late(&challenged(), SIGN_IN, current, end) {
        flooded.device.evolve(&event);
    }
    let other = SignInId::from_uuid(ANA.uuid());
    assert_eq!(late(&flooded, SIGN_IN, current, before(minute)), None);
    assert_eq!(late(&flooded, other, current, before(minute)), None);
    assert_eq!(late(&flooded, SIGN_IN, current, minute), came(Over::Expired, minute));
}

#[test]
fn only_a_challenge_takes_a_proof() {
    let mut world = World::of([opened(), required(Audience::Team, NOW)], with_password(Role::Agent), []);
    assert!(matches!(began(&mut world, begin(NOW)), Begun::Decided(c) if c.decision == Decision::Enrol));
    assert!(finished(&mut world, finish(NOW)).is_err());
}

/// Rules: D3.
#[test]
fn a_user_who_comes_before_the_fan_out_gets_their_reset_first_and_keeps_the_session() {
    let at = later(Span::hours(1));
    let mut world = World::of([opened(), account_disabled(1, at)], enabled(), laptop());
    let steps = begin(at).decide(&world.account, &world.user, &world.device);
    let Ok(steps) = steps else { panic!("{steps:?}") };
    assert_eq!(steps.user, vec![reset_by_disable(1, at)]);
    let Begun::Decided(found) = world.record(steps) else { panic!("right password") };
    assert_eq!(found.reasons, vec![Why::AccountDisabled]);
    // The fan-out comes by later and finds nothing to do.
    let reach = world.user.decide(&world.account.era(NOW), crate::user::UserCommand::ReachReset);
    assert_eq!(reach, Ok(vec![]));
    assert!(world.signed_in(at).is_ok());
}

#[test]
fn whoever_has_only_the_password_exhausts_no_budget_of_known_devices() {
    // The thief signed in while two-factor authentication was suspended: seen, but not known.
    let mut thief = World::of([opened(), suspended(1, NOW)], enabled(), []);
    began(&mut thief, begin(NOW));
    thief.happens(&resumed(1, NOW));
    began(&mut thief, begin(NOW));
    let steps = Finish { verdict: WRONG, ..finish(NOW) }.decide(&thief.account, &thief.user, &thief.device);
    let charged = steps.map(|s| s.user).unwrap_or_default();
    assert!(matches!(charged[..], [UserEvent::ProofRejected { familiarity: Familiarity::Stranger, .. }]));
}

#[test]
fn people_and_accounts_that_do_not_belong_together_do_nothing() {
    let mut foreign = with_password(Role::Agent);
    if let Some(UserEvent::UserRegistered { account, .. }) = foreign.first_mut() {
        *account = crate::ids::AccountId::INSTALLATION;
    }
    let rows: [(Vec<AccountEvent>, Vec<UserEvent>); 3] =
        [(vec![], with_password(Role::Agent)), (vec![opened()], vec![]), (vec![opened()], foreign)];
    for (account, user) in rows {
        let world = World::of(account, user, []);
        let begun = begin(NOW).decide(&world.account, &world.user, &world.device);
        assert!(matches!(begun, Err(SignInError::Account(_) | SignInError::User(UserError::Unknown))));
        assert!(finish(NOW).decide(&world.account, &world.user, &world.device).is_err());
    }
}
