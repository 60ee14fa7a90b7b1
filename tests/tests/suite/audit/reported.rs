//! Reports of what happened say what a naive reading of the raw log says, at random points of invented histories.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anyhow::{Context as _, Result, ensure};
use futures::TryStreamExt as _;
use rand::Rng as _;
use serde_json::Value;
use twofold_domain::account::{Account, AccountEvent};
use twofold_domain::ids::{AccountId, RecoveryId, UserId};
use twofold_domain::time::Span;
use twofold_domain::user::{ResetCause, User, UserEvent};
use twofold_infra::store::{AggregateKind, EventStore, Recorded};
use twofold_projections::all;
use twofold_projections::audit;
use twofold_projections::fact::{Event, decode};
use twofold_projections::owners::Owners;
use twofold_projections::projector::Projector;
use twofold_projections::reports::{self, Cell, Question, Row};
use twofold_projections::status::AsOf;
use twofold_tests::both;
use twofold_tests::generate::Generator;
use twofold_tests::race::seed;

use super::written;

/// Random points that each report is asked about.
const POINTS: usize = 6;

async fn asked(
    store: &EventStore,
    account: AccountId,
    name: &str,
    position: u64,
    pairs: &[(&str, &str)],
) -> Result<Vec<Row>> {
    let report = reports::named(name).with_context(|| format!("a report {name}"))?;
    let question = Question::read(report, pairs.iter().copied())?;
    let instant = audit::instant_of(store.views(), account, position).await?.context("an event")?;
    let asked = question.place(store, account, AsOf { position, instant }).await?;
    let rows: Vec<Row> = (report.pages)(asked).try_concat().await?;
    for row in &rows {
        ensure!(row.len() == report.columns.len(), "{name}: {row:?}");
        for (cell, column) in row.iter().zip(report.columns) {
            ensure!(cell.fits(column.kind), "{name}: {cell:?} in {}", column.name);
        }
    }
    Ok(rows)
}

/// The cells of a column.
fn of(name: &str, column: &str, row: &Row) -> Option<Cell> {
    let place = reports::named(name)?.columns.iter().position(|known| known.name == column)?;
    row.get(place).cloned()
}

fn events(name: &str, rows: &[Row]) -> Vec<u64> {
    rows.iter()
        .filter_map(|row| if let Some(Cell::Event(seq)) = of(name, "event", row) { Some(seq) } else { None })
        .collect()
}

/// What an event says, as raw JSON.
fn said(event: &Recorded) -> Value {
    let payload: Value = serde_json::from_str(&event.payload).unwrap_or_default();
    payload[&event.event_type].clone()
}

/// Of which kind a factor is, where an event begins or claims one.
fn began(event: &Recorded) -> Option<(String, String)> {
    called(event, &["FactorEnrolmentStarted", "FactorClaimed"]).then_some(())?;
    let said = said(event);
    let kind =
        said["detail"].as_str().or_else(|| said["detail"].as_object()?.keys().next().map(String::as_str));
    Some((said["factor"].as_str()?.to_owned(), kind?.to_owned()))
}

fn numbers(log: &[Recorded], wanted: impl Fn(&Recorded) -> bool) -> Vec<u64> {
    log.iter().filter(|event| wanted(event)).map(|event| event.account_seq).collect()
}

fn called(event: &Recorded, names: &[&str]) -> bool {
    names.contains(&event.event_type.as_str())
}

