//! Casework on disk: what the database refuses by itself, and that history and tables say the same.

use super::engine::{RawDatabase, database};
use recondesk_adapters::sqlite::Database;
use recondesk_casework::{
    Approval, CaseOutcome, Judgement, OrderFacts, Queried, RefundEvent, RefundProgress,
    RefundStage, ReissueWay, RemoteState, Role, TRAIL_START, Thresholds, TrailEntry, seal,
};
use recondesk_domain::{Fen, Instant, MerchantProfile, ProfileId, Secret};
use recondesk_ports::{
    Author, Casework as _, Operator, PinError, Records as _, RefundDraft, RefundQuery,
    RefundRecord, RefundStep, ReissueDraft, StoreError,
};

const NOW: Instant = Instant::from_unix(1_800_000_000);

struct CaseworkFixture {
    folder: tempfile::TempDir,
    db: Database,
    profile: ProfileId,
}

impl CaseworkFixture {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let db = database(folder.path()).unwrap();
        let profile = db
            .add_profile(
                &MerchantProfile::new("shop", "1900000109"),
                recondesk_ports::Author::program(NOW),
            )
            .unwrap();
        let desk = Self {
            folder,
            db,
            profile,
        };
        desk.person("li", &[Role::Work, Role::Approve, Role::Administer]);
        desk.person("wang", &[Role::Approve]);
        desk.person("zhao", &[Role::Work]);
        desk
    }

    fn person(&self, name: &str, roles: &[Role]) {
        let operator = Operator {
            name: name.to_owned(),
            roles: roles.iter().copied().collect(),
            created_at: NOW,
            removed_at: None,
        };
        self.db
            .add_operator(&operator, &Secret::new("2468".to_owned()), "li")
            .unwrap();
    }

    fn draft(&self, case: &str, fen: i64) -> RefundDraft {
        RefundDraft {
            profile: self.profile,
            mch_id: "1900000109".to_owned(),
            case_key: case.to_owned(),
            out_trade_no: "QH1".to_owned(),
            sub_mch_id: String::new(),
            total: Fen::new(300_000),
            amount: Fen::new(fen),
            reason: "重复支付".to_owned(),
            maker: "li".to_owned(),
            together: 1,
            seen: Vec::new(),
        }
    }

    fn step(&self, refund: &RefundRecord, event: RefundEvent) -> Result<RefundRecord, StoreError> {
        let facts = OrderFacts {
            asked_at: NOW,
            is_paid: true,
            paid: Fen::new(300_000),
            coupon: Fen::ZERO,
            paid_at: Some(NOW.plus(-3_600)),
            transaction_id: "42".to_owned(),
            parts: Vec::new(),
        };
        let step = RefundStep {
            event,
            actor: "li",
            at: NOW,
            note: "",
            refund_id: "",
            facts: Some(&facts),
        };
        self.db.step_refund(refund.id, &step)
    }

    /// The database as anybody can open it, past all rules of the program.
    fn raw(&self) -> RawDatabase {
        RawDatabase::of(self.folder.path())
    }
}

#[test]
fn a_refund_that_was_paid_from_elsewhere_asks_nobody_any_more() {
    let desk = CaseworkFixture::new();
    let sum = Fen::new(100_001);
    let refund = desk.db.draft_refund(&desk.draft("c", sum.get()), NOW);
    let refund = refund.unwrap();
    assert_eq!(desk.db.approvals(false).unwrap().len(), 1);

    let found = Queried::Found(sum, RemoteState::Success);
    let refund = desk.step(&refund, RefundEvent::Query(found)).unwrap();

    assert_eq!(refund.refund.stage, RefundStage::Done);
    assert_eq!(desk.db.approvals(false).unwrap(), []);
    assert_eq!(desk.db.approvals(true).unwrap().len(), 1);
}

