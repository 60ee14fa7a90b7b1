//! The rules, a file a subject. Each file lists its rules, and beside them the cases that show that
//! each of them is kept by an honest history and broken by a dishonest one.

mod account;
mod acts;
mod address;
mod approvals;
mod binding;
mod budgets;
mod freeze;
mod helping;
mod kinds;
mod log;
mod operator;
mod people;
mod reading;
mod recovery;
mod resets;
mod sessions;
mod sign_in;
mod single_use;
mod tokens;
mod trust;
mod waits;

use super::Rule;

/// Every rule, in the order in which it is listed.
pub(super) fn all() -> Vec<Rule> {
    let files = [
        log::rules,
        acts::rules,
        account::rules,
        people::rules,
        address::rules,
        single_use::rules,
        kinds::rules,
        budgets::rules,
        binding::rules,
        resets::rules,
        sign_in::rules,
        sessions::rules,
        trust::rules,
        waits::rules,
        recovery::rules,
        helping::rules,
        freeze::rules,
        operator::rules,
        approvals::rules,
        tokens::rules,
        reading::rules,
    ];
    files.into_iter().flat_map(|rules| rules()).collect()
}

#[cfg(test)]
mod spec;
