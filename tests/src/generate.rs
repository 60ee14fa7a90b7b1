//! Logs of any length that look lived in: accounts whose people register, enrol, sign in, get locked out,
//! are reset and erased, under policies that change. Deterministic: a seed names a log.
//!
//! What happens next is drawn from what the domain's own state allows, so that every prefix is a history
//! that could have been; commands are not run, so that a million events take seconds.

mod account;
mod entry;
mod factors;
mod happening;
mod help;
mod people;
mod post;
mod reading;
mod recovery;

use std::collections::HashMap;

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde::Serialize;
use twofold_domain::account::{Account, AccountEvent, ClockKind};
use twofold_domain::device::{Device, DeviceEvent, Origin};
use twofold_domain::ids::{AccountId, DeviceId, EventId, StreamId, TokenId, UserId, VerifierId};
use twofold_domain::reading::{Reader, ReadingEvent};
use twofold_domain::sealed::{Kind, Sealed};
use twofold_domain::time::{Span, Timestamp};
use twofold_domain::upcast;
use twofold_domain::user::{User, UserEvent};
use twofold_infra::store::{AggregateKind, NewEvent, Recorded, Stream, Write};
use uuid::Uuid;

pub use happening::Happening;

/// When every log begins: 2025-01-01T00:00:00Z.
pub const BEGIN: Timestamp = Timestamp::from_micros(1_735_689_600_000_000);

/// Up to so many people, an account's policy and switch change as often as anybody comes along.
const PEOPLE_PER_SWITCH: usize = 50;

/// A log that is being written.
#[derive(Debug)]
pub struct Generator {
    rng: StdRng,
    now: Timestamp,
    tenants: Vec<Tenant>,
    people: usize,
    heads: HashMap<Stream, u64>,
    /// Between two acts, on average.
    pace: Span,
    /// Of so many acts that concern a whole account, one happens.
    seldom: usize,
}

#[derive(Debug)]
struct Tenant {
    id: AccountId,
    account: Account,
    people: Vec<Human>,
    /// Those of them who were not erased.
    living: usize,
    last: u64,
}

#[derive(Debug)]
struct Human {
    id: UserId,
    user: User,
    devices: Vec<(DeviceId, Device)>,
}

enum Says {
    Account(AccountEvent),
    User(usize, UserEvent),
    Device(usize, usize, DeviceEvent),
    Token(TokenId, DeviceEvent),
    Reading(Reader, ReadingEvent),
}

impl Generator {
    /// A log of `accounts` accounts with about `people` people each.
    pub fn new(seed: u64, accounts: usize, people: usize) -> Self {
        let mut me = Self {
            rng: StdRng::seed_from_u64(seed),
            now: BEGIN,
            tenants: Vec::new(),
            people: people.max(1),
            heads: HashMap::new(),
            pace: Span::seconds(60),
            seldom: 1,
        };
        for _ in 0..accounts {
            let id = AccountId::from_uuid(me.uuid());
            me.tenants.push(Tenant {
                id,
                account: Account::default(),
                people: Vec::new(),
                living: 0,
                last: 0,
            });
        }
        me
    }

    /// How the log of one account goes on that others began: people come, up to about so many, and something
    /// happens at this pace. What concerns the whole account happens as seldom as in a large one, whose history
    /// else were nothing but resets of everybody.
    pub fn behind(seed: u64, begun: &[Recorded], people: usize, pace: Span) -> anyhow::Result<Self> {
        let mut me = Self::new(seed, 1, people);
        (me.pace, me.seldom) = (pace, (people / PEOPLE_PER_SWITCH).max(1));
        let tenant = &mut me.tenants[0];
        for event in begun {
            tenant.id = event.account;
            tenant.last = event.account_seq;
            me.now = event.recorded_at + pace;
            me.heads.insert(event.stream, event.sequence);
            if event.stream.kind == AggregateKind::Account {
                tenant.account.evolve(&serde_json::from_str(&event.payload)?);
            }
        }
        Ok(me)
    }

    /// When the next act happens.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The accounts, in no order.
    pub fn accounts(&self) -> Vec<AccountId> {
        self.tenants.iter().map(|tenant| tenant.id).collect()
    }

