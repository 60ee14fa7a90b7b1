//! Security keys and passkeys (WebAuthn level 3).
//!
//! Nothing is recorded for asking a challenge: what the server must remember goes out sealed, for this person
//! and this purpose, and comes back with the assertion. What makes it good once is the challenge's id, which an
//! accepted assertion spends on the person's stream, whatever it was used for.

use serde::{Deserialize, Serialize};

use crate::ids::{ChallengeId, VerifierId};
use crate::time::{Span, Timestamp};
use crate::user::Refusal;

/// Life of a challenge. WebAuthn level 3 §15.1 recommends 5 to 10 minutes.
pub const CHALLENGE_LIFE: Span = Span::minutes(5);

/// An authenticator that is being bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begun {
    /// Where the state of its registration is kept.
    pub ceremony: VerifierId,
}

/// The credential that an authenticator made for this person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    /// Where its id and public key are kept.
    pub verifier: VerifierId,
    /// Its signature counter; 0 from one that has none.
    pub sign_count: u32,
    /// Whether it may be kept in several places: a passkey that is synchronised (NIST SP 800-63B-4 appendix B),
    /// and no security key. It never changes in the life of a credential (WebAuthn level 3 §6.1.3); whether it
    /// *is* kept in several places does, and is not recorded.
    pub backup_eligible: bool,
}

/// An authenticator that was bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Where the credential's id and public key are kept.
    pub credential: VerifierId,
    /// The signature counter seen last.
    pub sign_count: u32,
    /// Whether it may be kept in several places: a passkey, and no security key.
    pub backup_eligible: bool,
}

impl Credential {
    pub(super) const fn held(&self) -> Held {
        Held { credential: self.verifier, sign_count: self.sign_count, backup_eligible: self.backup_eligible }
    }
}

impl Held {
    /// A counter only rises; one that does not says that the key was copied. One that always shows 0 has none
    /// (WebAuthn level 3 §6.1.1, §7.2 step 22).
    pub(super) const fn refuses(&self, sign_count: u32) -> Option<Refusal> {
        match (self.sign_count, sign_count) {
            (0, 0) => None,
            (before, now) if now > before => None,
            _ => Some(Refusal::CounterBack),
        }
    }
}

/// Challenges that an assertion spent, for as long as they might be shown again.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SpentChallenges(Vec<(ChallengeId, Timestamp)>);

impl SpentChallenges {
    /// Whether a challenge made then is good now; `None` where it is.
    pub(crate) fn refuse(&self, challenge: ChallengeId, made: Timestamp, at: Timestamp) -> Option<Refusal> {
        if self.0.iter().any(|(spent, _)| *spent == challenge) {
            Some(Refusal::Replayed)
        } else if at >= made + CHALLENGE_LIFE {
            Some(Refusal::Expired)
        } else {
            None
        }
    }

    /// An assertion spent it. It was made before, so it is over by the time that it is forgotten.
    pub(crate) fn spend(&mut self, challenge: ChallengeId, at: Timestamp) {
        self.0.retain(|(_, spent)| at < *spent + CHALLENGE_LIFE);
        self.0.push((challenge, at));
    }
}
