//! Saving, scheduling, floors: who may save what, and what holds when.

use super::*;
use std::collections::BTreeSet;

use crate::account::{Change, FARTHEST_SCHEDULE, PolicyError};
use crate::factor::FactorKind;
use crate::ids::{GroupId, ScheduleId};
use crate::policy::{PasswordApi, Profile, RequiredOf};

const SCHEDULE: ScheduleId = ScheduleId::from_uuid(uuid::Uuid::from_u128(20));
const GROUP: GroupId = GroupId::from_uuid(uuid::Uuid::from_u128(21));

fn save(policy: AudiencePolicy, by: Role) -> AccountCommand {
    let policies = BTreeMap::from([(Audience::Team, policy)]);
    AccountCommand::Policy {
        command: PolicyCommand::Save { policies, by, offer: Offer::everything(), impact: NOBODY },
        at: NOW,
    }
}

fn schedule(policy: AudiencePolicy, by: Role, begins_at: Timestamp) -> AccountCommand {
    let (schedule, audience) = (SCHEDULE, Audience::Team);
    let command = PolicyCommand::Schedule {
        schedule,
        audience,
        policy,
        begins_at,
        by,
        offer: Offer::everything(),
        impact: NOBODY,
    };
    AccountCommand::Policy { command, at: NOW }
}

fn scheduled(after: AudiencePolicy, begins_at: Timestamp) -> AccountEvent {
    let (schedule, audience) = (SCHEDULE, Audience::Team);
    AccountEvent::PolicyScheduled { schedule, audience, version: 1, after, begins_at, at: NOW }
}

fn withdraw(at: Timestamp) -> AccountCommand {
    let command = PolicyCommand::CancelSchedule { schedule: SCHEDULE, by: Role::Admin };
    AccountCommand::Policy { command, at }
}

fn floor(after: Option<AudiencePolicy>) -> AccountEvent {
    AccountEvent::OwnerFloorChanged { audience: Audience::Team, before: None, after, at: NOW }
}

fn required_of(roles: &[Role], groups: &[GroupId]) -> AudiencePolicy {
    let required_of =
        RequiredOf { roles: roles.iter().copied().collect(), groups: groups.iter().copied().collect() };
    AudiencePolicy { required: true, required_of, ..AudiencePolicy::TEAM }
}

/// Rules: P5.
#[test]
fn a_requirement_names_roles_and_groups_that_there_are() {
    let group = AccountEvent::GroupCreated { group: GROUP, name: "Field".into(), at: NOW };
    let with_group = and(on(), [group]);
    for (past, policy, refused) in [
        (on(), required_of(&[Role::Agent], &[]), None),
        (on(), required_of(&[Role::EndUser], &[]), Some(PolicyError::RoleOutside(Role::EndUser))),
        (on(), required_of(&[], &[GROUP]), Some(PolicyError::UnknownGroup(GROUP))),
        (with_group.clone(), required_of(&[], &[GROUP]), None),
        (
            and(with_group.clone(), [AccountEvent::GroupDeleted { group: GROUP }]),
            required_of(&[], &[GROUP]),
            Some(PolicyError::UnknownGroup(GROUP)),
        ),
    ] {
        let came = fold::<Account>(past).decide(save(policy, Role::Owner));
        assert_eq!(came.err(), refused.map(AccountError::Demand));
    }
    let ahead = and(with_group.clone(), [scheduled(required_of(&[], &[GROUP]), later(Span::days(1)))]);
    assert!(fold::<Account>(ahead).names_group(GROUP, NOW));
    assert!(!fold::<Account>(with_group).names_group(GROUP, NOW));
}

