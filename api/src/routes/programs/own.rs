//! `GET|POST /v1/api-tokens`, `DELETE /v1/api-tokens/{token}`: one's own API tokens.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use twofold_domain::account::TokenScope;
use twofold_domain::ids::TokenId;
use twofold_domain::permission::Act as Deed;
use twofold_domain::sealed::{TokenName, UserAgent};
use twofold_infra::acts::{IssueOwnToken, RevokeOwnToken};
use twofold_projections::integrations;
use utoipa::ToSchema;

use super::shown::{Issued, wish};
use crate::app::App;
use crate::as_of::Viewed;
use crate::extract::Path;
use crate::problem::Problem;
use crate::routes::as_of::AsOf;
use crate::routes::change::{Answer, Change, Placed, no_content, perform};
use crate::routes::door::Session;
use crate::routes::show::{Instant, open_bytes};
use crate::routes::usual::{Changing, Reading};

/// A token to issue to oneself.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewToken {
    /// What you call it: at most 100 characters.
    #[schema(example = "nightly export")]
    name: String,
    /// What it may be used for, within your role: `read_account`, `read_people`, `read_status`, `read_audit`,
    /// `export`, `manage_end_users`.
    #[schema(value_type = Vec<String>, example = json!(["read_status", "export"]))]
    scopes: BTreeSet<TokenScope>,
    /// How many days it lasts; 90 if not said.
    #[schema(minimum = 1, maximum = 365, example = 90)]
    days: Option<u32>,
}

/// One's own tokens.
#[derive(Serialize, ToSchema)]
pub(super) struct Tokens {
    items: Vec<OwnToken>,
}

/// One of one's own tokens.
#[derive(Serialize, ToSchema)]
pub(super) struct OwnToken {
    /// The token.
    #[schema(value_type = String)]
    id: TokenId,
    /// What it is called.
    name: Option<String>,
    /// What it may be used for.
    scopes: Vec<String>,
    /// When it was issued.
    issued_at: Instant,
    /// When it ends.
    expires_at: Option<Instant>,
    /// When it was last used; recorded at most hourly.
    last_used_at: Option<Instant>,
    /// By what.
    last_used_by: Option<String>,
}

/// Your API tokens that are good.
#[utoipa::path(get, path = "/v1/api-tokens", tag = "programs", operation_id = "own_tokens",
    security(("bearer" = [])),
    responses((status = 200, description = "The tokens.", body = Viewed<Tokens>), Reading))]
pub(super) async fn list(
    State(app): State<App>,
    session: Session,
    asked: AsOf,
) -> Result<Viewed<Tokens>, Problem> {
    let me = session.may(&app, Deed::ReadOwn).await?;
    let at = asked.stand(&app, me.account, &[integrations::NAME]).await?;
    let (person, now) = (at.user(&app, me.user).await?.state, at.instant());
    let mut items = vec![];
    let views = app.store().views();
    // The list has the names; whether a token is good, its person's history decides.
    let good: Vec<TokenId> =
        person.tokens.iter().filter(|(_, token)| token.good(now)).map(|(id, _)| *id).collect();
    for row in integrations::tokens(views, me.account, at.position(), &good).await? {
        items.push(OwnToken {
            id: row.token_id,
            name: open_bytes::<TokenName>(&app, me.account, me.user, row.name).await?,
            scopes: row.scopes.split_whitespace().map(str::to_owned).collect(),
            issued_at: row.issued_at.into(),
            expires_at: row.expires_at.map(Instant),
            last_used_at: row.last_used_at.map(Instant),
            last_used_by: open_bytes::<UserAgent>(&app, me.account, me.user, row.user_agent).await?,
        });
    }
    Ok(at.shows(Tokens { items }))
}

/// Issue an API token to yourself.
///
/// For team members. The token never does more than you may at the moment it is used, ends with your role, and
/// is shown this once; you are told by mail. Code `too_many` where you have 20.
#[utoipa::path(post, path = "/v1/api-tokens", tag = "programs", operation_id = "issue_own",
    security(("bearer" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "A repeat is answered `already_shown`.")),
    request_body = NewToken,
    responses((status = 201, description = "Issued.", body = Placed<Issued>), Changing))]
pub(super) async fn issue(
    State(app): State<App>,
    session: Session,
    Change { body, repeat }: Change<NewToken>,
) -> Result<Response, Problem> {
    let wish = wish(body.scopes, body.days);
    let act = IssueOwnToken { credential: session.credential.clone(), name: body.name, wish };
    perform(&app, &session, &repeat, act, |issued| {
        Answer::created(format!("/v1/api-tokens/{}", issued.token), Issued::from(issued))
    })
    .await
}

/// End one of your API tokens.
///
/// Dead at its next request, on every server.
#[utoipa::path(delete, path = "/v1/api-tokens/{token}", tag = "programs", operation_id = "revoke_own",
    security(("bearer" = [])),
    params(("token" = String, Path, description = "`tok_…`")),
    responses((status = 204, description = "Ended.", headers(("Twofold-Position" = u64))), Changing))]
pub(super) async fn revoke(
    State(app): State<App>,
    session: Session,
    Path(token): Path<TokenId>,
) -> Result<Response, Problem> {
    let account = session.credential.account();
    let act = RevokeOwnToken { credential: session.credential, token };
    Ok(no_content(&app.perform(account, session.context, act).await?))
}
