//! Destroying what is over by time alone: no event ends it, so no append took its secret along.

use twofold_domain::ids::{DeviceId, UserId};
use twofold_domain::time::Span;

use super::ActError;
use crate::desk::Act;
use crate::work::{Wanted, Work};

/// How long what is over is kept, so that whoever shows it is told that it is over and not that it never was.
const TOLD_FOR: Span = Span::days(1);

/// Destroy the verifiers of a person's links, codes, tokens, and sessions that are over. Records nothing: what is
/// over opens nothing, with its verifier or without. May be repeated, and run twice at once.
pub struct SweepVerifiers {
    /// Whose.
    pub user: UserId,
    /// Their devices, as far as a read model knows them. What it does not know is left alone.
    pub devices: Vec<DeviceId>,
}

impl Act for SweepVerifiers {
    /// How many there were.
    type Reply = usize;

    async fn run(&self, work: &mut Work) -> Result<usize, ActError> {
        let wanted = self.devices.iter().map(|device| Wanted::Device(*device));
        work.load(&wanted.chain([Wanted::User(self.user)]).collect::<Vec<_>>()).await?;
        let since = work.at() - TOLD_FOR;
        let user = work.user(self.user).await?;
        let mut over = user.over(since);
        for device in &self.devices {
            over.extend(work.device(*device).await?.over(user.epoch, since));
        }
        if over.is_empty() {
            return Ok(0);
        }
        let rows = work.desk().store().verifiers_of(work.account_id(), self.user.uuid()).await?;
        let swept: Vec<_> = rows.into_iter().map(|row| row.id).filter(|id| over.contains(id)).collect();
        let count = swept.len();
        work.extras().destroy_verifiers.extend(swept);
        Ok(count)
    }
}
