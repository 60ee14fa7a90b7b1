//! What a change does to people: decided for one person at a time by comparing what holds before and
//! after it, and what a confirmation of it must still agree with.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use strum::{EnumCount, EnumIter, IntoEnumIterator as _, IntoStaticStr};

use super::state::Account;
use crate::access::password_door;
use crate::device::{Session, Trust};
use crate::factor::FactorKind;
use crate::policy::{Audience, AudiencePolicy, Whom};
use crate::sign_in::{Holder, session_holds, trust_kept};
use crate::status::{Facts, Rule, Standing, standing};
use crate::time::{Span, Timestamp};

/// How long a preview may be confirmed.
pub const PREVIEW_LIFE: Span = Span::hours(1);
/// An account-wide figure below this may not grow at all between preview and confirmation.
const EXACT_BELOW: u64 = 100;
/// By one in so many a larger one may.
const DRIFT: u64 = 100;
/// A password that opened the API within this time stands for something that still runs.
pub const IN_USE: Span = Span::days(90);

/// A change that may reset, demand, or end something for somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Save these policies.
    Policy(BTreeMap<Audience, AudiencePolicy>),
    /// Let a policy hold from a date on.
    Schedule {
        /// Whom it concerns.
        audience: Audience,
        /// What will hold.
        policy: AudiencePolicy,
        /// From when.
        begins_at: Timestamp,
    },
    /// Switch off for everyone, and reset everyone.
    Disable,
    /// Stop requirement and challenges.
    Suspend,
    /// End the suspension.
    Resume,
    /// Switch on again.
    Enable,
}

/// What a change does to somebody.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    IntoStaticStr,
    EnumIter,
    EnumCount,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Effect {
    /// Their second factor, codes, and trust end.
    Reset,
    /// They must enrol at their next sign-in.
    MustEnrolNow,
    /// They must enrol when the grace is over.
    MustEnrolAfterGrace,
    /// A second factor will be asked of them, and they can neither show nor bind one by themselves; or none of
    /// those that they have is of a kind that is allowed any more.
    NoWorkingFactor,
    /// A device that they trusted is asked again.
    TrustEnds,
    /// A session of theirs ends.
    SessionsEnd,
    /// A program that shows their password to the API is refused.
    IntegrationsBreak,
    /// They have a second factor, or had to bind one, and are not asked for it any more.
    NoLongerAsked,
    /// Their password alone opens the API past the second factor that they have, or must have, where it did not, or
    /// for longer than it did.
    PasswordSuffices,
}

impl Effect {
    /// All of them, in order.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }

    /// The stable word for it.
    pub fn name(self) -> &'static str {
        self.into()
    }

    const fn bit(self) -> u16 {
        1 << self as u8
    }
}

const _: () = assert!(Effect::COUNT <= u16::BITS as usize, "one bit each");

/// What a change does to one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Effects(u16);

impl Effects {
    /// Whether it does this.
    pub const fn contain(self, effect: Effect) -> bool {
        self.0 & effect.bit() != 0
    }

    /// Each of them.
    pub fn iter(self) -> impl Iterator<Item = Effect> {
        Effect::all().filter(move |effect| self.contain(*effect))
    }
}

impl FromIterator<Effect> for Effects {
    fn from_iter<I: IntoIterator<Item = Effect>>(effects: I) -> Self {
        Self(effects.into_iter().fold(0, |bits, effect| bits | effect.bit()))
    }
}

/// How many people each effect concerns; none where it is not named.
pub type Counts = BTreeMap<Effect, u64>;

/// The most people that a confirmation stands for, by effect: what was counted, and a little drift in a
/// large account.
pub fn maxima(counts: &Counts) -> Counts {
    let most = |n: u64| if n < EXACT_BELOW { n } else { n + n / DRIFT };
    Effect::all().map(|effect| (effect, most(counts.get(&effect).copied().unwrap_or(0)))).collect()
}

/// A preview that somebody confirms. Whether it is genuine, and of the same change, is known before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmed {
    /// The policy's version that it was made under.
    pub version: u32,
    /// The most people by effect.
    pub maxima: Counts,
    /// When it was made.
    pub at: Timestamp,
}

