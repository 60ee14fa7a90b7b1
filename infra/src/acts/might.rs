//! Whether somebody may do a thing at all, where what they sent does not say what exactly.

use twofold_domain::ids::UserId;
use twofold_domain::permission::{Act as Deed, Family, Move};
use twofold_domain::policy::Role;
use uuid::Uuid;

use super::{ActError, Credential};
use crate::desk::Act;
use crate::work::Work;

/// What a request may have wanted.
#[derive(Clone, Copy)]
pub enum Wanted {
    /// This.
    Deed(Deed),
    /// This upon them; upon somebody of any role where nobody is named.
    Upon(Option<UserId>, Family),
    /// To give them another role, of which it is not known.
    Giving(Option<UserId>, Move),
}

/// Asks whether a caller may do any of these. Records at most that the token is in use.
pub struct Might {
    /// What they show.
    pub credential: Credential,
    /// What they may have wanted.
    pub any: Vec<Wanted>,
}

impl Might {
    async fn upon<F: Fn(Role) -> Deed + Send>(
        &self,
        work: &mut Work,
        user: Option<UserId>,
        families: Vec<F>,
    ) -> Result<(), ActError> {
        let user = user.unwrap_or(UserId::from_uuid(Uuid::nil()));
        let mut first = None;
        for family in families {
            match self.credential.caller_upon(work, user, family).await {
                Err(error @ ActError::Denied(_)) => first = first.or(Some(error)),
                asked => return asked.map(drop),
            }
        }
        first.map_or(Ok(()), Err)
    }
}

impl Act for Might {
    type Reply = ();

    async fn run(&self, work: &mut Work) -> Result<(), ActError> {
        let mut first = None;
        for wanted in &self.any {
            let asked = match *wanted {
                Wanted::Deed(deed) => self.credential.caller(work, deed).await.map(drop),
                Wanted::Upon(user, family) => self.upon(work, user, vec![family]).await,
                Wanted::Giving(user, change) => {
                    let families = Role::ALL.map(|to| move |from| change(from, to));
                    self.upon(work, user, families.into()).await
                }
            };
            match asked {
                Err(error @ ActError::Denied(_)) => first = first.or(Some(error)),
                asked => return asked,
            }
        }
        first.map_or(Ok(()), Err)
    }
}
