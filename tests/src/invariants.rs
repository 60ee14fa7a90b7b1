//! What must be true of every log, whoever wrote it and whatever raced, failed, or vanished meanwhile:
//! the invariants of the product, and that no secret stands in it in clear, which only whoever knows the
//! secrets can tell.

use aho_corasick::AhoCorasick;
use twofold_infra::store::Recorded;
use twofold_projections::inspection::Inspection;

/// Checks one account's whole log, and returns every breach in words; none of `secrets` may be in it.
pub fn broken(log: &[Recorded], secrets: &[String]) -> Vec<String> {
    let mut inspection = Inspection::default();
    let mut breaches: Vec<String> =
        log.iter().flat_map(|event| inspection.read(event)).map(|breach| breach.to_string()).collect();
    breaches.extend(leaks(log, secrets));
    breaches
}

/// No secret and no personal value stands in the log in clear.
fn leaks(log: &[Recorded], secrets: &[String]) -> Vec<String> {
    let known: Vec<&String> = secrets.iter().filter(|s| s.len() >= 6).collect();
    let finder = match AhoCorasick::builder().ascii_case_insensitive(true).build(&known) {
        Ok(finder) => finder,
        Err(error) => return vec![format!("the search for secrets cannot begin: {error}")],
    };
    let mut found = vec![];
    for event in log {
        for text in [&event.payload, &event.metadata] {
            if let Some(hit) = finder.find(text.as_str()) {
                let (seq, name) = (event.account_seq, &event.event_type);
                let what = known[hit.pattern().as_usize()];
                found.push(format!("event {seq}: nothing-in-clear: {name} holds {what:?}"));
            }
        }
    }
    found
}
