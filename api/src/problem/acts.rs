//! Why an act did not happen, as a problem. The one map from the acts' errors to HTTP; no arm catches all,
//! so that a new error finds its status before it finds a caller.

mod account;
mod person;

use axum::http::{HeaderValue, header};
use twofold_domain::access::{PasswordOff, TokenRefused};
use twofold_domain::delivery::Undelivered;
use twofold_domain::device::DeviceError;
use twofold_domain::permission::Denied;
use twofold_domain::policy::Role;
use twofold_domain::reading::JobError;
use twofold_domain::sign_in::{Refused, Stale};
use twofold_domain::time::Timestamp;
use twofold_domain::user::{Gate, RecoveryRefusal};
use twofold_infra::acts::{ActError, NotTexted};
use twofold_infra::keys::KeyError;
use twofold_infra::store::StoreError;
use twofold_projections::memory::ReplayError;

use account::of_account;
use person::of_user;

use super::{Kind, Missing, Problem, kinds};

/// How long a caller waits who met too many others.
const MOMENT: u64 = 1;
/// How long a caller waits for an operator to put a log back.
const SHUT_SECONDS: u64 = 60;
/// How long a caller waits for read models that are missing.
const UNMADE_SECONDS: u64 = 5;
/// How long a caller waits before they ask again for a file that is being written.
const SOON: u64 = 5;

/// What a step-up has to bring (RFC 9470 section 3): assurance level 2, ten minutes fresh.
const STEP_UP_CHALLENGE: &str = "Bearer realm=\"twofold\", error=\"insufficient_user_authentication\", \
     error_description=\"show a second factor again\", acr_values=\"urn:twofold:acr:2\", max_age=\"600\"";

impl Problem {
    /// Why an act did not happen. `now` turns instants into waits.
    pub fn of_act(error: ActError, now: Timestamp) -> Self {
        match error {
            ActError::Account(error) => of_account(&error),
            ActError::User(error) => of_user(&error, now),
            ActError::Device(error) => of_device(&error),
            ActError::Denied(error) => of_denied(error),
            ActError::Stale(error) => of_stale(error),
            ActError::NotVouched(why) => Self::new(kinds::NOT_VOUCHED).detail(why.to_string()),
            ActError::EnrolmentClosed(why) => Self::new(kinds::ENROLMENT_CLOSED).detail(why.to_string()),
            ActError::NoName(why) => Self::new(kinds::KEYS_NOT_OFFERED).detail(why.to_string()),
            ActError::NoKey => Self::new(kinds::NO_KEY).detail(error.to_string()),
            ActError::NotTexted(not) => of_texts(&not, now),
            ActError::LastOwner(why) => Self::new(kinds::LAST_OWNER).detail(why.to_string()),
            ActError::TakesTwo => Self::new(kinds::TAKES_TWO).detail(
                "Nobody makes an owner alone. Ask for it at POST /v1/users/{user}/make-owner, with a reason: a second \
                 owner approves it, or, where there is none, it waits 72 hours.",
            ),
            ActError::SameEmail => Self::new(kinds::SAME_EMAIL)
                .detail("Nothing changes: this is the address already. Name another one.")
                .field("/email", "unchanged", error.to_string()),
            ActError::NotWaiting => Self::new(kinds::NOT_WAITING).detail(error.to_string()),
            ActError::TrustNotOffered => Self::new(kinds::TRUST_NOT_OFFERED).detail(error.to_string()).field(
                "/trust_device",
                "not_offered",
                "leave it out, or send false",
            ),
            ActError::UnknownAccount => Self::missing(Missing::Account),
            ActError::UnknownUser => Self::missing(Missing::Person),
            ActError::UnknownDevice => Self::missing(Missing::Device),
            ActError::UnknownApproval => Self::missing(Missing::Approval),
            ActError::Job(JobError::Unknown) => Self::missing(Missing::File),
            ActError::Job(JobError::Unwritten) => Self::new(kinds::NOT_READY).retry_after(SOON),
            ActError::Job(why @ JobError::Written) => Self::new(kinds::TAKEN).detail(why.to_string()),
            ActError::Job(why @ JobError::TooMany(_)) => Self::new(kinds::TOO_MANY).detail(why.to_string()),
            ActError::TooMuchRead(why) => Self::new(kinds::READS_SPENT)
                .detail(why.to_string())
                .member("retry_at", why.until().to_string())
                .wait_until(why.until(), now),
            ActError::NotSignedIn => Self::unauthenticated(),
            ActError::SignInRefused => Self::sign_in_refused(),
            ActError::Field { field, why } => {
                Self::new(kinds::INVALID_FIELDS).field(format!("/{field}"), "invalid_value", why)
            }
            ActError::Taken(what) if what == "token_holder" => Self::new(kinds::TAKEN)
                .detail("This token is in somebody's hands already. Take it back from them first.")
                .field("/serial", "taken", "in somebody's hands already"),
            ActError::Taken(what) if what == "name" => Self::new(kinds::TAKEN)
                .detail("Another of your second factors has this name.")
                .field("/name", "taken", "another of your second factors has it"),
            ActError::SomebodyElses(whose) => Self::new(kinds::TAKEN)
                .detail(format!("Not this address: {whose}."))
                .member("user", whose.user().to_string())
                .field("/email", "taken", whose.to_string()),
            ActError::Taken(what) => Self::new(kinds::TAKEN)
                .detail(format!("This {what} is already in use."))
                .field(format!("/{what}"), "taken", "in use by somebody else"),
            ActError::KeyReused => Self::new(kinds::IDEMPOTENCY_MISMATCH)
                .detail("Send the same request again, or choose a new Idempotency-Key for another one."),
            ActError::Outdated { actual } => Self::new(kinds::STALE)
                .detail(format!("The present version is {actual}. Read it again."))
                .member("version", actual),
            ActError::Contended => {
                Self::new(kinds::CONTENDED).detail("Try again in a moment.").retry_after(MOMENT)
            }
            ActError::Busy => {
                Self::new(kinds::BUSY).detail("Too many passwords are being checked.").retry_after(MOMENT)
            }
            ActError::NotCounted => Self::new(kinds::NOT_YET)
                .detail("The read models are behind; whom this concerns cannot be counted yet.")
                .retry_after(MOMENT),
            ActError::Store(error) => error.into(),
            ActError::Key(KeyError::Erased(_)) => Self::new(kinds::ERASED),
            ActError::Key(error) => Self::internal(error),
            ActError::Bug(cause) => Self::internal(cause),
        }
    }

