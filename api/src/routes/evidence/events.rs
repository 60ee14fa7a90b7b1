//! `GET /v1/events`: the audit log.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use twofold_domain::permission::Act as Deed;
use twofold_domain::policy::Role;
use twofold_domain::reading::Matter;
use twofold_infra::acts::{By, Caller};
use twofold_projections::audit::{self, Found};
use utoipa::{IntoParams, ToSchema};

use super::filters::{Filtered, Filters};
use crate::app::App;
use crate::as_of::Viewed;
use crate::audit::shown::{EventShown, Teller};
use crate::cursor::{Cursor, Limit};
use crate::pages::frame::Frame;
use crate::problem::Problem;
use crate::routes::reader::Reader;
use crate::routes::usual::Reading;

const LIST: &str = "events";

/// Which page of them, and how it is told.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Paging {
    /// The newest first, or the oldest.
    #[serde(default)]
    #[param(inline)]
    order: Order,
    /// Where the list goes on: `next` or `previous` of another page.
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor>,
    /// Rows of a page, 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u16>)]
    limit: Limit,
    /// With the names that people bore then. Takes a reader who may see people.
    #[param(inline)]
    annex: Option<Annex>,
    /// Wait until this position is visible.
    min_position: Option<u64>,
}

/// In which order.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Default, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Order {
    /// The newest event first.
    #[default]
    Newest,
    /// The oldest event first.
    Oldest,
}

/// What stands beside the events.
#[derive(Deserialize, Clone, Copy, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Annex {
    /// Names.
    Names,
}

/// One page of the log.
#[derive(Serialize, ToSchema)]
pub(super) struct Events {
    /// The events. Where filters leave little of much, there may be fewer than asked for, or none, and still more
    /// behind `next`.
    items: Vec<EventShown>,
    /// Send this to go on; absent at the end.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<Cursor>,
    /// Send this to go back; absent on the first page.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    previous: Option<Cursor>,
}

/// Where a list goes on, and whether backwards from there.
type Place = (u64, bool);

/// The audit log.
///
/// Every event in words and as data. A page costs the same wherever it is: one filter leads to its events, the
/// others look at a bounded number of them at a time.
#[utoipa::path(get, path = "/v1/events", tag = "events", security(("bearer" = []), ("password" = [])),
    params(Filters, Paging),
    responses((status = 200, description = "One page.", body = Viewed<Events>), Reading))]
pub(super) async fn events(
    State(app): State<App>,
    reader: Reader,
    frame: Frame,
    Filtered(filters, paging): Filtered<Paging>,
) -> Result<Viewed<Events>, Problem> {
    let me = may_read(&app, &reader, &filters, paging.annex.is_some()).await?;
    filters.check()?;
    let place = paging.cursor.as_ref().map(|cursor| cursor.open::<Place>(LIST)).transpose()?;
    if let Some(position) = paging.min_position {
        app.caught_up(audit::NAME, me.account, position).await?;
    }
    // An end that is named is found before the record of it is one more event.
    let end = filters.end(&app, me.account).await?;
    reader.is_shown(&app, &me, filters.look(Matter::Events)).await?;
    let mut filter = filters.filter(&app, me.account).await?;
    let at = match end {
        Some(end) => end,
        None => app.stands_where(me.account, audit::NAME).await?,
    };
    (filter.to, filter.up_to) = (None, Some(at.position()));
    let back = place.is_some_and(|(_, back)| back);
    let ascending = (paging.order == Order::Oldest) != back;
    let page = match (place, ascending) {
        (None, false) => audit::Page::Newest,
        (None, true) => audit::Page::After(0),
        (Some((seq, _)), true) => audit::Page::After(seq),
        (Some((seq, _)), false) => audit::Page::Before(seq),
    };
    let limit = paging.limit.get();
    let found = audit::entries(app.store().views(), me.account, &filter, page, limit as u32 + 1).await?;
    let Found { mut entries, on } = found;
    let beyond = if entries.len() > limit { entries.get(limit - 1).map(|e| e.row.account_seq) } else { on };
    entries.truncate(limit);
    if back {
        entries.reverse();
    }
    let (first, last) =
        (entries.first().map(|e| e.row.account_seq), entries.last().map(|e| e.row.account_seq));
    let seal = |seq: Option<u64>, back: bool| seq.map(|seq| Cursor::seal(LIST, &(seq, back))).transpose();
    // Going back, there is always the page that one came from.
    let (next, previous) = if back {
        (seal(last.or(place.map(|(seq, _)| seq)), false)?, seal(beyond, true)?)
    } else {
        (seal(beyond, false)?, seal(first.filter(|_| place.is_some()), true)?)
    };
    let mut teller = Teller::new(&app.desk, me.account, frame, role(&me), paging.annex.is_some());
    let mut items = Vec::with_capacity(entries.len());
    for entry in entries {
        items.push(teller.tell(entry).await.map_err(|error| app.problem(error))?);
    }
    Ok(at.shows(Events { items, next, previous }))
}

/// Who reads, if they may: the log, and people's names where those are asked for.
pub(super) async fn may_read(
    app: &App,
    reader: &Reader,
    filters: &Filters,
    names: bool,
) -> Result<Caller, Problem> {
    let me = reader.may(app, Deed::ReadAudit).await?;
    if names || filters.searches() {
        reader.may(app, Deed::ReadPeople).await?;
    }
    Ok(me)
}

/// The role of somebody in a session: only they may see where others came from.
pub(super) fn role(me: &Caller) -> Option<Role> {
    match &me.by {
        By::Session(person) => Some(person.role),
        By::Token { .. } | By::Password { .. } => None,
    }
}