/// Whom each account-wide disable reset, by its event: whoever the aggregates say was enrolled right before it.
fn disabled(log: &[Recorded]) -> Result<BTreeMap<u64, BTreeSet<UserId>>> {
    let (mut account, mut people, mut found) =
        (Account::default(), BTreeMap::<UserId, User>::new(), BTreeMap::new());
    for recorded in log {
        match decode(recorded)?.event {
            Event::Account(event) => {
                if matches!(event, AccountEvent::AccountTwoFactorDisabled { .. }) {
                    let enrolled = people
                        .iter()
                        .filter(|(_, user)| !user.erased && user.enrolled(account.generation).is_some());
                    found.insert(recorded.account_seq, enrolled.map(|(id, _)| *id).collect());
                }
                account.evolve(&event);
            }
            Event::User(user, event) => people.entry(user).or_default().evolve(&event),
            Event::Device(..) | Event::Reading(_) => {}
        }
    }
    Ok(found)
}

/// Whose second factor ended by a wait up to the last event's instant, by the event that scheduled it, and by which event
/// that was written, if by any: by the aggregates, and what they still wait for.
fn waited(log: &[Recorded]) -> Result<BTreeSet<(u64, UserId, Option<u64>)>> {
    let (mut scheduled, mut found) = (HashMap::new(), BTreeSet::new());
    let mut people = BTreeMap::<UserId, User>::new();
    for recorded in log {
        let Event::User(user, event) = decode(recorded)?.event else { continue };
        match &event {
            UserEvent::TwoFactorResetScheduled { recovery: Some(recovery), .. } => {
                scheduled.insert(*recovery, recorded.account_seq);
            }
            UserEvent::TwoFactorReset { cause: ResetCause::AfterWait { recovery, .. }, .. } => {
                let of = scheduled.get(recovery).copied().unwrap_or(recorded.account_seq);
                found.insert((of, user, Some(recorded.account_seq)));
            }
            _ => {}
        }
        people.entry(user).or_default().evolve(&event);
    }
    let Some(now) = log.last().map(|event| event.recorded_at) else { return Ok(found) };
    for (id, user) in people {
        let due = user.waiting_reset.filter(|waiting| waiting.due_at <= now && !user.erased);
        if let Some(seq) = due.and_then(|waiting| scheduled.get(&waiting.recovery?).copied()) {
            found.insert((seq, id, None));
        }
    }
    Ok(found)
}

/// With `from`: whatever was caused or written from then on, and what was caused before and written from then on or
/// not at all.
async fn resets_reach_into_the_period(
    store: &EventStore,
    account: AccountId,
    log: &[Recorded],
) -> Result<()> {
    let position = log.len() as u64;
    let from = rand::rng().random_range(1..position);
    let instant = audit::instant_of(store.views(), account, from).await?.context("an event")?;
    // What was recorded at its first instant belongs to the period.
    let from = audit::position_at(store.views(), account, instant - Span::of_micros(1)).await?;
    let person = |event: &Recorded| UserId::from_uuid(event.stream.id.aggregate);
    let own: Vec<_> = log.iter().filter(|event| called(event, &["TwoFactorReset"])).collect();
    let by_wait =
        |event: &Recorded| said(event)["cause"]["after_wait"]["recovery"].as_str().map(str::to_owned);
    let by_disable = |event: &Recorded| said(event)["cause"]["account_disabled"]["generation"].as_u64();
    let mut expected = BTreeSet::new();
    for event in own.iter().filter(|event| by_disable(event).is_none() && event.account_seq > from) {
        if by_wait(event).is_none() {
            expected.insert((event.account_seq, person(event).to_string(), Some(event.account_seq)));
        }
    }
    for (scheduled, user, written) in waited(log)? {
        if scheduled > from || written.is_none_or(|seq| seq > from) {
            expected.insert((scheduled, user.to_string(), written));
        }
    }
    for (disable, users) in disabled(log)? {
        let generation = said(&log[disable as usize - 1])["generation"].as_u64();
        for user in users {
            let of_this = |event: &&&Recorded| {
                event.account_seq > disable && person(event) == user && by_disable(event) == generation
            };
            let written = own.iter().find(of_this).map(|event| event.account_seq);
            if disable > from || written.is_none_or(|seq| seq > from) {
                expected.insert((disable, user.to_string(), written));
            }
        }
    }
    let rows = asked(store, account, "resets", position, &[("from", &instant.to_string())]).await?;
    let mut found = vec![];
    for row in &rows {
        let Some(Cell::Event(event)) = of("resets", "event", row) else { anyhow::bail!("{row:?}") };
        let user = of("resets", "user", row).and_then(|cell| cell.person()).context("a person")?;
        let written =
            if let Some(Cell::Event(seq)) = of("resets", "written", row) { Some(seq) } else { None };
        found.push((event, user.to_string(), written));
    }
    let in_order: Vec<_> = expected.into_iter().collect();
    ensure!(found == in_order, "resets from {from} to {position}: {found:?}, not {in_order:?}");
    Ok(())
}

