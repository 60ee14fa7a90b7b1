//! Codes of recovery grants: `R-ABCD-EFGH-JKMN-PQRS`.
//!
//! Shown once, to a locked-out member of the team or to who helps them, and typed by hand after the password:
//! the letter tells it from a recovery code of their own. It is an issued one (NIST SP 800-63B-4 §4.2.1.2), and has as
//! many random bits as one that is saved: 80, in Crockford's base 32. Stored as HMAC-SHA-256 under the account's
//! verifier key, bound to the case's id.

use twofold_domain::ids::RecoveryId;
use zeroize::Zeroizing;

use super::code::{NotACode, is_filler};
use super::recovery::{RANDOM, read_symbols, value, write_symbols};
use crate::keys::MacKey;
use crate::mint::Mint;

const LABEL: &str = "twofold/recovery-grant/v1";
/// The longest text that is looked at: 17 symbols with something between any two.
const MAX_TYPED: usize = 64;
/// What it begins with. Recovery codes begin with a digit.
const FIRST: char = 'R';

/// One code. Cannot be printed; zeroised.
pub struct GrantCode(Zeroizing<[u8; RANDOM]>);

impl GrantCode {
    /// A fresh one.
    pub fn mint(mint: &Mint) -> Self {
        Self(mint.secret())
    }

    /// Reads a code however it was written down: any case, any hyphens and spaces, the letters O, I and L
    /// for the digits that they look like.
    pub fn parse(typed: &str) -> Result<Self, NotACode> {
        let refused = NotACode { expected: "R and 16 letters or digits, like R-ABCD-EFGH-JKMN-PQRS" };
        if typed.len() > MAX_TYPED {
            return Err(refused);
        }
        let mut symbols = typed.chars().filter(|c| !is_filler(*c));
        if !symbols.next().is_some_and(|first| first.eq_ignore_ascii_case(&FIRST)) {
            return Err(refused);
        }
        read_symbols(symbols.map(value)).map(Self).ok_or(refused)
    }

    /// The code for people to read: to be shown once, and never stored.
    pub fn reveal(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(2 + 2 * RANDOM));
        text.push(FIRST);
        text.push('-');
        write_symbols(&self.0, &mut text);
        text
    }

    /// What is stored: a keyed hash, bound to this case's id.
    pub fn verifier(&self, key: &MacKey, id: RecoveryId) -> [u8; 32] {
        key.tag(LABEL, &[id.uuid().as_bytes(), self.0.as_slice()])
    }

    /// Whether this is the code that `stored` was made from.
    pub fn matches(&self, key: &MacKey, id: RecoveryId, stored: &[u8]) -> bool {
        key.matches(LABEL, &[id.uuid().as_bytes(), self.0.as_slice()], stored)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::clock::Clock;
    use crate::keys::envelope::Key;
    use crate::verify::recovery::RecoveryCode;

    /// Rules: C3.
    #[test]
    fn a_granted_code_matches_itself_under_its_own_case_only_and_is_no_recovery_code() {
        const { assert!(RANDOM * 8 >= 80) };
        let mint = Mint::seeded(Clock::system(), 7);
        let key = MacKey::for_tests(Key::new(mint.secret()));
        let (id, other) = (mint.id(), mint.id());
        let code = GrantCode::mint(&mint);
        let stored = code.verifier(&key, id);
        let shown = code.reveal().to_string();
        assert!(RecoveryCode::parse(&shown).is_err());
        for typed in [shown.clone(), shown.to_lowercase(), shown.replace('-', ""), shown.replace('-', " ")] {
            let typed = GrantCode::parse(&typed).map_err(|_| ()).unwrap();
            assert!(typed.matches(&key, id, &stored));
            assert!(!typed.matches(&key, other, &stored));
            assert!(!typed.matches(&key, id, &stored[..31]));
        }
        assert!(!GrantCode::mint(&mint).matches(&key, id, &stored));
    }

    #[test]
    fn what_is_no_granted_code_is_refused() {
        for text in ["", "R", "ABCD-EFGH-JKMN-PQRS", "3-ABCD-EFGH-JKMN-PQRS", "R-ABCD-EFGH-JKMN-PQRST"] {
            assert!(GrantCode::parse(text).is_err(), "{text}");
        }
        assert!(GrantCode::parse(&"R".repeat(100_000)).is_err());
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(typed in "\\PC{0,80}") {
            let _ = GrantCode::parse(&typed);
        }
    }
}
