//! `DELETE /v1/operator-grants/{grant}`: end a grant to the operator before its time.

use axum::extract::State;
use axum::response::Response;
use twofold_domain::ids::OperatorGrantId;
use twofold_infra::acts::RevokeOperator;

use crate::app::App;
use crate::extract::Path;
use crate::problem::Problem;
use crate::routes::change::no_content;
use crate::routes::door::Session;
use crate::routes::usual::Changing;

/// End what the operator is let do.
///
/// At once, for owners and admins alike: it only ever takes leave away.
#[utoipa::path(delete, path = "/v1/operator-grants/{grant}", tag = "accounts", operation_id = "revoke_operator",
    security(("bearer" = [])), params(("grant" = String, Path, description = "`opg_…`")),
    responses((status = 204, description = "It is over."), Changing))]
pub(super) async fn revoke(
    State(app): State<App>,
    session: Session,
    Path(grant): Path<OperatorGrantId>,
) -> Result<Response, Problem> {
    let account = session.credential.account();
    let act = RevokeOperator { credential: session.credential, grant };
    let done = app.perform(account, session.context, act).await?;
    Ok(no_content(&done))
}
