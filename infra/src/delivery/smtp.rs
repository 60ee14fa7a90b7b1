//! Mail by SMTP (RFC 5321). The connection is encrypted, but for a server on this machine.
//!
//! The Message-ID is made from the message's id, so it is the same however often a mail is handed over.

use std::time::Duration;

use async_trait::async_trait;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::{Error, PoolConfig};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use twofold_domain::delivery::Undelivered;
use twofold_domain::ids::MessageId;

use super::{Carried, Carrier};
use crate::config::SecretText;
use crate::mail::Message;

/// A command's answer is waited for so long; a whole mail has [`SmtpSettings::answer_within`].
const COMMAND: Duration = Duration::from_secs(15);
/// Connections kept open.
const CONNECTIONS: u32 = 4;

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// `smtp://`: by STARTTLS, which the server must offer (RFC 3207).
    StartTls,
    /// `smtps://`: from the first byte on (RFC 8314).
    Implicit,
    /// `smtp://…?tls=none`: not at all; only to this machine.
    None,
}

/// A mail server.
#[derive(Debug, Clone)]
pub struct SmtpSettings {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub protection: Protection,
    /// Whom it knows us as: a name and a password.
    pub credentials: Option<(String, SecretText)>,
    /// Who the mails are from.
    pub from: Mailbox,
    /// A certificate in PEM that signs the server's, beside the public ones.
    pub authority: Option<Vec<u8>>,
    /// How long one mail may take; `PATIENCE` at most.
    pub answer_within: Duration,
}

/// A mail server to hand mails to.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    answer_within: Duration,
}

/// RFC 3834 §5: nobody's absence is answered to us.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

impl Smtp {
    /// A mail server as configured. Nothing is connected yet.
    pub fn open(settings: &SmtpSettings) -> Result<Self, String> {
        let tls = || -> Result<TlsParameters, String> {
            let mut tls = TlsParameters::builder(settings.host.clone());
            if let Some(pem) = &settings.authority {
                let authority = Certificate::from_pem(pem).map_err(|error| error.to_string())?;
                tls = tls.add_root_certificate(authority);
            }
            tls.build_rustls().map_err(|error| error.to_string())
        };
        let tls = match settings.protection {
            Protection::StartTls => Tls::Required(tls()?),
            Protection::Implicit => Tls::Wrapper(tls()?),
            Protection::None => Tls::None,
        };
        let builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&settings.host)
            .port(settings.port)
            .tls(tls)
            .timeout(Some(COMMAND))
            .pool_config(PoolConfig::new().max_size(CONNECTIONS));
        let builder = match &settings.credentials {
            Some((user, password)) => {
                builder.credentials(Credentials::new(user.clone(), password.reveal().to_owned()))
            }
            None => builder,
        };
        let (from, answer_within) = (settings.from.clone(), settings.answer_within);
        Ok(Self { transport: builder.build(), from, answer_within })
    }

    fn compose(&self, id: MessageId, message: &Message) -> Option<lettre::Message> {
        let to: Mailbox = message.to.parse().ok()?;
        let domain = self.from.email.domain();
        lettre::Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(&message.subject)
            .message_id(Some(format!("<{id}@{domain}>")))
            .header(AutoSubmitted)
            .singlepart(
                SinglePart::builder().header(ContentType::TEXT_PLAIN).body(message.body.as_str().to_owned()),
            )
            .ok()
    }
}

#[async_trait]
impl Carrier for Smtp {
    async fn carry(&self, id: MessageId, message: &Message) -> Carried {
        let Some(mail) = self.compose(id, message) else {
            return Carried::Refused { why: Undelivered::BadAddress, reply: None };
        };
        // Nobody hangs up in the middle of a command: the connection would go on to the next mail, whose first answer
        // would be this one's last. What takes too long is left to end by itself.
        let transport = self.transport.clone();
        let sending = tokio::spawn(async move { transport.send(mail).await });
        let Ok(Ok(sent)) = tokio::time::timeout(self.answer_within, sending).await else {
            tracing::warn!(%id, "the mail server takes too long");
            return Carried::PutOff { reply: None };
        };
        let Err(error) = sent else { return Carried::Taken };
        let reply = error.status().map(u16::from);
        // What it says in words may repeat the address.
        let not_secure = not_secure(&error);
        tracing::warn!(%id, reply, timeout = error.is_timeout(), not_secure, "a mail was not taken");
        match reply {
            None if not_secure => Carried::NotSecure,
            Some(code) if error.is_permanent() && !about_us(code) => {
                Carried::Refused { why: Undelivered::Refused, reply }
            }
            _ => Carried::PutOff { reply },
        }
    }
}

/// Whether no encrypted connection came about to whom it should be. lettre says so in three ways: of the library
/// itself, of a server without STARTTLS (as an error of the client), and of a handshake that failed (as one of the
/// connection, in which rustls speaks of invalid data).
fn not_secure(error: &Error) -> bool {
    let no_start_tls = error.is_client() && error.to_string().contains("STARTTLS");
    let mut cause = std::error::Error::source(error);
    let mut handshake = false;
    while let Some(deeper) = cause {
        let io = deeper.downcast_ref::<std::io::Error>();
        handshake |= io.is_some_and(|io| io.kind() == std::io::ErrorKind::InvalidData);
        cause = deeper.source();
    }
    error.is_tls() || no_start_tls || handshake
}

/// Refusals that are about this server's own credentials (RFC 4954 §6), which an operator can mend, and not
/// about the mail.
const fn about_us(code: u16) -> bool {
    matches!(code, 530 | 534 | 535 | 538)
}
