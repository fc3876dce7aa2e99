//! Columns that no name tells: taken for what their values alone can be, and for nothing by a yes or no or a remark.

use recondesk_domain::{Fen, FulfilStatus, PayStatus};
use recondesk_intake::{
    Column, Guess, Mapping, OrderBlock, Plan, RecordKind, StateSubject, StatusRule, merge_orders,
    sniff_text,
};

fn file(text: &str) -> Guess {
    sniff_text(text.as_bytes(), None).unwrap()
}

fn proposed(text: &str) -> Mapping {
    Mapping::propose(&file(text), RecordKind::Orders)
}

/// The states of the orders that a file is read to have, by the mapping that is proposed for it.
fn read(text: &str) -> Vec<(PayStatus, FulfilStatus)> {
    let guess = file(text);
    let mapping = Mapping::propose(&guess, RecordKind::Orders);
    let plan = Plan::new(&mapping, &guess).unwrap();
    let mut out = OrderBlock::default();
    for row in &guess.sample {
        plan.read_cells(row, &mut out);
    }
    assert_eq!(out.rejects.len(), 0, "{:?}", out.rejects);
    let orders = out.orders.iter();
    orders
        .map(|order| (order.pay_status, order.fulfil_status))
        .collect()
}

#[test]
fn means_of_payment_and_delivery_are_known_by_their_words() {
    let mapping = proposed(
        "单号,实付金额,扫码类型,包裹进度,下单时间,支付时间\n\
         QH20260001,12.90,微信支付,已发货,2026-03-08 09:00:00,2026-03-08 09:00:09\n\
         QH20260002,22.90,支付宝,待发货,2026-03-08 09:10:00,2026-03-08 09:10:09\n",
    );
    assert_eq!(mapping.columns[&Column::Channel], "扫码类型");
    let delivery = StatusRule::known("包裹进度", StateSubject::Delivery);
    assert!(mapping.status.contains(&delivery), "{:?}", mapping.status);
}

#[test]
fn where_a_customer_comes_from_is_no_means_of_payment() {
    let mapping = proposed(
        "单号,实付金额,客户来源,支付时间\n\
         QH20260001,12.90,微信,2026-03-08 09:00:09\n\
         QH20260002,22.90,支付宝,2026-03-08 09:10:09\n",
    );
    assert!(!mapping.columns.contains_key(&Column::Channel));
}

#[test]
fn neither_a_flag_nor_a_remark_is_a_state() {
    for other in [
        "is_test,false,true",
        "备注,已发货,",
        "买家留言,,已付款",
        "是否会员,是,否",
    ] {
        let [header, first, second]: [&str; 3] =
            other.split(',').collect::<Vec<_>>().try_into().unwrap();
        let text = format!(
            "order_no,amount,pay_time,{header}\n\
             QH20260001,12.90,2026-03-08 09:00:09,{first}\n\
             QH20260002,22.90,2026-03-08 09:10:09,{second}\n"
        );
        assert_eq!(proposed(&text).status, [], "{other}");
        let states = read(&text);
        assert!(
            states.iter().all(|(pay, _)| *pay == PayStatus::Paid),
            "{other}"
        );
    }
}

#[test]
fn a_flag_of_cancelled_orders_closes_them() {
    let states = read(
        "order_no,amount,pay_time,is_void\n\
         QH20260001,12.90,2026-03-08 09:00:09,false\n\
         QH20260002,22.90,2026-03-08 09:10:09,true\n",
    );
    let pays: Vec<PayStatus> = states.iter().map(|(pay, _)| *pay).collect();
    assert_eq!(pays, [PayStatus::Paid, PayStatus::Closed]);
}

#[test]
fn processing_is_a_payment_under_way_beside_success_and_an_order_beside_completed() {
    let of = |words: [&str; 3]| {
        let rows = words
            .iter()
            .enumerate()
            .map(|(at, word)| format!("QH2026000{at},12.90,{word},2026-03-08 09:0{at}:00\n"));
        let text: String = rows.collect();
        read(&format!("单号,金额,状态,创建时间\n{text}"))
    };
    let payments = of(["success", "processing", "fail"]);
    assert_eq!(payments[1].0, PayStatus::Paying);
    let shop = of(["Completed", "Processing", "Failed"]);
    assert_eq!(shop[1], (PayStatus::Paid, FulfilStatus::Pending));
}

#[test]
fn states_that_nothing_reads_are_named() {
    let guess = file(
        "order_no,amount,pay_status,pay_time,warehouse_state\n\
         QH20260001,12.90,paid,2026-03-08 09:00:09,A\n\
         QH20260002,22.90,paid,2026-03-08 09:10:09,B\n",
    );
    let mapping = Mapping::propose(&guess, RecordKind::Orders);
    assert_eq!(guess.unread_states(&mapping), ["warehouse_state"]);
}

/// An order of two items below merged cells, as one: its sum, its refunds, its delivery.
fn merged(first: &str, second: &str) -> (Fen, Option<Fen>, FulfilStatus) {
    let text = format!(
        "订单号,商品名称,商品金额,订单状态,发货状态,商品退款金额,付款时间\n\
         QH20260001,a,10.00,交易成功,{first},2026-03-08 09:00:09\n\
         ,b,2.90,,{second},\n\
         QH20260002,c,5.00,交易成功,已发货,0.00,2026-03-08 09:10:09\n"
    );
    let mapping = proposed(&text);
    let out = crate::intake::read(text.as_bytes(), &mapping);
    assert_eq!(out.rejects.len(), 0, "{:?}", out.rejects);
    let rows: Vec<_> = out
        .orders
        .iter()
        .filter(|order| order.out_trade_no.as_str() == "QH20260001")
        .copied()
        .collect();
    let one = merge_orders(&rows, mapping.row_amount).unwrap();
    (one.amount, one.refund_total, one.fulfil_status)
}

#[test]
fn an_item_below_merged_cells_keeps_its_own_delivery_and_refund() {
    let fen = |fen| Fen::new(fen);
    for (first, second, refunded, delivery) in [
        ("已发货,0.00", "未发货,0.00", 0, FulfilStatus::Pending),
        (
            "已发货,10.00",
            "已发货,0.00",
            1_000,
            FulfilStatus::Fulfilled,
        ),
        ("已发货,10.00", "已发货,", 1_000, FulfilStatus::Fulfilled),
        ("已发货,0.00", "已发货,2.90", 290, FulfilStatus::Fulfilled),
        (
            "已发货,10.00",
            "已发货,2.90",
            1_290,
            FulfilStatus::Fulfilled,
        ),
    ] {
        assert_eq!(
            merged(first, second),
            (fen(1_290), Some(fen(refunded)), delivery),
            "{first} {second}"
        );
    }
}