    /// Nobody is signed in.
    pub fn unauthenticated() -> Self {
        crate::extract::unauthenticated()
    }

    /// The same words for an unknown person, a wrong password, a lock: nobody learns who is here.
    pub fn sign_in_refused() -> Self {
        Self::new(kinds::SIGN_IN_REFUSED)
            .detail("Check the e-mail address and the password, or try again later.")
            .header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"twofold\""))
    }

    /// The password was right, and opens nothing: which setting, since when, and what to do instead. Only
    /// whoever knows the password learns it.
    pub fn password_access_off(why: PasswordOff) -> Self {
        let (setting, since) = match why {
            PasswordOff::Setting { since } => ("password_api", since),
            PasswordOff::Announced { since } => ("password_api", Some(since)),
            PasswordOff::Required { since } => ("required", since),
            PasswordOff::Enrolled { since } => ("second_factor", Some(since)),
        };
        let problem = Self::new(kinds::PASSWORD_ACCESS_OFF)
            .detail(format!(
                "{why}. Issue an API token at /v1/api-tokens and send it as `Authorization: Bearer`."
            ))
            .member("setting", setting)
            .member("alternatives", vec!["api_token", "client_token"]);
        match since {
            Some(since) => problem.member("since", since.to_string()),
            None => problem,
        }
    }

    /// A way back in that is not to be had, or not before an instant. That it was asked for is on record.
    pub fn recovery_refused(why: RecoveryRefusal, until: Option<Timestamp>, now: Timestamp) -> Self {
        let words = match why {
            RecoveryRefusal::EndUser => {
                "Nobody gives an end user a code. They can ask for a reset themselves, or staff can; it waits."
            }
            RecoveryRefusal::PasswordMailed => {
                "The password was reset by mail in the last 72 hours, so a code by mail would prove nothing more."
            }
            RecoveryRefusal::AddressChanged => "The address changed in the last 72 hours.",
        };
        let reason: &'static str = why.into();
        let kind = match why {
            RecoveryRefusal::EndUser => kinds::FORBIDDEN,
            RecoveryRefusal::PasswordMailed | RecoveryRefusal::AddressChanged => kinds::RECOVERY_REFUSED,
        };
        let problem = Self::new(kind).detail(words).member("reason", reason);
        match until {
            Some(at) => problem.member("retry_at", at.to_string()).wait_until(at, now),
            None => problem,
        }
    }

    /// A proof that was not good, and was charged: `kind` says whether it would have signed somebody in.
    pub fn of_refusal(kind: Kind, refused: Refused, pointer: &'static str, now: Timestamp) -> Self {
        let reason = refused.refusal.name();
        let words = match reason {
            "replayed" if refused.gate == Gate::SecondFactor && pointer == "/recovery_code" => {
                "This recovery code was used before. Each works once: take another one of the set."
            }
            "replayed" => "This code was used before. Wait for the next one.",
            "expired" if refused.gate == Gate::SecondFactor && pointer == "/otp" => {
                "This code's time is over. Take the present one; if it is, the clock of the phone or token is off: \
                 set it right, or send two codes in a row, one behind the other."
            }
            "expired" => "This code's time is over. Take the present one.",
            "counter_back" => {
                "This key may have been copied. Use another factor, and have this one replaced."
            }
            "not_allowed" => "The policy allows no factor of this kind any more. Use another one of yours.",
            // Said of every code of its kind that is wrong, so that it tells nobody who has a token.
            "wrong" if refused.gate == Gate::SecondFactor && pointer == "/otp" => {
                "This is not the right one. The clock of the phone or token may be off, or its counter out of step: \
                 set the clock right, or send two codes in a row, one behind the other."
            }
            _ => "This is not the right one.",
        };
        let pointer = match refused.gate {
            Gate::Password => "/password",
            Gate::MailedCode => "/mailed_code",
            Gate::Ticket => "/ticket",
            Gate::SecondFactor => pointer,
        };
        let mut problem =
            Self::new(kind).detail(words).field(pointer, reason, words).member("reason", reason);
        if kind.status == 401 {
            let challenge = HeaderValue::from_static("Bearer realm=\"twofold\"");
            problem = problem.header(header::WWW_AUTHENTICATE, challenge);
        }
        match refused.retry_at {
            Some(at) => problem.member("retry_at", at.to_string()).wait_until(at, now),
            None => problem,
        }
    }

    fn wait_until(self, at: Timestamp, now: Timestamp) -> Self {
        self.retry_after(at.since(now).whole_seconds().max(1) as u64)
    }

    fn expired_bearer(self) -> Self {
        let challenge = "Bearer realm=\"twofold\", error=\"invalid_token\"";
        self.header(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge))
    }
}

