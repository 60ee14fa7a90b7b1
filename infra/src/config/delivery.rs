//! Settings of what becomes of messages.
//!
//! Where nothing sends, and only this machine is served, messages are kept to be read at `/dev/outbox`. That
//! page shows codes and links to whoever asks, so it exists nowhere else.

use std::net::SocketAddr;
use std::path::PathBuf;

use lettre::message::Mailbox;
use twofold_domain::delivery::Allowance;
use url::{Host, Url};
use zeroize::Zeroizing;

use super::layers::Reader;
use super::settings as setting;
use super::values::{self, Parsed, SecretText};
use super::{ConfigError, OutboxMode, Setting, Source};
use crate::delivery::{PATIENCE, Protection, SmsSettings, SmtpSettings, sms_secret};

/// What becomes of messages.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Whether they are sent, or kept to be looked at.
    pub mode: OutboxMode,
    /// The mail server.
    pub smtp: Option<SmtpSettings>,
    /// The provider of text messages.
    pub sms: Option<SmsSettings>,
    /// How many mails.
    pub mails: Allowance,
    /// How many text messages.
    pub texts: Allowance,
}

/// A mail server as its URL tells it.
struct Server {
    host: String,
    port: u16,
    protection: Protection,
    credentials: Option<(String, SecretText)>,
}

impl Delivery {
    /// Reads the settings, in the order of the table.
    pub(super) fn read(read: &mut Reader<'_>, listen: SocketAddr) -> Result<Self, ConfigError> {
        let server = read.optional(&setting::SMTP_URL, unless_none(smtp))?.flatten();
        let authority = read.optional(&setting::SMTP_CA_FILE, authority)?;
        let from = read.optional(&setting::MAIL_FROM, mailbox)?;
        let url = read.optional(&setting::SMS_URL, unless_none(sms))?.flatten();
        let secret = read.optional(&setting::SMS_SECRET, secret)?;
        let sms_from = read.optional(&setting::SMS_FROM, values::name)?;
        let mut most =
            |setting: &Setting, default: u32| read.value(setting, &default.to_string(), values::limit);
        let mails = Allowance {
            person: most(&setting::MAILS_PER_PERSON, Allowance::MAIL.person)?,
            account: most(&setting::MAILS_PER_ACCOUNT, Allowance::MAIL.account)?,
            country: Allowance::MAIL.country,
        };
        let texts = Allowance {
            person: most(&setting::SMS_PER_PERSON, Allowance::SMS.person)?,
            account: most(&setting::SMS_PER_ACCOUNT, Allowance::SMS.account)?,
            country: most(&setting::SMS_PER_COUNTRY, Allowance::SMS.country)?,
        };
        let sends = server.is_some() || url.is_some();
        let seen_by_others = !listen.ip().is_loopback();
        let usual = if sends || seen_by_others { "send" } else { "dev" };
        let mode = read.value(&setting::OUTBOX_MODE, usual, |text| match values::outbox_mode(text)? {
            OutboxMode::Dev if sends => {
                Err("messages are sent; unset smtp_url and sms_url to keep them".into())
            }
            OutboxMode::Dev if seen_by_others => {
                Err("kept messages show codes to whoever asks; listen on 127.0.0.1 to keep them".into())
            }
            mode => Ok(mode),
        })?;
        let smtp = match (server, from) {
            (None, _) => None,
            (Some(_), None) => return Err(missing(&setting::MAIL_FROM, "say who mails are from")),
            (Some(Server { host, port, protection, credentials }), Some(from)) => {
                let answer_within = PATIENCE;
                Some(SmtpSettings { host, port, protection, credentials, from, authority, answer_within })
            }
        };
        let sms = match (url, secret) {
            (None, _) => None,
            (Some(_), None) => return Err(missing(&setting::SMS_SECRET, "give what signs text messages")),
            (Some(url), Some(secret)) => Some(SmsSettings::new(url, secret, sms_from)),
        };
        Ok(Self { mode, smtp, sms, mails, texts })
    }
}

fn missing(setting: &Setting, fix: &str) -> ConfigError {
    let (value, fix) = ("(nothing)".to_owned(), fix.to_owned());
    ConfigError::Value { key: setting.key, value, source_name: Source::Default, fix }
}

/// `none` takes back what a weaker source says.
fn unless_none<T>(parse: impl Fn(&str) -> Parsed<T>) -> impl Fn(&str) -> Parsed<Option<T>> {
    move |text| if text == "none" { Ok(None) } else { parse(text).map(Some) }
}

fn smtp(value: &str) -> Parsed<Server> {
    let form = || "give smtp://user:password@host:587 or smtps://user:password@host:465".to_owned();
    let url = Url::parse(value).map_err(|_| form())?;
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(form)?.to_owned();
    let protection = match (url.scheme(), url.query()) {
        ("smtp", None) => Protection::StartTls,
        ("smtps", None) => Protection::Implicit,
        ("smtp", Some("tls=none")) if is_here(&host) => Protection::None,
        ("smtp", Some("tls=none")) => {
            return Err("tls=none is for a server on this machine only: localhost or 127.0.0.1".into());
        }
        _ => return Err(form()),
    };
    let usual = match protection {
        Protection::StartTls => 587,
        Protection::Implicit => 465,
        Protection::None => 25,
    };
    let decoded = |text: &str| percent_decoded(text).ok_or_else(form);
    let credentials = match (url.username(), url.password()) {
        ("", None) => None,
        (user, Some(password)) if !user.is_empty() => {
            Some((decoded(user)?, SecretText::new(Zeroizing::new(decoded(password)?))))
        }
        _ => return Err("give both a user name and a password, or neither".into()),
    };
    Ok(Server { host, port: url.port().unwrap_or(usual), protection, credentials })
}

