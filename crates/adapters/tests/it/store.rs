//! The books on disk: imports, newer versions, lookups, tables, damage.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use recondesk_adapters::books::Bookshelf;
use recondesk_adapters::clock::SystemClock;
use recondesk_adapters::disk::{PowerCut, open_source};
use recondesk_adapters::sqlite::Database;
use recondesk_adapters::workspace::Workspace;
use recondesk_domain::{BillDate, Fen, Instant, MchId, MerchantProfile, OutTradeNo, ProfileId};
use recondesk_intake::Mapping;
use recondesk_ports::{
    BillExpect, BillImport, Books, BooksError, Clock, NumberKind, OrdersImport, OrdersTarget,
    Records, Source, Standing, Stored, Unwatched,
};

pub(crate) const MCH_ID: &str = "1900000109";

use super::engine::{database, files};

/// A workspace with one merchant.
pub(crate) struct StoreFixture {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) books: Bookshelf,
    pub(crate) profile: ProfileId,
}

impl StoreFixture {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (books, profile) = open_any(folder.path(), Arc::new(SystemClock::new())).unwrap();
        Self {
            folder,
            books,
            profile,
        }
    }

    pub(crate) fn bill(&self, text: &[u8]) -> Result<BillImport, BooksError> {
        import_bill(&self.books, self.profile, text)
    }

    pub(crate) fn orders(&self, text: &str) -> Result<OrdersImport, BooksError> {
        import_orders(&self.books, self.profile, text)
    }
}

pub(crate) fn open(
    folder: &Path,
    fault: Option<Arc<PowerCut>>,
) -> Result<(Bookshelf, ProfileId), BooksError> {
    open_by(folder, fault, Arc::new(SystemClock::new()))
}

/// The books over whatever database the tests are run on.
fn open_any(folder: &Path, clock: Arc<dyn Clock>) -> Result<(Bookshelf, ProfileId), BooksError> {
    let db = database(folder)?;
    open_over(&files(folder, &db)?, db, None, clock)
}

fn open_by(
    folder: &Path,
    fault: Option<Arc<PowerCut>>,
    clock: Arc<dyn Clock>,
) -> Result<(Bookshelf, ProfileId), BooksError> {
    let workspace = Workspace::at(folder)?;
    let db = workspace.open()?;
    open_over(&workspace, db, fault, clock)
}

pub(crate) fn open_over(
    workspace: &Workspace,
    db: Database,
    fault: Option<Arc<PowerCut>>,
    clock: Arc<dyn Clock>,
) -> Result<(Bookshelf, ProfileId), BooksError> {
    let profile = match db.profile("shop")? {
        Some((id, _)) => id,
        None => db.add_profile(
            &MerchantProfile::new("shop", MCH_ID),
            recondesk_ports::Author::program(clock.now()),
        )?,
    };
    Ok((
        Bookshelf::with_fault(workspace, Arc::new(db), clock, fault)?,
        profile,
    ))
}

pub(crate) fn import_bill(
    books: &Bookshelf,
    profile: ProfileId,
    text: &[u8],
) -> Result<BillImport, BooksError> {
    let expect = BillExpect {
        mch_id: MchId::new(MCH_ID),
        ..BillExpect::default()
    };
    let source = Source::from_bytes("bill.csv", text.to_vec());
    books.import_bill(profile, source, &expect, &Unwatched)
}

pub(crate) fn import_orders(
    books: &Bookshelf,
    profile: ProfileId,
    text: &str,
) -> Result<OrdersImport, BooksError> {
    let source = Source::from_bytes("orders.csv", text.as_bytes().to_vec());
    books.import_orders(
        OrdersTarget {
            profile,
            mapping: &Mapping::canonical(),
        },
        source,
        &Unwatched,
        &mut |reject| panic!("{}", reject.en()),
    )
}

pub(crate) fn day(text: &str) -> BillDate {
    BillDate::parse(text).unwrap()
}

/// One made-up payment.
#[derive(Debug, Clone)]
pub(crate) struct SamplePay {
    pub(crate) number: String,
    pub(crate) second: u32,
    pub(crate) fen: i64,
    pub(crate) refunded: bool,
}

pub(crate) fn pays(count: u32, seed: u32) -> Vec<SamplePay> {
    (0..count)
        .map(|n| SamplePay {
            number: format!("QH260308{:010}", u64::from(n) * 7919 + u64::from(seed)),
            second: n.wrapping_mul(2_654_435_761).wrapping_add(seed) % 86_400,
            fen: i64::from(n.wrapping_mul(40_503).wrapping_add(seed) % 90_000) + 1,
            refunded: n % 37 == 5,
        })
        .collect()
}

