//! `POST /v1/accounts/{account}/two-factor/suspend|resume|enable`: the switch, apart from disabling.

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
use crate::routes::change::{Change, Placed, Repeat, perform};
use crate::routes::consent::{Came, at_version};
use crate::routes::door::{AccountName, Session};
use crate::routes::usual::ChangingVersion;

/// What the preview stated, and why.
#[derive(Deserialize, ToSchema)]
#[schema(as = SwitchReason)]
#[serde(deny_unknown_fields)]
pub(super) struct Why {
    /// The `confirmation` of the preview, as it was received. Needed where it concerns anybody.
    preview: Option<Confirmation>,
    /// In your words: at most 500 characters. It stands in the log, sealed under your key.
    reason: Option<String>,
}

/// Suspend two-factor authentication.
///
/// Requirement and challenges stop; enrolments stay as they are. Code `already_suspended`, `already_disabled`.
#[utoipa::path(post, path = "/v1/accounts/{account}/two-factor/suspend", tag = "accounts",
    security(("bearer" = [])),
    params(("account" = String, Path, description = "`acc_…` or its short name."),
        ("If-Match" = String, Header, description = "The ETag of your last read."),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeats are answered as before.")),
    request_body = Why,
    responses((status = 200, description = "It is suspended.", body = Placed<Came>,
        headers(("ETag" = String))),
        (status = 202, description = "It waits for a second owner, or its time.", body = Placed<Came>),
        ChangingVersion))]
pub(super) async fn suspend(
    State(app): State<App>,
    session: Session,
    Path(account): Path<AccountName>,
    seen: Option<IfMatch>,
    Change { body, repeat }: Change<Why>,
) -> Result<Response, Problem> {
    let why = (body.preview, body.reason);
    throw(&app, &session, &account, seen, &repeat, Switch::Suspend, why).await
}

/// End the suspension.
///
/// Exactly what was before holds again; sessions opened meanwhile without the second factor that would have
/// been asked end. Code `not_suspended`.
#[utoipa::path(post, path = "/v1/accounts/{account}/two-factor/resume", tag = "accounts",
    security(("bearer" = [])),
    params(("account" = String, Path, description = "`acc_…` or its short name."),
        ("If-Match" = String, Header, description = "The ETag of your last read."),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeats are answered as before.")),
    request_body = Agreed,
    responses((status = 200, description = "It is on.", body = Placed<Came>, headers(("ETag" = String))),
        ChangingVersion))]
pub(super) async fn resume(
    State(app): State<App>,
    session: Session,
    Path(account): Path<AccountName>,
    seen: Option<IfMatch>,
    Change { body, repeat }: Change<Agreed>,
) -> Result<Response, Problem> {
    throw(&app, &session, &account, seen, &repeat, Switch::Resume, (body.preview, None)).await
}

/// Enable two-factor authentication again.
///
/// After a disable; everyone starts from scratch. Code `already_enabled`.
#[utoipa::path(post, path = "/v1/accounts/{account}/two-factor/enable", tag = "accounts",
    security(("bearer" = [])),
    params(("account" = String, Path, description = "`acc_…` or its short name."),
        ("If-Match" = String, Header, description = "The ETag of your last read."),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeats are answered as before.")),
    request_body = Agreed,
    responses((status = 200, description = "It is on.", body = Placed<Came>, headers(("ETag" = String))),
        ChangingVersion))]
pub(super) async fn enable(
    State(app): State<App>,
    session: Session,
    Path(account): Path<AccountName>,
    seen: Option<IfMatch>,
    Change { body, repeat }: Change<Agreed>,
) -> Result<Response, Problem> {
    throw(&app, &session, &account, seen, &repeat, Switch::Enable, (body.preview, None)).await
}

/// What the preview stated.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Agreed {
    /// The `confirmation` of the preview, as it was received. Needed where it concerns anybody.
    preview: Option<Confirmation>,
}

async fn throw(
    app: &App,
    session: &Session,
    account: &AccountName,
    seen: Option<IfMatch>,
    repeat: &Repeat,
    switch: Switch,
    (preview, reason): (Option<Confirmation>, Option<String>),
) -> Result<Response, Problem> {
    let me = session.of_account(app, account, Deed::SwitchAccount).await?;
    let IfMatch(seen) = IfMatch::required(seen)?;
    let (statement, circle) = (preview.map(Into::into), app.circle(me.account).await?);
    let act =
        SwitchAccount { credential: session.credential.clone(), seen, switch, reason, statement, circle };
    perform(app, session, repeat, act, at_version).await
}
