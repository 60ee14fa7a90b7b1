//! What a user's past amounts to.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::budget::{Budget, Budgets};
use super::events::{Familiarity, Gate, LinkPurpose, ResetCause, UserEvent};
use super::mailed::{Mailed, MailedCode};
use super::otp::{FactorKind, OtpParameters};
use crate::ids::{AccountId, CodeSetId, FactorId, LinkId, SessionId, UserId, VerifierId};
use crate::policy::Role;
use crate::proof::Era;
use crate::sealed::{Email, FactorName, PersonName, Sealed};
use crate::time::Timestamp;

/// Bindings of one person under way at once: more than anybody has devices at hand. Whoever would push
/// somebody's aside needs the password, and as many sessions, again each time.
pub const BINDINGS_AT_ONCE: usize = 8;

/// One person of one account.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct User {
    pub(super) registered: Option<Registered>,
    /// Whether the address is proved to be theirs.
    pub email_verified: bool,
    /// Their password, once set.
    pub password: Option<Password>,
    /// The credential epoch: counts password changes, and everything that begins, resets, or ends
    /// the second factor or one of several. Trust, sessions, and attempts of an older epoch are void.
    pub epoch: u32,
    /// Open one-time links.
    pub links: BTreeMap<LinkId, Link>,
    pub(super) mailed: Mailed,
    /// The bindings under way in the order in which they began: one of each session, so that no session
    /// ends another's.
    pub pending: Vec<Pending>,
    pub(super) enrolled: Option<Enrolled>,
    pub(super) password_failures: Budgets,
    pub(super) factor_failures: Budgets,
    /// Whether only an enrolment ticket may bind the next factor.
    pub needs_ticket: bool,
    /// Whether the person was erased.
    pub erased: bool,
    /// Sealed personal values in this stream.
    pub sealed_values: u32,
}

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

/// A password, by handle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Password {
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
}

/// A factor that protects nothing yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// Its id.
    pub factor: FactorId,
    /// Its kind.
    pub kind: FactorKind,
    /// Its parameters.
    pub parameters: OtpParameters,
    /// What its owner calls it.
    pub name: Sealed<FactorName>,
    /// Where its seed is kept.
    pub verifier: VerifierId,
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
    /// The recovery codes.
    pub codes: Option<Codes>,
}

/// A confirmed factor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Factor {
    /// Its kind.
    pub kind: FactorKind,
    /// Its parameters.
    pub parameters: OtpParameters,
    /// What its owner calls it.
    pub name: Sealed<FactorName>,
    /// Where its seed is kept.
    pub verifier: VerifierId,
    /// The last accepted time step; only a later one is accepted.
    pub last_step: u64,
    /// Since when.
    pub since: Timestamp,
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

impl User {
    /// Who the user is, once registered.
    pub fn who(&self) -> Option<&Registered> {
        self.registered.as_ref()
    }

    /// The user's second factor, if it belongs to the generation in force. One of an older
    /// generation is as if it had never been, whether or not the fan-out came by.
    pub fn enrolled(&self, generation: u32) -> Option<&Enrolled> {
        self.enrolled.as_ref().filter(|e| e.generation == generation)
    }

    /// The binding that gives way when this session begins one: its own, or the oldest where there are
    /// as many as there may be.
    pub fn gives_way(&self, session: SessionId) -> Option<&Pending> {
        let full = self.pending.len() >= BINDINGS_AT_ONCE;
        self.pending_of(session).or_else(|| self.pending.first().filter(|_| full))
    }

    /// The binding that a session began and has not finished.
    pub fn pending_of(&self, session: SessionId) -> Option<&Pending> {
        self.pending.iter().find(|p| p.session == session)
    }

    /// Their role, once registered.
    pub fn role(&self) -> Option<Role> {
        self.registered.as_ref().map(|r| r.role)
    }

