//! The preview of a merchant's file, as text.

use super::table::TextTable;
use recondesk_app::jobs::intake::{self, MappingOrigin, ProposedMapping, remarks, unread};
use recondesk_app::{Language as Lang, Message};
use recondesk_domain::{Fen, printable};
use recondesk_intake::{Column, Preview, RowFate, StateSubject};

/// What a file is taken for, what would be stored, what is refused and why.
pub(super) fn preview_text(chosen: &ProposedMapping, preview: &Preview, lang: Lang) -> String {
    let mut table = TextTable::new([lang.pick("项目", "item"), lang.pick("值", "value")]);
    let guess = &preview.guess;
    let mut row = |zh, en, value: String| table.row([lang.pick(zh, en).to_owned(), value]);
    row("编码", "encoding", guess.encoding.name().to_owned());
    if let Some(delimiter) = guess.delimiter {
        row("分隔符", "delimiter", format!("{delimiter:?}"));
    }
    if let Some(sheet) = &guess.sheet {
        row("工作表", "sheet", sheet.clone());
    }
    let name = match chosen.origin {
        MappingOrigin::Guessed => lang
            .pick("按表头和数据推断", "guessed by headers and data")
            .to_owned(),
        MappingOrigin::Given | MappingOrigin::Saved | MappingOrigin::Canonical => {
            preview.mapping.name.clone()
        }
    };
    row("列映射", "mapping", name);
    for (column, source) in &preview.mapping.columns {
        let clock = preview.mapping.clocks.get(column);
        let clock = clock.map_or_else(String::new, |clock| format!(" + {clock}"));
        let name = column_name(*column, lang);
        row("", "", format!("{name} ← {source}{clock}"));
    }
    for rule in &preview.mapping.status {
        let about = about_words(rule.about, lang);
        row("", "", format!("{about} ← {}", rule.column));
    }
    for other in &chosen.others {
        let hits = other.hits.map_or_else(String::new, |hits| match lang {
            Lang::Zh => format!("（账单里有 {hits} 个）"),
            Lang::En => format!(" ({hits} in the bill)"),
        });
        let name = column_name(other.column, lang);
        let value = format!("{name} ← {}{hits}", other.header);
        row("也可能是", "or", value);
    }
    if let Some(proof) = &chosen.proof {
        let Message { zh, en } = proof.told(&preview.mapping);
        row("账单验证", "proof", lang.pick(&zh, &en).to_owned());
        if let Some(amount) = proof.amounts.first() {
            let (agree, of, header) = (amount.agree, amount.of, &amount.header);
            let zh = format!("按「{header}」，{of} 单中 {agree} 单金额与账单一致");
            let en = format!("with {header}, {agree} of {of} amounts are those of the bill");
            row("", "", lang.pick(&zh, &en).to_owned());
        }
    }
    for question in intake::questions(chosen, Some(preview)) {
        let Message { zh, en } = question.told();
        row("待确认", "asked", lang.pick(&zh, &en).to_owned());
    }
    let stats = &preview.stats;
    row("可导入", "good rows", stats.good.to_string());
    row("拒收", "refused rows", stats.bad.to_string());
    if stats.others > 0 {
        let others = stats.others.to_string();
        row("其他商户的行", "rows of other merchants", others);
    }
    row(
        "金额合计",
        "sum",
        stats.sum().map(Fen::grouped).unwrap_or_default(),
    );
    if let (Some((first, _)), Some((last, _))) =
        (stats.days.first_key_value(), stats.days.last_key_value())
    {
        row("日期", "days", format!("{first} – {last}"));
    }
    let unread = unread(guess, &preview.mapping);
    let remarks = remarks(stats, preview.mapping.amount_unit, Some(guess));
    for remark in unread.into_iter().chain(remarks) {
        row("注意", "note", lang.pick(&remark.zh, &remark.en).to_owned());
    }
    let mut out = table.print();
    out.push('\n');
    out.push_str(&sample(preview, lang));
    out.push_str(&refused(preview, lang));
    out
}

/// A canonical column as a person of the language calls it; in English that is its key.
pub(super) const fn column_name(column: Column, lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => column.term().zh,
        Lang::En => column.name(),
    }
}

/// What the status words of a column are about.
const fn about_words(about: StateSubject, lang: Lang) -> &'static str {
    match (about, lang) {
        (StateSubject::Order, Lang::Zh) => "订单状态词",
        (StateSubject::Order, Lang::En) => "words of the order",
        (StateSubject::Payment, Lang::Zh) => "支付状态词",
        (StateSubject::Payment, Lang::En) => "words of the payment",
        (StateSubject::Delivery, Lang::Zh) => "发货状态词",
        (StateSubject::Delivery, Lang::En) => "words of the delivery",
        (StateSubject::Refund, Lang::Zh) => "退款状态词",
        (StateSubject::Refund, Lang::En) => "words of the refund",
    }
}

/// The refused rows, a line each.
fn refused(preview: &Preview, lang: Lang) -> String {
    let mut out = String::new();
    for reject in &preview.rejects {
        out.push_str(&printable(&match lang {
            Lang::Zh => reject.zh(),
            Lang::En => reject.en(),
        }));
        out.push('\n');
    }
    out
}

/// The first rows as they would be stored.
fn sample(preview: &Preview, lang: Lang) -> String {
    let mut table = TextTable::new([
        lang.pick("行", "line"),
        lang.pick("单号", "number"),
        lang.pick("状态", "status"),
        lang.pick("金额", "amount"),
        lang.pick("时间", "time"),
    ])
    .right(3);
    for row in &preview.rows {
        let line = row.line.to_string();
        match &row.fate {
            RowFate::Order(order) => table.row([
                line,
                order.out_trade_no.to_string(),
                order.pay_status.term().in_language(lang).to_owned(),
                order.amount.grouped(),
                order.created().map(|at| at.to_string()).unwrap_or_default(),
            ]),
            RowFate::Refund(refund) => table.row([
                line,
                refund.out_refund_no.to_string(),
                refund.status.term().in_language(lang).to_owned(),
                refund.amount.grouped(),
                refund.time().map(|t| t.to_string()).unwrap_or_default(),
            ]),
            RowFate::Refused(_) | RowFate::Blank => {}
        }
    }
    table.print()
}
