//! The log as it goes on, read by curl.

use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;
use twofold_domain::policy::Role;
use twofold_domain::time::Span;
use twofold_tests::person::{Browser, Person};
use twofold_tests::stories;

use super::super::visit::{Visit, code};

/// However busy the machine is.
const LONG: Duration = Duration::from_mins(1);

/// curl, following.
struct Follower {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Follower {
    async fn start(url: &str, who: &Person, last: Option<u64>) -> Result<Self> {
        let mut command = Command::new("curl");
        command.args([
            "--silent",
            "--no-buffer",
            "--header",
            &format!("Authorization: Bearer {}", who.session()?),
        ]);
        if let Some(last) = last {
            command.args(["--header", &format!("Last-Event-ID: {last}")]);
        }
        let mut child = command.arg(url).stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
        let lines = BufReader::new(child.stdout.take().context("its output")?).lines();
        let mut follower = Self { child, lines };
        // It says at once that it is there.
        ensure!(follower.line().await?.as_deref() == Some(": following"));
        Ok(follower)
    }

    async fn line(&mut self) -> Result<Option<String>> {
        Ok(timeout(LONG, self.lines.next_line()).await.context("nothing came")??)
    }

    /// The next event: its id, and what it says; nothing once the stream is over.
    async fn next(&mut self) -> Result<Option<(u64, Value)>> {
        let mut id = None;
        while let Some(line) = self.line().await? {
            if let Some(number) = line.strip_prefix("id: ") {
                id = Some(number.parse()?);
            } else if let Some(data) = line.strip_prefix("data: ") {
                let data: Value = serde_json::from_str(data)?;
                match id {
                    Some(id) => return Ok(Some((id, data))),
                    // What has no id is no event of the log: the reason why it is over.
                    None => ensure!(data["code"].is_string(), "no reason: {data}"),
                }
            }
        }
        ensure!(self.child.wait().await?.success(), "curl found something wrong");
        Ok(None)
    }

    /// Events up to one of this name.
    async fn until(&mut self, name: &str) -> Result<Vec<u64>> {
        let mut ids = vec![];
        loop {
            let (id, event) = self.next().await?.with_context(|| format!("over before {name}"))?;
            ensure!(event["position"] == id, "{id}: {event}");
            ids.push(id);
            if event["type"] == name {
                return Ok(ids);
            }
        }
    }
}

stories! {
    /// Rules: S6.
    async fn nothing_is_missed_and_nothing_comes_twice(town) {
        let visit = Visit::open(&town).await?;
        let owner = town.owner().await?;
        let agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let url = format!("http://{}/v1/events/stream", visit.served().await?);
        let name = |name: &str| json!({ "name": name });
        let path = format!("/v1/users/{}", agent.user);
        // From the beginning, and on into what happens meanwhile.
        let mut follower = Follower::start(&format!("{url}?after=0"), &owner, None).await?;
        visit.grant(&owner, "PATCH", &path, name("One")).await?;
        let mut ids = follower.until("UserRenamed").await?;
        // It goes away, something happens, it comes back.
        drop(follower);
        visit.grant(&owner, "PATCH", &path, name("Two")).await?;
        let mut follower = Follower::start(&url, &owner, ids.last().copied()).await?;
        ids.extend(follower.until("UserRenamed").await?);
        visit.grant(&owner, "PATCH", &path, name("Three")).await?;
        ids.extend(follower.until("UserRenamed").await?);
        let last = ids.last().copied().context("events")?;
        ensure!(ids == (1..=last).collect::<Vec<u64>>(), "{ids:?}");
        // What is followed with a filter is what the filter leaves.
        let mut filtered = Follower::start(&format!("{url}?type=UserRenamed&after=0"), &owner, None).await?;
        let mut renamed = filtered.until("UserRenamed").await?;
        renamed.extend(filtered.until("UserRenamed").await?);
        let log = town.log().await?;
        let all = log.iter().filter(|e| e.event_type == "UserRenamed").map(|e| e.account_seq);
        ensure!(all.take(2).collect::<Vec<_>>() == renamed, "{renamed:?}");
        Ok(())
    }

    /// Rules: S6.
    async fn a_person_who_opens_too_many_streams_by_whatever_sessions_is_in_nobody_s_way(town) {
        let visit = Visit::open(&town).await?;
        let owner = town.owner().await?;
        let auditor = owner.welcome_enrolled(&town, Role::Auditor).await?;
        let elsewhere = town.neighbour();
        let stranger = elsewhere.owner().await?;
        let path = "/v1/events/stream";
        let url = format!("http://{}{path}", visit.served().await?);
        let mut open = vec![];
        for _ in 0..16 {
            open.push(Follower::start(&url, &auditor, None).await?);
        }
        let full = visit.ask(&auditor, "GET", path, Value::Null).await?;
        code(&full, "429 too_many_requests")?;
        // Another session of theirs has no others.
        let mut again = auditor.clone();
        again.browser = Browser::default();
        town.wait(Span::minutes(1));
        visit.sign_in(&mut again).await?;
        code(&visit.ask(&again, "GET", path, Value::Null).await?, "429 too_many_requests")?;
        // Others of the account, and other accounts, are let in.
        drop(Follower::start(&url, &owner, None).await?);
        drop(Follower::start(&url, &stranger, None).await?);
        // Whoever goes away leaves their place, long before the next heartbeat would find out.
        drop(open.pop());
        let begun = std::time::Instant::now();
        while Follower::start(&url, &auditor, None).await.is_err() {
            ensure!(begun.elapsed() < LONG, "its place stays taken");
        }
        ensure!(begun.elapsed() < Duration::from_secs(15), "only at the heartbeat");
        Ok(())
    }

    /// Rules: S6, T7.
    async fn a_stream_ends_with_the_session_behind_it(town) {
        let visit = Visit::open(&town).await?;
        let owner = town.owner().await?;
        let auditor = owner.welcome_enrolled(&town, Role::Auditor).await?;
        let url = format!("http://{}/v1/events/stream", visit.served().await?);
        let mut follower = Follower::start(&url, &auditor, None).await?;
        let path = format!("/v1/users/{}", owner.user);
        visit.grant(&owner, "PATCH", &path, json!({ "name": "Somebody Else" })).await?;
        follower.until("UserRenamed").await?;
        // Their role changes, and with it every session ends: not even that event is told any more.
        let role = format!("/v1/users/{}/role", auditor.user);
        visit.grant(&owner, "POST", &role, json!({ "role": "agent" })).await?;
        ensure!(follower.next().await?.is_none(), "it goes on");
        Ok(())
    }
}
