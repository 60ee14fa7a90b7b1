//! Configuration, parsed once at start: flags, then `TWOFOLD_*` in the environment (or a file named
//! by `TWOFOLD_*_FILE`), then `twofold.toml`, then defaults.
//!
//! Every setting has a row in [`SETTINGS`]; help, documentation, and `explain` are made from it. A
//! value that cannot be used is named with its source and with what would do.

mod delivery;
mod layers;
mod settings;
mod values;

pub use delivery::Delivery;
pub use layers::{Layers, Source};
pub use settings::{SETTINGS, Setting};
pub use values::{LogFormat, OutboxMode, SecretText};

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use self::layers::Reader;
use self::settings as setting;

/// Everything that can be configured.
#[derive(Clone)]
pub struct Config {
    /// Where files are kept.
    pub data: Data,
    /// Where the log is.
    pub database: Database,
    /// How the server is reached.
    pub http: Http,
    /// What it calls itself.
    pub product: Product,
    /// How passwords are hashed.
    pub passwords: PasswordSettings,
    /// What becomes of messages.
    pub delivery: Delivery,
    /// Where secrets are.
    pub keys: KeyFiles,
    /// What is logged, and how.
    pub log: Log,
    explained: Vec<Explained>,
}

/// Where files are kept.
#[derive(Debug, Clone)]
pub struct Data {
    /// The directory.
    pub dir: PathBuf,
}

/// Where the log is.
#[derive(Clone)]
pub struct Database {
    /// The database that is served.
    pub location: DatabaseLocation,
    /// The same database as its owner, who migrates it; only for PostgreSQL.
    pub owner_url: Option<SecretText>,
}

/// A database.
#[derive(Clone)]
pub enum DatabaseLocation {
    /// Two files in this directory.
    Sqlite(PathBuf),
    /// A connection URL, which may hold a password.
    Postgres(SecretText),
}

/// How the server is reached.
#[derive(Debug, Clone)]
pub struct Http {
    /// The socket.
    pub listen: SocketAddr,
    /// What people type, without a slash at the end. Links are made from this and never from a
    /// request's headers.
    pub public_url: String,
    /// Proxies in front whose word for the caller's address is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Requests of strangers a minute from one network address; 0 for no limit.
    pub limit_client_per_minute: u32,
    /// The same for one account.
    pub limit_account_per_minute: u32,
}

/// What it calls itself.
#[derive(Debug, Clone)]
pub struct Product {
    /// The name in every prompt and message.
    pub name: String,
}

/// How passwords are hashed.
#[derive(Debug, Clone)]
pub struct PasswordSettings {
    /// Hashes at once.
    pub concurrency: usize,
}

/// Where secrets are.
#[derive(Debug, Clone)]
pub struct KeyFiles {
    /// The master key's file.
    pub master_key: PathBuf,
    /// The operator's token's file.
    pub operator_token: PathBuf,
}

/// What is logged, and how.
#[derive(Debug, Clone)]
pub struct Log {
    /// For people or for machines.
    pub format: LogFormat,
    /// Directives, if any.
    pub filter: Option<String>,
}

/// One value and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// The setting.
    pub key: &'static str,
    /// The value; `(secret)` or a URL without its password where it is one. `None` if not set.
    pub value: Option<String>,
    /// Where it came from.
    pub source: Source,
}

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Its value.
    #[error("{key} = {value} (from {source_name}): {fix}")]
    Value {
        /// The setting.
        key: &'static str,
        /// The value, or `(secret)`.
        value: String,
        /// Where it came from.
        source_name: Source,
        /// What would do.
        fix: String,
    },
    /// A key of the file that is no setting.
    #[error("{} has an unknown key `{key}`; known are: {known}", .file.display())]
    UnknownKey {
        /// The key.
        key: String,
        /// The file.
        file: PathBuf,
        /// The settings.
        known: String,
    },
    /// A file that cannot be read.
    #[error("{} cannot be read: {cause}", .file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// Why.
        cause: String,
    },
    /// A secret given in two ways in the same place.
    #[error("both {env} and {env}_FILE are set; unset one of them")]
    Both {
        /// The variable.
        env: String,
    },
}

