//! The table of settings. Each states its default and its effect.

/// One setting.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Its name in the file; the flag has hyphens, the variable is `TWOFOLD_` and upper case.
    pub key: &'static str,
    /// What it does.
    pub effect: &'static str,
    /// Its default, in words.
    pub default: &'static str,
    /// Whether its value is a secret, which may then come from a file as well.
    pub secret: bool,
}

impl Setting {
    /// The flag: `--data-dir`.
    pub fn flag(&self) -> String {
        format!("--{}", self.key.replace('_', "-"))
    }

    /// The variable: `TWOFOLD_DATA_DIR`.
    pub fn env(&self) -> String {
        format!("TWOFOLD_{}", self.key.to_ascii_uppercase())
    }
}

macro_rules! settings {
    ($($name:ident = $key:literal, $default:literal, $effect:literal $(, $secret:ident)?;)+) => {
        $(pub(super) const $name: Setting = Setting {
            key: $key,
            effect: $effect,
            default: $default,
            secret: settings!(@ $($secret)?),
        };)+

        /// All settings, in the order in which they are explained.
        pub const SETTINGS: [Setting; 15] = [$($name),+];
    };
    (@ secret) => { true };
    (@) => { false };
}

settings! {
    DATA_DIR = "data_dir", "./twofold-data", "The directory for keys and, with SQLite, the database.";
    DATABASE_URL = "database_url", "SQLite in data_dir",
        "sqlite:<directory> or postgres://… ; the role in it needs no right to change the log's tables.", secret;
    DATABASE_OWNER_URL = "database_owner_url", "none",
        "postgres://… as the owner of the schema, for `twofold migrate` only.", secret;
    LISTEN = "listen", "127.0.0.1:8420", "The address and port that are served.";
    PUBLIC_URL = "public_url", "http://localhost:8420",
        "How people reach the server; every mailed link starts with it, whatever a request claims.";
    TRUSTED_PROXIES = "trusted_proxies", "none",
        "Addresses, by commas, of proxies in front whose X-Forwarded-For is believed.";
    LIMIT_CLIENT_PER_MINUTE = "limit_client_per_minute", "600",
        "Sign-ins, proofs, and links of strangers a minute from one network address; 0 for no limit.";
    LIMIT_ACCOUNT_PER_MINUTE = "limit_account_per_minute", "12000",
        "The same for one account, whoever asks; 0 for no limit.";
    PRODUCT_NAME = "product_name", "Twofold", "The name in every prompt, message, and authenticator app.";
    ARGON2_CONCURRENCY = "argon2_concurrency", "one for each core",
        "How many passwords are hashed at once; each takes 19 MiB and a core for some 20 ms.";
    OUTBOX_MODE = "outbox_mode", "dev", "`dev` keeps messages to be read at /dev/outbox; nothing is sent.";
    MASTER_KEY_FILE = "master_key_file", "master.key in data_dir",
        "The key above all others, made at the first start. Without it nothing personal can be read again.";
    OPERATOR_TOKEN_FILE = "operator_token_file", "operator.token in data_dir",
        "The token that may open accounts, made at the first start.";
    LOG_FORMAT = "log_format", "pretty", "`pretty` lines for people or `json` lines for machines, on standard error.";
    LOG_FILTER = "log_filter", "information and worse", "Directives such as `info,twofold_infra=debug`.";
}
