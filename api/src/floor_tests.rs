//! What a caller gets from the floor itself, whatever the route.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, Response, StatusCode};
use axum::routing::{get, post};
use axum::{Extension, Router};
use http_body_util::BodyExt as _;
use serde::Deserialize;
use serde_json::{Value, json};
use tower::ServiceExt as _;
use twofold_domain::ids::UserId;
use utoipa_axum::router::OpenApiRouter;

use crate::cursor::{Cursor, Limit};
use crate::extract::{Form, IdempotencyKey, IfMatch, Json, Path, Query};
use crate::health::{Check, Finding, Health};
use crate::server;
use crate::site::Site;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "read by serde only")]
struct Policy {
    name: String,
    trust: Trust,
    roles: Vec<Role>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "read by serde only")]
struct Trust {
    days: u16,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Role {
    Owner,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "read by serde only")]
struct List {
    cursor: Option<Cursor>,
    #[serde(default)]
    limit: Limit,
}

struct Down;

impl Check for Down {
    fn name(&self) -> &'static str {
        "database"
    }
    fn check(&self) -> futures::future::BoxFuture<'_, Finding> {
        Box::pin(async { Finding::failed("away", "connection refused at 10.0.0.5") })
    }
}

fn app_with(health: Health, site: Site) -> Router {
    async fn boom() -> &'static str {
        panic!("a secret in a panic message")
    }
    async fn slow() {
        tokio::time::sleep(Duration::from_hours(1)).await;
    }
    let routes = OpenApiRouter::new()
        .route("/v1/policy", post(async |Json(_): Json<Policy>| StatusCode::NO_CONTENT))
        .route("/v1/form", post(async |Form(_): Form<List>| StatusCode::NO_CONTENT))
        .route("/v1/list", get(async |Query(_): Query<List>| StatusCode::NO_CONTENT))
        .route("/v1/users/{user}", get(async |Path(_): Path<UserId>| StatusCode::NO_CONTENT))
        .route("/v1/users/{user}/n/{n}", get(async |Path(_): Path<(UserId, u8)>| StatusCode::NO_CONTENT))
        .route(
            "/v1/match",
            post(async |seen: Option<IfMatch>| {
                IfMatch::required(seen).map(|IfMatch(version)| version.to_string())
            }),
        )
        .route(
            "/v1/key",
            post(async |key: Option<IdempotencyKey>| key.map_or(String::new(), |k| k.as_str().to_owned())),
        )
        .route("/v1/raw", post(async |_: axum::Json<Value>| StatusCode::NO_CONTENT))
        .route("/v1/misplaced", get(async |_: Extension<u8>| StatusCode::NO_CONTENT))
        .route("/v1/boom", get(boom))
        .route("/v1/slow", get(slow));
    server::app(routes, Router::new(), health, site).unwrap()
}

fn app() -> Router {
    app_with(Health::default(), Site::new("http://localhost:8420".parse().unwrap()))
}

async fn send(request: Request<Body>) -> (Response<()>, Value) {
    send_to(app(), request).await
}

async fn send_to(app: Router, request: Request<Body>) -> (Response<()>, Value) {
    let (parts, body) = app.oneshot(request).await.unwrap().into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    let value = serde_json::from_slice(&bytes)
        .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).into_owned()));
    (Response::from_parts(parts, ()), value)
}

fn json_post(path: &str, body: impl Into<Body>) -> Request<Body> {
    Request::post(path).header("content-type", "application/json").body(body.into()).unwrap()
}

