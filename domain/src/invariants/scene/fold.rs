//! How each event changes what is in force. **A new event is placed here**, and in `meaning`.

use std::collections::BTreeSet;

use super::super::meaning::{Credentials, Meaning, Spent};
use super::super::{Entry, Event};
use super::{
    ATTEMPT_MEMORY, ATTEMPTS, ActNow, Announced, ApprovalScene, AttemptScene, ENDED, Lever, PersonScene,
    Scene, ScheduleScene, SessionScene, TrustScene,
};
use crate::account::AccountEvent;
use crate::device::{DeviceEvent, DistrustCause, FirstFactor, Scope};
use crate::ids::{DeviceId, UserId};
use crate::reading::ReadingEvent;
use crate::time::Timestamp;
use crate::user::{Purpose, ResetCause, UserEvent};

impl Scene {
    /// Another act begins with an event of another correlation.
    pub(in crate::invariants) fn turn_to(&mut self, entry: &Entry) {
        if self.act.number == 0 || self.act.correlation != entry.correlation {
            let number = self.act.number + 1;
            self.act = ActNow { number, correlation: entry.correlation.clone(), ..ActNow::default() };
        }
    }

    /// Folds in what was read.
    pub(in crate::invariants) fn fold(&mut self, entry: &Entry, meaning: &Meaning) {
        self.credentials(meaning);
        self.forget(entry.recorded_at);
        match &entry.event {
            Event::Account(event) => self.account_event(event, entry.recorded_at),
            Event::User(user, event) => {
                let owner = |scene: &Self| u32::from(scene.person(*user).is_some_and(PersonScene::is_owner));
                let here = |scene: &Self| u32::from(scene.person(*user).is_some_and(PersonScene::owns));
                let (before, was_here) = (owner(self), here(self));
                self.user_event(*user, event);
                self.account.owners = self.account.owners + owner(self) - before;
                self.account.owners_here = self.account.owners_here + here(self) - was_here;
            }
            Event::Device(device, event) => self.device_event(*device, event),
            // Reading changes nothing, and neither does a file.
            Event::Reading(
                ReadingEvent::DataRead { .. }
                | ReadingEvent::DataExported { .. }
                | ReadingEvent::ReportOrdered { .. }
                | ReadingEvent::ReportPrepared { .. }
                | ReadingEvent::ReportGivenUp { .. }
                | ReadingEvent::ReportWithdrawn { .. },
            ) => {}
        }
    }

    /// Most devices are seen once: what they keep of attempts that are long over would be most of what is kept.
    fn forget(&mut self, now: Timestamp) {
        while let Some((_, id)) = self.fading.pop_front_if(|(when, _)| *when <= now) {
            if let Some(device) = self.devices.get_mut(&id) {
                device.attempts.retain(|attempt| now < attempt.expires_at + ATTEMPT_MEMORY);
                device.attempts.shrink_to_fit();
                device.open.shrink_to_fit();
                device.ended.shrink_to_fit();
            }
        }
    }

    fn credentials(&mut self, meaning: &Meaning) {
        let Some(user) = meaning.subject else { return };
        match meaning.spends {
            Some(Spent::Step { purpose, .. }) => self.act.proofs.push((user, purpose)),
            Some(Spent::Credential | Spent::Sms { purpose: Purpose::Confirm(_), .. }) => {
                self.act.proofs.push((user, None));
            }
            Some(
                Spent::Grant { purpose, .. }
                | Spent::Code { purpose, .. }
                | Spent::Sms { purpose, .. }
                | Spent::Challenge { purpose, .. },
            ) => self.act.proofs.push((user, Some(purpose))),
            Some(Spent::Mailed { .. }) => self.act.mailed.push(user),
            Some(Spent::Ticket { .. }) => self.act.tickets.push(user),
            Some(Spent::Link { .. } | Spent::Message { .. }) | None => {}
        }
        let person = self.people.entry(user).or_default();
        match meaning.credentials {
            Credentials::Kept | Credentials::Unlocked => {}
            Credentials::NewPassword | Credentials::Renewed => person.epoch += 1,
            Credentials::Claimed(generation) => {
                person.enrolled = Some(generation);
                self.act.claimed.push(user);
            }
            Credentials::Enrolled(generation) => {
                person.epoch += 1;
                person.enrolled = Some(generation);
            }
            Credentials::FactorEnded => {
                person.epoch += 1;
                person.enrolled = None;
            }
        }
    }

