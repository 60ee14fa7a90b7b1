//! Sign-ins whose first factor a program vouches for.

use super::*;
use crate::access::Vouch;
use crate::account::{AccountError, TokenScope};
use crate::device::{Decision, DeviceError, FirstFactor, Why};
use crate::ids::{ClientId, TokenId, VerifierId};
use crate::policy::{Audience, Role};
use crate::sign_in::{Begun, NotVouched, SignInError, Stale};
use crate::user::{Familiarity, Gate, ResetCause, UserError};
use uuid::Uuid;

const SHOP: ClientId = ClientId::from_uuid(Uuid::from_u128(60));
const KEY: TokenId = TokenId::from_uuid(Uuid::from_u128(61));

fn registered_shop() -> AccountEvent {
    AccountEvent::ClientRegistered { client: SHOP, name: "Shop".into(), at: NOW }
}

/// A token of the shop's that ends at an instant, if ever.
fn issued(expires_at: Option<Timestamp>) -> AccountEvent {
    let verifier = VerifierId::from_uuid(Uuid::from_u128(62));
    AccountEvent::ClientTokenIssued {
        client: SHOP,
        token: KEY,
        verifier,
        scopes: [TokenScope::AssertSignIn].into(),
        expires_at,
        at: NOW,
    }
}

fn vouched(trust: bool) -> Begin {
    Begin { first: FirstShown::Vouched(Vouch { client: SHOP, token: KEY, trust }), ..begin(NOW) }
}

fn shop() -> Vec<AccountEvent> {
    vec![opened(), registered_shop(), issued(None)]
}

fn customer() -> Vec<UserEvent> {
    vec![registered(Role::EndUser), UserEvent::EmailVerified { at: NOW }]
}

fn refusal(world: &World, begin: Begin) -> Option<SignInError> {
    begin.decide(&world.account, &world.user, &world.device).err()
}

fn team_vouched() -> AccountEvent {
    policy(Audience::Team, |p| p.asserted_sign_in = true, None)
}

fn nobody_vouched() -> AccountEvent {
    policy(Audience::EndUsers, |p| p.asserted_sign_in = false, None)
}

fn locked() -> UserEvent {
    UserEvent::LockedOut { gate: Gate::Password, familiarity: Familiarity::Stranger, at: NOW }
}

/// Rules: A1.
#[test]
fn a_program_vouches_for_whom_the_policy_lets_it_and_never_for_an_owner() {
    let refused = |why: NotVouched| Some(why.into());
    let lock = UserError::Locked { gate: Gate::Password, until: None };
    let deactivated = UserEvent::UserDeactivated { reason: None, at: NOW };
    let rows: [(Vec<AccountEvent>, Vec<UserEvent>, Option<SignInError>); 10] = [
        (vec![], customer(), None),
        (vec![nobody_vouched()], customer(), refused(NotVouched::Policy)),
        (vec![], with_password(Role::Agent), refused(NotVouched::Policy)),
        (vec![team_vouched()], with_password(Role::Agent), None),
        (vec![team_vouched()], with_password(Role::Owner), refused(NotVouched::Owner)),
        (vec![], and(customer(), [locked()]), Some(lock.into())),
        (vec![], and(customer(), [deactivated]), Some(UserError::Deactivated.into())),
        (
            vec![],
            and(customer(), [UserEvent::PersonErased { values: 2, at: NOW }]),
            Some(UserError::Unknown.into()),
        ),
        (vec![AccountEvent::AccountClosed { at: NOW }], customer(), Some(AccountError::Closed.into())),
        (
            vec![AccountEvent::ClientRemoved { client: SHOP, at: NOW }],
            customer(),
            refused(NotVouched::Policy),
        ),
    ];
    for (account, user, expected) in rows {
        let world = World::of(and(shop(), account), user, []);
        assert_eq!(refusal(&world, vouched(false)), expected);
    }
}

