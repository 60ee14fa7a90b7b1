//! "This was not me", over the HTTP API and with the mails read: by the link of a notice, by oneself, by staff;
//! every door shut; and the way back, with a second factor and without one.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use twofold_domain::permission::Act as Deed;
use twofold_domain::policy::Role;
use twofold_domain::time::Span;
use twofold_infra::acts::{Authenticate, Begun, EditPerson};
use twofold_projections::projector::Projector;
use twofold_projections::wait_notices::WaitNotices;
use twofold_tests::doors::{Answer, Doors};
use twofold_tests::person::{Browser, Person, answer, otp};
use twofold_tests::race;
use twofold_tests::stories;
use twofold_tests::town::Town;

pub(super) async fn send(doors: &Doors, who: Option<&Person>, path: &str, body: Value) -> Result<Answer> {
    let mut request = Request::builder().method("POST").uri(path).header("content-type", "application/json");
    if let Some(person) = who {
        request = request.header("authorization", format!("Bearer {}", person.session()?));
    }
    doors.ask(request.body(Body::from(body.to_string()))?).await
}

/// The token of the newest link of a kind in somebody's mail.
pub(super) async fn link(town: &Town, who: &Person, page: &str) -> Result<String> {
    let letters = town.letters(who.user).await?;
    let mut words = letters.iter().flat_map(|letter| letter.body.split_whitespace());
    let link = words.rfind(|word| word.contains(page)).with_context(|| format!("a letter with {page}"))?;
    let token = link.rsplit('/').next().unwrap_or_default().to_owned();
    town.never_in_log(token.clone());
    Ok(token)
}

/// Whether e-mail and password open anything.
pub(super) async fn opens(town: &Town, who: &Person) -> Result<bool> {
    Ok(!matches!(who.begin(town, town.there(), &mut Browser::default()).await?, Begun::Refused))
}

async fn may(town: &Town, who: &Person) -> Result<bool> {
    let act = Authenticate { credential: who.credential()?, deed: Deed::ReadOwn, counts_as_activity: false };
    Ok(town.perform(town.there(), act).await.is_ok())
}

pub(super) async fn not_me(doors: &Doors, token: &str) -> Result<Answer> {
    send(doors, None, "/v1/not-me", json!({ "token": token })).await
}

/// Asks for the link back, and takes it from the mail.
async fn ask_back(town: &Town, doors: &Doors, who: &Person) -> Result<String> {
    let body = json!({ "account": town.account.to_string(), "email": who.email });
    let asked = send(doors, None, "/v1/thaws/links", body).await?;
    ensure!(asked.gist() == "202", "{} {}", asked.gist(), asked.body);
    link(town, who, "/thaw/").await
}

pub(super) async fn look(doors: &Doors, token: &str) -> Result<Value> {
    let found = send(doors, None, "/v1/thaws/look", json!({ "token": token })).await?;
    ensure!(found.gist() == "200", "{} {}", found.gist(), found.body);
    Ok(found.body)
}

pub(super) async fn freeze(doors: &Doors, by: &Person, whom: &Person) -> Result<Answer> {
    let path = format!("/v1/users/{}/freeze", whom.user);
    send(doors, Some(by), &path, json!({ "reason": "called, and was not at that machine" })).await
}

async fn unfreeze(doors: &Doors, by: &Person, whom: &Person) -> Result<Answer> {
    let path = format!("/v1/users/{}/unfreeze", whom.user);
    send(doors, Some(by), &path, json!({ "reason": "stood before me" })).await
}

