//! Proposes a mapping from the headers and the first rows of a file; a person sees it in the preview before it counts.

use super::candidates::Candidates;
use super::{
    Column, Guess, Mapping, MappingError, RecordKind, StateSubject, Stats, StatusRule, names,
    state_words,
};

/// True for headers that a mapping names or that many shops use.
pub(super) fn is_known_header(cell: &str, mapping: Option<&Mapping>) -> bool {
    if let Some(mapping) = mapping
        && mapping.name != Mapping::CANONICAL
    {
        return mapping.sources().any(|source| source == cell);
    }
    names::is_known(cell)
}

impl Mapping {
    /// Proposes a mapping for a file: the canonical one where its headers are canonical, else by the names that shops
    /// commonly use and by what stands below them.
    ///
    /// # Errors
    /// [`MappingError::NoGuess`] that names what is missing.
    pub fn guess(file: &Guess, kind: RecordKind) -> Result<Self, MappingError> {
        let mut mapping = Self::propose(file, kind);
        let lacking = mapping.lacking();
        if !lacking.is_empty() {
            let names: Vec<&str> = lacking.iter().map(|column| column.name()).collect();
            return Err(MappingError::NoGuess {
                missing: names.join(", "),
                present: listed(&file.headers),
            });
        }
        let canonical = mapping.status.is_empty()
            && mapping.clocks.is_empty()
            && mapping.day_order.is_none()
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
    pub fn propose(file: &Guess, kind: RecordKind) -> Self {
        Candidates::new(file, kind).propose()
    }

    /// Headers of the file that could be this column, best first.
    #[must_use]
    pub fn candidates(file: &Guess, kind: RecordKind, column: Column) -> Vec<String> {
        let places = Candidates::new(file, kind).of(column);
        let headers = places.iter().filter_map(|at| file.headers.get(*at));
        headers.map(|header| header.trim().to_owned()).collect()
    }

    /// True where an order has rows of items and nobody knows whether each has the amount of the order or of the item.
    #[must_use]
    pub fn may_be_shares(&self, file: &Guess) -> bool {
        self.kind == RecordKind::Orders && Candidates::new(file, self.kind).may_be_shares(self)
    }

    /// Two columns of numbers, where each order has a deposit and a balance, each paid by itself.
    #[must_use]
    pub fn deposit_and_balance(file: &Guess) -> Option<(String, String)> {
        let columns = file.number_columns();
        let named = |parts: &[&str]| {
            columns
                .iter()
                .find(|header| parts.iter().any(|part| header.contains(part)))
                .cloned()
        };
        named(&["定金", "订金", "预付", "首款", "首付"]).zip(named(&[
            "尾款",
            "余款",
            "二期款",
            "补款",
        ]))
    }

    /// True for a column whose name says that it is another sum of money than the one that was paid.
    #[must_use]
    pub fn is_other_money(header: &str) -> bool {
        names::is_other_money(header)
    }

    /// True for a column of numbers that many orders share: of a group purchase, a batch, a table.
    #[must_use]
    pub fn is_of_group(header: &str) -> bool {
        names::is_of_group(header)
    }

    /// Writes the words that a file has into the tables, with what the program takes them to mean. Reading by the
    /// mapping as it is then written gives the same as before.
    pub fn spell_out(&mut self, stats: &Stats) {
        let kind = self.kind;
        for rule in self.status.iter_mut().filter(|rule| rule.known_words) {
            let met = stats.words.get(rule.column.trim()).into_iter().flatten();
            for (word, _) in met.filter(|(word, _)| !word.is_empty()) {
                // What a mapping cannot write (a refund in the making on the row of an order) stays with the tables.
                if let Some(meaning) = state_words::known(kind, rule.about, word)
                    .filter(|meaning| *meaning != state_words::Meaning::NOTHING)
                    .filter(|meaning| meaning.can_be_written(kind))
                {
                    rule.words
                        .entry(word.clone())
                        .or_insert_with(|| meaning.to_mapping(kind));
                }
            }
        }
    }

    /// Reads a state from the words of this source column; words known before keep their meaning.
    pub fn read_words_of(&mut self, header: &str, about: StateSubject) {
        if matches!(about, StateSubject::Order | StateSubject::Payment) {
            self.columns.remove(&Column::PayStatus);
        }
        self.columns.remove(&Column::Status);
        self.status
            .retain(|rule| rule.column.trim() != header.trim());
        let before = self.status.iter().position(|rule| rule.about == about);
        let words = before
            .map(|at| self.status.remove(at).words)
            .unwrap_or_default();
        self.status.push(StatusRule {
            words,
            ..StatusRule::known(header, about)
        });
        self.status.sort_by_key(|rule| rule.about);
    }
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
    use crate::{AmountUnit, RowAmount, SampleRow, sniff_text};

    fn file(text: &str) -> Guess {
        sniff_text(text.as_bytes(), None).unwrap()
    }

    fn orders(text: &str) -> Mapping {
        Mapping::guess(&file(text), RecordKind::Orders).unwrap()
    }

    #[test]
    fn the_export_of_a_typical_shop_is_understood() {
        let mapping = orders(
            "out_trade_no,mchid,product,amount,status,created_at,paid_at,fulfilled_at,refund_no,refund_amount,refund_at,openid\n",
        );
        assert_eq!(mapping.columns[&Column::Goods], "product");
        assert_eq!(
            mapping.status,
            [StatusRule::known("status", StateSubject::Order)]
        );
        assert_eq!(mapping.refund_shape(), crate::RefundShape::RunningTotal);
    }

    #[test]
    fn chinese_headers_are_understood_with_their_unit() {
        let mapping =
            orders("订单编号,商户订单号,订单金额（分）,支付状态,创建时间,支付时间,微信订单号\n");
        assert_eq!(mapping.columns[&Column::OutTradeNo], "商户订单号");
        assert_eq!(mapping.columns[&Column::OrderNo], "订单编号");
        assert_eq!(mapping.columns[&Column::TransactionId], "微信订单号");
        assert_eq!(mapping.amount_unit, AmountUnit::Fen);
        assert_eq!(mapping.status[0].column, "支付状态");
        let refunds = Mapping::guess(
            &file("退款单号,商户订单号,退款金额(元),退款状态,申请时间,退款成功时间\n"),
            RecordKind::Refunds,
        )
        .unwrap();
        assert_eq!(refunds.columns[&Column::OutRefundNo], "退款单号");
        assert_eq!(refunds.amount_unit, AmountUnit::Yuan);
    }

    #[test]
    fn canonical_headers_give_the_canonical_mapping() {
        let mapping = orders("out_trade_no,amount,pay_status,created_at\n");
        assert_eq!(mapping.name, Mapping::CANONICAL);
        assert_eq!(mapping.status, []);
        let words = orders(
            "out_trade_no,amount,pay_status,created_at\nA1,1.00,已支付,2026-03-08 09:00:00\n",
        );
        assert_eq!(
            words.status,
            [StatusRule::known("pay_status", StateSubject::Payment)]
        );
    }

    #[test]
    fn what_is_missing_is_named() {
        let error = Mapping::guess(&file("商户订单号,备注\n"), RecordKind::Orders).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("amount") && text.contains("created_at") && text.contains("备注"));
    }

