//! The account's side of everybody's standing: switch, generation, policies. One row per account.

use std::collections::BTreeSet;

use twofold_domain::account::{AccountEvent, Demand, Switch, required_since_of};
use twofold_domain::ids::{FactorId, GroupId};
use twofold_domain::policy::{Audience, AudiencePolicy, Trail, Whom};
use twofold_domain::time::Timestamp;
use twofold_infra::store::{Row, StoreError};
use uuid::Uuid;

use crate::fact::{Event, Fact};
use crate::record::{Column, Kind, Sink, record, unreadable};
use crate::view::{Keeps, Table, View};

/// The view.
pub enum Posture {}

record! {
    /// What an account demands, and whether it does.
    pub struct PostureRow {
        /// As prompts show it.
        pub name: String,
        /// As addresses show it.
        pub slug: String,
        /// The account-wide switch.
        pub switch: Switch,
        /// The enrolment generation in force.
        pub generation: u32,
        /// What team members must do, now and from a date on.
        pub team: Demand,
        /// What end users must do, now and from a date on.
        pub end_users: Demand,
        /// The named set of rules that the account holds itself to.
        pub profile: Option<String>,
        /// Whether it is closed for good.
        pub closed: bool,
    }
}

impl PostureRow {
    /// What is demanded of an audience.
    pub const fn demand(&self, audience: Audience) -> &Demand {
        match audience {
            Audience::Team => &self.team,
            Audience::EndUsers => &self.end_users,
        }
    }

    /// The policy that somebody is under at an instant, and since when it requires a second factor of them.
    pub fn policy(&self, whom: Whom<'_>, at: Timestamp) -> (&AudiencePolicy, Option<Timestamp>) {
        (self.demand(whom.role.audience()).policy(at), self.required_since_of(whom, at))
    }

    /// Since when, without a break, a second factor is required of somebody, where it is.
    pub fn required_since_of(&self, whom: Whom<'_>, at: Timestamp) -> Option<Timestamp> {
        required_since_of(|audience| self.demand(audience), whom, at)
    }
}

impl View for Posture {
    type Row = PostureRow;
    type Key = Uuid;
    const TABLE: Table = Table { keeps: Keeps::History, ..Table::of("posture", "account_id") };

    fn key(fact: &Fact) -> Option<Uuid> {
        let Event::Account(event) = &fact.event else { return None };
        match event {
            AccountEvent::AccountOpened { .. }
            | AccountEvent::PolicyChanged { .. }
            | AccountEvent::PolicyScheduled { .. }
            | AccountEvent::PolicyScheduleCancelled { .. }
            | AccountEvent::OwnerFloorChanged { .. }
            | AccountEvent::ProfileChosen { .. }
            | AccountEvent::AccountSettingsChanged { .. }
            | AccountEvent::AccountClosed { .. }
            | AccountEvent::AccountTwoFactorDisabled { .. }
            | AccountEvent::AccountTwoFactorEnabled { .. }
            | AccountEvent::AccountTwoFactorSuspended { .. }
            | AccountEvent::AccountTwoFactorResumed { .. } => Some(fact.account.uuid()),
            AccountEvent::ResetFanOutCompleted { .. }
            | AccountEvent::GovernanceChanged { .. }
            | AccountEvent::GroupCreated { .. }
            | AccountEvent::GroupRenamed { .. }
            | AccountEvent::GroupDeleted { .. }
            | AccountEvent::ClientRegistered { .. }
            | AccountEvent::ClientRemoved { .. }
            | AccountEvent::ClientTokenIssued { .. }
            | AccountEvent::ClientTokenRevoked { .. }
            | AccountEvent::HardwareTokensImported { .. }
            | AccountEvent::ApprovalRequested { .. }
            | AccountEvent::ApprovalUsed { .. }
            | AccountEvent::ApprovalCancelled { .. }
            | AccountEvent::SandboxClockSet { .. }
            | AccountEvent::SignInsRefused { .. }
            | AccountEvent::ForeignPasswordsArrived { .. }
            | AccountEvent::ForeignPasswordsGone { .. }
            | AccountEvent::DeliveryTroubleRaised { .. }
            | AccountEvent::OutageRaised { .. }
            | AccountEvent::BudgetSpent { .. }
            | AccountEvent::OperatorGranted { .. }
            | AccountEvent::OperatorGrantRevoked { .. }
            | AccountEvent::OperatorActed { .. } => None,
        }
    }

