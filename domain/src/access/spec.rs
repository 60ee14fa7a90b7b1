//! The rules of tokens and of passwords on requests, as tables.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::*;
use crate::account::{Account, AccountCommand, AccountError, AccountEvent, ClientCommand, TokenScope};
use crate::device::{Device, DeviceEvent, TokenHolder};
use crate::ids::{ClientId, TokenId};
use crate::permission::{Act, Denied, Lack};
use crate::policy::{Audience, PasswordApi, Role};
use crate::sign_in::{SignInError, Stale};
use crate::table::*;
use crate::time::{Span, Timestamp};
use crate::user::{AccessCommand, Familiarity, PasswordAccess, User, UserCommand, UserError, UserEvent};

fn lacks(role: Role, act: Act) -> Denied {
    Denied::Role(Lack::of(role, act))
}

const SHOP: ClientId = ClientId::from_uuid(Uuid::from_u128(60));
const TOKEN: TokenId = TokenId::from_uuid(Uuid::from_u128(61));

fn scopes<const N: usize>(scopes: [TokenScope; N]) -> BTreeSet<TokenScope> {
    scopes.into_iter().collect()
}

fn new<const N: usize>(of: [TokenScope; N]) -> NewToken {
    NewToken { token: TOKEN, verifier: verifier(7), scopes: scopes(of), days: 90 }
}

fn own(new: NewToken) -> UserCommand {
    UserCommand::Access(AccessCommand::IssueToken { new, name: sealed(), at: NOW })
}

fn to_shop(new: NewToken) -> AccountCommand {
    AccountCommand::Clients(ClientCommand::IssueToken { client: SHOP, new, at: NOW })
}

fn issued(n: u128, of: BTreeSet<TokenScope>, expires_at: Timestamp) -> UserEvent {
    let token = TokenId::from_uuid(Uuid::from_u128(n));
    UserEvent::ApiTokenIssued {
        token,
        name: sealed(),
        verifier: verifier(7),
        scopes: of,
        expires_at: Some(expires_at),
        at: NOW,
    }
}

fn mine<const N: usize>(of: [TokenScope; N]) -> UserEvent {
    issued(61, scopes(of), later(Span::days(90)))
}

fn shops<const N: usize>(of: [TokenScope; N]) -> AccountEvent {
    AccountEvent::ClientTokenIssued {
        client: SHOP,
        token: TOKEN,
        verifier: verifier(7),
        scopes: scopes(of),
        expires_at: Some(later(Span::days(90))),
        at: NOW,
    }
}

fn shop(name: &str) -> AccountEvent {
    AccountEvent::ClientRegistered { client: SHOP, name: name.into(), at: NOW }
}

/// Rules: A1.
#[test]
fn a_person_gets_a_token_for_what_their_role_may_do_and_not_for_longer_than_a_year() {
    use TokenScope::{AssertSignIn, AssertTrust, Export, ManageEndUsers, ReadAudit, ReadPeople};
    let days = |days| NewToken { days, ..new([ReadPeople]) };
    let rows: [(Role, NewToken, Option<TokenRefused>); 13] = [
        (Role::Agent, new([ReadPeople]), None),
        (Role::Agent, new([ReadPeople, ReadAudit]), Some(TokenRefused::BeyondRole(ReadAudit))),
        (Role::Agent, new([ManageEndUsers]), Some(TokenRefused::BeyondRole(ManageEndUsers))),
        (Role::Auditor, new([Export, ReadAudit]), None),
        (Role::Admin, new([ManageEndUsers]), None),
        (Role::EndUser, new([ReadPeople]), Some(TokenRefused::BeyondRole(ReadPeople))),
        (Role::Owner, new([AssertSignIn]), Some(TokenRefused::ForPrograms(AssertSignIn))),
        (Role::Owner, new([ReadAudit, AssertTrust]), Some(TokenRefused::ForPrograms(AssertTrust))),
        (Role::Owner, new([]), Some(TokenRefused::NoScope)),
        (Role::Owner, days(0), Some(TokenRefused::Days)),
        (Role::Owner, days(1), None),
        (Role::Owner, days(365), None),
        (Role::Owner, days(366), Some(TokenRefused::Days)),
    ];
    for (role, new, refused) in rows {
        let came = given::<User>(with_password(role)).when(own(new.clone()));
        match refused {
            Some(why) => came.then_refused(why.into()),
            None => came.then([issued(61, new.scopes.clone(), later(Span::days(new.days.into())))]),
        }
    }
}

