//! `GET /v1/operator-grants`: what the operator is let do, until when, and why.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use twofold_domain::account::OperatorScope;
use twofold_domain::ids::{OperatorGrantId, UserId};
use twofold_infra::acts::{ListOperatorGrants, ShownOperatorGrant};
use utoipa::ToSchema;

use crate::app::App;
use crate::extract::Json;
use crate::problem::Problem;
use crate::routes::door::Session;
use crate::routes::show::Instant;
use crate::routes::usual::Reading;

/// A grant that is alive.
#[derive(Serialize, ToSchema)]
struct OperatorGrantShown {
    /// Its id.
    #[schema(value_type = String)]
    id: OperatorGrantId,
    /// What for: of `link`, `unlock`, `read`, `import`.
    #[schema(value_type = Vec<String>)]
    scopes: BTreeSet<OperatorScope>,
    /// Why; absent once who granted it was erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// Who granted it.
    #[schema(value_type = String)]
    granted_by: UserId,
    /// When.
    granted_at: Instant,
    /// When it ends by itself.
    until: Instant,
}

impl From<ShownOperatorGrant> for OperatorGrantShown {
    fn from(ShownOperatorGrant { grant, of, reason }: ShownOperatorGrant) -> Self {
        Self {
            id: grant,
            scopes: of.scopes,
            reason,
            granted_by: of.by,
            granted_at: Instant(of.since),
            until: Instant(of.until),
        }
    }
}

/// The grants that are alive.
#[derive(Serialize, ToSchema)]
pub(super) struct OperatorGrants {
    /// Each. What was done by them stands in the audit log, as `OperatorActed`.
    grants: Vec<OperatorGrantShown>,
}

/// What the operator of the installation is let do in this account.
///
/// They have no role in it. Without a grant that names it, the command line does nothing inside the account but make
/// the first link of owners who never came in.
#[utoipa::path(get, path = "/v1/operator-grants", tag = "accounts", operation_id = "operator_grants",
    security(("bearer" = [])),
    responses((status = 200, description = "The grants that are alive.", body = OperatorGrants), Reading))]
pub(super) async fn list(State(app): State<App>, session: Session) -> Result<Response, Problem> {
    let act = ListOperatorGrants { credential: session.credential.clone() };
    let done = app.perform(session.credential.account(), session.context, act).await?;
    let grants = done.reply.into_iter().map(OperatorGrantShown::from).collect();
    Ok(Json(OperatorGrants { grants }).into_response())
}
