//! The self-test: published vectors, each checked by the code that signs and verifies for real.
//!
//! A vector whose expected value could not be reproduced by its collector (`verified: false`) proves nothing and is skipped.

mod checks;
mod v3_checks;

use serde_json::Value;

/// What became of a vector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckOutcome {
    /// As expected.
    Ok,
    /// Not as expected, and how.
    Failed(String),
    /// Not usable as truth.
    Skipped,
}

/// A checked vector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Its id.
    pub id: String,
    /// Where it was published.
    pub source: String,
    /// What became of it.
    pub outcome: CheckOutcome,
}

/// Why a file is not a vector file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VectorFileError {
    /// Larger than any vector file.
    #[error("the file has {0} bytes, at most 16 MiB are read")]
    TooLarge(usize),
    /// Not JSON.
    #[error("the file is not JSON: {0}")]
    Json(String),
    /// JSON of another shape or version.
    #[error("the file is not a vector file: {0}")]
    Shape(&'static str),
}

/// The vectors that come with the program, as (name, content).
pub const EMBEDDED: [(&str, &str); 14] = [
    ("v2_sign", include_str!("../../vectors/v2_sign.json")),
    ("v2_paysign", include_str!("../../vectors/v2_paysign.json")),
    (
        "v2_refund_notify",
        include_str!("../../vectors/v2_refund_notify.json"),
    ),
    (
        "v3_request_sign",
        include_str!("../../vectors/v3_request_sign.json"),
    ),
    (
        "v3_response_verify",
        include_str!("../../vectors/v3_response_verify.json"),
    ),
    ("v3_notify", include_str!("../../vectors/v3_notify.json")),
    ("v3_aes_gcm", include_str!("../../vectors/v3_aes_gcm.json")),
    ("v3_paysign", include_str!("../../vectors/v3_paysign.json")),
    ("jssdk_sha1", include_str!("../../vectors/jssdk_sha1.json")),
    (
        "xml_security",
        include_str!("../../vectors/xml_security.json"),
    ),
    (
        "aes_ecb_primitive",
        include_str!("../../vectors/aes_ecb_primitive.json"),
    ),
    ("money", include_str!("../../vectors/money.json")),
    ("fee", include_str!("../../vectors/fee.json")),
    (
        "unverifiable",
        include_str!("../../vectors/unverifiable.json"),
    ),
];

/// Checks every vector of a file.
///
/// # Errors
/// [`VectorFileError`] when it is no vector file; a wrong vector is an [`CheckOutcome`], not an error.
pub fn run(file: &[u8]) -> Result<Vec<Check>, VectorFileError> {
    if file.len() > 16 << 20 {
        return Err(VectorFileError::TooLarge(file.len()));
    }
    let file = file.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(file);
    let file: Value =
        serde_json::from_slice(file).map_err(|error| VectorFileError::Json(error.to_string()))?;
    if file.get("format_version").and_then(Value::as_u64) != Some(1) {
        return Err(VectorFileError::Shape("format_version is not 1"));
    }
    let vectors = file
        .get("vectors")
        .and_then(Value::as_array)
        .ok_or(VectorFileError::Shape("there is no list of vectors"))?;
    Ok(vectors.iter().map(|vector| check(vector, &file)).collect())
}

/// Checks all vectors that come with the program.
///
/// # Errors
/// [`VectorFileError`] if one of them is damaged, which a test rules out.
pub fn run_embedded() -> Result<Vec<Check>, VectorFileError> {
    let mut out = Vec::new();
    for (_, content) in EMBEDDED {
        out.extend(run(content.as_bytes())?);
    }
    Ok(out)
}

fn check(vector: &Value, file: &Value) -> Check {
    let v = Vector { vector, file };
    let outcome = if vector.get("verified").and_then(Value::as_bool) == Some(false) {
        CheckOutcome::Skipped
    } else {
        match judge(&v) {
            Ok(()) => CheckOutcome::Ok,
            Err(reason) => CheckOutcome::Failed(reason),
        }
    };
    let own = |name: &str| {
        vector
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    Check {
        id: own("id"),
        source: own("source"),
        outcome,
    }
}

/// The kind of a vector is told by the fields it has.
fn judge(v: &Vector<'_>) -> Result<(), String> {
    let has = |name: &str| v.vector.get(name).is_some();
    if has("expected_sign") {
        checks::v2_sign(v)
    } else if has("output_field") {
        checks::v2_pay_sign(v)
    } else if has("req_info") {
        checks::refund_notice(v)
    } else if has("jsapi_ticket") {
        checks::js_config(v)
    } else if has("expect") {
        checks::xml(v)
    } else if has("ciphertext_base64") {
        checks::aes_ecb(v)
    } else if has("yuan") {
        checks::money(v)
    } else if has("line4") {
        v3_checks::pay_sign(v)
    } else if has("expected_resource_plaintext") {
        v3_checks::notice(v)
    } else if has("expected_valid") && has("headers") {
        v3_checks::response(v)
    } else if has("ciphertext") {
        v3_checks::aes_gcm(v)
    } else if has("expected_signature") {
        v3_checks::request_sign(v)
    } else {
        Err("this kind of vector is not known".to_owned())
    }
}

/// A vector and the file it stands in, with readers that tell what is missing.
struct Vector<'a> {
    vector: &'a Value,
    file: &'a Value,
}

