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
        pub const SETTINGS: [Setting; 26] = [$($name),+];
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
    SMTP_URL = "smtp_url", "none",
        "The mail server: smtp://user:password@host (STARTTLS) or smtps://… ; ?tls=none on this machine only.", secret;
    SMTP_CA_FILE = "smtp_ca_file", "none",
        "A certificate in PEM that signs the mail server's, beside the public ones.";
    MAIL_FROM = "mail_from", "none", "Who mails are from: Example <no-reply@example.com>. Needed with smtp_url.";
    SMS_URL = "sms_url", "none", "Where text messages are posted, each signed (docs/delivery.md).";
    SMS_SECRET = "sms_secret", "none",
        "What signs them: whsec_ and base64 of 24 random bytes or more. Needed with sms_url.", secret;
    SMS_FROM = "sms_from", "none", "Who text messages are from, where the provider lets one say so.";
    MAILS_PER_PERSON = "mails_per_person", "100", "Codes and links that one person is mailed in a day.";
    MAILS_PER_ACCOUNT = "mails_per_account", "100000", "Codes and links that one account mails in a day.";
    SMS_PER_PERSON = "sms_per_person", "20", "Codes that one person gets by SMS in a day.";
    SMS_PER_ACCOUNT = "sms_per_account", "2000", "Codes that one account sends by SMS in a day.";
    SMS_PER_COUNTRY = "sms_per_country", "500",
        "Codes that one account sends by SMS in a day to numbers of one country code.";
    OUTBOX_MODE = "outbox_mode", "dev while nothing sends, and only this machine is served",
        "`send`, or `dev`: nothing is sent, and messages are kept to be read at /dev/outbox.";
    MASTER_KEY_FILE = "master_key_file", "master.key in data_dir",
        "The key above all others, made at the first start. Without it nothing personal can be read again.";
    OPERATOR_TOKEN_FILE = "operator_token_file", "operator.token in data_dir",
        "The token that may open accounts, made at the first start.";
    LOG_FORMAT = "log_format", "pretty", "`pretty` lines for people or `json` lines for machines, on standard error.";
    LOG_FILTER = "log_filter", "information and worse", "Directives such as `info,twofold_infra=debug`.";
}
