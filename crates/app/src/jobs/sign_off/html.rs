//! The certificate as a page to print and to send: the same data twice, for people and, sealed, for programs.

use std::fmt::Write as _;

use super::document::{CertifiedBook, DayCertificate, SealFault, sealed};
use recondesk_domain::Fen;

/// What stands before the sealed data in the page.
pub(super) const SCRIPT_START: &str = "<script type=\"application/json\" id=\"certificate\">\n";
/// What stands behind it.
pub(super) const SCRIPT_END: &str = "\n</script>";

const STYLE: &str = "body{font:14px/1.6 system-ui,'PingFang SC','Microsoft YaHei',sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#1d2430}\
h1{font-size:1.5em}h2{font-size:1.1em;margin-top:2em}table{border-collapse:collapse;width:100%}\
th,td{border-bottom:1px solid #d6dbe3;padding:.25em .5em;text-align:left;vertical-align:top}\
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}code{font-size:.85em;word-break:break-all}small{color:#5b6675}";

/// Text as it may stand in a page.
pub(in crate::jobs) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            sign => out.push(sign),
        }
    }
    out
}

/// JSON as it may stand in a script element: no sign of it can end the element.
pub(in crate::jobs) fn in_script(json: &str) -> String {
    json.replace('<', "\\u003c")
}

pub(in crate::jobs) fn head(title: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n<title>{}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n",
        escape(title)
    )
}

