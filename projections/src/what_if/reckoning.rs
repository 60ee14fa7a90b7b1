//! What a reckoning says.

use serde::Serialize;
use twofold_domain::ids::UserId;

/// What another policy makes of the recorded sign-ins. Pseudonymous, and the same whenever it is asked again of
/// the same events.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Reckoning {
    /// The last event that was read.
    pub position: u64,
    /// Sign-ins that a first factor opened, in the span.
    pub sign_ins: u64,
    /// Of them, those that would have gone as they went.
    pub same: u64,
    /// Second factors that would have been asked for, and were not.
    pub extra_prompts: u64,
    /// Second factors that were asked for, and would not have been.
    pub fewer_prompts: u64,
    /// Bindings that were demanded, and would not have been.
    pub need_not_bind: u64,
    /// People who would have come without a second factor that counts.
    pub without_factor: u64,
    /// Sessions that would not have started.
    pub no_session: u64,
    /// Sessions that would have been over while they were still used.
    pub cut_short: u64,
    /// By calendar day, in UTC; days without a sign-in are absent.
    pub days: Vec<Day>,
    /// By calendar month, in UTC.
    pub months: Vec<Month>,
    /// Everybody for whom something would have been otherwise, in the order of their ids.
    pub people: Vec<Person>,
    /// What cannot be gone through again.
    pub untold: Untold,
}

/// A calendar day.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Day {
    /// `2026-03-31`.
    pub day: String,
    /// What happened on it.
    #[serde(flatten)]
    pub tally: Tally,
}

/// A calendar month.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Month {
    /// `2026-03`.
    pub month: String,
    /// What happened in it.
    #[serde(flatten)]
    pub tally: Tally,
}

/// What would have been otherwise in a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Tally {
    /// Sign-ins in it.
    pub sign_ins: u64,
    /// Second factors that would have been asked for, and were not.
    pub extra_prompts: u64,
    /// Second factors that were asked for, and would not have been.
    pub fewer_prompts: u64,
    /// Bindings that would have been demanded.
    pub bindings: u64,
    /// Bindings that were demanded, and would not have been.
    pub need_not_bind: u64,
    /// Sessions that would not have started.
    pub no_session: u64,
}

impl Tally {
    pub(super) fn add(&mut self, more: &Self) {
        let Self { sign_ins, extra_prompts, fewer_prompts, bindings, need_not_bind, no_session } = more;
        self.sign_ins += sign_ins;
        self.extra_prompts += extra_prompts;
        self.fewer_prompts += fewer_prompts;
        self.bindings += bindings;
        self.need_not_bind += need_not_bind;
        self.no_session += no_session;
    }
}

/// One person: the numbers of their events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Person {
    /// Who.
    pub user: UserId,
    /// Sign-ins at which a second factor would have been asked for, and was not.
    pub extra_prompts: Vec<u64>,
    /// Sign-ins at which one was asked for, and would not have been.
    pub fewer_prompts: Vec<u64>,
    /// Sign-ins at which they would have stood there without a second factor that counts.
    pub without_factor: Vec<Bare>,
    /// Sign-ins at which a binding was demanded, and would not have been.
    pub need_not_bind: Vec<u64>,
    /// Sessions that would not have started.
    pub no_session: Vec<NoSession>,
    /// The first sign of life of each session that would have been over by then.
    pub cut_short: Vec<u64>,
}

/// A sign-in without a second factor that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Bare {
    /// The sign-in.
    pub event: u64,
    /// `no_factor`: they had none; `kind_not_allowed`: none of theirs would have been of an allowed kind.
    pub why: &'static str,
}

/// A session that would not have started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct NoSession {
    /// The session's first event.
    pub event: u64,
    /// Its sign-in.
    pub sign_in: u64,
    /// `binding_first`: a second factor would have had to be bound; `word_does_not_count`: a program's word for
    /// them would not have opened it.
    pub why: &'static str,
}

/// What cannot be gone through again, by category.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Untold {
    /// Sign-ins after a binding that would have been demanded and was never made.
    pub after_binding: u64,
    /// Sign-ins that today's rules do not decide as they were decided then.
    pub decided_otherwise: u64,
    /// Second factors that would have been asked for: nobody knows whether they had been shown.
    pub supposed_answered: u64,
    /// Sign-ins that would have been let in where a second factor was asked for and not shown.
    pub never_answered: u64,
    /// Sign-ins at which a device could have been remembered, and nobody was asked.
    pub never_offered: u64,
    /// Passwords and second factors that were refused, and stay so.
    pub refused: u64,
    /// Sessions that would have been over while they were used: how often their people had signed in again.
    pub sessions_cut_short: u64,
}

impl Untold {
    /// Each category: its stable word, how many, and what is not told of them.
    pub fn categories(&self) -> [(&'static str, u64, &'static str); 7] {
        [
            (
                "after_binding",
                self.after_binding,
                "sign-ins after a second factor would have had to be set up, and was not: whoever had set one up \
                 would have been asked for it, or not; they count as neither",
            ),
            (
                "decided_otherwise",
                self.decided_otherwise,
                "sign-ins that today's rules decide otherwise than they were decided then: they are not compared",
            ),
            (
                "supposed_answered",
                self.supposed_answered,
                "second factors that were never asked for: each is taken as shown at once, and the device as \
                 remembered again where it was before",
            ),
            (
                "never_answered",
                self.never_answered,
                "sign-ins that stopped at a second factor and would have been let in: what had followed is not \
                 known",
            ),
            (
                "never_offered",
                self.never_offered,
                "sign-ins at which the device could have been remembered, and nobody was asked: it is taken as not \
                 wanted where it had never been remembered before",
            ),
            (
                "refused",
                self.refused,
                "passwords and second factors that were refused: they stay refused, and another limit of failures \
                 locks nobody here",
            ),
            (
                "sessions_cut_short",
                self.sessions_cut_short,
                "sessions that would have been over while they were used: the sign-ins that had followed are not \
                 counted, nor those that a longer session had saved",
            ),
        ]
    }
}

impl Person {
    pub(super) fn of(user: UserId) -> Self {
        let (extra_prompts, fewer_prompts, need_not_bind, cut_short) = (vec![], vec![], vec![], vec![]);
        let (without_factor, no_session) = (vec![], vec![]);
        Self { user, extra_prompts, fewer_prompts, without_factor, need_not_bind, no_session, cut_short }
    }
}
