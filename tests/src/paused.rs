//! A report's file that is written up to its middle, so that a test can do something meanwhile.

use std::sync::Arc;

use futures::StreamExt as _;
use tokio::sync::Notify;
use twofold_api::report::Forms;
use twofold_infra::desk::Desk;
use twofold_projections::report_writer::{Pieces, Task, WriteReports};

/// Writes the first piece of the real file, and the rest once it is told to.
pub struct Paused {
    forms: Forms,
    begun: Arc<Notify>,
    go_on: Arc<Notify>,
}

/// The other end of a file that waits in its middle.
pub struct Midway {
    begun: Arc<Notify>,
    go_on: Arc<Notify>,
}

impl Paused {
    /// A writer of the real files of an instance, and how to go on with the one that it begins.
    pub fn of(desk: &Desk) -> (Self, Midway) {
        let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let forms = Forms(desk.clone());
        let midway = Midway { begun: Arc::clone(&begun), go_on: Arc::clone(&go_on) };
        (Self { forms, begun, go_on }, midway)
    }
}

impl WriteReports for Paused {
    fn write(&self, task: Task) -> Pieces {
        let (begun, go_on) = (Arc::clone(&self.begun), Arc::clone(&self.go_on));
        let whole = self.forms.write(task).enumerate().then(move |(place, piece)| {
            let (begun, go_on) = (Arc::clone(&begun), Arc::clone(&go_on));
            async move {
                if place == 0 {
                    begun.notify_one();
                    go_on.notified().await;
                }
                piece
            }
        });
        whole.boxed()
    }
}

impl Midway {
    /// Its first piece is written.
    pub async fn reached(&self) {
        self.begun.notified().await;
    }

    /// The rest may be written.
    pub fn go_on(&self) {
        self.go_on.notify_one();
    }
}
