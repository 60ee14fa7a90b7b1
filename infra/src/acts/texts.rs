//! Codes by SMS: sent to a number that is bound or being bound, and sent again when somebody asks. Also the
//! notices that a number is told of itself.
//!
//! Whether one may be sent now is the domain's to say; whether any can be sent from here, and whether the day's
//! budgets have room for it, is asked here before anything is recorded. So whoever cannot be sent a code learns
//! it at once, and what else they have.

use twofold_domain::delivery::{BudgetOf, Channel, Undelivered, day_ends, day_of};
use twofold_domain::factor::sms::{NewSmsCode, SmsCode};
use twofold_domain::factor::{FactorKind, Held};
use twofold_domain::ids::{AccountId, FactorId, SignInId, SmsCodeId, UserId, VerifierId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::policy::AudiencePolicy;
use twofold_domain::sealed::{PhoneNumber, Sealed};
use twofold_domain::sign_in::{TextAtSignIn, challenged};
use twofold_domain::time::Timestamp;
use twofold_domain::user::{Familiarity, ProofKind, Purpose, SENT_CODE_LIFE, User, UserError, UserEvent};

use super::ActError;
use super::ask::token_verdict;
use super::offers::{Offers, offers};
use super::post::{notify, text};
use super::principal::{Credential, Principal};
use super::sign_in::DeviceCredential;
use crate::delivery::budgets_of;
use crate::desk::{Act, Desk};
use crate::mail::{Brand, Language, Letter, Number};
use crate::vault::kind;
use crate::verify::code::TextedCode;
use crate::work::Work;
use crate::zone::Zone;

/// A code that is on its way to a number, without the code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Texted {
    /// The factor.
    pub factor: FactorId,
    /// Its number, masked; nothing once its person is erased.
    pub number: String,
    /// When it was asked for.
    pub sent_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// From when on another one is sent.
    pub resend_at: Timestamp,
}

/// No code was sent, and none will be for now: why, and what to use instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no code can be sent by SMS now: {}", why.name())]
pub struct NotTexted {
    /// Why.
    pub why: Undelivered,
    /// When the budget that is spent begins anew.
    pub until: Option<Timestamp>,
    /// What else there is, by its stable words: kinds of factor to bind, or proofs to show.
    pub instead: Vec<&'static str>,
}

/// What became of the code that goes out with a challenge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AtOnce {
    /// It is on its way.
    Sent(Texted),
    /// One was sent a moment ago for something else; another one can be asked for from then on.
    Later(Timestamp),
    /// None can be sent.
    Not(NotTexted),
}

/// A code that was just decided on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Issued {
    factor: FactorId,
    code: SmsCodeId,
    verifier: VerifierId,
    purpose: Purpose,
    familiarity: Familiarity,
}

/// The code that events send, if they do.
pub(super) fn texted(events: &[UserEvent]) -> Option<Issued> {
    events.iter().find_map(|event| match *event {
        UserEvent::SmsCodeIssued { factor, code, verifier, purpose, familiarity, .. } => {
            Some(Issued { factor, code, verifier, purpose, familiarity })
        }
        _ => None,
    })
}

/// A number as it is shown: its last two digits.
fn masked(number: &Number) -> String {
    format!("••{}", number.ending())
}

/// Mints the code that was just recorded, keeps its verifier, and sends it. Nothing is recorded where none
/// can be sent.
pub(super) async fn send(
    work: &mut Work,
    user: UserId,
    issued: Issued,
    instead: Vec<&'static str>,
) -> Result<Texted, ActError> {
    let desk = work.desk().clone();
    let Issued { factor, code, verifier, purpose, familiarity } = issued;
    let account = work.account_id();
    let number = work.user(user).await?.number(factor).cloned();
    let number = number.ok_or_else(|| ActError::Bug(format!("factor {factor} has no number")))?;
    let number = clear(&desk, account, user, &number).await?.ok_or(ActError::UnknownUser)?;
    let keys = desk.vault().account_keys(account).await?;
    let fresh = TextedCode::mint(desk.mint());
    let letter = Letter::TextedCode { code: fresh.reveal(), lasts: SENT_CODE_LIFE };
    room(&desk, account, user, &number, familiarity).await.map_err(|refused| match refused {
        NoRoom::Spent { why, until } => ActError::NotTexted(NotTexted { why, until, instead }),
        NoRoom::Unknown(error) => error,
    })?;
    desk.vault().keep(work, user, verifier, kind::SMS_CODE, &fresh.verifier(keys.verifiers(), code)).await?;
    text(work, user, &number, &letter).await?;
    let found = last(work, user, factor, purpose).await?;
    found.ok_or_else(|| ActError::Bug(format!("no code was sent to factor {factor}")))
}

enum NoRoom {
    Spent { why: Undelivered, until: Option<Timestamp> },
    Unknown(ActError),
}

