//! Every letter, in every language.

use twofold_domain::account::{Notice, OperatorAct};
use twofold_domain::delivery::{BudgetOf, Share};
use twofold_domain::ids::UserId;

use super::*;

const BRAND: Brand<'_> = Brand { product: "Twofold", account: "Acme", sandbox: false, zone: &Zone::UTC };

fn budget_spent(whose: BudgetOf, share: Share) -> Letter {
    let until = Timestamp::from_micros(1_780_300_800_000_000);
    let spent = SpentBudget { channel: Channel::Sms, whose, share, until };
    Letter::BudgetSpent { spent, page: "http://localhost/delivery".to_owned() }
}

fn letters() -> Vec<Letter> {
    let secret = |text: &str| Zeroizing::new(text.to_owned());
    vec![
        Letter::Invitation { link: secret("http://localhost/i/tfl_x"), lasts: Span::hours(72) },
        Letter::SetUp { link: secret("http://localhost/s/tfl_x"), lasts: Span::minutes(30) },
        Letter::FirstBindingCode { code: secret("1234 5678"), lasts: Span::minutes(10) },
        Letter::TextedCode { code: secret("123 456"), lasts: Span::minutes(10) },
        Letter::NumberAdded { ending: "56".to_owned() },
        Letter::NumberRemoved { ending: "56".to_owned() },
        Letter::Test,
        Letter::DeliveryTrouble {
            channel: Channel::Sms,
            failures: 3,
            page: "http://localhost/people/usr_x".to_owned(),
        },
        Letter::Outage { channel: Channel::Sms, failures: 3, page: "http://localhost/delivery".to_owned() },
        budget_spent(BudgetOf::Person(UserId::from_uuid(uuid::Uuid::nil())), Share::Anybody),
        budget_spent(BudgetOf::Country(34), Share::Own),
        Letter::TwoFactorEnabled,
        Letter::FactorAdded { kind: FactorKind::Webauthn, name: "Blue key".to_owned() },
        Letter::TwoFactorReset,
        Letter::TwoFactorDisabled,
        Letter::RecoveryCodeUsed { left: 3 },
        Letter::DeviceTrusted { days: 30 },
        Letter::PasswordChanged,
        Letter::PolicyScheduled { begins_at: Timestamp::from_micros(1_780_300_800_000_000) },
        Letter::PolicyScheduleCancelled,
        Letter::ApiTokenIssued { name: "Help desk".to_owned(), days: 90 },
        Letter::OwnTwoFactorDisabled,
        Letter::FactorRemoved,
        Letter::RecoveryCodesReplaced,
        Letter::PasswordReset {
            link: Zeroizing::new("http://localhost/s/tfl_y".to_owned()),
            lasts: Span::hours(1),
        },
        Letter::EmailChange {
            link: Zeroizing::new("http://localhost/e/tfl_x".to_owned()),
            lasts: Span::hours(24),
        },
        Letter::EmailTaken,
        Letter::EmailChangeAsked {
            link: Zeroizing::new("http://localhost/e/tfl_w".to_owned()),
            lasts: Span::hours(24),
        },
        Letter::EmailChangeCancelled,
        Letter::EmailChangeTold,
        Letter::CorrectionEnded { name: "Ana".to_owned() },
        Letter::EmailChanged,
        Letter::EmailReplaced,
        Letter::EmailGivenBack,
        Letter::Deactivated,
        Letter::Reactivated {
            link: Zeroizing::new("http://localhost/s/tfl_z".to_owned()),
            lasts: Span::days(7),
        },
        Letter::RoleChanged { role: Role::Auditor },
        Letter::ProviderLinked { provider: "google".to_owned() },
        Letter::ProviderUnlinked { provider: "google".to_owned() },
        Letter::PasswordChangeDemanded { page: "http://localhost/a/acme/sign-in".to_owned() },
        Letter::ResetScheduled { from: WHEN },
        Letter::RecoveryRequest { code: secret("2345 6789"), lasts: Span::minutes(10) },
        Letter::RecoveryWaits { from: WHEN },
        Letter::OwnerRecoveryWaits { from: WHEN },
        Letter::RecoveryRefused,
        Letter::RecoveryLink { link: secret("http://localhost/recover/tfl_x"), until: WHEN, required: true },
        Letter::RecoveryLink { link: secret("http://localhost/recover/tfl_x"), until: WHEN, required: false },
        Letter::RecoveryGranted { until: WHEN },
        Letter::RecoveryGrantRevoked,
        Letter::ResetCancelled,
        Letter::Exempted { until: WHEN },
        Letter::ExemptionEnded,
        Letter::ReportReady {
            report: "mfa-status".to_owned(),
            page: "http://localhost/a/acme/files/rpj_x".to_owned(),
            until: WHEN,
        },
        Letter::ReportNotWritten {
            report: "mfa-status".to_owned(),
            page: "http://localhost/a/acme/files".to_owned(),
        },
        Letter::TicketIssued { lasts: Span::hours(24) },
        Letter::Frozen { link: secret("http://localhost/thaw/tfl_x"), lasts: Span::hours(24) },
        Letter::FrozenTold,
        Letter::WayBack { link: secret("http://localhost/thaw/tfl_y"), lasts: Span::hours(24) },
        Letter::ThawWaits { from: WHEN },
        Letter::OwnerThawWaits { from: WHEN },
        Letter::ThawStopped,
        Letter::Thawed,
        Letter::OperatorGranted { until: WHEN },
        Letter::OperatorMadeLink,
    ]
    .into_iter()
    .chain(NOTICES.map(|notice| Letter::Wished(Wished { notice, name: Some("Ada".to_owned()), at: WHEN })))
    .chain(OperatorAct::ALL.map(|act| Letter::OperatorActed { act: act.word(), at: WHEN }))
    .chain(Role::ALL.map(|role| Letter::RoleChanged { role }))
    .chain(ACTS.into_iter().flat_map(|act| {
        [
            Letter::ApprovalAsked { act, until: WHEN },
            Letter::ApprovalWaits { act, from: WHEN },
            Letter::ApprovalUsed { act },
            Letter::ApprovalCancelled { act },
        ]
    }))
    .collect()
}

