//! `twofold audit`: asks the log itself, not a read model.

use clap::Subcommand;

use super::{Context, Failure, export, invariants, record, replay, what_if, why};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Fold the log from its first event: print the status report of that time, each step, or every difference
    Replay(replay::Arguments),
    /// Read the log by the rules that every log keeps, and name each event that breaks one
    Invariants(invariants::Arguments),
    /// Go through the recorded sign-ins under another policy: who is asked more often, who stands there without
    /// a second factor, which sessions had not been
    WhatIf(what_if::Arguments),
    /// Why a sign-in asked for a second factor or did not, or why somebody cannot set one up
    Why(why::Arguments),
    /// Write the log out, the oldest event first: JSON Lines, CSV, or OCSF
    Export(export::Arguments),
    /// One event exactly as it is kept: canonical JSON, whose hash is the head of the report `sample`
    Record(record::Arguments),
}

pub(super) async fn run(context: &Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::Replay(arguments) => replay::run(context, arguments).await,
        Command::Invariants(arguments) => invariants::run(context, arguments).await,
        Command::WhatIf(arguments) => what_if::run(context, arguments).await,
        Command::Why(arguments) => why::run(context, arguments).await,
        Command::Export(arguments) => export::run(context, arguments).await,
        Command::Record(arguments) => record::run(context, arguments).await,
    }
}
