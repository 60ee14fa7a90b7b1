//! The rules of a user, as tables.

mod address;
mod binding;
mod claimed;
mod delivery;
mod freeze;
mod help;
mod identity;
mod kinds;
mod mailboxes;
mod people;
mod proofs;
mod reach;
mod recovery;
mod resets;
mod texts;
mod thaw;
