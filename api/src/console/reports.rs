//! Named reports: which there are, and each as a page, from the same registry and the same rows as everywhere.

use std::collections::BTreeMap;

use axum::response::Response;
use futures::StreamExt as _;
use twofold_domain::permission::Act as Deed;
use twofold_domain::time::{Span, Timestamp};
use twofold_infra::acts::ActError;
use twofold_infra::zone::Zone;
use twofold_projections::reports::{
    self, Cell, Column, Parameter, Question, Report, Row, Takes, Wrong, coverage_history, exposure_totals,
};

use super::cells;
use super::door::{Door, with_query};
use super::names::erased_words;
use super::people::may;
use super::refused::Refused;
use crate::extract::{Path, Query};
use crate::layers::concern;
use crate::pages::frame::{Frame, Section, When};
use crate::pages::render;
use crate::pages::reports::{self as pages, Answer, Input, Plot, Shown};
use crate::problem::Problem;
use crate::report::{Called, Form, Names, Wish, Written, answer, look, misread, place};

/// Rows of a page; a file has them all.
const ROWS: usize = 200;

/// The fields before a report's own.
const AS_OF: [&str; 3] = ["day", "time", "event"];
/// The same as the API names them, so that a question copied from there is that question here.
const AS_OF_EXACTLY: [&str; 3] = ["as_of", "at_event", "to"];

/// Which reports there are.
pub(super) async fn catalogue(mut door: Door) -> Result<Response, Refused> {
    door.enter(Deed::ReadStatus).await?;
    door.frame = door.frame.clone().section(Section::Status);
    let one = |report: &Report| {
        let (title, about) = words(&door, report);
        (door.path(&format!("reports/{}", report.name)), title, about)
    };
    Ok(render(&pages::Reports {
        reports: reports::ALL.iter().map(one).collect(),
        files: door.path("files"),
        f: door.frame.clone(),
    }))
}

/// Its title, and what it says in a sentence.
fn words(door: &Door, report: &Report) -> (String, String) {
    (door.frame.s(&report_title(report)), door.frame.s(&format!("{}-about", report_title(report))))
}

/// The key of a report's title; with `-about`, of the sentence about it.
pub(crate) fn report_title(report: &Report) -> String {
    format!("report-{}", report.name)
}

/// What was asked, as it was typed.
pub(super) type Typed = BTreeMap<String, String>;

/// One report.
pub(super) async fn show(
    mut door: Door,
    Path((_, name)): Path<(String, String)>,
    Query(typed): Query<Vec<(String, String)>>,
) -> Result<Response, Refused> {
    let Some(report) = reports::named(&name) else { return Err(Problem::not_found().into()) };
    let me = door.enter(report.reads).await?;
    door.frame = door.frame.clone().section(Section::Status);
    let typed: Typed = typed.into_iter().collect();
    let (mut wrong, mut answered) = (None, None);
    match read(report, &typed, door.now()) {
        // What no field is for would show nowhere, and today's table is no answer to it.
        Err(found) if !has_field(report, field_of(&found)) => return Err(misread(found).into()),
        Err(found) => wrong = Some(found),
        Ok(question) => {
            let wish = Wish { form: Form::Json, names: true };
            let point = question.point();
            match place(&door.app, door.account, question).await? {
                Err(found) => wrong = Some(found),
                Ok(asked) => {
                    let look = look(report, &asked, point, wish, false).await.map_err(ActError::from)?;
                    door.shows(&me, look).await?;
                    let written = Written { report, asked, form: Form::Json, with_names: true, counts: None };
                    let exports = may(&me, Deed::Export);
                    answered =
                        Some(answered_by(&door, &written, &typed, may(&me, Deed::ReadAudit), exports).await?);
                }
            }
        }
    }
    let (title, about) = words(&door, report);
    Ok(render(&pages::Report {
        back: door.path("reports"),
        title,
        about,
        name: (report.name, report.definition),
        inputs: inputs(&door, report, &typed, wrong.as_ref()),
        answer: answered,
        columns: columns(&door.frame, report),
        meaning: report.meaning,
        f: door.frame.clone(),
    }))
}

/// The columns of a report: what each is called on the page, what it is called in a file, and what it means.
fn columns(f: &Frame, report: &Report) -> Vec<(String, &'static str, &'static str)> {
    report.columns.iter().map(|column| (f.s(&cells::heading(column)), column.name, column.meaning)).collect()
}

