//! The process manager of wished-for notices: events in, letters to owners and admins out.
//!
//! What an account is told beside the people concerned is its own wish, and news: it is told when it happens,
//! and not any more a day later. Each event is told once. That it was is kept beside the log, under the
//! event's place, so that this may stop anywhere, begin again, or run in several instances at once.
//!
//! What people must be told of their own security is no wish: the acts themselves write those letters.

use std::collections::HashSet;
use std::future::Future;
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use tokio::time::sleep;
use twofold_domain::ids::{AccountId, StreamId};
use twofold_domain::time::Span;
use twofold_infra::acts::{ActError, TellStewards};
use twofold_infra::context::{Actor, Context};
use twofold_infra::desk::{Desk, Repeatable};

use crate::notices::{self, NoticeRow};
use crate::status::user_status;

/// Who the log would say did it.
const NAME: &str = "wished_notices";
/// Between looks at what happened.
const LOOK: Duration = Duration::from_secs(2);
/// What is older is no news.
const NEWS: Span = Span::days(1);
/// How long it is kept that something was told: longer than it is news.
const REMEMBERED: Span = Span::days(3);

/// Tells owners and admins what their account wished that they are told.
pub struct Wishes {
    desk: Desk,
    /// What needs no further look here: told, or not wished for.
    done: HashSet<(AccountId, u64)>,
}

impl Wishes {
    /// A process manager on this desk; a projector must be running somewhere.
    pub fn new(desk: Desk) -> Self {
        Self { desk, done: HashSet::new() }
    }

    /// Runs until `stop` is ready; a letter that has begun is finished.
    pub async fn run(mut self, stop: impl Future<Output = ()> + Send) {
        let mut stop = std::pin::pin!(stop);
        loop {
            if let Err(error) = self.tell_news().await {
                tracing::warn!(%error, "wished-for notices cannot be told");
            }
            tokio::select! {
                () = &mut stop => return,
                () = sleep(LOOK) => {}
            }
        }
    }

    /// Tells what the read models know and was not told yet, here and now.
    pub async fn tell_news(&mut self) -> Result<(), ActError> {
        let news = notices::since(self.desk.store().views(), self.desk.clock().now() - NEWS).await?;
        let places: HashSet<_> = news.iter().map(|(account, row)| (*account, row.account_seq)).collect();
        self.done.retain(|place| places.contains(place));
        for (account, row) in news {
            let place = (account, row.account_seq);
            if self.done.contains(&place) {
                continue;
            }
            let state = self.desk.log().accounts.load(StreamId::account(account)).await?.state;
            // A sandbox is ahead of the server, and so is what is news there.
            let news = row.recorded_at > state.now(self.desk.clock().now()) - NEWS;
            let wished = state.wished_since.is_some_and(|since| since < row.recorded_at);
            if news && wished && !state.closed && state.settings.notices.contains(&row.notice) {
                self.tell(account, row).await?;
            }
            self.done.insert(place);
        }
        Ok(())
    }

    async fn tell(&self, account: AccountId, row: NoticeRow) -> Result<(), ActError> {
        let stewards = user_status::stewards(self.desk.store().views(), account).await?;
        let NoticeRow { account_seq, recorded_at, notice, about } = row;
        let act = TellStewards { notice, about, at: recorded_at, stewards };
        let place = format!("twofold/{NAME}/v1\0{account}\0{account_seq}");
        let once = Repeatable {
            scope: Sha256::digest(place).into(),
            fingerprint: [0; 32],
            expires_at: self.desk.clock().now() + REMEMBERED,
            render: Box::new(|(), _| Vec::new()),
        };
        let context = Context::of(Actor::System(NAME), NAME.to_owned());
        self.desk.perform_once(account, context, act, Some(once)).await.map(|_| ())
    }
}
