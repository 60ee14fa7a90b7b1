//! What an account agrees with itself, beside its policy: settings, governance, acts that take two.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

use super::operator::OperatorScope;
use crate::ids::{ExemptionId, OperatorGrantId, RecoveryId, UserId};
use crate::policy::Role;
use crate::sealed::{Email, ProviderSubject, Sealed};
use crate::time::{Span, Timestamp};

/// How an account shows itself, and whom it tells what.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// As prompts and messages show it; 1–80 characters.
    pub name: String,
    /// A small picture shown beside the name, as a `data:` URL (PNG, at most 16 KiB of it).
    pub logo: Option<String>,
    /// The languages offered to its people, each once: of `en`, `es`, `ko`; none named is all. Whoever
    /// wishes for another reads the first.
    pub languages: Vec<String>,
    /// In which times are shown and days are counted, where people read them: an IANA name; UTC if not
    /// said. Data formats stay UTC.
    pub time_zone: Option<String>,
    /// Where its people find help: an `https:` or `mailto:` address, named in every prompt.
    pub help: Option<String>,
    /// Notices that owners and admins get beside the people concerned.
    pub notices: BTreeSet<Notice>,
}

impl Settings {
    /// The language that somebody who wishes for this one reads (a tag such as `es` or `ko-KR`): it, where
    /// the account offers it; otherwise the account's first.
    pub fn language<'a>(&'a self, wish: &'a str) -> &'a str {
        let primary = wish.split(['-', '_']).next().unwrap_or_default();
        match self.languages.first() {
            Some(first) if self.languages.iter().all(|offered| !offered.eq_ignore_ascii_case(primary)) => {
                first
            }
            _ => wish,
        }
    }

    /// The language of whoever wishes for none.
    pub fn first_language(&self) -> &str {
        self.languages.first().map_or("en", String::as_str)
    }
}

/// A notice that owners and admins may wish for, beside those that they get in any case: of acts that take
/// two, and of policies that are going to hold. What befalls a person is told to that person, always.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Notice {
    /// Somebody reached a hard cap of wrong tries.
    LockedOut,
    /// A member of the team was added, or their role changed.
    TeamChanged,
    /// What the account demands was changed: a policy, the owner's floor, the profile.
    PolicyChanged,
    /// A program used e-mail and password for the API.
    PasswordAccess,
}

impl Notice {
    /// All of them.
    pub const ALL: [Self; 4] =
        [Self::LockedOut, Self::TeamChanged, Self::PolicyChanged, Self::PasswordAccess];

    /// The stored name.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// How the account keeps its own powers in check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Governance {
    /// Whether admins may disable, suspend, and resume for everyone. Otherwise only owners.
    pub admins_may_switch: bool,
    /// Acts that take a second owner, or a wait where there is one owner only. `None` as long as
    /// nobody said: then every act of [`Guarded`] does, from two owners on.
    pub dual_control: Option<BTreeSet<Guarded>>,
    /// Whether team members may go without password and passcode at once, on a device that is both
    /// trusted and signed in.
    pub team_may_waive_both: bool,
    /// Whether who grants a locked-out member of the team a code may see it. Otherwise it goes to the person
    /// alone, by a one-time link.
    pub issuers_see_codes: bool,
    /// How many hours somebody on a device that is still trusted waits before they can bind another
    /// factor: 4 to 72.
    pub repair_wait_hours: u8,
}

impl Default for Governance {
    fn default() -> Self {
        Self {
            admins_may_switch: false,
            dual_control: None,
            team_may_waive_both: false,
            issuers_see_codes: false,
            repair_wait_hours: REPAIR_WAIT_HOURS,
        }
    }
}

/// The wait on a trusted device as long as nobody said otherwise: a night, and a look at one's mail.
const REPAIR_WAIT_HOURS: u8 = 24;
/// What the wait on a trusted device may be, in hours: long enough to read a notice, and never longer than
/// without such a device.
pub const REPAIR_WAIT_WITHIN: std::ops::RangeInclusive<u8> = 4..=72;

impl Governance {
    /// The same, saying of what was chosen also what takes two in any case: what is saved says what holds.
    #[must_use]
    pub fn whole(mut self) -> Self {
        if let Some(chosen) = &mut self.dual_control {
            chosen.extend(Guarded::always());
        }
        self
    }

    /// How long somebody on a device that is still trusted waits, whatever was saved.
    pub fn repair_wait(&self) -> Span {
        let hours = self.repair_wait_hours.clamp(*REPAIR_WAIT_WITHIN.start(), *REPAIR_WAIT_WITHIN.end());
        Span::hours(hours.into())
    }
}

