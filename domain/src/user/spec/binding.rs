//! Binding and removing factors. Nobody binds a first one on a password alone.

use crate::ids::{FactorId, MailedCodeId};
use crate::policy::Role;
use crate::proof::{MailedVerdict, Verdict, Warrant};
use crate::table::*;
use crate::time::{Span, Timestamp};
use crate::user::{
    Familiarity, Gate, HARD_CAP, NewMailedCode, ProofKind, Purpose, Refusal, User, UserCommand, UserError,
    UserEvent,
};

fn start(at: Timestamp) -> UserCommand {
    start_binding(PHONE, at)
}

fn confirm(verdict: Verdict, mailed: Option<MailedVerdict>) -> UserCommand {
    confirm_at(verdict, mailed, NOW)
}

fn confirm_at(verdict: Verdict, mailed: Option<MailedVerdict>, at: Timestamp) -> UserCommand {
    let familiarity = Familiarity::Known;
    let warrant = mailed.map(Warrant::Mailed);
    UserCommand::ConfirmFactor { factor: PHONE, verdict, warrant, codes: NEW_CODES, familiarity, at }
}

/// A first binding under way.
fn under_way() -> Vec<UserEvent> {
    and(with_password(Role::Agent), [mailed(NOW), binding(PHONE, 0, NOW)])
}

fn mail_rejected(code: MailedCodeId, refusal: Refusal, tries_left: u8) -> UserEvent {
    UserEvent::MailedCodeRejected { code, refusal, tries_left }
}

fn otp_rejected(refusal: Refusal) -> UserEvent {
    UserEvent::ProofRejected {
        kind: ProofKind::Otp,
        refusal,
        factor: Some(PHONE),
        purpose: Purpose::Confirm(PHONE),
        familiarity: Familiarity::Known,
        consecutive: 1,
        retry_at: None,
        at: NOW,
    }
}

const RIGHT_MAIL: Option<MailedVerdict> = Some(MailedVerdict::Match(MAIL));

#[test]
fn a_first_binding_mails_a_code_and_a_further_one_does_not() {
    given::<User>(with_password(Role::Agent)).when(start(NOW)).then([mailed(NOW), binding(PHONE, 0, NOW)]);
    let tablet = start_binding(TABLET, NOW);
    given::<User>(enabled()).when(tablet).then([binding(TABLET, 0, NOW)]);
}

/// Rules: P5.
#[test]
fn a_first_binding_takes_the_mailed_code_and_the_otp() {
    let otp = right_code();
    let bound = |extra: Option<UserEvent>| {
        let mut events = vec![UserEvent::MailedCodeAccepted { code: MAIL }];
        events.extend(extra);
        events.extend([
            confirmed(PHONE, STEP),
            UserEvent::TwoFactorEnabled { generation: 0, at: NOW },
            codes_made(),
        ]);
        events
    };
    given::<User>(under_way()).when(confirm(otp, RIGHT_MAIL)).then(bound(None));
    // Whose address was not proved yet has proved it now.
    given::<User>([registered(Role::Owner), password_set(), mailed(NOW), binding(PHONE, 0, NOW)])
        .when(confirm(otp, RIGHT_MAIL))
        .then(bound(Some(UserEvent::EmailVerified { at: NOW })));
    // The password alone binds nothing.
    given::<User>(under_way()).when(confirm(otp, None)).then_refused(UserError::MailedCodeNeeded);
    given::<User>(and(with_password(Role::Agent), [binding(PHONE, 0, NOW)]))
        .when(confirm(otp, RIGHT_MAIL))
        .then_refused(UserError::MailedCodeNeeded);
}

#[test]
fn a_wrong_mailed_code_is_charged_alone_and_says_nothing_of_the_otp() {
    let expected = mail_rejected(MAIL, Refusal::Wrong, 4);
    for verdict in [right_code(), WRONG, Verdict::Expired { factor: PHONE }] {
        given::<User>(under_way())
            .when(confirm(verdict, Some(MailedVerdict::Mismatch)))
            .then([expected.clone()]);
    }
}

