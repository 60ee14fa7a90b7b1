//! What staff does about somebody's second factor: reset it, lift locks, exempt for a while, issue a ticket.
//! Each says first what it does. Whether it is granted, the act says.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use twofold_domain::account::{Gist, Guarded};
use twofold_domain::ids::{ExemptionId, StreamId, UserId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::policy::Role;
use twofold_domain::reading::{Matter, Question};
use twofold_domain::time::Span;
use twofold_domain::user::{self, EXEMPT_AT_MOST, UserError};
use twofold_infra::acts::{
    ActError, Consented, EndExemption, Exempt, FreezeSomebody, IssueTicket, Reset, ResetFactor, Unfreeze,
    Unlock,
};
use twofold_infra::desk::Done;

use super::close::takes;
use super::door::{Door, Me, Said};
use super::helped::goes;
use super::names;
use super::person::load;
use super::refused::Refused;
use crate::extract::{Form, Path};
use crate::pages::account::Confirm;
use crate::pages::frame::{Field, Section, Tone, When};
use crate::pages::help::{Exemption, Ticket};
use crate::pages::render;

/// Hours for which somebody can be exempted; the longest is the domain's.
const SPANS: [i64; 6] = [8, 24, 48, 72, 120, 168];
/// What is proposed: from one working day to the next.
const PROPOSED: i64 = 24;

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct Decided {
    #[serde(default)]
    version: u64,
    #[serde(default)]
    reason: String,
    /// Whether the factor may be in wrong hands.
    #[serde(default)]
    compromise: String,
    /// For how long.
    #[serde(default)]
    hours: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ended {
    exemption: ExemptionId,
}

/// What staff can do for one person.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Help {
    Reset,
    Unlock,
    Exempt,
    Ticket,
    Freeze,
    Unfreeze,
}

impl Help {
    const fn word(self) -> &'static str {
        match self {
            Self::Reset => "reset",
            Self::Unlock => "unlock",
            Self::Exempt => "exempt",
            Self::Ticket => "ticket",
            Self::Freeze => "freeze",
            Self::Unfreeze => "unfreeze",
        }
    }

    /// What the rules call it.
    const fn named(self) -> user::Help {
        match self {
            Self::Reset => user::Help::Reset,
            Self::Unlock => user::Help::Unlock,
            Self::Exempt => user::Help::Exemption,
            Self::Ticket => user::Help::Ticket,
            Self::Freeze => user::Help::Freeze,
            Self::Unfreeze => user::Help::Vouch,
        }
    }
}

/// The person whom it is about, and who does it.
struct Subject {
    user: UserId,
    me: Me,
    called: String,
    version: u64,
    role: Role,
    /// Whether a reset waits, and no ticket is issued.
    waits: bool,
    help: Help,
}

/// Says what a reset of one person does.
pub(super) async fn ask_to_reset(
    door: Door,
    Path((_, user)): Path<(String, UserId)>,
) -> Result<Response, Refused> {
    ask(door, user, Help::Reset).await
}

/// Says what an unlock does.
pub(super) async fn ask_to_unlock(
    door: Door,
    Path((_, user)): Path<(String, UserId)>,
) -> Result<Response, Refused> {
    ask(door, user, Help::Unlock).await
}

/// Says what a freeze does.
pub(super) async fn ask_to_freeze(
    door: Door,
    Path((_, user)): Path<(String, UserId)>,
) -> Result<Response, Refused> {
    ask(door, user, Help::Freeze).await
}

/// Says what vouching does.
pub(super) async fn ask_to_unfreeze(
    door: Door,
    Path((_, user)): Path<(String, UserId)>,
) -> Result<Response, Refused> {
    ask(door, user, Help::Unfreeze).await
}

/// Asks for how long somebody is let in without a second factor.
pub(super) async fn ask_to_exempt(
    door: Door,
    Path((_, user)): Path<(String, UserId)>,
) -> Result<Response, Refused> {
    ask(door, user, Help::Exempt).await
}

/// Says what a ticket does.
pub(super) async fn ask_for_ticket(
    door: Door,
    Path((_, user)): Path<(String, UserId)>,
) -> Result<Response, Refused> {
    ask(door, user, Help::Ticket).await
}

async fn ask(mut door: Door, user: UserId, help: Help) -> Result<Response, Refused> {
    let subject = Subject::enter(&mut door, user, help).await?;
    subject.page(&door, &Decided { hours: PROPOSED, ..Decided::default() }, "").await
}

