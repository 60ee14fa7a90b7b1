//! Codes by SMS: how often they are sent, how long each is good, and for what.

use super::kinds::*;
use crate::factor::FirstUse;
use crate::factor::sms::NewSmsCode;
use crate::ids::{SessionId, SignInId, SmsCodeId};
use crate::policy::Role;
use crate::proof::Verdict;
use crate::table::*;
use crate::time::{Span, Timestamp};
use crate::user::{
    Familiarity, NewFactor, ProofKind, Purpose, Refusal, SENT_CODE_LIFE, User, UserCommand, UserError,
    UserEvent,
};

fn texted(code: SmsCodeId, purpose: Purpose, familiarity: Familiarity, at: Timestamp) -> UserEvent {
    let NewSmsCode { verifier, .. } = NEW_TEXT;
    let expires_at = at + SENT_CODE_LIFE;
    UserEvent::SmsCodeIssued { factor: PHONE, code, verifier, purpose, familiarity, expires_at, at }
}

fn ask(purpose: Purpose, familiarity: Familiarity, at: Timestamp) -> UserCommand {
    UserCommand::TextCode { factor: PHONE, texted: NEW_TEXT, purpose, familiarity, at }
}

fn taken(code: SmsCodeId, purpose: Purpose, at: Timestamp) -> UserEvent {
    UserEvent::SmsCodeAccepted { factor: PHONE, code, purpose, familiarity: KNOWN, at }
}

/// Rules: E2.
#[test]
fn a_code_by_sms_is_good_once_in_its_time_and_for_what_it_was_sent_for() {
    let code = |code| Verdict::Sms { code };
    let wrong = |refusal, factor, at| vec![turned_down(ProofKind::SmsCode, refusal, factor, SIGNING_IN, at)];
    let end = later(SENT_CODE_LIFE);
    let just_before = Timestamp::from_micros(end.micros() - 1);
    let sent = || texted(TEXT, SIGNING_IN, KNOWN, NOW);
    let earlier = || texted(OTHER_TEXT, SIGNING_IN, KNOWN, NOW - Span::minutes(2));
    for (name, before, shown, at, then) in [
        ("right", vec![sent()], TEXT, NOW, vec![taken(TEXT, SIGNING_IN, NOW)]),
        ("at the last moment", vec![sent()], TEXT, just_before, vec![taken(TEXT, SIGNING_IN, just_before)]),
        ("too late", vec![sent()], TEXT, end, wrong(Refusal::Expired, Some(PHONE), end)),
        (
            "the earlier one",
            vec![earlier(), sent()],
            OTHER_TEXT,
            NOW,
            vec![taken(OTHER_TEXT, SIGNING_IN, NOW)],
        ),
        ("again", vec![sent(), taken(TEXT, SIGNING_IN, NOW)], TEXT, NOW, wrong(Refusal::Wrong, None, NOW)),
        (
            "one sent beside it",
            vec![earlier(), sent(), taken(TEXT, SIGNING_IN, NOW)],
            OTHER_TEXT,
            NOW,
            wrong(Refusal::Wrong, None, NOW),
        ),
        (
            "of something else",
            vec![texted(TEXT, RAISING, KNOWN, NOW)],
            TEXT,
            NOW,
            wrong(Refusal::Wrong, Some(PHONE), NOW),
        ),
        ("never sent", vec![], TEXT, NOW, wrong(Refusal::Wrong, None, NOW)),
    ] {
        println!("{name}");
        given::<User>(and(with_number(), before)).when(show(code(shown), SIGNING_IN, at)).then(then);
    }
}

