//! What is in force at a place of the log, as the events before it tell: folded anew, without the
//! states that the program decides on, so that a mistake there does not hide itself here.
//!
//! Only what several rules need is here; what one rule needs is in that rule. Memory grows with
//! people, devices, and open sessions, never with events.

mod fold;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use crate::account::{Governance, GuardedAct};
use crate::device::{Decision, Method, Scope};
use crate::ids::{ApprovalId, DeviceId, ExemptionId, GroupId, ScheduleId, SessionId, SignInId, UserId};
use crate::policy::{Audience, AudiencePolicy, RequiredOf, Role, forgotten};
use crate::time::{Span, Timestamp};
use crate::user::Purpose;

/// How a census is written down. The domain has no hash of its own, so it arrives as a function.
pub type Digest = fn(&BTreeSet<UserId>) -> String;

/// Attempts that are remembered of one device, the newest last.
const ATTEMPTS: usize = 32;
/// For how long an attempt that is over is remembered.
const ATTEMPT_MEMORY: Span = Span::hours(1);
/// Ended sessions that are remembered of one device.
const ENDED: usize = 8;

/// Everything that is in force where the reading stands.
pub(super) struct Scene {
    pub(super) act: ActNow,
    pub(super) account: AccountScene,
    pub(super) digest: Digest,
    people: HashMap<UserId, PersonScene>,
    devices: HashMap<DeviceId, DeviceScene>,
    sessions: HashMap<SessionId, SessionScene>,
    /// Devices with attempts that will be forgotten, and when; the first to go is in front.
    fading: VecDeque<(Timestamp, DeviceId)>,
}

/// The act being read: one append, whose events stand side by side.
#[derive(Default)]
pub(super) struct ActNow {
    /// Counts acts.
    pub(super) number: u64,
    correlation: Box<str>,
    /// Second factors accepted in it so far.
    pub(super) proofs: Vec<(UserId, Option<Purpose>)>,
    /// Whose mailed code was accepted in it.
    pub(super) mailed: Vec<UserId>,
    /// Whose enrolment ticket was used in it.
    pub(super) tickets: Vec<UserId>,
    /// Whose address changed in it.
    pub(super) moved: Vec<UserId>,
    /// Whose factor came along from another system.
    pub(super) claimed: Vec<UserId>,
    /// Whose sign-in was frozen in it.
    pub(super) froze: Vec<UserId>,
    /// Whether the account was opened in it.
    pub(super) opens: bool,
    /// Whether the operator said in it what they do.
    pub(super) operated: bool,
    /// What was approved in it.
    pub(super) approved: Vec<GuardedAct>,
    /// Whom an owed account-wide reset reached in it.
    pub(super) owed: BTreeSet<UserId>,
    /// The role with which somebody whose role it changed came into it.
    pub(super) came_as: BTreeMap<UserId, Role>,
    /// The attempt completed last in it, whose session is about to begin.
    pub(super) earned: Option<(DeviceId, Method)>,
}

/// The account-wide switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Lever {
    #[default]
    On,
    Suspended(u32),
    Off,
}

/// What is in force for the account.
pub(super) struct AccountScene {
    pub(super) opened: bool,
    pub(super) lever: Lever,
    pub(super) generation: u32,
    pub(super) suspensions: u32,
    /// The version saved or scheduled last.
    pub(super) policy_version: u32,
    demands: [DemandScene; 2],
    pub(super) governance: Governance,
    /// Acts that wait for their second approval or their time.
    pub(super) approvals: BTreeMap<ApprovalId, ApprovalScene>,
    /// The act that closed it for good.
    pub(super) closed: Option<u64>,
    /// Owners who may sign in.
    pub(super) owners: u32,
    /// Owners who were not erased, whether they may sign in or not.
    pub(super) owners_here: u32,
    /// Whom each disable reset, and when, by the generation that it opened; until it is proved complete.
    pub(super) disables: BTreeMap<u32, Announced>,
}

/// What is demanded of an audience, now and from a date on.
pub(super) struct DemandScene {
    saved: AudiencePolicy,
    version: u32,
    required_since: Option<Timestamp>,
    /// Of whom, from each instant on.
    required: Timeline<Option<RequiredOf>>,
    pub(super) scheduled: Option<ScheduleScene>,
}

