//! The fund flow of a day: fetched for each account, archived, checked, and led back to the trade bill.

mod bank;

use std::cell::RefCell;
use std::collections::HashSet;

use super::day::ScratchSink;
use super::download::{self, Fetched, FundAccount};
use super::imports::{Watching, fund_overflow};
use crate::gateway::{BillFile, GatewayClient};
use crate::{Failure, MerchantRef, Message, Reporter};
pub use bank::{contradicts_itself, import_statement};
use recondesk_domain::{BillDate, FundEntry, MchId, ProfileId};
use recondesk_ports::{
    BooksError, FundExpect, FundFacts, ImportRecord, Ports, Source, Standing, StoreError,
};
pub use recondesk_reconcile::fund_flow::{
    ARRIVES_WITHIN, AccountReport, Bridge, BridgeStep, FeeCustom, FindingGroup, FundFinding,
    SettledWithdrawal, Settlement, SettlementState, StepKind, TradeReport,
};
use recondesk_reconcile::fund_flow::{
    AccountDay, ClosedBefore, FundOverflow, TradeBill, compare, examine,
};
use recondesk_reconcile::{Evidence, EvidenceError};
use wechatpay_codec::fund_flow::{FundBill, FundFault};

/// Days of fund flow after which the custom of a merchant's account is taken for known (I11).
pub const LEARNING_DAYS: usize = 7;

/// Whose day is examined, and whether WeChat Pay may be asked.
#[derive(Debug, Clone, Copy)]
pub struct FundsRequest<'a> {
    /// The merchant.
    pub merchant: MerchantRef<'a>,
    /// A sub-merchant whose accounts are meant; empty for the merchant's own.
    pub sub_mch_id: MchId,
    /// The day.
    pub day: BillDate,
    /// True to fetch what is not here.
    pub fetches: bool,
    /// Working days within which a withdrawal should be at the bank.
    pub within: u32,
}

/// What is known of an account and day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountOutcome {
    /// There is a bill.
    Bill(Box<AccountBill>),
    /// WeChat Pay says that nothing moved.
    NothingMoved,
    /// There is no bill, and nobody was asked.
    NotHere {
        /// True where bills of other days are here: the account is in use, and this day of it is missing.
        is_used: bool,
    },
}

/// The bill of an account and day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountBill {
    /// Name of its file.
    pub file: String,
    /// Number of its import.
    pub import: u32,
    /// What it is worth.
    pub report: AccountReport,
}

/// Why the accounts were not compared with the trade bill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotCompared {
    /// There is no verified trade bill of that day.
    NoTradeBill,
    /// The bill of an account does not add up, and is no evidence.
    AccountInDoubt,
    /// The bill of the basic account is not here.
    NoAccount,
}

/// What came of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FundsReport {
    /// The sub-merchant whose accounts these are; empty for the merchant's own.
    pub sub_mch_id: MchId,
    /// The day.
    pub day: BillDate,
    /// Each account.
    pub accounts: Vec<(FundAccount, AccountOutcome)>,
    /// The trade bill against the accounts, and the bridge.
    pub compared: Result<(TradeReport, Bridge), NotCompared>,
    /// Withdrawals, and what of them arrived at the bank.
    pub settlement: Settlement,
    /// Days of fund flow that are here, this one among them; below [`LEARNING_DAYS`] differences may be a custom.
    pub days_seen: usize,
}

impl FundsReport {
    /// True when there is no bill of any account: nothing was examined.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let mut outcomes = self.accounts.iter();
        outcomes.all(|(_, outcome)| matches!(outcome, AccountOutcome::NotHere { .. }))
    }

    /// True when everything was compared and nothing differs.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        let sound = self.accounts.iter().all(|(_, outcome)| match outcome {
            AccountOutcome::Bill(bill) => bill.report.checks.iter().all(|check| check.holds),
            AccountOutcome::NothingMoved => true,
            AccountOutcome::NotHere { is_used } => !is_used,
        });
        let agreed = self.compared.as_ref().is_ok_and(|(trade, bridge)| {
            trade.groups.iter().all(|group| group.count == 0) && bridge.residual.get() == 0
        });
        sound && agreed && self.settlement.is_clean()
    }
}

