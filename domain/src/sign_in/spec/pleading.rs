//! Asking for a way back in: who gets which, with what, and how long the wait is.

use super::*;
use crate::account::Governance;
use crate::device::DeviceError;
use crate::ids::{MailedCodeId, RecoveryId, UserId};
use crate::owners::Owners;
use crate::policy::Role;
use crate::proof::MailedVerdict;
use crate::sign_in::{Plead, Pleaded, SignInError};
use crate::user::{
    LinkPurpose, OWNER_AMONG_OWNERS_WAIT, RESET_WAIT, RecoveryRefusal, RecoveryRoute, UserError,
};
use uuid::Uuid;

const FELLOW: UserId = UserId::from_uuid(Uuid::from_u128(90));
const OTHER_CASE: RecoveryId = RecoveryId::from_uuid(Uuid::from_u128(91));
const OTHER_MAIL: MailedCodeId = MailedCodeId::from_uuid(Uuid::from_u128(92));
const RIGHT: MailedVerdict = MailedVerdict::Match(MAIL);

fn at_the_door(token: TokenVerdict, at: Timestamp) -> Plead {
    Plead { sign_in: SIGN_IN, token, at }
}

/// Somebody before the challenge of an attempt.
fn stuck(role: Role) -> World {
    stuck_in(vec![opened()], enabled_in(0, role), begin(NOW))
}

fn stuck_in(account: Vec<AccountEvent>, user: Vec<UserEvent>, shown: Begin) -> World {
    let mut world = World::of(account, user, laptop());
    let steps = shown.decide(&world.account, &world.user, &world.device);
    let Ok(steps) = steps else { panic!("{steps:?}") };
    world.record(steps);
    world
}

fn owner(user: UserId, more: impl IntoIterator<Item = UserEvent>) -> User {
    let mut past = with_password(Role::Owner);
    if let Some(UserEvent::UserRegistered { user: registered, .. }) = past.first_mut() {
        *registered = user;
    }
    fold(and(past, more))
}

fn request(world: &World, plead: Plead, owners: &Owners) -> Result<Steps<Pleaded>, SignInError> {
    plead.request(&world.account, &world.user, &world.device, owners, (CASE, NEW_MAIL))
}

fn confirm(world: &World, plead: Plead, owners: &Owners) -> Result<Steps<Pleaded>, SignInError> {
    plead.confirm(&world.account, &world.user, &world.device, owners, RIGHT)
}

fn requested(route: RecoveryRoute) -> [UserEvent; 2] {
    [UserEvent::RecoveryRequested { recovery: CASE, route, at: NOW }, mailed(NOW)]
}

fn password_by_mail() -> [UserEvent; 3] {
    let purpose = LinkPurpose::PasswordReset;
    [
        UserEvent::LinkIssued {
            link: LINK,
            purpose,
            verifier: verifier(42),
            expires_at: later(Span::hours(1)),
        },
        UserEvent::LinkRedeemed { link: LINK, at: NOW },
        password_set(),
    ]
}

/// Rules: C3, C4, C9.
#[test]
fn which_way_somebody_at_the_door_gets_follows_from_who_could_help_them() {
    type Way = Result<(RecoveryRoute, Span), UserError>;
    use RecoveryRoute::{Mailbox, Owner};
    let alone = || vec![owner(ANA, [])];
    let two = || vec![owner(ANA, []), owner(FELLOW, [])];
    let gone = UserEvent::UserDeactivated { reason: None, at: NOW };
    let locked = UserEvent::LockedOut {
        gate: crate::user::Gate::Password,
        familiarity: crate::user::Familiarity::Known,
        at: NOW,
    };
    // who | the owners | the way, and its wait
    let rows: [(Role, Vec<User>, Way); 8] = [
        (Role::EndUser, alone(), Ok((Mailbox, RESET_WAIT))),
        (Role::Agent, alone(), Err(UserError::AskYourTeam)),
        (Role::Auditor, alone(), Err(UserError::AskYourTeam)),
        (Role::Admin, alone(), Err(UserError::AskYourTeam)),
        (Role::Owner, alone(), Ok((Owner, RESET_WAIT))),
        // Others could help at once: the wait says that they should, and is there where they cannot either.
        (Role::Owner, two(), Ok((Owner, OWNER_AMONG_OWNERS_WAIT))),
        (Role::Owner, vec![owner(ANA, []), owner(FELLOW, [locked])], Ok((Owner, OWNER_AMONG_OWNERS_WAIT))),
        (Role::Owner, vec![owner(ANA, []), owner(FELLOW, [gone])], Ok((Owner, RESET_WAIT))),
    ];
    for (role, owners, expected) in rows {
        let story = format!("{role:?} among {}", owners.len());
        let owners = Owners::among(&owners);
        let mut world = stuck(role);
        let plead = at_the_door(TokenVerdict::Current, NOW);
        let asked = request(&world, plead, &owners);
        match expected {
            Err(why) => {
                assert_eq!(asked.err(), Some(why.clone().into()), "{story}");
                assert_eq!(confirm(&world, plead, &owners).err(), Some(why.into()), "{story}");
            }
            Ok((route, wait)) => {
                let Ok(asked) = asked else { panic!("{story}: {asked:?}") };
                assert_eq!((asked.user.as_slice(), asked.came_to), (&requested(route)[..], Pleaded::Mailed));
                world.record(asked);
                let begun = confirm(&world, plead, &owners);
                let Ok(begun) = begun else { panic!("{story}: {begun:?}") };
                assert_eq!(begun.came_to, Pleaded::Waits(NOW + wait), "{story}");
                world.record(begun);
                assert_eq!(world.user.waiting_reset.map(|waiting| waiting.route), Some(route), "{story}");
            }
        }
    }
}

