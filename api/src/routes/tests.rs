//! The routes in process, over a database of their own and a clock that stands still until it is moved.

mod bad_input;
mod document;
mod house;
mod once;
mod path;
mod policy;
mod power;
mod reports;
mod sandbox;
mod settings;
