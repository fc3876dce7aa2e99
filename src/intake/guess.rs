//! Proposes a mapping from the headers of a file; a person sees it in the preview before it counts.

use std::collections::BTreeMap;

use super::{AmountUnit, Column, Kind, Mapping, MappingError, StatusRule, StatusWord};
use crate::domain::{FulfilStatus, PayStatus, RefundStatus};

/// Headers by which shops call a column of an orders file, best first; all in the form of [`norm`].
const ORDERS: &[(Column, &[&str])] = &[
    (
        Column::OutTradeNo,
        &[
            "outtradeno",
            "商户订单号",
            "商户单号",
            "商家订单号",
            "支付单号",
            "支付订单号",
            "商户交易号",
            "交易单号",
            "外部订单号",
            "订单号",
            "订单编号",
            "orderno",
            "orderid",
            "订单id",
        ],
    ),
    (
        Column::OrderNo,
        &[
            "orderno",
            "业务订单号",
            "订单号",
            "订单编号",
            "orderid",
            "订单id",
        ],
    ),
    (
        Column::Amount,
        &[
            "amount",
            "订单金额",
            "支付金额",
            "实付金额",
            "应付金额",
            "交易金额",
            "总金额",
            "订单总额",
            "订单总金额",
            "金额",
            "totalfee",
            "totalamount",
            "payamount",
            "total",
        ],
    ),
    (Column::Currency, &["currency", "币种", "货币种类", "货币"]),
    (Column::PayStatus, &["paystatus"]),
    (
        Column::CreatedAt,
        &[
            "createdat",
            "创建时间",
            "下单时间",
            "订单创建时间",
            "订单时间",
            "创建日期",
            "下单日期",
            "createtime",
            "ordertime",
            "created",
        ],
    ),
    (
        Column::PaidAt,
        &[
            "paidat",
            "支付时间",
            "付款时间",
            "支付完成时间",
            "支付成功时间",
            "成交时间",
            "paytime",
            "paidtime",
        ],
    ),
    (
        Column::ClosedAt,
        &["closedat", "关闭时间", "关单时间", "取消时间", "closetime"],
    ),
    (Column::FulfilStatus, &["fulfilstatus"]),
    (
        Column::FulfilledAt,
        &[
            "fulfilledat",
            "发货时间",
            "履约时间",
            "交付时间",
            "核销时间",
            "shippedat",
        ],
    ),
    (
        Column::TransactionId,
        &[
            "transactionid",
            "微信订单号",
            "微信支付订单号",
            "微信支付单号",
            "微信交易号",
            "微信单号",
        ],
    ),
    (Column::Appid, &["appid", "公众账号id", "应用id"]),
    (Column::SubMchid, &["submchid", "子商户号", "特约商户号"]),
    (Column::TradeType, &["tradetype", "交易类型"]),
    (Column::Openid, &["openid", "用户标识", "用户openid"]),
    (
        Column::Goods,
        &[
            "goods",
            "product",
            "商品名称",
            "商品",
            "商品标题",
            "商品描述",
            "subject",
            "body",
        ],
    ),
    (Column::Attach, &["attach", "附加数据", "商户数据包"]),
    (
        Column::RefundNo,
        &["refundno", "退款单号", "商户退款单号", "outrefundno"],
    ),
    (
        Column::RefundAmount,
        &[
            "refundamount",
            "退款金额",
            "已退金额",
            "已退款金额",
            "累计退款",
            "累计退款金额",
        ],
    ),
    (Column::RefundStatus, &["refundstatus"]),
    (Column::RefundAt, &["refundat", "退款时间", "refundtime"]),
];

