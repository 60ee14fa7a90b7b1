//! `twofold audit what-if`: the recorded sign-ins under another policy.

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;
use twofold_domain::account::Change;
use twofold_domain::factor::Offer;
use twofold_domain::ids::{AccountId, StreamId};
use twofold_domain::policy::Role;
use twofold_domain::reading::{Matter, Question};
use twofold_domain::time::Timestamp;
use twofold_projections::what_if::{AT_ONCE, Person, Reckoning, Span, what_if};

use super::export::read_by_operator;
use super::{Context, Exit, Failure, Output, evidence, setup};
use crate::problem::Problem;
use crate::routes::NewPolicy;

/// The most that a policy file holds.
const LONGEST_FILE: u64 = 64 * 1024;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The account's short name
    #[arg(long, value_name = "SLUG")]
    account: String,
    /// The other policy: JSON, as `PUT /v1/accounts/{account}/policy` takes it
    #[arg(long, value_name = "FILE")]
    policy: PathBuf,
    /// The other policy holds from this instant or the beginning of this day on [default: from the account's beginning]
    #[arg(long, value_name = "INSTANT", value_parser = Timestamp::beginning)]
    from: Option<Timestamp>,
    /// Look at sign-ins up to this instant or the end of this day [default: now]
    #[arg(long, value_name = "INSTANT")]
    to: Option<Timestamp>,
}

/// The answer: what was asked, and what it came to.
#[derive(Serialize)]
struct Answer<'a> {
    account: AccountId,
    from: Option<String>,
    to: Option<String>,
    #[serde(flatten)]
    reckoning: &'a Reckoning,
    untold_means: Vec<Category>,
}

#[derive(Serialize)]
struct Category {
    #[serde(rename = "category")]
    name: &'static str,
    events: u64,
    meaning: &'static str,
}

pub(super) async fn run(context: &Context, arguments: Arguments) -> Result<(), Failure> {
    let Arguments { account: slug, policy: file, from, to } = arguments;
    let policy = read(&file)?;
    let (_, desk) = setup::open_existing(context).await?;
    let account = setup::account(&desk, &slug).await?;
    let (now, until) =
        (evidence::now_of(&desk, account).await?, evidence::last(desk.store(), account).await?);
    let loaded = desk.log().accounts.load(StreamId::account(account)).await?.state;
    // What could not be saved is no policy.
    let named = |problem: Problem| {
        let fields = problem.errors().iter().map(|field| format!("{}: {}", field.pointer, field.detail));
        refused(&file, &fields.collect::<Vec<_>>().join("; "))
    };
    let wished = policy.today(&loaded, now).map_err(named)?;
    loaded
        .foresee(&Change::Policy(wished), Role::Owner, &Offer::everything(), now)
        .map_err(|refusal| refused(&file, &refusal.to_string()))?;
    let question = Question::of(Matter::WhatIf).between(from, to);
    read_by_operator(&desk, account, question.into()).await?;
    let mut bar = context.output.progress("reading the log", until);
    let span = Span { from, to, until };
    let imagine = |audience, held: &_| policy.over(audience, held);
    let mut reading = 0;
    let read = |of, events| {
        if of != reading {
            reading = of;
            bar.next("again, for more people", Some(until));
        }
        bar.step(events);
    };
    let reckoning = what_if(desk.store(), account, span, AT_ONCE, imagine, read).await?;
    bar.finish();
    if context.output.is_json() {
        let (from, to) = (from.map(|at| at.to_string()), to.map(|at| at.to_string()));
        let untold_means = reckoning.untold.categories();
        let untold_means = untold_means
            .map(|(name, events, meaning)| Category { name, events, meaning })
            .into_iter()
            .collect();
        let answer = Answer { account, from, to, reckoning: &reckoning, untold_means };
        return context.output.result(&answer, String::new);
    }
    tell(context.output, &reckoning)
}

fn read(file: &Path) -> Result<NewPolicy, Failure> {
    let wrong = |why: String| refused(file, &why);
    let size = std::fs::metadata(file).map_err(|error| wrong(error.to_string()))?.len();
    if size > LONGEST_FILE {
        return Err(wrong(format!("{size} bytes are too many")));
    }
    let text = std::fs::read_to_string(file).map_err(|error| wrong(error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))
}

fn refused(file: &Path, why: &str) -> Failure {
    Failure::new(format!("{} is no policy", file.display()))
        .because(why)
        .fix(r#"write what PUT /v1/accounts/{account}/policy takes: {"team":{"trust_days":0}}"#)
        .exit(Exit::Usage)
}

fn tell(output: Output, reckoning: &Reckoning) -> Result<(), Failure> {
    let Reckoning { position, sign_ins, same, extra_prompts, fewer_prompts, .. } = reckoning;
    let Reckoning { need_not_bind, without_factor, no_session, cut_short, months, people, untold, .. } =
        reckoning;
    let sums: Vec<(&str, u64)> = vec![
        ("last event read", *position),
        ("sign-ins gone through", *sign_ins),
        ("as they went", *same),
        ("prompts more", *extra_prompts),
        ("prompts fewer", *fewer_prompts),
        ("bindings no longer demanded", *need_not_bind),
        ("people without a second factor that counts", *without_factor),
        ("sessions that had not started", *no_session),
        ("sessions over while they were used", *cut_short),
    ];
    output.list(["what", "number"], &sums, |(what, n)| [(*what).to_owned(), n.to_string()])?;
    if !months.is_empty() {
        let columns = ["month", "sign-ins", "more", "fewer", "bindings", "no binding", "no session"];
        output.list(columns, months, |month| {
            [
                month.month.clone(),
                month.tally.sign_ins.to_string(),
                month.tally.extra_prompts.to_string(),
                month.tally.fewer_prompts.to_string(),
                month.tally.bindings.to_string(),
                month.tally.need_not_bind.to_string(),
                month.tally.no_session.to_string(),
            ]
        })?;
    }
    let rows: Vec<(&Person, &str, String)> = people.iter().flat_map(otherwise).collect();
    if !rows.is_empty() {
        output.list(["person", "what", "events"], &rows, |(person, what, events)| {
            [person.user.to_string(), (*what).to_owned(), events.clone()]
        })?;
    }
    let untold: Vec<_> = untold.categories().into_iter().filter(|(_, events, _)| *events > 0).collect();
    if !untold.is_empty() {
        output.list(["not told", "number", "because"], &untold, |(category, events, meaning)| {
            [(*category).to_owned(), events.to_string(), (*meaning).to_owned()]
        })?;
    }
    Ok(())
}

/// What would have been otherwise for somebody, a row for each kind.
fn otherwise(person: &Person) -> Vec<(&Person, &'static str, String)> {
    let numbers = |events: &[u64]| events.iter().map(u64::to_string).collect::<Vec<_>>().join(" ");
    let bare: Vec<u64> = person.without_factor.iter().map(|bare| bare.event).collect();
    let sessions: Vec<u64> = person.no_session.iter().map(|session| session.event).collect();
    [
        ("asked once more", &person.extra_prompts),
        ("not asked", &person.fewer_prompts),
        ("without a second factor that counts", &bare),
        ("no binding demanded", &person.need_not_bind),
        ("no session", &sessions),
        ("session over by then", &person.cut_short),
    ]
    .into_iter()
    .filter(|(_, events)| !events.is_empty())
    .map(|(what, events)| (person, what, numbers(events)))
    .collect()
}
