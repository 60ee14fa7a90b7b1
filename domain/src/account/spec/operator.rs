//! The installation's operator inside an account, as tables.

use std::collections::BTreeSet;

use crate::account::{
    Account, AccountCommand, AccountEvent, Consent, GuardedAct, OperatorAct, OperatorCommand, OperatorError,
    OperatorScope,
};
use crate::ids::{OperatorGrantId, RecoveryId, UserId};
use crate::owners::Owners;
use crate::policy::Role;
use crate::table::*;
use crate::time::{Span, Timestamp};
use crate::user::{LinkPurpose, User, UserCommand, UserError, UserEvent};

const CASE: RecoveryId = RecoveryId::from_uuid(uuid::Uuid::from_u128(951));
const GRANT: OperatorGrantId = OperatorGrantId::from_uuid(uuid::Uuid::from_u128(950));

/// As many owners with a password.
fn owners(n: u128) -> Owners {
    let of = |n| {
        let mut first = registered(Role::Owner);
        if let UserEvent::UserRegistered { user, .. } = &mut first {
            *user = UserId::from_uuid(uuid::Uuid::from_u128(n));
        }
        fold::<User>([first, password_set()])
    };
    let people: Vec<User> = (2..2 + n).map(of).collect();
    Owners::among(&people)
}

fn scopes(named: &[OperatorScope]) -> BTreeSet<OperatorScope> {
    named.iter().copied().collect()
}

fn grant(named: &[OperatorScope], hours: u8) -> AccountCommand {
    let (scopes, reason) = (scopes(named), sealed());
    AccountCommand::Operator(OperatorCommand::Grant { grant: GRANT, scopes, hours, reason, by: ANA, at: NOW })
}

fn granted(named: &[OperatorScope], until: Timestamp) -> AccountEvent {
    let (scopes, reason) = (scopes(named), sealed());
    AccountEvent::OperatorGranted { grant: GRANT, scopes, reason, by: ANA, until, at: NOW }
}

fn acts(act: OperatorAct, owners: Owners, at: Timestamp) -> AccountCommand {
    AccountCommand::Operator(OperatorCommand::Act { act, subject: Some(ANA), recovery: CASE, owners, at })
}

fn acted(act: OperatorAct, grant: Option<OperatorGrantId>, at: Timestamp) -> AccountEvent {
    let back = matches!(act, OperatorAct::Link | OperatorAct::Unlock);
    let recovery = Some(CASE).filter(|_| back && grant.is_some());
    AccountEvent::OperatorActed { act: act.word().to_owned(), subject: Some(ANA), grant, recovery, at }
}

/// Rules: C7.
#[test]
fn the_operator_acts_only_by_a_grant_that_names_it_and_is_alive() {
    let unlock = [OperatorScope::Unlock];
    let until = later(Span::hours(4));
    given::<Account>([opened()]).when(grant(&unlock, 4)).then([granted(&unlock, until)]);
    let past = [opened(), granted(&unlock, until)];
    let last = Timestamp::from_micros(until.micros() - 1);
    let did = acted(OperatorAct::Unlock, Some(GRANT), last);
    given::<Account>(past.clone()).when(acts(OperatorAct::Unlock, owners(1), last)).then([did]);
    let none = |scope| OperatorError::NoGrant(scope).into();
    let over = acts(OperatorAct::Unlock, owners(1), until);
    given::<Account>(past.clone()).when(over).then_refused(none(OperatorScope::Unlock));
    for act in OperatorAct::ALL.into_iter().filter(|act| *act != OperatorAct::Unlock) {
        given::<Account>(past.clone()).when(acts(act, owners(1), NOW)).then_refused(none(act.scope()));
    }
    let revoke = AccountCommand::Operator(OperatorCommand::Revoke { grant: GRANT, by: ANA, at: NOW });
    let revoked = AccountEvent::OperatorGrantRevoked { grant: GRANT, by: ANA, at: NOW };
    given::<Account>(past.clone()).when(revoke.clone()).then([revoked.clone()]);
    let ended = [past.to_vec(), vec![revoked]].concat();
    given::<Account>(ended.clone()).when(revoke).then_refused(OperatorError::Over.into());
    let after = acts(OperatorAct::Unlock, owners(1), NOW);
    given::<Account>(ended).when(after).then_refused(none(OperatorScope::Unlock));
}

