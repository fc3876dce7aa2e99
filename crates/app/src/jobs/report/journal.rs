//! Journal lines for the bookkeeping: one balanced voucher a day, by a template that a person can change.
//!
//! A template is TOML: columns, an encoding, and lines that say which figure stands on which side. Templates
//! for 用友 and 金蝶 are built in. A voucher whose sides differ is not written.

use serde::Deserialize;

use recondesk_domain::{BillDate, Fee, Fen, formula_safe};
use recondesk_intake::TomlSlip;
use recondesk_ports::RunRecord;
use recondesk_reconcile::NetSettlement;

use super::ReportRequest;
use crate::{Advice, Failure, FailureKind, Message};

/// The template for 用友.
pub const YONYOU: &str = include_str!("yonyou.toml");
/// The template for 金蝶.
pub const KINGDEE: &str = include_str!("kingdee.toml");

/// Largest template read, in bytes.
const MAX_BYTES: usize = 64 << 10;
/// Most columns and lines of a template.
const MAX_CELLS: usize = 100;

/// A template, read and checked.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JournalTemplate {
    encoding: JournalEncoding,
    columns: Vec<String>,
    line: Vec<TemplateLine>,
}

/// The encoding of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
enum JournalEncoding {
    #[serde(rename = "gb18030")]
    Gb18030,
    #[serde(rename = "utf-8")]
    Utf8,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct TemplateLine {
    side: VoucherSide,
    amount: Figure,
    cells: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum VoucherSide {
    Debit,
    Credit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Figure {
    Settled,
    Refunded,
    Fee,
    Net,
}

/// What a cell may hold beside words.
const PLACES: [&str; 6] = ["day", "merchant", "mch_id", "voucher", "debit", "credit"];

/// The journal of some days, ready to be written to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoucherJournal {
    /// The file.
    pub bytes: Vec<u8>,
    /// How many vouchers are in it.
    pub vouchers: u64,
    /// Days without a verified bill, or not compared yet, which have none.
    pub left_out: Vec<BillDate>,
    /// Days whose bill is another one than was compared; they have none either.
    pub changed: Vec<BillDate>,
}

impl JournalTemplate {
    /// Reads a template.
    ///
    /// # Errors
    /// [`Failure`] that names what is wrong with it.
    pub fn read(text: &str) -> Result<Self, Failure> {
        if text.len() > MAX_BYTES {
            return Err(no_template(&Message::new(
                "超过 64 KB",
                "longer than 64 KB",
            )));
        }
        let template: Self = toml::from_str(text)
            .map_err(|error| no_template(&TomlSlip::of(text, &error).message()))?;
        let width = template.columns.len();
        if width == 0 || width > MAX_CELLS || template.line.len() > MAX_CELLS {
            return Err(no_template(&Message::new(
                format!("列数或行数须在 1 到 {MAX_CELLS} 之间"),
                format!("it needs 1 to {MAX_CELLS} columns and lines"),
            )));
        }
        for line in &template.line {
            if line.cells.len() != width {
                return Err(no_template(&Message::new(
                    format!("列数 {width}，一行却有 {} 格", line.cells.len()),
                    format!("{width} columns, but a line of {} cells", line.cells.len()),
                )));
            }
            for cell in &line.cells {
                check_places(cell)?;
            }
        }
        Ok(template)
    }
}

/// Every `{…}` of a cell must be known, or a mistake would become a word in the books.
fn check_places(cell: &str) -> Result<(), Failure> {
    for part in cell.split('{').skip(1) {
        let place = part.split_once('}').map(|(place, _)| place);
        if !place.is_some_and(|place| PLACES.contains(&place)) {
            return Err(refused(cell));
        }
    }
    Ok(())
}

/// The journal of these days, each by its run.
///
/// # Errors
/// [`Failure`]: a voucher that does not balance, or a sum that cannot be counted.
pub fn of_days(
    request: &ReportRequest<'_>,
    template: &JournalTemplate,
    first: BillDate,
    last: BillDate,
) -> Result<VoucherJournal, Failure> {
    let runs = request
        .ports
        .records
        .current_runs(request.id, first, last)?;
    if runs.is_empty() {
        return Err(super::not_compared(&first.to_string()));
    }
    let (runs, changed) = super::as_compared(request, runs)?;
    if first == last
        && let Some(day) = changed.first()
    {
        return Err(super::changed_since(*day));
    }
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(&template.columns)
        .map_err(|error| refused(&error.to_string()))?;
    let mut vouchers = 0_u64;
    let no_bill = request.ports.records.no_bill_days(request.id)?;
    let now = request.ports.clock.now();
    let is_done = |day: &BillDate| runs.iter().any(|run| run.day == *day) || changed.contains(day);
    let mut left_out: Vec<BillDate> = std::iter::successors(Some(first), |day| Some(day.next()))
        .take_while(|day| *day <= last && now >= day.bill_available_from())
        .filter(|day| !is_done(day) && !no_bill.contains(day))
        .collect();
    for run in &runs {
        if !run.summary.has_bill {
            left_out.push(run.day);
            continue;
        }
        vouchers = vouchers.saturating_add(1);
        for row in voucher(request, template, run, vouchers)? {
            csv.write_record(&row)
                .map_err(|error| refused(&error.to_string()))?;
        }
    }
    left_out.sort_unstable();
    let bytes = csv
        .into_inner()
        .map_err(|error| refused(&error.to_string()))?;
    Ok(VoucherJournal {
        bytes: encoded(bytes, template.encoding)?,
        vouchers,
        left_out,
        changed,
    })
}

fn encoded(bytes: Vec<u8>, encoding: JournalEncoding) -> Result<Vec<u8>, Failure> {
    match encoding {
        JournalEncoding::Utf8 => {
            let mut out = b"\xEF\xBB\xBF".to_vec();
            out.extend(bytes);
            Ok(out)
        }
        JournalEncoding::Gb18030 => {
            let text = String::from_utf8(bytes).map_err(|error| refused(&error.to_string()))?;
            Ok(encoding_rs::GB18030.encode(&text).0.into_owned())
        }
    }
}

/// The figures of a voucher, to the fen.
#[derive(Debug, Clone, Copy)]
struct VoucherFigures {
    settled: Fen,
    refunded: Fen,
    fee: Fen,
    net: Fen,
}

impl VoucherFigures {
    fn of(net: &NetSettlement) -> Option<Self> {
        let fee = rounded(Fee::new(net.fees))?;
        let settled = net.settled.checked_sub(net.reversed)?;
        let paid_out = settled.checked_sub(net.refunded)?;
        Some(Self {
            settled,
            refunded: net.refunded,
            fee,
            net: paid_out.checked_sub(fee)?,
        })
    }

    const fn get(&self, figure: Figure) -> Fen {
        match figure {
            Figure::Settled => self.settled,
            Figure::Refunded => self.refunded,
            Figure::Fee => self.fee,
            Figure::Net => self.net,
        }
    }
}

/// To the fen, halves away from zero, as the gateway rounds the fee of a payment.
fn rounded(fee: Fee) -> Option<Fen> {
    let half = Fee::UNITS_PER_FEN / 2;
    let units = fee.get();
    let moved = if units < 0 {
        units.checked_sub(half)?
    } else {
        units.checked_add(half)?
    };
    Some(Fen::new(moved / Fee::UNITS_PER_FEN))
}

fn voucher(
    request: &ReportRequest<'_>,
    template: &JournalTemplate,
    run: &RunRecord,
    number: u64,
) -> Result<Vec<Vec<String>>, Failure> {
    let beyond = || Failure::from(recondesk_ports::TotalTooLarge);
    let figures = VoucherFigures::of(&run.summary.net).ok_or_else(beyond)?;
    let (mut debit, mut credit) = (Fen::ZERO, Fen::ZERO);
    let mut out = Vec::new();
    for line in &template.line {
        let amount = figures.get(line.amount);
        if amount == Fen::ZERO {
            continue;
        }
        let side = match line.side {
            VoucherSide::Debit => &mut debit,
            VoucherSide::Credit => &mut credit,
        };
        *side = side.checked_add(amount).ok_or_else(beyond)?;
        out.push(cells(request, run, line, amount, number));
    }
    if debit == credit {
        return Ok(out);
    }
    Err(Failure::new(
        FailureKind::Usage,
        "journal.unbalanced",
        Message::new(
            "凭证借贷不平，没有导出",
            "Debit and credit of a voucher differ; nothing was written",
        ),
        Message::new("检查模板的 line", "Check the lines of the template"),
    )
    .with_detail(format!("{} {debit} ≠ {credit}", run.day)))
}

fn cells(
    request: &ReportRequest<'_>,
    run: &RunRecord,
    line: &TemplateLine,
    amount: Fen,
    number: u64,
) -> Vec<String> {
    let (debit, credit) = match line.side {
        VoucherSide::Debit => (amount.to_string(), String::new()),
        VoucherSide::Credit => (String::new(), amount.to_string()),
    };
    let fill = |cell: &String| {
        let is_money = cell == "{debit}" || cell == "{credit}";
        let text = cell
            .replace("{day}", &run.day.to_string())
            .replace("{voucher}", &number.to_string())
            .replace("{debit}", &debit)
            .replace("{credit}", &credit)
            .replace("{mch_id}", &request.profile.mch_id)
            .replace("{merchant}", &request.profile.name);
        // Amounts may be negative (红字) and must stay numbers; everything else is text.
        if is_money {
            text
        } else {
            formula_safe(&text).into_owned()
        }
    };
    line.cells.iter().map(fill).collect()
}

fn refused(detail: &str) -> Failure {
    no_template(&Message::new(detail, detail))
}

fn no_template(reason: &Message) -> Failure {
    Failure::new(
        FailureKind::RefusedInput,
        "journal.template",
        Message::new(
            format!("凭证模板不能用：{}", reason.zh),
            format!("The journal template cannot be used: {}", reason.en),
        ),
        Advice::by_place(
            Message::new(
                "以 recondesk report template yonyou 的输出为底稿修改",
                "Start from what recondesk report template yonyou prints",
            ),
            Message::new(
                "以自带的用友、金蝶模板为底稿修改，见手册“报告”",
                "Start from the templates that come with the program; see Reports in the handbook",
            ),
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_templates_are_good_and_balance_by_design() {
        for text in [YONYOU, KINGDEE] {
            let template = JournalTemplate::read(text).unwrap();
            let figures = VoucherFigures::of(&NetSettlement {
                settled: Fen::new(125_456),
                reversed: Fen::new(2_000),
                refunded: Fen::new(2_345),
                fees: 734_501,
                net: 0,
            })
            .unwrap();
            let sum = |side: VoucherSide| -> i64 {
                let lines = template.line.iter().filter(|line| line.side == side);
                lines.map(|line| figures.get(line.amount).get()).sum()
            };

            assert_eq!(sum(VoucherSide::Debit), sum(VoucherSide::Credit));
            assert_eq!(figures.fee, Fen::new(735));
        }
    }

    #[test]
    fn a_template_with_a_mistake_is_refused_by_name() {
        for (from, to) in [
            ("\"记\"", "\"{dya}\""),
            ("side = \"debit\"", "side = \"left\""),
            ("amount = \"net\"", "amount = \"nett\""),
            ("encoding", "coding"),
            ("\"附单据数\", ", ""),
        ] {
            let text = YONYOU.replacen(from, to, 1);
            assert_ne!(text, YONYOU, "{from}");
            let failure = JournalTemplate::read(&text).unwrap_err();
            assert_eq!(failure.code, "journal.template", "{to}");
            let (zh, en) = ("凭证模板不能用：", "The journal template cannot be used: ");
            assert!(failure.title.zh.len() > zh.len() && failure.title.zh.starts_with(zh));
            assert!(failure.title.en.len() > en.len() && failure.title.en.starts_with(en));
        }
    }

    #[test]
    fn fees_are_rounded_to_the_fen_away_from_zero() {
        for (units, fen) in [(499, 0), (500, 1), (1_499, 1), (-500, -1), (-499, 0)] {
            assert_eq!(rounded(Fee::new(units)), Some(Fen::new(fen)));
        }
    }
}
