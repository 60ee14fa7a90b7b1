//! `twofold audit replay`: folds the raw log, and prints what it comes to, each step on the way, or every
//! difference from the read models.

use std::collections::BTreeMap;
use std::str::FromStr as _;
use std::sync::Arc;

use clap::Args;
use serde::Serialize;
use serde_json::{Map, Value};
use twofold_domain::ids::{AccountId, UserId};
use twofold_domain::reading::{Matter, Question as Read};
use twofold_domain::time::Timestamp;
use twofold_infra::desk::Desk;
use twofold_projections::check::{self, CheckedProjection, Difference};
use twofold_projections::facts::Facts;
use twofold_projections::follow::{Follower, Subject};
use twofold_projections::memory::{Replay, ReplayError};
use twofold_projections::reports::{Asked, Question, mfa_status};
use twofold_projections::status::{self, AsOf, Line, Population};
use twofold_projections::witness;

use super::export::read_by_operator;
use super::follow;
use super::reports::{Format, print, unanswerable};
use super::{Context, Exit, Failure, Output, evidence, setup};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The account's short name
    #[arg(long, value_name = "SLUG")]
    account: String,
    /// As of this instant or the end of this day [default: now]
    #[arg(long, value_name = "INSTANT", conflicts_with = "at_event")]
    as_of: Option<Timestamp>,
    /// Right after the event of this number
    #[arg(long, value_name = "NUMBER")]
    at_event: Option<u64>,
    /// Whom to list
    #[arg(long, default_value = "everyone", value_parser = Population::from_str)]
    population: Population,
    /// The form of the answer
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Instead of the report, name every row and column in which the read models differ from the log
    #[arg(long)]
    check: bool,
    /// Instead of the report, print each event of the subject and what it changed
    #[arg(long, requires = "subject", conflicts_with = "check")]
    follow: bool,
    /// Whom to follow: a person with their devices, one device, or the account itself
    #[arg(long, value_name = "usr_…|dev_…|acc_…", requires = "follow")]
    subject: Option<Subject>,
}

pub(super) async fn run(context: &Context, arguments: Arguments) -> Result<(), Failure> {
    let (_, desk) = setup::open_existing(context).await?;
    let account = setup::named(&desk, &arguments.account).await?;
    // One that is wholly gone has no past to stand at; what was made of it says what is missing.
    let witnessed = witness::contradiction(desk.store(), account).await?;
    if arguments.check && witnessed.is_some_and(|found| found.is_gone()) {
        return whole(context.output, &desk, account).await;
    }
    let as_of = match arguments.at_event {
        None => evidence::settled(&desk, account, arguments.as_of).await?,
        Some(position) => {
            let instant = desk.store().recorded_at(account, position).await?;
            let instant = instant.ok_or_else(|| {
                Failure::new(format!("`{}` has no event {position}", arguments.account)).exit(Exit::NotFound)
            })?;
            AsOf { position, instant }
        }
    };
    if let Some(subject) = arguments.subject {
        return followed(context.output, &desk, account, as_of, subject).await;
    }
    if arguments.check {
        // A log that lost its end is no past: whatever has come further than it does is held against it. Nothing is
        // recorded in it, or that would bury what is missing.
        let whole_log = witnessed.is_none();
        let asked_of_the_past = arguments.as_of.is_some() || arguments.at_event.is_some();
        // The tables are compared as they stand; that somebody looked comes behind what they stand at.
        let end = evidence::last(desk.store(), account).await?;
        let today = !asked_of_the_past || as_of.position == end;
        if whole_log {
            let question = Read::of(Matter::Events).narrowed("check", Some("replay"));
            let question = question.narrowed("at_event", Some(as_of.position));
            read_by_operator(&desk, account, question.into()).await?;
        }
        if today {
            return whole(context.output, &desk, account).await;
        }
    }
    let replay = fold(context.output, &desk, account, as_of).await?;
    let population = arguments.population;
    if arguments.check {
        let folded = replay.report(as_of.instant, population);
        return lines(context.output, &desk, account, as_of, population, folded).await;
    }
    let whom: &'static str = population.into();
    let question = Question::read(&mfa_status::REPORT, [("population", whom)]);
    let question = question.map_err(|wrong| unanswerable(wrong.into()))?;
    let asked = question.place(desk.store(), account, as_of).await.map_err(unanswerable)?;
    let asked = Asked { folded: Some(Arc::new(replay.folded())), ..asked };
    print(context.output, desk, &mfa_status::REPORT, asked, arguments.format, false).await
}

