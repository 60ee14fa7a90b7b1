//! `GET /v1/events/stream`: the audit log as it goes on, as server-sent events (HTML Living Standard, 9.2).
//!
//! Each event has its position as its id, so `Last-Event-ID` goes on behind it: nothing is missed and nothing
//! comes twice, whichever server answers. Whoever reads is asked again before each batch and at each heartbeat.
//! What ends a stream is named: to its reader as a last event `end`, whose data are a problem document, and in the
//! server's log. A fault that passes (a database that is away for a moment) is waited out first.

use std::fmt::Write as _;
use std::sync::LazyLock;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::SendTimeoutError;
use tokio::time::Instant;
use tracing::Instrument as _;
use twofold_domain::access::Holder;
use twofold_domain::ids::AccountId;
use twofold_domain::reading::Matter;
use twofold_domain::time::Timestamp;
use twofold_infra::acts::{By, Caller};
use twofold_projections::audit::{self, Filter, Found, Page};
use utoipa::IntoParams;

use super::events::{may_read, role};
use super::filters::{Filtered, Filters};
use crate::app::App;
use crate::audit::shown::Teller;
use crate::pages::frame::Frame;
use crate::places::{Full, Most, Place, Places};
use crate::problem::{Problem, kinds};
use crate::routes::reader::Reader;
use crate::routes::usual::Reading;

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// A stream says at least this often that it is alive; whoever reads it is asked again then.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// A reader that takes nothing for this long is cut off; it comes back with the last id that it has.
const PATIENCE: Duration = Duration::from_mins(1);
/// Whoever shows a password on the request shows it again after this.
const BY_PASSWORD: Duration = Duration::from_mins(1);
/// How long a fault that may pass is waited out before the next try, and how many tries there are.
const PASSES: Duration = Duration::from_secs(1);
const TRIES: u32 = 5;
/// How long the reason of the end may wait for a reader who is slow to take it.
const LAST_WORD: Duration = Duration::from_secs(1);
/// Events told at a time: as much as waits for a slow reader.
const BATCH: u32 = 50;

/// A program follows with one stream, and with a second one while it comes back; a quarter of an account's streams
/// are one person's or program's, by whatever sessions and tokens, and sixteen accounts that take all they may leave
/// nobody out before the process is full.
const MOST: Most = Most { all: 1_024, account: 64, asker: 16 };
/// How long whoever finds no place waits: by the next heartbeat a place may be free.
const WAIT: u64 = 15;

static OPEN: LazyLock<Places> = LazyLock::new(|| Places::of(MOST));

/// A place for whoever reads.
fn place(me: &Caller) -> Result<Place, Problem> {
    let asker = match &me.by {
        By::Session(person) => person.user.uuid(),
        By::Token { holder: Holder::Person { user, .. }, .. } | By::Password { user, .. } => user.uuid(),
        By::Token { holder: Holder::Program(client), .. } => client.uuid(),
    };
    OPEN.take(me.account, asker).map_err(|full| {
        let (kind, words) = match full {
            Full::All => (kinds::BUSY, "Too many streams are open; try again in a moment."),
            Full::Account => (kinds::TOO_MANY_REQUESTS, "This account has as many streams as it may."),
            Full::Asker => (
                kinds::TOO_MANY_REQUESTS,
                "You have as many streams as you may, by all your sessions and tokens together.",
            ),
        };
        Problem::new(kind).detail(words).retry_after(WAIT)
    })
}

/// Where it begins.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Begin {
    /// Behind the event of this number; `Last-Event-ID` wins. With neither, with what happens from now on.
    after: Option<u64>,
}

/// The audit log as it goes on: server-sent events whose ids are positions and whose data are events as the list
/// shows them.
///
/// `Last-Event-ID` goes on behind that event. The stream ends when the session, token, or role behind it does: at
/// the next event that it would tell, and within 15 seconds where there is none. Whoever takes nothing for a minute
/// is cut off, and comes back with the last id that they have. The last thing that a stream says is an event `end`
/// without an id, whose data are a problem document: with status 401 or 403 whoever comes back is not let in, with 503
/// they go on behind the last id that they have. A person, by all sessions and tokens together, or a program has 16
/// streams at most, an account 64, of which the last 16 go only to whoever has none: more are `too_many_requests`.
#[utoipa::path(get, path = "/v1/events/stream", tag = "events", security(("bearer" = []), ("password" = [])),
    params(Filters, Begin, ("Last-Event-ID" = Option<u64>, Header, description = "The last event that one has.")),
    responses((status = 200, description = "The stream.", content((String = "text/event-stream"))), Reading))]
