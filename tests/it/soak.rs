//! A month in one program: each day eight hours in which the schedule's morning runs every half hour and the window's
//! worker reads and works, against a sandbox in another program. Memory, log, handles and threads stay flat.
//!
//! The clock is passed in, nothing waits. The short form has ten days of two hours; `RECONDESK_THOROUGH=1` asks for
//! 31 days of eight.

use recondesk_app::MerchantRef;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command as Process;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use recondesk::adapters;
use recondesk::adapters::files::SystemFiles;
use recondesk::adapters::gateway::HttpGateway;
use recondesk::adapters::report::{ReportWriter, XlsxWriter};
use recondesk::app::jobs::desk::Desk;
use recondesk::app::jobs::lookup::session::LookUp;
use recondesk::app::jobs::morning::{self, MorningAsk, MorningDays};
use recondesk::app::jobs::router::{Environment, WindowJobs};
use recondesk::app::model::{CaseFilter, OrderFilter};
use recondesk::app::tables::TableView;
use recondesk::app::{
    CancelToken, Command, Event, Export, ExportFormat, ReportFormat, Silent, TaskId, Worker,
    WorkerSet,
};
use recondesk::domain::{BillDate, Instant, MerchantProfile, ProfileId, Secret, SecretKind};
use recondesk::ports::{Clock, Ports, Vault as _};
use serde_json::json;

use crate::support::line::{PocketVault, patient};
use crate::support::wire::{Client, SignDigest, control, sandbox};

const CHILD: &str = "RECONDESK_SOAK_CHILD";
const FIRST_DAY: &str = "2026-03-01";
/// Orders of a day.
const ORDERS: u32 = 40;
/// Memory may grow by this from the middle third of the days to the last: allocators keep pieces.
const GROWTH_KB: u64 = 12 * 1024;

/// A clock that the test sets.
struct SoakClock(AtomicI64);

impl Clock for SoakClock {
    fn now(&self) -> Instant {
        Instant::from_unix(self.0.load(Ordering::Relaxed))
    }

    fn steady_ms(&self) -> u64 {
        0
    }
}

/// What the program holds at the end of a day.
#[derive(Debug, Clone, Copy)]
struct ResourceUse {
    memory_kb: u64,
    handles: u64,
    /// Of the files of imports, which are kept open up to a number.
    segments: u64,
    threads: u64,
    log_bytes: u64,
    wal_bytes: u64,
}

