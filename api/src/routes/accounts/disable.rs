//! `POST /v1/accounts/{account}/two-factor/disable`: off for everyone, and everyone reset.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use twofold_domain::permission::Act as Deed;
use twofold_infra::acts::{Switch, SwitchAccount};
use utoipa::ToSchema;

use super::preview::Confirmation;
use crate::app::App;
use crate::extract::{IfMatch, Path};
use crate::problem::Problem;
use crate::routes::change::{Change, Placed, perform};
use crate::routes::consent::{Came, at_version};
use crate::routes::door::{AccountName, Session};
use crate::routes::usual::ChangingVersion;

/// What the preview stated, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Confirmed {
    /// The `confirmation` of the preview, as it was received. Needed where it resets anybody.
    preview: Option<Confirmation>,
    /// Why, in your words: at most 500 characters. It stands in the log, sealed under your key.
    reason: Option<String>,
}

/// Disable two-factor authentication for everyone, and reset everyone.
///
/// From the instant of the answer no factor, recovery code, trusted device, or pending challenge works. Code
/// `preview_outdated` where it would reset more people than were confirmed.
#[utoipa::path(post, path = "/v1/accounts/{account}/two-factor/disable", tag = "accounts",
    security(("bearer" = [])),
    params(("account" = String, Path, description = "`acc_…` or its short name."),
        ("If-Match" = String, Header, description = "The ETag of the preview."),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeats are answered as before.")),
    request_body = Confirmed,
    responses((status = 200, description = "It is off.", body = Placed<Came>, headers(("ETag" = String))),
        (status = 202, description = "It waits for a second owner, or its time.", body = Placed<Came>),
        ChangingVersion))]
pub(super) async fn disable(
    State(app): State<App>,
    session: Session,
    Path(account): Path<AccountName>,
    seen: Option<IfMatch>,
    Change { body, repeat }: Change<Confirmed>,
) -> Result<Response, Problem> {
    let me = session.of_account(&app, &account, Deed::SwitchAccount).await?;
    let IfMatch(seen) = IfMatch::required(seen)?;
    let act = SwitchAccount {
        credential: session.credential.clone(),
        seen,
        switch: Switch::Disable,
        reason: body.reason,
        statement: body.preview.map(Into::into),
        circle: app.circle(me.account).await?,
    };
    perform(&app, &session, &repeat, act, at_version).await
}
