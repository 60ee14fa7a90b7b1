//! Named sets of rules: which one the account holds itself to, and where it meets and misses each.

use axum::response::Response;
use serde::Deserialize;
use twofold_domain::permission::Act as Deed;
use twofold_domain::policy::{Bound, Finding, Profile};
use twofold_infra::acts::ChooseProfile;

use super::door::{Door, Said};
use super::places::{chosen, title_of};
use super::policy_form::audience_words;
use super::refused::Refused;
use super::then::{AsOf, linked, onward};
use crate::extract::Form;
use crate::pages::frame::{Frame, Section};
use crate::pages::governing::{ProfileChoice, Profiles, RuleRow, Stands};
use crate::pages::render;
use crate::problem::Problem;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    #[serde(default)]
    profile: String,
    #[serde(rename = "said")]
    _said: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Choice {
    /// Empty for none.
    profile: String,
}

/// All of them, and the rules of one: the account's own, unless another is asked for.
pub(super) async fn show(
    mut door: Door,
    AsOf { typed, rest: asked }: AsOf<Asked>,
) -> Result<Response, Refused> {
    let me = door.enter(Deed::ReadAccount).await?;
    let then = door.look_back(&typed, &door.path("policy/profile")).await?;
    let then = then.keeping([("profile", &*asked.profile)]);
    let (f, now, own) = (&door.frame, door.now(), chosen(&door));
    let shown = match asked.profile.as_str() {
        "" => own,
        name => Some(name.parse::<Profile>().map_err(|_| Problem::not_found())?),
    };
    let choice = |profile: Profile| {
        let findings = profile.findings(|audience| door.state.policy(audience, now), door.state.switch, now);
        let met = findings.iter().filter(|finding| finding.meets).count();
        ProfileChoice {
            name: profile.name(),
            title: title_of(profile),
            chosen: own == Some(profile),
            meets: f.vw("profile-meets", met, findings.len()),
            href: onward(&door, "policy/profile", [("profile", profile.name().to_owned())], &then),
        }
    };
    let rules = shown
        .map(|profile| profile.findings(|audience| door.state.policy(audience, now), door.state.switch, now))
        .unwrap_or_default();
    Ok(render(&Profiles {
        action: door.path("policy/profile"),
        back: linked(&then, &door.path("policy")),
        may_choose: !door.is_past() && door.state.lets(me.principal.role, Deed::ChangePolicy),
        none: own.is_none(),
        profiles: Profile::all().map(choice).collect(),
        shown: shown.map(|profile| f.s(&title_of(profile))).unwrap_or_default(),
        rules: rows(f, rules, shown == Some(Profile::Seed)),
        then: then.clone(),
        f: f.clone().section(Section::Policy),
    }))
}

/// Holds the account to one, or to none. It changes no setting.
pub(super) async fn choose(mut door: Door, Form(choice): Form<Choice>) -> Result<Response, Refused> {
    door.back = door.path("policy/profile");
    let me = door.enter(Deed::ChangePolicy).await?;
    let profile = match choice.profile.as_str() {
        "" => None,
        name => Some(name.parse::<Profile>().map_err(|_| Problem::not_found())?),
    };
    match door.perform(ChooseProfile { credential: me.credential, profile }).await {
        Ok(_) => Ok(door.go("policy/profile", Some(Said::ProfileChosen))),
        Err(error) => Err(door.refuse(error)),
    }
}

/// A row for each rule, in the order of the profile; each audience in it.
fn rows(f: &Frame, findings: Vec<Finding>, of_new: bool) -> Vec<RuleRow> {
    let yes = |yes: bool| f.s(if yes { "yes" } else { "no" });
    let mut rows: Vec<RuleRow> = vec![];
    for Finding { rule, source, audience, meets, value, bound } in findings {
        let (value, wanted) = match bound {
            Bound::Is(wanted) => (yes(value != 0), yes(wanted)),
            Bound::AtMost(most) => (value.to_string(), f.n("profile-at-most", most)),
            Bound::AtLeast(least) => (value.to_string(), f.n("profile-at-least", least)),
        };
        let stands = Stands { audience: audience_words(audience).1, value, meets };
        let rule = key(rule);
        if let Some(row) = rows.iter_mut().find(|row| row.rule == rule && row.wanted == wanted) {
            row.stands.push(stands);
            continue;
        }
        let source = if of_new { f.s("profile-source-seed") } else { source.to_owned() };
        rows.push(RuleRow { rule, source, wanted, stands: vec![stands] });
    }
    rows
}

fn key(rule: &str) -> String {
    format!("profile-rule-{}", rule.replace('_', "-"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::Language;

    #[test]
    fn every_profile_and_rule_has_words_in_every_language() {
        for language in Language::ALL {
            for profile in Profile::all() {
                let title = title_of(profile);
                let rules = profile.rules().iter().map(|rule| key(rule.rule));
                for key in rules.chain([format!("{title}-hint"), title]) {
                    assert_ne!(language.say(&key), key, "{}", language.tag());
                }
            }
        }
    }
}
