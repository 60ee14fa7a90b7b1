//! The ordinary life of people, over HTTP and with their mail read: invited, forgetful, moved, gone and back,
//! of another role, from another system.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use twofold_domain::device::Method;
use twofold_domain::ids::{StreamId, UserId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::policy::Role;
use twofold_domain::sign_in::Stale;
use twofold_domain::time::Span;
use twofold_infra::acts::{
    ActError, Authenticate, Begun, CancelApproval, Circle, Consented, Deactivate, RegenerateCodes,
    RequestPasswordReset, UseApproval,
};
use twofold_tests::authenticator::oathtool;
use twofold_tests::doors::{Answer, Doors};
use twofold_tests::person::{Browser, Came, Person, otp};
use twofold_tests::race::{at_once, dice, rounds, stroll, turns};
use twofold_tests::stories;
use twofold_tests::town::{Town, token_of};

/// A request with a body, in somebody's session or in nobody's.
async fn send(doors: &Doors, who: Option<&Person>, method: &str, path: &str, body: Value) -> Result<Answer> {
    let mut request = Request::builder().method(method).uri(path).header("content-type", "application/json");
    if let Some(person) = who {
        request = request.header("authorization", format!("Bearer {}", person.session()?));
    }
    doors.ask(request.body(Body::from(body.to_string()))?).await
}

async fn ask(doors: &Doors, who: &Person, method: &str, path: &str, body: Value) -> Result<Answer> {
    send(doors, Some(who), method, path, body).await
}

/// The same, where it is granted.
async fn grant(doors: &Doors, who: &Person, method: &str, path: &str, body: Value) -> Result<Value> {
    let answer = ask(doors, who, method, path, body).await?;
    ensure!(answer.status.is_success(), "{method} {path}: {} {}", answer.gist(), answer.body);
    Ok(answer.body)
}

/// Sets a password with a link.
async fn set_up(doors: &Doors, link: &str, password: &str) -> Result<Answer> {
    send(doors, None, "POST", "/v1/set-up", json!({ "token": token_of(link)?, "password": password })).await
}

/// The newest link in somebody's mail to an address, of a page.
pub(super) async fn link_at(town: &Town, user: UserId, address: &str, page: &str) -> Result<String> {
    let letters = town.letters(user).await?;
    let there = letters.iter().filter(|letter| letter.to.as_str() == address);
    let mut words = there.flat_map(|letter| letter.body.split_whitespace());
    let link = words.rfind(|word| word.contains(page)).context("expected a letter with a link")?.to_owned();
    town.never_in_log(token_of(&link)?);
    Ok(link)
}

async fn may(town: &Town, person: &Person) -> Result<(), ActError> {
    let credential = person.credential().map_err(|e| ActError::Bug(e.to_string()))?;
    let act = Authenticate { credential, deed: Deed::ReadOwn, counts_as_activity: false };
    town.perform(town.there(), act).await.map(|_| ())
}

/// Whether e-mail and password open anything.
async fn opens(town: &Town, person: &Person) -> Result<bool> {
    Ok(!matches!(person.begin(town, town.there(), &mut Browser::default()).await?, Begun::Refused))
}

stories! {
    /// Rules: H1.
    async fn an_invitation_is_sent_again_and_the_older_link_dies(town) {
        let doors = Doors::open(&town).await?;
        let owner = town.owner().await?;
        let mut guest = town.somebody(Role::Agent);
        let body = json!({ "name": guest.name, "email": guest.email, "role": "agent" });
        let made = grant(&doors, &owner, "POST", "/v1/users", body).await?;
        guest.user = made["user"].as_str().context("a user")?.parse()?;
        let first = town.mailed_link(guest.user).await?;
        let path = format!("/v1/users/{}", guest.user);
        let shown = grant(&doors, &owner, "GET", &path, json!({})).await?;
        ensure!(shown["invitation"]["state"] == "open", "{shown}");
        let again = format!("{path}/invitation");
        let soon = ask(&doors, &owner, "POST", &again, json!({})).await?;
        ensure!(soon.gist() == "429 mail_later", "{}", soon.gist());
        town.wait(Span::minutes(1));
        grant(&doors, &owner, "POST", &again, json!({})).await?;
        let second = town.mailed_link(guest.user).await?;
        let dead = set_up(&doors, &first, &guest.password).await?;
        ensure!(dead.gist() == "410 link_over", "{}", dead.gist());
        let done = set_up(&doors, &second, &guest.password).await?;
        ensure!(done.gist() == "200", "{}", done.gist());
        guest.sign_in(&town, town.there()).await?;
        let none = ask(&doors, &owner, "POST", &again, json!({})).await?;
        ensure!(none.gist() == "409 not_waiting", "{}", none.gist());

        // One that nobody opened for a week is over.
        let late = town.somebody(Role::EndUser);
        owner.invite(&town, town.here(), late.card()).await?;
        let link = town.mailed_link(late.user).await?;
        town.wait(Span::days(7));
        let over = set_up(&doors, &link, &late.password).await?;
        ensure!(over.gist() == "410 link_over", "{}", over.gist());
        Ok(())
    }

    /// Rules: H2.
    async fn a_forgotten_password_is_replaced_by_mail_and_no_factor_is_touched(town) {
        let doors = Doors::open(&town).await?;
        let owner = town.owner().await?;
        let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        town.letters(agent.user).await?;
        let forgot = |email: &str| {
            let body = json!({ "account": town.account.to_string(), "email": email });
            send(&doors, None, "POST", "/v1/password-resets", body)
        };
        // Known, unknown, deactivated, nobody's at all: one answer, one append.
        let gone = owner.welcome(&town, Role::EndUser).await?;
        let act = Deactivate {
            credential: owner.credential()?,
            user: gone.user,
            reason: None,
            circle: Circle::default(),
        };
        town.perform(town.here(), act).await?;
        town.letters(gone.user).await?;
        let mut answers = vec![];
        for email in [agent.email.as_str(), "nobody@lilliput.example", &gone.email, "no address"] {
            let before = town.here().store().appends();
            let answer = forgot(email).await?;
            ensure!(town.here().store().appends() == before + 1, "{email}: one append");
            answers.push((answer.gist(), answer.body));
        }
        ensure!(answers.iter().all(|a| *a == answers[0]) && answers[0].0 == "202", "{answers:?}");
        ensure!(town.letters(gone.user).await?.is_empty(), "whoever may not sign in is written nothing");
        let link = link_at(&town, agent.user, &agent.email, "/setup/").await?;
        // Asked again within a minute: the same answer, and no letter.
        ensure!(forgot(&agent.email).await?.gist() == "202");
        ensure!(town.letters(agent.user).await?.is_empty(), "once a minute");
        // Until it is used nothing changes.
        may(&town, &agent).await?;

        let old = agent.password.clone();
        let session = agent.clone();
        "brobdingnag wakes at nine".clone_into(&mut agent.password);
        town.never_in_log(&agent.password);
        let done = set_up(&doors, &link, &agent.password).await?;
        ensure!(done.gist() == "200" && done.body.get("session").is_none(), "it signs nobody in: {}", done.body);
        ensure!(set_up(&doors, &link, &agent.password).await?.gist() == "410 link_over", "single use");
        let voided = may(&town, &session).await;
        ensure!(matches!(voided, Err(ActError::Stale(Stale::Voided(_)))), "sessions end: {voided:?}");
        ensure!(!opens(&town, &Person { password: old, ..agent.clone() }).await?, "the old password is over");
        agent.browser = Browser::default();
        ensure!(agent.sign_in(&town, town.there()).await? == Method::Otp, "the factor is asked as before");
        let told = town.letters(agent.user).await?;
        ensure!(told.iter().any(|l| l.subject.contains("password") && l.subject.contains("changed")), "told");

        // An hour is an hour, and five letters are five.
        town.wait(Span::hours(2));
        for n in 0..6 {
            ensure!(forgot(&agent.email).await?.gist() == "202");
            ensure!(town.letters(agent.user).await?.len() == usize::from(n < 5), "the letter {n}");
            town.wait(Span::minutes(1));
        }
        ensure!(town.count("LinkIssued").await? >= 6);
        Ok(())
    }

    /// Rules: H3.
    async fn a_new_address_is_confirmed_there_and_told_at_the_old_one(town) {
        let doors = Doors::open(&town).await?;
        let mut owner = town.owner().await?;
        let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let other = owner.welcome(&town, Role::EndUser).await?;
        let old = agent.email.clone();
        town.letters(agent.user).await?;
        let new = "number@blefuscu.example";
        town.never_in_log(new);
        let change = |email: &str| json!({ "email": email });

        // Their own is no change, whoever asks; a taken one is answered the same, and its mailbox alone learns more.
        let path = "/v1/users/me/email-change";
        let same = ask(&doors, &agent, "POST", path, change(&old)).await?;
        ensure!(same.gist() == "409 same_email" && same.body["errors"][0]["pointer"] == "/email", "{}", same.body);
        let taken = ask(&doors, &agent, "POST", path, change(&other.email)).await?;
        ensure!(taken.gist() == "202", "{}", taken.gist());
        let letters = town.letters(agent.user).await?;
        let at = |address: &str| letters.iter().filter(|l| l.to.as_str() == address).collect::<Vec<_>>();
        ensure!(at(&other.email).iter().any(|l| l.body.contains("in use") && !l.body.contains("/email/")));
        ensure!(at(&old).len() == 1, "the old address is told at once");

        town.wait(Span::minutes(1));
        agent.step_up(&town, town.here()).await?;
        let asked = ask(&doors, &agent, "POST", path, change(new)).await?;
        ensure!(asked.gist() == "202", "{}", asked.gist());
        let link = link_at(&town, agent.user, new, "/email/").await?;
        ensure!(opens(&town, &agent).await?, "until it is confirmed nothing changes");
        let confirm = || async {
            send(&doors, None, "POST", "/v1/email-changes", json!({ "token": token_of(&link)? })).await
        };
        ensure!(confirm().await?.gist() == "200");
        ensure!(confirm().await?.gist() == "410 link_over", "once");
        let told = town.letters(agent.user).await?;
        ensure!(told.iter().any(|l| l.to.as_str() == old && l.subject.contains("was changed")), "the old one is told");
        new.clone_into(&mut agent.email);
        ensure!(opens(&town, &agent).await?, "they sign in with the new one");
        let former = Person { email: old.clone(), ..agent.clone() };
        ensure!(!opens(&town, &former).await?, "and not with the old one");

        // For 72 hours recovery goes to the old one.
        let forgot = |email: &str| RequestPasswordReset { email: email.to_owned() };
        town.perform(town.here(), forgot(new)).await?;
        ensure!(town.letters(agent.user).await?.iter().all(|l| l.to.as_str() == old), "to the old one only");
        town.wait(Span::hours(72));
        town.perform(town.here(), forgot(new)).await?;
        ensure!(town.letters(agent.user).await?.iter().all(|l| l.to.as_str() == new), "then to the new one");

        // Staff changes somebody's; the freed address is free.
        owner.browser = Browser::default();
        owner.sign_in(&town, town.here()).await?;
        let path = format!("/v1/users/{}/email-change", other.user);
        let same = ask(&doors, &owner, "POST", &path, change(&other.email)).await?;
        ensure!(same.gist() == "409 same_email", "{}", same.gist());
        grant(&doors, &owner, "POST", &path, change(&old)).await?;
        let link = link_at(&town, other.user, &old, "/email/").await?;
        let moved = send(&doors, None, "POST", "/v1/email-changes", json!({ "token": token_of(&link)? })).await?;
        ensure!(moved.gist() == "200", "{}", moved.gist());
        Ok(())
    }

    /// Rules: H4.
    async fn a_deactivated_person_is_dead_at_once_and_comes_back_by_mail(town) {
        let doors = Doors::open(&town).await?;
        let mut owner = town.owner().await?;
        let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        town.letters(agent.user).await?;
        let path = format!("/v1/users/{}", agent.user);
        let why = json!({ "reason": "left with the boats" });
        town.never_in_log("left with the boats");
        grant(&doors, &owner, "POST", &format!("{path}/deactivate"), why).await?;
        let dead = may(&town, &agent).await;
        ensure!(matches!(dead, Err(ActError::Stale(Stale::Deactivated))), "{dead:?}");
        ensure!(!opens(&town, &agent).await?, "as a wrong password");
        ensure!(town.letters(agent.user).await?.iter().any(|l| l.subject.contains("has ended")), "told");
        let twice = ask(&doors, &owner, "POST", &format!("{path}/deactivate"), json!({})).await?;
        ensure!(twice.gist() == "409 deactivated", "{}", twice.gist());
        let shown = grant(&doors, &owner, "GET", &path, json!({})).await?;
        ensure!(shown["state"] == "deactivated", "{shown}");

        grant(&doors, &owner, "POST", &format!("{path}/reactivate"), json!({})).await?;
        ensure!(!opens(&town, &agent).await?, "the old password stays dead");
        let link = town.mailed_link(agent.user).await?;
        "lilliput again at last".clone_into(&mut agent.password);
        town.never_in_log(&agent.password);
        ensure!(set_up(&doors, &link, &agent.password).await?.gist() == "200");
        ensure!(agent.sign_in(&town, town.there()).await? == Method::Otp, "trust is void, the factor is theirs");

        // The last owner stays; an owner who cannot sign in does not count.
        let me = format!("/v1/users/{}", owner.user);
        let ways = [
            ("deactivate", json!({ "reason": "I go" })),
            ("role", json!({ "role": "admin", "reason": "I go" })),
            ("erase", json!({ "reason": "I go" })),
        ];
        for (path, body) in ways {
            let last = ask(&doors, &owner, "POST", &format!("{me}/{path}"), body).await?;
            ensure!(last.gist() == "409 last_owner", "{path}: {}", last.gist());
        }
        let absent = town.somebody(Role::Admin);
        owner.step_up(&town, town.here()).await?;
        owner.invite(&town, town.here(), absent.card()).await?;
        owner.make_owner(&town, absent.user).await?;
        let act = Deactivate {
            credential: owner.credential()?,
            user: owner.user,
            reason: None,
            circle: Circle { owners: vec![owner.user, absent.user] },
        };
        let last = town.perform(town.here(), act).await.map(|_| ());
        ensure!(matches!(last, Err(ActError::LastOwner(_))), "{last:?}");
        Ok(())
    }

    /// Rules: H4, D7.
    async fn another_role_ends_sessions_and_an_owner_is_not_made_alone(town) {
        let doors = Doors::open(&town).await?;
        let owner = town.owner().await?;
        let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        town.letters(agent.user).await?;
        let path = format!("/v1/users/{}/role", agent.user);
        grant(&doors, &owner, "POST", &path, json!({ "role": "auditor" })).await?;
        let voided = may(&town, &agent).await;
        ensure!(matches!(voided, Err(ActError::Stale(Stale::Voided(_)))), "{voided:?}");
        let told = town.letters(agent.user).await?;
        ensure!(told.iter().any(|l| l.body.contains("an auditor")), "told: {}", told.len());
        agent.sign_in(&town, town.there()).await?;
        let me = grant(&doors, &agent, "GET", "/v1/users/me", json!({})).await?;
        ensure!(me["role"] == "auditor", "{me}");
        let alone = ask(&doors, &owner, "POST", &path, json!({ "role": "owner" })).await?;
        ensure!(alone.gist() == "409 takes_two", "{}", alone.gist());
        ensure!(alone.body["detail"].as_str().is_some_and(|d| d.contains("/make-owner")), "{}", alone.body);
        let same = ask(&doors, &owner, "POST", &path, json!({ "role": "auditor" })).await?;
        ensure!(same.gist() == "409 same_role", "{}", same.gist());
        let own = ask(&doors, &agent, "POST", &path, json!({ "role": "admin" })).await?;
        ensure!(own.gist() == "403 forbidden", "{}", own.gist());
        Ok(())
    }

    /// Rules: H1, H4, P2.
    async fn groups_names_and_providers(town) {
        let doors = Doors::open(&town).await?;
        let owner = town.owner().await?;
        let mut agent = owner.welcome(&town, Role::Agent).await?;
        let made = grant(&doors, &owner, "POST", "/v1/groups", json!({ "name": "Night shift" })).await?;
        let group = made["group"].as_str().context("a group")?.to_owned();
        let taken = ask(&doors, &owner, "POST", "/v1/groups", json!({ "name": "night SHIFT" })).await?;
        ensure!(taken.gist() == "409 taken", "{}", taken.gist());
        let path = format!("/v1/users/{}", agent.user);
        town.never_in_log("Clustril the Learned");
        let edit = json!({ "name": "Clustril the Learned", "language": "es", "groups": [group] });
        let edited = grant(&doors, &owner, "PATCH", &path, edit).await?;
        let position = edited["position"].as_u64().context("a position")?;
        let list = format!("/v1/users?group={group}&min_position={position}");
        let listed = grant(&doors, &owner, "GET", &list, json!({})).await?;
        ensure!(listed["items"].as_array().is_some_and(|all| all.len() == 1), "{listed}");
        ensure!(listed["items"][0]["groups"][0] == *group, "{listed}");
        agent.sign_in(&town, town.there()).await?;
        grant(&doors, &agent, "PATCH", "/v1/users/me", json!({ "language": "ko" })).await?;
        let own = ask(&doors, &agent, "PATCH", "/v1/users/me", json!({ "groups": [] })).await?;
        ensure!(own.gist() == "403 forbidden", "who is in which group is staff's to say: {}", own.gist());
        let unknown = json!({ "groups": ["grp_00000000000000000000000000"] });
        let unknown = ask(&doors, &owner, "PATCH", &path, unknown).await?;
        ensure!(unknown.gist() == "422 invalid_fields", "{}", unknown.gist());
        let deleted = ask(&doors, &owner, "DELETE", &format!("/v1/groups/{group}"), json!({})).await?;
        ensure!(deleted.gist() == "204", "{}", deleted.gist());
        let shown = grant(&doors, &owner, "GET", &path, json!({})).await?;
        ensure!(shown["groups"].as_array().is_some_and(Vec::is_empty), "nobody is in it: {shown}");

        // Somebody with a provider only is exempt; with a password, challenged on that.
        let guest = town.somebody(Role::EndUser);
        owner.invite(&town, town.here(), guest.card()).await?;
        town.never_in_log("subject-of-google");
        let links = format!("/v1/users/{}/identity-providers", guest.user);
        let google = json!({ "provider": "google", "subject": "subject-of-google" });
        grant(&doors, &owner, "POST", &links, google.clone()).await?;
        let shown = grant(&doors, &owner, "GET", &format!("/v1/users/{}", guest.user), json!({})).await?;
        ensure!(shown["state"] == "exempt" && shown["rule"] == "identity_provider", "{shown}");
        ensure!(shown["identity_providers"][0] == "google", "{shown}");
        let theirs = format!("/v1/users/{}/identity-providers", agent.user);
        let twice = ask(&doors, &owner, "POST", &theirs, google).await?;
        ensure!(twice.gist() == "409 taken", "a subject is one person: {}", twice.gist());
        let cut = format!("{links}/google");
        let only = ask(&doors, &owner, "DELETE", &cut, json!({})).await?;
        ensure!(only.gist() == "409 last_way_in", "{}", only.gist());
        let link = town.mailed_link(guest.user).await?;
        ensure!(set_up(&doors, &link, &guest.password).await?.gist() == "200");
        let shown = grant(&doors, &owner, "GET", &format!("/v1/users/{}", guest.user), json!({})).await?;
        ensure!(shown["state"] == "optional", "with both the native one counts: {shown}");
        ensure!(ask(&doors, &owner, "DELETE", &cut, json!({})).await?.gist() == "204");
        Ok(())
    }

    /// Rules: H1.
    async fn people_of_another_system_sign_in_with_what_they_had(town) {
        let doors = Doors::open(&town).await?;
        let owner = town.owner().await?;
        let send_table = |table: String, dry: bool| {
            let session = owner.session().map(ToOwned::to_owned);
            let doors = &doors;
            async move {
                let request = Request::post(format!("/v1/imports?dry_run={dry}"))
                    .header("content-type", "text/csv")
                    .header("authorization", format!("Bearer {}", session?));
                doors.ask(request.body(Body::from(table))?).await
            }
        };
        let seed = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
        let secret = "glubbdubdrib by the sea";
        let hash = bcrypt_of(secret)?;
        for word in [seed, secret, hash.as_str(), "laputa@balnibarbi.example", "Munodi"] {
            town.never_in_log(word);
        }
        let head = "name,email,role,password_hash,otp_uri,provider,provider_subject\n";
        let table = format!(
            "{head}Munodi,laputa@balnibarbi.example,agent,{hash},otpauth://totp/x?secret={seed},,\n\
             Invited,invited@balnibarbi.example,end_user,,,,\n\
             Elsewhere,sso@balnibarbi.example,end_user,,,google,g-1\n"
        );
        let flawed = send_table(table.clone() + "No,address,king,,,,\n", false).await?;
        ensure!(flawed.gist() == "422 invalid_fields", "{}", flawed.body);
        ensure!(flawed.body["errors"][0]["pointer"] == "/5/email", "{}", flawed.body);
        let registered = town.count("UserRegistered").await?;
        let dry = send_table(table.clone(), true).await?;
        ensure!(dry.body["rows"] == 3 && dry.body["created"] == 0, "{}", dry.body);
        ensure!(town.count("UserRegistered").await? == registered, "nobody so far");
        let done = send_table(table.clone(), false).await?;
        ensure!(done.body["created"] == 3, "{}", done.body);
        let again = send_table(table, false).await?;
        ensure!(again.body["created"] == 0 && again.body["existing"] == 3, "{}", again.body);

        let user = |n: usize| done.body["results"][n]["user"].as_str().context("a user")?.parse::<UserId>().context("an id");
        town.mailed_link(user(1)?).await.context("whoever brings nothing is invited")?;
        let person = grant(&doors, &owner, "GET", &format!("/v1/users/{}", user(2)?), json!({})).await?;
        ensure!(person["state"] == "exempt", "{person}");
        let of_agent = format!("/v1/users/{}", user(0)?);
        let shown = async || {
            let one = grant(&doors, &owner, "GET", &of_agent, json!({})).await?;
            Ok::<_, anyhow::Error>((one["password_claimed"].clone(), one["factors"].clone(), one["factors_claimed"].clone()))
        };
        let reported = async || {
            let report = grant(&doors, &owner, "GET", "/v1/reports/mfa-status", json!({})).await?;
            let id = user(0)?.to_string();
            let rows = report["people"].as_array().context("rows")?;
            let row = rows.iter().find(|row| row["user"] == id.as_str()).context("a row")?;
            Ok::<_, anyhow::Error>(row["claimed"].clone())
        };
        ensure!(shown().await? == (json!(true), json!(1), json!(1)), "both came along, and nobody showed them yet");
        ensure!(reported().await? == "password+totp", "{}", reported().await?);
        let mut agent = town.somebody(Role::Agent);
        agent.user = user(0)?;
        "laputa@balnibarbi.example".clone_into(&mut agent.email);
        "wrong by the sea".clone_into(&mut agent.password);
        ensure!(!opens(&town, &agent).await?, "a wrong password is wrong");
        secret.clone_into(&mut agent.password);
        let challenge = agent.challenged(&town, town.there(), &mut Browser::default()).await?;
        let code = oathtool(seed, town.now())?;
        let came = agent.prove(&town, town.here(), &challenge, otp(&code)?, false).await?;
        ensure!(came == Came::Accepted, "a code of the seed that came along: {came:?}");
        let loaded = town.here().log().users.load(StreamId::user(town.account, agent.user)).await?;
        let kept = loaded.state.password.context("a password")?;
        ensure!(!kept.claimed, "from now on it is kept under our scheme");
        ensure!(shown().await? == (json!(false), json!(1), json!(0)), "both were shown");
        ensure!(reported().await? == "", "{}", reported().await?);
        ensure!(town.count("PasswordRehashed").await? == 1);
        ensure!(opens(&town, &agent).await?, "and still the same");
        Ok(())
    }

    /// Rules: H1.
    async fn many_people_come_in_batches_and_nobody_twice(town) {
        use std::fmt::Write as _;
        let doors = Doors::open(&town).await?;
        let owner = town.owner().await?;
        let hash = bcrypt_of("glubbdubdrib by the sea")?;
        let people = rounds(250);
        let mut table = "name,email,role,password_hash\n".to_owned();
        for n in 0..people {
            writeln!(table, "Person {n},many{n}@balnibarbi.example,end_user,{hash}")?;
        }
        let import = || async {
            let request = Request::post("/v1/imports")
                .header("content-type", "text/csv")
                .header("authorization", format!("Bearer {}", owner.session()?));
            doors.ask(request.body(Body::from(table.clone()))?).await
        };
        let begun = std::time::Instant::now();
        let done = import().await?;
        eprintln!("{people} people imported in {:?}", begun.elapsed());
        ensure!(done.body["created"] == people as u64, "{}", done.gist());
        let again = import().await?;
        ensure!(again.body["existing"] == people as u64 && again.body["created"] == 0, "{}", again.gist());
        ensure!(town.count("UserRegistered").await? == people + 1);
        Ok(())
    }

    /// Rules: H4.
    async fn nothing_is_accepted_after_a_deactivation(town) {
        let races = rounds(40);
        let mut dice = dice("an act in flight against the deactivation of its person, on two instances", races);
        let mut owner = town.owner().await?;
        let mut first = 0;
        for _ in 0..races {
            owner.step_up(&town, town.here()).await?;
            let customer = owner.welcome_enrolled(&town, Role::EndUser).await?;
            owner.step_up(&town, town.here()).await?;
            let delays = [turns(&mut dice, 300), turns(&mut dice, 1_500)];
            let results = at_once(2, |i| {
                let (town, owner, customer) = (Arc::clone(&town), owner.clone(), customer.clone());
                async move {
                    stroll(delays[i]).await;
                    if i == 0 {
                        let act = Deactivate {
                            credential: owner.credential()?,
                            user: customer.user,
                            reason: None,
                            circle: Circle::default(),
                        };
                        return anyhow::Ok(town.perform(town.here(), act).await?.position);
                    }
                    let act = RegenerateCodes { credential: customer.credential()? };
                    match town.perform(town.there(), act).await {
                        Ok(done) => Ok(done.position),
                        Err(error) => Came::of_error(error).map(|_| None),
                    }
                }
            });
            let results = results.await?.into_iter().collect::<Result<Vec<_>>>()?;
            let gone = results[0].context("it is recorded")?;
            if let Some(act) = results[1] {
                ensure!(act < gone, "accepted at {act}, after the deactivation at {gone}");
                first += 1;
            }
            let dead = may(&town, &customer).await;
            ensure!(matches!(dead, Err(ActError::Stale(Stale::Deactivated))), "{dead:?}");
        }
        eprintln!("the act came first in {first} of {races} rounds");
        Ok(())
    }

    /// Rules: H4.
    async fn two_owners_who_deactivate_themselves_at_once_leave_one(town) {
        let mut owner = town.owner().await?;
        let mut pair = vec![];
        for _ in 0..rounds(15) {
            owner.browser = Browser::default();
            owner.sign_in(&town, town.here()).await?;
            let mut second = owner.welcome_enrolled(&town, Role::Admin).await?;
            owner.make_owner(&town, second.user).await?;
            second.sign_in(&town, town.there()).await?;
            owner.step_up(&town, town.here()).await?;
            second.step_up(&town, town.there()).await?;
            pair = vec![owner.clone(), second];
            let circle = Circle { owners: pair.iter().map(|person| person.user).collect() };
            let mut asked = vec![];
            for person in &pair {
                let (credential, reason) = (person.credential()?, Some("I go".to_owned()));
                let act = Deactivate { credential, user: person.user, reason, circle: circle.clone() };
                match town.perform(town.here(), act).await?.reply {
                    Consented::Waits(requested) => asked.push(requested.approval),
                    Consented::Done(()) => anyhow::bail!("an owner goes with a second one's approval"),
                }
            }
            // Each lets the other one go.
            let results = at_once(2, |i| {
                let (town, person, circle) = (Arc::clone(&town), pair[i].clone(), circle.clone());
                let approval = asked[1 - i];
                async move {
                    let credential = person.credential()?;
                    let act = UseApproval { credential, approval, approves: true, circle, devices: vec![] };
                    anyhow::Ok(town.perform(town.desk(i), act).await.map(|_| ()))
                }
            });
            let results = results.await?.into_iter().collect::<Result<Vec<_>>>()?;
            let gone = results.iter().filter(|result| result.is_ok()).count();
            ensure!(gone == 1, "one of them goes: {results:?}");
            let left = results.iter().position(Result::is_ok).context("the other one is the last")?;
            owner = pair[left].clone();
            let withdrawn = CancelApproval { credential: owner.credential()?, approval: asked[left] };
            town.perform(town.here(), withdrawn).await?;
        }
        ensure!(pair.len() == 2);
        Ok(())
    }
}

/// A hash of another implementation: the C library's `crypt(3)`.
pub(super) fn bcrypt_of(secret: &str) -> Result<String> {
    let out = std::process::Command::new("perl")
        .args(["-e", "print crypt($ARGV[0], '$2b$04$abcdefghijklmnopqrstuu')", secret])
        .output()?;
    let hash = String::from_utf8(out.stdout)?;
    ensure!(hash.len() == 60, "crypt(3) knows no bcrypt: {hash:?}");
    Ok(hash)
}
