//! The world around the decisions: the event store, keys and sealing, verification, delivery, configuration,
//! clock.

pub mod clock;
pub mod config;
pub mod keys;
pub mod mail;
pub mod mint;
pub mod store;
pub mod telemetry;
pub mod verify;
