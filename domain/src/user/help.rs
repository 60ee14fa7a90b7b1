//! Help from staff that has an end, or is a ticket, and how often they may ask for more: for people who lost their second factor.

use super::command::UserError;
use super::events::UserEvent;
use super::recovery::RESET_WAIT;
use super::state::User;
use super::values::{AskedInVain, Help, NoHelp};
use crate::ids::{ExemptionId, TicketId, UserId, VerifierId};
use crate::permission::{Need, need};
use crate::policy::{Audience, Role};
use crate::proof::Era;
use crate::sealed::{Reason, Sealed};
use crate::time::{Span, Timestamp};

/// Resets of customers that one agent may ask for within an hour.
pub const RESETS_AN_HOUR: usize = 5;
/// Freezes, words for the way back, and granted codes, of each, that one person is given by staff within an hour.
pub const GIVEN_AN_HOUR: usize = 5;
/// The same within a day: who is helped honestly is helped once or twice, and each time goes to every mailbox and number
/// of theirs, which costs money, and hides among its like what they ought to read.
pub const GIVEN_A_DAY: usize = 10;
/// That day.
pub const GIVING_DAY: Span = Span::hours(24);
/// That hour; and how long it is until the same refused help, asked for by the same person, is recorded again.
pub const ASKING_SPAN: Span = Span::hours(1);
/// Refused requests for help that are remembered of one person: every kind by several of a team. Beyond that the
/// oldest is forgotten, and recorded again.
const ASKED_IN_VAIN: usize = 64;
/// The longest exemption, in days.
const EXEMPT_DAYS: i64 = 7;
/// The same as a span.
pub const EXEMPT_AT_MOST: Span = Span::days(EXEMPT_DAYS);
/// Life of an enrolment ticket: from one working day to the next.
pub const TICKET_LIFE: Span = Span::hours(24);

/// Help for somebody.
#[derive(Debug, Clone)]
pub enum HelpCommand {
    /// To the member of staff who asks for somebody's reset: may they, once more?
    AskForReset {
        /// Whose.
        subject: UserId,
        /// Now.
        at: Timestamp,
    },
    /// Before any help is given: whether somebody like this may give it. A refusal is recorded.
    Try {
        /// What they want to give.
        help: Help,
        /// Who.
        by: UserId,
        /// Their role.
        role: Role,
        /// Now.
        at: Timestamp,
    },
    /// To whoever gives it: may they help one more so? Charged each time.
    Charge {
        /// With what.
        help: Help,
        /// Whom.
        subject: UserId,
        /// Now.
        at: Timestamp,
    },
    /// Whoever wants to give it helped as many others of late as one may. The refusal is recorded.
    Decline {
        /// What they want to give.
        help: Help,
        /// Who.
        by: UserId,
        /// Now.
        at: Timestamp,
    },
    /// Let them in without a second factor for a while.
    Exempt {
        /// Pre-minted id.
        exemption: ExemptionId,
        /// Why.
        reason: Sealed<Reason>,
        /// Until when.
        until: Timestamp,
        /// Now.
        at: Timestamp,
    },
    /// End that before its time.
    EndExemption {
        /// Which.
        exemption: ExemptionId,
        /// Now.
        at: Timestamp,
    },
    /// Issue a ticket that, with the password, binds a first factor.
    IssueTicket {
        /// Pre-minted id.
        ticket: TicketId,
        /// Where its verifier is kept.
        verifier: VerifierId,
        /// Why.
        reason: Sealed<Reason>,
        /// Now.
        at: Timestamp,
    },
}

impl User {
    pub(super) fn help(&self, command: HelpCommand, era: &Era) -> Result<Vec<UserEvent>, UserError> {
        let enrolled = self.enrolled(era.generation);
        Ok(vec![match command {
            // Admins and owners answer for what they do; an agent asks only so often.
            HelpCommand::AskForReset { .. } if self.role() != Some(Role::Agent) => return Ok(vec![]),
            HelpCommand::AskForReset { subject, at } => {
                self.may_ask(at)?;
                UserEvent::StaffResetAsked { subject, at }
            }
            HelpCommand::Try { help, by, role, at } => match self.no_help(help, by, role, at) {
                Some(why) if self.heard(help, by, at).is_none() => {
                    UserEvent::HelpRefused { help, by: Some(by), why, at }
                }
                _ => return Ok(vec![]),
            },
            HelpCommand::Charge { help, subject, at } => {
                return Ok(self.charge_help(help, subject, at)?.into_iter().collect());
            }
            HelpCommand::Decline { help, by, at } if self.heard(help, by, at).is_none() => {
                UserEvent::HelpRefused { help, by: Some(by), why: NoHelp::Spent, at }
            }
            HelpCommand::Decline { .. } => return Ok(vec![]),
            HelpCommand::Exempt { exemption, reason, until, at } => {
                if until <= at || until > at + EXEMPT_AT_MOST {
                    return Err(UserError::ExemptionSpan(EXEMPT_DAYS));
                }
                UserEvent::ExemptionGranted { exemption, reason, until, at }
            }
            HelpCommand::EndExemption { exemption, at } => {
                self.exempt(at).filter(|e| e.exemption == exemption).ok_or(UserError::NoExemption)?;
                UserEvent::ExemptionEnded { exemption, at }
            }
            HelpCommand::IssueTicket { ticket, verifier, reason, at } => {
                if self.help_waits(at) {
                    return Err(UserError::TicketForTeamOnly);
                }
                if enrolled.is_some() {
                    return Err(UserError::AlreadyEnabled);
                }
                let expires_at = at + TICKET_LIFE;
                UserEvent::EnrolmentTicketIssued { ticket, verifier, reason, expires_at, at }
            }
        }])
    }

