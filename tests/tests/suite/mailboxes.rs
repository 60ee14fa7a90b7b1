//! Which of a person's mailboxes may do what, over HTTP with the mail of each read: what the one before is let do gives
//! the address back, what is kept is nobody else's, what a dispute takes, and what staff asked for stands.

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use twofold_domain::policy::Role;
use twofold_domain::time::Span;
use twofold_domain::user::UserEvent;
use twofold_projections::fact::{Event, decode};
use twofold_tests::person::Person;
use twofold_tests::stories;
use twofold_tests::town::{Town, token_of};

use super::disputed::{asks, link_in, put_right, to};
use super::people::link_at;
use super::stolen::{moved, upon};
use super::visit::{Visit, code, text};

const THIEFS: &str = "t@blefuscu.example";
const NEXT: &str = "u@blefuscu.example";
const BACK: &str = "the herring came home";

/// Sets a password by a link, and says what that came to.
async fn sets(town: &Town, visit: &Visit<'_>, token: Option<String>, password: &str) -> Result<String> {
    town.never_in_log(password);
    let set = json!({ "token": token, "password": password });
    Ok(visit.bare("POST", "/v1/set-up", set).await?.gist())
}

/// What a sign-in with an address and a password comes to.
async fn enters(visit: &Visit<'_>, town: &Town, email: &str, password: &str) -> Result<String> {
    let body = json!({ "email": email, "password": password });
    let path = format!("/v1/accounts/{}/sign-ins", town.account);
    let answer = visit.bare("POST", &path, body).await?;
    Ok(answer.body["result"].as_str().map_or_else(|| answer.gist(), str::to_owned))
}

async fn asked_by_staff(visit: &Visit<'_>, staff: &Person, who: &Person, email: &str) -> Result<String> {
    let path = format!("/v1/users/{}/email-change", who.user);
    Ok(visit.ask(staff, "POST", &path, json!({ "email": email })).await?.gist())
}

