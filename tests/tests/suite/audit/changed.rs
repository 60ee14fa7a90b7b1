//! What an event changed is what differs between the domain's own states before it and after it: for every event of
//! invented histories, whether the event says so itself or not.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use twofold_domain::account::{Account, AccountEvent, Switch};
use twofold_domain::ids::{FactorId, UserId};
use twofold_domain::policy::{Audience, Role};
use twofold_domain::time::Timestamp;
use twofold_domain::user::{User, UserEvent};
use twofold_projections::all;
use twofold_projections::audit::{self, Change, Filter, Page};
use twofold_projections::fact::{Event, Fact};
use twofold_projections::projector::Projector;
use twofold_tests::generate::Generator;
use twofold_tests::race::seed;
use twofold_tests::{both, stories};

use super::{facts, written};
use crate::visit::Visit;

/// Every value of an account that events set in each other's place.
fn of_account(account: &Account, event: &AccountEvent) -> BTreeMap<&'static str, Value> {
    let switch = match account.switch {
        Switch::On => "on",
        Switch::Off { .. } => "off",
        Switch::Suspended { .. } => "suspended",
    };
    let mut values = BTreeMap::from([
        ("two_factor", json!(switch)),
        ("generation", json!(account.generation)),
        ("profile", json!(account.profile)),
        ("clock_ahead", json!(account.clock_ahead)),
    ]);
    match event {
        AccountEvent::GroupRenamed { group, .. } | AccountEvent::GroupDeleted { group } => {
            values.insert("group_name", json!(account.groups.get(group)));
        }
        AccountEvent::ClientRemoved { client, .. } => {
            values.insert("program_name", json!(account.clients.get(client).map(|client| &client.name)));
        }
        _ => {}
    }
    values
}

/// The name of a factor that a person has, or is binding.
fn factor_name(user: &User, generation: u32, factor: FactorId) -> Value {
    let pending = user.pending.iter().find(|pending| pending.factor == factor).map(|pending| &pending.name);
    let held = user.enrolled(generation).and_then(|enrolled| enrolled.factors.get(&factor));
    json!(held.map(|factor| &factor.name).or(pending))
}

/// Every value of a person that events set in each other's place.
fn of_user(user: &User, generation: u32, event: &UserEvent, at: Timestamp) -> BTreeMap<&'static str, Value> {
    let who = user.who();
    let mut values = BTreeMap::from([
        ("name", json!(who.map(|who| &who.name))),
        ("email", json!(who.map(|who| &who.email))),
        ("language", json!(who.map(|who| &who.language))),
        ("role", json!(who.map(|who| who.role))),
        ("groups", json!(user.groups)),
        ("exempt_until", json!(user.exempt(at).map(|exemption| exemption.until))),
    ]);
    match event {
        UserEvent::FactorRenamed { factor, .. } => {
            values.insert("factor_name", factor_name(user, generation, *factor));
        }
        UserEvent::IdentityProviderLinked { provider, .. }
        | UserEvent::IdentityProviderUnlinked { provider, .. } => {
            values.insert("provider_subject", json!(user.providers.get(provider)));
        }
        UserEvent::RecoveryCodesRegenerated { .. } => {
            let codes = user.enrolled(generation).and_then(|enrolled| enrolled.codes.as_ref());
            values.insert("recovery_codes", json!(codes.map(|codes| codes.set)));
        }
        UserEvent::FactorPreferred { .. } | UserEvent::FactorRemoved { .. } => {
            let enrolled = user.enrolled(generation);
            values.insert("preferred_factor", json!(enrolled.and_then(|enrolled| enrolled.preferred)));
        }
        _ => {}
    }
    values
}

/// What differs of two states.
fn differ(
    before: BTreeMap<&'static str, Value>,
    mut after: BTreeMap<&'static str, Value>,
) -> BTreeMap<String, (Value, Value)> {
    let both = before.into_iter().filter_map(|(what, before)| Some((what, before, after.remove(what)?)));
    let differ = both.filter(|(_, before, after)| before != after);
    differ.map(|(what, before, after)| (what.to_owned(), (before, after))).collect()
}

/// The domain's states, folded event by event.
#[derive(Default)]
struct Fold {
    account: Account,
    people: BTreeMap<UserId, User>,
}

impl Fold {
    /// Folds a fact in, and says what it changed; nothing of what begins with it.
    fn take(&mut self, fact: &Fact) -> BTreeMap<String, (Value, Value)> {
        match &fact.event {
            Event::Account(event) => {
                let before = self.account.clone();
                self.account.evolve(event);
                let mut changed = differ(of_account(&before, event), of_account(&self.account, event));
                match event {
                    AccountEvent::AccountOpened { .. } => changed.clear(),
                    AccountEvent::PolicyScheduled { audience, begins_at, .. } => {
                        let policy = |account: &Account| json!(account.policy(*audience, *begins_at));
                        let pair = (policy(&before), policy(&self.account));
                        changed.extend((pair.0 != pair.1).then(|| ("policy".to_owned(), pair)));
                    }
                    AccountEvent::PolicyScheduleCancelled { schedule, at } => {
                        let begins = before.begins_at(*schedule, *at);
                        for (audience, begins) in [Audience::Team, Audience::EndUsers]
                            .into_iter()
                            .filter_map(|a| Some((a, begins?)))
                        {
                            let policy = |account: &Account| json!(account.policy(audience, begins));
                            let pair = (policy(&before), policy(&self.account));
                            changed.extend((pair.0 != pair.1).then(|| ("policy".to_owned(), pair)));
                        }
                    }
                    _ => {}
                }
                changed
            }
            Event::User(user, event) => {
                let generation = self.account.generation;
                let state = self.people.entry(*user).or_default();
                let before = of_user(state, generation, event, fact.at);
                state.evolve(event);
                let changed = differ(before, of_user(state, generation, event, fact.at));
                if matches!(event, UserEvent::UserRegistered { .. }) { BTreeMap::new() } else { changed }
            }
            Event::Device(..) | Event::Reading(_) => BTreeMap::new(),
        }
    }
}

