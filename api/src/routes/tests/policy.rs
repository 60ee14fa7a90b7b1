//! What an account demands: previews, confirmations, floors, schedules, forecasts, profiles.

use serde_json::{Value, json};
use twofold_domain::time::Span;
use twofold_projections::wait_notices::WaitNotices;

use super::house::{Answer, House, Somebody};
use super::power::counted;

const POLICY: &str = "/v1/accounts/acme/policy";

impl House {
    async fn version(&self, who: &Somebody) -> String {
        self.get(who, POLICY).go().await.good().etag()
    }

    /// Puts a body under the account's present version.
    pub(super) async fn put(&self, who: &Somebody, path: &str, body: &Value) -> Answer {
        let version = self.version(who).await;
        self.ask("PUT", path).bearer(&who.token).with("if-match", &version).json(body).go().await
    }

    async fn preview(&self, who: &Somebody, change: &Value) -> Value {
        let path = format!("{POLICY}/preview");
        self.post(who, &path).json(&json!({ "change": change })).go().await.good().body
    }
}

/// Rules: P4, P9.
#[tokio::test(flavor = "multi_thread")]
async fn a_requirement_is_previewed_and_confirmed_and_a_harmless_save_is_not() {
    let house = House::open().await;
    let ada = house.strong_owner("acme").await;
    let grace = house.join(&ada, "agent", "grace").await;

    // What concerns nobody is saved at once; what is not sent stays.
    let saved = house.put(&ada, POLICY, &json!({"end_users": {"idle_minutes": 60}})).await.good();
    assert_eq!(saved.body["end_users"]["trust_days"], 30);
    let wrong = house.put(&ada, POLICY, &json!({"team": {"requird": true}})).await;
    assert_eq!(wrong.gist(), "422 invalid_fields /team/requird unknown_field");

    // A requirement says first whom it makes enrol, by name and number.
    let change = json!({"kind": "policy", "team": {"required": true}});
    let unseen = house.put(&ada, POLICY, &json!({"team": {"required": true}})).await;
    let told = (unseen.gist(), unseen.text("/category"), unseen.body["people"].clone());
    assert_eq!(told, ("409 preview_required".to_owned(), "must_enrol_now".to_owned(), json!(1)));
    let seen = house.preview(&ada, &change).await;
    assert_eq!((counted(&seen, "must_enrol_now"), counted(&seen, "reset")), (1, 0));
    let first = &seen["categories"].as_array().unwrap()[1]["first"];
    assert_eq!(first[0]["user"], grace.user);
    assert!(seen["prompts"]["since"].is_string() && seen["confirmation_needed"] == true, "{seen}");
    // Minutes of sign-ins are counted, and tell nothing of a month.
    assert!(seen["prompts"]["then"].is_u64() && seen["prompts"].get("extra_a_month").is_none(), "{seen}");

    // The confirmation is of this change, of this policy, and of this hour.
    let confirmed = |preview: &Value| json!({"team": {"required": true}, "preview": preview["confirmation"]});
    let mut other = confirmed(&seen);
    other["team"]["trust_days"] = json!(0);
    let refused = house.put(&ada, POLICY, &other).await;
    assert_eq!((refused.gist(), refused.text("/category")), ("409 preview_outdated".into(), "change".into()));
    let mut forged = confirmed(&seen);
    forged["preview"]["maxima"]["must_enrol_now"] = json!(1_000);
    let refused = house.put(&ada, POLICY, &forged).await;
    assert_eq!((refused.gist(), refused.text("/category")), ("409 preview_outdated".into(), "change".into()));
    house.put(&ada, POLICY, &json!({"end_users": {"idle_minutes": 61}})).await.good();
    let refused = house.put(&ada, POLICY, &confirmed(&seen)).await;
    assert_eq!(
        (refused.gist(), refused.text("/category")),
        ("409 preview_outdated".into(), "version".into())
    );
    let seen = house.preview(&ada, &change).await;
    house.join(&ada, "agent", "mary").await;
    let refused = house.put(&ada, POLICY, &confirmed(&seen)).await;
    let told = (refused.gist(), refused.text("/category"), refused.body["at_most"].clone());
    assert_eq!(told, ("409 preview_outdated".into(), "must_enrol_now".into(), json!(1)));
    let seen = house.preview(&ada, &change).await;
    let saved = house.put(&ada, POLICY, &confirmed(&seen)).await.good();
    assert_eq!(saved.body["team"]["required"], true);
}

