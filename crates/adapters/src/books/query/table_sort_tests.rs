//! Rows come in the order that was asked for, by numbers, by texts and by several columns.

use super::*;
use proptest::prelude::*;

/// Rows with a number, a text and a line, `per` a part, every third row filtered out.
type SortedSample = (u64, String, u32);

fn parts(rows: &[SortedSample], per: usize) -> Vec<SortedPart> {
    let mut out = Vec::new();
    for (at, some) in rows.chunks(per).enumerate() {
        let mut part = SortedPart {
            base: (at * per) as u64,
            ..SortedPart::default()
        };
        let (mut numbers, mut texts) = (Vec::new(), KeyTexts::default());
        for (row, value) in (0_u32..).zip(some) {
            if row % 3 != 2 {
                part.rows.push(row);
                numbers.push(value.0);
                texts.push(value.1.as_bytes());
                part.lines.push(value.2);
            }
        }
        part.columns = vec![SortKeys::Numbers(numbers), SortKeys::Texts(texts)];
        out.push(part);
    }
    out
}

fn kept(count: usize, per: usize) -> Vec<usize> {
    (0..count).filter(|at| at % per % 3 != 2).collect()
}

/// The order of two texts, those of none last.
fn by_text(a: &str, b: &str, descending: bool) -> std::cmp::Ordering {
    a.is_empty()
        .cmp(&b.is_empty())
        .then_with(|| if descending { b.cmp(a) } else { a.cmp(b) })
}

fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9]{0,6}",
        "QH2603[0-9]{1,26}",
        "(shop|store)-[a-zA-Z0-9_-]{20,40}",
        "[A-B]-20260308100000-[0-1]{0,30}é?",
        Just(String::new()),
    ]
}

proptest! {
    #[test]
    fn rows_come_in_the_order_of_the_columns_then_of_the_lines(
        rows in prop_oneof![
            prop::collection::vec((0..4_u64, texts(), 0..9_u32), 0..60),
            prop::collection::vec((any::<u64>(), texts(), any::<u32>()), 0..60),
            prop::collection::vec((0..4_u64, "[a-b]{0,1}", 0..3_u32), 0..60),
        ],
        per in 1..20_usize,
        columns in prop::collection::vec((0..2_usize, any::<bool>()), 0..3),
    ) {
        let all = parts(&rows, per);
        // The keys of a column that is sorted by go where that column stands in the order.
        let placed: Vec<SortedPart> = all.into_iter().map(|mut part| {
            let known = std::mem::take(&mut part.columns);
            part.columns = columns.iter().map(|(column, _)| match &known[*column] {
                SortKeys::Numbers(numbers) => SortKeys::Numbers(numbers.clone()),
                SortKeys::Texts(texts) => SortKeys::Texts(KeyTexts {
                    bytes: texts.bytes.clone(),
                    ends: texts.ends.clone(),
                }),
            }).collect();
            part
        }).collect();
        let asked: Vec<KeyColumn> = columns.iter().map(|(column, descending)| KeyColumn {
            is_text: *column == 1,
            // Numbers come turned round already.
            descending: *descending && *column == 1,
        }).collect();
        let mut expected = kept(rows.len(), per);
        expected.sort_by(|a, b| {
            let (a, b) = (&rows[*a], &rows[*b]);
            let order = columns.iter().map(|(column, descending)| match column {
                0 => a.0.cmp(&b.0),
                _ => by_text(&a.1, &b.1, *descending),
            });
            order.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then).then(a.2.cmp(&b.2))
        });
        let expected: Vec<u64> = expected.into_iter().map(|at| at as u64).collect();

        prop_assert_eq!(in_order(&placed, &asked), expected);
    }
}
