//! How a table is laid out, and views that were given a name: both are kept with the preferences.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::TableView;

/// How a person laid a table out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TableLayout {
    /// Columns that are shown, from the left; `None` for the usual ones.
    pub order: Option<Vec<String>>,
    /// Widths in points of columns that were made wider or narrower.
    pub widths: BTreeMap<String, u16>,
    /// How many columns stay in place; `None` for the usual ones.
    pub frozen: Option<u8>,
}

/// A view under a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedView {
    /// Its name.
    pub name: String,
    /// Order and filters.
    #[serde(default)]
    pub view: TableView,
    /// Columns.
    #[serde(default)]
    pub layout: TableLayout,
}