both! {
    /// Rules: S7.
    async fn reports_of_what_happened_are_the_raw_log(db) {
        let store = db.store().await?;
        let mut generator = Generator::new(seed("reported"), 1, 12);
        let projector = Projector::install(store.clone(), all()).await?;
        written(&store, &mut generator, 1_500).await?;
        projector.catch_up().await?;
        let account = generator.accounts()[0];
        let whole: Vec<Recorded> = store.read(account, 0, 100_000).await?;
        for _ in 0..POINTS {
            let position = rand::rng().random_range(whole.len() as u64 / 3..=whole.len() as u64);
            let log = &whole[..position as usize];
            let ask = async |name: &str| asked(&store, account, name, position, &[]).await;

            let failures = ["PasswordRejected", "ProofRejected", "MailedCodeRejected", "EnrolmentTicketRejected",
                "RecoveryRefused", "HelpRefused", "ProofCameLate", "PasswordChangeDemanded", "LockedOut", "Unlocked", "SignInsRefused"];
            ensure!(events("failures", &ask("failures").await?) == numbers(log, |e| called(e, &failures)));

            let again = |e: &Recorded| {
                let refusal = called(e, &["ProofRejected", "MailedCodeRejected"])
                    && ["replayed", "counter_back"].contains(&said(e)["refusal"].as_str().unwrap_or_default());
                refusal || (called(e, &["DeviceDistrusted", "SessionEnded"]) && said(e)["cause"] == "token_replayed")
            };
            ensure!(events("replay-rejections", &ask("replay-rejections").await?) == numbers(log, again));

            let changes = ["PasswordSet", "PasswordClaimed", "FactorConfirmed", "FactorClaimed", "FactorRemoved",
                "TwoFactorEnabled", "TwoFactorDisabled", "TwoFactorReset", "RecoveryCodesGenerated",
                "RecoveryCodesRegenerated", "EmailChanged", "IdentityProviderLinked", "IdentityProviderUnlinked",
                "ApiTokenIssued", "ApiTokenRevoked", "ClientTokenIssued", "ClientTokenRevoked", "ClientRemoved"];
            let changed = ask("credential-changes").await?;
            ensure!(events("credential-changes", &changed) == numbers(log, |e| called(e, &changes)));
            let kinds: HashMap<String, String> = log.iter().filter_map(began).collect();
            for row in &changed {
                if let (Cell::Text(what), Cell::Text(factor)) = (&row[2], &row[6])
                    && ["FactorConfirmed", "FactorClaimed", "FactorRemoved"].contains(&&**what)
                {
                    ensure!(row[7] == Cell::Text(kinds[&**factor].clone().into()), "{row:?}");
                }
            }

            let of_readers = |e: &Recorded| e.stream.kind == AggregateKind::Reading;
            ensure!(events("reads", &ask("reads").await?) == numbers(log, of_readers));
            let of_log = |e: &Recorded| of_readers(e) && said(e)["question"]["matter"] == "events";
            ensure!(events("log-access", &ask("log-access").await?) == numbers(log, of_log));

            let resets = ask("resets").await?;
            let single = |e: &Recorded| {
                let cause = &said(e)["cause"];
                called(e, &["TwoFactorReset"]) && cause["account_disabled"].is_null() && cause["after_wait"].is_null()
            };
            let mut expected: Vec<(u64, String)> = vec![];
            for event in log.iter().filter(|e| single(e)) {
                expected.push((event.account_seq, UserId::from_uuid(event.stream.id.aggregate).to_string()));
            }
            for (event, users) in disabled(log)? {
                expected.extend(users.into_iter().map(|user| (event, user.to_string())));
            }
            expected.extend(waited(log)?.into_iter().map(|(event, user, _)| (event, user.to_string())));
            let mut found: Vec<(u64, String)> = events("resets", &resets).into_iter().zip(&resets)
                .map(|(event, row)| (event, of("resets", "user", row).and_then(|c| c.person()).map(|u| u.to_string()).unwrap_or_default()))
                .collect();
            expected.sort_unstable();
            found.sort_unstable();
            ensure!(found == expected, "resets as of {position}");

            resets_reach_into_the_period(&store, account, log).await?;

            let user = generator.people(account)[rand::rng().random_range(0..3)].0;
            let mut facts = log.iter().map(decode).collect::<Result<Vec<_>, _>>()?;
            Owners::learned().learn(&mut facts);
            let theirs = |actor: Option<&str>| actor == Some(user.to_string().as_str());
            let expected: Vec<u64> = facts.iter()
                .filter(|fact| fact.subject == Some(user) || theirs(fact.meta.actor.as_deref()))
                .map(|fact| fact.seq).collect();
            let id = user.to_string();
            let timeline = asked(&store, account, "timeline", position, &[("subject", &id)]).await?;
            ensure!(events("timeline", &timeline) == expected, "the timeline of {user} as of {position}");

            // Each case once, under the event that it began with; and how it ended.
            let mut began: BTreeMap<String, (u64, bool, bool)> = BTreeMap::new();
            for fact in &facts {
                let event = match &fact.event {
                    Event::Account(AccountEvent::OperatorActed { recovery: Some(case), .. }) => {
                        began.insert(case.to_string(), (fact.seq, false, false));
                        continue;
                    }
                    Event::User(_, UserEvent::LinkRedeemed { link, .. }) => {
                        let case = RecoveryId::from_uuid(link.uuid()).to_string();
                        began.entry(case).and_modify(|case| case.1 = true);
                        continue;
                    }
                    Event::User(_, event) => event,
                    Event::Account(_) | Event::Device(..) | Event::Reading(_) => continue,
                };
                let id = match event {
                    UserEvent::RecoveryRequested { recovery, .. }
                    | UserEvent::RecoveryRefused { recovery, .. }
                    | UserEvent::RecoveryGranted { recovery, .. }
                    | UserEvent::RecoveryCompleted { recovery, .. }
                    | UserEvent::UserFrozen { recovery, .. }
                    | UserEvent::TwoFactorResetScheduled { recovery: Some(recovery), .. } => *recovery,
                    _ => continue,
                };
                let case = began.entry(id.to_string()).or_insert((fact.seq, false, false));
                case.1 |= matches!(event, UserEvent::RecoveryCompleted { .. });
                case.2 |= matches!(event, UserEvent::RecoveryRefused { .. });
            }
            let name = "recovery-cases";
            let cases = ask(name).await?;
            let found: BTreeMap<String, (u64, bool, bool)> = cases.iter().filter_map(|row| {
                let Some(Cell::Text(id)) = of(name, "case", row) else { return None };
                let Some(Cell::Event(event)) = of(name, "asked_event", row) else { return None };
                let there = |column| of(name, column, row).is_some_and(|cell| cell != Cell::Empty);
                Some((id.into_owned(), (event, there("completed_at"), there("refused"))))
            }).collect();
            ensure!(found == began, "{name} as of {position}: {found:?}, not {began:?}");
        }
        Ok(())
    }
}
