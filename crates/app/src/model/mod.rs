//! What the screens draw, as plain data: filled by `jobs::views`, read by `ui`, free of both.
//!
//! Money, days and categories are the domain's own types; wording and formats belong to the window.

mod approval;
mod bill;
mod case;
mod case_work;
mod day;
mod funds;
mod import;
mod lab;
mod lab_sent;
mod merchant;
mod merchant_asks;
mod order;
mod overview;
mod payout;
mod people;
mod refused;

pub use super::jobs::intake::MappingChoice;
pub use approval::{Approvals, WaitingApproval};
pub use bill::{BillDetail, BillRow, BillStanding, FundBalances, account_of};
pub use case::{
    CaseClosing, CaseDetail, CaseFact, CaseFilter, CaseRow, CaseTotals, CompareField, CompareRow,
    Decision, Proposal, RawLine, TimelineEvent, TimelineKind, age_days,
};
pub use case_work::{
    AttachWish, BulkAsk, BulkKind, BulkLine, BulkOutcome, BulkPayout, BulkShare, BulkSummary,
    BulkWish, CaseName, CaseWork, PreparedRefunds, RefundChoice, SaveAttachmentWish,
    SendRefundWish, UndoOffer,
};
pub use day::{
    BookPair, BookSum, CategoryRow, ChangeKind, ChangeRow, CoverageHole, DayChanges, DayCoverage,
    DayModel, DaySignature, DayState, Equation, IdentityRow, Movement, OpenCategory, PoolRow,
    PoolTotals, ShownCertificate, SignOffItem, TagRow,
};
pub use funds::{FundsAsk, FundsModel};
pub use import::{ImportAsk, ImportOrder, ImportSheet, KnownFile, StoreAs, renamed};
pub use lab::{
    FrontEndAsk, KeyChoice, LabAnswer, LabAsk, LabChoice, LabFill, LabMessage, LabOutcome,
    LabSigned, LabTab, MeantField, OpenKind, PayMethod, Steps, Verified, Why, WhyAsk,
};
pub use lab_sent::{Follow, Followed, FollowedAnswer, SendAsk, Sent, Worth};
pub use merchant::{DraftErrors, MerchantRow, ProfileDraft, SecretState};
pub use merchant_asks::{KeptMapping, MerchantAsk};
pub use order::{OrderDetail, OrderFilter, OrderRow};
pub use overview::{
    AgeClass, BillStatus, CalendarDay, CalendarState, Clause, ClauseKind, DayPoint, LogKind,
    LogLine, LoggedBook, LoggedFile, MerchantCalendar, MerchantDay, MorningState, MorningTotals,
    NextStep, OverviewModel, SeverityCounts,
};
pub use payout::{
    JudgeEachWish, JudgeWish, OperatorIdentity, PayoutView, Person, RefundWish, ReissueWish,
    SignOffWish, UnlockWish,
};
pub use people::{
    LOCAL_PERSON, LimitsWish, NewOperatorWish, OperatorGate, OperatorsView, RemoveOperatorWish,
    person_in_words,
};
pub use refused::{
    CellEdit, CellFault, MendedRows, RefusedCell, RefusedFile, RefusedRow, RefusedRows,
};
