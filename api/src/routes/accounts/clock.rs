//! `PUT /v1/accounts/{account}/clock`: set the clock of a sandbox.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use twofold_domain::permission::Act as Deed;
use twofold_infra::acts::SetClock;
use utoipa::ToSchema;

use crate::app::App;
use crate::extract::Path;
use crate::problem::Problem;
use crate::routes::change::{Answer, Change, Nothing, Placed, perform};
use crate::routes::door::{AccountName, Session};
use crate::routes::show::Instant;
use crate::routes::usual::Changing;

/// What the clock shows from now on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewTime {
    /// Later than the account's now; at most ten years ahead of the server's clock.
    now: Instant,
}

/// Set the clock of a sandbox.
///
/// Forwards only; from then on it goes on as every clock does. Trust, sessions, links, waits, and passcodes of
/// the account live by it: set your authenticator's clock as well. Code `not_a_sandbox` for any other account.
#[utoipa::path(put, path = "/v1/accounts/{account}/clock", tag = "accounts", security(("bearer" = [])),
    params(("account" = String, Path, description = "`acc_…` or its short name."),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeats are answered as before.")),
    request_body = NewTime,
    responses((status = 200, description = "It shows that.", body = Placed<Nothing>), Changing))]
pub(super) async fn set_clock(
    State(app): State<App>,
    session: Session,
    Path(account): Path<AccountName>,
    Change { body, repeat }: Change<NewTime>,
) -> Result<Response, Problem> {
    session.of_account(&app, &account, Deed::SetClock).await?;
    let act = SetClock { credential: session.credential.clone(), to: body.now.0 };
    perform(&app, &session, &repeat, act, |()| Answer::ok(Nothing {})).await
}
