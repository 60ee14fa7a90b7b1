//! Previews: what a change of an account would do, for the API and the console alike.

use std::sync::Arc;

use twofold_domain::account::{Account, Change, Effect};
use twofold_domain::ids::{AccountId, StreamId, UserId};
use twofold_domain::policy::Role;
use twofold_domain::time::Timestamp;
use twofold_infra::acts::{Statement, state};
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
    let loaded = app.desk.log().accounts.load(StreamId::account(id)).await?;
    let (account, version, now) = (loaded.state, loaded.sequence, app.now_of(id));
    let (after, tells_at) =
        account.foresee(change, by, &app.desk.offer(), now).map_err(|error| app.problem(error.into()))?;
    let position = app.position(id).await?;
    app.caught_up(status::NAME, id, position).await?;
    app.caught_up(directory::NAME, id, position).await?;
    Ok(Considered { id, account, version, after, tells_at, now })
}

impl Considered {
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
