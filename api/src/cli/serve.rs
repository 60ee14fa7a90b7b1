//! `twofold serve`: the API and the console, until told to stop.

use std::net::SocketAddr;

use clap::Args;

use super::{Context, Failure};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Listen on this address; anything but a loopback address is reachable from outside
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(super) listen: Option<SocketAddr>,
    /// How the outside reaches this server, for links and cookies: https://id.example.org
    #[arg(long, value_name = "URL")]
    pub(super) public_url: Option<String>,
}

#[expect(clippy::unused_async, reason = "awaits the store once it is wired")]
pub(super) async fn run(_: &Context, arguments: Arguments) -> Result<(), Failure> {
    let _ = (arguments.listen, arguments.public_url);
    Err(Failure::not_yet("serve"))
}
