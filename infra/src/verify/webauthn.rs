//! Security keys and passkeys: WebAuthn level 3, by `webauthn-rs`.
//!
//! What is asked of an authenticator: user verification `preferred`, attestation `none`, no extension, and no
//! hint which kind of authenticator it should be. What is deliberately *not* asked of the library: signature
//! counters. Each credential is stored with counter 0, so the library takes every counter, and the domain, which
//! alone knows the last one that was accepted, weighs it (§7.2 step 22).
//!
//! The relying party is the host of the installation's public URL, and that URL is its only origin (§5.1.2). A
//! relying party has a name, never an IP address, so an installation that is reached by one has no keys.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use twofold_domain::factor::webauthn::CHALLENGE_LIFE;
use twofold_domain::ids::{ChallengeId, UserId};
use twofold_domain::time::Timestamp;
use webauthn_rs::prelude::AttestationMetadata;
use webauthn_rs::prelude::{
    Credential, ParsedAttestation, ParsedAttestationData, PublicKeyCredential, RegisterPublicKeyCredential,
    SecurityKey, SecurityKeyAuthentication, SecurityKeyRegistration, Url, Webauthn, WebauthnBuilder,
    WebauthnError,
};

/// What a row of a credential verifies.
pub(crate) const KEY_KIND: &str = "webauthn_credential";
/// What a row of a registration under way verifies.
pub(crate) const CEREMONY_KIND: &str = "webauthn_registration";

/// Bytes of an answer of an authenticator, as JSON. One of a TPM with its certificates has about 6,000.
const MAX_ANSWER: usize = 32 * 1024;

/// Something that no authenticator answers with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected the credential that the browser made, as `PublicKeyCredential.toJSON()` writes it")]
pub struct NotACredential;

/// An installation that keys cannot be bound to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "security keys and passkeys need the installation to be reached by a name: its public URL is an IP address"
)]
pub struct NoName;

/// What an authenticator answered to the making of a credential.
pub struct Attestation(RegisterPublicKeyCredential);

/// What an authenticator answered to a challenge.
pub struct Assertion(PublicKeyCredential);

fn parse<T: DeserializeOwned>(value: &Value) -> Result<T, NotACredential> {
    let text = value.to_string();
    if text.len() > MAX_ANSWER {
        return Err(NotACredential);
    }
    serde_json::from_str(&text).map_err(|_| NotACredential)
}

impl Attestation {
    /// Reads it.
    pub fn parse(value: &Value) -> Result<Self, NotACredential> {
        parse(value).map(Self)
    }
}

impl Assertion {
    /// Reads it.
    pub fn parse(value: &Value) -> Result<Self, NotACredential> {
        parse(value).map(Self)
    }
}

/// A registration that began: what the browser is asked, and what the server must remember.
#[derive(Serialize, Deserialize)]
pub struct Ceremony {
    /// `PublicKeyCredentialCreationOptionsJSON`.
    pub options: Value,
    state: SecurityKeyRegistration,
}

/// A credential as it is kept.
#[derive(Clone, Serialize, Deserialize)]
pub struct StoredKey(SecurityKey);

/// A credential that was just made.
pub struct NewKey {
    /// What is kept.
    pub stored: StoredKey,
    /// Its signature counter.
    pub sign_count: u32,
    /// Whether it may be kept in several places.
    pub backup_eligible: bool,
}

/// A challenge, as it goes out sealed and comes back with the answer.
#[derive(Serialize, Deserialize)]
pub struct Challenge {
    /// Its id, which an accepted answer spends.
    pub id: ChallengeId,
    /// When it was made.
    pub made: Timestamp,
    state: SecurityKeyAuthentication,
}

/// An answer whose signature is right.
pub struct Asserted {
    /// The id of the credential that signed.
    pub credential: Vec<u8>,
    /// Its signature counter.
    pub sign_count: u32,
    /// Whether the authenticator knew its person by PIN or biometrics.
    pub user_verified: bool,
}

/// Whom authenticators deal with.
pub struct RelyingParty(Webauthn);

impl RelyingParty {
    /// The one of an installation that is reached at this URL.
    pub fn of(public_url: &str, product: &str) -> Result<Self, NoName> {
        let origin = Url::parse(public_url).map_err(|_| NoName)?;
        let id = origin.domain().ok_or(NoName)?;
        let life = std::time::Duration::from_secs(CHALLENGE_LIFE.whole_seconds().unsigned_abs());
        let builder = WebauthnBuilder::new(id, &origin).map_err(|_| NoName)?;
        builder.rp_name(product).timeout(life).build().map(Self).map_err(|_| NoName)
    }

