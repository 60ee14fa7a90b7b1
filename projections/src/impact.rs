//! Whom a change of an account concerns: everybody in the tables, one at a time, by the domain's own function.
//! Nothing here decides. Acts ask [`FromReadModels`] while they run; what happens between its look and the commit is
//! what the confirmation's maxima are for.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use serde::Serialize;
use twofold_domain::account::{Account, Concerned, Counts, Effect, Effects, effects};
use twofold_domain::device::{Session, Trust};
use twofold_domain::ids::{AccountId, DeviceId, UserId};
use twofold_domain::policy::{AudiencePolicy, Role};
use twofold_domain::sign_in::{Holder, MONTH, Visit, Visits, a_month, prompts};
use twofold_domain::status::{Facts, Rule, Standing, standing};
use twofold_domain::time::{Span, Timestamp};
pub use twofold_infra::acts::Step;
use twofold_infra::acts::{ActError, CountConcerned};
use twofold_infra::desk::Desk;
use twofold_infra::store::{StoreError, Value, Views};
use uuid::Uuid;

use crate::as_of::{self, Ranges};
use crate::directory::{self, SessionRow, Sessions};
use crate::projector::Projector;
use crate::record::Record;
use crate::reset_fanout::write_due;
use crate::status::{self, ActivityRow, DeviceTrust, StatusRow, TrustRow, UserActivity, UserStatus};
use crate::view::View;

/// People per statement.
const PAGE: u32 = 4_096;
/// How long a count waits for the read models to have what was recorded before it.
const PATIENCE: Duration = Duration::from_secs(3);
/// No policy lets trust last longer.
const LONGEST_TRUST: Span = Span::days(AudiencePolicy::MAX_TRUST_DAYS as i64);

/// Somebody whom a change concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Affected {
    /// Who.
    pub user: UserId,
    /// Their role.
    pub role: Role,
    /// When their password last opened the API.
    pub password_used_at: Option<Timestamp>,
}

/// What a change does to everybody.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Assessment {
    /// How many people by effect; every effect is named.
    pub counts: Counts,
    /// The first of them by effect, in the order of their ids.
    pub people: BTreeMap<Effect, Vec<Affected>>,
    /// Prompts of the recorded sign-ins under what holds.
    pub prompts_before: u64,
    /// Prompts of the same sign-ins under what would.
    pub prompts_after: u64,
    /// Since when sign-ins were looked at: 30 days, or as long as the account has people.
    pub since: Timestamp,
    /// How many people were looked at.
    pub looked_at: u64,
}

impl Assessment {
    /// How many more prompts a month the recorded sign-ins would make, or fewer; nothing where they are too few
    /// days' to tell.
    pub fn extra_prompts_a_month(&self, now: Timestamp) -> Option<i64> {
        a_month(self.prompts_after.cast_signed() - self.prompts_before.cast_signed(), self.since, now)
    }
}

/// Counts whom a change concerns, and names the first `page` of each kind.
pub async fn assess(views: &Views, step: Step<'_>, page: usize) -> Result<Assessment, StoreError> {
    let mut found = Assessment { since: step.now, ..Assessment::default() };
    found.counts = Effect::all().map(|effect| (effect, 0)).collect();
    let mut ranges = Ranges::of::<UserStatus>(step.account, PAGE);
    let window = Timestamp::from_micros(step.now.micros() - MONTH.micros());
    while let Some(range) = ranges.next(views).await? {
        for person in people(views, step, range, Some(window)).await? {
            found.looked_at += 1;
            found.since = found.since.min(person.status.registered_at).max(window);
            for effect in person.effects(step).iter() {
                *found.counts.entry(effect).or_default() += 1;
                let first = found.people.entry(effect).or_default();
                if first.len() < page {
                    first.push(person.affected());
                }
            }
            let (before, after) = person.prompts(step, window);
            found.prompts_before += before;
            found.prompts_after += after;
        }
    }
    Ok(found)
}

/// Counts whom a change concerns, from the read models as far as the log.
pub struct FromReadModels {
    desk: Desk,
    projector: Projector,
}

impl FromReadModels {
    /// A counter over what this projector keeps; what is still to be written before a count is, on this desk.
    pub const fn new(desk: Desk, projector: Projector) -> Self {
        Self { desk, projector }
    }

    /// The read models as of everything recorded in an account.
    async fn caught_up(&self, account: AccountId) -> Result<&Views, ActError> {
        let store = self.projector.store();
        let last = store.counter(account).await?.map_or(0, |counter| counter.last_seq);
        self.projector.bring(account).await?;
        for projection in [status::NAME, directory::NAME] {
            if !self.projector.wait_for(projection, account, last, PATIENCE).await? {
                return Err(ActError::NotCounted);
            }
        }
        Ok(store.views())
    }
}

impl CountConcerned for FromReadModels {
    /// A reset that waited and fell due took the factor away before whatever is counted: it is written down first.
    fn count<'a>(&'a self, step: Step<'a>) -> BoxFuture<'a, Result<Counts, ActError>> {
        async move {
            let views = self.caught_up(step.account).await?;
            if write_due(&self.desk, step.account, step.now).await? > 0 {
                self.caught_up(step.account).await?;
            }
            Ok(count(views, step).await?)
        }
        .boxed()
    }
}

