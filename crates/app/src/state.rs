//! What the screens read, and how events change it.
//!
//! A result goes to the slot that asked for it, by task; a late answer to an old question is dropped.

use std::collections::BTreeMap;

use recondesk_domain::{BillDate, Instant, ProfileId};
use recondesk_ports::VaultAccess;

use super::command::{ListKind, TaskKind, Welcome};
use super::event::PageRows;
use super::list_state::{Cases, ListAnswers, Orders};
use super::model::{
    BillDetail, BillRow, BulkPayout, DayModel, FundsModel, MerchantRow, OverviewModel,
};
use super::refused_state::RefusedState;
use super::{
    Bulk, CancelToken, Command, DeskState, Event, Failure, FailureKind, Import, Lab, Lookup,
    MerchantAnswers, Message, Notice, Outcome, Payouts, People, Preferences, Progress, Remote,
    TaskId,
};

/// A task that is not finished.
#[derive(Debug, Clone)]
pub struct Task {
    /// What it does.
    pub kind: TaskKind,
    /// What it is about.
    pub about: (Option<ProfileId>, Option<BillDate>),
    /// How far it is.
    pub progress: Option<Progress>,
    /// Steady milliseconds when it was submitted.
    pub since_ms: u64,
    /// Stops it.
    pub cancel: CancelToken,
}

/// Everything the screens read.
#[expect(clippy::struct_excessive_bools, reason = "none excludes another")]
#[derive(Debug)]
pub struct State {
    /// The clock, to the second, as the last event or minute left it.
    pub now: Instant,
    /// The day in view.
    pub day: BillDate,
    /// The merchant in view; `None` for all.
    pub merchant: Option<ProfileId>,
    /// What the start told.
    pub welcome: Remote<()>,
    /// Preferences.
    pub preferences: Preferences,
    /// Where the data lies.
    pub folder: String,
    /// Path of the program, for the line of a scheduler; empty where none should be set up.
    pub program: String,
    /// True when the demo can be opened in this workspace.
    pub demo: bool,
    /// True when the workspace can be copied and looked over.
    pub cares: bool,
    /// Addresses of shared workspaces that were opened here; nothing where none can be opened.
    pub places: Option<Vec<String>>,
    /// Who decides: the signed-in operator, or the user of the computer while no operators are named.
    pub desk: DeskState,
    /// Who is named to decide, and from when on a second person must agree.
    pub people: People,
    /// Whether keys can be used.
    pub vault: VaultAccess,
    /// True from when something needed a locked key until it is given or the wish is dropped.
    pub passphrase_wanted: bool,
    /// True when the passphrase given last was wrong.
    pub passphrase_wrong: bool,
    /// Merchants.
    pub merchants: Vec<MerchantRow>,
    /// The Overview.
    pub overview: Remote<Box<OverviewModel>>,
    /// The reconciled day.
    pub reconciled: Remote<Box<DayModel>>,
    /// Cases.
    pub cases: Cases,
    /// Bills.
    pub bills: Remote<Vec<BillRow>>,
    /// The bill in the side panel.
    pub bill: Remote<Box<BillDetail>>,
    /// Orders.
    pub orders: Orders,
    /// What was asked about the rows of the long lists.
    pub lists: BTreeMap<ListKind, ListAnswers>,
    /// The file in the import assistant.
    pub import: Import,
    /// Rows that imports refused, and how far they are mended.
    pub refused: RefusedState,
    /// What the Lookup screen knows.
    pub lookup: Lookup,
    /// Signature.
    pub lab: Lab,
    /// Refunds, reissues, approvals.
    pub payout: Payouts,
    /// The fund flow of a day.
    pub funds: Remote<Box<FundsModel>>,
    /// What was asked about a merchant beside its profile.
    pub merchant_answers: MerchantAnswers,
    /// The deed that a dialog waits for: it stays open until this is answered, and says why it was refused.
    pub deed: Remote<()>,
    /// One deed for many cases.
    pub bulk: Bulk,
    /// The merchant number of the first bill among files that wait for a merchant.
    pub first_number: Option<String>,
    /// Tasks that run or wait, oldest first.
    pub tasks: BTreeMap<TaskId, Task>,
    /// Notices, newest first.
    pub notices: Vec<Notice>,
    /// Counts the answers so far: what is made of them is made anew when it changes.
    pub answered: u64,
    pages: BTreeMap<TaskId, (ListKind, u64, u64)>,
    next_task: u64,
    pub(super) next_notice: u64,
}

