//! Bills as they are where something went over them or a customer's goods name holds anything: line breaks inside a
//! row, traditional names, columns taken out, times rewritten. What both ends prove is read; the rest is named.

use wechatpay_codec::bill::{
    BillBlock, BillReader, BodyKind, Certificate, Digests, Expect, Layout, Verdict, line_blocks,
    sniff, split_days,
};

const HEADER: &str = "\u{feff}交易时间,商户号,微信订单号,商户订单号,交易状态,应结订单金额,代金券金额,商品名称,商户数据包,手续费,订单金额";
const TOTALS: &str = "总交易单数,应结订单总金额,手续费总金额,订单总金额";

fn row(n: u32, goods: &str, attach: &str) -> String {
    format!(
        "`2026-03-08 09:{:02}:{:02},`1900000109,`42000{n:05},`A{n:05},`SUCCESS,`10.00,`0.00,`{goods},`{attach},`0.06000,`10.00",
        n / 60 % 60,
        n % 60
    )
}

fn bill(rows: &[String], end: &str) -> String {
    let count = rows.len();
    let cents = count * 6;
    let (yuan, rest) = (cents / 100, cents % 100);
    let summary = format!("`{count},`{count}0.00,`{yuan}.{rest:02}000,`{count}0.00");
    let lines = [&[HEADER.to_owned()], rows, &[TOTALS.to_owned(), summary]].concat();
    lines.join(end) + end
}

fn certificate(text: &[u8], piece: usize) -> (Certificate, BillBlock) {
    let mut reader = BillReader::new(7);
    for piece in text.chunks(piece) {
        reader.push(piece).unwrap();
    }
    let (layout, block) = reader.finish().unwrap();
    let digests = Digests {
        sha256: String::new(),
        sha1: String::new(),
    };
    let proof = Certificate::new(&layout, &block.tally, &Expect::default(), digests);
    (proof, block)
}

#[test]
fn a_line_break_in_a_goods_name_is_read_where_both_ends_prove_the_row() {
    let broken = [
        ("大\n米", ""),
        ("大\r\n米", ""),
        ("大\n", ""),
        ("\n米", ""),
        ("一\n二\n\n三,四", ""),
        ("米", "附\r\n言"),
        ("大\n米", "附\n言"),
        ("大`\n米", "x"),
    ];
    for end in ["\r\n", "\n"] {
        for (goods, attach) in broken {
            let rows = [row(1, "茶", ""), row(2, goods, attach), row(3, "面", "")];
            let text = bill(&rows, end);
            for piece in [1, 7, 64, 1 << 20] {
                let (proof, block) = certificate(text.as_bytes(), piece);
                assert_eq!(
                    proof.verdict,
                    Verdict::Verified,
                    "{goods:?} {:?}",
                    proof.reasons
                );
                assert_eq!(block.pays.len(), 3);
                assert_eq!(block.tally.broken_rows, 1);
                assert_eq!(proof.lines, text.matches('\n').count() as u64);
                // The row is found again by its place, whole.
                let place = usize::try_from(block.pays[1].row.offset).unwrap();
                let opened = Layout::open(text.as_bytes()).unwrap();
                let rest = &text.as_bytes()[place..];
                assert_eq!(opened.layout.row_len(rest), rows[1].len(), "{goods:?}");
                let last = &block.pays[2].row;
                assert!(text[usize::try_from(last.offset).unwrap()..].starts_with(&rows[2]));
                let line = text[..usize::try_from(last.offset).unwrap()]
                    .matches('\n')
                    .count();
                assert_eq!(last.line as usize, line + 1);
            }
        }
    }
}

#[test]
fn blocks_never_part_a_row_with_line_breaks() {
    let rows: Vec<String> = (0..200)
        .map(|n| row(n, if n % 3 == 0 { "大\n米\n" } else { "茶" }, ""))
        .collect();
    let text = bill(&rows, "\n");
    let opened = Layout::open(text.as_bytes()).unwrap();
    let body = &text.as_bytes()[opened.bytes..];
    for target in [1, 50, 119, 120, 121, 500, 4_096, 1 << 20] {
        let mut whole = BillBlock::default();
        for part in line_blocks(body, opened.lines + 1, opened.bytes as u64, target) {
            let mut out = BillBlock::default();
            let (line, offset) = (part.first_line, part.first_offset);
            opened
                .layout
                .parse_block(part.bytes, line, offset, 7, &mut out);
            whole.absorb(out);
        }
        assert_eq!(whole.tally.problem_count, 0, "{target}");
        assert_eq!((whole.pays.len(), whole.tally.broken_rows), (200, 67));
    }
}

