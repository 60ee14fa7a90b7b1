//! What the world says of a proof: opens the secret behind a handle and compares in constant time.

use std::sync::Arc;

use twofold_domain::device::{Device, TokenVerdict};
use twofold_domain::factor::otp::{OtpAlgorithm, OtpParameters};
use twofold_domain::factor::token::{self, Pace};
use twofold_domain::factor::{FactorDetail, Held, totp};
use twofold_domain::ids::{AccountId, FactorId, VerifierId};
use twofold_domain::proof::{MailedVerdict, Verdict};
use twofold_domain::time::Timestamp;
use twofold_domain::user::{Pending, ProofKind, Purpose, User};

use super::ActError;
use super::webauthn::{MadeFor, Signed, assertion};
use crate::desk::Desk;
use crate::vault::kind;
use crate::verify::code::{MailedCode, OtpCode, TextedCode};
use crate::verify::grant::GrantCode;
use crate::verify::hotp::Hotp;
use crate::verify::recovery::{RecoveryCode, RecoveryCodes};
use crate::verify::ticket::EnrolmentTicket;
use crate::verify::token::{Bearer, DeviceToken};
use crate::verify::totp::{Otp, Seed};

/// A second-factor proof as it was typed.
#[derive(Clone)]
pub enum Proof {
    /// An OTP.
    Otp(Arc<OtpCode>),
    /// A code by SMS.
    Sms(Arc<TextedCode>),
    /// Digits from a field that takes an OTP and a code by SMS.
    Digits(Arc<OtpCode>),
    /// A recovery code.
    Recovery(Arc<RecoveryCode>),
    /// An assertion of a security key or passkey.
    Assertion(Arc<Signed>),
    /// The code of a recovery grant.
    Grant(Arc<GrantCode>),
}

/// What a proof turns out to be among a user's factors of a generation, by what the account's clock shows. A code by
/// SMS is one only where it was sent for this, an assertion only of a challenge that was made for this.
pub(super) async fn verdict(
    desk: &Desk,
    account: AccountId,
    user: &User,
    generation: u32,
    proof: &Proof,
    made_for: MadeFor,
    now: Timestamp,
) -> Result<Verdict, ActError> {
    match proof {
        Proof::Assertion(signed) => assertion(desk, account, user, generation, signed, made_for).await,
        Proof::Otp(code) => bound_verdict(desk, account, user, generation, code, now).await,
        Proof::Sms(code) => texted_verdict(desk, account, user, made_for.purpose(), code).await,
        Proof::Digits(code) => {
            // A code by SMS of their own counts, and otherwise whatever it is among the factors that make codes.
            let texted = match TextedCode::of(code) {
                Some(code) => texted_verdict(desk, account, user, made_for.purpose(), &code).await?,
                None => Verdict::Mismatch(ProofKind::Otp),
            };
            let enrolled = user.enrolled(generation).into_iter();
            let makes =
                enrolled.flat_map(|e| e.factors.values()).any(|factor| way_of(&factor.held).is_some());
            match texted {
                Verdict::Mismatch(_) if makes => {
                    bound_verdict(desk, account, user, generation, code, now).await
                }
                texted => Ok(texted),
            }
        }
        Proof::Grant(code) => {
            let mismatch = Verdict::Mismatch(ProofKind::RecoveryGrant);
            let open = user.grant.and_then(|grant| Some((grant.recovery, grant.code?)));
            let spent = user.spent_grant.map(|spent| (spent.recovery, spent.code));
            let keys = desk.vault().account_keys(account).await?;
            for (recovery, verifier) in open.into_iter().chain(spent) {
                let stored = desk.vault().secret(account, verifier, kind::GRANT).await?;
                if stored.is_some_and(|tag| code.matches(keys.verifiers(), recovery, &tag)) {
                    return Ok(Verdict::Grant { recovery });
                }
            }
            Ok(mismatch)
        }
        Proof::Recovery(code) => {
            let mismatch = Verdict::Mismatch(ProofKind::RecoveryCode);
            let Some(codes) = user.enrolled(generation).and_then(|e| e.codes.as_ref()) else {
                return Ok(mismatch);
            };
            let Some(bytes) = desk.vault().secret(account, codes.verifier, kind::RECOVERY_CODES).await?
            else {
                return Ok(mismatch);
            };
            let keys = desk.vault().account_keys(account).await?;
            let stored = RecoveryCodes::from_bytes(&bytes).ok_or_else(|| {
                ActError::Bug(format!("verifier {} holds no recovery codes", codes.verifier))
            })?;
            let index = stored.matched_index(keys.verifiers(), codes.set, code);
            Ok(index.map_or(mismatch, |index| Verdict::Recovery { index }))
        }
    }
}

