//! `twofold admin`: what only the operator of this installation may do; each use is an event in the
//! account's log.

use clap::{Args, Subcommand};
use serde::Serialize;
use twofold_domain::account::ClockKind;
use twofold_domain::ids::{AccountId, StreamId, UserId};
use twofold_domain::policy::Role;
use twofold_domain::time::Timestamp;
use twofold_domain::user::User;
use twofold_infra::acts::{AdminLink, NewPerson, OpenAccount, OperatorUnlock, find_by_email};
use twofold_infra::desk::Desk;

use super::{Context, Exit, Failure, evidence, setup};
use crate::demo::home;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Open an account with its first owner, and print the owner's one-time link
    Open(Open),
    /// Print a one-time link that sets up an owner's access, or, by an owner's grant, another member of the team's
    Link(Link),
    /// Lift somebody's locks, by an owner's grant
    Unlock(Unlock),
}

#[derive(Debug, Args)]
pub(super) struct Open {
    /// Its short name, for addresses: 2 to 40 of a-z, 0-9 and -
    #[arg(long, value_name = "SLUG")]
    slug: String,
    /// Its name, for people
    #[arg(long, value_name = "NAME")]
    name: String,
    /// The first owner's name
    #[arg(long, value_name = "NAME")]
    owner_name: String,
    /// The first owner's e-mail address
    #[arg(long, value_name = "ADDRESS")]
    owner_email: String,
    /// The language of messages to the owner
    #[arg(long, value_name = "en|es|ko", default_value = "en", value_parser = ["en", "es", "ko"])]
    owner_language: String,
}

#[derive(Debug, Args)]
pub(super) struct Link {
    /// The account's short name [default: the only account]
    #[arg(long, value_name = "SLUG")]
    account: Option<String>,
    /// Whose [default: the only owner's, or that of the only one who has no password yet]
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Unlock {
    /// The account's short name [default: the only account]
    #[arg(long, value_name = "SLUG")]
    account: Option<String>,
    /// Whose locks
    #[arg(long, value_name = "ADDRESS")]
    email: String,
    /// Why; it stands in the log
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

/// Whose locks were lifted.
#[derive(Debug, Serialize)]
struct Unlocked {
    account: AccountId,
    user: UserId,
}

/// A link, as it is shown once.
#[derive(Debug, Serialize)]
struct Issued {
    account: AccountId,
    owner: UserId,
    link: String,
    expires_at: Timestamp,
}

pub(super) async fn run(context: &Context, command: Command) -> Result<(), Failure> {
    let issued = match command {
        Command::Open(arguments) => open(context, arguments).await?,
        Command::Link(arguments) => link(context, arguments).await?,
        Command::Unlock(arguments) => return unlock(context, arguments).await,
    };
    context.output.result(&issued, || format!("{}\n  one use, until {}", issued.link, issued.expires_at))
}

async fn open(context: &Context, arguments: Open) -> Result<Issued, Failure> {
    let config = setup::config(&setup::layers(context)?)?;
    home::refuse_half_done(&config.data.dir)?;
    let desk = setup::open(&config).await?;
    // Or the account would be open, and its link not printed.
    evidence::ready(&desk).await?;
    let account: AccountId = desk.mint().id();
    let owner = NewPerson {
        user: desk.mint().id(),
        role: Role::Owner,
        name: arguments.owner_name,
        email: arguments.owner_email,
        language: Some(arguments.owner_language),
    };
    let (slug, name) = (arguments.slug, arguments.name);
    let opening = OpenAccount { account, slug, name, clock: ClockKind::Real, owner };
    let opened = desk.perform(account, setup::operator(), opening).await?.reply;
    issue(&desk, account, opened.owner).await
}

async fn link(context: &Context, arguments: Link) -> Result<Issued, Failure> {
    let (config, desk) = setup::open_existing(context).await?;
    home::refuse_half_done(&config.data.dir)?;
    let account = setup::account_or_only(&desk, arguments.account.as_deref()).await?;
    let email = arguments.email.or_else(|| home::newcomer_of(&config.data.dir, account));
    let owner = match email {
        Some(email) => by_address(&desk, account, &email).await?,
        None => the_owner(&desk, account).await?,
    };
    issue(&desk, account, owner).await
}

async fn unlock(context: &Context, arguments: Unlock) -> Result<(), Failure> {
    let (config, desk) = setup::open_existing(context).await?;
    home::refuse_half_done(&config.data.dir)?;
    let account = setup::account_or_only(&desk, arguments.account.as_deref()).await?;
    let user = by_address(&desk, account, &arguments.email).await?;
    let owners = evidence::owners(&desk, account).await?;
    let act = OperatorUnlock { user, reason: arguments.reason, owners };
    desk.perform(account, setup::operator(), act).await?;
    let done = Unlocked { account, user };
    context.output.result(&done, || format!("unlocked: {}; recorded in the account's log", done.user))
}

/// Makes the link, and records that the operator did.
async fn issue(desk: &Desk, account: AccountId, user: UserId) -> Result<Issued, Failure> {
    let owners = evidence::owners(desk, account).await?;
    let link = desk.perform(account, setup::operator(), AdminLink { user, owners }).await?.reply;
    Ok(Issued { account, owner: user, link: link.url, expires_at: link.expires_at })
}

async fn load(desk: &Desk, account: AccountId, user: UserId) -> Result<std::sync::Arc<User>, Failure> {
    Ok(desk.log().users.load(StreamId::user(account, user)).await?.state)
}

/// Who has an address. Whether the operator may do anything about them, the act says.
async fn by_address(desk: &Desk, account: AccountId, email: &str) -> Result<UserId, Failure> {
    let found = find_by_email(desk, account, email).await?;
    let unknown = || Failure::new(format!("nobody here has the address {email}")).exit(Exit::NotFound);
    found.ok_or_else(unknown)
}

/// The only owner, or the only one who has no password yet.
async fn the_owner(desk: &Desk, account: AccountId) -> Result<UserId, Failure> {
    let mut owners = evidence::owners(desk, account).await?;
    if owners.len() > 1 {
        let mut waiting = vec![];
        for &owner in &owners {
            if load(desk, account, owner).await?.password.is_none() {
                waiting.push(owner);
            }
        }
        if waiting.len() == 1 {
            owners = waiting;
        }
    }
    match owners[..] {
        [only] => Ok(only),
        [] => Err(Failure::new("this account has no owner").exit(Exit::NotFound)),
        _ => Err(Failure::new("this account has several owners")
            .fix("name one: --email ADDRESS")
            .exit(Exit::Usage)),
    }
}
