//! `twofold audit invariants`: reads the log from its first event by the rules that every log keeps.

use clap::Args;
use serde::Serialize;
use twofold_domain::account::AccountEvent;
use twofold_domain::ids::AccountId;
use twofold_domain::invariants::{Breach, Tally};
use twofold_domain::reading::{Matter, Question};
use twofold_infra::desk::Desk;
use twofold_projections::fact::{self, Event};
use twofold_projections::inspection::Inspection;
use twofold_projections::witness::{self, Forgotten};

use super::export::read_by_operator;
use super::{Context, Exit, Failure, setup};

/// What the log alone cannot show: its counter and the read models say how far it went.
const LOG_END: Shown = Shown {
    rule: "log-end",
    meaning: "no account's log ends before its counter, or before an event that a read model was made of",
};

/// Breaches that are listed; more are only counted. Who has so many looks at the first.
const LISTED: usize = 1_000;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The account's short name or id [default: every account]
    #[arg(long, value_name = "SLUG|ID")]
    account: Option<String>,
    /// Read nothing: list the rules, and what each demands
    #[arg(long, conflicts_with = "account")]
    list: bool,
}

/// A rule as it is explained.
#[derive(Serialize)]
struct Shown {
    rule: &'static str,
    meaning: &'static str,
}

/// A breach as it is listed.
#[derive(Debug, Serialize)]
struct Listed {
    account: String,
    event: u64,
    rule: &'static str,
    what: String,
}

/// A rule over all accounts.
#[derive(Debug, Clone, Serialize)]
struct Sum {
    rule: &'static str,
    examined: u64,
    breaches: u64,
}

/// Everything that was found.
#[derive(Debug, Default, Serialize)]
struct Found {
    accounts: u64,
    events: u64,
    breaches: u64,
    /// The first of them.
    listed: Vec<Listed>,
    rules: Vec<Sum>,
    /// Events that were missing and that the operator had forgotten.
    forgotten: Vec<Forgotten>,
}

pub(super) async fn run(context: &Context, arguments: Arguments) -> Result<(), Failure> {
    if arguments.list {
        return list(context);
    }
    let (_, desk) = setup::open_existing(context).await?;
    let accounts = if let Some(named) = &arguments.account {
        vec![named_account(&desk, named).await?]
    } else {
        let known = desk.store().accounts().await?.into_iter();
        known.filter(|(_, last)| *last > 0).map(|(account, _)| account).collect()
    };
    for account in accounts.iter().filter(|account| **account != AccountId::INSTALLATION) {
        // One more event would bury what is missing of a log.
        if witness::contradiction(desk.store(), *account).await?.is_some() {
            continue;
        }
        let question = Question::of(Matter::Events).narrowed("check", Some("invariants"));
        // A log that takes nothing any more is looked at all the more.
        if let Err(failure) = read_by_operator(&desk, *account, question.into()).await {
            tracing::warn!(%account, ?failure, "that the operator reads it could not be recorded");
        }
    }
    let mut found = read(context, &desk, &accounts).await?;
    let only = arguments.account.as_ref().and(accounts.first().copied());
    ends(&desk, only, &mut found).await?;
    report(context, &found)
}

/// The rules, without a log.
fn list(context: &Context) -> Result<(), Failure> {
    let inspection = Inspection::default();
    let rules = inspection.tallies().iter();
    let rules = rules.map(|t| Shown { rule: t.rule, meaning: t.meaning });
    let rows: Vec<Shown> = rules.chain([LOG_END]).collect();
    context.output.list(["rule", "meaning"], &rows, |row| [row.rule.to_owned(), row.meaning.to_owned()])
}

async fn named_account(desk: &Desk, named: &str) -> Result<AccountId, Failure> {
    match named.parse() {
        Ok(id) if desk.store().counter(id).await?.is_some() => Ok(id),
        // One that is wholly gone has read models yet.
        Ok(id) if witness::contradiction(desk.store(), id).await?.is_some() => Ok(id),
        Ok(id) => Err(Failure::new(format!("there is no account {id}")).exit(Exit::NotFound)),
        Err(_) => setup::account(desk, named).await,
    }
}

