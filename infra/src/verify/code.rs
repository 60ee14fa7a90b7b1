//! Numeric codes as people type them.

use twofold_domain::ids::{MailedCodeId, SmsCodeId};
use zeroize::Zeroizing;

use crate::keys::MacKey;
use crate::mint::Mint;

/// A text that cannot be a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a code: expected {expected}")]
pub struct NotACode {
    /// What was expected, in words.
    pub expected: &'static str,
}

/// The longest text that is looked at: eight digits with something between any two.
const MAX_TYPED: usize = 32;

/// Digits of a mailed code: a hundred times the least that NIST SP 800-63B-4 §3.1.3.2 asks of a
/// code that is sent (6), since it may lie in a mailbox for longer than on a screen.
const MAILED_DIGITS: u8 = 8;

const MAILED_LABEL: &str = "twofold/mailed-code/v1";

/// A one-time password of 6 to 8 digits (RFC 4226 §5.3), or two that follow each other, by which a token that
/// went out of step is found again (RFC 4226 §7.4, RFC 6238 §6). Cannot be printed; zeroised.
pub struct OtpCode(Zeroizing<String>);

impl OtpCode {
    /// Reads 6 to 8 digits, or two codes of as many one after the other; spaces and hyphens are passed over.
    pub fn parse(typed: &str) -> Result<Self, NotACode> {
        let digits = digits(typed).filter(|d| matches!(d.len(), 6..=8 | 12 | 14 | 16));
        digits.map(Self).ok_or(NotACode { expected: "6 to 8 digits" })
    }

    /// The digits of a single code, for the comparison only; none of two.
    pub(super) fn expose(&self) -> &str {
        if self.0.len() > 8 { "" } else { &self.0 }
    }

    /// The digits of two codes that follow each other, for the comparison only.
    pub(super) fn consecutive(&self) -> Option<(&str, &str)> {
        (self.0.len() > 8).then(|| self.0.split_at(self.0.len() / 2))
    }
}

/// A code that was sent by mail. Cannot be printed; zeroised.
pub struct MailedCode(Zeroizing<String>);

impl MailedCode {
    /// A fresh code, every one equally likely.
    pub fn mint(mint: &Mint) -> Self {
        Self(mint.digits(MAILED_DIGITS))
    }

    /// Reads 8 digits; spaces and hyphens are passed over.
    pub fn parse(typed: &str) -> Result<Self, NotACode> {
        let digits = digits(typed).filter(|d| d.len() == usize::from(MAILED_DIGITS));
        digits.map(Self).ok_or(NotACode { expected: "8 digits" })
    }

    /// The code for people to read, `1234 5678`: for the message, and for nothing else.
    pub fn reveal(&self) -> Zeroizing<String> {
        let (first, second) = self.0.split_at(self.0.len() / 2);
        Zeroizing::new([first, " ", second].concat())
    }

    /// What is stored: a keyed hash, bound to this code's id.
    pub fn verifier(&self, key: &MacKey, id: MailedCodeId) -> [u8; 32] {
        key.tag(MAILED_LABEL, &[id.uuid().as_bytes(), self.0.as_bytes()])
    }

    /// Whether this is the code that `stored` was made from.
    pub fn matches(&self, key: &MacKey, id: MailedCodeId, stored: &[u8]) -> bool {
        key.matches(MAILED_LABEL, &[id.uuid().as_bytes(), self.0.as_bytes()], stored)
    }
}

/// Digits of a code by SMS: the least that NIST SP 800-63B-4 §3.1.3.2 allows, and what phones fill in by
/// themselves.
const TEXTED_DIGITS: u8 = 6;

const TEXTED_LABEL: &str = "twofold/sms-code/v1";

/// A code that was sent by SMS. Cannot be printed; zeroised.
pub struct TextedCode(Zeroizing<String>);

impl TextedCode {
    /// A fresh code, every one equally likely.
    pub fn mint(mint: &Mint) -> Self {
        Self(mint.digits(TEXTED_DIGITS))
    }

    /// Reads 6 digits; spaces and hyphens are passed over.
    pub fn parse(typed: &str) -> Result<Self, NotACode> {
        let digits = digits(typed).filter(|d| d.len() == usize::from(TEXTED_DIGITS));
        digits.map(Self).ok_or(NotACode { expected: "6 digits" })
    }

    /// The same digits, where they were typed into a field that takes several kinds of code.
    pub fn of(typed: &OtpCode) -> Option<Self> {
        (typed.0.len() == usize::from(TEXTED_DIGITS)).then(|| Self(typed.0.clone()))
    }