impl Config {
    /// Parses the layers. `cores` is the default of the hashes at once.
    pub fn load(layers: &Layers, cores: usize) -> Result<Self, ConfigError> {
        let mut read = Reader::new(layers)?;
        let dir: PathBuf = read.value(&setting::DATA_DIR, "./twofold-data", values::path)?;
        let in_dir = |name: &str| dir.join(name).display().to_string();
        let sqlite = format!("sqlite:{}", dir.display());
        let database = Database {
            location: read.value(&setting::DATABASE_URL, &sqlite, values::database)?,
            owner_url: read.optional(&setting::DATABASE_OWNER_URL, values::postgres)?,
        };
        let http = Http {
            listen: read.value(&setting::LISTEN, "127.0.0.1:8420", values::socket)?,
            public_url: read.value(&setting::PUBLIC_URL, "http://localhost:8420", values::public_url)?,
            trusted_proxies: read.value(&setting::TRUSTED_PROXIES, "", values::addresses)?,
            limit_client_per_minute: read.value(&setting::LIMIT_CLIENT_PER_MINUTE, "600", values::limit)?,
            limit_account_per_minute: read.value(
                &setting::LIMIT_ACCOUNT_PER_MINUTE,
                "12000",
                values::limit,
            )?,
        };
        Ok(Self {
            product: Product { name: read.value(&setting::PRODUCT_NAME, "Twofold", values::name)? },
            passwords: PasswordSettings {
                concurrency: read.value(&setting::ARGON2_CONCURRENCY, &cores.to_string(), values::count)?,
            },
            delivery: Delivery::read(&mut read, http.listen)?,
            keys: KeyFiles {
                master_key: read.value(&setting::MASTER_KEY_FILE, &in_dir("master.key"), values::path)?,
                operator_token: read.value(
                    &setting::OPERATOR_TOKEN_FILE,
                    &in_dir("operator.token"),
                    values::path,
                )?,
            },
            log: Log {
                format: read.value(&setting::LOG_FORMAT, "pretty", values::log_format)?,
                filter: read.optional(&setting::LOG_FILTER, values::directives)?,
            },
            database,
            http,
            data: Data { dir },
            explained: read.explained,
        })
    }

