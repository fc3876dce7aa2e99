//! Every catalog answers alike: the database is compared with the model in memory, entry by entry and under the books.

use std::fmt::Write as _;
use std::sync::Arc;

use proptest::prelude::*;
use recondesk_adapters::books::catalog::{
    ByteRange, Catalog, DayRange, MemoryCatalog, NewImport, Reader, SectionMeta, SupersededMeta,
};
use recondesk_adapters::books::{Bookshelf, SetAsideRows};
use recondesk_adapters::clock::SystemClock;
use recondesk_adapters::workspace::Workspace;
use recondesk_domain::{BillDate, Instant, MerchantProfile, ProfileId, RowRef};
use recondesk_intake::{LeftOut, LeftOutReason, RecordKind, Reject, RowReason};
use recondesk_ports::{
    Book, BookColumn, BookDay, Books as _, Clock, ImportRecord, ProfileRecords, Records as _,
    SortColumn, Stamp, Standing, TableQuery, Unwatched,
};

use super::engine::database;
use super::store::{MCH_ID, bill_text, import_bill, import_orders, orders_text, pays};

const NOW: Instant = Instant::from_unix(1_772_899_200);
const KINDS: [&str; 3] = ["bill.all", "orders", "refunds"];
const FACTS: [&str; 3] = [
    "{}",
    r#"{"refunds":"running_total","business_numbers":true}"#,
    r#"{"refunds":"none","business_numbers":false}"#,
];

/// What a made-up import is like.
#[derive(Debug, Clone)]
struct Draw {
    profile: i64,
    kind: usize,
    content: u8,
    day: i32,
    quarantined: bool,
    facts: usize,
    sections: usize,
    stamp: Option<u64>,
}

fn draw() -> impl Strategy<Value = Draw> {
    let who = (1..=2_i64, 0..3_usize, 0..4_u8, 20_500..20_503_i32);
    let what = (
        any::<bool>(),
        0..3_usize,
        0..3_usize,
        prop::option::of(0..2_u64),
    );
    (who, what).prop_map(
        |((profile, kind, content, day), (quarantined, facts, sections, stamp))| Draw {
            profile,
            kind,
            content,
            day,
            quarantined,
            facts,
            sections,
            stamp,
        },
    )
}

fn stamp(file: u64, content: u8) -> Stamp {
    Stamp {
        device: u64::MAX,
        file,
        size: u64::from(content),
        modified_ns: -1,
        changed_ns: 7,
    }
}

/// The import of a draw, as the books would hand it to a catalog that has `sections` sections already.
fn made(draw: &Draw, import: u32, sections: u32) -> NewImport {
    let is_bill = draw.kind == 0;
    let profile = ProfileId(draw.profile);
    let book = if is_bill { Book::Pays } else { Book::Orders };
    let some = |at: usize| SectionMeta {
        id: 0,
        import,
        profile,
        book,
        day: draw.day + i32::try_from(at).unwrap(),
        rows: 7,
        hot: at == 1,
        open: at == 0,
        paid: (at == 1).then(|| DayRange::of(draw.day)),
        refunded: None,
        footer: ByteRange {
            offset: 1 << 40,
            len: 99,
        },
    };
    let newer = (!is_bill && sections > 0).then_some(SupersededMeta {
        import,
        section: sections,
        list: ByteRange { offset: 8, len: 16 },
    });
    NewImport {
        record: ImportRecord {
            import,
            profile,
            kind: (*KINDS.get(draw.kind).unwrap()).to_owned(),
            name: format!("{import}.csv"),
            sha256: [draw.content; 32],
            bytes: u64::from(draw.content),
            rows: 7,
            imported_at: NOW,
            day: is_bill.then(|| BillDate::from_number(draw.day).unwrap()),
            standing: if is_bill && draw.quarantined {
                Standing::Quarantined
            } else {
                Standing::Verified
            },
            facts: (*FACTS.get(draw.facts).unwrap()).to_owned(),
        },
        recipe: if is_bill { "" } else { "r" }.to_owned(),
        stamp: draw.stamp.map(|file| stamp(file, draw.content)),
        sections: (0..draw.sections).map(some).collect(),
        superseded: newer.into_iter().collect(),
        set_aside: not_stored(draw, import),
    }
}

