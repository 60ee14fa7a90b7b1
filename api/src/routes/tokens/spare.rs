//! `GET /v1/hardware-tokens/spare`: the hardware tokens that nobody has.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use twofold_domain::ids::StockTokenId;
use twofold_domain::permission::Act as Deed;
use twofold_domain::reading::{Matter, Question};
use twofold_infra::acts::{ListStock, StockToken};
use utoipa::{IntoParams, ToSchema};

use super::list::TokenKind;
use crate::app::App;
use crate::as_of::Viewed;
use crate::extract::Query;
use crate::problem::Problem;
use crate::routes::as_of::now;
use crate::routes::door::Session;
use crate::routes::usual::Reading;

/// Tokens that are looked at for one page.
const PAGE: u32 = 100;

/// Which page.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// Where the page before said that there is more.
    #[param(value_type = Option<String>)]
    after: Option<StockTokenId>,
}

/// A hardware token that nobody has.
#[derive(Serialize, ToSchema)]
struct SpareShown {
    /// Which.
    #[schema(value_type = String)]
    id: StockTokenId,
    /// What is printed on it.
    serial: String,
    /// What it is.
    #[serde(flatten)]
    kind: TokenKind,
}

/// Tokens that nobody has.
#[derive(Serialize, ToSchema)]
pub(super) struct Spare {
    /// In the order in which they came; a page may have few.
    items: Vec<SpareShown>,
    /// Send it as `after` for what comes next; absent at the end.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<StockTokenId>,
}

/// The hardware tokens that nobody has, as of now only.
///
/// Each stands in a row beside the log, with its seed: no event names it, as its serial is nobody's to seal it for. One
/// that its holder removed, or lost by a reset or an erasure, is nobody's again. What came, what was handed out, and what was bound, `GET /v1/hardware-tokens`
/// says as of any instant.
#[utoipa::path(get, path = "/v1/hardware-tokens/spare", tag = "factors", security(("bearer" = [])), params(Asked),
    responses((status = 200, description = "A page of them.", body = Viewed<Spare>), Reading))]
pub(super) async fn spare(
    State(app): State<App>,
    session: Session,
    Query(Asked { after }): Query<Asked>,
) -> Result<Viewed<Spare>, Problem> {
    let me = session.reads(&app, Deed::ManageStock, Question::of(Matter::Stock)).await?;
    let seen = now(&app, me.account, &[]).await?;
    let act = ListStock { credential: session.credential.clone(), after, limit: PAGE };
    let looked_at = app.perform(session.credential.account(), session.context, act).await?.reply;
    let next = looked_at.last().map(|token| token.token).filter(|_| looked_at.len() == PAGE as usize);
    let spare = looked_at.into_iter().filter(|token| token.holder.is_none());
    Ok(seen.shows(Spare { items: spare.map(shown).collect(), next }))
}

fn shown(token: StockToken) -> SpareShown {
    let StockToken { token: id, serial, digits, algorithm, moves, .. } = token;
    SpareShown { id, serial, kind: TokenKind::of(digits, algorithm, moves) }
}
