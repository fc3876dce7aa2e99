//! The report of one day: 汇总, 差错, 在途, 退款, 手续费.

use std::collections::BTreeMap;

use recondesk_domain::{BillDate, BillRefundState, Fee, Fen, Language, group_digits};
use recondesk_ports::{Report, ReportCell, ReportColumn, ReportPart, ReportTable, RunRecord};
use recondesk_reconcile::{
    BookSummary, Evidence, EvidenceError, Headline, PoolKind, PoolSide, ReconcileError, RunSummary,
};

use super::table::{category_cells, counts, fees, money, times, words};
use super::{ReportMade, ReportRequest, cases, changed_since, identity_words, logo, pictures};
use crate::Failure;
use crate::jobs::day::open_work;
use crate::jobs::reconcile::Basis;

/// The report of a day that was compared.
///
/// # Errors
/// [`Failure`]: never compared, the books changed since, or the workspace cannot be read.
pub fn of_day(request: &ReportRequest<'_>, day: BillDate) -> Result<ReportMade, Failure> {
    let run = request.run(day)?;
    let imports = request.ports.books.imports(request.id)?;
    if !request.is_as_compared(&imports, &run)? {
        return Err(changed_since(day));
    }
    let evidence = request.ports.books.evidence(request.id)?;
    let summary = &run.summary;
    let open = open_work(request.ports.records.as_ref(), request.id, day)?;
    let headline = Headline {
        to_work: open.count,
        at_stake: open.at_stake,
        ..summary.headline()
    };
    let case_table = ReportTable::new(
        String::new(),
        cases::columns(request, false),
        cases::rows(request, &run, false)?,
    )?;
    let parts = vec![
        part(
            request.pick("汇总", "Summary"),
            summary_tables(request, summary)?,
        ),
        part(request.pick("差错", "Cases"), vec![case_table]),
        part(
            request.pick("在途", "In transit"),
            vec![transit(request, day)?],
        ),
        part(
            request.pick("退款", "Refunds"),
            vec![refunds(request, &run, evidence.as_ref())?],
        ),
        part(
            request.pick("手续费", "Fees"),
            vec![day_fees(request, &run, evidence.as_ref())?],
        ),
    ];
    let report = Report {
        language: request.language,
        title: request.pick("对账日报", "Daily reconciliation").to_owned(),
        merchant: request.profile.name.clone(),
        mch_id: request.profile.mch_id.clone(),
        period: day.to_string(),
        made_at: request.ports.clock.now(),
        sentence: opening(request, &run, &headline)?,
        logo: logo(request.ports.records.as_ref(), request.id)?,
        pictures: pictures::of_day(summary, request.language),
        parts,
    };
    Ok(ReportMade {
        report,
        needs_person: open.needs_person() || !summary.has_bill || Basis::lacks_orders(summary),
    })
}

pub(super) fn part(name: &str, tables: Vec<ReportTable>) -> ReportPart {
    ReportPart {
        name: name.to_owned(),
        tables,
    }
}

/// The first sentence: where nothing was compared it says so and gives no counts that look like a result.
fn opening(
    request: &ReportRequest<'_>,
    run: &RunRecord,
    headline: &Headline,
) -> Result<String, Failure> {
    let findings = request.ports.records.findings(run.id)?;
    let basis = Basis::of(&run.summary, &findings).words();
    Ok(basis.map_or_else(
        || sentence(headline, request.language),
        |words| words.get(request.language).to_owned(),
    ))
}

/// What a person says aloud of the day or month.
pub(super) fn sentence(headline: &Headline, language: Language) -> String {
    let number = |n: u64| group_digits(&n.to_string());
    let (rows, matched) = (number(headline.rows), number(headline.matched));
    let (cross, work) = (number(headline.cross_day), number(headline.to_work));
    let stake = headline.at_stake.grouped();
    match language {
        Language::Zh => {
            format!("账单 {rows} 笔，平账 {matched}；跨日 {cross}；需处理 {work}，涉及 ¥{stake}")
        }
        Language::En => format!(
            "{rows} rows in the bill, {matched} matched; {cross} across days; {work} to work, ¥{stake} at stake"
        ),
    }
}

