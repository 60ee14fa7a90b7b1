//! Ways back in for people who lost their second factor: a code that an owner or an admin grants, and a reset
//! after a wait that the person asks for themselves.

use std::sync::Arc;

use twofold_domain::account::GuardedAct;
use twofold_domain::ids::{AccountId, LinkId, MailedCodeId, RecoveryId, SignInId, UserId, VerifierId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::policy::Role;
use twofold_domain::sealed::{Reason, Sealed};
use twofold_domain::sign_in::{Plead, Pleaded};
use twofold_domain::time::{Span, Timestamp};
use twofold_domain::user::{
    Handing, Help, MAILED_CODE_LIFE, NewMailedCode, Objection, RecoveryCommand, RecoveryRefusal, UserCommand,
    UserError, UserEvent,
};
use zeroize::Zeroizing;

use super::approvals::{Circle, Consented, consent};
use super::ask::{mailed_verdict, token_verdict};
use super::links;
use super::owners::owners;
use super::post::{let_in, notify};
use super::principal::Credential;
use super::sign_in::{DeviceCredential, still_open};
use super::texts::{by_sms, everywhere};
use super::{ActError, words};
use crate::desk::Act;
use crate::mail::Letter;
use crate::vault::kind;
use crate::verify::code::MailedCode;
use crate::verify::grant::GrantCode;
use crate::verify::password::Password;
use crate::verify::token::{Bearer, LinkToken};
use crate::work::Work;

/// Let a locked-out member of the team in once, with a code.
pub struct GrantRecovery {
    /// Who asks.
    pub credential: Credential,
    /// Whom.
    pub user: UserId,
    /// Why.
    pub reason: String,
    /// How many hours the code is good for.
    pub hours: u8,
    /// Whether who asks sees the code, to tell it themselves, where the account's governance lets them.
    pub to_issuer: bool,
    /// Who has a say.
    pub circle: Circle,
}

/// What asking for a grant came to.
#[derive(Clone)]
pub enum Granted {
    /// It holds.
    Granted {
        /// The case.
        recovery: RecoveryId,
        /// The code, shown once, where governance lets who asked see it.
        code: Option<Zeroizing<String>>,
        /// When it ends.
        expires_at: Timestamp,
    },
    /// It is refused, and that is on record.
    Refused(RecoveryRefusal),
}

impl Act for GrantRecovery {
    type Reply = Consented<Granted>;

    async fn run(&self, work: &mut Work) -> Result<Self::Reply, ActError> {
        let text = words::reason(&self.reason)?;
        work.queue_for(self.user).await;
        let (me, seat) = self.credential.sit(work).await?;
        let person = work.user(self.user).await?;
        let (at, role) = (work.at(), person.role());
        let signed_in = seat.signed_in()?;
        // Whoever of the team asks for an end user's code is refused on the record.
        let customer = person.help_waits(at);
        if customer && !person.erased {
            signed_in.permit(Deed::ReadPeople)?;
        } else {
            self.credential.helper(work, self.user, Help::Grant).await?;
        }
        let role = role.ok_or(ActError::UnknownUser)?;
        let mint = work.desk().mint().clone();
        let recovery: RecoveryId = mint.id();
        if role == Role::Owner {
            if self.to_issuer && !work.account().await?.shows_granted_codes(role) {
                return Err(UserError::IssuerMayNotSee.into());
            }
            let grant =
                NewGrant { recovery, by: me.user, rank: me.role, approved_by: None, hours: self.hours };
            // What cannot be is refused before anybody is asked to approve it.
            let era = work.account().await?.era(at);
            let reason = work.desk().vault().clone().seal(work.account_id(), self.user, &text).await?;
            let handed = Handing::Link { link: mint.id(), verifier: mint.id() };
            let asked = grant.command(handed, reason, at);
            let events = person.decide(&era, UserCommand::Recovery(asked))?;
            if let Some(refused) = refusal(&events) {
                work.record_user(self.user, events).await?;
                return Ok(Consented::Done(Granted::Refused(refused)));
            }
            let act = GuardedAct::GrantOwnerRecovery { user: self.user, recovery, hours: self.hours };
            let consented = consent(work, &me, act, Some(&text), &self.circle).await?;
            if let Consented::Waits(requested) = consented {
                return Ok(Consented::Waits(requested));
            }
        }
        let reason = work.desk().vault().clone().seal(work.account_id(), self.user, &text).await?;
        let grant = NewGrant { recovery, by: me.user, rank: me.role, approved_by: None, hours: self.hours };
        if !self.to_issuer {
            return Ok(Consented::Done(send_grant(work, self.user, grant, reason).await?));
        }
        let verifier: VerifierId = mint.id();
        let command = grant.command(Handing::Issuer { verifier }, reason, at);
        let events = put(work, self.user, command).await?;
        if let Some(refused) = refusal(&events) {
            return Ok(Consented::Done(Granted::Refused(refused)));
        }
        let code = Some(keep_code(work, self.user, recovery, verifier).await?);
        let expires_at = at + Span::hours(self.hours.into());
        let letter = Letter::RecoveryGranted { until: expires_at };
        notify(work, self.user, &letter).await?;
        at_numbers(work, self.user, &letter).await?;
        Ok(Consented::Done(Granted::Granted { recovery, code, expires_at }))
    }
}

/// A grant about to be made.
#[derive(Debug, Clone, Copy)]
pub(super) struct NewGrant {
    pub(super) recovery: RecoveryId,
    pub(super) by: UserId,
    pub(super) rank: Role,
    pub(super) approved_by: Option<UserId>,
    pub(super) hours: u8,
}

impl NewGrant {
    fn command(self, handed: Handing, reason: Sealed<Reason>, at: Timestamp) -> RecoveryCommand {
        let Self { recovery, by, rank, approved_by, hours } = self;
        RecoveryCommand::Grant { recovery, handed, reason, by, rank, approved_by, hours, at }
    }
}

/// Makes a grant whose code only the person sees, and mails its link to them.
pub(super) async fn send_grant(
    work: &mut Work,
    user: UserId,
    grant: NewGrant,
    reason: Sealed<Reason>,
) -> Result<Granted, ActError> {
    let desk = work.desk().clone();
    let at = work.at();
    let (link, verifier): (LinkId, VerifierId) = (desk.mint().id(), desk.mint().id());
    let token = Bearer::<LinkToken>::mint(desk.mint(), work.account_id(), user, link);
    let events = put(work, user, grant.command(Handing::Link { link, verifier }, reason, at)).await?;
    if let Some(refused) = refusal(&events) {
        return Ok(Granted::Refused(refused));
    }
    let keys = desk.vault().account_keys(work.account_id()).await?;
    desk.vault().keep(work, user, verifier, kind::TOKEN, &token.verifier(keys.tokens())).await?;
    let url = Zeroizing::new(links::url(&desk, "recover", &token));
    let expires_at = at + Span::hours(grant.hours.into());
    let required = work.account().await?.requires_of(&*work.user(user).await?, at);
    let_in(work, user, &Letter::RecoveryLink { link: url, until: expires_at, required }).await?;
    at_numbers(work, user, &Letter::RecoveryGranted { until: expires_at }).await?;
    Ok(Granted::Granted { recovery: grant.recovery, code: None, expires_at })
}

/// Tells a person's numbers of a grant: once an hour, however many are made.
async fn at_numbers(work: &mut Work, user: UserId, letter: &Letter) -> Result<(), ActError> {
    let again = work.user(user).await?.given_lately(Help::Grant, work.at()) > 1;
    if again { Ok(()) } else { by_sms(work, user, letter).await }
}

/// Puts a command about a way back in.
async fn put(work: &mut Work, user: UserId, command: RecoveryCommand) -> Result<Vec<UserEvent>, ActError> {
    work.tell_user(user, UserCommand::Recovery(command)).await
}

fn refusal(events: &[UserEvent]) -> Option<RecoveryRefusal> {
    events.iter().find_map(|event| match event {
        UserEvent::RecoveryRefused { why, .. } => Some(*why),
        _ => None,
    })
}

/// Mints the code of a grant and keeps its verifier; shown to whoever is to have it.
async fn keep_code(
    work: &mut Work,
    user: UserId,
    recovery: RecoveryId,
    verifier: VerifierId,
) -> Result<Zeroizing<String>, ActError> {
    let desk = work.desk().clone();
    let keys = desk.vault().account_keys(work.account_id()).await?;
    let code = GrantCode::mint(desk.mint());
    desk.vault().keep(work, user, verifier, kind::GRANT, &code.verifier(keys.verifiers(), recovery)).await?;
    Ok(code.reveal())
}

/// Use the link of a grant: its code is shown, once.
pub struct RevealGrant {
    /// The link's token.
    pub token: Arc<Bearer<LinkToken>>,
}

/// The code that a grant's link showed.
#[derive(Clone)]
pub struct RevealedGrant {
    /// The case.
    pub recovery: RecoveryId,
    /// What is typed after the password.
    pub code: Zeroizing<String>,
    /// When it ends.
    pub expires_at: Timestamp,
}

impl RevealGrant {
    /// The account that the link belongs to.
    pub fn account(&self) -> AccountId {
        self.token.account()
    }
}

impl Act for RevealGrant {
    type Reply = RevealedGrant;

    async fn run(&self, work: &mut Work) -> Result<RevealedGrant, ActError> {
        let user = self.token.holder();
        work.queue_for(user).await;
        links::open(work, &self.token).await?;
        let verifier: VerifierId = work.desk().mint().id();
        let (link, at) = (self.token.id(), work.at());
        let command = RecoveryCommand::Reveal { link, verifier, at };
        work.tell_user(user, UserCommand::Recovery(command)).await?;
        let grant = work.user(user).await?.grant;
        let grant = grant.ok_or_else(|| ActError::Bug("a code without a grant".to_owned()))?;
        let code = keep_code(work, user, grant.recovery, verifier).await?;
        Ok(RevealedGrant { recovery: grant.recovery, code, expires_at: grant.expires_at })
    }
}

/// Who asks for a way back in, and how they show who they are.
pub enum Way {
    /// At the door: an attempt of theirs is open, behind the right password.
    Door {
        /// The device's own token.
        device: DeviceCredential,
        /// The attempt.
        sign_in: SignInId,
    },
    /// In a session that a device's trust opened.
    Session {
        /// The session.
        credential: Credential,
    },
}

impl Way {
    /// The account.
    pub fn account(&self) -> AccountId {
        match self {
            Self::Door { device, .. } => device.account(),
            Self::Session { credential } => credential.account(),
        }
    }
}

/// Ask for a way back in: a code is mailed to the address that recovery uses.
pub struct RequestWayBack {
    /// Who, and where.
    pub way: Way,
    /// The password, in a session; at the door it was shown.
    pub password: Option<Password>,
    /// Who has a say.
    pub circle: Circle,
}

/// Show the code that was mailed: the wait begins. Of an owner's the team is told by a process manager, which
/// reads this event.
pub struct ConfirmWayBack {
    /// Who, and where.
    pub way: Way,
    /// The code.
    pub code: Arc<MailedCode>,
    /// Who has a say.
    pub circle: Circle,
}

/// What a request came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AskedBack {
    /// The case, where there is one.
    pub recovery: Option<RecoveryId>,
    /// What it came to.
    pub came_to: Pleaded,
    /// When the mailed code ends.
    pub code_until: Timestamp,
}

