//! Which columns of a bank's table are which, by the names that Chinese banks give them.

use crate::fold::{half_width, is_invisible};
use crate::header::join;

/// What a column of a statement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum StatementRole {
    Day,
    Clock,
    Income,
    Expense,
    Amount,
    Direction,
    Balance,
    Payer,
    Remark,
    Reference,
    Currency,
}

/// Names without brackets, marks and blanks; of several of one role the first in this order is taken.
const NAMES: &[(StatementRole, &[&str])] = &[
    (
        StatementRole::Day,
        &[
            "交易日期",
            "交易日",
            "交易日期时间",
            "交易时间日期",
            "日期",
            "记账日期",
            "记帐日期",
            "记账日",
            "入账日期",
            "入帐日期",
            "业务日期",
            "发生日期",
            "入账时间",
            "记账时间",
            "交易时间戳",
            "transactiondate",
            "date",
        ],
    ),
    (
        StatementRole::Clock,
        &[
            "交易时间",
            "时间",
            "交易时刻",
            "交易时分秒",
            "transactiontime",
            "time",
        ],
    ),
    (
        StatementRole::Income,
        &[
            "收入金额",
            "收入",
            "贷方发生额",
            "贷方金额",
            "贷方",
            "贷方发生额收入",
            "收入贷方",
            "收入金额贷方",
            "贷方收入",
            "存入金额",
            "存入",
            "转入金额",
            "收方金额",
            "贷记金额",
            "贷方发生金额",
            "收款金额",
            "credit",
            "creditamount",
            "deposit",
        ],
    ),
    (
        StatementRole::Expense,
        &[
            "支出金额",
            "支出",
            "借方发生额",
            "借方金额",
            "借方",
            "借方发生额支取",
            "借方发生额支出",
            "支出借方",
            "支出金额借方",
            "借方支出",
            "支取金额",
            "支取",
            "转出金额",
            "付方金额",
            "借记金额",
            "借方发生金额",
            "付款金额",
            "debit",
            "debitamount",
            "withdrawal",
        ],
    ),
    (
        StatementRole::Amount,
        &[
            "交易金额",
            "发生额",
            "发生金额",
            "交易发生额",
            "金额",
            "amount",
        ],
    ),
    (
        StatementRole::Direction,
        &[
            "借贷标志",
            "借贷标识",
            "借贷方向",
            "借贷",
            "收支方向",
            "收支类型",
            "收支",
            "收支标志",
            "交易方向",
            "收付标志",
            "收付方向",
            "往来标志",
            "来往账",
            "debitcredit",
            "dc",
        ],
    ),
    (
        StatementRole::Balance,
        &[
            "余额",
            "账户余额",
            "帐户余额",
            "交易后余额",
            "本次余额",
            "当前余额",
            "账面余额",
            "联机余额",
            "可用余额",
            "balance",
        ],
    ),
    (
        StatementRole::Payer,
        &[
            "对方户名",
            "对方账户名称",
            "对方账户名",
            "对方账号名称",
            "对方名称",
            "对方单位名称",
            "对方单位",
            "交易对手名称",
            "交易对手",
            "收付方名称",
            "对手方名称",
            "对手户名",
            "对方客户名称",
            "付款人名称",
            "付款人",
            "counterparty",
            "payer",
        ],
    ),
    (
        StatementRole::Remark,
        &[
            "摘要",
            "交易摘要",
            "附言",
            "交易附言",
            "用途",
            "备注",
            "摘要说明",
            "个性化信息",
            "资金用途",
            "remark",
            "description",
            "memo",
        ],
    ),
    (
        StatementRole::Reference,
        &[
            "交易流水号",
            "流水号",
            "银行流水号",
            "交易流水",
            "核心流水号",
            "柜员流水号",
            "业务流水号",
            "企业流水号",
            "账户明细编号交易流水号",
            "业务编号",
            "交易编号",
            "凭证号",
            "凭证号码",
            "业务参考号",
            "reference",
            "serialno",
        ],
    ),
    (
        StatementRole::Currency,
        &["币种", "货币", "币别", "currency"],
    ),
];

/// Where the columns of a statement stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct StatementColumns {
    pub(super) day: usize,
    pub(super) clock: Option<usize>,
    pub(super) money: MoneyColumns,
    pub(super) balance: Option<usize>,
    pub(super) payer: Option<usize>,
    /// Every column of words, in their order: 摘要 and 附言 often stand side by side.
    pub(super) remarks: Vec<usize>,
    pub(super) references: Vec<usize>,
    pub(super) currency: Option<usize>,
}

