//! `twofold projections`: the read models, and how to make them again from the log.

use std::sync::mpsc;

use clap::Subcommand;
use twofold_infra::config::{Config, DatabaseLocation};
use twofold_infra::desk::Desk;
use twofold_infra::store::{EventStore, Role, aggregates};
use twofold_projections::bulk::{self, Rebuilt, Stage};
use twofold_projections::projector::Projector;
use twofold_projections::{registry, witness};

use super::migrate::owner_url;
use super::{Context, Exit, Failure, evidence, setup};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Each read model, its version, and how far behind or ahead of the log it is
    List,
    /// Make read models again beside the live ones, then switch
    Rebuild {
        /// These only [default: all]
        #[arg(value_name = "NAME")]
        names: Vec<String>,
        /// Compare the new with the old before the switch, and say in how many rows they differ
        #[arg(long)]
        verify: bool,
        /// Make them although the log lacks events that they were made of: every trace of these is thrown away, and
        /// `twofold audit invariants` says so from then on. The old counter, where one is ahead of the log, needs the
        /// database's owner
        #[arg(long, conflicts_with_all = ["names", "verify"])]
        forget_missing_events: bool,
        /// Forget those of these accounts only, by short name or id: what others lack stays on record [default: all]
        #[arg(long, value_name = "ACCOUNT", requires = "forget_missing_events")]
        account: Vec<String>,
    },
}

pub(super) async fn run(context: &Context, command: Command) -> Result<(), Failure> {
    let (config, desk) = setup::open_existing(context).await?;
    let projector = Projector::install(desk.store().clone(), twofold_projections::all()).await?;
    match command {
        Command::List => {
            list(context, &projector).await?;
            evidence::uncontradicted(&witness::contradictions(desk.store()).await?)
        }
        Command::Rebuild { names, verify, forget_missing_events, account } => {
            let known: Vec<_> = projector.projections().iter().map(|p| p.name).collect();
            if let Some(unknown) = names.iter().find(|name| !known.contains(&name.as_str())) {
                return Err(Failure::new(format!("there is no read model `{unknown}`"))
                    .fix(format!("known are: {}", known.join(", ")))
                    .exit(Exit::NotFound));
            }
            let forgotten = if forget_missing_events {
                lacking(&config, &desk, &account).await?
            } else {
                evidence::whole(&desk).await?;
                vec![]
            };
            if verify {
                let unplaced = projector.unplaced().await?;
                if !unplaced.is_empty() {
                    return Err(Failure::new("read models without a checkpoint cannot be compared")
                        .because(format!("nothing says how far these are: {}", unplaced.join(", ")))
                        .fix(format!("twofold projections rebuild {}", unplaced.join(" ")))
                        .exit(Exit::Differs));
                }
                // What is compared must have come to the same event.
                projector.catch_up().await?;
            }
            if names.is_empty() {
                // Before, so that nothing is read of them meanwhile; whoever reads the log leaves new ones.
                aggregates::drop_snapshots(desk.store()).await?;
            }
            let chosen = twofold_projections::all()
                .into_iter()
                .filter(|p| names.is_empty() || names.iter().any(|name| name == p.name))
                .collect();
            let rebuilt = match rebuild(context, desk.store(), chosen, verify).await {
                Ok(rebuilt) => rebuilt,
                Err(failure) => {
                    // The log may have lost events meanwhile, which says more than what came of it.
                    evidence::whole(&desk).await?;
                    return Err(failure);
                }
            };
            if names.is_empty() {
                registry::drop_unknown(desk.store().views(), projector.projections()).await?;
            }
            // Whoever is stopped before has forgotten nothing.
            witness::forget(desk.store(), &forgotten, desk.clock().now()).await?;
            evidence::whole(&desk).await?;
            report(context, &rebuilt)
        }
    }
}

