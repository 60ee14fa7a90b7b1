//! How each event changes a user. Total: nothing here fails or decides.

use std::collections::{BTreeMap, BTreeSet};

use super::address::RESETS_WITHIN;
use super::budget::{Budget, Budgets};
use super::events::UserEvent;
use super::freeze::WayBack;
use super::held::{
    Codes, EmailChange, Enrolled, Exemption, Factor, Grant, Link, Password, Pending, Plea, RefusedWay,
    Registered, SpentGrant, TICKET_TRIES, Ticket, WaitingReset,
};
use super::help::ASKING_SPAN;
use super::mailed::MailedCode;
use super::prove::guesses_behind_the_password;
use super::reach::Helped;
use super::state::User;
use super::turn::Turn;
use super::values::{
    AskedInVain, Familiarity, FrozenBy, Gate, Handing, Help, LinkPurpose, RecoveryRoute, ResetCause,
};
use crate::account::ApiToken;
use crate::factor::sms::SmsCode;
use crate::factor::{FactorDetail, FirstUse, token};
use crate::ids::FactorId;
use crate::policy::{Audience, Role, Trail};
use crate::time::Timestamp;

impl User {
    fn end_second_factor(&mut self, turn: Turn) {
        self.enrolled = None;
        self.pending.clear();
        self.waiting_reset = None;
        (self.plea, self.grant) = (None, None);
        self.mailed.void();
        self.texted.open.clear();
        self.factor_failures = Budgets::default();
        self.sign_in_failures = 0;
        self.new_epoch(turn);
    }

    fn password_is_new(&mut self) {
        self.sign_in_failures = 0;
        self.password_change_demanded = false;
    }

    /// A new credential epoch: trust, sessions, and attempts of an older one are void, and a change of address
    /// that was asked for in one of those sessions is, too.
    pub(super) fn new_epoch(&mut self, turn: Turn) {
        self.epoch += 1;
        self.turns.push(turn);
        self.sessions_fell();
    }

    /// What may have been asked for in one of their sessions ends; what staff asked for was not.
    fn sessions_fell(&mut self) {
        if self.staffs_change().is_none() {
            self.keep_address();
        }
    }

    /// Every link ends but the one that confirms what staff asked for.
    fn end_all_links(&mut self) {
        let kept = self.staffs_change();
        self.links.retain(|link, _| Some(*link) == kept);
    }

    /// A change of address that waits comes to nothing.
    pub(super) fn keep_address(&mut self) {
        self.email_change = None;
        self.end_links([LinkPurpose::EmailChange, LinkPurpose::EmailObjection]);
    }

    pub(super) fn end_links(&mut self, purposes: [LinkPurpose; 2]) {
        self.links.retain(|_, open| !purposes.contains(&open.purpose));
    }

