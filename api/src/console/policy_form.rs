//! The form of a policy: what was typed, and the policy that it means.

use std::collections::BTreeMap;

use twofold_domain::account::Account;
use twofold_domain::ids::GroupId;
use twofold_domain::policy::{Audience, AudiencePolicy, PasswordApi, Role};

use crate::layers::concern;
use crate::pages::account::{AudienceForm, Figure, Tick};
use crate::pages::frame::{Field, Frame, When};

/// A form as it was sent: everything is text until it is read.
pub(super) type Typed = BTreeMap<String, String>;

/// A form that was refused, and the field at fault.
pub(super) struct Faulty {
    pub(super) audience: Audience,
    pub(super) typed: Typed,
    pub(super) field: &'static str,
    pub(super) error: String,
}

/// One figure of a policy: its field, its words, and where it is.
struct Number {
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    get: fn(&AudiencePolicy) -> u32,
    set: fn(&mut AudiencePolicy, u32) -> Option<()>,
}

/// One yes or no of a policy.
struct Choice {
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    of: fn(&mut AudiencePolicy) -> &mut bool,
}

macro_rules! numbers {
    ($($field:ident $label:literal $hint:literal;)+) => {
        &[$(Number {
            name: stringify!($field),
            label: $label,
            hint: $hint,
            get: |p| p.$field.into(),
            set: |p, n| { p.$field = n.try_into().ok()?; Some(()) },
        }),+]
    };
}

macro_rules! choices {
    ($($field:ident $label:literal $hint:literal;)+) => {
        &[$(Choice { name: stringify!($field), label: $label, hint: $hint, of: |p| &mut p.$field }),+]
    };
}

const NUMBERS: &[Number] = numbers! {
    grace_days "policy-grace" "policy-grace-hint";
    trust_days "policy-trust" "policy-trust-hint";
    stay_signed_in_days "policy-stay" "policy-stay-hint";
    idle_minutes "policy-idle" "policy-idle-hint";
    lifetime_hours "policy-lifetime" "policy-lifetime-hint";
    password_length "policy-password" "policy-password-hint";
    password_length_alone "policy-password-alone" "policy-password-alone-hint";
    failure_limit "policy-failures" "policy-failures-hint";
};

const CHOICES: &[Choice] = choices! {
    trust_ends_with_session "policy-trust-session" "policy-trust-session-hint";
    asserted_sign_in "policy-asserted" "policy-asserted-hint";
    reauthorise_on_open "policy-reauthorise" "policy-reauthorise-hint";
};

const ROLES: [(Role, &str); 4] = [
    (Role::Owner, "role-owner"),
    (Role::Admin, "role-admin"),
    (Role::Agent, "role-agent"),
    (Role::Auditor, "role-auditor"),
];

/// The policy that a form means; the name of the first field that cannot be read otherwise. Bounds are the
/// domain's.
pub(super) fn read(
    typed: &Typed,
    now: &AudiencePolicy,
    account: &Account,
) -> Result<AudiencePolicy, &'static str> {
    let on = |name: &str| typed.get(name).is_some_and(|value| value == "on");
    let mut policy = now.clone();
    policy.required = on("required");
    for number in NUMBERS {
        let text = typed.get(number.name).map_or("", |text| text.trim());
        let value = text.parse().map_err(|_| number.name)?;
        (number.set)(&mut policy, value).ok_or(number.name)?;
    }
    for choice in CHOICES {
        *(choice.of)(&mut policy) = on(choice.name);
    }
    policy.required_of.roles =
        ROLES.iter().map(|(role, _)| *role).filter(|role| on(&role_field(*role))).collect();
    policy.required_of.groups = account.groups.keys().copied().filter(|g| on(&group_field(*g))).collect();
    let until = typed.get("password_until").map_or("", |text| text.trim());
    policy.password_api = match typed.get("password_api").map(String::as_str) {
        Some("off") => PasswordApi::Off,
        // A bare date is read as its end.
        Some("until") => {
            let end = concern::zone().last_of(until).or_else(|| until.parse().ok());
            PasswordApi::Until(end.ok_or("password_until")?)
        }
        _ => PasswordApi::Allowed,
    };
    Ok(policy)
}

