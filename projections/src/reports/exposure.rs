//! `exposure`: the spans of time in which a second factor was required of a person who had none that counts.

use std::collections::HashMap;

use futures::{StreamExt as _, TryStreamExt as _};
use twofold_domain::permission::Act;
use twofold_domain::status::{Facts, Rule, Standing, standing};
use twofold_domain::time::{Span, Timestamp};

use super::ask::{FROM, POPULATION, Since};
use super::cell::{Cell, Kind, Row, column};
use super::history::{self, Life, Lives, Moment, Said, Version};
use super::{Asked, Pages, Report};
use crate::audit;
use crate::status::{self, PostureRow, StatusRow};

/// The report.
pub const REPORT: Report = Report {
    name: "exposure",
    meaning: "Exposure: for every person, each span of time in which a second factor was required of them and they \
              had none that counts (of a kind that the policy allows; while their grace runs, of any), from the \
              event (or the passing of time) that began it to the one that ended it, \
              in the order of people and of time. `why` says what let it stand: nothing (`policy_requires`: they \
              are made to enrol at their next sign-in; `kind_not_allowed`: what they have does not count any more), \
              a running `grace`, which each person has from when they came into it, or an `exemption`. Who \
              signs in through an identity provider only, was deactivated or erased, and everybody while two-factor \
              authentication is off or suspended, is not exposed; a lock changes nothing. Spans that reach into the \
              period are listed whole; `seconds` counts what lies in it.",
    definition: 2,
    reads: Act::ReadStatus,
    from: &[status::NAME, audit::NAME],
    rows: "spans",
    parameters: &[FROM, POPULATION],
    columns: &[
        column("user", Kind::Person, "Who."),
        column("role", Kind::Word, "Their role when it began."),
        column("why", Kind::Word, "`policy_requires`, `kind_not_allowed`, `grace`, `exemption`."),
        column("began", Kind::Instant, "When it began."),
        column(
            "began_by",
            Kind::Word,
            "The name of the event that began it, or what began it by time alone: `schedule_began`, `grace_over`, \
             `exemption_over`, `reset_due`.",
        ),
        column(
            "began_event",
            Kind::Event,
            "That event; of what began by time alone, the event that set the time.",
        ),
        column("ended", Kind::Instant, "When it ended; nothing while it goes on."),
        column("ended_by", Kind::Word, "What ended it, as with `began_by`."),
        column("ended_event", Kind::Event, "That event, as with `began_event`."),
        column("seconds", Kind::Seconds, "How long it was, within the period."),
    ],
    pages,
};

/// A span of exposure.
#[derive(Debug, Clone, PartialEq)]
pub struct Exposed {
    /// Their role when it began.
    pub role: twofold_domain::policy::Role,
    /// What lets it stand.
    pub why: Rule,
    /// How it began.
    pub began: Edge,
    /// How it ended; not yet.
    pub ended: Option<Edge>,
}

/// An end of a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    /// When.
    pub at: Timestamp,
    /// By what.
    pub by: By,
    /// By which event, or which one set the time.
    pub event: u64,
}

/// What begins and ends spans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// An event.
    Event,
    /// A policy that was scheduled.
    ScheduleBegan,
    /// The end of a grace.
    GraceOver,
    /// The end of an exemption.
    ExemptionOver,
    /// A reset that waited.
    ResetDue,
}

/// What lets somebody go without a factor that is required of them; nothing where none is, or they have one.
pub fn exposed(posture: &PostureRow, user: &StatusRow, at: Timestamp) -> Option<Rule> {
    if user.erased || user.deactivated || posture.closed {
        return None;
    }
    let (policy, required_since) = posture.policy(user.whom(), at);
    let kinds = user.kinds_at(posture.generation, at);
    let facts = Facts {
        switch: posture.switch,
        policy,
        whom: user.whom(),
        required_since,
        kinds: &kinds,
        locked: false,
        provider_only: user.through_provider_only(),
        exempt_until: None,
        deactivated: false,
        frozen: false,
    };
    let why = match standing(&facts, at) {
        (Standing::Pending, rule) => rule,
        (Standing::Optional, Rule::Grace) => Rule::Grace,
        _ => return None,
    };
    let exempt = user.exempt_until.is_some_and(|until| at < until);
    Some(if exempt { Rule::Exemption } else { why })
}

