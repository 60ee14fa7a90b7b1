//! Letters: a purpose with its values, put into words in the person's language.
//!
//! The words are in `locales/<language>/mail.ftl`; every language has every message, and a test
//! holds them to it.

use std::borrow::Cow;
use std::collections::HashMap;

use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader as _, langid};
use serde::{Deserialize, Serialize};
use twofold_domain::delivery::Channel;
use twofold_domain::policy::Role;
use twofold_domain::time::{Span, Timestamp};
use zeroize::Zeroizing;

use super::message::Message;

fluent_templates::static_loader! {
    pub(super) static WORDS = {
        locales: "./locales",
        fallback_language: "en",
        // No invisible direction marks around values: they would end up in links and codes.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

/// A language that letters are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// English.
    En,
    /// Spanish.
    Es,
    /// Korean.
    Ko,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::En, Self::Es, Self::Ko];

    /// The language of a tag such as `es` or `ko-KR`; English for one that we do not write.
    pub fn of_tag(tag: &str) -> Self {
        match tag.split(['-', '_']).next() {
            Some(primary) if primary.eq_ignore_ascii_case("es") => Self::Es,
            Some(primary) if primary.eq_ignore_ascii_case("ko") => Self::Ko,
            _ => Self::En,
        }
    }

    /// The tag: `en`, `es`, `ko`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Es => "es",
            Self::Ko => "ko",
        }
    }
}

pub(super) const fn identifier(lang: Language) -> LanguageIdentifier {
    match lang {
        Language::En => langid!("en"),
        Language::Es => langid!("es"),
        Language::Ko => langid!("ko"),
    }
}

/// Who writes. Every letter names both.
#[derive(Debug, Clone, Copy)]
pub struct Brand<'a> {
    /// The product.
    pub product: &'a str,
    /// The account.
    pub account: &'a str,
    /// Whether the account is a sandbox: every letter says so.
    pub sandbox: bool,
}

