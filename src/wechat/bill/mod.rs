//! Bill bytes to rows, and rows to bill bytes.
