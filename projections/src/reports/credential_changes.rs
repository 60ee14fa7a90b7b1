//! `credential-changes`: whatever people come in by, and when it changed.

use twofold_domain::account::AccountEvent;
use twofold_domain::permission::Act;
use twofold_domain::user::UserEvent;

use super::ask::FROM;
use super::cell::{Cell, Kind, Row, column};
use super::events::row_each;
use super::{Asked, Pages, Report};
use crate::audit;
use crate::fact::{Event, Fact};

/// The report.
pub const REPORT: Report = Report {
    name: "credential-changes",
    meaning: "Changes of credentials: every password that was set, every factor that was bound or removed, every set \
              of recovery codes, every change of an address, of an identity provider, or of an API token, also of a \
              program's, and every reset, in the order of the log, with who did it. What somebody's device is called, \
              or a factor, is not a credential.",
    definition: 3,
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
        column("thing", Kind::Id, "The factor, the set of codes, the token."),
        column(
            "detail",
            Kind::Text,
            "The kind of a factor that was claimed, the provider, the scopes, what reset it.",
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
];

#[expect(clippy::needless_pass_by_value, reason = "the shape of every report's rows")]
fn pages(asked: Asked) -> Pages {
    row_each(&asked, NAMES, row)
}

fn row(fact: &Fact) -> Option<Row> {
    let (user, event) = match &fact.event {
        Event::User(user, event) => (user, event),
        Event::Account(event) => return of_program(fact, event),
        _ => return None,
    };
    let (thing, detail) = match event {
        UserEvent::PasswordClaimed { scheme, .. } => (Cell::Empty, Cell::text(scheme.as_str())),
        UserEvent::FactorConfirmed { factor, .. } | UserEvent::FactorRemoved { factor } => {
            (Cell::text(factor.to_string()), Cell::Empty)
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

/// A program's token.
fn of_program(fact: &Fact, event: &AccountEvent) -> Option<Row> {
    let (token, detail) = match event {
        AccountEvent::ClientTokenIssued { token, scopes, .. } => {
            let scopes: Vec<&str> = scopes.iter().map(|scope| scope.name()).collect();
            (token, Cell::text(scopes.join("+")))
        }
        AccountEvent::ClientTokenRevoked { token, .. } => (token, Cell::Empty),
        _ => return None,
    };
    Some(vec![
        fact.at.into(),
        Cell::Event(fact.seq),
        Cell::word(fact.event.name()),
        Cell::Empty,
        fact.meta.actor.clone().into(),
        false.into(),
        Cell::text(token.to_string()),
        detail,
    ])
}
