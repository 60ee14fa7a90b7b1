//! The rules of a user, as tables.

mod binding;
mod help;
mod identity;
mod proofs;
mod resets;