    fn apply(row: Option<PostureRow>, _: Uuid, fact: &Fact) -> Option<PostureRow> {
        let Event::Account(event) = &fact.event else { return row };
        if let AccountEvent::AccountOpened { name, slug, .. } = event {
            return Some(PostureRow {
                name: name.clone(),
                slug: slug.clone(),
                switch: Switch::On,
                generation: 0,
                team: Demand::of_new(Audience::Team),
                end_users: Demand::of_new(Audience::EndUsers),
                profile: None,
                closed: false,
            });
        }
        let mut row = row?;
        match event {
            AccountEvent::PolicyChanged { .. }
            | AccountEvent::PolicyScheduled { .. }
            | AccountEvent::PolicyScheduleCancelled { .. }
            | AccountEvent::OwnerFloorChanged { .. } => {
                row.team.evolve(event);
                row.end_users.evolve(event);
            }
            AccountEvent::ProfileChosen { profile, .. } => row.profile.clone_from(profile),
            AccountEvent::AccountSettingsChanged { after, .. } => row.name.clone_from(&after.name),
            AccountEvent::AccountClosed { .. } => row.closed = true,
            AccountEvent::AccountTwoFactorDisabled { generation, at, .. } => {
                row.generation = *generation;
                row.switch = Switch::Off { since: *at };
            }
            AccountEvent::AccountTwoFactorEnabled { .. } | AccountEvent::AccountTwoFactorResumed { .. } => {
                row.switch = Switch::On;
            }
            AccountEvent::AccountTwoFactorSuspended { suspension, at, .. } => {
                row.switch = Switch::Suspended { suspension: *suspension, since: *at };
            }
            AccountEvent::AccountOpened { .. }
            | AccountEvent::ResetFanOutCompleted { .. }
            | AccountEvent::GovernanceChanged { .. }
            | AccountEvent::GroupCreated { .. }
            | AccountEvent::GroupRenamed { .. }
            | AccountEvent::GroupDeleted { .. }
            | AccountEvent::ClientRegistered { .. }
            | AccountEvent::ClientRemoved { .. }
            | AccountEvent::ClientTokenIssued { .. }
            | AccountEvent::ClientTokenRevoked { .. }
            | AccountEvent::HardwareTokensImported { .. }
            | AccountEvent::ApprovalRequested { .. }
            | AccountEvent::ApprovalUsed { .. }
            | AccountEvent::ApprovalCancelled { .. }
            | AccountEvent::SandboxClockSet { .. }
            | AccountEvent::SignInsRefused { .. }
            | AccountEvent::ForeignPasswordsArrived { .. }
            | AccountEvent::ForeignPasswordsGone { .. }
            | AccountEvent::DeliveryTroubleRaised { .. }
            | AccountEvent::OutageRaised { .. }
            | AccountEvent::BudgetSpent { .. }
            | AccountEvent::OperatorGranted { .. }
            | AccountEvent::OperatorGrantRevoked { .. }
            | AccountEvent::OperatorActed { .. } => {}
        }
        Some(row)
    }
}

/// Values that are stored as the JSON that events use for them.
macro_rules! as_json {
    ($($type:ty),+) => {$(
        impl Column for $type {
            const KIND: Kind = Kind::Text;
            fn put(&self, sink: &mut impl Sink) {
                // Plain structs and sets always serialise; nothing would be unreadable, not wrong.
                sink.text(&serde_json::to_string(self).unwrap_or_default());
            }
            fn get(row: &Row, index: usize) -> Result<Self, StoreError> {
                Self::get_optional(row, index)?.ok_or_else(|| unreadable("null"))
            }
            fn get_optional(row: &Row, index: usize) -> Result<Option<Self>, StoreError> {
                let Some(stored) = row.get::<Option<String>>(index)? else { return Ok(None) };
                serde_json::from_str(&stored).map(Some).map_err(|_| unreadable(&stored))
            }
        }
    )+};
}

as_json!(Switch, Demand, Trail, BTreeSet<FactorId>, BTreeSet<GroupId>, BTreeSet<String>);
