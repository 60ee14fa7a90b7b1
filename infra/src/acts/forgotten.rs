//! A forgotten password. Whoever asks learns nothing: the same looks and one append, whether a link is
//! mailed or not.

use twofold_domain::ids::{StreamId, UserId};
use twofold_domain::user::{LinkPurpose, UserError};
use zeroize::Zeroizing;

use super::nobody::Nobody;
use super::people::EMAIL_CLAIM;
use super::post::let_in;
use super::{ActError, links, words};
use crate::desk::Act;
use crate::mail::Letter;
use crate::work::Work;

/// Have a link mailed that replaces a forgotten password. Nobody is told whether one was.
pub struct RequestPasswordReset {
    /// The address, as it was typed.
    pub email: String,
}

impl Act for RequestPasswordReset {
    type Reply = ();

    async fn run(&self, work: &mut Work) -> Result<(), ActError> {
        let (desk, account) = (work.desk().clone(), work.account_id());
        let keys = desk.vault().account_keys(account).await?;
        let index = words::email(&self.email).ok().map(|address| keys.blind_index(&address).bytes());
        let owner = match &index {
            Some(index) => desk.store().claim(account, EMAIL_CLAIM, index).await?,
            None => None,
        };
        let Some(user) = owner.map(UserId::from_uuid) else {
            let nobody = Nobody::of(&keys, index.as_ref().map_or(&[], |index| index.as_slice()));
            nobody.look(work).await?;
            return nobody.append(work).await;
        };
        let stream = StreamId::user(account, user);
        if desk.log().users.last_seen(stream).is_none() {
            desk.log().users.load(stream).await?;
        }
        work.queue_for(user).await;
        work.look_afresh();
        work.load_both(user, desk.mint().id()).await?;
        match links::issue(work, user, LinkPurpose::PasswordReset).await {
            Ok(link) => {
                let lasts = LinkPurpose::PasswordReset.life();
                let letter = Letter::PasswordReset { link: Zeroizing::new(link.url), lasts };
                let_in(work, user, &letter).await
            }
            // Nothing to replace, or too many letters already: as if nobody were there.
            Err(ActError::User(
                UserError::NoPassword
                | UserError::MailedJustNow(_)
                | UserError::Deactivated
                | UserError::Frozen
                | UserError::Erased
                | UserError::Unknown,
            )) => Nobody::of(&keys, user.uuid().as_bytes()).append(work).await,
            Err(other) => Err(other),
        }
    }
}
