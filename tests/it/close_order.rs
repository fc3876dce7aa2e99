//! Closing orders from the command line over both APIs, against the sandbox: only unpaid ones, and only for certain.

use recondesk::domain::ApiVersion;
use recondesk::sandbox::AnswerKey;
use serde_json::json;

use crate::funds::FundsFixture;
use crate::support::wire::{Client, SignDigest, control, ledger_order};

fn shops() -> [(ApiVersion, FundsFixture); 2] {
    let v2 = FundsFixture::new(AnswerKey::PublicKey);
    let key = v2.running.merchant.v2_key.expose().as_bytes().to_vec();
    v2.stage
        .expect(0, &["profile", "edit", "shop", "--api", "v2"]);
    v2.set("v2", &key);
    [
        (ApiVersion::V2, v2),
        (ApiVersion::V3, FundsFixture::new(AnswerKey::PublicKey)),
    ]
}

#[test]
fn an_unpaid_order_is_closed_once_and_a_paid_one_never() {
    for (api, shop) in shops() {
        let base = &shop.running.base_http;
        let wire = Client::of(&shop.running, SignDigest::Md5);
        wire.place("UNPAID-1", "1230");
        wire.place_paid("PAID-1", "1230");
        let close = |code, number: &str| {
            let close = ["close", number, "--profile", "shop", "--lang", "en"];
            let output = shop.stage.run(&close);
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(code), "{api:?} {number}: {said}");
            said
        };

        assert!(close(0, "UNPAID-1").contains("is closed"), "{api:?}");
        assert_eq!(
            ledger_order(base, "UNPAID-1")["trade_state"],
            "CLOSED",
            "{api:?}"
        );
        assert!(close(0, "UNPAID-1").contains("closed before"));
        assert!(close(4, "PAID-1").contains("close.paid"));
        assert_eq!(
            ledger_order(base, "PAID-1")["trade_state"],
            "SUCCESS",
            "{api:?}"
        );
        assert!(close(4, "NOBODY-1").contains("close.unknown"));
    }
}

#[test]
fn an_answer_that_is_lost_or_forged_is_asked_about() {
    for (api, shop) in shops() {
        let base = &shop.running.base_http;
        let wire = Client::of(&shop.running, SignDigest::Md5);
        for (at, kind) in ["done_but_error", "wrong_sign", "html"].iter().enumerate() {
            let number = format!("UNPAID-{at}");
            wire.place(&number, "1230");
            let path = match api {
                ApiVersion::V2 => "/pay/closeorder".to_owned(),
                ApiVersion::V3 => format!("/v3/pay/transactions/out-trade-no/{number}/close"),
            };
            control(base, "fault", &json!({ "kind": kind, "path": path }));
            let run = || shop.stage.run(&["close", &number, "--profile", "shop"]);
            // Closed behind a bad answer, or said to be open still: never "closed" while it is not.
            if run().status.code() != Some(0) {
                assert_eq!(run().status.code(), Some(0), "{api:?} {kind}");
            }
            assert_eq!(
                ledger_order(base, &number)["trade_state"],
                "CLOSED",
                "{api:?} {kind}"
            );
        }
    }
}
