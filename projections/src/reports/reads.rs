//! `reads` and `log-access`: who was shown data of other people, and who the log itself.

use twofold_domain::permission::Act;
use twofold_domain::reading::{Matter, Reader, ReadingEvent};

use super::ask::FROM;
use super::cell::{Cell, Column, Kind, Row, column};
use super::events::row_each;
use super::{Asked, Pages, Report};
use crate::audit;
use crate::fact::{Event, Fact};

const COLUMNS: &[Column] = &[
    column("at", Kind::Instant, "When it was recorded: at the first time within an hour."),
    column("event", Kind::Event, "By which event."),
    column("reader", Kind::Actor, "Who: a person, a program, or `operator`."),
    column(
        "means",
        Kind::Word,
        "`own` (a session or token of theirs), `password` (a program showed it), `program`, `operator`.",
    ),
    column("what", Kind::Word, "What was read: `people`, `person`, `events`, `report`, and so on."),
    column("report", Kind::Word, "Which report."),
    column("subject", Kind::Person, "Whose data, where it is one person's."),
    column("as_of", Kind::Instant, "As of which past instant; today's where it is empty."),
    column("range_from", Kind::Instant, "Not before."),
    column("range_to", Kind::Instant, "Not after."),
    column("narrowed", Kind::Text, "What else narrowed it, as `name=value` by `+`."),
    column("searched", Kind::Flag, "Whether words were searched for, or a sample was asked by a nonce."),
    column(
        "file",
        Kind::Word,
        "The form of the file that was taken away; empty where it was only looked at.",
    ),
    column("and_more", Kind::Flag, "Whether it stands for more questions about the same within the hour."),
];

/// Every read.
pub const READS: Report = Report {
    name: "reads",
    meaning: "Reads: everybody who was shown data of other people, by the API, the console, or the command line, in the \
              order of the log: what, of whom, which range, as of when, and whether they took it away as a file. The \
              same question is recorded once an hour, a file and a sample each time; what is one's own is not recorded. This \
              report is a read as well.",
    definition: 2,
    reads: Act::ReadAudit,
    from: &[audit::NAME],
    rows: "reads",
    parameters: &[FROM],
    columns: COLUMNS,
    pages: |asked: Asked| row_each(&asked, NAMES, row),
};

/// Reads of the log.
pub const LOG_ACCESS: Report = Report {
    name: "log-access",
    meaning: "Access to the log: everybody who was shown the audit log, followed it, took it away as a file, or asked a \
              report that is made of its events, in the order of the log. The same columns as `reads`, of which it is \
              a part.",
    definition: 2,
    reads: Act::ReadAudit,
    from: &[audit::NAME],
    rows: "reads",
    parameters: &[FROM],
    columns: COLUMNS,
    pages: log_access,
};

const NAMES: &[&str] = &["DataRead", "DataExported"];

#[expect(clippy::needless_pass_by_value, reason = "the shape of every report's rows")]
fn log_access(asked: Asked) -> Pages {
    row_each(&asked, NAMES, |fact| {
        let Event::Reading(
            ReadingEvent::DataRead { question, .. } | ReadingEvent::DataExported { question, .. },
        ) = &fact.event
        else {
            return None;
        };
        let of_log = matches!(question.matter, Matter::Events | Matter::EventStream | Matter::EventReport(_));
        if of_log { row(fact) } else { None }
    })
}

fn row(fact: &Fact) -> Option<Row> {
    let Event::Reading(event) = &fact.event else { return None };
    let (reader, question, file) = match event {
        ReadingEvent::DataRead { reader, question, .. } => (*reader, question, Cell::Empty),
        ReadingEvent::DataExported { reader, question, form, .. } => (*reader, question, Cell::word(*form)),
        // What was ordered is read once it is taken.
        ReadingEvent::ReportOrdered { .. }
        | ReadingEvent::ReportPrepared { .. }
        | ReadingEvent::ReportGivenUp { .. }
        | ReadingEvent::ReportWithdrawn { .. } => return None,
    };
    let (who, means) = match reader {
        Reader::User(user) => (user.into(), "own"),
        Reader::PasswordOf(user) => (user.into(), "password"),
        Reader::Client(client) => (Cell::text(client.to_string()), "program"),
        Reader::Operator => (Cell::word("operator"), "operator"),
    };
    let (what, report) = match &question.matter {
        Matter::Report(name) | Matter::EventReport(name) => ("report", Cell::text(name.as_str())),
        matter => (matter.into(), Cell::Empty),
    };
    let narrowed: Vec<String> =
        question.narrowed.iter().map(|(name, value)| format!("{name}={value}")).collect();
    Some(vec![
        fact.at.into(),
        Cell::Event(fact.seq),
        who,
        Cell::word(means),
        Cell::word(what),
        report,
        question.subject.into(),
        question.as_of.into(),
        question.from.into(),
        question.to.into(),
        if narrowed.is_empty() { Cell::Empty } else { Cell::text(narrowed.join("+")) },
        question.search.is_some().into(),
        file,
        question.and_more.into(),
    ])
}