/// What the status report is made from, from the log alone.
async fn fold(output: Output, desk: &Desk, account: AccountId, as_of: AsOf) -> Result<Replay, Failure> {
    let bar = output.progress("folding the log", as_of.position);
    let only = [status::reported()];
    let replay = Replay::at(desk.store(), &only, account, as_of.position, |events| bar.step(events)).await?;
    bar.finish();
    Ok(replay)
}

/// Each event of the subject.
async fn followed(
    output: Output,
    desk: &Desk,
    account: AccountId,
    as_of: AsOf,
    subject: Subject,
) -> Result<(), Failure> {
    let question = Read::of(Matter::Events).narrowed("at_event", Some(as_of.position));
    let question = match subject {
        Subject::Account(id) if id != account => {
            return Err(Failure::new(format!("{id} is another account")).exit(Exit::NotFound));
        }
        Subject::Account(_) => question.narrowed("stream", Some("account")),
        Subject::User(user) => question.about(user),
        Subject::Device(device) => question.narrowed("device", Some(device)),
    };
    read_by_operator(desk, account, question.into()).await?;
    // Steps on a terminal are progress enough.
    let bar = output.progress_beside_results("reading the log", as_of.position);
    let mut follower = Follower::of(subject);
    let mut reading = Facts::of(desk.store(), account, as_of.position);
    let mut steps = 0_u64;
    while let Some(facts) = reading.next().await? {
        for fact in &facts {
            if let Some(step) = follower.take(fact) {
                steps += 1;
                output.bytes(follow::told(output, &step)?.as_bytes())?;
            }
        }
        bar.step(facts.len() as u64);
    }
    bar.finish();
    if steps == 0 {
        return Err(Failure::new(format!("nothing happened to {subject} by event {}", as_of.position))
            .exit(Exit::NotFound));
    }
    Ok(())
}

/// What a comparison came to.
#[derive(Serialize)]
struct Comparison {
    account: AccountId,
    /// Of a comparison at the end of the log, that of every projection.
    projections: Vec<CheckedProjection>,
    position: u64,
    as_of: String,
    whole_tables: bool,
    rows_compared: u64,
    differences: u64,
    listed: Vec<Difference>,
    definition: u32,
}

/// Every table against the log, at its end.
async fn whole(output: Output, desk: &Desk, account: AccountId) -> Result<(), Failure> {
    let store = desk.store();
    if witness::contradiction(store, account).await?.is_none() {
        evidence::up_to_date(desk, account).await?;
    }
    let bar = output.progress("comparing", evidence::last(store, account).await?);
    let all = twofold_projections::all();
    let checked = check::check(store, &all, account, |events| bar.step(events)).await?;
    bar.finish();
    let position = checked.projections.iter().map(|came| came.position).max().unwrap_or(0);
    let instant = store.recorded_at(account, position).await?.unwrap_or_default();
    say(
        output,
        &Comparison {
            account,
            projections: checked.projections,
            position,
            as_of: instant.to_string(),
            whole_tables: true,
            rows_compared: checked.rows,
            differences: checked.differences,
            listed: checked.listed,
            definition: mfa_status::REPORT.definition,
        },
    )
}

