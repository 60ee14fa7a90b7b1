//! What an account demands: saving and scheduling policies, the owner's floor, the profile.

use std::collections::BTreeMap;
use std::sync::Arc;

use twofold_domain::account::{Account, AccountCommand, Change, PolicyCommand};
use twofold_domain::ids::ScheduleId;
use twofold_domain::permission::Act as Deed;
use twofold_domain::policy::{Audience, AudiencePolicy, Profile};
use twofold_domain::time::Timestamp;

use super::ActError;
use super::accounts::unmoved;
use super::confirm::{Statement, impact};
use super::principal::Credential;
use crate::desk::Act;
use crate::work::Work;

/// Save the policy of one audience or of both: all of them, or none.
pub struct ChangePolicies {
    /// Who asks.
    pub credential: Credential,
    /// The account's version that they saw.
    pub seen: u64,
    /// The wishes.
    pub policies: BTreeMap<Audience, AudiencePolicy>,
    /// The preview that is confirmed, if any.
    pub statement: Option<Statement>,
}

impl Act for ChangePolicies {
    /// The account's version, and the account as it is then.
    type Reply = (u64, Arc<Account>);

    async fn run(&self, work: &mut Work) -> Result<Self::Reply, ActError> {
        let by = self.credential.principal(work, Deed::ChangePolicy).await?.role;
        unmoved(work, self.seen).await?;
        let policies = self.policies.clone();
        let change = Change::Policy(policies.clone());
        let impact = impact(work, &change, by, self.statement.as_ref()).await?;
        tell(work, self.seen, PolicyCommand::Save { policies, by, offer: work.desk().offer(), impact }).await
    }
}

/// Let a policy hold from a date on. Owners and admins are told by a process manager, which reads this event.
pub struct SchedulePolicy {
    /// Who asks.
    pub credential: Credential,
    /// The account's version that they saw.
    pub seen: u64,
    /// Whom it concerns.
    pub audience: Audience,
    /// What will hold.
    pub policy: AudiencePolicy,
    /// From when.
    pub begins_at: Timestamp,
    /// The preview that is confirmed, if any.
    pub statement: Option<Statement>,
}

impl Act for SchedulePolicy {
    /// The account's version, the account as it is then, and the schedule.
    type Reply = (u64, Arc<Account>, ScheduleId);

    async fn run(&self, work: &mut Work) -> Result<Self::Reply, ActError> {
        let by = self.credential.principal(work, Deed::ChangePolicy).await?.role;
        unmoved(work, self.seen).await?;
        let Self { audience, begins_at, .. } = *self;
        let policy = self.policy.clone();
        let change = Change::Schedule { audience, policy: policy.clone(), begins_at };
        let impact = impact(work, &change, by, self.statement.as_ref()).await?;
        let (schedule, offer) = (work.desk().mint().id(), work.desk().offer());
        let command = PolicyCommand::Schedule { schedule, audience, policy, begins_at, by, offer, impact };
        let (version, account) = tell(work, self.seen, command).await?;
        Ok((version, account, schedule))
    }
}

/// Withdraw a scheduled policy before it begins; they are told of that, too.
pub struct CancelSchedule {
    /// Who asks.
    pub credential: Credential,
    /// Which.
    pub schedule: ScheduleId,
}

impl Act for CancelSchedule {
    type Reply = ();

    async fn run(&self, work: &mut Work) -> Result<(), ActError> {
        let by = self.credential.principal(work, Deed::ChangePolicy).await?.role;
        tell(work, 0, PolicyCommand::CancelSchedule { schedule: self.schedule, by }).await?;
        Ok(())
    }
}

/// Set the loosest policy that admins may save.
pub struct SetFloors {
    /// Who asks.
    pub credential: Credential,
    /// The account's version that they saw.
    pub seen: u64,
    /// The floors; `None` takes one away.
    pub floors: BTreeMap<Audience, Option<AudiencePolicy>>,
}

impl Act for SetFloors {
    type Reply = (u64, Arc<Account>);

    async fn run(&self, work: &mut Work) -> Result<Self::Reply, ActError> {
        self.credential.principal(work, Deed::ChangeFloor).await?;
        unmoved(work, self.seen).await?;
        tell(work, self.seen, PolicyCommand::SetFloors(self.floors.clone())).await
    }
}

/// Hold the account to a profile, or to none.
pub struct ChooseProfile {
    /// Who asks.
    pub credential: Credential,
    /// Which.
    pub profile: Option<Profile>,
}

impl Act for ChooseProfile {
    type Reply = ();

    async fn run(&self, work: &mut Work) -> Result<(), ActError> {
        self.credential.principal(work, Deed::ChangePolicy).await?;
        tell(work, 0, PolicyCommand::ChooseProfile(self.profile)).await?;
        Ok(())
    }
}

async fn tell(work: &mut Work, seen: u64, command: PolicyCommand) -> Result<(u64, Arc<Account>), ActError> {
    let command = AccountCommand::Policy { command, at: work.at() };
    let events = work.tell_account(command).await?;
    Ok((seen + events.len() as u64, work.account().await?))
}
