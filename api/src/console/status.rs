//! The status report: who has a second factor, now or at any instant of the past.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use axum::response::Response;
use futures::StreamExt as _;
use serde::Deserialize;
use twofold_domain::ids::UserId;
use twofold_domain::permission::Act as Deed;
use twofold_domain::reading::{Matter, Question as Read, Then};
use twofold_domain::time::Timestamp;
use twofold_infra::acts::ActError;
use twofold_infra::zone::Zone;
use twofold_projections::audit;
use twofold_projections::reports::{self, mfa_status};
use twofold_projections::status::{self, AsOf, Line, Population, PostureRow, report};

use super::door::{Door, with_query};
use super::names;
use super::people::may;
use super::refused::Refused;
use super::words;
use crate::cursor::Cursor;
use crate::extract::Query;
use crate::layers::concern;
use crate::pages::account::{Status, StatusRow};
use crate::pages::frame::{Field, Section, When};
use crate::pages::render;
use crate::problem::Problem;
use crate::report::{Form, Wish, answer, misread};

/// People on a page.
const ROWS: usize = 100;
/// The cursor's list.
const LIST: &str = "console/status";

/// What was asked for, as it was typed.
#[derive(Deserialize, Clone, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    #[serde(default)]
    day: String,
    #[serde(default)]
    time: String,
    #[serde(default)]
    event: String,
    #[serde(default)]
    population: String,
    after: Option<Cursor>,
    /// Of a page: the position that its first page spoke of, so that all pages speak of the same.
    position: Option<u64>,
    instant: Option<i64>,
}

/// A question that cannot be answered: the field, and the key of what is wrong.
type Unanswerable = (&'static str, &'static str);

impl Asked {
    fn population(&self) -> Population {
        match self.population.as_str() {
            "team" => Population::Team,
            "end_users" => Population::EndUsers,
            _ => Population::Everyone,
        }
    }

    fn past(&self) -> bool {
        !self.day.is_empty() || !self.event.is_empty()
    }

    /// The instant that was typed, as a clock shows it there; nothing for now.
    fn instant(&self, zone: &Zone) -> Result<Option<Timestamp>, Unanswerable> {
        match (self.day.as_str(), self.time.as_str()) {
            ("", "") => Ok(None),
            ("", _) => Err(("day", "as-of-needs-day")),
            (day, "") => zone.last_of(day).map(Some).ok_or(("day", "as-of-wrong")),
            (day, time) => {
                let seconds = if time.len() == 5 { ":59.999999" } else { ".999999" };
                zone.instant(day, &format!("{time}{seconds}")).map(Some).ok_or(("time", "as-of-wrong"))
            }
        }
    }