#[test]
fn the_database_refuses_the_maker_and_whoever_may_not_approve() {
    let desk = CaseworkFixture::new();
    let refund = desk
        .db
        .draft_refund(&desk.draft("c", 100_001), NOW)
        .unwrap();
    let approval = refund.approval.clone().unwrap();

    for checker in ["li", "zhao", "nobody", ""] {
        let refused = desk
            .db
            .judge(approval.id, Judgement::Approved, Author::new(checker, NOW));
        assert!(
            matches!(refused, Err(StoreError::Forbidden(_))),
            "{checker}"
        );
        let raw = desk.raw().execute(
            "UPDATE approval SET checker = ?1, judgement = 'approved', judged_at = 1",
            [checker],
        );
        assert!(raw.is_err(), "{checker}");
    }
    let sent = desk.step(&refund, RefundEvent::Confirm(Fen::new(100_001)));
    let refused = desk.step(&sent.unwrap(), RefundEvent::Dispatch);
    assert!(matches!(refused, Err(StoreError::Forbidden(_))));
    assert!(
        desk.raw()
            .execute("UPDATE refund SET stage = 'sent'", [])
            .is_err()
    );
    let raw = desk.raw();
    let forgotten = raw.execute("UPDATE refund SET stage = 'sent', approval = NULL", []);
    assert!(forgotten.is_err());

    desk.db
        .judge(approval.id, Judgement::Approved, Author::new("wang", NOW))
        .unwrap();
    let again = desk
        .db
        .judge(approval.id, Judgement::Declined, Author::new("wang", NOW));
    assert!(matches!(again, Err(StoreError::Forbidden(_))));
    let known = desk.db.refund(refund.id).unwrap().unwrap();
    assert_eq!(known.refund.approval, Approval::Given);
    let sent = desk.step(&known, RefundEvent::Dispatch).unwrap();
    assert_eq!(sent.refund.stage, RefundStage::Sent);
}

#[test]
fn a_case_and_an_order_have_one_outcome() {
    let desk = CaseworkFixture::new();
    let reissue = |case: &str| ReissueDraft {
        profile: desk.profile,
        case_key: case.to_owned(),
        out_trade_no: "QH1".to_owned(),
        way: ReissueWay::List,
        key: "k".to_owned(),
        maker: "li".to_owned(),
    };
    let refund = desk.db.draft_refund(&desk.draft("one", 100), NOW).unwrap();

    for case in ["one", "two"] {
        let refused = desk.db.draft_reissue(&reissue(case), NOW);
        assert!(matches!(refused, Err(StoreError::Forbidden(_))), "{case}");
    }
    let raw = desk.raw().execute(
        "INSERT INTO reissue (profile, case_key, out_trade_no, way, stage, key, maker, created_at,
             changed_at) VALUES (1, 'one', 'QH1', 'list', 'begun', '', '', 1, 1)",
        [],
    );
    assert!(raw.is_err());
    let raw = desk
        .raw()
        .execute("UPDATE outcome SET kind = 'reissue'", []);
    assert!(raw.is_err());

    desk.step(&refund, RefundEvent::Withdraw).unwrap();
    desk.db.draft_reissue(&reissue("one"), NOW).unwrap();
    let refused = desk.db.draft_refund(&desk.draft("two", 100), NOW);
    assert!(matches!(refused, Err(StoreError::Forbidden(_))));
    let standing = desk.db.outcomes(desk.profile, "one", "QH1").unwrap();
    assert_eq!(standing, [CaseOutcome::Reissue, CaseOutcome::Reissue]);
}

#[test]
fn a_number_is_fixed_and_prepared_again_is_the_same_refund() {
    let desk = CaseworkFixture::new();
    let first = desk.db.draft_refund(&desk.draft("c", 100), NOW).unwrap();

    let again = desk
        .db
        .draft_refund(&desk.draft("c", 100), NOW.plus(9))
        .unwrap();
    assert_eq!(again, first);
    let other = desk.db.draft_refund(&desk.draft("c", 200), NOW);
    assert!(matches!(other, Err(StoreError::Forbidden(_))));
    desk.step(&first, RefundEvent::Withdraw).unwrap();
    let redrafted = desk.db.draft_refund(&desk.draft("c", 200), NOW).unwrap();
    assert_eq!(redrafted.out_refund_no, first.out_refund_no);
    assert_eq!(redrafted.id, first.id);
    let raw = desk
        .raw()
        .execute("UPDATE refund SET out_refund_no = 'x'", []);
    assert!(raw.is_err());
}

