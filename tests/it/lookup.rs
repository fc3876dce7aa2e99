//! Looking numbers up, asking live and taking notifications in: over a real workspace and a real sandbox.

use recondesk_app::MerchantRef;
use recondesk_ports::OrdersTarget;
use std::fmt::Write as _;
use std::sync::Arc;

use recondesk::adapters;
use recondesk::app::jobs::inquiry::QueryVerdict;
use recondesk::app::jobs::lookup::live::{self, LiveAnswer};
use recondesk::app::jobs::lookup::order_summary::Attention;
use recondesk::app::jobs::lookup::recognise::recognise_list;
use recondesk::app::jobs::lookup::ticket::{curl, ticket};
use recondesk::app::jobs::lookup::timeline::EntryKind;
use recondesk::app::jobs::lookup::{OrderView, look_up};
use recondesk::app::jobs::notify::{self, AsideReason, NotificationFate, NotificationResult};
use recondesk::app::jobs::{bills, intake};
use recondesk::app::{Language, Silent};
use recondesk::domain::{MerchantProfile, ProfileId, Secret, SecretKind, SuggestedAction};
use recondesk::intake::Mapping;
use recondesk::ports::{CancelToken, NumberKind, Ports, Source, Vault as _};
use recondesk::sandbox::Running;
use serde_json::json;

use crate::support::line::{GatewayFixture, NoonClock, PocketVault};
use crate::support::wire::{Client, SignDigest, control, http, sandbox};

/// A workspace whose merchant is the sandbox's, with the customer's order in it.
struct Support {
    _folder: tempfile::TempDir,
    ports: Ports,
    id: ProfileId,
    profile: MerchantProfile,
    running: Running,
}

/// One line of the orders file: number, fen, pay status.
fn orders_file(rows: &[(&str, &str, &str)]) -> String {
    let mut text = "out_trade_no,amount,pay_status,created_at,paid_at\n".to_owned();
    for (number, yuan, status) in rows {
        let paid = if *status == "paid" {
            "2026-03-09 12:00:00"
        } else {
            ""
        };
        writeln!(text, "{number},{yuan},{status},2026-03-09 11:58:00,{paid}").unwrap();
    }
    text
}

impl Support {
    fn new(rows: &[(&str, &str, &str)]) -> Self {
        let running = sandbox();
        let folder = tempfile::tempdir().unwrap();
        let desk = GatewayFixture::at(&running);
        let mut ports = adapters::open(Some(folder.path())).unwrap();
        let pocket = PocketVault::default();
        ports.clock = Arc::new(NoonClock::default());
        ports.gateway = Arc::new(desk.gateway);
        let id = ports
            .records
            .add_profile(
                &desk.profile,
                recondesk_ports::Author::program(ports.clock.now()),
            )
            .unwrap();
        let key = running.merchant.v2_key.expose().clone().into_bytes();
        pocket.set(id, SecretKind::V2Key, Secret::new(key)).unwrap();
        ports.vault = Arc::new(pocket);
        let support = Self {
            _folder: folder,
            ports,
            id,
            profile: desk.profile,
            running,
        };
        support.import(rows);
        support
    }

    fn import(&self, rows: &[(&str, &str, &str)]) {
        let mapping = Mapping::canonical();
        let source = Source::from_bytes("orders.csv", orders_file(rows).into_bytes());
        let books = self.ports.books.as_ref();
        let done = intake::import(
            books,
            OrdersTarget {
                profile: self.id,
                mapping: &mapping,
            },
            source,
            &mut |_| {},
            &Silent,
        );
        done.unwrap();
    }

    fn shop(&self) -> Client<'_> {
        Client::of(&self.running, SignDigest::Md5)
    }

    fn bill(&self) {
        let base = &self.running.base_http;
        control(base, "clock", &json!({ "now": "2026-03-10 10:00:00" }));
        let body = self
            .shop()
            .body(&[("bill_date", "20260309"), ("bill_type", "ALL")]);
        let answer = http(base, "POST", "/pay/downloadbill", body.as_bytes());
        control(base, "clock", &json!({ "shift_s": 0 }));
        let source = Source::from_bytes("bill.csv", answer.body);
        let books = self.ports.books.as_ref();
        bills::import(
            books,
            MerchantRef::new(self.id, &self.profile),
            source,
            None,
            &Silent,
        )
        .unwrap();
    }

    fn view(&self, number: &str) -> OrderView {
        let mut stories = look_up(&self.ports, number, None).unwrap();
        assert_eq!(stories.len(), 1, "{number}");
        stories.remove(0)
    }

    fn ask(&self, number: &str) -> LiveAnswer {
        let local = live::local_behind(&self.ports, self.id, number).unwrap();
        let profile = MerchantRef::new(self.id, &self.profile);
        let what = (number, NumberKind::OutTradeNo);
        live::ask(&self.ports, profile, what, local, &CancelToken::default()).unwrap()
    }

    fn notice(&self, wish: &serde_json::Value) -> String {
        let mut wish = wish.clone();
        wish["send"] = json!(false);
        let shown = control(&self.running.base_http, "notify", &wish);
        shown["body"].as_str().unwrap().to_owned()
    }

    fn take_in(&self, text: &str) -> Vec<NotificationResult> {
        let profile = MerchantRef::new(self.id, &self.profile);
        notify::import(&self.ports, profile, text.as_bytes(), &Silent).unwrap()
    }
}

