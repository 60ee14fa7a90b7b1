//! Acts that take two: what waits, and the buttons to approve it, to carry it out, to cancel it.

use axum::response::Response;
use twofold_domain::account::{GuardedAct, Turn};
use twofold_domain::ids::ApprovalId;
use twofold_domain::permission::Act as Deed;
use twofold_domain::reading::{Matter, Question};
use twofold_infra::acts::{CancelApproval, Shown, UseApproval, waiting};

use super::door::{Door, Me, Said};
use super::names::Names;
use super::policy_form::Typed;
use super::refused::Refused;
use super::telling;
use crate::extract::{Path, Query};
use crate::pages::approvals::{Approvals, Waiting};
use crate::pages::frame::{Section, When};
use crate::pages::render;

/// What waits.
pub(super) async fn show(mut door: Door, Query(typed): Query<Typed>) -> Result<Response, Refused> {
    let me = door.enter(Deed::ReadApprovals).await?;
    let then = door.look_back(&typed, &door.path("approvals")).await?;
    door.shows(&me, Question::of(Matter::Approvals).as_of(door.asked_at())).await?;
    door.frame = door.frame.clone().section(Section::Approvals);
    let at = door.stands(&[]).await?;
    let open = waiting(&door.app.desk, door.account, at.position(), at.instant()).await?;
    let mut rows = Vec::with_capacity(open.len());
    for shown in open {
        rows.push(row(&door, &me, shown).await?);
    }
    Ok(render(&Approvals { f: door.frame.clone(), then, rows }))
}

async fn row(door: &Door, me: &Me, shown: Shown) -> Result<Waiting, Refused> {
    let Shown { approval, open, reason, identity, stands } = shown;
    let may = |deed| door.state.lets(me.principal.role, deed);
    let now = door.now();
    let turn = door.state.turn(&open, me.principal.user, me.principal.role, now).filter(|_| stands);
    let offered = |yes: bool, act: &str| door.offer(yes, &format!("approvals/{approval}/{act}"));
    let mut names = Names::default();
    let subject = match open.act.subject() {
        Some(user) => names.of(door, user).await?.shown(door),
        None => String::new(),
    };
    Ok(Waiting {
        act: telling::of_act(&door.frame, &open.act),
        subject,
        by: names.of(door, open.by).await?.shown(door),
        since: When::from(open.since),
        reason: reason.unwrap_or_default(),
        from: open.matures_at.map(When::from),
        until: When::from(open.expires_at),
        stands,
        own: open.by == me.principal.user && !door.is_past(),
        particulars: particulars(door, &open.act).into_iter().chain(identity).collect(),
        approve: offered(turn == Some(Turn::Approve), "approve"),
        carry_out: offered(turn == Some(Turn::CarryOut), "carry-out"),
        cancel: offered(may(Deed::CancelApproval), "cancel"),
    })
}

/// What it would do, beyond its name.
fn particulars(door: &Door, act: &GuardedAct) -> Vec<String> {
    let f = &door.frame;
    match act {
        GuardedAct::Disable { people } => vec![f.n("impact-reset", people)],
        GuardedAct::ResetOwner { compromise: true, .. } => vec![f.s("reset-compromise")],
        GuardedAct::ExemptOwner { until, .. } => vec![f.v("told-until", When::from(*until).plain)],
        GuardedAct::ChangeGovernance { to } => telling::governance(f, &door.state.governance, to),
        GuardedAct::DemoteOwner { to, .. } => vec![f.role(to.name())],
        GuardedAct::Suspend => vec![f.s("effect-suspend")],
        GuardedAct::CloseAccount => vec![f.s("effect-close-final")],
        GuardedAct::GrantOperator { scopes, hours, .. } => {
            let words = scopes.iter().map(|scope| telling::operator_scope(f, *scope));
            words.chain([f.n("operator-for-hours", *hours)]).collect()
        }
        GuardedAct::ResetOwner { .. }
        | GuardedAct::GrantOwnerRecovery { .. }
        | GuardedAct::ChangeOwnerIdentity { .. }
        | GuardedAct::Erase { .. }
        | GuardedAct::DeactivateOwner { .. }
        | GuardedAct::GrantOwner { .. }
        | GuardedAct::TransferOwnership { .. } => vec![],
    }
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
