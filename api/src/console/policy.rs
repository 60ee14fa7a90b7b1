//! The policy of each audience.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use futures::StreamExt as _;
use twofold_domain::account::{AccountError, Change, PolicyError, SUNSET_DAYS, Switch, Unconfirmed};
use twofold_domain::permission::Act as Deed;
use twofold_domain::policy::{Audience, OutOfRange, Role};
use twofold_infra::acts::{ActError, ChangePolicies};
use twofold_projections::overview::{self, Overview};
use twofold_projections::status::{AsOf, Population, report};

use super::door::{Door, Me, Said};
use super::policy_form::{Faulty, Typed};
use super::refused::Refused;
use super::{places, policy_form, previewed, words};
use crate::extract::{Form, Path, Query};
use crate::pages::account::{AudienceForm, Confirm, Findings, Policy};
use crate::pages::frame::{Field, Frame, Section, Tone, When};
use crate::pages::render;
use crate::pages::then::Then;
use crate::problem::Problem;

/// Both policies and the switch.
pub(super) async fn show(mut door: Door, Query(typed): Query<Typed>) -> Result<Response, Refused> {
    let me = door.enter(Deed::ReadAccount).await?;
    let then = door.look_back(&typed, &door.path("policy")).await?;
    page(&door, &me, None, then).await
}

/// Saves the policy of one audience. What it does to people is shown first, and confirmed.
pub(super) async fn save(
    mut door: Door,
    Path((_, audience)): Path<(String, String)>,
    Form(mut typed): Form<Typed>,
) -> Result<Response, Refused> {
    door.back = door.path("policy");
    let me = door.enter(Deed::ChangePolicy).await?;
    let audience = policy_form::audience(&audience).ok_or_else(Problem::not_found)?;
    let (key, _) = policy_form::audience_words(audience);
    let seen: u64 = typed.remove("version").and_then(|text| text.parse().ok()).unwrap_or(0);
    let statement = typed.remove("confirmation").and_then(|text| previewed::statement(&text));
    typed.remove("reason");
    let policy = match policy_form::read(&typed, door.state.policy(audience, door.now()), &door.state) {
        Ok(policy) => policy,
        Err(field) => {
            let error = door.frame.s("policy-number");
            return faulty(&mut door, &me, Faulty { audience, typed, field, error }).await;
        }
    };
    let policies = BTreeMap::from([(audience, policy)]);
    let change = Change::Policy(policies.clone());
    let act = ChangePolicies { credential: me.credential.clone(), seen, policies, statement };
    match door.perform(act).await {
        Ok(done) if done.reply.0 == seen => Ok(door.go("policy", Some(Said::Unchanged))),
        Ok(_) => Ok(door.go("policy", Some(Said::Saved))),
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
            Ok((StatusCode::CONFLICT, page_now(&mut door, &me, None).await?).into_response())
        }
        Err(ActError::Account(error)) => match misfit(&mut door, &error) {
            Some((field, error)) => faulty(&mut door, &me, Faulty { audience, typed, field, error }).await,
            None => Err(door.refuse(ActError::Account(error))),
        },
        Err(error) => Err(door.refuse(error)),
    }
}

/// The field of a policy that may not be so, and what is wrong with it; nothing where that is not a field.
pub(super) fn misfit(door: &mut Door, error: &AccountError) -> Option<(&'static str, String)> {
    match *error {
        AccountError::Policy(OutOfRange { field, min, max, .. }) => {
            Some((field, door.frame.vw("policy-range", min, max)))
        }
        AccountError::Demand(PolicyError::BadSunset) => {
            Some(("password_until", door.frame.n("policy-until-range", u64::from(SUNSET_DAYS))))
        }
        AccountError::Demand(PolicyError::BelowFloor { field, .. }) => {
            let error = door.frame.s("policy-below-floor");
            door.tell_fault(field, &error);
            Some((field, error))
        }
        AccountError::Demand(PolicyError::CannotBeMet(_)) => {
            let error = door.frame.s("policy-cannot-be-met");
            door.tell_fault("allowed_kinds", &error);
            Some(("allowed_kinds", error))
        }
        _ => None,
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
        findings: Some(Findings {
            what_if: door.path(&format!("policy/what-if/{key}")),
            ..previewed::findings(door, me, change).await?
        }),
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

/// The policy's page, with what is wrong with a form of it.
pub(super) async fn faulty(door: &mut Door, me: &Me, faulty: Faulty) -> Result<Response, Refused> {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page_now(door, me, Some(faulty)).await?).into_response())
}

async fn page_now(door: &mut Door, me: &Me, faulty: Option<Faulty>) -> Result<Response, Refused> {
    let then = door.at_present("policy").await?;
    page(door, me, faulty, then).await
}

