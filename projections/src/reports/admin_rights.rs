//! `admin-rights`: who held which role of the team, when, and by whom.

use futures::{StreamExt as _, TryStreamExt as _};
use twofold_domain::permission::Act;
use twofold_domain::policy::{Audience, Role};

use super::ask::{FROM, Parameter, Since, Takes};
use super::cell::{Cell, Kind, Row, column};
use super::history::{self, Life, Moment};
use super::{Asked, Pages, Report};
use crate::audit;
use crate::status::{self, Population, StatusRow};

const ROLE: Parameter = Parameter {
    name: "role",
    takes: Takes::Word { of: &["owner", "admin", "agent", "auditor"] },
    default: None,
    required: false,
    meaning: "Only this role.",
};

/// The report.
pub const REPORT: Report = Report {
    name: "admin-rights",
    meaning: "Rights of the team: every span of time in which somebody held a role of the team and could use it, \
              with who gave it and who took it, in the order of people and of time. A deactivation ends a span and a \
              reactivation begins another one; whoever is listed without an end holds the role still. Spans that \
              reach into the period are listed whole.",
    definition: 2,
    reads: Act::ReadStatus,
    from: &[status::NAME, audit::NAME],
    rows: "rights",
    parameters: &[FROM, ROLE],
    columns: &[
        column("user", Kind::Person, "Who."),
        column("role", Kind::Word, "`owner`, `admin`, `agent`, `auditor`."),
        column("from", Kind::Instant, "From when."),
        column("from_event", Kind::Event, "By which event."),
        column("given", Kind::Word, "Its name: `UserRegistered`, `RoleChanged`, `UserReactivated`."),
        column("given_by", Kind::Actor, "Who gave it."),
        column("until", Kind::Instant, "Until when; nothing while they hold it."),
        column("until_event", Kind::Event, "By which event."),
        column("taken", Kind::Word, "Its name: `RoleChanged`, `UserDeactivated`, `PersonErased`."),
        column("taken_by", Kind::Actor, "Who took it."),
    ],
    pages,
};

/// A role while somebody could use it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Right {
    /// Which.
    pub role: Role,
    /// From which event.
    pub from: Moment,
    /// Until which event.
    pub until: Option<Moment>,
}

/// The rights that somebody held, in order. Pure.
pub fn rights(life: &Life) -> Vec<Right> {
    let usable = |row: &StatusRow| {
        let team = row.role.audience() == Audience::Team;
        (team && !row.deactivated && !row.erased).then_some(row.role)
    };
    let (mut rights, mut state): (Vec<Right>, _) = (vec![], None);
    for version in &life.versions {
        let now = usable(&version.row);
        if now == state {
            continue;
        }
        if state.is_some()
            && let Some(open) = rights.last_mut()
        {
            open.until = Some(version.from);
        }
        rights.extend(now.map(|role| Right { role, from: version.from, until: None }));
        state = now;
    }
    rights
}

fn pages(asked: Asked) -> Pages {
    history::lives(&asked, Population::Everyone)
        .and_then(move |page| {
            let asked = asked.clone();
            async move {
                let (from, role) = (asked.arguments.since(), asked.arguments.text(ROLE.name));
                let of_one = |life: &Life| {
                    let user = life.user;
                    rights(life).into_iter().map(move |right| (user, right))
                };
                let mut found: Vec<_> = page.people.iter().flat_map(of_one).collect();
                found.retain(|(_, right)| {
                    role.is_none_or(|role| right.role.name() == role) && right.reaches(from)
                });
                let events = found.iter().flat_map(|(_, right)| [Some(right.from), right.until]).flatten();
                let said = history::said(&asked, events.map(|moment| moment.event).collect()).await?;
                let edge = |moment: Option<Moment>| -> [Cell; 4] {
                    let Some(Moment { event, at }) = moment else { return [const { Cell::Empty }; 4] };
                    let said = said.get(&event);
                    let name = said.map(|said| said.name.clone()).into();
                    let actor = said.and_then(|said| said.actor.clone()).into();
                    [at.into(), Cell::Event(event), name, actor]
                };
                let row = |(user, right): &(_, Right)| -> Row {
                    let mut row = vec![Cell::Person(*user), Cell::word(right.role)];
                    row.extend(edge(Some(right.from)));
                    row.extend(edge(right.until));
                    row
                };
                Ok(found.iter().map(row).collect())
            }
        })
        .boxed()
}

impl Right {
    /// Whether any of it lies in the period.
    fn reaches(&self, from: Option<Since>) -> bool {
        from.is_none_or(|from| self.until.is_none_or(|until| until.at > from.at.instant))
    }
}
