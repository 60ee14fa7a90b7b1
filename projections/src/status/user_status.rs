//! One person's standing: role, factors, lock, and the credential epoch that trust falls with. Changes
//! seldom; what changes with every sign-in is in `user_activity`.

use twofold_domain::ids::{FactorId, UserId};
use twofold_domain::policy::Role;
use twofold_domain::time::Timestamp;
use twofold_domain::user::{Familiarity, Gate, UserEvent};
use twofold_infra::store::{Row, StoreError};

use crate::fact::{Event, Fact};
use crate::record::{Binding, Bindings, Column, Factors, Kind, Sink, record};
use crate::view::{Keeps, Table, View};

/// The view.
pub enum UserStatus {}

record! {
    /// Where a person stands, their account aside.
    pub struct StatusRow {
        /// Who.
        pub user_id: UserId,
        /// Their role.
        pub role: Role,
        /// Since when they are a user.
        pub registered_at: Timestamp,
        /// Whether their address is proved to be theirs.
        pub email_verified: bool,
        /// The credential epoch.
        pub epoch: u32,
        /// The factors that are being bound.
        pub pending: Bindings,
        /// The enrolment generation of their second factor; of an older one than the account's, it is as if
        /// they had none.
        pub enrolled_generation: Option<u32>,
        /// Since when they have it.
        pub enabled_since: Option<Timestamp>,
        /// Their confirmed factors.
        pub factors: Factors,
        /// Which hard caps of wrong tries they reached.
        pub locks: Locks,
        /// Whether they were erased.
        pub erased: bool,
    }
}

impl StatusRow {
    /// Whether they have a second factor while this generation is in force.
    pub fn enrolled(&self, generation: u32) -> bool {
        self.enrolled_generation == Some(generation)
    }

    fn end_second_factor(&mut self) {
        self.enrolled_generation = None;
        self.enabled_since = None;
        self.factors = Factors::default();
        self.pending = Bindings::default();
        self.locks.clear(Gate::SecondFactor);
        self.epoch += 1;
    }
}

/// Hard caps reached: one bit for each gate and kind of device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Locks(u8);

impl Locks {
    const fn bit(gate: Gate, familiarity: Familiarity) -> u8 {
        match (gate, familiarity) {
            (Gate::Password, Familiarity::Known) => 1,
            (Gate::Password, Familiarity::Stranger) => 2,
            (Gate::SecondFactor, Familiarity::Known) => 4,
            (Gate::SecondFactor, Familiarity::Stranger) => 8,
            (Gate::MailedCode, Familiarity::Known) => 16,
            (Gate::MailedCode, Familiarity::Stranger) => 32,
        }
    }

    /// Whether any is reached.
    pub const fn any(self) -> bool {
        self.0 != 0
    }

    fn set(&mut self, gate: Gate, familiarity: Familiarity) {
        self.0 |= Self::bit(gate, familiarity);
    }

    fn clear(&mut self, gate: Gate) {
        self.0 &= !(Self::bit(gate, Familiarity::Known) | Self::bit(gate, Familiarity::Stranger));
    }
}

impl Column for Locks {
    const KIND: Kind = Kind::Int;
    fn put(&self, sink: &mut impl Sink) {
        self.0.put(sink);
    }
    fn get(row: &Row, index: usize) -> Result<Self, StoreError> {
        u8::get(row, index).map(Self)
    }
    fn get_optional(row: &Row, index: usize) -> Result<Option<Self>, StoreError> {
        Ok(u8::get_optional(row, index)?.map(Self))
    }
}

impl View for UserStatus {
    type Row = StatusRow;
    type Key = UserId;
    const TABLE: Table = Table { keeps: Keeps::History, ..Table::of("user_status", "user_id") };

