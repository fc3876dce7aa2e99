//! A real process that sends a refund is killed at some point; whoever comes next finds one refund, never two.
//!
//! `RECONDESK_KILLS=500 cargo test --test it refund_kill` kills more often.

use std::process::Stdio;
use std::time::Duration;

use crate::refund_cli::Till;
use crate::support::wire::ledger_order;

#[test]
fn a_killed_sender_leaves_one_refund() {
    let kills: u64 = std::env::var("RECONDESK_KILLS").map_or(6, |text| text.parse().unwrap());
    let till = Till::new();
    let mut interrupted = 0;
    for nth in 0..kills {
        let order = format!("K{nth:012}");
        till.paid(&order, "1230");
        let prepared = till.prepare(&order, "12.30");
        let number = prepared["out_refund_no"].as_str().unwrap().to_owned();
        // Points between the start of the process and its usual end, the same ones each time.
        let after = Duration::from_millis(20 + nth * 7919 % 600);
        let send = ["refund", "send", &number, "--confirm", "12.30"];
        let mut child = till
            .process(&send)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(after);
        if child.try_wait().unwrap().is_none() {
            interrupted += 1;
        }
        child.kill().unwrap();
        child.wait().unwrap();

        let mut code = None;
        for _ in 0..8 {
            code = till.run(&send).status.code();
            if code == Some(0) {
                break;
            }
        }

        assert_eq!(code, Some(0), "killed after {after:?}");
        let accepted = ledger_order(&till.running.base_http, &order)["refunds"].clone();
        let accepted = accepted.as_array().unwrap();
        assert_eq!(accepted.len(), 1, "killed after {after:?}: {accepted:?}");
        assert_eq!(accepted[0]["out_refund_no"], *number);
    }
    till.expect(0, &["audit", "verify"]);
    println!("{kills} kills, {interrupted} of them before the end, one accepted refund each");
    assert!(kills < 6 || interrupted > 0, "nothing was interrupted");
}
