//! Why somebody cannot set up a second factor.

use super::*;
use crate::ids::{ExemptionId, FactorId, TicketId};
use crate::policy::Role;
use crate::sign_in::{Obstacle, obstacle};

const TICKET: TicketId = TicketId::from_uuid(uuid::Uuid::from_u128(800));
const LEAVE: ExemptionId = ExemptionId::from_uuid(uuid::Uuid::from_u128(801));

fn with_factors(n: u128) -> Vec<UserEvent> {
    let more = (1..n).flat_map(|n| {
        let factor = FactorId::from_uuid(uuid::Uuid::from_u128(700 + n));
        [binding(factor, 0, NOW), confirmed(factor, STEP + n as u64)]
    });
    and(enabled(), more)
}

/// Rules: E5.
#[test]
fn whoever_cannot_enrol_is_told_the_first_thing_in_the_way() {
    type Row = (&'static str, Vec<AccountEvent>, Vec<UserEvent>, Option<Obstacle>);
    let agent = || with_password(Role::Agent);
    let exempt = |until| UserEvent::ExemptionGranted { exemption: LEAVE, reason: sealed(), until, at: NOW };
    let ticket = UserEvent::EnrolmentTicketIssued {
        ticket: TICKET,
        verifier: verifier(40),
        reason: sealed(),
        expires_at: later(Span::hours(24)),
        at: NOW,
    };
    let compromised = || and(enabled(), [reset_by_staff(true)]);
    let off = || vec![account_disabled(1, NOW)];
    let rows: Vec<Row> = vec![
        ("nothing", vec![], agent(), None),
        ("has one and room for more", vec![], enabled(), None),
        ("invited", vec![], vec![registered(Role::Agent)], Some(Obstacle::NoPassword)),
        ("a product vouches for them", vec![], vec![registered(Role::EndUser)], None),
        (
            "deactivated",
            off(),
            and(agent(), [UserEvent::UserDeactivated { reason: None, at: NOW }]),
            Some(Obstacle::Deactivated),
        ),
        ("off for everyone", off(), agent(), Some(Obstacle::AccountDisabled)),
        ("suspended", vec![suspended(1, NOW)], agent(), None),
        ("exempt", vec![], and(agent(), [exempt(later(Span::days(1)))]), Some(Obstacle::Exemption)),
        ("was exempt", vec![], and(agent(), [exempt(NOW)]), None),
        ("after a compromise", vec![], compromised(), Some(Obstacle::TicketNeeded)),
        ("with a ticket", vec![], and(compromised(), [ticket]), None),
        ("as many as there can be", vec![], with_factors(10), Some(Obstacle::TooManyFactors)),
    ];
    for (story, account, user, expected) in rows {
        let world = World::of(and(vec![opened()], account), user, []);
        assert_eq!(obstacle(&world.account, &world.user, NOW), expected, "{story}");
    }
}

/// Rules: E5.
#[test]
fn every_obstacle_names_an_event_that_there_is() {
    use strum::VariantNames as _;
    for obstacle in Obstacle::all() {
        let of = if obstacle.of_account() { AccountEvent::VARIANTS } else { UserEvent::VARIANTS };
        assert!(of.contains(&obstacle.set_by()), "{}", obstacle.name());
    }
}