/// Rules: A1.
#[test]
fn twenty_tokens_are_good_at_once_and_those_that_ended_do_not_count() {
    let read = scopes([TokenScope::ReadPeople]);
    let held = |n: u128, until| (0..n).map(|i| issued(100 + i, read.clone(), until)).collect::<Vec<_>>();
    let past = |n, until| and(with_password(Role::Agent), held(n, until));
    let ahead = later(Span::days(1));
    let wish = || own(new([TokenScope::ReadPeople]));
    given::<User>(past(19, ahead)).when(wish()).then([mine([TokenScope::ReadPeople])]);
    given::<User>(past(20, ahead)).when(wish()).then_refused(TokenRefused::TooMany(20).into());
    given::<User>(past(20, NOW)).when(wish()).then([mine([TokenScope::ReadPeople])]);
}

/// Rules: A1.
#[test]
fn a_token_is_revoked_once() {
    let revoke = || UserCommand::Access(AccessCommand::RevokeToken { token: TOKEN, at: NOW });
    let past = and(with_password(Role::Agent), [mine([TokenScope::ReadPeople])]);
    let revoked = UserEvent::ApiTokenRevoked { token: TOKEN, at: NOW };
    given::<User>(past.clone()).when(revoke()).then([revoked.clone()]);
    given::<User>(and(past, [revoked])).when(revoke()).then_refused(UserError::NoToken);
}

/// Rules: A1.
#[test]
fn programs_have_names_that_can_be_told_apart_and_tokens_within_bounds() {
    use TokenScope::{AssertSignIn, AssertTrust, ReadAudit};
    let register = |name: &str| {
        AccountCommand::Clients(ClientCommand::Register { client: SHOP, name: name.into(), at: NOW })
    };
    let known = || vec![opened(), shop("Shop")];
    given::<Account>([opened()]).when(register(" Shop ")).then([shop("Shop")]);
    given::<Account>(known()).when(register("sHOP")).then_refused(AccountError::ClientNameTaken);
    for name in ["", " ", "a\nb", "é".repeat(81).as_str()] {
        given::<Account>([opened()]).when(register(name)).then_refused(AccountError::BadClientName);
    }
    let many = (0..50).map(|n| AccountEvent::ClientRegistered {
        client: ClientId::from_uuid(Uuid::from_u128(200 + n)),
        name: format!("{n}"),
        at: NOW,
    });
    let full = and(vec![opened()], many);
    given::<Account>(full).when(register("Shop")).then_refused(AccountError::TooManyClients(50));

    given::<Account>(known()).when(to_shop(new([AssertSignIn]))).then([shops([AssertSignIn])]);
    given::<Account>(known())
        .when(to_shop(new([AssertTrust, ReadAudit])))
        .then_refused(TokenRefused::TrustAlone.into());
    given::<Account>([opened()]).when(to_shop(new([ReadAudit]))).then_refused(AccountError::NoClient);
    let revoke = AccountCommand::Clients(ClientCommand::RevokeToken { client: SHOP, token: TOKEN, at: NOW });
    given::<Account>(known()).when(revoke).then_refused(AccountError::NoClientToken);
}

