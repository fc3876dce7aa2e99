//! Everything that can have happened.

use std::path::PathBuf;

use recondesk_domain::{BillDate, ProfileId};
use recondesk_ports::{ExchangeRecord, RefundRecord, VaultAccess};

use super::command::{CaseList, ListKind, OrderList, Welcome};
use super::jobs::doctor::DoctorReport;
use super::jobs::lookup::live::LiveAnswer;
use super::jobs::lookup::session::{ListFile, Live, Local};
use super::jobs::notify::NotificationResult;
use super::model::{
    Approvals, BillDetail, BillRow, BulkOutcome, BulkSummary, CaseDetail, CaseRow, DayModel,
    FundsModel, ImportSheet, KeptMapping, LabOutcome, MerchantRow, OperatorsView, OrderDetail,
    OrderRow, OverviewModel, PayoutView, Person, PreparedRefunds, RefusedFile, RefusedRows,
};
use super::tables::ask::ListAnswer;
use super::{Failure, Message, Progress, TaskId};

/// Something happened to a task.
#[derive(Debug)]
pub enum Event {
    /// A thread took it.
    Started(TaskId),
    /// It came on.
    Progress(TaskId, Progress),
    /// It is done.
    Finished(TaskId, Box<Outcome>),
    /// It was refused, failed or cancelled; nothing is half done.
    Failed(TaskId, Box<Failure>),
    /// Somebody decided something, at another computer perhaps.
    Decided,
}

/// Rows of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageRows {
    /// Cases.
    Cases(Vec<CaseRow>),
    /// Orders.
    Orders(Vec<OrderRow>),
}

/// What changed on disk, so that what shows it is read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    /// Nothing that is shown: a file was written.
    Nothing,
    /// Merchants or their secrets.
    Merchants,
    /// Books or findings.
    Books,
    /// Notes about cases.
    Cases,
    /// Decisions about cases: what is open, and so what the morning and the day say.
    Decisions,
}

/// A thing a person should know once it is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeText {
    /// The fact.
    pub title: Message,
    /// What it means or what comes next; may be empty.
    pub note: Message,
    /// The day it is about; the window goes there from the notice.
    pub day: Option<(ProfileId, BillDate)>,
    /// What comes next, where the program knows.
    pub next: NextDeed,
    /// True when something in it needs a person.
    pub attention: bool,
}

/// What a notice offers to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NextDeed {
    /// Nothing of its own.
    #[default]
    None,
    /// Comparing the day it is about.
    Compare,
    /// Agreeing to it, by another person.
    Approve,
    /// Mending the rows that this import of a merchant refused.
    Mend(ProfileId, u32),
}

/// The answer to a command.
#[derive(Debug)]
pub enum Outcome {
    /// To `Start`.
    Welcome(Box<Welcome>),
    /// To `Overview`.
    Overview(Box<OverviewModel>),
    /// To `Day`.
    Day(Box<DayModel>),
    /// To `Cases`.
    Cases(CaseList),
    /// To `Case`.
    Case(Box<CaseDetail>),
    /// To `Bills`.
    Bills(Vec<BillRow>),
    /// To `Bill`.
    Bill(Box<BillDetail>),
    /// To `Orders`.
    Orders(OrderList),
    /// To `Order`.
    Order(Box<OrderDetail>),
    /// To `Rows`.
    Rows(ListKind, ListAnswer),
    /// To `Page`: order of rows, number of the page, rows.
    Page(u64, u64, PageRows),
    /// To `Recognise`: true for a bill.
    Recognised(ProfileId, PathBuf, bool),
    /// To `LookAtFile`.
    Sheet(Box<ImportSheet>),
    /// Merchants after a change, and whether their keys can be used.
    Merchants(Vec<MerchantRow>, VaultAccess),
    /// Done, and this changed; the sentence goes to the notices.
    Changed(Changed, Box<NoticeText>),
    /// To `Lab`.
    Lab(LabOutcome),
    /// To `LookUp`.
    LookedUp(Box<Local>),
    /// To `AskLive`.
    Live(Box<Live>),
    /// To `LookupHistory`, newest first.
    LookupHistory(Vec<ExchangeRecord>),
    /// To `AskMany`, those that need a person first.
    Answers(Vec<LiveAnswer>),
    /// To `ReadList`.
    List(Box<ListFile>),
    /// To `Payout`.
    Payout(Box<PayoutView>),
    /// To `Approvals`, oldest first.
    Approvals(Approvals),
    /// To `UnfinishedRefunds`, oldest first.
    Refunds(Vec<RefundRecord>),
    /// To `BulkSummary`.
    BulkSummary(Box<BulkSummary>),
    /// To `Bulk`.
    Bulk(Box<BulkOutcome>),
    /// To `BulkPayout`, once many refunds are written down.
    Prepared(Box<PreparedRefunds>),
    /// To `Merchant`: the mappings that are kept with it.
    Mappings(ProfileId, Vec<KeptMapping>),
    /// To `Merchant`: how its checks came out.
    Examined(Box<DoctorReport>),
    /// To `Funds`.
    Funds(Box<FundsModel>),
    /// To `SignIn` and `SignOut`.
    Person(Person),
    /// To `Operators`.
    Operators(Box<OperatorsView>),
    /// Operators or limits are others now, and who sits there.
    OperatorsChanged(Box<OperatorsView>, Person, Message),
    /// To `WhoseFiles`: the merchant number of the first bill among them.
    WhoseFiles(Option<String>),
    /// To `RefusedFiles`, the newest first.
    RefusedFiles(Vec<RefusedFile>),
    /// To `RefusedRows` and `TryMended`.
    RefusedRows(Box<RefusedRows>),
    /// To `Receive`, one for each notification.
    Received(Vec<NotificationResult>),
    /// Done, nothing to show.
    Done,
}
