//! The palette: commands and numbers, two keys away from everywhere.

mod choices;
mod deeds;

pub(crate) use deeds::{PaletteAction, carry_out};

use egui::accesskit::Role;
use egui::{
    Area, Context, Id, Key, Modal, Modifiers, Rect, Sense, Stroke, Ui, WidgetInfo, pos2, vec2,
};

use super::pinyin;
use super::screens::Screen;
use super::text::{Wording, words};
use super::theme::{TypeStyle, tokens};
use super::widgets::button::key_cap;
use super::widgets::dialog;
use super::{icons, paint};
use recondesk_app::State;
use recondesk_app::jobs::lookup::recognise::recognise;

/// Keys of the screens, in their order.
const ALT: [&str; 9] = [
    "Alt 1", "Alt 2", "Alt 3", "Alt 4", "Alt 5", "Alt 6", "Alt 7", "Alt 8", "Alt 9",
];

/// Rows in view at most; the others are reached by arrows and wheel.
const ROWS: usize = 8;
/// Numbers looked up last that are shown with them.
const RECENT: usize = 2;

/// The palette while it is open.
#[derive(Default)]
pub(crate) struct Palette {
    text: String,
    chosen: usize,
    /// The first row in view.
    first: usize,
    opened: bool,
}

struct PaletteRow {
    icon: char,
    label: String,
    context: String,
    key: &'static str,
    deed: PaletteAction,
}

/// How a frame of the palette ended.
pub(crate) enum PaletteEnd {
    /// It stays open.
    No,
    /// It closes.
    Closed,
    /// It closes and this is done.
    Chosen(PaletteAction),
}

impl Palette {
    /// Draws it over everything.
    pub(crate) fn show(&mut self, ctx: &Context, state: &State) -> PaletteEnd {
        let screen = ctx.content_rect();
        let area: Area = Modal::default_area(Id::unique("palette")).anchor(
            egui::Align2::CENTER_TOP,
            vec2(0.0, 116.0_f32.min(screen.height() * 0.12)),
        );
        let modal = Modal::new(Id::unique("palette"))
            .area(area)
            .frame(egui::Frame::NONE)
            .backdrop_color(egui::Color32::TRANSPARENT);
        let response = modal.show(ctx, |ui| {
            let rows = self.rows(words(ui), state);
            self.frame(ui, screen, &rows)
        });
        if response.should_close() && matches!(response.inner, PaletteEnd::No) {
            return PaletteEnd::Closed;
        }
        response.inner
    }

    fn frame(&mut self, ui: &mut Ui, screen: Rect, rows: &[PaletteRow]) -> PaletteEnd {
        let t = tokens(ui);
        let w = words(ui);
        let width = 620.0_f32.min(screen.width() - 48.0);
        let list = 34.0 + rows.len().clamp(1, ROWS) as f32 * 38.0 + 8.0;
        let (rect, _) = ui.allocate_exact_size(vec2(width, 52.0 + list + 38.0), Sense::hover());
        dialog::backdrop(ui, screen, rect);
        paint::framed(
            ui.painter(),
            rect,
            10,
            t.raised,
            Stroke::new(t.hairline, t.line),
        );
        let ended = self.keyboard(ui, rows);
        self.input(ui, rect);
        paint::hline(ui.painter(), rect.x_range(), rect.top() + 52.0, t.line_weak);
        let head = pos2(rect.left() + 18.0, rect.top() + 52.0 + 22.0);
        let title = if rows.is_empty() {
            w.frame.no_match
        } else {
            w.frame.command
        };
        paint::left(ui.painter(), head, title, (TypeStyle::Small, t.text_3));
        let mut clicked = None;
        self.scroll(ui, rows.len());
        let shown = rows.iter().enumerate().skip(self.first).take(ROWS);
        for (place, (nth, row)) in shown.enumerate() {
            let top = rect.top() + 52.0 + 34.0 + place as f32 * 38.0;
            let line = Rect::from_min_size(pos2(rect.left() + 8.0, top), vec2(width - 16.0, 38.0));
            if row_ui(ui, line, row, nth == self.chosen) {
                clicked = Some(row.deed.clone());
            }
        }
        let foot = Rect::from_min_max(pos2(rect.left(), rect.bottom() - 38.0), rect.max);
        footer(ui, foot, (self.chosen, rows.len()));
        match clicked {
            Some(deed) => PaletteEnd::Chosen(deed),
            None => ended,
        }
    }

    /// The wheel moves the list, and the chosen row stays in view.
    fn scroll(&mut self, ui: &Ui, count: usize) {
        let last = count.saturating_sub(ROWS);
        let wheel = ui.input(|input| input.smooth_scroll_delta().y);
        if wheel < 0.0 {
            self.first = (self.first + 1).min(last);
            self.chosen = self.chosen.max(self.first);
        } else if wheel > 0.0 {
            self.first = self.first.saturating_sub(1);
            self.chosen = self.chosen.min(self.first + ROWS - 1);
        }
        if self.chosen < self.first {
            self.first = self.chosen;
        } else if self.chosen >= self.first + ROWS {
            self.first = self.chosen + 1 - ROWS;
        }
        self.first = self.first.min(last);
    }