#[test]
fn a_wrong_otp_behind_a_right_mailed_code_is_charged_and_the_mailed_code_stays_good() {
    let rows = [
        (WRONG, Refusal::Wrong),
        (Verdict::Expired { factor: PHONE }, Refusal::Expired),
        (Verdict::Otp { factor: TABLET, step: STEP, drift: 0 }, Refusal::Wrong),
        (Verdict::Recovery { index: 1 }, Refusal::Wrong),
    ];
    for (verdict, refusal) in rows {
        let rejected = otp_rejected(refusal);
        given::<User>(under_way()).when(confirm(verdict, RIGHT_MAIL)).then([rejected.clone()]);
        let then = fold::<User>(and(under_way(), [rejected]));
        assert_eq!(then.decide(&era(&[]), confirm(right_code(), RIGHT_MAIL)).map(|e| e.len()), Ok(4));
    }
}

#[test]
fn a_mailed_code_is_good_for_ten_minutes() {
    let end = later(Span::minutes(10));
    let last_moment = Timestamp::from_micros(end.micros() - 1);
    let user: User = fold(under_way());
    assert!(user.decide(&era(&[]), confirm_at(right_code(), RIGHT_MAIL, last_moment)).is_ok());
    given::<User>(under_way()).when(confirm_at(right_code(), RIGHT_MAIL, end)).then([mail_rejected(
        MAIL,
        Refusal::Expired,
        5,
    )]);
}

#[test]
fn a_fourth_code_is_mailed_once_the_first_has_ended_and_none_pushes_out_another() {
    let id = |n: i64| MailedCodeId::from_uuid(uuid::Uuid::from_u128(940 + n as u128));
    let sent = |n: i64| {
        let (at, verifier) = (later(Span::minutes(n)), verifier(1));
        UserEvent::MailedCodeIssued { code: id(n), verifier, expires_at: at + Span::minutes(10), at }
    };
    let three = and(under_way(), [sent(1), sent(2)]);
    let first_ends = later(Span::minutes(10));
    let another =
        |at| UserCommand::MailCode { mailed: NewMailedCode { code: id(3), verifier: verifier(1) }, at };
    given::<User>(three.clone())
        .when(another(later(Span::minutes(3))))
        .then_refused(UserError::MailsOpen(first_ends));
    let user: User = fold(three.clone());
    assert!(user.decide(&era(&[]), another(first_ends)).is_ok());
    for code in [MAIL, id(1), id(2)] {
        let shown = Some(MailedVerdict::Match(code));
        let events = user.decide(&era(&[]), confirm_at(right_code(), shown, later(Span::minutes(9))));
        assert_eq!(events.unwrap_or_default().first(), Some(&UserEvent::MailedCodeAccepted { code }));
    }
}

#[test]
fn another_code_is_mailed_after_a_minute_and_the_earlier_one_stays_good() {
    let second = MailedCodeId::from_uuid(LAPTOP.uuid());
    let another =
        |at| UserCommand::MailCode { mailed: NewMailedCode { code: second, verifier: verifier(1) }, at };
    let minute = later(Span::seconds(60));
    let issued = UserEvent::MailedCodeIssued {
        code: second,
        verifier: verifier(1),
        expires_at: minute + Span::minutes(10),
        at: minute,
    };
    given::<User>(under_way())
        .when(another(later(Span::seconds(59))))
        .then_refused(UserError::MailedJustNow(minute));
    given::<User>(under_way()).when(another(minute)).then([issued.clone()]);
    let user: User = fold(and(under_way(), [issued]));
    for code in [MAIL, second] {
        let shown = Some(MailedVerdict::Match(code));
        let events = user.decide(&era(&[]), confirm_at(right_code(), shown, minute)).unwrap_or_default();
        assert_eq!(events.first(), Some(&UserEvent::MailedCodeAccepted { code }));
    }
    // Starting over within the minute mails nothing, and the code on its way serves the new binding.
    given::<User>(under_way()).when(start(later(Span::seconds(5)))).then([binding(
        PHONE,
        0,
        later(Span::seconds(5)),
    )]);
    // There is nothing to mail before a first binding, or for a further factor.
    given::<User>(with_password(Role::Agent)).when(another(NOW)).then_refused(UserError::NoPending);
    given::<User>(and(enabled(), [binding(TABLET, 0, NOW)]))
        .when(another(NOW))
        .then_refused(UserError::NoCodeNeeded);
}

