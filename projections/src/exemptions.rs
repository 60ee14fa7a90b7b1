//! Leave to sign in without a second factor for a while: every grant, and everything that may have ended one. Which of
//! these ended which grant is a question of an event and an instant: the first behind the grant, unless the grant's own
//! time was over before. Both tables are only ever written to, so one page of grants costs one look for each.

use twofold_domain::ids::{AccountId, ExemptionId, UserId};
use twofold_domain::time::Timestamp;
use twofold_domain::user::UserEvent;
use twofold_infra::store::{Row, StoreError, Value, Views};

use crate::fact::{Event, Fact};
use crate::record::{Column, Named as _, Record as _, record};
use crate::status::AsOf;
use crate::view::{Keeps, Projection, Table, View};

/// The projection's name.
pub const NAME: &str = "exemptions";

/// The projection.
pub fn projection() -> Projection {
    Projection::new(NAME, 1).with::<Grants>().with::<Ends>()
}

/// Every grant.
pub enum Grants {}

record! {
    /// One grant.
    pub struct GrantRow {
        /// The event.
        pub granted_seq: u64,
        /// The exemption.
        pub exemption_id: ExemptionId,
        /// Who was let off.
        pub user_id: UserId,
        /// When.
        pub granted_at: Timestamp,
        /// By whom.
        pub granted_by: Option<Box<str>>,
        /// When it ends by itself.
        pub until: Timestamp,
    }
}

impl View for Grants {
    type Row = GrantRow;
    type Key = u64;
    const TABLE: Table = Table { keeps: Keeps::Everything, ..Table::of("exemption_grants", "granted_seq") };

    fn key(fact: &Fact) -> Option<u64> {
        matches!(&fact.event, Event::User(_, UserEvent::ExemptionGranted { .. })).then_some(fact.seq)
    }

    fn apply(_: Option<GrantRow>, granted_seq: u64, fact: &Fact) -> Option<GrantRow> {
        let Event::User(user_id, UserEvent::ExemptionGranted { exemption, until, at, .. }) = &fact.event
        else {
            return None;
        };
        Some(GrantRow {
            granted_seq,
            exemption_id: *exemption,
            user_id: *user_id,
            granted_at: *at,
            granted_by: fact.meta.actor.clone(),
            until: *until,
        })
    }
}

/// What ends an exemption before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// A newer one.
    Replaced,
    /// Somebody's word.
    Ended,
    /// Another role.
    RoleChanged,
    /// A freeze of the sign-in.
    Frozen,
    /// No access at all any more.
    Deactivated,
    /// An erasure.
    Erased,
}

/// What an event ends: one exemption, or whichever its person has.
fn end_of(event: &UserEvent) -> Option<(End, Option<ExemptionId>)> {
    match event {
        UserEvent::ExemptionGranted { .. } => Some((End::Replaced, None)),
        UserEvent::ExemptionEnded { exemption, .. } => Some((End::Ended, Some(*exemption))),
        UserEvent::RoleChanged { .. } => Some((End::RoleChanged, None)),
        UserEvent::UserFrozen { .. } => Some((End::Frozen, None)),
        UserEvent::UserDeactivated { .. } => Some((End::Deactivated, None)),
        UserEvent::PersonErased { .. } => Some((End::Erased, None)),
        _ => None,
    }
}

/// Everything that ends one.
pub enum Ends {}

record! {
    /// One such event.
    pub struct EndRow {
        /// The event.
        pub ended_seq: u64,
        /// Whose exemption it ends.
        pub of_user: UserId,
        /// Which one; whichever they have if none is named.
        pub of_exemption: Option<ExemptionId>,
        /// How.
        pub how: End,
        /// When.
        pub ended_at: Timestamp,
        /// By whom.
        pub ended_by: Option<Box<str>>,
    }
}

impl View for Ends {
    type Row = EndRow;
    type Key = u64;
    const TABLE: Table = Table {
        keeps: Keeps::Everything,
        indexes: &["of_user, ended_seq"],
        ..Table::of("exemption_ends", "ended_seq")
    };

    fn key(fact: &Fact) -> Option<u64> {
        match &fact.event {
            Event::User(_, event) => end_of(event).map(|_| fact.seq),
            Event::Account(_) | Event::Device(..) | Event::Reading(_) => None,
        }
    }

    fn apply(_: Option<EndRow>, ended_seq: u64, fact: &Fact) -> Option<EndRow> {
        let Event::User(user, event) = &fact.event else { return None };
        let (how, of_exemption) = end_of(event)?;
        let ended_by = fact.meta.actor.clone();
        Some(EndRow { ended_seq, of_user: *user, of_exemption, how, ended_at: fact.at, ended_by })
    }
}

/// An exemption, and the first thing behind its grant that may have ended it.
#[derive(Debug, Clone, PartialEq)]
pub struct Exemption {
    /// Its grant.
    pub grant: GrantRow,
    /// What came then.
    pub end: Option<EndRow>,
}

impl Exemption {
    /// How and when it ended, and by which event; none where it is open at the instant, no event where its time was over.
    pub fn ended(&self, at: Timestamp) -> Option<(&'static str, Timestamp, Option<&EndRow>)> {
        let until = self.grant.until;
        match &self.end {
            Some(end) if end.ended_at < until => Some((end.how.name(), end.ended_at, Some(end))),
            Some(_) => Some(("expired", until, None)),
            None => (until <= at).then_some(("expired", until, None)),
        }
    }
}

/// Grants behind an event up to the one that is asked about, in their order, that were to last beyond an instant: at most
/// so many.
pub async fn granted(
    views: &Views,
    account: AccountId,
    as_of: AsOf,
    lasting: Timestamp,
    after: u64,
    limit: u32,
) -> Result<Vec<Exemption>, StoreError> {
    let grants = GrantRow::COLUMNS.iter().map(|c| format!("g.{}", c.name));
    let columns: Vec<String> =
        grants.chain(EndRow::COLUMNS.iter().map(|c| format!("e.{}", c.name))).collect();
    let sql = format!(
        "select {} from (select * from views.exemption_grants where account_id = $1 and granted_seq > $2 \
           and granted_seq <= $3 and until > $4 order by granted_seq limit {limit}) g \
         left join views.exemption_ends e on e.account_id = g.account_id and e.ended_seq = (\
           select min(x.ended_seq) from views.exemption_ends x where x.of_user = g.user_id \
           and x.ended_seq > g.granted_seq and x.ended_seq <= $3 and x.account_id = g.account_id \
           and (x.of_exemption is null or x.of_exemption = g.exemption_id)) \
         order by g.granted_seq",
        columns.join(", ")
    );
    let binds: [Value; 4] =
        [account.uuid().into(), after.into(), as_of.position.into(), lasting.micros().into()];
    let width = GrantRow::COLUMNS.len();
    let read = |row: &Row| {
        let known = <u64 as Column>::get_optional(row, width)?.is_some();
        let end = if known { Some(EndRow::get(row, width)?) } else { None };
        Ok(Exemption { grant: GrantRow::get(row, 0)?, end })
    };
    views.fetch(&sql, &binds).await?.iter().map(read).collect()
}
