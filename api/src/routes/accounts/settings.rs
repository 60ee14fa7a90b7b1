//! `GET|PATCH /v1/accounts/{account}/settings`: how the account shows itself, and whom it tells what.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use twofold_domain::account::{Notice, Settings};
use twofold_domain::ids::StreamId;
use twofold_domain::permission::Act as Deed;
use twofold_infra::acts::{ChangeSettings, change_settings};
use utoipa::ToSchema;

use crate::app::App;
use crate::as_of::Viewed;
use crate::extract::{ETag, IfMatch, Json, Path};
use crate::problem::Problem;
use crate::routes::as_of::AsOf;
use crate::routes::change::{Answer, Placed};
use crate::routes::door::{AccountName, Session};
use crate::routes::reader::Reader;
use crate::routes::usual::{ChangingVersion, Reading};

/// How the account shows itself, and whom it tells what.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct SettingsShown {
    /// As prompts and messages show it.
    #[schema(example = "Acme")]
    name: String,
    /// A small picture shown beside the name: a PNG as a `data:` URL.
    logo: Option<String>,
    /// The languages offered to its people: of `en`, `es`, `ko`. None named is all. Who wishes for another
    /// reads the first, and so do new people of whom nothing is said.
    languages: Vec<String>,
    /// In which letters and pages show times and count days: an IANA name. UTC if null. The API stays UTC.
    #[schema(example = "Asia/Seoul")]
    time_zone: Option<String>,
    /// Where its people find help: an `https:` or `mailto:` address.
    #[schema(example = "https://help.acme.example/2fa")]
    help: Option<String>,
    /// What owners and admins are told beside the people concerned: of `locked_out`, `team_changed`,
    /// `policy_changed`, `password_access`.
    #[schema(value_type = Vec<String>)]
    notices: BTreeSet<Notice>,
}

impl From<Settings> for SettingsShown {
    fn from(settings: Settings) -> Self {
        let Settings { name, logo, languages, time_zone, help, notices } = settings;
        Self { name, logo, languages, time_zone, help, notices }
    }
}

/// What is to be otherwise. What is not sent stays as it is; null takes away what may be missing.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewSettings {
    /// 1 to 80 characters. No other account of the installation has a name that looks like it.
    name: Option<String>,
    /// A PNG of at most 16 KiB and 1,024 × 1,024 pixels, as `data:image/png;base64,…`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    logo: Sent,
    /// Of `en`, `es`, `ko`, the first for whoever wishes for another; none named is all.
    languages: Option<Vec<String>>,
    /// An IANA name.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    time_zone: Sent,
    /// An `https:` or `mailto:` address.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    help: Sent,
    /// Of `locked_out`, `team_changed`, `policy_changed`, `password_access`.
    #[schema(value_type = Option<Vec<String>>)]
    notices: Option<BTreeSet<Notice>>,
}

/// What was sent for a setting that may be missing; null is not the same as nothing.
#[derive(Debug, Default, Deserialize)]
#[serde(from = "Option<String>")]
enum Sent {
    #[default]
    Nothing,
    Null,
    Text(String),
}

impl From<Option<String>> for Sent {
    fn from(text: Option<String>) -> Self {
        text.map_or(Self::Null, Self::Text)
    }
}

impl Sent {
    fn over(self, now: Option<String>) -> Option<String> {
        match self {
            Self::Nothing => now,
            Self::Null => None,
            Self::Text(text) => Some(text),
        }
    }
}

impl NewSettings {
    fn over(self, now: Settings) -> Settings {
        Settings {
            name: self.name.unwrap_or(now.name),
            logo: self.logo.over(now.logo),
            languages: self.languages.unwrap_or(now.languages),
            time_zone: self.time_zone.over(now.time_zone),
            help: self.help.over(now.help),
            notices: self.notices.unwrap_or(now.notices),
        }
    }
}

/// How the account shows itself, and whom it tells what.
#[utoipa::path(get, path = "/v1/accounts/{account}/settings", tag = "accounts", security(("bearer" = []), ("password" = [])),
    params(("account" = String, Path, description = "`acc_…` or its short name.")),
    responses((status = 200, description = "The settings.", body = Viewed<SettingsShown>,
        headers(("ETag" = String))), Reading))]
pub(super) async fn settings(
    State(app): State<App>,
    reader: Reader,
    Path(account): Path<AccountName>,
    asked: AsOf,
) -> Result<Response, Problem> {
    let me = reader.of_account(&app, &account, Deed::ReadAccount).await?;
    let at = asked.stand(&app, me.account, &[]).await?;
    let loaded = at.account(&app).await?;
    Ok((ETag(loaded.sequence), at.shows(SettingsShown::from(loaded.state.settings.clone()))).into_response())
}

/// Change how the account shows itself.
///
/// Code `taken` where another account of the installation has a name, or a short name, that looks like it.
#[utoipa::path(patch, path = "/v1/accounts/{account}/settings", tag = "accounts", security(("bearer" = [])),
    params(("account" = String, Path, description = "`acc_…` or its short name."),
        ("If-Match" = String, Header, description = "The ETag of your last read.")),
    request_body = NewSettings,
    responses((status = 200, description = "It holds.", body = Placed<SettingsShown>,
        headers(("ETag" = String))), ChangingVersion))]
pub(super) async fn show_as(
    State(app): State<App>,
    session: Session,
    Path(account): Path<AccountName>,
    seen: Option<IfMatch>,
    Json(new): Json<NewSettings>,
) -> Result<Response, Problem> {
    let me = session.of_account(&app, &account, Deed::ChangeSettings).await?;
    let IfMatch(seen) = IfMatch::required(seen)?;
    let now = app.desk.log().accounts.load(StreamId::account(me.account)).await?.state;
    let to = new.over(now.settings.clone());
    let act = ChangeSettings { credential: session.credential.clone(), seen, to };
    let done = change_settings(&app.desk, me.account, session.context, act).await;
    let done = done.map_err(|error| app.problem(error))?;
    let (version, after) = &done.reply;
    let answer = Answer {
        status: StatusCode::OK,
        etag: Some(*version),
        location: None,
        body: Ok(SettingsShown::from(after.settings.clone())),
    };
    Ok(answer.at(done.position))
}
