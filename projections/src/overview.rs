//! Each account at a glance: people by role, who has a second factor, sign-ins, the last event.
//!
//! People are counted by role and by the generation they enrolled in, so that an account-wide disable
//! empties the count of the enrolled with the event itself.

use std::collections::BTreeMap;

use twofold_domain::account::AccountEvent;
use twofold_domain::device::DeviceEvent;
use twofold_domain::ids::{AccountId, UserId};
use twofold_domain::policy::{Audience, Role};
use twofold_domain::time::Timestamp;
use twofold_domain::user::UserEvent;
use twofold_infra::store::{StoreError, Views};
use uuid::Uuid;

use crate::fact::{Event, Fact};
use crate::record::{Named as _, Record as _, record, unreadable};
use crate::view::{Projection, Table, View};

/// The projection's name.
pub const NAME: &str = "overview";

/// The projection.
pub fn projection() -> Projection {
    Projection::new(NAME, 2).with::<Accounts>().with::<Members>()
}

/// One row per account.
pub enum Accounts {}

record! {
    /// An account, its people aside.
    pub struct AccountRow {
        /// As prompts show it.
        pub name: String,
        /// As addresses show it.
        pub slug: String,
        /// When it was opened.
        pub opened_at: Timestamp,
        /// The enrolment generation in force.
        pub generation: u32,
        /// Sessions that ever began.
        pub sessions_started: u64,
        /// Its last event.
        pub last_event: u64,
        /// When that was.
        pub last_event_at: Timestamp,
    }
}

impl View for Accounts {
    type Row = AccountRow;
    type Key = Uuid;
    const TABLE: Table = Table::of("overview", "account_id");

    /// Every event is an account's last one for a while.
    fn key(fact: &Fact) -> Option<Uuid> {
        Some(fact.account.uuid())
    }

    fn apply(row: Option<AccountRow>, _: Uuid, fact: &Fact) -> Option<AccountRow> {
        let mut row = match &fact.event {
            Event::Account(AccountEvent::AccountOpened { name, slug, at, .. }) => AccountRow {
                name: name.clone(),
                slug: slug.clone(),
                opened_at: *at,
                generation: 0,
                sessions_started: 0,
                last_event: 0,
                last_event_at: *at,
            },
            Event::Account(_) | Event::User(..) | Event::Device(..) | Event::Reading(_) => row?,
        };
        match &fact.event {
            Event::Account(AccountEvent::AccountTwoFactorDisabled { generation, .. }) => {
                row.generation = *generation;
            }
            Event::Device(_, DeviceEvent::SessionStarted { .. }) => row.sessions_started += 1,
            Event::Account(_) | Event::User(..) | Event::Device(..) | Event::Reading(_) => {}
        }
        row.last_event = fact.seq;
        row.last_event_at = fact.at;
        Some(row)
    }
}

/// One row per person, only to be counted.
pub enum Members {}

record! {
    /// What a person counts as.
    pub struct MemberRow {
        /// Who.
        pub user_id: UserId,
        /// Their role.
        pub role: Role,
        /// The generation that a binding under way belongs to.
        pub pending_generation: Option<u32>,
        /// The generation of their second factor.
        pub enrolled_generation: Option<u32>,
        /// Whether they may not sign in.
        pub deactivated: bool,
        /// Whether they were erased.
        pub erased: bool,
    }
}

impl View for Members {
    type Row = MemberRow;
    type Key = UserId;
    const TABLE: Table = Table { tally: true, ..Table::of("members", "user_id") };

    fn key(fact: &Fact) -> Option<UserId> {
        let Event::User(user, event) = &fact.event else { return None };
        match event {
            UserEvent::UserRegistered { .. }
            | UserEvent::FactorEnrolmentStarted { .. }
            | UserEvent::FactorConfirmed { .. }
            | UserEvent::TwoFactorDisabled { .. }
            | UserEvent::TwoFactorReset { .. }
            | UserEvent::FactorClaimed { .. }
            | UserEvent::RoleChanged { .. }
            | UserEvent::UserDeactivated { .. }
            | UserEvent::UserReactivated { .. }
            | UserEvent::PersonErased { .. } => Some(*user),
            UserEvent::LinkIssued { .. }
            | UserEvent::LinkRedeemed { .. }
            | UserEvent::EmailVerified { .. }
            | UserEvent::PasswordSet { .. }
            | UserEvent::PasswordAccepted { .. }
            | UserEvent::PasswordRejected { .. }
            | UserEvent::PasswordChangeDemanded { .. }
            | UserEvent::MailedCodeIssued { .. }
            | UserEvent::MailedCodeAccepted { .. }
            | UserEvent::MailedCodeRejected { .. }
            | UserEvent::TwoFactorEnabled { .. }
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
            | UserEvent::LockedOut { .. }
            | UserEvent::Unlocked { .. }
            | UserEvent::FactorRemoved { .. }
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
            | UserEvent::GroupsChanged { .. }
            | UserEvent::IdentityProviderLinked { .. }
            | UserEvent::IdentityProviderUnlinked { .. }
            | UserEvent::ApiTokenIssued { .. }
            | UserEvent::ApiTokenRevoked { .. }
            | UserEvent::PasswordAccessUsed { .. }
            | UserEvent::MessageSent { .. }
            | UserEvent::MessageFailed { .. }
            | UserEvent::DeviceReportedLost { .. } => None,
        }
    }

