//! `recondesk funds`: each account of a day checked, the bridge from the trade bill to the change of the balances, and
//! what of the withdrawals arrived at the bank.

mod settlement;

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use super::CommandEnd;
use super::context::{CommandContext, profile_named};
use super::profile::ListFormat;
use super::table::TextTable;
use super::terminal_output::{print_json, print_text};
use recondesk_app::jobs::funds::{
    ARRIVES_WITHIN, AccountOutcome, FundsReport, FundsRequest, LEARNING_DAYS, NotCompared,
    examine_day, import, import_statement, step_words,
};
use recondesk_app::{Failure, FailureKind, Language, MerchantRef, Message};
use recondesk_domain::{Fen, FundAccount, MchId};
use recondesk_ports::FundExpect;
use recondesk_reconcile::fund_flow::{Bridge, FindingGroup, TradeReport};

/// Rows of a category that the table shows; JSON has more.
const SHOWN: usize = 20;

#[derive(Debug, Args)]
pub(super) struct FundsCommand {
    /// 商户档案 | Profile
    #[arg(long, value_name = "NAME")]
    profile: String,
    /// 账单日：YYYY-MM-DD 或 yesterday | Day: YYYY-MM-DD or yesterday
    #[arg(long, value_name = "D", default_value = "yesterday")]
    date: String,
    /// 特约商户号：核对该特约商户的账户（APIv3） | A sub-merchant, whose accounts are meant (APIv3)
    #[arg(long, value_name = "SUB_MCH_ID", value_parser = sub_merchant)]
    sub_mch_id: Option<MchId>,
    /// 先导入这个资金账单文件：basic、operation 或 fees | First take this fund-flow bill in: basic, operation or fees
    #[arg(long, value_name = "ACCOUNT=FILE", value_parser = account_file)]
    file: Vec<(FundAccount, PathBuf)>,
    /// 先导入这个银行流水（CSV、XLSX） | First take this bank statement in (CSV, XLSX)
    #[arg(long, value_name = "FILE")]
    bank: Vec<PathBuf>,
    /// 提现应在几个工作日内到账 | Working days within which a withdrawal should arrive
    #[arg(long, value_name = "N", default_value_t = ARRIVES_WITHIN, value_parser = clap::value_parser!(u32).range(0..=30))]
    bank_days: u32,
    /// 不向微信支付下载 | Fetch nothing from WeChat Pay
    #[arg(long)]
    offline: bool,
    /// 输出格式 | Format of the output
    #[arg(long, value_enum, default_value_t = ListFormat::Table)]
    format: ListFormat,
}

fn sub_merchant(text: &str) -> Result<MchId, String> {
    MchId::new(text)
        .filter(|sub| !sub.is_empty() && sub.as_str().bytes().all(|byte| byte.is_ascii_digit()))
        .ok_or_else(|| "10 digits".to_owned())
}

fn account_file(text: &str) -> Result<(FundAccount, PathBuf), String> {
    let wrong = || "basic=FILE, operation=FILE, fees=FILE".to_owned();
    let (word, path) = text.split_once('=').ok_or_else(wrong)?;
    let account = FundAccount::parse(word).ok_or_else(wrong)?;
    Ok((account, PathBuf::from(path)))
}

pub(super) fn run(
    command: &FundsCommand,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    let day = context.day(&command.date)?;
    let ports = context.open()?;
    let (id, profile) = profile_named(&ports, &command.profile)?;
    let sub_mch_id = command.sub_mch_id.unwrap_or(MchId::EMPTY);
    let mut statements = Vec::new();
    let report = {
        let terminal = context.terminal();
        for (account, path) in &command.file {
            let source = context.source(path)?;
            let expect = FundExpect {
                account: *account,
                sub_mch_id,
                day,
                sha1: None,
            };
            import(&ports, id, &expect, source, &terminal)?;
        }
        for path in &command.bank {
            let source = context.source(path)?;
            statements.push(import_statement(&ports, id, source, &terminal)?);
        }
        let ask = FundsRequest {
            merchant: MerchantRef::new(id, &profile),
            sub_mch_id,
            day,
            fetches: !command.offline,
            within: command.bank_days,
        };
        examine_day(&ports, &ask, &terminal)?
    };
    if report.is_empty() && report.settlement.rows.is_empty() && statements.is_empty() {
        return Err(none_here(&day.to_string()));
    }
    if command.format == ListFormat::Json {
        let mut told = as_json(&report);
        if let Value::Object(told) = &mut told {
            let taken = statements.iter().map(settlement::statement_json).collect();
            told.insert("statements".to_owned(), Value::Array(taken));
        }
        print_json(&told)?;
    } else {
        let taken = statements.iter();
        let taken = taken.map(|one| settlement::statement_text(one, context.lang));
        print_text(&(taken.collect::<String>() + &as_text(&report, context.lang)))?;
    }
    let are_sound = statements.iter().all(|one| one.report.adds_up());
    Ok(if report.is_clean() && are_sound {
        CommandEnd::Clean
    } else {
        CommandEnd::NeedsPerson
    })
}

