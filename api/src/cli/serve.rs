//! `twofold serve`: the API and the console, until told to stop.

use std::net::SocketAddr;
use std::sync::Arc;

use clap::Args;
use tokio::net::TcpListener;
use twofold_infra::config::{Config, Layers, OutboxMode, Source};
use twofold_infra::delivery::Carriers;
use twofold_infra::desk::Desk;
use twofold_infra::keys::OperatorToken;
use twofold_projections::courier::Courier;
use twofold_projections::foreign_passwords::ForeignPasswords;
use twofold_projections::projector::Projector;
use twofold_projections::report_writer::ReportWriter;
use twofold_projections::reset_fanout::ResetFanOut;
use twofold_projections::verifier_sweep::VerifierSweep;
use twofold_projections::wait_notices::WaitNotices;
use twofold_projections::wishes::Wishes;
use twofold_projections::witness::Watch;

use super::{Context, Exit, Failure, evidence, setup};
use crate::app::{App, Parts};
use crate::checks::{Database, ReadModels, SteadyClock};
use crate::demo::home;
use crate::health::{Check, Health};
use crate::limits::Limits;
use crate::report::Forms;
use crate::server::{self, Stop};
use crate::site::Site;
use crate::{console, routes, telemetry};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Listen on this address; anything but a loopback address is reachable from outside [default: 127.0.0.1:8420]
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(super) listen: Option<SocketAddr>,
    /// How the outside reaches this server, for links and cookies: https://id.example.org
    #[arg(long, value_name = "URL")]
    pub(super) public_url: Option<String>,
}

pub(super) async fn run(context: &Context, arguments: Arguments) -> Result<(), Failure> {
    let mut layers = setup::layers(context)?;
    if let Some(listen) = arguments.listen {
        layers = layers.with_flag("listen", &listen.to_string());
    }
    if let Some(url) = &arguments.public_url {
        layers = layers.with_flag("public_url", url);
    }
    let config = reachable(layers)?;
    home::refuse_half_done(&config.data.dir)?;
    let listener = server::bind(config.http.listen).await.map_err(anyhow::Error::from)?;
    let desk = setup::open(&config).await?;
    let url = config.http.public_url.clone();
    let ready =
        move |address| eprintln!("  listening  {address}\n  console    {url}/\n  api        {url}/docs");
    until_stopped(config, desk, listener, false, ready).await
}

/// The settings, with a name under which people reach the server.
fn reachable(layers: Layers) -> Result<Config, Failure> {
    let config = setup::config(&layers)?;
    let listen = config.http.listen;
    let told = config.explain().iter().any(|e| e.key == "public_url" && e.source != Source::Default);
    if told {
        return Ok(config);
    }
    if !listen.ip().is_loopback() {
        return Err(Failure::new(format!(
            "{listen} is reachable from outside, and nothing says under which name"
        ))
        .because("links in mails and the security of cookies depend on it")
        .fix("add --public-url https://…, or listen on 127.0.0.1")
        .exit(Exit::Settings));
    }
    setup::config(&layers.with_flag("public_url", &format!("http://localhost:{}", listen.port())))
}

