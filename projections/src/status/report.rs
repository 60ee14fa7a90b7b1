//! The status report: every person's standing at an instant, in the order of their ids.
//!
//! **Architecture invariant:** the report is a pure function ([`line()`]) of rows that held at a position, and
//! of an instant. Where the rows come from (tables, history, a replay in memory) makes no difference, so the
//! same question has the same answer, byte for byte, whenever it is asked. Names are no part of it; they are
//! an annex.

use std::collections::BTreeMap;

use futures::{Stream, TryStreamExt as _};
use serde::Serialize;
use strum::{EnumString, IntoStaticStr};
use twofold_domain::ids::{AccountId, UserId};
use twofold_domain::policy::{Audience, Role};
use twofold_domain::status::{Facts, Rule, Standing, standing};
use twofold_domain::time::Timestamp;
use twofold_infra::store::{StoreError, Value, Views};

use super::device_trust::TrustRow;
use super::person::{Person, PersonRow};
use super::posture::{Posture, PostureRow};
use super::user_activity::ActivityRow;
use super::user_status::StatusRow;
use crate::as_of;
use crate::record::Record;
use crate::reports::people;
use crate::view::View;

/// People whose names are asked for by their ids, per statement.
const AT_ONCE: usize = 500;

/// A question about the past has two parts, because some things end without an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct AsOf {
    /// The last event that counts.
    pub position: u64,
    /// The instant at which trust and grace are looked at.
    pub instant: Timestamp,
}

/// Whom a report lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, IntoStaticStr, EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
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

    pub(crate) const fn condition(self) -> &'static str {
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
    /// Of these, the kinds of those that came along from elsewhere and were never shown here, by `+`.
    pub claimed: String,
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
    /// The version of the policy that was in force for their audience.
    pub policy_version: u32,
}

/// Where a person stands at an instant, and by which rule.
pub fn stands(posture: &PostureRow, user: &StatusRow, at: Timestamp) -> (Standing, Rule) {
    let (policy, required_since) = posture.policy(user.whom(), at);
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
    standing(&facts, at)
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
    let enrolled = user.enrolled_at(posture.generation, at);
    let (state, rule) = stands(posture, user, at);
    // What belongs to an older generation is as if it had never been.
    let recent = activity.filter(|_| enrolled);
    Some(Line {
        user: user.user_id,
        role: user.role,
        state,
        rule,
        factors: if enrolled { user.factors.kinds() } else { String::new() },
        enabled_since: user.enabled_since.filter(|_| enrolled),
        claimed: recent
            .map(|a| user.factors.kinds_of(|factor| a.claimed.contains(&factor)))
            .unwrap_or_default(),
        last_used: recent.and_then(|a| a.last_used_at),
        recovery_codes: recent.and_then(|a| a.codes_left),
        trusted_devices: trusts.iter().filter(|trust| trust.holds(posture, user, at)).count() as u32,
        required_since: posture.required_since_of(user.whom(), at),
        exempt_until: user.exempt_until.filter(|until| at < *until),
        providers: user.providers.iter().cloned().collect::<Vec<_>>().join("+"),
        policy_version: posture.demand(user.role.audience()).version(at),
    })
}

/// The account's posture at a position; `None` before it was opened.
pub async fn posture_at(
    views: &Views,
    account: AccountId,
    position: u64,
) -> Result<Option<PostureRow>, StoreError> {
    let sql = as_of::sql::<Posture>(views, "account_id = $1", "");
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
    people::of_tables(views, account, as_of, population)
        .map_ok(|page| page.lines().map(|(_, line)| line).collect())
}

/// The sealed names of these people as they are today, for a report's annex. Who was erased since has none.
pub async fn names(
    views: &Views,
    account: AccountId,
    after: UserId,
    last: UserId,
) -> Result<BTreeMap<UserId, PersonRow>, StoreError> {
    let sql = named("user_id > $2 and user_id <= $3 order by user_id");
    let binds = [account.uuid().into(), after.uuid().into(), last.uuid().into()];
    let rows = views.fetch(&sql, &binds).await?;
    rows.iter().map(|row| PersonRow::get(row, 0).map(|row| (row.user_id, row))).collect()
}

/// The same of these people, whoever they are.
pub async fn names_of(
    views: &Views,
    account: AccountId,
    people: &[UserId],
) -> Result<BTreeMap<UserId, PersonRow>, StoreError> {
    let mut called = BTreeMap::new();
    for some in people.chunks(AT_ONCE) {
        let places: Vec<String> = (2..some.len() + 2).map(|place| format!("${place}")).collect();
        let sql = named(&format!("user_id in ({})", places.join(", ")));
        let mut binds = vec![account.uuid().into()];
        binds.extend(some.iter().map(|user| Value::from(user.uuid())));
        for row in views.fetch(&sql, &binds).await? {
            let row = PersonRow::get(&row, 0)?;
            called.insert(row.user_id, row);
        }
    }
    Ok(called)
}

fn named(which: &str) -> String {
    let columns: Vec<&str> = PersonRow::COLUMNS.iter().map(|c| c.name).collect();
    let table = Person::TABLE.name;
    format!("select {} from views.{table} where account_id = $1 and {which}", columns.join(", "))
}
