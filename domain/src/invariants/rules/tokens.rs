//! API tokens: used only while they are in force, and only for what they were issued for.

use std::collections::{BTreeSet, HashMap};

use super::super::meaning::Asks;
use super::super::{By, Event, Rule, rule};
use crate::account::{AccountEvent, TokenScope};
use crate::device::{DeviceEvent, TokenHolder};
use crate::ids::{ClientId, TokenId, UserId};
use crate::permission::scope_for;
use crate::time::Timestamp;
use crate::user::{ResetCause, UserEvent};

pub(super) fn rules() -> Vec<Rule> {
    vec![token_in_force(), token_suffices()]
}

fn token_suffices() -> Rule {
    let mut issued: HashMap<TokenId, (By, BTreeSet<TokenScope>)> = HashMap::new();
    rule(
        "token-suffices",
        "By a token nothing is done but what one of its scopes names, by whom it was issued to; what only a person in a session may do, no token does.",
        move |on, find| {
            match &on.entry.event {
                Event::User(user, UserEvent::ApiTokenIssued { token, scopes, .. }) => {
                    issued.insert(*token, (By::Person(*user), scopes.clone()));
                }
                Event::Account(AccountEvent::ClientTokenIssued { client, token, scopes, .. }) => {
                    issued.insert(*token, (By::Program(*client), scopes.clone()));
                }
                _ => {}
            }
            let Some(token) = on.entry.token else {
                let program = matches!(on.entry.by, By::Program(_));
                return find.expect(!program, || format!("{:?} without a token", on.entry.by));
            };
            let known = issued.get(&token).filter(|(holder, _)| *holder == on.entry.by);
            let may = known.is_some_and(|(_, scopes)| match on.asks() {
                Asks::Nothing => true,
                Asks::Staff(act) => scope_for(act).is_some_and(|scope| scopes.contains(&scope)),
                // Only a program at somebody's sign-in.
                Asks::Door => scopes.contains(&TokenScope::AssertSignIn),
                Asks::Own(_) | Asks::Operator | Asks::System(_) => false,
            });
            find.expect(may, || format!("{:?} by {token} of {:?}, known {known:?}", on.asks(), on.entry.by));
        },
    )
}

/// Tokens in force and when each ends.
type Tokens = Vec<(TokenId, Option<Timestamp>)>;

fn token_in_force() -> Rule {
    let mut of_people: HashMap<UserId, Tokens> = HashMap::new();
    let mut of_clients: HashMap<ClientId, Tokens> = HashMap::new();
    rule(
        "token-in-force",
        "An API token is used only by whom it was issued to, before it ends, and not after it was revoked or its holder's role, activity, or registration ended or a freeze began.",
        move |on, find| match &on.entry.event {
            Event::User(user, event) => match event {
                UserEvent::ApiTokenIssued { token, expires_at, .. } => {
                    of_people.entry(*user).or_default().push((*token, *expires_at));
                }
                UserEvent::ApiTokenRevoked { token, .. } => {
                    of_people.entry(*user).or_default().retain(|(id, _)| id != token);
                }
                UserEvent::RoleChanged { .. }
                | UserEvent::UserDeactivated { .. }
                | UserEvent::UserFrozen { .. }
                | UserEvent::TwoFactorReset { cause: ResetCause::Staff { compromise: true, .. }, .. }
                | UserEvent::PersonErased { .. } => {
                    of_people.remove(user);
                }
                _ => {}
            },
            Event::Account(event) => match event {
                AccountEvent::ClientTokenIssued { client, token, expires_at, .. } => {
                    of_clients.entry(*client).or_default().push((*token, *expires_at));
                }
                AccountEvent::ClientTokenRevoked { client, token, .. } => {
                    of_clients.entry(*client).or_default().retain(|(id, _)| id != token);
                }
                AccountEvent::ClientRemoved { client, .. } => {
                    of_clients.remove(client);
                }
                _ => {}
            },
            Event::Device(_, DeviceEvent::ApiTokenUsed { token, holder, at, .. }) => {
                let theirs = match holder {
                    TokenHolder::User(user) => of_people.get(user),
                    TokenHolder::Client(client) => of_clients.get(client),
                };
                let known = theirs.and_then(|tokens| tokens.iter().find(|(id, _)| id == token));
                let good = known.is_some_and(|(_, end)| end.is_none_or(|end| *at < end));
                find.expect(good, || format!("{token} of {holder:?}, known {known:?}"));
            }
            Event::Device(..) | Event::Reading(_) => {}
        },
    )
}

#[cfg(test)]
pub(super) fn cases() -> Vec<super::super::history::Case> {
    use super::super::history::{OWNER, case};
    vec![
        case(
            "token-suffices",
            |h| {
                h.town();
                h.token(OWNER);
                h.use_token(OWNER);
                h.step_up(OWNER);
            },
            |h| {
                let (token, at) = (h.token_of(OWNER), h.now());
                h.person_act(OWNER, UserEvent::ApiTokenRevoked { token, at });
                let last = h.last();
                (last.session, last.token) = (None, Some(token));
            },
        ),
        case(
            "token-in-force",
            |h| {
                h.town();
                h.token(OWNER);
                h.use_token(OWNER);
                h.step_up(OWNER);
                let (token, at) = (h.token_of(OWNER), h.now());
                h.person_act(OWNER, UserEvent::ApiTokenRevoked { token, at });
            },
            |h| h.use_token(OWNER),
        ),
    ]
}
