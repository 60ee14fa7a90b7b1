//! The addresses that were a person's of late, in the order in which they had them: how each was left, and what its
//! readers said of that. Memory only; what follows from it is in `mailboxes`.
//!
//! **Architecture invariant:** whoever moves an address over and over again forgets none of the older ones: the list is
//! bounded by leaving out of its middle.

use serde::{Deserialize, Serialize};

use super::command::UserError;
use super::freeze::NOT_ME_LIFE;
use super::state::User;
use super::values::{FrozenBy, LinkPurpose};
use crate::ids::{LinkId, UserId};
use crate::sealed::{Email, Sealed};
use crate::time::{Span, Timestamp};

/// How long a change of address is fresh: time to read the notice of it and to object.
pub const FORMER_EMAIL_SERVES: Span = Span::hours(72);

/// Addresses of one person that are remembered: more than anybody has within 30 days.
const REMEMBERED: usize = 10;

/// What is held against the mailboxes that came after one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// Nothing.
    #[default]
    None,
    /// "Not me", or a freeze while the change was fresh: as long as the freeze lasts.
    Held,
    /// Its reader came in again, and the address could not be given back, as somebody else has it by now: whatever came
    /// after it is no address of theirs.
    Refuted,
}

/// An address that was somebody's until it changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormerEmail {
    /// It.
    pub email: Sealed<Email>,
    /// The change by which it was left, named by the link that confirmed it.
    pub change: LinkId,
    /// When.
    pub changed_at: Timestamp,
    /// Who of staff replaced it; nobody where it was moved in a session of the person's.
    pub by: Option<UserId>,
    /// What is held against the change.
    pub doubt: Doubt,
}

impl FormerEmail {
    /// Whether its change is so new that its reader may not have read of it yet.
    pub fn fresh(&self, at: Timestamp) -> bool {
        at < self.changed_at + FORMER_EMAIL_SERVES
    }

    fn recent(&self, at: Timestamp) -> bool {
        at < self.changed_at + NOT_ME_LIFE
    }
}

impl User {
    /// The last change that staff made, and its place.
    pub(super) fn replaced(&self) -> Option<(usize, &FormerEmail)> {
        self.former.iter().enumerate().rev().find(|(_, former)| former.by.is_some())
    }

    /// The person's own changes since, with their places, the oldest first.
    pub(super) fn moves(&self) -> impl Iterator<Item = (usize, &FormerEmail)> {
        let since = self.replaced().map_or(0, |(place, _)| place + 1);
        self.former.iter().enumerate().skip(since)
    }

    /// The addresses before whose readers have a say, the oldest first: those of 30 days; while the sign-in is frozen,
    /// those that were among them when it froze; and those before one that staff named, for 30 days since.
    pub fn former(&self, at: Timestamp) -> impl Iterator<Item = &FormerEmail> {
        let staffs = self.replaced();
        let kept = self.frozen.is_some();
        self.former.iter().enumerate().filter_map(move |(place, former)| {
            let known = match staffs {
                Some((last, replaced)) if place <= last => replaced.recent(at),
                _ => kept || former.doubt != Doubt::None || former.recent(at),
            };
            known.then_some(former)
        })
    }

    /// All that are remembered, whether their readers have a say or not.
    pub fn addresses_before(&self) -> impl Iterator<Item = &Sealed<Email>> {
        self.former.iter().map(|former| &former.email)
    }

    /// Who says "not me" that reads addresses which were left by these changes, and the change that they object to: of
    /// the person's own, the first by which one of theirs was left; else, where staff replaced one of theirs, that. None
    /// where the address that the person has is theirs, too. Whoever reads none that has a say, says nothing any more:
    /// the mailbox is nobody's, whatever was mailed there.
    pub fn denier(
        &self,
        left: &[LinkId],
        has_it: bool,
        at: Timestamp,
    ) -> Result<(FrozenBy, Option<LinkId>), UserError> {
        if has_it && !self.refuted() {
            return Ok((FrozenBy::OwnLink, None));
        }
        let read = |former: &FormerEmail| left.contains(&former.change);
        self.former(at).find(|former| read(former)).ok_or(UserError::LinkOver)?;
        let own = self.moves().find(|(_, former)| read(former));
        let against = own.or_else(|| self.replaced()).map(|(_, former)| former.change);
        Ok((FrozenBy::FormerLink, against))
    }

    /// Whether a change is objected to that was not before.
    pub(super) fn objects_anew(&self, against: Option<LinkId>) -> bool {
        let undoubted = |former: &FormerEmail| former.doubt == Doubt::None;
        self.former.iter().any(|former| Some(former.change) == against && undoubted(former))
    }

    /// Folds a change in, but for what else it ends.
    pub(super) fn leave(&mut self, left: FormerEmail) {
        self.forget(left.changed_at);
        // Whoever was objected to does not settle that by doing it once more.
        let again = self
            .replaced()
            .is_some_and(|(_, last)| left.by.is_some() && last.by == left.by && last.doubt == Doubt::Held);
        let doubt = if again { Doubt::Held } else { Doubt::None };
        match self.former.last_mut() {
            // What they have is no address of theirs: the one before it is what they leave.
            Some(last) if last.doubt == Doubt::Refuted => {
                *last = FormerEmail { email: last.email.clone(), doubt, ..left };
            }
            _ => self.former.push(FormerEmail { doubt, ..left }),
        }
        if self.former.len() > REMEMBERED {
            self.leave_one_out();
        }
    }

