//! Recovery: who lost their second factor, how each case went, and the button that stops one.

use axum::response::Response;
use serde::Deserialize;
use twofold_domain::account::GuardedAct;
use twofold_domain::ids::{RecoveryId, StreamId, UserId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::reading::{Matter, Question};
use twofold_domain::sealed::{Reason, Sealed};
use twofold_domain::time::Timestamp;
use twofold_domain::user::UserError;
use twofold_infra::acts::{ActError, StopRecovery};
use twofold_projections::audit;
use twofold_projections::recovery::{self, Case, CaseRow, MOST, Orphan, Stage, StandingRow};

use super::door::{Door, Me, Said, with_query};
use super::names::Names;
use super::policy_form::Typed;
use super::refused::Refused;
use super::telling::{self, frozen_by, objected, thawed, way};
use super::then::{AsOf, linked, onward};
use crate::extract::{Form, Path, Query};
use crate::pages::frame::{Mark, Section, Tone, When};
use crate::pages::people::Choice;
use crate::pages::recovery::{AskedFor, Bare, Event, Fact, Recoveries};
use crate::pages::then::Then;
use crate::pages::{self, render};
use crate::problem::Problem;
use crate::recovery::Held;

/// Cases on a page.
const ROWS: usize = 50;
/// Each stage, in the order in which a reader looks for them.
const STAGES: [Stage; 9] = [
    Stage::Waiting,
    Stage::Granted,
    Stage::Open,
    Stage::Requested,
    Stage::Completed,
    Stage::Stopped,
    Stage::Expired,
    Stage::Frozen,
    Stage::Refused,
];
/// What is chosen in the place of a stage, to see what was left lying.
const ORPHANS: &str = "orphans";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    #[serde(default)]
    stage: String,
    /// How many cases come before this page.
    #[serde(default)]
    after: usize,
    #[serde(rename = "said")]
    _said: Option<String>,
}

/// A page of cases, the newest first, and what was left lying.
pub(super) async fn list(
    mut door: Door,
    AsOf { typed, rest: asked }: AsOf<Asked>,
) -> Result<Response, Refused> {
    let me = enter(&mut door).await?;
    let then = door.look_back(&typed, &door.path("recovery")).await?.keeping([("stage", &*asked.stage)]);
    shown(&door, &me).await?;
    let (views, now) = (door.app.store().views(), door.now());
    let Held { mut cases, mut bare } =
        Held::as_of(views, door.account, door.position()).await.map_err(ActError::from)?;
    let more = cases.len() > MOST || bare.len() > MOST;
    cases.truncate(MOST);
    bare.truncate(MOST);
    let orphans = cases.iter().filter(|case| case.orphan(now).is_some()).count();
    let wanted = |case: &Case| match asked.stage.as_str() {
        "" => true,
        ORPHANS => case.orphan(now).is_some(),
        stage => case.stage(now).name() == stage,
    };
    let mut names = Names::default();
    let (mut rows, mut further) = (vec![], false);
    let people = cases.iter().filter(|case| wanted(case)).skip(asked.after).take(ROWS).flat_map(|case| {
        let by = case.row.asked_by.as_deref().and_then(|by| by.parse().ok());
        std::iter::once(case.row.user_id).chain(by)
    });
    let reset = bare.iter().flat_map(|row| {
        let by = row.bare_reset_by.as_deref().and_then(|by| by.parse().ok());
        std::iter::once(row.user_id).chain(by)
    });
    names.meet(&door, &people.chain(reset).collect::<Vec<UserId>>()).await?;
    for case in cases.into_iter().filter(wanted).skip(asked.after) {
        further = rows.len() == ROWS;
        if further {
            break;
        }
        rows.push(row(&door, &then, &mut names, &case).await?);
    }
    let after = (asked.after + ROWS).to_string();
    let pairs = [("stage", asked.stage.clone()), ("after", after)];
    let next = if further { onward(&door, "recovery", pairs, &then) } else { String::new() };
    let mut without = Vec::with_capacity(bare.len());
    for row in bare {
        without.push(bare_row(&door, &me, &then, &mut names, row).await?);
    }
    let reads = door.state.lets(me.principal.role, Deed::ReadApprovals);
    Ok(render(&Recoveries {
        f: door.frame.clone(),
        stages: stages(&door, &asked.stage),
        asked: waiting(&door, &mut names).await?,
        approvals: if reads { linked(&then, &door.path("approvals")) } else { String::new() },
        orphans: if orphans > 0 { door.frame.n("recovery-orphans", orphans) } else { String::new() },
        rows,
        next,
        bare: without,
        more,
        then,
    }))
}

