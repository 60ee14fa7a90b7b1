//! Addresses, and the links that are mailed to them: how long they live, how often they are sent, and
//! where recovery goes while an address is new.

use super::command::UserError;
use super::events::UserEvent;
use super::former::Doubt;
use super::held::{EmailChange, Link};
use super::recovery::MAILED_GRANT_HOURS_AT_MOST;
use super::state::User;
use super::values::{Fresh, Help, LinkPurpose, Objection};
use crate::ids::{LinkId, UserId, VerifierId};
use crate::policy::Role;
use crate::proof::Era;
use crate::sealed::{Email, Sealed};
use crate::time::{Span, Timestamp};

/// Languages that messages are written in.
const LANGUAGES: [&str; 3] = ["en", "es", "ko"];
/// Least time between two mailed links of one purpose.
const LINK_AGAIN_AFTER: Span = Span::minutes(1);
/// Mailed password resets of one person within [`RESETS_WITHIN`]: whoever asks for more annoys somebody.
const RESETS: usize = 5;
/// The time in which resets are counted.
pub(super) const RESETS_WITHIN: Span = Span::hours(1);
/// How long after a password that was reset by mail a mailed code binds no factor in the place of an older
/// one: both would come from the same mailbox.
pub const RESET_STAYS_FRESH: Span = Span::hours(72);

/// Whether one more link may be mailed beside those: not too soon after the last, and so many an hour.
pub(super) fn mail_again(mailed: &[Timestamp], rest: Option<Span>, at: Timestamp) -> Result<(), UserError> {
    let recent = || mailed.iter().copied().filter(|mailed| at < *mailed + RESETS_WITHIN);
    let rested = rest.and_then(|rest| Some(recent().max()? + rest)).filter(|rested| at < *rested);
    let room = || recent().min().filter(|_| recent().count() >= RESETS).map(|first| first + RESETS_WITHIN);
    rested.or_else(room).map_or(Ok(()), |from| Err(UserError::MailedJustNow(from)))
}

impl LinkPurpose {
    /// How long a link of this purpose works.
    pub const fn life(self) -> Span {
        match self {
            Self::Invitation | Self::Verification => Span::days(7),
            // Long enough to walk to a browser.
            Self::SetUp => Span::minutes(30),
            Self::PasswordReset => Span::hours(1),
            Self::EmailChange | Self::EmailObjection | Self::WayBack => Span::hours(24),
            // As long as its grant, and no longer than any.
            Self::Recovery => Span::hours(MAILED_GRANT_HOURS_AT_MOST as i64),
        }
    }
}

/// What is asked about a person's address.
#[derive(Debug, Clone)]
pub enum AddressCommand {
    /// Mail a link to a new address; a change that waits gives way to this one.
    Request {
        /// Pre-minted id of the link.
        link: LinkId,
        /// The new address.
        email: Sealed<Email>,
        /// Where the link's verifier is kept.
        verifier: VerifierId,
        /// Who of staff asks, and their role; nobody where the person does.
        by: Option<(UserId, Role)>,
        /// Now.
        at: Timestamp,
    },
    /// The link at the new address was used: it is theirs now. Whether nobody else has it, the append says.
    Confirm {
        /// The link, whose secret was right.
        link: LinkId,
        /// The new address as it is kept from now on.
        email: Sealed<Email>,
        /// Now.
        at: Timestamp,
    },
    /// The link that was mailed to the address they have was used: it stays theirs.
    Object {
        /// The link, whose secret was right.
        link: LinkId,
        /// Now.
        at: Timestamp,
    },
    /// The person, or staff, keep the address as it is.
    Cancel {
        /// Who.
        how: Objection,
        /// Now.
        at: Timestamp,
    },
    /// Sessions of theirs were ended by hand: what may have been asked for in one of them ends. Nothing happens
    /// where no change waits.
    SessionsEnded {
        /// By whom.
        how: Objection,
        /// Now.
        at: Timestamp,
    },
}

pub(super) fn check_language(language: &str) -> Result<(), UserError> {
    if LANGUAGES.contains(&language) { Ok(()) } else { Err(UserError::BadLanguage) }
}

impl User {
    /// A link that sets a password where there is none: the first one, or after a return. Sent again, it
    /// keeps its purpose.
    pub fn welcome(&self) -> Option<LinkPurpose> {
        let came_back = self.links.values().any(|link| link.purpose == LinkPurpose::Verification);
        let purpose = if came_back { LinkPurpose::Verification } else { LinkPurpose::Invitation };
        let waits = self.password.is_none() && !self.deactivated && !self.erased && self.who().is_some();
        waits.then_some(purpose)
    }

    /// A link of theirs that is open. One that the operator made for them is no longer than the grant that let them.
    pub fn open_link(&self, link: LinkId, era: &Era, at: Timestamp) -> Option<&Link> {
        let over = self.who().is_some_and(|who| era.operator_links_over.contains(&who.user));
        let open = self.links.get(&link).filter(|open| at < open.expires_at);
        open.filter(|open| open.purpose != LinkPurpose::SetUp || !over)
    }