stories! {
    /// Rules: C6.
    async fn no_flood_of_events_hides_the_theft_from_whoever_says_not_me(town) {
        let doors = Doors::open(&town).await?;
        let owner = town.owner().await?;
        let agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let token = link(&town, &agent, "/not-me/").await?;
        // Whoever is in their session writes what fills the log, and means nothing.
        for n in 0..210 {
            let language = Some(if n % 2 == 0 { "es" } else { "en" }.to_owned());
            let (credential, user) = (agent.credential()?, agent.user);
            let act = EditPerson { credential, user, seen: None, name: None, language, groups: None };
            town.perform(town.there(), act).await?;
        }
        let froze = not_me(&doors, &token).await?;
        let recent = froze.body["recent"].as_array().context("what happened")?;
        for kind in ["PasswordSet", "FactorConfirmed", "TwoFactorEnabled", "SignInCompleted"] {
            let of_kind = recent.iter().filter(|event| event["event"] == kind).count();
            ensure!((1..=5).contains(&of_kind), "{kind}: {}", froze.body);
        }
        Ok(())
    }

    /// Rules: C6.
    async fn a_notices_link_freezes_a_sign_in_and_shuts_every_door(town) {
        let doors = Doors::open(&town).await?;
        let owner = town.owner().await?;
        let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        // Given a notice with its link, a session, and a sign-in that waits for its code.
        let token = link(&town, &agent, "/not-me/").await?;
        let mut browser = Browser::default();
        let challenge = agent.challenged(&town, town.here(), &mut browser).await?;

        // A link that was never made says what a dead one says, whatever account it names.
        let other = if token.ends_with('x') { 'y' } else { 'x' };
        let nobody = format!("{}{other}", &token[..token.len() - 1]);
        for forged in [nobody.as_str(), "tfn_nothing", ""] {
            let refused = not_me(&doors, forged).await?;
            ensure!(refused.gist() == "410 link_over", "{forged}: {}", refused.gist());
        }
        ensure!(may(&town, &agent).await?, "nothing happened yet");

        // When it is used, the session ends, and whatever was under way.
        let froze = not_me(&doors, &token).await?;
        ensure!(froze.gist() == "200", "{} {}", froze.gist(), froze.body);
        ensure!(froze.body["recent"].as_array().is_some_and(|recent| !recent.is_empty()), "{}", froze.body);
        ensure!(!may(&town, &agent).await?, "the session goes on");
        let proof = otp(&agent.next_code(&town)?)?;
        let proved = town.perform(town.there(), answer(&challenge, proof, true)?).await;
        ensure!(proved.is_err(), "a sign-in under way goes on");
        ensure!(!opens(&town, &agent).await?, "the password opens something");
        let dead = not_me(&doors, &token).await?;
        ensure!(dead.gist() == "410 link_over", "once: {}", dead.gist());

        // A forgotten password is answered as ever, and nothing is mailed that would set one.
        let told = town.letters(agent.user).await?;
        ensure!(told.iter().any(|letter| letter.body.contains("/thaw/")), "they are told, and the way back");
        let body = json!({ "account": town.account.to_string(), "email": agent.email });
        ensure!(send(&doors, None, "/v1/password-resets", body).await?.gist() == "202");
        let letters = town.letters(agent.user).await?;
        ensure!(!letters.iter().any(|letter| letter.body.contains("/setup/")), "a link past the freeze");

        // Then the link alone is not enough, a wrong code is charged, the old password will not do.
        town.wait(Span::minutes(1));
        let back = ask_back(&town, &doors, &agent).await?;
        let shown = look(&doors, &back).await?;
        ensure!(shown["takes_factor"] == true, "{shown}");
        let old = agent.password.clone();
        "a horse in the parlour".clone_into(&mut agent.password);
        town.never_in_log(&agent.password);
        let bare = json!({ "token": back, "password": agent.password });
        let refused = send(&doors, None, "/v1/thaws", bare).await?;
        ensure!(refused.gist().ends_with("proof_needed"), "{}", refused.gist());
        let right = agent.next_code(&town)?;
        let wrong = if right == "000000" { "000001" } else { "000000" };
        let body = json!({ "token": back, "otp": wrong, "password": agent.password });
        let refused = send(&doors, None, "/v1/thaws", body).await?;
        ensure!(refused.gist().contains("proof_rejected"), "{}", refused.gist());
        let same = json!({ "token": back, "otp": agent.next_code(&town)?, "password": old });
        ensure!(!send(&doors, None, "/v1/thaws", same).await?.status.is_success(), "the old password again");
        let body = json!({ "token": back, "otp": agent.next_code(&town)?, "password": agent.password });
        let thawed = send(&doors, None, "/v1/thaws", body.clone()).await?;
        ensure!(thawed.gist() == "200", "{} {}", thawed.gist(), thawed.body);
        ensure!(!send(&doors, None, "/v1/thaws", body).await?.status.is_success(), "the link works once");

        // The second factor stayed, and no device is trusted.
        town.wait(Span::minutes(1));
        agent.browser = Browser::default();
        agent.sign_in(&town, town.there()).await?;
        ensure!(may(&town, &agent).await?);
        // The notices from before are dead, those from after are not.
        ensure!(not_me(&doors, &token).await?.gist() == "410 link_over");
        let newer = link(&town, &agent, "/not-me/").await?;
        ensure!(not_me(&doors, &newer).await?.gist() == "200");
        Ok(())
    }

    /// Rules: C6.
    async fn a_person_freezes_themself_and_comes_back_with_a_recovery_code(town) {
        let doors = Doors::open(&town).await?;
        let owner = town.owner().await?;
        let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let froze = send(&doors, Some(&agent), "/v1/users/me/freeze", json!({})).await?;
        ensure!(froze.gist() == "200", "{} {}", froze.gist(), froze.body);
        ensure!(!may(&town, &agent).await? && !opens(&town, &agent).await?);
        let back = ask_back(&town, &doors, &agent).await?;
        "lilliput by the sea, again".clone_into(&mut agent.password);
        town.never_in_log(&agent.password);
        let code = agent.codes.pop().context("a recovery code")?;
        let body = json!({ "token": back, "recovery_code": code, "password": agent.password });
        let thawed = send(&doors, None, "/v1/thaws", body).await?;
        ensure!(thawed.gist() == "200", "{} {}", thawed.gist(), thawed.body);
        town.wait(Span::minutes(1));
        agent.browser = Browser::default();
        agent.sign_in(&town, town.there()).await?;
        Ok(())
    }

    /// Rules: C6.
    async fn staff_freeze_and_vouch_for_whoever_is_below_them_and_never_give_access(town) {
        let doors = Doors::open(&town).await?;
        let mut owner = town.owner().await?;
        let admin = owner.welcome_enrolled(&town, Role::Admin).await?;
        let mut agent = owner.welcome(&town, Role::Agent).await?;
        owner.step_up(&town, town.here()).await?;
        // Nobody above, beside, or oneself.
        for above in [&owner, &admin] {
            let refused = freeze(&doors, &admin, above).await?;
            ensure!(refused.status == 403, "{}", refused.gist());
        }
        let none = unfreeze(&doors, &admin, &agent).await?;
        ensure!(none.gist() == "409 not_frozen", "{}", none.gist());
        ensure!(freeze(&doors, &admin, &agent).await?.gist() == "200");
        let again = freeze(&doors, &admin, &agent).await?;
        ensure!(again.gist() == "200", "a second one belongs to the case: {}", again.gist());
        ensure!(!opens(&town, &agent).await?);

        town.wait(Span::minutes(1));
        // Without a factor, one of the team asks the team: the link alone does nothing.
        let back = ask_back(&town, &doors, &agent).await?;
        "a quilt of two colours".clone_into(&mut agent.password);
        town.never_in_log(&agent.password);
        let set = |token: &str| json!({ "token": token, "password": agent.password });
        let refused = send(&doors, None, "/v1/thaws", set(&back)).await?;
        ensure!(refused.gist().ends_with("proof_needed"), "{}", refused.gist());
        let waits = send(&doors, None, "/v1/thaws/wait", json!({ "token": back })).await?;
        ensure!(!waits.status.is_success(), "one of the team does not wait: {}", waits.gist());
        town.wait(Span::minutes(1));
        let vouched = unfreeze(&doors, &admin, &agent).await?;
        ensure!(vouched.gist() == "200", "{} {}", vouched.gist(), vouched.body);
        ensure!(vouched.body.get("session").is_none() && !opens(&town, &agent).await?, "no access by staff");
        let back = link(&town, &agent, "/thaw/").await?;
        let thawed = send(&doors, None, "/v1/thaws", set(&back)).await?;
        ensure!(thawed.gist() == "200", "{} {}", thawed.gist(), thawed.body);
        town.wait(Span::minutes(1));
        agent.browser = Browser::default();
        agent.sign_in(&town, town.there()).await?;
        Ok(())
    }

    /// Rules: C6, C9.
    async fn without_a_factor_an_end_user_and_a_sole_owner_wait_with_notice(town) {
        let doors = Doors::open(&town).await?;
        let mut owner = town.owner().await?;
        let agent = owner.welcome(&town, Role::Agent).await?;
        let mut customer = owner.welcome(&town, Role::EndUser).await?;
        let token = {
            customer.sign_in(&town, town.here()).await?;
            let froze = send(&doors, Some(&customer), "/v1/users/me/freeze", json!({})).await?;
            ensure!(froze.gist() == "200", "{}", froze.gist());
            ask_back(&town, &doors, &customer).await?
        };
        let waits = send(&doors, None, "/v1/thaws/wait", json!({ "token": token })).await?;
        ensure!(waits.gist() == "202", "{} {}", waits.gist(), waits.body);
        "a wig for the customs man".clone_into(&mut customer.password);
        town.never_in_log(&customer.password);
        let set = |token: &str, who: &Person| json!({ "token": token, "password": who.password });
        town.wait(Span::hours(71));
        let early = ask_back(&town, &doors, &customer).await?;
        let refused = send(&doors, None, "/v1/thaws", set(&early, &customer)).await?;
        ensure!(refused.gist().ends_with("proof_needed"), "{}", refused.gist());
        town.wait(Span::hours(1));
        let thawed = send(&doors, None, "/v1/thaws", set(&early, &customer)).await?;
        ensure!(thawed.gist() == "200", "{} {}", thawed.gist(), thawed.body);
        ensure!(opens(&town, &customer).await?);

        // The sole owner, whose phone and codes are gone: the team is told of the wait.
        owner.sign_in(&town, town.here()).await?;
        let froze = send(&doors, Some(&owner), "/v1/users/me/freeze", json!({})).await?;
        ensure!(froze.gist() == "200", "{}", froze.gist());
        let token = ask_back(&town, &doors, &owner).await?;
        town.letters(agent.user).await?;
        let waits = send(&doors, None, "/v1/thaws/wait", json!({ "token": token })).await?;
        ensure!(waits.gist() == "202", "{} {}", waits.gist(), waits.body);
        let projector = Projector::install(town.here().store().clone(), twofold_projections::all()).await?;
        WaitNotices::new(town.here().clone(), projector).finish().await?;
        ensure!(town.letters(agent.user).await?.len() == 1, "the team is told");
        town.wait(Span::hours(72));
        let token = ask_back(&town, &doors, &owner).await?;
        "a court of small giants".clone_into(&mut owner.password);
        town.never_in_log(&owner.password);
        let thawed = send(&doors, None, "/v1/thaws", set(&token, &owner)).await?;
        ensure!(thawed.gist() == "200", "{} {}", thawed.gist(), thawed.body);
        ensure!(opens(&town, &owner).await?);
        Ok(())
    }

    /// Rules: C6.
    async fn nobody_learns_from_the_way_back_whose_sign_in_is_frozen(town) {
        let doors = Doors::open(&town).await?;
        let owner = town.owner().await?;
        let frozen = owner.welcome_enrolled(&town, Role::Agent).await?;
        let other = owner.welcome(&town, Role::EndUser).await?;
        ensure!(freeze(&doors, &owner, &frozen).await?.gist() == "200");
        let mut answers = vec![];
        for email in [frozen.email.as_str(), &other.email, "nobody@lilliput.example", "no address"] {
            let before = town.here().store().appends();
            let body = json!({ "account": town.account.to_string(), "email": email });
            let answer = send(&doors, None, "/v1/thaws/links", body).await?;
            ensure!(town.here().store().appends() == before + 1, "{email}: one append");
            answers.push((answer.gist(), answer.body));
        }
        ensure!(answers.iter().all(|a| *a == answers[0]) && answers[0].0 == "202", "{answers:?}");
        ensure!(!opens(&town, &frozen).await?);
        Ok(())
    }

    /// Rules: C6.
    async fn a_freeze_races_sign_ins_on_two_instances_and_none_outlives_it(town) {
        let owner = town.owner().await?;
        let here = Arc::new(Doors::open(&town).await?);
        let mut agent = owner.welcome(&town, Role::Agent).await?;
        let body = json!({ "account": town.account.to_string(), "email": agent.email });
        send(&here, None, "/v1/password-resets", body).await?;
        let reset = link(&town, &agent, "/setup/").await?;
        "yahoos do not race".clone_into(&mut agent.password);
        town.never_in_log(&agent.password);
        let body = json!({ "token": reset, "password": agent.password });
        ensure!(send(&here, None, "/v1/set-up", body).await?.gist() == "200");
        let token = Arc::new(link(&town, &agent, "/not-me/").await?);
        let came = race::at_once(16, |n| {
            let (town, agent, doors, token) = (town.clone(), agent.clone(), here.clone(), token.clone());
            async move {
                if n % 4 == 0 {
                    let answer = not_me(&doors, &token).await?;
                    return anyhow::Ok((answer.status == 200, None));
                }
                let mut person = Person { browser: Browser::default(), ..agent };
                let desk = if n % 2 == 0 { town.here() } else { town.there() };
                let came = person.sign_in(&town, desk).await;
                Ok((false, came.is_ok().then_some(person)))
            }
        })
        .await?;
        let came = came.into_iter().collect::<Result<Vec<(bool, Option<Person>)>>>()?;
        ensure!(came.iter().filter(|(froze, _)| *froze).count() == 1, "it freezes once");
        for (_, person) in came {
            if let Some(person) = person {
                ensure!(!may(&town, &person).await?, "a session outlives the freeze");
            }
        }
        ensure!(town.count("UserFrozen").await? == 1);
        Ok(())
    }
}
