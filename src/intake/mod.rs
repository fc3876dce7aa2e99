//! Merchant files to canonical rows: sniff, map, validate, reject.
