//! What a proof of each kind of factor is worth, and what its policy, name, and order come to.

use std::collections::BTreeSet;

use crate::account::Account;
use crate::factor::otp::OtpAlgorithm;
use crate::factor::sms;
use crate::factor::token::{self, FromStock, Moves};
use crate::factor::webauthn::{self, CHALLENGE_LIFE, Credential};
use crate::factor::{FactorDetail, FactorKind, FirstUse};
use crate::ids::{ChallengeId, FactorId, SmsCodeId, StockTokenId};
use crate::policy::{Audience, AudiencePolicy, Role};
use crate::proof::{Era, Verdict};
use crate::table::*;
use crate::time::{Span, Timestamp};
use crate::user::{
    Familiarity, NewFactor, ProofKind, Purpose, Refusal, User, UserCommand, UserError, UserEvent,
};
use uuid::Uuid;

pub(super) const KNOWN: Familiarity = Familiarity::Known;
pub(super) const STRANGER: Familiarity = Familiarity::Stranger;
pub(super) const SIGNING_IN: Purpose = Purpose::SignIn(SIGN_IN);
pub(super) const RAISING: Purpose = Purpose::StepUp(SESSION);
const STOCK: StockTokenId = StockTokenId::from_uuid(Uuid::from_u128(70));
pub(super) const CHALLENGE: ChallengeId = ChallengeId::from_uuid(Uuid::from_u128(71));
pub(super) const OTHER_TEXT: SmsCodeId = SmsCodeId::from_uuid(Uuid::from_u128(72));

fn card(moves: Moves, stock: Option<FromStock>) -> token::Begun {
    token::Begun { seed: verifier(2), algorithm: OtpAlgorithm::Sha256, digits: 8, moves, stock }
}

fn by_counter(from: u64) -> FactorDetail {
    FactorDetail::Token(card(Moves::Counter { from }, None))
}

pub(super) fn number() -> FactorDetail {
    FactorDetail::Sms(sms::Begun { number: sealed() })
}

fn key() -> FactorDetail {
    FactorDetail::Webauthn(webauthn::Begun { ceremony: verifier(3) })
}

pub(super) fn begun(factor: FactorId, detail: FactorDetail) -> UserEvent {
    let (name, generation, session) = (sealed(), 0, SESSION);
    UserEvent::FactorEnrolmentStarted { factor, detail, name, generation, session, at: NOW }
}

/// A user with a factor of this kind as their first, confirmed so.
fn with(detail: FactorDetail, first: FirstUse) -> Vec<UserEvent> {
    and(
        with_password(Role::Admin),
        [
            begun(PHONE, detail),
            UserEvent::FactorConfirmed { factor: PHONE, first, at: NOW },
            UserEvent::TwoFactorEnabled { generation: 0, at: NOW },
            codes_made(),
        ],
    )
}

pub(super) fn with_number() -> Vec<UserEvent> {
    with(number(), FirstUse::Code(OTHER_TEXT))
}

pub(super) fn with_key(sign_count: u32) -> Vec<UserEvent> {
    let credential = Credential { verifier: verifier(4), sign_count, backup_eligible: false };
    with(key(), FirstUse::Credential(credential))
}

pub(super) fn show(verdict: Verdict, purpose: Purpose, at: Timestamp) -> UserCommand {
    UserCommand::Prove { verdict, purpose, familiarity: KNOWN, at }
}

fn otp(step: u64, drift: i8) -> Verdict {
    Verdict::Otp { factor: PHONE, step, drift }
}

pub(super) fn turned_down(
    kind: ProofKind,
    refusal: Refusal,
    factor: Option<FactorId>,
    purpose: Purpose,
    at: Timestamp,
) -> UserEvent {
    let (familiarity, consecutive, retry_at) = (KNOWN, 1, None);
    UserEvent::ProofRejected { kind, refusal, factor, purpose, familiarity, consecutive, retry_at, at }
}

