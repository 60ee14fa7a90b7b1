//! Named reports say what an independent fold of the log says: the domain's own aggregates, event by event, at
//! many random points of invented histories. And they say it again.

mod days;
mod hygiene;
mod integrations;
mod naive;
mod totals;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use futures::TryStreamExt as _;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use sha2::{Digest as _, Sha256};
use twofold_domain::account::Account;
use twofold_domain::ids::{AccountId, UserId};
use twofold_domain::policy::{Audience, Role};
use twofold_domain::status::stands;
use twofold_domain::time::{Span, Timestamp};
use twofold_domain::user::Factor;
use twofold_infra::store::{EventStore, Outcome};
use twofold_projections::all;
use twofold_projections::audit;
use twofold_projections::memory::Replay;
use twofold_projections::projector::Projector;
use twofold_projections::reports::{self, Asked, Cell, Question, Report, Row};
use twofold_projections::status::AsOf;
use twofold_tests::both;
use twofold_tests::generate::Generator;

use naive::{Naive, exposed};

/// Random points that each report is asked about.
const POINTS: usize = 12;

/// A byte as two hexadecimal digits.
fn hex(byte: u8) -> String {
    format!("{byte:02x}")
}

/// A seed of its own for every run, printed with a failure.
fn seed() -> u64 {
    let seed = std::env::var("TWOFOLD_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or_else(rand::random);
    println!("TWOFOLD_SEED={seed}");
    seed
}

async fn write(store: &EventStore, generator: &mut Generator, events: usize) -> Result<()> {
    let mut written = 0;
    while written < events {
        let append = generator.next().append();
        written += append.event_count();
        let outcome = store.append(append).await?;
        ensure!(matches!(outcome, Outcome::Committed { .. }), "{outcome:?}");
    }
    Ok(())
}

/// One account with a lived-in history, and everything that can be asked of it.
struct History {
    store: EventStore,
    projector: Projector,
    generator: Generator,
    account: AccountId,
    /// Of the history, and of the points that are asked about.
    seed: u64,
}

impl History {
    async fn new(store: EventStore, events: usize) -> Result<Self> {
        let seed = seed();
        let mut generator = Generator::new(seed, 1, 25);
        let projector = Projector::install(store.clone(), all()).await?;
        write(&store, &mut generator, events).await?;
        projector.catch_up().await?;
        let account = generator.accounts()[0];
        Ok(Self { store, projector, generator, account, seed })
    }

    async fn last(&self) -> Result<u64> {
        Ok(self.store.counter(self.account).await?.map_or(0, |counter| counter.last_seq))
    }

    /// The log's end, and when it is looked at: long after, so that what ends by time alone has ended.
    async fn end(&self) -> Result<AsOf> {
        let position = self.last().await?;
        Ok(AsOf { position, instant: self.recorded(position).await? + Span::days(20) })
    }

    async fn recorded(&self, event: u64) -> Result<Timestamp> {
        audit::instant_of(self.store.views(), self.account, event).await?.context("an event")
    }

    /// Points of the history: right after random events, and at random instants before the next one.
    async fn points(&self) -> Result<Vec<AsOf>> {
        let (last, mut points) = (self.last().await?, vec![self.end().await?]);
        let mut random = StdRng::seed_from_u64(self.seed);
        for _ in 0..POINTS {
            let position = random.random_range(1..last);
            let (begin, end) = (self.recorded(position).await?, self.recorded(position + 1).await?);
            if begin < end {
                let micros = random.random_range(begin.micros()..end.micros());
                points.push(AsOf { position, instant: Timestamp::from_micros(micros) });
            }
        }
        Ok(points)
    }

    async fn ask(&self, name: &str, as_of: AsOf, given: &[(&str, &str)]) -> Result<Vec<Row>> {
        rows(self.asked(name, as_of, given).await?).await
    }

    async fn asked(
        &self,
        name: &str,
        as_of: AsOf,
        given: &[(&str, &str)],
    ) -> Result<(&'static Report, Asked)> {
        let report = reports::named(name).context("a report")?;
        let question = Question::read(report, given.iter().copied())?;
        Ok((report, question.place(&self.store, self.account, as_of).await?))
    }

    async fn naive(&self, as_of: AsOf) -> Result<Naive> {
        let mut naive = Naive::default();
        naive.read(&self.store, self.account, as_of.position, |_, _| {}).await?;
        Ok(naive)
    }
}

async fn rows((report, asked): (&'static Report, Asked)) -> Result<Vec<Row>> {
    let rows: Vec<Row> = (report.pages)(asked).try_concat().await?;
    for row in &rows {
        ensure!(row.len() == report.columns.len(), "{}: {row:?}", report.name);
        for (cell, column) in row.iter().zip(report.columns) {
            ensure!(cell.fits(column.kind), "{}: {} is {cell:?}", report.name, column.name);
        }
    }
    Ok(rows)
}

pub(super) fn text(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Person(user) => user.to_string(),
        Cell::Text(text) => text.clone().into_owned(),
        Cell::Number(n) | Cell::Seconds(n) => n.to_string(),
        Cell::Share(n) => n.to_string(),
        Cell::Flag(flag) => flag.to_string(),
        Cell::Instant(at) => at.to_string(),
        Cell::Event(n) => n.to_string(),
    }
}

fn number(cell: &Cell) -> i64 {
    match cell {
        Cell::Number(n) | Cell::Seconds(n) => *n,
        _ => 0,
    }
}

fn instant(cell: &Cell) -> Option<Timestamp> {
    match cell {
        Cell::Instant(at) => Some(*at),
        _ => None,
    }
}

/// What every report needs that cannot be left out.
fn needed(report: &Report, from: &str, subject: UserId) -> Vec<(&'static str, String)> {
    let value = |name| match name {
        "from" => from.to_owned(),
        "subject" => subject.to_string(),
        _ => "twelve ravens".to_owned(),
    };
    report
        .parameters
        .iter()
        .filter(|p| p.required || p.name == "from")
        .map(|p| (p.name, value(p.name)))
        .collect()
}

both! {
    /// Rules: S3.
    async fn every_report_says_the_same_again_and_from_memory(db) {
        let mut history = History::new(db.store().await?, 1_500).await?;
        let (first, middle) = (history.recorded(1).await?, history.recorded(400).await?);
        let mut answers = vec![];
        for as_of in history.points().await? {
            let replay = Replay::of(&history.store, &all(), history.account, as_of.position).await?;
            let folded = Arc::new(replay.folded());
            let from = if as_of.instant < middle { first } else { middle }.to_string();
            let subject = history.generator.people(history.account)[0].0;
            for report in reports::ALL {
                let given = needed(report, &from, subject);
                let given: Vec<_> = given.iter().map(|(name, value)| (*name, value.as_str())).collect();
                let (report, asked) = history.asked(report.name, as_of, &given).await?;
                let live = rows((report, asked.clone())).await?;
                let memory = Asked { folded: Some(Arc::clone(&folded)), ..asked.clone() };
                let memory = rows((report, memory)).await?;
                ensure!(live == memory, "{} at {as_of:?}: {live:?}\n{memory:?}", report.name);
                answers.push((report, asked, live));
            }
        }
        write(&history.store, &mut history.generator, 700).await?;
        history.projector.catch_up().await?;
        for (report, asked, rows_then) in answers {
            // Instants behind the log's end were made up; the rest was settled by what was recorded since.
            if asked.as_of.instant < history.recorded(asked.as_of.position + 1).await? {
                ensure!(rows((report, asked)).await? == rows_then, "{}", report.name);
            }
        }
        Ok(())
    }

    /// Rules: S1, S3.
    async fn states_and_counts_are_those_of_the_domains_own_fold(db) {
        let history = History::new(db.store().await?, 1_800).await?;
        for as_of in history.points().await? {
            let naive = history.naive(as_of).await?;
            let at = as_of.instant;
            let mut expected = BTreeMap::new();
            let mut groups: BTreeMap<&str, [i64; 4]> = BTreeMap::new();
            for (id, user, role) in naive.living() {
                let (state, _) = stands(&naive.account, user, role, at);
                expected.insert(id.to_string(), naive.line(id, user, role, at));
                let audience = if role.audience() == Audience::Team { "team" } else { "end_users" };
                let required = naive.required(user, role, at);
                let covered = required && exposed(&naive.account, user, role, at).is_none();
                for group in ["everyone", audience, role.name()] {
                    let counts = groups.entry(group).or_default();
                    counts[0] += 1;
                    counts[1] += i64::from(<&str>::from(state) == "enabled");
                    counts[2] += i64::from(required);
                    counts[3] += i64::from(covered);
                }
            }
            let found = history.ask("mfa-status", as_of, &[]).await?;
            let found: BTreeMap<_, Vec<String>> =
                found.iter().map(|row| (text(&row[0]), row[1..].iter().map(text).collect())).collect();
            for (user, line) in &expected {
                ensure!(found.get(user) == Some(line), "{user}: {:?}, not {line:?} at {as_of:?}", found.get(user));
            }
            ensure!(found.len() == expected.len(), "at {as_of:?}");
            for row in history.ask("coverage", as_of, &[]).await? {
                let counts = [2, 3, 13, 14].map(|place| number(&row[place]));
                let expected = groups.get(text(&row[1]).as_str()).copied().unwrap_or_default();
                ensure!(counts == expected, "{} at {as_of:?}: {row:?}", text(&row[1]));
                // Everybody is in one state, and every state has a column.
                let states: i64 = (3..=12).filter(|place| *place != 4).map(|place| number(&row[place])).sum();
                ensure!(states == counts[0], "{} at {as_of:?}: {row:?}", text(&row[1]));
            }
            let mix = history.ask("factor-mix", as_of, &[]).await?;
            let mut combinations: BTreeMap<String, i64> = BTreeMap::new();
            for (_, user, _) in naive.living().filter(|(_, user, _)| !user.deactivated) {
                let held = user.enrolled_at(naive.account.generation, at);
                let kinds: BTreeSet<_> = held.into_iter().flat_map(|e| e.factors.values().map(Factor::kind)).collect();
                let names: Vec<&str> = kinds.into_iter().map(Into::into).collect();
                let names = if names.is_empty() { "none".to_owned() } else { names.join("+") };
                *combinations.entry(names).or_default() += 1;
            }
            let found: BTreeMap<_, _> = mix.iter()
                .filter(|row| text(&row[0]) == "everyone" && text(&row[1]) == "combination")
                .map(|row| (text(&row[2]), number(&row[3]))).collect();
            ensure!(found == combinations, "{found:?} for {combinations:?}");
        }
        Ok(())
    }

    /// Rules: S4.
    async fn exposure_is_what_was_so_at_every_instant(db) {
        let mut history = History::new(db.store().await?, 2_500).await?;
        let mut end = history.end().await?;
        let mut spans = history.ask("exposure", end, &[]).await?;
        // Of few accounts nobody was ever exposed so far: then it goes on until somebody was.
        while spans.is_empty() {
            write(&history.store, &mut history.generator, 500).await?;
            history.projector.catch_up().await?;
            end = history.end().await?;
            spans = history.ask("exposure", end, &[]).await?;
        }
        let covering = |user: UserId, at: Timestamp| {
            let mut found = spans.iter().filter(|row| row[0] == Cell::Person(user)).filter(|row| {
                instant(&row[3]).is_some_and(|began| began <= at) && instant(&row[6]).is_none_or(|ended| at < ended)
            });
            let first = found.next().map(|row| text(&row[2]));
            (first, found.count())
        };
        // Every event is looked at: right after it, just before the next one, and at some instant in between.
        let mut naive = Naive::default();
        let mut wrong = vec![];
        let mut times: Vec<Timestamp> = vec![];
        naive.read(&history.store, history.account, end.position, |naive, fact| {
            let _ = (naive, times.push(fact.at));
        }).await?;
        let mut naive = Naive::default();
        let position = end.position as usize;
        naive.read(&history.store, history.account, end.position, |naive, fact| {
            let seq = fact.seq as usize;
            let next = if seq == position { end.instant } else { times[seq] };
            if next <= fact.at {
                return;
            }
            let before_next = Timestamp::from_micros(next.micros() - 1);
            let between = Timestamp::from_micros(rand::rng().random_range(fact.at.micros()..next.micros()));
            for at in [fact.at, between, before_next] {
                for (id, user) in &naive.people {
                    let role = user.role().unwrap_or(Role::EndUser);
                    let expected = exposed(&naive.account, user, role, at).map(|rule| <&str>::from(rule).to_owned());
                    let (found, more) = covering(*id, at);
                    if found != expected || more > 0 {
                        wrong.push(format!("{id} at {at} after {seq}: {found:?} and {more}, not {expected:?}"));
                    }
                }
            }
        }).await?;
        ensure!(wrong.is_empty(), "{} wrong, such as {:?}", wrong.len(), wrong.first());
        // Whoever began a span by an event did so by that one.
        for row in &spans {
            let (began, by, Cell::Event(event)) = (instant(&row[3]), text(&row[4]), &row[5]) else {
                anyhow::bail!("{row:?}");
            };
            let recorded = history.recorded(*event).await?;
            let by_time = ["schedule_began", "grace_over", "exemption_over", "reset_due"].contains(&by.as_str());
            ensure!(by_time || Some(recorded) == began, "{row:?}");
            ensure!(began.is_some_and(|began| recorded <= began), "{row:?}");
        }
        // Totals are these spans, added up.
        let totals = history.ask("exposure-totals", end, &[("period", "day")]).await?;
        let all: i64 = totals.iter().filter(|row| text(&row[2]) == "all").map(|row| number(&row[4])).sum();
        let by_span: i64 = spans.iter().map(|row| {
            let ended = instant(&row[6]).unwrap_or(end.instant);
            instant(&row[3]).map_or(0, |began| ended.since(began).micros())
        }).sum();
        let days = totals.len() as i64;
        ensure!((by_span / 1_000_000 - all).abs() <= days, "{all} s by day, {} s by span", by_span / 1_000_000);
        // Waits for a factor are the same time, with nothing between the spans of one wait.
        let steps = history.ask("lifecycle", end, &[("step", "required_enrolled")]).await?;
        let waited: i64 = steps.iter().map(|row| {
            let ended = instant(&row[4]).unwrap_or(end.instant);
            instant(&row[3]).map_or(0, |began| ended.since(began).micros())
        }).sum();
        ensure!(waited == by_span, "{waited} µs of steps, {by_span} of spans");
        Ok(())
    }

    /// Rules: S5.
    async fn differences_lead_from_one_posture_to_the_other(db) {
        let history = History::new(db.store().await?, 1_500).await?;
        let points = history.points().await?;
        for pair in points.windows(2) {
            let (from, to) = if pair[0].position <= pair[1].position { (pair[0], pair[1]) } else { (pair[1], pair[0]) };
            let since = from.instant.to_string();
            let rows = history.ask("diff", to, &[("from", &since)]).await?;
            let (mut before, after) = (history.states(from).await?, history.states(to).await?);
            for row in rows.iter().filter(|row| text(&row[1]) != "account") {
                let (user, what) = (text(&row[0]), text(&row[2]));
                ensure!(text(&row[3]) != text(&row[4]), "{row:?}");
                match text(&row[1]).as_str() {
                    "registered" => _ = before.insert(user.clone(), after[&user].clone()),
                    "erased" => _ = before.remove(&user),
                    _ => {
                        let line = before.get_mut(&user).context("a person")?;
                        ensure!(line.get(&what).cloned().unwrap_or_default() == text(&row[3]), "{row:?}");
                        line.insert(what, text(&row[4]));
                    }
                }
            }
            ensure!(before == after, "from {from:?} to {to:?}");
            let (mut before, after) = (history.demands(from).await?, history.demands(to).await?);
            for row in rows.iter().filter(|row| text(&row[1]) == "account") {
                let what = text(&row[2]);
                ensure!(row[0] == Cell::Empty && text(&row[3]) != text(&row[4]), "{row:?}");
                ensure!(before.remove(&what).unwrap_or_default() == text(&row[3]), "{row:?}");
                before.extend(Some((what, text(&row[4]))).filter(|(_, after)| !after.is_empty()));
            }
            ensure!(before == after, "the account from {from:?} to {to:?}: {before:?}, not {after:?}");
        }
        Ok(())
    }

    /// Rules: S7.
    async fn policy_history_leads_to_the_policy_in_force(db) {
        let history = History::new(db.store().await?, 2_500).await?;
        for as_of in history.points().await? {
            let naive = history.naive(as_of).await?;
            let rows = history.ask("policy-history", as_of, &[]).await?;
            let mut held = BTreeMap::new();
            for row in &rows {
                let lasting = ["policy_changed", "schedule_began"].contains(&text(&row[2]).as_str());
                if lasting && text(&row[4]) == "team" && !text(&row[6]).is_empty() {
                    held.insert(text(&row[6]), text(&row[8]));
                }
            }
            let new = reports::settings::of(Account::default().policy(Audience::Team, as_of.instant));
            let mut expected = reports::settings::of(naive.account.policy(Audience::Team, as_of.instant));
            expected.retain(|setting, value| new.get(setting) != Some(value) || held.contains_key(setting));
            ensure!(held == expected, "{held:?}\n{expected:?}");
            ensure!(rows.windows(2).all(|pair| instant(&pair[0][0]) <= instant(&pair[1][0])), "in order");
        }
        Ok(())
    }

    /// Rules: S7.
    async fn rights_and_exemptions_are_those_of_the_domains_own_fold(db) {
        let history = History::new(db.store().await?, 2_500).await?;
        for as_of in history.points().await? {
            let naive = history.naive(as_of).await?;
            let rights = history.ask("admin-rights", as_of, &[]).await?;
            let open: BTreeSet<_> = rights.iter().filter(|row| row[6] == Cell::Empty)
                .map(|row| (text(&row[0]), text(&row[1]))).collect();
            let usable = naive.living().filter(|(_, user, role)| {
                !user.deactivated && role.audience() == Audience::Team
            });
            let expected: BTreeSet<_> = usable.map(|(id, _, role)| (id.to_string(), role.name().to_owned())).collect();
            ensure!(open == expected, "{open:?} for {expected:?}");
            let exemptions = history.ask("exemptions", as_of, &[]).await?;
            let open: BTreeSet<_> = exemptions.iter().filter(|row| text(&row[6]) == "open")
                .map(|row| (text(&row[1]), text(&row[0]))).collect();
            let held: BTreeSet<_> = naive.people.iter().filter_map(|(id, user)| {
                let held = user.exemption.filter(|e| as_of.instant < e.until && !user.erased)?;
                Some((id.to_string(), held.exemption.to_string()))
            }).collect();
            ensure!(open == held, "exemptions {open:?} for {held:?} at {as_of:?}");
            let locked = history.ask("lifecycle", as_of, &[("step", "locked_helped")]).await?;
            let open: BTreeSet<_> = locked.iter().filter(|row| text(&row[5]) == "open").map(|row| text(&row[0])).collect();
            let held = naive.living().filter(|(_, user, _)| user.locked_out() && !user.deactivated);
            let held: BTreeSet<_> = held.map(|(id, ..)| id.to_string()).collect();
            ensure!(open == held, "locks {open:?} for {held:?} at {as_of:?}");
        }
        Ok(())
    }

    async fn coverage_over_time_is_coverage_at_each_of_its_instants(db) {
        let history = History::new(db.store().await?, 1_500).await?;
        let end = history.end().await?;
        let rows = history.ask("coverage-history", end, &[("period", "day")]).await?;
        ensure!(rows.len() >= 20, "{} days", rows.len());
        for row in rows.iter().take(3).chain(rows.last()) {
            let at = instant(&row[0]).context("an instant")?;
            let position = audit::position_at(history.store.views(), history.account, at).await?;
            let everyone = history.ask("coverage", AsOf { position, instant: at }, &[]).await?;
            // Roles may have changed since; everybody is everybody.
            ensure!(everyone[0][2..] == row[1..], "{:?}\n{row:?}", everyone[0]);
        }
        Ok(())
    }

    /// Rules: S7.
    async fn a_sample_can_be_drawn_again_by_anybody(db) {
        let history = History::new(db.store().await?, 1_200).await?;
        let as_of = history.end().await?;
        let nonce = "twelve ravens, 31 March";
        let drawn = history.ask("sample", as_of, &[("nonce", nonce), ("n", "7")]).await?;
        // As another program would: from the texts that are documented, by what the log says.
        let hash = |bytes: &[u8]| {
            Sha256::digest(bytes).iter().map(|byte| hex(*byte)).collect::<Vec<_>>().concat()
        };
        let last = history.store.read(history.account, as_of.position - 1, 1).await?.remove(0);
        let record = format!(
            "{{\"account\":\"{}\",\"account_seq\":{},\"aggregate_id\":\"{}\",\"aggregate_type\":\"{}\",\
             \"event_type\":\"{}\",\"event_version\":\"{}\",\"metadata\":{},\"payload\":{},\"recorded_at\":{},\
             \"sequence\":{}}}",
            last.account, last.account_seq, last.stream.id, last.stream.kind.name(), last.event_type,
            last.event_version, canonical(&last.metadata)?, canonical(&last.payload)?, last.recorded_at.micros(),
            last.sequence
        );
        let head = hash(&[b"\0", record.as_bytes()].concat());
        let seed = hash(format!(
            "twofold sample 1\n{}\n{}\n{head}\n{nonce}\n", history.account, as_of.position
        ).as_bytes());
        let people = history.ask("mfa-status", as_of, &[]).await?;
        let mut scores: Vec<_> =
            people.iter().map(|row| (hash(format!("{seed}\n{}\n", text(&row[0])).as_bytes()), text(&row[0]))).collect();
        scores.sort();
        let expected: Vec<_> = scores.iter().take(7).cloned().collect();
        let found: Vec<_> = drawn.iter().map(|row| (text(&row[6]), text(&row[1]))).collect();
        ensure!(found == expected, "{found:?}");
        ensure!(drawn.iter().all(|row| number(&row[7]) == people.len() as i64 && text(&row[9]) == head));
        let other = history.ask("sample", as_of, &[("nonce", "another"), ("n", "7")]).await?;
        ensure!(other.iter().zip(&drawn).any(|(a, b)| a[1] != b[1]), "the nonce decides");
        let everybody = history.ask("sample", as_of, &[("nonce", nonce), ("n", "10000")]).await?;
        ensure!(everybody.len() == people.len());
        Ok(())
    }
}

/// Canonical JSON of what the generator wrote in the order of its fields.
fn canonical(text: &str) -> Result<String> {
    Ok(serde_json::from_str::<serde_json::Value>(text)?.to_string())
}

impl History {
    /// What the account demands, by the domain's own fold.
    async fn demands(&self, as_of: AsOf) -> Result<reports::settings::Settings> {
        let Naive { account, .. } = self.naive(as_of).await?;
        let at = as_of.instant;
        let (team, end_users) = (account.demand(Audience::Team), account.demand(Audience::EndUsers));
        Ok(reports::settings::of(&serde_json::json!({
            "switch": account.switch,
            "generation": account.generation,
            "profile": account.profile,
            "closed": account.closed,
            "team_version": team.version(at),
            "end_users_version": end_users.version(at),
            "team": account.policy(Audience::Team, at),
            "end_users": account.policy(Audience::EndUsers, at),
            "team_floor": team.floor,
            "end_users_floor": end_users.floor,
        })))
    }

    /// What `diff` compares, by person and column.
    async fn states(&self, as_of: AsOf) -> Result<BTreeMap<String, BTreeMap<String, String>>> {
        const LEFT_OUT: [&str; 3] = ["user", "last_used", "policy_version"];
        let report = reports::named("mfa-status").context("the status report")?;
        let line = |row: &Row| {
            let cells = report.columns.iter().zip(row).filter(|(column, _)| !LEFT_OUT.contains(&column.name));
            cells.map(|(column, cell)| (column.name.to_owned(), text(cell))).collect()
        };
        let rows = self.ask("mfa-status", as_of, &[]).await?;
        Ok(rows.iter().map(|row| (text(&row[0]), line(row))).collect())
    }
}