/// The lines of the report against the log, at an earlier event: tables of what holds now say nothing of then.
async fn lines(
    output: Output,
    desk: &Desk,
    account: AccountId,
    as_of: AsOf,
    population: Population,
    folded: Vec<Line>,
) -> Result<(), Failure> {
    evidence::up_to_date(desk, account).await?;
    let live = evidence::lines(desk.store(), account, as_of, population).await?;
    let rows_compared = folded.len() as u64;
    let (mut live, folded) = (by_user(live)?, by_user(folded)?);
    let mut listed = vec![];
    for (user, said) in folded {
        match live.remove(&user) {
            None => listed.push(differ(user, None, None, Some(&Value::Object(said)))),
            Some(stored) => {
                let columns = said.iter().filter(|(column, said)| stored.get(*column) != Some(said));
                listed.extend(columns.map(|(column, said)| {
                    differ(user, Some(column.clone()), stored.get(column), Some(said))
                }));
            }
        }
    }
    let surplus = live.into_iter();
    listed.extend(surplus.map(|(user, stored)| differ(user, None, Some(&Value::Object(stored)), None)));
    say(
        output,
        &Comparison {
            account,
            projections: vec![],
            position: as_of.position,
            as_of: as_of.instant.to_string(),
            whole_tables: false,
            rows_compared,
            differences: listed.len() as u64,
            listed,
            definition: mfa_status::REPORT.definition,
        },
    )
}

/// Lines as their columns.
fn by_user(lines: Vec<Line>) -> Result<BTreeMap<UserId, Map<String, Value>>, Failure> {
    let columns = |line: Line| match serde_json::to_value(&line).map_err(anyhow::Error::from)? {
        Value::Object(columns) => Ok((line.user, columns)),
        other => Err(Failure::new(format!("a line that is no object: {other}"))),
    };
    lines.into_iter().map(columns).collect()
}

fn differ(user: UserId, column: Option<String>, live: Option<&Value>, folded: Option<&Value>) -> Difference {
    let (live, folded) = (live.map(Value::to_string), folded.map(Value::to_string));
    Difference {
        table: "mfa-status".to_owned(),
        key: format!("user={user}"),
        column,
        live,
        folded,
        event: None,
    }
}

fn say(output: Output, compared: &Comparison) -> Result<(), Failure> {
    let Comparison { position, rows_compared, differences, listed, whole_tables, .. } = compared;
    let what = if *whole_tables { "rows of all read models" } else { "lines of the report" };
    if !output.is_json() && !listed.is_empty() {
        let columns = ["table", "row", "column", "read model", "log", "event"];
        output.list(columns, listed, |difference| {
            let none = |what: &Option<String>| what.clone().unwrap_or_else(|| "(no row)".to_owned());
            [
                difference.table.clone(),
                difference.key.clone(),
                difference.column.clone().unwrap_or_else(|| "(row)".to_owned()),
                none(&difference.live),
                none(&difference.folded),
                difference.event.map_or_else(|| "-".to_owned(), |event| event.to_string()),
            ]
        })?;
    }
    output.result(compared, || {
        let more = differences.saturating_sub(listed.len() as u64);
        let more = if more > 0 { format!("; {more} more are not listed") } else { String::new() };
        format!(
            "event {position}: {rows_compared} {what} compared with the log, {differences} differences{more}"
        )
    })?;
    if *differences == 0 {
        return Ok(());
    }
    if listed.iter().any(|difference| difference.table == "events") {
        return Err(Failure::new("the log ends elsewhere than what was counted and made of it")
            .fix("keep a copy of all files or of the database as they are, and put back the log that they belong to")
            .exit(Exit::Differs));
    }
    Err(Failure::new("the read models differ from the log")
        .fix("twofold projections rebuild --verify")
        .exit(Exit::Differs))
}

impl From<ReplayError> for Failure {
    fn from(error: ReplayError) -> Self {
        match error {
            ReplayError::Store(error) => error.into(),
            poison @ ReplayError::Poison(_) => Self::new("the log cannot be folded").because(poison),
        }
    }
}
