//! How often a policy would have asked: recorded sign-ins, run again under it.

use crate::device::{Method, Trust};
use crate::policy::AudiencePolicy;
use crate::time::{Span, Timestamp};

/// What sign-ins are counted over to tell what a month brings; days of an account that is younger than a week
/// tell nothing of a month.
pub const MONTH: Span = Span::days(30);
/// The least that a month is told from.
const ENOUGH: Span = Span::days(7);

/// A sign-in that was completed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visit {
    /// When.
    pub at: Timestamp,
    /// How; nothing that was shown in its session later changes that.
    pub method: Method,
    /// The enrolment generation that trust falls with.
    pub generation: u32,
    /// The credential epoch that trust falls with.
    pub epoch: u32,
}

/// The sign-ins of one device, as far as asking depends on them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visits {
    at: Vec<Visit>,
    trusted: Option<Trusted>,
    remembers: bool,
}

/// Trust that a sign-in finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Trusted {
    since: Timestamp,
    generation: u32,
    epoch: u32,
}

impl Visits {
    /// The sign-ins of a device from some instant on, oldest first, and every trust that was ever put in it and
    /// may have held then. Whoever never asked to be remembered here is not assumed to.
    pub fn of(at: Vec<Visit>, grants: &[Trust]) -> Self {
        let trusted = at.first().and_then(|first| {
            let before = grants.iter().filter(|grant| grant.granted_at < first.at);
            let last = before.max_by_key(|grant| grant.granted_at);
            let since = match (last, first.method) {
                (Some(grant), Method::Trust) => Some(grant.granted_at),
                // It was asked, or could not be: what was trusted before counts where nothing voided it since.
                (
                    Some(grant),
                    Method::Password
                    | Method::Asserted
                    | Method::Otp
                    | Method::RecoveryCode
                    | Method::RecoveryGrant
                    | Method::SmsCode
                    | Method::Assertion,
                ) => {
                    let holds = (grant.generation, grant.epoch) == (first.generation, first.epoch);
                    holds.then_some(grant.granted_at)
                }
                (None, _) => None,
            };
            since.map(|since| Trusted { since, generation: first.generation, epoch: first.epoch })
        });
        Self { at, trusted, remembers: !grants.is_empty() }
    }
}

/// How many of these sign-ins would have asked somebody who has a second factor for it. How long sessions
/// last, and so how many sign-ins there are, is taken as it was; so are resets and new passwords, which
/// void trust.
pub fn prompts(visits: &Visits, policy: &AudiencePolicy) -> u64 {
    let mut trusted = visits.trusted;
    let mut asked = 0;
    for visit in &visits.at {
        let spared = trusted.zip(policy.trust()).is_some_and(|(trusted, days)| {
            let Trusted { since, generation, epoch } = trusted;
            (generation, epoch) == (visit.generation, visit.epoch) && visit.at < since + days
        });
        if !spared {
            asked += 1;
            let Visit { at: since, generation, epoch, .. } = *visit;
            trusted = visits.remembers.then_some(Trusted { since, generation, epoch });
        }
    }
    asked
}

/// How many more prompts a month, or fewer, where so many were counted from one instant to the other; nothing
/// where that is less than a week.
pub fn a_month(extra: i64, since: Timestamp, until: Timestamp) -> Option<i64> {
    let span = until.since(since);
    let month = i128::from(extra) * i128::from(MONTH.micros()) / i128::from(span.micros().max(1));
    (span >= ENOUGH).then(|| i64::try_from(month).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::later;

    fn day(n: i64) -> Timestamp {
        later(Span::days(n))
    }

    fn visit(n: i64, method: Method, epoch: u32) -> Visit {
        Visit { at: day(n), method, generation: 0, epoch }
    }

    fn grant(n: i64, epoch: u32) -> Trust {
        Trust { granted_at: day(n), until: day(n + 30), generation: 0, epoch }
    }

    /// Rules: P9.
    #[test]
    fn recorded_sign_ins_tell_how_often_a_policy_would_have_asked() {
        use Method::{Otp, Password, Trust as Trusted};
        let daily = |first: Method| -> Vec<Visit> {
            (0..30).map(|n| visit(n, if n == 0 { first } else { Trusted }, 1)).collect()
        };
        let with_new_password: Vec<Visit> =
            (0..30).map(|n| visit(n, Trusted, if n < 10 { 1 } else { 2 })).collect();
        // Sign-ins, trust ever granted, days of trust, prompts.
        for (name, at, grants, trust_days, asked) in [
            ("nobody came", vec![], vec![grant(-1, 1)], 30, 0),
            ("every sign-in", daily(Trusted), vec![grant(-1, 1)], 0, 30),
            ("remembered for long", daily(Otp), vec![grant(0, 1)], 30, 1),
            ("remembered for a week", daily(Otp), vec![grant(0, 1)], 7, 5),
            ("trusted before, and it holds on", daily(Trusted), vec![grant(-1, 1)], 90, 0),
            ("trusted before, and it ends on the way", daily(Trusted), vec![grant(-20, 1)], 30, 1),
            ("trusted before and again since", daily(Trusted), vec![grant(-20, 1), grant(10, 1)], 30, 1),
            ("trusted long before, and asked for that", daily(Otp), vec![grant(-40, 1), grant(0, 1)], 30, 1),
            ("the same, where trust lasts longer", daily(Otp), vec![grant(-40, 1), grant(0, 1)], 90, 0),
            ("trusted before a new password", daily(Otp), vec![grant(-5, 0), grant(0, 1)], 90, 1),
            ("a new password on the way", with_new_password, vec![grant(-1, 1), grant(10, 2)], 90, 1),
            ("never asked to be remembered", daily(Otp), vec![], 30, 30),
            ("had no second factor yet", daily(Password), vec![], 30, 30),
        ] {
            let policy = AudiencePolicy { trust_days, ..AudiencePolicy::TEAM };
            assert_eq!(prompts(&Visits::of(at, &grants), &policy), asked, "{name}");
        }
    }

    /// Rules: P9.
    #[test]
    fn a_month_is_told_from_a_week_of_sign_ins_and_not_from_less() {
        for (extra, days, told) in [
            (10, Span::minutes(5), None),
            (10, Span::hours(7 * 24 - 1), None),
            (7, Span::days(7), Some(30)),
            (-7, Span::days(7), Some(-30)),
            (12, Span::days(30), Some(12)),
            (0, Span::days(30), Some(0)),
        ] {
            assert_eq!(a_month(extra, day(0), day(0) + days), told, "{extra} in {} s", days.whole_seconds());
        }
    }
}
