//! Views as of random points of a lived-in account say what an independent fold of the log says: the domain's own
//! aggregates, event by event. And they say it again, to the byte, whatever happened since.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use rand::Rng as _;
use serde_json::{Value, json};
use twofold_domain::account::{Account, Switch};
use twofold_domain::device::{Device, DeviceEvent};
use twofold_domain::ids::{DeviceId, UserId};
use twofold_domain::policy::{Audience, Role};
use twofold_domain::sign_in::{SignedIn, trust_holds};
use twofold_domain::status::{Standing as Stands, stands};
use twofold_domain::time::{Span, Timestamp};
use twofold_domain::user::{Codes, Enrolled, User};
use twofold_projections::fact::{Event, decode};
use twofold_tests::doors::Doors;
use twofold_tests::stories;
use twofold_tests::town::Town;
use twofold_tests::world::{Land, Somebody, Standing};

/// Random points that each view is asked about.
const POINTS: usize = 8;

/// A device so far, and when it was first and last seen.
#[derive(Default)]
struct Seen {
    device: Device,
    first: Timestamp,
    last: Timestamp,
}

/// The log up to an event, folded by the domain's aggregates alone.
#[derive(Default)]
struct Naive {
    account: Account,
    people: BTreeMap<UserId, User>,
    devices: BTreeMap<DeviceId, Seen>,
}

impl Naive {
    async fn of(town: &Town, until: u64) -> Result<Self> {
        let mut naive = Self::default();
        for recorded in town.here().store().read(town.account, 0, until as u32).await? {
            match decode(&recorded)?.event {
                Event::Account(event) => naive.account.evolve(&event),
                Event::User(user, event) => naive.people.entry(user).or_default().evolve(&event),
                Event::Device(device, event) => {
                    let seen = naive.devices.entry(device).or_default();
                    match &event {
                        DeviceEvent::DeviceRegistered { at, .. } => (seen.first, seen.last) = (*at, *at),
                        DeviceEvent::SignInStarted { at, .. }
                        | DeviceEvent::DeviceTokenRotated { at, .. } => {
                            seen.last = *at;
                        }
                        _ => {}
                    }
                    seen.device.evolve(&event);
                }
                Event::Reading(_) => {}
            }
        }
        Ok(naive)
    }

    fn of_user(&self, user: UserId) -> impl Iterator<Item = (DeviceId, &Seen)> {
        let theirs = move |seen: &Seen| seen.device.owner.is_some_and(|owner| owner.user == user);
        self.devices.iter().filter(move |(_, seen)| theirs(seen)).map(|(id, seen)| (*id, seen))
    }
}

/// Whoever asks, and from where.
struct Asker<'a> {
    town: &'a Town,
    doors: Doors,
    reader: Somebody,
}