/// What is written. Some hold a link or a code, so none can be printed.
pub enum Letter {
    /// To a new user: a link that proves the address and sets the first password.
    Invitation {
        /// The link.
        link: Zeroizing<String>,
        /// How long it works.
        lasts: Span,
    },
    /// A link that sets the password of somebody whose address is known otherwise.
    SetUp {
        /// The link.
        link: Zeroizing<String>,
        /// How long it works.
        lasts: Span,
    },
    /// The code that, beside the password, allows the first factor to be bound.
    FirstBindingCode {
        /// The code.
        code: Zeroizing<String>,
        /// How long it works.
        lasts: Span,
    },
    /// A link that replaces a forgotten password.
    PasswordReset {
        /// The link.
        link: Zeroizing<String>,
        /// How long it works.
        lasts: Span,
    },
    /// To a new address: the link that makes it theirs.
    EmailChange {
        /// The link.
        link: Zeroizing<String>,
        /// How long it works.
        lasts: Span,
    },
    /// To a new address that somebody has already: nothing was changed.
    EmailTaken,
    /// Notice: another address was asked for.
    EmailChangeAsked,
    /// Notice: another address is theirs.
    EmailChanged,
    /// Notice: they may not sign in any more.
    Deactivated,
    /// They may sign in again, with this link first.
    Reactivated {
        /// The link.
        link: Zeroizing<String>,
        /// How long it works.
        lasts: Span,
    },
    /// Notice: they have another role.
    RoleChanged {
        /// Which.
        role: Role,
    },
    /// Notice: they can sign in through an identity provider.
    ProviderLinked {
        /// Which.
        provider: String,
    },
    /// Notice: they cannot any more.
    ProviderUnlinked {
        /// Which.
        provider: String,
    },
    /// Notice: the second factor is on.
    TwoFactorEnabled,
    /// Notice: the person's second factor was reset.
    TwoFactorReset,
    /// Notice: the account switched it off for everyone.
    TwoFactorDisabled,
    /// Notice: the person switched their own off.
    OwnTwoFactorDisabled,
    /// One of several factors was removed.
    FactorRemoved,
    /// The recovery codes were replaced.
    RecoveryCodesReplaced,
    /// Notice: a recovery code was used.
    RecoveryCodeUsed {
        /// How many are left.
        left: u8,
    },
    /// Notice: a new device is trusted.
    DeviceTrusted {
        /// For how many days.
        days: u16,
    },
    /// Notice: the password was changed.
    PasswordChanged,
    /// Notice: the person has a new API token.
    ApiTokenIssued {
        /// What they call it.
        name: String,
        /// For how many days it is good.
        days: u32,
    },
    /// To owners and admins: a policy is going to hold from a date on.
    PolicyScheduled {
        /// From when.
        begins_at: Timestamp,
    },
    /// To owners and admins: it is not.
    PolicyScheduleCancelled,
    /// Somebody knows the password: it opens nothing until it is changed.
    PasswordChangeDemanded {
        /// Where they sign in, and where a new password is asked for.
        page: String,
    },
    /// To the other owners: an act waits for their approval.
    ApprovalAsked {
        /// The act's stable word.
        act: &'static str,
        /// When the request ends.
        until: Timestamp,
    },
    /// To the whole team: there is no second owner, and an act waits for its time.
    ApprovalWaits {
        /// The act's stable word.
        act: &'static str,
        /// From when it may be carried out.
        from: Timestamp,
    },
    /// To the owners: an act that waited was carried out.
    ApprovalUsed {
        /// The act's stable word.
        act: &'static str,
    },
    /// To who asked: somebody cancelled it.
    ApprovalCancelled {
        /// The act's stable word.
        act: &'static str,
    },
    /// Notice: staff asked for a reset, which waits for the person's objection.
    ResetScheduled {
        /// From when it holds.
        from: Timestamp,
    },
    /// To the address that recovery uses: the code that begins the wait of a reset.
    RecoveryRequest {
        /// The code.
        code: Zeroizing<String>,
        /// How long it works.
        lasts: Span,
    },
    /// Notice: with the password and a mailed code a reset was asked for, which waits for an objection.
    RecoveryWaits {
        /// From when it holds.
        from: Timestamp,
    },
    /// To the whole team: an owner lost their second factor, and it will be reset unless somebody objects.
    OwnerRecoveryWaits {
        /// From when it holds.
        from: Timestamp,
    },
    /// Notice: a way back in was asked for that is not to be had yet.
    RecoveryRefused,
    /// To the address that recovery uses: the link that shows the code that lets them in once.
    RecoveryLink {
        /// The link.
        link: Zeroizing<String>,
        /// When it ends.
        until: Timestamp,
    },
    /// Notice: an administrator granted a code that lets them in once.
    RecoveryGranted {
        /// When it ends.
        until: Timestamp,
    },
    /// Notice: that ended before it was used.
    RecoveryGrantRevoked,
    /// Notice: it will not happen.
    ResetCancelled,
    /// Notice: for a limited time no second factor is asked for.
    Exempted {
        /// Until when.
        until: Timestamp,
    },
    /// Notice: that ended before its time.
    ExemptionEnded,
    /// To whoever the operator names: messages arrive.
    Test,
    /// To owners and admins: messages to somebody do not arrive.
    DeliveryTrouble {
        /// By which way.
        channel: Channel,
        /// How many in a row.
        failures: u16,
        /// The person's page.
        page: String,
    },
    /// Notice: an administrator holds a ticket that binds a first factor.
    TicketIssued {
        /// How long it is good.
        lasts: Span,
    },
}

