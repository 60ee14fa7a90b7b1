//! One integration binary: one private PostgreSQL, one database per test.

mod aggregates;
mod fan_out;
mod path;
mod permission;
mod projections;
mod races;
mod rules;
mod store;
mod time;
mod vanished;
mod weather;
