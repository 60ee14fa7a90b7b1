//! "This was not me": a person, or staff for them, shuts every door of theirs at once, and the way back in.
//!
//! A freeze opens a new credential epoch, so trust, sessions, and attempts fall with it; links, tickets, exemptions,
//! tokens, and whatever waits or was granted fall by its event. While it lasts nothing of the person's opens
//! anything but one kind of link, mailed to the address that recovery uses.
//!
//! **Architecture invariant:** nobody is let in by a freeze's end. It sets a new password, but of whoever signs in through
//! an identity provider only, and leaves the second factor as it was; a mailbox alone ends it only after a wait that can be read about and stopped, or by staff's word,
//! and stands in doubt for 72 hours from then on, as one does that resets a password.

use serde::{Deserialize, Serialize};

use super::address::{RESETS_WITHIN, mail_again};
use super::command::UserError;
use super::events::UserEvent;
use super::help::HelpCommand;
use super::mailboxes::Voucher;
use super::people::PeopleCommand;
use super::recovery::{RESET_WAIT, RecoveryCommand};
use super::state::User;
use super::turn::Turn;
use super::values::{
    Familiarity, FrozenBy, Help, LinkPurpose, Objection, ProofKind, Purpose, RecoveryRefusal, RecoveryRoute,
    Thawed,
};
use super::{AddressCommand, UserCommand};
use crate::factor::sms::NewSmsCode;
use crate::ids::{FactorId, LinkId, RecoveryId, VerifierId};
use crate::policy::Role;
use crate::proof::{Era, Verdict};
use crate::sealed::{Email, Reason, Sealed};
use crate::time::{Span, Timestamp};

/// How long the link works that stands in a notice and freezes: as long as somebody may be away.
pub const NOT_ME_LIFE: Span = Span::days(30);

/// How long a way back that takes no factor stays open. Whoever did not come by then asks anew: a mailbox that is
/// stolen later finds none.
pub const WAY_BACK_STAYS: Span = Span::hours(72);

/// A sign-in that is frozen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frozen {
    /// The case.
    pub recovery: RecoveryId,
    /// Who froze it.
    pub by: FrozenBy,
    /// Since when.
    pub since: Timestamp,
    /// The way back that takes no factor, once it was asked for.
    pub way: Option<WayBack>,
    /// Whether the link that belongs to the last freeze is still to be mailed.
    pub(super) letter_owed: bool,
    /// When such links were mailed, in this case.
    pub(super) letters: Vec<Timestamp>,
    /// When somebody said "not me" by the link of a notice, in this case, within the span that counts.
    pub(super) denied: Vec<Timestamp>,
}

/// A way back that takes no factor from an instant on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WayBack {
    /// By whose word, or which wait.
    pub route: RecoveryRoute,
    /// When it was asked for.
    pub since: Timestamp,
    /// From when it is open.
    pub from: Timestamp,
    /// The role that whoever gave their word had.
    pub rank: Option<Role>,
}

impl WayBack {
    /// When it closes by itself.
    pub fn until(&self) -> Timestamp {
        self.from + WAY_BACK_STAYS
    }
}

/// A command about a freeze.
#[derive(Debug, Clone)]
pub enum FreezeCommand {
    /// Freeze the sign-in; once more, while it is frozen, ends whatever way back was asked for.
    Freeze {
        /// Pre-minted id; one that is frozen keeps its own.
        recovery: RecoveryId,
        /// Who says so.
        by: FrozenBy,
        /// The change of address that the reader of a mailbox before it objects to.
        against: Option<LinkId>,
        /// Why, where staff did.
        reason: Option<Sealed<Reason>>,
        /// Whether it may end a way back that was asked for meanwhile. An agent's may not: nobody whom an agent
        /// keeps out would ever come back alone.
        anew: bool,
        /// Now.
        at: Timestamp,
    },
    /// Staff give their word that it is the person who comes back. For a customer that takes a wait.
    Vouch {
        /// Why.
        reason: Sealed<Reason>,
        /// Whose word it is.
        by: Voucher,
        /// Now.
        at: Timestamp,
    },
    /// The person, by their link, has a code sent to a number of theirs, to show it for the way back.
    Text {
        /// The link, whose secret was right.
        link: LinkId,
        /// The factor whose number it goes to.
        factor: FactorId,
        /// The code.
        texted: NewSmsCode,
        /// Now.
        at: Timestamp,
    },
    /// The person, by their link, asks for the way back that takes a wait in the place of a factor.
    Wait {
        /// The link, whose secret was right.
        link: LinkId,
        /// By which way.
        route: RecoveryRoute,
        /// How long it is.
        wait: Span,
        /// Now.
        at: Timestamp,
    },
    /// The person, by their link, sets a new password and ends it.
    Thaw {
        /// The link, whose secret was right.
        link: LinkId,
        /// What the factor or recovery code turned out to be; `None` if nothing was shown.
        shown: Option<Verdict>,
        /// Where the new password's verifier is kept, where one is set.
        password: VerifierId,
        /// Whether the password is long enough to stand alone.
        stands_alone: bool,
        /// The address from before, sealed anew, where it is theirs again with this.
        address: Option<Sealed<Email>>,
        /// Now.
        at: Timestamp,
    },
}

