//! `exemptions`: every leave to sign in without a second factor for a while.

use futures::{StreamExt as _, stream};
use twofold_domain::permission::Act;
use twofold_domain::time::Timestamp;

use super::ask::FROM;
use super::cell::{Cell, Kind, Row, column};
use super::{Asked, Pages, Report};
use crate::exemptions::{self, Exemption, GrantRow};

/// The report.
pub const REPORT: Report = Report {
    name: "exemptions",
    meaning: "Exemptions: every time somebody was let off the second factor for a while, in the order in which they \
              were granted, with who granted it, until when, and how it ended. One row a grant. Why it \
              was granted is a personal value, and stands in the event. Whoever signs in through an identity \
              provider only is exempt without a grant, and not listed here but in `mfa-status`. Exemptions that \
              reach into the period are listed whole.",
    definition: 2,
    reads: Act::ReadStatus,
    from: &[exemptions::NAME],
    rows: "exemptions",
    parameters: &[FROM],
    columns: &[
        column("exemption", Kind::Id, "The exemption."),
        column("user", Kind::Person, "Who was let off."),
        column("granted", Kind::Instant, "When it was granted."),
        column("granted_event", Kind::Event, "By which event."),
        column("granted_by", Kind::Actor, "Who granted it."),
        column("until", Kind::Instant, "When it ends by itself."),
        column(
            "outcome",
            Kind::Word,
            "`open`, `expired` (by itself), `ended` (before its time), `replaced` (by a newer one), `role_changed`, \
             `deactivated`, `frozen`, `erased`.",
        ),
        column("ended", Kind::Instant, "When it ended."),
        column("ended_event", Kind::Event, "By which event; none where its time was over."),
        column("ended_by", Kind::Actor, "Who ended it."),
        column("seconds", Kind::Seconds, "How long it held."),
    ],
    pages,
};

/// Rows per statement.
const PAGE: u32 = 500;

fn pages(asked: Asked) -> Pages {
    let from = asked.arguments.since().map(|from| from.at.instant);
    stream::try_unfold((asked, Some(0)), move |(asked, after)| async move {
        let Some(after) = after else { return Ok(None) };
        let (views, as_of) = (asked.store.views(), asked.as_of);
        // What was to end before the period does not reach into it, whatever came.
        let lasting = from.unwrap_or(Timestamp::from_micros(i64::MIN));
        let page = exemptions::granted(views, asked.account, as_of, lasting, after, PAGE).await?;
        let next = page.last().filter(|_| page.len() == PAGE as usize).map(|last| last.grant.granted_seq);
        let listed = page.iter().filter(|one| reaches(one, from, as_of.instant));
        let rows = listed.map(|one| row(one, as_of.instant)).collect();
        Ok(Some((rows, (asked, next))))
    })
    .boxed()
}

fn reaches(one: &Exemption, from: Option<Timestamp>, at: Timestamp) -> bool {
    from.is_none_or(|from| one.ended(at).is_none_or(|(_, ended, _)| ended > from))
}

fn row(one: &Exemption, at: Timestamp) -> Row {
    let GrantRow { granted_seq, exemption_id, user_id, granted_at, granted_by, until } = &one.grant;
    let (outcome, ended, by) =
        one.ended(at).map_or(("open", None, None), |(how, ended, by)| (how, Some(ended), by));
    vec![
        Cell::text(exemption_id.to_string()),
        (*user_id).into(),
        (*granted_at).into(),
        Cell::Event(*granted_seq),
        granted_by.clone().into(),
        (*until).into(),
        Cell::word(outcome),
        ended.into(),
        by.map_or(Cell::Empty, |by| Cell::Event(by.ended_seq)),
        by.and_then(|by| by.ended_by.clone()).into(),
        ended.unwrap_or(at).since(*granted_at).into(),
    ]
}
