//! Recording: what the domain decided, and the rows that follow from it. **No act destroys what the events end**: the
//! secrets of before that the state does not speak of any more are destroyed here, whatever ended them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use cqrs_es::Aggregate;
use twofold_domain::account::{Account, AccountCommand, AccountEvent};
use twofold_domain::device::{Device, DeviceCommand, DeviceEvent};
use twofold_domain::ids::{DeviceId, ReportJobId, UserId, VerifierId};
use twofold_domain::reading::{JobCommand, Note, Reader};
use twofold_domain::user::{ResetCause, User, UserCommand, UserEvent};

use super::{Held, Work};
use crate::acts::{ActError, back_in_stock, notify, tell_of_end};
use crate::context::Actor;
use crate::mail::Letter;
use crate::store::RosterChange;

impl Work {
    /// Puts a command to the account and records what it decides.
    pub async fn tell_account(&mut self, command: AccountCommand) -> Result<Vec<AccountEvent>, ActError> {
        let events = self.account().await?.decide(command)?;
        self.record_account(events.clone()).await?;
        Ok(events)
    }

    /// Puts a command to a user and records what they decide.
    pub async fn tell_user(
        &mut self,
        user: UserId,
        command: UserCommand,
    ) -> Result<Vec<UserEvent>, ActError> {
        let account = self.account().await?;
        let era = account.era(self.at());
        let events = self.user(user).await?.decide(&era, command)?;
        self.record_user(user, events.clone()).await?;
        Ok(events)
    }

    /// Puts a command to a device and records what it decides.
    pub async fn tell_device(
        &mut self,
        device: DeviceId,
        command: DeviceCommand,
    ) -> Result<Vec<DeviceEvent>, ActError> {
        let events = self.device(device).await?.decide(command)?;
        self.record_device(device, events.clone()).await?;
        Ok(events)
    }

    /// Notes that a reader is shown something, if that is to be recorded.
    pub(crate) async fn note_read(&mut self, note: Note) -> Result<(), ActError> {
        let reader = note.reader;
        self.account().await?;
        let events = self.reading(reader).await?.decide(note)?;
        if let Some(held) = self.readings.get_mut(&reader) {
            fold(held, events, |_| BTreeSet::new());
        }
        Ok(())
    }

    /// Puts a command about a file to whoever ordered it, and records what is decided.
    pub(crate) async fn tell_job(
        &mut self,
        reader: Reader,
        job: ReportJobId,
        command: JobCommand,
    ) -> Result<(), ActError> {
        let at = self.at();
        let events = self.reading(reader).await?.decide_job(reader, job, command, at)?;
        if let Some(held) = self.readings.get_mut(&reader) {
            fold(held, events, |_| BTreeSet::new());
        }
        Ok(())
    }

    /// Records what was decided about the account.
    pub async fn record_account(&mut self, events: Vec<AccountEvent>) -> Result<(), ActError> {
        self.account().await?;
        if let Some(held) = &mut self.held_account {
            self.extras.destroy_verifiers.extend(fold(held, events, Account::verifiers));
        }
        Ok(())
    }

    /// Records what was decided about a user, and keeps the roster of enrolled people in step.
    pub async fn record_user(&mut self, user: UserId, events: Vec<UserEvent>) -> Result<(), ActError> {
        self.user(user).await?;
        for event in &events {
            if let Some(change) = roster_change(user, event) {
                let same = |c: &RosterChange| matches!(c, RosterChange::Add { user: u, .. } | RosterChange::Remove { user: u } if *u == user);
                self.extras.roster.retain(|c| !same(c));
                self.extras.roster.push(change);
            }
        }
        // Whoever is reset with everybody else is told, whichever act wrote it down.
        let erased = |e: &UserEvent| matches!(e, UserEvent::PersonErased { .. });
        let letters: Vec<Letter> =
            if events.iter().any(erased) { vec![] } else { events.iter().filter_map(by_itself).collect() };
        let mut freed = BTreeMap::new();
        let ended = events.iter().any(|event| matches!(event, UserEvent::EmailChangeCancelled { .. }));
        let staffs =
            self.user(user).await?.email_change.clone().filter(|change| ended && change.by.is_some());
        if let Some(held) = self.users.get_mut(&user) {
            if held.recorded.is_empty() {
                held.owed = events.first().and_then(owed_by);
            }
            freed = held.state.stock_tokens();
            self.extras.destroy_verifiers.extend(fold(held, events, User::verifiers));
            let theirs = held.state.stock_tokens();
            freed.retain(|token, _| !theirs.contains_key(token));
        }
        for (token, counter) in freed {
            back_in_stock(self, user, token, counter).await?;
        }
        for letter in &letters {
            notify(self, user, letter).await?;
        }
        match &staffs {
            Some(change) => tell_of_end(self, user, change).await,
            None => Ok(()),
        }
    }

