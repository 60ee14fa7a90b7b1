//! What owners and admins are told because their account wished for it.

use twofold_domain::account::Notice;
use twofold_domain::time::Timestamp;

/// A wished-for notice.
pub struct Wished {
    /// What kind of thing happened.
    pub notice: Notice,
    /// Whom it is about; nobody where it is about all, or where they were erased.
    pub name: Option<String>,
    /// When it happened.
    pub at: Timestamp,
}

impl Wished {
    /// The name of its words.
    pub(super) const fn words(&self) -> &'static str {
        match self.notice {
            Notice::LockedOut => "wished-locked-out",
            Notice::TeamChanged => "wished-team-changed",
            Notice::PolicyChanged => "wished-policy-changed",
            Notice::PasswordAccess => "wished-password-access",
        }
    }
}
