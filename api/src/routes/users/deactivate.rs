//! `POST /v1/users/{user}/deactivate`: let somebody in no more.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use twofold_domain::permission::Act as Deed;
use twofold_infra::acts::Deactivate;
use utoipa::ToSchema;

use crate::app::App;
use crate::extract::Path;
use crate::problem::Problem;
use crate::routes::change::{Change, Placed, perform};
use crate::routes::consent::{Came, came};
use crate::routes::door::{Session, UserName};
use crate::routes::usual::Changing;

/// Why, where it is said.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WhyDeactivate {
    /// In your words: at most 500 characters. It stands in the log, sealed under the person's key. Needed
    /// of an owner, which takes a second one.
    reason: Option<String>,
}

/// Deactivate a person.
///
/// From the next request on nothing of theirs works: password, sessions, trust, tokens, links. Their second
/// factor stays theirs. They are told by mail. An owner, oneself too, is deactivated with a second owner, or, where there
/// is nobody else to approve it, after 72 hours. Code `last_owner` where nobody else could act as owner.
#[utoipa::path(post, path = "/v1/users/{user}/deactivate", tag = "people", security(("bearer" = [])),
    params(("user" = String, Path, description = "`usr_…`"),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeats are answered as before.")),
    request_body = WhyDeactivate,
    responses((status = 200, description = "They are locked out.", body = Placed<Came>),
        (status = 202, description = "Of an owner: it waits for a second one, or its time.", body = Placed<Came>), Changing))]
pub(super) async fn deactivate(
    State(app): State<App>,
    session: Session,
    Path(who): Path<UserName>,
    Change { body, repeat }: Change<WhyDeactivate>,
) -> Result<Response, Problem> {
    let (account, user) = session.whom(&app, who, Deed::Deactivate).await?;
    let (credential, circle) = (session.credential.clone(), app.circle(account).await?);
    let act = Deactivate { credential, user, reason: body.reason, circle };
    perform(&app, &session, &repeat, act, came).await
}