/// The report as a file, names included.
pub(super) async fn file(
    mut door: Door,
    Path((_, name, form)): Path<(String, String, String)>,
    Query(typed): Query<Vec<(String, String)>>,
) -> Result<Response, Refused> {
    let (Some(report), Ok(form)) = (reports::named(&name), form.parse::<Form>()) else {
        return Err(Problem::not_found().into());
    };
    let pairs = typed.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    door.back = with_query(&door.path(&format!("reports/{}", report.name)), pairs);
    let me = door.enter(Deed::Export).await?;
    let typed: Typed = typed.into_iter().collect();
    let question = read(report, &typed, door.now()).map_err(misread)?;
    let wish = Wish { form, names: true };
    Ok(answer(&door.app, door.account, question, wish, door.shown_to(&me)).await?)
}

/// What was typed as a question: days and times as a clock shows them there.
fn read(report: &'static Report, typed: &Typed, now: Timestamp) -> Result<Question, Wrong> {
    let pairs = pairs_of(report, typed, now)?;
    let pairs = pairs.iter().map(|(name, value)| (*name, value.as_str()));
    // What is no field of this page the question itself refuses; `said` is what a page before had to say.
    let known = |name: &str| has_field(report, name) || AS_OF_EXACTLY.contains(&name) || name == "said";
    let others = typed.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    Question::read(report, pairs.chain(others.filter(|(name, _)| !known(name))))
}

fn has_field(report: &Report, name: &str) -> bool {
    AS_OF.contains(&name) || report.parameters.iter().any(|parameter| parameter.name == name)
}

/// What was typed, as a question is asked elsewhere: instants to the microsecond.
pub(super) fn pairs_of(
    report: &'static Report,
    typed: &Typed,
    now: Timestamp,
) -> Result<Vec<(&'static str, String)>, Wrong> {
    let zone = concern::zone();
    let get = |name: &str| typed.get(name).map(|value| value.trim()).unwrap_or_default();
    let mut pairs = point_pairs(typed, now)?;
    pairs.extend(
        AS_OF_EXACTLY.map(|name| (name, get(name).to_owned())).into_iter().filter(|(_, v)| !v.is_empty()),
    );
    for parameter in report.parameters {
        match (get(parameter.name), parameter.takes) {
            ("", _) => {}
            (day, Takes::Instant) => {
                let at = zone.first_of(day).or_else(|| Timestamp::beginning(day).ok());
                let at = at.ok_or_else(|| wrong(parameter.name, "no_date"))?;
                pairs.push((parameter.name, at.to_string()));
            }
            (value, _) => pairs.push((parameter.name, value.to_owned())),
        }
    }
    Ok(pairs)
}

fn wrong(name: &str, code: &'static str) -> Wrong {
    Wrong { name: name.to_owned(), code, why: String::new() }
}

/// As of when, as it was typed into the fields that every report and some pages have: a day and a time as a clock
/// shows them there, the number of an event.
pub(super) fn point_pairs(typed: &Typed, now: Timestamp) -> Result<Vec<(&'static str, String)>, Wrong> {
    let zone = concern::zone();
    let get = |name: &str| typed.get(name).map(|value| value.trim()).unwrap_or_default();
    let mut pairs = vec![];
    match (get("day"), get("time")) {
        ("", "") => {}
        ("", _) => return Err(wrong("day", "no_day")),
        (day, "") => pairs.push(("as_of", end_of(&zone, day, now).ok_or_else(|| wrong("day", "no_date"))?)),
        (day, time) => {
            let seconds = if time.len() == 5 { ":59.999999" } else { ".999999" };
            let at =
                zone.instant(day, &format!("{time}{seconds}")).ok_or_else(|| wrong("time", "no_date"))?;
            pairs.push(("as_of", at.to_string()));
        }
    }
    match get("event").trim_start_matches('#') {
        "" => {}
        event => pairs.push(("at_event", event.to_owned())),
    }
    Ok(pairs)
}

/// The end of a day there; of today, now.
fn end_of(zone: &Zone, day: &str, now: Timestamp) -> Option<String> {
    let end = zone.last_of(day)?;
    let today = When::from(end).day == When::from(now).day;
    Some(if today { end.min(now) } else { end }.to_string())
}