#[test]
fn a_dropped_order_is_told_in_one_sentence_with_its_sources() {
    let support = Support::new(&[("A1", "35.00", "created")]);
    support.shop().place_paid("A1", "3500");
    support.bill();

    let view = support.view("A1");

    assert_eq!(view.sentence.standing, Attention::NeedsPerson);
    assert_eq!(view.sentence.step, SuggestedAction::Reissue);
    assert_eq!(
        view.sentence.words.zh,
        "顾客 03-09 12:00 已付 ¥35.00，商户订单仍为未支付：掉单，建议补发货"
    );
    let kinds: Vec<_> = view.entries.iter().map(|entry| entry.kind).collect();
    assert_eq!(kinds, [EntryKind::Order, EntryKind::BillPayment]);
    assert_eq!(view.entries[0].source, "orders.csv:2");
    assert_eq!(view.entries[1].source, "bill.csv:2");
    let paid = view.record.transaction_id();
    assert_eq!(paid.len(), 28);
    assert_eq!(support.view(&paid).kind, NumberKind::TransactionId);
}

#[test]
fn books_that_agree_need_nobody_and_unknown_numbers_have_no_story() {
    let support = Support::new(&[("A1", "35.00", "paid"), ("A2", "1.00", "created")]);
    support.shop().place_paid("A1", "3500");
    support.bill();

    assert_eq!(support.view("A1").sentence.standing, Attention::Agrees);
    assert_eq!(support.view("A2").sentence.standing, Attention::Open);
    assert_eq!(look_up(&support.ports, "A9", None).unwrap(), []);
    let stranger = Some(ProfileId(999));
    assert_eq!(look_up(&support.ports, "A1", stranger).unwrap(), []);
}

#[test]
fn a_live_answer_is_compared_logged_without_secrets_and_kept_only_when_asked() {
    let support = Support::new(&[("A1", "35.00", "created")]);
    support.shop().place_paid("A1", "3500");

    let asked = support.ask("A1");

    let fields: Vec<_> = asked
        .differences
        .iter()
        .map(|differ| differ.field)
        .collect();
    assert_eq!(fields, ["trade_state"]);
    assert!(!asked.agrees());
    let view = support.view("A1");
    assert_eq!(view.record.observations, []);
    assert_eq!(view.record.exchanges.len(), 1);
    let logged = &view.record.exchanges[0];
    assert_eq!(logged.outcome, "SUCCESS");
    let merchant = &support.running.merchant;
    for secret in [merchant.v2_key.expose(), "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"] {
        assert!(!logged.document.contains(secret), "{}", logged.document);
    }
    let command = curl(&asked.inquiry.exchanges[0], &support.profile.gateway);
    assert!(command.contains("/pay/orderquery"), "{command}");
    assert!(command.contains("<sign>***</sign>"), "{command}");
    let text = ticket(Some(&view), Some(&asked), Language::Zh);
    assert!(text.contains("交易状态: SUCCESS"), "{text}");
    assert!(!text.contains("oUpF8u"), "{text}");

    assert_eq!(live::keep(&support.ports, support.id, &asked), Ok(true));
    assert_eq!(live::keep(&support.ports, support.id, &asked), Ok(false));
    let view = support.view("A1");
    assert_eq!(view.record.observations.len(), 1);
    assert_eq!(view.sentence.step, SuggestedAction::Reissue);
}

#[test]
fn an_answer_that_is_not_to_be_believed_changes_nothing() {
    let support = Support::new(&[("A1", "35.00", "created")]);
    support.shop().place_paid("A1", "3500");
    let before = support.view("A1").sentence;
    for kind in [
        "wrong_sign",
        "other_order",
        "other_merchant",
        "unsigned",
        "html",
    ] {
        control(
            &support.running.base_http,
            "fault",
            &json!({ "kind": kind }),
        );

        let asked = support.ask("A1");

        assert!(asked.is_unclear(), "{kind}");
        assert!(
            matches!(asked.inquiry.verdict, QueryVerdict::ExchangeError(_)),
            "{kind}"
        );
        assert!(live::keep(&support.ports, support.id, &asked).is_err());
        assert_eq!(support.view("A1").sentence, before, "{kind}");
    }
}