/// What an OTP turns out to be among the factors that make them.
async fn bound_verdict(
    desk: &Desk,
    account: AccountId,
    user: &User,
    generation: u32,
    code: &OtpCode,
    now: Timestamp,
) -> Result<Verdict, ActError> {
    let mut found = Verdict::Mismatch(ProofKind::Otp);
    // The preferred one first: where two could have made a code, it did.
    let enrolled = user.enrolled(generation);
    let preferred = |id: &FactorId| enrolled.and_then(|e| e.preferred) == Some(*id);
    let mut factors: Vec<_> = enrolled.into_iter().flat_map(|e| &e.factors).collect();
    factors.sort_by_key(|(id, _)| !preferred(id));
    for (&id, factor) in factors {
        let Some((seed, way)) = way_of(&factor.held) else { continue };
        match otp_verdict(desk, account, id, seed, way, code, now).await? {
            // A step above the last accepted one settles it; a spent one may yet be another factor's.
            good @ Verdict::Otp { step, .. } => {
                found = good;
                if way.is_fresh(step) {
                    break;
                }
            }
            expired @ Verdict::Expired { .. } if matches!(found, Verdict::Mismatch(_)) => {
                found = expired;
            }
            _ => {}
        }
    }
    Ok(found)
}

/// What a code by SMS turns out to be among those that were sent for this purpose.
async fn texted_verdict(
    desk: &Desk,
    account: AccountId,
    user: &User,
    purpose: Purpose,
    code: &TextedCode,
) -> Result<Verdict, ActError> {
    let keys = desk.vault().account_keys(account).await?;
    let mut found = Verdict::Mismatch(ProofKind::SmsCode);
    for open in user.sms_codes(purpose) {
        let stored = desk.vault().secret(account, open.verifier, kind::SMS_CODE).await?;
        if stored.is_some_and(|tag| code.matches(keys.verifiers(), open.code, &tag)) {
            found = Verdict::Sms { code: open.code };
        }
    }
    Ok(found)
}

/// How the codes of an OTP factor go on, and where they stand.
#[derive(Debug, Clone, Copy)]
enum Way {
    /// By a clock; of a hardware token the window follows it.
    Clock { parameters: OtpParameters, next: u64, drift: i8, follows: bool },
    /// By a counter.
    Counter { algorithm: OtpAlgorithm, digits: u8, next: u64 },
}

impl Way {
    fn is_fresh(self, step: u64) -> bool {
        match self {
            Self::Clock { next, .. } | Self::Counter { next, .. } => step >= next,
        }
    }
}

/// The seed and the way of a factor that makes OTPs.
fn way_of(held: &Held) -> Option<(VerifierId, Way)> {
    match held {
        Held::Totp(totp::Held { seed, parameters, next_step, drift }) => {
            let (parameters, next, drift) = (*parameters, *next_step, *drift);
            Some((*seed, Way::Clock { parameters, next, drift, follows: false }))
        }
        Held::Token(token::Held { seed, algorithm, digits, pace, .. }) => {
            let (algorithm, digits) = (*algorithm, *digits);
            let way = match *pace {
                Pace::Clock { period, next_step, drift } => {
                    let parameters = OtpParameters { algorithm, digits, period };
                    Way::Clock { parameters, next: next_step, drift, follows: true }
                }
                Pace::Counter { next } => Way::Counter { algorithm, digits, next },
            };
            Some((*seed, way))
        }
        Held::Sms(_) | Held::Webauthn(_) => None,
    }
}

/// What a typed code turns out to be for a factor that is being bound.
pub(super) async fn binding_verdict(
    desk: &Desk,
    account: AccountId,
    user: &User,
    pending: &Pending,
    code: &OtpCode,
    now: Timestamp,
) -> Result<Verdict, ActError> {
    let fresh = match &pending.detail {
        FactorDetail::Totp(begun) => Held::Totp(begun.fresh()),
        FactorDetail::Token(begun) => Held::Token(begun.fresh()),
        FactorDetail::Sms(_) => {
            let Some(code) = TextedCode::of(code) else { return Ok(Verdict::Mismatch(ProofKind::SmsCode)) };
            return texted_verdict(desk, account, user, Purpose::Confirm(pending.factor), &code).await;
        }
        FactorDetail::Webauthn(_) => return Ok(Verdict::Mismatch(ProofKind::Otp)),
    };
    match way_of(&fresh) {
        Some((seed, way)) => otp_verdict(desk, account, pending.factor, seed, way, code, now).await,
        None => Ok(Verdict::Mismatch(ProofKind::Otp)),
    }
}

