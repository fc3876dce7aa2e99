//! Wrong signatures made by other code (`tests/fixtures/mistakes_v2.py`), which knows nothing of the search.

use recondesk_domain::{Secret, SignType};
use serde::Deserialize;
use wechatpay_codec::Params;
use wechatpay_codec::lab::explain::{
    KeyCandidate, QuestionV2, SignatureVerdict, explain_v2, unwatched,
};

#[derive(Deserialize)]
struct BlindBook {
    key: String,
    other_key: String,
    singles: usize,
    cases: Vec<BlindCase>,
}

#[derive(Deserialize)]
struct BlindCase {
    id: String,
    what: String,
    message: Vec<(String, String)>,
    sign_type: String,
    given: String,
    accept: Vec<Vec<String>>,
    seen: Vec<String>,
}

fn book() -> BlindBook {
    serde_json::from_str(include_str!("../fixtures/mistakes_v2.json")).unwrap()
}

fn ask(book: &BlindBook, case: &BlindCase) -> SignatureVerdict {
    let candidate = |name: &str, key: &str| KeyCandidate {
        name: name.to_owned(),
        key: Secret::new(key.to_owned()),
    };
    let question = QuestionV2 {
        message: case.message.iter().cloned().collect::<Params>(),
        given: case.given.clone(),
        keys: vec![
            candidate("茶铺", &book.key),
            candidate("另一家", &book.other_key),
        ],
        sign_type: match case.sign_type.as_str() {
            "MD5" => SignType::Md5,
            _ => SignType::HmacSha256,
        },
        signed_text: None,
        seen: case.seen.clone(),
    };
    explain_v2(&question, &unwatched)
}

/// Explained right, left unexplained, explained wrongly.
fn judge(book: &BlindBook, cases: &[BlindCase]) -> (usize, Vec<String>, Vec<String>) {
    let (mut right, mut open, mut wrong) = (0, Vec::new(), Vec::new());
    for case in cases {
        let told = |found: &[String]| format!("{} {}: {found:?}", case.id, case.what);
        match ask(book, case) {
            SignatureVerdict::Explained(found) => {
                let mut codes: Vec<String> = found
                    .changes
                    .iter()
                    .map(|change| change.code.to_owned())
                    .collect();
                codes.sort();
                if case.accept.contains(&codes) {
                    right += 1;
                } else {
                    wrong.push(told(&codes));
                }
            }
            SignatureVerdict::Right => wrong.push(told(&["right".to_owned()])),
            _ => open.push(told(&[])),
        }
    }
    (right, open, wrong)
}

fn holds(cases: &[BlindCase], (right, open, wrong): (usize, Vec<String>, Vec<String>)) {
    assert!(cases.len() >= 60, "{} cases", cases.len());
    assert!(wrong.is_empty(), "explained wrongly:\n{}", wrong.join("\n"));
    assert!(
        right * 100 >= cases.len() * 95,
        "{right} of {} explained right, open:\n{}",
        cases.len(),
        open.join("\n")
    );
}

#[test]
fn single_mistakes_of_other_peoples_code_are_explained() {
    let book = book();
    let cases = &book.cases[..book.singles];
    holds(cases, judge(&book, cases));
}

#[test]
fn pairs_of_mistakes_of_other_peoples_code_are_explained() {
    let book = book();
    let cases = &book.cases[book.singles..];
    holds(cases, judge(&book, cases));
}
