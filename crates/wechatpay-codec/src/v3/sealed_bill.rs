//! The fund-flow bill of a sub-merchant: in parts, each sealed with a key of its own, which is sealed with the public key
//! of the merchant's certificate.

use serde::Deserialize;
use sha1::{Digest as _, Sha1};
use zeroize::Zeroizing;

use super::object::{ObjectError, parse};
use super::seal::{SealError, decrypt_field, open_bytes};
use super::{BillTicket, PrivateKey};
use recondesk_domain::Secret;

/// More parts than a bill of a day is cut into.
const MOST_PARTS: usize = 200;

/// What an application for a sealed bill gives: its parts, in the order in which they are put together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedBill {
    /// At least one, numbered without a gap from 1.
    pub parts: Vec<SealedPart>,
}

/// One part of a sealed bill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedPart {
    /// Address of the part, and digest of what it holds once it is open.
    pub ticket: BillTicket,
    /// `encrypt_key`: the key of this part, sealed for the merchant.
    encrypt_key: String,
    /// `nonce`.
    nonce: String,
}

/// Why a part cannot be put into the bill.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealedBillError {
    /// It does not open.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// Opened, and not what was announced.
    #[error("the SHA-1 of a part is not the announced one")]
    Digest,
}

#[derive(Deserialize)]
struct RawBill {
    download_bill_count: usize,
    download_bill_list: Vec<RawPart>,
}

#[derive(Deserialize)]
struct RawPart {
    bill_sequence: usize,
    #[serde(flatten)]
    ticket: BillTicket,
    encrypt_key: String,
    nonce: String,
}

impl SealedBill {
    /// Reads it from a verified body.
    ///
    /// # Errors
    /// [`ObjectError`]: a part that is missing, there twice, or cannot be checked.
    pub fn read(body: &[u8]) -> Result<Self, ObjectError> {
        let mut raw: RawBill = parse(body)?;
        let count = raw.download_bill_list.len();
        if count == 0 || count > MOST_PARTS || count != raw.download_bill_count {
            return Err(ObjectError::Field("download_bill_count"));
        }
        raw.download_bill_list
            .sort_by_key(|part| part.bill_sequence);
        let mut parts = Vec::with_capacity(count);
        for (nth, part) in (1..).zip(raw.download_bill_list) {
            if part.bill_sequence != nth {
                return Err(ObjectError::Field("bill_sequence"));
            }
            part.ticket.check()?;
            parts.push(SealedPart {
                ticket: part.ticket,
                encrypt_key: part.encrypt_key,
                nonce: part.nonce,
            });
        }
        Ok(Self { parts })
    }
}

impl SealedPart {
    /// Opens what came under the address, and checks it by its digest.
    ///
    /// # Errors
    /// [`SealedBillError`]; nothing of such a part may count.
    pub fn open(&self, sealed: &[u8], key: &PrivateKey) -> Result<Vec<u8>, SealedBillError> {
        let opened = Zeroizing::new(decrypt_field(&self.encrypt_key, key)?);
        let part_key = Secret::new(opened.to_vec());
        let plain = open_bytes(sealed, &self.nonce, "", &part_key)?;
        let digest: [u8; 20] = Sha1::digest(&plain).into();
        if self.ticket.sha1() == Some(digest) {
            Ok(plain)
        } else {
            Err(SealedBillError::Digest)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn part(sequence: usize) -> Value {
        json!({
            "bill_sequence": sequence, "hash_type": "SHA1", "hash_value": "a".repeat(40),
            "download_url": "https://api.mch.weixin.qq.com/v3/billdownload/file?token=x",
            "encrypt_key": "QQ==", "nonce": "abcdefghijklmnop",
        })
    }

    fn read(count: usize, parts: &[Value]) -> Result<SealedBill, ObjectError> {
        let body = json!({ "download_bill_count": count, "download_bill_list": parts });
        SealedBill::read(body.to_string().as_bytes())
    }

    #[test]
    fn parts_are_put_in_order_and_none_may_be_missing() {
        let mut late = part(2);
        late["nonce"] = json!("second-second-12");
        let bill = read(2, &[late, part(1)]).unwrap();
        assert_eq!(bill.parts.len(), 2);
        assert_eq!(bill.parts.last().unwrap().nonce, "second-second-12");
        let field = |name| Err(ObjectError::Field(name));
        assert_eq!(read(2, &[part(1)]), field("download_bill_count"));
        assert_eq!(read(0, &[]), field("download_bill_count"));
        assert_eq!(read(2, &[part(1), part(1)]), field("bill_sequence"));
        assert_eq!(read(2, &[part(1), part(3)]), field("bill_sequence"));
        assert_eq!(read(1, &[part(0)]), field("bill_sequence"));
        let many: Vec<Value> = (1..=MOST_PARTS + 1).map(part).collect();
        assert_eq!(read(many.len(), &many), field("download_bill_count"));
        for (name, value) in [("hash_type", "MD5"), ("hash_value", "xyz")] {
            let mut other = part(1);
            other[name] = json!(value);
            assert!(matches!(read(1, &[other]), Err(ObjectError::Field(found)) if found == name));
        }
        let mut keyless = part(1);
        keyless.as_object_mut().unwrap().remove("encrypt_key");
        assert!(matches!(read(1, &[keyless]), Err(ObjectError::Json(_))));
    }
}
