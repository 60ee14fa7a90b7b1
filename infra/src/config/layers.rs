//! Where values come from, and which of several is taken.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::settings::{SETTINGS, Setting};
use super::values::redacted;
use super::{ConfigError, Explained};

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A command-line flag, by its name.
    Flag(String),
    /// A variable of the environment, by its name.
    Env(String),
    /// A file, by its path.
    File(PathBuf),
    /// Nowhere: the default.
    Default,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) | Self::Env(name) => f.write_str(name),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Default => f.write_str("default"),
        }
    }
}

/// The values that were given, before any is looked at.
#[derive(Clone, Default)]
pub struct Layers {
    flags: BTreeMap<String, String>,
    env: BTreeMap<String, String>,
    file: Option<(PathBuf, String)>,
}

impl Layers {
    /// The process's environment, and `file` where there is one.
    pub fn of_process(file: PathBuf) -> Result<Self, ConfigError> {
        let mut layers = Self::default();
        for (name, value) in std::env::vars_os() {
            if let (Ok(name), Ok(value)) = (name.into_string(), value.into_string())
                && name.starts_with("TWOFOLD_")
            {
                layers.env.insert(name, value);
            }
        }
        match fs::read_to_string(&file) {
            Ok(text) => layers.file = Some((file, text)),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
            Err(e) => return Err(ConfigError::File { file, cause: e.to_string() }),
        }
        Ok(layers)
    }

    /// Adds a flag, by the key of its setting.
    #[must_use]
    pub fn with_flag(mut self, key: &str, value: &str) -> Self {
        self.flags.insert(key.to_owned(), value.to_owned());
        self
    }

    /// Adds a variable of the environment.
    #[must_use]
    pub fn with_env(mut self, name: &str, value: &str) -> Self {
        self.env.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Sets the file's path and text.
    #[must_use]
    pub fn with_file(mut self, path: PathBuf, text: String) -> Self {
        self.file = Some((path, text));
        self
    }
}

/// Takes values from the layers, and writes down what it took.
pub(super) struct Reader<'a> {
    layers: &'a Layers,
    file: BTreeMap<String, String>,
    pub(super) explained: Vec<Explained>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(layers: &'a Layers) -> Result<Self, ConfigError> {
        let file = match &layers.file {
            Some((path, text)) => parse_file(path, text)?,
            None => BTreeMap::new(),
        };
        Ok(Self { layers, file, explained: Vec::with_capacity(SETTINGS.len()) })
    }

    /// The setting's value, or its default.
    pub(super) fn value<T>(
        &mut self,
        setting: &Setting,
        default: &str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Result<T, ConfigError> {
        let (text, source) =
            self.find(setting)?.unwrap_or((Zeroizing::new(default.to_owned()), Source::Default));
        self.take(setting, &text, source, parse)
    }

    /// The setting's value, if it has one.
    pub(super) fn optional<T>(
        &mut self,
        setting: &Setting,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Option<T>, ConfigError> {
        if let Some((text, source)) = self.find(setting)? {
            return self.take(setting, &text, source, parse).map(Some);
        }
        self.explained.push(Explained { key: setting.key, value: None, source: Source::Default });
        Ok(None)
    }

    fn take<T>(
        &mut self,
        setting: &Setting,
        text: &str,
        source: Source,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Result<T, ConfigError> {
        let shown = if setting.secret { redacted(text) } else { text.to_owned() };
        match parse(text) {
            Ok(value) => {
                self.explained.push(Explained { key: setting.key, value: Some(shown), source });
                Ok(value)
            }
            Err(fix) => Err(ConfigError::Value { key: setting.key, value: shown, source_name: source, fix }),
        }
    }

    fn find(&self, setting: &Setting) -> Result<Option<(Zeroizing<String>, Source)>, ConfigError> {
        let given = |text: &String| Zeroizing::new(text.clone());
        if let Some(text) = self.layers.flags.get(setting.key) {
            return Ok(Some((given(text), Source::Flag(setting.flag()))));
        }
        let env = setting.env();
        let direct = self.layers.env.get(&env);
        let from_file = setting.secret.then(|| self.layers.env.get(&format!("{env}_FILE"))).flatten();
        match (direct, from_file) {
            (Some(_), Some(_)) => return Err(ConfigError::Both { env }),
            (Some(text), None) => return Ok(Some((given(text), Source::Env(env)))),
            (None, Some(path)) => {
                let file = PathBuf::from(path);
                return match fs::read_to_string(&file).map(Zeroizing::new) {
                    Ok(text) => Ok(Some((Zeroizing::new(text.trim().to_owned()), Source::File(file)))),
                    Err(e) => Err(ConfigError::File { file, cause: e.to_string() }),
                };
            }
            (None, None) => {}
        }
        let path = self.layers.file.as_ref().map(|(path, _)| path.clone()).unwrap_or_default();
        Ok(self.file.get(setting.key).map(|text| (given(text), Source::File(path))))
    }
}

fn parse_file(path: &Path, text: &str) -> Result<BTreeMap<String, String>, ConfigError> {
    let cannot = |cause: String| ConfigError::File { file: path.to_owned(), cause };
    let table: toml::Table = text.parse().map_err(|e: toml::de::Error| {
        // The message only: the line around it may hold a secret.
        cannot(e.message().to_owned())
    })?;
    let mut values = BTreeMap::new();
    for (key, value) in table {
        if !SETTINGS.iter().any(|s| s.key == key) {
            let known = SETTINGS.map(|s| s.key).join(", ");
            return Err(ConfigError::UnknownKey { key, file: path.to_owned(), known });
        }
        let text = match value {
            toml::Value::String(text) => text,
            toml::Value::Integer(number) => number.to_string(),
            _ => return Err(cannot(format!("`{key}` must be a text or a whole number"))),
        };
        values.insert(key, text);
    }
    Ok(values)
}
