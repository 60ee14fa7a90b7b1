//! `POST /v1/users/{user}/identity-providers`: let somebody in through an identity provider.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use twofold_domain::permission::Act as Deed;
use twofold_infra::acts::LinkProvider;
use utoipa::ToSchema;

use crate::app::App;
use crate::extract::Path;
use crate::problem::Problem;
use crate::routes::change::{Answer, Change, Nothing, Placed, perform};
use crate::routes::door::{Session, UserName};
use crate::routes::usual::Changing;

/// Which, and who they are there.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Link {
    /// `google`, `saml`, `jwt`, …: 1 to 40 characters of `a-z 0-9 -`.
    #[schema(example = "google")]
    provider: String,
    /// The subject by which the provider knows them; nobody else's in this account.
    subject: String,
}

/// Link a person to an identity provider.
///
/// Whoever signs in through a provider only is never challenged here, and never made to enrol. Whoever has a
/// password as well is challenged where they use it.
#[utoipa::path(post, path = "/v1/users/{user}/identity-providers", tag = "people", security(("bearer" = [])),
    params(("user" = String, Path, description = "`usr_…`"),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeats are answered as before.")),
    request_body = Link,
    responses((status = 201, description = "Linked.", body = Placed<Nothing>), Changing))]
pub(super) async fn link(
    State(app): State<App>,
    session: Session,
    Path(who): Path<UserName>,
    Change { body, repeat }: Change<Link>,
) -> Result<Response, Problem> {
    let user = who.of(&session.may(&app, Deed::ReadOwn).await?);
    let Link { provider, subject } = body;
    let place = format!("/v1/users/{user}/identity-providers/{provider}");
    let act = LinkProvider { credential: session.credential.clone(), user, provider, subject };
    perform(&app, &session, &repeat, act, move |()| Answer::created(place.clone(), Nothing {})).await
}
