//! Where a request comes from.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use crate::problem::Problem;
use crate::site::{Site, ThisSite};

/// Longer user agents are cut; they are sealed into events.
const USER_AGENT_LIMIT: usize = 256;

/// Where a request comes from. Both are personal data: sealed before they enter an event, never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct Client {
    /// The network address of the caller, or of the nearest proxy that we do not trust.
    pub ip: IpAddr,
    /// What the browser or app calls itself; empty if it does not say.
    pub user_agent: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Client {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let site = ThisSite::from_request_parts(parts, state).await?;
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        // In-process tests have no connection.
        let peer = peer.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |info| info.0.ip()).to_canonical();
        Ok(Self { ip: caller(peer, &parts.headers, &site), user_agent: user_agent(&parts.headers) })
    }
}

/// Walks `X-Forwarded-For` from the right, as long as each hop is a proxy that we trust. What stands
/// further left is the caller's own invention.
fn caller(peer: IpAddr, headers: &HeaderMap, site: &Site) -> IpAddr {
    let mut caller = peer;
    let values = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = values.flat_map(|value| value.split(',')).map(str::trim).collect();
    for hop in hops.into_iter().rev() {
        if !site.trusted_proxies.contains(&caller) {
            break;
        }
        match hop.parse::<IpAddr>() {
            Ok(ip) => caller = ip.to_canonical(),
            Err(_) => break,
        }
    }
    caller
}

fn user_agent(headers: &HeaderMap) -> String {
    let text = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    text.chars().filter(|c| !c.is_control()).take(USER_AGENT_LIMIT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn forwarded_addresses_count_only_behind_a_trusted_proxy() {
        let peer: IpAddr = [10, 0, 0, 1].into();
        let cases: [(&[IpAddr], &str, &str); 5] = [
            (&[], "203.0.113.7", "10.0.0.1"),
            (&[peer], "203.0.113.7", "203.0.113.7"),
            (&[peer], "6.6.6.6, 203.0.113.7", "203.0.113.7"),
            (&[peer, [10, 0, 0, 2].into()], "6.6.6.6, 203.0.113.7, 10.0.0.2", "203.0.113.7"),
            (&[peer], "nonsense", "10.0.0.1"),
        ];
        for (trusted, forwarded, expected) in cases {
            let mut site = Site::new("http://localhost".parse().unwrap());
            site.trusted_proxies = trusted.to_vec();
            let mut headers = HeaderMap::new();
            headers.insert("x-forwarded-for", HeaderValue::from_static(forwarded));
            assert_eq!(caller(peer, &headers, &site).to_string(), expected, "{trusted:?} {forwarded}");
        }
    }
}
