//! What was just done, as the page that follows says it.

use crate::pages::frame::Tone;

/// What a redirect has to say on the page that it leads to.
macro_rules! said {
    ($($name:ident = $word:literal, $tone:ident;)+) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Said { $($name),+ }

        impl Said {
            #[cfg(test)]
            pub(super) const ALL: &[Self] = &[$(Self::$name),+];

            pub(super) const fn word(self) -> &'static str {
                match self { $(Self::$name => $word),+ }
            }

            pub(super) fn of_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$name),)+ _ => None }
            }

            pub(super) const fn tone(self) -> Tone {
                match self { $(Self::$name => Tone::$tone),+ }
            }
        }
    };
}

said! {
    SignedOut = "signed-out", Plain;
    SessionEnded = "session-ended", Plain;
    SessionExpired = "session-expired", Plain;
    EndedByPassword = "ended-by-password", Plain;
    EndedByGuesses = "ended-by-guesses", Plain;
    EndedByFactor = "ended-by-factor", Plain;
    EndedByRole = "ended-by-role", Plain;
    EndedByAddress = "ended-by-address", Plain;
    EndedAndBack = "ended-and-back", Plain;
    SignInOver = "sign-in-over", Warn;
    PasswordAgain = "password-again", Plain;
    CodeMailed = "code-mailed", Good;
    CodeTexted = "code-texted", Good;
    Enrolled = "enrolled", Good;
    CodesKept = "codes-kept", Good;
    FactorRemoved = "factor-removed", Good;
    FactorRenamed = "factor-renamed", Good;
    FactorPreferred = "factor-preferred", Good;
    TokenHanded = "token-handed", Good;
    TokenBack = "token-back", Good;
    Granted = "granted", Good;
    GrantRefused = "grant-refused", Warn;
    RecoveryStopped = "recovery-stopped", Good;
    RepairWaits = "repair-waits", Good;
    Distrusted = "distrusted", Good;
    Lost = "lost", Good;
    Ended = "ended", Good;
    SeveralEnded = "several-ended", Good;
    OthersEnded = "others-ended", Good;
    SwitchedOff = "switched-off", Warn;
    Confirmed = "confirmed", Good;
    Trusted = "trusted", Good;
    Saved = "saved", Good;
    Unchanged = "unchanged", Plain;
    Disabled = "disabled", Warn;
    Enabled = "enabled", Good;
    Suspended = "suspended", Warn;
    Resumed = "resumed", Good;
    Invited = "invited", Good;
    ResetAsked = "reset-asked", Plain;
    PasswordSet = "password-set", Good;
    EmailAsked = "email-asked", Good;
    EmailChanged = "email-changed", Good;
    EmailKept = "email-kept", Good;
    EmailTaken = "email-taken", Warn;
    RoleChanged = "role-changed", Good;
    Deactivated = "deactivated", Warn;
    Reactivated = "reactivated", Good;
    WasReset = "was-reset", Good;
    ResetLater = "reset-later", Good;
    ResetRefused = "reset-refused", Warn;
    Waits = "waits", Plain;
    AlreadyWaits = "already-waits", Plain;
    Governed = "governed", Good;
    FloorSet = "floor-set", Good;
    FloorGone = "floor-gone", Good;
    ProfileChosen = "profile-chosen", Good;
    Scheduled = "scheduled", Good;
    AlreadyScheduled = "already-scheduled", Plain;
    Withdrawn = "withdrawn", Good;
    Exempted = "exempted", Good;
    ExemptionEnded = "exemption-ended", Good;
    CarriedOut = "carried-out", Warn;
    Cancelled = "cancelled", Good;
    FileOrdered = "file-ordered", Good;
    FileCancelled = "file-cancelled", Good;
    FactorKept = "factor-kept", Good;
    Unlocked = "unlocked", Good;
    ProfileSaved = "profile-saved", Good;
    PersonSaved = "person-saved", Good;
    PasswordMailed = "password-mailed", Good;
    GroupMade = "group-made", Good;
    GroupRenamed = "group-renamed", Good;
    GroupDeleted = "group-deleted", Good;
    Linked = "linked", Good;
    Unlinked = "unlinked", Good;
    Erased = "erased", Warn;
    ProgramRegistered = "program-registered", Good;
    ProgramRemoved = "program-removed", Good;
    TokenEnded = "token-ended", Good;
    SettingsSaved = "settings-saved", Good;
    ClockSet = "clock-set", Good;
    WayBackMailed = "way-back-mailed", Plain;
    Thawed = "thawed", Good;
    Froze = "froze", Warn;
    Vouched = "vouched", Good;
    ThawWaits = "thaw-waits", Good;
    OperatorGranted = "operator-granted", Warn;
    OperatorEnded = "operator-ended", Good;
}

impl Said {
    /// The key of its sentence.
    pub(super) fn key(self) -> String {
        format!("said-{}", self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::Language;

    #[test]
    fn everything_that_is_said_has_words() {
        for said in Said::ALL {
            for language in Language::ALL {
                assert_ne!(language.say(&said.key()), said.key(), "{}", language.tag());
            }
            assert_eq!(Said::of_word(said.word()), Some(*said));
        }
    }
}
