//! Why somebody cannot set up a second factor: the rule of the domain, and the event of the log that set it.

use twofold_domain::account::Account;
use twofold_domain::ids::UserId;
use twofold_domain::sign_in::{Obstacle, obstacles};
use twofold_domain::time::Timestamp;
use twofold_domain::user::User;
use twofold_projections::audit::{self, Entry, Filter, Page};

use crate::app::App;
use crate::as_of::Standpoint;
use crate::problem::Problem;

/// What stands in the way of an enrolment.
pub(crate) struct InTheWay {
    /// The rule.
    pub(crate) obstacle: Obstacle,
    /// The newest event that set it; nothing where somebody was registered before there was one.
    pub(crate) set_by: Option<Entry>,
    /// When it ends by itself, where that is known.
    pub(crate) until: Option<Timestamp>,
}

/// Everything that kept somebody from setting up a second factor, as of then.
pub(crate) async fn in_the_way(
    app: &App,
    seen: &Standpoint,
    account: &Account,
    user: UserId,
    state: &User,
) -> Result<Vec<InTheWay>, Problem> {
    let mut found = vec![];
    for obstacle in obstacles(account, state, &app.desk.offer(), seen.instant()) {
        let subject = (!obstacle.of_account()).then_some(user);
        let set_by = newest(app, seen, obstacle.set_by(), subject).await?;
        let enrolled = state.enrolled_at(account.generation, seen.instant()).is_some();
        let waits = state.binding_waits(enrolled, seen.instant());
        let until = match obstacle {
            Obstacle::TriesSpent => waits,
            Obstacle::AddressReplaced => state.replaced_until(seen.instant()),
            _ => None,
        };
        found.push(InTheWay { obstacle, set_by, until });
    }
    Ok(found)
}

/// The newest event of a type as of then, upon somebody or upon the account.
pub(crate) async fn newest(
    app: &App,
    seen: &Standpoint,
    event_type: &str,
    subject: Option<UserId>,
) -> Result<Option<Entry>, Problem> {
    let filter = Filter { event_type: Some(event_type.to_owned()), subject, ..Filter::default() };
    let (account, before) = (seen.account_id(), Page::Before(seen.position() + 1));
    let found = audit::page(app.store().views(), account, &filter, before, 1).await?;
    Ok(found.into_iter().next())
}
