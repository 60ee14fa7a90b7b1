//! Passwords that people brought along from another system, as far as the account knows of them: what a
//! comparison with their hashes costs.
//!
//! Such a comparison takes that system's time, not ours. So that a wrong password tells nobody who came from
//! where, and who is not there at all (ASVS 5.0 6.3.8), every refused password of the account does the work of
//! all of them, until nobody has one of a scheme any more.
//!
//! Who has one stands in people's own streams, and is counted there. That the count is not overtaken by an
//! import follows from two spans: an import says that it brings such a password unless that was said within
//! [`ARRIVALS_APART`], and that there is none any more is not said within [`GONE_AFTER`]. So whoever came
//! unsaid has long been in the log, and whoever comes meanwhile moves the account.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::events::AccountEvent;
use super::state::Account;
use crate::time::{Span, Timestamp};

/// Costs that are evened out. Most systems had one or two in their time, and each is work for every wrong
/// password; whoever came with a further one can be told apart by the time that it takes.
pub const MOST_COSTS: usize = 3;
/// How often it is said that more of a scheme came: people come by batches of a hundred, and every sign-in that
/// is under way is decided again where the account moves.
pub const ARRIVALS_APART: Span = Span::hours(1);
/// For how long after that nobody says that there is none any more. What is appended was decided seconds ago
/// at most, so twice the other span is ample.
pub const GONE_AFTER: Span = Span::hours(2);

/// The passwords of one scheme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Foreign {
    /// What comparisons with them cost, each as a hash that no password matches.
    pub costs: BTreeSet<String>,
    /// When it was last said that some came.
    pub arrived_at: Timestamp,
}

/// A command about passwords of other systems.
#[derive(Debug, Clone)]
pub enum ForeignCommand {
    /// People come with some of these: each cost, and its scheme.
    Arrive {
        /// Scheme by cost.
        costs: BTreeMap<String, String>,
        /// Now.
        at: Timestamp,
    },
    /// Nobody has one of a scheme any more, as counted in the whole log.
    End {
        /// Which.
        scheme: String,
        /// Now.
        at: Timestamp,
    },
}

impl Account {
    /// What every refused password does beside the usual work.
    pub fn foreign_costs(&self) -> impl Iterator<Item = &str> {
        self.foreign.values().flat_map(|foreign| &foreign.costs).map(String::as_str)
    }

    /// Schemes that may be over, as far as the account knows.
    pub fn may_end(&self, scheme: &str, at: Timestamp) -> bool {
        self.foreign.get(scheme).is_some_and(|foreign| foreign.arrived_at + GONE_AFTER <= at)
    }

    pub(super) fn foreign(&self, command: ForeignCommand) -> Vec<AccountEvent> {
        match command {
            ForeignCommand::Arrive { costs, at } => {
                let mut next = self.clone();
                let mut said = vec![];
                for (cost, scheme) in costs {
                    if let Some(cost) = next.says(&scheme, cost, at) {
                        next.foreign_arrived(&scheme, &cost, at);
                        said.push(AccountEvent::ForeignPasswordsArrived { scheme, cost, at });
                    }
                }
                said
            }
            ForeignCommand::End { scheme, at } => {
                let over = self.may_end(&scheme, at);
                over.then_some(AccountEvent::ForeignPasswordsGone { scheme, at }).into_iter().collect()
            }
        }
    }

    /// What is said of one that comes: its cost, where that is news and there is room; or, once more, one of its
    /// scheme that is known.
    fn says(&self, scheme: &str, cost: String, at: Timestamp) -> Option<String> {
        let known = self.foreign.get(scheme);
        if known.is_none_or(|foreign| !foreign.costs.contains(&cost))
            && self.foreign_costs().count() < MOST_COSTS
        {
            return Some(cost);
        }
        known.filter(|foreign| foreign.arrived_at + ARRIVALS_APART <= at)?.costs.first().cloned()
    }

    pub(super) fn foreign_arrived(&mut self, scheme: &str, cost: &str, at: Timestamp) {
        let new = || Foreign { costs: BTreeSet::new(), arrived_at: at };
        let foreign = self.foreign.entry(scheme.to_owned()).or_insert_with(new);
        foreign.costs.insert(cost.to_owned());
        foreign.arrived_at = at;
    }
}