impl User {
    /// Whether a link back opens without a factor at an instant.
    pub fn may_thaw_without_factor(&self, at: Timestamp) -> bool {
        self.way_back(at).is_some_and(|way| way.from <= at)
    }

    /// The way back without a factor that was asked for, unless it closed again.
    pub fn way_back(&self, at: Timestamp) -> Option<WayBack> {
        self.frozen.as_ref().and_then(|frozen| frozen.way).filter(|way| at < way.until())
    }

    /// The case that an open link leads back from. Whoever has something sent or made for the way back asks this
    /// first: a code, or what a security key is to sign, is good for that case only.
    pub fn coming_back(&self, link: LinkId, at: Timestamp) -> Result<RecoveryId, UserError> {
        self.way_back_link(link, at).map(|frozen| frozen.recovery)
    }

    /// Whether a link back may be mailed now. The one that a freeze owes waits for no other mail: what was mailed
    /// before ended with the freeze. Only freezes of one case in a row are limited, by an hour's number of letters.
    pub(super) fn may_mail_way_back(&self, at: Timestamp) -> Result<(), UserError> {
        let frozen = self.frozen.as_ref().ok_or(UserError::NotFrozen)?;
        self.address_stands(at)?;
        if frozen.letter_owed { mail_again(&frozen.letters, None, at) } else { self.may_mail_link(at) }
    }

    pub(super) fn freeze(
        &self,
        command: FreezeCommand,
        era: &Era,
    ) -> Result<(Vec<UserEvent>, Option<ProofKind>), UserError> {
        match command {
            FreezeCommand::Freeze { recovery, by, against, reason, anew, at } => {
                if by == FrozenBy::Staff {
                    self.may_give(Help::Freeze, at)?;
                    if self.frozen.is_some() && !anew {
                        return Err(UserError::AlreadyFrozen);
                    }
                }
                if matches!(by, FrozenBy::OwnLink | FrozenBy::FormerLink) {
                    self.may_deny(against, at)?;
                }
                // A second freeze belongs to the case of the first.
                let recovery = self.frozen.as_ref().map_or(recovery, |frozen| frozen.recovery);
                let number = self.freezes + 1;
                let frozen = UserEvent::UserFrozen { recovery, number, by, against, reason, at };
                // It answers what staff asked for before, unless it is theirs.
                let answered = self.end_staffs_change(Objection::Frozen, at);
                let answered = answered.filter(|_| self.frozen.is_none() && by != FrozenBy::Staff);
                let over = self.give_way(Objection::Frozen, at).chain(answered);
                Ok((over.chain([frozen]).collect(), None))
            }
            FreezeCommand::Vouch { reason, by, at } => {
                self.frozen.as_ref().ok_or(UserError::NotFrozen)?;
                self.address_stands(at)?;
                let wait = if self.help_waits(at) { RESET_WAIT } else { Span::seconds(0) };
                let from = self.word_holds(by, at)?.max(at + wait);
                self.may_give(Help::Vouch, at)?;
                Ok((vec![self.allow(RecoveryRoute::Staff, Some((reason, by.role)), from, at)?], None))
            }
            FreezeCommand::Text { link, factor, texted, at } => {
                let purpose = Purpose::Thaw(self.coming_back(link, at)?);
                let events = self.text_code(factor, texted, purpose, Familiarity::Stranger, era, at)?;
                Ok((events, None))
            }
            FreezeCommand::Wait { link, route, wait, at } => {
                let recovery = self.way_back_link(link, at)?.recovery;
                let allowed = self.allow(route, None, at + wait, at)?;
                // Whoever has the mailbox could have got the password with it. An address that changed is no
                // reason where the link went to the one before.
                let doubt = self.mailbox_doubt(at);
                let events = match doubt {
                    Some((why, _)) => self.refuse_way(recovery, route, why, at),
                    None => Some(allowed),
                };
                Ok((events.into_iter().collect(), None))
            }
            FreezeCommand::Thaw { link, shown, password, stands_alone, address, at } => {
                self.thaw(link, shown, (password, stands_alone), address, era, at)
            }
        }
    }

