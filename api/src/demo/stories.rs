//! What is worth finding in the year, as a table: each story with its beats, when they are played, and
//! the events by which it can be found in the log afterwards.
//!
//! A beat is played alone, at its own time; what takes a person days is put on the agenda.

use anyhow::Result;
use futures::future::LocalBoxFuture;

mod help;
pub(super) mod scenes;

use super::year::Year;

/// Something that happened to somebody at Acme.
pub struct Story {
    /// Its name.
    pub name: &'static str,
    /// What it tells.
    pub tells: &'static str,
    /// Types of events by which it can be found.
    pub leaves: &'static [&'static str],
    pub(super) beats: &'static [Beat],
}

/// One scene of a story.
pub(super) struct Beat {
    /// The share of the year after which it is played, on the next working day.
    pub(super) through: f64,
    /// So many days later than that.
    pub(super) days_later: u32,
    /// Hour and minute.
    pub(super) at: (u8, u8),
    pub(super) play: Play,
}

type Play = for<'a> fn(&'a mut Year) -> LocalBoxFuture<'a, Result<()>>;

macro_rules! beat {
    ($through:literal, +$days:literal, $hour:literal : $minute:literal, $($play:ident)::+) => {
        Beat {
            through: $through,
            days_later: $days,
            at: ($hour, $minute),
            play: |year| Box::pin($($play)::+(year)),
        }
    };
}

