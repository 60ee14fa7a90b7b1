//! Security keys and passkeys: beginning to bind one, and asking one for a signature.
//!
//! Nothing is recorded for a challenge. What the server must remember of it goes out sealed for the account, the
//! person, and what it was made for, and comes back with the answer; anywhere else it does not open.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use twofold_domain::factor::webauthn::{Begun, CHALLENGE_LIFE, Credential as Made};
use twofold_domain::factor::{FactorDetail, Held};
use twofold_domain::ids::{AccountId, FactorId, RecoveryId, SessionId, SignInId, UserId};
use twofold_domain::policy::AudiencePolicy;
use twofold_domain::proof::Verdict;
use twofold_domain::sign_in::challenged;
use twofold_domain::time::Timestamp;
use twofold_domain::user::{Pending, ProofKind, Purpose, User, UserError};

use super::ActError;
use super::ask::token_verdict;
use super::factors::{UnderWay, begin};
use super::principal::Credential;
use super::sign_in::DeviceCredential;
use crate::desk::{Act, Desk};
use crate::keys::KeyError;
use crate::store::Claim;
use crate::vault::kind;
use crate::verify::webauthn::{Assertion, Attestation, Ceremony, Challenge, NewKey, RelyingParty, StoredKey};
use crate::work::Work;

/// An answer to a challenge, and the sealed state that went out with the challenge.
pub struct Signed {
    /// What the authenticator answered.
    pub answer: Assertion,
    /// The state, as it came back.
    pub state: String,
}

/// What a proof is asked for: what a challenge is made for, and a code by SMS sent for. One of another attempt,
/// session, or purpose is none of this one's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MadeFor {
    /// Finishing this sign-in.
    SignIn(SignInId),
    /// Raising this session.
    StepUp(SessionId),
    /// Switching off one's own second factor, in this session.
    Disable(SessionId),
    /// Coming back to a sign-in that is frozen.
    Thaw(RecoveryId),
}

impl MadeFor {
    /// The same, as the log names it.
    pub(super) const fn purpose(self) -> Purpose {
        match self {
            Self::SignIn(sign_in) => Purpose::SignIn(sign_in),
            Self::StepUp(session) => Purpose::StepUp(session),
            Self::Disable(session) => Purpose::DisableIn(session),
            Self::Thaw(case) => Purpose::Thaw(case),
        }
    }

    fn words(self) -> String {
        match self {
            Self::SignIn(sign_in) => format!("sign_in {sign_in}"),
            Self::StepUp(session) => format!("step_up {session}"),
            Self::Disable(session) => format!("disable {session}"),
            Self::Thaw(case) => format!("thaw {case}"),
        }
    }
}

/// A challenge that somebody can answer.
#[derive(Clone)]
pub struct Challenged {
    /// `PublicKeyCredentialRequestOptionsJSON`.
    pub options: Value,
    /// What comes back with the answer.
    pub state: String,
    /// When it is over.
    pub expires_at: Timestamp,
}

/// The relying party of this installation.
fn party(desk: &Desk) -> Result<RelyingParty, ActError> {
    let house = desk.house();
    Ok(RelyingParty::of(&house.public_url, &house.product)?)
}

/// The kind of the claims on credentials, and what somebody is told is in use.
const KEY_CLAIM: &str = "key";

fn broken(why: &impl std::fmt::Display) -> ActError {
    ActError::Bug(format!("webauthn: {why}"))
}

/// The credentials among somebody's factors.
async fn keys_of<'a>(
    desk: &Desk,
    account: AccountId,
    held: impl Iterator<Item = (FactorId, &'a Held)>,
) -> Result<Vec<(FactorId, StoredKey)>, ActError> {
    let mut keys = vec![];
    for (factor, held) in held {
        let Held::Webauthn(held) = held else { continue };
        if let Some(bytes) = desk.vault().secret(account, held.credential, kind::WEBAUTHN_KEY).await? {
            keys.push((factor, serde_json::from_slice(&bytes).map_err(|why| broken(&why))?));
        }
    }
    Ok(keys)
}

/// A key that is being bound.
#[derive(Clone)]
pub struct KeyStarted {
    /// The factor.
    pub factor: FactorId,
    /// `PublicKeyCredentialCreationOptionsJSON`.
    pub options: Value,
    /// Whether the code that was mailed, or a ticket, is needed as well.
    pub mailed_code_needed: bool,
    /// Whether it takes an administrator's ticket, because nothing was mailed.
    pub ticket_needed: bool,
}

/// Begin to bind a security key or passkey.
pub struct StartKey {
    /// Who.
    pub credential: Credential,
    /// What they call it.
    pub name: String,
}

impl Act for StartKey {
    type Reply = KeyStarted;

