//! Named reports: what an auditor asks for, each as a value in one registry.
//!
//! A report is a name, one paragraph that says what it means, columns that say what they mean, parameters,
//! the number of its definition, and a function from a question to pages of typed cells. Everything else (files,
//! tables, the API, the command line, the console, `docs/reports.md`) is made from these values.
//!
//! **Architecture invariant:** the rows are a pure function of the events up to the question's position, of its
//! instant, of its arguments, and of the definition's number. They hold no name and no other personal value; who a
//! pseudonymous id is belongs into an annex. The same question has the same rows whenever it is asked again.

pub mod admin_rights;
pub mod ask;
pub mod cell;
pub mod conformance;
pub mod coverage;
pub mod coverage_history;
pub mod credential_changes;
pub mod diff;
pub mod events;
pub mod exemptions;
pub mod exposure;
pub mod exposure_totals;
pub mod factor_mix;
pub mod failure_totals;
pub mod failures;
pub mod history;
pub mod hygiene;
pub mod integrations;
pub mod lifecycle;
pub mod lifecycle_totals;
pub mod mfa_status;
pub mod people;
pub mod periods;
pub mod policy_history;
pub mod reads;
pub mod recovery_cases;
pub mod replay_rejections;
pub mod resets;
pub mod sample;
pub mod settings;
pub mod timeline;

use std::collections::BTreeMap;

use futures::stream::BoxStream;
use serde::{Serialize, Serializer};
use twofold_domain::permission::Act;
use twofold_infra::store::StoreError;

pub use ask::{Argument, Arguments, Asked, Parameter, Question, Takes, Unanswerable, Wrong};
pub use cell::{Cell, Column, Kind, Row};

/// Rows, page by page. Ends with an error or when it is complete.
pub type Pages = BoxStream<'static, Result<Vec<Row>, StoreError>>;

/// A named report.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Report {
    /// Its name, which stays: `mfa-status`.
    pub name: &'static str,
    /// One paragraph: what it says, of whom, and what it does not say.
    pub meaning: &'static str,
    /// The number of its definition; counts up when a column, a parameter, or the meaning of one changes.
    pub definition: u32,
    /// What whoever reads it must be allowed to do.
    #[serde(serialize_with = "name_of_act")]
    pub reads: Act,
    /// The projections that it is made from, by name; none where it folds the log itself.
    #[serde(skip)]
    pub from: &'static [&'static str],
    /// What one calls its rows in JSON: `people`.
    pub rows: &'static str,
    /// Its parameters besides `as_of` and `at_event`.
    pub parameters: &'static [Parameter],
    /// Its columns, in order.
    pub columns: &'static [Column],
    /// The rows that answer a question.
    #[serde(skip)]
    pub pages: fn(Asked) -> Pages,
}

/// Every report, in the order of their names.
pub const ALL: &[Report] = &[
    admin_rights::REPORT,
    conformance::REPORT,
    coverage::REPORT,
    coverage_history::REPORT,
    credential_changes::REPORT,
    diff::REPORT,
    exemptions::REPORT,
    exposure::REPORT,
    exposure_totals::REPORT,
    factor_mix::REPORT,
    failure_totals::REPORT,
    failures::REPORT,
    hygiene::REPORT,
    integrations::REPORT,
    lifecycle::REPORT,
    lifecycle_totals::REPORT,
    reads::LOG_ACCESS,
    mfa_status::REPORT,
    policy_history::REPORT,
    reads::READS,
    recovery_cases::REPORT,
    replay_rejections::REPORT,
    resets::REPORT,
    sample::REPORT,
    timeline::REPORT,
];

/// The report of a name.
pub fn named(name: &str) -> Option<&'static Report> {
    ALL.iter().find(|report| report.name == name)
}

impl Report {
    /// The projections that it is made from, with the versions that this program builds.
    pub fn built_from(&self) -> BTreeMap<&'static str, u32> {
        let projections = crate::all();
        let version = |name: &&'static str| {
            let projection = projections.iter().find(|projection| projection.name == *name);
            projection.map(|projection| (projection.name, projection.version))
        };
        self.from.iter().filter_map(version).collect()
    }

    /// The columns that may name a person.
    pub fn people_columns(&self) -> impl Iterator<Item = (usize, &'static Column)> {
        let columns: &'static [Column] = self.columns;
        columns.iter().enumerate().filter(|(_, column)| matches!(column.kind, Kind::Person | Kind::Actor))
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a field over so")]
fn name_of_act<S: Serializer>(act: &Act, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(act.name())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn reports_are_in_order_and_say_what_they_mean() {
        assert!(ALL.is_sorted_by(|a, b| a.name < b.name));
        let heads = ["report", "definition", "account", "position", "as_of", "events", "at_event", "to"];
        let tails = ["count", "projections", "names", "format", "annex"];
        for report in ALL {
            let name = report.name;
            assert!(report.meaning.ends_with('.') && !report.meaning.contains('\n'), "{name}");
            assert_eq!(report.built_from().len(), report.from.len(), "{name} is made from what there is");
            let mut names: BTreeSet<&str> = heads.into_iter().chain(tails).collect();
            assert!(names.insert(report.rows), "{name}");
            for parameter in report.parameters {
                // It is an option of the command line, too.
                let word = parameter.name.chars().all(|c| c.is_ascii_lowercase());
                assert!(word && names.insert(parameter.name), "{name}: {}", parameter.name);
                assert!(
                    parameter.meaning.ends_with('.') && !(parameter.required && parameter.default.is_some())
                );
            }
            let columns: BTreeSet<&str> = report.columns.iter().map(|column| column.name).collect();
            assert_eq!(columns.len(), report.columns.len(), "{name}");
            assert!(report.columns.iter().all(|column| column.meaning.ends_with('.')), "{name}");
            let given = report.parameters.iter().filter(|p| p.required).map(|p| (p.name, "1"));
            assert!(Question::read(report, given).is_ok() || report.parameters.iter().any(|p| p.required));
        }
    }

    #[test]
    fn a_question_is_refused_at_its_first_mistake() {
        let read = |pairs: &[(&str, &str)]| Question::read(&mfa_status::REPORT, pairs.iter().copied());
        assert!(read(&[("population", "team"), ("as_of", "2026-03-31")]).is_ok());
        for (name, value, code) in [
            ("population", "nobody", "unknown_value"),
            ("as_of", "yesterday", "invalid_value"),
            ("at_event", "0", "invalid_value"),
            ("to", "2026-03-31", "unknown_field"),
            ("colour", "red", "unknown_field"),
        ] {
            let wrong = read(&[(name, value)]).unwrap_err();
            assert_eq!((wrong.name.as_str(), wrong.code), (name, code));
        }
        let twice = read(&[("population", "team"), ("population", "everyone")]).unwrap_err();
        assert_eq!(twice.code, "duplicate_field");
    }
}
