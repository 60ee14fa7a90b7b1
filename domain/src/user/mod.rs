//! The user: identity, credentials, factors, recovery codes, and failure budgets. Counters and
//! last accepted steps live here, so that one stream orders every guess at one person.

mod access;
mod address;
mod budget;
mod claimed;
mod command;
mod decide;
mod delivery;
mod events;
mod evolve;
mod factors;
mod former;
mod freeze;
mod held;
mod help;
mod kept;
mod mailboxes;
mod mailed;
mod people;
mod prove;
mod reach;
mod recovery;
mod series;
#[cfg(test)]
mod spec;
mod state;
mod turn;
mod values;

pub use access::AccessCommand;
pub use address::{AddressCommand, RESET_STAYS_FRESH};
pub use budget::{Budget, HARD_CAP, PASSWORD_BEARS};
pub use claimed::{ClaimCommand, Rehash};
pub use command::{NewCodes, NewFactor, NewMailedCode, Person, UserCommand, UserError};
pub use delivery::{Failing, TROUBLE_AFTER};
pub use events::UserEvent;
pub use former::{FORMER_EMAIL_SERVES, FormerEmail};
pub use freeze::{FreezeCommand, Frozen, NOT_ME_LIFE, WAY_BACK_STAYS, WayBack};
pub use held::{
    Codes, EmailChange, Enrolled, Exemption, Factor, Grant, Link, Password, Pending, Plea, Registered,
    SpentGrant, Ticket, WaitingReset,
};
pub use help::{
    ASKING_SPAN, EXEMPT_AT_MOST, GIVEN_A_DAY, GIVEN_AN_HOUR, GIVING_DAY, HelpCommand, RESETS_AN_HOUR,
    TICKET_LIFE,
};
pub use mailboxes::{AddressStanding, Doors, Mailbox, Voucher, Word, doors};
pub use mailed::{MAILED_CODE_LIFE, MailedCode};
pub use people::{MAX_GROUPS_OF_PERSON, PeopleCommand, is_provider};
pub use reach::{REACH_DAY, REACH_HOUR, Reach};
pub use recovery::{
    GRANT_HOURS, GRANT_HOURS_AT_MOST, MAILED_GRANT_HOURS_AT_MOST, OWNER_AMONG_OWNERS_WAIT, RESET_WAIT,
    RecoveryCommand,
};
pub use series::{OPEN_AT_ONCE, RESEND_AFTER, SENT_CODE_LIFE, Sent};
pub use state::{BINDINGS_AT_ONCE, User};
pub use turn::{Turn, Turns};
pub use values::{
    AskedInVain, Familiarity, Fresh, FrozenBy, Gate, Handing, Help, LinkPurpose, NoHelp, Objection,
    PasswordAccess, ProofKind, Purpose, RecoveryRefusal, RecoveryRoute, Refusal, ResetCause, Thawed,
};

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;

use crate::proof::Era;

impl Aggregate for User {
    const TYPE: &'static str = "user";
    type Command = UserCommand;
    type Event = UserEvent;
    type Error = UserError;
    type Services = Era;

    async fn handle(
        &mut self,
        command: UserCommand,
        era: &Era,
        sink: &EventSink<Self>,
    ) -> Result<(), UserError> {
        for event in self.decide(era, command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: UserEvent) {
        self.evolve(&event);
    }
}
