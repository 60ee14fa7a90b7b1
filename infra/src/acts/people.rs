//! Registering people, helping them, and erasing them.

use twofold_domain::account::GuardedAct;
use twofold_domain::device::{DeviceCommand, Forsaken};
use twofold_domain::ids::{AccountId, DeviceId, UserId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::policy::Role;
use twofold_domain::user::{Help, Person, UserCommand};

use super::approvals::{Circle, Consented, consent};
use super::former::Whose;
use super::lives::{keeps_an_owner, provider_claims};
use super::principal::Credential;
use super::{ActError, former, links, words};
use crate::desk::{Act, Desk};
use crate::keys::{AccountKeys, PersonKey};
use crate::store::Claim;
use crate::work::Work;

/// Somebody to register.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// Pre-minted id.
    pub user: UserId,
    /// Their role.
    pub role: Role,
    /// Their name.
    pub name: String,
    /// Their address, unique within the account.
    pub email: String,
    /// `en`, `es`, or `ko`; where none is said, the first that the account offers.
    pub language: Option<String>,
}

/// What a claim on an address is called.
pub(super) const EMAIL_CLAIM: &str = "email";
/// Kind of claim on the address that recovery uses after a change: whose it was. Whether it still is, their events
/// say, and whether it is kept for them.
pub(super) const FORMER_CLAIM: &str = "former_email";

/// Who has an address in an account. For the operator; a sign-in never tells whom it found.
pub async fn find_by_email(
    desk: &Desk,
    account: AccountId,
    address: &str,
) -> Result<Option<UserId>, ActError> {
    let keys = desk.vault().account_keys(account).await?;
    let index = keys.blind_index(&words::email(address)?).bytes();
    Ok(desk.store().claim(account, EMAIL_CLAIM, &index).await?.map(UserId::from_uuid))
}

/// Registers a person: their key, their address, their first event.
pub(super) async fn register(
    work: &mut Work,
    keys: &AccountKeys,
    new: &NewPerson,
) -> Result<PersonKey, ActError> {
    let name = words::name("name", &new.name)?;
    let email = words::email(&new.email)?;
    let (vault, account) = (work.desk().vault().clone(), work.account_id());
    let key = vault.new_person_with(keys, work, new.user)?;
    let language = match &new.language {
        Some(language) => language.clone(),
        None => work.account().await?.settings.first_language().to_owned(),
    };
    let person = Person {
        account,
        user: new.user,
        role: new.role,
        name: vault.seal_with(&key, account, new.user, &name)?,
        email: vault.seal_with(&key, account, new.user, &email)?,
        language,
    };
    let index = keys.blind_index(&email).bytes();
    work.extras().claims.push(Claim { kind: EMAIL_CLAIM.to_owned(), key: index, owner: new.user.uuid() });
    let at = work.at();
    work.tell_user(new.user, UserCommand::Register { person, at }).await?;
    Ok(key)
}

/// Register a person and invite them by mail.
pub struct RegisterUser {
    /// Who asks.
    pub credential: Credential,
    /// Whom to register.
    pub person: NewPerson,
}

/// What registering yields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Registered {
    /// The new user.
    pub user: UserId,
}

impl Act for RegisterUser {
    type Reply = Registered;

    async fn run(&self, work: &mut Work) -> Result<Registered, ActError> {
        self.credential.caller(work, Deed::Register(self.person.role)).await?;
        let keys = work.desk().vault().account_keys(work.account_id()).await?;
        let (user, email) = (self.person.user, words::email(&self.person.email)?);
        if let Some(kept @ Whose::KeptFor(_)) = former::whose(work, &email).await? {
            return Err(ActError::SomebodyElses(kept));
        }
        register(work, &keys, &self.person).await?;
        links::invite(work, user, &email).await?;
        Ok(Registered { user })
    }
}

/// Lift one person's locks and waits.
pub struct Unlock {
    /// Who asks.
    pub credential: Credential,
    /// Whose.
    pub user: UserId,
    /// Why.
    pub reason: String,
}

impl Act for Unlock {
    type Reply = ();

    async fn run(&self, work: &mut Work) -> Result<(), ActError> {
        let text = words::reason(&self.reason)?;
        work.queue_for(self.user).await;
        self.credential.helper(work, self.user, Help::Unlock).await?;
        let reason = work.desk().vault().clone().seal(work.account_id(), self.user, &text).await?;
        work.tell_user(self.user, UserCommand::Unlock { reason }).await?;
        Ok(())
    }
}

/// Erase a person: their key is destroyed, their address is free, their devices forsaken.
pub struct ErasePerson {
    /// Who asks.
    pub credential: Credential,
    /// Whom.
    pub user: UserId,
    /// Their devices, as the directory knows them.
    pub devices: Vec<DeviceId>,
    /// Why; needed where it takes two.
    pub reason: Option<String>,
    /// Who has a say.
    pub circle: Circle,
}

impl Act for ErasePerson {
    type Reply = Consented<()>;

    async fn run(&self, work: &mut Work) -> Result<Self::Reply, ActError> {
        work.queue_for(self.user).await;
        let (me, who) = self.credential.principal_upon(work, self.user, Deed::Erase).await?;
        let account = work.account().await?;
        work.user(self.user).await?.decide(&account.era(work.at()), UserCommand::Erase { at: work.at() })?;
        // Refused at once, not after a wait.
        keeps_an_owner(work, self.user, who.role, &self.circle.owners).await?;
        let act = GuardedAct::Erase { user: self.user };
        let consented = consent(work, &me, act, self.reason.as_deref(), &self.circle).await?;
        if consented == Consented::Done(()) {
            erase(work, self.user, &self.devices, &self.circle).await?;
        }
        Ok(consented)
    }
}

/// The erasure itself. Whoever it is, and by whichever way it came: the account keeps an owner.
pub(super) async fn erase(
    work: &mut Work,
    user: UserId,
    devices: &[DeviceId],
    circle: &Circle,
) -> Result<(), ActError> {
    let who = work.user(user).await?.who().cloned().ok_or(ActError::UnknownUser)?;
    keeps_an_owner(work, user, who.role, &circle.owners).await?;
    let vault = work.desk().vault().clone();
    if let Some(email) = vault.unseal(work.account_id(), user, &who.email).await? {
        let keys = vault.account_keys(work.account_id()).await?;
        let key = keys.blind_index(&email).bytes();
        let owner = user.uuid();
        work.extras().releases.push(Claim { kind: EMAIL_CLAIM.to_owned(), key, owner });
    }
    let released = provider_claims(work, user, None).await?;
    work.extras().releases.extend(released);
    let former = former::held(work, user).await?;
    work.extras().releases.extend(former);
    let command = UserCommand::Erase { at: work.at() };
    work.tell_user(user, command).await?;
    for &device in devices {
        work.tell_device(device, DeviceCommand::Forsake(Forsaken::Erased)).await?;
    }
    let owned = work.desk().store().verifiers_of(work.account_id(), user.uuid()).await?;
    work.extras().destroy_verifiers.extend(owned.into_iter().map(|row| row.id));
    work.extras().destroy_keys.push(user.uuid());
    work.forget_after(user);
    Ok(())
}
