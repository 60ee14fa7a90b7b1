//! Saving and scheduling policies, the owner's floor, the profile; and what a change would leave.

use std::collections::{BTreeMap, BTreeSet};

use super::decide::{AccountError, Census};
use super::demand::Scheduled;
use super::events::AccountEvent;
use super::impact::{Change, Impact};
use super::state::{Account, Switch};
use crate::factor::{FactorKind, Offer};
use crate::ids::{GroupId, ScheduleId};
use crate::policy::{Audience, AudiencePolicy, PasswordApi, Profile, RequiredOf, Role};
use crate::sealed::{Reason, Sealed};
use crate::time::{Span, Timestamp};

/// How far ahead a policy may be scheduled.
pub const FARTHEST_SCHEDULE: Span = Span::days(366);
/// How many days ahead of its beginning a policy may announce the end of passwords at the API: until then they walk around
/// everybody's second factor. Half a year is time enough for a program to get a token.
pub const SUNSET_DAYS: u16 = 180;

/// A command about what the account demands.
#[derive(Debug, Clone)]
pub enum PolicyCommand {
    /// Save these policies: all of them, or none.
    Save {
        /// The wishes.
        policies: BTreeMap<Audience, AudiencePolicy>,
        /// The role of who saves.
        by: Role,
        /// The kinds of factor that can be had here.
        offer: Offer,
        /// Whom it concerns, and what was confirmed.
        impact: Impact,
    },
    /// Let a policy hold from a date on.
    Schedule {
        /// Pre-minted id.
        schedule: ScheduleId,
        /// Whom it concerns.
        audience: Audience,
        /// What will hold.
        policy: AudiencePolicy,
        /// From when.
        begins_at: Timestamp,
        /// The role of who schedules.
        by: Role,
        /// The kinds of factor that can be had here.
        offer: Offer,
        /// Whom it will concern, as people stand now, and what was confirmed.
        impact: Impact,
    },
    /// Withdraw a scheduled policy.
    CancelSchedule {
        /// Which.
        schedule: ScheduleId,
        /// The role of who withdraws it.
        by: Role,
    },
    /// Set the loosest policy that admins may save; `None` is no floor.
    SetFloors(BTreeMap<Audience, Option<AudiencePolicy>>),
    /// Hold the account to a profile, or to none.
    ChooseProfile(Option<Profile>),
}

/// Why a policy is not saved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// A requirement names a group that the account does not have.
    #[error("there is no group {0}")]
    UnknownGroup(GroupId),
    /// A requirement names a role of the other audience.
    #[error("`{}` is not of this audience", .0.name())]
    RoleOutside(Role),
    /// It requires a second factor, and allows none that can be had here.
    #[error("nothing that it allows can be set up on this installation: {}", list(.0))]
    CannotBeMet(BTreeSet<FactorKind>),
    /// The owner lets admins go so far and no further.
    #[error("`{field}` would be looser than the owner's floor; an owner may do it, or set another floor")]
    BelowFloor {
        /// The setting.
        field: &'static str,
        /// The floor.
        floor: Box<AudiencePolicy>,
    },
    /// A policy is scheduled for this audience already.
    #[error("a policy is scheduled for this audience already; withdraw it first")]
    AlreadyScheduled(ScheduleId),
    /// The date lies in the past, or too far ahead.
    #[error("a policy is scheduled for a time ahead, within a year")]
    BadBeginning,
    /// The announced end of passwords at the API lies too far ahead.
    #[error("the end of passwords at the API is announced for at most 180 days ahead")]
    BadSunset,
    /// No such schedule is open.
    #[error("no such schedule is open")]
    NoSchedule,
}

