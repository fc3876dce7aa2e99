//! Carries out what a person asks at the window: each command is one call of the job that does it.

mod backfill;
mod casework;
mod exports;
mod files;
mod funds;
mod lists;
mod merchant;
mod people;
mod places;

use std::sync::Arc;

use self::lists::CaseListing;
use super::desk::Desk;
use super::download::BillType;
use super::imports::Watching;
use super::lookup::live::LiveAnswer;
use super::lookup::{live, session};
use super::views::Views;
use super::{day, import_file, notify, profiles, reconcile};
use crate::command::{BillChoice, Welcome};
use crate::event::{Changed, NoticeText};
use crate::model::{MerchantRow, SecretState};
use crate::worker::Jobs;
use crate::{
    Command, Failure, FailureKind, Language, MerchantRef, Message, Outcome, Preferences, Reporter,
    SharedPlaces,
};
use recondesk_casework::Role;
use recondesk_domain::{
    BillDate, MerchantProfile, PersonalData, ProfileId, Secret, SecretKind, group_digits,
};
use recondesk_ports::{
    ColumnFiles, Files, Ports, Reports, StoreError, VaultError, Workbooks, WorkspaceCare,
};

/// Key of the window's preferences.
const PREFERENCES: &str = "window";
/// Questions of the history that are shown at once.
const MOST_HISTORY: u32 = 2_000;

/// Makes the demo merchant in an open workspace.
pub type Demo = Arc<dyn Fn(&Ports, &dyn Reporter) -> Result<NoticeText, Failure> + Send + Sync>;

/// Opens the handbook of a language outside of the window.
pub type OpenHandbook = Arc<dyn Fn(Language) -> Result<(), Failure> + Send + Sync>;

/// Opens the care of the workspace, for one deed.
pub type OpenCare = Arc<dyn Fn() -> Result<Box<dyn WorkspaceCare>, StoreError> + Send + Sync>;

/// What the window needs beside the ports of every job.
#[derive(Clone)]
pub struct Environment {
    /// Where the data lies, as a person reads it.
    pub folder: String,
    /// The user of the computer; decisions are kept under this name while no operators are named.
    pub person: String,
    /// The operator who signed in, where operators are named.
    pub desk: Desk,
    /// Files that a person names.
    pub files: Arc<dyn Files>,
    /// Writes workbooks.
    pub workbooks: Arc<dyn Workbooks>,
    /// Writes reports.
    pub reports: Arc<dyn Reports>,
    /// Writes the tables of exported books.
    pub columns: Arc<dyn ColumnFiles>,
    /// Makes the demo, where this workspace may have one.
    pub demo: Option<Demo>,
    /// Opens shared workspaces; `None` where the window does not.
    pub places: Option<Arc<dyn SharedPlaces>>,
    /// Path of the program, for the line of a scheduler; empty where none should be set up.
    pub program: String,
    /// Opens the handbook.
    pub handbook: OpenHandbook,
    /// Cares for the workspace as a whole; nothing where it goes with the program.
    pub care: Option<OpenCare>,
}

/// The jobs of one worker thread.
pub struct WindowJobs {
    ports: Ports,
    around: Environment,
    /// Rows of the list of cases that was asked for last; its pages are read from here.
    cases: CaseListing,
}

impl WindowJobs {
    /// Jobs over these ports.
    #[must_use]
    pub fn new(ports: Ports, around: Environment) -> Self {
        Self {
            ports,
            around,
            cases: CaseListing::default(),
        }
    }

