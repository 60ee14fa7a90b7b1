//! `twofold import`: bring what came as a file into an account.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde::Serialize;
use twofold_domain::factor::token::TokenFile;
use twofold_domain::ids::AccountId;
use twofold_infra::acts::ImportTokens;
use twofold_infra::import::{ContainerKey, Flaws, MAX_TOKEN_BYTES, form_of, read_tokens};
use zeroize::Zeroizing;

use super::{Context, Exit, Failure, evidence, setup};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Bring hardware tokens into an account's stock; recorded in the account's log as the operator's act
    ///
    /// A table (CSV) has a header of serial, seed, and where wished type, digits, period, counter, algorithm,
    /// encoding; or, without one, lines of `serial, seed[, type[, digits[, period or counter]]]`. A key container
    /// (PSKC, RFC 6030) may be encrypted with AES-128-CBC; whether it is signed is not looked at (`pskctool
    /// --verify` does). A serial that is here already is left as it is. Nobody can sign in with a token before an
    /// owner or admin handed it out, in the console under "People", and its holder typed its first code.
    Tokens(Tokens),
}

#[derive(Debug, Args)]
pub(super) struct Tokens {
    /// The file: a table (.csv), or a key container (RFC 6030)
    file: PathBuf,
    /// The account's short name [default: the only account]
    #[arg(long, value_name = "SLUG")]
    account: Option<String>,
    /// The form of the file [default: as it looks: XML is pskc]
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
    account: AccountId,
    dry_run: bool,
    tokens: usize,
    added: usize,
    known: Vec<String>,
}

pub(super) async fn run(context: &Context, command: Command) -> Result<(), Failure> {
    let Command::Tokens(arguments) = command;
    let done = tokens(context, arguments).await?;
    context.output.result(&done, || done.said())
}

impl Done {
    fn said(&self) -> String {
        let added = if self.dry_run { "would be added; nothing was kept" } else { "added to the stock" };
        let mut lines = vec![format!("{} in the file, {} {added}", tokens_of(self.tokens), self.added)];
        if !self.known.is_empty() {
            lines.push(format!("here already, and left as they are: {}", self.known.join(", ")));
        }
        lines.join("\n")
    }
}

fn tokens_of(count: usize) -> String {
    if count == 1 { "1 token".to_owned() } else { format!("{count} tokens") }
}

/// What to do about flaws, where one thing stands in the way of them all.
fn fix(flaws: &Flaws, keyed: bool) -> &'static str {
    match flaws.listed.first() {
        Some(flaw) if flaw.field == "key" && !keyed => {
            "name a file with the container's password (--password-file) or pre-shared key (--key-file)"
        }
        Some(flaw) if flaw.field == "key" => "look whether it is that container's password or key",
        _ => "mend the file, or say its form with --format",
    }
}

async fn tokens(context: &Context, arguments: Tokens) -> Result<Done, Failure> {
    let Tokens { file, account, format, password_file, key_file, dry_run } = arguments;
    let text = read(&file)?;
    let format = match format.as_deref() {
        Some("csv") => TokenFile::Csv,
        Some(_) => TokenFile::Pskc,
        None => form_of(&text),
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
    let (_, desk) = setup::open_existing(context).await?;
    let account = setup::account_or_only(&desk, account.as_deref()).await?;
    let now = desk.clock_of(account);
    let found = read_tokens(&text, format, key.as_ref(), now).map_err(|flaws| {
        let listed: Vec<String> = flaws.lines().collect();
        Failure::new(format!("{} has {}; nothing was kept", file.display(), flaws.counted()))
            .because(listed.join("\n       "))
            .fix(fix(&flaws, key.is_some()))
            .exit(Exit::Refused)
    })?;
    let tokens = found.len();
    let owners = evidence::owners(&desk, account).await?;
    let act = ImportTokens { credential: None, tokens: found.into(), format, dry_run, owners };
    let done = desk.perform(account, setup::operator(), act).await?.reply;
    Ok(Done { account, dry_run, tokens, added: done.added, known: done.known })
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
