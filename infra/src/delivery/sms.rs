//! Text messages by a provider over HTTP: one signed request for each.
//!
//! ```text
//! POST <sms_url>
//! content-type: application/json
//! webhook-id: msg_…            the message's id, the same however often it is handed over
//! webhook-timestamp: 1780300800
//! webhook-signature: v1,<base64 of HMAC-SHA-256(secret, "<id>.<timestamp>.<body>")>
//! idempotency-key: msg_…
//!
//! {"id":"msg_…","to":"+34612345678","from":"Acme","text":"…","language":"es"}
//! ```
//!
//! The signature is that of Standard Webhooks, so any of its libraries checks it. A status of 2xx takes the
//! message over; 401, 403, 404, 408, 425, 429, and 5xx put it off; any other refuses it for good. Redirects
//! are not followed.

use std::io::Cursor;
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use http::Request;
use http::header::CONTENT_TYPE;
use http_body_util::Full;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::Serialize;
use sha2::Sha256;
use twofold_domain::delivery::Undelivered;
use twofold_domain::ids::MessageId;
use url::Url;
use zeroize::Zeroizing;

use super::{Carried, Carrier};
use crate::clock::Clock;
use crate::config::SecretText;
use crate::mail::Message;

/// An answer is waited for so long, unless the settings say otherwise.
const ANSWER_WITHIN: Duration = Duration::from_secs(15);
/// How Standard Webhooks write a secret: this, and base64.
const SECRET_PREFIX: &str = "whsec_";
/// The least that signs, in bytes (Standard Webhooks: 24 to 64).
const LEAST_SECRET: usize = 24;

/// A provider of text messages.
#[derive(Debug, Clone)]
pub struct SmsSettings {
    /// Where messages are posted.
    pub url: Url,
    /// What signs them: `whsec_` and base64 of 24 bytes or more.
    pub secret: SecretText,
    /// Who they are from, where the provider lets one say so.
    pub from: Option<String>,
    /// An answer is waited for so long.
    pub answer_within: Duration,
}

impl SmsSettings {
    /// A provider with the usual patience.
    pub const fn new(url: Url, secret: SecretText, from: Option<String>) -> Self {
        Self { url, secret, from, answer_within: ANSWER_WITHIN }
    }
}

type Body = Full<Cursor<Vec<u8>>>;

/// A provider to hand text messages to.
pub struct HttpSms {
    client: Client<HttpsConnector<HttpConnector>, Body>,
    url: Url,
    secret: Zeroizing<Vec<u8>>,
    from: Option<String>,
    answer_within: Duration,
    clock: Clock,
}

/// What is posted.
#[derive(Serialize)]
struct Post<'a> {
    id: MessageId,
    to: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<&'a str>,
    text: &'a str,
    language: &'a str,
}

/// The bytes of a signing secret.
pub(crate) fn secret_bytes(text: &str) -> Result<Zeroizing<Vec<u8>>, String> {
    let bytes = text.strip_prefix(SECRET_PREFIX).and_then(|base64| STANDARD.decode(base64).ok());
    let bytes = bytes.map(Zeroizing::new).filter(|bytes| bytes.len() >= LEAST_SECRET);
    bytes.ok_or_else(|| format!("give whsec_ and {LEAST_SECRET} or more random bytes in base64"))
}

impl HttpSms {
    /// A provider as configured. Nothing is connected yet.
    pub fn open(settings: &SmsSettings, clock: Clock) -> Result<Self, String> {
        // Plain HTTP is for this machine; the settings saw to that.
        let connector =
            HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1().build();
        Ok(Self {
            client: Client::builder(TokioExecutor::new()).build(connector),
            url: settings.url.clone(),
            secret: secret_bytes(settings.secret.reveal())?,
            from: settings.from.clone(),
            answer_within: settings.answer_within,
            clock,
        })
    }

    fn request(&self, id: MessageId, message: &Message) -> Option<Request<Body>> {
        let post = Post {
            id,
            to: &message.to,
            from: self.from.as_deref(),
            text: &message.body,
            language: message.lang.tag(),
        };
        let body = serde_json::to_vec(&post).ok()?;
        let (id, timestamp) = (id.to_string(), self.clock.now().unix_seconds().to_string());
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.secret).ok()?;
        for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", &body] {
            mac.update(part);
        }
        let signature = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        Request::post(self.url.as_str())
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", &id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", signature)
            .header("idempotency-key", &id)
            .body(Full::new(Cursor::new(body)))
            .ok()
    }
}

#[async_trait]
impl Carrier for HttpSms {
    async fn carry(&self, id: MessageId, message: &Message) -> Carried {
        let Some(request) = self.request(id, message) else {
            return Carried::Refused { why: Undelivered::BadAddress, reply: None };
        };
        let answer = tokio::time::timeout(self.answer_within, self.client.request(request)).await;
        let reply = match answer {
            Ok(Ok(response)) => Some(response.status().as_u16()),
            Ok(Err(_)) | Err(_) => None,
        };
        match reply {
            Some(200..=299) => Carried::Taken,
            Some(300..=399 | 401 | 403 | 404 | 408 | 425 | 429 | 500..) | None => {
                tracing::warn!(%id, reply, "a text message was put off");
                Carried::PutOff { reply }
            }
            Some(_) => {
                tracing::warn!(%id, reply, "a text message was refused");
                Carried::Refused { why: Undelivered::Refused, reply }
            }
        }
    }
}
