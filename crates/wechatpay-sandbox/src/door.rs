//! Who may use the control door and the cashier: programs and pages of this computer, not a page of the internet.
//!
//! A browser on this computer carries out what any web page asks of 127.0.0.1. Such a request names a foreign
//! `Origin`, or, where a name was pointed at this computer, a foreign `Host`.

use std::net::IpAddr;

use axum::http::{HeaderMap, Method, Uri, header};

/// Why a request is turned away, if it is.
pub(crate) fn turned_away(method: &Method, uri: &Uri, headers: &HeaderMap) -> Option<&'static str> {
    let text = |name| {
        headers
            .get(name)
            .and_then(|value: &axum::http::HeaderValue| value.to_str().ok())
    };
    let host = match text(header::HOST.as_str()) {
        Some(host) => host,
        None => uri.authority().map_or("", |authority| authority.as_str()),
    };
    if !is_this_computer(host) {
        return Some("Host is not this computer");
    }
    if let Some(origin) = text(header::ORIGIN.as_str()) {
        let from = origin
            .strip_prefix("http://")
            .or_else(|| origin.strip_prefix("https://"));
        if !from.is_some_and(|from| from.eq_ignore_ascii_case(host)) {
            return Some("Origin is another page");
        }
    }
    let site = text("sec-fetch-site").unwrap_or("none");
    if *method != Method::GET && !matches!(site, "none" | "same-origin") {
        return Some("Sec-Fetch-Site is another page");
    }
    None
}

/// True for `localhost` and loopback addresses, with or without a port.
fn is_this_computer(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split_once(']').map_or("", |(name, _)| name),
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    };
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(method: &Method, pairs: &[(&'static str, &str)]) -> Option<&'static str> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, value.parse().unwrap());
        }
        turned_away(method, &Uri::from_static("/_sandbox/pay"), &headers)
    }

    #[test]
    fn programs_and_own_pages_come_in_and_foreign_pages_do_not() {
        let own = "127.0.0.1:8080";
        for host in [
            own,
            "localhost:8080",
            "[::1]:8080",
            "127.0.0.1",
            "LOCALHOST",
        ] {
            assert_eq!(judged(&Method::POST, &[("host", host)]), None, "{host}");
        }
        let page = [
            ("host", own),
            ("origin", "http://127.0.0.1:8080"),
            ("sec-fetch-site", "same-origin"),
        ];
        assert_eq!(judged(&Method::POST, &page), None);
        let link = [("host", own), ("sec-fetch-site", "cross-site")];
        assert_eq!(
            judged(&Method::GET, &link),
            None,
            "a shop's page leads to the cashier"
        );
        for foreign in [
            &[("host", "evil.example:8080")][..],
            &[("host", "localhost.evil.example")],
            &[("host", "")],
            &[],
            &[("host", own), ("origin", "https://evil.example")],
            &[("host", own), ("origin", "null")],
            &[("host", own), ("origin", "http://127.0.0.1:9999")],
            &[("host", own), ("sec-fetch-site", "cross-site")],
        ] {
            assert!(judged(&Method::POST, foreign).is_some(), "{foreign:?}");
        }
    }
}
