//! What a letter is for, how long it is worth sending, and how it is said in a text message.

use fluent_templates::Loader as _;
use twofold_domain::delivery::{Channel, MessagePurpose, NOTICE_LIFE};
use twofold_domain::time::Span;
use zeroize::Zeroizing;

use super::language::{Language, identifier};
use super::letter::{Brand, Letter, Values, WORDS, one_line};
use super::message::Message;
use super::number::Number;

impl Letter {
    /// The names of what one act of staff sends to many, and for which nobody waits at a door: it goes behind the rest.
    pub const TO_MANY: [&str; 4] =
        ["invitation", "two-factor-disabled", "policy-scheduled", "policy-schedule-cancelled"];

    /// What it is for.
    pub const fn purpose(&self) -> MessagePurpose {
        self.errand().0
    }

    /// Whether it tells a person of something that they would have done themselves, or that a thief asks for: it
    /// carries the link that says "this was not me".
    pub const fn may_be_denied(&self) -> bool {
        self.errand().1
    }

    /// Whether it tells of what was done about a person's mailboxes: of a change of the address, a freeze, or the way
    /// back from one. What still waits is stopped by a link, which goes to whoever has the address, or had it just
    /// before.
    pub const fn is_about_mailboxes(&self) -> bool {
        matches!(
            self,
            Self::EmailChanged
                | Self::EmailReplaced
                | Self::EmailGivenBack
                | Self::FrozenTold
                | Self::ThawWaits { .. }
                | Self::ThawStopped
                | Self::Thawed
        )
    }

    /// What it is for, and whether it may be denied.
    const fn errand(&self) -> (MessagePurpose, bool) {
        match self {
            Self::RecoveryRequest { .. } => (MessagePurpose::Code, true),
            Self::FirstBindingCode { .. } | Self::TextedCode { .. } => (MessagePurpose::Code, false),
            Self::Invitation { .. } => (MessagePurpose::Invitation, false),
            Self::SetUp { .. }
            | Self::EmailChange { .. }
            | Self::Reactivated { .. }
            | Self::RecoveryLink { .. } => (MessagePurpose::Link, false),
            Self::PasswordReset { .. } | Self::WayBack { .. } => (MessagePurpose::OpenLink, false),
            Self::EmailChangeAsked { .. }
            | Self::EmailChangeCancelled
            | Self::FrozenTold
            | Self::EmailChanged
            | Self::EmailReplaced
            | Self::EmailGivenBack
            | Self::EmailChangeTold
            | Self::ProviderLinked { .. }
            | Self::ProviderUnlinked { .. }
            | Self::TwoFactorEnabled
            | Self::FactorAdded { .. }
            | Self::TwoFactorReset
            | Self::OwnTwoFactorDisabled
            | Self::FactorRemoved
            | Self::NumberAdded { .. }
            | Self::NumberRemoved { .. }
            | Self::RecoveryCodesReplaced
            | Self::RecoveryCodeUsed { .. }
            | Self::RecoveryCodesLow { .. }
            | Self::RecoveryCodesExhausted { .. }
            | Self::DeviceTrusted { .. }
            | Self::PasswordChanged
            | Self::ApiTokenIssued { .. }
            | Self::PasswordChangeDemanded { .. }
            | Self::ResetScheduled { .. }
            | Self::ResetCancelled
            | Self::RecoveryWaits { .. }
            | Self::RecoveryRefused
            | Self::RecoveryGranted { .. }
            | Self::RecoveryGrantRevoked
            | Self::Exempted { .. }
            | Self::TicketIssued { .. }
            | Self::ReportReady { .. }
            | Self::ReportNotWritten { .. }
            | Self::ThawWaits { .. }
            | Self::Thawed
            | Self::OperatorMadeLink => (MessagePurpose::Notice, true),
            // It tells that nobody can sign in, and brings the way back beside: no budget silences it.
            Self::Frozen { .. }
            | Self::EmailTaken
            | Self::CorrectionEnded { .. }
            | Self::Deactivated
            | Self::RoleChanged { .. }
            | Self::TwoFactorDisabled
            | Self::PolicyScheduled { .. }
            | Self::PolicyScheduleCancelled
            | Self::ApprovalAsked { .. }
            | Self::ApprovalWaits { .. }
            | Self::ApprovalUsed { .. }
            | Self::ApprovalCancelled { .. }
            | Self::OwnerRecoveryWaits { .. }
            | Self::ExemptionEnded
            | Self::OwnerThawWaits { .. }
            | Self::ThawStopped
            | Self::OperatorGranted { .. }
            | Self::OperatorActed { .. }
            | Self::Test
            | Self::DeliveryTrouble { .. }
            | Self::Outage { .. }
            | Self::BudgetSpent { .. }
            | Self::Wished(_) => (MessagePurpose::Notice, false),
        }
    }