    /// Whether somebody may say "not me" by a notice once more, while it is frozen: five times an hour, for each tells
    /// everybody concerned, and leaves every earlier link dead. What is said for the first time is always heard.
    fn may_deny(&self, against: Option<LinkId>, at: Timestamp) -> Result<(), UserError> {
        let Some(frozen) = self.frozen.as_ref().filter(|_| !self.objects_anew(against)) else {
            return Ok(());
        };
        match mail_again(&frozen.denied, None, at) {
            Err(UserError::MailedJustNow(from)) => Err(UserError::HelpSpent(from)),
            other => other,
        }
    }

    /// Opens a way back that takes no factor from an instant on. Asking again moves nothing.
    fn allow(
        &self,
        route: RecoveryRoute,
        word: Option<(Sealed<Reason>, Role)>,
        from: Timestamp,
        at: Timestamp,
    ) -> Result<UserEvent, UserError> {
        let (reason, rank) = word.unzip();
        let frozen = self.frozen.as_ref().ok_or(UserError::NotFrozen)?;
        match self.way_back(at) {
            Some(way) if way.from <= from => Err(UserError::AlreadyWaiting(way.from)),
            _ => Ok(UserEvent::ThawAllowed { recovery: frozen.recovery, route, reason, from, rank, at }),
        }
    }

    /// Why the mailbox that links go to stands in doubt, and until when; `None` where time alone does not end it.
    pub fn mailbox_doubt(&self, at: Timestamp) -> Option<(RecoveryRefusal, Option<Timestamp>)> {
        let password = self.doubt(at).filter(|(why, _)| *why == RecoveryRefusal::PasswordMailed);
        let moved = || {
            (RecoveryRefusal::AddressChanged, self.replaced_until(at).filter(|_| !self.a_person_decides()))
        };
        password.map(|(why, until)| (why, Some(until))).or_else(|| (!self.mailbox_waits(at)).then(moved))
    }

    /// Whether only a person's word ends what is disputed.
    fn a_person_decides(&self) -> bool {
        self.disputed().is_some() && self.role() != Some(Role::Owner)
    }

    /// That no correction of their address by staff waits: until it is done, or not to be, no way leads back.
    fn address_stands(&self, at: Timestamp) -> Result<(), UserError> {
        self.correction(at).map_or(Ok(()), |(_, until)| Err(UserError::InCorrection(until)))
    }

    /// The open link of a way back. While staff correct the address it went to, it opens nothing.
    pub(super) fn way_back_link(&self, link: LinkId, at: Timestamp) -> Result<&Frozen, UserError> {
        let open = self.links.get(&link).filter(|open| at < open.expires_at);
        open.filter(|open| open.purpose == LinkPurpose::WayBack).ok_or(UserError::LinkOver)?;
        self.address_stands(at).map_err(|_| UserError::LinkOver)?;
        self.frozen.as_ref().ok_or(UserError::LinkOver)
    }

    fn thaw(
        &self,
        link: LinkId,
        shown: Option<Verdict>,
        (verifier, stands_alone): (VerifierId, bool),
        address: Option<Sealed<Email>>,
        era: &Era,
        at: Timestamp,
    ) -> Result<(Vec<UserEvent>, Option<ProofKind>), UserError> {
        let frozen = self.way_back_link(link, at)?;
        let recovery = frozen.recovery;
        let (mut events, accepted, how) = match shown {
            Some(verdict) if !self.leads_back(&verdict, at) => return Err(UserError::AddressDisputed),
            Some(verdict) => {
                let (events, accepted) =
                    self.prove(verdict, Purpose::Thaw(recovery), Familiarity::Stranger, era, at)?;
                if accepted.is_none() {
                    return Ok((events, None));
                }
                (events, accepted, Thawed::Factor)
            }
            None if self.may_thaw_without_factor(at) => (vec![], None, Thawed::Allowed),
            None => return Err(UserError::ProofNeeded),
        };
        events.push(UserEvent::LinkRedeemed { link, at });
        match (self.address_before(at), address) {
            (Some(_), Some(email)) => {
                let by = None;
                events.push(UserEvent::EmailChanged { link, email, by, at });
            }
            (None, _) if !self.email_verified => events.push(UserEvent::EmailVerified { at }),
            _ => {}
        }
        if self.way_back_sets_password() {
            events.push(UserEvent::PasswordSet { verifier, stands_alone, at });
        }
        events.push(UserEvent::UserThawed { recovery, how, at });
        Ok((events, accepted))
    }

