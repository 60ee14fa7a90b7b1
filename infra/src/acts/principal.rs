//! Who is behind a session token, as of now. Tokens of the API are looked at in `caller`.

use std::sync::Arc;

use twofold_domain::account::Account;
use twofold_domain::device::{Device, Session};
use twofold_domain::ids::{AccountId, DeviceId, SessionId, UserId};
use twofold_domain::permission::{Act as Deed, Denied, Family, Lack};
use twofold_domain::policy::{Audience, Role};
use twofold_domain::sign_in::{SignedIn, Stale, session_end};
use twofold_domain::time::Timestamp;
use twofold_domain::user::{Help, HelpCommand, NoHelp, Registered, User, UserCommand, UserError};

use super::ActError;
use super::caller::bear;
use crate::context::Actor;
use crate::desk::Act;
use crate::vault::kind;
use crate::verify::token::{ApiToken, Bearer, SessionToken};
use crate::work::Work;

/// A token that somebody showed.
#[derive(Clone)]
pub enum Credential {
    /// Of a session.
    Session(Arc<Bearer<SessionToken>>),
    /// Of the API.
    Token(Arc<Bearer<ApiToken>>),
}

/// The person behind a session that is good right now. Its streams are among the work's reads, so
/// whatever the act records is refused if the session ended meanwhile.
#[derive(Debug, Clone)]
pub struct Principal {
    /// The account.
    pub account: AccountId,
    /// The user.
    pub user: UserId,
    /// Their role.
    pub role: Role,
    /// The device.
    pub device: DeviceId,
    /// The session's id.
    pub session_id: SessionId,
    /// The session.
    pub session: Session,
    /// Who the user is.
    pub who: Registered,
}

/// The states behind a session, held still while the domain decides.
pub(super) struct Seat {
    pub(super) account: Arc<Account>,
    pub(super) user: Arc<User>,
    device: Arc<Device>,
    session: SessionId,
    at: Timestamp,
}

impl Seat {
    /// The session, if it is good.
    pub(super) fn signed_in(&self) -> Result<SignedIn<'_>, Stale> {
        SignedIn::recall(&self.account, &self.user, &self.device, self.session, self.at)
    }
}

impl Credential {
    /// The account that the token belongs to.
    pub fn account(&self) -> AccountId {
        match self {
            Self::Session(token) => token.account(),
            Self::Token(token) => token.account(),
        }
    }

    /// Whose session it is, if it is good for the deed.
    pub(crate) async fn principal(&self, work: &mut Work, deed: Deed) -> Result<Principal, ActError> {
        let (principal, seat) = self.sit(work).await?;
        seat.signed_in()?.permit(deed)?;
        Ok(principal)
    }

    /// Whose session it is, if it is good for what they want to do to somebody; and who that is. Whoever
    /// may do it to nobody at all does not learn whether somebody is there.
    pub(crate) async fn principal_upon(
        &self,
        work: &mut Work,
        user: UserId,
        family: impl Fn(Role) -> Deed + Send,
    ) -> Result<(Principal, Registered), ActError> {
        let (principal, seat) = self.sit(work).await?;
        let who = work.user(user).await?.who().cloned();
        seat.signed_in()?.permit_upon(who.as_ref().map(|who| who.role), family)?;
        Ok((principal, who.ok_or(ActError::UnknownUser)?))
    }

    /// Whose session it is, if they may help somebody so; and who that is. Of help that there is only so much of, it
    /// is charged here: no act can forget that. That a member of the team tried to who may not is on record before
    /// they learn of it.
    pub(crate) async fn helper(
        &self,
        work: &mut Work,
        user: UserId,
        help: Help,
    ) -> Result<(Principal, Registered), ActError> {
        let (me, who) = self.helper_free(work, user, help).await?;
        let at = work.at();
        if let Some(until) = work.user(me.user).await?.out_of_reach(help, user, at) {
            let declined = HelpCommand::Decline { help, by: me.user, at };
            work.tell_user(user, UserCommand::Help(declined)).await?;
            work.refuse_on_record();
            return Err(UserError::OutOfReach(until).into());
        }
        let charge = HelpCommand::Charge { help, subject: user, at };
        work.tell_user(me.user, UserCommand::Help(charge)).await?;
        Ok((me, who))
    }