/// Rules: C4.
#[test]
fn only_a_right_password_on_the_device_of_the_attempt_leads_to_a_way_back() {
    let customer = || enabled_in(0, Role::EndUser);
    let (current, stranger) = (TokenVerdict::Current, TokenVerdict::Unknown);
    let end = NOW + Span::minutes(10);
    let wrong = || {
        let mut world = World::of([opened()], customer(), laptop());
        let first = FirstShown::Password { matched: false };
        let begun = Begin { first, ..begin(NOW) }.decide(&world.account, &world.user, &world.device);
        let Ok(begun) = begun else { panic!("{begun:?}") };
        world.record(begun);
        world
    };
    let nobody = World::of([opened()], customer(), laptop());
    let without = stuck_in(vec![opened()], with_password(Role::EndUser), begin(NOW));
    let mut moved = stuck(Role::EndUser);
    moved.user.evolve(&password_set());
    let mut off = stuck(Role::EndUser);
    off.happens(&account_disabled(1, NOW));
    let rows: Vec<(&str, World, TokenVerdict, Timestamp, SignInError)> = vec![
        ("another device", stuck(Role::EndUser), stranger, NOW, DeviceError::NotRecognised.into()),
        ("no attempt", nobody, current, NOW, DeviceError::SignInOver.into()),
        ("a wrong password", wrong(), current, NOW, DeviceError::SignInOver.into()),
        ("too late", stuck(Role::EndUser), current, end + Span::hours(1), DeviceError::SignInOver.into()),
        ("nothing to lose", without, current, NOW, DeviceError::SignInOver.into()),
        ("another password since", moved, current, NOW, DeviceError::SignInOver.into()),
        ("disabled for everyone since", off, current, NOW, DeviceError::SignInOver.into()),
    ];
    for (story, world, token, when, expected) in rows {
        let plead = at_the_door(token, when);
        for asked in [request(&world, plead, &Owners::default()), confirm(&world, plead, &Owners::default())]
        {
            assert_eq!(asked.err().as_ref(), Some(&expected), "{story}");
        }
    }
    // Nobody's word stands in for the password.
    let shop = crate::ids::ClientId::from_uuid(Uuid::from_u128(60));
    let token = crate::ids::TokenId::from_uuid(Uuid::from_u128(61));
    let vouched = FirstShown::Vouched(crate::access::Vouch { client: shop, token, trust: false });
    let account =
        vec![opened(), AccountEvent::ClientRegistered { client: shop, name: "Shop".into(), at: NOW }];
    let world = stuck_in(account, customer(), Begin { first: vouched, ..begin(NOW) });
    let asked = request(&world, at_the_door(current, NOW), &Owners::default());
    assert_eq!(asked.err(), Some(UserError::PasswordNeeded.into()));
}

