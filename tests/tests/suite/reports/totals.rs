//! Totals are what they are totals of, added up again by another hand.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, ensure};
use twofold_domain::time::Timestamp;
use twofold_tests::both;

use super::{History, instant, number, text};

/// People, microseconds, the longest of one person, and who was exposed at the end.
#[derive(Debug, Default, PartialEq)]
struct Sum {
    by_person: BTreeMap<String, i64>,
    left: BTreeSet<String>,
}

both! {
    /// Rules: S4.
    async fn exposure_by_period_is_its_spans_cut_to_the_period(db) {
        let history = History::new(db.store().await?, 2_500).await?;
        for as_of in history.points().await? {
            let spans = history.ask("exposure", as_of, &[]).await?;
            for period in ["day", "week", "month"] {
                let totals = history.ask("exposure-totals", as_of, &[("period", period)]).await?;
                let mut found = BTreeMap::new();
                let mut last: Option<Timestamp> = None;
                for row in &totals {
                    let (begin, end) = (instant(&row[0]).context("a begin")?, instant(&row[1]).context("an end")?);
                    if text(&row[2]) == "all" {
                        ensure!(last.is_none_or(|last| last == begin), "periods follow upon each other");
                        last = Some(end);
                    }
                    found.insert((begin, text(&row[2])), [3, 4, 5, 6].map(|place| number(&row[place])));
                    let mut sum = Sum::default();
                    for span in spans.iter().filter(|span| ["all", &text(&span[2])].contains(&text(&row[2]).as_str())) {
                        let began = instant(&span[3]).context("a begin")?;
                        let ended = instant(&span[6]);
                        let cut = ended.unwrap_or(as_of.instant).min(end).micros() - began.max(begin).micros();
                        if cut > 0 {
                            *sum.by_person.entry(text(&span[0])).or_default() += cut;
                        }
                        if began <= end && ended.is_none_or(|ended| ended > end) {
                            sum.by_person.entry(text(&span[0])).or_default();
                            sum.left.insert(text(&span[0]));
                        }
                    }
                    let expected = [
                        sum.by_person.len() as i64,
                        sum.by_person.values().sum::<i64>() / 1_000_000,
                        sum.by_person.values().max().copied().unwrap_or_default() / 1_000_000,
                        sum.left.len() as i64,
                    ];
                    let figures = [3, 4, 5, 6].map(|place| number(&row[place]));
                    ensure!(figures == expected, "{period} {row:?}: {expected:?} at {as_of:?}");
                }
                // Nothing is left out: every span is in some period.
                ensure!(last == Some(as_of.instant), "{period}s up to the end");
                let why: BTreeSet<String> = spans.iter().map(|span| text(&span[2])).collect();
                ensure!(why.iter().all(|why| found.keys().any(|(_, row)| row == why)), "{why:?}");
            }
        }
        Ok(())
    }

    /// Rules: S7.
    async fn a_service_level_is_its_steps_counted_again(db) {
        let history = History::new(db.store().await?, 2_000).await?;
        for as_of in history.points().await? {
            let given = [("sla", "24")];
            let mut steps: BTreeMap<String, Vec<(String, i64)>> = BTreeMap::new();
            for row in history.ask("lifecycle", as_of, &given).await? {
                steps.entry(text(&row[2])).or_default().push((text(&row[5]), number(&row[6])));
            }
            for row in history.ask("lifecycle-totals", as_of, &given).await? {
                let step = text(&row[0]);
                let of = steps.remove(&step).unwrap_or_default();
                let count = |outcome: &str| of.iter().filter(|(was, _)| was == outcome).count() as i64;
                let mut counts: Vec<i64> =
                    of.iter().filter(|(outcome, _)| outcome != "void").map(|(_, took)| *took).collect();
                let mut done: Vec<i64> =
                    of.iter().filter(|(outcome, _)| outcome == "done").map(|(_, took)| *took).collect();
                done.sort_unstable();
                counts.sort_unstable();
                // The smallest that at least half, or nine tenths, do not exceed.
                let rank = |tenths: usize| done.get((done.len() * tenths).div_ceil(10).saturating_sub(1)).copied();
                let within = counts.iter().filter(|took| **took <= 86_400).count() as i64;
                let whole = counts.len() as i64;
                let share = if whole == 0 { String::new() } else { ((within * 20_000 + whole) / (2 * whole)).to_string() };
                let or_nothing = |n: Option<i64>| n.map(|n| n.to_string()).unwrap_or_default();
                let expected = [
                    count("done").to_string(), count("open").to_string(), count("void").to_string(),
                    within.to_string(), share, or_nothing(rank(5)), or_nothing(rank(9)),
                    or_nothing(counts.last().copied()),
                ];
                // Half a second more than a day is more than a day, and the same whole seconds.
                let near = counts.contains(&86_400);
                let found: Vec<String> = row[1..].iter().map(text).collect();
                ensure!(near || found == expected, "{step}: {found:?}, not {expected:?} at {as_of:?}");
            }
            ensure!(steps.is_empty(), "steps without totals: {:?}", steps.keys());
        }
        Ok(())
    }

    /// Rules: S7.
    async fn failures_by_period_are_the_failures_counted_again(db) {
        let history = History::new(db.store().await?, 2_000).await?;
        for as_of in history.points().await? {
            let mut days: BTreeMap<(String, String), [i64; 3]> = BTreeMap::new();
            let mut people: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
            for row in history.ask("failures", as_of, &[]).await? {
                let day = text(&row[0])[..10].to_owned();
                let (what, unknown, locked) = (text(&row[2]), number(&row[9]), number(&row[10]));
                for what in [what.clone(), "all".to_owned()] {
                    let counts = days.entry((day.clone(), what.clone())).or_default();
                    counts[0] += 1;
                    counts[1] += unknown;
                    counts[2] += locked;
                    let people = people.entry((day.clone(), what)).or_default();
                    people.extend(Some(text(&row[3])).filter(|user| !user.is_empty()));
                }
            }
            let mut found = BTreeMap::new();
            for row in history.ask("failure-totals", as_of, &[("period", "day")]).await? {
                let key = (text(&row[0])[..10].to_owned(), text(&row[2]));
                let counts = [3, 5, 6].map(|place| number(&row[place]));
                ensure!(number(&row[4]) == people.get(&key).map_or(0, BTreeSet::len) as i64, "{row:?}");
                if counts != [0, 0, 0] {
                    found.insert(key, counts);
                }
            }
            ensure!(found == days, "at {as_of:?}: {found:?}, not {days:?}");
        }
        Ok(())
    }
}