/// What an OTP turns out to be for one seed.
async fn otp_verdict(
    desk: &Desk,
    account: AccountId,
    factor: FactorId,
    verifier: VerifierId,
    way: Way,
    code: &OtpCode,
    now: Timestamp,
) -> Result<Verdict, ActError> {
    let Some(bytes) = desk.vault().secret(account, verifier, kind::OTP_SEED).await? else {
        return Ok(Verdict::Mismatch(ProofKind::Otp));
    };
    let broken = |why: &dyn std::fmt::Display| ActError::Bug(format!("factor {factor}: {why}"));
    let seed = Seed::from_bytes(bytes).map_err(|e| broken(&e))?;
    Ok(match way {
        Way::Clock { parameters, drift, follows, .. } => {
            let otp = Otp::new(&seed, parameters).map_err(|e| broken(&e))?;
            let single = if follows {
                otp.matched_about(code, now, drift)
            } else {
                otp.matched_step(code, now, drift).map(|step| (step, drift))
            };
            match single.or_else(|| otp.resynchronised(code, now)) {
                Some((step, drift)) => Verdict::Otp { factor, step, drift },
                None if otp.has_expired(code, now, drift) => Verdict::Expired { factor },
                None => Verdict::Mismatch(ProofKind::Otp),
            }
        }
        Way::Counter { algorithm, digits, next } => {
            let token = Hotp::new(&seed, algorithm, digits).map_err(|e| broken(&e))?;
            match token.matched(code, next).or_else(|| token.resynchronised(code, next)) {
                Some(step) => Verdict::Otp { factor, step, drift: 0 },
                None => Verdict::Mismatch(ProofKind::Otp),
            }
        }
    })
}

/// What a mailed code turns out to be among the open ones.
pub(super) async fn mailed_verdict(
    desk: &Desk,
    account: AccountId,
    user: &User,
    code: &MailedCode,
) -> Result<MailedVerdict, ActError> {
    let keys = desk.vault().account_keys(account).await?;
    let mut found = MailedVerdict::Mismatch;
    for open in user.mailed_codes() {
        let stored = desk.vault().secret(account, open.verifier, kind::MAILED_CODE).await?;
        if stored.is_some_and(|tag| code.matches(keys.verifiers(), open.code, &tag)) {
            found = MailedVerdict::Match(open.code);
        }
    }
    Ok(found)
}

/// Whether an enrolment ticket is the open one.
pub(super) async fn ticket_verdict(
    desk: &Desk,
    account: AccountId,
    user: &User,
    code: &EnrolmentTicket,
) -> Result<bool, ActError> {
    let Some(open) = &user.ticket else { return Ok(false) };
    let keys = desk.vault().account_keys(account).await?;
    let stored = desk.vault().secret(account, open.verifier, kind::TICKET).await?;
    Ok(stored.is_some_and(|tag| code.matches(keys.verifiers(), open.ticket, &tag)))
}

/// How a device's own token compares.
pub(super) async fn token_verdict(
    desk: &Desk,
    account: AccountId,
    device: &Device,
    token: &Bearer<DeviceToken>,
) -> Result<TokenVerdict, ActError> {
    let Some(known) = &device.token else { return Ok(TokenVerdict::Unknown) };
    let keys = desk.vault().account_keys(account).await?;
    let is = async |verifier| {
        let stored = desk.vault().secret(account, verifier, kind::TOKEN).await?;
        Ok::<_, ActError>(stored.is_some_and(|tag| token.matches(keys.tokens(), &tag)))
    };
    if is(known.current).await? {
        return Ok(TokenVerdict::Current);
    }
    for old in known.previous() {
        if is(old.verifier).await? {
            return Ok(TokenVerdict::Previous(old.verifier));
        }
    }
    Ok(if token.is_genuine(keys.tokens()) { TokenVerdict::Older } else { TokenVerdict::Unknown })
}