fn fetch(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

/// Status, code, and the first field at fault with its code.
fn gist(response: &Response<()>, problem: &Value) -> (u16, String, String) {
    assert_eq!(response.headers()["content-type"], "application/problem+json", "{problem}");
    assert_eq!(problem["status"], response.status().as_u16());
    assert_eq!(problem["request_id"], response.headers()["x-request-id"].to_str().unwrap());
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let field = &problem["errors"][0];
    let field = if field.is_null() {
        String::new()
    } else {
        format!("{} {}", text(&field["pointer"]), text(&field["code"]))
    };
    (response.status().as_u16(), text(&problem["code"]), field)
}

#[tokio::test]
async fn a_bad_body_names_the_field() {
    let deep = "[".repeat(500);
    let large = format!("{{\"name\":\"{}\"}}", "x".repeat(70_000));
    let cases: Vec<(Vec<u8>, u16, &str, &str)> = vec![
        (b"".to_vec(), 400, "malformed_body", ""),
        (b"{".to_vec(), 400, "malformed_body", ""),
        (b"{\"name\":\"\xff\"}".to_vec(), 400, "malformed_body", ""),
        (deep.into(), 400, "malformed_body", ""),
        (large.into(), 413, "body_too_large", ""),
        (r#"{"name":"a","trust":{"days":1},"roles":[]} x"#.into(), 400, "malformed_body", ""),
        (
            r#"{"name":"a\u0000","trust":{"days":1},"roles":[]}"#.into(),
            422,
            "invalid_fields",
            "/name invalid_value",
        ),
        (r#"{"name":7,"trust":{"days":1},"roles":[]}"#.into(), 422, "invalid_fields", "/name wrong_type"),
        (
            r#"{"name":"a","trust":{"days":-1},"roles":[]}"#.into(),
            422,
            "invalid_fields",
            "/trust/days invalid_value",
        ),
        (
            r#"{"name":"a","trust":{"days":1e99},"roles":[]}"#.into(),
            422,
            "invalid_fields",
            "/trust/days wrong_type",
        ),
        (r#"{"name":"a","trust":{},"roles":[]}"#.into(), 422, "invalid_fields", "/trust/days missing_field"),
        (
            r#"{"name":"a","trust":{"days":1,"x":2},"roles":[]}"#.into(),
            422,
            "invalid_fields",
            "/trust/x unknown_field",
        ),
        (
            r#"{"name":"a","trust":{"days":1,"days":2},"roles":[]}"#.into(),
            422,
            "invalid_fields",
            "/trust/days duplicate_field",
        ),
        (
            r#"{"name":"a","trust":{"days":1},"roles":["owner","king"]}"#.into(),
            422,
            "invalid_fields",
            "/roles/1 unknown_value",
        ),
        (
            r#"{"name":"a","trust":{"days":1},"roles":[],"admin":true}"#.into(),
            422,
            "invalid_fields",
            "/admin unknown_field",
        ),
        (r#"["a",{"days":1},[]]"#.into(), 422, "invalid_fields", " wrong_type"),
    ];
    for (body, status, code, field) in cases {
        let shown = String::from_utf8_lossy(&body[..body.len().min(80)]).into_owned();
        let (response, problem) = send(json_post("/v1/policy", body)).await;
        assert_eq!(gist(&response, &problem), (status, code.to_owned(), field.to_owned()), "{shown}");
    }
}

#[tokio::test]
async fn a_body_in_another_form_is_refused() {
    for kind in ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", "\u{7f}"] {
        let request =
            Request::post("/v1/policy").header("content-type", kind.as_bytes()).body(Body::from("{}"));
        let Ok(request) = request else { continue };
        let (response, problem) = send(request).await;
        assert_eq!(gist(&response, &problem).1, "unsupported_media_type", "{kind}");
    }
}

#[tokio::test]
async fn a_bad_query_path_or_header_names_the_field() {
    let header = |path: &str, name: &str, value: &str| {
        Request::post(path).header(name, value).body(Body::empty()).unwrap()
    };
    let user = UserId::from_uuid(uuid::Uuid::nil());
    let cases = vec![
        (fetch("/v1/list?limit=0"), 422, "invalid_fields", "query/limit invalid_value"),
        (fetch("/v1/list?limit=201"), 422, "invalid_fields", "query/limit invalid_value"),
        (fetch("/v1/list?limit=many"), 422, "invalid_fields", "query/limit wrong_type"),
        (fetch("/v1/list?colour=red"), 422, "invalid_fields", "query/colour unknown_field"),
        (fetch("/v1/list?limit=1&limit=2"), 422, "invalid_fields", "query/limit duplicate_field"),
        (fetch("/v1/users/17"), 404, "not_found", "path/user invalid_id"),
        (fetch("/v1/users/%ff"), 404, "not_found", "path/user invalid_id"),
        (fetch("/v1/users/acc_00000000000000000000000000"), 404, "not_found", "path/user invalid_id"),
        (fetch(&format!("/v1/users/{user}/n/300")), 404, "not_found", "path/n invalid_id"),
        (fetch("/v1/nowhere"), 404, "not_found", ""),
        (header("/v1/match", "x-none", ""), 428, "precondition_required", "header/if-match missing_field"),
        (header("/v1/match", "if-match", "12"), 400, "malformed_header", "header/if-match invalid_value"),
        (header("/v1/match", "if-match", "*"), 400, "malformed_header", "header/if-match invalid_value"),
        (
            header("/v1/match", "if-match", "W/\"1\""),
            400,
            "malformed_header",
            "header/if-match invalid_value",
        ),
        (
            header("/v1/key", "idempotency-key", ""),
            400,
            "malformed_header",
            "header/idempotency-key invalid_value",
        ),
        (
            header("/v1/key", "idempotency-key", &"k".repeat(129)),
            400,
            "malformed_header",
            "header/idempotency-key invalid_value",
        ),
        (header("/v1/list", "x-none", ""), 405, "method_not_allowed", ""),
    ];
    for (request, status, code, field) in cases {
        let shown = format!("{} {:?}", request.uri(), request.headers());
        let (response, problem) = send(request).await;
        assert_eq!(gist(&response, &problem), (status, code.to_owned(), field.to_owned()), "{shown}");
    }
}

#[tokio::test]
async fn good_input_passes() {
    let header = |path: &str, name: &str, value: &str| {
        Request::post(path).header(name, value).body(Body::empty()).unwrap()
    };
    let user = UserId::from_uuid(uuid::Uuid::nil());
    let form = Request::post("/v1/form")
        .header("content-type", "application/x-www-form-urlencoded; charset=utf-8")
        .body(Body::from("limit=7&cursor="))
        .unwrap();
    let cases = vec![
        (
            json_post("/v1/policy", r#"{"name":"a\\u0000","trust":{"days":1},"roles":["owner"]}"#),
            204,
            json!(""),
        ),
        (form, 204, json!("")),
        (fetch("/v1/list"), 204, json!("")),
        (fetch("/v1/list?limit=200"), 204, json!("")),
        (fetch(&format!("/v1/users/{user}")), 204, json!("")),
        (header("/v1/match", "if-match", "\"12\""), 200, json!(12)),
        (header("/v1/key", "idempotency-key", "\"a-1\""), 200, json!("a-1")),
        (header("/v1/key", "x-none", ""), 200, json!("")),
    ];
    for (request, status, body) in cases {
        let shown = request.uri().to_string();
        let (response, got) = send(request).await;
        assert_eq!((response.status().as_u16(), got), (status, body), "{shown}");
    }
}

#[tokio::test]
async fn a_method_that_is_not_offered_is_told_which_are() {
    let (response, _) = send(Request::delete("/v1/list").body(Body::empty()).unwrap()).await;
    assert_eq!(response.status(), 405);
    assert_eq!(response.headers()["allow"], "GET,HEAD");
}

#[tokio::test]
async fn faults_of_ours_are_problems_without_their_cause() {
    for path in ["/v1/boom", "/v1/misplaced"] {
        let (response, problem) = send(fetch(path)).await;
        assert_eq!(gist(&response, &problem), (500, "internal".to_owned(), String::new()), "{path}");
        assert!(!problem.to_string().contains("secret") && !problem.to_string().contains("Extension"));
    }
}

#[tokio::test]
async fn what_a_library_answers_becomes_a_problem() {
    let (response, problem) = send(Request::post("/v1/raw").body(Body::from("{}")).unwrap()).await;
    assert_eq!(gist(&response, &problem).1, "unsupported_media_type");
}

#[tokio::test]
async fn slow_work_is_answered_in_time() {
    let mut site = Site::new("http://localhost:8420".parse().unwrap());
    site.request_timeout = Duration::from_millis(5);
    let (response, problem) = send_to(app_with(Health::default(), site), fetch("/v1/slow")).await;
    assert_eq!(gist(&response, &problem), (503, "timed_out".to_owned(), String::new()));
    assert_eq!(response.headers()["retry-after"], "5");
}

#[tokio::test]
async fn other_sites_cannot_change_anything() {
    let from =
        |name: &str, value: &str| Request::post("/v1/key").header(name, value).body(Body::empty()).unwrap();
    let (response, problem) = send(from("sec-fetch-site", "cross-site")).await;
    assert_eq!(gist(&response, &problem), (403, "cross_site_request".to_owned(), String::new()));
    let (response, _) = send(from("sec-fetch-site", "same-origin")).await;
    assert_eq!(response.status(), 200);
}

#[tokio::test]
async fn every_answer_has_the_security_headers() {
    for path in ["/livez", "/v1/nowhere", "/docs/", "/openapi.json", "/metrics"] {
        let (response, _) = send(fetch(path)).await;
        let policy = response.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{path}");
        assert_eq!(response.headers()["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(response.headers()["referrer-policy"], "no-referrer", "{path}");
        assert!(response.headers().contains_key("cache-control"), "{path}");
        assert_eq!(policy.contains("unsafe-inline"), path == "/docs/", "{path}: {policy}");
    }
}

#[tokio::test]
async fn readiness_says_what_is_wrong_and_not_why() {
    let site = Site::new("http://localhost:8420".parse().unwrap());
    let down = app_with(Health::new([std::sync::Arc::new(Down) as _]), site);
    let (response, report) = send_to(down, fetch("/readyz")).await;
    assert_eq!(response.status(), 503);
    assert_eq!(response.headers()["retry-after"], "2");
    assert_eq!(
        report,
        json!({"ready": false, "checks": [{"name": "database", "ok": false, "detail": "away"}]})
    );
    let (response, report) = send(fetch("/readyz")).await;
    assert_eq!((response.status().as_u16(), report), (200, json!({"ready": true, "checks": []})));
}

#[tokio::test]
async fn figures_count_by_route_and_never_by_path() {
    let user = UserId::from_uuid(uuid::Uuid::nil());
    let _ = send(fetch(&format!("/v1/users/{user}"))).await;
    let (_, text) = send(fetch("/metrics")).await;
    let text = text.as_str().unwrap();
    assert!(text.contains("route=\"/v1/users/{user}\""), "{text}");
    assert!(!text.contains(&user.to_string()));
}

#[tokio::test]
async fn the_reference_page_loads_nothing_from_elsewhere() {
    let (_, page) = send(fetch("/docs/")).await;
    let page = page.as_str().unwrap();
    assert!(page.contains("swagger-ui"));
    assert!(!page.contains("http://") && !page.contains("https://"), "{page}");
    let (_, document) = send(fetch("/openapi.json")).await;
    assert_eq!(document["openapi"], "3.1.0");
    assert!(document["paths"]["/readyz"].is_object());
}
