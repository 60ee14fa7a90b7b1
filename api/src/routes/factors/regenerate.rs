//! `POST /v1/users/me/recovery-codes/regenerate`: new recovery codes; the old ones die at once.

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use twofold_infra::acts::RegenerateCodes;
use utoipa::ToSchema;

use crate::app::App;
use crate::problem::Problem;
use crate::routes::change::{Answer, Change, Empty, Placed, Repeatably, perform};
use crate::routes::door::Session;
use crate::routes::show::Secret;
use crate::routes::usual::Changing;

/// New recovery codes.
#[derive(Serialize, ToSchema)]
pub(super) struct NewCodes {
    /// Shown now and never again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    recovery_codes: Vec<Secret>,
    /// The request was repeated: they were shown.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    already_shown: bool,
}

impl Repeatably for NewCodes {
    fn repeated(self) -> Self {
        Self { recovery_codes: vec![], already_shown: true }
    }
}

/// Replace my recovery codes.
///
/// Takes a session that was stepped up. Code `not_enrolled` without a second factor.
#[utoipa::path(post, path = "/v1/users/me/recovery-codes/regenerate", tag = "factors",
    security(("bearer" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "A repeat shows no code again.")),
    responses((status = 200, description = "The new codes.", body = Placed<NewCodes>), Changing))]
pub(super) async fn regenerate(
    State(app): State<App>,
    session: Session,
    Change { repeat, .. }: Change<Empty>,
) -> Result<Response, Problem> {
    let act = RegenerateCodes { credential: session.credential.clone() };
    perform(&app, &session, &repeat, act, |codes| {
        let recovery_codes = codes.iter().map(|code| Secret::from(code.clone())).collect();
        Answer::ok(NewCodes { recovery_codes, already_shown: false })
    })
    .await
}
