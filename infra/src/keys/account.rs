//! The keys of one account, opened.

use std::collections::BTreeMap;
use std::sync::Arc;

use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use twofold_domain::ids::{AccountId, MessageId, ReportJobId, UserId, VerifierId};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::blind_index::{BlindIndex, normalise_email};
use super::envelope::{self, EnvelopeError, Key, Place};
use crate::mint::Mint;

const VERIFIER_LABEL: &str = "twofold/verifier-row/v1";
const CHALLENGE_LABEL: &str = "twofold/challenge/v1";
const MESSAGE_LABEL: &str = "twofold/outbox-message/v1";
const FILE_LABEL: &str = "twofold/report-file/v1";
const EMAIL_LABEL: &str = "twofold/email-index/v1";
const CLAIM_LABEL: &str = "twofold/claim-index/v1";

/// What a key of an account is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyPurpose {
    /// Wraps the keys of persons. The only one with versions to rotate through.
    Data,
    /// Protects the rows that OTP seeds, passwords, and codes are verified with.
    Verifier,
    /// Makes the blind index over e-mail addresses.
    Index,
    /// Makes the verifiers of tokens, and the fingerprints of repeated requests.
    Token,
    /// Seals messages that wait to be sent, and files that wait to be taken.
    Outbox,
}

impl KeyPurpose {
    /// All of them, as a new account gets them.
    pub const ALL: [Self; 5] = [Self::Data, Self::Verifier, Self::Index, Self::Token, Self::Outbox];

    /// The stored name; never changes.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Verifier => "verifier",
            Self::Index => "index",
            Self::Token => "token",
            Self::Outbox => "outbox",
        }
    }

    /// The subject of its rows: a number so small that no minted id is one.
    pub const fn subject(self) -> Uuid {
        Uuid::from_u128(match self {
            Self::Data => 1,
            Self::Verifier => 2,
            Self::Index => 3,
            Self::Token => 4,
            Self::Outbox => 5,
        })
    }

    /// The purpose of the rows of `subject`, unless they are a person's.
    pub fn of_subject(subject: Uuid) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.subject() == subject)
    }
}

/// A key for HMAC-SHA-256.
pub struct MacKey(Key);

impl MacKey {
    pub(super) const fn new(key: Key) -> Self {
        Self(key)
    }

    /// A key outside any account, for tests of what uses one.
    #[cfg(test)]
    pub(crate) const fn for_tests(key: Key) -> Self {
        Self(key)
    }

    /// The tag of `parts` under `label`. Parts are told apart by their lengths, and families of
    /// tags by their labels.
    pub fn tag(&self, label: &'static str, parts: &[&[u8]]) -> [u8; 32] {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.0.expose()) else {
            // HMAC takes keys of any length.
            return [0; 32];
        };
        for part in std::iter::once(label.as_bytes()).chain(parts.iter().copied()) {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    /// Whether `stored` is that tag, in a time that says nothing about where they differ.
    pub fn matches(&self, label: &'static str, parts: &[&[u8]], stored: &[u8]) -> bool {
        self.tag(label, parts).as_slice().ct_eq(stored).into()
    }
}

/// The keys of one account. No `Debug`, no `Serialize`; zeroised when dropped.
pub struct AccountKeys {
    account: AccountId,
    data: BTreeMap<u32, Arc<Key>>,
    verifier_mac: MacKey,
    verifier_seal: Key,
    index: MacKey,
    token: MacKey,
    outbox: Key,
}

/// The opened keys, one for each purpose but data.
pub(super) struct Opened {
    pub(super) data: BTreeMap<u32, Arc<Key>>,
    pub(super) verifier: Key,
    pub(super) index: Key,
    pub(super) token: Key,
    pub(super) outbox: Key,
}

impl AccountKeys {
    pub(super) fn new(account: AccountId, opened: Opened) -> Self {
        Self {
            account,
            data: opened.data,
            verifier_mac: MacKey::new(opened.verifier.derive(b"mac")),
            verifier_seal: opened.verifier.derive(b"seal"),
            index: MacKey::new(opened.index),
            token: MacKey::new(opened.token),
            outbox: opened.outbox,
        }
    }

    /// Whose keys these are.
    pub const fn account(&self) -> AccountId {
        self.account
    }

    /// The newest data key, and its version.
    pub(super) fn newest_data(&self) -> Option<(u32, &Key)> {
        self.data.last_key_value().map(|(version, key)| (*version, key.as_ref()))
    }

