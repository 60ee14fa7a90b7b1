//! Registration, links, passwords, locks, erasure.

use crate::account::Account;
use crate::device::TOKEN_GRACE;
use crate::ids::{LinkId, UserId};
use crate::policy::Audience;
use crate::policy::Role;
use crate::proof::Era;
use crate::table::*;
use crate::time::{Span, Timestamp};
use crate::user::{
    Familiarity, Gate, HARD_CAP, LinkPurpose, Person, Purpose, User, UserCommand, UserError, UserEvent,
};

fn ana(language: &str) -> Person {
    Person {
        account: ACME,
        user: ANA,
        role: Role::Admin,
        name: sealed(),
        email: sealed(),
        language: language.into(),
    }
}

fn every_command() -> Vec<UserCommand> {
    let familiarity = Familiarity::Known;
    vec![
        UserCommand::IssueLink {
            link: LINK,
            purpose: LinkPurpose::SetUp,
            verifier: verifier(9),
            expires_at: NOW,
        },
        UserCommand::RedeemLink {
            link: LINK,
            password: verifier(9),
            stands_alone: true,
            address: None,
            at: NOW,
        },
        UserCommand::AnswerPassword { matched: true, familiarity, at: NOW },
        start_binding(PHONE, NOW),
        UserCommand::MailCode { mailed: NEW_MAIL, at: NOW },
        UserCommand::ConfirmFactor {
            factor: PHONE,
            verdict: right_code(),
            warrant: None,
            codes: NEW_CODES,
            familiarity,
            at: NOW,
        },
        UserCommand::Prove {
            verdict: right_code(),
            purpose: Purpose::DisableIn(SESSION),
            familiarity,
            at: NOW,
        },
        UserCommand::RegenerateCodes { codes: NEW_CODES },
        UserCommand::RemoveFactor { factor: PHONE, required: false },
        UserCommand::DisableOwn {
            verdict: right_code(),
            session: SESSION,
            required: false,
            familiarity,
            at: NOW,
        },
        UserCommand::Reset { reason: sealed(), compromise: false, at: NOW },
        UserCommand::ReachReset,
        UserCommand::Unlock { reason: sealed() },
        UserCommand::ReportLost { device: LAPTOP },
        UserCommand::Erase { at: NOW },
    ]
}

#[test]
fn a_person_registers_once_in_a_language_that_messages_are_written_in() {
    for language in ["en", "es", "ko"] {
        let registered = |language: &str| UserEvent::UserRegistered {
            account: ACME,
            user: ANA,
            role: Role::Admin,
            name: sealed(),
            email: sealed(),
            language: language.into(),
            at: NOW,
        };
        let register = UserCommand::Register { person: ana(language), at: NOW };
        given::<User>([]).when(register.clone()).then([registered(language)]);
        given::<User>([registered(language)]).when(register).then_refused(UserError::AlreadyRegistered);
    }
    for language in ["", "EN", "fr", "en-GB"] {
        given::<User>([])
            .when(UserCommand::Register { person: ana(language), at: NOW })
            .then_refused(UserError::BadLanguage);
    }
}

#[test]
fn nobody_does_anything_before_they_are_registered() {
    for command in every_command() {
        given::<User>([]).when(command).then_refused(UserError::Unknown);
    }
}

#[test]
fn nobody_does_anything_after_they_are_erased() {
    let erased = and(enabled(), [UserEvent::PersonErased { values: 3, at: NOW }]);
    for command in every_command() {
        given::<User>(erased.clone()).when(command).then_refused(UserError::Erased);
    }
    given::<User>(erased)
        .when(UserCommand::Register { person: ana("en"), at: NOW })
        .then_refused(UserError::AlreadyRegistered);
}

#[test]
fn erasing_counts_the_sealed_values_that_become_unreadable() {
    // Name, address, and the name of one factor.
    given::<User>(enabled())
        .when(UserCommand::Erase { at: NOW })
        .then([UserEvent::PersonErased { values: 3, at: NOW }]);
    given::<User>(and(enabled(), [reset_by_staff(false), UserEvent::Unlocked { reason: sealed() }]))
        .when(UserCommand::Erase { at: NOW })
        .then([UserEvent::PersonErased { values: 5, at: NOW }]);
}

