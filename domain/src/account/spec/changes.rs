//! What changes do to people, and what their confirmations must still agree with.

use super::*;
use crate::account::{Change, Concerned, Unconfirmed, effects, maxima};
use crate::device::{Method, Scope, Session, Trust};
use crate::factor::FactorKind;
use crate::policy::PasswordApi;
use crate::sign_in::Holder;

const SESSION: Session = Session {
    scope: Scope::Full,
    method: Method::Otp,
    verifier: crate::ids::VerifierId::from_uuid(uuid::Uuid::nil()),
    generation: 0,
    epoch: 1,
    suspension: None,
    exemption: None,
    client: None,
    reauthorised_at: None,
    started_at: NOW,
    proved_at: Some(NOW),
    active_at: NOW,
    idle: Span::hours(8),
    ends_at: Timestamp::MAX,
};
const TRUST: Trust = Trust { granted_at: NOW, until: Timestamp::MAX, generation: 0, epoch: 1 };

/// An agent with a proved address, without a second factor, signed in nowhere.
const BARE: Concerned<'_> = Concerned {
    whom: AGENT,
    holder: Holder { epoch: 1, exemption: None, deactivated: false, frozen: false },
    enrolled: None,
    kinds: &[],
    provider_only: false,
    locked: false,
    email_verified: true,
    trusts: &[],
    sessions: &[],
    password_used: None,
};

/// The same with a second factor, a trusted device, and a session that showed it.
const STRONG: Concerned<'_> = Concerned {
    enrolled: Some(0),
    kinds: &[FactorKind::Totp],
    trusts: &[TRUST],
    sessions: &[SESSION],
    ..BARE
};

fn team(change: impl FnOnce(&mut AudiencePolicy)) -> Change {
    let mut policy = AudiencePolicy::TEAM;
    change(&mut policy);
    Change::Policy(BTreeMap::from([(Audience::Team, policy)]))
}

/// What it is, what went before, the change, whom it meets, and what it does to them.
type Row<'a> = (&'a str, Vec<AccountEvent>, Change, Concerned<'a>, &'a [Effect]);

/// Rules: P9, D1, D2, A2.
#[test]
fn a_change_does_to_each_person_what_comparing_before_and_after_says() {
    use Effect::*;
    let must = || and(on(), [required(Audience::Team, NOW)]);
    let require = || team(|p| p.required = true);
    let until =
        |days| move |p: &mut AudiencePolicy| p.password_api = PasswordApi::Until(later(Span::days(days)));
    let announced = |days| and(on(), [policy(Audience::Team, until(days), None)]);
    let paused_with_session = [Session { suspension: Some(1), method: Method::Password, ..SESSION }];
    let exempted = Holder {
        exemption: Some((crate::ids::ExemptionId::from_uuid(uuid::Uuid::nil()), Timestamp::MAX)),
        ..BARE.holder
    };
    let gone = Holder { deactivated: true, ..BARE.holder };
    let rows: [Row<'_>; 33] = [
        ("a requirement", on(), require(), BARE, &[MustEnrolNow]),
        ("with grace", on(), team(|p| (p.required, p.grace_days) = (true, 3)), BARE, &[MustEnrolAfterGrace]),
        (
            "of another role",
            on(),
            team(|p| {
                p.required = true;
                p.required_of.roles = BTreeSet::from([Role::Owner]);
            }),
            BARE,
            &[],
        ),
        ("met already", on(), require(), STRONG, &[]),
        ("of somebody exempt", on(), require(), Concerned { holder: exempted, ..BARE }, &[]),
        (
            "of somebody who comes through a provider",
            on(),
            require(),
            Concerned { provider_only: true, ..BARE },
            &[],
        ),
        ("of somebody deactivated", on(), require(), Concerned { holder: gone, ..BARE }, &[]),
        (
            "a disable of somebody deactivated",
            on(),
            Change::Disable,
            Concerned { holder: gone, ..STRONG },
            &[Reset],
        ),
        (
            "of somebody without a proved address",
            on(),
            require(),
            Concerned { email_verified: false, ..BARE },
            &[MustEnrolNow, NoWorkingFactor],
        ),
        (
            "of somebody locked",
            on(),
            require(),
            Concerned { locked: true, ..BARE },
            &[MustEnrolNow, NoWorkingFactor],
        ),
        ("required already", must(), team(|p| (p.required, p.trust_days) = (true, 29)), BARE, &[]),
        (
            "the grace withdrawn",
            and(on(), [policy(Audience::Team, |p| (p.required, p.grace_days) = (true, 3), Some(NOW))]),
            require(),
            BARE,
            &[MustEnrolNow],
        ),
        ("no requirement any more", must(), team(|p| p.idle_minutes = 479), BARE, &[NoLongerAsked]),
        ("every sign-in", on(), team(|p| p.trust_days = 0), STRONG, &[TrustEnds]),
        ("less trust than was used", on(), team(|p| p.trust_days = 1), STRONG, &[]),
        ("shorter sessions that were used just now", on(), team(|p| p.idle_minutes = 5), STRONG, &[]),
        ("the other audience", on(), require(), Concerned { whom: END_USER, ..BARE }, &[]),
        ("a disable", on(), Change::Disable, STRONG, &[Reset, TrustEnds, SessionsEnd]),
        ("a disable, without a factor", on(), Change::Disable, BARE, &[]),
        ("a suspension", on(), Change::Suspend, STRONG, &[NoLongerAsked]),
        (
            "the end of a suspension",
            paused(),
            Change::Resume,
            Concerned { sessions: &paused_with_session, ..BARE },
            &[SessionsEnd],
        ),
        (
            "and of one that spared",
            and(paused(), [required(Audience::Team, NOW)]),
            Change::Resume,
            BARE,
            &[MustEnrolNow],
        ),
        ("enabled again", and(off(), [required(Audience::Team, NOW)]), Change::Enable, BARE, &[MustEnrolNow]),
        (
            "a password that a program uses",
            on(),
            require(),
            Concerned { password_used: Some(NOW), ..BARE },
            &[MustEnrolNow, IntegrationsBreak],
        ),
        ("and none does", on(), team(|p| p.password_api = PasswordApi::Off), BARE, &[]),
        (
            "closed to passwords",
            on(),
            team(|p| p.password_api = PasswordApi::Off),
            Concerned { password_used: Some(NOW), ..BARE },
            &[IntegrationsBreak],
        ),
        ("passwords past a second factor", on(), team(until(30)), STRONG, &[PasswordSuffices]),
        ("and past none", on(), team(until(30)), BARE, &[]),
        ("an end that is over", on(), team(|p| p.password_api = PasswordApi::Until(NOW)), STRONG, &[]),
        ("for longer", announced(10), team(until(30)), STRONG, &[PasswordSuffices]),
        ("for less long", announced(30), team(until(10)), STRONG, &[]),
        // Whose password opened it anyway, until they are required to have one.
        (
            "a requirement that is announced to programs",
            on(),
            team(|p| (p.required, p.password_api) = (true, PasswordApi::Until(later(Span::days(30))))),
            Concerned { password_used: Some(NOW), ..BARE },
            &[MustEnrolNow],
        ),
        (
            "announced to whoever was refused",
            must(),
            team(|p| (p.required, p.password_api) = (true, PasswordApi::Until(later(Span::days(30))))),
            BARE,
            &[PasswordSuffices],
        ),
    ];
    for (name, past, change, person, expected) in rows {
        let before: Account = fold(past);
        let (after, at) = before.foresee(&change, Role::Owner, &Offer::everything(), NOW).expect(name);
        let found: Vec<Effect> = effects(&person, &before, &after, at).iter().collect();
        assert_eq!(found, expected, "{name}");
    }
}

