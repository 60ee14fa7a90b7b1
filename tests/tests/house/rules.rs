//! `docs/rules.md` and the code agree: every rule is there, every name in it is a name in the code, and every
//! test that it names says which rule it shows.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use strum::VariantNames as _;
use twofold_domain::account::AccountEvent;
use twofold_domain::device::DeviceEvent;
use twofold_domain::reading::ReadingEvent;
use twofold_domain::user::UserEvent;

use crate::repository::{files, text};

const DOCUMENT: &str = "docs/rules.md";

/// How many rules there are of each subject, and whether the table must have them all.
const SUBJECTS: [(char, u8, bool); 8] = [
    ('P', 12, true),
    ('D', 7, true),
    ('A', 3, true),
    ('H', 8, true),
    ('E', 7, true),
    ('T', 8, true),
    ('C', 9, true),
    // Status and evidence.
    ('S', 10, false),
];

/// How a test names its rules.
const NAMED: &str = "/// Rules: ";

struct Row {
    rule: String,
    sentence: String,
    commands: Vec<String>,
    events: Vec<String>,
    tests: Vec<String>,
    todo: bool,
}

fn rows() -> Vec<Row> {
    let document = text(DOCUMENT);
    let rows = document.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| rule |"));
    rows.map(|line| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [rule, sentence, commands, events, tests] = cells[..] else {
            panic!("{DOCUMENT}: five cells, but: {line}")
        };
        Row {
            rule: rule.to_owned(),
            sentence: sentence.to_owned(),
            commands: code(commands),
            events: code(events),
            tests: code(tests),
            todo: tests.contains("**todo**"),
        }
    })
    .collect()
}

/// What stands between backticks.
fn code(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The acts of the desk and the commands of the aggregates.
fn commands() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for file in files().iter().filter(|file| file.extension().is_some_and(|end| end == "rs")) {
        if file.starts_with("infra/src/acts") {
            let acts = text(file);
            let names = acts.lines().filter_map(|line| line.strip_prefix("impl Act for "));
            found.extend(names.map(|rest| rest.trim_end_matches([' ', '{']).to_owned()));
        }
        if file.starts_with("domain/src") {
            let words = text(file);
            let mut lines = words.lines();
            while let Some(line) = lines.next() {
                if line.starts_with("pub enum ") && line.ends_with("Command {") {
                    let variants = lines.by_ref().take_while(|line| *line != "}");
                    let variants = variants.filter_map(|line| line.strip_prefix("    "));
                    let variants = variants.filter(|line| line.starts_with(char::is_uppercase));
                    let name =
                        |line: &str| line.split(|c: char| !c.is_alphanumeric()).next().map(str::to_owned);
                    found.extend(variants.filter_map(name));
                }
            }
        }
    }
    assert!(found.len() > 30, "the commands were not found: {found:?}");
    found
}

/// Each test that names rules, `path::name`, with the rules.
fn named_by_tests() -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    for file in files().iter().filter(|file| file.extension().is_some_and(|end| end == "rs")) {
        // This file speaks of the sign, and names nothing.
        if file == Path::new("tests/tests/house/rules.rs") {
            continue;
        }
        let words = text(file);
        let mut lines = words.lines().map(str::trim);
        while let Some(line) = lines.next() {
            let Some(rules) = line.strip_prefix(NAMED) else { continue };
            let rules = rules.trim_end_matches('.').split(", ").map(str::to_owned).collect();
            let mut above = vec![];
            let name = lines.by_ref().find_map(|line| {
                let function = line.split_once("fn ").filter(|_| !line.starts_with("//"));
                above.push(line.to_owned());
                function.and_then(|(_, rest)| rest.split('(').next()).map(str::to_owned)
            });
            let name = name.unwrap_or_default();
            let is_test = above.iter().any(|line| line.starts_with("#[") && line.contains("test"))
                || words.contains("stories! {")
                || words.contains("both! {")
                || words.contains("proptest! {");
            assert!(is_test, "{}::{name} names rules, and is no test", file.display());
            found.insert(format!("{}::{name}", file.display()), rules);
        }
    }
    found
}

#[test]
fn every_rule_is_in_the_table_once() {
    let rows = rows();
    let mut seen = BTreeSet::new();
    for row in &rows {
        let (subject, number) = row.rule.split_at(1);
        let known = SUBJECTS.iter().find(|(letter, ..)| subject.starts_with(*letter));
        let known =
            known.is_some_and(|(_, last, _)| number.parse().is_ok_and(|n: u8| (1..=*last).contains(&n)));
        assert!(known, "there is no rule {}", row.rule);
        assert!(seen.insert(row.rule.clone()), "{} is there twice", row.rule);
        assert!(row.sentence.len() > 40 && row.sentence.ends_with('.'), "{} is a sentence", row.rule);
    }
    for (letter, last, _) in SUBJECTS.iter().filter(|(.., whole)| *whole) {
        for number in 1..=*last {
            assert!(seen.contains(&format!("{letter}{number}")), "{DOCUMENT} has no rule {letter}{number}");
        }
    }
}

#[test]
fn every_command_and_event_of_the_table_exists() {
    let commands = commands();
    let events = [AccountEvent::VARIANTS, UserEvent::VARIANTS, DeviceEvent::VARIANTS, ReadingEvent::VARIANTS];
    let events = events.concat();
    for row in rows() {
        for name in &row.commands {
            assert!(commands.contains(name), "{}: there is no act or command {name}", row.rule);
        }
        for name in &row.events {
            assert!(events.contains(&name.as_str()), "{}: there is no event {name}", row.rule);
        }
    }
}

#[test]
fn every_rule_has_the_tests_that_name_it() {
    let named = named_by_tests();
    let mut wrong = vec![];
    for row in rows() {
        for test in &row.tests {
            match named.get(test) {
                Some(rules) if rules.contains(&row.rule) => {}
                Some(_) => wrong.push(format!("{test} does not name {}", row.rule)),
                None => wrong.push(format!(
                    "{}: there is no test {test} under a line `{NAMED}{}.`",
                    row.rule, row.rule
                )),
            }
        }
        for (test, _) in named.iter().filter(|(_, rules)| rules.contains(&row.rule)) {
            if !row.tests.contains(test) {
                wrong.push(format!("the row of {} lacks `{test}`", row.rule));
            }
        }
        if row.tests.is_empty() && !row.todo {
            wrong.push(format!("{} has no test", row.rule));
        }
    }
    let rules: BTreeSet<String> = rows().into_iter().map(|row| row.rule).collect();
    for (test, unknown) in &named {
        for rule in unknown.iter().filter(|rule| !rules.contains(*rule)) {
            wrong.push(format!("{test} names {rule}, which has no row"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_release_leaves_no_rule_to_build() {
    let todo: BTreeSet<String> = rows().into_iter().filter(|row| row.todo).map(|row| row.rule).collect();
    let changes = text("CHANGELOG.md");
    let newest = changes.lines().find(|line| line.starts_with("## ")).unwrap_or_default();
    let released = newest != "## Unreleased";
    assert!(todo.is_empty() || !released, "{newest} is a release, and these rules are open: {todo:?}");
}
