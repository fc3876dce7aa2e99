//! The power fails at any step of an import: the workspace is as before, or as after.

use std::sync::Arc;

use recondesk_adapters::disk::PowerCut;
use recondesk_ports::{Books as _, Standing};

use super::store::{bill_text, day, import_bill, import_orders, names, open, orders_text, pays};

const DATE: &str = "2026-03-08";

/// What a person sees of the workspace, and the files that the catalog knows.
#[derive(Debug, PartialEq)]
struct VisibleState {
    imports: Vec<(u32, Standing)>,
    pays: usize,
    orders: Vec<(String, i64)>,
}

fn look(folder: &std::path::Path) -> VisibleState {
    let (books, profile) = open(folder, None).unwrap();
    let evidence = books.evidence(profile).unwrap();
    let imports = books.imports(profile).unwrap();
    let orders = evidence.orders(day(DATE), 7).unwrap();
    VisibleState {
        imports: imports.iter().map(|i| (i.import, i.standing)).collect(),
        pays: evidence
            .pays(day(DATE))
            .unwrap()
            .map(Result::unwrap)
            .count(),
        orders: orders
            .map(Result::unwrap)
            .map(|o| (o.out_trade_no.as_str().to_owned(), o.amount.get()))
            .collect(),
    }
}

pub(crate) fn copy(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// One import, of a bill or of orders; true when it ends well.
type ImportWork = fn(&std::path::Path, Option<Arc<PowerCut>>, (&[u8], &str)) -> bool;

#[test]
fn a_power_cut_at_any_step_leaves_the_books_as_before_or_as_after() {
    let (old, mut new) = (pays(700, 1), pays(700, 1));
    new[5].fen += 7;
    let before = tempfile::tempdir().unwrap();
    let (books, profile) = open(before.path(), None).unwrap();
    import_bill(&books, profile, &bill_text(DATE, &old)).unwrap();
    import_orders(&books, profile, &orders_text(DATE, &old, |_| "paid")).unwrap();
    drop(books);
    let was = look(before.path());
    let bill: ImportWork = |folder, fault, (bill, _)| {
        open(folder, fault).is_ok_and(|(books, profile)| import_bill(&books, profile, bill).is_ok())
    };
    let orders: ImportWork = |folder, fault, (_, orders)| {
        open(folder, fault)
            .is_ok_and(|(books, profile)| import_orders(&books, profile, orders).is_ok())
    };
    let texts = (bill_text(DATE, &new), orders_text(DATE, &new, |_| "paid"));
    for work in [bill, orders] {
        let good = tempfile::tempdir().unwrap();
        copy(before.path(), good.path());
        assert!(work(good.path(), None, (&texts.0, &texts.1)));
        let is = look(good.path());
        assert_ne!(is, was);

        let mut outcomes = [0, 0];
        for steps in 0.. {
            let folder = tempfile::tempdir().unwrap();
            copy(before.path(), folder.path());
            let fault = Arc::new(PowerCut::after(steps));
            let done = work(
                folder.path(),
                Some(Arc::clone(&fault)),
                (&texts.0, &texts.1),
            );
            if fault.left() >= 0 {
                assert!(done && steps > 5, "the fault never struck: {steps} steps");
                break;
            }
            let seen = look(folder.path());
            assert!(seen == was || seen == is, "after {steps} steps: {seen:?}");
            outcomes[usize::from(seen == is)] += 1;

            assert!(work(folder.path(), None, (&texts.0, &texts.1)));
            assert_eq!(look(folder.path()), is, "again after {steps} steps");
            let imports = u32::try_from(is.imports.len()).unwrap();
            for name in names(folder.path()) {
                let stem = name.split(['/', '.']).nth(1).unwrap();
                assert!(
                    stem.parse::<u32>().unwrap() <= imports,
                    "{name} is left over"
                );
            }
        }
        assert!(outcomes[0] >= 5 && outcomes[1] >= 1, "{outcomes:?}");
    }
}
