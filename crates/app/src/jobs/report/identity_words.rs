//! What a check of a run is of, in the words and units of a person.

use recondesk_domain::{Fee, Fen, Language, group_digits};
use recondesk_ports::{ReportCell, ReportTable};
use recondesk_reconcile::RunSummary;

use super::ReportRequest;
use super::table::words;
use crate::Failure;

/// The checks of a day.
pub(super) fn table(
    request: &ReportRequest<'_>,
    summary: &RunSummary,
) -> Result<ReportTable, Failure> {
    let columns = vec![
        words(request.pick("恒等式", "Identity"), 9),
        words(request.pick("对象", "Subject"), 26),
        words(request.pick("应为", "Expected"), 18),
        words(request.pick("实为", "Actual"), 18),
        words(request.pick("成立", "Holds"), 8),
    ];
    let rows = summary.identities.iter().map(|identity| {
        let holds = if identity.holds() {
            request.pick("成立", "yes")
        } else {
            request.pick("不成立", "no")
        };
        let figure = |value| ReportCell::text(&figure(&identity.subject, value));
        vec![
            ReportCell::text(&identity.id),
            ReportCell::text(&subject(&identity.subject, request.language)),
            figure(identity.expected),
            figure(identity.actual),
            ReportCell::text(holds),
        ]
    });
    let caption = request.pick("校验", "Checks").to_owned();
    Ok(ReportTable::new(caption, columns, rows.collect())?)
}

/// `wechat.pay.count` as people say it; a subject of another version stays as it is.
pub(super) fn subject(subject: &str, language: Language) -> String {
    let known = match subject {
        "net" => Some(language.pick("应结净额 ¥", "net settlement ¥")),
        "orders" => {
            Some(language.pick("退款超过实付的订单", "orders refunded beyond what was paid"))
        }
        _ => None,
    };
    if let Some(words) = known {
        return words.to_owned();
    }
    let words: Option<Vec<&str>> = subject
        .split('.')
        .map(|part| {
            Some(match part {
                "pool" => language.pick("在途", "in transit"),
                "wechat" => language.pick("微信", "WeChat"),
                "merchant" => language.pick("商户", "merchant"),
                "pay" => language.pick("支付", "payments"),
                "refund" => language.pick("退款", "refunds"),
                "count" => language.pick("笔数", "count"),
                "fen" => language.pick("金额 ¥", "¥"),
                _ => return None,
            })
        })
        .collect();
    words.map_or_else(|| subject.to_owned(), |words| words.join(" "))
}

/// A figure of it: yuan where it is money, grouped.
pub(super) fn figure(subject: &str, value: i64) -> String {
    if subject == "net" {
        return Fee::new(value).grouped();
    }
    if subject.rsplit('.').next() == Some("fen") {
        return Fen::new(value).grouped();
    }
    let sign = if value < 0 { "-" } else { "" };
    format!("{sign}{}", group_digits(&value.unsigned_abs().to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_and_figures_are_those_of_an_accountant() {
        for (told, zh, en, value, shown) in [
            (
                "wechat.pay.count",
                "微信 支付 笔数",
                "WeChat payments count",
                1_234,
                "1,234",
            ),
            (
                "merchant.refund.fen",
                "商户 退款 金额 ¥",
                "merchant refunds ¥",
                920_108,
                "9,201.08",
            ),
            (
                "pool.pay.wechat.fen",
                "在途 支付 微信 金额 ¥",
                "in transit payments WeChat ¥",
                -5,
                "-0.05",
            ),
            (
                "net",
                "应结净额 ¥",
                "net settlement ¥",
                849_909_000,
                "8,499.09",
            ),
            (
                "net",
                "应结净额 ¥",
                "net settlement ¥",
                849_909_001,
                "8,499.09001",
            ),
            ("later.thing", "later.thing", "later.thing", 7, "7"),
        ] {
            assert_eq!(subject(told, Language::Zh), zh);
            assert_eq!(subject(told, Language::En), en);
            assert_eq!(figure(told, value), shown);
        }
    }
}