fn clock(second: u32) -> String {
    format!(
        "{:02}:{:02}:{:02}",
        second / 3600,
        second / 60 % 60,
        second % 60
    )
}

/// A bill of the current layout with these payments, each `refunded` one with a refund row.
pub(crate) fn bill_text(date: &str, pays: &[SamplePay]) -> Vec<u8> {
    let mut out = "\u{feff}交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注\r\n".to_owned();
    let (mut rows, mut paid, mut back, mut fee) = (0, 0, 0, 0);
    for pay in pays {
        let yuan = Fen::new(pay.fen);
        let part = pay.fen * 6 / 1000;
        let wechat = format!("4200002{:>021}", pay.number.trim_start_matches("QH"));
        writeln!(out, "`{date} {},`wx2421b1c4370ec43b,`{MCH_ID},`0,`,`{wechat},`{},`oUpF8uMuAJO_M2pxb1Q9zNjWeS6o,`JSAPI,`SUCCESS,`CMB_DEBIT,`CNY,`{yuan},`0.00,`0,`0,`0.00,`0.00,`,`,`会员月卡，续费,`a\\ b,`{}000,`0.60%,`{yuan},`0.00,`\r", clock(pay.second), pay.number, Fen::new(part)).unwrap();
        rows += 1;
        paid += pay.fen;
        fee += part;
        if pay.refunded {
            let minus = Fen::new(-part);
            writeln!(out, "`{date} {},`wx2421b1c4370ec43b,`{MCH_ID},`0,`,`{wechat},`{},`oUpF8uMuAJO_M2pxb1Q9zNjWeS6o,`JSAPI,`REFUND,`CMB_DEBIT,`CNY,`0.00,`0.00,`5000{},`R{},`{yuan},`0.00,`ORIGINAL,`SUCCESS,`会员月卡，续费,`a\\ b,`{minus}000,`0.60%,`0.00,`{yuan},`\r", clock(pay.second), pay.number, &wechat[4..], pay.number).unwrap();
            rows += 1;
            back += pay.fen;
            fee -= part;
        }
    }
    let (paid, back, fee) = (Fen::new(paid), Fen::new(back), Fen::new(fee));
    writeln!(out, "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额\r\n`{rows},`{paid},`{back},`0.00,`{fee}000,`{paid},`{back}\r").unwrap();
    out.into_bytes()
}

/// The shop's own export of these payments.
pub(crate) fn orders_text(
    date: &str,
    pays: &[SamplePay],
    status: impl Fn(usize) -> &'static str,
) -> String {
    let mut out =
        "out_trade_no,order_no,amount,pay_status,created_at,paid_at,fulfil_status,goods\n"
            .to_owned();
    for (at, pay) in pays.iter().enumerate() {
        let status = status(at);
        let paid = if status == "paid" {
            format!("{date} {}", clock(pay.second))
        } else {
            String::new()
        };
        writeln!(
            out,
            "{},B{},{},{status},{date} {},{paid},pending,\"card, {at}\"",
            pay.number,
            pay.number,
            Fen::new(pay.fen),
            clock(pay.second.saturating_sub(5)),
        )
        .unwrap();
    }
    out
}

fn numbers(shop: &StoreFixture, date: &str) -> BTreeMap<String, (Fen, u32)> {
    let evidence = shop.books.evidence(shop.profile).unwrap();
    let orders = evidence.orders(day(date), 7).unwrap();
    orders
        .map(|order| {
            let order = order.unwrap();
            (
                order.out_trade_no.as_str().to_owned(),
                (order.amount, order.row.import),
            )
        })
        .collect()
}

pub(crate) const DATE: &str = "2026-03-08";