/// Rules: A1.
#[test]
fn a_persons_token_is_dead_with_whatever_ends_it() {
    let dead = |more: UserEvent, why: Stale| (more, Some(why));
    let rows = [
        dead(UserEvent::ApiTokenRevoked { token: TOKEN, at: NOW }, Stale::Ended),
        dead(UserEvent::UserDeactivated { reason: None, at: NOW }, Stale::Deactivated),
        dead(UserEvent::PersonErased { values: 3, at: NOW }, Stale::Gone),
        dead(UserEvent::RoleChanged { from: Role::Admin, to: Role::Agent, at: NOW }, Stale::Ended),
        dead(reset_by_staff(true), Stale::Ended),
        (reset_by_staff(false), None),
        (password_set(), None),
    ];
    for (more, why) in rows {
        let user: User = fold(and(enabled(), [mine([TokenScope::ReadAudit]), more.clone()]));
        let account: Account = fold([opened()]);
        assert_eq!(Bearer::of_person(&account, &user, TOKEN, NOW).err(), why, "{more:?}");
    }
    let user: User = fold(and(enabled(), [mine([TokenScope::ReadAudit])]));
    let rows = [
        (vec![opened()], later(Span::days(90)), Some(Stale::TokenOver)),
        (vec![opened()], later(Span::days(89)), None),
        (vec![opened(), AccountEvent::AccountClosed { at: NOW }], NOW, Some(Stale::Deactivated)),
    ];
    for (account, at, why) in rows {
        assert_eq!(Bearer::of_person(&fold(account), &user, TOKEN, at).err(), why);
    }
}

/// Rules: A1.
#[test]
fn a_programs_token_is_dead_with_its_program() {
    let issued = || vec![opened(), shop("Shop"), shops([TokenScope::ReadAudit])];
    let rows = [
        (vec![], None),
        (vec![AccountEvent::ClientTokenRevoked { client: SHOP, token: TOKEN, at: NOW }], Some(Stale::Ended)),
        (vec![AccountEvent::ClientRemoved { client: SHOP, at: NOW }], Some(Stale::Ended)),
        (vec![AccountEvent::AccountClosed { at: NOW }], Some(Stale::Ended)),
    ];
    for (more, why) in rows {
        let account: Account = fold(and(issued(), more));
        assert_eq!(Bearer::of_program(&account, SHOP, TOKEN, NOW).err(), why);
    }
}

/// Rules: A1.
#[test]
fn a_token_does_what_its_scope_names_within_its_persons_role_and_never_what_asks_for_a_person() {
    use TokenScope::{Export, ManageEndUsers, ReadAudit, ReadPeople};
    let all = TokenScope::ALL;
    let rows: [(Role, Act, Result<(), Denied>); 17] = [
        (Role::Owner, Act::ReadAudit, Ok(())),
        (Role::Agent, Act::ReadAudit, Err(lacks(Role::Agent, Act::ReadAudit))),
        (Role::Agent, Act::ReadPeople, Ok(())),
        // What asks a person for a second factor, a scope that was named with one does.
        (Role::Auditor, Act::Export, Ok(())),
        (Role::Admin, Act::Register(Role::EndUser), Ok(())),
        (Role::Agent, Act::Register(Role::EndUser), Err(lacks(Role::Agent, Act::Register(Role::EndUser)))),
        // What no scope names takes a person, whoever holds the token.
        (Role::Owner, Act::Register(Role::Agent), Err(Denied::NeedsPerson)),
        (Role::Owner, Act::ChangePolicy, Err(Denied::NeedsPerson)),
        (Role::Owner, Act::SwitchAccount, Err(Denied::NeedsPerson)),
        (Role::Owner, Act::ManageClients, Err(Denied::NeedsPerson)),
        (Role::Owner, Act::ManageOwnTokens, Err(Denied::NeedsPerson)),
        (Role::Owner, Act::ChangeOwnFactors, Err(Denied::NeedsPerson)),
        (Role::Owner, Act::ResetFactor(Role::EndUser), Err(Denied::NeedsPerson)),
        (Role::Owner, Act::Erase(Role::EndUser), Err(Denied::NeedsPerson)),
        (Role::Owner, Act::Approve, Err(Denied::NeedsPerson)),
        (Role::Owner, Act::StepUp, Err(Denied::NeedsPerson)),
        (Role::Owner, Act::ReadOwn, Err(Denied::NeedsPerson)),
    ];
    for (role, act, expected) in rows {
        let user: User = fold(and(with_password(role), [mine(all)]));
        let account: Account = fold([opened()]);
        let Ok(bearer) = Bearer::of_person(&account, &user, TOKEN, NOW) else { panic!("it is good") };
        assert_eq!(bearer.permit(act), expected, "{role:?} {act:?}");
    }
    let account: Account = fold([opened(), shop("Shop"), shops([ReadPeople, ManageEndUsers])]);
    let Ok(program) = Bearer::of_program(&account, SHOP, TOKEN, NOW) else { panic!("it is good") };
    assert_eq!(program.permit(Act::ReadPeople), Ok(()));
    assert_eq!(program.permit(Act::Deactivate(Role::EndUser)), Ok(()));
    assert_eq!(program.permit(Act::Deactivate(Role::Agent)), Err(Denied::NeedsPerson));
    assert_eq!(program.permit(Act::ReadAudit), Err(Denied::Scope(ReadAudit)));
    assert_eq!(program.permit(Act::Export), Err(Denied::Scope(Export)));
    assert_eq!(program.permit_upon(None, Act::Deactivate), Ok(()));
    assert_eq!(program.permit_upon(None, Act::Unlock), Err(Denied::NeedsPerson));
}

