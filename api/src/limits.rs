//! How often strangers may ask: token buckets for requests that nobody has signed in for.
//!
//! One bucket for each network address (an IPv6 network of 64 bits counts as one) and one for each account
//! that is asked for. Both refill steadily, and are as large as what a minute refills. They stand
//! before the failure budgets of the domain, which are exact, and only keep one caller from taking all of the
//! password checker's time. They are this process's own: two servers allow twice as much.
//!
//! Answers carry `RateLimit-Policy` and `RateLimit` (IETF draft-ietf-httpapi-ratelimit-headers), refusals
//! `Retry-After` as well.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{FromRequestParts as _, RawPathParams, Request};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::extract::Client;
use crate::problem::{Problem, kinds};
use crate::site::ThisSite;

/// Callers, or accounts, remembered at once. One that is forgotten begins with a full bucket.
const REMEMBERED: usize = 1 << 16;
/// What the buckets hold is refilled in this time.
const WINDOW: Duration = Duration::from_mins(1);

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// How often strangers may ask. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Limits(Arc<Both>);

#[derive(Debug)]
struct Both {
    clients: Buckets<IpAddr>,
    accounts: Buckets<String>,
}

/// The buckets of one kind.
#[derive(Debug)]
struct Buckets<K> {
    /// What a bucket holds, and what a minute refills. None holds nothing back.
    size: Option<u32>,
    levels: Mutex<HashMap<K, Level>>,
}

#[derive(Debug, Clone, Copy)]
struct Level {
    left: f64,
    seen: Instant,
}

/// What one bucket says of one request.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Draw {
    size: u32,
    /// What is left behind it; less than nothing where it was refused.
    left: f64,
}

impl Draw {
    fn per_second(self) -> f64 {
        f64::from(self.size) / WINDOW.as_secs_f64()
    }

    /// Seconds until the next request is let through.
    fn wait(self) -> u64 {
        (-self.left / self.per_second()).ceil().max(1.0) as u64
    }

    /// Seconds until the bucket is full.
    fn full_in(self) -> u64 {
        ((f64::from(self.size) - self.left.max(0.0)) / self.per_second()).ceil() as u64
    }

    fn refused(self) -> bool {
        self.left < 0.0
    }
}

impl<K: Hash + Eq + Clone> Buckets<K> {
    fn of(size: u32) -> Self {
        Self { size: (size > 0).then_some(size), levels: Mutex::default() }
    }

    fn draw(&self, key: &K, now: Instant) -> Option<Draw> {
        let size = self.size?;
        let mut levels = self.levels.lock().unwrap_or_else(PoisonError::into_inner);
        let refilled = |level: &Level| {
            let passed = now.saturating_duration_since(level.seen).as_secs_f64();
            (level.left + passed * f64::from(size) / WINDOW.as_secs_f64()).min(size.into())
        };
        if levels.len() >= REMEMBERED && !levels.contains_key(key) {
            levels.retain(|_, level| refilled(level) < f64::from(size));
            if levels.len() >= REMEMBERED {
                levels.clear();
            }
        }
        let level = levels.entry(key.clone()).or_insert(Level { left: size.into(), seen: now });
        let left = refilled(level) - 1.0;
        // A refused request takes nothing out.
        *level = Level { left: if left < 0.0 { left + 1.0 } else { left }, seen: now };
        Some(Draw { size, left })
    }
}

impl Limits {
    /// So many requests a minute for each client and for each account; 0 for as many as they like.
    pub fn new(client_per_minute: u32, account_per_minute: u32) -> Self {
        let (clients, accounts) = (Buckets::of(client_per_minute), Buckets::of(account_per_minute));
        Self(Arc::new(Both { clients, accounts }))
    }

    /// No limits: for tests, and for what is served to nobody but oneself.
    pub fn none() -> Self {
        Self::new(0, 0)
    }

    fn draw(&self, client: IpAddr, account: Option<&str>, now: Instant) -> [Option<(&'static str, Draw)>; 2] {
        let client = self.0.clients.draw(&network(client), now).map(|draw| ("client", draw));
        // Whoever is refused for themselves takes nothing from the account.
        let refused = client.is_some_and(|(_, draw)| draw.refused());
        let account = account.filter(|_| !refused).map(str::to_lowercase);
        let account = account.and_then(|account| self.0.accounts.draw(&account, now));
        [client, account.map(|draw| ("account", draw))]
    }
}

/// Who counts as one caller: an address, or the network that an IPv6 customer has to themselves.
fn network(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(_) => ip,
        IpAddr::V6(six) => {
            let mut segments = six.segments();
            segments[4..].fill(0);
            IpAddr::from(segments)
        }
    }
}

/// Lets a stranger's request through, or tells them when to come back.
pub async fn strangers(request: Request, next: Next) -> Response {
    match admit(request).await {
        Ok((request, draws)) => with_headers(next.run(request).await, &draws),
        Err(refused) => refused,
    }
}

/// Lets a session's or a token's request through, and takes an e-mail address and a password on a request for a
/// stranger's.
pub async fn passwords(request: Request, next: Next) -> Response {
    let shown = request.headers().get(header::AUTHORIZATION).and_then(|value| value.as_bytes().get(..6));
    if shown.is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"basic ")) {
        return strangers(request, next).await;
    }
    next.run(request).await
}

