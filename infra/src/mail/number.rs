//! Phone numbers, read once at the door: E.164, and the country that each belongs to.

use std::fmt;
use std::str::FromStr;

use phonenumber::Type;
use phonenumber::metadata::DATABASE;
use zeroize::Zeroizing;

/// Calling codes of no country (ITU-T E.164 annex A): free and shared-cost services, satellites, global networks,
/// premium rate. The library calls some of them mobile.
const NOWHERE: [u16; 9] = [800, 808, 870, 878, 881, 882, 883, 888, 979];

/// A number that can be dialled from anywhere: `+` and up to 15 digits (ITU-T E.164 §6). Cannot be debugged;
/// whoever displays it means to.
#[derive(Clone, PartialEq, Eq)]
pub struct Number {
    digits: Zeroizing<String>,
    country: u16,
    mobile: bool,
}

/// A text that is not a phone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotANumber {
    /// It is none at all.
    #[error("give a phone number with its country code, such as +44 7911 123456")]
    Unread,
    /// It is none of a mobile phone: a code sent there reaches nobody, or costs whoever sends it much.
    #[error(
        "this is not the number of a mobile phone; premium-rate, shared-cost, freephone, satellite, and fixed-line numbers get no codes"
    )]
    NotMobile,
}

impl Number {
    /// The same for a number that codes are to be sent to: one of a mobile phone.
    pub fn of_mobile(text: &str) -> Result<Self, NotANumber> {
        let number: Self = text.parse()?;
        if number.mobile { Ok(number) } else { Err(NotANumber::NotMobile) }
    }

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
            return Err(NotANumber::Unread);
        }
        let number = phonenumber::parse(None, text).map_err(|_| NotANumber::Unread)?;
        if !number.is_valid() || number.extension().is_some() {
            return Err(NotANumber::Unread);
        }
        let mobile = matches!(number.number_type(&DATABASE), Type::Mobile | Type::FixedLineOrMobile)
            && !NOWHERE.contains(&number.country().code());
        let digits = Zeroizing::new(number.format().mode(phonenumber::Mode::E164).to_string());
        Ok(Self { digits, country: number.country().code(), mobile })
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
            assert_eq!(text.parse::<Number>().err(), Some(NotANumber::Unread), "{text}");
        }
    }

    /// Rules: E2.
    #[test]
    fn a_number_that_is_no_mobile_phone_s_gets_no_codes() {
        for text in [
            "+979 1 23456789",  // international premium rate
            "+881 6 1234 5678", // satellite
            "+882 16 12345678",
            "+883 5100 12345678",
            "+870 301 234567",
            "+800 1234 5678", // freephone
            "+808 1234 5678", // shared cost
            "+1 900 234 5678",
            "+1 800 234 5678",
            "+44 909 879 0123",
            "+44 70 0123 4567", // personal numbers, at any price
            "+44 20 7946 0958", // a fixed line
            "+34 806 123 456",
        ] {
            assert!(Number::of_mobile(text).is_err(), "{text}");
        }
        assert_eq!(Number::of_mobile("+44 20 7946 0958").err(), Some(NotANumber::NotMobile));
        assert!(Number::of_mobile("+44 7911 123456").is_ok() && Number::of_mobile("+1 202 555 0143").is_ok());
    }
}
