//! `diff`: what is otherwise between two instants.

use std::cmp::Ordering;

use futures::stream::{self, BoxStream};
use futures::{StreamExt as _, TryStreamExt as _};
use serde_json::json;
use twofold_domain::ids::UserId;
use twofold_domain::permission::Act;
use twofold_infra::store::StoreError;

use super::ask::{FROM, POPULATION, Parameter, Since};
use super::cell::{Cell, Kind, Row, column};
use super::history::{self, Version};
use super::settings::{self, Difference, Settings, differences};
use super::{Asked, Pages, Report, mfa_status, people};
use crate::status::{self, AsOf, Line, PostureRow};

/// Rows of one page.
const PAGE: usize = 1_000;

/// The columns of the status report that are compared.
const COMPARED: [&str; 11] = [
    "role",
    "state",
    "rule",
    "factors",
    "enabled_since",
    "recovery_codes",
    "trusted_devices",
    "required_since",
    "exempt_until",
    "providers",
    "claimed",
];

/// The report.
pub const REPORT: Report = Report {
    name: "diff",
    meaning: "Difference of posture between two instants, `from` and `to`: first the account's own settings and what \
              it demanded of each audience at either of them, then every person whose line of `mfa-status` is not \
              the same, one row for each column that differs, in the order of people; `last_used` and `policy_version` \
              are not compared, since a use and another policy leave a posture as it was. Whoever was registered or \
              erased in between has one row that says so. What happened and was undone in between does not show; \
              `policy-history`, `exposure` and the audit log have it.",
    definition: 5,
    reads: Act::ReadStatus,
    from: &[status::NAME],
    rows: "differences",
    parameters: &[Parameter { required: true, ..FROM }, POPULATION],
    columns: &[
        column("user", Kind::Person, "Whose line; nothing of the account itself."),
        column("change", Kind::Word, "`account`, `changed`, `registered`, `erased`."),
        column("what", Kind::Text, "The setting, or the column of `mfa-status`."),
        column("before", Kind::Text, "What it was at `from`."),
        column("after", Kind::Text, "What it is at `to`."),
    ],
    pages,
};

type Lines = BoxStream<'static, Result<(UserId, Line), StoreError>>;

#[expect(clippy::needless_pass_by_value, reason = "the shape of every report's rows")]
fn pages(asked: Asked) -> Pages {
    let Some(Since { at: from, .. }) = asked.arguments.since() else { return stream::empty().boxed() };
    let account = {
        let asked = asked.clone();
        stream::once(async move { account(&asked, from).await })
    };
    let people = pairs(lines(&asked, from), lines(&asked, asked.as_of));
    let rows = people.map_ok(|(before, after)| person(before, after)).try_chunks(PAGE);
    let rows = rows.map(|rows| match rows {
        Ok(rows) => Ok(rows.into_iter().flatten().collect()),
        Err(broken) => Err(broken.1),
    });
    account.chain(rows).boxed()
}

/// Everybody's line at an instant, one by one.
fn lines(asked: &Asked, as_of: AsOf) -> Lines {
    let asked = Asked { as_of, ..asked.clone() };
    let pages = people::people(&asked, asked.arguments.population());
    let one_by_one = pages.map_ok(|page| {
        let lines: Vec<_> = page.lines().map(|(held, line)| Ok((held.user.user_id, line))).collect();
        stream::iter(lines)
    });
    one_by_one.try_flatten().boxed()
}

type Pair = (Option<(UserId, Line)>, Option<(UserId, Line)>);

