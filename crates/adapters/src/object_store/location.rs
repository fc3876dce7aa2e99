//! Where the files of a shared workspace lie in an object store, as `s3://BUCKET/PREFIX` says it; never with a key.

use reqwest::Url;
use rusty_s3::{Bucket, UrlStyle};

use recondesk_domain::Message;
use recondesk_ports::StoreError;

/// What such a location begins with.
const SCHEME: &str = "s3://";
/// Longest prefix.
const MOST_PREFIX: usize = 400;
/// Region where none is named: servers other than Amazon's mostly do not care.
const REGION: &str = "us-east-1";

/// A place in an object store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Location {
    /// As it was given.
    pub(super) text: String,
    bucket: String,
    /// Without slashes around it; may be empty.
    pub(super) prefix: String,
    endpoint: Option<String>,
    region: Option<String>,
    /// The bucket is part of the name of the host.
    is_virtual: Option<bool>,
}

fn unfit(location: &str, zh: &str, en: &str) -> StoreError {
    StoreError::Unreachable(Message::new(
        format!("{location}：{zh}"),
        format!("{location}: {en}"),
    ))
}

/// True for a location in an object store.
pub(crate) fn is_one(text: &str) -> bool {
    text.starts_with(SCHEME)
}

fn is_name(text: &str, also: &str) -> bool {
    text.chars()
        .all(|sign| sign.is_ascii_alphanumeric() || also.contains(sign))
}

impl Location {
    /// Reads `s3://BUCKET/PREFIX?region=…&endpoint=https://…&style=virtual`.
    pub(super) fn parse(text: &str) -> Result<Self, StoreError> {
        let whole = text.strip_prefix(SCHEME).unwrap_or_default();
        if whole.contains('@') || whole.to_ascii_lowercase().contains("secret") {
            // It is not repeated: it may have a key in it.
            return Err(unfit(
                SCHEME,
                "地址里不能有密钥；密钥用环境变量 AWS_ACCESS_KEY_ID 和 AWS_SECRET_ACCESS_KEY，或 ~/.aws/credentials",
                "no key belongs into the address; keys come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or ~/.aws/credentials",
            ));
        }
        let (place, choices) = whole.split_once('?').unwrap_or((whole, ""));
        let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
        let prefix = prefix.trim_matches('/');
        let is_bucket = (3..=63).contains(&bucket.len())
            && is_name(bucket, ".-_")
            && bucket.starts_with(|sign: char| sign.is_ascii_alphanumeric());
        let is_prefix = prefix.len() <= MOST_PREFIX
            && (prefix.is_empty()
                || prefix.split('/').all(|part| {
                    !part.is_empty() && part != "." && part != ".." && is_name(part, "._-")
                }));
        if !is_bucket || !is_prefix {
            return Err(unfit(
                SCHEME,
                "写作 s3://存储桶/前缀，前缀只用字母、数字、点、横线和下划线",
                "written as s3://BUCKET/PREFIX, the prefix of letters, digits, dots, dashes and underscores",
            ));
        }
        let mut location = Self {
            text: text.to_owned(),
            bucket: bucket.to_owned(),
            prefix: prefix.to_owned(),
            endpoint: None,
            region: None,
            is_virtual: None,
        };
        for choice in choices.split('&').filter(|choice| !choice.is_empty()) {
            location.choose(choice)?;
        }
        Ok(location)
    }

    fn choose(&mut self, choice: &str) -> Result<(), StoreError> {
        match choice.split_once('=') {
            Some(("region", region)) if !region.is_empty() && is_name(region, "-") => {
                self.region = Some(region.to_owned());
            }
            Some(("endpoint", endpoint)) => {
                check_endpoint(endpoint)?;
                self.endpoint = Some(endpoint.to_owned());
            }
            Some(("style", "virtual")) => self.is_virtual = Some(true),
            Some(("style", "path")) => self.is_virtual = Some(false),
            _ => {
                return Err(unfit(
                    SCHEME,
                    "? 之后只能写 region=地域、endpoint=https://主机、style=virtual 或 path",
                    "after ? only region=REGION, endpoint=https://HOST and style=virtual or path",
                ));
            }
        }
        Ok(())
    }

