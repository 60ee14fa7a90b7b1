//! Which of a person's mailboxes may do what: the one they have, and those before.
//!
//! Several mailboxes can each say that they are the person's, and nothing here can know which one is right. So what one
//! may do follows from who moved the address, when, and who objected, alone. Two doubts are looked at separately:
//!
//! 1. *The person's own changes* since staff last replaced the address: a thief in a session makes such. The **anchor**
//!    is the mailbox before the first of them that is fresh ([`FORMER_EMAIL_SERVES`]), or that is objected to, by its
//!    reader or when it was fresh, as long as the freeze lasts. The older mailbox outranks the newer ones, for a thief
//!    comes later. Without doubt the anchor is the one that they have.
//! 2. *The last change by staff*: they say that those before are wrong, and could be fooled. It is *replaced* while
//!    fresh, and *disputed* once the reader of one before it says no, until somebody is back, or somebody else of staff
//!    replaces the address.
//!
//! | as staff left it | mailbox | is told | password, codes | link back | waits alone | staff's word |
//! |---|---|---|---|---|---|---|
//! | theirs: staff did not touch it of late | the anchor | yes | yes | yes | yes | at once |
//! | | another | yes | no | no | no | no |
//! | replaced | the anchor | yes | no | with a factor | no | after 72 h |
//! | | another | yes | no | no | no | no |
//! | disputed | the anchor | yes | no | with a factor of before | no | another's |
//! | | another | yes | no | no | no | no |
//! | in correction: frozen, and staff named another one, which nobody confirmed yet | any | yes | no | no | no | no |
//!
//! *In correction* lasts until the other one is confirmed, staff name yet another or keep the one they have, or the
//! link that confirms it ends: at most 24 hours, so that a mistyped one shuts nobody out. Only that they become an owner
//! ends it on the way; whoever reads the wrong mailbox does not.
//!
//! What staff ask for is stopped by no link, and in no session: who may be wrong is told, and may say "not me". That ends
//! it of somebody who was not frozen yet, so that staff look again; what they ask for then is a correction. It outlives
//! whatever staff do to sessions, factors, roles, and access, and whoever asked for it is told where it ends.
//!
//! Whoever is remembered (`former`) is told what the table is about: of freezes, ways back, words and waits, and changes
//! of the address, for 30 days and as long as a freeze lasts; of the rest for 72 hours. Each may say "not me" as long:
//! that opens nothing for whoever staff said is wrong. Who is frozen gets neither password nor codes by mail.
//!
//! Whoever comes back from a freeze has the anchor's address again, and so has whoever sets a password by a link that
//! went to an address before, however long ago that was mailed. Where somebody else has it by now, what they have is
//! *refuted*: it stays no address of theirs, and is told nothing, until they or staff name another one.
//!
//! *Another's* word is another owner's, or of somebody who had at least the role of whoever replaced the address before
//! they did. Where a sole owner replaced it nobody else could: their own word holds once 72 hours more were waited, of
//! which every mailbox is told. A customer waits 72 hours where the word of staff is enough for one of the team. Nobody
//! gives an owner their word: of a dispute an owner waits, once the change has rested, with notice to the team.
//!
//! *A factor of before* is one bound at least 72 hours before the oldest change that is remembered; so it is of a replaced
//! address, too, where somebody said no to what was before that. A thief binds one and moves the address in one breath. Who
//! has none gets no link back until somebody gave their word.
//!
//! **Architecture invariant:** within 72 hours after anybody but the reader of a mailbox moved the address, or against
//! a "not me", that mailbox alone opens nothing; no way back goes to a mailbox that staff said is wrong; and there is
//! always somebody of staff who can open a way back, at once or once a correction was confirmed or cancelled.

use super::command::UserError;
use super::events::UserEvent;
use super::former::{Doubt, FORMER_EMAIL_SERVES, FormerEmail};
use super::held::{EmailChange, Factor};
use super::recovery::RESET_WAIT;
use super::state::User;
use super::turn::Turn;
use super::values::{Fresh, LinkPurpose, Objection};
use crate::ids::{LinkId, UserId};
use crate::policy::Role;
use crate::proof::Verdict;
use crate::sealed::{Email, Sealed};
use crate::time::Timestamp;

