//! Everybody as they stood at an instant, page by page in the order of their ids: what reports of a state are
//! made of. From tables, or from a fold of the log in memory; a report cannot tell which.

use std::collections::HashMap;
use std::ops::Bound;
use std::sync::Arc;

use futures::stream::{self, BoxStream};
use futures::{Stream, StreamExt as _, TryStreamExt as _};
use tokio::sync::mpsc;
use twofold_domain::ids::{AccountId, UserId};
use twofold_infra::store::{Row, StoreError, Value, Views};
use uuid::Uuid;

use super::Asked;
use super::history::{self, Folded};
use crate::as_of::{self, Ranges};
use crate::record::Record;
use crate::status::report::{self, Line, posture_at};
use crate::status::{
    ActivityRow, AsOf, DeviceTrust, Population, PostureRow, StatusRow, TrustRow, UserActivity, UserStatus,
};

/// People per statement.
const PAGE: u32 = 4_096;
/// Pages fetched at once, each on a connection of its own.
const AT_ONCE: usize = 3;
/// Pages that wait for the reader. Memory stays the same whatever the size of the account.
const AHEAD: usize = 2;

/// One person, by the rows that held.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// Where they stand, their account aside.
    pub user: StatusRow,
    /// How they used their second factor of late.
    pub activity: Option<ActivityRow>,
    /// Their trusted devices; at least those whose trust holds.
    pub trusts: Vec<TrustRow>,
}

/// A page of people, and the account as it was.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// What the account demanded.
    pub posture: Arc<PostureRow>,
    /// The event and the instant.
    pub as_of: AsOf,
    /// Whoever was there, erased ones included.
    pub people: Vec<Held>,
}

impl Page {
    /// The lines of the status report: whoever was not erased, with who they are.
    pub fn lines(&self) -> impl Iterator<Item = (&Held, Line)> {
        self.people.iter().filter_map(|held| {
            let at = self.as_of.instant;
            let line = report::line(&self.posture, &held.user, held.activity.as_ref(), &held.trusts, at)?;
            Some((held, line))
        })
    }
}

/// Everybody whom a question is about, read ahead by a little. Ends with an error or when it is complete.
pub(super) fn people(asked: &Asked, population: Population) -> BoxStream<'static, Result<Page, StoreError>> {
    match &asked.folded {
        None => of_tables(asked.store.views(), asked.account, asked.as_of, population).boxed(),
        Some(folded) => stream::iter(of_fold(Arc::clone(folded), asked.as_of, population).map(Ok)).boxed(),
    }
}

/// The same, from memory.
pub fn of_fold(
    folded: Arc<Folded>,
    as_of: AsOf,
    population: Population,
) -> impl Iterator<Item = Page> + Send + use<> {
    let posture = history::at(&folded.postures, as_of.position).cloned().map(Arc::new);
    let mut after = Bound::Unbounded;
    let pages = posture.map(|posture| {
        std::iter::from_fn(move || {
            let mut people = vec![];
            let behind = folded.people.range((after, Bound::Unbounded)).take(PAGE as usize);
            let mut last = None;
            for (id, versions) in behind {
                last = Some(*id);
                let Some(user) = history::at(versions, as_of.position) else { continue };
                if population.includes(user.role) {
                    people.push(held_in(&folded, user, as_of.position));
                }
            }
            after = Bound::Excluded(last?);
            Some(Page { posture: Arc::clone(&posture), as_of, people })
        })
    });
    pages.into_iter().flatten()
}

fn held_in(folded: &Folded, user: &StatusRow, position: u64) -> Held {
    let id = user.user_id;
    let activity = folded.activities.get(&id).and_then(|versions| history::at(versions, position));
    let trusts = folded.trusts.get(&id).into_iter().flatten();
    let trusts = trusts.filter(|held| held.holds(position)).map(|held| held.row.clone());
    Held { user: user.clone(), activity: activity.cloned(), trusts: trusts.collect() }
}

