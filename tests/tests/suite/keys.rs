//! Security keys and passkeys, over HTTP: bound, shown, and every way in which they are not to be taken.

mod back;

use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context as _, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use twofold_domain::policy::Role;
use twofold_domain::time::Span;
use twofold_tests::doors::{Answer, Doors};
use twofold_tests::person::{Browser, Person};
use twofold_tests::race::at_once;
use twofold_tests::security_key::SecurityKey;
use twofold_tests::stories;
use twofold_tests::town::Town;

use super::visit::{Visit, code, text};

/// Where the town says that it is reached.
const ORIGIN: &str = "https://twofold.lilliput.example";

const FACTORS: &str = "/v1/users/me/factors";

/// Begins to bind a key: the path of the factor, and what is asked of the key.
async fn begin(visit: &Visit<'_>, who: &Person) -> Result<(String, Value)> {
    // Each under a name of its own.
    static KEYS: AtomicU32 = AtomicU32::new(1);
    let name = format!("Key {}", KEYS.fetch_add(1, Ordering::Relaxed));
    let asked = json!({ "kind": "webauthn", "name": name });
    let started = visit.grant(who, "POST", FACTORS, asked).await?;
    Ok((format!("{FACTORS}/{}", text(&started, "/id")?), started["public_key"].clone()))
}

/// Binds a key as a first factor, with a mailed code.
async fn bind(town: &Town, visit: &Visit<'_>, who: &mut Person, key: &mut SecurityKey) -> Result<()> {
    let (factor, asked) = begin(visit, who).await?;
    let mailed = town.mailed_code(who.user).await?;
    let confirm = json!({ "credential": key.create(&asked)?, "mailed_code": mailed });
    let bound = visit.grant(who, "POST", &format!("{factor}/confirm"), confirm).await?;
    ensure!(bound["session"]["method"] == "assertion" && bound["session"]["assurance"] == 2, "{bound}");
    who.browser.session = Some(text(&bound, "/session/token")?);
    for code in bound["recovery_codes"].as_array().context("codes")? {
        who.codes.push(code.as_str().context("a code")?.to_owned());
    }
    Ok(())
}

/// Somebody in a session, with a key bound.
async fn with_key(town: &Town, visit: &Visit<'_>, role: Role) -> Result<(Person, SecurityKey)> {
    let owner = town.owner().await?;
    newcomer(town, visit, &owner, role).await
}

async fn newcomer(
    town: &Town,
    visit: &Visit<'_>,
    owner: &Person,
    role: Role,
) -> Result<(Person, SecurityKey)> {
    let mut person = owner.welcome(town, role).await?;
    visit.sign_in(&mut person).await?;
    let mut key = SecurityKey::new(ORIGIN)?;
    bind(town, visit, &mut person, &mut key).await?;
    Ok((person, key))
}

/// A challenge of a new sign-in: what the password came to, and what is to be signed.
async fn asked(visit: &Visit<'_>, who: &mut Person) -> Result<(Value, Value)> {
    let begun = visit.begin(who).await?;
    ensure!(begun["result"] == "challenge", "{begun}");
    who.browser.device = Some(text(&begun, "/device_token")?);
    let path = format!("/v1/sign-ins/{}/challenges", text(&begun, "/sign_in")?);
    let challenge = visit.at_device(&begun, &path, Value::Null).await?;
    code(&challenge, "200")?;
    Ok((begun, challenge.body))
}

/// An assertion as a body.
fn shown(challenge: &Value, credential: &Value) -> Value {
    json!({ "assertion": { "state": challenge["state"], "credential": credential } })
}

fn proofs(begun: &Value) -> Result<String> {
    Ok(format!("/v1/sign-ins/{}/proofs", text(begun, "/sign_in")?))
}

/// Signs in with a key, which takes away what earlier failures left.
async fn in_with(visit: &Visit<'_>, who: &mut Person, key: &mut SecurityKey) -> Result<()> {
    let (begun, challenge) = asked(visit, who).await?;
    let body = shown(&challenge, &key.get(&challenge["public_key"])?);
    let proved = visit.at_device(&begun, &proofs(&begun)?, body).await?;
    ensure!(proved.status == 200, "{} {}", proved.gist(), proved.body);
    who.browser.session = Some(text(&proved.body, "/session/token")?);
    Ok(())
}

