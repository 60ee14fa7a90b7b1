//! A table of people, row by row.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use csv::{ReaderBuilder, StringRecord, Trim};
use twofold_domain::ids::GroupId;
use twofold_domain::policy::Role;
use twofold_domain::user::{MAX_GROUPS_OF_PERSON, UserError, is_provider};
use zeroize::Zeroizing;

use super::otp_uri::OtpUri;
use crate::acts::{ActError, words};
use crate::keys::normalise_email;
use crate::verify::foreign::ForeignHash;

/// The most people in one table.
pub const MAX_ROWS: usize = 10_000;
/// As many flaws as are listed; all are counted.
const LISTED: usize = 200;

const COLUMNS: [&str; 9] = [
    "name",
    "email",
    "role",
    "language",
    "groups",
    "provider",
    "provider_subject",
    "password_hash",
    "otp_uri",
];
const NEEDED: usize = 3;

/// One person of a table.
#[derive(Clone)]
pub struct Row {
    /// The line in the table, the header being 1.
    pub line: u64,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Their role; never owner.
    pub role: Role,
    /// `en`, `es`, or `ko`.
    pub language: Option<String>,
    /// Their groups.
    pub groups: BTreeSet<GroupId>,
    /// An identity provider, and who they are there.
    pub provider: Option<(String, String)>,
    /// Their password's hash.
    pub password: Option<ForeignHash>,
    /// Their authenticator.
    pub otp: Option<OtpUri>,
}

/// Something in a table that is not usable. Says nothing of what stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// The line, the header being 1.
    pub line: u64,
    /// The column; empty where it is the line itself.
    pub field: &'static str,
    /// What is wrong, and what would be right.
    pub why: String,
}

/// Every flaw of a table: the first of them, and how many there are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Flaws {
    /// The first.
    pub listed: Vec<Flaw>,
    /// All.
    pub count: usize,
}

impl Flaws {
    pub(super) fn add(&mut self, line: u64, field: &'static str, why: impl Into<String>) {
        if self.listed.len() < LISTED {
            self.listed.push(Flaw { line, field, why: why.into() });
        }
        self.count += 1;
    }

    /// How many there are, in words.
    pub fn counted(&self) -> String {
        if self.count == 1 { "1 flaw".to_owned() } else { format!("{} flaws", self.count) }
    }
}

/// Reads a table against the groups of the account: every row, or every flaw.
pub fn read(table: &[u8], groups: &BTreeMap<GroupId, String>) -> Result<Vec<Row>, Flaws> {
    let (rows, flaws) = look(table, groups);
    if flaws.count == 0 { Ok(rows) } else { Err(flaws) }
}

/// Looks at a table against the groups of the account: the rows that could be read, and every flaw.
pub fn look(table: &[u8], groups: &BTreeMap<GroupId, String>) -> (Vec<Row>, Flaws) {
    let mut flaws = Flaws::default();
    // The reader takes a line to begin before the second half of its predecessor's CRLF.
    let table = Zeroizing::new(without_cr(table));
    let mut reader = ReaderBuilder::new().trim(Trim::All).from_reader(table.as_slice());
    let Ok(header) = reader.headers() else {
        flaws.add(1, "", "is not UTF-8, or not a line of a table");
        return (vec![], flaws);
    };
    let places = places(header, &mut flaws);
    if flaws.count > 0 {
        return (vec![], flaws);
    }
    let groups = groups.iter().map(|(id, name)| (name.to_lowercase(), *id)).collect();
    let mut door = Door { places, groups, seen: HashMap::new(), subjects: HashMap::new(), flaws };
    let mut rows = vec![];
    for (n, record) in reader.records().enumerate() {
        if n >= MAX_ROWS {
            door.flaws.add(
                n as u64 + 2,
                "",
                format!("is one too many: a table has at most {MAX_ROWS} people"),
            );
            break;
        }
        match record {
            Ok(record) => rows.extend(door.row(&record, n as u64 + 2)),
            Err(error) => {
                let line = error.position().map_or(n as u64 + 2, csv::Position::line);
                door.flaws.add(line, "", "has another number of fields than the header, or is not UTF-8");
            }
        }
    }
    (rows, door.flaws)
}

fn without_cr(table: &[u8]) -> Vec<u8> {
    let ends = |n: usize| table[n] == b'\r' && table.get(n + 1) == Some(&b'\n');
    (0..table.len()).filter(|n| !ends(*n)).map(|n| table[n]).collect()
}