    /// What is accepted never changes a standing: at a hard cap nothing is looked at, so nothing accepted
    /// ever lifts one.
    fn key(fact: &Fact) -> Option<UserId> {
        let Event::User(user, event) = &fact.event else { return None };
        match event {
            UserEvent::UserRegistered { .. }
            | UserEvent::EmailVerified { .. }
            | UserEvent::PasswordSet { .. }
            | UserEvent::FactorEnrolmentStarted { .. }
            | UserEvent::FactorConfirmed { .. }
            | UserEvent::TwoFactorEnabled { .. }
            | UserEvent::LockedOut { .. }
            | UserEvent::Unlocked { .. }
            | UserEvent::FactorRemoved { .. }
            | UserEvent::TwoFactorDisabled { .. }
            | UserEvent::TwoFactorReset { .. }
            | UserEvent::PersonErased { .. } => Some(*user),
            UserEvent::LinkIssued { .. }
            | UserEvent::LinkRedeemed { .. }
            | UserEvent::PasswordAccepted { .. }
            | UserEvent::PasswordRejected { .. }
            | UserEvent::MailedCodeIssued { .. }
            | UserEvent::MailedCodeAccepted { .. }
            | UserEvent::MailedCodeRejected { .. }
            | UserEvent::RecoveryCodesGenerated { .. }
            | UserEvent::RecoveryCodesRegenerated { .. }
            | UserEvent::OtpAccepted { .. }
            | UserEvent::RecoveryCodeUsed { .. }
            | UserEvent::RecoveryCodesLow { .. }
            | UserEvent::RecoveryCodesExhausted { .. }
            | UserEvent::ProofRejected { .. }
            | UserEvent::DeviceReportedLost { .. } => None,
        }
    }

    fn apply(row: Option<StatusRow>, user_id: UserId, fact: &Fact) -> Option<StatusRow> {
        let Event::User(_, event) = &fact.event else { return row };
        if let UserEvent::UserRegistered { role, at, .. } = event {
            return Some(StatusRow {
                user_id,
                role: *role,
                registered_at: *at,
                email_verified: false,
                epoch: 0,
                pending: Bindings::default(),
                enrolled_generation: None,
                enabled_since: None,
                factors: Factors::default(),
                locks: Locks::default(),
                erased: false,
            });
        }
        let mut row = row?;
        match event {
            UserEvent::EmailVerified { .. } => row.email_verified = true,
            UserEvent::PasswordSet { .. } => {
                row.locks.clear(Gate::Password);
                row.epoch += 1;
            }
            UserEvent::FactorEnrolmentStarted { factor, kind, generation, session, .. } => {
                let (session, factor, kind, generation) = (*session, *factor, *kind, *generation);
                row.pending.begin(Binding { session, factor, kind, generation });
            }
            UserEvent::FactorConfirmed { factor, at, .. } => row.confirm(*factor, *at),
            UserEvent::TwoFactorEnabled { .. } => {
                row.epoch += 1;
                row.pending = Bindings::default();
            }
            UserEvent::LockedOut { gate, familiarity, .. } => row.locks.set(*gate, *familiarity),
            UserEvent::Unlocked { .. } => row.locks = Locks::default(),
            UserEvent::FactorRemoved { factor } => {
                row.factors.0.remove(factor);
                row.epoch += 1;
            }
            UserEvent::TwoFactorDisabled { .. } | UserEvent::TwoFactorReset { .. } => row.end_second_factor(),
            UserEvent::PersonErased { .. } => {
                row.end_second_factor();
                row.erased = true;
            }
            UserEvent::UserRegistered { .. }
            | UserEvent::LinkIssued { .. }
            | UserEvent::LinkRedeemed { .. }
            | UserEvent::PasswordAccepted { .. }
            | UserEvent::PasswordRejected { .. }
            | UserEvent::MailedCodeIssued { .. }
            | UserEvent::MailedCodeAccepted { .. }
            | UserEvent::MailedCodeRejected { .. }
            | UserEvent::RecoveryCodesGenerated { .. }
            | UserEvent::RecoveryCodesRegenerated { .. }
            | UserEvent::OtpAccepted { .. }
            | UserEvent::RecoveryCodeUsed { .. }
            | UserEvent::RecoveryCodesLow { .. }
            | UserEvent::RecoveryCodesExhausted { .. }
            | UserEvent::ProofRejected { .. }
            | UserEvent::DeviceReportedLost { .. } => {}
        }
        Some(row)
    }
}

impl StatusRow {
    /// A binding under way becomes a factor. What an older generation left behind never mixes with it.
    fn confirm(&mut self, factor: FactorId, at: Timestamp) {
        let Some(Binding { kind, generation, .. }) = self.pending.end(factor) else { return };
        if self.enrolled_generation != Some(generation) {
            self.enrolled_generation = Some(generation);
            self.enabled_since = Some(at);
            self.factors = Factors::default();
        }
        self.factors.0.insert(factor, kind);
    }
}