    fn input(&mut self, ui: &mut Ui, rect: Rect) {
        let t = tokens(ui);
        let w = words(ui);
        let y = rect.top() + 26.0;
        let at = pos2(rect.left() + 24.0, y);
        paint::icon(ui.painter(), at, icons::MAGNIFYING_GLASS, 18.0, t.text_2);
        let cap = super::widgets::button::key_width(ui, "Esc");
        key_cap(ui, pos2(rect.right() - 16.0 - cap, y), "Esc");
        let field = Rect::from_min_max(
            pos2(rect.left() + 44.0, rect.top() + 10.0),
            pos2(rect.right() - cap - 28.0, rect.top() + 42.0),
        );
        let hint = egui::RichText::new(w.frame.search)
            .font(TypeStyle::Heading.font())
            .color(t.text_3);
        let id = paint::id(ui, "palette input");
        let edit = egui::TextEdit::singleline(&mut self.text)
            .id(id)
            .font(TypeStyle::Heading.font())
            .hint_text(hint)
            .frame(egui::Frame::NONE)
            .margin(egui::Margin::ZERO)
            .char_limit(256)
            .align(egui::Align2::LEFT_CENTER)
            .desired_width(field.width())
            .min_size(field.size());
        let response = ui.put(field, edit);
        ui.accesskit_node_builder(id, |node| node.set_label(w.frame.search));
        if response.changed() {
            self.chosen = 0;
            self.first = 0;
        }
        // Once: asking in every frame would interrupt the input method each time.
        if !self.opened {
            self.opened = true;
            response.request_focus();
        }
    }

    fn keyboard(&mut self, ui: &Ui, rows: &[PaletteRow]) -> PaletteEnd {
        let last = rows.len().saturating_sub(1);
        let composing = ui.input(|input| {
            input
                .events
                .iter()
                .any(|event| matches!(event, egui::Event::Ime(_)))
        });
        let (up, down, enter) = ui.input_mut(|input| {
            (
                input.consume_key(Modifiers::NONE, Key::ArrowUp),
                input.consume_key(Modifiers::NONE, Key::ArrowDown),
                !composing && input.consume_key(Modifiers::NONE, Key::Enter),
            )
        });
        if up {
            self.chosen = self.chosen.saturating_sub(1);
        }
        if down {
            self.chosen += 1;
        }
        self.chosen = self.chosen.min(last);
        match rows.get(self.chosen).filter(|_| enter) {
            Some(row) => PaletteEnd::Chosen(row.deed.clone()),
            None => PaletteEnd::No,
        }
    }

    fn rows(&self, w: &'static Wording, state: &State) -> Vec<PaletteRow> {
        let text = self.text.trim();
        let lower = text.to_lowercase();
        let mut rows = Vec::new();
        if let Some(number) = number_in(text) {
            rows.push(PaletteRow {
                icon: icons::MAGNIFYING_GLASS,
                label: (w.lookup.find_number)(&number),
                context: w.frame.lookup.to_owned(),
                key: "",
                deed: PaletteAction::LookUp(text.to_owned()),
            });
        }
        if is_number(text) {
            rows.push(PaletteRow {
                icon: icons::MAGNIFYING_GLASS,
                label: (w.frame.find_number)(text),
                context: w.frame.cases.to_owned(),
                key: "",
                deed: PaletteAction::FindNumber(text.to_owned()),
            });
        }
        let matching = all(w, state)
            .into_iter()
            .filter(|row| pinyin::matches(&row.label, &lower));
        rows.extend(matching);
        let recent = state
            .lookup
            .recent
            .iter()
            .filter(|(number, _)| lower.is_empty() || number.to_lowercase().contains(&lower));
        let recent: Vec<PaletteRow> = recent
            .take(RECENT)
            .map(|(number, said)| PaletteRow {
                icon: icons::CLOCK_COUNTER_CLOCKWISE,
                label: number.clone(),
                context: w.of(said).to_owned(),
                key: "",
                deed: PaletteAction::LookUp(number.clone()),
            })
            .collect();
        // What was looked up last stays in view, the other commands follow it.
        let rest = rows.split_off(rows.len().min(ROWS.saturating_sub(recent.len())));
        rows.extend(recent);
        rows.extend(rest);
        rows
    }
}

/// The first number of a text that looks like one of an order: long enough not to be a word or a day.
fn number_in(text: &str) -> Option<String> {
    let found = recognise(text).numbers.into_iter().next()?;
    let is_word = !found.number.bytes().any(|byte| byte.is_ascii_digit());
    (found.labelled || (found.number.len() >= 8 && !is_word)).then_some(found.number)
}

