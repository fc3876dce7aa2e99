//! What is personal of customers is masked on every screen until a person says otherwise in Settings.

use egui::Key;
use recondesk::app::Command;
use recondesk::app::model::OrderFilter;
use recondesk::domain::BillDate;
use recondesk::ui::Screen;

use crate::first_run::FirstRunFixture;
use crate::stage::open_row;

const OPENID: &str = "oUp4u5Xk0000000000000001";

fn opened(morning: &mut FirstRunFixture) {
    morning.screen(Key::Num5, Screen::Orders);
    morning.work();
    open_row(&mut morning.harness, "vqlepiql");
    morning.work();
}

#[test]
fn an_openid_is_masked_until_settings_show_it() {
    let mut morning = FirstRunFixture::new();
    morning.press("新增商户…");
    morning.merchant();
    let orders = format!(
        "out_trade_no,amount,pay_status,created_at,openid\nvqlepiql_1,0.03,CREATED,2019-02-19 01:52:00,{OPENID}\n"
    );
    morning.screen(Key::Num5, Screen::Orders);
    let orders = morning.file("orders.csv", &orders);
    morning.pick("导入订单…", orders);
    opened(&mut morning);
    assert!(morning.says("vqlepiql_1"));
    assert!(!morning.says(OPENID));

    morning.screen(Key::Num9, Screen::Settings);
    morning.press("顾客信息: 显示");
    opened(&mut morning);
    assert!(morning.says(OPENID));

    // The choice is kept in the workspace.
    let id = morning.harness.state().state().merchants[0].id;
    let day = BillDate::parse("2019-02-19").unwrap();
    morning.run(Command::Orders(OrderFilter::all(id, day)));
    let stored = morning.ports.records.preference("window").unwrap();
    assert!(
        stored
            .unwrap_or_default()
            .contains("\"show_personal_data\":true")
    );

    morning.screen(Key::Num9, Screen::Settings);
    morning.press("顾客信息: 遮住");
    opened(&mut morning);
    assert!(!morning.says(OPENID));
}