fn none_here(day: &str) -> Failure {
    Failure::new(
        FailureKind::NotReady,
        "funds.none",
        Message::new(
            "这一天没有资金账单",
            "There is no fund-flow bill of that day",
        ),
        Message::new(
            "去掉 --offline 下载，或用 --file basic=文件 导入",
            "Leave out --offline to fetch it, or take a file in with --file basic=FILE",
        ),
    )
    .with_detail(day)
}

fn as_json(report: &FundsReport) -> Value {
    let accounts: Vec<Value> = report
        .accounts
        .iter()
        .map(|(account, outcome)| match outcome {
            AccountOutcome::Bill(bill) => json!({
                "account": account.word(), "state": "bill", "file": bill.file, "import": bill.import,
                "adds_up": bill.report.adds_up(), "report": bill.report,
            }),
            AccountOutcome::NothingMoved => {
                json!({ "account": account.word(), "state": "nothing_moved" })
            }
            AccountOutcome::NotHere { .. } => json!({ "account": account.word(), "state": "not_here" }),
        })
        .collect();
    let (trade, bridge) = match &report.compared {
        Ok((trade, bridge)) => (json!(trade), json!(bridge)),
        Err(_) => (Value::Null, Value::Null),
    };
    json!({
        "day": report.day.to_string(),
        "sub_mch_id": report.sub_mch_id.as_str(),
        "clean": report.is_clean(),
        "accounts": accounts,
        "trade": trade,
        "bridge": bridge,
        "settlement": settlement::settlement_json(&report.settlement),
        "not_compared": report.compared.as_ref().err().map(|why| word(*why)),
        "days_seen": report.days_seen,
        "learning": report.days_seen < LEARNING_DAYS,
    })
}

const fn word(why: NotCompared) -> &'static str {
    match why {
        NotCompared::NoTradeBill => "no_trade_bill",
        NotCompared::AccountInDoubt => "account_in_doubt",
        NotCompared::NoAccount => "no_account",
    }
}

fn as_text(report: &FundsReport, lang: Language) -> String {
    let mut out = String::new();
    if !report.sub_mch_id.is_empty() {
        let name = lang.pick("特约商户", "Sub-merchant");
        out.extend([name, ": ", report.sub_mch_id.as_str(), "\n"]);
    }
    out.push_str(&accounts_text(report, lang));
    match &report.compared {
        Ok((trade, bridge)) => {
            out.push('\n');
            out.push_str(&bridge_text(trade, bridge, lang));
            if report.days_seen < LEARNING_DAYS {
                let (seen, of) = (report.days_seen, LEARNING_DAYS);
                let (zh, en) = (
                    format!(
                        "学习期：已有 {seen}/{of} 天资金账单，逐笔差异可能是账户的习惯，请核对后再处理\n"
                    ),
                    format!(
                        "Learning: {seen} of {of} days of fund flow; differences of single rows may be a custom of the account\n"
                    ),
                );
                out.push_str(lang.pick(&zh, &en));
            }
            for group in &trade.groups {
                out.push_str(&group_text(group, lang));
            }
        }
        Err(why) => {
            let told = match why {
                NotCompared::NoTradeBill => lang.pick(
                    "没有当日可信的交易账单，资金没有与交易核对；先 recondesk bill download\n",
                    "There is no verified trade bill of that day: nothing was compared; recondesk bill download first\n",
                ),
                NotCompared::AccountInDoubt => lang.pick(
                    "资金账单本身不平，已隔离，没有与交易核对；请重新下载\n",
                    "A fund-flow bill does not add up and is quarantined: nothing was compared; download it again\n",
                ),
                NotCompared::NoAccount => lang.pick(
                    "没有基本账户的资金账单，没有与交易核对\n",
                    "The bill of the basic account is not here: nothing was compared\n",
                ),
            };
            out.push_str(told);
        }
    }
    out.push_str(&settlement::settlement_text(&report.settlement, lang));
    out
}

