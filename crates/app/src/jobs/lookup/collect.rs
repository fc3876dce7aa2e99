//! Everything the workspace knows of one order, from all its books and records.

use crate::Failure;
use recondesk_domain::{
    BillDate, Category, Instant, MOrder, MRefund, MerchantProfile, OutRefundNo, OutTradeNo,
    PayStatus, ProfileId, RefundId, Tag, TransactionId, WPay, WRefund, case_key,
};
use recondesk_intake::RecordKind;
use recondesk_ports::{
    BookRow, CaseEvent, CaseRecord, ExchangeRecord, Observation, ObservationSource, Occurrence,
    Ports, RefundQuery, RefundRecord, ReissueRecord, SetAside, Standing,
};

/// Exchanges shown with an order.
const MOST_EXCHANGES: u32 = 100;

/// A row with the day under which it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatedRow<T> {
    /// Business day; `None` for a merchant's row without any time.
    pub day: Option<BillDate>,
    /// The row.
    pub row: T,
    /// True when a newer import took its place.
    pub superseded: bool,
}

/// A case with its history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseStory {
    /// The case.
    pub case: CaseRecord,
    /// What happened to it, oldest first.
    pub events: Vec<CaseEvent>,
}

/// What is known of one `out_trade_no` of one merchant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderRecord {
    /// The merchant.
    pub profile: (ProfileId, MerchantProfile),
    /// 商户订单号; the number asked for where nothing is known.
    pub out_trade_no: String,
    /// Versions of the order, the one that holds first.
    pub orders: Vec<DatedRow<MOrder>>,
    /// Payment rows of bills.
    pub pays: Vec<DatedRow<WPay>>,
    /// Refund rows of bills.
    pub refunds: Vec<DatedRow<WRefund>>,
    /// Refund rows of the merchant.
    pub merchant_refunds: Vec<DatedRow<MRefund>>,
    /// Refunds that were begun from here, oldest first.
    pub own_refunds: Vec<RefundRecord>,
    /// What WeChat Pay said.
    pub observations: Vec<Observation>,
    /// Reissues that were begun from here, oldest first; read where a case is open.
    pub reissues: Vec<ReissueRecord>,
    /// What the stored answers to questions say, where no book has the order.
    pub answers: Vec<Observation>,
    /// The day on which it was paid, where no orders of that day are here.
    pub awaits_orders: Option<BillDate>,
    /// Questions asked.
    pub exchanges: Vec<ExchangeRecord>,
    /// Cases.
    pub cases: Vec<CaseStory>,
    /// True when the bill of the day on which the merchant booked the payment is here.
    pub has_bill_of_day: bool,
    /// True when a notification alone tells of the payment, and the bill of its day is here without it.
    pub is_notice_denied: bool,
    /// What the comparison of its day says of the payment in place of a finding of its own (K01, K03).
    pub covered: Option<Category>,
    /// The row of a file that is not in the books, where the order stands only there.
    pub refused: Option<SetAside>,
    /// A newer reading of its file no longer has the order.
    pub is_taken_back: bool,
}

impl OrderRecord {
    fn new(profile: (ProfileId, MerchantProfile), out_trade_no: &str) -> Self {
        Self {
            profile,
            out_trade_no: out_trade_no.to_owned(),
            orders: Vec::new(),
            pays: Vec::new(),
            refunds: Vec::new(),
            merchant_refunds: Vec::new(),
            own_refunds: Vec::new(),
            reissues: Vec::new(),
            answers: Vec::new(),
            awaits_orders: None,
            observations: Vec::new(),
            exchanges: Vec::new(),
            cases: Vec::new(),
            has_bill_of_day: false,
            is_notice_denied: false,
            covered: None,
            refused: None,
            is_taken_back: false,
        }
    }

    /// The order as it stands.
    #[must_use]
    pub fn order(&self) -> Option<&MOrder> {
        self.orders
            .iter()
            .find(|kept| !kept.superseded)
            .or(self.orders.first())
            .map(|kept| &kept.row)
    }

    /// 微信支付订单号, from whoever knows it.
    #[must_use]
    pub fn transaction_id(&self) -> String {
        let bill = self.pays.iter().map(|kept| kept.row.transaction_id);
        let refunds = self.refunds.iter().map(|kept| kept.row.transaction_id);
        let order = self.order().map(|order| order.transaction_id);
        let known = bill.chain(refunds).chain(order).find(|id| !id.is_empty());
        let believed = || {
            let told = self.observations.iter().chain(&self.answers);
            let mut believed = told.filter(|seen| seen.is_believed());
            believed.find_map(|seen| {
                (!seen.transaction_id.is_empty()).then(|| seen.transaction_id.clone())
            })
        };
        known.map_or_else(|| believed().unwrap_or_default(), |id| id.to_string())
    }

