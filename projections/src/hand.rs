//! What a server holds of the messages that are due, by one way: how many, and whose next. An account holds no more than
//! its share, of which what goes to many at once is a part; whoever holds least is served first. What has no place here
//! stays in the table.

use std::collections::HashMap;

use twofold_domain::ids::AccountId;
use twofold_infra::store::Due;

/// Messages of one way that a server holds, those that wait for a place to be handed over included.
const HELD: usize = 512;
/// Of these, one account's.
pub(crate) const OF_ACCOUNT: usize = 32;
/// Of an account's, those that go to many: the rest is kept for letters that somebody waits for.
const TO_MANY: usize = 16;

/// How many messages are held, by account.
#[derive(Debug, Default)]
pub(crate) struct Hand {
    all: usize,
    of: HashMap<AccountId, Held>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Held {
    all: usize,
    to_many: usize,
}

impl Hand {
    /// The accounts of which something may be taken, whoever holds least first, and how much at most. Of more accounts
    /// than there is room for, those that are left out are first once their turn comes: others hold more then.
    pub(crate) fn room(&self, due: Vec<AccountId>) -> Vec<(AccountId, usize)> {
        let room = HELD - self.all;
        let held = |account: &AccountId| self.of.get(account).map_or(0, |held| held.all);
        let mut due: Vec<_> = due.into_iter().map(|account| (held(&account), account)).collect();
        due.sort_unstable_by_key(|(held, _)| *held);
        let most = due.into_iter().map(|(held, account)| (account, room.min(OF_ACCOUNT - held)));
        most.filter(|(_, most)| *most > 0).take(room).collect()
    }

    /// Which of these are taken, of each account in the order in which they should be: by turns, so that nobody's hundredth
    /// message comes before somebody's first.
    pub(crate) fn choose(&self, due: Vec<Vec<Due>>) -> Vec<Due> {
        let mut chosen = vec![];
        for of_one in due {
            let Some(first) = of_one.first() else { continue };
            let Held { all, mut to_many } = self.of.get(&first.account).copied().unwrap_or_default();
            let may = of_one.into_iter().filter(|due| {
                to_many += usize::from(due.to_many);
                !due.to_many || to_many <= TO_MANY
            });
            chosen.extend((all..OF_ACCOUNT).zip(may));
        }
        chosen.sort_by_key(|(place, _)| *place);
        chosen.into_iter().map(|(_, due)| due).take(HELD - self.all).collect()
    }

    /// A message is held.
    pub(crate) fn hold(&mut self, account: AccountId, to_many: bool) {
        let held = self.of.entry(account).or_default();
        self.all += 1;
        held.all += 1;
        held.to_many += usize::from(to_many);
    }

    /// And is held no more.
    pub(crate) fn let_go(&mut self, account: AccountId, to_many: bool) {
        let Some(held) = self.of.get_mut(&account) else { return };
        self.all -= 1;
        held.all -= 1;
        held.to_many -= usize::from(to_many);
        if held.all == 0 {
            self.of.remove(&account);
        }
    }
}

#[cfg(test)]
mod tests {
    use twofold_domain::ids::MessageId;
    use twofold_domain::time::Timestamp;
    use uuid::Uuid;

    use super::*;

    fn account(n: u128) -> AccountId {
        AccountId::from_uuid(Uuid::from_u128(n))
    }

    fn queue(of: u128, many: usize, awaited: usize) -> Vec<Due> {
        let due = |(n, to_many)| Due {
            id: MessageId::from_uuid(Uuid::from_u128(of << 32 | n)),
            account: account(of),
            fence: 0,
            due_at: Timestamp::from_micros(0),
            to_many,
        };
        let kinds = std::iter::repeat_n(false, awaited).chain(std::iter::repeat_n(true, many));
        (0..).zip(kinds).map(due).collect()
    }

    /// Rules: E7.
    #[test]
    fn an_account_that_writes_to_thousands_is_a_few_places_for_others() {
        let mut hand = Hand::default();
        let first = hand.choose(vec![queue(1, 2_600, 0)]);
        assert_eq!(first.len(), TO_MANY, "what goes to many is a part of the share");
        for due in &first {
            hand.hold(due.account, due.to_many);
        }
        assert_eq!(hand.choose(vec![queue(1, 2_600, 0)]), [], "it holds all that it may");
        let own = hand.choose(vec![queue(1, 2_600, 1)]);
        assert_eq!((own.len(), own[0].to_many), (1, false), "a letter that somebody waits for goes beside");
        let both = hand.choose(vec![queue(1, 2_600, 100), queue(2, 0, 1)]);
        assert_eq!(both[0].account, account(2), "another account's is first");
        assert_eq!(both.len(), 1 + OF_ACCOUNT - TO_MANY);
        for due in &first {
            hand.let_go(due.account, due.to_many);
        }
        assert_eq!((hand.all, hand.of.len()), (0, 0));
    }

    /// Rules: E7.
    #[test]
    fn whoever_holds_least_is_served_first_where_there_is_not_room_for_all() {
        let mut hand = Hand::default();
        let accounts = HELD / OF_ACCOUNT;
        for of in 1..accounts as u128 {
            (0..OF_ACCOUNT).for_each(|_| hand.hold(account(of), false));
        }
        (0..OF_ACCOUNT - 2).for_each(|_| hand.hold(account(98), false));
        let due: Vec<AccountId> = [1, 98, 99, 100].map(account).into();
        assert_eq!(hand.room(due), [(account(99), 2), (account(100), 2)], "two are left");
        let chosen = hand.choose(vec![queue(98, 0, 3), queue(99, 0, 3), queue(100, 0, 3)]);
        let whose: Vec<AccountId> = chosen.iter().map(|due| due.account).collect();
        assert_eq!(whose, [account(99), account(100)]);
    }
}
