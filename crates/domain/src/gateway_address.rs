//! Which addresses a merchant's key may be used with: WeChat Pay, a server of the merchant's own, this computer.
//!
//! A host that only looks like WeChat Pay's is refused, since a signed request is worth something to whoever gets it.

/// The official gateway.
pub const OFFICIAL_GATEWAY: &str = "https://api.mch.weixin.qq.com";
/// The second official address, in another city.
pub const OFFICIAL_GATEWAY_2: &str = "https://api2.mch.weixin.qq.com";

/// The domain of every official address (`api`, `api2`, `apihk`, `apius` and the like).
const OFFICIAL_DOMAIN: &str = "mch.weixin.qq.com";
/// Hosts this close to an official one are look-alikes: so many signs changed, left out or added.
const TOO_CLOSE: usize = 3;

/// Where a gateway address leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GatewayKind {
    /// This computer.
    Loopback,
    /// Anywhere else, https only.
    Remote,
}

/// Why an address may not be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GatewayFault {
    /// It is no https address and not this computer either, or it is not written plainly.
    NotAllowed,
    /// Its host looks like WeChat Pay's and is another.
    LookAlike,
}

/// Judges a gateway address; `None` when it may not be used.
#[must_use]
pub fn gateway_kind(address: &str) -> Option<GatewayKind> {
    judge_gateway(address).ok()
}

/// True for an address of WeChat Pay, as a person writes it: https, no port, no path.
#[must_use]
pub fn is_official_gateway(address: &str) -> bool {
    let host = address.strip_prefix("https://").unwrap_or_default();
    let host = host.strip_suffix('/').unwrap_or(host).to_ascii_lowercase();
    let before = host.strip_suffix(OFFICIAL_DOMAIN);
    before.is_some_and(|before| before.ends_with('.') && is_name(&host))
}

/// Judges a gateway address.
///
/// # Errors
/// [`GatewayFault`] when it may not be used.
pub fn judge_gateway(address: &str) -> Result<GatewayKind, GatewayFault> {
    let (https, host) = plain_host(address).ok_or(GatewayFault::NotAllowed)?;
    let ip = host.parse::<std::net::IpAddr>();
    let is_loopback = host.eq_ignore_ascii_case("localhost")
        || ip.as_ref().is_ok_and(std::net::IpAddr::is_loopback);
    if is_loopback {
        return Ok(GatewayKind::Loopback);
    }
    if !https {
        return Err(GatewayFault::NotAllowed);
    }
    if ip.is_ok() {
        return Ok(GatewayKind::Remote);
    }
    if is_look_alike(host) {
        return Err(GatewayFault::LookAlike);
    }
    is_name(host)
        .then_some(GatewayKind::Remote)
        .ok_or(GatewayFault::NotAllowed)
}

/// Whether it is https, and the host; `None` for what is not written plainly.
fn plain_host(address: &str) -> Option<(bool, &str)> {
    let (https, rest) = match address.strip_prefix("https://") {
        Some(rest) => (true, rest),
        None => (false, address.strip_prefix("http://")?),
    };
    let authority = rest.split(['/', '?', '#']).next()?;
    let is_odd = |c: char| c.is_control() || c.is_whitespace();
    if authority.is_empty()
        || authority.contains('@')
        || address.chars().any(is_odd)
        || rest.contains(['?', '#', '\\'])
    {
        return None;
    }
    let host = match authority.strip_prefix('[') {
        Some(v6) => {
            let (host, port) = v6.split_once(']')?;
            (port.is_empty() || port.strip_prefix(':').is_some_and(is_port)).then_some(host)?
        }
        None => match authority.split_once(':') {
            Some((host, port)) => is_port(port).then_some(host)?,
            None => authority,
        },
    };
    (!host.is_empty()).then_some((https, host))
}

fn is_port(text: &str) -> bool {
    text.parse::<u16>().is_ok_and(|port| port > 0)
}

/// True for a host name in plain letters. A last label of digits would be read as an IP address in disguise.
fn is_name(host: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last = host.rsplit('.').next().unwrap_or_default();
    host.split('.').all(is_label) && last.bytes().any(|b| b.is_ascii_alphabetic()) && !is_hex(last)
}

