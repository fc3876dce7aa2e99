//! 合单: the question about a combined order, and its end.

use serde_json::{Value, json};

use super::{Call, Unsigned, percent};
use crate::v3::CombinedOrder;

/// 合单查询订单 by the number of the whole. Only who combined the orders may ask, so no merchant is named.
#[must_use]
pub fn query_combined(combine_out_trade_no: &str) -> Unsigned {
    Unsigned::get(
        Call::QueryCombined,
        format!(
            "/v3/combine-transactions/out-trade-no/{}",
            percent(combine_out_trade_no)
        ),
    )
}

/// 合单关闭订单: of all its parts, as the query told them; success is a 204 without body.
#[must_use]
pub fn close_combined(order: &CombinedOrder) -> Unsigned {
    let parts: Vec<Value> = order
        .parts
        .iter()
        .map(|part| {
            let mut one = json!({ "mchid": part.mchid, "out_trade_no": part.out_trade_no });
            if let (false, Some(fields)) = (part.sub_mchid.is_empty(), one.as_object_mut()) {
                fields.insert("sub_mchid".to_owned(), json!(part.sub_mchid));
            }
            one
        })
        .collect();
    Unsigned {
        call: Call::CloseCombined,
        method: "POST",
        target: format!(
            "/v3/combine-transactions/out-trade-no/{}/close",
            percent(&order.number)
        ),
        body: json!({ "combine_appid": order.appid, "sub_orders": parts })
            .to_string()
            .into_bytes(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_parts_are_closed_under_the_number_of_the_whole() {
        let told = br#"{"combine_appid":"wx1","combine_mchid":"19","combine_out_trade_no":"P|1","sub_orders":[
            {"mchid":"19","out_trade_no":"A1","trade_state":"NOTPAY"},
            {"mchid":"19","sub_mchid":"20","out_trade_no":"A2","trade_state":"NOTPAY"}]}"#;
        let order = CombinedOrder::read(told).unwrap();

        let close = close_combined(&order);

        assert_eq!(
            close.target,
            "/v3/combine-transactions/out-trade-no/P%7C1/close"
        );
        let body: Value = serde_json::from_slice(&close.body).unwrap();
        assert_eq!(
            body,
            json!({ "combine_appid": "wx1", "sub_orders": [
                { "mchid": "19", "out_trade_no": "A1" },
                { "mchid": "19", "out_trade_no": "A2", "sub_mchid": "20" },
            ] })
        );
        let query = query_combined("P|1");
        assert_eq!(
            (query.method, query.target.as_str()),
            ("GET", "/v3/combine-transactions/out-trade-no/P%7C1")
        );
    }
}
