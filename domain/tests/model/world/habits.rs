//! What people usually do, so that stories get somewhere.

use super::*;

impl World {
    /// Signs in as people do: with the right password and, where asked, a fresh code.
    pub(super) fn sign_in(&mut self, who: usize, slot: usize, trust: bool) {
        self.wait(30);
        self.begin(who, slot, true, TokenVerdict::Current);
        if let (Some((attempt, machine)), Some(proof)) = (back(&self.attempts, 0), self.fresh_code(who)) {
            self.finish(attempt, machine, proof, trust);
        }
    }

    /// Today's code of a person's newest factor.
    fn fresh_code(&self, who: usize) -> Option<Proof> {
        let newest = self.factors.iter().rev().position(|f| self.ledger.people[who].factors.contains(f))?;
        Some(Proof::Otp { factor: newest as u8, age: 0 })
    }

    fn latest_session(&self, who: usize) -> Option<(SessionId, usize)> {
        let mine = |(id, _): &&(SessionId, usize)| {
            self.ledger.sessions.get(id).is_some_and(|s| s.who == who && self.ledger.alive(s))
        };
        self.sessions.iter().rev().find(mine).copied()
    }

    /// Switches off as people do: in the latest good session, with the password and a fresh code.
    pub(super) fn switch_off(&mut self, who: usize) {
        self.wait(30);
        if let (Some(session), Some(proof)) = (self.latest_session(who), self.fresh_code(who)) {
            self.disable_own(session, true, proof);
        }
    }

    /// Enrols as people do: in the latest good session, with the code that was mailed.
    pub(super) fn enrol(&mut self, who: usize, late: bool) {
        let Some(session) = self.latest_session(who) else { return };
        self.start(session);
        if late {
            self.wait(600);
        }
        if self.ledger.sessions.get(&session.0).is_some_and(|s| self.ledger.alive(s)) {
            self.confirm(session, Mail::Mailed { pick: 0 }, Some(0));
        }
    }

    /// A code that just signed somebody in is shown again at once.
    pub(super) fn replay(&mut self, who: usize, slot: usize) {
        self.sign_in(who, slot, false);
        self.begin(who, slot, true, TokenVerdict::Current);
        if let (Some((attempt, machine)), Some(proof)) = (back(&self.attempts, 0), self.fresh_code(who)) {
            self.finish(attempt, machine, proof, false);
        }
    }
}
