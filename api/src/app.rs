//! What every route stands on: the desk where acts are performed, and the read models.

use std::sync::Arc;

use twofold_domain::time::Timestamp;
use twofold_infra::desk::Desk;
use twofold_infra::store::EventStore;
use twofold_projections::projector::Projector;

/// The running program, as its routes know it. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// What the program is made of.
pub struct Parts {
    /// Where acts are performed.
    pub desk: Desk,
    /// Keeps the read models up to date.
    pub projector: Projector,
}

impl From<Parts> for App {
    fn from(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl std::ops::Deref for App {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    /// The log.
    pub fn store(&self) -> &EventStore {
        self.desk.store()
    }

    /// Now, by the clock that everything here lives by.
    pub fn now(&self) -> Timestamp {
        self.desk.clock().now()
    }
}