/// What a step of the bridge stands for, in words.
#[must_use]
pub fn step_words(kind: &StepKind) -> Message {
    let (zh, en) = match kind {
        StepKind::Settled => ("应结订单金额", "settled payments"),
        StepKind::Fees => ("手续费", "fees"),
        StepKind::Refunds => ("退款金额", "refunds"),
        StepKind::FeesReturned => ("退还手续费", "fees returned"),
        StepKind::FeesElsewhere => ("手续费不在资金账单中逐笔扣除", "fees settled elsewhere"),
        StepKind::InTransit => ("日终在途，次日入账", "late, moves after midnight"),
        StepKind::CarriedIn => ("前一日交易今日入账", "of the day before"),
        StepKind::Missing => ("C01 有交易无资金", "C01 trade without fund entry"),
        StepKind::Extra => ("C02 有资金无交易", "C02 fund entry without trade"),
        StepKind::Differing => ("C03 资金金额不符", "C03 fund amount differs"),
        StepKind::RefundsClosed => ("退款关闭", "refunds closed"),
        StepKind::Other(word) => {
            let words = format!("C06 {word}");
            return Message::new(words.clone(), words);
        }
        StepKind::BalanceBreaks => ("C04 余额链断裂", "C04 balance chain broken"),
    };
    Message::new(zh, en)
}

/// Takes a file into the books.
///
/// # Errors
/// [`Failure`]: it is no fund-flow bill, or the workspace cannot be written.
pub fn import(
    ports: &Ports,
    id: ProfileId,
    expect: &FundExpect,
    source: Source,
    reporter: &dyn Reporter,
) -> Result<(), Failure> {
    let watch = Watching(reporter);
    let done = ports.books.import_fund_flow(id, source, expect, &watch);
    done.map_err(|error| no_fund_flow(error.into()))?;
    Ok(())
}

/// A file that is no bill of its kind: a fund-flow bill was asked for here, not one of trades.
fn no_fund_flow(failure: Failure) -> Failure {
    if failure.code != "bill.not_a_bill" {
        return failure;
    }
    Failure::new(
        failure.kind,
        "fund.not_a_bill",
        Message::new(
            "这不是资金账单",
            "This is no fund-flow bill",
        ),
        Message::new(
            "选择商户平台“资金账单”或接口下载的文件，并写明账户：basic、operation 或 fees",
            "Choose a fund-flow bill as downloaded from the merchant platform or the API, with its account: basic, operation or fees",
        ),
    )
    .with_detail(failure.detail)
}

