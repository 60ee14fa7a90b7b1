//! The first half of a sign-in: a password is weighed, and the course decided.

use super::course::{Course, Recognition, at_the_password, course, recognise};
use super::signed_in::new_session;
use super::{Answer, Refused, SignInError, Steps, refused, same_account};
use crate::access::{Bearer, Vouch};
use crate::account::Account;
use crate::device::{
    Decision, Device, DeviceError, FirstFactor, NewAttempt, NewDevice, Origin, TokenVerdict,
};
use crate::ids::{ClientId, DeviceId, SessionId, SignInId, VerifierId};
use crate::policy::Role;
use crate::time::Timestamp;
use crate::user::{Rehash, User, UserCommand, UserError, UserEvent};

/// What opens a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirstShown {
    /// A password.
    Password {
        /// Whether it matched.
        matched: bool,
    },
    /// A program's word that it checked the person itself.
    Vouched(Vouch),
}

/// Why a program's word for somebody does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotVouched {
    /// Nobody vouches for an owner.
    #[error("no program vouches for an owner; owners sign in with their password")]
    Owner,
    /// The policy of the person's audience does not let programs vouch.
    #[error("the policy does not let programs vouch for this person")]
    Policy,
    /// They have no password, no identity provider, and no proved address: they never took their invitation, or were
    /// deactivated and let back in since.
    #[error("this person has to take the link that was mailed to them first")]
    NotIn,
}

/// Somebody shows a first factor: a password, or a program's word.
///
/// The device is the one that the browser claims to be if [`recognise`] says so, and an empty one
/// otherwise. Secrets for `device_token` and `session_token` are made beforehand and thrown away
/// where they are not needed.
#[derive(Debug, Clone)]
pub struct Begin {
    /// The first factor.
    pub first: FirstShown,
    /// How the device's own token compared.
    pub token: TokenVerdict,
    /// Id of a new device.
    pub new_device: DeviceId,
    /// Where the verifier of the device's next token will be kept: renewed with every right password.
    pub device_token: VerifierId,
    /// Whether today's token can be told again to whoever shows one of those before: then they are, and nothing is
    /// renewed. However many tabs come at once with one token, one of them renews it.
    pub retold: bool,
    /// Id of the attempt.
    pub sign_in: SignInId,
    /// Id of the session, where no second factor is asked.
    pub session: SessionId,
    /// Where the verifier of that session's token will be kept.
    pub session_token: VerifierId,
    /// How the password is kept from now on, where it came from another system and was right.
    pub rehash: Option<Rehash>,
    /// Where the request comes from.
    pub origin: Origin,
    /// Now.
    pub at: Timestamp,
}

/// What a first factor came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// The password was wrong, and was charged.
    Refused(Refused),
    /// It was right. Unless a challenge is due a session began, for everything or for enrolment only.
    Decided(Course),
}

impl Begin {
    /// Weighs the first factor, and decides the course of the sign-in.
    pub fn decide(
        self,
        account: &Account,
        user: &User,
        device: &Device,
    ) -> Result<Steps<Begun>, SignInError> {
        let Self {
            first,
            token,
            new_device,
            device_token,
            retold,
            sign_in,
            session,
            session_token,
            rehash,
            origin,
            at,
        } = self;
        same_account(account, user)?;
        let known = device.owner.is_some();
        if known && recognise(user, device, token, at) != Recognition::Recognised {
            return Err(DeviceError::NotRecognised.into());
        }
        let (mut user_events, first_factor) = match first.weigh(account, user, device, at)? {
            (events, Some(first_factor)) => (events, first_factor),
            (events, None) => {
                let Answer::Refused(why) = refused(&events) else { return Err(UserError::Unknown.into()) };
                return Ok(Steps { user: events, device: vec![], came_to: Begun::Refused(why) });
            }
        };
        user_events.extend(user.after(&user_events).rehash(rehash, at));
        let user = user.after(&user_events);
        let who = user.who().ok_or(UserError::Unknown)?;
        let mut steps = vec![];
        if !known {
            let new = NewDevice {
                account: who.account,
                device: new_device,
                user: who.user,
                verifier: device_token,
                origin: origin.clone(),
            };
            steps.push(device.register(new, at)?);
        } else if !(retold && matches!(token, TokenVerdict::Previous(_))) {
            steps.push(Device::renew_token(device_token, at));
        }
        let found = course(account, &user, device, who.role, at).of(first_factor);
        let attempt = NewAttempt {
            sign_in,
            first_factor,
            decision: found.decision,
            reasons: found.reasons.clone(),
            generation: account.generation,
            epoch: user.epoch,
            policy_version: account.policy_version(at),
            origin,
        };
        steps.push(Device::start(attempt, at));
        if found.decision != Decision::Challenge {
            let new =
                new_session(account, &user, who.role, (first_factor, &found), session, session_token, at);
            steps.extend(device.complete(sign_in, found.unasked_method(first_factor), new, None, at));
        }
        Ok(Steps { user: user_events, device: steps, came_to: Begun::Decided(found) })
    }
}

impl FirstShown {
    /// What it records of the person, and what it is where it is good. A wrong password is charged; a
    /// program's word charges nothing, but opens nothing either where the password's lock is closed.
    fn weigh(
        self,
        account: &Account,
        user: &User,
        device: &Device,
        at: Timestamp,
    ) -> Result<(Vec<UserEvent>, Option<FirstFactor>), SignInError> {
        let familiarity = at_the_password(device);
        match self {
            Self::Password { matched } => {
                let matched = matched && user.password_opens();
                let answer = UserCommand::AnswerPassword { matched, familiarity, at };
                let events = user.decide(&account.era(at), answer)?;
                Ok((events, matched.then_some(FirstFactor::Password)))
            }
            Self::Vouched(Vouch { client, token, trust }) => {
                let whom = user.whom().filter(|_| !user.erased).ok_or(UserError::Unknown)?;
                let events = user.decide(&account.era(at), UserCommand::TakeWord { familiarity, at })?;
                if whom.role == Role::Owner {
                    return Err(NotVouched::Owner.into());
                }
                if !vouching(account, whom.role, client, at) {
                    return Err(NotVouched::Policy.into());
                }
                if !user.ready() {
                    return Err(NotVouched::NotIn.into());
                }
                Ok((events, Some(FirstFactor::Asserted { client, token: Some(token), trust })))
            }
        }
    }
}

/// Whether a program's word counts for people of a role. What rests on it ends when it does not any more.
pub(super) fn vouching(account: &Account, role: Role, client: ClientId, at: Timestamp) -> bool {
    let policy = account.policy(role.audience(), at);
    role != Role::Owner && policy.asserted_sign_in && account.clients.contains_key(&client)
}

/// Whether what opened an attempt still stands: a program's word does while it counts, and while the token by which it
/// was given is not over.
pub(super) fn stands(account: &Account, role: Role, first: FirstFactor, at: Timestamp) -> bool {
    let FirstFactor::Asserted { client, token, .. } = first else { return true };
    let good = token.is_none_or(|token| Bearer::of_program(account, client, token, at).is_ok());
    good && vouching(account, role, client, at)
}
