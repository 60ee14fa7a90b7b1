//! The world around the decisions: the event store, keys and sealing, verification, delivery, configuration,
//! clock.

pub mod acts;
pub mod clock;
pub mod config;
pub mod context;
pub mod delivery;
pub mod desk;
pub mod import;
pub mod installation;
pub mod keys;
pub mod mail;
pub mod mint;
mod refusals;
mod scribe;
pub mod store;
pub mod telemetry;
pub mod vault;
pub mod verify;
pub mod work;
pub mod zone;
