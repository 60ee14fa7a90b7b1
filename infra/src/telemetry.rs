//! Log output. What is logged, and that no secret is, belongs to whoever logs.

use std::io::{IsTerminal as _, stderr};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::{SubscriberInitExt as _, TryInitError};

use crate::config::LogFormat;

/// What a log setting may say when it names no directives: ours in full, others when they warn.
const DEFAULT_DIRECTIVES: &str = "info,sqlx=warn,hyper=warn";

/// The log could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The directives are not understood.
    #[error("the log filter is not understood; an example is `info,twofold_infra=debug`: {0}")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// It was set up before.
    #[error("logging is already set up: {0}")]
    Twice(#[from] TryInitError),
}

/// Sends events to standard error: plain lines for people, or one JSON object a line for machines.
/// `filter` are `tracing` directives such as `info,twofold_infra=debug`.
pub fn init(format: LogFormat, filter: Option<&str>) -> Result<(), TelemetryError> {
    let filter = EnvFilter::builder().parse(filter.unwrap_or(DEFAULT_DIRECTIVES))?;
    let registry = tracing_subscriber::registry().with(filter);
    match format {
        LogFormat::Pretty => registry
            .with(tracing_subscriber::fmt::layer().with_ansi(stderr().is_terminal()).with_writer(stderr))
            .try_init()?,
        LogFormat::Json => registry
            .with(tracing_subscriber::fmt::layer().json().flatten_event(true).with_writer(stderr))
            .try_init()?,
    }
    Ok(())
}