stories! {
    /// Rules: C4, H2, H3, H4.
    async fn whoever_comes_in_by_the_mailbox_before_has_its_address_again_and_the_other_opens_nothing(town) {
        let visit = Visit::open(&town).await?;
        let mut owner = town.owner().await?;
        for way in ["forgotten", "reactivated"] {
            owner.sign_in(&town, town.here()).await?;
            visit.freshen(&mut owner).await?;
            let agent = owner.welcome_enrolled(&town, Role::Agent).await?;
            let (right, thiefs) = (agent.email.clone(), format!("{way}@blefuscu.example"));
            moved(&town, &visit, &agent, &thiefs).await?;
            town.wait(Span::hours(1));
            if way == "forgotten" {
                asks(&visit, &town, "/v1/password-resets", &right).await?;
            } else {
                visit.freshen(&mut owner).await?;
                ensure!(upon(&visit, &owner, &agent, "deactivate").await? == "200");
                town.letters(agent.user).await?;
                let again = format!("/v1/users/{}/reactivate", agent.user);
                visit.grant(&owner, "POST", &again, json!({})).await?;
            }
            let letters = town.letters(agent.user).await?;
            let link = link_in(&town, &letters, &right, "/setup/");
            ensure!(link.is_some() && link_in(&town, &letters, &thiefs, "/setup/").is_none(), "{way}");
            ensure!(visit.ask(&agent, "GET", "/v1/me", Value::Null).await?.gist() == "200" || way == "reactivated");
            // Days later, where the link lives as long.
            town.wait(if way == "forgotten" { Span::minutes(50) } else { Span::hours(100) });
            ensure!(sets(&town, &visit, link, BACK).await? == "200", "{way}");
            let letters = town.letters(agent.user).await?;
            ensure!(to(&letters, &thiefs) == 1 && to(&letters, &right) == 1, "{way}: both are told");
            let no = json!({ "token": link_in(&town, &letters, &thiefs, "/not-me/") });
            ensure!(!no["token"].is_null(), "{way}");
            code(&visit.bare("POST", "/v1/not-me", no).await?, "410 link_over")?;
            ensure!(visit.ask(&agent, "GET", "/v1/me", Value::Null).await?.gist().starts_with("401"), "{way}: the thief's session");
            ensure!(enters(&visit, &town, &right, BACK).await? == "challenge", "{way}");
            ensure!(enters(&visit, &town, &thiefs, BACK).await?.starts_with("401"), "{way}");
            town.wait(Span::hours(73));
            town.letters(agent.user).await?;
            asks(&visit, &town, "/v1/password-resets", &thiefs).await?;
            ensure!(town.letters(agent.user).await?.is_empty(), "{way}: it finds nobody");
            asks(&visit, &town, "/v1/password-resets", &right).await?;
            ensure!(to(&town.letters(agent.user).await?, &right) == 1, "{way}");
        }
        Ok(())
    }

    /// Rules: H1, H3.
    async fn an_address_that_is_kept_for_somebody_is_given_to_nobody_else_and_staff_are_told_why(town) {
        let visit = Visit::open(&town).await?;
        let mut owner = town.owner().await?;
        let agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let other = owner.welcome_enrolled(&town, Role::Agent).await?;
        let right = agent.email.clone();
        moved(&town, &visit, &agent, THIEFS).await?;
        visit.freshen(&mut owner).await?;
        let guest = |email: &str| json!({ "name": "A Guest", "email": email, "role": "agent" });
        let kept = visit.ask(&owner, "POST", "/v1/users", guest(&right)).await?;
        code(&kept, "409 taken")?;
        ensure!(kept.body["user"] == agent.user.to_string().as_str(), "{}", kept.body);
        ensure!(kept.body["detail"].as_str().is_some_and(|detail| detail.contains("kept for them")), "{}", kept.body);
        ensure!(asked_by_staff(&visit, &owner, &other, &right).await? == "409 taken");
        // Somebody who asks for it themself learns no more than of one that is in use.
        let mine = json!({ "email": right });
        code(&visit.ask(&other, "POST", "/v1/users/me/email-change", mine).await?, "202")?;
        let letters = town.letters(other.user).await?;
        ensure!(link_in(&town, &letters, &right, "/email/").is_none() && to(&letters, &right) == 1);
        // As long as a freeze lasts; and whoever it is kept for has it again by staff.
        ensure!(upon(&visit, &owner, &agent, "freeze").await? == "200");
        town.wait(Span::hours(100));
        owner.sign_in(&town, town.here()).await?;
        visit.freshen(&mut owner).await?;
        code(&visit.ask(&owner, "POST", "/v1/users", guest(&right)).await?, "409 taken")?;
        put_right(&town, &visit, &mut owner, &agent, &right).await?;
        // What was taken before says so to staff, and how it is mended.
        let third = owner.welcome_enrolled(&town, Role::Agent).await?;
        let taken = visit.ask(&owner, "POST", &format!("/v1/users/{}/email-change", third.user), json!({ "email": right })).await?;
        code(&taken, "409 taken")?;
        ensure!(taken.body["detail"].as_str().is_some_and(|detail| detail.contains("change theirs first")), "{}", taken.body);
        // Once it is kept no longer anybody may have it.
        let free = third.email.clone();
        moved(&town, &visit, &third, NEXT).await?;
        town.wait(Span::hours(73));
        owner.sign_in(&town, town.here()).await?;
        visit.freshen(&mut owner).await?;
        code(&visit.ask(&owner, "POST", "/v1/users", guest(&free)).await?, "201")?;
        Ok(())
    }

    /// Rules: C6, H3.
    async fn a_factor_that_came_with_the_move_leads_nowhere_while_the_address_is_disputed(town) {
        let visit = Visit::open(&town).await?;
        let mut owner = town.owner().await?;
        let mut second = owner.welcome_enrolled(&town, Role::Admin).await?;
        // The thief bound the factor in the session that moved the address.
        let agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let right = agent.email.clone();
        moved(&town, &visit, &agent, THIEFS).await?;
        let no = token_of(&link_at(&town, agent.user, &right, "/not-me/").await?)?;
        code(&visit.bare("POST", "/v1/not-me", json!({ "token": no })).await?, "200")?;
        // An owner is fooled.
        let letters = put_right(&town, &visit, &mut owner, &agent, NEXT).await?;
        ensure!(link_in(&town, &letters, NEXT, "/thaw/").is_none(), "no link for what cannot be shown");
        let no = link_in(&town, &letters, &right, "/not-me/");
        code(&visit.bare("POST", "/v1/not-me", json!({ "token": no })).await?, "200")?;
        let letters = town.letters(agent.user).await?;
        ensure!(link_in(&town, &letters, NEXT, "/thaw/").is_none(), "nor once it is disputed");
        asks(&visit, &town, "/v1/thaws/links", NEXT).await?;
        ensure!(town.letters(agent.user).await?.is_empty());
        town.never_in_log("a thief by candle light");
        // The owner who was fooled does not settle it; an admin who was here before does not outrank them.
        visit.freshen(&mut owner).await?;
        visit.freshen(&mut second).await?;
        ensure!(upon(&visit, &second, &agent, "unfreeze").await? == "409 address_disputed");
        // A sole owner's word waits once more; then the link takes no factor, and with the factor it is no sooner.
        let path = format!("/v1/users/{}/unfreeze", agent.user);
        let word = visit.grant(&owner, "POST", &path, json!({ "reason": "stood before me" })).await?;
        ensure!(word["opens_at"].as_str() > word["address_changed_at"].as_str(), "{word}");
        let letters = town.letters(agent.user).await?;
        let back = link_in(&town, &letters, NEXT, "/thaw/");
        ensure!(back.is_some() && to(&letters, &right) >= 1, "the one before hears of the word");
        let otp = agent.next_code(&town)?;
        let thaw = json!({ "token": back, "otp": otp, "password": "a thief by candle light" });
        code(&visit.bare("POST", "/v1/thaws", thaw).await?, "409 address_disputed")?;
        Ok(())
    }

    /// Rules: C6, H3, H4.
    async fn what_staff_asked_for_stands_through_what_they_do_and_whoever_asked_hears_where_it_ends(town) {
        let visit = Visit::open(&town).await?;
        let mut owner = town.owner().await?;
        for way in ["sessions", "role", "reset", "deactivate", "freeze", "password"] {
            let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
            let (right, thiefs) = (agent.email.clone(), format!("{way}@blefuscu.example"));
            moved(&town, &visit, &agent, &thiefs).await?;
            town.wait(Span::hours(74));
            agent.email.clone_from(&thiefs);
            agent.sign_in(&town, town.here()).await?;
            owner.sign_in(&town, town.here()).await?;
            visit.freshen(&mut owner).await?;
            town.letters(agent.user).await?;
            ensure!(asked_by_staff(&visit, &owner, &agent, &right).await? == "202", "{way}");
            let letters = town.letters(agent.user).await?;
            ensure!(to(&letters, &thiefs) == 1 && link_in(&town, &letters, &thiefs, "/email/").is_none(), "{way}: told, and no link stops it");
            let confirm = link_in(&town, &letters, &right, "/email/");
            // Nor does the thief's session: not by another change, nor by ending it.
            town.wait(Span::minutes(2));
            visit.freshen(&mut agent).await?;
            let own = visit.ask(&agent, "POST", "/v1/users/me/email-change", json!({ "email": NEXT })).await?;
            code(&own, "409 address_in_correction")?;
            let none = visit.ask(&agent, "DELETE", "/v1/users/me/email-change", Value::Null).await?;
            code(&none, "409 no_change_waits")?;
            if way == "password" {
                // Whoever reads the wrong mailbox has a forgotten password mailed, and sets it.
                asks(&visit, &town, "/v1/password-resets", &thiefs).await?;
                let link = link_in(&town, &town.letters(agent.user).await?, &thiefs, "/setup/");
                ensure!(sets(&town, &visit, link, "a thief by candle light").await? == "200");
            } else {
            let of = format!("/v1/users/{}", agent.user);
            let (path, body) = match way {
                "sessions" => ("sessions/end", json!({ "which": "all" })),
                "role" => ("role", json!({ "role": "auditor" })),
                "reset" => ("reset-two-factor", json!({ "reason": "a thief", "compromise": true })),
                other => (other, json!({ "reason": "a thief" })),
            };
            let done = visit.versioned(&owner, "POST", &format!("{of}/{path}"), &of, body).await?;
            ensure!(done.status.is_success(), "{way}: {} {}", done.gist(), done.body);
            }
            let used = visit.bare("POST", "/v1/email-changes", json!({ "token": confirm })).await?;
            code(&used, "200").map_err(|error| error.context(way))?;
        }
        // Of somebody deactivated it is asked for, too; what ends it is told to whoever asked, and to where it was to go.
        let agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let right = agent.email.clone();
        moved(&town, &visit, &agent, THIEFS).await?;
        town.wait(Span::hours(74));
        owner.sign_in(&town, town.here()).await?;
        visit.freshen(&mut owner).await?;
        ensure!(upon(&visit, &owner, &agent, "deactivate").await? == "200");
        town.letters(agent.user).await?;
        ensure!(asked_by_staff(&visit, &owner, &agent, &right).await? == "202");
        let letters = town.letters(agent.user).await?;
        let (confirm, no) = (link_in(&town, &letters, &right, "/email/"), link_in(&town, &letters, THIEFS, "/not-me/"));
        town.letters(owner.user).await?;
        code(&visit.bare("POST", "/v1/not-me", json!({ "token": no })).await?, "200")?;
        code(&visit.bare("POST", "/v1/email-changes", json!({ "token": confirm })).await?, "410 link_over")?;
        let heard = |letters: &[twofold_infra::mail::Message]| letters.iter().filter(|letter| letter.subject.contains("was not confirmed")).count();
        ensure!(heard(&town.letters(owner.user).await?) == 1, "whoever asked hears of it");
        let letters = town.letters(agent.user).await?;
        ensure!(heard(&letters) == 1 && letters.iter().any(|l| l.to.as_str() == right && l.subject.contains("was not confirmed")));
        // Frozen by that, it is a correction, which nobody stops; they come back by the way of that once they may.
        town.wait(Span::minutes(2));
        visit.freshen(&mut owner).await?;
        ensure!(asked_by_staff(&visit, &owner, &agent, &right).await? == "202");
        let confirm = link_in(&town, &town.letters(agent.user).await?, &right, "/email/");
        code(&visit.bare("POST", "/v1/email-changes", json!({ "token": confirm })).await?, "200")?;
        Ok(())
    }

    /// Rules: C4, C6.
    async fn nobody_of_a_lower_role_stops_the_word_of_a_higher_one(town) {
        let visit = Visit::open(&town).await?;
        let mut owner = town.owner().await?;
        let mut admin = owner.welcome_enrolled(&town, Role::Admin).await?;
        let agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let frozen = owner.welcome_enrolled(&town, Role::EndUser).await?;
        let lost = owner.welcome_enrolled(&town, Role::EndUser).await?;
        visit.freshen(&mut owner).await?;
        for what in ["freeze", "unfreeze"] {
            ensure!(upon(&visit, &owner, &frozen, what).await? == "200", "{what}");
        }
        let of = format!("/v1/users/{}", lost.user);
        let reset = visit.versioned(&owner, "POST", &format!("{of}/reset-two-factor"), &of, json!({ "reason": "called" })).await?;
        ensure!(reset.status.is_success(), "{} {}", reset.gist(), reset.body);
        let facts = town.log().await?.iter().map(decode).collect::<Result<Vec<_>, _>>()?;
        let case = |who: &Person| {
            let found = facts.iter().find_map(|fact| match &fact.event {
                Event::User(user, UserEvent::ThawAllowed { recovery, .. }) if *user == who.user => Some(*recovery),
                Event::User(user, UserEvent::TwoFactorResetScheduled { recovery, .. }) if *user == who.user => {
                    *recovery
                }
                _ => None,
            });
            json!({ "case": found.map(|case| case.to_string()) })
        };
        for (who, by) in [(&frozen, &admin), (&frozen, &agent), (&lost, &agent), (&lost, &admin)] {
            let path = format!("/v1/users/{}/recovery/stop", who.user);
            ensure!(visit.ask(by, "POST", &path, case(who)).await?.gist().starts_with("403"), "{path}");
        }
        // Nor another address: not by keeping the one before, nor by a third.
        ensure!(asked_by_staff(&visit, &owner, &lost, NEXT).await? == "202");
        town.wait(Span::minutes(2));
        visit.freshen(&mut owner).await?;
        let change = format!("{of}/email-change");
        for by in [&admin, &agent] {
            ensure!(visit.ask(by, "DELETE", &change, Value::Null).await?.gist().starts_with("403"));
            ensure!(asked_by_staff(&visit, by, &lost, THIEFS).await?.starts_with("403"));
        }
        let kept = visit.ask(&owner, "DELETE", &change, Value::Null).await?;
        ensure!(kept.status.is_success(), "{} {}", kept.gist(), kept.body);
        // Nor does an admin by another freeze; an owner stops it.
        visit.freshen(&mut admin).await?;
        ensure!(upon(&visit, &admin, &frozen, "freeze").await?.starts_with("409"));
        for who in [&frozen, &lost] {
            let path = format!("/v1/users/{}/recovery/stop", who.user);
            let stopped = visit.ask(&owner, "POST", &path, case(who)).await?;
            ensure!(stopped.status.is_success(), "{} {}", stopped.gist(), stopped.body);
        }
        Ok(())
    }

    /// Rules: C6, P2.
    async fn whoever_signs_in_through_a_provider_only_comes_back_from_a_freeze_without_a_password(town) {
        let visit = Visit::open(&town).await?;
        let mut owner = town.owner().await?;
        visit.freshen(&mut owner).await?;
        let guest = json!({ "name": "Sso Only", "email": "sso@lilliput.example", "role": "agent" });
        let user = text(&visit.grant(&owner, "POST", "/v1/users", guest).await?, "/user")?;
        let of = format!("/v1/users/{user}");
        let google = json!({ "provider": "google", "subject": "sub-1" });
        visit.grant(&owner, "POST", &format!("{of}/identity-providers"), google).await?;
        for what in ["freeze", "unfreeze"] {
            visit.grant(&owner, "POST", &format!("{of}/{what}"), json!({ "reason": "a thief" })).await?;
        }
        let letters = town.letters(user.parse()?).await?;
        let back = link_in(&town, &letters, "sso@lilliput.example", "/thaw/");
        let look = visit.bare("POST", "/v1/thaws/look", json!({ "token": back })).await?;
        ensure!(look.body["sets_password"] == false && look.body["takes_factor"] == false, "{}", look.body);
        town.never_in_log("a thief by candle light");
        let set = json!({ "token": back, "password": "a thief by candle light" });
        ensure!(visit.bare("POST", "/v1/thaws", set).await?.gist().starts_with("422"));
        code(&visit.bare("POST", "/v1/thaws", json!({ "token": back })).await?, "200")?;
        ensure!(enters(&visit, &town, "sso@lilliput.example", "a thief by candle light").await?.starts_with("401"));
        ensure!(town.count("UserThawed").await? == 1);
        Ok(())
    }

    /// Rules: H3.
    async fn the_mailbox_that_staff_replaced_is_told_of_a_later_change_and_stops_none(town) {
        let visit = Visit::open(&town).await?;
        let mut owner = town.owner().await?;
        let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        put_right(&town, &visit, &mut owner, &agent, NEXT).await?;
        let before = std::mem::replace(&mut agent.email, NEXT.to_owned());
        agent.sign_in(&town, town.here()).await?;
        visit.freshen(&mut agent).await?;
        town.letters(agent.user).await?;
        visit.grant(&agent, "POST", "/v1/users/me/email-change", json!({ "email": THIEFS })).await?;
        let letters = town.letters(agent.user).await?;
        ensure!(link_in(&town, &letters, NEXT, "/email/").is_some(), "whoever has it may stop it");
        ensure!(to(&letters, &before) == 1 && link_in(&town, &letters, &before, "/email/").is_none());
        Ok(())
    }
}
