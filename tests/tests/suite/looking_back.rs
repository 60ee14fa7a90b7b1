//! Read models as of random events of invented histories are what a fold of the log up to them comes to, and lists of
//! them are cut where such a fold would cut them.

use std::collections::{BTreeMap, HashMap};

use anyhow::{Result, ensure};
use futures::TryStreamExt as _;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use twofold_domain::ids::{AccountId, ExemptionId, TokenId, UserId};
use twofold_domain::time::{Span, Timestamp};
use twofold_domain::user::UserEvent;
use twofold_infra::store::{EventStore, Outcome, Value};
use twofold_projections::fact::{Event, Fact, decode};
use twofold_projections::memory::Replay;
use twofold_projections::messages::{self, Unreached};
use twofold_projections::projector::Projector;
use twofold_projections::record::Record as _;
use twofold_projections::recovery::{self, Asked, Case, CaseRow, Cases, Leave, Standing};
use twofold_projections::reports::{self, Question};
use twofold_projections::status::AsOf;
use twofold_projections::stock::{self, Holders, Imports};
use twofold_projections::view::View;
use twofold_projections::{all, as_of, integrations};
use twofold_tests::both;
use twofold_tests::generate::Generator;

use super::reports::text;

/// Random events that each view is asked about.
const POINTS: usize = 8;

/// An exemption as somebody who reads the log from its beginning knows it.
struct Exempt {
    id: ExemptionId,
    user: UserId,
    granted: u64,
    until: Timestamp,
    ended: Option<(&'static str, Timestamp)>,
}

/// Exemptions by a walk through the log, each ended by the first thing that ends it.
fn exemptions(facts: &[Fact], at: Timestamp) -> Vec<Exempt> {
    let mut all: Vec<Exempt> = vec![];
    let mut open: HashMap<UserId, usize> = HashMap::new();
    let end = |all: &mut Vec<Exempt>, place: Option<usize>, how, at: Timestamp| {
        let Some(one) = place.map(|place| &mut all[place]) else { return };
        one.ended = Some(if one.until <= at { ("expired", one.until) } else { (how, at) });
    };
    for fact in facts {
        let Event::User(user, event) = &fact.event else { continue };
        let how = match event {
            UserEvent::ExemptionGranted { exemption, until, .. } => {
                let before = open.insert(*user, all.len());
                end(&mut all, before, "replaced", fact.at);
                let (id, user, granted, until) = (*exemption, *user, fact.seq, *until);
                all.push(Exempt { id, user, granted, until, ended: None });
                continue;
            }
            UserEvent::ExemptionEnded { exemption, .. }
                if open.get(user).is_some_and(|place| all[*place].id == *exemption) =>
            {
                "ended"
            }
            UserEvent::RoleChanged { .. } => "role_changed",
            UserEvent::UserFrozen { .. } => "frozen",
            UserEvent::UserDeactivated { .. } => "deactivated",
            UserEvent::PersonErased { .. } => "erased",
            _ => continue,
        };
        end(&mut all, open.remove(user), how, fact.at);
    }
    for place in open.into_values() {
        let one = &mut all[place];
        one.ended = (one.until <= at).then_some(("expired", one.until));
    }
    all
}

struct Past {
    store: EventStore,
    account: AccountId,
    facts: Vec<Fact>,
}

impl Past {
    /// The rows of a table with history are those of the fold.
    async fn same<V: View>(&self, replay: &Replay) -> Result<usize> {
        let binds: [Value; 2] = [self.account.uuid().into(), replay.position.into()];
        let rows = self
            .store
            .views()
            .fetch(&as_of::sql::<V>(self.store.views(), "account_id = $1", ""), &binds)
            .await?;
        let said = |row: &V::Row| {
            let mut columns: Vec<Value> = vec![];
            row.put(&mut columns);
            format!("{columns:?}")
        };
        let mut found: Vec<String> =
            rows.iter().map(|row| V::Row::get(row, 0).map(|row| said(&row))).collect::<Result<_, _>>()?;
        let folded = replay.rows::<V>().unwrap_or_default();
        let mut expected: Vec<String> = folded.values().map(said).collect();
        found.sort();
        expected.sort();
        ensure!(found == expected, "{} as of {}", V::TABLE.name, replay.position);
        Ok(found.len())
    }

    async fn recoveries(&self, replay: &Replay) -> Result<usize> {
        let (views, account, position) = (self.store.views(), self.account, replay.position);
        let people = replay.rows::<Standing>().unwrap_or_default();
        let rows = replay.rows::<Cases>().unwrap_or_default();
        let asked = replay.rows::<Asked>().unwrap_or_default();
        let leave = replay.rows::<Leave>().unwrap_or_default();
        let whole = |row: CaseRow| Case {
            leave: row.operator_grant.and_then(|grant| leave.get(&grant).cloned()),
            person: people.get(&row.user_id).cloned(),
            asked: row.approval_id.and_then(|approval| asked.get(&approval).cloned()),
            row,
        };
        let mut expected: Vec<Case> = rows.into_values().map(whole).collect();
        expected.sort_by_key(|case| case.row.asked_seq);
        for case in expected.iter().take(3) {
            let found = recovery::case(views, account, position, case.row.recovery_id).await?;
            ensure!(found.as_ref() == Some(case), "{found:?}");
        }
        let (mut after, mut found) = (0, vec![]);
        loop {
            let page = recovery::cases_after(views, account, position, after, 7).await?;
            let Some(last) = page.last() else { break };
            after = last.row.asked_seq;
            found.extend(page);
        }
        ensure!(found == expected, "the oldest first, by pages, as of {position}");
        expected.reverse();
        for most in [1, 5, 1_000] {
            let found = recovery::cases(views, account, position, most).await?;
            let first = &expected[..expected.len().min(most as usize)];
            ensure!(found == first, "the newest {most} as of {position}");
        }
        let mut bare: Vec<_> = people.into_values().filter(|row| row.bare_reset_seq.is_some()).collect();
        bare.sort_by_key(|row| std::cmp::Reverse(row.bare_reset_seq));
        for most in [1, 5, 1_000] {
            let found = recovery::without_case(views, account, position, most).await?;
            ensure!(found == bare[..bare.len().min(most)], "{most} without a case as of {position}");
        }
        Ok(expected.len())
    }