#[test]
fn refunds_under_way_from_here_count_against_the_order() {
    let desk = CaseworkFixture::new();
    let limits = Thresholds {
        refund_over: Fen::new(1_000_000),
        ..Thresholds::default()
    };
    desk.db.set_thresholds(limits, "li", NOW).unwrap();
    let send = |case: &str, fen: i64| {
        let refund = desk.db.draft_refund(&desk.draft(case, fen), NOW).unwrap();
        let refund = desk
            .step(&refund, RefundEvent::Confirm(Fen::new(fen)))
            .unwrap();
        desk.step(&refund, RefundEvent::Dispatch)
    };
    for case in 0..3 {
        // The limit of a minute between parts is met by hand: each was sent long ago.
        let sent = send(&case.to_string(), 90_000);
        assert!(sent.is_ok(), "{sent:?}");
        desk.raw()
            .execute(
                "UPDATE refund SET machine = replace(machine, '\"sent_at\":1800000000', '\"sent_at\":1')",
                [],
            )
            .unwrap();
    }

    let over = send("last", 90_000);

    let Err(StoreError::Forbidden(why)) = over else {
        panic!("{over:?}");
    };
    assert_eq!(why, "only 300.00 yuan are left");
}

#[test]
fn history_folds_to_what_the_table_says_and_the_trail_holds() {
    let desk = CaseworkFixture::new();
    let refund = desk.db.draft_refund(&desk.draft("c", 100), NOW).unwrap();
    let refund = desk
        .step(&refund, RefundEvent::Confirm(Fen::new(100)))
        .unwrap();
    let refund = desk.step(&refund, RefundEvent::Dispatch).unwrap();
    desk.step(&refund, RefundEvent::Restart).unwrap();

    for known in desk.db.refunds(&RefundQuery::default()).unwrap() {
        let history = desk.db.refund_history(known.id).unwrap();
        let folded = history
            .iter()
            .fold(None, |machine: Option<RefundProgress>, entry| {
                Some(match (machine, entry.event) {
                    (None, RefundEvent::Redraft(amount, approval)) => {
                        RefundProgress::draft(amount, approval)
                    }
                    (Some(machine), event) => machine.apply(event, entry.at).unwrap(),
                    (None, other) => panic!("the first event is {other:?}"),
                })
            });
        assert_eq!(folded, Some(known.refund));
    }
    let trail = desk.db.audit(1, 1_000).unwrap();
    let mut before = TRAIL_START;
    for (at, entry) in (1..).zip(&trail) {
        let sealed = TrailEntry {
            id: at,
            at: entry.at,
            actor: &entry.actor,
            kind: &entry.kind,
            subject: &entry.subject,
            document: &entry.document,
        };
        assert_eq!((entry.id, entry.before), (at, before));
        before = seal(&before, &sealed);
        assert_eq!(entry.hash, before);
    }
    assert!(trail.len() >= 7, "{}", trail.len());
    for change in [
        "UPDATE audit SET actor = 'x'",
        "DELETE FROM audit",
        "DELETE FROM refund_event",
    ] {
        assert!(desk.raw().execute(change, []).is_err(), "{change}");
    }
}

#[test]
fn wrong_pins_are_counted_and_make_wait() {
    let desk = CaseworkFixture::new();
    let pin = |text: &str| Secret::new(text.to_owned());
    assert_eq!(
        desk.db.check_pin("wang", &pin("2468"), NOW).unwrap().name,
        "wang"
    );
    for _ in 0..5 {
        assert_eq!(
            desk.db.check_pin("wang", &pin("1"), NOW),
            Err(PinError::Wrong)
        );
    }

    let locked = desk.db.check_pin("wang", &pin("2468"), NOW);

    assert_eq!(locked, Err(PinError::Locked(NOW.plus(60))));
    assert!(
        desk.db
            .check_pin("wang", &pin("2468"), NOW.plus(60))
            .is_ok()
    );
    assert_eq!(
        desk.db.check_pin("nobody", &pin("2468"), NOW),
        Err(PinError::Wrong)
    );
    desk.db.remove_operator("wang", "", NOW).unwrap();
    assert_eq!(
        desk.db.check_pin("wang", &pin("2468"), NOW.plus(99)),
        Err(PinError::Wrong)
    );
    let text = desk
        .raw()
        .text("SELECT pin FROM operator WHERE name = 'wang'");
    assert!(text.contains("argon2id") && !text.contains("2468"));
}