pub(super) fn allowing(kinds: &[FactorKind]) -> Era {
    let allowed_kinds: BTreeSet<_> = kinds.iter().copied().collect();
    let saved = policy(Audience::Team, |p| p.allowed_kinds = allowed_kinds, None);
    fold::<Account>([opened(), saved]).era(NOW)
}

/// Rules: E4.
#[test]
fn a_counter_is_accepted_once_and_only_above_the_last_one_from_where_the_token_stands() {
    let replayed = || turned_down(ProofKind::Otp, Refusal::Replayed, Some(PHONE), SIGNING_IN, NOW);
    let good = |step| vec![accepted(step, SIGNING_IN)];
    // Confirmed with counter 5; codes shown before; then this counter.
    for (name, before, counter, then) in [
        ("the next one", vec![], 6, good(6)),
        ("one ahead", vec![], 9, good(9)),
        ("the one that confirmed it", vec![], 5, vec![replayed()]),
        ("one that was jumped over", vec![accepted(9, SIGNING_IN)], 7, vec![replayed()]),
        ("the same again", vec![accepted(9, RAISING)], 9, vec![replayed()]),
    ] {
        println!("{name}");
        given::<User>(and(with(by_counter(0), FirstUse::Step(5)), before))
            .when(show(otp(counter, 0), SIGNING_IN, NOW))
            .then(then);
    }
}

/// Rules: E4.
#[test]
fn a_token_of_the_stock_is_bound_by_whom_it_was_handed_to_and_from_its_counter_on() {
    let stocked = || card(Moves::Counter { from: 40 }, Some(FromStock { token: STOCK, serial: sealed() }));
    let start = || UserCommand::StartEnrolment {
        factor: NewFactor {
            factor: TABLET,
            detail: FactorDetail::Token(stocked()),
            name: sealed(),
            session: SESSION,
        },
        mailed: NEW_MAIL,
        texted: NEW_TEXT,
        familiarity: KNOWN,
        at: NOW,
    };
    let assigned = || UserEvent::TokenAssigned { token: STOCK, detail: stocked(), at: NOW };
    let withdrawn = || UserEvent::TokenWithdrawn { token: STOCK, at: NOW };
    let assign = UserCommand::AssignToken { token: STOCK, detail: stocked(), at: NOW };
    let withdraw = || UserCommand::WithdrawToken { token: STOCK, at: NOW };
    let confirm = |step| UserCommand::ConfirmFactor {
        factor: TABLET,
        verdict: Verdict::Otp { factor: TABLET, step, drift: 0 },
        warrant: None,
        codes: NEW_CODES,
        familiarity: KNOWN,
        at: NOW,
    };
    let first = UserEvent::FactorConfirmed { factor: TABLET, first: FirstUse::Step(41), at: NOW };
    let binding = begun(TABLET, FactorDetail::Token(stocked()));

    given::<User>(enabled()).when(assign.clone()).then([assigned()]);
    given::<User>(and(enabled(), [assigned()])).when(assign).then_refused(UserError::TokenTheirs);
    given::<User>(enabled()).when(start()).then_refused(UserError::NoStockToken);
    given::<User>(and(enabled(), [assigned()])).when(start()).then([binding.clone()]);
    given::<User>(and(enabled(), [assigned(), withdrawn()]))
        .when(start())
        .then_refused(UserError::NoStockToken);
    let under_way = and(enabled(), [assigned(), binding]);
    given::<User>(under_way.clone()).when(confirm(41)).then([first.clone()]);
    let before = Purpose::Confirm(TABLET);
    given::<User>(under_way.clone()).when(confirm(39)).then([turned_down(
        ProofKind::Otp,
        Refusal::Replayed,
        Some(TABLET),
        before,
        NOW,
    )]);
    // Taken back meanwhile: the binding is over, and nothing is charged.
    given::<User>(and(under_way.clone(), [withdrawn()])).when(confirm(41)).then_refused(UserError::NoPending);
    given::<User>(and(under_way.clone(), [withdrawn(), assigned()]))
        .when(confirm(41))
        .then_refused(UserError::NoPending);
    // It is theirs now: nothing is left to take back.
    given::<User>(and(under_way, [first])).when(withdraw()).then_refused(UserError::NoStockToken);
    given::<User>(enabled()).when(withdraw()).then_refused(UserError::NoStockToken);
}

