//! A person's ordinary life: name, language, groups, role, ways in, deactivation. Addresses and mailed
//! links are in `address`, what came from another system in `claimed`.

use std::collections::BTreeSet;

use super::address::{AddressCommand, check_language};
use super::claimed::ClaimCommand;
use super::command::UserError;
use super::events::UserEvent;
use super::state::User;
use super::values::Objection;
use crate::ids::GroupId;
use crate::policy::Role;
use crate::proof::Era;
use crate::sealed::{PersonName, ProviderSubject, Reason, Sealed};
use crate::time::Timestamp;

/// Groups that one person may be in: one event must hold them, and an administrator read them.
pub const MAX_GROUPS_OF_PERSON: usize = 20;
/// Identity providers through which one person may sign in.
const MAX_PROVIDERS: usize = 5;
/// Longest name of an identity provider.
const MAX_PROVIDER_NAME: usize = 40;

/// What is asked of a person's ordinary life.
#[derive(Debug, Clone)]
pub enum PeopleCommand {
    /// Give them another name.
    Rename(Sealed<PersonName>),
    /// Write to them in another language.
    Speak(String),
    /// Put them into these groups, and no other.
    Group {
        /// All of them.
        groups: BTreeSet<GroupId>,
        /// Now.
        at: Timestamp,
    },
    /// Give them another role. Whether somebody else is an owner still, `Owners` says.
    ChangeRole {
        /// From now on.
        to: Role,
        /// Now.
        at: Timestamp,
    },
    /// Let them in no more.
    Deactivate {
        /// Why, where it was said.
        reason: Option<Sealed<Reason>>,
        /// Now.
        at: Timestamp,
    },
    /// Let them in again, once their address is proved anew.
    Reactivate {
        /// Now.
        at: Timestamp,
    },
    /// Let them in through an identity provider.
    LinkProvider {
        /// `google`, `saml`, `jwt`, …
        provider: String,
        /// Who they are there.
        subject: Sealed<ProviderSubject>,
        /// Now.
        at: Timestamp,
    },
    /// Let them in through it no more.
    UnlinkProvider {
        /// Which.
        provider: String,
        /// Now.
        at: Timestamp,
    },
    /// About their address.
    Address(AddressCommand),
    /// About what came with them from another system.
    Claim(ClaimCommand),
}

impl PeopleCommand {
    /// Whether it may be put to somebody who is deactivated: their return, and what staff put right before it.
    pub(super) const fn revives(&self) -> bool {
        match self {
            Self::Reactivate { .. } => true,
            Self::Address(command) => matches!(
                command,
                AddressCommand::Request { by: Some(_), .. }
                    | AddressCommand::Confirm { .. }
                    | AddressCommand::Cancel { .. }
            ),
            _ => false,
        }
    }
}

impl User {
    pub(super) fn live(&self, era: &Era, command: PeopleCommand) -> Result<Vec<UserEvent>, UserError> {
        let who = self.who().ok_or(UserError::Unknown)?;
        match command {
            PeopleCommand::Rename(name) => Ok(vec![UserEvent::UserRenamed { name }]),
            PeopleCommand::Speak(language) => {
                check_language(&language)?;
                let other = who.language != language;
                Ok(other.then_some(UserEvent::LanguageChanged { language }).into_iter().collect())
            }
            PeopleCommand::Group { groups, .. } if groups.len() > MAX_GROUPS_OF_PERSON => {
                Err(UserError::TooManyGroups(MAX_GROUPS_OF_PERSON))
            }
            PeopleCommand::Group { groups, at } => {
                let others = self.groups != groups;
                Ok(others.then_some(UserEvent::GroupsChanged { groups, at }).into_iter().collect())
            }
            PeopleCommand::ChangeRole { to, .. } if who.role == to => Err(UserError::SameRole),
            PeopleCommand::ChangeRole { to, at } => {
                let changed = UserEvent::RoleChanged { from: who.role, to, at };
                // What was asked for of anybody else changes no owner's address.
                let ended = self.end_staffs_change(Objection::Replaced, at).filter(|_| to == Role::Owner);
                Ok(self.end_way_back(at).into_iter().chain(ended).chain([changed]).collect())
            }
            PeopleCommand::Deactivate { reason, at } => Ok(vec![UserEvent::UserDeactivated { reason, at }]),
            PeopleCommand::Reactivate { .. } if !self.deactivated => Err(UserError::NotDeactivated),
            PeopleCommand::Reactivate { at } => Ok(vec![UserEvent::UserReactivated { at }]),
            PeopleCommand::LinkProvider { provider, subject, at } => {
                self.link_provider(provider, subject, at)
            }
            PeopleCommand::UnlinkProvider { provider, at } => self.unlink_provider(provider, at),
            PeopleCommand::Address(command) => self.change_address(command),
            PeopleCommand::Claim(command) => self.claim(era, command),
        }
    }

    /// A provider knows a person by one subject; another one is a new link, after the old one was cut.
    fn link_provider(
        &self,
        provider: String,
        subject: Sealed<ProviderSubject>,
        at: Timestamp,
    ) -> Result<Vec<UserEvent>, UserError> {
        if !is_provider(&provider) {
            return Err(UserError::BadProvider);
        }
        if self.providers.contains_key(&provider) {
            return Err(UserError::ProviderLinked);
        }
        if self.providers.len() >= MAX_PROVIDERS {
            return Err(UserError::TooManyProviders(MAX_PROVIDERS));
        }
        Ok(vec![UserEvent::IdentityProviderLinked { provider, subject, at }])
    }

    /// Nobody is locked out by it: the only way in is not cut.
    fn unlink_provider(&self, provider: String, at: Timestamp) -> Result<Vec<UserEvent>, UserError> {
        if !self.providers.contains_key(&provider) {
            return Err(UserError::NoProvider);
        }
        if self.through_provider_only() && self.providers.len() == 1 {
            return Err(UserError::LastWayIn);
        }
        Ok(vec![UserEvent::IdentityProviderUnlinked { provider, at }])
    }
}

/// Whether an identity provider can be called so.
pub fn is_provider(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    !name.is_empty() && name.len() <= MAX_PROVIDER_NAME && name.bytes().all(plain)
}
