//! What falls due by time is done when it does, for whoever looks ahead.

use std::collections::BTreeSet;

use twofold_domain::account::AccountEvent;
use twofold_domain::factor::FactorKind;
use twofold_domain::ids::FactorId;
use twofold_domain::policy::{Audience, Trail};

use super::*;
use crate::record::{Bindings, Factors};
use crate::status::user_status::Locks;

const NOW: Timestamp = Timestamp::from_micros(1_780_300_800_000_000);
const ACCOUNT: AccountId = AccountId::from_uuid(Uuid::from_u128(7));

fn day(days: i64) -> Timestamp {
    NOW + Span::days(days)
}

/// Somebody with an authenticator, whose reset falls due on the third day, and who trusts a device.
fn person(at: Timestamp) -> Person {
    let user_id = UserId::from_uuid(Uuid::from_u128(1));
    let status = StatusRow {
        user_id,
        role: Role::Agent,
        registered_at: day(-90),
        email_verified: true,
        has_password: true,
        password_claimed: false,
        providers: BTreeSet::new(),
        groups: BTreeSet::new(),
        trail: Trail::begun(day(-90)),
        exemption: None,
        exempt_until: None,
        reset_due_at: Some(day(3)),
        deactivated: false,
        frozen: false,
        epoch: 4,
        pending: Bindings::default(),
        enrolled_generation: Some(0),
        enabled_since: Some(day(-60)),
        factors: Factors([(FactorId::from_uuid(Uuid::from_u128(2)), FactorKind::Totp)].into()),
        locks: Locks::default(),
        erased: false,
    };
    let trust = TrustRow {
        device_id: DeviceId::from_uuid(Uuid::from_u128(3)),
        user_id,
        granted_at: day(-1),
        until: day(29),
        generation: 0,
        epoch: 4,
        withdrawn: false,
    };
    let (trusts, former, sessions) = (vec![trust], vec![], vec![]);
    Person { status: status.settled(at), trusts, former, sessions, password_used_at: None }
}

/// Rules: P9, P10.
#[test]
fn a_reset_that_waited_is_done_from_its_instant_for_whoever_looks_ahead() {
    let before = Account::default();
    let mut requires = before.clone();
    let held = before.policy(Audience::Team, NOW).clone();
    requires.evolve(&AccountEvent::PolicyChanged {
        audience: Audience::Team,
        version: 1,
        after: AudiencePolicy { required: true, ..held.clone() },
        before: held,
        required_since: Some(NOW),
        at: NOW,
    });
    let mut disables = before.clone();
    disables.generation = 1;
    // Day | who must enrol once a factor is required | effects of the requirement | effects of a disable
    let rows: [(i64, Standing, &[Effect], &[Effect]); 3] = [
        (0, Standing::Enabled, &[], &[Effect::Reset, Effect::TrustEnds]),
        (2, Standing::Enabled, &[], &[Effect::Reset, Effect::TrustEnds]),
        (3, Standing::Pending, &[Effect::MustEnrolNow], &[]),
    ];
    for (days, standing, required, disabled) in rows {
        let at = day(days);
        let person = person(at);
        assert_eq!(stands(&person.status, &requires, at).0, standing, "on day {days}");
        for (after, expected) in [(&requires, required), (&disables, disabled)] {
            let step = Step { account: ACCOUNT, before: &before, after, at, now: NOW };
            assert_eq!(person.effects(step).iter().collect::<Vec<_>>(), expected, "on day {days}");
        }
    }
}