/// How staff left a person's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressStanding {
    /// They did not touch it of late.
    Theirs,
    /// They replaced it. They say that the one before is wrong, and could be fooled.
    Replaced,
    /// They replaced it, and one before says that this was not them.
    Disputed,
    /// The sign-in is frozen, and they named another one, which nobody confirmed yet.
    InCorrection,
}

/// One of a person's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mailbox {
    /// The one before the first doubtful change of their own; without one, the address that they have.
    Anchor,
    /// Any other that they have or had.
    Another,
}

/// From when on the word of staff lets a mailbox in without a factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// As soon as it is given, or after a customer's wait.
    AtOnce,
    /// 72 hours after the change, at the earliest.
    Rested,
    /// The same, and it is another's word than of whoever replaced the address; a sole owner's own waits once more.
    Another,
    /// Never.
    Never,
}

/// What a mailbox may do, beside being told and saying "not me".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Doors {
    /// Gets forgotten passwords, invitations, codes.
    pub letters: bool,
    /// Gets the way back to a frozen sign-in.
    pub back: bool,
    /// May wait in the place of a factor.
    pub waits: bool,
    /// What staff's word does.
    pub word: Word,
}

/// Whoever gives their word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Voucher {
    /// They.
    pub user: UserId,
    /// Their role.
    pub role: Role,
    /// Whether they are an owner, and there is no other.
    pub alone: bool,
    /// Since when they have had at least the role that whoever last replaced the address had then, if they have it now.
    pub peer_since: Option<Timestamp>,
}

/// The table.
pub const fn doors(standing: AddressStanding, mailbox: Mailbox) -> Doors {
    let none = Doors { letters: false, back: false, waits: false, word: Word::Never };
    match (standing, mailbox) {
        (AddressStanding::Theirs, Mailbox::Anchor) => {
            Doors { letters: true, back: true, waits: true, word: Word::AtOnce }
        }
        (AddressStanding::Replaced, Mailbox::Anchor) => Doors { back: true, word: Word::Rested, ..none },
        (AddressStanding::Disputed, Mailbox::Anchor) => Doors { back: true, word: Word::Another, ..none },
        (AddressStanding::InCorrection, _) | (_, Mailbox::Another) => none,
    }
}

impl User {
    /// The place of the anchor among the addresses before; none where it is the one that they have.
    pub(super) fn anchored(&self, at: Timestamp) -> Option<usize> {
        let doubtful = |former: &FormerEmail| former.doubt != Doubt::None || former.fresh(at);
        self.moves().find(|(_, former)| doubtful(former)).map(|(place, _)| place)
    }

    /// The address before that is the anchor, and is theirs again as soon as they are back; none where the anchor is
    /// the one that they have.
    pub fn address_before(&self, at: Timestamp) -> Option<&Sealed<Email>> {
        self.anchored(at).map(|place| &self.former[place].email)
    }

    /// The anchor.
    fn anchor(&self, at: Timestamp) -> Option<&Sealed<Email>> {
        self.address_before(at).or_else(|| self.who().map(|who| &who.email))
    }

    /// How staff left their address.
    pub fn standing(&self, at: Timestamp) -> AddressStanding {
        if self.correction(at).is_some() {
            return AddressStanding::InCorrection;
        }
        match self.replaced() {
            Some((_, last)) if last.doubt == Doubt::Held => AddressStanding::Disputed,
            Some((_, last)) if last.fresh(at) => AddressStanding::Replaced,
            _ => AddressStanding::Theirs,
        }
    }

    /// What the anchor may do at an instant: no other mailbox may do more than be told, and say "not me".
    pub fn doors(&self, at: Timestamp) -> Doors {
        doors(self.standing(at), Mailbox::Anchor)
    }

    /// The change of address that staff asked for of somebody frozen, and nobody confirmed yet: the one that they have
    /// is wrong. And until when it waits.
    pub fn correction(&self, at: Timestamp) -> Option<(&EmailChange, Timestamp)> {
        let change = self.open_change(at).filter(|open| open.by.is_some() && self.frozen.is_some())?;
        self.links.get(&change.link).map(|link| (change, link.expires_at))
    }

    /// The link of a change of address that staff asked for, whether it is over by now or not. It was asked for in none
    /// of the person's sessions, and ends with none.
    pub(super) fn staffs_change(&self) -> Option<LinkId> {
        self.email_change.as_ref().filter(|change| change.by.is_some()).map(|change| change.link)
    }

