//! What must be true, kept by other means than the domain's: who has which factor, what is spent,
//! which sessions, attempts, and trust are good. It sees acts and outcomes, never a state.

use std::collections::{BTreeMap, BTreeSet};

use twofold_domain::ids::{CodeSetId, FactorId, MailedCodeId, SessionId, SignInId};
use twofold_domain::policy::AudiencePolicy;
use twofold_domain::time::{Span, Timestamp};
use twofold_domain::user::{Familiarity, Gate};

/// The account-wide switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lever {
    On,
    Suspended,
    Off,
}

/// What rests on what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Basis {
    Password,
    Trust,
    Factor,
}

#[derive(Debug, Default)]
pub(crate) struct PersonBook {
    pub(crate) factors: BTreeSet<FactorId>,
    pub(crate) codes: Option<CodeSetId>,
    /// The bindings under way, by the session that began each.
    pub(crate) pending: BTreeMap<SessionId, FactorId>,
    /// Codes mailed and neither used nor voided since.
    pub(crate) mails: BTreeMap<MailedCodeId, Timestamp>,
    pub(crate) erased: bool,
    pub(crate) ticket: bool,
    /// From when a reset holds that staff asked for.
    pub(crate) waits_until: Option<Timestamp>,
    /// One that holds, and that the person's stream does not say yet.
    pub(crate) due: Option<Timestamp>,
    /// Wrong second factors behind the right password since the last good one.
    pub(crate) wrong_behind_password: u32,
    /// Whether the password opens nothing any more.
    pub(crate) demanded: bool,
    pub(crate) locks: Vec<(Gate, Familiarity)>,
}

#[derive(Debug)]
pub(crate) struct SessionBook {
    pub(crate) who: usize,
    pub(crate) basis: Basis,
    pub(crate) for_enrolment: bool,
    pub(crate) spared: bool,
    pub(crate) gone: bool,
    pub(crate) started: Timestamp,
    pub(crate) active: Timestamp,
    pub(crate) proved: Option<Timestamp>,
    pub(crate) idle: Span,
    pub(crate) ends: Timestamp,
}

#[derive(Debug)]
pub(crate) struct AttemptBook {
    pub(crate) who: usize,
    pub(crate) machine: usize,
    pub(crate) opened: Timestamp,
    pub(crate) gone: bool,
}

#[derive(Debug)]
pub(crate) struct TrustBook {
    pub(crate) who: usize,
    pub(crate) granted: Timestamp,
    pub(crate) days: u16,
}

#[derive(Debug)]
pub(crate) struct Ledger {
    pub(crate) now: Timestamp,
    pub(crate) lever: Lever,
    pub(crate) policies: [AudiencePolicy; 2],
    pub(crate) since: [Option<Timestamp>; 2],
    /// Since when it was required before that ended, and when it did.
    pub(crate) lapsed: [Option<(Timestamp, Timestamp)>; 2],
    pub(crate) people: [PersonBook; 2],
    pub(crate) sessions: BTreeMap<SessionId, SessionBook>,
    pub(crate) attempts: BTreeMap<SignInId, AttemptBook>,
    pub(crate) trusts: BTreeMap<usize, TrustBook>,
    spent: BTreeMap<FactorId, u64>,
    used: BTreeSet<(CodeSetId, u8)>,
    /// Whom each disable announced, and who is not reached yet.
    pub(crate) announced: BTreeMap<u32, BTreeSet<usize>>,
    pub(crate) owed: BTreeMap<u32, BTreeSet<usize>>,
}

impl Ledger {
    pub(crate) fn new(now: Timestamp) -> Self {
        Self {
            now,
            lever: Lever::On,
            policies: [AudiencePolicy::TEAM, AudiencePolicy::END_USERS],
            since: [None; 2],
            lapsed: [None; 2],
            people: Default::default(),
            sessions: BTreeMap::new(),
            attempts: BTreeMap::new(),
            trusts: BTreeMap::new(),
            spent: BTreeMap::new(),
            used: BTreeSet::new(),
            announced: BTreeMap::new(),
            owed: BTreeMap::new(),
        }
    }

    /// Whether a session is good now.
    pub(crate) fn alive(&self, session: &SessionBook) -> bool {
        let policy = &self.policies[session.who];
        let stay = Span::days(i64::from(policy.stay_signed_in_days.max(1)));
        let life = Span::hours(i64::from(policy.lifetime_hours)).min(stay);
        let idle = session.idle.min(Span::minutes(i64::from(policy.idle_minutes)));
        !session.gone
            && self.now < session.ends
            && self.now < session.started + life
            && self.now < session.active + idle
    }

    /// Whether a second factor, or with the switch off a password, was shown in it just now.
    pub(crate) fn fresh(&self, session: &SessionBook) -> bool {
        let since = if self.lever == Lever::Off { Some(session.started) } else { session.proved };
        since.is_some_and(|at| self.now < at + Span::minutes(10))
    }

    pub(crate) fn open(&self, attempt: &AttemptBook) -> bool {
        !attempt.gone && self.now < attempt.opened + Span::minutes(10)
    }

