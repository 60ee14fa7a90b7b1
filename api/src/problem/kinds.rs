//! Every kind of problem, in the order of its status.

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
    /// The session was good once, and is over.
    SESSION_ENDED = "session_ended", 401, "The session has ended";
    /// The API token was good once, and its time is over.
    TOKEN_ENDED = "token_ended", 401, "The token's time is over";
    /// E-mail and password open nothing. The same for an unknown person, a wrong password, and a lock.
    SIGN_IN_REFUSED = "sign_in_refused", 401, "This does not sign you in";
    /// A proof that would have signed somebody in was not good; it was charged.
    PROOF_REJECTED = "proof_rejected", 401, "The code is not accepted";
    /// The device token is missing, or not of the device that this is about.
    DEVICE_NOT_RECOGNISED = "device_not_recognised", 401, "This device is not known here";
    /// Signed in, but the act needs a fresh second factor (RFC 9470).
    STEP_UP_REQUIRED = "insufficient_user_authentication", 401, "Confirm with your second factor first";
    /// Known, and not allowed.
    FORBIDDEN = "forbidden", 403, "Your role does not allow this";
    /// The session rests on an exemption, which binds nothing.
    EXEMPTED = "exempted", 403, "Not under an exemption";
    /// Nothing but enrolling is possible before a factor is bound.
    ENROL_FIRST = "enrol_first", 403, "Enrol a second factor first";
    /// Only a person who is signed in may do it, whatever token is shown.
    NEEDS_PERSON = "needs_person", 403, "This takes a person who is signed in";
    /// The API token was not issued for it (RFC 6750 section 3.1).
    INSUFFICIENT_SCOPE = "insufficient_scope", 403, "The token was not issued for this";
    /// The password was right, and passwords do not open the API for this person.
    PASSWORD_ACCESS_OFF = "password_access_off", 403, "Passwords do not open the API here";
    /// A program's word does not sign this person in.
    NOT_VOUCHED = "not_vouched", 403, "A program's word does not count for this person";
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
    /// Too many others changed the same thing at once.
    CONTENDED = "contended", 409, "Too many changes to the same thing at once";
    /// A value that must be unique is in use.
    TAKEN = "taken", 409, "Already in use";
    /// The account is open already.
    ALREADY_OPEN = "already_open", 409, "This account exists already";
    /// Two-factor authentication is switched off already.
    ALREADY_DISABLED = "already_disabled", 409, "Two-factor authentication is already disabled";
    /// It is switched on already.
    ALREADY_ENABLED = "already_enabled", 409, "Two-factor authentication is already enabled";
    /// It is suspended already.
    ALREADY_SUSPENDED = "already_suspended", 409, "Two-factor authentication is already suspended";
    /// Its clock is everybody's.
    NOT_A_SANDBOX = "not_a_sandbox", 409, "Only a sandbox has a clock that can be set";
    /// It is not suspended.
    NOT_SUSPENDED = "not_suspended", 409, "Two-factor authentication is not suspended";
    /// The people whom a disable would reset are no longer those of the preview.
    PREVIEW_OUTDATED = "preview_outdated", 409, "The preview does not hold any more";
    /// It concerns people, and nobody was shown whom.
    PREVIEW_REQUIRED = "preview_required", 409, "Preview this, and confirm the preview";
    /// Looser than the owner lets admins go.
    BELOW_FLOOR = "below_floor", 409, "Looser than the owner's floor";
    /// A policy is scheduled for that audience already.
    ALREADY_SCHEDULED = "already_scheduled", 409, "A policy is scheduled already";
    /// The account is closed for good.
    ACCOUNT_CLOSED = "account_closed", 409, "This account is closed";
    /// A policy, in force or to come, names the group.
    GROUP_IN_USE = "group_in_use", 409, "A policy names this group";
    /// As many groups, providers, tokens, and so on as there may be.
    TOO_MANY = "too_many", 409, "There are as many as there may be";
    /// The file is still being written.
    NOT_READY = "not_ready", 409, "This file is not ready yet";
    /// A second owner has to approve it.
    TAKES_TWO = "takes_two", 409, "This takes a second owner's approval";
    /// The account would be left without an owner who can sign in.
    LAST_OWNER = "last_owner", 409, "This is the last owner";
    /// The person may not sign in, and only their return is possible.
    DEACTIVATED = "deactivated", 409, "This person is deactivated";
    /// The person is active.
    NOT_DEACTIVATED = "not_deactivated", 409, "This person is not deactivated";
    /// The person's sign-in is frozen: nothing of theirs opens anything until they are back.
    FROZEN = "frozen", 409, "This person's sign-in is frozen";
    /// The person's sign-in is not frozen.
    NOT_FROZEN = "not_frozen", 409, "This person's sign-in is not frozen";
    /// A link back takes a second factor or a recovery code beside it, or the wait.
    PROOF_NEEDED = "proof_needed", 409, "The link alone is not enough";
    /// The address that is asked for is the one that the person has.
    SAME_EMAIL = "same_email", 409, "This is the person's address already";
    /// The person has that role already.
    SAME_ROLE = "same_role", 409, "This person has this role already";
    /// The person is linked to that identity provider already.
    PROVIDER_LINKED = "provider_linked", 409, "This identity provider is linked already";
    /// Without it the person could not sign in any more.
    LAST_WAY_IN = "last_way_in", 409, "This is their only way in";
    /// There is nothing to invite them to: they have a password, or another way in.
    NOT_WAITING = "not_waiting", 409, "This person does not wait for an invitation";
    /// A way back in was asked for that is not to be had, or not yet; `reason` and `retry_at` say more.
    RECOVERY_REFUSED = "recovery_refused", 409, "There is no way back in here, or not yet";
    /// A code was shown for a way back in that nobody asked for a moment ago.
    NOTHING_REQUESTED = "nothing_requested", 409, "Ask for a code by mail first";
    /// Members of the team are let in by an owner or an admin.
    ASK_YOUR_TEAM = "ask_your_team", 409, "An owner or an admin of your team can let you in";
    /// Only a session that a device's trust opened may ask for this.
    NOT_TRUSTED = "not_trusted", 409, "This session does not rest on a device's trust";
    /// A program vouched for the first factor; this takes the password.
    PASSWORD_NEEDED = "password_needed", 409, "Sign in with your password for this";
    /// The account's governance keeps the code from who grants it.
    ISSUER_MAY_NOT_SEE = "issuer_may_not_see", 409, "The account keeps codes from who grants them";
    /// The password came by mail, or staff replaced the address, too short a while ago for a mailed code to prove more.
    MAILBOX_TOO_FRESH = "mailbox_too_fresh", 409, "What is mailed proves nothing more for a while";
    /// The person was erased.
    ERASED = "erased", 409, "This person was erased";
    /// The person has no second factor.
    NOT_ENROLLED = "not_enrolled", 409, "There is no second factor";
    /// No binding of that factor is under way in this session.
    NO_ENROLMENT = "no_enrolment", 409, "No enrolment is under way";
    /// A mailed code is only for a first factor.
    NO_CODE_NEEDED = "no_code_needed", 409, "No mailed code is needed here";
    /// The factor makes its codes itself.
    NOT_BY_TEXT = "not_by_text", 409, "No codes are sent to this factor";
    /// A customer whose factor was in wrong hands binds another one after a wait.
    COMPROMISE_FRESH = "compromise_fresh", 409, "Their factor was in wrong hands a short while ago";
    /// Only an administrator's ticket lets this person enrol.
    TICKET_NEEDED = "ticket_needed", 409, "An enrolment ticket is needed";
    /// The policy does not let a factor of this kind be bound.
    KIND_NOT_ALLOWED = "kind_not_allowed", 409, "A factor of this kind is not allowed here";
    /// The enrolment ticket is used, over, replaced, or was never issued.
    TICKET_OVER = "ticket_over", 409, "There is no open enrolment ticket";
    /// Tickets are for members of the team.
    TICKET_FOR_TEAM = "ticket_for_team_only", 409, "Tickets are for members of the team only";
    /// The person has a second factor.
    ALREADY_ENROLLED = "already_enrolled", 409, "This person has a second factor";
    /// A reset of this person waits already.
    RESET_WAITING = "reset_waiting", 409, "A reset is waiting already";
    /// No reset waits.
    NOTHING_WAITS = "nothing_waits", 409, "No reset is waiting";
    /// Nobody lets themself in.
    OWN_HELP = "own_help", 409, "Nobody exempts themself, or grants themself a code";
    /// No change of address waits.
    NO_CHANGE_WAITS = "no_change_waits", 409, "No change of address is waiting";
    /// The same act waits for approval already.
    ALREADY_REQUESTED = "already_requested", 409, "This is waiting for approval already";
    /// Too many acts wait.
    TOO_MANY_APPROVALS = "too_many_approvals", 409, "Too many requests wait";
    /// Another owner must approve it.
    ANOTHER_OWNER_NEEDED = "another_owner_needed", 409, "Another owner must approve this";
    /// Only whoever asked carries it out.
    NOT_YOURS = "not_yours", 409, "Only whoever asked for it carries it out";
    /// Its wait is not over.
    NOT_DUE = "not_due", 409, "Its wait is not over";
    /// What was asked for does not stand any more.
    OVERTAKEN = "overtaken", 409, "What was asked for is overtaken";
    /// No code can be sent by SMS: nothing is configured that sends them.
    NOT_TEXTED = "not_texted", 409, "No code can be sent by SMS";
    /// As many factors as one person may have.
    TOO_MANY_FACTORS = "too_many_factors", 409, "As many factors as one person may have";
    /// The last factor is switched off, not removed.
    LAST_FACTOR = "last_factor", 409, "This is the last factor";
    /// The policy requires a second factor of this person.
    REQUIRED = "required_by_policy", 409, "The policy requires a second factor";
    /// Nobody can be asked for a signature who has no security key or passkey that counts.
    NO_KEY = "no_key", 409, "There is no security key or passkey to ask";
    /// The installation is reached by an IP address, and a key is bound to a name.
    KEYS_NOT_OFFERED = "keys_not_offered", 409, "Security keys cannot be bound here";
    /// Nobody of the account can enrol while its switch is off.
    ENROLMENT_CLOSED = "enrolment_closed", 409, "Nobody of this account can enrol now";
    /// The same idempotency key is being served at this moment.
    IDEMPOTENCY_IN_FLIGHT = "idempotency_in_flight", 409, "The first request with this key is still being served";
    /// A one-time link that is used, replaced, over, or was never made.
    LINK_OVER = "link_over", 410, "This link is no longer valid";
    /// A sign-in that is completed, over, void, or was never begun.
    SIGN_IN_OVER = "sign_in_over", 410, "This sign-in is over";
    /// What the caller decided on has changed since.
    STALE = "precondition_failed", 412, "It has changed since you read it";
    /// Larger than the server takes.
    TOO_LARGE = "body_too_large", 413, "The body is too large";
    /// The body comes in a form that the route does not read.
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type", 415, "The body comes in a form that is not read here";
    /// Well-formed, and a field breaks a rule.
    INVALID_FIELDS = "invalid_fields", 422, "Some fields are not acceptable";
    /// A proof shown within a session was not good; it was charged.
    PROOF_REJECTED_HERE = "proof_rejected", 422, "The code is not accepted";
    /// Trust was asked for where the policy asks at every sign-in.
    TRUST_NOT_OFFERED = "trust_not_offered", 422, "A device cannot be trusted here";
    /// The same idempotency key came with another body.
    IDEMPOTENCY_MISMATCH = "idempotency_mismatch", 422, "This key was used for another request";
    /// A precondition is required and absent.
    PRECONDITION_REQUIRED = "precondition_required", 428, "Say which version you decided on";
    /// Slow down.
    TOO_MANY_REQUESTS = "too_many_requests", 429, "Too many requests";
    /// Too many wrong tries.
    LOCKED = "locked", 429, "Too many wrong tries";
    /// A code or a link was mailed a moment ago, or its tries are spent.
    MAIL_LATER = "mail_later", 429, "Another mail cannot be sent yet";
    /// A code was sent by SMS a moment ago.
    TEXT_LATER = "text_later", 429, "Another code cannot be sent yet";
    /// A day's budget of codes by SMS is spent.
    TEXTS_SPENT = "not_texted", 429, "No code can be sent by SMS today";
    /// Somebody searched for as many, or took as many files away, as can be on record by themselves.
    READS_SPENT = "reads_spent", 429, "As much as one may search for, or take away, in an hour";
    /// An agent asked for as many resets as one may.
    RESETS_SPENT = "resets_spent", 429, "As many resets as one may ask for in an hour";
    /// Staff gave one person as much help of a kind as there is.
    HELP_SPENT = "help_spent", 429, "As much help of this kind as there is in an hour, or a day";
    /// Staff helped as many different people as one of them may.
    OUT_OF_REACH = "people_spent", 429, "As many different people as one may help in a while";
    /// The address before says that its replacement was not them, and the word is of whoever replaced it.
    ADDRESS_DISPUTED = "address_disputed", 409, "Whose address it is takes another's word";
    /// Staff named another address, which nobody confirmed yet: no way back goes to the one that is wrong.
    IN_CORRECTION = "address_in_correction", 409, "The address is being corrected";
    /// An agent freezes who is frozen already.
    ALREADY_FROZEN = "already_frozen", 409, "The sign-in is frozen already";
    /// Headers larger than the server takes.
    HEADERS_TOO_LARGE = "headers_too_large", 431, "The headers are too large";
    /// A fault of ours; the log knows it by the request id.
    INTERNAL = "internal", 500, "Something went wrong on our side";
    /// Something that we need is away for the moment.
    UNAVAILABLE = "unavailable", 503, "Not available at the moment";
    /// More passwords are being checked than the server can at once.
    BUSY = "busy", 503, "Busy at the moment";
    /// The read model has not come to that position yet.
    NOT_YET = "not_yet", 503, "This is not visible yet";
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