/// Two in the afternoon, 4 June 2026, UTC.
const WHEN: Timestamp = Timestamp::from_micros(1_780_581_600_000_000);
const NOTICES: [Notice; 4] =
    [Notice::LockedOut, Notice::TeamChanged, Notice::PolicyChanged, Notice::PasswordAccess];
const ACTS: [&str; 12] = [
    "disable",
    "suspend",
    "reset_owner",
    "exempt_owner",
    "grant_owner_recovery",
    "change_owner_identity",
    "erase",
    "grant_owner",
    "transfer_ownership",
    "grant_operator",
    "close_account",
    "change_governance",
];

/// Rules: H8.
#[test]
fn every_letter_in_every_language_names_product_and_account() {
    for letter in letters() {
        let mut bodies = Vec::new();
        for lang in Language::ALL {
            let message = letter.write("ada@example.com", lang, BRAND);
            let name = letter.name();
            assert!(message.subject.contains("Acme"), "{name} {lang:?}: {}", message.subject);
            assert!(message.body.contains("Acme") && message.body.contains("Twofold"), "{name} {lang:?}");
            for text in [&message.subject, &*message.body] {
                assert!(
                    !text.contains(['{', '$', '\u{2068}']) && !text.contains("Unknown"),
                    "{name}: {text}"
                );
            }
            bodies.push(message.body.to_string());
        }
        bodies.dedup();
        assert_eq!(bodies.len(), 3, "{} is in words of its own in each language", letter.name());
    }
}

/// Rules: C6.
#[test]
fn a_notice_that_may_be_denied_says_where_in_every_language() {
    let link = "http://localhost/not-me/tfn_x";
    let mut bodies = Vec::new();
    for lang in Language::ALL {
        let with = Letter::PasswordChanged.write_with("a@b", lang, BRAND, Some(link)).body;
        assert!(with.contains(link) && !with.contains('{'), "{}", *with);
        assert!(!Letter::PasswordChanged.write("a@b", lang, BRAND).body.contains("not-me"));
        bodies.push(with.to_string());
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 3);
}

