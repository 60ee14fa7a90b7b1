//! The demo's directory: what is a demo, what is not, and what was left half done.
//!
//! A small file beside the database says that it holds invented history, and whether it is all there.
//! Only what a demo made is ever removed: a directory that holds a log and no such file is somebody's.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use twofold_domain::ids::AccountId;

use crate::cli::{Exit, Failure};

const MARKER: &str = "demo.json";
const LOCK: &str = "demo.lock";

/// Everything that a demo makes in its directory. The marker goes last, so that an interrupted removal is
/// still known for what it is.
const FILES: [&str; 11] = [
    "log.db",
    "log.db-wal",
    "log.db-shm",
    "log.db-journal",
    "views.db",
    "views.db-wal",
    "views.db-shm",
    "views.db-journal",
    "master.key",
    "operator.token",
    MARKER,
];

/// Whether the history is all there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It was begun.
    Seeding,
    /// It is.
    Ready,
}

/// What the directory says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marker {
    /// Whether the history is all there.
    pub state: State,
    /// What it was made from.
    pub seed: u64,
    /// How many people, the newcomer included.
    pub people: usize,
    /// How many months.
    pub months: u32,
    /// The account, once it is there.
    pub account: Option<AccountId>,
    /// The address of whoever started the demo.
    pub newcomer: String,
    /// Where it was served last.
    pub url: String,
    /// How many events were made.
    pub events: u64,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// Where each story is in the log: its name, the event before it, its last event.
    pub stories: Vec<(String, u64, u64)>,
}

/// What is in the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// Nothing of ours.
    Nothing,
    /// A whole demo.
    Ready(Marker),
    /// A demo that was interrupted.
    Interrupted,
    /// Something that is no demo.
    Foreign,
}

/// A demo's directory.
#[derive(Debug)]
pub struct Home {
    dir: PathBuf,
}

