//! The first half of a sign-in: a password is weighed, and the course decided.

use super::course::{Course, Recognition, at_the_password, course, recognise};
use super::signed_in::new_session;
use super::{Answer, Refused, SignInError, Steps, refused, same_account};
use crate::account::Account;
use crate::device::{
    Decision, Device, DeviceError, FirstFactor, NewAttempt, NewDevice, Origin, TokenVerdict,
};
use crate::ids::{DeviceId, SessionId, SignInId, VerifierId};
use crate::time::Timestamp;
use crate::user::{User, UserCommand, UserError};

/// Somebody shows a password.
///
/// The device is the one that the browser claims to be if [`recognise`] says so, and an empty one
/// otherwise. Secrets for `device_token` and `session_token` are made beforehand and thrown away
/// where they are not needed.
#[derive(Debug, Clone)]
pub struct Begin {
    /// Whether the password matched.
    pub matched: bool,
    /// How the device's own token compared.
    pub token: TokenVerdict,
    /// Id of a new device.
    pub new_device: DeviceId,
    /// Where the verifier of the device's next token will be kept: renewed with every right password.
    pub device_token: VerifierId,
    /// Id of the attempt.
    pub sign_in: SignInId,
    /// Id of the session, where no second factor is asked.
    pub session: SessionId,
    /// Where the verifier of that session's token will be kept.
    pub session_token: VerifierId,
    /// Where the request comes from.
    pub origin: Origin,
    /// Now.
    pub at: Timestamp,
}

/// What a password came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// It was wrong, and was charged.
    Refused(Refused),
    /// It was right. Unless a challenge is due a session began, for everything or for enrolment only.
    Decided(Course),
}

impl Begin {
    /// Weighs the password, and decides the course of the sign-in.
    pub fn decide(
        self,
        account: &Account,
        user: &User,
        device: &Device,
    ) -> Result<Steps<Begun>, SignInError> {
        let Self { matched, token, new_device, device_token, sign_in, session, session_token, origin, at } =
            self;
        same_account(account, user)?;
        let matched = matched && user.password_opens();
        let known = device.owner.is_some();
        if known && recognise(user, device, token, at) != Recognition::Recognised {
            return Err(DeviceError::NotRecognised.into());
        }
        let password = UserCommand::AnswerPassword { matched, familiarity: at_the_password(device), at };
        let user_events = user.decide(&account.era(at), password)?;
        if !matched {
            let Answer::Refused(why) = refused(&user_events) else { return Err(UserError::Unknown.into()) };
            return Ok(Steps { user: user_events, device: vec![], came_to: Begun::Refused(why) });
        }
        let user = user.after(&user_events);
        let who = user.who().ok_or(UserError::Unknown)?;
        let mut steps = vec![if known {
            Device::renew_token(device_token, at)
        } else {
            let new = NewDevice {
                account: who.account,
                device: new_device,
                user: who.user,
                verifier: device_token,
                origin: origin.clone(),
            };
            device.register(new, at)?
        }];
        let found = course(account, &user, device, who.role, at);
        let attempt = NewAttempt {
            sign_in,
            first_factor: FirstFactor::Password,
            decision: found.decision,
            reasons: found.reasons.clone(),
            generation: account.generation,
            epoch: user.epoch,
            policy_version: account.policy_version(at),
            origin,
        };
        steps.push(Device::start(attempt, at));
        if found.decision != Decision::Challenge {
            let new = new_session(account, &user, who.role, &found, session, session_token, at);
            steps.extend(device.complete(sign_in, found.unasked_method(), new, None, at));
        }
        Ok(Steps { user: user_events, device: steps, came_to: Begun::Decided(found) })
    }
}
