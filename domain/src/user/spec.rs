//! The rules of a user, as tables.

mod address;
mod binding;
mod claimed;
mod identity;
mod people;
mod proofs;
mod resets;