/// Rules: E2, E7.
#[test]
fn no_code_by_sms_pushes_out_another_so_a_fourth_for_the_same_waits_for_the_first_to_end() {
    let id = |n: u128| SmsCodeId::from_uuid(uuid::Uuid::from_u128(910 + n));
    let sent = |n: i64| texted(id(n as u128), SIGNING_IN, KNOWN, later(Span::minutes(n)));
    let three: Vec<UserEvent> = (0..3).map(sent).collect();
    let first_ends = later(SENT_CODE_LIFE);
    let just_before = Timestamp::from_micros(first_ends.micros() - 1);
    let anew = Purpose::SignIn(SignInId::from_uuid(uuid::Uuid::from_u128(920)));
    for (name, before, purpose, familiarity, at, refused) in [
        ("a third", three[..2].to_vec(), SIGNING_IN, KNOWN, later(Span::minutes(2)), None),
        ("a fourth", three.clone(), SIGNING_IN, KNOWN, later(Span::minutes(3)), Some(first_ends)),
        ("still", three.clone(), SIGNING_IN, KNOWN, just_before, Some(first_ends)),
        ("once the first has ended", three.clone(), SIGNING_IN, KNOWN, first_ends, None),
        ("for another sign-in", three.clone(), anew, KNOWN, later(Span::minutes(3)), None),
        ("for something else", three.clone(), RAISING, KNOWN, later(Span::minutes(3)), None),
        ("on another kind of device", three.clone(), SIGNING_IN, STRANGER, later(Span::minutes(3)), None),
        (
            "after one was used",
            and(three.clone(), [taken(id(2), SIGNING_IN, NOW)]),
            SIGNING_IN,
            KNOWN,
            later(Span::minutes(3)),
            None,
        ),
    ] {
        println!("{name}");
        let asked = given::<User>(and(with_number(), before)).when(ask(purpose, familiarity, at));
        match refused {
            Some(from) => asked.then_refused(UserError::TextsOpen(from)),
            None => asked.then([texted(TEXT, purpose, familiarity, at)]),
        }
    }
    // Whatever was sent for whatever else in the meantime, each is good to its last moment.
    let others = (3..10).map(|n| texted(id(n), RAISING, KNOWN, later(Span::minutes(n as i64))));
    for n in 0..3 {
        let last = Timestamp::from_micros((later(Span::minutes(n)) + SENT_CODE_LIFE).micros() - 1);
        let code = id(n as u128);
        given::<User>(and(and(with_number(), three.clone()), others.clone()))
            .when(show(Verdict::Sms { code }, SIGNING_IN, last))
            .then([taken(code, SIGNING_IN, last)]);
    }
}

/// Rules: E2, E7.
#[test]
fn codes_by_sms_are_sent_once_a_minute_and_a_stranger_keeps_no_known_device_waiting() {
    let just_now = later(Span::seconds(59));
    let minute = later(Span::seconds(60));
    for (name, before, familiarity, at, refused) in [
        ("the first", vec![], KNOWN, NOW, None),
        ("another at once", vec![texted(OTHER_TEXT, SIGNING_IN, KNOWN, NOW)], KNOWN, just_now, Some(minute)),
        (
            "another for something else",
            vec![texted(OTHER_TEXT, RAISING, KNOWN, NOW)],
            KNOWN,
            just_now,
            Some(minute),
        ),
        ("another after a minute", vec![texted(OTHER_TEXT, SIGNING_IN, KNOWN, NOW)], KNOWN, minute, None),
        ("after a stranger's", vec![texted(OTHER_TEXT, SIGNING_IN, STRANGER, NOW)], KNOWN, just_now, None),
    ] {
        println!("{name}");
        let asked = given::<User>(and(with_number(), before)).when(ask(SIGNING_IN, familiarity, at));
        match refused {
            Some(from) => asked.then_refused(UserError::TextedJustNow(from)),
            None => asked.then([texted(TEXT, SIGNING_IN, familiarity, at)]),
        }
    }
    given::<User>(enabled()).when(ask(SIGNING_IN, KNOWN, NOW)).then_refused(UserError::NotByText);
    // A binding that is begun anew is a new factor, and waits all the same.
    let begun_just_now = texted(OTHER_TEXT, Purpose::Confirm(PHONE), KNOWN, NOW);
    let factor = NewFactor { factor: TABLET, detail: number(), name: sealed(), session: SESSION };
    let anew = UserCommand::StartEnrolment {
        factor,
        mailed: NEW_MAIL,
        texted: NEW_TEXT,
        familiarity: KNOWN,
        at: just_now,
    };
    given::<User>(and(enabled(), [begun(PHONE, number()), begun_just_now]))
        .when(anew)
        .then_refused(UserError::TextedJustNow(minute));
    given::<User>(with_password(Role::Admin))
        .when(ask(SIGNING_IN, KNOWN, NOW))
        .then_refused(UserError::NotEnabled);
}