/// Whether a setting shows its own fault beside its field.
pub(super) fn shows_fault(name: &str) -> bool {
    name == "password_until" || NUMBERS.iter().any(|number| number.name == name)
}

/// The key of a setting's label.
pub(super) fn label(name: &str) -> &'static str {
    let number = NUMBERS.iter().find(|number| number.name == name).map(|number| number.label);
    let choice = || CHOICES.iter().find(|choice| choice.name == name).map(|choice| choice.label);
    number.or_else(choice).unwrap_or(match name {
        "required" => "policy-required",
        "password_api" | "password_until" => "policy-api",
        "allowed_kinds" => "policy-kinds",
        _ => "policy-meant",
    })
}

/// The short word of an audience, in paths and ids, and the key of its name.
pub(super) const fn audience_words(audience: Audience) -> (&'static str, &'static str) {
    match audience {
        Audience::Team => ("team", "policy-members"),
        Audience::EndUsers => ("end-users", "policy-users"),
    }
}

/// The audience of a path.
pub(super) fn audience(word: &str) -> Option<Audience> {
    [Audience::Team, Audience::EndUsers].into_iter().find(|audience| audience_words(*audience).0 == word)
}

/// A form of one audience's settings as a page shows it.
pub(super) fn sheet(
    f: &Frame,
    audience: Audience,
    account: &Account,
    action: String,
    typed: &Typed,
    fault: Option<(&str, &str)>,
) -> AudienceForm {
    let (key, title) = audience_words(audience);
    let text = |name: &str| typed.get(name).cloned().unwrap_or_default();
    AudienceForm {
        key,
        title,
        action,
        required: typed.contains_key("required"),
        affected: String::new(),
        meant: meant(f, audience, account, typed),
        figures: figures(f, audience, key, typed, fault),
        choices: choices(f, audience, typed),
        password_api: text("password_api"),
        password_until: Field {
            value: text("password_until"),
            error: fault.filter(|(at, _)| *at == "password_until").map_or("", |(_, e)| e).to_owned(),
        },
        scheduled: None,
        what_if: String::new(),
    }
}

/// A policy as its form would have sent it.
pub(super) fn of(policy: &AudiencePolicy) -> Typed {
    let mut typed = Typed::new();
    let mut tick = |name: String| _ = typed.insert(name, "on".to_owned());
    if policy.required {
        tick("required".to_owned());
    }
    policy.required_of.roles.iter().for_each(|role| tick(role_field(*role)));
    policy.required_of.groups.iter().for_each(|group| tick(group_field(*group)));
    let mut copy = policy.clone();
    for choice in CHOICES {
        if *(choice.of)(&mut copy) {
            tick(choice.name.to_owned());
        }
    }
    for number in NUMBERS {
        typed.insert(number.name.to_owned(), (number.get)(policy).to_string());
    }
    let (word, until) = match policy.password_api {
        PasswordApi::Allowed => ("allowed", String::new()),
        PasswordApi::Until(end) => ("until", end.to_string()),
        PasswordApi::Off => ("off", String::new()),
    };
    typed.insert("password_api".to_owned(), word.to_owned());
    typed.insert("password_until".to_owned(), until);
    typed
}

fn role_field(role: Role) -> String {
    format!("role_{}", role.name())
}

fn group_field(group: GroupId) -> String {
    format!("group_{group}")
}