fn places(header: &StringRecord, flaws: &mut Flaws) -> HashMap<&'static str, usize> {
    let mut places = HashMap::new();
    for (place, name) in header.iter().enumerate() {
        let name = name.trim_start_matches('\u{feff}');
        match COLUMNS.into_iter().find(|known| *known == name) {
            Some(known) if places.insert(known, place).is_none() => {}
            Some(known) => flaws.add(1, known, "stands there twice"),
            None => flaws.add(1, "", format!("has a column that is not one of {}", COLUMNS.join(", "))),
        }
    }
    for needed in &COLUMNS[..NEEDED] {
        if !places.contains_key(needed) {
            flaws.add(1, needed, "is missing");
        }
    }
    places
}

struct Door {
    places: HashMap<&'static str, usize>,
    groups: HashMap<String, GroupId>,
    /// Where each address stood first.
    seen: HashMap<String, u64>,
    /// Where each subject of a provider stood first.
    subjects: HashMap<(String, String), u64>,
    flaws: Flaws,
}

impl Door {
    fn row(&mut self, record: &StringRecord, position: u64) -> Option<Row> {
        let line = record.position().map_or(position, csv::Position::line);
        let before = self.flaws.count;
        let text = |field: &str| {
            let given = self.places.get(field).and_then(|place| record.get(*place)).unwrap_or_default();
            given.to_owned()
        };
        let [name, email, role, language, groups, provider, subject, hash, uri] = COLUMNS.map(text);
        let name = self.take(line, words::name("name", &name));
        let email = self.take(line, words::email(&email));
        if let Some(email) = &email
            && let Some(first) = self.seen.insert(normalise_email(email).to_string(), line)
        {
            self.flaws.add(line, "email", format!("stands in line {first} already"));
        }
        let role = self.role(line, &role);
        let language = Some(language).filter(|language| !language.is_empty());
        if language.as_deref().is_some_and(|language| !["en", "es", "ko"].contains(&language)) {
            self.flaws.add(line, "language", "is one of en, es, ko");
        }
        let groups = self.groups(line, &groups);
        let provider = self.provider(line, provider, &subject);
        let password = (!hash.is_empty()).then(|| ForeignHash::parse(&hash)).and_then(|parsed| {
            parsed.map_err(|why| self.flaws.add(line, "password_hash", why.to_string())).ok()
        });
        let otp = (!uri.is_empty())
            .then(|| OtpUri::parse(&uri))
            .and_then(|parsed| parsed.map_err(|why| self.flaws.add(line, "otp_uri", why.to_string())).ok());
        if self.flaws.count > before {
            return None;
        }
        Some(Row { line, name: name?, email: email?, role: role?, language, groups, provider, password, otp })
    }

    fn take(&mut self, line: u64, parsed: Result<String, ActError>) -> Option<String> {
        match parsed {
            Ok(text) => Some(text),
            Err(ActError::Field { field, why }) => {
                self.flaws.add(line, field, why);
                None
            }
            Err(other) => {
                self.flaws.add(line, "", other.to_string());
                None
            }
        }
    }

    fn role(&mut self, line: u64, text: &str) -> Option<Role> {
        let found = Role::ALL.into_iter().find(|role| role.name() == text);
        match found {
            Some(Role::Owner) => {
                self.flaws.add(line, "role", "is never owner here: owners are made one by one");
            }
            None => self.flaws.add(line, "role", "is one of admin, agent, auditor, end_user"),
            Some(_) => {}
        }
        found
    }

    fn groups(&mut self, line: u64, text: &str) -> BTreeSet<GroupId> {
        let mut found = BTreeSet::new();
        for name in text.split(';').map(str::trim).filter(|name| !name.is_empty()) {
            match self.groups.get(&name.to_lowercase()) {
                Some(group) => _ = found.insert(*group),
                None => self.flaws.add(line, "groups", "names a group that is not there; make it first"),
            }
        }
        if found.len() > MAX_GROUPS_OF_PERSON {
            self.flaws.add(line, "groups", format!("names at most {MAX_GROUPS_OF_PERSON} groups"));
        }
        found
    }

    fn provider(&mut self, line: u64, provider: String, subject: &str) -> Option<(String, String)> {
        match (provider.is_empty(), subject.is_empty()) {
            (true, true) => None,
            (false, false) => self.subject(line, provider, subject),
            (true, false) => {
                self.flaws.add(line, "provider", "is missing beside `provider_subject`");
                None
            }
            (false, true) => {
                self.flaws.add(line, "provider_subject", "is missing beside `provider`");
                None
            }
        }
    }

