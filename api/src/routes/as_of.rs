//! As of when each operation that reads answers: which take an instant or an event of the past, and why the others
//! do not. The table is asked where routes are registered, so none stands outside it; the OpenAPI document repeats it
//! as `x-twofold-as-of`.

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use twofold_domain::ids::AccountId;
use twofold_domain::reading::Then;
use twofold_projections::reports::ask::Point;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Required};

use crate::app::App;
use crate::as_of::Standpoint;
use crate::extract::read_pairs;
use crate::problem::{Problem, kinds};
use crate::report::misread;

/// Where the document says it.
const EXTENSION: &str = "x-twofold-as-of";

/// As of when an operation that reads answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// As of any past instant or event: it takes `as_of` and `at_event`.
    Past,
    /// The same, but for what is no view of the log: fields of these names stand in no answer about the past.
    But(&'static Beside),
    /// As of now only, for this reason; it says of which event.
    Now(&'static str),
    /// In a way of its own, or of no event at all.
    Own(&'static str),
}

/// What an answer has in it that is not of the log.
#[derive(Debug, PartialEq, Eq)]
pub struct Beside {
    /// Under these names, wherever in the answer.
    pub fields: &'static [&'static str],
    /// Why the past does not know it.
    pub why: &'static str,
}

const WAITING: Beside = Beside {
    fields: &["waiting"],
    why: "a message that waits to be sent is a row beside the log, deleted when it is; what became of it is an event",
};
const PROGRESS: Beside = Beside {
    fields: &["progress"],
    why: "how far a file is while it is being written is a row beside the log, and is forgotten with the file",
};

const CURRENT: Beside = Beside {
    fields: &["current"],
    why: "whether it is the one that asks now is a matter of the asking, which the past does not know",
};

/// Operations that show something beside the log, too.
const BUT: [(&str, &Beside); 6] = [
    ("devices.list", &CURRENT),
    ("devices.sessions", &CURRENT),
    ("messages.messages", &WAITING),
    ("messages.delivery", &WAITING),
    ("reports.files", &PROGRESS),
    ("reports.file_state", &PROGRESS),
];

/// Operations that only know the present, and why.
const NOW: [(&str, &str); 2] = [
    (
        "entry.challenge",
        "it is what a device's token can answer with at this moment, within the minutes that the sign-in is open; what \
         was asked, and why, is an event, and `GET /v1/users/{user}/sign-ins` shows it as of any",
    ),
    (
        "factors.spare",
        "a token that was handed to nobody is a row beside the log, as its serial is nobody's to seal it for; what came, \
         and what was handed out, are events, and `GET /v1/hardware-tokens` shows them as of any",
    ),
];

/// Operations that have a way of their own.
const OWN: [(&str, &str); 8] = [
    ("reports.catalogue", "what reports mean is the program's, not an account's"),
    ("reports.named", "each report takes `as_of` and `at_event`, and says which event it is as of"),
    ("reports.take", "a file is as of the event that it was ordered at, and says which"),
    (
        "events.events",
        "an event never changes; `at_event` and `to` end the log where one wishes, and it says where it ends",
    ),
    ("events.export", "an event never changes; `at_event` and `to` end the file where one wishes"),
    ("events.stream", "each event comes with its own number"),
    ("events.event", "an event never changes, and its number is its own"),
    ("events.record", "an event never changes, and its number is its own"),
];

impl Sight {
    /// Of an operation, by its name.
    pub fn of(operation: &str) -> Self {
        let named = |table: &[(&str, &'static str)]| {
            table.iter().find(|(name, _)| *name == operation).map(|(_, why)| *why)
        };
        let beside = BUT.iter().find(|(name, _)| *name == operation).map(|(_, beside)| *beside);
        match (named(&NOW), named(&OWN), beside) {
            (Some(why), ..) => Self::Now(why),
            (None, Some(why), _) => Self::Own(why),
            (None, None, Some(beside)) => Self::But(beside),
            (None, None, None) => Self::Past,
        }
    }

    /// The operations that are named because they do not take an instant of the past, or not for all that they show.
    pub fn named() -> impl Iterator<Item = &'static str> {
        NOW.iter().chain(&OWN).map(|(name, _)| *name).chain(BUT.iter().map(|(name, _)| *name))
    }

    /// Whether it takes an instant and an event of the past.
    pub const fn is_of_the_past(self) -> bool {
        matches!(self, Self::Past | Self::But(_))
    }

    fn as_json(self) -> Value {
        match self {
            Self::Past => json!({ "takes": Point::NAMES }),
            Self::But(Beside { fields, why }) => {
                json!({ "takes": Point::NAMES, "present_only": fields, "because": why })
            }
            Self::Now(why) => json!({ "now_only": why }),
            Self::Own(why) => json!({ "own": why }),
        }
    }

    /// Says it in the document.
    pub(super) fn describe(self, operation: &mut Operation) {
        let extensions = operation.extensions.get_or_insert_with(Extensions::default);
        extensions.insert(EXTENSION.to_owned(), self.as_json());
        if matches!(self, Self::Own(_)) {
            return;
        }
        let text = |format| ObjectBuilder::new().schema_type(Type::String).format(format).build();
        let number = || ObjectBuilder::new().schema_type(Type::Integer).build();
        if self.is_of_the_past() {
            let said = |name: &str, schema, words: &str| {
                let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Query);
                let parameter = parameter.required(Required::False).schema(Some(schema));
                RefOr::T(parameter.description(Some(words)).build())
            };
            let as_of = "As it was at this instant; now if not said. A bare date means its end in UTC. Never one ahead.";
            let at_event =
                "As it was right after the event of this number; with `as_of`, looked at from that instant.";
            let parameters = operation.parameters.get_or_insert_with(Vec::new);
            parameters.push(said("as_of", text(None), as_of));
            parameters.push(said("at_event", number(), at_event));
        }
        let header = |schema, words: &str| {
            RefOr::T(HeaderBuilder::new().schema(Some(schema)).description(Some(words)).build())
        };
        if let Some(RefOr::T(response)) = operation.responses.responses.get_mut("200") {
            let event = header(number(), "The last event that counts; the body says it as `as_of.event`.");
            response.headers.insert("Twofold-Position".to_owned(), event);
            let at = text(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)));
            let at = header(at, "The instant that it is as of; the body says it as `as_of.at`.");
            response.headers.insert("Twofold-As-Of".to_owned(), at);
        }
    }
}

