//! What becomes of messages to people.

use twofold_domain::account::AccountEvent;
use twofold_domain::delivery::{
    BudgetOf, Channel, MessagePurpose, OUTAGE_AFTER, Posted, Share, SpentBudget, TROUBLE_AGAIN, Undelivered,
    day_ends,
};
use twofold_domain::ids::MessageId;
use twofold_domain::time::Span;
use twofold_domain::user::{TROUBLE_AFTER, UserEvent};

use super::{Generator, Says};

impl Generator {
    /// A message goes out or does not; of a way that keeps failing the team is told.
    pub(super) fn message(&mut self, tenant: usize, who: usize) -> Vec<Says> {
        let at = self.now;
        let channel = if self.chance(80) { Channel::Mail } else { Channel::Sms };
        let human = &self.tenants[tenant].people[who];
        let (user, failing) = (human.id, human.user.undelivered.get(&channel).copied());
        let told = self.tenants[tenant].account.trouble_told.get(&channel).copied();
        let posted = Posted {
            message: MessageId::from_uuid(self.uuid()),
            channel,
            purpose: MessagePurpose::Notice,
            letter: "password-changed".to_owned(),
            attempts: 1,
            queued_at: at - Span::seconds(10),
        };
        // Whom messages do not reach, they seldom reach the next time.
        if !self.chance(if failing.is_some() { 70 } else { 10 }) {
            return vec![Says::User(who, UserEvent::MessageSent { posted, at })];
        }
        let (why, reply) = match channel {
            Channel::Mail => (Undelivered::Refused, Some(550)),
            Channel::Sms => (Undelivered::Unreachable, None),
        };
        let mut says = vec![Says::User(who, UserEvent::MessageFailed { posted, why, reply, at })];
        let failures = failing.map_or(0, |failing| failing.in_a_row) + 1;
        if failures >= TROUBLE_AFTER && told.is_none_or(|told| told + TROUBLE_AGAIN <= at) {
            says.push(Says::Account(AccountEvent::DeliveryTroubleRaised {
                channel,
                user,
                failures,
                why,
                at,
            }));
            let outage = self.tenants[tenant].account.outage_told.get(&channel).copied();
            if self.chance(30) && outage.is_none_or(|told| told + TROUBLE_AGAIN <= at) {
                let failures = OUTAGE_AFTER;
                says.push(Says::Account(AccountEvent::OutageRaised { channel, failures, why, at }));
            }
            // Whom so much is sent in vain has had as much as there is in a day.
            let (whose, share) = (BudgetOf::Person(user), Share::Own);
            let budget = SpentBudget { channel, whose, share, until: day_ends(at) };
            if !self.tenants[tenant].account.spent.contains(&budget) {
                says.push(Says::Account(AccountEvent::BudgetSpent { budget, at }));
            }
        }
        says
    }
}
