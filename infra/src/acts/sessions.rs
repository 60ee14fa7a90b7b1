//! What a person does with their sessions and devices.

use twofold_domain::device::{DeviceCommand, DistrustCause, EndCause, Forsaken, Means, Trust};
use twofold_domain::ids::{DeviceId, SessionId, SignInId, UserId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::sign_in::{Answer, Refused};
use twofold_domain::user::{Help, Objection, UserCommand};

use super::ActError;
use super::address::sessions_ended;
use super::ask::{Proof, verdict};
use super::post::notify;
use super::principal::Credential;
use super::sign_in::{SessionGrant, grant, told_of_code};
use super::webauthn::MadeFor;
use crate::desk::Act;
use crate::work::Work;

/// Sign out: end one's own session.
pub struct SignOut {
    /// The session's token.
    pub credential: Credential,
}

impl Act for SignOut {
    type Reply = ();

    async fn run(&self, work: &mut Work) -> Result<(), ActError> {
        let me = self.credential.holder(work).await?;
        end(work, me.device, me.session_id, EndCause::SignedOut).await
    }
}

/// End one session, one's own or somebody's.
pub struct EndSession {
    /// Who asks.
    pub credential: Credential,
    /// The device that it is on.
    pub device: DeviceId,
    /// Which.
    pub session: SessionId,
}

impl Act for EndSession {
    type Reply = ();

    async fn run(&self, work: &mut Work) -> Result<(), ActError> {
        let own = may_end(work, &self.credential, self.device).await?;
        let cause = if own { EndCause::EndedByUser } else { EndCause::EndedByStaff };
        end(work, self.device, self.session, cause).await?;
        let owner = work.device(self.device).await?.owner.ok_or(ActError::UnknownDevice)?;
        sessions_ended(work, owner.user, by(own)).await
    }
}

const fn by(own: bool) -> Objection {
    if own { Objection::Person } else { Objection::Staff }
}

/// End several sessions of one person at once, one's own or somebody's.
pub struct EndSessions {
    /// Who asks.
    pub credential: Credential,
    /// Whose.
    pub user: UserId,
    /// Each with the device that it is on.
    pub sessions: Vec<(DeviceId, SessionId)>,
}

impl Act for EndSessions {
    type Reply = Vec<SessionId>;

    /// Those that ended with this; one that was over already is not among them.
    async fn run(&self, work: &mut Work) -> Result<Vec<SessionId>, ActError> {
        let own = may_end_of(work, &self.credential, self.user).await?;
        let cause = if own { EndCause::EndedByUser } else { EndCause::EndedByStaff };
        let mut ended = vec![];
        for &(device, session) in &self.sessions {
            let state = work.device(device).await?;
            state.owner.filter(|owner| owner.user == self.user).ok_or(ActError::UnknownDevice)?;
            if state.sessions.contains_key(&session) {
                end(work, device, session, cause).await?;
                ended.push(session);
            }
        }
        if !ended.is_empty() {
            sessions_ended(work, self.user, by(own)).await?;
        }
        Ok(ended)
    }
}

/// What to do to a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revocation {
    /// It is not trusted any more.
    Distrust,
    /// It is lost: its sessions end as well, and its token is worth nothing.
    Lost,
}

/// Withdraw trust from a device, or report it lost; one's own or somebody's.
pub struct RevokeDevice {
    /// Who asks.
    pub credential: Credential,
    /// Which.
    pub device: DeviceId,
    /// How far.
    pub revocation: Revocation,
}

/// What ended with a device's trust, or with the device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revoked {
    /// The trust that it had, good or not.
    pub trust: Option<Trust>,
    /// Sessions on it that ended.
    pub sessions: Vec<SessionId>,
    /// Sign-ins that waited for a second factor on it, and cannot be answered any more.
    pub sign_ins: Vec<SignInId>,
}

impl Act for RevokeDevice {
    type Reply = Revoked;

