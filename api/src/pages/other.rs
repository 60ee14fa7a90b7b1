//! Pages beside the way: errors, and the mails of a development server.

use askama::Template;

use super::frame::{Frame, When};

/// Something did not work.
#[derive(Debug, Clone, Template)]
#[template(path = "error.html")]
pub struct Error {
    /// What stands around it.
    pub f: Frame,
    /// The HTTP status.
    pub status: u16,
    /// What kind of problem it is, in the reader's language.
    pub title: String,
    /// What to do, in the reader's language.
    pub advice: String,
    /// Under which id the log knows it.
    pub request_id: String,
}

/// Mails and messages that a development server keeps instead of sending.
#[derive(Debug, Clone, Template)]
#[template(path = "outbox.html")]
pub struct Outbox {
    /// What stands around it.
    pub f: Frame,
    /// Newest first.
    pub messages: Vec<Message>,
}

/// One mail or message.
#[derive(Debug, Clone)]
pub struct Message {
    /// To which address or number.
    pub to: String,
    /// `mail` or `sms`.
    pub channel: &'static str,
    /// Handed over.
    pub at: When,
    /// Its subject; empty for a message without.
    pub subject: String,
    /// Its text.
    pub text: String,
    /// The one-time code in it; empty if none.
    pub code: String,
    /// The link in it; empty if none.
    pub link: String,
}