#[test]
fn a_bill_comes_back_in_key_order_and_whole() {
    let shop = StoreFixture::new();
    let pays = pays(10_000, 3);
    let text = bill_text(DATE, &pays);

    let done = shop.bill(&text).unwrap();

    assert_eq!((done.stored, done.day), (Stored::New, Some(day(DATE))));
    let evidence = shop.books.evidence(shop.profile).unwrap();
    let read: Vec<_> = evidence
        .pays(day(DATE))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(read.len(), pays.len());
    let order = |pay: &recondesk_domain::WPay| {
        (
            pay.out_trade_no.fingerprint(),
            pay.out_trade_no,
            pay.row.line,
        )
    };
    assert!(read.is_sorted_by_key(order));
    let by_number: BTreeMap<&str, &SamplePay> =
        pays.iter().map(|p| (p.number.as_str(), p)).collect();
    for pay in &read {
        let made = by_number[pay.out_trade_no.as_str()];
        assert_eq!(pay.amount.get(), made.fen);
        let raw = shop.books.raw_row(pay.row).unwrap();
        assert_eq!(raw.cells[6], made.number);
        assert_eq!(raw.header[6], "商户订单号");
        if read.len() > 500 && pay.row.line % 97 != 0 {
            continue;
        }
        let start = usize::try_from(pay.row.offset).unwrap();
        assert!(text[start..].starts_with(raw.text.as_bytes()));
    }
    let refunds = evidence.refunds(day(DATE)).unwrap().count();
    assert_eq!(refunds, pays.iter().filter(|p| p.refunded).count());
    assert_eq!(evidence.bill_days().unwrap(), [day(DATE)]);
}

#[test]
fn the_same_bytes_twice_change_nothing() {
    let shop = StoreFixture::new();
    let pays = pays(300, 3);
    let bill = bill_text(DATE, &pays);
    let orders = orders_text(DATE, &pays, |_| "paid");
    let first = (shop.bill(&bill).unwrap(), shop.orders(&orders).unwrap());
    let files = names(shop.folder.path());

    let second = (shop.bill(&bill).unwrap(), shop.orders(&orders).unwrap());

    assert_eq!(second.0.stored, Stored::Unchanged);
    assert_eq!(second.0.record.import, first.0.record.import);
    assert!(!second.1.is_new);
    assert_eq!(second.1.import, first.1.import);
    assert_eq!(names(shop.folder.path()), files);
    assert_eq!(shop.books.imports(shop.profile).unwrap().len(), 2);
}

pub(crate) fn names(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for part in ["archive", "books"] {
        for entry in std::fs::read_dir(folder.join(part)).unwrap() {
            names.push(format!(
                "{part}/{}",
                entry.unwrap().file_name().to_str().unwrap()
            ));
        }
    }
    names.sort();
    names
}

#[test]
fn other_bytes_for_a_day_take_the_place_of_the_bill_and_keep_it() {
    let shop = StoreFixture::new();
    let first = shop.bill(&bill_text(DATE, &pays(50, 1))).unwrap();

    let second = shop.bill(&bill_text(DATE, &pays(60, 2))).unwrap();

    assert_eq!(second.stored, Stored::Replaced);
    let evidence = shop.books.evidence(shop.profile).unwrap();
    assert_eq!(evidence.pays(day(DATE)).unwrap().count(), 60);
    let bills = shop.books.bills(shop.profile, day(DATE)).unwrap();
    let standings: Vec<_> = bills.iter().map(|bill| bill.standing).collect();
    assert_eq!(standings, [Standing::Verified, Standing::Replaced]);
    let before = shop
        .books
        .evidence_as_of(shop.profile, first.record.import)
        .unwrap();
    assert_eq!(before.pays(day(DATE)).unwrap().count(), 50);
}

#[test]
fn a_bill_that_does_not_add_up_is_kept_but_is_no_evidence() {
    let shop = StoreFixture::new();
    let text = String::from_utf8(bill_text(DATE, &pays(50, 1))).unwrap();
    let cut = text.replacen("\r\n`", "\r\n", 0);
    let lines: Vec<&str> = cut.lines().collect();
    let damaged = [&lines[..10], &lines[11..]].concat().join("\r\n");

    let done = shop.bill(damaged.as_bytes()).unwrap();

    assert_eq!(done.stored, Stored::Quarantined);
    let evidence = shop.books.evidence(shop.profile).unwrap();
    assert_eq!(evidence.pays(day(DATE)).unwrap().count(), 0);
    assert_eq!(evidence.bill_days().unwrap(), []);
    let sound = shop.bill(text.as_bytes()).unwrap();
    assert_eq!(sound.stored, Stored::New);
}

#[test]
fn a_bill_of_another_merchant_or_day_is_refused_and_leaves_nothing() {
    let shop = StoreFixture::new();
    let text = bill_text(DATE, &pays(50, 1));
    for expect in [
        BillExpect {
            mch_id: MchId::new("1900000110"),
            ..BillExpect::default()
        },
        BillExpect {
            mch_id: MchId::new(MCH_ID),
            day: Some(day("2026-03-09")),
            sha1: None,
        },
    ] {
        let source = Source::from_bytes("bill.csv", text.clone());
        let refused = shop
            .books
            .import_bill(shop.profile, source, &expect, &Unwatched);
        assert!(
            matches!(refused, Err(BooksError::BillRefused(_))),
            "{refused:?}"
        );
    }
    assert_eq!(names(shop.folder.path()), Vec::<String>::new());
    assert_eq!(shop.books.imports(shop.profile).unwrap(), []);
}

