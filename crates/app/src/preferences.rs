//! What a person chose for the window; one row of JSON in the workspace.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::tables::{SavedView, TableLayout};
use recondesk_domain::{Language, ProfileId};

/// Which theme is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ThemeChoice {
    /// As the system.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
    /// High contrast on the system's ground.
    Contrast,
}

/// Height of table rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Density {
    /// Rows of 30.
    #[default]
    Comfortable,
    /// Rows of 26.
    Compact,
}

/// Everything a person chose; unknown or damaged parts fall back to the defaults.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    /// Language.
    pub language: Language,
    /// Theme.
    pub theme: ThemeChoice,
    /// Zoom in per cent, 80 to 200 in steps of 10.
    pub zoom: u16,
    /// Height of table rows.
    pub density: Density,
    /// Minutes without a key or a click after which the passphrase is forgotten; 0 for never.
    pub lock_after: u16,
    /// Shows what is personal of customers in raw lines and details; masked unless a person says so.
    pub show_personal_data: bool,
    /// The merchant that was in view last.
    pub merchant: Option<ProfileId>,
    /// The operator who signed in last, to be proposed the next time.
    pub operator: String,
    /// The renderer that worked last.
    pub renderer: String,
    /// How tables are laid out, by their names; without an entry a table is laid out as usual.
    pub tables: BTreeMap<String, TableLayout>,
    /// Views that were given a name, by the name of their table.
    pub views: BTreeMap<String, Vec<SavedView>>,
    /// Columns chosen for a table, as earlier versions kept them.
    #[serde(skip_serializing)]
    columns: BTreeMap<String, Vec<String>>,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            language: Language::default(),
            theme: ThemeChoice::default(),
            zoom: 100,
            density: Density::default(),
            lock_after: 5,
            show_personal_data: false,
            merchant: None,
            operator: String::new(),
            renderer: String::new(),
            tables: BTreeMap::new(),
            views: BTreeMap::new(),
            columns: BTreeMap::new(),
        }
    }
}

impl Preferences {
    /// The zoom within its limits, whatever was stored.
    #[must_use]
    pub fn zoom_percent(&self) -> u16 {
        self.zoom.clamp(80, 200) / 10 * 10
    }

    /// The zoom `steps` of ten per cent up or down, within its limits.
    #[must_use]
    pub fn zoomed(&self, steps: i16) -> u16 {
        self.zoom_percent()
            .saturating_add_signed(steps.saturating_mul(10))
            .clamp(80, 200)
    }

    /// Reads the stored JSON; what cannot be read falls back to the defaults.
    #[must_use]
    pub fn from_json(text: &str) -> Self {
        let mut read: Self = serde_json::from_str(text).unwrap_or_default();
        for (table, order) in std::mem::take(&mut read.columns) {
            let layout = read.tables.entry(table).or_default();
            layout.order.get_or_insert(order);
        }
        read
    }

    /// The JSON to store.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_preferences_come_back_and_damaged_ones_are_the_defaults() {
        let chosen = Preferences {
            language: Language::En,
            theme: ThemeChoice::Contrast,
            zoom: 130,
            ..Preferences::default()
        };

        assert_eq!(Preferences::from_json(&chosen.to_json()), chosen);
        assert_eq!(Preferences::from_json("{"), Preferences::default());
        assert_eq!(
            Preferences::from_json(r#"{"zoom":1000}"#).zoom_percent(),
            200
        );
    }

    #[test]
    fn columns_chosen_in_an_earlier_version_are_kept() {
        let read = Preferences::from_json(r#"{"columns":{"orders":["number","paid"]}}"#);
        let layout = read.tables.get("orders").unwrap();
        assert_eq!(
            layout.order.as_deref(),
            Some(&["number".to_owned(), "paid".to_owned()][..])
        );
        assert_eq!(Preferences::from_json(&read.to_json()), read);
    }

    #[test]
    fn zoom_stays_between_80_and_200() {
        let mut preferences = Preferences::default();
        assert_eq!(preferences.zoomed(-5), 80);
        preferences.zoom = 190;
        assert_eq!(preferences.zoomed(5), 200);
    }
}
