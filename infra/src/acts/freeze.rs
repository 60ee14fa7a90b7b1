//! "This was not me": a sign-in is frozen by the link of a notice, by its person, or by staff; and the way back.

use std::sync::Arc;

use twofold_domain::factor::Held;
use twofold_domain::ids::{AccountId, UserId, VerifierId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::sign_in::{Refused, own_way};
use twofold_domain::time::Timestamp;
use twofold_domain::user::{
    FreezeCommand, FrozenBy, Help, LinkPurpose, RecoveryRefusal, Registered, User, UserCommand, UserError,
    UserEvent,
};
use zeroize::Zeroizing;

use super::approvals::Circle;
use super::ask::{Proof, verdict};
use super::owners::owners;
use super::people::EMAIL_CLAIM;
use super::post::{let_in, notify};
use super::principal::Credential;
use super::texts::by_sms;
use super::webauthn::MadeFor;
use super::{ActError, links, nobody, words};
use crate::desk::Act;
use crate::mail::Letter;
use crate::store::Claim;
use crate::vault::kind;
use crate::verify::not_me::NotMe;
use crate::verify::password::Password;
use crate::verify::token::{Bearer, LinkToken};
use crate::verify::{PasswordContext, check_password, is_long};
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
    reason: Option<&str>,
) -> Result<Froze, ActError> {
    let desk = work.desk().clone();
    let reason = match reason {
        Some(text) => Some(desk.vault().seal(work.account_id(), user, &words::reason(text)?).await?),
        None => None,
    };
    let before = work.user(user).await?;
    if before.erased || before.deactivated {
        return Err(ActError::UnknownUser);
    }
    let (recovery, at) = (desk.mint().id(), work.at());
    let command = FreezeCommand::Freeze { recovery, by, reason, at };
    work.tell_user(user, UserCommand::Freeze(command)).await?;
    // What they are the verifiers of is over for good.
    let over = before.links.values().map(|link| link.verifier);
    let over = over.chain(before.tokens.values().map(|token| token.verifier));
    let over = over.chain(before.ticket.map(|ticket| ticket.verifier));
    let over = over.chain(before.grant.and_then(|grant| grant.code));
    work.extras().destroy_verifiers.extend(over);
    let lasts = LinkPurpose::WayBack.life();
    match links::issue(work, user, LinkPurpose::WayBack).await {
        Ok(link) => let_in(work, user, &Letter::Frozen { link: Zeroizing::new(link.url), lasts }).await?,
        // A freeze never waits for a budget of mail; the sign-in page mails the way back when it is asked.
        Err(ActError::User(UserError::MailedJustNow(_))) => {}
        Err(other) => return Err(other),
    }
    Ok(Froze { user, since: at })
}

/// Whose link of a notice it is, if it is good. One answer for every way in which it is not.
async fn denied(work: &mut Work, token: &NotMe) -> Result<(Arc<User>, Registered), ActError> {
    let over = || ActError::User(UserError::LinkOver);
    if work.account().await?.closed {
        return Err(over());
    }
    let user = work.user(token.user()).await?;
    let keys = work.desk().vault().clone().account_keys(work.account_id()).await?;
    let good = token.is_good(keys.tokens(), user.freezes, work.at());
    let who = user.who().cloned().filter(|_| good && !user.erased && !user.deactivated).ok_or_else(over)?;
    Ok((user, who))
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
        let (_, who) = denied(work, &self.token).await?;
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
        let (_, who) = denied(work, &self.token).await?;
        freeze(work, who.user, FrozenBy::OwnLink, None).await
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
        freeze(work, me.user, FrozenBy::Person, None).await
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
        self.credential.helper(work, self.user, Help::Freeze).await?;
        if work.user(self.user).await?.deactivated {
            return Err(UserError::Deactivated.into());
        }
        freeze(work, self.user, FrozenBy::Staff, Some(&reason)).await
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
}

impl Act for Unfreeze {
    /// From when the link takes no factor.
    type Reply = Timestamp;

    async fn run(&self, work: &mut Work) -> Result<Timestamp, ActError> {
        let text = words::reason(&self.reason)?;
        work.queue_for(self.user).await;
        self.credential.helper(work, self.user, Help::Vouch).await?;
        let reason = work.desk().vault().clone().seal(work.account_id(), self.user, &text).await?;
        let at = work.at();
        work.tell_user(self.user, UserCommand::Freeze(FreezeCommand::Vouch { reason, at })).await?;
        let from = work.user(self.user).await?.way_back().map_or(at, |way| way.from);
        match mail_way_back(work, self.user).await {
            // One that was mailed a moment ago does as well.
            Ok(()) | Err(ActError::User(UserError::MailedJustNow(_))) => {}
            Err(other) => return Err(other),
        }
        if from > at {
            told_of_wait(work, self.user, from).await?;
        }
        Ok(from)
    }
}

