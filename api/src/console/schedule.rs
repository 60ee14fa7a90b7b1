//! Policies that begin on a date: what is scheduled, scheduling one, withdrawing it.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use twofold_domain::account::{
    AccountError, Change, FARTHEST_SCHEDULE, PolicyError, SUNSET_DAYS, Scheduled, Unconfirmed,
};
use twofold_domain::ids::ScheduleId;
use twofold_domain::permission::Act as Deed;
use twofold_domain::policy::{Audience, OutOfRange};
use twofold_domain::time::{Span, Timestamp};
use twofold_infra::acts::{ActError, CancelSchedule, SchedulePolicy};
use twofold_projections::{impact, overview, status};

use super::door::{Door, Me, Said};
use super::places::AUDIENCES;
use super::policy_form::{self, Typed, audience_words};
use super::refused::Refused;
use super::then::{linked, onward};
use super::{policy, previewed, telling};
use crate::extract::{Form, Path, Query};
use crate::layers::concern;
use crate::pages::account::{AudienceForm, Confirm};
use crate::pages::frame::{Field, Section, Tone, When};
use crate::pages::governing::{Ahead, Beginning, Schedule, Schedules};
use crate::pages::render;
use crate::pages::then::Then;
use crate::problem::Problem;

/// What is typed, and what is wrong with it.
struct Sheet {
    audience: Audience,
    typed: Typed,
    begins: Field,
    fault: Option<(&'static str, String)>,
}

/// What is scheduled.
pub(super) async fn list(mut door: Door, Query(typed): Query<Typed>) -> Result<Response, Refused> {
    let me = door.enter(Deed::ReadAccount).await?;
    door.caught_up(status::NAME).await?;
    let then = door.look_back(&typed, &door.path("policy/schedule")).await?;
    let mut audiences = Vec::with_capacity(AUDIENCES.len());
    let may = |deed| door.state.lets(me.principal.role, deed);
    for audience in AUDIENCES {
        let (key, title) = audience_words(audience);
        let ahead = door.state.demand(audience).scheduled(door.now());
        let free = ahead.is_none() && may(Deed::ChangePolicy);
        let scheduled = match ahead {
            Some(ahead) => Some(beginning(&door, &me, &then, audience, ahead).await?),
            None => None,
        };
        let schedule = door.offer(free, &format!("policy/schedule/{key}"));
        audiences.push(Ahead { key, title, scheduled, schedule });
    }
    let f = door.frame.clone().section(Section::Policy);
    Ok(render(&Schedules { f, back: linked(&then, &door.path("policy")), audiences, then }))
}

async fn beginning(
    door: &Door,
    me: &Me,
    then: &Then,
    audience: Audience,
    ahead: &Scheduled,
) -> Result<Beginning, Refused> {
    let (f, at) = (&door.frame, When::from(ahead.begins_at));
    let may = |deed| door.state.lets(me.principal.role, deed);
    let before = door.state.policy(audience, door.now());
    let mut pending = vec![];
    if may(Deed::ReadStatus) {
        door.caught_up(status::NAME).await?;
        let views = door.app.store().views();
        let found =
            impact::forecast(views, (door.account, door.position()), &door.state, ahead.begins_at, None, 0)
                .await;
        let of_audience = found.map_err(ActError::from)?.by_role;
        let of_audience = of_audience.into_iter().filter(|(role, _)| role.audience() == audience);
        pending = of_audience.map(|(role, people)| format!("{}: {people}", f.role(role.name()))).collect();
        if pending.is_empty() {
            pending.push(f.s("forecast-nobody"));
        }
    }
    let forecast = onward(door, "policy/forecast", [("on", at.day.clone())], then);
    let withdraw = format!("policy/withdraw/{}", ahead.schedule);
    Ok(Beginning {
        at,
        changes: telling::changes(f, before, &ahead.policy),
        pending,
        forecast: if may(Deed::ReadStatus) { forecast } else { String::new() },
        withdraw: door.offer(may(Deed::ChangePolicy), &withdraw),
    })
}

/// Asks what is to hold, and from when.
pub(super) async fn ask(
    mut door: Door,
    Path((_, audience)): Path<(String, String)>,
) -> Result<Response, Refused> {
    let audience = policy_form::audience(&audience).ok_or_else(Problem::not_found)?;
    door.enter(Deed::ChangePolicy).await?;
    let typed = policy_form::of(door.state.policy(audience, door.now()));
    form(&door, &Sheet { audience, typed, begins: Field::default(), fault: None }).await
}

/// Schedules it. What it does to people is shown first, and confirmed.
pub(super) async fn schedule(
    mut door: Door,
    Path((_, word)): Path<(String, String)>,
    Form(mut typed): Form<Typed>,
) -> Result<Response, Refused> {
    let audience = policy_form::audience(&word).ok_or_else(Problem::not_found)?;
    door.back = door.path(&format!("policy/schedule/{word}"));
    let me = door.enter(Deed::ChangePolicy).await?;
    let seen: u64 = typed.remove("version").and_then(|text| text.parse().ok()).unwrap_or(0);
    let statement = typed.remove("confirmation").and_then(|text| previewed::statement(&text));
    let begins = typed.remove("begins").unwrap_or_default();
    let mut sheet = Sheet { audience, typed, begins: Field::of(begins), fault: None };
    // A day begins with its first instant.
    let Some(begins_at) = concern::zone().first_of(sheet.begins.value.trim()) else {
        sheet.begins.error = door.frame.s("as-of-wrong");
        return wrong(&door, &sheet).await;
    };
    let policy = match policy_form::read(&sheet.typed, door.state.policy(audience, door.now()), &door.state) {
        Ok(policy) => policy,
        Err(field) => {
            sheet.fault = Some((field, door.frame.s("policy-number")));
            return wrong(&door, &sheet).await;
        }
    };
    let change = Change::Schedule { audience, policy: policy.clone(), begins_at };
    let credential = me.credential.clone();
    let act = SchedulePolicy { credential, seen, audience, policy, begins_at, statement };
    match door.perform(act).await {
        Ok(_) => Ok(door.go("policy/schedule", Some(Said::Scheduled))),
        Err(ActError::Account(AccountError::Policy(OutOfRange { field, min, max, .. }))) => {
            let error = door.frame.vw("policy-range", min, max);
            door.tell_fault(field, &error);
            sheet.fault = Some((field, error));
            wrong(&door, &sheet).await
        }
        Err(ActError::Account(AccountError::Demand(PolicyError::BelowFloor { field, .. }))) => {
            let error = door.frame.s("policy-below-floor");
            door.tell_fault(field, &error);
            sheet.fault = Some((field, error));
            wrong(&door, &sheet).await
        }
        Err(ActError::Account(AccountError::Demand(PolicyError::CannotBeMet(_)))) => {
            let error = door.frame.s("policy-cannot-be-met");
            door.tell_fault("allowed_kinds", &error);
            sheet.fault = Some(("allowed_kinds", error));
            wrong(&door, &sheet).await
        }
        Err(ActError::Account(AccountError::Demand(PolicyError::BadSunset))) => {
            let error = door.frame.n("policy-until-range", u64::from(SUNSET_DAYS));
            sheet.fault = Some(("password_until", error));
            wrong(&door, &sheet).await
        }
        Err(ActError::Account(AccountError::Demand(PolicyError::BadBeginning))) => {
            let (first, last) = days(&door);
            sheet.begins.error = door.frame.vw("schedule-begins-wrong", first, last);
            wrong(&door, &sheet).await
        }
        Err(ActError::Account(AccountError::Demand(PolicyError::AlreadyScheduled(_)))) => {
            Ok(door.go("policy/schedule", Some(Said::AlreadyScheduled)))
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
            Ok((status, confirm(&door, &me, sheet, seen, &change).await?).into_response())
        }
        Err(ActError::Outdated { .. }) => {
            let text = door.frame.s("changed-meanwhile");
            door.frame = door.frame.clone().notice(Tone::Warn, text);
            Ok((StatusCode::CONFLICT, form(&door, &sheet).await?).into_response())
        }
        Err(error) => Err(door.refuse(error)),
    }
}

/// Says whom it will concern, and asks.
async fn confirm(
    door: &Door,
    me: &Me,
    sheet: Sheet,
    version: u64,
    change: &Change,
) -> Result<Response, Refused> {
    let (f, (key, title)) = (&door.frame, audience_words(sheet.audience));
    let mut effects = vec![f.v("effect-schedule", &sheet.begins.value)];
    if let Change::Schedule { policy, .. } = change {
        effects.extend(telling::changes(f, door.state.policy(sheet.audience, door.now()), policy));
    }
    effects.push(f.s("effect-schedule-told"));
    let begins = ("begins".to_owned(), sheet.begins.value);
    Ok(render(&Confirm {
        f: f.clone().section(Section::Policy),
        title: "confirm-schedule-title",
        subject: f.s(title),
        effects,
        findings: Some(previewed::findings(door, me, change).await?),
        hidden: sheet.typed.into_iter().chain([begins]).collect(),
        action: door.path(&format!("policy/schedule/{key}")),
        version,
        reason_asked: false,
        reason_needed: false,
        reason: Field::default(),
        button: "confirm-schedule",
        compromise: false,
        danger: false,
        cancel: door.path("policy/schedule"),
    }))
}

async fn wrong(door: &Door, sheet: &Sheet) -> Result<Response, Refused> {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, form(door, sheet).await?).into_response())
}