stories! {
    /// Rules: E4.
    async fn a_security_key_is_bound_signs_in_raises_a_session_and_switches_itself_off(town) {
        let visit = Visit::open(&town).await?;
        let (mut person, mut key) = with_key(&town, &visit, Role::EndUser).await?;
        ensure!(person.codes.len() == 10, "a first factor brings recovery codes");
        let mine = visit.grant(&person, "GET", FACTORS, Value::Null).await?;
        ensure!(mine["items"][0]["kind"] == "webauthn" && mine["items"][0]["passkey"] == false, "{mine}");

        let begun = visit.begin(&person).await?;
        ensure!(begun["methods"] == json!(["assertion", "recovery_code"]), "{begun}");
        in_with(&visit, &mut person, &mut key).await?;

        let challenge = visit.grant(&person, "POST", "/v1/step-up/challenges", Value::Null).await?;
        let body = shown(&challenge, &key.get(&challenge["public_key"])?);
        let raised = visit.grant(&person, "POST", "/v1/step-up", body).await?;
        person.browser.session = Some(text(&raised, "/session/token")?);

        // A passkey beside it, and not the same key twice.
        let (factor, options) = begin(&visit, &person).await?;
        let again = json!({ "credential": key.create(&options)? });
        code(&visit.ask(&person, "POST", &format!("{factor}/confirm"), again).await?, "422 proof_rejected")?;
        let mut passkey = SecurityKey::new(ORIGIN)?;
        (passkey.passkey, passkey.count) = (true, None);
        let confirm = json!({ "credential": passkey.create(&options)? });
        let bound = visit.grant(&person, "POST", &format!("{factor}/confirm"), confirm).await?;
        ensure!(bound["recovery_codes"] == json!([]), "{bound}");
        person.browser.session = Some(text(&bound, "/session/token")?);
        let mine = visit.grant(&person, "GET", FACTORS, Value::Null).await?;
        ensure!(mine["items"].as_array().is_some_and(|all| all.iter().any(|f| f["passkey"] == true)), "{mine}");
        // It has no counter, and is taken again and again.
        for _ in 0..2 {
            in_with(&visit, &mut person, &mut passkey).await?;
        }

        // Nor by two sessions that began to bind before either was done.
        let mut elsewhere = person.clone();
        elsewhere.browser = Browser::default();
        in_with(&visit, &mut elsewhere, &mut passkey).await?;
        let (here, options) = begin(&visit, &person).await?;
        let (there, also) = begin(&visit, &elsewhere).await?;
        let mut third = SecurityKey::new(ORIGIN)?;
        let made = json!({ "credential": third.create(&options)? });
        let bound = visit.grant(&person, "POST", &format!("{here}/confirm"), made).await?;
        person.browser.session = Some(text(&bound, "/session/token")?);
        let again = json!({ "credential": third.create(&also)? });
        code(&visit.ask(&elsewhere, "POST", &format!("{there}/confirm"), again).await?, "409 taken")?;

        let off = "/v1/users/me/two-factor/disable";
        let challenge = visit.grant(&person, "POST", &format!("{off}/challenges"), Value::Null).await?;
        let mut body = shown(&challenge, &key.get(&challenge["public_key"])?);
        body["password"] = json!(person.password);
        visit.grant(&person, "POST", off, body).await?;
        Ok(())
    }

    /// Rules: E4.
    async fn a_password_and_a_key_bind_nothing_without_the_mailed_code(town) {
        let visit = Visit::open(&town).await?;
        let mut person = town.owner().await?.welcome(&town, Role::Agent).await?;
        visit.sign_in(&mut person).await?;
        let (factor, options) = begin(&visit, &person).await?;
        let shown = visit.grant(&person, "GET", &factor, Value::Null).await?;
        ensure!(shown["public_key"] == options, "shown again to the session that began it: {shown}");
        let mut key = SecurityKey::new(ORIGIN)?;
        let confirm = format!("{factor}/confirm");
        let body = json!({ "credential": key.create(&options)? });
        let bare = visit.ask(&person, "POST", &confirm, body).await?;
        ensure!(!bare.status.is_success(), "{} {}", bare.gist(), bare.body);
        let mailed = town.mailed_code(person.user).await?;
        let (mut elsewhere, mut foreign) = (key.clone(), key.clone());
        "https://lilliput.example".clone_into(&mut elsewhere.origin);
        foreign.party = Some("blefuscu.example".to_owned());
        for mut wrong in [elsewhere, foreign] {
            let body = json!({ "credential": wrong.create(&options)?, "mailed_code": mailed });
            code(&visit.ask(&person, "POST", &confirm, body).await?, "422 proof_rejected")?;
            town.wait(Span::minutes(1));
        }
        let body = json!({ "credential": key.create(&options)?, "mailed_code": mailed });
        visit.grant(&person, "POST", &confirm, body).await?;
        Ok(())
    }

    /// Rules: E4.
    async fn an_assertion_counts_for_its_person_purpose_place_and_time_once(town) {
        let visit = Visit::open(&town).await?;
        let owner = town.owner().await?;
        let (mut person, mut key) = newcomer(&town, &visit, &owner, Role::Agent).await?;
        let (mut other, mut others) = newcomer(&town, &visit, &owner, Role::Agent).await?;

        // Spent at the sign-in, and shown again there and elsewhere.
        let (begun, challenge) = asked(&visit, &mut person).await?;
        let body = shown(&challenge, &key.get(&challenge["public_key"])?);
        let proved = visit.at_device(&begun, &proofs(&begun)?, body.clone()).await?;
        code(&proved, "200")?;
        person.browser.session = Some(text(&proved.body, "/session/token")?);
        let over = visit.at_device(&begun, &proofs(&begun)?, body.clone()).await?;
        ensure!(!over.status.is_success(), "{} {}", over.gist(), over.body);
        let raised = visit.ask(&person, "POST", "/v1/step-up", body).await?;
        code(&raised, "422 proof_rejected")?;
        town.wait(Span::minutes(1));
        in_with(&visit, &mut person, &mut key).await?;

        for case in [
            "another origin", "another relying party", "another person's key", "a challenge for another purpose",
            "another person's challenge", "too late", "a challenge of an earlier sign-in", "a copied key",
            "nobody touched it",
        ] {
            town.wait(Span::minutes(20));
            let (mut begun, mut challenge) = asked(&visit, &mut person).await?;
            let mut shows = key.clone();
            match case {
                "another origin" => "https://twofold.lilliput.example.evil.example".clone_into(&mut shows.origin),
                "another relying party" => shows.party = Some("evil.example".to_owned()),
                "another person's key" => shows = others.clone(),
                "a challenge for another purpose" => {
                    in_with(&visit, &mut person, &mut key).await?;
                    shows = key.clone();
                    challenge = visit.grant(&person, "POST", "/v1/step-up/challenges", Value::Null).await?;
                    begun = asked(&visit, &mut person).await?.0;
                }
                "another person's challenge" => challenge = asked(&visit, &mut other).await?.1,
                "a challenge of an earlier sign-in" => begun = asked(&visit, &mut person).await?.0,
                "a copied key" => shows.count = Some(1),
                _ => {}
            }
            let answer = if case == "nobody touched it" {
                shows.get_with(&challenge["public_key"], |mut data| {
                    data[32] &= !1;
                    data
                })?
            } else {
                shows.get(&challenge["public_key"])?
            };
            if case == "too late" {
                town.wait(Span::minutes(5));
            }
            let refused = visit.at_device(&begun, &proofs(&begun)?, shown(&challenge, &answer)).await?;
            let gist = refused.gist();
            let reason = refused.body["reason"].as_str().unwrap_or_default();
            let expected = match case {
                "too late" => gist.starts_with("401") && reason == "expired",
                "a copied key" => gist.starts_with("401") && reason == "counter_back",
                _ => gist.starts_with("401") && reason == "wrong",
            };
            ensure!(expected, "{case}: {gist} {}", refused.body);
            if case == "a copied key" {
                key.count = Some(1_000);
            }
            town.wait(Span::minutes(20));
            in_with(&visit, &mut person, &mut key).await.context(case)?;
        }
        in_with(&visit, &mut other, &mut others).await?;
        Ok(())
    }

    /// Rules: E4.
    async fn a_credential_is_one_person_s_and_says_no_other_s_name(town) {
        let visit = Visit::open(&town).await?;
        let owner = town.owner().await?;
        let (mut person, mut key) = newcomer(&town, &visit, &owner, Role::Agent).await?;
        // Another person brings the same credential.
        let mut other = owner.welcome(&town, Role::Agent).await?;
        visit.sign_in(&mut other).await?;
        let (factor, options) = begin(&visit, &other).await?;
        let mailed = town.mailed_code(other.user).await?;
        let confirm = json!({ "credential": key.create(&options)?, "mailed_code": mailed });
        let taken = visit.ask(&other, "POST", &format!("{factor}/confirm"), confirm.clone()).await?;
        code(&taken, "409 taken")?;
        // Nothing of theirs is held against its owner, who names themself or nobody.
        let handle = |user: &Person| URL_SAFE_NO_PAD.encode(user.user.uuid().as_bytes());
        for (named, good) in [(Some(handle(&other)), false), (Some(handle(&person)), true), (None, true)] {
            town.wait(Span::minutes(20));
            let (begun, challenge) = asked(&visit, &mut person).await?;
            let mut answer = key.get(&challenge["public_key"])?;
            answer["response"]["userHandle"] = json!(named);
            let proved = visit.at_device(&begun, &proofs(&begun)?, shown(&challenge, &answer)).await?;
            ensure!((proved.status == 200) == good, "{named:?}: {} {}", proved.gist(), proved.body);
            if good {
                person.browser.session = Some(text(&proved.body, "/session/token")?);
            }
        }
        // Once its owner gives it up, it is anybody's again.
        let challenge = visit.grant(&person, "POST", "/v1/users/me/two-factor/disable/challenges", Value::Null).await?;
        let mut off = shown(&challenge, &key.get(&challenge["public_key"])?);
        off["password"] = json!(person.password);
        visit.grant(&person, "POST", "/v1/users/me/two-factor/disable", off).await?;
        visit.sign_in(&mut other).await?;
        bind(&town, &visit, &mut other, &mut key).await?;
        Ok(())
    }

    /// Rules: E4.
    async fn of_sixty_four_at_once_one_assertion_succeeds_once(town) {
        let visit = Visit::open(&town).await?;
        let (mut person, mut key) = with_key(&town, &visit, Role::Agent).await?;
        let challenge = visit.grant(&person, "POST", "/v1/step-up/challenges", Value::Null).await?;
        let body = shown(&challenge, &key.get(&challenge["public_key"])?);
        let bearer = format!("Bearer {}", person.session()?);
        let doors = std::sync::Arc::new(Doors::open(&town).await?);
        let results = at_once(64, |_| {
            let (doors, bearer, body) = (doors.clone(), bearer.clone(), body.clone());
            async move {
                let request = axum::http::Request::post("/v1/step-up")
                    .header("authorization", bearer)
                    .header("content-type", "application/json");
                doors.ask(request.body(axum::body::Body::from(body.to_string()))?).await
            }
        })
        .await?;
        let mut good = vec![];
        for answer in results {
            let answer: Answer = answer?;
            ensure!(answer.status.as_u16() < 500, "{} {}", answer.gist(), answer.body);
            if answer.status == 200 {
                good.push(text(&answer.body, "/session/token")?);
            }
        }
        ensure!(good.len() == 1, "{} successes", good.len());
        person.browser.session = good.pop();
        ensure!(town.count("AssertionAccepted").await? == 1, "one is on record");
        Ok(())
    }

    /// Rules: E4.
    async fn what_no_authenticator_would_say_is_refused_and_breaks_nothing(town) {
        let visit = Visit::open(&town).await?;
        let owner = town.owner().await?;
        let (person, _) = newcomer(&town, &visit, &owner, Role::Agent).await?;
        let (factor, options) = begin(&visit, &person).await?;
        let confirm = format!("{factor}/confirm");
        let whole = SecurityKey::new(ORIGIN)?.create_with(&options, |object| object)?;
        let length = whole["response"]["attestationObject"].as_str().map_or(0, str::len) * 3 / 4;
        for place in (0..length).step_by(11) {
            for cut in [false, true] {
                let mangled = SecurityKey::new(ORIGIN)?.create_with(&options, |mut object| {
                    if cut {
                        object.truncate(place);
                    } else {
                        object[place] ^= 0xff;
                    }
                    object
                })?;
                let answer = visit.ask(&person, "POST", &confirm, json!({ "credential": mangled })).await?;
                ensure!(answer.status.as_u16() < 500, "{place} {cut}: {} {}", answer.gist(), answer.body);
            }
        }
        for credential in [json!(null), json!({}), json!("x"), json!({ "id": "A", "rawId": "A" })] {
            let body = json!({ "credential": credential });
            let answer = visit.ask(&person, "POST", &confirm, body).await?;
            ensure!(answer.status.as_u16() < 500 && !answer.status.is_success(), "{}", answer.body);
        }
        let (mut person, mut key) = newcomer(&town, &visit, &owner, Role::EndUser).await?;
        for place in (0..37).step_by(4) {
            town.wait(Span::minutes(30));
            let (begun, challenge) = asked(&visit, &mut person).await?;
            let cut = key.get_with(&challenge["public_key"], |mut data| {
                data.truncate(place);
                data
            })?;
            let answer = visit.at_device(&begun, &proofs(&begun)?, shown(&challenge, &cut)).await?;
            ensure!(answer.status == 401, "{place}: {} {}", answer.gist(), answer.body);
            let mut sealed = shown(&challenge, &key.get(&challenge["public_key"])?);
            sealed["assertion"]["state"] = json!("AAAA");
            town.wait(Span::minutes(4));
            let answer = visit.at_device(&begun, &proofs(&begun)?, sealed).await?;
            ensure!(!answer.status.is_success() && answer.status.as_u16() < 500, "{place}: {}", answer.body);
            town.wait(Span::minutes(30));
            in_with(&visit, &mut person, &mut key).await?;
        }
        Ok(())
    }
}
