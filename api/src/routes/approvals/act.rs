//! `POST /v1/approvals/{approval}/approve|carry-out|cancel`.

use axum::extract::State;
use axum::response::Response;
use twofold_domain::ids::{ApprovalId, StreamId};
use twofold_domain::permission::Act as Deed;
use twofold_infra::acts::{CancelApproval, UseApproval};
use twofold_projections::directory;

use crate::app::App;
use crate::extract::Path;
use crate::problem::Problem;
use crate::routes::change::{Answer, Change, Empty, Nothing, Placed, Repeat, perform};
use crate::routes::door::Session;
use crate::routes::usual::Changing;

/// Approve an act as a second owner. It is carried out at once.
///
/// Everything is asked again: whether who asked may still do it, and whether it is still what was asked for.
/// Code `another_owner_needed` for one's own request or one's own matter, `overtaken` where it does not stand
/// any more, `people_changed` where a disable would reset more people than were named.
#[utoipa::path(post, path = "/v1/approvals/{approval}/approve", tag = "approvals", security(("bearer" = [])),
    params(("approval" = String, Path, description = "`apr_…`"),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeats are answered as before.")),
    responses((status = 200, description = "It is done.", body = Placed<Nothing>), Changing))]
pub(super) async fn approve(
    State(app): State<App>,
    session: Session,
    Path(approval): Path<ApprovalId>,
    Change { repeat, .. }: Change<Empty>,
) -> Result<Response, Problem> {
    carry(&app, &session, approval, true, &repeat).await
}

/// Carry out an act of one's own whose wait is over.
///
/// Code `not_due` before, `not_yours` for another's request, `another_owner_needed` where somebody can approve it.
#[utoipa::path(post, path = "/v1/approvals/{approval}/carry-out", tag = "approvals",
    security(("bearer" = [])),
    params(("approval" = String, Path, description = "`apr_…`"),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeats are answered as before.")),
    responses((status = 200, description = "It is done.", body = Placed<Nothing>), Changing))]
pub(super) async fn carry_out(
    State(app): State<App>,
    session: Session,
    Path(approval): Path<ApprovalId>,
    Change { repeat, .. }: Change<Empty>,
) -> Result<Response, Problem> {
    carry(&app, &session, approval, false, &repeat).await
}

/// Withdraw or refuse an act that waits.
///
/// Any owner or admin may: it only ever keeps things as they are.
#[utoipa::path(post, path = "/v1/approvals/{approval}/cancel", tag = "approvals", security(("bearer" = [])),
    params(("approval" = String, Path, description = "`apr_…`"),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeats are answered as before.")),
    responses((status = 200, description = "It is cancelled.", body = Placed<Nothing>), Changing))]
pub(super) async fn cancel(
    State(app): State<App>,
    session: Session,
    Path(approval): Path<ApprovalId>,
    Change { repeat, .. }: Change<Empty>,
) -> Result<Response, Problem> {
    let act = CancelApproval { credential: session.credential.clone(), approval };
    perform(&app, &session, &repeat, act, |()| Answer::ok(Nothing {})).await
}

async fn carry(
    app: &App,
    session: &Session,
    approval: ApprovalId,
    approves: bool,
    repeat: &Repeat,
) -> Result<Response, Problem> {
    let me = session.may(app, Deed::Approve).await?;
    let act = UseApproval {
        credential: session.credential.clone(),
        approval,
        approves,
        circle: app.circle(me.account).await?,
        devices: devices_of_subject(app, me.account, approval).await?,
    };
    perform(app, session, repeat, act, |_| Answer::ok(Nothing {})).await
}

/// The devices that are forsaken with an erasure: the directory must know every one.
pub(crate) async fn devices_of_subject(
    app: &App,
    account: twofold_domain::ids::AccountId,
    approval: ApprovalId,
) -> Result<Vec<twofold_domain::ids::DeviceId>, Problem> {
    let state = app.desk.log().accounts.load(StreamId::account(account)).await?.state;
    let open = state.open_approval(approval, app.now_of(account));
    let Some(user) = open.and_then(|open| open.act.subject()) else { return Ok(vec![]) };
    app.caught_up(directory::NAME, account, app.position(account).await?).await?;
    let devices = directory::devices(app.store().views(), account, user).await?;
    Ok(devices.into_iter().map(|row| row.device_id).collect())
}