/// Whether anything sends text messages, and whether the day's budgets have room for one more.
async fn room(
    desk: &Desk,
    account: AccountId,
    user: UserId,
    number: &Number,
    familiarity: Familiarity,
) -> Result<(), NoRoom> {
    let Some(allowance) = desk.texts() else {
        return Err(NoRoom::Spent { why: Undelivered::NoTransport, until: None });
    };
    // Only its way and its number are looked at.
    let brand = Brand { product: "", account: "", sandbox: false, zone: &Zone::UTC };
    let message = Letter::Test.text(number, Language::En, brand);
    let (whose, names): (Vec<BudgetOf>, Vec<String>) = budgets_of(&message, Some(user)).into_iter().unzip();
    let now = desk.clock().now();
    let counted = desk.store().counted(account, day_of(now), Channel::Sms, &names).await;
    let counted = counted.map_err(|error| NoRoom::Unknown(error.into()))?;
    let spent = whose
        .into_iter()
        .zip(counted)
        .find(|(whose, used)| *used >= u64::from(allowance.asked_from(*whose, familiarity)));
    match spent {
        Some((whose, _)) => Err(NoRoom::Spent { why: whose.spent(), until: Some(day_ends(now)) }),
        None => Ok(()),
    }
}

async fn clear(
    desk: &Desk,
    account: AccountId,
    user: UserId,
    number: &Sealed<PhoneNumber>,
) -> Result<Option<Number>, ActError> {
    let text = desk.vault().unseal(account, user, number).await?;
    let parsed = text.map(|text| text.parse::<Number>());
    parsed.transpose().map_err(|error| ActError::Bug(error.to_string()))
}

/// The last code that was sent to a factor for some purpose.
pub(super) async fn last(
    work: &mut Work,
    user: UserId,
    factor: FactorId,
    purpose: Purpose,
) -> Result<Option<Texted>, ActError> {
    let (desk, state) = (work.desk().clone(), work.user(user).await?);
    last_of(&desk, work.account_id(), user, &state, factor, purpose).await
}

/// The same of a state at hand.
async fn last_of(
    desk: &Desk,
    account: AccountId,
    user: UserId,
    state: &User,
    factor: FactorId,
    purpose: Purpose,
) -> Result<Option<Texted>, ActError> {
    let last = state.sms_codes(purpose).filter(|code| code.factor == factor).last().copied();
    let Some(last) = last else { return Ok(None) };
    let number = match state.number(factor) {
        Some(number) => clear(desk, account, user, number).await?,
        None => None,
    };
    let number = number.as_ref().map(masked).unwrap_or_default();
    let SmsCode { issued_at: sent_at, expires_at, .. } = last;
    Ok(Some(Texted { factor, number, sent_at, expires_at, resend_at: state.texts_again_at(&last) }))
}

/// The number of a factor, masked; nothing of one that has none.
pub async fn masked_number(
    desk: &Desk,
    account: AccountId,
    user: UserId,
    state: &User,
    factor: FactorId,
) -> Result<Option<String>, ActError> {
    match state.number(factor) {
        Some(number) => Ok(clear(desk, account, user, number).await?.as_ref().map(masked)),
        None => Ok(None),
    }
}

/// The kinds that can be bound in place of a number.
pub(super) fn other_kinds(policy: &AudiencePolicy) -> Vec<&'static str> {
    policy.kinds().filter(|kind| *kind != FactorKind::Sms).map(FactorKind::name).collect()
}

/// What somebody can show in place of a code by SMS.
fn other_proofs(user: &User, generation: u32) -> Vec<&'static str> {
    let Some(enrolled) = user.enrolled(generation) else { return vec![] };
    let mut proofs: Vec<&'static str> = vec![];
    for factor in enrolled.factors.values() {
        let proof: ProofKind = match factor.kind() {
            FactorKind::Totp | FactorKind::Token => ProofKind::Otp,
            FactorKind::Webauthn => ProofKind::Assertion,
            FactorKind::Sms => continue,
        };
        if !proofs.contains(&proof.into()) {
            proofs.push(proof.into());
        }
    }
    if enrolled.codes.as_ref().is_some_and(|codes| codes.left() > 0) {
        proofs.push(ProofKind::RecoveryCode.into());
    }
    proofs
}

