//! What a column is on screen, and the cell that a screen paints.

use egui::{Rect, Ui, pos2};

use crate::paint;
use crate::theme::{Tokens, TypeStyle};
use recondesk_app::Language;
use recondesk_app::tables::{ColumnKind, ColumnSpec};

/// A column.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    /// Stable name, also of its sort order, its filter and its width.
    pub(crate) id: &'static str,
    /// What it is called, in its header and by a screen reader.
    pub(crate) label: &'static str,
    /// What is painted in its header: the same, or nothing where there is no room for it.
    pub(crate) header: &'static str,
    /// Preferred width.
    pub(crate) width: f32,
    /// What stands in it.
    pub(crate) kind: ColumnKind,
    /// Takes the rest of the width; one column does.
    pub(crate) elastic: bool,
    /// A click on the header sorts by it.
    pub(crate) sorts: bool,
    /// Its header has a funnel.
    pub(crate) filters: bool,
}

impl Column {
    /// A column of a table that is known outside the window too: it sorts and filters.
    pub(crate) const fn of(spec: &ColumnSpec, language: Language, width: f32) -> Self {
        Self {
            id: spec.id,
            label: spec.heading.label.in_language(language),
            header: spec.heading.label.in_language(language),
            width,
            kind: spec.kind,
            elastic: false,
            sorts: true,
            filters: true,
        }
    }

    /// The column that takes the rest; `width` is its least.
    pub(crate) const fn elastic(mut self) -> Self {
        self.elastic = true;
        self
    }

    /// The same with no word painted in its header, which has no room for it; its name stays what it is.
    pub(crate) const fn unlabelled(mut self) -> Self {
        self.header = "";
        self
    }

    /// Right-aligned.
    pub(crate) const fn is_number(&self) -> bool {
        self.kind.is_number()
    }
}

/// A cell to be painted.
pub(crate) struct Cell<'a> {
    /// Where.
    pub(crate) rect: Rect,
    /// On what.
    pub(crate) ui: &'a Ui,
    /// Colours.
    pub(crate) t: &'static Tokens,
    pub(super) column: Column,
    pub(super) first: bool,
    /// The widest of what its column holds, while the column is fitted.
    pub(super) fit: Option<&'a std::cell::Cell<f32>>,
}

impl Cell<'_> {
    /// Name of its column.
    pub(crate) fn column(&self) -> &'static str {
        self.column.id
    }

    /// Text as the column aligns it, cut where it does not fit.
    pub(crate) fn words(&self, words: &str, style: (TypeStyle, egui::Color32)) {
        let p = self.ui.painter();
        let y = self.rect.center().y;
        if self.fit.is_some() {
            let inset = self.left() - self.rect.left();
            self.needs(inset + paint::width(p, words, style.0) + 11.0);
        }
        if self.column.is_number() {
            paint::right(p, pos2(self.rect.right() - 10.0, y), words, style);
        } else {
            let left = self.left();
            let room = self.rect.right() - left - 6.0;
            paint::fit(p, pos2(left, y), room, words, style);
        }
    }

    /// Where its text begins.
    pub(crate) fn left(&self) -> f32 {
        self.rect.left() + if self.first { 14.0 } else { 10.0 }
    }

    /// Says how wide the cell would like to be, for a double click on the edge of its column.
    pub(crate) fn needs(&self, width: f32) {
        if let Some(fit) = self.fit {
            fit.set(fit.get().max(width));
        }
    }
}
