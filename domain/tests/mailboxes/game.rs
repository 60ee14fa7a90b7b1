//! The table between a person and a thief: one user, the letters that lie in each mailbox, and the clock. What the acts
//! around the domain do is done here in the same order: decide, record, mail.

use std::collections::BTreeMap;

use twofold_domain::factor::otp::OtpParameters;
use twofold_domain::factor::{FactorDetail, totp};
use twofold_domain::ids::{AccountId, FactorId, LinkId, RecoveryId, UserId, VerifierId};
use twofold_domain::policy::Role;
use twofold_domain::proof::{Era, Verdict};
use twofold_domain::sealed::{Email, Sealed};
use twofold_domain::time::{Span, Timestamp};
use twofold_domain::user::{
    AddressCommand, FreezeCommand, FrozenBy, LinkPurpose, NOT_ME_LIFE, PeopleCommand, RESET_WAIT,
    RecoveryRoute, User, UserCommand, UserError, UserEvent, Voucher,
};
use uuid::Uuid;

/// A mailbox: the person's, or one of the thief's.
pub(crate) type Mailbox = u8;
/// The person's.
pub(crate) const MINE: Mailbox = 0;

/// Two of staff who could each have been there for ever.
pub(crate) const STAFF: [UserId; 2] =
    [UserId::from_uuid(Uuid::from_u128(2)), UserId::from_uuid(Uuid::from_u128(3))];

const PERSON: UserId = UserId::from_uuid(Uuid::from_u128(1));
const BEGIN: Timestamp = Timestamp::from_micros(1_780_000_000_000_000);

/// A link of a notice.
#[derive(Debug, Clone, Copy)]
struct NotMe {
    freezes: u32,
    until: Timestamp,
}

/// What lies in a mailbox.
#[derive(Debug, Default)]
struct Letters {
    links: Vec<LinkId>,
    notice: Option<NotMe>,
    /// When the oldest notice came of a change of the address that nobody answered.
    unanswered: Option<Timestamp>,
}

pub(crate) struct Game {
    pub(crate) user: User,
    pub(crate) now: Timestamp,
    letters: BTreeMap<Mailbox, Letters>,
    counter: u128,
    step: u64,
    /// The credential epoch of the session that the thief has.
    session: Option<u32>,
    /// Whether somebody else has the person's address by now.
    taken: bool,
    /// Whether the password that is set is the person's.
    pub(crate) password: bool,
}

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

/// The factor that the person has.
const PHONE: FactorId = FactorId::from_uuid(Uuid::from_u128(9));

impl Game {
    /// Somebody of a role with an address, a password, and a factor, in one of whose sessions a thief sits.
    pub(crate) fn new(role: Role) -> Self {
        let at = BEGIN + Span::days(-400);
        let (account, name) = (AccountId::from_uuid(id(7)), Sealed::from_bytes(vec![1]));
        let (email, language) = (Sealed::from_bytes(vec![MINE, 0]), "en".to_owned());
        let detail = FactorDetail::Totp(totp::Begun {
            seed: VerifierId::from_uuid(id(8)),
            parameters: OtpParameters::APP,
        });
        let (factor, name_of_it, generation) = (PHONE, Sealed::from_bytes(vec![1]), 0);
        let mut user = User::default();
        for event in [
            UserEvent::UserRegistered { account, user: PERSON, role, name, email, language, at },
            UserEvent::EmailVerified { at },
            UserEvent::PasswordSet { verifier: VerifierId::from_uuid(id(9)), stands_alone: true, at },
            UserEvent::FactorClaimed { factor, detail, name: name_of_it, generation, at },
            UserEvent::TwoFactorEnabled { generation, at },
        ] {
            user.evolve(&event);
        }
        let session = Some(user.epoch);
        let (letters, counter, step) = (BTreeMap::new(), 1_000, 70_000_000);
        Self { user, now: BEGIN, letters, counter, step, session, taken: false, password: true }
    }

    fn fresh(&mut self) -> Uuid {
        self.counter += 1;
        id(self.counter)
    }