fn is_hex(label: &str) -> bool {
    let digits = label.strip_prefix("0x").or(label.strip_prefix("0X"));
    digits.is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// True for a host that a person would take for WeChat Pay's.
fn is_look_alike(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    if host == OFFICIAL_DOMAIN
        || host
            .strip_suffix(OFFICIAL_DOMAIN)
            .is_some_and(|before| before.ends_with('.') && is_name(&host))
    {
        return false;
    }
    // Letters of other scripts, which may look like ours.
    if !host.is_ascii() || host.split('.').any(|label| label.starts_with("xn--")) {
        return true;
    }
    let shape = shape_of(&host);
    let official = shape_of(OFFICIAL_DOMAIN);
    if shape.contains(&official) {
        return true;
    }
    let hosts = [OFFICIAL_GATEWAY, OFFICIAL_GATEWAY_2];
    let official_hosts = hosts.map(|address| shape_of(address.trim_start_matches("https://")));
    official_hosts
        .iter()
        .chain([&official])
        .any(|known| is_close(&shape, known))
}

/// The host as the eye takes it: no dots and dashes, and one sign for all that look alike.
fn shape_of(host: &str) -> String {
    let plain: String = host
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|sign| match sign {
            '0' => 'o',
            '1' | 'i' | 'j' => 'l',
            '5' => 's',
            'g' => 'q',
            'v' => 'u',
            sign => sign,
        })
        .collect();
    plain
        .replace("rn", "m")
        .replace("uu", "w")
        .replace("cl", "d")
}

/// True when few changes lead from one to the other.
fn is_close(one: &str, other: &str) -> bool {
    let (one, other): (Vec<u8>, Vec<u8>) = (one.bytes().collect(), other.bytes().collect());
    if one.len().abs_diff(other.len()) > TOO_CLOSE {
        return false;
    }
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, left) in one.iter().enumerate() {
        let mut before = at;
        let mut here = at + 1;
        let mut next = vec![here];
        for (right, above) in other.iter().zip(row.iter().skip(1)) {
            let changed = before + usize::from(left != right);
            here = changed.min(above + 1).min(here + 1);
            before = *above;
            next.push(here);
        }
        row = next;
    }
    row.last().is_some_and(|steps| *steps <= TOO_CLOSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_or_loopback_is_a_gateway() {
        for good in [
            "https://api.mch.weixin.qq.com",
            "https://api2.mch.weixin.qq.com",
            "https://apihk.mch.weixin.qq.com",
            "https://API.mch.weixin.qq.com",
            "https://relay.example.com/pay",
            "https://pay-gateway.shop.cn:8443",
            "https://10.0.0.7",
            "https://[fd00::7]:443",
            "http://127.0.0.1:8080",
            "http://[::1]:80",
            "https://localhost:1/x",
        ] {
            assert!(judge_gateway(good).is_ok(), "{good}");
            let ours = good.to_ascii_lowercase().ends_with("mch.weixin.qq.com");
            assert_eq!(is_official_gateway(good), ours, "{good}");
        }
        for odd in [":8443", "/x", "@evil.com"] {
            assert!(!is_official_gateway(&format!("{OFFICIAL_GATEWAY}{odd}")));
        }
        for bad in [
            "http://api.mch.weixin.qq.com",
            "http://127.0.0.1.evil.com",
            "https://",
            "ftp://127.0.0.1",
            "http://a@127.0.0.1",
            "https://x y",
            "http://127.0.0.1:0",
            "http://[::1",
            "https://0x7f000001",
            "https://2130706433",
            "https://127.1",
            "https://a%2eb.com",
            "https://-a.com",
            "https://a..com",
            "https://relay.example.com.",
        ] {
            assert_eq!(gateway_kind(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_host_that_only_looks_like_the_gateway_is_refused() {
        for host in [
            "api.mch.weixin.qq.com.evil.com",
            "api.mch.weixin.qq.com.cn",
            "api-mch-weixin-qq-com.evil.com",
            "api.mch.weixin-qq.com",
            "apimch.weixin.qq.com",
            "api.mch.weixin.qq.co",
            "api.mch.weixin.qq.corn",
            "api.mch.weixln.qq.com",
            "api.mch.we1xin.qq.com",
            "api.mch.vveixin.qq.com",
            "api.mch.weixin.gg.com",
            "api.rnch.weixin.qq.com",
            "api.mch.wexin.qq.com",
            "api.mch.weixin.qq.net",
            "api.mchweixin.qq.com",
            "xapi.mch-weixin.qq.com",
            "mch.weixin.qq.com.",
            "api.mch.weixin.qq.com.",
            "api.mch.we\u{456}xin.qq.com",
            "api.mch.xn--wexin-5ve.qq.com",
            "\u{ff41}pi.mch.weixin.qq.com",
        ] {
            let address = format!("https://{host}");
            assert_eq!(
                judge_gateway(&address),
                Err(GatewayFault::LookAlike),
                "{host}"
            );
        }
    }
}
