//! What a development server keeps instead of sending it.

use std::net::IpAddr;

use axum::extract::State;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Uri, header};
use axum::response::Response;
use twofold_domain::delivery::Channel;
use twofold_domain::time::Timestamp;
use twofold_infra::acts::ActError;

use super::refused::Refused;
use crate::app::App;
use crate::pages::frame::Frame;
use crate::pages::other::{Message, Outbox};
use crate::pages::render;
use crate::problem::{Problem, kinds};

/// Messages on the page.
const SHOWN: u32 = 50;

/// The messages that were handed over last.
///
/// Answered only where it is asked for by a name that is this server's own: a page of another site whose name leads
/// to this machine (DNS rebinding) reads no codes.
pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    headers: HeaderMap,
    f: Frame,
) -> Result<Response, Refused> {
    let named = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let named = uri.authority().map(Authority::as_str).or(named).unwrap_or_default();
    let public = app.desk.house().public_url.parse::<Uri>().ok();
    let public = public.as_ref().and_then(Uri::authority).map_or("", Authority::as_str);
    if !is_ours(named, public) {
        return Err(Problem::new(kinds::CROSS_SITE).detail("Open it by this server's own name.").into());
    }
    let mut messages = Vec::new();
    for row in app.store().latest_messages(SHOWN).await.map_err(ActError::from)? {
        let message = app.desk.vault().open_message(row.account, row.id, &row.sealed).await?;
        let text = message.body.as_str().to_owned();
        messages.push(Message {
            to: message.to.as_str().to_owned(),
            channel: row.channel.name(),
            at: made_at(row.id.uuid()).into(),
            subject: message.subject.clone(),
            code: text
                .lines()
                .find_map(if row.channel == Channel::Sms { first } else { code })
                .unwrap_or_default(),
            link: text.lines().find_map(link).unwrap_or_default(),
            text,
        });
    }
    Ok(render(&Outbox { f, messages }))
}

/// Whether a request that names this host means us: by the public name, or from the machine itself.
fn is_ours(named: &str, public: &str) -> bool {
    let bare = |text: &str| {
        let host = text.parse::<Authority>().map(|authority| authority.host().to_ascii_lowercase());
        host.unwrap_or_default()
    };
    let (named, public) = (bare(named), bare(public));
    let address = named.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    !named.is_empty()
        && (named == public || named == "localhost" || address.is_ok_and(|address| address.is_loopback()))
}

/// The instant in a UUIDv7 (RFC 9562 section 5.7).
fn made_at(id: uuid::Uuid) -> Timestamp {
    let (seconds, nanos) = id.get_timestamp().map_or((0, 0), |stamp| stamp.to_unix());
    Timestamp::from_micros(i64::try_from(seconds).unwrap_or(0) * 1_000_000 + i64::from(nanos) / 1_000)
}

/// A line that is nothing but a code.
fn code(line: &str) -> Option<String> {
    let line = line.trim();
    let digits = line.chars().filter(char::is_ascii_digit).count();
    let only = line.chars().all(|c| c.is_ascii_digit() || c == ' ');
    (only && (6..=8).contains(&digits)).then(|| line.to_owned())
}

/// The code that a text message begins with.
fn first(line: &str) -> Option<String> {
    let end = line.find(|c: char| !c.is_ascii_digit() && c != ' ').unwrap_or(line.len());
    line.get(..end).and_then(code)
}

/// A line that is nothing but a link.
fn link(line: &str) -> Option<String> {
    let line = line.trim();
    let is_link = line.starts_with("http://") || line.starts_with("https://");
    (is_link && !line.contains(' ')).then(|| line.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outbox_is_read_by_our_own_names_only() {
        let rows = [
            ("id.example.org", true),
            ("ID.example.org:8420", true),
            ("localhost:8420", true),
            ("127.0.0.1:8420", true),
            ("[::1]:8420", true),
            ("evil.example", false),
            ("evil.example:8420", false),
            ("localhost.evil.example", false),
            ("id.example.org.evil.example", false),
            ("192.0.2.7", false),
            ("localhost@evil.example", false),
            ("", false),
        ];
        for (host, ours) in rows {
            assert_eq!(is_ours(host, "id.example.org"), ours, "{host}");
        }
    }

    #[test]
    fn a_code_is_found_where_it_stands() {
        assert_eq!(code(" 7059 5879 ").as_deref(), Some("7059 5879"));
        assert_eq!(code("On 7059 5879"), None);
        assert_eq!(first("430 552 is your code. It works for 10 minutes.").as_deref(), Some("430 552"));
        assert_eq!(first("Your number was removed."), None);
    }
}
