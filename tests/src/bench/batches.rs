//! How many appends shared a transaction, and how long it took: the store's own metrics, added up.

use std::ops::AddAssign;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use metrics::{Counter, Gauge, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder, SharedString, Unit};
use serde::Serialize;

/// Sums over batches.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Batches {
    count: f64,
    members: f64,
    seconds: f64,
}

/// The average batch.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Batch {
    pub(super) members: f64,
    /// From the dispatcher's sending it to the durable answer.
    pub(super) ms: f64,
}

impl Batches {
    pub(super) fn shown(self) -> Option<Batch> {
        let Self { count, members, seconds } = self;
        (count > 0.0).then(|| Batch { members: members / count, ms: seconds / count * 1e3 })
    }
}

impl AddAssign for Batches {
    fn add_assign(&mut self, more: Self) {
        self.count += more.count;
        self.members += more.members;
        self.seconds += more.seconds;
    }
}

/// What has been added up since the last call.
pub(super) fn take() -> Batches {
    std::mem::take(&mut *sums().lock().unwrap_or_else(PoisonError::into_inner))
}

/// Listens to this process's metrics from the first call on, if nobody else does.
fn sums() -> &'static Arc<Mutex<Batches>> {
    static SUMS: OnceLock<Arc<Mutex<Batches>>> = OnceLock::new();
    SUMS.get_or_init(|| {
        let sums = Arc::default();
        // Whoever else listens keeps listening; then nothing is shown of batches.
        let _ = metrics::set_global_recorder(Ears(Arc::clone(&sums)));
        sums
    })
}

struct Ears(Arc<Mutex<Batches>>);

struct Ear {
    sums: Arc<Mutex<Batches>>,
    seconds: bool,
}

impl HistogramFn for Ear {
    fn record(&self, value: f64) {
        let mut sums = self.sums.lock().unwrap_or_else(PoisonError::into_inner);
        if self.seconds {
            sums.count += 1.0;
            sums.seconds += value;
        } else {
            sums.members += value;
        }
    }
}

impl Recorder for Ears {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, _: &Key, _: &Metadata<'_>) -> Counter {
        Counter::noop()
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        let seconds = match key.name() {
            "twofold_append_batch_seconds" => true,
            "twofold_append_batch_members" => false,
            _ => return Histogram::noop(),
        };
        Histogram::from_arc(Arc::new(Ear { sums: Arc::clone(&self.0), seconds }))
    }
}
