//! The one kind of error a person sees: what happened, what it means, what to do.

use std::fmt;

pub use recondesk_domain::Message;

use super::{Advice, Surface, forbidden, server_failure};
use recondesk_ports::{StoreError, WorkspaceFault};

/// Which exit code and which way out a failure has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FailureKind {
    /// The command or the form was filled in wrongly.
    Usage,
    /// The bill is not there yet; asking later helps.
    NotReady,
    /// A file or an answer was refused.
    RefusedInput,
    /// The gateway could not be reached or said no.
    Gateway,
    /// The workspace cannot be read or written.
    Workspace,
    /// The work was stopped by a person.
    Cancelled,
}

impl FailureKind {
    /// The exit code of the command line.
    #[must_use]
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Usage => 2,
            Self::NotReady => 3,
            Self::RefusedInput => 4,
            Self::Gateway => 5,
            Self::Workspace | Self::Cancelled => 6,
        }
    }
}

/// A failure as a person reads it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Failure {
    /// What sort of failure it is.
    pub kind: FailureKind,
    /// Stable code for scripts and support: `bill.sum`, `orders.row`, `gateway.timeout`.
    pub code: &'static str,
    /// The fact, in one line.
    pub title: Message,
    /// What to do, in one line.
    pub advice: Advice,
    /// Where: file, row, column, raw text; the remote side's own words.
    pub detail: String,
    /// True when the same request may succeed later.
    pub retryable: bool,
}

impl Failure {
    /// A failure with title and advice; `detail` is empty and it is not retryable.
    #[must_use]
    pub fn new(
        kind: FailureKind,
        code: &'static str,
        title: Message,
        advice: impl Into<Advice>,
    ) -> Self {
        Self {
            kind,
            code,
            title,
            advice: advice.into(),
            detail: String::new(),
            retryable: false,
        }
    }

    /// What to do, in the words of where it is read.
    #[must_use]
    pub fn advice_at(&self, surface: Surface) -> &Message {
        self.advice.at(surface)
    }

    /// Adds where it happened.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    /// Says that trying again may help.
    #[must_use]
    pub fn retryable(mut self) -> Self {
        self.retryable = true;
        self
    }

    /// The work was stopped by a person; nothing was stored.
    #[must_use]
    pub fn cancelled() -> Self {
        Self::new(
            FailureKind::Cancelled,
            "cancelled",
            Message::new("已取消，没有存入任何数据", "Cancelled, nothing was stored"),
            Message::default(),
        )
    }
}

/// English, one line, for logs and tests; screens and the command line choose the language.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.title.en)?;
        if !self.detail.is_empty() {
            write!(f, ": {}", self.detail)?;
        }
        Ok(())
    }
}

/// Code, fact and advice of what the workspace said.
fn words_of(error: &StoreError) -> (&'static str, Message, Message) {
    match error {
        StoreError::Busy => (
            "workspace.busy",
            Message::new(
                "另一个程序正在写入工作区",
                "Another program is writing to the workspace",
            ),
            Message::new("等它结束后再试", "Try again when it is done"),
        ),
        StoreError::Full => (
            "workspace.full",
            Message::new("磁盘已满", "The disk is full"),
            Message::new(
                "腾出空间后再试，没有存入任何数据",
                "Make room and try again; nothing was stored",
            ),
        ),
        StoreError::Denied(_) => (
            "workspace.denied",
            Message::new("工作区无法读写", "The workspace cannot be read or written"),
            Message::default(),
        ),
        StoreError::Unreachable(why) => unreachable(why),
        StoreError::Server(refusal) => server_failure::words(&refusal.code),
        StoreError::Moved(to) => moved(to),
        StoreError::HalfMoved(from) => half_moved(from),
        StoreError::Foreign => (
            "workspace.foreign",
            Message::new(
                "这个文件不是本程序的工作区",
                "The file is not a workspace of this program",
            ),
            Message::default(),
        ),
        StoreError::Newer { .. } => (
            "workspace.newer",
            Message::new(
                "工作区由更新的版本建立，本版本不会打开它",
                "The workspace was made by a newer version and is left alone",
            ),
            Message::new("请升级程序", "Update the program"),
        ),
        StoreError::Torn(fault) => ("workspace.torn", fault.message(), Message::default()),
        StoreError::Taken(_) => (
            "workspace.taken",
            Message::new("名称已被使用", "The name is taken"),
            Message::new("换一个名称", "Choose another name"),
        ),
        StoreError::Missing(_) => missing(),
        StoreError::Forbidden(why) if why == "the day is signed off" => (
            "workspace.forbidden",
            Message::new(
                "这一天已签账，已作的决定不再变动",
                "The day is signed off; what was decided about it stands",
            ),
            Message::default(),
        ),
        StoreError::Forbidden(why) => {
            let known = forbidden::words(why).map(|(title, _)| title);
            let title = known
                .unwrap_or_else(|| Message::new("规则不允许这样做", "The rules do not allow this"));
            ("workspace.forbidden", title, Message::default())
        }
        StoreError::Overtaken(_) => overtaken(),
        StoreError::Broken(_) => (
            "workspace.broken",
            Message::new("工作区已损坏", "The workspace is damaged"),
            Message::default(),
        ),
    }
}

