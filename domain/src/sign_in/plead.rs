//! Asking for a way back in without the second factor: at the door, behind the right password; or in a session
//! that a device's trust opened. A code is mailed, and with it a wait begins.

use super::course::{Recognition, at_the_factor, at_the_password, recognise, trust_holds};
use super::{Answer, Refused, SignInError, SignedIn, Steps, refusal, refused, same_account};
use crate::account::Account;
use crate::device::{Decision, Device, DeviceError, FirstFactor, Method, TokenVerdict};
use crate::ids::{RecoveryId, SignInId};
use crate::owners::Owners;
use crate::permission::Act;
use crate::proof::MailedVerdict;
use crate::time::{Span, Timestamp};
use crate::user::{
    NewMailedCode, OWNER_AMONG_OWNERS_WAIT, RESET_WAIT, RecoveryCommand, RecoveryRefusal, RecoveryRoute,
    Registered, User, UserCommand, UserError, UserEvent,
};

/// What a request for a way back in came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pleaded {
    /// A code was mailed to the address that recovery uses.
    Mailed,
    /// The wait began; the reset holds from this instant on.
    Waits(Timestamp),
    /// The password or the mailed code was not good, and was charged.
    Refused(Refused),
    /// It is not to be had until this instant, and that is on record, now or since a short while ago.
    Doubted(RecoveryRefusal, Timestamp),
}

impl Pleaded {
    fn of(events: &[UserEvent], user: &User, at: Timestamp) -> Self {
        let found = events.iter().find_map(|event| match event {
            UserEvent::TwoFactorResetScheduled { due_at, .. } => Some(Self::Waits(*due_at)),
            UserEvent::MailedCodeIssued { .. } => Some(Self::Mailed),
            UserEvent::RecoveryRefused { why, .. } => {
                Some(Self::Doubted(*why, user.doubt(at).map_or(at, |(_, until)| until)))
            }
            _ => None,
        });
        // What is neither begun nor wrong was refused a short while ago, and is on record.
        let known = || {
            let (why, until) = user.doubt(at).filter(|_| refusal(events).is_none())?;
            Some(Self::Doubted(why, until))
        };
        found.or_else(known).unwrap_or_else(|| match refused(events) {
            Answer::Refused(why) => Self::Refused(why),
            // `refused` finds nothing else.
            Answer::Accepted(_) => Self::Mailed,
        })
    }
}

/// Somebody before the challenge of an open attempt has nothing to answer it with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plead {
    /// The attempt.
    pub sign_in: SignInId,
    /// How the device's own token compared.
    pub token: TokenVerdict,
    /// Now.
    pub at: Timestamp,
}

impl Plead {
    /// Asks for a code by mail.
    pub fn request(
        self,
        account: &Account,
        user: &User,
        device: &Device,
        owners: &Owners,
        (recovery, mailed): (RecoveryId, NewMailedCode),
    ) -> Result<Steps<Pleaded>, SignInError> {
        let (route, _) = self.way(account, user, device, owners)?;
        let command = RecoveryCommand::Request { recovery, route, mailed, at: self.at };
        self.tell(account, user, command)
    }

    /// Shows the code that was mailed: the wait begins.
    pub fn confirm(
        self,
        account: &Account,
        user: &User,
        device: &Device,
        owners: &Owners,
        shown: MailedVerdict,
    ) -> Result<Steps<Pleaded>, SignInError> {
        let (route, wait) = self.way(account, user, device, owners)?;
        let familiarity = at_the_factor(device);
        let command = RecoveryCommand::Confirm { route, wait, shown, familiarity, at: self.at };
        self.tell(account, user, command)
    }

    fn tell(
        self,
        account: &Account,
        user: &User,
        command: RecoveryCommand,
    ) -> Result<Steps<Pleaded>, SignInError> {
        let events = user.decide(&account.era(self.at), UserCommand::Recovery(command))?;
        let came_to = Pleaded::of(&events, user, self.at);
        Ok(Steps { user: events, device: vec![], came_to })
    }