#[test]
fn lines_that_nothing_proves_to_belong_together_stay_apart() {
    // A row cut off in the middle, then an ordinary one; a break within a number; a rest without its row.
    let cut_off = row(2, "大", "");
    let cut_off = cut_off.split(",`大").next().unwrap().to_owned();
    let in_number = row(2, "米", "").replace("`A00002", "`A0\n0002");
    for bad in [cut_off, in_number, "米,`,`0.06000,`10.00".to_owned()] {
        let text = bill(&[row(1, "茶", ""), bad.clone(), row(3, "面", "")], "\n");
        let (proof, block) = certificate(text.as_bytes(), 1 << 20);
        assert_eq!(proof.verdict, Verdict::Quarantined, "{bad:?}");
        assert_eq!(block.tally.broken_rows, 0);
        assert!(block.tally.problem_count > 0);
    }
}

#[test]
fn a_merged_bill_keeps_broken_rows_with_their_day() {
    let second = row(2, "大\n米", "").replace("03-08", "03-09");
    let text = bill(&[row(1, "茶", ""), second.clone(), row(3, "面", "")], "\n");
    let days = split_days(text.as_bytes()).unwrap();
    assert_eq!(days.len(), 2);
    assert!(String::from_utf8_lossy(&days[1].text).contains(&second));
}

#[test]
fn traditional_names_are_those_of_today() {
    let text = bill(&[row(1, "茶", "")], "\r\n");
    let names = [
        ("交易时间", "交易時間"),
        ("商户号", "商戶號"),
        ("微信订单号", "微信訂單號"),
        ("商户订单号", "商戶訂單號"),
        ("交易状态", "交易狀態"),
        ("应结订单金额", "應結訂單金額"),
        ("代金券金额", "代金券金額"),
        ("商品名称", "商品名稱"),
        ("商户数据包", "商戶數據包"),
        ("手续费", "手續費"),
        ("订单金额", "訂單金額"),
        ("总交易单数", "總交易單數"),
        ("应结订单总金额", "應結訂單總金額"),
        ("手续费总金额", "手續費總金額"),
        ("订单总金额", "訂單總金額"),
    ];
    let mut traditional = text.clone();
    let mut longest = names;
    longest.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    for (simple, other) in longest {
        traditional = traditional.replace(simple, other);
    }
    assert_ne!(traditional, text);
    let (proof, _) = certificate(traditional.as_bytes(), 1 << 20);
    let (usual, _) = certificate(text.as_bytes(), 1 << 20);
    assert_eq!(proof.verdict, Verdict::Verified, "{:?}", proof.reasons);
    assert_eq!((proof.layout, proof.sums), (usual.layout, usual.sums));

    let english = b"Transaction time,Official account ID(appid),Vendor ID(mch_id),Sub vendor ID\n";
    assert_eq!(sniff(english), BodyKind::EnglishBill);
}

#[test]
fn a_total_without_its_column_is_named_unless_another_column_proves_it() {
    let without = |column: &str, rows: &[String], totals: &str| {
        let names: Vec<&str> = HEADER.split(',').collect();
        let at = names.iter().position(|name| *name == column).unwrap();
        let drop = |line: &str, by: &str| {
            let mut cells: Vec<&str> = line.split(by).collect();
            cells.remove(at);
            cells.join(by)
        };
        let mut text = drop(HEADER, ",") + "\n";
        for row in rows {
            text += &(drop(row, ",") + "\n");
        }
        text + TOTALS + "\n" + totals + "\n"
    };
    let coupon = row(1, "茶", "").replace("`10.00,`0.00,", "`8.00,`2.00,");

    let (proof, _) = certificate(
        without("订单金额", &[coupon], "`1,`8.00,`0.06000,`10.00").as_bytes(),
        99,
    );
    assert_eq!(proof.verdict, Verdict::Quarantined);
    assert!(
        proof.reasons[0].en.contains("no column 订单金额"),
        "{:?}",
        proof.reasons
    );

    let plain = [row(1, "茶", "")];
    let (proof, _) = certificate(
        without("订单金额", &plain, "`1,`10.00,`0.06000,`10.00").as_bytes(),
        99,
    );
    assert_eq!(proof.verdict, Verdict::Verified, "{:?}", proof.reasons);

    let (proof, _) = certificate(
        without("手续费", &plain, "`1,`10.00,`0.06000,`10.00").as_bytes(),
        99,
    );
    assert_eq!(proof.verdict, Verdict::Quarantined);
    assert!(
        proof.reasons[0].zh.contains("没有「手续费」列"),
        "{:?}",
        proof.reasons
    );
}

#[test]
fn rows_whose_times_a_spreadsheet_rewrote_are_named_before_the_sums() {
    let rows = [row(1, "茶", ""), row(2, "面", "")]
        .map(|row| row.replace("2026-03-08 09:", "2026/3/8 9:"));
    let (proof, _) = certificate(bill(&rows, "\n").as_bytes(), 1 << 20);
    assert_eq!(proof.verdict, Verdict::Quarantined);
    let first = &proof.reasons[0];
    assert!(
        first.en.contains("2026/3/8 9:00:01") && first.en.contains("rewrote the times"),
        "{first:?}"
    );
}