fn summary_tables(
    request: &ReportRequest<'_>,
    summary: &RunSummary,
) -> Result<Vec<ReportTable>, Failure> {
    let mut out = vec![
        book(request, request.pick("支付", "Payments"), &summary.pays)?,
        book(request, request.pick("退款", "Refunds"), &summary.refunds)?,
    ];
    if !summary.day_findings.is_empty() {
        let columns = vec![
            words(request.pick("代码", "Code"), 7),
            words(request.pick("分类", "Category"), 22),
            words(request.pick("级别", "Severity"), 9),
            counts(request.pick("差错", "Findings")),
            money(request.pick("涉及 ¥", "At stake ¥")),
        ];
        let rows = summary.day_findings.iter().map(|line| {
            let mut row = category_cells(line.category, request.language).to_vec();
            row.extend([
                ReportCell::Count(line.findings),
                ReportCell::Money(line.at_stake),
            ]);
            row
        });
        let caption = request.pick("账单与当日", "Bill and day").to_owned();
        out.push(ReportTable::new(caption, columns, rows.collect())?);
    }
    out.push(settlement(request, summary)?);
    out.push(roll_forward(request, summary)?);
    out.push(identity_words::table(request, summary)?);
    Ok(out)
}

/// One kind of rows, by category: payments and refunds are never added to each other.
fn book(
    request: &ReportRequest<'_>,
    caption: &str,
    book: &BookSummary,
) -> Result<ReportTable, Failure> {
    let columns = vec![
        words(request.pick("代码", "Code"), 7),
        words(request.pick("分类", "Category"), 22),
        words(request.pick("级别", "Severity"), 9),
        counts(request.pick("微信 笔数", "WeChat rows")),
        money(request.pick("微信 ¥", "WeChat ¥")),
        counts(request.pick("商户 笔数", "Merchant rows")),
        money(request.pick("商户 ¥", "Merchant ¥")),
        counts(request.pick("差错", "Findings")),
        money(request.pick("涉及 ¥", "At stake ¥")),
    ];
    let rows = book.lines.iter().map(|line| {
        let mut row = category_cells(line.category, request.language).to_vec();
        row.extend([
            ReportCell::Count(line.wechat.count),
            ReportCell::Money(line.wechat.fen),
            ReportCell::Count(line.merchant.count),
            ReportCell::Money(line.merchant.fen),
        ]);
        row.extend(if line.category.severity().needs_person() {
            [
                ReportCell::Count(line.findings),
                ReportCell::Money(line.at_stake),
            ]
        } else {
            [ReportCell::Empty, ReportCell::Empty]
        });
        row
    });
    Ok(ReportTable::new(
        caption.to_owned(),
        columns,
        rows.collect(),
    )?)
}

fn settlement(request: &ReportRequest<'_>, summary: &RunSummary) -> Result<ReportTable, Failure> {
    let net = summary.net;
    let yuan = |fen: Fen| {
        fen.get()
            .checked_mul(Fee::UNITS_PER_FEN)
            .map_or(ReportCell::Empty, |units| ReportCell::Fee(Fee::new(units)))
    };
    let mut amount = fees("¥");
    amount.sum = false;
    let columns = vec![words(request.pick("项目", "Item"), 22), amount];
    let mut rows = vec![vec![
        ReportCell::text(request.pick("应结订单金额", "Settled payments")),
        yuan(net.settled),
    ]];
    if net.reversed != Fen::ZERO {
        rows.push(vec![
            ReportCell::text(request.pick("其中已撤销，不结算", "Of it reversed, not settled")),
            yuan(net.reversed),
        ]);
    }
    rows.extend([
        vec![
            ReportCell::text(request.pick("退款金额", "Refunds")),
            yuan(net.refunded),
        ],
        vec![
            ReportCell::text(request.pick("手续费", "Fees")),
            ReportCell::Fee(Fee::new(net.fees)),
        ],
        vec![
            ReportCell::text(request.pick("应结净额", "Net settlement")),
            ReportCell::Fee(Fee::new(net.net)),
        ],
    ]);
    let caption = request.pick("结算", "Settlement").to_owned();
    Ok(ReportTable::new(caption, columns, rows)?)
}

