//! Everything that can happen to a user. Names are storage and never change; no secret, hash of a
//! secret, or personal value in clear is ever in one.

use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantNames};

use super::otp::{FactorKind, OtpParameters};
use crate::ids::{
    AccountId, CodeSetId, DeviceId, FactorId, LinkId, MailedCodeId, SessionId, SignInId, UserId, VerifierId,
};
use crate::policy::Role;
use crate::sealed::{Email, FactorName, PersonName, Reason, Sealed};
use crate::time::Timestamp;
use crate::upcast;

/// What a one-time link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkPurpose {
    /// Sent by mail to a new user; redeeming it proves the address.
    Invitation,
    /// Printed by the installation's command line for an owner; proves nothing about an address.
    SetUp,
}

/// What a proof was shown for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To finish a sign-in.
    SignIn(SignInId),
    /// To raise a session for something sensitive.
    StepUp(SessionId),
    /// To confirm a factor that is being bound.
    Confirm(FactorId),
    /// To switch off one's own second factor.
    Disable,
}

/// Whether a device had completed a sign-in of this user before. Known devices have failure
/// budgets of their own, so that strangers can exhaust neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Familiarity {
    /// Completed a sign-in of this user before.
    Known,
    /// Seen for the first time, or nothing is known of it.
    Stranger,
}

/// Why a proof was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Refusal {
    /// It matches nothing.
    Wrong,
    /// It matched, but had been accepted before (RFC 6238 §5.2).
    Replayed,
    /// It matched something whose time is over.
    Expired,
}

/// What a proof claimed to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ProofKind {
    /// An OTP of a bound factor.
    Otp,
    /// A recovery code.
    RecoveryCode,
}

/// What reset or ended a user's second factor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResetCause {
    /// The account-wide disable that opened this generation.
    AccountDisabled {
        /// The generation.
        generation: u32,
    },
    /// A member of staff, for a reason.
    Staff {
        /// Why.
        reason: Sealed<Reason>,
        /// Whether the factor may be in wrong hands: then only an enrolment ticket binds a new one.
        compromise: bool,
    },
}

/// What a lock-out concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Gate {
    /// The password.
    Password,
    /// Every kind of second factor.
    SecondFactor,
    /// The codes mailed for a first binding.
    MailedCode,
}