/// The same for files of refunds.
const REFUNDS: &[(Column, &[&str])] = &[
    (
        Column::OutRefundNo,
        &[
            "outrefundno",
            "商户退款单号",
            "退款单号",
            "退款编号",
            "refundno",
        ],
    ),
    (
        Column::OutTradeNo,
        &[
            "outtradeno",
            "商户订单号",
            "商户单号",
            "商家订单号",
            "支付单号",
            "原订单号",
            "订单号",
            "订单编号",
            "orderno",
        ],
    ),
    (
        Column::RefundId,
        &["refundid", "微信退款单号", "微信支付退款单号"],
    ),
    (
        Column::Amount,
        &[
            "amount",
            "退款金额",
            "申请退款金额",
            "实退金额",
            "refundamount",
            "refundfee",
            "金额",
        ],
    ),
    (
        Column::Status,
        &["status", "退款状态", "refundstatus", "状态"],
    ),
    (
        Column::RequestedAt,
        &[
            "requestedat",
            "申请时间",
            "退款申请时间",
            "申请退款时间",
            "创建时间",
            "createdat",
        ],
    ),
    (
        Column::SucceededAt,
        &[
            "succeededat",
            "退款成功时间",
            "退款完成时间",
            "到账时间",
            "退款时间",
            "refundat",
            "完成时间",
        ],
    ),
];

/// Headers of the column that holds the words of an order's state.
const STATES: &[&str] = &[
    "status",
    "订单状态",
    "支付状态",
    "交易状态",
    "状态",
    "orderstatus",
    "tradestatus",
    "state",
];

/// Words whose meaning is the same in every shop; all others wait for a person.
const ORDER_WORDS: &[(PayStatus, Option<FulfilStatus>, &[&str])] = &[
    (
        PayStatus::Created,
        None,
        &[
            "CREATED",
            "NEW",
            "UNPAID",
            "NOTPAY",
            "WAIT_PAY",
            "待付款",
            "待支付",
            "未付款",
            "未支付",
        ],
    ),
    (
        PayStatus::Paying,
        None,
        &["PAYING", "USERPAYING", "支付中", "付款中"],
    ),
    (
        PayStatus::Paid,
        None,
        &[
            "PAID",
            "SUCCESS",
            "已付款",
            "已支付",
            "支付成功",
            "付款成功",
            "交易成功",
        ],
    ),
    (
        PayStatus::Paid,
        Some(FulfilStatus::Pending),
        &["待发货", "未发货", "备货中"],
    ),
    (
        PayStatus::Paid,
        Some(FulfilStatus::Fulfilled),
        &[
            "FULFILLED",
            "SHIPPED",
            "DELIVERED",
            "COMPLETED",
            "FINISHED",
            "已发货",
            "已收货",
            "已完成",
            "已签收",
            "已核销",
        ],
    ),
    (
        PayStatus::Failed,
        None,
        &["FAILED", "PAYERROR", "支付失败", "付款失败"],
    ),
    (
        PayStatus::Closed,
        None,
        &[
            "CLOSED",
            "CANCELLED",
            "CANCELED",
            "EXPIRED",
            "已关闭",
            "已取消",
            "交易关闭",
            "订单关闭",
            "已过期",
        ],
    ),
    (
        PayStatus::Refunded,
        None,
        &["REFUNDED", "已退款", "全额退款", "退款成功"],
    ),
];

const REFUND_WORDS: &[(RefundStatus, &[&str])] = &[
    (
        RefundStatus::Processing,
        &[
            "processing",
            "PROCESSING",
            "退款中",
            "处理中",
            "退款处理中",
            "已申请",
        ],
    ),
    (
        RefundStatus::Success,
        &["success", "SUCCESS", "退款成功", "已退款", "成功", "已完成"],
    ),
    (
        RefundStatus::Closed,
        &[
            "closed",
            "CLOSED",
            "REFUNDCLOSE",
            "退款关闭",
            "已关闭",
            "已取消",
        ],
    ),
    (
        RefundStatus::Abnormal,
        &["abnormal", "ABNORMAL", "CHANGE", "退款异常", "退款失败"],
    ),
];

