//! E-mail address and password on a request (HTTP Basic): one weighing on the sign-ins' budget, and no session.

use twofold_domain::access::{self, PasswordOff, Showing};
use twofold_domain::account::AccountError;
use twofold_domain::permission::{Act as Deed, Denied, Lack, Need, need, password_suffices};
use twofold_domain::sign_in::SignInError;
use twofold_domain::time::Timestamp;
use twofold_domain::user::UserError;

use super::caller::{By, Caller};
use super::nobody::Nobody;
use super::weigh::{Found, Weighing};
use super::{ActError, words};
use crate::desk::Act;
use crate::refusals::Uncharged;
use crate::verify::password::Password;
use crate::work::Work;

/// Show an e-mail address and a password to read something.
pub struct ShowPassword {
    weighing: Weighing,
    deed: Deed,
}

impl ShowPassword {
    /// A password as it came, and what is to be read.
    pub fn new(email: String, password: Password, deed: Deed) -> Self {
        Self { weighing: Weighing::new(email, password), deed }
    }
}

/// What it came to. Each is recorded before it is told.
#[derive(Debug, Clone)]
pub enum PasswordShown {
    /// It opens nothing. Deliberately the same for an unknown person, a wrong password, a lock.
    Refused,
    /// It was right, and passwords do not open the API for this person.
    Off(PasswordOff),
    /// It was right, and this is not for them.
    Denied(Denied),
    /// It opens what is to be read; until the instant that is announced, if one is.
    Open {
        /// Who it is.
        caller: Caller,
        /// The announced end.
        until: Option<Timestamp>,
    },
}

impl Act for ShowPassword {
    type Reply = PasswordShown;

    async fn run(&self, work: &mut Work) -> Result<PasswordShown, ActError> {
        // What a sign-in looks at is looked at here, so that a refusal costs the same wherever it is given.
        let device = work.desk().mint().id();
        let (user_id, matched) = match self.weighing.found(work, device, |_| false).await? {
            Found::Somebody { user, matched } => (user, matched),
            Found::Nobody(nobody) => {
                nobody.refuse(work, Uncharged::Unknown).await?;
                return Ok(PasswordShown::Refused);
            }
        };
        let (account, user) = (work.account().await?, work.user(user_id).await?);
        let user_agent = if matched { words::origin(work, user_id).await?.user_agent } else { None };
        let showing = Showing { matched, user_agent, at: work.at() };
        let steps = match showing.decide(&account, &user) {
            Ok(steps) => steps,
            // A lock looks like a wrong password, and whoever may not sign in like nobody.
            Err(
                SignInError::User(
                    UserError::Locked { .. } | UserError::Erased | UserError::Deactivated | UserError::Frozen,
                )
                | SignInError::Account(AccountError::Closed),
            ) => {
                self.weighing.even_out(work).await?;
                let keys = work.desk().vault().account_keys(work.account_id()).await?;
                Nobody::of(&keys, user_id.uuid().as_bytes()).refuse(work, Uncharged::Locked).await?;
                return Ok(PasswordShown::Refused);
            }
            Err(other) => return Err(other.into()),
        };
        work.record_user(user_id, steps.user).await?;
        let role = user.role().ok_or(ActError::UnknownUser)?;
        Ok(match steps.came_to {
            access::PasswordShown::Wrong(_) => {
                self.weighing.even_out(work).await?;
                PasswordShown::Refused
            }
            access::PasswordShown::Off(why) => PasswordShown::Off(why),
            access::PasswordShown::Open { .. } if need(role, self.deed) == Need::Never => {
                PasswordShown::Denied(Denied::Role(Lack::of(role, self.deed)))
            }
            access::PasswordShown::Open { .. } if !password_suffices(role, self.deed) => {
                PasswordShown::Denied(Denied::NeedsPerson)
            }
            access::PasswordShown::Open { until } => {
                let by = By::Password { user: user_id, role };
                PasswordShown::Open { caller: Caller { account: work.account_id(), by }, until }
            }
        })
    }
}
