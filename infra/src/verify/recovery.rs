//! Recovery codes: `3-ABCD-EFGH-JKMN-PQRS`.
//!
//! The digit is public and says which of the set it is, so that one comparison decides; the rest is
//! 80 random bits in Crockford's base 32 (NIST SP 800-63B-4 §4.2.1.1 asks for 64 of a saved recovery code).
//! What is stored is HMAC-SHA-256 under the account's verifier key, bound to the set and the index. Below 112 bits
//! §3.1.2.2 asks for a salt and a password hash instead, whose work factor may be small; a key that is not in the
//! database stands in for both: without it nothing can be tried, and with it 80 bits are still to be guessed.

use twofold_domain::ids::CodeSetId;
use zeroize::Zeroizing;

use super::code::{NotACode, is_filler};
use crate::keys::MacKey;
use crate::mint::Mint;

/// Codes in a set.
pub const CODES: usize = 10;

/// The kind under which a set's row is sealed.
pub const CODES_KIND: &str = "recovery_codes";

/// Random bytes of one code.
pub(super) const RANDOM: usize = 10;
const SYMBOLS: usize = 16;
const TAG: usize = 32;
const VERSION: u8 = 1;
const LABEL: &str = "twofold/recovery-code/v1";
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The longest text that is looked at: 17 symbols with something between any two.
const MAX_TYPED: usize = 64;

/// One code. Cannot be printed; zeroised.
pub struct RecoveryCode {
    index: u8,
    random: Zeroizing<[u8; RANDOM]>,
}

impl RecoveryCode {
    /// Reads a code however it was written down: any case, any hyphens and spaces, the letters O, I
    /// and L for the digits that they look like.
    pub fn parse(typed: &str) -> Result<Self, NotACode> {
        read(typed)
            .ok_or(NotACode { expected: "a digit and 16 letters or digits, like 3-ABCD-EFGH-JKMN-PQRS" })
    }

    /// Which of its set this is: 0 to 9, public.
    pub const fn index(&self) -> u8 {
        self.index
    }

    /// The code for people to read: to be shown once, and never stored.
    pub fn reveal(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(2 + SYMBOLS + SYMBOLS / 4));
        text.push(char::from(b'0' + self.index));
        text.push('-');
        write_symbols(&self.random, &mut text);
        text
    }
}

fn read(typed: &str) -> Option<RecoveryCode> {
    if typed.len() > MAX_TYPED {
        return None;
    }
    let mut symbols = typed.chars().filter(|c| !is_filler(*c)).map(value);
    let index = symbols.next()?.filter(|i| usize::from(*i) < CODES)?;
    Some(RecoveryCode { index, random: read_symbols(symbols)? })
}

/// Writes random bytes as four groups of four symbols.
pub(super) fn write_symbols(random: &[u8; RANDOM], text: &mut String) {
    let bits = random.iter().fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
    for i in 0..SYMBOLS {
        if i > 0 && i % 4 == 0 {
            text.push('-');
        }
        text.push(char::from(ALPHABET[(bits >> (5 * (SYMBOLS - 1 - i)) & 31) as usize]));
    }
}

/// Reads sixteen symbols, and nothing after them.
pub(super) fn read_symbols(mut symbols: impl Iterator<Item = Option<u8>>) -> Option<Zeroizing<[u8; RANDOM]>> {
    let mut bits = 0_u128;
    for _ in 0..SYMBOLS {
        bits = bits << 5 | u128::from(symbols.next()??);
    }
    if symbols.next().is_some() {
        return None;
    }
    let mut random = Zeroizing::new([0; RANDOM]);
    random.copy_from_slice(&bits.to_be_bytes()[16 - RANDOM..]);
    Some(random)
}

/// What a symbol stands for.
pub(super) fn value(symbol: char) -> Option<u8> {
    let symbol = match symbol.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    ALPHABET.iter().position(|a| char::from(*a) == symbol).map(|p| p as u8)
}

/// What is stored of a set: `0x01 ‖ 10 tags of 32 bytes`.
pub struct RecoveryCodes(Vec<u8>);

impl RecoveryCodes {
    /// A fresh set: the codes to show once, and what to store.
    pub fn mint(mint: &Mint, key: &MacKey, set: CodeSetId) -> (Vec<RecoveryCode>, Self) {
        let codes: Vec<_> =
            (0..CODES as u8).map(|index| RecoveryCode { index, random: mint.secret() }).collect();
        let mut stored = vec![VERSION];
        for code in &codes {
            stored.extend(key.tag(LABEL, &[set.uuid().as_bytes(), &[code.index], code.random.as_slice()]));
        }
        (codes, Self(stored))
    }