    /// The same for what ends help of a kind: it takes the same role, and costs nothing.
    pub(crate) async fn helper_free(
        &self,
        work: &mut Work,
        user: UserId,
        help: Help,
    ) -> Result<(Principal, Registered), ActError> {
        let (me, seat) = self.sit(work).await?;
        tries(work, &me, &seat.signed_in()?, user, help).await?;
        let who = work.user(user).await?.who().cloned().ok_or(ActError::UnknownUser)?;
        Ok((me, who))
    }

    /// Whose session it is, whatever they want.
    pub(crate) async fn holder(&self, work: &mut Work) -> Result<Principal, ActError> {
        Ok(self.sit(work).await?.0)
    }

    /// The session of somebody who is about to change something of their own, in their turn.
    pub(super) async fn seat(&self, work: &mut Work) -> Result<(Principal, Seat), ActError> {
        let token = self.of_session(work).await?;
        let (log, stream) = (work.desk().log().clone(), work.device_stream(token.holder()));
        let device = match log.devices.last_seen(stream) {
            Some(seen) => seen,
            None => log.devices.load(stream).await?,
        };
        let owner = device.state.owner.ok_or(ActError::NotSignedIn)?;
        work.queue_for(owner.user).await;
        self.sit(work).await
    }

    /// The token of a session. Whoever shows a good one of the API is told that it takes a person.
    async fn of_session(&self, work: &mut Work) -> Result<&Bearer<SessionToken>, ActError> {
        match self {
            Self::Session(token) if token.account() == work.account_id() => Ok(token),
            Self::Session(_) => Err(ActError::NotSignedIn),
            Self::Token(token) => {
                bear(work, token).await?.bearer()?;
                Err(Denied::NeedsPerson.into())
            }
        }
    }

    pub(super) async fn sit(&self, work: &mut Work) -> Result<(Principal, Seat), ActError> {
        let token = self.of_session(work).await?;
        let (device_id, session_id) = (token.holder(), token.id());
        // A device that was seen before names its user, so that one look finds all three heads.
        let seen = work.desk().log().devices.last_seen(work.device_stream(device_id));
        if let Some(owner) = seen.and_then(|device| device.state.owner) {
            work.load_both(owner.user, device_id).await?;
        }
        let device = work.device(device_id).await?;
        let owner = device.owner.ok_or(ActError::NotSignedIn)?;
        let session = *device.sessions.get(&session_id).ok_or(ActError::NotSignedIn)?;
        let vault = work.desk().vault().clone();
        let stored = vault.secret(work.account_id(), session.verifier, kind::TOKEN).await?;
        let keys = vault.account_keys(work.account_id()).await?;
        if !stored.is_some_and(|tag| token.matches(keys.tokens(), &tag)) {
            return Err(ActError::NotSignedIn);
        }
        let user = work.user(owner.user).await?;
        let account = work.account().await?;
        let who = user.who().cloned().ok_or(ActError::NotSignedIn)?;
        let seat = Seat { account, user, device, session: session_id, at: work.at() };
        let role = match seat.signed_in() {
            Ok(signed_in) => signed_in.role(),
            Err(stale) => {
                let ended = match stale {
                    Stale::Expired => Some(session_end(&seat.account, who.role, &session, work.at())),
                    Stale::ExemptionOver => seat.user.exemption.as_ref().map(|e| e.until),
                    Stale::Ended
                    | Stale::Voided(_)
                    | Stale::SuspensionOver
                    | Stale::VouchOver
                    | Stale::TokenOver
                    | Stale::Frozen
                    | Stale::Gone
                    | Stale::Deactivated => None,
                };
                if let Some(ended) = ended.filter(|ended| *ended <= work.at()) {
                    work.found_over(ended);
                }
                return Err(stale.into());
            }
        };
        work.act_as(Actor::User(owner.user), Some(session_id));
        let account = work.account_id();
        let principal =
            Principal { account, user: owner.user, role, device: device_id, session_id, session, who };
        Ok((principal, seat))
    }
}