    /// How long it is worth sending: as long as what it brings is good, and a notice for days.
    pub const fn worth_sending(&self) -> Span {
        match self {
            Self::FirstBindingCode { lasts, .. }
            | Self::TextedCode { lasts, .. }
            | Self::RecoveryRequest { lasts, .. }
            | Self::Invitation { lasts, .. }
            | Self::SetUp { lasts, .. }
            | Self::PasswordReset { lasts, .. }
            | Self::EmailChange { lasts, .. }
            | Self::Frozen { lasts, .. }
            | Self::WayBack { lasts, .. }
            | Self::Reactivated { lasts, .. } => *lasts,
            _ => NOTICE_LIFE,
        }
    }

    /// Puts it into the words of a text message: one line, which names the product and the account, too.
    pub fn text(&self, to: &Number, lang: Language, brand: Brand<'_>) -> Message {
        let mut values = self.values(lang, brand);
        let words =
            |part: &str, values: &Values<'_>| WORDS.try_lookup_with_args(&identifier(lang), part, &values.of);
        let own = words(&format!("{}-text", self.name()), &values);
        let line = own.or_else(|| {
            let subject = words(&format!("{}-subject", self.name()), &values)?;
            values.text("subject", &subject);
            words("notice-text", &values)
        });
        let sandbox = brand.sandbox.then(|| words("sandbox", &values)).flatten();
        let line = Zeroizing::new([line, sandbox].into_iter().flatten().collect::<Vec<_>>().join(" "));
        Message {
            channel: Channel::Sms,
            to: Zeroizing::new(to.to_string()),
            subject: String::new(),
            body: Zeroizing::new(one_line(&line)),
            lang,
        }
    }
}

/// What a message is called, by the stable name of its words: the subject of its mail.
pub fn subject(letter: &str, lang: Language, brand: Brand<'_>) -> Option<String> {
    let mut values = Values::in_zone(brand.zone);
    values.text("product", brand.product);
    values.text("account", brand.account);
    WORDS.try_lookup_with_args(&identifier(lang), &format!("{letter}-subject"), &values.of)
}

/// A message that says nothing but that messages arrive. For the operator, who asks whether they do.
pub fn test_message(to: &str, number: Option<&Number>, lang: Language, brand: Brand<'_>) -> Message {
    match number {
        Some(number) => Letter::Test.text(number, lang, brand),
        None => Letter::Test.write(to, lang, brand),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::Zone;

    const BRAND: Brand<'_> = Brand { product: "Twofold", account: "Acme", sandbox: false, zone: &Zone::UTC };

    fn number() -> Number {
        "+34612345678".parse().unwrap()
    }

    #[test]
    fn a_text_message_is_one_line_that_names_product_and_account() {
        let lasts = Span::minutes(10);
        let code = Letter::FirstBindingCode { code: Zeroizing::new("1234 5678".to_owned()), lasts };
        for lang in Language::ALL {
            for letter in [&code, &Letter::PasswordChanged, &Letter::TwoFactorReset] {
                let message = letter.text(&number(), lang, Brand { sandbox: true, ..BRAND });
                let text = message.body.as_str();
                assert!(text.contains("Twofold") && text.contains("Acme"), "{text}");
                assert!(!text.contains(['\r', '\n']), "{text}");
                let coded = letter.purpose() == MessagePurpose::Code;
                assert_eq!(text.contains("1234 5678") && text.contains("10"), coded, "{text}");
                assert_eq!((message.channel, message.to.as_str()), (Channel::Sms, "+34612345678"));
            }
        }
    }

    #[test]
    fn what_lets_somebody_in_is_worth_sending_as_long_as_it_does() {
        let code = Zeroizing::new("1234 5678".to_owned());
        let letter = Letter::FirstBindingCode { code, lasts: Span::minutes(10) };
        assert_eq!((letter.purpose(), letter.worth_sending()), (MessagePurpose::Code, Span::minutes(10)));
        let letter = Letter::Invitation { link: Zeroizing::new(String::new()), lasts: Span::hours(72) };
        assert_eq!((letter.purpose(), letter.worth_sending()), (MessagePurpose::Invitation, Span::hours(72)));
        let letter = Letter::TwoFactorReset;
        assert_eq!((letter.purpose(), letter.worth_sending()), (MessagePurpose::Notice, NOTICE_LIFE));
    }

    #[test]
    fn a_message_is_called_by_its_subject() {
        assert!(subject("password-changed", Language::En, BRAND).is_some_and(|text| text.contains("Acme")));
        assert_eq!(subject("no-such-letter", Language::En, BRAND), None);
    }
}
