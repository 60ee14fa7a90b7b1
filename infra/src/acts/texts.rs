//! Codes by SMS: sent to a number that is bound or being bound, and sent again when somebody asks. Also the
//! notices that a number is told of itself.
//!
//! Whether one may be sent now is the domain's to say; whether any can be sent from here, and whether the day's
//! budgets have room for it, is asked here before anything is recorded. So whoever cannot be sent a code learns
//! it at once, and what else they have.

mod ask;
mod look;
mod told;

pub use ask::{TextFor, TextHere, TextSignIn};
pub(super) use ask::{at_once, which};
pub use look::{OpenChallenge, ShowChallenge, Texts};
pub(super) use told::{by_sms, everywhere, number_added, number_removed};

use twofold_domain::delivery::{Channel, Share, Undelivered, day_ends, day_of};
use twofold_domain::factor::FactorKind;
use twofold_domain::factor::sms::SmsCode;
use twofold_domain::ids::{AccountId, FactorId, SmsCodeId, UserId, VerifierId};
use twofold_domain::policy::AudiencePolicy;
use twofold_domain::sealed::{PhoneNumber, Sealed};
use twofold_domain::time::Timestamp;
use twofold_domain::user::{Familiarity, ProofKind, Purpose, SENT_CODE_LIFE, User, UserEvent};

use super::ActError;
use super::post::text;
use crate::delivery::{budgets_of, counted_as};
use crate::desk::Desk;
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
    let whose = budgets_of(&message, Some(user));
    let names: Vec<_> = whose.iter().map(|whose| counted_as(*whose, Share::Own, "")).collect();
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
pub(super) fn other_proofs(user: &User, generation: u32) -> Vec<&'static str> {
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