/// One table: headings, and rows whose cells are escaped here. Columns named with `#` are numbers.
pub(in crate::jobs) fn table(out: &mut String, headings: &[&str], rows: &[Vec<String>]) {
    let number = |at: usize| headings.get(at).is_some_and(|name| name.starts_with('#'));
    out.push_str("<table>\n<tr>");
    for name in headings {
        let class = if name.starts_with('#') {
            " class=\"n\""
        } else {
            ""
        };
        let name = escape(name.trim_start_matches('#'));
        let _written = write!(out, "<th{class}>{name}</th>");
    }
    out.push_str("</tr>\n");
    for row in rows {
        out.push_str("<tr>");
        for (at, cell) in row.iter().enumerate() {
            let class = if number(at) { " class=\"n\"" } else { "" };
            let _written = write!(out, "<td{class}>{}</td>", escape(cell));
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</table>\n");
}

/// A heading in both languages.
pub(in crate::jobs) fn heading(out: &mut String, zh: &str, en: &str) {
    let _written = writeln!(out, "<h2>{} <small>{}</small></h2>", escape(zh), escape(en));
}

fn yuan(fen: i64) -> String {
    Fen::new(fen).grouped()
}

fn book(out: &mut String, zh: &str, en: &str, book: &CertifiedBook) {
    heading(out, zh, en);
    let mut rows: Vec<Vec<String>> = book
        .categories
        .iter()
        .map(|line| {
            vec![
                format!("{} {}", line.code, line.name),
                line.wechat_count.to_string(),
                yuan(line.wechat_fen),
                line.merchant_count.to_string(),
                yuan(line.merchant_fen),
            ]
        })
        .collect();
    rows.push(vec![
        "合计 Total".to_owned(),
        book.wechat_count.to_string(),
        yuan(book.wechat_fen),
        book.merchant_count.to_string(),
        yuan(book.merchant_fen),
    ]);
    let headings = [
        "类别 Category",
        "#微信笔数 WeChat rows",
        "#微信金额 WeChat ¥",
        "#商户笔数 Merchant rows",
        "#商户金额 Merchant ¥",
    ];
    table(out, &headings, &rows);
}

/// The page of a certificate; the same certificate always gives the same page.
///
/// # Errors
/// [`SealFault`], a fault of the program.
pub fn certificate_html(certificate: &DayCertificate) -> Result<String, SealFault> {
    let c = certificate;
    let mut out = head(&format!("对账签账证书 {} {}", c.merchant, c.day));
    let _written = writeln!(
        out,
        "<h1>对账签账证书 <small>Certificate of a reconciled day</small></h1>\n<p>{} · {} · {}</p>\n<p>签账 <small>signed by</small> {} · {}</p>",
        escape(&c.merchant),
        escape(&c.mch_id),
        escape(&c.day),
        escape(&c.signed_by),
        escape(&c.signed_at),
    );
    heading(&mut out, "输入文件", "Inputs");
    let rows: Vec<Vec<String>> = c
        .inputs
        .iter()
        .map(|input| {
            vec![
                input.kind.clone(),
                input.name.clone(),
                input.rows.to_string(),
                input.bytes.to_string(),
                input.sha256.clone(),
            ]
        })
        .collect();
    let headings = [
        "类型 Kind",
        "文件 File",
        "#行 Rows",
        "#字节 Bytes",
        "SHA-256",
    ];
    table(&mut out, &headings, &rows);
    heading(&mut out, "恒等式", "Identities");
    let rows: Vec<Vec<String>> = c
        .identities
        .iter()
        .map(|check| {
            let mark = if check.expected == check.actual {
                "="
            } else {
                "≠"
            };
            vec![
                check.id.clone(),
                check.subject.clone(),
                check.expected.to_string(),
                mark.to_owned(),
                check.actual.to_string(),
            ]
        })
        .collect();
    let headings = ["", "对象 Of", "#应为 Expected", "", "#实为 Actual"];
    table(&mut out, &headings, &rows);
    book(&mut out, "支付", "Payments", &c.payments);
    book(&mut out, "退款", "Refunds", &c.refunds);
    decisions(&mut out, c);
    heading(&mut out, "封存数据", "Sealed data");
    let _written = writeln!(
        out,
        "<p>对账结果 <small>run</small> <code>{}</code> · {}</p>\n<p>核验 <small>verify</small>: <code>recondesk certificate verify FILE</code></p>",
        escape(&c.run_digest),
        escape(&c.run_at),
    );
    out.push_str(SCRIPT_START);
    out.push_str(&in_script(&sealed(c)?));
    out.push_str(SCRIPT_END);
    out.push_str("\n</body>\n</html>\n");
    Ok(out)
}

fn decisions(out: &mut String, c: &DayCertificate) {
    heading(out, "差错与决定", "Cases and decisions");
    let rows: Vec<Vec<String>> = c
        .decisions
        .iter()
        .map(|case| {
            let steps: Vec<String> = case
                .history
                .iter()
                .map(|step| {
                    let text = step.text.replace('\n', " ");
                    format!("{} {} {text}", step.at, step.actor)
                })
                .collect();
            vec![
                case.case.clone(),
                case.code.clone(),
                yuan(case.at_stake_fen),
                case.status.clone(),
                case.owner.clone(),
                steps.join("; "),
            ]
        })
        .collect();
    let headings = [
        "差错 Case",
        "类别 Code",
        "#涉及 ¥",
        "状态 Status",
        "负责 Owner",
        "经过 History",
    ];
    table(out, &headings, &rows);
    heading(out, "退款与补发货", "Refunds and reissues");
    let mut rows: Vec<Vec<String>> = c
        .refunds_sent
        .iter()
        .map(|refund| {
            vec![
                refund.out_refund_no.clone(),
                refund.out_trade_no.clone(),
                yuan(refund.amount_fen),
                refund.state.clone(),
                format!("{} {}", refund.maker, refund.checker),
            ]
        })
        .collect();
    rows.extend(c.reissues.iter().map(|reissue| {
        vec![
            reissue.by.clone(),
            reissue.out_trade_no.clone(),
            String::new(),
            reissue.state.clone(),
            String::new(),
        ]
    }));
    let headings = [
        "退款单号 Refund",
        "订单 Order",
        "#金额 ¥",
        "状态 State",
        "经办/复核 By",
    ];
    table(out, &headings, &rows);
}
