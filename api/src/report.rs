//! The status report as it leaves the program: JSON or CSV, written page by page as it is read.
//!
//! The body is pseudonymous and a pure function of the events, the definition, and the question: the same
//! bytes whenever it is asked again. Names are an annex, as they are today: who was erased since has none.

use std::fmt::Write as _;
use std::pin::pin;

use axum::body::Bytes;
use futures::{Stream, StreamExt as _};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use twofold_domain::ids::{AccountId, UserId};
use twofold_domain::sealed::{Email, PersonName, Sealed};
use twofold_domain::time::Timestamp;
use twofold_infra::acts::ActError;
use twofold_infra::desk::Desk;
use twofold_projections::status::report::{DEFINITION, names, status_report};
use twofold_projections::status::{AsOf, Line, PersonRow, Population, person};
use uuid::Uuid;

use crate::csv::{Cell, write_row};

/// Pages written ahead of whoever reads.
const AHEAD: usize = 2;
/// People per page of the annex.
const PEOPLE: u32 = 500;

/// The columns behind the person.
const COLUMNS: [&str; 10] = [
    "role",
    "state",
    "rule",
    "factors",
    "enabled_since",
    "last_used",
    "recovery_codes",
    "trusted_devices",
    "required_since",
    "policy_version",
];

/// In which form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// One object; the people are its `people`.
    #[default]
    Json,
    /// RFC 4180, safe to open in a spreadsheet.
    Csv,
}

impl Form {
    /// Its media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => "text/csv; charset=utf-8; header=present",
        }
    }
}

/// A report to write.
#[derive(Clone)]
pub struct StatusReport {
    /// Of which account.
    pub account: AccountId,
    /// As of which event and instant.
    pub as_of: AsOf,
    /// Whom it lists.
    pub population: Population,
    /// In which form.
    pub form: Form,
    /// With the annex of names.
    pub with_names: bool,
}

#[derive(Serialize)]
struct Head {
    report: &'static str,
    account: AccountId,
    definition: u32,
    position: u64,
    as_of: String,
    population: Population,
}

#[derive(Serialize)]
struct Row<'a> {
    user: UserId,
    role: &'static str,
    state: &'static str,
    rule: &'static str,
    factors: &'a str,
    enabled_since: Option<String>,
    last_used: Option<String>,
    recovery_codes: Option<u8>,
    trusted_devices: u32,
    required_since: Option<String>,
    policy_version: u32,
}

impl<'a> From<&'a Line> for Row<'a> {
    fn from(line: &'a Line) -> Self {
        let text = |at: Option<Timestamp>| at.map(|at| at.to_string());
        Self {
            user: line.user,
            role: line.role.name(),
            state: line.state.into(),
            rule: line.rule.into(),
            factors: &line.factors,
            enabled_since: text(line.enabled_since),
            last_used: text(line.last_used),
            recovery_codes: line.recovery_codes,
            trusted_devices: line.trusted_devices,
            required_since: text(line.required_since),
            policy_version: line.policy_version,
        }
    }
}

#[derive(Serialize)]
struct Called {
    name: Option<String>,
    email: Option<String>,
    erased_since: Option<String>,
}

type Out = mpsc::Sender<Result<Bytes, ActError>>;

/// The reader of a report went away; nobody is told anything.
struct Gone;

impl StatusReport {
    /// The report, in pieces.
    pub fn write(self, desk: Desk) -> impl Stream<Item = Result<Bytes, ActError>> + Send {
        let lines = self.lines(&desk);
        self.write_lines(desk, lines)
    }

    /// The report of lines that come from elsewhere: from a replay of the log.
    pub fn write_lines(
        self,
        desk: Desk,
        lines: impl Stream<Item = Result<Vec<Line>, ActError>> + Send + 'static,
    ) -> impl Stream<Item = Result<Bytes, ActError>> + Send {
        let (send, receive) = mpsc::channel(AHEAD);
        tokio::spawn(async move {
            let written = match self.form {
                Form::Json => self.json(&desk, lines, &send).await,
                Form::Csv => self.csv(&desk, lines, &send).await,
            };
            if let Err(Some(error)) = written {
                tracing::error!(%error, "a status report broke off");
                let _ = send.send(Err(error)).await;
            }
        });
        futures::stream::unfold(receive, async |mut receive| Some((receive.recv().await?, receive)))
    }

    fn lines(&self, desk: &Desk) -> impl Stream<Item = Result<Vec<Line>, ActError>> + Send + use<> {
        let lines = status_report(desk.store().views(), self.account, self.as_of, self.population);
        lines.map(|page| page.map_err(ActError::from))
    }

