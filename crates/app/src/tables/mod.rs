//! Tables, told without a window: their columns, what is asked of them, and their rows as text.
//!
//! A row type says what stands in its columns ([`TableRow`]); everything else follows from that: order and
//! filters ([`arrange()`]), values of a column, sums, text for the clipboard ([`text`]) and exports. Lists whose
//! rows come by pages ([`crate::ListKind`]) are asked for the same things by commands ([`ask`]).

mod arrange;
pub mod ask;
pub mod bills;
pub mod cases;
mod cell_test;
mod columns;
mod layout;
pub mod lookup;
pub mod orders;
pub mod text;
mod view;

pub use arrange::{Arranged, Search, arrange, column_values, find_row, passes, sums};
pub use cell_test::CellTest;
pub use columns::{ColumnKind, ColumnSpec, RowContext, RowSum, TableRow, spec};
pub use layout::{SavedView, TableLayout};
pub use view::{ColumnFilter, ColumnSort, TableView};