async fn answered_by(
    door: &Door,
    written: &Written,
    typed: &Typed,
    reads_log: bool,
    exports: bool,
) -> Result<Answer, Refused> {
    let report = written.report;
    let (mut rows, mut pages): (Vec<Row>, _) = (vec![], written.pages());
    while rows.len() <= ROWS {
        let Some(page) = pages.next().await else { break };
        rows.extend(page.map_err(ActError::from)?);
    }
    drop(pages);
    let (plot, more) = (plot(door, report, &rows), rows.len() > ROWS);
    rows.truncate(ROWS);
    let people: Vec<usize> = report.people_columns().map(|(place, _)| place).collect();
    let names = Names { desk: &door.app.desk, account: door.account }.in_rows(&rows, &people).await?;
    let erased = |called: &Called| match called.erased_since.as_ref().and_then(|at| at.parse().ok()) {
        Some(at) => erased_words(door, at),
        None => door.frame.s("erased-person"),
    };
    let shown = |(cell, column): (&Cell, &Column)| match cell.person().and_then(|user| names.get(&user)) {
        Some(called) => Shown::Text(called.name.clone().unwrap_or_else(|| erased(called))),
        None => cells::shown(door, column, cell),
    };
    let as_of = written.asked.as_of;
    let number = as_of.position.to_string();
    let pairs = || typed.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let download = |(words, form): (&'static str, &str)| {
        (words, with_query(&door.path(&format!("reports/{}/{form}", report.name)), pairs()))
    };
    let position_href = with_query(&door.path("log"), [("event", number.as_str())]);
    Ok(Answer {
        at: as_of.instant.into(),
        position: as_of.position,
        position_href: if reads_log { position_href } else { String::new() },
        plot,
        rows: rows.iter().map(|row| row.iter().zip(report.columns).map(shown).collect()).collect(),
        more,
        downloads: if exports {
            [("CSV", "csv"), ("XLSX", "xlsx"), ("JSON", "json")].map(download).to_vec()
        } else {
            vec![]
        },
        prepare: if exports { door.path(&format!("reports/{}", report.name)) } else { String::new() },
        files: door.path("files"),
        typed: typed.clone().into_iter().collect(),
    })
}

/// The figure of what goes over time; nothing of a single point.
fn plot(door: &Door, report: &Report, rows: &[Row]) -> Option<Plot> {
    let f = &door.frame;
    let place = |name: &str| report.columns.iter().position(|column| column.name == name);
    let bare = |ends| {
        let title = f.s(&format!("{}-plot", report_title(report)));
        Plot { title, about: f.s("plot-about"), ends, ..Plot::default() }
    };
    let days = |rows: &[&Row], last: usize| {
        let day = |at: Option<Timestamp>| at.map_or_else(String::new, |at| When::from(at).day);
        let (first, last) = axis(rows, last);
        (day(first), day(last))
    };
    if report.name == coverage_history::REPORT.name && rows.len() > 1 {
        let line = |column: &str, class: &'static str| {
            let place = place(column)?;
            let share = |row: &Row| match row[place] {
                Cell::Share(share) => Some(share),
                _ => None,
            };
            Some((f.s(&format!("plot-{column}")), class, rows.iter().map(share).collect()))
        };
        let lines: Vec<_> = [line("enabled_share", "line-one"), line("covered_share", "line-two")]
            .into_iter()
            .flatten()
            .collect();
        let ends = days(&rows.iter().collect::<Vec<_>>(), 0);
        return Some(bare(ends).of_shares(&lines));
    }
    if report.name == exposure_totals::REPORT.name {
        let (why, seconds) = (place("why")?, place("seconds")?);
        let all: Vec<&Row> = rows.iter().filter(|row| row[why] == Cell::word("all")).collect();
        let hours = |row: &&Row| match row[seconds] {
            Cell::Seconds(n) => (n / 3_600).unsigned_abs(),
            _ => 0,
        };
        let hours: Vec<u64> = all.iter().map(hours).collect();
        let ends = days(&all, 1);
        return (all.len() > 1).then(|| bare(ends).of_hours(&hours));
    }
    None
}