/// Rules: A1, H2, H4.
#[test]
fn a_program_vouches_for_nobody_who_has_still_to_take_their_link() {
    let nobody_yet = || vec![registered(Role::EndUser)];
    let away = UserEvent::UserDeactivated { reason: None, at: NOW };
    let back = || and(enabled_in(0, Role::EndUser), [away.clone(), UserEvent::UserReactivated { at: NOW }]);
    let verified = || UserEvent::EmailVerified { at: NOW };
    let provider = UserEvent::IdentityProviderLinked { provider: "corp".into(), subject: sealed(), at: NOW };
    let rows = [
        (nobody_yet(), false),
        (and(nobody_yet(), [verified()]), true),
        (and(nobody_yet(), [password_set()]), true),
        (and(nobody_yet(), [provider]), true),
        (back(), false),
        (and(back(), [verified()]), true),
    ];
    for (user, lets_in) in rows {
        let world = World::of(shop(), user, []);
        let expected = (!lets_in).then_some(NotVouched::NotIn.into());
        assert_eq!(refusal(&world, vouched(false)), expected);
    }
}

/// Rules: A1.
#[test]
fn a_vouched_sign_in_takes_the_course_of_any_other_but_trust_counts_only_by_its_scope() {
    let must = required(Audience::EndUsers, NOW);
    let enrolled = || enabled_in(0, Role::EndUser);
    let trusting = || and(laptop(), [trusted(0, 2)]);
    let linked = |user| {
        let provider = "corp".into();
        and(user, [UserEvent::IdentityProviderLinked { provider, subject: sealed(), at: NOW }])
    };
    let rows: [Case; 7] = [
        (vec![], customer(), vec![], false, Decision::Complete, vec![Why::OptionalNotEnrolled]),
        (
            vec![must.clone()],
            linked(vec![registered(Role::EndUser)]),
            vec![],
            false,
            Decision::Complete,
            vec![Why::ProviderOnly],
        ),
        (
            vec![must.clone()],
            linked(and(customer(), [password_set()])),
            vec![],
            false,
            Decision::Enrol,
            vec![Why::RequiredNotEnrolled],
        ),
        (vec![must], customer(), vec![], false, Decision::Enrol, vec![Why::RequiredNotEnrolled]),
        (vec![], enrolled(), trusting(), false, Decision::Challenge, vec![Why::Enrolled, Why::Asserted]),
        (vec![], enrolled(), trusting(), true, Decision::Complete, vec![Why::Enrolled, Why::DeviceTrusted]),
        (vec![], enrolled(), vec![], true, Decision::Challenge, vec![Why::Enrolled, Why::NewDevice]),
    ];
    for (account, user, device, trust, decision, reasons) in rows {
        let recognised = !device.is_empty();
        let token = if recognised { TokenVerdict::Current } else { TokenVerdict::Unknown };
        let mut world = World::of(and(shop(), account), user, device);
        let steps = Begin { token, ..vouched(trust) }.decide(&world.account, &world.user, &world.device);
        let Ok(steps) = steps else { panic!("{steps:?}") };
        assert_eq!(steps.user, vec![], "a program's word charges nothing and restores nothing");
        let Begun::Decided(course) = world.record(steps) else { panic!("nothing is refused") };
        assert_eq!((course.decision, &course.reasons), (decision, &reasons));
        let session = world.device.sessions.get(&SESSION);
        assert_eq!(session.and_then(|s| s.client), session.map(|_| SHOP), "a session names the program");
        let by = if reasons.contains(&Why::DeviceTrusted) { Method::Trust } else { Method::Asserted };
        assert_eq!(session.map(|s| s.method), session.map(|_| by), "nobody showed a password");
        assert_eq!(
            session.map(crate::device::Session::assurance),
            session.map(|_| 1),
            "its word is never a second factor"
        );
    }
}

/// Account, person, device, whether its trust counts, and the course.
type Case = (Vec<AccountEvent>, Vec<UserEvent>, Vec<DeviceEvent>, bool, Decision, Vec<Why>);

fn challenged(trust: bool) -> World {
    let mut world = World::of(shop(), enabled_in(0, Role::EndUser), []);
    let steps = vouched(trust).decide(&world.account, &world.user, &world.device);
    let Ok(steps) = steps else { panic!("{steps:?}") };
    world.record(steps);
    world
}

