//! The policy of each audience.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use twofold_domain::account::{AccountError, Switch};
use twofold_domain::permission::{Act as Deed, Need, need};
use twofold_domain::policy::{Audience, AudiencePolicy, OutOfRange};
use twofold_infra::acts::{ActError, ChangePolicy};
use twofold_projections::overview::{self, Overview};

use super::door::{Door, Me, Said};
use super::refused::Refused;
use super::words;
use crate::extract::{Form, Path};
use crate::pages::account::{AudienceForm, Figure, Policy};
use crate::pages::frame::{Field, Section, Tone};
use crate::pages::render;
use crate::problem::Problem;

/// A form as it was sent: figures are text until they are read.
#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub(super) struct Typed {
    version: u64,
    #[serde(default)]
    required: String,
    #[serde(default)]
    grace_days: String,
    #[serde(default)]
    trust_days: String,
    #[serde(default)]
    stay_signed_in_days: String,
    #[serde(default)]
    idle_minutes: String,
    #[serde(default)]
    lifetime_hours: String,
}

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

/// Saves the policy of one audience.
pub(super) async fn save(
    mut door: Door,
    Path((_, audience)): Path<(String, String)>,
    Form(typed): Form<Typed>,
) -> Result<Response, Refused> {
    door.back = door.path("policy");
    let me = door.enter(Deed::ChangePolicy).await?;
    let audience = match audience.as_str() {
        "team" => Audience::Team,
        "end-users" => Audience::EndUsers,
        _ => return Err(Problem::not_found().into()),
    };
    let policy = match typed.read(door.state.policy(audience, door.app.now())) {
        Ok(policy) => policy,
        Err(field) => {
            let error = door.frame.s("policy-number");
            return faulty(&door, &me, Faulty { audience, typed, field, error }).await;
        }
    };
    let act = ChangePolicy { credential: me.credential.clone(), seen: typed.version, audience, policy };
    match door.perform(act).await {
        Ok(done) if done.reply == typed.version => Ok(door.go("policy", Some(Said::Unchanged))),
        Ok(_) => Ok(door.go("policy", Some(Said::Saved))),
        Err(ActError::Account(AccountError::Policy(OutOfRange { field, min, max, .. }))) => {
            let error = door.frame.vw("policy-range", min, max);
            faulty(&door, &me, Faulty { audience, typed, field, error }).await
        }
        Err(ActError::Outdated { .. }) => {
            let text = door.frame.s("changed-meanwhile");
            door.frame = door.frame.clone().notice(Tone::Warn, text);
            Ok((StatusCode::CONFLICT, page(&door, &me, None).await?).into_response())
        }
        Err(error) => Err(door.refuse(error)),
    }
}

async fn faulty(door: &Door, me: &Me, faulty: Faulty) -> Result<Response, Refused> {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(door, me, Some(faulty)).await?).into_response())
}

impl Typed {
    /// The policy; the name of the first field that is no number otherwise. Bounds are the domain's.
    fn read(&self, now: &AudiencePolicy) -> Result<AudiencePolicy, &'static str> {
        let days = |field, text: &str| text.trim().parse::<u16>().map_err(|_| field);
        let long = |field, text: &str| text.trim().parse::<u32>().map_err(|_| field);
        Ok(AudiencePolicy {
            required: self.required == "on",
            grace_days: days("grace_days", &self.grace_days)?,
            trust_days: days("trust_days", &self.trust_days)?,
            stay_signed_in_days: days("stay_signed_in_days", &self.stay_signed_in_days)?,
            idle_minutes: long("idle_minutes", &self.idle_minutes)?,
            lifetime_hours: long("lifetime_hours", &self.lifetime_hours)?,
            ..now.clone()
        })
    }

    fn of(policy: &AudiencePolicy, version: u64) -> Self {
        Self {
            version,
            required: if policy.required { "on".to_owned() } else { String::new() },
            grace_days: policy.grace_days.to_string(),
            trust_days: policy.trust_days.to_string(),
            stay_signed_in_days: policy.stay_signed_in_days.to_string(),
            idle_minutes: policy.idle_minutes.to_string(),
            lifetime_hours: policy.lifetime_hours.to_string(),
        }
    }
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
    let (default, key, title) = match audience {
        Audience::Team => (AudiencePolicy::TEAM, "team", "policy-members"),
        Audience::EndUsers => (AudiencePolicy::END_USERS, "end-users", "policy-users"),
    };
    let faulty = faulty.filter(|faulty| faulty.audience == audience);
    let now = Typed::of(door.state.policy(audience, door.app.now()), door.version);
    let typed = faulty.map_or(&now, |faulty| &faulty.typed);
    let of_audience = |(role, _): &(&twofold_domain::policy::Role, &u64)| role.audience() == audience;
    let people: u64 = seen.map_or(0, |o| o.people.iter().filter(of_audience).map(|(_, n)| *n).sum());
    let enrolled = seen.map_or(0, |o| match audience {
        Audience::Team => o.team_enrolled,
        Audience::EndUsers => o.end_users_enrolled,
    });
    let figure = |name: &'static str, label, hint, default: u32, value: &str| Figure {
        id: format!("{key}-{name}"),
        name,
        label,
        hint: f.n(hint, default),
        field: Field {
            value: value.to_owned(),
            error: faulty
                .filter(|faulty| faulty.field == name)
                .map_or_else(String::new, |faulty| faulty.error.clone()),
        },
    };
    AudienceForm {
        key,
        title,
        action: door.path(&format!("policy/{key}")),
        required: typed.required == "on",
        affected: format!(
            "{} {}",
            f.n("policy-people", people),
            f.n("policy-without", people.saturating_sub(enrolled))
        ),
        figures: vec![
            figure(
                "grace_days",
                "policy-grace",
                "policy-grace-hint",
                default.grace_days.into(),
                &typed.grace_days,
            ),
            figure(
                "trust_days",
                "policy-trust",
                "policy-trust-hint",
                default.trust_days.into(),
                &typed.trust_days,
            ),
            figure(
                "stay_signed_in_days",
                "policy-stay",
                "policy-stay-hint",
                default.stay_signed_in_days.into(),
                &typed.stay_signed_in_days,
            ),
            figure(
                "idle_minutes",
                "policy-idle",
                "policy-idle-hint",
                default.idle_minutes,
                &typed.idle_minutes,
            ),
            figure(
                "lifetime_hours",
                "policy-lifetime",
                "policy-lifetime-hint",
                default.lifetime_hours,
                &typed.lifetime_hours,
            ),
        ],
    }
}
