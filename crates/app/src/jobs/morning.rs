//! A morning without anybody: new files of the shop, days that wait to be compared, what is missing at eleven.
//!
//! It may be run as often as one likes: what is done is not done again, and what is not ready is asked for
//! the next time. A scheduler that starts it every half hour follows WeChat Pay's own plan: from 10:00, every
//! 30 minutes.

mod books_changed;
mod folder;
mod missing;
mod state;
mod summary;
mod under_way;
mod webhook;
mod worker;

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

pub use folder::{FileFate, FolderFile};
pub use summary::{document, tell, text};
pub use under_way::RefundsAsked;
pub use webhook::{Webhook, WebhookForm, WebhookText};
pub use worker::{Shift, share_out};

use super::backfill::{PACE, offered};
use super::day::{self, OpenWork, open_work};
use super::reconcile::{Basis, Reconciled};
use super::signed_day::{self, SignedDay};
use crate::{Advice, Failure, FailureKind, MerchantRef, Message, Reporter};
use folder::FolderHaul;
use missing::alarms;
use recondesk_domain::{BillDate, Category, Instant, ProfileId};
use recondesk_ports::{CaseQuery, CaseRecord, Files, Ports, Records, RunRecord, StoreError};
use state::MorningMemory;

/// Minutes after midnight in Beijing at which a missing bill or file is an alarm.
pub const ALARM_MINUTES: i64 = 11 * 60;

/// Failures of the gateway in a row after which the rest is left for the next time.
const MOST_IN_A_ROW: u32 = 2;

/// Which days a morning is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MorningDays {
    /// This one.
    One(BillDate),
    /// Every day since the last one that was compared, of those whose bill can be had.
    CatchUp,
}

/// What a morning needs of its caller.
#[derive(Clone, Copy)]
pub struct MorningAsk<'a> {
    /// Which days.
    pub days: MorningDays,
    /// The folder of the shop's exports, in place of that of the profile.
    pub folder: Option<&'a Path>,
    /// The file system.
    pub files: &'a dyn Files,
    /// Waits between two questions to the gateway.
    pub pause: &'a dyn Fn(Duration),
}

/// What is missing at eleven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alarm {
    /// The bill of yesterday is not here.
    NoBill,
    /// Yesterday's bill has payments, and the shop's books have none.
    NoOrders,
}

/// The comparison of a day and what of it is open, or why there is none.
pub type DayResult = Result<(Box<Reconciled>, OpenWork), Failure>;

/// What came of a day.
#[derive(Debug, Clone)]
pub struct MorningDay {
    /// The day.
    pub day: BillDate,
    /// What came of it.
    pub result: DayResult,
    /// The signature that locks it, and what its books say now.
    pub signed: Option<SignedDay>,
}

/// What a morning brought for one merchant.
#[derive(Debug, Clone)]
pub struct MerchantMorning {
    /// The merchant.
    pub id: ProfileId,
    /// Its name.
    pub name: String,
    /// Its `mch_id`.
    pub mch_id: String,
    /// The day before the morning.
    pub yesterday: BillDate,
    /// Files of the folder that are not known yet.
    pub files: Vec<FolderFile>,
    /// Why the folder could not be read.
    pub folder_failure: Option<Failure>,
    /// The days, oldest first.
    pub days: Vec<MorningDay>,
    /// Days that were missed and whose bill WeChat Pay no longer has.
    pub gone: Vec<BillDate>,
    /// What is missing.
    pub alarms: Vec<Alarm>,
    /// What days before these have left open.
    pub older: OpenWork,
    /// Refunds under way that were asked about.
    pub refunds: RefundsAsked,
}