fn stages(door: &Door, chosen: &str) -> Vec<Choice> {
    let orphans = Choice {
        value: ORPHANS.to_owned(),
        text: door.frame.s("recovery-left-lying"),
        chosen: chosen == ORPHANS,
    };
    let choice = |stage: Stage| Choice {
        value: stage.name().to_owned(),
        text: door.frame.s(stage_mark(stage).key),
        chosen: chosen == stage.name(),
    };
    STAGES.into_iter().map(choice).chain([orphans]).collect()
}

/// Help for owners that waits for a second one.
async fn waiting(door: &Door, names: &mut Names) -> Result<Vec<AskedFor>, Refused> {
    let mut asked = vec![];
    let open = door.state.approvals.values().filter(|open| door.now() < open.expires_at);
    for open in open {
        let user = match &open.act {
            GuardedAct::GrantOwnerRecovery { user, .. } | GuardedAct::ResetOwner { user, .. } => *user,
            GuardedAct::Disable { .. }
            | GuardedAct::Suspend
            | GuardedAct::ExemptOwner { .. }
            | GuardedAct::ChangeOwnerIdentity { .. }
            | GuardedAct::Erase { .. }
            | GuardedAct::DemoteOwner { .. }
            | GuardedAct::DeactivateOwner { .. }
            | GuardedAct::GrantOwner { .. }
            | GuardedAct::TransferOwnership { .. }
            | GuardedAct::GrantOperator { .. }
            | GuardedAct::CloseAccount
            | GuardedAct::ChangeGovernance { .. } => continue,
        };
        asked.push(AskedFor {
            act: telling::of_act(&door.frame, &open.act),
            subject: names.of(door, user).await?.shown(door),
            by: names.of(door, open.by).await?.shown(door),
            until: When::from(open.expires_at),
        });
    }
    Ok(asked)
}

async fn row(
    door: &Door,
    then: &Then,
    names: &mut Names,
    case: &Case,
) -> Result<pages::recovery::CaseRow, Refused> {
    let (row, now) = (&case.row, door.now());
    Ok(pages::recovery::CaseRow {
        name: names.of(door, row.user_id).await?.shown(door),
        route: route(door, row),
        stage: stage_mark(case.stage(now)),
        orphan: case.orphan(now).map(orphan_mark),
        at: row.asked_at.into(),
        by: asker(door, names, row).await?,
        href: linked(then, &door.path(&format!("recovery/{}", row.recovery_id))),
    })
}

async fn bare_row(
    door: &Door,
    me: &Me,
    then: &Then,
    names: &mut Names,
    row: StandingRow,
) -> Result<Bare, Refused> {
    let event = row.bare_reset_seq.map(|seq| (seq, event_href(door, me, seq)));
    Ok(Bare {
        name: names.of(door, row.user_id).await?.shown(door),
        href: linked(then, &door.path(&format!("people/{}", row.user_id))),
        at: row.bare_reset_at.map(When::from),
        by: names.of_actor(door, row.bare_reset_by.as_deref()).await?,
        event,
        reenrolled: row.enabled_at.zip(row.bare_reset_at).is_some_and(|(on, off)| on >= off),
    })
}

/// Where an event is in the log; empty where the reader may not read it.
fn event_href(door: &Door, me: &Me, seq: u64) -> String {
    let href = with_query(&door.path("log"), [("event", seq.to_string().as_str())]);
    if door.state.lets(me.principal.role, Deed::ReadAudit) { href } else { String::new() }
}

fn route(door: &Door, row: &CaseRow) -> String {
    word(door, way(row.route))
}

/// A stable word in the reader's language.
fn word(door: &Door, name: &str) -> String {
    door.frame.s(&format!("value-{}", name.replace('_', "-")))
}

/// Who asked: at the door nobody is signed in, and it is the person themselves.
async fn asker(door: &Door, names: &mut Names, row: &CaseRow) -> Result<String, Refused> {
    let own = row.user_id.to_string();
    match row.asked_by.as_deref() {
        Some("anonymous") | None => Ok(door.frame.s("recovery-themselves")),
        Some(by) if by == own => Ok(door.frame.s("recovery-themselves")),
        by => names.of_actor(door, by).await,
    }
}

