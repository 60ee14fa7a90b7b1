//! The domain's values as keys of words, and as marks.

use twofold_domain::account::Switch;
use twofold_domain::factor::{FactorKind, Held};
use twofold_domain::policy::AudiencePolicy;
use twofold_domain::status::{Rule, Standing};
use twofold_projections::status::Line;

use crate::pages::frame::{Frame, Mark, Tone};

/// Where a person stands.
pub(super) const fn standing(state: Standing) -> Mark {
    match state {
        Standing::Enabled => Mark::new(Tone::Good, "state-enabled"),
        Standing::Pending => Mark::new(Tone::Warn, "state-pending"),
        Standing::Optional => Mark::new(Tone::Plain, "state-optional"),
        Standing::Exempt => Mark::new(Tone::Plain, "state-exempt"),
        Standing::Suspended => Mark::new(Tone::Warn, "state-suspended"),
        Standing::Off => Mark::new(Tone::Bad, "state-off"),
        Standing::Locked => Mark::new(Tone::Bad, "state-locked"),
        Standing::Deactivated => Mark::new(Tone::Plain, "state-deactivated"),
        Standing::Frozen => Mark::new(Tone::Bad, "state-frozen"),
    }
}

/// Where the person of a report's line stands: whoever is exempt through an identity provider, through which.
pub(super) fn standing_of(line: &Line) -> Mark {
    let mark = standing(line.state);
    if line.rule == Rule::IdentityProvider {
        return Mark { more: format!("sso: {}", line.providers), ..mark };
    }
    mark
}

/// Each standing, in the order in which a reader looks for them.
pub(super) const STANDINGS: [Standing; 9] = [
    Standing::Enabled,
    Standing::Pending,
    Standing::Optional,
    Standing::Exempt,
    Standing::Suspended,
    Standing::Off,
    Standing::Locked,
    Standing::Frozen,
    Standing::Deactivated,
];

/// A kind of factor.
pub(super) const fn kind(kind: FactorKind) -> &'static str {
    match kind {
        FactorKind::Totp => "factor-totp",
        FactorKind::Token => "factor-token",
        FactorKind::Sms => "factor-sms",
        FactorKind::Webauthn => "factor-webauthn",
    }
}

/// A factor that somebody holds: a passkey is told from a security key.
pub(super) const fn held(held: &Held) -> &'static str {
    match held.is_passkey() {
        Some(true) => "factor-passkey",
        Some(false) => "factor-security-key",
        None => kind(held.kind()),
    }
}

/// The rule behind it.
pub(super) const fn rule(rule: Rule) -> &'static str {
    match rule {
        Rule::HasFactor => "rule-has-factor",
        Rule::PolicyRequires => "rule-policy-requires",
        Rule::Grace => "rule-grace",
        Rule::PolicyOptional => "rule-policy-optional",
        Rule::AccountSuspended => "rule-account-suspended",
        Rule::AccountDisabled => "rule-account-disabled",
        Rule::HardCap => "rule-hard-cap",
        Rule::IdentityProvider => "rule-identity-provider",
        Rule::Exemption => "rule-exemption",
        Rule::Deactivated => "rule-deactivated",
        Rule::Erased => "rule-erased",
        Rule::Frozen => "rule-frozen",
        Rule::KindNotAllowed => "rule-kind-not-allowed",
    }
}

/// The state of the account-wide switch.
pub(super) const fn switch(switch: Switch) -> Mark {
    match switch {
        Switch::On => Mark::new(Tone::Good, "switch-on"),
        Switch::Suspended { .. } => Mark::new(Tone::Warn, "switch-suspended"),
        Switch::Off { .. } => Mark::new(Tone::Bad, "switch-off"),
    }
}

/// What one audience must do, in a sentence.
pub(super) fn policy(f: &Frame, audience: &str, policy: &AudiencePolicy) -> String {
    let required = f.s(if policy.required { "in-force-required" } else { "in-force-optional" });
    let trust = match policy.trust_days {
        0 => f.s("in-force-every-sign-in"),
        days => f.n("in-force-trust", days),
    };
    format!("{}: {required}, {trust}", f.s(audience))
}
