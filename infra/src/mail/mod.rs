//! What is written to people. Sending it is the outbox's work.

mod letter;
mod message;

pub use letter::{Brand, Language, Letter};
pub use message::{Message, UnreadableMessage};
