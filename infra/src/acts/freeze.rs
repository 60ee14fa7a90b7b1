//! "This was not me": a sign-in is frozen by the link of a notice, by its person, or by staff; and a link back is
//! mailed. What that link opens is in `thaw`.

use std::sync::Arc;

use twofold_domain::ids::{AccountId, LinkId, UserId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::policy::Role;
use twofold_domain::time::Timestamp;
use twofold_domain::user::{
    FreezeCommand, FrozenBy, Help, LinkPurpose, Registered, User, UserCommand, UserError, Voucher,
};
use zeroize::Zeroizing;

use super::approvals::Circle;
use super::owners::owners;
use super::post::{let_in, notify, tell_the_others};
use super::principal::Credential;
use super::texts::by_sms;
use super::{ActError, links, nobody, words};
use crate::desk::Act;
use crate::mail::Letter;
use crate::vault::Vault;
use crate::verify::not_me::NotMe;
use crate::work::Work;

/// What froze, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Froze {
    /// Whose sign-in.
    pub user: UserId,
    /// Since when.
    pub since: Timestamp,
}

/// Freezes somebody's sign-in, destroys what opens it, and mails the way back.
async fn freeze(
    work: &mut Work,
    user: UserId,
    by: FrozenBy,
    against: Option<LinkId>,
    (reason, anew): (Option<&str>, bool),
) -> Result<Froze, ActError> {
    let desk = work.desk().clone();
    let reason = match reason {
        Some(text) => Some(desk.vault().seal(work.account_id(), user, &words::reason(text)?).await?),
        None => None,
    };
    let before = work.user(user).await?;
    if before.erased {
        return Err(ActError::UnknownUser);
    }
    let (recovery, at) = (desk.mint().id(), work.at());
    let command = FreezeCommand::Freeze { recovery, by, against, reason, anew, at };
    work.tell_user(user, UserCommand::Freeze(command)).await?;
    let lasts = LinkPurpose::WayBack.life();
    match links::issue(work, user, LinkPurpose::WayBack).await {
        Ok(link) => {
            let_in(work, user, &Letter::Frozen { link: Zeroizing::new(link.url), lasts }).await?;
            tell_the_others(work, user, &Letter::FrozenTold).await?;
        }
        // Frozen over and over within an hour: the sign-in page mails the way back when it is asked. Or it goes to the
        // address that staff named, once it is confirmed; to whoever is deactivated, once they are not, and ask for it.
        // Their links are dead all the same, and each gets another one.
        Err(ActError::User(
            UserError::MailedJustNow(_) | UserError::InCorrection(_) | UserError::Deactivated,
        )) => notify(work, user, &Letter::FrozenTold).await?,
        Err(other) => return Err(other),
    }
    Ok(Froze { user, since: at })
}

/// Whose link of a notice it is, if it is good, and what its reader objects to. One answer for every way in which it
/// is not.
async fn denied(work: &mut Work, token: &NotMe) -> Result<(Registered, FrozenBy, Option<LinkId>), ActError> {
    let over = || ActError::User(UserError::LinkOver);
    if work.account().await?.closed {
        return Err(over());
    }
    let (person, at) = (work.user(token.user()).await?, work.at());
    let (vault, account) = (work.desk().vault().clone(), work.account_id());
    let keys = vault.account_keys(account).await?;
    let good = token.is_good(keys.tokens(), person.freezes, at);
    let who = person.who().cloned().filter(|_| good && !person.erased).ok_or_else(over)?;
    let went_to = |address: &str| token.went_to(&keys.blind_index(address).bytes());
    let mut left = vec![];
    for former in person.former(at) {
        let address = vault.unseal(account, who.user, &former.email).await?;
        if address.is_some_and(|address| went_to(&address)) {
            left.push(former.change);
        }
    }
    let now = vault.unseal(account, who.user, &who.email).await?;
    let has_it = !token.says_where() || now.is_some_and(|address| went_to(&address));
    let (by, against) = person.denier(&left, has_it, at)?;
    Ok((who, by, against))
}