    #[test]
    fn one_source_column_is_never_taken_twice() {
        let mapping = Mapping::propose(&file("订单号,金额,金额\n"), RecordKind::Orders);
        assert_eq!(mapping.columns[&Column::OutTradeNo], "订单号");
        assert_eq!(mapping.columns.get(&Column::OrderNo), None);
    }

    #[test]
    fn the_paid_amount_and_the_merchant_s_number_are_preferred() {
        let mapping = orders(
            "订单号,交易单号,订单金额,优惠金额,实付金额,订单状态,下单时间\n\
             A20260308001,4200002781202603087745300001,14.90,2.00,12.90,已支付,2026-03-08 09:04:50\n",
        );
        assert_eq!(mapping.columns[&Column::Amount], "实付金额");
        assert_eq!(mapping.columns[&Column::OutTradeNo], "订单号");
        assert_eq!(mapping.columns[&Column::TransactionId], "交易单号");
        let own = orders(
            "订单号,交易单号,实付金额,订单状态,下单时间\n1001,A20260308001,12.90,已支付,2026-03-08 09:04:50\n",
        );
        assert_eq!(own.columns[&Column::OutTradeNo], "交易单号");
        assert_eq!(own.columns[&Column::OrderNo], "订单号");
    }

    #[test]
    fn a_date_and_a_clock_in_two_columns_are_joined() {
        let mapping = orders("单号,金额,付款日期,付款时间\nA1,1.00,2026-03-08,09:05:11\n");
        assert_eq!(mapping.columns[&Column::PaidAt], "付款日期");
        assert_eq!(mapping.clocks[&Column::PaidAt], "付款时间");
    }

