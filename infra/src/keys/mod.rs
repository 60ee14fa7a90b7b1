//! Keys and sealing: what makes personal data erasable and verifiers useless when stolen.
//!
//! ```text
//! master key (a file; or another `KeyWrap`)
//!  ├─ account: data key ──── person key (one for each person) ── sealed values in events
//!  ├─ account: verifier key ─ OTP seeds, password and code verifiers (rows that can be deleted)
//!  ├─ account: index key ──── blind index over e-mail addresses
//!  ├─ account: token key ──── verifiers of session, device, and link tokens
//!  └─ account: outbox key ─── messages that wait to be sent
//! ```
//!
//! Every arrow is one [`envelope`]; every key is random, and none is derived from another account's.
//! Destroying a person's wrapped key makes every value sealed for them unreadable, and breaks no
//! count and no proof over the log.
//!
//! What deliberately is not here: rows. Callers load and store [`WrappedKey`]s.

mod account;
mod blind_index;
pub mod envelope;
mod keyring;
mod master;
mod operator;
mod seal;
mod secret_file;

pub use account::{AccountKeys, KeyPurpose, MacKey};
pub use blind_index::{BlindIndex, normalise_email};
pub use keyring::{Keyring, WrappedKey};
pub use master::{KeyWrap, MasterKey};
pub use operator::OperatorToken;
pub use seal::{Erased, PersonKey, Unreadable, seal, unseal};
pub use secret_file::SecretFileError;

use std::path::PathBuf;

use twofold_domain::ids::AccountId;
use uuid::Uuid;

use self::envelope::EnvelopeError;

/// Something about keys went wrong.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The master key is not the one that this database was made with.
    #[error(
        "the master key in {} is not the one that this database was made with; put the right file there, or point TWOFOLD_MASTER_KEY_FILE at it",
        .source_name.display()
    )]
    WrongMasterKey {
        /// Where the master key came from.
        source_name: PathBuf,
    },
    /// The key's row is gone: the person was erased.
    #[error(transparent)]
    Erased(#[from] Erased),
    /// A wrapped key does not open: damaged, or moved from another place.
    #[error("the wrapped key of {subject} in account {} does not open: {cause}", .account.uuid())]
    Damaged {
        /// The account.
        account: AccountId,
        /// What the key belongs to.
        subject: Uuid,
        /// Why.
        cause: EnvelopeError,
    },
    /// An account lacks one of its keys, or the version that wrapped another.
    #[error("account {} has no {purpose} key of version {version}", .account.uuid())]
    Missing {
        /// The account.
        account: AccountId,
        /// Which.
        purpose: &'static str,
        /// Its version.
        version: u32,
    },
    /// The file with a secret cannot be used.
    #[error(transparent)]
    File(#[from] SecretFileError),
    /// An envelope could not be made.
    #[error("cannot seal: {0}")]
    Seal(#[from] EnvelopeError),
}
