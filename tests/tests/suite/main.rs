//! One integration binary: one private PostgreSQL, one database per test.

mod access;
mod aggregates;
mod consent;
mod credentials;
mod delivery;
mod disable_at_scale;
mod fan_out;
mod helping;
mod keys;
mod names;
mod path;
mod people;
mod permission;
mod power;
mod projections;
mod races;
mod recovery;
mod refusals;
mod rules;
mod sandbox;
mod store;
mod time;
mod tokens;
mod vanished;
mod visit;
mod weather;
