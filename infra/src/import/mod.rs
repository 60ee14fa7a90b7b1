//! People from another system, as a table (RFC 4180): one row a person.
//!
//! | column | holds | must be there |
//! |---|---|---|
//! | `name`, `email`, `role` | as when registering; never `owner` | yes |
//! | `language` | `en`, `es`, `ko`; `en` if empty | no |
//! | `groups` | names of groups that exist, with `;` between | no |
//! | `provider`, `provider_subject` | who they are to an identity provider; both or neither | no |
//! | `password_hash` | a hash of another system ([`crate::verify::foreign`]) | no |
//! | `otp_uri` | an `otpauth://totp/` link with the seed of their authenticator | no |
//!
//! The whole table is looked at before anybody is registered; what is wrong is said by line and field.

mod otp_uri;
mod table;
mod tokens;

pub use otp_uri::{NotOtp, OtpUri};
pub use table::{Flaw, Flaws, MAX_ROWS, Row, look, read};
pub use tokens::{ContainerKey, FoundToken, MAX_TOKEN_BYTES, MAX_TOKENS, form_of, read_tokens, seed_bytes};

use twofold_domain::sealed::Kind;

/// The largest table, in bytes of UTF-8.
pub const MAX_BYTES: usize = 5 << 20;

/// A table that was looked at and waits for its reader's word, sealed under that reader's key: what is imported is
/// what was shown, and no hash or seed of it stands in a page. Never in an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeopleTable {}

impl Kind for PeopleTable {
    const NAME: &'static str = "people_table";
    const LIMIT: usize = MAX_BYTES;
}
