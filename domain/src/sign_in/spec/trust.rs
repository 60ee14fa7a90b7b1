//! How long a device may skip the second factor.

use super::*;
use crate::account::{Account, Governance};
use crate::device::{Decision, EndCause, Method, Scope};
use crate::policy::{Audience, Role};
use crate::sign_in::course::course;
use crate::sign_in::{Answer, SignInError, trust_holds, trust_offer};
use crate::user::RecoveryRoute;

fn days(n: u16) -> AccountEvent {
    policy(Audience::Team, |p| p.trust_days = n, None)
}

fn asked(account: impl IntoIterator<Item = AccountEvent>, at: Timestamp) -> bool {
    let past = std::iter::once(opened()).chain(account);
    let world = World::of(past, enabled(), and(laptop(), [trusted(0, 2)]));
    course(&world.account, &world.user, &world.device, Role::Admin, at).decision == Decision::Challenge
}

/// Rules: P7.
#[test]
fn trust_lasts_exactly_its_days() {
    let almost = later(Span::days(29)) + Span::hours(23) + Span::minutes(59);
    assert!(!asked([], almost), "29 d 23 h 59 m: not asked");
    assert!(!asked([], before(later(Span::days(30)))));
    assert!(asked([], later(Span::days(30))), "30 d: asked");
    assert!(asked([], later(Span::days(31))));
}

/// Rules: P6.
#[test]
fn a_shorter_policy_ends_trust_earlier_and_a_longer_one_does_not_extend_it() {
    let week = later(Span::days(7));
    assert!(!asked([days(7)], before(week)));
    assert!(asked([days(7)], week));
    assert!(asked([days(365)], later(Span::days(30))));
    assert!(asked([days(0)], NOW), "every sign-in: old trust is ignored");
    assert!(!asked([days(0), days(30)], later(Span::days(20))), "what was granted is not taken back");
}

/// Rules: D3, D7, T3.
#[test]
fn trust_falls_with_its_generation_its_epoch_and_its_switch() {
    let rows: Vec<(&str, Vec<AccountEvent>, Vec<UserEvent>, bool)> = vec![
        ("untouched", vec![], enabled(), true),
        ("password changed", vec![], and(enabled(), [password_set()]), false),
        ("reset by staff", vec![], and(enabled(), [reset_by_staff(false)]), false),
        (
            "switched off by its owner",
            vec![],
            and(enabled(), [UserEvent::TwoFactorDisabled { at: NOW }]),
            false,
        ),
        ("account-wide disable", vec![account_disabled(1, NOW)], enabled(), false),
        ("on again", vec![account_disabled(1, NOW), account_enabled(1, NOW)], enabled(), false),
        ("suspended", vec![suspended(1, NOW)], enabled(), false),
        ("resumed", vec![suspended(1, NOW), resumed(1, NOW)], enabled(), true),
        ("erased", vec![], and(enabled(), [UserEvent::PersonErased { values: 1, at: NOW }]), false),
        ("codes used", vec![], and(enabled(), [code_used(1, 9, crate::user::Purpose::Disable)]), true),
    ];
    for (name, account, user, expected) in rows {
        let world = World::of(and(vec![opened()], account), user, and(laptop(), [trusted(0, 2)]));
        let Some(trust) = world.device.trust else { panic!("granted") };
        assert_eq!(trust_holds(&world.account, &world.user, &trust, NOW), expected, "{name}");
    }
}

fn trusting(
    account: Vec<AccountEvent>,
    verdict: crate::proof::Verdict,
) -> Result<Vec<DeviceEvent>, SignInError> {
    let mut world = World::of(and(vec![opened()], account), enabled(), laptop());
    let begun = begin(NOW).decide(&world.account, &world.user, &world.device)?;
    world.record(begun);
    let finish = Finish { trust: true, verdict, ..finish(NOW) };
    finish.decide(&world.account, &world.user, &world.device).map(|steps| steps.device)
}