/// Rules: C4.
#[test]
fn whoever_pleads_while_the_mailbox_is_in_doubt_is_told_until_when() {
    let moved = UserEvent::EmailChanged { link: LINK, email: sealed(), by: None, at: NOW };
    let rows: [(Vec<UserEvent>, RecoveryRefusal); 2] = [
        (password_by_mail().to_vec(), RecoveryRefusal::PasswordMailed),
        (vec![moved], RecoveryRefusal::AddressChanged),
    ];
    for (past, why) in rows {
        let past = and(enabled_in(0, Role::EndUser), past);
        let plead = at_the_door(TokenVerdict::Current, NOW);
        let doubted = Pleaded::Doubted(why, later(Span::hours(72)));
        let world = stuck_in(vec![opened()], past.clone(), begin(NOW));
        let asked = request(&world, plead, &Owners::default());
        let Ok(asked) = asked else { panic!("{asked:?}") };
        assert_eq!(asked.came_to, doubted);
        assert!(
            matches!(asked.user.as_slice(), [UserEvent::RecoveryRefused { .. }]),
            "and nothing is mailed"
        );
        // Asked again they are told the same, and it is on record already.
        let world = stuck_in(vec![opened()], and(past, asked.user), begin(NOW));
        let again = request(&world, plead, &Owners::default());
        let Ok(again) = again else { panic!("{again:?}") };
        assert_eq!((again.user.as_slice(), again.came_to), (&[][..], doubted));
    }
}

/// A session on a laptop whose trust opened it.
fn at_home(method: Method, device: &[DeviceEvent], more: impl IntoIterator<Item = AccountEvent>) -> World {
    let scope = Scope::Full;
    let past = and(laptop(), device.iter().cloned());
    World::of(and(vec![opened()], more), enabled(), and(past, [session(method, scope, 0, 2)]))
}

/// Rules: C8.
#[test]
fn a_session_that_trust_opened_asks_with_the_password_and_waits_as_governance_says() {
    let trust = [trusted(0, 2)];
    let route = RecoveryRoute::TrustedDevice;
    let not_trusted = || Some(SignInError::from(UserError::NotTrusted));
    for (story, world) in [
        ("a session that showed a code", at_home(Method::Otp, &trust, [])),
        ("no trust", at_home(Method::Trust, &[], [])),
        ("trust of another epoch", at_home(Method::Trust, &[trusted(0, 1)], [])),
        (
            "every sign-in",
            at_home(
                Method::Trust,
                &trust,
                [policy(crate::policy::Audience::Team, |p| p.trust_days = 0, None)],
            ),
        ),
    ] {
        let Ok(session) = world.signed_in(NOW) else { panic!("{story}") };
        assert_eq!(session.request_recovery(true, CASE, NEW_MAIL).err(), not_trusted(), "{story}");
        assert_eq!(session.confirm_recovery(RIGHT).err(), not_trusted(), "{story}");
    }

    // A wrong password is charged, and nothing is mailed behind it.
    let mut world = at_home(Method::Trust, &trust, []);
    let wrong = world.signed_in(NOW).map(|session| session.request_recovery(false, CASE, NEW_MAIL));
    let Ok(Ok(wrong)) = wrong else { panic!("{wrong:?}") };
    assert!(matches!(wrong.user.as_slice(), [UserEvent::PasswordRejected { .. }]), "{:?}", wrong.user);
    assert!(matches!(wrong.came_to, Pleaded::Refused(_)), "{:?}", wrong.came_to);

    // What was asked for at the door is no request of this session: it showed no password.
    let at_door =
        UserEvent::RecoveryRequested { recovery: OTHER_CASE, route: RecoveryRoute::Mailbox, at: NOW };
    let mut other = world.clone();
    for event in [at_door, mailed(NOW)] {
        other.user.evolve(&event);
    }
    let theirs = other.signed_in(NOW).map(|session| session.confirm_recovery(RIGHT));
    assert_eq!(theirs.map(Result::err), Ok(Some(UserError::NothingRequested.into())));

    let asked = world.signed_in(NOW).map(|session| session.request_recovery(true, CASE, NEW_MAIL));
    let Ok(Ok(asked)) = asked else { panic!("{asked:?}") };
    assert_eq!((asked.user.as_slice(), asked.came_to), (&requested(route)[..], Pleaded::Mailed));
    world.record(asked);
    for (hours, waits) in [(24, Span::hours(24)), (48, Span::hours(48)), (72, Span::hours(72))] {
        let mut world = world.clone();
        let after = Governance { repair_wait_hours: hours, ..Governance::default() };
        world.happens(&AccountEvent::GovernanceChanged { before: Governance::default(), after, at: NOW });
        let wrong = world.signed_in(NOW).map(|s| s.confirm_recovery(MailedVerdict::Match(OTHER_MAIL)));
        assert!(matches!(wrong, Ok(Ok(Steps { came_to: Pleaded::Refused(_), .. }))), "{wrong:?}");
        let begun = world.signed_in(NOW).map(|session| session.confirm_recovery(RIGHT));
        let Ok(Ok(begun)) = begun else { panic!("{begun:?}") };
        assert_eq!(begun.came_to, Pleaded::Waits(NOW + waits));
    }
}
