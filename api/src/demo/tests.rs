//! The year, small: its stories are in the log, and the same seed makes the same history.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Result;
use twofold_domain::ids::AccountId;
use twofold_domain::time::{Span, Timestamp};
use twofold_infra::clock::ManualClock;
use twofold_infra::config::{Config, Layers};
use twofold_infra::desk::Desk;
use twofold_infra::installation;
use twofold_infra::mint::Mint;
use twofold_infra::store::Recorded;
use twofold_infra::verify::Passwords;
use twofold_projections::impact::FromReadModels;
use twofold_projections::projector::Projector;

use super::*;

/// A plan of two months that ends on this day.
fn small(until: &str, seed: u64) -> Plan {
    Plan { seed, people: 20, days: 61, until: until.parse().unwrap() }
}

async fn lived(plan: Plan) -> Result<(tempfile::TempDir, Desk, Seeded)> {
    let dir = tempfile::tempdir()?;
    let layers = Layers::default().with_flag("data_dir", &dir.path().display().to_string());
    let config = Config::load(&layers, 1)?;
    let start = plan.until - Span::days(i64::from(plan.days) + 1);
    let mint = Mint::system(ManualClock::starting_at(start).clock());
    let desk = installation::open(&config, mint.clone(), Passwords::cheap(mint)).await?;
    let projector = Projector::install(desk.store().clone(), twofold_projections::all()).await?;
    let concerned = Arc::new(FromReadModels::new(desk.clone(), projector));
    let desk = desk.counting(concerned);
    let seeded = seed(&desk, plan, &mut || {}).await?;
    Ok((dir, desk, seeded))
}

async fn log(desk: &Desk, account: AccountId) -> Result<Vec<Recorded>> {
    let mut all = vec![];
    loop {
        let page = desk.store().read(account, all.len() as u64, 10_000).await?;
        if page.is_empty() {
            return Ok(all);
        }
        all.extend(page);
    }
}

fn counts(log: &[Recorded]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for event in log {
        *counts.entry(event.event_type.clone()).or_default() += 1;
    }
    counts
}

#[tokio::test(flavor = "multi_thread")]
async fn every_story_is_in_the_log() -> Result<()> {
    let plan = small("2026-06-17T15:00:00Z", 1);
    let (_dir, desk, seeded) = lived(plan).await?;
    let log = log(&desk, seeded.account).await?;
    assert_eq!(log.len() as u64, seeded.events);
    for story in STORIES {
        let chapter = seeded.chapters.iter().find(|c| c.story == story.name);
        let chapter = chapter.unwrap_or_else(|| panic!("`{}` was not played", story.name));
        let scenes = &log[chapter.after as usize..chapter.until as usize];
        for left in story.leaves {
            let types: Vec<_> = scenes.iter().map(|e| e.event_type.as_str()).collect();
            assert!(types.contains(left), "`{}` left no {left}, but {types:?}", story.name);
        }
    }
    assert!(log.is_sorted_by_key(|e| e.recorded_at));
    assert!(log.last().unwrap().recorded_at <= plan.until, "nothing happens after the present");
    let kept = desk.store().outbox(seeded.account, 1_000).await?;
    assert!((1..=12).contains(&kept.len()), "{} messages wait", kept.len());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_seed_makes_the_same_history() -> Result<()> {
    let plan = small("2026-03-01T08:00:00Z", 7);
    let ((_a, first, one), (_b, second, two)) = futures::try_join!(lived(plan), lived(plan))?;
    assert_eq!(one.account, two.account);
    let (one, two) = (log(&first, one.account).await?, log(&second, two.account).await?);
    assert_eq!(counts(&one), counts(&two));
    let at = |log: &[Recorded]| log.iter().map(|e| e.recorded_at).collect::<Vec<Timestamp>>();
    assert_eq!(at(&one).first(), at(&two).first());
    Ok(())
}
