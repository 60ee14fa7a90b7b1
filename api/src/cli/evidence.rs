//! What reports on the command line stand on: read models that are up to date, or the log itself.

use std::collections::BTreeMap;

use futures::TryStreamExt as _;
use twofold_domain::ids::{AccountId, StreamId, UserId};
use twofold_domain::policy::Role;
use twofold_domain::sealed::{PersonName, Sealed};
use twofold_domain::time::Timestamp;
use twofold_infra::acts::OperatorReadsNames;
use twofold_infra::desk::Desk;
use twofold_infra::store::EventStore;
use twofold_projections::projector::Projector;
use twofold_projections::status::report::{self, status_report};
use twofold_projections::status::{AsOf, Line, Population};
use twofold_projections::witness::{self, Contradiction, Watch};

use super::{Exit, Failure, setup};

/// That logs have no witness against them: nothing may be made of one that lost its end, or the last trace of it is
/// gone.
pub(super) fn uncontradicted(found: &[Contradiction]) -> Result<(), Failure> {
    let Some(first) = found.first() else { return Ok(()) };
    let more = if found.len() > 1 { format!("; and {} more", found.len() - 1) } else { String::new() };
    Err(Failure::new("the log does not end where it should: events are missing, or what was made of it is not of it")
        .because(format!("{first}{more}"))
        .fix(
            "keep a copy of all files or of the database as they are; look with twofold audit replay --check and twofold \
             audit invariants; put back the log that these belong to: it is compared when the server starts. If this log \
             is the right one, as after a restore of the log alone, and what is missing may be forgotten: twofold \
             projections rebuild --forget-missing-events",
        )
        .exit(Exit::Broken))
}

/// The projector, with this account's read models up to date.
pub(super) async fn up_to_date(desk: &Desk, account: AccountId) -> Result<Projector, Failure> {
    uncontradicted(witness::contradiction(desk.store(), account).await?.as_slice())?;
    let projector = built(desk).await?;
    projector.bring(account).await?;
    Ok(projector)
}

/// The projector, if its read models need not be built first.
async fn built(desk: &Desk) -> Result<Projector, Failure> {
    let projector = Projector::install(desk.store().clone(), twofold_projections::all()).await?;
    let stale = projector.stale().await?;
    if stale.is_empty() {
        return Ok(projector);
    }
    // They may have to be because another account's log lost its end.
    whole(desk).await?;
    Err(Failure::new(format!("these read models must be built first: {}", stale.join(", ")))
        .fix("twofold projections rebuild"))
}

/// That no log has a witness against it. What was missing and is back, with every row as the log says, is none.
pub(super) async fn whole(desk: &Desk) -> Result<(), Failure> {
    settled_ones(desk).await?;
    uncontradicted(&witness::contradictions(desk.store()).await?)
}

/// Lets go of what was missing and is back.
async fn settled_ones(desk: &Desk) -> Result<(), Failure> {
    for account in witness::settle(desk.store(), &twofold_projections::all()).await? {
        tracing::warn!(%account, "events that were missing are back: every row of every read model is as the log says");
    }
    Ok(())
}

/// That an account may be opened here, and be shown something made of its log. What other accounts' logs lost is in
/// nobody's way.
pub(super) async fn ready(desk: &Desk) -> Result<(), Failure> {
    uncontradicted(witness::contradiction(desk.store(), AccountId::INSTALLATION).await?.as_slice())?;
    built(desk).await.map(|_| ())
}

/// That a server may begin. Accounts whose logs have a witness against them are shut, and returned; only the
/// installation's own stops all.
pub(super) async fn servable(desk: &Desk) -> Result<Vec<Contradiction>, Failure> {
    settled_ones(desk).await?;
    let found = Watch::new(desk.clone()).look().await?;
    let own = found.iter().filter(|found| found.account == AccountId::INSTALLATION).copied();
    uncontradicted(&own.collect::<Vec<_>>())?;
    Ok(found)
}

