//! Which events put something in the place of something else: what each sets, and which others set the same.
//!
//! Secrets are not here: of a password, a seed, or a code the log never held more than a handle. Nor is what begins
//! and ends under an id of its own, as sessions and links do.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Value as Json, json};
use strum::IntoStaticStr;
use twofold_domain::account::AccountEvent;
use twofold_domain::device::DeviceEvent;
use twofold_domain::user::UserEvent;

use crate::fact::Event;

/// A value that events of one stream set, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub(super) enum Held {
    TwoFactor,
    Generation,
    Profile,
    ClockAhead,
    GroupName,
    ProgramName,
    Name,
    Email,
    Language,
    Groups,
    FactorName,
    FactorDrift,
    PreferredFactor,
    RecoveryCodes,
    ExemptUntil,
    ProviderSubject,
}

impl Held {
    /// The names of the events that set it; all are of one kind of stream.
    pub(super) const fn set_by(self) -> &'static [&'static str] {
        match self {
            Self::TwoFactor => &[
                "AccountOpened",
                "AccountTwoFactorDisabled",
                "AccountTwoFactorEnabled",
                "AccountTwoFactorSuspended",
                "AccountTwoFactorResumed",
            ],
            Self::Generation => &["AccountOpened", "AccountTwoFactorDisabled"],
            Self::Profile => &["AccountOpened", "ProfileChosen"],
            Self::ClockAhead => &["AccountOpened", "SandboxClockSet"],
            Self::GroupName => &["GroupCreated", "GroupRenamed", "GroupDeleted"],
            Self::ProgramName => &["ClientRegistered", "ClientRemoved"],
            Self::Name => &["UserRegistered", "UserRenamed"],
            Self::Email => &["UserRegistered", "EmailChanged"],
            Self::Language => &["UserRegistered", "LanguageChanged"],
            Self::Groups => &["UserRegistered", "GroupsChanged"],
            Self::FactorName => &["FactorEnrolmentStarted", "FactorClaimed", "FactorRenamed"],
            Self::FactorDrift => &["FactorEnrolmentStarted", "FactorClaimed", "FactorDriftFound"],
            Self::PreferredFactor => &[
                "TwoFactorEnabled",
                "FactorPreferred",
                "FactorRemoved",
                "TwoFactorDisabled",
                "TwoFactorReset",
                "PersonErased",
            ],
            Self::RecoveryCodes => &[
                "RecoveryCodesGenerated",
                "RecoveryCodesRegenerated",
                "TwoFactorDisabled",
                "TwoFactorReset",
                "PersonErased",
            ],
            Self::ExemptUntil => &[
                "UserRegistered",
                "ExemptionGranted",
                "ExemptionEnded",
                "RoleChanged",
                "UserDeactivated",
                "UserFrozen",
                "PersonErased",
            ],
            Self::ProviderSubject => &["IdentityProviderLinked", "IdentityProviderUnlinked"],
        }
    }
}

/// What an event says of a value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum To {
    /// It is this from now on.
    Is(Json),
    /// It was this from the start of what it belongs to: it took no other's place.
    Began(Json),
    /// It is nothing any more, where it was this.
    IsNot(Json),
}

/// One value that an event sets: which, of what within the stream, and to what.
pub(super) struct Sets(pub(super) Held, pub(super) Option<String>, pub(super) To);

impl Sets {
    fn is(held: Held, to: impl Serialize) -> Self {
        Self(held, None, To::Is(json!(to)))
    }

    fn began(held: Held, to: impl Serialize) -> Self {
        Self(held, None, To::Began(json!(to)))
    }

    fn of(self, of: &impl ToString) -> Self {
        Self(self.0, Some(of.to_string()), self.2)
    }
}

/// What an event sets without saying what it was before.
pub(super) fn sets(event: &Event) -> Vec<Sets> {
    match event {
        Event::Account(event) => of_account(event),
        Event::User(_, event) => of_user(event),
        Event::Device(_, event) => of_device(event),
        Event::Reading(_) => vec![],
    }
}

