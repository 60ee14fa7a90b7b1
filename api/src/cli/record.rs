//! `twofold audit record`: one event as it is kept.

use clap::Args;
use twofold_domain::reading::{Matter, Question};
use twofold_projections::reports::sample;

use super::export::read_by_operator;
use super::{Context, Exit, Failure, setup};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Its number in the account's log
    #[arg(value_name = "NUMBER")]
    position: u64,
    /// The account's short name
    #[arg(long, value_name = "SLUG")]
    account: String,
}

/// The same bytes as `GET /v1/events/{position}/record`, and no line's end behind them.
pub(super) async fn run(context: &Context, arguments: Arguments) -> Result<(), Failure> {
    let Arguments { position, account } = arguments;
    let (_, desk) = setup::open_existing(context).await?;
    let account = setup::account(&desk, &account).await?;
    let missing = || Failure::new(format!("the account has no event {position}")).exit(Exit::NotFound);
    let before = position.checked_sub(1).ok_or_else(missing)?;
    let found = desk.store().read(account, before, 1).await?;
    let event = found.first().filter(|event| event.account_seq == position).ok_or_else(missing)?;
    let question = Question::of(Matter::Events).narrowed("position", Some(position));
    read_by_operator(&desk, account, question.into()).await?;
    context.output.bytes(sample::record(event)?.as_bytes())
}
