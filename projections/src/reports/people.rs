//! Everybody as they stood at an instant, page by page in the order of their ids: what reports of a state are
//! made of. From tables, or from a fold of the log in memory; a report cannot tell which.

use std::ops::Bound;
use std::sync::Arc;

use futures::stream::{self, BoxStream};
use futures::{Stream, StreamExt as _, TryStreamExt as _};
use tokio::sync::mpsc;
use twofold_domain::ids::{AccountId, UserId};
use twofold_infra::store::{Rows, StoreError, Value, Views};
use uuid::Uuid;

use super::Asked;
use super::history::{self, Folded};
use crate::as_of::{self, Ranges};
use crate::record::Record;
use crate::status::report::{self, Line, posture_at};
use crate::status::{
    ActivityRow, AsOf, DeviceTrust, Population, PostureRow, StatusRow, TrustRow, UserActivity, UserStatus,
};
use crate::view::View;

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
    people: Rows,
    activities: Rows,
    trusts: Rows,
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
        let people = self.rows::<UserStatus>(self.population.condition(), &range).await?;
        let activities = self.rows::<UserActivity>("", &range).await?;
        // Only what could hold at all; whether it does, `TrustRow::holds` says.
        let trusts = "withdrawn = false and generation = $5 and until > $6";
        let mut good = range;
        good.extend([posture.generation.into(), self.as_of.instant.micros().into()]);
        let trusts = self.rows::<DeviceTrust>(trusts, &good).await?;
        Ok(Raw { posture, as_of: self.as_of, people, activities, trusts })
    }

    async fn rows<V: View>(&self, condition: &str, binds: &[Value]) -> Result<Rows, StoreError> {
        let sql = as_of::range::<V>(&self.views, "user_id", condition);
        self.views.fetch_many(&sql, binds, V::Row::COLUMNS.len()).await
    }

    fn binds(&self, more: &[Value]) -> Vec<Value> {
        let mut binds: Vec<Value> = vec![self.account.uuid().into(), self.as_of.position.into()];
        binds.extend_from_slice(more);
        binds
    }
}

impl Raw {
    /// All three are in the order of the people.
    fn decode(mut self) -> Result<Page, StoreError> {
        let nobody = UserId::from_uuid(Uuid::nil());
        let of_activity = |row: &ActivityRow| row.user_id;
        let of_trust = |row: &TrustRow| row.user_id;
        let mut activity = next(&mut self.activities, of_activity, nobody)?;
        let mut trust = next(&mut self.trusts, of_trust, nobody)?;
        let mut people = Vec::with_capacity(PAGE as usize);
        let mut id = nobody;
        while let Some(user) = next(&mut self.people, |row: &StatusRow| row.user_id, id)? {
            id = user.user_id;
            let mut held = Held { user, activity: None, trusts: vec![] };
            while let Some(row) = activity.take_if(|row| row.user_id <= id) {
                activity = next(&mut self.activities, of_activity, row.user_id)?;
                held.activity = Some(row).filter(|row| row.user_id == id);
            }
            while let Some(row) = trust.take_if(|row| row.user_id <= id) {
                trust = next(&mut self.trusts, of_trust, row.user_id)?;
                held.trusts.extend(Some(row).filter(|row| row.user_id == id));
            }
            people.push(held);
        }
        Ok(Page { posture: self.posture, as_of: self.as_of, people })
    }
}

/// The next row. It is never of somebody before whoever was last.
fn next<R: Record>(
    rows: &mut Rows,
    of: impl Fn(&R) -> UserId,
    last: UserId,
) -> Result<Option<R>, StoreError> {
    let row = rows.next()?.map(|row| R::get(row, 0)).transpose()?;
    if row.as_ref().is_some_and(|row| of(row) < last) {
        return Err(StoreError::Bug(format!("rows are out of order behind {last}")));
    }
    Ok(row)
}
