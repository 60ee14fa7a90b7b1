//! What members of staff do for people, and to them.

use twofold_domain::device::{DeviceCommand, EndCause, Forsaken};
use twofold_domain::factor::otp::{OtpAlgorithm, OtpParameters};
use twofold_domain::factor::token::{self, FromStock, Moves, TokenFile};
use twofold_domain::factor::{FactorDetail, totp};
use twofold_domain::ids::{ExemptionId, ImportId, RecoveryId, TicketId};
use twofold_domain::permission::{Need, need};
use twofold_domain::user::{
    AddressCommand, ClaimCommand, FreezeCommand, FrozenBy, Handing, Help, HelpCommand, Objection,
    PeopleCommand, RecoveryCommand,
};

use super::*;

impl Town {
    /// What it takes to help somebody so. Whoever of the team may help nobody like them tries in vain, on record.
    fn helping(&self, who: usize, upon: usize, help: Help) -> Act {
        let deed = help.deed(self.role(upon));
        if need(self.role(who), deed) == Need::Never { Act::ReadPeople } else { deed }
    }

    /// Help of staff, as far as somebody like them gives it; what is not theirs to give is refused on record.
    fn aid(
        &mut self,
        who: usize,
        upon: usize,
        pick: u8,
        help: Help,
        act: impl FnOnce(&mut Draft<'_>) -> Result<(), No>,
    ) -> bool {
        let mut gives = false;
        let takes = |town: &Self| town.helping(who, upon, help);
        let done = self.staff(who, pick, takes, |draft| {
            gives = draft.helps(who, upon, help)?;
            if gives { act(draft) } else { Ok(()) }
        });
        done && gives
    }

    /// A reset: at once, with a wait, or with a second owner.
    pub(super) fn help(&mut self, who: usize, upon: usize, pick: u8) {
        let recovery = RecoveryId::from_uuid(self.uuid());
        let compromise = pick % 4 == 1;
        self.aid(who, upon, pick, Help::Reset, |draft| {
            let (at, subject) = (draft.now(), draft.id_of(upon));
            if draft.state(upon).help_waits(at) && draft.role(upon) != Some(Role::Owner) {
                draft.user(who, UserCommand::Help(HelpCommand::AskForReset { subject, at }))?;
                let rank = draft.role(who).unwrap_or(Role::Owner);
                let schedule = RecoveryCommand::Schedule { recovery, reason: sealed(), rank, at };
                draft.user(upon, UserCommand::Recovery(schedule))?;
                return Ok(());
            }
            let act = GuardedAct::ResetOwner { user: subject, compromise };
            if draft.role(upon) == Some(Role::Owner) && !draft.consent(who, act)? {
                return Ok(());
            }
            draft.user(upon, UserCommand::Reset { reason: sealed(), compromise, at })?;
            Ok(())
        });
    }

    pub(super) fn exempt(&mut self, who: usize, upon: usize, pick: u8) {
        let exemption = ExemptionId::from_uuid(self.uuid());
        let hours = [0, 1, 24, 168, 169][usize::from(pick) % 5];
        self.aid(who, upon, pick, Help::Exemption, |draft| {
            let (at, user) = (draft.now(), draft.id_of(upon));
            let until = at + Span::hours(hours);
            let exempt = HelpCommand::Exempt { exemption, reason: sealed(), until, at };
            let act = GuardedAct::ExemptOwner { user, exemption, until };
            if draft.role(upon) == Some(Role::Owner) && !draft.consent(who, act)? {
                return Ok(());
            }
            draft.user(upon, UserCommand::Help(exempt))?;
            Ok(())
        });
    }

    pub(super) fn end_exemption(&mut self, who: usize, upon: usize, pick: u8) {
        let exempt = (0..self.people.len()).find(|who| self.state(*who).exemption.is_some());
        let upon = exempt.unwrap_or(upon);
        let Some(exemption) = self.state(upon).exemption.map(|held| held.exemption) else { return };
        let takes = |town: &Self| town.helping(who, upon, Help::Exemption);
        self.staff(who, pick, takes, |draft| {
            if !draft.may_help(who, upon, Help::Exemption)? {
                return Ok(());
            }
            let end = HelpCommand::EndExemption { exemption, at: draft.now() };
            draft.user(upon, UserCommand::Help(end))?;
            Ok(())
        });
    }

    pub(super) fn ticket(&mut self, who: usize, upon: usize, pick: u8) {
        // Whoever needs one most.
        let needs =
            (0..self.people.len()).find(|who| self.state(*who).needs_ticket && !self.state(*who).erased);
        let upon = needs.unwrap_or(upon);
        let (ticket, verifier) = (TicketId::from_uuid(self.uuid()), self.verifier());
        let issued = self.aid(who, upon, pick, Help::Ticket, |draft| {
            let issue = HelpCommand::IssueTicket { ticket, verifier, reason: sealed(), at: draft.now() };
            draft.user(upon, UserCommand::Help(issue))?;
            Ok(())
        });
        // As a rule it is used.
        if issued && !pick % 8 == 3 {
            self.bind(upon, pick);
        }
    }

    /// A code for one sign-in, by a link or into the issuer's hands.
    pub(super) fn grant(&mut self, who: usize, upon: usize, pick: u8) {
        let (recovery, link) = (RecoveryId::from_uuid(self.uuid()), LinkId::from_uuid(self.uuid()));
        let (verifier, by) = (self.verifier(), self.ids[who]);
        let handed = match pick % 4 {
            0 => Handing::Issuer { verifier },
            _ => Handing::Link { link, verifier },
        };
        let hours = [1, 24, 72, 73][usize::from(pick / 4) % 4];
        self.aid(who, upon, pick, Help::Grant, |draft| {
            let (at, user) = (draft.now(), draft.id_of(upon));
            let act = GuardedAct::GrantOwnerRecovery { user, recovery, hours };
            if draft.role(upon) == Some(Role::Owner) && !draft.consent(who, act)? {
                return Ok(());
            }
            let (reason, approved_by) = (sealed(), None);
            let rank = draft.role(who).unwrap_or(Role::Owner);
            let grant = RecoveryCommand::Grant { recovery, handed, reason, by, rank, approved_by, hours, at };
            draft.user(upon, UserCommand::Recovery(grant))?;
            Ok(())
        });
    }

    pub(super) fn stop(&mut self, who: usize, upon: usize, pick: u8) {
        let upon = self.somebody_frozen().filter(|_| pick.is_multiple_of(2)).unwrap_or(upon);
        self.aid(who, upon, pick, Help::Stop, |draft| {
            let stop = RecoveryCommand::Stop { recovery: None, how: Objection::Staff, at: draft.now() };
            draft.user(upon, UserCommand::Recovery(stop))?;
            Ok(())
        });
    }

    pub(super) fn deactivate(&mut self, who: usize, upon: usize, pick: u8) {
        self.staff(
            who,
            pick,
            |town| Act::Deactivate(town.role(upon)),
            |draft| {
                draft.keeps_an_owner(upon)?;
                let act = GuardedAct::DeactivateOwner { user: draft.id_of(upon) };
                if draft.role(upon) == Some(Role::Owner) && !draft.consent(who, act)? {
                    return Ok(());
                }
                let command = PeopleCommand::Deactivate { reason: None, at: draft.now() };
                draft.user(upon, UserCommand::People(command))?;
                Ok(())
            },
        );
    }

    /// Lets somebody come back, who sets a new password by the link that is mailed with it.
    pub(super) fn reactivate(&mut self, who: usize, upon: usize, pick: u8) {
        let away = (0..self.people.len()).find(|who| self.state(*who).deactivated);
        let upon = away.unwrap_or(upon);
        let command = PeopleCommand::Reactivate { at: self.now };
        let back = |draft: &mut Draft<'_>| draft.user(upon, UserCommand::People(command)).map(|_| ());
        if self.aid(who, upon, pick, Help::Return, back) {
            let link = self.mail_link(upon, LinkPurpose::Verification);
            if !pick.is_multiple_of(4) {
                self.redeem(link, upon);
            }
        }
    }

    pub(super) fn change_role(&mut self, who: usize, upon: usize, pick: u8) {
        let to = Role::ALL[usize::from(pick / 8) % Role::ALL.len()];
        let deed = move |from| Act::ChangeRole { from, to };
        let by = self.role(who);
        self.staff(
            who,
            pick,
            |town| deed(town.role(upon)),
            |draft| {
                draft.keeps_an_owner(upon)?;
                if to == Role::Owner && need(by, deed(draft.role(upon).ok_or(No)?)) == Need::Approved {
                    return Err(No);
                }
                let act = GuardedAct::DemoteOwner { user: draft.id_of(upon), to };
                if draft.role(upon) == Some(Role::Owner) && !draft.consent(who, act)? {
                    return Ok(());
                }
                let command = PeopleCommand::ChangeRole { to, at: draft.now() };
                draft.user(upon, UserCommand::People(command))?;
                Ok(())
            },
        );
    }

    pub(super) fn move_address(&mut self, who: usize, upon: usize, pick: u8) {
        let (link, verifier) = (LinkId::from_uuid(self.uuid()), self.verifier());
        if who == upon {
            return;
        }
        self.aid(who, upon, pick, Help::Address, |draft| {
            let (at, user) = (draft.now(), draft.id_of(upon));
            let act = GuardedAct::ChangeOwnerIdentity { user, to: Identity::Email(sealed()) };
            if draft.role(upon) == Some(Role::Owner) && !draft.consent(who, act)? {
                return Ok(());
            }
            let by = draft.role(who).map(|role| (draft.id_of(who), role));
            let request = AddressCommand::Request { link, email: sealed(), verifier, by, at };
            draft.user(upon, UserCommand::People(PeopleCommand::Address(request)))?;
            Ok(())
        });
    }

    /// Hands somebody a token of the stock; where there is none, some are imported first.
    pub(super) fn hand(&mut self, who: usize, upon: usize, pick: u8) {
        let holds = |town: &Self, token| town.people.iter().any(|person| person.state.has_token(token));
        let free = self.stock.iter().copied().find(|token| !holds(self, *token));
        let Some(token) = free else {
            let (import, format) = (ImportId::from_uuid(self.uuid()), TokenFile::Pskc);
            let done = self.staff(
                who,
                pick,
                |_| Act::ManageStock,
                |draft| {
                    let at = draft.now();
                    draft.account(AccountCommand::ImportTokens { import, count: 2, format, at })
                },
            );
            if done {
                let new = [self.uuid(), self.uuid()].map(StockTokenId::from_uuid);
                self.stock.extend(new);
            }
            return;
        };
        let moves =
            if pick.is_multiple_of(2) { Moves::Counter { from: 7 } } else { Moves::Clock { period: 30 } };
        let (seed, algorithm, digits) = (self.verifier(), OtpAlgorithm::Sha1, 6);
        let stock = Some(FromStock { token, serial: sealed() });
        let detail = token::Begun { seed, algorithm, digits, moves, stock };
        self.aid(who, upon, pick, Help::Token, |draft| {
            draft.user(upon, UserCommand::AssignToken { token, detail, at: draft.now() })?;
            Ok(())
        });
    }

    pub(super) fn take_back(&mut self, who: usize, upon: usize, pick: u8) {
        let holder = (0..self.people.len()).find(|who| !self.state(*who).assigned.is_empty());
        let upon = holder.unwrap_or(upon);
        let token = self.state(upon).assigned.keys().next().copied().or(self.stock.first().copied());
        let Some(token) = token else { return };
        self.aid(who, upon, pick, Help::Token, |draft| {
            draft.user(upon, UserCommand::WithdrawToken { token, at: draft.now() })?;
            Ok(())
        });
    }

    /// A sign-in is frozen: by its person, by staff for them, or by the link that stood in a notice.
    pub(super) fn freeze(&mut self, who: usize, upon: usize, pick: u8) {
        let (recovery, at) = (RecoveryId::from_uuid(self.uuid()), self.now);
        // Whoever reads one that they had, the oldest or the last.
        let former: Vec<_> = self.state(who).former(at).map(|former| former.change).collect();
        let read = if pick % 8 == 3 { former.first() } else { former.last() };
        let read: Vec<_> = read.copied().into_iter().collect();
        let (by, against) = match pick % 4 {
            0 => (FrozenBy::Staff, None),
            1 => (FrozenBy::Person, None),
            place => match self.state(who).denier(&read, place == 2, at) {
                Ok(denied) => denied,
                Err(_) => return,
            },
        };
        let reason = (by == FrozenBy::Staff).then(sealed);
        let anew = self.state(who).role() != Some(Role::Agent);
        let freeze = UserCommand::Freeze(FreezeCommand::Freeze { recovery, by, against, reason, anew, at });
        let put = |whom: usize| move |draft: &mut Draft<'_>| draft.user(whom, freeze).map(|_| ());
        match by {
            FrozenBy::Staff => _ = self.aid(who, upon, pick, Help::Freeze, put(upon)),
            FrozenBy::Person => {
                if let Some(seat) = self.seat(who)
                    && self.seated(seat).is_some_and(|me| me.permit(Act::FreezeOwn).is_ok())
                {
                    self.log.turn(By::Person(self.ids[who]), Some(seat.0));
                    self.act(put(who));
                }
            }
            FrozenBy::OwnLink | FrozenBy::FormerLink => {
                self.log.turn(By::Nobody, None);
                self.act(put(who));
            }
        }
    }

    fn somebody_frozen(&self) -> Option<usize> {
        (0..self.people.len()).find(|who| self.state(*who).frozen.is_some())
    }

    /// Staff give their word for somebody's way back.
    pub(super) fn vouch(&mut self, who: usize, upon: usize, pick: u8) {
        let upon = self.somebody_frozen().unwrap_or(upon);
        self.aid(who, upon, pick, Help::Vouch, |draft| {
            let replaced = draft.state(upon).disputed();
            let role = replaced.and_then(|(by, at)| draft.state(draft.person_of(by).ok()?).role_at(at));
            let by = draft.state(who).voucher(role, draft.owners().iter().count() < 2).ok_or(draft::No)?;
            let vouch = FreezeCommand::Vouch { reason: sealed(), by, at: draft.now() };
            draft.user(upon, UserCommand::Freeze(vouch))?;
            Ok(())
        });
    }

    /// A change of address does not happen after all.
    pub(super) fn keep_address(&mut self, who: usize, upon: usize, pick: u8) {
        let waits = (0..self.people.len()).find(|who| self.state(*who).email_change.is_some());
        let upon = waits.unwrap_or(upon);
        let help = self.state(upon).help_to_keep(self.now);
        self.aid(who, upon, pick, help, |draft| {
            let cancel = AddressCommand::Cancel { how: Objection::Staff, at: draft.now() };
            draft.user(upon, UserCommand::People(PeopleCommand::Address(cancel)))?;
            Ok(())
        });
    }

    pub(super) fn unlock(&mut self, who: usize, upon: usize, pick: u8) {
        self.aid(who, upon, pick, Help::Unlock, |draft| {
            draft.user(upon, UserCommand::Unlock { reason: sealed() })?;
            Ok(())
        });
    }

    /// Ends one of the sessions that anybody ever had.
    pub(super) fn end_session(&mut self, who: usize, pick: u8) {
        let Some((session, machine)) = back(&self.sessions, pick % 16) else { return };
        let upon = self.machines[machine].who;
        let end = DeviceCommand::EndSession { session, cause: EndCause::EndedByStaff };
        if self.aid(who, upon, pick, Help::Sessions, |_| Ok(())) {
            self.tell_machine(machine, end);
        }
    }

    pub(super) fn tell_machine(&mut self, machine: usize, command: DeviceCommand) {
        let Machine { id, ref stream, .. } = self.machines[machine];
        for event in stream.state.decide(command).unwrap_or_default() {
            self.record(machine, Event::Device(id, event));
        }
    }

    pub(super) fn erase(&mut self, who: usize, upon: usize, pick: u8) {
        self.staff(
            who,
            pick,
            |town| Act::Erase(town.role(upon)),
            |draft| {
                draft.keeps_an_owner(upon)?;
                let user = draft.id_of(upon);
                if draft.consent(who, GuardedAct::Erase { user })? {
                    draft.user(upon, UserCommand::Erase { at: draft.now() })?;
                }
                Ok(())
            },
        );
        self.forsake(upon);
    }

    /// Nothing stays on the devices of somebody who was erased.
    pub(super) fn forsake(&mut self, who: usize) {
        if self.state(who).erased {
            let theirs = (0..self.machines.len()).filter(|n| self.machines[*n].who == who);
            for machine in theirs.collect::<Vec<_>>() {
                self.tell_machine(machine, DeviceCommand::Forsake(Forsaken::Erased));
            }
        }
    }

    /// Somebody comes along from another system, with their password, and perhaps their authenticator.
    pub(super) fn import(&mut self, who: usize, pick: u8) {
        let upon = self.people.len();
        if upon >= MOST_PEOPLE {
            return;
        }
        let role = if pick.is_multiple_of(4) { Role::Agent } else { Role::EndUser };
        let allowed = self.staff(
            who,
            pick,
            |_| Act::ImportPeople,
            |draft| {
                let (at, costs) = (draft.now(), [("$2b$12$".to_owned(), "bcrypt".to_owned())].into());
                draft.account(AccountCommand::Foreign(ForeignCommand::Arrive { costs, at }))
            },
        );
        if !allowed || self.register(role) >= self.people.len() {
            return;
        }
        let (at, verifier, seed) = (self.now, self.verifier(), self.verifier());
        let factor = FactorId::from_uuid(self.uuid());
        let password = ClaimCommand::Password { verifier, scheme: "bcrypt".to_owned(), at };
        let detail = FactorDetail::Totp(totp::Begun { seed, parameters: OtpParameters::APP });
        let factor = ClaimCommand::Factor { factor, detail, name: sealed(), at };
        let claims = [password, factor].into_iter().take(usize::from(1 + pick / 4 % 2));
        self.act(|draft| {
            for claim in claims {
                draft.user(upon, UserCommand::People(PeopleCommand::Claim(claim)))?;
            }
            Ok(())
        });
    }

    /// The scheme of another system is said to be gone, as soon as nobody has a password of it.
    pub(super) fn foreign_gone(&mut self) {
        let (scheme, at) = ("bcrypt".to_owned(), self.now);
        let left = self.people.iter().any(|person| {
            person.state.password.is_some_and(|password| password.claimed) && !person.state.erased
        });
        if !left && self.account.state.may_end(&scheme, at) {
            self.log.turn(By::System("foreign_passwords".into()), None);
            self.act(|draft| draft.account(AccountCommand::Foreign(ForeignCommand::End { scheme, at })));
        }
    }
}
