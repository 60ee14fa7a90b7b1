//! The status report: every person's standing at an instant, in the order of their ids.
//!
//! **Architecture invariant:** the report is a pure function ([`line()`]) of rows that held at a position, and
//! of an instant. Where the rows come from (tables, history, a replay in memory) makes no difference, so the
//! same question has the same answer, byte for byte, whenever it is asked. Names are no part of it; they are
//! an annex.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use futures::{Stream, TryStreamExt as _};
use serde::Serialize;
use tokio::sync::mpsc;
use twofold_domain::ids::{AccountId, UserId};
use twofold_domain::policy::{Audience, Role};
use twofold_domain::status::{Facts, Rule, Standing, standing};
use twofold_domain::time::Timestamp;
use twofold_infra::store::{Row, StoreError, Value, Views};
use uuid::Uuid;

use super::device_trust::{DeviceTrust, TrustRow};
use super::person::{Person, PersonRow};
use super::posture::{Posture, PostureRow};
use super::user_activity::{ActivityRow, UserActivity};
use super::user_status::{StatusRow, UserStatus};
use crate::as_of::{self, Ranges};
use crate::record::Record;
use crate::view::View;

/// People per statement.
const PAGE: u32 = 4_096;
/// Pages fetched at once, each on a connection of its own.
const AT_ONCE: usize = 3;
/// Pages that wait for the reader. Memory stays the same whatever the size of the account.
const AHEAD: usize = 2;

/// The definition of the report; counts up when a column or its meaning changes.
pub const DEFINITION: u32 = 1;

/// A question about the past has two parts, because some things end without an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct AsOf {
    /// The last event that counts.
    pub position: u64,
    /// The instant at which trust and grace are looked at.
    pub instant: Timestamp,
}

/// Whom a report lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Population {
    /// Owners, admins, agents, auditors.
    Team,
    /// The account's own customers.
    EndUsers,
    /// Both.
    Everyone,
}

impl Population {
    /// Whether it includes this role.
    pub fn includes(self, role: Role) -> bool {
        match self {
            Self::Team => role.audience() == Audience::Team,
            Self::EndUsers => role.audience() == Audience::EndUsers,
            Self::Everyone => true,
        }
    }

    const fn condition(self) -> &'static str {
        match self {
            Self::Team => "role <> 'end_user'",
            Self::EndUsers => "role = 'end_user'",
            Self::Everyone => "role <> ''",
        }
    }
}

/// One person's line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Who.
    pub user: UserId,
    /// Their role.
    pub role: Role,
    /// Where they stand.
    pub state: Standing,
    /// Which rule puts them there.
    pub rule: Rule,
    /// The kinds of their factors, by `+`; empty without any.
    pub factors: String,
    /// Since when they have a second factor.
    pub enabled_since: Option<Timestamp>,
    /// When it was last used.
    pub last_used: Option<Timestamp>,
    /// Recovery codes left.
    pub recovery_codes: Option<u8>,
    /// Devices that may skip the second factor.
    pub trusted_devices: u32,
    /// Since when a second factor is required of them.
    pub required_since: Option<Timestamp>,
    /// Until when they are exempt, where they are for a limited time.
    pub exempt_until: Option<Timestamp>,
    /// Identity providers through which they can sign in, by `+`.
    pub providers: String,
    /// The version of the policy that this follows from.
    pub policy_version: u32,
}

/// A person's line, from the rows that held; `None` for somebody who had been erased.
pub fn line(
    posture: &PostureRow,
    user: &StatusRow,
    activity: Option<&ActivityRow>,
    trusts: &[TrustRow],
    at: Timestamp,
) -> Option<Line> {
    if user.erased {
        return None;
    }
    let (policy, required_since) = posture.policy(user.role.audience(), at);
    let enrolled = user.enrolled_at(posture.generation, at);
    let kinds = user.kinds_at(posture.generation, at);
    let facts = Facts {
        switch: posture.switch,
        policy,
        whom: user.whom(),
        required_since,
        kinds: &kinds,
        locked: user.locks.any(),
        provider_only: user.through_provider_only(),
        exempt_until: user.exempt_until,
        deactivated: user.deactivated,
        frozen: user.frozen,
    };
    let (state, rule) = standing(&facts, at);
    // What belongs to an older generation is as if it had never been.
    let recent = activity.filter(|_| enrolled);
    Some(Line {
        user: user.user_id,
        role: user.role,
        state,
        rule,
        factors: if enrolled { user.factors.kinds() } else { String::new() },
        enabled_since: user.enabled_since.filter(|_| enrolled),
        last_used: recent.and_then(|a| a.last_used_at),
        recovery_codes: recent.and_then(|a| a.codes_left),
        trusted_devices: trusts.iter().filter(|trust| trust.holds(posture, user, at)).count() as u32,
        required_since: required_since.filter(|_| policy.requires(user.whom())),
        exempt_until: user.exempt_until.filter(|until| at < *until),
        providers: user.providers.iter().cloned().collect::<Vec<_>>().join("+"),
        policy_version: posture.policy_version(at),
    })
}

/// The account's posture at a position; `None` before it was opened.
pub async fn posture_at(
    views: &Views,
    account: AccountId,
    position: u64,
) -> Result<Option<PostureRow>, StoreError> {
    let sql = as_of::sql::<Posture>("account_id = $1", "");
    let row = views.fetch_optional(&sql, &[account.uuid().into(), position.into()]).await?;
    row.map(|row| PostureRow::get(&row, 0)).transpose()
}

