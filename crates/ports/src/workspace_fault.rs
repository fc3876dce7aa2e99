//! What is wrong with a workspace whose files do not belong together.

use recondesk_domain::Message;

/// Files of a workspace do not belong together; none of them was touched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WorkspaceFault {
    /// Imported files are there, but the database is missing or empty.
    DatabaseMissing {
        /// Imports whose files are there.
        files: u32,
    },
    /// What lies beside the database knows more than it does: it is an older copy, or has lost its log.
    DatabaseOlder {
        /// How far the database goes: a number of imports or of transactions.
        database: u64,
        /// How far what lies beside it goes.
        beside: u64,
    },
    /// The database is that of another workspace.
    DatabaseForeign,
    /// A page of the database is not what was written.
    DatabaseDamaged {
        /// Its number, counted from 1.
        page: u32,
    },
}

impl WorkspaceFault {
    /// What is wrong, for a person.
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            Self::DatabaseMissing { files } => Message::new(
                format!("数据库缺失或为空，而工作区里有 {files} 次导入的文件"),
                format!("The database is missing or empty beside the files of {files} imports"),
            ),
            Self::DatabaseOlder { database, beside } => Message::new(
                format!("数据库比旁边的文件旧（{database} / {beside}），可能是旧副本，或缺少日志"),
                format!(
                    "The database is older than what lies beside it ({database} / {beside}): \
                     an old copy, or one without its log"
                ),
            ),
            Self::DatabaseForeign => Message::new(
                "数据库与旁边的文件不属于同一个工作区",
                "The database and the files beside it are not of one workspace",
            ),
            Self::DatabaseDamaged { page } => Message::new(
                format!("数据库第 {page} 页不是上次写入的内容：文件已损坏，或被换成了另一个"),
                format!(
                    "Page {page} of the database is not what was written: the file is damaged, or another one"
                ),
            ),
        }
    }

    /// What to do about it, for a person.
    #[must_use]
    pub fn way_out() -> Message {
        Message::new(
            "未改动任何文件。用 recondesk workspace rebuild 由日志和账本重建数据库，或用 recondesk restore 从备份恢复",
            "Nothing was touched. Make the database anew from its journal and the books with recondesk workspace \
             rebuild, or put a copy back with recondesk restore",
        )
    }
}

impl std::fmt::Display for WorkspaceFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message().en)
    }
}
