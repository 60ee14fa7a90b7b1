//! One person's standing: role, factors, lock, and the credential epoch that trust falls with. Changes
//! seldom; what changes with every sign-in is in `user_activity`.

use std::collections::BTreeSet;

use twofold_domain::factor::FactorKind;
use twofold_domain::ids::{AccountId, ExemptionId, FactorId, GroupId, UserId};
use twofold_domain::policy::{Role, Trail, Whom};
use twofold_domain::time::Timestamp;
use twofold_domain::user::{Familiarity, Gate, UserEvent};
use twofold_infra::store::{Row, StoreError, Views};
use uuid::Uuid;

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
        /// Whether they have a password.
        pub has_password: bool,
        /// Whether it came with them from another system, and was not shown since.
        pub password_claimed: bool,
        /// Identity providers through which they can sign in.
        pub providers: BTreeSet<String>,
        /// Groups that they are in.
        pub groups: BTreeSet<GroupId>,
        /// Since when they have this role and are in these groups, and where they were before.
        pub trail: Trail,
        /// The last exemption that they hold or held.
        pub exemption: Option<ExemptionId>,
        /// When it ends, or ended, by itself.
        pub exempt_until: Option<Timestamp>,
        /// When a reset that waits falls due.
        pub reset_due_at: Option<Timestamp>,
        /// Whether they may not sign in.
        pub deactivated: bool,
        /// Whether their sign-in is frozen.
        pub frozen: bool,
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
    /// What a policy asks about them.
    pub const fn whom(&self) -> Whom<'_> {
        Whom { role: self.role, groups: &self.groups, trail: &self.trail }
    }

    /// Whether they sign in through an identity provider only.
    pub fn through_provider_only(&self) -> bool {
        !self.has_password && !self.providers.is_empty()
    }

    /// Whether they have a second factor while this generation is in force.
    pub fn enrolled(&self, generation: u32) -> bool {
        self.enrolled_generation == Some(generation)
    }

    /// The same at an instant: a reset that waited holds from its date, without an event.
    pub fn enrolled_at(&self, generation: u32, at: Timestamp) -> bool {
        self.enrolled(generation) && !self.reset_due(at)
    }

    /// Whether a reset that waited has fallen due.
    pub fn reset_due(&self, at: Timestamp) -> bool {
        self.reset_due_at.is_some_and(|due| due <= at)
    }

    /// The kinds of the factors that they have at an instant, while this generation is in force.
    pub fn kinds_at(&self, generation: u32, at: Timestamp) -> Vec<FactorKind> {
        if self.reset_due(at) { vec![] } else { self.kinds(generation) }
    }

    /// The kinds of their factors, while this generation is in force.
    pub fn kinds(&self, generation: u32) -> Vec<FactorKind> {
        let has = self.enrolled(generation);
        self.factors.0.values().copied().filter(|_| has).collect()
    }

    /// The row at an instant: a reset that waited and has fallen due is done, though nothing recorded it yet.
    #[must_use]
    pub fn settled(mut self, at: Timestamp) -> Self {
        if self.reset_due(at) {
            self.end_second_factor();
        }
        self
    }

    fn end_second_factor(&mut self) {
        self.enrolled_generation = None;
        self.enabled_since = None;
        self.factors = Factors::default();
        self.reset_due_at = None;
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
            // A ticket is void after a few wrong tries, and locks nothing.
            (Gate::Ticket, _) => 0,
        }
    }

    /// Whether any is reached.
    pub const fn any(self) -> bool {
        self.0 != 0
    }

    /// Whether this one is reached.
    pub const fn shut(self, gate: Gate, familiarity: Familiarity) -> bool {
        self.0 & Self::bit(gate, familiarity) != 0
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
            | UserEvent::PasswordRehashed { .. }
            | UserEvent::PasswordChangeDemanded { .. }
            | UserEvent::FactorEnrolmentStarted { .. }
            | UserEvent::FactorConfirmed { .. }
            | UserEvent::TwoFactorEnabled { .. }
            | UserEvent::LockedOut { .. }
            | UserEvent::Unlocked { .. }
            | UserEvent::FactorRemoved { .. }
            | UserEvent::TwoFactorDisabled { .. }
            | UserEvent::TwoFactorReset { .. }
            | UserEvent::TwoFactorResetScheduled { .. }
            | UserEvent::TwoFactorResetCancelled { .. }
            | UserEvent::ExemptionGranted { .. }
            | UserEvent::ExemptionEnded { .. }
            | UserEvent::FactorClaimed { .. }
            | UserEvent::PasswordClaimed { .. }
            | UserEvent::EmailChanged { .. }
            | UserEvent::RoleChanged { .. }
            | UserEvent::GroupsChanged { .. }
            | UserEvent::UserDeactivated { .. }
            | UserEvent::UserReactivated { .. }
            | UserEvent::UserFrozen { .. }
            | UserEvent::UserThawed { .. }
            | UserEvent::IdentityProviderLinked { .. }
            | UserEvent::IdentityProviderUnlinked { .. }
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
            | UserEvent::FactorDriftFound { .. }
            | UserEvent::SmsCodeIssued { .. }
            | UserEvent::FactorRenamed { .. }
            | UserEvent::FactorPreferred { .. }
            | UserEvent::TokenAssigned { .. }
            | UserEvent::TokenWithdrawn { .. }
            | UserEvent::SmsCodeAccepted { .. }
            | UserEvent::AssertionAccepted { .. }
            | UserEvent::RecoveryCodeUsed { .. }
            | UserEvent::RecoveryCodesLow { .. }
            | UserEvent::RecoveryCodesExhausted { .. }
            | UserEvent::ProofRejected { .. }
            | UserEvent::StaffResetAsked { .. }
            | UserEvent::HelpCharged { .. }
            | UserEvent::RecoveryRequested { .. }
            | UserEvent::RecoveryRefused { .. }
            | UserEvent::RecoveryGranted { .. }
            | UserEvent::RecoveryCodeRevealed { .. }
            | UserEvent::RecoveryGrantUsed { .. }
            | UserEvent::RecoveryGrantRevoked { .. }
            | UserEvent::RecoveryCompleted { .. }
            | UserEvent::ThawAllowed { .. }
            | UserEvent::ThawStopped { .. }
            | UserEvent::EnrolmentTicketIssued { .. }
            | UserEvent::EnrolmentTicketRejected { .. }
            | UserEvent::EnrolmentTicketUsed { .. }
            | UserEvent::EmailChangeRequested { .. }
            | UserEvent::EmailChangeCancelled { .. }
            | UserEvent::HelpRefused { .. }
            | UserEvent::UserRenamed { .. }
            | UserEvent::LanguageChanged { .. }
            | UserEvent::ApiTokenIssued { .. }
            | UserEvent::ApiTokenRevoked { .. }
            | UserEvent::PasswordAccessUsed { .. }
            | UserEvent::MessageSent { .. }
            | UserEvent::MessageFailed { .. }
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
                has_password: false,
                password_claimed: false,
                providers: BTreeSet::new(),
                groups: BTreeSet::new(),
                trail: Trail::begun(*at),
                exemption: None,
                exempt_until: None,
                reset_due_at: None,
                deactivated: false,
                frozen: false,
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
            UserEvent::EmailChanged { by, .. } => {
                row.email_verified = true;
                row.epoch += u32::from(by.is_some());
            }
            UserEvent::TwoFactorResetScheduled { due_at, .. } => row.reset_due_at = Some(*due_at),
            UserEvent::TwoFactorResetCancelled { .. } => row.reset_due_at = None,
            UserEvent::ExemptionGranted { exemption, until, .. } => {
                (row.exemption, row.exempt_until) = (Some(*exemption), Some(*until));
            }
            UserEvent::ExemptionEnded { exemption, .. } => {
                if row.exemption == Some(*exemption) {
                    (row.exemption, row.exempt_until) = (None, None);
                }
            }
            UserEvent::FactorClaimed { factor, detail, generation, at, .. } => {
                row.hold(*factor, detail.kind(), *generation, *at);
            }
            UserEvent::PasswordClaimed { .. } => {
                (row.has_password, row.password_claimed) = (true, true);
                row.epoch += 1;
            }
            UserEvent::RoleChanged { to, at, .. } => {
                row.trail.leave(row.role, &row.groups, *at);
                row.role = *to;
                (row.exemption, row.exempt_until) = (None, None);
                row.epoch += 1;
            }
            UserEvent::GroupsChanged { groups, at } => {
                row.trail.leave(row.role, &row.groups, *at);
                row.groups.clone_from(groups);
            }
            UserEvent::UserDeactivated { .. } => {
                (row.deactivated, row.has_password, row.password_claimed) = (true, false, false);
                (row.exemption, row.exempt_until) = (None, None);
                row.pending = Bindings::default();
                row.epoch += 1;
            }
            UserEvent::UserReactivated { .. } => {
                (row.deactivated, row.email_verified) = (false, false);
                row.epoch += 1;
            }
            UserEvent::UserFrozen { .. } => {
                row.frozen = true;
                (row.exemption, row.exempt_until) = (None, None);
                row.reset_due_at = None;
                row.pending = Bindings::default();
                row.epoch += 1;
            }
            UserEvent::UserThawed { .. } => row.frozen = false,
            UserEvent::IdentityProviderLinked { provider, .. } => {
                row.providers.insert(provider.clone());
            }
            UserEvent::IdentityProviderUnlinked { provider, .. } => {
                row.providers.remove(provider);
                row.epoch += 1;
            }
            UserEvent::PasswordRehashed { .. } => row.password_claimed = false,
            UserEvent::PasswordSet { .. } => {
                (row.has_password, row.password_claimed) = (true, false);
                row.locks.clear(Gate::Password);
                row.epoch += 1;
            }
            UserEvent::FactorEnrolmentStarted { factor, detail, generation, session, .. } => {
                let (session, factor, kind, generation) = (*session, *factor, detail.kind(), *generation);
                row.pending.begin(Binding { session, factor, kind, generation });
            }
            UserEvent::FactorConfirmed { factor, at, .. } => row.confirm(*factor, *at),
            UserEvent::TwoFactorEnabled { .. } => {
                row.epoch += 1;
                row.pending = Bindings::default();
            }
            UserEvent::PasswordChangeDemanded { .. } => row.epoch += 1,
            UserEvent::LockedOut { gate, familiarity, .. } => row.locks.set(*gate, *familiarity),
            UserEvent::Unlocked { .. } => row.locks = Locks::default(),
            UserEvent::FactorRemoved { factor } => {
                row.factors.0.remove(factor);
                row.epoch += 1;
            }
            UserEvent::TwoFactorDisabled { .. } | UserEvent::TwoFactorReset { .. } => row.end_second_factor(),
            UserEvent::PersonErased { .. } => {
                row.end_second_factor();
                (row.has_password, row.password_claimed) = (false, false);
                (row.exemption, row.exempt_until) = (None, None);
                row.providers.clear();
                (row.erased, row.frozen) = (true, false);
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
            | UserEvent::FactorDriftFound { .. }
            | UserEvent::SmsCodeIssued { .. }
            | UserEvent::FactorRenamed { .. }
            | UserEvent::FactorPreferred { .. }
            | UserEvent::TokenAssigned { .. }
            | UserEvent::TokenWithdrawn { .. }
            | UserEvent::SmsCodeAccepted { .. }
            | UserEvent::AssertionAccepted { .. }
            | UserEvent::RecoveryCodeUsed { .. }
            | UserEvent::RecoveryCodesLow { .. }
            | UserEvent::RecoveryCodesExhausted { .. }
            | UserEvent::ProofRejected { .. }
            | UserEvent::StaffResetAsked { .. }
            | UserEvent::HelpCharged { .. }
            | UserEvent::RecoveryRequested { .. }
            | UserEvent::RecoveryRefused { .. }
            | UserEvent::RecoveryGranted { .. }
            | UserEvent::RecoveryCodeRevealed { .. }
            | UserEvent::RecoveryGrantUsed { .. }
            | UserEvent::RecoveryGrantRevoked { .. }
            | UserEvent::RecoveryCompleted { .. }
            | UserEvent::ThawAllowed { .. }
            | UserEvent::ThawStopped { .. }
            | UserEvent::EnrolmentTicketIssued { .. }
            | UserEvent::EnrolmentTicketRejected { .. }
            | UserEvent::EnrolmentTicketUsed { .. }
            | UserEvent::EmailChangeRequested { .. }
            | UserEvent::EmailChangeCancelled { .. }
            | UserEvent::HelpRefused { .. }
            | UserEvent::UserRenamed { .. }
            | UserEvent::LanguageChanged { .. }
            | UserEvent::ApiTokenIssued { .. }
            | UserEvent::ApiTokenRevoked { .. }
            | UserEvent::PasswordAccessUsed { .. }
            | UserEvent::MessageSent { .. }
            | UserEvent::MessageFailed { .. }
            | UserEvent::DeviceReportedLost { .. } => {}
        }
        Some(row)
    }
}

