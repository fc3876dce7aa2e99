//! Puts a window together: threads over one workspace, file dialogs, log, the way to the demo.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use recondesk::adapters::files::{SystemFiles, replace};
use recondesk::adapters::priority;
use recondesk::adapters::report::{ReportWriter, XlsxWriter};
use recondesk::adapters::{self, log, workspace::Workspace};
use recondesk::app::jobs::desk::Desk;
use recondesk::app::jobs::router::{Demo, Environment, OpenCare, WindowJobs};
use recondesk::app::{
    Bell, Failure, FailureKind, Language, Message, NoticeText, SharedPlaceAsk, SharedPlaces,
    Worker, WorkerSet,
};
use recondesk::cli::WindowStart;
use recondesk::handbook::handbook;
use recondesk::ports::{Ports, WorkspaceCare};
use recondesk::ui::{self, Wake, WindowParts};

use crate::picker::NativePicker;

/// How often it is looked whether somebody else decided something: at another computer, or a terminal on this one.
const WATCH: Duration = Duration::from_secs(1);

/// Shows the window and returns when it is closed.
pub(crate) fn show(start: WindowStart) -> Result<(), Failure> {
    let place = Workspace::on_this_computer(start.workspace.as_deref())?;
    let named = start.workspace.clone();
    let named = named.unwrap_or_else(|| place.folder().to_owned());
    let _log = log::start(&place.log_folder());
    log::report_panics(place.log_folder());
    // A workspace that is handed over open is the demo's: it has its shop already.
    let demo = start.ports.is_none().then(demo_beside);
    let is_own = demo.is_some();
    let ports = match start.ports {
        Some(ports) => ports,
        // The window has a dialog of its own for the passphrase; a terminal behind it may be watched by nobody.
        None => adapters::open(Some(&named))?,
    };
    if is_own && let Some(address) = named.to_str() {
        // A folder is none, and is left out.
        adapters::places::remember(address);
    }
    let around = Environment {
        folder: named.display().to_string(),
        person: person(),
        desk: Desk::default(),
        files: Arc::new(SystemFiles),
        workbooks: Arc::new(XlsxWriter {
            scratch: Some(place.folder().to_owned()),
        }),
        reports: Arc::new(ReportWriter {
            scratch: Some(place.folder().to_owned()),
            font: ui::fonts::NOTO,
        }),
        columns: Arc::new(adapters::parquet::ParquetFiles),
        // Nobody wants the demo's invented shop every morning.
        program: if demo.is_some() {
            program()
        } else {
            String::new()
        },
        // The demo's workspace is gone with the window.
        care: demo.is_some().then(|| -> OpenCare {
            let folder = named.clone();
            Arc::new(move || {
                adapters::care(Some(&folder))
                    .map(|care| -> Box<dyn WorkspaceCare> { Box::new(care) })
            })
        }),
        demo,
        places: is_own.then(|| -> Arc<dyn SharedPlaces> { Arc::new(PlacesBeside) }),
        handbook: Arc::new({
            let folder = place.folder().to_owned();
            move |language| open_handbook(&folder, language)
        }),
    };
    ui::run(start.lang, &|wake| parts(&ports, &around, wake))
}

/// Opens shared workspaces as programs of their own, each with its own window.
struct PlacesBeside;

impl SharedPlaces for PlacesBeside {
    fn recent(&self) -> Vec<String> {
        adapters::places::recent()
    }

    fn open(&self, ask: &SharedPlaceAsk) -> Result<(), Failure> {
        let files = Some(ask.files.as_str()).filter(|files| !files.is_empty());
        adapters::places::try_open(&ask.address, files, ask.password.as_ref())?;
        let failed = |error: std::io::Error| {
            Failure::new(
                FailureKind::Workspace,
                "place.start",
                Message::new("新窗口打不开", "The other window does not open"),
                Message::new("再试一次", "Try once more"),
            )
            .with_detail(error.to_string())
        };
        let program = std::env::current_exe().map_err(failed)?;
        let mut window = Command::new(program);
        window
            .arg("--workspace")
            .arg(&ask.address)
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        // Where there is no keychain it is known to that window alone: others of this computer do not see it.
        if let Some(password) = &ask.password {
            window.env("PGPASSWORD", password.expose());
        }
        window.spawn().map(drop).map_err(failed)
    }
}

