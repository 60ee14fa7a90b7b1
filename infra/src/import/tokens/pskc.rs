//! Portable Symmetric Key Container, RFC 6030.
//!
//! Seeds stand there in clear, or encrypted with AES-128 in CBC mode under a pre-shared key (§6.1) or one that is
//! derived from a password (§6.2), each with a MAC that is checked before anything is decrypted. Signatures over
//! the container are not looked at; whoever needs them checks them before (`pskctool --verify`).
//!
//! The reader refuses document types, and so every external entity; the work that a password may cost is bounded.

use aes::Aes128;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cbc::cipher::{BlockDecryptMut as _, KeyIvInit as _, block_padding::NoPadding};
use hmac::{Hmac, Mac as _};
use quick_xml::Reader;
use quick_xml::events::Event;
use roxmltree::{Document, Node};
use sha1::Sha1;
use sha2::Sha256;
use twofold_domain::factor::otp::OtpAlgorithm;
use twofold_domain::factor::token::Moves;
use twofold_domain::time::Timestamp;
use zeroize::Zeroizing;

use super::{Claimed, Flaws, FoundToken, MAX_TOKENS, algorithm, hex, plain, policy};

/// Bytes of an AES-128 key and block.
const BLOCK: usize = 16;
/// The most rounds of PBKDF2 that a container may ask for.
const MAX_ITERATIONS: u32 = 2_000_000;
/// Elements one in another: several times what a container has.
const MAX_DEPTH: usize = 64;
const HOTP: [&str; 2] =
    ["urn:ietf:params:xml:ns:keyprov:pskc:hotp", "urn:ietf:params:xml:ns:keyprov:pskc#hotp"];
const TOTP: [&str; 2] =
    ["urn:ietf:params:xml:ns:keyprov:pskc:totp", "urn:ietf:params:xml:ns:keyprov:pskc#totp"];
const AES_128_CBC: &str = "http://www.w3.org/2001/04/xmlenc#aes128-cbc";

/// What opens the seeds of a container. Cannot be printed; zeroised.
#[derive(Clone)]
pub enum ContainerKey {
    /// The key that was exchanged before, 16 bytes.
    PreShared(Zeroizing<Vec<u8>>),
    /// A password.
    Password(Zeroizing<String>),
}

impl ContainerKey {
    /// A pre-shared key from its hexadecimal digits.
    pub fn from_hex(text: &str) -> Option<Self> {
        let text = plain(text.trim().trim_start_matches("0x"));
        (text.len() == 2 * BLOCK).then(|| hex(&text)).flatten().map(Self::PreShared)
    }
}

pub(super) fn read(
    file: &str,
    key: Option<&ContainerKey>,
    now: Timestamp,
    found: &mut Vec<FoundToken>,
    flaws: &mut Flaws,
) {
    if !is_shallow(file) {
        flaws.add(1, "", "is not the XML of a key container");
        return;
    }
    // Neither a DTD nor, therefore, an entity of anybody's making is read.
    let document = match Document::parse(file) {
        Ok(document) => document,
        Err(error) => {
            flaws.add(u64::from(error.pos().row), "", "is not the XML of a key container");
            return;
        }
    };
    let root = document.root_element();
    if root.tag_name().name() != "KeyContainer" {
        flaws.add(1, "", "is not a KeyContainer (RFC 6030)");
        return;
    }
    let opening = match Opening::of(root, key) {
        Ok(opening) => opening,
        Err(why) => {
            flaws.add(line(root), "key", why);
            return;
        }
    };
    for package in root.children().filter(|node| is(*node, "KeyPackage")) {
        if found.len() > MAX_TOKENS {
            return;
        }
        let Some(key) = child(package, "Key") else { continue };
        match token(package, key, &opening, now) {
            Ok(claimed) => found.extend(claimed.check(flaws)),
            Err((field, why)) => flaws.add(line(key), field, why),
        }
    }
}

/// Whether it is XML whose elements lie no deeper in one another than a container's; looked at before the parser, which
/// calls itself for each level, builds the tree.
fn is_shallow(file: &str) -> bool {
    let (mut reader, mut depth) = (Reader::from_str(file), 0_usize);
    loop {
        match reader.read_event() {
            Ok(Event::Start(_)) if depth == MAX_DEPTH => return false,
            Ok(Event::Start(_)) => depth += 1,
            Ok(Event::End(_)) => depth = depth.saturating_sub(1),
            Ok(Event::Eof) => return true,
            Ok(_) => {}
            Err(_) => return false,
        }
    }
}

