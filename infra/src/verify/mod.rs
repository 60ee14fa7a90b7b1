//! Does this proof match? Asked once for each proof, and answered with a value that a decision can
//! use; whether a match is *accepted* (not replayed, not locked) is the domain's to say.
//!
//! **Architecture invariant:** everything typed by a person is parsed here into a type that cannot
//! be printed and is zeroised; everything stored is a keyed or slow hash, or sealed; every
//! comparison takes the same time wherever two values differ.

pub mod code;
pub mod foreign;
pub mod grant;
pub mod hotp;
pub mod not_me;
pub mod password;
mod password_rules;
pub mod recovery;
pub mod ticket;
pub mod token;
pub mod totp;
pub mod webauthn;

pub use code::{MailedCode, NotACode, OtpCode, TextedCode};
pub use not_me::NotMe;
pub use password::{Password, PasswordHash, Passwords};
pub use password_rules::{Context as PasswordContext, Flaw, check as check_password, is_long};
pub use recovery::{RecoveryCode, RecoveryCodes};
pub use ticket::EnrolmentTicket;
pub use token::{Bearer, DeviceToken, LinkToken, SessionToken};