    /// Who somebody is to a provider, as the rules take it: nobody else of the table is.
    fn subject(&mut self, line: u64, provider: String, subject: &str) -> Option<(String, String)> {
        if !is_provider(&provider) {
            self.flaws.add(line, "provider", UserError::BadProvider.to_string());
            return None;
        }
        let subject = self.take(line, words::subject("provider_subject", subject))?;
        let both = (provider, subject);
        if let Some(first) = self.subjects.insert(both.clone(), line) {
            self.flaws.add(line, "provider_subject", format!("stands in line {first} already"));
        }
        Some(both)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn night() -> BTreeMap<GroupId, String> {
        BTreeMap::from([(GroupId::from_uuid(uuid::Uuid::from_u128(7)), "Nights".to_owned())])
    }

    /// Rules: H1.
    #[test]
    fn a_table_is_read_whatever_the_order_of_its_columns() {
        let table = "\u{feff}role,email,name,groups\r\nagent,ada@example.com,\"Lovelace, Ada\",nights\r\n\
                     end_user, grace@example.com ,Grace,\r\n";
        let rows = read(table.as_bytes(), &night()).unwrap_or_default();
        let shown: Vec<_> =
            rows.iter().map(|r| (r.line, r.name.as_str(), r.email.as_str(), r.role)).collect();
        assert_eq!(
            shown,
            [
                (2, "Lovelace, Ada", "ada@example.com", Role::Agent),
                (3, "Grace", "grace@example.com", Role::EndUser)
            ]
        );
        assert_eq!((rows[0].groups.len(), rows[1].groups.len()), (1, 0));
        assert_eq!(rows[0].language, None);
    }

    /// Rules: H1.
    #[test]
    fn what_is_wrong_is_said_by_line_and_field_and_repeats_no_value() {
        let head = "name,email,role,language,groups,provider,provider_subject,password_hash,otp_uri\n";
        let good = "Ada,ada@example.com,agent,,,google,secret-subject,,\n";
        let rows = [
            ("Ada,ada,agent,,,,,,", "email"),
            ("Ada,ADA@example.com ,agent,,,,,,", "email"),
            (",b@example.com,agent,,,,,,", "name"),
            ("B,b@example.com,owner,,,,,,", "role"),
            ("B,b@example.com,king,,,,,,", "role"),
            ("B,b@example.com,agent,fr,,,,,", "language"),
            ("B,b@example.com,agent,,Days,,,,", "groups"),
            ("B,b@example.com,agent,,,google,,,", "provider_subject"),
            ("B,b@example.com,agent,,,,secret-subject,,", "provider"),
            ("B,b@example.com,agent,,,Google!,g-2,,", "provider"),
            ("B,b@example.com,agent,,,google,secret-\u{202e}subject,,", "provider_subject"),
            ("B,b@example.com,agent,,,google,secret-subject,,", "provider_subject"),
            ("B,b@example.com,agent,,,,,hunter2,", "password_hash"),
            ("B,b@example.com,agent,,,,,,hunter2", "otp_uri"),
            ("B,b@example.com", ""),
        ];
        for (row, field) in rows {
            let flaws = read(format!("{head}{good}{row}\n").as_bytes(), &night()).err().unwrap_or_default();
            let found: Vec<_> = flaws.listed.iter().map(|flaw| (flaw.line, flaw.field)).collect();
            assert_eq!(found, [(3, field)], "{row}: {flaws:?}");
            assert!(!format!("{flaws:?}").contains("hunter2") && !format!("{flaws:?}").contains("secret-"));
        }
        for (table, field) in [("name,email\n", "role"), ("name,email,role,rolle\n", ""), ("", "name")] {
            let flaws = read(table.as_bytes(), &night()).err().unwrap_or_default();
            assert_eq!(
                flaws.listed.first().map(|flaw| (flaw.line, flaw.field)),
                Some((1, field)),
                "{table:?}"
            );
        }
    }

    /// Rules: H1.
    #[test]
    fn a_table_has_an_end() {
        use std::fmt::Write as _;
        let mut table = "name,email,role\n".to_owned();
        for n in 0..=MAX_ROWS {
            let _ = writeln!(table, "N,n{n}@example.com,agent");
        }
        let flaws = read(table.as_bytes(), &night()).err().unwrap_or_default();
        assert_eq!((flaws.count, flaws.listed[0].line), (1, MAX_ROWS as u64 + 2));
        let wrong = "name,email,role\n".to_owned() + &"x,y,z\n".repeat(9_000);
        let flaws = read(wrong.as_bytes(), &night()).err().unwrap_or_default();
        assert_eq!((flaws.count, flaws.listed.len()), (18_000, LISTED));
    }
}
