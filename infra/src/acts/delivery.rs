//! What became of a message. Commands of a process manager; they may be repeated.
//!
//! The outcome and the end of the message's row are one append: whoever finds the row gone, or taken by
//! somebody else since, has nothing to record. So a message has one outcome, however often it was sent.

use twofold_domain::account::AccountCommand;
use twofold_domain::delivery::{BudgetOf, Channel, Ended, Posted, Share, SpentBudget, Undelivered, day_ends};
use twofold_domain::ids::{MessageId, UserId};
use twofold_domain::user::{UserCommand, UserError};

use super::ActError;
use crate::desk::Act;
use crate::work::Work;

/// Record what became of a message that was taken, and forget what it said.
pub struct RecordDelivery {
    /// The message.
    pub message: MessageId,
    /// The number of its attempts as it was taken: another one means that somebody else took it since.
    pub fence: u64,
    /// How it ended.
    pub ended: Ended,
}

impl Act for RecordDelivery {
    /// Whether it was recorded here.
    type Reply = bool;

    async fn run(&self, work: &mut Work) -> Result<bool, ActError> {
        let desk = work.desk().clone();
        let row = desk.store().waiting_message(self.message).await?;
        let Some(row) = row.filter(|row| row.attempts == self.fence && row.account == work.account_id())
        else {
            return Ok(false);
        };
        work.extras().ended.push(row.id);
        let Some(user) = row.subject.map(UserId::from_uuid) else { return Ok(true) };
        let posted = Posted {
            message: row.id,
            channel: row.channel,
            purpose: row.purpose,
            letter: row.letter,
            attempts: u16::try_from(row.attempts).unwrap_or(u16::MAX),
            queued_at: row.queued_at,
        };
        let command = UserCommand::RecordDelivery { posted, ended: self.ended, at: work.at() };
        match work.tell_user(user, command).await {
            // Nothing is recorded of nobody.
            Err(ActError::User(UserError::Erased | UserError::Unknown)) => return Ok(true),
            recorded => recorded?,
        };
        let Ended::Failed { why, .. } = self.ended else { return Ok(true) };
        let person = work.user(user).await?;
        let failing = person.unreached().find(|(channel, _)| *channel == row.channel);
        let Some((channel, in_a_row)) = failing.map(|(channel, failing)| (channel, failing.in_a_row)) else {
            return Ok(true);
        };
        let command =
            AccountCommand::RaiseDeliveryTrouble { channel, user, failures: in_a_row, why, at: work.at() };
        // Owners and admins are told by a process manager, which reads this event.
        work.tell_account(command).await?;
        Ok(true)
    }
}

/// Record that the last message of a day's budget was counted, or that one more had no room.
pub struct RecordSpent {
    /// Of which way.
    pub channel: Channel,
    /// Whose.
    pub whose: BudgetOf,
    /// Which part.
    pub share: Share,
}

impl Act for RecordSpent {
    type Reply = ();

    async fn run(&self, work: &mut Work) -> Result<(), ActError> {
        // Messages are counted by the server's day, also those of a sandbox, whose clock is ahead.
        let (now, at) = (work.desk().clock().now(), work.at());
        let until = at + day_ends(now).since(now);
        let budget = SpentBudget { channel: self.channel, whose: self.whose, share: self.share, until };
        work.tell_account(AccountCommand::RecordSpent { budget, at }).await?;
        Ok(())
    }
}

/// Record that messages by one way fail, whoever they are to.
pub struct RaiseOutage {
    /// The way.
    pub channel: Channel,
    /// How many in a row.
    pub failures: u16,
    /// Why, the last time.
    pub why: Undelivered,
}

impl Act for RaiseOutage {
    type Reply = ();

    async fn run(&self, work: &mut Work) -> Result<(), ActError> {
        let RaiseOutage { channel, failures, why } = *self;
        work.tell_account(AccountCommand::RaiseOutage { channel, failures, why, at: work.at() }).await?;
        Ok(())
    }
}
