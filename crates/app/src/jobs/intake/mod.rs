//! Taking in a merchant's file of orders or refunds: opened, its mapping chosen and proven, looked at, stored.
//!
//! Window and command line go this one way: [`open()`] unpacks, [`choose()`] finds the mapping, [`preview()`] reads the
//! file as it would be stored, [`import()`] stores it.

mod choose;
mod open;
mod paid_rows;
mod preview;
mod proof;
mod questions;
mod store;
mod told;
mod trial;
mod trial_amounts;
mod trial_clock;

pub use choose::{
    Candidate, MappingChoice, MappingOrigin, ProposedMapping, choose, given, kind_of, propose,
};
pub use open::open;
pub use preview::{each_block, look, plan, preview, read_mapping};
pub use proof::{AmountProof, ColumnProof, Proof, ProofBills};
pub use questions::{Question, denied_amounts, doubts, questions};
pub use store::{MOST_REJECTS, import};
pub use told::{attention, name_for_mapping, remarks, unread};