#[test]
fn of_many_numbers_those_that_disagree_come_first() {
    let support = Support::new(&[("A1", "35.00", "paid"), ("A2", "35.00", "created")]);
    support.shop().place_paid("A1", "3500");
    support.shop().place_paid("A2", "3500");
    let numbers = recognise_list("A1\nA2").numbers;
    let profile = MerchantRef::new(support.id, &support.profile);

    let cancel = CancelToken::default();
    let asked = live::ask_many(&support.ports, profile, &numbers, &cancel, &Silent).unwrap();

    assert_eq!(asked[0].number, "A2");
    assert!(asked[1].agrees());
    cancel.cancel();
    let stopped = live::ask_many(&support.ports, profile, &numbers, &cancel, &Silent);
    assert_eq!(stopped.unwrap_err().code, "cancelled");
}

#[test]
fn a_notification_is_entered_once_however_often_it_comes() {
    let support = Support::new(&[("A1", "35.00", "created")]);
    support.shop().place_paid("A1", "3500");
    let md5 = support.notice(&json!({ "out_trade_no": "A1" }));
    let hmac = support.notice(&json!({ "out_trade_no": "A1", "sign_type": "hmac-sha256" }));

    let results = support.take_in(&format!("log line\n{md5}\n{hmac}\n{md5}"));

    let fates: Vec<_> = results.iter().map(|one| &one.fate).collect();
    assert_eq!(fates[0], &NotificationFate::Applied);
    assert!(matches!(fates[1], NotificationFate::Repeated { .. }));
    assert!(matches!(fates[2], NotificationFate::Repeated { .. }));
    assert!(results.iter().all(|one| one.answer.contains("SUCCESS")));
    let view = support.view("A1");
    assert_eq!(view.record.observations.len(), 1);
    assert_eq!(view.sentence.step, SuggestedAction::Reissue);
}

#[test]
fn forged_foreign_and_misfitting_notifications_are_kept_aside() {
    let support = Support::new(&[("A1", "35.00", "created"), ("A2", "1.00", "created")]);
    support.shop().place_paid("A1", "3500");
    support.shop().place_paid("A2", "3500");
    support.shop().place_paid("A3", "3500");
    let good = support.notice(&json!({ "out_trade_no": "A1" }));
    let fate = |text: &str| match support.take_in(text).remove(0).fate {
        NotificationFate::Aside(reason) => reason,
        other => panic!("{other:?}"),
    };

    let unsigned = {
        let start = good.find("<sign>").unwrap();
        let end = good.find("</sign>").unwrap() + 7;
        format!("{}{}", &good[..start], &good[end..])
    };
    assert!(matches!(fate(&unsigned), AsideReason::Forged(_)));
    let dearer = good.replace("3500", "9900");
    assert!(matches!(fate(&dearer), AsideReason::Forged(_)));
    let wrong_amount = support.notice(&json!({ "out_trade_no": "A2" }));
    assert!(matches!(fate(&wrong_amount), AsideReason::Mismatch(_)));
    let unknown = support.notice(&json!({ "out_trade_no": "A3" }));
    assert!(matches!(fate(&unknown), AsideReason::NoOrder(_)));
    let broken = "<xml><a>&nbsp;</a></xml>";
    assert!(matches!(fate(broken), AsideReason::Unreadable(_)));
    let v3 = r#"{"event_type":"TRANSACTION.SUCCESS","resource":{}}"#;
    assert!(matches!(fate(v3), AsideReason::Unsigned(_)));
    let answer = support.take_in(&unsigned).remove(0).answer;
    assert!(answer.contains("FAIL"), "{answer}");

    let kept = support.view("A2").record.observations;
    assert!(kept.iter().all(|seen| !seen.aside.is_empty()), "{kept:?}");
    // A right signature on a wrong sum is WeChat Pay's word that money came; a missing one is nobody's.
    assert_eq!(support.view("A2").sentence.step, SuggestedAction::Review);
    assert_eq!(support.view("A1").sentence.step, SuggestedAction::None);

    support.import(&[("A3", "35.00", "created")]);
    assert_eq!(
        support.take_in(&unknown).remove(0).fate,
        NotificationFate::Applied
    );
}

#[test]
fn a_refund_notification_is_decrypted_and_may_come_before_the_payments() {
    let support = Support::new(&[("A1", "35.00", "paid")]);
    support.shop().place_paid("A1", "3500");
    let wish = json!({ "out_trade_no": "A1", "refund_fee": 500, "out_refund_no": "R1" });
    control(&support.running.base_http, "refund", &wish);
    let refund = support.notice(&json!({ "out_trade_no": "A1", "out_refund_no": "R1" }));
    let payment = support.notice(&json!({ "out_trade_no": "A1" }));

    let results = support.take_in(&format!("{refund}\n{payment}\n{refund}"));

    assert_eq!(results[0].kind, "v2.refund");
    assert_eq!(results[0].state, "SUCCESS");
    assert_eq!(results[0].fate, NotificationFate::Applied);
    assert_eq!(results[1].fate, NotificationFate::Applied);
    assert!(matches!(results[2].fate, NotificationFate::Repeated { .. }));
    assert_eq!(support.view("R1").record.out_trade_no, "A1");
}
