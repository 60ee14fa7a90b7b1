//! Cases against what the people's own streams say, over random histories and at instants behind their last event.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use twofold_domain::ids::{LinkId, UserId};
use twofold_domain::time::{Span, Timestamp};
use twofold_domain::user::User;
use twofold_infra::store::Outcome;
use twofold_projections::all;
use twofold_projections::projector::Projector;
use twofold_projections::recovery::{self, Case, Stage};
use twofold_tests::both;
use twofold_tests::generate::Generator;

/// That a case stands where its person's stream says.
fn agrees(case: &Case, user: &User, generator: &Generator, at: Timestamp) -> Result<()> {
    let (id, stage) = (case.row.recovery_id, case.stage(at));
    let account = generator.account(generator.accounts()[0]).context("an account")?;
    let frozen = user.frozen.as_ref().is_some_and(|frozen| frozen.recovery == id);
    let waits = user.waiting_reset.as_ref().filter(|waiting| waiting.recovery == Some(id));
    let granted = user.running_grant(at).is_some_and(|grant| grant.recovery == id);
    let open = if case.row.operated.is_some() {
        let link = LinkId::from_uuid(id.uuid());
        stage == Stage::Granted && user.open_link(link, &account.era(at), at).is_some()
    } else {
        granted
    };
    let bare = !matches!(stage, Stage::Granted | Stage::Frozen | Stage::Waiting | Stage::Open);
    let right = match stage {
        Stage::Granted => open,
        Stage::Frozen => frozen,
        Stage::Waiting => frozen || waits.is_some_and(|waiting| at < waiting.due_at),
        Stage::Open => {
            let due = waits.is_some_and(|waiting| waiting.due_at <= at);
            !user.erased && (due || case.row.reset_at.is_some())
        }
        Stage::Requested | Stage::Refused | Stage::Completed | Stage::Stopped | Stage::Expired => true,
    };
    ensure!(
        right && !(bare && (frozen && !user.erased || waits.is_some() || granted)),
        "{stage:?} at {at}: {case:?} {user:?}"
    );
    Ok(())
}

both! {
    /// Rules: C5, S8.
    async fn each_case_stands_where_its_persons_stream_says(db) {
        let seed = std::env::var("TWOFOLD_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or_else(rand::random);
        println!("TWOFOLD_SEED={seed}");
        let mut generator = Generator::new(seed, 1, 20);
        let account = generator.accounts()[0];
        let store = db.store().await?;
        let projector = Projector::install(store.clone(), all()).await?;
        let mut compared = 0;
        for _ in 0..20 {
            let mut written = 0;
            while written < 200 {
                let append = generator.next().append();
                written += append.event_count();
                ensure!(matches!(store.append(append).await?, Outcome::Committed { .. }));
            }
            projector.catch_up().await?;
            let end = store.counter(account).await?.map_or(0, |counter| counter.last_seq);
            let people: BTreeMap<UserId, User> =
                generator.people(account).into_iter().map(|(id, user)| (id, user.clone())).collect();
            let now = generator.now();
            for case in recovery::cases(store.views(), account, end, 10_000).await? {
                let user = &people[&case.row.user_id];
                for at in [now, now + Span::minutes(45), now + Span::days(4)] {
                    agrees(&case, user, &generator, at)?;
                    compared += 1;
                }
            }
        }
        ensure!(compared > 500, "{compared} looks");
        Ok(())
    }
}