/// How many people a change concerns, by effect: what its confirmation is held against.
async fn count(views: &Views, step: Step<'_>) -> Result<Counts, StoreError> {
    let mut counts: Counts = Effect::all().map(|effect| (effect, 0)).collect();
    let mut ranges = Ranges::of::<UserStatus>(step.account, PAGE);
    while let Some(range) = ranges.next(views).await? {
        for person in people(views, step, range, None).await? {
            for effect in person.effects(step).iter() {
                *counts.entry(effect).or_default() += 1;
            }
        }
    }
    Ok(counts)
}

/// Whom a change concerns in one way, behind somebody, in the order of their ids.
pub async fn concerned(
    views: &Views,
    step: Step<'_>,
    effect: Effect,
    after: Option<UserId>,
    limit: usize,
) -> Result<Vec<Affected>, StoreError> {
    let mut found = vec![];
    let mut ranges = Ranges::behind::<UserStatus>(step.account, PAGE, after.map(UserId::uuid));
    while let Some(range) = ranges.next(views).await? {
        let people = people(views, step, range, None).await?;
        found.extend(people.iter().filter(|p| p.effects(step).contain(effect)).map(Person::affected));
        if found.len() >= limit {
            found.truncate(limit);
            break;
        }
    }
    Ok(found)
}

/// Who will have to enrol before anything else on a day, if nothing changes until then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forecast {
    /// How many by role.
    pub by_role: BTreeMap<Role, u64>,
    /// The first of them behind the cursor, in the order of their ids.
    pub people: Vec<Affected>,
}

/// Who would not comply at an instant, as people and the account stood right after an event: pending, under the policy
/// that was to hold at that instant.
pub async fn forecast(
    views: &Views,
    (id, position): (AccountId, u64),
    account: &Account,
    at: Timestamp,
    after: Option<UserId>,
    limit: usize,
) -> Result<Forecast, StoreError> {
    let mut found = Forecast { by_role: BTreeMap::new(), people: vec![] };
    let mut ranges = Ranges::of::<UserStatus>(id, PAGE);
    let sql = as_of::range::<UserStatus>(views, "user_id", "erased = false");
    while let Some((behind, last)) = ranges.next(views).await? {
        let binds = [id.uuid().into(), position.into(), behind.into(), last.into()];
        let rows = views.fetch(&sql, &binds).await?;
        for row in &rows {
            let row = StatusRow::get(row, 0)?.settled(at);
            if stands(&row, account, at).0 == Standing::Pending {
                *found.by_role.entry(row.role).or_default() += 1;
                if after.is_none_or(|after| row.user_id > after) && found.people.len() < limit {
                    found.people.push(Affected { user: row.user_id, role: row.role, password_used_at: None });
                }
            }
        }
    }
    Ok(found)
}

struct Person {
    status: StatusRow,
    trusts: Vec<TrustRow>,
    /// Trust in the same devices before that, where prompts are counted.
    former: Vec<TrustRow>,
    sessions: Vec<SessionRow>,
    password_used_at: Option<Timestamp>,
}

impl Person {
    fn affected(&self) -> Affected {
        let StatusRow { user_id, role, .. } = self.status;
        Affected { user: user_id, role, password_used_at: self.password_used_at }
    }

    fn effects(&self, step: Step<'_>) -> Effects {
        let status = &self.status;
        let trusts: Vec<Trust> = self.trusts.iter().filter(|row| !row.withdrawn).map(trust).collect();
        let open = self.sessions.iter().filter(|row| row.ended_at.is_none());
        let sessions: Vec<Session> = open.map(SessionRow::session).collect();
        let kinds = status.enrolled_generation.map_or_else(Vec::new, |generation| status.kinds(generation));
        let person = Concerned {
            whom: status.whom(),
            holder: Holder {
                epoch: status.epoch,
                exemption: status.exemption.zip(status.exempt_until),
                deactivated: status.deactivated,
                frozen: status.frozen,
            },
            enrolled: status.enrolled_generation,
            kinds: &kinds,
            provider_only: status.through_provider_only(),
            locked: status.locks.any(),
            email_verified: status.email_verified,
            trusts: &trusts,
            sessions: &sessions,
            password_used: self.password_used_at,
        };
        effects(&person, step.before, step.after, step.at)
    }

