//! `docs/status.md` says how another program folds the status report: held to the code here.

use std::collections::BTreeSet;

use strum::IntoEnumIterator as _;
use twofold_domain::account::Switch;
use twofold_domain::factor::FactorKind;
use twofold_domain::policy::{AudiencePolicy, Role, Trail, Whom};
use twofold_domain::status::{Facts, Rule, Standing, standing};
use twofold_domain::time::{Span, Timestamp};

use super::{DeviceTrust, Posture, UserActivity, UserStatus};
use crate::fact::event_types;
use crate::fact::samples::samples;
use crate::view::View as _;

const DOCUMENT: &str = include_str!("../../../docs/status.md");
const NOW: Timestamp = Timestamp::from_micros(1_780_300_800_000_000);

/// The rows of the table of rules, in its order: rule and state.
fn rows() -> Vec<(&'static str, &'static str)> {
    let (_, table) = DOCUMENT.split_once("| rule | state |").unwrap();
    let rows = table.lines().skip(2).take_while(|line| line.starts_with("| `"));
    let rows = rows.map(|line| line.split('`').collect::<Vec<_>>());
    rows.map(|parts| (parts[1], parts[3])).collect()
}

/// Rules: S1.
#[test]
fn the_document_has_every_rule_and_state_in_the_order_in_which_they_hold() {
    let (all, sms) = (AudiencePolicy { required: true, ..AudiencePolicy::TEAM }, [FactorKind::Sms]);
    let narrow = AudiencePolicy { allowed_kinds: sms.into(), ..all.clone() };
    let grace = AudiencePolicy { grace_days: 2, ..narrow.clone() };
    let (none, trail) = (BTreeSet::new(), Trail::new());
    let everything = Facts {
        switch: Switch::Off { since: NOW },
        policy: &all,
        whom: Whom { role: Role::Agent, groups: &none, trail: &trail },
        required_since: Some(NOW - Span::days(1)),
        kinds: &[FactorKind::Totp],
        locked: true,
        provider_only: true,
        exempt_until: Some(NOW + Span::hours(1)),
        deactivated: true,
        frozen: true,
    };
    // Each is like the one before, without what that one said.
    let active = Facts { deactivated: false, ..everything };
    let thawed = Facts { frozen: false, ..active };
    let unlocked = Facts { locked: false, ..thawed };
    let suspended = Facts { switch: Switch::Suspended { suspension: 1, since: NOW }, ..unlocked };
    let on = Facts { switch: Switch::On, ..suspended };
    let native = Facts { provider_only: false, ..on };
    let asked = Facts { exempt_until: Some(NOW), ..native };
    let narrowed = Facts { policy: &narrow, ..asked };
    let without = Facts { kinds: &[], ..narrowed };
    let in_grace = Facts { policy: &grace, ..without };
    let optional = Facts { policy: &AudiencePolicy::TEAM, ..in_grace };
    let all = [
        everything, active, thawed, unlocked, suspended, on, native, asked, narrowed, without, in_grace,
        optional,
    ];
    let said = all.iter().map(|facts| standing(facts, NOW)).map(|(state, rule)| (rule.into(), state.into()));
    let erased = (Rule::Erased.into(), Standing::Deactivated.into());
    assert_eq!(rows(), std::iter::once(erased).chain(said).collect::<Vec<_>>());

    let rules: BTreeSet<&str> = Rule::iter().map(Into::into).collect();
    let states: BTreeSet<&str> = Standing::iter().map(Into::into).collect();
    assert_eq!(rows().into_iter().map(|(rule, _)| rule).collect::<BTreeSet<_>>(), rules);
    assert_eq!(rows().into_iter().map(|(_, state)| state).collect::<BTreeSet<_>>(), states);
}

/// Rules: S1, S3.
#[test]
fn the_document_names_each_event_that_the_report_is_folded_from_and_no_other() {
    let matters = |fact: &_| {
        Posture::key(fact).is_some()
            || UserStatus::key(fact).is_some()
            || UserActivity::key(fact).is_some()
            || DeviceTrust::key(fact).is_some()
    };
    let facts = samples();
    let folded: BTreeSet<&str> = facts.iter().filter(|fact| matters(fact)).map(|f| f.event.name()).collect();
    let types: BTreeSet<&str> = event_types().collect();
    let named: BTreeSet<&str> =
        DOCUMENT.split('`').skip(1).step_by(2).filter(|w| types.contains(w)).collect();
    assert_eq!(named, folded);
}
