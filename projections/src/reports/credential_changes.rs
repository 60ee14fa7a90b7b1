//! `credential-changes`: whatever people come in by, and when it changed.

use std::collections::HashMap;

use futures::{StreamExt as _, TryStreamExt as _};
use twofold_domain::account::AccountEvent;
use twofold_domain::factor::FactorKind;
use twofold_domain::ids::{FactorId, UserId};
use twofold_domain::permission::Act;
use twofold_domain::user::UserEvent;
use twofold_infra::store::StoreError;

use super::ask::FROM;
use super::cell::{Cell, Kind, Row, column};
use super::events::{facts, facts_of};
use super::{Asked, Pages, Report};
use crate::audit;
use crate::fact::{Event, Fact};

/// The report.
pub const REPORT: Report = Report {
    name: "credential-changes",
    meaning: "Changes of credentials: every password that was set, every factor that was bound or removed, every set \
              of recovery codes, every change of an address, of an identity provider, or of an API token, also of a \
              program's, and every reset, in the order of the log, with who did it. A program that is removed takes \
              its tokens with it, in one row. What somebody's device is called, or a factor, is not a credential.",
    definition: 4,
    reads: Act::ReadAudit,
    from: &[audit::NAME],
    rows: "changes",
    parameters: &[FROM],
    columns: &[
        column("at", Kind::Instant, "When it was recorded."),
        column("event", Kind::Event, "By which event."),
        column("what", Kind::Word, "The event's name: `PasswordSet`, `FactorConfirmed`, and so on."),
        column("user", Kind::Person, "Whose credentials; nobody's where they are a program's."),
        column("by", Kind::Actor, "Who changed them."),
        column("own", Kind::Flag, "Whether it was the person themselves, signed in."),
        column(
            "thing",
            Kind::Id,
            "The factor, the set of codes, the token; of `ClientRemoved`, the program.",
        ),
        column(
            "detail",
            Kind::Text,
            "The kind of the factor (`totp`, `sms`, and so on), the kind of hash of a password that was claimed, the \
             provider, the scopes of a token, what reset it.",
        ),
    ],
    pages,
};

const NAMES: &[&str] = &[
    "PasswordSet",
    "PasswordClaimed",
    "FactorConfirmed",
    "FactorClaimed",
    "FactorRemoved",
    "TwoFactorEnabled",
    "TwoFactorDisabled",
    "TwoFactorReset",
    "RecoveryCodesGenerated",
    "RecoveryCodesRegenerated",
    "EmailChanged",
    "IdentityProviderLinked",
    "IdentityProviderUnlinked",
    "ApiTokenIssued",
    "ApiTokenRevoked",
    "ClientTokenIssued",
    "ClientTokenRevoked",
    "ClientRemoved",
];

/// What says of which kind a factor is.
const BEGINS: &[&str] = &["FactorEnrolmentStarted", "FactorClaimed"];

/// The kinds of factors, as they began.
type Kinds = HashMap<FactorId, FactorKind>;

fn pages(asked: Asked) -> Pages {
    facts(&asked, NAMES, asked.arguments.after())
        .and_then(move |page| {
            let asked = asked.clone();
            async move {
                let kinds = kinds(&asked, &page).await?;
                Ok(page.iter().filter_map(|fact| row(fact, &kinds)).collect())
            }
        })
        .boxed()
}

/// The kinds of the factors that these events confirm or remove: each was begun before, maybe long before the period.
async fn kinds(asked: &Asked, page: &[Fact]) -> Result<Kinds, StoreError> {
    let mut people: Vec<UserId> = page.iter().filter_map(whose_factor).collect();
    people.sort_unstable();
    people.dedup();
    let begun = facts_of(asked, BEGINS, &people).await?;
    Ok(begun.iter().filter_map(|fact| began(&fact.event)).collect())
}

fn whose_factor(fact: &Fact) -> Option<UserId> {
    match &fact.event {
        Event::User(user, UserEvent::FactorConfirmed { .. } | UserEvent::FactorRemoved { .. }) => Some(*user),
        _ => None,
    }
}

fn began(event: &Event) -> Option<(FactorId, FactorKind)> {
    match event {
        Event::User(_, UserEvent::FactorEnrolmentStarted { factor, detail, .. }) => {
            Some((*factor, detail.kind()))
        }
        Event::User(_, UserEvent::FactorClaimed { factor, detail, .. }) => Some((*factor, detail.kind())),
        _ => None,
    }
}

fn row(fact: &Fact, kinds: &Kinds) -> Option<Row> {
    let (user, event) = match &fact.event {
        Event::User(user, event) => (user, event),
        Event::Account(event) => return of_program(fact, event),
        _ => return None,
    };
    let (thing, detail) = match event {
        UserEvent::PasswordClaimed { scheme, .. } => (Cell::Empty, Cell::text(scheme.as_str())),
        UserEvent::FactorConfirmed { factor, .. } | UserEvent::FactorRemoved { factor } => {
            let kind = kinds.get(factor).map_or(Cell::Empty, |kind| Cell::word(kind.name()));
            (Cell::text(factor.to_string()), kind)
        }
        UserEvent::FactorClaimed { factor, detail, .. } => {
            (Cell::text(factor.to_string()), Cell::word(detail.kind().name()))
        }
        UserEvent::TwoFactorReset { cause, .. } => (Cell::Empty, Cell::word(audit::reset_cause(cause))),
        UserEvent::RecoveryCodesGenerated { set, .. } | UserEvent::RecoveryCodesRegenerated { set, .. } => {
            (Cell::text(set.to_string()), Cell::Empty)
        }
        UserEvent::IdentityProviderLinked { provider, .. }
        | UserEvent::IdentityProviderUnlinked { provider, .. } => {
            (Cell::Empty, Cell::text(provider.as_str()))
        }
        UserEvent::ApiTokenIssued { token, scopes, .. } => {
            let scopes: Vec<&str> = scopes.iter().map(|scope| scope.name()).collect();
            (Cell::text(token.to_string()), Cell::text(scopes.join("+")))
        }
        UserEvent::ApiTokenRevoked { token, .. } => (Cell::text(token.to_string()), Cell::Empty),
        _ => (Cell::Empty, Cell::Empty),
    };
    let own = fact.meta.actor.as_deref() == Some(user.to_string().as_str());
    Some(vec![
        fact.at.into(),
        Cell::Event(fact.seq),
        Cell::word(fact.event.name()),
        (*user).into(),
        fact.meta.actor.clone().into(),
        own.into(),
        thing,
        detail,
    ])
}

/// A program's token, or all of them.
fn of_program(fact: &Fact, event: &AccountEvent) -> Option<Row> {
    let (thing, detail) = match event {
        AccountEvent::ClientTokenIssued { token, scopes, .. } => {
            let scopes: Vec<&str> = scopes.iter().map(|scope| scope.name()).collect();
            (token.to_string(), Cell::text(scopes.join("+")))
        }
        AccountEvent::ClientTokenRevoked { token, .. } => (token.to_string(), Cell::Empty),
        AccountEvent::ClientRemoved { client, .. } => (client.to_string(), Cell::Empty),
        _ => return None,
    };
    Some(vec![
        fact.at.into(),
        Cell::Event(fact.seq),
        Cell::word(fact.event.name()),
        Cell::Empty,
        fact.meta.actor.clone().into(),
        false.into(),
        Cell::text(thing),
        detail,
    ])
}