fn of_account(event: &AccountEvent) -> Vec<Sets> {
    use AccountEvent as E;
    match event {
        E::AccountOpened { .. } => vec![
            Sets::began(Held::TwoFactor, "on"),
            Sets::began(Held::Generation, 0),
            Sets::began(Held::Profile, Json::Null),
            Sets::began(Held::ClockAhead, 0),
        ],
        E::AccountTwoFactorDisabled { generation, .. } => {
            vec![Sets::is(Held::TwoFactor, "off"), Sets::is(Held::Generation, generation)]
        }
        E::AccountTwoFactorEnabled { .. } | E::AccountTwoFactorResumed { .. } => {
            vec![Sets::is(Held::TwoFactor, "on")]
        }
        E::AccountTwoFactorSuspended { .. } => vec![Sets::is(Held::TwoFactor, "suspended")],
        E::ProfileChosen { profile, .. } => vec![Sets::is(Held::Profile, profile)],
        E::GroupCreated { group, name, .. } => vec![Sets::began(Held::GroupName, name).of(group)],
        E::GroupRenamed { group, name } => vec![Sets::is(Held::GroupName, name).of(group)],
        E::GroupDeleted { group } => vec![Sets::is(Held::GroupName, Json::Null).of(group)],
        E::ClientRegistered { client, name, .. } => vec![Sets::began(Held::ProgramName, name).of(client)],
        E::ClientRemoved { client, .. } => vec![Sets::is(Held::ProgramName, Json::Null).of(client)],
        E::SandboxClockSet { to, real } => vec![Sets::is(Held::ClockAhead, to.micros() - real.micros())],
        // These say it themselves, or take what was saved and scheduled to say: `own`.
        E::PolicyChanged { .. }
        | E::OwnerFloorChanged { .. }
        | E::GovernanceChanged { .. }
        | E::AccountSettingsChanged { .. }
        | E::PolicyScheduled { .. }
        | E::PolicyScheduleCancelled { .. }
        // These begin, end, or count something, and set nothing in another's place.
        | E::ResetFanOutCompleted { .. }
        | E::ClientTokenIssued { .. }
        | E::ClientTokenRevoked { .. }
        | E::HardwareTokensImported { .. }
        | E::ApprovalRequested { .. }
        | E::ApprovalUsed { .. }
        | E::ApprovalCancelled { .. }
        | E::AccountClosed { .. }
        | E::SignInsRefused { .. }
        | E::ForeignPasswordsArrived { .. }
        | E::ForeignPasswordsGone { .. }
        | E::DeliveryTroubleRaised { .. }
        | E::OutageRaised { .. }
        | E::BudgetSpent { .. }
        | E::OperatorGranted { .. }
        | E::OperatorGrantRevoked { .. }
        | E::OperatorActed { .. } => vec![],
    }
}

fn of_user(event: &UserEvent) -> Vec<Sets> {
    use UserEvent as E;
    let ended =
        || vec![Sets::began(Held::PreferredFactor, Json::Null), Sets::began(Held::RecoveryCodes, Json::Null)];
    match event {
        E::UserRegistered { name, email, language, .. } => vec![
            Sets::began(Held::Name, name),
            Sets::began(Held::Email, email),
            Sets::began(Held::Language, language),
            Sets::began(Held::Groups, BTreeSet::<String>::new()),
            Sets::began(Held::ExemptUntil, Json::Null),
        ],
        E::UserRenamed { name } => vec![Sets::is(Held::Name, name)],
        E::EmailChanged { email, .. } => vec![Sets::is(Held::Email, email)],
        E::LanguageChanged { language } => vec![Sets::is(Held::Language, language)],
        E::GroupsChanged { groups, .. } => vec![Sets::is(Held::Groups, groups)],
        E::FactorEnrolmentStarted { factor, name, .. } | E::FactorClaimed { factor, name, .. } => vec![
            Sets::began(Held::FactorName, name).of(factor),
            Sets::began(Held::FactorDrift, 0).of(factor),
        ],
        E::FactorRenamed { factor, name } => vec![Sets::is(Held::FactorName, name).of(factor)],
        E::FactorDriftFound { factor, drift } => vec![Sets::is(Held::FactorDrift, drift).of(factor)],
        E::TwoFactorEnabled { .. } => vec![Sets::began(Held::PreferredFactor, Json::Null)],
        E::FactorPreferred { factor } => vec![Sets::is(Held::PreferredFactor, factor)],
        E::FactorRemoved { factor } => {
            vec![Sets(Held::PreferredFactor, None, To::IsNot(json!(factor)))]
        }
        E::TwoFactorDisabled { .. } | E::TwoFactorReset { .. } => ended(),
        E::RecoveryCodesGenerated { set, .. } => vec![Sets::began(Held::RecoveryCodes, set)],
        E::RecoveryCodesRegenerated { set, .. } => vec![Sets::is(Held::RecoveryCodes, set)],
        E::ExemptionGranted { until, .. } => vec![Sets::is(Held::ExemptUntil, until)],
        E::ExemptionEnded { .. }
        | E::RoleChanged { .. }
        | E::UserDeactivated { .. }
        | E::UserFrozen { .. } => vec![Sets::is(Held::ExemptUntil, Json::Null)],
        E::IdentityProviderLinked { provider, subject, .. } => {
            vec![Sets::is(Held::ProviderSubject, subject).of(provider)]
        }
        E::IdentityProviderUnlinked { provider, .. } => {
            vec![Sets::is(Held::ProviderSubject, Json::Null).of(provider)]
        }
        E::PersonErased { .. } => {
            ended().into_iter().chain([Sets::is(Held::ExemptUntil, Json::Null)]).collect()
        }
        // Secrets, of which there is nothing to compare.
        E::PasswordSet { .. }
        | E::PasswordClaimed { .. }
        | E::PasswordRehashed { .. }
        // Tries, proofs, and refusals.
        | E::PasswordAccepted { .. }
        | E::PasswordRejected { .. }
        | E::MailedCodeIssued { .. }
        | E::MailedCodeAccepted { .. }
        | E::MailedCodeRejected { .. }
        | E::OtpAccepted { .. }
        | E::SmsCodeIssued { .. }
        | E::SmsCodeAccepted { .. }
        | E::AssertionAccepted { .. }
        | E::RecoveryCodeUsed { .. }
        | E::RecoveryCodesLow { .. }
        | E::RecoveryCodesExhausted { .. }
        | E::ProofRejected { .. }
        | E::PasswordChangeDemanded { .. }
        | E::LockedOut { .. }
        | E::Unlocked { .. }
        | E::HelpRefused { .. }
        | E::RecoveryRefused { .. }
        | E::EnrolmentTicketRejected { .. }
        | E::PasswordAccessUsed { .. }
        // Things that begin and end, each under an id of its own.
        | E::LinkIssued { .. }
        | E::LinkRedeemed { .. }
        | E::EmailVerified { .. }
        | E::FactorConfirmed { .. }
        | E::TokenAssigned { .. }
        | E::TokenWithdrawn { .. }
        | E::TwoFactorResetScheduled { .. }
        | E::TwoFactorResetCancelled { .. }
        | E::RecoveryRequested { .. }
        | E::RecoveryGranted { .. }
        | E::RecoveryCodeRevealed { .. }
        | E::RecoveryGrantUsed { .. }
        | E::RecoveryGrantRevoked { .. }
        | E::RecoveryCompleted { .. }
        | E::ThawAllowed { .. }
        | E::ThawStopped { .. }
        | E::UserThawed { .. }
        | E::StaffResetAsked { .. }
        | E::HelpCharged { .. }
        | E::EnrolmentTicketIssued { .. }
        | E::EnrolmentTicketUsed { .. }
        | E::EmailChangeRequested { .. }
        | E::EmailChangeCancelled { .. }
        | E::UserReactivated { .. }
        | E::ApiTokenIssued { .. }
        | E::ApiTokenRevoked { .. }
        | E::DeviceReportedLost { .. }
        | E::MessageSent { .. }
        | E::MessageFailed { .. } => vec![],
    }
}

