//! Rows of the palette that change how the window looks, those that work on the day in view, and those that write it
//! into a file.

use super::{PaletteAction, PaletteRow};
use crate::icons;
use crate::text::Wording;
use recondesk_app::{
    Export, ExportFormat, Language, Preferences, ReportFormat, State, ThemeChoice,
};
use recondesk_ports::VaultAccess;

/// The work on the day in view, and its reports; nothing without a merchant.
pub(super) fn day(w: &'static Wording, state: &State) -> Vec<PaletteRow> {
    let Some(merchant) = state.merchant_or_first() else {
        return Vec::new();
    };
    let name = merchant.profile.name.as_str();
    let day = state.day;
    let row = |icon, label: String, context: &str, deed: PaletteAction| PaletteRow {
        icon,
        label,
        context: context.to_owned(),
        key: if deed == PaletteAction::Reconcile {
            "F5"
        } else if deed == PaletteAction::Import {
            "Ctrl O"
        } else {
            ""
        },
        deed,
    };
    let of_day =
        |icon, what: &str, context: &str, deed| row(icon, format!("{what} {day}"), context, deed);
    let (frame, jobs) = (&w.frame, &w.jobs);
    let (year, month, _) = day.ymd_parts();
    let month = format!("{year:04}-{month:02}");
    let bare = |what: &'static str| what.trim_end_matches(['…', '.']);
    let report = |what: &str, format| {
        let deed = PaletteAction::Report(Export::DayReport(format));
        row(icons::EXPORT, format!("{what} {day}"), name, deed)
    };
    let load = icons::DOWNLOAD_SIMPLE;
    vec![
        of_day(
            icons::SCALES,
            jobs.reconcile,
            name,
            PaletteAction::Reconcile,
        ),
        of_day(
            icons::ARROW_CLOCKWISE,
            jobs.morning,
            "",
            PaletteAction::Morning,
        ),
        row(load, jobs.backfill.to_owned(), "", PaletteAction::Backfill),
        of_day(load, jobs.download, name, PaletteAction::Download),
        of_day(icons::BANK, bare(w.funds.open), name, PaletteAction::Funds),
        report(frame.report_xlsx, ReportFormat::Xlsx),
        report(frame.report_pdf, ReportFormat::Pdf),
        report(frame.report_html, ReportFormat::Html),
        row(
            icons::EXPORT,
            format!("{} {month}", frame.report_month),
            name,
            PaletteAction::Report(Export::MonthReport(ReportFormat::Xlsx)),
        ),
        row(
            icons::FILE_PLUS,
            frame.import.to_owned(),
            "",
            PaletteAction::Import,
        ),
    ]
}

/// Care for the workspace, the handbook, who decides, and what waits for somebody.
pub(super) fn care(w: &'static Wording, state: &State) -> Vec<PaletteRow> {
    let (frame, s, work) = (&w.frame, &w.settings, &w.work);
    let row = |icon, label: &str, context: &str, deed| PaletteRow {
        icon,
        label: label.to_owned(),
        context: context.to_owned(),
        key: "",
        deed,
    };
    let mut rows = Vec::new();
    if !state.merchants.is_empty() {
        let refunds = PaletteAction::Refunds;
        rows.push(row(
            icons::ARROW_U_UP_LEFT,
            work.unfinished,
            frame.cases,
            refunds,
        ));
        let approvals = PaletteAction::Approvals;
        rows.push(row(
            icons::SEAL_CHECK,
            w.payout.approvals,
            frame.cases,
            approvals,
        ));
    }
    let files = state.refused.files.value();
    if let Some(file) = files.and_then(|files| files.first()) {
        let mend = PaletteAction::MendRows;
        rows.push(row(icons::WARNING, w.frame.mend_rows, &file.name, mend));
    }
    if state.desk.person.has_operators {
        rows.push(row(icons::USER, work.sign_in, "", PaletteAction::SignIn));
        if !state.desk.person.name.is_empty() {
            rows.push(row(icons::USER, work.sign_out, "", PaletteAction::SignOut));
        }
    }
    let people = PaletteAction::Operators;
    let title = if state.desk.person.has_operators {
        w.people.title
    } else {
        w.people.set_up
    };
    rows.push(row(icons::USERS, title, frame.settings, people));
    if !state.merchants.is_empty() {
        let books = PaletteAction::Books;
        rows.push(row(icons::DATABASE, s.books, "Parquet", books));
    }
    if state.cares {
        let backup = PaletteAction::Backup;
        rows.push(row(icons::ARCHIVE, s.backup_do, frame.settings, backup));
        let check = PaletteAction::CheckWorkspace;
        rows.push(row(icons::SHIELD_CHECK, s.check_do, frame.settings, check));
    }
    if state.places.is_some() {
        let shared = PaletteAction::OpenShared;
        rows.push(row(
            icons::SHARE_NETWORK,
            w.places.open_shared,
            "PostgreSQL",
            shared,
        ));
    }
    let handbook = PaletteAction::Handbook;
    rows.push(row(icons::QUESTION, w.keys.handbook, "", handbook));
    rows
}

