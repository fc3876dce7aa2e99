//! Everything a person can ask for.

use std::path::PathBuf;

use crate::domain::{BillDate, MerchantProfile, ProfileId, Secret, SecretKind};

use super::model::{CaseFilter, CaseTotals, OrderFilter};
use super::rows::PageWanted;
use super::{Preferences, model};

/// Which of the two threads carries a command out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Answers at once.
    Query,
    /// May take long.
    Job,
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

/// A long table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ListKind {
    /// Cases.
    Cases,
    /// Orders.
    Orders,
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
    /// Stores preferences.
    SavePreferences(Preferences),
    /// Stores a merchant, new when there is no number. Disabled while the form has errors.
    SaveProfile(Option<ProfileId>, Box<MerchantProfile>),
    /// Removes a merchant; refused while it has books.
    RemoveProfile(ProfileId),
    /// Puts a secret into the vault, over an older one.
    StoreSecret(ProfileId, SecretKind, Secret<Vec<u8>>),
    /// Fetches a bill. Disabled before it is out.
    Download(ProfileId, BillDate, BillChoice),
    /// Imports a file of any known kind, for a merchant.
    ImportFile(ProfileId, PathBuf),
    /// Compares the books of a day. Disabled without a bill.
    Reconcile(ProfileId, BillDate),
    /// Fetches and compares what is missing, for one merchant or all.
    Morning(Option<ProfileId>, BillDate),
    /// Writes the findings of a day to a file.
    Export(ProfileId, BillDate, ExportFormat, PathBuf),
    /// Adds a note to a case.
    Note(ProfileId, String, String),
    /// Makes the demo merchant with its day.
    OpenDemo,
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
    /// Imports a file.
    Import,
    /// Compares a day.
    Reconcile,
    /// Fetches and compares.
    Morning,
    /// Writes a file.
    Export,
    /// Makes the demo.
    Demo,
}

impl Command {
    /// Which thread carries it out.
    #[must_use]
    pub const fn lane(&self) -> Lane {
        match self.kind() {
            TaskKind::Read | TaskKind::Save => Lane::Query,
            _ => Lane::Job,
        }
    }

    /// What it is.
    #[must_use]
    pub const fn kind(&self) -> TaskKind {
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
            | Self::Page(..) => TaskKind::Read,
            Self::SavePreferences(_)
            | Self::SaveProfile(..)
            | Self::RemoveProfile(_)
            | Self::StoreSecret(..)
            | Self::Note(..) => TaskKind::Save,
            Self::Download(..) => TaskKind::Download,
            Self::ImportFile(..) => TaskKind::Import,
            Self::Reconcile(..) => TaskKind::Reconcile,
            Self::Morning(..) => TaskKind::Morning,
            Self::Export(..) => TaskKind::Export,
            Self::OpenDemo => TaskKind::Demo,
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
            Self::ImportFile(profile, _) => (Some(*profile), None),
            _ => (None, None),
        }
    }
}

/// What a list answers before its rows are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListAnswer<T> {
    /// Ids of the rows, in order.
    pub ids: Vec<u64>,
    /// Totals of the list.
    pub totals: T,
}

/// The list of cases.
pub type CaseList = ListAnswer<CaseTotals>;
/// The list of orders: rows of the day before filtering, and the sum of those listed.
pub type OrderList = ListAnswer<(u64, crate::domain::Fen)>;

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
}
