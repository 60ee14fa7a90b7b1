//! `POST /v1/clients/{client}/tokens`, `DELETE /v1/clients/{client}/tokens/{token}`: a program's API tokens.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use twofold_domain::ids::{ClientId, TokenId};
use twofold_infra::acts::{IssueClientToken, RevokeClientToken};

use super::shown::{Issued, NewClientToken, wish};
use crate::app::App;
use crate::extract::Path;
use crate::problem::Problem;
use crate::routes::change::{Answer, Change, Placed, no_content, perform};
use crate::routes::door::Session;
use crate::routes::usual::Changing;

/// A program's token, in a path.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct TokenPath {
    client: ClientId,
    token: TokenId,
}

/// Issue a token to a program.
///
/// Shown this once. With `assert_sign_in` it opens sign-ins of people whose first factor the program checked
/// itself; with `assert_trust` a device's trust counts in them. Code `too_many` at 10.
#[utoipa::path(post, path = "/v1/clients/{client}/tokens", tag = "programs", operation_id = "issue_client_token",
    security(("bearer" = [])),
    params(("client" = String, Path, description = "`cli_…`"),
        ("Idempotency-Key" = Option<String>, Header, description = "A repeat is answered `already_shown`.")),
    request_body = NewClientToken,
    responses((status = 201, description = "Issued.", body = Placed<Issued>), Changing))]
pub(super) async fn issue(
    State(app): State<App>,
    session: Session,
    Path(client): Path<ClientId>,
    Change { body, repeat }: Change<NewClientToken>,
) -> Result<Response, Problem> {
    let wish = wish(body.scopes, body.days);
    let act = IssueClientToken { credential: session.credential.clone(), client, wish };
    perform(&app, &session, &repeat, act, move |issued| {
        Answer::created(format!("/v1/clients/{client}/tokens/{}", issued.token), Issued::from(issued))
    })
    .await
}

/// End a program's token.
///
/// Dead at its next request, on every server. Sessions that it opened go on: remove the program to end them.
#[utoipa::path(delete, path = "/v1/clients/{client}/tokens/{token}", tag = "programs",
    operation_id = "revoke_client_token", security(("bearer" = [])),
    params(("client" = String, Path, description = "`cli_…`"), ("token" = String, Path, description = "`tok_…`")),
    responses((status = 204, description = "Ended.", headers(("Twofold-Position" = u64))), Changing))]
pub(super) async fn revoke(
    State(app): State<App>,
    session: Session,
    Path(TokenPath { client, token }): Path<TokenPath>,
) -> Result<Response, Problem> {
    let account = session.credential.account();
    let act = RevokeClientToken { credential: session.credential, client, token };
    Ok(no_content(&app.perform(account, session.context, act).await?))
}
