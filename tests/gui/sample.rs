//! A made-up morning: four merchants, one of them with a reconciled day. All of it is invented.

use recondesk::app::model::*;
use recondesk::app::{Message, Remote, State};
use recondesk::casework::Thresholds;
use recondesk::domain::{
    BillDate, CaseStatus, Category, Fen, FulfilStatus, Instant, MOrder, MerchantProfile, OrderNo,
    OutTradeNo, PayStatus, ProfileId, RowRef, SecretKind, Severity, Text,
};

pub(crate) fn day() -> BillDate {
    BillDate::parse("2026-03-08").unwrap()
}

pub(crate) fn at(text: &str) -> Instant {
    Instant::parse_beijing(text).unwrap()
}

fn yuan(text: &str) -> Fen {
    Fen::parse_yuan(&text.replace(',', "")).unwrap()
}

/// Fills a window's state with everything.
pub(crate) fn fill(state: &mut State) {
    let english = state.preferences.language == recondesk::app::Language::En;
    let names = if english {
        [
            "Qinghe Mall",
            "Qinghe Fresh",
            "Harbor Coffee",
            "Yunling Books",
        ]
    } else {
        ["青禾商城", "青禾生鲜", "海港咖啡", "云岭书店"]
    };
    let numbers = ["1900000109", "1900000217", "1900000388", "1900000456"];
    state.merchants = names
        .iter()
        .zip(numbers)
        .enumerate()
        .map(|(nth, (name, number))| MerchantRow {
            id: ProfileId(nth as i64 + 1),
            profile: MerchantProfile::new(name, number),
            secrets: SecretKind::ALL
                .into_iter()
                .map(|kind| SecretState {
                    kind,
                    length: (nth < 3 && kind == SecretKind::V2Key).then_some(32),
                })
                .collect(),
            locked: false,
        })
        .collect();
    state.welcome = Remote::Ready(());
    "李雯".clone_into(&mut state.desk.person.name);
    r"D:\Recondesk\workspace".clone_into(&mut state.folder);
    state.day = day();
    state.overview = Remote::Ready(Box::new(overview(names)));
    state.reconciled = Remote::Ready(Box::new(reconciled(names[0])));
    fill_cases(state);
    state.bills = Remote::Ready(bills(names));
    state.payout.approvals = Remote::Ready(Vec::new());
    state.people.known = Remote::Ready(Box::new(OperatorsView {
        operators: Vec::new(),
        limits: Thresholds::default(),
        gate: OperatorGate::Anybody,
    }));
    fill_orders(state);
}

fn counts(urgent: u64, fault: u64, watch: u64) -> SeverityCounts {
    SeverityCounts {
        urgent,
        fault,
        watch,
        info: 0,
    }
}

fn merchant(nth: i64, name: &str, number: &str) -> MerchantDay {
    MerchantDay {
        profile: ProfileId(nth),
        name: name.to_owned(),
        mch_id: number.to_owned(),
        bill: BillStatus::Verified(at("2026-03-09 10:03:10")),
        rows: Some(31_604),
        amount: Some(yuan("2718330.20")),
        matched: Some(9_997),
        counts: counts(2, 1, 7),
        at_stake: yuan("589.00"),
        waiting: None,
        next: NextStep::Work(3),
    }
}

fn overview(names: [&str; 4]) -> OverviewModel {
    let first = merchant(1, names[0], "1900000109");
    let second = MerchantDay {
        rows: Some(15_982),
        amount: Some(yuan("1190871.80")),
        matched: Some(9_992),
        counts: counts(1, 0, 12),
        at_stake: yuan("699.00"),
        waiting: None,
        next: NextStep::Work(1),
        ..merchant(2, names[1], "1900000217")
    };
    let third = MerchantDay {
        bill: BillStatus::Verified(at("2026-03-09 10:04:00")),
        rows: Some(627),
        amount: Some(yuan("55550.50")),
        matched: Some(10_000),
        counts: counts(0, 0, 0),
        at_stake: Fen::ZERO,
        waiting: None,
        next: NextStep::Balanced,
        ..merchant(3, names[2], "1900000388")
    };
    let fourth = MerchantDay {
        bill: BillStatus::NotReady(at("2026-03-09 10:30:00")),
        rows: None,
        amount: None,
        matched: None,
        counts: counts(0, 0, 0),
        at_stake: Fen::ZERO,
        waiting: None,
        next: NextStep::Wait,
        ..merchant(4, names[3], "1900000456")
    };
    OverviewModel {
        day: day(),
        made_at: at("2026-03-09 10:05:12"),
        totals: MorningTotals {
            rows: 48_213,
            compared_rows: 48_213,
            matched: 48_190,
            cross_day: 19,
            to_work: 4,
            at_stake: yuan("1288.00"),
            merchants: 4,
            bills: 3,
            compared: 3,
            order_files: 4,
        },
        clauses: clauses(),
        merchants: vec![first, second, third, fourth],
        history: history(),
        ageing: ageing(),
        calendars: (1..)
            .zip(names)
            .map(|(id, name)| MerchantCalendar {
                profile: ProfileId(id),
                name: name.to_owned(),
                days: calendar(),
                missing: BillDate::parse("2026-01-22"),
                gaps: 2,
                funds: calendar(),
                funds_missing: None,
            })
            .collect(),
        log: log(names),
    }
}

