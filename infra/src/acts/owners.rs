//! The owners of an account, from their own streams.

use twofold_domain::ids::UserId;
use twofold_domain::owners::Owners;

use super::ActError;
use crate::work::Work;

/// The owners among people whom a read model knows as such. It may lag, so it is only asked whom to look
/// at; from here on none of these streams may move until the act commits.
pub(super) async fn owners(work: &mut Work, known: &[UserId]) -> Result<Owners, ActError> {
    let mut people = Vec::with_capacity(known.len());
    for &user in known {
        people.push(work.user(user).await?);
    }
    Ok(Owners::among(people.iter().map(AsRef::as_ref)))
}