/// Serves an installation: read models kept up to date, resets written out, requests answered. The first
/// signal lets requests finish; then the projector finishes its round.
pub(super) async fn until_stopped(
    config: Config,
    desk: Desk,
    listener: TcpListener,
    demo: bool,
    ready: impl FnOnce(SocketAddr),
) -> Result<(), Failure> {
    // A demo's terminal belongs to the newcomer.
    let quiet = demo.then_some("warn");
    twofold_infra::telemetry::init(config.log.format, config.log.filter.as_deref().or(quiet))
        .map_err(|error| Failure::new("cannot log").because(error).exit(Exit::Settings))?;
    telemetry::hush_panics();
    let operator = OperatorToken::open(&config.keys.operator_token, desk.mint())?;
    let site = site(&config, demo)?;
    let projector = Projector::install(desk.store().clone(), twofold_projections::all()).await?;
    let progress = |progress: twofold_projections::bulk::Progress| {
        let twofold_projections::bulk::Progress { stage, events, of } = progress;
        tracing::info!(?stage, events, of, "building read models");
    };
    let shut = evidence::servable(&desk).await?;
    for found in &shut {
        eprintln!(
            "  shut       {found}\n             events are missing: twofold projections list says what to do"
        );
    }
    evidence::name_barred(&desk, &shut).await?;
    projector.rebuild_stale(twofold_projections::all, progress).await?;
    let stop = Stop::default();
    let watch = {
        let (stop, watch) = (stop.clone(), Watch::new(desk.clone()));
        tokio::spawn(async move { watch.run(stop.begun()).await })
    };
    let behind = {
        let (stop, projector) = (stop.clone(), projector.clone());
        tokio::spawn(async move { projector.run(stop.begun()).await })
    };
    let resets = {
        let (stop, fan_out) = (stop.clone(), ResetFanOut::new(desk.clone(), projector.clone()));
        tokio::spawn(async move { fan_out.run(stop.begun()).await })
    };
    let wishes = {
        let (stop, wishes) = (stop.clone(), Wishes::new(desk.clone()));
        tokio::spawn(async move { wishes.run(stop.begun()).await })
    };
    let notices = {
        let (stop, notices) = (stop.clone(), WaitNotices::new(desk.clone(), projector.clone()));
        tokio::spawn(async move { notices.run(stop.begun()).await })
    };
    let sweep = {
        let (stop, sweep) = (stop.clone(), VerifierSweep::new(desk.clone(), projector.clone()));
        tokio::spawn(async move { sweep.run(stop.begun()).await })
    };
    let foreign = {
        let (stop, foreign) = (stop.clone(), ForeignPasswords::new(desk.clone(), projector.clone()));
        tokio::spawn(async move { foreign.run(stop.begun()).await })
    };
    let files = {
        let forms = Arc::new(Forms(desk.clone()));
        let (stop, writer) = (stop.clone(), ReportWriter::new(desk.clone(), projector.clone(), forms));
        tokio::spawn(async move { writer.run(stop.begun()).await })
    };
    let post = match config.delivery.mode {
        // Whoever looks at them at /dev/outbox is all that becomes of them.
        OutboxMode::Dev => tokio::spawn(std::future::ready(())),
        OutboxMode::Send => {
            let (stop, courier) = (stop.clone(), Courier::new(desk.clone(), carriers(&config, &desk)?));
            tokio::spawn(async move { courier.run(stop.begun()).await })
        }
    };
    let app = App::from(Parts { desk, operator, projector });
    app.stops_with(&stop);
    let answers = {
        let (stop, app) = (stop.clone(), app.clone());
        tokio::spawn(async move { app.forget_answers(&stop).await })
    };
    let refusals = {
        let (stop, app) = (stop.clone(), app.clone());
        tokio::spawn(async move { app.record_refusals(&stop).await })
    };
    let last_words = app.clone();
    let clock = SteadyClock::watch(app.desk.clock().clone());
    let checks: [Arc<dyn Check>; 3] =
        [Arc::new(Database(app.clone())), Arc::new(ReadModels(app.clone())), Arc::new(clock)];
    let keeps_messages = config.delivery.mode == OutboxMode::Dev;
    let console = console::routes(app.clone(), keeps_messages);
    let app = server::app(routes::router(app), console, Health::new(checks), site)?;
    ready(listener.local_addr().map_err(anyhow::Error::from)?);
    let signals = tokio::spawn(stop.clone().on_signals());
    let upkeep = tokio::spawn(telemetry::upkeep(telemetry::figures()?));
    let served = server::serve(listener, app, &stop).await;
    signals.abort();
    upkeep.abort();
    // Serving may also have ended by itself.
    stop.push();
    let _ =
        tokio::join!(watch, behind, resets, wishes, notices, sweep, foreign, files, post, answers, refusals);
    last_words.desk.record_all_refusals().await;
    Ok(served.map_err(anyhow::Error::from)?)
}

/// The ways out for messages.
fn carriers(config: &Config, desk: &Desk) -> Result<Carriers, Failure> {
    let carriers = Carriers::open(&config.delivery, desk.clock()).map_err(|error| {
        Failure::new("messages cannot be sent as configured").because(error).exit(Exit::Settings)
    })?;
    if carriers.mail.is_none() {
        tracing::warn!("no mail is sent, and every one fails: set smtp_url and mail_from");
    }
    Ok(carriers)
}

/// How the outside reaches this server.
fn site(config: &Config, demo: bool) -> Result<Site, Failure> {
    let url = &config.http.public_url;
    let origin = url.parse().map_err(|error| {
        Failure::new(format!("{url} is not a public URL")).because(error).exit(Exit::Settings)
    })?;
    let product = config.product.name.clone();
    let limits = Limits::new(config.http.limit_client_per_minute, config.http.limit_account_per_minute);
    let trusted_proxies = config.http.trusted_proxies.clone();
    Ok(Site { product, trusted_proxies, limits, demo, ..Site::new(origin) })
}
