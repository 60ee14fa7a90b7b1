//! "This was not me": the link of a notice, the button on one's own page, and what happened lately.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use twofold_domain::ids::StreamId;
use twofold_domain::permission::Act as Deed;
use twofold_domain::user::UserError;
use twofold_infra::acts::{ActError, FreezeByLink, FreezeOwn, Froze, RequestThaw, ShowNotMe};
use twofold_infra::verify;
use twofold_projections::audit;

use super::door::{Door, Said, path_value};
use super::refused::Refused;
use super::telling;
use crate::app::App;
use crate::extract::Form;
use crate::pages::frame::{Field, Section, When};
use crate::pages::freeze::{Frozen, FrozenAsk, NotMe};
use crate::pages::{Language, render};
use crate::problem::Problem;
use crate::recent::lately;

/// The link of a notice, and the door of the account that it belongs to.
pub(super) struct Denial {
    door: Door,
    token: Arc<verify::NotMe>,
    text: String,
}

impl FromRequestParts<App> for Denial {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refused> {
        let text = path_value(parts, app, "token").await?;
        let token = verify::NotMe::parse(&text).map_err(|_| Problem::not_found())?;
        let door = Door::open(parts, app, token.account()).await?;
        Ok(Self { door, token: Arc::new(token), text })
    }
}

impl Denial {
    fn over(&self, error: ActError) -> Refused {
        match error {
            ActError::User(UserError::LinkOver) => self.door.explain(StatusCode::GONE, "error-link"),
            other => self.door.refuse(other),
        }
    }
}

/// Says what the link does. Uses nothing.
pub(super) async fn show(denial: Denial) -> Result<Response, Refused> {
    let name = denial.door.perform(ShowNotMe { token: denial.token.clone() }).await;
    let name = name.map_err(|error| denial.over(error))?.reply;
    let (action, cancel) = (format!("/not-me/{}", denial.text), String::new());
    Ok(render(&NotMe { f: denial.door.frame.clone(), action, name, cancel }))
}

/// Freezes.
pub(super) async fn submit(denial: Denial) -> Result<Response, Refused> {
    let froze = denial.door.perform(FreezeByLink { token: denial.token.clone() }).await;
    let froze = froze.map_err(|error| denial.over(error))?.reply;
    frozen(denial.door, froze).await
}

/// Says what one's own button does.
pub(super) async fn ask_own(mut door: Door) -> Result<Response, Refused> {
    door.enter(Deed::FreezeOwn).await?;
    let (action, cancel) = (door.path("security/freeze"), door.path("security"));
    let f = door.frame.clone().section(Section::Own);
    Ok(render(&NotMe { f, action, name: String::new(), cancel }))
}

/// Freezes one's own sign-in: this session ends with it.
pub(super) async fn own(mut door: Door) -> Result<Response, Refused> {
    let me = door.enter(Deed::FreezeOwn).await?;
    let froze = door.perform(FreezeOwn { credential: me.credential }).await;
    let froze = froze.map_err(|error| door.refuse(error))?.reply;
    // Nobody is signed in on the page that follows.
    door.frame = crate::pages::Frame { person: None, ..door.frame.clone() };
    let ended = door.cookies().end_session();
    Ok((ended, frozen(door, froze).await?).into_response())
}

/// What happened lately, in the person's language, and the way back.
async fn frozen(mut door: Door, froze: Froze) -> Result<Response, Refused> {
    let stream = StreamId::user(door.account, froze.user);
    let person = door.app.desk.log().users.load(stream).await.map_err(ActError::from)?.state;
    let theirs = person.who().and_then(|who| Language::of_tag(door.state.settings.language(&who.language)));
    door.frame.language = theirs.unwrap_or(door.frame.language);
    // There is no way back to a page that is shown once.
    door.frame.path = String::new();
    door.caught_up(audit::NAME).await?;
    let found = lately(door.app.store().views(), door.account, froze.user, froze.since).await;
    let found = found.map_err(ActError::from)?;
    let told = found.theirs.iter().map(|entry| {
        let more = telling::tell(&door.frame, entry).particulars.join(" · ");
        (door.frame.s(&telling::key(&entry.row.event_type)), more, When::from(entry.row.recorded_at))
    });
    let recent = told.collect();
    // Whoever reads this showed no more than a mailbox: what was done, and not to whom.
    let gave = found
        .gave
        .iter()
        .map(|entry| (door.frame.s(&telling::key(&entry.row.event_type)), When::from(entry.row.recorded_at)));
    let gave = gave.collect();
    Ok(render(&Frozen { recent, gave, again: door.path("frozen"), f: door.frame }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Typed {
    #[serde(default)]
    email: String,
}

/// Asks for the address of a sign-in that is frozen.
pub(super) async fn ask_link(door: Door) -> Response {
    let (action, back) = (door.path("frozen"), door.path("sign-in"));
    render(&FrozenAsk { f: door.frame.clone(), action, back, email: Field::default() })
}

/// Has a link back mailed, if there is anybody frozen; says the same in any case.
pub(super) async fn send_link(door: Door, Form(typed): Form<Typed>) -> Result<Response, Refused> {
    let asked = door.perform(RequestThaw { email: typed.email }).await;
    asked.map_err(|error| door.refuse(error))?;
    Ok(door.go("sign-in", Some(Said::WayBackMailed)))
}
