//! Which events are asked for: the same filters for the list, the export, and the stream.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use twofold_domain::ids::{AccountId, DeviceId, UserId};
use twofold_domain::invariants::By;
use twofold_domain::reading::{Matter, Question};
use twofold_infra::acts::Look;
use twofold_infra::store::AggregateKind;
use twofold_projections::audit::Filter;
use twofold_projections::fact::event_types;
use utoipa::IntoParams;

use crate::app::App;
use crate::as_of::Standpoint;
use crate::audit::is_cause;
use crate::audit::names::{Meant, search};
use crate::extract::read_pairs;
use crate::problem::{Problem, kinds};
use crate::routes::show::{Instant, Since};

/// Which events.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Filters {
    /// What happened: `TwoFactorReset`, and so on.
    r#type: Option<String>,
    /// Who did it: `usr_…`, `cli_…`, `operator`, `anonymous`, `system:…`.
    actor: Option<String>,
    /// To whom.
    #[param(value_type = Option<String>)]
    subject: Option<UserId>,
    /// On which device.
    #[param(value_type = Option<String>)]
    device: Option<DeviceId>,
    /// By what it came about: `account_disabled:2`, `staff`, `replayed`, `device_lost`, and so on.
    cause: Option<String>,
    /// In which kind of history: `account`, `user`, `device`, `reading`.
    stream: Option<String>,
    /// Words in the name or address that whoever did it, or to whom it was done, bore then. Takes a reader who may
    /// see people.
    q: Option<String>,
    /// Not before this instant; a bare date means its beginning in UTC.
    #[param(value_type = Option<String>)]
    from: Option<Since>,
    /// Not after this instant; a bare date means its end in UTC.
    #[param(value_type = Option<String>)]
    to: Option<Instant>,
    /// Not after the event of this number.
    at_event: Option<u64>,
}

const NAMES: [&str; 10] =
    ["type", "actor", "subject", "device", "cause", "stream", "q", "from", "to", "at_event"];
/// Filters, and what else an operation takes.
pub(super) struct Filtered<T>(pub(super) Filters, pub(super) T);

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for Filtered<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        let pairs = form_urlencoded::parse(query.as_bytes());
        let (ours, rest): (Vec<_>, Vec<_>) = pairs.partition(|(name, _)| NAMES.contains(&name.as_ref()));
        let again = |pairs: &[(std::borrow::Cow<'_, str>, std::borrow::Cow<'_, str>)]| {
            form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
        };
        Ok(Self(read_pairs("query", &again(&ours))?, read_pairs("query", &again(&rest))?))
    }
}

impl Filters {
    /// Whether names must be read to answer it.
    pub(super) const fn searches(&self) -> bool {
        self.q.is_some()
    }

    /// Where the log ends that is asked for, if an end was named.
    pub(super) async fn end(&self, app: &App, account: AccountId) -> Result<Option<Standpoint>, Problem> {
        let to = self.to.map(|to| to.0);
        if to.is_none() && self.at_event.is_none() {
            return Ok(None);
        }
        app.stands_up_to(account, to, self.at_event).await.map(Some)
    }

    /// What is on record of it.
    pub(super) fn look(&self, matter: Matter) -> Look {
        let question = Question::of(matter)
            .between(self.from.map(|at| at.0), self.to.map(|at| at.0))
            .narrowed("type", self.r#type.as_deref())
            .narrowed("actor", self.actor.as_deref())
            .narrowed("device", self.device)
            .narrowed("cause", self.cause.as_deref())
            .narrowed("stream", self.stream.as_deref())
            .narrowed("at_event", self.at_event);
        Look::from(Question { subject: self.subject, ..question }).searching(self.q.as_deref())
    }

    /// What is wrong with it: nobody's name or address goes on record as a filter.
    pub(super) fn check(&self) -> Result<(), Problem> {
        if self.r#type.as_deref().is_some_and(|name| event_types().all(|known| known != name)) {
            return Err(invalid("type", "no event has this name"));
        }
        if self.actor.as_deref().is_some_and(|actor| !names_an_actor(actor)) {
            return Err(invalid(
                "actor",
                "expected `usr_…`, `cli_…`, `operator`, `anonymous`, or `system:…`",
            ));
        }
        if self.stream.as_deref().is_some_and(|stream| AggregateKind::parse(stream).is_none()) {
            return Err(invalid("stream", "expected `account`, `user`, `device`, or `reading`"));
        }
        if self.cause.as_deref().is_some_and(|cause| !is_cause(cause)) {
            return Err(invalid("cause", "expected a word of the log such as `staff`"));
        }
        Ok(())
    }

    /// What it leaves of an account's log.
    pub(super) async fn filter(self, app: &App, account: AccountId) -> Result<Filter, Problem> {
        let people = match &self.q {
            None => None,
            Some(words) => {
                match search(&app.desk, account, words).await.map_err(|error| app.problem(error))? {
                    Meant::People(spans) => Some(spans),
                    Meant::TooMany => {
                        let words = "this means too many people; say more, or filter by `subject`";
                        return Err(Problem::new(kinds::INVALID_FIELDS).field("query/q", "too_many", words));
                    }
                }
            }
        };
        Ok(Filter {
            event_type: self.r#type,
            actor: self.actor,
            subject: self.subject,
            device: self.device,
            cause: self.cause,
            stream: self.stream.as_deref().and_then(AggregateKind::parse).map(AggregateKind::name),
            from: self.from.map(|at| at.0),
            to: self.to.map(|at| at.0),
            up_to: self.at_event,
            people,
        })
    }
}

/// Whether a text is the name of somebody who acts, and nobody's name or address.
fn names_an_actor(text: &str) -> bool {
    let Ok(by) = text.parse::<By>();
    match by {
        By::System(name) => name.chars().all(|c| c.is_ascii_lowercase() || c == '_'),
        By::Nobody | By::Operator | By::Person(_) | By::Program(_) => true,
        By::Unknown(_) => false,
    }
}

fn invalid(parameter: &str, words: &'static str) -> Problem {
    Problem::new(kinds::INVALID_FIELDS).field(format!("query/{parameter}"), "invalid_value", words)
}