impl From<ReplayError> for Problem {
    fn from(error: ReplayError) -> Self {
        match error {
            ReplayError::Store(error) => error.into(),
            poison @ ReplayError::Poison(_) => Self::internal(poison),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable { retry_after, detail } => {
                tracing::warn!(%detail, "the database is away");
                Self::new(kinds::UNAVAILABLE).retry_after(retry_after.as_secs().max(1))
            }
            StoreError::Shut(_) => Self::new(kinds::UNAVAILABLE).retry_after(SHUT_SECONDS).detail(
                "Events are missing from the end of this account's log, and new ones would bury that, so nothing is \
                 recorded in it and nobody answered. On the server, `twofold projections list` says what is missing and what to do.",
            ),
            StoreError::Unmade(_) => {
                tracing::error!(%error, "read models are missing");
                Self::new(kinds::UNAVAILABLE).retry_after(UNMADE_SECONDS).detail(
                    "What this is read from is missing, and is made again from the log. If that goes on: on the server, \
                     `twofold migrate` and `twofold projections rebuild`.",
                )
            }
            StoreError::UnknownAccount(_) => Self::missing(Missing::Account),
            StoreError::Refused(_)
            | StoreError::Schema(_)
            | StoreError::Corrupt(_)
            | StoreError::Misread(_)
            | StoreError::Bug(_) => Self::internal(error),
        }
    }
}

/// Why no code is sent by SMS, and what else there is.
fn of_texts(not: &NotTexted, now: Timestamp) -> Problem {
    let kind = if not.until.is_some() { kinds::TEXTS_SPENT } else { kinds::NOT_TEXTED };
    let others = if not.instead.is_empty() {
        String::new()
    } else {
        format!(" Use one of these instead: {}.", not.instead.join(", "))
    };
    let words = match not.why {
        Undelivered::NoTransport => "Nothing is configured here that sends text messages.",
        Undelivered::AccountBudget => "This account has sent as many codes by SMS as it may today.",
        Undelivered::CountryBudget => "As many codes as may be were sent to numbers of this country today.",
        _ => "You have been sent as many codes by SMS as may be today.",
    };
    let problem = Problem::new(kind)
        .detail(format!("{words}{others}"))
        .member("why", not.why.name())
        .member("instead", not.instead.clone());
    match not.until {
        Some(at) => problem.member("retry_at", at.to_string()).wait_until(at, now),
        None => problem,
    }
}

