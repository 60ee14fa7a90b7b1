//! What owners and the fan-out do, and what must hold after every act.

use super::*;
use twofold_domain::account::{OperatorAct, OperatorCommand, OperatorScope};
use twofold_domain::factor::Offer;
use twofold_domain::ids::OperatorGrantId;
use twofold_domain::owners::Owners;

const OPERATED: RecoveryId = RecoveryId::from_uuid(uuid::Uuid::from_u128(7_001));

fn operator_unlocks(at: Timestamp) -> OperatorCommand {
    let (act, subject, owners) = (OperatorAct::Unlock, None, Owners::default());
    OperatorCommand::Act { act, subject, recovery: OPERATED, owners, at }
}

impl World {
    fn census(&self, people: &BTreeSet<usize>) -> Census {
        let people: BTreeSet<UserId> = people.iter().map(|&who| self.ids[who]).collect();
        Census { people: people.len() as u64, digest: log::digest(&people) }
    }

    pub(super) fn disable(&mut self) {
        let enrolled = self.ledger.on_the_roster();
        let announced = self.census(&enrolled);
        let at = self.now();
        let counts = Counts::from([(Effect::Reset, announced.people)]);
        let shown = Shown::This(Confirmed::of(&self.account.state, &counts, at));
        let impact = Impact { counts, shown };
        let command = AccountCommand::Disable { impact, actual: announced.clone(), reason: None, at };
        let Ok(events) = self.tell_account(command) else { return };
        assert_ne!(self.ledger.lever, Lever::Off);
        let [AccountEvent::AccountTwoFactorDisabled { generation, people, .. }] = events[..] else {
            panic!("one disable, one event")
        };
        assert_eq!(self.ledger.disable(generation), enrolled);
        assert_eq!(people, announced.people);
    }

    /// The owner lets the operator act, who does, until the owner ends it.
    pub(super) fn operate(&mut self) {
        let (grant, at) = (OperatorGrantId::from_uuid(self.id()), self.now());
        let (scopes, reason) = ([OperatorScope::Unlock].into(), sealed());
        let steps = [
            (By::Person(CHIEF), OperatorCommand::Grant { grant, scopes, hours: 1, reason, by: CHIEF, at }),
            (By::Operator, operator_unlocks(at)),
            (By::Person(CHIEF), OperatorCommand::Revoke { grant, by: CHIEF, at }),
        ];
        for (by, command) in steps {
            self.log.turn(by, None);
            assert!(self.tell_account(AccountCommand::Operator(command)).is_ok());
        }
        self.log.turn(By::Operator, None);
        let after = AccountCommand::Operator(operator_unlocks(at));
        assert!(self.tell_account(after).is_err(), "the operator acts by no grant");
    }

    pub(super) fn reset(&mut self, who: usize, compromise: bool) {
        let at = self.now();
        let refused = self.tell_user(who, UserCommand::Reset { reason: sealed(), compromise, at });
        // Of a customer it takes a wait, and happens by time alone.
        if ROLES[who] == Role::EndUser {
            assert!(refused.is_err(), "a customer was reset at once");
            let book = &self.ledger.people[who];
            let possible = !book.factors.is_empty() && book.waits_until.is_none() && !book.erased;
            let waits = UserCommand::Recovery(RecoveryCommand::Schedule {
                rank: Role::Owner,
                recovery: RecoveryId::from_uuid(self.id()),
                reason: sealed(),
                at,
            });
            // Refused on the record, and nothing waits, while the password rests on the mailbox alone.
            let doubted = self.people[who].state.doubt(at).is_some();
            assert_eq!(self.tell_user(who, waits).is_ok(), possible);
            if possible && !doubted {
                self.ledger.people[who].waits_until = Some(at + Span::hours(72));
            }
        } else if refused.is_ok() {
            self.ledger.lose_factor(who);
            self.ledger.credentials_changed(who, None);
            self.ledger.people[who].ticket |= compromise;
        }
    }

    /// The person says that they still have their factor.
    pub(super) fn object(&mut self, who: usize) {
        let cancel = UserCommand::Recovery(RecoveryCommand::Stop {
            recovery: None,
            how: Objection::Person,
            at: self.now(),
        });
        let waiting = self.ledger.people[who].waits_until.is_some();
        assert_eq!(self.tell_user(who, cancel).is_ok(), waiting);
    }

    pub(super) fn erase(&mut self, who: usize) {
        let at = self.now();
        if self.tell_user(who, UserCommand::Erase { at }).is_ok() {
            self.ledger.lose_factor(who);
            self.ledger.credentials_changed(who, None);
            self.ledger.people[who].erased = true;
        }
    }

    pub(super) fn lose(&mut self, who: usize, slot: usize) {
        let Some(&machine) = self.slots.get(&(who, slot)) else { return };
        let device = DeviceId::from_uuid(self.id());
        if self.tell_user(who, UserCommand::ReportLost { device }).is_ok() {
            self.forsake(machine, Forsaken::Lost);
        }
    }