    /// The open cases, the most pressing one first; one whose step may not be taken stands behind its equals.
    #[must_use]
    pub fn open_cases(&self) -> Vec<&CaseRecord> {
        let precedence = |category: Category| {
            let all = Category::by_precedence();
            all.iter().position(|known| *known == category)
        };
        let open = self.cases.iter().map(|story| &story.case);
        let mut open: Vec<&CaseRecord> = open.filter(|case| !case.status.is_closed()).collect();
        open.sort_by_key(|case| {
            let finding = &case.finding;
            let held = finding.tags.contains(&Tag::Hold);
            let category = finding.category;
            (category.severity(), held, precedence(category))
        });
        open
    }

    /// True when the workspace has anything at all of it.
    #[must_use]
    pub fn is_known(&self) -> bool {
        !(self.orders.is_empty()
            && self.pays.is_empty()
            && self.refunds.is_empty()
            && self.merchant_refunds.is_empty()
            && self.own_refunds.is_empty()
            && self.observations.is_empty()
            && self.cases.is_empty()
            && self.refused.is_none()
            && !self.is_taken_back)
    }

    fn take(&mut self, place: &Occurrence) {
        let (day, superseded) = (place.day, place.superseded);
        match place.row {
            BookRow::Order(row) => push(&mut self.orders, day, row, superseded),
            BookRow::Pay(row) => push(&mut self.pays, day, row, superseded),
            BookRow::Refund(row) => push(&mut self.refunds, day, row, superseded),
            BookRow::MerchantRefund(row) => {
                push(&mut self.merchant_refunds, day, row, superseded);
            }
        }
    }
}

fn push<T: PartialEq>(
    list: &mut Vec<DatedRow<T>>,
    day: Option<BillDate>,
    row: T,
    superseded: bool,
) {
    let kept = DatedRow {
        day,
        row,
        superseded,
    };
    if !list.contains(&kept) {
        list.push(kept);
    }
}

/// The order number behind a row, whichever of its numbers was looked for.
pub(super) const fn order_of(row: &BookRow) -> OutTradeNo {
    match row {
        BookRow::Pay(row) => row.out_trade_no,
        BookRow::Refund(row) => row.out_trade_no,
        BookRow::Order(row) => row.out_trade_no,
        BookRow::MerchantRefund(row) => row.out_trade_no,
    }
}

/// Gathers what is known of an order.
///
/// # Errors
/// When the workspace cannot be read.
pub fn collect(
    ports: &Ports,
    profile: (ProfileId, MerchantProfile),
    out_trade_no: &str,
) -> Result<OrderRecord, Failure> {
    let id = profile.0;
    let mut record = OrderRecord::new(profile, out_trade_no);
    for place in ports.books.find(out_trade_no).map_err(Failure::from)? {
        if place.profile == id && order_of(&place.row).as_str() == out_trade_no {
            record.take(&place);
        }
    }
    // What a newer row took the place of has one that stands; what a newer reading took back has none.
    if !record.orders.is_empty() && record.orders.iter().all(|kept| kept.superseded) {
        record.orders.clear();
        record.is_taken_back = true;
    }
    take_partner(ports, &mut record)?;
    record.orders.sort_by_key(|kept| kept.superseded);
    let seen = ports.records.observations(out_trade_no)?;
    record.observations = seen.into_iter().filter(|seen| seen.profile == id).collect();
    let mut numbers = vec![out_trade_no.to_owned(), record.transaction_id()];
    let refunds = record.refunds.iter();
    numbers.extend(refunds.map(|kept| kept.row.out_refund_no.to_string()));
    numbers.retain(|number| !number.is_empty());
    numbers.dedup();
    for number in &numbers {
        let asked = ports.records.exchanges(number, MOST_EXCHANGES)?;
        let mine = asked
            .into_iter()
            .filter(|asked| asked.profile == id && asked.number == *number);
        record.exchanges.extend(mine);
    }
    record.exchanges.sort_by_key(|exchange| exchange.at);
    record.own_refunds = ports.casework.refunds(&RefundQuery {
        profile: Some(id),
        out_trade_no: Some(out_trade_no.to_owned()),
        ..RefundQuery::default()
    })?;
    cases(ports, &mut record)?;
    if !record.open_cases().is_empty() {
        let begun = ports.casework.reissues(Some(id))?.into_iter();
        record.reissues = begun
            .filter(|known| known.draft.out_trade_no == out_trade_no)
            .collect();
    }
    record.answers = super::logged::answers(&record);
    if record.orders.is_empty() {
        record.refused = refused(ports, id, out_trade_no)?;
    }
    record.covered = covered(ports, &record)?;
    if let Some(paid_at) = record.order().and_then(|order| order.paid_at) {
        record.has_bill_of_day = has_bill_of(ports, id, paid_at.day())?;
    }
    if record.pays.iter().all(|kept| kept.superseded)
        && let Some(noticed) = noticed_payment(&record)
    {
        record.is_notice_denied = has_bill_of(ports, id, noticed)?;
    }
    record.awaits_orders = super::under_way::awaits_orders(ports, &record)?;
    Ok(record)
}