fn of_device(error: &DeviceError) -> Problem {
    match error {
        DeviceError::Unknown | DeviceError::NoSession => Problem::missing(Missing::Device),
        DeviceError::AlreadyRegistered => Problem::new(kinds::CONFLICT).detail(error.to_string()),
        DeviceError::NotRecognised => Problem::new(kinds::DEVICE_NOT_RECOGNISED)
            .detail(error.to_string())
            .header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"twofold\"")),
        DeviceError::SignInOver => Problem::new(kinds::SIGN_IN_OVER).detail(error.to_string()),
    }
}

fn of_denied(denied: Denied) -> Problem {
    match denied {
        Denied::Role(lack) => Problem::new(kinds::FORBIDDEN)
            .detail(denied.to_string())
            .member("permission", lack.permission())
            .member("roles", lack.roles().into_iter().map(Role::name).collect::<Vec<_>>()),
        Denied::Customer => Problem::new(kinds::FORBIDDEN).detail(denied.to_string()),
        Denied::StepUp => Problem::new(kinds::STEP_UP_REQUIRED)
            .detail("Show a second factor at /v1/step-up, then repeat the request with the new token.")
            .header(header::WWW_AUTHENTICATE, HeaderValue::from_static(STEP_UP_CHALLENGE)),
        Denied::Exempted => Problem::new(kinds::EXEMPTED).detail(denied.to_string()),
        Denied::EnrolFirst => Problem::new(kinds::ENROL_FIRST).detail(denied.to_string()),
        Denied::NeedsPerson => Problem::new(kinds::NEEDS_PERSON).detail(denied.to_string()),
        Denied::Scope(scope) => {
            let challenge =
                format!("Bearer realm=\"twofold\", error=\"insufficient_scope\", scope=\"{}\"", scope.name());
            let problem = Problem::new(kinds::INSUFFICIENT_SCOPE)
                .detail(denied.to_string())
                .member("scope", scope.name());
            match HeaderValue::try_from(challenge) {
                Ok(challenge) => problem.header(header::WWW_AUTHENTICATE, challenge),
                Err(error) => Problem::internal(error),
            }
        }
    }
}

fn of_token(why: TokenRefused) -> Problem {
    let field = |pointer: &str, code: &'static str| {
        Problem::new(kinds::INVALID_FIELDS).field(pointer, code, why.to_string())
    };
    match why {
        TokenRefused::NoScope => field("/scopes", "missing_field"),
        TokenRefused::BeyondRole(_) => field("/scopes", "beyond_role"),
        TokenRefused::ForPrograms(_) => field("/scopes", "for_programs"),
        TokenRefused::TrustAlone => field("/scopes", "invalid_value"),
        TokenRefused::Days => field("/days", "out_of_range"),
        TokenRefused::TooMany(_) => Problem::new(kinds::TOO_MANY).detail(why.to_string()),
    }
}