/// How a change stands to its preview.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Impact {
    /// Whom it concerns now.
    pub counts: Counts,
    /// What was shown to the person who confirms it: nothing, something of this change, or something else.
    pub shown: Shown,
}

/// What the person who confirms a change was shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Shown {
    /// Nothing.
    #[default]
    Nothing,
    /// The preview of another change, or none that this server made.
    Another,
    /// A preview of this change.
    This(Confirmed),
}

/// In what a preview no longer holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Moved {
    /// It is of another change.
    #[error("it is the preview of another change")]
    Change,
    /// The policy was changed since.
    #[error("the policy was changed since the preview")]
    Version,
    /// It is too old.
    #[error("the preview is more than an hour old")]
    Age,
    /// It concerns more people than it said.
    #[error("`{}` concerns {now} people now, at most {most} were confirmed", .effect.name())]
    People {
        /// In which way.
        effect: Effect,
        /// The most that was confirmed.
        most: u64,
        /// How many now.
        now: u64,
    },
}

/// Why a change that concerns people does not happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unconfirmed {
    /// Nobody was shown what it does.
    #[error("this concerns people (`{}`: {people}); preview it, and confirm the preview", .effect.name())]
    Unseen {
        /// The first effect that it has.
        effect: Effect,
        /// On how many.
        people: u64,
    },
    /// What was shown does not hold any more.
    #[error("{0}; preview it again")]
    Moved(#[from] Moved),
}

impl Confirmed {
    /// What a preview of a change states that was counted just now.
    pub fn of(account: &Account, counts: &Counts, at: Timestamp) -> Self {
        Self { version: account.policy_version, maxima: maxima(counts), at }
    }
}

impl Impact {
    /// Whether the change may happen. One that concerns nobody takes no preview.
    pub fn check(&self, account: &Account, at: Timestamp) -> Result<(), Unconfirmed> {
        let confirmed = match &self.shown {
            Shown::Nothing => {
                let concerned = self.counts.iter().find(|(_, people)| **people > 0);
                return concerned.map_or(Ok(()), |(effect, people)| {
                    Err(Unconfirmed::Unseen { effect: *effect, people: *people })
                });
            }
            Shown::Another => return Err(Moved::Change.into()),
            Shown::This(confirmed) => confirmed,
        };
        if confirmed.version != account.policy_version {
            return Err(Moved::Version.into());
        }
        if at < confirmed.at || at >= confirmed.at + PREVIEW_LIFE {
            return Err(Moved::Age.into());
        }
        for (&effect, &now) in &self.counts {
            let most = confirmed.maxima.get(&effect).copied().unwrap_or(0);
            if now > most {
                return Err(Moved::People { effect, most, now }.into());
            }
        }
        Ok(())
    }
}

/// A person, as far as a change may concern them.
#[derive(Debug, Clone, Copy)]
pub struct Concerned<'a> {
    /// Role and groups.
    pub whom: Whom<'a>,
    /// Epoch, exemption, whether they may sign in.
    pub holder: Holder,
    /// The generation of their second factor.
    pub enrolled: Option<u32>,
    /// The kinds of their factors.
    pub kinds: &'a [FactorKind],
    /// Whether they sign in through an identity provider only.
    pub provider_only: bool,
    /// Whether they reached a hard cap of wrong tries.
    pub locked: bool,
    /// Whether their address is proved: without it no code can be mailed to bind a first factor.
    pub email_verified: bool,
    /// Trust in their devices.
    pub trusts: &'a [Trust],
    /// Their sessions that no event ended.
    pub sessions: &'a [Session],
    /// When their password last opened the API.
    pub password_used: Option<Timestamp>,
}

/// What the step from one account to the other does to somebody at an instant.
pub fn effects(person: &Concerned<'_>, before: &Account, after: &Account, at: Timestamp) -> Effects {
    step((person, before), (person, after), at)
}

