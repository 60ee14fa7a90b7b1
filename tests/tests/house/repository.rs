//! Reading the repository.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The top of the repository.
pub(crate) fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The text of one file.
pub(crate) fn text(path: impl AsRef<Path>) -> String {
    let path = top().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// One TOML file.
pub(crate) fn table(path: impl AsRef<Path>) -> toml::Table {
    text(path).parse().unwrap()
}

/// Every file that belongs to the repository: tracked, or new and not ignored. Outside a clone (a source
/// archive), every file that is not build output.
pub(crate) fn files() -> Vec<PathBuf> {
    let listed = Command::new("git")
        .args(["-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(top())
        .output();
    let mut files: Vec<PathBuf> = match listed {
        Ok(output) if output.status.success() => {
            String::from_utf8(output.stdout).unwrap().lines().map(PathBuf::from).collect()
        }
        _ => walk(&top()),
    };
    files.retain(|path| top().join(path).is_file());
    files.sort();
    assert!(files.len() > 20, "the repository cannot be that empty");
    files
}

fn walk(below: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(below).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if matches!(name.as_str(), "target" | ".git" | "twofold-data") {
            continue;
        }
        if path.is_dir() {
            found.extend(walk(&path));
        } else {
            found.push(path.strip_prefix(top()).unwrap().to_owned());
        }
    }
    found
}
