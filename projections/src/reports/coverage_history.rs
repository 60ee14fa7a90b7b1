//! `coverage-history`: the counts of `coverage` at the end of every period.

use futures::{StreamExt as _, TryStreamExt as _, stream};
use twofold_domain::permission::Act;
use twofold_infra::store::StoreError;

use super::ask::{FROM, POPULATION};
use super::cell::{Kind, Row, column};
use super::coverage::{COUNTS, Tally};
use super::exposure::each_stretch;
use super::history::Lives;
use super::periods::{self, PERIOD, Period};
use super::{Asked, Pages, Report, history};
use crate::status;

/// The report.
pub const REPORT: Report = Report {
    name: "coverage-history",
    meaning: "Coverage over time: the counts of `coverage` at the end of every period, the last one at the instant \
              that the report is as of. Whoever belongs to the population by their last role is counted from their \
              registration on. Its cost follows how often people's standing changed, once for all periods.",
    definition: 3,
    reads: Act::ReadStatus,
    from: &[status::NAME],
    rows: "instants",
    parameters: &[FROM, PERIOD, POPULATION],
    columns: &[
        column("at", Kind::Instant, "The instant of the counts."),
        COUNTS[0],
        COUNTS[1],
        COUNTS[2],
        COUNTS[3],
        COUNTS[4],
        COUNTS[5],
        COUNTS[6],
        COUNTS[7],
        COUNTS[8],
        COUNTS[9],
        COUNTS[10],
        COUNTS[11],
        COUNTS[12],
        COUNTS[13],
    ],
    pages,
};

fn pages(asked: Asked) -> Pages {
    stream::once(counted(asked)).boxed()
}

async fn counted(asked: Asked) -> Result<Vec<Row>, StoreError> {
    let periods = of(&asked).await?;
    let mut tallies = vec![Tally::default(); periods.len()];
    let mut pages = history::lives(&asked, asked.arguments.population());
    while let Some(page) = pages.try_next().await? {
        count(&page, &periods, &mut tallies);
    }
    let row = |(period, tally): (&Period, &Tally)| {
        let mut row = vec![period.to.into()];
        row.extend(tally.cells());
        row
    };
    Ok(periods.iter().zip(&tallies).map(row).collect())
}

/// The periods of a question; without a `from` they begin with the account.
pub(super) async fn of(asked: &Asked) -> Result<Vec<Period>, StoreError> {
    let from = match asked.arguments.since() {
        Some(since) => Some(since.at.instant),
        None => history::postures(asked).await?.first().map(|version| version.from.at),
    };
    let word = asked.arguments.text(PERIOD.name).unwrap_or_default();
    Ok(from.map_or_else(Vec::new, |from| periods::between(word, from, asked.as_of.instant)))
}

fn count(page: &Lives, periods: &[Period], tallies: &mut [Tally]) {
    let Some(last) = periods.last().map(|period| period.to) else { return };
    for life in &page.people {
        each_stretch(&page.postures, life, last, |stretch| {
            // A stretch holds up to the next event, the last one up to the end.
            let first = periods.partition_point(|period| period.to < stretch.from().at);
            let ends =
                |period: &Period| period.to < stretch.until() || (stretch.is_last() && period.to <= last);
            for (period, tally) in periods.iter().zip(&mut *tallies).skip(first) {
                if !ends(period) {
                    break;
                }
                tally.add(&stretch.posture.row, &stretch.user.row, period.to);
            }
        });
    }
}