/// Rules: E2.
#[test]
fn a_number_is_bound_by_the_code_that_was_sent_to_it() {
    let factor = NewFactor { factor: PHONE, detail: number(), name: sealed(), session: SESSION };
    let start = UserCommand::StartEnrolment {
        factor,
        mailed: NEW_MAIL,
        texted: NEW_TEXT,
        familiarity: KNOWN,
        at: NOW,
    };
    let confirming = Purpose::Confirm(PHONE);
    let sent = || texted(TEXT, confirming, KNOWN, NOW);
    given::<User>(with_password(Role::Admin)).when(start).then([mailed(NOW), begun(PHONE, number()), sent()]);
    let under_way = || and(enabled(), [begun(TABLET, number())]);
    let for_tablet = |purpose| {
        let NewSmsCode { code, verifier } = NEW_TEXT;
        let expires_at = NOW + SENT_CODE_LIFE;
        let (factor, familiarity) = (TABLET, KNOWN);
        UserEvent::SmsCodeIssued { factor, code, verifier, purpose, familiarity, expires_at, at: NOW }
    };
    let confirm = |verdict| UserCommand::ConfirmFactor {
        factor: TABLET,
        verdict,
        warrant: None,
        codes: NEW_CODES,
        familiarity: KNOWN,
        at: NOW,
    };
    let own = Purpose::Confirm(TABLET);
    let wrong = |kind| turned_down(kind, Refusal::Wrong, Some(TABLET), own, NOW);
    for (name, before, shown, then) in [
        (
            "its code",
            vec![for_tablet(own)],
            Verdict::Sms { code: TEXT },
            UserEvent::FactorConfirmed { factor: TABLET, first: FirstUse::Code(TEXT), at: NOW },
        ),
        ("a code of another's", vec![sent()], Verdict::Sms { code: TEXT }, wrong(ProofKind::SmsCode)),
        ("an OTP", vec![for_tablet(own)], right_code(), wrong(ProofKind::SmsCode)),
        ("none was sent", vec![], Verdict::Sms { code: TEXT }, wrong(ProofKind::SmsCode)),
    ] {
        println!("{name}");
        given::<User>(and(under_way(), before)).when(confirm(shown)).then([then]);
    }
}

/// Rules: E2, D6.
#[test]
fn a_code_sent_to_switch_off_in_one_session_switches_nothing_off_in_another() {
    let elsewhere = SessionId::from_uuid(uuid::Uuid::from_u128(930));
    let off = |session| UserCommand::DisableOwn {
        verdict: Verdict::Sms { code: TEXT },
        session,
        required: false,
        familiarity: KNOWN,
        at: NOW,
    };
    let (here, there) = (Purpose::DisableIn(SESSION), Purpose::DisableIn(elsewhere));
    let sent = || and(with_number(), [texted(TEXT, here, KNOWN, NOW)]);
    let refused = turned_down(ProofKind::SmsCode, Refusal::Wrong, Some(PHONE), there, NOW);
    given::<User>(sent()).when(off(elsewhere)).then([refused]);
    given::<User>(sent())
        .when(off(SESSION))
        .then([taken(TEXT, here, NOW), UserEvent::TwoFactorDisabled { at: NOW }]);
}
