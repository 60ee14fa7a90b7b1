//! Requests that another site makes a browser send are refused.
//!
//! Browsers say where a request comes from: `Sec-Fetch-Site`, and older ones `Origin`. A request that
//! changes something is let through when it comes from our own pages, from the person directly, or from
//! no browser at all (neither header). Bearer tokens are exempt: browsers never add them by themselves. Not beside a
//! cookie, though, for then the cookie could be what counts; nor is a password by HTTP Basic: behind a proxy that asks
//! for one a browser adds it to every request.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::problem::{Problem, kinds};
use crate::site::{Origin, Site};

pub(super) async fn refuse(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if safe || bears_token(request.headers()) || ours(request.headers(), &site) {
        return next.run(request).await;
    }
    Problem::new(kinds::CROSS_SITE)
        .detail("Open the page on this site and try again. Programs send `Authorization: Bearer`.")
        .into_response()
}

fn bears_token(headers: &HeaderMap) -> bool {
    let scheme = headers.get(header::AUTHORIZATION).and_then(|value| value.as_bytes().first_chunk());
    let bears = scheme.is_some_and(|scheme: &[u8; 7]| scheme.eq_ignore_ascii_case(b"bearer "));
    bears && !headers.contains_key(header::COOKIE)
}

fn ours(headers: &HeaderMap, site: &Site) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    match (text("sec-fetch-site"), text("origin")) {
        (Some("same-origin" | "none"), _) | (None, None) => true,
        (Some(_), _) => false,
        (None, Some(origin)) => origin.parse::<Origin>().is_ok_and(|origin| {
            origin == site.origin || text("host").is_some_and(|host| host == origin.authority())
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    #[test]
    fn only_what_a_browser_never_adds_by_itself_is_let_through_from_anywhere() {
        for (sent, through) in [
            ("Bearer tfs_x", true),
            ("bearer tfs_x", true),
            ("Basic eDp5", false),
            ("Bearertfs", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::from_iter([(header::AUTHORIZATION, HeaderValue::from_static(sent))]);
            assert_eq!(bears_token(&headers), through, "{sent:?}");
            headers.insert(header::COOKIE, HeaderValue::from_static("session=1"));
            assert!(!bears_token(&headers), "{sent:?} beside a cookie");
        }
        assert!(!bears_token(&HeaderMap::new()));
    }

    #[test]
    fn only_our_own_pages_and_programs_may_change_things() {
        let site = Site::new("https://id.example.org".parse().unwrap());
        let cases: [(&[(&str, &'static str)], bool); 9] = [
            (&[], true),
            (&[("sec-fetch-site", "same-origin")], true),
            (&[("sec-fetch-site", "none")], true),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("sec-fetch-site", "cross-site")], false),
            (&[("sec-fetch-site", "cross-site"), ("origin", "https://id.example.org")], false),
            (&[("origin", "https://id.example.org")], true),
            (&[("origin", "https://evil.example"), ("host", "id.example.org")], false),
            (&[("origin", "null")], false),
        ];
        for (given, expected) in cases {
            let headers = given
                .iter()
                .map(|(name, value)| (HeaderName::try_from(*name).unwrap(), HeaderValue::from_static(value)))
                .collect();
            assert_eq!(ours(&headers, &site), expected, "{given:?}");
        }
    }
}
