//! The account's side of everybody's standing: switch, generation, policies. One row per account.

use twofold_domain::account::{AccountEvent, Switch};
use twofold_domain::policy::{Audience, AudiencePolicy};
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
        /// Version of the policy; 0 as opened.
        pub policy_version: u32,
        /// What team members must do.
        pub team: AudiencePolicy,
        /// Since when they must have a second factor.
        pub team_required_since: Option<Timestamp>,
        /// What end users must do.
        pub end_users: AudiencePolicy,
        /// Since when they must have a second factor.
        pub end_users_required_since: Option<Timestamp>,
    }
}

impl PostureRow {
    /// The policy of an audience, and since when it requires a second factor.
    pub const fn policy(&self, audience: Audience) -> (&AudiencePolicy, Option<Timestamp>) {
        match audience {
            Audience::Team => (&self.team, self.team_required_since),
            Audience::EndUsers => (&self.end_users, self.end_users_required_since),
        }
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
            | AccountEvent::AccountTwoFactorDisabled { .. }
            | AccountEvent::AccountTwoFactorEnabled { .. }
            | AccountEvent::AccountTwoFactorSuspended { .. }
            | AccountEvent::AccountTwoFactorResumed { .. } => Some(fact.account.uuid()),
            AccountEvent::ResetFanOutCompleted { .. } | AccountEvent::OperatorActed { .. } => None,
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
                policy_version: 0,
                team: AudiencePolicy::TEAM,
                team_required_since: None,
                end_users: AudiencePolicy::END_USERS,
                end_users_required_since: None,
            });
        }
        let mut row = row?;
        match event {
            AccountEvent::PolicyChanged { audience, version, after, required_since, .. } => {
                row.policy_version = *version;
                match audience {
                    Audience::Team => (row.team, row.team_required_since) = (*after, *required_since),
                    Audience::EndUsers => {
                        (row.end_users, row.end_users_required_since) = (*after, *required_since);
                    }
                }
            }
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
                // Plain structs of numbers always serialise; nothing would be unreadable, not wrong.
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

as_json!(Switch, AudiencePolicy);