impl Act for RequestWayBack {
    type Reply = AskedBack;

    async fn run(&self, work: &mut Work) -> Result<AskedBack, ActError> {
        let desk = work.desk().clone();
        let mailed = NewMailedCode { code: desk.mint().id::<MailedCodeId>(), verifier: desk.mint().id() };
        let recovery: RecoveryId = desk.mint().id();
        let (user, steps) = match &self.way {
            Way::Door { device, sign_in } => {
                let plead = at_the_door(work, device, *sign_in).await?;
                let owners = owners(work, &self.circle.owners).await?;
                let (account, user) = (work.account().await?, work.user(device.holder()).await?);
                let state = work.device(device.id()).await?;
                let steps = plead.request(&account, &user, &state, &owners, (recovery, mailed))?;
                (device.holder(), steps)
            }
            Way::Session { credential } => {
                let (me, seat) = credential.seat(work).await?;
                let matched = match &self.password {
                    Some(password) => links::is_password(&desk, me.account, &seat.user, password).await?,
                    None => false,
                };
                (me.user, seat.signed_in()?.request_recovery(matched, recovery, mailed)?)
            }
        };
        let on_record = refusal(&steps.user).is_some();
        work.record_user(user, steps.user).await?;
        match steps.came_to {
            Pleaded::Mailed => {
                let keys = desk.vault().account_keys(work.account_id()).await?;
                let code = MailedCode::mint(desk.mint());
                let tag = code.verifier(keys.verifiers(), mailed.code);
                desk.vault().keep(work, user, mailed.verifier, kind::MAILED_CODE, &tag).await?;
                let letter = Letter::RecoveryRequest { code: code.reveal(), lasts: MAILED_CODE_LIFE };
                let_in(work, user, &letter).await?;
            }
            Pleaded::Doubted(..) if on_record => notify(work, user, &Letter::RecoveryRefused).await?,
            Pleaded::Doubted(..) | Pleaded::Waits(_) | Pleaded::Refused(_) => {}
        }
        let case = work.user(user).await?.plea.map(|plea| plea.recovery);
        Ok(AskedBack { recovery: case, came_to: steps.came_to, code_until: work.at() + MAILED_CODE_LIFE })
    }
}