fn of_stale(stale: Stale) -> Problem {
    let reason = match stale {
        Stale::Ended => "ended",
        Stale::Expired => "expired",
        Stale::Voided(_) => "voided",
        Stale::SuspensionOver => "suspension_over",
        Stale::ExemptionOver => "exemption_over",
        Stale::VouchOver => "vouch_over",
        Stale::TokenOver => {
            return Problem::new(kinds::TOKEN_ENDED).detail(stale.to_string()).expired_bearer();
        }
        Stale::Deactivated => "deactivated",
        Stale::Frozen => "frozen",
        Stale::Gone => "person_gone",
    };
    let problem = Problem::new(kinds::SESSION_ENDED).detail(stale.to_string()).member("reason", reason);
    match stale {
        Stale::Voided(Some(turn)) => problem.member("change", <&str>::from(turn)),
        _ => problem,
    }
    .expired_bearer()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use twofold_domain::account::{AccountError, Effect, Moved, PolicyError, Unconfirmed};
    use twofold_domain::sign_in::NotVouched;
    use twofold_domain::time::Span;
    use twofold_domain::user::UserError;

    use twofold_domain::permission::{Act, Lack};

    use super::*;

    #[test]
    fn no_act_fails_without_a_status_of_its_own() {
        let now = Timestamp::from_micros(1_774_958_400_000_000);
        let later = now + Span::seconds(90);
        let gate = Gate::SecondFactor;
        let unseen = Unconfirmed::Unseen { effect: Effect::Reset, people: 2 };
        let unseen = AccountError::Unconfirmed(unseen);
        let away =
            StoreError::Unavailable { retry_after: Duration::from_secs(3), detail: "10.0.0.5".to_owned() };
        let cases: Vec<(ActError, &str, Option<&str>)> = vec![
            (away.into(), "503 unavailable", Some("3")),
            (
                StoreError::Shut(twofold_domain::ids::AccountId::INSTALLATION).into(),
                "503 unavailable",
                Some("60"),
            ),
            (StoreError::Unmade("x".to_owned()).into(), "503 unavailable", Some("5")),
            (StoreError::Corrupt("x".to_owned()).into(), "500 internal", None),
            (ActError::Bug("x".to_owned()), "500 internal", None),
            (ActError::Busy, "503 busy", Some("1")),
            (ActError::Contended, "409 contended", Some("1")),
            (ActError::NotCounted, "503 not_yet", Some("1")),
            (ActError::KeyReused, "422 idempotency_mismatch", None),
            (ActError::Outdated { actual: 7 }, "412 precondition_failed", None),
            (ActError::Taken("email".to_owned()), "409 taken", None),
            (ActError::Taken("token_holder".to_owned()), "409 taken", None),
            (ActError::Taken("name".to_owned()), "409 taken", None),
            (ActError::NotSignedIn, "401 unauthenticated", None),
            (ActError::SignInRefused, "401 sign_in_refused", None),
            (ActError::UnknownUser, "404 not_found", None),
            (ActError::SameEmail, "409 same_email", None),
            (ActError::TrustNotOffered, "422 trust_not_offered", None),
            (Denied::Role(Lack::of(Role::Agent, Act::ReadAudit)).into(), "403 forbidden", None),
            (Denied::Customer.into(), "403 forbidden", None),
            (Denied::StepUp.into(), "401 insufficient_user_authentication", None),
            (Denied::EnrolFirst.into(), "403 enrol_first", None),
            (Denied::NeedsPerson.into(), "403 needs_person", None),
            (NotVouched::Owner.into(), "403 not_vouched", None),
            (Stale::TokenOver.into(), "401 token_ended", None),
            (Stale::VouchOver.into(), "401 session_ended", None),
            (UserError::Token(TokenRefused::TooMany(20)).into(), "409 too_many", None),
            (UserError::Token(TokenRefused::Days).into(), "422 invalid_fields", None),
            (AccountError::NoClient.into(), "404 not_found", None),
            (Stale::Voided(None).into(), "401 session_ended", None),
            (AccountError::Unconfirmed(Moved::Age.into()).into(), "409 preview_outdated", None),
            (unseen.into(), "409 preview_required", None),
            (AccountError::Demand(PolicyError::NoSchedule).into(), "404 not_found", None),
            (AccountError::Demand(PolicyError::BadBeginning).into(), "422 invalid_fields", None),
            (UserError::Locked { gate, until: Some(later) }.into(), "429 locked", Some("90")),
            (UserError::Locked { gate, until: None }.into(), "429 locked", None),
            (UserError::MailedJustNow(later).into(), "429 mail_later", Some("90")),
            (UserError::MailsOpen(later).into(), "429 mail_later", Some("90")),
            (UserError::TextsOpen(later).into(), "429 text_later", Some("90")),
            (UserError::LinkOver.into(), "410 link_over", None),
            (UserError::Required.into(), "409 required_by_policy", None),
            (DeviceError::SignInOver.into(), "410 sign_in_over", None),
            (DeviceError::NotRecognised.into(), "401 device_not_recognised", None),
        ];
        for (error, expected, wait) in cases {
            let said = error.to_string();
            let problem = Problem::of_act(error, now);
            let kind = problem.kind();
            assert_eq!(format!("{} {}", kind.status, kind.code), expected, "{said}");
            let header = |name| problem.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value);
            assert_eq!(header(header::RETRY_AFTER).map(|v| v.to_str().unwrap()), wait, "{said}");
            assert_eq!(header(header::WWW_AUTHENTICATE).is_some(), kind.status == 401, "{said}");
            assert!(kinds::ALL.contains(&kind) && !problem.sentence().contains("10.0.0.5"), "{said}");
        }
    }
}