impl State {
    /// The state of a window that knows nothing yet; the day in view is yesterday.
    #[must_use]
    pub fn new(now: Instant) -> Self {
        Self {
            now,
            day: now.day().prev(),
            merchant: None,
            welcome: Remote::Idle,
            preferences: Preferences::default(),
            folder: String::new(),
            program: String::new(),
            demo: false,
            cares: false,
            places: None,
            desk: DeskState::default(),
            people: People::default(),
            vault: VaultAccess::default(),
            passphrase_wanted: false,
            passphrase_wrong: false,
            merchants: Vec::new(),
            overview: Remote::Idle,
            reconciled: Remote::Idle,
            cases: Cases::default(),
            bills: Remote::Idle,
            bill: Remote::Idle,
            orders: Orders::default(),
            lists: BTreeMap::new(),
            import: Import::default(),
            refused: RefusedState::default(),
            lookup: Lookup::default(),
            lab: Lab::default(),
            payout: Payouts::default(),
            funds: Remote::Idle,
            merchant_answers: MerchantAnswers::default(),
            deed: Remote::Idle,
            bulk: Bulk::default(),
            first_number: None,
            tasks: BTreeMap::new(),
            notices: Vec::new(),
            answered: 0,
            pages: BTreeMap::new(),
            next_task: 1,
            next_notice: 1,
        }
    }

    /// The merchant in view, or the only one, or the first.
    #[must_use]
    pub fn merchant_or_first(&self) -> Option<&MerchantRow> {
        self.merchant
            .and_then(|id| self.merchants.iter().find(|row| row.id == id))
            .or_else(|| self.merchants.first())
    }

    /// Name of a merchant; empty when it is gone.
    #[must_use]
    pub fn name_of(&self, profile: ProfileId) -> &str {
        self.merchants
            .iter()
            .find(|row| row.id == profile)
            .map_or("", |row| row.profile.name.as_str())
    }

    /// Jobs a person waits for, oldest first.
    pub fn jobs(&self) -> impl Iterator<Item = (TaskId, &Task)> {
        self.tasks
            .iter()
            .filter(|(_, task)| {
                !matches!(task.kind, TaskKind::Read | TaskKind::Save | TaskKind::Ask)
            })
            .map(|(id, task)| (*id, task))
    }

    /// Enters a command that is about to be submitted: its number, and the way to stop it.
    pub fn enter(&mut self, command: &Command, steady_ms: u64) -> (TaskId, CancelToken) {
        let id = TaskId(self.next_task);
        self.next_task += 1;
        let cancel = CancelToken::default();
        let task = Task {
            kind: command.kind(),
            about: command.about(),
            progress: None,
            since_ms: steady_ms,
            cancel: cancel.clone(),
        };
        self.tasks.insert(id, task);
        self.mark_asked(id, command);
        let replaced = match command {
            Command::Lab(ask) => self.lab.asked(id, &cancel, ask),
            Command::LookAtFile(_) | Command::ImportShown(_) => {
                self.import.asked(id, &cancel, command)
            }
            other => self.lookup.asked(id, &cancel, other),
        };
        self.tasks.retain(|known, _| Some(*known) != replaced);
        (id, cancel)
    }

    fn mark_asked(&mut self, id: TaskId, command: &Command) {
        if command.is_of_a_dialog() {
            self.deed.ask(id);
        }
        match command {
            Command::Start => self.welcome.ask(id),
            Command::Overview(..) => self.overview.ask(id),
            Command::Day(profile, day) => {
                let other = self
                    .reconciled
                    .value()
                    .is_some_and(|model| model.profile != *profile || model.day != *day);
                if other {
                    self.reconciled.clear();
                }
                self.reconciled.ask(id);
            }
            Command::Cases(filter) => {
                self.cases.filter = filter.clone();
                self.cases.totals.ask(id);
            }
            Command::Case(_, key) => {
                let other = self.cases.open.value().is_some_and(|c| c.row.key != *key);
                if other {
                    self.cases.open.clear();
                }
                self.cases.open.ask(id);
            }
            Command::Bills(_) => self.bills.ask(id),
            Command::Bill(_) => self.bill.ask(id),
            Command::Orders(filter) => {
                self.orders.filter = Some(filter.clone());
                self.orders.totals.ask(id);
            }
            Command::Order(..) => self.orders.open.ask(id),
            Command::Rows(ask) => self.mark_list_asked(id, ask),
            Command::Page(list, wanted) => {
                self.pages
                    .insert(id, (*list, wanted.generation, wanted.page));
            }
            Command::Funds(ask) | Command::BankStatement(ask, _) => self.ask_funds(id, *ask),
            Command::SignIn(_) => self.desk.asked.ask(id),
            Command::BulkSummary(_) => self.bulk.ask_summary(id),
            Command::BulkPayout(wish) if matches!(**wish, BulkPayout::GiveUp(_)) => {
                self.bulk.prepared = None;
            }
            Command::Bulk(_) | Command::BulkPayout(_) => self.bulk.ask(id),
            other => {
                self.refused.asked(id, other);
                self.payout.asked(id, other);
                self.people.asked(id, other);
                self.merchant_answers.asked(id, other);
            }
        }
    }

