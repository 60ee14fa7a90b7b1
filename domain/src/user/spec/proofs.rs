//! OTPs and recovery codes: accepted once, or refused and charged.

use crate::policy::Role;
use crate::proof::Verdict;
use crate::table::*;
use crate::time::{Span, Timestamp};
use crate::user::{
    Familiarity, Gate, HARD_CAP, ProofKind, Purpose, Refusal, User, UserCommand, UserError, UserEvent,
};

const FOR_SIGN_IN: Purpose = Purpose::SignIn(SIGN_IN);
const RECOVERY: Verdict = Verdict::Recovery { index: 4 };

fn disable(verdict: Verdict) -> UserCommand {
    UserCommand::DisableOwn {
        verdict,
        session: SESSION,
        required: false,
        familiarity: Familiarity::Known,
        at: NOW,
    }
}

fn prove(verdict: Verdict) -> UserCommand {
    UserCommand::Prove { verdict, purpose: FOR_SIGN_IN, familiarity: Familiarity::Known, at: NOW }
}

fn refused(kind: ProofKind, refusal: Refusal, purpose: Purpose, consecutive: u16) -> UserEvent {
    let factor = match (kind, refusal) {
        (ProofKind::Otp, Refusal::Replayed | Refusal::Expired) => Some(PHONE),
        _ => None,
    };
    let retry_at = (consecutive > 4).then(|| later(Span::seconds(30 << (consecutive - 5))));
    let familiarity = Familiarity::Known;
    UserEvent::ProofRejected { kind, refusal, factor, purpose, familiarity, consecutive, retry_at, at: NOW }
}

fn locked() -> Vec<UserEvent> {
    let rejected = UserEvent::ProofRejected {
        kind: ProofKind::Otp,
        refusal: Refusal::Wrong,
        factor: None,
        purpose: FOR_SIGN_IN,
        familiarity: Familiarity::Known,
        consecutive: HARD_CAP,
        retry_at: None,
        at: NOW,
    };
    let lock = UserEvent::LockedOut { gate: Gate::SecondFactor, familiarity: Familiarity::Known, at: NOW };
    and(enabled(), [rejected, lock])
}

fn disabled() -> Vec<UserEvent> {
    let off = UserEvent::TwoFactorDisabled { at: NOW };
    and(enabled(), [accepted(STEP, Purpose::DisableIn(SESSION)), off])
}

/// The table of the slice: given, when, then.
/// Rules: D6.
#[test]
fn disabling_needs_a_fresh_proof() {
    let off = UserEvent::TwoFactorDisabled { at: NOW };
    let spent = and(enabled(), [accepted(STEP, FOR_SIGN_IN)]);
    let used = and(enabled(), [code_used(4, 9, FOR_SIGN_IN)]);

    // enabled | right code | accepted, disabled
    given::<User>(enabled())
        .when(disable(right_code()))
        .then([accepted(STEP, Purpose::DisableIn(SESSION)), off.clone()]);
    // enabled | recovery code | used, disabled
    given::<User>(enabled())
        .when(disable(RECOVERY))
        .then([code_used(4, 9, Purpose::DisableIn(SESSION)), off]);
    // enabled, that step accepted | same code | rejected (recorded)
    given::<User>(spent).when(disable(right_code())).then([refused(
        ProofKind::Otp,
        Refusal::Replayed,
        Purpose::DisableIn(SESSION),
        1,
    )]);
    // enabled, that recovery code used | same recovery code | rejected (recorded)
    given::<User>(used).when(disable(RECOVERY)).then([refused(
        ProofKind::RecoveryCode,
        Refusal::Replayed,
        Purpose::DisableIn(SESSION),
        1,
    )]);
    // enabled | wrong code | rejected (recorded), still enabled
    given::<User>(enabled()).when(disable(WRONG)).then([refused(
        ProofKind::Otp,
        Refusal::Wrong,
        Purpose::DisableIn(SESSION),
        1,
    )]);
    // enabled, rejected × limit | right code | error `Locked`, nothing recorded
    given::<User>(locked())
        .when(disable(right_code()))
        .then_refused(UserError::Locked { gate: Gate::SecondFactor, until: None });
    // enabled, disabled | right code | error `NotEnabled`
    given::<User>(disabled()).when(disable(right_code())).then_refused(UserError::NotEnabled);
    // never enabled | right code | error `NotEnabled`
    given::<User>(with_password(Role::Admin)).when(disable(right_code())).then_refused(UserError::NotEnabled);
}

