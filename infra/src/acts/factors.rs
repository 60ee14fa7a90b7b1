//! A person's own factors and recovery codes.

use std::sync::Arc;

use twofold_domain::factor::otp::{OtpAlgorithm, OtpParameters};
use twofold_domain::factor::sms::{self, NewSmsCode};
use twofold_domain::factor::token::Moves;
use twofold_domain::factor::{FactorDetail, FactorKind, Held, token, totp};
use twofold_domain::ids::{FactorId, StockTokenId, UserId, VerifierId};
use twofold_domain::proof::Warrant;
use twofold_domain::sign_in::{Answer, Refused};
use twofold_domain::time::Timestamp;
use twofold_domain::user::{NewCodes, NewFactor, NewMailedCode, Purpose, User, UserError, UserEvent};
use zeroize::Zeroizing;

use super::ask::{Proof, binding_verdict, mailed_verdict, ticket_verdict, verdict};
use super::post::{let_in, notify};
use super::principal::{Credential, Principal, Seat};
use super::sign_in::{SessionGrant, grant};
use super::texts::{Texted, texted};
use super::webauthn::{MadeFor, keep, registration};
use super::{ActError, stock, texts, words};
use crate::desk::Act;
use crate::mail::{Letter, Number};
use crate::vault::kind;
use crate::verify::code::{MailedCode, OtpCode};
use crate::verify::hotp::Hotp;
use crate::verify::password::{Password, PasswordHash};
use crate::verify::recovery::{CODES, RecoveryCode, RecoveryCodes};
use crate::verify::ticket::EnrolmentTicket;
use crate::verify::totp::{Otp, OutOfBounds, Seed, uri};
use crate::verify::webauthn::Attestation;
use crate::work::Work;
use twofold_domain::user::MAILED_CODE_LIFE;

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
        let ticket_needed = first && user.needs_ticket;
        Self { factor, mailed_code_needed: first && !user.needs_ticket, ticket_needed }
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
    let desk = work.desk().clone();
    let (vault, mint) = (desk.vault(), desk.mint());
    let factor = mint.id();
    let name = vault.seal(me.account, me.user, &name).await?;
    let new = NewFactor { factor, detail, name, session: me.session_id };
    let code = NewMailedCode { code: mint.id(), verifier: mint.id() };
    let text = NewSmsCode { code: mint.id(), verifier: mint.id() };
    let steps = seat.signed_in()?.start_enrolment(new, code, text)?;
    let mailed = steps.user.iter().any(|e| matches!(e, UserEvent::MailedCodeIssued { .. }));
    // What staff handed out stays theirs to bind.
    let replaced = seat.user.gives_way(me.session_id).and_then(|pending| pending.detail.own_verifier());
    work.extras().destroy_verifiers.extend(replaced);
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

/// What a confirmation came to.
#[derive(Clone)]
pub enum Confirmation {
    /// A code was not good, and was charged.
    Refused(Refused),
    /// The factor is active.
    Confirmed(Confirmed),
}

/// A factor that became active.
#[derive(Clone)]
pub struct Confirmed {
    /// The session goes on, raised, under a new token.
    pub grant: SessionGrant,
    /// The recovery codes, shown once; only with a first factor.
    pub recovery_codes: Vec<Zeroizing<String>>,
}

/// Prove the factor that is being bound.
pub struct ConfirmFactor {
    /// Who.
    pub credential: Credential,
    /// Which.
    pub factor: FactorId,
    /// A proof of the new factor.
    pub shown: ShownFirst,
    /// What allows a first binding beside the password.
    pub warrant: Option<Beside>,
}

/// What a binding is confirmed with: a proof of the factor that is being bound.
#[derive(Clone)]
pub enum ShownFirst {
    /// A code of it, or the one that was sent to it.
    Otp(Arc<OtpCode>),
    /// The credential that the authenticator made.
    Key(Arc<Attestation>),
}

/// What allows a first binding, as it was typed.
#[derive(Clone)]
pub enum Beside {
    /// The code that was mailed.
    Mailed(Arc<MailedCode>),
    /// The enrolment ticket that an administrator gave them.
    Ticket(Arc<EnrolmentTicket>),
}

impl Act for ConfirmFactor {
    type Reply = Confirmation;

