//! Personal values as the domain sees them: opaque ciphertext with a kind.
//!
//! A sealer outside the domain encrypts a value under the key of the person it describes before it
//! enters a command. Destroying that key makes every copy unreadable and breaks no proof.

use std::fmt;
use std::marker::PhantomData;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

/// What a sealed value is. The name is bound to the ciphertext as associated data.
pub trait Kind {
    /// The stored name of the kind; never changes.
    const NAME: &'static str;
    /// The longest clear value, in bytes of UTF-8. Doors refuse or shorten more, so that every
    /// record stays within its 65,535 bytes.
    const LIMIT: usize;
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $limit:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name {}
        impl Kind for $name {
            const NAME: &'static str = $text;
            const LIMIT: usize = $limit;
        }
    )+};
}

kinds! {
    /// A person's name.
    PersonName = "name", 320;
    /// A person's e-mail address.
    Email = "email", 320;
    /// The network address that a request came from.
    IpAddress = "ip", 64;
    /// The browser or app that a request came from.
    UserAgent = "user_agent", 512;
    /// Why somebody did something, in their words.
    Reason = "reason", 2000;
    /// What a person calls one of their factors.
    FactorName = "factor_name", 320;
    /// A telephone number, as E.164 writes it.
    PhoneNumber = "phone", 20;
    /// What is printed on a hardware token that a person carries.
    TokenSerial = "token_serial", 64;
    /// What a person calls one of their API tokens.
    TokenName = "token_name", 320;
    /// Who a person is to an identity provider.
    ProviderSubject = "provider_subject", 512;
    /// What somebody searched for; sealed under the key of who searched.
    SearchText = "search", 400;
    /// What somebody asked of a report; sealed under the key of who asked.
    ReportArguments = "report_arguments", 2000;
}

/// Ciphertext of one personal value. Safe to print, store, and hash.
#[derive(Serialize, Deserialize)]
#[serde(try_from = "String", into = "String", bound = "")]
pub struct Sealed<K> {
    bytes: Vec<u8>,
    kind: PhantomData<fn() -> K>,
}

impl<K: Kind> Sealed<K> {
    /// Wraps ciphertext made by a sealer for this kind.
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self { bytes, kind: PhantomData }
    }

    /// The ciphertext.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl<K> Clone for Sealed<K> {
    fn clone(&self) -> Self {
        Self { bytes: self.bytes.clone(), kind: PhantomData }
    }
}

impl<K> PartialEq for Sealed<K> {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl<K> Eq for Sealed<K> {}

impl<K> fmt::Debug for Sealed<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} bytes)", self.bytes.len())
    }
}

impl<K> From<Sealed<K>> for String {
    fn from(sealed: Sealed<K>) -> Self {
        URL_SAFE_NO_PAD.encode(&sealed.bytes)
    }
}

impl<K> TryFrom<String> for Sealed<K> {
    type Error = base64::DecodeError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Ok(Self { bytes: URL_SAFE_NO_PAD.decode(text)?, kind: PhantomData })
    }
}
