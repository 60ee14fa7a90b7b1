//! `policy-history`: every version of what an account demanded, setting by setting.

use std::collections::BTreeMap;

use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::json;
use twofold_domain::account::AccountEvent;
use twofold_domain::ids::ScheduleId;
use twofold_domain::permission::Act;
use twofold_domain::policy::{Audience, AudiencePolicy};
use twofold_domain::time::Timestamp;
use twofold_infra::store::StoreError;

use super::ask::FROM;
use super::cell::{Cell, Kind, Row, column};
use super::events::facts;
use super::settings::{Settings, differences, of};
use super::{Asked, Pages, Report};
use crate::audit;
use crate::fact::{Event, Fact};

/// The report.
pub const REPORT: Report = Report {
    name: "policy-history",
    meaning: "Policy history: every change of what the account demanded and of who may change it, in the order in \
              which it took hold, one row for each setting that changed, with who changed it and what held before \
              and after. A scheduled policy is listed when it was scheduled (`policy_scheduled`, against what held \
              then) and once more when it began by itself (`schedule_began`, under the event that scheduled it). \
              Read from the log; its cost follows how many such events were recorded.",
    definition: 3,
    reads: Act::ReadStatus,
    from: &[audit::NAME],
    rows: "changes",
    parameters: &[FROM],
    columns: &[
        column("at", Kind::Instant, "From when it held, or was recorded."),
        column("event", Kind::Event, "By which event."),
        column(
            "change",
            Kind::Word,
            "`policy_changed`, `policy_scheduled`, `schedule_began`, `schedule_cancelled`, `floor_changed`, \
             `governance_changed`, `profile_chosen`, `two_factor_disabled`, `two_factor_enabled`, \
             `two_factor_suspended`, `two_factor_resumed`.",
        ),
        column("by", Kind::Actor, "Who did it."),
        column(
            "audience",
            Kind::Word,
            "Whose policy: `team` or `end_users`; nothing where it is the account's.",
        ),
        column("version", Kind::Number, "The policy's version from then on."),
        column("setting", Kind::Text, "Which setting; nothing where a save changed none."),
        column("before", Kind::Text, "What held before, as JSON; an instant as ISO 8601."),
        column("after", Kind::Text, "What holds from then on, as JSON; an instant as ISO 8601."),
        column("begins", Kind::Instant, "When what was scheduled begins."),
    ],
    pages,
};

const NAMES: &[&str] = &[
    "PolicyChanged",
    "PolicyScheduled",
    "PolicyScheduleCancelled",
    "OwnerFloorChanged",
    "GovernanceChanged",
    "ProfileChosen",
    "AccountTwoFactorDisabled",
    "AccountTwoFactorEnabled",
    "AccountTwoFactorSuspended",
    "AccountTwoFactorResumed",
];

/// A policy that waits for its date.
struct Waiting {
    schedule: ScheduleId,
    version: u32,
    policy: AudiencePolicy,
    begins_at: Timestamp,
    event: u64,
    by: Option<String>,
}

#[derive(Default)]
struct Fold {
    saved: BTreeMap<Audience, AudiencePolicy>,
    waiting: BTreeMap<Audience, Waiting>,
    profile: Option<String>,
    /// Another word than `on`, where it is.
    switch: Option<&'static str>,
    rows: Vec<(Timestamp, Row)>,
}

/// What a row says of a change, its settings aside.
struct Change<'a> {
    at: Timestamp,
    event: u64,
    by: Option<&'a str>,
    what: &'static str,
    audience: Option<Audience>,
    version: Option<u32>,
    begins: Option<Timestamp>,
}

fn pages(asked: Asked) -> Pages {
    stream::once(folded(asked)).boxed()
}

async fn folded(asked: Asked) -> Result<Vec<Row>, StoreError> {
    let mut fold = Fold::default();
    let mut facts = facts(&asked, NAMES, 0);
    while let Some(page) = facts.try_next().await? {
        for fact in &page {
            fold.apply(fact);
        }
    }
    fold.begin_by(asked.as_of.instant);
    let from = asked.arguments.since().map(|since| since.at.instant);
    let within = |(at, row)| from.is_none_or(|from| from <= at).then_some(row);
    Ok(fold.rows.into_iter().filter_map(within).collect())
}