#[test]
fn five_wrong_mailed_codes_end_the_series_and_asking_again_buys_no_more() {
    let spent = and(under_way(), (0..5).rev().map(|left| mail_rejected(MAIL, Refusal::Wrong, left)));
    let until = later(Span::minutes(10)) + Span::hours(1);
    let refused = UserError::MailedTriesSpent(until);
    given::<User>(spent.clone()).when(confirm(right_code(), RIGHT_MAIL)).then_refused(refused.clone());
    let last_moment = until - Span::seconds(1);
    given::<User>(spent.clone())
        .when(UserCommand::MailCode { mailed: NEW_MAIL, at: last_moment })
        .then_refused(refused.clone());
    given::<User>(spent.clone()).when(start(last_moment)).then_refused(refused);
    given::<User>(spent.clone())
        .when(UserCommand::MailCode { mailed: NEW_MAIL, at: until })
        .then([mailed(until)]);
    let again = and(spent, [mailed(until)]);
    given::<User>(again)
        .when(confirm_at(right_code(), Some(MailedVerdict::Mismatch), until))
        .then([mail_rejected(MAIL, Refusal::Wrong, 4)]);
}

#[test]
fn a_resend_within_the_hour_keeps_the_tries_that_are_left() {
    let minute = later(Span::seconds(60));
    let past = and(under_way(), [mail_rejected(MAIL, Refusal::Wrong, 2), mailed(minute)]);
    given::<User>(past).when(confirm_at(WRONG, Some(MailedVerdict::Mismatch), minute)).then([mail_rejected(
        MAIL,
        Refusal::Wrong,
        1,
    )]);
}

#[test]
fn wrong_mailed_codes_reach_the_hard_cap_across_series_and_resets() {
    let mut past = under_way();
    let mut at = NOW;
    let mut wrong = 0;
    'series: loop {
        for left in (0..5).rev() {
            wrong += 1;
            if wrong == HARD_CAP {
                break 'series;
            }
            past.push(mail_rejected(MAIL, Refusal::Wrong, left));
        }
        at = at + Span::hours(2);
        past.push(reset_by_staff(false));
        past.extend([mailed(at), binding(PHONE, 0, at)]);
    }
    let lock = UserEvent::LockedOut { gate: Gate::MailedCode, familiarity: Familiarity::Known, at };
    let last = mail_rejected(MAIL, Refusal::Wrong, 0);
    given::<User>(past.clone())
        .when(confirm_at(WRONG, Some(MailedVerdict::Mismatch), at))
        .then([last.clone(), lock.clone()]);
    let locked = and(past, [last, lock]);
    assert!(fold::<User>(locked.clone()).locked_out());
    let refused = UserError::Locked { gate: Gate::MailedCode, until: None };
    given::<User>(locked.clone()).when(start(at + Span::days(9))).then_refused(refused.clone());
    given::<User>(locked.clone()).when(confirm_at(right_code(), RIGHT_MAIL, at)).then_refused(refused);
    let unlocked = fold::<User>(and(locked, [UserEvent::Unlocked { reason: sealed() }]));
    assert!(unlocked.decide(&era(&[]), confirm_at(right_code(), RIGHT_MAIL, at)).is_ok());
}