/// Rules: D6.
#[test]
fn disabling_is_refused_while_the_policy_requires_a_factor() {
    let disable = |verdict| UserCommand::DisableOwn {
        verdict,
        session: SESSION,
        required: true,
        familiarity: Familiarity::Known,
        at: NOW,
    };
    for verdict in [right_code(), RECOVERY, WRONG] {
        given::<User>(enabled()).when(disable(verdict)).then_refused(UserError::Required);
    }
    given::<User>(disabled()).when(disable(WRONG)).then_refused(UserError::NotEnabled);
}

/// Rules: P1.
#[test]
fn a_step_is_accepted_once_and_only_above_the_last_whatever_it_was_used_for() {
    let otp = |step| Verdict::Otp { factor: PHONE, step, drift: 0 };
    let refusal = |refusal| refused(ProofKind::Otp, refusal, FOR_SIGN_IN, 1);
    for earlier in
        [FOR_SIGN_IN, Purpose::StepUp(SESSION), Purpose::DisableIn(SESSION), Purpose::Confirm(PHONE)]
    {
        let past = and(enabled(), [accepted(STEP, earlier)]);
        for step in [STEP, STEP - 1, STEP - 2, 0] {
            given::<User>(past.clone()).when(prove(otp(step))).then([refusal(Refusal::Replayed)]);
        }
        given::<User>(past).when(prove(otp(STEP + 1))).then([accepted(STEP + 1, FOR_SIGN_IN)]);
    }
    // The step that confirmed the factor is spent as well.
    given::<User>(enabled()).when(prove(otp(STEP - 1))).then([refusal(Refusal::Replayed)]);
}

/// Rules: P1.
#[test]
fn what_is_shown_is_refused_for_what_it_is() {
    use ProofKind::{Otp, RecoveryCode};
    let rows: [(Verdict, ProofKind, Refusal); 6] = [
        (Verdict::Mismatch(Otp), Otp, Refusal::Wrong),
        (Verdict::Mismatch(RecoveryCode), RecoveryCode, Refusal::Wrong),
        (Verdict::Expired { factor: PHONE }, Otp, Refusal::Expired),
        (Verdict::Expired { factor: TABLET }, Otp, Refusal::Wrong),
        (Verdict::Otp { factor: TABLET, step: STEP, drift: 0 }, Otp, Refusal::Wrong),
        (Verdict::Recovery { index: 10 }, RecoveryCode, Refusal::Wrong),
    ];
    for (verdict, kind, refusal) in rows {
        given::<User>(enabled()).when(prove(verdict)).then([refused(kind, refusal, FOR_SIGN_IN, 1)]);
    }
}

#[test]
fn a_factor_that_was_removed_or_is_only_being_bound_proves_nothing() {
    let both = and(enabled(), [binding(TABLET, 0, NOW), confirmed(TABLET, STEP - 1)]);
    let tablet = Verdict::Otp { factor: TABLET, step: STEP, drift: 0 };
    let wrong = refused(ProofKind::Otp, Refusal::Wrong, FOR_SIGN_IN, 1);
    given::<User>(and(both, [UserEvent::FactorRemoved { factor: TABLET }]))
        .when(prove(tablet))
        .then([wrong.clone()]);
    given::<User>(and(enabled(), [binding(TABLET, 0, NOW)])).when(prove(tablet)).then([wrong]);
}

