//! Where a person stands, and the rule that puts them there.

use std::collections::BTreeSet;

use twofold_domain::account::Switch;
use twofold_domain::factor::FactorKind;
use twofold_domain::policy::{AudiencePolicy, Role, Trail, Whom};
use twofold_domain::status::{Facts, Rule, Standing, standing};
use twofold_domain::time::{Span, Timestamp};

const NOW: Timestamp = Timestamp::from_micros(1_780_300_800_000_000);
const OPTIONAL: AudiencePolicy = AudiencePolicy::TEAM;

fn required(grace_days: u16) -> AudiencePolicy {
    AudiencePolicy { required: true, grace_days, ..OPTIONAL }
}

const AGENT: Whom<'_> = Whom { role: Role::Agent, groups: &BTreeSet::new(), trail: &Trail::new() };
const OFF: Switch = Switch::Off { since: NOW };
const SUSPENDED: Switch = Switch::Suspended { suspension: 1, since: NOW };

fn facts(policy: &AudiencePolicy) -> Facts<'_> {
    Facts {
        switch: Switch::On,
        policy,
        whom: AGENT,
        required_since: Some(NOW),
        kinds: &[],
        locked: false,
        provider_only: false,
        exempt_until: None,
        deactivated: false,
        frozen: false,
    }
}

/// Rules: P3.
#[test]
fn a_standing_names_its_rule() {
    // switch | policy | enrolled | locked | standing | rule
    let rows = [
        (Switch::On, OPTIONAL, false, false, Standing::Optional, Rule::PolicyOptional),
        (Switch::On, OPTIONAL, true, false, Standing::Enabled, Rule::HasFactor),
        (Switch::On, required(0), false, false, Standing::Pending, Rule::PolicyRequires),
        (Switch::On, required(0), true, false, Standing::Enabled, Rule::HasFactor),
        (Switch::On, required(7), false, false, Standing::Optional, Rule::Grace),
        (Switch::On, required(7), true, false, Standing::Enabled, Rule::HasFactor),
        (SUSPENDED, required(0), false, false, Standing::Suspended, Rule::AccountSuspended),
        (SUSPENDED, required(0), true, false, Standing::Suspended, Rule::AccountSuspended),
        (OFF, required(0), false, false, Standing::Off, Rule::AccountDisabled),
        (Switch::On, OPTIONAL, true, true, Standing::Locked, Rule::HardCap),
        (Switch::On, required(0), false, true, Standing::Locked, Rule::HardCap),
        (SUSPENDED, required(0), true, true, Standing::Locked, Rule::HardCap),
        (OFF, required(0), false, true, Standing::Locked, Rule::HardCap),
    ];
    for (switch, policy, enrolled, locked, expected, rule) in rows {
        let facts = Facts { switch, kinds: has(enrolled), locked, ..facts(&policy) };
        assert_eq!(standing(&facts, NOW), (expected, rule), "{facts:?}");
    }
}

/// Rules: P5.
#[test]
fn grace_turns_into_pending_by_itself() {
    let policy = required(7);
    let facts = facts(&policy);
    let end = NOW + Span::days(7);
    let before = Timestamp::from_micros(end.micros() - 1);
    assert_eq!(standing(&facts, before), (Standing::Optional, Rule::Grace));
    assert_eq!(standing(&facts, end), (Standing::Pending, Rule::PolicyRequires));
}

/// Rules: P2, D5.
#[test]
fn an_exemption_ends_by_itself_and_a_provider_exempts_for_good() {
    let policy = required(0);
    let until = NOW + Span::hours(4);
    let before = Timestamp::from_micros(until.micros() - 1);
    // enrolled | provider only | exempt until | deactivated | at | standing | rule
    let rows = [
        (false, false, Some(until), false, before, Standing::Exempt, Rule::Exemption),
        (true, false, Some(until), false, before, Standing::Exempt, Rule::Exemption),
        (false, false, Some(until), false, until, Standing::Pending, Rule::PolicyRequires),
        (false, true, None, false, until, Standing::Exempt, Rule::IdentityProvider),
        (true, false, None, true, until, Standing::Deactivated, Rule::Deactivated),
    ];
    for (enrolled, provider_only, exempt_until, deactivated, at, expected, rule) in rows {
        let kinds = has(enrolled);
        let facts = Facts { kinds, provider_only, exempt_until, deactivated, ..facts(&policy) };
        assert_eq!(standing(&facts, at), (expected, rule), "{facts:?}");
    }
}

/// Rules: C6.
#[test]
fn a_frozen_sign_in_is_shown_before_anything_but_a_deactivation() {
    let policy = required(0);
    let held = Facts { kinds: has(true), frozen: true, locked: true, ..facts(&policy) };
    assert_eq!(standing(&held, NOW), (Standing::Frozen, Rule::Frozen));
    let gone = Facts { deactivated: true, ..held };
    assert_eq!(standing(&gone, NOW), (Standing::Deactivated, Rule::Deactivated));
}

fn has(factor: bool) -> &'static [FactorKind] {
    if factor { &[FactorKind::Totp] } else { &[] }
}

/// Rules: P11.
#[test]
fn whoever_has_no_factor_of_an_allowed_kind_binds_another_one_where_one_is_required() {
    use FactorKind::{Sms, Totp};
    let only_apps =
        |required| AudiencePolicy { required, allowed_kinds: [Totp].into(), ..AudiencePolicy::TEAM };
    // kinds that they have | required | standing | rule
    let rows: [(&[FactorKind], bool, Standing, Rule); 5] = [
        (&[Totp], true, Standing::Enabled, Rule::HasFactor),
        (&[Totp, Sms], true, Standing::Enabled, Rule::HasFactor),
        (&[Sms], true, Standing::Pending, Rule::KindNotAllowed),
        (&[Sms], false, Standing::Enabled, Rule::HasFactor),
        (&[], false, Standing::Optional, Rule::PolicyOptional),
    ];
    for (kinds, required, expected, rule) in rows {
        let policy = only_apps(required);
        let facts = Facts { kinds, ..facts(&policy) };
        assert_eq!(standing(&facts, NOW), (expected, rule), "{facts:?}");
    }
}
