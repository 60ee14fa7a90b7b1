//! The other side of messages: a mail server and a provider of text messages, on this machine, that keep
//! what they get and answer as they are told.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result};
use async_trait::async_trait;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use serde_json::Value;
use sha2::Sha256;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use twofold_domain::ids::MessageId;
use twofold_infra::clock::Clock;
use twofold_infra::config::{Config, Layers};
use twofold_infra::delivery::{Carried, Carrier, Carriers};
use twofold_infra::mail::Message;

/// What signs text messages here.
const KEY: &[u8] = b"thirty-two bytes of a known key.";

/// What one side got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Got {
    /// The message's id.
    pub id: String,
    /// To whom.
    pub to: String,
    /// What it says.
    pub text: String,
}

/// What a side keeps and how it answers; shared with its server.
#[derive(Default)]
pub struct Kept {
    got: Mutex<Vec<Got>>,
    answers: Mutex<VecDeque<u16>>,
}

impl Kept {
    /// What came, oldest first.
    pub fn got(&self) -> Vec<Got> {
        self.got.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, got: Got) {
        self.got.lock().unwrap_or_else(PoisonError::into_inner).push(got);
    }

    fn answer(&self) -> Option<u16> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }
}

/// Both sides.
#[derive(Clone)]
pub struct Post {
    mail: Arc<Kept>,
    sms: Arc<Kept>,
    mail_at: SocketAddr,
    sms_at: SocketAddr,
}

/// An answer that never comes.
pub const SILENCE: u16 = 0;

impl Post {
    /// Opens both.
    pub async fn open() -> Result<Self> {
        let (mail, sms) = (Arc::new(Kept::default()), Arc::new(Kept::default()));
        let server = TcpListener::bind(("127.0.0.1", 0)).await?;
        let provider = TcpListener::bind(("127.0.0.1", 0)).await?;
        let (mail_at, sms_at) = (server.local_addr()?, provider.local_addr()?);
        let desk = Arc::clone(&mail);
        tokio::spawn(async move {
            while let Ok((stream, _)) = server.accept().await {
                let desk = Arc::clone(&desk);
                // Whoever hangs up has said what they had to say.
                tokio::spawn(async move { greet(stream, &desk).await.ok() });
            }
        });
        let routes = axum::Router::new().route("/texts", post(text)).with_state(Arc::clone(&sms));
        tokio::spawn(async move { axum::serve(provider, routes).await });
        Ok(Self { mail, sms, mail_at, sms_at })
    }

    /// The ways to both, as a configuration opens them.
    pub fn carriers(&self, clock: &Clock) -> Result<Carriers> {
        let layers = Layers::default()
            .with_flag("smtp_url", &format!("smtp://{}?tls=none", self.mail_at))
            .with_flag("mail_from", "Twofold <no-reply@lilliput.example>")
            .with_flag("sms_url", &format!("http://{}/texts", self.sms_at))
            .with_flag("sms_secret", &format!("whsec_{}", STANDARD.encode(KEY)))
            .with_flag("sms_from", "Lilliput");
        let mut delivery = Config::load(&layers, 1)?.delivery;
        if let Some(sms) = &mut delivery.sms {
            sms.answer_within = Duration::from_millis(200);
        }
        if let Some(smtp) = &mut delivery.smtp {
            smtp.answer_within = Duration::from_secs(2);
        }
        Ok(Carriers::open(&delivery, clock)?)
    }

    /// Answers the next mails so: replies to their recipients.
    pub fn mails_get(&self, answers: &[u16]) {
        self.mail.answers.lock().unwrap_or_else(PoisonError::into_inner).extend(answers);
    }

    /// Answers the next text messages so.
    pub fn texts_get(&self, answers: &[u16]) {
        self.sms.answers.lock().unwrap_or_else(PoisonError::into_inner).extend(answers);
    }

    /// The mails that came, oldest first.
    pub fn mails(&self) -> Vec<Got> {
        self.mail.got()
    }

    /// The text messages that came, those that were not taken included.
    pub fn texts(&self) -> Vec<Got> {
        self.sms.got()
    }
}

async fn greet(stream: TcpStream, desk: &Kept) -> Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 lilliput ESMTP\r\n").await?;
    converse(&mut stream, desk).await
}

/// As much of RFC 5321 as a client needs to hand a mail over, once it was greeted.
pub async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut BufReader<S>,
    desk: &Kept,
) -> Result<()> {
    let (mut to, mut line) = (String::new(), String::new());
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let answer = match verb.as_str() {
            "EHLO" => "250-lilliput\r\n250 8BITMIME\r\n".to_owned(),
            "RCPT" => match desk.answer() {
                Some(SILENCE) => std::future::pending().await,
                Some(code) => format!("{code} as I was told\r\n"),
                None => {
                    let address = line.split(['<', '>']).nth(1).unwrap_or_default();
                    address.clone_into(&mut to);
                    "250 well\r\n".to_owned()
                }
            },
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await?;
                desk.keep(mail(stream, &to).await?);
                "250 taken\r\n".to_owned()
            }
            "QUIT" => return Ok(stream.write_all(b"221 bye\r\n").await?),
            _ => "250 well\r\n".to_owned(),
        };
        stream.write_all(answer.as_bytes()).await?;
    }
}

async fn mail<S: AsyncRead + Unpin>(stream: &mut BufReader<S>, to: &str) -> Result<Got> {
    let (mut text, mut line) = (String::new(), String::new());
    loop {
        line.clear();
        stream.read_line(&mut line).await?;
        if line == ".\r\n" {
            break;
        }
        text.push_str(&line);
    }
    let id = text.lines().find_map(|line| line.strip_prefix("Message-ID: "));
    let id = id.context("a mail has a Message-ID")?.trim_matches(['<', '>']).to_owned();
    Ok(Got { id, to: to.to_owned(), text })
}

/// A provider that takes what is signed by the key, and answers as it was told.
async fn text(State(desk): State<Arc<Kept>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (id, timestamp) = (header("webhook-id"), header("webhook-timestamp"));
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(KEY) else { return StatusCode::INTERNAL_SERVER_ERROR };
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(&body);
    let signature = header("webhook-signature").strip_prefix("v1,").unwrap_or_default();
    let signature = STANDARD.decode(signature).unwrap_or_default();
    let parsed: Value = serde_json::from_slice(&body).unwrap_or_default();
    let named = parsed["id"] == id && header("idempotency-key") == id && parsed["from"] == "Lilliput";
    if mac.verify_slice(&signature).is_err() || !named {
        return StatusCode::UNAUTHORIZED;
    }
    let of = |name: &str| parsed[name].as_str().unwrap_or_default().to_owned();
    desk.keep(Got { id: id.to_owned(), to: of("to"), text: of("text") });
    match desk.answer() {
        Some(SILENCE) => std::future::pending().await,
        Some(code) => StatusCode::from_u16(code).unwrap_or_default(),
        None => StatusCode::ACCEPTED,
    }
}

/// A way out whose server dies between handing a message over and hearing that it was taken.
pub struct Dying(pub Arc<dyn Carrier>, pub Arc<Notify>);

#[async_trait]
impl Carrier for Dying {
    async fn carry(&self, id: MessageId, message: &Message) -> Carried {
        self.0.carry(id, message).await;
        self.1.notify_one();
        std::future::pending().await
    }
}
