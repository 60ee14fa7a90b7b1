//! The rules where account, user, and device meet, as tables.

mod asking;
mod devices;
mod explaining;
mod obstacles;
mod pleading;
mod sessions;
mod signing_in;
mod trust;
mod voids;
mod vouched;
mod what_if;

use crate::account::{Account, AccountEvent};
use crate::device::{Device, DeviceEvent, Method, Scope, TokenVerdict};
use crate::sign_in::{Begin, Finish, FirstShown, SignedIn, Steps};
use crate::table::*;
use crate::time::{Span, Timestamp};
use crate::user::{User, UserEvent};

/// The three states together, as their streams leave them.
#[derive(Debug, Clone)]
struct World {
    account: Account,
    user: User,
    device: Device,
}

impl World {
    fn of(
        account: impl IntoIterator<Item = AccountEvent>,
        user: impl IntoIterator<Item = UserEvent>,
        device: impl IntoIterator<Item = DeviceEvent>,
    ) -> Self {
        Self { account: fold(account), user: fold(user), device: fold(device) }
    }

    fn record<T>(&mut self, steps: Steps<T>) -> T {
        steps.user.iter().for_each(|e| self.user.evolve(e));
        steps.device.iter().for_each(|e| self.device.evolve(e));
        steps.came_to
    }

    fn happens(&mut self, event: &AccountEvent) {
        self.account.evolve(event);
    }

    fn signed_in(&self, at: Timestamp) -> Result<SignedIn<'_>, crate::sign_in::Stale> {
        SignedIn::recall(&self.account, &self.user, &self.device, SESSION, at)
    }
}

fn begin(at: Timestamp) -> Begin {
    Begin {
        first: FirstShown::Password { matched: true },
        token: TokenVerdict::Current,
        new_device: LAPTOP,
        device_token: verifier(31),
        retold: false,
        sign_in: SIGN_IN,
        session: SESSION,
        session_token: verifier(32),
        rehash: None,
        origin: NOWHERE,
        at,
    }
}

fn finish(at: Timestamp) -> Finish {
    Finish {
        sign_in: SIGN_IN,
        verdict: right_code(),
        token: TokenVerdict::Current,
        session: SESSION,
        session_token: verifier(33),
        trust: false,
        at,
    }
}

/// Ana's laptop, seen before. Epoch 2 is that of somebody `enabled`.
fn laptop() -> Vec<DeviceEvent> {
    vec![
        DeviceEvent::DeviceRegistered {
            account: ACME,
            device: LAPTOP,
            user: ANA,
            verifier: verifier(30),
            origin: NOWHERE,
            at: NOW,
        },
        DeviceEvent::SignInCompleted { sign_in: SIGN_IN, method: Method::Otp },
    ]
}

fn session(method: Method, scope: Scope, generation: u32, epoch: u32) -> DeviceEvent {
    DeviceEvent::SessionStarted {
        session: SESSION,
        scope,
        method,
        verifier: verifier(2),
        generation,
        epoch,
        suspension: None,
        exemption: None,
        client: None,
        idle: Span::minutes(480),
        ends_at: later(Span::days(14)),
        at: NOW,
    }
}

fn trusted(generation: u32, epoch: u32) -> DeviceEvent {
    DeviceEvent::DeviceTrusted { granted_at: NOW, until: later(Span::days(30)), generation, epoch }
}

/// Just before an instant.
fn before(at: Timestamp) -> Timestamp {
    Timestamp::from_micros(at.micros() - 1)
}
