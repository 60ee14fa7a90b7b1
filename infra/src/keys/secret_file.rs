//! Small files that hold one secret: created for their owner alone, refused when others may read.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

/// The longest content: a token or a base64 key with a line break.
const MAX_BYTES: u64 = 4_096;

/// Why a secret's file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SecretFileError {
    /// There is none, and data exists that needs it.
    #[error(
        "{what} {} is missing, but the database was made with it; restore the file from your backup, since nothing else can take its place",
        .path.display()
    )]
    Missing {
        /// What the file holds.
        what: &'static str,
        /// The file.
        path: PathBuf,
    },
    /// Others than its owner may read or write it.
    #[error("{what} {} may be read by others than its owner; run: chmod 600 {}", .path.display(), .path.display())]
    Exposed {
        /// What the file holds.
        what: &'static str,
        /// The file.
        path: PathBuf,
    },
    /// Its content is not what it should be.
    #[error("{what} {} does not hold {expected}", .path.display())]
    Malformed {
        /// What the file holds.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// What was expected.
        expected: &'static str,
    },
    /// The system refused.
    #[error("{what} {}: {cause}", .path.display())]
    Io {
        /// What the file holds.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's words.
        cause: io::Error,
    },
}

/// One secret's file.
pub(super) struct SecretFile<'a> {
    pub(super) what: &'static str,
    pub(super) path: &'a Path,
}

impl SecretFile<'_> {
    /// Reads it, trimmed; `None` if there is no such file.
    pub(super) fn read(&self) -> Result<Option<Zeroizing<String>>, SecretFileError> {
        let file = match File::open(self.path) {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(self.io(e)),
        };
        // Asked of the open file, so that nobody can exchange it in between.
        if is_exposed(&file.metadata().map_err(|e| self.io(e))?) {
            return Err(SecretFileError::Exposed { what: self.what, path: self.path.to_owned() });
        }
        let mut text = Zeroizing::new(String::with_capacity(MAX_BYTES as usize));
        file.take(MAX_BYTES).read_to_string(&mut text).map_err(|e| self.io(e))?;
        Ok(Some(Zeroizing::new(text.trim().to_owned())))
    }

    /// Creates it for its owner alone; fails if it exists. It is on disk when this returns.
    pub(super) fn create(&self, content: &str) -> Result<(), SecretFileError> {
        let directory = self.path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        create_private_directory(directory).map_err(|e| self.io(e))?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        owner_only(&mut options);
        let mut file = options.open(self.path).map_err(|e| self.io(e))?;
        let line = Zeroizing::new(format!("{content}\n"));
        file.write_all(line.as_bytes())
            .and_then(|()| file.sync_all())
            .and_then(|()| File::open(directory)?.sync_all())
            .map_err(|e| self.io(e))
    }

    pub(super) fn malformed(&self, expected: &'static str) -> SecretFileError {
        SecretFileError::Malformed { what: self.what, path: self.path.to_owned(), expected }
    }

    pub(super) fn missing(&self) -> SecretFileError {
        SecretFileError::Missing { what: self.what, path: self.path.to_owned() }
    }

    fn io(&self, cause: io::Error) -> SecretFileError {
        SecretFileError::Io { what: self.what, path: self.path.to_owned(), cause }
    }
}

#[cfg(unix)]
fn is_exposed(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o077 != 0
}

#[cfg(not(unix))]
fn is_exposed(_: &fs::Metadata) -> bool {
    false
}

#[cfg(unix)]
fn owner_only(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(0o600);
}

#[cfg(not(unix))]
fn owner_only(_: &mut OpenOptions) {}

fn create_private_directory(directory: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(directory)
}
