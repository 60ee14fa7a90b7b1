//! `POST /v1/users/{user}/identity-providers`: let somebody in through an identity provider.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use twofold_domain::permission::Act as Deed;
use twofold_infra::acts::{Consented, LinkProvider};
use utoipa::ToSchema;

use crate::app::App;
use crate::extract::Path;
use crate::problem::Problem;
use crate::routes::change::{Answer, Change, Placed, perform};
use crate::routes::consent::{Came, waits};
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
    /// In your words: needed where a second owner must agree. At most 500 characters.
    reason: Option<String>,
}

/// Link a person to an identity provider.
///
/// Whoever signs in through a provider only is never challenged here, and never made to enrol. Whoever has a
/// password as well is challenged where they use it. An owner's takes a second owner, or a wait.
#[utoipa::path(post, path = "/v1/users/{user}/identity-providers", tag = "people", security(("bearer" = [])),
    params(("user" = String, Path, description = "`usr_…`"),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeats are answered as before.")),
    request_body = Link,
    responses((status = 201, description = "Linked.", body = Placed<Came>),
        (status = 202, description = "Of an owner: it waits for a second one, or its time.",
            body = Placed<Came>), Changing))]
pub(super) async fn link(
    State(app): State<App>,
    session: Session,
    Path(who): Path<UserName>,
    Change { body, repeat }: Change<Link>,
) -> Result<Response, Problem> {
    let me = session.may(&app, Deed::ReadOwn).await?;
    let (user, circle) = (who.of(&me), app.circle(me.account).await?);
    let Link { provider, subject, reason } = body;
    let place = format!("/v1/users/{user}/identity-providers/{provider}");
    let credential = session.credential.clone();
    let act = LinkProvider { credential, user, provider, subject, reason, circle };
    perform(&app, &session, &repeat, act, move |came| match came {
        Consented::Done(()) => Answer::created(place.clone(), Came::default()),
        Consented::Waits(requested) => waits(*requested),
    })
    .await
}
