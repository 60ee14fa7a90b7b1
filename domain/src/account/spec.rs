//! The rules of an account, as tables.

mod approvals;
mod changes;
mod foreign;
mod groups;
mod operator;
mod place;
mod policies;
mod scope;
mod settings;

use std::collections::{BTreeMap, BTreeSet};

use crate::account::{
    Account, AccountCommand, AccountError, AccountEvent, Census, ClockKind, Confirmed, Counts, Effect,
    Impact, Moved, PREVIEW_LIFE, PolicyCommand, Shown, Switch,
};
use crate::factor::Offer;
use crate::ids::AccountId;
use crate::policy::{Audience, AudiencePolicy, OutOfRange, Role, Trail, Whom};
use crate::table::*;
use crate::time::{Span, Timestamp};

fn open(slug: &str, name: &str) -> AccountCommand {
    AccountCommand::Open {
        account: ACME,
        slug: slug.into(),
        name: name.into(),
        log_origin: "log.example/1".into(),
        clock: ClockKind::Real,
        at: NOW,
    }
}

fn census(people: u64) -> Census {
    Census { people, digest: "d".into() }
}

fn disable(confirmed: u64, actual: u64) -> AccountCommand {
    let counts = Counts::from([(Effect::Reset, confirmed)]);
    let shown = Shown::This(Confirmed::of(&Account::default(), &counts, NOW));
    let impact = Impact { counts, shown };
    AccountCommand::Disable { impact, actual: census(actual), reason: None, at: NOW }
}

fn complete(generation: u32, people: u64, digest: &str) -> AccountCommand {
    let reached = Census { people, digest: digest.into() };
    AccountCommand::CompleteFanOut { generation, reached }
}

fn suspend() -> AccountCommand {
    AccountCommand::Suspend { impact: Impact::default(), reason: None, at: NOW }
}

const AGENT: Whom<'_> = Whom { role: Role::Agent, groups: &BTreeSet::new(), trail: &Trail::new() };
const END_USER: Whom<'_> = Whom { role: Role::EndUser, groups: &BTreeSet::new(), trail: &Trail::new() };
const NOBODY: Impact = Impact { counts: Counts::new(), shown: Shown::Nothing };
const ENABLE: AccountCommand = AccountCommand::Enable { impact: NOBODY, at: NOW };
const RESUME: AccountCommand = AccountCommand::Resume { impact: NOBODY, at: NOW };

fn on() -> Vec<AccountEvent> {
    vec![opened()]
}

fn off() -> Vec<AccountEvent> {
    vec![opened(), account_disabled(1, NOW)]
}

fn paused() -> Vec<AccountEvent> {
    vec![opened(), suspended(1, NOW)]
}

/// Rules: H5.
#[test]
fn an_account_opens_once_under_a_usable_name() {
    given::<Account>([]).when(open("acme", "Acme")).then([opened()]);
    given::<Account>(on()).when(open("acme", "Acme")).then_refused(AccountError::AlreadyOpen);
    let longest = "a".repeat(40);
    for slug in ["a1", "a-b", "0x", longest.as_str()] {
        assert!(Account::default().decide(open(slug, "Acme")).is_ok(), "{slug}");
    }
    let too_long = "a".repeat(41);
    for slug in ["", "a", "-a", "a-", "A1", "a_b", "a.b", "ä1", "a b", too_long.as_str()] {
        given::<Account>([]).when(open(slug, "Acme")).then_refused(AccountError::BadSlug);
    }
    assert!(Account::default().decide(open("acme", &"é".repeat(80))).is_ok());
    let too_long = "é".repeat(81);
    for name in ["", "  ", "a\nb", "a\0", too_long.as_str()] {
        given::<Account>([]).when(open("acme", name)).then_refused(AccountError::BadName);
    }
}

/// Rules: H7.
#[test]
fn a_sandbox_says_so_in_its_short_name_and_in_its_first_event_and_no_other_account_does() {
    let rows = [
        ("acme", ClockKind::Real, true),
        ("sandbox", ClockKind::Real, true),
        ("sandbox-acme", ClockKind::Sandbox, true),
        ("sandbox-acme", ClockKind::Real, false),
        ("acme", ClockKind::Sandbox, false),
        ("acme-sandbox-1", ClockKind::Sandbox, false),
    ];
    for (slug, kind, good) in rows {
        let mut command = open(slug, "Acme");
        if let AccountCommand::Open { clock, .. } = &mut command {
            *clock = kind;
        }
        match Account::default().decide(command) {
            Ok(events) => {
                let sealed =
                    matches!(&events[..], [AccountEvent::AccountOpened { clock, .. }] if *clock == kind);
                assert!(good && sealed, "{slug}");
            }
            Err(refused) => assert!(!good && refused == AccountError::SandboxSlug, "{slug}"),
        }
    }
}

