//! What every route stands on: the desk where acts are performed, the read models, the operator's token.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use twofold_domain::ids::{AccountId, StreamId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::time::Timestamp;
use twofold_infra::acts::{ActError, Authenticate, Circle, Credential, Look, Onlooker, Principal};
use twofold_infra::context::Context;
use twofold_infra::desk::{Act, Desk, Done};
use twofold_infra::keys::OperatorToken;
use twofold_infra::store::EventStore;
use twofold_projections::impact::FromReadModels;
use twofold_projections::projector::Projector;
use twofold_projections::status::{self, user_status};

use crate::layers::concern;
use crate::problem::{Problem, kinds};
use crate::server::Stop;

/// How long a read waits for the read model to come to a position.
pub(crate) const PATIENCE: Duration = Duration::from_secs(3);

/// The running program, as its routes know it. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Whole>);

struct Whole {
    parts: Parts,
    stop: OnceLock<Stop>,
}

/// What the program is made of.
pub struct Parts {
    /// Where acts are performed.
    pub desk: Desk,
    /// The token of whoever may open accounts.
    pub operator: OperatorToken,
    /// Keeps the read models up to date.
    pub projector: Projector,
}

impl From<Parts> for App {
    fn from(parts: Parts) -> Self {
        let concerned = Arc::new(FromReadModels::new(parts.desk.clone(), parts.projector.clone()));
        let parts = Parts { desk: parts.desk.counting(concerned), ..parts };
        Self(Arc::new(Whole { parts, stop: OnceLock::new() }))
    }
}

impl std::ops::Deref for App {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0.parts
    }
}

impl App {
    /// Ends what would go on for ever when the server begins to stop. Said once.
    pub fn stops_with(&self, stop: &Stop) {
        let _ = self.0.stop.set(stop.clone());
    }

    /// What such things end with.
    pub(crate) fn stop(&self) -> Stop {
        self.0.stop.get_or_init(Stop::default).clone()
    }

    /// Forgets stored answers whose time is over, until the server begins to stop.
    pub async fn forget_answers(&self, stop: &Stop) {
        let mut hours = tokio::time::interval(Duration::from_hours(1));
        loop {
            tokio::select! {
                () = stop.begun() => return,
                _ = hours.tick() => {}
            }
            if let Err(error) = self.store().purge_responses(self.now()).await {
                tracing::warn!(%error, "stored answers were not purged");
            }
        }
    }

    /// Records how many sign-ins were refused that charge nobody, now and then, and once more when the
    /// server has stopped answering.
    pub async fn record_refusals(&self, stop: &Stop) {
        let mut minutes = tokio::time::interval(Duration::from_mins(1));
        loop {
            tokio::select! {
                () = stop.begun() => return,
                _ = minutes.tick() => self.desk.record_refusals().await,
            }
        }
    }

    /// The log.
    pub fn store(&self) -> &EventStore {
        self.desk.store()
    }

    /// Now, by the clock that everything here lives by.
    pub fn now(&self) -> Timestamp {
        self.desk.clock().now()
    }

    /// Now, by the clock of an account that this request has come to know: a sandbox has one of its own.
    pub fn now_of(&self, account: AccountId) -> Timestamp {
        self.desk.clock_of(account)
    }

    /// Why an act did not happen, in no account's time.
    pub fn problem(&self, error: ActError) -> Problem {
        Problem::of_act(error, self.now())
    }

    /// Why an act did not happen.
    pub fn problem_of(&self, account: AccountId, error: ActError) -> Problem {
        Problem::of_act(error, self.now_of(account))
    }

    /// Performs an act.
    pub async fn perform<A: Act>(
        &self,
        account: AccountId,
        context: Context,
        act: A,
    ) -> Result<Done<A::Reply>, Problem> {
        let done = self.desk.perform(account, context, act).await;
        self.concerns(account);
        done.map_err(|error| self.problem_of(account, error))
    }

    /// The answer is about this account, as it was seen here last: one of a sandbox says so, and people read
    /// it as the account's settings want.
    pub(crate) fn concerns(&self, account: AccountId) {
        if let Some(seen) = self.desk.log().accounts.last_seen(StreamId::account(account)) {
            concern::about(seen.state);
        }
    }

    /// The same of an account that nothing has looked at yet.
    pub(crate) async fn comes_to_know(&self, account: AccountId) {
        if let Ok(loaded) = self.desk.log().accounts.load(StreamId::account(account)).await
            && loaded.state.id().is_some()
        {
            concern::about(loaded.state);
        }
    }

    /// Records that somebody is about to be shown data of other people.
    pub async fn is_shown(
        &self,
        account: AccountId,
        context: Context,
        onlooker: Onlooker,
        look: Look,
    ) -> Result<(), Problem> {
        let recorded = self.desk.record_read(account, context, onlooker, look).await;
        recorded.map_err(|error| self.problem_of(account, error))
    }

    /// Who is behind a session token, if they may do this.
    pub async fn authenticate(
        &self,
        credential: &Credential,
        context: Context,
        deed: Deed,
        counts_as_activity: bool,
    ) -> Result<Principal, Problem> {
        let act = Authenticate { credential: credential.clone(), deed, counts_as_activity };
        Ok(self.perform(credential.account(), context, act).await?.reply)
    }

    /// Waits until a read model has come to a position of an account; one that the account does not have
    /// is not waited for.
    pub async fn caught_up(
        &self,
        projection: &str,
        account: AccountId,
        position: u64,
    ) -> Result<(), Problem> {
        let last = self.position(account).await?;
        if position > last {
            let why = format!("the last event of this account has position {last}");
            return Err(Problem::new(kinds::INVALID_FIELDS).field("query/min_position", "out_of_range", why));
        }
        if self.projector.wait_for(projection, account, position, PATIENCE).await? {
            return Ok(());
        }
        Err(Problem::new(kinds::NOT_YET)
            .detail(format!("The read model has not come to position {position} yet."))
            .retry_after(1))
    }

    /// Who has a say in an account: as of now, so that an owner of a moment ago counts.
    pub async fn circle(&self, account: AccountId) -> Result<Circle, Problem> {
        self.caught_up(status::NAME, account, self.position(account).await?).await?;
        Ok(Circle { owners: user_status::owners(self.store().views(), account).await? })
    }

    /// The last position of an account.
    pub async fn position(&self, account: AccountId) -> Result<u64, Problem> {
        Ok(self.store().counter(account).await?.map_or(0, |counter| counter.last_seq))
    }
}
