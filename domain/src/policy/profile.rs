//! Named sets of rules that an account may hold itself to, as data: per rule its source, the setting, and the
//! bound. Whether an account meets them is a comparison, never a certificate.

use serde::{Deserialize, Serialize};
use strum::{EnumIter, EnumString, IntoEnumIterator as _, IntoStaticStr};

use super::{Audience, AudiencePolicy, PasswordApi};
use crate::account::Switch;
use crate::time::Timestamp;

/// A named set of rules.
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
    EnumString,
    EnumIter,
)]
pub enum Profile {
    /// NIST SP 800-63B-4, authentication assurance level 2.
    #[serde(rename = "nist-aal2")]
    #[strum(serialize = "nist-aal2")]
    NistAal2,
    /// PCI DSS 4.0.1, requirement 8.
    #[serde(rename = "pci-dss-4")]
    #[strum(serialize = "pci-dss-4")]
    PciDss4,
    /// What a new account begins with.
    #[serde(rename = "seed")]
    #[strum(serialize = "seed")]
    Seed,
}

/// What a rule wants of a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// No more than this.
    AtMost(u64),
    /// No less than this.
    AtLeast(u64),
    /// Yes (1) or no (0).
    Is(bool),
}

impl Bound {
    /// Whether a value is within it.
    pub const fn holds(self, value: u64) -> bool {
        match self {
            Self::AtMost(most) => value <= most,
            Self::AtLeast(least) => value >= least,
            Self::Is(wanted) => (value != 0) == wanted,
        }
    }
}

/// One rule of a profile.
#[derive(Debug, Clone, Copy)]
pub struct ProfileRule {
    /// A stable word for it.
    pub rule: &'static str,
    /// Where it is written.
    pub source: &'static str,
    /// What it wants.
    pub bound: Bound,
    /// The audience it speaks of; both if none.
    pub of: Option<Audience>,
    /// What of an account's demands it looks at.
    value: Value,
}

/// What a rule reads out of what it looks at.
type Value = fn(&AudiencePolicy, Look) -> u64;

/// Whose policy is looked at, when, and under which switch.
#[derive(Debug, Clone, Copy)]
struct Look {
    audience: Audience,
    switch: Switch,
    at: Timestamp,
}

/// How an audience's policy stands to a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The rule.
    pub rule: &'static str,
    /// Where it is written.
    pub source: &'static str,
    /// Whose policy.
    pub audience: Audience,
    /// Whether it meets the rule.
    pub meets: bool,
    /// What the policy says; 1 is yes and 0 is no where the bound is one of these.
    pub value: u64,
    /// What the rule wants.
    pub bound: Bound,
}

impl Profile {
    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }

    /// The stored name.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Its rules.
    pub const fn rules(self) -> &'static [ProfileRule] {
        match self {
            Self::NistAal2 => NIST_AAL2,
            Self::PciDss4 => PCI_DSS_4,
            Self::Seed => SEED,
        }
    }

    /// How an account stands to it at an instant, by the policy of each audience then: the team's findings first.
    pub fn findings<'a>(
        self,
        policy: impl Fn(Audience) -> &'a AudiencePolicy,
        switch: Switch,
        at: Timestamp,
    ) -> Vec<Finding> {
        let of = |audience| self.conformance(audience, policy(audience), switch, at);
        of(Audience::Team).chain(of(Audience::EndUsers)).collect()
    }

    /// How a policy stands at an instant to each rule that speaks of its audience, in the rules' order.
    pub fn conformance(
        self,
        audience: Audience,
        policy: &AudiencePolicy,
        switch: Switch,
        at: Timestamp,
    ) -> impl Iterator<Item = Finding> {
        let speaks = move |rule: &&ProfileRule| rule.of.is_none_or(|of| of == audience);
        self.rules().iter().filter(speaks).map(move |rule| {
            let ProfileRule { rule: name, source, bound, value, .. } = *rule;
            let value = value(policy, Look { audience, switch, at });
            Finding { rule: name, source, audience, meets: bound.holds(value), value, bound }
        })
    }
}

const fn rule(rule: &'static str, source: &'static str, bound: Bound, value: Value) -> ProfileRule {
    ProfileRule { rule, source, bound, of: None, value }
}

/// Whether a second factor is required of everyone, at once, and asked for.
fn everyone(policy: &AudiencePolicy, look: Look) -> u64 {
    let all = policy.required && policy.required_of.means_all(look.audience) && policy.grace_days == 0;
    u64::from(all && look.switch == Switch::On)
}