/// Whom the view knows as owners of an account, whether they may sign in or not.
pub async fn owners(views: &Views, account: AccountId) -> Result<Vec<UserId>, StoreError> {
    let table = UserStatus::TABLE.name;
    let sql = format!("select user_id from views.{table} where account_id = $1 and role = $2 and not erased");
    let rows = views.fetch(&sql, &[account.uuid().into(), Role::Owner.name().into()]).await?;
    rows.iter().map(|row| UserId::get(row, 0)).collect()
}

impl StatusRow {
    /// A binding under way becomes a factor. What an older generation left behind never mixes with it.
    fn confirm(&mut self, factor: FactorId, at: Timestamp) {
        let Some(Binding { kind, generation, .. }) = self.pending.end(factor) else { return };
        self.hold(factor, kind, generation, at);
    }

    fn hold(&mut self, factor: FactorId, kind: FactorKind, generation: u32, at: Timestamp) {
        if self.enrolled_generation != Some(generation) {
            self.enrolled_generation = Some(generation);
            self.enabled_since = Some(at);
            self.factors = Factors::default();
        }
        self.factors.0.insert(factor, kind);
    }
}

/// Who is told of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// Every member of the team.
    Team,
    /// Owners and admins.
    Leaders,
}

/// Some of those who are told, behind somebody, who were registered by an instant and are still here,
/// deactivated ones included. Nothing decides on it.
pub async fn told_since(
    views: &Views,
    account: AccountId,
    whom: Told,
    at: Timestamp,
    after: Option<UserId>,
    limit: u32,
) -> Result<Vec<UserId>, StoreError> {
    let roles = match whom {
        Told::Team => "role <> 'end_user'",
        Told::Leaders => "role in ('owner', 'admin')",
    };
    let sql = format!(
        "select user_id from views.user_status where account_id = $1 and {roles} \
         and erased = false and registered_at <= $2 and user_id > $3 order by user_id limit $4"
    );
    let after = after.map_or(Uuid::nil(), UserId::uuid);
    let binds = [account.uuid().into(), at.micros().into(), after.into(), limit.into()];
    let rows = views.fetch(&sql, &binds).await?;
    rows.iter().map(|row| row.get(0).map(UserId::from_uuid)).collect()
}

/// In which accounts a reset waits that is not written into its person's stream yet, due or not.
pub async fn resets_waiting(views: &Views) -> Result<Vec<AccountId>, StoreError> {
    let sql = "select distinct account_id from views.user_status where reset_due_at is not null";
    let rows = views.fetch(sql, &[]).await?;
    rows.iter().map(|row| Ok(AccountId::from_uuid(row.get(0)?))).collect()
}

/// Of these, whose has fallen due by an instant of the account's own clock.
pub async fn resets_due(
    views: &Views,
    account: AccountId,
    at: Timestamp,
    limit: u32,
) -> Result<Vec<UserId>, StoreError> {
    let sql = "select user_id from views.user_status where account_id = $1 and reset_due_at is not null \
               and reset_due_at <= $2 order by reset_due_at limit $3";
    let rows = views.fetch(sql, &[account.uuid().into(), at.micros().into(), limit.into()]).await?;
    rows.iter().map(|row| UserId::get(row, 0)).collect()
}