/// A header without case, white space, underscores and the unit in brackets.
fn norm(header: &str) -> String {
    let bare = header
        .split(['(', '（', '[', '【'])
        .next()
        .unwrap_or(header);
    bare.chars()
        .filter(|sign| {
            !sign.is_whitespace() && !matches!(sign, '_' | '-' | '\u{feff}' | '：' | ':')
        })
        .flat_map(char::to_lowercase)
        .collect()
}

/// True for headers that a mapping names or that many shops use.
pub(super) fn is_known_header(cell: &str, mapping: Option<&Mapping>) -> bool {
    if let Some(mapping) = mapping
        && mapping.name != Mapping::CANONICAL
    {
        let of_rule = mapping
            .status
            .as_ref()
            .is_some_and(|rule| rule.column.trim() == cell);
        return of_rule || mapping.columns.values().any(|source| source.trim() == cell);
    }
    let name = norm(cell);
    STATES.contains(&name.as_str())
        || ORDERS
            .iter()
            .chain(REFUNDS)
            .any(|(_, names)| names.contains(&name.as_str()))
}

impl Mapping {
    /// Proposes a mapping for a file with these headers: the canonical one where they are
    /// canonical, else by the names that shops commonly use.
    ///
    /// # Errors
    /// [`MappingError::NoGuess`] that names what is missing.
    pub fn guess(headers: &[String], kind: Kind) -> Result<Self, MappingError> {
        let mut mapping = Self::propose(headers, kind);
        let lacking = mapping.lacking();
        if !lacking.is_empty() {
            let names: Vec<&str> = lacking.iter().map(|column| column.name()).collect();
            return Err(MappingError::NoGuess {
                missing: names.join(", "),
                present: listed(headers),
            });
        }
        let canonical = mapping.status.is_none()
            && mapping
                .columns
                .iter()
                .all(|(column, source)| column.name() == source);
        if canonical {
            Self::CANONICAL.clone_into(&mut mapping.name);
        }
        mapping.check()?;
        Ok(mapping)
    }

    /// The same with whatever fits, for a dialog in which a person goes on: see
    /// [`Mapping::lacking`] for what is still missing.
    #[must_use]
    pub fn propose(headers: &[String], kind: Kind) -> Self {
        let normed: Vec<String> = headers.iter().map(|header| norm(header)).collect();
        let find = |names: &[&str], taken: &BTreeMap<Column, String>| {
            names.iter().find_map(|name| {
                let at = normed.iter().position(|header| header == name)?;
                let source = headers.get(at)?.trim().to_owned();
                let unique = headers.iter().filter(|h| h.trim() == source).count() == 1;
                (unique && !taken.values().any(|other| *other == source)).then_some(source)
            })
        };
        let table = match kind {
            Kind::Orders => ORDERS,
            Kind::Refunds => REFUNDS,
        };
        let mut mapping = Self {
            name: "guess".to_owned(),
            ..Self::empty(kind)
        };
        for (column, names) in table {
            if let Some(source) = find(names, &mapping.columns) {
                mapping.columns.insert(*column, source);
            }
        }
        mapping.guess_status(&find);
        let money = mapping
            .columns
            .get(&Column::Amount)
            .cloned()
            .unwrap_or_default();
        if money.contains('分') || norm(&money) == "totalfee" || norm(&money) == "refundfee" {
            mapping.amount_unit = AmountUnit::Fen;
        }
        mapping
    }

    fn guess_status(
        &mut self,
        find: &dyn Fn(&[&str], &BTreeMap<Column, String>) -> Option<String>,
    ) {
        match self.kind {
            Kind::Orders if !self.columns.contains_key(&Column::PayStatus) => {
                if let Some(column) = find(STATES, &self.columns) {
                    let words = order_words();
                    self.status = Some(StatusRule { column, words });
                }
            }
            Kind::Refunds => {
                if let Some(column) = self.columns.remove(&Column::Status) {
                    let words = refund_words();
                    self.status = Some(StatusRule { column, words });
                }
            }
            Kind::Orders => {}
        }
    }
}

