//! Writing an event down: canonical payload, flat metadata.

use std::collections::BTreeMap;

use cqrs_es::DomainEvent;
use twofold_domain::ids::EventId;

use crate::acts::ActError;
use crate::context::{Actor, Context};
use crate::desk::Desk;
use crate::store::NewEvent;

/// Writes events down: canonical payload, flat metadata.
pub(crate) struct Scribe<'a> {
    pub(crate) desk: &'a Desk,
    pub(crate) context: &'a Context,
}

impl Scribe<'_> {
    /// One event as the log keeps it, done by `actor`.
    pub(crate) fn event<E: DomainEvent>(&self, event: &E, actor: Actor) -> Result<NewEvent, ActError> {
        let payload = serde_json_canonicalizer::to_string(event)
            .map_err(|e| ActError::Bug(format!("an event that is not JSON: {e}")))?;
        Ok(NewEvent {
            event_type: event.event_type(),
            event_version: event.event_version(),
            payload,
            metadata: self.metadata(actor)?,
        })
    }

    fn metadata(&self, actor: Actor) -> Result<String, ActError> {
        let mut flat = BTreeMap::from([
            ("actor", actor.to_string()),
            ("build", env!("CARGO_PKG_VERSION").to_owned()),
            ("correlation", self.context.correlation.clone()),
            ("event_id", self.desk.mint().id::<EventId>().to_string()),
        ]);
        if let Some(causation) = self.context.causation {
            flat.insert("causation", causation.to_string());
        }
        if let Some(session) = self.context.session.filter(|_| actor == self.context.actor) {
            flat.insert("session", session.to_string());
        }
        if let Some(token) = self.context.token.filter(|_| actor == self.context.actor) {
            flat.insert("token", token.to_string());
        }
        serde_json_canonicalizer::to_string(&flat)
            .map_err(|e| ActError::Bug(format!("metadata that is not JSON: {e}")))
    }
}