    /// That it comes to nothing, where it is open.
    pub(super) fn end_staffs_change(&self, how: Objection, at: Timestamp) -> Option<UserEvent> {
        let link = self.open_change(at).filter(|change| change.by.is_some())?.link;
        Some(UserEvent::EmailChangeCancelled { link, how, at })
    }

    /// Where recovery finds them: where a link back goes while they are frozen, and passwords and codes otherwise.
    /// Nowhere for 72 hours after staff replaced the address.
    pub fn recovery_email(&self, at: Timestamp) -> Option<&Sealed<Email>> {
        let doors = self.doors(at);
        let back = doors.back && (!self.contested(at) || self.has_a_way_back(at));
        let opens = if self.frozen.is_some() { back } else { doors.letters };
        self.anchor(at).filter(|_| opens)
    }

    /// Where a notice goes that is about their mailboxes: a freeze, a way back, a change of the address. To the address
    /// that they have, and to each before whose reader has a say.
    pub fn told_of_mailboxes(&self, at: Timestamp) -> impl Iterator<Item = &Sealed<Email>> {
        self.told(at, |_| true)
    }

    /// Where any other notice goes: to their address, and for 72 hours to each that it was before, so that whoever
    /// changed it, once or over again, is not the only one who is told; while the sign-in is frozen, to all.
    pub fn told_at(&self, at: Timestamp) -> impl Iterator<Item = &Sealed<Email>> {
        let frozen = self.frozen.is_some();
        self.told(at, move |former| frozen || former.doubt != Doubt::None || former.fresh(at))
    }

    fn told(
        &self,
        at: Timestamp,
        which: impl Fn(&FormerEmail) -> bool,
    ) -> impl Iterator<Item = &Sealed<Email>> {
        let refuted = self.refuted();
        let now = self.registered.iter().filter(move |_| !refuted).map(|who| &who.email);
        now.chain(self.former(at).filter(move |former| which(former)).map(|former| &former.email))
    }

    /// When their address last changed, of late.
    pub fn address_changed_at(&self) -> Option<Timestamp> {
        self.former.last().map(|former| former.changed_at)
    }

    /// Until when a mailbox opens nothing since staff replaced the address.
    pub fn replaced_until(&self, at: Timestamp) -> Option<Timestamp> {
        self.replaced()
            .filter(|(_, last)| last.fresh(at))
            .map(|(_, last)| last.changed_at + FORMER_EMAIL_SERVES)
    }

    /// Who of staff replaced the address, and when, where that is disputed: their own word does not settle it.
    pub fn disputed(&self) -> Option<(UserId, Timestamp)> {
        let (_, last) = self.replaced().filter(|(_, last)| last.doubt == Doubt::Held)?;
        last.by.map(|by| (by, last.changed_at))
    }

    /// Whether a password, an invitation, or a code may be mailed at all.
    pub(super) fn letters_go_somewhere(&self, at: Timestamp) -> Result<(), UserError> {
        let after = Fresh::AddressReplaced;
        self.replaced_until(at).map_or(Ok(()), |until| Err(UserError::MailboxTooFresh { after, until }))
    }

    /// From when at the earliest somebody's word lets a mailbox in without a factor.
    pub(super) fn word_holds(&self, by: Voucher, at: Timestamp) -> Result<Timestamp, UserError> {
        let rested = self.replaced_until(at).unwrap_or(at);
        match self.doors(at).word {
            Word::AtOnce => Ok(at),
            Word::Rested => Ok(rested),
            Word::Another if self.settled_by(by) => Ok(rested),
            // Nobody else can.
            Word::Another if by.role == Role::Owner && by.alone => Ok(rested.max(at + RESET_WAIT)),
            Word::Another | Word::Never => Err(UserError::AddressDisputed),
        }
    }

    /// Themself, as they give their word for somebody whose address a member of staff replaced who had that role then.
    pub fn voucher(&self, replacers: Option<Role>, alone: bool) -> Option<Voucher> {
        let peer_since = replacers.and_then(|least| self.role_since(least));
        self.who().map(|who| Voucher { user: who.user, role: who.role, alone, peer_since })
    }

    /// Whether somebody's word settles a dispute: never that of whoever replaced the address; another owner's does, and
    /// that of somebody who was there as long before, and could have replaced it as well. Whoever replaced it could
    /// have brought anybody else along.
    fn settled_by(&self, by: Voucher) -> bool {
        let peer = |at| by.role == Role::Owner || by.peer_since.is_some_and(|since| since < at);
        self.disputed().is_none_or(|(who, at)| who != by.user && peer(at))
    }