/// Rules: E1, E4.
#[test]
fn a_drift_is_recorded_where_it_is_news() {
    let found = |drift| UserEvent::FactorDriftFound { factor: PHONE, drift };
    for (name, before, shown, then) in [
        ("none", vec![], 0, vec![]),
        ("first seen", vec![], 1, vec![found(1)]),
        ("as known", vec![found(1)], 1, vec![]),
        ("the other way", vec![found(1)], -1, vec![found(-1)]),
    ] {
        println!("{name}");
        given::<User>(and(enabled(), before))
            .when(show(otp(STEP, shown), SIGNING_IN, NOW))
            .then(and(vec![accepted(STEP, SIGNING_IN)], then));
    }
    // A counter has no clock.
    given::<User>(with(by_counter(0), FirstUse::Step(5)))
        .when(show(otp(6, 1), SIGNING_IN, NOW))
        .then([accepted(6, SIGNING_IN)]);
}

/// Rules: E4.
#[test]
fn an_assertion_answers_one_challenge_once_whatever_it_is_for_and_its_counter_never_goes_back() {
    let made = NOW - Span::minutes(1);
    let shown = |challenge, made, sign_count| Verdict::Assertion {
        factor: PHONE,
        challenge,
        made,
        sign_count,
        user_verified: true,
    };
    let good = |challenge, sign_count, purpose| UserEvent::AssertionAccepted {
        factor: PHONE,
        challenge,
        sign_count,
        user_verified: true,
        purpose,
        familiarity: KNOWN,
        at: NOW,
    };
    let wrong = |refusal| vec![turned_down(ProofKind::Assertion, refusal, Some(PHONE), SIGNING_IN, NOW)];
    let other = ChallengeId::from_uuid(Uuid::from_u128(73));
    for (name, kept, before, verdict, then) in [
        ("right", 7, vec![], shown(CHALLENGE, made, 8), vec![good(CHALLENGE, 8, SIGNING_IN)]),
        ("without a counter", 0, vec![], shown(CHALLENGE, made, 0), vec![good(CHALLENGE, 0, SIGNING_IN)]),
        ("the counter stands", 7, vec![], shown(CHALLENGE, made, 7), wrong(Refusal::CounterBack)),
        ("the counter goes back", 7, vec![], shown(CHALLENGE, made, 0), wrong(Refusal::CounterBack)),
        (
            "the same challenge for another purpose",
            7,
            vec![good(CHALLENGE, 8, RAISING)],
            shown(CHALLENGE, made, 9),
            wrong(Refusal::Replayed),
        ),
        (
            "another challenge",
            7,
            vec![good(other, 8, RAISING)],
            shown(CHALLENGE, made, 9),
            vec![good(CHALLENGE, 9, SIGNING_IN)],
        ),
        (
            "too old a challenge",
            7,
            vec![],
            shown(CHALLENGE, NOW - CHALLENGE_LIFE, 8),
            wrong(Refusal::Expired),
        ),
    ] {
        println!("{name}");
        given::<User>(and(with_key(kept), before)).when(show(verdict, SIGNING_IN, NOW)).then(then);
    }
}

