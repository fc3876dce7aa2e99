//! Three named threads that carry out commands: for what must answer at once, for what takes long,
//! and for questions to WeChat Pay. A command that is to wait is kept here until it is due.
//!
//! Nothing here knows egui: the sending end of the events holds a wake callback, so no sender can forget it.

mod watch;

use std::panic::AssertUnwindSafe;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

pub use watch::Bell;

use super::{
    CancelToken, Command, Event, Failure, FailureKind, Lane, Message, Outcome, Progress, Reporter,
    TaskId,
};

/// Commands that may wait for a thread.
const QUEUE: usize = 256;
/// Events that may wait for the window.
const EVENTS: usize = 1024;
/// Least time between two progress events of one task.
const PROGRESS_EVERY: Duration = Duration::from_millis(100);

/// Carries out one command. Each thread owns one, so that each has a database connection of its own.
pub trait Jobs: Send {
    /// Carries out a command; progress goes to the reporter, which also says when to stop.
    ///
    /// # Errors
    /// What a person reads; nothing is half done.
    fn run(&mut self, command: Command, reporter: &dyn Reporter) -> Result<Outcome, Failure>;
}

struct QueuedTask {
    task: TaskId,
    command: Command,
    cancel: CancelToken,
}

/// Sends an event and wakes the window.
#[derive(Clone)]
struct EventSender {
    events: SyncSender<Event>,
    wake: Arc<dyn Fn() + Send + Sync>,
}

impl EventSender {
    fn send(&self, event: Event) {
        if self.events.send(event).is_ok() {
            (self.wake)();
        }
    }

    /// For progress: a full channel drops it rather than holding up the job.
    fn try_send(&self, event: Event) {
        if self.events.try_send(event).is_ok() {
            (self.wake)();
        }
    }
}

/// Lets progress through at most ten times a second, and always the last of it.
#[derive(Default)]
struct ProgressGate {
    last: Mutex<Option<Instant>>,
}

impl ProgressGate {
    fn lets_through(&self, progress: &Progress, now: Instant) -> bool {
        let Ok(mut last) = self.last.try_lock() else {
            return false;
        };
        let ended = progress.total == Some(progress.done);
        if !ended && last.is_some_and(|then| now.duration_since(then) < PROGRESS_EVERY) {
            return false;
        }
        *last = Some(now);
        true
    }
}

struct TaskReporter {
    task: TaskId,
    cancel: CancelToken,
    events: EventSender,
    gate: ProgressGate,
}

impl Reporter for TaskReporter {
    fn progress(&self, progress: Progress) {
        if self.gate.lets_through(&progress, Instant::now()) {
            self.events.try_send(Event::Progress(self.task, progress));
        }
    }

    fn cancelled(&self) -> bool {
        self.cancel.is_cancelled()
    }

    fn token(&self) -> CancelToken {
        self.cancel.clone()
    }
}

/// The queue of that kind is full; the command was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many commands are waiting")]
pub struct QueueFull;

/// What the threads carry their commands out with.
pub struct WorkerSet {
    /// For [`Lane::Query`].
    pub queries: Box<dyn Jobs>,
    /// For [`Lane::Job`].
    pub jobs: Box<dyn Jobs>,
    /// For [`Lane::GatewaySession`].
    pub line: Box<dyn Jobs>,
    /// Called by the thread of [`Lane::Job`] before its first command, so that it gives way to the window.
    pub give_way: fn(),
}

/// The threads, and the way to and from them.
pub struct Worker {
    queries: Option<SyncSender<QueuedTask>>,
    jobs: Option<SyncSender<QueuedTask>>,
    line: Option<SyncSender<QueuedTask>>,
    events: Receiver<Event>,
    sender: Option<EventSender>,
    /// Ends the watch when it is closed.
    watch: Option<Bell>,
    threads: Vec<JoinHandle<()>>,
}