/// Resets one person.
pub(super) async fn reset(
    mut door: Door,
    Path((_, user)): Path<(String, UserId)>,
    Form(decided): Form<Decided>,
) -> Result<Response, Refused> {
    let subject = Subject::attempt(&mut door, user, Help::Reset).await?;
    let act = ResetFactor {
        credential: subject.me.credential.clone(),
        user,
        reason: decided.reason.clone(),
        compromise: !decided.compromise.is_empty(),
        seen: Some(decided.version),
        circle: door.app.circle(door.account).await?,
    };
    match door.perform(act).await.map(|done| done.reply) {
        Ok(Consented::Waits(_)) => Ok(subject.back(&door, Said::Waits)),
        Ok(Consented::Done(Reset::Scheduled(_))) => Ok(subject.back(&door, Said::ResetLater)),
        Ok(Consented::Done(Reset::Refused { .. })) => Ok(subject.back(&door, Said::ResetRefused)),
        Ok(Consented::Done(Reset::Done)) => Ok(subject.back(&door, Said::WasReset)),
        Err(error) => subject.refused(door, &decided, error).await,
    }
}

/// Lifts one person's locks.
pub(super) async fn unlock(
    mut door: Door,
    Path((_, user)): Path<(String, UserId)>,
    Form(decided): Form<Decided>,
) -> Result<Response, Refused> {
    let subject = Subject::attempt(&mut door, user, Help::Unlock).await?;
    let (credential, reason) = (subject.me.credential.clone(), decided.reason.clone());
    match door.perform(Unlock { credential, user, reason }).await {
        Ok(_) => Ok(subject.back(&door, Said::Unlocked)),
        Err(error) => subject.refused(door, &decided, error).await,
    }
}

/// Freezes somebody's sign-in.
pub(super) async fn freeze(
    mut door: Door,
    Path((_, user)): Path<(String, UserId)>,
    Form(decided): Form<Decided>,
) -> Result<Response, Refused> {
    let subject = Subject::attempt(&mut door, user, Help::Freeze).await?;
    let (credential, reason) = (subject.me.credential.clone(), decided.reason.clone());
    match door.perform(FreezeSomebody { credential, user, reason }).await {
        Ok(_) => Ok(subject.back(&door, Said::Froze)),
        Err(error) => subject.refused(door, &decided, error).await,
    }
}

/// Vouches for their way back.
pub(super) async fn unfreeze(
    mut door: Door,
    Path((_, user)): Path<(String, UserId)>,
    Form(decided): Form<Decided>,
) -> Result<Response, Refused> {
    let subject = Subject::attempt(&mut door, user, Help::Unfreeze).await?;
    let (credential, reason) = (subject.me.credential.clone(), decided.reason.clone());
    let circle = door.app.circle(door.account).await?;
    match door.perform(Unfreeze { credential, user, reason, circle }).await {
        Ok(_) if subject.waits => Ok(subject.back(&door, Said::ThawWaits)),
        Ok(_) => Ok(subject.back(&door, Said::Vouched)),
        // They came back by themselves meanwhile.
        Err(ActError::User(UserError::NotFrozen)) => Ok(subject.back(&door, Said::Unchanged)),
        Err(error) => subject.refused(door, &decided, error).await,
    }
}

/// Lets somebody in without a second factor for a while.
pub(super) async fn exempt(
    mut door: Door,
    Path((_, user)): Path<(String, UserId)>,
    Form(decided): Form<Decided>,
) -> Result<Response, Refused> {
    let subject = Subject::attempt(&mut door, user, Help::Exempt).await?;
    let act = Exempt {
        credential: subject.me.credential.clone(),
        user,
        reason: decided.reason.clone(),
        until: door.now() + Span::hours(decided.hours),
        circle: door.app.circle(door.account).await?,
    };
    match door.perform(act).await.map(|done| done.reply) {
        Ok(Consented::Waits(_)) => Ok(subject.back(&door, Said::Waits)),
        Ok(Consented::Done(_)) => Ok(subject.back(&door, Said::Exempted)),
        Err(error) => subject.refused(door, &decided, error).await,
    }
}

