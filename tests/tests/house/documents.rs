//! The documents say what is true: their commands exist, their links lead somewhere.

use std::path::{Path, PathBuf};

use crate::repository::{files, text, top};

/// The commands that a document shows: the first line of each `sh` or `console` block, without its prompt.
fn commands(document: &str) -> Vec<String> {
    let text = text(document);
    let mut lines = text.lines();
    let mut found = Vec::new();
    while let Some(line) = lines.next() {
        if let Some(language) = line.trim_start().strip_prefix("```") {
            let first = lines.next().unwrap_or_default().trim().trim_start_matches("$ ").to_owned();
            if matches!(language, "sh" | "console") {
                found.push(first.clone());
            }
            if !first.starts_with("```") {
                lines.by_ref().find(|line| line.trim_start().starts_with("```"));
            }
        }
    }
    found
}

#[test]
fn the_readme_begins_with_the_demo() {
    assert_eq!(commands("README.md").first().map(String::as_str), Some("cargo run --release -- demo"));
}

#[test]
fn the_build_server_runs_exactly_the_test_command_of_the_readme() {
    let command = commands("README.md")
        .into_iter()
        .find(|command| command.contains(".ci/test"))
        .expect("the README shows a test command");
    let script = command.strip_prefix("bash ").expect("it is a script of ours");
    assert!(top().join(script).is_file(), "{script} exists");

    let run = text(".ci/run");
    let calls: Vec<&str> = run
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#') && !line.starts_with("set "))
        .filter(|line| *line != r#"cd "$(dirname "$0")/..""#)
        .collect();
    assert_eq!(calls, [command.as_str()]);
}

#[test]
fn the_scripts_may_be_executed() {
    use std::os::unix::fs::PermissionsExt as _;
    for script in [".ci/run", ".ci/test"] {
        let mode = top().join(script).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o111, 0o111, "{script}");
    }
}

#[test]
fn every_relative_link_leads_somewhere() {
    let documents = files().into_iter().filter(|path| path.extension().is_some_and(|end| end == "md"));
    let mut broken = Vec::new();
    for document in documents {
        let words = text(&document);
        for link in links(&words) {
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() {
                document.clone()
            } else {
                document.parent().unwrap_or(Path::new("")).join(file)
            };
            if !resolves(&target, anchor) {
                broken.push(format!("{} → {link}", document.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn the_invariants_are_listed_as_they_are() {
    let document = text("docs/invariants.md");
    let listed: Vec<&str> = document.lines().filter(|line| line.starts_with("| `")).collect();
    let inspection = twofold_projections::inspection::Inspection::default();
    let rules: Vec<String> =
        inspection.tallies().iter().map(|rule| format!("| `{}` | {} |", rule.rule, rule.meaning)).collect();
    assert!(listed == rules, "docs/invariants.md must list exactly:\n{}", rules.join("\n"));
}

/// The targets of `[text](target)` that stay within the repository.
fn links(document: &str) -> impl Iterator<Item = &str> {
    document
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')').map(|(target, _)| target))
        .filter(|target| !target.contains("://") && !target.starts_with("mailto:"))
}

fn resolves(target: &PathBuf, anchor: &str) -> bool {
    if !top().join(target).exists() {
        return false;
    }
    anchor.is_empty() || text(target).lines().any(|line| line.starts_with('#') && slug(line) == anchor)
}

/// A heading's anchor, as the usual viewers make it.
fn slug(heading: &str) -> String {
    let words = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = words.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.collect::<String>().replace(' ', "-")
}
