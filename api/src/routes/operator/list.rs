//! `GET /v1/operator-grants`: what the operator is let do, until when, and why.

use std::collections::BTreeSet;

use axum::extract::State;
use serde::Serialize;
use twofold_domain::account::OperatorScope;
use twofold_domain::ids::{OperatorGrantId, UserId};
use twofold_domain::permission::Act as Deed;
use twofold_infra::acts::{ShownOperatorGrant, operator_grants};
use utoipa::ToSchema;

use crate::app::App;
use crate::as_of::Viewed;
use crate::problem::Problem;
use crate::routes::as_of::AsOf;
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
    responses((status = 200, description = "The grants that are alive.", body = Viewed<OperatorGrants>), Reading))]
pub(super) async fn list(
    State(app): State<App>,
    session: Session,
    asked: AsOf,
) -> Result<Viewed<OperatorGrants>, Problem> {
    let me = session.may(&app, Deed::ReadOperator).await?;
    let at = asked.stand(&app, me.account, &[]).await?;
    let alive = operator_grants(&app.desk, me.account, at.position(), at.instant()).await;
    let alive = alive.map_err(|error| app.problem_of(me.account, error))?;
    Ok(at.shows(OperatorGrants { grants: alive.into_iter().map(OperatorGrantShown::from).collect() }))
}
