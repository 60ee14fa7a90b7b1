//! News for many, told one person at a time: an append grows with no team. The command of process managers;
//! it may be repeated, and tells everybody once.

use sha2::{Digest as _, Sha256};
use twofold_domain::account::Notice;
use twofold_domain::delivery::{Channel, SpentBudget};
use twofold_domain::ids::{AccountId, ApprovalId, RecoveryId, ScheduleId, StreamId, UserId};
use twofold_domain::policy::Role;
use twofold_domain::time::{Span, Timestamp};
use twofold_domain::user::RecoveryRoute;
use uuid::Uuid;

use super::ActError;
use super::post::tell;
use crate::context::Context;
use crate::desk::{Act, Desk, Repeatable};
use crate::mail::{Letter, Wished};
use crate::work::Work;

/// Keeps these keys apart from those of requests.
const LABEL: &[u8] = b"twofold/news/v1";
/// How long it is kept that somebody was told of what happened at a place of the log: longer than it is news.
const REMEMBERED: Span = Span::days(3);

/// What many are told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// An act waits for its time.
    Waits(ApprovalId),
    /// A policy was scheduled.
    Scheduled(ScheduleId),
    /// A scheduled policy that would have begun then was withdrawn.
    Withdrawn(ScheduleId, Timestamp),
    /// An owner's second factor waits to be reset, or was before anybody could be told; told until an instant.
    OwnerReset(UserId, RecoveryId, Timestamp),
    /// Something happened at a place of the log.
    Happened {
        /// The number of the event.
        seq: u64,
        /// What.
        what: Happening,
        /// Whom it is about, where it is about one person.
        about: Option<UserId>,
        /// When.
        at: Timestamp,
    },
}

/// What owners and admins are told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happening {
    /// Something of a kind that the account wished for.
    Wished(Notice),
    /// Messages to somebody keep failing: so many by this way.
    Unreached(Channel, u16),
    /// Messages by this way fail, so many in a row, whoever they are to.
    Outage(Channel, u16),
    /// A day's budget of messages is spent.
    Spent(SpentBudget),
}

/// Tell one person; nothing once it is not so any more.
pub struct TellNews {
    /// Of what.
    pub news: News,
    /// Whom.
    pub user: UserId,
}

impl Act for TellNews {
    type Reply = ();

    async fn run(&self, work: &mut Work) -> Result<(), ActError> {
        match letter(work, self.news).await? {
            Some(letter) => tell(work, [self.user], &letter).await,
            None => Ok(()),
        }
    }
}

async fn letter(work: &mut Work, news: News) -> Result<Option<Letter>, ActError> {
    let (account, at) = (work.account().await?, work.at());
    Ok(match news {
        News::Waits(approval) => account.open_approval(approval, at).and_then(|open| {
            let from = open.matures_at?;
            Some(Letter::ApprovalWaits { act: open.act.word(), from })
        }),
        News::Scheduled(schedule) => {
            account.begins_at(schedule, at).map(|begins_at| Letter::PolicyScheduled { begins_at })
        }
        News::Withdrawn(..) => Some(Letter::PolicyScheduleCancelled),
        News::OwnerReset(owner, recovery, _) => {
            let owner = work.user(owner).await?;
            if owner.role() != Some(Role::Owner) {
                return Ok(None);
            }
            // A frozen sign-in comes back by a wait of the same kind.
            if owner.frozen.as_ref().is_some_and(|frozen| frozen.recovery == recovery) {
                let way = owner.way_back(at).filter(|way| way.route == RecoveryRoute::Owner);
                return Ok(way.map(|way| Letter::OwnerThawWaits { from: way.from }));
            }
            match owner.waiting_reset {
                Some(waiting) if waiting.recovery == Some(recovery) => {
                    Some(Letter::OwnerRecoveryWaits { from: waiting.due_at })
                }
                _ => (owner.recovering == Some(recovery)).then_some(Letter::OwnerRecoveryWaits { from: at }),
            }
        }
        News::Happened { what: Happening::Wished(notice), about, at, .. } => {
            if !account.settings.notices.contains(&notice) {
                return Ok(None);
            }
            let name = match about {
                Some(user) => name(work, user).await?,
                None => None,
            };
            Some(Letter::Wished(Wished { notice, name, at }))
        }
        News::Happened { what: Happening::Unreached(channel, failures), about: Some(user), .. } => {
            let url = &work.desk().house().public_url;
            let page = format!("{url}/a/{}/people/{user}/messages", account.slug());
            Some(Letter::DeliveryTrouble { channel, failures, page })
        }
        News::Happened { what: Happening::Unreached(..), about: None, .. } => None,
        News::Happened { what: Happening::Outage(channel, failures), .. } => {
            Some(Letter::Outage { channel, failures, page: deliveries(work, account.slug()) })
        }
        News::Happened { what: Happening::Spent(spent), .. } => account
            .writes_of_spent(&spent, at)
            .then(|| Letter::BudgetSpent { spent, page: deliveries(work, account.slug()) }),
    })
}

/// The page that says whom messages do not reach.
fn deliveries(work: &Work, slug: &str) -> String {
    format!("{}/a/{slug}/delivery", work.desk().house().public_url)
}

/// Somebody's name, unless they were erased meanwhile.
async fn name(work: &mut Work, user: UserId) -> Result<Option<String>, ActError> {
    let Some(sealed) = work.user(user).await?.who().map(|who| who.name.clone()) else { return Ok(None) };
    let (vault, account) = (work.desk().vault().clone(), work.account_id());
    Ok(vault.unseal(account, user, &sealed).await?.map(|name| name.as_str().to_owned()))
}

impl News {
    /// What tells it from other news of the account.
    fn key(self) -> (u8, Uuid) {
        match self {
            Self::Waits(approval) => (1, approval.uuid()),
            Self::Scheduled(schedule) => (2, schedule.uuid()),
            Self::Withdrawn(schedule, _) => (3, schedule.uuid()),
            Self::OwnerReset(_, recovery, _) => (4, recovery.uuid()),
            Self::Happened { seq, .. } => (5, Uuid::from_u128(seq.into())),
        }
    }
}

/// Tells somebody once, however often it is called.
pub async fn tell_news(
    desk: &Desk,
    account: AccountId,
    context: Context,
    news: News,
    user: UserId,
) -> Result<(), ActError> {
    let known = desk.log().accounts.load(StreamId::account(account)).await?.state;
    let now = desk.clock_of(account);
    let until = match news {
        News::Waits(approval) => known.open_approval(approval, now).map(|open| open.expires_at),
        News::Scheduled(schedule) => known.begins_at(schedule, now),
        News::Withdrawn(_, until) | News::OwnerReset(_, _, until) => Some(until),
        News::Happened { .. } => Some(now + REMEMBERED),
    };
    // What is over is not told any more, and so nothing is told twice.
    let Some(expires_at) = until.filter(|until| now < *until) else { return Ok(()) };
    let (kind, id) = news.key();
    let mut hash = Sha256::new_with_prefix(LABEL);
    hash.update([kind]);
    if let News::OwnerReset(_, _, until) = news {
        // One that was stopped and begun anew is told anew.
        hash.update(until.micros().to_be_bytes());
    }
    for id in [account.uuid(), id, user.uuid()] {
        hash.update(id.as_bytes());
    }
    let once = Repeatable {
        scope: hash.finalize().into(),
        fingerprint: [0; 32],
        expires_at,
        render: Box::new(|(), _| vec![]),
    };
    desk.perform_once(account, context, TellNews { news, user }, Some(once)).await?;
    Ok(())
}