/// The other book's side of a record that has one: a shop that asks again under a new number, or keeps numbers of its own,
/// is met by WeChat Pay's number (KEY2).
fn take_partner(ports: &Ports, record: &mut OrderRecord) -> Result<(), Failure> {
    let id = record.profile.0;
    let stands = |superseded: bool| !superseded;
    let has_pay = record.pays.iter().any(|kept| stands(kept.superseded));
    let has_order = !record.orders.is_empty();
    if has_pay == has_order {
        return Ok(());
    }
    let pays = record.pays.iter().map(|kept| kept.row.transaction_id);
    let orders = record.orders.iter().map(|kept| kept.row.transaction_id);
    let mut numbers: Vec<TransactionId> = pays.chain(orders).filter(|id| !id.is_empty()).collect();
    numbers.sort_unstable();
    numbers.dedup();
    for number in numbers {
        for place in ports.books.find(number.as_str()).map_err(Failure::from)? {
            let is_missing = match place.row {
                BookRow::Order(row) => !has_order && row.transaction_id == number,
                BookRow::Pay(row) => !has_pay && row.transaction_id == number,
                BookRow::Refund(row) => !has_pay && row.transaction_id == number,
                BookRow::MerchantRefund(_) => false,
            };
            if place.profile == id && is_missing {
                record.take(&place);
            }
        }
    }
    Ok(())
}

/// True when a verified bill with the payments of a day is here; one of refunds alone has none.
fn has_bill_of(ports: &Ports, id: ProfileId, day: BillDate) -> Result<bool, Failure> {
    let bills = ports.books.bills(id, day).map_err(Failure::from)?;
    Ok(bills
        .iter()
        .any(|bill| bill.standing == Standing::Verified && has_payments(&bill.kind)))
}

/// True for a trade bill with payments; a fund-flow bill says nothing of an order that did not come.
fn has_payments(kind: &str) -> bool {
    matches!(kind, "bill.all" | "bill.success")
}

/// The day of a payment of which WeChat Pay's newest word is a notification.
fn noticed_payment(record: &OrderRecord) -> Option<BillDate> {
    let about_order = |seen: &&Observation| {
        seen.is_believed() && seen.refund_id.is_empty() && seen.out_refund_no.is_empty()
    };
    let told = record.observations.iter().filter(about_order);
    let newest = told.max_by_key(|seen| seen.at)?;
    let is_notice = newest.source == ObservationSource::Notice && newest.state == "SUCCESS";
    newest.happened_at.filter(|_| is_notice).map(Instant::day)
}

/// A finding of the whole day that stands for what is only in one book: half an export, or a wrong column.
fn covered(ports: &Ports, record: &OrderRecord) -> Result<Option<Category>, Failure> {
    let pay = record.pays.iter().find(|kept| !kept.superseded);
    let order = record.order();
    let (day, time) = match (pay, order.and_then(|order| order.paid_at)) {
        (Some(kept), None) if order.is_none() => (kept.day, Some(kept.row.time)),
        (None, Some(paid)) => (Some(paid.day()), None),
        _ => return Ok(None),
    };
    let Some(day) = day else {
        return Ok(None);
    };
    let id = record.profile.0;
    let Some(run) = ports.records.current_run(id, day)? else {
        return Ok(None);
    };
    let holes = &run.summary.coverage.holes;
    let in_hole = time.is_some_and(|time| {
        holes
            .iter()
            .any(|hole| hole.from <= time && time <= hole.to)
    });
    if in_hole {
        return Ok(Some(Category::MCoverage));
    }
    let is_foreign = run
        .summary
        .lines()
        .any(|line| line.category == Category::MForeign);
    Ok(is_foreign.then_some(Category::MForeign))
}

/// The row of an orders file with this number that was not imported.
///
/// # Errors
/// When the workspace cannot be read.
pub fn refused(
    ports: &Ports,
    profile: ProfileId,
    number: &str,
) -> Result<Option<SetAside>, Failure> {
    let found = ports
        .books
        .set_aside(profile, RecordKind::Orders, &[number])
        .map_err(Failure::from)?;
    Ok(found.into_iter().next().flatten())
}

