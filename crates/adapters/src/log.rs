//! The daily log and the report of a crash, both in the workspace and free of secrets.
//!
//! Started by the window and by long jobs only: a short command has nothing to log, and opening the
//! file would cost more than the command.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::{RollingFileAppender, Rotation};

use super::clock::SystemClock;
use recondesk_ports::Clock as _;

/// Days of which the log is kept.
const KEPT: usize = 30;

/// Keeps the log open; what was logged is on disk when it is dropped.
#[must_use]
pub struct Logging {
    _guard: WorkerGuard,
}

/// Starts the daily log in a folder; `None` when it cannot be written, which stops no work, or when
/// this program logs already.
#[must_use]
pub fn start(folder: &Path) -> Option<Logging> {
    let appender = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("recondesk")
        .filename_suffix("log")
        .max_log_files(KEPT)
        .build(folder)
        .ok()?;
    let (writer, guard) = tracing_appender::non_blocking(appender);
    let logger = tracing_subscriber::fmt()
        .with_writer(move || EventLines(writer.clone()))
        .with_ansi(false)
        .with_max_level(tracing::Level::INFO)
        .finish();
    tracing::subscriber::set_global_default(logger).ok()?;
    Some(Logging { _guard: guard })
}

/// Keeps each event on one line of its own, whatever a gateway or a file put into its fields.
///
/// The formatter hands over one whole event a call.
#[derive(Debug)]
struct EventLines<W>(W);

impl<W: Write> Write for EventLines<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        let text = text.strip_suffix('\n').unwrap_or(&text);
        let line = format!("{}\n", recondesk_domain::printable(text));
        self.0.write_all(line.as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Writes a report into a folder whenever a thread panics: place and thread, never the message, which
/// may quote a file or a key.
pub fn report_panics(folder: PathBuf) {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        // A report that cannot be written must not hide the panic itself.
        drop(write_report(&folder, info));
        before(info);
    }));
}

fn write_report(folder: &Path, info: &std::panic::PanicHookInfo<'_>) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let now = SystemClock::new().now();
    let place = info.location().map(ToString::to_string).unwrap_or_default();
    let thread = std::thread::current();
    let mut file = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(folder.join(format!("crash-{}.txt", now.compact())))?;
    writeln!(file, "recondesk {} at {now}", env!("CARGO_PKG_VERSION"))?;
    writeln!(file, "thread {}", thread.name().unwrap_or("unnamed"))?;
    writeln!(file, "panicked at {place}")?;
    writeln!(file, "{}", std::backtrace::Backtrace::force_capture())
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct SharedBuffer(Arc<Mutex<Vec<u8>>>);

    impl Write for SharedBuffer {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn no_text_from_outside_forges_a_line_or_steers_whoever_reads_the_log() {
        let kept = SharedBuffer::default();
        let writer = kept.clone();
        let logger = tracing_subscriber::fmt()
            .with_writer(move || EventLines(writer.clone()))
            .with_ansi(false)
            .finish();
        let hostile = "oops\n2026-03-08T10:00:00Z  INFO refund done\r\u{1b}[2J\u{9b}2J\u{202e}";

        tracing::subscriber::with_default(logger, || {
            tracing::warn!(text = hostile, shown = %hostile, debug = ?hostile, "{hostile}");
            tracing::warn!("second");
        });

        let log = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
        assert_eq!(log.lines().count(), 2, "{log}");
        let is_plain = |sign: char| sign == '\n' || !sign.is_control();
        assert!(
            log.chars().all(is_plain) && !log.contains('\u{202e}'),
            "{log}"
        );
    }

    #[test]
    fn a_panic_leaves_a_report_without_its_message() {
        let folder = tempfile::tempdir().unwrap();
        report_panics(folder.path().to_owned());

        let ended = std::thread::Builder::new()
            .name("doomed".to_owned())
            .spawn(|| panic!("192006250b4c09247ec02edce69f6a2d"))
            .unwrap()
            .join();

        assert!(ended.is_err());
        let texts: Vec<String> = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap())
            .collect();
        assert!(texts.iter().any(|text| text.contains("thread doomed")));
        assert!(texts.iter().all(|text| !text.contains("192006250b4c")));
    }
}