pub(super) async fn stream(
    State(app): State<App>,
    reader: Reader,
    frame: Frame,
    headers: HeaderMap,
    Filtered(filters, Begin { after }): Filtered<Begin>,
) -> Result<Response, Problem> {
    let me = may_read(&app, &reader, &filters, false).await?;
    filters.check()?;
    let asked = match headers.get(LAST_EVENT_ID) {
        None => after,
        Some(id) => Some(id.to_str().ok().and_then(|id| id.trim().parse().ok()).ok_or_else(|| {
            let words = "expected the id of an event of this stream";
            Problem::new(kinds::INVALID_FIELDS).field("header/last-event-id", "invalid_value", words)
        })?),
    };
    let head = app.position(me.account).await?;
    if asked.is_some_and(|asked| asked > head) {
        let field = if headers.contains_key(LAST_EVENT_ID) { "header/last-event-id" } else { "query/after" };
        let words = format!("the last event of this account has position {head}");
        return Err(Problem::new(kinds::INVALID_FIELDS).field(field, "out_of_range", words));
    }
    let place = place(&me)?;
    reader.is_shown(&app, &me, filters.look(Matter::EventStream)).await?;
    // What it records itself comes before it.
    let after = match asked {
        Some(asked) => asked,
        None => app.position(me.account).await?,
    };
    let filter = filters.filter(&app, me.account).await?;
    let teller = Teller::new(&app.desk, me.account, frame, role(&me), false);
    let (send, mut receive) = mpsc::channel(1);
    let until = matches!(reader, Reader::Password(_)).then(|| Instant::now() + BY_PASSWORD);
    let spoken = (Instant::now(), app.now());
    let follow = Follow { app, reader, account: me.account, filter, teller, after, until, spoken, send };
    tokio::spawn(follow.run(place).instrument(tracing::Span::current()));
    let pieces = futures::stream::poll_fn(move |context| receive.poll_recv(context));
    let mut response = Body::from_stream(pieces).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    Ok(response)
}

/// One reader who follows the log.
struct Follow {
    app: App,
    reader: Reader,
    account: AccountId,
    filter: Filter,
    teller: Teller,
    /// The last event that was looked at.
    after: u64,
    until: Option<Instant>,
    /// When something was last said, as time goes by and by the server's clock: whichever is later counts.
    spoken: (Instant, Timestamp),
    send: mpsc::Sender<Result<Bytes, std::convert::Infallible>>,
}

/// Why a stream is over; its reader comes back if they may.
enum Over {
    /// Something says why: whoever reads may not any more, or the server cannot.
    Because(Problem),
    /// Its reader took nothing for too long.
    Slow,
    /// Its reader is gone.
    Gone,
}

impl<E> From<E> for Over
where
    Problem: From<E>,
{
    fn from(error: E) -> Self {
        Self::Because(error.into())
    }
}

impl Over {
    /// Whether the next try may go better.
    fn may_pass(&self) -> bool {
        matches!(self, Self::Because(problem) if problem.status() == StatusCode::SERVICE_UNAVAILABLE)
    }
}

impl Follow {
    async fn run(mut self, _place: Place) {
        let (stop, send) = (self.app.stop(), self.send.clone());
        let account = self.account;
        let over = tokio::select! {
            () = stop.begun() => Over::Because(Problem::new(kinds::UNAVAILABLE).detail("The server stops.")),
            // Whoever went away leaves their place at once, not with the next word to them.
            () = send.closed() => Over::Gone,
            over = self.goes_on() => over,
        };
        match over {
            Over::Gone => tracing::debug!(%account, "the reader of an event stream went away"),
            Over::Slow => {
                tracing::info!(%account, "the reader of an event stream took nothing and is cut off");
            }
            Over::Because(problem) => {
                let (code, why) = (problem.kind().code, problem.sentence());
                tracing::info!(%account, code, why, "an event stream is over");
                let last = format!("event: end\ndata: {}\n\n", problem.kept());
                // Nobody may be there to take it.
                let _gone = send.send_timeout(Ok(last.into()), LAST_WORD).await;
            }
        }
    }

