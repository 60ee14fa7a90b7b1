//! What can happen, and how often.

use proptest::prelude::*;

use crate::world::ordinary::KINDS;

/// Somebody's answer to a challenge. `factor` picks among all factors ever made, of anyone.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Proof {
    /// An OTP of a factor, this many steps old.
    Otp { factor: u8, age: u64 },
    /// A recovery code by index.
    Recovery(u8),
    /// Nonsense.
    Wrong,
}

/// What is typed as the mailed code. `pick` counts back from the latest mail to that person.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Mail {
    /// Nothing.
    None,
    /// A wrong one.
    Wrong,
    /// One that was mailed.
    Mailed { pick: u8 },
}

/// One thing that happens. `who` picks a person, `slot` one of their browsers, `pick` counts back
/// from the latest session or attempt of anybody.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Act {
    /// Time passes.
    Wait { seconds: i64 },
    /// A password is shown.
    Begin { who: u8, slot: u8, right: bool, token: u8 },
    /// A challenge is answered.
    Finish { pick: u8, proof: Proof, trust: bool },
    /// A session shows a second factor again.
    StepUp { pick: u8, proof: Proof },
    /// A session is used.
    Use { pick: u8 },
    /// A session ends.
    SignOut { pick: u8 },
    /// A session begins to bind a factor.
    Start { pick: u8 },
    /// A session asks for another mailed code.
    Resend { pick: u8 },
    /// A session confirms the binding under way, with an OTP of this age.
    Confirm { pick: u8, mail: Mail, age: Option<u64> },
    /// A session makes new recovery codes.
    Regenerate { pick: u8 },
    /// A session removes a factor.
    Remove { pick: u8, factor: u8 },
    /// A session switches its person's second factor off.
    DisableOwn { pick: u8, password: bool, proof: Proof },
    /// Somebody gets a link and sets a password with it.
    SetPassword { who: u8 },
    /// Many wrong passwords, an hour apart.
    GuessPassword { who: u8, slot: u8, times: u8 },
    /// Many wrong codes behind the right password, an hour apart.
    GuessCode { who: u8, slot: u8, times: u8 },
    /// Staff reset somebody.
    Reset { who: u8, compromise: bool },
    /// Somebody objects to the reset that waits for them.
    Object { who: u8 },
    /// Staff unlock somebody.
    Unlock { who: u8 },
    /// A browser is not trusted any more.
    Distrust { who: u8, slot: u8 },
    /// A browser is lost.
    Lose { who: u8, slot: u8 },
    /// Somebody is erased.
    Erase { who: u8 },
    /// The account-wide switch.
    Disable,
    /// On again.
    Enable,
    /// Paused.
    Suspend,
    /// Resumed.
    Resume,
    /// The fan-out reaches one person.
    FanOut { who: u8 },
    /// Somebody tries to close the oldest open fan-out.
    CloseFanOut,
    /// One audience's policy is saved.
    Policy { team: bool, required: bool, grace: u16, trust: u16, idle: u32 },
    /// The operator prints a link.
    Operator,
    /// The usual: a person signs in with a right password and a right code of their newest factor.
    SignIn { who: u8, slot: u8, trust: bool },
    /// The usual: a person enrols from their latest session, and types the mailed code in time or not.
    Enrol { who: u8, late: bool },
    /// The same code is shown twice.
    Replay { who: u8, slot: u8 },
    /// Somebody signs in with one recovery code after the other.
    BurnCodes { who: u8, slot: u8, times: u8 },
    /// The usual: a person switches off from their latest session, with password and code.
    SwitchOff { who: u8 },
    /// The ordinary life of the account, or of somebody in it.
    Ordinary { kind: u8, who: u8 },
}

fn proof() -> impl Strategy<Value = Proof> {
    prop_oneof![
        6 => (0..4u8, 0..4u64).prop_map(|(factor, age)| Proof::Otp { factor, age }),
        2 => (0..12u8).prop_map(Proof::Recovery),
        1 => Just(Proof::Wrong),
    ]
}

fn mail() -> impl Strategy<Value = Mail> {
    prop_oneof![
        1 => Just(Mail::None),
        2 => Just(Mail::Wrong),
        4 => (0..4u8).prop_map(|pick| Mail::Mailed { pick }),
    ]
}

fn wait() -> impl Strategy<Value = Act> {
    const HOUR: i64 = 3_600;
    let steps = vec![1, 20, 31, 61, 300, 600, HOUR, 8 * HOUR, 24 * HOUR, 14 * 24 * HOUR, 30 * 24 * HOUR];
    prop::sample::select(steps).prop_map(|seconds| Act::Wait { seconds })
}

