//! How many different people one member of staff helps so that a factor goes, or somebody is let back in. Each person
//! has bounds of their own (`help`); these are of whoever helps, so that one stolen session of staff does not reach
//! everybody, a person at a time.
//!
//! **Architecture invariant:** the charge stands in the stream of whoever helps and in the append of the help itself:
//! one budget, whichever route, session, or server it is spent by.

use serde::{Deserialize, Serialize};

use super::command::UserError;
use super::events::UserEvent;
use super::state::User;
use super::values::Help;
use crate::ids::UserId;
use crate::policy::Role;
use crate::time::{Span, Timestamp};

/// Whoever was helped within it is no further person; what they are helped with counts from then on.
pub const REACH_HOUR: Span = Span::hours(1);
/// The longer span of the two.
pub const REACH_DAY: Span = Span::hours(24);

/// How many different people somebody of a role helps so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// Within an hour.
    pub hour: usize,
    /// Within a day.
    pub day: usize,
}

impl Reach {
    /// An agent: somebody every three minutes for an hour, and four such hours a day. Owners and admins: three times
    /// that, for a bad day; who means everybody disables the account's second factor, which is told to everybody.
    /// Owners are bound like admins: it is their session that a thief would most like to have.
    pub const fn of(role: Role) -> Self {
        match role {
            Role::Owner | Role::Admin => Self { hour: 60, day: 240 },
            Role::Agent | Role::Auditor | Role::EndUser => Self { hour: 20, day: 80 },
        }
    }
}

/// Whom somebody helped so of late, and when that was charged.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Helped(Vec<(UserId, Timestamp)>);

impl Helped {
    /// A charge, of each the last; what is older than a day is forgotten.
    pub(super) fn charge(&mut self, subject: UserId, at: Timestamp) {
        self.0.retain(|(whom, then)| *whom != subject && at < *then + REACH_DAY);
        self.0.push((subject, at));
    }

    /// Whether what is charged covers this person now.
    fn covers(&self, subject: UserId, at: Timestamp) -> bool {
        self.0.iter().any(|(whom, then)| *whom == subject && at < *then + REACH_HOUR)
    }

    /// From when on another person may be helped, if none may now: as many others as there may be were, within a span.
    fn full(&self, subject: UserId, span: Span, most: usize, at: Timestamp) -> Option<Timestamp> {
        let within = |(whom, then): &&(UserId, Timestamp)| *whom != subject && at < *then + span;
        let last: Vec<_> = self.0.iter().filter(within).collect();
        // The one who is forgotten next makes room, and as many more as are too many.
        let over = (last.len() + 1).checked_sub(most).filter(|over| *over > 0)?;
        last.get(over - 1).map(|(_, then)| *then + span)
    }
}

impl User {
    /// From when on this member of staff may help somebody so, if they may not now.
    pub fn out_of_reach(&self, help: Help, subject: UserId, at: Timestamp) -> Option<Timestamp> {
        let own = self.who().is_some_and(|who| who.user == subject);
        let role = self.role()?;
        if !help.reaches(role) || own || self.helped.covers(subject, at) {
            return None;
        }
        let reach = Reach::of(role);
        let hour = self.helped.full(subject, REACH_HOUR, reach.hour, at);
        hour.max(self.helped.full(subject, REACH_DAY, reach.day, at))
    }

    /// Charges help for somebody. Each time: were whoever was charged an hour ago free for the rest of it, twice as many
    /// people could be helped about its end.
    pub(super) fn charge_help(
        &self,
        help: Help,
        subject: UserId,
        at: Timestamp,
    ) -> Result<Option<UserEvent>, UserError> {
        if let Some(until) = self.out_of_reach(help, subject, at) {
            return Err(UserError::OutOfReach(until));
        }
        let own = self.who().is_some_and(|who| who.user == subject);
        let counts = !own && self.role().is_some_and(|role| help.reaches(role));
        Ok(counts.then_some(UserEvent::HelpCharged { help, subject, at }))
    }
}