/// Rules: P9.
#[tokio::test(flavor = "multi_thread")]
async fn the_people_of_a_preview_are_paged() {
    let house = House::open().await;
    let ada = house.strong_owner("acme").await;
    for name in ["grace", "mary", "eve"] {
        house.join(&ada, "agent", name).await;
    }
    let path = format!("{POLICY}/preview/people");
    let mut body = json!({"change": {"kind": "policy", "team": {"required": true}},
        "effect": "must_enrol_now", "limit": 2});
    let first = house.post(&ada, &path).json(&body).go().await.good().body;
    assert_eq!(first["items"].as_array().unwrap().len(), 2);
    body["after"] = first["after"].clone();
    let rest = house.post(&ada, &path).json(&body).go().await.good().body;
    assert_eq!((rest["items"].as_array().unwrap().len(), rest["after"].clone()), (1, Value::Null));
}

/// Rules: P11.
#[tokio::test(flavor = "multi_thread")]
async fn an_admin_stays_above_the_owners_floor() {
    let house = House::open().await;
    let ada = house.strong_owner("acme").await;
    let mut grace = house.join(&ada, "admin", "grace").await;
    house.enrol(&mut grace).await;
    let floor = "/v1/accounts/acme/floor";
    let refused = house.put(&grace, floor, &json!({"team": {"trust_days": 7}})).await;
    assert_eq!(refused.gist(), "403 forbidden");
    let set = house.put(&ada, floor, &json!({"team": {"trust_days": 7}})).await.good();
    assert_eq!(set.body["team_floor"]["trust_days"], 7);
    let looser = house.put(&grace, POLICY, &json!({"team": {"trust_days": 8}})).await;
    let told = (looser.gist(), looser.text("/field"), looser.body["floor"].clone());
    assert_eq!(told, ("409 below_floor".to_owned(), "trust_days".to_owned(), json!(7)));
    house.put(&grace, POLICY, &json!({"team": {"trust_days": 7}})).await.good();
    house.put(&ada, POLICY, &json!({"team": {"trust_days": 8}})).await.good();
    let gone = house.put(&ada, floor, &json!({"team": null})).await.good();
    assert_eq!(gone.body["team_floor"], Value::Null);
}

/// Rules: P10.
#[tokio::test(flavor = "multi_thread")]
async fn a_scheduled_policy_is_forecast_and_begins_by_itself() {
    let house = House::open().await;
    let ada = house.strong_owner("acme").await;
    let grace = house.join(&ada, "agent", "grace").await;
    let (day, begins) = (house.app.now() + Span::hours(1), house.app.now() + Span::minutes(30));
    let wish = json!({"audience": "team", "policy": {"required": true}, "begins_at": begins.to_string()});
    let schedule = async |body: &Value| {
        let version = house.version(&ada).await;
        let path = format!("{POLICY}/schedule");
        house.post(&ada, &path).with("if-match", &version).json(body).go().await
    };
    assert_eq!(schedule(&wish).await.gist(), "409 preview_required");
    let mut change = wish.clone();
    change["kind"] = json!("schedule");
    let seen = house.preview(&ada, &change).await;
    assert_eq!((seen["tells_at"].clone(), counted(&seen, "must_enrol_now")), (json!(begins.to_string()), 1));
    let mut body = wish.clone();
    body["preview"] = seen["confirmation"].clone();
    let open = schedule(&body).await.good();
    let told = async |who: &Somebody, words: &str| {
        let notices = WaitNotices::new(house.app.desk.clone(), house.app.projector.clone());
        notices.finish().await.unwrap();
        house.mail(who).await.iter().filter(|letter| letter.contains(words)).count()
    };
    assert_eq!(told(&ada, "takes effect").await, 1, "owners and admins are told");
    assert_eq!(told(&grace, "takes effect").await, 0, "and nobody else");
    assert_eq!(schedule(&body).await.gist(), "409 already_scheduled");
    let mut past = wish.clone();
    past["begins_at"] = json!(house.app.now().to_string());
    assert_eq!(schedule(&past).await.gist(), "422 invalid_fields /begins_at out_of_range");

    // The forecast names who will not comply; before the day nobody is asked.
    let forecast =
        async |at: &str| house.get(&ada, &format!("{POLICY}/forecast?at={at}")).go().await.good().body;
    let ahead = forecast(&day.to_string()).await;
    assert_eq!(
        (ahead["by_role"].clone(), ahead["items"][0]["user"].clone()),
        (json!({"agent": 1}), json!(grace.user))
    );
    assert_eq!(forecast(&house.app.now().to_string()).await["by_role"], json!({}));
    assert_eq!(house.sign_in(&grace).await.good().text("/result"), "complete");

    // Withdrawn, it never begins; scheduled again, it begins without anybody's doing.
    let withdraw = house.delete(&ada, open.header("location"));
    assert_eq!(withdraw.go().await.status, 204);
    assert_eq!(told(&ada, "was withdrawn").await, 1);
    assert_eq!(forecast(&day.to_string()).await["by_role"], json!({}));
    body["preview"] = house.preview(&ada, &change).await["confirmation"].clone();
    schedule(&body).await.good();
    house.time.advance(Span::minutes(30));
    assert_eq!(house.sign_in(&grace).await.good().text("/result"), "enrol");
    assert_eq!(house.get(&ada, POLICY).go().await.good().body["team"]["required"], true);
}

