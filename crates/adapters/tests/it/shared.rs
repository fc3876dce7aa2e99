//! Several programs on one shared workspace: what each stores stays, rights have one holder, and a lost line is no loss.
//!
//! They need a server (`RECONDESK_TEST_POSTGRES`), so `cargo test` leaves them out; `just shared` runs them.

use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::Duration;

use recondesk_adapters::books::Bookshelf;
use recondesk_adapters::clock::SystemClock;
use recondesk_adapters::sqlite::Database;
use recondesk_adapters::sqlite::shared::{Address, bind_role, create};
use recondesk_adapters::workspace::Workspace;
use recondesk_casework::{
    ApprovalNeed, Judgement, OrderFacts, RefundEvent, RefundStage, Role, Roles,
};
use recondesk_domain::{Fen, Instant, MerchantProfile, ProfileId, Secret};
use recondesk_ports::{
    Author, Books as _, Casework as _, DeedListener, Operator, Records as _, RefundDraft,
    RefundRecord, RefundStep, ServerRefusal, StoreError, Writers as _,
};
use tempfile::TempDir;

use super::engine::{RawDatabase, database, server};
use super::store::{MCH_ID, import_orders, orders_text, pays};

const NOW: Instant = Instant::from_unix(1_800_000_000);
const NO_SERVER: &str = "set RECONDESK_TEST_POSTGRES, or run `just shared`";

/// A shared workspace with one merchant.
struct Team {
    folder: TempDir,
    profile: ProfileId,
}

impl Team {
    fn new() -> Self {
        assert!(
            std::env::var_os("RECONDESK_TEST_POSTGRES").is_some(),
            "{NO_SERVER}"
        );
        let folder = tempfile::tempdir().unwrap();
        let shop = MerchantProfile::new("shop", MCH_ID);
        let db = database(folder.path()).unwrap();
        let profile = db.add_profile(&shop, Author::program(NOW)).unwrap();
        Self { folder, profile }
    }

    /// Another program on the workspace.
    fn program(&self) -> Database {
        database(self.folder.path()).unwrap()
    }

    fn rights(&self, db: &Database) -> Workspace {
        Workspace::of(self.folder.path(), db).unwrap()
    }

    /// Ends every connection of this workspace, as a server that goes down does.
    fn cut_all_lines(&self) {
        // Those of other tests go as well: they are run one after the other.
        let sql = "SELECT CAST(count(pg_terminate_backend(pid)) AS TEXT) FROM pg_stat_activity
                   WHERE application_name = 'recondesk' AND datname = current_database()";
        let cut = RawDatabase::of(self.folder.path()).text(sql);
        assert!(cut.parse::<u32>().unwrap() > 0);
    }

    fn refund(&self, db: &Database) -> RefundRecord {
        let draft = RefundDraft {
            profile: self.profile,
            mch_id: MCH_ID.to_owned(),
            case_key: "c".to_owned(),
            out_trade_no: "QH1".to_owned(),
            sub_mch_id: String::new(),
            total: Fen::new(300_000),
            amount: Fen::new(200),
            reason: "重复支付".to_owned(),
            maker: "li".to_owned(),
            together: 1,
            seen: Vec::new(),
        };
        db.draft_refund(&draft, NOW).unwrap()
    }
}

fn step(
    db: &Database,
    refund: &RefundRecord,
    event: RefundEvent,
) -> Result<RefundRecord, StoreError> {
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
    db.step_refund(refund.id, &step)
}

#[test]
#[ignore = "needs a server: just shared"]
fn what_many_programs_store_at_once_is_all_there_and_the_trail_holds() {
    let team = Team::new();
    std::thread::scope(|scope| {
        for program in 0..6 {
            let db = team.program();
            scope.spawn(move || {
                for nth in 0..25 {
                    let name = format!("{program}-{nth}");
                    let shop = MerchantProfile::new(&name, "1900000109");
                    db.add_profile(&shop, Author::program(NOW)).unwrap();
                }
            });
        }
    });

    let db = team.program();
    assert_eq!(db.profiles().unwrap().len(), 1 + 6 * 25);
    let trail = db.audit(0, 1_000).unwrap();
    let ids: Vec<i64> = trail.iter().map(|entry| entry.id).collect();
    assert_eq!(ids, (1..=151).collect::<Vec<_>>());
    for pair in trail.windows(2) {
        assert_eq!(pair[0].hash, pair[1].before);
    }
    assert_eq!(db.history_faults(), Ok(vec![]));
}

