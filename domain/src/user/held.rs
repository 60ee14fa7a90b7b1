//! What a user has: each as their events left it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::values::{LinkPurpose, RecoveryRefusal, RecoveryRoute};
use crate::factor::{FactorDetail, FactorKind, Held};
use crate::ids::{
    AccountId, CodeSetId, ExemptionId, FactorId, LinkId, RecoveryId, SessionId, TicketId, UserId, VerifierId,
};
use crate::policy::{AudiencePolicy, Role};
use crate::sealed::{Email, FactorName, PersonName, Sealed};
use crate::time::Timestamp;

/// Who the user is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registered {
    /// Their account.
    pub account: AccountId,
    /// Their id.
    pub user: UserId,
    /// Their role.
    pub role: Role,
    /// Their name.
    pub name: Sealed<PersonName>,
    /// Their address.
    pub email: Sealed<Email>,
    /// The language of messages to them.
    pub language: String,
}

/// A change of address that waits for its confirmation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailChange {
    /// The link that confirms it.
    pub link: LinkId,
    /// The new address.
    pub email: Sealed<Email>,
    /// Who of staff asked for it; nobody where the person did.
    pub by: Option<UserId>,
    /// The role that they had then.
    pub rank: Option<Role>,
}

/// Leave to sign in without a second factor for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exemption {
    /// Its id.
    pub exemption: ExemptionId,
    /// Since when.
    pub since: Timestamp,
    /// When it ends by itself.
    pub until: Timestamp,
}

/// A ticket that, with the password, binds a first factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// Its id.
    pub ticket: TicketId,
    /// Where its verifier is kept.
    pub verifier: VerifierId,
    /// When it ends.
    pub expires_at: Timestamp,
    /// Wrong tries that it still bears.
    pub tries_left: u8,
}

/// Wrong tries that a ticket bears.
pub(super) const TICKET_TRIES: u8 = 5;

/// A reset that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingReset {
    /// The case; none before such waits were cases.
    pub recovery: Option<RecoveryId>,
    /// By which way.
    pub route: RecoveryRoute,
    /// When it was asked for.
    pub since: Timestamp,
    /// From when it holds.
    pub due_at: Timestamp,
    /// The role that whoever of staff asked for it had.
    pub rank: Option<Role>,
}

/// Leave to sign in once with a code in the place of the second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The case.
    pub recovery: RecoveryId,
    /// The link that shows the code, until it was used.
    pub link: Option<LinkId>,
    /// Where the code's verifier is, once somebody has the code.
    pub code: Option<VerifierId>,
    /// When it ends.
    pub expires_at: Timestamp,
    /// Since when.
    pub since: Timestamp,
    /// The role that whoever gave it had.
    pub rank: Option<Role>,
}

/// A grant whose code let its person in: known until the next one, so that the code is told from a guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpentGrant {
    /// The case.
    pub recovery: RecoveryId,
    /// Where the code's verifier is.
    pub code: VerifierId,
}

/// A request for a way back in, whose mailed code was not typed yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plea {
    /// The case.
    pub recovery: RecoveryId,
    /// By which way.
    pub route: RecoveryRoute,
    /// When.
    pub at: Timestamp,
}

/// A way back in that was refused to whoever asked for it in the person's name, and that this is on record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RefusedWay {
    /// The case.
    pub(super) recovery: RecoveryId,
    /// By which way.
    pub(super) route: RecoveryRoute,
    /// Why.
    pub(super) why: RecoveryRefusal,
    /// When.
    pub(super) at: Timestamp,
}

/// A password, by handle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Password {
    /// Whether it came as a hash of another system and was never shown here.
    pub claimed: bool,
    /// Where its verifier is kept.
    pub verifier: VerifierId,
    /// Whether it is long enough to stand alone.
    pub stands_alone: bool,
    /// Since when.
    pub since: Timestamp,
}

/// An open one-time link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// What it is for.
    pub purpose: LinkPurpose,
    /// Where its verifier is kept.
    pub verifier: VerifierId,
    /// When it ends.
    pub expires_at: Timestamp,
    /// The change by which the address was left that it was mailed to; none of one that went to the address they
    /// have.
    pub left: Option<LinkId>,
}

/// A factor that protects nothing yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// Its id.
    pub factor: FactorId,
    /// What it is.
    pub detail: FactorDetail,
    /// What its owner calls it.
    pub name: Sealed<FactorName>,
    /// The generation that it belongs to.
    pub generation: u32,
    /// The session that binds it; no other ever sees its seed.
    pub session: SessionId,
    /// Since when.
    pub since: Timestamp,
}

/// A user's second factor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolled {
    /// The generation that it belongs to.
    pub generation: u32,
    /// Since when.
    pub since: Timestamp,
    /// The confirmed factors; never empty.
    pub factors: BTreeMap<FactorId, Factor>,
    /// The factor that is asked for first, where its owner said so.
    pub preferred: Option<FactorId>,
    /// The recovery codes.
    pub codes: Option<Codes>,
}

/// A confirmed factor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Factor {
    /// What it is.
    pub held: Held,
    /// What its owner calls it.
    pub name: Sealed<FactorName>,
    /// Whether it came from another system and no code of it was ever accepted here.
    pub claimed: bool,
    /// When it was last accepted, its confirmation included.
    pub used_at: Option<Timestamp>,
    /// Since when.
    pub since: Timestamp,
}

impl Pending {
    /// Its kind.
    pub const fn kind(&self) -> FactorKind {
        self.detail.kind()
    }
}

impl Factor {
    /// Its kind.
    pub const fn kind(&self) -> FactorKind {
        self.held.kind()
    }
}

impl Enrolled {
    /// Whether any of its factors is of a kind that the policy allows. Whoever is left without one shows what
    /// they have once more, and binds another one next where a factor is required.
    pub fn works(&self, policy: &AudiencePolicy) -> bool {
        self.factors.values().any(|factor| policy.allows(factor.kind()))
    }

    /// Whether a factor is looked at: its kind is allowed, or none of theirs is.
    pub fn counts(&self, factor: &Factor, policy: &AudiencePolicy) -> bool {
        policy.allows(factor.kind()) || !self.works(policy)
    }

    /// Its factors that count, in the order in which they are asked for: the preferred one first, then as they
    /// were bound.
    pub fn asked(&self, policy: &AudiencePolicy) -> Vec<(FactorId, &Factor)> {
        let counting = self.factors.iter().filter(|(_, factor)| self.counts(factor, policy));
        let mut asked: Vec<_> = counting.map(|(id, factor)| (*id, factor)).collect();
        asked.sort_by_key(|(id, factor)| (self.preferred != Some(*id), factor.since, *id));
        asked
    }
}

/// A set of recovery codes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Codes {
    /// Its id.
    pub set: CodeSetId,
    /// How many it began with.
    pub count: u8,
    /// Where their verifiers are kept.
    pub verifier: VerifierId,
    /// The indices that were used.
    pub used: BTreeSet<u8>,
}

impl Codes {
    /// How many can still be used.
    pub fn left(&self) -> u8 {
        self.count.saturating_sub(self.used.len() as u8)
    }
}