impl Act for ConfirmWayBack {
    type Reply = AskedBack;

    async fn run(&self, work: &mut Work) -> Result<AskedBack, ActError> {
        let desk = work.desk().clone();
        let account_id = work.account_id();
        let (user_id, steps) = match &self.way {
            Way::Door { device, sign_in } => {
                let plead = at_the_door(work, device, *sign_in).await?;
                still_open(work, (device.holder(), device.id()), *sign_in, plead.token).await?;
                let owners = owners(work, &self.circle.owners).await?;
                let (account, user) = (work.account().await?, work.user(device.holder()).await?);
                let state = work.device(device.id()).await?;
                let shown = mailed_verdict(&desk, account_id, &user, &self.code).await?;
                let steps = plead.confirm(&account, &user, &state, &owners, shown)?;
                (device.holder(), steps)
            }
            Way::Session { credential } => {
                let (me, seat) = credential.seat(work).await?;
                let shown = mailed_verdict(&desk, account_id, &seat.user, &self.code).await?;
                (me.user, seat.signed_in()?.confirm_recovery(shown)?)
            }
        };
        let on_record = refusal(&steps.user).is_some();
        work.record_user(user_id, steps.user).await?;
        match steps.came_to {
            Pleaded::Waits(from) => {
                // Of an owner's wait the whole team is told by a process manager, which reads the event.
                everywhere(work, user_id, &Letter::RecoveryWaits { from }).await?;
            }
            Pleaded::Doubted(..) if on_record => notify(work, user_id, &Letter::RecoveryRefused).await?,
            Pleaded::Doubted(..) | Pleaded::Mailed | Pleaded::Refused(_) => {}
        }
        let case = work.user(user_id).await?.waiting_reset.and_then(|waiting| waiting.recovery);
        Ok(AskedBack { recovery: case, came_to: steps.came_to, code_until: work.at() })
    }
}

