//! Letters: a purpose with its values, put into words in the person's language.
//!
//! The words are in `locales/<language>/mail.ftl`; every language has every message, and a test
//! holds them to it.

mod names;
mod values;

use fluent_templates::Loader as _;
use twofold_domain::delivery::{Channel, SpentBudget};
use twofold_domain::factor::FactorKind;
use twofold_domain::policy::Role;
use twofold_domain::time::{Span, Timestamp};
use zeroize::Zeroizing;

pub(super) use values::{Values, one_line};

use super::language::{Language, identifier};
use super::message::Message;
use super::wished::Wished;
use crate::zone::Zone;

fluent_templates::static_loader! {
    pub(super) static WORDS = {
        locales: "./locales",
        fallback_language: "en",
        // No invisible direction marks around values: they would end up in links and codes.
        customise: |bundle| bundle.set_use_isolating(false),
    };
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
    /// In which the account shows times.
    pub zone: &'a Zone,
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
    /// By SMS: a code of a number that is a factor, or becomes one.
    TextedCode {
        /// The code.
        code: Zeroizing<String>,
        /// How long it works.
        lasts: Span,
    },
    /// Notice, to the numbers before it too: codes go to another number.
    NumberAdded {
        /// Its last two digits.
        ending: String,
    },
    /// Notice, to the number itself too: no more codes go there.
    NumberRemoved {
        /// Its last two digits.
        ending: String,
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
    /// Notice: another address was asked for. Its link keeps the one they have.
    EmailChangeAsked {
        /// The link.
        link: Zeroizing<String>,
        /// How long it works.
        lasts: Span,
    },
    /// Notice: another address was asked for, by staff, or where staff said that the reader's is wrong. No link stops it.
    EmailChangeTold,
    /// To whoever of staff asked for another address of somebody, and to that address: it comes to nothing.
    CorrectionEnded {
        /// Whose.
        name: String,
    },
    /// Notice: the address that was asked for does not become theirs.
    EmailChangeCancelled,
    /// Notice: another address is theirs.
    EmailChanged,
    /// Notice: staff replaced the address, and what the reader of the one before could have is over.
    EmailReplaced,
    /// Notice: whoever reads an address before came in by a link that was mailed there, and it is theirs again.
    EmailGivenBack,
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
    /// Notice: one more factor was bound.
    FactorAdded {
        /// Of which kind.
        kind: FactorKind,
        /// What they call it.
        name: String,
    },
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
    /// Notice: a recovery code was used, and few are left.
    RecoveryCodesLow {
        /// How many are left.
        left: u8,
        /// Where new ones are made.
        page: String,
    },
    /// Notice: the last recovery code was used.
    RecoveryCodesExhausted {
        /// Where new ones are made.
        page: String,
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
        /// Whether a second factor is required of them.
        required: bool,
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
    /// To owners and admins: something that the account wished they were told.
    Wished(Wished),
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
    /// To owners and admins: messages by one way fail, whoever they are to.
    Outage {
        /// By which way.
        channel: Channel,
        /// How many in a row.
        failures: u16,
        /// The page of deliveries.
        page: String,
    },
    /// To owners and admins: a budget of the day is spent.
    BudgetSpent {
        /// Which.
        spent: SpentBudget,
        /// The page of deliveries.
        page: String,
    },
    /// A report that was ordered as a file is ready.
    ReportReady {
        /// Its name.
        report: String,
        /// The page where it is; it takes a session of theirs.
        page: String,
        /// Until when.
        until: Timestamp,
    },
    /// A report that was ordered as a file is not written.
    ReportNotWritten {
        /// Its name.
        report: String,
        /// The page that says why.
        page: String,
    },
    /// To the address that recovery uses: the sign-in is frozen; with the link back.
    Frozen {
        /// The link.
        link: Zeroizing<String>,
        /// How long it works.
        lasts: Span,
    },
    /// To the others: the same without the link.
    FrozenTold,
    /// To the same address: the link back to a sign-in that is frozen.
    WayBack {
        /// The link.
        link: Zeroizing<String>,
        /// How long it works.
        lasts: Span,
    },
    /// Notice: from an instant on the link back takes no second factor, unless somebody objects.
    ThawWaits {
        /// From when.
        from: Timestamp,
    },
    /// To the whole team: the same of an owner.
    OwnerThawWaits {
        /// From when.
        from: Timestamp,
    },
    /// Notice: that was stopped.
    ThawStopped,
    /// Notice: the sign-in works again, with a new password.
    Thawed,
    /// To the owners: the operator of the installation is let act inside the account.
    OperatorGranted {
        /// Until when.
        until: Timestamp,
    },
    /// To the owners: the operator acted inside the account.
    OperatorActed {
        /// The act's stable word.
        act: &'static str,
        /// When.
        at: Timestamp,
    },
    /// Notice: the operator made a link that sets their password.
    OperatorMadeLink,
    /// Notice: an administrator holds a ticket that binds a first factor.
    TicketIssued {
        /// How long it is good.
        lasts: Span,
    },
}

impl Letter {
    /// Puts it into the words of a mail.
    pub fn write(&self, to: &str, lang: Language, brand: Brand<'_>) -> Message {
        self.write_with(to, lang, brand, None)
    }

    /// The same with the link that says "this was not me".
    pub fn write_with(&self, to: &str, lang: Language, brand: Brand<'_>, not_me: Option<&str>) -> Message {
        let values = self.values(lang, brand);
        let words = |part: &str| WORDS.lookup_with_args(&identifier(lang), part, &values.of);
        let subject = words(&format!("{}-subject", self.name()));
        let body = Zeroizing::new(words(&format!("{}-body", self.name())));
        let denial = not_me.map_or_else(String::new, |link| {
            let mut values = Values::in_zone(brand.zone);
            values.text("link", link);
            ["\n\n", &WORDS.lookup_with_args(&identifier(lang), "not-me", &values.of)].concat()
        });
        let denial = Zeroizing::new(denial);
        let sandbox = if brand.sandbox { ["\n", &words("sandbox")].concat() } else { String::new() };
        let body = [body.as_str(), denial.as_str(), "\n\n", &words("signature"), &sandbox, "\n"].concat();
        let body = Zeroizing::new(body);
        Message { channel: Channel::Mail, to: Zeroizing::new(one_line(to)), subject, body, lang }
    }

    /// What its words are filled with.
    pub(super) fn values<'a>(&self, lang: Language, brand: Brand<'a>) -> Values<'a> {
        let mut values = Values::in_zone(brand.zone);
        values.text("product", brand.product);
        values.text("account", brand.account);
        match self {
            Self::Invitation { link, lasts }
            | Self::EmailChange { link, lasts }
            | Self::EmailChangeAsked { link, lasts }
            | Self::Reactivated { link, lasts }
            | Self::Frozen { link, lasts }
            | Self::WayBack { link, lasts } => {
                values.text("link", link);
                values.number("hours", lasts.whole_seconds() / 3_600);
            }
            Self::SetUp { link, lasts } | Self::PasswordReset { link, lasts } => {
                values.text("link", link);
                values.number("minutes", lasts.whole_seconds() / 60);
            }
            Self::NumberAdded { ending } | Self::NumberRemoved { ending } => values.text("ending", ending),
            Self::FactorAdded { kind, name } => {
                values.text("kind", &WORDS.lookup(&identifier(lang), &format!("kind-{}", kind.name())));
                values.text("name", name);
            }
            Self::FirstBindingCode { code, lasts }
            | Self::TextedCode { code, lasts }
            | Self::RecoveryRequest { code, lasts } => {
                values.text("code", code);
                values.number("minutes", lasts.whole_seconds() / 60);
            }
            Self::RecoveryCodeUsed { left } => values.number("left", i64::from(*left)),
            Self::RecoveryCodesLow { left, page } => {
                values.number("left", i64::from(*left));
                values.text("page", page);
            }
            Self::PolicyScheduled { begins_at } => values.instant("date", *begins_at),
            Self::DeviceTrusted { days } => values.number("days", i64::from(*days)),
            Self::ApiTokenIssued { name, days } => {
                values.text("name", name);
                values.number("days", i64::from(*days));
            }
            Self::RecoveryCodesExhausted { page } | Self::PasswordChangeDemanded { page } => {
                values.text("page", page);
            }
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
            | Self::OwnerRecoveryWaits { from }
            | Self::ThawWaits { from }
            | Self::OwnerThawWaits { from } => values.instant("from", *from),
            Self::RecoveryLink { link, until, required } => {
                values.text("required", if *required { "yes" } else { "no" });
                values.text("link", link);
                values.instant("until", *until);
            }
            Self::DeliveryTrouble { channel, failures, page } | Self::Outage { channel, failures, page } => {
                values.text("way", &WORDS.lookup(&identifier(lang), &format!("way-{}", channel.name())));
                values.number("failures", i64::from(*failures));
                values.text("page", page);
            }
            Self::BudgetSpent { spent, page } => {
                values.spent(lang, spent);
                values.text("page", page);
            }
            Self::ReportReady { report, page, until } => {
                values.text("report", report);
                values.text("page", page);
                values.instant("until", *until);
            }
            Self::ReportNotWritten { report, page } => {
                values.text("report", report);
                values.text("page", page);
            }
            Self::OperatorActed { act, at } => {
                let named = format!("operator-{}", act.replace('_', "-"));
                values.text("act", &WORDS.lookup(&identifier(lang), &named));
                values.instant("at", *at);
            }
            Self::Exempted { until } | Self::RecoveryGranted { until } | Self::OperatorGranted { until } => {
                values.instant("until", *until);
            }
            Self::TicketIssued { lasts } => values.number("hours", lasts.whole_seconds() / 3_600),
            Self::RoleChanged { role } => values.text("role", role.name()),
            Self::Wished(Wished { name, at, .. }) => {
                values.text("name", name.as_deref().unwrap_or("–"));
                values.instant("at", *at);
            }
            Self::CorrectionEnded { name } => values.text("name", name),
            Self::ProviderLinked { provider } | Self::ProviderUnlinked { provider } => {
                values.text("provider", provider);
            }
            Self::Test
            | Self::ResetCancelled
            | Self::RecoveryRefused
            | Self::RecoveryGrantRevoked
            | Self::ThawStopped
            | Self::Thawed
            | Self::OperatorMadeLink
            | Self::ExemptionEnded
            | Self::EmailTaken
            | Self::EmailChangeCancelled
            | Self::EmailChangeTold
            | Self::FrozenTold
            | Self::EmailChanged
            | Self::EmailReplaced
            | Self::EmailGivenBack
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

#[cfg(test)]
mod tests;
