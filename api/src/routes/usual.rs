//! The refusals that a route shares with many others, for the OpenAPI document.

use std::collections::BTreeMap;

use utoipa::IntoResponses;
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::{ContentBuilder, Ref, RefOr};

use crate::problem::MEDIA_TYPE;

fn refusals(these: &[(&str, &str)]) -> BTreeMap<String, RefOr<Response>> {
    let schema = || ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let refusal = |(status, words): &(&str, &str)| {
        let response = ResponseBuilder::new().description(*words).content(MEDIA_TYPE, schema()).build();
        ((*status).to_owned(), RefOr::T(response))
    };
    these.iter().map(refusal).collect()
}

const BAD_REQUEST: (&str, &str) =
    ("400", "It cannot be read: `malformed_body`, `malformed_header`, and so on.");
const NOT_FOUND: (&str, &str) = ("404", "`not_found`: it is not there, or not for you.");
const TOO_LARGE: (&str, &str) = ("413", "`body_too_large`.");
const NO_JSON: (&str, &str) = ("415", "`unsupported_media_type`.");
const INVALID: (&str, &str) = ("422", "`invalid_fields`, each with a JSON pointer.");
const AWAY: (&str, &str) = ("503", "`unavailable`, `busy`, `timed_out`: try again after `Retry-After`.");
const UNAUTHENTICATED: (&str, &str) = (
    "401",
    "`unauthenticated`; `session_ended` with its `reason`; `insufficient_user_authentication` where the \
     act needs a second factor shown within ten minutes (RFC 9470).",
);
const FORBIDDEN: (&str, &str) = ("403", "`forbidden`: not with your role; `enrol_first`.");

/// Of a route that reads, in a session.
pub(super) struct Reading;

impl IntoResponses for Reading {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        refusals(&[BAD_REQUEST, UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, INVALID, AWAY])
    }
}

/// Of a route that changes something, in a session.
pub(super) struct Changing;

impl IntoResponses for Changing {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        refusals(&[
            BAD_REQUEST,
            UNAUTHENTICATED,
            FORBIDDEN,
            NOT_FOUND,
            ("409", "The present state does not allow it; `code` says why."),
            TOO_LARGE,
            NO_JSON,
            INVALID,
            ("429", "`locked`, `mail_later`: wait for `Retry-After`."),
            AWAY,
        ])
    }
}

/// Of a route that changes what a version says it is.
pub(super) struct ChangingVersion;

impl IntoResponses for ChangingVersion {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let mut all = Changing::responses();
        all.append(&mut refusals(&[
            ("412", "`precondition_failed`: it has changed since you read it; `version` is the present one."),
            ("428", "`precondition_required`: send `If-Match` with the ETag of your last read."),
        ]));
        all
    }
}

/// Of a route for people who are not signed in.
pub(super) struct Entering;

impl IntoResponses for Entering {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        refusals(&[
            BAD_REQUEST,
            ("401", "`sign_in_refused`, `proof_rejected`, `device_not_recognised`."),
            NOT_FOUND,
            ("410", "`link_over`, `sign_in_over`."),
            TOO_LARGE,
            NO_JSON,
            INVALID,
            ("429", "`locked`: wait for `Retry-After`."),
            AWAY,
        ])
    }
}
