//! What somebody calls their factors. Names are sealed, so whether one is free is looked up here; what makes two the
//! same is the domain's to say.

use twofold_domain::factor::same_name;
use twofold_domain::ids::{AccountId, FactorId, UserId};
use twofold_domain::sealed::{FactorName, Sealed};
use twofold_domain::user::User;

use crate::acts::ActError;
use crate::acts::principal::{Principal, Seat};
use crate::desk::Desk;
use crate::work::Work;

/// What somebody is told is in use.
const NAME: &str = "name";

/// What somebody calls the factors that they have, each with its factor.
pub async fn factor_names(
    desk: &Desk,
    account: AccountId,
    user: UserId,
    person: &User,
    generation: u32,
) -> Result<Vec<(FactorId, String)>, ActError> {
    let mut names = vec![];
    for (id, factor) in person.enrolled(generation).into_iter().flat_map(|enrolled| &enrolled.factors) {
        let name = desk.vault().unseal(account, user, &factor.name).await?;
        names.extend(name.map(|name| (*id, name.as_str().to_owned())));
    }
    Ok(names)
}

/// Refuses a name that another of their factors has.
pub(super) async fn unlike(
    work: &Work,
    me: &Principal,
    seat: &Seat,
    name: &str,
    own: Option<FactorId>,
) -> Result<(), ActError> {
    let (desk, generation) = (work.desk(), seat.account.generation);
    let names = factor_names(desk, me.account, me.user, &seat.user, generation).await?;
    let taken = names.iter().any(|(id, other)| Some(*id) != own && same_name(name, other));
    if taken { Err(ActError::Taken(NAME.to_owned())) } else { Ok(()) }
}

/// The same of a name that is sealed already: two sessions may have begun to bind under one name.
pub(super) async fn free(
    work: &Work,
    me: &Principal,
    seat: &Seat,
    name: &Sealed<FactorName>,
    own: Option<FactorId>,
) -> Result<(), ActError> {
    match work.desk().vault().unseal(me.account, me.user, name).await? {
        Some(name) => unlike(work, me, seat, &name, own).await,
        None => Ok(()),
    }
}