    /// The Lookup screen is left: what it waits for is given up.
    pub fn leave_lookup(&mut self) {
        if let Some(task) = self.lookup.stop() {
            self.tasks.remove(&task);
        }
    }

    /// The file in the import assistant is left: what it waits for is given up, the next file comes back.
    pub fn close_import(&mut self) -> Option<Command> {
        if let Some(task) = self.import.close() {
            self.tasks.remove(&task);
        }
        self.import.next()
    }

    /// A command that the queue did not take.
    pub fn refuse(&mut self, id: TaskId) {
        let failure = Failure::new(
            FailureKind::Usage,
            "queue.full",
            Message::new(
                "任务太多，请稍候再试",
                "Too many tasks are waiting; try again shortly",
            ),
            Message::default(),
        );
        self.payout.ended_by(id, &failure);
        self.fail(id, failure);
    }

    /// Takes an event; the commands that come back are to be submitted.
    pub fn apply(&mut self, event: Event) -> Vec<Command> {
        match event {
            Event::Started(_) => Vec::new(),
            Event::Decided => self.others_decided(),
            Event::Progress(id, progress) => {
                if let Some(task) = self.tasks.get_mut(&id) {
                    task.progress = Some(progress);
                }
                Vec::new()
            }
            Event::Finished(id, outcome) => {
                self.answered = self.answered.wrapping_add(1);
                self.payout.ended(id);
                self.deed.answer(id, Ok(()));
                self.tasks.remove(&id);
                self.pages.remove(&id);
                self.finish(id, *outcome)
            }
            Event::Failed(id, failure) => {
                self.payout.ended_by(id, &failure);
                // Why a bill did not come is written down: every screen says it.
                let fetched = self.tasks.get(&id).is_some_and(|task| {
                    let kinds = [TaskKind::Download, TaskKind::Morning, TaskKind::Backfill];
                    kinds.contains(&task.kind)
                });
                let is_overtaken = failure.code == "case.overtaken";
                self.fail(id, *failure);
                if is_overtaken {
                    // The person sees what it says now.
                    self.reload_decisions()
                } else if fetched {
                    self.reload_books()
                } else {
                    Vec::new()
                }
            }
        }
    }

    fn finish(&mut self, id: TaskId, outcome: Outcome) -> Vec<Command> {
        match outcome {
            Outcome::Welcome(welcome) => {
                if self.welcome.answer(id, Ok(())) {
                    self.take_welcome(*welcome);
                }
                return self.reload_books();
            }
            Outcome::Overview(model) => drop(self.overview.answer(id, Ok(model))),
            Outcome::Day(model) => drop(self.reconciled.answer(id, Ok(model))),
            Outcome::Cases(list) => {
                self.lists.remove(&ListKind::Cases);
                if self.cases.totals.answer(id, Ok(list.totals)) {
                    self.cases.rows.set_order(list.ids);
                }
            }
            Outcome::Case(detail) => drop(self.cases.open.answer(id, Ok(detail))),
            Outcome::Bills(rows) => drop(self.bills.answer(id, Ok(rows))),
            Outcome::Bill(detail) => drop(self.bill.answer(id, Ok(detail))),
            Outcome::Orders(list) => {
                self.lists.remove(&ListKind::Orders);
                if self.orders.totals.answer(id, Ok(list.totals)) {
                    self.orders.rows.set_order(list.ids);
                }
            }
            Outcome::Order(detail) => drop(self.orders.open.answer(id, Ok(detail))),
            Outcome::Rows(list, answer) => self.list_answered(id, list, answer),
            Outcome::Page(generation, page, PageRows::Cases(rows)) => {
                self.cases.rows.put(generation, page, rows);
            }
            Outcome::Page(generation, page, PageRows::Orders(rows)) => {
                self.orders.rows.put(generation, page, rows);
            }
            Outcome::Merchants(rows, vault) => return self.take_merchants(rows, vault),
            Outcome::Recognised(profile, path, true) => {
                return vec![Command::ImportFile(profile, path)];
            }
            Outcome::Recognised(profile, path, false) => {
                let asked = self.import.open_or_wait(profile, path);
                return asked.into_iter().collect();
            }
            Outcome::Sheet(sheet) => {
                if self.import.sheet.answer(id, Ok(sheet)) {
                    return self.import.import_unasked().into_iter().collect();
                }
            }
            Outcome::Changed(changed, told) => return self.changed(id, changed, *told),
            Outcome::Lab(outcome) => return self.lab.answered(id, outcome),
            answer @ (Outcome::LookedUp(_)
            | Outcome::Live(_)
            | Outcome::LookupHistory(_)
            | Outcome::Answers(_)
            | Outcome::List(_)
            | Outcome::Received(_)) => {
                let merchants = self.merchants.as_slice();
                return self.lookup.answered(id, answer, self.now, merchants);
            }
            answer @ (Outcome::Payout(_) | Outcome::Approvals(_) | Outcome::Refunds(_)) => {
                self.payout.answered(id, answer);
            }
            answer @ (Outcome::RefusedFiles(_) | Outcome::RefusedRows(_)) => {
                self.refused.answered(id, answer);
            }
            Outcome::Funds(model) => return self.funds_examined(id, model),
            answer @ (Outcome::Mappings(..) | Outcome::Examined(_)) => {
                self.merchant_answers.answered(id, answer);
            }
            Outcome::BulkSummary(summary) => drop(self.bulk.summary.answer(id, Ok(summary))),
            Outcome::Bulk(done) => return self.decided_many(id, done),
            Outcome::Prepared(prepared) => return self.refunds_prepared(id, prepared),
            Outcome::Person(person) => return self.person_known(id, person),
            Outcome::Operators(view) => self.operators_known(id, view),
            Outcome::OperatorsChanged(view, person, said) => {
                return self.operators_changed(id, view, person, said);
            }
            Outcome::WhoseFiles(number) => self.first_number = number,
            Outcome::Done => {}
        }
        Vec::new()
    }