    /// What a person's stream amounts to so far, by the domain's own fold.
    pub fn people(&self, account: AccountId) -> Vec<(UserId, &User)> {
        let tenant = self.tenants.iter().filter(|tenant| tenant.id == account);
        tenant.flat_map(|tenant| tenant.people.iter().map(|human| (human.id, &human.user))).collect()
    }

    /// What a device's stream amounts to so far, by the domain's own fold.
    pub fn devices(&self, account: AccountId) -> Vec<(DeviceId, &Device)> {
        let tenant = self.tenants.iter().filter(|tenant| tenant.id == account);
        let people = tenant.flat_map(|tenant| &tenant.people);
        people.flat_map(|human| human.devices.iter().map(|(id, device)| (*id, device))).collect()
    }

    /// The account's own state so far.
    pub fn account(&self, account: AccountId) -> Option<&Account> {
        self.tenants.iter().find(|tenant| tenant.id == account).map(|tenant| &tenant.account)
    }

    /// Events of about this number, as recorded.
    pub fn recorded(&mut self, events: usize) -> Vec<Recorded> {
        let mut all = Vec::with_capacity(events);
        while all.len() < events {
            all.extend(self.next().recorded());
        }
        all
    }

    /// The next act.
    #[expect(clippy::should_implement_trait, reason = "it never ends")]
    pub fn next(&mut self) -> Happening {
        let unopened = self.tenants.iter().position(|tenant| tenant.account.id().is_none());
        let open: Vec<usize> = (0..self.tenants.len()).filter(|n| !self.tenants[*n].account.closed).collect();
        let tenant = unopened.unwrap_or_else(|| open[self.below(open.len())]);
        loop {
            let says = if unopened.is_some() { self.open(tenant) } else { self.draw(tenant) };
            if !says.is_empty() {
                return self.happen(tenant, says, unopened.is_some());
            }
        }
    }

    fn happen(&mut self, tenant: usize, says: Vec<Says>, opens: bool) -> Happening {
        let account = self.tenants[tenant].id;
        let first = self.tenants[tenant].last + 1;
        let correlation = self.uuid();
        let mut writes: Vec<Write> = Vec::new();
        for says in says {
            let (kind, aggregate, event_type, payload) = match &says {
                Says::Account(event) => {
                    self.tenants[tenant].account.evolve(event);
                    (AggregateKind::Account, account.uuid(), <&str>::from(event), json(event))
                }
                Says::User(human, event) => {
                    let tenant = &mut self.tenants[tenant];
                    match event {
                        UserEvent::UserRegistered { .. } => tenant.living += 1,
                        UserEvent::PersonErased { .. } => tenant.living -= 1,
                        _ => {}
                    }
                    let human = &mut tenant.people[*human];
                    human.user.evolve(event);
                    (AggregateKind::User, human.id.uuid(), <&str>::from(event), json(event))
                }
                Says::Device(human, device, event) => {
                    let (id, device) = &mut self.tenants[tenant].people[*human].devices[*device];
                    device.evolve(event);
                    (AggregateKind::Device, id.uuid(), <&str>::from(event), json(event))
                }
                Says::Reading(reader, event) => {
                    (AggregateKind::Reading, reader.stream(account), <&str>::from(event), json(event))
                }
                // A token's use is a stream of its own.
                Says::Token(token, event) => {
                    (AggregateKind::Device, token.uuid(), <&str>::from(event), json(event))
                }
            };
            let stream = Stream { kind, id: StreamId { account, aggregate } };
            let metadata = format!(
                r#"{{"actor":"{}","build":"0.1.0","correlation":"{}","event_id":"{}"}}"#,
                UserId::from_uuid(correlation),
                correlation.simple(),
                EventId::from_uuid(self.uuid())
            );
            let event = NewEvent {
                event_type: event_type.to_owned(),
                event_version: upcast::version_today(event_type).to_owned(),
                payload,
                metadata,
            };
            let head = self.heads.entry(stream).or_default();
            match writes.iter_mut().find(|write| write.stream == stream) {
                Some(write) => write.events.push(event),
                None => writes.push(Write { stream, expected: *head, events: vec![event] }),
            }
            *head += 1;
            self.tenants[tenant].last += 1;
        }
        let at = self.now;
        self.now = self.now + Span::of_micros(self.rng.random_range(1..2 * self.pace.micros()));
        Happening { account, at, opens, writes, first }
    }

