//! What a preview found, as the page that asks for confirmation shows it.

use twofold_domain::account::{Change, Effect};
use twofold_domain::reading::{Matter, Question};
use twofold_domain::time::Timestamp;
use twofold_infra::acts::Statement;

use super::door::{Door, Me};
use super::names::Names;
use super::refused::Refused;
use crate::assess::{Preview, consider};
use crate::pages::account::Findings;

/// Names that stand beside each number.
const NAMES: usize = 5;

/// The words of each effect.
pub(super) const fn words_of(effect: Effect) -> &'static str {
    match effect {
        Effect::Reset => "impact-reset",
        Effect::MustEnrolNow => "impact-enrol-now",
        Effect::MustEnrolAfterGrace => "impact-enrol-later",
        Effect::NoWorkingFactor => "impact-stuck",
        Effect::TrustEnds => "impact-trust",
        Effect::SessionsEnd => "impact-sessions",
        Effect::IntegrationsBreak => "impact-integrations",
        Effect::NoLongerAsked => "impact-unasked",
        Effect::PasswordSuffices => "impact-password",
    }
}

/// Counts whom a change concerns, and puts it into words.
pub(super) async fn findings(door: &Door, me: &Me, change: &Change) -> Result<Findings, Refused> {
    let considered = consider(&door.app, door.account, change, me.principal.role).await?;
    door.shows(me, Question::of(Matter::Preview)).await?;
    let Preview { found, statement } = considered.preview(&door.app, change).await?;
    let mut names = Names::default();
    let mut lines = vec![];
    for (effect, people) in found.counts.iter().filter(|(_, people)| **people > 0) {
        let mut called = vec![];
        for person in found.people.get(effect).into_iter().flatten().take(NAMES) {
            called.push(names.of(door, person.user).await?.shown(door));
        }
        let more = people.saturating_sub(called.len() as u64);
        if more > 0 {
            called.push(door.frame.n("impact-more", more));
        }
        lines.push((door.frame.n(words_of(*effect), people), *people, called.join(", ")));
    }
    let prompts = match found.extra_prompts_a_month(statement.at) {
        None => door.frame.vw("impact-prompts-so-far", found.prompts_before, found.prompts_after),
        Some(0) => door.frame.s("impact-prompts-same"),
        Some(more @ 1..) => door.frame.n("impact-prompts-more", more),
        Some(fewer) => door.frame.n("impact-prompts-fewer", fewer.unsigned_abs()),
    };
    let since = door.frame.v("impact-prompts-since", minute(found.since));
    Ok(Findings {
        lines,
        of: found.looked_at,
        prompts: format!("{prompts} {since}"),
        confirmation: serde_json::to_string(&statement).unwrap_or_default(),
        what_if: String::new(),
    })
}

/// The statement that a confirmation carries; nothing where it carries none, or something else.
pub(super) fn statement(typed: &str) -> Option<Statement> {
    serde_json::from_str(typed).ok()
}

/// `2026-03-31 12:00 UTC`
fn minute(at: Timestamp) -> String {
    let text: String = at.to_string().chars().take(16).collect();
    format!("{} UTC", text.replacen('T', " ", 1))
}
