//! The facts of a finding as people read them: `minutes=34` stays for programs, a table says that the times differ by
//! 34 minutes.

use super::{Fee, Fen, Language, Term};

/// The facts of a finding in one language; what is no known fact stays as it is.
#[must_use]
pub fn facts_in_words(facts: &str, language: Language) -> String {
    let mut out: Vec<String> = Vec::new();
    let mut free = String::new();
    for word in facts.split_whitespace() {
        let told = word
            .split_once('=')
            .and_then(|(key, value)| fact_in_words(key, value, language));
        if let Some(told) = told {
            flush(&mut free, &mut out);
            out.push(told);
            continue;
        }
        // A name of a file may have blanks, and a reason of a bill is a sentence.
        if !free.is_empty() {
            free.push(' ');
        }
        free.push_str(word);
    }
    flush(&mut free, &mut out);
    out.join(language.pick("，", ", "))
}

/// The tag of a finding in one language; a code stays one.
#[must_use]
pub fn tag_in_words(tag: &str, language: Language) -> String {
    let term = match tag {
        "KEY2" => Term::new("按微信订单号对上", "matched by WeChat's number"),
        "ID_CONFLICT" => Term::new("其他标识不一致", "another identifier disagrees"),
        "NO_BILL_OF_DAY_BEFORE" => Term::new("缺前一天的账单", "no bill of the day before"),
        "SUGGESTED" => Term::new("疑似，待确认", "suggested"),
        "KEEP" => Term::new("保留这一笔", "keep this one"),
        "HOLD" => Term::new("先核实", "review first"),
        "CANDIDATE" => Term::new("疑似", "candidate"),
        code => return code.to_owned(),
    };
    term.in_language(language).to_owned()
}

fn flush(free: &mut String, out: &mut Vec<String>) {
    if !free.is_empty() {
        out.push(std::mem::take(free));
    }
}

/// One fact; `None` where the key is not known, or the value is not what it should be.
fn fact_in_words(key: &str, value: &str, language: Language) -> Option<String> {
    let shown = match key {
        "difference" | "left" | "merchant_refunds" | "refunded" | "paid" => yuan(value)?,
        "fee" | "expected" => Fee::new(value.parse().ok()?).to_string(),
        "rate" | "contract" => percent(value.parse().ok()?)?,
        "closed_at" | "fulfilled_at" | "from" | "to" => value.replace('T', " "),
        "numbers" | "twins" => value.replace(',', language.pick("、", ", ")),
        "currency" | "out_trade_no" | "transaction_id" | "appid" | "sub_mch_id" => {
            let (wechat, merchant) = value.split_once('/')?;
            let word = |word| match word {
                "other" => language.pick("其他", "other"),
                word => word,
            };
            match language {
                Language::Zh => format!("微信 {}、商户 {}", word(wechat), word(merchant)),
                Language::En => format!("WeChat {}, merchant {}", word(wechat), word(merchant)),
            }
        }
        "minutes" | "first_row" | "line" | "rows" | "rows_before" | "import" | "count"
        | "payments" | "orders" | "refunds" => {
            let is_count = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
            value.split('/').all(is_count).then(|| value.to_owned())?
        }
        "entered" | "refunded_in_bill" | "paid_in_bill" | "day" | "group" | "product" | "file"
        | "file_before" => value.to_owned(),
        _ => word_of(key, value)?.in_language(language).to_owned(),
    };
    let (before, after) = frame(key)?.in_language(language).split_once('~')?;
    Some(format!("{before}{shown}{after}"))
}

fn yuan(fen: &str) -> Option<String> {
    Some(Fen::new(fen.parse().ok()?).grouped())
}

/// A rate of millionths, `6000` as `0.60%`.
fn percent(rate: i64) -> Option<String> {
    (rate >= 0).then(|| format!("{}.{:02}%", rate / 10_000, rate % 10_000 / 100))
}