fn status(field: &str) -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = text.lines().find(|line| line.starts_with(field)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

fn bytes_of(folder: &Path, end: &str) -> u64 {
    let files = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    let matching = files.filter(|file| file.file_name().to_string_lossy().ends_with(end));
    matching.map(|file| file.metadata().unwrap().len()).sum()
}

/// The program: the ports over a workspace, the window's threads, the schedule.
struct SoakFixture {
    folder: PathBuf,
    ports: Ports,
    sun: Arc<SoakClock>,
    id: ProfileId,
    profile: MerchantProfile,
    worker: Worker,
    task: u64,
    base: String,
    key: String,
    _log: Option<adapters::log::Logging>,
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap()
}

impl SoakFixture {
    fn new(folder: PathBuf) -> Self {
        let (base, key) = (variable("SOAK_BASE"), variable("SOAK_KEY"));
        let mut profile = MerchantProfile::new("shop", &variable("SOAK_MCH"));
        profile.appids = vec![variable("SOAK_APPID")];
        profile.gateway.clone_from(&base);
        profile.orders_from = folder.join("exports").display().to_string();
        std::fs::create_dir(folder.join("exports")).unwrap();
        let workspace = folder.join("workspace");
        let mut ports = adapters::open(Some(&workspace)).unwrap();
        let sun = Arc::new(SoakClock(AtomicI64::new(0)));
        ports.clock = Arc::clone(&sun) as Arc<dyn Clock>;
        ports.gateway = Arc::new(HttpGateway::with_timeouts(
            Arc::clone(&ports.clock),
            patient(),
        ));
        let id = ports
            .records
            .add_profile(&profile, recondesk_ports::Author::program(sun.now()))
            .unwrap();
        let pocket = PocketVault::default();
        pocket
            .set(id, SecretKind::V2Key, Secret::new(key.clone().into_bytes()))
            .unwrap();
        ports.vault = Arc::new(pocket);
        std::fs::create_dir(folder.join("logs")).unwrap();
        let log = adapters::log::start(&folder.join("logs"));
        let worker = Worker::start(workers(&ports, &folder), Arc::new(|| ())).unwrap();
        Self {
            folder,
            ports,
            sun,
            id,
            profile,
            worker,
            task: 0,
            base,
            key,
            _log: log,
        }
    }

    /// Moves the clocks of both sides.
    fn at(&self, day: BillDate, minutes: i64) {
        let beijing = format!("{day} {:02}:{:02}:00", minutes / 60, minutes % 60);
        let now = Instant::parse_beijing(&beijing).unwrap();
        self.sun.0.store(now.unix(), Ordering::Relaxed);
        control(&self.base, "clock", &json!({ "now": beijing }));
    }

    /// Customers pay, and the shop's system writes its export of the day: one order is not in it, one has another sum.
    fn sell(&self, day: BillDate) {
        let client = Client {
            base: &self.base,
            mch_id: &self.profile.mch_id,
            appid: &self.profile.appids[0],
            key: &self.key,
            digest: SignDigest::Md5,
        };
        let mut text = "out_trade_no,amount,pay_status,created_at,paid_at\n".to_owned();
        for nth in 0..ORDERS {
            let number = format!("S{}{nth:06}", day.to_string().replace('-', ""));
            client.place_paid(&number, "3500");
            let yuan = if nth == 7 { "34.00" } else { "35.00" };
            if nth != 3 {
                writeln!(text, "{number},{yuan},paid,{day} 11:58:00,{day} 12:00:00").unwrap();
            }
        }
        let path = self.folder.join("exports").join(format!("{day}.csv"));
        let mut file = std::fs::File::create(path).unwrap();
        file.write_all(text.as_bytes()).unwrap();
        let written = u64::try_from(self.sun.now().unix()).unwrap();
        file.set_modified(UNIX_EPOCH + Duration::from_secs(written))
            .unwrap();
    }

    /// What a scheduler starts every half hour.
    fn morning(&self) {
        let ask = MorningAsk {
            days: MorningDays::CatchUp,
            folder: None,
            files: &SystemFiles,
            pause: &|_| {},
        };
        let morning = morning::run(
            &self.ports,
            MerchantRef::new(self.id, &self.profile),
            &ask,
            &Silent,
        )
        .unwrap();
        assert!(morning.failure().is_none(), "{:?}", morning.failure());
    }

    /// What somebody at the window does in half an hour.
    fn look(&mut self, day: BillDate) {
        let (id, number) = (
            self.id,
            format!("S{}000003", day.to_string().replace('-', "")),
        );
        let out = self.folder.join("report.xlsx");
        let filter = OrderFilter {
            view: TableView::default(),
            ..OrderFilter::all(id, day)
        };
        let looked_up = LookUp {
            text: number,
            number: None,
            only: None,
            live: false,
        };
        let cases = CaseFilter {
            profile: Some(id),
            ..CaseFilter::default()
        };
        let commands = [
            Command::Overview(day, Some(id)),
            Command::Day(id, day),
            Command::Cases(cases),
            Command::Bills(Some(id)),
            Command::Orders(filter),
            Command::LookUp(looked_up),
            Command::LookupHistory(String::new()),
            Command::Reconcile(id, day),
            Command::Export(
                id,
                day,
                Export::Findings(ExportFormat::Csv),
                self.folder.join("found.csv"),
            ),
            Command::Export(id, day, Export::DayReport(ReportFormat::Xlsx), out),
        ];
        for command in commands {
            self.carry_out(command);
        }
    }

    fn carry_out(&mut self, command: Command) {
        self.task += 1;
        let task = TaskId(self.task);
        let named = format!("{command:?}");
        self.worker
            .submit(task, command, CancelToken::default())
            .unwrap();
        loop {
            match self.worker.next_within(Duration::from_mins(10)).unwrap() {
                Event::Finished(done, _) if done == task => return,
                Event::Failed(_, failure) => panic!("{named}: {failure:?}"),
                Event::Started(_) | Event::Progress(..) | Event::Finished(..) | Event::Decided => {}
            }
        }
    }

    fn held(&self) -> ResourceUse {
        let names: Vec<PathBuf> = std::fs::read_dir("/proc/self/fd")
            .unwrap()
            .filter_map(|entry| std::fs::read_link(entry.unwrap().path()).ok())
            .collect();
        let books = self.folder.join("workspace/books");
        let segments = names.iter().filter(|name| name.starts_with(&books)).count() as u64;
        let open = names.len() as u64;
        ResourceUse {
            memory_kb: status("VmRSS"),
            handles: open - segments,
            segments,
            threads: status("Threads"),
            log_bytes: bytes_of(&self.folder.join("logs"), ".log"),
            wal_bytes: bytes_of(&self.folder.join("workspace"), "-wal"),
        }
    }
}

fn workers(ports: &Ports, folder: &Path) -> WorkerSet {
    let around = Environment {
        folder: folder.display().to_string(),
        person: "li".to_owned(),
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
    WorkerSet {
        queries: jobs(),
        jobs: jobs(),
        line: jobs(),
        give_way: || (),
    }
}

/// The most of a value among these days.
fn most(days: &[ResourceUse], of: impl Fn(&ResourceUse) -> u64) -> u64 {
    days.iter().map(of).max().unwrap()
}

fn is_flat(days: &[ResourceUse]) {
    let third = days.len() / 3;
    let (middle, last) = (&days[third..2 * third], &days[2 * third..]);
    let memory = |days: &[ResourceUse]| most(days, |held| held.memory_kb);
    assert!(
        memory(last) <= memory(middle) + GROWTH_KB,
        "memory: {days:?}"
    );
    for of in [
        |held: &ResourceUse| held.handles,
        |held: &ResourceUse| held.threads,
    ] {
        assert!(
            most(last, of) <= most(middle, of),
            "handles or threads: {days:?}"
        );
    }
    let imports = 2 * days.len() as u64;
    assert!(
        most(days, |held| held.segments) <= imports,
        "more than one handle a file: {days:?}"
    );
    let written = |days: &[ResourceUse]| days[days.len() - 1].log_bytes - days[0].log_bytes;
    assert!(written(last) <= 2 * written(middle) + 4096, "log: {days:?}");
    assert!(
        most(days, |held| held.wal_bytes) <= 20 << 20,
        "log of the database: {days:?}"
    );
}

/// The program alone, so that nothing else in it is measured.
fn run_alone() {
    let is_thorough = std::env::var_os("RECONDESK_THOROUGH").is_some();
    let (days, half_hours) = if is_thorough { (31, 16) } else { (10, 4) };
    let folder = tempfile::tempdir().unwrap();
    let mut shop = SoakFixture::new(folder.path().to_owned());
    let mut day = BillDate::parse(FIRST_DAY).unwrap();
    let mut held = Vec::new();
    for _ in 0..days {
        shop.at(day, 12 * 60);
        shop.sell(day);
        let sold = day;
        day = day.next();
        for half_hour in 0..half_hours {
            shop.at(day, 10 * 60 + 15 + 30 * half_hour);
            shop.morning();
            shop.look(sold);
        }
        held.push(shop.held());
    }
    is_flat(&held);
    let (first, middle, last) = (held[0], held[days / 2], held[days - 1]);
    let told = [("first", first), ("middle", middle), ("last", last)]
        .map(|(name, held)| format!("{name} day {held:?}"));
    let runs = i64::try_from(days).unwrap() * half_hours;
    let text = format!(
        "{days} days, {runs} mornings, {} commands: {}\n",
        shop.task,
        told.join("; ")
    );
    std::io::stdout().write_all(text.as_bytes()).unwrap();
}

#[test]
fn a_month_of_days_leaves_memory_log_and_handles_flat() {
    if std::env::var_os(CHILD).is_some() {
        run_alone();
        return;
    }
    let running = sandbox();
    let merchant = &running.merchant;
    let output = Process::new(std::env::current_exe().unwrap())
        .args([
            "soak::a_month_of_days_leaves_memory_log_and_handles_flat",
            "--exact",
            "--nocapture",
        ])
        .env(CHILD, "1")
        .env("SOAK_BASE", &running.base_http)
        .env("SOAK_KEY", merchant.v2_key.expose())
        .env("SOAK_MCH", &merchant.mch_id)
        .env("SOAK_APPID", &merchant.appids[0])
        .output()
        .unwrap();
    let (out, told) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(
        output.status.success() && out.contains(" mornings, "),
        "{out}\n{told}"
    );
    for line in out.lines().filter(|line| line.contains(" mornings, ")) {
        println!("{line}");
    }
}