/// Rules: A1.
#[test]
fn only_a_program_with_that_scope_vouches() {
    use TokenScope::{AssertSignIn, AssertTrust, ReadPeople};
    let rows = [
        (shops([ReadPeople]), Err(Denied::Scope(AssertSignIn))),
        (shops([AssertSignIn]), Ok(Vouch { client: SHOP, token: TOKEN, trust: false })),
        (shops([AssertSignIn, AssertTrust]), Ok(Vouch { client: SHOP, token: TOKEN, trust: true })),
    ];
    for (token, expected) in rows {
        let account: Account = fold([opened(), shop("Shop"), token]);
        assert_eq!(Bearer::of_program(&account, SHOP, TOKEN, NOW).map(|b| b.vouch()), Ok(expected));
    }
    let user: User = fold(and(with_password(Role::Owner), [mine([AssertSignIn])]));
    let account: Account = fold([opened()]);
    let vouch = Bearer::of_person(&account, &user, TOKEN, NOW).map(|b| b.vouch());
    assert_eq!(vouch, Ok(Err(Denied::NeedsPerson)));
}

/// Rules: A1.
#[test]
fn a_tokens_use_is_recorded_hourly_on_a_stream_of_its_own() {
    let user: User = fold(and(enabled(), [mine([TokenScope::ReadAudit])]));
    let account: Account = fold([opened()]);
    let mut stream = Device::default();
    let mut use_at = |at| {
        let Ok(bearer) = Bearer::of_person(&account, &user, TOKEN, at) else { panic!("it is good") };
        let events = bearer.used(&stream, NOWHERE);
        for event in &events {
            stream.evolve(event);
        }
        events
    };
    let noticed = |at| {
        let holder = TokenHolder::User(ANA);
        vec![DeviceEvent::ApiTokenUsed { account: ACME, token: TOKEN, holder, origin: NOWHERE, at }]
    };
    assert_eq!(use_at(NOW), noticed(NOW));
    let hour = later(Span::hours(1));
    assert_eq!(use_at(Timestamp::from_micros(hour.micros() - 1)), vec![]);
    assert_eq!(use_at(hour), noticed(hour));
}

/// Account, person, what it came to, what is noted.
type Case = (Vec<AccountEvent>, Vec<UserEvent>, PasswordShown, PasswordAccess);

fn showing(matched: bool) -> Showing {
    Showing { matched, user_agent: None, at: NOW }
}

fn noted(outcome: PasswordAccess, at: Timestamp) -> UserEvent {
    UserEvent::PasswordAccessUsed { outcome, user_agent: None, at }
}

fn password_api(api: PasswordApi) -> AccountEvent {
    policy(Audience::Team, |p| p.password_api = api, None)
}

