//! What every command gets: the language, the workspace on demand, the two outputs.

use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::CommandEnd;
use super::out_file::{self, Unfit};
use super::terminal::Terminal;
use super::terminal_output::Speech;
use recondesk_app::{Failure, FailureKind, Language as Lang, Message};
use recondesk_domain::{BillDate, MerchantProfile, ProfileId, half_width};
use recondesk_ports::{
    Clock, ColumnFiles, Files, Fill, MoveReport, Ports, Random, Reports, Source, StoreError, Vault,
    Workbooks, WorkspaceCare,
};

/// How long a command waits for another program's job on the same workspace.
const PATIENCE: Duration = Duration::from_secs(15);

/// Opens the care for a workspace: of the folder named, or of that of the user.
type OpenCareOf = fn(Option<&Path>) -> Result<Box<dyn WorkspaceCare>, StoreError>;

/// Moves a workspace: which one, where to, where its files go on a server.
type MoveWorkspace = fn(Option<&Path>, &str, Option<&str>) -> Result<MoveReport, StoreError>;

/// How the command line gets at the world; made by `main`.
pub struct World {
    /// Opens a workspace: the folder named, or that of the user.
    pub open: fn(Option<&Path>) -> Result<Ports, StoreError>,
    /// The folder that is named, or that of the user, where it is no workspace.
    pub lacking: fn(Option<&Path>) -> Result<Option<PathBuf>, StoreError>,
    /// Makes a shared workspace: where its tables and where its files are.
    pub create_shared: fn(&str, &str) -> Result<(), StoreError>,
    /// Moves a workspace: which one, where to, where its files go on a server.
    pub move_workspace: MoveWorkspace,
    /// Binds a role of the server of a shared workspace: which workspace, operator, role.
    pub bind_role: fn(Option<&Path>, &str, &str) -> Result<(), StoreError>,
    /// Lets a workspace that has moved be used again; tells where it had moved to.
    pub reopen: fn(Option<&Path>) -> Result<Option<String>, StoreError>,
    /// Care for a workspace that need not be sound.
    pub care: OpenCareOf,
    /// The clock, for days named in words; no workspace is needed for it.
    pub clock: Arc<dyn Clock>,
    /// Files named on the command line, where no workspace is needed.
    pub files: Arc<dyn Files>,
    /// Writes workbooks.
    pub workbooks: Arc<dyn Workbooks>,
    /// Writes reports.
    pub reports: Arc<dyn Reports>,
    /// Writes tables for other programs.
    pub columns: Arc<dyn ColumnFiles>,
    /// Makes nonces for what is signed without a workspace.
    pub random: Arc<dyn Random>,
    /// Makes a vault that forgets.
    pub forgetful_vault: fn() -> Arc<dyn Vault>,
    /// Shows the window and returns when it is closed.
    pub window: fn(WindowStart) -> Result<(), Failure>,
}

/// What the window needs to start.
#[derive(Clone, Default)]
pub struct WindowStart {
    /// The workspace folder, where one was named.
    pub workspace: Option<PathBuf>,
    /// The language, where one was named; else that of the preferences.
    pub lang: Option<Lang>,
    /// The ports of that workspace, where it is open already (the demo, whose keys are in memory).
    pub ports: Option<Ports>,
}

/// What every command gets.
pub(super) struct CommandContext<'a> {
    world: &'a World,
    workspace: Option<PathBuf>,
    named_lang: Option<Lang>,
    pub(super) lang: Lang,
    speech: Speech,
}

impl<'a> CommandContext<'a> {
    pub(super) fn new(
        world: &'a World,
        named: Option<Lang>,
        guess: Lang,
        workspace: Option<PathBuf>,
        speech: Speech,
    ) -> Self {
        Self {
            world,
            workspace,
            named_lang: named,
            lang: named.unwrap_or(guess),
            speech,
        }
    }