impl Account {
    /// Decides a command about what the account demands.
    pub(super) fn decide_policy(
        &self,
        command: PolicyCommand,
        at: Timestamp,
    ) -> Result<Vec<AccountEvent>, AccountError> {
        match command {
            PolicyCommand::Save { policies, by, offer, impact } => {
                let events = self.save(&policies, by, &offer, at)?;
                self.confirmed(&events, &impact, at)?;
                Ok(events)
            }
            PolicyCommand::Schedule { schedule, audience, policy, begins_at, by, offer, impact } => {
                let events = vec![self.schedule(schedule, (audience, policy), begins_at, by, &offer, at)?];
                self.confirmed(&events, &impact, at)?;
                Ok(events)
            }
            PolicyCommand::CancelSchedule { schedule, by } => {
                let open = |audience| {
                    let scheduled = self.demand(audience).scheduled(at);
                    scheduled.is_some_and(|s| s.schedule == schedule)
                };
                let audience = [Audience::Team, Audience::EndUsers].into_iter().find(|a| open(*a));
                let audience = audience.ok_or(PolicyError::NoSchedule)?;
                // What holds on without it must be what they may save.
                self.above_floor(audience, self.policy(audience, at), by, at, at)?;
                Ok(vec![AccountEvent::PolicyScheduleCancelled { schedule, at }])
            }
            PolicyCommand::SetFloors(floors) => self.set_floors(floors, at),
            PolicyCommand::ChooseProfile(profile) => {
                let profile = profile.map(|p| p.name().to_owned());
                if self.profile == profile {
                    return Ok(vec![]);
                }
                Ok(vec![AccountEvent::ProfileChosen { profile, at }])
            }
        }
    }

    /// The account as a change would leave it, and the instant at which it tells: at once, or on the date of
    /// a schedule. Refused as the change itself would be, its confirmation aside.
    pub fn foresee(
        &self,
        change: &Change,
        by: Role,
        offer: &Offer,
        at: Timestamp,
    ) -> Result<(Self, Timestamp), AccountError> {
        let (events, tells_at) = match change {
            Change::Policy(policies) => (self.save(policies, by, offer, at)?, at),
            Change::Schedule { audience, policy, begins_at } => {
                let id = ScheduleId::from_uuid(uuid::Uuid::nil());
                let event = self.schedule(id, (*audience, policy.clone()), *begins_at, by, offer, at)?;
                (vec![event], *begins_at)
            }
            Change::Disable => (self.switch_off(Census { people: 0, digest: String::new() }, None, at)?, at),
            Change::Suspend => (self.suspend(None, at)?, at),
            Change::Resume => (self.resume(at)?, at),
            Change::Enable => (self.enable(at)?, at),
        };
        let mut after = self.clone();
        for event in &events {
            after.evolve(event);
        }
        Ok((after, tells_at))
    }

    /// Whether a policy that holds, is going to hold, or is a floor names a group.
    pub fn names_group(&self, group: GroupId, at: Timestamp) -> bool {
        [Audience::Team, Audience::EndUsers].into_iter().any(|audience| {
            let demand = self.demand(audience);
            let ahead = demand.scheduled(at).map(|s| &s.policy);
            std::iter::once(demand.policy(at))
                .chain(ahead)
                .chain(&demand.floor)
                .any(|policy| policy.required_of.groups.contains(&group))
        })
    }

    /// Switching off for everyone resets everyone who is enrolled, in one event.
    pub(super) fn switch_off(
        &self,
        actual: Census,
        reason: Option<Sealed<Reason>>,
        at: Timestamp,
    ) -> Result<Vec<AccountEvent>, AccountError> {
        if let Switch::Off { .. } = self.switch {
            return Err(AccountError::AlreadyDisabled);
        }
        let Census { people, digest } = actual;
        let generation = self.generation + 1;
        Ok(vec![AccountEvent::AccountTwoFactorDisabled { generation, people, digest, reason, at }])
    }

    pub(super) fn suspend(
        &self,
        reason: Option<Sealed<Reason>>,
        at: Timestamp,
    ) -> Result<Vec<AccountEvent>, AccountError> {
        match self.switch {
            Switch::On => {
                let suspension = self.suspensions + 1;
                Ok(vec![AccountEvent::AccountTwoFactorSuspended { suspension, reason, at }])
            }
            Switch::Suspended { .. } => Err(AccountError::AlreadySuspended),
            Switch::Off { .. } => Err(AccountError::AlreadyDisabled),
        }
    }

