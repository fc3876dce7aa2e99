//! Times the real window without a graphics card: `cargo bench --bench window -- [ROWS]`.
//!
//! A merchant's file of ROWS orders is dropped on the window, which draws sixty frames a second while
//! the worker threads look at it and, once it was confirmed, import it; then a second import is cancelled half way; then the table of all
//! orders is scrolled. A frame is what the ui thread does: events, layout, tessellation. Its processor time does
//! not depend on what else the machine does; gaps between frames do.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a timing program")]

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::{Event, Modifiers, MouseWheelUnit, Pos2, RawInput, Rect, TouchPhase, Vec2, pos2, vec2};
use recondesk::adapters;
use recondesk::adapters::files::SystemFiles;
use recondesk::adapters::priority;
use recondesk::adapters::report::{ReportWriter, XlsxWriter};
use recondesk::app::jobs::desk::Desk;
use recondesk::app::jobs::router::{Environment, WindowJobs};
use recondesk::app::{TaskKind, Worker, WorkerSet};
use recondesk::domain::{self, MerchantProfile};
use recondesk::ports::{Clock, PickAsk, Picker, Ports};
use recondesk::ui::{App, Screen};

const MCH_ID: &str = "1900000109";
const SIZE: Vec2 = vec2(1440.0, 900.0);
const FRAME: Duration = Duration::from_micros(16_667);

/// A clock that stands on the morning after the day of the orders; its milliseconds run.
struct BenchClock(Instant);

impl Clock for BenchClock {
    fn now(&self) -> domain::Instant {
        domain::Instant::parse_beijing("2026-03-09 10:12:40").unwrap()
    }

    fn steady_ms(&self) -> u64 {
        u64::try_from(self.0.elapsed().as_millis()).unwrap()
    }
}

/// Nobody picks files here.
struct Nobody;

impl Picker for Nobody {
    fn ask(&mut self, _: PickAsk) -> bool {
        false
    }

    fn answer(&mut self) -> Option<Vec<PathBuf>> {
        None
    }
}

/// A file dropped on the window.
#[derive(Debug)]
struct DroppedPath(PathBuf);

impl egui::DroppedFile for DroppedPath {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("read by nobody".to_owned())
    }
}

/// Orders of a day; `more` is added to each amount in fen.
fn write_orders(path: &Path, rows: u64, salt: &str, more: u64) {
    let mut out = BufWriter::new(File::create(path).unwrap());
    out.write_all(b"out_trade_no,amount,pay_status,created_at,paid_at,fulfil_status,goods\n")
        .unwrap();
    let mut line = String::new();
    for at in 0..rows {
        line.clear();
        let mixed = at.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let second = at * 86_340 / rows;
        let time = |second: u64| {
            let (hour, minute) = (second / 3600, second / 60 % 60);
            format!("2026-03-08 {hour:02}:{minute:02}:{:02}", second % 60)
        };
        let (yuan, fen) = (mixed % 2_000, (mixed / 2_000 + more) % 100);
        let state = ["paid", "paid", "paid", "paid", "refunded", "created"];
        let state = *state
            .get(usize::try_from(mixed / 1000 % 6).unwrap())
            .unwrap();
        let paid = if state == "created" {
            String::new()
        } else {
            time(second + 20)
        };
        writeln!(
            line,
            "QH{salt}260308{at:012},{yuan}.{fen:02},{state},{},{paid},fulfilled,会员月卡、连续包月 {}",
            time(second),
            at % 90
        )
        .unwrap();
        out.write_all(line.as_bytes()).unwrap();
    }
    out.flush().unwrap();
}

/// Processor time of this thread; elsewhere than on Unix, time by the clock.
#[cfg(not(unix))]
fn cpu() -> Duration {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}

/// Processor time of this thread.
#[cfg(unix)]
fn cpu() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(
        now.tv_sec.try_into().unwrap(),
        now.tv_nsec.try_into().unwrap(),
    )
}

/// What frames cost.
#[derive(Default)]
struct Costs {
    cpu: Vec<Duration>,
    wall: Vec<Duration>,
    gap: Vec<Duration>,
    last: Option<Instant>,
}

impl Costs {
    fn tell(&mut self, what: &str) {
        let ms = |times: &mut Vec<Duration>| {
            times.sort_unstable();
            let at = |share: usize| {
                let last = times.len().saturating_sub(1);
                times.get(last * share / 1000).copied().unwrap_or_default()
            };
            [at(500), at(990), at(1000)].map(|time| time.as_secs_f64() * 1e3)
        };
        println!("{what}: {} frames", self.cpu.len());
        for (name, times) in [
            ("cpu of a frame", &mut self.cpu),
            ("wall of a frame", &mut self.wall),
            ("from frame to frame", &mut self.gap),
        ] {
            let [median, late, most] = ms(times);
            println!(
                "   {name:<20} median {median:7.3} ms   p99 {late:7.3} ms   most {most:7.3} ms"
            );
        }
    }
}

