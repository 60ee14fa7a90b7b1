//! `lifecycle-totals`: the steps of `lifecycle`, added up against the service level.

use futures::{StreamExt as _, TryStreamExt as _, stream};
use twofold_domain::permission::Act;
use twofold_domain::time::Span;
use twofold_infra::store::StoreError;

use super::ask::{FROM, POPULATION};
use super::cell::{Cell, Kind, Row, column};
use super::lifecycle::{Outcome, SLA, STEP, STEPS, reached};
use super::{Asked, Pages, Report, history};
use crate::status;

/// The report.
pub const REPORT: Report = Report {
    name: "lifecycle-totals",
    meaning: "Lifecycle in figures: for every step of `lifecycle`, how often it was gone through, how many of these \
              were within the service level, and how long it took at the median, for nine of ten, and at worst. \
              Steps that are open count with the time that they took by then; a median is of those that are done. \
              What lost its point counts as nothing but itself.",
    definition: 3,
    reads: Act::ReadStatus,
    from: &[status::NAME],
    rows: "totals",
    parameters: &[SLA, STEP, FROM, POPULATION],
    columns: &[
        column("step", Kind::Word, "Which step."),
        column("done", Kind::Number, "How many came to their aim."),
        column("open", Kind::Number, "How many are not over."),
        column("void", Kind::Number, "How many lost their point."),
        column(
            "within",
            Kind::Number,
            "How many of those done and open took no longer than the service level.",
        ),
        column("within_share", Kind::Share, "Of those done and open."),
        column("median", Kind::Seconds, "The least time that half of those done, or more, did not exceed."),
        column(
            "nine_of_ten",
            Kind::Seconds,
            "The least time that nine tenths of those done, or more, did not exceed.",
        ),
        column("worst", Kind::Seconds, "The longest of those done and open."),
    ],
    pages,
};

/// The times of one step, in microseconds: eight bytes for each.
#[derive(Default)]
struct Total {
    done: Vec<i64>,
    open: u64,
    void: u64,
    within: u64,
    worst: Option<i64>,
}

impl Total {
    fn add(&mut self, took: Span, outcome: Outcome, sla: Span) {
        match outcome {
            Outcome::Void => return self.void += 1,
            Outcome::Open => self.open += 1,
            Outcome::Done => self.done.push(took.micros()),
        }
        self.within += u64::from(took <= sla);
        self.worst = self.worst.max(Some(took.micros()));
    }

    /// The least time that so many tenths of those done, or more, did not exceed.
    fn rank(&self, tenths: usize) -> Cell {
        let place = (self.done.len() * tenths).div_ceil(10).checked_sub(1);
        let micros = place.and_then(|place| self.done.get(place));
        micros.map_or(Cell::Empty, |micros| Cell::span(Span::of_micros(*micros)))
    }

    fn row(mut self, step: &'static str) -> Row {
        self.done.sort_unstable();
        let done = self.done.len() as u64;
        vec![
            Cell::word(step),
            Cell::count(done),
            Cell::count(self.open),
            Cell::count(self.void),
            Cell::count(self.within),
            Cell::share(self.within, done + self.open),
            self.rank(5),
            self.rank(9),
            self.worst.map_or(Cell::Empty, |micros| Cell::span(Span::of_micros(micros))),
        ]
    }
}

fn pages(asked: Asked) -> Pages {
    stream::once(added(asked)).boxed()
}

async fn added(asked: Asked) -> Result<Vec<Row>, StoreError> {
    let only = asked.arguments.text(STEP.name);
    let mut totals: Vec<(&'static str, Total)> = STEPS.iter().map(|step| (*step, Total::default())).collect();
    totals.retain(|(step, _)| only.is_none_or(|only| only == *step));
    let sla = Span::hours(asked.arguments.number(SLA.name).unwrap_or_default() as i64);
    let mut pages = history::lives(&asked, asked.arguments.population());
    while let Some(page) = pages.try_next().await? {
        for life in &page.people {
            for step in reached(&asked, &page, life) {
                if let Some((_, total)) = totals.iter_mut().find(|(name, _)| *name == step.name) {
                    total.add(step.took(asked.as_of.instant), step.outcome(), sla);
                }
            }
        }
    }
    Ok(totals.into_iter().map(|(step, total)| total.row(step)).collect())
}
