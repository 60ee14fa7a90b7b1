//! `GET /v1/users/me/factors/{factor}`: one of one's own factors; its secret while it is being bound.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use twofold_domain::factor::FactorKind;
use twofold_domain::ids::FactorId;
use twofold_infra::acts::{ShowEnrolment, ShowKey};
use utoipa::ToSchema;

use super::list::own;
use super::shown::{FactorShown, Started};
use crate::app::App;
use crate::extract::{Json, Path};
use crate::problem::Problem;
use crate::routes::door::Session;
use crate::routes::usual::Reading;

/// A factor: while it is being bound with its secret, then without.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(super) enum Factor {
    /// Being bound, read by the session that began it.
    Pending(Started),
    /// Any other.
    Plain(FactorShown),
}

/// One of my factors.
///
/// The session that began its binding sees the secret until it is confirmed; nobody else ever does.
#[utoipa::path(get, path = "/v1/users/me/factors/{factor}", tag = "factors", security(("bearer" = [])),
    params(("factor" = String, Path, description = "`fac_…`")),
    responses((status = 200, description = "The factor.", body = Factor), Reading))]
pub(super) async fn one(
    State(app): State<App>,
    session: Session,
    Path(factor): Path<FactorId>,
) -> Result<Response, Problem> {
    let found = own(&app, &session).await?.into_iter().find(|f| f.id == factor);
    let found = found.ok_or_else(Problem::not_found)?;
    if found.state == "pending" {
        let (account, context) = (session.credential.account(), session.context.clone());
        let credential = session.credential.clone();
        // Another session sees that there is a binding, not its secret.
        let started = match found.kind {
            FactorKind::Webauthn => {
                let shown = app.desk.perform(account, context, ShowKey { credential, factor }).await;
                shown.map(|done| Started::from(&done.reply))
            }
            FactorKind::Totp | FactorKind::Token | FactorKind::Sms => {
                let shown = app.desk.perform(account, context, ShowEnrolment { credential, factor }).await;
                shown.map(|done| Started::from(&done.reply))
            }
        };
        if let Ok(started) = started {
            return Ok(Json(Factor::Pending(started)).into_response());
        }
    }
    Ok(Json(Factor::Plain(found)).into_response())
}