/// Rules: E4.
#[test]
fn a_key_is_bound_by_its_own_registration_and_by_nothing_else() {
    let credential = Credential { verifier: verifier(4), sign_count: 1, backup_eligible: true };
    let confirm = |verdict| UserCommand::ConfirmFactor {
        factor: TABLET,
        verdict,
        warrant: None,
        codes: NEW_CODES,
        familiarity: KNOWN,
        at: NOW,
    };
    let own = Verdict::Registration { factor: TABLET, credential };
    let others = Verdict::Registration { factor: PHONE, credential };
    let first = FirstUse::Credential(credential);
    let under_way = || and(enabled(), [begun(TABLET, key())]);
    let wrong = || {
        let purpose = Purpose::Confirm(TABLET);
        turned_down(ProofKind::Assertion, Refusal::Wrong, Some(TABLET), purpose, NOW)
    };
    let bound = UserEvent::FactorConfirmed { factor: TABLET, first, at: NOW };
    given::<User>(under_way()).when(confirm(own)).then([bound]);
    given::<User>(under_way()).when(confirm(others)).then([wrong()]);
    given::<User>(under_way()).when(confirm(right_code())).then([wrong()]);
    // It binds a factor, and proves none.
    given::<User>(with_key(1)).when(show(others, SIGNING_IN, NOW)).then([turned_down(
        ProofKind::Assertion,
        Refusal::Wrong,
        None,
        SIGNING_IN,
        NOW,
    )]);
}

/// Rules: P11.
#[test]
fn a_factor_of_a_kind_that_is_not_allowed_any_more_counts_only_where_there_is_no_other() {
    use FactorKind::{Sms, Totp, Webauthn};

    let also_by_sms = || {
        and(
            enabled(),
            [
                begun(TABLET, number()),
                UserEvent::FactorConfirmed { factor: TABLET, first: FirstUse::Code(OTHER_TEXT), at: NOW },
            ],
        )
    };
    let not_allowed = || turned_down(ProofKind::Otp, Refusal::NotAllowed, Some(PHONE), SIGNING_IN, NOW);
    // What they have, what is allowed, whether the app's code is accepted.
    for (past, kinds, good) in [
        (also_by_sms(), vec![], true),
        (also_by_sms(), vec![Totp], true),
        (also_by_sms(), vec![Sms], false),
        // None of theirs is allowed: what they have is still more than the password alone.
        (also_by_sms(), vec![Webauthn], true),
        (enabled(), vec![Sms], true),
    ] {
        let then = if good { accepted(STEP, SIGNING_IN) } else { not_allowed() };
        given::<User>(past).under(allowing(&kinds)).when(show(right_code(), SIGNING_IN, NOW)).then([then]);
    }
    let ask = UserCommand::TextCode {
        factor: TABLET,
        texted: NEW_TEXT,
        purpose: SIGNING_IN,
        familiarity: KNOWN,
        at: NOW,
    };
    given::<User>(also_by_sms())
        .under(allowing(&[Totp]))
        .when(ask)
        .then_refused(UserError::KindNotAllowed(Sms));
}

/// Rules: E3.
#[test]
fn a_factor_is_renamed_and_one_is_asked_for_first() {
    let both = || and(enabled(), [binding(TABLET, 0, NOW), confirmed(TABLET, STEP)]);
    let renamed = UserEvent::FactorRenamed { factor: TABLET, name: sealed() };
    let preferred = || UserEvent::FactorPreferred { factor: TABLET };
    let rename = |factor| UserCommand::RenameFactor { factor, name: sealed() };
    let prefer = |factor| UserCommand::PreferFactor { factor };
    given::<User>(both()).when(rename(TABLET)).then([renamed]);
    given::<User>(enabled()).when(rename(TABLET)).then_refused(UserError::NoFactor);
    given::<User>(both()).when(prefer(TABLET)).then([preferred()]);
    given::<User>(and(both(), [preferred()])).when(prefer(TABLET)).then_nothing();
    given::<User>(enabled()).when(prefer(TABLET)).then_refused(UserError::NoFactor);

    let first = |past: Vec<UserEvent>| {
        let user: User = fold(past);
        let asked = user.enrolled(0).map(|e| e.asked(&AudiencePolicy::TEAM));
        asked.and_then(|asked| asked.first().map(|(id, _)| *id))
    };
    assert_eq!(first(both()), Some(PHONE), "as they were bound");
    assert_eq!(first(and(both(), [preferred()])), Some(TABLET));
    let removed = UserEvent::FactorRemoved { factor: TABLET };
    assert_eq!(first(and(both(), [preferred(), removed])), Some(PHONE));
}