/// Rules: H7.
#[test]
fn only_a_sandbox_has_a_clock_that_is_set_and_forwards_only() {
    let sandbox = AccountEvent::AccountOpened {
        account: ACME,
        slug: "sandbox-acme".into(),
        name: "Acme".into(),
        log_origin: "log.example/1".into(),
        signing_key: None,
        clock: ClockKind::Sandbox,
        at: NOW,
    };
    let month = later(Span::days(31));
    let most = later(Span::days(3_652));
    let set = |to, at| AccountCommand::SetClock { to, at, real: NOW };
    let done = |to| AccountEvent::SandboxClockSet { to, real: NOW };
    given::<Account>([sandbox.clone()]).when(set(month, NOW)).then([done(month)]);
    given::<Account>([sandbox.clone()]).when(set(NOW, NOW)).then_refused(AccountError::ClockBackwards);
    given::<Account>([sandbox.clone()]).when(set(most, NOW)).then([done(most)]);
    let beyond = most + Span::seconds(1);
    given::<Account>([sandbox.clone()]).when(set(beyond, NOW)).then_refused(AccountError::ClockTooFar);
    let ahead = vec![sandbox, done(month)];
    given::<Account>(ahead.clone()).when(set(month, month)).then_refused(AccountError::ClockBackwards);
    let further = month + Span::days(1);
    given::<Account>(ahead.clone()).when(set(further, month)).then([done(further)]);
    assert_eq!(fold::<Account>(ahead).now(NOW + Span::hours(1)), month + Span::hours(1));
    given::<Account>(on()).when(set(month, NOW)).then_refused(AccountError::NotASandbox);
    given::<Account>([]).when(set(month, NOW)).then_refused(AccountError::Unknown);
}

#[test]
fn nothing_happens_to_an_account_that_is_not_open() {
    let policy = AudiencePolicy::TEAM;
    for command in [change(policy, NOW), disable(0, 0), ENABLE, suspend(), RESUME, complete(1, 0, "d")] {
        given::<Account>([]).when(command).then_refused(AccountError::Unknown);
    }
}

/// Every switch command in every state of the switch.
/// Rules: D2.
#[test]
fn disable_and_suspend_are_two_switches() {
    use AccountError::{AlreadyDisabled, AlreadyEnabled, AlreadySuspended, NotSuspended};
    let resumed_once = || and(paused(), [resumed(1, NOW)]);
    let enabled_again = || and(off(), [account_enabled(1, NOW)]);

    given::<Account>(on()).when(disable(1, 1)).then([account_disabled(1, NOW)]);
    given::<Account>(paused()).when(disable(1, 1)).then([account_disabled(1, NOW)]);
    given::<Account>(off()).when(disable(1, 1)).then_refused(AlreadyDisabled);
    given::<Account>(enabled_again()).when(disable(1, 1)).then([account_disabled(2, NOW)]);

    given::<Account>(on()).when(ENABLE).then_refused(AlreadyEnabled);
    given::<Account>(paused()).when(ENABLE).then_refused(AlreadySuspended);
    given::<Account>(off()).when(ENABLE).then([account_enabled(1, NOW)]);

    given::<Account>(on()).when(suspend()).then([suspended(1, NOW)]);
    given::<Account>(paused()).when(suspend()).then_refused(AlreadySuspended);
    given::<Account>(off()).when(suspend()).then_refused(AlreadyDisabled);
    given::<Account>(resumed_once()).when(suspend()).then([suspended(2, NOW)]);

    given::<Account>(on()).when(RESUME).then_refused(NotSuspended);
    given::<Account>(paused()).when(RESUME).then([resumed(1, NOW)]);
    given::<Account>(off()).when(RESUME).then_refused(NotSuspended);
    given::<Account>(and(paused(), [account_disabled(1, NOW)])).when(RESUME).then_refused(NotSuspended);
    given::<Account>(resumed_once()).when(RESUME).then_refused(NotSuspended);
}

