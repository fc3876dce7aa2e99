//! Everything a person can ask for.

use std::path::PathBuf;
use std::time::Duration;

use recondesk_domain::{
    BillDate, Heading, MerchantProfile, ProfileId, Secret, SecretKind, SheetCell,
};

use recondesk_ports::VaultAccess;

use super::jobs::lookup::live::LiveAnswer;
use super::jobs::lookup::session::{GatewayQuestion, LookUp};
use super::model::{CaseFilter, CaseTotals, ImportAsk, ImportOrder, OrderFilter};
use super::rows::PageWanted;
use super::tables::ask::ListAsk;
use super::{Language, Preferences, ReportFormat, SharedPlaceAsk, model};

/// Which of the two threads carries a command out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Answers at once.
    Query,
    /// May take long.
    Job,
    /// Asks WeChat Pay and may wait for it; never holds up the other two.
    GatewaySession,
}

/// Kind of bill to fetch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BillChoice {
    /// Payments and refunds.
    #[default]
    All,
    /// Payments only.
    Success,
    /// Refunds only.
    Refund,
}

/// Format of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// Spreadsheet.
    Xlsx,
    /// Comma separated.
    Csv,
    /// For programs.
    Json,
}

impl ExportFormat {
    /// File name extension.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }
}

/// What is written to a file about a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Export {
    /// Its findings, for programs and spreadsheets.
    Findings(ExportFormat),
    /// The report of the day, for people.
    DayReport(ReportFormat),
    /// The report of the month that the day lies in.
    MonthReport(ReportFormat),
}

impl Export {
    /// What a file is called that holds it.
    #[must_use]
    pub fn file_name(self, mch_id: &str, day: BillDate) -> String {
        match self {
            Self::Findings(format) => format!("{mch_id}_{day}.{}", format.extension()),
            Self::DayReport(format) => format!("{mch_id}_{day}_report.{}", format.ending()),
            Self::MonthReport(format) => {
                let (year, month, _) = day.ymd_parts();
                format!("{mch_id}_{year:04}-{month:02}_report.{}", format.ending())
            }
        }
    }
}

/// A long table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ListKind {
    /// Cases.
    Cases,
    /// Orders.
    Orders,
}

impl ListKind {
    /// Its stable name: of its table, its layout, its views.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Cases => "cases",
            Self::Orders => "orders",
        }
    }
}

/// Rows that are at hand, on their way into a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetRows {
    /// Name of the sheet.
    pub title: &'static str,
    /// The columns.
    pub headings: Vec<Heading>,
    /// The rows, a cell for each column.
    pub rows: Vec<Vec<SheetCell>>,
}

