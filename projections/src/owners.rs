//! Whose a device is. A device's events do not repeat it; its first event said it, and it never changes.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use rustc_hash::FxBuildHasher;
use twofold_domain::device::DeviceEvent;
use twofold_domain::ids::{AccountId, DeviceId, StreamId, UserId};
use twofold_infra::store::{Reader, Recorded, StoreError, Value};

use crate::ddl::placeholders;
use crate::fact::{Event, Fact, Poison, decode};
use crate::live::sized;

/// Devices remembered: some 24 MB. Whoever is not among them is looked up in the log.
const REMEMBERED: usize = 400_000;

/// The owners of devices, from the log.
#[derive(Debug)]
pub struct Owners {
    log: Option<Reader>,
    known: Mutex<HashMap<DeviceId, UserId, FxBuildHasher>>,
}

impl Owners {
    /// Owners looked up in this log.
    pub fn new(log: Reader) -> Self {
        Self { log: Some(log), known: Mutex::default() }
    }

    /// Owners learned from the facts alone, for logs that are read from their beginning.
    pub fn learned() -> Self {
        Self { log: None, known: Mutex::default() }
    }

    /// Learns from facts, and fills in the subjects that are known by then.
    pub fn learn(&self, facts: &mut [Fact]) {
        self.fill(facts);
    }

    /// Fills in the subjects of facts about devices. A device that nobody registered has none, which its
    /// aggregate rules out.
    pub async fn resolve(&self, facts: &mut [Fact]) -> Result<(), StoreError> {
        let unknown = self.fill(facts);
        for (_, devices) in sized(&unknown) {
            self.look_up(&devices).await?;
        }
        if !unknown.is_empty() {
            self.fill(facts);
        }
        Ok(())
    }

    /// Fills in what is known and returns the streams of devices that are not.
    fn fill(&self, facts: &mut [Fact]) -> Vec<(AccountId, DeviceId)> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let mut unknown = Vec::new();
        for fact in facts {
            let Event::Device(device, event) = &fact.event else { continue };
            if let DeviceEvent::DeviceRegistered { user, .. } = event {
                if known.len() >= REMEMBERED {
                    known.clear();
                }
                known.insert(*device, *user);
            }
            if fact.subject.is_none() {
                fact.subject = known.get(device).copied();
            }
            if fact.subject.is_none() {
                unknown.push((fact.account, *device));
            }
        }
        unknown.sort_unstable();
        unknown.dedup();
        unknown
    }

    async fn look_up(&self, devices: &[(AccountId, DeviceId)]) -> Result<(), StoreError> {
        let Some(log) = &self.log else { return Ok(()) };
        let mut sql = "select aggregate_id, cast(payload as text) from twofold.events \
                       where aggregate_type = 'device' and sequence = 1 and aggregate_id in (values "
            .to_owned();
        placeholders(&mut sql, devices.len(), 1);
        sql.push(')');
        let binds: Vec<Value> =
            devices.iter().map(|(a, d)| StreamId::device(*a, *d).to_string().into()).collect();
        let rows = log.fetch(&sql, &binds).await?;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() + rows.len() > REMEMBERED {
            known.clear();
        }
        for row in rows {
            // A first event that cannot be read parks its account when its own turn comes.
            let payload: String = row.get(1)?;
            if let Ok(DeviceEvent::DeviceRegistered { device, user, .. }) = serde_json::from_str(&payload) {
                known.insert(device, user);
            }
        }
        Ok(())
    }

    /// Decodes events up to the first one that cannot be read, and fills in their subjects.
    pub async fn facts(&self, events: &[Recorded]) -> Result<(Vec<Fact>, Option<Poison>), StoreError> {
        let mut facts = Vec::with_capacity(events.len());
        let mut poison = None;
        for event in events {
            match decode(event) {
                Ok(fact) => facts.push(fact),
                Err(found) => {
                    poison = Some(found);
                    break;
                }
            }
        }
        self.resolve(&mut facts).await?;
        Ok((facts, poison))
    }
}
