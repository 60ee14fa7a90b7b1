//! Telling many people of one thing: by batches, each in a letter and an append of their own.

use std::time::Duration;

use futures::StreamExt as _;
use tokio::time::sleep;
use twofold_domain::ids::{AccountId, UserId};
use twofold_domain::time::Timestamp;
use twofold_infra::acts::{ActError, News, tell_news};
use twofold_infra::context::Context;
use twofold_infra::desk::Desk;

use crate::status::user_status::{Told, told_since};

/// People of one batch: what is held at once.
pub const BATCH: u32 = 200;
/// Letters at once: they share commits, and leave most of the store's places to people.
const AT_ONCE: usize = 16;
/// Between batches.
const PAUSE: Duration = Duration::from_millis(20);

/// Tells everybody of these who was there by an instant, one person aside. One letter that fails keeps no other
/// back, and the last failure is the answer.
pub(crate) async fn tell_each(
    desk: &Desk,
    account: AccountId,
    context: &Context,
    news: News,
    (whom, since): (Told, Timestamp),
    but: Option<UserId>,
) -> Result<(), ActError> {
    let tell = |user| tell_news(desk, account, context.clone(), news, user);
    let (mut after, mut failed) = (None, None);
    loop {
        let batch = told_since(desk.store().views(), account, whom, since, after, BATCH).await?;
        let Some(last) = batch.last().copied() else { break };
        let others: Vec<UserId> = batch.into_iter().filter(|user| Some(*user) != but).collect();
        let mut letters = futures::stream::iter(others).map(tell).buffer_unordered(AT_ONCE);
        while let Some(letter) = letters.next().await {
            failed = letter.err().or(failed);
        }
        after = Some(last);
        sleep(PAUSE).await;
    }
    failed.map_or(Ok(()), Err)
}
