//! Proposes a mapping from the headers of a file; a person sees it in the preview before it counts.

use std::collections::BTreeMap;

use super::names::{ORDER_WORDS, ORDERS, REFUND_WORDS, REFUNDS, STATES};
use super::{AmountUnit, Column, Mapping, MappingError, RecordKind, StatusRule, StatusWord};

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

/// Finds the header that has one of these names and is not taken.
type Find<'a> = &'a dyn Fn(&[&str], &BTreeMap<Column, String>) -> Option<String>;

impl Mapping {
    /// Proposes a mapping for a file with these headers: the canonical one where they are
    /// canonical, else by the names that shops commonly use.
    ///
    /// # Errors
    /// [`MappingError::NoGuess`] that names what is missing.
    pub fn guess(headers: &[String], kind: RecordKind) -> Result<Self, MappingError> {
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
    pub fn propose(headers: &[String], kind: RecordKind) -> Self {
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
            RecordKind::Orders => ORDERS,
            RecordKind::Refunds => REFUNDS,
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

    /// Reads the status from the words of this source column; words known before keep their meaning.
    pub fn read_words_of(&mut self, header: &str) {
        self.columns.remove(&Column::PayStatus);
        self.columns.remove(&Column::Status);
        let known = self.status.take().map(|rule| rule.words);
        let words = known.unwrap_or_else(|| match self.kind {
            RecordKind::Orders => order_words(),
            RecordKind::Refunds => refund_words(),
        });
        self.status = Some(StatusRule {
            column: header.to_owned(),
            words,
        });
    }

    fn guess_status(&mut self, find: Find<'_>) {
        match self.kind {
            RecordKind::Orders if !self.columns.contains_key(&Column::PayStatus) => {
                if let Some(column) = find(STATES, &self.columns) {
                    let words = order_words();
                    self.status = Some(StatusRule { column, words });
                }
            }
            RecordKind::Refunds => {
                if let Some(column) = self.columns.remove(&Column::Status) {
                    let words = refund_words();
                    self.status = Some(StatusRule { column, words });
                }
            }
            RecordKind::Orders => {}
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
            RecordKind::Orders,
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
            RecordKind::Orders,
        )
        .unwrap();
        assert_eq!(mapping.columns[&Column::OutTradeNo], "商户订单号");
        assert_eq!(mapping.columns[&Column::OrderNo], "订单编号");
        assert_eq!(mapping.columns[&Column::TransactionId], "微信订单号");
        assert_eq!(mapping.amount_unit, AmountUnit::Fen);
        assert_eq!(mapping.status.unwrap().column, "支付状态");
        let refunds = Mapping::guess(
            &headers("退款单号,商户订单号,退款金额(元),退款状态,申请时间,退款成功时间"),
            RecordKind::Refunds,
        )
        .unwrap();
        assert_eq!(refunds.columns[&Column::OutRefundNo], "退款单号");
        assert_eq!(refunds.amount_unit, AmountUnit::Yuan);
    }

    #[test]
    fn canonical_headers_give_the_canonical_mapping() {
        let mapping = Mapping::guess(
            &headers("out_trade_no,amount,pay_status,created_at"),
            RecordKind::Orders,
        )
        .unwrap();
        assert_eq!(mapping.name, Mapping::CANONICAL);
        assert_eq!(mapping.status, None);
    }

    #[test]
    fn what_is_missing_is_named() {
        let error = Mapping::guess(&headers("商户订单号,备注"), RecordKind::Orders).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("amount") && text.contains("created_at") && text.contains("备注"));
    }

    #[test]
    fn one_source_column_is_never_taken_twice() {
        let mapping = Mapping::propose(&headers("订单号,金额,金额"), RecordKind::Orders);
        assert_eq!(mapping.columns[&Column::OutTradeNo], "订单号");
        assert_eq!(mapping.columns.get(&Column::OrderNo), None);
        assert_eq!(mapping.columns.get(&Column::Amount), None);
    }
}
