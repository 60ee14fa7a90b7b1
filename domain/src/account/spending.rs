//! Budgets of messages that are spent: which are on record, and of which owners and admins get a letter.

use super::state::Account;
use crate::delivery::{BudgetOf, SpentBudget};
use crate::time::Timestamp;

/// People whose spent budgets are on record at a time, of each way: whoever asks in the names of a town fills no log.
pub const SPENT_PEOPLE: usize = 100;

impl Account {
    /// Budgets that are spent now.
    pub fn spent_at(&self, at: Timestamp) -> impl Iterator<Item = &SpentBudget> {
        self.spent.iter().filter(move |spent| at < spent.until)
    }

    /// Whether it is not on record yet that a budget is spent, and is to be.
    pub(super) fn is_news(&self, budget: &SpentBudget, at: Timestamp) -> bool {
        let mut people = 0;
        for spent in self.spent_at(at).filter(|spent| spent.channel == budget.channel) {
            if (spent.whose, spent.share) == (budget.whose, budget.share) {
                return false;
            }
            people += usize::from(matches!(spent.whose, BudgetOf::Person(_)));
        }
        !matches!(budget.whose, BudgetOf::Person(_)) || people < SPENT_PEOPLE
    }

    /// Whether owners and admins get a letter of a budget that is on record: of each of the account's, and of the first
    /// person's of a day, by each way. The others are on the page of deliveries.
    pub fn writes_of_spent(&self, budget: &SpentBudget, at: Timestamp) -> bool {
        let person = |spent: &&SpentBudget| matches!(spent.whose, BudgetOf::Person(_));
        let same = |spent: &&SpentBudget| spent.channel == budget.channel && spent.share == budget.share;
        let mut on_record = self.spent_at(at).filter(same);
        match budget.whose {
            BudgetOf::Person(_) => on_record.find(person) == Some(budget),
            BudgetOf::Account | BudgetOf::Country(_) => on_record.any(|spent| spent == budget),
        }
    }
}