/// Everything that happened to one person's exposure until an instant. Pure.
pub fn spans(postures: &[Version<PostureRow>], life: &Life, until: Timestamp) -> Vec<Exposed> {
    let mut spans: Vec<Exposed> = vec![];
    let mut state: Option<Rule> = None;
    each_stretch(postures, life, until, |stretch| {
        for (at, edge) in stretch.instants() {
            let why = exposed(&stretch.posture.row, &stretch.user.row, at);
            if why == state {
                continue;
            }
            let edge = edge.unwrap_or_else(|| stretch.begun());
            if state.is_some()
                && let Some(open) = spans.last_mut()
            {
                open.ended = Some(edge);
            }
            if let Some(why) = why {
                spans.push(Exposed { role: stretch.user.row.role, why, began: edge, ended: None });
            }
            state = why;
        }
    });
    // What began and ended in one instant was never so.
    spans.retain(|span| span.ended.is_none_or(|ended| ended.at > span.began.at));
    spans
}

/// A time in which no event changed the person's rows or the account's.
pub struct Stretch<'a> {
    /// The account.
    pub posture: &'a Version<PostureRow>,
    /// The person.
    pub user: &'a Version<StatusRow>,
    postures: &'a [Version<PostureRow>],
    life: &'a Life,
    /// When it ends; at the last one, the end of the question.
    until: Timestamp,
    last: bool,
}

/// Goes through a person's time, stretch by stretch.
pub fn each_stretch<'a>(
    postures: &'a [Version<PostureRow>],
    life: &'a Life,
    until: Timestamp,
    mut visit: impl FnMut(&Stretch<'a>),
) {
    let Some(first) = life.versions.first() else { return };
    let (mut p, mut u) = (postures.partition_point(|version| version.from <= first.from), 1);
    if p == 0 {
        return;
    }
    loop {
        let (next_p, next_u) = (postures.get(p), life.versions.get(u));
        let next = next_p.map(|v| v.from).into_iter().chain(next_u.map(|v| v.from)).min();
        visit(&Stretch {
            posture: &postures[p - 1],
            user: &life.versions[u - 1],
            postures: &postures[..p],
            life,
            until: next.map_or(until, |next| next.at),
            last: next.is_none(),
        });
        match next {
            None => return,
            Some(next) if next_p.is_some_and(|v| v.from == next) => p += 1,
            Some(_) => u += 1,
        }
    }
}

impl Stretch<'_> {
    /// The event that it begins with.
    pub fn from(&self) -> Moment {
        self.posture.from.max(self.user.from)
    }

    /// When it ends.
    pub const fn until(&self) -> Timestamp {
        self.until
    }

    /// Whether no event follows it.
    pub const fn is_last(&self) -> bool {
        self.last
    }

    /// Its beginning, as an edge.
    pub fn begun(&self) -> Edge {
        let Moment { event, at } = self.from();
        Edge { at, by: By::Event, event }
    }

    /// Its beginning, and the instants within it at which something ends or begins by time alone.
    pub fn instants(&self) -> Vec<(Timestamp, Option<Edge>)> {
        let (from, audience) = (self.from().at, self.user.row.role.audience());
        let scheduled = self.posture.row.demand(audience).scheduled(from);
        let mut edges = vec![];
        // Of several at one instant the first one gives its name: a schedule before the end of a grace.
        if let Some(scheduled) = scheduled {
            let of = |row: &PostureRow| row.demand(audience).scheduled(from).map(|s| s.schedule);
            edges.push((scheduled.begins_at, By::ScheduleBegan, self.since_account(of)));
        }
        if let Some(until) = self.user.row.exempt_until {
            edges.push((until, By::ExemptionOver, self.since_user(|row| row.exemption)));
        }
        if let Some(due) = self.user.row.reset_due_at {
            edges.push((due, By::ResetDue, self.since_user(|row| row.reset_due_at)));
        }
        for at in [Some(from), scheduled.map(|s| s.begins_at)].into_iter().flatten() {
            let (posture, whom) = (&self.posture.row, self.user.row.whom());
            let (policy, since) = posture.policy(whom, at);
            if let Some(since) = since {
                // Of what the account asked, and of where the person came, the later one began it.
                let asked = self.since_account(|row| row.required_since_of(whom, at));
                let came = self.since_user(|row| posture.required_since_of(row.whom(), at));
                let event = asked.max(came);
                edges.push((since + Span::days(policy.grace_days.into()), By::GraceOver, event));
            }
        }
        edges.retain(|(at, ..)| from < *at && *at <= self.until);
        edges.sort_by_key(|(at, ..)| *at);
        let mut instants = vec![(from, None)];
        instants.extend(edges.into_iter().map(|(at, by, event)| (at, Some(Edge { at, by, event }))));
        instants
    }

    /// The event since which something of the person's row is as it is.
    fn since_user<T: PartialEq>(&self, of: impl Fn(&StatusRow) -> T) -> u64 {
        let before = self.life.versions.iter().filter(|version| version.from <= self.user.from);
        since(before, of)
    }

    /// The same of the account's.
    fn since_account<T: PartialEq>(&self, of: impl Fn(&PostureRow) -> T) -> u64 {
        since(self.postures.iter(), of)
    }
}