/// Examines a day.
///
/// # Errors
/// [`Failure`]: not ready, the gateway, the workspace.
pub fn examine_day(
    ports: &Ports,
    ask: &FundsRequest<'_>,
    reporter: &dyn Reporter,
) -> Result<FundsReport, Failure> {
    let mut texts = Vec::new();
    for account in FundAccount::ALL {
        texts.push((account, text_of(ports, ask, account, reporter)?));
    }
    let mut bills: Vec<FundBill<'_>> = Vec::new();
    let mut accounts = Vec::new();
    for (account, held) in &texts {
        let outcome = match held {
            StoredFunds::Text(record, text) => {
                let bill = FundBill::read(text).map_err(unread_fund)?;
                let report = report_of(ports, ask, *account, &bill)?;
                bills.push(bill);
                AccountOutcome::Bill(Box::new(AccountBill {
                    file: record.name.clone(),
                    import: record.import,
                    report,
                }))
            }
            StoredFunds::NothingMoved => AccountOutcome::NothingMoved,
            StoredFunds::NotHere => AccountOutcome::NotHere {
                is_used: is_used(ports, ask, *account)?,
            },
        };
        accounts.push((*account, outcome));
    }
    let entries: Vec<&[FundEntry<'_>]> = bills.iter().map(|bill| bill.entries.as_slice()).collect();
    let compared = match doubt(ports, ask, &accounts)? {
        Some(why) => Err(why),
        None => Ok(against_trades(ports, ask, &accounts, &entries)?),
    };
    Ok(FundsReport {
        sub_mch_id: ask.sub_mch_id,
        day: ask.day,
        accounts,
        compared,
        settlement: bank::settlement_of(ports, ask)?,
        days_seen: days_seen(ports, ask)?,
    })
}

/// What is here of an account and day.
enum StoredFunds {
    Text(Box<ImportRecord>, Vec<u8>),
    NothingMoved,
    NotHere,
}

fn text_of(
    ports: &Ports,
    ask: &FundsRequest<'_>,
    account: FundAccount,
    reporter: &dyn Reporter,
) -> Result<StoredFunds, Failure> {
    let expect = |sha1| FundExpect {
        account,
        sub_mch_id: ask.sub_mch_id,
        day: ask.day,
        sha1,
    };
    let mut record = newest(ports, ask, &expect(None))?;
    let is_good = |record: &ImportRecord| record.standing == Standing::Verified;
    if !record.as_ref().is_some_and(is_good) && ask.fetches {
        let MerchantRef { id, profile } = ask.merchant;
        let cancel = reporter.token();
        let client = GatewayClient::new(ports, MerchantRef { id, profile }, &cancel);
        let mut sink = ScratchSink::new(ports);
        let sub = ask.sub_mch_id;
        let file = if sub.is_empty() {
            BillFile::FundFlow(account)
        } else {
            BillFile::SubFundFlow(account, sub)
        };
        match download::fetch(&client, file, ask.day, &mut sink, reporter)? {
            Fetched::NoBill if record.is_none() => return Ok(StoredFunds::NothingMoved),
            Fetched::NoBill => {}
            Fetched::Bill { sha1, .. } => {
                let (mch, day, word) = (&profile.mch_id, ask.day, account.word());
                let name = if sub.is_empty() {
                    format!("{mch}_{day}_fund_{word}.csv.gz")
                } else {
                    format!("{mch}_{sub}_{day}_fund_{word}.csv")
                };
                let source = sink.into_source(&name)?;
                let watch = Watching(reporter);
                let books = &ports.books;
                let done = books.import_fund_flow(id, source, &expect(sha1), &watch)?;
                record = Some(done.record);
            }
        }
    }
    let Some(record) = record else {
        return Ok(StoredFunds::NotHere);
    };
    let mut text = Vec::new();
    ports
        .books
        .raw_file(record.import, &mut |piece| text.extend_from_slice(piece))?;
    Ok(StoredFunds::Text(Box::new(record), text))
}

/// Whether any bill of the account was ever taken in.
fn is_used(ports: &Ports, ask: &FundsRequest<'_>, account: FundAccount) -> Result<bool, Failure> {
    let expect = FundExpect {
        account,
        sub_mch_id: ask.sub_mch_id,
        day: ask.day,
        sha1: None,
    };
    let kind = expect.kind_word();
    let imports = ports.books.imports(ask.merchant.id)?;
    Ok(imports.iter().any(|one| one.kind == kind))
}

/// The bill that counts; without one, the newest in quarantine.
fn newest(
    ports: &Ports,
    ask: &FundsRequest<'_>,
    expect: &FundExpect,
) -> Result<Option<ImportRecord>, Failure> {
    let kind = expect.kind_word();
    let mut bills = ports.books.bills(ask.merchant.id, ask.day)?;
    bills.retain(|bill| bill.kind == kind && bill.standing != Standing::Replaced);
    let good = bills
        .iter()
        .position(|bill| bill.standing == Standing::Verified);
    let at = good.unwrap_or(0);
    Ok((at < bills.len()).then(|| bills.swap_remove(at)))
}

fn report_of(
    ports: &Ports,
    ask: &FundsRequest<'_>,
    account: FundAccount,
    bill: &FundBill<'_>,
) -> Result<AccountReport, Failure> {
    let expect = FundExpect {
        account,
        sub_mch_id: ask.sub_mch_id,
        day: ask.day,
        sha1: None,
    };
    let kind = expect.kind_word();
    let imports = ports.books.imports(ask.merchant.id)?;
    let before = imports
        .iter()
        .filter(|one| one.kind == kind && one.standing == Standing::Verified)
        .filter_map(|one| {
            let day = one.day.filter(|day| *day < ask.day)?;
            let closing = FundFacts::closing_of(one)?;
            Some(ClosedBefore { day, closing })
        })
        .max_by_key(|one| one.day);
    let day = AccountDay {
        account,
        day: ask.day,
        entries: &bill.entries,
        totals: bill.totals,
        before,
    };
    examine(&day).map_err(|FundOverflow| fund_overflow())
}

/// Why nothing can be compared.
fn doubt(
    ports: &Ports,
    ask: &FundsRequest<'_>,
    accounts: &[(FundAccount, AccountOutcome)],
) -> Result<Option<NotCompared>, Failure> {
    for (account, outcome) in accounts {
        match outcome {
            AccountOutcome::Bill(bill) if !bill.report.adds_up() => {
                return Ok(Some(NotCompared::AccountInDoubt));
            }
            AccountOutcome::NotHere { .. } if *account == FundAccount::Basic => {
                return Ok(Some(NotCompared::NoAccount));
            }
            AccountOutcome::Bill(_)
            | AccountOutcome::NotHere { .. }
            | AccountOutcome::NothingMoved => {}
        }
    }
    let evidence = ports.books.evidence(ask.merchant.id)?;
    let has_bill = evidence.bill_days().map_err(unread)?.contains(&ask.day)
        || ports
            .records
            .no_bill_days(ask.merchant.id)?
            .contains(&ask.day);
    Ok((!has_bill).then_some(NotCompared::NoTradeBill))
}

fn against_trades(
    ports: &Ports,
    ask: &FundsRequest<'_>,
    accounts: &[(FundAccount, AccountOutcome)],
    entries: &[&[FundEntry<'_>]],
) -> Result<(TradeReport, Bridge), Failure> {
    let evidence = ports.books.evidence(ask.merchant.id)?;
    let late_s = i64::from(ask.merchant.profile.cut_off_minutes).saturating_mul(60);
    let late_from = |day: BillDate| day.next().start().plus(late_s.saturating_neg());
    let yesterday = late_numbers(evidence.as_ref(), ask.day.prev(), late_from(ask.day.prev()))?;
    let failed = RefCell::new(None);
    // A partner's bill has the rows of all its sub-merchants.
    let sub = ask.sub_mch_id;
    let is_meant = |theirs: MchId| sub.is_empty() || theirs == sub;
    let mut pays = until_failure(evidence.pays(ask.day).map_err(unread)?, &failed)
        .filter(|pay| is_meant(pay.sub_mch_id));
    let mut refunds = until_failure(evidence.refunds(ask.day).map_err(unread)?, &failed)
        .filter(|refund| is_meant(refund.sub_mch_id));
    let bill = TradeBill {
        pays: &mut pays,
        refunds: &mut refunds,
        was_yesterday: &|number| yesterday.contains(number),
        cut_off: late_from(ask.day),
    };
    let trade = compare(bill, entries).map_err(|FundOverflow| fund_overflow())?;
    drop((pays, refunds));
    if let Some(error) = failed.into_inner() {
        return Err(unread(error));
    }
    let reports: Vec<AccountReport> = accounts
        .iter()
        .filter_map(|(_, outcome)| match outcome {
            AccountOutcome::Bill(bill) => Some(bill.report.clone()),
            AccountOutcome::NothingMoved | AccountOutcome::NotHere { .. } => None,
        })
        .collect();
    let bridge = Bridge::build(&trade, &reports).map_err(|FundOverflow| fund_overflow())?;
    Ok((trade, bridge))
}

/// Numbers of the last minutes of a day, whose money may have moved after midnight.
fn late_numbers(
    evidence: &dyn Evidence,
    day: BillDate,
    from: recondesk_domain::Instant,
) -> Result<HashSet<String>, Failure> {
    let mut numbers = HashSet::new();
    for pay in evidence.pays(day).map_err(unread)? {
        let pay = pay.map_err(unread)?;
        if pay.time >= from {
            numbers.insert(pay.transaction_id.as_str().to_owned());
        }
    }
    for refund in evidence.refunds(day).map_err(unread)? {
        let refund = refund.map_err(unread)?;
        if refund.time >= from {
            numbers.insert(refund.refund_id.as_str().to_owned());
        }
    }
    Ok(numbers)
}

/// Rows until one cannot be read; the reason is kept for the caller, who must look.
fn until_failure<'a, T>(
    rows: impl Iterator<Item = Result<T, EvidenceError>> + 'a,
    failed: &'a RefCell<Option<EvidenceError>>,
) -> impl Iterator<Item = T> + 'a {
    rows.map_while(move |row| row.map_err(|error| *failed.borrow_mut() = Some(error)).ok())
}

fn days_seen(ports: &Ports, ask: &FundsRequest<'_>) -> Result<usize, Failure> {
    let imports = ports.books.imports(ask.merchant.id)?;
    let days: HashSet<_> = imports
        .iter()
        .filter(|one| FundExpect::is_kind_of(&one.kind, &ask.sub_mch_id))
        .filter(|one| one.standing == Standing::Verified)
        .filter_map(|one| one.day)
        .map(BillDate::number)
        .collect();
    Ok(days.len())
}

fn unread_fund(fault: FundFault) -> Failure {
    BooksError::Fund(Box::new(fault)).into()
}

fn unread(error: EvidenceError) -> Failure {
    if let Some(why) = error.unreachable {
        return StoreError::Unreachable(why).into();
    }
    BooksError::Damaged {
        file: "books".to_owned(),
        what: error.what,
    }
    .into()
}
