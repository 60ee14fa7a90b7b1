//! The account's stock of hardware tokens.

use askama::Template;

use super::frame::{Field, Frame};
use super::then::Then;

/// The stock.
#[derive(Debug, Clone, Template)]
#[template(path = "stock.html")]
pub struct Stock {
    /// What stands around it.
    pub f: Frame,
    /// Where tokens are imported.
    pub import: String,
    /// Where a token is handed out.
    pub assign: String,
    /// Where the reader goes back to.
    pub back: String,
    /// What an import just came to, in words; empty where there was none.
    pub came: String,
    /// Of the past: how many had come, were in somebody's hands, and had been bound, in words.
    pub counts: String,
    /// One page of it.
    pub rows: Vec<StockRow>,
    /// The next page; empty on the last.
    pub next: String,
    /// As of when.
    pub then: Then,
}

/// A token.
#[derive(Debug, Clone)]
pub struct StockRow {
    /// What is printed on it.
    pub serial: String,
    /// What moves its codes on, their digits, and their hash, in words.
    pub kind: String,
    /// To whom it was handed, and their page; empty where to nobody.
    pub holder: (String, String),
    /// Whether they set it up.
    pub bound: bool,
    /// Where it is handed out; empty where it is, or the reader may not.
    pub assign: String,
    /// Where it is taken back; empty where it is not to be.
    pub withdraw: String,
    /// `token`
    pub token: String,
}

/// A file of tokens to bring in.
#[derive(Debug, Clone, Template)]
#[template(path = "stock_import.html")]
pub struct StockImport {
    /// What stands around it.
    pub f: Frame,
    /// Where the form goes.
    pub action: String,
    /// Where the reader goes back to.
    pub back: String,
    /// What is wrong with the form, in words; empty if nothing.
    pub wrong: String,
    /// What is wrong with the file: line, words, and the particulars in English.
    pub flaws: Vec<(u64, String, String)>,
    /// How many more flaws there are.
    pub more: u64,
    /// What was found where it was only looked at, in words.
    pub found: Vec<String>,
}

/// Hand a token out.
#[derive(Debug, Clone, Template)]
#[template(path = "stock_assign.html")]
pub struct StockAssign {
    /// What stands around it.
    pub f: Frame,
    /// Where the form goes.
    pub action: String,
    /// Where the reader goes back to.
    pub back: String,
    /// `serial`
    pub serial: Field,
    /// `to`: an address.
    pub to: Field,
}
