//! `POST /v1/thaws/text`: a code by SMS, to come back to a sign-in that is frozen.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use twofold_domain::ids::FactorId;
use twofold_infra::acts::TextThaw;
use utoipa::ToSchema;

use super::thaw::{by_link, parse};
use crate::app::App;
use crate::extract::Json;
use crate::problem::Problem;
use crate::routes::change::{Answer, Placed};
use crate::routes::door::Visitor;
use crate::routes::entry::TextShown;
use crate::routes::show::Secret;
use crate::routes::usual::Entering;

/// A link back, and to which number.
#[derive(Deserialize, ToSchema)]
#[schema(as = ThawText)]
#[serde(deny_unknown_fields)]
pub(super) struct Wished {
    /// The last segment of the link: `tfl_…`.
    token: Secret,
    /// The factor; the first number that is asked for if not said.
    #[schema(value_type = Option<String>)]
    factor: Option<FactorId>,
}

/// Send a code by SMS, to come back to a frozen sign-in with.
///
/// As at the sign-in: it is good for this way back only, once, for ten minutes, and asking again buys no further
/// tries. Codes `text_later` (429 with `Retry-After`), `not_texted` (409, or 429 where a budget is spent): `why` says
/// why, `instead` what else is taken.
#[utoipa::path(post, path = "/v1/thaws/text", tag = "recovery", operation_id = "text_for_thaw",
    request_body = Wished,
    responses((status = 200, description = "On its way.", body = Placed<TextShown>), Entering))]
pub(super) async fn text(
    State(app): State<App>,
    Visitor(context): Visitor,
    Json(body): Json<Wished>,
) -> Result<Response, Problem> {
    let act = |token| TextThaw { token, factor: body.factor };
    let done = by_link(&app, context, parse(&body.token)?, act).await?;
    Ok(Answer::ok(TextShown::from(done.reply)).at(done.position))
}