/// What the morning is summed up in.
fn clauses() -> Vec<Clause> {
    vec![
        Clause {
            severity: Severity::Urgent,
            kind: ClauseKind::PaidNotFulfilled,
            count: 3,
        },
        Clause {
            severity: Severity::Fault,
            kind: ClauseKind::Category(Category::AmountDiff),
            count: 1,
        },
        Clause {
            severity: Severity::Watch,
            kind: ClauseKind::BillNotReady,
            count: 1,
        },
        Clause {
            severity: Severity::Ok,
            kind: ClauseKind::ReadyToSign,
            count: 1,
        },
    ]
}

fn history() -> Vec<DayPoint> {
    let heights = [
        44, 42, 36, 39, 38, 37, 48, 52, 36, 0, 40, 41, 37, 45, 46, 38, 36, 41, 48, 36, 47, 49, 38,
        42, 39, 42, 38, 46, 50, 38,
    ];
    heights
        .iter()
        .enumerate()
        .map(|(nth, height): (usize, &u64)| DayPoint {
            day: day().plus(nth as i32 - 29),
            rows: (*height > 0).then_some(height * 1000),
            net: yuan("2601522.13"),
            cases: height % 5,
            matched: (*height > 0).then_some(match nth {
                14 => 9_941,
                22 => 9_962,
                _ => 9_990 + (nth as u32 * 7) % 9,
            }),
            urgent_open: matches!(nth, 14 | 22 | 29),
        })
        .collect()
}

fn ageing() -> Vec<AgeClass> {
    let class = |from_days, to_days, counts, sum: &str| AgeClass {
        from_days,
        to_days,
        counts,
        sum: yuan(sum),
    };
    vec![
        class(0, Some(1), counts(3, 1, 12), "1288.00"),
        class(2, Some(3), counts(1, 3, 4), "862.40"),
        class(4, Some(7), counts(0, 4, 3), "1120.00"),
        class(8, Some(30), counts(1, 2, 0), "3499.00"),
        class(31, None, counts(0, 3, 0), "206.50"),
    ]
}

fn calendar() -> Vec<CalendarDay> {
    let first = BillDate::parse("2026-01-01").unwrap();
    (0..67)
        .map(|nth| {
            let day = first.plus(nth);
            let state = match day.to_string().as_str() {
                "2026-01-01" => CalendarState::NoBill,
                "2026-01-14" | "2026-01-15" => CalendarState::Faults,
                "2026-01-22" | "2026-02-16" => CalendarState::Missing,
                "2026-03-01" | "2026-03-08" => CalendarState::NeedsWork,
                _ => CalendarState::Balanced,
            };
            CalendarDay {
                day,
                state,
                rows: 31_000,
            }
        })
        .collect()
}

fn log(names: [&str; 4]) -> Vec<LogLine> {
    let line = |time: &str, severity, kind| LogLine {
        at: at(&format!("2026-03-09 {time}:00")),
        severity,
        kind,
    };
    vec![
        line(
            "09:40",
            Severity::Ok,
            LogKind::Orders("orders_20260308.csv".into(), 48_866, 3),
        ),
        line(
            "10:03",
            Severity::Ok,
            LogKind::Bill(names[0].into(), 31_601),
        ),
        line(
            "10:03",
            Severity::Ok,
            LogKind::Bill(names[1].into(), 15_982),
        ),
        line(
            "10:05",
            Severity::Urgent,
            LogKind::Run(names[0].into(), 31_594, 3),
        ),
        line(
            "10:05",
            Severity::Urgent,
            LogKind::Run(names[1].into(), 15_969, 1),
        ),
        line("10:05", Severity::Ok, LogKind::Run(names[2].into(), 627, 0)),
    ]
}

