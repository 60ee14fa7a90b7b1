//! What a user's past amounts to.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::budget::{Budget, Budgets, HARD_CAP, Wait};
use super::delivery::Failing;
use super::events::UserEvent;
use super::former::FormerEmail;
use super::freeze::Frozen;
use super::held::{
    EmailChange, Enrolled, Exemption, Grant, Link, Password, Pending, Plea, RefusedWay, Registered,
    SpentGrant, Ticket, WaitingReset,
};
use super::mailed::{Mailed, MailedCode};
use super::reach::Helped;
use super::series::Series;
use super::turn::{Turn, Turns};
use super::values::{AskedInVain, Familiarity, Help, LinkPurpose, PasswordAccess, Purpose, ResetCause};
use crate::account::ApiToken;
use crate::delivery::Channel;
use crate::factor::sms::SmsCode;
use crate::factor::webauthn::SpentChallenges;
use crate::factor::{FactorDetail, Held, token};
use crate::ids::{FactorId, GroupId, LinkId, RecoveryId, SessionId, StockTokenId, TokenId};
use crate::policy::{Role, Trail, Whom};
use crate::proof::Era;
use crate::sealed::{PhoneNumber, ProviderSubject, Sealed};
use crate::time::Timestamp;

/// Bindings of one person under way at once: more than anybody has devices at hand. Whoever would push
/// somebody's aside needs the password, and as many sessions, again each time.
pub const BINDINGS_AT_ONCE: usize = 8;

/// One person of one account.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each answers a question of its own, and none implies another"
)]
pub struct User {
    pub(super) registered: Option<Registered>,
    /// Whether the address is proved to be theirs.
    pub email_verified: bool,
    /// Whether they ever had a password, or came through an identity provider.
    pub ever_let_in: bool,
    /// Whether the address that they have was ever proved to be theirs, also before they were away.
    pub(super) address_proved: bool,
    /// Their password, once set.
    pub password: Option<Password>,
    /// The credential epoch: counts password changes, and everything that begins, resets, or ends
    /// the second factor or one of several. Trust, sessions, attempts, and a change of address that waits, of an
    /// older epoch are void.
    pub epoch: u32,
    /// What ended the epochs before.
    pub(super) turns: Turns,
    /// Open one-time links.
    pub links: BTreeMap<LinkId, Link>,
    pub(super) mailed: Mailed,
    /// The bindings under way in the order in which they began: one of each session, so that no session
    /// ends another's.
    pub pending: Vec<Pending>,
    pub(super) enrolled: Option<Enrolled>,
    pub(super) texted: Series<SmsCode>,
    pub(super) challenges: SpentChallenges,
    /// Tokens of the account's stock that staff handed them, and that no code of theirs has bound yet.
    pub assigned: BTreeMap<StockTokenId, token::Begun>,
    pub(super) password_failures: Budgets,
    pub(super) factor_failures: Budgets,
    /// Wrong second factors behind the right password in a row, on whatever devices.
    pub(super) sign_in_failures: u16,
    /// Whether the password opens nothing until it is changed.
    pub password_change_demanded: bool,
    /// Whether only an enrolment ticket may bind the next factor.
    pub needs_ticket: bool,
    /// Groups that they are in.
    pub groups: BTreeSet<GroupId>,
    /// Since when they have this role and are in these groups, and where they were before.
    pub trail: Trail,
    /// Whether they may not sign in.
    pub deactivated: bool,
    /// That their sign-in is frozen.
    pub frozen: Option<Frozen>,
    /// How often it was.
    pub freezes: u32,
    /// Identity providers through which they can sign in, by name.
    pub providers: BTreeMap<String, Sealed<ProviderSubject>>,
    /// A change of address that waits for its confirmation.
    pub email_change: Option<EmailChange>,
    /// The addresses that were theirs of late, in the order in which they had them.
    pub(super) former: Vec<FormerEmail>,
    /// When links for a forgotten password were mailed, of late.
    pub(super) reset_mails: Vec<Timestamp>,
    /// Whether they ever had a second factor here.
    pub had_factor: bool,
    /// By which link the password was last reset by mail, and when.
    pub password_mailed: Option<(LinkPurpose, Timestamp)>,
    /// The last exemption granted; whether it holds is a question of time.
    pub exemption: Option<Exemption>,
    /// The enrolment ticket that is open.
    pub ticket: Option<Ticket>,
    /// A request for a way back in, of which nothing came yet.
    pub plea: Option<Plea>,
    /// Ways back in that were refused to whoever asked in their name, of late.
    pub(super) refused_ways: Vec<RefusedWay>,
    /// Leave to sign in once with a code.
    pub grant: Option<Grant>,
    /// The last such leave that was used.
    pub spent_grant: Option<SpentGrant>,
    /// The case that took their second factor, until they have another one.
    pub recovering: Option<RecoveryId>,
    /// A reset that was asked for and that waits.
    pub waiting_reset: Option<WaitingReset>,
    /// Until when they were a customer of the account, where they were one before they joined the team.
    pub customer_until: Option<Timestamp>,
    /// Since when they are a customer of the account, where they were of the team before.
    pub customer_since: Option<Timestamp>,
    /// When this member of staff asked for such resets of others, within the span that counts.
    pub resets_asked: Vec<Timestamp>,
    /// Help that staff gave them within the span that counts, of the kinds that there is only so much of.
    pub(super) given: Vec<(Help, Timestamp)>,
    /// Whom this member of staff helped of late, by help that there is only so much of.
    pub(super) helped: Helped,
    /// What staff asked for, for them, and is not given, of late.
    pub(super) asked_in_vain: Vec<AskedInVain>,
    /// Their API tokens.
    pub tokens: BTreeMap<TokenId, ApiToken>,
    /// When each outcome of password access was last recorded.
    pub password_access: BTreeMap<PasswordAccess, Timestamp>,
    /// Ways by which messages fail to reach them, until one goes out that way again.
    pub undelivered: BTreeMap<Channel, Failing>,
    /// Whether the person was erased.
    pub erased: bool,
    /// Sealed personal values in this stream.
    pub sealed_values: u32,
}