/// Show whose sign-in the link of a notice freezes. Consumes nothing.
pub struct ShowNotMe {
    /// The link's token.
    pub token: Arc<NotMe>,
}

impl Act for ShowNotMe {
    /// Their name.
    type Reply = String;

    async fn run(&self, work: &mut Work) -> Result<String, ActError> {
        let (who, ..) = denied(work, &self.token).await?;
        let name = work.desk().vault().clone().unseal(work.account_id(), who.user, &who.name).await?;
        Ok(name.map_or_else(String::new, |name| name.as_str().to_owned()))
    }
}

/// Use the link of a notice: the sign-in of its person freezes.
pub struct FreezeByLink {
    /// The link's token.
    pub token: Arc<NotMe>,
}

impl FreezeByLink {
    /// The account that the link belongs to.
    pub fn account(&self) -> AccountId {
        self.token.account()
    }
}

impl Act for FreezeByLink {
    type Reply = Froze;

    async fn run(&self, work: &mut Work) -> Result<Froze, ActError> {
        work.queue_for(self.token.user()).await;
        let (who, by, against) = denied(work, &self.token).await?;
        freeze(work, who.user, by, against, (None, true)).await
    }
}

/// Freeze one's own sign-in, in a session, which ends with it.
pub struct FreezeOwn {
    /// The session.
    pub credential: Credential,
}

impl Act for FreezeOwn {
    type Reply = Froze;

    async fn run(&self, work: &mut Work) -> Result<Froze, ActError> {
        let (me, seat) = self.credential.seat(work).await?;
        seat.signed_in()?.permit(Deed::FreezeOwn)?;
        freeze(work, me.user, FrozenBy::Person, None, (None, true)).await
    }
}

/// Freeze somebody's sign-in for them.
pub struct FreezeSomebody {
    /// Who asks.
    pub credential: Credential,
    /// Whose.
    pub user: UserId,
    /// Why.
    pub reason: String,
}

impl Act for FreezeSomebody {
    type Reply = Froze;

    async fn run(&self, work: &mut Work) -> Result<Froze, ActError> {
        let reason = words::reason(&self.reason)?;
        work.queue_for(self.user).await;
        let (me, _) = self.credential.helper(work, self.user, Help::Freeze).await?;
        let person = work.user(self.user).await?;
        if person.deactivated {
            return Err(UserError::Deactivated.into());
        }
        // Nor does it end the word of a higher role.
        let anew = me.role != Role::Agent && !person.outranked(me.role, work.at());
        freeze(work, self.user, FrozenBy::Staff, None, (Some(&reason), anew)).await
    }
}

/// Give one's word that it is the person who comes back: the link back is mailed to them, and takes no factor any
/// more; of a customer only after a wait.
pub struct Unfreeze {
    /// Who asks.
    pub credential: Credential,
    /// Whose.
    pub user: UserId,
    /// Why.
    pub reason: String,
    /// Who has a say.
    pub circle: Circle,
}

/// What a word for the way back came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vouching {
    /// From when the link takes no factor.
    pub from: Timestamp,
    /// Where the link goes: the start of the address, and its domain.
    pub goes_to: String,
    /// When their address last changed, if ever: the link may go to the one before, or to one that is new.
    pub address_changed_at: Option<Timestamp>,
}

/// Somebody of staff as they give their word for a person: beside whoever replaced that person's address, where it is
/// disputed, and beside the other owners, where they did that themself.
async fn voucher(work: &mut Work, me: UserId, user: UserId, circle: &Circle) -> Result<Voucher, ActError> {
    let replaced = work.user(user).await?.disputed();
    let role = match replaced {
        Some((by, at)) => work.user(by).await?.role_at(at),
        None => None,
    };
    let own = replaced.is_some_and(|(by, _)| by == me);
    let alone = own && owners(work, &circle.owners).await?.iter().all(|owner| owner == me);
    work.user(me).await?.voucher(role, alone).ok_or(ActError::UnknownUser)
}

