//! What happens to a file while it is written: its server is killed, its owner loses their role, their session.

use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use axum::http::StatusCode;
use serde_json::{Value, json};
use twofold_domain::ids::ReportJobId;
use twofold_domain::policy::Role;
use twofold_infra::clock::Clock;
use twofold_infra::desk::Desk;
use twofold_projections::report_files;
use twofold_tests::crowd::{Brings, arrive};
use twofold_tests::paused::Paused;
use twofold_tests::stories;
use twofold_tests::town::Town;

use super::super::visit::{Visit, code, text};
use super::{PATIENCE, directly, known, ordered, pieces, state, take, team, writer};

/// People of a report whose file has many pieces.
const PEOPLE: usize = 1_500;
/// Files that may be whole before their server is killed.
const TOO_LATE: usize = 5;

/// `twofold serve` as a process of its own, on whatever port is free.
struct Server(Child);

impl Server {
    fn start(town: &Town) -> Result<Self> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_twofold-under-test"));
        let key = town.master_key_file();
        command.env_clear().arg("--data-dir").arg(key.parent().context("a folder")?);
        command.args(["--database-url", town.url(), "serve", "--listen", "127.0.0.1:0"]);
        Ok(Self(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?))
    }

    /// Nothing of it runs any more: no handler, no destructor (`SIGKILL`).
    fn kill(&mut self) -> Result<()> {
        ensure!(self.0.try_wait()?.is_none(), "it ended by itself");
        self.0.kill()?;
        self.0.wait()?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A file that is written, up to its middle; what is done then, and the rest.
async fn while_written(desk: &Desk, midway: impl Future<Output = Result<()>>) -> Result<()> {
    let (paused, middle) = Paused::of(desk);
    let paused = writer(desk, Arc::new(paused)).await?;
    let writing = async { Ok::<_, anyhow::Error>(paused.round(|_| true).await?) };
    let between = async {
        middle.reached().await;
        let done = midway.await;
        middle.go_on();
        done
    };
    let (broken, ()) = tokio::try_join!(writing, between)?;
    ensure!(broken.is_empty(), "not written: {broken:?}");
    Ok(())
}

stories! {
    /// Rules: S2.
    async fn a_server_that_is_killed_while_it_writes_is_followed_by_its_restart(town) {
        town.time.set(Clock::system().now());
        let visit = Visit::open(&town).await?;
        let owner = town.owner().await?;
        arrive(&town, &owner, PEOPLE, Brings::Password).await?;
        let everyone = json!({ "report": "mfa-status", "format": "json", "parameters": { "population": "everyone" } });
        let mut cut = None;
        for _ in 0..TOO_LATE {
            let (job, path) = ordered(&visit, &owner, everyone.clone()).await?;
            known(&town, &visit).await?;
            let mut server = Server::start(&town)?;
            let begun = async {
                while pieces(&town, &job).await? < 2 {
                    tokio::task::yield_now().await;
                }
                Ok::<_, anyhow::Error>(())
            };
            tokio::time::timeout(PATIENCE * 2, begun).await.context("nobody began to write")??;
            server.kill()?;
            known(&town, &visit).await?;
            if state(&visit, &owner, &path).await? == "running" {
                cut = Some((job, path));
                break;
            }
        }
        let (job, path) = cut.context("each file was whole before its server was killed")?;
        let left = pieces(&town, &job).await?;
        ensure!(left >= 2, "{left} pieces of a file that was begun");
        // The lease of the dead one ends, and the restarted one writes the whole.
        let _server = Server::start(&town)?;
        let finished = async {
            while state(&visit, &owner, &path).await? != "ready" {
                let last = town.here().store().counter(town.account).await?.context("a counter")?.last_seq;
                visit.projector.wait_for(report_files::NAME, town.account, last + 1, Duration::from_secs(1)).await?;
            }
            Ok::<_, anyhow::Error>(())
        };
        tokio::time::timeout(PATIENCE * 3, finished).await.context("nobody finished it")??;
        let shown = visit.grant(&owner, "GET", &path, Value::Null).await?;
        town.time.set(Clock::system().now());
        let (status, _, file) = take(&visit, &owner, &format!("{path}/file")).await?;
        ensure!(status == StatusCode::OK, "{status}");
        let whole = directly(&town, &visit, &owner, ("json", "everyone"), &job).await?;
        ensure!(file == whole && shown["rows"] == PEOPLE as u64 + 1, "{shown}");
        ensure!(file.len() as u64 > left * 60 * 1024, "{} bytes were whole before", file.len());
        // Nothing of the first attempt is left beside it.
        let id: ReportJobId = text(&job, "/id")?.parse()?;
        let of_file = town.here().store().report_pieces(id).await?;
        ensure!(of_file == (file.len() as u64).div_ceil(60 * 1024), "{of_file} pieces");
        Ok(())
    }

    /// Rules: S2, H4.
    async fn whoever_loses_their_role_while_it_is_written_gets_no_file(town) {
        let visit = Visit::open(&town).await?;
        let owner = town.owner().await?;
        let auditor = owner.welcome_enrolled(&town, Role::Auditor).await?;
        let (job, path) = ordered(&visit, &auditor, team("csv")).await?;
        known(&town, &visit).await?;
        let role = format!("/v1/users/{}/role", auditor.user);
        while_written(town.there(), async {
            ensure!(state(&visit, &auditor, &path).await? == "running");
            visit.grant(&owner, "POST", &role, json!({ "role": "agent" })).await.map(drop)
        })
        .await?;
        known(&town, &visit).await?;
        ensure!(town.count("ReportWithdrawn").await? == 1 && town.count("ReportPrepared").await? == 0);
        ensure!(pieces(&town, &job).await? == 0, "something of it is left");
        let letters = town.letters(auditor.user).await?;
        ensure!(!letters.iter().any(|letter| letter.body.contains("/files/rpj_")), "a letter leads to it");
        // Nor once they may again: what was withdrawn stays so.
        visit.grant(&owner, "POST", &role, json!({ "role": "auditor" })).await?;
        let mut auditor = auditor;
        visit.sign_in(&mut auditor).await?;
        code(&visit.ask(&auditor, "GET", &format!("{path}/file"), Value::Null).await?, "404 not_found")?;
        Ok(())
    }

    /// Rules: S2, T7.
    async fn a_file_outlives_the_session_that_ordered_it_and_is_taken_by_no_dead_one(town) {
        let visit = Visit::open(&town).await?;
        let owner = town.owner().await?;
        let mut auditor = owner.welcome_enrolled(&town, Role::Auditor).await?;
        let (_, path) = ordered(&visit, &auditor, team("csv")).await?;
        known(&town, &visit).await?;
        let dead = auditor.session()?.to_owned();
        while_written(town.there(), async {
            let all = format!("/v1/users/{}/sessions/end", auditor.user);
            visit.grant(&auditor, "POST", &all, json!({ "which": "all" })).await.map(drop)
        })
        .await?;
        known(&town, &visit).await?;
        let file = format!("{path}/file");
        code(&visit.bearing(&dead, "GET", &file, Value::Null).await?, "401 unauthenticated")?;
        visit.sign_in(&mut auditor).await?;
        let (status, ..) = take(&visit, &auditor, &file).await?;
        ensure!(status == StatusCode::OK, "{status}");
        Ok(())
    }

    /// Rules: S2, A1.
    async fn a_token_orders_and_takes_no_file_whatever_it_may_read(town) {
        let visit = Visit::open(&town).await?;
        let owner = town.owner().await?;
        let wish = json!({ "name": "nightly", "scopes": ["read_status", "export"] });
        let issued = visit.grant(&owner, "POST", "/v1/api-tokens", wish).await?;
        let token = text(&issued, "/token")?;
        town.never_in_log(&token);
        let (_, path) = ordered(&visit, &owner, team("csv")).await?;
        known(&town, &visit).await?;
        let id = text(&issued, "/id")?;
        let file = format!("{path}/file");
        for (method, path, body) in
            [("POST", "/v1/report-jobs", team("csv")), ("GET", &path, Value::Null), ("GET", &file, Value::Null)]
        {
            code(&visit.bearing(&token, method, path, body).await?, "403 needs_person")?;
        }
        // Ended while the file is written, it is refused as any other.
        while_written(town.there(), async {
            visit.grant(&owner, "DELETE", &format!("/v1/api-tokens/{id}"), Value::Null).await.map(drop)
        })
        .await?;
        known(&town, &visit).await?;
        ensure!(state(&visit, &owner, &path).await? == "ready");
        code(&visit.bearing(&token, "GET", &file, Value::Null).await?, "401 unauthenticated")?;
        Ok(())
    }
}