    async fn run(&self, work: &mut Work) -> Result<KeyStarted, ActError> {
        let desk = work.desk().clone();
        let party = party(&desk)?;
        let (me, seat) = self.credential.seat(work).await?;
        let ceremony_id = desk.mint().id();
        let detail = FactorDetail::Webauthn(Begun { ceremony: ceremony_id });
        let UnderWay { factor, mailed_code_needed, ticket_needed } =
            begin(work, &me, &seat, &self.name, detail).await?;
        let address = desk.vault().unseal(me.account, me.user, &me.who.email).await?;
        let label = address.as_deref().map_or("", String::as_str);
        let factors = seat.user.enrolled(seat.account.generation).into_iter().flat_map(|e| &e.factors);
        let keys = keys_of(&desk, me.account, factors.map(|(id, factor)| (*id, &factor.held))).await?;
        let keys: Vec<_> = keys.into_iter().map(|(_, key)| key).collect();
        let ceremony = party.register(me.user, label, &keys).map_err(|why| broken(&why))?;
        let bytes = serde_json::to_vec(&ceremony).map_err(|why| broken(&why))?;
        desk.vault().keep(work, me.user, ceremony_id, kind::CEREMONY, &bytes).await?;
        Ok(KeyStarted { factor, options: ceremony.options, mailed_code_needed, ticket_needed })
    }
}

/// Show again what the authenticator is asked for a binding under way, to the session that began it.
pub struct ShowKey {
    /// Who.
    pub credential: Credential,
    /// Which.
    pub factor: FactorId,
}

impl Act for ShowKey {
    type Reply = KeyStarted;

    async fn run(&self, work: &mut Work) -> Result<KeyStarted, ActError> {
        let (me, seat) = self.credential.seat(work).await?;
        let pending = seat.signed_in()?.pending(self.factor)?;
        let ceremony = ceremony(work.desk(), me.account, pending).await?.ok_or(UserError::NoPending)?;
        let UnderWay { factor, mailed_code_needed, ticket_needed } =
            UnderWay::of(self.factor, &seat.user, seat.account.generation);
        Ok(KeyStarted { factor, options: ceremony.options, mailed_code_needed, ticket_needed })
    }
}

/// What a binding under way remembers; `None` where it is none of a key.
async fn ceremony(desk: &Desk, account: AccountId, pending: &Pending) -> Result<Option<Ceremony>, ActError> {
    let FactorDetail::Webauthn(begun) = pending.detail else { return Ok(None) };
    let Some(bytes) = desk.vault().secret(account, begun.ceremony, kind::CEREMONY).await? else {
        return Ok(None);
    };
    serde_json::from_slice(&bytes).map(Some).map_err(|why| broken(&why))
}

/// What an authenticator's answer to a registration turns out to be, and the row that is to be kept if the domain
/// takes it.
pub(super) async fn registration(
    desk: &Desk,
    account: AccountId,
    pending: &Pending,
    shown: &Attestation,
) -> Result<(Verdict, Option<(Made, StoredKey)>), ActError> {
    let mismatch = Verdict::Mismatch(ProofKind::Assertion);
    let Some(ceremony) = ceremony(desk, account, pending).await? else { return Ok((mismatch, None)) };
    // Why it is none is nobody's but a debugger's to know: to whoever shows it, it is wrong.
    let Ok(made) = party(desk)?.registered(&ceremony, shown) else { return Ok((mismatch, None)) };
    let NewKey { stored, sign_count, backup_eligible } = made;
    let credential = Made { verifier: desk.mint().id(), sign_count, backup_eligible };
    let verdict = Verdict::Registration { factor: pending.factor, credential };
    Ok((verdict, Some((credential, stored))))
}

/// Keeps a credential that was bound.
pub(super) async fn keep(
    work: &mut Work,
    owner: UserId,
    (made, stored): (Made, StoredKey),
) -> Result<(), ActError> {
    own(work, owner, &stored).await?;
    let bytes = serde_json::to_vec(&stored).map_err(|why| broken(&why))?;
    let vault = work.desk().vault().clone();
    vault.keep(work, owner, made.verifier, kind::WEBAUTHN_KEY, &bytes).await
}

/// A credential is one factor of one person at a time: one that is registered to any user, this one included, is
/// refused (W3C WebAuthn level 3, §7.1 step 26). Whoever held it once, and does not any more, gives it up.
async fn own(work: &mut Work, owner: UserId, stored: &StoredKey) -> Result<(), ActError> {
    let (desk, account) = (work.desk().clone(), work.account_id());
    let key = desk.vault().account_keys(account).await?.index_of(KEY_CLAIM, stored.id());
    let claim = |owner: UserId| Claim { kind: KEY_CLAIM.to_owned(), key, owner: owner.uuid() };
    let before = desk.store().claim(account, KEY_CLAIM, &key).await?.map(UserId::from_uuid);
    if let Some(before) = before {
        let (generation, person) = (work.account().await?.generation, work.user(before).await?);
        let factors = person.enrolled(generation).into_iter().flat_map(|e| &e.factors);
        let held = keys_of(&desk, account, factors.map(|(id, factor)| (*id, &factor.held))).await?;
        if held.iter().any(|(_, key)| key.id() == stored.id()) {
            return Err(ActError::Taken(KEY_CLAIM.to_owned()));
        }
        if before != owner {
            work.extras().releases.push(claim(before));
        }
    }
    work.extras().claims.push(claim(owner));
    Ok(())
}