    pub(super) fn save_policy(&mut self, team: bool, change: impl FnOnce(&mut AudiencePolicy)) {
        let (who, audience) = if team { (0, Audience::Team) } else { (1, Audience::EndUsers) };
        let (before, at) = (self.ledger.policies[who].clone(), self.now());
        let mut policy = before.clone();
        change(&mut policy);
        let policies = [(audience, policy.clone())].into();
        let command = PolicyCommand::Save {
            policies,
            by: Role::Owner,
            offer: Offer::everything(),
            impact: Impact::default(),
        };
        let saved = AccountCommand::Policy { command, at };
        assert!(self.tell_account(saved).is_ok());
        // What was not required for no time at all was required without a break.
        let unbroken = self.ledger.lapsed[who].filter(|(_, ended)| *ended == at).map(|(since, _)| since);
        let since = if before.required { self.ledger.since[who] } else { unbroken.or(Some(at)) };
        if before.required && !policy.required {
            self.ledger.lapsed[who] = since.map(|since| (since, at));
        }
        self.ledger.since[who] = since.filter(|_| policy.required);
        self.ledger.policies[who] = policy;
    }

    /// The fan-out closes with exactly the people announced, and not before it reached them.
    pub(super) fn close_fan_out(&mut self) {
        let Some((&generation, owed)) = self.ledger.owed.first_key_value() else { return };
        let announced = &self.ledger.announced[&generation];
        let reached: BTreeSet<usize> = announced.difference(owed).copied().collect();
        let (all, complete) = (self.census(announced), owed.is_empty());
        let reached = self.census(&reached);
        self.log.turn(By::System("reset_fan_out".into()), None);
        let close = |reached| AccountCommand::CompleteFanOut { generation, reached };
        if complete {
            assert!(self.tell_account(close(all)).is_ok());
            self.ledger.owed.remove(&generation);
            assert!(self.tell_account(close(reached)).is_err(), "closed twice");
        } else {
            assert!(self.tell_account(close(reached)).is_err(), "closed too early");
        }
    }

    /// The domain and the ledger agree on everything.
    pub(crate) fn check(&mut self, act: &Act) {
        assert!(self.log.breaches.is_empty(), "after {act:?}: {}", self.log.breaches.join("\n"));
        let (account, now) = (&self.account.state, self.now());
        for (who, person) in self.people.iter().enumerate() {
            let book = &self.ledger.people[who];
            let enrolled = person.state.enrolled_at(account.generation, now);
            let factors = enrolled.map(|e| e.factors.keys().copied().collect()).unwrap_or_default();
            assert_eq!(book.factors, factors, "after {act:?}: factors of person {who}");
            let codes = enrolled.and_then(|e| e.codes.as_ref());
            assert_eq!(book.codes, codes.map(|c| c.set), "after {act:?}: codes of person {who}");
            if let Some(codes) = codes {
                assert_eq!(self.ledger.codes_used(codes.set), codes.used);
            }
        }
        for (id, machine) in &self.sessions {
            let machine = &self.machines[*machine];
            let user = &self.people[machine.who].state;
            let good = SignedIn::recall(account, user, &machine.stream.state, *id, now);
            let book = &self.ledger.sessions[id];
            let alive = self.ledger.alive(book);
            assert_eq!(good.map(|_| ()).is_ok(), alive, "after {act:?}: session {book:?} is {good:?}");
            if let Ok(me) = good {
                assert_eq!(me.recently_proved(), self.ledger.fresh(book), "after {act:?}: {book:?}");
            }
        }
        for (id, machine) in &self.attempts {
            let machine = &self.machines[*machine];
            let user = &self.people[machine.who].state;
            let device = &machine.stream.state;
            let open = device.open_attempt(*id, account.generation, user.epoch_at(now), now).is_ok()
                && device.token.is_some();
            let book = &self.ledger.attempts[id];
            assert_eq!(open, self.ledger.open(book), "after {act:?}: attempt {book:?}");
        }
        for (n, machine) in self.machines.iter().enumerate() {
            let user = &self.people[machine.who].state;
            let trust = machine.stream.state.trust.as_ref();
            let holds = trust.is_some_and(|trust| trust_holds(account, user, trust, now));
            assert_eq!(holds, self.ledger.trusted(n), "after {act:?}: trust in machine {n}");
        }
        self.check_snapshots();
    }

    fn check_snapshots(&mut self) {
        self.account.check_snapshot();
        self.people.iter_mut().for_each(Stream::check_snapshot);
        self.machines.iter_mut().for_each(|machine| machine.stream.check_snapshot());
    }

    /// Every stream, stored and read again from its first event, is what was decided on.
    pub(crate) fn check_folds(&self) {
        self.account.check_fold();
        self.people.iter().for_each(Stream::check_fold);
        self.machines.iter().for_each(|machine| machine.stream.check_fold());
    }

    /// How often each kind of event was recorded.
    pub(crate) fn count_events(&self, seen: &mut BTreeMap<String, u32>) {
        self.account.count(seen);
        self.people.iter().for_each(|person| person.count(seen));
        self.machines.iter().for_each(|machine| machine.stream.count(seen));
    }
}
