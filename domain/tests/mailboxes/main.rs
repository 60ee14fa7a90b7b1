//! A person and a thief, who each say that the mailbox is theirs, with staff who mean well and can be fooled: random
//! games of the rule in `user/mailboxes.rs`. The thief has mailboxes, sits in a session whenever the person could be in one, and never has the factor;
//! the person has one mailbox and the factor, and says "not me" within 72 hours to each change of the address that they
//! are told of, and to nothing else, unless they feel like it. A failure prints the
//! shortest game that shows it and its seed, which is kept in `failures.txt` beside this file and tried first from then
//! on. `PROPTEST_CASES=20000` makes a long run.

mod game;

use game::{Game, MINE, Mailbox, STAFF};
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use twofold_domain::policy::Role;
use twofold_domain::time::Span;

/// One thing that happens. `to` is one of the thief's mailboxes.
#[derive(Debug, Clone, Copy)]
enum Move {
    /// The thief asks for another address in the session, and confirms it.
    Own { to: Mailbox },
    /// The thief moves the address on and on.
    Flood,
    /// The thief gets into a session that the person could have.
    Steal,
    /// Staff are asked by the person to put the address right, and it is confirmed.
    Correct { by: usize },
    /// Staff are fooled into one of the thief's.
    Fooled { by: usize, to: Mailbox },
    /// The thief confirms what was asked for, however long ago.
    Confirm { to: Mailbox },
    /// Somebody says "not me" by the newest notice in a mailbox.
    NotMe { mailbox: Mailbox },
    /// The thief keeps the address as it is.
    Keep { mailbox: Mailbox },
    /// Staff freeze it.
    Freeze,
    /// Staff give the person their word.
    Vouch { by: usize },
    /// Somebody asks for a forgotten password, or for the way back.
    Forgot,
    /// Somebody asks for the wait.
    Wait { mailbox: Mailbox },
    /// The person comes in by what was mailed, with the factor or without it.
    Thaw { factor: bool },
    /// Staff let them in no more.
    Deactivate,
    /// Staff let them in again, or invite them again.
    Reactivate,
    /// Staff invite somebody anew by the person's address.
    Taken,
    /// Time passes.
    Pass { hours: i64 },
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let (to, by, mailbox) = (1..4_u8, 0..2_usize, 0..4_u8);
    let hours = prop::sample::select(vec![1_i64, 1, 25, 73, 240]);
    let one = prop_oneof![
        4 => to.clone().prop_map(|to| Move::Own { to }),
        1 => Just(Move::Flood),
        2 => Just(Move::Steal),
        3 => by.clone().prop_map(|by| Move::Correct { by }),
        3 => (by.clone(), to.clone()).prop_map(|(by, to)| Move::Fooled { by, to }),
        1 => to.clone().prop_map(|to| Move::Confirm { to }),
        4 => mailbox.clone().prop_map(|mailbox| Move::NotMe { mailbox }),
        1 => to.prop_map(|mailbox| Move::Keep { mailbox }),
        1 => Just(Move::Freeze),
        2 => by.prop_map(|by| Move::Vouch { by }),
        3 => Just(Move::Forgot),
        3 => mailbox.prop_map(|mailbox| Move::Wait { mailbox }),
        2 => any::<bool>().prop_map(|factor| Move::Thaw { factor }),
        1 => Just(Move::Deactivate),
        2 => Just(Move::Reactivate),
        1 => Just(Move::Taken),
        6 => hours.prop_map(|hours| Move::Pass { hours }),
    ];
    prop::collection::vec(one, 1..40)
}

/// No mailbox of the thief's lets anybody in, whatever lies there, and whatever they ask for at once.
fn nobody_but_the_person(game: &mut Game, what: Move) {
    game.forgot();
    for mailbox in 1..4 {
        game.wait_alone(mailbox);
        let before = format!("{:?}", game.user);
        assert!(!game.come_in(mailbox, false), "{what:?}: mailbox {mailbox} alone came in, of\n{before}");
    }
}

