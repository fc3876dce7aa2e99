//! Composition root: reads the arguments, builds the adapters, hands them over. No logic here.

mod picker;
mod window;

use std::process::ExitCode;

use recondesk::adapters;
use recondesk::cli::{self, World};

fn main() -> ExitCode {
    adapters::core_dumps::forbid();
    let world = World {
        open: |folder| adapters::open_asking(folder, Box::new(cli::passphrase)),
        lacking: adapters::lacking,
        create_shared: adapters::create_shared,
        move_workspace: adapters::move_workspace,
        bind_role: adapters::bind_role,
        reopen: adapters::reopen,
        care: |folder| Ok(Box::new(adapters::care(folder)?)),
        clock: std::sync::Arc::new(adapters::clock::SystemClock::new()),
        random: std::sync::Arc::new(adapters::clock::SystemRandom),
        files: std::sync::Arc::new(adapters::files::SystemFiles),
        workbooks: std::sync::Arc::new(adapters::report::XlsxWriter::default()),
        columns: std::sync::Arc::new(adapters::parquet::ParquetFiles),
        reports: std::sync::Arc::new(adapters::report::ReportWriter {
            scratch: None,
            font: recondesk::ui::fonts::NOTO,
        }),
        forgetful_vault: || std::sync::Arc::new(adapters::vault::MemoryVault::default()),
        window: window::show,
    };
    cli::run(std::env::args_os(), &world)
}
