//! Changing an address: the new one is mailed a link, the old one is told, and nobody learns from the
//! answer whether the new one is taken.

use std::sync::Arc;

use twofold_domain::account::{GuardedAct, Identity};
use twofold_domain::ids::{LinkId, UserId, VerifierId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::policy::Role;
use twofold_domain::time::Timestamp;
use twofold_domain::user::{
    AddressCommand, Help, LinkPurpose, Objection, PeopleCommand, UserCommand, UserError,
};
use zeroize::Zeroizing;

use super::approvals::{Circle, Consented, consent};
use super::former::Whose;
use super::freeze::mail_way_back;
use super::lives::mail_welcome;
use super::people::EMAIL_CLAIM;
use super::post::{ask_and_tell, mail_to, notify};
use super::principal::Credential;
use super::{ActError, former, links, words};
use crate::desk::Act;
use crate::mail::Letter;
use crate::store::Claim;
use crate::vault::kind;
use crate::verify::token::{Bearer, LinkToken};
use crate::work::Work;

/// Ask to change an address, one's own or somebody's. That an owner changes another's takes two, as whatever helps
/// one: or whoever is one of them could come in as the other.
pub struct RequestEmailChange {
    /// Who asks.
    pub credential: Credential,
    /// Whose.
    pub user: UserId,
    /// The new one.
    pub email: String,
    /// Why; needed where it takes two.
    pub reason: Option<String>,
    /// Who has a say.
    pub circle: Circle,
}

impl Act for RequestEmailChange {
    /// When the link at the new address ends.
    type Reply = Consented<Timestamp>;

    async fn run(&self, work: &mut Work) -> Result<Self::Reply, ActError> {
        work.queue_for(self.user).await;
        if self.credential.holder(work).await?.user == self.user {
            self.credential.principal(work, Deed::ChangeOwnEmail).await?;
            let address = words::email(&self.email)?;
            if former::whose(work, &address).await? == Some(Whose::Has(self.user)) {
                return Err(ActError::SameEmail);
            }
            return ask(work, self.user, &address, None).await.map(Consented::Done);
        }
        let (me, who) = self.credential.helper(work, self.user, Help::Address).await?;
        let address = words::email(&self.email)?;
        is_free(work, self.user, &address).await?;
        if who.role == Role::Owner {
            let vault = work.desk().vault().clone();
            let to = Identity::Email(vault.seal(work.account_id(), self.user, &address).await?);
            let act = GuardedAct::ChangeOwnerIdentity { user: self.user, to };
            let consented = consent(work, &me, act, self.reason.as_deref(), &self.circle).await?;
            if let Consented::Waits(requested) = consented {
                return Ok(Consented::Waits(requested));
            }
        }
        ask(work, self.user, &address, Some((me.user, me.role))).await.map(Consented::Done)
    }
}

/// That an address is not the one that its person has, nor anybody else's: staff, who may read everybody's, learn whose,
/// or what they put right would silently come to nothing.
async fn is_free(work: &mut Work, user: UserId, address: &str) -> Result<(), ActError> {
    match former::whose(work, address).await? {
        Some(Whose::Has(holder)) if holder == user => Err(ActError::SameEmail),
        Some(whose) if whose.user() != user => Err(ActError::SomebodyElses(whose)),
        _ => Ok(()),
    }
}

/// Mails a link to the new address, and tells the old one; until when the link is good.
pub(super) async fn ask(
    work: &mut Work,
    user: UserId,
    address: &str,
    by: Option<(UserId, Role)>,
) -> Result<Timestamp, ActError> {
    let (desk, account) = (work.desk().clone(), work.account_id());
    let vault = desk.vault().clone();
    let keys = vault.account_keys(account).await?;
    let elsewhere = former::whose(work, address).await?.is_some_and(|whose| whose.user() != user);
    let (link, verifier): (LinkId, VerifierId) = (desk.mint().id(), desk.mint().id());
    let email = vault.seal(account, user, address).await?;
    let at = work.at();
    let asked = AddressCommand::Request { link, email, verifier, by, at };
    let before = work.user(user).await?;
    keep(work, user, asked).await?;
    let token = Bearer::<LinkToken>::mint(desk.mint(), account, user, link);
    vault.keep(work, user, verifier, kind::TOKEN, &token.verifier(keys.tokens())).await?;
    let lasts = LinkPurpose::EmailChange.life();
    // Whoever reads the mail of a taken address has it already, and needs no link.
    let letter = if elsewhere {
        Letter::EmailTaken
    } else {
        Letter::EmailChange { link: Zeroizing::new(links::url(&desk, "email", &token)), lasts }
    };
    let language = work.user(user).await?.who().map(|who| who.language.clone()).unwrap_or_default();
    mail_to(work, user, address, &language, &letter).await?;
    // Whoever reads a mistyped address is told nothing, and has no say. Of somebody frozen the address may be a
    // thief's, and the change lets nobody in: it is told once it is done.
    if before.former_address_serves() && before.frozen.is_none() {
        let told = Letter::EmailChangeTold;
        if by.is_some() {
            notify(work, user, &told).await?;
        } else {
            let stop = links::issue(work, user, LinkPurpose::EmailObjection).await?;
            let asked = Letter::EmailChangeAsked { link: Zeroizing::new(stop.url), lasts };
            ask_and_tell(work, user, &asked, &told).await?;
        }
    }
    Ok(at + lasts)
}

/// Puts a command about an address.
async fn keep(work: &mut Work, user: UserId, command: AddressCommand) -> Result<(), ActError> {
    work.tell_user(user, UserCommand::People(PeopleCommand::Address(command))).await?;
    Ok(())
}

/// Sessions of somebody are ended by hand: a change of address that waits may have been asked for in one.
pub(super) async fn sessions_ended(work: &mut Work, user: UserId, how: Objection) -> Result<(), ActError> {
    let at = work.at();
    keep(work, user, AddressCommand::SessionsEnded { how, at }).await
}

/// Stop a change of address, one's own or somebody's.
pub struct CancelEmailChange {
    /// Who asks.
    pub credential: Credential,
    /// Whose.
    pub user: UserId,
}

impl Act for CancelEmailChange {
    type Reply = ();

    async fn run(&self, work: &mut Work) -> Result<(), ActError> {
        work.queue_for(self.user).await;
        let own = self.credential.holder(work).await?.user == self.user;
        if own {
            self.credential.principal(work, Deed::EndOwn).await?;
        } else {
            let help = work.user(self.user).await?.help_to_keep(work.at());
            self.credential.helper(work, self.user, help).await?;
        }
        let how = if own { Objection::Person } else { Objection::Staff };
        let at = work.at();
        keep(work, self.user, AddressCommand::Cancel { how, at }).await
    }
}

/// Use the link that was mailed to the address somebody has: it stays theirs.
pub struct KeepEmail {
    /// The link's token.
    pub token: Arc<Bearer<LinkToken>>,
}

impl Act for KeepEmail {
    type Reply = UserId;

    async fn run(&self, work: &mut Work) -> Result<UserId, ActError> {
        let (user, link) = (self.token.holder(), self.token.id());
        work.queue_for(user).await;
        links::open(work, &self.token).await?;
        let at = work.at();
        keep(work, user, AddressCommand::Object { link, at }).await?;
        Ok(user)
    }
}

/// Use the link at the new address: from now on it is theirs.
pub struct ConfirmEmail {
    /// The link's token.
    pub token: Arc<Bearer<LinkToken>>,
}

impl Act for ConfirmEmail {
    type Reply = UserId;

    async fn run(&self, work: &mut Work) -> Result<UserId, ActError> {
        let (user, link) = (self.token.holder(), self.token.id());
        work.queue_for(user).await;
        let open = links::open(work, &self.token).await?;
        let over = || ActError::User(UserError::LinkOver);
        let (vault, account, at) = (work.desk().vault().clone(), work.account_id(), work.at());
        let waiting = open.user.waiting_change(link, at).ok_or_else(over)?;
        let new = vault.unseal(account, user, &waiting.email).await?.ok_or_else(over)?;
        if former::whose(work, &new).await?.is_some_and(|whose| whose.user() != user) {
            return Err(ActError::Taken(EMAIL_CLAIM.to_owned()));
        }
        let old = vault.unseal(account, user, &open.who.email).await?.ok_or_else(over)?;
        let keys = vault.account_keys(account).await?;
        let claim = |address: &str| Claim {
            kind: EMAIL_CLAIM.to_owned(),
            key: keys.blind_index(address).bytes(),
            owner: user.uuid(),
        };
        let (released, taken) = (claim(&old), claim(&new));
        work.extras().releases.push(released);
        work.extras().claims.push(taken);
        let email = vault.seal(account, user, &new).await?;
        let before = work.user(user).await?;
        keep(work, user, AddressCommand::Confirm { link, email, at }).await?;
        former::moved(work, user, &before).await?;
        let staffs = before.waiting_change(link, at).is_some_and(|change| change.by.is_some());
        let letter = if staffs { Letter::EmailReplaced } else { Letter::EmailChanged };
        notify(work, user, &letter).await?;
        // Whoever was still to follow an invitation follows one that was mailed to an address of theirs.
        let now = work.user(user).await?;
        if now.frozen.is_some() {
            return match mail_way_back(work, user).await {
                Ok(()) | Err(ActError::User(UserError::MailedJustNow(_) | UserError::Deactivated)) => {
                    Ok(user)
                }
                Err(other) => Err(other),
            };
        }
        if let Some(purpose) = now.welcome().filter(|_| now.providers.is_empty()) {
            match mail_welcome(work, user, purpose).await {
                // Where staff replaced one that was theirs, they are invited again when that has rested.
                Ok(()) | Err(ActError::User(UserError::MailboxTooFresh { .. })) => {}
                Err(other) => return Err(other),
            }
        }
        Ok(user)
    }
}
