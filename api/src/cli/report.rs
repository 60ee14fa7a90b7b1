//! `twofold report`: the reports that the API and the console also answer, byte for byte.

use std::collections::BTreeMap;
use std::pin::pin;

use axum::body::Bytes;
use clap::{Args, Subcommand, ValueEnum};
use futures::{Stream, StreamExt as _};
use twofold_domain::ids::{StreamId, UserId};
use twofold_domain::policy::{Audience, Bound, Profile};
use twofold_domain::time::Timestamp;
use twofold_infra::acts::ActError;
use twofold_projections::impact;
use twofold_projections::status::{Line, Population};

use super::{Context, Exit, Failure, Output, evidence, setup};
use crate::conformance::conformance;
use crate::report::{Form, StatusReport};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Who has two-factor authentication, who must, and since when
    MfaStatus(Arguments),
    /// Which programs use the API: API tokens with their last use, and whose password is still shown, with
    /// whom a stricter policy would break
    Integrations(Integrations),
    /// Who lost their second factor: who asked, who approved, what was used, how it ended, what was left lying
    RecoveryCases(RecoveryCases),
    /// Who will not comply on a coming day, if nothing changes until then
    Forecast(ForecastArguments),
    /// Where the account meets a profile, rule by rule, and where it misses it
    Conformance(ConformanceArguments),
}

#[derive(Debug, Args)]
pub(super) struct Integrations {
    /// The account's short name
    #[arg(long, value_name = "SLUG")]
    account: String,
}

#[derive(Debug, Args)]
pub(super) struct RecoveryCases {
    /// The account's short name
    #[arg(long, value_name = "SLUG")]
    account: String,
}

#[derive(Debug, Args)]
pub(super) struct ForecastArguments {
    /// The account's short name
    #[arg(long, value_name = "SLUG")]
    account: String,
    /// At this instant (2027-01-31T00:00:00Z) or the end of this day (2027-01-31)
    #[arg(long, value_name = "INSTANT")]
    at: Timestamp,
    /// Add what people are called today
    #[arg(long)]
    names: bool,
}

#[derive(Debug, Args)]
pub(super) struct ConformanceArguments {
    /// The account's short name
    #[arg(long, value_name = "SLUG")]
    account: String,
    /// `nist-aal2`, `pci-dss-4`, `seed` [default: the account's own]
    #[arg(long)]
    profile: Option<Profile>,
}

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The account's short name
    #[arg(long, value_name = "SLUG")]
    pub(super) account: String,
    /// As of this instant (2026-03-31T23:59:59Z) or the end of this day (2026-03-31) [default: now]
    #[arg(long, value_name = "INSTANT")]
    pub(super) as_of: Option<Timestamp>,
    /// Whom to list
    #[arg(long, value_enum, default_value_t = Whom::Everyone)]
    pub(super) population: Whom,
    /// The form of the answer
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(super) format: Format,
    /// Add what people are called today
    #[arg(long)]
    pub(super) names: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// A table on a terminal, tab-separated lines elsewhere
    Table,
    /// CSV, safe to open in a spreadsheet
    Csv,
    /// JSON
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Whom {
    /// Owners, admins, agents, auditors
    Team,
    /// The account's own customers
    EndUsers,
    /// Both
    Everyone,
}

impl From<Whom> for Population {
    fn from(whom: Whom) -> Self {
        match whom {
            Whom::Team => Self::Team,
            Whom::EndUsers => Self::EndUsers,
            Whom::Everyone => Self::Everyone,
        }
    }
}

pub(super) async fn run(context: &Context, command: Command) -> Result<(), Failure> {
    let arguments = match command {
        Command::MfaStatus(arguments) => arguments,
        Command::Integrations(arguments) => return integrations(context, &arguments).await,
        Command::RecoveryCases(arguments) => return recovery_cases(context, &arguments).await,
        Command::Forecast(arguments) => return forecast(context, arguments).await,
        Command::Conformance(arguments) => return conformance_of(context, arguments).await,
    };
    let (_, desk) = setup::open_existing(context).await?;
    let account = setup::account(&desk, &arguments.account).await?;
    let as_of = evidence::settled(&desk, account, arguments.as_of).await?;
    evidence::up_to_date(&desk, account).await?;
    let population = arguments.population.into();
    let format = arguments.format.or_json(context.output);
    if let Some(form) = format.form() {
        let report = StatusReport { account, as_of, population, form, with_names: arguments.names };
        return stream(context.output, report.write(desk)).await;
    }
    let lines = evidence::lines(desk.store(), account, as_of, population).await?;
    let names = if arguments.names { Some(evidence::names(&desk, account).await?) } else { None };
    table(context.output, &lines, names.as_ref())
}

