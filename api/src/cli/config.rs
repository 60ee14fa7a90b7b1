//! `twofold config`: settings, and where each comes from.

use clap::Subcommand;
use serde::Serialize;

use super::{Context, Failure};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Each setting, its value, and where the value comes from
    Explain,
}

/// One setting, as `explain` shows it. Secrets come masked.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Setting {
    /// Its name in the file: `http.listen`.
    pub name: String,
    /// Its value, or a mask.
    pub value: String,
    /// `flag --listen`, `environment TWOFOLD_LISTEN`, `file twofold.toml`, or `default`.
    pub source: String,
    /// What it does.
    pub effect: String,
}

pub(super) fn run(context: &Context, command: &Command) -> Result<(), Failure> {
    let Command::Explain = command;
    let settings: Vec<Setting> = settings(context)?;
    context.output.list(["setting", "value", "source", "effect"], &settings, |setting| {
        [setting.name.clone(), setting.value.clone(), setting.source.clone(), setting.effect.clone()]
    })
}

fn settings(_: &Context) -> Result<Vec<Setting>, Failure> {
    Err(Failure::not_yet("config explain"))
}
