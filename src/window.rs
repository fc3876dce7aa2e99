//! Puts a window together: two threads over one workspace, file dialogs, the built-in demo.

use std::sync::{Arc, Mutex};

use recondesk::adapters::files::SystemFiles;
use recondesk::adapters::picker::NativePicker;
use recondesk::adapters::report::XlsxWriter;
use recondesk::adapters::{self, workspace::Workspace};
use recondesk::app::jobs::window::{Demo, Surroundings, WindowJobs};
use recondesk::app::{Crew, Failure, FailureKind, Told, Words, Worker};
use recondesk::cli::{self, DEMO_ORDERS, Shop, WindowStart};
use recondesk::ports::{Ports, StoreError};
use recondesk::ui::{self, Parts, Wake};

/// Shows the window and returns when it is closed.
pub(crate) fn show(start: WindowStart) -> Result<(), Failure> {
    let ports = match start.ports {
        Some(ports) => ports,
        None => adapters::open_asking(start.workspace.as_deref(), Box::new(cli::passphrase))?,
    };
    let folder = match start.workspace {
        Some(folder) => folder,
        None => Workspace::of_user()?.folder().to_owned(),
    };
    let around = Surroundings {
        folder: folder.display().to_string(),
        person: std::env::var("USER")
            .or_else(|_not_unix| std::env::var("USERNAME"))
            .unwrap_or_default(),
        files: Arc::new(SystemFiles),
        workbooks: Arc::new(XlsxWriter::default()),
        demo: Some(demo()),
    };
    ui::run(start.lang, &|wake| parts(&ports, &around, wake))
}

fn parts(ports: &Ports, around: &Surroundings, wake: Wake) -> Result<Parts, Failure> {
    let jobs = || Box::new(WindowJobs::new(ports.clone(), around.clone()));
    let crew = Crew {
        queries: jobs(),
        jobs: jobs(),
        line: jobs(),
    };
    let worker = Worker::start(crew, Arc::clone(&wake)).map_err(|error| {
        Failure::new(
            FailureKind::Workspace,
            "window.threads",
            Words::new("系统不允许再开线程", "The system refuses another thread"),
            Words::new("关闭一些程序再试", "Close some programs and try again"),
        )
        .with_detail(error.to_string())
    })?;
    Ok(Parts {
        backend: Box::new(worker),
        clock: Arc::clone(&ports.clock),
        picker: Box::new(NativePicker::new(wake)),
    })
}

/// The demo shop; its sandbox runs until the window is closed.
fn demo() -> Demo {
    let running: Mutex<Option<Shop>> = Mutex::new(None);
    Arc::new(move |ports, reporter| {
        let mut shop = Shop::open(ports, DEMO_ORDERS, "演示商城")?;
        shop.import_orders(ports, reporter)?;
        shop.run_day(ports, reporter)?;
        let told = Told {
            title: Words::new("演示已就绪", "The demo is ready"),
            note: Words::new(
                "一家虚构商户的昨天，账单来自本机沙箱",
                "Yesterday of an invented shop, its bill from a sandbox on this computer",
            ),
            day: Some((shop.merchant.0, shop.day)),
            attention: false,
        };
        let mut running = running
            .lock()
            .map_err(|_poisoned| StoreError::Broken("demo".to_owned()))?;
        *running = Some(shop);
        Ok(told)
    })
}
