//! How an account shows itself: name, logo, languages, time zone, help, notices.
//!
//! That nobody else's name looks like it is claimed for the whole installation before it is decided here;
//! that a time zone exists is a matter of the time zone database, and asked at the door.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::decide::{AccountError, check_name};
use super::events::AccountEvent;
use super::state::Account;
use super::terms::Settings;
use crate::time::Timestamp;

/// The languages that prompts and letters are written in.
const LANGUAGES: [&str; 3] = ["en", "es", "ko"];
/// Largest logo, in bytes of its PNG: two of them, before and after, fit in one event.
const MAX_LOGO: usize = 16 * 1024;
/// Most pixels of a side: a small file can hold a picture that is too large for any screen.
const MAX_SIDE: u32 = 1_024;
/// How every logo begins.
const LOGO_URL: &str = "data:image/png;base64,";
/// The signature of PNG (ISO/IEC 15948 §5.2).
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
/// Longest address of help, in characters: one line in a letter or two.
const MAX_HELP: usize = 200;

/// A command about how the account shows itself.
#[derive(Debug, Clone)]
pub enum SettingsCommand {
    /// Save it.
    Change {
        /// What is to hold; spaces around the name are no part of it.
        to: Settings,
        /// Now.
        at: Timestamp,
    },
}

/// Why a setting is not usable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// Prompts are not written in that language.
    #[error("a language is one of en, es, ko")]
    Language,
    /// The logo is something else, or too large.
    #[error("a logo is a PNG of at most 16 KiB and 1,024 × 1,024 pixels as `data:image/png;base64,…`")]
    Logo,
    /// Nobody finds help there.
    #[error("help is at an `https:` or `mailto:` address of at most 200 characters")]
    Help,
}

impl SettingsError {
    /// The setting.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Language => "languages",
            Self::Logo => "logo",
            Self::Help => "help",
        }
    }
}

impl Account {
    /// One save is one event; a save that changes nothing is none.
    pub(super) fn show_as(&self, command: SettingsCommand) -> Result<Vec<AccountEvent>, AccountError> {
        let SettingsCommand::Change { to, at } = command;
        let mut languages = to.languages;
        let mut named = BTreeSet::new();
        languages.retain(|language| named.insert(language.clone()));
        let to = Settings { name: to.name.trim().to_owned(), languages, ..to };
        check_name(&to.name)?;
        if !to.languages.iter().all(|language| LANGUAGES.contains(&language.as_str())) {
            return Err(SettingsError::Language.into());
        }
        if to.logo.as_deref().is_some_and(|logo| logo_bytes(logo).is_none()) {
            return Err(SettingsError::Logo.into());
        }
        if !to.help.as_deref().is_none_or(is_help) {
            return Err(SettingsError::Help.into());
        }
        if to == self.settings {
            return Ok(vec![]);
        }
        Ok(vec![AccountEvent::AccountSettingsChanged { before: self.settings.clone(), after: to, at }])
    }
}

/// The bytes of a logo, if it is one: of the type, the size, and the measures that logos have.
pub fn logo_bytes(url: &str) -> Option<Vec<u8>> {
    // Base64 makes four characters of three bytes.
    let encoded = url.strip_prefix(LOGO_URL).filter(|e| e.len() <= MAX_LOGO.div_ceil(3) * 4)?;
    let png = STANDARD.decode(encoded).ok().filter(|png| png.len() <= MAX_LOGO)?;
    // The header chunk comes first, and its measures first in it (ISO/IEC 15948 §11.2.2).
    let measures = png.strip_prefix(PNG)?.strip_prefix(b"\0\0\0\x0dIHDR")?;
    let (width, rest) = measures.split_first_chunk()?;
    let sides = [*width, *rest.first_chunk()?].map(u32::from_be_bytes);
    let good = |side: u32| (1..=MAX_SIDE).contains(&side);
    sides.into_iter().all(good).then_some(png)
}

fn is_help(address: &str) -> bool {
    let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | '\\' | '`');
    if address.len() > MAX_HELP || !address.chars().all(plain) {
        return false;
    }
    let is_host = |host: &str| {
        let (name, port) = host.split_once(':').unwrap_or((host, "443"));
        !name.is_empty()
            && name.split('.').all(|label| !label.is_empty())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))
            && port.parse::<u16>().is_ok()
    };
    if let Some(rest) = address.strip_prefix("https://") {
        return rest.split(['/', '?', '#']).next().is_some_and(is_host);
    }
    let mailbox = address.strip_prefix("mailto:").and_then(|mailbox| mailbox.split_once('@'));
    mailbox.is_some_and(|(name, host)| {
        !name.is_empty() && !name.contains(['?', '&', ',']) && !host.contains(':') && is_host(host)
    })
}
