//! One step of what is followed, as it is printed.

use std::fmt::Write as _;

use serde::Serialize;
use twofold_projections::follow::{Change, Step, readable};

use super::output::one_line;
use super::{Failure, Output};
use crate::pages::Language;

/// What stands for a field that is not there.
const NOTHING: &str = "–";

/// A step as a line of JSON, or as lines for people: event, time, words, and each field before and after.
pub(super) fn told(output: Output, step: &Step) -> Result<String, Failure> {
    let words = Language::En.say(&format!("event-{}", step.name));
    if output.is_json() {
        #[derive(Serialize)]
        struct Line<'a> {
            #[serde(flatten)]
            step: &'a Step,
            words: String,
        }
        let line = serde_json::to_string(&Line { step, words }).map_err(anyhow::Error::from)?;
        return Ok(line + "\n");
    }
    let by = step.actor.as_deref().map(|actor| format!(", by {actor}")).unwrap_or_default();
    let Step { event, at, name, of, changes, .. } = step;
    let mut text = format!("{event}  {at}  {words} ({name}) of {of}{by}\n");
    for Change { field, before, after } in changes {
        let shown = |value: &Option<serde_json::Value>| {
            value.as_ref().map_or_else(|| NOTHING.to_owned(), |value| readable(field, value))
        };
        let (before, after) = (shown(before), shown(after));
        let _ = writeln!(text, "    {}: {} → {}", one_line(field), one_line(&before), one_line(&after));
    }
    Ok(text)
}
