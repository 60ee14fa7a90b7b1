//! What staff does with a person's place here: deactivation, return, role, and what stands of them; and what
//! a person changes of their own.

use std::collections::BTreeSet;

use twofold_domain::account::{GuardedAct, Identity, Place};
use twofold_domain::ids::{GroupId, StreamId, UserId};
use twofold_domain::permission::{Act as Deed, Need, need};
use twofold_domain::policy::Role;
use twofold_domain::sealed::{Reason, Sealed};
use twofold_domain::user::{Help, LinkPurpose, PeopleCommand, UserCommand};
use zeroize::Zeroizing;

use super::approvals::{Circle, Consented, consent};
use super::owners::owners;
use super::post::{let_in, notify};
use super::principal::Credential;
use super::{ActError, links, words};
use crate::desk::Act;
use crate::keys::{AccountKeys, PersonKey};
use crate::mail::Letter;
use crate::store::Claim;
use crate::work::Work;

/// Let somebody in no more. Dead at the next request, on every server.
pub struct Deactivate {
    /// Who asks.
    pub credential: Credential,
    /// Whom.
    pub user: UserId,
    /// Why, in their words. Needed of an owner, which takes two.
    pub reason: Option<String>,
    /// Who has a say.
    pub circle: Circle,
}

impl Act for Deactivate {
    type Reply = Consented<()>;

    async fn run(&self, work: &mut Work) -> Result<Self::Reply, ActError> {
        work.queue_for(self.user).await;
        let (_, who) = self.credential.caller_upon(work, self.user, Deed::Deactivate).await?;
        let text = self.reason.as_deref().map(words::reason).transpose()?;
        if who.role == Role::Owner {
            let me = self.credential.principal_upon(work, self.user, Deed::Deactivate).await?.0;
            let era = work.account().await?.era(work.at());
            let command = PeopleCommand::Deactivate { reason: None, at: work.at() };
            work.user(self.user).await?.decide(&era, UserCommand::People(command))?;
            keeps_an_owner(work, self.user, who.role, &self.circle.owners).await?;
            let act = GuardedAct::DeactivateOwner { user: self.user };
            let consented = consent(work, &me, act, self.reason.as_deref(), &self.circle).await?;
            if let Consented::Waits(requested) = consented {
                return Ok(Consented::Waits(requested));
            }
        }
        let reason = match &text {
            Some(text) => {
                let vault = work.desk().vault().clone();
                Some(vault.seal(work.account_id(), self.user, text).await?)
            }
            None => None,
        };
        deactivate(work, self.user, reason).await?;
        Ok(Consented::Done(()))
    }
}

/// Lets somebody in no more, whoever decided that; they are told.
pub(super) async fn deactivate(
    work: &mut Work,
    user: UserId,
    reason: Option<Sealed<Reason>>,
) -> Result<(), ActError> {
    let command = PeopleCommand::Deactivate { reason, at: work.at() };
    work.tell_user(user, UserCommand::People(command)).await?;
    notify(work, user, &Letter::Deactivated).await
}

pub(super) async fn keeps_an_owner(
    work: &mut Work,
    user: UserId,
    role: Role,
    known: &[UserId],
) -> Result<(), ActError> {
    if role == Role::Owner {
        owners(work, known).await?.without(user)?;
    }
    Ok(())
}

/// Let somebody in again: they prove their address and set a password anew by the link that is mailed.
pub struct Reactivate {
    /// Who asks.
    pub credential: Credential,
    /// Whom.
    pub user: UserId,
}

impl Act for Reactivate {
    type Reply = ();

    async fn run(&self, work: &mut Work) -> Result<(), ActError> {
        work.queue_for(self.user).await;
        self.credential.helping_caller(work, self.user, Help::Return).await?;
        let command = PeopleCommand::Reactivate { at: work.at() };
        work.tell_user(self.user, UserCommand::People(command)).await?;
        // Whose sign-in is frozen comes back by the way out of that.
        if work.user(self.user).await?.frozen.is_some() {
            return Ok(());
        }
        mail_welcome(work, self.user, LinkPurpose::Verification).await
    }
}

/// Mail somebody who never set a password, or not since they came back, another link; the older one dies.
pub struct InviteAgain {
    /// Who asks.
    pub credential: Credential,
    /// Whom.
    pub user: UserId,
}

impl Act for InviteAgain {
    type Reply = ();

    async fn run(&self, work: &mut Work) -> Result<(), ActError> {
        work.queue_for(self.user).await;
        self.credential.helping_caller(work, self.user, Help::Invitation).await?;
        let purpose = work.user(self.user).await?.welcome().ok_or(ActError::NotWaiting)?;
        mail_welcome(work, self.user, purpose).await
    }
}

pub(super) async fn mail_welcome(
    work: &mut Work,
    user: UserId,
    purpose: LinkPurpose,
) -> Result<(), ActError> {
    let (link, lasts) = (links::issue(work, user, purpose).await?, purpose.life());
    let link = Zeroizing::new(link.url);
    let letter = match purpose {
        LinkPurpose::Verification => Letter::Reactivated { link, lasts },
        _ => Letter::Invitation { link, lasts },
    };
    let_in(work, user, &letter).await
}