fn roll_forward(request: &ReportRequest<'_>, summary: &RunSummary) -> Result<ReportTable, Failure> {
    let mut columns = vec![
        words(request.pick("类型", "Kind"), 10),
        words(request.pick("一侧", "Side"), 12),
    ];
    for (zh, en) in [
        ("期初", "Opening"),
        ("新增", "New"),
        ("结清", "Cleared"),
        ("到期", "Expired"),
        ("期末", "Closing"),
    ] {
        let name = request.pick(zh, en);
        let count = format!("{name}{}", request.pick(" 笔数", " rows"));
        let mut count = counts(&count);
        let mut sum = money(&format!("{name} ¥"));
        // Payments and refunds of both sides: a sum over them would say nothing.
        (count.sum, sum.sum) = (false, false);
        columns.extend([count, sum]);
    }
    let rows = summary.pool.iter().map(|roll| {
        let mut row = vec![
            ReportCell::text(kind_word(request, roll.kind)),
            ReportCell::text(side_word(request, roll.side)),
        ];
        for sums in [
            roll.opening,
            roll.new,
            roll.cleared,
            roll.expired,
            roll.closing,
        ] {
            row.extend([ReportCell::Count(sums.count), ReportCell::Money(sums.fen)]);
        }
        row
    });
    let caption = request.pick("在途滚动", "Pool roll-forward").to_owned();
    Ok(ReportTable::new(caption, columns, rows.collect())?)
}

fn kind_word<'w>(request: &ReportRequest<'_>, kind: PoolKind) -> &'w str {
    match kind {
        PoolKind::Pay => request.pick("支付", "Payment"),
        PoolKind::Refund => request.pick("退款", "Refund"),
    }
}

fn side_word<'w>(request: &ReportRequest<'_>, side: PoolSide) -> &'w str {
    match side {
        PoolSide::Wechat => request.pick("微信有", "WeChat has it"),
        PoolSide::Merchant => request.pick("商户有", "Merchant has it"),
    }
}

/// 在途: what is open when the day ends.
pub(super) fn transit(request: &ReportRequest<'_>, day: BillDate) -> Result<ReportTable, Failure> {
    let columns = vec![
        words(request.pick("类型", "Kind"), 10),
        words(request.pick("一侧", "Side"), 12),
        words(request.pick("商户订单号", "Order number"), 34),
        words(request.pick("商户退款单号", "Refund number"), 28),
        words(request.pick("微信订单号", "Payment number"), 34),
        money("¥"),
        times(request.pick("时间", "Time")),
        times(request.pick("进入日", "Entered on")),
    ];
    let pool = request.ports.records.opening_pool(request.id, day.next())?;
    let mut tables = BTreeMap::new();
    for item in &pool {
        let row = vec![
            ReportCell::text(kind_word(request, item.kind)),
            ReportCell::text(side_word(request, item.side)),
            ReportCell::text(item.out_trade_no.as_str()),
            ReportCell::text(item.out_refund_no.as_str()),
            ReportCell::text(item.transaction_id.as_str()),
            ReportCell::Money(item.amount),
            ReportCell::Time(item.time),
            ReportCell::Day(item.entered),
        ];
        tables
            .entry((item.kind, item.side))
            .or_insert_with(Vec::new)
            .push(row);
    }
    let mut columns = columns;
    // One kind on one side can be added up, a mixture cannot.
    if let Some(amount) = columns.get_mut(5) {
        amount.sum = tables.len() == 1;
    }
    let rows = tables.into_values().flatten().collect();
    Ok(ReportTable::new(String::new(), columns, rows)?)
}

/// 退款: every refund of the bill of the day.
fn refunds(
    request: &ReportRequest<'_>,
    run: &RunRecord,
    evidence: &dyn Evidence,
) -> Result<ReportTable, Failure> {
    let columns = vec![
        words(request.pick("商户退款单号", "Refund number"), 28),
        words(request.pick("微信退款单号", "Refund of WeChat Pay"), 32),
        words(request.pick("商户订单号", "Order number"), 34),
        words(request.pick("微信订单号", "Payment number"), 34),
        times(request.pick("时间", "Time")),
        words(request.pick("状态", "State"), 12),
        money(request.pick("申请退款 ¥", "Asked for ¥")),
        money(request.pick("退款 ¥", "Refunded ¥")),
        money(request.pick("充值券 ¥", "Coupons ¥")),
        fees(request.pick("退回手续费 ¥", "Fee returned ¥")),
    ];
    let mut rows = Vec::new();
    let mut sum = Fen::ZERO;
    for refund in evidence.refunds(run.day).map_err(unreadable)? {
        let refund = refund.map_err(unreadable)?;
        sum = sum
            .checked_add(refund.amount)
            .ok_or_else(|| changed_since(run.day))?;
        rows.push(vec![
            ReportCell::text(refund.out_refund_no.as_str()),
            ReportCell::text(refund.refund_id.as_str()),
            ReportCell::text(refund.out_trade_no.as_str()),
            ReportCell::text(refund.transaction_id.as_str()),
            ReportCell::Time(refund.time),
            ReportCell::text(state_word(request, refund.state)),
            ReportCell::Money(refund.amount),
            ReportCell::Money(refund.settled),
            ReportCell::Money(refund.coupon),
            ReportCell::Fee(refund.fee),
        ]);
    }
    let said = run.summary.refunds.wechat;
    if said.count != rows.len() as u64 || said.fen != sum {
        return Err(changed_since(run.day));
    }
    Ok(ReportTable::new(String::new(), columns, rows)?)
}

