//! Authenticator apps: a seed that is shown once, and codes by the phone's clock.

use serde::{Deserialize, Serialize};

use super::otp::OtpParameters;
use crate::ids::VerifierId;

/// An app that is being bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begun {
    /// Where its seed is kept.
    pub seed: VerifierId,
    /// Its parameters.
    pub parameters: OtpParameters,
}

/// An app that was bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Where its seed is kept.
    pub seed: VerifierId,
    /// Its parameters.
    pub parameters: OtpParameters,
    /// The least time step that is still good.
    pub next_step: u64,
    /// How many steps its clock is known to be ahead, RFC 6238 §6.
    pub drift: i8,
}

impl Begun {
    pub(super) const fn confirmed(self, step: u64) -> Held {
        Held { seed: self.seed, parameters: self.parameters, next_step: step.saturating_add(1), drift: 0 }
    }

    /// What it is before its first code.
    pub const fn fresh(self) -> Held {
        self.claimed()
    }

    pub(super) const fn claimed(self) -> Held {
        Held { seed: self.seed, parameters: self.parameters, next_step: 0, drift: 0 }
    }
}