pub(super) type Wrong = (&'static str, String);

fn token(
    package: Node<'_, '_>,
    key: Node<'_, '_>,
    opening: &Opening,
    now: Timestamp,
) -> Result<Claimed, Wrong> {
    let wrong = |field, why: &str| (field, why.to_owned());
    let serial = child(package, "DeviceInfo").and_then(|device| text(device, "SerialNo"));
    let serial = serial.or_else(|| key.attribute("Id")).unwrap_or_default().trim().to_owned();
    policy::keeps(package, key, now)?;
    let kind = key.attribute("Algorithm").unwrap_or_default();
    let data = child(key, "Data").ok_or(wrong("Data", "is missing"))?;
    let number = |name: &'static str, usual: u64| match child(data, name).map(|n| text(n, "PlainValue")) {
        None => Ok(usual),
        Some(Some(plain)) => plain.trim().parse().map_err(|_| wrong(name, "is not a number")),
        Some(None) => Err(wrong(name, "is not readable: only plain values are")),
    };
    let moves = if HOTP.contains(&kind) {
        Moves::Counter { from: number("Counter", 0)? }
    } else if TOTP.contains(&kind) {
        if number("Time", 0)? != 0 {
            return Err(wrong("Time", "is not supported here: steps are counted from 1970"));
        }
        Moves::Clock { period: u8::try_from(number("TimeInterval", 30)?).unwrap_or(0) }
    } else {
        return Err(wrong("Algorithm", "is not supported here: only the hotp and totp of RFC 6030 are"));
    };
    let parameters = child(key, "AlgorithmParameters");
    let response = parameters.and_then(|p| child(p, "ResponseFormat"));
    if response.is_some_and(|r| r.attribute("Encoding").is_some_and(|e| e != "DECIMAL")) {
        return Err(wrong("ResponseFormat", "is not supported here: only DECIMAL is"));
    }
    if response.is_some_and(|r| r.attribute("CheckDigits").is_some_and(|c| matches!(c, "true" | "1"))) {
        return Err(wrong("ResponseFormat", "is not supported here: codes have no check digit"));
    }
    let digits = response.and_then(|r| r.attribute("Length")).map_or(Ok(6), str::parse);
    let digits = digits.map_err(|_| wrong("ResponseFormat", "has a length that is not a number"))?;
    let hash = match parameters.and_then(|p| text(p, "Suite")).map(str::trim) {
        None | Some("") => OtpAlgorithm::Sha1,
        Some(name) => {
            let known = algorithm(name);
            known.ok_or(wrong("Suite", "is not supported here: only SHA1, SHA256, and SHA512 are"))?
        }
    };
    let secret = child(data, "Secret").ok_or(wrong("Secret", "is missing"))?;
    let seed = seed(secret, opening)?;
    Ok(Claimed { line: line(key), serial, seed, algorithm: hash, digits, moves })
}

fn seed(secret: Node<'_, '_>, opening: &Opening) -> Result<Zeroizing<Vec<u8>>, Wrong> {
    let wrong = |why: &str| ("Secret", why.to_owned());
    if let Some(plain) = text(secret, "PlainValue") {
        return bytes(plain).ok_or_else(|| wrong("is not base 64"));
    }
    let sealed = child(secret, "EncryptedValue").ok_or_else(|| wrong("has no value"))?;
    let (key, mac) = match opening {
        Opening::Open { key, mac } => (key, mac),
        Opening::Locked => {
            return Err((
                "key",
                "is needed: the seed is encrypted, under a pre-shared key or a password".to_owned(),
            ));
        }
    };
    let cipher = cipher_value(sealed).map_err(|why| wrong(&why))?;
    let tag = text(secret, "ValueMAC").and_then(bytes);
    let tag = tag.ok_or_else(|| wrong("has no MAC, and is not trusted without one"))?;
    if !mac.verifies(&cipher, &tag) {
        let why =
            "does not open the seed, whose MAC is not right: another key or password, or it was changed";
        return Err(("key", why.to_owned()));
    }
    decrypt(key, &cipher).map_err(|why| ("key", why))
}

/// The keys of a container.
enum Opening {
    /// Its seeds can be opened.
    Open { key: Zeroizing<Vec<u8>>, mac: MacKey },
    /// They are in clear, or no key was given.
    Locked,
}

impl Opening {
    fn of(root: Node<'_, '_>, given: Option<&ContainerKey>) -> Result<Self, String> {
        let (Some(given), Some(encryption)) = (given, child(root, "EncryptionKey")) else {
            return Ok(Self::Locked);
        };
        let derived = child(encryption, "DerivedKey");
        let key = match (given, derived) {
            (ContainerKey::PreShared(key), None) => key.clone(),
            (ContainerKey::Password(password), Some(derived)) => derive(derived, password)?,
            (ContainerKey::Password(_), None) => {
                return Err("is a pre-shared key in this container, not a password".into());
            }
            (ContainerKey::PreShared(_), Some(_)) => {
                return Err("is a password in this container, not a pre-shared key".into());
            }
        };
        let method = child(root, "MACMethod").ok_or("has no MACMethod, and is not trusted without one")?;
        let mac_key = match child(method, "MACKey") {
            Some(wrapped) => decrypt(&key, &cipher_value(wrapped)?)?,
            None => key.clone(),
        };
        let mac = match method.attribute("Algorithm").unwrap_or_default() {
            "http://www.w3.org/2000/09/xmldsig#hmac-sha1" => MacKey::Sha1(mac_key),
            "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256" => MacKey::Sha256(mac_key),
            _ => return Err("has a MACMethod that is not one of hmac-sha1, hmac-sha256".into()),
        };
        Ok(Self::Open { key, mac })
    }
}