    /// Whether a forgotten password of theirs is replaced by mail: only where there is one to forget.
    pub fn may_reset_password(&self) -> bool {
        self.who().is_some()
            && !self.erased
            && !self.deactivated
            && self.frozen.is_none()
            && self.password.is_some()
    }

    /// Issues a link, which ends an earlier one of its purpose. Mailed ones are sent at most once a minute,
    /// password resets five times an hour.
    pub(super) fn issue_link(
        &self,
        link: LinkId,
        purpose: LinkPurpose,
        verifier: VerifierId,
        expires_at: Timestamp,
    ) -> Result<Vec<UserEvent>, UserError> {
        let at = expires_at - purpose.life();
        match purpose {
            // Nobody makes a customer a way in; they ask for one themselves.
            LinkPurpose::SetUp if self.help_waits(at) => return Err(UserError::LinkForTeamOnly),
            LinkPurpose::SetUp => {}
            // Beside the change that it ends, to an address that is theirs.
            LinkPurpose::EmailObjection => {
                self.email_change
                    .as_ref()
                    .filter(|change| change.by.is_none() && self.former_address_serves())
                    .ok_or(UserError::LinkOver)?;
            }
            LinkPurpose::PasswordReset if !self.may_reset_password() => return Err(UserError::NoPassword),
            LinkPurpose::PasswordReset => {
                self.letters_go_somewhere(at)?;
                self.may_mail_link(at)?;
            }
            LinkPurpose::WayBack => self.may_mail_way_back(at)?,
            // It stands in the event of the grant.
            LinkPurpose::Recovery => return Err(UserError::LinkOver),
            LinkPurpose::Invitation | LinkPurpose::Verification => {
                self.letters_go_somewhere(at)?;
                self.mailed_a_minute_ago(purpose, at)?;
            }
            LinkPurpose::EmailChange => {
                self.mailed_a_minute_ago(purpose, at)?;
            }
        }
        Ok(vec![UserEvent::LinkIssued { link, purpose, verifier, expires_at }])
    }

    /// Whether a link that anybody can ask for may be mailed now.
    pub(super) fn may_mail_link(&self, at: Timestamp) -> Result<(), UserError> {
        mail_again(&self.reset_mails, Some(LINK_AGAIN_AFTER), at)
    }

    fn mailed_a_minute_ago(&self, purpose: LinkPurpose, at: Timestamp) -> Result<(), UserError> {
        let same = self.links.values().filter(|open| open.purpose == purpose);
        let last = same.map(|open| open.expires_at - purpose.life()).max();
        match last.filter(|last| at < *last + LINK_AGAIN_AFTER) {
            Some(last) => Err(UserError::MailedJustNow(last + LINK_AGAIN_AFTER)),
            None => Ok(()),
        }
    }

    pub(super) fn change_address(&self, command: AddressCommand) -> Result<Vec<UserEvent>, UserError> {
        match command {
            AddressCommand::Request { link, email, verifier, by, at } => {
                let (by, rank) = by.unzip();
                self.mailed_a_minute_ago(LinkPurpose::EmailChange, at)?;
                let expires_at = at + LinkPurpose::EmailChange.life();
                let staffs = self.open_change(at).filter(|change| change.by.is_some());
                if let (Some(staffs), None) = (staffs, by) {
                    let until = self.links.get(&staffs.link).map_or(at, |link| link.expires_at);
                    return Err(UserError::InCorrection(until));
                }
                let anothers = staffs.filter(|change| change.by != by);
                let replaced = anothers.and_then(|_| self.end_staffs_change(Objection::Replaced, at));
                // A way back without a factor was given to whoever reads the mailbox that staff say is wrong.
                let closed = by.and_then(|_| self.end_way_back(at));
                let asked =
                    UserEvent::EmailChangeRequested { link, email, verifier, expires_at, by, rank, at };
                Ok(replaced.into_iter().chain(closed).chain([asked]).collect())
            }
            AddressCommand::Confirm { link, email, at } => {
                let by = self.waiting_change(link, at).ok_or(UserError::LinkOver)?.by;
                let changed = UserEvent::EmailChanged { link, email, by, at };
                // A way back without a factor was given to whoever reads the other mailbox.
                let closed = self.end_way_back(at);
                // So was a code, where staff say that it is the wrong one.
                let revoked = by.and_then(|_| self.revoke(Objection::Address, at));
                let ended = self.cancel(Objection::Address, at).into_iter().chain(revoked);
                Ok(closed.into_iter().chain([changed]).chain(ended).collect())
            }
            AddressCommand::Object { link, at } => {
                let change = self.change_objected_to(link, at).ok_or(UserError::LinkOver)?.link;
                Ok(vec![UserEvent::EmailChangeCancelled { link: change, how: Objection::Person, at }])
            }
            AddressCommand::Cancel { how, at } => {
                // What staff asked for ends by staff; whoever it is about says "not me".
                let theirs = |change: &&EmailChange| change.by.is_none() || how != Objection::Person;
                let link = self.open_change(at).filter(theirs).ok_or(UserError::NoChangeWaits)?.link;
                Ok(vec![UserEvent::EmailChangeCancelled { link, how, at }])
            }
            AddressCommand::SessionsEnded { how, at } => {
                // What staff asked for was asked for in none of them.
                let open = self.open_change(at).filter(|change| change.by.is_none());
                let open = open.map(|change| change.link);
                Ok(open.map(|link| UserEvent::EmailChangeCancelled { link, how, at }).into_iter().collect())
            }
        }
    }

