//! `twofold serve`: the API and the console, until told to stop.

use std::net::{Ipv4Addr, SocketAddr};

use axum::Router;
use clap::Args;
use utoipa_axum::router::OpenApiRouter;

use super::{Context, Exit, Failure};
use crate::health::Health;
use crate::server::{self, Stop};
use crate::site::Site;
use crate::telemetry;

/// Nobody outside this machine reaches the server unless somebody says so.
const LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8420);

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Listen on this address; anything but a loopback address is reachable from outside [default: 127.0.0.1:8420]
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(super) listen: Option<SocketAddr>,
    /// How the outside reaches this server, for links and cookies: https://id.example.org
    #[arg(long, value_name = "URL")]
    pub(super) public_url: Option<String>,
}

pub(super) async fn run(_: &Context, arguments: Arguments) -> Result<(), Failure> {
    telemetry::log();
    let listen = arguments.listen.unwrap_or(LISTEN);
    let site = site(listen, arguments.public_url.as_deref())?;
    let origin = site.origin.clone();
    // The routes of the API and the console join here, with the store behind them.
    let app = server::app(OpenApiRouter::new(), Router::new(), Health::default(), site)?;
    let ready =
        |address| eprintln!("  listening  {address}\n  console    {origin}/\n  api        {origin}/docs");
    Ok(server::run(listen, app, &Stop::default(), ready).await?)
}

/// How the outside reaches a server that listens there.
pub(super) fn site(listen: SocketAddr, public_url: Option<&str>) -> Result<Site, Failure> {
    let told = match public_url {
        Some(url) => url.to_owned(),
        None if listen.ip().is_loopback() => format!("http://localhost:{}", listen.port()),
        None => {
            return Err(Failure::new(format!(
                "{listen} is reachable from outside, and nothing says under which name"
            ))
            .because("links in mails and the security of cookies depend on it")
            .fix("add --public-url https://…, or listen on 127.0.0.1")
            .exit(Exit::Settings));
        }
    };
    let origin = told.parse().map_err(|error| {
        Failure::new(format!("{told} is not a public URL")).because(error).exit(Exit::Settings)
    })?;
    Ok(Site::new(origin))
}