    /// The mailed codes that can be typed, oldest first. Whoever compares looks at each.
    pub fn mailed_codes(&self) -> &[MailedCode] {
        &self.mailed.open
    }

    pub(super) fn password_budget(&self, familiarity: Familiarity) -> &Budget {
        self.password_failures.of(familiarity)
    }

    pub(super) fn factor_budget(&self, familiarity: Familiarity) -> &Budget {
        self.factor_failures.of(familiarity)
    }

    /// Whether a hard cap was reached anywhere.
    pub fn locked_out(&self) -> bool {
        self.password_failures.any_locked() || self.factor_failures.any_locked() || self.mailed.locked
    }

    /// The reset that an account-wide disable owes this user's stream, if it is still owed.
    ///
    /// The first disable after the generation that they enrolled in announced them, and its
    /// generation and instant are the reset's, however many more followed.
    pub(super) fn owed_reset(&self, era: &Era) -> Option<UserEvent> {
        let enrolled = self.enrolled.as_ref().filter(|e| e.generation < era.generation)?;
        let (generation, at) = era.disables.iter().copied().find(|(g, _)| *g > enrolled.generation)?;
        Some(UserEvent::TwoFactorReset {
            cause: ResetCause::AccountDisabled { generation },
            effective_at: at,
        })
    }

    fn end_second_factor(&mut self) {
        self.enrolled = None;
        self.pending.clear();
        self.mailed.void();
        self.factor_failures = Budgets::default();
        self.epoch += 1;
    }