#[test]
fn each_factor_has_its_own_last_step() {
    let both = and(enabled(), [binding(TABLET, 0, NOW), confirmed(TABLET, STEP - 1)]);
    let past = and(both, [accepted(STEP, FOR_SIGN_IN)]);
    given::<User>(past).when(prove(Verdict::Otp { factor: TABLET, step: STEP, drift: 0 })).then([
        UserEvent::OtpAccepted {
            factor: TABLET,
            step: STEP,
            purpose: FOR_SIGN_IN,
            familiarity: Familiarity::Known,
            at: NOW,
        },
    ]);
}

/// Rules: C1.
#[test]
fn three_codes_left_and_none_left_are_told() {
    let used = |n: u8| (0..n).map(|i| code_used(i, 9 - i, FOR_SIGN_IN));
    let next = |n: u8| prove(Verdict::Recovery { index: n });
    for n in 0..10 {
        let mut expected = vec![code_used(n, 9 - n, FOR_SIGN_IN)];
        match 9 - n {
            3 => expected.push(UserEvent::RecoveryCodesLow { left: 3 }),
            0 => expected.push(UserEvent::RecoveryCodesExhausted { set: SET }),
            _ => {}
        }
        given::<User>(and(enabled(), used(n))).when(next(n)).then(expected);
    }
}

#[test]
fn regenerating_kills_the_old_codes_at_once() {
    let regenerate = UserCommand::RegenerateCodes { codes: NEW_CODES };
    let regenerated =
        UserEvent::RecoveryCodesRegenerated { set: SET, count: 10, verifier: NEW_CODES.verifier };
    let used = and(enabled(), [code_used(4, 9, FOR_SIGN_IN)]);
    given::<User>(used.clone()).when(regenerate.clone()).then([regenerated.clone()]);
    // Index 4 is now the fifth code of the new set; the old set's verifiers are not asked any more.
    given::<User>(and(used, [regenerated])).when(prove(RECOVERY)).then([code_used(4, 9, FOR_SIGN_IN)]);
    given::<User>(disabled()).when(regenerate.clone()).then_refused(UserError::NotEnabled);
    given::<User>(with_password(Role::Agent)).when(regenerate).then_refused(UserError::NotEnabled);
}

#[test]
fn failures_wait_then_lock_and_one_success_of_that_kind_of_device_forgives() {
    use Familiarity::{Known, Stranger};

    let rejected = |n| refused(ProofKind::Otp, Refusal::Wrong, FOR_SIGN_IN, n);
    let after = |n| and(enabled(), [rejected(n)]);
    given::<User>(after(3)).when(prove(WRONG)).then([rejected(4)]);
    given::<User>(after(4)).when(prove(WRONG)).then([rejected(5)]);
    let until = later(Span::seconds(30));
    for verdict in [right_code(), RECOVERY, WRONG] {
        given::<User>(after(5))
            .when(prove(verdict))
            .then_refused(UserError::Locked { gate: Gate::SecondFactor, until: Some(until) });
    }
    let again = |familiarity, at: Timestamp| UserCommand::Prove {
        verdict: right_code(),
        purpose: FOR_SIGN_IN,
        familiarity,
        at,
    };
    let good = |familiarity, at| UserEvent::OtpAccepted {
        factor: PHONE,
        step: STEP,
        purpose: FOR_SIGN_IN,
        familiarity,
        at,
    };
    given::<User>(after(5)).when(again(Known, until)).then([good(Known, until)]);
    given::<User>(after(5)).when(again(Stranger, NOW)).then([good(Stranger, NOW)]);
    // A stranger's success does not forgive the failures at known devices.
    let other = and(after(5), [good(Stranger, NOW)]);
    assert_eq!(fold::<User>(other).factor_budget(Known).consecutive, 5);
    let own = and(after(5), [good(Known, NOW)]);
    assert_eq!(fold::<User>(own).factor_budget(Known).consecutive, 0);
}

