//! The pages about people: the list, one person, groups, import.

use askama::Template;

use super::frame::{Field, Frame, Mark, When};
use super::help::Help;
use super::then::Then;

/// Something to choose from: its value, its words, and whether it is chosen.
#[derive(Debug, Clone)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read, in the reader's language.
    pub text: String,
    /// Is it chosen?
    pub chosen: bool,
}

/// The people of the account.
#[derive(Debug, Clone, Template)]
#[template(path = "people.html")]
pub struct People {
    /// What stands around it.
    pub f: Frame,
    /// `q`: what was searched for.
    pub query: String,
    /// `role`
    pub roles: Vec<Choice>,
    /// `state`
    pub states: Vec<Choice>,
    /// `group`; none where there are no groups.
    pub groups: Vec<Choice>,
    /// Is any filter set?
    pub filtered: bool,
    /// One page of them.
    pub rows: Vec<PersonRow>,
    /// The next page; empty on the last.
    pub next: String,
    /// Where somebody is invited; empty where the reader may invite nobody.
    pub invite: String,
    /// Where people are imported; empty where the reader may not.
    pub import: String,
    /// Where the groups are.
    pub all_groups: String,
    /// Where the account's hardware tokens are; empty where the reader may not see them.
    pub stock: String,
    /// As of when.
    pub then: Then,
}