impl Asker<'_> {
    async fn read(&self, path: &str) -> Result<(StatusCode, String)> {
        let request = Request::get(format!("/v1/{path}"));
        let request = request.header("authorization", format!("Bearer {}", self.reader.token));
        self.doors.read(request.body(Body::empty())?).await
    }

    async fn get(&self, path: &str) -> Result<Value> {
        let (status, body) = self.read(path).await?;
        ensure!(status == StatusCode::OK, "{path}: {status} {body}");
        Ok(serde_json::from_str(&body)?)
    }

    /// What the log calls somebody, while anybody can read it.
    async fn name(&self, user: UserId, state: &User) -> Result<Option<String>> {
        let who = state.who().context("a registered person")?;
        let name = self.town.here().vault().unseal(self.town.account, user, &who.name).await?;
        Ok(name.map(|name| name.as_str().to_owned()))
    }

    /// Asks everything about a point, and holds it against the fold; what was asked, word for word.
    async fn compare(&self, naive: &Naive, query: &str, at: Timestamp) -> Result<Vec<String>> {
        let (account, id) = (&naive.account, self.town.account);
        let mut paths = vec![];
        let mut ask = async |path: String| {
            let body = self.get(&path).await?;
            paths.push(path);
            Ok::<_, anyhow::Error>(body)
        };
        let policy = ask(format!("accounts/{id}/policy?{query}")).await?;
        for (name, audience) in [("team", Audience::Team), ("end_users", Audience::EndUsers)] {
            let held = account.policy(audience, at);
            ensure!(policy[name]["required"] == json!(held.required), "{query} {name}: {policy}");
            ensure!(policy[name]["trust_days"] == json!(held.trust_days), "{query} {name}: {policy}");
        }
        ensure!(policy["policy_version"] == json!(account.policy_version(at)), "{query}: {policy}");
        let overview = ask(format!("accounts/{id}?{query}")).await?;
        let switch = match account.switch {
            Switch::On => "on",
            Switch::Suspended { .. } => "suspended",
            Switch::Off { .. } => "off",
        };
        ensure!(overview["two_factor"]["state"] == switch, "{query}: {overview}");
        ensure!(overview["two_factor"]["generation"] == json!(account.generation), "{query}: {overview}");
        let governance = ask(format!("accounts/{id}/governance?{query}")).await?;
        ensure!(governance["admins_may_switch"] == json!(account.governance.admins_may_switch), "{query}");
        let approvals = ask(format!("approvals?{query}")).await?;
        let open = account.approvals.values().filter(|open| at < open.expires_at).count();
        ensure!(approvals["approvals"].as_array().map(Vec::len) == Some(open), "{query}: {approvals}");
        let on = at + Span::days(30);
        let forecast = ask(format!("accounts/{id}/policy/forecast?at={on}&limit=500&{query}")).await?;
        let pending = naive.people.iter().filter(|(_, state)| {
            let stands = state.role().map(|role| stands(account, state, role, on).0);
            !state.erased && stands == Some(Stands::Pending)
        });
        let pending: Vec<_> = pending.map(|(user, _)| json!(user)).collect();
        let expected = forecast["items"].as_array().context("a forecast")?.iter().map(|one| &one["user"]);
        ensure!(expected.eq(&pending), "{query}: {forecast}, not {pending:?}");
        ensure!(forecast["policy_version"] == json!(account.policy_version(on)), "{query}: {forecast}");
        for path in ["messages", "factors"] {
            ask(format!("users/me/{path}?{query}")).await.map(drop).or_else(|error| {
                let known = naive.people.contains_key(&self.reader.user);
                if known { Err(error) } else { Ok(()) }
            })?;
        }
        if let Some(own) = naive.people.get(&self.reader.user) {
            let me = ask(format!("me?{query}")).await?;
            ensure!(me["role"] == json!(own.role()), "{query}: {me}");
            ensure!(me["name"] == json!(self.name(self.reader.user, own).await?), "{query}: {me}");
            let device = naive.devices.get(&self.reader.device);
            let asks = device.and_then(|seen| {
                seen.device.sessions.keys().find(|session| me["session"]["id"] == json!(session))
            });
            let good = asks
                .zip(device)
                .map(|(session, seen)| SignedIn::recall(account, own, &seen.device, *session, at).is_ok());
            ensure!(me.get("session").is_some() == good.unwrap_or(false), "{query}: {me}");
        }
        for path in ["report-jobs", "hardware-tokens", &format!("accounts/{id}/delivery")] {
            ask(format!("{path}{}{query}", '?')).await?;
        }
        let list = ask(format!("users?limit=200&{query}")).await?;
        let listed = list["items"].as_array().context("a list")?;
        ensure!(listed.len() == naive.people.len(), "{query}: {} people", listed.len());
        for ((user, state), listed) in naive.people.iter().zip(listed) {
            let role = state.role().context("a role")?;
            let (standing, because) = stands(account, state, role, at);
            let told = format!("{user} {query}: {listed}");
            ensure!(listed["id"] == json!(user) && listed["role"] == json!(role), "{told}");
            ensure!(
                listed["state"] == json!(standing) && listed["rule"] == json!(because),
                "{told}, not {standing:?}"
            );
            ensure!(listed["name"] == json!(self.name(*user, state).await?), "{told}");
        }
        for (user, state) in &naive.people {
            let role = state.role().context("a role")?;
            let one = ask(format!("users/{user}?{query}")).await?;
            let (standing, because) = stands(account, state, role, at);
            let enrolled = state.enrolled_at(account.generation, at);
            let claimed = |e: &Enrolled| e.factors.values().filter(|factor| factor.claimed).count();
            let expected = [
                ("state", json!(standing)),
                ("rule", json!(because)),
                ("email_verified", json!(state.email_verified)),
                ("password_set", json!(state.password.is_some())),
                ("password_claimed", json!(state.password.is_some_and(|password| password.claimed))),
                ("factors", json!(enrolled.map_or(0, |e| e.factors.len()))),
                ("factors_claimed", json!(enrolled.map_or(0, claimed))),
                ("recovery_codes_left", json!(enrolled.and_then(|e| e.codes.as_ref()).map(Codes::left))),
                ("enabled_since", json!(enrolled.map(|e| e.since.to_string()))),
            ];
            for (name, value) in expected {
                ensure!(one[name] == value, "{user} {query}: {name} is {}, not {value}", one[name]);
            }
            let devices = ask(format!("users/{user}/devices?{query}")).await?;
            let shown = devices["items"].as_array().context("devices")?;
            let mut expected: Vec<_> = naive.of_user(*user).collect();
            expected.sort_by_key(|(id, seen)| (std::cmp::Reverse(seen.last), *id));
            ensure!(shown.len() == expected.len(), "{user} {query}: {devices}");
            for (shown, (id, seen)) in shown.iter().zip(&expected) {
                let trust = seen.device.trust.filter(|trust| trust_holds(account, state, trust, at));
                let told = format!("{user} {query}: {shown}");
                ensure!(shown["id"] == json!(id), "{told}, not {id}");
                ensure!(shown["first_seen_at"] == json!(seen.first.to_string()), "{told}");
                ensure!(shown["last_seen_at"] == json!(seen.last.to_string()), "{told}");
                let until = trust.map(|trust| Value::from(trust.until.to_string()));
                ensure!(shown.get("trusted_until") == until.as_ref(), "{told}");
            }
            let sessions = ask(format!("users/{user}/sessions?{query}")).await?;
            let mut shown: Vec<_> = sessions["items"].as_array().context("sessions")?.iter().collect();
            shown.sort_by_key(|session| session["id"].to_string());
            let mut good = vec![];
            for (_, seen) in naive.of_user(*user) {
                for id in seen.device.sessions.keys() {
                    good.extend(SignedIn::recall(account, state, &seen.device, *id, at).map(|_| json!(id)));
                }
            }
            good.sort_by_key(Value::to_string);
            let ids: Vec<&Value> = shown.iter().map(|session| &session["id"]).collect();
            ensure!(ids == good.iter().collect::<Vec<_>>(), "{user} {query}: {ids:?}, not {good:?}");
        }
        Ok(paths)
    }
}

