//! "This was not me": freezing a sign-in, what happened lately, and the way back.

use askama::Template;

use super::entry::{CodeField, Key, TextWay};
use super::frame::{Field, Frame, When};

/// Whether a sign-in is to be frozen: by the link of a notice, or in a session.
#[derive(Debug, Clone, Template)]
#[template(path = "not_me.html")]
pub struct NotMe {
    /// What stands around it.
    pub f: Frame,
    /// Where the form goes; may hold the link's secret.
    pub action: String,
    /// Whose.
    pub name: String,
    /// Where the reader goes instead; empty where there is nowhere.
    pub cancel: String,
}

/// A sign-in was frozen just now.
#[derive(Debug, Clone, Template)]
#[template(path = "frozen.html")]
pub struct Frozen {
    /// What stands around it.
    pub f: Frame,
    /// What happened lately, the newest first: in words, its particulars, when.
    pub recent: Vec<(String, String, When)>,
    /// What was done in their name, the newest first: in words, when.
    pub gave: Vec<(String, When)>,
    /// Where another link back is asked for.
    pub again: String,
}

/// Asking for a link back.
#[derive(Debug, Clone, Template)]
#[template(path = "frozen_ask.html")]
pub struct FrozenAsk {
    /// What stands around it.
    pub f: Frame,
    /// Where the form goes.
    pub action: String,
    /// Where the reader goes instead.
    pub back: String,
    /// `email`
    pub email: Field,
}

/// The link back: shown by GET, used by POST.
#[derive(Debug, Clone, Template)]
#[template(path = "thaw.html")]
pub struct Thaw {
    /// What stands around it.
    pub f: Frame,
    /// Where the form goes; holds the link's secret.
    pub action: String,
    /// Whose.
    pub name: String,
    /// The address with which they sign in afterwards.
    pub email: String,
    /// When the link ends.
    pub expires: When,
    /// Whether a password is chosen.
    pub sets_password: bool,
    /// Whether it takes a second factor or a recovery code.
    pub takes_factor: bool,
    /// Whether the person has any of these.
    pub has_factor: bool,
    /// `with`: what is asked for.
    pub with: String,
    /// Is a recovery code asked for?
    pub recovery: bool,
    /// The number to which a code is sent, if one is asked for.
    pub text: Option<TextWay>,
    /// The field for a code that an app or token shows.
    pub codes: Option<CodeField>,
    /// The key that may be asked instead.
    pub key: Option<Key>,
    /// What the reader's keys are called.
    pub key_names: String,
    /// The same page, asking for something else: where, and what, in words.
    pub others: Vec<(String, String)>,
    /// `code`
    pub code: Field,
    /// `password`
    pub password: Field,
    /// The shortest password that is taken.
    pub shortest: u32,
    /// From when it takes no code, where that was asked for.
    pub from: Option<When>,
    /// Where the wait is asked for; empty where it cannot be.
    pub wait: String,
}