    /// A stored set; `None` if these bytes are none.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        (bytes.len() == 1 + CODES * TAG && bytes[0] == VERSION).then(|| Self(bytes.to_vec()))
    }

    /// What to store.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The index of `code` if it is one of this set. Whether it was used before is on record
    /// elsewhere.
    pub fn matched_index(&self, key: &MacKey, set: CodeSetId, code: &RecoveryCode) -> Option<u8> {
        let start = 1 + usize::from(code.index) * TAG;
        let stored = self.0.get(start..start + TAG)?;
        let set = set.uuid();
        let parts: [&[u8]; 3] = [set.as_bytes(), &[code.index], code.random.as_slice()];
        key.matches(LABEL, &parts, stored).then_some(code.index)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;
    use crate::clock::Clock;
    use crate::keys::envelope::Key;

    fn set() -> (MacKey, CodeSetId, Vec<RecoveryCode>, RecoveryCodes) {
        let mint = Mint::seeded(Clock::system(), 5);
        let key = MacKey::for_tests(Key::new(mint.secret()));
        let id = mint.id();
        let (codes, stored) = RecoveryCodes::mint(&mint, &key, id);
        (key, id, codes, stored)
    }

    fn parse(text: &str) -> RecoveryCode {
        RecoveryCode::parse(text).map_err(|_| text.to_owned()).unwrap()
    }

    #[test]
    fn ten_codes_of_eighty_bits_each_match_their_own_index() {
        let (key, id, codes, stored) = set();
        assert_eq!(codes.len(), 10);
        const { assert!(RANDOM * 8 >= 80) };
        let stored = RecoveryCodes::from_bytes(stored.bytes()).unwrap();
        for (i, code) in codes.iter().enumerate() {
            assert_eq!(stored.matched_index(&key, id, &parse(&code.reveal())), Some(i as u8));
        }
        assert_eq!(codes.iter().map(|c| *c.random).collect::<HashSet<_>>().len(), 10);
    }

    #[test]
    fn a_code_is_read_however_it_was_written_down() {
        let written = "3-ABCD-EF0H-1KMN-PQ1S";
        assert_eq!(parse(written).reveal().as_str(), written);
        for variant in
            ["3abcdef0h1kmnpq1s", "3 ABCD EFOH IKMN PQLS", " 3-abcd-efoh-lkmn-pqis ", "3–ABCD–EF0H–1KMN–PQ1S"]
        {
            assert_eq!(parse(variant).reveal().as_str(), written, "{variant}");
        }
    }

    #[test]
    fn what_is_no_code_is_refused() {
        for text in [
            "",
            "3",
            "3-ABCD-EFGH-JKMN-PQR",
            "3-ABCD-EFGH-JKMN-PQRST",
            "A-ABCD-EFGH-JKMN-PQRS",
            "3-ABCD-EFGH-JKMN-PQRU",
            "3-ABCD-EFGH-JKMN-PQR!",
            "3-ÀBCD-EFGH-JKMN-PQRS",
        ] {
            assert!(RecoveryCode::parse(text).is_err(), "{text}");
        }
        assert!(RecoveryCode::parse(&"-".repeat(100_000)).is_err());
    }

    #[test]
    fn a_code_matches_neither_another_set_nor_another_index_nor_another_key() {
        let (key, id, codes, stored) = set();
        let other_set = CodeSetId::from_uuid(uuid::Uuid::from_u128(1));
        assert_eq!(stored.matched_index(&key, other_set, &codes[3]), None);
        let moved = RecoveryCode { index: 4, random: codes[3].random.clone() };
        assert_eq!(stored.matched_index(&key, id, &moved), None);
        let other_key = MacKey::for_tests(Key::new(Zeroizing::new([1; 32])));
        assert_eq!(stored.matched_index(&other_key, id, &codes[3]), None);
        let mut changed = RecoveryCode { index: 3, random: codes[3].random.clone() };
        changed.random[9] ^= 1;
        assert_eq!(stored.matched_index(&key, id, &changed), None);
    }

    #[test]
    fn damaged_rows_are_no_sets() {
        let (_, _, _, stored) = set();
        assert!(RecoveryCodes::from_bytes(&stored.bytes()[1..]).is_none());
        assert!(RecoveryCodes::from_bytes(&[stored.bytes(), &[0]].concat()).is_none());
        assert!(RecoveryCodes::from_bytes(&[0; 321]).is_none());
    }

    proptest! {
        #[test]
        fn every_code_survives_being_read(index in 0_u8..10, random: [u8; 10]) {
            let code = RecoveryCode { index, random: Zeroizing::new(random) };
            let read = parse(&code.reveal());
            prop_assert_eq!((read.index, *read.random), (index, random));
        }

        #[test]
        fn no_text_makes_the_parser_panic(typed in "\\PC{0,80}") {
            let _ = RecoveryCode::parse(&typed);
        }
    }
}
