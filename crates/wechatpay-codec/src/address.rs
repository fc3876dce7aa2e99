//! Addresses around payment: web authorisation, payment directories, H5 domains, and what is wrong with them.

use super::v3::api::percent;
use recondesk_domain::Term;

/// How far web authorisation asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OAuthScope {
    /// Silent; gives only the `openid`.
    Base,
    /// Asks the user; gives name and picture too.
    UserInfo,
}

impl OAuthScope {
    /// The word of the address.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Base => "snsapi_base",
            Self::UserInfo => "snsapi_userinfo",
        }
    }

    /// What it means.
    #[must_use]
    pub const fn meaning(self) -> Term {
        match self {
            Self::Base => Term::new("静默授权，只得到 openid", "Silent, gives only the openid"),
            Self::UserInfo => Term::new(
                "弹出授权页，可得到昵称和头像",
                "Asks the user, gives name and picture",
            ),
        }
    }
}

/// What the words of web authorisation mean.
pub const OAUTH_WORDS: [(&str, Term); 4] = [
    (
        "code",
        Term::new(
            "授权后带回的一次性凭证，5 分钟内有效，只能用一次",
            "One-time token brought back, good for five minutes and one use",
        ),
    ),
    (
        "openid",
        Term::new(
            "用户在这个 appid 下的编号；换一个 appid 就不同",
            "The user's number under this appid; another appid has another one",
        ),
    ),
    (
        "access_token",
        Term::new(
            "网页授权的令牌；不是基础 access_token，不能换 jsapi_ticket",
            "Token of web authorisation; not the base token, it cannot get a jsapi_ticket",
        ),
    ),
    (
        "scope",
        Term::new(
            "snsapi_base 静默只取 openid；snsapi_userinfo 需用户同意",
            "snsapi_base is silent and gives the openid; snsapi_userinfo asks the user",
        ),
    ),
];

/// The address that starts web authorisation; the order of parameters and the fragment are required.
#[must_use]
pub fn oauth_url(appid: &str, redirect_uri: &str, scope: OAuthScope, state: &str) -> String {
    format!(
        "https://open.weixin.qq.com/connect/oauth2/authorize?appid={}&redirect_uri={}&response_type=code&scope={}&state={}#wechat_redirect",
        percent(appid),
        percent(redirect_uri),
        scope.word(),
        percent(state)
    )
}

/// The address that turns a code into an `openid`, with a placeholder where the secret stands.
#[must_use]
pub fn oauth_token_url(appid: &str, code: &str) -> String {
    format!(
        "https://api.weixin.qq.com/sns/oauth2/access_token?appid={}&secret=YOUR_APP_SECRET&code={}&grant_type=authorization_code",
        percent(appid),
        percent(code)
    )
}

/// What is wrong with a page address for JSAPI payment, or a directory entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DirectoryProblem {
    /// Neither http:// nor https://.
    Scheme,
    /// An IP address instead of a domain name.
    Ip,
    /// No host, or not a name.
    Host,
    /// The entry has a query or a fragment.
    Query,
    /// The entry does not end with `/`.
    NoSlash,
    /// The page lies in another directory than the entry.
    Elsewhere,
    /// Only upper and lower case differ.
    Case,
    /// Scheme differs: the entry says https, the page http, or the other way round.
    OtherScheme,
}

impl DirectoryProblem {
    /// What to tell a person.
    #[must_use]
    pub const fn words(self) -> Term {
        match self {
            Self::Scheme => Term::new(
                "要以 http:// 或 https:// 开头",
                "It must start with http:// or https://",
            ),
            Self::Ip => Term::new(
                "要用备案域名，不能用 IP 地址",
                "It must be a registered domain name, not an IP address",
            ),
            Self::Host => Term::new("域名不完整", "The host is not complete"),
            Self::Query => Term::new("目录里不能有 ? 或 #", "A directory has no ? and no #"),
            Self::NoSlash => Term::new("目录要以 / 结尾", "A directory ends with /"),
            Self::Elsewhere => Term::new(
                "页面不在这个支付目录下（报“当前页面的URL未注册”）",
                "The page is not in this payment directory (“当前页面的URL未注册”)",
            ),
            Self::Case => Term::new(
                "目录区分大小写，这里大小写不同",
                "Directories are case-sensitive, and the case differs",
            ),
            Self::OtherScheme => {
                Term::new("一个是 http，一个是 https", "One is http, the other https")
            }
        }
    }
}

struct UrlParts<'a> {
    scheme: &'a str,
    host: &'a str,
    path: &'a str,
    rest: &'a str,
}

