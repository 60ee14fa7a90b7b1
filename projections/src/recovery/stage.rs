//! Where a case stands at an instant, what it came to, and what was left lying.

use serde::Serialize;
use twofold_domain::account::OperatorAct;
use twofold_domain::ids::UserId;
use twofold_domain::time::Timestamp;
use twofold_domain::user::Objection;

use super::{AskedRow, CaseRow, LeaveRow, Overtook, REENROLS_WITHIN, StandingRow, THAWS_WITHIN};
use crate::record::Named;

/// How a case came to nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// When.
    pub at: Timestamp,
    /// The stable word for why.
    pub why: &'static str,
    /// Who said so.
    pub by: Option<Box<str>>,
}

/// Where a case stands at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The person asked, and did not show the mailed code yet; or an owner, and no other owner approved yet.
    Requested,
    /// It was refused.
    Refused,
    /// A code is granted.
    Granted,
    /// The reset, or the way back to a frozen sign-in, waits.
    Waiting,
    /// The sign-in is frozen.
    Frozen,
    /// The second factor ended by it, and there is no other yet.
    Open,
    /// The person has another factor.
    Completed,
    /// Somebody objected, or something took its place.
    Stopped,
    /// The grant, or the request for its approval, ended by itself.
    Expired,
}

impl Stage {
    /// The stable word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Refused => "refused",
            Self::Granted => "granted",
            Self::Waiting => "waiting",
            Self::Frozen => "frozen",
            Self::Open => "open",
            Self::Completed => "completed",
            Self::Stopped => "stopped",
            Self::Expired => "expired",
        }
    }
}

/// What was left lying.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Orphan {
    /// A code was granted, and never used.
    NeverUsed,
    /// The second factor ended by it more than a day ago, and there is no other.
    NeverReenrolled,
    /// A sign-in was frozen more than a week ago, and its person is not back.
    StillFrozen,
    /// A second factor was reset by staff, at once, and no case says what for.
    WithoutCase,
}

impl Orphan {
    /// The stable word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NeverUsed => "never_used",
            Self::NeverReenrolled => "never_reenrolled",
            Self::StillFrozen => "still_frozen",
            Self::WithoutCase => "without_case",
        }
    }
}

/// What a case took away, so that a new one could take its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Renewed {
    /// The second factor.
    SecondFactor,
    /// The password.
    Password,
    /// Locks and waits.
    Locks,
}

impl Renewed {
    /// The stable word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SecondFactor => "second_factor",
            Self::Password => "password",
            Self::Locks => "locks",
        }
    }
}

/// A case, and how its person stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// Its row.
    pub row: CaseRow,
    /// What happened to their person outside of it.
    pub person: Option<StandingRow>,
    /// The request for a second approval, where it began with one.
    pub asked: Option<AskedRow>,
    /// The grant under which the operator acted, where they did.
    pub leave: Option<LeaveRow>,
}

impl Case {
    /// Where it stands.
    pub fn stage(&self, at: Timestamp) -> Stage {
        let row = &self.row;
        if row.operated.is_some() {
            return if row.completed_at.is_some() {
                Stage::Completed
            } else if self.shut().is_some() {
                Stage::Stopped
            } else if self.expires_at().is_some_and(|end| end <= at) {
                Stage::Expired
            } else {
                Stage::Granted
            };
        }
        if let Some(frozen) = row.frozen_at {
            return match (row.thawed_at, row.due_at) {
                // A later freeze is another case, so only another factor is still to come of this one.
                (Some(thawed), _) if thawed >= frozen => {
                    if row.reset_at.is_some() && row.completed_at.is_none() && self.gone().is_none() {
                        Stage::Open
                    } else {
                        Stage::Completed
                    }
                }
                _ if self.gone().is_some() => Stage::Stopped,
                (_, Some(due)) if at < due => Stage::Waiting,
                _ => Stage::Frozen,
            };
        }
        let overtaken = self.overtaken().is_some();
        if row.refused.is_some() {
            Stage::Refused
        } else if row.completed_at.is_some() {
            Stage::Completed
        } else if row.reset_at.is_some() {
            // Whoever was erased meanwhile binds nothing any more.
            if self.gone().is_some() { Stage::Stopped } else { Stage::Open }
        } else if row.stopped_at.is_some() || overtaken || self.withdrawn().is_some() {
            Stage::Stopped
        } else if row.granted_at.is_some() {
            if row.expires_at.is_some_and(|end| end <= at) { Stage::Expired } else { Stage::Granted }
        } else if let Some(due) = row.due_at {
            // It holds by time alone, written or not.
            if due <= at { Stage::Open } else { Stage::Waiting }
        } else if row.expires_at.is_some_and(|end| end <= at) {
            Stage::Expired
        } else {
            Stage::Requested
        }
    }

    /// As of when the second factor ended by it: written, or by time alone.
    pub fn reset_at(&self, at: Timestamp) -> Option<Timestamp> {
        let due = self.row.due_at.filter(|_| self.row.frozen_at.is_none() && self.stage(at) == Stage::Open);
        self.row.reset_at.or(due)
    }

