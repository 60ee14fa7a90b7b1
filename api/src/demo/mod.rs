//! The demo: a company's year of history, lived in seconds through the real acts.
//!
//! - `home` keeps the directory: what is a demo, what is not, what was left half done.
//! - `cast` invents people, `person` is what one of them does, `year` lets them live day by day in a
//!   virtual time, `stories` holds what is worth finding afterwards.
//!
//! **Architecture invariant:** nothing here writes an event. People act at the desk as they would
//! through the API; the log is what came of it.

mod cast;
pub mod home;
mod person;
mod stories;
mod year;

pub use cast::NEWCOMER;
pub use stories::{STORIES, Story};
pub use year::{Chapter, Plan, Seeded, seed};

#[cfg(test)]
mod tests;
