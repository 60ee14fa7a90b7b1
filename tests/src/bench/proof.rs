//! The second half of a sign-in over HTTP: an open challenge is answered with the code that a phone shows, and there
//! is a session. The floor is the least that any server could do for it: read one row by its key and insert one
//! durably, behind the same HTTP and the same kind of database. Passwords are not part of it: attempts are opened before.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::post;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use sqlx::postgres::{PgPool, PgPoolOptions};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use twofold_domain::time::Span;
use twofold_infra::store::Recorded;

use super::Options;
use super::report::{Figure, Latency, Report, Samples, Target, Unit};
use crate::crowd::{Brings, arrive};
use crate::doors::Doors;
use crate::person::{Browser, Person};
use crate::postgres::TestDb;
use crate::town::Town;

/// Clients who answer challenges as fast as they are answered.
const CLIENTS: usize = 32;
/// People who answer one challenge each in a run.
const PEOPLE: usize = 8_000;
const PEOPLE_QUICK: usize = 200;
/// Attempts that are opened at once, before a run.
const OPENED_AT_ONCE: usize = 16;

pub(super) async fn measure(options: &Options, report: &mut Report) -> Result<()> {
    const SECTION: &str = "sign-in, PostgreSQL";
    let people = if options.quick { PEOPLE_QUICK } else { PEOPLE };
    let clients = options.clients.first().copied().unwrap_or(CLIENTS);
    report.say(&format!("{SECTION}: {people} enrolled people by import"));
    let town = Town::found(TestDb::postgres().await?).await?;
    let owner = town.owner().await?;
    let crowd = arrive(&town, &owner, people, Brings::Authenticator).await?;
    let doors = Doors::open(&town).await?;
    let (ours, least) = (doors.serve().await?, floor(&town).await?);
    let (mut work, mut floor) = <(Samples, Samples)>::default();
    let (mut took, mut least_took) = (vec![], vec![]);
    for _ in 0..options.runs {
        // A code is good once, so every run has a time step of its own.
        town.wait(Span::minutes(2));
        let answers = stream::iter(&crowd).map(|person| opened(&town, person));
        let answers = answers.buffer_unordered(OPENED_AT_ONCE).try_collect().await?;
        let (rate, each) = answered(least, clients, rows(people)).await?;
        floor.0.push(rate);
        least_took.extend(each);
        let (rate, each) = answered(ours, clients, answers).await?;
        work.0.push(rate);
        took.extend(each);
    }
    let slow = |took: Vec<Duration>| Latency::of(took).context("nobody came");
    let (latency, least) = (slow(took)?, slow(least_took)?);
    report.say(&format!("{SECTION}: the floor's p50 / p99: {:.2} / {:.2} ms", least.p50_ms, least.p99_ms));
    let what = format!("{clients} clients, challenge answered with a code, session over HTTP");
    let target = Some(Target { reach: 0.4, aim: 0.7 });
    let figure = Figure::new((SECTION, what), Unit::PerSecond, work, ("one select, one insert, HTTP", floor));
    report.add(Figure { target, latency: Some(latency), ..figure });
    Ok(())
}

/// An attempt of somebody in a new browser, and the request that answers it.
async fn opened(town: &Town, person: &Person) -> Result<Vec<u8>> {
    let challenge = person.challenged(town, town.here(), &mut Browser::default()).await?;
    let body = format!("{{\"otp\":\"{}\"}}", person.code(town)?);
    let path = format!("/v1/sign-ins/{}/proofs", challenge.sign_in);
    Ok(request(&path, &format!("twofold-device: {}\r\n", challenge.device), &body))
}

/// As many requests of the floor.
fn rows(people: usize) -> Vec<Vec<u8>> {
    (0..people).map(|n| request(&format!("/{n}"), "", "{}")).collect()
}