/// The same where they are another person in it, too: of another role, or in other groups.
pub(super) fn step(
    (earlier, before): (&Concerned<'_>, &Account),
    (person, after): (&Concerned<'_>, &Account),
    at: Timestamp,
) -> Effects {
    let reset = person.enrolled == Some(before.generation) && before.generation != after.generation;
    // Nothing else concerns whoever may not sign in; a disable resets everybody who is enrolled, and says how many.
    if person.holder.deactivated {
        return reset.then_some(Effect::Reset).into_iter().collect();
    }
    let was = earlier.stands(before, at);
    let is = person.stands(after, at);
    let asked = |(standing, _)| matches!(standing, Standing::Enabled | Standing::Pending);
    let enrols = is.0 == Standing::Pending && was.0 != Standing::Pending;
    let stuck = person.locked || (is.0 == Standing::Pending && !person.email_verified);
    let ends =
        |holds: &dyn Fn(&Concerned<'_>, &Account) -> bool| holds(earlier, before) && !holds(person, after);
    [
        (Effect::Reset, reset),
        (Effect::MustEnrolNow, enrols),
        (Effect::MustEnrolAfterGrace, is.1 == Rule::Grace && was.1 != Rule::Grace && !asked(was)),
        (
            Effect::NoWorkingFactor,
            (asked(is) && !asked(was) && stuck) || ends(&|person, account| person.has_working(account, at)),
        ),
        (
            Effect::TrustEnds,
            person.trusts.iter().any(|trust| {
                // A suspension asks nobody, and leaves trust to be good again when it is over.
                let keeps = |person: &Concerned<'_>, account: &Account| {
                    trust_kept(account, person.whom.role, person.holder.epoch, trust, at)
                };
                ends(&keeps)
            }),
        ),
        (
            Effect::SessionsEnd,
            person.sessions.iter().any(|session| {
                ends(&|person, account| {
                    session_holds(account, person.whom.role, &person.holder, session, at).is_ok()
                })
            }),
        ),
        (
            Effect::IntegrationsBreak,
            person.integrates(at) && ends(&|person, account| person.opens_api(account, at).is_some()),
        ),
        (Effect::NoLongerAsked, asked(was) && !asked(is) && !reset),
        (
            Effect::PasswordSuffices,
            person.is_guarded(after, at) && person.opens_api(after, at) > earlier.opens_api(before, at),
        ),
    ]
    .into_iter()
    .filter_map(|(effect, happens)| happens.then_some(effect))
    .collect()
}

impl Concerned<'_> {
    fn stands(&self, account: &Account, at: Timestamp) -> (Standing, Rule) {
        let audience = self.whom.role.audience();
        let facts = Facts {
            switch: account.switch,
            policy: account.policy(audience, at),
            whom: self.whom,
            required_since: account.required_since_of(self.whom, at),
            kinds: if self.enrolled == Some(account.generation) { self.kinds } else { &[] },
            // A lock ends; what the policy asks is asked all the same.
            locked: false,
            provider_only: self.provider_only,
            exempt_until: self.holder.exemption.map(|(_, until)| until),
            deactivated: self.holder.deactivated,
            // The same of a freeze.
            frozen: false,
        };
        standing(&facts, at)
    }

    /// Whether a factor of theirs is of an allowed kind; of somebody without one it is nothing that could end.
    fn has_working(&self, account: &Account, at: Timestamp) -> bool {
        let policy = account.policy(self.whom.role.audience(), at);
        self.enrolled.is_some() && self.kinds.iter().any(|kind| policy.allows(*kind))
    }

    fn integrates(&self, at: Timestamp) -> bool {
        self.password_used.is_some_and(|used| at < used + IN_USE)
    }

    /// Until when their password alone opens the API, if it does: the end of time, where none is announced.
    fn opens_api(&self, account: &Account, at: Timestamp) -> Option<Timestamp> {
        let policy = account.policy(self.whom.role.audience(), at);
        let policy = AudiencePolicy { required: account.requires(self.whom, at), ..policy.clone() };
        let enrolled = (self.enrolled == Some(account.generation)).then_some(at);
        let until = password_door(&policy, self.whom, None, enrolled, None, at).ok()?;
        Some(until.unwrap_or(Timestamp::MAX))
    }

    /// Whether they have a second factor, or must have one.
    fn is_guarded(&self, account: &Account, at: Timestamp) -> bool {
        self.enrolled == Some(account.generation) || account.requires(self.whom, at)
    }
}