/// A wish of the person at the window.
#[derive(Debug)]
pub enum Command {
    /// Reads preferences, merchants and where the data lies; the first command of a window.
    Start,
    /// Puts the Overview of a day together; with a merchant, its calendar is shown.
    Overview(BillDate, Option<ProfileId>),
    /// Reads a reconciled day.
    Day(ProfileId, BillDate),
    /// Lists cases: totals and the order of the rows.
    Cases(CaseFilter),
    /// Reads one case in full, by merchant and stable key.
    Case(ProfileId, String),
    /// Lists bills of a merchant, or of all.
    Bills(Option<ProfileId>),
    /// Reads one bill in full.
    Bill(u32),
    /// Lists orders: the order of the rows and their sum.
    Orders(OrderFilter),
    /// Reads one order in full.
    Order(ProfileId, u64),
    /// Reads the rows of a page.
    Page(ListKind, PageWanted),
    /// Asks about the rows of a list.
    Rows(Box<ListAsk>),
    /// Writes rows that are at hand into a file.
    WriteSheet(Box<SheetRows>, ExportFormat, PathBuf),
    /// Stores preferences.
    SavePreferences(Preferences),
    /// Stores a merchant, new when there is no number. Disabled while the form has errors.
    SaveProfile(Option<ProfileId>, Box<MerchantProfile>),
    /// Asks about a merchant beside its profile, or changes what is kept with it.
    Merchant(model::MerchantAsk),
    /// Removes a merchant; refused while it has books.
    RemoveProfile(ProfileId),
    /// Puts a secret into the vault, over an older one.
    StoreSecret(ProfileId, SecretKind, Secret<Vec<u8>>),
    /// Gives the passphrase of the sealed file, so that keys can be used.
    UnlockVault(Secret<String>),
    /// Forgets the passphrase; what needs no key goes on.
    LockVault,
    /// Fetches a bill. Disabled before it is out.
    Download(ProfileId, BillDate, BillChoice),
    /// Imports a file of any known kind, for a merchant.
    ImportFile(ProfileId, PathBuf),
    /// Tells bills from files of a merchant's rows.
    Recognise(ProfileId, PathBuf),
    /// Looks at a file as it would be imported; stores nothing.
    LookAtFile(Box<ImportAsk>),
    /// Imports a file as it was shown. Disabled while a needed column is missing.
    ImportShown(Box<ImportOrder>),
    /// Lists the files of which refused rows are left.
    RefusedFiles(ProfileId),
    /// Reads the refused rows of an import again.
    RefusedRows(ProfileId, u32),
    /// Tries changed cells of refused rows; stores nothing.
    TryMended(Box<model::MendedRows>),
    /// Stores the refused rows that are well now. Disabled while none is.
    ImportMended(Box<model::MendedRows>),
    /// Compares the books of a day. Disabled without a bill.
    Reconcile(ProfileId, BillDate),
    /// Fetches and compares what is missing, for one merchant or all.
    Morning(Option<ProfileId>, BillDate),
    /// Fetches every missing bill that can still be had, oldest first, for one merchant or all.
    Backfill(Option<ProfileId>),
    /// Examines the fund flow of a day, and leads it back to the trade bill.
    Funds(model::FundsAsk),
    /// Takes a bank statement into the books, then examines the fund flow of a day.
    BankStatement(model::FundsAsk, PathBuf),
    /// Writes the findings of a day, or a report, to a file. Disabled while the day is not compared.
    Export(ProfileId, BillDate, Export, PathBuf),
    /// Adds a note to a case.
    Note(ProfileId, String, String),
    /// Decides about a case. Disabled where the workflow does not allow it.
    Decide(ProfileId, String, model::Decision),
    /// Takes the last decision about a case back, and why.
    Undo(model::CaseName, String),
    /// Hangs files on a case.
    Attach(Box<model::AttachWish>),
    /// Writes a file of a case somewhere.
    SaveAttachment(Box<model::SaveAttachmentWish>),
    /// Adds up the cases that are to be decided about together; decides nothing.
    BulkSummary(Box<model::BulkAsk>),
    /// Decides about many cases, one after the other.
    Bulk(Box<model::BulkWish>),
    /// Moves goods or money for many cases, one after the other. Disabled until what it needs is filled in.
    BulkPayout(Box<model::BulkPayout>),
    /// Gives up a refund that was certainly not accepted, and why.
    WithdrawRefund(recondesk_ports::RefundRowId, String),
    /// Asks WeChat Pay about the order of a case before goods or money move.
    Payout(ProfileId, String),
    /// Refunds a case. Disabled until the sum is typed twice.
    Refund(Box<model::RefundWish>),
    /// Asks again about refunds that are not at their end; each goes on under the number it has.
    ResumeRefunds(model::RefundChoice),
    /// Reads the refunds that are not at their end.
    UnfinishedRefunds(Option<ProfileId>),
    /// Reissues a case.
    Reissue(Box<model::ReissueWish>),
    /// Reads what waits for a second person.
    Approvals,
    /// Decides as the second person.
    Judge(Box<model::JudgeWish>),
    /// Signs a day off.
    SignOff(Box<model::SignOffWish>),
    /// Asks a second person to open a signed day again.
    AskUnlock(Box<model::UnlockWish>),
    /// Writes the certificate of a signed day, as a page or as JSON.
    SaveCertificate(ProfileId, BillDate, PathBuf),
    /// An operator signs in: decisions are kept under that name from then on.
    SignIn(Box<model::OperatorIdentity>),
    /// The operator leaves.
    SignOut,
    /// Reads who may decide, and from when on a second person must agree.
    Operators,
    /// Names an operator. Disabled while the form has errors.
    AddOperator(Box<model::NewOperatorWish>),
    /// Removes an operator.
    RemoveOperator(Box<model::RemoveOperatorWish>),
    /// Sets from when on a second person must agree.
    SetLimits(Box<model::LimitsWish>),
    /// Makes the demo merchant with its day.
    OpenDemo,
    /// Opens a shared workspace in a window of its own.
    OpenShared(Box<SharedPlaceAsk>),
    /// Opens the handbook in this language, outside of the window.
    OpenHandbook(Language),
    /// Asks the signature laboratory.
    Lab(model::LabAsk),
    /// Looks a pasted text up in the workspace.
    LookUp(LookUp),
    /// Asks WeChat Pay about a number, now or when it is due. Disabled without a key.
    AskLive(GatewayQuestion),
    /// Enters an answer as a new event beside the order, never over an old one.
    KeepAnswer(ProfileId, Box<LiveAnswer>),
    /// Reads the questions asked so far whose number or operation contains a text.
    LookupHistory(String),
    /// Asks WeChat Pay about every number of a text.
    AskMany(ProfileId, String),
    /// Reads the numbers of a list in a file.
    ReadList(PathBuf),
    /// Writes answers to a file.
    ExportAnswers(Vec<LiveAnswer>, ExportFormat, PathBuf),
    /// Verifies notifications, compares and enters each once.
    Receive(ProfileId, String),
    /// Says whose bills lie among files that nobody owns yet; stores nothing.
    WhoseFiles(Vec<PathBuf>),
    /// Writes a copy of the whole workspace to one file, and reads it back.
    Backup(PathBuf),
    /// Looks the workspace over, every byte of it.
    CheckWorkspace,
    /// Writes the books of one merchant or all into a new folder within this one, for other programs.
    ExportBooks(Option<ProfileId>, PathBuf),
    /// Writes an imported file somewhere, byte for byte as it was unpacked: its number among the imports, and where.
    SaveOriginal(u32, PathBuf),
}