/// What to do where the window has another way than the terminal.
fn own_way(error: &StoreError) -> Option<Advice> {
    Some(match error {
        StoreError::Moved(_) => Advice::by_place(
            Message::new(
                "请用新位置（--workspace）；确要弃用新位置、改回这里，用 recondesk workspace reopen",
                "Use the new place (--workspace); to give that up and go on here: recondesk workspace reopen",
            ),
            Message::new("请用新位置", "Use the new place"),
        ),
        StoreError::HalfMoved(_) => Advice::by_place(
            Message::new(
                "再执行一次 recondesk workspace move 接着做；原来的位置仍可使用，除非它说已搬走",
                "Run recondesk workspace move once more to go on; the old place can be used unless it says that it moved",
            ),
            Message::new(
                "原来的位置仍可使用，除非它说已搬走",
                "The old place can be used unless it says that it moved",
            ),
        ),
        StoreError::Torn(_) => Advice::by_place(
            WorkspaceFault::way_out(),
            Message::new(
                "未改动任何文件；从备份恢复，见手册“备份”",
                "Nothing was touched; put a copy back, as the handbook says under Backup",
            ),
        ),
        StoreError::Forbidden(why) if why == "the day is signed off" => Advice::by_place(
            Message::new(
                "用 recondesk day unlock 申请解锁，由另一人同意",
                "Ask another person to open it: recondesk day unlock",
            ),
            Message::new(
                "在“对账”页解锁，由另一人同意",
                "Unlock it on Reconcile; another person must agree",
            ),
        ),
        StoreError::Forbidden(why) => forbidden::words(why)?.1,
        StoreError::Broken(_) => Advice::by_place(
            Message::new(
                "用 recondesk check 查看，用 recondesk restore 从备份恢复，或把这条信息发给我们",
                "Look at it with recondesk check, put a copy back with recondesk restore, or send us this message",
            ),
            Message::new(
                "在“设置”里检查工作区；从备份恢复见手册“备份”",
                "Check the workspace under Settings; the handbook says under Backup how a copy is put back",
            ),
        ),
        StoreError::Denied(_) => Advice::by_place(
            Message::new(
                "检查文件夹权限；只读的盘先整个复制到可写的地方，或用 --workspace 指定另一个文件夹",
                "Check the rights of the folder; copy one on a read-only disk to where it can be written, or name another with --workspace",
            ),
            Message::new(
                "检查文件夹权限；只读的盘先整个复制到可写的地方",
                "Check the rights of the folder; copy one on a read-only disk to where it can be written",
            ),
        ),
        StoreError::Foreign => Advice::by_place(
            Message::new(
                "用 --workspace 指定另一个文件夹",
                "Name another folder with --workspace",
            ),
            Message::new("选另一个文件夹", "Choose another folder"),
        ),
        _ => return None,
    })
}

/// What was named is not there.
fn missing() -> (&'static str, Message, Message) {
    (
        "workspace.missing",
        Message::new("找不到指定的内容", "What was named does not exist"),
        Message::new("核对名称", "Check the name"),
    )
}

/// The workspace is in use at another place.
fn moved(to: &str) -> (&'static str, Message, Message) {
    (
        "workspace.moved",
        Message::new(
            format!("这个工作区已搬到 {to}"),
            format!("This workspace has moved to {to}"),
        ),
        Message::new("请用新位置", "Use the new place"),
    )
}

/// It is not here yet as a whole.
fn half_moved(from: &str) -> (&'static str, Message, Message) {
    (
        "workspace.half-moved",
        Message::new(
            format!("从 {from} 搬到这里没有做完"),
            format!("The move from {from} to here did not end"),
        ),
        Message::new(
            "原来的位置仍可使用，除非它说已搬走",
            "The old place can be used unless it says that it moved",
        ),
    )
}

/// Somebody else was first.
fn overtaken() -> (&'static str, Message, Message) {
    (
        "case.overtaken",
        Message::new(
            "这期间别人改过这个案例，没有保存",
            "Somebody changed this case meanwhile; nothing was stored",
        ),
        Message::new(
            "看过现在的内容，再决定一次",
            "Look at what it says now, then decide again",
        ),
    )
}

/// Neither server nor share is a matter of a folder's rights.
fn unreachable(why: &Message) -> (&'static str, Message, Message) {
    (
        "workspace.unreachable",
        Message::new(
            format!("共用的工作区用不了：{}", why.zh),
            format!("The shared workspace cannot be used: {}", why.en),
        ),
        Message::new(
            "核对地址、网络、数据库口令（PGPASSWORD 或 .pgpass），看共享文件夹是否已挂载、对象存储的密钥是否有效，然后重试",
            "Check address, network, password (PGPASSWORD or .pgpass), and that the share is mounted or the keys of the object store are valid, then try again",
        ),
    )
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let (code, title, advice) = words_of(&error);
        let kind = match error {
            StoreError::Taken(_) | StoreError::Missing(_) | StoreError::Forbidden(_) => {
                FailureKind::Usage
            }
            _ => FailureKind::Workspace,
        };
        let advice = own_way(&error).unwrap_or_else(|| advice.into());
        let failure = Self::new(kind, code, title, advice);
        match error {
            StoreError::Busy => failure.retryable(),
            StoreError::Full
            | StoreError::Foreign
            | StoreError::Torn(_)
            | StoreError::Moved(_)
            | StoreError::Overtaken(_)
            | StoreError::HalfMoved(_) => failure,
            StoreError::Forbidden(why) if forbidden::is_early(&why) => failure.retryable(),
            StoreError::Forbidden(why) if forbidden::words(&why).is_some() => failure,
            StoreError::Unreachable(_) => failure.retryable(),
            StoreError::Server(refusal) if server_failure::is_passing(&refusal.code) => {
                failure.with_detail(refusal.said).retryable()
            }
            StoreError::Server(refusal) => failure.with_detail(refusal.said),
            StoreError::Denied(detail)
            | StoreError::Taken(detail)
            | StoreError::Missing(detail)
            | StoreError::Forbidden(detail)
            | StoreError::Broken(detail) => failure.with_detail(detail),
            StoreError::Newer { found, known } => {
                failure.with_detail(format!("schema {found} > {known}"))
            }
        }
    }
}
