//! What is told when the care for a workspace finds something: damage, a file in the way, a copy that cannot be used.

use std::path::Path;

use crate::{Advice, Failure, FailureKind, Message};
use recondesk_ports::{CareFault, CopyFault};

/// Faults that are named in one sentence; more of them are counted.
const NAMED: usize = 3;

/// The files of some faults, as a sentence names them.
fn files_of(faults: &[CareFault]) -> Message {
    let names: Vec<&str> = faults
        .iter()
        .take(NAMED)
        .map(|fault| fault.file.as_str())
        .collect();
    let more = faults.len().saturating_sub(NAMED);
    let (mut zh, mut en) = (names.join("、"), names.join(", "));
    if more > 0 {
        zh = format!("{zh} 等 {} 个", faults.len());
        en = format!("{en} and {more} more");
    }
    Message::new(zh, en)
}

/// The ways out of damage.
pub(super) fn ways_out() -> Advice {
    Advice::by_place(
        Message::new(
            "先用 recondesk workspace rebuild：由归档的原始文件和数据库重新生成；不能重新生成的，用 recondesk restore 从备份恢复",
            "First recondesk workspace rebuild: it makes them again from the archived files and the database; put a copy \
             back with recondesk restore for what is left",
        ),
        Message::new(
            "重新生成或从备份恢复，见手册“备份”；或把这条信息发给我们",
            "Make them again or put a copy back, as the handbook says under Backup; or send us this message",
        ),
    )
}

/// Looking the workspace over has found something.
#[must_use]
pub fn damaged(imports: u32, files: u64, faults: &[CareFault]) -> Failure {
    let (count, named) = (faults.len(), files_of(faults));
    Failure::new(
        FailureKind::Workspace,
        "workspace.faults",
        Message::new(
            format!(
                "{imports} 次导入、{files} 个文件中发现 {count} 处问题：{}",
                named.zh
            ),
            format!(
                "{count} faults in {files} files of {imports} imports: {}",
                named.en
            ),
        ),
        ways_out(),
    )
}

/// What is left after all was made again that can be.
#[must_use]
pub fn not_mended(faults: &[CareFault]) -> Failure {
    let (count, named) = (faults.len(), files_of(faults));
    Failure::new(
        FailureKind::Workspace,
        "workspace.faults",
        Message::new(
            format!("还有 {count} 处不能重新生成：{}", named.zh),
            format!("{count} faults cannot be mended: {}", named.en),
        ),
        Advice::by_place(
            Message::new(
                "用 recondesk restore 从备份恢复；其余数据不受影响",
                "Put a copy back with recondesk restore; all else can be used",
            ),
            Message::new(
                "从备份恢复，见手册“备份”；其余数据不受影响",
                "Put a copy back, as the handbook says under Backup; all else can be used",
            ),
        ),
    )
}

/// A copy of damaged files would take the place of a sound one.
#[must_use]
pub fn nothing_copied(faults: &[CareFault]) -> Failure {
    let named = files_of(faults);
    Failure::new(
        FailureKind::Workspace,
        "backup.damaged",
        Message::new(
            format!("没有备份：{} 已损坏，与写入时不同", named.zh),
            format!(
                "No copy was made: {} damaged, not what was written",
                named.en
            ),
        ),
        Advice::by_place(
            Message::new(
                "先用 recondesk workspace rebuild 重新生成；要连同损坏的文件一起备份，另取文件名，加 --damaged",
                "First recondesk workspace rebuild makes them again; to copy them damaged as they are, give another name \
                 and --damaged",
            ),
            Message::new(
                "先重新生成损坏的文件，见手册“备份”；或把这条信息发给我们",
                "Make the damaged files again first, as the handbook says under Backup; or send us this message",
            ),
        ),
    )
}

/// A file that is no copy has the name of the copy to be.
#[must_use]
pub fn in_the_way(file: &Path) -> Failure {
    Failure::new(
        FailureKind::Usage,
        "backup.in_the_way",
        Message::new(
            "没有备份：这个文件已存在，且不是本程序能读的备份，没有改动",
            "No copy was made: the file exists and is no copy of this program that can be read; it was not touched",
        ),
        Advice::by_place(
            Message::new(
                "换一个文件名；确定要替换它，加 --force",
                "Choose another name; to replace it all the same, add --force",
            ),
            Message::new("换一个文件名", "Choose another name"),
        ),
    )
    .with_detail(file.display().to_string())
}

/// A file cannot be put back.
#[must_use]
pub fn unusable(file: &Path, fault: CopyFault) -> Failure {
    let name = file.display();
    let (code, title, advice) = match fault {
        CopyFault::Missing => (
            "restore.missing",
            Message::new(
                format!("找不到备份文件 {name}"),
                format!("There is no copy {name}"),
            ),
            Advice::from(Message::new("核对文件名和路径", "Check name and path")),
        ),
        CopyFault::Closed => (
            "restore.closed",
            Message::new(
                format!("备份文件 {name} 不允许读取"),
                format!("The copy {name} may not be read"),
            ),
            Advice::from(Message::new(
                "核对文件的读取权限",
                "Check the rights of the file",
            )),
        ),
        CopyFault::NoCopy => (
            "restore.no_copy",
            Message::new(
                format!("{name} 不是本程序的备份，没有改动"),
                format!("{name} is no copy of this program; nothing was touched"),
            ),
            Advice::by_place(
                Message::new(
                    "选择用 recondesk backup 写出的文件，或工作区 backups 文件夹里的副本",
                    "Name a file that recondesk backup wrote, or one in the folder backups of the workspace",
                ),
                Message::new(
                    "选择“备份到文件”写出的文件，或工作区 backups 文件夹里的副本",
                    "Choose a file that a backup wrote, or one in the folder backups of the workspace",
                ),
            ),
        ),
        CopyFault::Damaged => (
            "restore.damaged",
            Message::new(
                format!("备份文件 {name} 已损坏或不完整，没有改动"),
                format!(
                    "The copy {name} is damaged or a part of it is missing; nothing was touched"
                ),
            ),
            Advice::from(Message::new("换一份备份", "Take another copy")),
        ),
    };
    Failure::new(FailureKind::RefusedInput, code, title, advice)
}