/// Rules: H7.
#[test]
fn every_letter_of_a_sandbox_says_so_and_no_other_does() {
    for (lang, word) in [(Language::En, "sandbox"), (Language::Es, "pruebas"), (Language::Ko, "샌드박스")]
    {
        for letter in letters() {
            let text = |sandbox| letter.write("a@b", lang, Brand { sandbox, ..BRAND }).body.to_string();
            assert!(text(true).trim_end().lines().last().is_some_and(|last| last.contains(word)));
            assert!(!text(false).contains(word), "{}", letter.name());
        }
    }
}

#[test]
fn every_value_reaches_the_reader() {
    let rows: [(&str, &[&str]); 36] = [
        ("factor-added", &["Blue key"]),
        ("sms-code", &["123 456", "10"]),
        ("number-added", &["56"]),
        ("number-removed", &["56"]),
        ("delivery-trouble", &["http://localhost/people/usr_x", "SMS", "3"]),
        ("invitation", &["http://localhost/i/tfl_x", "72"]),
        ("set-up", &["http://localhost/s/tfl_x", "30"]),
        ("first-binding-code", &["1234 5678", "10"]),
        ("recovery-code-used", &["3"]),
        ("device-trusted", &["30"]),
        ("password-reset", &["http://localhost/s/tfl_y", "60"]),
        ("email-change", &["http://localhost/e/tfl_x", "24"]),
        ("reactivated", &["http://localhost/s/tfl_z", "168"]),
        ("provider-linked", &["google"]),
        ("provider-unlinked", &["google"]),
        ("password-change-demanded", &["http://localhost/a/acme/sign-in"]),
        ("policy-scheduled", &["2026-06-01"]),
        ("reset-scheduled", &["2026-06-04 14:00 UTC"]),
        ("recovery-request", &["2345 6789", "10"]),
        ("recovery-waits", &["2026-06-04 14:00 UTC"]),
        ("owner-recovery-waits", &["2026-06-04 14:00 UTC"]),
        ("recovery-link", &["http://localhost/recover/tfl_x", "2026-06-04 14:00 UTC"]),
        ("recovery-granted", &["2026-06-04 14:00 UTC"]),
        ("exempted", &["2026-06-04 14:00 UTC"]),
        ("ticket-issued", &["24"]),
        ("frozen", &["http://localhost/thaw/tfl_x", "24"]),
        ("way-back", &["http://localhost/thaw/tfl_y", "24"]),
        ("thaw-waits", &["2026-06-04 14:00 UTC"]),
        ("owner-thaw-waits", &["2026-06-04 14:00 UTC"]),
        ("operator-granted", &["2026-06-04 14:00 UTC"]),
        ("operator-acted", &["2026-06-04 14:00 UTC"]),
        ("api-token-issued", &["90"]),
        ("wished-locked-out", &["Ada", "2026-06-04 14:00 UTC"]),
        ("wished-team-changed", &["Ada", "2026-06-04 14:00 UTC"]),
        ("wished-policy-changed", &["2026-06-04 14:00 UTC"]),
        ("wished-password-access", &["Ada", "2026-06-04 14:00 UTC"]),
    ];
    for lang in Language::ALL {
        for (name, values) in rows {
            let letter = letters().into_iter().find(|letter| letter.name() == name);
            let text = letter.map(|letter| letter.write("a@b", lang, BRAND).body.to_string());
            let text = text.unwrap_or_else(|| panic!("no letter is called `{name}`"));
            for value in values {
                assert!(text.contains(value), "{name} in {lang:?} lacks {value}: {text}");
            }
        }
    }
}

/// Rules: H5.
#[test]
fn a_letter_says_times_in_the_accounts_zone() {
    let zone = Zone::of(Some("Asia/Seoul"));
    for lang in Language::ALL {
        let brand = Brand { zone: &zone, ..BRAND };
        let body = Letter::PolicyScheduled { begins_at: WHEN }.write("a@b", lang, brand).body;
        assert!(body.contains("2026-06-04 23:00 Asia/Seoul") && !body.contains("UTC"), "{}", *body);
    }
}

#[test]
fn a_name_cannot_add_a_line() {
    let brand = Brand { account: "Acme\r\nBcc: eve@example.com", ..BRAND };
    let message = Letter::PasswordChanged.write("ada@example.com\r\nBcc: eve", Language::En, brand);
    assert!(!message.subject.contains(['\r', '\n']) && !message.to.contains(['\r', '\n']));
    assert!(!message.body.lines().any(|line| line.starts_with("Bcc")));
}