/// The words of an order's state that need no explanation.
fn order_words() -> BTreeMap<String, StatusWord> {
    let mut table = BTreeMap::new();
    for (pay, fulfil, words) in ORDER_WORDS {
        for word in *words {
            table.insert((*word).to_owned(), StatusWord::order(*pay, *fulfil));
        }
    }
    table
}

fn refund_words() -> BTreeMap<String, StatusWord> {
    let mut table = BTreeMap::new();
    for (status, words) in REFUND_WORDS {
        for word in *words {
            let meaning = StatusWord {
                refund_status: Some(status.word().to_owned()),
                ..StatusWord::default()
            };
            table.insert((*word).to_owned(), meaning);
        }
    }
    table
}

/// Headers for an error message, bounded.
pub(super) fn listed(headers: &[String]) -> String {
    const MOST: usize = 40;
    let mut text = headers
        .iter()
        .take(MOST)
        .map(|header| header.chars().take(40).collect::<String>())
        .collect::<Vec<_>>()
        .join(", ");
    if headers.len() > MOST {
        text.push_str(", …");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(text: &str) -> Vec<String> {
        text.split(',').map(str::to_owned).collect()
    }

    #[test]
    fn the_export_of_a_typical_shop_is_understood() {
        let mapping = Mapping::guess(
            &headers(
                "out_trade_no,mchid,product,amount,status,created_at,paid_at,fulfilled_at,refund_no,refund_amount,refund_at,openid",
            ),
            Kind::Orders,
        )
        .unwrap();
        assert_eq!(mapping.columns[&Column::Goods], "product");
        let rule = mapping.status.as_ref().unwrap();
        assert_eq!(rule.column, "status");
        for word in ["CREATED", "CLOSED", "PAID", "FULFILLED", "REFUNDED"] {
            assert!(rule.words.contains_key(word), "{word}");
        }
        assert_eq!(
            mapping.refund_shape(),
            super::super::RefundShape::RunningTotal
        );
    }

    #[test]
    fn chinese_headers_are_understood_with_their_unit() {
        let mapping = Mapping::guess(
            &headers("订单编号,商户订单号,订单金额（分）,支付状态,创建时间,支付时间,微信订单号"),
            Kind::Orders,
        )
        .unwrap();
        assert_eq!(mapping.columns[&Column::OutTradeNo], "商户订单号");
        assert_eq!(mapping.columns[&Column::OrderNo], "订单编号");
        assert_eq!(mapping.columns[&Column::TransactionId], "微信订单号");
        assert_eq!(mapping.amount_unit, AmountUnit::Fen);
        assert_eq!(mapping.status.unwrap().column, "支付状态");
        let refunds = Mapping::guess(
            &headers("退款单号,商户订单号,退款金额(元),退款状态,申请时间,退款成功时间"),
            Kind::Refunds,
        )
        .unwrap();
        assert_eq!(refunds.columns[&Column::OutRefundNo], "退款单号");
        assert_eq!(refunds.amount_unit, AmountUnit::Yuan);
    }

    #[test]
    fn canonical_headers_give_the_canonical_mapping() {
        let mapping = Mapping::guess(
            &headers("out_trade_no,amount,pay_status,created_at"),
            Kind::Orders,
        )
        .unwrap();
        assert_eq!(mapping.name, Mapping::CANONICAL);
        assert_eq!(mapping.status, None);
    }

    #[test]
    fn what_is_missing_is_named() {
        let error = Mapping::guess(&headers("商户订单号,备注"), Kind::Orders).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("amount") && text.contains("created_at") && text.contains("备注"));
    }

    #[test]
    fn one_source_column_is_never_taken_twice() {
        let mapping = Mapping::propose(&headers("订单号,金额,金额"), Kind::Orders);
        assert_eq!(mapping.columns[&Column::OutTradeNo], "订单号");
        assert_eq!(mapping.columns.get(&Column::OrderNo), None);
        assert_eq!(mapping.columns.get(&Column::Amount), None);
    }
}