/// Rules: D1.
#[test]
fn only_a_disable_opens_a_generation() {
    let generation = |past| fold::<Account>(past).generation;
    assert_eq!(generation(on()), 0);
    assert_eq!(generation(paused()), 0);
    assert_eq!(generation(and(paused(), [resumed(1, NOW)])), 0);
    assert_eq!(generation(off()), 1);
    assert_eq!(generation(and(off(), [account_enabled(1, NOW)])), 1);
    assert_eq!(generation(and(paused(), [account_disabled(1, NOW)])), 1);
}

/// Rules: D2.
#[test]
fn resuming_restores_exactly_what_was() {
    let before = and(on(), [required(Audience::Team, NOW)]);
    let after = and(before.clone(), [suspended(1, NOW), resumed(1, later(Span::days(3)))]);
    let (mut before, after): (Account, Account) = (fold(before), fold(after));
    before.suspensions = 1;
    assert_eq!(after, before);
}

/// Rules: D1, P9.
#[test]
fn a_disable_resets_no_more_people_than_were_confirmed_and_says_how_many() {
    let moved =
        |most, now| AccountError::Unconfirmed(Moved::People { effect: Effect::Reset, most, now }.into());
    given::<Account>(on()).when(disable(5, 6)).then_refused(moved(5, 6));
    given::<Account>(on()).when(disable(1_000, 1_011)).then_refused(moved(1_010, 1_011));
    for (confirmed, actual) in [(0, 0), (5, 5), (5, 4), (1_000, 1_010)] {
        given::<Account>(on()).when(disable(confirmed, actual)).then([
            AccountEvent::AccountTwoFactorDisabled {
                generation: 1,
                people: actual,
                digest: "d".into(),
                reason: None,
                at: NOW,
            },
        ]);
    }
}

/// Rules: D1.
#[test]
fn a_fan_out_closes_with_exactly_the_people_announced() {
    let twice = and(off(), [account_enabled(1, NOW), account_disabled(2, later(Span::hours(1)))]);
    let closed =
        |generation| AccountEvent::ResetFanOutCompleted { generation, people: 1, digest: "d".into() };
    for generation in [1, 2] {
        given::<Account>(twice.clone()).when(complete(generation, 1, "d")).then([closed(generation)]);
    }
    let short = AccountError::FanOutMismatch { announced: 1, reached: 0 };
    given::<Account>(off()).when(complete(1, 0, "d")).then_refused(short);
    let others = AccountError::FanOutMismatch { announced: 1, reached: 1 };
    given::<Account>(off()).when(complete(1, 1, "x")).then_refused(others);
    given::<Account>(off()).when(complete(2, 1, "d")).then_refused(AccountError::NoFanOut(2));
    given::<Account>(on()).when(complete(0, 0, "d")).then_refused(AccountError::NoFanOut(0));
    given::<Account>(and(twice.clone(), [closed(1)]))
        .when(complete(1, 1, "d"))
        .then_refused(AccountError::NoFanOut(1));
    // What is still open is what users may owe.
    let account: Account = fold(and(twice, [closed(1)]));
    assert_eq!(account.era(Timestamp::default()).disables, era(&[(2, later(Span::hours(1)))]).disables);
}

fn change(policy: AudiencePolicy, at: Timestamp) -> AccountCommand {
    let policies = BTreeMap::from([(Audience::Team, policy)]);
    let command =
        PolicyCommand::Save { policies, by: Role::Admin, offer: Offer::everything(), impact: NOBODY };
    AccountCommand::Policy { command, at }
}

/// Rules: P4.
#[test]
fn one_save_is_one_event_and_a_save_without_a_change_is_none() {
    let after = AudiencePolicy { trust_days: 7, ..AudiencePolicy::TEAM };
    given::<Account>(on()).when(change(AudiencePolicy::TEAM, NOW)).then_nothing();
    given::<Account>(on()).when(change(after.clone(), NOW)).then([AccountEvent::PolicyChanged {
        audience: Audience::Team,
        version: 1,
        before: AudiencePolicy::TEAM,
        after,
        required_since: None,
        at: NOW,
    }]);
    let both = and(on(), [policy(Audience::EndUsers, |p| p.trust_days = 0, None)]);
    let account: Account = fold(both);
    assert_eq!(*account.policy(Audience::Team, NOW), AudiencePolicy::TEAM, "the audiences are independent");
    assert_eq!(account.policy(Audience::EndUsers, NOW).trust_days, 0);
}