/// A policy that begins on a date.
pub(super) struct ScheduleScene {
    pub(super) id: ScheduleId,
    version: u32,
    policy: AudiencePolicy,
    pub(super) begins_at: Timestamp,
}

/// An act that waits for its second approval.
pub(super) struct ApprovalScene {
    pub(super) act: GuardedAct,
    pub(super) by: UserId,
    pub(super) matures_at: Option<Timestamp>,
    pub(super) expires_at: Timestamp,
}

/// Whom a disable reset.
pub(super) struct Announced {
    pub(super) people: BTreeSet<UserId>,
    pub(super) reached: BTreeSet<UserId>,
    pub(super) at: Timestamp,
}

/// What is in force for a person.
#[derive(Debug, Clone, Default)]
pub(super) struct PersonScene {
    pub(super) role: Option<Role>,
    pub(super) erased: bool,
    /// Counts what voids trust, sessions, and attempts.
    pub(super) epoch: u32,
    /// The generation in which they are enrolled.
    pub(super) enrolled: Option<u32>,
    /// The groups that they are in.
    groups: BTreeSet<GroupId>,
    /// Their role and groups, from each instant on.
    places: Timeline<(Role, BTreeSet<GroupId>)>,
    /// The exemption that they have, and until when.
    exemption: Option<(ExemptionId, Timestamp)>,
    /// Whether they may not sign in.
    pub(super) deactivated: bool,
    /// Whether their sign-in is frozen.
    pub(super) frozen: bool,
}

/// What held from each instant on, the newest last; as much of it as is remembered.
#[derive(Debug, Clone)]
struct Timeline<T>(Vec<(Timestamp, T)>);

/// What is in force for a device.
#[derive(Debug, Clone, Default)]
pub(super) struct DeviceScene {
    pub(super) owner: Option<UserId>,
    attempts: Vec<AttemptScene>,
    pub(super) open: Vec<SessionId>,
    ended: Vec<SessionId>,
    pub(super) trust: Option<TrustScene>,
}

/// An attempt to sign in.
#[derive(Debug, Clone, Copy)]
pub(super) struct AttemptScene {
    id: SignInId,
    pub(super) decision: Decision,
    pub(super) generation: u32,
    pub(super) epoch: u32,
    pub(super) expires_at: Timestamp,
    pub(super) completed: bool,
    /// Whether a program's word opened it.
    pub(super) vouched: bool,
}

/// Trust in a device.
#[derive(Debug, Clone, Copy)]
pub(super) struct TrustScene {
    pub(super) granted_at: Timestamp,
    pub(super) until: Timestamp,
    pub(super) generation: u32,
    pub(super) epoch: u32,
}

/// A session that no event ended; time and the account may have.
#[derive(Debug, Clone, Copy)]
pub(super) struct SessionScene {
    pub(super) device: DeviceId,
    pub(super) method: Method,
    pub(super) scope: Scope,
    pub(super) generation: u32,
    pub(super) epoch: u32,
    pub(super) suspension: Option<u32>,
    pub(super) exemption: Option<ExemptionId>,
    pub(super) started_at: Timestamp,
    pub(super) active_at: Timestamp,
    /// When a second factor was last shown in it.
    pub(super) proved_at: Option<Timestamp>,
    pub(super) idle: Span,
    pub(super) ends_at: Timestamp,
}

impl AccountScene {
    pub(super) fn suspension(&self) -> Option<u32> {
        match self.lever {
            Lever::Suspended(n) => Some(n),
            Lever::On | Lever::Off => None,
        }
    }

    pub(super) fn demand(&self, audience: Audience) -> &DemandScene {
        &self.demands[audience as usize]
    }

    /// The version in force at an instant; it counts both audiences.
    pub(super) fn version(&self, at: Timestamp) -> u32 {
        self.demands.iter().map(|demand| demand.version(at)).max().unwrap_or_default()
    }
}

impl DemandScene {
    fn of(audience: Audience) -> Self {
        let saved = AudiencePolicy::of_new(audience);
        Self { saved, version: 0, required_since: None, required: Timeline::default(), scheduled: None }
    }

    fn begun(&self, at: Timestamp) -> Option<&ScheduleScene> {
        self.scheduled.as_ref().filter(|scheduled| scheduled.begins_at <= at)
    }

    /// What holds at an instant. A scheduled policy holds from its date, without an event.
    pub(super) fn policy(&self, at: Timestamp) -> &AudiencePolicy {
        self.begun(at).map_or(&self.saved, |scheduled| &scheduled.policy)
    }

