//! The log that the story leaves behind, read by the very rules that audit a real one.

use std::collections::{BTreeMap, BTreeSet};

use twofold_domain::ids::{EventId, TokenId};
use twofold_domain::invariants::{Auditor, By, Entry, Event, Rule, rules};
use twofold_domain::user::ResetCause;

use super::*;

/// Staff of this story act without ever signing in; who does what to whom is judged all the same.
const NOT_HERE: &str = "person-signed-in";

/// How a census is written down here.
pub(crate) fn digest(people: &BTreeSet<UserId>) -> String {
    format!("{people:?}")
}

/// The log so far, and what is wrong with it.
pub(crate) struct Log {
    auditor: Auditor,
    seq: u64,
    act: u64,
    heads: BTreeMap<Uuid, u64>,
    by: By,
    session: Option<SessionId>,
    token: Option<TokenId>,
    pub(crate) breaches: Vec<String>,
    events: Vec<(u64, Timestamp, Event)>,
}

impl Log {
    pub(crate) fn new() -> Self {
        Self::judged_by(rules().into_iter().filter(|rule| rule.name() != NOT_HERE).collect())
    }

    /// A log that every one of these rules judges.
    pub(crate) fn judged_by(rules: Vec<Rule>) -> Self {
        Self {
            auditor: Auditor::with(digest, rules),
            seq: 0,
            act: 0,
            heads: BTreeMap::new(),
            by: By::Operator,
            session: None,
            token: None,
            breaches: vec![],
            events: vec![],
        }
    }

    /// Everything that was recorded, in order: its number, when, and what.
    pub(crate) fn events(&self) -> &[(u64, Timestamp, Event)] {
        &self.events
    }

    /// Whatever is recorded from here on is somebody else's act.
    pub(crate) fn turn(&mut self, by: By, session: Option<SessionId>) {
        self.act += 1;
        (self.by, self.session, self.token) = (by, session, None);
    }

    /// The same, by an API token.
    pub(crate) fn turn_by_token(&mut self, by: By, token: TokenId) {
        self.turn(by, None);
        self.token = Some(token);
    }

    pub(crate) fn record(&mut self, at: Timestamp, stream: Uuid, event: Event) {
        self.seq += 1;
        self.events.push((self.seq, at, event.clone()));
        let head = self.heads.entry(stream).or_default();
        *head += 1;
        // An owed reset is the fan-out's, whoever's act it stands before.
        let owed = matches!(
            event,
            Event::User(_, UserEvent::TwoFactorReset { cause: ResetCause::AccountDisabled { .. }, .. })
        );
        let entry = Entry {
            seq: self.seq,
            recorded_at: at,
            stream,
            sequence: *head,
            event,
            id: EventId::from_uuid(Uuid::from_u128(self.seq.into())),
            correlation: self.act.to_string().into(),
            by: if owed { By::System("reset_fan_out".into()) } else { self.by.clone() },
            session: self.session.filter(|_| !owed),
            token: self.token.filter(|_| !owed),
        };
        let found = self.auditor.read(&entry);
        self.breaches.extend(found.iter().map(|breach| format!("{breach}: {:?}", entry.event)));
    }
}