type Draws = [Option<(&'static str, Draw)>; 2];

async fn admit(request: Request) -> Result<(Request, Draws), Response> {
    let (mut parts, body) = request.into_parts();
    let site = ThisSite::from_request_parts(&mut parts, &()).await.map_err(Problem::into_response)?;
    let client = Client::from_request_parts(&mut parts, &()).await.map_err(Problem::into_response)?;
    let named = RawPathParams::from_request_parts(&mut parts, &()).await.ok();
    let named = named.iter().flatten().find(|(name, _)| matches!(*name, "account" | "slug"));
    let draws = site.limits.draw(client.ip, named.map(|(_, value)| value), Instant::now());
    match draws.iter().flatten().find(|(_, draw)| draw.refused()) {
        None => Ok((Request::from_parts(parts, body), draws)),
        Some((_, draw)) => {
            let problem = Problem::new(kinds::TOO_MANY_REQUESTS)
                .detail("Too many requests from this network, or for this account. Wait a moment.")
                .retry_after(draw.wait());
            Err(with_headers(problem.into_response(), &draws))
        }
    }
}

fn with_headers(mut response: Response, draws: &Draws) -> Response {
    let each = || draws.iter().flatten();
    let policy: Vec<_> =
        each().map(|(name, draw)| format!("\"{name}\";q={};w={}", draw.size, WINDOW.as_secs())).collect();
    // The one that will refuse first.
    let tightest = each().min_by(|(_, a), (_, b)| a.left.total_cmp(&b.left));
    let limit = tightest
        .map(|(name, draw)| format!("\"{name}\";r={};t={}", draw.left.max(0.0) as u32, draw.full_in()));
    for (name, value) in [(POLICY, Some(policy.join(", "))), (LIMIT, limit)] {
        let value = value.filter(|v| !v.is_empty()).and_then(|v| HeaderValue::from_str(&v).ok());
        if let Some(value) = value {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::http::StatusCode;
    use axum::middleware::from_fn;
    use axum::routing::post;
    use tower::ServiceExt as _;

    use super::*;
    use crate::layers;
    use crate::site::Site;

    #[test]
    fn a_bucket_lets_its_size_through_and_then_its_refill() {
        let (buckets, start) = (Buckets::of(60), Instant::now());
        let draw = |seconds| buckets.draw(&"a", start + Duration::from_secs(seconds)).unwrap();
        for left in (0..60).rev() {
            assert_eq!(draw(0), Draw { size: 60, left: f64::from(left) });
        }
        assert!(draw(0).refused() && draw(0).wait() == 1);
        assert!(!draw(1).refused() && draw(1).refused(), "one a second");
        assert_eq!(draw(3_600), Draw { size: 60, left: 59.0 }, "and never more than it holds");
        assert_eq!(Buckets::of(0).draw(&"a", start), None);
    }

    #[test]
    fn neighbours_in_one_network_share_a_bucket_and_others_do_not() {
        let (limits, now) = (Limits::new(1, 0), Instant::now());
        for (ip, refused) in [
            ("192.0.2.1", false),
            ("192.0.2.1", true),
            ("192.0.2.2", false),
            ("2001:db8:0:1::1", false),
            ("2001:db8:0:1:ffff::2", true),
            ("2001:db8:0:2::1", false),
        ] {
            let [client, account] = limits.draw(ip.parse().unwrap(), Some("acme"), now);
            assert_eq!(client.map(|(_, draw)| draw.refused()), Some(refused), "{ip}");
            assert_eq!(account, None);
        }
    }

    #[test]
    fn memory_is_bounded() {
        let (buckets, now) = (Buckets::of(5), Instant::now());
        for n in 0..=REMEMBERED {
            buckets.draw(&n, now);
        }
        assert!(buckets.levels.lock().unwrap().len() <= REMEMBERED);
    }

    #[tokio::test]
    async fn a_stranger_is_told_what_is_left_and_when_to_come_back() {
        let routes = Router::new()
            .route("/a/{slug}/sign-in", post(async || "in").layer(from_fn(strangers)))
            .route("/free", post(async || "free"));
        let mut site = Site::new("http://localhost:8420".parse().unwrap());
        site.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
        site.limits = Limits::new(2, 3);
        let app = layers::shell(routes, &Arc::new(site));
        let ask = async |path: &str, ip: &str| {
            let request = axum::http::Request::post(path).header("x-forwarded-for", ip);
            let answer = app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
            let text = |name: &str| {
                answer.headers().get(name).map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default()
            };
            (answer.status().as_u16(), text("ratelimit"), text("ratelimit-policy"), text("retry-after"))
        };
        let both = "\"client\";q=2;w=60, \"account\";q=3;w=60";
        let (status, limit, policy, _) = ask("/a/acme/sign-in", "192.0.2.1").await;
        assert_eq!((status, limit.as_str(), policy.as_str()), (200, "\"client\";r=1;t=30", both));
        assert_eq!(ask("/a/acme/sign-in", "192.0.2.1").await.0, 200);
        let (status, limit, _, retry) = ask("/a/acme/sign-in", "192.0.2.1").await;
        assert_eq!(status, StatusCode::TOO_MANY_REQUESTS.as_u16());
        assert!(limit.starts_with("\"client\";r=0;t=") && retry == "30", "{limit} {retry}");
        // Others go on until the account's own is empty; another spelling has no other bucket.
        assert_eq!(ask("/a/ACME/sign-in", "192.0.2.2").await.0, 200);
        let (status, limit, _, retry) = ask("/a/acme/sign-in", "192.0.2.3").await;
        assert!(status == 429 && limit.starts_with("\"account\";r=0") && retry == "20", "{limit} {retry}");
        assert_eq!(ask("/a/other/sign-in", "192.0.2.3").await.0, 200);
        for _ in 0..5 {
            let free = ask("/free", "192.0.2.1").await;
            assert_eq!(free, (200, String::new(), String::new(), String::new()));
        }
    }
}