    fn account_event(&mut self, event: &AccountEvent, recorded_at: Timestamp) {
        match event {
            AccountEvent::AccountOpened { .. } => (self.account.opened, self.act.opens) = (true, true),
            AccountEvent::OperatorActed { .. } => self.act.operated = true,
            AccountEvent::PolicyChanged { audience, version, after, required_since, at, .. } => {
                let demand = &mut self.account.demands[*audience as usize];
                demand.settle(*at);
                let begins = if demand.saved.required { None } else { *required_since };
                demand.asks(after, begins.unwrap_or(*at));
                demand.saved.clone_from(after);
                (demand.version, demand.required_since) = (*version, *required_since);
                self.account.policy_version = *version;
            }
            AccountEvent::PolicyScheduled { schedule, audience, version, after, begins_at, at } => {
                let demand = &mut self.account.demands[*audience as usize];
                demand.settle(*at);
                demand.scheduled = Some(ScheduleScene {
                    id: *schedule,
                    version: *version,
                    policy: after.clone(),
                    begins_at: *begins_at,
                });
                self.account.policy_version = *version;
            }
            AccountEvent::PolicyScheduleCancelled { schedule, .. } => {
                for demand in &mut self.account.demands {
                    demand.scheduled.take_if(|scheduled| scheduled.id == *schedule);
                }
            }
            AccountEvent::GovernanceChanged { after, .. } => self.account.governance.clone_from(after),
            AccountEvent::ApprovalRequested { approval, act, by, matures_at, expires_at, .. } => {
                self.account.approvals.retain(|_, open| recorded_at < open.expires_at);
                let (act, by, matures_at, expires_at) = (act.clone(), *by, *matures_at, *expires_at);
                let open = ApprovalScene { act, by, matures_at, expires_at };
                self.account.approvals.insert(*approval, open);
            }
            AccountEvent::ApprovalUsed { approval, .. } => {
                let used = self.account.approvals.remove(approval);
                self.act.approved.extend(used.map(|used| used.act));
            }
            AccountEvent::ApprovalCancelled { approval, .. } => {
                self.account.approvals.remove(approval);
            }
            AccountEvent::AccountClosed { .. } => self.account.closed = Some(self.act.number),
            AccountEvent::AccountTwoFactorDisabled { generation, at, .. } => {
                let people = self.enrolled_in(self.account.generation);
                let announced = Announced { people, reached: BTreeSet::new(), at: *at };
                self.account.disables.insert(*generation, announced);
                self.account.generation = *generation;
                self.account.lever = Lever::Off;
            }
            AccountEvent::AccountTwoFactorEnabled { .. } | AccountEvent::AccountTwoFactorResumed { .. } => {
                self.account.lever = Lever::On;
            }
            AccountEvent::AccountTwoFactorSuspended { suspension, .. } => {
                self.account.suspensions = *suspension;
                self.account.lever = Lever::Suspended(*suspension);
            }
            AccountEvent::ResetFanOutCompleted { generation, .. } => {
                self.account.disables.remove(generation);
            }
            // Nothing that anybody's sign-in or act rests on.
            AccountEvent::OwnerFloorChanged { .. }
            | AccountEvent::ProfileChosen { .. }
            | AccountEvent::AccountSettingsChanged { .. }
            | AccountEvent::GroupCreated { .. }
            | AccountEvent::GroupRenamed { .. }
            | AccountEvent::GroupDeleted { .. }
            | AccountEvent::ClientRegistered { .. }
            | AccountEvent::ClientRemoved { .. }
            | AccountEvent::ClientTokenIssued { .. }
            | AccountEvent::ClientTokenRevoked { .. }
            | AccountEvent::SandboxClockSet { .. }
            | AccountEvent::SignInsRefused { .. }
            | AccountEvent::ForeignPasswordsArrived { .. }
            | AccountEvent::ForeignPasswordsGone { .. }
            | AccountEvent::DeliveryTroubleRaised { .. }
            | AccountEvent::OutageRaised { .. }
            | AccountEvent::BudgetSpent { .. }
            | AccountEvent::HardwareTokensImported { .. }
            | AccountEvent::OperatorGranted { .. }
            | AccountEvent::OperatorGrantRevoked { .. } => {}
        }
    }

