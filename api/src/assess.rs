//! Previews: what a change of an account would do, for the API and the console alike.

use std::collections::BTreeMap;
use std::sync::Arc;

use twofold_domain::account::{Account, AccountError, Change, Effect};
use twofold_domain::ids::{AccountId, StreamId, UserId};
use twofold_domain::policy::Role;
use twofold_domain::time::Timestamp;
use twofold_infra::acts::{Assessed, Statement, state};
use twofold_projections::impact::{self, Affected, Assessment, Step};
use twofold_projections::{directory, status};

use crate::app::App;
use crate::problem::Problem;

/// People of each kind that a preview names at once.
pub(crate) const NAMED: usize = 20;

/// An account that somebody thinks of changing.
pub(crate) struct Considered {
    id: AccountId,
    /// As it is.
    pub account: Arc<Account>,
    /// The version of its stream.
    pub version: u64,
    after: Account,
    /// When people would feel the change.
    pub tells_at: Timestamp,
    now: Timestamp,
}

/// What a change would do, and the statement that its confirmation carries.
pub(crate) struct Preview {
    /// To whom.
    pub found: Assessment,
    /// To be confirmed.
    pub statement: Statement,
}

/// Looks at the account behind a change, with the read models as far as it.
pub(crate) async fn consider(
    app: &App,
    id: AccountId,
    change: &Change,
    by: Role,
) -> Result<Considered, Problem> {
    let considered = Considered::of(app, id, change, by).await?.map_err(|error| app.problem(error.into()))?;
    considered.caught_up(app).await?;
    Ok(considered)
}

impl Considered {
    /// The account as one look finds it; the inner error is why the change is refused.
    async fn of(
        app: &App,
        id: AccountId,
        change: &Change,
        by: Role,
    ) -> Result<Result<Self, AccountError>, Problem> {
        let loaded = app.desk.log().accounts.load(StreamId::account(id)).await?;
        let now = app.now_of(id);
        let (account, version) = (loaded.state, loaded.sequence);
        let foreseen = account.foresee(change, by, now);
        Ok(foreseen.map(|(after, tells_at)| Self { id, account, version, after, tells_at, now }))
    }

    async fn caught_up(&self, app: &App) -> Result<(), Problem> {
        let position = app.position(self.id).await?;
        app.caught_up(status::NAME, self.id, position).await?;
        app.caught_up(directory::NAME, self.id, position).await
    }

    fn step(&self) -> Step<'_> {
        Step { account: self.id, before: &self.account, after: &self.after, at: self.tells_at, now: self.now }
    }

    /// Whom it concerns, and the statement of it.
    pub(crate) async fn preview(&self, app: &App, change: &Change) -> Result<Preview, Problem> {
        let found = impact::assess(app.store().views(), self.step(), NAMED).await?;
        let statement = state(&app.desk, self.id, &self.account, change, &found.counts, self.now).await;
        Ok(Preview { found, statement: statement.map_err(|error| app.problem(error))? })
    }

    /// Whom it concerns in one way, behind somebody.
    pub(crate) async fn concerned(
        &self,
        app: &App,
        effect: Effect,
        after: Option<UserId>,
        limit: usize,
    ) -> Result<Vec<Affected>, Problem> {
        Ok(impact::concerned(app.store().views(), self.step(), effect, after, limit).await?)
    }
}

/// What the act weighs: the counts as they are now, beside what is confirmed. Where the change itself is
/// refused there is nothing to count, and the act says why.
pub(crate) async fn assessed(
    app: &App,
    id: AccountId,
    change: &Change,
    by: Role,
    statement: Option<Statement>,
) -> Result<Assessed, Problem> {
    let Ok(considered) = Considered::of(app, id, change, by).await? else {
        return Ok(Assessed { counts: BTreeMap::new(), statement });
    };
    considered.caught_up(app).await?;
    let counts = impact::count(app.store().views(), considered.step()).await?;
    Ok(Assessed { counts, statement })
}

/// The owners and admins of an account, who are told of what it is going to demand.
pub(crate) async fn keepers(app: &App, id: AccountId) -> Result<Vec<UserId>, Problem> {
    app.caught_up(status::NAME, id, app.position(id).await?).await?;
    Ok(impact::keepers(app.store().views(), id).await?)
}
