//! Everything that two could do at once, and only one may.

mod budgets;
mod codes;
mod links;
mod sessions;
mod switch;
mod tokens;

use twofold_tests::person::Came;

/// How often each answer came, in words, for a message that says what happened instead.
fn tally(answers: &[Came]) -> String {
    let mut counts = std::collections::BTreeMap::<String, usize>::new();
    for answer in answers {
        *counts.entry(format!("{answer:?}")).or_default() += 1;
    }
    format!("{counts:?}")
}

fn accepted(answers: &[Came]) -> usize {
    answers.iter().filter(|came| came.accepted()).count()
}
