//! `GET /v1/events`: the audit log.

use axum::extract::State;
use serde::Deserialize;
use twofold_domain::ids::{DeviceId, UserId};
use twofold_domain::invariants::By;
use twofold_domain::permission::Act as Deed;
use twofold_domain::reading::{Matter, Question};
use twofold_projections::audit::{self, Filter};
use twofold_projections::fact::event_types;
use utoipa::IntoParams;

use super::shown::EventShown;
use crate::app::App;
use crate::cursor::{Cursor, Limit, Page};
use crate::extract::{Json, Query};
use crate::problem::{Problem, kinds};
use crate::routes::reader::Reader;
use crate::routes::show::Instant;
use crate::routes::usual::Reading;

const LIST: &str = "events";

/// Which events, and which page of them.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// What happened: `TwoFactorReset`, and so on.
    r#type: Option<String>,
    /// Who did it: `usr_…`, `operator`, `anonymous`.
    actor: Option<String>,
    /// To whom.
    #[param(value_type = Option<String>)]
    subject: Option<UserId>,
    /// On which device.
    #[param(value_type = Option<String>)]
    device: Option<DeviceId>,
    /// Not before this instant.
    #[param(value_type = Option<String>)]
    from: Option<Instant>,
    /// Not after this instant; a bare date means its end in UTC.
    #[param(value_type = Option<String>)]
    to: Option<Instant>,
    /// Where the list goes on.
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor>,
    /// Rows of a page, 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u16>)]
    limit: Limit,
    /// Wait until this position is visible.
    min_position: Option<u64>,
}

/// The audit log, the newest event first.
#[utoipa::path(get, path = "/v1/events", tag = "events", security(("bearer" = []), ("password" = [])), params(Which),
    responses((status = 200, description = "One page.", body = Page<EventShown>), Reading))]
pub(super) async fn events(
    State(app): State<App>,
    reader: Reader,
    Query(which): Query<Which>,
) -> Result<Json<Page<EventShown>>, Problem> {
    let me = reader.may(&app, Deed::ReadAudit).await?;
    if which.r#type.as_deref().is_some_and(|name| event_types().all(|known| known != name)) {
        return Err(invalid("query/type", "no event has this name"));
    }
    if which.actor.as_deref().is_some_and(|actor| !names_an_actor(actor)) {
        return Err(invalid(
            "query/actor",
            "expected `usr_…`, `cli_…`, `operator`, `anonymous`, or `system:…`",
        ));
    }
    let question = Question::of(Matter::Events)
        .between(which.from.map(|at| at.0), which.to.map(|at| at.0))
        .narrowed("type", which.r#type.as_deref())
        .narrowed("actor", which.actor.as_deref())
        .narrowed("device", which.device);
    let question = Question { subject: which.subject, ..question };
    reader.is_shown(&app, &me, question).await?;
    let page = match &which.cursor {
        Some(cursor) => audit::Page::Before(cursor.open(LIST)?),
        None => audit::Page::Newest,
    };
    if let Some(position) = which.min_position {
        app.caught_up(audit::NAME, me.account, position).await?;
    }
    let filter = Filter {
        event_type: which.r#type,
        actor: which.actor,
        subject: which.subject,
        device: which.device,
        from: which.from.map(|at| at.0),
        to: which.to.map(|at| at.0),
    };
    let rows = which.limit.get() as u32 + 1;
    let entries = audit::page(app.store().views(), me.account, &filter, page, rows).await?;
    let shown = entries.into_iter().map(EventShown::try_from).collect::<Result<Vec<_>, _>>()?;
    Ok(Json(Page::cut(shown, which.limit, LIST, |event| event.position)?))
}

/// Whether a text is the name of somebody who acts, and nobody's name or address.
fn names_an_actor(text: &str) -> bool {
    let Ok(by) = text.parse::<By>();
    match by {
        By::System(name) => name.chars().all(|c| c.is_ascii_lowercase() || c == '_'),
        By::Nobody | By::Operator | By::Person(_) | By::Program(_) => true,
        By::Unknown(_) => false,
    }
}

fn invalid(pointer: &'static str, words: &'static str) -> Problem {
    Problem::new(kinds::INVALID_FIELDS).field(pointer, "invalid_value", words)
}