/// Held by whoever makes or serves a demo.
#[derive(Debug)]
pub struct Held(#[expect(dead_code, reason = "open for as long as it is held")] File);

impl Home {
    /// This directory.
    pub fn new(dir: PathBuf) -> Self {
        Self { dir }
    }

    /// What is in it.
    pub fn look(&self) -> Result<Found, Failure> {
        match read(&self.dir)? {
            Some(marker) if marker.state == State::Ready => Ok(Found::Ready(marker)),
            Some(_) => Ok(Found::Interrupted),
            None if FILES.iter().any(|file| self.dir.join(file).exists()) => Ok(Found::Foreign),
            None => Ok(Found::Nothing),
        }
    }

    /// Makes sure that nobody else makes or removes a demo here meanwhile.
    pub fn hold(&self) -> Result<Held, Failure> {
        fs::create_dir_all(&self.dir).map_err(|error| self.cannot("create", error))?;
        let file = File::create(self.dir.join(LOCK)).map_err(|error| self.cannot("write in", error))?;
        match file.try_lock() {
            Ok(()) => Ok(Held(file)),
            Err(TryLockError::WouldBlock) => Err(self.busy()),
            Err(TryLockError::Error(error)) => Err(self.cannot("lock", error)),
        }
    }

    /// The same for as long as it is served; others may serve it as well.
    pub fn share(&self, held: Option<Held>) -> Result<Held, Failure> {
        drop(held);
        let file = File::create(self.dir.join(LOCK)).map_err(|error| self.cannot("write in", error))?;
        match file.try_lock_shared() {
            Ok(()) => Ok(Held(file)),
            Err(TryLockError::WouldBlock) => Err(self.busy()),
            Err(TryLockError::Error(error)) => Err(self.cannot("lock", error)),
        }
    }

    /// Removes what a demo made.
    pub fn clear(&self, _: &Held) -> Result<(), Failure> {
        for file in FILES {
            match fs::remove_file(self.dir.join(file)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(self.cannot("remove the old demo in", error));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Waits until the disk has everything that was made. This process must have closed the databases before: to
    /// open and close one beside SQLite takes away the locks by which others see that it is in use.
    pub fn settle(&self) -> Result<(), Failure> {
        for file in FILES {
            match File::open(self.dir.join(file)).and_then(|file| file.sync_all()) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(self.cannot("write in", error));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Writes down what the directory is, whole or not at all.
    pub fn mark(&self, marker: &Marker) -> Result<(), Failure> {
        let written = || {
            let next = self.dir.join(format!("{MARKER}.new"));
            let mut file = File::create(&next)?;
            file.write_all(&serde_json::to_vec_pretty(marker)?)?;
            file.sync_all()?;
            fs::rename(next, self.dir.join(MARKER))?;
            File::open(&self.dir)?.sync_all()
        };
        written().map_err(|error| self.cannot("write in", error))
    }

    fn busy(&self) -> Failure {
        Failure::new(format!("another `twofold demo` is at work in {}", self.dir.display()))
            .fix("stop it, or use another directory: --data-dir DIR")
    }

    fn cannot(&self, what: &str, error: io::Error) -> Failure {
        Failure::new(format!("cannot {what} {}", self.dir.display()))
            .because(error)
            .fix("use another directory: --data-dir DIR")
    }
}

fn read(dir: &Path) -> Result<Option<Marker>, Failure> {
    let path = dir.join(MARKER);
    match fs::read(&path) {
        Ok(bytes) => match serde_json::from_slice(&bytes) {
            Ok(marker) => Ok(Some(marker)),
            Err(error) => Err(Failure::new(format!("{} cannot be understood", path.display()))
                .because(error)
                .fix("use another directory: --data-dir DIR")),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::new(format!("{} cannot be read", path.display())).because(error)),
    }
}

/// Refuses to work on a history that was never finished.
pub fn refuse_half_done(dir: &Path) -> Result<(), Failure> {
    match read(dir)? {
        Some(marker) if marker.state == State::Seeding => {
            Err(Failure::new(format!("the demo in {} is not finished", dir.display()))
                .because("its history is being made, or was interrupted")
                .fix("wait, or begin anew: twofold demo")
                .exit(Exit::Refused))
        }
        _ => Ok(()),
    }
}

/// The address of whoever started the demo in this directory, if that is what it holds.
pub fn newcomer_of(dir: &Path, account: AccountId) -> Option<String> {
    let marker = read(dir).ok().flatten()?;
    (marker.account == Some(account)).then_some(marker.newcomer)
}

/// Where the demo in this directory was served last, if that is what it holds.
pub fn url_of(dir: &Path) -> Option<String> {
    read(dir).ok().flatten().map(|marker| marker.url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marker(state: State) -> Marker {
        Marker {
            state,
            seed: 1,
            people: 20,
            months: 2,
            account: None,
            newcomer: "you@acme.example".to_owned(),
            url: String::new(),
            events: 0,
            took_ms: 0,
            stories: vec![],
        }
    }

    #[test]
    fn a_directory_is_known_for_what_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::new(dir.path().join("data"));
        assert_eq!(home.look().unwrap(), Found::Nothing);
        let held = home.hold().unwrap();
        home.mark(&marker(State::Seeding)).unwrap();
        fs::write(dir.path().join("data/log.db"), "half").unwrap();
        assert_eq!(home.look().unwrap(), Found::Interrupted);
        assert!(refuse_half_done(&dir.path().join("data")).is_err());
        home.mark(&marker(State::Ready)).unwrap();
        assert!(matches!(home.look().unwrap(), Found::Ready(_)));
        home.clear(&held).unwrap();
        assert_eq!(home.look().unwrap(), Found::Nothing);
    }

    #[test]
    fn what_is_no_demo_is_never_touched() {
        for file in ["log.db", "master.key"] {
            let dir = tempfile::tempdir().unwrap();
            fs::write(dir.path().join(file), "somebody's").unwrap();
            let home = Home::new(dir.path().to_owned());
            assert_eq!(home.look().unwrap(), Found::Foreign, "{file}");
        }
    }

    #[test]
    fn two_do_not_make_a_demo_in_one_directory() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::new(dir.path().to_owned());
        let held = home.hold().unwrap();
        assert!(home.hold().is_err() && home.share(None).is_err());
        let shared = home.share(Some(held)).unwrap();
        assert!(home.share(None).is_ok(), "several may serve it");
        assert!(home.hold().is_err(), "and nobody removes it meanwhile");
        drop(shared);
        assert!(home.hold().is_ok());
    }
}
