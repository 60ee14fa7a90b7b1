//! The process manager of what happened: events in, letters to owners and admins out.
//!
//! What an account is told beside the people concerned is its own wish, apart from messages that keep failing;
//! and it is news: it is told when it happens, and not any more a day later. Each event is told to each of them
//! once, in a letter and an append of its own. That it was is kept beside the log, under the event's place, so
//! that this may stop anywhere, begin again, or run in several instances at once.
//!
//! What people must be told of their own security is no wish: the acts themselves write those letters.

use std::collections::HashSet;
use std::future::Future;
use std::time::Duration;

use tokio::time::sleep;
use twofold_domain::account::Account;
use twofold_domain::ids::{AccountId, StreamId};
use twofold_domain::time::{Span, Timestamp};
use twofold_infra::acts::{ActError, Happening, News, RaiseOutage};
use twofold_infra::context::{Actor, Context};
use twofold_infra::desk::Desk;

use crate::messages;
use crate::notices::{self, NoticeRow};
use crate::status::user_status::Told;
use crate::telling::tell_each;

/// Who the log would say did it.
const NAME: &str = "wished_notices";
/// Between looks at what happened.
const LOOK: Duration = Duration::from_secs(2);
/// What is older is no news.
const NEWS: Span = Span::days(1);
/// What a look in between goes through: what may have come since the last one.
const FRESH: Span = Span::minutes(5);
/// Between looks at all that is news: what a read model that was late wrote, or a letter that failed, is told then.
const EVERYTHING: Span = Span::minutes(1);

/// Tells owners and admins what happened in their account.
pub struct Wishes {
    desk: Desk,
    /// What needs no further look here: told, or not wished for.
    done: HashSet<(AccountId, u64)>,
    /// When everything that is news was last looked at.
    looked: Option<Timestamp>,
}

impl Wishes {
    /// A process manager on this desk; a projector must be running somewhere.
    pub fn new(desk: Desk) -> Self {
        Self { desk, done: HashSet::new(), looked: None }
    }

    /// Runs until `stop` is ready; a letter that has begun is finished.
    pub async fn run(mut self, stop: impl Future<Output = ()> + Send) {
        let mut stop = std::pin::pin!(stop);
        loop {
            if let Err(error) = self.tell_news().await {
                tracing::warn!(%error, "owners and admins cannot be told what happened");
            }
            tokio::select! {
                () = &mut stop => return,
                () = sleep(LOOK) => {}
            }
        }
    }

    /// Tells what the read models know and was not told yet, here and now.
    pub async fn tell_news(&mut self) -> Result<(), ActError> {
        let now = self.desk.clock().now();
        let everything = self.looked.is_none_or(|last| now >= last + EVERYTHING);
        let from = now - if everything { NEWS } else { FRESH };
        let mut failed = self.raise_outages().await.err();
        let (mut after, mut seen) = (None, HashSet::new());
        loop {
            let page = notices::since(self.desk.store().views(), from, after).await?;
            after = page.last().map(|(account, row)| (row.recorded_at, *account, row.account_seq));
            let last = page.len() < notices::PAGE as usize;
            if everything {
                seen.extend(page.iter().map(|(account, row)| (*account, row.account_seq)));
            }
            failed = self.tell_page(page).await.or(failed);
            if last {
                break;
            }
        }
        if everything {
            self.looked = Some(now);
            self.done.retain(|place| seen.contains(place));
        }
        failed.map_or(Ok(()), Err)
    }

    /// Puts on record where messages by one way fail, whoever they are to. Whether it was within a day, the domain says.
    async fn raise_outages(&self) -> Result<(), ActError> {
        let mut failed = None;
        for (account, way) in messages::outages(self.desk.store().views()).await? {
            let Some(why) = way.why else { continue };
            let raise = RaiseOutage { channel: way.channel, failures: way.failures, why };
            let context = Context::of(Actor::System(NAME), NAME);
            failed = self.desk.perform(account, context, raise).await.err().or(failed);
        }
        failed.map_or(Ok(()), Err)
    }

    /// Tells what is new of a page; the last failure, if there was one.
    async fn tell_page(&mut self, page: Vec<(AccountId, NoticeRow)>) -> Option<ActError> {
        let mut failed = None;
        for (account, row) in page {
            let place = (account, row.account_seq);
            if self.done.contains(&place) {
                continue;
            }
            match self.tell_wanted(account, &row).await {
                Ok(()) => {
                    self.done.insert(place);
                }
                // It keeps no other back, and is tried again at the next look.
                Err(error) => failed = Some(error),
            }
        }
        failed
    }

    async fn tell_wanted(&self, account: AccountId, row: &NoticeRow) -> Result<(), ActError> {
        let state = self.desk.log().accounts.load(StreamId::account(account)).await?.state;
        // A sandbox is ahead of the server, and so is what is news there.
        let news = row.recorded_at > state.now(self.desk.clock().now()) - NEWS && !state.closed;
        match row.what().filter(|what| news && wanted(&state, *what, row.recorded_at)) {
            Some(what) => self.tell(account, what, row).await,
            None => Ok(()),
        }
    }

    async fn tell(&self, account: AccountId, what: Happening, row: &NoticeRow) -> Result<(), ActError> {
        let NoticeRow { account_seq: seq, recorded_at: at, about, .. } = *row;
        let news = News::Happened { seq, what, about, at };
        // Whom a wish is about was told already.
        let but = about.filter(|_| matches!(what, Happening::Wished(_)));
        let context = Context::of(Actor::System(NAME), NAME);
        tell_each(&self.desk, account, &context, news, (Told::Leaders, at), but).await
    }
}

/// Whether an account wants to be told of something that happened then.
fn wanted(account: &Account, what: Happening, at: Timestamp) -> bool {
    match what {
        Happening::Wished(notice) => {
            account.wished_since.is_some_and(|since| since < at) && account.settings.notices.contains(&notice)
        }
        Happening::Unreached(..) | Happening::Outage(..) | Happening::Spent(_) => true,
    }
}
