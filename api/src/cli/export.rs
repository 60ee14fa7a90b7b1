//! `twofold audit export`: the audit log as a file.

use std::pin::pin;

use clap::Args;
use futures::StreamExt as _;
use twofold_domain::reading::{Matter, Question};
use twofold_domain::time::Timestamp;
use twofold_infra::acts::{Look, Onlooker};
use twofold_infra::context::{Actor, Context as Request};
use twofold_infra::desk::Desk;
use twofold_projections::audit::Filter;
use twofold_projections::fact::event_types;
use twofold_projections::witness;

use super::{Context, Exit, Failure, evidence, setup};
use crate::audit::export::{Export, ExportForm};
use crate::pages::Language;
use crate::pages::frame::Frame;
use crate::site::Site;
use twofold_domain::ids::AccountId;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The account's short name
    #[arg(long, value_name = "SLUG")]
    account: String,
    /// JSON Lines, CSV, or JSON Lines of the Open Cybersecurity Schema Framework 1.8.0
    #[arg(long, value_enum, default_value_t = ExportForm::Jsonl)]
    format: ExportForm,
    /// Not before this instant or the beginning of this day
    #[arg(long, value_name = "INSTANT", value_parser = Timestamp::beginning)]
    from: Option<Timestamp>,
    /// Not after this instant or the end of this day [default: now]
    #[arg(long, value_name = "INSTANT", visible_alias = "as-of")]
    to: Option<Timestamp>,
    /// Only events of this name
    #[arg(long = "type", value_name = "NAME")]
    event_type: Option<String>,
    /// The language of the words in a CSV file: en, es, ko
    #[arg(long, value_name = "TAG", default_value = "en")]
    language: String,
}

pub(super) async fn run(context: &Context, arguments: Arguments) -> Result<(), Failure> {
    let usage = |what: String| Failure::new(what).exit(Exit::Usage);
    let language = Language::of_tag(&arguments.language)
        .ok_or_else(|| usage(format!("no words in `{}`: en, es, ko", arguments.language)))?;
    if let Some(name) =
        arguments.event_type.as_deref().filter(|name| event_types().all(|known| known != *name))
    {
        return Err(usage(format!("no event is called `{name}`")));
    }
    let (config, desk) = setup::open_existing(context).await?;
    let account = setup::account(&desk, &arguments.account).await?;
    let as_of = evidence::settled(&desk, account, arguments.to).await?;
    evidence::up_to_date(&desk, account).await?;
    let question = Question::of(Matter::Events)
        .between(arguments.from, Some(as_of.instant))
        .narrowed("type", arguments.event_type.as_deref());
    read_by_operator(&desk, account, Look::from(question).as_file(arguments.format.into())).await?;
    let site = Site::new(config.http.public_url.parse().map_err(anyhow::Error::from)?);
    let filter = Filter {
        event_type: arguments.event_type,
        from: arguments.from,
        up_to: Some(as_of.position),
        ..Filter::default()
    };
    let export = Export { account, filter, form: arguments.format, frame: Frame::new(language, &site) };
    let progress = context.output.progress("events", as_of.position);
    let (mut pieces, mut told) = (pin!(export.write(desk)), 0);
    while let Some(piece) = pieces.next().await {
        let (last, bytes) = piece?;
        context.output.bytes(&bytes)?;
        progress.step(last.saturating_sub(told));
        told = last.max(told);
    }
    progress.step(as_of.position.saturating_sub(told));
    Ok(())
}

/// Records that the operator is shown something, before they are. A log that lost its end takes no more events: they
/// would bury what is missing.
pub(super) async fn read_by_operator(desk: &Desk, account: AccountId, look: Look) -> Result<(), Failure> {
    evidence::uncontradicted(witness::contradiction(desk.store(), account).await?.as_slice())?;
    let request = Request::of(Actor::Operator, desk.mint().uuid().to_string());
    Ok(desk.record_read(account, request, Onlooker::Operator, look).await?)
}