/// What an account is called: its short name, as its first event says it, or its id.
async fn called(desk: &Desk, account: AccountId) -> Result<String, Failure> {
    let first = desk.store().read_as_is(account, 0, 1).await?;
    let first = first.first().and_then(|recorded| fact::decode(recorded).ok());
    Ok(match first.map(|fact| fact.event) {
        Some(Event::Account(AccountEvent::AccountOpened { slug, .. })) => slug,
        _ => account.to_string(),
    })
}

async fn read(context: &Context, desk: &Desk, accounts: &[AccountId]) -> Result<Found, Failure> {
    let mut total = 0;
    for account in accounts {
        total += desk.store().counter(*account).await?.map_or(0, |counter| counter.last_seq);
    }
    let bar = context.output.progress("reading the log", total);
    let none = |t: &Tally| Sum { rule: t.rule, examined: 0, breaches: 0 };
    let mut found = Found {
        accounts: accounts.len() as u64,
        rules: Inspection::default().tallies().iter().map(none).collect(),
        ..Found::default()
    };
    for &account in accounts {
        let name = called(desk, account).await?;
        let inspection = Inspection::of(desk.store(), account, |events, breaches| {
            bar.step(events);
            for Breach { seq, rule, what } in breaches {
                found.breaches += 1;
                if found.listed.len() < LISTED {
                    found.listed.push(Listed { account: name.clone(), event: seq, rule, what });
                }
            }
        })
        .await?;
        found.events += inspection.events();
        for (sum, tally) in found.rules.iter_mut().zip(inspection.tallies()) {
            sum.examined += tally.examined;
            sum.breaches += tally.breaches;
        }
    }
    bar.finish();
    Ok(found)
}

/// What the other witnesses say of where the logs end: of one account, or of all that they know.
async fn ends(desk: &Desk, only: Option<AccountId>, found: &mut Found) -> Result<(), Failure> {
    let meant = |account| only.is_none_or(|only| only == account);
    let mut breaches = 0;
    for missing in witness::contradictions(desk.store()).await? {
        if meant(missing.account) {
            breaches += 1;
            let account = called(desk, missing.account).await?;
            let (event, rule, what) = (missing.log_end, LOG_END.rule, missing.to_string());
            found.listed.insert(0, Listed { account, event, rule, what });
        }
    }
    found.breaches += breaches;
    found.rules.push(Sum { rule: LOG_END.rule, examined: found.accounts.max(breaches), breaches });
    found.forgotten = witness::forgotten(desk.store()).await?;
    found.forgotten.retain(|forgotten| meant(forgotten.what.account));
    Ok(())
}

fn report(context: &Context, found: &Found) -> Result<(), Failure> {
    let Found { accounts, events, breaches, listed, rules, forgotten } = found;
    let summary =
        format!("accounts: {accounts}, events: {events}, rules: {}, breaches: {breaches}", rules.len());
    if context.output.is_json() {
        context.output.result(found, String::new)?;
    } else {
        let columns = ["rule", "examined", "breaches"];
        context.output.list(columns, rules, |sum| {
            [sum.rule.to_owned(), sum.examined.to_string(), sum.breaches.to_string()]
        })?;
        if !listed.is_empty() {
            context.output.list(["account", "event", "rule", "what"], listed, |breach| {
                [
                    breach.account.clone(),
                    breach.event.to_string(),
                    breach.rule.to_owned(),
                    breach.what.clone(),
                ]
            })?;
        }
        for Forgotten { what, at } in forgotten {
            let words = format!("missing events were forgotten by the operator at {at}; {what}\n");
            context.output.bytes(words.as_bytes())?;
        }
        context.output.bytes(format!("{summary}\n").as_bytes())?;
    }
    match listed.first() {
        None => Ok(()),
        Some(first) => {
            Err(Failure::new(format!("the log is not what every log must be, {breaches} times"))
                .because(format!("event {} of {}: {}: {}", first.event, first.account, first.rule, first.what))
                .fix("keep a copy of the log as it is, and look at the first event named; what each rule demands: twofold audit invariants --list")
                .exit(Exit::Broken))
        }
    }
}
