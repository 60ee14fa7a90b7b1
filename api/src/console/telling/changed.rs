//! What an event changed, in words: before → after. What one cannot read, such as an id or what stays sealed, is in
//! the event's data.

use std::collections::BTreeMap;

use serde::Deserialize as _;
use serde::de::DeserializeOwned;
use serde_json::Value;
use twofold_domain::account::Settings;
use twofold_domain::ids::GroupId;
use twofold_domain::policy::AudiencePolicy;
use twofold_domain::time::Timestamp;
use twofold_projections::audit::Change;

use super::account::changes;
use crate::pages::Language;
use crate::pages::frame::{Frame, When};

/// A line for each change that the event's own particulars do not tell. Names and addresses are open already;
/// groups have the names of today.
pub(in crate::console) fn changed(
    f: &Frame,
    event_type: &str,
    whole: &[Change],
    groups: &BTreeMap<GroupId, String>,
) -> Vec<String> {
    if matches!(event_type, "PolicyChanged" | "GovernanceChanged" | "RoleChanged") {
        return vec![];
    }
    whole.iter().flat_map(|change| line(f, change, groups)).collect()
}

fn line(
    f: &Frame,
    Change { what, before, after }: &Change,
    groups: &BTreeMap<GroupId, String>,
) -> Vec<String> {
    let said = |key: &str, words: &dyn Fn(&Value) -> String| {
        let side = |value: &Value| if value.is_null() { f.s("changed-nothing") } else { words(value) };
        vec![format!("{}: {} → {}", f.s(key), side(before), side(after))]
    };
    let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match what.as_str() {
        "two_factor" => said("changed-two-factor", &|v| f.s(&format!("switch-{}", plain(v)))),
        "profile" => said("profile-title", &|v| f.s(&format!("profile-{}", plain(v)))),
        "name" | "group_name" | "program_name" => said("name", &plain),
        "email" => said("email", &plain),
        "language" => said("language", &language),
        "groups" => said("groups-title", &|v| group_names(f, v, groups)),
        "factor_drift" => said("changed-drift", &plain),
        "exempt_until" => said("changed-exempt-until", &|v| {
            Timestamp::deserialize(v).map_or_else(|_| plain(v), |at| When::from(at).plain)
        }),
        "policy" => both::<AudiencePolicy>(before, after).map_or_else(Vec::new, |(b, a)| changes(f, &b, &a)),
        "floor" => match both::<AudiencePolicy>(before, after) {
            Some((before, after)) => changes(f, &before, &after),
            None => said("floor-title", &|_| f.s("floor-is-set")),
        },
        "settings" => both(before, after).map_or_else(Vec::new, |(b, a)| settings(f, &b, &a)),
        _ => vec![],
    }
}

fn both<T: DeserializeOwned>(before: &Value, after: &Value) -> Option<(T, T)> {
    Some((T::deserialize(before).ok()?, T::deserialize(after).ok()?))
}

fn language(tag: &Value) -> String {
    let tag = tag.as_str().unwrap_or_default();
    Language::of_tag(tag).map_or_else(|| tag.to_owned(), |language| language.own_name().to_owned())
}

fn group_names(f: &Frame, ids: &Value, groups: &BTreeMap<GroupId, String>) -> String {
    let ids = ids.as_array().map(Vec::as_slice).unwrap_or_default();
    let name = |id: &Value| {
        let id = id.as_str().unwrap_or_default();
        id.parse().ok().and_then(|id| groups.get(&id).cloned()).unwrap_or_else(|| id.to_owned())
    };
    let names: Vec<String> = ids.iter().map(name).collect();
    if names.is_empty() { f.s("changed-nothing") } else { names.join(", ") }
}

/// What a change of the account's settings changed.
fn settings(f: &Frame, before: &Settings, after: &Settings) -> Vec<String> {
    let nothing = |text: String| if text.is_empty() { f.s("changed-nothing") } else { text };
    let maybe = |text: &Option<String>| nothing(text.clone().unwrap_or_default());
    let yes = |there: bool| f.s(if there { "yes" } else { "no" });
    let languages = |of: &Settings| {
        let names = of.languages.iter().map(|tag| language(&tag.as_str().into()));
        nothing(names.collect::<Vec<_>>().join(", "))
    };
    let notices = |of: &Settings| {
        let names =
            of.notices.iter().map(|notice| f.s(&format!("notice-{}", notice.name().replace('_', "-"))));
        nothing(names.collect::<Vec<_>>().join(", "))
    };
    let mut lines = vec![];
    if before.logo != after.logo {
        let sides = (yes(before.logo.is_some()), yes(after.logo.is_some()));
        lines.push(format!("{}: {} → {}", f.s("settings-logo"), sides.0, sides.1));
    }
    for (key, before, after) in [
        ("settings-name", before.name.clone(), after.name.clone()),
        ("settings-languages", languages(before), languages(after)),
        ("settings-zone", maybe(&before.time_zone), maybe(&after.time_zone)),
        ("settings-help", maybe(&before.help), maybe(&after.help)),
        ("settings-notices", notices(before), notices(after)),
    ] {
        if before != after {
            lines.push(format!("{}: {before} → {after}", f.s(key)));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::site::Site;

    /// Rules: S6.
    #[test]
    fn what_was_before_is_said_in_words_in_every_language() {
        let site = Site::new("http://localhost".parse().unwrap());
        let settings = |name: &str, zone: Option<&str>| {
            json!(Settings { name: name.into(), time_zone: zone.map(Into::into), ..Settings::default() })
        };
        let team = json!(AudiencePolicy::TEAM);
        let strict = json!(AudiencePolicy { trust_days: 1, ..AudiencePolicy::TEAM });
        let rows = [
            ("two_factor", json!("suspended"), json!("off"), "Two-factor authentication: Suspended → Off"),
            ("name", json!("Ada Quick"), json!("Ada Slow"), "Name: Ada Quick → Ada Slow"),
            ("language", json!("en"), json!("ko"), "Language: English → 한국어"),
            ("groups", json!([]), json!(["grp_gone"]), "Groups: nothing → grp_gone"),
            ("group_name", json!("Night"), Value::Null, "Name: Night → nothing"),
            ("profile", Value::Null, json!("pci-dss-4"), "Profile and conformance: nothing → PCI DSS 4"),
            (
                "settings",
                settings("Acme", None),
                settings("Acme", Some("Asia/Seoul")),
                "Time zone: nothing → Asia/Seoul",
            ),
            ("floor", Value::Null, team.clone(), "The owner’s floor: nothing → A floor is set"),
            ("recovery_codes", json!("set_1"), json!("set_2"), ""),
        ];
        for (what, before, after, expected) in rows {
            let change = [Change { what: what.into(), before, after }];
            for language in Language::ALL {
                let f = Frame::new(language, &site);
                let lines = changed(&f, "Something", &change, &BTreeMap::new());
                assert_eq!(lines.is_empty(), expected.is_empty(), "{what}");
                if language == Language::En {
                    assert_eq!(lines.join("; "), expected);
                }
            }
        }
        let f = Frame::new(Language::En, &site);
        let policy = [Change { what: "policy".into(), before: team, after: strict }];
        assert_eq!(changed(&f, "PolicyScheduled", &policy, &BTreeMap::new()).len(), 1);
        assert!(changed(&f, "PolicyChanged", &policy, &BTreeMap::new()).is_empty());
    }
}