/// What stands around the value of a fact, `~`.
fn frame(key: &str) -> Option<Term> {
    Some(match key {
        "difference" => Term::new("相差 ~ 元", "difference ¥~"),
        "left" => Term::new("未退余额 ~ 元", "¥~ not refunded"),
        "merchant_refunds" => Term::new("商户账已退 ~ 元", "¥~ refunded in the merchant's book"),
        "refunded" => Term::new("已退 ~ 元", "refunded ¥~"),
        "paid" => Term::new("已付 ~ 元", "paid ¥~"),
        "fee" => Term::new("账单手续费 ~ 元", "fee in the bill ¥~"),
        "expected" => Term::new("应为 ~ 元", "expected ¥~"),
        "rate" => Term::new("账单费率 ~", "rate in the bill ~"),
        "contract" => Term::new("合同费率 ~", "contract rate ~"),
        "closed_at" => Term::new("~ 关单", "closed at ~"),
        "fulfilled_at" => Term::new("~ 发货", "delivered at ~"),
        "from" => Term::new("自 ~", "from ~"),
        "to" => Term::new("至 ~", "to ~"),
        "numbers" => Term::new("单号 ~", "numbers ~"),
        "twins" => Term::new("同额退款 ~", "equal refunds ~"),
        "currency" => Term::new("币种 ~", "currency ~"),
        "out_trade_no" => Term::new("商户订单号 ~", "out_trade_no ~"),
        "transaction_id" => Term::new("微信订单号 ~", "transaction_id ~"),
        "appid" => Term::new("公众账号 ~", "appid ~"),
        "sub_mch_id" => Term::new("特约商户 ~", "sub-merchant ~"),
        "minutes" => Term::new("时间相差 ~ 分钟", "times ~ min apart"),
        "first_row" => Term::new("首次在第 ~ 行", "first in row ~"),
        "line" => Term::new("第 ~ 行", "row ~"),
        "rows" => Term::new("~ 行", "rows: ~"),
        "rows_before" => Term::new("原 ~ 行", "rows before: ~"),
        "import" => Term::new("导入 ~", "import ~"),
        "count" => Term::new("~ 笔", "count ~"),
        "payments" => Term::new("微信支付 ~ 笔", "payments ~"),
        "orders" => Term::new("商户订单 ~ 笔", "orders ~"),
        "refunds" => Term::new("退款 ~ 笔", "refunds ~"),
        "entered" => Term::new("~ 挂账", "carried since ~"),
        "refunded_in_bill" => Term::new("~ 的账单里已退款", "refunded in the bill of ~"),
        "paid_in_bill" => Term::new("~ 的账单里有付款", "paid in the bill of ~"),
        "day" => Term::new("账单日 ~", "day ~"),
        "group" => Term::new("疑为一组 ~", "may belong together: ~"),
        "product" => Term::new("产品 ~", "product ~"),
        "file" => Term::new("文件 ~", "file ~"),
        "file_before" => Term::new("原文件 ~", "file before ~"),
        "status" => Term::new("订单状态：~", "order ~"),
        "fulfil_status" => Term::new("~", "~"),
        "bill_state" => Term::new("账单退款状态：~", "refund in the bill: ~"),
        "basis" => Term::new("商户按~记账", "booked by ~"),
        "cause" | "set_aside" | "reason" | "bill" | "refund_time" | "each" | "made" => {
            Term::new("~", "~")
        }
        _ => return None,
    })
}