    pub(super) fn resume(&self, at: Timestamp) -> Result<Vec<AccountEvent>, AccountError> {
        match self.switch {
            Switch::Suspended { suspension, .. } => {
                Ok(vec![AccountEvent::AccountTwoFactorResumed { suspension, at }])
            }
            Switch::On | Switch::Off { .. } => Err(AccountError::NotSuspended),
        }
    }

    pub(super) fn enable(&self, at: Timestamp) -> Result<Vec<AccountEvent>, AccountError> {
        match self.switch {
            Switch::Off { .. } => {
                Ok(vec![AccountEvent::AccountTwoFactorEnabled { generation: self.generation, at }])
            }
            Switch::Suspended { .. } => Err(AccountError::AlreadySuspended),
            Switch::On => Err(AccountError::AlreadyEnabled),
        }
    }

    /// What happens anyway takes a confirmation; what is nothing takes none.
    pub(super) fn confirmed(
        &self,
        events: &[AccountEvent],
        impact: &Impact,
        at: Timestamp,
    ) -> Result<(), AccountError> {
        if events.is_empty() { Ok(()) } else { Ok(impact.check(self, at)?) }
    }

    /// One save of one audience is one event; a save that changes nothing is none.
    fn save(
        &self,
        policies: &BTreeMap<Audience, AudiencePolicy>,
        by: Role,
        offer: &Offer,
        at: Timestamp,
    ) -> Result<Vec<AccountEvent>, AccountError> {
        let mut events = vec![];
        for (&audience, after) in policies {
            let before = self.policy(audience, at);
            if before == after {
                continue;
            }
            self.usable(audience, after)?;
            sunset(before, after, at)?;
            can_be_met(after, offer)?;
            self.above_floor(audience, after, by, at, at)?;
            let required_since = match (before.required, after.required) {
                (_, false) => None,
                (true, true) => self.required_since(audience, at),
                (false, true) => Some(at),
            };
            events.push(AccountEvent::PolicyChanged {
                audience,
                version: self.policy_version + 1 + events.len() as u32,
                before: before.clone(),
                after: after.clone(),
                required_since,
                at,
            });
        }
        Ok(events)
    }

    fn schedule(
        &self,
        schedule: ScheduleId,
        (audience, after): (Audience, AudiencePolicy),
        begins_at: Timestamp,
        by: Role,
        offer: &Offer,
        at: Timestamp,
    ) -> Result<AccountEvent, AccountError> {
        self.usable(audience, &after)?;
        sunset(self.policy(audience, at), &after, begins_at)?;
        can_be_met(&after, offer)?;
        self.above_floor(audience, &after, by, begins_at, at)?;
        if begins_at <= at || begins_at > at + FARTHEST_SCHEDULE {
            return Err(PolicyError::BadBeginning.into());
        }
        if let Some(open) = self.demand(audience).scheduled(at) {
            return Err(PolicyError::AlreadyScheduled(open.schedule).into());
        }
        let version = self.policy_version + 1;
        Ok(AccountEvent::PolicyScheduled { schedule, audience, version, after, begins_at, at })
    }

    /// A policy of which every figure is in its bounds, and which names roles and groups that there are.
    fn usable(&self, audience: Audience, policy: &AudiencePolicy) -> Result<(), AccountError> {
        policy.check()?;
        let RequiredOf { roles, groups } = &policy.required_of;
        if let Some(role) = roles.iter().find(|role| role.audience() != audience) {
            return Err(PolicyError::RoleOutside(*role).into());
        }
        match groups.iter().find(|group| !self.groups.contains_key(group)) {
            Some(group) => Err(PolicyError::UnknownGroup(*group).into()),
            None => Ok(()),
        }
    }

