//! A forgotten password. Whoever asks learns nothing: the same looks and one append, whether a link is
//! mailed or not.

use twofold_domain::user::{LinkPurpose, UserError};
use zeroize::Zeroizing;

use super::post::let_in;
use super::{ActError, links, nobody};
use crate::desk::Act;
use crate::mail::Letter;
use crate::work::Work;

/// Have a link mailed that replaces a forgotten password. Nobody is told whether one was.
pub struct RequestPasswordReset {
    /// The address, as it was typed.
    pub email: String,
}

fn letter(link: Zeroizing<String>) -> Letter {
    Letter::PasswordReset { link, lasts: LinkPurpose::PasswordReset.life() }
}

impl Act for RequestPasswordReset {
    type Reply = ();

    async fn run(&self, work: &mut Work) -> Result<(), ActError> {
        let Some(user) = nobody::or_whose(work, &self.email, letter).await? else { return Ok(()) };
        match links::issue(work, user, LinkPurpose::PasswordReset).await {
            Ok(link) => let_in(work, user, &letter(Zeroizing::new(link.url))).await,
            // Nothing to replace, or too many letters already: as if nobody were there.
            Err(ActError::User(
                UserError::NoPassword
                | UserError::MailedJustNow(_)
                | UserError::MailboxTooFresh { .. }
                | UserError::Deactivated
                | UserError::Frozen
                | UserError::Erased
                | UserError::Unknown,
            )) => nobody::in_place_of(work, user, letter).await,
            Err(other) => Err(other),
        }
    }
}
