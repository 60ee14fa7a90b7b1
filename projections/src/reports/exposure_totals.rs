//! `exposure-totals`: the spans of `exposure`, added up by period.

use std::collections::BTreeMap;

use futures::{StreamExt as _, TryStreamExt as _, stream};
use twofold_domain::permission::Act;
use twofold_domain::status::Rule;
use twofold_domain::time::Span;
use twofold_infra::store::StoreError;

use super::ask::{FROM, POPULATION};
use super::cell::{Cell, Kind, Row, column};
use super::exposure::{Exposed, spans};
use super::periods::{PERIOD, Period};
use super::{Asked, Pages, Report, coverage_history, history};
use crate::audit;
use crate::status;

/// The report.
pub const REPORT: Report = Report {
    name: "exposure-totals",
    meaning: "Exposure by period: for every period and everything that let it stand (see `exposure`), how many \
              people a second factor was required of who had none, for how long altogether, how many of them still \
              were at the period's end, and the longest time of one person. A person may be in several rows of a \
              period; the row `all` has everybody once.",
    definition: 2,
    reads: Act::ReadStatus,
    from: &[status::NAME, audit::NAME],
    rows: "periods",
    parameters: &[FROM, PERIOD, POPULATION],
    columns: &[
        column("begin", Kind::Instant, "The period's first instant."),
        column("end", Kind::Instant, "The first instant behind it, or the one that the report is as of."),
        column("why", Kind::Word, "What let it stand, or `all`."),
        column("people", Kind::Number, "How many people were exposed in it."),
        column("seconds", Kind::Seconds, "For how long, all of them together."),
        column("longest", Kind::Seconds, "The longest time of one person in it."),
        column("left", Kind::Number, "How many were at its end."),
    ],
    pages,
};

/// What is added up.
#[derive(Debug, Clone, Copy, Default)]
struct Total {
    people: u64,
    micros: i64,
    longest: i64,
    left: u64,
}

const ALL: [(&str, Option<Rule>); 5] = [
    ("all", None),
    ("policy_requires", Some(Rule::PolicyRequires)),
    ("kind_not_allowed", Some(Rule::KindNotAllowed)),
    ("grace", Some(Rule::Grace)),
    ("exemption", Some(Rule::Exemption)),
];

fn pages(asked: Asked) -> Pages {
    stream::once(added(asked)).boxed()
}

async fn added(asked: Asked) -> Result<Vec<Row>, StoreError> {
    let periods = coverage_history::of(&asked).await?;
    let mut totals: BTreeMap<(usize, usize), Total> = BTreeMap::new();
    let mut pages = history::lives(&asked, asked.arguments.population());
    while let Some(page) = pages.try_next().await? {
        for life in &page.people {
            let spans = spans(&page.postures, life, asked.as_of.instant);
            for (place, period) in periods.iter().enumerate() {
                for (row, (_, why)) in ALL.iter().enumerate() {
                    let of_row = spans.iter().filter(|span| why.is_none_or(|why| why == span.why));
                    if let Some(total) = of_one(of_row, period) {
                        totals.entry((place, row)).or_default().merge(total);
                    }
                }
            }
        }
    }
    let rows = periods.iter().enumerate().flat_map(|(place, period)| {
        let totals = &totals;
        ALL.iter().enumerate().filter_map(move |(row, (name, _))| {
            let total = totals.get(&(place, row)).copied();
            // A period without anybody still says so, once.
            let total = total.or_else(|| (row == 0).then(Total::default))?;
            let seconds = |micros| Cell::span(Span::of_micros(micros));
            Some(vec![
                period.from.into(),
                period.to.into(),
                Cell::word(*name),
                Cell::count(total.people),
                seconds(total.micros),
                seconds(total.longest),
                Cell::count(total.left),
            ])
        })
    });
    Ok(rows.collect())
}

/// One person's time in a period; nothing where they were never exposed in it.
fn of_one<'a>(spans: impl Iterator<Item = &'a Exposed>, period: &Period) -> Option<Total> {
    let mut total = None;
    for span in spans {
        let reaches = span.began.at <= period.to && span.ended.is_none_or(|ended| ended.at > period.from);
        if !reaches {
            continue;
        }
        let micros = span.within(Some(period.from), period.to).micros();
        let open = span.ended.is_none_or(|ended| ended.at > period.to);
        if micros == 0 && !open {
            continue;
        }
        let sum = total.get_or_insert(Total { people: 1, ..Total::default() });
        sum.micros += micros;
        sum.longest = sum.micros;
        sum.left |= u64::from(open);
    }
    total
}

impl Total {
    fn merge(&mut self, one: Self) {
        self.people += one.people;
        self.micros += one.micros;
        self.longest = self.longest.max(one.longest);
        self.left += one.left;
    }
}
