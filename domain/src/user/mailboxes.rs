//! Which of a person's addresses may do what: the one they have, and the one before.
//!
//! Two mailboxes can each say that they are the person's, and nothing here can know which one is right. So what an
//! address may do follows from who moved it, and how long ago, alone:
//!
//! | how it stands | mailbox | is told | password, codes | link back | waits alone | staff's word |
//! |---|---|---|---|---|---|---|
//! | settled: nobody moved it for 72 h | now | yes | yes | yes | yes | at once |
//! | | before | no | no | no | no | no |
//! | moved: by the person, in a session | now | yes | no | no | no | no |
//! | | before | yes | yes | yes | yes | at once |
//! | replaced: by staff | now | yes | no | with a factor | no | after 72 h |
//! | | before | yes | no | no | no | no |
//! | disputed: by staff, and the one before said no | now | yes | no | with a factor | no | another's, or an owner's |
//! | | before | yes | no | no | no | no |
//! | in correction: frozen, and staff named another one, which nobody confirmed yet | now | yes | no | no | no | no |
//! | | before | yes | no | no | no | no |
//!
//! *In correction* lasts until the other one is confirmed, staff name yet another or keep the one they have, or the
//! link that confirms it ends: at most 24 hours, so that a mistyped one shuts nobody out. Only a role, or a
//! deactivation, ends it on the way; whoever reads the wrong mailbox does not.
//!
//! Moved and replaced last for [`FORMER_EMAIL_SERVES`] after the change; a freeze keeps *moved* until it ends, and a
//! "not me" from the address before brings it about later too. *Disputed* lasts as long as the freeze, or until
//! somebody else of staff replaces the address. Whoever was mailed a notice may say "not me" for 30 days, from either
//! mailbox: that opens nothing. Who is frozen gets neither password nor codes by mail.
//!
//! A customer waits 72 hours where the word of staff is enough for one of the team. Nobody gives an owner their word:
//! of a dispute an owner waits, once the change has rested, with notice to the team.
//!
//! **Architecture invariant:** within 72 hours after anybody but the reader of a mailbox moved the address, or against
//! a "not me", that mailbox alone opens nothing; no way back goes to a mailbox that staff said is wrong; and there is
//! always somebody of staff who can open a way back, at once or once a correction was confirmed or cancelled.

use super::command::UserError;
use super::held::{EmailChange, FORMER_EMAIL_SERVES, FormerEmail, PASSED_ADDRESSES};
use super::state::User;
use super::values::LinkPurpose;
use crate::ids::{LinkId, UserId};
use crate::policy::Role;
use crate::sealed::{Email, Sealed};
use crate::time::Timestamp;

/// How a person's address stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressStanding {
    /// Nobody moved it of late.
    Settled,
    /// It was moved in a session of the person's: it may have been a thief's.
    Moved,
    /// Staff replaced it. They say that the one before is wrong, and could be fooled.
    Replaced,
    /// Staff replaced it, and the one before says that this was not them.
    Disputed,
    /// Their sign-in is frozen, and staff named another one, which nobody confirmed yet.
    InCorrection,
}

/// One of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mailbox {
    /// The address that they have.
    Now,
    /// The one before.
    Before,
}

/// From when on the word of staff lets a mailbox in without a factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// As soon as it is given, or after a customer's wait.
    AtOnce,
    /// 72 hours after the change, at the earliest.
    Rested,
    /// The same, and it is another's word than of whoever replaced the address, or an owner's.
    Another,
    /// Never.
    Never,
}

/// What a mailbox may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Doors {
    /// Gets notices, each with a link that says "not me".
    pub told: bool,
    /// Gets forgotten passwords, invitations, codes.
    pub letters: bool,
    /// Gets the way back to a frozen sign-in.
    pub back: bool,
    /// May wait in the place of a factor.
    pub waits: bool,
    /// What staff's word does.
    pub word: Word,
}