fn state_word<'w>(request: &ReportRequest<'_>, state: BillRefundState) -> &'w str {
    match state {
        BillRefundState::Success => request.pick("成功", "done"),
        BillRefundState::Processing => request.pick("处理中", "on its way"),
        BillRefundState::Fail => request.pick("失败", "failed"),
        BillRefundState::Change => request.pick("异常", "needs a person"),
        BillRefundState::Unknown => request.pick("未知", "unknown"),
    }
}

/// Rows of one rate.
#[derive(Default)]
struct RateLine {
    payments: u64,
    paid: i64,
    refunds: u64,
    refunded: i64,
    fee: i64,
}

/// 手续费: by the rate that the bill names.
fn day_fees(
    request: &ReportRequest<'_>,
    run: &RunRecord,
    evidence: &dyn Evidence,
) -> Result<ReportTable, Failure> {
    let beyond = || changed_since(run.day);
    let mut lines = BTreeMap::<i32, RateLine>::new();
    let mut all = 0_i64;
    for pay in evidence.pays(run.day).map_err(unreadable)? {
        let pay = pay.map_err(unreadable)?;
        let line = lines.entry(pay.rate).or_default();
        line.payments = line.payments.saturating_add(1);
        line.paid = line
            .paid
            .checked_add(pay.settled.get())
            .ok_or_else(beyond)?;
        line.fee = line.fee.checked_add(pay.fee.get()).ok_or_else(beyond)?;
        all = all.checked_add(pay.fee.get()).ok_or_else(beyond)?;
    }
    for refund in evidence.refunds(run.day).map_err(unreadable)? {
        let refund = refund.map_err(unreadable)?;
        let line = lines.entry(refund.rate).or_default();
        line.refunds = line.refunds.saturating_add(1);
        line.refunded = line
            .refunded
            .checked_add(refund.settled.get())
            .ok_or_else(beyond)?;
        line.fee = line.fee.checked_add(refund.fee.get()).ok_or_else(beyond)?;
        all = all.checked_add(refund.fee.get()).ok_or_else(beyond)?;
    }
    if all != run.summary.net.fees {
        return Err(changed_since(run.day));
    }
    let columns: Vec<ReportColumn> = vec![
        words(request.pick("费率", "Rate"), 10),
        counts(request.pick("支付 笔数", "Payments")),
        money(request.pick("应结 ¥", "Settled ¥")),
        counts(request.pick("退款 笔数", "Refunds")),
        money(request.pick("退款 ¥", "Refunded ¥")),
        fees(request.pick("手续费 ¥", "Fee ¥")),
    ];
    let rows = lines.into_iter().map(|(rate, line)| {
        vec![
            ReportCell::text(&rate_word(rate)),
            ReportCell::Count(line.payments),
            ReportCell::Money(Fen::new(line.paid)),
            ReportCell::Count(line.refunds),
            ReportCell::Money(Fen::new(line.refunded)),
            ReportCell::Fee(Fee::new(line.fee)),
        ]
    });
    Ok(ReportTable::new(String::new(), columns, rows.collect())?)
}

/// `0.60%`, from the unit of [`recondesk_domain::WPay::rate`]; a dash where the bill names none.
fn rate_word(rate: i32) -> String {
    let Ok(rate) = u32::try_from(rate) else {
        return "—".to_owned();
    };
    if rate.is_multiple_of(100) {
        format!("{}.{:02}%", rate / 10_000, rate % 10_000 / 100)
    } else {
        format!("{}.{:04}%", rate / 10_000, rate % 10_000)
    }
}

fn unreadable(error: EvidenceError) -> Failure {
    ReconcileError::Evidence(error).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_shown_as_bills_print_them() {
        for (rate, text) in [
            (6_000, "0.60%"),
            (3_850, "0.3850%"),
            (0, "0.00%"),
            (-1, "—"),
        ] {
            assert_eq!(rate_word(rate), text);
        }
    }
}