    async fn messages(&self, position: u64) -> Result<usize> {
        let mut expected: BTreeMap<UserId, Vec<u64>> = BTreeMap::new();
        for fact in self.facts.iter().filter(|fact| fact.seq <= position) {
            let Event::User(user, event) = &fact.event else { continue };
            if matches!(event, UserEvent::MessageSent { .. } | UserEvent::MessageFailed { .. }) {
                expected.entry(*user).or_default().insert(0, fact.seq);
            }
        }
        for (user, expected) in &expected {
            let (mut before, mut found) = (None, vec![]);
            loop {
                let (views, account) = (self.store.views(), self.account);
                let page = messages::messages_of(views, account, position, *user, before, 3).await?;
                let Some(last) = page.last() else { break };
                before = Some(last.ended_seq);
                found.extend(page.iter().map(|row| row.ended_seq));
            }
            ensure!(found == *expected, "messages to {user} as of {position}");
        }
        Ok(expected.len())
    }

    async fn exemptions(&self, at: AsOf, from: Option<Timestamp>) -> Result<usize> {
        let facts: Vec<Fact> = self.facts.iter().filter(|fact| fact.seq <= at.position).cloned().collect();
        let from_text = from.map(|from| from.to_string());
        let given = from_text.iter().map(|from| ("from", from.as_str()));
        let question = Question::read(&reports::exemptions::REPORT, given)?;
        let asked = question.place(&self.store, self.account, at).await?;
        let rows: Vec<_> = (reports::exemptions::REPORT.pages)(asked).try_concat().await?;
        let found: Vec<_> =
            rows.iter().map(|row| [&row[0], &row[1], &row[3], &row[6], &row[7]].map(text)).collect();
        let expected: Vec<_> = exemptions(&facts, at.instant)
            .into_iter()
            .filter(|one| from.is_none_or(|from| one.ended.is_none_or(|(_, ended)| ended > from)))
            .map(|one| {
                let (how, ended) =
                    one.ended.map_or(("open", String::new()), |(how, at)| (how, at.to_string()));
                [one.id.to_string(), one.user.to_string(), one.granted.to_string(), how.to_owned(), ended]
            })
            .collect();
        ensure!(found == expected, "{found:?}, not {expected:?} as of {at:?} from {from:?}");
        Ok(found.len())
    }
}

both! {
    /// Rules: S3, S9.
    async fn read_models_are_as_they_were_at_any_event(db) {
        let seed = std::env::var("TWOFOLD_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or_else(rand::random);
        println!("TWOFOLD_SEED={seed}");
        let mut generator = Generator::new(seed, 1, 25);
        let account = generator.accounts()[0];
        let store = db.store().await?;
        let projector = Projector::install(store.clone(), all()).await?;
        let mut written = 0;
        while written < 4_000 {
            let append = generator.next().append();
            written += append.event_count();
            ensure!(matches!(store.append(append).await?, Outcome::Committed { .. }));
        }
        projector.catch_up().await?;
        let recorded = store.read(account, 0, u32::MAX >> 1).await?;
        let facts = recorded.iter().map(decode).collect::<Result<Vec<_>, _>>()?;
        let past = Past { store, account, facts };
        let mut random = StdRng::seed_from_u64(seed);
        let (mut rows, mut lists, last) = (0, 0, past.facts.len());
        for point in 0..=POINTS {
            let place = if point == 0 { last } else { random.random_range(1..=last) };
            let (position, instant) = (past.facts[place - 1].seq, past.facts[place - 1].at);
            let replay = Replay::of(&past.store, &all(), account, position).await?;
            rows += past.same::<Unreached>(&replay).await?;
            rows += past.same::<Holders>(&replay).await?;
            rows += past.same::<Imports>(&replay).await?;
            rows += past.same::<Cases>(&replay).await?;
            rows += past.same::<Standing>(&replay).await?;
            lists += past.recoveries(&replay).await?;
            lists += past.messages(position).await?;
            for instant in [instant, instant + Span::days(3)] {
                let from = past.facts[random.random_range(0..place)].at;
                for from in [None, Some(from)] {
                    lists += past.exemptions(AsOf { position, instant }, from).await?;
                }
            }
            let tokens = replay.rows::<integrations::Tokens>().unwrap_or_default();
            let ids: Vec<TokenId> = tokens.keys().copied().collect();
            let found = integrations::tokens(past.store.views(), account, position, &ids).await?;
            ensure!(found.len() == ids.len() && found.iter().all(|row| tokens.get(&row.token_id) == Some(row)));
            let holders = replay.rows::<Holders>().unwrap_or_default();
            let holders = holders.into_values().filter(|row| row.waiting > 0).collect::<Vec<_>>();
            let found = stock::holders(past.store.views(), account, position, None, usize::MAX).await?;
            ensure!(found == (holders, false), "holders of tokens as of {position}");
        }
        ensure!(rows > 0 && lists > 0, "{rows} rows, {lists} in lists");
        Ok(())
    }
}
