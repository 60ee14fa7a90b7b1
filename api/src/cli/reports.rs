//! `twofold report <name>`: every report of the registry, with its parameters as options; the same bytes as
//! `GET /v1/reports/<name>`.

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::Bytes;
use clap::{Arg, ArgAction, ArgMatches, Args as _};
use futures::{Stream, StreamExt as _};
use twofold_domain::ids::UserId;
use twofold_domain::time::Timestamp;
use twofold_infra::acts::ActError;
use twofold_infra::desk::Desk;
use twofold_projections::reports::ask::{Point, Unanswerable};
use twofold_projections::reports::{self, Asked, Cell, Question, Report};

use super::{Context, Exit, Failure, Output, evidence, setup};
use crate::report::{Form, Names, Wish, Written, look, plain};

use super::export::read_by_operator;

/// What every report takes on the command line.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Common {
    /// The account's short name
    #[arg(long, value_name = "SLUG")]
    pub(super) account: String,
    /// As of this instant (2026-03-31T23:59:59Z) or the end of this day (2026-03-31) [default: now]
    #[arg(long, value_name = "INSTANT", visible_alias = "to")]
    pub(super) as_of: Option<Timestamp>,
    /// Right after the event of this number
    #[arg(long, value_name = "NUMBER")]
    pub(super) at_event: Option<u64>,
    /// The form of the answer
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(super) format: Format,
    /// Add what people are called today
    #[arg(long)]
    pub(super) names: bool,
}

/// The form of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// A table on a terminal, tab-separated lines elsewhere
    Table,
    /// CSV, safe to open in a spreadsheet
    Csv,
    /// JSON
    Json,
    /// A workbook
    Xlsx,
}

