//! `GET /v1/approvals[/{approval}]`: what waits for a second approval, or for its time.

use axum::extract::State;
use serde::Serialize;
use twofold_domain::account::GuardedAct;
use twofold_domain::ids::{ApprovalId, UserId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::reading::{Matter, Question};
use twofold_infra::acts::{ListApprovals, ShowApproval, Shown};
use utoipa::ToSchema;

use crate::app::App;
use crate::extract::{Json, Path};
use crate::problem::Problem;
use crate::routes::door::Session;
use crate::routes::show::Instant;
use crate::routes::usual::Reading;

/// An act that waits.
#[derive(Serialize, ToSchema)]
pub(super) struct ApprovalShown {
    /// Its id.
    #[schema(value_type = String)]
    id: ApprovalId,
    /// `disable`, `suspend`, `reset_owner`, `exempt_owner`, `erase`, `grant_owner`, `transfer_ownership`,
    /// `close_account`, `change_governance`, `grant_owner_recovery`, `change_owner_identity`.
    act: &'static str,
    /// Whom it is about.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<UserId>,
    /// For `disable`: at most so many people are reset.
    #[serde(skip_serializing_if = "Option::is_none")]
    people: Option<u64>,
    /// For `change_owner_identity`: the address, or the provider and who they are there.
    #[serde(skip_serializing_if = "Option::is_none")]
    identity: Option<String>,
    /// Who asked.
    #[schema(value_type = String)]
    requested_by: UserId,
    /// When.
    requested_at: Instant,
    /// Why, in their words; absent once they were erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// From when whoever asked can carry it out alone; absent where another owner must approve it.
    #[serde(skip_serializing_if = "Option::is_none")]
    matures_at: Option<Instant>,
    /// When the request ends.
    expires_at: Instant,
    /// Whether who asked may still do it, and it can still be done.
    stands: bool,
}

impl From<Shown> for ApprovalShown {
    fn from(shown: Shown) -> Self {
        let Shown { approval, open, reason, identity, stands } = shown;
        let people = match open.act {
            GuardedAct::Disable { people } => Some(people),
            _ => None,
        };
        Self {
            id: approval,
            act: open.act.word(),
            user: open.act.subject(),
            identity,
            people,
            requested_by: open.by,
            requested_at: Instant(open.since),
            reason,
            matures_at: open.matures_at.map(Instant),
            expires_at: Instant(open.expires_at),
            stands,
        }
    }
}

/// Everything that waits, the oldest first.
#[derive(Serialize, ToSchema)]
pub(super) struct Approvals {
    /// At most fifty.
    approvals: Vec<ApprovalShown>,
}

/// What waits for a second approval, or for its time.
#[utoipa::path(get, path = "/v1/approvals", tag = "approvals", security(("bearer" = [])),
    responses((status = 200, description = "Everything that waits.", body = Approvals), Reading))]
pub(super) async fn list(State(app): State<App>, session: Session) -> Result<Json<Approvals>, Problem> {
    session.reads(&app, Deed::ReadApprovals, Question::of(Matter::Approvals)).await?;
    let act = ListApprovals { credential: session.credential.clone() };
    let done = app.perform(session.credential.account(), session.context, act).await?;
    Ok(Json(Approvals { approvals: done.reply.into_iter().map(Into::into).collect() }))
}

/// One act that waits.
#[utoipa::path(get, path = "/v1/approvals/{approval}", tag = "approvals", security(("bearer" = [])),
    params(("approval" = String, Path, description = "`apr_…`")),
    responses((status = 200, description = "It waits.", body = ApprovalShown), Reading))]
pub(super) async fn one(
    State(app): State<App>,
    session: Session,
    Path(approval): Path<ApprovalId>,
) -> Result<Json<ApprovalShown>, Problem> {
    session.reads(&app, Deed::ReadApprovals, Question::of(Matter::Approvals)).await?;
    let act = ShowApproval { credential: session.credential.clone(), approval };
    let done = app.perform(session.credential.account(), session.context, act).await?;
    Ok(Json(done.reply.into()))
}
