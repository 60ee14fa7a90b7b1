//! Events of people.

use serde_json::Value;
use twofold_domain::factor::FactorKind;
use twofold_domain::ids::UserId;
use twofold_domain::user::{LinkPurpose, PasswordAccess, UserEvent};

use super::{
    Changing, Factor, Managing, Mapped, Severity, Signing, base, changing, granting, managing, signing, thing,
};
use crate::fact::Fact;

const fn factor(kind: FactorKind) -> Factor {
    match kind {
        FactorKind::Totp => Factor::Otp,
        FactorKind::Token => Factor::HardwareToken,
        FactorKind::Sms => Factor::Sms,
        FactorKind::Webauthn => Factor::WebAuthn,
    }
}

#[expect(clippy::match_same_arms, reason = "a table, in the order of what people live through")]
pub(super) fn map(fact: &Fact, user: UserId, event: &UserEvent) -> Mapped {
    use UserEvent as E;
    let who = super::user(user);
    let sign = |activity| signing(activity, &who, fact);
    let change = |activity| changing(activity, &who);
    match event {
        E::UserRegistered { .. } => change(Changing::Create),
        E::LinkIssued { purpose: LinkPurpose::PasswordReset, .. } => change(Changing::PasswordReset),
        E::LinkIssued { .. } | E::LinkRedeemed { .. } | E::EmailVerified { .. } => change(Changing::Other),
        E::PasswordSet { .. } | E::PasswordClaimed { .. } => change(Changing::PasswordChange),
        E::PasswordRehashed { .. } => change(Changing::Other),
        E::PasswordChangeDemanded { .. } => change(Changing::PasswordReset).severe(Severity::High),
        E::PasswordAccepted { .. } => sign(Signing::Preauth),
        E::PasswordRejected { .. } => sign(Signing::Logon).failed("wrong password"),
        E::MailedCodeIssued { .. } => sign(Signing::Other).factor(Factor::Mail),
        E::MailedCodeAccepted { .. } => sign(Signing::Preauth).factor(Factor::Mail),
        E::MailedCodeRejected { refusal, .. } => {
            sign(Signing::Preauth).failed(refusal.name()).factor(Factor::Mail)
        }
        E::OtpAccepted { .. } => sign(Signing::Preauth).second(Factor::Otp),
        E::SmsCodeIssued { .. } => sign(Signing::Other).factor(Factor::Sms),
        E::SmsCodeAccepted { .. } => sign(Signing::Preauth).second(Factor::Sms),
        E::AssertionAccepted { .. } => sign(Signing::Preauth).second(Factor::WebAuthn),
        E::RecoveryCodeUsed { .. } | E::RecoveryGrantUsed { .. } => {
            sign(Signing::Preauth).second(Factor::Other).severe(Severity::Medium)
        }
        E::ProofRejected { refusal, .. } => sign(Signing::Logon).failed(refusal.name()),
        E::PasswordAccessUsed { outcome, .. } => {
            let word: &'static str = (*outcome).into();
            match outcome {
                PasswordAccess::Allowed | PasswordAccess::Warned => sign(Signing::Logon),
                PasswordAccess::Refused => sign(Signing::Logon).failed(word),
            }
            .with("auth_protocol_id", 11.into())
        }
        E::LockedOut { .. } => change(Changing::Lock).severe(Severity::Medium),
        E::Unlocked { .. } => change(Changing::Unlock).severe(Severity::Medium),
        E::FactorEnrolmentStarted { detail, .. } => change(Changing::Other).factor(factor(detail.kind())),
        E::FactorConfirmed { .. } => change(Changing::FactorEnable),
        E::FactorClaimed { detail, .. } => change(Changing::FactorEnable).factor(factor(detail.kind())),
        E::TwoFactorEnabled { .. } => change(Changing::FactorEnable).severe(Severity::Medium),
        E::FactorRemoved { .. } => change(Changing::FactorDisable).severe(Severity::Medium),
        E::TwoFactorDisabled { .. } | E::TwoFactorReset { .. } => {
            change(Changing::FactorDisable).severe(Severity::High)
        }
        E::TwoFactorResetScheduled { .. }
        | E::TwoFactorResetCancelled { .. }
        | E::RecoveryRequested { .. }
        | E::RecoveryGranted { .. }
        | E::RecoveryCodeRevealed { .. }
        | E::RecoveryGrantRevoked { .. }
        | E::RecoveryCompleted { .. }
        | E::EnrolmentTicketIssued { .. }
        | E::EnrolmentTicketUsed { .. } => change(Changing::Other).severe(Severity::Medium),
        E::RecoveryRefused { why, .. } => {
            let why: &'static str = (*why).into();
            change(Changing::Other).failed(why).severe(Severity::Medium)
        }
        E::HelpRefused { why, .. } => {
            let why: &'static str = (*why).into();
            change(Changing::Other).failed(why).severe(Severity::Medium)
        }
        E::StaffResetAsked { .. } | E::HelpCharged { .. } => change(Changing::Other),
        E::EnrolmentTicketRejected { .. } => change(Changing::Other).failed("wrong ticket"),
        E::ExemptionGranted { .. } => change(Changing::DetachPolicy).severe(Severity::High),
        E::ExemptionEnded { .. } => change(Changing::AttachPolicy),
        E::RecoveryCodesGenerated { .. } | E::RecoveryCodesRegenerated { .. } => {
            change(Changing::Other).factor(Factor::Other)
        }
        E::RecoveryCodesLow { .. } | E::RecoveryCodesExhausted { .. } => {
            change(Changing::Other).severe(Severity::Low)
        }
        E::FactorDriftFound { .. } | E::FactorRenamed { .. } | E::FactorPreferred { .. } => {
            change(Changing::Other)
        }
        E::TokenAssigned { .. } | E::TokenWithdrawn { .. } => {
            change(Changing::Other).factor(Factor::HardwareToken)
        }
        E::EmailChangeRequested { .. }
        | E::EmailChanged { .. }
        | E::EmailChangeCancelled { .. }
        | E::IdentityProviderLinked { .. }
        | E::IdentityProviderUnlinked { .. } => change(Changing::Other).severe(Severity::Medium),
        E::UserRenamed { .. } | E::LanguageChanged { .. } | E::GroupsChanged { .. } => {
            change(Changing::Other)
        }
        E::RoleChanged { to, .. } => granting(true, &who, &[to.name()]).severe(Severity::Medium),
        E::UserDeactivated { .. } => change(Changing::Disable).severe(Severity::Medium),
        E::UserFrozen { .. } => change(Changing::Disable).severe(Severity::High),
        E::ThawAllowed { .. } | E::ThawStopped { .. } => change(Changing::Other).severe(Severity::Medium),
        E::UserThawed { .. } => change(Changing::Enable).severe(Severity::Medium),
        E::UserReactivated { .. } => change(Changing::Enable).severe(Severity::Medium),
        E::ApiTokenIssued { scopes, .. } => {
            let scopes: Vec<&str> = scopes.iter().map(|scope| scope.name()).collect();
            granting(true, &who, &scopes)
        }
        E::ApiTokenRevoked { token, .. } => managing(Managing::Delete, &thing("token", token)),
        E::DeviceReportedLost { device } => {
            let device: Value = serde_json::json!({ "uid": device.to_string(), "type_id": 1 });
            managing(Managing::Disable, &device).severe(Severity::Medium)
        }
        E::MessageSent { .. } => base(),
        E::MessageFailed { why, .. } => base().failed(why.name()),
        E::PersonErased { .. } => change(Changing::Delete).severe(Severity::High),
    }
}
