//! `recondesk backup`, `restore`, `check` and `workspace`: care for a workspace as a whole.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::CommandEnd;
use super::context::CommandContext;
use super::out_file::OutputForm;
use super::terminal_output::print_text;
use recondesk_app::jobs::care;
use recondesk_app::{Failure, FailureKind, Message};
use recondesk_domain::group_digits;
use recondesk_ports::{
    BackupLeave, BackupOutcome, CareFault, MendReport, RebuildOutcome, RebuildReport,
    RestoreOutcome,
};

#[derive(Debug, Args)]
pub(super) struct BackupCommand {
    /// 备份写到哪个文件（ZIP） | File of the copy (ZIP)
    file: PathBuf,
    /// 有损坏的文件也照样备份 | Copy damaged files as they are
    #[arg(long)]
    damaged: bool,
    /// 替换已有的、不是备份的文件 | Replace a file that is no copy
    #[arg(long)]
    force: bool,
}

#[derive(Debug, Args)]
pub(super) struct RestoreCommand {
    /// 备份文件，或 backups 文件夹里的数据库副本 | The copy, or one of the database from the folder backups
    file: PathBuf,
    /// 工作区已有数据时，先移到旁边的文件夹再恢复 | Set the files of a workspace in use aside first
    #[arg(long)]
    replace: bool,
}