    /// Records what was decided about a device.
    pub async fn record_device(
        &mut self,
        device: DeviceId,
        events: Vec<DeviceEvent>,
    ) -> Result<(), ActError> {
        self.device(device).await?;
        if let Some(held) = self.devices.get_mut(&device) {
            self.extras.destroy_verifiers.extend(fold(held, events, Device::verifiers));
        }
        Ok(())
    }
}

/// Folds in what was recorded, and answers where the secrets are kept that the state spoke of and does not any more:
/// they are over for good, and go with the same append.
fn fold<A: Aggregate + Clone>(
    held: &mut Held<A>,
    events: Vec<A::Event>,
    verifiers: impl Fn(&A) -> BTreeSet<VerifierId>,
) -> Vec<VerifierId> {
    if events.is_empty() {
        return vec![];
    }
    let mut before = verifiers(&held.state);
    let state = Arc::make_mut(&mut held.state);
    for event in events {
        state.apply(event.clone());
        held.recorded.push(event);
    }
    let now = verifiers(state);
    before.retain(|verifier| !now.contains(verifier));
    before.into_iter().collect()
}

/// Who writes an account-wide reset into somebody's stream, whoever's act it stands before.
const RESET_FAN_OUT: Actor = Actor::System("reset_fan_out");
/// Who writes down a reset that waited and fell due.
const RESET_WAIT: Actor = Actor::System("reset_wait");

/// Who is behind a reset that is written down before whatever else a stream records.
fn owed_by(event: &UserEvent) -> Option<Actor> {
    match event {
        UserEvent::TwoFactorReset { cause: ResetCause::AccountDisabled { .. }, .. } => Some(RESET_FAN_OUT),
        UserEvent::TwoFactorReset {
            cause: ResetCause::StaffAfterWait { .. } | ResetCause::AfterWait { .. },
            ..
        } => Some(RESET_WAIT),
        _ => None,
    }
}

/// What a person is told of an event, whichever act wrote it down.
fn by_itself(event: &UserEvent) -> Option<Letter> {
    match event {
        UserEvent::TwoFactorReset { cause: ResetCause::AccountDisabled { .. }, .. } => {
            Some(Letter::TwoFactorDisabled)
        }
        UserEvent::TwoFactorReset {
            cause:
                ResetCause::StaffAfterWait { .. } | ResetCause::AfterWait { .. } | ResetCause::Granted { .. },
            ..
        } => Some(Letter::TwoFactorReset),
        UserEvent::TwoFactorResetCancelled { .. } => Some(Letter::ResetCancelled),
        UserEvent::EmailChangeCancelled { .. } => Some(Letter::EmailChangeCancelled),
        UserEvent::RecoveryGrantRevoked { .. } => Some(Letter::RecoveryGrantRevoked),
        UserEvent::ThawStopped { .. } => Some(Letter::ThawStopped),
        _ => None,
    }
}

/// The roster is who would be reset by an account-wide disable; it changes in the same transaction
/// as the events that mean it.
fn roster_change(user: UserId, event: &UserEvent) -> Option<RosterChange> {
    match event {
        UserEvent::TwoFactorEnabled { generation, .. } => {
            Some(RosterChange::Add { user, generation: u64::from(*generation) })
        }
        UserEvent::TwoFactorDisabled { .. }
        | UserEvent::TwoFactorReset { .. }
        | UserEvent::PersonErased { .. } => Some(RosterChange::Remove { user }),
        _ => None,
    }
}