    fn user_event(&mut self, user: UserId, event: &UserEvent) {
        let person = self.people.entry(user).or_default();
        match event {
            UserEvent::UserRegistered { role, at, .. } => {
                person.role = Some(*role);
                person.stands(*at);
            }
            UserEvent::RoleChanged { from, to, at } => {
                self.act.came_as.entry(user).or_insert(*from);
                person.role = Some(*to);
                person.stands(*at);
                person.exemption = None;
            }
            UserEvent::GroupsChanged { groups, at } => {
                person.groups.clone_from(groups);
                person.stands(*at);
            }
            UserEvent::ExemptionGranted { exemption, until, .. } => {
                person.exemption = Some((*exemption, *until));
            }
            UserEvent::ExemptionEnded { exemption, .. } => {
                person.exemption.take_if(|(id, _)| id == exemption);
            }
            UserEvent::UserDeactivated { .. } => {
                person.deactivated = true;
                person.exemption = None;
            }
            UserEvent::UserReactivated { .. } => person.deactivated = false,
            UserEvent::UserFrozen { .. } => {
                person.frozen = true;
                person.exemption = None;
                self.act.froze.push(user);
            }
            UserEvent::UserThawed { .. } => person.frozen = false,
            UserEvent::PersonErased { .. } => {
                (person.erased, person.frozen) = (true, false);
                person.exemption = None;
            }
            UserEvent::TwoFactorReset { cause: ResetCause::AccountDisabled { generation }, .. } => {
                self.act.owed.insert(user);
                if let Some(announced) = self.account.disables.get_mut(generation) {
                    announced.reached.insert(user);
                }
            }
            UserEvent::EmailChanged { .. } => self.act.moved.push(user),
            // What these do to credentials is in their meaning; the rest is the rules' own.
            UserEvent::LinkIssued { .. }
            | UserEvent::LinkRedeemed { .. }
            | UserEvent::EmailVerified { .. }
            | UserEvent::PasswordSet { .. }
            | UserEvent::PasswordAccepted { .. }
            | UserEvent::PasswordRejected { .. }
            | UserEvent::MailedCodeIssued { .. }
            | UserEvent::MailedCodeAccepted { .. }
            | UserEvent::MailedCodeRejected { .. }
            | UserEvent::FactorEnrolmentStarted { .. }
            | UserEvent::FactorConfirmed { .. }
            | UserEvent::TwoFactorEnabled { .. }
            | UserEvent::RecoveryCodesGenerated { .. }
            | UserEvent::RecoveryCodesRegenerated { .. }
            | UserEvent::OtpAccepted { .. }
            | UserEvent::FactorDriftFound { .. }
            | UserEvent::SmsCodeIssued { .. }
            | UserEvent::SmsCodeAccepted { .. }
            | UserEvent::AssertionAccepted { .. }
            | UserEvent::FactorRenamed { .. }
            | UserEvent::FactorPreferred { .. }
            | UserEvent::TokenAssigned { .. }
            | UserEvent::TokenWithdrawn { .. }
            | UserEvent::RecoveryCodeUsed { .. }
            | UserEvent::RecoveryCodesLow { .. }
            | UserEvent::RecoveryCodesExhausted { .. }
            | UserEvent::ProofRejected { .. }
            | UserEvent::PasswordChangeDemanded { .. }
            | UserEvent::LockedOut { .. }
            | UserEvent::Unlocked { .. }
            | UserEvent::FactorRemoved { .. }
            | UserEvent::TwoFactorDisabled { .. }
            | UserEvent::TwoFactorReset { .. }
            | UserEvent::TwoFactorResetScheduled { .. }
            | UserEvent::TwoFactorResetCancelled { .. }
            | UserEvent::StaffResetAsked { .. }
            | UserEvent::HelpCharged { .. }
            | UserEvent::RecoveryRequested { .. }
            | UserEvent::RecoveryRefused { .. }
            | UserEvent::RecoveryGranted { .. }
            | UserEvent::RecoveryCodeRevealed { .. }
            | UserEvent::RecoveryGrantUsed { .. }
            | UserEvent::RecoveryGrantRevoked { .. }
            | UserEvent::RecoveryCompleted { .. }
            | UserEvent::ThawAllowed { .. }
            | UserEvent::ThawStopped { .. }
            | UserEvent::EnrolmentTicketIssued { .. }
            | UserEvent::EnrolmentTicketRejected { .. }
            | UserEvent::EnrolmentTicketUsed { .. }
            | UserEvent::FactorClaimed { .. }
            | UserEvent::PasswordClaimed { .. }
            | UserEvent::PasswordRehashed { .. }
            | UserEvent::EmailChangeRequested { .. }
            | UserEvent::EmailChangeCancelled { .. }
            | UserEvent::HelpRefused { .. }
            | UserEvent::UserRenamed { .. }
            | UserEvent::LanguageChanged { .. }
            | UserEvent::IdentityProviderLinked { .. }
            | UserEvent::IdentityProviderUnlinked { .. }
            | UserEvent::ApiTokenIssued { .. }
            | UserEvent::ApiTokenRevoked { .. }
            | UserEvent::PasswordAccessUsed { .. }
            | UserEvent::MessageSent { .. }
            | UserEvent::MessageFailed { .. }
            | UserEvent::DeviceReportedLost { .. } => {}
        }
    }