/// What a command is, without its arguments: for progress, notices and the palette.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskKind {
    /// Reads something to show.
    Read,
    /// Stores something small.
    Save,
    /// Fetches a bill.
    Download,
    /// Looks at a file before it is imported.
    Preview,
    /// Imports a file.
    Import,
    /// Compares a day.
    Reconcile,
    /// Fetches and compares.
    Morning,
    /// Fetches every missing bill.
    Backfill,
    /// Writes a file.
    Export,
    /// Writes the books for other programs.
    ExportBooks,
    /// Puts rows into the clipboard.
    Copy,
    /// Makes the demo.
    Demo,
    /// Asks WeChat Pay about one number.
    Ask,
    /// Asks WeChat Pay about many.
    AskMany,
    /// Asks again about refunds.
    Resume,
    /// Decides about many cases.
    Decide,
    /// Hangs files on a case.
    Attach,
    /// Examines the fund flow of a day.
    Funds,
    /// Moves goods or money for a case.
    Payout,
    /// Copies the workspace, or looks it over.
    Care,
}

impl Command {
    /// Which thread carries it out.
    #[must_use]
    pub fn lane(&self) -> Lane {
        match self.kind() {
            TaskKind::Read | TaskKind::Save => Lane::Query,
            TaskKind::Ask | TaskKind::Resume | TaskKind::Payout => Lane::GatewaySession,
            _ => Lane::Job,
        }
    }

    /// How long it is to wait before it is carried out.
    #[must_use]
    pub const fn delay(&self) -> Duration {
        match self {
            Self::AskLive(question) => Duration::from_millis(question.after_ms),
            Self::Lab(model::LabAsk::Follow(follow)) => Duration::from_millis(follow.after_ms),
            _ => Duration::ZERO,
        }
    }

