//! A person's own factors and recovery codes: here, how a binding begins.

mod codes;
mod confirm;
mod edit;
mod names;

pub use codes::RegenerateCodes;
pub use confirm::{Beside, ConfirmFactor, Confirmation, Confirmed, ShownFirst};
pub use edit::{DisableOwn, Disabled, EditFactor, RemoveFactor};
pub use names::factor_names;

use std::sync::Arc;

use twofold_domain::factor::otp::{OtpAlgorithm, OtpParameters};
use twofold_domain::factor::sms::{self, NewSmsCode};
use twofold_domain::factor::token::{MAX_COUNTER, Moves};
use twofold_domain::factor::{FactorDetail, FactorKind, token, totp};
use twofold_domain::ids::{FactorId, StockTokenId, VerifierId};
use twofold_domain::time::Timestamp;
use twofold_domain::user::{MAILED_CODE_LIFE, NewFactor, NewMailedCode, Purpose, User, UserError, UserEvent};
use zeroize::Zeroizing;

use super::post::let_in;
use super::principal::{Credential, Principal, Seat};
use super::texts::{Texted, texted};
use super::{ActError, texts, words};
use crate::desk::Act;
use crate::mail::{Letter, Number};
use crate::vault::kind;
use crate::verify::code::MailedCode;
use crate::verify::hotp::Hotp;
use crate::verify::totp::{Otp, OutOfBounds, Seed, uri};
use crate::work::Work;

/// A binding that began. The seed is shown to the session that began it, until it is confirmed.
#[derive(Clone)]
pub struct EnrolmentStarted {
    /// The factor.
    pub factor: FactorId,
    /// Its kind.
    pub kind: FactorKind,
    /// What an authenticator app has to know.
    pub app: Option<AppSeed>,
    /// The code that was sent to a number, without the code.
    pub text: Option<Texted>,
    /// Whether the code that was mailed, or a ticket, is needed as well.
    pub mailed_code_needed: bool,
    /// Whether it takes an administrator's ticket, because nothing was mailed.
    pub ticket_needed: bool,
}

/// What an authenticator app has to know, shown until it is confirmed.
#[derive(Clone)]
pub struct AppSeed {
    /// The seed as base32 text, in groups of four.
    pub key: Zeroizing<String>,
    /// The same for a machine: `otpauth://totp/…`.
    pub uri: Zeroizing<String>,
    /// Its parameters.
    pub parameters: OtpParameters,
}

/// What is bound.
#[derive(Clone)]
pub enum Binding {
    /// An authenticator app, with a fresh seed.
    App,
    /// A hardware token whose seed somebody typed, as into a programmable card.
    Token(TokenSeed),
    /// A hardware token of the account's stock that staff handed them.
    Assigned(StockTokenId),
    /// A telephone number.
    Phone(Number),
}

/// A hardware token's seed and parameters.
#[derive(Clone)]
pub struct TokenSeed {
    /// The seed.
    pub seed: Arc<Seed>,
    /// The hash.
    pub algorithm: OtpAlgorithm,
    /// Digits of a code.
    pub digits: u8,
    /// What moves its codes on.
    pub moves: Moves,
}

impl TokenSeed {
    /// Whether such a token can be bound here.
    pub fn check(&self) -> Result<(), OutOfBounds> {
        match self.moves {
            Moves::Clock { period } => {
                let (algorithm, digits) = (self.algorithm, self.digits);
                Otp::new(&self.seed, OtpParameters { algorithm, digits, period }).map(drop)
            }
            Moves::Counter { from } if from > MAX_COUNTER => Err(OutOfBounds::Counter),
            Moves::Counter { .. } => Hotp::new(&self.seed, self.algorithm, self.digits).map(drop),
        }
    }
}

/// Begin to bind a factor.
pub struct StartEnrolment {
    /// Who.
    pub credential: Credential,
    /// What they call it.
    pub name: String,
    /// What.
    pub binding: Binding,
}

impl Act for StartEnrolment {
    type Reply = EnrolmentStarted;