/// Hours after which a session takes a new sign-in: its life, or the days without a password if shorter.
fn reauthentication_hours(policy: &AudiencePolicy, _: Look) -> u64 {
    u64::from(policy.lifetime_hours).min(u64::from(policy.stay_signed_in_days.max(1)) * 24)
}

/// Whether a password alone never opens the API; one that opened it until an instant does not from then on.
fn api_closed(policy: &AudiencePolicy, look: Look) -> u64 {
    u64::from(match policy.password_api {
        PasswordApi::Off => true,
        PasswordApi::Until(end) => end <= look.at,
        PasswordApi::Allowed => false,
    })
}

/// A budget each for known devices and for strangers may be spent before both are locked.
fn failures(policy: &AudiencePolicy, _: Look) -> u64 {
    2 * u64::from(policy.failure_limit)
}

const NIST_AAL2: &[ProfileRule] = &[
    rule("second_factor_of_everyone", "NIST SP 800-63B-4 §2.2.1", Bound::Is(true), everyone),
    rule("no_remembered_device", "NIST SP 800-63B-4 §2.2.1", Bound::AtMost(0), |p, _| p.trust_days.into()),
    rule("reauthentication_hours", "NIST SP 800-63B-4 §2.2.3", Bound::AtMost(24), reauthentication_hours),
    rule("idle_minutes", "NIST SP 800-63B-4 §2.2.3", Bound::AtMost(60), |p, _| p.idle_minutes.into()),
    rule("password_length", "NIST SP 800-63B-4 §3.1.1.2", Bound::AtLeast(8), |p, _| {
        p.password_length.into()
    }),
    rule("password_length_alone", "NIST SP 800-63B-4 §3.1.1.2", Bound::AtLeast(15), |p, _| {
        p.password_length_alone.into()
    }),
    rule("consecutive_failures", "NIST SP 800-63B-4 §3.2.2", Bound::AtMost(100), failures),
    rule("api_without_password", "NIST SP 800-63B-4 §2.2.1", Bound::Is(true), api_closed),
];

const PCI_DSS_4: &[ProfileRule] = &[
    rule("second_factor_of_everyone", "PCI DSS 4.0.1 req. 8.4.2", Bound::Is(true), everyone),
    rule("no_remembered_device", "PCI DSS 4.0.1 req. 8.5.1", Bound::AtMost(0), |p, _| p.trust_days.into()),
    rule("idle_minutes", "PCI DSS 4.0.1 req. 8.2.8", Bound::AtMost(15), |p, _| p.idle_minutes.into()),
    rule("failures_before_lockout", "PCI DSS 4.0.1 req. 8.3.4", Bound::AtMost(10), failures),
    rule("password_length", "PCI DSS 4.0.1 req. 8.3.6", Bound::AtLeast(12), |p, _| p.password_length.into()),
    rule("password_length_alone", "PCI DSS 4.0.1 req. 8.3.6", Bound::AtLeast(12), |p, _| {
        p.password_length_alone.into()
    }),
    rule("api_without_password", "PCI DSS 4.0.1 req. 8.4.2", Bound::Is(true), api_closed),
];

