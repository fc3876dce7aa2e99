//! What every screen gets, and the header that every screen has.

use egui::{Pos2, Rect, Response, Ui, pos2, vec2};

use super::keys::Keys;
use super::paint;
use super::text::{Wording, words};
use super::theme::{Class, Tokens, TypeStyle, tokens};
use super::widgets::button::Button;
use recondesk_app::{Density, State};

/// The place and the circumstances of a screen.
#[derive(Clone, Copy)]
pub(crate) struct Page<'a> {
    /// Everything below the top bar and above the status bar, margins taken off.
    pub(crate) rect: Rect,
    /// Size class of the window.
    pub(crate) class: Class,
    /// What there is to show.
    pub(crate) state: &'a State,
    /// Keys of this frame.
    pub(crate) keys: Keys,
    /// Words.
    pub(crate) w: &'static Wording,
    /// Colours.
    pub(crate) t: &'static Tokens,
    /// Steady milliseconds.
    pub(crate) steady_ms: u64,
}

impl<'a> Page<'a> {
    pub(crate) fn new(ui: &Ui, rect: Rect, class: Class, state: &'a State, keys: Keys) -> Self {
        Self {
            rect,
            class,
            state,
            keys,
            w: words(ui),
            t: tokens(ui),
            steady_ms: 0,
        }
    }

    /// The part below the header, 12 above the status bar.
    pub(crate) fn body(&self) -> Rect {
        Rect::from_min_max(
            pos2(self.rect.left(), self.rect.top() + self.class.header()),
            pos2(self.rect.right(), self.rect.bottom() - 12.0),
        )
    }

    /// Height of table rows.
    pub(crate) fn row_height(&self) -> f32 {
        match self.state.preferences.density {
            Density::Comfortable => 30.0,
            Density::Compact => 26.0,
        }
    }

    /// Draws the title; returns where the subtitle begins.
    pub(crate) fn title(&self, ui: &Ui, title: &str) -> Pos2 {
        let y = self.header_y();
        let at = pos2(self.rect.left(), y);
        let rect = paint::left(ui.painter(), at, title, (TypeStyle::Title, self.t.text_1));
        paint::say_as(ui, "title", rect, egui::accesskit::Role::Heading, title);
        pos2(rect.right() + 12.0, y)
    }

    /// Draws a subtitle that ends before `right`.
    pub(crate) fn subtitle(&self, ui: &Ui, at: Pos2, right: f32, words: &str) {
        if words.is_empty() {
            return;
        }
        let at = pos2(at.x, at.y + 2.0);
        let style = (TypeStyle::Body, self.t.text_3);
        let (rect, _) = paint::fit(ui.painter(), at, right - at.x - 12.0, words, style);
        paint::say(ui, "subtitle", rect, words);
    }

    /// Draws the buttons of the header and the subtitle before them; where both do not fit, the buttons that are not
    /// the next step show their icons alone, first ones first. Returns the left end of the buttons, and their responses.
    pub(crate) fn header(
        &self,
        ui: &Ui,
        at: Pos2,
        words: &str,
        buttons: Vec<Button<'_>>,
    ) -> (f32, Vec<Response>) {
        let wanted = paint::width(ui.painter(), words, TypeStyle::Body);
        let room = self.rect.right() - at.x - wanted - 13.0 - 20.0;
        let buttons = narrowed(ui, buttons, room);
        let (left, responses) = self.buttons(ui, buttons);
        self.subtitle(ui, at, left, words);
        (left, responses)
    }

    /// Middle of the header line.
    pub(crate) fn header_y(&self) -> f32 {
        self.rect.top() + if self.class.is_wide() { 32.0 } else { 28.0 }
    }

    /// Draws the buttons of the header, first one left; returns their left end and responses.
    pub(crate) fn buttons(&self, ui: &Ui, buttons: Vec<Button<'_>>) -> (f32, Vec<Response>) {
        buttons_right(ui, pos2(self.rect.right(), self.header_y()), buttons, 32.0)
    }
}

/// Draws buttons that end at `right`, the first one leftmost, so that Tab walks them in reading order.
pub(crate) fn buttons_right(
    ui: &Ui,
    right: Pos2,
    buttons: Vec<Button<'_>>,
    height: f32,
) -> (f32, Vec<Response>) {
    let gap = 8.0;
    let total: f32 = buttons
        .iter()
        .map(|button| button.width(ui) + gap)
        .sum::<f32>()
        - gap;
    let start = if buttons.is_empty() {
        right.x
    } else {
        right.x - total
    };
    let mut x = start;
    let mut responses = Vec::with_capacity(buttons.len());
    for button in buttons {
        let width = button.width(ui);
        let rect = paint::from_left(pos2(x, right.y), vec2(width, height));
        responses.push(button.show(ui, rect));
        x += width + gap;
    }
    (start, responses)
}

/// Makes buttons bare from the first on, until all of them fit into a width or none is left to be made so.
fn narrowed<'b>(ui: &Ui, buttons: Vec<Button<'b>>, room: f32) -> Vec<Button<'b>> {
    let width = |buttons: &[Button<'_>]| -> f32 {
        let all = buttons.iter().map(|button| button.width(ui) + 8.0);
        all.sum::<f32>() - 8.0
    };
    let mut over = width(&buttons) - room;
    let shrink = |button: Button<'b>| {
        if over <= 0.0 || !button.can_be_bare() {
            return button;
        }
        over -= button.width(ui) - 34.0;
        button.bare()
    };
    buttons.into_iter().map(shrink).collect()
}

/// Cuts a piece off the left of a rectangle: the piece, and the rest after a gap.
pub(crate) fn cut_left(rect: Rect, width: f32, gap: f32) -> (Rect, Rect) {
    let piece = Rect::from_min_max(rect.min, pos2(rect.left() + width, rect.bottom()));
    let rest = Rect::from_min_max(pos2(piece.right() + gap, rect.top()), rect.max);
    (piece, rest)
}

/// Cuts a piece off the right: the rest, and the piece.
pub(crate) fn cut_right(rect: Rect, width: f32, gap: f32) -> (Rect, Rect) {
    let piece = Rect::from_min_max(pos2(rect.right() - width, rect.top()), rect.max);
    let rest = Rect::from_min_max(rect.min, pos2(piece.left() - gap, rect.bottom()));
    (rest, piece)
}

/// Cuts a piece off the top: the piece, and the rest after a gap.
pub(crate) fn cut_top(rect: Rect, height: f32, gap: f32) -> (Rect, Rect) {
    let piece = Rect::from_min_max(rect.min, pos2(rect.right(), rect.top() + height));
    let rest = Rect::from_min_max(pos2(rect.left(), piece.bottom() + gap), rect.max);
    (piece, rest)
}
