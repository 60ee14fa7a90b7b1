//! `recovery-cases`: each way back in, and what was left lying.

use std::collections::BTreeMap;

use futures::{StreamExt as _, TryStreamExt as _, stream};
use twofold_domain::ids::{RecoveryId, UserId};
use twofold_domain::permission::Act;
use twofold_infra::store::StoreError;

use super::ask::FROM;
use super::cell::{Cell, Kind, Row, column};
use super::events::facts;
use super::{Asked, Pages, Report};
use crate::audit;
use crate::record::Named as _;
use crate::recovery::{Case, CaseRow, Cases, Orphan, Standing, StandingRow};
use crate::view::View;

/// The report.
pub const REPORT: Report = Report {
    name: "recovery-cases",
    meaning: "Recovery cases: every way back in of somebody who lost their second factor, from the request to the next \
              factor, one row each, in the order in which they were asked for, as they stood at that instant: who \
              asked, who approved, what was used, when, and how it ended. What was left lying is flagged: a code that \
              was granted and never used, a second factor that is gone for more than a day, and, behind the cases, \
              the last reset by staff of each person that belongs to no case.",
    definition: 1,
    reads: Act::ReadRecoveries,
    from: &[audit::NAME],
    rows: "cases",
    parameters: &[FROM],
    columns: &[
        column("case", Kind::Id, "The case; nothing where a reset belongs to none."),
        column("user", Kind::Person, "Whose."),
        column("route", Kind::Word, "By which way: `grant`, `staff`, `mailbox`, `trusted_device`, `owner`."),
        column(
            "stage",
            Kind::Word,
            "`requested`, `refused`, `granted`, `waiting`, `open` (no factor yet), `completed`, `stopped`, `expired`.",
        ),
        column("orphan", Kind::Word, "`never_used`, `never_reenrolled`, `without_case`."),
        column("asked_at", Kind::Instant, "When it began."),
        column("asked_event", Kind::Event, "By which event."),
        column("asked_by", Kind::Actor, "Who asked; `anonymous` is the person, at the door."),
        column("approved_by", Kind::Person, "The second person, where it took one."),
        column("refused", Kind::Word, "Why it was refused."),
        column("granted_at", Kind::Instant, "When a code was granted."),
        column("issuer_saw", Kind::Flag, "Whether who granted it saw the code."),
        column("expires_at", Kind::Instant, "When the code ends."),
        column("revealed_at", Kind::Instant, "When the person was shown it."),
        column("used_at", Kind::Instant, "When it was used."),
        column("waits_since", Kind::Instant, "When a wait began."),
        column("due_at", Kind::Instant, "From when the reset holds."),
        column("reset_at", Kind::Instant, "As of when the second factor ended."),
        column("stopped_at", Kind::Instant, "When it came to nothing."),
        column("stopped", Kind::Word, "Why."),
        column("stopped_by", Kind::Actor, "Who said so."),
        column("completed_at", Kind::Instant, "When the person had another factor."),
    ],
    pages,
};

/// Every event that a case, or how its person stands, is made of.
const NAMES: &[&str] = &[
    "RecoveryRequested",
    "RecoveryRefused",
    "RecoveryGranted",
    "RecoveryCodeRevealed",
    "RecoveryGrantUsed",
    "RecoveryGrantRevoked",
    "RecoveryCompleted",
    "TwoFactorResetScheduled",
    "TwoFactorResetCancelled",
    "TwoFactorReset",
    "TwoFactorDisabled",
    "TwoFactorEnabled",
    "RoleChanged",
    "UserDeactivated",
    "UserFrozen",
    "ThawAllowed",
    "ThawStopped",
    "UserThawed",
    "PersonErased",
];

fn pages(asked: Asked) -> Pages {
    stream::once(folded(asked)).boxed()
}

/// Every case, in the order in which they were asked for, and how people stood, as of the question.
pub async fn held(asked: &Asked) -> Result<(Vec<Case>, Vec<StandingRow>), StoreError> {
    let mut cases: BTreeMap<RecoveryId, CaseRow> = BTreeMap::new();
    let mut people: BTreeMap<UserId, StandingRow> = BTreeMap::new();
    let mut facts = facts(asked, NAMES, 0);
    while let Some(page) = facts.try_next().await? {
        for fact in &page {
            if let Some(key) = Cases::key(fact)
                && let Some(row) = Cases::apply(cases.remove(&key), key, fact)
            {
                cases.insert(key, row);
            }
            if let Some(key) = Standing::key(fact)
                && let Some(row) = Standing::apply(people.remove(&key), key, fact)
            {
                people.insert(key, row);
            }
        }
    }
    let mut cases: Vec<Case> = cases
        .into_values()
        .map(|row| {
            let person = people.get(&row.user_id);
            let gone = person.is_some_and(|person| person.gone);
            Case { ended_seq: person.and_then(|person| person.ended_seq), gone, row }
        })
        .collect();
    cases.sort_by_key(|case| case.row.asked_seq);
    Ok((cases, people.into_values().collect()))
}

async fn folded(asked: Asked) -> Result<Vec<Row>, StoreError> {
    let from = asked.arguments.instant(FROM.name).map_or(0, |from| from.position);
    let (mut cases, people) = held(&asked).await?;
    cases.retain(|case| case.row.asked_seq > from);
    let at = asked.as_of.instant;
    let rows = cases.iter().map(|case| {
        let (stage, orphan) = (case.stage(at).name(), case.orphan(at).map(Orphan::name));
        row(&case.row, stage, orphan)
    });
    let bare = people.iter().filter(|person| person.bare_reset_seq.is_some_and(|seq| seq > from));
    Ok(rows.chain(bare.map(without_case)).collect())
}

fn row(case: &CaseRow, stage: &'static str, orphan: Option<&'static str>) -> Row {
    let word = |word: Option<&'static str>| word.map_or(Cell::Empty, Cell::word);
    vec![
        Cell::text(case.recovery_id.to_string()),
        case.user_id.into(),
        Cell::word(case.route.name()),
        Cell::word(stage),
        word(orphan),
        case.asked_at.into(),
        Cell::Event(case.asked_seq),
        case.asked_by.clone().into(),
        case.approved_by.into(),
        word(case.refused.map(<&'static str>::from)),
        case.granted_at.into(),
        case.issuer_saw.into(),
        case.expires_at.into(),
        case.revealed_at.into(),
        case.used_at.into(),
        case.waits_since.into(),
        case.due_at.into(),
        case.reset_at.into(),
        case.stopped_at.into(),
        word(case.stopped.map(super::super::record::Named::name)),
        case.stopped_by.clone().into(),
        case.completed_at.into(),
    ]
}

/// The last reset of somebody by staff that belongs to no case.
fn without_case(person: &StandingRow) -> Row {
    let mut row: Row = REPORT.columns.iter().map(|_| Cell::Empty).collect();
    let said = [
        ("user", person.user_id.into()),
        ("route", Cell::word("staff")),
        ("orphan", Cell::word(Orphan::WithoutCase.name())),
        ("asked_event", person.bare_reset_seq.map_or(Cell::Empty, Cell::Event)),
        ("asked_by", person.bare_reset_by.clone().into()),
        ("reset_at", person.bare_reset_at.into()),
    ];
    for (name, cell) in said {
        if let Some(place) = REPORT.columns.iter().position(|column| column.name == name) {
            row[place] = cell;
        }
    }
    row
}
