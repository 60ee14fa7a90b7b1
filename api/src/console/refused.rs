//! What a reader gets who cannot have what they asked for: the next thing to do.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use twofold_domain::account::{AccountError, ApprovalError, PolicyError};
use twofold_domain::permission::Denied;
use twofold_domain::sign_in::Stale;
use twofold_domain::time::Timestamp;
use twofold_domain::user::{Turn, UserError};
use twofold_infra::acts::ActError;

use super::door::{Door, Said, redirect, with_query};
use crate::pages::{other, render};
use crate::problem::Problem;
use crate::request_id;

/// An answer that is not the page that was asked for.
pub(super) struct Refused(Box<Response>);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        *self.0
    }
}

impl From<Response> for Refused {
    fn from(response: Response) -> Self {
        Self(Box::new(response))
    }
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        problem.into_response().into()
    }
}

impl From<ActError> for Refused {
    fn from(error: ActError) -> Self {
        // What the log or the vault could not do has no wait that depends on the hour.
        Problem::of_act(error, Timestamp::MAX).into()
    }
}

/// What is said of a session that is over.
const fn session_ended(why: Stale) -> Option<Said> {
    Some(match why {
        Stale::Gone => return None,
        Stale::Expired => Said::SessionExpired,
        Stale::Voided(Some(turn)) => match turn {
            Turn::PasswordChanged => Said::EndedByPassword,
            Turn::PasswordEnded => Said::EndedByGuesses,
            Turn::FactorBound
            | Turn::FactorRemoved
            | Turn::FactorsOff
            | Turn::FactorsReset
            | Turn::AccountDisabled => Said::EndedByFactor,
            Turn::RoleChanged => Said::EndedByRole,
            Turn::AddressReplaced => Said::EndedByAddress,
            Turn::Deactivated | Turn::Reactivated => Said::EndedAndBack,
            Turn::ProviderUnlinked | Turn::Frozen | Turn::Erased => Said::SessionEnded,
        },
        _ => Said::SessionEnded,
    })
}

/// The words for what stands in the way of an act about people, where there are some.
const fn about_people(error: &ActError) -> Option<&'static str> {
    Some(match error {
        ActError::NotWaiting => "error-not-waiting",
        ActError::User(UserError::LastWayIn) => "error-last-way-in",
        ActError::User(UserError::MailedJustNow(_)) => "error-mailed-just-now",
        ActError::Account(AccountError::Demand(PolicyError::BelowFloor { .. })) => "error-below-floor",
        ActError::Account(AccountError::GroupInUse) => "error-group-in-use",
        ActError::Account(AccountError::Approval(ApprovalError::AlreadyRequested(_))) => {
            "error-asked-already"
        }
        _ => return None,
    })
}

impl Door {
    /// Turns a refused act into what the reader can do about it.
    pub(super) fn refuse(&self, error: ActError) -> Refused {
        let asked =
            |rest: &str, said: &str| with_query(&self.path(rest), [("said", said), ("next", &self.back)]);
        match error {
            ActError::NotSignedIn => redirect(&asked("sign-in", "")).into(),
            ActError::Stale(why) => {
                let said = session_ended(why).map_or("", Said::word);
                (self.cookies().end_session(), redirect(&asked("sign-in", said))).into_response().into()
            }
            ActError::Denied(Denied::StepUp) => redirect(&asked("step-up", "")).into(),
            ActError::Denied(Denied::Exempted) => self.explain(StatusCode::FORBIDDEN, "error-exempted"),
            ActError::Denied(Denied::EnrolFirst) => redirect(&self.path("enrol")).into(),
            ActError::NoName(_) | ActError::NoKey => {
                self.explain(StatusCode::CONFLICT, "error-keys-not-offered")
            }
            ActError::EnrolmentClosed(_) => self.explain(StatusCode::CONFLICT, "error-enrolment-closed"),
            ActError::User(UserError::LastFactor) => self.explain(StatusCode::CONFLICT, "error-last-factor"),
            ActError::TooMuchRead(_) => self.explain(StatusCode::TOO_MANY_REQUESTS, "error-reads-spent"),
            ActError::LastOwner(_) => self.explain(StatusCode::CONFLICT, "error-last-owner"),
            ActError::TakesTwo => self.explain(StatusCode::CONFLICT, "error-takes-two"),
            ActError::User(UserError::Required) => self.explain(StatusCode::CONFLICT, "error-required"),
            ActError::User(UserError::TicketNeeded) => self.explain(StatusCode::CONFLICT, "error-ticket"),
            ActError::User(UserError::TooManyFactors(_)) => {
                self.explain(StatusCode::CONFLICT, "error-too-many-factors")
            }
            ActError::User(UserError::Locked { until, .. }) => self.locked(until),
            ActError::Account(
                AccountError::AlreadyDisabled
                | AccountError::AlreadyEnabled
                | AccountError::AlreadySuspended
                | AccountError::NotSuspended,
            ) => self.explain(StatusCode::CONFLICT, "error-switch"),
            ActError::Account(AccountError::Approval(why)) => self.refuse_approval(why),
            other => match about_people(&other) {
                Some(key) => self.explain(StatusCode::CONFLICT, key),
                None => self.app.problem(other).into(),
            },
        }
    }

    fn refuse_approval(&self, why: ApprovalError) -> Refused {
        let key = match why {
            ApprovalError::AlreadyRequested(_) => {
                return self.go("approvals", Some(Said::AlreadyWaits)).into();
            }
            ApprovalError::OwnRequest | ApprovalError::OwnMatter | ApprovalError::NotAnOwner => {
                "error-another-owner"
            }
            ApprovalError::Overtaken | ApprovalError::Over => "error-overtaken",
            other => return self.app.problem(AccountError::from(other).into()).into(),
        };
        self.explain(StatusCode::CONFLICT, key)
    }

    /// A page that says what is the matter and what to do: the words of `key` and `key-advice`.
    pub(super) fn explain(&self, status: StatusCode, key: &str) -> Refused {
        let (title, advice) = (self.frame.s(key), self.frame.s(&format!("{key}-advice")));
        self.page(status, title, advice).into()
    }

    fn locked(&self, until: Option<Timestamp>) -> Refused {
        let title = self.frame.s("error-locked");
        let advice = self.wait(until);
        let page = self.page(StatusCode::TOO_MANY_REQUESTS, title, advice);
        match until {
            Some(at) => {
                let seconds = at.since(self.now()).whole_seconds();
                ([(axum::http::header::RETRY_AFTER, seconds.to_string())], page).into_response().into()
            }
            None => page.into(),
        }
    }

    /// How long to wait, in words; until somebody helps if there is no end.
    pub(super) fn wait(&self, until: Option<Timestamp>) -> String {
        let Some(at) = until else { return self.frame.s("locked-until-unlock") };
        let seconds = at.since(self.now()).whole_seconds();
        if seconds < 120 {
            self.frame.n("wait-seconds", seconds.max(1))
        } else {
            self.frame.n("wait-minutes", (seconds + 59) / 60)
        }
    }

    fn page(&self, status: StatusCode, title: String, advice: String) -> Response {
        let request_id = request_id::current().to_string();
        let page = other::Error { f: self.frame.clone(), status: status.as_u16(), title, advice, request_id };
        (status, render(&page)).into_response()
    }
}