impl Fold {
    fn apply(&mut self, fact: &Fact) {
        let Event::Account(event) = &fact.event else { return };
        self.begin_by(fact.at);
        let change = |what| Change {
            at: fact.at,
            event: fact.seq,
            by: fact.meta.actor.as_deref(),
            what,
            audience: None,
            version: None,
            begins: None,
        };
        let (change, (before, after)) = match event {
            AccountEvent::PolicyChanged { audience, version, before, after, .. } => {
                self.saved.insert(*audience, after.clone());
                let (audience, version) = (Some(*audience), Some(*version));
                (Change { audience, version, ..change("policy_changed") }, (of(before), of(after)))
            }
            AccountEvent::PolicyScheduled { schedule, audience, version, after, begins_at, .. } => {
                let before = of(self.saved(*audience));
                let waiting = Waiting {
                    schedule: *schedule,
                    version: *version,
                    policy: after.clone(),
                    begins_at: *begins_at,
                    event: fact.seq,
                    by: fact.meta.actor.as_deref().map(str::to_owned),
                };
                self.waiting.insert(*audience, waiting);
                let (audience, version, begins) = (Some(*audience), Some(*version), Some(*begins_at));
                (Change { audience, version, begins, ..change("policy_scheduled") }, (before, of(after)))
            }
            AccountEvent::PolicyScheduleCancelled { schedule, .. } => {
                let found = self.waiting.iter().find(|(_, waiting)| waiting.schedule == *schedule);
                let Some(audience) = found.map(|(audience, _)| *audience) else { return };
                let Some(waiting) = self.waiting.remove(&audience) else { return };
                let held = of(self.saved(audience));
                let (version, begins) = (Some(waiting.version), Some(waiting.begins_at));
                let change =
                    Change { audience: Some(audience), version, begins, ..change("schedule_cancelled") };
                (change, (of(&waiting.policy), held))
            }
            AccountEvent::OwnerFloorChanged { audience, before, after, .. } => {
                let of = |floor: &Option<AudiencePolicy>| floor.as_ref().map(of).unwrap_or_default();
                (Change { audience: Some(*audience), ..change("floor_changed") }, (of(before), of(after)))
            }
            AccountEvent::GovernanceChanged { before, after, .. } => {
                (change("governance_changed"), (of(before), of(after)))
            }
            AccountEvent::ProfileChosen { profile, .. } => {
                let before = std::mem::replace(&mut self.profile, profile.clone());
                let of = |profile: &Option<String>| of(&json!({ "profile": profile }));
                (change("profile_chosen"), (of(&before), of(profile)))
            }
            AccountEvent::AccountTwoFactorDisabled { .. } => {
                (change("two_factor_disabled"), self.switch("off"))
            }
            AccountEvent::AccountTwoFactorEnabled { .. } => (change("two_factor_enabled"), self.switch("on")),
            AccountEvent::AccountTwoFactorSuspended { .. } => {
                (change("two_factor_suspended"), self.switch("suspended"))
            }
            AccountEvent::AccountTwoFactorResumed { .. } => (change("two_factor_resumed"), self.switch("on")),
            _ => return,
        };
        self.say(&change, &before, &after);
    }

    fn switch(&mut self, to: &'static str) -> (Settings, Settings) {
        let from = self.switch.replace(to).unwrap_or("on");
        (of(&json!({ "switch": from })), of(&json!({ "switch": to })))
    }

    fn saved(&mut self, audience: Audience) -> &AudiencePolicy {
        self.saved.entry(audience).or_insert_with(|| AudiencePolicy::of_new(audience))
    }

    /// What was scheduled and began at or before an instant, in the order of its dates.
    fn begin_by(&mut self, at: Timestamp) {
        loop {
            let due = self.waiting.iter().filter(|(_, waiting)| waiting.begins_at <= at);
            let first = due.min_by_key(|(_, waiting)| waiting.begins_at).map(|(audience, _)| *audience);
            let Some(audience) = first else { return };
            let Some(begun) = self.waiting.remove(&audience) else { return };
            let before = of(self.saved(audience));
            let change = Change {
                at: begun.begins_at,
                event: begun.event,
                by: begun.by.as_deref(),
                what: "schedule_began",
                audience: Some(audience),
                version: Some(begun.version),
                begins: Some(begun.begins_at),
            };
            self.say(&change, &before, &of(&begun.policy));
            self.saved.insert(audience, begun.policy);
        }
    }

    fn say(&mut self, change: &Change<'_>, before: &Settings, after: &Settings) {
        let mut changed: Vec<_> = differences(before, after)
            .into_iter()
            .map(|(setting, before, after)| (Some(setting), before, after))
            .collect();
        if changed.is_empty() {
            changed.push((None, None, None));
        }
        for (setting, before, after) in changed {
            let audience = change.audience.map_or(Cell::Empty, |audience| match audience {
                Audience::Team => Cell::word("team"),
                Audience::EndUsers => Cell::word("end_users"),
            });
            let row = vec![
                change.at.into(),
                Cell::Event(change.event),
                Cell::word(change.what),
                change.by.map(str::to_owned).into(),
                audience,
                change.version.into(),
                setting.into(),
                before.into(),
                after.into(),
                change.begins.into(),
            ];
            self.rows.push((change.at, row));
        }
    }
}
