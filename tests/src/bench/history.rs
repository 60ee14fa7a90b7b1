//! A long log, quickly: people made by real appends, then years of their sign-ins put behind them in bulk.
//! The rows are those that appends would have left, numbers and counters included; only the way is shorter.

use std::collections::HashMap;
use std::fmt::Write as _;

use anyhow::{Context as _, Result, ensure};
use cqrs_es::DomainEvent;
use sqlx::{Executor as _, PgConnection};
use twofold_domain::device::{Decision, DeviceEvent, EndCause, FirstFactor, Method, Origin, Scope, Why};
use twofold_domain::ids::{AccountId, DeviceId, SessionId, SignInId, StreamId};
use twofold_domain::sealed::{IpAddress, UserAgent};
use twofold_domain::time::{Span, Timestamp};
use twofold_domain::user::{Familiarity, Purpose, UserEvent};
use twofold_infra::store::aggregates::new_events;
use twofold_infra::store::{AggregateKind, Counter, Recorded, Stream};

use super::report::Report;
use super::world::{Person, World};
use crate::postgres::TestDb;

/// Events of one person: a few years of signing in now and then.
const EVENTS_EACH: usize = 100;
/// People of one account.
pub(super) const PEOPLE_EACH: usize = 50;
/// Every so many sign-ins of a person come from a browser that is new.
const NEW_DEVICE: u64 = 8;
/// Bytes handed to `copy` at a time.
pub(super) const CHUNK: usize = 1 << 20;
/// How rows of the log are copied in.
pub(super) const COPY: &str = "copy twofold.events (aggregate_type, aggregate_id, sequence, event_type, event_version, payload, \
                    metadata, account_id, account_seq, recorded_at) from stdin";
/// Between two events of one account.
const BETWEEN: Span = Span::seconds(7);

/// A log of about `events` events in a PostgreSQL database, in the order in which they would have come: all
/// accounts of at most `people_each` people mixed. Returns how many there are.
pub(super) async fn make(db: &TestDb, events: usize, people_each: usize, report: &Report) -> Result<u64> {
    let people = (events / EVENTS_EACH).max(1);
    report.say(&format!("a log of {events} events: {people} people by real appends"));
    let world = World::make(db.store().await?, people.div_ceil(people_each), people).await?;
    let mut story = Story::begin(&world).await?;
    let mut connection = db.connect().await?;
    let mut copy = connection.copy_in_raw(COPY).await?;
    let mut said = story.written;
    while story.written < events {
        story.round(&world)?;
        if story.rows.len() >= CHUNK {
            copy.send(std::mem::take(&mut story.rows).into_bytes()).await?;
        }
        if story.written - said >= 200_000 {
            said = story.written;
            report.say(&format!("{said} events"));
        }
    }
    copy.send(std::mem::take(&mut story.rows).into_bytes()).await?;
    copy.finish().await?;
    let count = settle(&mut connection).await?;
    ensure!(count as usize == story.written, "{count} events, not {}", story.written);
    report.say(&format!("{count} events"));
    Ok(count)
}

/// Has the counters say how far a log goes that was copied in. Returns how many events there are.
pub(super) async fn settle(connection: &mut PgConnection) -> Result<u64> {
    connection
        .execute(
            "update twofold.counters c set last_seq = e.last_seq, last_at = e.last_at \
             from (select account_id, max(account_seq) as last_seq, max(recorded_at) as last_at \
                   from twofold.events group by account_id) e where e.account_id = c.account_id",
        )
        .await?;
    connection.execute("vacuum analyze twofold.events").await?;
    let count: i64 = sqlx::query_scalar("select count(*) from twofold.events").fetch_one(connection).await?;
    Ok(count as u64)
}

/// A row of the log, as `copy` reads it.
pub(super) fn row(rows: &mut String, event: &Recorded) -> Result<()> {
    writeln!(
        rows,
        "{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}",
        event.stream.kind.name(),
        event.stream.id,
        event.sequence,
        event.event_type,
        event.event_version,
        event.payload.replace('\\', "\\\\"),
        event.metadata.replace('\\', "\\\\"),
        event.account.uuid(),
        event.account_seq,
        event.recorded_at.micros(),
    )?;
    Ok(())
}

/// How far each account and stream has come, and rows on their way into the log.
struct Story {
    counters: HashMap<AccountId, Counter>,
    heads: Vec<Heads>,
    rows: String,
    written: usize,
}

struct Heads {
    user: u64,
    device: u64,
    id: DeviceId,
    step: u64,
}