impl Worker {
    /// Starts the threads; `wake` is called after each event.
    ///
    /// # Errors
    /// The system refuses a thread.
    pub fn start(crew: WorkerSet, wake: Arc<dyn Fn() + Send + Sync>) -> std::io::Result<Self> {
        let (events, inbox) = sync_channel(EVENTS);
        let sender = EventSender { events, wake };
        let (query_sender, query_thread) = spawn("queries", crew.queries, || (), sender.clone())?;
        let (job_sender, job_thread) = spawn("jobs", crew.jobs, crew.give_way, sender.clone())?;
        let (line_sender, line_thread) = spawn("line", crew.line, || (), sender.clone())?;
        Ok(Self {
            queries: Some(query_sender),
            jobs: Some(job_sender),
            line: Some(line_sender),
            events: inbox,
            sender: Some(sender),
            watch: None,
            threads: vec![query_thread, job_thread, line_thread],
        })
    }

    /// Hands a command over without waiting.
    ///
    /// # Errors
    /// [`QueueFull`]; nothing happened then.
    pub fn submit(
        &self,
        task: TaskId,
        command: Command,
        cancel: CancelToken,
    ) -> Result<(), QueueFull> {
        let lane = match command.lane() {
            Lane::Query => &self.queries,
            Lane::Job => &self.jobs,
            Lane::GatewaySession => &self.line,
        };
        let order = QueuedTask {
            task,
            command,
            cancel,
        };
        match lane.as_ref().map(|lane| lane.try_send(order)) {
            Some(Ok(())) => Ok(()),
            Some(Err(TrySendError::Full(_) | TrySendError::Disconnected(_))) | None => {
                Err(QueueFull)
            }
        }
    }

    /// The next event, if one is there.
    #[must_use]
    pub fn try_next(&self) -> Option<Event> {
        self.events.try_recv().ok()
    }

    /// Waits for the next event; for tests and the command line, never for the window.
    #[must_use]
    pub fn next_within(&self, limit: Duration) -> Option<Event> {
        self.events.recv_timeout(limit).ok()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.queries = None;
        self.jobs = None;
        self.line = None;
        if let Some(bell) = self.watch.take() {
            bell.close();
        }
        self.sender = None;
        // A thread that waits for room among the events must not be waited for.
        let (_, closed) = sync_channel(1);
        self.events = closed;
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a worker thread ended by a panic");
            }
        }
    }
}

fn spawn(
    name: &str,
    mut jobs: Box<dyn Jobs>,
    first: fn(),
    events: EventSender,
) -> std::io::Result<(SyncSender<QueuedTask>, JoinHandle<()>)> {
    let (sender, orders) = sync_channel::<QueuedTask>(QUEUE);
    let thread = std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(move || {
            first();
            serve(jobs.as_mut(), &orders, &events);
        })?;
    Ok((sender, thread))
}

