//! From text to values. Each parser's error says what would do.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use twofold_domain::written::misleads;
use url::{Host, Url};
use zeroize::Zeroizing;

use super::DatabaseLocation;

/// More hashes at once than any machine has use for: 10 GiB of them.
const MAX_CONCURRENCY: usize = 512;

/// The longest product name, in characters: it has to fit into an authenticator app's list.
const MAX_NAME: usize = 64;

/// What the log looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Lines for people.
    Pretty,
    /// One JSON object a line.
    Json,
}

/// What becomes of messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutboxMode {
    /// They are sent; one that has no way out fails.
    Send,
    /// They are kept for `/dev/outbox`; nothing is sent.
    Dev,
}

/// A configured text that must not be printed; zeroised.
#[derive(Clone)]
pub struct SecretText(Zeroizing<String>);

impl SecretText {
    pub(super) const fn new(text: Zeroizing<String>) -> Self {
        Self(text)
    }

    /// The text, for whoever connects with it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

pub(super) type Parsed<T> = Result<T, String>;

pub(super) fn directives(value: &str) -> Parsed<String> {
    let known = value.parse::<tracing_subscriber::filter::Targets>().is_ok();
    if known { Ok(value.to_owned()) } else { Err("give directives such as info,twofold_infra=debug".into()) }
}

pub(super) fn path(value: &str) -> Parsed<PathBuf> {
    if value.trim().is_empty() { Err("give a path".into()) } else { Ok(PathBuf::from(value)) }
}

pub(super) fn socket(value: &str) -> Parsed<SocketAddr> {
    value.parse().map_err(|_| "give an address and a port, such as 127.0.0.1:8420 or [::]:8420".into())
}

/// Addresses by commas; none for an empty text.
pub(super) fn addresses(value: &str) -> Parsed<Vec<IpAddr>> {
    let parts = value.split(',').map(str::trim).filter(|part| !part.is_empty());
    let parsed: Result<_, _> = parts.map(|part| part.parse::<IpAddr>().map(|ip| ip.to_canonical())).collect();
    parsed.map_err(|_| "give addresses by commas, such as 10.0.0.1, 10.0.0.2".into())
}

/// Requests a minute; more than this is no limit at all.
pub(super) fn limit(value: &str) -> Parsed<u32> {
    const MOST: u32 = 10_000_000;
    let number = value.parse().ok().filter(|n| *n <= MOST);
    number.ok_or_else(|| format!("give a number, 0 to {MOST}"))
}

pub(super) fn count(value: &str) -> Parsed<usize> {
    let number = value.parse().ok().filter(|n| (1..=MAX_CONCURRENCY).contains(n));
    number.ok_or_else(|| format!("give a number, 1 to {MAX_CONCURRENCY}"))
}

pub(super) fn name(value: &str) -> Parsed<String> {
    let name = value.trim();
    let fits = !name.is_empty() && name.chars().count() <= MAX_NAME && !name.chars().any(misleads);
    if fits {
        Ok(name.to_owned())
    } else {
        Err(format!("give a name of 1 to {MAX_NAME} characters on one line"))
    }
}

pub(super) fn outbox_mode(value: &str) -> Parsed<OutboxMode> {
    match value {
        "send" => Ok(OutboxMode::Send),
        "dev" => Ok(OutboxMode::Dev),
        _ => Err("give `send` or `dev`".into()),
    }
}

pub(super) fn log_format(value: &str) -> Parsed<LogFormat> {
    match value {
        "pretty" => Ok(LogFormat::Pretty),
        "json" => Ok(LogFormat::Json),
        _ => Err("give `pretty` or `json`".into()),
    }
}

pub(super) fn database(value: &str) -> Parsed<DatabaseLocation> {
    if let Some(dir) = value.strip_prefix("sqlite:") {
        let dir = dir.strip_prefix("//").unwrap_or(dir);
        return path(dir).map(DatabaseLocation::Sqlite).map_err(|_| "give sqlite:<directory>".into());
    }
    postgres(value)
        .map(DatabaseLocation::Postgres)
        .map_err(|_| "give sqlite:<directory> or postgres://user:password@host/database".into())
}

pub(super) fn postgres(value: &str) -> Parsed<SecretText> {
    let known = value.starts_with("postgres://") || value.starts_with("postgresql://");
    if known && Url::parse(value).is_ok() {
        Ok(SecretText(Zeroizing::new(value.to_owned())))
    } else {
        Err("give postgres://user:password@host/database".into())
    }
}

pub(super) fn public_url(value: &str) -> Parsed<String> {
    let form = "give https:// and the name that people type, such as https://login.example.com";
    let url = Url::parse(value).map_err(|_| form.to_owned())?;
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => return Err(form.into()),
    };
    match url.scheme() {
        "https" => {}
        "http" if loopback => {}
        "http" => {
            return Err(
                "use https; http is for localhost only, since cookies and links would be readable".into()
            );
        }
        _ => return Err(form.into()),
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return Err("give it without a path, query, or fragment".into());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("give it without a user name".into());
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// How a secret value is shown: a URL without its password and query, anything else not at all.
pub(super) fn redacted(value: &str) -> String {
    if value.starts_with("sqlite:") {
        return value.to_owned();
    }
    let Ok(mut url) = Url::parse(value) else { return "(secret)".into() };
    let had_query = url.query().is_some();
    url.set_query(None);
    if url.cannot_be_a_base() || (url.password().is_some() && url.set_password(Some("***")).is_err()) {
        return "(secret)".into();
    }
    if had_query { format!("{url}?***") } else { url.into() }
}
