//! Where a person was in the account, as far as a policy looks: their role and groups, one place after the other. A
//! place begins with a registration, another role, or other groups, and with nothing else: no lock, exemption, freeze,
//! deactivation, or identity provider makes or ends one.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Role, Whom};
use crate::ids::GroupId;
use crate::time::Timestamp;

/// Places of one person, and requirements of one audience, that are remembered besides the present one, whatever they
/// are. Beyond, what no constant demand tells from a later one is forgotten.
const REMEMBERED: usize = 31;
/// Beyond these, the oldest is forgotten.
const MOST: usize = 127;

/// Which of the former places, or requirements, is forgotten, the oldest being the first; it counts as part of the
/// next one, so that nobody is ever taken to have come later than they did. It is the oldest that a later one is
/// `within`: whom that one leaves out, this one may as well; and since nobody looks beyond the latest one that left them out, nothing
/// is lost while the other side (the requirement for places, the place for requirements) stayed what it was.
pub(crate) fn forgotten<T>(former: &[T], within: impl Fn(&T, &T) -> bool) -> Option<usize> {
    if former.len() <= REMEMBERED {
        return None;
    }
    let spare = (0..former.len()).find(|&n| former[n + 1..].iter().any(|later| within(later, &former[n])));
    spare.or((former.len() > MOST).then_some(0))
}

/// Since when a person is where they are, and where they were before.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Trail {
    since: Timestamp,
    former: Vec<Place>,
}

/// A role and groups that somebody had, until the next place began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Place {
    from: Timestamp,
    role: Role,
    groups: BTreeSet<GroupId>,
}

impl Trail {
    /// Of somebody who was always where they are.
    pub const fn new() -> Self {
        Self::begun(Timestamp::from_micros(0))
    }

    /// Of somebody who came at an instant.
    pub const fn begun(since: Timestamp) -> Self {
        Self { since, former: Vec::new() }
    }

    /// Since when they are where they are.
    pub const fn since(&self) -> Timestamp {
        self.since
    }

    /// They leave the place that they are in for another one. An instant before they came there is the one at which
    /// they came: clocks differ, and older events did not say.
    pub fn leave(&mut self, role: Role, groups: &BTreeSet<GroupId>, at: Timestamp) {
        // Where somebody was for no time at all they never were.
        if at <= self.since {
            return;
        }
        let groups = groups.clone();
        self.former.push(Place { from: std::mem::replace(&mut self.since, at), role, groups });
        let within =
            |later: &Place, place: &Place| later.role == place.role && later.groups.is_subset(&place.groups);
        if let Some(n) = forgotten(&self.former, within) {
            let from = self.former.remove(n).from;
            self.former[n].from = from;
        }
    }
}

impl<'a> Whom<'a> {
    /// Where they were, the newest place first, each with the instant from which they were there.
    pub fn places(self) -> impl Iterator<Item = (Timestamp, Whom<'a>)> {
        let before = self.trail.former.iter().rev();
        let before = before.map(move |place| {
            (place.from, Whom { role: place.role, groups: &place.groups, trail: self.trail })
        });
        std::iter::once((self.trail.since, self)).chain(before)
    }
}
