//! Opening an account, its policy, and its switch.

use std::sync::Arc;

use twofold_domain::account::{Account, AccountCommand, Census, ClockKind, GuardedAct};
use twofold_domain::ids::{AccountId, StreamId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::policy::{Audience, AudiencePolicy};
use twofold_domain::sealed::{Reason, Sealed};

use super::approvals::{Circle, Consented, consent};
use super::census::{census_of, enrolled, hex};
use super::people::{NewPerson, register};
use super::principal::{Credential, Principal};
use super::{ActError, words};
use crate::desk::Act;
use crate::work::Work;

/// Open an account with its first owner. An act of the installation, not of the world.
pub struct OpenAccount {
    /// Pre-minted; the same as the account it is performed on.
    pub account: AccountId,
    /// For addresses, unique in the installation.
    pub slug: String,
    /// For people.
    pub name: String,
    /// Kind of clock.
    pub clock: ClockKind,
    /// The first owner.
    pub owner: NewPerson,
}

/// What opening an account yields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedAccount {
    /// The account.
    pub account: AccountId,
    /// Its first owner.
    pub owner: twofold_domain::ids::UserId,
}

impl Act for OpenAccount {
    type Reply = OpenedAccount;

    async fn run(&self, work: &mut Work) -> Result<OpenedAccount, ActError> {
        let vault = work.desk().vault().clone();
        let keys = vault.new_account(work).await?;
        let open = AccountCommand::Open {
            account: self.account,
            slug: self.slug.clone(),
            name: self.name.trim().to_owned(),
            log_origin: hex(&work.desk().mint().bytes::<16>()),
            clock: self.clock,
            at: work.at(),
        };
        work.tell_account(open).await?;
        work.extras().opens_account = true;
        work.extras().slug = Some(self.slug.clone());
        register(work, &keys, &self.owner).await?;
        Ok(OpenedAccount { account: self.account, owner: self.owner.user })
    }
}

/// Save one audience's policy.
pub struct ChangePolicy {
    /// Who asks.
    pub credential: Credential,
    /// The account's version that they saw.
    pub seen: u64,
    /// Whom it concerns.
    pub audience: Audience,
    /// The wish.
    pub policy: AudiencePolicy,
}

impl Act for ChangePolicy {
    type Reply = u64;

    async fn run(&self, work: &mut Work) -> Result<u64, ActError> {
        self.credential.principal(work, Deed::ChangePolicy).await?;
        unmoved(work, self.seen).await?;
        let command = AccountCommand::ChangePolicy {
            audience: self.audience,
            policy: self.policy.clone(),
            at: work.at(),
        };
        let events = work.tell_account(command).await?;
        Ok(self.seen + events.len() as u64)
    }
}

/// Save the policy of several audiences: all of them, or none.
pub struct ChangePolicies {
    /// Who asks.
    pub credential: Credential,
    /// The account's version that they saw.
    pub seen: u64,
    /// The wishes.
    pub changes: Vec<(Audience, AudiencePolicy)>,
}

impl Act for ChangePolicies {
    /// The account's version, and the account as it is then.
    type Reply = (u64, Arc<Account>);

    async fn run(&self, work: &mut Work) -> Result<Self::Reply, ActError> {
        self.credential.principal(work, Deed::ChangePolicy).await?;
        unmoved(work, self.seen).await?;
        let mut version = self.seen;
        for (audience, policy) in self.changes.clone() {
            let command = AccountCommand::ChangePolicy { audience, policy, at: work.at() };
            version += work.tell_account(command).await?.len() as u64;
        }
        Ok((version, work.account().await?))
    }
}

/// What to do with the account-wide switch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Switch {
    /// Off for everyone, and everyone reset: the census that the person confirming was shown.
    Disable(Census),
    /// On again; everyone from scratch.
    Enable,
    /// Off for a while; enrolments stay.
    Suspend,
    /// As it was before the suspension.
    Resume,
}

/// Throw the account-wide switch.
pub struct SwitchAccount {
    /// Who asks.
    pub credential: Credential,
    /// The account's version that they saw.
    pub seen: u64,
    /// What to do.
    pub switch: Switch,
    /// Why, in their words; needed where it takes two.
    pub reason: Option<String>,
    /// Who has a say.
    pub circle: Circle,
}

impl Act for SwitchAccount {
    /// The account's version.
    type Reply = Consented<u64>;

    async fn run(&self, work: &mut Work) -> Result<Self::Reply, ActError> {
        let person = self.credential.principal(work, Deed::SwitchAccount).await?;
        unmoved(work, self.seen).await?;
        if let Some(act) = self.guarded(work).await? {
            let consented = consent(work, &person, act, self.reason.as_deref(), &self.circle).await?;
            if let Consented::Waits(requested) = consented {
                return Ok(Consented::Waits(requested));
            }
        }
        let reason = self.sealed_reason(work, &person).await?;
        let at = work.at();
        let command = match &self.switch {
            Switch::Disable(confirmed) => {
                let generation = work.account().await?.generation;
                let (people, seq) = enrolled(work.desk(), work.account_id(), generation).await?;
                // Whoever enrols between this look and the commit would escape the announcement.
                work.extras().roster_read = Some(seq);
                AccountCommand::Disable {
                    confirmed: confirmed.clone(),
                    actual: census_of(people),
                    reason,
                    at,
                }
            }
            Switch::Enable => AccountCommand::Enable { at },
            Switch::Suspend => AccountCommand::Suspend { reason, at },
            Switch::Resume => AccountCommand::Resume { at },
        };
        let events = work.tell_account(command).await?;
        Ok(Consented::Done(self.seen + events.len() as u64))
    }
}

impl SwitchAccount {
    /// What it may take two for. What cannot be done at all, or was confirmed for others, is refused
    /// before anybody is asked to approve it.
    async fn guarded(&self, work: &mut Work) -> Result<Option<GuardedAct>, ActError> {
        let (account, at) = (work.account().await?, work.at());
        Ok(match &self.switch {
            Switch::Disable(confirmed) => {
                let (people, _) = enrolled(work.desk(), work.account_id(), account.generation).await?;
                let (confirmed, actual) = (confirmed.clone(), census_of(people));
                let people = actual.people;
                account.decide(AccountCommand::Disable { confirmed, actual, reason: None, at })?;
                Some(GuardedAct::Disable { people })
            }
            Switch::Suspend => {
                account.decide(AccountCommand::Suspend { reason: None, at })?;
                Some(GuardedAct::Suspend)
            }
            Switch::Enable | Switch::Resume => None,
        })
    }

    /// A reason describes what its author thought; it is sealed under the author's key.
    async fn sealed_reason(
        &self,
        work: &Work,
        person: &Principal,
    ) -> Result<Option<Sealed<Reason>>, ActError> {
        match self.reason.as_deref() {
            None => Ok(None),
            Some(text) => {
                let text = words::reason(text)?;
                Ok(Some(work.desk().vault().seal(person.account, person.user, &text).await?))
            }
        }
    }
}

/// The account is at the version that the caller saw.
pub(super) async fn unmoved(work: &mut Work, seen: u64) -> Result<(), ActError> {
    work.account().await?;
    let actual = work.version_of(StreamId::account(work.account_id()));
    if actual == seen { Ok(()) } else { Err(ActError::Outdated { actual }) }
}