#[test]
fn only_the_binding_under_way_in_this_generation_can_be_confirmed() {
    let other = confirm_of(TABLET);
    given::<User>(under_way()).when(other).then_refused(UserError::NoPending);
    given::<User>(with_password(Role::Agent))
        .when(confirm(right_code(), RIGHT_MAIL))
        .then_refused(UserError::NoPending);
    given::<User>(under_way())
        .under(era(&[(1, NOW)]))
        .when(confirm(right_code(), RIGHT_MAIL))
        .then_refused(UserError::NoPending);
    // A newer binding replaces it.
    given::<User>(and(under_way(), [binding(TABLET, 0, NOW)]))
        .when(confirm(right_code(), RIGHT_MAIL))
        .then_refused(UserError::NoPending);
    // Confirmed is confirmed.
    given::<User>(enabled()).when(confirm(right_code(), None)).then_refused(UserError::NoPending);
}

fn confirm_of(factor: FactorId) -> UserCommand {
    UserCommand::ConfirmFactor {
        factor,
        verdict: Verdict::Otp { factor, step: STEP, drift: 0 },
        warrant: RIGHT_MAIL.map(Warrant::Mailed),
        codes: NEW_CODES,
        familiarity: Familiarity::Known,
        at: NOW,
    }
}

#[test]
fn a_further_factor_takes_its_otp_and_brings_no_codes() {
    given::<User>(and(enabled(), [binding(TABLET, 0, NOW)]))
        .when(confirm_of(TABLET))
        .then([confirmed(TABLET, STEP)]);
}

#[test]
fn a_user_has_at_most_ten_factors() {
    let more = (0..9).flat_map(|n| {
        let factor = FactorId::from_uuid(verifier(20 + n).uuid());
        [binding(factor, 0, NOW), confirmed(factor, STEP)]
    });
    let full = and(enabled(), more);
    given::<User>(full).when(start(NOW)).then_refused(UserError::TooManyFactors(10));
}

/// Rules: P5.
#[test]
fn after_a_compromise_only_a_ticket_binds_and_no_milder_reset_lifts_that() {
    let rows = [
        and(enabled(), [reset_by_staff(true)]),
        and(enabled(), [reset_by_staff(true), reset_by_staff(false)]),
        and(enabled(), [reset_by_staff(true), password_set()]),
        and(with_password(Role::Agent), [reset_by_staff(true)]),
    ];
    for past in rows {
        given::<User>(past).when(start(NOW)).then_refused(UserError::TicketNeeded);
    }
    assert!(fold::<User>(and(enabled(), [reset_by_staff(false)])).decide(&era(&[]), start(NOW)).is_ok());
}

/// Rules: D6.
#[test]
fn the_last_factor_is_not_removed_but_switched_off() {
    let remove = |factor| UserCommand::RemoveFactor { factor, required: false };
    let while_required = |factor| UserCommand::RemoveFactor { factor, required: true };
    let both = and(enabled(), [binding(TABLET, 0, NOW), confirmed(TABLET, STEP)]);
    given::<User>(both.clone()).when(remove(TABLET)).then([UserEvent::FactorRemoved { factor: TABLET }]);
    given::<User>(both.clone()).when(remove(PHONE)).then([UserEvent::FactorRemoved { factor: PHONE }]);
    given::<User>(enabled()).when(remove(PHONE)).then_refused(UserError::LastFactor);
    given::<User>(enabled()).when(while_required(PHONE)).then_refused(UserError::Required);
    given::<User>(both.clone())
        .when(while_required(PHONE))
        .then([UserEvent::FactorRemoved { factor: PHONE }]);
    given::<User>(enabled()).when(remove(TABLET)).then_refused(UserError::NoFactor);
    given::<User>(with_password(Role::Agent)).when(remove(PHONE)).then_refused(UserError::NotEnabled);
    given::<User>(both).under(era(&[(1, NOW)])).when(remove(TABLET)).then_refused(UserError::NotEnabled);
}
