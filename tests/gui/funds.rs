//! The fund flow of a day: what is asked, the sentence, the waterfall with its rows, and the way to each number.

use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use recondesk::app::jobs::funds::{
    AccountBill, AccountOutcome, AccountReport, Bridge, BridgeStep, FeeCustom, FindingGroup,
    FundFinding, FundsReport, NotCompared, SettledWithdrawal, Settlement, SettlementState,
    StepKind, TradeReport,
};
use recondesk::app::model::FundsModel;
use recondesk::app::{Command, Remote};
use recondesk::domain::{
    BankEntry, BillDate, Category, Fen, FundAccount, FundMove, MchId, ProfileId,
};
use recondesk::ui::{App, Screen};

use crate::sample;
use crate::stage::{Look, Tape, sample_window};

fn yuan(text: &str) -> Fen {
    Fen::parse_yuan(text).unwrap()
}

fn group(category: Category, effect: &str, rows: Vec<FundFinding>) -> FindingGroup {
    FindingGroup {
        category,
        count: rows.len() as u64,
        effect: yuan(effect),
        rows,
    }
}

fn account(opening: &str, closing: &str, entries: u64) -> AccountOutcome {
    AccountOutcome::Bill(Box::new(AccountBill {
        file: "1900000109_2026-03-08_fund_basic.csv.gz".to_owned(),
        import: 9,
        report: AccountReport {
            account: FundAccount::Basic,
            opening: Some(yuan(opening)),
            closing: Some(yuan(closing)),
            entries,
            checks: Vec::new(),
            kinds: Vec::new(),
            breaks: group(Category::BalanceBreak, "0", Vec::new()),
            gap: group(Category::DayGap, "0", Vec::new()),
        },
    }))
}

/// A day of one account whose trades and balances differ by one payment without money.
pub(crate) fn report(missing: bool) -> FundsReport {
    let step = |kind, change: &str, count| BridgeStep {
        kind,
        change: yuan(change),
        count,
    };
    let mut steps = vec![
        step(StepKind::Settled, "2718330.20", 0),
        step(StepKind::Fees, "-16309.98", 0),
        step(StepKind::Refunds, "-10482.60", 0),
        step(StepKind::FeesReturned, "62.90", 0),
        step(StepKind::InTransit, "-1262.00", 11),
        step(StepKind::CarriedIn, "980.50", 9),
        step(StepKind::Other("提现".to_owned()), "-2600000.00", 1),
    ];
    let mut groups = Vec::new();
    if missing {
        steps.push(step(StepKind::Missing, "-299.00", 1));
        let row = FundFinding {
            business_no: "4200002781202603087745393918".to_owned(),
            flow_no: String::new(),
            kind: "交易".to_owned(),
            line: 0,
            expected: Some(yuan("299.00")),
            actual: None,
        };
        groups.push(group(Category::FundMissing, "-299.00", vec![row]));
    }
    let change = steps
        .iter()
        .fold(Fen::ZERO, |sum, step| sum.checked_add(step.change).unwrap());
    let closing = yuan("300000.00").checked_add(change).unwrap();
    let trade = TradeReport {
        settled: yuan("2718330.20"),
        fees: yuan("16309.98"),
        refunded: yuan("10482.60"),
        fees_returned: yuan("62.90"),
        fee_custom: FeeCustom::PerTrade,
        agreed: 31_718,
        groups,
        in_transit: group(Category::FundMissing, "0", Vec::new()),
        carried_in: group(Category::FundExtra, "0", Vec::new()),
    };
    FundsReport {
        sub_mch_id: MchId::EMPTY,
        day: sample::day(),
        accounts: vec![
            (
                FundAccount::Basic,
                account("300000.00", &closing.to_string(), 63_449),
            ),
            (FundAccount::Operation, AccountOutcome::NothingMoved),
            (
                FundAccount::Fees,
                AccountOutcome::NotHere { is_used: false },
            ),
        ],
        compared: Ok((
            trade,
            Bridge {
                steps,
                change,
                residual: Fen::ZERO,
            },
        )),
        settlement: settlement(false),
        days_seen: 30,
    }
}

