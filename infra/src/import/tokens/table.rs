//! Tokens as a table. With a header, columns stand in any order and may be called as the usual deliveries call
//! them; what is not about the token (`upn`, `manufacturer`, `model`) is passed over. Without one, a line is
//! `serial, seed[, type[, digits[, period or counter]]]`.

use std::collections::HashMap;

use csv::{ReaderBuilder, StringRecord, Trim};
use twofold_domain::factor::otp::OtpAlgorithm;
use twofold_domain::factor::token::Moves;
use zeroize::Zeroizing;

use super::{Claimed, Flaws, FoundToken, MAX_TOKENS, algorithm, base32, hex, plain, seed_bytes};

/// What a column holds, and how it may be called.
const COLUMNS: [(&str, &[&str]); 8] = [
    ("serial", &["serial", "serial number", "serialnumber", "serial no", "token serial"]),
    ("seed", &["seed", "secret", "secret key", "key", "hmac key"]),
    ("type", &["type", "token type", "otp type"]),
    ("digits", &["digits", "otp length", "otplen", "length"]),
    ("period", &["period", "time interval", "timeinterval", "time step", "timestep"]),
    ("algorithm", &["algorithm", "hash", "hashlib", "hash algorithm"]),
    ("counter", &["counter", "moving factor"]),
    ("encoding", &["encoding", "seed format", "key format"]),
];
const PASSED_OVER: [&str; 4] = ["upn", "manufacturer", "model", "description"];

pub(super) fn read(file: &str, found: &mut Vec<FoundToken>, flaws: &mut Flaws) {
    let file = file.trim_start_matches('\u{feff}');
    let mut reader = ReaderBuilder::new()
        .trim(Trim::All)
        .has_headers(false)
        .flexible(true)
        .comment(Some(b'#'))
        .from_reader(file.as_bytes());
    let mut places: Option<HashMap<&'static str, usize>> = None;
    for (n, record) in reader.records().enumerate() {
        let Ok(record) = record else {
            flaws.add(n as u64 + 1, "", "is not a line of a table");
            return;
        };
        let line = record.position().map_or(n as u64 + 1, csv::Position::line);
        if n == 0 {
            match header(&record, line, flaws) {
                Some(Ok(header)) => {
                    places = Some(header);
                    continue;
                }
                Some(Err(())) => return,
                None => {}
            }
        }
        if found.len() > MAX_TOKENS {
            return;
        }
        let fields = Fields { record: &record, places: places.as_ref() };
        let before = flaws.count;
        found.extend(token(&fields, line, flaws).and_then(|claimed| claimed.check(flaws)));
        // A first line that is no token's may be a header of which no name is known.
        if n == 0 && flaws.count > before {
            flaws.add(line, "", format!("holds no token; if it names columns, {}", known()));
        }
    }
}

/// The columns that a table may name, in words.
fn known() -> String {
    let columns: Vec<&str> = COLUMNS.iter().map(|(column, _)| *column).collect();
    format!("known are {}; {} are passed over", columns.join(", "), PASSED_OVER.join(", "))
}

/// The columns, where the first line names them.
fn header(
    record: &StringRecord,
    line: u64,
    flaws: &mut Flaws,
) -> Option<Result<HashMap<&'static str, usize>, ()>> {
    let named = |text: &str| {
        let text = text.to_ascii_lowercase().replace(['_', '-'], " ");
        COLUMNS.into_iter().find(|(_, names)| names.contains(&text.as_str())).map(|(column, _)| column)
    };
    named(record.get(0).unwrap_or_default()).or_else(|| record.iter().find_map(named))?;
    let before = flaws.count;
    let mut places = HashMap::new();
    for (place, text) in record.iter().enumerate() {
        match named(text) {
            Some(column) if places.insert(column, place).is_none() => {}
            Some(column) => flaws.add(line, column, "stands there twice"),
            None if PASSED_OVER.contains(&text.to_ascii_lowercase().as_str()) => {}
            None => flaws.add(line, "", format!("has a column `{text}` that is not known here; {}", known())),
        }
    }
    for needed in ["serial", "seed"] {
        if !places.contains_key(needed) {
            flaws.add(line, needed, "is missing");
        }
    }
    Some(if flaws.count == before { Ok(places) } else { Err(()) })
}

struct Fields<'a> {
    record: &'a StringRecord,
    places: Option<&'a HashMap<&'static str, usize>>,
}

impl Fields<'_> {
    fn get(&self, column: &'static str) -> Option<&str> {
        let place = match (self.places, column) {
            (Some(places), column) => *places.get(column)?,
            (None, "serial") => 0,
            (None, "seed") => 1,
            (None, "type") => 2,
            (None, "digits") => 3,
            (None, "period" | "counter") => 4,
            (None, _) => return None,
        };
        self.record.get(place).filter(|text| !text.is_empty())
    }
}

fn token(fields: &Fields<'_>, line: u64, flaws: &mut Flaws) -> Option<Claimed> {
    let before = flaws.count;
    let number = |column: &'static str, usual: u64, flaws: &mut Flaws| match fields.get(column) {
        None => usual,
        Some(text) => text.parse().unwrap_or_else(|_| {
            flaws.add(line, column, "is not a number");
            usual
        }),
    };
    let kind = fields.get("type").unwrap_or("totp").to_ascii_lowercase();
    let moves = match kind.as_str() {
        "totp" | "oath-totp" | "time" => {
            let period = number("period", 30, flaws);
            Moves::Clock { period: u8::try_from(period).unwrap_or(0) }
        }
        "hotp" | "oath-hotp" | "event" | "counter" => Moves::Counter { from: number("counter", 0, flaws) },
        _ => {
            flaws.add(line, "type", "is not supported here: only totp and hotp are");
            return None;
        }
    };
    let digits = u8::try_from(number("digits", 6, flaws)).unwrap_or(0);
    let hash = match fields.get("algorithm") {
        None => OtpAlgorithm::Sha1,
        Some(name) => algorithm(name).unwrap_or_else(|| {
            flaws.add(line, "algorithm", "is not supported here: only SHA1, SHA256, and SHA512 are");
            OtpAlgorithm::Sha1
        }),
    };
    let seed = seed(fields, line, flaws);
    let serial = fields.get("serial").unwrap_or_default().to_owned();
    (flaws.count == before).then_some(Claimed { line, serial, seed, algorithm: hash, digits, moves })
}

fn seed(fields: &Fields<'_>, line: u64, flaws: &mut Flaws) -> Zeroizing<Vec<u8>> {
    let text = fields.get("seed").unwrap_or_default();
    let encoding = fields.get("encoding").unwrap_or_default().to_ascii_lowercase();
    let bytes = match encoding.as_str() {
        "" => seed_bytes(text),
        "hex" => {
            Some(plain(text)).filter(|p| p.len() % 2 == 0).and_then(|p| hex(&p)).ok_or("is not hexadecimal")
        }
        "base32" => base32(&plain(text)).ok_or("is not base 32"),
        _ => Err("has an encoding that is not one of hex, base32"),
    };
    bytes.unwrap_or_else(|why| {
        flaws.add(line, "seed", why);
        Zeroizing::default()
    })
}