/// All hold but one: urgent cases are open.
fn conditions() -> Vec<SignOffItem> {
    vec![
        SignOffItem::Bill(true),
        SignOffItem::Coverage(true),
        SignOffItem::Conservation(true),
        SignOffItem::UrgentOpen(2),
    ]
}

pub(crate) fn reconciled(name: &str) -> DayModel {
    let book = |count, sum: &str| {
        Some(BookSum {
            count,
            sum: yuan(sum),
        })
    };
    let curve = |peak: u32| {
        (0..96_u32)
            .map(|n| {
                let hour = n / 4;
                let shape = match hour {
                    0..=7 => 1,
                    8..=10 => 4 + (n - 32) * 3,
                    11..=13 => 46 + n % 7,
                    14..=17 => 40 + n % 9,
                    18..=20 => 58 + n % 6,
                    _ => 58_u32.saturating_sub((n - 84) * 5),
                };
                shape * peak / 64
            })
            .collect::<Vec<u32>>()
    };
    DayModel {
        profile: ProfileId(1),
        name: name.to_owned(),
        day: day(),
        state: DayState::Compared,
        run: "7f3a9d02c6b14e8850aac210".to_owned(),
        made_at: Some(at("2026-03-09 10:05:12")),
        took_ms: 312,
        changed: Some(changes()),
        open: counts(2, 1, 7),
        coverage: DayCoverage {
            wechat: curve(600),
            merchant: curve(590),
            cut_off_minutes: 30,
            holes: Vec::new(),
            wechat_holes: Vec::new(),
        },
        pays: BookPair {
            wechat: book(31_601, "2718330.20").unwrap(),
            merchant: book(31_600, "2718195.80").unwrap(),
            matched: (
                book(31_594, "2717403.30").unwrap(),
                book(31_594, "2717403.30").unwrap(),
            ),
            equation: equation(),
            residual: Fen::ZERO,
        },
        refunds: BookPair {
            wechat: book(118, "10482.60").unwrap(),
            merchant: book(118, "10482.60").unwrap(),
            matched: (
                book(118, "10482.60").unwrap(),
                book(118, "10482.60").unwrap(),
            ),
            ..BookPair::default()
        },
        categories: categories(),
        tags: day_tags(),
        certificate: Some(certificate()),
        pool: pool(),
        accepted: Vec::new(),
        sign_off: conditions(),
        obstacles: vec![Message::new(
            "紧急差错 2 条未关闭",
            "2 urgent cases are open",
        )],
        signed: None,
    }
}

fn day_tags() -> Vec<TagRow> {
    let tag = |word: &str, category, count| TagRow {
        word: word.into(),
        category,
        count,
    };
    vec![
        tag("P14", Some(Category::TimeDiff), 23),
        tag("KEY2", None, 2),
    ]
}

fn changes() -> DayChanges {
    let row = |kind, category, number: &str, sum: &str| ChangeRow {
        kind,
        category,
        number: number.to_owned(),
        sum: Some(yuan(sum)),
    };
    DayChanges {
        new: 1,
        gone: 3,
        judged: 0,
        rows: vec![
            row(
                ChangeKind::New,
                Category::PaidAfterClose,
                "QH260308213000550193",
                "158.00",
            ),
            row(
                ChangeKind::Gone,
                Category::WOnlyPay,
                "QH260308104412090013",
                "45.00",
            ),
            row(
                ChangeKind::Gone,
                Category::WOnlyPay,
                "QH260308112031770158",
                "60.50",
            ),
            row(
                ChangeKind::Gone,
                Category::MOnlyPay,
                "QH260308134207330041",
                "12.80",
            ),
        ],
    }
}

fn equation() -> Vec<Equation> {
    vec![
        Equation {
            category: Category::PayPendingW,
            sum: yuan("337.90"),
        },
        Equation {
            category: Category::PayPendingM,
            sum: Fen::new(-21_250),
        },
        Equation {
            category: Category::AmountDiff,
            sum: yuan("9.00"),
        },
    ]
}

