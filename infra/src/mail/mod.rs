//! What is written to people. Sending it is the outbox's work.

mod letter;
mod message;
mod number;

pub use letter::{Brand, Language, Letter, subject, test_message};
pub use message::{Message, UnreadableMessage};
pub use number::{NotANumber, Number};
