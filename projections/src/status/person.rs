//! What people are called: sealed, for the annex of a report and for lists. Without history: an erasure
//! empties it, and who is gone is not called anything.

use twofold_domain::ids::UserId;
use twofold_domain::time::Timestamp;
use twofold_domain::user::UserEvent;

use crate::fact::{Event, Fact};
use crate::record::record;
use crate::view::{Table, View};

/// The view.
pub enum Person {}

record! {
    /// A person's sealed name and address.
    pub struct PersonRow {
        /// Who.
        pub user_id: UserId,
        /// Their name, sealed; nothing once they were erased.
        pub name: Option<Vec<u8>>,
        /// Their address, sealed; nothing once they were erased.
        pub email: Option<Vec<u8>>,
        /// The language of messages to them.
        pub language: String,
        /// When they were erased.
        pub erased_at: Option<Timestamp>,
    }
}

impl View for Person {
    type Row = PersonRow;
    type Key = UserId;
    const TABLE: Table = Table::of("person", "user_id");

    fn key(fact: &Fact) -> Option<UserId> {
        match &fact.event {
            Event::User(user, UserEvent::UserRegistered { .. } | UserEvent::PersonErased { .. }) => Some(*user),
            Event::Account(_) | Event::User(..) | Event::Device(..) => None,
        }
    }

    fn apply(row: Option<PersonRow>, user_id: UserId, fact: &Fact) -> Option<PersonRow> {
        match &fact.event {
            Event::User(_, UserEvent::UserRegistered { name, email, language, .. }) => Some(PersonRow {
                user_id,
                name: Some(name.bytes().to_vec()),
                email: Some(email.bytes().to_vec()),
                language: language.clone(),
                erased_at: None,
            }),
            Event::User(_, UserEvent::PersonErased { at, .. }) => {
                row.map(|row| PersonRow { name: None, email: None, erased_at: Some(*at), ..row })
            }
            Event::Account(_) | Event::User(..) | Event::Device(..) => row,
        }
    }
}
