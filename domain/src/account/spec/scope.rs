//! Since when a second factor is required of somebody: whatever the account asks, and wherever they go, day by day.

use proptest::prelude::*;

use super::*;
use crate::ids::{ExemptionId, GroupId, ScheduleId};
use crate::policy::RequiredOf;
use crate::user::{User, UserEvent};

/// What happens on a day.
#[derive(Debug, Clone)]
enum Turn {
    /// The account asks it of these, or of nobody.
    Asks(Audience, Option<RequiredOf>),
    /// It is going to, a number of days later.
    Schedules(Audience, RequiredOf, i64),
    Registered(Role),
    Becomes(Role),
    In(&'static [u128]),
    Account(AccountEvent),
    Person(UserEvent),
}

/// What, what happened by day, asked on which day, required since which day.
type Row = (&'static str, Vec<(i64, Turn)>, i64, Option<i64>);

use Audience::{EndUsers, Team};
use Role::{Admin, Agent, Auditor, EndUser};
use Turn::{Asks, Becomes, In, Registered, Schedules};

fn day(n: i64) -> Timestamp {
    later(Span::days(n))
}

fn groups(of: &[u128]) -> std::collections::BTreeSet<GroupId> {
    of.iter().map(|n| GroupId::from_uuid(uuid::Uuid::from_u128(*n))).collect()
}

fn roles(of: &[Role]) -> RequiredOf {
    RequiredOf { roles: of.iter().copied().collect(), groups: groups(&[]) }
}

fn of_groups(of: &[u128]) -> RequiredOf {
    RequiredOf { roles: roles(&[]).roles, groups: groups(of) }
}

const EVERYONE: RequiredOf = RequiredOf::EVERYONE;

fn policy_of(account: &Account, audience: Audience, of: Option<RequiredOf>, at: Timestamp) -> AudiencePolicy {
    let held = account.policy(audience, at).clone();
    match of {
        Some(required_of) => AudiencePolicy { required: true, required_of, grace_days: 7, ..held },
        None => AudiencePolicy { required: false, ..held },
    }
}

/// Account and person through some days, each with what happened on it.
fn lived(turns: &[(i64, Turn)]) -> (Account, User) {
    let made = |n: u128| AccountEvent::GroupCreated {
        group: GroupId::from_uuid(uuid::Uuid::from_u128(n)),
        name: n.to_string(),
        at: NOW,
    };
    let (mut account, mut user) = (fold::<Account>(and(on(), (1..=30).map(made))), User::default());
    for (n, turn) in turns {
        let at = day(*n);
        match turn.clone() {
            Asks(audience, of) => {
                let policies = BTreeMap::from([(audience, policy_of(&account, audience, of, at))]);
                let command = PolicyCommand::Save {
                    policies,
                    by: Role::Owner,
                    offer: Offer::everything(),
                    impact: NOBODY,
                };
                let saved = account.decide(AccountCommand::Policy { command, at }).unwrap();
                for event in &saved {
                    account.evolve(event);
                }
            }
            Schedules(audience, of, days) => {
                let command = PolicyCommand::Schedule {
                    schedule: ScheduleId::from_uuid(uuid::Uuid::from_u128(
                        100 + u128::from(account.policy_version),
                    )),
                    audience,
                    policy: policy_of(&account, audience, Some(of), at),
                    begins_at: at + Span::days(days),
                    by: Role::Owner,
                    offer: Offer::everything(),
                    impact: NOBODY,
                };
                // Where one waits already, that one does.
                let scheduled = account.decide(AccountCommand::Policy { command, at }).unwrap_or_default();
                for event in &scheduled {
                    account.evolve(event);
                }
            }
            Registered(role) => {
                let UserEvent::UserRegistered { account, user: id, name, email, language, .. } =
                    registered(role)
                else {
                    unreachable!("it is what it is called")
                };
                user.evolve(&UserEvent::UserRegistered {
                    account,
                    user: id,
                    role,
                    name,
                    email,
                    language,
                    at,
                });
            }
            Becomes(to) => {
                let from = user.role().unwrap();
                user.evolve(&UserEvent::RoleChanged { from, to, at });
            }
            In(named) => user.evolve(&UserEvent::GroupsChanged { groups: groups(named), at }),
            Turn::Account(event) => account.evolve(&event),
            Turn::Person(event) => user.evolve(&event),
        }
    }
    (account, user)
}

fn since(turns: &[(i64, Turn)], at: i64) -> Option<i64> {
    let (account, user) = lived(turns);
    let since = account.required_since_of(user.whom()?, day(at))?;
    Some(since.since(NOW).micros() / Span::days(1).micros())
}

/// Rules: P5.
#[test]
fn a_requirement_begins_for_somebody_when_they_come_into_it() {
    let everyone = || (0, Asks(Team, Some(EVERYONE)));
    let ana = || (0, Registered(Agent));
    let admins = || (0, Asks(Team, Some(roles(&[Admin]))));
    // what | what happened, by day | asked on day | required since day
    let rows: Vec<Row> = vec![
        ("required of nobody", vec![ana()], 9, None),
        ("there before it began", vec![ana(), (5, Asks(Team, Some(EVERYONE)))], 9, Some(5)),
        ("registered later", vec![everyone(), (5, Registered(Agent))], 9, Some(5)),
        ("of the other audience", vec![everyone(), (5, Registered(EndUser))], 9, None),
        ("a role that it does not name", vec![admins(), ana()], 9, None),
        ("given a role that it names", vec![admins(), ana(), (5, Becomes(Admin))], 9, Some(5)),
        ("joined the team", vec![everyone(), (0, Registered(EndUser)), (5, Becomes(Agent))], 9, Some(5)),
        (
            "put into a group that it names",
            vec![(0, Asks(Team, Some(of_groups(&[1])))), ana(), (3, In(&[2])), (5, In(&[1, 2]))],
            9,
            Some(5),
        ),
        ("widened to everyone", vec![admins(), ana(), (5, Asks(Team, Some(EVERYONE)))], 9, Some(5)),
        (
            "widened by their group",
            vec![
                (0, Asks(Team, Some(of_groups(&[2])))),
                ana(),
                (0, In(&[1])),
                (5, Asks(Team, Some(of_groups(&[1, 2])))),
            ],
            9,
            Some(5),
        ),
        (
            "widened, and they were in it before",
            vec![(0, Asks(Team, Some(roles(&[Agent])))), ana(), (5, Asks(Team, Some(EVERYONE)))],
            9,
            Some(0),
        ),
        (
            "narrowed, and they are in it still",
            vec![everyone(), ana(), (5, Asks(Team, Some(roles(&[Agent]))))],
            9,
            Some(0),
        ),
        ("narrowed away from them", vec![everyone(), ana(), (5, Asks(Team, Some(roles(&[Admin]))))], 9, None),
        // Going from one thing that it names to another is no way out of it.
        (
            "from role to role within it",
            vec![everyone(), ana(), (3, Becomes(Admin)), (5, Becomes(Agent))],
            9,
            Some(0),
        ),
        (
            "from one named role to another one, and back",
            vec![
                (0, Asks(Team, Some(roles(&[Agent, Admin])))),
                ana(),
                (3, Becomes(Admin)),
                (5, Becomes(Agent)),
            ],
            9,
            Some(0),
        ),
        (
            "out of the group on the day on which they come by their role",
            vec![
                (0, Asks(Team, Some(RequiredOf { groups: groups(&[1]), ..roles(&[Admin]) }))),
                ana(),
                (2, In(&[1])),
                (5, In(&[])),
                (5, Becomes(Admin)),
            ],
            9,
            Some(2),
        ),
        (
            "from one audience to the other, both asked",
            vec![
                everyone(),
                (0, Asks(EndUsers, Some(EVERYONE))),
                (1, Registered(EndUser)),
                (5, Becomes(Agent)),
            ],
            9,
            Some(1),
        ),
        (
            "another group asked on the day on which theirs is not any more",
            vec![
                (0, Asks(Team, Some(of_groups(&[1])))),
                ana(),
                (0, In(&[1, 2])),
                (5, Asks(Team, Some(of_groups(&[2])))),
            ],
            9,
            Some(0),
        ),
        // Whoever it did not mean for a while comes anew.
        (
            "out of a role and back",
            vec![(0, Asks(Team, Some(roles(&[Agent])))), ana(), (3, Becomes(Auditor)), (5, Becomes(Agent))],
            9,
            Some(5),
        ),
        (
            "out of a group and back",
            vec![(0, Asks(Team, Some(of_groups(&[1])))), ana(), (0, In(&[1])), (3, In(&[])), (5, In(&[1]))],
            9,
            Some(5),
        ),
        (
            "not required any more, and again",
            vec![everyone(), ana(), (3, Asks(Team, None)), (5, Asks(Team, Some(EVERYONE)))],
            9,
            Some(5),
        ),
        (
            "out and back at one instant",
            vec![everyone(), ana(), (5, Asks(Team, None)), (5, Asks(Team, Some(EVERYONE)))],
            9,
            Some(0),
        ),
        // A schedule begins by time alone.
        ("before a schedule begins", vec![ana(), (1, Schedules(Team, EVERYONE, 4))], 4, None),
        ("a schedule that began", vec![ana(), (1, Schedules(Team, EVERYONE, 4))], 5, Some(5)),
        (
            "a schedule that widened it to them",
            vec![admins(), ana(), (1, Schedules(Team, EVERYONE, 4)), (8, Asks(Team, Some(EVERYONE)))],
            9,
            Some(5),
        ),
        (
            "a schedule that began before they came",
            vec![(1, Schedules(Team, EVERYONE, 2)), (5, Registered(Agent))],
            9,
            Some(5),
        ),
        (
            "a schedule on top of a requirement",
            vec![everyone(), ana(), (1, Schedules(Team, EVERYONE, 4))],
            9,
            Some(0),
        ),
    ];
    for (name, turns, at, expected) in rows {
        assert_eq!(since(&turns, at), expected, "{name}");
    }
}

/// Rules: P5, D1, D2, D5, H4.
#[test]
fn nothing_but_role_groups_and_policy_begins_a_requirement_anew() {
    let exemption = ExemptionId::from_uuid(uuid::Uuid::from_u128(9));
    let until = day(4);
    let granted = UserEvent::ExemptionGranted { exemption, reason: sealed(), until, at: day(2) };
    let gone = UserEvent::UserDeactivated { reason: None, at: day(2) };
    let rows: [(&str, Turn, Turn); 6] = [
        ("suspended", Turn::Account(suspended(1, day(2))), Turn::Account(resumed(1, day(4)))),
        (
            "switched off",
            Turn::Account(account_disabled(1, day(2))),
            Turn::Account(account_enabled(1, day(4))),
        ),
        ("exempt", Turn::Person(granted), Turn::Person(UserEvent::EmailVerified { at: day(4) })),
        ("deactivated", Turn::Person(gone), Turn::Person(UserEvent::UserReactivated { at: day(4) })),
        ("reset", Turn::Person(reset_by_staff(false)), Turn::Person(password_set())),
        (
            "through a provider",
            Turn::Person(UserEvent::IdentityProviderLinked {
                provider: "saml".into(),
                subject: sealed(),
                at: day(2),
            }),
            Turn::Person(UserEvent::IdentityProviderUnlinked { provider: "saml".into(), at: day(4) }),
        ),
    ];
    for (name, ends, begins) in rows {
        let turns = [(0, Asks(Team, Some(EVERYONE))), (1, Registered(Agent)), (2, ends), (4, begins)];
        for at in [1, 2, 3, 4, 9] {
            assert_eq!(since(&turns, at), Some(1), "{name}, on day {at}");
        }
    }
}

/// Rules: P5.
#[test]
fn grace_runs_from_when_somebody_came_and_never_longer() {
    let turns = [(0, Asks(Team, Some(roles(&[Agent])))), (10, Registered(Auditor)), (20, Becomes(Agent))];
    let (account, user) = lived(&turns);
    let whom = user.whom().unwrap();
    let last = Timestamp::from_micros(day(27).micros() - 1);
    assert!(!account.demands_enrolment(whom, day(20)) && !account.demands_enrolment(whom, last));
    assert!(account.demands_enrolment(whom, day(27)));
}

/// Rules: P5.
#[test]
fn groups_that_did_not_say_since_when_count_from_the_last_move_before_them() {
    let asked = (5, Asks(Team, Some(of_groups(&[1]))));
    let unsaid = UserEvent::GroupsChanged { groups: groups(&[1]), at: Timestamp::from_micros(0) };
    let turns = [(0, Registered(Agent)), asked.clone(), (8, Turn::Person(unsaid.clone()))];
    assert_eq!(since(&turns, 9), Some(5), "the account's date, as it was always");
    let turns = [asked, (6, Registered(Auditor)), (7, Becomes(Agent)), (8, Turn::Person(unsaid))];
    assert_eq!(since(&turns, 9), Some(7));
}

/// Rules: P5.
#[test]
fn what_is_forgotten_of_a_long_way_makes_nobody_newer() {
    let mut turns = vec![(0, Asks(Team, Some(EVERYONE))), (1, Registered(Agent))];
    turns.extend((2..200).map(|n| (n, In(if n % 2 == 0 { &[1] } else { &[2] }))));
    assert_eq!(since(&turns, 200), Some(1));
    let mut turns = vec![(0, Registered(Agent)), (1, Asks(Team, Some(EVERYONE)))];
    let asked =
        |n: i64| RequiredOf { groups: groups(&[1 + u128::from(n.unsigned_abs()) % 3]), ..roles(&[Agent]) };
    turns.extend((2..200).map(|n| (n, Asks(Team, Some(asked(n))))));
    assert_eq!(since(&turns, 200), Some(1));
    let (account, user) = lived(&turns);
    let kept = serde_json::to_string(&(&account, &user)).unwrap_or_default();
    assert!(kept.len() < 20_000, "{} bytes", kept.len());
}

/// Rules: P5.
#[test]
fn a_long_way_through_groups_that_no_policy_names_makes_nobody_older() {
    // What changes each day, for 200 days, after somebody came into the team, or into what is asked, on day 10.
    let alternating = |n: i64| if n % 2 == 0 { groups(&[1]) } else { groups(&[2]) };
    let rising = |n: i64| groups(&(1..u128::from(n.unsigned_abs()) / 10).collect::<Vec<_>>());
    for groups_on in [&alternating as &dyn Fn(i64) -> std::collections::BTreeSet<GroupId>, &rising] {
        let mut turns =
            vec![(0, Asks(Team, Some(EVERYONE))), (0, Registered(Role::EndUser)), (10, Becomes(Agent))];
        let (account, mut user) = lived(&turns);
        for n in 11..200 {
            user.evolve(&UserEvent::GroupsChanged { groups: groups_on(n), at: day(n) });
        }
        assert_eq!(account.required_since_of(user.whom().unwrap(), day(200)), Some(day(10)));

        turns = vec![(0, Asks(Team, Some(roles(&[Admin])))), (0, Registered(Agent)), (10, In(&[30]))];
        turns.push((10, Asks(Team, Some(RequiredOf { groups: groups(&[30]), ..roles(&[Admin]) }))));
        turns.extend((11..200).map(|n| {
            let mut named = groups_on(n);
            named.extend(groups(&[30]));
            (n, Asks(Team, Some(RequiredOf { groups: named, ..roles(&[Admin]) })))
        }));
        assert_eq!(since(&turns, 200), Some(10));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Rules: P5.
    #[test]
    fn what_is_forgotten_makes_no_difference_while_the_other_side_stays(
        held in proptest::collection::btree_set(1_u128..5, 0..3),
        ways in proptest::collection::vec(proptest::collection::btree_set(1_u128..5, 0..4), 40..160),
    ) {
        let of = |named: &std::collections::BTreeSet<u128>| groups(&named.iter().copied().collect::<Vec<_>>());
        let asked = |groups| if groups == EVERYONE.groups { None } else { Some(RequiredOf { groups, ..EVERYONE }) };
        let meets = |some: &std::collections::BTreeSet<u128>| !some.is_disjoint(&held);
        let mut unbroken = None;
        for (n, way) in (1..).zip(&ways) {
            unbroken = if meets(way) { unbroken.or(Some(n)) } else { None };
        }
        // A policy that stays, of somebody who goes from group to group.
        let (account, mut user) = lived(&[(0, Asks(Team, asked(of(&held)))), (0, Registered(Agent))]);
        for (n, way) in (1..).zip(&ways) {
            user.evolve(&UserEvent::GroupsChanged { groups: of(way), at: day(n) });
        }
        let end = day(ways.len() as i64);
        prop_assert_eq!(account.required_since_of(user.whom().unwrap(), end), unbroken.map(day));
        // Somebody who stays, under one policy after the other.
        let mut turns = vec![(0, Registered(Agent))];
        turns.extend((1..).zip(&ways).map(|(n, way)| (n, Asks(Team, asked(of(way))))));
        let (account, mut user) = lived(&turns);
        user.evolve(&UserEvent::GroupsChanged { groups: of(&held), at: day(0) });
        prop_assert_eq!(account.required_since_of(user.whom().unwrap(), end), unbroken.map(day));
    }
}

fn a_turn() -> impl Strategy<Value = Turn> {
    let audience = || prop_oneof![Just(Team), Just(EndUsers)];
    let of = |audience: Audience| {
        let roles = Role::ALL.into_iter().filter(|role| role.audience() == audience).collect::<Vec<_>>();
        let named = proptest::collection::btree_set(proptest::sample::select(roles), 0..3);
        let of_groups = proptest::collection::btree_set(1_u128..4, 0..3);
        (named, of_groups).prop_map(|(roles, of)| {
            let groups = groups(&of.into_iter().collect::<Vec<_>>());
            RequiredOf { roles, groups }
        })
    };
    let role = proptest::sample::select(Role::ALL.to_vec());
    prop_oneof![
        audience()
            .prop_flat_map(move |a| (Just(a), proptest::option::weighted(0.8, of(a))))
            .prop_map(|(a, of)| Asks(a, of)),
        audience()
            .prop_flat_map(move |a| (Just(a), of(a), 1_i64..5))
            .prop_map(|(a, of, days)| Schedules(a, of, days)),
        role.prop_map(Becomes),
        proptest::sample::select(vec![&[][..], &[1], &[2], &[1, 2], &[3]]).prop_map(In),
    ]
}

proptest! {
    /// Rules: P5.
    #[test]
    fn since_is_the_first_of_the_days_without_a_break(
        registered in 0_i64..6,
        turns in proptest::collection::vec((0_i64..3, a_turn()), 0..24),
    ) {
        let mut today = 0;
        let mut so_far = vec![];
        let mut came = false;
        let mut unbroken = None;
        let mut turns = turns.into_iter().peekable();
        for at in 0..60 {
            if at == registered {
                so_far.push((at, Registered(Agent)));
                came = true;
            }
            while let Some((_, turn)) = turns.next_if(|(wait, _)| today + wait <= at) {
                today = at;
                if came || matches!(turn, Asks(..) | Schedules(..)) {
                    so_far.push((at, turn));
                }
            }
            let (account, user) = lived(&so_far);
            let asked = user.whom().is_some_and(|whom| account.requires(whom, day(at)));
            unbroken = if asked { unbroken.or(Some(at)) } else { None };
            prop_assert_eq!(since(&so_far, at), unbroken, "on day {} of {:?}", at, so_far);
        }
    }
}
