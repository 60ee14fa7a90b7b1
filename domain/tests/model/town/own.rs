//! What people do in their own sessions: factors, codes, addresses, tokens, and objections.

use twofold_domain::access::{Bearer, NewToken};
use twofold_domain::device::{DeviceCommand, EndCause, Means, Origin};
use twofold_domain::factor::otp::{OtpAlgorithm, OtpParameters};
use twofold_domain::factor::sms::NewSmsCode;
use twofold_domain::factor::token::{self, Moves};
use twofold_domain::factor::webauthn::{self, Credential};
use twofold_domain::factor::{FactorDetail, sms, totp};
use twofold_domain::ids::{CodeSetId, RecoveryId, SmsCodeId};
use twofold_domain::proof::{Verdict, Warrant};
use twofold_domain::sign_in::SignInError;
use twofold_domain::user::{
    AccessCommand, AddressCommand, NewCodes, NewFactor, Objection, PeopleCommand, Purpose, RecoveryCommand,
};

use super::*;

impl Town {
    /// Does something in a session, and records it.
    fn in_seat<T>(
        &mut self,
        seat: Seat,
        act: impl FnOnce(&SignedIn<'_>) -> Result<Steps<T>, SignInError>,
    ) -> Option<T> {
        let steps = act(&self.seated(seat)?).ok()?;
        let who = self.machines[seat.1].who;
        self.log.turn(By::Person(self.ids[who]), Some(seat.0));
        Some(self.record_steps(seat.1, steps))
    }

    /// Something that only their own session does to somebody.
    fn own(&mut self, who: usize, seat: Seat, deed: Act, command: UserCommand) -> bool {
        let allowed = self.seated(seat).is_some_and(|me| me.permit(deed).is_ok());
        self.log.turn(By::Person(self.ids[who]), Some(seat.0));
        allowed && self.act(|draft| draft.user(who, command)).is_some()
    }

    pub(super) fn step_up(&mut self, seat: Seat, pick: u8) {
        self.wait(Span::seconds(30));
        let (who, purpose) = (self.machines[seat.1].who, Purpose::StepUp(seat.0));
        let verdict = match pick % 8 {
            6 => Some(self.stolen_proof(pick / 8)),
            _ => self.good_proof(who, seat.1, purpose, pick / 8),
        };
        let token = self.verifier();
        if let Some(verdict) = verdict {
            self.in_seat(seat, |me| me.step_up(verdict, token));
        }
    }

    pub(super) fn touch(&mut self, who: usize, pick: u8) {
        let Some(seat) = self.seat(who) else { return };
        let events = self.seated(seat).map(|me| match pick % 4 {
            0 => me.reauthorised(Means::Pin),
            _ => me.touch(),
        });
        let ending = DeviceCommand::EndSession { session: seat.0, cause: EndCause::SignedOut };
        let events = match pick % 16 {
            1 => self.machines[seat.1].stream.state.decide(ending).ok(),
            _ => events.and_then(Result::ok),
        };
        self.log.turn(By::Person(self.ids[who]), Some(seat.0));
        let id = self.machines[seat.1].id;
        for event in events.into_iter().flatten() {
            self.record(seat.1, Event::Device(id, event));
        }
    }

    /// Binds a factor of some kind, as people do, or now and then with what is not theirs.
    pub(super) fn bind(&mut self, who: usize, pick: u8) {
        self.wait(Span::minutes(1));
        let first = self.state(who).enrolled_at(self.account.state.generation, self.now).is_none();
        let Some(seat) = self.proved(who, !first) else { return };
        let factor = FactorId::from_uuid(self.uuid());
        let (verifier, ceremony) = (self.verifier(), self.verifier());
        let handed = self.state(who).assigned.values().next().cloned();
        let detail = match pick % 4 {
            0 => FactorDetail::Totp(totp::Begun { seed: verifier, parameters: OtpParameters::APP }),
            1 => FactorDetail::Sms(sms::Begun { number: sealed() }),
            2 => FactorDetail::Webauthn(webauthn::Begun { ceremony }),
            _ => FactorDetail::Token(handed.unwrap_or(token::Begun {
                seed: verifier,
                algorithm: OtpAlgorithm::Sha1,
                digits: 6,
                moves: Moves::Counter { from: 0 },
                stock: None,
            })),
        };
        let (name, session) = (sealed(), seat.0);
        let new = NewFactor { factor, detail: detail.clone(), name, session };
        let mailed = self.mailed();
        let text = NewSmsCode { code: SmsCodeId::from_uuid(self.uuid()), verifier: self.verifier() };
        if self.in_seat(seat, |me| me.start_enrolment(new, mailed, text)).is_none() {
            return;
        }
        let step = self.now.unix_seconds() / 30;
        let verdict = match detail {
            _ if pick % 16 == 11 => self.stolen_proof(pick / 16),
            FactorDetail::Totp(_) => Verdict::Otp { factor, step, drift: 0 },
            FactorDetail::Token(begun) => match begun.moves {
                Moves::Clock { .. } => Verdict::Otp { factor, step, drift: 0 },
                Moves::Counter { from } => Verdict::Otp { factor, step: from, drift: 0 },
            },
            FactorDetail::Sms(_) => Verdict::Sms { code: text.code },
            FactorDetail::Webauthn(_) => {
                let credential = Credential { verifier, sign_count: 0, backup_eligible: pick > 127 };
                Verdict::Registration { factor, credential }
            }
        };
        let warrant = match (self.state(who).ticket.is_some(), pick % 16) {
            (true, n) => Warrant::Ticket { matched: n < 13 },
            (false, n) => Warrant::Mailed(self.typed(who, n < 15)),
        };
        let codes = NewCodes { set: CodeSetId::from_uuid(self.uuid()), count: 10, verifier: self.verifier() };
        let token = self.verifier();
        self.in_seat(seat, |me| me.confirm_factor(factor, verdict, Some(warrant), codes, token));
    }

    /// Changes what somebody has bound; now and then somebody else's is named.
    pub(super) fn edit(&mut self, who: usize, deed: Deed, pick: u8) {
        let Some(seat) = self.proved(who, !pick.is_multiple_of(8)) else { return };
        let enrolled = self.state(who).enrolled_at(self.account.state.generation, self.now);
        let theirs = enrolled.and_then(|enrolled| {
            let bound = enrolled.factors.len().max(1);
            enrolled.factors.keys().nth(usize::from(pick) % bound).copied()
        });
        let Some(factor) = theirs.filter(|_| pick % 16 != 5).or(back(&self.factors, pick / 16)) else {
            return;
        };
        let codes = NewCodes { set: CodeSetId::from_uuid(self.uuid()), count: 10, verifier: self.verifier() };
        let token = self.verifier();
        self.in_seat(seat, |me| match deed {
            Deed::Rename => me.rename_factor(factor, sealed()),
            Deed::Prefer => me.prefer_factor(factor),
            Deed::Remove => me.remove_factor(factor, token),
            _ => {
                me.permit(Act::ChangeOwnFactors)?;
                me.regenerate_codes(codes)
            }
        });
    }

    pub(super) fn switch_off(&mut self, who: usize, pick: u8) {
        let Some(seat) = self.seat(who) else { return };
        self.wait(Span::seconds(30));
        let Some(verdict) = self.good_proof(who, seat.1, Purpose::DisableIn(seat.0), pick) else { return };
        let token = self.verifier();
        let right = pick % 8 != 3;
        self.in_seat(seat, |me| me.disable_own(right, verdict, token));
    }

    /// On a trusted device: another factor in the place of the one that is lost.
    pub(super) fn ask_back(&mut self, who: usize, pick: u8) {
        // First trust, then a session that rests on it.
        self.come_in(who, 0, 1);
        self.come_in(who, 0, 1);
        let Some(seat) = self.seat(who) else { return };
        self.wait(Span::minutes(2));
        let (recovery, mailed) = (RecoveryId::from_uuid(self.uuid()), self.mailed());
        let right = pick % 8 != 3;
        self.in_seat(seat, |me| me.request_recovery(right, recovery, mailed));
        let shown = self.typed(who, pick % 8 != 4);
        self.in_seat(seat, |me| me.confirm_recovery(shown));
    }

    pub(super) fn object(&mut self, who: usize) {
        let Some(seat) = self.seat(who) else { return };
        let stop = RecoveryCommand::Stop { recovery: None, how: Objection::Person, at: self.now };
        self.own(who, seat, Act::EndOwn, UserCommand::Recovery(stop));
    }

    pub(super) fn move_own_address(&mut self, who: usize) {
        let Some(seat) = self.proved(who, true) else { return };
        let (link, verifier) = (LinkId::from_uuid(self.uuid()), self.verifier());
        let request = AddressCommand::Request { link, email: sealed(), verifier, by: None, at: self.now };
        let request = UserCommand::People(PeopleCommand::Address(request));
        self.own(who, seat, Act::ChangeOwnEmail, request);
    }

    pub(super) fn own_token(&mut self, who: usize, pick: u8) {
        let Some(seat) = self.proved(who, true) else { return };
        let at = self.now;
        let held = self.state(who).tokens.keys().next().copied().filter(|_| pick.is_multiple_of(3));
        let command = if let Some(token) = held {
            AccessCommand::RevokeToken { token, at }
        } else {
            let scopes = [TokenScope::ManageEndUsers, TokenScope::ReadPeople, TokenScope::ReadAudit];
            let scopes = [scopes[usize::from(pick) % scopes.len()]].into();
            let (token, verifier) = (TokenId::from_uuid(self.uuid()), self.verifier());
            let new = NewToken { token, verifier, scopes, days: 30 };
            AccessCommand::IssueToken { new, name: sealed(), at }
        };
        self.own(who, seat, Act::ManageOwnTokens, UserCommand::Access(command));
    }

    /// A program uses one of the tokens that were ever issued, and changes a customer's name with it if it may.
    pub(super) fn use_token(&mut self, upon: usize, pick: u8) {
        let Some((token, who)) = back(&self.tokens, pick % 8) else { return };
        let mut uses = self.uses.remove(&token).unwrap_or_default();
        let bearer = Bearer::of_person(&self.account.state, self.state(who), token, self.now);
        let Ok(bearer) = bearer else { return };
        let may = bearer.permit_upon(Some(self.role(upon)), Act::EditPerson).is_ok();
        let told = bearer.used(&uses.state, Origin { ip: None, user_agent: None });
        self.log.turn_by_token(By::Person(self.ids[who]), token);
        uses.record(&told);
        self.uses.insert(token, uses);
        for event in told {
            self.log.record(self.now, token.uuid(), Event::Device(DeviceId::from_uuid(token.uuid()), event));
        }
        if may {
            let rename = UserCommand::People(PeopleCommand::Rename(sealed()));
            self.act(|draft| draft.user(upon, rename));
        }
    }
}
