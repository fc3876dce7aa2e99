//! Many numbers, each asked live: one row for each, those that need a person first.

use std::io::Write;
use std::path::Path;

use super::tell::verdict_word;
use super::{Command, Format, Named, likeliest, nothing_found, tell_cleaning, usage};
use crate::app::jobs::export::{write_csv, write_json};
use crate::app::jobs::lookup::live::{self, Asked};
use crate::app::jobs::lookup::recognise::recognise;
use crate::app::jobs::query::Verdict;
use crate::app::{Failure, Silent, Words};
use crate::cli::Done;
use crate::cli::context::{Context, not_written, print};
use crate::domain::{Heading, Sheet, SheetCell, Term};
use crate::ports::{CancelToken, NumberKind, Ports};

/// Many numbers, all asked live.
pub(super) fn list(
    command: &Command,
    context: &Context<'_>,
    (ports, path, profile): (&Ports, &Path, Named),
) -> Result<Done, Failure> {
    let (Some((id, profile)), true) = (profile, command.live) else {
        return Err(usage(
            Words::new(
                "--list 需要 --profile 和 --live",
                "--list needs --profile and --live",
            ),
            Words::default(),
        ));
    };
    let recognised = recognise(&context.text(path)?);
    tell_cleaning(context, &recognised);
    if recognised.numbers.is_empty() {
        return Err(nothing_found());
    }
    let numbers: Vec<(String, NumberKind)> = recognised
        .numbers
        .iter()
        .map(|found| (found.number.clone(), likeliest(found)))
        .collect();
    let cancel = CancelToken::default();
    let asked = live::ask_many(ports, (id, &profile), &numbers, &cancel, &Silent)?;
    let mut rows = asked.iter().map(list_row);
    let mut fill = |out: &mut (dyn Write + Send)| {
        let sheet = Sheet {
            title: "查单",
            headings: &LIST_HEADINGS,
            rows: &mut rows,
        };
        match command.format {
            Format::Json => write_json(sheet, out),
            Format::Xlsx => context.workbooks().write(sheet, out),
            Format::Csv | Format::Text => write_csv(sheet, out),
        }
    };
    if let Some(path) = &command.out {
        context.write_file(path, &mut fill)?;
    } else {
        let mut bytes = Vec::new();
        fill(&mut bytes).map_err(|error| not_written(Path::new("-"), &error))?;
        print(&bytes)?;
    }
    if let Some(unclear) = asked.iter().find(|asked| asked.is_unclear()) {
        let trouble = match (&unclear.inquiry.verdict, &unclear.inquiry.refunds) {
            (Verdict::Trouble(trouble), _) | (_, Some(Err(trouble))) => trouble.failure(),
            _ => Failure::cancelled(),
        };
        return Err(trouble);
    }
    Ok(if asked.iter().all(Asked::agrees) {
        Done::Clean
    } else {
        Done::NeedsPerson
    })
}

const fn heading(name: &'static str, zh: &'static str, en: &'static str, width: u16) -> Heading {
    Heading {
        name,
        label: Term::new(zh, en),
        width,
    }
}

/// The columns of a list of answers: a contract with scripts.
const LIST_HEADINGS: [Heading; 9] = [
    heading("number", "单号", "Number", 34),
    heading("verdict", "结论", "Verdict", 12),
    heading("trade_state", "交易状态", "State", 12),
    heading("total_fen", "金额", "Amount", 12),
    heading("paid_at", "支付时间", "Paid at", 20),
    heading("transaction_id", "微信订单号", "Transaction ID", 34),
    heading("local_status", "商户状态", "Local status", 12),
    heading("differences", "差异", "Differences", 30),
    heading("reason", "原因", "Reason", 40),
];

fn list_row(asked: &Asked) -> Vec<SheetCell> {
    let (word, term) = verdict_word(asked);
    let state = match &asked.inquiry.verdict {
        Verdict::Known(state) => Some(state),
        _ => None,
    };
    let reason = match (&asked.inquiry.verdict, &asked.inquiry.refunds) {
        (Verdict::Trouble(trouble), _) | (_, Some(Err(trouble))) => trouble.to_string(),
        _ => String::new(),
    };
    let differences: Vec<&'static str> = asked
        .differences
        .iter()
        .map(|differ| differ.field)
        .collect();
    vec![
        SheetCell::text(&asked.number),
        SheetCell::Word(word, term),
        SheetCell::text(state.map_or("", |state| state.state.word())),
        SheetCell::money(state.and_then(|state| state.total_fee)),
        SheetCell::time(state.and_then(|state| state.paid_at)),
        SheetCell::text(state.map_or("", |state| state.transaction_id.as_str())),
        SheetCell::text(asked.local.map_or("", |order| order.pay_status.word())),
        SheetCell::Words(differences),
        SheetCell::text(&reason),
    ]
}
