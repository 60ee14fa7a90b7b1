//! Why somebody cannot set up a second factor: the rule of the domain, and the event of the log that set it.

use twofold_domain::account::Account;
use twofold_domain::ids::{AccountId, UserId};
use twofold_domain::sign_in::{Obstacle, obstacles};
use twofold_domain::time::Timestamp;
use twofold_domain::user::User;
use twofold_projections::audit::{self, Entry, Filter, Page};

use crate::app::App;
use crate::problem::Problem;

/// What stands in the way of an enrolment.
pub(crate) struct InTheWay {
    /// The rule.
    pub(crate) obstacle: Obstacle,
    /// The newest event that set it; nothing where somebody was registered before there was one.
    pub(crate) set_by: Option<Entry>,
}

/// Everything that keeps somebody from setting up a second factor now.
pub(crate) async fn in_the_way(
    app: &App,
    id: AccountId,
    account: &Account,
    user: UserId,
    state: &User,
    at: Timestamp,
) -> Result<Vec<InTheWay>, Problem> {
    let mut found = vec![];
    for obstacle in obstacles(account, state, at) {
        let subject = (!obstacle.of_account()).then_some(user);
        let set_by = newest(app, id, obstacle.set_by(), subject).await?;
        found.push(InTheWay { obstacle, set_by });
    }
    Ok(found)
}

/// The newest event of a type, upon somebody or upon the account.
pub(crate) async fn newest(
    app: &App,
    id: AccountId,
    event_type: &str,
    subject: Option<UserId>,
) -> Result<Option<Entry>, Problem> {
    app.caught_up(audit::NAME, id, app.position(id).await?).await?;
    let filter = Filter { event_type: Some(event_type.to_owned()), subject, ..Filter::default() };
    let found = audit::page(app.store().views(), id, &filter, Page::Newest, 1).await?;
    Ok(found.into_iter().next())
}