fn accounts_text(report: &FundsReport, lang: Language) -> String {
    let mut table = TextTable::new([
        lang.pick("账户", "account"),
        lang.pick("期初", "opening"),
        lang.pick("期末", "closing"),
        lang.pick("笔数", "entries"),
        lang.pick("核对", "checks"),
    ])
    .right(1)
    .right(2)
    .right(3);
    let mut rest = String::new();
    for (account, outcome) in &report.accounts {
        let name = lang.pick(account.term().zh, account.term().en).to_owned();
        match outcome {
            AccountOutcome::Bill(bill) => {
                let told = |sum: Option<Fen>| sum.map_or_else(String::new, Fen::grouped);
                let failed = bill.report.checks.iter().filter(|check| !check.holds);
                let marks: Vec<&str> = failed.clone().map(|check| check.id).collect();
                let mark = if marks.is_empty() {
                    "✓".to_owned()
                } else {
                    format!("✗ {}", marks.join(" "))
                };
                for check in failed {
                    let what = lang.pick(check.zh, check.en);
                    let (id, expected, actual) = (check.id, &check.expected, &check.actual);
                    let _written = writeln!(rest, "✗ {id} {name} {what}: {expected} ≠ {actual}");
                }
                rest.push_str(&group_text(&bill.report.breaks, lang));
                rest.push_str(&group_text(&bill.report.gap, lang));
                table.row([
                    name,
                    told(bill.report.opening),
                    told(bill.report.closing),
                    bill.report.entries.to_string(),
                    mark,
                ]);
            }
            AccountOutcome::NothingMoved => {
                let told = lang.pick("当日无变动", "nothing moved");
                table.row([
                    name,
                    String::new(),
                    String::new(),
                    "0".to_owned(),
                    told.to_owned(),
                ]);
            }
            AccountOutcome::NotHere { .. } => {
                let told = lang.pick("没有账单", "no bill here");
                table.row([
                    name,
                    String::new(),
                    String::new(),
                    String::new(),
                    told.to_owned(),
                ]);
            }
        }
    }
    table.print() + &rest
}

fn bridge_text(trade: &TradeReport, bridge: &Bridge, lang: Language) -> String {
    let mut table = TextTable::new([
        lang.pick("从交易到余额", "from trades to balances"),
        lang.pick("笔数", "rows"),
        lang.pick("金额（元）", "yuan"),
        lang.pick("累计", "running"),
    ])
    .right(1)
    .right(2)
    .right(3);
    let mut running = Some(Fen::ZERO);
    for step in &bridge.steps {
        running = running.and_then(|sum| sum.checked_add(step.change));
        let count = if step.count > 0 {
            step.count.to_string()
        } else {
            String::new()
        };
        table.row([
            step_words(&step.kind).get(lang).to_owned(),
            count,
            step.change.grouped(),
            running.map_or_else(String::new, Fen::grouped),
        ]);
    }
    let mut line = |zh, en, sum: Fen| {
        let name = lang.pick(zh, en).to_owned();
        table.row([name, String::new(), sum.grouped(), String::new()]);
    };
    line("账户余额变动", "change of the balances", bridge.change);
    line("未解释", "unexplained", bridge.residual);
    let agreed = trade.agreed;
    let (zh, en) = (
        format!("交易与资金逐笔相符：{agreed} 笔\n"),
        format!("Rows whose money moved as it should: {agreed}\n"),
    );
    table.print() + lang.pick(&zh, &en)
}

fn group_text(group: &FindingGroup, lang: Language) -> String {
    if group.count == 0 {
        return String::new();
    }
    let category = group.category;
    let name = lang.pick(category.zh(), category.en());
    let mut out = format!("\n{} {name}: {}\n", category.code(), group.count);
    let mut table = TextTable::new([
        lang.pick("业务单号", "number"),
        lang.pick("业务类型", "kind"),
        lang.pick("应为", "expected"),
        lang.pick("实为", "actual"),
        lang.pick("行", "line"),
    ])
    .right(2)
    .right(3)
    .right(4);
    let told = |sum: Option<Fen>| sum.map_or_else(|| "—".to_owned(), Fen::grouped);
    for row in group.rows.iter().take(SHOWN) {
        let line = if row.line > 0 {
            row.line.to_string()
        } else {
            String::new()
        };
        table.row([
            row.business_no.clone(),
            row.kind.clone(),
            told(row.expected),
            told(row.actual),
            line,
        ]);
    }
    out.push_str(&table.print());
    let shown = u64::try_from(group.rows.len().min(SHOWN)).unwrap_or(u64::MAX);
    let left = group.count.saturating_sub(shown);
    if left > 0 {
        let note = match lang {
            Language::Zh => format!("另有 {left} 行，用 --format json 看全部\n"),
            Language::En => format!("{left} more, --format json has them all\n"),
        };
        out.push_str(&note);
    }
    out
}
