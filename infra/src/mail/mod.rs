//! What is written to people. Sending it is the outbox's work.

mod errand;
mod letter;
mod message;
mod number;

pub use errand::{subject, test_message};
pub use letter::{Brand, Language, Letter};
pub use message::{Message, UnreadableMessage};
pub use number::{NotANumber, Number};
