//! How often a policy would have asked: recorded sign-ins, run again under it.

use crate::policy::AudiencePolicy;
use crate::time::Timestamp;

/// The sign-ins of one device that were completed, as far as asking depends on them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Visits {
    /// When, oldest first.
    pub at: Vec<Timestamp>,
    /// When it was trusted last before the first of them, if it was.
    pub trusted_at: Option<Timestamp>,
    /// Whether its person ever asked to be remembered here. Whoever never did is not assumed to.
    pub remembers: bool,
}

/// How many of these sign-ins would have asked somebody who has a second factor for it. How long sessions
/// last, and so how many sign-ins there are, is taken as it was.
pub fn prompts(visits: &Visits, policy: &AudiencePolicy) -> u64 {
    let mut trusted_at = visits.trusted_at;
    let mut asked = 0;
    for at in &visits.at {
        let spared = trusted_at.zip(policy.trust()).is_some_and(|(since, days)| *at < since + days);
        if !spared {
            asked += 1;
            trusted_at = visits.remembers.then_some(*at);
        }
    }
    asked
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::later;
    use crate::time::Span;

    /// Rules: P9.
    #[test]
    fn recorded_sign_ins_tell_how_often_a_policy_would_have_asked() {
        let day = |n| later(Span::days(n));
        let daily: Vec<Timestamp> = (0..30).map(day).collect();
        let visits = |at: &[Timestamp], trusted: Option<i64>, remembers| Visits {
            at: at.to_vec(),
            trusted_at: trusted.map(day),
            remembers,
        };
        // Sign-ins, days of trust, prompts.
        for (name, visits, trust_days, asked) in [
            ("nobody came", visits(&[], None, true), 30, 0),
            ("every sign-in", visits(&daily, Some(-1), true), 0, 30),
            ("remembered for long", visits(&daily, None, true), 30, 1),
            ("remembered for a week", visits(&daily, None, true), 7, 5),
            ("trusted before, and it holds on", visits(&daily, Some(-1), true), 90, 0),
            ("trusted before, and it ends on the way", visits(&daily, Some(-20), true), 30, 1),
            ("never asked to be remembered", visits(&daily, None, false), 30, 30),
        ] {
            let policy = AudiencePolicy { trust_days, ..AudiencePolicy::TEAM };
            assert_eq!(prompts(&visits, &policy), asked, "{name}");
        }
    }
}