    /// Whether staff replaced the address, and somebody objects to that, or objected to what was before it.
    fn contested(&self, at: Timestamp) -> bool {
        let until = self.replaced().map_or(0, |(place, _)| place + 1);
        let objected = self.former[..until].iter().any(|former| former.doubt == Doubt::Held);
        objected && self.standing(at) != AddressStanding::Theirs
    }

    /// Whether a factor says that it is the person while the address is contested: they had it as long before the oldest
    /// change that is remembered as it takes to read of a new one. Whoever moved the address could have bound a later
    /// one.
    fn older_than_the_dispute(&self, factor: &Factor) -> bool {
        let first = self.former.iter().map(|former| former.changed_at).min();
        first.is_none_or(|first| factor.since + FORMER_EMAIL_SERVES <= first)
    }

    /// Whether a proof leads back, should it be right. Nothing says since when there is a recovery code.
    pub(super) fn leads_back(&self, verdict: &Verdict, at: Timestamp) -> bool {
        if !self.contested(at) {
            return true;
        }
        let factor = match verdict {
            Verdict::Otp { factor, .. } | Verdict::Assertion { factor, .. } => *factor,
            Verdict::Sms { code } => match self.texted.open.iter().find(|open| open.code == *code) {
                Some(texted) => texted.factor,
                None => return true,
            },
            Verdict::Recovery { .. } | Verdict::Grant { .. } => return false,
            // Wrong, and charged as such.
            Verdict::Expired { .. } | Verdict::Registration { .. } | Verdict::Mismatch(_) => return true,
        };
        let bound = self.enrolled.as_ref().and_then(|enrolled| enrolled.factors.get(&factor));
        bound.is_some_and(|factor| self.older_than_the_dispute(factor))
    }

    /// Whether a link back is mailed while the address is contested: there is something to show for it, or it takes
    /// nothing.
    fn has_a_way_back(&self, at: Timestamp) -> bool {
        let mut factors = self.enrolled.iter().flat_map(|enrolled| enrolled.factors.values());
        self.way_back(at).is_some()
            || self.mailbox_waits(at)
            || factors.any(|factor| self.older_than_the_dispute(factor))
    }

    /// Whether the mailbox that a link back goes to may wait in the place of a factor.
    pub fn mailbox_waits(&self, at: Timestamp) -> bool {
        // Nobody gives an owner their word, and replacing an owner's address took two.
        let rested = self.role() == Some(Role::Owner) && self.replaced_until(at).is_none();
        self.doors(at).waits || (self.standing(at) == AddressStanding::Disputed && rested)
    }

    /// Folds a change in: one that was asked for, or the address that a way back gives back.
    pub(super) fn moved(&mut self, link: LinkId, email: &Sealed<Email>, by: Option<UserId>, at: Timestamp) {
        self.sealed_values += 1;
        let served = self.former_address_serves();
        let asked = self.email_change.as_ref().filter(|change| change.link == link);
        let gives_back = asked.is_none() && (self.frozen.is_some() || self.refuted());
        // The first ones said who of staff it was only when they asked for it.
        let staffs = by.or_else(|| asked.and_then(|change| change.by));
        self.keep_address();
        // They went to the address before, and would let its reader in at this one.
        self.end_links([LinkPurpose::Invitation, LinkPurpose::Verification]);
        (self.email_verified, self.address_proved) = (true, true);
        let Some(registered) = &mut self.registered else { return };
        let left = std::mem::replace(&mut registered.email, email.clone());
        if gives_back {
            return self.given_back(at);
        }
        if served {
            let (change, doubt) = (link, Doubt::None);
            for open in self.links.values_mut().filter(|open| open.purpose == LinkPurpose::PasswordReset) {
                open.left.get_or_insert(change);
            }
            self.leave(FormerEmail { email: left, change, changed_at: at, by: staffs, doubt });
        }
        if by.is_some() {
            self.end_letters();
            self.new_epoch(Turn::AddressReplaced);
        }
        if let Some(frozen) = self.frozen.as_mut().filter(|_| staffs.is_some()) {
            (frozen.way, frozen.letter_owed) = (None, true);
            self.links.retain(|_, open| open.purpose != LinkPurpose::WayBack);
        }
    }
}
