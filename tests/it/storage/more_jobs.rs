//! Jobs of two people, and those that put a workspace back: run under the layer like the others.

use super::jobs::{Middle, StorageJob, WAITING, workspace};
use super::yard::{FIRST_DAY, Yard};

/// Li works and administers, Wang is the second person.
const STAFF: [&[&str]; 2] = [
    &["operator", "add", "li", "--role", "work,approve,administer"],
    &[
        "operator",
        "add",
        "wang",
        "--role",
        "work,approve",
        "--operator",
        "li",
    ],
];
const TAKE: &[&str] = &[
    "cases",
    "take",
    "--filter",
    "severity=urgent",
    "--yes",
    "--operator",
    "li",
];
const RESOLVE: &[&str] = &[
    "cases",
    "resolve",
    "--filter",
    "severity=urgent",
    "--yes",
    "--reason",
    "已处理",
    "--operator",
    "li",
];
const AGREE: &[&str] = &["approve", WAITING, "--operator", "wang"];
const AGREE_ALL: &[&str] = &["approve", "--all", "--yes", "--operator", "wang"];
const SIGN: &[&str] = &[
    "day",
    "sign-off",
    "--profile",
    "shop",
    "--date",
    FIRST_DAY,
    "--operator",
    "li",
];
const UNLOCK: &[&str] = &[
    "day",
    "unlock",
    "--profile",
    "shop",
    "--date",
    FIRST_DAY,
    "--reason",
    "补录订单",
    "--operator",
    "li",
];
const COPY: &[&str] = &["backup", "FOLDER/copy.zip"];
const RESTORE: &[&str] = &["restore", "FOLDER/copy.zip", "--replace"];
const REBUILD: &[&str] = &["workspace", "rebuild"];

/// Steps after one another, the first of them by the staff.
fn steps<'a>(more: &[&'a [&'a str]]) -> Vec<&'a [&'a str]> {
    STAFF.iter().chain(more).copied().collect()
}

/// All of them.
pub(super) fn more(yard: &Yard) -> Vec<StorageJob> {
    let ignore = ["cases", "ignore", &yard.case, "--reason", "test-order"];
    let ignore = [&ignore[..], &["--operator", "li"]].concat();
    let taken_back = ["cases", "take", &yard.case, "--operator", "li"];
    let take_back = ["refund", "withdraw", &yard.refund, "--reason", "已发货"];
    let reissue = ["reissue", &yard.unserved, "--by", "list"];
    let reissue = [&reissue[..], &["--out", "FOLDER/list.csv"]].concat();
    let decided = steps(&[TAKE, RESOLVE, AGREE]);
    let signed = [&decided[..], &[SIGN]].concat();
    let asked = [&signed[..], &[UNLOCK]].concat();
    vec![
        StorageJob::new(yard, "approval", &steps(&[AGREE, &ignore]), (0, AGREE)).again(2),
        // Each is decided about by itself: what fails keeps no other waiting.
        StorageJob::new(
            yard,
            "agreeing to all",
            &steps(&[TAKE, RESOLVE]),
            (0, AGREE_ALL),
        )
        .leaves(Middle::Sound),
        StorageJob::new(
            yard,
            "proposal taken back",
            &steps(&[&ignore]),
            (0, &taken_back),
        )
        .leaves(Middle::Sound),
        // What fails for one case does not keep the others waiting.
        StorageJob::new(yard, "decisions of a filter", &steps(&[TAKE]), (0, RESOLVE))
            .leaves(Middle::Sound)
            .again(1),
        StorageJob::new(yard, "day signed off", &decided, (0, SIGN)).again(2),
        StorageJob::new(yard, "unlocking asked for", &signed, (1, UNLOCK)),
        StorageJob::new(yard, "unlocking agreed to", &asked, (0, AGREE)).again(2),
        StorageJob::new(yard, "reissue", &[], (0, &reissue)).leaves(Middle::Sound),
        StorageJob::new(yard, "refund withdrawn", &[], (0, &take_back)).again(2),
        StorageJob::new(yard, "putting back", &[COPY, &ignore[..5]], (0, RESTORE))
            .leaves(Middle::Mendable),
        rebuilding(yard),
    ]
}

/// The database is gone, and is made anew.
fn rebuilding(yard: &Yard) -> StorageJob {
    let job = StorageJob::new(yard, "making anew", &[], (0, REBUILD)).leaves(Middle::Mendable);
    std::fs::remove_file(workspace(job.before()).join("recondesk.db")).unwrap();
    job
}