impl User {
    /// Who the user is, once registered.
    pub fn who(&self) -> Option<&Registered> {
        self.registered.as_ref()
    }

    /// The user's second factor, if it belongs to the generation in force. One of an older
    /// generation is as if it had never been, whether or not the fan-out came by.
    ///
    /// A reset that waited and fell due is a question of time: whoever looks at a state that no
    /// decision has brought up to date asks [`User::enrolled_at`].
    pub fn enrolled(&self, generation: u32) -> Option<&Enrolled> {
        self.enrolled.as_ref().filter(|e| e.generation == generation)
    }

    /// The user's second factor at an instant: none once a reset that waited has fallen due.
    pub fn enrolled_at(&self, generation: u32, at: Timestamp) -> Option<&Enrolled> {
        self.enrolled(generation).filter(|_| self.due_reset(at).is_none())
    }

    /// The credential epoch at an instant: a reset that fell due opened a new one, written or not.
    pub fn epoch_at(&self, at: Timestamp) -> u32 {
        self.epoch + u32::from(self.due_reset(at).is_some())
    }

    /// What ended an epoch of before at an instant, where it is remembered.
    pub fn turned(&self, epoch: u32, at: Timestamp) -> Option<Turn> {
        let since = self.epoch.checked_sub(epoch)?;
        let due = || self.due_reset(at).map(|_| Turn::FactorsReset);
        if since == 0 { due() } else { self.turns.first_of(since) }
    }

    /// The reset that waited and has fallen due, but is not written yet.
    pub fn due_reset(&self, at: Timestamp) -> Option<&WaitingReset> {
        self.waiting_reset.as_ref().filter(|waiting| waiting.due_at <= at)
    }

    /// The enrolment ticket that is good at an instant.
    pub fn open_ticket(&self, at: Timestamp) -> Option<&Ticket> {
        self.ticket.as_ref().filter(|ticket| at < ticket.expires_at && ticket.tries_left > 0)
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

    /// What a policy asks about them, once registered.
    pub fn whom(&self) -> Option<Whom<'_>> {
        self.registered.as_ref().map(|r| Whom { role: r.role, groups: &self.groups, trail: &self.trail })
    }

    /// Whether they sign in through an identity provider only: then they are never challenged here,
    /// and never made to enrol.
    pub fn through_provider_only(&self) -> bool {
        self.password.is_none() && !self.providers.is_empty()
    }

    /// Whether there is any way in for them, and they may take it.
    pub fn may_sign_in(&self) -> bool {
        let shut = self.erased || self.deactivated || self.frozen.is_some();
        !shut && (self.password.is_some() || !self.providers.is_empty())
    }

    /// Whether they showed themselves here, or somebody who may brought that along: by a password, an identity
    /// provider, or an address proved to be theirs. Until they do nothing opens, a program's word neither.
    pub fn ready(&self) -> bool {
        self.password.is_some() || !self.providers.is_empty() || self.email_verified
    }

    /// The exemption that holds at an instant.
    pub fn exempt(&self, at: Timestamp) -> Option<&Exemption> {
        self.exemption.as_ref().filter(|e| at < e.until)
    }

    /// Their role, once registered.
    pub fn role(&self) -> Option<Role> {
        self.registered.as_ref().map(|r| r.role)
    }

    /// The role that they had at an instant, or the first that they had.
    pub fn role_at(&self, at: Timestamp) -> Option<Role> {
        let places: Vec<_> = self.whom()?.places().collect();
        let then = places.iter().find(|(since, _)| *since <= at).or(places.last());
        then.map(|(_, place)| place.role)
    }

