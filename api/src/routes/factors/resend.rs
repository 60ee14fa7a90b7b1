//! `POST /v1/users/me/factors/{factor}/resend`: have another code sent to a number that is being bound.

use axum::extract::State;
use axum::response::Response;
use twofold_domain::ids::FactorId;
use twofold_infra::acts::{TextFor, TextHere};

use crate::app::App;
use crate::extract::Path;
use crate::problem::Problem;
use crate::routes::change::{Answer, Change, Empty, Placed, Repeatably, perform};
use crate::routes::door::Session;
use crate::routes::entry::TextShown;
use crate::routes::usual::Changing;

impl Repeatably for TextShown {
    fn repeated(self) -> Self {
        self
    }
}

/// Send another code to the number that is being bound.
///
/// At most one a minute, and three that are still good: code `text_later` with `Retry-After`. Codes sent before
/// stay good until their own end; asking again buys no further tries. Code `not_texted` where none can be sent.
#[utoipa::path(post, path = "/v1/users/me/factors/{factor}/resend", tag = "factors",
    security(("bearer" = [])),
    params(("factor" = String, Path, description = "`fac_…`"),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeats are answered as before.")),
    responses((status = 200, description = "On its way.", body = Placed<TextShown>), Changing))]
pub(super) async fn resend(
    State(app): State<App>,
    session: Session,
    Path(factor): Path<FactorId>,
    Change { repeat, .. }: Change<Empty>,
) -> Result<Response, Problem> {
    let credential = session.credential.clone();
    let act = TextHere { credential, factor: Some(factor), purpose: TextFor::Confirm };
    perform(&app, &session, &repeat, act, |text| Answer::ok(TextShown::from(text.clone()))).await
}