/// Keeps what the read models still know of missing events, of all accounts, before they are thrown away, and has the
/// counters of those that are meant go on from the last event that is there. Returns what is to be forgotten.
async fn lacking(
    config: &Config,
    desk: &Desk,
    accounts: &[String],
) -> Result<Vec<witness::Contradiction>, Failure> {
    let mut found = witness::contradictions(desk.store()).await?;
    witness::keep(desk.store(), &found, desk.clock().now()).await?;
    let mut meant = vec![];
    for named in accounts {
        // One that is wholly gone has no short name any more.
        let lacks = found.iter().find(|found| found.account.to_string() == *named);
        meant.push(match lacks {
            Some(found) => found.account,
            None => setup::account(desk, named).await?,
        });
    }
    found.retain(|found| meant.is_empty() || meant.contains(&found.account));
    for missing in
        found.iter().filter(|missing| missing.by_now.is_none() && missing.counted != missing.log_end)
    {
        let witness::Contradiction { account, log_end, counted, .. } = *missing;
        let owned = match &config.database.location {
            DatabaseLocation::Postgres(_) => EventStore::open(&owner_url(config), Role::Owner).await?,
            DatabaseLocation::Sqlite(_) => desk.store().clone(),
        };
        owned.recount(account, counted, log_end).await.map_err(|error| {
            Failure::new(format!("the counter of {account} could not be set back to event {log_end}"))
                .because(error)
                .fix("the owner of the database may: name their URL as database_owner_url")
        })?;
    }
    Ok(found)
}

async fn list(context: &Context, projector: &Projector) -> Result<(), Failure> {
    let listed = projector.list().await?;
    let columns = ["name", "version", "serving", "accounts", "lag", "ahead", "parked"];
    context.output.list(columns, &listed, |row| {
        let serving = row.serving.map_or_else(|| "-".to_owned(), |version| version.to_string());
        [
            row.name.clone(),
            row.version.to_string(),
            serving,
            row.accounts.to_string(),
            row.lag.to_string(),
            row.ahead.to_string(),
            row.parked.len().to_string(),
        ]
    })
}

/// Rebuilds with a bar; what is told from another thread is shown from this one.
pub(super) async fn rebuild(
    context: &Context,
    store: &twofold_infra::store::EventStore,
    projections: Vec<twofold_projections::view::Projection>,
    verify: bool,
) -> Result<Rebuilt, Failure> {
    let (tell, told) = mpsc::channel();
    let total = store.accounts().await?.iter().map(|(_, last)| last).sum();
    let mut bar = context.output.progress("reading the log", total);
    let (mut shown, mut stage) = (0, Stage::Reading);
    let tell = std::sync::Mutex::new(tell);
    let work = bulk::rebuild(store, projections, verify, move |progress| {
        if let Ok(tell) = tell.lock() {
            // Nobody listens any more once the bar is full.
            let _ = tell.send(progress);
        }
    });
    let mut work = std::pin::pin!(work);
    let mut tick = tokio::time::interval(std::time::Duration::from_millis(100));
    let rebuilt = loop {
        tokio::select! {
            done = &mut work => break done,
            _ = tick.tick() => {}
        }
        for progress in told.try_iter() {
            if stage != progress.stage {
                (stage, shown) = (progress.stage, 0);
                let (what, steps) = match stage {
                    Stage::Reading => ("reading the log", Some(progress.of)),
                    Stage::Indexing => ("building the indexes", None),
                    Stage::CatchingUp => ("catching up", Some(progress.of)),
                    Stage::Exchanging => ("exchanging the tables", None),
                };
                bar.next(what, steps);
            }
            if matches!(stage, Stage::Reading | Stage::CatchingUp) {
                bar.step(progress.events.saturating_sub(shown));
                shown = shown.max(progress.events);
            }
        }
    };
    bar.finish();
    Ok(rebuilt?)
}

fn report(context: &Context, rebuilt: &Rebuilt) -> Result<(), Failure> {
    let Rebuilt { events, rows, parked, differences } = *rebuilt;
    let value = serde_json::json!({
        "events": events, "rows": rows, "parked": parked, "differences": differences,
    });
    context.output.result(&value, || {
        let compared = differences.map(|found| format!("; {found} rows differed")).unwrap_or_default();
        format!("{events} events became {rows} rows, {parked} accounts parked{compared}")
    })?;
    match differences {
        Some(1..) => {
            Err(Failure::new("the old tables differed from the log; the new ones serve now")
                .exit(Exit::Differs))
        }
        _ => Ok(()),
    }
}