fn issued(link: LinkId, purpose: LinkPurpose) -> UserEvent {
    UserEvent::LinkIssued { link, purpose, verifier: verifier(4), expires_at: later(Span::days(1)) }
}

fn redeem(link: LinkId, at: Timestamp) -> UserCommand {
    UserCommand::RedeemLink { link, password: verifier(5), stands_alone: true, address: None, at }
}

/// Rules: H1.
#[test]
fn an_invitation_proves_the_address_and_a_printed_link_does_not() {
    let set = |at| {
        [
            UserEvent::LinkRedeemed { link: LINK, at },
            UserEvent::PasswordSet { verifier: verifier(5), stands_alone: true, at },
        ]
    };
    let [redeemed, password] = set(NOW);
    given::<User>([registered(Role::Agent), issued(LINK, LinkPurpose::Invitation)])
        .when(redeem(LINK, NOW))
        .then([redeemed, UserEvent::EmailVerified { at: NOW }, password]);
    given::<User>([registered(Role::Owner), issued(LINK, LinkPurpose::SetUp)])
        .when(redeem(LINK, NOW))
        .then(set(NOW));
    given::<User>([
        registered(Role::Owner),
        UserEvent::EmailVerified { at: NOW },
        issued(LINK, LinkPurpose::Invitation),
    ])
    .when(redeem(LINK, NOW))
    .then(set(NOW));
}

/// Rules: H1.
#[test]
fn a_link_works_once_until_it_ends_and_until_a_newer_one_of_its_purpose() {
    let newer = LinkId::from_uuid(UserId::from_uuid(ANA.uuid()).uuid());
    let open = [registered(Role::Owner), issued(LINK, LinkPurpose::SetUp)];
    let rows: [(&str, Vec<UserEvent>, Timestamp); 5] = [
        ("never issued", vec![registered(Role::Owner)], NOW),
        ("used", and(open.to_vec(), [UserEvent::LinkRedeemed { link: LINK, at: NOW }]), NOW),
        ("replaced", and(open.to_vec(), [issued(newer, LinkPurpose::SetUp)]), NOW),
        ("ended", open.to_vec(), later(Span::days(1))),
        ("long ended", open.to_vec(), later(Span::days(400))),
    ];
    for (_why, past, at) in rows {
        given::<User>(past).when(redeem(LINK, at)).then_refused(UserError::LinkOver);
    }
    // One of another purpose does not replace it.
    let other = and(open.to_vec(), [issued(newer, LinkPurpose::Invitation)]);
    let last_moment = later(Span::days(1)) - Span::seconds(1);
    assert_eq!(
        fold::<User>(other).decide(&Era::default(), redeem(LINK, last_moment)).map(|e| e.len()),
        Ok(2)
    );
}

/// Rules: D7, H2.
#[test]
fn a_new_password_opens_a_new_epoch_and_leaves_the_factors() {
    let before: User = fold(enabled());
    let after = before.after(&[password_set()]);
    assert_eq!(after.epoch, before.epoch + 1, "trust and sessions of the old password end");
    assert_eq!(after.enrolled(0), before.enrolled(0), "factors stay");
}

fn answer(matched: bool, familiarity: Familiarity, at: Timestamp) -> UserCommand {
    UserCommand::AnswerPassword { matched, familiarity, at }
}

fn rejected(familiarity: Familiarity, consecutive: u16, retry_at: Option<Timestamp>) -> UserEvent {
    UserEvent::PasswordRejected { familiarity, consecutive, retry_at, at: NOW }
}

#[test]
fn a_wrong_password_is_charged_and_a_right_one_ends_the_series() {
    use Familiarity::{Known, Stranger};
    let one = rejected(Known, 1, None);
    given::<User>(enabled()).when(answer(true, Known, NOW)).then_nothing();
    given::<User>(enabled()).when(answer(false, Known, NOW)).then([one.clone()]);
    given::<User>(and(enabled(), [one.clone()]))
        .when(answer(true, Known, NOW))
        .then([UserEvent::PasswordAccepted { familiarity: Known }]);
    given::<User>(and(enabled(), [one])).when(answer(true, Stranger, NOW)).then_nothing();
}

