//! What every handler works with: the desk over the log, and what this server is for.

use twofold_infra::desk::Desk;

/// The state behind the routes of the API and the console. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// Where acts are performed.
    pub desk: Desk,
    /// Are messages kept to be read at `/dev/outbox`, instead of being sent?
    pub keeps_messages: bool,
}