    /// Prompts of the sign-ins since `window`, before and after. Who would have to enrol counts as enrolled.
    fn prompts(&self, step: Step<'_>, window: Timestamp) -> (u64, u64) {
        if self.sessions.is_empty() {
            return (0, 0);
        }
        let mut devices: BTreeMap<DeviceId, Vec<&SessionRow>> = BTreeMap::new();
        for session in self.sessions.iter().filter(|s| s.started_at >= window) {
            devices.entry(session.device_id).or_default().push(session);
        }
        let visits: Vec<Visits> = devices
            .into_iter()
            .map(|(device, mut sessions)| {
                sessions.sort_by_key(|session| (session.started_at, session.session_id));
                let ever = self.trusts.iter().chain(&self.former).filter(|row| row.device_id == device);
                let grants: Vec<Trust> = ever.map(trust).collect();
                Visits::of(sessions.into_iter().map(visit).collect(), &grants)
            })
            .collect();
        let under = |account: &Account| {
            let asked =
                matches!(stands(&self.status, account, step.at).0, Standing::Enabled | Standing::Pending);
            let policy = account.policy(self.status.role.audience(), step.at);
            if asked { visits.iter().map(|visits| prompts(visits, policy)).sum() } else { 0 }
        };
        (under(step.before), under(step.after))
    }
}

fn visit(session: &SessionRow) -> Visit {
    let SessionRow { started_at, signed_in, generation, epoch, .. } = *session;
    Visit { at: started_at, method: signed_in, generation, epoch }
}

fn trust(row: &TrustRow) -> Trust {
    let TrustRow { granted_at, until, generation, epoch, .. } = *row;
    Trust { granted_at, until, generation, epoch }
}

fn stands(row: &StatusRow, account: &Account, at: Timestamp) -> (Standing, Rule) {
    let audience = row.role.audience();
    let facts = Facts {
        switch: account.switch,
        policy: account.policy(audience, at),
        whom: row.whom(),
        required_since: account.required_since_of(row.whom(), at),
        kinds: &row.kinds(account.generation),
        locked: false,
        provider_only: row.through_provider_only(),
        exempt_until: row.exempt_until,
        deactivated: row.deactivated,
        frozen: false,
    };
    standing(&facts, at)
}

/// The people of a range, as they are when the change takes effect, with what it may take from them; sessions that
/// began since `window` too, where prompts are counted.
async fn people(
    views: &Views,
    step: Step<'_>,
    (after, last): (Uuid, Uuid),
    window: Option<Timestamp>,
) -> Result<Vec<Person>, StoreError> {
    let range: [Value; 3] = [step.account.uuid().into(), after.into(), last.into()];
    let rows = views.fetch(&select::<UserStatus>("erased = false"), &range).await?;
    let mut people = Vec::with_capacity(rows.len());
    let mut places = HashMap::with_capacity(rows.len());
    for row in &rows {
        let status = StatusRow::get(row, 0)?.settled(step.at);
        places.insert(status.user_id, people.len());
        people.push(Person {
            status,
            trusts: vec![],
            former: vec![],
            sessions: vec![],
            password_used_at: None,
        });
    }
    for row in &views.fetch(&select::<UserActivity>("password_used_at is not null"), &range).await? {
        let row = ActivityRow::get(row, 0)?;
        if let Some(&place) = places.get(&row.user_id) {
            people[place].password_used_at = row.password_used_at;
        }
    }
    for row in &views.fetch(&select::<DeviceTrust>("granted_at > 0"), &range).await? {
        let row = TrustRow::get(row, 0)?;
        if let Some(&place) = places.get(&row.user_id) {
            people[place].trusts.push(row);
        }
    }
    let mut binds = range.to_vec();
    binds.push(step.now.micros().into());
    let mut which = "(ended_at is null and ends_at > $4)".to_owned();
    if let Some(window) = window {
        binds.push(window.micros().into());
        which = format!("({which} or started_at >= $5)");
    }
    for row in &views.fetch(&select::<Sessions>(&which), &binds).await? {
        let row = SessionRow::get(row, 0)?;
        if let Some(&place) = places.get(&row.user_id) {
            people[place].sessions.push(row);
        }
    }
    if let Some(window) = window {
        let mut binds = range.to_vec();
        binds.push((window.micros() - LONGEST_TRUST.micros()).into());
        for row in &views.fetch(&former(), &binds).await? {
            let row = TrustRow::get(row, 0)?;
            if let Some(&place) = places.get(&row.user_id) {
                people[place].former.push(row);
            }
        }
    }
    Ok(people)
}

/// What was granted before the current rows of a range of people.
fn former() -> String {
    let columns: Vec<String> = TrustRow::COLUMNS.iter().map(|column| format!("h.{}", column.name)).collect();
    let table = DeviceTrust::TABLE.name;
    format!(
        "select {} from views.{table} t join views.{table}_history h \
         on h.account_id = t.account_id and h.device_id = t.device_id \
         where t.account_id = $1 and t.user_id > $2 and t.user_id <= $3 and h.granted_at > $4 and h.withdrawn = false \
         order by h.device_id, h.granted_at",
        columns.join(", ")
    )
}

/// The current rows of a range of people.
fn select<V: View>(condition: &str) -> String {
    let columns: Vec<&str> = V::Row::COLUMNS.iter().map(|column| column.name).collect();
    format!(
        "select {} from views.{} where account_id = $1 and user_id > $2 and user_id <= $3 and {condition} \
         order by user_id",
        columns.join(", "),
        V::TABLE.name
    )
}

#[cfg(test)]
mod spec;
