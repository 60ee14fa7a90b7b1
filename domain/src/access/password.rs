//! E-mail address and password on every request (HTTP Basic, RFC 7617): weighed as at a sign-in, on the same
//! budget, and open only to those of whom nothing more is asked.

use crate::account::Account;
use crate::policy::{AudiencePolicy, PasswordApi, Whom};
use crate::sealed::{Sealed, UserAgent};
use crate::sign_in::{Answer, Refused, SignInError, Steps, refused, same_account};
use crate::time::Timestamp;
use crate::user::{AccessCommand, Familiarity, PasswordAccess, User, UserCommand, UserError};

/// Why a right password does not open the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordOff {
    /// The policy's `password_api` is off.
    #[error("the policy switched password access to the API off")]
    Setting {
        /// Since when, where that is known.
        since: Option<Timestamp>,
    },
    /// The time that the policy's `password_api` had announced is over.
    #[error("password access to the API ended, as announced")]
    Announced {
        /// Since when.
        since: Timestamp,
    },
    /// A second factor is required of this person.
    #[error("the policy requires a second factor of this person")]
    Required {
        /// Since when.
        since: Option<Timestamp>,
    },
    /// This person has a second factor, which a password alone would walk around.
    #[error("this person has a second factor")]
    Enrolled {
        /// Since when.
        since: Timestamp,
    },
}

/// Whether somebody's password opens the API under a policy; and until when, where an end is announced. An
/// announced end keeps it open for everyone until then, so that nobody's program breaks unannounced.
pub fn password_door(
    policy: &AudiencePolicy,
    whom: Whom<'_>,
    required_since: Option<Timestamp>,
    enrolled_since: Option<Timestamp>,
    off_since: Option<Timestamp>,
    at: Timestamp,
) -> Result<Option<Timestamp>, PasswordOff> {
    match policy.password_api {
        PasswordApi::Off => Err(PasswordOff::Setting { since: off_since }),
        PasswordApi::Until(end) if at < end => Ok(Some(end)),
        PasswordApi::Until(since) => Err(PasswordOff::Announced { since }),
        PasswordApi::Allowed if policy.requires(whom) => Err(PasswordOff::Required { since: required_since }),
        PasswordApi::Allowed => match enrolled_since {
            Some(since) => Err(PasswordOff::Enrolled { since }),
            None => Ok(None),
        },
    }
}

impl Account {
    /// The same as things stand, or as they are going to stand at an instant ahead.
    pub fn password_door(&self, user: &User, at: Timestamp) -> Result<Option<Timestamp>, PasswordOff> {
        let Some(whom) = user.whom() else { return Ok(None) };
        let demand = self.demand(whom.role.audience());
        let (policy, enrolled) = (demand.policy(at), user.enrolled(self.generation).map(|e| e.since));
        // While the account's switch is off nothing is required.
        let policy = &AudiencePolicy { required: self.requires(whom, at), ..policy.clone() };
        let (required, off) = (self.required_since_of(whom, at), demand.password_api_since(at));
        password_door(policy, whom, required, enrolled, off, at)
    }
}

/// A program shows somebody's password.
#[derive(Debug, Clone)]
pub struct Showing {
    /// Whether the password matched.
    pub matched: bool,
    /// The program.
    pub user_agent: Option<Sealed<UserAgent>>,
    /// Now.
    pub at: Timestamp,
}

/// What it came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordShown {
    /// The password was wrong, and was charged.
    Wrong(Refused),
    /// It was right, and opens nothing.
    Off(PasswordOff),
    /// It opens what may be read; until the instant that is announced, if one is.
    Open {
        /// The announced end.
        until: Option<Timestamp>,
    },
}

impl Showing {
    /// Weighs the password as a stranger's: a program has no device that could be known.
    pub fn decide(self, account: &Account, user: &User) -> Result<Steps<PasswordShown>, SignInError> {
        let Self { matched, user_agent, at } = self;
        same_account(account, user)?;
        if user.erased {
            return Err(UserError::Erased.into());
        }
        if user.deactivated {
            return Err(UserError::Deactivated.into());
        }
        if user.frozen.is_some() {
            return Err(UserError::Frozen.into());
        }
        let (era, familiarity) = (account.era(at), Familiarity::Stranger);
        let matched = matched && user.password_opens();
        let mut events = user.decide(&era, UserCommand::AnswerPassword { matched, familiarity, at })?;
        if !matched {
            let Answer::Refused(why) = refused(&events) else { return Err(UserError::Unknown.into()) };
            return Ok(Steps { user: events, device: vec![], came_to: PasswordShown::Wrong(why) });
        }
        let user = user.after(&events);
        let (came_to, outcome) = match account.password_door(&user, at) {
            Err(why) => (PasswordShown::Off(why), PasswordAccess::Refused),
            Ok(until @ Some(_)) => (PasswordShown::Open { until }, PasswordAccess::Warned),
            Ok(None) => (PasswordShown::Open { until: None }, PasswordAccess::Allowed),
        };
        let note = AccessCommand::NotePassword { outcome, user_agent, at };
        events.extend(user.decide(&era, UserCommand::Access(note))?);
        Ok(Steps { user: events, device: vec![], came_to })
    }
}
