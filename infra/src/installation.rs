//! One installation: its database, its master key, and the desk over both.

use std::sync::Arc;

use twofold_domain::ids::AccountId;
use uuid::Uuid;

use crate::acts::{ActError, names};
use crate::config::{Config, DatabaseLocation, Delivery, OutboxMode};
use crate::desk::{Desk, House};
use crate::keys::{KeyError, KeyWrap, Keyring, MasterKey};
use crate::mint::Mint;
use crate::store::{Append, Connections, EventStore, Extras, KeyRow, Outcome, Role, StoreError};
use crate::verify::Passwords;

/// Why an installation cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The master key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The names of accounts could not be claimed.
    #[error(transparent)]
    Names(#[from] ActError),
}

/// The URL of the database that is served.
pub fn database_url(config: &Config) -> String {
    match &config.database.location {
        DatabaseLocation::Sqlite(dir) => format!("sqlite:{}", dir.display()),
        DatabaseLocation::Postgres(url) => url.reveal().to_owned(),
    }
}

/// Opens the database and checks that the master key belongs to it. A new database gets a new key
/// file; one that holds something is never served under another key.
pub async fn open(config: &Config, mint: Mint, passwords: Passwords) -> Result<Desk, OpenError> {
    open_with(config, mint, passwords, Connections::default()).await
}

/// The same with connections of one's own kind.
pub async fn open_with(
    config: &Config,
    mint: Mint,
    passwords: Passwords,
    connections: Connections,
) -> Result<Desk, OpenError> {
    let store = EventStore::open_with(&database_url(config), Role::Serving, connections).await?;
    let check = store.keys(AccountId::INSTALLATION, Uuid::nil()).await?.into_iter().next();
    let master = MasterKey::open(&config.keys.master_key, check.is_none(), &mint)?;
    let keyring = Keyring::new(Arc::new(master) as Arc<dyn KeyWrap>, Mint::system(mint.clock().clone()));
    match check {
        Some(row) => keyring.verify_check(&row.wrapped).await?,
        None => found(&store, &keyring, &mint).await?,
    }
    let house = House { product: config.product.name.clone(), public_url: config.http.public_url.clone() };
    // What nothing sends is kept for the page of a development server, text messages too.
    let Delivery { mode, sms, texts, .. } = &config.delivery;
    let texts = (*mode == OutboxMode::Dev || sms.is_some()).then_some(*texts);
    let desk = Desk::new(store, keyring, mint, passwords, house).texting(texts);
    names::claim_former(&desk).await?;
    Ok(desk)
}

/// Opens the installation's own account, with the value that recognises its master key. Two servers
/// that start at once found it once.
async fn found(store: &EventStore, keyring: &Keyring, mint: &Mint) -> Result<(), OpenError> {
    let wrapped = keyring.check_value().await?;
    let extras = Extras {
        opens_account: true,
        keys: vec![KeyRow { subject: Uuid::nil(), version: 1, wrapped }],
        claims: vec![names::former_claimed()],
        ..Extras::default()
    };
    let append = Append { extras, ..Append::new(AccountId::INSTALLATION, mint.now(), vec![]) };
    match store.append(append).await {
        Ok(Outcome::Committed { .. }) => Ok(()),
        other => match store.keys(AccountId::INSTALLATION, Uuid::nil()).await?.first() {
            Some(row) => Ok(keyring.verify_check(&row.wrapped).await?),
            None => match other {
                Err(error) => Err(error.into()),
                Ok(outcome) => Err(StoreError::Bug(format!("founding an installation: {outcome:?}")).into()),
            },
        },
    }
}
