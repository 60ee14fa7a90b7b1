//! `docs/events.md` is the events of the domain, in words: read from the domain's own source, and held to its samples.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;
use syn::{Attribute, Expr, Fields, GenericArgument, Item, Lit, Meta, PathArguments, Type};
use twofold_domain::upcast::{STEPS, to_today, version_today};

use crate::repository::{files, text, top};

const DOCUMENT: &str = "docs/events.md";
const HEAD: &str = include_str!("events.head.txt");

/// The streams that there are: the enum of their events, its heading, and the samples.
const STREAMS: [(&str, &str, &str); 4] = [
    ("AccountEvent", "The account", "account"),
    ("UserEvent", "A person", "user"),
    ("DeviceEvent", "A device", "device"),
    ("ReadingEvent", "A reader", "reading"),
];

/// What a type is in JSON that the document says once, at its beginning.
const PLAIN: [(&str, &str); 12] = [
    ("String", "text"),
    ("bool", "boolean"),
    ("Timestamp", "instant"),
    ("Span", "span"),
    ("u8", "number"),
    ("u16", "number"),
    ("u32", "number"),
    ("u64", "number"),
    ("i8", "number"),
    ("i64", "number"),
    ("usize", "number"),
    ("Uuid", "text"),
];

/// A struct or an enum of the domain, and where it is defined.
struct Defined {
    file: PathBuf,
    item: Item,
}

/// Every type of the domain by its name, and the kinds of ids with their prefixes.
struct Domain {
    types: BTreeMap<String, Vec<Defined>>,
    ids: BTreeMap<String, String>,
}

impl Domain {
    fn read() -> Self {
        let mut types: BTreeMap<String, Vec<Defined>> = BTreeMap::new();
        for file in files().into_iter().filter(|file| file.starts_with("domain/src")) {
            if file.extension().is_none_or(|end| end != "rs") {
                continue;
            }
            for item in syn::parse_file(&text(&file)).unwrap().items {
                let name = match &item {
                    Item::Enum(item) => item.ident.to_string(),
                    Item::Struct(item) => item.ident.to_string(),
                    _ => continue,
                };
                types.entry(name).or_default().push(Defined { file: file.clone(), item });
            }
        }
        let ids = text("domain/src/ids.rs");
        let ids = ids.lines().filter_map(|line| line.trim().strip_suffix("\";")?.split_once(" = \""));
        let ids = ids.map(|(name, prefix)| (name.to_owned(), prefix.to_owned())).collect();
        Self { types, ids }
    }

    /// What a type is called here: where several have its name, with its module's before it.
    fn label(&self, name: &str, file: &Path) -> String {
        let module = file.file_stem().unwrap_or_default().to_string_lossy();
        if self.types[name].len() > 1 { format!("{module}-{name}") } else { name.to_owned() }
    }

    /// The type of a name as a file means it.
    fn find(&self, name: &str, from: &PathBuf) -> &Defined {
        let known =
            self.types.get(name).unwrap_or_else(|| panic!("no type {name}, named in {}", from.display()));
        let (bare, module) = (name, from.parent());
        match &known[..] {
            [one] => one,
            many => {
                let near =
                    |of: &&Defined| of.file == *from || of.file.with_extension("") == from.with_extension("");
                let beside = |of: &&Defined| of.file.parent() == module;
                let found = many.iter().find(near).or_else(|| many.iter().find(beside));
                found.unwrap_or_else(|| panic!("which {bare} does {} mean?", from.display()))
            }
        }
    }
}

/// The first paragraph of what stands above something, on one line.
fn said(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Str(text) => Some(text.value().trim().to_owned()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    });
    let words: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
    words.join(" ").replace('|', "\\|")
}

/// Words of a `serde` attribute: `rename_all = "snake_case"`.
fn serde(attributes: &[Attribute], wanted: &str) -> Option<String> {
    let mut found = None;
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("serde")) {
        let _ = attribute.parse_nested_meta(|meta| {
            let value = meta.value().and_then(|value| value.parse::<syn::LitStr>());
            if meta.path.is_ident(wanted) {
                found = Some(value.map(|text| text.value()).unwrap_or_default());
            }
            Ok(())
        });
    }
    found
}

fn snake(name: &str) -> String {
    let mut words = String::new();
    for (place, letter) in name.chars().enumerate() {
        if letter.is_uppercase() && place > 0 {
            words.push('_');
        }
        words.extend(letter.to_lowercase());
    }
    words
}

/// What stands for something in JSON: its own word, or the one that its surroundings make of its name.
fn word(attributes: &[Attribute], name: &str, of_all: Option<&str>) -> String {
    serde(attributes, "rename")
        .unwrap_or_else(|| if of_all == Some("snake_case") { snake(name) } else { name.to_owned() })
}

