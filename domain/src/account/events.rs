//! Everything that can happen to an account. Names are storage and never change.

use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantNames};

use crate::ids::{AccountId, UserId};
use crate::policy::{Audience, AudiencePolicy};
use crate::sealed::{Reason, Sealed};
use crate::time::Timestamp;
use crate::upcast;

/// Which clock an account lives by. Fixed in its first event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockKind {
    /// The server's clock.
    Real,
    /// A clock of its own that its owners set; such an account can never be taken for a real one.
    Sandbox,
}

/// An event of the account's own stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr, VariantNames)]
pub enum AccountEvent {
    /// The account's first event: binds its name, the origin of its log, and its kind of clock.
    AccountOpened {
        /// The account itself.
        account: AccountId,
        /// Unique, in addresses: `acme`.
        slug: String,
        /// As prompts and messages show it.
        name: String,
        /// The random origin of its transparency log.
        log_origin: String,
        /// Ed25519 key that signs its checkpoints (base64); none until the log is published.
        signing_key: Option<String>,
        /// Its kind of clock.
        clock: ClockKind,
        /// When.
        at: Timestamp,
    },
    /// One audience's policy was saved. One save is one event.
    PolicyChanged {
        /// Whom it concerns.
        audience: Audience,
        /// The policy's new version; counts both audiences.
        version: u32,
        /// What held before.
        before: AudiencePolicy,
        /// What holds from now on.
        after: AudiencePolicy,
        /// When the requirement began, where one holds now.
        required_since: Option<Timestamp>,
    },
    /// Two-factor authentication was switched off for the whole account: every enrolment of an
    /// older generation is reset from this event on, whatever the fan-out has reached.
    AccountTwoFactorDisabled {
        /// The enrolment generation that begins here.
        generation: u32,
        /// How many enrolled people it resets.
        people: u64,
        /// SHA-256 over their sorted ids (text form, one a line), hexadecimal.
        digest: String,
        /// Why, in the words of who did it.
        reason: Option<Sealed<Reason>>,
        /// When.
        at: Timestamp,
    },
    /// Switched on again; everyone starts from scratch.
    AccountTwoFactorEnabled {
        /// The generation in which people enrol.
        generation: u32,
        /// When.
        at: Timestamp,
    },
    /// Requirement and challenges stop for a while; enrolments stay.
    AccountTwoFactorSuspended {
        /// Counts suspensions; sessions opened without a second factor carry it.
        suspension: u32,
        /// Why.
        reason: Option<Sealed<Reason>>,
        /// When.
        at: Timestamp,
    },
    /// Exactly what was before the suspension holds again.
    AccountTwoFactorResumed {
        /// The suspension that ended.
        suspension: u32,
        /// When.
        at: Timestamp,
    },
    /// The fan-out of a disable reached exactly the people it announced.
    ResetFanOutCompleted {
        /// The generation that the disable opened.
        generation: u32,
        /// How many people's streams carry their own reset.
        people: u64,
        /// The same digest as the disable's.
        digest: String,
    },
    /// The installation's operator acted inside this account from the command line.
    OperatorActed {
        /// What was done, as a stable word: `admin_link`.
        act: String,
        /// To whom.
        subject: Option<UserId>,
        /// When.
        at: Timestamp,
    },
}

impl DomainEvent for AccountEvent {
    fn event_type(&self) -> String {
        let name: &'static str = self.into();
        name.to_owned()
    }

    fn event_version(&self) -> String {
        upcast::version_today(self.into()).to_owned()
    }
}
