//! The way back to a frozen sign-in: what the link opens that was mailed, what is sent or made for it, and how it
//! is used.

use std::sync::Arc;

use twofold_domain::factor::sms::NewSmsCode;
use twofold_domain::ids::{FactorId, UserId, VerifierId};
use twofold_domain::sign_in::{Refused, own_way};
use twofold_domain::time::Timestamp;
use twofold_domain::user::{Familiarity, FreezeCommand, RecoveryRefusal, UserCommand, UserError, UserEvent};

use super::approvals::Circle;
use super::ask::{Proof, verdict};
use super::freeze::told_of_wait;
use super::offers::{Offers, offers};
use super::owners::owners;
use super::post::notify;
use super::texts::{Texted, Texts, other_proofs, send, texted, which};
use super::webauthn::{Challenged, MadeFor, challenge};
use super::{ActError, former, links};
use crate::desk::Act;
use crate::mail::Letter;
use crate::vault::kind;
use crate::verify::password::Password;
use crate::verify::token::{Bearer, LinkToken};
use crate::verify::{PasswordContext, check_password, is_long};
use crate::work::Work;

/// The person behind a link back, if it is right and open.
async fn way_back(work: &mut Work, token: &Bearer<LinkToken>) -> Result<links::OpenLink, ActError> {
    let open = links::open(work, token).await?;
    open.user.coming_back(token.id(), work.at())?;
    if open.user.deactivated { Err(UserError::LinkOver.into()) } else { Ok(open) }
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
    /// What of theirs could be shown.
    pub offers: Offers,
    /// Where codes by SMS for it stand.
    pub texts: Texts,
    /// From when it takes none, where that was asked for.
    pub open_from: Option<Timestamp>,
    /// Whether they can ask for the wait themselves.
    pub may_wait: bool,
    /// Whether a password is chosen.
    pub sets_password: bool,
    /// The least characters of the password that is chosen by it, as using it would say.
    pub least_password: u8,
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
        let (desk, state) = (work.desk().clone(), work.account().await?);
        let purpose = MadeFor::Thaw(person.coming_back(self.token.id(), work.at())?).purpose();
        let offers = offers(&desk, &state, &person, work.at()).await?;
        let texts =
            Texts::of(&desk, &state, &person, &offers, (purpose, Familiarity::Stranger), work.at()).await?;
        Ok(ShownThaw {
            least_password: state.least_password(&person, work.at()),
            user,
            name: name.as_str().to_owned(),
            email: email.as_str().to_owned(),
            expires_at: link.expires_at,
            takes_factor: !person.may_thaw_without_factor(work.at()),
            offers,
            texts,
            open_from: person.way_back(work.at()).map(|way| way.from),
            may_wait: person.mailbox_waits(work.at())
                && own_way(&who, &twofold_domain::owners::Owners::default()).is_ok(),
            sets_password: person.way_back_sets_password(),
        })
    }
}

/// Have a code sent by SMS, by a link back, to show it for the way back.
pub struct TextThaw {
    /// The link's token.
    pub token: Arc<Bearer<LinkToken>>,
    /// To which factor's number; to the first that is asked for, if not said.
    pub factor: Option<FactorId>,
}

impl Act for TextThaw {
    type Reply = Texted;

    async fn run(&self, work: &mut Work) -> Result<Texted, ActError> {
        let user_id = self.token.holder();
        work.queue_for(user_id).await;
        let links::OpenLink { user, .. } = way_back(work, &self.token).await?;
        let (desk, generation, at) = (work.desk().clone(), work.account().await?.generation, work.at());
        let (link, factor) = (self.token.id(), which(&user, generation, self.factor)?);
        let new = NewSmsCode { code: desk.mint().id(), verifier: desk.mint().id() };
        let command = FreezeCommand::Text { link, factor, texted: new, at };
        let events = work.tell_user(user_id, UserCommand::Freeze(command)).await?;
        let issued = texted(&events).ok_or(UserError::NotByText)?;
        send(work, user_id, issued, other_proofs(&user, generation)).await
    }
}

/// Ask, by a link back, what a security key or passkey is to sign for the way back.
pub struct AskKeyForThaw {
    /// The link's token.
    pub token: Arc<Bearer<LinkToken>>,
}

impl Act for AskKeyForThaw {
    type Reply = Challenged;

    async fn run(&self, work: &mut Work) -> Result<Challenged, ActError> {
        let links::OpenLink { user, who, .. } = way_back(work, &self.token).await?;
        let (account, at) = (work.account().await?, work.at());
        let made_for = MadeFor::Thaw(user.coming_back(self.token.id(), at)?);
        let policy = account.policy(who.role.audience(), at);
        challenge(work, &user, account.generation, policy, made_for).await
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
    /// It is not to be had until this instant, or at all where a person decides, and that is on record.
    Doubted(RecoveryRefusal, Option<Timestamp>),
}

impl Act for WaitForThaw {
    type Reply = ThawWait;