/// Somebody at the door, in their turn.
async fn at_the_door(
    work: &mut Work,
    device: &DeviceCredential,
    sign_in: SignInId,
) -> Result<Plead, ActError> {
    let (user_id, device_id) = (device.holder(), device.id());
    work.queue_for(user_id).await;
    work.load_both(user_id, device_id).await?;
    let state = work.device(device_id).await?;
    let token = token_verdict(&work.desk().clone(), work.account_id(), &state, device).await?;
    Ok(Plead { sign_in, token, at: work.at() })
}

/// End somebody's grant, or their reset that waits.
pub struct StopRecovery {
    /// Who asks.
    pub credential: Credential,
    /// Whose.
    pub user: UserId,
    /// Of which case.
    pub recovery: RecoveryId,
}

impl Act for StopRecovery {
    type Reply = ();

    async fn run(&self, work: &mut Work) -> Result<(), ActError> {
        work.queue_for(self.user).await;
        let (me, seat) = self.credential.sit(work).await?;
        let signed_in = seat.signed_in()?;
        let how = if me.user == self.user {
            signed_in.permit(Deed::EndOwn)?;
            Objection::Person
        } else {
            self.credential.helper(work, self.user, Help::Stop).await?;
            Objection::Staff
        };
        put(work, self.user, RecoveryCommand::Stop { recovery: Some(self.recovery), how, at: work.at() })
            .await?;
        Ok(())
    }
}
