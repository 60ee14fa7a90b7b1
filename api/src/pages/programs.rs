//! The pages about programs: API tokens of people and of programs, and who still shows a password.

use askama::Template;

use super::frame::{Field, Frame, Mark, When};
use super::people::Choice;
use super::then::Then;

/// API tokens of the reader, and the programs of the account.
#[derive(Debug, Clone, Template)]
#[template(path = "programs.html")]
pub struct Programs {
    /// What stands around it.
    pub f: Frame,
    /// Can the reader have tokens of their own?
    pub own: bool,
    /// The reader's own tokens.
    pub tokens: Vec<Token>,
    /// Where the reader issues one to themselves.
    pub issue: String,
    /// May the reader see the account's programs?
    pub sees: bool,
    /// The programs.
    pub programs: Vec<ProgramRow>,
    /// Where a program is registered; empty where the reader may not.
    pub register: String,
    /// `name`
    pub naming: Field,
    /// The report on integrations.
    pub in_use: String,
    /// As of when.
    pub then: Then,
}

/// A token.
#[derive(Debug, Clone)]
pub struct Token {
    /// What it is called; empty where it has no name.
    pub name: String,
    /// What it may be used for, in words.
    pub scopes: Vec<String>,
    /// Issued.
    pub issued: When,
    /// Ends.
    pub ends: Option<When>,
    /// Used last.
    pub used: Option<When>,
    /// By what it was used last; empty if not known.
    pub used_by: String,
    /// Where it is ended; empty where the reader may not.
    pub end: String,
}

/// A program, in the list.
#[derive(Debug, Clone)]
pub struct ProgramRow {
    /// What it is called.
    pub name: String,
    /// How many tokens it has.
    pub tokens: u64,
    /// When any of them was used last.
    pub used: Option<When>,
    /// Its page.
    pub href: String,
}

/// One program.
#[derive(Debug, Clone, Template)]
#[template(path = "program.html")]
pub struct Program {
    /// What stands around it.
    pub f: Frame,
    /// All programs.
    pub back: String,
    /// What it is called.
    pub called: String,
    /// Its tokens.
    pub tokens: Vec<Token>,
    /// Where a token is issued to it; empty where the reader may not.
    pub issue: String,
    /// Where it is removed; empty where the reader may not.
    pub remove: String,
    /// As of when.
    pub then: Then,
}

/// What a new token is to be.
#[derive(Debug, Clone, Template)]
#[template(path = "new_token.html")]
pub struct NewToken {
    /// What stands around it.
    pub f: Frame,
    /// The program that gets it; empty where it is the reader's own.
    pub program: String,
    /// Where the form goes.
    pub action: String,
    /// Where the reader goes instead.
    pub cancel: String,
    /// `name`, of one's own.
    pub naming: Field,
    /// `scope_…`: each that can be given.
    pub scopes: Vec<Scope>,
    /// What is wrong with the scopes; empty if nothing.
    pub scopes_wrong: String,
    /// `days`
    pub days: Field,
    /// Default and bounds of the days, in the reader's language.
    pub days_hint: String,
}

/// What a token may be used for.
#[derive(Debug, Clone)]
pub struct Scope {
    /// Its field.
    pub choice: Choice,
    /// What comes of it, in the reader's language.
    pub hint: String,
}

/// A token that was issued. It is shown this once.
#[derive(Debug, Clone, Template)]
#[template(path = "token_shown.html")]
pub struct TokenShown {
    /// What stands around it.
    pub f: Frame,
    /// In clear.
    pub token: String,
    /// When it ends.
    pub ends: When,
    /// Where the reader goes on.
    pub back: String,
}

/// Who uses the API without a person at the keyboard.
#[derive(Debug, Clone, Template)]
#[template(path = "in_use.html")]
pub struct InUse {
    /// What stands around it.
    pub f: Frame,
    /// All programs.
    pub back: String,
    /// Whose password programs show.
    pub passwords: Vec<PasswordUser>,
    /// How many of them requiring a second factor would break.
    pub breaks: u64,
    /// Tokens that are good: whose, and the token.
    pub tokens: Vec<(String, Token)>,
    /// Are there more than are shown?
    pub more: bool,
    /// As of when.
    pub then: Then,
}

/// Somebody whose password a program shows.
#[derive(Debug, Clone)]
pub struct PasswordUser {
    /// Whose.
    pub name: String,
    /// Their page.
    pub href: String,
    /// `owner`, `admin`, `agent`, `auditor`, or `end_user`.
    pub role: &'static str,
    /// By which program; empty if it did not say.
    pub agent: String,
    /// Last shown.
    pub used: When,
    /// What became of it then.
    pub outcome: Mark,
    /// What would become of it now, and later, a sentence each.
    pub says: Vec<String>,
}