/// Sends the code of a challenge that was just recorded.
pub(super) async fn at_once(
    work: &mut Work,
    user_id: UserId,
    text: TextAtSignIn,
    device: twofold_domain::ids::DeviceId,
) -> Result<Option<AtOnce>, ActError> {
    let (account, user) = (work.account().await?, work.user(user_id).await?);
    let steps = match text.decide(&account, &user, &*work.device(device).await?) {
        Ok(steps) => steps,
        Err(twofold_domain::sign_in::SignInError::User(
            UserError::TextedJustNow(at) | UserError::TextsOpen(at),
        )) => {
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
fn which(user: &User, generation: u32, named: Option<FactorId>) -> Result<FactorId, ActError> {
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
            TextFor::Disable => (which(&seat.user, generation, self.factor)?, Purpose::Disable),
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

/// A challenge, as whoever answers it sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenChallenge {
    /// When the attempt ends.
    pub expires_at: Timestamp,
    /// What answers it.
    pub offers: Offers,
    /// The last code that was sent for it.
    pub text: Option<Texted>,
    /// From when on another code is sent, where there is a number.
    pub resend_at: Option<Timestamp>,
    /// Why no code is sent at all.
    pub not_texted: Option<NotTexted>,
    /// Whether messages to the person failed again and again: how often, and why the last time.
    pub failing: Option<(u16, Undelivered)>,
}

/// Look at an open challenge.
pub struct ShowChallenge {
    /// The device's own token.
    pub device: DeviceCredential,
    /// The attempt.
    pub sign_in: SignInId,
}

impl Act for ShowChallenge {
    type Reply = OpenChallenge;

    async fn run(&self, work: &mut Work) -> Result<OpenChallenge, ActError> {
        let desk = work.desk().clone();
        let (user_id, device_id, id) = (self.device.holder(), self.device.id(), work.account_id());
        work.load_both(user_id, device_id).await?;
        let (account, user) = (work.account().await?, work.user(user_id).await?);
        let device = work.device(device_id).await?;
        let token = token_verdict(&desk, id, &device, &self.device).await?;
        challenged(&account, &user, &device, self.sign_in, token, work.at())?;
        let offers = offers(&desk, &account, &user, work.at()).await?;
        let (mut text, mut resend_at) = (None::<Texted>, None);
        for offered in offers.factors.iter().filter(|offered| offered.number.is_some()) {
            let (factor, purpose) = (offered.factor, Purpose::SignIn(self.sign_in));
            let sent = last_of(&desk, id, user_id, &user, factor, purpose).await?;
            if sent.as_ref().is_some_and(|sent| text.as_ref().is_none_or(|t| t.sent_at < sent.sent_at)) {
                text = sent;
            }
        }
        if offers.factors.iter().any(|offered| offered.kind == FactorKind::Sms) {
            resend_at = Some(text.as_ref().map_or(work.at(), |text| text.resend_at));
        }
        let not_texted = match (resend_at, desk.texts()) {
            (Some(_), None) => Some(NotTexted {
                why: Undelivered::NoTransport,
                until: None,
                instead: other_proofs(&user, account.generation),
            }),
            _ => None,
        };
        let failing = user.unreached().find(|(channel, _)| *channel == Channel::Sms);
        Ok(OpenChallenge {
            expires_at: device.attempts.get(&self.sign_in).map_or(work.at(), |open| open.expires_at),
            offers,
            text,
            resend_at,
            not_texted,
            failing: failing.map(|(_, failing)| (failing.in_a_row, failing.why)),
        })
    }
}

/// Tells somebody by mail, and by SMS at every number that they had before, that codes go to another one too.
pub(super) async fn number_added(
    work: &mut Work,
    me: &Principal,
    before: &User,
    number: &Sealed<PhoneNumber>,
) -> Result<(), ActError> {
    let desk = work.desk().clone();
    let Some(new) = clear(&desk, me.account, me.user, number).await? else { return Ok(()) };
    let letter = Letter::NumberAdded { ending: new.ending().to_owned() };
    notify(work, me.user, &letter).await?;
    let generation = work.account().await?.generation;
    for factor in before.enrolled(generation).into_iter().flat_map(|e| e.factors.values()) {
        if let Held::Sms(held) = &factor.held
            && let Some(old) = clear(&desk, me.account, me.user, &held.number).await?
            && old != new
        {
            text(work, me.user, &old, &letter).await?;
        }
    }
    Ok(())
}

/// Tells somebody by SMS, at every number that is a factor of theirs.
pub(super) async fn tell_numbers(work: &mut Work, user: UserId, letter: &Letter) -> Result<(), ActError> {
    let (desk, person) = (work.desk().clone(), work.user(user).await?);
    let generation = work.account().await?.generation;
    for factor in person.enrolled(generation).into_iter().flat_map(|e| e.factors.values()) {
        if let Held::Sms(held) = &factor.held
            && let Some(number) = clear(&desk, work.account_id(), user, &held.number).await?
        {
            text(work, user, &number, letter).await?;
        }
    }
    Ok(())
}

/// Tells somebody by mail, and the number itself by SMS, that no more codes go to it.
pub(super) async fn number_removed(
    work: &mut Work,
    me: &Principal,
    number: &Sealed<PhoneNumber>,
) -> Result<(), ActError> {
    let desk = work.desk().clone();
    let Some(old) = clear(&desk, me.account, me.user, number).await? else { return Ok(()) };
    let letter = Letter::NumberRemoved { ending: old.ending().to_owned() };
    notify(work, me.user, &letter).await?;
    text(work, me.user, &old, &letter).await.map(drop)
}
