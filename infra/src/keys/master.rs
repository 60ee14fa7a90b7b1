//! The key above all others.

use std::path::{Path, PathBuf};

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::KeyError;
use super::envelope::{self, EnvelopeError, Key, Place};
use super::secret_file::SecretFile;
use crate::mint::Mint;

/// What wraps account keys: a file's key today, a key service or a hardware module later (hence
/// asynchronous; it is asked once for each account and start, never in a sign-in's path).
#[async_trait]
pub trait KeyWrap: Send + Sync {
    /// Encrypts `plaintext` for this place.
    async fn wrap(&self, place: &Place<'_>, plaintext: &[u8]) -> Result<Vec<u8>, EnvelopeError>;

    /// Decrypts what [`wrap`](Self::wrap) made for this place.
    async fn unwrap(&self, place: &Place<'_>, wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, EnvelopeError>;

    /// What to name in an error: the file, or the key's address.
    fn source_name(&self) -> PathBuf;
}

/// A master key of 32 random bytes in a file, as base64 text.
pub struct MasterKey {
    key: Key,
    path: PathBuf,
    mint: Mint,
}

const WHAT: &str = "the master key file";

impl MasterKey {
    /// Reads the file; where there is none, makes it if it `may_create`: only while the database
    /// holds no check value yet, since a key that is made later opens nothing that is in it.
    pub fn open(path: &Path, may_create: bool, mint: &Mint) -> Result<Self, KeyError> {
        let file = SecretFile { what: WHAT, path };
        let key = match file.read()? {
            Some(text) => {
                decode(&text).ok_or_else(|| file.malformed("32 bytes as base64 text (44 characters)"))?
            }
            None if may_create => {
                let bytes = mint.secret::<32>();
                file.create(&Zeroizing::new(STANDARD.encode(*bytes)))?;
                Key::new(bytes)
            }
            None => return Err(file.missing().into()),
        };
        Ok(Self { key, path: path.to_owned(), mint: mint.clone() })
    }
}

fn decode(text: &str) -> Option<Key> {
    let bytes = Zeroizing::new(STANDARD.decode(text).ok()?);
    Key::from_slice(&bytes)
}

#[async_trait]
impl KeyWrap for MasterKey {
    async fn wrap(&self, place: &Place<'_>, plaintext: &[u8]) -> Result<Vec<u8>, EnvelopeError> {
        envelope::seal(&self.key, place, self.mint.bytes(), plaintext)
    }

    async fn unwrap(&self, place: &Place<'_>, wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, EnvelopeError> {
        envelope::open(&self.key, place, wrapped)
    }

    fn source_name(&self) -> PathBuf {
        self.path.clone()
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::clock::Clock;

    fn mint() -> Mint {
        Mint::system(Clock::system())
    }

    #[test]
    fn a_new_installation_gets_a_key_file_for_its_owner_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("data/master.key");
        let made = MasterKey::open(&path, true, &mint()).ok().unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let again = MasterKey::open(&path, false, &mint()).ok().unwrap();
        assert_eq!(made.key.expose(), again.key.expose());
    }

    #[test]
    fn a_lost_key_file_is_never_replaced_by_a_new_one() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("master.key");
        let error = MasterKey::open(&path, false, &mint()).err().unwrap().to_string();
        assert!(error.contains("is missing") && error.contains("master.key"), "{error}");
        assert!(!path.exists());
    }

    #[test]
    fn a_key_file_that_others_may_read_is_refused_with_the_command_that_helps() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("master.key");
        MasterKey::open(&path, true, &mint()).ok().unwrap();
        for mode in [0o640, 0o604, 0o620, 0o666] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let error = MasterKey::open(&path, true, &mint()).err().unwrap().to_string();
            assert!(error.contains("chmod 600"), "{error}");
        }
    }

    #[test]
    fn a_file_with_something_else_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("master.key");
        for content in ["", "secret", "AAAA"] {
            fs::write(&path, content).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
            let error = MasterKey::open(&path, true, &mint()).err().unwrap().to_string();
            assert!(error.contains("does not hold 32 bytes"), "{error}");
        }
    }
}
