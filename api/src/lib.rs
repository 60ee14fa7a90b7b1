//! The outside of Twofold: HTTP API, console pages, and the command line.
//!
//! [`problem`] and [`extract`] are how a request is refused or read, [`layers`] what every request passes,
//! [`routes`] the JSON API, [`pages`] the console, [`cli`] the `twofold` program. Rules live two floors up, in the domain; what
//! stands here parses, calls, and maps.

pub mod app;
mod as_of;
mod assess;
mod audit;
pub mod checks;
pub mod cli;
pub mod console;
pub mod csv;
pub mod cursor;
pub mod demo;
mod explained;
pub mod extract;
pub mod health;
pub mod integrations;
pub mod layers;
pub mod limits;
mod named;
mod obstacles;
pub mod openapi;
pub mod pages;
mod places;
pub mod problem;
mod recent;
pub mod recovery;
pub mod report;
pub mod request_id;
pub mod routes;
pub mod server;
pub mod site;
mod suppose;
pub mod telemetry;

#[cfg(test)]
mod floor_tests;