/// One withdrawal of the day, and one of three days before: arrived, or stayed away.
fn settlement(is_late: bool) -> Settlement {
    let row = |day: BillDate, fen: i64, state, arrives: Option<BillDate>| {
        let withdrawal = FundMove {
            time: day.start().plus(7_200),
            account: FundAccount::Basic,
            kind: "提现".to_owned(),
            business_no: format!("10000{fen}"),
            flow_no: String::new(),
            change: Fen::new(-fen),
        };
        let credit = arrives.map(|day| BankEntry {
            line: 4,
            time: day.start(),
            has_clock: false,
            change: Fen::new(fen),
            balance: None,
            payer: "财付通支付科技有限公司".to_owned(),
            remark: String::new(),
            reference: String::new(),
        });
        let due = day.plus(3);
        SettledWithdrawal {
            withdrawal,
            day,
            due,
            state,
            credit,
        }
    };
    let day = sample::day();
    let earlier = if is_late {
        row(day.plus(-5), 7_700, SettlementState::NotArrived, None)
    } else {
        row(day.plus(-5), 7_700, SettlementState::Arrived, Some(day))
    };
    let late = earlier.withdrawal.business_no.clone();
    let found = FundFinding {
        business_no: late,
        flow_no: String::new(),
        kind: "提现".to_owned(),
        line: 0,
        expected: Some(Fen::new(7_700)),
        actual: None,
    };
    let rows = if is_late { vec![found] } else { Vec::new() };
    Settlement {
        rows: vec![
            earlier,
            row(day, 260_000_000, SettlementState::OnTheWay, None),
        ],
        withdrawn: Fen::new(260_007_700),
        settled: Fen::new(if is_late { 0 } else { 7_700 }),
        within: 3,
        has_statement: true,
        groups: vec![group(Category::WithdrawalMissing, "0", rows)],
    }
}

#[test]
fn withdrawals_say_where_their_money_is_and_a_statement_can_be_chosen() {
    let tape = Tape::default();
    let mut late = report(false);
    late.settlement = settlement(true);
    let mut harness = shown(Look::default(), &tape, late);

    let day = sample::day();
    harness.get_by_label("C07 提现未到账 1 笔");
    harness.get_by_label("100007700 77.00 未到账");
    let due = day.plus(3);
    harness.get_by_label(&format!("10000260000000 2,600,000.00 在途 {due} 前"));
    harness.get_by_label("提现 ¥2,600,077.00，其中已到账或退回 ¥0.00");
    harness.get_by_label("导入银行流水…").click();
    harness.run_steps(2);
    assert!(
        tape.take().is_empty(),
        "nothing is sent before a file is chosen"
    );
}

/// The dialog over Reconcile with a report.
pub(crate) fn shown(look: Look, tape: &Tape, report: FundsReport) -> Harness<'static, App> {
    let mut harness = sample_window(look, Screen::Reconcile, tape);
    tape.take();
    let open = if look.language == recondesk::app::Language::En {
        "Funds..."
    } else {
        "资金…"
    };
    harness.get_by_label(open).click();
    harness.run_steps(3);
    let sent = tape.take();
    let [Command::Funds(ask)] = sent.as_slice() else {
        panic!("{sent:?}");
    };
    assert!(!ask.fetches, "looking asks nobody");
    assert_eq!((ask.profile, ask.day), (ProfileId(1), sample::day()));
    let state = harness.state_mut().state_mut();
    state.tasks.clear();
    state.funds = Remote::Ready(Box::new(FundsModel {
        profile: ProfileId(1),
        report,
    }));
    harness.run_steps(3);
    harness
}

#[test]
fn a_day_whose_funds_add_up_says_so_with_every_step() {
    let harness = shown(Look::default(), &Tape::default(), report(false));

    harness.get_by_label("余额变动 ¥91,319.02 全部有来由；31,718 笔交易与资金逐笔相符");
    harness.get_by_label("应结订单金额 2,718,330.20");
    harness.get_by_label("手续费 −16,309.98");
    harness.get_by_label("C06 提现 −2,600,000.00");
    harness.get_by_label("账户余额变动 91,319.02");
    harness.get_by_label("未解释 0.00");
    harness.get_by_label("基本账户 成立");
    harness.get_by_label("运营账户 当日无变动");
}