struct BenchStage {
    app: App,
    ctx: egui::Context,
    time: f64,
}

impl BenchStage {
    fn new(ports: &Ports, folder: &Path) -> Self {
        let around = Environment {
            folder: folder.display().to_string(),
            person: "bench".to_owned(),
            desk: Desk::default(),
            files: Arc::new(SystemFiles),
            workbooks: Arc::new(XlsxWriter::default()),
            reports: Arc::new(ReportWriter {
                scratch: None,
                font: recondesk::ui::fonts::NOTO,
            }),
            columns: Arc::new(recondesk::adapters::parquet::ParquetFiles),
            places: None,
            demo: None,
            program: String::new(),
            handbook: Arc::new(|_| Ok(())),
            care: None,
        };
        let jobs = || Box::new(WindowJobs::new(ports.clone(), around.clone()));
        priority::shared_work_gives_way();
        let crew = WorkerSet {
            queries: jobs(),
            jobs: jobs(),
            line: jobs(),
            give_way: priority::give_way,
        };
        let worker = Worker::start(crew, Arc::new(|| {})).unwrap();
        let ctx = egui::Context::default();
        App::install(&ctx);
        Self {
            app: App::new(Box::new(worker), Arc::clone(&ports.clock), Box::new(Nobody)),
            ctx,
            time: 0.0,
        }
    }

    /// One frame as the window draws it; returns how many triangles it came to.
    fn frame(&mut self, events: Vec<Event>, files: Vec<PathBuf>, costs: &mut Costs) -> usize {
        self.time += FRAME.as_secs_f64();
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, SIZE)),
            time: Some(self.time),
            focused: true,
            events,
            dropped_files: files
                .into_iter()
                .map(|path| Arc::new(DroppedPath(path)) as egui::DroppedFileHandle)
                .collect(),
            ..RawInput::default()
        };
        let (wall, before) = (Instant::now(), cpu());
        let app = &mut self.app;
        let mut output = self.ctx.run_ui(input, |ui| {
            app.logic(ui.ctx());
            app.show(ui);
        });
        // Nobody uploads textures here; dropping them unseen is an error in development builds.
        output.textures_delta.clear();
        let shapes = self.ctx.tessellate(output.shapes, output.pixels_per_point);
        costs.cpu.push(cpu().saturating_sub(before));
        costs.wall.push(wall.elapsed());
        let now = Instant::now();
        if let Some(last) = costs.last.replace(now) {
            costs.gap.push(now - last);
        }
        shapes.len()
    }

    /// Frames at sixty a second until something holds; says how long it took.
    fn until(
        &mut self,
        costs: &mut Costs,
        limit: Duration,
        mut holds: impl FnMut(&App) -> bool,
    ) -> Duration {
        let start = Instant::now();
        let mut next = start + FRAME;
        while !holds(&self.app) {
            assert!(start.elapsed() < limit, "it does not come to an end");
            std::thread::sleep(next.saturating_duration_since(Instant::now()));
            next = (next + FRAME).max(Instant::now());
            self.frame(Vec::new(), Vec::new(), costs);
        }
        start.elapsed()
    }

    /// Drops a file, waits until it is shown, and says that it counts.
    fn import(&mut self, path: PathBuf, costs: &mut Costs) {
        let before = self.app.state().import.opened;
        self.frame(Vec::new(), vec![path], costs);
        let shown = self.until(costs, Duration::from_mins(1), |app| {
            let import = &app.state().import;
            let sheet = &import.sheet;
            import.opened > before && sheet.value().is_some() && !sheet.is_loading()
        });
        println!("shown after {:.2} s", shown.as_secs_f64());
        let command = Modifiers {
            ctrl: true,
            ..Modifiers::COMMAND
        };
        self.frame(vec![key(egui::Key::Enter, command)], Vec::new(), costs);
        assert!(Self::importing(&self.app), "the import has begun");
    }

    /// Imports a file and cancels that after a share of the time of a whole import; says how long it took to end.
    fn cancel(&mut self, file: &Path, share: f64, whole: Duration) {
        let minute = Duration::from_mins(1);
        let mut costs = Costs::default();
        self.import(file.to_owned(), &mut costs);
        let wait = Instant::now() + whole.mul_f64(share);
        self.until(&mut costs, minute, |_| Instant::now() >= wait);
        let mut tasks = self.app.state().tasks.values();
        let found = tasks.find(|task| task.kind == TaskKind::Import);
        let Some(task) = found else {
            println!("cancelled at {share}: it was done already");
            return;
        };
        task.cancel.cancel();
        let step = task.progress.map(|progress| progress.step);
        let took = self.until(&mut costs, minute, |app| !Self::importing(app));
        println!(
            "cancelled at {share} ({step:?}): ended after {:.3} s",
            took.as_secs_f64()
        );
    }

    fn importing(app: &App) -> bool {
        let mut tasks = app.state().tasks.values();
        tasks.any(|task| task.kind == TaskKind::Import)
    }
}

