//! Destroying what is over by time alone, and what is left over of before secrets went with the events that end them: no
//! event ends it, so no append took its secret along.

use twofold_domain::ids::{DeviceId, UserId, VerifierId};
use twofold_domain::time::{Span, Timestamp};
use uuid::Uuid;

use super::{ActError, stock};
use crate::desk::Act;
use crate::work::{Wanted, Work};

/// How long what is over is kept, so that whoever shows it is told that it is over and not that it never was.
const TOLD_FOR: Span = Span::days(1);
/// How old a secret that nobody speaks of is before it is left over: one that was just kept may be of a device that a
/// read model does not know yet.
const SETTLED: Span = Span::days(1);

/// Destroy the verifiers of a person's, or a program's, links, codes, tokens, and sessions that are over, and those
/// that no state speaks of. Records nothing: what is over opens nothing, with its verifier or without. May be repeated,
/// and run twice at once.
pub struct SweepVerifiers {
    /// Whose: a person or a program, one that is no more included.
    pub owner: Uuid,
    /// Their devices, as far as a read model knows them. What it does not know is left alone.
    pub devices: Vec<DeviceId>,
    /// Whether these are all of them.
    pub all_known: bool,
}

impl Act for SweepVerifiers {
    /// How many there were.
    type Reply = usize;

    async fn run(&self, work: &mut Work) -> Result<usize, ActError> {
        // Secrets of the account's stock, and rows that mean nothing, are no person's.
        if [stock::NOBODY, work.account_id().uuid()].contains(&self.owner) {
            return Ok(0);
        }
        let person = UserId::from_uuid(self.owner);
        let wanted = self.devices.iter().map(|device| Wanted::Device(*device));
        work.load(&wanted.chain([Wanted::User(person)]).collect::<Vec<_>>()).await?;
        let since = work.at() - TOLD_FOR;
        let (account, user) = (work.account().await?, work.user(person).await?);
        let mut over = account.over(since);
        over.extend(user.over(since));
        let mut spoken_of = account.verifiers();
        spoken_of.extend(user.verifiers());
        for device in &self.devices {
            let device = work.device(*device).await?;
            over.extend(device.over(user.epoch, since));
            spoken_of.extend(device.verifiers());
        }
        let rows = work.desk().store().verifiers_of(work.account_id(), self.owner).await?;
        let settled = work.desk().clock().now() - SETTLED;
        let left_over = |id: &VerifierId| {
            self.all_known && !spoken_of.contains(id) && kept_at(*id).is_some_and(|at| at < settled)
        };
        let ids = rows.into_iter().map(|row| row.id);
        let swept: Vec<_> = ids.filter(|id| over.contains(id) || left_over(id)).collect();
        let count = swept.len();
        work.extras().destroy_verifiers.extend(swept);
        Ok(count)
    }
}

/// When a secret was kept, by the server's clock: its id says so.
fn kept_at(id: VerifierId) -> Option<Timestamp> {
    let (seconds, nanoseconds) = id.uuid().get_timestamp()?.to_unix();
    Some(Timestamp::from_micros((seconds * 1_000_000) as i64 + i64::from(nanoseconds / 1_000)))
}