#[test]
fn the_hard_cap_locks_every_route_of_the_second_factor() {
    let before = HARD_CAP - 1;
    let past = and(
        enabled(),
        [UserEvent::ProofRejected {
            kind: ProofKind::Otp,
            refusal: Refusal::Wrong,
            factor: None,
            purpose: FOR_SIGN_IN,
            familiarity: Familiarity::Known,
            consecutive: before,
            retry_at: None,
            at: NOW,
        }],
    );
    let user: User = fold(past);
    let events = user.decide(&era(&[]), prove(WRONG)).unwrap_or_default();
    assert!(matches!(
        events[..],
        [
            UserEvent::ProofRejected { consecutive: HARD_CAP, .. },
            UserEvent::LockedOut { gate: Gate::SecondFactor, familiarity: Familiarity::Known, .. }
        ]
    ));
    let locked_out = UserError::Locked { gate: Gate::SecondFactor, until: None };
    given::<User>(locked()).when(prove(RECOVERY)).then_refused(locked_out.clone());
    let confirm = UserCommand::ConfirmFactor {
        factor: TABLET,
        verdict: Verdict::Otp { factor: TABLET, step: STEP, drift: 0 },
        warrant: None,
        codes: NEW_CODES,
        familiarity: Familiarity::Known,
        at: NOW,
    };
    given::<User>(and(locked(), [binding(TABLET, 0, NOW)])).when(confirm).then_refused(locked_out);
    given::<User>(and(locked(), [UserEvent::Unlocked { reason: sealed() }]))
        .when(prove(right_code()))
        .then([accepted(STEP, FOR_SIGN_IN)]);
}

#[test]
fn ten_wrong_second_factors_behind_the_right_password_demand_another_one() {
    use crate::user::PASSWORD_BEARS;
    let wrong = |familiarity, consecutive, purpose| UserEvent::ProofRejected {
        kind: ProofKind::Otp,
        refusal: Refusal::Wrong,
        factor: None,
        purpose,
        familiarity,
        consecutive,
        retry_at: None,
        at: NOW,
    };
    // On whatever devices: five and four are nine.
    let known = (1..=5).map(|n| wrong(Familiarity::Known, n, FOR_SIGN_IN));
    let strangers = (1..=4).map(|n| wrong(Familiarity::Stranger, n, FOR_SIGN_IN));
    let nine = and(enabled(), known.chain(strangers));
    let tenth = |past: Vec<UserEvent>, purpose| {
        let tried =
            UserCommand::Prove { verdict: WRONG, purpose, familiarity: Familiarity::Stranger, at: NOW };
        let events = fold::<User>(past).decide(&era(&[]), tried).unwrap_or_default();
        events.last() == Some(&UserEvent::PasswordChangeDemanded { at: NOW })
    };
    assert_eq!(PASSWORD_BEARS, 10);
    assert!(tenth(nine.clone(), FOR_SIGN_IN));
    let step_up = Purpose::StepUp(SESSION);
    for (why, past, purpose) in [
        ("eight before", nine[..nine.len() - 1].to_vec(), FOR_SIGN_IN),
        ("not behind the password", nine.clone(), step_up),
        ("a good one since", and(nine.clone(), [accepted(STEP, FOR_SIGN_IN)]), FOR_SIGN_IN),
        ("unlocked since", and(nine.clone(), [UserEvent::Unlocked { reason: sealed() }]), FOR_SIGN_IN),
    ] {
        assert!(!tenth(past, purpose), "{why}");
    }
    // From then on it opens nothing, like a wrong one, until there is another.
    let demanded = and(nine, [UserEvent::PasswordChangeDemanded { at: NOW }]);
    let user: User = fold(demanded.clone());
    assert_eq!(user.epoch, fold::<User>(enabled()).epoch + 1);
    let right = UserCommand::AnswerPassword { matched: true, familiarity: Familiarity::Known, at: NOW };
    let events = user.decide(&era(&[]), right).unwrap_or_default();
    assert!(matches!(events[..], [UserEvent::PasswordRejected { consecutive: 1, .. }]), "{events:?}");
    let another = UserEvent::PasswordSet { verifier: verifier(9), stands_alone: true, at: NOW };
    assert!(fold::<User>(and(demanded, [another])).password_opens());
}