/// One case, from the request to the next factor.
pub(super) async fn one(
    mut door: Door,
    Path((_, case)): Path<(String, RecoveryId)>,
    Query(typed): Query<Typed>,
) -> Result<Response, Refused> {
    let here = door.path(&format!("recovery/{case}"));
    door.back.clone_from(&here);
    let me = enter(&mut door).await?;
    door.caught_up(audit::NAME).await?;
    let then = door.look_back(&typed, &here).await?;
    shown(&door, &me).await?;
    let views = door.app.store().views();
    let found = recovery::case(views, door.account, door.position(), case).await.map_err(ActError::from)?;
    let Some(found) = found else { return Err(Problem::not_found().into()) };
    let (row, now) = (&found.row, door.now());
    let mut names = Names::default();
    let entries = recovery::chain(views, door.account, row, door.position()).await;
    let entries = entries.map_err(ActError::from)?;
    let mut events = Vec::with_capacity(entries.len());
    for entry in entries {
        let told = telling::tell(&door.frame, &entry);
        events.push(Event {
            number: (entry.row.account_seq, event_href(&door, &me, entry.row.account_seq)),
            at: entry.row.recorded_at.into(),
            what: door.frame.s(&telling::key(&entry.row.event_type)),
            particulars: told.particulars,
            who: names.of_actor(&door, entry.row.actor.as_deref()).await?,
        });
    }
    let reason = match row.reason.clone() {
        Some(bytes) => {
            let sealed = Sealed::<Reason>::from_bytes(bytes);
            door.app.desk.vault().unseal(door.account, row.user_id, &sealed).await?
        }
        None => None,
    };
    let stream = StreamId::user(door.account, row.user_id);
    let person = door.app.desk.log().users.load(stream).await.map_err(ActError::from)?.state;
    // The reader's own is ended on their own page; in the past nothing is.
    let may = !door.is_past()
        && person.role().is_some_and(|role| door.state.lets(me.principal.role, Deed::StopRecovery(role)));
    let outranked = person.outranked(me.principal.role, now);
    let others = may && row.user_id != me.principal.user && !outranked;
    let stops = others && person.can_stop(row.recovery_id, now);
    let orphan = found.orphan(now).map(orphan_mark);
    Ok(render(&pages::recovery::Case {
        back: linked(&then, &door.path("recovery")),
        name: names.of(&door, row.user_id).await?.shown(&door),
        href: linked(&then, &door.path(&format!("people/{}", row.user_id))),
        route: route(&door, row),
        stage: stage_mark(found.stage(now)),
        orphan: orphan.map(|mark| {
            let advice = door.frame.s(&format!("{}-advice", mark.key));
            (mark, advice)
        }),
        facts: facts(&door, &mut names, &found, now).await?,
        reason: reason.map_or_else(String::new, |text| text.as_str().to_owned()),
        events,
        id: row.recovery_id.to_string(),
        stop: if stops { stop_path(&door, row.user_id) } else { String::new() },
        then,
        f: door.frame,
    }))
}

/// Where somebody's case is stopped.
pub(super) fn stop_path(door: &Door, user: UserId) -> String {
    door.path(&format!("people/{user}/recovery/stop"))
}

/// Who asked, who approved, what was used, and when.
async fn facts(
    door: &Door,
    names: &mut Names,
    case: &Case,
    now: Timestamp,
) -> Result<Vec<(&'static str, Fact)>, Refused> {
    let row = &case.row;
    let plain = |at| Fact::When(When::from(at), String::new());
    let mut facts =
        vec![("recovery-asked", Fact::When(When::from(row.asked_at), asker(door, names, row).await?))];
    if let Some(at) = row.frozen_at {
        // Whoever froze it asked for the case.
        facts = vec![("recovery-frozen", Fact::When(When::from(at), asker(door, names, row).await?))];
    }
    if let Some(by) = row.frozen_by {
        facts.push(("recovery-frozen-how", Fact::Words(word(door, frozen_by(by)))));
    }
    if let Some(user) = case.approved_by() {
        let key = if row.operated.is_some() { "recovery-let" } else { "recovery-approved" };
        facts.push((key, Fact::Who(names.of(door, user).await?.shown(door))));
    }
    if let Some(why) = row.refused {
        let why: &'static str = why.into();
        facts.push(("recovery-refused", Fact::Words(word(door, why))));
    }
    if let Some(act) = row.operated {
        facts.push(("recovery-operated", Fact::Words(word(door, act.word()))));
    } else if let Some(at) = row.granted_at {
        facts.push(("recovery-granted", plain(at)));
        let saw = if row.issuer_saw { "told-handed-issuer" } else { "told-handed-link" };
        facts.push(("recovery-the-code", Fact::Words(door.frame.s(saw))));
    }
    if let Some(renewed) = case.renewed(now).filter(|_| row.operated.is_some()) {
        facts.push(("recovery-renewed", Fact::Words(word(door, renewed.name()))));
    }
    let instants = [
        ("recovery-expires", case.expires_at()),
        ("recovery-revealed", row.revealed_at),
        ("recovery-used", row.used_at),
        ("recovery-waits", row.waits_since),
        (if row.frozen_at.is_some() { "frozen-opens" } else { "recovery-due" }, row.due_at),
        ("recovery-reset", case.reset_at(now)),
    ];
    facts.extend(instants.into_iter().filter_map(|(key, at)| Some((key, plain(at?)))));
    if let Some(stop) = case.stop(now) {
        let who = names.of_actor(door, stop.by.as_deref()).await?;
        facts.push(("recovery-stopped", Fact::When(When::from(stop.at), who)));
        let why = row.stopped.map_or(stop.why, objected);
        facts.push(("recovery-stopped-why", Fact::Words(word(door, why))));
    }
    if let Some(at) = row.thawed_at {
        facts.push(("recovery-thawed", Fact::When(When::from(at), door.frame.s("recovery-themselves"))));
    }
    if let Some(how) = row.thawed_how {
        facts.push(("recovery-thawed-how", Fact::Words(word(door, thawed(how)))));
    }
    let bound = row.completed_at.filter(|_| row.operated.is_none());
    facts.extend(bound.map(|at| ("recovery-completed", plain(at))));
    Ok(facts)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    case: RecoveryId,
    /// `case`, where it was asked for there.
    #[serde(default)]
    from: String,
}