fn request(path: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nhost: twofold.lilliput.example\r\ncontent-type: application/json\r\n\
         {headers}content-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// The floor behind HTTP: a table like the log's, in the same database.
struct Floor {
    pool: PgPool,
    sample: Recorded,
    next: AtomicI64,
}

/// Rows that are there to be read.
const ROWS: i64 = 1_000;

async fn floor(town: &Town) -> Result<SocketAddr> {
    let pool = PgPoolOptions::new().max_connections(CLIENTS as u32).connect(&town.db.url).await?;
    sqlx::raw_sql("create schema floor; create table floor.events (like twofold.events including all)")
        .execute(&pool)
        .await?;
    let sample = town.log().await?.pop().context("an empty log")?;
    let floor = Arc::new(Floor { pool, sample, next: AtomicI64::new(1) });
    for _ in 0..ROWS {
        floor.insert().await?;
    }
    let router = Router::new().route("/{n}", post(one)).with_state(floor);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}

/// One row by its key, one row more.
async fn one(State(floor): State<Arc<Floor>>, Path(n): Path<i64>) -> Result<&'static str, StatusCode> {
    let once = async {
        floor.select(1 + n % ROWS).await?;
        floor.insert().await
    };
    once.await.map(|()| "{}").map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

impl Floor {
    async fn select(&self, sequence: i64) -> sqlx::Result<()> {
        sqlx::query(
            "select payload from floor.events where aggregate_id = $1 and aggregate_type = $2 and sequence = $3",
        )
        .bind(self.sample.stream.id.to_string())
        .bind(self.sample.stream.kind.name())
        .bind(sequence)
        .fetch_one(&self.pool)
        .await
        .map(|_| ())
    }

    async fn insert(&self) -> sqlx::Result<()> {
        let (row, next) = (&self.sample, self.next.fetch_add(1, Ordering::Relaxed));
        sqlx::query("insert into floor.events values ($1, $2, $3, $4, $5, $6::json, $7::json, $8, $3, $9)")
            .bind(row.stream.kind.name())
            .bind(row.stream.id.to_string())
            .bind(next)
            .bind(&row.event_type)
            .bind(&row.event_version)
            .bind(&row.payload)
            .bind(&row.metadata)
            .bind(row.account.uuid())
            .bind(row.recorded_at.micros())
            .execute(&self.pool)
            .await
            .map(|_| ())
    }
}

/// Sends all requests by as many clients, each over one connection. Answers a second, and how long each took.
async fn answered(to: SocketAddr, clients: usize, requests: Vec<Vec<u8>>) -> Result<(f64, Vec<Duration>)> {
    let (requests, mut running) = (Arc::<[Vec<u8>]>::from(requests), JoinSet::new());
    let started = Instant::now();
    for client in 0..clients {
        let requests = Arc::clone(&requests);
        running.spawn(async move {
            let mut stream = BufReader::new(TcpStream::connect(to).await?);
            stream.get_ref().set_nodelay(true)?;
            let mut took = vec![];
            for request in requests.iter().skip(client).step_by(clients) {
                let asked = Instant::now();
                exchange(&mut stream, request).await?;
                took.push(asked.elapsed());
            }
            anyhow::Ok(took)
        });
    }
    let mut took = vec![];
    while let Some(client) = running.join_next().await {
        took.extend(client??);
    }
    Ok((took.len() as f64 / started.elapsed().as_secs_f64(), took))
}

/// One request, and all of its answer, which has to be a success.
async fn exchange(stream: &mut BufReader<TcpStream>, request: &[u8]) -> Result<()> {
    stream.write_all(request).await?;
    let (mut line, mut status, mut length) = (String::new(), String::new(), 0);
    loop {
        line.clear();
        ensure!(stream.read_line(&mut line).await? > 0, "the connection ended");
        if status.is_empty() {
            status.clone_from(&line);
        } else if let Some(n) = line.to_lowercase().strip_prefix("content-length:") {
            length = n.trim().parse()?;
        } else if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    ensure!(status.contains(" 200 "), "{status}{}", String::from_utf8_lossy(&body));
    Ok(())
}