    /// Whether a way back sets a password. Whoever signs in through an identity provider only had none: they come back to
    /// that, and no mailbox makes them a way in beside it.
    pub fn way_back_sets_password(&self) -> bool {
        !self.through_provider_only()
    }

    /// Folds a freeze in: whatever a thief could have begun, or taken, is over. What staff asked for since they were
    /// frozen, or before they froze it, is none of it: whoever reads the mailbox that is wrong does not keep it by one more "not me".
    pub(super) fn froze(&mut self, recovery: RecoveryId, number: u32, by: FrozenBy, at: Timestamp) {
        let kept = self.staffs_change().filter(|_| self.frozen.is_some() || by == FrozenBy::Staff);
        let (letters, mut denied) =
            self.frozen.take().map(|frozen| (frozen.letters, frozen.denied)).unwrap_or_default();
        if matches!(by, FrozenBy::OwnLink | FrozenBy::FormerLink) {
            denied.retain(|before| at < *before + RESETS_WITHIN);
            denied.push(at);
        }
        let (way, letter_owed) = (None, true);
        self.frozen = Some(Frozen { recovery, by, since: at, way, letter_owed, letters, denied });
        self.freezes = number;
        self.links.retain(|link, _| Some(*link) == kept);
        self.email_change = self.email_change.take().filter(|_| kept.is_some());
        (self.exemption, self.ticket) = (None, None);
        (self.plea, self.grant, self.waiting_reset) = (None, None, None);
        self.pending.clear();
        self.mailed.void();
        self.texted.open.clear();
        self.tokens.clear();
        self.new_epoch(Turn::Frozen);
    }

    /// Folds in that a link back was mailed.
    pub(super) fn mailed_way_back(&mut self, at: Timestamp) {
        let Some(frozen) = self.frozen.as_mut().filter(|frozen| frozen.letter_owed) else { return };
        frozen.letter_owed = false;
        frozen.letters.retain(|before| at < *before + RESETS_WITHIN);
        frozen.letters.push(at);
    }

    /// Folds its end in.
    pub(super) fn thawed(&mut self, how: Thawed, at: Timestamp) {
        self.settle(at);
        self.frozen = None;
        // What the mailbox alone set stands in doubt as one that a forgotten password was mailed to: from now on,
        // however long ago the way was asked for.
        if how == Thawed::Allowed {
            self.password_mailed = Some((LinkPurpose::WayBack, at));
        }
    }

    /// That somebody's word, or a wait, for the way back ends with what it was given for.
    pub(super) fn end_way_back(&self, at: Timestamp) -> Option<UserEvent> {
        let recovery = self.frozen.as_ref().filter(|_| self.way_back(at).is_some())?.recovery;
        Some(UserEvent::ThawStopped { recovery, how: Objection::Replaced, at })
    }
}

/// What may be put to somebody whose sign-in is frozen: what shuts more doors, what opens the way back, what
/// others say about them, and what was owed or sent before.
pub(super) fn outlives_freeze(command: &UserCommand) -> bool {
    match command {
        UserCommand::Freeze(_)
        | UserCommand::IssueLink { purpose: LinkPurpose::WayBack, .. }
        | UserCommand::Recovery(RecoveryCommand::Stop { .. })
        | UserCommand::Reset { .. }
        | UserCommand::ReachReset
        | UserCommand::Unlock { .. }
        | UserCommand::ReportLost { .. }
        | UserCommand::WithdrawToken { .. }
        | UserCommand::Help(HelpCommand::Try { .. } | HelpCommand::Decline { .. })
        | UserCommand::RecordDelivery { .. }
        | UserCommand::Erase { .. } => true,
        UserCommand::People(command) => match command {
            PeopleCommand::Rename(_)
            | PeopleCommand::Speak(_)
            | PeopleCommand::Group { .. }
            | PeopleCommand::ChangeRole { .. }
            | PeopleCommand::Deactivate { .. }
            | PeopleCommand::Reactivate { .. }
            | PeopleCommand::UnlinkProvider { .. }
            | PeopleCommand::Address(
                // Staff put right what a thief made wrong.
                AddressCommand::Request { by: Some(_), .. }
                | AddressCommand::Confirm { .. }
                | AddressCommand::Object { .. }
                | AddressCommand::Cancel { .. }
                | AddressCommand::SessionsEnded { .. },
            ) => true,
            PeopleCommand::LinkProvider { .. }
            | PeopleCommand::Claim(_)
            | PeopleCommand::Address(AddressCommand::Request { by: None, .. }) => false,
        },
        _ => false,
    }
}
