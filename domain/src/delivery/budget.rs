//! How many messages go out in a day. Counted are codes and links, which somebody asks for; a notice is
//! never silenced by a count, or whoever could exhaust one could act unseen. What anybody may ask for who knows
//! an address is counted apart: a stranger spends nothing that the person, or staff, need. So are invitations, of which an
//! import writes as many as it has people: it takes no code from whoever asks for one.

use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

use super::{Channel, MessagePurpose, Undelivered};
use crate::ids::UserId;
use crate::time::{Span, Timestamp};
use crate::user::Familiarity;

/// The span of a budget.
const DAY: Span = Span::days(1);

/// Whose budget it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum BudgetOf {
    /// One person's.
    Person(UserId),
    /// The account's.
    Account,
    /// The account's for one country, by the number's country code.
    Country(u16),
}

/// Which part of a budget a message counts against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Share {
    /// What takes a password, a session, or staff to ask for.
    Own,
    /// What anybody may ask for who knows an address.
    Anybody,
    /// Invitations.
    Invited,
}

/// A budget that is spent for the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpentBudget {
    /// Of which way.
    pub channel: Channel,
    /// Whose.
    pub whose: BudgetOf,
    /// Which part.
    pub share: Share,
    /// When it begins anew.
    pub until: Timestamp,
}

/// How many messages of one way go out in a day of UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// To one person.
    pub person: u32,
    /// From one account.
    pub account: u32,
    /// From one account into one country.
    pub country: u32,
}

impl Allowance {
    /// By mail: a person who asks a hundred times in a day is somebody else; an account may invite a town.
    pub const MAIL: Self = Self { person: 100, account: 100_000, country: 100_000 };
    /// By SMS, where each costs money: fraud with numbers that pay whoever makes them ring is the reason
    /// for the country's.
    pub const SMS: Self = Self { person: 20, account: 2_000, country: 500 };

    /// How many of these one may ask for on a device of that kind. Devices that were not known before use up
    /// half of a person's, or whoever has the password could keep a person's codes from coming.
    pub const fn asked_from(&self, whose: BudgetOf, familiarity: Familiarity) -> u32 {
        match (whose, familiarity) {
            (BudgetOf::Person(_), Familiarity::Stranger) => self.person.div_ceil(2),
            _ => self.of(whose),
        }
    }

    /// How many of these.
    pub const fn of(&self, whose: BudgetOf) -> u32 {
        match whose {
            BudgetOf::Person(_) => self.person,
            BudgetOf::Account => self.account,
            BudgetOf::Country(_) => self.country,
        }
    }

    /// How many of a part of these: what anybody may ask for has half as many, invitations as many,
    /// each beside the others.
    pub const fn of_share(&self, whose: BudgetOf, share: Share) -> u32 {
        match share {
            Share::Own | Share::Invited => self.of(whose),
            Share::Anybody => self.of(whose).div_ceil(2),
        }
    }
}

impl BudgetOf {
    /// Why a message stays here whose budget this is.
    pub const fn spent(self) -> Undelivered {
        match self {
            Self::Person(_) => Undelivered::PersonBudget,
            Self::Account => Undelivered::AccountBudget,
            Self::Country(_) => Undelivered::CountryBudget,
        }
    }

    /// The stable word.
    pub fn word(self) -> &'static str {
        self.into()
    }
}

impl MessagePurpose {
    /// Against which part of the budgets it counts, if it does.
    pub const fn share(self) -> Option<Share> {
        match self {
            Self::Code | Self::Link => Some(Share::Own),
            Self::OpenLink => Some(Share::Anybody),
            Self::Invitation => Some(Share::Invited),
            Self::Notice => None,
        }
    }
}

/// When the day of an instant is over, and its counts with it.
pub fn day_ends(at: Timestamp) -> Timestamp {
    Timestamp::from_micros((day_of(at) + 1) * DAY.micros())
}

/// The day of an instant, since 1970: what a count belongs to.
pub fn day_of(at: Timestamp) -> i64 {
    at.micros().div_euclid(DAY.micros())
}
