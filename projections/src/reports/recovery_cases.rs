//! `recovery-cases`: each way back in, and what was left lying.

use futures::{StreamExt as _, stream};
use twofold_domain::permission::Act;
use twofold_domain::time::Timestamp;
use twofold_infra::store::{StoreError, Value};
use uuid::Uuid;

use super::ask::FROM;
use super::cell::{Cell, Kind, Row, column};
use super::{Asked, Pages, Report};
use crate::as_of::{self, Ranges};
use crate::record::{Named as _, Record as _};
use crate::recovery::{self, Case, Orphan, Renewed, Standing, StandingRow};

/// The report.
pub const REPORT: Report = Report {
    name: "recovery-cases",
    meaning: "Recovery cases: every way back in of somebody who lost their second factor, from the request to the next \
              factor, one row each, in the order in which they were asked for, as they stood at that instant: who \
              asked, who approved, what was used, when, and how it ended; an owner's, for whom another owner asks, begins \
              with the request for a second approval. A freeze is one case with whatever staff did while it lasted; what the \
              installation's operator did under an owner's grant, a link or the lifting of locks, is a case too. What was left lying is flagged: a code that \
              was granted and never used, a second factor that is gone for more than a day, and, behind the cases, \
              the last reset by staff of each person that belongs to no case.",
    definition: 6,
    reads: Act::ReadRecoveries,
    from: &[recovery::NAME],
    rows: "cases",
    parameters: &[FROM],
    columns: &[
        column("case", Kind::Id, "The case; nothing where a reset belongs to none."),
        column("user", Kind::Person, "Whose."),
        column(
            "route",
            Kind::Word,
            "By which way: `grant`, `staff`, `mailbox`, `trusted_device`, `owner`, `frozen`, `operator`.",
        ),
        column(
            "stage",
            Kind::Word,
            "`requested`, `refused`, `granted`, `waiting`, `frozen`, `open` (no factor yet), `completed`, `stopped`, \
             `expired`.",
        ),
        column("orphan", Kind::Word, "`never_used`, `never_reenrolled`, `still_frozen`, `without_case`."),
        column("asked_at", Kind::Instant, "When it began."),
        column("asked_event", Kind::Event, "By which event."),
        column(
            "asked_by",
            Kind::Actor,
            "Who asked; `anonymous` is the person, at the door; `operator` acted under a grant.",
        ),
        column(
            "approved_by",
            Kind::Person,
            "The second person, where it took one; of what the operator did, the owner who let them.",
        ),
        column(
            "refused",
            Kind::Word,
            "Why it was refused; while a sign-in is frozen, why the wait that was asked for last was.",
        ),
        column(
            "granted_at",
            Kind::Instant,
            "When a code was granted, or the operator made a link or lifted locks.",
        ),
        column("issuer_saw", Kind::Flag, "Whether who granted it saw the code."),
        column(
            "expires_at",
            Kind::Instant,
            "When the code or the link ends; before there is one, the request for an approval.",
        ),
        column("revealed_at", Kind::Instant, "When the person was shown it."),
        column("used_at", Kind::Instant, "When it was used."),
        column("waits_since", Kind::Instant, "When a wait began."),
        column("due_at", Kind::Instant, "From when the reset holds."),
        column("reset_at", Kind::Instant, "As of when the second factor ended."),
        column("renewed", Kind::Word, "What it took away: `second_factor`, `password`, `locks`."),
        column("frozen_at", Kind::Instant, "When the sign-in was frozen by it."),
        column(
            "frozen_by",
            Kind::Word,
            "How: `own_link` (the link in a notice), `self` (in a session), `staff`.",
        ),
        column("thawed_at", Kind::Instant, "When the person was back."),
        column(
            "thawed_how",
            Kind::Word,
            "With what beside the mailed link: `factor`, `allowed` (a word of staff, or a wait).",
        ),
        column("stopped_at", Kind::Instant, "When it came to nothing, where it is `stopped`."),
        column(
            "stopped",
            Kind::Word,
            "Why: an objection or what took its place (`factor`, `person`, `staff`, `password`, `address`, `replaced`, \
             `frozen`), or what overtook it from outside (`reset`, `disabled`, `role_changed`, `deactivated`, \
             `erased`). Nothing stops a code that had ended by itself: that one stays `expired`.",
        ),
        column("stopped_by", Kind::Actor, "Who said so."),
        column(
            "completed_at",
            Kind::Instant,
            "When the person had another factor, or used the operator's link; when the operator lifted their locks.",
        ),
    ],
    pages,
};

