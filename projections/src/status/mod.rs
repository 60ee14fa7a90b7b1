//! Who has a second factor, under which policy, now and at any past instant.
//!
//! Four tables that keep their history (the account's posture, each person's standing, what changes with
//! every sign-in, trusted devices) and three that do not (names, resets under way, what waits). Nothing here
//! spreads an account-wide disable to its people: it is one change of the posture's generation, and everybody's
//! standing follows from comparing theirs with it.

pub mod device_trust;
pub mod fan_out;
pub mod person;
pub mod posture;
pub mod report;
pub mod reset_by;
#[cfg(test)]
mod spec;
pub mod user_activity;
pub mod user_status;
pub mod waits;

pub use device_trust::{DeviceTrust, TrustRow};
pub use fan_out::{FanOutRow, FanOuts};
pub use person::{Person, PersonRow};
pub use posture::{Posture, PostureRow};
pub use report::{AsOf, Line, Population};
pub use user_activity::{ActivityRow, UserActivity};
pub use user_status::{StatusRow, UserStatus};
pub use waits::{WaitRow, Waits};

use crate::view::Projection;

/// The projection's name.
pub const NAME: &str = "status";

/// Of the projection, what the status report is made from: for whoever folds the log in memory.
pub fn reported() -> Projection {
    Projection::new(NAME, 9)
        .with::<Posture>()
        .with::<UserStatus>()
        .with::<UserActivity>()
        .with::<DeviceTrust>()
}

/// The projection.
pub fn projection() -> Projection {
    Projection::new(NAME, 9)
        .with::<Posture>()
        .with::<UserStatus>()
        .with::<UserActivity>()
        .with::<DeviceTrust>()
        .with::<Person>()
        .with::<FanOuts>()
        .with::<Waits>()
}