/// Rules: A1.
#[test]
fn the_session_behind_an_answered_challenge_names_the_program_and_trust_is_not_to_be_had_without_its_scope() {
    let finish = |world: &World, trust| {
        Finish { trust, ..finish(NOW) }.decide(&world.account, &world.user, &world.device)
    };
    let plain = challenged(false);
    assert_eq!(finish(&plain, true).err(), Some(SignInError::TrustNotOffered));
    for (mut world, trust) in [(challenged(false), false), (challenged(true), true)] {
        let attempt = world.device.attempts.get(&SIGN_IN).map(|a| a.first_factor);
        assert_eq!(attempt, Some(FirstFactor::Asserted { client: SHOP, token: Some(KEY), trust }));
        let Ok(steps) = finish(&world, trust) else { panic!("the code is right") };
        world.record(steps);
        assert_eq!(world.device.sessions.get(&SESSION).and_then(|s| s.client), Some(SHOP));
        assert_eq!(world.device.trust.is_some(), trust);
    }
}

/// Rules: A1.
#[test]
fn what_rests_on_a_programs_word_ends_with_it() {
    let ends = [AccountEvent::ClientRemoved { client: SHOP, at: NOW }, nobody_vouched()];
    for end in ends {
        let mut world = World::of(shop(), customer(), []);
        let steps = vouched(false).decide(&world.account, &world.user, &world.device);
        let Ok(steps) = steps else { panic!("{steps:?}") };
        world.record(steps);
        assert!(world.signed_in(NOW).is_ok());
        world.happens(&end);
        assert_eq!(world.signed_in(NOW).err(), Some(Stale::VouchOver), "{end:?}");

        let mut open = challenged(false);
        open.happens(&end);
        let late = finish(NOW).decide(&open.account, &open.user, &open.device);
        assert_eq!(late.err(), Some(DeviceError::SignInOver.into()), "{end:?}");
    }
}

/// Rules: A1.
#[test]
fn an_attempt_that_waits_ends_with_the_token_that_vouched_for_it_and_a_session_does_not() {
    let revoked = AccountEvent::ClientTokenRevoked { client: SHOP, token: KEY, at: NOW };
    for end in [revoked, issued(Some(NOW))] {
        let mut open = challenged(false);
        open.happens(&end);
        let late = finish(NOW).decide(&open.account, &open.user, &open.device);
        assert_eq!(late.err(), Some(DeviceError::SignInOver.into()), "{end:?}");

        let mut done = challenged(false);
        let Ok(steps) = finish(NOW).decide(&done.account, &done.user, &done.device) else {
            panic!("it is right")
        };
        done.record(steps);
        done.happens(&end);
        assert!(done.signed_in(NOW).is_ok(), "a token is changed over in peace: {end:?}");
    }
    // Of an older sign-in no more is known than the program.
    let mut older = challenged(false);
    for attempt in older.device.attempts.values_mut() {
        attempt.first_factor = FirstFactor::Asserted { client: SHOP, token: None, trust: false };
    }
    older.happens(&AccountEvent::ClientTokenRevoked { client: SHOP, token: KEY, at: NOW });
    assert!(finish(NOW).decide(&older.account, &older.user, &older.device).is_ok());
}

/// Rules: D1, A1.
#[test]
fn after_a_disable_a_vouched_sign_in_stands_behind_the_reset_and_shows_no_password() {
    let past = and(shop(), [account_disabled(1, NOW)]);
    let mut world = World::of(past, enabled_in(0, Role::EndUser), []);
    let steps = vouched(false).decide(&world.account, &world.user, &world.device);
    let Ok(steps) = steps else { panic!("{steps:?}") };
    let reset = |e: &UserEvent| {
        matches!(e, UserEvent::TwoFactorReset { cause: ResetCause::AccountDisabled { .. }, .. })
    };
    assert!(steps.user.first().is_some_and(reset), "their reset comes first: {:?}", steps.user);
    world.record(steps);
    let me = world.signed_in(NOW);
    let Ok(me) = me else { panic!("nothing is owed any more that could end it: {me:?}") };
    assert!(!me.recently_proved(), "a program's word is no password");
}
