//! `recondesk cases show`: one case in full, as the window's panel has it.

use clap::Args;
use serde_json::{Value, json};

use crate::cli::CommandEnd;
use crate::cli::case_choice::by_word;
use crate::cli::context::CommandContext;
use crate::cli::profile::ListFormat;
use crate::cli::table::TextTable;
use crate::cli::terminal_output::{print_json, print_text};
use recondesk_app::gateway::GatewayClient;
use recondesk_app::jobs::case_step::{CaseNextStep, CasePayouts};
use recondesk_app::jobs::case_words::{event_text, kind_words};
use recondesk_app::jobs::refund::{ask_order, order_of_case, profile_of};
use recondesk_app::jobs::reissue;
use recondesk_app::jobs::views::Views;
use recondesk_app::model::{CaseDetail, RawLine, person_in_words};
use recondesk_app::{Failure, MerchantRef, Message};
use recondesk_casework::{OrderFacts, RefundStage};
use recondesk_domain::{Fen, PersonalData, SuggestedAction};
use recondesk_ports::{
    CancelToken, CaseEvent, CaseRecord, Ports, RefundQuery, RefundRecord, ReissueRecord,
};

#[derive(Debug, Args)]
pub(in crate::cli) struct ShowArgs {
    /// 差错：编号、键或单号 | The case by id, key or number
    case: String,
    /// 先向微信支付查单 | Ask WeChat Pay about it first
    #[arg(long)]
    live: bool,
    /// 显示顾客个人信息（openid、附加数据、备注、联系方式），默认遮住 | Show personal data of customers (openid, attach, remarks, contacts), masked by default
    #[arg(long)]
    show_personal_data: bool,
    /// 输出格式 | Format of the output
    #[arg(long, value_enum, default_value_t = ListFormat::Table)]
    format: ListFormat,
}

/// Everything that is shown of a case.
struct CaseView {
    case: CaseRecord,
    step: CaseNextStep,
    detail: CaseDetail,
    events: Vec<CaseEvent>,
    refunds: Vec<RefundRecord>,
    reissue: Option<ReissueRecord>,
    live: Option<OrderFacts>,
}

pub(super) fn run(asked: &ShowArgs, context: &CommandContext<'_>) -> Result<CommandEnd, Failure> {
    let ports = context.open()?;
    let case = by_word(&ports, &asked.case)?;
    let views = Views {
        records: ports.records.as_ref(),
        books: ports.books.as_ref(),
        now: ports.clock.now(),
        personal: PersonalData::shown_if(asked.show_personal_data),
    };
    let view = CaseView {
        step: CasePayouts::read(ports.casework.as_ref(), Some(case.profile))?.step(&case),
        detail: views.case(case.profile, &case.key)?,
        events: ports.records.case_events(case.id)?,
        refunds: ports.casework.refunds(&RefundQuery {
            profile: Some(case.profile),
            case_key: Some(case.key.clone()),
            ..RefundQuery::default()
        })?,
        reissue: reissue::of_case(&ports, case.profile, &case.key)?,
        live: if asked.live {
            Some(ask(&ports, &case)?)
        } else {
            None
        },
        case,
    };
    match asked.format {
        ListFormat::Json => print_json(&document(&view))?,
        ListFormat::Table => print_text(&text(&view, context))?,
    }
    let finding = &view.case.finding;
    let open = !view.case.status.is_closed() && finding.category.severity().needs_person();
    Ok(if open {
        CommandEnd::NeedsPerson
    } else {
        CommandEnd::Clean
    })
}

fn ask(ports: &Ports, case: &CaseRecord) -> Result<OrderFacts, Failure> {
    let profile = profile_of(ports, case.profile)?;
    let order = order_of_case(ports, case)?;
    let cancel = CancelToken::default();
    let client = GatewayClient::new(ports, MerchantRef::new(case.profile, &profile), &cancel);
    let pause = |time| std::thread::sleep(time);
    ask_order(ports, &client, &order, None, &pause)
}

