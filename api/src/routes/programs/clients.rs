//! `GET|POST /v1/clients`, `DELETE /v1/clients/{client}`: programs that use the API in their own name.

use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use twofold_domain::ids::{ClientId, TokenId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::reading::{Matter, Question};
use twofold_infra::acts::{RegisterClient, RemoveClient};
use twofold_projections::integrations;
use utoipa::ToSchema;

use crate::app::App;
use crate::as_of::Viewed;
use crate::extract::Path;
use crate::problem::Problem;
use crate::routes::as_of::AsOf;
use crate::routes::change::{Answer, Change, Placed, Repeatably, no_content, perform};
use crate::routes::door::Session;
use crate::routes::reader::Reader;
use crate::routes::show::Instant;
use crate::routes::usual::{Changing, Reading};

/// A program to register.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewClient {
    /// Its name, 1 to 80 characters, unlike any other's; sessions that it opens show it.
    #[schema(example = "Help desk")]
    name: String,
}

/// A program that was registered.
#[derive(Serialize, ToSchema)]
#[schema(as = ClientRegistered)]
pub(super) struct Registered {
    /// The program.
    #[schema(value_type = String)]
    client: ClientId,
}

impl Repeatably for Registered {
    fn repeated(self) -> Self {
        self
    }
}

/// The programs.
#[derive(Serialize, ToSchema)]
pub(super) struct Clients {
    items: Vec<Program>,
}

/// A program.
#[derive(Serialize, ToSchema)]
pub(super) struct Program {
    /// The program.
    #[schema(value_type = String)]
    id: ClientId,
    /// Its name.
    name: String,
    /// Its tokens that are good.
    tokens: Vec<ClientToken>,
}

/// A token of a program.
#[derive(Serialize, ToSchema)]
pub(super) struct ClientToken {
    /// The token.
    #[schema(value_type = String)]
    id: TokenId,
    /// What it may be used for.
    scopes: Vec<&'static str>,
    /// When it ends.
    expires_at: Option<Instant>,
    /// When it was last used; recorded at most hourly.
    last_used_at: Option<Instant>,
}

/// The programs of the account.
#[utoipa::path(get, path = "/v1/clients", tag = "programs", operation_id = "clients",
    security(("bearer" = []), ("password" = [])),
    responses((status = 200, description = "The programs, by name.", body = Viewed<Clients>), Reading))]
pub(super) async fn list(
    State(app): State<App>,
    reader: Reader,
    asked: AsOf,
) -> Result<Viewed<Clients>, Problem> {
    let me = reader.may(&app, Deed::ReadIntegrations).await?;
    let question = Question::of(Matter::Integrations);
    let record = async |at| reader.is_shown(&app, &me, question.as_of(at)).await;
    let at = asked.shown(&app, me.account, &[integrations::NAME], record).await?;
    let (account, now) = (at.account(&app).await?.state, at.instant());
    let good = account.clients.values().flat_map(|client| &client.tokens);
    let good: Vec<TokenId> = good.filter(|(_, token)| token.good(now)).map(|(id, _)| *id).collect();
    let rows = integrations::tokens(app.store().views(), me.account, at.position(), &good).await?;
    let used = |token: &TokenId| rows.iter().find(|row| row.token_id == *token)?.last_used_at;
    let mut items: Vec<Program> = account
        .clients
        .iter()
        .map(|(&id, client)| Program {
            id,
            name: client.name.clone(),
            tokens: client
                .tokens
                .iter()
                .filter(|(_, token)| token.good(now))
                .map(|(id, token)| ClientToken {
                    id: *id,
                    scopes: token.scopes.iter().map(|scope| scope.name()).collect(),
                    expires_at: token.expires_at.map(Instant),
                    last_used_at: used(id).map(Instant),
                })
                .collect(),
        })
        .collect();
    items.sort_by_cached_key(|client| client.name.to_lowercase());
    Ok(at.shows(Clients { items }))
}

/// Register a program.
///
/// It can do nothing before it has a token. Code `taken` where another has that name, `too_many` at 50.
#[utoipa::path(post, path = "/v1/clients", tag = "programs", operation_id = "register_client",
    security(("bearer" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "Repeats are answered as before.")),
    request_body = NewClient,
    responses((status = 201, description = "Registered.", body = Placed<Registered>), Changing))]
pub(super) async fn register(
    State(app): State<App>,
    session: Session,
    Change { body, repeat }: Change<NewClient>,
) -> Result<Response, Problem> {
    let act = RegisterClient { credential: session.credential.clone(), name: body.name };
    perform(&app, &session, &repeat, act, |client| {
        Answer::created(format!("/v1/clients/{client}"), Registered { client: *client })
    })
    .await
}

/// Remove a program.
///
/// Its tokens and every session that it vouched for end at their next request.
#[utoipa::path(delete, path = "/v1/clients/{client}", tag = "programs", operation_id = "remove_client",
    security(("bearer" = [])),
    params(("client" = String, Path, description = "`cli_…`")),
    responses((status = 204, description = "Removed.", headers(("Twofold-Position" = u64))), Changing))]
pub(super) async fn remove(
    State(app): State<App>,
    session: Session,
    Path(client): Path<ClientId>,
) -> Result<Response, Problem> {
    let account = session.credential.account();
    let act = RemoveClient { credential: session.credential, client };
    Ok(no_content(&app.perform(account, session.context, act).await?))
}
