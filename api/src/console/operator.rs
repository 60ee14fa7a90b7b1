//! What the installation's operator is let do inside the account, and did.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use twofold_domain::account::{AccountError, Gist, Guarded, OperatorError, OperatorScope};
use twofold_domain::ids::OperatorGrantId;
use twofold_domain::permission::Act as Deed;
use twofold_infra::acts::{ActError, Consented, GrantOperator, RevokeOperator, operator_grants};
use twofold_projections::audit::{self, Filter, Page};

use super::close::takes;
use super::door::{Door, Me, Said};
use super::names::Names;
use super::refused::Refused;
use super::telling;
use crate::extract::{Form, Path, Query};
use crate::pages::account::Tick;
use crate::pages::frame::{Field, Section, When};
use crate::pages::operator::{Grant, Operator};
use crate::pages::render;
use crate::pages::then::Then;

/// How many of what they did are shown.
const SHOWN: u32 = 20;
/// What is proposed.
const HOURS: u8 = 4;

/// A form as it was sent.
type Typed = BTreeMap<String, String>;

/// How it is.
pub(super) async fn show(mut door: Door, Query(typed): Query<Typed>) -> Result<Response, Refused> {
    let me = door.enter(Deed::ReadOperator).await?;
    door.caught_up(audit::NAME).await?;
    let then = door.look_back(&typed, &door.path("operator")).await?;
    page(&door, &me, &Typed::new(), ["", ""], then).await
}

/// Lets them act.
pub(super) async fn grant(mut door: Door, Form(typed): Form<Typed>) -> Result<Response, Refused> {
    door.back = door.path("operator");
    let me = door.enter(Deed::GrantOperator).await?;
    let text = |name: &str| typed.get(name).map_or("", String::as_str);
    let on = |scope: &OperatorScope| text(&field(*scope)) == "on";
    let scopes: BTreeSet<_> = OperatorScope::ALL.into_iter().filter(on).collect();
    let act = GrantOperator {
        credential: me.credential.clone(),
        scopes,
        hours: text("hours").trim().parse().unwrap_or(0),
        reason: text("reason").to_owned(),
        circle: door.app.circle(door.account).await?,
    };
    match door.perform(act).await.map(|done| done.reply) {
        Ok(Consented::Done(_)) => Ok(door.go("operator", Some(Said::OperatorGranted))),
        Ok(Consented::Waits(_)) => Ok(door.go("approvals", Some(Said::Waits))),
        Err(ActError::Field { .. }) => {
            let then = door.at_present("operator").await?;
            let page = page(&door, &me, &typed, ["", &door.frame.s("reason-wrong")], then).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(ActError::Account(AccountError::Operator(OperatorError::NoScope | OperatorError::TooLong))) => {
            let then = door.at_present("operator").await?;
            let page = page(&door, &me, &typed, [&door.frame.s("operator-wrong"), ""], then).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(error) => Err(door.refuse(error)),
    }
}

/// Ends it.
pub(super) async fn end(
    mut door: Door,
    Path((_, grant)): Path<(String, OperatorGrantId)>,
) -> Result<Response, Refused> {
    door.back = door.path("operator");
    let me = door.enter(Deed::RevokeOperator).await?;
    match door.perform(RevokeOperator { credential: me.credential, grant }).await {
        // It ended by itself meanwhile.
        Ok(_) | Err(ActError::Account(AccountError::Operator(OperatorError::Over))) => {
            Ok(door.go("operator", Some(Said::OperatorEnded)))
        }
        Err(error) => Err(door.refuse(error)),
    }
}

fn field(scope: OperatorScope) -> String {
    format!("scope_{}", scope.name())
}

async fn page(
    door: &Door,
    me: &Me,
    typed: &Typed,
    [wrong, reason_wrong]: [&str; 2],
    then: Then,
) -> Result<Response, Refused> {
    let f = &door.frame;
    let at = door.stands(&[]).await?;
    let alive = operator_grants(&door.app.desk, door.account, at.position(), at.instant()).await?;
    // In the past nothing is done.
    let may = |deed| !door.is_past() && door.state.lets(me.principal.role, deed);
    let mut names = Names::default();
    let mut grants = Vec::new();
    for shown in alive {
        let end = door.path(&format!("operator/{}/end", shown.grant));
        grants.push(Grant {
            scopes: shown.of.scopes.iter().map(|scope| telling::operator_scope(f, *scope)).collect(),
            by: names.of(door, shown.of.by).await?.shown(door),
            since: When::from(shown.of.since),
            until: When::from(shown.of.until),
            reason: shown.reason.unwrap_or_default(),
            end: if may(Deed::RevokeOperator) { end } else { String::new() },
        });
    }
    door.caught_up(audit::NAME).await?;
    let up_to = door.then.map(|then| then.position());
    let filter = Filter { event_type: Some("OperatorActed".to_owned()), up_to, ..Filter::default() };
    let found = audit::page(door.app.store().views(), door.account, &filter, Page::Newest, SHOWN).await;
    let found = found.map_err(ActError::from)?;
    let acts = found.iter().map(|entry| {
        let told = telling::tell(f, entry).particulars.join(" · ");
        (told, When::from(entry.row.recorded_at))
    });
    let grants_it = may(Deed::GrantOperator);
    let text = |name: &str| typed.get(name).cloned();
    Ok(render(&Operator {
        f: f.clone().section(Section::Policy),
        grants,
        action: if grants_it { door.path("operator") } else { String::new() },
        takes: if grants_it { takes(door, me, Gist::of(Guarded::Operator)).await? } else { String::new() },
        scopes: OperatorScope::ALL
            .into_iter()
            .map(|scope| Tick {
                name: field(scope),
                label: telling::operator_scope(f, scope),
                hint: String::new(),
                on: typed.contains_key(&field(scope)),
            })
            .collect(),
        wrong: wrong.to_owned(),
        hours: Field::of(text("hours").unwrap_or_else(|| HOURS.to_string())),
        reason: Field { value: text("reason").unwrap_or_default(), error: reason_wrong.to_owned() },
        acts: acts.collect(),
        then,
    }))
}