impl MerchantMorning {
    /// The first failure of the morning, for the exit code. A file of the folder that is refused is none: it is for a
    /// person, and stays so until somebody takes it away.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        let mut days = self.days.iter().filter_map(|day| day.result.as_ref().err());
        days.next()
            .or(self.folder_failure.as_ref())
            .or(self.refunds.failure.as_ref())
    }

    /// True when somebody must act.
    #[must_use]
    pub fn needs_person(&self) -> bool {
        let days = self.days.iter().filter_map(|day| day.result.as_ref().ok());
        let mut signed = self.days.iter().filter_map(|day| day.signed.as_ref());
        let heard = self.files.iter().any(|file| match &file.fate {
            FileFate::Taken(told) => told.attention,
            FileFate::Refused(_) => true,
            FileFate::Unfinished | FileFate::Passed => false,
        });
        heard
            || self.older.needs_person()
            || !self.alarms.is_empty()
            || !self.gone.is_empty()
            || signed.any(|signed| !signed.changes.is_empty())
            || days.into_iter().any(|(done, open)| {
                let basis = Basis::of(&done.run.summary, &done.findings);
                open.needs_person() || basis != Basis::Compared
            })
    }
}

/// Runs the morning of one merchant.
///
/// # Errors
/// [`Failure`] when the workspace cannot be read or written, or a person stopped it; what was done stays.
pub fn run(
    ports: &Ports,
    MerchantRef { id, profile }: MerchantRef<'_>,
    ask: &MorningAsk<'_>,
    reporter: &dyn Reporter,
) -> Result<MerchantMorning, Failure> {
    let records = ports.records.as_ref();
    let mut state = MorningMemory::of(records, id)?;
    let mut out = MerchantMorning {
        id,
        name: profile.name.clone(),
        mch_id: profile.mch_id.clone(),
        yesterday: ports.clock.now().day().prev(),
        files: Vec::new(),
        folder_failure: None,
        days: Vec::new(),
        gone: Vec::new(),
        alarms: Vec::new(),
        older: OpenWork::default(),
        refunds: RefundsAsked::default(),
    };
    let of_profile = (!profile.orders_from.is_empty()).then(|| Path::new(&profile.orders_from));
    let mut haul = FolderHaul::default();
    if let Some(folder) = ask.folder.or(of_profile) {
        let place = folder::WatchedFolder {
            files: ask.files,
            path: folder,
        };
        match folder::take(
            ports,
            MerchantRef { id, profile },
            place,
            &mut state,
            reporter,
        ) {
            Ok(found) => haul = found,
            Err(failure) if failure.kind == FailureKind::RefusedInput => {
                out.folder_failure = Some(failure);
            }
            Err(failure) => return Err(failure),
        }
        state.keep(records, id)?;
    }
    out.files.append(&mut haul.files);
    let due = match ask.days {
        MorningDays::One(day) => vec![day],
        MorningDays::CatchUp => {
            let of_refunds;
            (out.refunds, of_refunds) = under_way::ask(
                ports,
                MerchantRef { id, profile },
                ask,
                &mut state,
                reporter,
            )?;
            state.keep(records, id)?;
            let mut due = Due::of(ports, MerchantRef { id, profile }, &state, haul.days)?;
            // A signed day stays as it is; what its refunds would change is told of.
            due.days.extend(of_refunds);
            out.gone = due.gone;
            due.days.into_iter().collect()
        }
    };
    let work = MorningWork {
        ports,
        merchant: MerchantRef { id, profile },
        ask,
        reporter,
    };
    work.compare(&due, &mut state, &mut out)?;
    state.keep(records, id)?;
    if ask.days == MorningDays::CatchUp || ask.days == MorningDays::One(out.yesterday) {
        out.alarms = alarms(ports, id)?;
    }
    if ask.days == MorningDays::CatchUp {
        out.older = older_work(records, id, &out.days)?;
    }
    Ok(out)
}

/// The comparisons of a morning.
struct MorningWork<'a> {
    ports: &'a Ports,
    merchant: MerchantRef<'a>,
    ask: &'a MorningAsk<'a>,
    reporter: &'a dyn Reporter,
}