    fn link(&mut self) -> LinkId {
        LinkId::from_uuid(self.fresh())
    }

    fn verifier(&mut self) -> VerifierId {
        VerifierId::from_uuid(self.fresh())
    }

    fn seal(&mut self, mailbox: Mailbox) -> Sealed<Email> {
        self.counter += 1;
        let nonce = self.counter as u8;
        Sealed::from_bytes(vec![mailbox, nonce])
    }

    fn letters(&mut self, mailbox: Mailbox) -> &mut Letters {
        self.letters.entry(mailbox).or_default()
    }

    /// The address that they have.
    pub(crate) fn has(&self) -> Mailbox {
        self.user.who().map_or(MINE, |who| who.email.bytes()[0])
    }

    /// Decides a command and records what it leads to.
    pub(crate) fn put(&mut self, command: UserCommand) -> Result<Vec<UserEvent>, UserError> {
        let era = Era { at: self.now, ..Era::default() };
        let events = self.user.decide(&era, command)?;
        for event in &events {
            self.user.evolve(event);
        }
        Ok(events)
    }

    /// A notice goes to these mailboxes, each with a link that says "not me".
    fn notice(&mut self, mailboxes: Vec<Mailbox>) {
        let (freezes, until) = (self.user.freezes, self.now + NOT_ME_LIFE);
        for mailbox in mailboxes {
            self.letters(mailbox).notice = Some(NotMe { freezes, until });
        }
    }

    fn told(&self) -> Vec<Mailbox> {
        self.user.told_of_mailboxes(self.now).map(|email| email.bytes()[0]).collect()
    }

    /// Mails a link of a purpose to whoever recovery finds.
    fn mail(&mut self, purpose: LinkPurpose) -> Result<Option<Mailbox>, UserError> {
        let (link, verifier, expires_at) = (self.link(), self.verifier(), self.now + purpose.life());
        self.put(UserCommand::IssueLink { link, purpose, verifier, expires_at })?;
        let to = self.user.recovery_email(self.now).map(|email| email.bytes()[0]);
        if let Some(to) = to {
            self.letters(to).links.push(link);
        }
        Ok(to)
    }

    /// The address was moved to the thief's long ago, and the person heard nothing of it.
    pub(crate) fn stolen(&mut self, to: Mailbox) {
        if self.ask(to, None) && self.confirm(to) {
            self.letters(MINE).unanswered = None;
            self.now = self.now + Span::days(40);
        }
    }

    /// The thief gets into a session, if the person can sign in.
    pub(crate) fn steal(&mut self) {
        if self.gets_in() {
            self.session = Some(self.user.epoch);
        }
    }

    /// A change of address is asked for: in the thief's session, or by one of staff.
    pub(crate) fn ask(&mut self, to: Mailbox, by: Option<UserId>) -> bool {
        if by.is_none() && self.session != Some(self.user.epoch) {
            return false;
        }
        if self.has() == to || (to == MINE && self.taken) {
            return false;
        }
        let (link, email, verifier, at) = (self.link(), self.seal(to), self.verifier(), self.now);
        let by = by.map(|by| (by, Role::Admin));
        let asked = AddressCommand::Request { link, email, verifier, by, at };
        if self.put(UserCommand::People(PeopleCommand::Address(asked))).is_err() {
            return false;
        }
        self.letters(to).links.push(link);
        if self.user.former_address_serves() && self.user.frozen.is_none() && by.is_none() {
            let purpose = LinkPurpose::EmailObjection;
            let (stop, verifier, expires_at) = (self.link(), self.verifier(), at + purpose.life());
            let issue = UserCommand::IssueLink { link: stop, purpose, verifier, expires_at };
            if self.put(issue).is_ok() {
                let stoppers: Vec<Mailbox> = self.user.stoppers(at).map(|email| email.bytes()[0]).collect();
                for mailbox in stoppers {
                    self.letters(mailbox).links.push(stop);
                }
            }
        }
        if self.user.frozen.is_none() && self.user.former_address_serves() {
            let told = self.user.told_at(at).map(|email| email.bytes()[0]).collect();
            self.notice(told);
        }
        true
    }