/// The same, from the tables.
pub fn of_tables(
    views: &Views,
    account: AccountId,
    as_of: AsOf,
    population: Population,
) -> impl Stream<Item = Result<Page, StoreError>> + Send + use<> {
    let (send, receive) = mpsc::channel::<Result<Page, StoreError>>(AHEAD);
    let source = Source { views: views.clone(), account, as_of, population };
    tokio::spawn(async move {
        if let Err(error) = Arc::new(source).forward(&send).await {
            // A reader that is gone wants no answer.
            let _ = send.send(Err(error)).await;
        }
    });
    stream::unfold(receive, async |mut receive| {
        let page = receive.recv().await?;
        Some((page, receive))
    })
}

struct Source {
    views: Views,
    account: AccountId,
    as_of: AsOf,
    population: Population,
}

/// A page as the database gave it.
struct Raw {
    posture: Arc<PostureRow>,
    as_of: AsOf,
    people: Vec<Row>,
    activities: Vec<Row>,
    trusts: Vec<Row>,
}

impl Source {
    async fn forward(
        self: Arc<Self>,
        send: &mpsc::Sender<Result<Page, StoreError>>,
    ) -> Result<(), StoreError> {
        let posture = posture_at(&self.views, self.account, self.as_of.position).await?;
        let Some(posture) = posture.map(Arc::new) else { return Ok(()) };
        let ranges = Ranges::of::<UserStatus>(self.account, PAGE);
        let views = self.views.clone();
        let ranges = stream::try_unfold((ranges, views), async |(mut ranges, views)| {
            Ok(ranges.next(&views).await?.map(|range| (range, (ranges, views))))
        });
        // A task each: a page is decoded on one core while another decodes the next one.
        let fetch = |range| {
            let page = Arc::clone(&self).page(Arc::clone(&posture), range);
            let page = tokio::spawn(async move { page.await?.decode() });
            async { page.await.map_err(|e| StoreError::Bug(format!("a page ended early: {e}")))? }
        };
        let mut pages = Box::pin(ranges.map_ok(fetch).try_buffered(AT_ONCE));
        while let Some(page) = pages.try_next().await? {
            if !page.people.is_empty() && send.send(Ok(page)).await.is_err() {
                return Ok(());
            }
        }
        Ok(())
    }

    /// The people of one range, and what else is said of them.
    async fn page(
        self: Arc<Self>,
        posture: Arc<PostureRow>,
        (after, last): (Uuid, Uuid),
    ) -> Result<Raw, StoreError> {
        let range = self.binds(&[after.into(), last.into()]);
        let people = as_of::range::<UserStatus>("user_id", self.population.condition());
        let people = self.views.fetch(&people, &range).await?;
        let mut page = Raw { posture, as_of: self.as_of, people, activities: vec![], trusts: vec![] };
        if page.people.is_empty() {
            return Ok(page);
        }
        let activities = as_of::range::<UserActivity>("user_id", "");
        page.activities = self.views.fetch(&activities, &range).await?;
        // Only what could hold at all; whether it does, `TrustRow::holds` says.
        let trusts = "withdrawn = false and generation = $5 and until > $6";
        let trusts = as_of::range::<DeviceTrust>("user_id", trusts);
        let mut good = range;
        good.extend([page.posture.generation.into(), self.as_of.instant.micros().into()]);
        page.trusts = self.views.fetch(&trusts, &good).await?;
        Ok(page)
    }

    fn binds(&self, more: &[Value]) -> Vec<Value> {
        let mut binds: Vec<Value> = vec![self.account.uuid().into(), self.as_of.position.into()];
        binds.extend_from_slice(more);
        binds
    }
}

impl Raw {
    fn decode(&self) -> Result<Page, StoreError> {
        let mut activities = HashMap::with_capacity(self.activities.len());
        for row in &self.activities {
            let row = ActivityRow::get(row, 0)?;
            activities.insert(row.user_id, row);
        }
        let mut trusts: HashMap<UserId, Vec<TrustRow>> = HashMap::new();
        for row in &self.trusts {
            let row = TrustRow::get(row, 0)?;
            trusts.entry(row.user_id).or_default().push(row);
        }
        let mut people = Vec::with_capacity(self.people.len());
        for row in &self.people {
            let user = StatusRow::get(row, 0)?;
            let activity = activities.remove(&user.user_id);
            let trusts = trusts.remove(&user.user_id).unwrap_or_default();
            people.push(Held { user, activity, trusts });
        }
        Ok(Page { posture: Arc::clone(&self.posture), as_of: self.as_of, people })
    }
}