#[test]
fn a_gzip_bill_is_the_same_bill() {
    use std::io::Write as _;
    let shop = StoreFixture::new();
    let text = bill_text(DATE, &pays(3000, 1));
    shop.bill(&text).unwrap();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&text).unwrap();

    let again = shop.bill(&gzip.finish().unwrap()).unwrap();

    assert_eq!(again.stored, Stored::Unchanged);
}

#[test]
fn a_gzip_bomb_is_refused_with_little_memory() {
    use std::io::Write as _;
    let shop = StoreFixture::new();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(&bill_text(DATE, &pays(10, 1))).unwrap();
    for _ in 0..200 {
        gzip.write_all(&vec![b'\n'; 1 << 20]).unwrap();
    }

    let refused = shop.bill(&gzip.finish().unwrap());

    assert!(
        matches!(refused, Err(BooksError::TooMuch(_))),
        "{refused:?}"
    );
    assert_eq!(names(shop.folder.path()), Vec::<String>::new());
}

#[test]
fn a_newer_export_changes_only_what_changed_and_the_state_before_can_be_told() {
    let shop = StoreFixture::new();
    let mut pays = pays(5000, 9);
    let first = shop
        .orders(&orders_text(DATE, &pays, |at| {
            if at % 10 == 0 { "created" } else { "paid" }
        }))
        .unwrap();
    let before = numbers(&shop, DATE);
    assert_eq!(before.len(), 5000);

    pays[17].fen += 1;
    let second = shop
        .orders(&orders_text(DATE, &pays, |at| {
            if at % 20 == 0 { "created" } else { "paid" }
        }))
        .unwrap();

    assert_eq!(
        (second.same, second.changed, second.added),
        (5000 - 251, 251, 0)
    );
    let after = numbers(&shop, DATE);
    assert_eq!(after.len(), 5000);
    for (at, pay) in pays.iter().enumerate() {
        let (amount, import) = after[&pay.number];
        let changed = at == 17 || at % 20 == 10;
        assert_eq!(amount.get(), pay.fen);
        assert_eq!(import == second.import, changed, "row {at}");
    }
    let evidence = shop
        .books
        .evidence_as_of(shop.profile, first.import)
        .unwrap();
    let told: BTreeMap<String, (Fen, u32)> = evidence
        .orders(day(DATE), 7)
        .unwrap()
        .map(|order| {
            order
                .map(|o| (o.out_trade_no.as_str().to_owned(), (o.amount, o.row.import)))
                .unwrap()
        })
        .collect();
    assert_eq!(told, before);
    let again = shop
        .orders(&orders_text(DATE, &pays, |at| {
            if at % 20 == 0 { "created" } else { "paid" }
        }))
        .unwrap();
    assert!(!again.is_new);
}

#[test]
fn numbers_that_repeat_in_a_file_are_all_delivered_and_stay_so() {
    let shop = StoreFixture::new();
    let mut list = pays(20, 1);
    // Rows that are alike in everything are the items of one order; this one is another amount under its number.
    let mut repeat = list[3].clone();
    repeat.fen += 1;
    list.push(repeat);
    let text = orders_text(DATE, &list, |_| "paid");
    shop.orders(&text).unwrap();
    let count = || {
        let evidence = shop.books.evidence(shop.profile).unwrap();
        evidence.orders(day(DATE), 7).unwrap().count()
    };
    assert_eq!(count(), 21);

    let longer = format!("{text}\n");
    let again = shop.orders(&longer).unwrap();

    assert_eq!((again.is_new, again.same, again.changed), (true, 21, 0));
    assert_eq!(count(), 21);
}

