//! The rules of Twofold: pure, synchronous decisions over events.
//!
//! **Architecture invariant:** nothing here reads a clock, draws a random number, encrypts, or
//! does I/O. Instants, fresh ids, and verdicts ("this code matches step 123") arrive as values.

pub mod access;
pub mod account;
pub mod delivery;
pub mod device;
pub mod factor;
pub mod ids;
pub mod invariants;
pub mod owners;
pub mod permission;
pub mod policy;
pub mod proof;
pub mod reading;
pub mod sealed;
pub mod sign_in;
pub mod status;
#[cfg(test)]
mod table;
pub mod time;
pub mod upcast;
pub mod user;
pub mod written;
