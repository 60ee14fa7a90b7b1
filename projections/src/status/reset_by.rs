//! Whom an account-wide disable reset: derived from where everybody stood right before it, whatever its fan-out has
//! reached, page by page.

use futures::TryStreamExt as _;
use futures::stream::{self, BoxStream, StreamExt as _};
use twofold_domain::ids::{AccountId, UserId};
use twofold_infra::store::{Row, StoreError, Value, Views};
use uuid::Uuid;

use super::report::posture_at;
use super::{PostureRow, UserStatus};
use crate::as_of::{self, Ranges};
use crate::audit;

/// People per statement.
const PAGE: u32 = 1_024;

/// Somebody whom a disable reset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reset {
    /// Who.
    pub user: UserId,
    /// The event that wrote it into their own history, if one did up to the position.
    pub written: Option<u64>,
}

/// A disable, and up to which event its resets are looked for in people's own histories.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Disable {
    /// Its event.
    pub event: u64,
    /// The generation that it opened.
    pub generation: u32,
    /// Up to which event.
    pub position: u64,
}

/// Whom an account-wide disable reset, in the order of their ids: everybody who had a second factor of the generation
/// in force right before it; and by which event that was written into their own history.
pub fn resets(
    views: &Views,
    account: AccountId,
    disable: Disable,
) -> BoxStream<'static, Result<Vec<Reset>, StoreError>> {
    let people = as_of::range::<UserStatus>(views, "user_id", "enrolled_generation = $5 and erased = false");
    let sql = format!(
        "select p.user_id, (select a.account_seq from views.audit_log a where a.account_id = $1 \
         and a.subject = p.user_id and a.account_seq > $6 and a.account_seq <= $7 \
         and a.event_type = 'TwoFactorReset' and a.cause = $8 order by a.account_seq limit 1) \
         from ({people}) p order by p.user_id"
    );
    let look = Look { views: views.clone(), account, disable, sql };
    let start = async move {
        let then = posture_at(&look.views, account, disable.event.saturating_sub(1)).await?;
        Ok::<_, StoreError>((look, then, Ranges::of::<UserStatus>(account, PAGE)))
    };
    let pages = |start| {
        stream::try_unfold(start, async |(look, then, mut ranges): (Look, Option<PostureRow>, Ranges)| {
            let (Some(posture), Some(range)) = (&then, ranges.next(&look.views).await?) else {
                return Ok(None);
            };
            let page = look.page(posture.generation, range).await?;
            Ok(Some((page, (look, then, ranges))))
        })
    };
    stream::once(start).map_ok(pages).try_flatten().boxed()
}

struct Look {
    views: Views,
    account: AccountId,
    disable: Disable,
    sql: String,
}

impl Look {
    async fn page(&self, in_force: u32, (after, last): (Uuid, Uuid)) -> Result<Vec<Reset>, StoreError> {
        let Disable { event, generation, position } = self.disable;
        let binds: [Value; 8] = [
            self.account.uuid().into(),
            event.saturating_sub(1).into(),
            after.into(),
            last.into(),
            in_force.into(),
            event.into(),
            position.into(),
            audit::disabled_cause(generation).into(),
        ];
        let rows = self.views.fetch(&self.sql, &binds).await?;
        let reset = |row: &Row| {
            let written = row.get::<Option<i64>>(1)?.map(i64::unsigned_abs);
            Ok(Reset { user: UserId::from_uuid(row.get(0)?), written })
        };
        rows.iter().map(reset).collect()
    }
}

/// Whom the account-wide disable recorded as this event reset, all of them, in the order of their ids.
pub async fn reset_by(
    views: &Views,
    account: AccountId,
    disabled_at: u64,
) -> Result<Vec<UserId>, StoreError> {
    // Nothing can be written between an event and itself.
    let disable = Disable { event: disabled_at, generation: 0, position: disabled_at };
    let pages = resets(views, account, disable);
    pages.map_ok(|page| page.iter().map(|reset| reset.user).collect::<Vec<_>>()).try_concat().await
}