    /// Whether the address they have was proved, or anybody could ever sign in with it: then it is told of a change,
    /// may stop it, and has a say for a while after it, also of somebody who was away meanwhile. A mistyped one never
    /// does.
    pub fn former_address_serves(&self) -> bool {
        self.address_proved || self.ever_let_in || self.had_factor
    }

    /// The change of address that waits at an instant. A reset that fell due ended one of their own, written or not.
    pub fn open_change(&self, at: Timestamp) -> Option<&EmailChange> {
        let stands = |change: &&EmailChange| change.by.is_some() || self.due_reset(at).is_none();
        let change = self.email_change.as_ref().filter(stands)?;
        self.links.get(&change.link).filter(|open: &&Link| at < open.expires_at).map(|_| change)
    }

    /// The help that it is to keep somebody's address as it is: what staff asked for takes whoever may ask for another.
    pub fn help_to_keep(&self, at: Timestamp) -> Help {
        match self.open_change(at) {
            Some(EmailChange { by: Some(_), .. }) => Help::Address,
            _ => Help::Sessions,
        }
    }

    /// Whether staff of a higher role than this one, and not they themself, asked for a change that waits.
    pub(super) fn address_outranked(&self, by: UserId, role: Role, at: Timestamp) -> bool {
        let others = self.open_change(at).filter(|change| change.by != Some(by));
        others.and_then(|change| change.rank).is_some_and(|word| word < role)
    }

    /// The change of address that a link confirms, while it is open.
    pub fn waiting_change(&self, link: LinkId, at: Timestamp) -> Option<&EmailChange> {
        self.open_change(at).filter(|change| change.link == link)
    }

    /// The change of address that a link stops, while both are open.
    pub fn change_objected_to(&self, link: LinkId, at: Timestamp) -> Option<&EmailChange> {
        let stops = |open: &&Link| open.purpose == LinkPurpose::EmailObjection && at < open.expires_at;
        self.links.get(&link).filter(stops)?;
        self.open_change(at).filter(|change| change.by.is_none())
    }

    /// Who gets the link that stops a change which the person asked for: whoever reads the address that they have, or
    /// one that they had a short while ago, and that nobody of staff said is wrong since.
    pub fn stoppers(&self, at: Timestamp) -> impl Iterator<Item = &Sealed<Email>> {
        let of_late = self.moves().map(|(_, former)| former);
        let of_late = of_late.filter(move |former| former.doubt != Doubt::None || former.fresh(at));
        let now = self.registered.iter().filter(|_| !self.refuted()).map(|who| &who.email);
        now.chain(of_late.map(|former| &former.email))
    }

    /// Whether a password that is set by such a link rests on the mailbox in the place of something that was there
    /// before: another password, or a second factor that came along from elsewhere.
    pub(super) const fn trusts_the_mailbox(&self, purpose: LinkPurpose) -> bool {
        match purpose {
            LinkPurpose::PasswordReset | LinkPurpose::Verification => true,
            LinkPurpose::Invitation => self.enrolled.is_some(),
            // Of a way back, what was shown beside the link decides.
            LinkPurpose::SetUp
            | LinkPurpose::EmailChange
            | LinkPurpose::EmailObjection
            | LinkPurpose::Recovery
            | LinkPurpose::WayBack => false,
        }
    }

    /// Whether a mailed code may bind a first factor now. Not in the place of an older factor while the
    /// password came from the same mailbox: then a ticket does, or time.
    pub(super) fn mailbox_may_bind(&self, era: &Era, at: Timestamp) -> Result<(), UserError> {
        self.letters_go_somewhere(at)?;
        let again = self.had_factor || self.needs_ticket;
        let mailed = self.password_mailed.map(|(by, reset)| (Fresh::of(by), reset + RESET_STAYS_FRESH));
        match mailed.filter(|(_, end)| at < *end) {
            Some((after, until)) if again && self.enrolled(era.generation).is_none() => {
                Err(UserError::MailboxTooFresh { after, until })
            }
            _ => Ok(()),
        }
    }
}