/// Ends somebody's grant, or their reset that waits.
pub(super) async fn stop(
    mut door: Door,
    Path((_, user)): Path<(String, UserId)>,
    Form(which): Form<Which>,
) -> Result<Response, Refused> {
    let there = match which.from.as_str() {
        "case" => format!("recovery/{}", which.case),
        _ => format!("people/{user}"),
    };
    door.back = door.path(&there);
    let me = door.enter(Deed::ReadPeople).await?;
    match door.perform(StopRecovery { credential: me.credential, user, recovery: which.case }).await {
        Ok(_) => Ok(door.go(&there, Some(Said::RecoveryStopped))),
        // It is over already: the page says how.
        Err(ActError::User(UserError::NothingWaits)) => Ok(door.go(&there, Some(Said::Unchanged))),
        Err(error) => Err(door.refuse(error)),
    }
}

async fn enter(door: &mut Door) -> Result<Me, Refused> {
    let me = door.enter(Deed::ReadRecoveries).await?;
    door.frame = door.frame.clone().section(Section::Recovery);
    door.caught_up(recovery::NAME).await?;
    Ok(me)
}

/// Records what is about to be shown.
async fn shown(door: &Door, me: &Me) -> Result<(), Refused> {
    door.shows(me, Question::of(Matter::Recoveries).as_of(door.asked_at())).await
}

const fn stage_mark(stage: Stage) -> Mark {
    match stage {
        Stage::Requested => Mark::new(Tone::Plain, "stage-requested"),
        Stage::Refused => Mark::new(Tone::Plain, "stage-refused"),
        Stage::Granted => Mark::new(Tone::Warn, "stage-granted"),
        Stage::Waiting => Mark::new(Tone::Warn, "stage-waiting"),
        Stage::Open => Mark::new(Tone::Warn, "stage-open"),
        Stage::Completed => Mark::new(Tone::Good, "stage-completed"),
        Stage::Stopped => Mark::new(Tone::Plain, "stage-stopped"),
        Stage::Expired => Mark::new(Tone::Plain, "stage-expired"),
        Stage::Frozen => Mark::new(Tone::Bad, "stage-frozen"),
    }
}

const fn orphan_mark(orphan: Orphan) -> Mark {
    match orphan {
        Orphan::NeverUsed => Mark::new(Tone::Bad, "orphan-never-used"),
        Orphan::NeverReenrolled => Mark::new(Tone::Bad, "orphan-never-reenrolled"),
        Orphan::WithoutCase => Mark::new(Tone::Bad, "orphan-without-case"),
        Orphan::StillFrozen => Mark::new(Tone::Bad, "orphan-still-frozen"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::Language;

    #[test]
    fn every_stage_and_every_orphan_has_words_in_every_language() {
        let orphans = [Orphan::NeverUsed, Orphan::NeverReenrolled, Orphan::WithoutCase, Orphan::StillFrozen]
            .map(orphan_mark);
        let advice = orphans.iter().map(|mark| format!("{}-advice", mark.key));
        let stages = STAGES.map(|stage| stage_mark(stage).key.to_owned());
        let keys: Vec<String> =
            orphans.iter().map(|mark| mark.key.to_owned()).chain(stages).chain(advice).collect();
        for (language, key) in Language::ALL.into_iter().flat_map(|l| keys.iter().map(move |key| (l, key))) {
            assert_ne!(language.say(key), *key, "{}", language.tag());
        }
    }
}