    /// One of the middle is forgotten, the newer the sooner: one that they left themself before it could do anything, if
    /// there is one; else another that they moved to and left. One that staff named or replaced only where nothing else is
    /// there. Never the oldest of all, the one that staff replaced last, the first that was left since, nor the first of
    /// those that is in doubt.
    fn leave_one_out(&mut self) {
        let now = self.former.last().map(|last| last.changed_at);
        let since = self.replaced().map(|(place, _)| place);
        let kept = [Some(0), since, since.map(|place| place + 1), now.and_then(|now| self.anchored(now))];
        let mailed = |place: usize| {
            let change = self.former[place].change;
            self.links.values().any(|open| open.left == Some(change))
        };
        let undoubted = |place: usize| self.former[place].doubt == Doubt::None;
        let own = |place: usize| self.former[place].by.is_none() && self.former[place - 1].by.is_none();
        let passing = |place: usize| self.former[place - 1].fresh(self.former[place].changed_at);
        // The order in which they are spared, the last first.
        let spares = |place: &usize| {
            (mailed(*place), !own(*place), !undoubted(*place), !passing(*place), std::cmp::Reverse(*place))
        };
        let middle = (1..self.former.len() - 1).filter(|place| !kept.contains(&Some(*place)));
        if let Some(place) = middle.min_by_key(spares) {
            self.former.remove(place);
        }
    }

    /// What nobody has a say of any more is forgotten, apart from a dispute that is not settled, and whoever may have
    /// begun it: what staff name next is told to them.
    fn forget(&mut self, at: Timestamp) {
        let known: Vec<LinkId> = self.former(at).map(|former| former.change).collect();
        let disputed = self.replaced().filter(|(_, last)| last.doubt == Doubt::Held).map(|(place, _)| place);
        let mut place = 0..;
        self.former.retain(|former| {
            let before = place.next() <= disputed;
            before || former.doubt != Doubt::None || known.contains(&former.change)
        });
    }

    /// Folds a freeze in: what is fresh stays in doubt while it lasts, and so does what its reader objects to.
    pub(super) fn cast_doubt(&mut self, by: FrozenBy, against: Option<LinkId>, at: Timestamp) {
        if self.frozen.is_none() {
            self.forget(at);
        }
        // The first notices did not tell which of several changes their reader objects to.
        let last = || self.former.last().map(|former| former.change);
        let against = against.or_else(|| last().filter(|_| by == FrozenBy::FormerLink));
        let since = self.replaced().map_or(0, |(place, _)| place + 1);
        for (place, former) in self.former.iter_mut().enumerate() {
            let fresh = place >= since && former.fresh(at);
            if former.doubt == Doubt::None && (fresh || Some(former.change) == against) {
                former.doubt = Doubt::Held;
            }
        }
    }

    /// The change by which the mailbox was left that a link of a purpose goes to which sets a password.
    pub(super) fn mailbox_of(&self, purpose: LinkPurpose, at: Timestamp) -> Option<LinkId> {
        match purpose {
            LinkPurpose::PasswordReset | LinkPurpose::Invitation | LinkPurpose::Verification => {
                self.anchored(at).map(|place| self.former[place].change)
            }
            // Who comes back from a freeze has the anchor's of then; the rest sets no password, or was never mailed.
            LinkPurpose::WayBack
            | LinkPurpose::SetUp
            | LinkPurpose::EmailChange
            | LinkPurpose::EmailObjection
            | LinkPurpose::Recovery => None,
        }
    }

    /// The address that a link went to which sets a password, where it is one before: theirs again by that link.
    pub fn gives_back(&self, link: LinkId) -> Option<&Sealed<Email>> {
        let left = self.links.get(&link)?.left?;
        self.former.iter().find(|former| former.change == left).map(|former| &former.email)
    }

    /// The addresses before that are kept for them: what a mailed link, or the way back from a freeze, gives back.
    pub fn kept(&self, at: Timestamp) -> impl Iterator<Item = &Sealed<Email>> {
        let anchor = self.anchored(at).map(|place| self.former[place].change);
        let mailed =
            self.links.values().filter(move |open| at < open.expires_at).filter_map(|open| open.left);
        let kept: Vec<LinkId> = anchor.into_iter().chain(mailed).collect();
        self.former.iter().filter(move |left| kept.contains(&left.change)).map(|left| &left.email)
    }

    /// Whether the address that they have is none of theirs.
    pub(super) fn refuted(&self) -> bool {
        self.former.last().is_some_and(|last| last.doubt == Doubt::Refuted)
    }

    /// Folds in that they came in by a mailbox before: what came after it is no address of theirs.
    pub(super) fn refute(&mut self, left: LinkId) {
        if let Some(place) = self.former.iter().position(|former| former.change == left) {
            self.former.truncate(place + 1);
            self.former[place].doubt = Doubt::Refuted;
        }
    }

    /// Folds in that an address is theirs again: what came after it is forgotten, and so is what was held against it.
    pub(super) fn given_back(&mut self, at: Timestamp) {
        if let Some(place) = self.anchored(at) {
            self.former.truncate(place);
        }
    }

    /// Folds in that they are back: whatever was disputed is settled, and what came after the address by which they
    /// came is refuted, where they did not get it back.
    pub(super) fn settle(&mut self, at: Timestamp) {
        let anchor = self.anchored(at);
        for former in &mut self.former {
            if former.doubt == Doubt::Held {
                former.doubt = Doubt::None;
            }
        }
        if let Some(place) = anchor {
            self.refute(self.former[place].change);
        }
    }

    /// Ends what was mailed to an address that staff say is wrong, or shown by it, whoever has it by now.
    pub(super) fn end_letters(&mut self) {
        self.links.retain(|_, open| open.purpose == LinkPurpose::SetUp);
        self.plea = None;
        self.mailed.void();
    }
}