/// Whether somebody may help another one so, now. A refusal that is theirs alone, of their role or of who they would
/// help, is recorded of whoever is of the team.
async fn tries(
    work: &mut Work,
    me: &Principal,
    signed_in: &SignedIn<'_>,
    user: UserId,
    help: Help,
) -> Result<(), ActError> {
    let (person, at) = (work.user(user).await?, work.at());
    let may = signed_in.permit_upon(person.role(), help.family());
    if !matches!(may, Ok(()) | Err(Denied::Role(_))) {
        return Ok(may?);
    }
    let Some(why) = person.no_help(help, me.user, me.role, at) else { return Ok(may?) };
    if me.role.audience() == Audience::Team && !person.erased {
        let tried = HelpCommand::Try { help, by: me.user, role: me.role, at };
        work.tell_user(user, UserCommand::Help(tried)).await?;
        work.refuse_on_record();
    }
    Err(match why {
        NoHelp::Own if may.is_ok() => UserError::OwnHelp.into(),
        NoHelp::Customer => Denied::Customer.into(),
        // A budget is asked only of whoever may.
        NoHelp::Own | NoHelp::Outranked | NoHelp::Spent => match may {
            Err(denied) => denied.into(),
            Ok(()) => Denied::Role(Lack::of(me.role, help.deed(person.role().unwrap_or(me.role)))).into(),
        },
    })
}

/// Asks who is behind a session token, and whether they may do something. Records at most that the
/// session is in use.
pub struct Authenticate {
    /// The token.
    pub credential: Credential,
    /// What they want to do.
    pub deed: Deed,
    /// Whether this is a person's doing; background polling does not keep a session alive.
    pub counts_as_activity: bool,
}

/// Asks who is behind a session token, and whether they may do something to somebody of their account;
/// to themselves it may be another act. Records at most that the session is in use.
pub struct AuthenticateUpon {
    /// The token.
    pub credential: Credential,
    /// Whom it is about; themselves if absent.
    pub user: Option<UserId>,
    /// What it is if it is about themselves.
    pub own: Family,
    /// What it is if it is about somebody else.
    pub other: Family,
    /// The help that it is, where somebody is to be helped and not only looked at: whoever tries in vain is recorded.
    pub help: Option<Help>,
    /// Whether this is a person's doing; background polling does not keep a session alive.
    pub counts_as_activity: bool,
}

impl Act for AuthenticateUpon {
    type Reply = Principal;

    async fn run(&self, work: &mut Work) -> Result<Principal, ActError> {
        let (me, seat) = self.credential.sit(work).await?;
        let signed_in = seat.signed_in()?;
        match self.user.filter(|user| *user != me.user) {
            None => signed_in.permit((self.own)(me.role))?,
            Some(other) => {
                match self.help {
                    Some(help) => tries(work, &me, &signed_in, other, help).await?,
                    None => signed_in.permit_upon(work.user(other).await?.role(), self.other)?,
                }
                work.user(other).await?.role().ok_or(ActError::UnknownUser)?;
            }
        }
        if self.counts_as_activity {
            let touched = signed_in.touch()?;
            work.record_device(me.device, touched).await?;
        }
        Ok(me)
    }
}

impl Act for Authenticate {
    type Reply = Principal;

    async fn run(&self, work: &mut Work) -> Result<Principal, ActError> {
        let (principal, seat) = self.credential.sit(work).await?;
        let signed_in = seat.signed_in()?;
        signed_in.permit(self.deed)?;
        if self.counts_as_activity {
            let touched = signed_in.touch()?;
            work.record_device(principal.device, touched).await?;
        }
        Ok(principal)
    }
}