/// Carries orders out as they come; those that are to wait stay here until they are due.
fn serve(jobs: &mut dyn Jobs, orders: &Receiver<QueuedTask>, events: &EventSender) {
    let mut later: Vec<(Instant, QueuedTask)> = Vec::new();
    loop {
        let due = later.iter().map(|(at, _)| *at).min();
        let taken = match due {
            None => orders.recv().map_err(RecvTimeoutError::from),
            Some(at) => orders.recv_timeout(at.saturating_duration_since(Instant::now())),
        };
        match taken {
            Ok(order) if order.command.delay() > Duration::ZERO => {
                later.push((Instant::now() + order.command.delay(), order));
            }
            Ok(order) => carry_out(jobs, order, events),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        let now = Instant::now();
        for (_, order) in later.extract_if(.., |(at, _)| *at <= now) {
            carry_out(jobs, order, events);
        }
    }
}

fn carry_out(jobs: &mut dyn Jobs, order: QueuedTask, events: &EventSender) {
    let QueuedTask {
        task,
        command,
        cancel,
    } = order;
    if cancel.is_cancelled() {
        events.send(Event::Failed(task, Box::new(Failure::cancelled())));
        return;
    }
    events.send(Event::Started(task));
    let reporter = TaskReporter {
        task,
        cancel,
        events: events.clone(),
        gate: ProgressGate::default(),
    };
    let result = std::panic::catch_unwind(AssertUnwindSafe(|| jobs.run(command, &reporter)))
        .unwrap_or_else(|_| Err(fault_of_ours()));
    events.send(match result {
        Ok(outcome) => Event::Finished(task, Box::new(outcome)),
        Err(failure) => Event::Failed(task, Box::new(failure)),
    });
}

fn fault_of_ours() -> Failure {
    Failure::new(
        FailureKind::Workspace,
        "program.fault",
        Message::new(
            "程序出错，这一步没有完成",
            "A fault of the program; this step was not completed",
        ),
        Message::new(
            "已存的数据不受影响；请把日志发给我们",
            "Stored data is unharmed; please send us the log",
        ),
    )
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::{Preferences, Step};

    struct PlayedJobs(fn(Command, &dyn Reporter) -> Result<Outcome, Failure>);

    impl Jobs for PlayedJobs {
        fn run(&mut self, command: Command, reporter: &dyn Reporter) -> Result<Outcome, Failure> {
            (self.0)(command, reporter)
        }
    }

    pub(super) fn start(
        play: fn(Command, &dyn Reporter) -> Result<Outcome, Failure>,
    ) -> (Worker, Arc<AtomicUsize>) {
        let woken = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&woken);
        let wake = Arc::new(move || {
            count.fetch_add(1, Ordering::Relaxed);
        });
        let crew = WorkerSet {
            queries: Box::new(PlayedJobs(play)),
            jobs: Box::new(PlayedJobs(play)),
            line: Box::new(PlayedJobs(play)),
            give_way: || (),
        };
        let worker = Worker::start(crew, wake).unwrap();
        (worker, woken)
    }

    fn all(worker: &Worker) -> Vec<Event> {
        let mut out = Vec::new();
        while let Some(event) = worker.next_within(Duration::from_mins(10)) {
            let last = matches!(event, Event::Finished(..) | Event::Failed(..));
            out.push(event);
            if last {
                break;
            }
        }
        out
    }

    #[test]
    fn every_event_wakes_the_window() {
        let (worker, woken) = start(|_, _| Ok(Outcome::Done));

        worker
            .submit(
                TaskId(1),
                Command::SavePreferences(Preferences::default()),
                CancelToken::default(),
            )
            .unwrap();
        let events = all(&worker);

        assert!(matches!(
            events.as_slice(),
            [Event::Started(TaskId(1)), Event::Finished(TaskId(1), _)]
        ));
        // The wake follows the send, so the last one may still be on its way.
        drop(worker);
        assert_eq!(woken.load(Ordering::Relaxed), 2);
    }

    #[test]
    fn a_panic_in_a_job_is_a_failure_and_the_thread_lives_on() {
        let (worker, _) = start(|command, _| match command {
            Command::Start => panic!("on purpose"),
            _ => Ok(Outcome::Done),
        });

        worker
            .submit(TaskId(1), Command::Start, CancelToken::default())
            .unwrap();
        assert!(
            matches!(all(&worker).last(), Some(Event::Failed(_, failure)) if failure.code == "program.fault")
        );

        let save = Command::SavePreferences(Preferences::default());
        worker
            .submit(TaskId(2), save, CancelToken::default())
            .unwrap();
        assert!(matches!(
            all(&worker).last(),
            Some(Event::Finished(TaskId(2), _))
        ));
    }

    #[test]
    fn progress_reaches_a_person_at_most_ten_times_a_second() {
        let gate = ProgressGate::default();
        let start = Instant::now();
        let at = |ms: u64, done: u64| {
            let progress = Progress {
                step: Step::Read,
                done,
                total: Some(3_000),
            };
            gate.lets_through(&progress, start + Duration::from_millis(ms))
        };

        let told = (0..3_000).filter(|ms| at(*ms, *ms)).count();

        assert_eq!(told, 30);
        assert!(at(3_000, 3_000), "the end is always told");
    }

    #[test]
    fn progress_of_a_job_is_told() {
        let (worker, _) = start(|_, reporter| {
            reporter.progress(Progress {
                step: Step::Read,
                done: 1,
                total: None,
            });
            Ok(Outcome::Done)
        });

        worker
            .submit(TaskId(1), Command::Start, CancelToken::default())
            .unwrap();

        assert!(matches!(
            all(&worker).as_slice(),
            [Event::Started(_), Event::Progress(..), Event::Finished(..)]
        ));
    }

    #[test]
    fn a_task_cancelled_while_it_waits_never_starts() {
        let (worker, _) = start(|_, _| Ok(Outcome::Done));
        let cancel = CancelToken::default();
        cancel.cancel();

        worker.submit(TaskId(1), Command::Start, cancel).unwrap();

        assert!(
            matches!(all(&worker).as_slice(), [Event::Failed(_, failure)] if failure.kind == FailureKind::Cancelled)
        );
    }
}
