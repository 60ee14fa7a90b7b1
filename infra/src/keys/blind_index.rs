//! Finding a person by e-mail address without storing the address.

use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

/// The keyed hash of a normalised e-mail address: equal for equal addresses of one account, and
/// without the account's index key neither reversible nor comparable across accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BlindIndex(pub(super) [u8; 32]);

impl BlindIndex {
    /// The 32 bytes, as a unique claim stores them.
    pub const fn bytes(self) -> [u8; 32] {
        self.0
    }
}

/// The form under which two spellings are one address: no surrounding space, Unicode NFKC (a
/// full-width letter is the letter), lower case, NFKC again since lowering can decompose.
///
/// The local part is lowered too: RFC 5321 §2.4 lets a server tell `Ada@` from `ada@`, none that
/// people use does, and an address that differs by case only would be a second budget of failures
/// for the same person. Dots and `+tags` are kept: they are distinct mailboxes at most providers.
pub fn normalise_email(address: &str) -> Zeroizing<String> {
    let folded: Zeroizing<String> =
        Zeroizing::new(address.trim().nfkc().flat_map(char::to_lowercase).collect());
    Zeroizing::new(folded.nfkc().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_address_are_one() {
        for spelling in ["ada@example.com", " Ada@Example.COM\n", "ａｄａ@example.com"] {
            assert_eq!(normalise_email(spelling).as_str(), "ada@example.com");
        }
        assert_ne!(*normalise_email("ada+x@example.com"), *normalise_email("ada@example.com"));
    }
}