    fn version(&self, at: Timestamp) -> u32 {
        self.begun(at).map_or(self.version, |scheduled| scheduled.version)
    }

    pub(super) fn required_since(&self, at: Timestamp) -> Option<Timestamp> {
        match self.begun(at) {
            None => self.required_since,
            Some(begun) if !begun.policy.required => None,
            Some(begun) => Some(self.required_since.unwrap_or(begun.begins_at)),
        }
    }

    /// What began by itself is from here on what was saved.
    fn settle(&mut self, at: Timestamp) {
        if self.begun(at).is_some() {
            self.required_since = self.required_since(at);
            if let Some(ScheduleScene { version, policy, begins_at, .. }) = self.scheduled.take() {
                self.asks(&policy, begins_at);
                (self.version, self.saved) = (version, policy);
            }
        }
    }

    /// What a policy asks from an instant on.
    fn asks(&mut self, policy: &AudiencePolicy, at: Timestamp) {
        let of = policy.required.then(|| policy.required_of.clone());
        self.required.then(at, of, |later, other| match (later, other) {
            (None, _) => true,
            (Some(later), Some(other)) => other.covers(later),
            (Some(_), None) => false,
        });
    }

    /// Whether it asked somebody in a place for a second factor at an instant, seen from a later one.
    fn asked(&self, (role, groups): &(Role, BTreeSet<GroupId>), then: Timestamp, seen: Timestamp) -> bool {
        let begun = self.begun(seen).filter(|begun| begun.begins_at <= then);
        let of = match begun {
            Some(begun) => begun.policy.required.then_some(&begun.policy.required_of),
            None => self.required.at(then).and_then(Option::as_ref),
        };
        of.is_some_and(|RequiredOf { roles, groups: named }| {
            let everyone = roles.is_empty() && named.is_empty();
            everyone || roles.contains(role) || groups.iter().any(|group| named.contains(group))
        })
    }
}

impl<T> Default for Timeline<T> {
    fn default() -> Self {
        Self(vec![])
    }
}

impl<T: PartialEq> Timeline<T> {
    /// From an instant on something else holds. What held for no time never did.
    fn then(&mut self, at: Timestamp, what: T, within: impl Fn(&T, &T) -> bool) {
        let at = self.0.last().map_or(at, |(last, _)| at.max(*last));
        self.0.retain(|(from, _)| *from < at);
        if self.0.last().is_none_or(|(_, held)| *held != what) {
            self.0.push((at, what));
        }
        let former = self.0.len().saturating_sub(1);
        if let Some(n) = forgotten(&self.0[..former], |(_, later), (_, other)| within(later, other)) {
            self.0[n + 1].0 = self.0[n].0;
            self.0.remove(n);
        }
    }

    fn at(&self, instant: Timestamp) -> Option<&T> {
        self.0.iter().rev().find(|(from, _)| *from <= instant).map(|(_, held)| held)
    }

    fn turns(&self) -> impl Iterator<Item = Timestamp> {
        self.0.iter().map(|(from, _)| *from)
    }
}

impl PersonScene {
    /// They have the role and groups that they have from an instant on.
    fn stands(&mut self, at: Timestamp) {
        if let Some(role) = self.role {
            let within = |later: &(Role, BTreeSet<GroupId>), other: &(Role, BTreeSet<GroupId>)| {
                later.0 == other.0 && later.1.is_subset(&other.1)
            };
            self.places.then(at, (role, self.groups.clone()), within);
        }
    }

    /// Whether they are an owner, and were not erased.
    pub(super) fn owns(&self) -> bool {
        self.role == Some(Role::Owner) && !self.erased
    }

    /// Whether they are an owner who may sign in.
    pub(super) fn is_owner(&self) -> bool {
        self.owns() && !self.deactivated
    }

    /// The exemption that they have at an instant.
    pub(super) fn exempt(&self, at: Timestamp) -> Option<ExemptionId> {
        self.exemption.filter(|(_, until)| at < *until).map(|(id, _)| id)
    }
}

impl AttemptScene {
    pub(super) fn id(&self) -> SignInId {
        self.id
    }
}

impl DeviceScene {
    pub(super) fn attempt(&self, id: SignInId) -> Option<&AttemptScene> {
        self.attempts.iter().find(|a| a.id == id)
    }

