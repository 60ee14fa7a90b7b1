//! How the account keeps its own powers in check.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use twofold_domain::account::{Governance, Guarded, REPAIR_WAIT_WITHIN};
use twofold_domain::permission::Act as Deed;
use twofold_domain::policy::{Audience, Role};
use twofold_infra::acts::{ActError, ChangeGovernance, Consented};
use twofold_projections::status;

use super::door::{Door, Me, Said};
use super::places::Roster;
use super::refused::Refused;
use super::then::linked;
use crate::extract::{Form, Query};
use crate::pages::frame::{Field, Section, Tone};
use crate::pages::then::Then;
use crate::pages::{governing, render};

/// A form as it was sent.
type Typed = BTreeMap<String, String>;

/// How it is.
pub(super) async fn show(mut door: Door, Query(typed): Query<Typed>) -> Result<Response, Refused> {
    let me = door.enter(Deed::ReadAccount).await?;
    door.caught_up(status::NAME).await?;
    let then = door.look_back(&typed, &door.path("policy/governance")).await?;
    page(&door, &me, None, Wrong::default(), then).await
}

/// Saves it. Taking acts out of dual control takes two itself.
pub(super) async fn save(mut door: Door, Form(typed): Form<Typed>) -> Result<Response, Refused> {
    door.back = door.path("policy/governance");
    let me = door.enter(Deed::ChangeGovernance).await?;
    let text = |name: &str| typed.get(name).cloned().unwrap_or_default();
    let on = |name: &str| typed.get(name).is_some_and(|value| value == "on");
    let acts = || Guarded::ALL.into_iter().filter(|act| on(&field(*act))).collect();
    let hours =
        text("repair_wait_hours").trim().parse().ok().filter(|hours| REPAIR_WAIT_WITHIN.contains(hours));
    // What always takes two is no field of the form.
    let to = Governance {
        admins_may_switch: on("admins_may_switch"),
        dual_control: (text("dual_control") == "chosen").then(acts),
        team_may_waive_both: on("team_may_waive_both"),
        issuers_see_codes: on("issuers_see_codes"),
        repair_wait_hours: hours.unwrap_or(door.state.governance.repair_wait_hours),
    }
    .whole();
    if hours.is_none() {
        let error = door.frame.vw("policy-range", REPAIR_WAIT_WITHIN.start(), REPAIR_WAIT_WITHIN.end());
        let hours = Some(Field { value: text("repair_wait_hours"), error });
        let wrong = Wrong { reason: Field::of(text("reason")), hours };
        let then = door.at_present("policy/governance").await?;
        let page = page(&door, &me, Some(to), wrong, then).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let act = ChangeGovernance {
        credential: me.credential.clone(),
        seen: text("version").parse().unwrap_or(0),
        to: to.clone(),
        reason: Some(text("reason")).filter(|reason| !reason.trim().is_empty()),
        circle: door.app.circle(door.account).await?,
    };
    match door.perform(act).await {
        Ok(done) => Ok(match done.reply {
            Consented::Waits(_) => door.go("approvals", Some(Said::Waits)),
            Consented::Done(_) if to == door.state.governance => {
                door.go("policy/governance", Some(Said::Unchanged))
            }
            Consented::Done(_) => door.go("policy/governance", Some(Said::Governed)),
        }),
        Err(ActError::Field { .. }) => {
            let reason = Field { value: text("reason"), error: door.frame.s("governance-reason-wrong") };
            let then = door.at_present("policy/governance").await?;
            let page = page(&door, &me, Some(to), Wrong { reason, hours: None }, then).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(ActError::Outdated { .. }) => {
            let text = door.frame.s("changed-meanwhile");
            door.frame = door.frame.clone().notice(Tone::Warn, text);
            let then = door.at_present("policy/governance").await?;
            let page = page(&door, &me, None, Wrong::default(), then).await?;
            Ok((StatusCode::CONFLICT, page).into_response())
        }
        Err(error) => Err(door.refuse(error)),
    }
}

fn field(act: Guarded) -> String {
    format!("guard_{}", <&str>::from(act))
}

pub(super) fn key(act: Guarded) -> String {
    format!("guarded-{}", <&str>::from(act).replace('_', "-"))
}

/// What was wrong with what was sent, and is shown as it was typed.
#[derive(Default)]
struct Wrong {
    reason: Field,
    hours: Option<Field>,
}

async fn page(
    door: &Door,
    me: &Me,
    typed: Option<Governance>,
    wrong: Wrong,
    then: Then,
) -> Result<Response, Refused> {
    let f = &door.frame;
    let roster = Roster::of(door).await?;
    let owners = &roster.owners;
    let now = door.state.governance.guards(owners);
    let shown = typed.unwrap_or_else(|| door.state.governance.clone());
    let ticked = shown.guards(owners);
    let words: Vec<String> = now.iter().map(|act| f.s(&key(*act))).collect();
    Ok(render(&governing::Governance {
        f: f.clone().section(Section::Policy),
        version: door.version,
        action: door.path("policy/governance"),
        back: linked(&then, &door.path("policy")),
        may_change: !door.is_past() && door.state.lets(me.principal.role, Deed::ChangeGovernance),
        concerns: governing::Concerns {
            admins: f.n("concerns-admins", roster.count(|role| role == Role::Admin)),
            owners: f.n("concerns-owners", owners.registered()),
            team: f.n("concerns-team", roster.count(|role| role.audience() == Audience::Team)),
        },
        admins_may_switch: shown.admins_may_switch,
        chosen: shown.dual_control.is_some(),
        acts: Guarded::ALL
            .into_iter()
            .map(|act| governing::Choice {
                name: field(act),
                key: key(act),
                on: ticked.contains(&act),
                fixed: act.is_always(),
            })
            .collect(),
        now: if words.is_empty() { f.s("governance-now-none") } else { words.join(", ") },
        team_may_waive_both: shown.team_may_waive_both,
        issuers_see_codes: shown.issuers_see_codes,
        repair_wait_hours: wrong.hours.unwrap_or_else(|| Field::of(shown.repair_wait_hours.to_string())),
        repair_wait_hint: format!(
            "{} {} {}",
            f.n("governance-repair-default", Governance::default().repair_wait_hours),
            f.vw("governance-repair-hint", REPAIR_WAIT_WITHIN.start(), REPAIR_WAIT_WITHIN.end()),
            f.n("concerns-everyone", roster.count(|_| true)),
        ),
        reason: wrong.reason,
        then,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::Language;

    #[test]
    fn every_act_of_dual_control_has_words() {
        for language in Language::ALL {
            for act in Guarded::ALL {
                for key in [key(act), format!("{}-hint", key(act)), "governance-fixed".to_owned()] {
                    assert_ne!(language.say(&key), key, "{}", language.tag());
                }
            }
        }
    }
}