#[derive(Debug, Args)]
pub(super) struct CareCheckCommand {
    /// 逐字节读一遍归档、账本和每日副本 | Read every byte of archive, books and daily copies
    #[arg(long)]
    deep: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum WorkspaceCommand {
    /// 数据库丢失或损坏时，由日志和账本重建；账本文件损坏时，由归档的原始文件重新生成 | Make a lost or damaged database anew from its journal and the books, and damaged files of the books from the archived files
    Rebuild,
    /// 在 PostgreSQL 上新建多人共用的工作区 | Make a workspace on PostgreSQL that several people share
    Create(CreateCommand),
    /// 把工作区从文件夹搬到 PostgreSQL，或搬回文件夹；原处保留不动 | Move the workspace from a folder to PostgreSQL, or back to a folder; the old place stays as it is
    Move(MoveCommand),
    /// 把数据库服务器上的登录角色绑定到操作人：用它连接的人只能以此人名义决定，由服务器把关 | Bind a login role of the server to an operator: who connects with it decides as that one alone, and the server sees to it
    Role(RoleCommand),
    /// 已搬走的工作区改回在原处使用 | Use a workspace again that has moved away
    Reopen,
}

#[derive(Debug, Args)]
pub(super) struct RoleCommand {
    /// 操作人 | Operator
    operator: String,
    /// 服务器上的登录角色（CREATE ROLE … LOGIN） | Login role of the server (CREATE ROLE … LOGIN)
    #[arg(long)]
    role: String,
}

#[derive(Debug, Args)]
pub(super) struct MoveCommand {
    /// 搬到哪里：postgres://用户@主机:端口/数据库，或空文件夹 | Where to: postgres://USER@HOST:PORT/NAME, or an empty folder
    target: String,
    /// 搬到 PostgreSQL 时文件放在哪里：各台电脑以同一路径访问的共享文件夹 file:///路径，或对象存储 s3://存储桶/前缀 | To PostgreSQL: the place of the files, a folder that all computers reach by one path, file:///PATH, or an object store, s3://BUCKET/PREFIX
    #[arg(long)]
    files: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct CreateCommand {
    /// 数据库地址 postgres://用户@主机:端口/数据库；密码用 PGPASSWORD 或 .pgpass | Database, postgres://USER@HOST:PORT/NAME; its password comes from PGPASSWORD or .pgpass
    address: String,
    /// 文件放在哪里：各台电脑以同一路径访问的共享文件夹 file:///路径，或对象存储 s3://存储桶/前缀（密钥用 AWS_ACCESS_KEY_ID 等环境变量） | Place of the files: a folder that all computers reach by one path, file:///PATH, or an object store, s3://BUCKET/PREFIX (keys come from AWS_ACCESS_KEY_ID and so on)
    #[arg(long)]
    files: String,
}

pub(super) fn backup(
    command: &BackupCommand,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    CommandContext::check_out(Some(&command.file))?;
    OutputForm::Archive.check_name(&command.file)?;
    let leave = BackupLeave {
        damaged: command.damaged,
        replace: command.force,
    };
    let report = match context.care()?.backup(&command.file, leave)? {
        BackupOutcome::Written(report) => report,
        BackupOutcome::Damaged(faults) => {
            tell_faults(&faults, context)?;
            return Err(care::nothing_copied(&faults));
        }
        BackupOutcome::InTheWay => return Err(care::in_the_way(&command.file)),
    };
    let (files, imports) = (report.files, report.imports);
    let bytes = group_digits(&report.bytes.to_string());
    context.tell(
        &format!("已备份 {files} 个文件（{imports} 次导入），{bytes} 字节，已回读核对"),
        &format!("{files} files of {imports} imports, {bytes} bytes, written and read back"),
    );
    if !report.faults.is_empty() {
        tell_faults(&report.faults, context)?;
        let damaged = report.faults.len();
        context.tell(
            &format!("其中 {damaged} 个文件已损坏，照原样备份"),
            &format!("{damaged} of them are damaged and were copied as they are"),
        );
    }
    if report.leaves_keys {
        context.tell(
            "备份里没有密钥：它们在系统钥匙串里，或没有存过；恢复到别的电脑后重新存入",
            "The copy has no keys: they are in the keychain of the system, or none are stored; store them again where it is put back",
        );
    }
    Ok(CommandEnd::Clean)
}

pub(super) fn restore(
    command: &RestoreCommand,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    match context
        .care_or_make()?
        .restore(&command.file, command.replace)?
    {
        RestoreOutcome::Unusable(fault) => Err(care::unusable(&command.file, fault)),
        RestoreOutcome::InUse => Err(Failure::new(
            FailureKind::Usage,
            "restore.in-use",
            Message::new(
                "工作区已有数据，没有改动",
                "The workspace has data; nothing was touched",
            ),
            Message::new(
                "加 --replace：现有文件移到旁边的文件夹后再恢复；或用 --workspace 指定空文件夹",
                "With --replace its files are set aside first; or name an empty folder with --workspace",
            ),
        )),
        RestoreOutcome::Restored {
            made_at,
            files,
            adopted,
            set_aside,
        } => {
            let (zh, en) = made_at.map_or_else(Default::default, |at| {
                (
                    format!("，备份时间 {at}（北京时间）"),
                    format!(", copied at {at} (Beijing time)"),
                )
            });
            context.tell(
                &format!("已恢复 {files} 个文件{zh}"),
                &format!("{files} files put back{en}"),
            );
            if adopted > 0 {
                context.tell(
                    &format!("备份之后的 {adopted} 次导入已由账本重新登记"),
                    &format!("{adopted} imports after the copy were entered again from the books"),
                );
            }
            if let Some(folder) = set_aside {
                let folder = folder.display();
                context.tell(
                    &format!("原来的文件在 {folder}"),
                    &format!("The files of before are in {folder}"),
                );
            }
            Ok(CommandEnd::Clean)
        }
    }
}

/// The faults, one a line: the file and what is wrong with it.
fn tell_faults(faults: &[CareFault], context: &CommandContext<'_>) -> Result<(), Failure> {
    let mut lines = String::new();
    for fault in faults {
        let _written = writeln!(lines, "{}\t{}", fault.file, fault.what.get(context.lang));
    }
    print_text(&lines)
}

pub(super) fn check(
    command: &CareCheckCommand,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    let report = context.care()?.check(command.deep)?;
    tell_faults(&report.faults, context)?;
    let (imports, files) = (report.imports, report.files);
    if !report.faults.is_empty() {
        return Err(care::damaged(imports, files, &report.faults));
    }
    context.tell(
        &format!("{imports} 次导入、{files} 个文件，均与写入时一致"),
        &format!("{files} files of {imports} imports are what was written"),
    );
    if !command.deep {
        context.tell(
            "逐字节核对用 --deep",
            "--deep reads every byte of archive, books and daily copies",
        );
    }
    Ok(CommandEnd::Clean)
}

pub(super) fn workspace(
    command: &WorkspaceCommand,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    match command {
        WorkspaceCommand::Rebuild => rebuild(context),
        WorkspaceCommand::Create(command) => create(command, context),
        WorkspaceCommand::Move(command) => move_away(command, context),
        WorkspaceCommand::Reopen => reopen(context),
        WorkspaceCommand::Role(command) => bind_role(command, context),
    }
}

fn move_away(
    MoveCommand { target, files }: &MoveCommand,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    let report = context.move_workspace(target, files.as_deref())?;
    let (to, count) = (&report.to, report.files);
    let digits = |number: u64| group_digits(&number.to_string());
    let bytes = digits(report.bytes);
    match report.rows.map(digits) {
        Some(rows) => context.tell(
            &format!("已搬到 {to}：{rows} 行记录、{count} 个文件（{bytes} 字节）逐一核对一致，留痕核验通过"),
            &format!("Moved to {to}: {rows} rows and {count} files ({bytes} bytes) are equal there, and the trail holds"),
        ),
        None => context.tell(
            &format!("之前已搬到 {to}，新位置可以使用"),
            &format!("It had moved to {to} before, and can be used there"),
        ),
    }
    context.tell(
        &format!("从现在起使用：recondesk --workspace {to}"),
        &format!("From now on: recondesk --workspace {to}"),
    );
    context.tell(
        "原处的数据保留不动，不再接受改动；密钥只留在这台电脑，其他电脑各录入一次",
        "The old place stays as it is and takes no more changes; keys stay on this computer, enter them once on each other one",
    );
    Ok(CommandEnd::Clean)
}

fn bind_role(
    RoleCommand { operator, role }: &RoleCommand,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    context.bind_role(operator, role)?;
    context.tell(
        &format!("已绑定：以角色 {role} 连接的人只能以 {operator} 的名义决定"),
        &format!("Bound: who connects as {role} decides as {operator} alone"),
    );
    Ok(CommandEnd::Clean)
}

fn reopen(context: &CommandContext<'_>) -> Result<CommandEnd, Failure> {
    match context.reopen()? {
        None => context.tell(
            "这个工作区没有搬走，没有改动",
            "This workspace has not moved; nothing was touched",
        ),
        Some(to) => context.tell(
            &format!("原处重新启用。{to} 里的那份不要再用：两处同时使用，同一笔钱可能退两次"),
            &format!("It is in use here again. Do not use the one at {to} any more: with both in use money may go back twice"),
        ),
    }
    Ok(CommandEnd::Clean)
}

fn create(
    CreateCommand { address, files }: &CreateCommand,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    context.create_shared(address, files)?;
    context.tell(
        &format!("共用的工作区已建立。每台电脑上用：recondesk --workspace {address}"),
        &format!(
            "The shared workspace is there. On each computer: recondesk --workspace {address}"
        ),
    );
    context.tell(
        "密钥不在其中：在每台要用的电脑上各录入一次",
        "Keys are not in it: enter them once on each computer that needs them",
    );
    Ok(CommandEnd::Clean)
}

fn rebuild(context: &CommandContext<'_>) -> Result<CommandEnd, Failure> {
    let RebuildReport { database, files } = context.care()?.rebuild()?;
    match database {
        RebuildOutcome::NotNeeded if files.mended.is_empty() => context.tell(
            "数据库完好，无需重建，没有改动",
            "The database is sound; nothing was touched",
        ),
        RebuildOutcome::NotNeeded => {
            context.tell("数据库完好，无需重建", "The database is sound");
        }
        RebuildOutcome::Rebuilt {
            imports,
            adopted,
            lost_lines,
            unknown_files,
            set_aside,
        } => {
            context.tell(
                &format!("数据库已重建：{imports} 次导入，其中 {adopted} 次由账本登记"),
                &format!("The database was made anew: {imports} imports, {adopted} of them from the books"),
            );
            if lost_lines > 0 {
                context.tell(
                    &format!("日志有 {lost_lines} 行无法读取，其中的改动没有恢复"),
                    &format!("{lost_lines} lines of the journal cannot be read; what they told is not there"),
                );
            }
            if unknown_files > 0 {
                context.tell(
                    &format!("{unknown_files} 个文件不属于任何已知的导入"),
                    &format!("{unknown_files} files belong to no known import"),
                );
            }
            tell_set_aside(&set_aside, context);
        }
    }
    tell_mended(&files, context)
}

fn tell_set_aside(folder: &Path, context: &CommandContext<'_>) {
    let folder = folder.display();
    context.tell(
        &format!("原来的文件在 {folder}"),
        &format!("The files of before are in {folder}"),
    );
}

/// What became of damaged files; what is left of them is a failure.
fn tell_mended(files: &MendReport, context: &CommandContext<'_>) -> Result<CommandEnd, Failure> {
    for file in &files.mended {
        context.tell(
            &format!("已重新生成 {file}"),
            &format!("{file} was made again"),
        );
    }
    if let Some(folder) = &files.set_aside {
        tell_set_aside(folder, context);
    }
    if files.left.is_empty() {
        return Ok(CommandEnd::Clean);
    }
    tell_faults(&files.left, context)?;
    Err(care::not_mended(&files.left))
}