    fn take_welcome(&mut self, welcome: Welcome) {
        self.preferences = welcome.preferences;
        self.folder = welcome.folder;
        self.demo = welcome.demo;
        self.cares = welcome.cares;
        self.places = welcome.places;
        self.program = welcome.program;
        self.desk.person = welcome.person;
        self.vault = welcome.vault;
        if self.merchant.is_none() {
            self.merchant = self.preferences.merchant;
        }
        self.set_merchants(welcome.merchants);
    }

    pub(super) fn set_merchants(&mut self, rows: Vec<MerchantRow>) {
        self.merchants = rows;
        let known = |id| self.merchants.iter().any(|row| row.id == id);
        if !self.merchant.is_some_and(known) {
            self.merchant = match self.merchants.as_slice() {
                [only] => Some(only.id),
                _ => None,
            };
        }
    }

    fn fail(&mut self, id: TaskId, failure: Failure) {
        let task = self.tasks.remove(&id);
        self.deed.answer(id, Err(failure.clone()));
        self.want_passphrase(&failure);
        self.want_operator(&failure);
        if let Some((list, generation, page)) = self.pages.remove(&id) {
            match list {
                ListKind::Cases => self.cases.rows.give_up(generation, page),
                ListKind::Orders => self.orders.rows.give_up(generation, page),
            }
        }
        let shown_in_place = self.welcome.answer(id, Err(failure.clone()))
            || self.overview.answer(id, Err(failure.clone()))
            || self.reconciled.answer(id, Err(failure.clone()))
            || self.cases.totals.answer(id, Err(failure.clone()))
            || self.cases.open.answer(id, Err(failure.clone()))
            || self.bills.answer(id, Err(failure.clone()))
            || self.bill.answer(id, Err(failure.clone()))
            || self.import.failed(id, &failure)
            || self.lookup.failed(id, &failure)
            || self.lab.failed(id, &failure)
            || self.list_failed(id, &failure)
            || self.payout.failed(id, &failure)
            || self.refused.failed(id, &failure)
            || self.bulk.failed(id, &failure)
            || self.funds.answer(id, Err(failure.clone()))
            || self.desk.asked.answer(id, Err(failure.clone()))
            || self.people.failed(id, &failure)
            || self.merchant_answers.failed(id, &failure)
            || self.orders.totals.answer(id, Err(failure.clone()))
            || self.orders.open.answer(id, Err(failure.clone()));
        let waited_for = task.is_some_and(|task| task.kind != TaskKind::Read);
        if waited_for && !shown_in_place {
            self.tell(Err(failure));
        }
    }

    /// Cases to work from the last reconciled day, for the badge of the rail.
    #[must_use]
    pub fn badge(&self) -> u64 {
        let model = self.overview.value();
        model.map_or(0, |model| model.totals.to_work)
    }
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
