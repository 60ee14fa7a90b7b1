//! Having a code sent: along with a challenge, to answer one, or in a session.

use twofold_domain::factor::FactorKind;
use twofold_domain::factor::sms::NewSmsCode;
use twofold_domain::ids::{DeviceId, FactorId, SignInId, UserId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::sign_in::{SignInError, TextAtSignIn, challenged};
use twofold_domain::user::{Purpose, User, UserError};

use super::{AtOnce, NoRoom, NotTexted, Texted, clear, other_kinds, other_proofs, room, send, texted};
use crate::acts::ActError;
use crate::acts::ask::token_verdict;
use crate::acts::principal::Credential;
use crate::acts::sign_in::DeviceCredential;
use crate::desk::Act;
use crate::work::Work;

/// Sends the code of a challenge that was just recorded.
pub(in crate::acts) async fn at_once(
    work: &mut Work,
    user_id: UserId,
    text: TextAtSignIn,
    device: DeviceId,
) -> Result<Option<AtOnce>, ActError> {
    let (account, user) = (work.account().await?, work.user(user_id).await?);
    let steps = match text.decide(&account, &user, &*work.device(device).await?) {
        Ok(steps) => steps,
        Err(SignInError::User(UserError::TextedJustNow(at) | UserError::TextsOpen(at))) => {
            return Ok(Some(AtOnce::Later(at)));
        }
        // Whoever asks for a code is told why there is none; a challenge stands without.
        Err(_) => return Ok(None),
    };
    let Some(issued) = texted(&steps.user) else { return Ok(None) };
    let number = user.number(issued.factor).cloned();
    let Some(number) = number else { return Ok(None) };
    let desk = work.desk().clone();
    let Some(number) = clear(&desk, work.account_id(), user_id, &number).await? else { return Ok(None) };
    match room(&desk, work.account_id(), user_id, &number, issued.familiarity).await {
        Ok(()) => {}
        Err(NoRoom::Unknown(error)) => return Err(error),
        Err(NoRoom::Spent { why, until }) => {
            let instead = other_proofs(&user, account.generation);
            return Ok(Some(AtOnce::Not(NotTexted { why, until, instead })));
        }
    }
    work.record_user(user_id, steps.user).await?;
    let instead = other_proofs(&user, account.generation);
    send(work, user_id, issued, instead).await.map(|sent| Some(AtOnce::Sent(sent)))
}

/// The factor whose number a code goes to: the one that was named, or the first that is asked for.
pub(in crate::acts) fn which(
    user: &User,
    generation: u32,
    named: Option<FactorId>,
) -> Result<FactorId, ActError> {
    if let Some(factor) = named {
        return Ok(factor);
    }
    let enrolled = user.enrolled(generation).ok_or(UserError::NotEnabled)?;
    let mut numbers: Vec<_> =
        enrolled.factors.iter().filter(|(_, factor)| factor.kind() == FactorKind::Sms).collect();
    numbers.sort_by_key(|(id, factor)| (enrolled.preferred != Some(**id), factor.since, **id));
    numbers.first().map(|(id, _)| **id).ok_or_else(|| UserError::NotByText.into())
}

/// Have a code sent to answer a challenge with.
pub struct TextSignIn {
    /// The device's own token.
    pub device: DeviceCredential,
    /// The attempt.
    pub sign_in: SignInId,
    /// To which factor's number; to the first that is asked for, if not said.
    pub factor: Option<FactorId>,
}

impl Act for TextSignIn {
    type Reply = Texted;

    async fn run(&self, work: &mut Work) -> Result<Texted, ActError> {
        let desk = work.desk().clone();
        let (user_id, device_id) = (self.device.holder(), self.device.id());
        work.queue_for(user_id).await;
        work.load_both(user_id, device_id).await?;
        let (account, user) = (work.account().await?, work.user(user_id).await?);
        let device = work.device(device_id).await?;
        let token = token_verdict(&desk, work.account_id(), &device, &self.device).await?;
        challenged(&account, &user, &device, self.sign_in, token, work.at())?;
        let factor = which(&user, account.generation, self.factor)?;
        let texted_code = NewSmsCode { code: desk.mint().id(), verifier: desk.mint().id() };
        let ask = TextAtSignIn { sign_in: self.sign_in, factor, texted: texted_code, token, at: work.at() };
        let steps = ask.decide(&account, &user, &device)?;
        let issued = texted(&steps.user).ok_or(UserError::NotByText)?;
        work.record_user(user_id, steps.user).await?;
        send(work, user_id, issued, other_proofs(&user, account.generation)).await
    }
}

/// What a code sent in a session is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextFor {
    /// To confirm the number that the session is binding.
    Confirm,
    /// To raise the session.
    StepUp,
    /// To switch off one's own second factor.
    Disable,
}

/// Have a code sent, in a session.
pub struct TextHere {
    /// Who.
    pub credential: Credential,
    /// To which factor's number; to the first that is asked for, or to the one that is being bound, if not said.
    pub factor: Option<FactorId>,
    /// What for.
    pub purpose: TextFor,
}

impl Act for TextHere {
    type Reply = Texted;

    async fn run(&self, work: &mut Work) -> Result<Texted, ActError> {
        let desk = work.desk().clone();
        let (me, seat) = self.credential.seat(work).await?;
        let generation = seat.account.generation;
        match self.purpose {
            // For whom, the domain says: it depends on what is bound.
            TextFor::Confirm => {}
            TextFor::StepUp => seat.signed_in()?.permit(Deed::StepUp)?,
            TextFor::Disable => seat.signed_in()?.permit(Deed::DisableOwn)?,
        }
        let (factor, purpose) = match self.purpose {
            TextFor::Confirm => {
                let under_way = seat.user.pending_of(me.session_id).map(|pending| pending.factor);
                let factor = self.factor.or(under_way).ok_or(UserError::NoPending)?;
                (factor, Purpose::Confirm(factor))
            }
            TextFor::StepUp => (which(&seat.user, generation, self.factor)?, Purpose::StepUp(me.session_id)),
            TextFor::Disable => {
                (which(&seat.user, generation, self.factor)?, Purpose::DisableIn(me.session_id))
            }
        };
        let new = NewSmsCode { code: desk.mint().id(), verifier: desk.mint().id() };
        let steps = seat.signed_in()?.text_code(factor, new, purpose)?;
        let issued = texted(&steps.user).ok_or(UserError::NotByText)?;
        work.record_user(me.user, steps.user).await?;
        let instead = match self.purpose {
            TextFor::Confirm => other_kinds(seat.account.policy(me.role.audience(), work.at())),
            TextFor::StepUp | TextFor::Disable => other_proofs(&seat.user, generation),
        };
        send(work, me.user, issued, instead).await
    }
}