/// A refund of an order, as far as the workspace knows its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownRefund {
    /// 商户退款单号.
    pub out_refund_no: OutRefundNo,
    /// 微信退款单号; empty where only the merchant knows of it.
    pub refund_id: RefundId,
}

/// The refunds of an order whose numbers stand anywhere in the workspace, each once.
///
/// # Errors
/// When the workspace cannot be read.
pub fn known_refunds(
    ports: &Ports,
    profile: ProfileId,
    out_trade_no: &str,
) -> Result<Vec<KnownRefund>, Failure> {
    let mut out: Vec<KnownRefund> = Vec::new();
    let mut add = |out_refund_no: OutRefundNo, refund_id: RefundId| {
        if out_refund_no.is_empty() {
            return;
        }
        match out
            .iter_mut()
            .find(|known| known.out_refund_no == out_refund_no)
        {
            Some(known) if known.refund_id.is_empty() => known.refund_id = refund_id,
            Some(_) => {}
            None => out.push(KnownRefund {
                out_refund_no,
                refund_id,
            }),
        }
    };
    for place in ports.books.find(out_trade_no).map_err(Failure::from)? {
        if place.profile != profile || order_of(&place.row).as_str() != out_trade_no {
            continue;
        }
        match place.row {
            BookRow::Refund(row) => add(row.out_refund_no, row.refund_id),
            BookRow::MerchantRefund(row) => add(row.out_refund_no, RefundId::EMPTY),
            BookRow::Order(row) => add(row.refund_no, RefundId::EMPTY),
            BookRow::Pay(_) => {}
        }
    }
    for seen in ports.records.observations(out_trade_no)? {
        if seen.profile == profile
            && seen.is_believed()
            && let Some(number) = OutRefundNo::new(&seen.out_refund_no)
        {
            add(
                number,
                RefundId::new(&seen.refund_id).unwrap_or(RefundId::EMPTY),
            );
        }
    }
    Ok(out)
}

/// Cases are found by their stable keys: one question for each family and number.
fn cases(ports: &Ports, record: &mut OrderRecord) -> Result<(), Failure> {
    let (id, profile) = &record.profile;
    let mut families: Vec<&str> = Category::all().map(Category::family).collect();
    families.sort_unstable();
    families.dedup();
    // A finding without an order number goes by WeChat Pay's; a refund kept in the order's row by its number there.
    let mut numbers = vec![
        ("pay", record.out_trade_no.clone()),
        ("pay", record.transaction_id()),
    ];
    // Both books may know it under a number of their own.
    let pays = record.pays.iter();
    numbers.extend(pays.map(|kept| ("pay", kept.row.out_trade_no.to_string())));
    let orders = record.orders.iter();
    numbers.extend(orders.map(|kept| ("pay", kept.row.out_trade_no.to_string())));
    let orders = record.orders.iter();
    numbers.extend(orders.map(|kept| ("refund", kept.row.refund_no.to_string())));
    let refunds = record.refunds.iter();
    numbers.extend(refunds.map(|kept| ("refund", kept.row.out_refund_no.to_string())));
    let merchant = record.merchant_refunds.iter();
    numbers.extend(merchant.map(|kept| ("refund", kept.row.out_refund_no.to_string())));
    numbers.retain(|(_, number)| !number.is_empty());
    numbers.sort_unstable();
    numbers.dedup();
    let mut shops = vec![String::new()];
    let named = super::order_summary::sub_merchants(record);
    shops.extend(named.iter().map(ToString::to_string));
    let mut found = Vec::new();
    for (kind, number) in &numbers {
        for family in &families {
            for shop in &shops {
                let key = case_key(&profile.mch_id, shop, kind, number, family);
                if let Some(case) = ports.records.case(*id, &key)? {
                    let events = ports.records.case_events(case.id)?;
                    found.push(CaseStory { case, events });
                }
            }
        }
    }
    record.cases = found;
    Ok(())
}

/// What finance staff call a payment status.
#[must_use]
pub const fn pay_status_words(status: PayStatus) -> (&'static str, &'static str) {
    match status {
        PayStatus::Created => ("未支付", "not paid"),
        PayStatus::Paying => ("支付中", "being paid"),
        PayStatus::Paid => ("已支付", "paid"),
        PayStatus::Failed => ("支付失败", "failed"),
        PayStatus::Closed => ("已关闭", "closed"),
        PayStatus::Refunded => ("已退款", "refunded"),
        PayStatus::Unknown => ("未知", "unknown"),
    }
}
