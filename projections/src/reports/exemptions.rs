//! `exemptions`: every leave to sign in without a second factor for a while.

use std::collections::HashMap;

use futures::{StreamExt as _, TryStreamExt as _, stream};
use twofold_domain::ids::{ExemptionId, UserId};
use twofold_domain::permission::Act;
use twofold_domain::time::Timestamp;
use twofold_domain::user::UserEvent;
use twofold_infra::store::StoreError;

use super::ask::{FROM, Since};
use super::cell::{Cell, Kind, Row, column};
use super::events::facts;
use super::{Asked, Pages, Report};
use crate::audit;
use crate::fact::{Event, Fact};

/// The report.
pub const REPORT: Report = Report {
    name: "exemptions",
    meaning: "Exemptions: every time somebody was let off the second factor for a while, in the order in which they \
              were granted, with who granted it, until when, and how it ended. One row a grant, read from the log; \
              its cost follows how many grants, changes of roles, deactivations and erasures were recorded. Why it \
              was granted is a personal value, and stands in the event. Whoever signs in through an identity \
              provider only is exempt without a grant, and not listed here but in `mfa-status`. Exemptions that \
              reach into the period are listed whole.",
    definition: 2,
    reads: Act::ReadStatus,
    from: &[audit::NAME],
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

const NAMES: &[&str] =
    &["ExemptionGranted", "ExemptionEnded", "RoleChanged", "UserDeactivated", "UserFrozen", "PersonErased"];

/// The event that ended it, and who did that; none where its time was over.
type By = Option<(u64, Option<String>)>;

struct Exemption {
    id: ExemptionId,
    user: UserId,
    granted: (Timestamp, u64, Option<String>),
    until: Timestamp,
    ended: Option<(&'static str, Timestamp, By)>,
}

/// Exemptions under way: all of them, and which of them is each person's.
#[derive(Default)]
struct Fold {
    all: Vec<Exemption>,
    open: HashMap<UserId, usize>,
}

/// Rows made at a time: what is held of a grant is a fifth of its row.
const PAGE: usize = 1_000;

fn pages(asked: Asked) -> Pages {
    let (at, from) = (asked.as_of.instant, asked.arguments.since());
    let pages = stream::once(folded(asked)).map_ok(move |all| {
        stream::try_unfold(all.into_iter(), move |mut all: std::vec::IntoIter<Exemption>| async move {
            let page: Vec<Exemption> = all.by_ref().take(PAGE).collect();
            let listed = page.iter().filter(|one| one.reaches(from));
            let rows: Vec<Row> = listed.map(|one| one.row(at)).collect();
            Ok((!page.is_empty()).then_some((rows, all)))
        })
    });
    pages.try_flatten().boxed()
}

async fn folded(asked: Asked) -> Result<Vec<Exemption>, StoreError> {
    let mut fold = Fold::default();
    let mut facts = facts(&asked, NAMES, 0);
    while let Some(page) = facts.try_next().await? {
        for fact in &page {
            fold.apply(fact);
        }
    }
    let over: Vec<usize> = fold.open.values().copied().collect();
    for place in over {
        fold.expire(place, asked.as_of.instant);
    }
    Ok(fold.all)
}

impl Fold {
    fn apply(&mut self, fact: &Fact) {
        let Event::User(user, event) = &fact.event else { return };
        let how = match event {
            UserEvent::ExemptionGranted { exemption, until, at, .. } => {
                self.end(*user, fact, "replaced");
                let granted = (*at, fact.seq, actor(fact));
                self.open.insert(*user, self.all.len());
                self.all.push(Exemption { id: *exemption, user: *user, granted, until: *until, ended: None });
                return;
            }
            UserEvent::ExemptionEnded { exemption, .. } => {
                let open = self.open.get(user).map(|place| self.all[*place].id);
                if open != Some(*exemption) {
                    return;
                }
                "ended"
            }
            UserEvent::RoleChanged { .. } => "role_changed",
            UserEvent::UserFrozen { .. } => "frozen",
            UserEvent::UserDeactivated { .. } => "deactivated",
            UserEvent::PersonErased { .. } => "erased",
            _ => return,
        };
        self.end(*user, fact, how);
    }

    /// Ends somebody's exemption, unless its time was over before.
    fn end(&mut self, user: UserId, fact: &Fact, how: &'static str) {
        let Some(place) = self.open.remove(&user) else { return };
        self.expire(place, fact.at);
        let one = &mut self.all[place];
        one.ended.get_or_insert((how, fact.at, Some((fact.seq, actor(fact)))));
    }

    fn expire(&mut self, place: usize, at: Timestamp) {
        let one = &mut self.all[place];
        if one.until <= at && one.ended.is_none() {
            one.ended = Some(("expired", one.until, None));
        }
    }
}

fn actor(fact: &Fact) -> Option<String> {
    fact.meta.actor.as_deref().map(str::to_owned)
}

impl Exemption {
    fn reaches(&self, from: Option<Since>) -> bool {
        from.is_none_or(|from| self.ended.as_ref().is_none_or(|(_, at, _)| *at > from.at.instant))
    }

    fn row(&self, now: Timestamp) -> Row {
        let (granted, granted_event, granted_by) = self.granted.clone();
        let (outcome, ended) = self.ended.as_ref().map_or(("open", None), |(how, at, _)| (*how, Some(*at)));
        let (event, by) = self.ended.as_ref().and_then(|(_, _, event)| event.clone()).unzip();
        vec![
            Cell::text(self.id.to_string()),
            self.user.into(),
            granted.into(),
            Cell::Event(granted_event),
            granted_by.into(),
            self.until.into(),
            Cell::word(outcome),
            ended.into(),
            event.map_or(Cell::Empty, Cell::Event),
            by.flatten().into(),
            ended.unwrap_or(now).since(granted).into(),
        ]
    }
}