/// Give somebody another role. Making an owner takes an act of its own, and unmaking one a second person.
pub struct ChangeRole {
    /// Who asks.
    pub credential: Credential,
    /// Whose.
    pub user: UserId,
    /// From now on.
    pub role: Role,
    /// Why; needed where it takes two.
    pub reason: Option<String>,
    /// Who has a say.
    pub circle: Circle,
}

impl Act for ChangeRole {
    type Reply = Consented<()>;

    async fn run(&self, work: &mut Work) -> Result<Self::Reply, ActError> {
        work.queue_for(self.user).await;
        let deed = |from| Deed::ChangeRole { from, to: self.role };
        let (me, who) = self.credential.principal_upon(work, self.user, deed).await?;
        if self.role == Role::Owner && need(me.role, deed(who.role)) == Need::Approved {
            return Err(ActError::TakesTwo);
        }
        let (account, person) = (work.account().await?, work.user(self.user).await?);
        account.may_move(&person, &Place { role: self.role, groups: person.groups.clone() }, me.role)?;
        if who.role == Role::Owner {
            keeps_an_owner(work, self.user, who.role, &self.circle.owners).await?;
            let act = GuardedAct::DemoteOwner { user: self.user, to: self.role };
            let consented = consent(work, &me, act, self.reason.as_deref(), &self.circle).await?;
            if let Consented::Waits(requested) = consented {
                return Ok(Consented::Waits(requested));
            }
        }
        give_role(work, self.user, self.role).await?;
        Ok(Consented::Done(()))
    }
}

/// Gives somebody another role, whoever may: their sessions, trust, and tokens end, and they are told.
pub(crate) async fn give_role(work: &mut Work, user: UserId, role: Role) -> Result<(), ActError> {
    let command = PeopleCommand::ChangeRole { to: role, at: work.at() };
    work.tell_user(user, UserCommand::People(command)).await?;
    notify(work, user, &Letter::RoleChanged { role }).await
}

/// Change what stands of somebody: of oneself name and language, of others groups as well.
pub struct EditPerson {
    /// Who asks.
    pub credential: Credential,
    /// Whom.
    pub user: UserId,
    /// The version of them that the caller saw.
    pub seen: Option<u64>,
    /// Their name.
    pub name: Option<String>,
    /// `en`, `es`, or `ko`.
    pub language: Option<String>,
    /// All groups that they are in from now on.
    pub groups: Option<BTreeSet<GroupId>>,
}

impl Act for EditPerson {
    /// The version of them that it left.
    type Reply = u64;

    async fn run(&self, work: &mut Work) -> Result<u64, ActError> {
        work.queue_for(self.user).await;
        let own = match &self.credential {
            Credential::Session(_) => self.credential.holder(work).await?.user == self.user,
            Credential::Token(_) => false,
        };
        let by = if own && self.groups.is_none() {
            self.credential.principal(work, Deed::EditOwn).await?.role
        } else {
            self.credential.caller_upon(work, self.user, Deed::EditPerson).await?.0.in_person()
        };
        let (account, user) = (work.account_id(), self.user);
        let person = work.user(user).await?;
        let version = work.version_of(StreamId::user(account, user));
        if let Some(actual) = self.seen.filter(|seen| *seen != version).map(|_| version) {
            return Err(ActError::Outdated { actual });
        }
        let mut recorded = 0;
        if let Some(given) = &self.name {
            let name = words::name("name", given)?;
            let vault = work.desk().vault().clone();
            let who = person.who().ok_or(ActError::UnknownUser)?;
            let known = vault.unseal(account, user, &who.name).await?;
            if known.as_deref() != Some(&name) {
                let sealed = vault.seal(account, user, &name).await?;
                recorded += tell(work, user, PeopleCommand::Rename(sealed)).await?;
            }
        }
        if let Some(language) = &self.language {
            recorded += tell(work, user, PeopleCommand::Speak(language.clone())).await?;
        }
        if let Some(groups) = &self.groups {
            let held = work.account().await?;
            held.has_groups(groups)
                .map_err(|error| ActError::Field { field: "groups", why: error.to_string() })?;
            if let Some(role) = person.role() {
                held.may_move(&person, &Place { role, groups: groups.clone() }, by)?;
            }
            recorded +=
                tell(work, user, PeopleCommand::Group { groups: groups.clone(), at: work.at() }).await?;
        }
        Ok(version + recorded)
    }
}

async fn tell(work: &mut Work, user: UserId, command: PeopleCommand) -> Result<u64, ActError> {
    Ok(work.tell_user(user, UserCommand::People(command)).await?.len() as u64)
}

/// What a claim on a provider's subject is called.
pub(super) const PROVIDER_CLAIM: &str = "provider";