/// Where a link back goes that is mailed to somebody at an instant: the start of the address, and its domain; empty where
/// it goes nowhere.
pub async fn back_goes_to(
    vault: &Vault,
    account: AccountId,
    person: &User,
    at: Timestamp,
) -> Result<String, ActError> {
    let (Some(who), Some(address)) = (person.who(), person.recovery_email(at)) else {
        return Ok(String::new());
    };
    let address = vault.unseal(account, who.user, address).await?;
    Ok(address.map_or_else(String::new, |address| masked(&address)))
}

/// An address of which only the start and the domain show.
fn masked(address: &str) -> String {
    let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
    format!("{}…@{domain}", local.chars().next().unwrap_or_default())
}

impl Act for Unfreeze {
    type Reply = Vouching;

    async fn run(&self, work: &mut Work) -> Result<Vouching, ActError> {
        let text = words::reason(&self.reason)?;
        work.queue_for(self.user).await;
        let (me, _) = self.credential.helper(work, self.user, Help::Vouch).await?;
        let reason = work.desk().vault().clone().seal(work.account_id(), self.user, &text).await?;
        let (at, by) = (work.at(), voucher(work, me.user, self.user, &self.circle).await?);
        let vouch = FreezeCommand::Vouch { reason, by, at };
        work.tell_user(self.user, UserCommand::Freeze(vouch)).await?;
        let from = work.user(self.user).await?.way_back(at).map_or(at, |way| way.from);
        match mail_way_back(work, self.user).await {
            // One that was mailed a moment ago does as well.
            Ok(()) | Err(ActError::User(UserError::MailedJustNow(_))) => {}
            Err(other) => return Err(other),
        }
        if from > at {
            told_of_wait(work, self.user, from).await?;
        }
        let (vault, account) = (work.desk().vault().clone(), work.account_id());
        let person = work.user(self.user).await?;
        let goes_to = back_goes_to(&vault, account, &person, at).await?;
        Ok(Vouching { from, goes_to, address_changed_at: person.address_changed_at() })
    }
}

pub(super) async fn mail_way_back(work: &mut Work, user: UserId) -> Result<(), ActError> {
    let link = links::issue(work, user, LinkPurpose::WayBack).await?;
    let_in(work, user, &way_back(Zeroizing::new(link.url))).await
}

fn way_back(link: Zeroizing<String>) -> Letter {
    Letter::WayBack { link, lasts: LinkPurpose::WayBack.life() }
}

/// Whoever could be the one who is to come back is told by mail, and at their numbers.
pub(super) async fn told_of_wait(work: &mut Work, user: UserId, from: Timestamp) -> Result<(), ActError> {
    let letter = Letter::ThawWaits { from };
    notify(work, user, &letter).await?;
    // Their numbers are told once an hour of words that staff give.
    if work.user(user).await?.given_lately(Help::Vouch, work.at()) > 1 {
        return Ok(());
    }
    by_sms(work, user, &letter).await
}

/// Have a link back mailed to somebody whose sign-in is frozen. Nobody is told whether one was.
pub struct RequestThaw {
    /// The address, as it was typed: theirs now, or before it changed.
    pub email: String,
}

impl Act for RequestThaw {
    type Reply = ();

    async fn run(&self, work: &mut Work) -> Result<(), ActError> {
        let Some(user) = nobody::or_whose(work, &self.email, way_back).await? else { return Ok(()) };
        match mail_way_back(work, user).await {
            Err(ActError::User(
                UserError::NotFrozen
                | UserError::InCorrection(_)
                | UserError::MailedJustNow(_)
                | UserError::Deactivated
                | UserError::Erased
                | UserError::Unknown,
            )) => nobody::in_place_of(work, user, way_back).await,
            done => done,
        }
    }
}
