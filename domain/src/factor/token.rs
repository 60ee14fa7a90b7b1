//! OATH hardware tokens: cards and key fobs whose seed somebody typed or a file brought, by time (RFC 6238) or
//! by counter (RFC 4226).

use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

use super::otp::{self, OtpAlgorithm};
use crate::ids::{StockTokenId, VerifierId};
use crate::sealed::{Sealed, TokenSerial};

/// The form in which hardware tokens come as a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum TokenFile {
    /// Lines of serial, seed, and parameters.
    Csv,
    /// Portable Symmetric Key Container, RFC 6030.
    Pskc,
}

/// A token that is being bound.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begun {
    /// Where its seed is kept.
    pub seed: VerifierId,
    /// The hash.
    pub algorithm: OtpAlgorithm,
    /// Digits of a code: 6 or 8.
    pub digits: u8,
    /// What moves its codes on.
    pub moves: Moves,
    /// Which of the account's stock it is, where it was not typed in.
    pub stock: Option<FromStock>,
}

/// A token of the account's stock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FromStock {
    /// Which.
    pub token: StockTokenId,
    /// What is printed on it. Sealed: in a person's events it says who carries it.
    pub serial: Sealed<TokenSerial>,
}

/// What moves a token's codes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moves {
    /// Its clock.
    Clock {
        /// Seconds of a time step: 30 or 60.
        period: u8,
    },
    /// A button.
    Counter {
        /// The least counter that is still good.
        from: u64,
    },
}

/// A token that was bound.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Where its seed is kept.
    pub seed: VerifierId,
    /// The hash.
    pub algorithm: OtpAlgorithm,
    /// Digits of a code: 6 or 8.
    pub digits: u8,
    /// Where its codes stand.
    pub pace: Pace,
    /// Which of the account's stock it is, where it was not typed in.
    pub stock: Option<FromStock>,
}

/// Where a token's codes stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pace {
    /// By its clock.
    Clock {
        /// Seconds of a time step.
        period: u8,
        /// The least time step that is still good.
        next_step: u64,
        /// How many steps its clock is known to be ahead, RFC 6238 §6.
        drift: i8,
    },
    /// By a button.
    Counter {
        /// The least counter that is still good.
        next: u64,
    },
}

impl Begun {
    pub(super) fn confirmed(self, step: u64) -> Held {
        let mut held = self.claimed();
        held.pace.spend(step);
        held
    }

    /// What it is before its first code.
    pub fn fresh(&self) -> Held {
        self.clone().claimed()
    }

    pub(super) fn claimed(self) -> Held {
        let Self { seed, algorithm, digits, moves, stock } = self;
        Held { seed, algorithm, digits, pace: moves.begin(), stock }
    }
}

impl Moves {
    /// Where a token stands of which no code was accepted yet.
    pub const fn begin(self) -> Pace {
        match self {
            Self::Clock { period } => Pace::Clock { period, next_step: 0, drift: 0 },
            Self::Counter { from } => Pace::Counter { next: from },
        }
    }
}

/// The greatest counter that a token may begin with: what nobody's thumb reaches, and far below 2^53, beyond which a
/// number of JSON is not exact (RFC 8259 §6).
pub const MAX_COUNTER: u64 = 1 << 48;

/// How many counters above the least good one a single code may be, RFC 4226 §7.2: a button pressed in a
/// pocket.
pub const LOOK_AHEAD: u64 = 10;
/// How many counters ahead two codes in a row may be, RFC 4226 §7.4. Guessing two is no shorter than guessing
/// one code of twice the digits.
pub const RESYNC_AHEAD: u64 = 100;

impl Pace {
    pub(super) const fn next(self) -> u64 {
        match self {
            Self::Clock { next_step: next, .. } | Self::Counter { next } => next,
        }
    }

    pub(super) fn spend(&mut self, step: u64) {
        match self {
            Self::Clock { next_step: next, .. } | Self::Counter { next } => *next = otp::after(*next, step),
        }
    }

    pub(super) const fn drift(self) -> Option<i8> {
        match self {
            Self::Clock { drift, .. } => Some(drift),
            Self::Counter { .. } => None,
        }
    }

    pub(super) const fn drifts(&mut self, ahead: i8) {
        match self {
            Self::Clock { drift, .. } => *drift = ahead,
            Self::Counter { .. } => {}
        }
    }
}
