//! What a person reads when the database server of a shared workspace refuses a statement: that the server did, with its
//! code, and who can do what about it. Such a workspace is not damaged.

use super::Message;

/// What the first letters of a code (SQLSTATE) tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cause {
    /// The server does not know the statement, or a thing in it.
    Statement,
    /// It has no room, memory or connections left, or is going down.
    Resources,
    /// Something in it or in its files failed.
    Server,
    /// Anything else.
    Other,
}

impl Cause {
    fn of(code: &str) -> Self {
        match code.get(..2) {
            Some("42" | "0A") => Self::Statement,
            Some("53" | "57") => Self::Resources,
            Some("58" | "XX") => Self::Server,
            _ => Self::Other,
        }
    }
}

/// True where the same may succeed a little later.
pub(super) fn is_passing(code: &str) -> bool {
    Cause::of(code) == Cause::Resources
}

/// Code of the failure, its title, and what to do.
pub(super) fn words(code: &str) -> (&'static str, Message, Message) {
    let advice = match Cause::of(code) {
        Cause::Statement => Message::new(
            "没有存入任何数据，工作区没有损坏。数据库要 PostgreSQL 14 或更新，各电脑的程序版本要一致；仍然出现，请把这条信息发给我们",
            "Nothing was stored and the workspace is not damaged. The server must be PostgreSQL 14 or newer and all computers have the same version of the program; if it stays, send us this message",
        ),
        Cause::Resources => Message::new(
            "没有存入任何数据。数据库服务器的连接数、内存或磁盘不够，或正在重启：稍后再试，不行就请管理数据库的人处理",
            "Nothing was stored. The server lacks connections, memory or disk, or restarts: try again later, or ask who runs the database",
        ),
        Cause::Server => Message::new(
            "没有存入任何数据。数据库服务器内部出错：请管理数据库的人查看服务器日志",
            "Nothing was stored. Something failed inside the server: ask who runs the database to look at its log",
        ),
        Cause::Other => Message::new(
            "没有存入任何数据，工作区没有损坏。再试一次；仍然出现，请把这条信息发给我们",
            "Nothing was stored and the workspace is not damaged. Try once more; if it stays, send us this message",
        ),
    };
    let title = Message::new(
        format!("数据库服务器没有照办（{code}）"),
        format!("The database server refused ({code})"),
    );
    ("workspace.server", title, advice)
}

#[cfg(test)]
mod tests {
    use super::super::{Failure, FailureKind, Language, Surface};
    use recondesk_ports::{ServerRefusal, StoreError};

    #[test]
    fn an_error_of_the_server_is_told_as_such_and_never_as_damage() {
        for (code, passes) in [
            ("42601", false),
            ("53300", true),
            ("XX000", false),
            ("23505", false),
        ] {
            let failure = Failure::from(StoreError::Server(ServerRefusal {
                code: code.to_owned(),
                said: "subquery in FROM must have an alias".to_owned(),
            }));
            assert_eq!(failure.kind, FailureKind::Workspace);
            assert_eq!(failure.retryable, passes, "{code}");
            assert!(failure.detail.contains("alias"));
            for language in [Language::Zh, Language::En] {
                let title = failure.title.in_language(language);
                assert!(title.contains(code), "{title}");
                assert!(
                    !title.contains("损坏") && !title.contains("damaged"),
                    "{title}"
                );
                for surface in [Surface::Terminal, Surface::Window] {
                    let advice = failure.advice.at(surface).in_language(language);
                    assert!(
                        !advice.contains("restore") && !advice.contains("备份"),
                        "{advice}"
                    );
                }
            }
        }
    }
}