    /// The same question, for links.
    fn pairs(&self) -> [(&'static str, &str); 4] {
        [("day", &self.day), ("time", &self.time), ("event", &self.event), ("population", &self.population)]
    }
}

/// The report's question, resolved, and the account as it was.
struct Question {
    as_of: AsOf,
    posture: PostureRow,
}

/// The report as a page.
pub(super) async fn show(mut door: Door, Query(asked): Query<Asked>) -> Result<Response, Refused> {
    let me = door.enter(Deed::ReadStatus).await?;
    door.frame = door.frame.clone().section(Section::Status);
    let (question, wrong) = match question(&door, &asked).await? {
        Ok(question) => (question, None),
        Err(wrong) => match question_now(&door).await? {
            Ok(now) => (now, Some(wrong)),
            Err(_) => return Err(Problem::not_found().into()),
        },
    };
    let past = asked.past() && wrong.is_none();
    let named = !asked.event.trim().is_empty();
    let then = Then {
        at: past.then_some(question.as_of.instant),
        event: (past && named).then_some(question.as_of.position),
    };
    door.shows(&me, read(then, asked.population())).await?;
    let after = match &asked.after {
        Some(cursor) => cursor.open::<UserId>(LIST)?,
        None => UserId::from_uuid(uuid::Uuid::nil()),
    };
    let views = door.app.store().views();
    let mut counts = BTreeMap::new();
    let mut lines: Vec<Line> = Vec::new();
    let mut pages =
        std::pin::pin!(report::status_report(views, door.account, question.as_of, asked.population()));
    while let Some(page) = pages.next().await {
        for line in page.map_err(ActError::from)? {
            *counts.entry(line.state).or_insert(0_u64) += 1;
            if line.user > after && lines.len() <= ROWS {
                lines.push(line);
            }
        }
    }
    let more = lines.len() > ROWS;
    lines.truncate(ROWS);
    let next = match lines.last() {
        Some(last) if more => {
            let cursor = Cursor::seal(LIST, &last.user)?.to_string();
            let position = question.as_of.position.to_string();
            let instant = question.as_of.instant.micros().to_string();
            let more = [("after", cursor.as_str()), ("position", &position), ("instant", &instant)];
            with_query(&door.path("status"), asked.pairs().into_iter().chain(more))
        }
        _ => String::new(),
    };
    let rows = rows(&door, &lines, after).await?;
    let f = door.frame.clone();
    let field = |name: &str, value: &str| Field {
        value: value.to_owned(),
        error: wrong.filter(|(at, _)| *at == name).map_or_else(String::new, |(_, key)| f.s(key)),
    };
    let position = question.as_of.position;
    let number = position.to_string();
    let download = |form: &str| with_query(&door.path(&format!("status.{form}")), asked.pairs());
    Ok(render(&Status {
        day: field("day", &asked.day),
        time: field("time", &asked.time),
        event: field("event", &asked.event),
        past,
        populations: [("everyone", ""), ("policy-members", "team"), ("policy-users", "end_users")]
            .map(|(key, value)| (key, value, value == asked.population))
            .to_vec(),
        today: When::from(door.now()).day,
        at: question.as_of.instant.into(),
        position,
        position_href: if may(&me, Deed::ReadAudit) {
            with_query(&door.path("log"), [("event", number.as_str())])
        } else {
            String::new()
        },
        switch: words::switch(question.posture.switch),
        policy: vec![
            words::policy(&f, "policy-members", question.posture.team.policy(question.as_of.instant)),
            words::policy(&f, "policy-users", question.posture.end_users.policy(question.as_of.instant)),
        ],
        counts: words::STANDINGS
            .into_iter()
            .filter_map(|state| counts.get(&state).map(|n| (words::standing(state), *n)))
            .collect(),
        rows,
        next,
        downloads: if may(&me, Deed::Export) && wrong.is_none() {
            vec![("CSV", download("csv")), ("JSON", download("json"))]
        } else {
            vec![]
        },
        f,
    }))
}

/// What of it is read: as of today, or of a past instant.
fn read(then: Then, population: Population) -> Read {
    Read::of(Matter::Report("mfa-status".to_owned()))
        .as_of(then)
        .narrowed("population", Some(<&str>::from(population)))
}

async fn rows(door: &Door, lines: &[Line], after: UserId) -> Result<Vec<StatusRow>, Refused> {
    let Some(last) = lines.last() else { return Ok(vec![]) };
    let views = door.app.store().views();
    let people = report::names(views, door.account, after, last.user).await.map_err(ActError::from)?;
    let mut rows = Vec::with_capacity(lines.len());
    for line in lines {
        let called = names::of_row(door, people.get(&line.user)).await?;
        rows.push(StatusRow {
            name: called.shown(door),
            role: line.role.name(),
            state: words::standing_of(line),
            why: door.frame.s(words::rule(line.rule)),
            since: line.enabled_since.map(When::from),
            claimed: !line.claimed.is_empty(),
            last_used: line.last_used.map(When::from),
            codes_left: line.recovery_codes.map(u32::from),
            devices: line.trusted_devices,
        });
    }
    Ok(rows)
}

async fn question_now(door: &Door) -> Result<Result<Question, Unanswerable>, Refused> {
    question(door, &Asked::default()).await
}

/// Resolves what was asked: the last event that counts, and the instant.
async fn question(door: &Door, asked: &Asked) -> Result<Result<Question, Unanswerable>, Refused> {
    let (views, store) = (door.app.store().views(), door.app.store());
    let instant = match asked.instant(&concern::zone()) {
        Ok(instant) => instant,
        Err(wrong) => return Ok(Err(wrong)),
    };
    let now = door.now();
    if instant.is_some_and(|at| at > now && When::from(at).day != When::from(now).day) {
        return Ok(Err(("day", "as-of-future")));
    }
    let instant = instant.map(|at| at.min(now));
    if let Some(at) = instant {
        // From now on nothing is recorded as of that instant or before: the answer stays the answer.
        store.raise(door.account, at).await.map_err(ActError::from)?;
    }
    door.caught_up(status::NAME).await?;
    door.caught_up(audit::NAME).await?;
    let counter = store.counter(door.account).await.map_err(ActError::from)?;
    let head = counter.as_ref().map_or(0, |counter| counter.last_seq);
    // What was recorded belongs to the present, also by a server whose clock is ahead.
    let now = counter.map_or(now, |counter| counter.last_at.max(now));
    let as_of = match (asked.event.trim().trim_start_matches('#'), instant) {
        ("", None) => match (asked.position, asked.instant) {
            (Some(position), Some(instant)) if position <= head => {
                AsOf { position, instant: Timestamp::from_micros(instant).min(now) }
            }
            _ => AsOf { position: head, instant: now },
        },
        ("", Some(instant)) => {
            let position = audit::position_at(views, door.account, instant).await.map_err(ActError::from)?;
            AsOf { position, instant }
        }
        (number, _) => {
            let Ok(position) = number.parse::<u64>() else { return Ok(Err(("event", "as-of-no-event"))) };
            let at = audit::instant_of(views, door.account, position).await.map_err(ActError::from)?;
            let Some(instant) = at else { return Ok(Err(("event", "as-of-no-event"))) };
            AsOf { position, instant }
        }
    };
    let posture = report::posture_at(views, door.account, as_of.position).await.map_err(ActError::from)?;
    Ok(posture.map(|posture| Question { as_of, posture }).ok_or(("day", "as-of-before")))
}

/// The report for a spreadsheet.
pub(super) async fn csv(door: Door, Query(asked): Query<Asked>) -> Result<Response, Refused> {
    download(door, &asked, Form::Csv).await
}

/// The report for a program.
pub(super) async fn json(door: Door, Query(asked): Query<Asked>) -> Result<Response, Refused> {
    download(door, &asked, Form::Json).await
}

/// The report as a file, names included; the same writer as the API's.
async fn download(mut door: Door, asked: &Asked, form: Form) -> Result<Response, Refused> {
    door.back = with_query(&door.path("status"), asked.pairs());
    let me = door.enter(Deed::Export).await?;
    let Ok(Question { as_of, .. }) = question(&door, asked).await? else {
        return Err(door.explain(StatusCode::UNPROCESSABLE_ENTITY, "error-bad"));
    };
    let population: &'static str = asked.population().into();
    let question =
        reports::Question::read(&mfa_status::REPORT, [("population", population)]).map_err(misread)?;
    answer(&door.app, door.account, question.right_at(as_of), Wish { form, names: true }, door.shown_to(&me))
        .await
        .map_err(Into::into)
}
