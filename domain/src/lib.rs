//! The rules of Twofold: pure, synchronous decisions over events.
//!
//! **Architecture invariant:** nothing here reads a clock, draws a random number, encrypts, or
//! does I/O. Instants, fresh ids, and verdicts ("this code matches step 123") arrive as values.

pub mod ids;
pub mod sealed;
pub mod time;