    /// Folds one event in. Total: never fails and never decides.
    pub fn evolve(&mut self, event: &UserEvent) {
        match event {
            UserEvent::UserRegistered { account, user, role, name, email, language, .. } => {
                self.sealed_values += 2;
                self.registered = Some(Registered {
                    account: *account,
                    user: *user,
                    role: *role,
                    name: name.clone(),
                    email: email.clone(),
                    language: language.clone(),
                });
            }
            UserEvent::LinkIssued { link, purpose, verifier, expires_at } => {
                self.links.retain(|_, open| open.purpose != *purpose);
                self.links
                    .insert(*link, Link { purpose: *purpose, verifier: *verifier, expires_at: *expires_at });
            }
            UserEvent::LinkRedeemed { link, .. } => {
                self.links.remove(link);
            }
            UserEvent::EmailVerified { .. } => self.email_verified = true,
            UserEvent::PasswordSet { verifier, stands_alone, at } => {
                self.password =
                    Some(Password { verifier: *verifier, stands_alone: *stands_alone, since: *at });
                self.password_failures = Budgets::default();
                self.epoch += 1;
                // An older mail must not replace the password that was just chosen.
                self.links.clear();
            }
            UserEvent::PasswordAccepted { familiarity } => {
                *self.password_failures.of_mut(*familiarity) = Budget::default();
            }
            UserEvent::PasswordRejected { familiarity, consecutive, retry_at, .. } => {
                let budget = self.password_failures.of_mut(*familiarity);
                budget.consecutive = *consecutive;
                budget.retry_at = *retry_at;
            }
            UserEvent::MailedCodeIssued { code, verifier, expires_at, at } => {
                let (code, verifier) = (*code, *verifier);
                self.mailed.issued(MailedCode { code, verifier, issued_at: *at, expires_at: *expires_at });
            }
            UserEvent::MailedCodeAccepted { .. } => self.mailed.accepted(),
            UserEvent::MailedCodeRejected { refusal, tries_left, .. } => {
                self.mailed.rejected(*refusal, *tries_left);
            }
            UserEvent::FactorEnrolmentStarted {
                factor,
                kind,
                parameters,
                name,
                verifier,
                generation,
                session,
                at,
            } => {
                self.sealed_values += 1;
                if let Some(ended) = self.gives_way(*session).map(|p| p.session) {
                    self.pending.retain(|p| p.session != ended);
                }
                self.pending.push(Pending {
                    factor: *factor,
                    kind: *kind,
                    parameters: *parameters,
                    name: name.clone(),
                    verifier: *verifier,
                    generation: *generation,
                    session: *session,
                    since: *at,
                });
            }
            UserEvent::FactorConfirmed { factor, step, at } => self.confirm(*factor, *step, *at),
            UserEvent::TwoFactorEnabled { .. } => {
                self.epoch += 1;
                // Every other session ended, and its binding with it.
                self.pending.clear();
                self.needs_ticket = false;
            }
            UserEvent::RecoveryCodesGenerated { set, count, verifier }
            | UserEvent::RecoveryCodesRegenerated { set, count, verifier } => {
                if let Some(enrolled) = &mut self.enrolled {
                    enrolled.codes =
                        Some(Codes { set: *set, count: *count, verifier: *verifier, used: BTreeSet::new() });
                }
            }
            UserEvent::OtpAccepted { factor, step, familiarity, .. } => {
                if let Some(factor) = self.enrolled.as_mut().and_then(|e| e.factors.get_mut(factor)) {
                    factor.last_step = factor.last_step.max(*step);
                }
                *self.factor_failures.of_mut(*familiarity) = Budget::default();
            }
            UserEvent::RecoveryCodeUsed { index, familiarity, .. } => {
                if let Some(codes) = self.enrolled.as_mut().and_then(|e| e.codes.as_mut()) {
                    codes.used.insert(*index);
                }
                *self.factor_failures.of_mut(*familiarity) = Budget::default();
            }
            UserEvent::ProofRejected { familiarity, consecutive, retry_at, .. } => {
                let budget = self.factor_failures.of_mut(*familiarity);
                budget.consecutive = *consecutive;
                budget.retry_at = *retry_at;
            }
            UserEvent::LockedOut { gate, familiarity, .. } => match gate {
                Gate::Password => self.password_failures.of_mut(*familiarity).locked = true,
                Gate::SecondFactor => self.factor_failures.of_mut(*familiarity).locked = true,
                Gate::MailedCode => self.mailed.locked = true,
            },
            UserEvent::Unlocked { .. } => {
                self.sealed_values += 1;
                self.password_failures = Budgets::default();
                self.factor_failures = Budgets::default();
                self.mailed.unlock();
            }
            UserEvent::FactorRemoved { factor } => {
                if let Some(enrolled) = &mut self.enrolled {
                    enrolled.factors.remove(factor);
                }
                self.epoch += 1;
            }
            UserEvent::TwoFactorDisabled { .. } => self.end_second_factor(),
            UserEvent::TwoFactorReset { cause, .. } => {
                self.end_second_factor();
                if let ResetCause::Staff { compromise, .. } = cause {
                    self.sealed_values += 1;
                    // Nothing but the ticket's binding lifts it: no second, milder reset does.
                    self.needs_ticket |= *compromise;
                }
            }
            UserEvent::PersonErased { .. } => {
                self.end_second_factor();
                self.erased = true;
                self.password = None;
                self.links.clear();
            }
            UserEvent::RecoveryCodesLow { .. }
            | UserEvent::RecoveryCodesExhausted { .. }
            | UserEvent::DeviceReportedLost { .. } => {}
        }
    }

    fn confirm(&mut self, id: FactorId, step: u64, at: Timestamp) {
        let Some(place) = self.pending.iter().position(|p| p.factor == id) else { return };
        let pending = self.pending.remove(place);
        let generation = pending.generation;
        // What an older generation left behind never mixes with what this one binds.
        self.enrolled.take_if(|e| e.generation != generation);
        let fresh = || Enrolled { generation, since: at, factors: BTreeMap::new(), codes: None };
        let enrolled = self.enrolled.get_or_insert_with(fresh);
        enrolled.factors.insert(
            id,
            Factor {
                kind: pending.kind,
                parameters: pending.parameters,
                name: pending.name,
                verifier: pending.verifier,
                last_step: step,
                since: at,
            },
        );
    }
}