impl MorningWork<'_> {
    /// Fetches and compares the days, oldest first: what is missing is gone first, and each day's pool is the next one's.
    fn compare(
        &self,
        due: &[BillDate],
        state: &mut MorningMemory,
        out: &mut MerchantMorning,
    ) -> Result<(), Failure> {
        let today = self.ports.clock.now().day();
        let mut in_a_row = 0;
        for (nth, day) in due.iter().enumerate() {
            if self.reporter.cancelled() {
                return Err(Failure::cancelled());
            }
            if self.ask.days == MorningDays::CatchUp && state.was_refused(*day, today) {
                out.days.push(MorningDay {
                    day: *day,
                    result: Err(refused_today(*day)),
                    signed: None,
                });
                continue;
            }
            if nth > 0 {
                (self.ask.pause)(PACE);
            }
            let signed = signed_day::look(self.ports, self.merchant, *day, self.reporter)?;
            let result = match &signed {
                Some(_) => self.locked(*day)?,
                None => self.day(*day)?,
            };
            let stops = match &result {
                Ok((done, _)) => {
                    in_a_row = 0;
                    if !done.run.summary.has_bill {
                        state.refused.insert(day.to_string(), today);
                    }
                    false
                }
                Err(failure) => match failure.kind {
                    // Later days are not ready either, and a missing key is missing for all.
                    FailureKind::NotReady
                    | FailureKind::Usage
                    | FailureKind::Workspace
                    | FailureKind::Cancelled => true,
                    FailureKind::RefusedInput => {
                        state.refused.insert(day.to_string(), today);
                        false
                    }
                    FailureKind::Gateway => {
                        in_a_row += 1;
                        in_a_row >= MOST_IN_A_ROW
                    }
                },
            };
            out.days.push(MorningDay {
                day: *day,
                result,
                signed,
            });
            if stops {
                break;
            }
        }
        let oldest = today.plus(-100).to_string();
        state.refused.retain(|day, _| *day >= oldest);
        Ok(())
    }

    /// The result of a signed day, as it was signed.
    fn locked(&self, day: BillDate) -> Result<DayResult, Failure> {
        let records = self.ports.records.as_ref();
        let run = records.current_run(self.merchant.id, day)?;
        let run = run.ok_or_else(|| StoreError::Missing(format!("run of {day}")))?;
        let findings = records.findings(run.id)?;
        let done = Reconciled {
            run,
            findings,
            matched: Vec::new(),
            is_known: true,
            changes: None,
        };
        let open = open_work(records, self.merchant.id, day)?;
        Ok(Ok((Box::new(done), open)))
    }

    /// One day; a workspace that fails and a person's wish end the morning.
    fn day(&self, day: BillDate) -> Result<DayResult, Failure> {
        match day::run(self.ports, self.merchant, day, self.reporter) {
            Ok(done) => {
                let open = open_work(self.ports.records.as_ref(), self.merchant.id, day)?;
                Ok(Ok((Box::new(done), open)))
            }
            Err(failure) => match failure.kind {
                FailureKind::Workspace | FailureKind::Cancelled => Err(failure),
                FailureKind::Usage
                | FailureKind::NotReady
                | FailureKind::RefusedInput
                | FailureKind::Gateway => Ok(Err(failure)),
            },
        }
    }
}

/// The days that wait.
#[derive(Debug, PartialEq, Eq, Default)]
struct Due {
    days: BTreeSet<BillDate>,
    gone: Vec<BillDate>,
}