/// Rules: A2.
#[test]
fn a_password_on_a_request_opens_the_api_only_to_those_of_whom_nothing_more_is_asked() {
    use PasswordAccess::{Allowed, Refused, Warned};
    let ahead = later(Span::days(30));
    let both = || {
        let change = |p: &mut crate::policy::AudiencePolicy| {
            p.required = true;
            p.password_api = PasswordApi::Until(ahead);
        };
        policy(Audience::Team, change, Some(NOW))
    };
    let plain = || with_password(Role::Agent);
    let team = |n| enabled_in(n, Role::Agent);
    let off = PasswordShown::Off;
    let open = |until| PasswordShown::Open { until };
    let required_now = || required(Audience::Team, NOW);
    let since = Some(NOW);
    let rows: [Case; 9] = [
        (vec![], plain(), open(None), Allowed),
        (vec![required_now()], plain(), off(PasswordOff::Required { since }), Refused),
        (vec![], team(0), off(PasswordOff::Enrolled { since: NOW }), Refused),
        (vec![password_api(PasswordApi::Off)], plain(), off(PasswordOff::Setting { since }), Refused),
        (
            vec![password_api(PasswordApi::Until(NOW))],
            plain(),
            off(PasswordOff::Announced { since: NOW }),
            Refused,
        ),
        (vec![password_api(PasswordApi::Until(ahead))], plain(), open(Some(ahead)), Warned),
        // An announced end keeps every program running until then.
        (vec![both()], team(0), open(Some(ahead)), Warned),
        // Nothing is loosened by a suspension, and nothing required while all is off.
        (vec![required_now(), suspended(1, NOW)], plain(), off(PasswordOff::Required { since }), Refused),
        (
            vec![required_now(), account_disabled(1, NOW)],
            team(1),
            off(PasswordOff::Enrolled { since: NOW }),
            Refused,
        ),
    ];
    for (account, user, came_to, outcome) in rows {
        let account: Account = fold(and(vec![opened()], account));
        let shown = showing(true).decide(&account, &fold(user));
        let Ok(steps) = shown else { panic!("{shown:?}") };
        assert_eq!((steps.came_to, steps.user), (came_to, vec![noted(outcome, NOW)]));
        assert_eq!(steps.device, vec![]);
    }
}

/// Rules: A2.
#[test]
fn a_wrong_password_on_a_request_is_charged_and_says_nothing_of_the_setting() {
    let must: Account = fold([opened(), required(Audience::Team, NOW)]);
    let Ok(steps) = showing(false).decide(&must, &fold(enabled())) else { panic!("it is charged") };
    assert!(matches!(steps.came_to, PasswordShown::Wrong(_)));
    assert!(matches!(
        steps.user[..],
        [UserEvent::PasswordRejected { familiarity: Familiarity::Stranger, consecutive: 1, .. }]
    ));
    let never_set = showing(true).decide(&must, &fold([registered(Role::Agent)]));
    assert!(matches!(never_set.map(|s| s.came_to), Ok(PasswordShown::Wrong(_))));
    let gone = UserEvent::UserDeactivated { reason: None, at: NOW };
    let deactivated = showing(true).decide(&must, &fold(and(enabled(), [gone])));
    assert_eq!(deactivated.err(), Some(SignInError::User(UserError::Deactivated)));
}

/// Rules: A3.
#[test]
fn the_same_outcome_is_noted_once_a_day() {
    let account: Account = fold([opened()]);
    let mut user: User = fold(with_password(Role::Agent));
    let mut show = |at| {
        let Ok(steps) = Showing { at, ..showing(true) }.decide(&account, &user) else {
            panic!("it is right")
        };
        for event in &steps.user {
            user.evolve(event);
        }
        steps.user.len()
    };
    assert_eq!((show(NOW), show(later(Span::hours(23))), show(later(Span::hours(24)))), (1, 0, 1));
}

/// Rules: A3.
#[test]
fn what_a_scheduled_policy_will_close_is_known_before() {
    let begins_at = later(Span::days(7));
    let mut after = crate::policy::AudiencePolicy::TEAM;
    after.password_api = PasswordApi::Off;
    let scheduled = AccountEvent::PolicyScheduled {
        schedule: crate::ids::ScheduleId::from_uuid(Uuid::from_u128(62)),
        audience: Audience::Team,
        version: 1,
        after,
        begins_at,
        at: NOW,
    };
    let account: Account = fold([opened(), scheduled]);
    let user: User = fold(with_password(Role::Agent));
    assert_eq!(account.password_door(&user, NOW), Ok(None));
    assert_eq!(account.password_door(&user, begins_at), Err(PasswordOff::Setting { since: Some(begins_at) }));
}
