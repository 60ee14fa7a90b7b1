//! `twofold demo`: a company with a year of history, on a loopback address.

use std::net::SocketAddr;

use clap::Args;

use super::{Context, Failure};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Listen on this loopback address
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8420")]
    pub(super) listen: SocketAddr,
    /// How many people the company has
    #[arg(long, default_value_t = 240, value_parser = clap::value_parser!(u32).range(20..=100_000))]
    pub(super) people: u32,
    /// Throw an earlier demo away and begin again
    #[arg(long)]
    pub(super) fresh: bool,
}

#[expect(clippy::unused_async, reason = "awaits the store once it is wired")]
pub(super) async fn run(_: &Context, arguments: Arguments) -> Result<(), Failure> {
    if !arguments.listen.ip().is_loopback() {
        return Err(Failure::new(format!("the demo does not listen on {}", arguments.listen))
            .because("its data and mails are open to everyone who reaches it")
            .fix("use a loopback address: --listen 127.0.0.1:8420"));
    }
    let _ = (arguments.people, arguments.fresh);
    Err(Failure::not_yet("demo"))
}
