//! Two mailboxes that could each be the person's: what a thief's gets after staff put the address right, what the
//! person's gets after staff were fooled, and that somebody frozen with a wrong address is not shut out for good.

use anyhow::{Result, ensure};
use serde_json::json;
use twofold_domain::policy::Role;
use twofold_domain::time::Span;
use twofold_infra::mail::Message;
use twofold_tests::person::Person;
use twofold_tests::stories;
use twofold_tests::town::{Town, token_of};

use super::people::link_at;
use super::stolen::{moved, upon};
use super::visit::{Visit, code, text};

const THIEFS: &str = "t@blefuscu.example";

/// An address that staff put in the place of another, confirmed at the new one; what was mailed then.
pub(super) async fn put_right(
    town: &Town,
    visit: &Visit<'_>,
    staff: &mut Person,
    who: &Person,
    to: &str,
) -> Result<Vec<Message>> {
    town.wait(Span::minutes(2));
    visit.freshen(staff).await?;
    town.letters(who.user).await?;
    let path = format!("/v1/users/{}/email-change", who.user);
    visit.grant(staff, "POST", &path, json!({ "email": to })).await?;
    let token = token_of(&link_at(town, who.user, to, "/email/").await?)?;
    code(&visit.bare("POST", "/v1/email-changes", json!({ "token": token })).await?, "200")?;
    town.letters(who.user).await
}

/// The link of a kind that stands in the last letter to an address.
pub(super) fn link_in(town: &Town, letters: &[Message], address: &str, page: &str) -> Option<String> {
    let there = letters.iter().filter(|letter| letter.to.as_str() == address);
    let link = there.flat_map(|letter| letter.body.split_whitespace()).rfind(|word| word.contains(page))?;
    let token = token_of(link).ok()?;
    town.never_in_log(&token);
    Some(token)
}

pub(super) async fn asks(visit: &Visit<'_>, town: &Town, door: &str, email: &str) -> Result<()> {
    town.wait(Span::minutes(2));
    let body = json!({ "account": town.account.to_string(), "email": email });
    code(&visit.bare("POST", door, body).await?, "202")
}

pub(super) fn to(letters: &[Message], address: &str) -> usize {
    letters.iter().filter(|letter| letter.to.as_str() == address).count()
}

