//! Recorded sign-ins under another policy, for the API and the console alike.

use std::sync::LazyLock;

use twofold_domain::ids::{AccountId, UserId};
use twofold_domain::policy::{Audience, AudiencePolicy};
use twofold_domain::time::{Span, Timestamp};
use twofold_infra::acts::Principal;
use twofold_projections::what_if::{Between, Person, Reckoning, in_pages};
use twofold_projections::{audit, status};

use crate::app::App;
use crate::places::{Full, Most, Place, Places};
use crate::problem::{Problem, kinds};

/// The longest span that is gone through while somebody waits: a quarter of a year. The command line takes any.
pub(crate) const LONGEST: Span = Span::days(92);
/// The span of whoever names none.
pub(crate) const USUAL: Span = Span::days(30);
/// Reckonings at once: each reads as fast as the database gives. Whoever asks for more waits for their own, and four
/// accounts that take all they may leave nobody out before the process is full.
const MOST: Most = Most { all: 8, account: 2, asker: 1 };
/// How long whoever finds no place waits, in seconds.
const WAIT: u64 = 5;

static RUNNING: LazyLock<Places> = LazyLock::new(|| Places::of(MOST));

/// A place for one. What is refused is not read, and not on record as shown.
pub(crate) fn place(me: &Principal) -> Result<Place, Problem> {
    RUNNING.take(me.account, me.user.uuid()).map_err(|full| {
        let (kind, words) = match full {
            Full::All => (kinds::BUSY, "Too many of these are under way; try again in a moment."),
            Full::Account => {
                (kinds::TOO_MANY_REQUESTS, "This account has as many of these under way as it may.")
            }
            Full::Asker => {
                (kinds::TOO_MANY_REQUESTS, "You have one of these under way, in this session or another.")
            }
        };
        Problem::new(kind).detail(words).retry_after(WAIT)
    })
}

/// What another policy makes of the sign-ins of a span.
pub(crate) struct Supposed {
    /// The numbers; the people in it are not listed.
    pub(crate) reckoning: Reckoning,
    /// What would have been otherwise, by kind.
    pub(crate) kinds: Vec<Otherwise>,
}

/// One kind of difference.
pub(crate) struct Otherwise {
    /// Its stable word.
    pub(crate) kind: &'static str,
    /// How many events.
    pub(crate) events: u64,
    /// Of how many people.
    pub(crate) people: u64,
    /// The first of them in the order of their ids, with how many events of each.
    pub(crate) first: Vec<(UserId, u64)>,
}

/// Of how many events something is for one person.
type Counted = fn(&Person) -> usize;

/// The kinds, and of how many events each is.
const KINDS: [(&str, Counted); 6] = [
    ("extra_prompts", |person| person.extra_prompts.len()),
    ("fewer_prompts", |person| person.fewer_prompts.len()),
    ("without_factor", |person| person.without_factor.len()),
    ("need_not_bind", |person| person.need_not_bind.len()),
    ("no_session", |person| person.no_session.len()),
    ("cut_short", |person| person.cut_short.len()),
];

/// Whether a span can be gone through: `from` or `to`, and what is wrong with it.
pub(crate) fn check(from: Timestamp, to: Timestamp, now: Timestamp) -> Result<(), (&'static str, String)> {
    if to > now {
        return Err((
            "to",
            "what is yet to come has no sign-ins; a preview and a forecast speak of it".to_owned(),
        ));
    }
    if from >= to {
        return Err(("from", "a span begins before it ends".to_owned()));
    }
    if from + LONGEST < to {
        let days = LONGEST.micros() / Span::days(1).micros();
        let words = format!("at most {days} days at once; `twofold audit what-if` goes through any span");
        return Err(("from", words));
    }
    Ok(())
}

/// Goes through the sign-ins of a span that was checked. `imagine` says what the other policy makes of one that
/// held; of each kind the first `named` people are named. The place is left when it is done.
pub(crate) async fn suppose(
    app: &App,
    account: AccountId,
    (from, to): (Timestamp, Timestamp),
    imagine: impl Fn(Audience, &AudiencePolicy) -> AudiencePolicy,
    named: usize,
    _place: Place,
) -> Result<Supposed, Problem> {
    let until = app.position(account).await?;
    app.caught_up(audit::NAME, account, until).await?;
    app.caught_up(status::NAME, account, until).await?;
    let mut kinds = KINDS.map(|(kind, _)| Otherwise { kind, events: 0, people: 0, first: vec![] });
    let keep = |person: Person| {
        for (otherwise, (_, of)) in kinds.iter_mut().zip(KINDS) {
            let events = of(&person) as u64;
            if events > 0 {
                otherwise.events += events;
                otherwise.people += 1;
                if otherwise.first.len() < named {
                    otherwise.first.push((person.user, events));
                }
            }
        }
    };
    let reckoning = in_pages(app.store(), account, Between { from, to, until }, imagine, keep).await?;
    Ok(Supposed { reckoning, kinds: kinds.into() })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    /// Rules: P9.
    #[test]
    fn whoever_asks_what_if_over_and_over_leaves_places_for_other_accounts() {
        let account = |n| AccountId::from_uuid(Uuid::from_u128(n));
        let take = |of, person| RUNNING.take(account(of), Uuid::from_u128(person));
        let one = take(1, 1);
        assert_eq!(take(1, 1).err(), Some(Full::Asker));
        let held: Vec<_> = (2..64).filter_map(|person| take(1, person).ok()).collect();
        assert_eq!((one.is_ok(), held.len()), (true, 1));
        assert!(take(2, 100).is_ok(), "another account is in nobody's way");
    }
}