/// Those that an event says itself, and that no state has: the fold checks the others.
const SAID: [&str; 4] = ["policy", "floor", "governance", "settings"];
/// Of what the aggregates keep no figure that could be looked at from here.
const UNSEEN: [&str; 1] = ["factor_drift"];

both! {
    /// Rules: S6.
    async fn what_an_event_changed_is_what_the_states_around_it_say(db) {
        let store = db.store().await?;
        let mut generator = Generator::new(seed("changed"), 1, 10);
        let projector = Projector::install(store.clone(), all()).await?;
        written(&store, &mut generator, 2_500).await?;
        projector.catch_up().await?;
        let account = generator.accounts()[0];
        let facts = facts(&store, account).await?;
        let (mut fold, mut seen) = (Fold::default(), BTreeMap::<String, usize>::new());
        let all = audit::page(store.views(), account, &Filter::default(), Page::After(0), facts.len() as u32).await?;
        for (fact, entry) in facts.iter().zip(&all) {
            let mut expected = fold.take(fact);
            let found = audit::replaced(store.views(), account, entry).await?;
            let again = audit::replaced(store.views(), account, entry).await?;
            ensure!(found == again, "twice the same");
            let says = &serde_json::from_str::<Value>(&entry.payload)?[fact.event.name()];
            let mut there = BTreeMap::new();
            for Change { what, before, after } in found {
                *seen.entry(what.clone()).or_default() += 1;
                if SAID.contains(&what.as_str()) && says["before"] != Value::Null {
                    ensure!((&before, &after) == (&says["before"], &says["after"]), "{what} of event {}", fact.seq);
                } else if !UNSEEN.contains(&what.as_str()) && what != "floor" {
                    there.insert(what, (before, after));
                }
            }
            // What the switch ends with the account, and what is erased with its person, is not set to something else.
            expected.retain(|_, _| !matches!(fact.event, Event::Account(AccountEvent::AccountClosed { .. })));
            ensure!(there == expected, "event {}, {}: {there:?}, not {expected:?}", fact.seq, fact.event.name());
        }
        // Whatever else a history has; others come too seldom to be in each.
        for what in ["language", "name", "role", "policy"] {
            ensure!(seen.contains_key(what), "{what} was never changed: {seen:?}");
        }
        Ok(())
    }
}

stories! {
    /// Rules: S6.
    async fn what_was_before_is_said_through_every_door(town) {
        let visit = Visit::open(&town).await?;
        let owner = town.owner().await?;
        let agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let path = format!("/v1/users/{}", agent.user);
        visit.grant(&owner, "PATCH", &path, json!({ "name": "Zenobia Quick" })).await?;
        visit.grant(&owner, "PATCH", &path, json!({ "name": "Wilhelmina Slow" })).await?;
        visit.grant(&agent, "PATCH", "/v1/users/me", json!({ "language": "es" })).await?;
        visit.grant(&agent, "PATCH", "/v1/users/me", json!({ "language": "ko" })).await?;
        let last = town.log().await?.len();
        let ask = async |query: &str| visit.grant(&owner, "GET", &format!("/v1/events?limit=1&{query}&min_position={last}"), Value::Null).await;
        let language = json!([{ "what": "language", "before": "es", "after": "ko" }]);
        let one = ask("type=LanguageChanged").await?;
        ensure!(one["items"][0]["changes"] == language, "{one}");
        let position = one["items"][0]["position"].as_u64().context("a position")?;
        let detail = visit.grant(&owner, "GET", &format!("/v1/events/{position}"), Value::Null).await?;
        ensure!(detail["changes"] == language, "{detail}");
        // A name stays sealed, unless names are asked for.
        let sealed = ask("type=UserRenamed").await?["items"][0]["changes"][0].clone();
        let named = ask("type=UserRenamed&annex=names").await?["items"][0]["changes"].clone();
        ensure!(named == json!([{ "what": "name", "before": "Zenobia Quick", "after": "Wilhelmina Slow" }]), "{named}");
        ensure!(sealed["what"] == "name" && sealed["before"].is_string() && !sealed.to_string().contains("Quick"), "{sealed}");

        let file = async |format: &str| visit.text(&owner, &format!("/v1/events/export?format={format}&at_event={last}")).await;
        let lines: Vec<Value> = file("jsonl").await?.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
        ensure!(lines[position as usize - 1]["changes"] == language, "{}", lines[position as usize - 1]);
        let text = file("csv").await?;
        let mut rows = csv::Reader::from_reader(text.as_bytes());
        let place = rows.headers()?.iter().position(|name| name == "changes").context("a column")?;
        let row = rows.records().nth(position as usize - 1).context("a row")??;
        ensure!(serde_json::from_str::<Value>(&row[place])? == language, "{row:?}");
        let record: Value = serde_json::from_str(file("ocsf").await?.lines().nth(position as usize - 1).context("a record")?)?;
        ensure!(record["unmapped"]["changes"] == language, "{record}");
        town.never_in_log("Zenobia");
        Ok(())
    }
}
