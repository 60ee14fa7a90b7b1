//! Recorded sign-ins under another policy.

use super::*;
use crate::access::Vouch;
use crate::factor::FactorKind;
use crate::ids::{ClientId, ScheduleId, SessionId, SignInId, TokenId};
use crate::policy::{Audience, AudiencePolicy, RequiredOf, Role};
use crate::sign_in::{What, WhatIf};
use uuid::Uuid;

const SHOP: ClientId = ClientId::from_uuid(Uuid::from_u128(60));

type Imagine = fn(&AudiencePolicy) -> AudiencePolicy;

/// A story as it is told, and what another policy makes of it.
struct Told<F> {
    world: World,
    what_if: WhatIf<F>,
    seq: u64,
    found: Vec<What>,
}

impl<F: Fn(Audience, &AudiencePolicy) -> AudiencePolicy> Told<F> {
    fn of(imagine: F, from: Option<Timestamp>) -> Self {
        let what_if = WhatIf::new(imagine, from);
        Self { world: World::of([], [], []), what_if, seq: 0, found: vec![] }
    }

    fn account(&mut self, event: &AccountEvent, at: Timestamp) {
        self.seq += 1;
        self.world.happens(event);
        self.what_if.account(event, at);
    }

    fn user(&mut self, event: &UserEvent) {
        self.seq += 1;
        self.world.user.evolve(event);
        self.what_if.user(ANA, event);
    }

    fn device(&mut self, event: &DeviceEvent, at: Timestamp) {
        self.seq += 1;
        self.world.device.evolve(event);
        self.found.extend(self.what_if.device(self.seq, LAPTOP, event, at).map(|found| found.what));
    }

    /// Somebody comes, in some way; whoever is asked does not answer.
    fn comes(&mut self, first: FirstShown, at: Timestamp) {
        let n = u128::from(self.seq);
        let begin = Begin {
            first,
            sign_in: SignInId::from_uuid(Uuid::from_u128(1_000 + n)),
            session: SessionId::from_uuid(Uuid::from_u128(2_000 + n)),
            ..begin(at)
        };
        let World { account, user, device } = &self.world;
        let Ok(steps) = begin.decide(account, user, device) else { panic!("they come in") };
        for event in &steps.user {
            self.user(event);
        }
        for event in &steps.device {
            self.device(event, at);
        }
    }

    fn signs_in(&mut self, day: i64) {
        self.comes(FirstShown::Password { matched: true }, later(Span::days(day)));
    }
}

/// An account of one person, and what their laptop went through.
fn begins<F>(told: &mut Told<F>, account: &[AccountEvent], person: &[UserEvent], device: &[DeviceEvent])
where
    F: Fn(Audience, &AudiencePolicy) -> AudiencePolicy,
{
    for event in account {
        told.account(event, NOW);
    }
    for event in person {
        told.user(event);
    }
    for event in device {
        told.device(event, NOW);
    }
}

fn remembered() -> Vec<DeviceEvent> {
    and(laptop(), [trusted(0, 2)])
}