    /// What it is.
    #[must_use]
    pub fn kind(&self) -> TaskKind {
        match self {
            Self::Start
            | Self::Overview(..)
            | Self::Day(..)
            | Self::Cases(_)
            | Self::Case(..)
            | Self::Bills(_)
            | Self::Bill(_)
            | Self::Orders(_)
            | Self::Order(..)
            | Self::LookUp(_)
            | Self::LookupHistory(_)
            | Self::ReadList(_)
            | Self::Approvals
            | Self::Operators
            | Self::UnfinishedRefunds(_)
            | Self::BulkSummary(_)
            | Self::RefusedFiles(_)
            | Self::WhoseFiles(_)
            | Self::Page(..) => TaskKind::Read,
            Self::Rows(ask) => match ask.as_ref() {
                ListAsk::Copy(..) => TaskKind::Copy,
                ListAsk::Export(..) => TaskKind::Export,
                ListAsk::Sums(..) | ListAsk::Values(..) | ListAsk::Find(_) => TaskKind::Read,
            },
            Self::Merchant(model::MerchantAsk::Mappings(_)) => TaskKind::Read,
            Self::Merchant(model::MerchantAsk::Examine(_)) => TaskKind::Ask,
            Self::SavePreferences(_)
            | Self::Merchant(_)
            | Self::OpenHandbook(_)
            | Self::SaveProfile(..)
            | Self::RemoveProfile(_)
            | Self::StoreSecret(..)
            | Self::UnlockVault(_)
            | Self::LockVault
            | Self::KeepAnswer(..)
            | Self::Receive(..)
            | Self::Judge(_)
            | Self::SignOff(_)
            | Self::AskUnlock(_)
            | Self::SignIn(_)
            | Self::SignOut
            | Self::AddOperator(_)
            | Self::RemoveOperator(_)
            | Self::SetLimits(_)
            | Self::Undo(..)
            | Self::Decide(..)
            | Self::Note(..) => TaskKind::Save,
            Self::Download(..) => TaskKind::Download,
            Self::Recognise(..)
            | Self::LookAtFile(_)
            | Self::RefusedRows(..)
            | Self::TryMended(_) => TaskKind::Preview,
            Self::ImportFile(..) | Self::ImportShown(_) | Self::ImportMended(_) => TaskKind::Import,
            Self::Reconcile(..) => TaskKind::Reconcile,
            Self::Morning(..) => TaskKind::Morning,
            Self::Backfill(_) => TaskKind::Backfill,
            Self::Export(..)
            | Self::ExportAnswers(..)
            | Self::SaveAttachment(_)
            | Self::SaveOriginal(..)
            | Self::SaveCertificate(..)
            | Self::WriteSheet(..) => TaskKind::Export,
            Self::ExportBooks(..) => TaskKind::ExportBooks,
            Self::Backup(_) | Self::CheckWorkspace => TaskKind::Care,
            Self::Refund(_) | Self::Reissue(_) | Self::BulkPayout(_) | Self::WithdrawRefund(..) => {
                TaskKind::Payout
            }
            Self::ResumeRefunds(_) => TaskKind::Resume,
            Self::Bulk(_) => TaskKind::Decide,
            Self::Attach(_) => TaskKind::Attach,
            Self::Funds(_) | Self::BankStatement(..) => TaskKind::Funds,
            Self::Lab(model::LabAsk::Send(_) | model::LabAsk::Follow(_))
            | Self::Payout(..)
            | Self::AskLive(_) => TaskKind::Ask,
            Self::Lab(_) => TaskKind::Read,
            Self::AskMany(..) => TaskKind::AskMany,
            Self::OpenDemo | Self::OpenShared(_) => TaskKind::Demo,
        }
    }

    /// The merchant and the day it is about, for progress.
    #[must_use]
    pub const fn about(&self) -> (Option<ProfileId>, Option<BillDate>) {
        match self {
            Self::Download(profile, day, _)
            | Self::Reconcile(profile, day)
            | Self::Export(profile, day, ..)
            | Self::Day(profile, day) => (Some(*profile), Some(*day)),
            Self::Morning(profile, day) => (*profile, Some(*day)),
            Self::Funds(ask) | Self::BankStatement(ask, _) => (Some(ask.profile), Some(ask.day)),
            Self::Backfill(profile) | Self::ExportBooks(profile, _) => (*profile, None),
            Self::ImportFile(profile, _) | Self::AskMany(profile, _) => (Some(*profile), None),
            Self::Recognise(profile, _) => (Some(*profile), None),
            Self::LookAtFile(ask) => (Some(ask.profile), None),
            Self::RefusedRows(profile, _) => (Some(*profile), None),
            Self::TryMended(wish) | Self::ImportMended(wish) => (Some(wish.profile), None),
            Self::ImportShown(order) => (Some(order.profile), None),
            _ => (None, None),
        }
    }
}

/// What a list answers before its rows are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowOrder<T> {
    /// Ids of the rows, in order.
    pub ids: Vec<u64>,
    /// Totals of the list.
    pub totals: T,
}

/// The list of cases.
pub type CaseList = RowOrder<CaseTotals>;
/// The list of orders: rows of the day before filtering, and the sum of those listed.
pub type OrderList = RowOrder<(u64, recondesk_domain::Fen)>;

/// What the window learns at the start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Welcome {
    /// Preferences.
    pub preferences: Preferences,
    /// Merchants.
    pub merchants: Vec<model::MerchantRow>,
    /// Where the data lies, as a person reads it.
    pub folder: String,
    /// True when the demo can be opened in this workspace.
    pub demo: bool,
    /// True when the workspace can be copied and looked over.
    pub cares: bool,
    /// Addresses of shared workspaces that were opened here, the newest first; nothing where none can be opened.
    pub places: Option<Vec<String>>,
    /// Path of the program, for the line of a scheduler; empty where none should be set up.
    pub program: String,
    /// Who sits at the computer, for the history.
    pub person: model::Person,
    /// Whether keys can be used.
    pub vault: VaultAccess,
}