/// The table.
pub const fn doors(standing: AddressStanding, mailbox: Mailbox) -> Doors {
    let all = Doors { told: true, letters: true, back: true, waits: true, word: Word::AtOnce };
    let told = Doors { told: true, letters: false, back: false, waits: false, word: Word::Never };
    match (standing, mailbox) {
        (AddressStanding::Settled, Mailbox::Now) | (AddressStanding::Moved, Mailbox::Before) => all,
        (AddressStanding::Settled, Mailbox::Before) => Doors { told: false, ..told },
        (AddressStanding::Moved, Mailbox::Now)
        | (AddressStanding::Replaced | AddressStanding::Disputed, Mailbox::Before)
        | (AddressStanding::InCorrection, _) => told,
        (AddressStanding::Replaced, Mailbox::Now) => Doors { back: true, word: Word::Rested, ..told },
        (AddressStanding::Disputed, Mailbox::Now) => Doors { back: true, word: Word::Another, ..told },
    }
}

impl User {
    /// The addresses before whose change is fresh at an instant, the oldest change first.
    fn fresh(&self, at: Timestamp) -> Vec<&FormerEmail> {
        let all = self.former_email.iter().chain(&self.passed);
        let mut fresh: Vec<_> = all.filter(|former| at < former.changed_at + FORMER_EMAIL_SERVES).collect();
        fresh.sort_by_key(|former| former.changed_at);
        fresh
    }

    /// The change of address that staff asked for of somebody frozen, and nobody confirmed yet: the one that they have
    /// is wrong. And until when it waits.
    pub fn correction(&self, at: Timestamp) -> Option<(&EmailChange, Timestamp)> {
        let change = self.open_change(at).filter(|_| self.correction_kept().is_some())?;
        self.links.get(&change.link).map(|link| (change, link.expires_at))
    }

    /// Its link, whether it is over by now or not.
    pub(super) fn correction_kept(&self) -> Option<LinkId> {
        let change = self.email_change.as_ref().filter(|_| self.frozen.is_some())?;
        change.by.map(|_| change.link)
    }

    /// How their address stands, and the one before that counts.
    pub fn standing(&self, at: Timestamp) -> (AddressStanding, Option<&Sealed<Email>>) {
        let (standing, before) = self.stood(at);
        (if self.correction(at).is_some() { AddressStanding::InCorrection } else { standing }, before)
    }

    /// How it stands by what happened to it. Of several changes in a row the first decides: the later ones may be a
    /// thief's.
    pub(super) fn stood(&self, at: Timestamp) -> (AddressStanding, Option<&Sealed<Email>>) {
        if let Some(frozen) = &self.frozen {
            if let Some(before) = &frozen.address {
                return (AddressStanding::Moved, Some(before));
            }
            if frozen.disputed.is_some() {
                return (AddressStanding::Disputed, self.former_email.as_ref().map(|former| &former.email));
            }
        }
        match self.fresh(at).first() {
            None => (AddressStanding::Settled, None),
            Some(former) if former.by.is_some() => (AddressStanding::Replaced, Some(&former.email)),
            Some(former) => (AddressStanding::Moved, Some(&former.email)),
        }
    }

    /// Where they get what the table lets one of their mailboxes have; nowhere, where it lets neither.
    fn mailbox(&self, at: Timestamp, opens: impl Fn(Doors) -> bool) -> Option<&Sealed<Email>> {
        let (standing, before) = self.standing(at);
        let now = self.who().map(|who| &who.email);
        [(Mailbox::Now, now), (Mailbox::Before, before)]
            .into_iter()
            .find_map(|(mailbox, address)| address.filter(|_| opens(doors(standing, mailbox))))
    }

    /// Where recovery finds them: where a link back goes while they are frozen, and passwords and codes otherwise.
    /// Nowhere for 72 hours after staff replaced the address.
    pub fn recovery_email(&self, at: Timestamp) -> Option<&Sealed<Email>> {
        let frozen = self.frozen.is_some();
        self.mailbox(at, |doors| if frozen { doors.back } else { doors.letters })
    }

    /// Where a notice goes at an instant: to their address, and for 72 hours to each that it was before, so that
    /// whoever changed it, once or over again, is not the only one who is told; and to the one that a freeze keeps.
    pub fn told_at(&self, at: Timestamp) -> impl Iterator<Item = &Sealed<Email>> {
        let kept = self.frozen.as_ref().and_then(|frozen| frozen.address.as_ref());
        let before = self.former_email.iter().chain(&self.passed);
        let before = before.filter(move |former| at < former.changed_at + FORMER_EMAIL_SERVES);
        let before = before.map(|former| &former.email).filter(move |email| Some(*email) != kept);
        self.registered.iter().map(|who| &who.email).chain(kept).chain(before)
    }

