//! What is recorded, when, and how both databases keep it.

use anyhow::{Result, ensure};
use twofold_domain::ids::AccountId;
use twofold_domain::time::{Span, Timestamp};
use twofold_infra::store::{Append, MAX_RECORD_BYTES, Outcome, StoreError};
use twofold_tests::both;
use twofold_tests::postgres::TestDb;
use uuid::Uuid;

use super::{
    NOON, account_stream, committed, event, fresh, open_account, opening, user_stream, whole, write,
};

both! {
    async fn events_come_back_as_they_were_recorded(db) {
        let store = db.store().await?;
        let account = open_account(&store).await?;
        let user = user_stream(account, fresh());
        let mut two = write(user, 0);
        two.events.push(event("Again", 2));
        let (first, last, at) = committed(store.append(Append::new(account, NOON, vec![two])).await?)?;
        assert_eq!((first, last, at), (2, 3, NOON));
        let events = store.read(account, 1, 10).await?;
        assert_eq!(events.len(), 2);
        assert_eq!(events[1].payload, event("Again", 2).payload);
        assert_eq!(events[1].metadata, event("Again", 2).metadata);
        assert_eq!((events[1].stream, events[1].sequence, events[1].account_seq), (user, 2, 3));
        assert_eq!(store.heads(&[user, account_stream(account), user_stream(account, fresh())]).await?, [2, 1, 0]);
        assert_eq!(store.read_stream(user).await?, events);
        assert_eq!(whole(&store).await?.len(), 3);
        Ok(())
    }

    async fn an_account_that_nobody_opened_is_an_error(db) {
        let store = db.store().await?;
        let account = AccountId::from_uuid(fresh());
        let outcome = store.append(Append::new(account, NOON, vec![write(account_stream(account), 0)])).await;
        assert_eq!(outcome, Err(StoreError::UnknownAccount(account)));
        Ok(())
    }

    async fn recorded_time_never_runs_backwards_whatever_the_clock_does(db) {
        let store = db.store().await?;
        let account = open_account(&store).await?;
        let tasks: Vec<_> = (0..16).map(|n: i64| {
            let store = store.clone();
            let user = user_stream(account, fresh());
            tokio::spawn(async move {
                for head in 0..10 {
                    let jump = Span::minutes((n * 37 + head as i64 * 53) % 240);
                    let at = NOON - Span::hours(2) + jump;
                    let (_, _, recorded) =
                        committed(store.append(Append::new(account, at, vec![write(user, head)])).await?)?;
                    ensure!(recorded >= at && recorded >= NOON);
                }
                anyhow::Ok(())
            })
        }).collect();
        for task in tasks {
            task.await??;
        }
        assert_eq!(whole(&store).await?.len(), 161);
        Ok(())
    }

    async fn nothing_is_recorded_at_or_before_an_instant_that_was_asked_about(db) {
        let store = db.store().await?;
        let account = open_account(&store).await?;
        let asked = NOON + Span::minutes(1);
        store.raise(account, asked).await?;
        store.raise(account, NOON).await?;
        let late = Append::new(account, NOON, vec![write(account_stream(account), 1)]);
        let (_, _, at) = committed(store.append(late).await?)?;
        assert_eq!(at, Timestamp::from_micros(asked.micros() + 1));
        Ok(())
    }

    async fn what_was_decided_too_long_before_the_last_event_is_decided_again(db) {
        let store = db.store().await?;
        let account = open_account(&store).await?;
        let last = NOON + Span::minutes(1);
        committed(store.append(Append::new(account, last, vec![write(account_stream(account), 1)])).await?)?;
        ensure!(store.time_of(account) == last, "every append says how late it is");
        let decided = |latest| {
            let append = Append::new(account, NOON, vec![write(user_stream(account, fresh()), 0)]);
            Append { latest: Some(latest), ..append }
        };
        for latest in [NOON, Timestamp::from_micros(last.micros() - 1)] {
            assert_eq!(store.append(decided(latest)).await?, Outcome::Late { floor: last });
        }
        let (_, _, at) = committed(store.append(decided(last)).await?)?;
        assert_eq!(at, last);
        // Nobody else in a batch is refused for it.
        let crowd: Vec<_> = (0..32)
            .map(|n| {
                let (store, append) = (store.clone(), decided(if n % 2 == 0 { last } else { NOON }));
                tokio::spawn(async move { store.append(append).await })
            })
            .collect();
        let mut late = 0;
        for task in crowd {
            late += usize::from(task.await?? == Outcome::Late { floor: last });
        }
        assert_eq!((late, whole(&store).await?.len()), (16, 3 + 16));
        Ok(())
    }

    async fn a_record_that_the_databases_would_not_keep_alike_is_refused(db) {
        let store = db.store().await?;
        let account = open_account(&store).await?;
        let large = format!("\"{}\"", "x".repeat(MAX_RECORD_BYTES));
        for payload in ["{", "\"\0\"", r#""\u0000""#, &large] {
            let mut bad = write(account_stream(account), 1);
            payload.clone_into(&mut bad.events[0].payload);
            let outcome = store.append(Append::new(account, NOON, vec![bad])).await;
            ensure!(matches!(outcome, Err(StoreError::Refused(_))), "{payload:.20}: {outcome:?}");
        }
        let foreign = user_stream(AccountId::from_uuid(fresh()), fresh());
        let outcome = store.append(Append::new(account, NOON, vec![write(foreign, 0)])).await;
        ensure!(matches!(outcome, Err(StoreError::Refused(_))), "{outcome:?}");
        Ok(())
    }
}

fn same_input(account: AccountId) -> Vec<Append> {
    let user = user_stream(account, Uuid::from_u128(7));
    (0..20)
        .map(|n| {
            let at = NOON - Span::seconds(n as i64 % 7);
            if n == 0 { opening(account, at) } else { Append::new(account, at, vec![write(user, n - 1)]) }
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn both_databases_record_the_same_bytes() -> Result<()> {
    let (pg, sqlite) = (TestDb::postgres().await?, TestDb::sqlite()?);
    let account = AccountId::from_uuid(fresh());
    let mut logs = Vec::new();
    for db in [&pg, &sqlite] {
        let store = db.store().await?;
        for append in same_input(account) {
            committed(store.append(append).await?)?;
        }
        logs.push(whole(&store).await?);
    }
    assert_eq!(logs[0], logs[1]);
    assert_eq!(logs[0].len(), 20);
    Ok(())
}
