//! `bill backfill` as scripts see it: which days are missing, oldest first, and when it stops.

use crate::lookup_cli::LookupFixture;

fn lines(text: &str) -> Vec<&str> {
    text.lines().collect()
}

#[test]
fn every_missing_day_is_listed_oldest_first_without_asking_anybody() {
    let stage = LookupFixture::new();

    let listed = stage.run(0, &["bill", "backfill", "--profile", "shop", "--list"]);

    let days = lines(&listed);
    // Three months have 89 to 92 days, and yesterday's bill may not be out yet.
    assert!((88..=93).contains(&days.len()), "{days:?}");
    assert!(days.is_sorted());
    assert!(days.iter().all(|day| day.len() == 10), "{days:?}");
}

#[test]
fn a_gateway_that_fails_twice_in_a_row_is_left_alone() {
    let stage = LookupFixture::new();
    let add = ["profile", "add", "dead", "--mch-id", "1900000217"];
    let more = [
        "--appid",
        "wx8888888888888888",
        "--gateway",
        "http://127.0.0.1:1",
    ];
    stage.run(0, &[&add[..], &more].concat());
    stage.run(
        0,
        &["profile", "set-key", "dead", "v2", "--from-env", "THE_KEY"],
    );
    let ask = ["bill", "backfill", "--profile", "dead"];
    let missing = stage.run(0, &[&ask[..], &["--list"]].concat());

    let told = stage.run(5, &ask);

    let (missing, told) = (lines(&missing), lines(&told));
    assert_eq!(told.len(), 2, "{told:?}");
    for (line, day) in told.iter().zip(missing) {
        assert!(line.starts_with(&format!("{day}\tgateway.")), "{line}");
    }
}