    /// Since when they have had at least a role, if they have it now.
    pub fn role_since(&self, least: Role) -> Option<Timestamp> {
        // The most powerful role is the first.
        self.whom()?.places().take_while(|(_, place)| place.role <= least).map(|(since, _)| since).last()
    }

    /// Whether their password opens anything: there is one, and no change of it was demanded.
    pub fn password_opens(&self) -> bool {
        let shut = self.password_change_demanded || self.deactivated || self.frozen.is_some();
        self.password.is_some() && !shut
    }

    /// The mailed codes that can be typed, oldest first. Whoever compares looks at each.
    pub fn mailed_codes(&self) -> &[MailedCode] {
        &self.mailed.series.open
    }

    /// The number of a factor that is bound, or being bound.
    pub fn number(&self, factor: FactorId) -> Option<&Sealed<PhoneNumber>> {
        let bound = self.enrolled.iter().find_map(|enrolled| enrolled.factors.get(&factor));
        if let Some(Held::Sms(held)) = bound.map(|factor| &factor.held) {
            return Some(&held.number);
        }
        match self.pending.iter().find(|pending| pending.factor == factor).map(|pending| &pending.detail) {
            Some(FactorDetail::Sms(begun)) => Some(&begun.number),
            _ => None,
        }
    }

    /// The codes by SMS that can be typed for something, oldest first. Whoever compares looks at each.
    pub fn sms_codes(&self, purpose: Purpose) -> impl Iterator<Item = &SmsCode> {
        self.texted.open.iter().filter(move |open| open.purpose == purpose)
    }

    /// From when on another code is sent like this one, which was sent.
    pub fn texts_again_at(&self, like: &SmsCode) -> Timestamp {
        self.texted.again_at(like).unwrap_or(like.issued_at)
    }

    /// Consecutive failures on one budget at which it locks: the policy's, never above the hard cap.
    pub(crate) fn failure_limit(&self, era: &Era, at: Timestamp) -> u16 {
        let limit = self.role().map(|role| era.policy(role.audience(), at).failure_limit);
        limit.unwrap_or(HARD_CAP).min(HARD_CAP)
    }

    pub(crate) fn password_budget(&self, familiarity: Familiarity) -> &Budget {
        self.password_failures.of(familiarity)
    }

    pub(super) fn factor_budget(&self, familiarity: Familiarity) -> &Budget {
        self.factor_failures.of(familiarity)
    }

    /// Whether the hard cap of wrong second factors was reached on that kind of device.
    pub(crate) fn factor_locked(&self, familiarity: Familiarity) -> bool {
        self.factor_budget(familiarity).locked
    }

    /// Whether the hard cap of wrong passwords was reached on that kind of device: the right one opens nothing, either.
    pub fn password_locked(&self, familiarity: Familiarity) -> bool {
        self.password_failures.of(familiarity).locked
    }

    /// Until when no code of a binding is looked at, because too many were wrong: as a stranger where they have no
    /// factor yet, and otherwise wherever they are.
    pub fn binding_waits(&self, enrolled: bool, at: Timestamp) -> Option<Timestamp> {
        let wait = |familiarity| match self.factor_budget(familiarity).open(at) {
            Err(Wait::Until(until)) => Some(until),
            Ok(()) | Err(Wait::Unlock) => None,
        };
        let stranger = wait(Familiarity::Stranger);
        if enrolled {
            stranger.and_then(|stranger| Some(stranger.min(wait(Familiarity::Known)?)))
        } else {
            stranger
        }
    }

    /// Whether a hard cap was reached anywhere.
    pub fn locked_out(&self) -> bool {
        self.password_failures.any_locked() || self.factor_failures.any_locked() || self.mailed.locked
    }

    /// The reset that is owed to this user's stream: that of an account-wide disable, or one that
    /// waited and fell due.
    ///
    /// The first disable after the generation that they enrolled in announced them, and its
    /// generation and instant are the reset's, however many more followed; also where a reset of
    /// their own had fallen due before, or the proof of the fan-out would miss them.
    pub(super) fn owed_reset(&self, era: &Era) -> Option<UserEvent> {
        self.announced_reset(era).or_else(|| {
            let WaitingReset { recovery, since: scheduled_at, due_at, .. } = *self.due_reset(era.at)?;
            let cause = match recovery {
                Some(recovery) => ResetCause::AfterWait { recovery, scheduled_at },
                None => ResetCause::StaffAfterWait { scheduled_at },
            };
            Some(UserEvent::TwoFactorReset { cause, effective_at: due_at })
        })
    }

    fn announced_reset(&self, era: &Era) -> Option<UserEvent> {
        let enrolled = self.enrolled.as_ref().filter(|e| e.generation < era.generation)?;
        let (generation, at) = era.disables.iter().copied().find(|(g, _)| *g > enrolled.generation)?;
        Some(UserEvent::TwoFactorReset {
            cause: ResetCause::AccountDisabled { generation },
            effective_at: at,
        })
    }
}
