//! `GET /v1/hardware-tokens`: the hardware tokens that nobody has bound.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use twofold_domain::factor::token::Moves;
use twofold_domain::ids::{StockTokenId, UserId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::reading::{Matter, Question};
use twofold_infra::acts::{ListStock, StockToken};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::as_of::Viewed;
use crate::extract::Query;
use crate::problem::Problem;
use crate::routes::as_of::now;
use crate::routes::door::Session;
use crate::routes::factors::algorithm_name;
use crate::routes::usual::Reading;

/// Tokens of one page.
const PAGE: u32 = 100;

/// Which page.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// The last token of the page before.
    #[param(value_type = Option<String>)]
    after: Option<StockTokenId>,
}

/// A hardware token.
#[derive(Serialize, ToSchema)]
struct TokenShown {
    /// Which.
    #[schema(value_type = String)]
    id: StockTokenId,
    /// What is printed on it.
    serial: String,
    /// `totp` or `hotp`.
    r#type: &'static str,
    /// Digits of a code.
    digits: u8,
    /// `SHA1`, `SHA256`, `SHA512`.
    algorithm: &'static str,
    /// To whom it was handed.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    holder: Option<UserId>,
}

/// The stock.
#[derive(Serialize, ToSchema)]
pub(super) struct Stock {
    /// In the order in which they came.
    items: Vec<TokenShown>,
    /// Ask for what comes after; absent at the end.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<StockTokenId>,
}

/// The stock of hardware tokens.
#[utoipa::path(get, path = "/v1/hardware-tokens", tag = "factors", security(("bearer" = [])), params(Asked),
    responses((status = 200, description = "A page of it.", body = Viewed<Stock>), Reading))]
pub(super) async fn stock(
    State(app): State<App>,
    session: Session,
    Query(Asked { after }): Query<Asked>,
) -> Result<Viewed<Stock>, Problem> {
    let me = session.reads(&app, Deed::ManageStock, Question::of(Matter::Stock)).await?;
    let seen = now(&app, me.account, &[]).await?;
    let act = ListStock { credential: session.credential.clone(), after, limit: PAGE };
    let done = app.perform(session.credential.account(), session.context, act).await?;
    let full = done.reply.len() == PAGE as usize;
    let next = done.reply.last().map(|token| token.token).filter(|_| full);
    Ok(seen.shows(Stock { items: done.reply.into_iter().map(shown).collect(), next }))
}

fn shown(token: StockToken) -> TokenShown {
    let StockToken { token: id, serial, digits, algorithm, moves, holder } = token;
    let r#type = match moves {
        Moves::Clock { .. } => "totp",
        Moves::Counter { .. } => "hotp",
    };
    TokenShown { id, serial, r#type, digits, algorithm: algorithm_name(algorithm), holder }
}
