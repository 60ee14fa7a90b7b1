//! Sign-ins and why each went as it went: what the domain says, from the events that it was decided on.

use twofold_domain::device::DeviceEvent;
use twofold_domain::ids::{AccountId, DeviceId, SignInId, StreamId, UserId};
use twofold_domain::sign_in::{Explanation, Past, explain};
use twofold_infra::store::{AggregateKind, EventStore, Stream};
use twofold_projections::audit::{self, Entry, Filter, Page};
use twofold_projections::fact::{Event, decode};
use twofold_projections::memory::ReplayError;

use crate::app::App;
use crate::as_of::Standpoint;
use crate::problem::{Missing, Problem};

/// The event that records a sign-in and its course.
const STARTED: &str = "SignInStarted";

/// A sign-in as it was recorded.
pub(crate) struct Started {
    /// Its position in the log.
    pub(crate) position: u64,
    /// The device.
    pub(crate) device: DeviceId,
    /// What was decided, and why.
    pub(crate) event: DeviceEvent,
}

/// Somebody's sign-ins that a right password opened, as of then, the newest first, before a position where one is
/// given.
pub(crate) async fn sign_ins(
    app: &App,
    at: &Standpoint,
    user: UserId,
    before: Option<u64>,
    rows: u32,
) -> Result<Vec<Started>, Problem> {
    let filter = Filter { event_type: Some(STARTED.to_owned()), subject: Some(user), ..Filter::default() };
    let end = at.position() + 1;
    let page = Page::Before(before.map_or(end, |before| before.min(end)));
    let found = audit::page(app.store().views(), at.account_id(), &filter, page, rows).await?;
    found.iter().map(started).collect()
}

fn started(entry: &Entry) -> Result<Started, Problem> {
    let device = entry.row.device_id.ok_or_else(|| Problem::internal("a sign-in without a device"))?;
    let payload = serde_json::from_str(&entry.payload).map_err(Problem::internal)?;
    let today = twofold_domain::upcast::to_today(&entry.row.event_type, &entry.event_version, payload);
    let today = today.ok_or_else(|| Problem::internal("a sign-in of an unknown version"))?;
    let event = serde_json::from_value(today).map_err(Problem::internal)?;
    Ok(Started { position: entry.row.account_seq, device, event })
}

/// Why a sign-in of this person, by the position of its event, went as it went, as far as it had come then.
pub(crate) async fn explained(
    app: &App,
    at: &Standpoint,
    user: UserId,
    position: u64,
) -> Result<(SignInId, DeviceId, Explanation), Problem> {
    let found = sign_ins(app, at, user, position.checked_add(1), 1).await?;
    let found = found.into_iter().find(|found| found.position == position);
    let found = found.ok_or_else(|| Problem::missing(Missing::SignIn))?;
    let DeviceEvent::SignInStarted { sign_in, .. } = found.event else {
        return Err(Problem::missing(Missing::SignIn));
    };
    let (store, account) = (app.store(), at.account_id());
    let explanation = explain_from(store, account, user, found.device, sign_in, at.position()).await;
    let explanation =
        explanation.map_err(Problem::internal)?.ok_or_else(|| Problem::missing(Missing::SignIn))?;
    Ok((sign_in, found.device, explanation))
}

/// Why a sign-in of this person on this device went as it went, from the three streams that it was decided on, up to an
/// event.
pub(crate) async fn explain_from(
    store: &EventStore,
    account: AccountId,
    user: UserId,
    device: DeviceId,
    sign_in: SignInId,
    until: u64,
) -> Result<Option<Explanation>, ReplayError> {
    let streams = [
        Stream { kind: AggregateKind::Account, id: StreamId::account(account) },
        Stream { kind: AggregateKind::User, id: StreamId::user(account, user) },
        Stream { kind: AggregateKind::Device, id: StreamId::device(account, device) },
    ];
    let mut past = vec![];
    for stream in streams {
        for recorded in store.read_stream_until(stream, until).await? {
            let fact = decode(&recorded)?;
            past.push((
                fact.seq,
                fact.at,
                match fact.event {
                    Event::Account(event) => Past::Account(event),
                    Event::User(_, event) => Past::User(event),
                    Event::Device(_, event) => Past::Device(event),
                    // None of these streams is a reader's.
                    Event::Reading(_) => continue,
                },
            ));
        }
    }
    past.sort_by_key(|(seq, _, _)| *seq);
    Ok(explain(&past, sign_in))
}