impl Story {
    async fn begin(world: &World) -> Result<Self> {
        let mut counters = HashMap::new();
        let mut heads = vec![];
        let mut written = 0;
        for (account, last_seq) in world.store.accounts().await? {
            let counter = world.store.counter(account).await?.context("an account without a counter")?;
            written += last_seq as usize;
            counters.insert(account, counter);
        }
        let streams: Vec<Stream> = world.people.iter().map(Person::stream).collect();
        for user in world.store.heads(&streams).await? {
            heads.push(Heads { user, device: 0, id: world.mint().id(), step: 1 });
        }
        Ok(Self { counters, heads, rows: String::new(), written })
    }

    /// Everybody signs in once more, with an OTP, and out again.
    fn round(&mut self, world: &World) -> Result<()> {
        for (place, person) in world.people.iter().enumerate() {
            self.sign_in(world, place, person)?;
        }
        Ok(())
    }

    fn sign_in(&mut self, world: &World, place: usize, person: &Person) -> Result<()> {
        let (account, user) = (person.account, person.user);
        let mint = world.mint();
        let (id, first, step) = {
            let heads = self.heads.get_mut(place).context("a person without heads")?;
            heads.step += 1_000;
            if heads.step / 1_000 % NEW_DEVICE == 0 {
                (heads.id, heads.device) = (mint.id(), 0);
            }
            (heads.id, heads.device == 0, heads.step)
        };
        let at = self.counters.get(&account).context("no counter")?.last_at + BETWEEN;
        let ip = world.sealed::<IpAddress>(person, "203.0.113.77")?;
        let agent = world.sealed::<UserAgent>(person, "Firefox 140 on Linux")?;
        let origin = Origin { ip: Some(ip), user_agent: Some(agent) };
        let (sign_in, session): (SignInId, SessionId) = (mint.id(), mint.id());
        if first {
            let origin = origin.clone();
            let registered =
                DeviceEvent::DeviceRegistered { account, device: id, user, verifier: mint.id(), origin, at };
            self.device(world, place, person, &registered)?;
        }
        self.device(
            world,
            place,
            person,
            &DeviceEvent::SignInStarted {
                first_factor: FirstFactor::Password,
                sign_in,
                decision: Decision::Challenge,
                reasons: vec![Why::Enrolled, if first { Why::NewDevice } else { Why::NotTrusted }],
                generation: 0,
                epoch: 2,
                policy_version: 0,
                expires_at: at + Span::minutes(10),
                origin,
                at,
            },
        )?;
        let factor = person.factor;
        let (purpose, familiarity) = (Purpose::SignIn(sign_in), Familiarity::Known);
        let accepted = UserEvent::OtpAccepted { factor, step, purpose, familiarity, at };
        let sequence = self
            .heads
            .get_mut(place)
            .map(|h| {
                h.user += 1;
                h.user
            })
            .context("no heads")?;
        self.put(world, person, person.stream(), sequence, &accepted)?;
        let method = Method::Otp;
        let started = DeviceEvent::SessionStarted {
            session,
            scope: Scope::Full,
            method,
            verifier: mint.id(),
            generation: 0,
            epoch: 2,
            suspension: None,
            exemption: None,
            client: None,
            idle: Span::minutes(30),
            ends_at: at + Span::hours(24),
            at,
        };
        self.device(world, place, person, &DeviceEvent::SignInCompleted { sign_in, method })?;
        self.device(world, place, person, &started)?;
        self.device(world, place, person, &DeviceEvent::SessionEnded { session, cause: EndCause::SignedOut })
    }

    fn device(&mut self, world: &World, place: usize, person: &Person, event: &DeviceEvent) -> Result<()> {
        let heads = self.heads.get_mut(place).context("a person without heads")?;
        heads.device += 1;
        let id = StreamId::device(person.account, heads.id);
        let sequence = heads.device;
        self.put(world, person, Stream { kind: AggregateKind::Device, id }, sequence, event)
    }

    fn put<E: DomainEvent + Clone>(
        &mut self,
        world: &World,
        person: &Person,
        stream: Stream,
        sequence: u64,
        event: &E,
    ) -> Result<()> {
        let counter = self.counters.get_mut(&person.account).context("no counter")?;
        counter.last_seq += 1;
        counter.last_at = counter.last_at + BETWEEN;
        let at: Timestamp = counter.last_at;
        let new = new_events(std::slice::from_ref(event), &world.metadata(Some(person.user)))?;
        for event in new {
            let recorded = Recorded {
                account: person.account,
                account_seq: counter.last_seq,
                recorded_at: at,
                stream,
                sequence,
                event_type: event.event_type,
                event_version: event.event_version,
                payload: event.payload,
                metadata: event.metadata,
            };
            row(&mut self.rows, &recorded)?;
        }
        self.written += 1;
        Ok(())
    }
}