impl<'a> Vector<'a> {
    fn text(&self, name: &str) -> Result<&'a str, String> {
        self.vector
            .get(name)
            .and_then(Value::as_str)
            .ok_or_else(|| format!("the vector has no text {name}"))
    }

    fn flag(&self, name: &str) -> Result<bool, String> {
        self.vector
            .get(name)
            .and_then(Value::as_bool)
            .ok_or_else(|| format!("the vector has no truth value {name}"))
    }

    fn number(&self, name: &str) -> Result<i64, String> {
        self.vector
            .get(name)
            .and_then(Value::as_i64)
            .ok_or_else(|| format!("the vector has no number {name}"))
    }

    fn pairs(&self, name: &str) -> Result<Vec<(String, String)>, String> {
        self.vector
            .get(name)
            .and_then(Value::as_object)
            .ok_or_else(|| format!("the vector has no object {name}"))?
            .iter()
            .map(|(key, value)| {
                value
                    .as_str()
                    .map(|value| (key.clone(), value.to_owned()))
                    .ok_or_else(|| format!("{name}.{key} is not a text"))
            })
            .collect()
    }
}

/// Says where two texts part, without printing secrets or pages of text.
fn same(what: &str, got: &str, wanted: &str) -> Result<(), String> {
    if got == wanted {
        return Ok(());
    }
    let at = got
        .bytes()
        .zip(wanted.bytes())
        .take_while(|(a, b)| a == b)
        .count();
    let near = |text: &str| -> String {
        String::from_utf8_lossy(text.as_bytes().get(at..).unwrap_or_default())
            .chars()
            .take(16)
            .collect::<String>()
            .escape_debug()
            .to_string()
    };
    Err(format!(
        "{what} differs at byte {at}: got \"{}\", wanted \"{}\"",
        near(got),
        near(wanted)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_embedded_vector_holds() {
        let checks = run_embedded().unwrap();
        let failed: Vec<_> = checks
            .iter()
            .filter(|check| matches!(check.outcome, CheckOutcome::Failed(_)))
            .collect();
        assert_eq!(failed, Vec::<&Check>::new());
        let ok = checks
            .iter()
            .filter(|c| c.outcome == CheckOutcome::Ok)
            .count();
        let skipped = checks
            .iter()
            .filter(|c| c.outcome == CheckOutcome::Skipped)
            .count();
        assert_eq!((ok, skipped), (54, 7));
    }

    #[test]
    fn every_changed_expectation_is_noticed() {
        for (name, content) in EMBEDDED {
            let file: Value = serde_json::from_str(content).unwrap();
            for (at, vector) in file["vectors"].as_array().unwrap().iter().enumerate() {
                if vector["verified"] != true {
                    continue;
                }
                for (field, value) in vector.as_object().unwrap() {
                    let Some(changed) = changed(field, value) else {
                        continue;
                    };
                    let mut copy = file.clone();
                    copy["vectors"][at][field] = changed;
                    let checks = run(copy.to_string().as_bytes()).unwrap();
                    assert!(
                        matches!(checks[at].outcome, CheckOutcome::Failed(_)),
                        "{name} {} {field}",
                        checks[at].id
                    );
                }
            }
        }
    }

    fn changed(field: &str, value: &Value) -> Option<Value> {
        match (field, value) {
            ("expected_valid" | "expected_signature_valid", Value::Bool(flag)) => {
                Some(Value::Bool(!flag))
            }
            ("expected_fen" | "expected_1e5_yuan", Value::Number(n)) => {
                Some(Value::from(n.as_i64().unwrap() + 1))
            }
            ("expect", Value::String(word)) => Some(Value::from(if word == "must_accept" {
                "must_reject"
            } else {
                "must_accept"
            })),
            (
                "expected"
                | "expected_sign"
                | "string_to_sign"
                | "expected_plaintext"
                | "expected_resource_plaintext"
                | "expected_signature",
                Value::String(text),
            ) => Some(Value::from(format!("{text}x"))),
            _ => None,
        }
    }

    #[test]
    fn what_is_no_vector_file_is_told() {
        assert!(matches!(run(b"x"), Err(VectorFileError::Json(_))));
        assert!(matches!(run(b"{}"), Err(VectorFileError::Shape(_))));
        let odd = br#"{"format_version":1,"vectors":[{"id":"a","verified":true},{"id":"b","verified":false}]}"#;
        let checks = run(odd).unwrap();
        assert!(matches!(checks[0].outcome, CheckOutcome::Failed(_)));
        assert_eq!(checks[1].outcome, CheckOutcome::Skipped);
    }
}