/// Rules: P12.
#[tokio::test(flavor = "multi_thread")]
async fn a_profile_says_rule_by_rule_what_is_missed() {
    let house = House::open().await;
    let ada = house.strong_owner("acme").await;
    let report =
        async |query: &str| house.get(&ada, &format!("/v1/accounts/acme/conformance{query}")).go().await;
    assert_eq!(report("").await.gist(), "422 invalid_fields query/profile missing_field");
    house.put(&ada, "/v1/accounts/acme/profile", &json!({"profile": "pci-dss-4"})).await.good();
    let own = report("").await.good().body;
    assert_eq!((own["profile"].clone(), own["meets"].clone()), (json!("pci-dss-4"), json!(false)));
    let idle = own["rules"].as_array().unwrap().iter().find(|rule| rule["rule"] == "idle_minutes").unwrap();
    assert_eq!(
        *idle,
        json!({"rule": "idle_minutes", "source": "PCI DSS 4.0.1 req. 8.2.8", "audience": "team",
            "meets": false, "value": 480, "wanted": {"at_most": 15}})
    );
    assert_eq!(report("?profile=seed").await.good().body["meets"], true);
}

/// Rules: H6.
#[tokio::test(flavor = "multi_thread")]
async fn an_app_learns_that_it_must_be_unlocked_and_says_when_it_was() {
    const UNLOCKED: &str = "/v1/session/reauthorised";
    let house = House::open().await;
    let ada = house.strong_owner("acme").await;
    assert_eq!(house.get(&ada, "/v1/me").go().await.good().body["reauthorise_on_open"], false);
    house.put(&ada, POLICY, &json!({"team": {"reauthorise_on_open": true}})).await.good();
    let me = house.get(&ada, "/v1/me").go().await.good().body;
    assert_eq!((&me["reauthorise_on_open"], &me["session"]["reauthorised_at"]), (&json!(true), &Value::Null));

    let odd = house.post(&ada, UNLOCKED).json(&json!({"means": "a wink"})).go().await;
    assert_eq!(odd.gist(), "422 invalid_fields /means unknown_value");
    let said = house.post(&ada, UNLOCKED).json(&json!({"means": "biometric"})).go().await.good();
    assert_eq!((said.status.as_u16(), said.header("twofold-position").is_empty()), (204, false));
    let first = house.app.now().to_string();
    // Opened again at once, it is as well, and not written down again.
    house.time.advance(Span::seconds(30));
    let again = house.post(&ada, UNLOCKED).json(&json!({"means": "pin"})).go().await.good();
    assert!(again.header("twofold-position").is_empty());
    let list = format!("/v1/users/me/sessions?min_position={}", said.header("twofold-position"));
    let sessions = house.get(&ada, &list).go().await.good();
    assert_eq!(sessions.text("/items/0/reauthorised_at"), first);

    // It is the word of an app, and raises nothing.
    house.time.advance(Span::minutes(11));
    house.post(&ada, UNLOCKED).json(&json!({"means": "pin"})).go().await.good();
    assert_eq!(house.get(&ada, "/v1/me").go().await.good().body["stepped_up_until"], Value::Null);
    house.post(&ada, "/v1/sign-out").go().await.good();
    let over = house.post(&ada, UNLOCKED).json(&json!({"means": "pin"})).go().await;
    assert_eq!(over.gist(), "401 unauthenticated");
}
