//! The owner's floor: the loosest policy that administrators may save.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use twofold_domain::account::AccountError;
use twofold_domain::permission::Act as Deed;
use twofold_domain::policy::{Audience, AudiencePolicy, OutOfRange, Role};
use twofold_infra::acts::{ActError, SetFloors};
use twofold_projections::status;

use super::door::{Door, Me, Said};
use super::places::{AUDIENCES, Roster};
use super::policy_form::{self, Faulty, Typed};
use super::refused::Refused;
use super::then::linked;
use crate::extract::{Form, Path, Query};
use crate::pages::frame::{Section, Tone};
use crate::pages::then::Then;
use crate::pages::{governing, render};
use crate::problem::Problem;

/// Both floors.
pub(super) async fn show(mut door: Door, Query(typed): Query<Typed>) -> Result<Response, Refused> {
    let me = door.enter(Deed::ReadAccount).await?;
    door.caught_up(status::NAME).await?;
    let then = door.look_back(&typed, &door.path("policy/floor")).await?;
    page(&door, &me, None, then).await
}

/// Sets the floor of one audience, or takes it away.
pub(super) async fn save(
    mut door: Door,
    Path((_, audience)): Path<(String, String)>,
    Form(mut typed): Form<Typed>,
) -> Result<Response, Refused> {
    door.back = door.path("policy/floor");
    let me = door.enter(Deed::ChangeFloor).await?;
    let audience = policy_form::audience(&audience).ok_or_else(Problem::not_found)?;
    let seen: u64 = typed.remove("version").and_then(|text| text.parse().ok()).unwrap_or(0);
    let floor = if typed.remove("remove").is_some() {
        None
    } else {
        match policy_form::read(&typed, &base(&door, audience), &door.state) {
            Ok(floor) => Some(floor),
            Err(field) => {
                let error = door.frame.s("policy-number");
                return faulty(&mut door, &me, Faulty { audience, typed, field, error }).await;
            }
        }
    };
    let (before, after) = (door.state.demand(audience).floor.clone(), floor.clone());
    let act =
        SetFloors { credential: me.credential.clone(), seen, floors: BTreeMap::from([(audience, floor)]) };
    match door.perform(act).await {
        Ok(_) if before == after => Ok(door.go("policy/floor", Some(Said::Unchanged))),
        Ok(_) if after.is_none() => Ok(door.go("policy/floor", Some(Said::FloorGone))),
        Ok(_) => Ok(door.go("policy/floor", Some(Said::FloorSet))),
        Err(ActError::Account(AccountError::Policy(OutOfRange { field, min, max, .. }))) => {
            let error = door.frame.vw("policy-range", min, max);
            door.tell_fault(field, &error);
            faulty(&mut door, &me, Faulty { audience, typed, field, error }).await
        }
        Err(ActError::Outdated { .. }) => {
            let text = door.frame.s("changed-meanwhile");
            door.frame = door.frame.clone().notice(Tone::Warn, text);
            let then = door.at_present("policy/floor").await?;
            Ok((StatusCode::CONFLICT, page(&door, &me, None, then).await?).into_response())
        }
        Err(error) => Err(door.refuse(error)),
    }
}

/// What a form begins with: the floor, or a new account's policy.
fn base(door: &Door, audience: Audience) -> AudiencePolicy {
    door.state.demand(audience).floor.clone().unwrap_or(AudiencePolicy::of_new(audience))
}

async fn faulty(door: &mut Door, me: &Me, faulty: Faulty) -> Result<Response, Refused> {
    let then = door.at_present("policy/floor").await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(door, me, Some(faulty), then).await?).into_response())
}

async fn page(door: &Door, me: &Me, faulty: Option<Faulty>, then: Then) -> Result<Response, Refused> {
    let f = &door.frame;
    let admins = Roster::of(door).await?.count(|role| role == Role::Admin);
    let one = |audience| {
        let (key, _) = policy_form::audience_words(audience);
        let faulty = faulty.as_ref().filter(|faulty| faulty.audience == audience);
        let now = policy_form::of(&base(door, audience));
        let typed = faulty.map_or(&now, |faulty| &faulty.typed);
        let fault = faulty.map(|faulty| (faulty.field, faulty.error.as_str()));
        let action = door.path(&format!("policy/floor/{key}"));
        let floor = door.state.demand(audience).floor.as_ref();
        let policy = door.state.policy(audience, door.now());
        let looser = floor.map(|floor| policy.loosened(floor, door.now())).unwrap_or_default();
        governing::FloorForm {
            form: policy_form::sheet(f, audience, &door.state, action.clone(), typed, fault),
            set: floor.is_some(),
            looser: looser.into_iter().map(|field| f.s(policy_form::label(field))).collect(),
            remove: action,
        }
    };
    Ok(render(&governing::Floor {
        floors: AUDIENCES.map(one).to_vec(),
        f: f.clone().section(Section::Policy),
        version: door.version,
        back: linked(&then, &door.path("policy")),
        may_change: !door.is_past() && door.state.lets(me.principal.role, Deed::ChangeFloor),
        concerns: f.n("concerns-admins", admins),
        then,
    }))
}