/// Rules: P6.
#[test]
fn trust_is_granted_for_the_policys_days_with_an_accepted_proof() {
    for (days_now, span) in [(30, 30), (7, 7), (365, 365)] {
        for verdict in [right_code(), crate::proof::Verdict::Recovery { index: 0 }] {
            let events = trusting(vec![days(days_now)], verdict).unwrap_or_default();
            let granted = DeviceEvent::DeviceTrusted {
                granted_at: NOW,
                until: later(Span::days(span)),
                generation: 0,
                epoch: 2,
            };
            assert_eq!(events.last(), Some(&granted));
        }
    }
    assert_eq!(trusting(vec![], WRONG), Ok(vec![]), "a wrong code earns nothing");
}

/// Rules: P6.
#[test]
fn with_every_sign_in_asking_for_trust_is_refused_before_the_code_is_looked_at() {
    assert_eq!(trusting(vec![days(0)], right_code()), Err(SignInError::TrustNotOffered));
    let account = fold::<Account>([opened(), days(0)]);
    assert_eq!(trust_offer(&account, Role::Admin, NOW), None);
    assert_eq!(trust_offer(&account, Role::EndUser, NOW), Some(Span::days(30)), "each audience its own");
}

/// Rules: P7.
#[test]
fn trust_lets_in_but_never_earns_trust_nor_assurance() {
    let mut world = World::of([opened()], enabled(), and(laptop(), [trusted(0, 2)]));
    let steps = begin(later(Span::days(10))).decide(&world.account, &world.user, &world.device);
    let Ok(steps) = steps else { panic!("{steps:?}") };
    world.record(steps);
    let session = world.device.sessions.get(&SESSION).copied();
    assert_eq!(session.map(|s| (s.method, s.assurance(), s.proved_at)), Some((Method::Trust, 1, None)));
    assert_eq!(world.device.trust.map(|t| t.until), Some(later(Span::days(30))), "it does not slide");
    // A second factor in that session is another matter.
    let raised = world.signed_in(later(Span::days(10))).map(|me| me.step_up(right_code(), verifier(40)));
    let Ok(Ok(steps)) = raised else { panic!("{raised:?}") };
    assert_eq!(world.record(steps), Answer::Accepted(Method::Otp));
    assert_eq!(world.device.sessions.get(&SESSION).map(crate::device::Session::assurance), Some(2));
}