    fn open(&mut self, tenant: usize) -> Vec<Says> {
        let account = self.tenants[tenant].id;
        vec![Says::Account(AccountEvent::AccountOpened {
            account,
            slug: format!("a{}", account.uuid().simple()),
            name: "An account".to_owned(),
            log_origin: "example.org/log".to_owned(),
            signing_key: None,
            clock: if self.chance(20) { ClockKind::Sandbox } else { ClockKind::Real },
            at: self.now,
        })]
    }

    /// Something that could happen now; nothing if what was drawn could not.
    fn draw(&mut self, tenant: usize) -> Vec<Says> {
        // Once everybody is erased somebody new must come, or nothing would ever happen again.
        let living = self.tenants[tenant].living;
        if living == 0 || (living < self.people && self.chance(20)) {
            return self.register(tenant);
        }
        let who = self.below(self.tenants[tenant].people.len());
        if self.tenants[tenant].people[who].user.erased {
            return Vec::new();
        }
        // A reset that fell due stands before anything else, and whoever has no way in gets one first.
        if self.tenants[tenant].people[who].user.due_reset(self.now).is_some() {
            return self.reach(tenant, who);
        }
        if let Some(says) = self.come_back(tenant, who) {
            return says;
        }
        let what = self.below(1_290);
        let of_all = matches!(what, 985..1_000 | 1_117..1_135 | 1_280..);
        if of_all && self.below(self.seldom) > 0 {
            return Vec::new();
        }
        match what {
            0..500 => self.sign_in(tenant, who),
            500..640 => self.use_session(tenant, who),
            640..800 => self.enrol(tenant, who),
            800..860 => self.fail(who),
            860..890 => self.unlock(tenant, who),
            890..915 => self.codes(tenant, who),
            915..930 => self.end_own(tenant, who),
            930..945 => self.reset(tenant, who),
            945..960 => self.lose(tenant, who),
            960..965 => self.erase(tenant, who),
            965..985 => self.reach(tenant, who),
            985..992 => self.policy(tenant),
            992..1_000 => self.switch(tenant),
            1_000..1_030 => self.programs(tenant, who),
            1_030..1_060 => self.change(tenant, who),
            1_060..1_090 => self.remove_factor(tenant, who),
            1_090..1_100 => self.wait_for_reset(tenant, who),
            1_100..1_112 => self.exempt(tenant, who),
            1_112..1_117 => self.ticket(tenant, who),
            1_117..1_135 => self.terms(tenant),
            1_135..1_150 => self.approvals(tenant, who),
            1_150..1_180 => self.tend(tenant, who),
            1_180..1_230 => self.message(tenant, who),
            1_230..1_260 => self.recover(tenant, who),
            1_260..1_280 => self.read(tenant, who),
            _ => self.chores(tenant),
        }
    }

    fn uuid(&mut self) -> Uuid {
        uuid::Builder::from_unix_timestamp_millis(self.now.micros() as u64 / 1000, &self.rng.random())
            .into_uuid()
    }

    fn verifier(&mut self) -> VerifierId {
        VerifierId::from_uuid(self.uuid())
    }

    fn sealed<K: Kind>(&mut self) -> Sealed<K> {
        let bytes: [u8; 60] = std::array::from_fn(|_| self.rng.random());
        Sealed::from_bytes(bytes.to_vec())
    }

    fn origin(&mut self) -> Origin {
        Origin { ip: Some(self.sealed()), user_agent: Some(self.sealed()) }
    }

    fn below(&mut self, n: usize) -> usize {
        self.rng.random_range(0..n)
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.rng.random_ratio(percent, 100)
    }
}

fn json(event: &impl Serialize) -> String {
    serde_json::to_string(event).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use strum::VariantNames as _;

    use super::*;

    /// What is checked on invented histories is checked on everything that can happen.
    #[test]
    fn every_kind_of_event_happens() {
        let recorded = Generator::new(1, 8, 12).recorded(300_000);
        let seen: BTreeSet<String> = recorded.into_iter().map(|event| event.event_type).collect();
        let all = AccountEvent::VARIANTS.iter().chain(UserEvent::VARIANTS).chain(DeviceEvent::VARIANTS);
        let missing: Vec<_> = all.filter(|name| !seen.contains(**name)).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
}
