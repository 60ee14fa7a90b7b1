//! What changes with every sign-in: last use, recovery codes left, last sign-in. Narrow, because its history
//! is the longest of all.

use std::collections::BTreeSet;

use twofold_domain::device::DeviceEvent;
use twofold_domain::ids::{FactorId, UserId};
use twofold_domain::time::Timestamp;
use twofold_domain::user::{PasswordAccess, UserEvent};

use crate::fact::{Event, Fact};
use crate::record::record;
use crate::view::{Keeps, Table, View};

/// The view.
pub enum UserActivity {}

record! {
    /// How a person used their second factor of late.
    pub struct ActivityRow {
        /// Who.
        pub user_id: UserId,
        /// When a second factor was last accepted; nothing once it was reset or ended.
        pub last_used_at: Option<Timestamp>,
        /// Recovery codes that can still be used; nothing without a set of them.
        pub codes_left: Option<u8>,
        /// When they last signed in, however they did.
        pub last_sign_in_at: Option<Timestamp>,
        /// When their password last opened the API.
        pub password_used_at: Option<Timestamp>,
        /// Factors that came along from elsewhere, and were never shown here.
        pub claimed: BTreeSet<FactorId>,
    }
}

impl View for UserActivity {
    type Row = ActivityRow;
    type Key = UserId;
    const TABLE: Table = Table { keeps: Keeps::History, ..Table::of("user_activity", "user_id") };

    fn key(fact: &Fact) -> Option<UserId> {
        let touches = match &fact.event {
            Event::Account(_) | Event::Reading(_) => false,
            Event::User(_, event) => match event {
                UserEvent::FactorConfirmed { .. }
                | UserEvent::FactorClaimed { .. }
                | UserEvent::FactorRemoved { .. }
                | UserEvent::RecoveryCodesGenerated { .. }
                | UserEvent::RecoveryCodesRegenerated { .. }
                | UserEvent::OtpAccepted { .. }
                | UserEvent::SmsCodeAccepted { .. }
                | UserEvent::AssertionAccepted { .. }
                | UserEvent::RecoveryCodeUsed { .. }
                | UserEvent::PasswordAccessUsed { .. }
                | UserEvent::TwoFactorDisabled { .. }
                | UserEvent::TwoFactorReset { .. }
                | UserEvent::PersonErased { .. } => true,
                UserEvent::UserRegistered { .. }
                | UserEvent::LinkIssued { .. }
                | UserEvent::LinkRedeemed { .. }
                | UserEvent::EmailVerified { .. }
                | UserEvent::PasswordSet { .. }
                | UserEvent::PasswordAccepted { .. }
                | UserEvent::PasswordRejected { .. }
                | UserEvent::PasswordChangeDemanded { .. }
                | UserEvent::MailedCodeIssued { .. }
                | UserEvent::MailedCodeAccepted { .. }
                | UserEvent::MailedCodeRejected { .. }
                | UserEvent::FactorEnrolmentStarted { .. }
                | UserEvent::FactorDriftFound { .. }
                | UserEvent::SmsCodeIssued { .. }
                | UserEvent::FactorRenamed { .. }
                | UserEvent::FactorPreferred { .. }
                | UserEvent::TokenAssigned { .. }
                | UserEvent::TokenWithdrawn { .. }
                | UserEvent::TwoFactorEnabled { .. }
                | UserEvent::RecoveryCodesLow { .. }
                | UserEvent::RecoveryCodesExhausted { .. }
                | UserEvent::ProofRejected { .. }
                | UserEvent::LockedOut { .. }
                | UserEvent::Unlocked { .. }
                | UserEvent::TwoFactorResetScheduled { .. }
                | UserEvent::StaffResetAsked { .. }
                | UserEvent::HelpCharged { .. }
                | UserEvent::RecoveryRequested { .. }
                | UserEvent::RecoveryRefused { .. }
                | UserEvent::RecoveryGranted { .. }
                | UserEvent::RecoveryCodeRevealed { .. }
                | UserEvent::RecoveryGrantUsed { .. }
                | UserEvent::RecoveryGrantRevoked { .. }
                | UserEvent::RecoveryCompleted { .. }
                | UserEvent::UserFrozen { .. }
                | UserEvent::ThawAllowed { .. }
                | UserEvent::ThawStopped { .. }
                | UserEvent::UserThawed { .. }
                | UserEvent::TwoFactorResetCancelled { .. }
                | UserEvent::ExemptionGranted { .. }
                | UserEvent::ExemptionEnded { .. }
                | UserEvent::EnrolmentTicketIssued { .. }
                | UserEvent::EnrolmentTicketRejected { .. }
                | UserEvent::EnrolmentTicketUsed { .. }
                | UserEvent::PasswordClaimed { .. }
                | UserEvent::PasswordRehashed { .. }
                | UserEvent::EmailChangeRequested { .. }
                | UserEvent::EmailChanged { .. }
                | UserEvent::EmailChangeCancelled { .. }
                | UserEvent::HelpRefused { .. }
                | UserEvent::UserRenamed { .. }
                | UserEvent::LanguageChanged { .. }
                | UserEvent::RoleChanged { .. }
                | UserEvent::GroupsChanged { .. }
                | UserEvent::UserDeactivated { .. }
                | UserEvent::UserReactivated { .. }
                | UserEvent::IdentityProviderLinked { .. }
                | UserEvent::IdentityProviderUnlinked { .. }
                | UserEvent::ApiTokenIssued { .. }
                | UserEvent::ApiTokenRevoked { .. }
                | UserEvent::MessageSent { .. }
                | UserEvent::MessageFailed { .. }
                | UserEvent::DeviceReportedLost { .. } => false,
            },
            Event::Device(_, event) => match event {
                DeviceEvent::SessionStarted { .. } => true,
                DeviceEvent::DeviceRegistered { .. }
                | DeviceEvent::SignInStarted { .. }
                | DeviceEvent::ProofCameLate { .. }
                | DeviceEvent::SignInCompleted { .. }
                | DeviceEvent::SessionSteppedUp { .. }
                | DeviceEvent::SessionRenewed { .. }
                | DeviceEvent::SessionActive { .. }
                | DeviceEvent::SessionEnded { .. }
                | DeviceEvent::SessionReauthorised { .. }
                | DeviceEvent::ApiTokenUsed { .. }
                | DeviceEvent::DeviceTrusted { .. }
                | DeviceEvent::DeviceTokenRotated { .. }
                | DeviceEvent::DeviceDistrusted { .. } => false,
            },
        };
        fact.subject.filter(|_| touches)
    }

