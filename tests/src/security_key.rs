//! A security key that shares no line with the program: WebAuthn level 3 and CTAP 2 written from their texts, so
//! that a mistake of the server's library cannot confirm itself. Only the curve is a crate's.

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// Flags of authenticator data (§6.1).
const USER_PRESENT: u8 = 0x01;
const USER_VERIFIED: u8 = 0x04;
const BACKUP_ELIGIBLE: u8 = 0x08;
const ATTESTED: u8 = 0x40;

/// A key on a key ring, and the browser that it is plugged into.
#[derive(Clone)]
pub struct SecurityKey {
    secret: SigningKey,
    id: Vec<u8>,
    /// What it counts; `None` where it has no counter.
    pub count: Option<u32>,
    /// Whether it is a passkey that may be kept in several places.
    pub passkey: bool,
    /// Where its browser says that it is.
    pub origin: String,
    /// The relying party that it signs for, where it is not the one that asks.
    pub party: Option<String>,
}

impl SecurityKey {
    /// A new one, before a page of this origin.
    pub fn new(origin: &str) -> Result<Self> {
        let mut secret: [u8; 32] = rand::random();
        // Any number below the order of the curve.
        secret[0] &= 0x7f;
        let id: [u8; 24] = rand::random();
        Ok(Self {
            secret: SigningKey::from_slice(&secret)?,
            id: id.to_vec(),
            count: Some(0),
            passkey: false,
            origin: origin.to_owned(),
            party: None,
        })
    }

    fn data(&mut self, party: &str, flags: u8) -> Vec<u8> {
        if let Some(count) = &mut self.count {
            *count += 1;
        }
        let party = self.party.as_deref().unwrap_or(party);
        let flags = flags | USER_PRESENT | USER_VERIFIED | if self.passkey { BACKUP_ELIGIBLE } else { 0 };
        let mut data = Sha256::digest(party.as_bytes()).to_vec();
        data.push(flags);
        data.extend(self.count.unwrap_or_default().to_be_bytes());
        data
    }

    fn client_data(&self, way: &str, asked: &Value) -> Vec<u8> {
        let challenge = &asked["challenge"];
        json!({ "type": way, "challenge": challenge, "origin": self.origin, "crossOrigin": false })
            .to_string()
            .into_bytes()
    }

    /// `navigator.credentials.create()` (§5.1.3), with the attestation object as it is.
    pub fn create(&mut self, asked: &Value) -> Result<Value> {
        self.create_with(asked, |object| object)
    }

    /// The same, with something done to the attestation object on its way.
    pub fn create_with(&mut self, asked: &Value, mangle: impl FnOnce(Vec<u8>) -> Vec<u8>) -> Result<Value> {
        let party = asked["rp"]["id"].as_str().context("a relying party")?;
        let mut data = self.data(party, ATTESTED);
        data.extend([0; 16]);
        data.extend((self.id.len() as u16).to_be_bytes());
        data.extend(&self.id);
        let point = self.secret.verifying_key().to_sec1_point(false);
        let (x, y) = (point.x().context("a point")?, point.y().context("a point")?);
        // RFC 9053: {1: 2, 3: -7, -1: 1, -2: x, -3: y}.
        data.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
        data.extend(x);
        data.extend([0x22, 0x58, 0x20]);
        data.extend(y);
        // {"fmt": "none", "attStmt": {}, "authData": data}.
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        object.push(u8::try_from(data.len())?);
        object.extend(data);
        let response = json!({
            "attestationObject": URL_SAFE_NO_PAD.encode(mangle(object)),
            "clientDataJSON": URL_SAFE_NO_PAD.encode(self.client_data("webauthn.create", asked)),
            "transports": ["usb"],
        });
        Ok(self.answer(&response))
    }

    /// `navigator.credentials.get()` (§5.1.4).
    pub fn get(&mut self, asked: &Value) -> Result<Value> {
        self.get_with(asked, |data| data)
    }

    /// The same, with something done to the authenticator data before it is signed.
    pub fn get_with(&mut self, asked: &Value, mangle: impl FnOnce(Vec<u8>) -> Vec<u8>) -> Result<Value> {
        let party = asked["rpId"].as_str().context("a relying party")?;
        let data = mangle(self.data(party, 0));
        let client = self.client_data("webauthn.get", asked);
        let signed = [data.as_slice(), &Sha256::digest(&client)].concat();
        let signature: Signature = self.secret.sign(&signed);
        let response = json!({
            "authenticatorData": URL_SAFE_NO_PAD.encode(data),
            "clientDataJSON": URL_SAFE_NO_PAD.encode(client),
            "signature": URL_SAFE_NO_PAD.encode(signature.to_der().as_bytes()),
            "userHandle": null,
        });
        Ok(self.answer(&response))
    }

    fn answer(&self, response: &Value) -> Value {
        let id = URL_SAFE_NO_PAD.encode(&self.id);
        json!({
            "id": id, "rawId": id, "type": "public-key", "response": response, "clientExtensionResults": {},
        })
    }
}