/// Rules: E5, C9, P11.
#[test]
fn a_requirement_that_nobody_here_could_meet_is_refused() {
    use FactorKind::{Sms, Totp, Webauthn};
    let no_sms = || Offer::of(|kind| kind != Sms);
    let neither = || Offer::of(|kind| !matches!(kind, Sms | Webauthn));
    for (required, allowed, offer, refused) in [
        (true, vec![Sms], no_sms(), true),
        (true, vec![Sms, Webauthn], neither(), true),
        (true, vec![Sms, Webauthn], no_sms(), false),
        (true, vec![Sms, Totp], neither(), false),
        (true, vec![], neither(), false),
        (false, vec![Sms], no_sms(), false),
        (true, vec![Sms], Offer::everything(), false),
    ] {
        let allowed_kinds: BTreeSet<FactorKind> = allowed.into_iter().collect();
        let policy =
            AudiencePolicy { required, allowed_kinds: allowed_kinds.clone(), ..AudiencePolicy::TEAM };
        let expected = refused.then_some(AccountError::Demand(PolicyError::CannotBeMet(allowed_kinds)));
        let (by, begins_at) = (Role::Owner, later(Span::days(1)));
        let save = PolicyCommand::Save {
            policies: BTreeMap::from([(Audience::Team, policy.clone())]),
            by,
            offer: offer.clone(),
            impact: NOBODY,
        };
        let ahead = PolicyCommand::Schedule {
            schedule: SCHEDULE,
            audience: Audience::Team,
            policy: policy.clone(),
            begins_at,
            by,
            offer: offer.clone(),
            impact: NOBODY,
        };
        let account = fold::<Account>(on());
        for command in [save, ahead] {
            let came = account.decide(AccountCommand::Policy { command, at: NOW });
            assert_eq!(came.err(), expected.clone(), "{policy:?}");
        }
        // Saved while it could be met, and then what it rests on was taken away: whoever runs the server is told.
        let save = PolicyCommand::Save {
            policies: BTreeMap::from([(Audience::Team, policy.clone())]),
            by,
            offer: Offer::everything(),
            impact: NOBODY,
        };
        let saved = account.decide(AccountCommand::Policy { command: save, at: NOW });
        let saved = fold::<Account>(and(on(), saved.expect("it can be met")));
        let barred = if refused { vec![Audience::Team] } else { vec![] };
        assert_eq!(saved.barred(&offer, NOW), barred, "{policy:?}");
        // The preview says so as well.
        let change = Change::Policy(BTreeMap::from([(Audience::Team, policy)]));
        assert_eq!(account.foresee(&change, by, &offer, NOW).err(), expected);
    }
}

/// Rules: P11.
#[test]
fn an_admin_saves_nothing_below_the_floor_and_an_owner_may() {
    let strict = AudiencePolicy { trust_days: 7, ..AudiencePolicy::TEAM };
    let loose = AudiencePolicy { trust_days: 8, ..AudiencePolicy::TEAM };
    let floored = || and(on(), [floor(Some(strict.clone()))]);
    let below = || {
        AccountError::Demand(PolicyError::BelowFloor { field: "trust_days", floor: Box::new(strict.clone()) })
    };
    let day = later(Span::days(1));
    given::<Account>(floored()).when(save(loose.clone(), Role::Admin)).then_refused(below());
    given::<Account>(floored()).when(schedule(loose.clone(), Role::Admin, day)).then_refused(below());
    let saves = |command| fold::<Account>(floored()).decide(command).is_ok();
    assert!(saves(save(strict.clone(), Role::Admin)), "on the floor one stands");
    assert!(saves(save(loose.clone(), Role::Owner)) && saves(schedule(loose.clone(), Role::Owner, day)));
    // Withdrawing a strict schedule must not leave what an admin could not have saved.
    let past =
        and(floored(), [policy(Audience::Team, |p| p.trust_days = 30, None), scheduled(strict.clone(), day)]);
    given::<Account>(past).when(withdraw(NOW)).then_refused(below());
}

/// Rules: P11, A2.
#[test]
fn passwords_past_second_factors_stay_within_the_floor_and_half_a_year() {
    let until = |days| AudiencePolicy {
        password_api: PasswordApi::Until(later(Span::days(days))),
        ..AudiencePolicy::TEAM
    };
    let below = |floor: AudiencePolicy| {
        AccountError::Demand(PolicyError::BelowFloor { field: "password_api", floor: Box::new(floor) })
    };
    let day = later(Span::days(1));
    // A floor that lets passwords in lets them in for whoever has no second factor.
    let floored = || and(on(), [floor(Some(AudiencePolicy::TEAM))]);
    for command in [save(until(3), Role::Admin), schedule(until(3), Role::Admin, day)] {
        given::<Account>(floored()).when(command).then_refused(below(AudiencePolicy::TEAM));
    }
    let over = fold::<Account>(floored()).decide(schedule(until(1), Role::Admin, day));
    assert!(over.is_ok(), "it is over when it begins: {over:?}");
    // Without a floor an owner begins it, and an admin goes on with it, and no further.
    for command in [save(until(3), Role::Admin), schedule(until(3), Role::Admin, day)] {
        given::<Account>(on()).when(command).then_refused(below(AudiencePolicy::TEAM));
    }
    let begun = || and(on(), [policy(Audience::Team, |p| *p = until(3), None)]);
    for (days, may) in [(2, true), (3, true), (4, false)] {
        let came = fold::<Account>(begun()).decide(save(until(days), Role::Admin));
        assert_eq!(came.is_ok(), may, "{days} days: {came:?}");
    }
    let allowed = || and(on(), [floor(Some(until(200)))]);
    for (by, past) in [(Role::Admin, allowed()), (Role::Owner, on())] {
        let far = || AccountError::Demand(PolicyError::BadSunset);
        given::<Account>(past.clone()).when(save(until(181), by)).then_refused(far());
        given::<Account>(past.clone()).when(schedule(until(182), by, day)).then_refused(far());
        for command in [save(until(180), by), schedule(until(181), by, day)] {
            assert!(fold::<Account>(past.clone()).decide(command).is_ok());
        }
    }
    for by in [Role::Admin, Role::Owner] {
        // What was announced before this bound was stays as it is while something else is saved.
        let long = and(on(), [policy(Audience::Team, |p| *p = until(900), None)]);
        let other = AudiencePolicy { trust_days: 7, ..until(900) };
        assert!(fold::<Account>(long).decide(save(other, by)).is_ok());
    }
}