stories! {
    /// Rules: S3, S9.
    async fn views_as_of_the_past_are_the_domains_own_fold_and_the_same_bytes_again(town) {
        let mut land = Land::found(&town).await?;
        for (role, standing) in [
            (Role::EndUser, Standing::Password),
            (Role::Agent, Standing::Trusted),
            (Role::Admin, Standing::Fresh),
            (Role::EndUser, Standing::Fresh),
        ] {
            land.somebody(role, standing).await?;
            town.wait(Span::hours(7));
        }
        town.wait(Span::days(3));
        land.let_admins_switch().await?;
        land.somebody(Role::Auditor, Standing::Trusted).await?;
        let reader = land.somebody(Role::Owner, Standing::Fresh).await?;
        land.require().await?;
        land.somebody(Role::EndUser, Standing::Enrolling).await?;
        let last = town.here().store().counter(town.account).await?.context("a counter")?.last_seq;
        // What is read from here on is recorded later than everything that is asked about.
        town.wait(Span::minutes(1));
        let asker = Asker { town: &town, doors: Doors::open(&town).await?, reader };
        let events = town.here().store().read(town.account, 0, last as u32).await?;
        let mut answers = vec![];
        for _ in 0..POINTS {
            let place = rand::rng().random_range(0..events.len() - 1);
            let (this, next) = (&events[place], &events[place + 1]);
            let position = this.account_seq;
            let between = rand::rng().random_range(this.recorded_at.micros()..=next.recorded_at.micros());
            let instant = Timestamp::from_micros(between);
            for (query, at) in [
                (format!("at_event={position}"), this.recorded_at),
                (format!("at_event={position}&as_of={instant}"), instant),
            ] {
                let naive = Naive::of(&town, position).await?;
                for path in asker.compare(&naive, &query, at).await? {
                    let answer = asker.read(&path).await?;
                    answers.push((path, answer));
                }
                // Whoever was not there yet is as if they were nowhere.
                let later = Naive::of(&town, last).await?;
                for user in later.people.keys().filter(|user| !naive.people.contains_key(user)).take(1) {
                    let (status, body) = asker.read(&format!("users/{user}?{query}")).await?;
                    ensure!(status == StatusCode::NOT_FOUND, "{user} {query}: {body}");
                }
            }
            // An instant alone means the last event by then.
            let by_instant = asker.get(&format!("users?as_of={}", this.recorded_at)).await?;
            let last_then = events.iter().rev().find(|e| e.recorded_at <= this.recorded_at).context("one")?;
            ensure!(by_instant["as_of"]["event"] == json!(last_then.account_seq), "{by_instant}");
        }
        land.somebody(Role::EndUser, Standing::Enrolling).await?;
        for (path, answer) in answers {
            ensure!(asker.read(&path).await? == answer, "{path} says something else now");
        }
        Ok(())
    }
}
