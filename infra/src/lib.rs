//! The world around the decisions: the event store, keys and sealing, verification, delivery, configuration,
//! clock.

pub mod store;