    async fn json(
        &self,
        desk: &Desk,
        lines: impl Stream<Item = Result<Vec<Line>, ActError>>,
        out: &Out,
    ) -> Result<(), Option<ActError>> {
        let head = Head {
            report: "mfa-status",
            account: self.account,
            definition: DEFINITION,
            position: self.as_of.position,
            as_of: self.as_of.instant.to_string(),
            population: self.population,
        };
        let mut text = to_json(&head)?;
        text.truncate(text.len() - 1);
        text.push_str(",\"people\":[");
        let mut lines = pin!(lines);
        let mut between = "\n";
        while let Some(page) = lines.next().await {
            for line in &page? {
                text.push_str(between);
                text.push_str(&to_json(&Row::from(line))?);
                between = ",\n";
            }
            send(out, std::mem::take(&mut text)).await?;
        }
        text.push_str("\n]");
        if self.with_names {
            self.annex(desk, out, &mut text).await?;
        }
        text.push_str("}\n");
        Ok(send(out, text).await?)
    }

    /// The names of everybody whom the account ever had of this population: an object by ids.
    async fn annex(&self, desk: &Desk, out: &Out, text: &mut String) -> Result<(), Option<ActError>> {
        text.push_str(",\"names\":{");
        let (mut after, mut between) = (UserId::from_uuid(Uuid::nil()), "\n");
        loop {
            let page = person::people(desk.store().views(), self.account, after, None, PEOPLE).await;
            let page = page.map_err(ActError::from)?;
            let Some((last, _)) = page.last() else { break };
            after = last.user_id;
            for (user, person) in page {
                if self.population.includes(user.role) {
                    let name = self.name(desk, person).await?;
                    let _ = write!(text, "{between}{}:{}", to_json(&user.user_id)?, to_json(&name)?);
                    between = ",\n";
                }
            }
            send(out, std::mem::take(text)).await?;
        }
        text.push_str("\n}");
        Ok(())
    }

    async fn name(&self, desk: &Desk, row: PersonRow) -> Result<Called, ActError> {
        let (vault, user) = (desk.vault(), row.user_id);
        let clear = |text: Option<zeroize::Zeroizing<String>>| text.map(|text| text.as_str().to_owned());
        let name = match row.name {
            Some(bytes) => vault.unseal(self.account, user, &Sealed::<PersonName>::from_bytes(bytes)).await?,
            None => None,
        };
        let email = match row.email {
            Some(bytes) => vault.unseal(self.account, user, &Sealed::<Email>::from_bytes(bytes)).await?,
            None => None,
        };
        let erased_since = row.erased_at.map(|at| at.to_string());
        Ok(Called { name: clear(name), email: clear(email), erased_since })
    }

    async fn csv(
        &self,
        desk: &Desk,
        lines: impl Stream<Item = Result<Vec<Line>, ActError>>,
        out: &Out,
    ) -> Result<(), Option<ActError>> {
        let mut columns = vec!["user"];
        if self.with_names {
            columns.extend(["name", "email"]);
        }
        columns.extend(COLUMNS);
        let mut text = String::new();
        write_row(&mut text, columns.into_iter().map(Cell::Text));
        let mut lines = pin!(lines);
        let mut after = UserId::from_uuid(Uuid::nil());
        while let Some(page) = lines.next().await {
            let page = page?;
            let Some(last) = page.last().map(|line| line.user) else { continue };
            let mut people = if self.with_names {
                names(desk.store().views(), self.account, after, last).await.map_err(ActError::from)?
            } else {
                std::collections::BTreeMap::new()
            };
            after = last;
            for line in &page {
                let name = match people.remove(&line.user) {
                    Some(row) => Some(self.name(desk, row).await?),
                    None => None,
                };
                self.csv_row(&mut text, &Row::from(line), name.as_ref());
            }
            send(out, std::mem::take(&mut text)).await?;
        }
        Ok(send(out, text).await?)
    }

    fn csv_row(&self, text: &mut String, row: &Row<'_>, name: Option<&Called>) {
        let user = row.user.to_string();
        let mut cells = vec![Cell::Text(&user)];
        if self.with_names {
            cells.push(maybe(name.and_then(|name| name.name.as_deref())));
            cells.push(maybe(name.and_then(|name| name.email.as_deref())));
        }
        cells.extend([
            Cell::Text(row.role),
            Cell::Text(row.state),
            Cell::Text(row.rule),
            maybe(Some(row.factors).filter(|factors| !factors.is_empty())),
            maybe(row.enabled_since.as_deref()),
            maybe(row.last_used.as_deref()),
            row.recovery_codes.map_or(Cell::Empty, |n| Cell::Number(n.into())),
            Cell::Number(row.trusted_devices.into()),
            maybe(row.required_since.as_deref()),
            Cell::Number(row.policy_version.into()),
        ]);
        write_row(text, cells);
    }
}

fn maybe(text: Option<&str>) -> Cell<'_> {
    text.map_or(Cell::Empty, Cell::Text)
}

fn to_json<T: Serialize>(value: &T) -> Result<String, ActError> {
    serde_json::to_string(value).map_err(|error| ActError::Bug(format!("a report that is not JSON: {error}")))
}

async fn send(out: &Out, text: String) -> Result<(), Gone> {
    if text.is_empty() {
        return Ok(());
    }
    out.send(Ok(text.into())).await.map_err(|_| Gone)
}

impl From<Gone> for Option<ActError> {
    fn from(_: Gone) -> Self {
        None
    }
}