    fn device_event(&mut self, id: DeviceId, event: &DeviceEvent) {
        // A token's use stands in a stream of its own, which is no device.
        if let DeviceEvent::ApiTokenUsed { .. } = event {
            return;
        }
        let device = self.devices.entry(id).or_default();
        match event {
            DeviceEvent::DeviceRegistered { user, .. } => device.owner = Some(*user),
            DeviceEvent::SignInStarted {
                sign_in,
                first_factor,
                decision,
                generation,
                epoch,
                expires_at,
                at,
                ..
            } => {
                device.attempts.retain(|a| *at < a.expires_at + ATTEMPT_MEMORY);
                if device.attempts.len() >= ATTEMPTS {
                    device.attempts.remove(0);
                }
                device.attempts.push(AttemptScene {
                    id: *sign_in,
                    decision: *decision,
                    generation: *generation,
                    epoch: *epoch,
                    expires_at: *expires_at,
                    completed: false,
                    vouched: matches!(first_factor, FirstFactor::Asserted { .. }),
                });
                self.fading.push_back((*expires_at + ATTEMPT_MEMORY, id));
            }
            DeviceEvent::SignInCompleted { sign_in, method } => {
                if let Some(attempt) = device.attempts.iter_mut().find(|a| a.id == *sign_in) {
                    attempt.completed = true;
                }
                self.act.earned = Some((id, *method));
            }
            DeviceEvent::SessionStarted {
                session,
                scope,
                method,
                generation,
                epoch,
                suspension,
                exemption,
                idle,
                ends_at,
                at,
                ..
            } => {
                self.act.earned = None;
                if !device.open.contains(session) {
                    device.open.push(*session);
                }
                let proved = method.is_second_factor();
                let started = SessionScene {
                    device: id,
                    method: *method,
                    scope: *scope,
                    generation: *generation,
                    epoch: *epoch,
                    suspension: *suspension,
                    exemption: *exemption,
                    started_at: *at,
                    active_at: *at,
                    proved_at: proved.then_some(*at),
                    idle: *idle,
                    ends_at: *ends_at,
                };
                self.sessions.insert(*session, started);
            }
            DeviceEvent::SessionSteppedUp { session, method, generation, epoch, at, .. } => {
                if let Some(open) = self.sessions.get_mut(session) {
                    (open.method, open.scope) = (*method, Scope::Full);
                    (open.generation, open.epoch) = (*generation, *epoch);
                    (open.suspension, open.exemption) = (None, None);
                    (open.proved_at, open.active_at) = (Some(*at), *at);
                }
            }
            DeviceEvent::SessionRenewed { session, epoch, at, .. } => {
                if let Some(open) = self.sessions.get_mut(session) {
                    (open.epoch, open.active_at) = (*epoch, *at);
                }
            }
            DeviceEvent::SessionActive { session, at } => {
                if let Some(open) = self.sessions.get_mut(session) {
                    open.active_at = *at;
                }
            }
            DeviceEvent::SessionEnded { session, .. } => {
                device.open.retain(|open| open != session);
                if device.ended.len() >= ENDED {
                    device.ended.remove(0);
                }
                device.ended.push(*session);
                self.sessions.remove(session);
            }
            DeviceEvent::DeviceTrusted { granted_at, until, generation, epoch } => {
                device.trust = Some(TrustScene {
                    granted_at: *granted_at,
                    until: *until,
                    generation: *generation,
                    epoch: *epoch,
                });
            }
            DeviceEvent::DeviceDistrusted { cause } => {
                device.trust = None;
                match cause {
                    // Its token is worth nothing any more, and so no attempt on it.
                    DistrustCause::DeviceLost
                    | DistrustCause::TokenReplayed
                    | DistrustCause::PersonErased => device.attempts.clear(),
                    DistrustCause::RevokedByUser | DistrustCause::RevokedByStaff => {}
                }
            }
            DeviceEvent::SessionReauthorised { .. }
            | DeviceEvent::ProofCameLate { .. }
            | DeviceEvent::ApiTokenUsed { .. }
            | DeviceEvent::DeviceTokenRotated { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::history::{ANA, History};
    use super::super::ATTEMPT_MEMORY;
    use crate::time::Span;

    /// However many attempts there were, those that are over are forgotten within hours.
    #[test]
    fn attempts_that_are_over_are_not_kept() {
        let mut history = History::new();
        history.town();
        history.enrol(ANA);
        for _ in 0..100 {
            history.sign_in(ANA);
            history.wait(Span::minutes(10));
        }
        let held = |history: &History| -> usize {
            history.scene().devices.values().map(|device| device.attempts.len()).sum()
        };
        assert!(held(&history) <= 12, "{} attempts of a thousand minutes", held(&history));
        history.wait(ATTEMPT_MEMORY);
        history.wait(Span::hours(1));
        history.sign_in(ANA);
        assert_eq!((held(&history), history.scene().fading.len()), (1, 1));
    }
}