    fn views(&self) -> Views<'_> {
        Views {
            records: self.ports.records.as_ref(),
            books: self.ports.books.as_ref(),
            now: self.ports.clock.now(),
            personal: PersonalData::shown_if(self.shows_personal_data()),
        }
    }

    fn profile(&self, id: ProfileId) -> Result<MerchantProfile, Failure> {
        let found = self
            .ports
            .records
            .profiles()?
            .into_iter()
            .find(|(known, _)| *known == id);
        let (_, profile) =
            found.ok_or_else(|| StoreError::Missing(format!("merchant {}", id.0)))?;
        Ok(profile)
    }

    fn merchants(&self) -> Result<Vec<MerchantRow>, Failure> {
        let rows = self.ports.records.profiles()?.into_iter();
        Ok(rows
            .map(|(id, profile)| self.merchant_row(id, profile))
            .collect())
    }

    fn merchants_now(&self) -> Result<Outcome, Failure> {
        let rows = self.merchants()?;
        Ok(Outcome::Merchants(rows, self.ports.vault.access()))
    }

    /// What is known of a merchant's secrets without showing them; a locked vault tells nothing.
    fn merchant_row(&self, id: ProfileId, profile: MerchantProfile) -> MerchantRow {
        let state = |kind: SecretKind| -> Result<SecretState, VaultError> {
            let found = self.ports.vault.get(id, kind)?;
            Ok(SecretState {
                kind,
                length: found.map(|secret| secret.expose().len()),
            })
        };
        let secrets: Result<Vec<_>, _> = SecretKind::ALL.into_iter().map(state).collect();
        let locked = secrets.is_err();
        MerchantRow {
            id,
            profile,
            secrets: secrets.unwrap_or_default(),
            locked,
        }
    }

    fn preferences(&self) -> Result<Preferences, Failure> {
        let stored = self.ports.records.preference(PREFERENCES)?;
        Ok(Preferences::from_json(&stored.unwrap_or_default()))
    }

    /// What cannot be read masks.
    fn shows_personal_data(&self) -> bool {
        self.preferences()
            .is_ok_and(|preferences| preferences.show_personal_data)
    }

    fn welcome(&self) -> Result<Outcome, Failure> {
        let merchants = self.merchants()?;
        Ok(Outcome::Welcome(Box::new(Welcome {
            preferences: self.preferences()?,
            demo: self.around.demo.is_some() && merchants.is_empty(),
            cares: self.around.care.is_some(),
            places: self.around.places.as_ref().map(|places| places.recent()),
            program: self.around.program.clone(),
            merchants,
            folder: self.around.folder.clone(),
            person: self.around.desk.person(&self.ports, &self.around.person)?,
            vault: self.ports.vault.access(),
        })))
    }

    fn save_profile(
        &self,
        id: Option<ProfileId>,
        profile: &MerchantProfile,
    ) -> Result<Outcome, Failure> {
        let actor = self.administrator()?;
        match id {
            Some(id) => profiles::update(&self.ports, id, profile, &actor)?,
            None => {
                profiles::add(&self.ports, profile, &actor)?;
            }
        }
        self.merchants_now()
    }

    fn compare(
        &self,
        id: ProfileId,
        day: BillDate,
        reporter: &dyn Reporter,
    ) -> Result<Outcome, Failure> {
        let profile = self.profile(id)?;
        let merchant = MerchantRef::new(id, &profile);
        let ask = reconcile::RunRequest {
            merchant,
            day,
            cut_off_minutes: None,
            matched: reconcile::Matched::Counted,
        };
        let done = reconcile::run(&self.ports, &ask, reporter)?;
        let told = day::told_of_run(self.ports.records.as_ref(), &done, merchant, day)?;
        Ok(changed(Changed::Books, told))
    }

    fn download(
        &self,
        id: ProfileId,
        day: BillDate,
        choice: BillChoice,
        reporter: &dyn Reporter,
    ) -> Result<Outcome, Failure> {
        let profile = self.profile(id)?;
        let kind = match choice {
            BillChoice::All => BillType::All,
            BillChoice::Success => BillType::Success,
            BillChoice::Refund => BillType::Refund,
        };
        let merchant = MerchantRef::new(id, &profile);
        let told = match day::fetch(&self.ports, merchant, day, kind, reporter)? {
            day::Arrived::Bill(done) => import_file::told_of_bill(&done, id),
            day::Arrived::NoBill => quiet(Message::new(
                format!("{day} 当日无账单：没有成功的交易和退款"),
                format!("No bill of {day}: no payment and no refund succeeded"),
            )),
        };
        Ok(changed(Changed::Books, told))
    }

    /// Fetches and compares for one merchant or all; what fails for one does not stop the others.
    fn morning(
        &self,
        chosen: Option<ProfileId>,
        day: BillDate,
        reporter: &dyn Reporter,
    ) -> Result<Outcome, Failure> {
        let (mut good, mut work, mut last) = (0_u64, 0_u64, None);
        for (id, profile) in self.ports.records.profiles()? {
            if chosen.is_some_and(|chosen| chosen != id) {
                continue;
            }
            match day::run(&self.ports, MerchantRef::new(id, &profile), day, reporter) {
                Ok(_) => {
                    good = good.saturating_add(1);
                    let records = self.ports.records.as_ref();
                    work = work.saturating_add(day::still_open(records, id, day)?);
                }
                Err(failure) if failure.kind == FailureKind::Cancelled => return Err(failure),
                Err(failure) => {
                    let detail = format!("{}: {}", profile.name, failure.detail);
                    last = Some(failure.with_detail(detail));
                }
            }
        }
        if let Some(failure) = last {
            return Err(failure);
        }
        let (good, work) = (count(good), count(work));
        let title = Message::new(
            format!("{day} 已下载并对账 {good} 个商户，需处理 {work} 笔"),
            format!("{day}: {good} merchants fetched and compared, {work} to work"),
        );
        let attention = work != "0";
        let note = Message::default();
        Ok(changed(
            Changed::Books,
            NoticeText {
                title,
                note,
                day: None,
                next: crate::NextDeed::None,
                attention,
            },
        ))
    }

    /// The name under which a change of a merchant's profile or keys is kept.
    fn administrator(&self) -> Result<String, Failure> {
        let user = &self.around.person;
        self.around.desk.actor(&self.ports, Role::Administer, user)
    }

    fn remove_profile(&self, id: ProfileId) -> Result<Outcome, Failure> {
        profiles::remove(&self.ports, id, &self.administrator()?)?;
        self.merchants_now()
    }

    fn store_secret(
        &self,
        id: ProfileId,
        kind: SecretKind,
        value: &Secret<Vec<u8>>,
    ) -> Result<Outcome, Failure> {
        profiles::set_key(&self.ports, id, kind, value, &self.administrator()?)?;
        self.merchants_now()
    }

    fn unlock_vault(&self, passphrase: Secret<String>) -> Result<Outcome, Failure> {
        self.ports.vault.unlock(passphrase)?;
        self.merchants_now()
    }

    fn lock_vault(&self) -> Result<Outcome, Failure> {
        self.ports.vault.lock();
        self.merchants_now()
    }

    fn work(&mut self, command: Command, reporter: &dyn Reporter) -> Result<Outcome, Failure> {
        match command {
            Command::SaveProfile(id, profile) => self.save_profile(id, &profile),
            Command::Merchant(ask) => self.merchant(ask, reporter),
            Command::RemoveProfile(id) => self.remove_profile(id),
            Command::StoreSecret(id, kind, value) => self.store_secret(id, kind, &value),
            Command::UnlockVault(passphrase) => self.unlock_vault(passphrase),
            Command::LockVault => self.lock_vault(),
            Command::SavePreferences(preferences) => {
                let records = &self.ports.records;
                records.set_preference(PREFERENCES, &preferences.to_json())?;
                Ok(Outcome::Done)
            }
            command @ (Command::ImportFile(..)
            | Command::LookAtFile(_)
            | Command::ImportShown(_)
            | Command::SaveOriginal(..)
            | Command::SaveCertificate(..)
            | Command::Backup(_)
            | Command::CheckWorkspace
            | Command::RefusedFiles(_)
            | Command::RefusedRows(..)
            | Command::TryMended(_)
            | Command::ImportMended(_)) => self.with_files(command, reporter),
            Command::Reconcile(id, day) => self.compare(id, day, reporter),
            Command::Download(id, day, choice) => self.download(id, day, choice, reporter),
            Command::Morning(chosen, day) => self.morning(chosen, day, reporter),
            Command::Funds(ask) => self.funds(ask, reporter),
            Command::BankStatement(ask, path) => self.bank_statement(ask, &path, reporter),
            Command::Backfill(chosen) => self.backfill(chosen, reporter),
            Command::Export(id, day, what, path) => self.export((id, day), what, &path, reporter),
            command @ (Command::Note(..)
            | Command::Decide(..)
            | Command::Undo(..)
            | Command::Attach(_)
            | Command::SaveAttachment(_)
            | Command::BulkSummary(_)
            | Command::Bulk(_)
            | Command::BulkPayout(_)
            | Command::WithdrawRefund(..)
            | Command::Payout(..)
            | Command::Refund(_)
            | Command::ResumeRefunds(_)
            | Command::UnfinishedRefunds(_)
            | Command::Reissue(_)
            | Command::Approvals
            | Command::Judge(_)
            | Command::SignOff(_)
            | Command::AskUnlock(_)
            | Command::SignIn(_)
            | Command::SignOut) => self.casework(command, reporter),
            command @ (Command::Operators
            | Command::AddOperator(_)
            | Command::RemoveOperator(_)
            | Command::SetLimits(_)) => self.people(command),
            Command::ExportBooks(chosen, folder) => self.export_books(chosen, &folder, reporter),
            Command::OpenDemo | Command::OpenShared(_) => self.open_beside(&command, reporter),
            Command::OpenHandbook(lang) => (self.around.handbook)(lang).map(|()| Outcome::Done),
            Command::AskLive(question) => {
                let profile = self.profile(question.profile)?;
                let live = session::ask(&self.ports, &profile, question, reporter)?;
                Ok(Outcome::Live(Box::new(live)))
            }
            Command::KeepAnswer(id, asked) => self.keep(id, &asked),
            Command::AskMany(id, text) => {
                let profile = self.profile(id)?;
                let merchant = MerchantRef::new(id, &profile);
                session::many(&self.ports, merchant, &text, reporter).map(Outcome::Answers)
            }
            Command::ExportAnswers(answers, format, path) => {
                self.export_answers(&answers, format, &path)
            }
            Command::WriteSheet(rows, format, path) => self.write_sheet(&rows, format, &path),
            Command::Receive(id, text) => {
                let profile = self.profile(id)?;
                let merchant = MerchantRef::new(id, &profile);
                let got = notify::import(&self.ports, merchant, text.as_bytes(), reporter)?;
                Ok(Outcome::Received(got))
            }
            read => self.read(read, reporter),
        }
    }

    fn keep(&self, id: ProfileId, asked: &LiveAnswer) -> Result<Outcome, Failure> {
        let new = live::keep(&self.ports, id, asked)?;
        let title = if new {
            Message::new(
                format!("已记下微信答复：{}", asked.number),
                format!("Answer kept: {}", asked.number),
            )
        } else {
            Message::new("同样的答复先前已记下", "The same answer was kept before")
        };
        Ok(changed(Changed::Cases, quiet(title)))
    }

    fn read(&mut self, command: Command, reporter: &dyn Reporter) -> Result<Outcome, Failure> {
        let views = self.views();
        match command {
            Command::Overview(day, chosen) => self.overview(day, chosen),
            Command::Day(id, day) => self.day(id, day),
            Command::Case(id, key) => self.case(id, &key),
            Command::Bills(chosen) => Ok(Outcome::Bills(views.bills(chosen)?)),
            Command::Bill(import) => Ok(Outcome::Bill(Box::new(views.bill(import)?))),
            Command::Orders(filter) => {
                Ok(Outcome::Orders(views.orders(&filter, &Watching(reporter))?))
            }
            Command::Order(id, row) => Ok(Outcome::Order(Box::new(views.order(id, row)?))),
            Command::Recognise(id, path) => self.recognise(id, path),
            Command::WhoseFiles(paths) => Ok(self.whose_files(&paths)),
            Command::Page(list, wanted) => self.page(list, &wanted),
            Command::Rows(ask) => self.list(&ask, reporter),
            Command::LookUp(ask) => Ok(Outcome::LookedUp(Box::new(session::local(
                &self.ports,
                ask,
            )?))),
            Command::ReadList(path) => {
                let list = session::read_list(self.around.files.as_ref(), &path)?;
                Ok(Outcome::List(Box::new(list)))
            }
            Command::LookupHistory(text) => {
                let found = self.ports.records.exchanges(&text, MOST_HISTORY)?;
                Ok(Outcome::LookupHistory(found))
            }
            Command::Cases(filter) => {
                let last = self.ports.records.last_case_event()?;
                let (list, rows) = views.cases(&filter)?;
                self.around.desk.saw_list(last);
                self.cases = CaseListing::new(rows);
                Ok(Outcome::Cases(list))
            }
            Command::Lab(ask) => Ok(Outcome::Lab(super::lab::answer(
                &self.ports,
                ask,
                reporter,
            )?)),
            _ => self.welcome(),
        }
    }
}

impl Jobs for WindowJobs {
    fn run(&mut self, command: Command, reporter: &dyn Reporter) -> Result<Outcome, Failure> {
        self.work(command, reporter)
    }
}

fn changed(what: Changed, told: NoticeText) -> Outcome {
    Outcome::Changed(what, Box::new(told))
}

fn told(title: Message) -> Outcome {
    changed(Changed::Nothing, quiet(title))
}

fn count(n: u64) -> String {
    group_digits(&n.to_string())
}

const fn quiet(title: Message) -> NoticeText {
    let note = Message {
        zh: String::new(),
        en: String::new(),
    };
    NoticeText {
        title,
        note,
        day: None,
        next: crate::NextDeed::None,
        attention: false,
    }
}

pub(super) fn cannot_write(error: &std::io::Error) -> Failure {
    Failure::new(
        FailureKind::Workspace,
        "export.write",
        Message::new("文件写不出去", "The file cannot be written"),
        Message::new(
            "检查文件夹权限和磁盘空间，或换一个位置",
            "Check folder rights and disk space, or choose another place",
        ),
    )
    .with_detail(error.to_string())
}
