//! The house itself: floors, names, sizes, forbidden calls, and commands and links of the documents.

#![expect(clippy::unwrap_used, reason = "a test stops at what it cannot read")]

#[path = "house/repository.rs"]
mod repository;

#[path = "house/documents.rs"]
mod documents;
#[path = "house/events.rs"]
mod events;
#[path = "house/floors.rs"]
mod floors;
#[path = "house/names.rs"]
mod names;
#[path = "house/permissions.rs"]
mod permissions;
#[path = "house/reports.rs"]
mod reports;
#[path = "house/rules.rs"]
mod rules;