/// Ends an exemption before its time.
pub(super) async fn end_exemption(
    mut door: Door,
    Path((_, user)): Path<(String, UserId)>,
    Form(ended): Form<Ended>,
) -> Result<Response, Refused> {
    let subject = Subject::attempt(&mut door, user, Help::Exempt).await?;
    door.back = door.path(&format!("people/{user}"));
    let credential = subject.me.credential.clone();
    match door.perform(EndExemption { credential, user, exemption: ended.exemption }).await {
        Ok(_) => Ok(subject.back(&door, Said::ExemptionEnded)),
        // It ended by itself meanwhile, or another took its place: their page says what holds.
        Err(ActError::User(UserError::NoExemption)) => Ok(subject.back(&door, Said::Unchanged)),
        Err(error) => Err(door.refuse(error)),
    }
}

/// Issues a ticket and shows it, once.
pub(super) async fn ticket(
    mut door: Door,
    Path((_, user)): Path<(String, UserId)>,
    Form(decided): Form<Decided>,
) -> Result<Response, Refused> {
    let subject = Subject::attempt(&mut door, user, Help::Ticket).await?;
    let (credential, reason) = (subject.me.credential.clone(), decided.reason.clone());
    match door.perform(IssueTicket { credential, user, reason }).await {
        Ok(Done { reply: issued, .. }) => Ok(render(&Ticket {
            // There is no way back to a page that is shown once.
            f: crate::pages::Frame { path: String::new(), ..door.frame.clone() },
            subject: subject.called.clone(),
            code: grouped(&issued.code),
            expires: When::from(issued.expires_at),
            back: door.path(&format!("people/{user}")),
        })),
        Err(error) => subject.refused(door, &decided, error).await,
    }
}

/// In groups of four, to be read aloud; whoever types it need not type the gaps.
fn grouped(code: &str) -> String {
    let plain: Vec<char> = code.chars().filter(char::is_ascii_alphanumeric).collect();
    let groups: Vec<String> = plain.chunks(4).map(|four| four.iter().collect()).collect();
    groups.join("-")
}

impl Subject {
    /// The same of whoever does it and does not only look: in vain is on record.
    async fn attempt(door: &mut Door, user: UserId, help: Help) -> Result<Self, Refused> {
        door.back = door.path(&format!("people/{user}/{}", help.word()));
        door.tries(user, help.named()).await?;
        Self::enter(door, user, help).await
    }

    async fn enter(door: &mut Door, user: UserId, help: Help) -> Result<Self, Refused> {
        door.back = door.path(&format!("people/{user}/{}", help.word()));
        door.enter(Deed::ReadPeople).await?;
        let loaded = door.app.desk.log().users.load(StreamId::user(door.account, user)).await;
        let loaded = loaded.map_err(ActError::from)?;
        let Some(role) = loaded.state.role() else { return Err(ActError::UnknownUser.into()) };
        let me = door.enter(help.named().deed(role)).await?;
        door.shows(&me, Question::of(Matter::Person).about(user)).await?;
        door.frame = door.frame.clone().section(Section::People);
        let called = names::of_user(door, &loaded.state).await?.shown(door);
        let waits = loaded.state.help_waits(door.now());
        Ok(Self { user, me, called, version: loaded.sequence, role, waits, help })
    }

    /// Back to their page.
    fn back(&self, door: &Door, said: Said) -> Response {
        door.go(&format!("people/{}", self.user), Some(said))
    }

    async fn refused(&self, mut door: Door, decided: &Decided, error: ActError) -> Result<Response, Refused> {
        let explain = |key: &str| Err(door.explain(StatusCode::CONFLICT, key));
        match error {
            ActError::Field { field: "reason", .. } => {
                let page = self.page(&door, decided, &door.frame.s("reason-wrong")).await?;
                Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
            }
            ActError::Outdated { .. } => {
                let text = door.frame.s("changed-meanwhile");
                door.frame = door.frame.clone().notice(Tone::Warn, text);
                Ok((StatusCode::CONFLICT, self.page(&door, decided, "").await?).into_response())
            }
            ActError::User(UserError::NotEnabled) => explain("error-not-enabled"),
            ActError::User(UserError::AlreadyWaiting(_)) => Ok(self.back(&door, Said::AlreadyWaits)),
            ActError::User(UserError::ResetsSpent(_)) => explain("error-resets-spent"),
            ActError::User(UserError::HelpSpent(_)) => explain("error-help-spent"),
            ActError::User(UserError::OutOfReach(_)) => explain("error-people-spent"),
            ActError::User(UserError::AddressDisputed) => explain("error-address-disputed"),
            ActError::User(UserError::InCorrection(_)) => explain("error-address-in-correction"),
            ActError::User(UserError::AlreadyFrozen) => explain("error-already-frozen"),
            ActError::User(UserError::AlreadyEnabled) => explain("error-has-factor"),
            ActError::User(UserError::TicketForTeamOnly) => explain("error-ticket-team"),
            error => Err(door.refuse(error)),
        }
    }