fn categories() -> Vec<CategoryRow> {
    let book = |count, sum: &str| {
        Some(BookSum {
            count,
            sum: yuan(sum),
        })
    };
    let row = |category, wechat, merchant, count| CategoryRow {
        category,
        of: Movement::Payments,
        wechat,
        merchant,
        count,
    };
    vec![
        row(
            Category::PaidNotBooked,
            book(1, "299.00"),
            book(1, "299.00"),
            1,
        ),
        row(
            Category::PaidAfterClose,
            book(1, "158.00"),
            book(1, "158.00"),
            1,
        ),
        row(
            Category::AmountDiff,
            book(1, "132.00"),
            book(1, "123.00"),
            1,
        ),
        row(Category::PayPendingW, book(4, "337.90"), None, 4),
        row(Category::PayPendingM, None, book(3, "212.50"), 3),
        row(
            Category::Matched,
            book(31_594, "2717403.30"),
            book(31_594, "2717403.30"),
            31_594,
        ),
        CategoryRow {
            of: Movement::Refunds,
            ..row(
                Category::Matched,
                book(118, "10482.60"),
                book(118, "10482.60"),
                118,
            )
        },
    ]
}

fn pool() -> (PoolRow, PoolRow) {
    let cell = |count, sum: &str| PoolTotals {
        count,
        sum: yuan(sum),
    };
    (
        PoolRow {
            opening: cell(6, "503.20"),
            new: cell(4, "337.90"),
            cleared: cell(6, "503.20"),
            expired: cell(0, "0.00"),
            closing: cell(4, "337.90"),
        },
        PoolRow {
            opening: cell(2, "131.00"),
            new: cell(3, "212.50"),
            cleared: cell(2, "131.00"),
            expired: cell(0, "0.00"),
            closing: cell(3, "212.50"),
        },
    )
}

pub(crate) fn certificate() -> ShownCertificate {
    let row = |id: &str, zh: &str, en: &str, actual: &str| IdentityRow {
        id: id.into(),
        name: Message::new(zh, en),
        holds: true,
        actual: actual.into(),
        expected: String::new(),
    };
    ShownCertificate {
        kind: "ALL".into(),
        columns: 27,
        gzip: true,
        bytes: 10_800_332,
        sha256: "9c417e02aa55010299efcd00119c417e02aa55010299efcd00119c417e025b1f".into(),
        identities: vec![
            row("I1", "行数 ＝ 总交易单数", "Rows ＝ total count", "31,601"),
            row("I2", "汇总 7 项", "Summary, 7 cells", "2,718,330.20"),
            row(
                "I3",
                "应结 ＝ 订单 − 免充值券",
                "Settled ＝ order − coupons",
                "31,601",
            ),
            row(
                "I5",
                "手续费 ＝ 应结 × 费率",
                "Fee ＝ settled × rate",
                "± 1 分",
            ),
            row("I6", "应结净额", "Net", "2,701,522.13"),
            row("I14", "守恒，两侧", "Conservation, both sides", "0.00"),
            row("I15", "在途滚动", "Pool", "0.00"),
            row("I16", "退款 ≤ 订单金额", "Refunds ≤ order", "388"),
        ],
        unknown_columns: Vec::new(),
    }
}

type CaseLine = (
    Category,
    &'static str,
    Option<&'static str>,
    Option<&'static str>,
    &'static str,
);

