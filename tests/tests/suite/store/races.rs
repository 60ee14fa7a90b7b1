//! Whoever comes second decides again: heads, reads, the roster, batches, callers that vanish.

use anyhow::{Result, bail, ensure};
use sqlx::Executor as _;
use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use twofold_domain::ids::UserId;
use twofold_infra::store::{Append, Outcome, Read, RosterChange};
use twofold_tests::both;
use twofold_tests::postgres::TestDb;
use uuid::Uuid;

use super::{NOON, account_stream, committed, fresh, open_account, user_stream, whole, write};

both! {
    async fn of_two_decisions_on_one_head_only_one_is_recorded(db) {
        let (here, there) = (db.store().await?, db.store().await?);
        let account = open_account(&here).await?;
        let user = user_stream(account, fresh());
        for round in 0..20 {
            let race: Vec<_> = (0..32).map(|n| {
                let store = if n % 2 == 0 { here.clone() } else { there.clone() };
                tokio::spawn(async move {
                    store.append(Append::new(account, NOON, vec![write(user, round)])).await
                })
            }).collect();
            let mut won = 0;
            for attempt in race {
                match attempt.await?? {
                    Outcome::Committed { .. } => won += 1,
                    Outcome::StreamMoved { stream } => assert_eq!(stream, user),
                    other => bail!("{other:?}"),
                }
            }
            assert_eq!(won, 1, "round {round}");
        }
        assert_eq!(whole(&here).await?.len(), 21);
        Ok(())
    }

    async fn a_decision_whose_reads_moved_is_refused(db) {
        let store = db.store().await?;
        let account = open_account(&store).await?;
        let mut append = Append::new(account, NOON, vec![write(user_stream(account, fresh()), 0)]);
        append.reads = vec![Read { stream: account_stream(account), sequence: 1 }];
        committed(store.append(append.clone()).await?)?;
        committed(store.append(Append::new(account, NOON, vec![write(account_stream(account), 1)])).await?)?;
        append.writes = vec![write(user_stream(account, fresh()), 0)];
        let outcome = store.append(append).await?;
        assert_eq!(outcome, Outcome::ReadMoved { stream: Some(account_stream(account)) });
        assert_eq!(whole(&store).await?.len(), 3);
        Ok(())
    }

    async fn a_read_and_a_write_at_once_never_both_stand_on_the_old_head(db) {
        let store = db.store().await?;
        for _ in 0..30 {
            let account = open_account(&store).await?;
            let change = Append::new(account, NOON, vec![write(account_stream(account), 1)]);
            let user = user_stream(account, fresh());
            let mut sign_in = Append::new(account, NOON, vec![write(user, 0)]);
            sign_in.reads = vec![Read { stream: account_stream(account), sequence: 1 }];
            let (changed, signed_in) = tokio::join!(store.append(change), store.append(sign_in));
            let (_, change_seq, _) = committed(changed?)?;
            match signed_in? {
                Outcome::Committed { last, .. } => ensure!(last < change_seq, "signed in after the change"),
                Outcome::ReadMoved { .. } => {}
                other => bail!("{other:?}"),
            }
        }
        Ok(())
    }

    async fn the_roster_that_a_decision_saw_must_not_have_changed(db) {
        let store = db.store().await?;
        let account = open_account(&store).await?;
        let people: Vec<UserId> = (0..3).map(|_| UserId::from_uuid(fresh())).collect();
        let enrol = |user: UserId| {
            let mut append = Append::new(account, NOON, vec![write(user_stream(account, user.uuid()), 0)]);
            append.extras.roster = vec![RosterChange::Add { user, generation: 4 }];
            append
        };
        for user in &people[..2] {
            committed(store.append(enrol(*user)).await?)?;
        }
        let seen = store.roster(account).await?;
        let mut sorted = people[..2].to_vec();
        sorted.sort();
        assert_eq!(seen.users(), sorted);
        assert!(seen.members.iter().all(|(_, generation)| *generation == 4));
        assert_eq!(seen.seq, 3);

        let mut decision = Append::new(account, NOON, vec![write(account_stream(account), 1)]);
        decision.extras.roster_read = Some(seen.seq);
        let (enrolled, decided) = tokio::join!(store.append(enrol(people[2])), store.append(decision.clone()));
        let (_, enrolled, _) = committed(enrolled?)?;
        match decided? {
            Outcome::Committed { last, .. } => ensure!(last < enrolled, "decided on an old roster"),
            Outcome::ReadMoved { stream: None } => {}
            other => bail!("{other:?}"),
        }
        decision.writes = vec![write(user_stream(account, fresh()), 0)];
        assert_eq!(store.append(decision.clone()).await?, Outcome::ReadMoved { stream: None });
        decision.extras.roster_read = Some(store.roster(account).await?.seq);
        decision.extras.roster = vec![RosterChange::Remove { user: people[0] }];
        committed(store.append(decision).await?)?;
        assert_eq!(store.roster(account).await?.members.len(), 2);
        Ok(())
    }

    async fn one_refused_member_does_not_cost_the_others_their_batch(db) {
        let store = db.store().await?;
        let account = open_account(&store).await?;
        let appends = (0..64).map(|n| {
            let store = store.clone();
            let expected = u64::from(n % 8 == 0) * 5;
            let append = Append::new(account, NOON, vec![write(user_stream(account, fresh()), expected)]);
            async move { (expected, store.append(append).await) }
        });
        for (expected, outcome) in futures::future::join_all(appends).await {
            match outcome? {
                Outcome::Committed { .. } => assert_eq!(expected, 0),
                Outcome::StreamMoved { .. } => assert_eq!(expected, 5),
                other => bail!("{other:?}"),
            }
        }
        assert_eq!(whole(&store).await?.len(), 1 + 56);
        Ok(())
    }

    async fn a_write_whose_caller_vanished_is_whole_or_absent_and_the_next_one_works(db) {
        let store = db.store().await?;
        let account = open_account(&store).await?;
        let (mut appended, started) = (Vec::new(), std::time::Instant::now());
        for n in 0..200_u64 {
            let (a, b) = (user_stream(account, fresh()), user_stream(account, fresh()));
            let both = Append::new(account, NOON, vec![write(a, 0), write(b, 0)]);
            let caller = tokio::spawn({ let store = store.clone(); async move { store.append(both).await } });
            tokio::time::sleep(Duration::from_micros(n * 20 % 2_000)).await;
            caller.abort();
            appended.push((a, b));
        }
        let mut next = None;
        for (a, b) in appended {
            let after = Append::new(account, NOON, vec![write(user_stream(account, fresh()), 0)]);
            if next.is_none() {
                next = Some(committed(store.append(after).await?)?);
            }
            let heads = store.heads(&[a, b]).await?;
            ensure!(heads == [0, 0] || heads == [1, 1], "half done: {heads:?}");
        }
        ensure!(started.elapsed() < Duration::from_mins(1));
        whole(&store).await?;
        Ok(())
    }

    async fn order_has_no_gaps_under_many_writers(db) {
        let stores = [db.store().await?, db.store().await?];
        let mut accounts = Vec::new();
        for _ in 0..4 {
            accounts.push(open_account(&stores[0]).await?);
        }
        let tasks: Vec<_> = (0..32_usize).map(|n| {
            let store = stores[n % 2].clone();
            let account = accounts[n % 4];
            let shared = user_stream(account, Uuid::from_u128(99));
            tokio::spawn(async move {
                let (own, mut done) = (user_stream(account, fresh()), 0);
                while done < 25 {
                    // Every other act also fights over a stream that all of them write.
                    let mut writes = vec![write(own, done)];
                    if done % 2 == 0 {
                        let head = store.heads(&[shared]).await?[0];
                        writes.push(write(shared, head));
                    }
                    match store.append(Append::new(account, NOON, writes)).await? {
                        Outcome::Committed { .. } => done += 1,
                        Outcome::StreamMoved { stream } => ensure!(stream == shared),
                        other => bail!("{other:?}"),
                    }
                }
                Ok(())
            })
        }).collect();
        for task in tasks {
            task.await??;
        }
        assert_eq!(whole(&stores[0]).await?.len(), 4 + 32 * (25 + 13));
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn acknowledged_events_survive_connections_that_are_cut() -> Result<()> {
    let db = TestDb::postgres().await?;
    let stores = [db.store().await?, db.store().await?];
    let account = open_account(&stores[0]).await?;
    let acknowledged = std::sync::Arc::new(AtomicU64::new(0));
    let tasks: Vec<_> = (0..32_usize)
        .map(|n| {
            let (store, acknowledged) = (stores[n % 2].clone(), std::sync::Arc::clone(&acknowledged));
            tokio::spawn(async move {
                let (own, mut known) = (user_stream(account, fresh()), HashSet::new());
                for _ in 0..60 {
                    let Ok(head) = store.heads(&[own]).await.map(|heads| heads[0]) else { continue };
                    match store.append(Append::new(account, NOON, vec![write(own, head)])).await {
                        Ok(Outcome::Committed { last, .. }) => {
                            acknowledged.fetch_add(1, Ordering::Relaxed);
                            known.insert((own, last));
                        }
                        Ok(other) => bail!("{other:?}"),
                        Err(error) => ensure!(error.is_retryable(), "{error}"),
                    }
                }
                Ok(known)
            })
        })
        .collect();
    let mut killer = db.connect().await?;
    for _ in 0..25 {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let kill = "select pg_terminate_backend(pid) from pg_stat_activity \
                    where datname = current_database() and pid <> pg_backend_pid()";
        killer.execute(kill).await?;
    }
    let mut known = HashSet::new();
    for task in tasks {
        known.extend(task.await??);
    }
    let recorded: HashSet<_> =
        whole(&stores[0]).await?.into_iter().map(|event| (event.stream, event.account_seq)).collect();
    assert!(known.is_subset(&recorded), "an acknowledged event is missing");
    assert!(acknowledged.load(Ordering::Relaxed) > 100, "hardly anything went through");
    Ok(())
}
