//! Hundreds and thousands of people at once: they come from another system, by the import that everybody
//! uses, with a password and, where wanted, an authenticator. So their rows are what an import leaves.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::{Result, ensure};
use twofold_domain::policy::Role;
use twofold_infra::acts::{Imported, import};
use twofold_infra::import::{OtpUri, Row};
use twofold_infra::verify::foreign::ForeignHash;

use crate::authenticator::Authenticator;
use crate::person::{Browser, Person, password};
use crate::town::Town;

/// What all of them type.
const PASSWORD: &str = "glubbdubdrib by the sea";
/// The first half of everybody's key; the second is their number.
const KEY: &str = "JBSWY3DPEHPK3PXP";

/// What people bring along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Brings {
    /// A password.
    Password,
    /// A password and an authenticator: they are enrolled from the first moment.
    Authenticator,
}

/// As many new end users, in the order of their numbers.
pub async fn arrive(town: &Town, by: &Person, people: usize, brings: Brings) -> Result<Vec<Person>> {
    arrive_as(town, by, Role::EndUser, people, brings).await
}

/// The same in any role.
pub async fn arrive_as(
    town: &Town,
    by: &Person,
    role: Role,
    people: usize,
    brings: Brings,
) -> Result<Vec<Person>> {
    let desk = town.here();
    let hash = desk.passwords().hash(password(PASSWORD)?).await?;
    let hash = ForeignHash::parse(std::str::from_utf8(hash.bytes())?)?;
    town.never_in_log(PASSWORD);
    let mut rows = Vec::with_capacity(people);
    let mut crowd = Vec::with_capacity(people);
    for n in 0..people {
        let mut person = town.somebody(role);
        PASSWORD.clone_into(&mut person.password);
        let otp = match brings {
            Brings::Password => None,
            Brings::Authenticator => {
                let key = format!("{KEY}{}", base32_of(n));
                town.never_in_log(&key);
                person.phone = Some(Authenticator::typed(&key)?);
                Some(OtpUri::parse(&format!("otpauth://totp/x?secret={key}"))?)
            }
        };
        rows.push(Row {
            line: n as u64 + 2,
            name: person.name.clone(),
            email: person.email.clone(),
            role: person.role,
            language: Some("en".to_owned()),
            groups: BTreeSet::new(),
            provider: None,
            password: Some(hash.clone()),
            otp,
        });
        crowd.push(person);
    }
    let context = town.request();
    let became = import(desk, town.account, &context, &by.credential()?, &Arc::from(rows)).await?;
    ensure!(became.len() == people, "{} of {people} came", became.len());
    for (person, (_, became)) in crowd.iter_mut().zip(became) {
        let Imported::Created(user) = became else { anyhow::bail!("{}: {became:?}", person.email) };
        person.user = user;
        person.browser = Browser::default();
    }
    Ok(crowd)
}

/// Sixteen letters of base32, a number's own.
fn base32_of(n: usize) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    (0..16).map(|place| char::from(LETTERS[n.checked_shr(5 * place).unwrap_or(0) & 31])).collect()
}