async fn page(door: &Door, me: &Me, faulty: Option<Faulty>, then: Then) -> Result<Response, Refused> {
    let counts = counts(door).await?;
    // In the past nothing is done.
    let may = |deed| !door.is_past() && door.state.lets(me.principal.role, deed);
    let offers = !door.is_past();
    let since = match door.state.switch {
        Switch::On => None,
        Switch::Suspended { since, .. } | Switch::Off { since } => Some(since.into()),
    };
    let offer = |word: &str, when: bool| {
        if when && offers { door.path(&format!("policy/switch/{word}")) } else { String::new() }
    };
    let on = matches!(door.state.switch, Switch::On);
    let off = matches!(door.state.switch, Switch::Off { .. });
    let form = |audience| audience_form(door, audience, &counts, faulty.as_ref());
    Ok(render(&Policy {
        audiences: vec![form(Audience::Team), form(Audience::EndUsers)],
        f: door.frame.clone().section(Section::Policy),
        version: door.version,
        switch: words::switch(door.state.switch),
        since,
        enrolled: counts.values().map(|(_, enrolled)| enrolled).sum(),
        disable: offer("disable", !off),
        suspend: offer("suspend", on),
        resume: offer("resume", !on && !off),
        enable: offer("enable", off),
        may_change: may(Deed::ChangePolicy),
        may_switch: may(Deed::SwitchAccount),
        places: if door.is_past() { vec![] } else { places::of_policy(door, me).await? },
        then,
    }))
}

fn audience_form(door: &Door, audience: Audience, counts: &Counts, faulty: Option<&Faulty>) -> AudienceForm {
    let f = &door.frame;
    let (key, _) = policy_form::audience_words(audience);
    let faulty = faulty.filter(|faulty| faulty.audience == audience);
    let now = policy_form::of(door.state.policy(audience, door.now()));
    let typed = faulty.map_or(&now, |faulty| &faulty.typed);
    let fault = faulty.map(|faulty| (faulty.field, faulty.error.as_str()));
    let action = door.path(&format!("policy/{key}"));
    AudienceForm {
        affected: in_words(f, counts.get(&audience).copied().unwrap_or_default()),
        what_if: door.path(&format!("policy/what-if/{key}")),
        scheduled: door
            .state
            .demand(audience)
            .scheduled(door.now())
            .map(|ahead| f.v("policy-scheduled", When::from(ahead.begins_at).plain)),
        ..policy_form::sheet(f, audience, &door.state, action, typed, fault)
    }
}

/// How many people each audience has, and how many of them a second factor.
type Counts = BTreeMap<Audience, (u64, u64)>;

/// The same as of the page: of now as they are counted anyway, of the past one by one, as the status report does.
async fn counts(door: &Door) -> Result<Counts, Refused> {
    let views = door.app.store().views();
    let mut counts = Counts::new();
    let Some(then) = door.then else {
        door.caught_up(overview::NAME).await?;
        let seen = overview::overview(views, door.account).await.map_err(ActError::from)?;
        counts.extend(places::AUDIENCES.map(|audience| (audience, counted(audience, seen.as_ref()))));
        return Ok(counts);
    };
    let as_of = AsOf { position: then.position(), instant: then.instant() };
    let mut pages = std::pin::pin!(report::status_report(views, door.account, as_of, Population::Everyone));
    while let Some(page) = pages.next().await {
        for line in page.map_err(ActError::from)? {
            let (people, enrolled) = counts.entry(line.role.audience()).or_default();
            *people += 1;
            *enrolled += u64::from(!line.factors.is_empty());
        }
    }
    Ok(counts)
}

/// How many people an audience has, and how many of them no second factor, in words.
pub(super) fn affected(f: &Frame, audience: Audience, seen: Option<&Overview>) -> String {
    in_words(f, counted(audience, seen))
}

fn in_words(f: &Frame, (people, enrolled): (u64, u64)) -> String {
    let without = people.saturating_sub(enrolled);
    format!("{} {}", f.n("policy-people", people), f.n("policy-without", without))
}

fn counted(audience: Audience, seen: Option<&Overview>) -> (u64, u64) {
    let of_audience = |(role, _): &(&Role, &u64)| role.audience() == audience;
    let people: u64 = seen.map_or(0, |o| o.people.iter().filter(of_audience).map(|(_, n)| *n).sum());
    let enrolled = seen.map_or(0, |o| match audience {
        Audience::Team => o.team_enrolled,
        Audience::EndUsers => o.end_users_enrolled,
    });
    (people, enrolled)
}

impl Door {
    /// Names a setting at the top of the page whose fault has no place beside it.
    pub(super) fn tell_fault(&mut self, field: &str, error: &str) {
        if !policy_form::shows_fault(field) {
            let text = format!("{}: {error}", self.frame.s(policy_form::label(field)));
            self.frame = self.frame.clone().notice(Tone::Warn, text);
        }
    }
}