#[test]
#[ignore = "needs a server: just shared"]
fn a_refund_that_many_send_at_once_is_sent_by_one() {
    let team = Team::new();
    let db = team.program();
    let refund = team.refund(&db);
    let refund = step(&db, &refund, RefundEvent::Confirm(Fen::new(200))).unwrap();

    let sent: Vec<bool> = std::thread::scope(|scope| {
        let programs: Vec<Database> = (0..6).map(|_| team.program()).collect();
        let refund = &refund;
        let threads: Vec<_> = programs
            .into_iter()
            .map(|db| scope.spawn(move || step(&db, refund, RefundEvent::Dispatch).is_ok()))
            .collect();
        let ends = threads.into_iter().map(|thread| thread.join().unwrap());
        ends.collect()
    });

    assert_eq!(sent.iter().filter(|sent| **sent).count(), 1);
    let known = db.refund(refund.id).unwrap().unwrap();
    assert_eq!(known.refund.stage, RefundStage::Sent);
}

#[test]
#[ignore = "needs a server: just shared"]
fn a_right_has_one_holder_and_passes_on_when_it_is_given_back_or_left() {
    let team = Team::new();
    let (one, other) = (team.program(), team.program());
    let (one, other) = (team.rights(&one), team.rights(&other));
    let held = one.enter_payout(Duration::ZERO).unwrap();

    assert!(matches!(
        other.enter_payout(Duration::from_millis(200)),
        Err(StoreError::Busy)
    ));
    assert!(other.enter(Duration::ZERO).is_ok());
    drop(held);
    let held = other.enter_payout(Duration::ZERO).unwrap();
    // Of a program that died nobody pushes the end on.
    std::mem::forget(held);
    let raw = RawDatabase::of(team.folder.path());
    raw.execute(
        "UPDATE lease SET holder = 'dead', until = clock_timestamp() WHERE name = 'payout'",
        [],
    )
    .unwrap();
    assert!(one.enter_payout(Duration::ZERO).is_ok());
}

#[test]
#[ignore = "needs a server: just shared"]
fn who_lost_a_right_stores_nothing_and_so_sends_nothing() {
    let team = Team::new();
    let db = team.program();
    let rights = team.rights(&db);
    let refund = team.refund(&db);
    let refund = step(&db, &refund, RefundEvent::Confirm(Fen::new(200))).unwrap();
    let held = rights.enter_payout(Duration::ZERO).unwrap();
    let raw = RawDatabase::of(team.folder.path());
    raw.execute(
        "UPDATE lease SET holder = 'other' WHERE name = 'payout'",
        [],
    )
    .unwrap();

    let refused = step(&db, &refund, RefundEvent::Dispatch);

    assert!(
        matches!(refused, Err(StoreError::Unreachable(_))),
        "{refused:?}"
    );
    let known = db.refund(refund.id).unwrap().unwrap();
    assert_eq!(known.refund.stage, RefundStage::Confirmed);
    drop(held);
    // The other's right is still there, and this program is free of the one it lost.
    assert!(matches!(
        rights.enter_payout(Duration::ZERO),
        Err(StoreError::Busy)
    ));
    assert!(step(&db, &refund, RefundEvent::Dispatch).is_ok());
}

/// A role of the server that may log in and nothing else, and an address with it.
fn login(team: &Team, name: &str) -> (String, Address) {
    let (schema, _) = server(team.folder.path()).unwrap();
    let role = format!("{name}_{}", schema.get(schema.len() - 12..).unwrap());
    let raw = RawDatabase::of(team.folder.path());
    raw.execute(&format!("CREATE ROLE \"{role}\" LOGIN"), [])
        .unwrap();
    let url = std::env::var("RECONDESK_TEST_POSTGRES").unwrap();
    let url = url.replace("postgres://recondesk@", &format!("postgres://{role}@"));
    let address = Address::parse(&url).unwrap().in_schema(&schema);
    (role, address)
}