fn key(key: egui::Key, modifiers: Modifiers) -> Event {
    Event::Key {
        key,
        physical_key: None,
        pressed: true,
        repeat: false,
        modifiers,
    }
}

fn wheel(lines: f32) -> Event {
    Event::MouseWheel {
        unit: MouseWheelUnit::Line,
        delta: vec2(0.0, lines),
        phase: TouchPhase::Move,
        modifiers: Modifiers::NONE,
        source: egui::MouseWheelSource::Wheel,
    }
}

fn main() {
    let mut args = std::env::args().skip(1).filter(|arg| arg != "--bench");
    let rows: u64 = args.next().map_or(1_000_000, |text| text.parse().unwrap());
    let temporary = tempfile::tempdir().unwrap();
    let folder = temporary.path().join("workspace");
    let mut ports = adapters::open(Some(&folder)).unwrap();
    ports.clock = Arc::new(BenchClock(Instant::now()));
    let now = ports.clock.now();
    let shop = MerchantProfile::new("shop", MCH_ID);
    ports
        .records
        .add_profile(&shop, recondesk_ports::Author::program(now))
        .unwrap();
    let (first, second) = (
        temporary.path().join("orders.csv"),
        temporary.path().join("more.csv"),
    );
    let third = temporary.path().join("changed.csv");
    write_orders(&first, rows, "A", 0);
    write_orders(&second, rows, "B", 0);
    write_orders(&third, rows, "A", 1);
    // Files that are written at this moment are read twice by the import, to be sure of them.
    std::thread::sleep(Duration::from_millis(1200));
    let minute = Duration::from_mins(1);
    let mut stage = BenchStage::new(&ports, &folder);
    let mut costs = Costs::default();
    stage.until(&mut costs, minute, |app| !app.state().merchants.is_empty());
    stage.app.go(Screen::Orders);
    for _ in 0..30 {
        stage.frame(Vec::new(), Vec::new(), &mut costs);
    }

    let mut costs = Costs::default();
    stage.import(first, &mut costs);
    let took = stage.until(&mut costs, 5 * minute, |app| !BenchStage::importing(app));
    costs.tell(&format!(
        "{rows} orders imported in {:.2} s",
        took.as_secs_f64()
    ));

    for share in [0.1, 0.3, 0.5, 0.7, 0.9] {
        stage.cancel(&second, share, took);
    }
    println!("the same numbers as are stored, other amounts");
    // The file that was cancelled is still open; another one would wait for it.
    let escape = key(egui::Key::Escape, Modifiers::NONE);
    stage.frame(vec![escape], Vec::new(), &mut Costs::default());
    for share in [0.5, 1.0, 1.5, 2.0, 2.5] {
        stage.cancel(&third, share, took);
    }

    let mut costs = Costs::default();
    stage.until(&mut costs, minute, |app| {
        app.state().orders.rows.len() >= rows
    });
    scroll(&mut stage, rows);
}

/// Slowly by the wheel, fast by the wheel, and by the scroll bar to anywhere.
fn scroll(stage: &mut BenchStage, rows: u64) {
    let mut idle = Costs::default();
    let middle = pos2(700.0, 500.0);
    let bar = |share: f32| pos2(SIZE.x - 30.0, 160.0 + share * 640.0);
    stage.frame(vec![Event::PointerMoved(middle)], Vec::new(), &mut idle);
    for (what, lines, frames) in [("slow wheel", -1.0, 600), ("fast wheel", -40.0, 600)] {
        let mut costs = Costs::default();
        for _ in 0..frames {
            stage.frame(vec![wheel(lines)], Vec::new(), &mut costs);
            std::thread::sleep(Duration::from_millis(4));
        }
        costs.tell(&format!("{what} over {rows} rows"));
    }
    let mut costs = Costs::default();
    let press = |at: Pos2, pressed: bool| Event::PointerButton {
        pos: at,
        button: egui::PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    let place = |n: u16| bar(f32::from(n.wrapping_mul(7919) % 600) / 600.0);
    stage.frame(vec![Event::PointerMoved(bar(0.1))], Vec::new(), &mut idle);
    stage.frame(vec![press(bar(0.1), true)], Vec::new(), &mut idle);
    for n in 0..600 {
        let events = vec![Event::PointerMoved(place(n))];
        stage.frame(events, Vec::new(), &mut costs);
        std::thread::sleep(Duration::from_millis(4));
    }
    stage.frame(vec![press(place(0), false)], Vec::new(), &mut idle);
    costs.tell(&format!("scroll bar over {rows} rows"));
}
