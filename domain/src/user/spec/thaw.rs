//! The way back to a frozen sign-in by what is sent or made for it, and the letters that freezes owe.

use super::kinds::*;
use crate::factor::FactorKind;
use crate::factor::sms::NewSmsCode;
use crate::ids::{LinkId, SmsCodeId};
use crate::proof::{Era, Verdict};
use crate::table::*;
use crate::time::{Span, Timestamp};
use crate::user::{
    FreezeCommand, FrozenBy, LinkPurpose, ProofKind, Purpose, Refusal, SENT_CODE_LIFE, Thawed, User,
    UserCommand, UserError, UserEvent,
};

const BACK: Purpose = Purpose::Thaw(CASE);
const OTHER_LINK: LinkId = LinkId::from_uuid(uuid::Uuid::from_u128(61));

fn frozen(number: u32, at: Timestamp) -> UserEvent {
    UserEvent::UserFrozen { recovery: CASE, number, by: FrozenBy::OwnLink, against: None, reason: None, at }
}

fn issue(purpose: LinkPurpose, at: Timestamp) -> UserCommand {
    let expires_at = at + purpose.life();
    UserCommand::IssueLink { link: LINK, purpose, verifier: verifier(4), expires_at }
}

fn link(purpose: LinkPurpose, at: Timestamp) -> UserEvent {
    let expires_at = at + purpose.life();
    UserEvent::LinkIssued { link: LINK, purpose, verifier: verifier(4), expires_at }
}

fn back(past: Vec<UserEvent>) -> Vec<UserEvent> {
    and(past, [frozen(1, NOW), link(LinkPurpose::WayBack, NOW)])
}

/// With an app beside it, so that what the policy does not allow does not count.
fn and_an_app(past: Vec<UserEvent>) -> Vec<UserEvent> {
    and(past, [binding(TABLET, 0, NOW), confirmed(TABLET, STEP)])
}

fn texts(link: LinkId, at: Timestamp) -> UserCommand {
    UserCommand::Freeze(FreezeCommand::Text { link, factor: PHONE, texted: NEW_TEXT, at })
}

fn sent(code: SmsCodeId, at: Timestamp) -> UserEvent {
    let NewSmsCode { verifier, .. } = NEW_TEXT;
    let (familiarity, expires_at) = (STRANGER, at + SENT_CODE_LIFE);
    UserEvent::SmsCodeIssued { factor: PHONE, code, verifier, purpose: BACK, familiarity, expires_at, at }
}

fn thaws(shown: Verdict, at: Timestamp) -> UserCommand {
    let (link, shown, password, stands_alone, address) = (LINK, Some(shown), verifier(5), true, None);
    UserCommand::Freeze(FreezeCommand::Thaw { link, shown, password, stands_alone, address, at })
}

fn comes_back(proof: UserEvent) -> [UserEvent; 4] {
    [
        proof,
        UserEvent::LinkRedeemed { link: LINK, at: NOW },
        UserEvent::PasswordSet { verifier: verifier(5), stands_alone: true, at: NOW },
        UserEvent::UserThawed { recovery: CASE, how: Thawed::Factor, at: NOW },
    ]
}

fn charged(kind: ProofKind, factor: Option<crate::ids::FactorId>, refusal: Refusal) -> UserEvent {
    let (purpose, familiarity, consecutive, retry_at, at) = (BACK, STRANGER, 1, None, NOW);
    UserEvent::ProofRejected { kind, refusal, factor, purpose, familiarity, consecutive, retry_at, at }
}

/// Rules: C6, E2.
#[test]
fn a_code_by_sms_is_sent_for_the_way_back_by_its_link_alone() {
    let past = back(with_number());
    given::<User>(past.clone()).when(texts(LINK, NOW)).then([sent(TEXT, NOW)]);
    let over = later(LinkPurpose::WayBack.life());
    let soon = later(Span::seconds(59));
    let spent = |n: u16| UserEvent::ProofRejected {
        kind: ProofKind::SmsCode,
        refusal: Refusal::Wrong,
        factor: None,
        purpose: BACK,
        familiarity: STRANGER,
        consecutive: n,
        retry_at: Some(over),
        at: NOW,
    };
    for (name, past, command, refused) in [
        ("another link", past.clone(), texts(OTHER_LINK, NOW), UserError::LinkOver),
        ("a link that is over", past.clone(), texts(LINK, over), UserError::LinkOver),
        (
            "not frozen",
            and(with_number(), [link(LinkPurpose::PasswordReset, NOW)]),
            texts(LINK, NOW),
            UserError::LinkOver,
        ),
        (
            "twice a minute",
            and(past.clone(), [sent(TEXT, NOW)]),
            texts(LINK, soon),
            UserError::TextedJustNow(later(Span::minutes(1))),
        ),
        ("not to a number", back(enabled()), texts(LINK, NOW), UserError::NotByText),
        (
            "while guesses wait",
            and(past.clone(), [spent(6)]),
            texts(LINK, NOW),
            UserError::Locked { gate: crate::user::Gate::SecondFactor, until: Some(over) },
        ),
        (
            "past the link",
            past.clone(),
            UserCommand::TextCode {
                factor: PHONE,
                texted: NEW_TEXT,
                purpose: BACK,
                familiarity: STRANGER,
                at: NOW,
            },
            UserError::Frozen,
        ),
    ] {
        println!("{name}");
        given::<User>(past).when(command).then_refused(refused);
    }
    let era = allowing(&[FactorKind::Totp]);
    given::<User>(back(and_an_app(with_number())))
        .under(era)
        .when(texts(LINK, NOW))
        .then_refused(UserError::KindNotAllowed(FactorKind::Sms));
}