    /// Whoever reads a mailbox uses the links in it that move an address.
    pub(crate) fn confirm(&mut self, mailbox: Mailbox) -> bool {
        let links = self.letters(mailbox).links.clone();
        for link in links.into_iter().rev() {
            let (email, at) = (self.seal(mailbox), self.now);
            let confirm = AddressCommand::Confirm { link, email, at };
            if self.put(UserCommand::People(PeopleCommand::Address(confirm))).is_ok() {
                let told = self.told();
                if mailbox != MINE && told.contains(&MINE) {
                    let now = self.now;
                    self.letters(MINE).unanswered.get_or_insert(now);
                }
                self.notice(told);
                if self.user.frozen.is_some() {
                    _ = self.mail(LinkPurpose::WayBack);
                } else if let Some(purpose) = self.user.welcome() {
                    _ = self.mail(purpose);
                }
                return true;
            }
        }
        false
    }

    /// Whoever reads a mailbox keeps the address as it is.
    pub(crate) fn keep(&mut self, mailbox: Mailbox) {
        for link in self.letters(mailbox).links.clone() {
            let at = self.now;
            _ = self.put(UserCommand::People(PeopleCommand::Address(AddressCommand::Object { link, at })));
        }
    }

    fn freeze(&mut self, by: FrozenBy, against: Option<LinkId>) -> bool {
        let (recovery, at) = (RecoveryId::from_uuid(self.fresh()), self.now);
        let reason = (by == FrozenBy::Staff).then(|| Sealed::from_bytes(vec![1]));
        let freeze = FreezeCommand::Freeze { recovery, by, against, reason, anew: true, at };
        if self.put(UserCommand::Freeze(freeze)).is_err() {
            return false;
        }
        let let_in = self.mail(LinkPurpose::WayBack).ok().flatten();
        let others = self.told().into_iter().filter(|mailbox| Some(*mailbox) != let_in).collect();
        self.notice(others);
        true
    }

    /// "Not me", by the newest notice in a mailbox, if it is good.
    pub(crate) fn not_me(&mut self, mailbox: Mailbox) -> bool {
        let (freezes, now) = (self.user.freezes, self.now);
        let letters = self.letters(mailbox);
        letters.unanswered = None;
        if !letters.notice.is_some_and(|notice| notice.freezes == freezes && now < notice.until) {
            return false;
        }
        let read = |email: &Sealed<Email>| email.bytes()[0] == mailbox;
        let left = self.user.former(now).filter(|former| read(&former.email)).map(|former| former.change);
        match self.user.denier(&left.collect::<Vec<_>>(), self.has() == mailbox, now) {
            Ok((by, against)) => self.freeze(by, against),
            Err(_) => false,
        }
    }

    /// Staff freeze it.
    pub(crate) fn staff_freeze(&mut self) {
        self.freeze(FrozenBy::Staff, None);
    }

    /// Staff who were asked by the person give their word, where the link goes to them.
    pub(crate) fn vouch(&mut self, by: UserId) {
        if self.user.recovery_email(self.now).is_none_or(|email| email.bytes()[0] != MINE) {
            return;
        }
        let by =
            Voucher { user: by, role: Role::Admin, alone: false, peer_since: Some(BEGIN + Span::days(-300)) };
        let vouch = FreezeCommand::Vouch { reason: Sealed::from_bytes(vec![1]), by, at: self.now };
        if self.put(UserCommand::Freeze(vouch)).is_ok() {
            _ = self.mail(LinkPurpose::WayBack);
            let told = self.told();
            self.notice(told);
        }
    }

    /// Somebody asks for a forgotten password, or for the way back.
    pub(crate) fn forgot(&mut self) {
        _ = match self.user.frozen {
            Some(_) => self.mail(LinkPurpose::WayBack),
            None => self.mail(LinkPurpose::PasswordReset),
        };
    }