    /// How many attempts on it were not completed, as far as they are remembered.
    pub(super) fn attempts_open(&self) -> usize {
        self.attempts.iter().filter(|attempt| !attempt.completed).count()
    }

    pub(super) fn has_ended(&self, session: SessionId) -> bool {
        self.ended.contains(&session)
    }
}

impl Scene {
    pub(super) fn new(digest: Digest) -> Self {
        Self {
            act: ActNow::default(),
            account: AccountScene {
                opened: false,
                lever: Lever::On,
                generation: 0,
                suspensions: 0,
                policy_version: 0,
                demands: [DemandScene::of(Audience::Team), DemandScene::of(Audience::EndUsers)],
                governance: Governance::default(),
                approvals: BTreeMap::new(),
                closed: None,
                owners: 0,
                owners_here: 0,
                disables: BTreeMap::new(),
            },
            digest,
            people: HashMap::new(),
            devices: HashMap::new(),
            sessions: HashMap::new(),
            fading: VecDeque::new(),
        }
    }

    pub(super) fn person(&self, user: UserId) -> Option<&PersonScene> {
        self.people.get(&user)
    }

    pub(super) fn device(&self, device: DeviceId) -> Option<&DeviceScene> {
        self.devices.get(&device)
    }

    pub(super) fn session(&self, session: SessionId) -> Option<&SessionScene> {
        self.sessions.get(&session)
    }

    /// Whose session it is.
    pub(super) fn holder(&self, session: &SessionScene) -> Option<UserId> {
        self.device(session.device).and_then(|d| d.owner)
    }

    /// A person's role. Of somebody unknown the highest, which the fewest may touch.
    pub(super) fn role(&self, user: UserId) -> Role {
        self.person(user).and_then(|p| p.role).unwrap_or(Role::Owner)
    }

    /// The policy that a person is under at an instant.
    pub(super) fn policy_of(&self, user: UserId, at: Timestamp) -> &AudiencePolicy {
        self.account.demand(self.role(user).audience()).policy(at)
    }

    /// Whether somebody without a factor must enrol at an instant.
    pub(super) fn must_enrol(&self, user: UserId, at: Timestamp) -> bool {
        let grace = Span::days(self.policy_of(user, at).grace_days.into());
        self.required_of_since(user, at).is_some_and(|since| at >= since + grace)
    }

    /// Since when, without a break, a second factor is required of a person: their whole time is gone through, from
    /// one turn of it to the next.
    fn required_of_since(&self, user: UserId, at: Timestamp) -> Option<Timestamp> {
        let person = self.person(user)?;
        let of_account = self.account.demands.iter().flat_map(|demand| {
            let begun = demand.begun(at).map(|begun| begun.begins_at);
            demand.required.turns().chain(begun)
        });
        let mut turns: Vec<Timestamp> = of_account.chain(person.places.turns()).collect();
        turns.sort_unstable();
        let mut since = None;
        for turn in turns {
            let asked = person.places.at(turn).is_some_and(|place| {
                let demand = self.account.demand(place.0.audience());
                demand.asked(place, turn, at)
            });
            since = if asked { since.or(Some(turn)) } else { None };
        }
        since
    }

    /// Generation and epoch in force for a person.
    pub(super) fn in_force(&self, user: Option<UserId>) -> (u32, u32) {
        let epoch = user.and_then(|user| self.person(user)).map_or(0, |p| p.epoch);
        (self.account.generation, epoch)
    }

    /// Everybody enrolled in a generation, in order. Looks at everybody: for an account-wide disable only.
    pub(super) fn enrolled_in(&self, generation: u32) -> BTreeSet<UserId> {
        let enrolled = self.people.iter().filter(|(_, p)| p.enrolled == Some(generation));
        enrolled.map(|(&user, _)| user).collect()
    }

    /// Whether trust in a device would let its owner in at an instant: until its date or what today's
    /// policy allows, and never across a generation or an epoch.
    pub(super) fn trusted(&self, device: DeviceId, at: Timestamp) -> bool {
        let Some((trust, owner)) = self.device(device).and_then(|d| d.trust.zip(d.owner)) else {
            return false;
        };
        let allowed = Span::days(self.policy_of(owner, at).trust_days.into());
        self.account.lever == Lever::On
            && (trust.generation, trust.epoch) == self.in_force(Some(owner))
            && at < trust.until
            && at < trust.granted_at + allowed
    }
}