/// Locking the sealed file with the keys, or opening it.
pub(super) fn vault(w: &'static Wording, state: &State) -> Option<PaletteRow> {
    let s = &w.settings;
    let (icon, what, deed) = match state.vault {
        VaultAccess::Open => (icons::LOCK, s.lock_now, PaletteAction::LockKeys),
        VaultAccess::Locked => (icons::LOCK_OPEN, s.unlock, PaletteAction::UnlockKeys),
        VaultAccess::System | VaultAccess::Unmade | VaultAccess::Memory => return None,
    };
    Some(PaletteRow {
        icon,
        label: format!("{} {what}", s.keys),
        context: w.frame.settings.to_owned(),
        key: "",
        deed,
    })
}

/// Theme, language, zoom and row height: whatever is not chosen already.
pub(super) fn preferences(w: &'static Wording, state: &State) -> Vec<PaletteRow> {
    let s = &w.settings;
    let known = &state.preferences;
    let mut rows = Vec::new();
    let mut add = |icon, label: String, key, preferences: Preferences| {
        if preferences != *known {
            rows.push(PaletteRow {
                icon,
                label,
                context: w.frame.settings.to_owned(),
                key,
                deed: PaletteAction::Prefer(Box::new(preferences)),
            });
        }
    };
    let themes = [
        (ThemeChoice::System, s.theme_system, icons::CIRCLE_HALF),
        (ThemeChoice::Light, s.theme_light, icons::SUN),
        (ThemeChoice::Dark, s.theme_dark, icons::MOON),
        (ThemeChoice::Contrast, s.theme_contrast, icons::CIRCLE_HALF),
    ];
    for (theme, name, icon) in themes {
        let mut chosen = known.clone();
        chosen.theme = theme;
        add(icon, format!("{} {name}", s.theme), "", chosen);
    }
    for (language, name) in [(Language::Zh, "中文"), (Language::En, "English")] {
        let mut chosen = known.clone();
        chosen.language = language;
        let label = format!("{} {name}", s.language);
        add(icons::TRANSLATE, label, "", chosen);
    }
    let zooms = [
        (known.zoomed(1), "Ctrl +"),
        (known.zoomed(-1), "Ctrl −"),
        (100, "Ctrl 0"),
    ];
    for (zoom, key) in zooms {
        let mut chosen = known.clone();
        chosen.zoom = zoom;
        let label = format!("{} {zoom}%", w.settings.zoom);
        add(icons::MAGNIFYING_GLASS_PLUS, label, key, chosen);
    }
    rows
}

/// The findings of the day in view, in each format.
pub(super) fn exports(w: &'static Wording, state: &State) -> Vec<PaletteRow> {
    let formats = [
        (ExportFormat::Xlsx, w.frame.export_xlsx, "Ctrl E"),
        (ExportFormat::Csv, w.frame.export_csv, ""),
        (ExportFormat::Json, w.frame.export_json, ""),
    ];
    let row = |(format, name, key): (ExportFormat, &str, &'static str)| PaletteRow {
        icon: icons::EXPORT,
        label: format!("{} {} {name}", w.jobs.export, state.day),
        context: String::new(),
        key,
        deed: PaletteAction::Export(format),
    };
    formats.map(row).into()
}