/// Rules: P10, P11.
#[test]
fn a_floor_withdraws_what_is_scheduled_below_it() {
    let strict = AudiencePolicy { trust_days: 7, ..AudiencePolicy::TEAM };
    let day = later(Span::days(1));
    let ahead = |trust_days| scheduled(AudiencePolicy { trust_days, ..AudiencePolicy::TEAM }, day);
    let set = |after| {
        let command = PolicyCommand::SetFloors(BTreeMap::from([(Audience::Team, after)]));
        AccountCommand::Policy { command, at: NOW }
    };
    let withdrawn = AccountEvent::PolicyScheduleCancelled { schedule: SCHEDULE, at: NOW };
    let rows = [
        (vec![ahead(8)], Some(strict.clone()), true),
        (vec![ahead(7)], Some(strict.clone()), false),
        (vec![floor(Some(strict.clone())), ahead(8)], None, false),
        (vec![], Some(strict), false),
    ];
    for (past, after, withdraws) in rows {
        let came = fold::<Account>(and(on(), past.clone())).decide(set(after)).unwrap();
        assert_eq!(came.contains(&withdrawn), withdraws, "{past:?}");
        let mut account: Account = fold(and(on(), past));
        for event in &came {
            account.evolve(event);
        }
        assert!(!withdraws || account.policy(Audience::Team, day).trust_days == 30);
    }
}

/// Rules: P11, A1.
#[test]
fn only_an_owner_lets_programs_vouch_for_the_team() {
    let vouched = AudiencePolicy { asserted_sign_in: true, ..AudiencePolicy::TEAM };
    let day = later(Span::days(1));
    let refused = |command, past: &[AccountEvent]| {
        let result = fold::<Account>(past.to_vec()).decide(command);
        matches!(result, Err(AccountError::Demand(PolicyError::BelowFloor { field: "asserted_sign_in", .. })))
    };
    // With no floor, with a strict one, and with one that would allow it.
    let loose = AudiencePolicy { asserted_sign_in: true, ..AudiencePolicy::TEAM };
    for floors in [vec![], vec![floor(Some(AudiencePolicy::TEAM))], vec![floor(Some(loose))]] {
        let past = and(on(), floors);
        assert!(refused(save(vouched.clone(), Role::Admin), &past), "{past:?}");
        assert!(refused(schedule(vouched.clone(), Role::Admin, day), &past), "{past:?}");
        for command in [save(vouched.clone(), Role::Owner), schedule(vouched.clone(), Role::Owner, day)] {
            assert!(fold::<Account>(past.clone()).decide(command).is_ok(), "{past:?}");
        }
    }
    // What an owner allowed stays allowed when an admin saves something else, and an admin may end it.
    let allowed = and(on(), [policy(Audience::Team, |p| p.asserted_sign_in = true, None)]);
    let other = AudiencePolicy { trust_days: 7, ..vouched };
    for after in [other, AudiencePolicy::TEAM] {
        assert!(fold::<Account>(allowed.clone()).decide(save(after, Role::Admin)).is_ok());
    }
}

