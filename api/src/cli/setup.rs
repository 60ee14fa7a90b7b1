//! What every command that touches an installation begins with: its settings, its database, its keys.

use std::path::{Path, PathBuf};

use twofold_domain::account::{AccountError, OperatorError};
use twofold_domain::ids::AccountId;
use twofold_infra::acts::ActError;
use twofold_infra::clock::Clock;
use twofold_infra::config::{Config, ConfigError, DatabaseLocation, Layers, Source};
use twofold_infra::context::{Actor, Context as Cause};
use twofold_infra::desk::Desk;
use twofold_infra::installation::{self, OpenError};
use twofold_infra::keys::{KeyError, SecretFileError};
use twofold_infra::mint::Mint;
use twofold_infra::store::StoreError;
use twofold_infra::verify::Passwords;
use twofold_projections::witness::{self, Contradiction};

use super::{Context, Exit, Failure, evidence};
use crate::demo::home;
use crate::request_id;

/// The settings' file where none is named.
const FILE: &str = "twofold.toml";

/// Flags, environment, and file, before any of it is looked at.
pub(super) fn layers(context: &Context) -> Result<Layers, Failure> {
    let named = context.globals.config.clone();
    if let Some(missing) = named.as_ref().filter(|file| !file.exists()) {
        return Err(Failure::new(format!("there is no file {}", missing.display()))
            .fix("name another with --config, or leave it out")
            .exit(Exit::Settings));
    }
    let mut layers = Layers::of_process(named.unwrap_or_else(|| PathBuf::from(FILE)))?;
    if let Some(dir) = &context.globals.data_dir {
        layers = layers.with_flag("data_dir", &dir.display().to_string());
    }
    if let Some(url) = &context.globals.database_url {
        layers = layers.with_flag("database_url", url);
    }
    Ok(layers)
}

/// The settings that these layers come to.
pub(super) fn config(layers: &Layers) -> Result<Config, Failure> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Ok(Config::load(layers, cores)?)
}

/// Opens the installation; one that does not exist yet is founded.
pub(super) async fn open(config: &Config) -> Result<Desk, Failure> {
    let mint = Mint::system(Clock::system());
    let passwords = Passwords::new(mint.clone(), config.passwords.concurrency);
    Ok(installation::open(config, mint, passwords).await?)
}

/// Opens an installation that exists: a question must not leave an empty database behind.
pub(super) async fn open_existing(context: &Context) -> Result<(Config, Desk), Failure> {
    let layers = layers(context)?;
    let mut config = config(&layers)?;
    let told = config.explain().iter().any(|e| e.key == "public_url" && e.source != Source::Default);
    if let Some(url) = home::url_of(&config.data.dir).filter(|_| !told) {
        config = self::config(&layers.with_flag("public_url", &url))?;
    }
    if let DatabaseLocation::Sqlite(dir) = &config.database.location
        && !holds_log(dir)
    {
        return Err(Failure::new(format!("there is no installation in {}", dir.display()))
            .fix("name its directory with --data-dir, or make one: twofold demo, twofold admin open")
            .exit(Exit::NotFound));
    }
    let desk = open(&config).await?;
    Ok((config, desk))
}

/// Whether a SQLite installation lives in this directory.
pub(super) fn holds_log(dir: &Path) -> bool {
    dir.join("log.db").exists()
}

/// The account of this name, where the log has anything of it.
pub(super) async fn account(desk: &Desk, slug: &str) -> Result<AccountId, Failure> {
    let account = named(desk, slug).await?;
    let found = witness::contradiction(desk.store(), account).await?;
    evidence::uncontradicted(found.filter(Contradiction::is_gone).as_slice())?;
    Ok(account)
}

/// The account of this name, whatever is left of it.
pub(super) async fn named(desk: &Desk, slug: &str) -> Result<AccountId, Failure> {
    if let Some(account) = desk.store().slug(slug).await? {
        return Ok(account);
    }
    let unknown = Failure::new(format!("there is no account `{slug}`"));
    // Its name may have gone with its log: what was made of that still knows it by its id.
    let mut found = witness::contradictions(desk.store()).await?;
    found.retain(Contradiction::is_gone);
    if found.is_empty() {
        return Err(unknown.fix("use the short name that it was opened with").exit(Exit::NotFound));
    }
    let gone: Vec<String> = found.iter().map(ToString::to_string).collect();
    Err(unknown
        .because(format!(
            "the log has nothing any more of what read models were made of: {}",
            gone.join("; ")
        ))
        .fix("use another short name, or put back the log that the read models belong to")
        .exit(Exit::Broken))
}

/// The account of this name, or the only one.
pub(super) async fn account_or_only(desk: &Desk, slug: Option<&str>) -> Result<AccountId, Failure> {
    if let Some(slug) = slug {
        return account(desk, slug).await;
    }
    let accounts = desk.store().accounts().await?;
    let mut tenants = accounts.into_iter().map(|(id, _)| id).filter(|id| *id != AccountId::INSTALLATION);
    match (tenants.next(), tenants.next()) {
        (Some(only), None) => Ok(only),
        (None, _) => Err(Failure::new("there is no account yet")
            .fix("open one: twofold admin open")
            .exit(Exit::NotFound)),
        _ => {
            Err(Failure::new("there are several accounts").fix("name one: --account SLUG").exit(Exit::Usage))
        }
    }
}

/// On whose behalf the command line acts.
pub(super) fn operator() -> Cause {
    Cause::of(Actor::Operator, request_id::current().to_string())
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::new(error.to_string()).exit(Exit::Settings)
    }
}

impl From<SecretFileError> for Failure {
    fn from(error: SecretFileError) -> Self {
        Self::new(error.to_string()).exit(Exit::Settings)
    }
}

impl From<KeyError> for Failure {
    fn from(error: KeyError) -> Self {
        Self::new(error.to_string()).exit(Exit::Settings)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable { detail, .. } => Self::new("the database does not answer")
                .because(detail)
                .fix("check --database-url or --data-dir, and that the database runs and may be read and written")
                .exit(Exit::Unavailable),
            StoreError::Schema(advice) => Self::new("this program and this database do not fit")
                .because(advice)
                .fix("as the owner of the schema: twofold migrate; or use the version that wrote it"),
            StoreError::Shut(_) => Self::new(error.to_string()).exit(Exit::Broken),
            StoreError::UnknownAccount(_) => Self::new(error.to_string()).exit(Exit::NotFound),
            other => Self::new(other.to_string()),
        }
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Store(error) => error.into(),
            OpenError::Key(error) => error.into(),
            OpenError::Names(error) => error.into(),
        }
    }
}

impl From<ActError> for Failure {
    fn from(error: ActError) -> Self {
        match error {
            ActError::Store(error) => error.into(),
            ActError::Key(error) => error.into(),
            ActError::UnknownAccount | ActError::UnknownUser => {
                Self::new(error.to_string()).exit(Exit::NotFound)
            }
            ActError::Account(AccountError::Operator(OperatorError::NoGrant(scope))) => {
                Self::new("no owner of this account lets the operator do this now")
                    .because("the operator of an installation has no role in its accounts")
                    .fix(format!(
                        "ask an owner: in the console, under Policy, Dual control, Operator, they grant `{}` for some hours",
                        scope.name()
                    ))
                    .exit(Exit::Refused)
            }
            ActError::Bug(_) | ActError::Busy | ActError::Contended => Self::new(error.to_string()),
            refused => Self::new(refused.to_string()).exit(Exit::Refused),
        }
    }
}
