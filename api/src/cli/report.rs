//! `twofold report`: the reports that the API and the console also answer, byte for byte.

use clap::{ArgMatches, Args, FromArgMatches, Subcommand};
use twofold_domain::ids::StreamId;
use twofold_domain::reading::{Matter, Question};
use twofold_domain::time::Timestamp;
use twofold_projections::impact;
use twofold_projections::reports::ask::Point;

use super::export::read_by_operator;
use super::reports::{self, Named};
use super::{Context, Exit, Failure, evidence, setup};

#[derive(Debug, Subcommand)]
pub(super) enum Other {
    /// Who will not comply on a coming day, if nothing changes until then; or was to be expected not to
    Forecast(ForecastArguments),
}

#[derive(Debug, Args)]
pub(super) struct ForecastArguments {
    /// The account's short name
    #[arg(long, value_name = "SLUG")]
    account: String,
    /// At this instant (2027-01-31T00:00:00Z) or the end of this day (2027-01-31)
    #[arg(long, value_name = "INSTANT")]
    at: Timestamp,
    /// As it was to be expected at this instant, or at the end of this day
    #[arg(long, value_name = "INSTANT")]
    as_of: Option<Timestamp>,
    /// As it was to be expected right after the event of this number
    #[arg(long, value_name = "NUMBER")]
    at_event: Option<u64>,
    /// Add what people are called today
    #[arg(long)]
    names: bool,
}

/// A subcommand for each report of the registry, and for each that is not in it.
#[derive(Debug)]
pub(super) enum Command {
    /// Of the registry.
    Named(Named),
    /// Another one.
    Other(Other),
}

impl Subcommand for Command {
    fn augment_subcommands(command: clap::Command) -> clap::Command {
        Other::augment_subcommands(command.subcommands(reports::commands()))
    }

    fn augment_subcommands_for_update(command: clap::Command) -> clap::Command {
        Self::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        twofold_projections::reports::named(name).is_some() || Other::has_subcommand(name)
    }
}

impl FromArgMatches for Command {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        if let Some((name, of_report)) = matches.subcommand()
            && let Some(named) = Named::of(name, of_report)?
        {
            return Ok(Self::Named(named));
        }
        Other::from_arg_matches(matches).map(Self::Other)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

pub(super) async fn run(context: &Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::Named(named) => reports::run(context, named).await,
        Command::Other(Other::Forecast(arguments)) => forecast(context, arguments).await,
    }
}

/// Pending people by then, in the order of their ids.
async fn forecast(context: &Context, arguments: ForecastArguments) -> Result<(), Failure> {
    let ForecastArguments { account, at, as_of, at_event, names } = arguments;
    let (_, desk) = setup::open_existing(context).await?;
    let id = setup::account(&desk, &account).await?;
    let mut point = Point::default();
    let as_of = as_of.map(|at| ("as_of", at.to_string()));
    for (name, value) in as_of.into_iter().chain(at_event.map(|event| ("at_event", event.to_string()))) {
        point.take(name, &value).map_err(|wrong| reports::unanswerable(wrong.into()))?;
    }
    let now = evidence::now_of(&desk, id).await?;
    let seen = point.settle(desk.store(), id, now).await.map_err(reports::unanswerable)?;
    if at < seen.instant {
        let failure = Failure::new("a forecast is of an instant ahead");
        return Err(failure.fix("twofold report mfa-status --as-of …").exit(Exit::Usage));
    }
    let question = Question::of(Matter::Forecast).narrowed("at", Some(at)).as_of(point.then(seen));
    read_by_operator(&desk, id, question.into()).await?;
    evidence::up_to_date(&desk, id).await?;
    if names {
        evidence::may_read_names(&desk, id).await?;
    }
    let loaded = desk.log().accounts.load_as_of(StreamId::account(id), seen.position).await?.state;
    let (views, then) = (desk.store().views(), (id, seen.position));
    let found = impact::forecast(views, then, &loaded, at, None, usize::MAX).await?;
    let names = if names { Some(evidence::names(&desk, id).await?) } else { None };
    let who = if names.is_some() { "name" } else { "user" };
    context.output.list([who, "role"], &found.people, |person| {
        let name = names.as_ref().map(|names| names.get(&person.user).cloned().unwrap_or_default());
        [name.unwrap_or_else(|| person.user.to_string()), person.role.name().to_owned()]
    })
}
