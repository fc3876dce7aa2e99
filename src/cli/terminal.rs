//! Progress on a terminal: a bar for whatever takes longer than a second, nothing for the rest.

use std::io::IsTerminal as _;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use recondesk_app::{Language as Lang, Progress, Reporter, Step};

/// Work shorter than this shows nothing.
const QUIET: Duration = Duration::from_secs(1);

/// Shows the progress of one job on standard error, if that is a terminal.
pub(super) struct Terminal {
    lang: Lang,
    shown: Option<Mutex<ShownProgress>>,
}

struct ShownProgress {
    since: Instant,
    step: Option<Step>,
    bar: Option<ProgressBar>,
}

impl Terminal {
    pub(super) fn new(lang: Lang) -> Self {
        let shown = std::io::stderr().is_terminal().then(|| {
            Mutex::new(ShownProgress {
                since: Instant::now(),
                step: None,
                bar: None,
            })
        });
        Self { lang, shown }
    }
}

impl Reporter for Terminal {
    fn progress(&self, progress: Progress) {
        let Some(shown) = &self.shown else { return };
        let mut shown = shown.lock().unwrap_or_else(PoisonError::into_inner);
        if shown.since.elapsed() < QUIET {
            return;
        }
        if shown.step != Some(progress.step) {
            if let Some(old) = shown.bar.take() {
                old.finish_and_clear();
            }
            shown.step = Some(progress.step);
        }
        let bar = shown
            .bar
            .get_or_insert_with(|| new_bar(progress, self.lang));
        if let Some(total) = progress.total {
            bar.set_length(total);
        }
        bar.set_position(progress.done);
    }

    fn cancelled(&self) -> bool {
        false
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if let Some(shown) = self.shown.take()
            && let Some(bar) = shown
                .into_inner()
                .unwrap_or_else(PoisonError::into_inner)
                .bar
        {
            bar.finish_and_clear();
        }
    }
}

fn new_bar(progress: Progress, lang: Lang) -> ProgressBar {
    let bytes = matches!(progress.step, Step::Download | Step::Read | Step::Send);
    let template = match (progress.total, bytes) {
        (Some(_), true) => "{msg} [{bar:30}] {bytes}/{total_bytes} {eta}",
        (Some(_), false) => "{msg} [{bar:30}] {human_pos}/{human_len} {eta}",
        (None, true) => "{msg} {spinner} {bytes}",
        (None, false) => "{msg} {spinner} {human_pos}",
    };
    let bar = ProgressBar::with_draw_target(progress.total, ProgressDrawTarget::stderr_with_hz(10));
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("=> "));
    }
    bar.set_message(step_words(progress.step, lang));
    bar
}

/// The name of a step.
fn step_words(step: Step, lang: Lang) -> &'static str {
    match step {
        Step::Download => lang.pick("下载账单", "Downloading"),
        Step::Read => lang.pick("读取文件", "Reading"),
        Step::Sort => lang.pick("排序", "Sorting"),
        Step::Store => lang.pick("写入工作区", "Storing"),
        Step::Send => lang.pick("上传到对象存储", "Sending"),
        Step::Ask => lang.pick("逐笔查询", "Asking"),
        Step::Decide => lang.pick("逐条处理", "Deciding"),
        Step::Compare => lang.pick("逐笔核对", "Comparing"),
        Step::Export => lang.pick("导出", "Exporting"),
    }
}