    /// The code for people to read, `123 456`: for the message, and for nothing else.
    pub fn reveal(&self) -> Zeroizing<String> {
        let (first, second) = self.0.split_at(self.0.len() / 2);
        Zeroizing::new([first, " ", second].concat())
    }

    /// What is stored: a keyed hash, bound to this code's id.
    pub fn verifier(&self, key: &MacKey, id: SmsCodeId) -> [u8; 32] {
        key.tag(TEXTED_LABEL, &[id.uuid().as_bytes(), self.0.as_bytes()])
    }

    /// Whether this is the code that `stored` was made from.
    pub fn matches(&self, key: &MacKey, id: SmsCodeId, stored: &[u8]) -> bool {
        key.matches(TEXTED_LABEL, &[id.uuid().as_bytes(), self.0.as_bytes()], stored)
    }
}

/// The digits of `typed`, if it holds nothing but digits, spaces, and hyphens.
fn digits(typed: &str) -> Option<Zeroizing<String>> {
    if typed.len() > MAX_TYPED {
        return None;
    }
    let mut digits = Zeroizing::new(String::with_capacity(typed.len()));
    for c in typed.chars() {
        match c {
            '0'..='9' => digits.push(c),
            // Phones and input methods for Korean type full-width digits.
            '０'..='９' => digits.push(char::from(b'0' + (c as u32 - '０' as u32) as u8)),
            c if is_filler(c) => {}
            _ => return None,
        }
    }
    Some(digits)
}

/// What people and password managers put between groups.
pub(super) fn is_filler(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::clock::Clock;
    use crate::keys::envelope::Key;

    #[test]
    fn spaces_and_hyphens_are_passed_over() {
        for typed in
            ["123456", " 123 456 ", "123-456", "1 2 3 4 5 6", "123\u{a0}456", "１２３４５６", "123–456"]
        {
            assert_eq!(OtpCode::parse(typed).map_err(|_| ()).unwrap().expose(), "123456", "{typed:?}");
        }
    }

    #[test]
    fn anything_but_6_to_8_digits_is_refused() {
        for typed in [
            "",
            "12345",
            "123456789",
            "1234567890123",
            "12345678901234567",
            "12345a",
            "+12345",
            "123.456",
            "123456;",
            "٠١٢٣٤٥",
        ] {
            assert!(OtpCode::parse(typed).is_err(), "{typed:?}");
        }
        assert!(OtpCode::parse(&format!("{}123456", " ".repeat(100))).is_err(), "bounded");
    }

    #[test]
    fn a_mailed_code_matches_itself_under_its_own_id_only() {
        let mint = Mint::seeded(Clock::system(), 3);
        let key = MacKey::for_tests(Key::new(mint.secret()));
        let (id, other) = (mint.id(), mint.id());
        let code = MailedCode::mint(&mint);
        let stored = code.verifier(&key, id);
        let typed = MailedCode::parse(&code.reveal()).map_err(|_| ()).unwrap();
        assert!(typed.matches(&key, id, &stored));
        assert!(!typed.matches(&key, other, &stored));
        assert!(!MailedCode::mint(&mint).matches(&key, id, &stored));
        assert!(!typed.matches(&key, id, &stored[..31]));
    }

    #[test]
    fn a_texted_code_has_six_digits_and_matches_itself_under_its_own_id_only() {
        let mint = Mint::seeded(Clock::system(), 4);
        let key = MacKey::for_tests(Key::new(mint.secret()));
        let (id, other) = (mint.id(), mint.id());
        let code = TextedCode::mint(&mint);
        let stored = code.verifier(&key, id);
        let typed = TextedCode::parse(&code.reveal()).map_err(|_| ()).unwrap();
        assert!(typed.matches(&key, id, &stored) && !typed.matches(&key, other, &stored));
        assert!(!TextedCode::mint(&mint).matches(&key, id, &stored));
        for typed in ["12345", "1234567", "12345a", ""] {
            assert!(TextedCode::parse(typed).is_err(), "{typed:?}");
        }
        for (typed, is) in [("123 456", true), ("1234567", false), ("123456 654321", false)] {
            let typed = OtpCode::parse(typed).map_err(|_| ()).unwrap();
            assert_eq!(TextedCode::of(&typed).is_some(), is);
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parsers_panic(typed in "\\PC{0,64}") {
            let _ = OtpCode::parse(&typed);
            let _ = MailedCode::parse(&typed);
        }
    }
}