    /// Tells what happens, until something ends it.
    async fn goes_on(&mut self) -> Over {
        // Says at once that it is there.
        if let Err(over) = self.tell(": following\nretry: 2000\n\n".to_owned()).await {
            return over;
        }
        let mut tries = 0;
        loop {
            match self.turn().await {
                Ok(()) => tries = 0,
                Err(over) if over.may_pass() && tries < TRIES => {
                    tries += 1;
                    tokio::time::sleep(PASSES).await;
                }
                Err(over) => return over,
            }
        }
    }

    /// What has happened, and a wait for more.
    async fn turn(&mut self) -> Result<(), Over> {
        self.batch().await?;
        self.wait().await
    }

    /// Tells everything that has happened by now.
    async fn batch(&mut self) -> Result<(), Over> {
        loop {
            let views = self.app.store().views();
            let head = audit::head(views, self.account).await?;
            if head <= self.after {
                return Ok(());
            }
            let filter = Filter {
                up_to: Some(self.filter.up_to.map_or(head, |to| to.min(head))),
                ..self.filter.clone()
            };
            let found = audit::entries(views, self.account, &filter, Page::After(self.after), BATCH).await;
            let Found { entries, on } = found?;
            let mut text = String::new();
            if !entries.is_empty() {
                self.still_may().await?;
            }
            for entry in entries {
                let (id, name) = (entry.row.account_seq, entry.row.event_type.clone());
                let event = self.teller.tell(entry).await;
                let event = event.map_err(|error| Problem::of_act(error, self.app.now()))?;
                let data = serde_json::to_string(&event).map_err(Problem::internal)?;
                let _ = write!(text, "id: {id}\nevent: {name}\ndata: {data}\n\n");
            }
            self.after = on.unwrap_or(head);
            if !text.is_empty() {
                self.tell(text).await?;
            }
        }
    }

    /// Waits for the next event, and says meanwhile that nothing happens.
    async fn wait(&mut self) -> Result<(), Over> {
        let (name, next) = (audit::NAME, self.after + 1);
        let left = HEARTBEAT.saturating_sub(self.silent_for());
        let moved = self.app.projector.wait_for(name, self.account, next, left).await;
        // Where filters leave nothing of what happens, it is asked and said all the same.
        if !moved? || self.silent_for() >= HEARTBEAT {
            self.still_may().await?;
            // What was looked at in vain need not be looked at again.
            self.tell(format!(": nothing new\nid: {}\n\n", self.after)).await?;
        }
        Ok(())
    }

    /// How long nothing was said.
    fn silent_for(&self) -> Duration {
        let (instant, at) = self.spoken;
        let by_clock = Duration::from_micros(self.app.now().since(at).micros().unsigned_abs());
        instant.elapsed().max(by_clock)
    }

    /// Whether whoever reads may still do so. Nobody's activity.
    async fn still_may(&self) -> Result<(), Over> {
        match &self.reader {
            Reader::Password(_) if self.until.is_some_and(|until| Instant::now() < until) => Ok(()),
            Reader::Password(_) => {
                let words = "Show the password again: a stream that it opened lasts a minute.";
                Err(Problem::new(kinds::UNAUTHENTICATED).detail(words).into())
            }
            Reader::Token(session) => Ok(session.still_reads(&self.app).await?),
        }
    }

    async fn tell(&mut self, text: String) -> Result<(), Over> {
        match self.send.send_timeout(Ok(text.into()), PATIENCE).await {
            Ok(()) => {}
            Err(SendTimeoutError::Timeout(_)) => return Err(Over::Slow),
            Err(SendTimeoutError::Closed(_)) => return Err(Over::Gone),
        }
        self.spoken = (Instant::now(), self.app.now());
        Ok(())
    }
}
