//! `coverage`: how many people stand where, by audience and role.

use std::collections::BTreeMap;

use futures::{StreamExt as _, TryStreamExt as _, stream};
use strum::IntoEnumIterator as _;
use twofold_domain::account::Switch;
use twofold_domain::permission::Act;
use twofold_domain::policy::{Audience, Role};
use twofold_domain::status::Standing;
use twofold_domain::time::Timestamp;

use super::cell::{Cell, Column, Kind, Row, column};
use super::exposure::exposed;
use super::{Asked, Pages, Report, people};
use crate::status::report::stands;
use crate::status::{self, Population, PostureRow, StatusRow};

/// What is counted of every group: every state there is, in the domain's own order, so that they add up.
pub(super) const COUNTS: [Column; 14] = [
    column("people", Kind::Number, "Everybody of it who was not erased."),
    column("enabled", Kind::Number, "In the state `enabled`."),
    column("enabled_share", Kind::Share, "Of all of them."),
    column("pending", Kind::Number, "In the state `pending`."),
    column("optional", Kind::Number, "In the state `optional`."),
    column("exempt", Kind::Number, "In the state `exempt`."),
    column("suspended", Kind::Number, "In the state `suspended`."),
    column("off", Kind::Number, "In the state `off`."),
    column("locked", Kind::Number, "In the state `locked`."),
    column("deactivated", Kind::Number, "In the state `deactivated`."),
    column("frozen", Kind::Number, "In the state `frozen`."),
    column(
        "required",
        Kind::Number,
        "People of whom a second factor is required, grace and exemptions aside; nobody who is deactivated or signs \
         in through an identity provider only, and nobody while the account's switch is off or suspended.",
    ),
    column(
        "covered",
        Kind::Number,
        "Of these, who have one that counts: of a kind that the policy allows or, while their grace runs, of any.",
    ),
    column("covered_share", Kind::Share, "Of these."),
];

/// The report.
pub const REPORT: Report = Report {
    name: "coverage",
    meaning: "Coverage: how many people of each audience and each role are in each state, with shares, and how many \
              of those of whom a second factor is required have one. States are those of `mfa-status` at the same \
              instant: whoever adds that report up gets this one, and the states add up to all people.",
    definition: 3,
    reads: Act::ReadStatus,
    from: &[status::NAME],
    rows: "groups",
    parameters: &[],
    columns: &[
        column("by", Kind::Word, "What the group is: `everyone`, an `audience`, or a `role`."),
        column("group", Kind::Word, "Which one: `team`, `end_users`, or the role's name."),
        COUNTS[0],
        COUNTS[1],
        COUNTS[2],
        COUNTS[3],
        COUNTS[4],
        COUNTS[5],
        COUNTS[6],
        COUNTS[7],
        COUNTS[8],
        COUNTS[9],
        COUNTS[10],
        COUNTS[11],
        COUNTS[12],
        COUNTS[13],
    ],
    pages,
};

/// How many people stand where.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    people: u64,
    states: BTreeMap<Standing, u64>,
    required: u64,
    covered: u64,
}

impl Tally {
    /// One more person; nobody who was erased.
    pub fn add(&mut self, posture: &PostureRow, user: &StatusRow, at: Timestamp) {
        if user.erased {
            return;
        }
        self.people += 1;
        *self.states.entry(stands(posture, user, at).0).or_default() += 1;
        let policy = posture.demand(user.role.audience()).policy(at);
        let asked = posture.switch == Switch::On && !user.deactivated && !user.through_provider_only();
        if asked && !posture.closed && policy.requires(user.whom()) {
            self.required += 1;
            self.covered += u64::from(exposed(posture, user, at).is_none());
        }
    }

    /// The people of another one, too.
    pub fn merge(&mut self, other: &Self) {
        self.people += other.people;
        self.required += other.required;
        self.covered += other.covered;
        for (state, n) in &other.states {
            *self.states.entry(*state).or_default() += n;
        }
    }

    /// The cells of [`COUNTS`].
    pub(super) fn cells(&self) -> Row {
        let of = |state: Standing| self.states.get(&state).copied().unwrap_or_default();
        let mut cells = vec![Cell::count(self.people)];
        for state in Standing::iter() {
            cells.push(Cell::count(of(state)));
            if state == Standing::Enabled {
                cells.push(Cell::share(of(state), self.people));
            }
        }
        cells.extend([self.required, self.covered].map(Cell::count));
        cells.push(Cell::share(self.covered, self.required));
        cells
    }
}

fn pages(asked: Asked) -> Pages {
    let counted = async move {
        let mut roles: BTreeMap<Role, Tally> = BTreeMap::new();
        let mut pages = people::people(&asked, Population::Everyone);
        while let Some(page) = pages.try_next().await? {
            for held in &page.people {
                roles.entry(held.user.role).or_default().add(&page.posture, &held.user, asked.as_of.instant);
            }
        }
        Ok(rows(&roles))
    };
    stream::once(counted).boxed()
}

fn rows(roles: &BTreeMap<Role, Tally>) -> Vec<Row> {
    let sum = |whose: &dyn Fn(Role) -> bool| {
        let mut sum = Tally::default();
        roles.iter().filter(|(role, _)| whose(**role)).for_each(|(_, tally)| sum.merge(tally));
        sum
    };
    let row = |by: &'static str, group: &'static str, tally: &Tally| {
        let mut row = vec![Cell::word(by), Cell::word(group)];
        row.extend(tally.cells());
        row
    };
    let mut rows = vec![row("everyone", "everyone", &sum(&|_| true))];
    for (name, audience) in [("team", Audience::Team), ("end_users", Audience::EndUsers)] {
        rows.push(row("audience", name, &sum(&|role| role.audience() == audience)));
    }
    rows.extend(Role::ALL.map(|role| row("role", role.name(), &sum(&|other| other == role))));
    rows
}
