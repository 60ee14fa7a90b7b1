//! Who would not comply on a day, if nothing changes; and who was to be expected not to, as it was at an instant.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use twofold_domain::ids::UserId;
use twofold_domain::permission::Act as Deed;
use twofold_domain::reading::{Matter, Question};
use twofold_infra::acts::ActError;
use twofold_projections::{impact, status};

use super::door::Door;
use super::names::Names;
use super::places::AUDIENCES;
use super::policy_form::audience_words;
use super::refused::Refused;
use super::then::{AsOf, onward};
use super::words;
use crate::layers::concern;
use crate::pages::frame::{Field, Section, When};
use crate::pages::governing::Forecast;
use crate::pages::render;

/// People on a page.
const ROWS: usize = 50;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    /// The day; the instant that the page is as of if none.
    #[serde(default)]
    on: String,
    after: Option<UserId>,
}

/// A page of them.
pub(super) async fn show(
    mut door: Door,
    AsOf { typed, rest: asked }: AsOf<Asked>,
) -> Result<Response, Refused> {
    let me = door.enter(Deed::ReadStatus).await?;
    door.caught_up(status::NAME).await?;
    let then = door.look_back(&typed, &door.path("policy/forecast")).await?;
    let then = then.keeping([("on", asked.on.as_str())]);
    door.shows(&me, Question::of(Matter::Forecast).as_of(door.asked_at())).await?;
    let now = door.now();
    let mut on = Field::of(&asked.on);
    // A bare date is read as its end: nobody who had until that day complies only in its course.
    let at = match asked.on.trim() {
        "" => now,
        day => match concern::zone().last_of(day).or_else(|| day.parse().ok()) {
            Some(at) if at >= now => at,
            Some(_) => {
                on.error = door.frame.s("forecast-past");
                now
            }
            None => {
                on.error = door.frame.s("as-of-wrong");
                now
            }
        },
    };
    let views = door.app.store().views();
    let found =
        impact::forecast(views, (door.account, door.position()), &door.state, at, asked.after, ROWS + 1)
            .await;
    let found = found.map_err(ActError::from)?;
    let page = &found.people[..found.people.len().min(ROWS)];
    let manages = door.state.lets(me.principal.role, Deed::ReadPeople);
    let (mut names, mut rows) = (Names::default(), Vec::with_capacity(page.len()));
    for person in page {
        let called = names.of(&door, person.user).await?;
        let href = if manages { door.path(&format!("people/{}", person.user)) } else { String::new() };
        rows.push((called.shown(&door), called.email, person.role.name(), href));
    }
    let last = page.last().filter(|_| found.people.len() > ROWS).map(|last| last.user.to_string());
    let status = if on.error.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let policy =
        |audience| words::policy(&door.frame, audience_words(audience).1, door.state.policy(audience, at));
    let shown = Forecast {
        back: door.path("policy"),
        today: When::from(now).day,
        at: at.into(),
        policy: AUDIENCES.map(policy).to_vec(),
        counts: found.by_role.iter().map(|(role, people)| (role.name(), *people)).collect(),
        rows,
        next: last.map_or_else(String::new, |last| {
            let asked = [("on", asked.on.clone()), ("after", last)];
            onward(&door, "policy/forecast", asked, &then)
        }),
        then,
        on,
        f: door.frame.clone().section(Section::Policy),
    };
    Ok((status, render(&shown)).into_response())
}
