//! Why somebody cannot set up a second factor.

use super::*;
use crate::factor::{FactorKind, Offer};
use crate::ids::{ExemptionId, FactorId, TicketId};
use crate::policy::{Audience, Role};
use crate::sign_in::{Obstacle, obstacles};
use crate::user::{Familiarity, Gate, LinkPurpose};

const TICKET: TicketId = TicketId::from_uuid(uuid::Uuid::from_u128(800));
fn locked() -> UserEvent {
    UserEvent::LockedOut { gate: Gate::SecondFactor, familiarity: Familiarity::Known, at: NOW }
}

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
fn whoever_cannot_enrol_is_told_everything_in_the_way() {
    type Row = (&'static str, Vec<AccountEvent>, Vec<UserEvent>, Vec<Obstacle>);
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
        ("nothing", vec![], agent(), vec![]),
        ("has one and room for more", vec![], enabled(), vec![]),
        ("invited", vec![], vec![registered(Role::Agent)], vec![Obstacle::NoPassword]),
        ("a product vouches for them", vec![], vec![registered(Role::EndUser)], vec![]),
        (
            "deactivated",
            off(),
            and(agent(), [UserEvent::UserDeactivated { reason: None, at: NOW }]),
            vec![Obstacle::Deactivated, Obstacle::AccountDisabled],
        ),
        ("off for everyone", off(), agent(), vec![Obstacle::AccountDisabled]),
        ("suspended", vec![suspended(1, NOW)], agent(), vec![]),
        (
            "only by SMS, and nothing sends them",
            vec![policy(Audience::Team, |p| p.allowed_kinds = [FactorKind::Sms].into(), None)],
            agent(),
            vec![Obstacle::NothingToBind],
        ),
        (
            "by SMS too",
            vec![policy(
                Audience::Team,
                |p| p.allowed_kinds = [FactorKind::Sms, FactorKind::Totp].into(),
                None,
            )],
            agent(),
            vec![],
        ),
        ("exempt", vec![], and(agent(), [exempt(later(Span::days(1)))]), vec![Obstacle::Exemption]),
        ("was exempt", vec![], and(agent(), [exempt(NOW)]), vec![]),
        ("after a compromise", vec![], compromised(), vec![Obstacle::TicketNeeded]),
        ("with a ticket", vec![], and(compromised(), [ticket]), vec![]),
        ("as many as there can be", vec![], with_factors(10), vec![Obstacle::TooManyFactors]),
        (
            "a password that was guessed at",
            vec![],
            and(agent(), [UserEvent::PasswordChangeDemanded { at: NOW }]),
            vec![Obstacle::PasswordSpent],
        ),
        (
            "one after the other",
            off(),
            and(
                compromised(),
                [UserEvent::PasswordChangeDemanded { at: NOW }, locked(), exempt(later(Span::days(1)))],
            ),
            vec![
                Obstacle::PasswordSpent,
                Obstacle::HardCap,
                Obstacle::AccountDisabled,
                Obstacle::Exemption,
                Obstacle::TicketNeeded,
            ],
        ),
        (
            "a password by mail in the place of an older factor",
            vec![],
            and(
                and(enabled(), [reset_by_staff(false)]),
                [
                    UserEvent::LinkIssued {
                        link: LINK,
                        purpose: LinkPurpose::PasswordReset,
                        verifier: verifier(41),
                        expires_at: later(Span::hours(1)),
                    },
                    UserEvent::LinkRedeemed { link: LINK, at: NOW },
                    password_set(),
                ],
            ),
            vec![Obstacle::MailboxTooFresh],
        ),
        (
            "erased",
            off(),
            and(agent(), [UserEvent::PersonErased { values: 1, at: NOW }]),
            vec![Obstacle::Erased],
        ),
    ];
    let offer = Offer::of(|kind| kind != FactorKind::Sms);
    for (story, account, user, expected) in rows {
        let world = World::of(and(vec![opened()], account), user, []);
        assert_eq!(obstacles(&world.account, &world.user, &offer, NOW), expected, "{story}");
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