/// Makes a challenge for the keys that count among somebody's factors.
pub(super) async fn challenge(
    work: &Work,
    user: &User,
    generation: u32,
    policy: &AudiencePolicy,
    made_for: MadeFor,
) -> Result<Challenged, ActError> {
    let desk = work.desk().clone();
    let account = work.account_id();
    let person = user.who().ok_or(ActError::UnknownUser)?.user;
    let enrolled = user.enrolled(generation).ok_or(UserError::NotEnabled)?;
    let asked = enrolled.asked(policy);
    let keys = keys_of(&desk, account, asked.iter().map(|(id, factor)| (*id, &factor.held))).await?;
    if keys.is_empty() {
        return Err(ActError::NoKey);
    }
    let keys: Vec<_> = keys.into_iter().map(|(_, key)| key).collect();
    let made = work.at();
    let (options, challenge) =
        party(&desk)?.challenge(desk.mint().id(), &keys, made).map_err(|why| broken(&why))?;
    let bytes = serde_json::to_vec(&challenge).map_err(|why| broken(&why))?;
    let account_keys = desk.vault().account_keys(account).await?;
    let sealed = account_keys
        .seal_challenge(desk.mint(), person, &made_for.words(), &bytes)
        .map_err(KeyError::from)?;
    let state = URL_SAFE_NO_PAD.encode(sealed);
    Ok(Challenged { options, state, expires_at: made + CHALLENGE_LIFE })
}

/// What an answer turns out to be: of a challenge that was made for this person and this purpose, signed by a key
/// that they hold now.
pub(super) async fn assertion(
    desk: &Desk,
    account: AccountId,
    user: &User,
    generation: u32,
    shown: &Signed,
    made_for: MadeFor,
) -> Result<Verdict, ActError> {
    let mismatch = Verdict::Mismatch(ProofKind::Assertion);
    let person = user.who().ok_or(ActError::UnknownUser)?.user;
    let Ok(sealed) = URL_SAFE_NO_PAD.decode(&shown.state) else { return Ok(mismatch) };
    let account_keys = desk.vault().account_keys(account).await?;
    let Ok(bytes) = account_keys.open_challenge(person, &made_for.words(), &sealed) else {
        return Ok(mismatch);
    };
    let challenge: Challenge = serde_json::from_slice(&bytes).map_err(|why| broken(&why))?;
    let Ok(found) = party(desk)?.asserted(&challenge, &shown.answer, person) else { return Ok(mismatch) };
    let factors = user.enrolled(generation).into_iter().flat_map(|e| &e.factors);
    let keys = keys_of(desk, account, factors.map(|(id, factor)| (*id, &factor.held))).await?;
    let held = keys.into_iter().find(|(_, key)| key.id() == found.credential);
    Ok(held.map_or(mismatch, |(factor, _)| Verdict::Assertion {
        factor,
        challenge: challenge.id,
        made: challenge.made,
        sign_count: found.sign_count,
        user_verified: found.user_verified,
    }))
}

/// Ask for a challenge in a session: to raise it, or to switch off one's own second factor.
pub struct AskKey {
    /// Who.
    pub credential: Credential,
    /// Whether it is for switching off; otherwise it is for raising the session.
    pub disable: bool,
}

impl Act for AskKey {
    type Reply = Challenged;

    async fn run(&self, work: &mut Work) -> Result<Challenged, ActError> {
        let (me, seat) = self.credential.sit(work).await?;
        let session = me.session_id;
        let made_for = if self.disable { MadeFor::Disable(session) } else { MadeFor::StepUp(session) };
        seat.signed_in()?.may_be_challenged(made_for.purpose())?;
        let policy = seat.account.policy(me.role.audience(), work.at());
        challenge(work, &seat.user, seat.account.generation, policy, made_for).await
    }
}

/// Ask for a challenge to finish an attempt with, on the device that it was opened on.
pub struct AskKeyAtSignIn {
    /// The device's own token.
    pub device: DeviceCredential,
    /// The attempt.
    pub sign_in: SignInId,
}

impl Act for AskKeyAtSignIn {
    type Reply = Challenged;

    async fn run(&self, work: &mut Work) -> Result<Challenged, ActError> {
        let (user_id, device_id) = (self.device.holder(), self.device.id());
        work.load_both(user_id, device_id).await?;
        let (account, user) = (work.account().await?, work.user(user_id).await?);
        let device = work.device(device_id).await?;
        let token = token_verdict(work.desk(), work.account_id(), &device, &self.device).await?;
        let (role, _) = challenged(&account, &user, &device, self.sign_in, token, work.at())?;
        let policy = account.policy(role.audience(), work.at());
        challenge(work, &user, account.generation, policy, MadeFor::SignIn(self.sign_in)).await
    }
}