/// The report, in pages of lines that are read ahead by a little. Ends with an error or when it is complete.
pub fn status_report(
    views: &Views,
    account: AccountId,
    as_of: AsOf,
    population: Population,
) -> impl Stream<Item = Result<Vec<Line>, StoreError>> + Send + use<> {
    let (send, receive) = mpsc::channel(AHEAD);
    let source = Source { views: views.clone(), account, as_of, population };
    tokio::spawn(async move {
        if let Err(error) = Arc::new(source).forward(&send).await {
            // A reader that is gone wants no answer.
            let _ = send.send(Err(error)).await;
        }
    });
    futures::stream::unfold(receive, async |mut receive| {
        let page: Result<Raw, StoreError> = receive.recv().await?;
        Some((page.and_then(|raw| raw.lines()), receive))
    })
}

struct Source {
    views: Views,
    account: AccountId,
    as_of: AsOf,
    population: Population,
}

/// A page as the database gave it: decoding it is the reader's work, beside the next page's fetching.
struct Raw {
    posture: Arc<PostureRow>,
    at: Timestamp,
    people: Vec<Row>,
    activities: Vec<Row>,
    trusts: Vec<Row>,
}

impl Source {
    async fn forward(
        self: Arc<Self>,
        send: &mpsc::Sender<Result<Raw, StoreError>>,
    ) -> Result<(), StoreError> {
        let posture = posture_at(&self.views, self.account, self.as_of.position).await?;
        let Some(posture) = posture.map(Arc::new) else { return Ok(()) };
        let ranges = Ranges::of::<UserStatus>(self.account, PAGE);
        let views = self.views.clone();
        let ranges = futures::stream::try_unfold((ranges, views), async |(mut ranges, views)| {
            Ok(ranges.next(&views).await?.map(|range| (range, (ranges, views))))
        });
        let fetch = |range| Arc::clone(&self).page(Arc::clone(&posture), range);
        let mut pages = Box::pin(ranges.map_ok(fetch).try_buffered(AT_ONCE));
        while let Some(page) = pages.try_next().await? {
            if !page.people.is_empty() && send.send(Ok(page)).await.is_err() {
                return Ok(());
            }
        }
        Ok(())
    }

    /// The people of one range, and what else a line says of them.
    async fn page(
        self: Arc<Self>,
        posture: Arc<PostureRow>,
        (after, last): (Uuid, Uuid),
    ) -> Result<Raw, StoreError> {
        let range = self.binds(&[after.into(), last.into()]);
        let people = as_of::range::<UserStatus>("user_id", self.population.condition());
        let people = self.views.fetch(&people, &range).await?;
        let mut page = Raw { posture, at: self.as_of.instant, people, activities: vec![], trusts: vec![] };
        if page.people.is_empty() {
            return Ok(page);
        }
        let activities = as_of::range::<UserActivity>("user_id", "");
        page.activities = self.views.fetch(&activities, &range).await?;
        // Only what could hold at all; whether it does, `line` says.
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
    fn lines(&self) -> Result<Vec<Line>, StoreError> {
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
        let mut lines = Vec::with_capacity(self.people.len());
        for row in &self.people {
            let user = StatusRow::get(row, 0)?;
            let trusts = trusts.get(&user.user_id).map_or(&[][..], Vec::as_slice);
            lines.extend(line(&self.posture, &user, activities.get(&user.user_id), trusts, self.at));
        }
        Ok(lines)
    }
}

/// Whom the account-wide disable recorded as event `disabled_at` reset, in the order of their ids: everybody
/// who had a second factor of the generation in force right before. Right from that event on, whatever its
/// fan-out has reached.
pub async fn reset_by(
    views: &Views,
    account: AccountId,
    disabled_at: u64,
) -> Result<Vec<UserId>, StoreError> {
    let before = disabled_at.saturating_sub(1);
    let Some(posture) = posture_at(views, account, before).await? else { return Ok(Vec::new()) };
    let sql = as_of::range::<UserStatus>("user_id", "enrolled_generation = $5 and erased = false");
    let mut ranges = Ranges::of::<UserStatus>(account, PAGE);
    let mut users = Vec::new();
    while let Some((after, last)) = ranges.next(views).await? {
        let account = account.uuid().into();
        let binds = [account, before.into(), after.into(), last.into(), posture.generation.into()];
        for row in views.fetch(&sql, &binds).await? {
            users.push(UserId::from_uuid(row.get(0)?));
        }
    }
    Ok(users)
}

/// The sealed names of these people as they are today, for a report's annex. Who was erased since has none.
pub async fn names(
    views: &Views,
    account: AccountId,
    after: UserId,
    last: UserId,
) -> Result<BTreeMap<UserId, PersonRow>, StoreError> {
    let columns: Vec<&str> = PersonRow::COLUMNS.iter().map(|c| c.name).collect();
    let sql = format!(
        "select {} from views.{} where account_id = $1 and user_id > $2 and user_id <= $3 order by user_id",
        columns.join(", "),
        Person::TABLE.name
    );
    let binds = [account.uuid().into(), after.uuid().into(), last.uuid().into()];
    let rows = views.fetch(&sql, &binds).await?;
    rows.iter().map(|row| PersonRow::get(row, 0).map(|row| (row.user_id, row))).collect()
}