    /// Folds one event in. Total: never fails and never decides.
    pub fn evolve(&mut self, event: &UserEvent) {
        match event {
            UserEvent::UserRegistered { account, user, role, name, email, language, at } => {
                self.sealed_values += 2;
                self.trail = Trail::begun(*at);
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
                let (purpose, verifier, expires_at) = (*purpose, *verifier, *expires_at);
                let left = self.mailbox_of(purpose, expires_at - purpose.life());
                self.links.insert(*link, Link { purpose, verifier, expires_at, left });
                if matches!(purpose, LinkPurpose::PasswordReset | LinkPurpose::WayBack) {
                    let sent = expires_at - purpose.life();
                    self.reset_mails.retain(|before| sent < *before + RESETS_WITHIN);
                    self.reset_mails.push(sent);
                    if purpose == LinkPurpose::WayBack {
                        self.mailed_way_back(sent);
                    }
                }
            }
            UserEvent::LinkRedeemed { link, at } => {
                let used = self.links.remove(link);
                if let Some(link) = used.filter(|link| self.trusts_the_mailbox(link.purpose)) {
                    self.password_mailed = Some((link.purpose, *at));
                }
                if let Some(left) = used.and_then(|link| link.left) {
                    self.refute(left);
                }
            }
            UserEvent::EmailVerified { .. } => (self.email_verified, self.address_proved) = (true, true),
            UserEvent::PasswordSet { verifier, stands_alone, at } => {
                self.password = Some(Password {
                    claimed: false,
                    verifier: *verifier,
                    stands_alone: *stands_alone,
                    since: *at,
                });
                self.password_failures = Budgets::default();
                self.password_is_new();
                self.ever_let_in = true;
                self.new_epoch(Turn::PasswordChanged);
                // An older mail must not replace the password that was just chosen.
                self.end_all_links();
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
            UserEvent::FactorEnrolmentStarted { factor, detail, name, generation, session, at } => {
                self.sealed_values += 1 + detail.sealed_values();
                if let Some(ended) = self.gives_way(*session).map(|p| p.session) {
                    self.pending.retain(|p| p.session != ended);
                }
                self.pending.push(Pending {
                    factor: *factor,
                    detail: detail.clone(),
                    name: name.clone(),
                    generation: *generation,
                    session: *session,
                    since: *at,
                });
            }
            UserEvent::FactorConfirmed { factor, first, at } => self.confirm(*factor, first, *at),
            UserEvent::TwoFactorEnabled { .. } => {
                self.new_epoch(Turn::FactorBound);
                self.had_factor = true;
                // Every other session ended, and its binding with it.
                self.pending.clear();
                self.needs_ticket = false;
                self.ticket = None;
                // A code that was mailed for the binding serves nothing else.
                self.mailed.void();
            }
            UserEvent::RecoveryCodesGenerated { set, count, verifier }
            | UserEvent::RecoveryCodesRegenerated { set, count, verifier } => {
                if let Some(enrolled) = &mut self.enrolled {
                    enrolled.codes =
                        Some(Codes { set: *set, count: *count, verifier: *verifier, used: BTreeSet::new() });
                }
            }
            UserEvent::OtpAccepted { factor, step, familiarity, at, .. } => {
                if let Some(factor) = self.factor_mut(*factor) {
                    factor.held.spend_step(*step);
                    (factor.claimed, factor.used_at) = (false, Some(*at));
                }
                self.proved(*familiarity);
            }
            UserEvent::FactorDriftFound { factor, drift } => {
                if let Some(factor) = self.factor_mut(*factor) {
                    factor.held.drifts(*drift);
                }
            }
            UserEvent::SmsCodeIssued { factor, code, verifier, purpose, familiarity, expires_at, at } => {
                self.texted.issued(SmsCode {
                    code: *code,
                    factor: *factor,
                    verifier: *verifier,
                    purpose: *purpose,
                    familiarity: *familiarity,
                    issued_at: *at,
                    expires_at: *expires_at,
                });
            }
            UserEvent::SmsCodeAccepted { factor, purpose, familiarity, at, .. } => {
                if let Some(factor) = self.factor_mut(*factor) {
                    factor.used_at = Some(*at);
                }
                self.texted.open.retain(|open| open.purpose != *purpose);
                self.proved(*familiarity);
            }
            UserEvent::AssertionAccepted { factor, challenge, sign_count, familiarity, at, .. } => {
                if let Some(factor) = self.factor_mut(*factor) {
                    factor.held.asserted(*sign_count);
                    factor.used_at = Some(*at);
                }
                self.challenges.spend(*challenge, *at);
                self.proved(*familiarity);
            }
            UserEvent::FactorRenamed { factor, name } => {
                self.sealed_values += 1;
                if let Some(factor) = self.factor_mut(*factor) {
                    factor.name.clone_from(name);
                }
            }
            UserEvent::FactorPreferred { factor } => {
                if let Some(enrolled) = &mut self.enrolled {
                    enrolled.preferred = Some(*factor);
                }
            }
            UserEvent::TokenAssigned { token, detail, .. } => {
                self.sealed_values += u32::from(detail.stock.is_some());
                self.assigned.insert(*token, detail.clone());
            }
            UserEvent::TokenWithdrawn { token, .. } => {
                self.assigned.remove(token);
                // Its seed went with it: what was being bound of it is over.
                self.pending.retain(|pending| !pending.detail.is_of_stock(*token));
            }
            UserEvent::RecoveryCodeUsed { index, familiarity, .. } => {
                if let Some(codes) = self.enrolled.as_mut().and_then(|e| e.codes.as_mut()) {
                    codes.used.insert(*index);
                }
                self.proved(*familiarity);
            }
            UserEvent::ProofRejected { familiarity, consecutive, retry_at, purpose, refusal, .. } => {
                if guesses_behind_the_password(*purpose, *refusal) {
                    self.sign_in_failures = self.sign_in_failures.saturating_add(1);
                }
                let budget = self.factor_failures.of_mut(*familiarity);
                budget.consecutive = *consecutive;
                budget.retry_at = *retry_at;
            }
            UserEvent::PasswordChangeDemanded { .. } => {
                self.password_change_demanded = true;
                self.new_epoch(Turn::PasswordEnded);
            }
            UserEvent::LockedOut { gate, familiarity, .. } => match gate {
                Gate::Password => self.password_failures.of_mut(*familiarity).locked = true,
                Gate::SecondFactor => self.factor_failures.of_mut(*familiarity).locked = true,
                Gate::MailedCode => self.mailed.locked = true,
                Gate::Ticket => {}
            },
            UserEvent::Unlocked { .. } => {
                self.sealed_values += 1;
                self.password_failures = Budgets::default();
                self.factor_failures = Budgets::default();
                self.sign_in_failures = 0;
                self.mailed.unlock();
            }
            UserEvent::FactorRemoved { factor } => {
                if let Some(enrolled) = &mut self.enrolled {
                    enrolled.factors.remove(factor);
                    enrolled.preferred.take_if(|preferred| preferred == factor);
                }
                self.new_epoch(Turn::FactorRemoved);
            }
            UserEvent::TwoFactorDisabled { .. } => self.end_second_factor(Turn::FactorsOff),
            UserEvent::TwoFactorReset { cause, .. } => {
                self.end_second_factor(match cause {
                    ResetCause::AccountDisabled { .. } => Turn::AccountDisabled,
                    _ => Turn::FactorsReset,
                });
                // A ticket of before may be in the hands that the reset is about.
                self.ticket = None;
                match cause {
                    ResetCause::Staff { compromise, recovery, .. } => {
                        self.sealed_values += 1;
                        self.recovering = recovery.or(self.recovering);
                        // Nothing but the ticket's binding lifts it: no second, milder reset does.
                        self.needs_ticket |= *compromise;
                        // Whoever held the factor could have issued tokens with it.
                        if *compromise {
                            self.tokens.clear();
                        }
                    }
                    ResetCause::AfterWait { recovery, .. } | ResetCause::Granted { recovery } => {
                        self.recovering = Some(*recovery);
                    }
                    ResetCause::AccountDisabled { .. } | ResetCause::StaffAfterWait { .. } => {}
                }
            }
            UserEvent::TwoFactorResetScheduled { recovery, route, reason, due_at, rank, at } => {
                self.sealed_values += u32::from(reason.is_some());
                self.plea = None;
                let (recovery, route, rank) = (*recovery, *route, *rank);
                self.waiting_reset =
                    Some(WaitingReset { recovery, route, since: *at, due_at: *due_at, rank });
            }
            UserEvent::TwoFactorResetCancelled { .. } => self.waiting_reset = None,
            UserEvent::RecoveryRequested { recovery, route, at } => {
                self.plea = Some(Plea { recovery: *recovery, route: *route, at: *at });
            }
            UserEvent::RecoveryGranted { recovery, handed, expires_at, rank, at, .. } => {
                self.sealed_values += 1;
                self.was_given(Help::Grant, *at);
                let (link, code) = match handed {
                    Handing::Link { link, verifier } => {
                        let (purpose, verifier, expires_at) = (LinkPurpose::Recovery, *verifier, *expires_at);
                        self.links.retain(|_, open| open.purpose != purpose);
                        self.links.insert(*link, Link { purpose, verifier, expires_at, left: None });
                        (Some(*link), None)
                    }
                    Handing::Issuer { verifier } => (None, Some(*verifier)),
                };
                let (recovery, expires_at, since, rank) = (*recovery, *expires_at, *at, *rank);
                self.grant = Some(Grant { recovery, link, code, expires_at, since, rank });
                self.spent_grant = None;
            }
            UserEvent::RecoveryCodeRevealed { link, verifier, .. } => {
                self.links.remove(link);
                if let Some(grant) = &mut self.grant {
                    (grant.link, grant.code) = (None, Some(*verifier));
                }
            }
            UserEvent::RecoveryGrantUsed { recovery, familiarity, .. } => {
                let code = self.grant.take().and_then(|grant| grant.code);
                self.spent_grant = code.map(|code| SpentGrant { recovery: *recovery, code });
                *self.factor_failures.of_mut(*familiarity) = Budget::default();
                self.sign_in_failures = 0;
            }
            UserEvent::RecoveryGrantRevoked { .. } => {
                self.grant = None;
                self.links.retain(|_, open| open.purpose != LinkPurpose::Recovery);
            }
            UserEvent::RecoveryCompleted { .. } => self.recovering = None,
            UserEvent::UserFrozen { recovery, number, by, against, reason, at } => {
                self.sealed_values += u32::from(reason.is_some());
                if *by == FrozenBy::Staff {
                    self.was_given(Help::Freeze, *at);
                }
                self.cast_doubt(*by, *against, *at);
                self.froze(*recovery, *number, *by, *at);
            }
            UserEvent::ThawAllowed { route, reason, from, rank, at, .. } => {
                self.sealed_values += u32::from(reason.is_some());
                if *route == RecoveryRoute::Staff {
                    self.was_given(Help::Vouch, *at);
                }
                if let Some(frozen) = &mut self.frozen {
                    frozen.way = Some(WayBack { route: *route, since: *at, from: *from, rank: *rank });
                }
            }
            UserEvent::ThawStopped { .. } => {
                if let Some(frozen) = &mut self.frozen {
                    frozen.way = None;
                }
            }
            UserEvent::UserThawed { how, at, .. } => self.thawed(*how, *at),
            UserEvent::StaffResetAsked { at, .. } => {
                self.resets_asked.retain(|asked| *at < *asked + ASKING_SPAN);
                self.resets_asked.push(*at);
            }
            UserEvent::HelpCharged { subject, at, .. } => self.helped.charge(*subject, *at),
            UserEvent::ExemptionGranted { exemption, until, at, .. } => {
                self.sealed_values += 1;
                self.exemption = Some(Exemption { exemption: *exemption, since: *at, until: *until });
            }
            UserEvent::ExemptionEnded { exemption, .. } => {
                self.exemption.take_if(|e| e.exemption == *exemption);
            }
            UserEvent::EnrolmentTicketIssued { ticket, verifier, expires_at, .. } => {
                self.sealed_values += 1;
                self.ticket = Some(Ticket {
                    ticket: *ticket,
                    verifier: *verifier,
                    expires_at: *expires_at,
                    tries_left: TICKET_TRIES,
                });
            }
            UserEvent::EnrolmentTicketRejected { ticket, tries_left, .. } => {
                if let Some(open) = self.ticket.as_mut().filter(|t| t.ticket == *ticket) {
                    open.tries_left = *tries_left;
                }
                self.ticket.take_if(|t| t.tries_left == 0);
            }
            UserEvent::EnrolmentTicketUsed { ticket, .. } => {
                self.ticket.take_if(|t| t.ticket == *ticket);
            }
            UserEvent::FactorClaimed { factor, detail, name, generation, at } => {
                self.sealed_values += 1 + detail.sealed_values();
                if let Some(held) = detail.clone().claimed() {
                    let claimed =
                        Factor { held, name: name.clone(), claimed: true, used_at: None, since: *at };
                    self.hold(*factor, claimed, *generation, *at);
                }
            }
            UserEvent::PasswordClaimed { verifier, at, .. } => {
                self.password =
                    Some(Password { claimed: true, verifier: *verifier, stands_alone: false, since: *at });
                self.password_is_new();
                self.ever_let_in = true;
                self.new_epoch(Turn::PasswordChanged);
            }
            UserEvent::PasswordRehashed { verifier, stands_alone, .. } => {
                if let Some(password) = &mut self.password {
                    password.claimed = false;
                    password.verifier = *verifier;
                    password.stands_alone = *stands_alone;
                }
            }
            UserEvent::EmailChangeRequested { link, email, verifier, expires_at, by, rank, .. } => {
                self.sealed_values += 1;
                let purpose = LinkPurpose::EmailChange;
                self.keep_address();
                // Nothing that was mailed to an address that nobody proved serves whoever reads it any more.
                if !self.address_proved {
                    self.end_links([LinkPurpose::Invitation, LinkPurpose::Verification]);
                }
                let (verifier, expires_at) = (*verifier, *expires_at);
                self.links.insert(*link, Link { purpose, verifier, expires_at, left: None });
                let (link, email, by, rank) = (*link, email.clone(), *by, *rank);
                self.email_change = Some(EmailChange { link, email, by, rank });
            }
            UserEvent::EmailChanged { link, email, by, at } => self.moved(*link, email, *by, *at),
            UserEvent::UserRenamed { name } => {
                self.sealed_values += 1;
                if let Some(registered) = &mut self.registered {
                    registered.name = name.clone();
                }
            }
            UserEvent::LanguageChanged { language } => {
                if let Some(registered) = &mut self.registered {
                    registered.language.clone_from(language);
                }
            }
            UserEvent::RoleChanged { from, to, at } => {
                if from.audience() == Audience::EndUsers {
                    self.customer_until = Some(*at);
                }
                self.customer_since = (to.audience() == Audience::EndUsers).then_some(*at);
                self.trail.leave(*from, &self.groups, *at);
                if let Some(registered) = &mut self.registered {
                    registered.role = *to;
                }
                (self.exemption, self.ticket) = (None, None);
                (self.plea, self.grant) = (None, None);
                // What others made or said for them was for the role that they had; of another address only where they
                // are an owner now, whose takes two.
                if *to == Role::Owner {
                    self.keep_address();
                }
                self.end_links([LinkPurpose::SetUp, LinkPurpose::Recovery]);
                if let Some(frozen) = &mut self.frozen {
                    frozen.way = None;
                }
                self.tokens.clear();
                // Another role is helped by others.
                self.asked_in_vain.clear();
                self.new_epoch(Turn::RoleChanged);
            }
            UserEvent::GroupsChanged { groups, at } => {
                if let Some(role) = self.role() {
                    self.trail.leave(role, &self.groups, *at);
                }
                self.groups.clone_from(groups);
            }
            UserEvent::UserDeactivated { reason, .. } => {
                self.sealed_values += u32::from(reason.is_some());
                self.deactivated = true;
                self.password = None;
                self.end_all_links();
                (self.exemption, self.ticket) = (None, None);
                (self.plea, self.grant) = (None, None);
                self.pending.clear();
                self.tokens.clear();
                self.new_epoch(Turn::Deactivated);
            }
            UserEvent::UserReactivated { .. } => {
                self.deactivated = false;
                // The address that they had stays the one that recovery trusts, should it change now.
                self.email_verified = false;
                self.new_epoch(Turn::Reactivated);
            }
            UserEvent::IdentityProviderLinked { provider, subject, .. } => {
                self.sealed_values += 1;
                self.providers.insert(provider.clone(), subject.clone());
                self.ever_let_in = true;
            }
            UserEvent::IdentityProviderUnlinked { provider, .. } => {
                self.providers.remove(provider);
                self.new_epoch(Turn::ProviderUnlinked);
            }
            UserEvent::ApiTokenIssued { token, verifier, scopes, expires_at, at, .. } => {
                self.sealed_values += 1;
                self.tokens.retain(|_, token| token.good(*at));
                let issued =
                    ApiToken { verifier: *verifier, scopes: scopes.clone(), expires_at: *expires_at };
                self.tokens.insert(*token, issued);
            }
            UserEvent::ApiTokenRevoked { token, .. } => {
                self.tokens.remove(token);
            }
            UserEvent::PasswordAccessUsed { outcome, user_agent, at } => {
                self.sealed_values += u32::from(user_agent.is_some());
                self.password_access.insert(*outcome, *at);
            }
            UserEvent::MessageSent { posted, .. } => {
                self.undelivered.remove(&posted.channel);
            }
            UserEvent::MessageFailed { posted, why, at, .. } => {
                self.message_failed(posted.channel, *why, *at);
            }
            UserEvent::PersonErased { .. } => {
                self.end_second_factor(Turn::Erased);
                self.erased = true;
                self.password = None;
                self.keep_address();
                self.links.clear();
                self.former.clear();
                self.frozen = None;
                (self.exemption, self.ticket) = (None, None);
                self.resets_asked.clear();
                self.asked_in_vain.clear();
                self.refused_ways.clear();
                self.given.clear();
                self.helped = Helped::default();
                self.providers.clear();
                self.assigned.clear();
                self.tokens.clear();
                self.undelivered.clear();
            }
            UserEvent::HelpRefused { help, by, at, .. } => {
                if let Some(by) = *by {
                    self.hear(AskedInVain { help: *help, by, at: *at });
                }
            }
            UserEvent::RecoveryRefused { recovery, route, why, at } => {
                self.way_refused(RefusedWay { recovery: *recovery, route: *route, why: *why, at: *at });
            }
            UserEvent::RecoveryCodesLow { .. } | UserEvent::RecoveryCodesExhausted { .. } => {}
            // Whoever has it could have asked for another address with it.
            UserEvent::DeviceReportedLost { .. } => self.sessions_fell(),
            UserEvent::EmailChangeCancelled { .. } => self.keep_address(),
        }
    }

    fn factor_mut(&mut self, id: FactorId) -> Option<&mut Factor> {
        self.enrolled.as_mut().and_then(|enrolled| enrolled.factors.get_mut(&id))
    }

    /// A second factor was shown: its budget on that kind of device begins anew.
    fn proved(&mut self, familiarity: Familiarity) {
        *self.factor_failures.of_mut(familiarity) = Budget::default();
        self.sign_in_failures = 0;
    }

    fn confirm(&mut self, id: FactorId, first: &FirstUse, at: Timestamp) {
        let Some(place) = self.pending.iter().position(|p| p.factor == id) else { return };
        let pending = self.pending.remove(place);
        if let FactorDetail::Token(token::Begun { stock: Some(stock), .. }) = &pending.detail {
            self.assigned.remove(&stock.token);
        }
        if let FirstUse::Code(_) = first {
            self.texted.open.retain(|open| open.factor != id);
        }
        if let Some(held) = pending.detail.confirmed(first) {
            self.hold(
                id,
                Factor { held, name: pending.name, claimed: false, used_at: Some(at), since: at },
                pending.generation,
                at,
            );
        }
    }

    fn hold(&mut self, id: FactorId, factor: Factor, generation: u32, at: Timestamp) {
        // What an older generation left behind never mixes with what this one binds.
        self.enrolled.take_if(|e| e.generation != generation);
        let fresh =
            || Enrolled { generation, since: at, factors: BTreeMap::new(), preferred: None, codes: None };
        self.enrolled.get_or_insert_with(fresh).factors.insert(id, factor);
    }
}
