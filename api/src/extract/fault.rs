//! From a serde error and the path to it, to a field at fault.

use serde_path_to_error::{Path, Segment};

use crate::problem::FieldError;

/// The field at fault, as a pointer below `root` (nothing for a JSON body, `query` for a query string).
pub(super) fn field(root: &str, path: &Path, message: &str) -> FieldError {
    let message = without_position(message);
    let code = code(message);
    let mut pointer = String::from(root);
    let mut last = String::new();
    for segment in path {
        let step = match segment {
            Segment::Seq { index } => index.to_string(),
            Segment::Map { key } => key.clone(),
            Segment::Enum { .. } | Segment::Unknown => continue,
        };
        push(&mut pointer, &step);
        last = step;
    }
    // serde names an unknown, missing or repeated field in the message, not always in the path.
    if matches!(code, "unknown_field" | "missing_field" | "duplicate_field")
        && let Some(name) = message.split('`').nth(1)
        && name != last
    {
        push(&mut pointer, name);
    }
    FieldError::new(pointer, code, plain(message))
}

/// serde's words, without the names of Rust's types.
fn plain(message: &str) -> String {
    let Some((found, wanted)) = message.split_once(", expected ") else { return message.to_owned() };
    if let Some(word) = found.strip_prefix("unknown variant ") {
        return format!(
            "{word} is not one of these: {}",
            wanted.trim_start_matches("one of ").replace(" or ", ", ")
        );
    }
    let whole =
        wanted.len() <= 5 && wanted.starts_with(['u', 'i']) && wanted.ends_with(|c: char| c.is_ascii_digit());
    match (found.strip_prefix("invalid value: integer "), wanted) {
        (Some(number), _) if whole && number.starts_with("`-") => format!("{number} is below zero"),
        (Some(number), _) if whole => format!("{number} is too large"),
        _ if whole => format!("{found}, expected a whole number"),
        (_, "newtype variant" | "struct variant") => "needs a value beside its name".to_owned(),
        (_, "unit variant") => "takes no value beside its name".to_owned(),
        (_, wanted) if wanted.starts_with("struct ") => format!("{found}, expected an object"),
        _ => message.to_owned(),
    }
}

/// Appends one reference token, escaped as RFC 6901 section 3 says.
fn push(pointer: &mut String, step: &str) {
    pointer.push('/');
    pointer.push_str(&step.replace('~', "~0").replace('/', "~1"));
}

fn code(message: &str) -> &'static str {
    const CODES: [(&str, &str); 8] = [
        ("unknown field", "unknown_field"),
        ("missing field", "missing_field"),
        ("duplicate field", "duplicate_field"),
        ("unknown variant", "unknown_value"),
        ("invalid type", "wrong_type"),
        ("invalid length", "wrong_length"),
        ("invalid digit", "wrong_type"),
        ("provided string was not", "wrong_type"),
    ];
    CODES.iter().find(|(start, _)| message.starts_with(start)).map_or("invalid_value", |(_, code)| code)
}

/// serde_json appends ` at line 1 column 17`.
fn without_position(message: &str) -> &str {
    message.rfind(" at line ").map_or(message, |end| &message[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_said_without_the_names_of_types() {
        for (said, plainly) in [
            ("invalid value: integer `1000`, expected u8", "`1000` is too large"),
            ("invalid value: integer `-1`, expected u16", "`-1` is below zero"),
            (
                "invalid type: string \"x\", expected u64",
                "invalid type: string \"x\", expected a whole number",
            ),
            (
                "unknown variant `foo`, expected one of `a`, `b`, `c`",
                "`foo` is not one of these: `a`, `b`, `c`",
            ),
            ("unknown variant `foo`, expected `a` or `b`", "`foo` is not one of these: `a`, `b`"),
            ("invalid type: unit variant, expected newtype variant", "needs a value beside its name"),
            (
                "invalid type: integer `1`, expected struct Body",
                "invalid type: integer `1`, expected an object",
            ),
            ("missing field `name`", "missing field `name`"),
            ("invalid type: null, expected a string", "invalid type: null, expected a string"),
        ] {
            assert_eq!(plain(said), plainly);
        }
    }
}
