//! Factors that are bound: named, preferred, removed, or switched off all at once.

use twofold_domain::factor::Held;
use twofold_domain::ids::FactorId;
use twofold_domain::sign_in::{Answer, Refused};

use super::names;
use crate::acts::ask::{Proof, verdict};
use crate::acts::post::notify;
use crate::acts::principal::Credential;
use crate::acts::sign_in::{SessionGrant, grant};
use crate::acts::webauthn::MadeFor;
use crate::acts::{ActError, texts, words};
use crate::desk::Act;
use crate::mail::Letter;
use crate::vault::kind;
use crate::verify::password::{Password, PasswordHash};
use crate::work::Work;

/// Remove one of several factors. The session goes on under a new token; every other one ends, and all
/// trust.
pub struct RemoveFactor {
    /// Who.
    pub credential: Credential,
    /// Which.
    pub factor: FactorId,
}

impl Act for RemoveFactor {
    type Reply = SessionGrant;

    async fn run(&self, work: &mut Work) -> Result<SessionGrant, ActError> {
        let (me, seat) = self.credential.seat(work).await?;
        let token = work.desk().mint().id();
        let steps = seat.signed_in()?.remove_factor(self.factor, token)?;
        let enrolled = seat.user.enrolled(seat.account.generation);
        let old = enrolled.and_then(|e| e.factors.get(&self.factor));
        work.record_user(me.user, steps.user).await?;
        work.record_device(me.device, steps.device).await?;
        match old.map(|factor| &factor.held) {
            Some(Held::Sms(held)) => texts::number_removed(work, &me, &held.number).await?,
            _ => notify(work, me.user, &Letter::FactorRemoved).await?,
        }
        grant(work, me.user, me.role, me.device, me.session_id, token).await
    }
}

/// Give one of one's factors another name, or have it asked for first.
pub struct EditFactor {
    /// Who.
    pub credential: Credential,
    /// Which.
    pub factor: FactorId,
    /// What they call it from now on, if that changes.
    pub name: Option<String>,
    /// Whether it is asked for first from now on.
    pub prefer: bool,
}

impl Act for EditFactor {
    type Reply = ();

    async fn run(&self, work: &mut Work) -> Result<(), ActError> {
        let name = self.name.as_deref().map(|name| words::name("name", name)).transpose()?;
        let (me, seat) = self.credential.seat(work).await?;
        let signed_in = seat.signed_in()?;
        // Asked also where nothing changes.
        signed_in.may_edit(self.factor)?;
        let mut events = vec![];
        if let Some(name) = &name {
            names::unlike(work, &me, &seat, name, Some(self.factor)).await?;
            let name = work.desk().vault().seal(me.account, me.user, name).await?;
            events.extend(signed_in.rename_factor(self.factor, name)?.user);
        }
        if self.prefer {
            events.extend(signed_in.prefer_factor(self.factor)?.user);
        }
        work.record_user(me.user, events).await
    }
}

/// What switching off one's own second factor came to.
#[derive(Clone)]
pub enum Disabled {
    /// The password or the proof was not good, and was charged.
    Refused(Refused),
    /// It is off; this session goes on under a new token, every other ended.
    Off(SessionGrant),
}

/// Switch off one's own second factor.
pub struct DisableOwn {
    /// Who.
    pub credential: Credential,
    /// Their password.
    pub password: Password,
    /// A fresh proof.
    pub proof: Proof,
}

impl Act for DisableOwn {
    type Reply = Disabled;

    async fn run(&self, work: &mut Work) -> Result<Disabled, ActError> {
        let desk = work.desk().clone();
        let (me, seat) = self.credential.seat(work).await?;
        let stored = match seat.user.password {
            Some(known) => desk.vault().secret(me.account, known.verifier, kind::PASSWORD).await?,
            None => None,
        };
        let hash = stored.as_deref().and_then(|bytes| PasswordHash::from_bytes(bytes));
        let matched = desk.passwords().verify(self.password.clone(), hash).await?;
        let (generation, made_for) = (seat.account.generation, MadeFor::Disable(me.session_id));
        let answer =
            verdict(&desk, me.account, &seat.user, generation, &self.proof, made_for, work.clock()).await?;
        let token = desk.mint().id();
        let steps = seat.signed_in()?.disable_own(matched, answer, token)?;
        work.record_user(me.user, steps.user).await?;
        match steps.came_to {
            Answer::Refused(why) => Ok(Disabled::Refused(why)),
            Answer::Accepted(_) => {
                work.record_device(me.device, steps.device).await?;
                notify(work, me.user, &Letter::OwnTwoFactorDisabled).await?;
                Ok(Disabled::Off(grant(work, me.user, me.role, me.device, me.session_id, token).await?))
            }
        }
    }
}