    async fn run(&self, work: &mut Work) -> Result<EnrolmentStarted, ActError> {
        let desk = work.desk().clone();
        let (me, seat) = self.credential.seat(work).await?;
        let (vault, mint) = (desk.vault(), desk.mint());
        let verifier: VerifierId = mint.id();
        // What is kept now; the seed of a token of the stock is kept since it was handed out.
        let (detail, seed) = match &self.binding {
            Binding::App => {
                let parameters = OtpParameters::APP;
                let seed = Arc::new(Seed::mint(mint));
                (FactorDetail::Totp(totp::Begun { seed: verifier, parameters }), Some(seed))
            }
            Binding::Token(typed) => {
                typed.check().map_err(|why| ActError::Field { field: "token", why: why.to_string() })?;
                let TokenSeed { seed, algorithm, digits, moves } = typed.clone();
                let begun = token::Begun { seed: verifier, algorithm, digits, moves, stock: None };
                (FactorDetail::Token(begun), Some(seed))
            }
            Binding::Assigned(token) => {
                let assigned = seat.user.assigned.get(token).ok_or(UserError::NoStockToken)?;
                (FactorDetail::Token(assigned.clone()), None)
            }
            Binding::Phone(number) => {
                let number = vault.seal(me.account, me.user, &number.to_string()).await?;
                (FactorDetail::Sms(sms::Begun { number }), None)
            }
        };
        let under_way = begin(work, &me, &seat, &self.name, detail.clone()).await?;
        if let Some(seed) = &seed {
            vault.keep(work, me.user, verifier, kind::OTP_SEED, seed.bytes()).await?;
        }
        let mut started = reveal(work, &me, &under_way, &detail, seed.as_deref()).await?;
        let factor = under_way.factor;
        started.text = texts::last(work, me.user, factor, Purpose::Confirm(factor)).await?;
        Ok(started)
    }
}

/// A binding under way, of whatever kind.
pub(super) struct UnderWay {
    pub(super) factor: FactorId,
    /// Whether the confirmation takes a mailed code as well.
    pub(super) mailed_code_needed: bool,
    /// Whether it takes a ticket instead.
    pub(super) ticket_needed: bool,
}

impl UnderWay {
    pub(super) fn of(factor: FactorId, user: &User, generation: u32) -> Self {
        let first = user.first_binding(generation);
        let ticket_needed = first && user.ticket_owed();
        Self { factor, mailed_code_needed: first && !user.ticket_owed(), ticket_needed }
    }
}

/// Begins a binding; whoever calls this keeps its secret.
pub(super) async fn begin(
    work: &mut Work,
    me: &Principal,
    seat: &Seat,
    name: &str,
    detail: FactorDetail,
) -> Result<UnderWay, ActError> {
    let name = words::name("name", name)?;
    names::unlike(work, me, seat, &name, None).await?;
    let desk = work.desk().clone();
    let (vault, mint) = (desk.vault(), desk.mint());
    let factor = mint.id();
    let name = vault.seal(me.account, me.user, &name).await?;
    let new = NewFactor { factor, detail, name, session: me.session_id };
    let code = NewMailedCode { code: mint.id(), verifier: mint.id() };
    let text = NewSmsCode { code: mint.id(), verifier: mint.id() };
    let steps = seat.signed_in()?.start_enrolment(new, code, text)?;
    let mailed = steps.user.iter().any(|e| matches!(e, UserEvent::MailedCodeIssued { .. }));
    let texted = texted(&steps.user);
    work.record_user(me.user, steps.user).await?;
    if let Some(sent) = texted {
        let instead = texts::other_kinds(seat.account.policy(me.role.audience(), work.at()));
        texts::send(work, me.user, sent, instead).await?;
    }
    if mailed {
        mail(work, me, code).await?;
    }
    Ok(UnderWay::of(factor, &seat.user, seat.account.generation))
}

/// Show the seed of a binding under way again, to the session that began it.
pub struct ShowEnrolment {
    /// Who.
    pub credential: Credential,
    /// Which.
    pub factor: FactorId,
}

impl Act for ShowEnrolment {
    type Reply = EnrolmentStarted;

