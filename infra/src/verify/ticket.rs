//! Enrolment tickets: `ABCD-EFGH-JKMN-PQRS`.
//!
//! Told by an administrator to somebody who has no second factor (any more), and typed by hand beside the
//! password: 80 random bits in Crockford's base 32, as a recovery code has. Stored as HMAC-SHA-256 under the
//! account's verifier key, bound to the ticket's id.

use twofold_domain::ids::TicketId;
use zeroize::Zeroizing;

use super::code::{NotACode, is_filler};
use super::recovery::{RANDOM, read_symbols, value, write_symbols};
use crate::keys::MacKey;
use crate::mint::Mint;

const LABEL: &str = "twofold/enrolment-ticket/v1";
/// The longest text that is looked at: 16 symbols with something between any two.
const MAX_TYPED: usize = 64;

/// One ticket. Cannot be printed; zeroised.
pub struct EnrolmentTicket(Zeroizing<[u8; RANDOM]>);

impl EnrolmentTicket {
    /// A fresh one.
    pub fn mint(mint: &Mint) -> Self {
        Self(mint.secret())
    }

    /// Reads a ticket however it was written down: any case, any hyphens and spaces, the letters O, I and L
    /// for the digits that they look like.
    pub fn parse(typed: &str) -> Result<Self, NotACode> {
        let refused = NotACode { expected: "16 letters or digits, like ABCD-EFGH-JKMN-PQRS" };
        if typed.len() > MAX_TYPED {
            return Err(refused);
        }
        let symbols = typed.chars().filter(|c| !is_filler(*c)).map(value);
        read_symbols(symbols).map(Self).ok_or(refused)
    }

    /// The ticket for people to read: to be shown once, to who issued it, and never stored.
    pub fn reveal(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(2 * RANDOM));
        write_symbols(&self.0, &mut text);
        text
    }

    /// What is stored: a keyed hash, bound to this ticket's id.
    pub fn verifier(&self, key: &MacKey, id: TicketId) -> [u8; 32] {
        key.tag(LABEL, &[id.uuid().as_bytes(), self.0.as_slice()])
    }

    /// Whether this is the ticket that `stored` was made from.
    pub fn matches(&self, key: &MacKey, id: TicketId, stored: &[u8]) -> bool {
        key.matches(LABEL, &[id.uuid().as_bytes(), self.0.as_slice()], stored)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::clock::Clock;
    use crate::keys::envelope::Key;

    /// Rules: P5.
    #[test]
    fn a_ticket_matches_itself_under_its_own_id_only_however_it_was_written_down() {
        const { assert!(RANDOM * 8 >= 80) };
        let mint = Mint::seeded(Clock::system(), 7);
        let key = MacKey::for_tests(Key::new(mint.secret()));
        let (id, other) = (mint.id(), mint.id());
        let ticket = EnrolmentTicket::mint(&mint);
        let stored = ticket.verifier(&key, id);
        let shown = ticket.reveal().to_string();
        for typed in [shown.clone(), shown.to_lowercase(), shown.replace('-', ""), shown.replace('-', " ")] {
            let typed = EnrolmentTicket::parse(&typed).map_err(|_| ()).unwrap();
            assert!(typed.matches(&key, id, &stored));
            assert!(!typed.matches(&key, other, &stored));
            assert!(!typed.matches(&key, id, &stored[..31]));
        }
        assert!(!EnrolmentTicket::mint(&mint).matches(&key, id, &stored));
    }

    #[test]
    fn what_is_no_ticket_is_refused() {
        for text in ["", "ABCD-EFGH-JKMN-PQR", "ABCD-EFGH-JKMN-PQRST", "ABCD-EFGH-JKMN-PQRU"] {
            assert!(EnrolmentTicket::parse(text).is_err(), "{text}");
        }
        assert!(EnrolmentTicket::parse(&"-".repeat(100_000)).is_err());
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(typed in "\\PC{0,80}") {
            let _ = EnrolmentTicket::parse(&typed);
        }
    }
}