#[test]
fn orders_are_candidates_of_the_day_they_were_paid_and_wait_while_open() {
    let shop = StoreFixture::new();
    let text = "out_trade_no,amount,pay_status,created_at,paid_at\n\
        late,1.00,paid,2026-03-07 23:58:00,2026-03-08 00:02:00\n\
        same,1.00,paid,2026-03-08 10:00:00,2026-03-08 10:01:00\n\
        next,1.00,paid,2026-03-08 23:59:00,2026-03-09 00:01:00\n\
        open,1.00,created,2026-03-05 10:00:00,\n\
        old,1.00,created,2026-02-20 10:00:00,\n\
        shut,1.00,closed,2026-03-08 10:00:00,\n\
        undated,1.00,paid,2026-03-08 12:00:00,\n";
    shop.orders(text).unwrap();

    let of = |date: &str| numbers(&shop, date).into_keys().collect::<Vec<_>>();

    assert_eq!(of("2026-03-08"), ["late", "open", "same", "undated"]);
    assert_eq!(of("2026-03-09"), ["next", "open"]);
    assert_eq!(of("2026-03-07"), ["open"]);
}

#[test]
fn any_number_is_found_whatever_the_day_and_the_book() {
    let shop = StoreFixture::new();
    for n in 0..30_u32 {
        let date = BillDate::parse("2026-01-01")
            .unwrap()
            .plus(i32::try_from(n).unwrap())
            .to_string();
        let list = pays(40, n * 1_000_003);
        shop.bill(&bill_text(&date, &list)).unwrap();
        shop.orders(&orders_text(&date, &list, |_| "paid")).unwrap();
    }
    let list = pays(40, 12 * 1_000_003);
    let pay = list.iter().find(|pay| pay.refunded).unwrap();

    let found = shop.books.find(&pay.number).unwrap();

    let kinds: Vec<_> = found
        .iter()
        .map(|hit| (hit.day.unwrap().to_string(), hit.kind))
        .collect();
    let date = "2026-01-13".to_owned();
    assert_eq!(
        kinds,
        [
            (date.clone(), NumberKind::OutTradeNo),
            (date.clone(), NumberKind::OutTradeNo),
            (date.clone(), NumberKind::OutTradeNo),
        ]
    );
    let refund = shop.books.find(&format!("R{}", pay.number)).unwrap();
    assert_eq!(refund[0].kind, NumberKind::OutRefundNo);
    let business = shop.books.find(&format!("B{}", pay.number)).unwrap();
    assert_eq!(business[0].kind, NumberKind::OrderNo);
    assert_eq!(shop.books.find("nothing").unwrap(), []);

    let evidence = shop.books.evidence(shop.profile).unwrap();
    let asked = [
        OutTradeNo::new(&pay.number).unwrap(),
        OutTradeNo::new("nothing").unwrap(),
    ];
    let orders = evidence.orders_by_number(&asked).unwrap();
    assert_eq!(orders[0].unwrap().amount.get(), pay.fen);
    assert_eq!(orders[1], None);
    let pays = evidence.pays_by_number(&asked, day("2026-01-12")).unwrap();
    assert_eq!(pays, []);
    let pays = evidence.pays_by_number(&asked, day("2026-01-13")).unwrap();
    assert_eq!(pays.len(), 1);
    let refunds = evidence
        .refunds_of_orders(&asked, day("2026-02-13"))
        .unwrap();
    assert_eq!(refunds.len(), 1);
    let business = [recondesk_domain::OrderNo::new(&format!("B{}", pay.number)).unwrap()];
    assert_eq!(evidence.orders_of_business(&business).unwrap().len(), 1);
}

#[test]
fn many_numbers_at_once_are_found_like_one_by_one() {
    let shop = StoreFixture::new();
    for n in 0..5_u32 {
        let date = BillDate::parse("2026-01-01")
            .unwrap()
            .plus(i32::try_from(n).unwrap())
            .to_string();
        shop.orders(&orders_text(&date, &pays(3000, n * 1_000_003), |_| "paid"))
            .unwrap();
    }
    let evidence = shop.books.evidence(shop.profile).unwrap();
    let asked: Vec<OutTradeNo> = (0..6_u32)
        .flat_map(|n| pays(1500, n * 1_000_003))
        .map(|pay| OutTradeNo::new(&pay.number).unwrap())
        .collect();

    let together = evidence.orders_by_number(&asked).unwrap();

    assert_eq!(together.iter().flatten().count(), 7500);
    for (number, order) in asked.iter().zip(&together).step_by(61) {
        assert_eq!(evidence.orders_by_number(&[*number]).unwrap(), [*order]);
        assert!(order.is_none_or(|order| order.out_trade_no == *number));
    }
}

/// An hour later than the computer says, so that files written now are old files.
struct LaterClock(SystemClock);

impl Clock for LaterClock {
    fn now(&self) -> Instant {
        self.0.now().plus(3600)
    }

    fn steady_ms(&self) -> u64 {
        self.0.steady_ms()
    }
}