fn sms(value: &str) -> Parsed<Url> {
    let form = || "give https:// and where messages are posted; http is for this machine only".to_owned();
    let url = Url::parse(value).map_err(|_| form())?;
    let here = url.host_str().is_some_and(is_here);
    match url.scheme() {
        "https" if url.host().is_some() => Ok(url),
        "http" if here => Ok(url),
        _ => Err(form()),
    }
}

fn is_here(host: &str) -> bool {
    match Host::parse(host) {
        Ok(Host::Domain(name)) => name == "localhost",
        Ok(Host::Ipv4(ip)) => ip.is_loopback(),
        Ok(Host::Ipv6(ip)) => ip.is_loopback(),
        Err(_) => false,
    }
}

fn mailbox(value: &str) -> Parsed<Mailbox> {
    value.parse().map_err(|_| "give Example <no-reply@example.com>".into())
}

fn secret(value: &str) -> Parsed<SecretText> {
    sms_secret(value)?;
    Ok(SecretText::new(Zeroizing::new(value.to_owned())))
}

fn authority(value: &str) -> Parsed<Vec<u8>> {
    std::fs::read(PathBuf::from(value)).map_err(|error| format!("it cannot be read: {error}"))
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, more)) = rest.split_first() {
        if first == b'%' {
            let digits = std::str::from_utf8(more.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &more[2..];
        } else {
            bytes.push(first);
            rest = more;
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Layers};

    const SECRET: &str = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3";

    fn with(settings: &[(&str, &str)]) -> Result<Delivery, String> {
        let layers =
            settings.iter().fold(Layers::default(), |layers, (key, value)| layers.with_flag(key, value));
        Config::load(&layers, 1).map(|config| config.delivery).map_err(|error| error.to_string())
    }

    const SMTP: (&str, &str) = ("smtp_url", "smtp://ada:p%40ss@mail.example.com");
    const FROM: (&str, &str) = ("mail_from", "Twofold <no-reply@example.com>");
    const SMS: (&str, &str) = ("sms_url", "https://sms.example.com/v1");
    const ANYWHERE: (&str, &str) = ("listen", "0.0.0.0:80");

    /// Rules: E7.
    #[test]
    fn messages_are_kept_only_where_nothing_sends_and_nobody_else_can_look() {
        let (send, dev) = (("outbox_mode", "send"), ("outbox_mode", "dev"));
        // settings | the mode, or what is wrong
        let rows: [(&[_], Result<OutboxMode, &str>); 9] = [
            (&[], Ok(OutboxMode::Dev)),
            (&[send], Ok(OutboxMode::Send)),
            (&[ANYWHERE], Ok(OutboxMode::Send)),
            (&[ANYWHERE, dev], Err("127.0.0.1")),
            (&[SMTP, FROM], Ok(OutboxMode::Send)),
            (&[SMTP, FROM, dev], Err("unset smtp_url")),
            (&[SMS, ("sms_secret", SECRET)], Ok(OutboxMode::Send)),
            (&[SMTP], Err("mail_from")),
            (&[SMS], Err("sms_secret")),
        ];
        for (settings, expected) in rows {
            match (with(settings), expected) {
                (Ok(delivery), Ok(mode)) => assert_eq!(delivery.mode, mode, "{settings:?}"),
                (Err(error), Err(part)) => assert!(error.contains(part), "{settings:?}: {error}"),
                (found, expected) => panic!("{settings:?}: {found:?}, but {expected:?}"),
            }
        }
        assert!(with(&[("smtp_url", "none"), dev]).is_ok_and(|delivery| delivery.smtp.is_none()));
    }

    #[test]
    fn a_mail_server_is_read_from_its_url_and_its_password_never_shown() {
        let rows = [
            ("smtp://mail.example.com", 587, Protection::StartTls, None),
            ("smtps://mail.example.com", 465, Protection::Implicit, None),
            ("smtp://127.0.0.1:2525?tls=none", 2525, Protection::None, None),
            (SMTP.1, 587, Protection::StartTls, Some(("ada", "p@ss"))),
        ];
        for (url, port, protection, credentials) in rows {
            let smtp = with(&[("smtp_url", url), FROM]).ok().and_then(|delivery| delivery.smtp).unwrap();
            let known = smtp.credentials.as_ref().map(|(user, password)| (user.as_str(), password.reveal()));
            assert_eq!((smtp.port, smtp.protection, known), (port, protection, credentials), "{url}");
        }
        let error = with(&[("smtp_url", "smtp://ada:hunter2@mail.example.com?tls=none"), FROM]).unwrap_err();
        assert!(!error.contains("hunter2"), "{error}");
    }
}
