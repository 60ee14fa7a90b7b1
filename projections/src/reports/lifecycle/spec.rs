//! Whoever did nothing enrolled in nothing.

use std::collections::BTreeSet;
use std::sync::Arc;

use twofold_domain::account::{AccountEvent, Demand, Switch};
use twofold_domain::ids::{FactorId, UserId};
use twofold_domain::policy::{Audience, AudiencePolicy, Role, Trail};
use uuid::Uuid;

use super::*;
use crate::record::{Bindings, Factors};
use crate::reports::history::{Moment, Version};
use crate::status::user_status::Locks;
use crate::status::{PostureRow, StatusRow};

const BEGAN: Timestamp = Timestamp::from_micros(1_780_300_800_000_000);

fn hour(hours: i64) -> Timestamp {
    BEGAN + Span::hours(hours)
}

fn posture(changes: &[(bool, &[FactorKind], i64)]) -> PostureRow {
    let mut team = Demand::of_new(Audience::Team);
    for (place, (required, kinds, at)) in changes.iter().enumerate() {
        let before = team.policy(hour(*at)).clone();
        let allowed_kinds = kinds.iter().copied().collect();
        let after = AudiencePolicy { required: *required, allowed_kinds, ..before.clone() };
        let (version, required_since) = (place as u32 + 1, required.then(|| hour(changes[0].2)));
        let (audience, at) = (Audience::Team, hour(*at));
        team.evolve(&AccountEvent::PolicyChanged { audience, version, before, after, required_since, at });
    }
    PostureRow {
        name: String::new(),
        slug: String::new(),
        switch: Switch::On,
        generation: 0,
        team,
        end_users: Demand::of_new(Audience::EndUsers),
        profile: None,
        closed: false,
    }
}

fn person(kinds: &[FactorKind]) -> StatusRow {
    let held = kinds.iter().enumerate();
    let held = held.map(|(place, kind)| (FactorId::from_uuid(Uuid::from_u128(place as u128)), *kind));
    StatusRow {
        user_id: UserId::from_uuid(Uuid::from_u128(1)),
        role: Role::Agent,
        registered_at: BEGAN,
        email_verified: true,
        has_password: true,
        password_claimed: false,
        providers: BTreeSet::new(),
        groups: BTreeSet::new(),
        trail: Trail::begun(BEGAN),
        exemption: None,
        exempt_until: None,
        reset_due_at: None,
        deactivated: false,
        frozen: false,
        epoch: 0,
        pending: Bindings::default(),
        enrolled_generation: (!kinds.is_empty()).then_some(0),
        enabled_since: None,
        factors: Factors(held.collect()),
        locks: Locks::default(),
        erased: false,
    }
}

fn version<R>(row: R, event: u64, hours: i64) -> Version<R> {
    Version { row, from: Moment { event, at: hour(hours) } }
}

/// Rules: S7.
#[test]
fn a_wait_for_a_factor_is_done_by_binding_one_and_void_where_the_demand_is_relaxed() {
    use FactorKind::{Totp, Webauthn};
    /// Whether a factor is required, the kinds that count, and from which hour.
    type Demanded = (bool, &'static [FactorKind], i64);
    /// Kinds that they hold, from which hour.
    type Holding = (&'static [FactorKind], i64);
    let strict: Demanded = (true, &[Webauthn], 10);
    let cases: [(&str, Vec<Demanded>, Vec<Holding>, Outcome); 4] = [
        ("every kind is allowed again", vec![strict, (true, &[], 110)], vec![(&[Totp], 1)], Outcome::Void),
        ("not required any more", vec![strict, (false, &[], 110)], vec![(&[Totp], 1)], Outcome::Void),
        ("a key is bound", vec![strict], vec![(&[Totp], 1), (&[Totp, Webauthn], 110)], Outcome::Done),
        ("nothing happens", vec![strict], vec![(&[Totp], 1)], Outcome::Open),
    ];
    for (story, changes, held, expected) in cases {
        let mut postures = vec![version(posture(&[]), 1, 0)];
        for last in 1..=changes.len() {
            postures.push(version(posture(&changes[..last]), 100 + last as u64, changes[last - 1].2));
        }
        let held = held.iter().enumerate();
        let versions: Vec<_> =
            held.map(|(place, (kinds, at))| version(person(kinds), 2 + 150 * place as u64, *at)).collect();
        let life = Life { user: versions[0].row.user_id, versions };
        let page = Lives { postures: Arc::new(postures), people: vec![] };
        let steps = steps(&page, &life, hour(200));
        let step = steps.iter().find(|step| step.name == "required_enrolled").expect(story);
        assert_eq!((step.began, step.outcome()), (hour(10), expected), "{story}");
        assert_eq!(step.ended, (expected != Outcome::Open).then(|| hour(110)), "{story}");
    }
}