const CASES: [CaseLine; 23] = [
    (
        Category::BookedNotFulfilled,
        "QH260308200817340021",
        Some("699.00"),
        Some("699.00"),
        "03-08 20:08:17",
    ),
    (
        Category::PaidNotBooked,
        "QH260308100244120077",
        Some("299.00"),
        Some("299.00"),
        "03-08 10:02:44",
    ),
    (
        Category::PaidAfterClose,
        "QH260308213000550193",
        Some("158.00"),
        Some("158.00"),
        "03-08 22:01:09",
    ),
    (
        Category::DupPay,
        "QH260304113350780016",
        Some("1299.00"),
        Some("1299.00"),
        "03-04 11:35:02",
    ),
    (
        Category::WOnlyPay,
        "QH260307142218090451",
        Some("45.00"),
        None,
        "03-07 14:23:31",
    ),
    (
        Category::MOnlyRefund,
        "QH260306095540330126",
        None,
        Some("120.00"),
        "03-06 10:11:47",
    ),
    (
        Category::AmountDiff,
        "QH260308130925682554",
        Some("132.00"),
        Some("123.00"),
        "03-08 08:04:52",
    ),
    (
        Category::WOnlyRefund,
        "QH260307160623611097",
        Some("86.40"),
        None,
        "03-07 08:58:32",
    ),
    (
        Category::RefundAmountDiff,
        "QH260307110205454710",
        Some("50.00"),
        Some("45.00"),
        "03-07 14:04:15",
    ),
    (
        Category::FeeRate,
        "QH260306093527061981",
        Some("2000.00"),
        Some("2000.00"),
        "03-06 21:36:07",
    ),
    (
        Category::FundAmount,
        "QH260306114040611316",
        Some("320.00"),
        Some("319.99"),
        "03-06 08:36:37",
    ),
    (
        Category::FeeCalc,
        "QH260308140314048845",
        Some("510.00"),
        Some("510.00"),
        "03-08 16:54:08",
    ),
    (
        Category::IdMismatch,
        "QH260307122609566950",
        Some("66.00"),
        Some("66.00"),
        "03-07 09:36:19",
    ),
    (
        Category::DupRefundSuspect,
        "QH260305165243189505",
        Some("39.90"),
        Some("39.90"),
        "03-05 09:37:36",
    ),
    (
        Category::DupRowW,
        "QH260308181223102163",
        Some("28.00"),
        Some("28.00"),
        "03-08 16:45:04",
    ),
    (
        Category::FundMissing,
        "QH260307144920488218",
        Some("75.60"),
        None,
        "03-07 17:59:29",
    ),
    (
        Category::Revoked,
        "QH260304131915832967",
        Some("99.00"),
        Some("99.00"),
        "03-04 10:44:49",
    ),
    (
        Category::FeeRefund,
        "QH260308110536314834",
        Some("45.00"),
        Some("45.00"),
        "03-08 16:31:56",
    ),
    (
        Category::PayPendingW,
        "QH260308235821764878",
        Some("88.00"),
        None,
        "03-08 23:58:28",
    ),
    (
        Category::PayPendingW,
        "QH260308235718638539",
        Some("126.00"),
        None,
        "03-08 23:57:04",
    ),
    (
        Category::PayPendingW,
        "QH260308235607536800",
        Some("35.90"),
        None,
        "03-08 23:56:26",
    ),
    (
        Category::PayPendingM,
        "QH260308235510793919",
        None,
        Some("204.00"),
        "03-08 23:55:21",
    ),
    (
        Category::MCoverage,
        "",
        Some("26837.40"),
        None,
        "03-08 13:20:00",
    ),
];

pub(crate) fn case_rows() -> Vec<CaseRow> {
    CASES
        .iter()
        .enumerate()
        .map(
            |(nth, (category, number, wechat, merchant, paid))| CaseRow {
                id: nth as u64 + 1,
                key: format!("1900000109/pay/{number}/{}", category.family()),
                profile: ProfileId(1),
                day: BillDate::parse(&format!("2026-{}", &paid[..5])).unwrap(),
                opened_on: BillDate::parse(&format!("2026-{}", &paid[..5])).unwrap(),
                category: *category,
                action: category.action(),
                number: (*number).to_owned(),
                wechat: wechat.map(yuan),
                merchant: merchant.map(yuan),
                paid_at: Some(at(&format!("2026-{paid}"))),
                owner: if nth == 0 {
                    "李雯".to_owned()
                } else {
                    String::new()
                },
                status: if nth == 0 {
                    CaseStatus::Assigned
                } else {
                    CaseStatus::New
                },
            },
        )
        .collect()
}

fn fill_cases(state: &mut State) {
    let rows = case_rows();
    let mut counts = SeverityCounts::default();
    for row in &rows {
        counts.add(row.category.severity(), 1);
    }
    state.cases.totals = Remote::Ready(CaseTotals {
        rows: rows.len() as u64,
        to_work: counts.to_work(),
        at_stake: yuan("6975.90"),
        closed: 0,
        counts,
        categories: Vec::new(),
        unowned: rows.len() as u64 - 1,
    });
    state
        .cases
        .rows
        .set_order(rows.iter().map(|row| row.id).collect::<Vec<_>>());
    let generation = state.cases.rows.generation();
    state.cases.rows.put(generation, 0, rows);
}