async fn mail_way_back(work: &mut Work, user: UserId) -> Result<(), ActError> {
    let link = links::issue(work, user, LinkPurpose::WayBack).await?;
    let lasts = LinkPurpose::WayBack.life();
    let_in(work, user, &Letter::WayBack { link: Zeroizing::new(link.url), lasts }).await
}

/// Whoever could be the one who is to come back is told by mail, and at their numbers.
async fn told_of_wait(work: &mut Work, user: UserId, from: Timestamp) -> Result<(), ActError> {
    let letter = Letter::ThawWaits { from };
    notify(work, user, &letter).await?;
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
        let Some(user) = nobody::or_whose(work, &self.email).await? else { return Ok(()) };
        match mail_way_back(work, user).await {
            Err(ActError::User(
                UserError::NotFrozen
                | UserError::MailedJustNow(_)
                | UserError::Deactivated
                | UserError::Erased
                | UserError::Unknown,
            )) => nobody::in_place_of(work, user).await,
            done => done,
        }
    }
}

/// The person behind a link back, if it is right and open.
async fn way_back(work: &mut Work, token: &Bearer<LinkToken>) -> Result<links::OpenLink, ActError> {
    let open = links::open(work, token).await?;
    let back =
        open.link.purpose == LinkPurpose::WayBack && open.user.frozen.is_some() && !open.user.deactivated;
    if back { Ok(open) } else { Err(UserError::LinkOver.into()) }
}

/// What a link back opens, for whoever holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownThaw {
    /// Whose.
    pub user: UserId,
    /// Their name.
    pub name: String,
    /// The address with which they sign in afterwards.
    pub email: String,
    /// When the link ends.
    pub expires_at: Timestamp,
    /// Whether it takes a second factor or a recovery code now.
    pub takes_factor: bool,
    /// Whether they have one that could be shown.
    pub has_factor: bool,
    /// From when it takes none, where that was asked for.
    pub open_from: Option<Timestamp>,
    /// Whether they can ask for the wait themselves.
    pub may_wait: bool,
}

/// Show what a link back opens. Consumes nothing.
pub struct ShowThaw {
    /// The link's token.
    pub token: Arc<Bearer<LinkToken>>,
}

impl Act for ShowThaw {
    type Reply = ShownThaw;

    async fn run(&self, work: &mut Work) -> Result<ShownThaw, ActError> {
        let links::OpenLink { user: person, who, link } = way_back(work, &self.token).await?;
        let (vault, account, user) = (work.desk().vault().clone(), work.account_id(), who.user);
        let name = vault.unseal(account, user, &who.name).await?.unwrap_or_default();
        let address = person.recovery_email(work.at()).unwrap_or(&who.email);
        let email = vault.unseal(account, user, address).await?.unwrap_or_default();
        let generation = work.account().await?.generation;
        let shows = |held: &Held| matches!(held, Held::Totp(_) | Held::Token(_));
        let enrolled = person.enrolled_at(generation, work.at());
        let codes = enrolled.and_then(|e| e.codes.as_ref()).is_some_and(|codes| codes.left() > 0);
        let has_factor = codes || enrolled.is_some_and(|e| e.factors.values().any(|f| shows(&f.held)));
        Ok(ShownThaw {
            user,
            name: name.as_str().to_owned(),
            email: email.as_str().to_owned(),
            expires_at: link.expires_at,
            takes_factor: !person.may_thaw_without_factor(work.at()),
            has_factor,
            open_from: person.way_back().map(|way| way.from),
            may_wait: own_way(&who, &twofold_domain::owners::Owners::default()).is_ok(),
        })
    }
}

/// Ask, by a link back, for the wait that takes the place of a factor.
pub struct WaitForThaw {
    /// The link's token.
    pub token: Arc<Bearer<LinkToken>>,
    /// Who has a say.
    pub circle: Circle,
}

/// What asking for the wait came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThawWait {
    /// It began; the link takes no factor from this instant on.
    Waits(Timestamp),
    /// It is not to be had until this instant, and that is on record.
    Doubted(RecoveryRefusal, Timestamp),
}

impl Act for WaitForThaw {
    type Reply = ThawWait;

    async fn run(&self, work: &mut Work) -> Result<ThawWait, ActError> {
        let user = self.token.holder();
        work.queue_for(user).await;
        let links::OpenLink { who, .. } = way_back(work, &self.token).await?;
        let owners = owners(work, &self.circle.owners).await?;
        let (route, wait) = own_way(&who, &owners)?;
        let (link, recovery, at) = (self.token.id(), work.desk().mint().id(), work.at());
        let command = FreezeCommand::Wait { link, recovery, route, wait, at };
        let events = work.tell_user(user, UserCommand::Freeze(command)).await?;
        let refused = events.iter().find_map(|event| match event {
            UserEvent::RecoveryRefused { why, .. } => Some(*why),
            _ => None,
        });
        if let Some(why) = refused {
            notify(work, user, &Letter::RecoveryRefused).await?;
            let until = work.user(user).await?.doubt(at).map_or(at, |(_, until)| until);
            return Ok(ThawWait::Doubted(why, until));
        }
        let from = at + wait;
        // The team is told of an owner's by a process manager, which reads this event.
        told_of_wait(work, user, from).await?;
        Ok(ThawWait::Waits(from))
    }
}

