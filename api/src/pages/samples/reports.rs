//! The pages of named reports.

use askama::Template;
use twofold_projections::reports::{self as registry, coverage_history};

use super::{inside, long_ago, when};
use crate::console::{heading, report_title};
use crate::pages::Language;
use crate::pages::frame::{Mark, Section, Tone};
use crate::pages::reports::{Answer, FileLine, Files, Input, Plot, Report, Reports, Shown};

pub(super) fn pages(l: Language) -> Vec<(&'static str, String)> {
    let path = || "/somewhere".to_owned();
    let title = |report| l.say(&report_title(report));
    let about = |report| l.say(&format!("{}-about", report_title(report)));
    let reports = registry::ALL.iter().map(|report| (path(), title(report), about(report))).collect();
    let report = &coverage_history::REPORT;
    let input = |name: &str, label: &str, kind, error: &str| Input {
        name: name.to_owned(),
        label: l.say(label),
        kind,
        value: String::new(),
        error: error.to_owned(),
        choices: vec![("month".into(), "month".into(), true)],
        required: false,
    };
    let shares = |shares: &[u32]| shares.iter().copied().map(Some).collect();
    let plot = Plot {
        title: l.say("report-coverage-history-plot"),
        about: l.say("plot-about"),
        ends: ("2026-01-31".into(), "2026-06-30".into()),
        ..Plot::default()
    };
    let plot = plot.of_shares(&[
        (l.say("plot-enabled_share"), "line-one", shares(&[900, 2_100, 3_800, 4_600, 400, 5_100])),
        (l.say("plot-covered_share"), "line-two", shares(&[4_000, 7_100, 9_800, 9_900, 1_200, 9_400])),
    ]);
    let row = |day: &str, share: &str| {
        let mut row = vec![Shown::Time(when(day)), Shown::Number("240".into()), Shown::Number("197".into())];
        row.push(Shown::Number(share.into()));
        row.resize_with(report.columns.len(), || Shown::Text(String::new()));
        row
    };
    let answer = Answer {
        at: when("2026-06-30"),
        position: 4_822,
        position_href: path(),
        plot: Some(plot),
        rows: vec![row("2026-05-31", "4.00 %"), row("2026-06-30", "51.00 %")],
        more: true,
        downloads: vec![("CSV", path()), ("XLSX", path()), ("JSON", path())],
        prepare: path(),
        files: path(),
        typed: vec![("population".into(), "a\"b".into())],
    };
    vec![
        ("reports", Reports { f: inside(l, Section::Status), reports, files: path() }.render()),
        ("files", files(l).render()),
        (
            "report",
            Report {
                f: inside(l, Section::Status),
                back: path(),
                title: title(report),
                about: about(report),
                name: (report.name, report.definition),
                inputs: vec![
                    input("day", "as-of-day", "date", &l.say("as-of-wrong")),
                    input("period", "report-ask-period", "select", ""),
                ],
                answer: Some(answer),
                columns: report.columns.iter().map(|c| (l.say(&heading(c)), c.name, c.meaning)).collect(),
                meaning: report.meaning,
            }
            .render(),
        ),
    ]
    .into_iter()
    .map(|(name, page)| (name, page.unwrap()))
    .collect()
}

/// One file that is being written, and one that can be taken.
fn files(l: Language) -> Files {
    let path = || "/somewhere".to_owned();
    let file = |state, rows, until: Option<&str>| FileLine {
        title: l.say("report-mfa-status"),
        form: "XLSX".into(),
        at: when("2026-06-29"),
        ordered: when("2026-06-30"),
        state: Mark::new(Tone::Plain, state),
        why: if until.is_none() { l.say("value-given-up") } else { String::new() },
        running: until.is_none(),
        rows,
        size: "20 kB".into(),
        until: until.map(when),
        take: if until.is_some() { path() } else { String::new() },
        cancel: path(),
    };
    let files =
        vec![file("file-running", (120, 240), None), file("file-ready", (240, 240), Some("2026-07-07"))];
    Files { f: inside(l, Section::Status), then: long_ago(), reports: path(), files }
}

/// Every report is called something in every language, and so is everything that it can be asked.
#[test]
fn every_report_has_words() {
    for language in Language::ALL {
        for report in registry::ALL {
            let title = report_title(report);
            let asks = report.parameters.iter().map(|parameter| format!("report-ask-{}", parameter.name));
            for key in [title.clone(), format!("{title}-about")].into_iter().chain(asks) {
                assert!(language.say(&key) != key, "{key} in {}", language.tag());
            }
        }
    }
}
