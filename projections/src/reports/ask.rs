//! Questions: which report, as of what, with which parameters; and what is wrong with one.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Serialize, Serializer};
use twofold_domain::ids::{AccountId, UserId};
use twofold_domain::reading::Then;
use twofold_domain::time::{NotAnInstant, Span, Timestamp};
use twofold_infra::store::{EventStore, StoreError};

use super::Report;
use super::history::Folded;
use crate::status::{AsOf, Population};

/// A parameter of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What may be given.
    #[serde(flatten)]
    pub takes: Takes,
    /// What holds where it is not given; without any it may be left out, unless it is `required`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<&'static str>,
    /// Whether it must be given.
    pub required: bool,
    /// What it does.
    pub meaning: &'static str,
}

/// What a parameter takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "takes", rename_all = "snake_case")]
pub enum Takes {
    /// `team`, `end_users`, `everyone`.
    Population,
    /// The instant at which a period begins, not behind the report's own; a bare date means its beginning in UTC.
    Instant,
    /// A whole number within bounds, both included.
    Number {
        /// The least.
        least: u64,
        /// The greatest.
        most: u64,
    },
    /// One of these words.
    Word {
        /// The words.
        of: &'static [&'static str],
    },
    /// A text of at most so many characters, without control characters.
    Text {
        /// So many.
        longest: usize,
    },
    /// A person of the account: `usr_…`.
    Person,
}

/// Whom a report lists.
pub const POPULATION: Parameter = Parameter {
    name: "population",
    takes: Takes::Population,
    default: Some("everyone"),
    required: false,
    meaning: "Whom it is about: `team` (owners, admins, agents, auditors), `end_users`, or `everyone`.",
};

/// When a period begins; it ends at the instant that the report is as of.
pub const FROM: Parameter = Parameter {
    name: "from",
    takes: Takes::Instant,
    default: None,
    required: false,
    meaning: "When the period begins, which ends at `as_of` (also called `to`); both instants belong to it. A bare date \
              means its beginning in UTC, in `to` its end, so that from one day to the same one is that day. Where it \
              is left out, the period begins with the account.",
};

/// Where a period begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Since {
    /// Its first instant, and the last event that was recorded by then (0 before the first).
    pub at: AsOf,
    /// The last event before it (0 before the first): what was recorded at the first instant belongs to the period.
    pub after: u64,
}

/// A parameter that was given, or its default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Argument {
    /// Of [`Takes::Population`].
    Population(Population),
    /// Of [`Takes::Instant`].
    Instant(Since),
    /// Of [`Takes::Number`].
    Number(u64),
    /// Of [`Takes::Word`].
    Word(&'static str),
    /// Of [`Takes::Text`].
    Text(String),
    /// Of [`Takes::Person`].
    Person(UserId),
}

impl Serialize for Argument {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Population(population) => population.serialize(serializer),
            Self::Instant(since) => serializer.collect_str(&since.at.instant),
            Self::Number(n) => serializer.serialize_u64(*n),
            Self::Word(word) => serializer.serialize_str(word),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Person(user) => user.serialize(serializer),
        }
    }
}