/// Writes types, and remembers which others they are made of.
struct Writer<'a> {
    domain: &'a Domain,
    wanted: Vec<(String, PathBuf)>,
}

impl Writer<'_> {
    fn of_type(&mut self, of: &Type, from: &PathBuf) -> String {
        let Type::Path(path) = of else {
            return match of {
                Type::Array(array) => format!("list of {}", self.of_type(&array.elem, from)),
                _ => panic!("a type of an event in {} that is none of ours", from.display()),
            };
        };
        let last = path.path.segments.last().unwrap();
        let inner: Vec<&Type> = match &last.arguments {
            PathArguments::AngleBracketed(of) => {
                let types = of
                    .args
                    .iter()
                    .filter_map(|of| if let GenericArgument::Type(of) = of { Some(of) } else { None });
                types.collect()
            }
            _ => vec![],
        };
        let name = last.ident.to_string();
        match (name.as_str(), &inner[..]) {
            ("Option", [of]) => format!("{} or null", self.of_type(of, from)),
            ("Box", [of]) => self.of_type(of, from),
            ("Vec" | "BTreeSet", [of]) => format!("list of {}", self.of_type(of, from)),
            ("BTreeMap", [key, of]) => {
                format!("object from {} to {}", self.of_type(key, from), self.of_type(of, from))
            }
            ("Sealed", [Type::Path(kind)]) => {
                let kind = kind.path.segments.last().unwrap().ident.to_string();
                format!("sealed ({})", snake(&kind).replace('_', " "))
            }
            _ => {
                if let Some((_, plain)) = PLAIN.iter().find(|(known, _)| *known == name) {
                    return (*plain).to_owned();
                }
                if let Some(prefix) = self.domain.ids.get(&name) {
                    return format!("`{prefix}_…`");
                }
                // A module before the name says whose it is.
                let mut at = from.clone();
                if let Some(module) = path.path.segments.iter().rev().nth(1) {
                    let own = format!("{}.rs", module.ident);
                    let ours = |of: &&Defined| {
                        of.file.ends_with(&own) || of.file.ends_with(format!("{}/mod.rs", module.ident))
                    };
                    if let Some(of) = self.domain.types.get(&name).and_then(|all| all.iter().find(ours)) {
                        at.clone_from(&of.file);
                    }
                }
                let file = &self.domain.find(&name, &at).file;
                let label = self.domain.label(&name, file);
                self.wanted.push((name, file.clone()));
                format!("[{label}](#{})", label.to_lowercase())
            }
        }
    }

    /// Named fields as rows, or nothing.
    fn rows(&mut self, fields: &Fields, from: &PathBuf, under: &str) -> String {
        let mut rows = String::new();
        for field in fields.iter().filter(|field| field.ident.is_some()) {
            let name = field.ident.as_ref().map(ToString::to_string).unwrap_or_default();
            let name = word(&field.attrs, name.trim_start_matches("r#"), None);
            let of = self.of_type(&field.ty, from);
            let _ = writeln!(rows, "| `{under}{name}` | {of} | {} |", said(&field.attrs));
        }
        rows
    }

    /// A type of the domain, as a section.
    fn section(&mut self, name: &str, from: &PathBuf) -> (PathBuf, String) {
        let domain = self.domain;
        let Defined { file, item } = domain.find(name, from);
        let mut words = format!("\n### {}\n\n", domain.label(name, file));
        match item {
            Item::Struct(item) => {
                let _ = writeln!(words, "{}", said(&item.attrs));
                if let (Fields::Unnamed(fields), 1) = (&item.fields, item.fields.len()) {
                    let _ = writeln!(words, "\nIs {}.", self.of_type(&fields.unnamed[0].ty, file));
                } else if serde(&item.attrs, "into").is_some() {
                    words.push_str("\nIs text.\n");
                } else {
                    words.push_str("\n| field | type | meaning |\n|---|---|---|\n");
                    words.push_str(&self.rows(&item.fields, file, ""));
                }
            }
            Item::Enum(item) => {
                let _ = writeln!(words, "{}\n\n| value | type | meaning |\n|---|---|---|", said(&item.attrs));
                let of_all = serde(&item.attrs, "rename_all");
                for variant in &item.variants {
                    let word = word(&variant.attrs, &variant.ident.to_string(), of_all.as_deref());
                    let meaning = said(&variant.attrs);
                    let of = match &variant.fields {
                        Fields::Unit => "a word".to_owned(),
                        Fields::Unnamed(fields) => {
                            format!("object `{word}`: {}", self.of_type(&fields.unnamed[0].ty, file))
                        }
                        Fields::Named(_) => format!("object `{word}`"),
                    };
                    let _ = writeln!(words, "| `{word}` | {of} | {meaning} |");
                    words.push_str(&self.rows(&variant.fields, file, &format!("{word}.")));
                }
            }
            _ => unreachable!("only structs and enums are kept"),
        }
        (file.clone(), words)
    }
}