/// All stories, in the order in which they begin.
pub const STORIES: &[Story] = &[
    Story {
        name: "opening",
        tells: "The founder opens the account with a one-time link, binds a second factor, and invites the admins.",
        leaves: &["AccountOpened", "OperatorActed", "LinkRedeemed", "TwoFactorEnabled", "UserRegistered"],
        beats: &[beat!(0.0, +0, 8:30, scenes::opening)],
    },
    Story {
        name: "requirement",
        tells: "Two-factor authentication becomes a duty of the team, with two weeks of grace; one agent is on leave \
                and stays pending until she is back, when she must enrol before anything else.",
        leaves: &["PolicyChanged", "SignInStarted", "TwoFactorEnabled"],
        beats: &[
            beat!(0.10, +0, 9:40, scenes::an_agent_goes_on_leave),
            beat!(0.12, +0, 10:5, scenes::the_team_must),
            beat!(0.24, +0, 8:15, scenes::the_pending_agent_is_back),
        ],
    },
    Story {
        name: "locked out",
        tells: "An agent's new phone has no codes; he tries until he must wait, calls an admin, is reset with a \
                reason, and binds the new phone with a mailed code.",
        leaves: &["ProofRejected", "TwoFactorReset", "MailedCodeAccepted", "TwoFactorEnabled"],
        beats: &[beat!(0.28, +0, 9:20, scenes::locked_out)],
    },
    Story {
        name: "phone change",
        tells: "An agent binds the new phone before she removes the old one: no day without a second factor.",
        leaves: &["FactorConfirmed", "FactorRemoved"],
        beats: &[beat!(0.33, +0, 11:10, scenes::phone_change)],
    },
    Story {
        name: "broken phone",
        tells: "A customer's phone breaks on a journey; recovery codes last for days, run low, and are replaced.",
        leaves: &["RecoveryCodeUsed", "RecoveryCodesLow", "RecoveryCodesRegenerated", "FactorConfirmed"],
        beats: &[
            beat!(0.36, +0, 16:0, scenes::broken_phone),
            // Only so that the chapter reaches to the end of the story.
            beat!(0.36, +9, 20:0, scenes::nothing_more),
        ],
    },
    Story {
        name: "own disable",
        tells: "A customer switches off his own second factor, with his password and a fresh code.",
        leaves: &["TwoFactorDisabled"],
        beats: &[beat!(0.42, +0, 17:30, scenes::own_disable)],
    },
    Story {
        name: "replayed code",
        tells: "Somebody reads an agent's password and code over her shoulder and types both seconds after her.",
        leaves: &["DeviceRegistered", "OtpAccepted", "ProofRejected"],
        beats: &[beat!(0.46, +0, 9:3, scenes::replayed_code)],
    },
    Story {
        name: "way back",
        tells: "A customer has neither phone nor codes, and staff give customers none: a mailed code and days of \
                waiting, of which every channel is told, lead to a new second factor.",
        leaves: &["RecoveryRequested", "TwoFactorResetScheduled", "TwoFactorReset", "RecoveryCompleted"],
        beats: &[
            beat!(0.47, +0, 20:10, help::asks_for_a_way_back),
            beat!(0.47, +4, 18:40, help::comes_back_after_the_wait),
        ],
    },
    Story {
        name: "lost laptop",
        tells: "A trusted laptop is left on a train; its owner reports it lost from his phone.",
        leaves: &["DeviceTrusted", "DeviceReportedLost", "DeviceDistrusted", "SessionEnded"],
        beats: &[beat!(0.50, +0, 18:20, scenes::lost_laptop)],
    },
    Story {
        name: "every sign-in",
        tells: "After the laptop, the founder has every team member asked at every sign-in; weeks later, once in 7 days.",
        leaves: &["PolicyChanged"],
        beats: &[
            beat!(0.52, +0, 9:45, scenes::every_sign_in),
            beat!(0.62, +0, 15:0, scenes::once_in_seven_days),
        ],
    },
    Story {
        name: "stolen bag",
        tells: "An agent loses the phone and the printed codes; an admin grants a code that only the agent sees, good \
                once, and the next phone is bound behind it.",
        leaves: &["RecoveryGranted", "RecoveryCodeRevealed", "RecoveryGrantUsed", "RecoveryCompleted"],
        beats: &[beat!(0.54, +0, 9:15, help::granted_code)],
    },
    Story {
        name: "phone at home",
        tells: "An agent forgot the phone; an admin exempts her for eight hours, which end by themselves.",
        leaves: &["ExemptionGranted", "SignInCompleted"],
        beats: &[beat!(0.56, +0, 8:50, help::exempted)],
    },
    Story {
        name: "not me",
        tells: "A mail tells an agent of a trusted device that he does not know; its link freezes his sign-in, and he \
                comes back with a code of his app and another password.",
        leaves: &["UserFrozen", "UserThawed", "SignInCompleted"],
        beats: &[beat!(0.63, +0, 19:30, help::not_me), beat!(0.63, +1, 9:10, help::thawed)],
    },
    Story {
        name: "suspension",
        tells: "A day without second factors, by suspending: nobody loses an enrolment, and what was opened without \
                one ends with the suspension.",
        leaves: &["AccountTwoFactorSuspended", "AccountTwoFactorResumed"],
        beats: &[beat!(0.66, +0, 8:40, scenes::suspend), beat!(0.66, +1, 10:30, scenes::resume)],
    },
    Story {
        name: "password wave",
        tells: "For two days somebody guesses an admin's password from many addresses until strangers are locked \
                out; the admin signs in as ever on a known device; the founder lifts the lock.",
        leaves: &["PasswordRejected", "LockedOut", "SignInCompleted", "Unlocked"],
        beats: &[
            beat!(0.70, +0, 1:10, scenes::password_wave),
            beat!(0.70, +3, 10:0, scenes::the_wave_is_over),
        ],
    },
    Story {
        name: "account-wide disable",
        tells: "The founder disables two-factor authentication for the whole account: everybody enrolled is reset, \
                with one event and then one in each stream; two days later it is on again and people enrol anew.",
        leaves: &[
            "AccountTwoFactorDisabled",
            "TwoFactorReset",
            "ResetFanOutCompleted",
            "AccountTwoFactorEnabled",
            "TwoFactorEnabled",
        ],
        beats: &[
            beat!(0.77, +0, 12:0, scenes::disable_for_everyone),
            beat!(0.77, +2, 8:50, scenes::enable_again),
        ],
    },
    Story {
        name: "erasure",
        tells: "An agent who left asks to be forgotten: the key to everything personal is destroyed, the events stay.",
        leaves: &["PersonErased", "SessionEnded"],
        beats: &[beat!(0.88, +0, 14:20, scenes::erasure)],
    },
    Story {
        name: "newcomer",
        tells: "A second owner: whoever started the demo is invited as an admin, and the founder, who is the only \
                owner, waits three days with notice to the team before making them an owner.",
        leaves: &["UserRegistered", "LinkIssued", "ApprovalRequested", "ApprovalUsed", "RoleChanged"],
        beats: &[beat!(0.92, +0, 13:0, scenes::newcomer), beat!(0.92, +4, 9:20, scenes::newcomer_owns)],
    },
];