impl Due {
    /// Days since the last comparison, days whose bill failed, days that an export now covers or whose books changed
    /// since they were compared, days not told of.
    fn of(
        ports: &Ports,
        MerchantRef { id, profile }: MerchantRef<'_>,
        state: &MorningMemory,
        covered: Option<(BillDate, BillDate)>,
    ) -> Result<Self, Failure> {
        let now = ports.clock.now();
        let yesterday = now.day().prev();
        let offered: Vec<BillDate> = offered(now).collect();
        let Some(oldest) = offered.first().copied() else {
            return Ok(Self::default());
        };
        // What was compared before the days on offer is of interest only as the place where they begin.
        let runs = ports
            .records
            .current_runs(id, yesterday.plus(-400), yesterday)?;
        let mut out = Self::since(&runs, &offered, yesterday);
        let run_of = |day: BillDate| runs.iter().find(|run| run.summary.day == day);
        for failure in ports.records.bill_failures(id)? {
            let is_open = run_of(failure.day).is_none_or(|run| !run.summary.has_bill);
            if is_open && offered.contains(&failure.day) {
                out.days.insert(failure.day);
            }
        }
        for run in runs.iter().filter(|run| run.summary.day >= oldest) {
            let day = run.summary.day;
            let is_covered = covered.is_some_and(|(first, last)| (first..=last).contains(&day));
            let waits = !run.summary.has_bill && offered.contains(&day);
            if waits || is_covered && (day == yesterday || lacks_orders(ports, id, run)?) {
                out.days.insert(day);
            }
        }
        let mut changed =
            books_changed::since_compared(ports, MerchantRef { id, profile }, &runs, oldest)?;
        out.days.append(&mut changed);
        out.days.extend(&state.untold);
        let mut open = BTreeSet::new();
        for day in out.days {
            // What is signed off is locked, whatever a later export says of it.
            if ports.casework.signed(id, day)?.is_none() {
                open.insert(day);
            }
        }
        out.days = open;
        Ok(out)
    }

    /// Days after the last one that was compared; of a merchant without any, yesterday.
    fn since(runs: &[RunRecord], offered: &[BillDate], yesterday: BillDate) -> Self {
        let Some(last) = runs.iter().map(|run| run.summary.day).max() else {
            return Self {
                days: offered
                    .iter()
                    .copied()
                    .filter(|day| *day == yesterday)
                    .collect(),
                gone: Vec::new(),
            };
        };
        let mut out = Self {
            days: offered.iter().copied().filter(|day| *day > last).collect(),
            gone: Vec::new(),
        };
        if let Some(oldest) = offered.first() {
            let mut day = last.next();
            while day < *oldest {
                out.gone.push(day);
                day = day.next();
            }
        }
        out
    }
}

/// What is open of days that this morning did not compare: what a scheduler is told of must not end with the next run.
fn older_work(
    records: &dyn Records,
    id: ProfileId,
    done: &[MorningDay],
) -> Result<OpenWork, StoreError> {
    let open = records.cases(&CaseQuery {
        profile: Some(id),
        ..CaseQuery::default()
    })?;
    let is_older = |case: &&CaseRecord| done.iter().all(|one| one.day != case.day);
    Ok(OpenWork::of(open.iter().filter(is_older)))
}

/// True for a day that was compared with a hole in the merchant's book.
fn lacks_orders(ports: &Ports, id: ProfileId, run: &RunRecord) -> Result<bool, Failure> {
    if Basis::lacks_orders(&run.summary) {
        return Ok(true);
    }
    let holes = ports.records.cases(&CaseQuery {
        profile: Some(id),
        day: Some(run.summary.day),
        categories: vec![Category::MCoverage],
        closed_too: false,
    })?;
    Ok(!holes.is_empty())
}

/// Minutes since midnight in Beijing.
#[must_use]
pub fn minutes_of_day(now: Instant) -> i64 {
    now.day().start().distance(now).abs() / 60
}

fn refused_today(day: BillDate) -> Failure {
    Failure::new(
        FailureKind::RefusedInput,
        "morning.refused_today",
        Message::new(
            "这一天的账单今天取过，不能用；明天再取",
            "The bill of this day was fetched today and cannot be used; it is asked for again tomorrow",
        ),
        Advice::by_place(Message::new(
            "想现在再试：recondesk bill download",
            "To try now: recondesk bill download",
        ),Message::new(
"想现在再试：到“账单”下载",
"To try now: download it under Bills",
)),
    )
    .with_detail(day.to_string())
}