    pub(super) fn data(&self, version: u32) -> Option<&Key> {
        self.data.get(&version).map(AsRef::as_ref)
    }

    /// For the keyed hashes of codes.
    pub const fn verifiers(&self) -> &MacKey {
        &self.verifier_mac
    }

    /// For the keyed hashes of tokens and the fingerprints of requests.
    pub const fn tokens(&self) -> &MacKey {
        &self.token
    }

    /// Under which key an e-mail address is claimed and found.
    pub fn blind_index(&self, email: &str) -> BlindIndex {
        BlindIndex(self.index.tag(EMAIL_LABEL, &[normalise_email(email).as_bytes()]))
    }

    /// Under which key a value of another kind is claimed and found.
    pub fn index_of(&self, kind: &'static str, value: &[u8]) -> [u8; 32] {
        self.index.tag(CLAIM_LABEL, &[kind.as_bytes(), value])
    }

    /// Seals the row of a verifier. `kind` says what it verifies, and must be said again to open it.
    pub fn seal_verifier(
        &self,
        mint: &Mint,
        id: VerifierId,
        kind: &'static str,
        plaintext: &[u8],
    ) -> Result<Vec<u8>, EnvelopeError> {
        envelope::seal(&self.verifier_seal, &self.verifier_place(id, kind), mint.bytes(), plaintext)
    }

    /// Opens the row of a verifier.
    pub fn open_verifier(
        &self,
        id: VerifierId,
        kind: &'static str,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, EnvelopeError> {
        envelope::open(&self.verifier_seal, &self.verifier_place(id, kind), sealed)
    }

    /// Seals a message for the outbox.
    pub fn seal_message(
        &self,
        mint: &Mint,
        id: MessageId,
        plaintext: &[u8],
    ) -> Result<Vec<u8>, EnvelopeError> {
        envelope::seal(&self.outbox, &self.message_place(id), mint.bytes(), plaintext)
    }

    /// Opens a message of the outbox.
    pub fn open_message(&self, id: MessageId, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, EnvelopeError> {
        envelope::open(&self.outbox, &self.message_place(id), sealed)
    }

    /// Seals a piece of a file that waits to be taken, for its place in what one attempt wrote.
    pub fn seal_piece(
        &self,
        mint: &Mint,
        job: ReportJobId,
        (attempt, place): (u64, u64),
        plaintext: &[u8],
    ) -> Result<Vec<u8>, EnvelopeError> {
        let kind = format!("{attempt}/{place}");
        envelope::seal(&self.outbox, &self.piece_place(job, &kind), mint.bytes(), plaintext)
    }

    /// Opens a piece of a file; at another place, or of another attempt, it does not open.
    pub fn open_piece(
        &self,
        job: ReportJobId,
        (attempt, place): (u64, u64),
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, EnvelopeError> {
        envelope::open(&self.outbox, &self.piece_place(job, &format!("{attempt}/{place}")), sealed)
    }

    /// Seals what a challenge must remember, for one person and what it was made for.
    pub fn seal_challenge(
        &self,
        mint: &Mint,
        person: UserId,
        made_for: &str,
        plaintext: &[u8],
    ) -> Result<Vec<u8>, EnvelopeError> {
        envelope::seal(&self.verifier_seal, &self.challenge_place(person, made_for), mint.bytes(), plaintext)
    }

    /// Opens what a challenge remembers; for another person, or for anything else, it does not open.
    pub fn open_challenge(
        &self,
        person: UserId,
        made_for: &str,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, EnvelopeError> {
        envelope::open(&self.verifier_seal, &self.challenge_place(person, made_for), sealed)
    }

    const fn challenge_place<'a>(&self, person: UserId, made_for: &'a str) -> Place<'a> {
        Place { label: CHALLENGE_LABEL, account: self.account, subject: person.uuid(), kind: made_for }
    }

    const fn piece_place<'a>(&self, job: ReportJobId, kind: &'a str) -> Place<'a> {
        Place { label: FILE_LABEL, account: self.account, subject: job.uuid(), kind }
    }

    const fn verifier_place(&self, id: VerifierId, kind: &'static str) -> Place<'static> {
        Place { label: VERIFIER_LABEL, account: self.account, subject: id.uuid(), kind }
    }

    const fn message_place(&self, id: MessageId) -> Place<'static> {
        Place { label: MESSAGE_LABEL, account: self.account, subject: id.uuid(), kind: "message" }
    }
}
