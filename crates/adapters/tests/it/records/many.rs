//! Many cases: opened by one run, asked for, decided together.

use super::{RecordsFixture, at, finding};
use recondesk_domain::{CaseStatus, Category, Finding};
use recondesk_ports::{
    CaseEventKind, CaseId, CaseQuery, CaseStep, CaseStepKind, CaseSteps, Casework as _,
    Records as _, StoreError,
};

#[test]
fn cases_are_decided_together_and_what_is_refused_for_one_stops_no_other() {
    let stage = RecordsFixture::new();
    let found: Vec<Finding> = (0..7)
        .map(|n| finding(Category::WOnlyPay, &format!("n{n}")))
        .collect();
    stage.conclude(1, "2026-03-08", &found, &[]);
    let step = |status| CaseStep {
        kind: CaseStepKind::Status(status),
        actor: "ann".to_owned(),
        text: "too small".to_owned(),
        at: at(9),
        together: 7,
        seen: None,
    };
    // A proposal is taken back with the step behind it that is refused; its question to a second person as well.
    let wanted = |n: usize, finding: &Finding| CaseSteps {
        case: if n == 4 {
            CaseId(4711)
        } else {
            stage.case(finding).id
        },
        steps: if n == 0 || n == 3 {
            vec![step(CaseStatus::Proposed), step(CaseStatus::Executing)]
        } else {
            vec![step(CaseStatus::Proposed)]
        },
    };
    let all: Vec<CaseSteps> = (0..).zip(&found).map(|(n, one)| wanted(n, one)).collect();

    let results = stage.db.step_cases(&all);

    let is_refused = |n: usize| matches!(results[n], Err(StoreError::Forbidden(_)));
    assert!(is_refused(0) && is_refused(3), "{results:?}");
    assert_eq!(results[4], Err(StoreError::Missing("case".to_owned())));
    assert_eq!(results.len(), 7);
    assert_eq!(stage.db.step_cases(&[]), []);
    let mut subjects = Vec::new();
    for (n, (one, result)) in found.iter().zip(&results).enumerate() {
        let case = stage.case(one);
        let (status, kinds) = match result {
            Ok(()) => (CaseStatus::Proposed, 2),
            Err(_) => (CaseStatus::New, 1),
        };
        assert_eq!(
            (case.status, stage.kinds(one).len()),
            (status, kinds),
            "{n}"
        );
        subjects.push(format!("case/{}/{}", case.profile.0, case.key));
    }
    assert_eq!(stage.db.history_faults(), Ok(vec![]));
    let waiting = stage.db.waiting_about(&subjects).unwrap();
    let asked: Vec<bool> = waiting.iter().map(Option::is_some).collect();
    let stored: Vec<bool> = results.iter().map(Result::is_ok).collect();
    assert_eq!(asked, stored);
    assert_eq!(stage.db.approvals(false).unwrap().len(), 4);
}

#[test]
fn of_cases_decided_together_those_are_left_that_somebody_else_changed() {
    let stage = RecordsFixture::new();
    let found: Vec<Finding> = (0..5)
        .map(|n| finding(Category::PaidNotBooked, &format!("n{n}")))
        .collect();
    stage.conclude(1, "2026-03-08", &found, &[]);
    let seen = stage.db.last_case_event().unwrap();
    stage.step(&found[2], CaseStepKind::Note, "li").unwrap();
    stage.step(&found[3], CaseStepKind::Note, "wang").unwrap();
    let step = |kind| CaseStep {
        kind,
        actor: "wang".to_owned(),
        text: String::new(),
        at: at(99),
        together: 5,
        seen: Some(seen),
    };
    // What the first step changes does not overtake the second one.
    let steps = vec![
        step(CaseStepKind::Status(CaseStatus::Assigned)),
        step(CaseStepKind::Owner("wang".to_owned())),
    ];
    let of_case = |one: &Finding| CaseSteps {
        case: stage.case(one).id,
        steps: steps.clone(),
    };
    let all: Vec<CaseSteps> = found.iter().map(of_case).collect();

    let results = stage.db.step_cases(&all);

    let Err(StoreError::Overtaken(since)) = &results[2] else {
        panic!("stored over what li did: {results:?}");
    };
    assert_eq!(since.len(), 1);
    assert_eq!(since[0].actor, "li");
    let owners: Vec<String> = found.iter().map(|one| stage.case(one).owner).collect();
    assert_eq!(owners, ["wang", "wang", "", "wang", "wang"]);
    assert_eq!(
        stage.kinds(&found[2]),
        [CaseEventKind::Found, CaseEventKind::Note]
    );
    assert_eq!(stage.db.history_faults(), Ok(vec![]));
}