    async fn run(&self, work: &mut Work) -> Result<EnrolmentStarted, ActError> {
        let (me, seat) = self.credential.seat(work).await?;
        let pending = seat.signed_in()?.pending(self.factor)?;
        let seed = match &pending.detail {
            FactorDetail::Totp(totp::Begun { seed, .. }) => {
                let bytes = work.desk().vault().secret(me.account, *seed, kind::OTP_SEED).await?;
                let bytes =
                    bytes.ok_or_else(|| ActError::Bug(format!("factor {} has no seed", self.factor)))?;
                Some(Seed::from_bytes(bytes).map_err(|e| ActError::Bug(e.to_string()))?)
            }
            // Whoever binds these has what they need in hand.
            FactorDetail::Token(_) | FactorDetail::Sms(_) | FactorDetail::Webauthn(_) => None,
        };
        let under_way = UnderWay::of(self.factor, &seat.user, seat.account.generation);
        let mut started = reveal(work, &me, &under_way, &pending.detail.clone(), seed.as_ref()).await?;
        started.text = texts::last(work, me.user, self.factor, Purpose::Confirm(self.factor)).await?;
        Ok(started)
    }
}

async fn reveal(
    work: &mut Work,
    me: &Principal,
    under_way: &UnderWay,
    detail: &FactorDetail,
    seed: Option<&Seed>,
) -> Result<EnrolmentStarted, ActError> {
    let kind = detail.kind();
    let UnderWay { factor, mailed_code_needed, ticket_needed } = *under_way;
    let (FactorDetail::Totp(totp::Begun { parameters, .. }), Some(seed)) = (detail, seed) else {
        return Ok(EnrolmentStarted {
            factor,
            kind,
            app: None,
            text: None,
            mailed_code_needed,
            ticket_needed,
        });
    };
    let parameters = *parameters;
    let desk = work.desk().clone();
    let account = work.account().await?;
    let address = desk.vault().unseal(me.account, me.user, &me.who.email).await?;
    let label = address.as_deref().map_or("", String::as_str);
    let uri = uri(seed, parameters, &desk.house().product, account.name(), label)
        .map_err(|e| ActError::Bug(e.to_string()))?;
    let app = Some(AppSeed { key: seed.reveal(), uri, parameters });
    Ok(EnrolmentStarted { factor, kind, app, text: None, mailed_code_needed, ticket_needed })
}

/// Mints the mailed code that was just recorded, keeps its verifier, and sends it.
async fn mail(work: &mut Work, me: &Principal, new: NewMailedCode) -> Result<(), ActError> {
    let desk = work.desk().clone();
    let keys = desk.vault().account_keys(me.account).await?;
    let code = MailedCode::mint(desk.mint());
    let tag = code.verifier(keys.verifiers(), new.code);
    desk.vault().keep(work, me.user, new.verifier, kind::MAILED_CODE, &tag).await?;
    let letter = Letter::FirstBindingCode { code: code.reveal(), lasts: MAILED_CODE_LIFE };
    let_in(work, me.user, &letter).await
}

/// Have another code mailed for the first binding under way.
pub struct MailCode {
    /// Who.
    pub credential: Credential,
    /// Of which factor; of whichever it is, if absent.
    pub factor: Option<FactorId>,
}

impl Act for MailCode {
    type Reply = Timestamp;

    async fn run(&self, work: &mut Work) -> Result<Timestamp, ActError> {
        let (me, seat) = self.credential.seat(work).await?;
        let mint = work.desk().mint().clone();
        let code = NewMailedCode { code: mint.id(), verifier: mint.id() };
        let steps = seat.signed_in()?.mail_code(code)?;
        let under_way = seat.user.pending_of(me.session_id).map(|pending| pending.factor);
        if self.factor.is_some_and(|factor| under_way != Some(factor)) {
            return Err(UserError::NoPending.into());
        }
        work.record_user(me.user, steps.user).await?;
        mail(work, &me, code).await?;
        Ok(work.at() + MAILED_CODE_LIFE)
    }
}