/// The same report as `GET /v1/recovery-cases`.
async fn recovery_cases(context: &Context, arguments: &RecoveryCases) -> Result<(), Failure> {
    let (_, desk) = setup::open_existing(context).await?;
    let account = setup::account(&desk, &arguments.account).await?;
    evidence::up_to_date(&desk, account).await?;
    let report = crate::recovery::report(&desk, account, evidence::now_of(&desk, account).await?).await?;
    if context.output.is_json() {
        return context.output.result(&report, String::new);
    }
    let at = |at: Option<Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
    let cases = report.cases.iter().map(|case| {
        [
            case.case.to_string(),
            case.user.to_string(),
            case.route.to_owned(),
            case.stage.to_owned(),
            case.orphan.unwrap_or_default().to_owned(),
            case.asked_at.to_string(),
            case.asked_by.clone().unwrap_or_default(),
            case.approved_by.map(|user| user.to_string()).unwrap_or_default(),
            at(case.reset_at),
            at(case.completed_at),
        ]
    });
    let bare = report.resets_without_case.iter().map(|reset| {
        let by = reset.by.clone().unwrap_or_default();
        let none = String::new;
        let (stage, orphan) = ("reset".to_owned(), reset.orphan.to_owned());
        [
            none(),
            reset.user.to_string(),
            "reset".to_owned(),
            stage,
            orphan,
            at(reset.at),
            by,
            none(),
            at(reset.at),
            none(),
        ]
    });
    let rows: Vec<[String; 10]> = cases.chain(bare).collect();
    let columns =
        ["case", "whose", "way", "stage", "left", "asked", "by", "approved_by", "reset", "completed"];
    context.output.list(columns, &rows, Clone::clone)
}

/// The same report as `GET /v1/accounts/{account}/integrations`.
async fn integrations(context: &Context, arguments: &Integrations) -> Result<(), Failure> {
    let (_, desk) = setup::open_existing(context).await?;
    let account = setup::account(&desk, &arguments.account).await?;
    evidence::up_to_date(&desk, account).await?;
    let report = crate::integrations::report(&desk, account, evidence::now_of(&desk, account).await?).await?;
    if context.output.is_json() {
        return context.output.result(&report, String::new);
    }
    let at = |at: Option<Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
    let passwords = report.passwords.iter().map(|entry| {
        [
            "password".to_owned(),
            entry.user.to_string(),
            entry.user_agent.clone().unwrap_or_default(),
            entry.outcome.to_owned(),
            entry.last_used_at.to_string(),
            entry.now.to_owned(),
            if entry.breaks_if_required { "yes" } else { "no" }.to_owned(),
            at(entry.breaks_at),
        ]
    });
    let tokens = report.tokens.iter().map(|token| {
        let holder =
            token.user.map(|user| user.to_string()).or(token.client.map(|client| client.to_string()));
        [
            "token".to_owned(),
            holder.unwrap_or_default(),
            token.name.clone().unwrap_or_default(),
            token.scopes.join(" "),
            at(token.last_used_at),
            "open".to_owned(),
            "no".to_owned(),
            at(token.expires_at),
        ]
    });
    let rows: Vec<[String; 8]> = passwords.chain(tokens).collect();
    let columns =
        ["by", "whose", "name", "outcome_or_scopes", "last_used", "now", "breaks_if_required", "ends"];
    context.output.list(columns, &rows, Clone::clone)
}

