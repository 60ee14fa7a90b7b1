//! `twofold demo`: a company with a year of history, on a loopback address.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use clap::Args;
use serde::Serialize;
use tokio::time::Instant;
use twofold_domain::ids::{AccountId, StreamId};
use twofold_domain::time::Span;
use twofold_infra::acts::{AdminLink, find_by_email};
use twofold_infra::clock::{Clock, ManualClock};
use twofold_infra::config::Config;
use twofold_infra::desk::Desk;
use twofold_infra::installation;
use twofold_infra::mint::Mint;
use twofold_infra::store::Connections;
use twofold_infra::verify::Passwords;
use twofold_projections::impact::FromReadModels;
use twofold_projections::projector::Projector;

use super::{Context, Exit, Failure, serve, setup};
use crate::demo::home::{Found, Home, Marker, State};
use crate::demo::{NEWCOMER, Plan, STORIES, seed};
use crate::server;

/// Average days of a month.
const MONTH: f64 = 365.0 / 12.0;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Listen on this loopback address
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8420")]
    pub(super) listen: SocketAddr,
    /// How many people the company has
    #[arg(long, default_value_t = 240, value_parser = clap::value_parser!(u32).range(20..=5_000))]
    pub(super) people: u32,
    /// How many months of history it has
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u32).range(2..=36))]
    pub(super) months: u32,
    /// Another number makes another history
    #[arg(long, default_value_t = 1)]
    pub(super) seed: u64,
    /// Throw an earlier demo away and begin again
    #[arg(long)]
    pub(super) fresh: bool,
    /// Make the history and leave, without serving it
    #[arg(long)]
    pub(super) only_seed: bool,
    /// List the stories in the history that is there: when, which events, what happened
    #[arg(long, conflicts_with_all = ["fresh", "only_seed"])]
    pub(super) stories: bool,
}

pub(super) async fn run(context: &Context, arguments: Arguments) -> Result<(), Failure> {
    let listen = arguments.listen;
    if !listen.ip().is_loopback() {
        return Err(Failure::new(format!("the demo does not listen on {listen}"))
            .because("its data and mails are open to everyone who reaches it")
            .fix("use a loopback address: --listen 127.0.0.1:8420"));
    }
    let config = settings(context, listen)?;
    if arguments.stories {
        return list_stories(context, &config).await;
    }
    // A taken port is better found before the work than after it.
    let listener = if arguments.only_seed {
        None
    } else {
        Some(server::bind(listen).await.map_err(anyhow::Error::from)?)
    };
    let home = Home::new(config.data.dir.clone());
    let (mut marker, held, made) = match home.look()? {
        Found::Foreign => return Err(foreign(&config.data.dir)),
        Found::Ready(marker) if !arguments.fresh => (marker, None, false),
        found => {
            let held = home.hold()?;
            if found == Found::Interrupted {
                eprintln!(
                    "an earlier demo in {} was interrupted before it was complete; beginning anew",
                    config.data.dir.display()
                );
            }
            home.clear(&held)?;
            (make(context, &config, &home, &arguments).await?, Some(held), true)
        }
    };
    let _shared = home.share(held)?;
    if marker.url != config.http.public_url {
        // Links from the command line lead to where the demo is.
        marker.url.clone_from(&config.http.public_url);
        home.mark(&marker)?;
    }
    let desk = setup::open(&config).await?;
    let account = marker
        .account
        .ok_or_else(|| Failure::new("the demo names no account").fix("twofold demo --fresh"))?;
    let console = console(context, &config, &desk, account, &marker).await?;
    introduce(context, &config, &marker, made, &console)?;
    let Some(listener) = listener else { return Ok(()) };
    serve::until_stopped(config, desk, listener, true, |_| {}).await
}

/// The demo's settings: SQLite and keys in the data directory, and nothing from elsewhere that would
/// lead it out of there.
fn settings(context: &Context, listen: SocketAddr) -> Result<Config, Failure> {
    if context.globals.database_url.is_some() {
        return Err(Failure::new("the demo keeps its data in files of its own")
            .fix("leave out --database-url; --data-dir says where the files are")
            .exit(Exit::Usage));
    }
    let layers = setup::layers(context)?;
    let dir = setup::config(&layers)?.data.dir;
    let in_dir = |file: &str| dir.join(file).display().to_string();
    let layers = layers
        .with_flag("database_url", &format!("sqlite:{}", dir.display()))
        .with_flag("master_key_file", &in_dir("master.key"))
        .with_flag("operator_token_file", &in_dir("operator.token"))
        // Nothing of the demo leaves this machine, whatever is configured on it.
        .with_flag("smtp_url", "none")
        .with_flag("sms_url", "none")
        .with_flag("outbox_mode", "dev")
        .with_flag("listen", &listen.to_string())
        .with_flag("public_url", &format!("http://localhost:{}", listen.port()));
    setup::config(&layers)
}

/// A story, as it is listed.
#[derive(Debug, Serialize)]
struct Told {
    day: String,
    first_event: u64,
    last_event: u64,
    story: &'static str,
    tells: &'static str,
}