/// The lines of the same person side by side; both streams are in the order of people.
fn pairs(before: Lines, after: Lines) -> BoxStream<'static, Result<Pair, StoreError>> {
    let sides = (before.peekable(), after.peekable());
    stream::try_unfold(sides, async |(mut before, mut after)| {
        let key = |next: Option<&Result<(UserId, Line), StoreError>>| match next {
            Some(Ok((user, _))) => Some(*user),
            _ => None,
        };
        let failed = |next: Option<&Result<_, StoreError>>| matches!(next, Some(Err(_)));
        let (left, right) = {
            let left = std::pin::Pin::new(&mut before).peek().await;
            let right = std::pin::Pin::new(&mut after).peek().await;
            if failed(left) {
                (Ordering::Less, true)
            } else if failed(right) {
                (Ordering::Greater, true)
            } else {
                match (key(left), key(right)) {
                    (None, None) => (Ordering::Equal, false),
                    (Some(_), None) => (Ordering::Less, true),
                    (None, Some(_)) => (Ordering::Greater, true),
                    (Some(left), Some(right)) => (left.cmp(&right), true),
                }
            }
        };
        if !right {
            return Ok(None);
        }
        let pair = match left {
            Ordering::Less => (before.try_next().await?, None),
            Ordering::Greater => (None, after.try_next().await?),
            Ordering::Equal => (before.try_next().await?, after.try_next().await?),
        };
        Ok(Some((pair, (before, after))))
    })
    .boxed()
}

/// What differs of one person.
fn person(before: Option<(UserId, Line)>, after: Option<(UserId, Line)>) -> Vec<Row> {
    let alone = |user: UserId, change: &'static str, line: &Line, place: usize| {
        let state: &'static str = line.state.into();
        let mut row = vec![user.into(), Cell::word(change), Cell::word("state"), Cell::Empty, Cell::Empty];
        row[place] = Cell::word(state);
        vec![row]
    };
    match (before, after) {
        (Some((user, before)), Some((_, after))) => {
            let differs = differences(&compared(&before), &compared(&after));
            differs.into_iter().map(|difference| row(user.into(), "changed", difference)).collect()
        }
        (None, Some((user, after))) => alone(user, "registered", &after, 4),
        (Some((user, before)), None) => alone(user, "erased", &before, 3),
        (None, None) => vec![],
    }
}

/// A line's compared columns as texts.
fn compared(line: &Line) -> Settings {
    let cells = mfa_status::REPORT.columns.iter().zip(mfa_status::row(line.clone()));
    let cells = cells.filter(|(column, _)| COMPARED.contains(&column.name));
    let text = |cell: Cell| match cell {
        Cell::Text(text) if !text.is_empty() => Some(text.into_owned()),
        Cell::Number(n) => Some(n.to_string()),
        Cell::Instant(at) => Some(at.to_string()),
        _ => None,
    };
    cells.filter_map(|(column, cell)| Some((column.name.to_owned(), text(cell)?))).collect()
}

/// What differs of the account itself.
async fn account(asked: &Asked, from: AsOf) -> Result<Vec<Row>, StoreError> {
    let postures = history::postures(asked).await?;
    let held = |as_of: AsOf| {
        let held = postures.iter().take_while(|version| version.from.event <= as_of.position).last();
        held.map(|Version { row, .. }| demanded(row, as_of)).unwrap_or_default()
    };
    let differs = differences(&held(from), &held(asked.as_of));
    Ok(differs.into_iter().map(|difference| row(Cell::Empty, "account", difference)).collect())
}

/// What an account demands at an instant, as settings.
fn demanded(posture: &PostureRow, as_of: AsOf) -> Settings {
    let at = as_of.instant;
    let floor = |floor: &Option<_>| json!(floor);
    settings::of(&json!({
        "switch": posture.switch,
        "generation": posture.generation,
        "profile": posture.profile,
        "closed": posture.closed,
        "team_version": posture.team.version(at),
        "end_users_version": posture.end_users.version(at),
        "team": posture.team.policy(at),
        "end_users": posture.end_users.policy(at),
        "team_floor": floor(&posture.team.floor),
        "end_users_floor": floor(&posture.end_users.floor),
    }))
}

fn row(user: Cell, change: &'static str, (what, before, after): Difference) -> Row {
    vec![user, Cell::word(change), what.into(), before.into(), after.into()]
}