/// Use a link back: with a factor or a recovery code, or once a way without one is open, a new password ends the
/// freeze. Signing in comes next, with the second factor as before.
pub struct Thaw {
    /// The link's token.
    pub token: Arc<Bearer<LinkToken>>,
    /// The second factor, or a recovery code, where one is shown.
    pub proof: Option<Proof>,
    /// The password that was chosen.
    pub password: Password,
}

/// What using a link back came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Thawing {
    /// The proof was not good, and was charged.
    Refused(Refused),
    /// They are back.
    Back {
        /// Who.
        user: UserId,
        /// The address with which they sign in.
        email: String,
    },
}

impl Act for Thaw {
    type Reply = Thawing;

    async fn run(&self, work: &mut Work) -> Result<Thawing, ActError> {
        let user_id = self.token.holder();
        work.queue_for(user_id).await;
        let links::OpenLink { user, who, link } = way_back(work, &self.token).await?;
        let (desk, account_id, at) = (work.desk().clone(), work.account_id(), work.at());
        let account = work.account().await?;
        let frozen = user.frozen.clone().ok_or(UserError::LinkOver)?;
        // What the freeze remembers is theirs again, unless somebody else has it by now.
        let (email, address) = self.address(work, &user, &who).await?;
        let context =
            PasswordContext { product: &desk.house().product, account: account.name(), email: &email };
        check_password(&self.password, account.least_password(&user, at), &context)
            .map_err(|flaw| ActError::Field { field: "password", why: flaw.to_string() })?;
        if links::is_password(&desk, account_id, &user, &self.password).await? {
            let why = "is the one that somebody else may know; choose another".to_owned();
            return Err(ActError::Field { field: "password", why });
        }
        let shown = match &self.proof {
            Some(proof) => {
                let (made_for, clock) = (MadeFor::Thaw(frozen.recovery), work.clock());
                Some(verdict(&desk, account_id, &user, account.generation, proof, made_for, clock).await?)
            }
            None => None,
        };
        let password: VerifierId = desk.mint().id();
        let alone = account.policy(who.role.audience(), at).password_length_alone;
        let stands_alone = is_long(&self.password, alone);
        let command =
            FreezeCommand::Thaw { link: self.token.id(), shown, password, stands_alone, address, at };
        let events = user.decide(&account.era(at), UserCommand::Freeze(command))?;
        let told = super::sign_in::told_of_code(work, &events).await?;
        let back = events.iter().any(|event| matches!(event, UserEvent::UserThawed { .. }));
        work.record_user(user_id, events.clone()).await?;
        if !back {
            work.extras().claims.clear();
            work.extras().releases.clear();
            return match twofold_domain::sign_in::refusal(&events) {
                Some(refused) => Ok(Thawing::Refused(refused)),
                None => Err(ActError::Bug("a way back that came to nothing".to_owned())),
            };
        }
        let hash = desk.passwords().hash(self.password.clone()).await?;
        desk.vault().keep(work, user_id, password, kind::PASSWORD, hash.bytes()).await?;
        let old = user.password.map(|known| known.verifier);
        work.extras().destroy_verifiers.extend(old.into_iter().chain([link.verifier]));
        for letter in told.into_iter().chain([Letter::Thawed]) {
            notify(work, user_id, &letter).await?;
        }
        Ok(Thawing::Back { user: user_id, email })
    }
}

impl Thaw {
    /// The address with which they sign in from now on; and the one from before a fresh change, sealed anew, with
    /// its claim, where it is theirs again.
    async fn address(
        &self,
        work: &mut Work,
        user: &User,
        who: &Registered,
    ) -> Result<(String, Option<twofold_domain::sealed::Sealed<twofold_domain::sealed::Email>>), ActError>
    {
        let (vault, account) = (work.desk().vault().clone(), work.account_id());
        let now = vault.unseal(account, who.user, &who.email).await?.unwrap_or_default();
        let before = user.frozen.as_ref().and_then(|frozen| frozen.address.clone());
        let Some(before) = before else { return Ok((now.as_str().to_owned(), None)) };
        let before = vault.unseal(account, who.user, &before).await?.unwrap_or_default();
        let keys = vault.account_keys(account).await?;
        let claim = |address: &str| Claim {
            kind: EMAIL_CLAIM.to_owned(),
            key: keys.blind_index(address).bytes(),
            owner: who.user.uuid(),
        };
        let (released, taken) = (claim(&now), claim(&before));
        let holder = work.desk().store().claim(account, EMAIL_CLAIM, &taken.key).await?;
        if holder.is_some_and(|holder| holder != who.user.uuid()) {
            return Ok((now.as_str().to_owned(), None));
        }
        work.extras().releases.push(released);
        work.extras().claims.push(taken);
        let sealed = vault.seal(account, who.user, &before).await?;
        Ok((before.as_str().to_owned(), Some(sealed)))
    }
}
