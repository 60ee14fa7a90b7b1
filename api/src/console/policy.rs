//! The policy of each audience.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use twofold_domain::account::{AccountError, Change, PolicyError, Switch, Unconfirmed};
use twofold_domain::permission::{Act as Deed, Need, need};
use twofold_domain::policy::{Audience, OutOfRange};
use twofold_infra::acts::{ActError, ChangePolicies};
use twofold_projections::overview::{self, Overview};

use super::door::{Door, Me, Said};
use super::policy_form::Typed;
use super::refused::Refused;
use super::{policy_form, previewed, words};
use crate::extract::{Form, Path};
use crate::pages::account::{AudienceForm, Confirm, Policy};
use crate::pages::frame::{Field, Section, Tone};
use crate::pages::render;
use crate::problem::Problem;

/// A form that was refused, and the field at fault.
struct Faulty {
    audience: Audience,
    typed: Typed,
    field: &'static str,
    error: String,
}

/// Both policies and the switch.
pub(super) async fn show(mut door: Door) -> Result<Response, Refused> {
    let me = door.enter(Deed::ReadAccount).await?;
    page(&door, &me, None).await
}

/// Saves the policy of one audience. What it does to people is shown first, and confirmed.
pub(super) async fn save(
    mut door: Door,
    Path((_, audience)): Path<(String, String)>,
    Form(mut typed): Form<Typed>,
) -> Result<Response, Refused> {
    door.back = door.path("policy");
    let me = door.enter(Deed::ChangePolicy).await?;
    let (key, audience) = match audience.as_str() {
        "team" => ("team", Audience::Team),
        "end-users" => ("end-users", Audience::EndUsers),
        _ => return Err(Problem::not_found().into()),
    };
    let seen: u64 = typed.remove("version").and_then(|text| text.parse().ok()).unwrap_or(0);
    let statement = typed.remove("confirmation").and_then(|text| previewed::statement(&text));
    typed.remove("reason");
    let policy = match policy_form::read(&typed, door.state.policy(audience, door.now()), &door.state) {
        Ok(policy) => policy,
        Err(field) => {
            let error = door.frame.s("policy-number");
            return faulty(&door, &me, Faulty { audience, typed, field, error }).await;
        }
    };
    let policies = BTreeMap::from([(audience, policy)]);
    let change = Change::Policy(policies.clone());
    let act = ChangePolicies { credential: me.credential.clone(), seen, policies, statement };
    match door.perform(act).await {
        Ok(done) if done.reply.0 == seen => Ok(door.go("policy", Some(Said::Unchanged))),
        Ok(_) => Ok(door.go("policy", Some(Said::Saved))),
        Err(ActError::Account(AccountError::Policy(OutOfRange { field, min, max, .. }))) => {
            let error = door.frame.vw("policy-range", min, max);
            faulty(&door, &me, Faulty { audience, typed, field, error }).await
        }
        Err(ActError::Account(AccountError::Demand(PolicyError::BelowFloor { field, .. }))) => {
            let error = door.frame.s("policy-below-floor");
            if policy_form::is_figure(field) {
                return faulty(&door, &me, Faulty { audience, typed, field, error }).await;
            }
            door.frame = door.frame.clone().notice(Tone::Warn, error);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&door, &me, None).await?).into_response())
        }
        Err(ActError::Account(AccountError::Unconfirmed(why))) => {
            let status = match why {
                Unconfirmed::Unseen { .. } => StatusCode::OK,
                Unconfirmed::Moved(_) => {
                    let text = door.frame.s("changed-meanwhile");
                    door.frame = door.frame.clone().notice(Tone::Warn, text);
                    StatusCode::CONFLICT
                }
            };
            Ok((status, confirm(&door, &me, key, typed, seen, &change).await?).into_response())
        }
        Err(ActError::Outdated { .. }) => {
            let text = door.frame.s("changed-meanwhile");
            door.frame = door.frame.clone().notice(Tone::Warn, text);
            Ok((StatusCode::CONFLICT, page(&door, &me, None).await?).into_response())
        }
        Err(error) => Err(door.refuse(error)),
    }
}

