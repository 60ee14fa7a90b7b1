//! The kinds of problem that the HTTP floor itself knows. Features add their own next to their routes.

/// The stable part of a problem: what a program may branch on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// A word that never changes once released.
    pub code: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// A few words that are the same for each occurrence.
    pub title: &'static str,
}

impl Kind {
    /// A kind of problem.
    pub const fn new(code: &'static str, status: u16, title: &'static str) -> Self {
        Self { code, status, title }
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $status:literal, $title:literal;)+) => {
        $($(#[$doc])* pub const $name: Kind = Kind::new($code, $status, $title);)+

        /// Every kind of this module, for the reference page and the tests.
        pub const ALL: &[Kind] = &[$($name),+];
    };
}

kinds! {
    /// The body is not JSON, or not UTF-8.
    MALFORMED_BODY = "malformed_body", 400, "The body is not well-formed JSON";
    /// The query string cannot be read.
    MALFORMED_QUERY = "malformed_query", 400, "The query string cannot be read";
    /// A header cannot be read.
    MALFORMED_HEADER = "malformed_header", 400, "A header cannot be read";
    /// A cursor that this server did not issue for this list.
    INVALID_CURSOR = "invalid_cursor", 400, "The cursor is not one of ours";
    /// The request breaks off or contradicts itself.
    BAD_REQUEST = "bad_request", 400, "The request cannot be read";
    /// Nobody is signed in, or the session has ended.
    UNAUTHENTICATED = "unauthenticated", 401, "Sign in first";
    /// Signed in, but the act needs a fresh second factor (RFC 9470).
    STEP_UP_REQUIRED = "insufficient_user_authentication", 401, "Confirm with your second factor first";
    /// Known, and not allowed.
    FORBIDDEN = "forbidden", 403, "Your role does not allow this";
    /// A cross-site request that carries our cookie.
    CROSS_SITE = "cross_site_request", 403, "Requests from other sites are refused";
    /// Nothing here goes by that name.
    NOT_FOUND = "not_found", 404, "There is nothing here";
    /// The path exists, the method does not.
    METHOD_NOT_ALLOWED = "method_not_allowed", 405, "That method is not offered here";
    /// The answer exists, not in the form that was asked for.
    NOT_ACCEPTABLE = "not_acceptable", 406, "No form of the answer that you accept";
    /// The state of things does not allow it now.
    CONFLICT = "conflict", 409, "The present state does not allow this";
    /// The same idempotency key is being served at this moment.
    IDEMPOTENCY_IN_FLIGHT = "idempotency_in_flight", 409, "The first request with this key is still being served";
    /// What the caller decided on has changed since.
    STALE = "precondition_failed", 412, "It has changed since you read it";
    /// Larger than the server takes.
    TOO_LARGE = "body_too_large", 413, "The body is too large";
    /// The body comes in a form that the route does not read.
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type", 415, "The body comes in a form that is not read here";
    /// Well-formed, and a field breaks a rule.
    INVALID_FIELDS = "invalid_fields", 422, "Some fields are not acceptable";
    /// The same idempotency key came with another body.
    IDEMPOTENCY_MISMATCH = "idempotency_mismatch", 422, "This key was used for another request";
    /// A precondition is required and absent.
    PRECONDITION_REQUIRED = "precondition_required", 428, "Say which version you decided on";
    /// Slow down.
    TOO_MANY_REQUESTS = "too_many_requests", 429, "Too many requests";
    /// Headers larger than the server takes.
    HEADERS_TOO_LARGE = "headers_too_large", 431, "The headers are too large";
    /// A fault of ours; the log knows it by the request id.
    INTERNAL = "internal", 500, "Something went wrong on our side";
    /// Something that we need is away for the moment.
    UNAVAILABLE = "unavailable", 503, "Not available at the moment";
    /// It took longer than the server lets a request take.
    TIMED_OUT = "timed_out", 503, "The request took too long";
}

/// The nearest kind for a bare HTTP status.
pub const fn for_status(status: u16) -> Kind {
    match status {
        401 => UNAUTHENTICATED,
        403 => FORBIDDEN,
        404 => NOT_FOUND,
        405 => METHOD_NOT_ALLOWED,
        406 => NOT_ACCEPTABLE,
        409 => CONFLICT,
        412 => STALE,
        413 => TOO_LARGE,
        415 => UNSUPPORTED_MEDIA_TYPE,
        422 => INVALID_FIELDS,
        428 => PRECONDITION_REQUIRED,
        429 => TOO_MANY_REQUESTS,
        431 => HEADERS_TOO_LARGE,
        503 => UNAVAILABLE,
        400..500 => BAD_REQUEST,
        _ => INTERNAL,
    }
}