    /// The clock.
    pub(super) fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.world.clock)
    }

    /// A fresh nonce; no workspace is needed for it.
    pub(super) fn nonce(&self) -> String {
        self.world.random.nonce()
    }

    /// Opens the workspace that is there.
    pub(super) fn open(&self) -> Result<Ports, Failure> {
        self.expect_workspace()?;
        self.open_or_make()
    }

    /// Opens the workspace, and makes it where there is none: for what a person begins with.
    pub(super) fn open_or_make(&self) -> Result<Ports, Failure> {
        (self.world.open)(self.workspace.as_deref()).map_err(Failure::from)
    }

    /// Refuses a folder that is no workspace, such as one whose name was mistyped.
    fn expect_workspace(&self) -> Result<(), Failure> {
        match (self.world.lacking)(self.workspace.as_deref())? {
            None => Ok(()),
            Some(folder) => Err(no_workspace(&folder)),
        }
    }

    /// Makes a shared workspace, and opens it once to see that it can be used.
    pub(super) fn create_shared(&self, address: &str, files: &str) -> Result<(), Failure> {
        (self.world.create_shared)(address, files)?;
        (self.world.open)(Some(Path::new(address)))?;
        Ok(())
    }

    /// Moves the workspace, and opens it once at its new place to see that it can be used.
    pub(super) fn move_workspace(
        &self,
        target: &str,
        files: Option<&str>,
    ) -> Result<MoveReport, Failure> {
        self.expect_workspace()?;
        let report = (self.world.move_workspace)(self.workspace.as_deref(), target, files)?;
        (self.world.open)(Some(Path::new(target)))?;
        Ok(report)
    }

    /// Binds a role of the server to an operator.
    pub(super) fn bind_role(&self, operator: &str, role: &str) -> Result<(), Failure> {
        Ok((self.world.bind_role)(
            self.workspace.as_deref(),
            operator,
            role,
        )?)
    }

    /// Lets a workspace that has moved be used again.
    pub(super) fn reopen(&self) -> Result<Option<String>, Failure> {
        self.expect_workspace()?;
        Ok((self.world.reopen)(self.workspace.as_deref())?)
    }

    /// Care for the workspace that is there, which need not be sound.
    pub(super) fn care(&self) -> Result<Box<dyn WorkspaceCare>, Failure> {
        self.expect_workspace()?;
        self.care_or_make()
    }

    /// Care for a folder that may become a workspace.
    pub(super) fn care_or_make(&self) -> Result<Box<dyn WorkspaceCare>, Failure> {
        (self.world.care)(self.workspace.as_deref()).map_err(Failure::from)
    }

    /// Opens a workspace whose secrets are forgotten with the program.
    pub(super) fn open_throw_away(&self, folder: &Path) -> Result<Ports, Failure> {
        let mut ports = (self.world.open)(Some(folder))?;
        ports.vault = (self.world.forgetful_vault)();
        Ok(ports)
    }

    /// Opens the workspace and waits for the right to write to it.
    pub(super) fn open_to_write(&self) -> Result<(Ports, Box<dyn Send>), Failure> {
        let ports = self.open()?;
        let guard = ports.writers.enter(PATIENCE)?;
        Ok((ports, guard))
    }

    /// The same, and makes a workspace where there is none.
    pub(super) fn open_or_make_to_write(&self) -> Result<(Ports, Box<dyn Send>), Failure> {
        let ports = self.open_or_make()?;
        let guard = ports.writers.enter(PATIENCE)?;
        Ok((ports, guard))
    }

    /// Shows the window.
    pub(super) fn window(&self) -> Result<CommandEnd, Failure> {
        if !has_display() {
            return Err(Failure::new(
                FailureKind::Usage,
                "window.display",
                Message::new(
                    "没有可用的显示器，窗口打不开",
                    "There is no display, the window cannot open",
                ),
                Message::new(
                    "在终端使用：recondesk --help；看演示：recondesk demo --headless",
                    "Work on the terminal: recondesk --help; see the demo: recondesk demo --headless",
                ),
            ));
        }
        (self.world.window)(WindowStart {
            workspace: self.workspace.clone(),
            lang: self.named_lang,
            ports: None,
        })?;
        Ok(CommandEnd::Clean)
    }

    /// Shows the window on a workspace that is open already.
    pub(super) fn window_on(&self, folder: &Path, ports: Ports) -> Result<CommandEnd, Failure> {
        (self.world.window)(WindowStart {
            workspace: Some(folder.to_owned()),
            lang: Some(self.lang),
            ports: Some(ports),
        })?;
        Ok(CommandEnd::Clean)
    }

    /// A day as written on the command line: `YYYY-MM-DD`, or `yesterday` in Beijing.
    pub(super) fn day(&self, text: &str) -> Result<BillDate, Failure> {
        if text == "yesterday" {
            return Ok(self.world.clock.now().day().prev());
        }
        BillDate::parse(&half_width(text)).ok_or_else(|| {
            Failure::new(
                FailureKind::Usage,
                "usage.date",
                Message::new("日期无法识别", "Not a day"),
                Message::new(
                    "写成 YYYY-MM-DD，或 yesterday（北京时间）",
                    "Write YYYY-MM-DD, or yesterday (Beijing time)",
                ),
            )
            .with_detail(text)
        })
    }

    /// Writes workbooks.
    pub(super) fn workbooks(&self) -> &dyn Workbooks {
        self.world.workbooks.as_ref()
    }

    /// Writes reports.
    pub(super) fn reports(&self) -> &dyn Reports {
        self.world.reports.as_ref()
    }

    /// Writes tables for other programs.
    pub(super) fn columns(&self) -> &dyn ColumnFiles {
        self.world.columns.as_ref()
    }

    /// Refuses a place where no file can be written, before any work is done for it.
    pub(super) fn check_out(path: Option<&Path>) -> Result<(), Failure> {
        let Some(path) = path else {
            return Ok(());
        };
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let fault = if path.is_dir() {
            ErrorKind::IsADirectory
        } else if path.as_os_str().is_empty() || !folder.is_dir() {
            ErrorKind::NotFound
        } else {
            return Ok(());
        };
        Err(not_written(path, &fault.into()))
    }

    /// Writes a file named on the command line, whole or not at all; what lies there is replaced only when it is of
    /// the same kind and made by this program.
    pub(super) fn write_file(&self, path: &Path, fill: &mut Fill<'_>) -> Result<(), Failure> {
        let mut unfit = None;
        let written = self.world.files.write(path, &mut |out| {
            out_file::fill_checked(path, out, fill, &mut unfit)
        });
        match unfit {
            Some(Unfit::InTheWay) => Err(out_file::in_the_way(path)),
            Some(Unfit::Name(form)) => form.check_name(path),
            None => written.map_err(|error| not_written(path, &error)),
        }
    }

    /// The file system.
    pub(super) fn files(&self) -> &dyn Files {
        self.world.files.as_ref()
    }

    /// The folder of the workspace, where one was named.
    pub(super) fn named_workspace(&self) -> Option<&Path> {
        self.workspace.as_deref()
    }

    /// Opens a file named on the command line.
    pub(super) fn source(&self, path: &Path) -> Result<Source, Failure> {
        self.world
            .files
            .open(path)
            .map_err(|error| not_read(path, &error))
    }

    /// The bytes of a file named on the command line, of at most 64 MiB and one.
    pub(super) fn bytes(&self, path: &Path) -> Result<Vec<u8>, Failure> {
        self.head(path, 64 << 20)
    }

    /// The first bytes of a file named on the command line: one beyond the limit tells that there are more.
    pub(super) fn head(&self, path: &Path, limit: usize) -> Result<Vec<u8>, Failure> {
        let mut bytes = Vec::new();
        let limit = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
        self.source(path)?
            .bytes
            .take(limit)
            .read_to_end(&mut bytes)
            .map_err(|error| not_read(path, &error))?;
        Ok(bytes)
    }

    /// A progress display on standard error.
    pub(super) fn terminal(&self) -> Terminal {
        Terminal::new(self.lang)
    }

    /// Lines for a person, on standard error.
    pub(super) fn tell(&self, zh: &str, en: &str) {
        self.speech.say(self.lang.pick(zh, en));
    }

    /// A failure for a person, on standard error: what, where, what to do.
    pub(super) fn tell_failure(&self, failure: &Failure) {
        self.speech.say_failure(failure, self.lang);
    }
}

