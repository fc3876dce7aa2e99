//! What went wrong with an object store, in words for those who use it, and how it travels through errors of files.

use std::error::Error;
use std::fmt::{self, Display};
use std::io;

use super::exchange::StoreAnswer;
use recondesk_domain::Message;
use recondesk_ports::StoreError;

/// Longest part of an answer that is looked through for a code.
const MOST_READ: usize = 4096;

/// A reason that the store, or the line to it, gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ObjectStoreFailure(Message);

impl Display for ObjectStoreFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.en)
    }
}

impl Error for ObjectStoreFailure {}

impl From<ObjectStoreFailure> for io::Error {
    fn from(failure: ObjectStoreFailure) -> Self {
        Self::other(failure)
    }
}

impl ObjectStoreFailure {
    fn new(place: &str, zh: &str, en: &str) -> Self {
        Self(Message::new(
            format!("{place}：{zh}"),
            format!("{place}: {en}"),
        ))
    }

    /// The store did not answer.
    pub(super) fn lost(place: &str, why: &str) -> Self {
        Self::new(
            place,
            &format!("对象存储没有应答（{why}）"),
            &format!("the object store did not answer ({why})"),
        )
    }

    /// There are no keys for it.
    pub(super) fn without_keys(place: &str) -> Self {
        Self::new(
            place,
            "没有访问密钥：设置 AWS_ACCESS_KEY_ID 和 AWS_SECRET_ACCESS_KEY，或写入 ~/.aws/credentials",
            "there are no keys: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or use ~/.aws/credentials",
        )
    }

    /// What was fetched is not what was put there.
    pub(super) fn other_content(place: &str, name: &str) -> Self {
        Self::new(
            place,
            &format!("{name} 与存入时的摘要不一致，没有使用"),
            &format!("{name} is not what its digest says, and was not used"),
        )
    }

    /// A file of that name is there, with other content.
    pub(super) fn taken(place: &str, name: &str) -> Self {
        Self::new(
            place,
            &format!("已有另一个 {name}，没有覆盖"),
            &format!("there is another {name}, it was not written over"),
        )
    }

    /// The store refused.
    pub(super) fn refused(place: &str, name: &str, answer: &StoreAnswer) -> Self {
        let (status, code) = (answer.status, code_in(&answer.body));
        let (zh, en) = match status {
            401 | 403 => (
                "拒绝访问，请检查密钥、权限和电脑时间",
                "refuses: check the keys, their rights, and the clock of this computer",
            ),
            404 => ("没有这个存储桶或文件", "has no such bucket or file"),
            301..=308 => (
                "在另一个地域，请用 region= 或 AWS_REGION 指定",
                "lies in another region: name it with region= or AWS_REGION",
            ),
            _ => ("没有接受", "did not accept it"),
        };
        Self::new(
            place,
            &format!("{name}：对象存储{zh}（HTTP {status} {code}）"),
            &format!("{name}: the object store {en} (HTTP {status} {code})"),
        )
    }
}

/// The reason of an object store, where it is that.
pub(crate) fn store_error(error: &io::Error) -> Option<StoreError> {
    let failure = error.get_ref()?.downcast_ref::<ObjectStoreFailure>()?;
    Some(StoreError::Unreachable(failure.0.clone()))
}

/// What a line tells of its trouble; without the address, which has keys in it.
pub(super) fn told_by(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut told = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        told = format!("{told}: {cause}");
        next = cause.source();
    }
    told.chars().take(300).collect()
}

/// The code in the answer of a store, a word; or nothing.
pub(super) fn code_in(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body.get(..MOST_READ).unwrap_or(body));
    let code = text
        .split_once("<Code>")
        .and_then(|(_, rest)| rest.split_once("</Code>"));
    let code = code.map_or("", |(code, _)| code);
    let is_word = code.len() <= 60 && code.bytes().all(|sign| sign.is_ascii_alphanumeric());
    if is_word { code } else { "" }.to_owned()
}

/// Why there is no line at all.
pub(super) fn setup(error: &io::Error) -> Message {
    Message::new(
        format!("对象存储的连接无法建立：{error}"),
        format!("no connection to an object store can be made: {error}"),
    )
}
