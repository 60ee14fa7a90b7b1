//! Another role or other groups: what they do to somebody, and who may take them out of the owner's floor.

use std::collections::BTreeSet;

use super::*;
use crate::account::{Effect, Place, PolicyError};
use crate::ids::GroupId;
use crate::policy::RequiredOf;
use crate::user::{User, UserEvent};

fn groups(of: &[u128]) -> BTreeSet<GroupId> {
    of.iter().map(|n| GroupId::from_uuid(uuid::Uuid::from_u128(*n))).collect()
}

fn of(roles: &[Role], named: &[u128], grace_days: u16) -> AudiencePolicy {
    let required_of = RequiredOf { roles: roles.iter().copied().collect(), groups: groups(named) };
    AudiencePolicy { required: true, required_of, grace_days, ..AudiencePolicy::TEAM }
}

fn place(role: Role, of: &[u128]) -> Place {
    Place { role, groups: groups(of) }
}

fn in_groups(past: Vec<UserEvent>, of: &[u128]) -> User {
    fold(and(past, [UserEvent::GroupsChanged { groups: groups(of), at: NOW }]))
}

/// Rules: P11.
#[test]
fn only_an_owner_takes_somebody_out_of_what_the_floor_requires() {
    let field = || of(&[], &[1, 2], 0);
    let agents = || of(&[Role::Agent], &[], 0);
    let everyone = || of(&[], &[], 0);
    // What the floor of the team requires of whom; which groups they are in; where they go; whether it leads out.
    let rows: [(Option<AudiencePolicy>, &[u128], Place, bool); 11] = [
        (None, &[1], place(Role::Agent, &[]), false),
        (Some(AudiencePolicy::TEAM), &[1], place(Role::Agent, &[]), false),
        (Some(field()), &[1], place(Role::Agent, &[]), true),
        (Some(field()), &[1], place(Role::Agent, &[3]), true),
        (Some(field()), &[1], place(Role::Agent, &[2]), false),
        (Some(field()), &[3], place(Role::Agent, &[]), false),
        (Some(field()), &[], place(Role::Agent, &[1]), false),
        (Some(agents()), &[], place(Role::Auditor, &[]), true),
        (Some(everyone()), &[], place(Role::Auditor, &[]), false),
        (Some(everyone()), &[1], place(Role::Agent, &[]), false),
        (Some(everyone()), &[], place(Role::EndUser, &[]), true),
    ];
    for (held, inside, to, leads_out) in rows {
        let floor = held.clone().map(|after| AccountEvent::OwnerFloorChanged {
            audience: Audience::Team,
            before: None,
            after: Some(after),
            at: NOW,
        });
        let account: Account = fold(and(on(), floor));
        let person = in_groups(vec![registered(Role::Agent)], inside);
        assert_eq!(account.may_move(&person, &to, Role::Owner), Ok(()), "{held:?} {to:?}");
        let below = held.clone().filter(|_| leads_out).map(|floor| {
            AccountError::Demand(PolicyError::BelowFloor { field: "required_of", floor: Box::new(floor) })
        });
        assert_eq!(account.may_move(&person, &to, Role::Admin).err(), below, "{held:?} {to:?}");
    }
}

/// What it is, the account's and the person's history, their groups, the new place, and what comes of it.
type Row<'a> = (&'a str, Vec<AccountEvent>, Vec<UserEvent>, &'a [u128], Place, &'a [Effect]);

/// Rules: P9.
#[test]
fn another_place_says_who_must_enrol_and_who_is_not_asked_any_more() {
    let required = |roles: &[Role], named: &[u128], grace| {
        and(on(), [policy(Audience::Team, |p| *p = of(roles, named, grace), Some(NOW))])
    };
    let bare = || and(with_password(Role::Agent), [UserEvent::EmailVerified { at: NOW }]);
    let rows: [Row<'_>; 7] = [
        ("nothing is required", on(), bare(), &[], place(Role::Agent, &[1]), &[]),
        ("into it", required(&[], &[1], 0), bare(), &[], place(Role::Agent, &[1]), &[Effect::MustEnrolNow]),
        (
            "into it, with days of grace",
            required(&[], &[1], 7),
            bare(),
            &[],
            place(Role::Agent, &[1]),
            &[Effect::MustEnrolAfterGrace],
        ),
        (
            "out of it",
            required(&[], &[1], 0),
            bare(),
            &[1],
            place(Role::Agent, &[]),
            &[Effect::NoLongerAsked],
        ),
        (
            "into a role that it names",
            required(&[Role::Auditor], &[], 0),
            bare(),
            &[],
            place(Role::Auditor, &[]),
            &[Effect::MustEnrolNow],
        ),
        ("within it", required(&[], &[1, 2], 0), bare(), &[1], place(Role::Agent, &[2]), &[]),
        ("with a factor", required(&[], &[1], 0), enabled(), &[], place(Role::Agent, &[1]), &[]),
    ];
    for (what, account, past, inside, to, expected) in rows {
        let account: Account = fold(account);
        let person = in_groups(past, inside);
        let came: Vec<Effect> = account.foresee_move(&person, &to, later(Span::hours(1))).iter().collect();
        assert_eq!(came, expected, "{what}");
    }
}
