//! The rules of a user, as tables.

mod binding;
mod identity;
mod proofs;
mod resets;