/// What it is, the policy, what happened on the device, when it is asked about, and whether it asks.
type Row = (&'static str, Vec<AccountEvent>, Vec<DeviceEvent>, Timestamp, bool);

/// Rules: P8.
#[test]
fn trust_ends_with_a_session_that_ran_out_of_time_where_policy_wants_that() {
    let wants = || policy(Audience::Team, |p| p.trust_ends_with_session = true, None);
    let idle = later(Span::minutes(480));
    let used = DeviceEvent::SessionActive { session: SESSION, at: before(idle) };
    let ended = DeviceEvent::SessionEnded { session: SESSION, cause: EndCause::SignedOut };
    let again = DeviceEvent::DeviceTrusted {
        granted_at: idle,
        until: later(Span::days(30)),
        generation: 0,
        epoch: 2,
    };
    let rows: [Row; 7] = [
        ("not wanted", vec![], vec![], idle, false),
        ("still good", vec![wants()], vec![], before(idle), false),
        ("idle for too long", vec![wants()], vec![], idle, true),
        ("used since", vec![wants()], vec![used.clone()], idle, false),
        ("as old as it may be", vec![wants()], vec![used], later(Span::days(14)), true),
        ("signed out", vec![wants()], vec![ended], idle, false),
        ("trusted anew afterwards", vec![wants()], vec![again], idle, false),
    ];
    for (name, account, device, at, asks) in rows {
        let past = and(laptop(), [session(Method::Otp, Scope::Full, 0, 2), trusted(0, 2)]);
        let world = World::of(and(vec![opened()], account), enabled(), and(past, device));
        let decision = course(&world.account, &world.user, &world.device, Role::Admin, at).decision;
        assert_eq!(decision == Decision::Challenge, asks, "{name}");
    }
}

/// Rules: P7.
#[test]
fn nobody_of_the_team_goes_without_password_and_passcode_unless_the_owner_allows_it() {
    let allows = AccountEvent::GovernanceChanged {
        before: Governance::default(),
        after: Governance { team_may_waive_both: true, ..Governance::default() },
        at: NOW,
    };
    let strict = policy(Audience::Team, |p| p.stay_signed_in_days = 0, None);
    let days = |n| Some(Span::days(n));
    for (name, past, role, (method, trusted), stays) in [
        ("trusted, of the team", vec![], Role::Admin, (Method::Trust, true), None),
        ("challenged", vec![], Role::Admin, (Method::Otp, false), days(14)),
        ("challenged, and trusted with it", vec![], Role::Admin, (Method::Otp, true), None),
        ("the same of an end user", vec![], Role::EndUser, (Method::Otp, true), days(14)),
        ("without a second factor", vec![], Role::Owner, (Method::Password, false), days(14)),
        ("trusted, an end user", vec![], Role::EndUser, (Method::Trust, true), days(14)),
        ("the owner allows it", vec![allows], Role::Agent, (Method::Trust, true), days(14)),
        ("nobody stays", vec![strict], Role::Agent, (Method::Otp, false), None),
    ] {
        let account: Account = crate::table::fold(and(vec![opened()], past));
        assert_eq!(account.stays_signed_in(role, method, trusted, NOW), stays, "{name}");
    }
}

/// Rules: P12.
#[test]
fn a_password_is_longer_where_it_stands_alone() {
    let lengths =
        || policy(Audience::Team, |p| (p.password_length, p.password_length_alone) = (10, 20), None);
    let required = || {
        let with = |p: &mut crate::policy::AudiencePolicy| {
            (p.required, p.password_length, p.password_length_alone) = (true, 10, 20);
        };
        policy(Audience::Team, with, Some(NOW))
    };
    for (name, past, user, least) in [
        ("of a new account", vec![], with_password(Role::Admin), 15),
        ("of a new account, enrolled", vec![], enabled(), 8),
        ("alone", vec![lengths()], with_password(Role::Admin), 20),
        ("beside a factor", vec![lengths()], enabled(), 10),
        ("where one must be", vec![required()], with_password(Role::Admin), 10),
        ("switched off", vec![required(), account_disabled(1, NOW)], enabled(), 20),
    ] {
        let account: Account = crate::table::fold(and(vec![opened()], past));
        let user: crate::user::User = crate::table::fold(user);
        assert_eq!(account.least_password(&user, NOW), least, "{name}");
    }
}

/// Rules: C8.
#[test]
fn a_new_handset_is_asked_for_where_trust_let_in_and_nothing_waits() {
    let by_trust = || session(Method::Trust, Scope::Full, 0, 2);
    let waits = UserEvent::TwoFactorResetScheduled {
        rank: None,
        recovery: Some(CASE),
        route: RecoveryRoute::TrustedDevice,
        reason: None,
        due_at: later(Span::days(3)),
        at: NOW,
    };
    for (case, user, device, offered) in [
        ("by trust", enabled(), vec![trusted(0, 2), by_trust()], true),
        ("by a code", enabled(), vec![trusted(0, 2), session(Method::Otp, Scope::Full, 0, 2)], false),
        ("no trust any more", enabled(), vec![by_trust()], false),
        ("a reset waits", and(enabled(), [waits]), vec![trusted(0, 2), by_trust()], false),
    ] {
        let world = World::of([opened()], user, and(laptop(), device));
        let signed_in = world.signed_in(NOW).unwrap();
        assert_eq!(signed_in.offers_recovery().is_ok(), offered, "{case}");
    }
}
