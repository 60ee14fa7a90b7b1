//! Events of people.

use serde_json::json;
use twofold_domain::factor::FactorKind;
use twofold_domain::ids::UserId;
use twofold_domain::user::{LinkPurpose, PasswordAccess, UserEvent};

use super::{
    Changing, Factor, Managing, Mapped, Severity, Signing, base, changing, granting, managing, signing,
    thing_of,
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
    let manage = |activity, kind: &str, uid: &dyn ToString| managing(activity, &thing_of(kind, uid, &who));
    let person = json!({ "uid": user.to_string(), "type_id": 2, "user": who });
    // Whose it is; the address itself is sealed.
    let email = json!({ "type_id": 6, "user": who });
    match event {
        E::UserRegistered { .. } => change(Changing::Create),
        E::LinkIssued { purpose: LinkPurpose::PasswordReset, .. } => change(Changing::PasswordReset),
        E::LinkIssued { link, .. } => manage(Managing::Create, "link", link),
        E::LinkRedeemed { link, .. } => manage(Managing::Activate, "link", link),
        E::EmailVerified { .. } => managing(Managing::Update, &email),
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
        E::FactorEnrolmentStarted { factor, .. } => manage(Managing::Enroll, "factor", factor),
        E::FactorConfirmed { .. } => change(Changing::FactorEnable),
        E::FactorClaimed { detail, .. } => change(Changing::FactorEnable).factor(factor(detail.kind())),
        E::TwoFactorEnabled { .. } => change(Changing::FactorEnable).severe(Severity::Medium),
        E::FactorRemoved { .. } => change(Changing::FactorDisable).severe(Severity::Medium),
        E::TwoFactorDisabled { .. } | E::TwoFactorReset { .. } => {
            change(Changing::FactorDisable).severe(Severity::High)
        }
        // At most one waits for a person at a time; the oldest had no number.
        E::TwoFactorResetScheduled { .. } => {
            manage(Managing::Create, "waiting reset", &user).severe(Severity::Medium)
        }
        E::TwoFactorResetCancelled { .. } => {
            manage(Managing::Delete, "waiting reset", &user).severe(Severity::Medium)
        }
        E::RecoveryRequested { recovery, .. } => {
            manage(Managing::Create, "recovery case", recovery).severe(Severity::Medium)
        }
        E::RecoveryRefused { recovery, why, .. } => {
            let why: &'static str = (*why).into();
            manage(Managing::Create, "recovery case", recovery).failed(why).severe(Severity::Medium)
        }
        E::RecoveryCompleted { recovery, .. } => {
            manage(Managing::Update, "recovery case", recovery).severe(Severity::Medium)
        }
        E::RecoveryGranted { recovery, .. } => {
            manage(Managing::Create, "recovery grant", recovery).severe(Severity::Medium)
        }
        E::RecoveryCodeRevealed { recovery, .. } => {
            manage(Managing::Read, "recovery grant", recovery).severe(Severity::Medium)
        }
        E::RecoveryGrantRevoked { recovery, .. } => {
            manage(Managing::Delete, "recovery grant", recovery).severe(Severity::Medium)
        }
        E::EnrolmentTicketIssued { ticket, .. } => {
            manage(Managing::Create, "enrolment ticket", ticket).severe(Severity::Medium)
        }
        E::EnrolmentTicketUsed { ticket, .. } => {
            manage(Managing::Activate, "enrolment ticket", ticket).severe(Severity::Medium)
        }
        E::EnrolmentTicketRejected { ticket, .. } => {
            manage(Managing::Activate, "enrolment ticket", ticket).failed("wrong ticket")
        }
        E::HelpRefused { why, .. } => {
            let why: &'static str = (*why).into();
            change(Changing::Other).failed(why).severe(Severity::Medium)
        }
        E::StaffResetAsked { .. } | E::HelpCharged { .. } => change(Changing::Other),
        E::ExemptionGranted { .. } => change(Changing::DetachPolicy).severe(Severity::High),
        E::ExemptionEnded { .. } => change(Changing::AttachPolicy),
        E::RecoveryCodesGenerated { .. } | E::RecoveryCodesRegenerated { .. } => {
            change(Changing::FactorEnable).factor(Factor::Other)
        }
        E::RecoveryCodesLow { .. } | E::RecoveryCodesExhausted { .. } => {
            change(Changing::Other).severe(Severity::Low)
        }
        E::FactorDriftFound { factor, .. } | E::FactorPreferred { factor } => {
            manage(Managing::Update, "factor", factor)
        }
        E::FactorRenamed { factor, .. } => manage(Managing::Move, "factor", factor),
        E::TokenAssigned { token, .. } => manage(Managing::Enroll, "hardware token", token),
        E::TokenWithdrawn { token, .. } => manage(Managing::Unenroll, "hardware token", token),
        E::EmailChangeRequested { link, .. } => {
            manage(Managing::Create, "change of address", link).severe(Severity::Medium)
        }
        E::EmailChanged { .. } => managing(Managing::Update, &email).severe(Severity::Medium),
        E::EmailChangeCancelled { link, .. } => {
            manage(Managing::Delete, "change of address", link).severe(Severity::Medium)
        }
        E::IdentityProviderLinked { provider, .. } => {
            manage(Managing::Create, "identity provider link", provider).severe(Severity::Medium)
        }
        E::IdentityProviderUnlinked { provider, .. } => {
            manage(Managing::Delete, "identity provider link", provider).severe(Severity::Medium)
        }
        E::UserRenamed { .. } => managing(Managing::Move, &person),
        E::LanguageChanged { .. } => managing(Managing::Update, &person),
        E::GroupsChanged { groups, .. } => {
            let groups = groups.iter().map(|group| json!({ "uid": group.to_string() }));
            let mut person = person;
            person["user"]["groups"] = groups.collect();
            managing(Managing::Update, &person)
        }
        E::RoleChanged { to, .. } => granting(true, &who, &[to.name()]).severe(Severity::Medium),
        E::UserDeactivated { .. } => change(Changing::Disable).severe(Severity::Medium),
        E::UserFrozen { .. } => change(Changing::Disable).severe(Severity::High),
        E::ThawAllowed { recovery, .. } => {
            manage(Managing::Create, "way back", recovery).severe(Severity::Medium)
        }
        E::ThawStopped { recovery, .. } => {
            manage(Managing::Delete, "way back", recovery).severe(Severity::Medium)
        }
        E::UserThawed { .. } => change(Changing::Enable).severe(Severity::Medium),
        E::UserReactivated { .. } => change(Changing::Enable).severe(Severity::Medium),
        E::ApiTokenIssued { scopes, .. } => {
            let scopes: Vec<&str> = scopes.iter().map(|scope| scope.name()).collect();
            granting(true, &who, &scopes)
        }
        E::ApiTokenRevoked { token, .. } => manage(Managing::Delete, "token", token),
        E::DeviceReportedLost { device } => {
            let device = json!({ "uid": device.to_string(), "type_id": 1, "user": who });
            managing(Managing::Disable, &device).severe(Severity::Medium)
        }
        E::MessageSent { .. } => base(),
        E::MessageFailed { why, .. } => base().failed(why.name()),
        E::PersonErased { .. } => change(Changing::Delete).severe(Severity::High),
    }
}