/// A report that was asked for by its name.
#[derive(Debug, Clone)]
pub(super) struct Named {
    report: &'static Report,
    common: Common,
    given: Vec<(&'static str, String)>,
}

/// A subcommand for each report.
pub(super) fn commands() -> impl Iterator<Item = clap::Command> {
    reports::ALL.iter().map(|report| {
        let about = report.meaning.split_once(": ").map_or(report.meaning, |(first, _)| first);
        let command = Common::augment_args(clap::Command::new(report.name));
        report.parameters.iter().fold(
            command.about(about).long_about(report.meaning),
            |command, parameter| {
                let arg = Arg::new(parameter.name).long(parameter.name);
                let arg = arg.help(parameter.meaning).required(parameter.required).action(ArgAction::Set);
                let default =
                    parameter.default.map(|default| format!(" [default: {default}]")).unwrap_or_default();
                command.arg(arg.value_name("VALUE").help(format!("{}{default}", parameter.meaning)))
            },
        )
    })
}

impl Named {
    /// The report that was asked for; nothing where the words name none.
    pub(super) fn of(name: &str, matches: &ArgMatches) -> Result<Option<Self>, clap::Error> {
        let Some(report) = reports::named(name) else { return Ok(None) };
        let common = <Common as clap::FromArgMatches>::from_arg_matches(matches)?;
        let value = |name| matches.get_one::<String>(name).map(|value: &String| (name, value.clone()));
        let given = report.parameters.iter().filter_map(|parameter| value(parameter.name)).collect();
        Ok(Some(Self { report, common, given }))
    }
}

pub(super) async fn run(context: &Context, named: Named) -> Result<(), Failure> {
    let Named { report, common, given } = named;
    let (_, desk) = setup::open_existing(context).await?;
    let account = setup::account(&desk, &common.account).await?;
    let as_of = common.as_of.map(|at| ("as_of", at.to_string()));
    let at_event = common.at_event.map(|event| ("at_event", event.to_string()));
    let pairs: Vec<_> = given.into_iter().chain(as_of).chain(at_event).collect();
    let question = Question::read(report, pairs.iter().map(|(name, value)| (*name, value.as_str())));
    let question = question.map_err(|wrong| unanswerable(wrong.into()))?;
    if common.names {
        evidence::may_read_names(&desk, account).await?;
    }
    let now = evidence::now_of(&desk, account).await?;
    let asked = question.settle(desk.store(), account, now).await.map_err(unanswerable)?;
    evidence::up_to_date(&desk, account).await?;
    print(context.output, desk, report, asked, common.format, common.names).await
}

/// Prints a report in a form.
pub(super) async fn print(
    output: Output,
    desk: Desk,
    report: &'static Report,
    asked: Asked,
    format: Format,
    with_names: bool,
) -> Result<(), Failure> {
    let form = format.or_json(output).form();
    let wish = Wish { form: form.unwrap_or_default(), names: with_names };
    let look = look(report, &asked, Point::at(asked.as_of), wish, form.is_some()).await?;
    read_by_operator(&desk, asked.account, look).await?;
    let mut written = Written { report, asked, form: form.unwrap_or_default(), with_names, counts: None };
    match form {
        None => table(output, &desk, &written).await,
        // It says so itself.
        Some(Form::Json) => stream(output, written.write(desk)).await,
        Some(Form::Csv | Form::Xlsx) => {
            let rows = Arc::<AtomicU64>::default();
            written.counts = Some(Arc::clone(&rows));
            stream(output, written.clone().write(desk)).await?;
            what_it_is(&written, rows.load(Ordering::Relaxed))
        }
    }
}

/// What the rows are, on standard error: the question, which events, which read models, and how many rows. Where there
/// is none, also what would be one.
fn what_it_is(written: &Written, count: u64) -> Result<(), Failure> {
    for (name, value) in written.about()? {
        eprintln!("{name}: {value}");
    }
    eprintln!("count: {count}");
    if count == 0 {
        eprintln!("nothing to list; what is listed here: {}", written.report.meaning);
    }
    Ok(())
}

/// For people to read here and now; what the rows are, on standard error.
async fn table(output: Output, desk: &Desk, written: &Written) -> Result<(), Failure> {
    let places: Vec<usize> = written.report.people_columns().map(|(place, _)| place).collect();
    let names = Names { desk, account: written.asked.account };
    let mut table = output.table(written.report.columns.iter().map(|column| column.name));
    let (mut pages, mut count) = (written.pages(), 0_u64);
    while let Some(page) = pages.next().await {
        let page = page.map_err(ActError::from)?;
        let called = if written.with_names { names.in_rows(&page, &places).await? } else { BTreeMap::new() };
        // A name says more to people than an id, and there is room for one of them.
        let name = |user: UserId| called.get(&user).map(|called| called.name.clone().unwrap_or_default());
        for row in page {
            let cell = |cell: &Cell| cell.person().and_then(name).unwrap_or_else(|| short(cell));
            table.row(&row.iter().map(cell).collect::<Vec<_>>())?;
            count += 1;
        }
    }
    table.end()?;
    what_it_is(written, count)
}

/// Instants to the second.
fn short(cell: &Cell) -> String {
    match cell {
        Cell::Instant(at) => at.to_string().chars().take(19).collect::<String>().replace('T', " "),
        other => plain(other),
    }
}

/// Writes a report out as it comes.
pub(super) async fn stream(
    output: Output,
    pieces: impl Stream<Item = Result<Bytes, ActError>>,
) -> Result<(), Failure> {
    let mut pieces = pin!(pieces);
    while let Some(piece) = pieces.next().await {
        output.bytes(&piece?)?;
    }
    Ok(())
}

/// Why a question has no answer.
pub(super) fn unanswerable(error: Unanswerable) -> Failure {
    match error {
        Unanswerable::Wrong(wrong) => {
            let exit = if wrong.code == "before_the_account" { Exit::NotFound } else { Exit::Usage };
            let name = format!("--{}", wrong.name.replace('_', "-"));
            Failure::new(format!("{name} has no answer")).because(wrong.why).exit(exit)
        }
        Unanswerable::Store(error) => error.into(),
    }
}

impl Format {
    /// Who asked for JSON everywhere gets it here.
    pub(super) fn or_json(self, output: Output) -> Self {
        if output.is_json() && self == Self::Table { Self::Json } else { self }
    }

    /// The form of the same report as a file.
    pub(super) fn form(self) -> Option<Form> {
        match self {
            Self::Table => None,
            Self::Csv => Some(Form::Csv),
            Self::Json => Some(Form::Json),
            Self::Xlsx => Some(Form::Xlsx),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_says_of_each_report_what_it_means() {
        for (command, report) in commands().zip(reports::ALL) {
            let long = command.get_long_about().map(ToString::to_string);
            assert_eq!(long.as_deref(), Some(report.meaning), "the help of `{}`", report.name);
            let short = command.get_about().map(ToString::to_string).unwrap_or_default();
            assert!(
                !short.is_empty() && report.meaning.starts_with(&short),
                "`{}` is listed as: {short}",
                report.name
            );
        }
    }
}
