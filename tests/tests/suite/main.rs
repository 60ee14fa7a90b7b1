//! One integration binary: one private PostgreSQL, one database per test.

mod aggregates;
mod projections;
mod path;
mod races;
mod store;