    /// Each value and its source, in the order of [`SETTINGS`]. Secrets are redacted.
    pub fn explain(&self) -> &[Explained] {
        &self.explained
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn layers() -> Layers {
        Layers::default()
    }

    fn load(layers: &Layers) -> Config {
        Config::load(layers, 4).unwrap_or_else(|e| panic!("{e}"))
    }

    fn refused(layers: &Layers) -> String {
        Config::load(layers, 4).err().unwrap().to_string()
    }

    fn source(config: &Config, key: &str) -> (Option<String>, Source) {
        let found = config.explain().iter().find(|e| e.key == key).unwrap();
        (found.value.clone(), found.source.clone())
    }

    #[test]
    fn nothing_needs_to_be_configured() {
        let config = load(&layers());
        assert!(
            matches!(&config.database.location, DatabaseLocation::Sqlite(dir) if dir == Path::new("./twofold-data"))
        );
        assert_eq!(config.http.listen.to_string(), "127.0.0.1:8420");
        assert_eq!(config.http.public_url, "http://localhost:8420");
        assert_eq!(config.product.name, "Twofold");
        assert_eq!(config.passwords.concurrency, 4);
        assert_eq!(config.keys.master_key, Path::new("./twofold-data/master.key"));
        assert!(config.explain().iter().all(|e| e.source == Source::Default || e.value.is_none()));
        let keys: Vec<_> = config.explain().iter().map(|e| e.key).collect();
        assert_eq!(keys, SETTINGS.map(|s| s.key), "every setting is explained, in the order of the table");
    }

    #[test]
    fn a_flag_beats_the_environment_which_beats_the_file_which_beats_the_default() {
        let file = "product_name = \"F\"\nlisten = \"127.0.0.1:1\"\nargon2_concurrency = 3";
        let l = layers()
            .with_file(PathBuf::from("twofold.toml"), file.to_owned())
            .with_env("TWOFOLD_PRODUCT_NAME", "E")
            .with_env("TWOFOLD_LISTEN", "127.0.0.1:2")
            .with_flag("product_name", "X");
        let config = load(&l);
        assert_eq!(
            source(&config, "product_name"),
            (Some("X".into()), Source::Flag("--product-name".into()))
        );
        assert_eq!(
            source(&config, "listen"),
            (Some("127.0.0.1:2".into()), Source::Env("TWOFOLD_LISTEN".into()))
        );
        assert_eq!(
            source(&config, "argon2_concurrency"),
            (Some("3".into()), Source::File("twofold.toml".into()))
        );
        assert_eq!(source(&config, "log_format").1, Source::Default);
    }

    #[test]
    fn an_error_names_key_value_source_and_fix() {
        for (key, value, fix) in [
            ("LISTEN", "8420", "127.0.0.1:8420"),
            ("PUBLIC_URL", "example.com", "https://"),
            ("PUBLIC_URL", "https://example.com/path", "without a path"),
            ("PUBLIC_URL", "http://example.com", "https"),
            ("ARGON2_CONCURRENCY", "0", "1 to"),
            ("TRUSTED_PROXIES", "10.0.0.1, proxy", "10.0.0.1"),
            ("LIMIT_CLIENT_PER_MINUTE", "-1", "0 to"),
            ("OUTBOX_MODE", "pigeon", "dev"),
            ("SMTP_URL", "mail.example.com", "smtp://"),
            ("SMTP_URL", "smtp://mail.example.com?tls=none", "this machine"),
            ("MAIL_FROM", "nobody", "Example <"),
            ("SMS_URL", "http://sms.example.com/", "https"),
            ("SMS_SECRET", "whsec_c2hvcnQ=", "whsec_"),
            ("SMS_PER_PERSON", "many", "number"),
            ("LOG_FORMAT", "xml", "pretty"),
            ("PRODUCT_NAME", " ", "name"),
            ("DATABASE_URL", "mysql://x", "postgres://"),
        ] {
            let env = format!("TWOFOLD_{key}");
            let error = refused(&layers().with_env(&env, value));
            assert!(
                error.contains(&key.to_lowercase()) && error.contains(&env) && error.contains(fix),
                "{error}"
            );
        }
    }

    #[test]
    fn a_password_in_a_url_is_never_shown() {
        let url = "postgres://twofold:hunter2@db.example/twofold?sslpassword=hunter2";
        let config =
            load(&layers().with_env("TWOFOLD_DATABASE_URL", url).with_env("TWOFOLD_DATABASE_OWNER_URL", url));
        assert!(matches!(&config.database.location, DatabaseLocation::Postgres(u) if u.reveal() == url));
        for explained in config.explain() {
            assert!(!format!("{explained:?}").contains("hunter2"), "{explained:?}");
        }
        assert_eq!(
            source(&config, "database_url").0.as_deref(),
            Some("postgres://twofold:***@db.example/twofold?***")
        );
        assert!(
            !refused(&layers().with_env("TWOFOLD_DATABASE_OWNER_URL", "mysql://a:hunter2@b"))
                .contains("hunter2")
        );
    }

    #[test]
    fn a_secret_may_come_from_a_file_but_not_from_both() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("url");
        std::fs::write(&path, "postgres://db/twofold\n").unwrap();
        let l = layers().with_env("TWOFOLD_DATABASE_URL_FILE", path.to_str().unwrap());
        assert!(
            matches!(load(&l).database.location, DatabaseLocation::Postgres(u) if u.reveal() == "postgres://db/twofold")
        );
        assert!(refused(&l.with_env("TWOFOLD_DATABASE_URL", "postgres://x")).contains("unset one"));
        let gone = layers().with_env("TWOFOLD_DATABASE_URL_FILE", "/nowhere/at/all");
        assert!(refused(&gone).contains("/nowhere/at/all"));
    }

    #[test]
    fn a_misspelt_key_in_the_file_is_an_error() {
        let l = layers().with_file(PathBuf::from("twofold.toml"), "listten = \"x\"".into());
        let error = refused(&l);
        assert!(error.contains("listten") && error.contains("listen,"), "{error}");
        let l = layers().with_file(PathBuf::from("twofold.toml"), "listen = ".into());
        assert!(refused(&l).contains("twofold.toml"));
    }
}
