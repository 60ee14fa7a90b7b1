//! Acts that take two: what waits, and the buttons to approve it, to carry it out, to cancel it.

use axum::response::Response;
use twofold_domain::ids::ApprovalId;
use twofold_domain::permission::{Act as Deed, Need, need};
use twofold_infra::acts::{CancelApproval, ListApprovals, Shown, UseApproval};

use super::door::{Door, Me, Said};
use super::names::Names;
use super::refused::Refused;
use super::telling::guarded;
use crate::extract::Path;
use crate::pages::approvals::{Approvals, Waiting};
use crate::pages::frame::{Section, When};
use crate::pages::render;

/// What waits.
pub(super) async fn show(mut door: Door) -> Result<Response, Refused> {
    door.back = door.path("approvals");
    let me = door.enter(Deed::ReadApprovals).await?;
    door.frame = door.frame.clone().section(Section::Policy);
    let list = ListApprovals { credential: me.credential.clone() };
    let open = door.perform(list).await.map_err(|error| door.refuse(error))?.reply;
    let mut rows = Vec::with_capacity(open.len());
    for shown in open {
        rows.push(row(&door, &me, shown).await?);
    }
    Ok(render(&Approvals { f: door.frame.clone(), rows }))
}

async fn row(door: &Door, me: &Me, shown: Shown) -> Result<Waiting, Refused> {
    let Shown { approval, open, reason, stands } = shown;
    let may = |deed| need(me.principal.role, deed) != Need::Never;
    let (own, now) = (open.by == me.principal.user, door.now());
    let ripe = open.matures_at.is_some_and(|at| at <= now);
    let about = open.act.subject() == Some(me.principal.user);
    let path = |act: &str| door.path(&format!("approvals/{approval}/{act}"));
    let offered = |yes: bool, act: &str| if yes { path(act) } else { String::new() };
    let mut names = Names::default();
    let subject = match open.act.subject() {
        Some(user) => names.of(door, user).await?.shown(door),
        None => String::new(),
    };
    Ok(Waiting {
        act: door.frame.s(&format!("value-{}", guarded(&open.act).replace('_', "-"))),
        subject,
        by: names.of(door, open.by).await?.shown(door),
        since: When::from(open.since),
        reason: reason.unwrap_or_default(),
        from: open.matures_at.map(When::from),
        until: When::from(open.expires_at),
        stands,
        approve: offered(stands && !own && !about && may(Deed::Approve), "approve"),
        carry_out: offered(stands && own && ripe && may(Deed::Approve), "carry-out"),
        cancel: offered(may(Deed::CancelApproval), "cancel"),
    })
}

/// Approves, as a second owner.
pub(super) async fn approve(
    door: Door,
    Path((_, approval)): Path<(String, ApprovalId)>,
) -> Result<Response, Refused> {
    carry(door, approval, true).await
}

/// Carries out one's own, whose wait is over.
pub(super) async fn carry_out(
    door: Door,
    Path((_, approval)): Path<(String, ApprovalId)>,
) -> Result<Response, Refused> {
    carry(door, approval, false).await
}

async fn carry(mut door: Door, approval: ApprovalId, approves: bool) -> Result<Response, Refused> {
    door.back = door.path("approvals");
    let me = door.enter(Deed::Approve).await?;
    let devices = crate::routes::devices_of_subject(&door.app, door.account, approval).await?;
    let circle = door.app.circle(door.account).await?;
    let act = UseApproval { credential: me.credential, approval, approves, circle, devices };
    match door.perform(act).await {
        Ok(_) => Ok(door.go("approvals", Some(Said::CarriedOut))),
        Err(error) => Err(door.refuse(error)),
    }
}

/// Withdraws or refuses it.
pub(super) async fn cancel(
    mut door: Door,
    Path((_, approval)): Path<(String, ApprovalId)>,
) -> Result<Response, Refused> {
    door.back = door.path("approvals");
    let me = door.enter(Deed::CancelApproval).await?;
    match door.perform(CancelApproval { credential: me.credential, approval }).await {
        Ok(_) => Ok(door.go("approvals", Some(Said::Cancelled))),
        Err(error) => Err(door.refuse(error)),
    }
}
