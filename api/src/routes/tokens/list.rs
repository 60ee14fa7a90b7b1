//! `GET /v1/hardware-tokens`: what the log tells of the stock of hardware tokens.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use twofold_domain::factor::otp::OtpAlgorithm;
use twofold_domain::factor::token::Moves;
use twofold_domain::ids::{StockTokenId, UserId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::reading::{Matter, Question};
use twofold_projections::stock;
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::as_of::Viewed;
use crate::problem::Problem;
use crate::routes::as_of::AsOf;
use crate::routes::door::Session;
use crate::routes::factors::algorithm_name;
use crate::routes::show::open;
use crate::routes::usual::Reading;

/// Tokens of one page, and as many more as its last holder has.
const PAGE: usize = 100;

/// Which page.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// The last holder of the page before.
    #[param(value_type = Option<String>)]
    after: Option<UserId>,
}

/// A hardware token that somebody was handed and did not bind yet.
#[derive(Serialize, ToSchema)]
struct HandedShown {
    /// Which.
    #[schema(value_type = String)]
    id: StockTokenId,
    /// What is printed on it; absent once its holder was erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    serial: Option<String>,
    /// What it is.
    #[serde(flatten)]
    kind: TokenKind,
    /// To whom it was handed.
    #[schema(value_type = String)]
    holder: UserId,
}

/// What a hardware token is.
#[derive(Serialize, ToSchema)]
pub(super) struct TokenKind {
    /// `totp` or `hotp`.
    r#type: &'static str,
    /// Digits of a code.
    digits: u8,
    /// `SHA1`, `SHA256`, `SHA512`.
    algorithm: &'static str,
}

impl TokenKind {
    pub(super) const fn of(digits: u8, algorithm: OtpAlgorithm, moves: Moves) -> Self {
        let r#type = match moves {
            Moves::Clock { .. } => "totp",
            Moves::Counter { .. } => "hotp",
        };
        Self { r#type, digits, algorithm: algorithm_name(algorithm) }
    }
}

/// The stock, as far as events tell of it.
#[derive(Serialize, ToSchema)]
pub(super) struct Stock {
    /// Tokens that ever came.
    imported: u64,
    /// Tokens in somebody's hands that they have not bound.
    handed: u64,
    /// Tokens that somebody ever bound.
    bound: u64,
    /// Those in somebody's hands, in the order of their holders' ids.
    items: Vec<HandedShown>,
    /// Send it as `after` for what comes next; absent at the end.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<UserId>,
}

/// The stock of hardware tokens: how many came, who was handed which, and how many were bound.
///
/// Those that nobody has are in no event: `GET /v1/hardware-tokens/spare` lists them as of now.
#[utoipa::path(get, path = "/v1/hardware-tokens", tag = "factors", security(("bearer" = [])), params(Asked),
    responses((status = 200, description = "A page of it.", body = Viewed<Stock>), Reading))]
pub(super) async fn stock(
    State(app): State<App>,
    session: Session,
    asked: AsOf<Asked>,
) -> Result<Viewed<Stock>, Problem> {
    let me = session.may(&app, Deed::ManageStock).await?;
    let record = async |at| session.is_shown(&app, &me, Question::of(Matter::Stock).as_of(at)).await;
    let seen = asked.shown(&app, me.account, &[stock::NAME], record).await?;
    let (views, position) = (app.store().views(), seen.position());
    let counts = stock::counts(views, me.account, position).await?;
    let (holders, more) = stock::holders(views, me.account, position, asked.rest.after, PAGE).await?;
    let next = holders.last().map(|last| last.user_id).filter(|_| more);
    let mut items = vec![];
    for holder in holders {
        for (id, begun) in holder.handed.0 {
            let serial = match &begun.stock {
                Some(stock) => open(&app, me.account, holder.user_id, &stock.serial).await?,
                None => None,
            };
            let kind = TokenKind::of(begun.digits, begun.algorithm, begun.moves);
            items.push(HandedShown { id, serial, kind, holder: holder.user_id });
        }
    }
    let stock::Counts { imported, handed, bound } = counts;
    Ok(seen.shows(Stock { imported, handed, bound, items, next }))
}