    /// The way that is open to whoever showed the right password, and its wait.
    fn way(
        self,
        account: &Account,
        user: &User,
        device: &Device,
        owners: &Owners,
    ) -> Result<(RecoveryRoute, Span), SignInError> {
        same_account(account, user)?;
        if recognise(user, device, self.token, self.at) != Recognition::Recognised {
            return Err(DeviceError::NotRecognised.into());
        }
        let epoch = user.epoch_at(self.at);
        let attempt = device.open_attempt(self.sign_in, account.generation, epoch, self.at)?;
        if attempt.decision != Decision::Challenge {
            return Err(DeviceError::SignInOver.into());
        }
        if attempt.first_factor != FirstFactor::Password {
            return Err(UserError::PasswordNeeded.into());
        }
        let who = user.who().ok_or(UserError::Unknown)?;
        Ok(own_way(who, owners)?)
    }
}

/// The way back that somebody can ask for themselves, and its wait.
pub fn own_way(who: &Registered, owners: &Owners) -> Result<(RecoveryRoute, Span), UserError> {
    match RecoveryRoute::without_a_device(who.role) {
        route @ RecoveryRoute::Mailbox => Ok((route, RESET_WAIT)),
        // Where others could help at once, the wait says that they should.
        route @ RecoveryRoute::Owner if owners.without(who.user).is_err() => Ok((route, RESET_WAIT)),
        route @ RecoveryRoute::Owner => Ok((route, OWNER_AMONG_OWNERS_WAIT)),
        RecoveryRoute::Grant
        | RecoveryRoute::Staff
        | RecoveryRoute::TrustedDevice
        | RecoveryRoute::Frozen
        | RecoveryRoute::Operator => Err(UserError::AskYourTeam),
    }
}

impl SignedIn<'_> {
    /// Asks for a code by mail, to have another factor in the place of the one that is lost. The password is
    /// weighed first, and nothing is mailed behind a wrong one.
    pub fn request_recovery(
        &self,
        password_matched: bool,
        recovery: RecoveryId,
        mailed: NewMailedCode,
    ) -> Result<Steps<Pleaded>, SignInError> {
        self.on_a_trusted_device()?;
        let (era, at) = (self.account().era(self.at()), self.at());
        let familiarity = at_the_password(self.device());
        let matched = password_matched && self.user().password_opens();
        let password = UserCommand::AnswerPassword { matched, familiarity, at };
        let mut events = self.user().decide(&era, password)?;
        if matched {
            let user = self.user().after(&events);
            let route = RecoveryRoute::TrustedDevice;
            let request = RecoveryCommand::Request { recovery, route, mailed, at };
            events.extend(user.decide(&era, UserCommand::Recovery(request))?);
        }
        let came_to = Pleaded::of(&events, self.user(), at);
        Ok(Steps { user: events, device: vec![], came_to })
    }

    /// Shows the code that was mailed: a wait begins, as long as the account's governance says.
    pub fn confirm_recovery(&self, shown: MailedVerdict) -> Result<Steps<Pleaded>, SignInError> {
        self.on_a_trusted_device()?;
        let (route, at) = (RecoveryRoute::TrustedDevice, self.at());
        // The request showed the password; one that was made at the door was for another way.
        if self.user().open_plea(at).is_none_or(|plea| plea.route != route) {
            return Err(UserError::NothingRequested.into());
        }
        let (wait, familiarity) = (self.account().governance.repair_wait(), at_the_factor(self.device()));
        let command = RecoveryCommand::Confirm { route, wait, shown, familiarity, at };
        let events = self.user().decide(&self.account().era(at), UserCommand::Recovery(command))?;
        let came_to = Pleaded::of(&events, self.user(), at);
        Ok(Steps { user: events, device: vec![], came_to })
    }

    /// Whether they may ask here for another factor in the place of a lost one: on a trusted device, with one
    /// that could be lost, and while no reset of it waits.
    pub fn offers_recovery(&self) -> Result<(), SignInError> {
        self.on_a_trusted_device()?;
        Ok(self.user().nothing_waits(&self.account().era(self.at()))?)
    }

    /// The session rests on a device's trust, and the trust still holds.
    fn on_a_trusted_device(&self) -> Result<(), SignInError> {
        self.permit(Act::RecoverOwn)?;
        let trust = self.device().trust.as_ref();
        let holds = trust.is_some_and(|trust| trust_holds(self.account(), self.user(), trust, self.at()));
        if self.session().method == Method::Trust && holds {
            Ok(())
        } else {
            Err(UserError::NotTrusted.into())
        }
    }
}