    fn apply(row: Option<MemberRow>, user_id: UserId, fact: &Fact) -> Option<MemberRow> {
        let Event::User(_, event) = &fact.event else { return row };
        if let UserEvent::UserRegistered { role, .. } = event {
            let role = *role;
            return Some(MemberRow {
                user_id,
                role,
                pending_generation: None,
                enrolled_generation: None,
                deactivated: false,
                erased: false,
            });
        }
        let mut row = row?;
        match event {
            UserEvent::FactorEnrolmentStarted { generation, .. } => {
                row.pending_generation = Some(*generation);
            }
            UserEvent::FactorConfirmed { .. } => {
                let pending = row.pending_generation.take();
                row.enrolled_generation = pending.or(row.enrolled_generation);
            }
            UserEvent::FactorClaimed { generation, .. } => row.enrolled_generation = Some(*generation),
            UserEvent::RoleChanged { to, .. } => row.role = *to,
            UserEvent::UserDeactivated { .. } => (row.pending_generation, row.deactivated) = (None, true),
            UserEvent::UserReactivated { .. } => row.deactivated = false,
            UserEvent::TwoFactorDisabled { .. } | UserEvent::TwoFactorReset { .. } => {
                (row.enrolled_generation, row.pending_generation) = (None, None);
            }
            UserEvent::PersonErased { .. } => {
                (row.enrolled_generation, row.pending_generation) = (None, None);
                row.erased = true;
            }
            // `key` names everything that matters, without a catch-all.
            _ => {}
        }
        Some(row)
    }

    /// `role:generation`, or `role:` without a second factor.
    fn group(row: &MemberRow) -> Option<String> {
        let generation = row.enrolled_generation.map(|g| g.to_string()).unwrap_or_default();
        (!row.erased && !row.deactivated).then(|| format!("{}:{generation}", row.role.name()))
    }
}

/// An account at a glance.
#[derive(Debug, Clone, PartialEq)]
pub struct Overview {
    /// The account, its people aside.
    pub account: AccountRow,
    /// People by role.
    pub people: BTreeMap<Role, u64>,
    /// Team members with a second factor of the generation in force.
    pub team_enrolled: u64,
    /// End users with a second factor of the generation in force.
    pub end_users_enrolled: u64,
}

/// An account at a glance; `None` before its first event is here.
pub async fn overview(views: &Views, account: AccountId) -> Result<Option<Overview>, StoreError> {
    let columns: Vec<&str> = AccountRow::COLUMNS.iter().map(|c| c.name).collect();
    // One statement, so that counts and generation belong to the same event.
    let sql = format!(
        "select t.label, t.n, {} from views.overview o \
         left join views.members_tally t on t.account_id = o.account_id where o.account_id = $1",
        columns.join(", ")
    );
    let rows = views.fetch(&sql, &[account.uuid().into()]).await?;
    let Some(first) = rows.first() else { return Ok(None) };
    let mut overview = Overview {
        account: AccountRow::get(first, 2)?,
        people: BTreeMap::new(),
        team_enrolled: 0,
        end_users_enrolled: 0,
    };
    for row in &rows {
        let Some(label) = row.get::<Option<String>>(0)? else { continue };
        let n = row.count(1)?;
        let (role, generation) = label.split_once(':').ok_or_else(|| unreadable(&label))?;
        let role = Role::parse(role).ok_or_else(|| unreadable(&label))?;
        *overview.people.entry(role).or_default() += n;
        if generation.parse() == Ok(overview.account.generation) {
            match role.audience() {
                Audience::Team => overview.team_enrolled += n,
                Audience::EndUsers => overview.end_users_enrolled += n,
            }
        }
    }
    Ok(Some(overview))
}