    async fn run(&self, work: &mut Work) -> Result<ThawWait, ActError> {
        let user = self.token.holder();
        work.queue_for(user).await;
        let links::OpenLink { who, .. } = way_back(work, &self.token).await?;
        let owners = owners(work, &self.circle.owners).await?;
        let (route, wait) = own_way(&who, &owners)?;
        let (link, at) = (self.token.id(), work.at());
        let command = FreezeCommand::Wait { link, route, wait, at };
        let events = work.tell_user(user, UserCommand::Freeze(command)).await?;
        if events.iter().any(|event| matches!(event, UserEvent::RecoveryRefused { .. })) {
            notify(work, user, &Letter::RecoveryRefused).await?;
        }
        // The same that was refused a short while ago is on record, and told.
        let began = events.iter().any(|event| matches!(event, UserEvent::ThawAllowed { .. }));
        let doubt = work.user(user).await?.mailbox_doubt(at);
        if let Some((why, until)) = doubt.filter(|_| !began) {
            return Ok(ThawWait::Doubted(why, until));
        }
        let from = at + wait;
        // The team is told of an owner's by a process manager, which reads this event.
        told_of_wait(work, user, from).await?;
        Ok(ThawWait::Waits(from))
    }
}

/// Use a link back: with any factor of theirs or a recovery code, or once a way without one is open, a new password ends the
/// freeze. Signing in comes next, with the second factor as before.
pub struct Thaw {
    /// The link's token.
    pub token: Arc<Bearer<LinkToken>>,
    /// The second factor, or a recovery code, where one is shown.
    pub proof: Option<Proof>,
    /// The password that was chosen; none of whoever signs in through an identity provider only.
    pub password: Option<Password>,
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
        let links::OpenLink { user, who, .. } = way_back(work, &self.token).await?;
        let (desk, account_id, at) = (work.desk().clone(), work.account_id(), work.at());
        let account = work.account().await?;
        let frozen = user.frozen.clone().ok_or(UserError::LinkOver)?;
        // What the freeze remembers is theirs again, unless somebody else has it by now.
        let before = user.address_before(at).cloned();
        let (email, address) = former::given_back(work, &who, before.as_ref()).await?;
        let context =
            PasswordContext { product: &desk.house().product, account: account.name(), email: &email };
        let wrong = |why: &str| ActError::Field { field: "password", why: why.to_owned() };
        let chosen = match (&self.password, user.way_back_sets_password()) {
            (Some(chosen), true) => {
                check_password(chosen, account.least_password(&user, at), &context)
                    .map_err(|flaw| wrong(&flaw.to_string()))?;
                Some(chosen)
            }
            (None, true) => return Err(wrong("is needed")),
            (Some(_), false) => {
                return Err(wrong("is not set: they sign in through an identity provider only"));
            }
            (None, false) => None,
        };
        let shown = match &self.proof {
            Some(proof) => {
                let (made_for, clock) = (MadeFor::Thaw(frozen.recovery), work.clock());
                Some(verdict(&desk, account_id, &user, account.generation, proof, made_for, clock).await?)
            }
            None => None,
        };
        let password: VerifierId = desk.mint().id();
        let alone = account.policy(who.role.audience(), at).password_length_alone;
        let stands_alone = chosen.is_some_and(|chosen| is_long(chosen, alone));
        let command =
            FreezeCommand::Thaw { link: self.token.id(), shown, password, stands_alone, address, at };
        let events = user.decide(&account.era(at), UserCommand::Freeze(command))?;
        let told = super::sign_in::told_of_code(work, &events).await?;
        let back = events.iter().any(|event| matches!(event, UserEvent::UserThawed { .. }));
        work.record_user(user_id, events.clone()).await?;
        if back {
            former::moved(work, user_id, &user).await?;
        } else {
            work.extras().claims.clear();
            work.extras().releases.clear();
            return match twofold_domain::sign_in::refusal(&events) {
                Some(refused) => Ok(Thawing::Refused(refused)),
                None => Err(ActError::Bug("a way back that came to nothing".to_owned())),
            };
        }
        // Compared only now: whoever holds the link alone learns nothing about the password from before.
        if let Some(chosen) = chosen {
            if links::is_password(&desk, account_id, &user, chosen).await? {
                return Err(wrong("is the one that somebody else may know; choose another"));
            }
            let hash = desk.passwords().hash(chosen.clone()).await?;
            desk.vault().keep(work, user_id, password, kind::PASSWORD, hash.bytes()).await?;
        }
        for letter in told.into_iter().chain([Letter::Thawed]) {
            notify(work, user_id, &letter).await?;
        }
        Ok(Thawing::Back { user: user_id, email: email.as_str().to_owned() })
    }
}