/// Rules: P4.
#[test]
fn a_requirement_counts_from_the_save_that_began_it() {
    let team = AudiencePolicy { required: true, ..AudiencePolicy::TEAM };
    let stricter = AudiencePolicy { trust_days: 1, ..team.clone() };
    let day = later(Span::days(1));
    let rows: [(Vec<AccountEvent>, AudiencePolicy, Timestamp, Option<Timestamp>); 4] = [
        (on(), team.clone(), NOW, Some(NOW)),
        (and(on(), [required(Audience::Team, NOW)]), stricter, day, Some(NOW)),
        (and(on(), [required(Audience::Team, NOW)]), AudiencePolicy::TEAM, day, None),
        (
            and(on(), [required(Audience::Team, NOW), policy(Audience::Team, |_| {}, None)]),
            team,
            day,
            Some(day),
        ),
    ];
    for (past, after, at, expected) in rows {
        let events = fold::<Account>(past).decide(change(after, at)).unwrap_or_default();
        let [AccountEvent::PolicyChanged { required_since, .. }] = events[..] else {
            panic!("one save, one event: {events:?}")
        };
        assert_eq!(required_since, expected);
    }
}

/// Rules: P6.
#[test]
fn every_policy_figure_keeps_its_bounds() {
    type Change = fn(&mut AudiencePolicy, u32);
    let figures: [(&'static str, Change, u32, u32); 8] = [
        ("grace_days", |p, v| p.grace_days = v as u16, 0, 90),
        ("trust_days", |p, v| p.trust_days = v as u16, 0, 365),
        ("stay_signed_in_days", |p, v| p.stay_signed_in_days = v as u16, 0, 90),
        ("idle_minutes", |p, v| p.idle_minutes = v, 5, 43_200),
        ("lifetime_hours", |p, v| p.lifetime_hours = v, 1, 720),
        ("password_length", |p, v| p.password_length = v as u8, 8, 64),
        ("password_length_alone", |p, v| p.password_length_alone = v as u8, 15, 64),
        ("failure_limit", |p, v| p.failure_limit = v as u16, 5, 50),
    ];
    for (field, set, min, max) in figures {
        let with = |value| {
            let mut policy = AudiencePolicy::TEAM;
            set(&mut policy, value);
            policy
        };
        for value in [min, max] {
            assert_eq!(with(value).check(), Ok(()), "{field} = {value}");
        }
        for value in [max + 1].into_iter().chain(min.checked_sub(1)) {
            given::<Account>(on())
                .when(change(with(value), NOW))
                .then_refused(AccountError::Policy(OutOfRange { field, min, max, value }));
        }
    }
    assert_eq!(AudiencePolicy::TEAM.check(), Ok(()));
    assert_eq!(AudiencePolicy::END_USERS.check(), Ok(()));
}

/// Rules: P5.
#[test]
fn a_requirement_bites_at_the_end_of_its_grace() {
    let policy = AudiencePolicy { required: true, grace_days: 2, ..AudiencePolicy::TEAM };
    let end = later(Span::days(2));
    let before = Timestamp::from_micros(end.micros() - 1);
    assert!(!policy.demands_enrolment(AGENT, Some(NOW), before));
    assert!(policy.demands_enrolment(AGENT, Some(NOW), end));
    assert!(!AudiencePolicy::TEAM.demands_enrolment(AGENT, None, end));
    assert!(AudiencePolicy { grace_days: 0, ..policy }.demands_enrolment(AGENT, Some(NOW), NOW));
}

/// Rules: D2.
#[test]
fn nothing_is_required_while_the_switch_is_off_and_a_suspension_does_not_un_require() {
    let required = required(Audience::Team, NOW);
    let binds = |more: Vec<AccountEvent>| {
        fold::<Account>(and(vec![opened(), required.clone()], more)).requires(AGENT, NOW)
    };
    assert!(binds(vec![]));
    assert!(binds(vec![suspended(1, NOW)]));
    assert!(!binds(vec![account_disabled(1, NOW)]));
    assert!(binds(vec![account_disabled(1, NOW), account_enabled(1, NOW)]));
    assert!(!fold::<Account>([opened(), required]).requires(END_USER, NOW));
}

/// Rules: H7.
#[test]
fn the_state_says_what_was_opened_and_since_when_the_switch_is_as_it_is() {
    let account: Account = fold(on());
    assert_eq!((account.id(), account.slug(), account.name()), (Some(ACME), "acme", "Acme"));
    assert_eq!(account.clock(), ClockKind::Real);
    assert_eq!(fold::<Account>(off()).switch, Switch::Off { since: NOW });
    assert_eq!(fold::<Account>(paused()).suspension(), Some(1));
    assert_eq!(Account::default().id(), None);
    assert_ne!(ACME, AccountId::INSTALLATION);
}
