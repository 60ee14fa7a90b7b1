//! Closing the account for good: what it would end, and asking for it. It takes another owner, or a wait.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use twofold_domain::account::{Consent, Gist, GuardedAct};
use twofold_domain::permission::Act as Deed;
use twofold_infra::acts::{ActError, RequestAct};
use twofold_projections::overview;

use super::door::{Door, Me, Said};
use super::places::{AUDIENCES, owners};
use super::refused::Refused;
use crate::extract::Form;
use crate::pages::account::Confirm;
use crate::pages::frame::{Field, Section};
use crate::pages::render;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    #[serde(rename = "version")]
    _version: u64,
    #[serde(default)]
    reason: String,
}

/// Says what it would end.
pub(super) async fn ask(mut door: Door) -> Result<Response, Refused> {
    let me = door.enter(Deed::CloseAccount).await?;
    page(&door, &me, Field::default()).await
}

/// Asks for it.
pub(super) async fn close(mut door: Door, Form(asked): Form<Asked>) -> Result<Response, Refused> {
    door.back = door.path("close");
    let me = door.enter(Deed::CloseAccount).await?;
    let circle = door.app.circle(door.account).await?;
    let (credential, reason) = (me.credential.clone(), asked.reason.clone());
    match door.perform(RequestAct { credential, act: GuardedAct::CloseAccount, reason, circle }).await {
        Ok(_) => Ok(door.go("approvals", Some(Said::Waits))),
        Err(ActError::Field { .. }) => {
            let reason = Field { value: asked.reason, error: door.frame.s("reason-wrong") };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&door, &me, reason).await?).into_response())
        }
        Err(error) => Err(door.refuse(error)),
    }
}

async fn page(door: &Door, me: &Me, reason: Field) -> Result<Response, Refused> {
    let (f, now) = (&door.frame, door.now());
    door.caught_up(overview::NAME).await?;
    let seen = overview::overview(door.app.store().views(), door.account).await.map_err(ActError::from)?;
    let people: u64 = seen.as_ref().map_or(0, |o| o.people.values().sum());
    let enrolled = seen.map_or(0, |o| o.team_enrolled + o.end_users_enrolled);
    let ahead =
        AUDIENCES.into_iter().filter(|audience| door.state.demand(*audience).scheduled(now).is_some());
    let others = door.state.approvals.values().filter(|open| now < open.expires_at);
    let others = others.filter(|open| open.act != GuardedAct::CloseAccount).count();
    let mut effects = vec![
        f.n("effect-close-people", people),
        f.n("effect-close-enrolled", enrolled),
        f.n("effect-close-programs", door.state.clients.len()),
    ];
    let (ahead, others) = (ahead.count(), others);
    if ahead > 0 {
        effects.push(f.n("effect-close-schedules", ahead));
    }
    if others > 0 {
        effects.push(f.n("effect-close-approvals", others));
    }
    effects.extend(["effect-close-log", "effect-close-final"].map(|key| f.s(key)));
    effects.push(takes(door, me, GuardedAct::CloseAccount.gist()).await?);
    Ok(render(&Confirm {
        f: f.clone().section(Section::Policy),
        title: "confirm-close-title",
        subject: door.state.name().to_owned(),
        effects,
        findings: None,
        hidden: vec![],
        action: door.path("close"),
        version: door.version,
        reason_asked: true,
        reason_needed: true,
        reason,
        button: "confirm-close",
        compromise: false,
        danger: true,
        cancel: door.path("policy"),
    }))
}

/// What an act takes beside the reader's own word, as the domain has it now.
pub(super) async fn consent(door: &Door, me: &Me, act: Gist) -> Result<Consent, Refused> {
    let owners = owners(door).await?;
    Ok(door.state.consent_to(act, me.principal.user, &owners, door.now()))
}

/// The same in words.
pub(super) async fn takes(door: &Door, me: &Me, act: Gist) -> Result<String, Refused> {
    Ok(door.frame.s(match consent(door, me, act).await? {
        Consent::AtOnce => "takes-at-once",
        Consent::SecondOwner => "takes-second-owner",
        Consent::Wait(_) => "takes-wait",
    }))
}