/// Rules: C6, E2.
#[test]
fn a_code_by_sms_that_was_sent_for_it_is_a_way_back_and_one_of_anything_else_is_none() {
    let past = and(back(with_number()), [sent(TEXT, NOW)]);
    let good = UserEvent::SmsCodeAccepted {
        factor: PHONE,
        code: TEXT,
        purpose: BACK,
        familiarity: STRANGER,
        at: NOW,
    };
    let shown = Verdict::Sms { code: TEXT };
    given::<User>(past.clone()).when(thaws(shown, NOW)).then(comes_back(good));
    let wrong = || charged(ProofKind::SmsCode, None, Refusal::Wrong);
    given::<User>(back(with_number())).when(thaws(shown, NOW)).then([wrong()]);
    let guess = Verdict::Mismatch(ProofKind::SmsCode);
    given::<User>(past.clone()).when(thaws(guess, NOW)).then([wrong()]);
    // One that a freeze found open was asked for by whoever was in.
    let before = UserEvent::SmsCodeIssued {
        factor: PHONE,
        code: OTHER_TEXT,
        verifier: verifier(9),
        purpose: SIGNING_IN,
        familiarity: STRANGER,
        expires_at: later(SENT_CODE_LIFE),
        at: NOW,
    };
    let past = back(and(with_number(), [before]));
    given::<User>(past).when(thaws(Verdict::Sms { code: OTHER_TEXT }, NOW)).then([wrong()]);
}

/// Rules: C6, E4.
#[test]
fn a_security_keys_answer_is_a_way_back_once_and_never_after_its_counter_went_back() {
    let shown = |sign_count| Verdict::Assertion {
        factor: PHONE,
        challenge: CHALLENGE,
        made: NOW,
        sign_count,
        user_verified: true,
    };
    let good = UserEvent::AssertionAccepted {
        factor: PHONE,
        challenge: CHALLENGE,
        sign_count: 8,
        user_verified: true,
        purpose: BACK,
        familiarity: STRANGER,
        at: NOW,
    };
    given::<User>(back(with_key(7))).when(thaws(shown(8), NOW)).then(comes_back(good));
    let copied = charged(ProofKind::Assertion, Some(PHONE), Refusal::CounterBack);
    given::<User>(back(with_key(7))).when(thaws(shown(7), NOW)).then([copied]);
    let era = allowing(&[FactorKind::Totp]);
    let refused = charged(ProofKind::Assertion, Some(PHONE), Refusal::NotAllowed);
    given::<User>(back(and_an_app(with_key(7)))).under(era).when(thaws(shown(8), NOW)).then([refused]);
}

/// Rules: C6.
#[test]
fn what_is_made_for_the_way_back_is_made_for_an_open_link_of_a_frozen_sign_in() {
    let user: User = fold(back(enabled()));
    assert_eq!(user.coming_back(LINK, NOW), Ok(CASE));
    let over = Err(UserError::LinkOver);
    assert_eq!(user.coming_back(OTHER_LINK, NOW), over);
    assert_eq!(user.coming_back(LINK, later(LinkPurpose::WayBack.life())), over);
    let again: User = fold(and(back(enabled()), [frozen(2, NOW)]));
    assert_eq!(again.coming_back(LINK, NOW), over, "the next freeze ended it");
}

/// Rules: C6.
#[test]
fn each_freeze_owes_its_letter_whatever_was_mailed_before_and_five_an_hour_are_enough() {
    let (reset, way) = (LinkPurpose::PasswordReset, LinkPurpose::WayBack);
    let minute = |n: i64| later(Span::minutes(n));
    // Five links for a forgotten password, and then it was not them.
    let annoyed = and(enabled(), [0, 1, 2, 3, 4].map(|n| link(reset, minute(n))));
    let past = and(annoyed, [frozen(1, minute(4))]);
    given::<User>(past.clone()).when(issue(way, minute(4))).then([link(way, minute(4))]);
    // The letter went out: another one is asked for, once a minute and five times an hour, as ever.
    let told = and(past, [link(way, minute(4))]);
    given::<User>(told).when(issue(way, minute(4))).then_refused(UserError::MailedJustNow(minute(5)));
    // A second freeze ends that link, and so mails its own at once.
    let twice = |n: u32| (1..=n).flat_map(|n| [frozen(n, NOW), link(way, NOW)]);
    let again = and(and(enabled(), twice(1)), [frozen(2, NOW)]);
    given::<User>(again).when(issue(way, NOW)).then([link(way, NOW)]);
    // Whoever freezes what is frozen over and over fills no mailbox.
    let bombed = and(and(enabled(), twice(5)), [frozen(6, NOW)]);
    given::<User>(bombed.clone())
        .when(issue(way, minute(59)))
        .then_refused(UserError::MailedJustNow(minute(60)));
    given::<User>(bombed).when(issue(way, minute(60))).then([link(way, minute(60))]);
    // Another case begins anew: somebody was back in between.
    let thawed = UserEvent::UserThawed { recovery: CASE, how: Thawed::Factor, at: NOW };
    let next = and(and(enabled(), twice(5)), [thawed, frozen(6, NOW)]);
    given::<User>(next).when(issue(way, NOW)).then([link(way, NOW)]);
    let era = Era::default();
    let not_frozen = fold::<User>(enabled()).decide(&era, issue(way, NOW));
    assert_eq!(not_frozen, Err(UserError::NotFrozen));
}
