//! A message on its way. It may hold a link or a code, so it is stored sealed only.

use serde::{Deserialize, Serialize};
use twofold_domain::delivery::Channel;
use twofold_domain::ids::MessageId;
use zeroize::Zeroizing;

use super::language::Language;
use crate::keys::AccountKeys;
use crate::keys::envelope::EnvelopeError;
use crate::mint::Mint;

/// One message to one person. Cannot be printed.
pub struct Message {
    /// The way it goes.
    pub channel: Channel,
    /// The address, or the number in E.164.
    pub to: Zeroizing<String>,
    /// One line; empty by SMS.
    pub subject: String,
    /// Plain text.
    pub body: Zeroizing<String>,
    /// The language of both.
    pub lang: Language,
}

/// A sealed message that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum UnreadableMessage {
    /// It does not open.
    #[error("a sealed message does not open: {0}")]
    Envelope(#[from] EnvelopeError),
    /// It holds no message.
    #[error("a sealed message holds no message")]
    Content,
}

/// The stored form, borrowed while writing.
#[derive(Serialize)]
struct Stored<'a> {
    channel: Channel,
    to: &'a str,
    subject: &'a str,
    body: &'a str,
    lang: Language,
}

/// The stored form, owned after reading.
#[derive(Deserialize)]
struct Read {
    /// A message of before there was another way says nothing.
    #[serde(default = "by_mail")]
    channel: Channel,
    to: String,
    subject: String,
    body: String,
    lang: Language,
}

const fn by_mail() -> Channel {
    Channel::Mail
}

impl Message {
    /// The bytes of its row in the outbox.
    pub fn seal(&self, mint: &Mint, keys: &AccountKeys, id: MessageId) -> Result<Vec<u8>, EnvelopeError> {
        let stored = Stored {
            channel: self.channel,
            to: &self.to,
            subject: &self.subject,
            body: &self.body,
            lang: self.lang,
        };
        // Strings alone always have a JSON form.
        let json = Zeroizing::new(serde_json::to_vec(&stored).unwrap_or_default());
        keys.seal_message(mint, id, &json)
    }

    /// A message from its row in the outbox.
    pub fn open(keys: &AccountKeys, id: MessageId, sealed: &[u8]) -> Result<Self, UnreadableMessage> {
        let json = keys.open_message(id, sealed)?;
        let Read { channel, to, subject, body, lang } =
            serde_json::from_slice(&json).map_err(|_| UnreadableMessage::Content)?;
        Ok(Self { channel, to: Zeroizing::new(to), subject, body: Zeroizing::new(body), lang })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::clock::Clock;
    use crate::keys::{Keyring, MasterKey};

    #[tokio::test]
    async fn a_message_is_stored_sealed_and_read_back_under_its_own_id() {
        let dir = tempfile::tempdir().unwrap();
        let mint = Mint::system(Clock::system());
        let master = MasterKey::open(&dir.path().join("key"), true, &mint).ok().unwrap();
        let ring = Keyring::new(Arc::new(master), mint.clone());
        let (keys, _) = ring.new_account(mint.id()).await.ok().unwrap();
        let message = Message {
            channel: Channel::Mail,
            to: Zeroizing::new("ada@example.com".into()),
            subject: "Code".into(),
            body: Zeroizing::new("1234 5678".into()),
            lang: Language::En,
        };
        let id = mint.id();
        let sealed = message.seal(&mint, &keys, id).unwrap();
        assert!(!sealed.windows(4).any(|w| w == b"5678" || w == b"ada@"));
        let read = Message::open(&keys, id, &sealed).ok().unwrap();
        assert_eq!((read.to.as_str(), read.body.as_str()), ("ada@example.com", "1234 5678"));
        assert_eq!((read.subject.as_str(), read.lang), ("Code", Language::En));
        assert!(Message::open(&keys, mint.id(), &sealed).is_err());
    }
}
