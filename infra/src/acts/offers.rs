//! What somebody is offered to show as a second factor: each of their factors by its own name, their recovery code,
//! and the way that is left to whoever has none of these.

use twofold_domain::account::Account;
use twofold_domain::factor::FactorKind;
use twofold_domain::ids::FactorId;
use twofold_domain::time::Timestamp;
use twofold_domain::user::{RecoveryRoute, User, UserError};

use super::ActError;
use super::texts::masked_number;
use crate::desk::Desk;

/// What somebody is offered, wherever a second factor is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offers {
    /// The factors that answer, in the order in which they are asked for.
    pub factors: Vec<Offered>,
    /// Whether a recovery code could answer: one of their own, or one that was granted.
    pub recovery_code: bool,
    /// The way back in for whoever has none of these.
    pub lost: RecoveryRoute,
}

/// A factor that answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// Which.
    pub factor: FactorId,
    /// Its kind.
    pub kind: FactorKind,
    /// What its owner calls it; nothing once they are erased.
    pub name: Option<String>,
    /// The last digits of its number, where it has one.
    pub number: Option<String>,
}

/// What somebody is offered at an instant.
pub async fn offers(desk: &Desk, account: &Account, user: &User, at: Timestamp) -> Result<Offers, ActError> {
    let who = user.who().ok_or(UserError::Unknown)?;
    let enrolled = user.enrolled(account.generation);
    let asked = enrolled.map(|e| e.asked(account.policy(who.role.audience(), at))).unwrap_or_default();
    let mut factors = Vec::with_capacity(asked.len());
    for (factor, held) in asked {
        let name = desk.vault().unseal(who.account, who.user, &held.name).await?;
        factors.push(Offered {
            factor,
            kind: held.kind(),
            name: name.map(|name| name.as_str().to_owned()),
            number: masked_number(desk, who.account, who.user, user, factor).await?,
        });
    }
    Ok(Offers {
        factors,
        recovery_code: user.takes_recovery_code(account.generation, at),
        lost: RecoveryRoute::without_a_device(who.role),
    })
}
