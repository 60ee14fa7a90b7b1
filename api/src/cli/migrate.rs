//! `twofold migrate`: brings the database to this version's shape, under its owner's URL.

use clap::Args;
use twofold_infra::config::{Config, DatabaseLocation};
use twofold_infra::installation;
use twofold_infra::store::EventStore;

use super::{Context, Failure, setup};

/// No arguments of its own.
#[derive(Debug, Args)]
pub(super) struct Arguments {}

pub(super) async fn run(context: &Context, _: Arguments) -> Result<(), Failure> {
    let config = setup::config(&setup::layers(context)?)?;
    EventStore::migrate(&owner_url(&config)).await?;
    let value = serde_json::json!({ "migrated": true });
    context.output.result(&value, || "the database has this version's shape".to_owned())
}

/// The database as its owner: by a URL of its own where there is one.
pub(super) fn owner_url(config: &Config) -> String {
    match (&config.database.location, &config.database.owner_url) {
        (DatabaseLocation::Postgres(_), Some(owner)) => owner.reveal().to_owned(),
        _ => installation::database_url(config),
    }
}
