//! `twofold import`: bring what came as a file into an account.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde::Serialize;
use twofold_domain::factor::token::TokenFile;
use twofold_infra::acts::ImportTokens;
use twofold_infra::import::{ContainerKey, MAX_TOKEN_BYTES, read_tokens};
use zeroize::Zeroizing;

use super::{Context, Exit, Failure, evidence, setup};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Bring hardware tokens into an account's stock; recorded in the account's log as the operator's act
    Tokens(Tokens),
}

#[derive(Debug, Args)]
pub(super) struct Tokens {
    /// The file: a table (.csv), or a key container (RFC 6030)
    file: PathBuf,
    /// The account's short name [default: the only account]
    #[arg(long, value_name = "SLUG")]
    account: Option<String>,
    /// The form of the file [default: csv for a name that ends so, else pskc]
    #[arg(long, value_name = "csv|pskc", value_parser = ["csv", "pskc"])]
    format: Option<String>,
    /// A file with the password of an encrypted container
    #[arg(long, value_name = "FILE", conflicts_with = "key_file")]
    password_file: Option<PathBuf>,
    /// A file with the container's pre-shared key: 32 hexadecimal digits
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// Look at the file, and keep nothing
    #[arg(long)]
    dry_run: bool,
}

/// What became of a file.
#[derive(Debug, Serialize)]
struct Done {
    tokens: usize,
    added: usize,
    known: Vec<String>,
}

pub(super) async fn run(context: &Context, command: Command) -> Result<(), Failure> {
    let Command::Tokens(arguments) = command;
    let done = tokens(context, arguments).await?;
    context.output.result(&done, || {
        format!("{} tokens in the file, {} added, {} here already", done.tokens, done.added, done.known.len())
    })
}

async fn tokens(context: &Context, arguments: Tokens) -> Result<Done, Failure> {
    let Tokens { file, account, format, password_file, key_file, dry_run } = arguments;
    let format = match format.as_deref() {
        Some("csv") => TokenFile::Csv,
        None if file.extension().is_some_and(|end| end.eq_ignore_ascii_case("csv")) => TokenFile::Csv,
        Some(_) | None => TokenFile::Pskc,
    };
    let key = match (password_file, key_file) {
        (Some(path), _) => {
            let password = read(&path)?;
            Some(ContainerKey::Password(Zeroizing::new(password.trim_end_matches(['\r', '\n']).to_owned())))
        }
        (None, Some(path)) => {
            let key = ContainerKey::from_hex(&read(&path)?);
            Some(key.ok_or_else(|| {
                Failure::new(format!("{} holds no pre-shared key", path.display()))
                    .fix("32 hexadecimal digits")
                    .exit(Exit::Usage)
            })?)
        }
        (None, None) => None,
    };
    let found = read_tokens(&read(&file)?, format, key.as_ref()).map_err(|flaws| {
        let listed: Vec<String> = flaws.lines().collect();
        Failure::new(format!("{} flaws; nothing was kept", flaws.count))
            .because(listed.join("\n"))
            .exit(Exit::Refused)
    })?;
    let (_, desk) = setup::open_existing(context).await?;
    let account = setup::account_or_only(&desk, account.as_deref()).await?;
    let tokens = found.len();
    let owners = evidence::owners(&desk, account).await?;
    let act = ImportTokens { credential: None, tokens: found.into(), format, dry_run, owners };
    let done = desk.perform(account, setup::operator(), act).await?.reply;
    Ok(Done { tokens, added: done.added, known: done.known })
}

fn read(path: &std::path::Path) -> Result<Zeroizing<String>, Failure> {
    let unreadable =
        |why: String| Failure::new(format!("cannot read {}", path.display())).because(why).exit(Exit::Usage);
    let size = std::fs::metadata(path).map_err(|e| unreadable(e.to_string()))?.len();
    if size > MAX_TOKEN_BYTES as u64 {
        return Err(unreadable(format!("it has more than {MAX_TOKEN_BYTES} bytes")));
    }
    std::fs::read_to_string(path).map(Zeroizing::new).map_err(|e| unreadable(e.to_string()))
}