    async fn run(&self, work: &mut Work) -> Result<Revoked, ActError> {
        let own = may_end(work, &self.credential, self.device).await?;
        let device = work.device(self.device).await?;
        let at = work.at();
        let mut revoked = Revoked { trust: device.trust, sessions: vec![], sign_ins: vec![] };
        let owner = device.owner.ok_or(ActError::UnknownDevice)?;
        let command = match self.revocation {
            Revocation::Distrust if own => DeviceCommand::Distrust { cause: DistrustCause::RevokedByUser },
            Revocation::Distrust => DeviceCommand::Distrust { cause: DistrustCause::RevokedByStaff },
            Revocation::Lost => {
                work.queue_for(owner.user).await;
                work.tell_user(owner.user, UserCommand::ReportLost { device: self.device }).await?;
                revoked.sessions = device.sessions.keys().copied().collect();
                let waiting = device.attempts.iter().filter(|(_, attempt)| at < attempt.expires_at);
                revoked.sign_ins = waiting.map(|(id, _)| *id).collect();
                DeviceCommand::Forsake(Forsaken::Lost)
            }
        };
        work.tell_device(self.device, command).await?;
        Ok(revoked)
    }
}

/// Whether it is their own; an error if they may not.
async fn may_end(work: &mut Work, credential: &Credential, device: DeviceId) -> Result<bool, ActError> {
    // Who asks comes first: nobody else learns what is there.
    credential.holder(work).await?;
    let owner = work.device(device).await?.owner.ok_or(ActError::UnknownDevice)?;
    may_end_of(work, credential, owner.user).await
}

/// The same of everything of one person.
async fn may_end_of(work: &mut Work, credential: &Credential, user: UserId) -> Result<bool, ActError> {
    let own = credential.holder(work).await?.user == user;
    if own {
        credential.principal(work, Deed::EndOwn).await?;
    } else {
        credential.helper(work, user, Help::Sessions).await?;
    }
    Ok(own)
}

async fn end(work: &mut Work, device: DeviceId, session: SessionId, cause: EndCause) -> Result<(), ActError> {
    work.tell_device(device, DeviceCommand::EndSession { session, cause }).await?;
    Ok(())
}

/// Say that the app in which a session lives asked for its PIN or biometrics, and was satisfied.
pub struct Reauthorise {
    /// The session's token.
    pub credential: Credential,
    /// How.
    pub means: Means,
}

impl Act for Reauthorise {
    type Reply = ();

    async fn run(&self, work: &mut Work) -> Result<(), ActError> {
        let (me, seat) = self.credential.sit(work).await?;
        let events = seat.signed_in()?.reauthorised(self.means)?;
        work.record_device(me.device, events).await
    }
}

/// What a step-up came to.
#[derive(Clone)]
pub enum SteppedUp {
    /// The proof was not good, and was charged.
    Refused(Refused),
    /// The session goes on, raised, under a new token.
    Raised(SessionGrant),
}

/// Show a second factor again, for something sensitive.
pub struct StepUp {
    /// The session's token.
    pub credential: Credential,
    /// The second factor.
    pub proof: Proof,
}

impl Act for StepUp {
    type Reply = SteppedUp;

    async fn run(&self, work: &mut Work) -> Result<SteppedUp, ActError> {
        let desk = work.desk().clone();
        let (me, seat) = self.credential.seat(work).await?;
        let (generation, made_for) = (seat.account.generation, MadeFor::StepUp(me.session_id));
        let answer =
            verdict(&desk, me.account, &seat.user, generation, &self.proof, made_for, work.clock()).await?;
        let token = desk.mint().id();
        let steps = seat.signed_in()?.step_up(answer, token)?;
        let used = told_of_code(work, &steps.user).await?;
        work.record_user(me.user, steps.user).await?;
        match steps.came_to {
            Answer::Refused(why) => Ok(SteppedUp::Refused(why)),
            Answer::Accepted(_) => {
                work.record_device(me.device, steps.device).await?;
                if let Some(letter) = used {
                    notify(work, me.user, &letter).await?;
                }
                Ok(SteppedUp::Raised(grant(work, me.user, me.role, me.device, me.session_id, token).await?))
            }
        }
    }
}