/// Rows that an import does not store: one number twice, refused first, and one that is left out.
fn not_stored(draw: &Draw, import: u32) -> SetAsideRows {
    let mut rows = SetAsideRows::default();
    let row = |line| RowRef {
        import,
        line,
        offset: 0,
    };
    if draw.kind > 0 {
        for line in [9, 3] {
            rows.refuse(&Reject {
                row: row(line),
                number: "A1".to_owned(),
                column: "支付时间".to_owned(),
                at: Some(0),
                value: "3/8/2026".to_owned(),
                reason: RowReason::DayOrder,
                cells: Vec::new(),
            });
        }
        rows.leave_out(&LeftOut {
            row: row(u32::from(draw.content)),
            number: format!("B{}", draw.content),
            reason: LeftOutReason::Channel("支付宝".to_owned()),
        });
    }
    rows
}

/// All that a catalog can be asked, as one text.
fn all_answers(catalog: &dyn Catalog) -> String {
    let mut out = format!("{:?}", catalog.next_import());
    let merchants = [None, Some(ProfileId(1)), Some(ProfileId(2))];
    for profile in merchants {
        write!(
            out,
            "{:?} {:?} {:?} {:?}",
            catalog.newest_import(profile),
            catalog.all_bills(profile),
            catalog.sections(profile),
            catalog.superseded(profile),
        )
        .unwrap();
        for last in [0, 2, u32::MAX] {
            write!(out, "{:?}", catalog.order_traits(profile, last)).unwrap();
        }
    }
    for profile in merchants.into_iter().flatten() {
        write!(
            out,
            "{:?} {:?}",
            catalog.imports(profile),
            catalog.merchant_numbers(profile)
        )
        .unwrap();
        write!(out, "{:?}", catalog.has_set_aside(profile)).unwrap();
        for kind in [RecordKind::Orders, RecordKind::Refunds] {
            for last in [None, Some(1), Some(3)] {
                let numbers = ["A1", "B0", "B2", "C"];
                let found = catalog.set_aside(ProfileRecords { profile, kind }, &numbers, last);
                write!(out, "{found:?}").unwrap();
            }
        }
        for day in 20_500..20_503 {
            write!(
                out,
                "{:?}",
                catalog.bills(profile, BillDate::from_number(day).unwrap())
            )
            .unwrap();
        }
        for (recipe, content) in ["", "r"]
            .into_iter()
            .flat_map(|r| (0..4).map(move |c| (r, c)))
        {
            let reader = Reader { profile, recipe };
            write!(
                out,
                "{:?} {:?} {:?} {:?}",
                catalog.imports_by_content(reader, &[content; 32]),
                catalog.has_import_of_size(reader, u64::from(content)),
                catalog.import_by_stamp(reader, &stamp(0, content)),
                catalog.import_by_stamp(reader, &stamp(1, content)),
            )
            .unwrap();
        }
    }
    for import in 0..4 {
        write!(
            out,
            "{:?} {:?} {:?} {:?}",
            catalog.import(import),
            catalog.sections_of(import..=import + 1),
            catalog.sections_numbered(import..=import + 2),
            catalog.identities(import),
        )
        .unwrap();
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_database_answers_as_the_model_does(draws in prop::collection::vec(draw(), 0..9)) {
        let folder = tempfile::tempdir().unwrap();
        let db = database(folder.path()).unwrap();
        let model = MemoryCatalog::default();
        for name in ["one", "two"] {
            let mut profile = MerchantProfile::new(name, MCH_ID);
            profile.sub_mch_ids = vec![format!("19000001{}", name.len())];
            let id = db.add_profile(&profile, recondesk_ports::Author::program(NOW)).unwrap();
            model.set_merchant_numbers(id, [vec![profile.mch_id], profile.sub_mch_ids].concat());
        }
        let both: [&dyn Catalog; 2] = [&db, &model];
        prop_assert_eq!(all_answers(&db), all_answers(&model));
        for draw in &draws {
            for catalog in both {
                let sections = catalog.sections(None).unwrap().len();
                let import = catalog.next_import().unwrap();
                let new = made(draw, import, u32::try_from(sections).unwrap());
                catalog.add_import(&new).unwrap();
                let reader = Reader { profile: ProfileId(draw.profile), recipe: &new.recipe };
                catalog.add_stamp(reader, &stamp(1, draw.content), import).unwrap();
            }
            prop_assert_eq!(all_answers(&db), all_answers(&model));
        }
    }
}

/// All that the books can be asked about two days, as one text.
fn all_rows(books: &Bookshelf, profile: ProfileId, days: [BillDate; 2]) -> String {
    let mut out = String::new();
    let evidence = books.evidence(profile).unwrap();
    let early = books.evidence_as_of(profile, 2).unwrap();
    for (books, day) in [&evidence, &early]
        .into_iter()
        .flat_map(|b| days.map(|d| (b, d)))
    {
        let pays: Vec<_> = books.pays(day).unwrap().map(Result::unwrap).collect();
        let refunds: Vec<_> = books.refunds(day).unwrap().map(Result::unwrap).collect();
        let orders: Vec<_> = books.orders(day, 7).unwrap().map(Result::unwrap).collect();
        write!(out, "{pays:?} {refunds:?} {orders:?}").unwrap();
    }
    write!(out, "{:?}", evidence.bill_days()).unwrap();
    let query = TableQuery {
        sorts: vec![SortColumn {
            column: BookColumn::Number,
            descending: false,
        }],
        ..TableQuery::default()
    };
    for day in days {
        let listed = books.list(
            BookDay {
                profile,
                book: Book::Orders,
                day,
            },
            &query,
            &Unwatched,
        );
        write!(
            out,
            "{:?}",
            listed.map(|rows| (rows.of, rows.sum, rows.ids))
        )
        .unwrap();
    }
    write!(out, "{:?}", books.find("QH2603080000000003")).unwrap();
    write!(out, "{:?}", books.beside(profile, RecordKind::Orders)).unwrap();
    for record in books.imports(profile).unwrap() {
        let at = NOW;
        write!(
            out,
            "{:?}",
            ImportRecord {
                imported_at: at,
                ..record
            }
        )
        .unwrap();
    }
    out
}

#[test]
fn the_books_are_the_same_over_any_catalog() {
    let days = ["2026-03-08", "2026-03-09"].map(|day| BillDate::parse(day).unwrap());
    let first = pays(900, 3);
    let mut second = first.clone();
    second[7].fen += 100;
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let workspaces = folders.each_ref().map(|f| Workspace::at(f.path()).unwrap());
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let db = database(folders[0].path()).unwrap();
    let workspaces = [
        Workspace::of(folders[0].path(), &db).unwrap(),
        workspaces[1].clone(),
    ];
    let profile = db.add_profile(
        &MerchantProfile::new("shop", MCH_ID),
        recondesk_ports::Author::program(NOW),
    );
    let profile = profile.unwrap();
    let model = MemoryCatalog::default();
    model.set_merchant_numbers(profile, vec![MCH_ID.to_owned()]);
    let catalogs: [Arc<dyn Catalog>; 2] = [Arc::new(db), Arc::new(model)];

    let [one, other] = [0, 1].map(|at| {
        let catalog = Arc::clone(&catalogs[at]);
        let books = Bookshelf::open(&workspaces[at], catalog, Arc::clone(&clock)).unwrap();
        for pays in [&first, &second, &second] {
            import_bill(&books, profile, &bill_text("2026-03-08", pays)).unwrap();
            let status = |at| if at % 3 == 0 { "created" } else { "paid" };
            let orders = orders_text("2026-03-08", pays, status);
            import_orders(&books, profile, &orders).unwrap();
        }
        all_rows(&books, profile, days)
    });

    assert!(one == other, "the books differ");
    assert!(one.contains("QH2603080000000003") && one.contains("Replaced"));
}
