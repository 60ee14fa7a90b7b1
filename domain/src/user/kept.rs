//! What is kept beside a person's events: which secrets they still need, and which are over by time alone.
//!
//! Whatever an event takes out of [`User::verifiers`] is destroyed in the append of that event. What no event ends
//! is [`User::over`] one day, and swept then. The secrets themselves are nowhere here, only their handles.

use std::collections::{BTreeMap, BTreeSet};

use super::state::User;
use crate::factor::Held;
use crate::factor::token::{Moves, Pace};
use crate::ids::{StockTokenId, VerifierId};
use crate::time::Timestamp;

impl User {
    /// Where every secret is kept that this person's state still speaks of.
    pub fn verifiers(&self) -> BTreeSet<VerifierId> {
        let enrolled = self.enrolled.iter();
        let held = enrolled.clone().flat_map(|e| e.factors.values()).filter_map(|f| f.held.verifier());
        let codes = enrolled.filter_map(|e| e.codes.as_ref()).map(|codes| codes.verifier);
        let pending = self.pending.iter().filter_map(|pending| pending.detail.verifier());
        let once = [
            self.password.map(|password| password.verifier),
            self.ticket.map(|ticket| ticket.verifier),
            self.grant.and_then(|grant| grant.code),
            self.spent_grant.map(|spent| spent.code),
        ];
        held.chain(codes)
            .chain(pending)
            .chain(once.into_iter().flatten())
            .chain(self.assigned.values().map(|begun| begun.seed))
            .chain(self.links.values().map(|link| link.verifier))
            .chain(self.mailed_codes().iter().map(|code| code.verifier))
            .chain(self.texted.open.iter().map(|code| code.verifier))
            .chain(self.tokens.values().map(|token| token.verifier))
            .collect()
    }

    /// The tokens of the account's stock that are in their hands, handed out or bound; of one with a button, the least
    /// counter that is still good. One that an event takes out of here can be handed to somebody else.
    pub fn stock_tokens(&self) -> BTreeMap<StockTokenId, Option<u64>> {
        let handed = self.assigned.iter().map(|(token, begun)| match begun.moves {
            Moves::Clock { .. } => (*token, None),
            Moves::Counter { from } => (*token, Some(from)),
        });
        let factors = self.enrolled.iter().flat_map(|enrolled| enrolled.factors.values());
        let bound = factors.filter_map(|factor| match &factor.held {
            Held::Token(held) => {
                let least = match held.pace {
                    Pace::Clock { .. } => None,
                    Pace::Counter { next } => Some(next),
                };
                held.stock.as_ref().map(|stock| (stock.token, least))
            }
            Held::Totp(_) | Held::Sms(_) | Held::Webauthn(_) => None,
        });
        handed.chain(bound).collect()
    }

    /// Where secrets are kept that open nothing from an instant on, although no event said so: their time ended.
    pub fn over(&self, at: Timestamp) -> BTreeSet<VerifierId> {
        let links = self.links.values().map(|link| (link.verifier, Some(link.expires_at)));
        let mailed = self.mailed_codes().iter().map(|code| (code.verifier, Some(code.expires_at)));
        let texted = self.texted.open.iter().map(|code| (code.verifier, Some(code.expires_at)));
        let tokens = self.tokens.values().map(|token| (token.verifier, token.expires_at));
        let ticket = self.ticket.iter().map(|ticket| (ticket.verifier, Some(ticket.expires_at)));
        let grant = self.grant.iter().filter_map(|grant| Some((grant.code?, Some(grant.expires_at))));
        links
            .chain(mailed)
            .chain(texted)
            .chain(tokens)
            .chain(ticket)
            .chain(grant)
            .filter(|(_, end)| end.is_some_and(|end| end <= at))
            .map(|(verifier, _)| verifier)
            .collect()
    }
}
