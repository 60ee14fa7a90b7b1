//! `GET /v1/reports/{name}`: a named report, now and at any past instant.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Response;
use twofold_domain::permission::Act as Deed;
use twofold_projections::reports::ask::Wrong;
use twofold_projections::reports::{self, Parameter as Takes, Question};
use utoipa::IntoParams;
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};

use crate::app::App;
use crate::extract::{Path, Query};
use crate::problem::{Missing, Problem};
use crate::report::{Form, Wish, answer, misread};
use crate::routes::reader::Reader;
use crate::routes::usual::Reading;

/// What every report takes, and what some do.
pub(super) struct Parameters;

impl IntoParams for Parameters {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let text = || ObjectBuilder::new().schema_type(Type::String).build();
        let said = |name: &str, words: String| {
            let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Query);
            let parameter = parameter.schema(Some(text())).required(Required::False);
            parameter.description(Some(words)).build()
        };
        let mut all = vec![];
        for (name, words) in [
            (
                "as_of",
                "At which instant; now if not said. A bare date means its end in UTC. Never one ahead. `to` means \
                 the same where a report has a `from`.",
            ),
            ("at_event", "Right after the event of this number; with `as_of`, looked at from that instant."),
            ("format", "`json` (to read), `csv`, or `xlsx`; a file takes a session that was stepped up."),
            ("annex", "`names`: with the names and addresses of these people as they are today."),
        ] {
            all.push(said(name, words.to_owned()));
        }
        let mut taken: BTreeMap<&str, (&Takes, Vec<&str>)> = BTreeMap::new();
        for report in reports::ALL {
            for parameter in report.parameters {
                taken.entry(parameter.name).or_insert((parameter, vec![])).1.push(report.name);
            }
        }
        for (name, (parameter, by)) in taken {
            let words = format!("{} Of: {}.", parameter.meaning, by.join(", "));
            all.push(said(name, words));
        }
        all
    }
}

/// A named report.
///
/// For owners, admins, and auditors; `GET /v1/reports` says what each one means. The body without the annex is the
/// same, byte for byte, whenever the same question is asked again; `Twofold-Position` is the last event that counts.
/// A file takes a session that was stepped up.
#[utoipa::path(get, path = "/v1/reports/{name}", tag = "reports", security(("bearer" = []), ("password" = [])),
    params(("name" = String, Path, description = "One of those that `GET /v1/reports` lists."), Parameters),
    responses((status = 200, description = "The report, streamed.", content((Object = "application/json"),
        (String = "text/csv"), (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")),
        headers(("Twofold-Position" = u64), ("Twofold-As-Of" = String), ("Twofold-Events" = String),
        ("Twofold-Definition" = u32), ("Twofold-Projections" = String))), Reading))]
pub(super) async fn named(
    State(app): State<App>,
    reader: Reader,
    Path(name): Path<String>,
    Query(given): Query<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let Some(report) = reports::named(&name) else {
        // Which reports there are is no secret; who asks still has to be somebody who may read one.
        reader.may(&app, Deed::ReadStatus).await?;
        return Err(Problem::missing(Missing::Report));
    };
    let (wish, rest) = wish(&given).map_err(misread)?;
    let me = reader.may(&app, wish.deed(report)).await?;
    if wish.names {
        reader.may(&app, Deed::ReadPeople).await?;
    }
    let question = Question::read(report, rest).map_err(misread)?;
    let to = reader.shown_to(&app, &me, wish.form != Form::Json)?;
    answer(&app, me.account, question, wish, to).await
}

/// The form and the annex that are wished for, and everything else.
#[expect(clippy::type_complexity, reason = "a pair of what is known and what is left")]
fn wish(given: &[(String, String)]) -> Result<(Wish, Vec<(&str, &str)>), Wrong> {
    let wrong =
        |name: &str, why: &str| Wrong { name: name.to_owned(), code: "unknown_value", why: why.to_owned() };
    let (mut wish, mut rest) = (Wish::default(), vec![]);
    for (name, value) in given {
        match (name.as_str(), value.as_str()) {
            ("format", form) => {
                wish.form =
                    form.parse::<Form>().map_err(|_| wrong(name, "expected `json`, `csv`, or `xlsx`"))?;
            }
            ("annex", "names") => wish.names = true,
            ("annex", _) => return Err(wrong(name, "expected `names`")),
            (name, value) => rest.push((name, value)),
        }
    }
    Ok((wish, rest))
}
