//! QR codes as SVG without inline styles, which the content policy would refuse.

use std::fmt::Write as _;

use fast_qr::{ECL, QRBuilder};

/// The quiet zone of ISO/IEC 18004: four modules.
const QUIET: usize = 4;

/// An SVG that shows `text` as a QR code, dark on light in every colour scheme; nothing if the text is too
/// long for one. `label` is its name for those who do not see it, already in their language.
pub fn svg(text: &str, label: &str) -> Option<String> {
    let code = QRBuilder::new(text).ecl(ECL::M).build().ok()?;
    let side = code.size + 2 * QUIET;
    let mut path = String::new();
    for row in 0..code.size {
        for column in (0..code.size).filter(|column| code[row][*column].value()) {
            let _ = write!(path, "M{} {}h1v1h-1z", column + QUIET, row + QUIET);
        }
    }
    let label = askama::filters::escape(label, askama::filters::Html).ok()?;
    Some(format!(
        "<svg class=\"qr\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" role=\"img\" \
         aria-label=\"{label}\" shape-rendering=\"crispEdges\">\
         <path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path fill=\"#000\" d=\"{path}\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_needs_no_inline_style() {
        let picture =
            svg("otpauth://totp/Twofold%20%28Acme%29:a@example.org?secret=ABC", "QR \"code\"").unwrap();
        assert!(picture.starts_with("<svg") && !picture.contains("style="));
        assert!(!picture.contains("\"code\""), "the label is escaped");
        assert!(svg(&"x".repeat(5000), "too long").is_none());
    }
}