    fn apply(row: Option<ActivityRow>, user_id: UserId, fact: &Fact) -> Option<ActivityRow> {
        let mut row = row.unwrap_or(ActivityRow {
            user_id,
            last_used_at: None,
            codes_left: None,
            last_sign_in_at: None,
            password_used_at: None,
            claimed: BTreeSet::new(),
        });
        match &fact.event {
            Event::User(_, UserEvent::FactorClaimed { factor, .. }) => {
                row.claimed.insert(*factor);
            }
            Event::User(_, UserEvent::FactorRemoved { factor }) => {
                row.claimed.remove(factor);
            }
            Event::User(_, UserEvent::OtpAccepted { factor, at, .. }) => {
                row.claimed.remove(factor);
                row.last_used_at = Some(*at);
            }
            Event::User(
                _,
                UserEvent::FactorConfirmed { at, .. }
                | UserEvent::SmsCodeAccepted { at, .. }
                | UserEvent::AssertionAccepted { at, .. },
            ) => row.last_used_at = Some(*at),
            Event::User(_, UserEvent::RecoveryCodeUsed { left, at, .. }) => {
                row.last_used_at = Some(*at);
                row.codes_left = Some(*left);
            }
            Event::User(
                _,
                UserEvent::RecoveryCodesGenerated { count, .. }
                | UserEvent::RecoveryCodesRegenerated { count, .. },
            ) => row.codes_left = Some(*count),
            Event::User(
                _,
                UserEvent::TwoFactorDisabled { .. }
                | UserEvent::TwoFactorReset { .. }
                | UserEvent::PersonErased { .. },
            ) => {
                (row.last_used_at, row.codes_left) = (None, None);
                row.claimed.clear();
            }
            Event::User(_, UserEvent::PasswordAccessUsed { outcome, at, .. }) => {
                if *outcome != PasswordAccess::Refused {
                    row.password_used_at = Some(*at);
                }
            }
            Event::Device(_, DeviceEvent::SessionStarted { at, .. }) => row.last_sign_in_at = Some(*at),
            // `key` names everything that matters, without a catch-all.
            Event::Account(_) | Event::User(..) | Event::Device(..) | Event::Reading(_) => {}
        }
        Some(row)
    }
}
