//! All wording of the window, Chinese and English side by side; Chinese is written first.
//!
//! One table a screen. The macro makes a struct and both of its values, so that a word missing in
//! one language does not compile. Sentences with numbers are functions.

use std::borrow::Cow;

use egui::{Context, Id, Ui};

use recondesk_app::model::LOCAL_PERSON;
use recondesk_app::tables::cases::severity_word;
use recondesk_app::tables::orders::{FULFILMENTS, PAY_STATES, fulfil_cell, pay_cell};
use recondesk_app::{Failure, Language, Message, Surface};
use recondesk_domain::{Category, Severity, SheetCell, SuggestedAction, Term};

/// Declares a table: a struct, its Chinese value, its English value.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($field:ident: $kind:ty = $zh:expr, $en:expr;)* }) => {
        $(#[$doc])*
        pub(crate) struct $name {
            $(pub(crate) $field: $kind,)*
        }

        impl $name {
            pub(crate) const ZH: Self = Self { $($field: $zh,)* };
            pub(crate) const EN: Self = Self { $($field: $en,)* };
        }
    };
}

mod books;
mod cases;
mod day;
mod facts;
mod frame;
mod funds;
mod import;
mod lookup;
mod merchants;
mod overview;
mod payout;
mod people;
pub(crate) mod places;
mod settings;
mod signature;
mod table;
mod work;

/// English for a count: `1 bill`, `3 bills`.
fn many(n: &str, one: &str, more: &str) -> String {
    format!("{n} {}", if n == "1" { one } else { more })
}

/// English names of categories inside a sentence begin small.
fn lower(words: &str) -> String {
    let mut chars = words.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(chars).collect()
    })
}

/// A fixed text.
pub(crate) type T = &'static str;
/// A text with one number or name in it.
pub(crate) type F = fn(&str) -> String;
/// A text with two.
pub(crate) type F2 = fn(&str, &str) -> String;
/// A text with three.
pub(crate) type F3 = fn(&str, &str, &str) -> String;

/// A text with four.
pub(crate) type F4 = fn(&str, &str, &str, &str) -> String;

/// Every word of one language.
pub(crate) struct Wording {
    pub(crate) lang: Language,
    pub(crate) frame: frame::Frame,
    pub(crate) keys: frame::Keys,
    pub(crate) jobs: frame::Jobs,
    pub(crate) overview: overview::Overview,
    pub(crate) start: overview::FirstStart,
    pub(crate) day: day::Day,
    pub(crate) cases: cases::Cases,
    pub(crate) compare: cases::Compare,
    pub(crate) payout: payout::Payout,
    pub(crate) people: people::People,
    pub(crate) places: places::Places,
    pub(crate) bills: books::Bills,
    pub(crate) orders: books::Orders,
    pub(crate) refused: books::Refused,
    pub(crate) import: import::Import,
    pub(crate) lookup: lookup::Lookup,
    pub(crate) merchants: merchants::Merchants,
    pub(crate) problems: merchants::Problems,
    pub(crate) settings: settings::Settings,
    pub(crate) signature: signature::Signature,
    pub(crate) table: table::Table,
    pub(crate) work: work::Work,
    pub(crate) facts: facts::Facts,
    pub(crate) funds: funds::Funds,
}

static ZH: Wording = Wording {
    lang: Language::Zh,
    frame: frame::Frame::ZH,
    keys: frame::Keys::ZH,
    jobs: frame::Jobs::ZH,
    overview: overview::Overview::ZH,
    start: overview::FirstStart::ZH,
    day: day::Day::ZH,
    cases: cases::Cases::ZH,
    compare: cases::Compare::ZH,
    payout: payout::Payout::ZH,
    people: people::People::ZH,
    places: places::Places::ZH,
    bills: books::Bills::ZH,
    orders: books::Orders::ZH,
    refused: books::Refused::ZH,
    import: import::Import::ZH,
    lookup: lookup::Lookup::ZH,
    merchants: merchants::Merchants::ZH,
    problems: merchants::Problems::ZH,
    settings: settings::Settings::ZH,
    signature: signature::Signature::ZH,
    table: table::Table::ZH,
    work: work::Work::ZH,
    facts: facts::Facts::ZH,
    funds: funds::Funds::ZH,
};