#[test]
fn rows_that_explain_the_difference_lead_to_their_number() {
    let tape = Tape::default();
    let mut harness = shown(Look::default().english(), &tape, report(true));
    harness.get_by_label_contains("1 row needs a look");
    harness.get_by_label("C01 trade without fund entry −299.00");

    harness.get_by_label("Look this up").click();
    harness.run_steps(3);

    assert_eq!(harness.state().screen(), Screen::Lookup);
    assert!(
        tape.take()
            .iter()
            .any(|command| format!("{command:?}").contains("4200002781202603087745393918"))
    );
}

#[test]
fn what_was_not_compared_is_never_called_explained() {
    let mut doubt = report(false);
    doubt.compared = Err(NotCompared::NoTradeBill);
    let harness = shown(Look::default(), &Tape::default(), doubt);
    harness.get_by_label("没有当日可信的交易账单，资金没有与交易核对");
    assert!(harness.query_by_label_contains("全部有来由").is_none());

    let mut rest = report(false);
    if let Ok((_, bridge)) = &mut rest.compared {
        bridge.residual = Fen::new(1);
    }
    let harness = shown(Look::default(), &Tape::default(), rest);
    harness.get_by_label("有 ¥0.01 没有来由，这一天的资金对不上");
    assert!(harness.query_by_label_contains("全部有来由").is_none());
}

#[test]
fn a_day_without_a_fund_bill_offers_to_fetch_it() {
    let tape = Tape::default();
    let mut none = report(false);
    for (_, outcome) in &mut none.accounts {
        *outcome = AccountOutcome::NotHere { is_used: false };
    }
    none.compared = Err(NotCompared::NoAccount);
    let mut harness = shown(Look::default(), &tape, none);
    harness.get_by_label_contains("这一天没有资金账单");

    harness.get_by_label("下载并核对").click();
    harness.run_steps(3);

    let sent = tape.take();
    assert!(matches!(sent.as_slice(), [Command::Funds(ask)] if ask.fetches));
}

/// A real layout of a fund-flow bill.
const FUND_BILL: &str = include_str!("../fixtures/bills/fundflow_basic_2021-02-01.csv");

#[test]
fn a_fund_flow_bill_is_a_row_of_bills_with_its_checks_and_balances() {
    use recondesk::app::Silent;
    use recondesk::ports::Source;

    let mut morning = crate::first_run::FirstRunFixture::new();
    let (id, _, _) = crate::first_run::compared(&mut morning);
    let day = recondesk::domain::BillDate::parse("2021-02-01").unwrap();
    let source = Source::from_bytes("fund_basic.csv", FUND_BILL.as_bytes().to_vec());
    let expect = recondesk::ports::FundExpect {
        account: FundAccount::Basic,
        sub_mch_id: MchId::EMPTY,
        day,
        sha1: None,
    };
    recondesk::app::jobs::funds::import(&morning.ports, id, &expect, source, &Silent).unwrap();
    morning.screen(egui::Key::Num4, Screen::Bills);
    morning.harness.key_press(egui::Key::F5);
    morning.harness.run_steps(2);
    morning.work();

    let rows = morning.harness.state().state().bills.value().unwrap();
    assert!(
        morning.says("2021-02-01 青禾商城 资金 基本 已隔离"),
        "{rows:?}"
    );
    let row = morning
        .harness
        .query_all_by_label_contains("资金 基本")
        .next()
        .unwrap();
    row.click();
    morning.harness.run_steps(2);
    morning.harness.key_press(egui::Key::Enter);
    morning.harness.run_steps(2);
    morning.work();
    let detail = morning.harness.state().state().bill.value().unwrap();
    assert!(detail.row.amount.is_none() && detail.balances.is_some());
    // Two rows of a longer file: its own checks say so.
    assert_eq!(detail.row.certificate, (5, 7));
    assert!(morning.says("期初 ¥"));
    assert!(morning.says("I7"));
    // The day has no trade bill: fetching it is not taken for done.
    assert!(!morning.says("GZIP"));
}
