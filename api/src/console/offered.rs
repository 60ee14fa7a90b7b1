//! What is asked for where a second factor is needed, and what else there is, each by its own name: every other factor
//! of the person, their recovery codes, and the way that is left without any of them.

use twofold_domain::factor::FactorKind;
use twofold_domain::ids::FactorId;
use twofold_domain::user::RecoveryRoute;
use twofold_infra::acts::{Offered, Offers, offers};

use super::door::{Door, Me};
use super::refused::Refused;
use super::{repair, words};
use crate::pages::entry::{Answers, CodeField};
use crate::pages::frame::Frame;

/// The value that asks for a recovery code.
pub(super) const RECOVERY_CODE: &str = "recovery-code";

/// What a challenge asks for.
pub(super) struct Prompt<'a> {
    offers: &'a Offers,
    /// Whether keys can be asked here.
    keys: bool,
    asks: Asks<'a>,
}

#[derive(PartialEq, Eq)]
enum Asks<'a> {
    RecoveryCode,
    /// A code that was sent to a number.
    Text(&'a Offered),
    /// A key, and nothing else.
    Key,
    /// A code that an app or a token shows; a key beside it, where there is one.
    Codes,
}

impl<'a> Prompt<'a> {
    /// What the reader chose; what is asked for first, where they chose nothing, or nothing that is theirs.
    pub(super) fn of(offers: &'a Offers, with: &str, keys: bool) -> Self {
        let usable = |offered: &&Offered| keys || offered.kind != FactorKind::Webauthn;
        let mut factors = offers.factors.iter().filter(usable);
        let chosen: Option<FactorId> = with.parse().ok();
        let found = chosen.and_then(|id| factors.clone().find(|offered| offered.factor == id));
        let shows_codes = factors.clone().any(shows_codes);
        let asks = match found.or_else(|| factors.next()) {
            _ if with == RECOVERY_CODE => Asks::RecoveryCode,
            Some(number) if number.kind == FactorKind::Sms => Asks::Text(number),
            Some(key) if key.kind == FactorKind::Webauthn && (found.is_some() || !shows_codes) => Asks::Key,
            Some(_) | None => Asks::Codes,
        };
        Self { offers, keys, asks }
    }

    /// Whether it is a recovery code.
    pub(super) fn recovery_code(&self) -> bool {
        self.asks == Asks::RecoveryCode
    }

    /// The number to which a code is sent.
    pub(super) const fn texts(&self) -> Option<&'a Offered> {
        match self.asks {
            Asks::Text(number) => Some(number),
            Asks::RecoveryCode | Asks::Key | Asks::Codes => None,
        }
    }

    /// Whether a key is asked, alone or beside a code.
    pub(super) fn asks_key(&self) -> bool {
        let key = self.offers.factors.iter().any(|offered| offered.kind == FactorKind::Webauthn);
        self.keys && key && matches!(self.asks, Asks::Key | Asks::Codes)
    }

    /// The field for a code of an app or a token. A reader whose key cannot be asked is not left without one.
    pub(super) fn codes(&self, f: &Frame, key_is_asked: bool) -> Option<CodeField> {
        let makers: Vec<&Offered> = self.offers.factors.iter().filter(|o| shows_codes(o)).collect();
        let asked = match self.asks {
            Asks::RecoveryCode | Asks::Text(_) => false,
            Asks::Key => !key_is_asked,
            Asks::Codes => !key_is_asked || !makers.is_empty(),
        };
        let of = |kind| makers.iter().any(|offered| offered.kind == kind);
        let label = match (of(FactorKind::Totp), of(FactorKind::Token)) {
            (true, true) => "app-or-token-code",
            (false, true) => "token-code",
            (true | false, false) => "app-code",
        };
        let from = names(f, &makers);
        let from = (!from.is_empty()).then(|| f.v("code-from", from));
        // Whoever has a token reads how it is found again, before its first code is refused and after.
        let token = of(FactorKind::Token).then(|| f.s("token-code-hint"));
        let said = [from, Some(f.s("app-code-hint")), token];
        let hint = said.into_iter().flatten().collect::<Vec<_>>().join(" ");
        asked.then(|| CodeField { label: f.s(label), hint })
    }

    /// The names of the keys that are asked.
    pub(super) fn key_names(&self, f: &Frame) -> String {
        let keys: Vec<&Offered> =
            self.offers.factors.iter().filter(|o| o.kind == FactorKind::Webauthn).collect();
        names(f, &keys)
    }

    /// The factors that this page does not ask for.
    pub(super) fn others(&self) -> impl Iterator<Item = &'a Offered> {
        let usable = self.offers.factors.iter().filter(|o| self.keys || o.kind != FactorKind::Webauthn);
        usable.filter(|offered| match self.asks {
            Asks::RecoveryCode => true,
            Asks::Text(number) => number.factor != offered.factor,
            Asks::Key => offered.kind != FactorKind::Webauthn,
            Asks::Codes => offered.kind == FactorKind::Sms,
        })
    }
}

fn shows_codes(offered: &Offered) -> bool {
    matches!(offered.kind, FactorKind::Totp | FactorKind::Token)
}

fn names(f: &Frame, factors: &[&Offered]) -> String {
    let names = factors.iter().filter_map(|offered| offered.name.as_deref());
    names.map(|name| f.v("quoted", name)).collect::<Vec<_>>().join(", ")
}

