//! The rules of the event store, on both databases.

use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Result, bail, ensure};
use sqlx::Executor as _;
use twofold_domain::ids::{AccountId, MessageId, StreamId, UserId, VerifierId};
use twofold_domain::time::{Span, Timestamp};
use twofold_infra::store::{
    AggregateKind, Append, Claim, EventStore, Extras, IdempotencyRow, KeyRow, MAX_RECORD_BYTES, NewEvent,
    OutboxRow, Outcome, Read, Recorded, Role, RosterChange, StoreError, Stream, VerifierRow, Write,
};
use twofold_tests::both;
use twofold_tests::postgres::TestDb;
use uuid::Uuid;

const NOON: Timestamp = Timestamp::from_micros(1_774_958_400_000_000);

fn fresh() -> Uuid {
    Uuid::from_u128(rand::random())
}

fn event(name: &str, n: u64) -> NewEvent {
    NewEvent {
        event_type: name.to_owned(),
        event_version: "1".to_owned(),
        payload: format!(r#"{{"{name}":{{"n":{n},"text":"Grüße ☃ \"quoted\" \\u0041"}}}}"#),
        metadata: r#"{"actor":"nobody"}"#.to_owned(),
    }
}

fn account_stream(account: AccountId) -> Stream {
    Stream { kind: AggregateKind::Account, id: StreamId::account(account) }
}

fn user_stream(account: AccountId, user: Uuid) -> Stream {
    Stream { kind: AggregateKind::User, id: StreamId { account, aggregate: user } }
}

fn write(stream: Stream, expected: u64) -> Write {
    Write { stream, expected, events: vec![event("Happened", expected + 1)] }
}

fn opening(account: AccountId, at: Timestamp) -> Append {
    let mut append = Append::new(account, at, vec![write(account_stream(account), 0)]);
    append.extras.opens_account = true;
    append
}

async fn open_account(store: &EventStore) -> Result<AccountId> {
    let account = AccountId::from_uuid(fresh());
    committed(store.append(opening(account, NOON)).await?)?;
    Ok(account)
}

fn committed(outcome: Outcome) -> Result<(u64, u64, Timestamp)> {
    match outcome {
        Outcome::Committed { first, last, at } => Ok((first, last, at)),
        other => bail!("not committed: {other:?}"),
    }
}

/// Every account is numbered from 1 without gaps, every stream too, and time never runs backwards.
async fn whole(store: &EventStore) -> Result<Vec<Recorded>> {
    let mut reading = store.read_all();
    let mut all = Vec::new();
    while let Some(events) = reading.next().await? {
        all.extend(events);
    }
    let mut accounts: BTreeMap<AccountId, (u64, Timestamp)> = BTreeMap::new();
    let mut streams: BTreeMap<Stream, u64> = BTreeMap::new();
    for event in &all {
        let (seq, at) = accounts.entry(event.account).or_default();
        ensure!(event.account_seq == *seq + 1, "gap in account: {event:?}");
        ensure!(event.recorded_at >= *at, "time runs backwards: {event:?}");
        (*seq, *at) = (event.account_seq, event.recorded_at);
        let head = streams.entry(event.stream).or_default();
        ensure!(event.sequence == *head + 1, "gap in stream: {event:?}");
        *head = event.sequence;
    }
    for (account, last) in store.accounts().await? {
        let counted = accounts.get(&account).map_or(0, |(seq, _)| *seq);
        ensure!(counted == last, "{account}: counter {last}, events {counted}");
    }
    Ok(all)
}

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

    async fn a_value_is_claimed_once_per_account_and_can_be_given_up(db) {
        let store = db.store().await?;
        let (account, other) = (open_account(&store).await?, open_account(&store).await?);
        let claim = |owner| Claim { kind: "email".to_owned(), key: [7; 32], owner };
        let claiming = |account, owner| {
            let mut append = Append::new(account, NOON, vec![write(user_stream(account, owner), 0)]);
            append.extras.claims = vec![claim(owner)];
            append
        };
        let race: Vec<_> = (0..16).map(|_| {
            let store = store.clone();
            let append = claiming(account, fresh());
            tokio::spawn(async move { (append.extras.claims[0].owner, store.append(append).await) })
        }).collect();
        let mut owner = None;
        for attempt in race {
            match attempt.await? {
                (who, Ok(Outcome::Committed { .. })) => assert!(owner.replace(who).is_none()),
                (_, Ok(Outcome::ClaimTaken { kind })) => assert_eq!(kind, "email"),
                other => bail!("{other:?}"),
            }
        }
        assert_eq!(store.claim(account, "email", &[7; 32]).await?, owner);
        committed(store.append(claiming(other, fresh())).await?)?;

        let (before, after) = (owner.unwrap_or_default(), fresh());
        let mut hand_over = claiming(account, after);
        hand_over.extras.releases = vec![claim(before)];
        committed(store.append(hand_over).await?)?;
        assert_eq!(store.claim(account, "email", &[7; 32]).await?, Some(after));
        let mut give_up = Append::new(account, NOON, vec![write(user_stream(account, after), 1)]);
        give_up.extras.releases = vec![claim(after)];
        committed(store.append(give_up).await?)?;
        assert_eq!(store.claim(account, "email", &[7; 32]).await?, None);
        Ok(())
    }

    async fn an_accounts_name_is_unique_and_a_refused_opening_leaves_nothing(db) {
        let store = db.store().await?;
        let race: Vec<_> = (0..8).map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                let account = AccountId::from_uuid(fresh());
                let mut append = opening(account, NOON);
                append.extras.slug = Some("acme".to_owned());
                (account, store.append(append).await)
            })
        }).collect();
        let mut owner = None;
        for attempt in race {
            match attempt.await? {
                (account, Ok(Outcome::Committed { .. })) => assert!(owner.replace(account).is_none()),
                (account, Ok(Outcome::ClaimTaken { kind })) => {
                    assert_eq!(kind, "slug");
                    assert_eq!(store.counter(account).await?, None);
                }
                other => bail!("{other:?}"),
            }
        }
        assert_eq!(store.slug("acme").await?, owner);
        assert_eq!(store.accounts().await?.len(), 1);
        Ok(())
    }

    async fn an_account_that_nobody_opened_is_an_error(db) {
        let store = db.store().await?;
        let account = AccountId::from_uuid(fresh());
        let outcome = store.append(Append::new(account, NOON, vec![write(account_stream(account), 0)])).await;
        assert_eq!(outcome, Err(StoreError::UnknownAccount(account)));
        Ok(())
    }

    async fn a_repeated_request_gets_the_first_answer(db) {
        let store = db.store().await?;
        let account = open_account(&store).await?;
        let user = user_stream(account, fresh());
        let request = |fingerprint: u8, expected| {
            let mut append = Append::new(account, NOON, vec![write(user, expected)]);
            append.extras.idempotency = Some(IdempotencyRow {
                scope: [1; 32],
                fingerprint: [fingerprint; 32],
                response: vec![fingerprint, 0, 255],
                expires_at: NOON + Span::hours(24),
            });
            append
        };
        let race: Vec<_> = (0..16).map(|_| {
            let (store, append) = (store.clone(), request(1, 0));
            tokio::spawn(async move { store.append(append).await })
        }).collect();
        let mut won = 0;
        for attempt in race {
            match attempt.await?? {
                Outcome::Committed { .. } => won += 1,
                Outcome::Duplicate { fingerprint, response } => {
                    assert_eq!((fingerprint, response), ([1; 32], vec![1, 0, 255]));
                }
                other => bail!("{other:?}"),
            }
        }
        assert_eq!(won, 1);
        let other_body = store.append(request(2, 1)).await?;
        assert_eq!(other_body, Outcome::Duplicate { fingerprint: [1; 32], response: vec![1, 0, 255] });
        assert!(store.idempotency(account, &[1; 32], NOON).await?.is_some());

        let tomorrow = NOON + Span::hours(24);
        assert!(store.idempotency(account, &[1; 32], tomorrow).await?.is_none());
        let mut again = request(3, 1);
        again.at = tomorrow;
        committed(store.append(again).await?)?;
        store.purge_responses(NOON + Span::days(365)).await?;
        assert!(store.idempotency(account, &[1; 32], NOON).await?.is_none());
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

    async fn what_changes_along_with_an_append_is_written_and_deleted(db) {
        let store = db.store().await?;
        let account = open_account(&store).await?;
        let (user, verifier) = (fresh(), VerifierId::from_uuid(fresh()));
        let message = MessageId::from_uuid(fresh());
        let row = VerifierRow { id: verifier, owner: user, sealed: vec![0, 1, 255] };
        let key = KeyRow { subject: user, version: 1, wrapped: vec![9; 60] };
        let mut append = Append::new(account, NOON, vec![write(user_stream(account, user), 0)]);
        append.extras = Extras {
            verifiers: vec![row.clone()],
            keys: vec![key.clone(), KeyRow { version: 2, ..key.clone() }],
            outbox: vec![OutboxRow {
                id: message,
                kind: "mail".to_owned(),
                subject: Some(user),
                sealed: vec![5; 3_000],
                due_at: NOON,
            }],
            ..Extras::default()
        };
        committed(store.append(append).await?)?;
        assert_eq!(store.verifier(account, verifier).await?, Some(row.clone()));
        assert_eq!(store.verifiers_of(account, user).await?, [row]);
        let versions: Vec<u32> = store.keys(account, user).await?.iter().map(|k| k.version).collect();
        assert_eq!(versions, [2, 1]);
        assert_eq!(store.all_keys(account).await?.len(), 2);

        let lease = Span::minutes(1);
        assert!(store.take_messages(NOON - Span::minutes(1), lease, 10).await?.is_empty());
        let due = store.take_messages(NOON, lease, 10).await?;
        assert_eq!((due.len(), due[0].id, due[0].attempts), (1, message, 1));
        assert_eq!(due[0].sealed, vec![5; 3_000]);
        assert!(store.take_messages(NOON, lease, 10).await?.is_empty(), "somebody delivers it");
        store.delay_message(message, NOON + Span::hours(1)).await?;
        assert!(store.take_messages(NOON + Span::minutes(30), lease, 10).await?.is_empty());
        assert_eq!(store.outbox(account, 10).await?.len(), 1);
        store.drop_message(message).await?;
        assert!(store.outbox(account, 10).await?.is_empty());

        // A change of these rows alone is recorded nowhere.
        let mut erase = Append::new(account, NOON, Vec::new());
        erase.extras.destroy_verifiers = vec![verifier];
        erase.extras.destroy_keys = vec![user];
        assert_eq!(committed(store.append(erase).await?)?, (3, 2, NOON));
        assert_eq!(store.verifier(account, verifier).await?, None);
        assert!(store.keys(account, user).await?.is_empty());
        Ok(())
    }

    async fn accounts_with_news_are_listed_until_they_are_settled(db) {
        let store = db.store().await?;
        let mut hints = store.hints();
        let account = open_account(&store).await?;
        assert_eq!(hints.recv().await?, (account, 1));
        assert_eq!(store.pending(10).await?.len(), 1);
        committed(store.append(Append::new(account, NOON, vec![write(account_stream(account), 1)])).await?)?;
        assert!(!store.settle(account, 1).await?, "there is a newer event");
        let pending = store.pending(10).await?;
        assert_eq!((pending[0].account, pending[0].position), (account, 2));
        assert!(store.settle(account, 2).await?);
        assert!(store.pending(10).await?.is_empty());
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

    async fn one_sql_text_reads_and_writes_views_on_both(db) {
        let store = db.store().await?;
        let account = open_account(&store).await?;
        let mut tx = store.views().begin().await?;
        tx.execute_script("create table views.t (id text primary key, n bigint, flag boolean)").await?;
        tx.execute("insert into views.t values ($1, $2, $3)", &["a".into(), 5_i64.into(), true.into()]).await?;
        tx.commit().await?;
        let mut tx = store.views().begin().await?;
        tx.execute("delete from views.t", &[]).await?;
        drop(tx);
        let row = store.views().fetch_optional("select id, n, flag from views.t where n > $1", &[4_i64.into()]).await?;
        let row = row.ok_or_else(|| anyhow::anyhow!("rolled back"))?;
        assert_eq!((row.get::<String>(0)?, row.get::<i64>(1)?, row.get::<bool>(2)?), ("a".to_owned(), 5, true));
        let seen = "select count(*) from twofold.events where account_id = $1";
        let mut tx = store.views().begin().await?;
        assert_eq!(tx.fetch(seen, &[account.uuid().into()]).await?[0].count(0)?, 1);
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

#[tokio::test(flavor = "multi_thread")]
async fn history_in_postgres_cannot_be_changed_by_anybody() -> Result<()> {
    let db = TestDb::postgres().await?;
    let store = db.store().await?;
    open_account(&store).await?;
    let mut owner = db.connect().await?;
    for sql in [
        "update twofold.events set payload = '{}'",
        "delete from twofold.events",
        "truncate twofold.events",
        "delete from twofold.events where false",
    ] {
        assert!(owner.execute(sql).await.is_err(), "{sql}");
    }
    owner.execute("create role serving_test login in role twofold_serve").await?;
    let url = db.url_as("serving_test");
    let serving = EventStore::open(&url, Role::Serving).await?;
    let account = open_account(&serving).await?;
    assert_eq!(serving.read(account, 0, 10).await?.len(), 1);
    let mut tx = serving.views().begin().await?;
    tx.execute_script("create table views.mine (n bigint)").await?;
    tx.commit().await?;
    let mut connection = sqlx::Connection::connect(&url).await?;
    let connection: &mut sqlx::PgConnection = &mut connection;
    for sql in [
        "insert into twofold.events values ('user', 'x', 1, 'A', '1', '{}', '{}', gen_random_uuid(), 1, 1)",
        "update twofold.counters set last_seq = 0",
        "delete from twofold.verifiers",
        "delete from twofold.migrations",
        "alter table twofold.events disable trigger all",
        "create table twofold.mine (n int)",
        "drop function twofold.append",
    ] {
        assert!(connection.execute(sql).await.is_err(), "{sql}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn history_in_sqlite_cannot_be_changed_by_mistake() -> Result<()> {
    let db = TestDb::sqlite()?;
    let store = db.store().await?;
    open_account(&store).await?;
    let file = db.url.replacen("sqlite:", "sqlite://", 1) + "/log.db";
    let mut connection: sqlx::SqliteConnection = sqlx::Connection::connect(&file).await?;
    for sql in [
        "update events set payload = '{}'",
        "delete from events",
        "insert or replace into events select * from events",
        "insert into events select aggregate_type, aggregate_id, 3, event_type, event_version, payload, \
         metadata, account_id, 2, recorded_at from events",
    ] {
        assert!(connection.execute(sql).await.is_err(), "{sql}");
    }
    assert_eq!(whole(&store).await?.len(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_is_changed_by_its_owner_only() -> Result<()> {
    let db = TestDb::empty_postgres().await?;
    let mut owner = db.connect().await?;
    owner.execute("create role stranger login").await?;
    let stranger = EventStore::open(&db.url_as("stranger"), Role::Serving).await;
    ensure!(matches!(stranger, Err(StoreError::Schema(_))), "{stranger:?}");
    let (one, two) =
        tokio::join!(EventStore::open(&db.url, Role::Owner), EventStore::open(&db.url, Role::Serving));
    open_account(&one?).await?;
    assert_eq!(whole(&two?).await?.len(), 1);
    owner.execute("insert into twofold.migrations values (999, 'future', '')").await?;
    let newer = EventStore::open(&db.url, Role::Owner).await;
    ensure!(matches!(newer, Err(StoreError::Schema(_))), "{newer:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_away_is_said_to_be_away() -> Result<()> {
    let nowhere = EventStore::open("postgres://nobody@127.0.0.1:1/nothing", Role::Serving).await;
    ensure!(matches!(&nowhere, Err(error) if error.is_retryable()), "{nowhere:?}");
    Ok(())
}