/// Rows per statement.
const PAGE: u32 = 500;

fn pages(asked: Asked) -> Pages {
    let from = asked.arguments.after();
    let ranges = Ranges::of::<Standing>(asked.account, PAGE);
    let later = asked.clone();
    let cases = stream::try_unfold((asked, Some(from)), async |(asked, after)| {
        let Some(after) = after else { return Ok(None) };
        let (rows, last) = cases(&asked, after).await?;
        Ok(Some((rows, (asked, last))))
    });
    let bare = stream::try_unfold((later, ranges), move |(asked, mut ranges)| async move {
        let Some(range) = ranges.next(asked.store.views()).await? else { return Ok(None) };
        let rows = without_cases(&asked, from, range).await?;
        Ok(Some((rows, (asked, ranges))))
    });
    cases.boxed().chain(bare).boxed()
}

/// A page of cases that were asked for behind an event, and the last of them where there may be more.
async fn cases(asked: &Asked, after: u64) -> Result<(Vec<Row>, Option<u64>), StoreError> {
    let (views, position, at) = (asked.store.views(), asked.as_of.position, asked.as_of.instant);
    let found = recovery::cases_after(views, asked.account, position, after, PAGE).await?;
    let last = found.last().filter(|_| found.len() == PAGE as usize).map(|case| case.row.asked_seq);
    let said = |case: &Case| row(case, at);
    Ok((found.iter().map(said).collect(), last))
}

/// People of a range of ids whose last reset by staff, behind an event, belongs to no case.
async fn without_cases(
    asked: &Asked,
    from: u64,
    (after, last): (Uuid, Uuid),
) -> Result<Vec<Row>, StoreError> {
    let sql = as_of::range::<Standing>(asked.store.views(), "user_id", "bare_reset_seq > $5");
    let position = asked.as_of.position;
    let binds: [Value; 5] =
        [asked.account.uuid().into(), position.into(), after.into(), last.into(), from.into()];
    let found = asked.store.views().fetch(&sql, &binds).await?;
    found.iter().map(|row| StandingRow::get(row, 0).map(|person| without_case(&person))).collect()
}

fn row(of: &Case, at: Timestamp) -> Row {
    let (case, stop) = (&of.row, of.stop(at));
    let word = |word: Option<&'static str>| word.map_or(Cell::Empty, Cell::word);
    vec![
        Cell::text(case.recovery_id.to_string()),
        case.user_id.into(),
        Cell::word(case.route.name()),
        Cell::word(of.stage(at).name()),
        word(of.orphan(at).map(Orphan::name)),
        case.asked_at.into(),
        Cell::Event(case.asked_seq),
        case.asked_by.clone().into(),
        of.approved_by().into(),
        word(case.refused.map(<&'static str>::from)),
        case.granted_at.into(),
        case.issuer_saw.into(),
        of.expires_at().into(),
        case.revealed_at.into(),
        case.used_at.into(),
        case.waits_since.into(),
        case.due_at.into(),
        of.reset_at(at).into(),
        word(of.renewed(at).map(Renewed::name)),
        case.frozen_at.into(),
        word(case.frozen_by.map(Into::into)),
        case.thawed_at.into(),
        word(case.thawed_how.map(Into::into)),
        stop.as_ref().map(|stop| stop.at).into(),
        word(stop.as_ref().map(|stop| stop.why)),
        stop.and_then(|stop| stop.by).into(),
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
