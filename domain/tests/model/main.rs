//! The three aggregates together, under random interleavings of people, thieves, and staff, held to
//! an independent ledger of what must be true; and a whole town, which goes everywhere the domain goes, held
//! to the rules of the audit. A failure prints the shortest story that shows it and its seed, which is kept in
//! `failures.txt` beside this file and tried first from then on. `PROPTEST_CASES=20000` makes a long run.

mod ledger;
mod story;
mod town;
mod world;

use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;

use story::{Act, acts};
use town::{Town, steps};
use twofold_domain::sign_in::What;
use world::World;

fn config(usual: u32) -> ProptestConfig {
    let kept = FileFailurePersistence::Direct("tests/model/failures.txt");
    let default = ProptestConfig::default();
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { default.cases } else { usual };
    ProptestConfig { cases, failure_persistence: Some(Box::new(kept)), max_shrink_iters: 20_000, ..default }
}

proptest! {
    #![proptest_config(config(256))]

    #[test]
    fn whatever_happens_in_whatever_order_the_rules_hold(story in acts(150)) {
        let mut world = World::new();
        for act in &story {
            world.perform(act);
            world.check(act);
        }
        world.check_folds();
        world.check_what_if();
    }
}

proptest! {
    #![proptest_config(config(160))]

    #[test]
    fn whatever_a_town_does_to_itself_its_log_keeps_every_rule((sandbox, story) in steps(120)) {
        let mut town = Town::new(sandbox);
        for step in story {
            town.perform(step);
            town.check(step);
        }
        town.check_folds();
    }
}

/// The random stories do reach what they are meant to reach: a model that never gets anywhere
/// proves nothing.
#[test]
fn the_stories_reach_every_kind_of_event() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    use strum::VariantNames;

    let mut runner = TestRunner::deterministic();
    let mut seen = std::collections::BTreeMap::new();
    let mut would_be = vec![];
    for _ in 0..200 {
        let Ok(tree) = acts(150).new_tree(&mut runner) else { panic!("no story") };
        let story: Vec<Act> = tree.current();
        let mut world = World::new();
        for act in &story {
            world.perform(act);
        }
        world.count_events(&mut seen);
        would_be.extend(world.check_what_if());
    }
    for _ in 0..400 {
        let Ok(tree) = steps(150).new_tree(&mut runner) else { panic!("no story") };
        let (sandbox, story) = tree.current();
        let mut town = Town::new(sandbox);
        for step in story {
            town.perform(step);
        }
        town.count_events(&mut seen);
    }
    let all = twofold_domain::account::AccountEvent::VARIANTS
        .iter()
        .chain(twofold_domain::user::UserEvent::VARIANTS)
        .chain(twofold_domain::device::DeviceEvent::VARIANTS);
    for name in all {
        assert!(seen.contains_key(*name), "no story led to `{name}`; seen: {seen:#?}");
    }
    let reached =
        [What::ExtraPrompt, What::FewerPrompt, What::MustEnrol, What::AfterBinding, What::NotOffered];
    for what in reached {
        let times = would_be.iter().filter(|seen| **seen == what).count();
        assert!(times > 10, "another policy led to {what:?} {times} times");
    }
}