/// The second case in full.
pub(crate) fn case_detail() -> CaseDetail {
    let row = case_rows().remove(1);
    let compare = |field, wechat: Option<&str>, merchant: Option<&str>, differs| CompareRow {
        field,
        wechat: wechat.map(str::to_owned),
        merchant: merchant.map(str::to_owned),
        differs,
    };
    let event = |time: &str, kind, source: &str| TimelineEvent {
        at: at(&format!("2026-03-08 {time}")),
        kind,
        source: source.to_owned(),
    };
    CaseDetail {
        tags: vec!["NO_BILL_OF_DAY_BEFORE".to_owned()],
        facts: Vec::new(),
        compare: vec![
            compare(CompareField::State, Some("SUCCESS"), Some("未支付 created"), true),
            compare(CompareField::Amount, Some("¥299.00"), Some("¥299.00"), false),
            compare(CompareField::PaidAt, Some("03-08 10:02:44"), None, true),
            compare(CompareField::CreatedAt, None, Some("03-08 10:02:31"), false),
            compare(CompareField::TransactionId, Some("4200002781202603087745393918"), None, true),
            compare(CompareField::Fulfilment, None, Some("未发货"), false),
        ],
        bill_line: Some(RawLine {
            file: "2026-03-08_ALL.csv.gz".into(),
            line: 12_044,
            cells: Vec::new(),
            text: "`2026-03-08 10:02:44,`wx2b0000000000007c1,`1900000109,`0,`,`4200002781202603087745393918,`QH260308100244120077,`o5dK00000000000pQ,`JSAPI,`SUCCESS,`OTHERS,`CNY,`299.00,`0.00,".into(),
        }),
        order_line: None,
        timeline: vec![
            event("10:02:31", TimelineKind::Created, "orders_0308.csv 行 9,318"),
            event("10:02:44", TimelineKind::Paid(yuan("299.00")), "账单行 12,044"),
            event("22:05:12", TimelineKind::Found(Category::PaidNotBooked), "运行 7f3a…c210"),
        ],
        notes: vec![(at("2026-03-09 09:58:00"), "李雯".into(), "已请仓库确认库存".into())],
        proposal: None,
        closing: None,
        work: CaseWork::default(),
        row,
    }
}

fn bills(names: [&str; 4]) -> Vec<BillRow> {
    let mut bills: Vec<BillRow> = (0..12)
        .map(|nth| BillRow {
            import: nth + 1,
            profile: ProfileId(1),
            merchant: names[0].to_owned(),
            day: day().plus(-(nth as i32)),
            kind: "ALL".into(),
            state: if nth == 4 {
                BillStanding::Quarantined
            } else {
                BillStanding::Verified
            },
            rows: 31_601 - u64::from(nth) * 311,
            amount: Some(yuan("2718330.20")),
            net: Some(yuan("2701522.13")),
            certificate: if nth == 4 { (5, 6) } else { (6, 6) },
            file: format!("{}_ALL.csv.gz", day().plus(-(nth as i32))),
            imported_at: at("2026-03-09 10:03:10"),
        })
        .collect();
    let fund = BillRow {
        import: 90,
        kind: "FUND.BASIC".into(),
        rows: 31_640,
        amount: None,
        net: None,
        certificate: (3, 3),
        file: format!("{}_fund_basic.csv.gz", day()),
        ..bills[0].clone()
    };
    bills.insert(1, fund);
    bills
}

fn fill_orders(state: &mut State) {
    let rows: Vec<OrderRow> = (0..60_u64).map(order).collect();
    state.orders.filter = Some(OrderFilter::all(ProfileId(1), day()));
    state.orders.totals = Remote::Ready((31_600, yuan("2718195.80")));
    state
        .orders
        .rows
        .set_order(rows.iter().map(|row| row.id).collect::<Vec<_>>());
    let generation = state.orders.rows.generation();
    state.orders.rows.put(generation, 0, rows);
}

fn order(nth: u64) -> OrderRow {
    let number = format!("QH2603081002441{:05}", nth * 77 + 20);
    let paid = nth % 5 != 1;
    OrderRow {
        id: nth + 1,
        source: "orders_20260308.csv".into(),
        order: MOrder {
            out_trade_no: OutTradeNo::new(&number).unwrap(),
            order_no: OrderNo::new(&format!("B{number}")).unwrap(),
            transaction_id: Text::EMPTY,
            appid: Text::EMPTY,
            sub_mch_id: Text::EMPTY,
            amount: Fen::new(nth as i64 * 1_311 + 900),
            is_cny: true,
            pay_status: if paid {
                PayStatus::Paid
            } else {
                PayStatus::Created
            },
            fulfil_status: if paid {
                FulfilStatus::Fulfilled
            } else {
                FulfilStatus::Pending
            },
            created_at: at("2026-03-08 10:02:31").plus(nth as i64 * 97),
            paid_at: paid.then(|| at("2026-03-08 10:02:44").plus(nth as i64 * 97)),
            closed_at: None,
            fulfilled_at: None,
            refund_total: None,
            refund_no: Text::EMPTY,
            refund_at: None,
            row: RowRef {
                import: 1,
                line: nth as u32 + 2,
                offset: 0,
            },
        },
    }
}