    pub(crate) fn trusted(&self, machine: usize) -> bool {
        self.trusts.get(&machine).is_some_and(|trust| {
            let days = trust.days.min(self.policies[trust.who].trust_days);
            self.lever == Lever::On && self.now < trust.granted + Span::days(i64::from(days))
        })
    }

    /// Whether somebody without a factor must enrol now, the switch aside.
    pub(crate) fn must_enrol(&self, who: usize) -> bool {
        let policy = &self.policies[who];
        let grace = Span::days(i64::from(policy.grace_days));
        policy.required && self.since[who].is_some_and(|since| self.now >= since + grace)
    }

    pub(crate) fn otp_is_good(&self, who: usize, factor: FactorId, step: u64) -> bool {
        self.people[who].factors.contains(&factor) && self.spent.get(&factor).is_none_or(|last| step > *last)
    }

    pub(crate) fn recovery_is_good(&self, who: usize, index: u8) -> bool {
        index < 10 && self.people[who].codes.is_some_and(|set| !self.used.contains(&(set, index)))
    }

    /// A step is accepted once in the life of its factor, and only above the last.
    pub(crate) fn spend_step(&mut self, factor: FactorId, step: u64) {
        let before = self.spent.insert(factor, step);
        assert!(before.is_none_or(|last| last < step), "step {step} was accepted after {before:?}");
    }

    pub(crate) fn spend_code(&mut self, who: usize, set: CodeSetId, index: u8) {
        assert_eq!(self.people[who].codes, Some(set), "a code of a set that is not in force");
        assert!(index < 10 && self.used.insert((set, index)), "code {index} was accepted twice");
    }

    pub(crate) fn codes_used(&self, set: CodeSetId) -> BTreeSet<u8> {
        self.used.iter().filter(|(s, _)| *s == set).map(|(_, index)| *index).collect()
    }

    /// Everything of a person that rests on their credentials ends, but for one session.
    pub(crate) fn credentials_changed(&mut self, who: usize, except: Option<SessionId>) {
        for (id, session) in &mut self.sessions {
            session.gone |= session.who == who && Some(*id) != except;
        }
        self.attempts.values_mut().filter(|a| a.who == who).for_each(|a| a.gone = true);
        self.trusts.retain(|_, trust| trust.who != who);
    }

    /// A person's second factor is no more.
    pub(crate) fn lose_factor(&mut self, who: usize) {
        let person = &mut self.people[who];
        person.factors.clear();
        person.codes = None;
        person.pending.clear();
        person.waits_until = None;
        person.mails.clear();
    }

    /// Time alone ends what waited.
    pub(crate) fn pass(&mut self, span: Span) {
        self.now = self.now + span;
        for who in 0..2 {
            if let Some(due) = self.people[who].waits_until.take_if(|due| *due <= self.now) {
                self.people[who].due = Some(due);
                self.lose_factor(who);
                self.credentials_changed(who, None);
            }
        }
    }

    /// Who is announced by a disable: whose stream says that they are enrolled.
    pub(crate) fn on_the_roster(&self) -> BTreeSet<usize> {
        let says = |who: &usize| !self.people[*who].factors.is_empty() || self.people[*who].due.is_some();
        (0..2).filter(says).collect()
    }

    pub(crate) fn disable(&mut self, generation: u32) -> BTreeSet<usize> {
        self.lever = Lever::Off;
        let enrolled = self.on_the_roster();
        self.announced.insert(generation, enrolled.clone());
        self.owed.insert(generation, enrolled.clone());
        for who in 0..2 {
            let mails = std::mem::take(&mut self.people[who].mails);
            self.lose_factor(who);
            // Whoever was not enrolled is not reset: a mail on its way serves their next binding.
            if !enrolled.contains(&who) {
                self.people[who].mails = mails;
            }
        }
        for session in self.sessions.values_mut() {
            session.gone |= session.basis != Basis::Password || session.for_enrolment || session.spared;
        }
        self.attempts.values_mut().for_each(|attempt| attempt.gone = true);
        self.trusts.clear();
        enrolled
    }

    pub(crate) fn resume(&mut self) {
        self.lever = Lever::On;
        self.sessions.values_mut().for_each(|session| session.gone |= session.spared);
    }

    /// The reset of an account-wide disable reached somebody. It ends nothing that is good: all
    /// that it could end ended with the disable itself.
    pub(crate) fn reached(&mut self, who: usize, generation: u32) {
        let owed = self.owed.get_mut(&generation).is_some_and(|people| people.remove(&who));
        assert!(owed, "person {who} was reset for generation {generation} without owing it");
        assert!(self.people[who].factors.is_empty(), "a late reset touched a newer generation");
        assert!(
            !self.sessions.values().any(|s| s.who == who && self.alive(s)),
            "a late reset ended a session that was good"
        );
        assert!(
            !self.attempts.values().any(|a| a.who == who && self.open(a)),
            "a late reset ended an attempt that was good"
        );
        self.people[who].pending.clear();
        self.people[who].mails.clear();
        self.credentials_changed(who, None);
    }
}