/// How a statement shows which way money went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MoneyColumns {
    /// A column for what came, and mostly one for what left.
    TwoSides {
        income: usize,
        expense: Option<usize>,
    },
    /// One amount, and a word that says which way.
    Directed { amount: usize, direction: usize },
    /// One amount with its sign.
    Signed { amount: usize },
}

impl StatementColumns {
    /// Finds the header among the first rows, in one row or in two, and the place of its last row.
    pub(super) fn find(rows: &[&[String]]) -> Option<(Self, usize)> {
        for (at, row) in rows.iter().enumerate() {
            let known = |name: &str| role(name).is_some();
            let below = rows.get(at + 1);
            // Only where both rows have names: neither is an entry, nor a title.
            let below = below.filter(|below| below.iter().any(|name| known(name)));
            let below = below.filter(|_| row.iter().filter(|name| known(name)).count() >= 2);
            let joined = below.and_then(|below| Self::of(&join(row, below, &known)));
            let is_better = |joined: &Self| matches!(joined.money, MoneyColumns::TwoSides { .. });
            match (Self::of(row), joined) {
                (None, Some(joined)) => return Some((joined, at + 1)),
                (Some(_), Some(joined)) if is_better(&joined) => return Some((joined, at + 1)),
                (Some(columns), _) => return Some((columns, at)),
                (None, None) => {}
            }
        }
        None
    }

    fn of(names: &[String]) -> Option<Self> {
        let roles: Vec<Option<StatementRole>> = names.iter().map(|name| role(name)).collect();
        let all = |wanted: StatementRole| -> Vec<usize> {
            let places = roles.iter().enumerate();
            let mut places: Vec<usize> = places
                .filter(|(_, role)| **role == Some(wanted))
                .map(|(at, _)| at)
                .collect();
            // The best-known name of a role first; of two alike, the left one.
            places.sort_by_key(|at| (names.get(*at).map_or(usize::MAX, |name| place(name)), *at));
            places
        };
        let first = |wanted| all(wanted).first().copied();
        let clock = first(StatementRole::Clock);
        let (day, clock) = match first(StatementRole::Day) {
            Some(day) => (day, clock),
            None => (clock?, None),
        };
        let money = match (first(StatementRole::Income), first(StatementRole::Amount)) {
            (Some(income), _) => MoneyColumns::TwoSides {
                income,
                expense: first(StatementRole::Expense),
            },
            (None, Some(amount)) => match first(StatementRole::Direction) {
                Some(direction) => MoneyColumns::Directed { amount, direction },
                None => MoneyColumns::Signed { amount },
            },
            (None, None) => return None,
        };
        let in_order = |wanted| {
            let mut places = all(wanted);
            places.sort_unstable();
            places
        };
        Some(Self {
            day,
            clock,
            money,
            balance: first(StatementRole::Balance),
            payer: first(StatementRole::Payer),
            remarks: in_order(StatementRole::Remark),
            references: in_order(StatementRole::Reference),
            currency: first(StatementRole::Currency),
        })
    }

    pub(super) const fn has_balance(&self) -> bool {
        self.balance.is_some()
    }
}

/// A name without what banks write around it: brackets with units, blanks, slashes, colons.
fn bare(name: &str) -> String {
    let shown = name
        .chars()
        .filter(|sign| !is_invisible(*sign))
        .map(half_width);
    let text: String = shown.flat_map(char::to_lowercase).collect();
    let text = ["(元)", "(人民币)", "(rmb)", "(cny)", "(人民币元)", "[元]"]
        .iter()
        .fold(text, |text, unit| text.replace(unit, ""));
    text.chars().filter(|sign| sign.is_alphanumeric()).collect()
}

fn found(name: &str) -> Option<(StatementRole, usize)> {
    let name = bare(name);
    NAMES.iter().find_map(|(role, names)| {
        let place = names.iter().position(|known| *known == name)?;
        Some((*role, place))
    })
}

fn role(name: &str) -> Option<StatementRole> {
    found(name).map(|(role, _)| role)
}

fn place(name: &str) -> usize {
    found(name).map_or(usize::MAX, |(_, place)| place)
}
