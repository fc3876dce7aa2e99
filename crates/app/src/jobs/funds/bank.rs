//! From the accounts at WeChat Pay to the bank: statements taken in, and withdrawals tied to what arrived.

use std::collections::HashMap;
use std::io::Cursor;

use super::{FundsRequest, unread_fund};
use crate::jobs::imports::{Watching, fund_overflow};
use crate::{Failure, FailureKind, Message, Reporter};
use recondesk_domain::{BankEntry, BillDate, Fen, FundAccount, FundMove, ProfileId};
use recondesk_intake::read_statement;
use recondesk_ports::{
    BANK_KIND, BankDays, BankImport, FundExpect, FundFacts, ImportRecord, Ports, Source, Standing,
};
use recondesk_reconcile::fund_flow::{FundOverflow, Settlement, SettlementAsk, settle};
use wechatpay_codec::fund_flow::FundBill;

/// Days before the examined one whose withdrawals are followed.
const FOLLOWED_DAYS: i32 = 31;
/// Days after it whose withdrawals are known as well: a credit of theirs belongs to no earlier one.
const LATER_DAYS: i32 = 31;
/// Entries of all statements together that are compared at once.
const MOST_ENTRIES: usize = 2_000_000;

/// Takes a bank statement into the books.
///
/// # Errors
/// [`Failure`]: a row of it cannot be read, its balances contradict its rows, or the workspace cannot be written.
pub fn import_statement(
    ports: &Ports,
    id: ProfileId,
    source: Source,
    reporter: &dyn Reporter,
) -> Result<BankImport, Failure> {
    let watch = Watching(reporter);
    Ok(ports.books.import_bank_statement(id, source, &watch)?)
}

/// The statement is kept, and is no evidence: its balances do not follow from its rows.
#[must_use]
pub fn contradicts_itself(import: &BankImport) -> Failure {
    let breaks = import.report.breaks.rows.iter().take(3);
    let lines: Vec<String> = breaks
        .map(|found| {
            let told = |sum: Option<Fen>| sum.map_or_else(String::new, Fen::grouped);
            let (expected, actual) = (told(found.expected), told(found.actual));
            format!("{}: {expected} ≠ {actual}", found.line)
        })
        .collect();
    Failure::new(
        FailureKind::RefusedInput,
        "bank.contradicts",
        Message::new(
            "银行流水的余额与逐笔对不上，已隔离，不作依据",
            "The balances of the bank statement contradict its rows: it is kept in quarantine, no evidence",
        ),
        Message::new(
            "从网银重新导出，不要删行或排序后再导入",
            "Export it from the bank again, and import it with every row in the bank's order",
        ),
    )
    .with_detail(lines.join("; "))
}

/// Ties the withdrawals of the day, and those before it that are open, to what arrived at the bank.
pub(super) fn settlement_of(ports: &Ports, ask: &FundsRequest<'_>) -> Result<Settlement, Failure> {
    let mut imports = ports.books.imports(ask.merchant.id)?;
    imports.retain(|one| one.standing == Standing::Verified);
    let from = ask.day.plus(-FOLLOWED_DAYS);
    let mut moves = Vec::new();
    let mut basic_days = Vec::new();
    for account in FundAccount::ALL {
        let expect = FundExpect {
            account,
            sub_mch_id: ask.sub_mch_id,
            day: ask.day,
            sha1: None,
        };
        let kind = expect.kind_word();
        for record in imports.iter().filter(|one| one.kind == kind) {
            let until = ask.day.plus(LATER_DAYS);
            let Some(day) = record.day.filter(|day| from <= *day && *day <= until) else {
                continue;
            };
            moves.extend(moves_of(ports, account, record)?);
            if account == FundAccount::Basic {
                basic_days.push(day);
            }
        }
    }
    let mut covered = Vec::new();
    let mut statements = Vec::new();
    // The statements are those of the merchant's own bank account.
    let is_own = |one: &&ImportRecord| one.kind == BANK_KIND && ask.sub_mch_id.is_empty();
    for record in imports.iter().filter(is_own) {
        let Some(days) = BankDays::of(record).filter(|days| days.last >= from) else {
            continue;
        };
        covered.push((days.first, days.last));
        statements.push(entries_of(ports, record, from)?);
    }
    let bank = merged(statements)?;
    let knows = |day: BillDate| basic_days.contains(&day);
    settle(&SettlementAsk {
        day: ask.day,
        today: ports.clock.now().day(),
        moves: &moves,
        bank: &bank,
        covered: &covered,
        within: ask.within,
        knows_moves: knows(ask.day) && knows(ask.day.prev()),
    })
    .map_err(|FundOverflow| fund_overflow())
}

/// Withdrawals of a stored fund-flow bill: out of its facts, or out of the file where it was taken in before they were
/// kept.
fn moves_of(
    ports: &Ports,
    account: FundAccount,
    record: &ImportRecord,
) -> Result<Vec<FundMove>, Failure> {
    if let Some(moves) = FundFacts::moves_of(record) {
        return Ok(moves);
    }
    let mut text = Vec::new();
    ports
        .books
        .raw_file(record.import, &mut |piece| text.extend_from_slice(piece))?;
    let bill = FundBill::read(&text).map_err(unread_fund)?;
    Ok(FundFacts::moves(account, &bill.entries))
}

fn entries_of(
    ports: &Ports,
    record: &ImportRecord,
    from: BillDate,
) -> Result<Vec<BankEntry>, Failure> {
    let mut bytes = Vec::new();
    ports
        .books
        .raw_file(record.import, &mut |piece| bytes.extend_from_slice(piece))?;
    let statement = read_statement(Cursor::new(&bytes))
        .map_err(|fault| recondesk_ports::BooksError::Statement(Box::new(fault)))?;
    let mut entries = statement.entries;
    entries.retain(|entry| entry.time.day() >= from);
    Ok(entries)
}

/// What makes entries of two statements the same: the line in the file is not part of it.
#[derive(PartialEq, Eq, Hash)]
struct SameEntry {
    time: i64,
    change: i64,
    balance: Option<i64>,
    reference: String,
    words: String,
}

impl SameEntry {
    fn of(entry: &BankEntry) -> Self {
        Self {
            time: entry.time.unix(),
            change: entry.change.get(),
            balance: entry.balance.map(Fen::get),
            reference: entry.reference.clone(),
            words: format!("{}\n{}", entry.payer, entry.remark),
        }
    }
}

/// Entries of all statements, each once where statements overlap; one that stands twice in one statement stays twice.
fn merged(statements: Vec<Vec<BankEntry>>) -> Result<Vec<BankEntry>, Failure> {
    let mut seen: HashMap<SameEntry, usize> = HashMap::new();
    let mut out = Vec::new();
    for statement in statements {
        let mut here: HashMap<SameEntry, usize> = HashMap::new();
        for entry in statement {
            let count = here.entry(SameEntry::of(&entry)).or_default();
            *count = count.saturating_add(1);
            let known = seen.entry(SameEntry::of(&entry)).or_default();
            if *count > *known {
                *known = *count;
                out.push(entry);
            }
        }
        if out.len() > MOST_ENTRIES {
            return Err(too_many());
        }
    }
    Ok(out)
}

fn too_many() -> Failure {
    Failure::new(
        FailureKind::RefusedInput,
        "bank.too_many",
        Message::new(
            "银行流水合计超过 2,000,000 笔，无法核对",
            "The bank statements have more than 2,000,000 entries together",
        ),
        Message::new(
            "按月或按账户导出较短的流水后再导入",
            "Export shorter statements, by month or by account",
        ),
    )
}
