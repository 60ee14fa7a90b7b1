//! Phone numbers, read once at the door: E.164, and the country that each belongs to.

use std::fmt;
use std::str::FromStr;

use zeroize::Zeroizing;

/// A number that can be dialled from anywhere: `+` and up to 15 digits (ITU-T E.164 §6). Cannot be debugged;
/// whoever displays it means to.
#[derive(Clone, PartialEq, Eq)]
pub struct Number {
    digits: Zeroizing<String>,
    country: u16,
}

/// A text that is not a phone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("give a phone number with its country code, such as +44 7911 123456")]
pub struct NotANumber;

impl Number {
    /// The calling code of the country, or of the countries that share it: 44, 1, …
    pub const fn country_code(&self) -> u16 {
        self.country
    }

    /// The last two digits, by which its owner knows it and nobody else does.
    pub fn ending(&self) -> &str {
        &self.digits[self.digits.len() - 2..]
    }
}

impl FromStr for Number {
    type Err = NotANumber;

    /// Reads a number with its country code, however it is spaced.
    fn from_str(text: &str) -> Result<Self, NotANumber> {
        if !text.trim_start().starts_with('+') {
            return Err(NotANumber);
        }
        let number = phonenumber::parse(None, text).map_err(|_| NotANumber)?;
        if !number.is_valid() || number.extension().is_some() {
            return Err(NotANumber);
        }
        let digits = Zeroizing::new(number.format().mode(phonenumber::Mode::E164).to_string());
        Ok(Self { digits, country: number.country().code() })
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.digits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_however_it_is_spaced() {
        let rows = [
            ("+44 7911 123456", "+447911123456", 44, "56"),
            ("+34 (612) 345-678", "+34612345678", 34, "78"),
            ("+82 10-1234-5678", "+821012345678", 82, "78"),
            (" +1 202 555 0143", "+12025550143", 1, "43"),
        ];
        for (text, e164, country, ending) in rows {
            let number: Number = text.parse().unwrap();
            assert_eq!(
                (number.to_string().as_str(), number.country_code(), number.ending()),
                (e164, country, ending)
            );
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in [
            "",
            "+",
            "07911 123456",
            "+44",
            "+44 1",
            "+999 12345678",
            "+44 7911 123456 ext 3",
            "+1\n2025550143;x",
        ] {
            assert!(text.parse::<Number>().is_err(), "{text}");
        }
    }
}