#[test]
fn cases_are_found_by_their_numbers_and_by_what_names_them() {
    let stage = RecordsFixture::new();
    let found = [
        finding(Category::AmountDiff, "a"),
        finding(Category::WOnlyPay, "b"),
        finding(Category::PaidNotBooked, "a"),
    ];
    stage.conclude(1, "2026-03-08", &found, &[]);
    let [first, second, third] = [0, 1, 2].map(|n: usize| stage.case(&found[n]));
    let named = |word: &str| stage.db.cases_named(word).unwrap();

    let asked = [second.id, CaseId(4711), first.id];
    assert_eq!(
        stage.db.cases_by_id(&asked).unwrap(),
        [second.clone(), first.clone()]
    );
    assert_eq!(named(&second.key), std::slice::from_ref(&second));
    assert_eq!(
        named(&second.id.0.to_string()),
        std::slice::from_ref(&second)
    );
    assert_eq!(named("b"), [second]);
    assert_eq!(named("a"), [third, first]);
    assert_eq!(named("c"), []);
    assert_eq!(named(""), []);

    // So many that all are read at once: the order and what is gone stay as they are.
    let many: Vec<CaseId> = (0..2_000).rev().map(CaseId).collect();
    let ids: Vec<i64> = stage
        .db
        .cases_by_id(&many)
        .unwrap()
        .iter()
        .map(|case| case.id.0)
        .collect();
    assert_eq!(ids, [3, 2, 1]);
}

#[test]
fn a_run_of_many_findings_opens_each_case_once_in_their_order() {
    let stage = RecordsFixture::new();
    let number = |nth: usize| format!("QH{nth:05}");
    let mut findings: Vec<Finding> = (0..1_300)
        .map(|nth| finding(Category::PaidNotBooked, &number(nth)))
        .collect();
    // One more finding of a case, far behind the first one.
    findings.push(finding(Category::PaidNotBooked, &number(3)));
    stage.conclude(1, "2026-03-08", &findings, &[]);

    let cases = stage.db.cases(&CaseQuery::default()).unwrap();
    assert_eq!(cases.len(), 1_300);
    let ids: Vec<i64> = (0..1_300)
        .map(|nth| stage.case(&findings[nth]).id.0)
        .collect();
    assert!(ids.is_sorted_by(|one, next| one < next));
    for nth in [0, 3, 511, 512, 1_299] {
        assert_eq!(stage.kinds(&findings[nth]), [CaseEventKind::Found]);
    }
    // Another run: some are as they were, some are gone, some are new.
    let mut later: Vec<Finding> = findings[600..1_300].to_vec();
    later.extend((2_000..2_700).map(|nth| finding(Category::AmountDiff, &number(nth))));
    stage.conclude(2, "2026-03-08", &later, &[]);
    assert_eq!(stage.db.cases(&CaseQuery::default()).unwrap().len(), 1_400);
    assert_eq!(
        stage.kinds(&findings[5]),
        [CaseEventKind::Found, CaseEventKind::AutoClosed]
    );
    assert_eq!(stage.kinds(&findings[700]), [CaseEventKind::Found]);
    assert_eq!(stage.db.history_faults(), Ok(vec![]));
}