/// Rules: P11.
#[test]
fn programs_vouch_for_the_team_only_where_an_owner_began_it() {
    let vouched = AudiencePolicy { asserted_sign_in: true, ..AudiencePolicy::TEAM };
    let day = later(Span::days(1));
    for past in [on(), and(on(), [floor(Some(AudiencePolicy::TEAM))])] {
        for command in [save(vouched.clone(), Role::Admin), schedule(vouched.clone(), Role::Admin, day)] {
            let came = fold::<Account>(past.clone()).decide(command);
            let below = |error: &AccountError| {
                matches!(
                    error,
                    AccountError::Demand(PolicyError::BelowFloor { field: "asserted_sign_in", .. })
                )
            };
            assert!(came.as_ref().is_err_and(below), "{came:?}");
        }
        assert!(fold::<Account>(past).decide(save(vouched.clone(), Role::Owner)).is_ok());
    }
    // Where it is so, an admin's next save need not end it.
    let begun = and(on(), [policy(Audience::Team, |p| p.asserted_sign_in = true, None)]);
    let stricter = AudiencePolicy { trust_days: 7, ..vouched };
    assert!(fold::<Account>(begun).decide(save(stricter, Role::Admin)).is_ok());
}

/// Rules: P11.
#[test]
fn the_floor_changes_once_and_keeps_the_bounds() {
    let set = |floor| AccountCommand::Policy {
        command: PolicyCommand::SetFloors(BTreeMap::from([(Audience::Team, floor)])),
        at: NOW,
    };
    let strict = AudiencePolicy { required: true, ..AudiencePolicy::TEAM };
    given::<Account>(on()).when(set(Some(strict.clone()))).then([floor(Some(strict.clone()))]);
    given::<Account>(and(on(), [floor(Some(strict.clone()))])).when(set(Some(strict))).then_nothing();
    let out = OutOfRange { field: "grace_days", min: 0, max: 90, value: 91 };
    let wild = AudiencePolicy { grace_days: 91, ..AudiencePolicy::TEAM };
    given::<Account>(on()).when(set(Some(wild))).then_refused(AccountError::Policy(out));
}

/// Rules: P10.
#[test]
fn a_policy_is_scheduled_for_a_time_ahead_one_an_audience() {
    let after = AudiencePolicy { required: true, ..AudiencePolicy::TEAM };
    let ask = |begins_at| schedule(after.clone(), Role::Admin, begins_at);
    let day = later(Span::days(1));
    given::<Account>(on()).when(ask(day)).then([scheduled(after.clone(), day)]);
    let farthest = NOW + FARTHEST_SCHEDULE;
    given::<Account>(on()).when(ask(farthest)).then([scheduled(after.clone(), farthest)]);
    for wrong in [NOW, farthest + Span::seconds(1)] {
        given::<Account>(on()).when(ask(wrong)).then_refused(AccountError::Demand(PolicyError::BadBeginning));
    }
    let open = || and(on(), [scheduled(after.clone(), day)]);
    let twice = AccountError::Demand(PolicyError::AlreadyScheduled(SCHEDULE));
    given::<Account>(open()).when(ask(later(Span::days(2)))).then_refused(twice);
    given::<Account>(open())
        .when(withdraw(NOW))
        .then([AccountEvent::PolicyScheduleCancelled { schedule: SCHEDULE, at: NOW }]);
    let none = || AccountError::Demand(PolicyError::NoSchedule);
    given::<Account>(open()).when(withdraw(day)).then_refused(none());
    given::<Account>(on()).when(withdraw(NOW)).then_refused(none());
}

/// Rules: P10.
#[test]
fn a_scheduled_policy_holds_from_its_instant_without_an_event() {
    let after = AudiencePolicy { required: true, grace_days: 1, ..AudiencePolicy::TEAM };
    let (day, two) = (later(Span::days(1)), later(Span::days(2)));
    let account: Account = fold(and(on(), [scheduled(after, day)]));
    let before = Timestamp::from_micros(day.micros() - 1);
    let demands = |at| {
        let since = account.required_since(Audience::Team, at);
        account.policy(Audience::Team, at).demands_enrolment(AGENT, since, at)
    };
    assert!(!account.requires(AGENT, before) && account.requires(AGENT, day));
    assert!(!demands(day) && demands(two), "its grace counts from its own beginning");
    assert_eq!((account.policy_version(before), account.policy_version(day)), (0, 1));
    assert!(account.demand(Audience::Team).scheduled(day).is_none());
}

/// Rules: P12.
#[test]
fn a_profile_is_chosen_once() {
    let choose = |profile| AccountCommand::Policy { command: PolicyCommand::ChooseProfile(profile), at: NOW };
    let chosen = |name: &str| AccountEvent::ProfileChosen { profile: Some(name.into()), at: NOW };
    given::<Account>(on()).when(choose(Some(Profile::PciDss4))).then([chosen("pci-dss-4")]);
    given::<Account>(and(on(), [chosen("pci-dss-4")])).when(choose(Some(Profile::PciDss4))).then_nothing();
    given::<Account>(on()).when(choose(None)).then_nothing();
}