/// Says which accounts require what this installation does not offer any more: their people would be stranded, and
/// find no words for it.
pub(super) async fn name_barred(desk: &Desk, but: &[Contradiction]) -> Result<(), Failure> {
    let offer = desk.offer();
    for (account, _) in desk.store().accounts().await? {
        if but.iter().any(|shut| shut.account == account) {
            continue;
        }
        let state = desk.log().accounts.load(StreamId::account(account)).await?.state;
        for audience in state.barred(&offer, state.now(desk.clock().now())) {
            tracing::error!(
                %account, ?audience,
                "this account requires kinds of second factor that nothing here offers any more: \
                 configure again what was taken away (SMS, or a host name in public_url), and let an owner allow another kind first"
            );
        }
    }
    Ok(())
}

/// The account's owners, in the order of their ids.
pub(super) async fn owners(desk: &Desk, account: AccountId) -> Result<Vec<UserId>, Failure> {
    up_to_date(desk, account).await?;
    let position = last(desk.store(), account).await?;
    let as_of = AsOf { position, instant: now_of(desk, account).await? };
    let lines = lines(desk.store(), account, as_of, Population::Team).await?;
    Ok(lines.into_iter().filter(|line| line.role == Role::Owner).map(|line| line.user).collect())
}

/// Now, by the account's clock: a sandbox has one of its own.
pub(super) async fn now_of(desk: &Desk, account: AccountId) -> Result<Timestamp, Failure> {
    let loaded = desk.log().accounts.load(StreamId::account(account)).await?;
    Ok(loaded.state.now(desk.clock().now()))
}

/// The number of an account's last event.
pub(super) async fn last(store: &EventStore, account: AccountId) -> Result<u64, Failure> {
    Ok(store.counter(account).await?.map_or(0, |counter| counter.last_seq))
}

/// The last event recorded at or before an instant, by the log itself. From then on nothing can
/// be recorded there any more, so the same question has the same answer for ever.
pub(super) async fn settled(
    desk: &Desk,
    account: AccountId,
    as_of: Option<Timestamp>,
) -> Result<AsOf, Failure> {
    let now = now_of(desk, account).await?;
    let asked = as_of.unwrap_or(now);
    let instant = asked.asked_at(now).ok_or_else(|| {
        Failure::new("what is not yet cannot be reported")
            .because(format!("{asked} lies ahead"))
            .exit(Exit::Usage)
    })?;
    let store = desk.store();
    store.raise(account, instant).await?;
    let position = store.position_at(account, instant).await?;
    if position == 0 {
        uncontradicted(witness::contradiction(store, account).await?.as_slice())?;
        return Err(Failure::new(format!("the account did not exist at {instant}")).exit(Exit::NotFound));
    }
    Ok(AsOf { position, instant })
}

/// The report's lines, from the read models.
pub(super) async fn lines(
    store: &EventStore,
    account: AccountId,
    as_of: AsOf,
    population: Population,
) -> Result<Vec<Line>, Failure> {
    let pages = status_report(store.views(), account, as_of, population);
    Ok(pages.try_concat().await?)
}

/// Names of people are printed by an owner's grant only, and each time it is on record.
pub(super) async fn may_read_names(desk: &Desk, account: AccountId) -> Result<(), Failure> {
    let owners = owners(desk, account).await?;
    desk.perform(account, setup::operator(), OperatorReadsNames { owners }).await?;
    Ok(())
}

/// What everybody is called today, as far as it may still be read.
pub(super) async fn names(desk: &Desk, account: AccountId) -> Result<BTreeMap<UserId, String>, Failure> {
    let (first, last) = (UserId::from_uuid(uuid::Uuid::nil()), UserId::from_uuid(uuid::Uuid::max()));
    let mut called = BTreeMap::new();
    for (user, row) in report::names(desk.store().views(), account, first, last).await? {
        if let Some(sealed) = row.name.map(Sealed::<PersonName>::from_bytes)
            && let Some(name) = desk.vault().unseal(account, user, &sealed).await?
        {
            called.insert(user, name.as_str().to_owned());
        }
    }
    Ok(called)
}
