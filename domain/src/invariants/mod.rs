//! What must be true of every log, whoever wrote it and whatever raced, failed, or vanished meanwhile.
//!
//! An [`Auditor`] reads one account's log from its first event and names each [`Breach`]. The rules are
//! written anew from what the product promises; they never look at the states that commands are decided
//! on, so that a mistake there does not hide itself here. Three readers use the very same rules: the
//! model-based tests, the tests of races and faults, and `twofold audit invariants`.
//!
//! **To add a rule:** write a function that returns a [`Rule`] in a file of `rules/`, name it in that
//! file's list, and put a case (in `history`) beside it: a history that keeps it, and what breaks it. A test
//! fails while a rule has no case. **To add an event:** the compiler asks what it means (`meaning`) and
//! what it puts in force (`scene/fold.rs`); every rule about such things then holds for it.
//!
//! Each event costs O(log n). Memory grows with people, devices, what they have open, and authenticators
//! ever bound, never with the number of events. One exception: an account-wide disable looks at everybody
//! once.

mod entry;
#[cfg(test)]
mod history;
mod meaning;
mod rules;
mod scene;

use std::fmt;

pub use entry::{By, Entry, Event};
use meaning::{Asks, Credentials, Meaning};
pub use scene::Digest;
use scene::Scene;

use crate::permission::Act;
use crate::time::{Span, Timestamp};

/// By how much an event may be recorded after it was decided: another server's clock may be ahead, and
/// what waits for a commit waits. Where an event says when it was decided, that counts instead.
const LAG: Span = Span::minutes(5);

/// The rule that a reader of raw records keeps: it reports through [`Auditor::unreadable`].
const READABLE: (&str, &str) = (
    "event-readable",
    "Every event can be read: a known type, version, and shape, and metadata that says who, why, and which.",
);

/// The rule of a log's end: whoever reads it to there reports through [`Auditor::ended`].
const WHOLE: (&str, &str) = (
    "log-whole",
    "A log ends where its events were counted to when they were recorded: nobody cut off its last ones.",
);

/// A rule that a log keeps or breaks.
pub struct Rule {
    name: &'static str,
    meaning: &'static str,
    look: Look,
}

/// How a rule looks at one event. What it remembers from earlier ones is its own.
type Look = Box<dyn FnMut(&On<'_>, &mut Findings<'_>) + Send>;

/// A rule: its stable name, one sentence of meaning, and how it looks at an event.
fn rule(
    name: &'static str,
    meaning: &'static str,
    look: impl FnMut(&On<'_>, &mut Findings<'_>) + Send + 'static,
) -> Rule {
    Rule { name, meaning, look: Box::new(look) }
}

impl Rule {
    /// The stable name: `otp-step-once`.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// What it demands, in one sentence.
    pub const fn meaning(&self) -> &'static str {
        self.meaning
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rule({})", self.name)
    }
}

/// Every rule, in the order in which it is listed.
pub fn rules() -> Vec<Rule> {
    rules::all()
}

/// What a rule looks at: an event where it stands, before it takes effect.
struct On<'a> {
    entry: &'a Entry,
    meaning: &'a Meaning,
    scene: &'a Scene,
}

impl On<'_> {
    /// What it asks of whoever caused it.
    fn asks(&self) -> Asks {
        // A factor that came along enrols its person in the name of who brought it.
        let came_along = self.meaning.subject.is_some_and(|user| self.scene.act.claimed.contains(&user));
        if came_along && matches!(self.meaning.credentials, Credentials::Enrolled(_)) {
            return Asks::Staff(Act::ImportPeople);
        }
        self.meaning.takes.of(&self.entry.by, self.meaning.subject)
    }

    /// When it was decided, as far as that is known: never later than it really was.
    fn decided(&self) -> Timestamp {
        self.meaning.at.unwrap_or(self.entry.recorded_at - LAG)
    }
}

/// What rules find.
struct Findings<'a> {
    seq: u64,
    tally: &'a mut Tally,
    breaches: &'a mut Vec<Breach>,
}

impl Findings<'_> {
    /// The rule looked at something: did it hold, and if not, what was it?
    fn expect(&mut self, holds: bool, what: impl FnOnce() -> String) {
        self.tally.examined += 1;
        if !holds {
            self.tally.breaches += 1;
            self.breaches.push(Breach { seq: self.seq, rule: self.tally.rule, what: what() });
        }
    }
}

/// A place where the log breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// The event's number within its account.
    pub seq: u64,
    /// The rule's name.
    pub rule: &'static str,
    /// What was found.
    pub what: String,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "event {}: {}: {}", self.seq, self.rule, self.what)
    }
}

/// How often a rule had something to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// The rule's name.
    pub rule: &'static str,
    /// What it demands.
    pub meaning: &'static str,
    /// How many events it judged.
    pub examined: u64,
    /// How many of them broke it.
    pub breaches: u64,
}

/// Reads one account's log, event by event from its first.
pub struct Auditor {
    rules: Vec<Rule>,
    /// One a rule; the first is [`READABLE`]'s, and the last [`WHOLE`]'s.
    tallies: Vec<Tally>,
    scene: Scene,
    events: u64,
}

impl Auditor {
    /// An auditor with every rule. `digest` writes a census down: SHA-256 over sorted ids in text form,
    /// one a line, in hexadecimal.
    pub fn new(digest: Digest) -> Self {
        Self::with(digest, rules())
    }

    /// An auditor with some of the rules.
    pub fn with(digest: Digest, rules: Vec<Rule>) -> Self {
        let tally = |(rule, meaning)| Tally { rule, meaning, examined: 0, breaches: 0 };
        let named = rules.iter().map(|rule| (rule.name, rule.meaning));
        let tallies = std::iter::once(READABLE).chain(named).chain([WHOLE]).map(tally).collect();
        Self { rules, tallies, scene: Scene::new(digest), events: 0 }
    }

    /// Reads the next event, and says what is wrong with it.
    pub fn read(&mut self, entry: &Entry) -> Vec<Breach> {
        self.events += 1;
        self.scene.turn_to(entry);
        let meaning = Meaning::of(&entry.event, &self.scene);
        let on = On { entry, meaning: &meaning, scene: &self.scene };
        let mut breaches = vec![];
        if let [readable, tallies @ ..] = &mut self.tallies[..] {
            readable.examined += 1;
            for (rule, tally) in self.rules.iter_mut().zip(tallies) {
                let mut findings = Findings { seq: entry.seq, tally, breaches: &mut breaches };
                (rule.look)(&on, &mut findings);
            }
        }
        self.scene.fold(entry, &meaning);
        breaches
    }

    /// An event that could not be read, and why. What it did is missing from here on.
    pub fn unreadable(&mut self, seq: u64, why: impl Into<String>) -> Breach {
        self.events += 1;
        if let Some(readable) = self.tallies.first_mut() {
            readable.examined += 1;
            readable.breaches += 1;
        }
        Breach { seq, rule: READABLE.0, what: why.into() }
    }

    /// The log ends with the event `last`, and at least `counted` were recorded.
    pub fn ended(&mut self, last: u64, counted: u64) -> Option<Breach> {
        let whole = self.tallies.last_mut()?;
        whole.examined += 1;
        if last >= counted {
            return None;
        }
        whole.breaches += 1;
        Some(Breach {
            seq: last,
            rule: WHOLE.0,
            what: format!("the log ends here; {counted} events were recorded"),
        })
    }

    /// How many events were read.
    pub const fn events(&self) -> u64 {
        self.events
    }

    /// How often each rule had something to look at.
    pub fn tallies(&self) -> &[Tally] {
        &self.tallies
    }
}
