//! `lifecycle`: how long people waited for what should not take long.

use futures::{StreamExt as _, TryStreamExt as _};
use twofold_domain::factor::FactorKind;
use twofold_domain::permission::Act;
use twofold_domain::time::{Span, Timestamp};

use super::ask::{FROM, POPULATION, Parameter, Since, Takes};
use super::cell::{Cell, Kind, Row, column};
use super::exposure::{each_stretch, spans};
use super::history::{self, Life, Lives};
use super::{Asked, Pages, Report};
use crate::status;

/// How long a step may take.
pub const SLA: Parameter = Parameter {
    name: "sla",
    takes: Takes::Number { least: 1, most: 87_600 },
    default: Some("72"),
    required: false,
    meaning: "How many hours each step may take.",
};

/// Every step.
pub const STEPS: &[&str] = &[
    "invited_enrolled",
    "required_enrolled",
    "locked_helped",
    "reset_reenrolled",
    "reactivated_enrolled",
    "deactivated_erased",
];

/// Only one of them.
pub const STEP: Parameter = Parameter {
    name: "step",
    takes: Takes::Word { of: STEPS },
    default: None,
    required: false,
    meaning: "Only this step.",
};

/// The report.
pub const REPORT: Report = Report {
    name: "lifecycle",
    meaning: "Lifecycle against a service level: one row for every time that somebody went through a step, with how \
              long it took and whether that was within so many hours. Steps: from the registration (the invitation) \
              to the first second factor (`invited_enrolled`); from the instant a second factor was required of \
              somebody without one that counts, until they bound one (`required_enrolled`; see `exposure`); from the \
              hard cap of wrong tries, or from a reactivation that finds it reached, until the lock was lifted \
              (`locked_helped`); from the loss of the second factor by a \
              reset, of whatever cause, or by switching it off, until the next one (`reset_reenrolled`); from a \
              reactivation until they had a second factor (`reactivated_enrolled`); from a deactivation to the \
              erasure (`deactivated_erased`). A step that is not over is counted up to the instant that the report \
              is as of; one that lost its point (a requirement that was dropped or relaxed until what they had was enough, a person who left) has the outcome \
              `void`, and no service level.",
    definition: 3,
    reads: Act::ReadStatus,
    from: &[status::NAME],
    rows: "steps",
    parameters: &[SLA, STEP, FROM, POPULATION],
    columns: &[
        column("user", Kind::Person, "Whose step."),
        column("role", Kind::Word, "Their role when it began."),
        column("step", Kind::Word, "Which."),
        column("began", Kind::Instant, "When it began."),
        column("ended", Kind::Instant, "When it ended; nothing while it is open."),
        column("outcome", Kind::Word, "`done`, `open`, `void`."),
        column("seconds", Kind::Seconds, "How long it took, or takes by now."),
        column("within", Kind::Flag, "Whether that is within the service level; nothing where it is void."),
    ],
    pages,
};

/// A step that somebody went through.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Which.
    pub name: &'static str,
    /// Their role when it began.
    pub role: twofold_domain::policy::Role,
    /// When it began.
    pub began: Timestamp,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// Whether it came to its aim.
    pub done: bool,
}

/// What decides about steps: how a person stood in one stretch of time.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
struct Stood {
    factor: bool,
    locked: bool,
    deactivated: bool,
    erased: bool,
}

/// The steps of one person, in the order of their names and of time. Pure.
pub fn steps(page: &Lives, life: &Life, until: Timestamp) -> Vec<Step> {
    let (mut all, mut stood): (Vec<Step>, _) = (vec![], Stood::default());
    let mut first = true;
    each_stretch(&page.postures, life, until, |stretch| {
        let row = &stretch.user.row;
        for (at, _) in stretch.instants() {
            let now = Stood {
                factor: !row.erased && row.enrolled_at(stretch.posture.row.generation, at),
                // Whoever left waits for nobody's help; whoever comes back locked waits again.
                locked: row.locks.any() && !row.erased && !row.deactivated,
                deactivated: row.deactivated,
                erased: row.erased,
            };
            let mut begin =
                |name| all.push(Step { name, role: row.role, began: at, ended: None, done: false });
            if first {
                begin("invited_enrolled");
            }
            if now.locked && !stood.locked {
                begin("locked_helped");
            }
            if stood.factor && !now.factor && !now.deactivated && !now.erased {
                begin("reset_reenrolled");
            }
            if stood.deactivated && !now.deactivated && !now.erased && !now.factor {
                begin("reactivated_enrolled");
            }
            if now.deactivated && !stood.deactivated {
                begin("deactivated_erased");
            }
            for step in all.iter_mut().filter(|step| step.ended.is_none()) {
                if let Some(done) = step.over(now) {
                    (step.ended, step.done) = (Some(at), done);
                }
            }
            (stood, first) = (now, false);
        }
    });
    all.extend(required(page, life, until));
    all.sort_by_key(|step| (step.name, step.began));
    all
}

