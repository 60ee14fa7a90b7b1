//! How the sign-ins of the last days would have gone under the policy of a form.

use std::collections::BTreeMap;

use axum::response::Response;
use twofold_domain::account::Change;
use twofold_domain::permission::Act as Deed;
use twofold_domain::policy::{Audience, AudiencePolicy};
use twofold_domain::reading::{Matter, Question};
use twofold_domain::time::{Span, Timestamp};
use twofold_infra::acts::ActError;
use twofold_projections::what_if::{Day, Tally};

use super::door::{Door, Me, with_query};
use super::names::Names;
use super::policy::{faulty, misfit};
use super::policy_form::{self, Faulty, Typed};
use super::refused::Refused;
use crate::extract::{Path, Query};
use crate::pages::frame::Section;
use crate::pages::governing::{WhatIf, WhatIfKind};
use crate::pages::render;
use crate::pages::reports::Plot;
use crate::problem::Problem;
use crate::suppose::{Otherwise, place, suppose};

/// Spans that are offered, in days; the second where none is named.
const SPANS: [i64; 3] = [7, 30, 90];
/// Names that stand beside each number.
const NAMED: usize = 10;

/// The page. It changes nothing, so the policy stands in its address.
pub(super) async fn show(
    mut door: Door,
    Path((_, audience)): Path<(String, String)>,
    Query(mut typed): Query<Typed>,
) -> Result<Response, Refused> {
    let me = door.enter(Deed::PreviewChange).await?;
    let audience = policy_form::audience(&audience).ok_or_else(Problem::not_found)?;
    let (key, words) = policy_form::audience_words(audience);
    let days = typed.remove("days").and_then(|days| days.parse().ok());
    let days = days.filter(|days| SPANS.contains(days)).unwrap_or(SPANS[1]);
    typed.retain(|name, _| !["confirmation", "reason"].contains(&name.as_str()));
    let now = door.now();
    let today = door.state.policy(audience, now).clone();
    let policy = match policy_form::read(&typed, &today, &door.state) {
        Ok(policy) => policy,
        Err(field) => {
            let error = door.frame.s("policy-number");
            return faulty(&mut door, &me, Faulty { audience, typed, field, error }).await;
        }
    };
    let change = Change::Policy(BTreeMap::from([(audience, policy.clone())]));
    if let Err(error) = door.state.foresee(&change, me.principal.role, &door.app.desk.offer(), now) {
        let Some((field, error)) = misfit(&mut door, &error) else {
            return Err(door.refuse(ActError::Account(error)));
        };
        return faulty(&mut door, &me, Faulty { audience, typed, field, error }).await;
    }
    let (from, to) = (now - Span::days(days), now);
    let place = place(&me.principal)?;
    door.shows(&me, Question::of(Matter::WhatIf).narrowed("days", Some(days))).await?;
    let imagine =
        |of: Audience, held: &AudiencePolicy| if of == audience { policy.clone() } else { held.clone() };
    let found = suppose(&door.app, door.account, (from, to), imagine, NAMED, place).await?;
    let reckoning = found.reckoning;
    let action = door.path(&format!("policy/what-if/{key}"));
    let of_span = |span: i64| {
        let text = span.to_string();
        let asked = typed.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        (span, with_query(&action, asked.chain([("days", text.as_str())])), span == days)
    };
    let spans = SPANS.map(of_span).to_vec();
    let may_change = door.state.lets(me.principal.role, Deed::ChangePolicy);
    let untold = reckoning.untold.categories();
    let untold = untold.into_iter().filter(|(_, events, _)| *events > 0);
    Ok(render(&WhatIf {
        back: door.path("policy"),
        audience: words,
        changes: changes(&door, &today, &policy),
        spans,
        save: if may_change { door.path(&format!("policy/{key}")) } else { String::new() },
        from: from.into(),
        to: to.into(),
        position: reckoning.position,
        sign_ins: (reckoning.sign_ins, reckoning.same),
        kinds: kinds(&door, &me, found.kinds).await?,
        plot: plot(&door, &reckoning.days, from, to),
        days: reckoning.days.into_iter().map(|Day { day, tally }| (day, figures(tally))).collect(),
        untold: untold
            .map(|(word, events, _)| (events, door.frame.s(&format!("what-if-{}", word.replace('_', "-")))))
            .collect(),
        hidden: typed.into_iter().collect(),
        f: door.frame.clone().section(Section::Policy),
    }))
}

/// What differs from the policy of today, a line each.
fn changes(door: &Door, today: &AudiencePolicy, other: &AudiencePolicy) -> Vec<String> {
    let f = &door.frame;
    let yes = |yes: bool| f.s(if yes { "yes" } else { "no" });
    let required = (today.required != other.required)
        .then(|| format!("{}: {} → {}", f.s("policy-required"), yes(today.required), yes(other.required)));
    required.into_iter().chain(policy_form::differences(f, today, other)).collect()
}

async fn kinds(door: &Door, me: &Me, found: Vec<Otherwise>) -> Result<Vec<WhatIfKind>, Refused> {
    let manages = door.state.lets(me.principal.role, Deed::ReadPeople);
    let (mut names, mut kinds) = (Names::default(), vec![]);
    for Otherwise { kind, events, people, first: some } in found.into_iter().filter(|kind| kind.events > 0) {
        let mut first = vec![];
        for (user, times) in &some {
            let href = if manages { door.path(&format!("people/{user}")) } else { String::new() };
            first.push((names.of(door, *user).await?.shown(door), href, *times));
        }
        let words = door.frame.s(&format!("what-if-{}", kind.replace('_', "-")));
        kinds.push(WhatIfKind { words, events, people, more: people - first.len() as u64, first });
    }
    Ok(kinds)
}

/// The figures of a day, in the order of the table.
const fn figures(tally: Tally) -> [u64; 6] {
    let Tally { sign_ins, extra_prompts, fewer_prompts, bindings, need_not_bind, no_session } = tally;
    [sign_ins, extra_prompts, fewer_prompts, bindings, need_not_bind, no_session]
}

/// Prompts more and fewer on each day of the span, also where nobody came.
fn plot(door: &Door, days: &[Day], from: Timestamp, to: Timestamp) -> Plot {
    let day_of = |at: Timestamp| at.to_string().chars().take("2026-03-31".len()).collect::<String>();
    let (mut bars, mut known) = (vec![], days.iter().peekable());
    let mut at = from;
    while day_of(at) <= day_of(to) {
        let tally =
            known.next_if(|known| known.day == day_of(at)).map_or_else(Tally::default, |day| day.tally);
        bars.push((tally.extra_prompts, tally.fewer_prompts));
        at = at + Span::days(1);
    }
    let title = door.frame.s("what-if-plot");
    let plot = Plot {
        title,
        about: door.frame.s("plot-about"),
        ends: (day_of(from), day_of(to)),
        ..Plot::default()
    };
    plot.of_more_and_fewer(&bars)
}