stories! {
    /// Rules: H3, C4, C6.
    async fn an_address_that_staff_replaced_takes_no_sign_in_back(town) {
        let visit = Visit::open(&town).await?;
        let mut owner = town.owner().await?;
        let mut customer = owner.welcome_enrolled(&town, Role::EndUser).await?;
        let right = customer.email.clone();
        // The factor was theirs long before.
        town.wait(Span::hours(73));
        customer.sign_in(&town, town.here()).await?;
        visit.freshen(&mut customer).await?;
        moved(&town, &visit, &customer, THIEFS).await?;
        town.wait(Span::hours(74));
        owner.sign_in(&town, town.here()).await?;
        let letters = put_right(&town, &visit, &mut owner, &customer, &right).await?;
        // A forgotten password goes to neither.
        for email in [right.as_str(), THIEFS] {
            asks(&visit, &town, "/v1/password-resets", email).await?;
        }
        ensure!(town.letters(customer.user).await?.is_empty(), "a mailbox alone gets no password yet");

        // The thief's says no: it freezes, and the way back goes to the other.
        let no = link_in(&town, &letters, THIEFS, "/not-me/");
        code(&visit.bare("POST", "/v1/not-me", json!({ "token": no })).await?, "200")?;
        let letters = town.letters(customer.user).await?;
        ensure!(to(&letters, THIEFS) == 1 && link_in(&town, &letters, THIEFS, "/thaw/").is_none());
        ensure!(link_in(&town, &letters, &right, "/thaw/").is_some());
        asks(&visit, &town, "/v1/thaws/links", THIEFS).await?;
        ensure!(town.letters(customer.user).await?.is_empty(), "nobody is found by it");
        asks(&visit, &town, "/v1/thaws/links", &right).await?;
        let back = link_in(&town, &town.letters(customer.user).await?, &right, "/thaw/");
        let look = visit.bare("POST", "/v1/thaws/look", json!({ "token": back })).await?;
        ensure!(look.body["may_wait"] == false && look.body["takes_factor"] == true, "{}", look.body);
        let waits = visit.bare("POST", "/v1/thaws/wait", json!({ "token": back })).await?;
        ensure!(waits.gist().ends_with("recovery_refused"), "{}", waits.gist());
        town.letters(customer.user).await?;
        // With the factor they are back at once, at the right address.
        "the herring came home".clone_into(&mut customer.password);
        town.never_in_log(&customer.password);
        let otp = customer.next_code(&town)?;
        let set = json!({ "token": back, "otp": otp, "password": customer.password });
        let thawed = visit.bare("POST", "/v1/thaws", set).await?;
        ensure!(thawed.gist() == "200" && thawed.body["email"] == right.as_str(), "{} {}", thawed.gist(), thawed.body);
        Ok(())
    }

    /// Rules: C6, H3.
    async fn whoever_was_replaced_by_fooled_staff_says_no_and_another_one_decides(town) {
        let visit = Visit::open(&town).await?;
        let mut owner = town.owner().await?;
        let mut admin = owner.welcome_enrolled(&town, Role::Admin).await?;
        let agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let right = agent.email.clone();
        town.wait(Span::hours(73));
        admin.sign_in(&town, town.here()).await?;
        let letters = put_right(&town, &visit, &mut admin, &agent, THIEFS).await?;
        let no = link_in(&town, &letters, &right, "/not-me/");
        code(&visit.bare("POST", "/v1/not-me", json!({ "token": no })).await?, "200")?;
        visit.freshen(&mut admin).await?;
        ensure!(upon(&visit, &admin, &agent, "unfreeze").await? == "409 address_disputed");
        // Not by a freeze of their own, not by the same change again, and not when time has passed.
        ensure!(upon(&visit, &admin, &agent, "freeze").await? == "200");
        town.wait(Span::hours(80));
        admin.sign_in(&town, town.here()).await?;
        put_right(&town, &visit, &mut admin, &agent, "u@blefuscu.example").await?;
        ensure!(upon(&visit, &admin, &agent, "unfreeze").await? == "409 address_disputed");
        // The owner puts it right, while it is frozen; the link goes there, and their word rests with the change.
        owner.sign_in(&town, town.here()).await?;
        let letters = put_right(&town, &visit, &mut owner, &agent, &right).await?;
        ensure!(link_in(&town, &letters, &right, "/thaw/").is_some());
        ensure!(to(&letters, "u@blefuscu.example") == 1, "it is told");
        let path = format!("/v1/users/{}/unfreeze", agent.user);
        let word = visit.grant(&owner, "POST", &path, json!({ "reason": "stood before me" })).await?;
        let goes_to = text(&word, "/goes_to")?;
        ensure!(goes_to.ends_with("@lilliput.example") && !goes_to.contains(&right), "{goes_to}");
        ensure!(text(&word, "/opens_at")? > text(&word, "/address_changed_at")?, "{word}");
        Ok(())
    }

    /// Rules: C6, C9, H3.
    async fn somebody_frozen_with_a_stolen_address_is_put_right_by_staff_or_by_their_own_late_no(town) {
        let visit = Visit::open(&town).await?;
        let mut owner = town.owner().await?;
        let agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let customer = owner.welcome_enrolled(&town, Role::EndUser).await?;
        moved(&town, &visit, &agent, THIEFS).await?;
        moved(&town, &visit, &customer, "u@blefuscu.example").await?;
        let no = token_of(&link_at(&town, customer.user, &customer.email, "/not-me/").await?)?;
        town.wait(Span::hours(74));
        owner.sign_in(&town, town.here()).await?;
        visit.freshen(&mut owner).await?;
        ensure!(upon(&visit, &owner, &agent, "freeze").await? == "200");
        let wrong = token_of(&link_at(&town, agent.user, THIEFS, "/thaw/").await?)?;
        ensure!(upon(&visit, &owner, &agent, "unfreeze").await? == "200");
        let letters = put_right(&town, &visit, &mut owner, &agent, &agent.email.clone()).await?;
        ensure!(link_in(&town, &letters, &agent.email, "/thaw/").is_some());
        let set = json!({ "token": wrong, "password": "thief phrase number 99" });
        town.never_in_log("thief phrase number 99");
        code(&visit.bare("POST", "/v1/thaws", set).await?, "410 link_over")?;
        asks(&visit, &town, "/v1/thaws/links", THIEFS).await?;
        ensure!(to(&town.letters(agent.user).await?, THIEFS) == 0);

        // The customer's own no, to the notice of the change, after recovery would have gone to the new one.
        code(&visit.bare("POST", "/v1/not-me", json!({ "token": no })).await?, "200")?;
        let letters = town.letters(customer.user).await?;
        ensure!(link_in(&town, &letters, "u@blefuscu.example", "/thaw/").is_none());
        let back = link_in(&town, &letters, &customer.email, "/thaw/");
        code(&visit.bare("POST", "/v1/thaws/wait", json!({ "token": back })).await?, "202")?;
        let letters = town.letters(customer.user).await?;
        ensure!(to(&letters, "u@blefuscu.example") == 1 && to(&letters, &customer.email) == 1, "both are told");
        town.wait(Span::hours(72));
        asks(&visit, &town, "/v1/thaws/links", &customer.email).await?;
        let back = link_in(&town, &town.letters(customer.user).await?, &customer.email, "/thaw/");
        let set = json!({ "token": back, "password": "the herring came home" });
        town.never_in_log("the herring came home");
        let thawed = visit.bare("POST", "/v1/thaws", set).await?;
        ensure!(thawed.body["email"] == customer.email.as_str(), "{} {}", thawed.gist(), thawed.body);
        Ok(())
    }

    /// Rules: C6, H3.
    async fn while_staff_correct_an_address_its_reader_gets_no_way_back(town) {
        let visit = Visit::open(&town).await?;
        let mut owner = town.owner().await?;
        let agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        moved(&town, &visit, &agent, THIEFS).await?;
        town.wait(Span::hours(74));
        owner.sign_in(&town, town.here()).await?;
        visit.freshen(&mut owner).await?;
        ensure!(upon(&visit, &owner, &agent, "freeze").await? == "200");
        let frozen = town.letters(agent.user).await?;
        let wrong = link_in(&town, &frozen, THIEFS, "/thaw/");
        ensure!(wrong.is_some());
        // A mistyped one, first.
        let path = format!("/v1/users/{}/email-change", agent.user);
        visit.grant(&owner, "POST", &path, json!({ "email": "grildig@lilliput.example" })).await?;
        town.letters(agent.user).await?;
        let vouch = format!("/v1/users/{}/unfreeze", agent.user);
        let word = visit.ask(&owner, "POST", &vouch, json!({ "reason": "stood before me" })).await?;
        ensure!(word.gist() == "409 address_in_correction", "{} {}", word.gist(), word.body);
        ensure!(text(&word.body, "/detail")?.contains("cancel"), "{}", word.body);
        for (door, body) in [
            ("/v1/thaws/look", json!({ "token": wrong })),
            ("/v1/thaws/wait", json!({ "token": wrong })),
        ] {
            code(&visit.bare("POST", door, body).await?, "410 link_over")?;
        }
        // The reader of the wrong mailbox asks for another link, and it is frozen once more: neither helps them.
        asks(&visit, &town, "/v1/thaws/links", THIEFS).await?;
        ensure!(town.letters(agent.user).await?.is_empty());
        visit.freshen(&mut owner).await?;
        ensure!(upon(&visit, &owner, &agent, "freeze").await? == "200");
        let letters = town.letters(agent.user).await?;
        ensure!(to(&letters, THIEFS) == 1 && link_in(&town, &letters, THIEFS, "/thaw/").is_none(), "told, and no more");
        ensure!(upon(&visit, &owner, &agent, "unfreeze").await? == "409 address_in_correction");
        // The right one takes its place; once it is confirmed the way back goes there.
        let letters = put_right(&town, &visit, &mut owner, &agent, &agent.email.clone()).await?;
        ensure!(link_in(&town, &letters, &agent.email, "/thaw/").is_some());
        ensure!(link_in(&town, &letters, THIEFS, "/thaw/").is_none());
        visit.freshen(&mut owner).await?;
        let word = visit.grant(&owner, "POST", &vouch, json!({ "reason": "stood before me" })).await?;
        ensure!(text(&word, "/goes_to")?.ends_with("@lilliput.example"), "{word}");
        // Cancelled, or left alone for a day, the next one shuts nobody out.
        town.wait(Span::minutes(2));
        visit.grant(&owner, "POST", &path, json!({ "email": "grildig@lilliput.example" })).await?;
        ensure!(upon(&visit, &owner, &agent, "unfreeze").await? == "409 address_in_correction");
        let cancelled = visit.ask(&owner, "DELETE", &path, json!(null)).await?;
        ensure!(cancelled.status.is_success(), "{} {}", cancelled.gist(), cancelled.body);
        ensure!(upon(&visit, &owner, &agent, "unfreeze").await? == "200");
        Ok(())
    }
}