    async fn run(&self, work: &mut Work) -> Result<Confirmation, ActError> {
        let desk = work.desk().clone();
        let (me, seat) = self.credential.seat(work).await?;
        let signed_in = seat.signed_in()?;
        let pending = signed_in.pending(self.factor)?;
        let (verdict, made) = match &self.shown {
            ShownFirst::Otp(otp) => {
                let (user, now) = (&seat.user, work.clock());
                (binding_verdict(&desk, me.account, user, pending, otp, now).await?, None)
            }
            ShownFirst::Key(shown) => registration(&desk, me.account, pending, shown).await?,
        };
        let ceremony = pending.detail.verifier();
        let warrant = match &self.warrant {
            Some(Beside::Mailed(code)) => {
                Some(Warrant::Mailed(mailed_verdict(&desk, me.account, &seat.user, code).await?))
            }
            Some(Beside::Ticket(code)) => {
                let matched = ticket_verdict(&desk, me.account, &seat.user, code).await?;
                Some(Warrant::Ticket { matched })
            }
            None => None,
        };
        let fresh = NewSet::mint(work).await?;
        let session_token = desk.mint().id();
        let steps = signed_in.confirm_factor(self.factor, verdict, warrant, fresh.new, session_token)?;
        let first = steps.user.iter().any(|e| matches!(e, UserEvent::RecoveryCodesGenerated { .. }));
        if first {
            // Used or not, it binds nothing any more.
            work.extras().destroy_verifiers.extend(seat.user.ticket.map(|ticket| ticket.verifier));
        }
        work.record_user(me.user, steps.user).await?;
        match steps.came_to {
            Answer::Refused(why) => Ok(Confirmation::Refused(why)),
            Answer::Accepted(_) => {
                if let FactorDetail::Token(token::Begun { stock: Some(stock), .. }) = &pending.detail {
                    stock::bound(work, stock.token);
                }
                work.record_device(me.device, steps.device).await?;
                work.extras().destroy_verifiers.push(me.session.verifier);
                if let Some(made) = made {
                    // What was remembered for its making gives way to what was made.
                    work.extras().destroy_verifiers.extend(ceremony);
                    keep(work, me.user, made).await?;
                }
                let grant = grant(work, me.user, me.role, me.device, me.session_id, session_token).await?;
                let recovery_codes = if first { fresh.keep(work, me.user).await? } else { vec![] };
                match &pending.detail {
                    FactorDetail::Sms(begun) if !first => {
                        texts::number_added(work, &me, &seat.user, &begun.number).await?;
                    }
                    _ => notify(work, me.user, &Letter::TwoFactorEnabled).await?,
                }
                Ok(Confirmation::Confirmed(Confirmed { grant, recovery_codes }))
            }
        }
    }
}

/// A set of recovery codes that was minted and may be kept.
struct NewSet {
    new: NewCodes,
    codes: Vec<RecoveryCode>,
    stored: RecoveryCodes,
}

impl NewSet {
    async fn mint(work: &Work) -> Result<Self, ActError> {
        let desk = work.desk();
        let keys = desk.vault().account_keys(work.account_id()).await?;
        let set = desk.mint().id();
        let (codes, stored) = RecoveryCodes::mint(desk.mint(), keys.verifiers(), set);
        Ok(Self { new: NewCodes { set, count: CODES as u8, verifier: desk.mint().id() }, codes, stored })
    }

    /// Keeps their verifiers, and shows them for the only time.
    async fn keep(self, work: &mut Work, owner: UserId) -> Result<Vec<Zeroizing<String>>, ActError> {
        let vault = work.desk().vault().clone();
        vault.keep(work, owner, self.new.verifier, kind::RECOVERY_CODES, self.stored.bytes()).await?;
        Ok(self.codes.iter().map(RecoveryCode::reveal).collect())
    }
}

/// Replace one's recovery codes; the old ones die at once.
pub struct RegenerateCodes {
    /// Who.
    pub credential: Credential,
}

impl Act for RegenerateCodes {
    type Reply = Vec<Zeroizing<String>>;

    async fn run(&self, work: &mut Work) -> Result<Vec<Zeroizing<String>>, ActError> {
        let (me, seat) = self.credential.seat(work).await?;
        let fresh = NewSet::mint(work).await?;
        let steps = seat.signed_in()?.regenerate_codes(fresh.new)?;
        let old = seat.user.enrolled(seat.account.generation).and_then(|e| e.codes.as_ref());
        work.extras().destroy_verifiers.extend(old.map(|codes| codes.verifier));
        work.record_user(me.user, steps.user).await?;
        notify(work, me.user, &Letter::RecoveryCodesReplaced).await?;
        fresh.keep(work, me.user).await
    }
}

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
        work.extras().destroy_verifiers.extend(old.and_then(|factor| factor.held.verifier()));
        work.extras().destroy_verifiers.push(me.session.verifier);
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
        signed_in.permit(twofold_domain::permission::Act::ChangeOwnFactors)?;
        let mut events = vec![];
        if let Some(name) = &name {
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
                work.extras().destroy_verifiers.push(me.session.verifier);
                notify(work, me.user, &Letter::OwnTwoFactorDisabled).await?;
                Ok(Disabled::Off(grant(work, me.user, me.role, me.device, me.session_id, token).await?))
            }
        }
    }
}
