//! As of which event and instant something is shown. One place for every view, of the API and of the console.
//!
//! **Architecture invariant:** a view that says that it is as of an event was made from the streams as they were
//! right after it, under the instant that it names: asked for once more by these two, it says the same, whatever was
//! recorded since.

use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use twofold_domain::account::Account;
use twofold_domain::device::Device;
use twofold_domain::ids::{AccountId, DeviceId, StreamId, UserId};
use twofold_domain::reading::Then;
use twofold_domain::time::Timestamp;
use twofold_domain::user::User;
use twofold_infra::store::aggregates::Loaded;
use twofold_projections::audit;
use twofold_projections::reports::ask::{Point, Unanswerable, Wrong};
use twofold_projections::status::AsOf;
use utoipa::ToSchema;

use crate::app::App;
use crate::extract::Json;
use crate::problem::{Missing, Problem, kinds};
use crate::routes::POSITION;

/// The instant that an answer is as of; the event is in `Twofold-Position`.
pub(crate) const AS_OF: HeaderName = HeaderName::from_static("twofold-as-of");

/// From where an account is looked at: right after an event, at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standpoint {
    account: AccountId,
    at: AsOf,
    past: bool,
    /// What is on record of whoever is shown something from here.
    then: Then,
}

impl App {
    /// Finds the event and the instant that are meant; the read models named have come to that event. Where none
    /// is meant, that is the account's last event, or the last that these read models have within the time that
    /// one waits for them.
    pub(crate) async fn stands(
        &self,
        account: AccountId,
        point: Point,
        read_models: &[&str],
    ) -> Result<Result<Standpoint, Wrong>, Problem> {
        let now = self.now_of(account);
        if point.is_of_the_past() {
            let at = match point.settle(self.store(), account, now).await {
                Ok(at) => at,
                Err(Unanswerable::Wrong(wrong)) => return Ok(Err(wrong)),
                Err(Unanswerable::Store(error)) => return Err(error.into()),
            };
            for projection in read_models.iter().chain([&audit::NAME]) {
                self.caught_up(projection, account, at.position).await?;
            }
            return Ok(Ok(Standpoint { account, at, past: true, then: point.then(at) }));
        }
        let counter =
            self.store().counter(account).await?.ok_or_else(|| Problem::missing(Missing::Person))?;
        let mut position = counter.last_seq;
        for projection in read_models {
            if !self.projector.wait_for(projection, account, counter.last_seq, crate::app::PATIENCE).await? {
                position = position.min(self.projector.reached(projection, account).await?);
            }
        }
        if position == 0 {
            let why = "The read models have not seen this account yet.";
            return Err(Problem::new(kinds::NOT_YET).detail(why).retry_after(1));
        }
        // What another server recorded by a clock that is ahead belongs to the present.
        let instant = now.max(counter.last_at);
        let at = AsOf { position, instant };
        Ok(Ok(Standpoint { account, at, past: false, then: Then::default() }))
    }

    /// Where a log ends that is asked for up to an instant, or up to an event, or both: the sooner. From here on
    /// nothing is recorded at or before that instant, and the table of events has come to its end, so the same question
    /// has the same answer. An instant or an event ahead is the present.
    pub(crate) async fn stands_up_to(
        &self,
        account: AccountId,
        to: Option<Timestamp>,
        at_event: Option<u64>,
    ) -> Result<Standpoint, Problem> {
        let counter =
            self.store().counter(account).await?.ok_or_else(|| Problem::missing(Missing::Person))?;
        // What another server recorded by a clock that is ahead belongs to the present.
        let now = self.now_of(account).max(counter.last_at);
        let mut at = AsOf { position: counter.last_seq, instant: now };
        if let Some(to) = to.map(|to| to.min(now)) {
            self.store().raise(account, to).await?;
            at = AsOf { position: self.store().position_at(account, to).await?, instant: to };
        }
        if let Some(event) = at_event.filter(|event| *event <= at.position) {
            at.position = event;
            if to.is_none() {
                at.instant = self.store().recorded_at(account, event).await?.unwrap_or(at.instant);
            }
        }
        self.caught_up(audit::NAME, account, at.position).await?;
        let then = Then { at: to, event: at_event };
        Ok(Standpoint { account, at, past: true, then })
    }

