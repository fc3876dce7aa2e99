//! Columns and words that the tables of all reports share.

use recondesk_domain::{Category, Language, Severity};
use recondesk_ports::{ReportCell, ReportColumn, ReportColumnKind};

/// A column of words.
pub(super) fn words(title: &str, width: u16) -> ReportColumn {
    column(title, ReportColumnKind::Text, width, false)
}

/// A column of days or times.
pub(super) fn times(title: &str) -> ReportColumn {
    column(title, ReportColumnKind::Time, 20, false)
}

/// A column of money that is added up.
pub(super) fn money(title: &str) -> ReportColumn {
    column(title, ReportColumnKind::Money, 14, true)
}

/// A column of money that is not added up: its rows are not of one kind.
pub(super) fn amounts(title: &str) -> ReportColumn {
    column(title, ReportColumnKind::Money, 14, false)
}

/// A column of fees that is added up.
pub(super) fn fees(title: &str) -> ReportColumn {
    column(title, ReportColumnKind::Fee, 16, true)
}

/// A column of counts that is added up.
pub(super) fn counts(title: &str) -> ReportColumn {
    column(title, ReportColumnKind::Count, 10, true)
}

fn column(title: &str, kind: ReportColumnKind, width: u16, sum: bool) -> ReportColumn {
    ReportColumn {
        title: title.to_owned(),
        kind,
        width,
        sum,
    }
}

/// Code, name and severity of a category.
pub(super) fn category_cells(category: Category, language: Language) -> [ReportCell; 3] {
    [
        ReportCell::text(category.code()),
        ReportCell::text(language.pick(category.zh(), category.en())),
        ReportCell::text(severity_word(category.severity(), language)),
    ]
}

/// The word of a severity.
pub(super) fn severity_word(severity: Severity, language: Language) -> &'static str {
    super::super::export::severity_term(severity).in_language(language)
}