#[test]
fn the_wait_doubles_from_half_a_minute_to_an_hour() {
    let mut past = enabled();
    let expected = [0, 0, 0, 0, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600];
    let mut at = NOW;
    for (tries, seconds) in (1..).zip(expected) {
        let wait = (seconds > 0).then(|| at + Span::seconds(seconds));
        let event = UserEvent::PasswordRejected {
            familiarity: Familiarity::Stranger,
            consecutive: tries,
            retry_at: wait,
            at,
        };
        given::<User>(past.clone()).when(answer(false, Familiarity::Stranger, at)).then([event.clone()]);
        past.push(event);
        if let Some(until) = wait {
            let locked = UserError::Locked { gate: Gate::Password, until: Some(until) };
            let just_before = until - Span::seconds(1);
            given::<User>(past.clone())
                .when(answer(true, Familiarity::Stranger, just_before))
                .then_refused(locked);
            at = until;
        }
    }
}

#[test]
fn the_hard_cap_locks_until_an_unlock_and_only_for_its_kind_of_device() {
    use Familiarity::{Known, Stranger};
    let nearly = and(enabled(), [rejected(Stranger, HARD_CAP - 1, None)]);
    let hour = Some(later(Span::hours(1)));
    let last = rejected(Stranger, HARD_CAP, hour);
    let locked = UserEvent::LockedOut { gate: Gate::Password, familiarity: Stranger, at: NOW };
    given::<User>(nearly.clone()).when(answer(false, Stranger, NOW)).then([last.clone(), locked.clone()]);

    let past = and(nearly, [last, locked]);
    assert!(fold::<User>(past.clone()).locked_out());
    let refused = UserError::Locked { gate: Gate::Password, until: None };
    for at in [NOW, later(Span::days(365))] {
        given::<User>(past.clone()).when(answer(true, Stranger, at)).then_refused(refused.clone());
    }
    given::<User>(past.clone()).when(answer(true, Known, NOW)).then_nothing();
    given::<User>(past.clone()).when(answer(false, Known, NOW)).then([rejected(Known, 1, None)]);

    let unlocked = and(past, [UserEvent::Unlocked { reason: sealed() }]);
    assert!(!fold::<User>(unlocked.clone()).locked_out());
    given::<User>(unlocked).when(answer(true, Stranger, NOW)).then_nothing();
}

/// Rules: P12.
#[test]
fn a_policy_locks_earlier_than_the_hard_cap_and_never_later() {
    use Familiarity::Known;
    let strict = policy(Audience::Team, |p| p.failure_limit = 10, None);
    let account: Account = fold([opened(), strict]);
    let of_another_audience = policy(Audience::EndUsers, |p| p.failure_limit = 10, None);
    let other: Account = fold([opened(), of_another_audience]);
    let beyond = policy(Audience::Team, |p| p.failure_limit = 1_000, None);
    let loose: Account = fold([opened(), beyond]);
    for (account, failures, locks) in [
        (&account, 9, false),
        (&account, 10, true),
        (&account, 20, true),
        (&other, 10, false),
        (&loose, HARD_CAP, true),
    ] {
        let past = and(enabled(), [rejected(Known, failures - 1, None)]);
        let events = fold::<User>(past).decide(&account.era(NOW), answer(false, Known, NOW)).unwrap();
        let locked = matches!(events[..], [_, UserEvent::LockedOut { .. }]);
        assert_eq!(locked, locks, "{failures} failures");
    }
}

#[test]
fn the_two_budgets_of_a_gate_stay_within_a_hundred() {
    // NIST SP 800-63B-4 §3.2.2.
    const { assert!(HARD_CAP * 2 <= 100) };
    assert_eq!(TOKEN_GRACE, Span::seconds(60));
}

#[test]
fn an_unlock_and_a_loss_are_recorded() {
    given::<User>(enabled())
        .when(UserCommand::Unlock { reason: sealed() })
        .then([UserEvent::Unlocked { reason: sealed() }]);
    given::<User>(enabled())
        .when(UserCommand::ReportLost { device: LAPTOP })
        .then([UserEvent::DeviceReportedLost { device: LAPTOP }]);
    given::<User>(enabled())
        .when(UserCommand::IssueLink {
            link: LINK,
            purpose: LinkPurpose::SetUp,
            verifier: verifier(4),
            expires_at: later(Span::days(1)),
        })
        .then([issued(LINK, LinkPurpose::SetUp)]);
}