    /// The event that a read model has come to, now.
    pub(crate) async fn stands_where(
        &self,
        account: AccountId,
        read_model: &str,
    ) -> Result<Standpoint, Problem> {
        let position = self.projector.reached(read_model, account).await?;
        let at = AsOf { position, instant: self.now_of(account) };
        Ok(Standpoint { account, at, past: false, then: Then::default() })
    }
}

impl Standpoint {
    /// The event and the instant.
    pub(crate) const fn as_of(&self) -> AsOf {
        self.at
    }

    /// The event.
    pub(crate) const fn position(&self) -> u64 {
        self.at.position
    }

    /// The instant.
    pub(crate) const fn instant(&self) -> Timestamp {
        self.at.instant
    }

    /// What is on record of whoever is shown something from here.
    pub(crate) const fn recorded(&self) -> Then {
        self.then
    }

    /// Of which account.
    pub(crate) const fn account_id(&self) -> AccountId {
        self.account
    }

    /// Whether it was asked for, or is the present.
    pub(crate) const fn is_past(&self) -> bool {
        self.past
    }

    /// The account as it was.
    pub(crate) async fn account(&self, app: &App) -> Result<Loaded<Account>, Problem> {
        let accounts = &app.desk.log().accounts;
        Ok(accounts.load_as_of(StreamId::account(self.account), self.at.position).await?)
    }

    /// A person as they were; one who was not registered yet is as if they were not there.
    pub(crate) async fn user(&self, app: &App, user: UserId) -> Result<Loaded<User>, Problem> {
        let users = &app.desk.log().users;
        let loaded = users.load_as_of(StreamId::user(self.account, user), self.at.position).await?;
        if loaded.state.who().is_some() { Ok(loaded) } else { Err(Problem::missing(Missing::Person)) }
    }

    /// A device as it was.
    pub(crate) async fn device(&self, app: &App, device: DeviceId) -> Result<Loaded<Device>, Problem> {
        let devices = &app.desk.log().devices;
        Ok(devices.load_as_of(StreamId::device(self.account, device), self.at.position).await?)
    }

    /// Whether read models without history, which were just read, say what held right after the event: if it is the
    /// present that was asked for, and they have not moved on.
    pub(crate) async fn still_holds(&self, app: &App, read_models: &[&str]) -> Result<bool, Problem> {
        if self.past {
            return Ok(false);
        }
        for projection in read_models {
            if app.projector.reached(projection, self.account).await? != self.at.position {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// An answer that says what it is as of.
    pub(crate) fn shows<V>(&self, view: V) -> Viewed<V> {
        let at = self.at;
        Viewed { as_of: Seen { event: at.position, at: at.instant.to_string() }, view }
    }
}

/// What is seen from somewhere.
#[derive(Serialize, ToSchema)]
pub(crate) struct Viewed<V> {
    as_of: Seen,
    #[serde(flatten)]
    view: V,
}

/// The event, and the instant, that an answer is as of: sent as `at_event` and `as_of`, they ask for the same again.
#[derive(Serialize, ToSchema)]
#[schema(as = AsOf)]
struct Seen {
    /// The last event that counts, by its number.
    event: u64,
    /// The instant: what ends or begins by time alone does so at it.
    #[schema(format = DateTime)]
    at: String,
}

impl<V: Serialize> IntoResponse for Viewed<V> {
    fn into_response(self) -> Response {
        let (position, at) = (self.as_of.event, HeaderValue::try_from(self.as_of.at.as_str()));
        let mut response = Json(self).into_response();
        response.headers_mut().insert(POSITION, position.into());
        if let Ok(at) = at {
            response.headers_mut().insert(AS_OF, at);
        }
        response
    }
}
