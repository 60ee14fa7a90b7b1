//! What each event means to the rules. **A new event is placed here**, in the file of its stream's kind, and in
//! `scene/fold.rs`: which power it takes, what single-use thing it spends, which budget it charges, what it stands on.
//! Every rule about such things then holds for it; a catch-all would let it slip past them, so there is none.

mod account;
mod device;
mod reading;
mod user;

use super::scene::Scene;
use super::{By, Event};
use crate::device::{DeviceEvent, TokenHolder};
use crate::ids::{
    ChallengeId, CodeSetId, FactorId, LinkId, MailedCodeId, MessageId, RecoveryId, SmsCodeId, TicketId,
    UserId,
};
use crate::permission::Act;
use crate::time::Timestamp;
use crate::user::{Familiarity, Gate, Purpose};

/// The process manager that sends messages.
const COURIER: &str = "courier";

/// What an event means, apart from its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Meaning {
    /// Whom it concerns: whose stream it is in, or who owns the device.
    pub(super) subject: Option<UserId>,
    /// When it was decided, where the event says so.
    pub(super) at: Option<Timestamp>,
    /// Who may cause it.
    pub(super) takes: Takes,
    /// The single-use thing that was accepted.
    pub(super) spends: Option<Spent>,
    /// A guess that was weighed.
    pub(super) weighs: Option<Weighed>,
    /// The generation and the epoch that it claims to stand on.
    pub(super) stands: Option<(u32, u32)>,
    /// What it does to the person's credentials.
    pub(super) credentials: Credentials,
}

/// Who may cause an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    /// Only the installation's operator.
    Operator,
    /// Only the process manager of this name.
    System(&'static str),
    /// Only somebody whose role has the power.
    Staff(Act),
    /// The operator, or somebody whose role has the power.
    OperatorOrStaff(Act),
    /// Only the person, in a session of theirs.
    Own(Act),
    /// The person, or somebody whose role has the power.
    OwnOrStaff(Act, Act),
    /// The person, before or within a session.
    Door,
    /// The same, or somebody whose role has the power.
    DoorOrStaff(Act),
    /// Nothing: it follows from an event before it in the same act.
    Follows,
}

/// What an event asks of whoever caused it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asks {
    /// To be the operator.
    Operator,
    /// To be that process manager.
    System(&'static str),
    /// To have a role with this power.
    Staff(Act),
    /// To be its person, in a session, with this power.
    Own(Act),
    /// To be its person, or nobody who is signed in.
    Door,
    /// Nothing.
    Nothing,
}

impl Takes {
    /// What it asks of this actor about that person.
    pub(super) fn of(self, by: &By, subject: Option<UserId>) -> Asks {
        let themself = by.person().is_some() && by.person() == subject;
        match self {
            Self::Operator => Asks::Operator,
            Self::OperatorOrStaff(_) if *by == By::Operator => Asks::Operator,
            Self::System(name) => Asks::System(name),
            Self::OwnOrStaff(own, _) if themself => Asks::Own(own),
            Self::Own(own) => Asks::Own(own),
            Self::DoorOrStaff(_) if themself || *by == By::Nobody => Asks::Door,
            Self::Door => Asks::Door,
            Self::Staff(act)
            | Self::OperatorOrStaff(act)
            | Self::OwnOrStaff(_, act)
            | Self::DoorOrStaff(act) => Asks::Staff(act),
            Self::Follows => Asks::Nothing,
        }
    }
}

/// A single-use thing that was accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spent {
    /// The step of an authenticator.
    Step { factor: FactorId, step: u64, purpose: Option<Purpose> },
    /// A code by SMS.
    Sms { code: SmsCodeId, purpose: Purpose },
    /// The registration of a security key or passkey.
    Credential,
    /// The challenge of a security key or passkey.
    Challenge { factor: FactorId, challenge: ChallengeId, sign_count: u32, purpose: Purpose },
    /// A recovery code.
    Code { set: CodeSetId, index: u8, left: u8, purpose: Purpose },
    /// A one-time link.
    Link { link: LinkId },
    /// A mailed code.
    Mailed { code: MailedCodeId },
    /// An enrolment ticket.
    Ticket { ticket: TicketId },
    /// The code of a recovery grant.
    Grant { recovery: RecoveryId, purpose: Purpose },
    /// A message, which ends once: it went out, or it was given up.
    Message { message: MessageId },
}

/// A guess that was weighed against a failure budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Weighed {
    pub(super) gate: Gate,
    pub(super) familiarity: Familiarity,
    /// For a wrong one: what it says it was charged, and until when to wait.
    pub(super) charged: Option<(u16, Option<Timestamp>)>,
}

/// What an event does to a person's credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Credentials {
    /// Nothing.
    #[default]
    Kept,
    /// A new password: a new epoch; its budgets begin anew.
    NewPassword,
    /// A new epoch, and nothing else.
    Renewed,
    /// A second factor from now on, of this generation: a new epoch.
    Enrolled(u32),
    /// A second factor that came with the person from another system, of this generation.
    Claimed(u32),
    /// The second factor is no more: a new epoch; its budgets begin anew.
    FactorEnded,
    /// Every budget begins anew.
    Unlocked,
}

impl Meaning {
    /// An event that takes something, and means nothing else.
    fn taking(subject: Option<UserId>, takes: Takes) -> Self {
        Self {
            subject,
            at: None,
            takes,
            spends: None,
            weighs: None,
            stands: None,
            credentials: Credentials::Kept,
        }
    }

    /// An older version of an event may not say: it says 0 then.
    fn at(self, at: Timestamp) -> Self {
        Self { at: Some(at).filter(|at| at.micros() != 0), ..self }
    }

    fn spending(self, spent: Spent) -> Self {
        Self { spends: Some(spent), ..self }
    }

    fn right(self, gate: Gate, familiarity: Familiarity) -> Self {
        Self { weighs: Some(Weighed { gate, familiarity, charged: None }), ..self }
    }

    fn wrong(self, gate: Gate, familiarity: Familiarity, charged: (u16, Option<Timestamp>)) -> Self {
        Self { weighs: Some(Weighed { gate, familiarity, charged: Some(charged) }), ..self }
    }

    fn standing(self, generation: u32, epoch: u32) -> Self {
        Self { stands: Some((generation, epoch)), ..self }
    }

    fn changing(self, credentials: Credentials) -> Self {
        Self { credentials, ..self }
    }

    /// What an event means where it stands.
    pub(super) fn of(event: &Event, scene: &Scene) -> Self {
        match event {
            Event::Account(event) => account::of(event, scene),
            Event::User(user, event) => user::of(*user, event, scene),
            Event::Device(device, event) => {
                let owner = match event {
                    DeviceEvent::DeviceRegistered { user, .. }
                    | DeviceEvent::ApiTokenUsed { holder: TokenHolder::User(user), .. } => Some(*user),
                    _ => scene.device(*device).and_then(|d| d.owner),
                };
                device::of(owner, event, scene)
            }
            Event::Reading(event) => reading::of(event, scene),
        }
    }
}
