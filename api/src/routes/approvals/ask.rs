//! Acts that always take two: `POST /v1/users/{user}/make-owner|transfer-ownership`,
//! `POST /v1/accounts/{account}/close`.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use twofold_domain::account::GuardedAct;
use twofold_domain::permission::Act as Deed;
use twofold_infra::acts::RequestAct;
use utoipa::ToSchema;

use super::to_owner;
use crate::app::App;
use crate::extract::Path;
use crate::problem::Problem;
use crate::routes::change::{Change, Placed, Repeat, perform};
use crate::routes::consent::{Came, waits};
use crate::routes::door::{AccountName, Session, UserName};
use crate::routes::usual::Changing;

/// Why.
#[derive(Deserialize, ToSchema)]
#[schema(as = ApprovalReason)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    /// In your words: at most 500 characters. It stands in the log, sealed under your key.
    reason: String,
}

/// Ask to make somebody an owner.
///
/// It takes another owner's approval, or, where there is none, a wait of 72 hours.
#[utoipa::path(post, path = "/v1/users/{user}/make-owner", tag = "approvals", security(("bearer" = [])),
    params(("user" = String, Path, description = "`usr_…`"),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeats are answered as before.")),
    request_body = Asked,
    responses((status = 202, description = "It waits.", body = Placed<Came>), Changing))]
pub(super) async fn make_owner(
    State(app): State<App>,
    session: Session,
    Path(who): Path<UserName>,
    Change { body, repeat }: Change<Asked>,
) -> Result<Response, Problem> {
    let (_, user) = session.may_upon(&app, who, to_owner, to_owner).await?;
    ask(&app, &session, GuardedAct::GrantOwner { user }, body.reason, &repeat).await
}

/// Ask to hand ownership over: somebody becomes an owner, and you an admin.
///
/// It takes another owner's approval, or, where there is none, a wait of 72 hours.
#[utoipa::path(post, path = "/v1/users/{user}/transfer-ownership", tag = "approvals",
    security(("bearer" = [])),
    params(("user" = String, Path, description = "`usr_…`: to whom"),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeats are answered as before.")),
    request_body = Asked,
    responses((status = 202, description = "It waits.", body = Placed<Came>), Changing))]
pub(super) async fn transfer(
    State(app): State<App>,
    session: Session,
    Path(who): Path<UserName>,
    Change { body, repeat }: Change<Asked>,
) -> Result<Response, Problem> {
    let (me, to) = session.may_upon(&app, who, to_owner, to_owner).await?;
    let act = GuardedAct::TransferOwnership { from: me.user, to };
    ask(&app, &session, act, body.reason, &repeat).await
}

/// Ask to close the account for good.
///
/// It takes another owner's approval, or, where there is none, a wait of 72 hours. From then on nobody signs
/// in and nothing is changed; the log stays readable from the command line.
#[utoipa::path(post, path = "/v1/accounts/{account}/close", tag = "approvals", security(("bearer" = [])),
    params(("account" = String, Path, description = "`acc_…` or its short name."),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeats are answered as before.")),
    request_body = Asked,
    responses((status = 202, description = "It waits.", body = Placed<Came>), Changing))]
pub(super) async fn close(
    State(app): State<App>,
    session: Session,
    Path(account): Path<AccountName>,
    Change { body, repeat }: Change<Asked>,
) -> Result<Response, Problem> {
    session.of_account(&app, &account, Deed::CloseAccount).await?;
    ask(&app, &session, GuardedAct::CloseAccount, body.reason, &repeat).await
}

async fn ask(
    app: &App,
    session: &Session,
    act: GuardedAct,
    reason: String,
    repeat: &Repeat,
) -> Result<Response, Problem> {
    let circle = app.circle(session.credential.account()).await?;
    let act = RequestAct { credential: session.credential.clone(), act, reason, circle };
    perform(app, session, repeat, act, |requested| waits(*requested)).await
}