fn play(game: &mut Game, what: Move) {
    match what {
        Move::Own { to } => {
            if game.ask(to, None) {
                game.confirm(to);
            }
        }
        Move::Flood => {
            for n in 0..14 {
                game.pass(Span::minutes(2));
                play(game, Move::Own { to: 1 + n % 3 });
            }
        }
        Move::Steal => game.steal(),
        Move::Correct { by } => {
            if game.ask(MINE, Some(STAFF[by])) {
                game.confirm(MINE);
            }
        }
        Move::Fooled { by, to } => {
            if game.ask(to, Some(STAFF[by])) {
                game.confirm(to);
            }
        }
        Move::Confirm { to } => _ = game.confirm(to),
        Move::NotMe { mailbox } => _ = game.not_me(mailbox),
        Move::Keep { mailbox } => game.keep(mailbox),
        Move::Freeze => game.staff_freeze(),
        Move::Vouch { by } => game.vouch(STAFF[by]),
        Move::Forgot => game.forgot(),
        Move::Wait { mailbox } => game.wait_alone(mailbox),
        Move::Thaw { factor } => _ = game.come_in(MINE, factor),
        Move::Deactivate => game.deactivate(),
        Move::Reactivate => game.reactivate(),
        Move::Taken => game.taken(),
        Move::Pass { hours } => game.pass(Span::hours(hours)),
    }
}

/// What honest people do to let the person in again, with the thief's mailboxes silent.
fn gets_back(game: &mut Game) -> bool {
    let end = game.now + Span::days(7);
    game.untaken();
    while game.now < end {
        game.reactivate();
        if game.gets_in() {
            return true;
        }
        game.pass(Span::minutes(2));
        game.forgot();
        if game.come_in(MINE, true) && game.gets_in() {
            return true;
        }
        if game.has() != MINE && game.ask(MINE, Some(STAFF[1])) {
            game.confirm(MINE);
        }
        game.pass(Span::hours(1));
    }
    false
}

fn config() -> ProptestConfig {
    let kept = FileFailurePersistence::Direct("tests/mailboxes/failures.txt");
    let default = ProptestConfig::default();
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { default.cases } else { 500 };
    ProptestConfig { cases, failure_persistence: Some(Box::new(kept)), max_shrink_iters: 50_000, ..default }
}

proptest! {
    #![proptest_config(config())]

    /// Rules: C6, C4, H3.
    #[test]
    fn once_staff_put_a_stolen_address_right_nothing_is_left_to_the_thief(
        team in any::<bool>(),
        before in moves(),
        after in moves(),
    ) {
        let mut game = Game::new(if team { Role::Agent } else { Role::EndUser });
        game.stolen(1);
        for what in before.into_iter().filter(|what| !matches!(what, Move::Taken)) {
            game.come_in(1, false);
            play(&mut game, what);
        }
        game.pass(Span::minutes(2));
        game.reactivate();
        if game.has() != MINE {
            play(&mut game, Move::Correct { by: 0 });
        }
        prop_assume!(game.has() == MINE);
        for what in after {
            nobody_but_the_person(&mut game, what);
            play(&mut game, what);
        }
        nobody_but_the_person(&mut game, Move::Forgot);
        prop_assert!(gets_back(&mut game), "shut out: {:?}", game.user);
    }

    /// Rules: C4, C6, H3.
    #[test]
    fn a_thiefs_mailbox_alone_never_comes_in_and_the_person_always_does(
        team in any::<bool>(),
        story in moves(),
    ) {
        let mut game = Game::new(if team { Role::Agent } else { Role::EndUser });
        for what in story {
            play(&mut game, what);
            nobody_but_the_person(&mut game, what);
        }
        prop_assert!(gets_back(&mut game), "shut out: {:?}", game.user);
    }
}

/// The games reach what they are about.
#[test]
fn the_games_reach_every_standing() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    use std::collections::BTreeMap;

    let mut runner = TestRunner::deterministic();
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    for _ in 0..500 {
        let Ok(tree) = moves().new_tree(&mut runner) else { panic!("no game") };
        let mut game = Game::new(Role::EndUser);
        for what in tree.current() {
            play(&mut game, what);
            let standing = format!("{:?}", game.user.standing(game.now));
            let anchor = if game.user.address_before(game.now).is_some() { "before" } else { "now" };
            let frozen = if game.user.frozen.is_some() { "frozen" } else { "open" };
            *seen.entry(format!("{standing} {anchor} {frozen}")).or_default() += 1;
        }
    }
    for standing in ["Theirs", "Replaced", "Disputed"] {
        for anchor in ["before", "now"] {
            assert!(
                seen.iter().any(|(what, n)| what.starts_with(standing) && what.contains(anchor) && *n > 5),
                "{seen:#?}"
            );
        }
    }
    assert!(seen.keys().any(|what| what == "Theirs before open"), "{seen:#?}");
}
