//! What is written to people. Sending it is the outbox's work.

mod errand;
mod language;
mod letter;
mod message;
mod number;
mod wished;

pub use errand::{subject, test_message};
pub use language::Language;
pub use letter::{Brand, Letter};
pub use message::{Message, UnreadableMessage};
pub use number::{NotANumber, Number};
pub use wished::Wished;