    /// Why somebody of a role does not help them so. Whoever joined the team a short while ago is helped as a
    /// customer is: with a wait, or, for a while and under their own name, by an owner. Nobody lets themself in.
    pub fn no_help(&self, help: Help, by: UserId, role: Role, at: Timestamp) -> Option<NoHelp> {
        let who = self.who()?;
        // An agent who may freeze, too, would keep somebody out for good: what leads back from a freeze, by the wait or by
        // the word of others, ends by owners and admins only.
        if help == Help::Stop && role == Role::Agent && self.frozen.is_some() {
            return Some(NoHelp::Outranked);
        }
        if help == Help::Stop && who.user != by && self.outranked(role, at) {
            return Some(NoHelp::Outranked);
        }
        if help == Help::Address && who.user != by && self.address_outranked(by, role, at) {
            return Some(NoHelp::Outranked);
        }
        let never = |upon| need(role, help.deed(upon)) == Need::Never;
        let asked_as = if self.help_waits(at) { Role::EndUser } else { who.role };
        if who.user == by {
            return (never(who.role) || help.lets_in()).then_some(NoHelp::Own);
        }
        let customer = asked_as == Role::EndUser && never(Role::EndUser);
        customer.then_some(NoHelp::Customer).or_else(|| never(who.role).then_some(NoHelp::Outranked))
    }

    /// Whether the same was asked for by the same person and recorded a short while ago: it is not again, so that
    /// nobody fills a log by asking.
    fn heard(&self, help: Help, by: UserId, at: Timestamp) -> Option<&AskedInVain> {
        let heard =
            |asked: &&AskedInVain| asked.help == help && asked.by == by && at < asked.at + ASKING_SPAN;
        self.asked_in_vain.iter().find(heard)
    }

    /// That somebody asked in vain; what is older than the span, or than the last few, is forgotten.
    pub(super) fn hear(&mut self, asked: AskedInVain) {
        self.asked_in_vain.retain(|old| asked.at < old.at + ASKING_SPAN);
        if self.asked_in_vain.len() >= ASKED_IN_VAIN {
            self.asked_in_vain.remove(0);
        }
        self.asked_in_vain.push(asked);
    }

    /// How often staff gave them help of a kind within the hour.
    pub fn given_lately(&self, help: Help, at: Timestamp) -> usize {
        self.given.iter().filter(|(given, then)| *given == help && at < *then + ASKING_SPAN).count()
    }

    /// Whether staff may give them help of a kind once more, whoever gives it: each time tells the person by every
    /// way there is, so that more would be an annoyance, and a freeze begins what they wait for anew.
    pub(super) fn may_give(&self, help: Help, at: Timestamp) -> Result<(), UserError> {
        let full = |span: Span, most: usize| {
            let given = self.given.iter().filter(|(given, then)| *given == help && at < *then + span);
            let given: Vec<Timestamp> = given.map(|(_, then)| *then).collect();
            // The one that is forgotten next makes room, and as many more as are too many.
            given.len().checked_sub(most).map(|over| given[over] + span)
        };
        let until = full(ASKING_SPAN, GIVEN_AN_HOUR).max(full(GIVING_DAY, GIVEN_A_DAY));
        until.map_or(Ok(()), |until| Err(UserError::HelpSpent(until)))
    }

    /// That staff gave them help; what is older than a day is forgotten.
    pub(super) fn was_given(&mut self, help: Help, at: Timestamp) {
        self.given.retain(|(_, then)| at < *then + GIVING_DAY);
        self.given.push((help, at));
    }

    /// Whether staff's help waits and comes without tickets: for the account's customers, and, so that a
    /// change of role is no way around the wait, for whoever was one within its length.
    pub fn help_waits(&self, at: Timestamp) -> bool {
        let customer = self.role().map(Role::audience) == Some(Audience::EndUsers);
        customer || self.customer_until.is_some_and(|until| at < until + RESET_WAIT)
    }

    fn may_ask(&self, at: Timestamp) -> Result<(), UserError> {
        let mut counting = self.resets_asked.iter().filter(|asked| at < **asked + ASKING_SPAN);
        match counting.clone().count() {
            few if few < RESETS_AN_HOUR => Ok(()),
            _ => Err(UserError::ResetsSpent(counting.next().map_or(at, |first| *first + ASKING_SPAN))),
        }
    }
}