fn document(view: &CaseView) -> Value {
    let finding = &view.case.finding;
    let step = step_of(view);
    let line = |line: &Option<RawLine>| {
        line.as_ref()
            .map(|line| json!({ "file": line.file, "line": line.line, "text": line.text }))
    };
    json!({
        "id": view.case.id.0,
        "case": view.case.key,
        "code": finding.category.code(),
        "category": finding.category.name(),
        "severity": finding.category.severity().word(),
        "action": step.action.word(),
        "action_zh": step.words.zh,
        "action_en": step.words.en,
        "status": view.case.status.word(),
        "owner": view.case.owner,
        "opened_on": view.case.opened_on.to_string(),
        "day": view.case.day.to_string(),
        "out_trade_no": finding.out_trade_no.as_str(),
        "transaction_id": finding.transaction_id.as_str(),
        "out_refund_no": finding.out_refund_no.as_str(),
        "bill_fen": finding.bill.map(recondesk_domain::Fen::get),
        "merchant_fen": finding.merchant.map(recondesk_domain::Fen::get),
        "at_stake_fen": finding.at_stake().get(),
        "bill_line": line(&view.detail.bill_line),
        "order_line": line(&view.detail.order_line),
        "compare": view.detail.compare.iter().map(|row| json!({
            "field": format!("{:?}", row.field),
            "wechat": row.wechat,
            "merchant": row.merchant,
            "differs": row.differs,
        })).collect::<Vec<_>>(),
        "history": view.events.iter().map(|event| json!({
            "at": event.at.to_string(),
            "actor": event.actor,
            "kind": event.kind.word(),
            "text": event.text,
        })).collect::<Vec<_>>(),
        "refunds": view.refunds.iter().map(crate::cli::refund::refund_json).collect::<Vec<_>>(),
        "reissue": view.reissue.as_ref().map(crate::cli::reissue::reissue_json),
        "live": view.live,
    })
}

/// The next step: money that WeChat Pay says is back goes before what the workspace suggests.
fn step_of(view: &CaseView) -> CaseNextStep {
    let step = view.step.clone();
    if !(step.action.moves_money() || step.action.delivers()) {
        return step;
    }
    let back = view.live.as_ref().and_then(|live| live.refunded_but(""));
    let known = view
        .refunds
        .iter()
        .any(|known| known.refund.stage == RefundStage::Done);
    match back.filter(|back| *back > Fen::ZERO && !known) {
        None => step,
        Some(back) => CaseNextStep {
            action: SuggestedAction::Review,
            words: Message::new(
                format!("先复核：微信支付已退或正在退 ¥{}", back.grouped()),
                format!(
                    "Review first: ¥{} went back or is on its way",
                    back.grouped()
                ),
            ),
        },
    }
}

fn text(view: &CaseView, context: &CommandContext<'_>) -> String {
    let lang = context.lang;
    let (case, finding) = (&view.case, &view.case.finding);
    let category = finding.category;
    let mut facts = TextTable::new(["", ""]);
    let mut fact = |name: (&str, &str), value: String| {
        if !value.is_empty() {
            facts.row([lang.pick(name.0, name.1).to_owned(), value]);
        }
    };
    fact(("编号", "id"), case.id.0.to_string());
    fact(("差错", "case"), case.key.clone());
    let named = lang.pick(category.zh(), category.en());
    fact(("类别", "category"), format!("{} {named}", category.code()));
    fact(
        ("状态", "status"),
        lang.pick(case.status.zh(), case.status.en()).to_owned(),
    );
    fact(("负责", "owner"), case.owner.clone());
    fact(("涉及", "at stake"), finding.at_stake().grouped());
    let step = step_of(view).words;
    fact(("建议", "proposed"), step.get(lang).to_owned());
    for (name, line) in [
        (("账单行", "bill line"), &view.detail.bill_line),
        (("订单行", "order line"), &view.detail.order_line),
    ] {
        if let Some(line) = line {
            fact(name, format!("{}:{} {}", line.file, line.line, line.text));
        }
    }
    if let Some(live) = &view.live {
        let left = live
            .left_for("")
            .map_or_else(String::new, recondesk_domain::Fen::grouped);
        let paid = if live.is_paid {
            live.paid.grouped()
        } else {
            lang.pick("没有支付", "not paid").to_owned()
        };
        fact(("微信实付", "paid, live"), paid);
        fact(("可退", "left, live"), left);
    }
    for refund in &view.refunds {
        let state = recondesk_app::jobs::refund::state_words(refund);
        let words = format!(
            "{} ¥{} {}",
            refund.out_refund_no,
            refund.refund.amount,
            state.get(lang)
        );
        fact(("退款", "refund"), words);
    }
    if let Some(reissue) = &view.reissue {
        let (way, stage) = (reissue.draft.way, reissue.stage);
        let words = format!(
            "{} {}",
            lang.pick(way.zh(), way.en()),
            lang.pick(stage.zh(), stage.en())
        );
        fact(("补发货", "reissue"), words);
    }
    let mut out = facts.print();
    let mut history = TextTable::new([
        lang.pick("时间", "at"),
        lang.pick("操作人", "actor"),
        lang.pick("事项", "what"),
        lang.pick("说明", "text"),
    ]);
    for event in &view.events {
        history.row([
            event.at.to_string(),
            person_in_words(&event.actor, lang).to_owned(),
            kind_words(event.kind).get(lang).to_owned(),
            event_text(event).get(lang).to_owned(),
        ]);
    }
    out.push_str(&history.print());
    out
}
