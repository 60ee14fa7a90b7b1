//! What changes along with an append: claims, names, stored responses, secrets, messages, news.

use anyhow::bail;
use twofold_domain::delivery::{Channel, MessagePurpose};
use twofold_domain::ids::{AccountId, MessageId, UserId, VerifierId};
use twofold_domain::time::Span;
use twofold_infra::store::{
    Append, Claim, Due, Extras, IdempotencyRow, KeyRow, OutboxRow, Outcome, VerifierRow,
};
use twofold_tests::both;

use super::{NOON, account_stream, committed, fresh, open_account, opening, user_stream, write};

both! {
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

    /// Rules: H5.
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
                channel: Channel::Mail,
                purpose: MessagePurpose::Code,
                letter: "first-binding-code".to_owned(),
                subject: Some(user),
                sealed: vec![5; 3_000],
                due_at: NOON,
                expires_at: NOON + Span::minutes(10),
            }],
            ..Extras::default()
        };
        committed(store.append(append).await?)?;
        assert_eq!(store.verifier(account, verifier).await?, Some(row.clone()));
        assert_eq!(store.verifiers_of(account, user).await?, [row]);
        let versions: Vec<u32> = store.keys(account, user).await?.iter().map(|k| k.version).collect();
        assert_eq!(versions, [2, 1]);
        assert_eq!(store.all_keys(account).await?.len(), 2);

        let (lease, by_mail) = (Span::minutes(1), Channel::Mail);
        let due = async |channel, at| -> anyhow::Result<Vec<Due>> {
            let mut due = vec![];
            for of in store.due_accounts(channel, at).await? {
                due.extend(store.due_of(of, channel, at, 10).await?);
            }
            assert_eq!(store.any_due(channel, at).await?, !due.is_empty());
            Ok(due)
        };
        assert_eq!(due(by_mail, NOON - lease).await?, []);
        assert_eq!(due(Channel::Sms, NOON).await?, []);
        let chosen = due(by_mail, NOON).await?;
        let taken = store.take_messages(by_mail, &chosen, NOON, lease).await?;
        assert_eq!((taken.len(), taken[0].id, taken[0].attempts), (1, message, 1));
        assert_eq!((taken[0].due_at, taken[0].expires_at), (NOON, NOON + Span::minutes(10)));
        assert_eq!((taken[0].purpose, taken[0].letter.as_str()), (MessagePurpose::Code, "first-binding-code"));
        assert_eq!(taken[0].sealed, vec![5; 3_000]);
        assert_eq!(due(by_mail, NOON).await?, [], "somebody delivers it");
        assert_eq!(store.take_messages(by_mail, &chosen, NOON, lease).await?, [], "somebody took it meanwhile");
        let again = due(by_mail, NOON + lease).await?;
        let again = store.take_messages(by_mail, &again, NOON + lease, lease).await?;
        assert_eq!((again.len(), again[0].attempts), (1, 2), "a lease ends");
        let (one, two) = (NOON + Span::hours(1), NOON + Span::hours(2));
        store.put_off_messages(&[(message, 1, two), (message, 2, one)]).await?;
        assert_eq!(due(by_mail, NOON + Span::minutes(30)).await?, []);
        assert_eq!(due(by_mail, one).await?.len(), 1, "only who took it last puts it off");
        let backlog = store.backlog(Some(account)).await?;
        assert_eq!((backlog.len(), backlog[0].waiting, backlog[0].oldest), (1, 1, NOON));
        let person = UserId::from_uuid(user);
        assert_eq!(store.outbox_of(account, person, 10).await?.len(), 1);
        assert_eq!(store.outbox(account, 10).await?.len(), 1);

        // What ended goes in the append that says so, and only from its own account.
        let stranger = open_account(&store).await?;
        for (whose, left) in [(stranger, 1), (account, 0)] {
            let mut end = Append::new(whose, NOON, Vec::new());
            end.extras.ended = vec![message];
            committed(store.append(end).await?)?;
            assert_eq!(store.outbox(account, 10).await?.len(), left);
        }
        assert_eq!(store.waiting_message(message).await?, None);

        // A change of these rows alone is recorded nowhere.
        let mut erase = Append::new(account, NOON, Vec::new());
        erase.extras.destroy_verifiers = vec![verifier];
        erase.extras.destroy_keys = vec![user];
        assert_eq!(committed(store.append(erase).await?)?, (3, 2, NOON));
        assert_eq!(store.verifier(account, verifier).await?, None);
        assert!(store.keys(account, user).await?.is_empty());
        Ok(())
    }

    async fn a_message_counts_against_every_budget_or_against_none(db) {
        let store = db.store().await?;
        let account = open_account(&store).await?;
        let count = async |day, budgets: &[(&str, u32)]| {
            let budgets: Vec<_> = budgets.iter().map(|(name, most)| ((*name).to_owned(), *most)).collect();
            store.count_message(account, day, Channel::Sms, &budgets).await
        };
        assert_eq!(count(1, &[("account", 3), ("person a", 2)]).await?, None);
        assert_eq!(count(1, &[("account", 3), ("person a", 2)]).await?, None);
        assert_eq!(count(1, &[("account", 3), ("person a", 2)]).await?, Some(1));
        assert_eq!(count(1, &[("account", 3), ("person b", 2)]).await?, None, "the third was not counted");
        assert_eq!(count(1, &[("account", 3), ("person b", 2)]).await?, Some(0));
        assert_eq!(count(1, &[("person c", 0)]).await?, Some(0), "none is none");
        assert_eq!(count(2, &[("account", 3), ("person a", 2)]).await?, None, "another day");
        store.purge_counts(2).await?;
        assert_eq!(count(1, &[("account", 3)]).await?, None, "forgotten");

        let race = (0..32).map(|n| {
            let (store, budgets) = (store.clone(), vec![("account".to_owned(), 5), (format!("person {n}"), 1)]);
            tokio::spawn(async move { store.count_message(account, 9, Channel::Mail, &budgets).await })
        });
        let mut counted = 0;
        for one in race.collect::<Vec<_>>() {
            counted += usize::from(one.await??.is_none());
        }
        assert_eq!(counted, 5);
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