    /// What was taken away by it.
    pub fn renewed(&self, at: Timestamp) -> Option<Renewed> {
        let used = self.row.operated.filter(|_| self.row.completed_at.is_some());
        match used {
            Some(OperatorAct::Link) => Some(Renewed::Password),
            Some(OperatorAct::Unlock) => Some(Renewed::Locks),
            Some(OperatorAct::ReadNames | OperatorAct::ImportTokens) | None => {
                self.reset_at(at).map(|_| Renewed::SecondFactor)
            }
        }
    }

    /// The second person, where it took one: of what the operator did, the owner who let them.
    pub fn approved_by(&self) -> Option<UserId> {
        self.row.approved_by.or_else(|| self.leave.as_ref().map(|leave| leave.granted_by))
    }

    /// When the code, the request for its approval, or the operator's link ends: that one with its grant at the latest.
    pub fn expires_at(&self) -> Option<Timestamp> {
        let grant = self.leave.as_ref().map(|leave| leave.until);
        self.row.expires_at.map(|end| grant.map_or(end, |grant| end.min(grant)))
    }

    /// What closed a link of the operator's before its time: whatever came first.
    fn shut(&self) -> Option<Stop> {
        let end = self.expires_at()?;
        let revoked = self.leave.as_ref().and_then(|leave| {
            let by = leave.revoked_by.map(|by| by.to_string().into());
            Some(Stop { at: leave.revoked_at?, why: Objection::Staff.name(), by })
        });
        let person = self.person.as_ref();
        let ended = person.and_then(|person| {
            if person.link_case == Some(self.row.recovery_id) {
                let (at, why) = (person.shut_at?, person.shut_how?.name());
                return Some(Stop { at, why, by: person.shut_by.clone() });
            }
            let by = self.row.asked_by.clone();
            Some(Stop { at: person.link_at?, why: Overtook::Replaced.name(), by })
        });
        let first = revoked.into_iter().chain(ended).min_by_key(|stop| stop.at);
        first.filter(|stop| stop.at < end)
    }

    /// When and by whom its person was erased.
    fn gone(&self) -> Option<Stop> {
        let person = self.person.as_ref()?;
        Some(Stop { at: person.gone_at?, why: Overtook::Erased.name(), by: person.gone_by.clone() })
    }

    /// What ended it from outside; nothing ends a grant that had ended by itself.
    fn overtaken(&self) -> Option<Stop> {
        let person = self.person.as_ref()?;
        if self.row.due_at.is_some() && self.row.granted_at.is_none() {
            person.unwaited_seq.filter(|ended| *ended > self.row.last_seq)?;
            let (at, why) = (person.unwaited_at?, person.unwaited_how?.name());
            return Some(Stop { at, why, by: person.unwaited_by.clone() });
        }
        person.ended_seq.filter(|ended| *ended > self.row.last_seq)?;
        let at = person.ended_at.filter(|at| self.row.expires_at.is_none_or(|end| *at < end))?;
        Some(Stop { at, why: person.ended_how?.name(), by: person.ended_by.clone() })
    }

    /// When and by whom the request for its approval was withdrawn, or refused.
    fn withdrawn(&self) -> Option<Stop> {
        let asked = self.asked.as_ref().filter(|_| self.row.granted_at.is_none())?;
        Some(Stop { at: asked.withdrawn_at?, why: Objection::Staff.name(), by: asked.withdrawn_by.clone() })
    }

    /// How it came to nothing, where it is stopped.
    pub fn stop(&self, at: Timestamp) -> Option<Stop> {
        if self.stage(at) != Stage::Stopped {
            return None;
        }
        if self.row.operated.is_some() {
            return self.shut();
        }
        if self.row.reset_at.is_some() {
            return self.gone();
        }
        let said = self.row.stopped_at.map(|at| Stop {
            at,
            why: self.row.stopped.map_or("", Named::name),
            by: self.row.stopped_by.clone(),
        });
        said.or_else(|| self.withdrawn())
            .or_else(|| if self.row.frozen_at.is_some() { self.gone() } else { self.overtaken() })
    }

    /// What was left lying, if anything.
    pub fn orphan(&self, at: Timestamp) -> Option<Orphan> {
        match self.stage(at) {
            Stage::Expired => self.row.granted_at.map(|_| Orphan::NeverUsed),
            Stage::Open => {
                let since = self.reset_at(at)?;
                (at >= since + REENROLS_WITHIN).then_some(Orphan::NeverReenrolled)
            }
            Stage::Frozen => (at >= self.row.frozen_at? + THAWS_WITHIN).then_some(Orphan::StillFrozen),
            Stage::Requested
            | Stage::Refused
            | Stage::Granted
            | Stage::Waiting
            | Stage::Completed
            | Stage::Stopped => None,
        }
    }
}