/// Who sits at the computer; decisions are kept under this name, so there is always one.
fn person() -> String {
    let name = |key| std::env::var(key).ok().filter(|name| !name.is_empty());
    ["USER", "LOGNAME", "USERNAME"]
        .into_iter()
        .find_map(name)
        .unwrap_or_else(|| recondesk_app::model::LOCAL_PERSON.to_owned())
}

/// Path of the program, where it can be written down.
fn program() -> String {
    let path = std::env::current_exe().ok();
    let path = path.as_deref().and_then(Path::to_str);
    path.map(str::to_owned).unwrap_or_default()
}

/// Writes the handbook beside the data and lets the system show it.
fn open_handbook(workspace: &Path, language: Language) -> Result<(), Failure> {
    let failed = |error: std::io::Error| {
        Failure::new(
            FailureKind::Workspace,
            "handbook.open",
            Message::new("手册打不开", "The handbook cannot be opened"),
            Message::new(
                "在终端运行：recondesk handbook，再打开写出的 index.html",
                "Run on a terminal: recondesk handbook, then open the index.html it writes",
            ),
        )
        .with_detail(error.to_string())
    };
    let folder = workspace.join(language.pick("handbook-zh", "handbook-en"));
    std::fs::create_dir_all(&folder).map_err(failed)?;
    let book = handbook(language);
    for picture in &book.pictures {
        replace(&folder.join(picture.name), picture.bytes).map_err(failed)?;
    }
    let page = folder.join("index.html");
    replace(&page, book.page.as_bytes()).map_err(failed)?;
    let mut opener = if cfg!(windows) {
        let mut opener = Command::new("explorer");
        opener.arg(&page);
        opener
    } else {
        let mut opener = Command::new(if cfg!(target_os = "macos") {
            "open"
        } else {
            "xdg-open"
        });
        opener.arg(&page);
        opener
    };
    opener
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    opener.spawn().map(drop).map_err(failed)
}

fn parts(ports: &Ports, around: &Environment, wake: Wake) -> Result<WindowParts, Failure> {
    let jobs = || Box::new(WindowJobs::new(ports.clone(), around.clone()));
    priority::shared_work_gives_way();
    let crew = WorkerSet {
        queries: jobs(),
        jobs: jobs(),
        line: jobs(),
        give_way: priority::give_way,
    };
    let no_thread = |error: std::io::Error| {
        Failure::new(
            FailureKind::Workspace,
            "window.threads",
            Message::new("系统不允许再开线程", "The system refuses another thread"),
            Message::new("关闭一些程序再试", "Close some programs and try again"),
        )
        .with_detail(error.to_string())
    };
    let mut worker = Worker::start(crew, Arc::clone(&wake)).map_err(no_thread)?;
    let records = Arc::clone(&ports.records);
    let last = move || records.last_deed().ok();
    let bell = Bell::default();
    ports.records.announce_to(Box::new(bell.clone()));
    worker
        .watch(WATCH, bell, Box::new(last))
        .map_err(no_thread)?;
    Ok(WindowParts {
        backend: Box::new(worker),
        clock: Arc::clone(&ports.clock),
        picker: Box::new(NativePicker::new(wake)),
    })
}

/// Opens the demo as a program of its own, so that its invented shop never mixes with real books.
fn demo_beside() -> Demo {
    let failed = |error: std::io::Error| {
        Failure::new(
            FailureKind::Workspace,
            "demo.start",
            Message::new("演示无法启动", "The demo does not start"),
            Message::new(
                "在终端运行：recondesk demo",
                "Run on a terminal: recondesk demo",
            ),
        )
        .with_detail(error.to_string())
    };
    Arc::new(move |_, _| {
        let program = std::env::current_exe().map_err(failed)?;
        let mut demo = Command::new(program);
        demo.arg("demo").stdin(Stdio::null()).stdout(Stdio::null());
        demo.spawn().map_err(failed)?;
        Ok(NoticeText {
            title: Message::new(
                "演示正在新窗口打开",
                "The demo opens in a window of its own",
            ),
            note: Message::new(
                "演示数据关窗即弃，不进这个工作区",
                "Its data is thrown away with that window and never enters this workspace",
            ),
            day: None,
            next: recondesk::app::NextDeed::None,
            attention: false,
        })
    })
}