impl Step {
    /// Whether a step is over, and came to its aim.
    fn over(&self, now: Stood) -> Option<bool> {
        match self.name {
            "locked_helped" => (!now.locked).then_some(!now.erased && !now.deactivated),
            "deactivated_erased" => (now.erased || !now.deactivated).then_some(now.erased),
            _ => (now.factor || now.deactivated || now.erased).then_some(now.factor),
        }
    }
}

/// Spans of exposure that follow upon each other are one wait, whatever let them stand.
fn required(page: &Lives, life: &Life, until: Timestamp) -> Vec<Step> {
    let mut steps: Vec<Step> = vec![];
    for span in spans(&page.postures, life, until) {
        let ended = span.ended.map(|ended| ended.at);
        match steps.last_mut().filter(|step| step.ended == Some(span.began.at)) {
            Some(step) => step.ended = ended,
            None => steps.push(Step {
                name: "required_enrolled",
                role: span.role,
                began: span.began.at,
                ended,
                done: false,
            }),
        }
    }
    // It came to its aim where they had a factor that counts at its end, and by what they bound: what they had the
    // instant before would not have been enough. Where it was, the demand was relaxed, and nobody enrolled.
    let (mut before, mut held) = (vec![], (None, vec![]));
    each_stretch(&page.postures, life, until, |stretch| {
        let (row, posture) = (&stretch.user.row, &stretch.posture.row);
        for (at, _) in stretch.instants() {
            let kinds = if row.erased { vec![] } else { row.kinds_at(posture.generation, at) };
            if held.0 != Some(at) {
                before = std::mem::take(&mut held.1);
            }
            let policy = posture.demand(row.role.audience()).policy(at);
            let counts = |kinds: &[FactorKind]| kinds.iter().any(|kind| policy.allows(*kind));
            for step in steps.iter_mut().filter(|step| step.ended == Some(at)) {
                step.done = !row.deactivated && counts(&kinds) && !counts(&before);
            }
            held = (Some(at), kinds);
        }
    });
    steps
}

fn pages(asked: Asked) -> Pages {
    let lives = history::lives(&asked, asked.arguments.population());
    lives.map_ok(move |page| page.people.iter().flat_map(|life| rows(&asked, &page, life)).collect()).boxed()
}

/// What became of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It came to its aim.
    Done,
    /// It is not over.
    Open,
    /// It lost its point.
    Void,
}

impl Outcome {
    const fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Open => "open",
            Self::Void => "void",
        }
    }
}

impl Step {
    /// What became of it.
    pub const fn outcome(&self) -> Outcome {
        match (self.ended, self.done) {
            (None, _) => Outcome::Open,
            (Some(_), true) => Outcome::Done,
            (Some(_), false) => Outcome::Void,
        }
    }

    /// How long it took, or takes by then.
    pub fn took(&self, until: Timestamp) -> Span {
        self.ended.unwrap_or(until).since(self.began)
    }
}

/// The steps of one person that are asked about.
pub(super) fn reached(asked: &Asked, page: &Lives, life: &Life) -> impl Iterator<Item = Step> + use<> {
    let (until, from) = (asked.as_of.instant, asked.arguments.since());
    let only = asked.arguments.text(STEP.name).map(str::to_owned);
    let reaches = |step: &Step, from: Since| step.ended.is_none_or(|ended| ended > from.at.instant);
    let steps = steps(page, life, until).into_iter();
    let steps = steps.filter(move |step| only.as_ref().is_none_or(|only| only == step.name));
    steps.filter(move |step| from.is_none_or(|from| reaches(step, from)))
}

fn rows(asked: &Asked, page: &Lives, life: &Life) -> Vec<Row> {
    let until = asked.as_of.instant;
    let sla = Span::hours(asked.arguments.number(SLA.name).unwrap_or_default() as i64);
    let row = |step: Step| {
        let (took, outcome) = (step.took(until), step.outcome());
        vec![
            life.user.into(),
            Cell::word(step.role),
            Cell::word(step.name),
            step.began.into(),
            step.ended.into(),
            Cell::word(outcome.name()),
            took.into(),
            (outcome != Outcome::Void).then_some(took <= sla).into(),
        ]
    };
    reached(asked, page, life).map(row).collect()
}

#[cfg(test)]
mod spec;