/// Whom to invite.
#[derive(Debug, Clone, Template)]
#[template(path = "invite.html")]
pub struct Invite {
    /// What stands around it.
    pub f: Frame,
    /// Where the form goes.
    pub action: String,
    /// Where the reader goes instead.
    pub cancel: String,
    /// `name`
    pub person: Field,
    /// `email`
    pub email: Field,
    /// `role`: each that the reader may give, and whether it is chosen.
    pub roles: Vec<(&'static str, bool)>,
    /// `language`: tag, name, and whether it is chosen.
    pub languages: Vec<(&'static str, &'static str, bool)>,
}

/// One person's page.
#[derive(Debug, Clone, Template)]
#[template(path = "person.html")]
pub struct Person {
    /// What stands around it.
    pub f: Frame,
    /// As of when it is.
    pub then: Then,
    /// Where each of its forms goes.
    pub action: String,
    /// The list of people.
    pub back: String,
    /// Their name.
    pub called: String,
    /// Their address.
    pub address: String,
    /// `owner`, `admin`, `agent`, `auditor`, or `end_user`.
    pub role: &'static str,
    /// What else there is to know, in the reader's language: an address that is not proved, what is only claimed.
    pub facts: Vec<String>,
    /// May the reader change what stands of them?
    pub edits: bool,
    /// `name`
    pub person: Field,
    /// `language`: tag, name, and whether it is chosen.
    pub languages: Vec<(&'static str, &'static str, bool)>,
    /// `group_…`: every group, and whether they are in it.
    pub groups: Vec<Choice>,
    /// What is wrong with the groups; empty if nothing.
    pub groups_wrong: String,
    /// The names of their groups, for a reader who may change nothing.
    pub in_groups: String,
    /// `email`: a new one.
    pub email: Field,
    /// Is it an owner, so that a second one may have to agree?
    pub takes_two: bool,
    /// `why_email`
    pub why_email: Field,
    /// `why_link`
    pub why_link: Field,
    /// The address that waits for its confirmation; empty if none does.
    pub email_asked: String,
    /// `role`: each that the reader may give alone, and whether it is theirs; none where there is no choice.
    pub roles: Vec<(&'static str, bool)>,
    /// Where they are made an owner; empty where the reader may not ask for it.
    pub make_owner: String,
    /// Where ownership is handed over to them; empty where the reader may not ask for it.
    pub transfer: String,
    /// Identity providers through which they can sign in.
    pub providers: Vec<String>,
    /// `provider`
    pub provider: Field,
    /// `subject`
    pub subject: Field,
    /// Can they be invited again?
    pub invites: bool,
    /// Whether another role for them waits for a second owner.
    pub role_takes_two: bool,
    /// `why`: the reason for that.
    pub why: Field,
    /// Can the reader deactivate them?
    pub deactivates: bool,
    /// Can the reader let them in again?
    pub reactivates: bool,
    /// `reason`
    pub reason: Field,
    /// Where they stand with their second factor, and what can be done.
    pub help: Help,
    /// What became of messages to them; empty where the reader may not.
    pub messages: String,
    /// Where they are erased; empty where the reader may not.
    pub erase: String,
}

/// One person.
#[derive(Debug, Clone)]
pub struct PersonRow {
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// `owner`, `admin`, `agent`, `auditor`, or `end_user`.
    pub role: &'static str,
    /// Their state.
    pub state: Mark,
    /// The rule that puts them there, in words.
    pub why: String,
    /// Their groups, in words; empty without any.
    pub groups: String,
    /// Their own page.
    pub manage: String,
    /// What the log says of them; empty where the reader may not read it.
    pub href: String,
    /// Where their second factor is reset; empty where the rules do not let the reader.
    pub reset: String,
    /// Where their locks are lifted; empty where they have none, or the rules do not let the reader.
    pub unlock: String,
}

/// The groups of people.
#[derive(Debug, Clone, Template)]
#[template(path = "groups.html")]
pub struct Groups {
    /// What stands around it.
    pub f: Frame,
    /// The list of people.
    pub back: String,
    /// Where one is made; empty where the reader may not.
    pub make: String,
    /// `name`
    pub naming: Field,
    /// Each: its name, how many people are in it, and its page.
    pub rows: Vec<(String, u64, String)>,
    /// As of when.
    pub then: Then,
}

/// One group of people.
#[derive(Debug, Clone, Template)]
#[template(path = "group.html")]
pub struct Group {
    /// What stands around it.
    pub f: Frame,
    /// All groups.
    pub back: String,
    /// What it is called.
    pub called: String,
    /// Where it is renamed; empty where the reader may not.
    pub rename: String,
    /// `name`
    pub naming: Field,
    /// Where it is deleted; empty where the reader may not, or a policy names it.
    pub delete: String,
    /// Does a policy name it?
    pub in_policy: bool,
    /// How many people are in it.
    pub people: u64,
    /// The first of them: name, address, role, and page.
    pub members: Vec<(String, String, &'static str, String)>,
    /// All of them in the list of people; empty where all are shown.
    pub more: String,
    /// As of when.
    pub then: Then,
}

/// A table of people, to be looked at.
#[derive(Debug, Clone, Template)]
#[template(path = "import.html")]
pub struct Import {
    /// What stands around it.
    pub f: Frame,
    /// Where the form goes.
    pub action: String,
    /// Where the reader goes instead.
    pub cancel: String,
    /// What is wrong with what came; empty if nothing.
    pub wrong: String,
}

/// What an import would do, or did.
#[derive(Debug, Clone, Template)]
#[template(path = "imported.html")]
pub struct Imported {
    /// What stands around it.
    pub f: Frame,
    /// Was it done?
    pub done: bool,
    /// Counts in words, each with how it looks.
    pub counts: Vec<(u64, Mark)>,
    /// Line by line.
    pub rows: Vec<ImportRow>,
    /// How many more lines there are.
    pub more: u64,
    /// Where the import is confirmed; empty where it cannot be, or was done.
    pub action: String,
    /// `table`: what was looked at, sealed.
    pub table: String,
    /// How many people would be new.
    pub new: u64,
    /// Where another table is looked at.
    pub again: String,
    /// The list of people.
    pub back: String,
}

/// One line of a table of people.
#[derive(Debug, Clone)]
pub struct ImportRow {
    /// Its number, the header being 1.
    pub line: u64,
    /// Who; empty where the line could not be read.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Their role; empty where the line could not be read.
    pub role: &'static str,
    /// What becomes of it.
    pub mark: Mark,
    /// What comes along, or what is wrong, a sentence each.
    pub says: Vec<String>,
    /// Is something wrong with it?
    pub wrong: bool,
}

/// The reader's own profile.
#[derive(Debug, Clone, Template)]
#[template(path = "own_profile.html")]
pub struct Profile {
    /// What stands around it.
    pub f: Frame,
    /// Where each of its forms goes.
    pub action: String,
    /// `name`
    pub person: Field,
    /// `language`: tag, name, and whether it is chosen.
    pub languages: Vec<(&'static str, &'static str, bool)>,
    /// Their address.
    pub address: String,
    /// `email`: a new one.
    pub email: Field,
    /// Until when a change of address waits for its link.
    pub email_waits: Option<When>,
    /// Have they a password that a link can replace?
    pub password: bool,
    /// The names of their groups; empty without any.
    pub groups: String,
    /// Their API tokens; empty where they can have none.
    pub tokens: String,
    /// Their own security.
    pub security: String,
}