fn since<'a, R: 'a, T: PartialEq>(
    versions: impl DoubleEndedIterator<Item = &'a Version<R>>,
    of: impl Fn(&R) -> T,
) -> u64 {
    let mut last: Option<(T, u64)> = None;
    for version in versions.rev() {
        let value = of(&version.row);
        if last.as_ref().is_some_and(|(now, _)| *now != value) {
            break;
        }
        last = Some((value, version.from.event));
    }
    last.map_or(0, |(_, event)| event)
}

impl Exposed {
    /// How long it was between two instants.
    pub fn within(&self, from: Option<Timestamp>, until: Timestamp) -> Span {
        let began = from.map_or(self.began.at, |from| from.max(self.began.at));
        self.ended.map_or(until, |ended| ended.at.min(until)).since(began)
    }

    /// Whether any of it lies in the period, or stands at its end.
    pub fn reaches(&self, from: Option<Since>) -> bool {
        from.is_none_or(|from| self.ended.is_none_or(|ended| ended.at > from.at.instant))
    }
}

impl By {
    /// The word for it; of an event, its name.
    pub fn cell(self, said: Option<&Said>) -> Cell {
        match self {
            Self::Event => said.map(|said| said.name.clone()).into(),
            Self::ScheduleBegan => Cell::word("schedule_began"),
            Self::GraceOver => Cell::word("grace_over"),
            Self::ExemptionOver => Cell::word("exemption_over"),
            Self::ResetDue => Cell::word("reset_due"),
        }
    }
}

fn pages(asked: Asked) -> Pages {
    let lives = history::lives(&asked, asked.arguments.population());
    lives
        .and_then(move |page| {
            let asked = asked.clone();
            async move {
                let found = page_of(&page, asked.as_of.instant, asked.arguments.since());
                let edges = found.iter().flat_map(|(_, span)| [Some(span.began), span.ended]).flatten();
                let events = edges.map(|edge| edge.event).collect();
                let said = history::said(&asked, events).await?;
                Ok(found.iter().map(|(life, span)| row(&asked, life, span, &said)).collect())
            }
        })
        .boxed()
}

/// The spans of a page of people that reach into a period.
pub(super) fn page_of(page: &Lives, until: Timestamp, from: Option<Since>) -> Vec<(&Life, Exposed)> {
    let of_one = |life| spans(&page.postures, life, until).into_iter().map(move |span| (life, span));
    page.people.iter().flat_map(of_one).filter(|(_, span)| span.reaches(from)).collect()
}

fn row(asked: &Asked, life: &Life, span: &Exposed, said: &HashMap<u64, Said>) -> Row {
    let from = asked.arguments.since().map(|since| since.at.instant);
    let of = |edge: Edge| (Cell::from(edge.at), edge.by.cell(said.get(&edge.event)), Cell::Event(edge.event));
    let (began, began_by, began_event) = of(span.began);
    let (ended, ended_by, ended_event) = span.ended.map_or((Cell::Empty, Cell::Empty, Cell::Empty), of);
    vec![
        life.user.into(),
        Cell::word(span.role),
        Cell::word(span.why),
        began,
        began_by,
        began_event,
        ended,
        ended_by,
        ended_event,
        span.within(from, asked.as_of.instant).into(),
    ]
}
