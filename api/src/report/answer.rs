//! A report as the answer to a request: of the API, and of the console's downloads.
//!
//! **Architecture invariant:** whatever report leaves the server leaves it here, and is on record before it does:
//! who reads, which report, as of when, with which arguments, in which form.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use futures::StreamExt as _;
use twofold_domain::ids::AccountId;
use twofold_domain::permission::Act as Deed;
use twofold_domain::reading::{Matter, Question as Read, SAMPLE};
use twofold_infra::acts::{Look, Onlooker};
use twofold_infra::context::Context;
use twofold_infra::store::StoreError;
use twofold_projections::audit;
use twofold_projections::reports::ask::{Point, Unanswerable, Wrong};
use twofold_projections::reports::{Argument, Asked, Question, Report, sample};

use super::{Form, Written};
use crate::app::App;
use crate::as_of::AS_OF;
use crate::problem::{Problem, kinds};
use crate::routes::POSITION;

const EVENTS: HeaderName = HeaderName::from_static("twofold-events");
const PROJECTIONS: HeaderName = HeaderName::from_static("twofold-projections");
pub(super) const DEFINITION: HeaderName = HeaderName::from_static("twofold-definition");

/// What is wished for, besides the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Wish {
    /// In which form.
    pub(crate) form: Form,
    /// With the annex of names.
    pub(crate) names: bool,
}

/// To whom a report is shown, or given.
pub(crate) struct ShownTo {
    /// Where the request comes from.
    pub(crate) context: Context,
    /// Whoever was let in.
    pub(crate) onlooker: Onlooker,
    /// Whether they take it away.
    pub(crate) as_file: bool,
}

impl Wish {
    /// What whoever wishes it must be allowed to do.
    pub(crate) fn deed(self, report: &Report) -> Deed {
        match self.form {
            Form::Json => report.reads,
            Form::Csv | Form::Xlsx => Deed::Export,
        }
    }
}

/// The question, placed in the account's history; the read models that answer it have come to its end.
pub(crate) async fn place(
    app: &App,
    account: AccountId,
    question: Question,
) -> Result<Result<Asked, Wrong>, Problem> {
    let report = question.report();
    let asked = match question.settle(app.store(), account, app.now_of(account)).await {
        Ok(asked) => asked,
        Err(Unanswerable::Wrong(wrong)) => return Ok(Err(wrong)),
        Err(Unanswerable::Store(error)) => return Err(error.into()),
    };
    for projection in report.from.iter().chain([&audit::NAME]) {
        app.caught_up(projection, account, asked.as_of.position).await?;
    }
    Ok(Ok(asked))
}

/// The report as the answer to whoever may read it, and is on record for it.
pub(crate) async fn answer(
    app: &App,
    account: AccountId,
    question: Question,
    wish: Wish,
    to: ShownTo,
) -> Result<Response, Problem> {
    let report = question.report();
    let point = question.point();
    let asked = place(app, account, question).await?.map_err(misread)?;
    let look = look(report, &asked, point, wish, to.as_file).await?;
    app.is_shown(account, to.context, to.onlooker, look).await?;
    let written = Written { report, asked, form: wish.form, with_names: wish.names, counts: None };
    let (position, instant) = (written.asked.as_of.position, written.asked.as_of.instant);
    let text = |text: String| HeaderValue::try_from(text).map_err(Problem::internal);
    let (first, file) = (written.first_event(), written.file_name());
    let built_from = text(written.built_from())?;
    let pieces = written.write(app.desk.clone()).map(|piece| piece.map_err(std::io::Error::other));
    let mut response = Body::from_stream(pieces).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(wish.form.media_type()));
    headers.insert(POSITION, position.into());
    headers.insert(AS_OF, text(instant.to_string())?);
    headers.insert(EVENTS, text(format!("{first}-{position}"))?);
    headers.insert(DEFINITION, report.definition.into());
    headers.insert(PROJECTIONS, built_from);
    if wish.form != Form::Json {
        headers.insert(header::CONTENT_DISPOSITION, text(format!("attachment; filename=\"{file}\""))?);
    }
    Ok(response)
}

/// What is wrong with a question, as an answer.
pub(crate) fn misread(Wrong { name, code, why }: Wrong) -> Problem {
    Problem::new(kinds::INVALID_FIELDS).field(format!("query/{name}"), code, why)
}

/// What is on record of it: everything that the answer depends on, and nothing that somebody typed; the nonce of a
/// sample like words that are searched for. Its event and seed say by themselves which drawing it was.
pub(crate) async fn look(
    report: &Report,
    asked: &Asked,
    point: Point,
    wish: Wish,
    as_file: bool,
) -> Result<Look, StoreError> {
    let name = report.name.to_owned();
    let matter =
        if report.reads == Deed::ReadAudit { Matter::EventReport(name) } else { Matter::Report(name) };
    let mut read = Read::of(matter).as_of(point.then(asked.as_of));
    for parameter in report.parameters {
        match asked.arguments.get(parameter.name) {
            Some(Argument::Instant(since)) => read.from = Some(since.at.instant),
            Some(Argument::Person(user)) => read.subject = Some(*user),
            Some(Argument::Population(population)) => {
                read = read.narrowed(parameter.name, Some(<&str>::from(*population)));
            }
            Some(Argument::Word(word)) => read = read.narrowed(parameter.name, Some(word)),
            Some(Argument::Number(number)) => read = read.narrowed(parameter.name, Some(number)),
            Some(Argument::Text(_)) | None => {}
        }
    }
    let read = read.narrowed("annex", wish.names.then_some("names"));
    let look = Look { form: as_file.then_some(wish.form.into()), ..read.into() };
    if report.name != SAMPLE {
        return Ok(look);
    }
    let drawn = sample::drawing(asked).await?;
    let exactly = Point::at(asked.as_of).then(asked.as_of);
    let question = look.question.as_of(exactly).narrowed("seed", Some(&drawn.seed));
    Ok(Look { question, ..look }.searching(Some(&drawn.nonce)))
}
