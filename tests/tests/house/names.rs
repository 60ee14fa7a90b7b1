//! What stands where, and how large it may be.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::repository::{files, text};

/// The top of the repository: the floors, the README, the settings of the tools, and documents.
const TOP: [&str; 15] = [
    ".ci",
    ".gitignore",
    "CHANGELOG.md",
    "Cargo.lock",
    "Cargo.toml",
    "README.md",
    "api",
    "clippy.toml",
    "deny.toml",
    "docs",
    "domain",
    "infra",
    "projections",
    "rustfmt.toml",
    "tests",
];

/// A file longer than this is worth splitting by subject.
const LONG: usize = 400;
/// Longer than this, and nobody reads it top-down.
const TOO_LONG: usize = 600;
/// Except lists, looked up by name and not read top-down: what can happen to somebody, one enum; and every report's
/// columns and every event's fields, made from the code.
const LISTS: [&str; 3] = ["domain/src/user/events.rs", "docs/events.md", "docs/reports.md"];

#[test]
fn the_top_level_holds_nothing_unexpected() {
    let names: BTreeSet<String> = files()
        .iter()
        .filter_map(|path| path.components().next())
        .map(|first| first.as_os_str().to_string_lossy().into_owned())
        .collect();
    for name in &names {
        assert!(TOP.contains(&name.as_str()), "{name} at the top needs a reason, and a place in this list");
    }
}

#[test]
fn files_stay_short() {
    let written = |path: &Path| {
        path.extension()
            .is_some_and(|end| ["rs", "html", "css", "sql", "md"].iter().any(|known| end == *known))
    };
    let mut too_long = Vec::new();
    for path in files().into_iter().filter(|path| written(path)) {
        let lines = text(&path).lines().count();
        if lines > TOO_LONG && !LISTS.iter().any(|list| path.ends_with(list)) {
            too_long.push(format!("{}: {lines}", path.display()));
        } else if lines > LONG {
            println!("worth splitting: {} has {lines} lines", path.display());
        }
    }
    assert!(too_long.is_empty(), "longer than {TOO_LONG} lines: {too_long:#?}");
}

#[test]
fn there_is_one_program() {
    let mains: Vec<_> = files()
        .into_iter()
        .filter(|path| {
            path.ends_with("src/main.rs") || path.parent().is_some_and(|dir| dir.ends_with("src/bin"))
        })
        .collect();
    // The other is the same program, where tests find it.
    assert_eq!(mains, [Path::new("api/src/main.rs"), Path::new("tests/src/bin/twofold-under-test.rs")]);
    assert!(text(&mains[1]).contains("twofold_api::cli::main()"));
    // `cargo run` at the top does not have to ask which.
    assert!(text(Path::new("api/Cargo.toml")).contains("default-run = \"twofold\""));
}

/// The OpenAPI document keeps one schema under a name: of two types of that name it would show either one for
/// both.
#[test]
fn every_schema_has_a_name_of_its_own() {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for path in files().into_iter().filter(|path| path.extension().is_some_and(|end| end == "rs")) {
        let source = text(&path);
        let mut lines = source.lines().map(str::trim);
        while lines.any(|line| line.starts_with("#[derive(") && line.contains("ToSchema")) {
            let (mut shown_as, mut declared) = (None, None);
            for line in lines.by_ref().take_while(|line| !line.is_empty()) {
                let name =
                    |rest: &str| rest.split(|c: char| !c.is_alphanumeric()).next().map(ToOwned::to_owned);
                shown_as = shown_as.or(line.strip_prefix("#[schema(as = ").and_then(name));
                let kind = ["struct ", "enum "].iter().find_map(|kind| line.split_once(kind));
                if let Some((_, rest)) = kind.filter(|_| !line.starts_with(['#', '/'])) {
                    declared = name(rest);
                    break;
                }
            }
            let name = shown_as.or(declared).expect("a type under its derive");
            places.entry(name).or_default().push(path.display().to_string());
        }
    }
    assert!(places.len() > 150, "{} schemas", places.len());
    places.retain(|_, places| places.len() > 1);
    assert!(places.is_empty(), "several types under one name in the document: {places:#?}");
}