    /// Begins to make a credential for a person who is shown as `name`; none on an authenticator that has one of
    /// these.
    pub fn register(
        &self,
        person: UserId,
        name: &str,
        held: &[StoredKey],
    ) -> Result<Ceremony, WebauthnError> {
        let held = held.iter().map(|StoredKey(key)| key.cred_id().clone()).collect();
        let (mut asked, state) =
            self.0.start_securitykey_registration(person.uuid(), name, name, Some(held), None, None)?;
        asked.public_key.extensions = None;
        asked.public_key.hints = None;
        let options = serde_json::to_value(asked.public_key).map_err(|_| WebauthnError::Configuration)?;
        Ok(Ceremony { options, state })
    }

    /// The credential that was made, if it was made for this.
    pub fn registered(&self, ceremony: &Ceremony, shown: &Attestation) -> Result<NewKey, WebauthnError> {
        let key = self.0.finish_securitykey_registration(&shown.0, &ceremony.state)?;
        let mut credential = Credential::from(key);
        let (sign_count, backup_eligible) = (credential.counter, credential.backup_eligible);
        credential.counter = 0;
        // Nobody asked for it, and nothing looks at it.
        credential.attestation =
            ParsedAttestation { data: ParsedAttestationData::None, metadata: AttestationMetadata::None };
        Ok(NewKey { stored: StoredKey(credential.into()), sign_count, backup_eligible })
    }

    /// Asks for a signature of one of these: `PublicKeyCredentialRequestOptionsJSON`, and what to remember.
    pub fn challenge(
        &self,
        id: ChallengeId,
        held: &[StoredKey],
        made: Timestamp,
    ) -> Result<(Value, Challenge), WebauthnError> {
        let held: Vec<SecurityKey> = held.iter().map(|StoredKey(key)| key.clone()).collect();
        let (mut asked, state) = self.0.start_securitykey_authentication(&held)?;
        asked.public_key.hints = None;
        let options = serde_json::to_value(asked.public_key).map_err(|_| WebauthnError::Configuration)?;
        Ok((options, Challenge { id, made, state }))
    }

    /// What an answer to this challenge is worth from this person. One that says that it is another's is worth
    /// nothing, although the signature is right (§7.2 step 6).
    pub fn asserted(
        &self,
        challenge: &Challenge,
        shown: &Assertion,
        person: UserId,
    ) -> Result<Asserted, WebauthnError> {
        if shown.0.get_user_unique_id().is_some_and(|id| !id.is_empty() && id != person.uuid().as_bytes()) {
            return Err(WebauthnError::InvalidUserUniqueId);
        }
        let found = self.0.finish_securitykey_authentication(&shown.0, &challenge.state)?;
        Ok(Asserted {
            credential: found.cred_id().clone(),
            sign_count: found.counter(),
            user_verified: found.user_verified(),
        })
    }
}

impl StoredKey {
    /// The id that the authenticator knows it by.
    pub fn id(&self) -> &[u8] {
        self.0.cred_id()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_relying_party_has_a_name_and_one_origin() {
        for (url, good) in [
            ("http://localhost:8420", true),
            ("https://id.example.com", true),
            ("http://127.0.0.1:8420", false),
            ("https://[::1]", false),
            ("https://192.0.2.7", false),
            ("nonsense", false),
        ] {
            assert_eq!(RelyingParty::of(url, "Twofold").is_ok(), good, "{url}");
        }
    }

    #[test]
    fn what_is_asked_of_an_authenticator_is_no_more_than_it_must_be() {
        let party = RelyingParty::of("https://id.example.com", "Twofold").unwrap();
        let person = UserId::from_uuid(webauthn_rs::prelude::Uuid::from_u128(7));
        let ceremony = party.register(person, "ada@example.com", &[]).unwrap();
        let asked = &ceremony.options;
        assert_eq!(asked["rp"], json!({ "id": "id.example.com", "name": "Twofold" }));
        assert_eq!(asked["attestation"], "none");
        assert_eq!(asked["authenticatorSelection"]["userVerification"], "preferred");
        assert_eq!(asked["timeout"], 300_000);
        assert!(asked.get("extensions").is_none() && asked.get("hints").is_none(), "{asked}");
    }

    #[test]
    fn what_is_no_answer_of_an_authenticator_is_told_from_one() {
        let long = json!({ "id": "A".repeat(MAX_ANSWER) });
        for value in [json!(null), json!({}), json!([1]), json!("text"), json!({ "id": 3 }), long] {
            assert!(Attestation::parse(&value).is_err() && Assertion::parse(&value).is_err());
        }
    }
}
