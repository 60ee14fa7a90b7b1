//! A span of recorded sign-ins under another policy, people page by page.
//!
//! Of whoever came in the span, their own events and those of the devices that they came with are read from
//! their beginning, found by the audit log's table; the account's own events are read once.

use twofold_domain::account::AccountEvent;
use twofold_domain::ids::AccountId;
use twofold_domain::policy::{Audience, AudiencePolicy};
use twofold_domain::sign_in::WhatIf;
use twofold_domain::time::{Span as Time, Timestamp};
use twofold_infra::store::{EventStore, StoreError, Value};
use uuid::Uuid;

use super::count::Count;
use super::reckoning::{Person, Reckoning};
use crate::as_of::Ranges;
use crate::audit::position_at;
use crate::fact::{Event, Fact};
use crate::memory::ReplayError;
use crate::owners::Owners;
use crate::status::UserStatus;

/// People on a page.
const PAGE: u32 = 256;
/// Events read at a time.
const CHUNK: usize = 1_000;
/// What was decided before an instant may be recorded a little after it, never by so much.
const LATE: Time = Time::minutes(1);

/// Whose device or person's events are needed: those of whoever came in the span, and of devices only these.
const ROWS: &str = "select a.account_seq from views.audit_log a where a.account_id = $1 and a.subject > $2 \
    and a.subject <= $3 and a.account_seq <= $5 and a.stream in ('user', 'device') \
    and exists (select 1 from views.audit_log s where s.subject = a.subject and s.account_seq > $4 \
      and s.account_seq <= $5 and s.stream in ('user', 'device')) \
    and (a.stream = 'user' or exists (select 1 from views.audit_log d where d.device_id = a.device_id \
      and d.account_seq > $4 and d.account_seq <= $5)) \
    order by a.account_seq";

const OF_ACCOUNT: &str = "select account_seq from views.audit_log where account_id = $1 and stream = 'account' \
                          and account_seq > $2 and account_seq <= $3 order by account_seq";

/// A span of time: the other policy holds from its beginning, and nothing behind its end is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Between {
    /// The first instant of the other policy.
    pub from: Timestamp,
    /// The last instant that is looked at.
    pub to: Timestamp,
    /// The last event that is read. The tables have to be as far.
    pub until: u64,
}

/// Goes through an account's sign-ins of a span under another policy. The same reckoning as
/// [`what_if`](super::what_if()) of the same span; the people in it are handed to `keep` instead, in the order of
/// their ids.
pub async fn in_pages(
    store: &EventStore,
    account: AccountId,
    span: Between,
    imagine: impl Fn(Audience, &AudiencePolicy) -> AudiencePolicy,
    mut keep: impl FnMut(Person),
) -> Result<Reckoning, ReplayError> {
    let views = store.views();
    let before = position_at(views, account, span.from - LATE).await?.min(span.until);
    let last = position_at(views, account, span.to).await?.min(span.until);
    let log = Log { store, account, owners: Owners::new(store.reader()) };
    let mut count = Count::new(Some(span.from));
    let mut begun = WhatIf::new(&imagine, Some(span.from));
    for (_, at, event) in log.of_account(0, before).await? {
        begun.account(&event, at);
    }
    let own = log.of_account(before, last).await?;
    let mut ranges = Ranges::of::<UserStatus>(account, PAGE);
    while let Some((behind, end)) = ranges.next(views).await? {
        let binds = [account.uuid().into(), behind.into(), end.into(), before.into(), last.into()];
        let rows = log.numbers(ROWS, &binds).await?;
        if rows.is_empty() {
            continue;
        }
        let mut what_if = begun.clone();
        let mut own = own.iter().peekable();
        for chunk in rows.chunks(CHUNK) {
            for fact in log.facts(chunk).await? {
                while let Some((_, at, event)) = own.next_if(|(seq, ..)| *seq < fact.seq) {
                    what_if.account(event, *at);
                }
                count.take(&mut what_if, &fact);
            }
        }
        count.settle(&mut keep);
    }
    count.reads(last);
    Ok(count.finish(vec![]))
}

/// The log, asked for events by their numbers.
struct Log<'a> {
    store: &'a EventStore,
    account: AccountId,
    owners: Owners,
}

impl Log<'_> {
    async fn numbers(&self, sql: &str, binds: &[Value]) -> Result<Vec<u64>, StoreError> {
        let rows = self.store.views().fetch(sql, binds).await?;
        rows.iter().map(|row| row.count(0)).collect()
    }

    async fn facts(&self, numbers: &[u64]) -> Result<Vec<Fact>, ReplayError> {
        let events = self.store.read_numbered(self.account, numbers).await?;
        let (facts, poison) = self.owners.facts(&events).await?;
        poison.map_or(Ok(facts), |poison| Err(poison.into()))
    }

    /// The account's own events behind `after` and not behind `until`.
    async fn of_account(
        &self,
        after: u64,
        until: u64,
    ) -> Result<Vec<(u64, Timestamp, AccountEvent)>, ReplayError> {
        let account: Uuid = self.account.uuid();
        let numbers = self.numbers(OF_ACCOUNT, &[account.into(), after.into(), until.into()]).await?;
        let mut own = Vec::with_capacity(numbers.len());
        for chunk in numbers.chunks(CHUNK) {
            for fact in self.facts(chunk).await? {
                if let Event::Account(event) = fact.event {
                    own.push((fact.seq, fact.at, event));
                }
            }
        }
        Ok(own)
    }
}
