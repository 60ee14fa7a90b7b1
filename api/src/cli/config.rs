//! `twofold config`: settings, and where each comes from.

use clap::Subcommand;
use serde::Serialize;
use twofold_infra::config::SETTINGS;

use super::{Context, Failure, setup};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Each setting, its value, and where the value comes from
    Explain,
}

/// One setting, as `explain` shows it. Secrets come masked.
#[derive(Debug, Clone, Serialize)]
struct Setting {
    /// Its name in the file: `listen`.
    name: &'static str,
    /// Its value, or a mask; none if it is not set.
    value: Option<String>,
    /// `--listen`, `TWOFOLD_LISTEN`, `twofold.toml`, or `default`.
    source: String,
    /// What it does.
    effect: &'static str,
}

pub(super) fn run(context: &Context, command: &Command) -> Result<(), Failure> {
    let Command::Explain = command;
    let config = setup::config(&setup::layers(context)?)?;
    let settings: Vec<Setting> = SETTINGS
        .iter()
        .zip(config.explain())
        .map(|(setting, explained)| Setting {
            name: explained.key,
            value: explained.value.clone(),
            source: explained.source.to_string(),
            effect: setting.effect,
        })
        .collect();
    context.output.list(["setting", "value", "source", "effect"], &settings, |setting| {
        let value = setting.value.clone().unwrap_or_else(|| "-".to_owned());
        [setting.name.to_owned(), value, setting.source.clone(), setting.effect.to_owned()]
    })
}