impl Letter {
    /// The name of its words, and of its purpose in logs and metrics.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Invitation { .. } => "invitation",
            Self::SetUp { .. } => "set-up",
            Self::FirstBindingCode { .. } => "first-binding-code",
            Self::PasswordReset { .. } => "password-reset",
            Self::EmailChange { .. } => "email-change",
            Self::EmailTaken => "email-taken",
            Self::EmailChangeAsked => "email-change-asked",
            Self::EmailChanged => "email-changed",
            Self::Deactivated => "deactivated",
            Self::Reactivated { .. } => "reactivated",
            Self::ProviderLinked { .. } => "provider-linked",
            Self::ProviderUnlinked { .. } => "provider-unlinked",
            Self::TwoFactorEnabled => "two-factor-enabled",
            Self::TwoFactorReset => "two-factor-reset",
            Self::TwoFactorDisabled => "two-factor-disabled",
            Self::OwnTwoFactorDisabled => "own-two-factor-disabled",
            Self::FactorRemoved => "factor-removed",
            Self::RecoveryCodesReplaced => "recovery-codes-replaced",
            Self::RecoveryCodeUsed { .. } => "recovery-code-used",
            Self::DeviceTrusted { .. } => "device-trusted",
            Self::PasswordChanged => "password-changed",
            Self::ApiTokenIssued { .. } => "api-token-issued",
            Self::PolicyScheduled { .. } => "policy-scheduled",
            Self::PolicyScheduleCancelled => "policy-schedule-cancelled",
            Self::PasswordChangeDemanded { .. } => "password-change-demanded",
            Self::ApprovalAsked { .. } => "approval-asked",
            Self::ApprovalWaits { .. } => "approval-waits",
            Self::ApprovalUsed { .. } => "approval-used",
            Self::ApprovalCancelled { .. } => "approval-cancelled",
            Self::ResetScheduled { .. } => "reset-scheduled",
            Self::RecoveryRequest { .. } => "recovery-request",
            Self::RecoveryWaits { .. } => "recovery-waits",
            Self::OwnerRecoveryWaits { .. } => "owner-recovery-waits",
            Self::RecoveryRefused => "recovery-refused",
            Self::RecoveryLink { .. } => "recovery-link",
            Self::RecoveryGranted { .. } => "recovery-granted",
            Self::RecoveryGrantRevoked => "recovery-grant-revoked",
            Self::ResetCancelled => "reset-cancelled",
            Self::Exempted { .. } => "exempted",
            Self::ExemptionEnded => "exemption-ended",
            Self::Test => "test",
            Self::DeliveryTrouble { .. } => "delivery-trouble",
            Self::TicketIssued { .. } => "ticket-issued",
            Self::RoleChanged { .. } => "role-changed",
        }
    }

    /// Puts it into the words of a mail.
    pub fn write(&self, to: &str, lang: Language, brand: Brand<'_>) -> Message {
        let values = self.values(lang, brand);
        let words = |part: &str| WORDS.lookup_with_args(&identifier(lang), part, &values.0);
        let subject = words(&format!("{}-subject", self.name()));
        let body = Zeroizing::new(words(&format!("{}-body", self.name())));
        let sandbox = if brand.sandbox { ["\n", &words("sandbox")].concat() } else { String::new() };
        let body = [body.as_str(), "\n\n", &words("signature"), &sandbox, "\n"].concat();
        let body = Zeroizing::new(body);
        Message { channel: Channel::Mail, to: Zeroizing::new(one_line(to)), subject, body, lang }
    }

    /// What its words are filled with.
    pub(super) fn values(&self, lang: Language, brand: Brand<'_>) -> Values {
        let mut values = Values::default();
        values.text("product", brand.product);
        values.text("account", brand.account);
        match self {
            Self::Invitation { link, lasts }
            | Self::EmailChange { link, lasts }
            | Self::Reactivated { link, lasts } => {
                values.text("link", link);
                values.number("hours", lasts.whole_seconds() / 3_600);
            }
            Self::SetUp { link, lasts } | Self::PasswordReset { link, lasts } => {
                values.text("link", link);
                values.number("minutes", lasts.whole_seconds() / 60);
            }
            Self::FirstBindingCode { code, lasts } | Self::RecoveryRequest { code, lasts } => {
                values.text("code", code);
                values.number("minutes", lasts.whole_seconds() / 60);
            }
            Self::RecoveryCodeUsed { left } => values.number("left", i64::from(*left)),
            Self::PolicyScheduled { begins_at } => values.text("date", &begins_at.to_string()),
            Self::DeviceTrusted { days } => values.number("days", i64::from(*days)),
            Self::ApiTokenIssued { name, days } => {
                values.text("name", name);
                values.number("days", i64::from(*days));
            }
            Self::PasswordChangeDemanded { page } => values.text("page", page),
            Self::ApprovalAsked { act, until } => {
                values.text("act", &guarded(lang, act));
                values.instant("until", *until);
            }
            Self::ApprovalWaits { act, from } => {
                values.text("act", &guarded(lang, act));
                values.instant("from", *from);
            }
            Self::ApprovalUsed { act } | Self::ApprovalCancelled { act } => {
                values.text("act", &guarded(lang, act));
            }
            Self::ResetScheduled { from }
            | Self::RecoveryWaits { from }
            | Self::OwnerRecoveryWaits { from } => values.instant("from", *from),
            Self::RecoveryLink { link, until } => {
                values.text("link", link);
                values.instant("until", *until);
            }
            Self::DeliveryTrouble { channel, failures, page } => {
                values.text("way", &WORDS.lookup(&identifier(lang), &format!("way-{}", channel.name())));
                values.number("failures", i64::from(*failures));
                values.text("page", page);
            }
            Self::Exempted { until } | Self::RecoveryGranted { until } => values.instant("until", *until),
            Self::TicketIssued { lasts } => values.number("hours", lasts.whole_seconds() / 3_600),
            Self::RoleChanged { role } => values.text("role", role.name()),
            Self::ProviderLinked { provider } | Self::ProviderUnlinked { provider } => {
                values.text("provider", provider);
            }
            Self::Test
            | Self::ResetCancelled
            | Self::RecoveryRefused
            | Self::RecoveryGrantRevoked
            | Self::ExemptionEnded
            | Self::EmailTaken
            | Self::EmailChangeAsked
            | Self::EmailChanged
            | Self::Deactivated
            | Self::TwoFactorEnabled
            | Self::TwoFactorReset
            | Self::TwoFactorDisabled
            | Self::OwnTwoFactorDisabled
            | Self::FactorRemoved
            | Self::RecoveryCodesReplaced
            | Self::PolicyScheduleCancelled
            | Self::PasswordChanged => {}
        }
        values
    }
}