    #[test]
    fn shares_of_items_are_told_from_repeated_amounts() {
        let shares = orders(
            "订单号,商品名称,数量,实付金额,状态,下单时间\n\
             A1,大米,1,10.00,已付款,2026-03-08 09:05:11\nA1,筷子,1,2.90,已付款,2026-03-08 09:05:11\n",
        );
        assert_eq!(shares.row_amount, RowAmount::Share);
        let both = orders(
            "订单号,商品名称,数量,商品实付金额,订单应付金额,状态,下单时间\n\
             A1,大米,1,10.00,12.90,已付款,2026-03-08 09:05:11\nA1,筷子,1,2.90,12.90,已付款,2026-03-08 09:05:11\n",
        );
        assert_eq!(
            (both.columns[&Column::Amount].as_str(), both.row_amount),
            ("订单应付金额", RowAmount::Order)
        );
    }

    #[test]
    fn words_that_a_mapping_cannot_write_keep_their_meaning() {
        let text = "订单号,实付金额,支付状态,发货状态,退款状态,付款时间\n\
             S1,10.00,已支付,待发货,退款中,2026-03-08 09:05:11\n\
             S2,10.00,已支付,已发货,部分退款,2026-03-08 09:05:11\n\
             S3,10.00,已支付,待发货,全额退款,2026-03-08 09:05:11\n";
        let guess = file(text);
        let mut mapping = Mapping::guess(&guess, RecordKind::Orders).unwrap();
        let mut stats = Stats::default();
        for rule in &mapping.status {
            let at = guess.headers.iter().position(|name| *name == rule.column);
            let met = guess
                .sample
                .iter()
                .map(|row| (row.cells[at.unwrap()].clone(), 1));
            stats.words.insert(rule.column.clone(), met.collect());
        }
        mapping.spell_out(&stats);
        let written = Mapping::from_toml(&mapping.to_toml()).unwrap();
        assert!(!mapping.to_toml().contains("{  }"), "{}", mapping.to_toml());
        for rule in &written.status {
            for word in stats.words[&rule.column].keys() {
                let read = rule.words.get(word).map(state_words::Meaning::of_mapping);
                let known = state_words::known(RecordKind::Orders, rule.about, word);
                assert!(read.is_none() || read == known, "{word}");
                assert!(read.is_some() || rule.known_words, "{word}");
            }
        }
    }

    #[test]
    fn every_name_of_the_tables_is_in_its_plain_form() {
        for kind in [RecordKind::Orders, RecordKind::Refunds] {
            for table in names::of(kind) {
                for name in table.exact.split_whitespace() {
                    assert_eq!(names::norm(name), name);
                    let row = SampleRow {
                        line: 1,
                        cells: vec![name.to_owned()],
                    };
                    assert!(is_known_header(&row.cells[0], None), "{name}");
                }
            }
        }
    }
}