/// The word that a fact names by a code.
fn word_of(key: &str, value: &str) -> Option<Term> {
    Some(match (key, value) {
        ("status", "created") => Term::new("未支付", "not paid"),
        ("status", "paying") => Term::new("支付中", "being paid"),
        ("status", "paid") => Term::new("已支付", "paid"),
        ("status", "failed") => Term::new("支付失败", "failed"),
        ("status", "closed") => Term::new("已关单", "closed"),
        ("status", "refunding") => Term::new("退款中", "refund asked for"),
        ("status", "refunded") => Term::new("已退款", "refunded"),
        ("status" | "bill_state", "unknown") => Term::new("未知", "unknown"),
        ("fulfil_status", "pending") => Term::new("未发货", "not delivered"),
        ("fulfil_status", "fulfilled") => Term::new("已发货", "delivered"),
        ("fulfil_status", "failed") => Term::new("发货失败", "delivery failed"),
        ("fulfil_status", "not_required") => Term::new("无需发货", "nothing to deliver"),
        ("bill_state", "success") => Term::new("成功", "done"),
        ("bill_state", "processing") => Term::new("退款中", "on its way"),
        ("bill_state", "fail") => Term::new("失败", "failed"),
        ("bill_state", "change") => Term::new("异常（CHANGE）", "abnormal (CHANGE)"),
        ("basis", "settled") => Term::new("应结金额", "the settled amount"),
        ("basis", "paid_by_customer") => Term::new("顾客实付", "what the customer paid"),
        ("cause", "lost_zeros") => Term::new(
            "商户文件里的单号丢了前导零",
            "the numbers of the merchant's file lost their leading zeros",
        ),
        ("cause", "wechat_numbers") => Term::new(
            "商户文件里的是微信订单号",
            "the merchant's file has WeChat Pay's numbers",
        ),
        ("cause", "other_column") => Term::new(
            "金额相同，单号可能取错了列",
            "the amounts agree: another column may hold the number",
        ),
        ("cause", "other_file") => Term::new(
            "这个文件的单号都不在账单里，其他文件的在",
            "no number of this file is in a bill, while those of other files are",
        ),
        ("cause", "unknown") => Term::new("原因不明", "cause unknown"),
        ("set_aside", "refused") => {
            Term::new("订单在导入时被拒收", "its order was refused at import")
        }
        ("set_aside", "left_out") => {
            Term::new("订单在导入时被略过", "its order was left out at import")
        }
        ("reason", "same_number") => {
            Term::new("同一单号付了多次", "paid more than once under one number")
        }
        ("made", "here") => Term::new(
            "从本程序退的，商户账还没有记",
            "refunded with this program, not booked by the shop yet",
        ),
        ("each", "booked") => Term::new(
            "商户逐笔入账，可能是分期",
            "the merchant booked each: perhaps instalments",
        ),
        ("bill", "changed") => Term::new("账单已更换", "the bill was replaced"),
        ("refund_time", "unknown") => Term::new(
            "商户文件没有退款时间",
            "the merchant's file has no time of the refund",
        ),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Category;

    fn both(facts: &str) -> [String; 2] {
        [Language::Zh, Language::En].map(|language| facts_in_words(facts, language))
    }

    #[test]
    fn facts_become_words_in_the_language_of_the_reader() {
        for (facts, zh, en) in [
            ("minutes=34", "时间相差 34 分钟", "times 34 min apart"),
            (
                "difference=-120050",
                "相差 -1,200.50 元",
                "difference ¥-1,200.50",
            ),
            (
                "set_aside=refused import=2 line=8",
                "订单在导入时被拒收，导入 2，第 8 行",
                "its order was refused at import, import 2, row 8",
            ),
            (
                "day=2026-03-08 payments=1 orders=2 cause=lost_zeros",
                "账单日 2026-03-08，微信支付 1 笔，商户订单 2 笔，商户文件里的单号丢了前导零",
                "day 2026-03-08, payments 1, orders 2, the numbers of the merchant's file lost their leading zeros",
            ),
            (
                "fee=13000 expected=12000 rate=6000",
                "账单手续费 0.13000 元，应为 0.12000 元，账单费率 0.60%",
                "fee in the bill ¥0.13000, expected ¥0.12000, rate in the bill 0.60%",
            ),
            (
                "status=closed closed_at=2026-03-08T09:00:00",
                "订单状态：已关单，2026-03-08 09:00:00 关单",
                "order closed, closed at 2026-03-08 09:00:00",
            ),
            (
                "currency=CNY/other",
                "币种 微信 CNY、商户 其他",
                "currency WeChat CNY, merchant other",
            ),
        ] {
            assert_eq!(both(facts), [zh, en], "{facts}");
        }
    }

    #[test]
    fn what_is_no_known_fact_stays_as_it_is() {
        for facts in [
            "",
            "minutes=many",
            "x=y",
            "rate=-1 =",
            "a sentence with no fact",
        ] {
            assert_eq!(both(facts), [facts, facts]);
        }
        assert_eq!(
            facts_in_words("day=2026-03-08 file=a b.csv totals differ", Language::En),
            "day 2026-03-08, file a, b.csv totals differ"
        );
        assert_eq!(tag_in_words("P14", Language::Zh), "P14");
        assert_eq!(tag_in_words("KEEP", Language::Zh), "保留这一笔");
    }

    #[test]
    fn every_code_of_a_category_stays_a_code_as_a_tag() {
        let codes = Category::all().map(Category::code);
        for code in codes {
            assert_eq!(tag_in_words(code, Language::Zh), code);
        }
    }
}