/// Pending people by then, in the order of their ids.
async fn forecast(context: &Context, arguments: ForecastArguments) -> Result<(), Failure> {
    let ForecastArguments { account, at, names } = arguments;
    let (_, desk) = setup::open_existing(context).await?;
    let id = setup::account(&desk, &account).await?;
    if at < evidence::now_of(&desk, id).await? {
        let failure = Failure::new("a forecast is of an instant ahead");
        return Err(failure.fix("twofold report mfa-status --as-of …").exit(Exit::Usage));
    }
    evidence::up_to_date(&desk, id).await?;
    let loaded = desk.log().accounts.load(StreamId::account(id)).await?.state;
    let found = impact::forecast(desk.store().views(), id, &loaded, at, None, usize::MAX).await?;
    let names = if names { Some(evidence::names(&desk, id).await?) } else { None };
    let who = if names.is_some() { "name" } else { "user" };
    context.output.list([who, "role"], &found.people, |person| {
        let name = names.as_ref().map(|names| names.get(&person.user).cloned().unwrap_or_default());
        [name.unwrap_or_else(|| person.user.to_string()), person.role.name().to_owned()]
    })
}

/// Each rule and audience.
async fn conformance_of(context: &Context, arguments: ConformanceArguments) -> Result<(), Failure> {
    let (_, desk) = setup::open_existing(context).await?;
    let id = setup::account(&desk, &arguments.account).await?;
    let loaded = desk.log().accounts.load(StreamId::account(id)).await?.state;
    let chosen = arguments.profile.or_else(|| loaded.profile.as_deref()?.parse().ok());
    let profile = chosen.ok_or_else(|| {
        Failure::new("the account holds itself to no profile").fix("--profile nist-aal2").exit(Exit::Usage)
    })?;
    let findings = conformance(&loaded, profile, loaded.now(desk.clock().now()));
    let columns = ["rule", "audience", "meets", "value", "wanted", "source"];
    context.output.list(columns, &findings, |finding| {
        let (meets, wanted) = match finding.bound {
            Bound::AtMost(most) => (finding.meets, format!("at most {most}")),
            Bound::AtLeast(least) => (finding.meets, format!("at least {least}")),
            Bound::Is(wanted) => (finding.meets, if wanted { "yes" } else { "no" }.to_owned()),
        };
        let audience = match finding.audience {
            Audience::Team => "team",
            Audience::EndUsers => "end_users",
        };
        let meets = if meets { "meets" } else { "misses" };
        [
            finding.rule.to_owned(),
            audience.to_owned(),
            meets.to_owned(),
            finding.value.to_string(),
            wanted,
            finding.source.to_owned(),
        ]
    })
}

impl Format {
    /// Who asked for JSON everywhere gets it here.
    pub(super) fn or_json(self, output: Output) -> Self {
        if output.is_json() && self == Self::Table { Self::Json } else { self }
    }

    /// The form of the same report as a file.
    pub(super) fn form(self) -> Option<Form> {
        match self {
            Self::Table => None,
            Self::Csv => Some(Form::Csv),
            Self::Json => Some(Form::Json),
        }
    }
}

/// Writes a report out as it comes.
pub(super) async fn stream(
    output: Output,
    pieces: impl Stream<Item = Result<Bytes, ActError>>,
) -> Result<(), Failure> {
    let mut pieces = pin!(pieces);
    while let Some(piece) = pieces.next().await {
        output.bytes(&piece?)?;
    }
    Ok(())
}

/// The report for people to read here and now.
pub(super) fn table(
    output: Output,
    lines: &[Line],
    names: Option<&BTreeMap<UserId, String>>,
) -> Result<(), Failure> {
    // A name says more to people than an id, and there is room for one of them.
    let who = if names.is_some() { "name" } else { "user" };
    let columns = [
        who,
        "role",
        "state",
        "rule",
        "factors",
        "enabled_since",
        "last_used",
        "codes",
        "trusted",
        "required_since",
    ];
    let second = |at: Option<Timestamp>| {
        at.map(|at| at.to_string().chars().take(19).collect::<String>().replace('T', " ")).unwrap_or_default()
    };
    let rows: Vec<[String; 10]> = lines
        .iter()
        .map(|line| {
            let (state, rule): (&'static str, &'static str) = (line.state.into(), line.rule.into());
            let who = names.map_or_else(
                || line.user.to_string(),
                |names| names.get(&line.user).cloned().unwrap_or_default(),
            );
            [
                who,
                line.role.name().to_owned(),
                state.to_owned(),
                rule.to_owned(),
                line.factors.clone(),
                second(line.enabled_since),
                second(line.last_used),
                line.recovery_codes.map(|left| left.to_string()).unwrap_or_default(),
                line.trusted_devices.to_string(),
                second(line.required_since),
            ]
        })
        .collect();
    output.list(columns, &rows, Clone::clone)
}
