//! One of one's own factors: another name, asked for first, removed.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use twofold_domain::ids::FactorId;
use twofold_domain::permission::Act as Deed;
use twofold_domain::user::Factor;
use twofold_infra::acts::{ActError, EditFactor, RemoveFactor, masked_number};

use super::door::{Door, Me, Said, redirect, with_query};
use super::refused::Refused;
use super::words;
use crate::extract::{Form, Path};
use crate::pages::frame::{Field, Section, When};
use crate::pages::{own, render};
use crate::problem::Problem;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Named {
    #[serde(default)]
    name: String,
}

/// It, and what can be done with it.
pub(super) async fn show(
    mut door: Door,
    Path((_, factor)): Path<(String, FactorId)>,
) -> Result<Response, Refused> {
    let me = enter(&mut door, factor, Deed::ReadOwn).await?;
    page(&door, &me, factor, None).await
}

/// Gives it another name.
pub(super) async fn rename(
    mut door: Door,
    Path((_, factor)): Path<(String, FactorId)>,
    Form(named): Form<Named>,
) -> Result<Response, Refused> {
    let me = enter(&mut door, factor, Deed::ChangeOwnFactors).await?;
    let (credential, name) = (me.credential.clone(), Some(named.name.clone()));
    match door.perform(EditFactor { credential, factor, name, prefer: false }).await {
        Ok(_) => Ok(door.go("security", Some(Said::FactorRenamed))),
        Err(ActError::Field { .. }) => {
            let wrong = Field { value: named.name, error: door.frame.s("name-wrong") };
            let page = page(&door, &me, factor, Some(wrong)).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(ActError::Taken(_)) => {
            let wrong = Field { value: named.name, error: door.frame.s("factor-name-taken") };
            let page = page(&door, &me, factor, Some(wrong)).await?;
            Ok((StatusCode::CONFLICT, page).into_response())
        }
        Err(error) => Err(door.refuse(error)),
    }
}

/// Has it asked for first.
pub(super) async fn prefer(
    mut door: Door,
    Path((_, factor)): Path<(String, FactorId)>,
) -> Result<Response, Refused> {
    let me = enter(&mut door, factor, Deed::ChangeOwnFactors).await?;
    let done = door.perform(EditFactor { credential: me.credential, factor, name: None, prefer: true }).await;
    done.map_err(|error| door.refuse(error))?;
    Ok(door.go("security", Some(Said::FactorPreferred)))
}

/// Removes it, where there is another.
pub(super) async fn remove(
    mut door: Door,
    Path((_, factor)): Path<(String, FactorId)>,
) -> Result<Response, Refused> {
    let me = enter(&mut door, factor, Deed::ChangeOwnFactors).await?;
    let done = door.perform(RemoveFactor { credential: me.credential, factor }).await;
    let grant = done.map_err(|error| door.refuse(error))?.reply;
    let there = with_query(&door.path("security"), [("said", Said::FactorRemoved.word())]);
    Ok((door.session_cookie(&grant, door.stays), redirect(&there)).into_response())
}

async fn enter(door: &mut Door, factor: FactorId, deed: Deed) -> Result<Me, Refused> {
    door.back = door.path(&format!("security/factors/{factor}"));
    let me = door.enter(deed).await?;
    door.frame = door.frame.clone().section(Section::Own);
    Ok(me)
}

/// A factor as its owner sees it.
pub(super) async fn shown(
    door: &Door,
    me: &Me,
    id: FactorId,
    factor: &Factor,
) -> Result<own::Factor, Refused> {
    let (desk, user) = (&door.app.desk, me.principal.user);
    let name = desk.vault().unseal(door.account, user, &factor.name).await?;
    let number = masked_number(desk, door.account, user, &me.user, id).await?;
    let enrolled = me.user.enrolled(door.state.generation);
    Ok(own::Factor {
        name: name.map_or_else(String::new, |name| name.as_str().to_owned()),
        kind: words::held(&factor.held),
        number: number.unwrap_or_default(),
        since: factor.since.into(),
        last_used: factor.used_at.map(When::from),
        first: enrolled.is_some_and(|e| e.factors.len() > 1 && e.preferred == Some(id)),
        change: door.offer(true, &format!("security/factors/{id}")),
    })
}

async fn page(door: &Door, me: &Me, id: FactorId, wrong: Option<Field>) -> Result<Response, Refused> {
    let enrolled = me.user.enrolled(door.state.generation);
    let Some((enrolled, factor)) = enrolled.and_then(|e| Some((e, e.factors.get(&id)?))) else {
        return Err(Problem::not_found().into());
    };
    let serial = match factor.held.stock() {
        Some(stock) => door.app.desk.vault().unseal(door.account, me.principal.user, &stock.serial).await?,
        None => None,
    };
    let shown = shown(door, me, id, factor).await?;
    let several = enrolled.factors.len() > 1;
    let offer = |yes: bool, act: &str| {
        if yes { door.path(&format!("security/factors/{id}/{act}")) } else { String::new() }
    };
    Ok(render(&own::OwnFactor {
        f: door.frame.clone(),
        serial: serial.map_or_else(String::new, |serial| serial.as_str().to_owned()),
        called: wrong.unwrap_or_else(|| Field::of(shown.name.clone())),
        action: door.path(&format!("security/factors/{id}")),
        prefer: offer(several && !shown.first, "prefer"),
        remove: offer(several, "remove"),
        back: door.path("security"),
        factor: shown,
    }))
}