/// Rules: C7.
#[test]
fn the_first_link_of_an_account_takes_no_grant_and_no_other_does_without() {
    let bare: User = fold([registered(Role::Owner)]);
    let new = Owners::among([&bare]);
    let link = acts(OperatorAct::Link, new.clone(), NOW);
    given::<Account>([opened()]).when(link).then([acted(OperatorAct::Link, None, NOW)]);
    let none = OperatorError::NoGrant(OperatorScope::Link);
    given::<Account>([opened()]).when(acts(OperatorAct::Link, owners(1), NOW)).then_refused(none.into());
    let none = OperatorError::NoGrant(OperatorScope::Unlock);
    given::<Account>([opened()]).when(acts(OperatorAct::Unlock, new, NOW)).then_refused(none.into());
    // An owner who lost their password came in once.
    let gone = [password_set(), UserEvent::UserDeactivated { reason: None, at: NOW }];
    let was: User = fold([registered(Role::Owner)].into_iter().chain(gone));
    assert!(Owners::among([&was]).ever_came_in());
}

/// Rules: C7.
#[test]
fn a_link_of_the_operators_opens_nothing_once_its_grant_is_over() {
    let until = later(Span::hours(1));
    let past = [opened(), granted(&[OperatorScope::Link], until)];
    let made = |grant| acted(OperatorAct::Link, grant, NOW);
    let revoked = AccountEvent::OperatorGrantRevoked { grant: GRANT, by: ANA, at: NOW };
    let last = Timestamp::from_micros(until.micros() - 1);
    let life = LinkPurpose::SetUp.life();
    let expires_at = last + life;
    let link = LinkPurpose::SetUp;
    let issued = UserEvent::LinkIssued { link: LINK, purpose: link, verifier: verifier(4), expires_at };
    let person: User = fold([registered(Role::Agent), issued]);
    let redeem = |at| UserCommand::RedeemLink {
        link: LINK,
        password: verifier(5),
        stands_alone: true,
        address: None,
        at,
    };
    for (name, events, at, opens) in [
        ("while it is alive", vec![made(Some(GRANT))], last, true),
        ("at its end", vec![made(Some(GRANT))], until, false),
        ("taken back", vec![made(Some(GRANT)), revoked.clone()], NOW, false),
        ("made without one", vec![made(None), revoked.clone()], until, true),
        ("made anew without one", vec![made(Some(GRANT)), made(None), revoked], NOW, true),
    ] {
        let account: Account = fold(past.iter().cloned().chain(events));
        let came = person.decide(&account.era(at), redeem(at));
        assert_eq!(came.is_ok(), opens, "{name}: {came:?}");
        assert!(opens || came == Err(UserError::LinkOver), "{name}: {came:?}");
    }
}

/// Rules: C7.
#[test]
fn a_grant_to_the_operator_names_something_and_ends_by_itself() {
    let read = [OperatorScope::Read];
    given::<Account>([opened()]).when(grant(&[], 4)).then_refused(OperatorError::NoScope.into());
    for hours in [0, 73] {
        given::<Account>([opened()]).when(grant(&read, hours)).then_refused(OperatorError::TooLong.into());
    }
    given::<Account>([opened()]).when(grant(&read, 72)).then([granted(&read, later(Span::hours(72)))]);
    let closed = [opened(), granted(&read, later(Span::hours(72))), AccountEvent::AccountClosed { at: NOW }];
    assert!(fold::<Account>(closed).operator_grants.is_empty());
}

/// Rules: C7, D2.
#[test]
fn letting_the_operator_act_takes_two_once_there_are_two() {
    let act = GuardedAct::GrantOperator { grant: GRANT, scopes: scopes(&[OperatorScope::Link]), hours: 4 };
    let account: Account = fold([opened()]);
    assert_eq!(account.consent(&act, ANA, &owners(1), NOW), Consent::AtOnce);
    assert_eq!(account.consent(&act, ANA, &owners(2), NOW), Consent::SecondOwner);
}