#[test]
fn an_unchanged_file_is_known_by_its_stamp_and_a_changed_one_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let later = Arc::new(LaterClock(SystemClock::new()));
    let (books, profile) = open_by(folder.path(), None, later).unwrap();
    let path = folder.path().join("orders.csv");
    let list = pays(200, 1);
    write_old(&path, orders_text(DATE, &list, |_| "paid").as_bytes(), 1);
    let import = || {
        let source = open_source(&path).unwrap();
        books
            .import_orders(
                OrdersTarget {
                    profile,
                    mapping: &Mapping::canonical(),
                },
                source,
                &Unwatched,
                &mut |_| {},
            )
            .unwrap()
    };
    assert!(import().is_new);
    assert!(!import().is_new);
    assert!(!import().is_new);

    let mut other = list;
    other[3].fen = 4321;
    write_old(&path, orders_text(DATE, &other, |_| "paid").as_bytes(), 2);

    assert!(import().is_new);
}

#[expect(clippy::disallowed_methods, reason = "the file a person imports")]
fn write_old(path: &Path, bytes: &[u8], second: u64) {
    std::fs::write(path, bytes).unwrap();
    let file = std::fs::File::options().write(true).open(path).unwrap();
    let written = std::time::UNIX_EPOCH + std::time::Duration::from_secs(second);
    file.set_modified(written).unwrap();
}

#[test]
fn damaged_files_are_named_and_nothing_false_is_said() {
    let shop = StoreFixture::new();
    let list = pays(9000, 1);
    let done = shop.bill(&bill_text(DATE, &list)).unwrap();
    let path = shop
        .folder
        .path()
        .join(format!("books/{:08}.seg", done.record.import));
    let sound = std::fs::read(&path).unwrap();

    for at in (8..sound.len()).step_by(sound.len() / 61) {
        let mut bytes = sound.clone();
        bytes[at] ^= 4;
        overwrite(&path, &bytes);
        let (books, profile) = open_any(shop.folder.path(), Arc::new(SystemClock::new())).unwrap();
        let evidence = books.evidence(profile).unwrap();
        let read = |rows: Result<usize, _>| {
            rows.map_err(|error: recondesk_reconcile::EvidenceError| error.to_string())
        };
        let pays = read(
            evidence
                .pays(day(DATE))
                .and_then(|rows| {
                    rows.map(|row| row.map(|_| ()))
                        .collect::<Result<Vec<_>, _>>()
                })
                .map(|rows| rows.len()),
        );
        let refunds = read(
            evidence
                .refunds(day(DATE))
                .and_then(|rows| {
                    rows.map(|row| row.map(|_| ()))
                        .collect::<Result<Vec<_>, _>>()
                })
                .map(|rows| rows.len()),
        );
        let probes = list
            .iter()
            .step_by(100)
            .map(|pay| books.find(&pay.number).map(|hits| hits.len()));
        let probes: Result<Vec<usize>, BooksError> = probes.collect();
        let noticed = pays.is_err() || refunds.is_err() || probes.is_err();
        let expected = list.iter().filter(|pay| pay.refunded).count();
        assert!(
            noticed || (pays == Ok(9000) && refunds == Ok(expected)),
            "byte {at}: {pays:?} {refunds:?}"
        );
        for error in [pays.err(), refunds.err()].into_iter().flatten() {
            assert!(error.contains("00000001.seg is damaged"), "{error}");
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "damage on the disk")]
fn overwrite(path: &Path, bytes: &[u8]) {
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn two_workspaces_hold_the_same_bytes() {
    let build = || {
        let shop = StoreFixture::new();
        let list = pays(6000, 5);
        shop.bill(&bill_text(DATE, &list)).unwrap();
        shop.orders(&orders_text(DATE, &list, |at| {
            if at % 9 == 0 { "created" } else { "paid" }
        }))
        .unwrap();
        shop.orders(&orders_text(DATE, &list, |_| "paid")).unwrap();
        shop
    };
    let (one, two) = (build(), build());

    assert_eq!(names(one.folder.path()), names(two.folder.path()));
    // What the catalog has of an import carries its time and the name of the workspace.
    let is_data = |name: &String| Path::new(name).extension() != Some("entry".as_ref());
    for name in names(one.folder.path()).into_iter().filter(is_data) {
        let read = |shop: &StoreFixture| std::fs::read(shop.folder.path().join(&name)).unwrap();
        assert!(read(&one) == read(&two), "{name}");
    }
}