/// There is no workspace where one was asked for.
fn no_workspace(folder: &Path) -> Failure {
    let folder = folder.display();
    Failure::new(
        FailureKind::Workspace,
        "workspace.none",
        Message::new(
            format!("这里没有工作区：{folder}"),
            format!("There is no workspace here: {folder}"),
        ),
        Message::new(
            "核对 --workspace；第一次使用，先用 recondesk profile add 新增商户档案",
            "Check --workspace; to begin, add a merchant with recondesk profile add",
        ),
    )
}

/// The profile of that name.
pub(super) fn profile_named(
    ports: &Ports,
    name: &str,
) -> Result<(ProfileId, MerchantProfile), Failure> {
    ports.records.profile(name)?.ok_or_else(|| {
        Failure::new(
            FailureKind::Usage,
            "profile.missing",
            Message::new("没有这个商户档案", "There is no such profile"),
            Message::new(
                "用 recondesk profile list 查看已有档案",
                "recondesk profile list shows those there are",
            ),
        )
        .with_detail(name)
    })
}

/// A fact about a file, and what the system says of it.
pub(super) fn with_reason((zh, en): (&str, &str), error: &std::io::Error) -> Message {
    let (why_zh, why_en) = match error.kind() {
        ErrorKind::NotFound => ("没有这个文件或文件夹", "there is no such file or folder"),
        ErrorKind::PermissionDenied => ("没有权限", "it is not allowed"),
        ErrorKind::IsADirectory => ("这是一个文件夹", "it is a folder"),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => ("磁盘已满", "the disk is full"),
        ErrorKind::ReadOnlyFilesystem => ("磁盘只读", "the disk is read-only"),
        // What is rare has no words of its own.
        _ => return Message::new(format!("{zh}：{error}"), format!("{en}: {error}")),
    };
    Message::new(format!("{zh}：{why_zh}"), format!("{en}: {why_en}"))
}

