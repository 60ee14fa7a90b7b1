//! `timeline`: everything that happened to one person, and everything that they did.

use futures::stream::{self, StreamExt as _};
use twofold_domain::ids::UserId;
use twofold_domain::permission::Act;
use twofold_infra::store::StoreError;

use super::ask::{FROM, Parameter, Takes};
use super::cell::{Cell, Kind, Row, column};
use super::{Asked, Pages, Report};
use crate::audit::search::Span;
use crate::audit::{self, AuditRow, Filter, Found, Page};

/// Whose.
const SUBJECT: Parameter = Parameter {
    name: "subject",
    takes: Takes::Person,
    default: None,
    required: true,
    meaning: "Whose timeline: `usr_…`.",
};

/// The report.
pub const REPORT: Report = Report {
    name: "timeline",
    meaning: "One person's timeline: every event that was about them, and every event that they caused, in the order \
              of the log. What an event says stands in the log under its number.",
    definition: 2,
    reads: Act::ReadAudit,
    from: &[audit::NAME],
    rows: "timeline",
    parameters: &[FROM, SUBJECT],
    columns: &[
        column("at", Kind::Instant, "When it was recorded."),
        column("event", Kind::Event, "Its number."),
        column("what", Kind::Word, "Its name."),
        column("side", Kind::Word, "`about` them, `by` them, or `own`: both."),
        column("by", Kind::Actor, "Who did it."),
        column("user", Kind::Person, "Whom it was about."),
        column("device", Kind::Id, "On which device."),
        column("cause", Kind::Word, "By what it came about."),
        column("correlation", Kind::Id, "The request that it belongs to."),
    ],
    pages,
};

/// Events per statement.
const PAGE: u32 = 500;

fn pages(asked: Asked) -> Pages {
    let Some(user) = asked.arguments.person(SUBJECT.name) else { return stream::empty().boxed() };
    let after = asked.arguments.after();
    stream::try_unfold((asked, Some(after)), move |(asked, after)| async move {
        let Some(after) = after else { return Ok::<_, StoreError>(None) };
        let everything = vec![Span { user, from: 0, until: None }];
        let filter =
            Filter { people: Some(everything), up_to: Some(asked.as_of.position), ..Filter::default() };
        let views = asked.store.views();
        let Found { entries, on } =
            audit::entries(views, asked.account, &filter, Page::After(after), PAGE).await?;
        let rows = entries.into_iter().map(|entry| row(user, entry.row)).collect();
        Ok(Some((rows, (asked, on))))
    })
    .boxed()
}

fn row(user: UserId, event: AuditRow) -> Row {
    let by = event.actor.as_deref() == Some(user.to_string().as_str());
    let side = match (event.subject == Some(user), by) {
        (true, true) => "own",
        (true, false) => "about",
        (false, _) => "by",
    };
    vec![
        event.recorded_at.into(),
        Cell::Event(event.account_seq),
        event.event_type.into(),
        Cell::word(side),
        event.actor.into(),
        event.subject.into(),
        event.device_id.map(|device| device.to_string()).into(),
        event.cause.into(),
        event.correlation.into(),
    ]
}