    /// Owners stand above their own floor. Whether a program may vouch for the team is theirs alone to say, whatever
    /// the floor, and where there is none; and so is whether passwords open the API past second factors, where no floor
    /// of theirs says so.
    fn above_floor(
        &self,
        audience: Audience,
        policy: &AudiencePolicy,
        by: Role,
        from: Timestamp,
        at: Timestamp,
    ) -> Result<(), AccountError> {
        if by == Role::Owner {
            return Ok(());
        }
        let (held, floor) = (self.policy(audience, at), self.demand(audience).floor.as_ref());
        if audience == Audience::Team && policy.asserted_sign_in && !held.asserted_sign_in {
            let floor = AudiencePolicy { asserted_sign_in: false, ..floor.unwrap_or(held).clone() };
            return Err(PolicyError::BelowFloor { field: "asserted_sign_in", floor: Box::new(floor) }.into());
        }
        let Some(floor) = floor else {
            if policy.password_api.walks_past(held.password_api, from) {
                return Err(
                    PolicyError::BelowFloor { field: "password_api", floor: Box::new(held.clone()) }.into()
                );
            }
            return Ok(());
        };
        match policy.loosened(floor, from).first() {
            Some(field) => Err(PolicyError::BelowFloor { field, floor: Box::new(floor.clone()) }.into()),
            None => Ok(()),
        }
    }

    /// A floor that changes withdraws what is scheduled below it, whoever scheduled that: nothing that was saved before
    /// begins below it. What holds already stays until somebody saves another one.
    fn set_floors(
        &self,
        floors: BTreeMap<Audience, Option<AudiencePolicy>>,
        at: Timestamp,
    ) -> Result<Vec<AccountEvent>, AccountError> {
        let mut events = vec![];
        for (audience, after) in floors {
            if let Some(floor) = &after {
                self.usable(audience, floor)?;
            }
            let demand = self.demand(audience);
            let before = demand.floor.clone();
            if before == after {
                continue;
            }
            let below = after.as_ref().and_then(|floor| {
                let looser = |s: &&Scheduled| !s.policy.loosened(floor, s.begins_at).is_empty();
                demand.scheduled(at).filter(looser).map(|s| s.schedule)
            });
            events.push(AccountEvent::OwnerFloorChanged { audience, before, after, at });
            events.extend(below.map(|schedule| AccountEvent::PolicyScheduleCancelled { schedule, at }));
        }
        Ok(events)
    }
}

/// Another end of passwords at the API than the one that holds is not announced for longer than there is reason to.
fn sunset(before: &AudiencePolicy, after: &AudiencePolicy, from: Timestamp) -> Result<(), PolicyError> {
    match after.password_api {
        PasswordApi::Until(end)
            if after.password_api != before.password_api && end > from + Span::days(SUNSET_DAYS.into()) =>
        {
            Err(PolicyError::BadSunset)
        }
        PasswordApi::Allowed | PasswordApi::Until(_) | PasswordApi::Off => Ok(()),
    }
}

impl Account {
    /// The audiences of whom a second factor is required that nobody can set up any more, because an installation
    /// that once offered what is allowed offers these kinds now. Whoever has no factor, or one that does not count, can
    /// do nothing there; whoever owns the account neither.
    pub fn barred(&self, offer: &Offer, at: Timestamp) -> Vec<Audience> {
        let audiences = [Audience::Team, Audience::EndUsers].into_iter();
        audiences.filter(|audience| can_be_met(self.policy(*audience, at), offer).is_err()).collect()
    }
}

/// A requirement that nobody could fulfil here would shut everybody out, whoever could take it back included.
fn can_be_met(policy: &AudiencePolicy, offer: &Offer) -> Result<(), PolicyError> {
    let barred = policy.required && !policy.can_be_met(offer);
    if barred { Err(PolicyError::CannotBeMet(policy.allowed_kinds.clone())) } else { Ok(()) }
}

fn list(kinds: &BTreeSet<FactorKind>) -> String {
    kinds.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(", ")
}
