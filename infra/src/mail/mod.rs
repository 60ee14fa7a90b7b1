//! What is written to people. Sending it is the outbox's work.

mod letter;
mod message;
mod wished;

pub use letter::{Brand, Language, Letter};
pub use message::{Message, UnreadableMessage};
pub use wished::Wished;
