//! Groups of people, and an account that is closed.

use uuid::Uuid;

use crate::account::{Account, AccountCommand, AccountError, AccountEvent, GroupCommand, MAX_GROUPS};
use crate::ids::GroupId;
use crate::policy::Audience;
use crate::table::*;

fn id(n: u128) -> GroupId {
    GroupId::from_uuid(Uuid::from_u128(700 + n))
}

fn create(n: u128, name: &str) -> AccountCommand {
    AccountCommand::Group(GroupCommand::Create { group: id(n), name: name.into(), at: NOW })
}

fn created(n: u128, name: &str) -> AccountEvent {
    AccountEvent::GroupCreated { group: id(n), name: name.into(), at: NOW }
}

fn rename(n: u128, name: &str) -> AccountCommand {
    AccountCommand::Group(GroupCommand::Rename { group: id(n), name: name.into() })
}

fn delete(n: u128) -> AccountCommand {
    AccountCommand::Group(GroupCommand::Delete { group: id(n), at: NOW })
}

/// Rules: H1.
#[test]
fn a_group_has_a_name_of_its_own() {
    let past = [opened(), created(1, "Nights")];
    given::<Account>(past.clone()).when(create(2, "  Days ")).then([created(2, "Days")]);
    for name in ["Nights", "nIGHTS", " Nights "] {
        given::<Account>(past.clone()).when(create(2, name)).then_refused(AccountError::GroupNameTaken);
    }
    for name in ["", "  ", "a\nb", "x".repeat(81).as_str()] {
        given::<Account>(past.clone()).when(create(2, name)).then_refused(AccountError::BadName);
    }
    let renamed = AccountEvent::GroupRenamed { group: id(1), name: "NIGHTS".into() };
    given::<Account>(past.clone()).when(rename(1, "NIGHTS")).then([renamed]);
    given::<Account>(past.clone()).when(rename(1, "Nights")).then_nothing();
    given::<Account>(past.clone()).when(rename(2, "Days")).then_refused(AccountError::NoGroup);
    let many = std::iter::once(opened()).chain((0..MAX_GROUPS as u128).map(|n| created(n, &format!("g{n}"))));
    given::<Account>(many).when(create(999, "more")).then_refused(AccountError::TooManyGroups(MAX_GROUPS));
}

/// Rules: H1.
#[test]
fn a_group_that_a_policy_names_stays() {
    let gone = AccountEvent::GroupDeleted { group: id(1) };
    given::<Account>([opened(), created(1, "Nights")]).when(delete(1)).then([gone]);
    given::<Account>([opened()]).when(delete(1)).then_refused(AccountError::NoGroup);
    let named = policy(Audience::Team, |p| p.required_of.groups = [id(1)].into(), None);
    given::<Account>([opened(), created(1, "Nights"), named])
        .when(delete(1))
        .then_refused(AccountError::GroupInUse);
}

#[test]
fn nothing_is_changed_in_a_closed_account() {
    let closed = AccountEvent::AccountClosed { at: NOW };
    given::<Account>([opened(), closed]).when(create(1, "Nights")).then_refused(AccountError::Closed);
}
