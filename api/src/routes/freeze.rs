//! "This was not me": freezing a sign-in, by a notice's link, in a session, or for somebody; and the way back.

mod not_me;
mod own;
mod somebody;
mod thaw;
mod thaw_key;
mod thaw_text;
mod unfreeze;

use serde::Serialize;
use twofold_domain::ids::{AccountId, UserId};
use twofold_domain::permission::Act as Deed;
use twofold_infra::acts::Froze;
use twofold_projections::audit::Entry;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::change::Repeatably;
use super::guard::{Guard, Routes};
use super::show::Instant;
use crate::app::App;
use crate::problem::Problem;
use crate::recent::lately;

pub(super) fn routes() -> Routes {
    Routes::new()
        .route(Guard::Link, routes!(not_me::not_me))
        .route(Guard::act(Deed::FreezeOwn), routes!(own::freeze_own))
        .route(Guard::upon(Deed::Freeze), routes!(somebody::freeze))
        .route(Guard::upon(Deed::Freeze), routes!(unfreeze::unfreeze))
        .route(Guard::Open("whoever is frozen out is nobody yet"), routes!(thaw::ask))
        .route(Guard::Link, routes!(thaw::look))
        .route(Guard::Link, routes!(thaw_text::text))
        .route(Guard::Link, routes!(thaw_key::challenge))
        .route(Guard::Link, routes!(thaw::wait))
        .route(Guard::Link, routes!(thaw::thaw))
}

/// A sign-in that is frozen.
#[derive(Serialize, ToSchema)]
pub(super) struct FrozenShown {
    /// Whose.
    #[schema(value_type = String)]
    user: UserId,
    /// Since when.
    frozen_at: Instant,
    /// What happened to the person lately, the newest first: theirs to tell the administrators which of it was not
    /// them. As far as the read models have it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    recent: Vec<RecentShown>,
    /// What was given to others in the person's name lately, or decided for the account, the newest first: programs and
    /// their tokens, leave for the operator, codes, roles, rules. The freeze ends none of it: each stays until an owner
    /// or an admin ends it. As far as the read models have it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    gave: Vec<RecentShown>,
}

/// Something that happened to a person, or that was done in their name.
#[derive(Serialize, ToSchema)]
struct RecentShown {
    /// The type of the event.
    event: String,
    /// When.
    at: Instant,
    /// Its position, by which the log has it.
    position: u64,
}

impl From<Froze> for FrozenShown {
    fn from(froze: Froze) -> Self {
        Self { user: froze.user, frozen_at: Instant(froze.since), recent: vec![], gave: vec![] }
    }
}

impl FrozenShown {
    /// With what happened lately: for the person alone.
    async fn with_recent(self, app: &App, account: AccountId) -> Result<Self, Problem> {
        let found = lately(app.store().views(), account, self.user, self.frozen_at.0).await?;
        let shown = |entry: Entry| RecentShown {
            event: entry.row.event_type.into(),
            at: Instant(entry.row.recorded_at),
            position: entry.row.account_seq,
        };
        let (recent, gave) = (found.theirs.into_iter().map(shown), found.gave.into_iter().map(shown));
        Ok(Self { recent: recent.collect(), gave: gave.collect(), ..self })
    }
}

impl Repeatably for FrozenShown {
    fn repeated(self) -> Self {
        self
    }
}