enum MacKey {
    Sha1(Zeroizing<Vec<u8>>),
    Sha256(Zeroizing<Vec<u8>>),
}

impl MacKey {
    /// In constant time.
    fn verifies(&self, message: &[u8], tag: &[u8]) -> bool {
        match self {
            Self::Sha1(key) => Hmac::<Sha1>::new_from_slice(key)
                .is_ok_and(|mac| mac.chain_update(message).verify_slice(tag).is_ok()),
            Self::Sha256(key) => Hmac::<Sha256>::new_from_slice(key)
                .is_ok_and(|mac| mac.chain_update(message).verify_slice(tag).is_ok()),
        }
    }
}

/// PBKDF2 (PKCS #5, RFC 8018) as the container says.
fn derive(derived: Node<'_, '_>, password: &str) -> Result<Zeroizing<Vec<u8>>, String> {
    let method = child(derived, "KeyDerivationMethod").ok_or("has no KeyDerivationMethod")?;
    let params = child(method, "PBKDF2-params");
    let params = params.filter(|_| method.attribute("Algorithm").is_some_and(|a| a.ends_with("pbkdf2")));
    let params = params.ok_or("has a key derivation that is not PBKDF2")?;
    let salt = child(params, "Salt").and_then(|salt| text(salt, "Specified")).and_then(bytes);
    let salt = salt.ok_or("has no salt")?;
    let count = text(params, "IterationCount").and_then(|count| count.trim().parse::<u32>().ok());
    let count = count.filter(|count| (1..=MAX_ITERATIONS).contains(count));
    let count = count.ok_or_else(|| format!("asks for more than {MAX_ITERATIONS} rounds, or none"))?;
    let length = text(params, "KeyLength").map_or(Some(BLOCK), |length| length.trim().parse().ok());
    if length != Some(BLOCK) {
        return Err(format!("has a derived key that is not of {BLOCK} bytes"));
    }
    let mut key = Zeroizing::new(vec![0; BLOCK]);
    match child(params, "PRF").and_then(|prf| prf.attribute("Algorithm")).unwrap_or("sha1") {
        prf if prf.ends_with("sha1") || prf.ends_with("SHA1") => {
            pbkdf2::pbkdf2_hmac::<Sha1>(password.as_bytes(), &salt, count, &mut key);
        }
        prf if prf.ends_with("sha256") || prf.ends_with("SHA256") => {
            pbkdf2::pbkdf2_hmac::<Sha256>(password.as_bytes(), &salt, count, &mut key);
        }
        _ => return Err("has a PRF that is not HMAC-SHA-1 or HMAC-SHA-256".into()),
    }
    Ok(key)
}

fn cipher_value(sealed: Node<'_, '_>) -> Result<Zeroizing<Vec<u8>>, String> {
    let method = child(sealed, "EncryptionMethod").and_then(|method| method.attribute("Algorithm"));
    if method != Some(AES_128_CBC) {
        return Err("has an encryption that is not AES-128-CBC".to_owned());
    }
    let value = child(sealed, "CipherData").and_then(|data| text(data, "CipherValue")).and_then(bytes);
    value.ok_or_else(|| "has no cipher value in base 64".to_owned())
}

/// The first block is the initialisation vector; the last byte says how much is padding (XML Encryption §5.2).
fn decrypt(key: &[u8], cipher: &[u8]) -> Result<Zeroizing<Vec<u8>>, String> {
    let broken = || "opens nothing: another key or password, or the container was changed".to_owned();
    let (iv, body) = cipher.split_at_checked(BLOCK).ok_or_else(broken)?;
    let decryptor = cbc::Decryptor::<Aes128>::new_from_slices(key, iv).map_err(|_| broken())?;
    let clear = decryptor.decrypt_padded_vec_mut::<NoPadding>(body).map_err(|_| broken())?;
    let mut clear = Zeroizing::new(clear);
    let padding = clear.last().map_or(0, |last| usize::from(*last));
    if !(1..=BLOCK).contains(&padding) || padding > clear.len() {
        return Err(broken());
    }
    let length = clear.len() - padding;
    clear.truncate(length);
    Ok(clear)
}

fn is(node: Node<'_, '_>, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name
}

pub(super) fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|child| is(*child, name))
}

pub(super) fn text<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    child(node, name).map(|child| child.text().unwrap_or_default())
}

fn bytes(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let packed = Zeroizing::new(text.split_whitespace().collect::<String>());
    STANDARD.decode(packed.as_bytes()).ok().map(Zeroizing::new)
}

fn line(node: Node<'_, '_>) -> u64 {
    u64::from(node.document().text_pos_at(node.range().start).row)
}
