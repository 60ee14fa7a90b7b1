//! `factor-mix`: with what people prove themselves.

use std::collections::BTreeMap;

use futures::{StreamExt as _, TryStreamExt as _, stream};
use twofold_domain::factor::FactorKind;
use twofold_domain::permission::Act;
use twofold_domain::policy::Audience;

use super::cell::{Cell, Kind, Row, column};
use super::{Asked, Pages, Report, people};
use crate::status::{self, Population};

/// The report.
pub const REPORT: Report = Report {
    name: "factor-mix",
    meaning: "Factor mix: how many people hold which kinds of second factor, by audience. `kind` counts everybody who \
              holds at least one of that kind, so one person may count several times; `combination` counts everybody \
              once, by all kinds that they hold together, nobody's among them. Of people who may sign in: not of \
              those who were deactivated or erased.",
    definition: 1,
    reads: Act::ReadStatus,
    from: &[status::NAME],
    rows: "mix",
    parameters: &[],
    columns: &[
        column("audience", Kind::Word, "`everyone`, `team`, `end_users`."),
        column("measure", Kind::Word, "`kind` or `combination`."),
        column("factors", Kind::Word, "The kind, or the kinds by `+`; `none` for nobody's."),
        column("people", Kind::Number, "How many people."),
        column("share", Kind::Share, "Of the audience's people who may sign in."),
    ],
    pages,
};

/// How many people hold what: those of an audience altogether, by kinds, by combinations.
#[derive(Default)]
struct Mix {
    people: u64,
    kinds: BTreeMap<FactorKind, u64>,
    combinations: BTreeMap<String, u64>,
}

fn pages(asked: Asked) -> Pages {
    let counted = async move {
        let mut mixes = [Mix::default(), Mix::default(), Mix::default()];
        let mut pages = people::people(&asked, Population::Everyone);
        while let Some(page) = pages.try_next().await? {
            for held in page.people.iter().filter(|held| !held.user.erased && !held.user.deactivated) {
                let mut kinds = held.user.kinds_at(page.posture.generation, asked.as_of.instant);
                kinds.sort_unstable();
                kinds.dedup();
                let audience = if held.user.role.audience() == Audience::Team { 1 } else { 2 };
                mixes[0].add(&kinds);
                mixes[audience].add(&kinds);
            }
        }
        Ok(["everyone", "team", "end_users"]
            .into_iter()
            .zip(&mixes)
            .flat_map(|(name, mix)| mix.rows(name))
            .collect())
    };
    stream::once(counted).boxed()
}

impl Mix {
    fn add(&mut self, kinds: &[FactorKind]) {
        self.people += 1;
        for kind in kinds {
            *self.kinds.entry(*kind).or_default() += 1;
        }
        let names: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
        let together = if names.is_empty() { "none".to_owned() } else { names.join("+") };
        *self.combinations.entry(together).or_default() += 1;
    }

    fn rows(&self, audience: &'static str) -> Vec<Row> {
        let row = |measure: &'static str, factors: Cell, people: u64| {
            let share = Cell::share(people, self.people);
            vec![Cell::word(audience), Cell::word(measure), factors, Cell::count(people), share]
        };
        let kinds = self.kinds.iter().map(|(kind, n)| row("kind", Cell::word(kind.name()), *n));
        let combinations = &self.combinations;
        kinds
            .chain(combinations.iter().map(|(names, n)| row("combination", Cell::text(names.as_str()), *n)))
            .collect()
    }
}