/// A file named on the command line cannot be read.
pub(super) fn not_read(path: &Path, error: &std::io::Error) -> Failure {
    if error.kind() == std::io::ErrorKind::InvalidData {
        return not_text(path);
    }
    Failure::new(
        FailureKind::RefusedInput,
        "file.read",
        with_reason(("文件无法读取", "The file cannot be read"), error),
        Message::new("核对路径和权限", "Check the path and the rights"),
    )
    .with_detail(path.display().to_string())
}

/// A file that must be text is something else.
fn not_text(path: &Path) -> Failure {
    Failure::new(
        FailureKind::RefusedInput,
        "file.text",
        Message::new("文件不是 UTF-8 编码的文本", "The file is no text in UTF-8"),
        Message::new("在编辑器里另存为 UTF-8", "Save it as UTF-8 in an editor"),
    )
    .with_detail(path.display().to_string())
}

/// A file named on the command line cannot be written.
pub(super) fn not_written(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(
        FailureKind::Workspace,
        "file.write",
        with_reason(("文件无法写入", "The file cannot be written"), error),
        Message::new(
            "核对路径、权限和磁盘空间",
            "Check path, rights and room on the disk",
        ),
    )
    .with_detail(path.display().to_string())
}

/// False where no window can be shown, as far as this is known without trying.
pub(super) fn has_display() -> bool {
    if cfg!(any(windows, target_os = "macos")) {
        return true;
    }
    ["WAYLAND_DISPLAY", "WAYLAND_SOCKET", "DISPLAY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}
