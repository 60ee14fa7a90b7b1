//! How an account stands to a profile: the same for the API and the command line.

use twofold_domain::account::Account;
use twofold_domain::policy::{Audience, Finding, Profile};
use twofold_domain::time::Timestamp;

/// Each rule of a profile and each audience, under the policy of an instant.
pub(crate) fn conformance(account: &Account, profile: Profile, at: Timestamp) -> Vec<Finding> {
    let of = |audience| profile.conformance(audience, account.policy(audience, at), account.switch);
    of(Audience::Team).chain(of(Audience::EndUsers)).collect()
}