/// The events of a stream.
fn events(domain: &Domain, writer: &mut Writer<'_>, name: &str) -> String {
    let Defined { file, item } = domain.find(name, &PathBuf::new());
    let Item::Enum(item) = item else { panic!("{name} is no enum") };
    let mut words = String::new();
    for variant in &item.variants {
        let event = variant.ident.to_string();
        let _ =
            writeln!(words, "\n### {event}\n\n{} Version {}.", said(&variant.attrs), version_today(&event));
        let rows = writer.rows(&variant.fields, file, "");
        if !rows.is_empty() {
            let _ = write!(words, "\n| field | type | meaning |\n|---|---|---|\n{rows}");
        }
    }
    words
}

fn document(domain: &Domain) -> String {
    let mut writer = Writer { domain, wanted: vec![] };
    let mut words = HEAD.to_owned();
    for (name, heading, _) in STREAMS {
        let _ = write!(words, "\n## {heading}\n{}", events(domain, &mut writer, name));
    }
    // A report says these; no event does. The first rule that applies is the one.
    let status = PathBuf::from("domain/src/status.rs");
    words.push_str("\n## Words of `mfa-status`\n");
    for name in ["Standing", "Rule"] {
        words.push_str(&writer.section(name, &status).1);
    }
    let mut types = BTreeMap::new();
    while let Some((name, file)) = writer.wanted.pop() {
        let label = domain.label(&name, &file);
        if !types.contains_key(&label) {
            let (_, section) = writer.section(&name, &file);
            types.insert(label, section);
        }
    }
    words.push_str(&older());
    words.push_str("\n## Values\n");
    words.extend(types.into_values());
    words
}

/// What was otherwise in older versions: what stands above the step that reads one as the next.
fn older() -> String {
    let source = text("domain/src/upcast.rs");
    let items = syn::parse_file(&source).unwrap().items;
    let meaning = |function: &str| {
        let is = |item: &&Item| matches!(item, Item::Fn(item) if item.sig.ident == function);
        let Some(Item::Fn(item)) = items.iter().find(is) else { panic!("no step {function}") };
        said(&item.attrs)
    };
    let by = source
        .lines()
        .take_while(|line| *line != "];")
        .filter_map(|line| line.split_once("upcast: ")?.1.strip_suffix(" },"));
    let by: Vec<&str> = by.collect();
    assert_eq!(by.len(), STEPS.len(), "a step on each line");
    let mut words = "\n## Older versions\n\nWhat they lack is as said here.\n\n| event | version | what was otherwise |\n|---|---|---|\n".to_owned();
    for (step, by) in STEPS.iter().zip(by) {
        let _ = writeln!(words, "| {} | {} | {} |", step.event_type, step.from, meaning(by));
    }
    words
}

/// Rules: S6.
#[test]
fn the_document_of_events_is_what_the_domain_says() {
    let words = document(&Domain::read());
    if std::env::var_os("TWOFOLD_WRITE_DOCS").is_some() {
        std::fs::write(top().join(DOCUMENT), &words).unwrap();
    }
    assert!(text(DOCUMENT) == words, "{DOCUMENT} is not what the code says: write it once more");
}

/// The fields of each event that the document names.
fn documented(words: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut event = String::new();
    for line in words.lines() {
        if let Some(name) = line.strip_prefix("### ") {
            name.clone_into(&mut event);
            found.entry(event.clone()).or_default();
        } else if let Some(field) = line.strip_prefix("| `").and_then(|rest| rest.split('`').next()) {
            found.entry(event.clone()).or_default().insert(field.to_owned());
        }
    }
    found
}

/// What is stored, of whichever version, has in today's shape exactly the fields that the document names.
///
/// Rules: S6.
#[test]
fn every_stored_event_has_the_fields_that_the_document_names() {
    let documented = documented(&text(DOCUMENT));
    for (_, _, samples) in STREAMS {
        for line in text(format!("domain/samples/{samples}.jsonl")).lines() {
            let sample: Value = serde_json::from_str(line).unwrap();
            let (name, version) =
                (sample["event_type"].as_str().unwrap(), sample["event_version"].as_str().unwrap());
            let payload = to_today(name, version, sample["payload"].clone()).unwrap();
            let fields: BTreeSet<String> =
                payload[name].as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect();
            assert_eq!(Some(&fields), documented.get(name), "{name}");
        }
    }
}