/// Says whom the change concerns, and asks.
async fn confirm(
    door: &Door,
    me: &Me,
    key: &str,
    typed: Typed,
    version: u64,
    change: &Change,
) -> Result<Response, Refused> {
    Ok(render(&Confirm {
        f: door.frame.clone().section(Section::Policy),
        title: "confirm-policy-title",
        subject: String::new(),
        effects: vec![],
        findings: Some(previewed::findings(door, me, change).await?),
        hidden: typed.into_iter().collect(),
        action: door.path(&format!("policy/{key}")),
        version,
        reason_asked: false,
        reason_needed: false,
        reason: Field::default(),
        button: "confirm-policy",
        compromise: false,
        danger: false,
        cancel: door.path("policy"),
    }))
}

async fn faulty(door: &Door, me: &Me, faulty: Faulty) -> Result<Response, Refused> {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(door, me, Some(faulty)).await?).into_response())
}

async fn page(door: &Door, me: &Me, faulty: Option<Faulty>) -> Result<Response, Refused> {
    door.caught_up(overview::NAME).await?;
    let seen = overview::overview(door.app.store().views(), door.account).await.map_err(ActError::from)?;
    let may = |deed| need(me.principal.role, deed) != Need::Never;
    let since = match door.state.switch {
        Switch::On => None,
        Switch::Suspended { since, .. } | Switch::Off { since } => Some(since.into()),
    };
    let offer = |word: &str, when: bool| {
        if when { door.path(&format!("policy/switch/{word}")) } else { String::new() }
    };
    let on = matches!(door.state.switch, Switch::On);
    let off = matches!(door.state.switch, Switch::Off { .. });
    let form = |audience| audience_form(door, audience, seen.as_ref(), faulty.as_ref());
    Ok(render(&Policy {
        audiences: vec![form(Audience::Team), form(Audience::EndUsers)],
        f: door.frame.clone().section(Section::Policy),
        version: door.version,
        switch: words::switch(door.state.switch),
        since,
        enrolled: seen.map_or(0, |o| o.team_enrolled + o.end_users_enrolled),
        disable: offer("disable", !off),
        suspend: offer("suspend", on),
        resume: offer("resume", !on && !off),
        enable: offer("enable", off),
        may_change: may(Deed::ChangePolicy),
        may_switch: may(Deed::SwitchAccount),
    }))
}

fn audience_form(
    door: &Door,
    audience: Audience,
    seen: Option<&Overview>,
    faulty: Option<&Faulty>,
) -> AudienceForm {
    let f = &door.frame;
    let (key, title) = match audience {
        Audience::Team => ("team", "policy-members"),
        Audience::EndUsers => ("end-users", "policy-users"),
    };
    let faulty = faulty.filter(|faulty| faulty.audience == audience);
    let policy = door.state.policy(audience, door.now());
    let now = policy_form::of(policy);
    let typed = faulty.map_or(&now, |faulty| &faulty.typed);
    let fault = faulty.map(|faulty| (faulty.field, faulty.error.as_str()));
    let of_audience = |(role, _): &(&twofold_domain::policy::Role, &u64)| role.audience() == audience;
    let people: u64 = seen.map_or(0, |o| o.people.iter().filter(of_audience).map(|(_, n)| *n).sum());
    let enrolled = seen.map_or(0, |o| match audience {
        Audience::Team => o.team_enrolled,
        Audience::EndUsers => o.end_users_enrolled,
    });
    let text = |name: &str| typed.get(name).cloned().unwrap_or_default();
    AudienceForm {
        key,
        title,
        action: door.path(&format!("policy/{key}")),
        required: typed.contains_key("required"),
        affected: format!(
            "{} {}",
            f.n("policy-people", people),
            f.n("policy-without", people.saturating_sub(enrolled))
        ),
        meant: policy_form::meant(f, audience, &door.state, typed),
        figures: policy_form::figures(f, audience, key, typed, fault),
        choices: policy_form::choices(f, audience, typed),
        password_api: text("password_api"),
        password_until: Field {
            value: text("password_until"),
            error: fault.filter(|(at, _)| *at == "password_until").map_or("", |(_, e)| e).to_owned(),
        },
        scheduled: door
            .state
            .demand(audience)
            .scheduled(door.now())
            .map(|ahead| f.v("policy-scheduled", ahead.begins_at)),
    }
}
