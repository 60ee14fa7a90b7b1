//! `docs/reports.md` is the registry of reports, in words.

use std::fmt::Write as _;

use twofold_projections::reports::ask::{FROM, POPULATION};
use twofold_projections::reports::periods::PERIOD;
use twofold_projections::reports::{self, Parameter, Report, Takes};

use crate::repository::{text, top};

const DOCUMENT: &str = "docs/reports.md";

const HEAD: &str = "# Reports

Made from the code by a test; change the code, then run it once more:

```sh
TWOFOLD_WRITE_DOCS=1 cargo test -p twofold-tests --test house reports
```

Every report is a value in `projections/src/reports`: asked as `GET /v1/reports/{name}`, as `twofold report <name>`, and
on the console's page of reports, it says the same. `GET /v1/reports` is this document for programs.

- `as_of` is an instant that is not ahead (a bare date is its end in UTC), `at_event` the number of an event; without
  either it is as of now. The policy then in force holds, and what ends or begins by time alone does so at that instant.
  Views (`GET /v1/users`, a person, devices, the policy, and so on) take the same two, read and refused the same way.
- The rows hold no names. They follow from the events up to that one, the instant, the parameters, and the number of the
  definition, and are the same bytes whenever they are asked for again. Names are an annex (`annex=names`) as they are
  today, for who may see people; of who was erased since it says so, and no name.
- `format` is `json`, `csv` (RFC 4180, safe to open in a spreadsheet), or `xlsx`; files take a session that was stepped
  up. JSON says before its rows which report, definition, account, event, instant, and parameters they answer and which
  range of events they speak of, and behind them how many there are and which read models, in which version, they were
  made from. Of a CSV file the headers `Twofold-…` say it (all but the count), of a workbook its last sheet; the command line
  says it on standard error.
- Rows are streamed, read page by page: an account of any size takes the same memory. What is held besides follows what a
  report counts, not its rows: `exemptions` some 200 bytes a grant, `lifecycle-totals` eight bytes a step, `failure-totals` the
  people of one period, `sample` the people drawn.
- A file that takes long is prepared in the background: `POST /v1/report-jobs`, or the same button on the console's page.
  It says what the report said when it was ordered, to the byte. `GET /v1/report-jobs/{job}` says how far it is; a mail
  says when it is ready. Whoever ordered it, and nobody else, takes it with `GET /v1/report-jobs/{job}/file` for a week,
  while they may; each time is on record. One with names is over as soon as somebody of the account is erased, because
  their name may stand in it.
";

fn takes(parameter: &Parameter) -> String {
    let what = match parameter.takes {
        Takes::Population => "`team`, `end_users`, `everyone`".to_owned(),
        Takes::Instant => "an instant".to_owned(),
        Takes::Number { least, most } => format!("{least} to {most}"),
        Takes::Word { of } => format!("`{}`", of.join("`, `")),
        Takes::Text { longest } => format!("a text of at most {longest} characters"),
        Takes::Person => "`usr_…`".to_owned(),
    };
    match (parameter.default, parameter.required) {
        (Some(default), _) => format!("{what}; `{default}` if not said"),
        (None, true) => format!("{what}; must be said"),
        (None, false) => what,
    }
}

/// Parameters of many reports, which mean the same in each.
const COMMON: [Parameter; 3] = [FROM, PERIOD, POPULATION];

fn table(parameters: &[&Parameter]) -> String {
    if parameters.is_empty() {
        return String::new();
    }
    let mut words = "\n| parameter | takes | what it does |\n|---|---|---|\n".to_owned();
    for parameter in parameters {
        let _ = writeln!(words, "| `{}` | {} | {} |", parameter.name, takes(parameter), parameter.meaning);
    }
    words
}

fn section(report: &Report) -> String {
    let from: Vec<String> =
        report.built_from().into_iter().map(|(name, version)| format!("`{name}` {version}")).collect();
    let from = if from.is_empty() { "the log itself".to_owned() } else { from.join(", ") };
    let mut words = format!(
        "\n## {}\n\n{}\n\nDefinition {}; made from {from}; read with `{}`; its rows are called `{}`.\n",
        report.name,
        report.meaning,
        report.definition,
        report.reads.name(),
        report.rows
    );
    let (common, own): (Vec<&Parameter>, Vec<&Parameter>) =
        report.parameters.iter().partition(|parameter| COMMON.contains(parameter));
    if !common.is_empty() {
        let names: Vec<String> = common.iter().map(|parameter| format!("`{}`", parameter.name)).collect();
        let _ = writeln!(words, "\nTakes {}, as said above.", names.join(", "));
    }
    words.push_str(&table(&own));
    words.push_str("\n| column | kind | what it says |\n|---|---|---|\n");
    for column in report.columns {
        let kind = serde_json::to_value(column.kind).unwrap();
        let _ = writeln!(words, "| `{}` | {} | {} |", column.name, kind.as_str().unwrap(), column.meaning);
    }
    words
}

#[test]
fn the_document_of_reports_is_the_registry_in_the_code() {
    let common = format!("\nMany reports take these:\n{}", table(&COMMON.each_ref()));
    let words = format!("{HEAD}{common}{}", reports::ALL.iter().map(section).collect::<String>());
    if std::env::var_os("TWOFOLD_WRITE_DOCS").is_some() {
        std::fs::write(top().join(DOCUMENT), &words).unwrap();
    }
    assert!(text(DOCUMENT) == words, "{DOCUMENT} is not what the code says: write it once more");
}