#[test]
#[ignore = "needs a server: just shared"]
fn a_role_that_is_bound_to_an_operator_decides_as_that_one_alone_whatever_it_uses() {
    let team = Team::new();
    let owner = team.program();
    let (schema, of_owner) = server(team.folder.path()).unwrap();
    let roles = Roles::default();
    for (name, roles) in [
        ("boss", roles.with(Role::Administer)),
        ("li", roles.with(Role::Work)),
        ("wang", roles.with(Role::Approve)),
    ] {
        let operator = Operator {
            name: name.to_owned(),
            roles,
            created_at: NOW,
            removed_at: None,
        };
        let pin = Secret::new("271828".to_owned());
        owner.add_operator(&operator, &pin, "boss").unwrap();
    }
    let (li_role, as_li) = login(&team, "li");
    let (wang_role, as_wang) = login(&team, "wang");
    assert!(Database::open_shared(&as_li).is_err());
    assert!(matches!(
        bind_role(&of_owner, "nobody", &li_role),
        Err(StoreError::Missing(_))
    ));
    bind_role(&of_owner, "li", &li_role).unwrap();
    bind_role(&of_owner, "wang", &wang_role).unwrap();
    let li = Database::open_shared(&as_li).unwrap();
    let wang = Database::open_shared(&as_wang).unwrap();

    // Through the program: one's own name goes, another's does not.
    team.refund(&li);
    // A question that waits until it is answered, whatever becomes of that refund.
    let subject = "reissues/trial".to_owned();
    assert!(matches!(
        wang.ask_approval(ApprovalNeed::Sum, &subject, "r", Author::new("li", NOW)),
        Err(StoreError::Forbidden(_))
    ));
    let asked = li.ask_approval(ApprovalNeed::Sum, &subject, "r", Author::new("li", NOW));
    let asked = asked.unwrap().id;
    let as_wang_by_li = li.judge(asked, Judgement::Approved, Author::new("wang", NOW));
    assert!(
        matches!(as_wang_by_li, Err(StoreError::Forbidden(_))),
        "{as_wang_by_li:?}"
    );

    // Past the program, with the tables in hand.
    for sql in [
        "UPDATE operator SET roles = ',work,approve,' WHERE name = 'li'",
        "INSERT INTO operator (name, pin, roles, created_at) VALUES ('x', '', ',approve,', 0)",
        "UPDATE casework_limit SET refund_over = 99999999",
        "ALTER TABLE refund DISABLE TRIGGER USER",
        "DROP TRIGGER refund_needs_approval ON refund",
        "UPDATE desk_role SET operator = 'wang'",
        "DELETE FROM audit",
        "UPDATE approval SET maker = 'x'",
        "UPDATE refund SET maker = 'x'",
        "UPDATE approval SET checker = 'wang', judgement = 'approved', judged_at = 1",
        "CREATE TEMP TABLE desk_role (role TEXT, operator TEXT);
         UPDATE approval SET checker = 'wang', judgement = 'approved', judged_at = 1",
    ] {
        let refused = past_the_program(&schema, &li_role, sql);
        assert!(refused.is_err(), "{sql}");
    }
    wang.judge(asked, Judgement::Approved, Author::new("wang", NOW))
        .unwrap();
}

/// A statement by that role, with a connection of its own.
fn past_the_program(schema: &str, role: &str, sql: &str) -> Result<(), String> {
    let url = std::env::var("RECONDESK_TEST_POSTGRES").unwrap();
    let url = url.replace("postgres://recondesk@", &format!("postgres://{role}@"));
    let mut client = postgres::Client::connect(&url, postgres::NoTls).unwrap();
    let path = format!("SET search_path TO pg_temp, \"{schema}\"");
    client.batch_execute(&path).unwrap();
    client.batch_execute(sql).map_err(|error| error.to_string())
}

#[test]
#[ignore = "needs a server: just shared"]
fn a_line_that_was_cut_is_opened_again_and_what_was_told_is_there() {
    let team = Team::new();
    let db = team.program();
    let reader = db.another().unwrap();
    db.set_preference("a", "1").unwrap();
    assert_eq!(reader.preference("a"), Ok(Some("1".to_owned())));

    team.cut_all_lines();
    // The first who notices is told; nothing is said to be stored that is not.
    let told = db.set_preference("b", "2").is_ok();
    let stored = |key: &str| {
        let mut asked = (0..3).map(|_| team.program().preference(key));
        asked.find_map(Result::ok).unwrap()
    };
    assert_eq!(stored("b").is_some(), told);

    db.set_preference("c", "3").unwrap();
    let mut read = (0..2).map(|_| reader.preference("c"));
    assert_eq!(read.find_map(Result::ok), Some(Some("3".to_owned())));
    assert_eq!(stored("a"), Some("1".to_owned()));
}

/// What a listener was told.
#[derive(Debug, PartialEq)]
enum Told {
    Heard,
    Announced(bool),
}

/// Passes on what it is told.
struct Messenger(SyncSender<Told>);

impl DeedListener for Messenger {
    fn heard(&self) {
        let _is_over = self.0.send(Told::Heard);
    }

    fn announced(&self, arrive: bool) {
        let _is_over = self.0.send(Told::Announced(arrive));
    }