/// A factor as it is spoken of: its name, its kind, and the number that it goes to.
pub(super) fn called(f: &Frame, offered: &Offered) -> String {
    let kind = f.s(words::kind(offered.kind));
    let kind = match &offered.number {
        Some(number) => format!("{kind} {number}"),
        None => kind,
    };
    match &offered.name {
        Some(name) => f.vw("factor-called", name, kind),
        None => kind,
    }
}

/// Everything that answers in somebody's session, and what is left to whoever has none of it.
pub(super) async fn answers(door: &Door, me: &Me) -> Result<Answers, Refused> {
    let found = offers(&door.app.desk, &door.state, &me.user, door.now()).await?;
    let mut all: Vec<String> = found.factors.iter().map(|offered| called(&door.frame, offered)).collect();
    if found.recovery_code {
        all.push(door.frame.s("a-recovery-code"));
    }
    let (lost, words) = if repair::offered(door, me).await? {
        (door.path("security/recovery"), "repair-offer")
    } else {
        let words = match found.lost {
            RecoveryRoute::Mailbox | RecoveryRoute::Owner => "step-up-lost",
            RecoveryRoute::Grant
            | RecoveryRoute::Staff
            | RecoveryRoute::TrustedDevice
            | RecoveryRoute::Frozen
            | RecoveryRoute::Operator => "lost-team",
        };
        (String::new(), words)
    };
    let token = found.factors.iter().any(|offered| offered.kind == FactorKind::Token);
    let hint = [Some("app-or-recovery-code-hint"), token.then_some("token-code-hint")];
    let hint = hint.into_iter().flatten().map(|key| door.frame.s(key)).collect::<Vec<_>>().join(" ");
    Ok(Answers { all, lost, words: door.frame.s(words), hint })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::Language;
    use crate::site::Site;
    use twofold_domain::factor::FactorKind::{Sms, Token, Totp, Webauthn};

    fn offer(kinds: &[FactorKind]) -> Offers {
        let offered = |(n, kind): (usize, &FactorKind)| Offered {
            factor: FactorId::from_uuid(uuid::Uuid::from_u128(n as u128 + 1)),
            kind: *kind,
            name: Some(format!("{kind:?} {n}")),
            number: (*kind == Sms).then(|| "••56".to_owned()),
        };
        let factors = kinds.iter().enumerate().map(offered).collect();
        Offers { factors, recovery_code: true, lost: RecoveryRoute::Mailbox }
    }

    /// Rules: E7.
    #[test]
    fn whatever_a_page_asks_for_every_other_factor_is_offered_by_name() {
        let site = Site::new("http://localhost".parse().unwrap());
        let f = Frame::new(Language::En, &site);
        let all = [Totp, Sms, Webauthn, Token, Sms];
        let offers = offer(&all);
        let with = |n: usize| offers.factors[n].factor.to_string();
        for (with, asked) in [
            (String::new(), vec![0, 2, 3]),
            (with(0), vec![0, 2, 3]),
            (with(1), vec![1]),
            (with(2), vec![2]),
            (with(3), vec![0, 2, 3]),
            (with(4), vec![4]),
            (RECOVERY_CODE.to_owned(), vec![]),
            ("fac_of_somebody_else".to_owned(), vec![0, 2, 3]),
        ] {
            let prompt = Prompt::of(&offers, &with, true);
            let others: Vec<&str> = prompt.others().filter_map(|o| o.name.as_deref()).collect();
            for (n, offered) in offers.factors.iter().enumerate() {
                let name = offered.name.as_deref().unwrap();
                let field = prompt.codes(&f, prompt.asks_key());
                let on_page = prompt.texts().is_some_and(|number| number.factor == offered.factor)
                    || field.is_some_and(|field| shows_codes(offered) && field.hint.contains(name))
                    || (prompt.asks_key() && prompt.key_names(&f).contains(name));
                assert_eq!(on_page, asked.contains(&n), "{with}: {name}");
                assert!(on_page != others.contains(&name), "{with}: {name} is offered once");
            }
        }
    }

    /// Rules: E4.
    #[test]
    fn whoever_has_a_token_reads_how_one_that_is_out_of_step_is_found_again() {
        let site = Site::new("http://localhost".parse().unwrap());
        for language in Language::ALL {
            let f = Frame::new(language, &site);
            for (kinds, told) in [(vec![Totp], false), (vec![Totp, Token], true), (vec![Token], true)] {
                let field = Prompt::of(&offer(&kinds), "", true).codes(&f, false).unwrap();
                assert_eq!(field.hint.contains(&f.s("token-code-hint")), told, "{kinds:?}");
            }
        }
    }

    #[test]
    fn nobody_is_left_without_a_field_where_keys_cannot_be_asked() {
        let site = Site::new("http://localhost".parse().unwrap());
        let f = Frame::new(Language::En, &site);
        for kinds in [vec![], vec![Webauthn], vec![Webauthn, Totp]] {
            let offers = offer(&kinds);
            let prompt = Prompt::of(&offers, "", false);
            assert!(!prompt.asks_key() && prompt.codes(&f, false).is_some(), "{kinds:?}");
        }
    }
}