    /// The bucket, with what the environment says where the location says nothing.
    pub(super) fn bucket(
        &self,
        env: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Bucket, StoreError> {
        let said = |names: [&str; 2]| names.iter().find_map(|name| env(name));
        let region = self.region.clone();
        let region = region
            .or_else(|| said(["AWS_REGION", "AWS_DEFAULT_REGION"]))
            .unwrap_or_else(|| REGION.to_owned());
        let named = self.endpoint.clone();
        let named = named.or_else(|| said(["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"]));
        let china = if region.starts_with("cn-") { ".cn" } else { "" };
        let is_virtual = self
            .is_virtual
            .unwrap_or_else(|| named.is_none() && !self.bucket.contains('.'));
        let endpoint = named.unwrap_or_else(|| format!("https://s3.{region}.amazonaws.com{china}"));
        let url = check_endpoint(&endpoint)?;
        let style = if is_virtual {
            UrlStyle::VirtualHost
        } else {
            UrlStyle::Path
        };
        Bucket::new(url, style, self.bucket.clone(), region)
            .map_err(|error| unfit(&self.text, &error.to_string(), &error.to_string()))
    }
}

/// Refuses a server whose connection would be open to others.
fn check_endpoint(endpoint: &str) -> Result<Url, StoreError> {
    let url = Url::parse(endpoint)
        .map_err(|error| unfit("endpoint", &error.to_string(), &error.to_string()))?;
    let host = url.host_str().unwrap_or_default();
    let is_here = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_here);
    let is_plain = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    if is_safe && is_plain && !host.is_empty() {
        return Ok(url);
    }
    Err(unfit(
        "endpoint",
        "必须是不带用户名和密码的 https:// 地址；http:// 只用于本机",
        "must be https:// without a user in it; http:// is for this very computer only",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(text: &str, env: &[(&str, &str)]) -> String {
        let env = |wanted: &str| {
            let found = env.iter().find(|(name, _)| *name == wanted);
            found.map(|(_, value)| (*value).to_owned())
        };
        let bucket = Location::parse(text).unwrap().bucket(&env).unwrap();
        format!("{} {}", bucket.base_url(), bucket.region())
    }

    #[test]
    fn a_location_names_bucket_prefix_and_server() {
        let location = Location::parse("s3://desk/a/b/").unwrap();
        assert_eq!(
            (location.bucket.as_str(), location.prefix.as_str()),
            ("desk", "a/b")
        );
        assert_eq!(
            base("s3://desk/a", &[("AWS_REGION", "cn-north-1")]),
            "https://desk.s3.cn-north-1.amazonaws.com.cn/ cn-north-1"
        );
        assert_eq!(
            base(
                "s3://desk",
                &[("AWS_ENDPOINT_URL", "http://127.0.0.1:9000")]
            ),
            "http://127.0.0.1:9000/desk/ us-east-1"
        );
        assert_eq!(
            base(
                "s3://desk?endpoint=https://oss-cn-hangzhou.aliyuncs.com&region=cn-hangzhou&style=virtual",
                &[("AWS_ENDPOINT_URL", "http://127.0.0.1:9000")]
            ),
            "https://desk.oss-cn-hangzhou.aliyuncs.com/ cn-hangzhou"
        );
    }

    #[test]
    fn keys_open_lines_and_odd_names_are_refused_and_not_repeated() {
        for text in [
            "s3://AKIAX:hushhush@desk/a",
            "s3://desk/a?aws_secret_access_key=hushhush",
            "s3://desk/a?token=hushhush",
            "s3://desk/a?endpoint=https://AKIAX:hushhush@host",
            "s3://",
            "s3://ab",
            "s3://desk/../other",
            "s3://desk/a//b",
            "s3://desk/a b",
            "s3://desk/a?endpoint=http://store.example.com",
            "s3://desk/a?endpoint=ftp://127.0.0.1",
            "s3://desk/a?style=odd",
        ] {
            let told = format!("{:?}", Location::parse(text).unwrap_err());
            assert!(!told.contains("hushhush"), "{text}: {told}");
        }
        let open = |name: &str| {
            (name == "AWS_ENDPOINT_URL").then(|| "http://store.example.com".to_owned())
        };
        let location = Location::parse("s3://desk").unwrap();
        assert!(location.bucket(&open).is_err());
    }
}
