//! The categories that apply to one row or pair, and which of them decides.

use recondesk_domain::Category;

/// A set of categories. Which one decides is a matter of [`Category::by_precedence`] alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct CategorySet(u64);

const _: () = assert!(Category::COUNT <= 64, "a category more needs a wider set");

impl CategorySet {
    /// Nothing applies.
    pub(super) const NONE: Self = Self(0);

    /// Adds one.
    pub(super) const fn add(&mut self, category: Category) {
        self.0 |= 1 << category as u32;
    }

    /// Takes one away.
    pub(super) const fn remove(&mut self, category: Category) {
        self.0 &= !(1 << category as u32);
    }

    /// Adds all of another set.
    pub(super) const fn join(&mut self, other: Self) {
        self.0 |= other.0;
    }

    /// True when nothing applies.
    pub(super) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// True when this one applies.
    pub(super) const fn has(self, category: Category) -> bool {
        self.0 & (1 << category as u32) != 0
    }

    /// The deciding category and the rest, in order of precedence.
    pub(super) fn ranked(self) -> impl Iterator<Item = Category> {
        Category::by_precedence()
            .iter()
            .copied()
            .filter(move |&category| self.has(category))
    }

    /// The deciding category.
    pub(super) fn primary(self) -> Option<Category> {
        if self.is_empty() {
            None
        } else {
            self.ranked().next()
        }
    }
}
