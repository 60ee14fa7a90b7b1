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
    FieldError::new(pointer, code, message)
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