fn address(text: &str) -> Result<UrlParts<'_>, DirectoryProblem> {
    let (scheme, after) = text.split_once("://").ok_or(DirectoryProblem::Scheme)?;
    if scheme != "http" && scheme != "https" {
        return Err(DirectoryProblem::Scheme);
    }
    let cut = after.find(['?', '#']).unwrap_or(after.len());
    let (place, rest) = after.split_at_checked(cut).unwrap_or((after, ""));
    let (host, path) = place.find('/').map_or((place, ""), |at| {
        place.split_at_checked(at).unwrap_or((place, ""))
    });
    let name = host.split(':').next().unwrap_or_default();
    if host.starts_with('[') || name.parse::<std::net::IpAddr>().is_ok() {
        return Err(DirectoryProblem::Ip);
    }
    if name.is_empty() || !name.contains('.') || name.starts_with('.') || name.ends_with('.') {
        return Err(DirectoryProblem::Host);
    }
    Ok(UrlParts {
        scheme,
        host,
        path,
        rest,
    })
}

/// Checks an entry of the payment directories.
#[must_use]
pub fn directory_problems(entry: &str) -> Vec<DirectoryProblem> {
    match address(entry) {
        Err(problem) => vec![problem],
        Ok(parts) => {
            let mut out = Vec::new();
            if !parts.rest.is_empty() {
                out.push(DirectoryProblem::Query);
            }
            if !parts.path.ends_with('/') {
                out.push(DirectoryProblem::NoSlash);
            }
            out
        }
    }
}

/// Checks whether a page may start a payment under a directory entry.
///
/// An entry of a domain only admits all its pages; an entry with a path must equal the page's directory.
#[must_use]
pub fn page_problems(page: &str, entry: &str) -> Vec<DirectoryProblem> {
    let mut out = directory_problems(entry);
    let (page, entry) = match (address(page), address(entry)) {
        (Err(problem), _) => {
            out.push(problem);
            return out;
        }
        (_, Err(_)) => return out,
        (Ok(page), Ok(entry)) => (page, entry),
    };
    if page.scheme != entry.scheme {
        out.push(DirectoryProblem::OtherScheme);
    }
    if !page.host.eq_ignore_ascii_case(entry.host) {
        out.push(DirectoryProblem::Elsewhere);
        return out;
    }
    if entry.path == "/" || entry.path.is_empty() {
        return out;
    }
    let directory = page
        .path
        .rfind('/')
        .and_then(|at| page.path.get(..=at))
        .unwrap_or("/");
    if directory != entry.path {
        out.push(if directory.eq_ignore_ascii_case(entry.path) {
            DirectoryProblem::Case
        } else {
            DirectoryProblem::Elsewhere
        });
    }
    out
}

/// Checks an H5 domain entry: a bare domain name, without scheme and path.
#[must_use]
pub fn h5_domain_problem(entry: &str) -> Option<DirectoryProblem> {
    if entry.contains("://") {
        return Some(DirectoryProblem::Scheme);
    }
    if entry.contains(['/', '?', '#']) {
        return Some(DirectoryProblem::Query);
    }
    address(&format!("https://{entry}/")).err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oauth_address_is_in_the_required_order() {
        assert_eq!(
            oauth_url("wx1", "https://a.cn/回?x=1", OAuthScope::Base, "s"),
            "https://open.weixin.qq.com/connect/oauth2/authorize?appid=wx1&redirect_uri=https%3A%2F%2Fa.cn%2F%E5%9B%9E%3Fx%3D1&response_type=code&scope=snsapi_base&state=s#wechat_redirect"
        );
    }

    #[test]
    fn payment_directories_are_judged_by_the_documents() {
        use DirectoryProblem as P;
        let page = "https://pay.qinghe.cn/shop/Pay/index.html?x=1#y";
        assert_eq!(page_problems(page, "https://pay.qinghe.cn/shop/Pay/"), []);
        assert_eq!(page_problems(page, "https://pay.qinghe.cn/"), []);
        assert_eq!(
            page_problems(page, "https://pay.qinghe.cn/shop/"),
            [P::Elsewhere]
        );
        assert_eq!(
            page_problems(page, "https://pay.qinghe.cn/shop/pay/"),
            [P::Case]
        );
        assert_eq!(
            page_problems(page, "http://pay.qinghe.cn/"),
            [P::OtherScheme]
        );
        assert_eq!(
            directory_problems("https://pay.qinghe.cn/shop"),
            [P::NoSlash]
        );
        assert_eq!(directory_problems("https://10.0.0.1/"), [P::Ip]);
        assert_eq!(directory_problems("pay.qinghe.cn/"), [P::Scheme]);
        assert_eq!(h5_domain_problem("h5.qinghe.cn"), None);
        assert_eq!(h5_domain_problem("https://h5.qinghe.cn"), Some(P::Scheme));
    }
}