async fn form(door: &Door, sheet: &Sheet) -> Result<Response, Refused> {
    door.caught_up(overview::NAME).await?;
    let seen = overview::overview(door.app.store().views(), door.account).await.map_err(ActError::from)?;
    let (key, _) = audience_words(sheet.audience);
    let fault = sheet.fault.as_ref().map(|(field, error)| (*field, error.as_str()));
    let action = door.path(&format!("policy/schedule/{key}"));
    Ok(render(&Schedule {
        f: door.frame.clone().section(Section::Policy),
        version: door.version,
        days: days(door),
        begins: sheet.begins.clone(),
        form: AudienceForm {
            affected: policy::affected(&door.frame, sheet.audience, seen.as_ref()),
            ..policy_form::sheet(&door.frame, sheet.audience, &door.state, action, &sheet.typed, fault)
        },
        cancel: door.path("policy/schedule"),
    }))
}

/// The first and the last day that begins within a year.
fn days(door: &Door) -> (String, String) {
    let day = |at: Timestamp| When::from(at).day;
    (day(door.now() + Span::days(1)), day(door.now() + FARTHEST_SCHEDULE))
}

/// Says what withdrawing it does.
pub(super) async fn ask_to_withdraw(
    mut door: Door,
    Path((_, schedule)): Path<(String, ScheduleId)>,
) -> Result<Response, Refused> {
    door.enter(Deed::ChangePolicy).await?;
    let open = |audience: &Audience| {
        let ahead = door.state.demand(*audience).scheduled(door.now())?;
        (ahead.schedule == schedule).then_some((*audience, When::from(ahead.begins_at)))
    };
    let (audience, at) = AUDIENCES.iter().find_map(open).ok_or_else(Problem::not_found)?;
    let f = &door.frame;
    Ok(render(&Confirm {
        f: f.clone().section(Section::Policy),
        title: "confirm-withdraw-title",
        subject: f.s(audience_words(audience).1),
        effects: vec![f.v("effect-withdraw", at.plain), f.s("effect-schedule-told")],
        findings: None,
        hidden: vec![],
        action: door.path(&format!("policy/withdraw/{schedule}")),
        version: door.version,
        reason_asked: false,
        reason_needed: false,
        reason: Field::default(),
        button: "schedule-withdraw",
        compromise: false,
        danger: false,
        cancel: door.path("policy/schedule"),
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Decided {
    #[serde(rename = "version")]
    _version: u64,
}

/// Withdraws it before it begins.
pub(super) async fn withdraw(
    mut door: Door,
    Path((_, schedule)): Path<(String, ScheduleId)>,
    Form(_): Form<Decided>,
) -> Result<Response, Refused> {
    door.back = door.path("policy/schedule");
    let me = door.enter(Deed::ChangePolicy).await?;
    match door.perform(CancelSchedule { credential: me.credential, schedule }).await {
        Ok(_) => Ok(door.go("policy/schedule", Some(Said::Withdrawn))),
        Err(ActError::Account(AccountError::Demand(PolicyError::BelowFloor { .. }))) => {
            Err(door.explain(StatusCode::CONFLICT, "error-withdraw-floor"))
        }
        Err(error) => Err(door.refuse(error)),
    }
}