/// The figures of a form, with the fault that was found in one.
fn figures(
    f: &Frame,
    audience: Audience,
    key: &str,
    typed: &Typed,
    fault: Option<(&str, &str)>,
) -> Vec<Figure> {
    let default = AudiencePolicy::of_new(audience);
    let error = |name: &str| fault.filter(|(at, _)| *at == name).map_or("", |(_, error)| error).to_owned();
    let figure = |number: &Number| Figure {
        id: format!("{key}-{}", number.name),
        name: number.name,
        label: number.label,
        hint: f.n(number.hint, (number.get)(&default)),
        field: Field {
            value: typed.get(number.name).cloned().unwrap_or_default(),
            error: error(number.name),
        },
    };
    NUMBERS.iter().map(figure).collect()
}

/// The choices of a form.
fn choices(f: &Frame, audience: Audience, typed: &Typed) -> Vec<Tick> {
    let mut default = AudiencePolicy::of_new(audience);
    let tick = |choice: &Choice| {
        let normal = if *(choice.of)(&mut default) { "default-yes" } else { "default-no" };
        Tick {
            name: choice.name.to_owned(),
            label: f.s(choice.label),
            hint: format!("{} {}", f.s(normal), f.s(choice.hint)),
            on: typed.contains_key(choice.name),
        }
    };
    CHOICES.iter().map(tick).collect()
}

/// Roles and groups that a requirement may name.
fn meant(f: &Frame, audience: Audience, account: &Account, typed: &Typed) -> Vec<Tick> {
    let tick = |name: String, label: String| {
        let on = typed.contains_key(&name);
        Tick { name, label, hint: String::new(), on }
    };
    let of_audience = ROLES.iter().filter(|(role, _)| role.audience() == audience);
    let roles = of_audience.map(|(role, word)| tick(role_field(*role), f.s(word)));
    let groups = account.groups.iter().map(|(group, name)| tick(group_field(*group), name.clone()));
    roles.chain(groups).collect()
}

/// What a change of a policy changes beside the requirement itself, a line each.
pub(super) fn differences(f: &Frame, before: &AudiencePolicy, after: &AudiencePolicy) -> Vec<String> {
    let mut lines = vec![];
    if before.required_of != after.required_of {
        lines.push(f.s("policy-meant-changed"));
    }
    for number in NUMBERS {
        let (before, after) = ((number.get)(before), (number.get)(after));
        if before != after {
            lines.push(format!("{}: {before} → {after}", f.s(number.label)));
        }
    }
    let yes = |yes: bool| f.s(if yes { "yes" } else { "no" });
    let (mut old, mut new) = (before.clone(), after.clone());
    for choice in CHOICES {
        let (before, after) = (*(choice.of)(&mut old), *(choice.of)(&mut new));
        if before != after {
            lines.push(format!("{}: {} → {}", f.s(choice.label), yes(before), yes(after)));
        }
    }
    let api = |policy: &AudiencePolicy| match policy.password_api {
        PasswordApi::Allowed => f.s("policy-api-allowed"),
        PasswordApi::Until(end) => f.v("told-until", When::from(end).plain),
        PasswordApi::Off => f.s("policy-api-off"),
    };
    if before.password_api != after.password_api {
        lines.push(format!("{}: {} → {}", f.s("policy-api"), api(before), api(after)));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use twofold_domain::time::{Span, Timestamp};

    #[test]
    fn a_policy_comes_through_its_form_as_it_was() {
        let account = Account::default();
        let until = Timestamp::from_micros(1_780_300_800_000_000) + Span::days(1);
        let mut policy = AudiencePolicy {
            required: true,
            trust_ends_with_session: true,
            password_api: PasswordApi::Until(until),
            failure_limit: 10,
            ..AudiencePolicy::TEAM
        };
        policy.required_of.roles.insert(Role::Agent);
        assert_eq!(read(&of(&policy), &AudiencePolicy::TEAM, &account), Ok(policy.clone()));
        let mut typed = of(&policy);
        typed.insert("failure_limit".to_owned(), "x".to_owned());
        assert_eq!(read(&typed, &policy, &account), Err("failure_limit"));
        typed = of(&policy);
        typed.insert("password_until".to_owned(), "soon".to_owned());
        assert_eq!(read(&typed, &policy, &account), Err("password_until"));
    }
}