/// Devices have trust and sessions, which begin and end; nothing of theirs takes another's place.
fn of_device(event: &DeviceEvent) -> Vec<Sets> {
    use DeviceEvent as E;
    match event {
        E::DeviceRegistered { .. }
        | E::SignInStarted { .. }
        | E::SignInCompleted { .. }
        | E::ProofCameLate { .. }
        | E::SessionStarted { .. }
        | E::SessionSteppedUp { .. }
        | E::SessionRenewed { .. }
        | E::SessionReauthorised { .. }
        | E::SessionActive { .. }
        | E::SessionEnded { .. }
        | E::DeviceTrusted { .. }
        | E::DeviceDistrusted { .. }
        | E::DeviceTokenRotated { .. }
        | E::ApiTokenUsed { .. } => vec![],
    }
}

/// What an event says of before and after itself.
pub(super) fn own(event: &Event) -> Option<(&'static str, Json, Json)> {
    match event {
        Event::Account(event) => match event {
            AccountEvent::PolicyChanged { before, after, .. } => {
                Some(("policy", json!(before), json!(after)))
            }
            AccountEvent::OwnerFloorChanged { before, after, .. } => {
                Some(("floor", json!(before), json!(after)))
            }
            AccountEvent::GovernanceChanged { before, after, .. } => {
                Some(("governance", json!(before), json!(after)))
            }
            AccountEvent::AccountSettingsChanged { before, after, .. } => {
                Some(("settings", json!(before), json!(after)))
            }
            _ => None,
        },
        Event::User(_, UserEvent::RoleChanged { from, to, .. }) => Some(("role", json!(from), json!(to))),
        Event::User(..) | Event::Device(..) | Event::Reading(_) => None,
    }
}

#[cfg(test)]
mod spec {
    use std::collections::BTreeMap;

    use super::*;
    use crate::fact::samples;

    /// Rules: S6.
    #[test]
    fn the_events_that_set_a_value_are_those_that_are_looked_for() {
        let mut found: BTreeMap<Held, BTreeSet<&str>> = BTreeMap::new();
        for fact in samples() {
            for Sets(held, ..) in sets(&fact.event) {
                found.entry(held).or_default().insert(fact.event.name());
            }
        }
        for (held, names) in found {
            assert_eq!(names, held.set_by().iter().copied().collect(), "{held:?}");
        }
    }

    /// Rules: S6.
    #[test]
    fn an_event_that_says_what_was_before_is_answered_by_itself() {
        for fact in samples() {
            let whole = match &fact.event {
                Event::Account(event) => json!(event),
                Event::User(_, event) => json!(event),
                Event::Device(_, event) => json!(event),
                Event::Reading(event) => json!(event),
            };
            let says = &whole[fact.event.name()];
            let both = says.get("before").is_some() && says.get("after").is_some();
            let role = says.get("from").is_some_and(Json::is_string) && says.get("to").is_some();
            assert_eq!(own(&fact.event).is_some(), both || role, "{}", fact.event.name());
        }
    }
}
