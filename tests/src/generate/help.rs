//! What staff do for people who cannot get in, and to whom nothing is left.

use twofold_domain::device::{DeviceEvent, DistrustCause, EndCause};
use twofold_domain::ids::{ExemptionId, RecoveryId, TicketId, UserId};
use twofold_domain::time::Span;
use twofold_domain::user::{Help, NoHelp, Objection, RecoveryRoute, ResetCause, UserCommand, UserEvent};

use super::{Generator, Says};

impl Generator {
    pub(super) fn unlock(&mut self, tenant: usize, who: usize) -> Vec<Says> {
        let locked = self.tenants[tenant].people[who].user.locked_out();
        if !locked {
            return Vec::new();
        }
        vec![Says::User(who, UserEvent::Unlocked { reason: self.sealed() })]
    }

    pub(super) fn reset(&mut self, tenant: usize, who: usize) -> Vec<Says> {
        let recovery = self.tenants[tenant].people[who].user.frozen.as_ref().map(|frozen| frozen.recovery);
        let cause = ResetCause::Staff { reason: self.sealed(), compromise: false, recovery };
        let effective_at = self.now;
        let mut says = self.reach(tenant, who);
        says.push(Says::User(who, UserEvent::TwoFactorReset { cause, effective_at }));
        says
    }

    pub(super) fn lose(&mut self, tenant: usize, who: usize) -> Vec<Says> {
        let known = self.tenants[tenant].people[who].devices.len();
        if known == 0 {
            return Vec::new();
        }
        let device = self.below(known);
        let (id, state) = &self.tenants[tenant].people[who].devices[device];
        let mut says = vec![Says::User(who, UserEvent::DeviceReportedLost { device: *id })];
        for session in state.sessions.keys() {
            let ended = DeviceEvent::SessionEnded { session: *session, cause: EndCause::DeviceLost };
            says.push(Says::Device(who, device, ended));
        }
        let cause = DistrustCause::DeviceLost;
        says.push(Says::Device(who, device, DeviceEvent::DeviceDistrusted { cause }));
        says
    }

    pub(super) fn erase(&mut self, tenant: usize, who: usize) -> Vec<Says> {
        let mut says = self.reach(tenant, who);
        let values = self.tenants[tenant].people[who].user.sealed_values;
        says.push(Says::User(who, UserEvent::PersonErased { values, at: self.now }));
        says
    }

    pub(super) fn reach(&mut self, tenant: usize, who: usize) -> Vec<Says> {
        let era = self.tenants[tenant].account.era(self.now);
        let owed = self.tenants[tenant].people[who].user.decide(&era, UserCommand::ReachReset);
        owed.unwrap_or_default().into_iter().map(|event| Says::User(who, event)).collect()
    }

    /// Staff ask for a reset that waits, or the person objects to it.
    pub(super) fn wait_for_reset(&mut self, tenant: usize, who: usize) -> Vec<Says> {
        let (at, generation) = (self.now, self.tenants[tenant].account.generation);
        let human = &self.tenants[tenant].people[who];
        let (user, waits) = (human.id, human.user.waiting_reset);
        if let Some(waits) = waits {
            let (recovery, how) = (waits.recovery, Objection::Person);
            return vec![Says::User(
                who,
                UserEvent::TwoFactorResetCancelled { recovery, how: Some(how), at },
            )];
        }
        if human.user.enrolled(generation).is_none() {
            return Vec::new();
        }
        let (reason, recovery) = (Some(self.sealed()), Some(RecoveryId::from_uuid(self.uuid())));
        let route = RecoveryRoute::Staff;
        // Half of them are due within this log.
        let due_at = at + if self.chance(50) { Span::minutes(30) } else { Span::hours(72) };
        let scheduled =
            UserEvent::TwoFactorResetScheduled { rank: None, recovery, route, reason, due_at, at };
        let mut says = vec![Says::User(who, scheduled)];
        let people = &self.tenants[tenant].people;
        let staff = people.iter().position(|staff| staff.id != user && !staff.user.erased);
        if let Some(staff) = staff {
            says.push(Says::User(staff, UserEvent::HelpCharged { help: Help::Reset, subject: user, at }));
            says.push(Says::User(staff, UserEvent::StaffResetAsked { subject: user, at }));
        }
        says
    }

    /// Somebody is let in for a while, or that ends.
    pub(super) fn exempt(&mut self, tenant: usize, who: usize) -> Vec<Says> {
        let at = self.now;
        let holds = self.tenants[tenant].people[who].user.exempt(at).map(|held| held.exemption);
        vec![Says::User(
            who,
            match holds {
                Some(exemption) => UserEvent::ExemptionEnded { exemption, at },
                None if self.chance(20) => {
                    let (help, by) = (Help::ALL[self.below(Help::ALL.len())], UserId::from_uuid(self.uuid()));
                    UserEvent::HelpRefused { help, by: Some(by), why: NoHelp::Outranked, at }
                }
                None => UserEvent::ExemptionGranted {
                    exemption: ExemptionId::from_uuid(self.uuid()),
                    reason: self.sealed(),
                    until: at + Span::days(5),
                    at,
                },
            },
        )]
    }

    /// Somebody gets a ticket, and types it wrong now and then; binding with it is [`Self::enrol`]'s.
    pub(super) fn ticket(&mut self, tenant: usize, who: usize) -> Vec<Says> {
        let at = self.now;
        let open =
            self.tenants[tenant].people[who].user.open_ticket(at).map(|open| (open.ticket, open.tries_left));
        vec![Says::User(
            who,
            match open {
                Some((ticket, tries)) => {
                    UserEvent::EnrolmentTicketRejected { ticket, tries_left: tries - 1, at }
                }
                None => UserEvent::EnrolmentTicketIssued {
                    ticket: TicketId::from_uuid(self.uuid()),
                    verifier: self.verifier(),
                    reason: self.sealed(),
                    expires_at: at + Span::hours(24),
                    at,
                },
            },
        )]
    }
}