    fn is_wanted(&self) -> bool {
        true
    }
}

#[test]
#[ignore = "needs a server: just shared"]
fn what_is_stored_is_announced_to_others_and_again_after_the_line_was_cut() {
    let team = Team::new();
    let (window, other) = (team.program(), team.program());
    let (sender, told) = sync_channel(1_000);
    window.announce_to(Box::new(Messenger(sender)));
    let next = || told.recv_timeout(Duration::from_mins(10)).unwrap();
    let store = |name: &str| {
        let shop = MerchantProfile::new(name, "1900000110");
        other.add_profile(&shop, Author::program(NOW))
    };
    // It looks once at the beginning.
    assert_eq!([next(), next()], [Told::Announced(true), Told::Heard]);

    let begun = std::time::Instant::now();
    store("a").unwrap();
    assert_eq!(next(), Told::Heard);
    println!("an announcement took {:.1?}", begun.elapsed());
    // A preference is no deed.
    other.set_preference("a", "1").unwrap();
    let none = told.recv_timeout(Duration::from_millis(300));
    assert!(none.is_err());

    team.cut_all_lines();
    // Once it hears again it looks, for what happened meanwhile; then it hears as before.
    let again = [next(), next(), next()];
    let due = [Told::Announced(false), Told::Announced(true), Told::Heard];
    assert_eq!(again, due);
    while store("b").is_err() {}
    assert_eq!(next(), Told::Heard);
}

#[test]
#[ignore = "needs a server: just shared"]
fn what_the_server_refuses_is_told_with_its_code_and_is_no_damage() {
    let team = Team::new();
    let db = team.program();
    let raw = RawDatabase::of(team.folder.path());
    raw.execute("ALTER TABLE preference RENAME TO preference_gone", [])
        .unwrap();

    let refused = db.preference("a");

    let Err(StoreError::Server(ServerRefusal { code, said })) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(code, "42P01");
    assert!(said.contains("preference"), "{said}");
}

#[test]
#[ignore = "needs a server: just shared"]
fn a_file_that_two_programs_import_at_once_is_one_import() {
    let team = Team::new();
    let text = orders_text("2026-03-08", &pays(300, 1), |_| "paid");
    std::thread::scope(|scope| {
        for _ in 0..2 {
            let db = team.program();
            let workspace = team.rights(&db);
            let (text, profile) = (&text, team.profile);
            scope.spawn(move || {
                let clock = Arc::new(SystemClock::new());
                let books = Bookshelf::open(&workspace, Arc::new(db), clock).unwrap();
                import_orders(&books, profile, text).unwrap();
            });
        }
    });

    let db = team.program();
    let workspace = team.rights(&db);
    let clock = Arc::new(SystemClock::new());
    let books = Bookshelf::open(&workspace, Arc::new(db), clock).unwrap();
    assert_eq!(books.imports(team.profile).unwrap().len(), 1);
    let files = std::fs::read_dir(team.folder.path().join("archive")).unwrap();
    assert_eq!(files.count(), 1);
}

#[test]
#[ignore = "needs a server: just shared"]
fn a_server_is_believed_by_its_certificate_alone_and_asks_for_the_password() {
    let url = std::env::var("RECONDESK_TEST_POSTGRES_TLS").expect(NO_SERVER);
    let root = std::env::var("RECONDESK_TEST_ROOT").expect(NO_SERVER);
    let folder = tempfile::tempdir().unwrap();
    let files = format!("file://{}", folder.path().display());
    let passwords = folder.path().join("passwords");
    let place = url.trim_start_matches("postgres://recondesk@");
    let (host, name) = place.split_once('/').unwrap();
    recondesk_adapters::files::replace(
        &passwords,
        format!("{host}:{name}:recondesk:geheim\n").as_bytes(),
    )
    .unwrap();
    let address = |options: &str| Address::parse(&format!("{url}?{options}"));
    let with_root = format!("sslmode=verify-full&sslrootcert={root}");

    let unknown = create(&address("sslmode=require").unwrap(), &files);
    assert!(
        matches!(unknown, Err(StoreError::Unreachable(_))),
        "{unknown:?}"
    );
    let nameless = create(&address(&with_root).unwrap(), &files);
    assert!(
        matches!(nameless, Err(StoreError::Unreachable(_))),
        "{nameless:?}"
    );
    let address = address(&format!("{with_root}&passfile={}", passwords.display())).unwrap();
    create(&address, &files).unwrap();
    assert!(Database::open_shared(&address).is_ok());
    assert!(!format!("{address:?}").contains("geheim"));
}