/// Refuses a question about the past that an operation does not answer, and says why.
pub(super) async fn only_now(why: &'static str, request: Request, next: Next) -> Response {
    let pairs = read_pairs::<Vec<(String, String)>>("query", request.uri().query().unwrap_or_default());
    // What cannot be read, the operation itself refuses.
    let past = pairs.unwrap_or_default().into_iter().find(|(name, _)| Point::NAMES.contains(&name.as_str()));
    match past {
        Some((name, _)) => Problem::new(kinds::INVALID_FIELDS)
            .field(format!("query/{name}"), "now_only", format!("this is as of now only: {why}"))
            .into_response(),
        None => next.run(request).await,
    }
}

/// The query string of a view: as of when it is asked, and what else it takes.
pub(super) struct AsOf<Q = Nothing> {
    point: Point,
    /// What else.
    pub(super) rest: Q,
}

/// Nothing else.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

impl<S: Sync, Q: DeserializeOwned> FromRequestParts<S> for AsOf<Q> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let pairs: Vec<(String, String)> = read_pairs("query", parts.uri.query().unwrap_or_default())?;
        let mut point = Point::default();
        let mut rest = form_urlencoded::Serializer::new(String::new());
        for (name, value) in &pairs {
            if Point::NAMES.contains(&name.as_str()) {
                point.take(name, value).map_err(misread)?;
            } else {
                rest.append_pair(name, value);
            }
        }
        Ok(Self { point, rest: read_pairs("query", &rest.finish())? })
    }
}

impl<Q> AsOf<Q> {
    /// Where in the account's history that is; these read models have come there.
    pub(super) async fn stand(
        &self,
        app: &App,
        account: AccountId,
        read_models: &[&str],
    ) -> Result<Standpoint, Problem> {
        app.stands(account, self.point, read_models).await?.map_err(misread)
    }

    /// The same of what is on record as read, with the instant and the event where they were asked for.
    pub(super) async fn shown(
        &self,
        app: &App,
        account: AccountId,
        read_models: &[&str],
        record: impl AsyncFnOnce(Then) -> Result<(), Problem>,
    ) -> Result<Standpoint, Problem> {
        if self.point.is_of_the_past() {
            let at = self.stand(app, account, read_models).await?;
            record(self.point.then(at.as_of())).await?;
            return Ok(at);
        }
        // The record is an event: what is looked at behind it does not move by it.
        record(Then::default()).await?;
        self.stand(app, account, read_models).await
    }
}

/// Where an account stands now, for what only knows the present.
pub(super) async fn now(app: &App, account: AccountId, read_models: &[&str]) -> Result<Standpoint, Problem> {
    app.stands(account, Point::default(), read_models).await?.map_err(misread)
}