/// The claim on who somebody is to a provider: nobody else of the account is.
pub(super) async fn provider_claim(
    work: &Work,
    user: UserId,
    provider: &str,
    subject: &str,
) -> Result<Claim, ActError> {
    let keys = work.desk().vault().account_keys(work.account_id()).await?;
    let key = provider_key(&keys, provider, subject);
    Ok(Claim { kind: PROVIDER_CLAIM.to_owned(), key, owner: user.uuid() })
}

/// What is claimed of a provider's subject.
pub(super) fn provider_key(keys: &AccountKeys, provider: &str, subject: &str) -> [u8; 32] {
    keys.tokens().tag("twofold/provider-subject/v1", &[provider.as_bytes(), subject.as_bytes()])
}

/// Records who somebody is to an identity provider.
pub(super) async fn link(
    work: &mut Work,
    key: &PersonKey,
    user: UserId,
    provider: &str,
    subject: &str,
) -> Result<(), ActError> {
    let subject = words::subject("subject", subject)?;
    let claim = provider_claim(work, user, provider, &subject).await?;
    let sealed = work.desk().vault().seal_with(key, work.account_id(), user, &subject)?;
    let (provider, at) = (provider.to_owned(), work.at());
    tell(work, user, PeopleCommand::LinkProvider { provider, subject: sealed, at }).await?;
    work.extras().claims.push(claim);
    Ok(())
}

/// Let somebody in through an identity provider. An owner's takes two, as whatever helps one.
pub struct LinkProvider {
    /// Who asks.
    pub credential: Credential,
    /// Whom.
    pub user: UserId,
    /// `google`, `saml`, `jwt`, …
    pub provider: String,
    /// Who they are there.
    pub subject: String,
    /// Why; needed where it takes two.
    pub reason: Option<String>,
    /// Who has a say.
    pub circle: Circle,
}

impl Act for LinkProvider {
    type Reply = Consented<()>;

    async fn run(&self, work: &mut Work) -> Result<Self::Reply, ActError> {
        work.queue_for(self.user).await;
        let (me, who) = self.credential.helper(work, self.user, Help::Provider).await?;
        if who.role == Role::Owner {
            let subject = words::subject("subject", &self.subject)?;
            let vault = work.desk().vault().clone();
            let subject = vault.seal(work.account_id(), self.user, &subject).await?;
            let (provider, at) = (self.provider.clone(), work.at());
            // What cannot be is refused before anybody is asked to approve it.
            let command =
                PeopleCommand::LinkProvider { provider: provider.clone(), subject: subject.clone(), at };
            let era = work.account().await?.era(at);
            work.user(self.user).await?.decide(&era, UserCommand::People(command))?;
            let to = Identity::Provider { provider, subject };
            let act = GuardedAct::ChangeOwnerIdentity { user: self.user, to };
            let consented = consent(work, &me, act, self.reason.as_deref(), &self.circle).await?;
            if let Consented::Waits(_) = consented {
                return Ok(consented);
            }
        }
        link_and_tell(work, self.user, &self.provider, &self.subject).await?;
        Ok(Consented::Done(()))
    }
}

/// Records who somebody is to an identity provider, and tells them.
pub(super) async fn link_and_tell(
    work: &mut Work,
    user: UserId,
    provider: &str,
    subject: &str,
) -> Result<(), ActError> {
    let key = work.desk().vault().person_key(work.account_id(), user).await?;
    link(work, &key, user, provider, subject).await?;
    notify(work, user, &Letter::ProviderLinked { provider: provider.to_owned() }).await
}

/// Let somebody in through an identity provider no more.
pub struct UnlinkProvider {
    /// Who asks.
    pub credential: Credential,
    /// Whom.
    pub user: UserId,
    /// Which.
    pub provider: String,
}

impl Act for UnlinkProvider {
    type Reply = ();

    async fn run(&self, work: &mut Work) -> Result<(), ActError> {
        work.queue_for(self.user).await;
        self.credential.helper(work, self.user, Help::ProviderEnd).await?;
        let released = provider_claims(work, self.user, Some(&self.provider)).await?;
        let (provider, at) = (self.provider.clone(), work.at());
        tell(work, self.user, PeopleCommand::UnlinkProvider { provider, at }).await?;
        work.extras().releases.extend(released);
        notify(work, self.user, &Letter::ProviderUnlinked { provider: self.provider.clone() }).await
    }
}

/// The claims of a person on their subjects: of one provider, or of all.
pub(super) async fn provider_claims(
    work: &mut Work,
    user: UserId,
    only: Option<&str>,
) -> Result<Vec<Claim>, ActError> {
    let person = work.user(user).await?;
    let vault = work.desk().vault().clone();
    let mut claims = vec![];
    for (provider, subject) in person.providers.iter().filter(|(name, _)| only.is_none_or(|o| o == *name)) {
        if let Some(subject) = vault.unseal(work.account_id(), user, subject).await? {
            claims.push(provider_claim(work, user, provider, &subject).await?);
        }
    }
    Ok(claims)
}