fn person() -> impl Strategy<Value = Act> {
    let (who, slot, pick) = (0..2u8, 0..2u8, 0..6u8);
    prop_oneof![
        6 => (who.clone(), slot.clone(), prop::bool::weighted(0.8), 0..8u8)
            .prop_map(|(who, slot, right, token)| Act::Begin { who, slot, right, token }),
        6 => (pick.clone(), proof(), any::<bool>())
            .prop_map(|(pick, proof, trust)| Act::Finish { pick, proof, trust }),
        4 => (pick.clone(), proof()).prop_map(|(pick, proof)| Act::StepUp { pick, proof }),
        3 => pick.clone().prop_map(|pick| Act::Use { pick }),
        1 => pick.clone().prop_map(|pick| Act::SignOut { pick }),
        3 => pick.clone().prop_map(|pick| Act::Start { pick }),
        2 => pick.clone().prop_map(|pick| Act::Resend { pick }),
        4 => (pick.clone(), mail(), prop::option::weighted(0.8, 0..3u64))
            .prop_map(|(pick, mail, age)| Act::Confirm { pick, mail, age }),
        1 => pick.clone().prop_map(|pick| Act::Regenerate { pick }),
        3 => (pick.clone(), 0..4u8).prop_map(|(pick, factor)| Act::Remove { pick, factor }),
        1 => (pick, prop::bool::weighted(0.8), proof())
            .prop_map(|(pick, password, proof)| Act::DisableOwn { pick, password, proof }),
        8 => (who.clone(), slot, prop::bool::weighted(0.8)).prop_map(|(who, slot, trust)| Act::SignIn { who, slot, trust }),
        6 => (who.clone(), prop::bool::weighted(0.1)).prop_map(|(who, late)| Act::Enrol { who, late }),
        2 => (who.clone(), 0..2u8).prop_map(|(who, slot)| Act::Replay { who, slot }),
        1 => (who.clone(), 0..2u8, 1..11u8)
            .prop_map(|(who, slot, times)| Act::BurnCodes { who, slot, times }),
        1 => who.prop_map(|who| Act::SwitchOff { who }),
    ]
}

fn staff() -> impl Strategy<Value = Act> {
    let (who, slot) = (0..2u8, 0..2u8);
    prop_oneof![
        20 => who.clone().prop_map(|who| Act::SetPassword { who }),
        6 => (who.clone(), slot.clone(), 1..60u8)
            .prop_map(|(who, slot, times)| Act::GuessPassword { who, slot, times }),
        6 => (who.clone(), slot.clone(), 1..60u8)
            .prop_map(|(who, slot, times)| Act::GuessCode { who, slot, times }),
        20 => (who.clone(), prop::bool::weighted(0.05))
            .prop_map(|(who, compromise)| Act::Reset { who, compromise }),
        30 => who.clone().prop_map(|who| Act::Unlock { who }),
        4 => who.clone().prop_map(|who| Act::Object { who }),
        10 => (who.clone(), slot.clone()).prop_map(|(who, slot)| Act::Distrust { who, slot }),
        10 => (who.clone(), slot).prop_map(|(who, slot)| Act::Lose { who, slot }),
        1 => who.prop_map(|who| Act::Erase { who }),
    ]
}

fn account() -> impl Strategy<Value = Act> {
    let policy = (
        any::<bool>(),
        any::<bool>(),
        prop::sample::select(vec![0, 0, 7]),
        prop::sample::select(vec![0, 7, 30, 30]),
        prop::sample::select(vec![5, 480, 10_080]),
    );
    prop_oneof![
        2 => Just(Act::Disable),
        4 => Just(Act::Enable),
        2 => Just(Act::Suspend),
        4 => Just(Act::Resume),
        5 => (0..2u8).prop_map(|who| Act::FanOut { who }),
        3 => Just(Act::CloseFanOut),
        1 => Just(Act::Operator),
        3 => policy.prop_map(|(team, required, grace, trust, idle)| {
            Act::Policy { team, required, grace, trust, idle }
        }),
    ]
}

fn ordinary() -> impl Strategy<Value = Act> {
    (0..KINDS, 0..2u8).prop_map(|(kind, who)| Act::Ordinary { kind, who })
}

/// A story of at most so many acts.
pub(crate) fn acts(most: usize) -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![5 => wait(), 16 => person(), 2 => staff(), 3 => account(), 4 => ordinary()];
    prop::collection::vec(act, 1..most)
}
