//! Verdicts: what the world says of a proof that somebody showed. Made outside the domain by
//! comparing secrets in constant time; the domain decides what each is worth.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::account::Demand;
use crate::factor::webauthn::Credential;
use crate::ids::{ChallengeId, FactorId, MailedCodeId, RecoveryId, SmsCodeId, UserId};
use crate::policy::{Audience, AudiencePolicy};
use crate::time::Timestamp;
use crate::user::ProofKind;

/// What a second-factor proof turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// An OTP of this factor for this step, inside its window: of time (RFC 6238 §5.2), or of the counters
    /// that are looked ahead (RFC 4226 §7.2).
    Otp {
        /// The factor.
        factor: FactorId,
        /// The time step, or the counter.
        step: u64,
        /// How many steps the factor's clock turned out to be ahead; 0 of one without a clock.
        drift: i8,
    },
    /// An OTP of this factor whose window is over.
    Expired {
        /// The factor.
        factor: FactorId,
    },
    /// This one of the codes sent by SMS.
    Sms {
        /// The code.
        code: SmsCodeId,
    },
    /// An assertion of this factor whose signature is right, for this challenge.
    Assertion {
        /// The factor.
        factor: FactorId,
        /// The challenge that it answers.
        challenge: ChallengeId,
        /// When the challenge was made.
        made: Timestamp,
        /// The signature counter.
        sign_count: u32,
        /// Whether the authenticator knew its person by PIN or biometrics.
        user_verified: bool,
    },
    /// The credential that an authenticator made for the binding of this factor.
    Registration {
        /// The factor.
        factor: FactorId,
        /// The credential.
        credential: Credential,
    },
    /// The recovery code with this public index.
    Recovery {
        /// Its index in the set.
        index: u8,
    },
    /// The code of this recovery grant.
    Grant {
        /// The case.
        recovery: RecoveryId,
    },
    /// Nothing.
    Mismatch(ProofKind),
}

/// What a mailed code turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailedVerdict {
    /// It is this one of the open codes.
    Match(MailedCodeId),
    /// It is none of them.
    Mismatch,
}

/// What is shown beside the OTP of a first binding, because a password alone binds nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Warrant {
    /// A code that was mailed to the person's address.
    Mailed(MailedVerdict),
    /// The enrolment ticket that an administrator gave them, and whether it is the open one.
    Ticket {
        /// Whether it matched.
        matched: bool,
    },
}

/// The enrolment generation in force, the announced resets not yet proved complete, and what is demanded:
/// what a decision about somebody's factors must know of their account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Era {
    /// The generation in force.
    pub generation: u32,
    /// Generation that each account-wide disable opened, and its instant.
    pub disables: Vec<(u32, Timestamp)>,
    /// What is demanded of team members.
    pub team: Demand,
    /// What is demanded of end users.
    pub end_users: Demand,
    /// The instant of the decision: a reset that waited holds from its date, without an event.
    pub at: Timestamp,
    /// Whether the account is closed for good.
    pub closed: bool,
    /// Whether the account's two-factor authentication is off, so that nobody enrols.
    pub off: bool,
    /// Whether who grants somebody a code may see it.
    pub issuers_see_codes: bool,
    /// Whose link of the operator's opens nothing any more, because the owners' grant for it ended.
    pub operator_links_over: BTreeSet<UserId>,
}

impl Default for Era {
    fn default() -> Self {
        let (team, end_users) = (Demand::of_new(Audience::Team), Demand::of_new(Audience::EndUsers));
        Self {
            generation: 0,
            disables: vec![],
            team,
            end_users,
            at: Timestamp::default(),
            closed: false,
            off: false,
            issuers_see_codes: false,
            operator_links_over: BTreeSet::new(),
        }
    }
}

impl Era {
    /// The policy of an audience at an instant.
    pub fn policy(&self, audience: Audience, at: Timestamp) -> &AudiencePolicy {
        match audience {
            Audience::Team => self.team.policy(at),
            Audience::EndUsers => self.end_users.policy(at),
        }
    }
}