static EN: Wording = Wording {
    lang: Language::En,
    frame: frame::Frame::EN,
    keys: frame::Keys::EN,
    jobs: frame::Jobs::EN,
    overview: overview::Overview::EN,
    start: overview::FirstStart::EN,
    day: day::Day::EN,
    cases: cases::Cases::EN,
    compare: cases::Compare::EN,
    payout: payout::Payout::EN,
    people: people::People::EN,
    places: places::Places::EN,
    bills: books::Bills::EN,
    orders: books::Orders::EN,
    refused: books::Refused::EN,
    import: import::Import::EN,
    lookup: lookup::Lookup::EN,
    merchants: merchants::Merchants::EN,
    problems: merchants::Problems::EN,
    settings: settings::Settings::EN,
    signature: signature::Signature::EN,
    table: table::Table::EN,
    work: work::Work::EN,
    facts: facts::Facts::EN,
    funds: funds::Funds::EN,
};

const LANGUAGE_ID: &str = "recondesk-language";

/// Sets the language of the next frame.
pub(crate) fn install(ctx: &Context, language: Language) {
    ctx.data_mut(|data| data.insert_temp(Id::unique(LANGUAGE_ID), language as u8));
}

/// The words of a language.
pub(crate) const fn of(language: Language) -> &'static Wording {
    match language {
        Language::Zh => &ZH,
        Language::En => &EN,
    }
}

/// The words of the language in use.
pub(crate) fn words(ui: &Ui) -> &'static Wording {
    let code = ui.data(|data| data.get_temp(Id::unique(LANGUAGE_ID)).unwrap_or(0_u8));
    if code == Language::En as u8 { &EN } else { &ZH }
}

impl Wording {
    /// The sentence of a failure or a notice.
    pub(crate) fn of<'a>(&self, words: &'a Message) -> &'a str {
        words.in_language(self.lang)
    }

    /// What to do about a failure, in the words of the window.
    pub(crate) fn advice<'a>(&self, failure: &'a Failure) -> &'a str {
        self.of(failure.advice_at(Surface::Window))
    }

    /// Name of a category.
    pub(crate) fn category(&self, category: Category) -> &'static str {
        match self.lang {
            Language::Zh => category.zh(),
            Language::En => category.en(),
        }
    }

    /// A suggestion.
    pub(crate) fn action(&self, action: SuggestedAction) -> &'static str {
        match self.lang {
            Language::Zh => action.zh(),
            Language::En => action.en(),
        }
    }

    /// Word of a severity.
    pub(crate) fn severity(&self, severity: Severity) -> &'static str {
        let frame = &self.frame;
        match severity {
            Severity::Urgent => frame.urgent,
            Severity::Fault => frame.fault,
            Severity::Watch => frame.watch,
            Severity::Info => frame.info,
            Severity::Ok => frame.matched,
        }
    }

    /// Name of a state that scripts know by a stable word, as tables show it.
    pub(crate) fn stable_word<'a>(&self, word: &'a str) -> &'a str {
        let pays = PAY_STATES.iter().map(|state| pay_cell(*state));
        let fulfilments = FULFILMENTS.iter().map(|state| fulfil_cell(*state));
        let severities = [
            Severity::Urgent,
            Severity::Fault,
            Severity::Watch,
            Severity::Info,
        ];
        let severities =
            severities.map(|severity| SheetCell::Word(severity.word(), severity_word(severity)));
        let categories = Category::all().map(|category| {
            SheetCell::Word(category.name(), Term::new(category.zh(), category.en()))
        });
        let mut known = pays.chain(fulfilments).chain(severities).chain(categories);
        let found = known.find_map(|cell| match cell {
            SheetCell::Word(stable, term) if stable == word => Some(term),
            _ => None,
        });
        found.map_or(word, |term| term.in_language(self.lang))
    }

    /// Who decided something: where nobody is named, this computer.
    pub(crate) fn who<'a>(&self, name: &'a str) -> &'a str {
        if name == LOCAL_PERSON {
            self.people.this_computer
        } else {
            name
        }
    }

    /// The name of a file as people know it: rows that were mended are stored under one with a digest.
    pub(crate) fn file<'a>(&self, name: &'a str) -> Cow<'a, str> {
        let mended = name.split_once("_补正_");
        let digest = |rest: &str| {
            let rest = rest.strip_suffix(".csv").unwrap_or(rest);
            !rest.is_empty() && rest.bytes().all(|sign| sign.is_ascii_hexdigit())
        };
        match mended.filter(|(_, rest)| digest(rest)) {
            Some((stem, _)) => Cow::Owned((self.refused.mended_file)(stem)),
            None => Cow::Borrowed(name),
        }
    }

    /// True for Chinese.
    pub(crate) const fn is_zh(&self) -> bool {
        matches!(self.lang, Language::Zh)
    }
}