const SEED: &[ProfileRule] = &[
    rule("trust_days", "a new account", Bound::AtMost(30), |p, _| p.trust_days.into()),
    rule("stay_signed_in_days", "a new account", Bound::AtMost(14), |p, _| p.stay_signed_in_days.into()),
    rule("password_length", "a new account", Bound::AtLeast(8), |p, _| p.password_length.into()),
    rule("password_length_alone", "a new account", Bound::AtLeast(15), |p, _| p.password_length_alone.into()),
    rule("failure_limit", "a new account", Bound::AtMost(50), |p, _| p.failure_limit.into()),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{RequiredOf, Role};
    use crate::table::NOW;
    use crate::time::Span;

    /// Changes a policy.
    type Set = fn(&mut AudiencePolicy);

    fn missed(profile: Profile, policy: &AudiencePolicy) -> Vec<&'static str> {
        let findings = profile.conformance(Audience::Team, policy, Switch::On, NOW);
        findings.filter(|finding| !finding.meets).map(|finding| finding.rule).collect()
    }

    /// Rules: P12.
    #[test]
    fn a_new_account_meets_its_own_profile_and_says_what_it_misses_of_the_others() {
        assert_eq!(missed(Profile::Seed, &AudiencePolicy::TEAM), [] as [&str; 0]);
        assert_eq!(
            missed(Profile::NistAal2, &AudiencePolicy::TEAM),
            [
                "second_factor_of_everyone",
                "no_remembered_device",
                "reauthentication_hours",
                "idle_minutes",
                "api_without_password"
            ]
        );
        assert_eq!(
            missed(Profile::PciDss4, &AudiencePolicy::TEAM),
            [
                "second_factor_of_everyone",
                "no_remembered_device",
                "idle_minutes",
                "failures_before_lockout",
                "password_length",
                "api_without_password"
            ]
        );
    }

    /// Rules: P12.
    #[test]
    fn a_profile_is_met_at_its_bounds_and_missed_just_beyond() {
        let nist = AudiencePolicy {
            required: true,
            trust_days: 0,
            stay_signed_in_days: 1,
            lifetime_hours: 24,
            idle_minutes: 60,
            password_api: PasswordApi::Off,
            ..AudiencePolicy::TEAM
        };
        let pci = AudiencePolicy { idle_minutes: 15, failure_limit: 5, password_length: 12, ..nist.clone() };
        assert_eq!(missed(Profile::NistAal2, &nist), [] as [&str; 0]);
        assert_eq!(missed(Profile::PciDss4, &pci), [] as [&str; 0]);
        let rows: [(Profile, &AudiencePolicy, Set, &str); 10] = [
            (Profile::NistAal2, &nist, |p| p.trust_days = 1, "no_remembered_device"),
            (Profile::NistAal2, &nist, |p| p.idle_minutes = 61, "idle_minutes"),
            (Profile::NistAal2, &nist, |p| p.grace_days = 1, "second_factor_of_everyone"),
            (
                Profile::NistAal2,
                &nist,
                |p| (p.lifetime_hours, p.stay_signed_in_days) = (25, 2),
                "reauthentication_hours",
            ),
            (Profile::NistAal2, &nist, |p| p.password_length_alone = 14, "password_length_alone"),
            (Profile::PciDss4, &pci, |p| p.trust_days = 1, "no_remembered_device"),
            (Profile::PciDss4, &pci, |p| p.idle_minutes = 16, "idle_minutes"),
            (Profile::PciDss4, &pci, |p| p.failure_limit = 6, "failures_before_lockout"),
            (Profile::PciDss4, &pci, |p| p.password_length = 11, "password_length"),
            (Profile::PciDss4, &pci, |p| p.password_api = PasswordApi::Allowed, "api_without_password"),
        ];
        for (profile, base, set, rule) in rows {
            let mut policy = base.clone();
            set(&mut policy);
            assert_eq!(missed(profile, &policy), [rule]);
        }
    }

    #[test]
    fn a_suspended_account_meets_no_demand_for_a_second_factor() {
        let policy = AudiencePolicy { required: true, ..AudiencePolicy::TEAM };
        let since = NOW;
        for (switch, meets) in [
            (Switch::On, true),
            (Switch::Suspended { suspension: 1, since }, false),
            (Switch::Off { since }, false),
        ] {
            let mut found = Profile::PciDss4.conformance(Audience::Team, &policy, switch, NOW);
            assert_eq!(found.next().map(|finding| finding.meets), Some(meets), "{switch:?}");
        }
    }
    /// Rules: P12.
    #[test]
    fn passwords_that_opened_the_api_until_an_instant_are_out_from_then_on() {
        // Ends after seconds | meets
        for (seconds, meets) in [(1, false), (0, true), (-1, true)] {
            let password_api = PasswordApi::Until(NOW + Span::seconds(seconds));
            let policy = AudiencePolicy { password_api, ..AudiencePolicy::TEAM };
            let missed = missed(Profile::NistAal2, &policy);
            assert_eq!(!missed.contains(&"api_without_password"), meets, "{seconds} s");
        }
    }

    /// Rules: P12.
    #[test]
    fn whoever_names_every_role_of_an_audience_names_everyone() {
        use Role::{Admin, Agent, Auditor, EndUser, Owner};
        let rows: [(Audience, &[Role], bool); 6] = [
            (Audience::Team, &[], true),
            (Audience::Team, &[Owner, Admin, Agent, Auditor], true),
            (Audience::Team, &[Owner, Admin, Agent], false),
            (Audience::Team, &[EndUser], false),
            (Audience::EndUsers, &[EndUser], true),
            (Audience::EndUsers, &[Owner, Admin, Agent, Auditor], false),
        ];
        for (audience, roles, meets) in rows {
            let required_of = RequiredOf { roles: roles.iter().copied().collect(), ..RequiredOf::EVERYONE };
            let policy = AudiencePolicy { required: true, required_of, ..AudiencePolicy::TEAM };
            let mut found = Profile::NistAal2.conformance(audience, &policy, Switch::On, NOW);
            assert_eq!(found.next().map(|finding| finding.meets), Some(meets), "{audience:?} {roles:?}");
        }
    }
}