/// Acts that dual control can be chosen for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Guarded {
    /// Switching off for everyone, which resets everyone.
    Disable,
    /// Stopping requirement and challenges for everyone.
    Suspend,
    /// Resetting or exempting an owner, letting one in with a code, or changing what one comes in by. It always takes
    /// two, chosen or not.
    HelpOwner,
    /// Erasing a person. Of an owner it always takes two.
    Erase,
    /// Letting the installation's operator act inside the account.
    Operator,
}

impl Guarded {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Disable, Self::Suspend, Self::HelpOwner, Self::Erase, Self::Operator];

    /// Those that take two whatever an account chose: nobody is above an owner, and one owner alone could take over
    /// what another one comes in by.
    pub fn always() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|act| act.is_always())
    }

    /// Whether it takes two whatever an account chose.
    pub const fn is_always(self) -> bool {
        match self {
            Self::HelpOwner => true,
            Self::Disable | Self::Suspend | Self::Erase | Self::Operator => false,
        }
    }
}

/// What somebody comes in by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Identity {
    /// An address.
    Email(Sealed<Email>),
    /// An identity provider.
    Provider {
        /// `google`, `saml`, `jwt`, …
        provider: String,
        /// Who they are there.
        subject: Sealed<ProviderSubject>,
    },
}

/// An act that waits for its second approval, with what it is going to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GuardedAct {
    /// Switch off for everyone.
    Disable {
        /// At most so many enrolled people are reset by it.
        people: u64,
    },
    /// Suspend for everyone.
    Suspend,
    /// Reset an owner's second factor.
    ResetOwner {
        /// Whose.
        user: UserId,
        /// Whether it may be in wrong hands.
        compromise: bool,
    },
    /// Let an owner in without a second factor for a while.
    ExemptOwner {
        /// Whom.
        user: UserId,
        /// Its id.
        exemption: ExemptionId,
        /// Until when.
        until: Timestamp,
    },
    /// Let a locked-out owner in once, with a code.
    GrantOwnerRecovery {
        /// Whom.
        user: UserId,
        /// The case.
        recovery: RecoveryId,
        /// How many hours the code is good for.
        hours: u8,
    },
    /// Change what an owner comes in by.
    ChangeOwnerIdentity {
        /// Whose.
        user: UserId,
        /// To what.
        to: Identity,
    },
    /// Erase a person.
    Erase {
        /// Whom.
        user: UserId,
    },
    /// Give an owner another role.
    DemoteOwner {
        /// Whom.
        user: UserId,
        /// Which they have afterwards.
        to: Role,
    },
    /// Let an owner in no more.
    DeactivateOwner {
        /// Whom.
        user: UserId,
    },
    /// Make somebody an owner.
    GrantOwner {
        /// Whom.
        user: UserId,
    },
    /// Make somebody an owner in one's own place.
    TransferOwnership {
        /// From whom, who is an admin afterwards.
        from: UserId,
        /// To whom.
        to: UserId,
    },
    /// Let the installation's operator act inside the account for a while.
    GrantOperator {
        /// The grant.
        grant: OperatorGrantId,
        /// What for.
        scopes: BTreeSet<OperatorScope>,
        /// For how many hours, from when it is carried out.
        hours: u8,
    },
    /// Close the account for good.
    CloseAccount,
    /// Take acts out of dual control.
    ChangeGovernance {
        /// What is to hold.
        to: Governance,
    },
}

/// What an API token may be used for. A token has no assurance level: where the table of permissions
/// asks for a fresh second factor, only a scope that it names for that act will do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum TokenScope {
    /// Read the account, its policy, and its switch.
    ReadAccount,
    /// Read its people.
    ReadPeople,
    /// Read reports.
    ReadStatus,
    /// Read the audit log.
    ReadAudit,
    /// Take reports and the audit log away as files.
    Export,
    /// Register, edit, deactivate, and reactivate end users.
    ManageEndUsers,
    /// Open sign-ins of people whose first factor the program has checked itself.
    AssertSignIn,
    /// In such a sign-in, a device's trust counts.
    AssertTrust,
}

impl TokenScope {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::ReadAccount,
        Self::ReadPeople,
        Self::ReadStatus,
        Self::ReadAudit,
        Self::Export,
        Self::ManageEndUsers,
        Self::AssertSignIn,
        Self::AssertTrust,
    ];

    /// The stored name.
    pub fn name(self) -> &'static str {
        self.into()
    }
}