async fn list_stories(context: &Context, config: &Config) -> Result<(), Failure> {
    let nothing = || {
        Failure::new(format!("there is no whole demo in {}", config.data.dir.display()))
            .fix("make one: twofold demo")
            .exit(Exit::NotFound)
    };
    let Found::Ready(marker) = Home::new(config.data.dir.clone()).look()? else { return Err(nothing()) };
    let account = marker.account.ok_or_else(nothing)?;
    let desk = setup::open(config).await?;
    let mut stories = vec![];
    for story in STORIES {
        let Some((_, first, last)) = marker.stories.iter().find(|(name, ..)| name == story.name) else {
            continue;
        };
        let at = desk.store().recorded_at(account, *first).await?;
        stories.push(Told {
            day: at.map(|at| at.to_string().chars().take(10).collect()).unwrap_or_default(),
            first_event: *first,
            last_event: *last,
            story: story.name,
            tells: story.tells,
        });
    }
    context.output.list(["day", "events", "story", "what happened"], &stories, |told| {
        let events = format!("{}–{}", told.first_event, told.last_event);
        [told.day.clone(), events, told.story.to_owned(), told.tells.to_owned()]
    })
}

fn foreign(dir: &Path) -> Failure {
    Failure::new(format!("{} holds an installation that is no demo", dir.display()))
        .because("a demo never touches anything but a demo")
        .fix("use another directory: twofold demo --data-dir ./demo-data; to serve what is there: twofold serve")
        .exit(Exit::Refused)
}

/// Lives through the history, then builds the read models.
async fn make(
    context: &Context,
    config: &Config,
    home: &Home,
    arguments: &Arguments,
) -> Result<Marker, Failure> {
    let began = Instant::now();
    let days = (f64::from(arguments.months) * MONTH).round() as u32;
    let mut marker = Marker {
        state: State::Seeding,
        seed: arguments.seed,
        people: arguments.people as usize,
        months: arguments.months,
        account: None,
        newcomer: NEWCOMER.to_owned(),
        url: config.http.public_url.clone(),
        events: 0,
        took_ms: 0,
        stories: vec![],
    };
    home.mark(&marker)?;
    let until = Clock::system().now();
    let hand = ManualClock::starting_at(until - Span::days(i64::from(days) + 1));
    let mint = Mint::system(hand.clock());
    // What is not completed is thrown away, so nothing waits for the disk before the end.
    let connections = Connections { waits_for_disk: false, ..Connections::default() };
    let desk = installation::open_with(config, mint.clone(), Passwords::cheap(mint), connections).await?;
    let projector = Projector::install(desk.store().clone(), twofold_projections::all()).await?;
    let concerned = Arc::new(FromReadModels::new(desk.clone(), projector));
    let desk = desk.counting(concerned);
    let plan = Plan { seed: arguments.seed, people: marker.people, days, until };
    let bar = context.output.progress("living through days", u64::from(days) + 1);
    let seeded = seed(&desk, plan, &mut || bar.step(1)).await?;
    bar.finish();
    super::projections::rebuild(context, desk.store(), twofold_projections::all(), false).await?;
    desk.store().close().await;
    home.settle()?;
    marker.state = State::Ready;
    marker.account = Some(seeded.account);
    marker.events = seeded.events;
    marker.took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    marker.stories = seeded.chapters.iter().map(|c| (c.story.to_owned(), c.after + 1, c.until)).collect();
    home.mark(&marker)?;
    Ok(marker)
}

/// Where the newcomer goes first: the link for their own owner, until they have a password.
async fn console(
    context: &Context,
    config: &Config,
    desk: &Desk,
    account: AccountId,
    marker: &Marker,
) -> Result<String, Failure> {
    let again = match &context.globals.data_dir {
        None => "twofold admin link".to_owned(),
        Some(dir) => format!("twofold admin link --data-dir {}", dir.display()),
    };
    let newcomer = find_by_email(desk, account, &marker.newcomer).await?;
    if let Some(user) = newcomer {
        let state = desk.log().users.load(StreamId::user(account, user)).await.map_err(Failure::from)?.state;
        if state.password.is_none() {
            let owners = super::evidence::owners(desk, account).await?;
            let link = desk.perform(account, setup::operator(), AdminLink { user, owners }).await?.reply;
            return Ok(format!("{}      one use, 30 minutes; again: {again}", link.url));
        }
    }
    Ok(format!("{}/      sign in as {}; a new link: {again}", config.http.public_url, marker.newcomer))
}

fn introduce(
    context: &Context,
    config: &Config,
    marker: &Marker,
    made: bool,
    console: &str,
) -> Result<(), Failure> {
    let url = &config.http.public_url;
    let dir = config.data.dir.display();
    let seconds = marker.took_ms as f64 / 1_000.0;
    let (people, months, events) = (marker.people, marker.months, grouped(marker.events));
    let seeded = if made { "seeded in" } else { "made earlier in" };
    let again = if made { "" } else { "; --fresh makes a new one" };
    let value = serde_json::json!({
        "demo": true, "data": config.data.dir, "console": console.split_whitespace().next(),
        "api": format!("{url}/docs"), "outbox": format!("{url}/dev/outbox"), "made": marker,
    });
    eprintln!(
        "\n  This is a demo: everybody in it is invented, and everybody on this machine can read its mail.\n"
    );
    context.output.result(&value, || {
        format!(
            "  data     {dir}  (SQLite; keys beside it)\n  \
               account  Acme: {people} people, {months} months, {events} events, {seeded} {seconds:.1} s{again}\n  \
               console  {console}\n  \
               api      {url}/docs          mail and SMS: {url}/dev/outbox"
        )
    })
}

/// `12345` as `12,345`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn numbers_are_grouped() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(super::grouped(number), text);
        }
    }
}