/// What an act that takes two is called in a sentence.
fn guarded(lang: Language, act: &str) -> String {
    WORDS.lookup(&identifier(lang), &format!("guarded-{}", act.replace('_', "-")))
}

#[derive(Default)]
pub(super) struct Values(pub(super) HashMap<Cow<'static, str>, FluentValue<'static>>);

impl Values {
    pub(super) fn text(&mut self, name: &'static str, value: &str) {
        self.0.insert(name.into(), FluentValue::String(one_line(value).into()));
    }

    /// To the minute, in UTC: `2026-06-04 08:00 UTC`.
    fn instant(&mut self, name: &'static str, at: Timestamp) {
        let text = at.to_string();
        let minute = text.get(..16).unwrap_or(&text).replace('T', " ");
        self.text(name, &format!("{minute} UTC"));
    }

    fn number(&mut self, name: &'static str, value: i64) {
        // As text, so that no language groups its digits.
        self.0.insert(name.into(), FluentValue::String(value.to_string().into()));
    }
}

/// A value never starts a new line: that would be a header of its own, or words of its own.
pub(super) fn one_line(value: &str) -> String {
    value
        .chars()
        .map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BRAND: Brand<'_> = Brand { product: "Twofold", account: "Acme", sandbox: false };

    fn letters() -> Vec<Letter> {
        let secret = |text: &str| Zeroizing::new(text.to_owned());
        vec![
            Letter::Invitation { link: secret("http://localhost/i/tfl_x"), lasts: Span::hours(72) },
            Letter::SetUp { link: secret("http://localhost/s/tfl_x"), lasts: Span::minutes(30) },
            Letter::FirstBindingCode { code: secret("1234 5678"), lasts: Span::minutes(10) },
            Letter::Test,
            Letter::DeliveryTrouble {
                channel: Channel::Sms,
                failures: 3,
                page: "http://localhost/people/usr_x".to_owned(),
            },
            Letter::TwoFactorEnabled,
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
            Letter::EmailChangeAsked,
            Letter::EmailChanged,
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
            Letter::RecoveryLink { link: secret("http://localhost/recover/tfl_x"), until: WHEN },
            Letter::RecoveryGranted { until: WHEN },
            Letter::RecoveryGrantRevoked,
            Letter::ResetCancelled,
            Letter::Exempted { until: WHEN },
            Letter::ExemptionEnded,
            Letter::TicketIssued { lasts: Span::hours(24) },
        ]
        .into_iter()
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
    const ACTS: [&str; 10] = [
        "disable",
        "suspend",
        "reset_owner",
        "exempt_owner",
        "grant_owner_recovery",
        "erase",
        "grant_owner",
        "transfer_ownership",
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
        let rows: [(&str, &[&str]); 22] = [
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
            ("api-token-issued", &["90"]),
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

    #[test]
    fn a_name_cannot_add_a_line() {
        let brand = Brand { product: "Twofold", account: "Acme\r\nBcc: eve@example.com", sandbox: false };
        let message = Letter::PasswordChanged.write("ada@example.com\r\nBcc: eve", Language::En, brand);
        assert!(!message.subject.contains(['\r', '\n']) && !message.to.contains(['\r', '\n']));
        assert!(!message.body.lines().any(|line| line.starts_with("Bcc")));
    }

    #[test]
    fn a_language_that_we_do_not_write_is_english() {
        for (tag, lang) in
            [("es-MX", Language::Es), ("KO", Language::Ko), ("fr", Language::En), ("", Language::En)]
        {
            assert_eq!(Language::of_tag(tag), lang);
        }
    }
}