    /// Whoever reads a mailbox asks for the wait.
    pub(crate) fn wait_alone(&mut self, mailbox: Mailbox) {
        for link in self.letters(mailbox).links.clone() {
            let at = self.now;
            let (route, wait) = (RecoveryRoute::Mailbox, RESET_WAIT);
            let wait = FreezeCommand::Wait { link, route, wait, at };
            if self.put(UserCommand::Freeze(wait)).is_ok() {
                let told = self.told();
                self.notice(told);
            }
        }
    }

    /// Whoever reads a mailbox comes in by what lies there: sets a password, or comes back from a freeze, with the
    /// factor or without one. Whether they did.
    pub(crate) fn come_in(&mut self, mailbox: Mailbox, factor: bool) -> bool {
        for link in self.letters(mailbox).links.clone().into_iter().rev() {
            let (password, at) = (self.verifier(), self.now);
            let before = self.user.gives_back(link).map(|email| email.bytes()[0]);
            let address = self.free(before);
            let redeem = UserCommand::RedeemLink { link, password, stands_alone: true, address, at };
            let redeemed = self.put(redeem).is_ok();
            if redeemed || self.thaw(link, factor) {
                self.password = mailbox == MINE;
                if redeemed {
                    // They are in again: nothing of what they were told is left to answer.
                    self.letters(mailbox).unanswered = None;
                }
                let told = self.told();
                self.notice(told);
                return true;
            }
        }
        false
    }

    /// An address before, sealed anew, unless somebody else has it.
    fn free(&mut self, before: Option<Mailbox>) -> Option<Sealed<Email>> {
        before.filter(|mailbox| *mailbox != MINE || !self.taken).map(|mailbox| self.seal(mailbox))
    }

    fn thaw(&mut self, link: LinkId, factor: bool) -> bool {
        self.step += 1;
        let shown = factor.then_some(Verdict::Otp { factor: PHONE, step: self.step, drift: 0 });
        let before = self.user.address_before(self.now).map(|email| email.bytes()[0]);
        let address = self.free(before);
        let (password, at) = (self.verifier(), self.now);
        let thaw = FreezeCommand::Thaw { link, shown, password, stands_alone: true, address, at };
        let events = self.put(UserCommand::Freeze(thaw)).unwrap_or_default();
        events.iter().any(|event| matches!(event, UserEvent::UserThawed { .. }))
    }

    /// Staff let them in no more.
    pub(crate) fn deactivate(&mut self) {
        let at = self.now;
        let told: Vec<Mailbox> = self.user.told_at(at).map(|email| email.bytes()[0]).collect();
        if self.put(UserCommand::People(PeopleCommand::Deactivate { reason: None, at })).is_ok() {
            self.notice(told);
        }
    }

    /// Staff let them in again, or invite them again.
    pub(crate) fn reactivate(&mut self) {
        let at = self.now;
        if self.put(UserCommand::People(PeopleCommand::Reactivate { at })).is_ok()
            && self.user.frozen.is_none()
        {
            _ = self.mail(LinkPurpose::Verification);
        } else if let Some(purpose) = self.user.welcome() {
            _ = self.mail(purpose);
        }
    }

    /// Staff, who do not find the person's address any more, invite somebody anew by it.
    pub(crate) fn taken(&mut self) {
        let kept = self.user.kept(self.now).any(|email| email.bytes()[0] == MINE);
        self.taken |= self.has() != MINE && !kept;
    }

    /// It is found out, and the address is free again.
    pub(crate) fn untaken(&mut self) {
        self.taken = false;
    }

    /// Time passes. The person says "not me" to every change of the address within 72 hours, once.
    pub(crate) fn pass(&mut self, span: Span) {
        let until = self.now + span;
        while let Some(since) = self.letters(MINE).unanswered {
            let last = since + Span::hours(71);
            if last >= until {
                break;
            }
            self.now = self.now.max(last);
            self.not_me(MINE);
        }
        self.now = until;
    }

    /// The password opens the door, and it is the person's.
    pub(crate) fn gets_in(&self) -> bool {
        self.password && self.user.password_opens()
    }
}
