//! How programs come in: with an API token, or, for as long as that is allowed, with somebody's e-mail
//! address and password on every request (HTTP Basic). Neither has an assurance level.
//!
//! **Architecture invariant:** a token does what a scope names, and nothing else. What asks for a person is
//! refused it, whoever holds it; a person's token never does more than its person may at that moment.

mod password;
#[cfg(test)]
mod spec;
mod token;

pub use password::{PasswordOff, PasswordShown, Showing, password_door};
pub use token::{
    Bearer, Holder, MOST_CLIENT_TOKENS, MOST_CLIENTS, MOST_TOKENS, NewToken, TOKEN_DAYS, TokenRefused, Vouch,
    may_hold,
};