/// True for text that can be an order number: eight or more letters and digits, with digits among them.
fn is_number(text: &str) -> bool {
    text.len() >= 8
        && text.len() <= 64
        && text.bytes().any(|b| b.is_ascii_digit())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'|' | b'*' | b'@'))
}

fn all(w: &'static Wording, state: &State) -> Vec<PaletteRow> {
    let mut rows = choices::day(w, state);
    let mut add = |icon, label: String, context: String, key, deed| {
        rows.push(PaletteRow {
            icon,
            label,
            context,
            key,
            deed,
        });
    };
    add(
        icons::PLUS,
        w.merchants.add.to_owned(),
        String::new(),
        "",
        PaletteAction::NewMerchant,
    );
    for (screen, key) in Screen::ALL.iter().zip(ALT) {
        let label = (w.frame.open_screen)(screen.name(w));
        add(
            screen.icon(),
            label,
            String::new(),
            key,
            PaletteAction::Go(*screen),
        );
    }
    add(
        icons::BELL,
        w.frame.notices.to_owned(),
        String::new(),
        "Ctrl B",
        PaletteAction::Notices,
    );
    add(
        icons::KEYBOARD,
        w.keys.title.to_owned(),
        String::new(),
        "F1",
        PaletteAction::Keys,
    );
    rows.extend(choices::care(w, state));
    rows.extend(choices::vault(w, state));
    if state.merchant_or_first().is_some() {
        rows.extend(choices::exports(w, state));
    }
    rows.extend(choices::preferences(w, state));
    rows
}

fn row_ui(ui: &Ui, rect: Rect, row: &PaletteRow, chosen: bool) -> bool {
    let t = tokens(ui);
    let p = ui.painter();
    let response = ui.interact(rect, paint::id(ui, ("row", &row.label)), Sense::CLICK);
    response.widget_info(|| {
        WidgetInfo::selected(
            Role::ListBoxOption,
            true,
            chosen,
            format!("{} {}", row.label, row.context),
        )
    });
    if chosen {
        let edge = if t.contrast {
            Stroke::new(2.0, t.accent)
        } else {
            Stroke::NONE
        };
        paint::framed(p, rect, 6, t.selected, edge);
    } else if response.hovered() {
        p.rect_filled(rect, 6, t.hover);
    }
    let y = rect.center().y;
    let tint = if chosen { t.accent } else { t.text_2 };
    paint::icon(p, pos2(rect.left() + 18.0, y), row.icon, 17.0, tint);
    let cap = if row.key.is_empty() {
        0.0
    } else {
        super::widgets::button::key_width(ui, row.key)
    };
    let room = rect.width() - 48.0 - cap;
    let (label, _) = paint::fit(
        p,
        pos2(rect.left() + 37.0, y),
        room,
        &row.label,
        (TypeStyle::Body, t.text_1),
    );
    let left = rect.right() - label.right() - cap - 28.0;
    if left > 20.0 {
        let at = pos2(label.right() + 10.0, y + 1.0);
        paint::fit(p, at, left, &row.context, (TypeStyle::Small, t.text_3));
    }
    if !row.key.is_empty() {
        key_cap(ui, pos2(rect.right() - cap - 10.0, y), row.key);
    }
    response.clicked()
}

fn footer(ui: &Ui, rect: Rect, (chosen, count): (usize, usize)) {
    let t = tokens(ui);
    let w = words(ui);
    paint::hline(ui.painter(), rect.x_range(), rect.top(), t.line_weak);
    let y = rect.center().y;
    let mut x = rect.left() + 18.0;
    for (keys, what) in [("↑ ↓", w.frame.choose), ("Enter", w.frame.run)] {
        let cap = key_cap(ui, pos2(x, y), keys);
        let at = pos2(cap.right() + 8.0, y);
        x = paint::left(ui.painter(), at, what, (TypeStyle::Small, t.text_2)).right() + 18.0;
    }
    if count > ROWS {
        let words = format!("{} / {count}", chosen + 1);
        let at = pos2(rect.right() - 18.0, y);
        paint::right(ui.painter(), at, &words, (TypeStyle::Small, t.text_3));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_is_found_by_the_first_letters_of_its_hanzi() {
        let now = recondesk_domain::Instant::from_unix(1_773_000_000);
        let state = State::new(now);
        for row in all(crate::text::of(recondesk_app::Language::Zh), &state) {
            let unknown = pinyin::has_no_letter(&row.label);
            assert!(unknown.is_empty(), "{}: {unknown:?}", row.label);
        }
    }

    #[test]
    fn a_pasted_number_is_told_from_words() {
        assert!(is_number("QH260308100244120077"));
        assert!(is_number("4200002781202603087745393918"));
        assert!(!is_number("reconcile"));
        assert!(!is_number("对账2026030810"));
        assert!(!is_number("1234567"));
    }
}