/// Rules: P9, P10.
#[test]
fn a_schedule_is_previewed_on_its_day() {
    let before: Account = fold(on());
    let policy = AudiencePolicy { required: true, trust_days: 0, ..AudiencePolicy::TEAM };
    let begins_at = later(Span::days(2));
    let change = Change::Schedule { audience: Audience::Team, policy, begins_at };
    let (after, at) = before.foresee(&change, Role::Owner, &Offer::everything(), NOW).unwrap();
    assert_eq!(at, begins_at);
    let found: Vec<Effect> = effects(&BARE, &before, &after, at).iter().collect();
    assert_eq!(found, [Effect::MustEnrolNow]);
    let found: Vec<Effect> = effects(&STRONG, &before, &after, at).iter().collect();
    assert_eq!(found, [Effect::TrustEnds], "its session will be over by then anyway");
}

/// Rules: P9.
#[test]
fn a_large_account_may_drift_by_a_hundredth_and_a_small_one_not_at_all() {
    let most = |n| maxima(&Counts::from([(Effect::Reset, n)]))[&Effect::Reset];
    for (counted, stands_for) in [(0, 0), (1, 1), (99, 99), (100, 101), (250, 252), (100_000, 101_000)] {
        assert_eq!(most(counted), stands_for, "{counted}");
    }
    assert_eq!(maxima(&Counts::new()).len(), Effect::all().count(), "silence is none, not any");
}

/// Rules: P9.
#[test]
fn what_concerns_people_takes_the_preview_that_was_shown_of_it() {
    use Unconfirmed::{Moved as Lost, Unseen};
    let counts = |n| Counts::from([(Effect::Reset, 0), (Effect::MustEnrolNow, n)]);
    let enrols = |most, now| Lost(Moved::People { effect: Effect::MustEnrolNow, most, now });
    let account: Account = fold(on());
    let shown = |n| Shown::This(Confirmed::of(&account, &counts(n), NOW));
    let end = NOW + PREVIEW_LIFE;
    let just_before = Timestamp::from_micros(end.micros() - 1);
    let other_version = Shown::This(Confirmed { version: 1, ..Confirmed::of(&account, &counts(3), NOW) });
    for (name, shown, now, at, expected) in [
        ("nobody is concerned", Shown::Nothing, 0, NOW, Ok(())),
        ("unseen", Shown::Nothing, 1, NOW, Err(Unseen { effect: Effect::MustEnrolNow, people: 1 })),
        ("seen", shown(3), 3, NOW, Ok(())),
        ("fewer now", shown(3), 2, just_before, Ok(())),
        ("more now", shown(3), 4, NOW, Err(enrols(3, 4))),
        ("a little drift", shown(1_000), 1_010, NOW, Ok(())),
        ("too much of it", shown(1_000), 1_011, NOW, Err(enrols(1_010, 1_011))),
        ("too old", shown(3), 3, end, Err(Lost(Moved::Age))),
        ("another policy", other_version, 3, NOW, Err(Lost(Moved::Version))),
        ("another change", Shown::Another, 3, NOW, Err(Lost(Moved::Change))),
        ("another change, and nobody is concerned", Shown::Another, 0, NOW, Err(Lost(Moved::Change))),
    ] {
        let impact = Impact { counts: counts(now), shown };
        assert_eq!(impact.check(&account, at), expected, "{name}");
    }
}
