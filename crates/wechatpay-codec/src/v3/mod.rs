//! APIv3: JSON over HTTPS, signed with RSA-SHA256 in both directions.
//!
//! `keys`, `sign`, `verify` and `seal` are the codec; typed objects, notifications and error codes stand on them.

pub mod api;
mod certificate;
mod combined;
mod der;
mod digest;
mod facts;
mod fault;
mod fields;
mod key_error;
mod key_file;
mod keys;
pub mod notify;
mod object;
mod recover;
mod seal;
mod sealed_bill;
mod sign;
mod verify;

pub use certificate::Certificate;
pub use combined::CombinedOrder;
pub use digest::DigestName;
pub use fault::{Fault, SignInformation, advice};
pub use fields::flat_fields;
pub use key_error::KeyError;
pub use key_file::{KeyFile, key_text};
pub use keys::{PUBLIC_KEY_PREFIX, PrivateKey, VerifyKey, normal_serial, pem_blocks, verify_keys};
pub use object::{BillTicket, ObjectError, Promotion, Refund, Transaction};
pub use recover::{BareContent, Recovered, bare_content, digest_texts};
pub use seal::{AEAD, SealError, decrypt_field, encrypt_field, open_resource, seal_resource};
pub use sealed_bill::{SealedBill, SealedBillError, SealedPart};
pub use sign::{
    Authorization, AuthorizationError, RequestParts, SCHEME, authorize, lines, request_message,
};
pub use verify::{
    MAX_SKEW_S, PROBE_PREFIX, SignatureHeaders, VerifyError, verify_message, verify_signature,
};