    async fn page(&self, door: &Door, decided: &Decided, wrong: &str) -> Result<Response, Refused> {
        let f = &door.frame;
        let mut effects: Vec<String> = self.effects().iter().map(|key| f.s(key)).collect();
        if let Some(act) = self.guarded() {
            effects.push(takes(door, &self.me, act).await?);
        }
        if self.help == Help::Unfreeze {
            effects.extend(goes(door, &load(door, self.user).await?).await?);
        }
        let reason = Field { value: decided.reason.clone(), error: wrong.to_owned() };
        let action = door.path(&format!("people/{}/{}", self.user, self.help.word()));
        let cancel = door.path(&format!("people/{}", self.user));
        if self.help == Help::Exempt {
            let longest = |hours: &i64| Span::hours(*hours) <= EXEMPT_AT_MOST;
            let words = |hours: i64| match hours {
                ..24 => f.n("hours", hours),
                _ => f.n("days", hours / 24),
            };
            let spans = SPANS.into_iter().filter(longest);
            return Ok(render(&Exemption {
                f: f.clone(),
                subject: self.called.clone(),
                effects,
                action,
                cancel,
                spans: spans.map(|hours| (hours, words(hours), hours == decided.hours)).collect(),
                reason,
            }));
        }
        let (title, button) = match self.help {
            Help::Reset if self.waits => ("confirm-reset-title", "confirm-reset-later"),
            Help::Reset => ("confirm-reset-title", "confirm-reset"),
            Help::Unlock => ("confirm-unlock-title", "confirm-unlock"),
            Help::Freeze => ("freeze-somebody", "freeze-somebody"),
            Help::Unfreeze => ("unfreeze-somebody", "unfreeze-somebody"),
            Help::Ticket | Help::Exempt => ("confirm-ticket-title", "confirm-ticket"),
        };
        Ok(render(&Confirm {
            f: f.clone(),
            title,
            subject: self.called.clone(),
            effects,
            findings: None,
            hidden: vec![],
            action,
            version: self.version,
            reason_asked: true,
            reason_needed: true,
            reason,
            button,
            compromise: self.help == Help::Reset && !self.waits,
            danger: matches!(self.help, Help::Reset | Help::Freeze),
            cancel,
        }))
    }

    const fn effects(&self) -> &'static [&'static str] {
        match self.help {
            Help::Reset if self.waits => {
                &["effect-reset-waits", "effect-reset-object", "effect-reset-again", "effect-reset-only"]
            }
            Help::Reset => {
                &["effect-reset-factors", "effect-reset-again", "effect-reset-only", "effect-told"]
            }
            Help::Unlock => &["effect-unlock", "effect-unlock-factors"],
            Help::Freeze => &["freeze-somebody-hint", "effect-told"],
            Help::Unfreeze if self.waits => &["unfreeze-customer-hint"],
            Help::Unfreeze => &["unfreeze-team-hint"],
            Help::Exempt => &[
                "effect-exempt",
                "effect-exempt-end",
                "effect-exempt-binds",
                "effect-exempt-lock",
                "effect-told",
            ],
            Help::Ticket => &["effect-ticket", "effect-ticket-once", "effect-ticket-tell", "effect-told"],
        }
    }

    /// The act as dual control knows it, where it is one.
    fn guarded(&self) -> Option<Gist> {
        let guarded = match self.help {
            Help::Reset | Help::Exempt => self.role == Role::Owner,
            Help::Unlock | Help::Ticket | Help::Freeze | Help::Unfreeze => false,
        };
        guarded.then_some(Gist::of(Guarded::HelpOwner).about(self.user))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_is_shown_in_groups() {
        assert_eq!(grouped("ABCD1234EFGH5678"), "ABCD-1234-EFGH-5678");
    }

    #[test]
    fn what_is_proposed_can_be_chosen() {
        assert!(SPANS.contains(&PROPOSED) && Span::hours(PROPOSED) <= EXEMPT_AT_MOST);
    }
}