    /// When their address last changed, if ever.
    pub fn address_changed_at(&self) -> Option<Timestamp> {
        self.former_email.iter().chain(&self.passed).map(|former| former.changed_at).max()
    }

    /// Until when a mailbox opens nothing since staff replaced the address.
    pub fn replaced_until(&self, at: Timestamp) -> Option<Timestamp> {
        let staffs = self.fresh(at).into_iter().filter(|former| former.by.is_some());
        let last = staffs.map(|former| former.changed_at + FORMER_EMAIL_SERVES).max();
        last.filter(|_| matches!(self.stood(at).0, AddressStanding::Replaced | AddressStanding::Disputed))
    }

    /// Whether a password, an invitation, or a code may be mailed at all.
    pub(super) fn letters_go_somewhere(&self, at: Timestamp) -> Result<(), UserError> {
        self.replaced_until(at).map_or(Ok(()), |until| Err(UserError::MailboxTooFresh(until)))
    }

    /// From when at the earliest somebody's word lets a mailbox in without a factor.
    pub(super) fn word_holds(&self, by: UserId, owner: bool, at: Timestamp) -> Result<Timestamp, UserError> {
        let (standing, _) = self.standing(at);
        let rested = self.replaced_until(at).unwrap_or(at);
        let word = [Mailbox::Now, Mailbox::Before].map(|mailbox| doors(standing, mailbox));
        match word.into_iter().find(|doors| doors.back).map_or(Word::Never, |doors| doors.word) {
            Word::AtOnce => Ok(at),
            Word::Rested => Ok(rested),
            Word::Another => {
                let theirs = self.frozen.as_ref().is_some_and(|frozen| frozen.disputed == Some(by));
                if theirs && !owner { Err(UserError::AddressDisputed) } else { Ok(rested) }
            }
            Word::Never => Err(UserError::AddressDisputed),
        }
    }

    /// Whether the mailbox that a link back goes to may wait in the place of a factor.
    pub fn mailbox_waits(&self, at: Timestamp) -> bool {
        let (standing, _) = self.standing(at);
        // Nobody gives an owner their word, and replacing an owner's address took two.
        let rested = self.role() == Some(Role::Owner) && self.replaced_until(at).is_none();
        let table = [Mailbox::Now, Mailbox::Before].into_iter().any(|mailbox| doors(standing, mailbox).waits);
        table || (standing == AddressStanding::Disputed && rested)
    }

    /// Folds a change in. Of two in a row the first address is the one before: the second may be a thief's.
    pub(super) fn moved(&mut self, link: LinkId, email: &Sealed<Email>, at: Timestamp) {
        self.sealed_values += 1;
        let served = self.former_address_serves();
        let by = self.email_change.as_ref().filter(|change| change.link == link).and_then(|change| change.by);
        self.keep_address();
        // They went to the address before, and would let its reader in at this one.
        self.end_links([LinkPurpose::Invitation, LinkPurpose::Verification]);
        (self.email_verified, self.address_proved) = (true, true);
        let Some(registered) = &mut self.registered else { return };
        let left = std::mem::replace(&mut registered.email, email.clone());
        let left = FormerEmail { email: left, changed_at: at, by };
        let still = |f: &FormerEmail| at < f.changed_at + FORMER_EMAIL_SERVES;
        self.passed.retain(still);
        if served && self.former_email.as_ref().is_some_and(still) {
            self.passed.truncate(PASSED_ADDRESSES - 1);
            self.passed.insert(0, left);
        } else if served {
            self.former_email = Some(left);
        }
        if by.is_some() {
            self.corrected(by);
        }
    }

    /// Staff say which address is right, of somebody frozen: those before are told, and serve nothing any more.
    fn corrected(&mut self, by: Option<UserId>) {
        let Some(frozen) = &mut self.frozen else { return };
        (frozen.address, frozen.way, frozen.letter_owed) = (None, None, true);
        // Whoever was objected to does not settle that by doing it once more.
        frozen.disputed = frozen.disputed.filter(|first| Some(*first) == by);
        self.links.retain(|_, open| open.purpose != LinkPurpose::WayBack);
        self.former_email.iter_mut().chain(&mut self.passed).for_each(|former| former.by = by);
    }
}