/// Between which instants a figure goes, by its first and its last row: from the first column of the first one, an
/// instant or the beginning of a period, to another column of the last one. The end of a period is no instant of it
/// any more, so the one before it is the last.
fn axis(rows: &[&Row], last: usize) -> (Option<Timestamp>, Option<Timestamp>) {
    let instant = |row: Option<&&Row>, place: usize| match row.map(|row| &row[place]) {
        Some(Cell::Instant(at)) => Some(*at),
        _ => None,
    };
    let inside = if last == 0 { Span::of_micros(0) } else { Span::of_micros(1) };
    (instant(rows.first(), 0), instant(rows.last(), last).map(|at| at - inside))
}

/// The fields of the form, with what was typed and what is wrong with it.
fn inputs(door: &Door, report: &Report, typed: &Typed, wrong: Option<&Wrong>) -> Vec<Input> {
    let f = &door.frame;
    let input = |name: &str, label: String, kind| Input {
        name: name.to_owned(),
        label,
        kind,
        value: typed.get(name).cloned().unwrap_or_default(),
        error: wrong
            .filter(|wrong| field_of(wrong) == name)
            .map_or_else(String::new, |wrong| f.s(said(wrong))),
        choices: vec![],
        required: false,
    };
    let [day, time, event] = AS_OF;
    let mut inputs = vec![
        input(day, f.s("as-of-day"), "date"),
        input(time, f.v("as-of-time", concern::zone().name()), "time"),
        input(event, f.s("as-of-event"), "text"),
    ];
    for parameter in report.parameters {
        let kind = match parameter.takes {
            Takes::Instant => "date",
            Takes::Number { .. } => "number",
            Takes::Text { .. } | Takes::Person => "text",
            Takes::Population | Takes::Word { .. } => "select",
        };
        let made = input(parameter.name, f.s(&format!("report-ask-{}", parameter.name)), kind);
        let chosen = typed.get(parameter.name).map(String::as_str).or(parameter.default).unwrap_or_default();
        inputs.push(Input {
            choices: choices(door, parameter, chosen),
            value: chosen.to_owned(),
            required: parameter.required,
            ..made
        });
    }
    inputs
}

fn choices(door: &Door, parameter: &Parameter, chosen: &str) -> Vec<(String, String, bool)> {
    let f = &door.frame;
    let choice = |value: &str, words: String| (value.to_owned(), words, value == chosen);
    match parameter.takes {
        Takes::Population => {
            [("everyone", "everyone"), ("team", "policy-members"), ("end_users", "policy-users")]
                .map(|(value, key)| choice(value, f.s(key)))
                .to_vec()
        }
        Takes::Word { of } => {
            let all = parameter.default.is_none().then(|| choice("", f.s("all")));
            all.into_iter()
                .chain(of.iter().map(|word| choice(word, cells::word(f, parameter.name, word))))
                .collect()
        }
        _ => vec![],
    }
}

/// The field that a mistake is in.
pub(super) fn field_of(wrong: &Wrong) -> &str {
    match wrong.name.as_str() {
        "as_of" => "day",
        "at_event" => "event",
        other => other,
    }
}

/// The key of what is wrong, in the reader's words.
pub(super) fn said(wrong: &Wrong) -> &'static str {
    match wrong.code {
        "no_day" => "as-of-needs-day",
        "no_date" => "as-of-wrong",
        "in_the_future" => "as-of-future",
        "before_the_account" => "as-of-before",
        "no_such_event" => "as-of-no-event",
        "after_the_end" | "after_the_instant" => "report-after-end",
        "missing_field" => "report-say-first",
        _ => "report-wrong",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_goes_from_its_first_instant_to_its_last() {
        let at = |text: &str| text.parse::<Timestamp>().expect("an instant");
        let row = |from: &str, to: &str| vec![Cell::Instant(at(from)), Cell::Instant(at(to))];
        let (first, last) = (
            row("2025-11-24T00:00:00Z", "2025-12-01T00:00:00Z"),
            row("2025-12-01T00:00:00Z", "2025-12-08T00:00:00Z"),
        );
        let (begin, end) = (at("2025-11-24T00:00:00Z"), at("2025-12-07T23:59:59.999999Z"));
        assert_eq!(axis(&[&first, &last], 1), (Some(begin), Some(end)), "of periods");
        let end = at("2025-12-01T00:00:00Z");
        assert_eq!(axis(&[&first, &last], 0), (Some(begin), Some(end)), "of instants");
        assert_eq!(axis(&[], 0), (None, None));
    }
}