/// An event of a user's stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr, VariantNames)]
pub enum UserEvent {
    /// The person became a user of the account.
    UserRegistered {
        /// The account.
        account: AccountId,
        /// The user.
        user: UserId,
        /// Their role.
        role: Role,
        /// Their name.
        name: Sealed<PersonName>,
        /// Their address.
        email: Sealed<Email>,
        /// The language of messages to them: `en`, `es`, `ko`.
        language: String,
        /// When.
        at: Timestamp,
    },
    /// A one-time link was made for them.
    LinkIssued {
        /// The link.
        link: LinkId,
        /// What it is for.
        purpose: LinkPurpose,
        /// Where its verifier is.
        verifier: VerifierId,
        /// When it ends.
        expires_at: Timestamp,
    },
    /// The link was used.
    LinkRedeemed {
        /// The link.
        link: LinkId,
        /// When.
        at: Timestamp,
    },
    /// The address is proved to be theirs.
    EmailVerified {
        /// When.
        at: Timestamp,
    },
    /// A password was set. Opens a new credential epoch: trust and sessions of the old one end.
    PasswordSet {
        /// Where its verifier is.
        verifier: VerifierId,
        /// Whether it is long enough to stand alone (15 characters, NIST SP 800-63B-4 §3.1.1.2).
        stands_alone: bool,
        /// When.
        at: Timestamp,
    },
    /// The right password ended a series of failures.
    PasswordAccepted {
        /// The budget that it restores.
        familiarity: Familiarity,
    },
    /// A wrong password was tried.
    PasswordRejected {
        /// The budget that it charges.
        familiarity: Familiarity,
        /// Failures in a row on that budget, this one included.
        consecutive: u16,
        /// When the next try is looked at, where there is a wait.
        retry_at: Option<Timestamp>,
        /// When.
        at: Timestamp,
    },
    /// A code was mailed to the verified address, to confirm a first binding.
    MailedCodeIssued {
        /// The code.
        code: MailedCodeId,
        /// Where its verifier is.
        verifier: VerifierId,
        /// When it ends.
        expires_at: Timestamp,
        /// When.
        at: Timestamp,
    },
    /// The mailed code was right.
    MailedCodeAccepted {
        /// The code.
        code: MailedCodeId,
    },
    /// The mailed code was wrong or over.
    MailedCodeRejected {
        /// The code.
        code: MailedCodeId,
        /// Why.
        refusal: Refusal,
        /// Tries left for this code.
        tries_left: u8,
    },
    /// A factor is being bound; it protects nothing yet.
    FactorEnrolmentStarted {
        /// The factor.
        factor: FactorId,
        /// Its kind.
        kind: FactorKind,
        /// Its parameters.
        parameters: OtpParameters,
        /// What its owner calls it.
        name: Sealed<FactorName>,
        /// Where its seed is.
        verifier: VerifierId,
        /// The enrolment generation it belongs to.
        generation: u32,
        /// The session that binds it; no other ever sees its seed.
        session: SessionId,
        /// When.
        at: Timestamp,
    },
    /// A right code made the factor active. That code's step is spent.
    FactorConfirmed {
        /// The factor.
        factor: FactorId,
        /// The accepted time step.
        step: u64,
        /// When.
        at: Timestamp,
    },
    /// The user has a second factor from now on.
    TwoFactorEnabled {
        /// The enrolment generation.
        generation: u32,
        /// When.
        at: Timestamp,
    },
    /// The first set of recovery codes was made.
    RecoveryCodesGenerated {
        /// The set.
        set: CodeSetId,
        /// How many.
        count: u8,
        /// Where their verifiers are.
        verifier: VerifierId,
    },
    /// A new set replaced the old one, which died at once.
    RecoveryCodesRegenerated {
        /// The new set.
        set: CodeSetId,
        /// How many.
        count: u8,
        /// Where their verifiers are.
        verifier: VerifierId,
    },
    /// An OTP was accepted. Its step, and every earlier one, is spent for every purpose.
    OtpAccepted {
        /// The factor.
        factor: FactorId,
        /// The time step.
        step: u64,
        /// What for.
        purpose: Purpose,
        /// On what kind of device.
        familiarity: Familiarity,
        /// When.
        at: Timestamp,
    },
    /// A recovery code was accepted; it never is again.
    RecoveryCodeUsed {
        /// The set.
        set: CodeSetId,
        /// Which of the set, by its public index.
        index: u8,
        /// How many are left.
        left: u8,
        /// What for.
        purpose: Purpose,
        /// On what kind of device.
        familiarity: Familiarity,
        /// When.
        at: Timestamp,
    },
    /// Few recovery codes are left.
    RecoveryCodesLow {
        /// How many.
        left: u8,
    },
    /// No recovery code is left.
    RecoveryCodesExhausted {
        /// The set.
        set: CodeSetId,
    },
    /// A second-factor proof was refused. Charged before any verdict is revealed.
    ProofRejected {
        /// What it claimed to be.
        kind: ProofKind,
        /// Why it was refused.
        refusal: Refusal,
        /// The factor it matched, where it matched one.
        factor: Option<FactorId>,
        /// What for.
        purpose: Purpose,
        /// The budget that it charges.
        familiarity: Familiarity,
        /// Failures in a row on that budget, this one included.
        consecutive: u16,
        /// When the next try is looked at, where there is a wait.
        retry_at: Option<Timestamp>,
        /// When.
        at: Timestamp,
    },
    /// The hard cap was reached: nothing is looked at until an audited unlock.
    LockedOut {
        /// Which gate.
        gate: Gate,
        /// Which budget.
        familiarity: Familiarity,
        /// When.
        at: Timestamp,
    },
    /// Staff lifted every lock and wait.
    Unlocked {
        /// Why.
        reason: Sealed<Reason>,
    },
    /// One of several factors was removed by its owner. Opens a new credential epoch: trust and other
    /// sessions, which it may have earned, end.
    FactorRemoved {
        /// The factor.
        factor: FactorId,
    },
    /// The user switched off their own second factor.
    TwoFactorDisabled {
        /// When.
        at: Timestamp,
    },
    /// The user's second factor was reset: factors, codes, trust, and what depended on them ended.
    TwoFactorReset {
        /// What did it.
        cause: ResetCause,
        /// From when it holds: for an account-wide disable, the instant of that event.
        effective_at: Timestamp,
    },
    /// A device was reported lost by its user or by staff; the device's own stream ends its trust.
    DeviceReportedLost {
        /// The device.
        device: DeviceId,
    },
    /// The person was erased: their key is destroyed, every personal value is unreadable for good.
    PersonErased {
        /// Sealed values of this person that became unreadable, as counted from their stream.
        values: u32,
        /// When.
        at: Timestamp,
    },
}

impl DomainEvent for UserEvent {
    fn event_type(&self) -> String {
        let name: &'static str = self.into();
        name.to_owned()
    }

    fn event_version(&self) -> String {
        upcast::version_today(self.into()).to_owned()
    }
}
