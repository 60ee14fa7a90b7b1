//! `POST /v1/users/me/factors/{factor}/mailed-code`: have another code mailed for a first binding.

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use twofold_domain::ids::FactorId;
use twofold_infra::acts::MailCode;
use utoipa::ToSchema;

use crate::app::App;
use crate::extract::Path;
use crate::problem::Problem;
use crate::routes::change::{Answer, Change, Empty, Placed, Repeatably, perform};
use crate::routes::door::Session;
use crate::routes::show::Instant;
use crate::routes::usual::Changing;

/// A code that was mailed.
#[derive(Serialize, ToSchema)]
#[schema(as = BindingCodeMailed)]
pub(super) struct Mailed {
    /// When it ends. Codes mailed before stay good until their own end.
    expires_at: Instant,
}

impl Repeatably for Mailed {
    fn repeated(self) -> Self {
        self
    }
}

/// Mail another code for the first factor under way.
///
/// At most one a minute, and three that are still good: code `mail_later` with `Retry-After`. Asking
/// again buys no further tries. Code `no_enrolment` where this factor is not being bound.
#[utoipa::path(post, path = "/v1/users/me/factors/{factor}/mailed-code", tag = "factors",
    security(("bearer" = [])),
    params(("factor" = String, Path, description = "`fac_…`"),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeats are answered as before.")),
    responses((status = 200, description = "On its way.", body = Placed<Mailed>), Changing))]
pub(super) async fn mail_code(
    State(app): State<App>,
    session: Session,
    Path(factor): Path<FactorId>,
    Change { repeat, .. }: Change<Empty>,
) -> Result<Response, Problem> {
    let act = MailCode { credential: session.credential.clone(), factor: Some(factor) };
    perform(&app, &session, &repeat, act, |at| Answer::ok(Mailed { expires_at: (*at).into() })).await
}
