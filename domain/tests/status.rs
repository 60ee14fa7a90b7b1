//! Where a person stands, and the rule that puts them there.

use twofold_domain::account::Switch;
use twofold_domain::policy::AudiencePolicy;
use twofold_domain::status::{Facts, Rule, Standing, standing};
use twofold_domain::time::{Span, Timestamp};

const NOW: Timestamp = Timestamp::from_micros(1_780_300_800_000_000);
const OPTIONAL: AudiencePolicy = AudiencePolicy::TEAM;
const REQUIRED: AudiencePolicy = AudiencePolicy { required: true, ..OPTIONAL };
const GRACE: AudiencePolicy = AudiencePolicy { grace_days: 7, ..REQUIRED };
const OFF: Switch = Switch::Off { since: NOW };
const SUSPENDED: Switch = Switch::Suspended { suspension: 1, since: NOW };

/// Rules: P3.
#[test]
fn a_standing_names_its_rule() {
    // switch | policy | enrolled | locked | standing | rule
    let rows = [
        (Switch::On, OPTIONAL, false, false, Standing::Optional, Rule::PolicyOptional),
        (Switch::On, OPTIONAL, true, false, Standing::Enabled, Rule::HasFactor),
        (Switch::On, REQUIRED, false, false, Standing::Pending, Rule::PolicyRequires),
        (Switch::On, REQUIRED, true, false, Standing::Enabled, Rule::HasFactor),
        (Switch::On, GRACE, false, false, Standing::Optional, Rule::Grace),
        (Switch::On, GRACE, true, false, Standing::Enabled, Rule::HasFactor),
        (SUSPENDED, REQUIRED, false, false, Standing::Suspended, Rule::AccountSuspended),
        (SUSPENDED, REQUIRED, true, false, Standing::Suspended, Rule::AccountSuspended),
        (OFF, REQUIRED, false, false, Standing::Off, Rule::AccountDisabled),
        (Switch::On, OPTIONAL, true, true, Standing::Locked, Rule::HardCap),
        (Switch::On, REQUIRED, false, true, Standing::Locked, Rule::HardCap),
        (SUSPENDED, REQUIRED, true, true, Standing::Locked, Rule::HardCap),
        (OFF, REQUIRED, false, true, Standing::Locked, Rule::HardCap),
    ];
    for (switch, policy, enrolled, locked, expected, rule) in rows {
        let facts = Facts { switch, policy, required_since: Some(NOW), enrolled, locked };
        assert_eq!(standing(&facts, NOW), (expected, rule), "{facts:?}");
    }
}

/// Rules: P5.
#[test]
fn grace_turns_into_pending_by_itself() {
    let facts = Facts {
        switch: Switch::On,
        policy: GRACE,
        required_since: Some(NOW),
        enrolled: false,
        locked: false,
    };
    let end = NOW + Span::days(7);
    let before = Timestamp::from_micros(end.micros() - 1);
    assert_eq!(standing(&facts, before), (Standing::Optional, Rule::Grace));
    assert_eq!(standing(&facts, end), (Standing::Pending, Rule::PolicyRequires));
}