/// Account, person, device, other policy, days of sign-ins, what each comes to.
type Row = (&'static str, Vec<AccountEvent>, Vec<UserEvent>, Vec<DeviceEvent>, Imagine, Vec<i64>, Vec<What>);

/// Rules: P9.
#[test]
fn a_sign_in_goes_as_the_other_policy_has_it() {
    use What::{AfterBinding, ExtraPrompt, FewerPrompt, MustEnrol, MustRebind, NeedNotBind, NoSession, Same};
    let same: Imagine = AudiencePolicy::clone;
    let every: Imagine = |p| AudiencePolicy { trust_days: 0, ..p.clone() };
    let week: Imagine = |p| AudiencePolicy { trust_days: 7, ..p.clone() };
    let year: Imagine = |p| AudiencePolicy { trust_days: 365, ..p.clone() };
    let must: Imagine = |p| AudiencePolicy { required: true, ..p.clone() };
    let late: Imagine = |p| AudiencePolicy { required: true, grace_days: 10, ..p.clone() };
    let free: Imagine = |p| AudiencePolicy { required: false, ..p.clone() };
    let keys: Imagine =
        |p| AudiencePolicy { required: true, allowed_kinds: [FactorKind::Webauthn].into(), ..p.clone() };
    let bare = || with_password(Role::Admin);
    let open = || vec![opened()];
    let demanded = || and(open(), [required(Audience::Team, NOW)]);
    let rows: Vec<Row> = vec![
        ("the same policy", open(), enabled(), remembered(), same, vec![1, 29, 30], vec![Same; 3]),
        ("every sign-in", open(), enabled(), remembered(), every, vec![1, 2], vec![ExtraPrompt; 2]),
        (
            "a week, and whoever is asked has it remembered again",
            open(),
            enabled(),
            remembered(),
            week,
            vec![6, 7, 13, 14],
            vec![Same, ExtraPrompt, Same, ExtraPrompt],
        ),
        (
            "a year",
            open(),
            enabled(),
            remembered(),
            year,
            vec![29, 30, 364],
            vec![Same, FewerPrompt, FewerPrompt],
        ),
        ("a new device is asked in any case", open(), enabled(), vec![], year, vec![1], vec![Same]),
        (
            "required, and there is none: from there on nothing is known",
            open(),
            bare(),
            laptop(),
            must,
            vec![1, 2],
            // The numbers are those of the sign-in's event: 1 of the account, 3 of hers, 2 of the device, a token.
            vec![MustEnrol, NoSession { sign_in: 8 }, AfterBinding],
        ),
        (
            "the grace counts from the day on which the other policy begins",
            open(),
            bare(),
            laptop(),
            late,
            vec![9, 10],
            vec![Same, MustEnrol, NoSession { sign_in: 12 }],
        ),
        ("required, and there is one", open(), enabled(), laptop(), must, vec![1], vec![Same]),
        ("not required any more", demanded(), bare(), laptop(), free, vec![1], vec![NeedNotBind]),
        (
            "kinds that she does not have",
            open(),
            enabled(),
            remembered(),
            keys,
            vec![1, 2],
            vec![MustRebind { asked: true }, NoSession { sign_in: 13 }, AfterBinding],
        ),
    ];
    for (name, account, person, device, imagine, days, expected) in rows {
        let mut told = Told::of(|_, policy: &AudiencePolicy| imagine(policy), None);
        begins(&mut told, &account, &person, &device);
        for day in days {
            told.signs_in(day);
        }
        assert_eq!(told.found, expected, "{name}");
    }
}

/// Account, another role and when, other policy, days of sign-ins, what each comes to.
type Line = (&'static str, Vec<AccountEvent>, Option<(Timestamp, Role, Role)>, Imagine, Vec<i64>, Vec<What>);

/// Rules: P5, P9.
#[test]
fn the_grace_of_another_policy_is_each_persons_own() {
    use What::{MustEnrol, NeedNotBind, NoSession, Same};
    let late: Imagine = |p| AudiencePolicy { required: true, grace_days: 10, ..p.clone() };
    let auditors: Imagine = |p| {
        let required_of = RequiredOf { roles: [Role::Auditor].into(), ..RequiredOf::EVERYONE };
        AudiencePolicy { required: true, required_of, grace_days: 10, ..p.clone() }
    };
    let as_it_is: Imagine = |p| AudiencePolicy { grace_days: 10, ..p.clone() };
    let (audience, after) = (Audience::Team, AudiencePolicy { required: true, ..AudiencePolicy::TEAM });
    let (schedule, begins_at) = (ScheduleId::from_uuid(Uuid::from_u128(61)), later(Span::days(10)));
    let scheduled =
        AccountEvent::PolicyScheduled { schedule, audience, version: 1, after, begins_at, at: NOW };
    let moved = |day| (later(Span::days(day)), Role::Admin, Role::Auditor);
    let rows: [Line; 3] = [
        (
            "another role within it",
            vec![opened()],
            Some(moved(5)),
            late,
            vec![9, 10],
            vec![Same, MustEnrol, NoSession { sign_in: 13 }],
        ),
        (
            "a role that brings them into it",
            vec![opened()],
            Some(moved(20)),
            auditors,
            vec![29, 30],
            vec![Same, MustEnrol, NoSession { sign_in: 13 }],
        ),
        (
            "from the day of a schedule, though nothing happened on it",
            vec![opened(), scheduled],
            None,
            as_it_is,
            vec![9, 19, 20],
            vec![Same, NeedNotBind, Same],
        ),
    ];
    for (name, account, role, imagine, days, expected) in rows {
        let mut told = Told::of(|_, policy: &AudiencePolicy| imagine(policy), None);
        begins(&mut told, &account, &with_password(Role::Admin), &laptop());
        if let Some((at, from, to)) = role {
            told.user(&UserEvent::RoleChanged { from, to, at });
        }
        for day in days {
            told.signs_in(day);
        }
        assert_eq!(told.found, expected, "{name}");
    }
}

/// Rules: P9.
#[test]
fn another_policy_begins_when_it_is_said_to() {
    let every = |_, policy: &AudiencePolicy| AudiencePolicy { trust_days: 0, ..policy.clone() };
    let mut told = Told::of(every, Some(later(Span::days(2))));
    begins(&mut told, &[opened()], &enabled(), &remembered());
    told.signs_in(1);
    assert_eq!(told.found, vec![]);
    told.signs_in(2);
    assert_eq!(told.found, [What::ExtraPrompt]);
}

/// Rules: P9.
#[test]
fn a_word_that_does_not_count_opens_nothing() {
    let nobody = |_, policy: &AudiencePolicy| AudiencePolicy { asserted_sign_in: false, ..policy.clone() };
    let mut told = Told::of(nobody, None);
    let shop = AccountEvent::ClientRegistered { client: SHOP, name: "Shop".into(), at: NOW };
    let customer = [registered(Role::EndUser), UserEvent::EmailVerified { at: NOW }];
    begins(&mut told, &[opened(), shop], &customer, &[]);
    let token = TokenId::from_uuid(uuid::Uuid::from_u128(61));
    told.comes(FirstShown::Vouched(Vouch { client: SHOP, token, trust: false }), NOW);
    assert_eq!(told.found, [What::NotOpened, What::NoSession { sign_in: 6 }]);
}

/// Rules: P9.
#[test]
fn a_session_that_would_have_been_over_shows_no_sign_of_life() {
    let short = |_, policy: &AudiencePolicy| AudiencePolicy { idle_minutes: 30, ..policy.clone() };
    let mut told = Told::of(short, None);
    begins(&mut told, &[opened()], &enabled(), &remembered());
    told.device(&session(Method::Trust, Scope::Full, 0, 2), NOW);
    for minutes in [20, 49, 79, 100] {
        let at = later(Span::minutes(minutes));
        told.device(&DeviceEvent::SessionActive { session: SESSION, at }, at);
    }
    assert_eq!(told.found, [What::CutShort], "once, at the third");
}