/// The arguments of a question by their parameters' names: those that were given, and defaults.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(transparent)]
pub struct Arguments(BTreeMap<&'static str, Argument>);

impl Arguments {
    /// An argument.
    pub fn get(&self, name: &str) -> Option<&Argument> {
        self.0.get(name)
    }

    /// Whom it is about; everyone where the report has no such parameter.
    pub fn population(&self) -> Population {
        match self.get(POPULATION.name) {
            Some(Argument::Population(population)) => *population,
            _ => Population::Everyone,
        }
    }

    /// Where the period begins; with the account if nothing is said.
    pub fn since(&self) -> Option<Since> {
        match self.get(FROM.name) {
            Some(Argument::Instant(since)) => Some(*since),
            _ => None,
        }
    }

    /// Behind which event the period begins.
    pub fn after(&self) -> u64 {
        self.since().map_or(0, |since| since.after)
    }

    /// A number.
    pub fn number(&self, name: &str) -> Option<u64> {
        match self.get(name) {
            Some(Argument::Number(n)) => Some(*n),
            _ => None,
        }
    }

    /// A word or a text.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.get(name) {
            Some(Argument::Word(word)) => Some(word),
            Some(Argument::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// A person.
    pub fn person(&self, name: &str) -> Option<UserId> {
        match self.get(name) {
            Some(Argument::Person(user)) => Some(*user),
            _ => None,
        }
    }
}

/// A question that was understood: everything that the answer depends on.
#[derive(Clone)]
pub struct Asked {
    /// The log and the read models.
    pub store: EventStore,
    /// Of which account.
    pub account: AccountId,
    /// As of which event and instant.
    pub as_of: AsOf,
    /// With which parameters.
    pub arguments: Arguments,
    /// People as a fold of the log has them, instead of the tables'. The answer is the same.
    pub folded: Option<Arc<Folded>>,
}

impl Asked {
    /// A question without parameters.
    pub fn of(store: &EventStore, account: AccountId, as_of: AsOf) -> Self {
        Self { store: store.clone(), account, as_of, arguments: Arguments::default(), folded: None }
    }
}

/// What is wrong with a question.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}`: {why}")]
pub struct Wrong {
    /// The parameter at fault.
    pub name: String,
    /// A stable word for what is wrong.
    pub code: &'static str,
    /// The same in a sentence.
    pub why: String,
}

impl Wrong {
    fn new(name: &str, code: &'static str, why: impl Into<String>) -> Self {
        Self { name: name.to_owned(), code, why: why.into() }
    }
}

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub enum Unanswerable {
    /// It is wrong.
    #[error(transparent)]
    Wrong(#[from] Wrong),
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// As of which instant and right after which event something is asked, as it was typed: neither is as of now. Reports
/// and views read it the same way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Point {
    as_of: Option<Timestamp>,
    at_event: Option<u64>,
}

impl Point {
    /// The names that it is asked under.
    pub const NAMES: [&str; 2] = ["as_of", "at_event"];

    /// Reads one name (`to` is another one of `as_of`) and its value.
    pub fn take(&mut self, name: &str, value: &str) -> Result<(), Wrong> {
        let known = if name == "at_event" {
            self.at_event.replace(number(name, value, 1, i64::MAX as u64)?).is_some()
        } else {
            self.as_of.replace(instant(name, value)?).is_some()
        };
        if known { Err(Wrong::new(name, "duplicate_field", "given twice")) } else { Ok(()) }
    }

    /// Whether an instant or an event was named; otherwise it is about today.
    pub const fn is_of_the_past(self) -> bool {
        self.as_of.is_some() || self.at_event.is_some()
    }

    /// Exactly this event and this instant.
    pub const fn at(as_of: AsOf) -> Self {
        Self { as_of: Some(as_of.instant), at_event: Some(as_of.position) }
    }

    /// What is on record of it, where it was found to mean this: the event only if it was named, for then it is not
    /// only the instant that was asked for.
    pub fn then(self, found: AsOf) -> Then {
        Then { at: self.is_of_the_past().then_some(found.instant), event: self.at_event }
    }

    /// The event and the instant that it means in an account's history: the last event at or before the instant, or
    /// the named one, by the log itself. Nothing is recorded at or before the instant from here on; whoever answers from
    /// read models waits until they have come to the event.
    pub async fn settle(
        self,
        store: &EventStore,
        account: AccountId,
        now: Timestamp,
    ) -> Result<AsOf, Unanswerable> {
        let recorded = match self.at_event {
            None => None,
            Some(event) => {
                let recorded = store.recorded_at(account, event).await?;
                let missing =
                    || Wrong::new("at_event", "no_such_event", "the account has no event of this number");
                Some((event, recorded.ok_or_else(missing)?))
            }
        };
        // Another server's clock may be ahead of ours: what it recorded belongs to the present.
        let now = store.counter(account).await?.map_or(now, |counter| counter.last_at.max(now));
        let instant = match (self.as_of, recorded) {
            (Some(asked), _) => asked
                .asked_at(now)
                .ok_or_else(|| Wrong::new("as_of", "in_the_future", "what is not yet cannot be reported"))?,
            (None, Some((_, recorded))) => recorded,
            (None, None) => now,
        };
        store.raise(account, instant).await?;
        match recorded {
            Some((_, recorded)) if instant < recorded => {
                Err(Wrong::new("at_event", "after_the_instant", "it was recorded after `as_of`").into())
            }
            Some((position, _)) => Ok(AsOf { position, instant }),
            None => match store.position_at(account, instant).await? {
                0 => Err(Wrong::new("as_of", "before_the_account", "the account did not exist then").into()),
                position => Ok(AsOf { position, instant }),
            },
        }
    }
}

/// A question whose texts were read. What they mean depends on the account's history.
#[derive(Debug, Clone)]
pub struct Question {
    report: &'static Report,
    point: Point,
    given: BTreeMap<&'static str, Given>,
}

/// An argument whose instants are not placed in the log yet.
#[derive(Debug, Clone)]
enum Given {
    Instant(Timestamp),
    Other(Argument),
}

impl Question {
    /// Reads names and values. `as_of` and `at_event` belong to every report; `to` is another name of `as_of`
    /// where a period has a `from`.
    pub fn read<'a>(
        report: &'static Report,
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, Wrong> {
        let mut question = Self { report, point: Point::default(), given: BTreeMap::new() };
        let period = report.parameters.iter().any(|p| p.name == FROM.name);
        for (name, value) in pairs {
            match name {
                "to" if period => question.point.take(name, value)?,
                _ if Point::NAMES.contains(&name) => question.point.take(name, value)?,
                _ => {
                    let parameter = report.parameters.iter().find(|p| p.name == name);
                    let parameter = parameter.ok_or_else(|| unknown(report, name))?;
                    if question.given.insert(parameter.name, parameter.read(value)?).is_some() {
                        return Err(Wrong::new(name, "duplicate_field", "given twice"));
                    }
                }
            }
        }
        for parameter in report.parameters {
            if question.given.contains_key(parameter.name) {
                continue;
            }
            match parameter.default {
                Some(default) => _ = question.given.insert(parameter.name, parameter.read(default)?),
                None if parameter.required => {
                    return Err(Wrong::new(parameter.name, "missing_field", parameter.meaning));
                }
                None => {}
            }
        }
        Ok(question)
    }

    /// Places the question in an account's history. From here on nothing can be recorded at or before its
    /// instant, so the same question has the same answer for ever, once the read models have come to its event.
    pub async fn settle(
        self,
        store: &EventStore,
        account: AccountId,
        now: Timestamp,
    ) -> Result<Asked, Unanswerable> {
        let as_of = self.point.settle(store, account, now).await?;
        self.place(store, account, as_of).await
    }

    /// The same where the event and the instant are known already.
    pub async fn place(
        self,
        store: &EventStore,
        account: AccountId,
        as_of: AsOf,
    ) -> Result<Asked, Unanswerable> {
        let mut arguments = BTreeMap::new();
        for (name, given) in self.given {
            let argument = match given {
                Given::Other(argument) => argument,
                Given::Instant(at) => {
                    if at > as_of.instant {
                        let why = "it lies behind the instant that the report is as of";
                        return Err(Wrong::new(name, "after_the_end", why).into());
                    }
                    let last_by = async |instant| {
                        let position = store.position_at(account, instant).await?;
                        Ok::<_, StoreError>(position.min(as_of.position))
                    };
                    let after = last_by(at - Span::of_micros(1)).await?;
                    let at = AsOf { position: last_by(at).await?, instant: at };
                    Argument::Instant(Since { at, after })
                }
            };
            arguments.insert(name, argument);
        }
        let (store, arguments) = (store.clone(), Arguments(arguments));
        Ok(Asked { store, account, as_of, arguments, folded: None })
    }

    /// The same question, asked of an event and an instant.
    #[must_use]
    pub fn right_at(self, as_of: AsOf) -> Self {
        Self { point: Point::at(as_of), ..self }
    }

    /// As of which instant and event it is asked.
    pub const fn point(&self) -> Point {
        self.point
    }

    /// Which report it is about.
    pub const fn report(&self) -> &'static Report {
        self.report
    }
}

impl Parameter {
    fn read(&self, value: &str) -> Result<Given, Wrong> {
        let wrong = |why: String| Wrong::new(self.name, "invalid_value", why);
        let other = |why: String| Wrong::new(self.name, "unknown_value", why);
        let argument = match self.takes {
            Takes::Instant => return begins(self.name, value).map(Given::Instant),
            Takes::Population => {
                let population = value.parse::<Population>();
                let wanted = || other("expected `team`, `end_users`, or `everyone`".to_owned());
                Argument::Population(population.map_err(|_| wanted())?)
            }
            Takes::Number { least, most } => Argument::Number(number(self.name, value, least, most)?),
            Takes::Word { of } => {
                let word = of.iter().find(|word| **word == value);
                let word = word.ok_or_else(|| other(format!("expected one of: {}", of.join(", "))))?;
                Argument::Word(word)
            }
            Takes::Text { longest } => {
                if value.chars().count() > longest || value.chars().any(char::is_control) {
                    return Err(wrong(format!("expected at most {longest} characters, none of control")));
                }
                Argument::Text(value.to_owned())
            }
            Takes::Person => Argument::Person(
                value.parse().map_err(|error: twofold_domain::ids::NotAnId| wrong(error.to_string()))?,
            ),
        };
        Ok(Given::Other(argument))
    }
}

fn instant(name: &str, value: &str) -> Result<Timestamp, Wrong> {
    value.parse().map_err(|error| no_instant(name, &error))
}

fn begins(name: &str, value: &str) -> Result<Timestamp, Wrong> {
    Timestamp::beginning(value).map_err(|error| no_instant(name, &error))
}

fn no_instant(name: &str, error: &NotAnInstant) -> Wrong {
    Wrong::new(name, "invalid_value", error.to_string())
}

fn number(name: &str, value: &str, least: u64, most: u64) -> Result<u64, Wrong> {
    let read = value.parse().ok().filter(|n| (least..=most).contains(n));
    read.ok_or_else(|| Wrong::new(name, "invalid_value", format!("expected a number from {least} to {most}")))
}

fn unknown(report: &Report, name: &str) -> Wrong {
    let names = report.parameters.iter().map(|p| p.name);
    let names = Point::NAMES.into_iter().chain(names).collect::<Vec<_>>();
    Wrong::new(name, "unknown_field", format!("`{}` takes: {}", report.name, names.join(", ")))
}
