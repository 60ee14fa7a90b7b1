//! Parsing at the door: what people type, before it becomes a command.

use twofold_domain::device::Origin;
use twofold_domain::ids::UserId;
use twofold_domain::sealed::{Email, Kind, PersonName, ProviderSubject, Reason, UserAgent};
use twofold_domain::written::misleads;

use super::ActError;
use crate::work::Work;

/// Longest subject of an identity provider, in characters (OpenID Connect Core §2 allows 255).
const MAX_SUBJECT: usize = 255;
/// Longest name of a person or factor, in characters.
const MAX_NAME: usize = 100;
/// Longest address, in octets (RFC 5321 §4.5.3.1.3); ours are UTF-8.
const MAX_EMAIL: usize = 254;
/// Longest reason, in characters.
const MAX_REASON: usize = 500;
/// As much of a user agent as is worth keeping.
const MAX_USER_AGENT: usize = 400;

/// A text for people, to be sealed as a `K`: something in it, not too long, no characters that hide or turn others.
pub(super) fn text<K: Kind>(field: &'static str, given: &str, longest: usize) -> Result<String, ActError> {
    let trimmed = given.trim();
    let why = if trimmed.is_empty() {
        "is empty".to_owned()
    } else if trimmed.chars().count() > longest {
        format!("has at most {longest} characters")
    } else if trimmed.len() > K::LIMIT {
        format!("has at most {} bytes", K::LIMIT)
    } else if trimmed.chars().any(misleads) {
        "has no control or format characters".to_owned()
    } else {
        return Ok(trimmed.to_owned());
    };
    Err(ActError::Field { field, why })
}

pub(crate) fn name(field: &'static str, given: &str) -> Result<String, ActError> {
    text::<PersonName>(field, given, MAX_NAME)
}

/// Who somebody is to an identity provider.
pub(crate) fn subject(field: &'static str, given: &str) -> Result<String, ActError> {
    text::<ProviderSubject>(field, given, MAX_SUBJECT)
}

pub(super) fn reason(given: &str) -> Result<String, ActError> {
    text::<Reason>("reason", given, MAX_REASON)
}

/// An address that mail can be sent to: one `@` with something on both sides, no spaces. Whether
/// it exists only a mail can tell.
pub(crate) fn email(given: &str) -> Result<String, ActError> {
    let given = text::<Email>("email", given, MAX_EMAIL)?;
    if given.len() > MAX_EMAIL {
        return Err(ActError::Field { field: "email", why: format!("has at most {MAX_EMAIL} bytes") });
    }
    let good = given.rsplit_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && !local.contains('@')
            && !domain.is_empty()
            && !domain.starts_with('.')
            && !domain.ends_with('.')
    }) && !given.chars().any(|c| c.is_whitespace() || "<>,;:\"()[]\\".contains(c));
    if good {
        Ok(given)
    } else {
        Err(ActError::Field {
            field: "email",
            why: "has to be an address such as ada@example.com".to_owned(),
        })
    }
}

/// Where the request came from, sealed under the key of the person who made it.
pub(super) async fn origin(work: &Work, person: UserId) -> Result<Origin, ActError> {
    let (vault, account) = (work.desk().vault().clone(), work.account_id());
    let from = work.context().origin.clone();
    let ip = match from.ip {
        Some(ip) => Some(vault.seal(account, person, &ip).await?),
        None => None,
    };
    let user_agent = match from.user_agent {
        Some(agent) => {
            let short: String = agent.chars().filter(|c| !c.is_control()).take(MAX_USER_AGENT).collect();
            let short = &short[..short.floor_char_boundary(UserAgent::LIMIT)];
            Some(vault.seal(account, person, short).await?)
        }
        None => None,
    };
    Ok(Origin { ip, user_agent })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_the_door_can_be_sealed() {
        let why = |parsed: Result<String, ActError>| match parsed {
            Ok(text) => format!("{} bytes", text.len()),
            Err(error) => error.to_string(),
        };
        for (parsed, expected) in [
            (name("name", &"가".repeat(100)), "300 bytes"),
            (name("name", &"👩".repeat(80)), "320 bytes"),
            (name("name", &"👩".repeat(81)), "`name`: has at most 320 bytes"),
            (name("name", &"a".repeat(101)), "`name`: has at most 100 characters"),
            (name("name", "Ada\u{202e}ecalevoL"), "`name`: has no control or format characters"),
            (name("name", "می\u{200c}خواهم"), "17 bytes"),
            (reason(&"👩".repeat(500)), "2000 bytes"),
            (email(&format!("{}@example.com", "ü".repeat(121))), "254 bytes"),
            (email(&format!("{}@example.com", "ü".repeat(122))), "`email`: has at most 254 bytes"),
        ] {
            assert_eq!(why(parsed), expected);
        }
    }
}
