//! Every rule is shown at work: an honest history keeps it, and a dishonest one is found out.

use std::collections::BTreeSet;

use super::super::history::Case;
use super::{
    account, acts, address, all, approvals, binding, budgets, freeze, helping, kinds, log, operator, people,
    reading, recovery, resets, sessions, sign_in, single_use, tokens, trust, waits,
};

fn cases() -> Vec<Case> {
    let files = [
        log::cases,
        acts::cases,
        account::cases,
        people::cases,
        address::cases,
        single_use::cases,
        kinds::cases,
        budgets::cases,
        binding::cases,
        resets::cases,
        sign_in::cases,
        sessions::cases,
        trust::cases,
        waits::cases,
        reading::cases,
        recovery::cases,
        helping::cases,
        freeze::cases,
        operator::cases,
        approvals::cases,
        tokens::cases,
    ];
    files.into_iter().flat_map(|cases| cases()).collect()
}

#[test]
fn every_rule_is_kept_by_the_honest_and_broken_by_the_others() {
    let cases = cases();
    cases.iter().for_each(Case::check);
    let shown: BTreeSet<_> = cases.iter().map(|case| case.rule).collect();
    let rules: BTreeSet<_> = all().iter().map(super::Rule::name).collect();
    assert_eq!(shown, rules, "each rule has a case beside it");
}

#[test]
fn names_are_stable_words_and_meanings_one_sentence() {
    let rules = all();
    let names: BTreeSet<_> = rules.iter().map(super::Rule::name).collect();
    assert_eq!(names.len(), rules.len(), "two rules of one name");
    for rule in &rules {
        let word = |b: u8| b.is_ascii_lowercase() || b == b'-';
        assert!(rule.name().bytes().all(word), "{}", rule.name());
        assert!(rule.meaning().ends_with('.') && !rule.meaning().contains(". "), "{}", rule.name());
        assert!(!rule.meaning().contains('\n'), "{}", rule.name());
    }
}
