//! Opening an account, and its switch.

use twofold_domain::account::{AccountCommand, Change, ClockKind, GuardedAct, Impact};
use twofold_domain::ids::{AccountId, StreamId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::sealed::{Reason, Sealed};
use twofold_domain::time::Timestamp;

use super::approvals::{Circle, Consented, consent};
use super::census::{census_of, enrolled, hex};
use super::confirm::{Statement, impact};
use super::people::{NewPerson, register};
use super::principal::{Credential, Principal};
use super::{ActError, names, words};
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
        // Last: what is refused above claims no name.
        names::claim(work, &self.slug, &self.name).await?;
        Ok(OpenedAccount { account: self.account, owner: self.owner.user })
    }
}

/// Set a sandbox's own clock.
pub struct SetClock {
    /// Who asks.
    pub credential: Credential,
    /// What it shows from now on.
    pub to: Timestamp,
}

impl Act for SetClock {
    type Reply = ();

    async fn run(&self, work: &mut Work) -> Result<(), ActError> {
        self.credential.principal(work, Deed::SetClock).await?;
        let (at, real) = (work.at(), work.desk().clock().now());
        work.tell_account(AccountCommand::SetClock { to: self.to, at, real }).await?;
        Ok(())
    }
}

/// What to do with the account-wide switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Switch {
    /// Off for everyone, and everyone reset.
    Disable,
    /// On again; everyone from scratch.
    Enable,
    /// Off for a while; enrolments stay.
    Suspend,
    /// As it was before the suspension.
    Resume,
}

impl Switch {
    /// What it is as a change that is previewed.
    pub const fn change(self) -> Change {
        match self {
            Self::Disable => Change::Disable,
            Self::Enable => Change::Enable,
            Self::Suspend => Change::Suspend,
            Self::Resume => Change::Resume,
        }
    }
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
    /// The preview that is confirmed, if any.
    pub statement: Option<Statement>,
    /// Who has a say.
    pub circle: Circle,
}

impl Act for SwitchAccount {
    /// The account's version.
    type Reply = Consented<u64>;

    async fn run(&self, work: &mut Work) -> Result<Self::Reply, ActError> {
        let person = self.credential.principal(work, Deed::SwitchAccount).await?;
        unmoved(work, self.seen).await?;
        let change = self.switch.change();
        let impact = impact(work, &change, person.role, self.statement.as_ref()).await?;
        if let Some(act) = self.guarded(work, &impact).await? {
            let consented = consent(work, &person, act, self.reason.as_deref(), &self.circle).await?;
            if let Consented::Waits(requested) = consented {
                return Ok(Consented::Waits(requested));
            }
        }
        let reason = self.sealed_reason(work, &person).await?;
        let at = work.at();
        let command = match self.switch {
            Switch::Disable => {
                let generation = work.account().await?.generation;
                let (people, seq) = enrolled(work.desk(), work.account_id(), generation).await?;
                // Whoever enrols between this look and the commit would escape the announcement.
                work.extras().roster_read = Some(seq);
                AccountCommand::Disable { impact, actual: census_of(people), reason, at }
            }
            Switch::Enable => AccountCommand::Enable { impact, at },
            Switch::Suspend => AccountCommand::Suspend { impact, reason, at },
            Switch::Resume => AccountCommand::Resume { impact, at },
        };
        let events = work.tell_account(command).await?;
        Ok(Consented::Done(self.seen + events.len() as u64))
    }
}

impl SwitchAccount {
    /// What it may take two for. What cannot be done at all, or was confirmed for others, is refused
    /// before anybody is asked to approve it.
    async fn guarded(&self, work: &mut Work, impact: &Impact) -> Result<Option<GuardedAct>, ActError> {
        let (account, at) = (work.account().await?, work.at());
        Ok(match &self.switch {
            Switch::Disable => {
                let (people, _) = enrolled(work.desk(), work.account_id(), account.generation).await?;
                let (impact, actual) = (impact.clone(), census_of(people));
                let people = actual.people;
                account.decide(AccountCommand::Disable { impact, actual, reason: None, at })?;
                Some(GuardedAct::Disable { people })
            }
            Switch::Suspend => {
                account.decide(AccountCommand::Suspend { impact: impact.clone(), reason: None, at })?;
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
