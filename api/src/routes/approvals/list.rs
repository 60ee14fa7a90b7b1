//! `GET /v1/approvals[/{approval}]`: what waits for a second approval, or for its time.

use axum::extract::State;
use serde::Serialize;
use twofold_domain::account::GuardedAct;
use twofold_domain::ids::{ApprovalId, UserId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::reading::{Matter, Question};
use twofold_infra::acts::{ActError, Shown, waiting};
use utoipa::ToSchema;

use crate::app::App;
use crate::as_of::{Standpoint, Viewed};
use crate::extract::Path;
use crate::problem::Problem;
use crate::routes::as_of::AsOf;
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
    responses((status = 200, description = "Everything that waits.", body = Viewed<Approvals>), Reading))]
pub(super) async fn list(
    State(app): State<App>,
    session: Session,
    asked: AsOf,
) -> Result<Viewed<Approvals>, Problem> {
    let (at, shown) = seen(&app, &session, &asked).await?;
    Ok(at.shows(Approvals { approvals: shown.into_iter().map(Into::into).collect() }))
}

/// One act that waits.
#[utoipa::path(get, path = "/v1/approvals/{approval}", tag = "approvals", security(("bearer" = [])),
    params(("approval" = String, Path, description = "`apr_…`")),
    responses((status = 200, description = "It waits.", body = Viewed<ApprovalShown>), Reading))]
pub(super) async fn one(
    State(app): State<App>,
    session: Session,
    Path(approval): Path<ApprovalId>,
    asked: AsOf,
) -> Result<Viewed<ApprovalShown>, Problem> {
    let (at, shown) = seen(&app, &session, &asked).await?;
    let found = shown.into_iter().find(|shown| shown.approval == approval);
    let found = found.ok_or_else(|| app.problem_of(at.account_id(), ActError::UnknownApproval))?;
    Ok(at.shows(found.into()))
}

/// What waited, for whoever may see it and is on record for it.
async fn seen(app: &App, session: &Session, asked: &AsOf) -> Result<(Standpoint, Vec<Shown>), Problem> {
    let me = session.may(app, Deed::ReadApprovals).await?;
    let question = Question::of(Matter::Approvals);
    let record = async |at| session.is_shown(app, &me, question.as_of(at)).await;
    let at = asked.shown(app, me.account, &[], record).await?;
    let shown = waiting(&app.desk, me.account, at.position(), at.instant()).await;
    Ok((at, shown.map_err(|error| app.problem_of(me.account, error))?))
}
