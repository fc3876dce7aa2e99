//! Faces, size classes and the egui style of the four themes.
//!
//! Views read [`tokens`] and never name a colour or a size of type themselves.

use egui::epaint::FontColorTransferFunction;
use egui::style::ScrollAnimation;
use egui::{
    Color32, Context, CornerRadius, FontFamily, FontId, Id, Margin, Shadow, Stroke, Style,
    TextStyle, Theme, Ui, Vec2, Visuals, vec2,
};

pub use super::tokens::{CONTRAST_DARK, CONTRAST_LIGHT, DARK, LIGHT, Tokens, Tone, ToneColors};

/// A size and family of type; rank is made by size and colour, never by weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TypeStyle {
    /// A single number on an otherwise empty card.
    Figure,
    /// Page title, morning sentence, stat value.
    Title,
    /// Lookup sentence.
    OrderSummary,
    /// Dialog titles, the morning sentence below the wide class.
    Reason,
    /// Card titles.
    Heading,
    /// Nearly everything.
    Body,
    /// Captions, column headers, pills.
    Small,
    /// Axis labels, key caps; digits and Latin only.
    Micro,
    /// Order numbers, codes.
    Mono,
    /// Raw lines.
    MonoSmall,
    /// The paste box.
    MonoLarge,
}

impl TypeStyle {
    /// Size in points.
    #[must_use]
    pub const fn size(self) -> f32 {
        match self {
            Self::Figure => 26.0,
            Self::Title => 20.0,
            Self::OrderSummary => 18.0,
            Self::Reason => 17.0,
            Self::Heading | Self::MonoLarge => 15.0,
            Self::Body => 13.0,
            Self::Small | Self::Mono => 12.0,
            Self::Micro | Self::MonoSmall => 11.0,
        }
    }

    /// Line height in points.
    #[must_use]
    pub const fn line(self) -> f32 {
        match self {
            Self::Figure => 38.0,
            Self::Title => 32.0,
            Self::OrderSummary => 28.0,
            Self::Reason => 27.0,
            Self::Heading | Self::MonoLarge => 24.0,
            Self::Body => 20.0,
            Self::Small | Self::Mono => 18.0,
            Self::Micro => 16.0,
            Self::MonoSmall => 17.0,
        }
    }

    /// As egui wants it.
    #[must_use]
    pub const fn font(self) -> FontId {
        let family = match self {
            Self::Mono | Self::MonoSmall | Self::MonoLarge => FontFamily::Monospace,
            _ => FontFamily::Proportional,
        };
        FontId::new(self.size(), family)
    }
}

const TOKENS_ID: &str = "recondesk-contrast";

/// Reads the tokens of the theme in use.
#[must_use]
pub fn tokens(ui: &Ui) -> &'static Tokens {
    let contrast = ui.data(|data| data.get_temp(Id::unique(TOKENS_ID)).unwrap_or(false));
    of(ui.visuals().dark_mode, contrast)
}

const fn of(dark: bool, contrast: bool) -> &'static Tokens {
    match (dark, contrast) {
        (false, false) => &LIGHT,
        (true, false) => &DARK,
        (false, true) => &CONTRAST_LIGHT,
        (true, true) => &CONTRAST_DARK,
    }
}

/// Writes the styles of both egui themes; call again when contrast changes.
pub fn install(ctx: &Context, contrast: bool) {
    ctx.data_mut(|data| data.insert_temp(Id::unique(TOKENS_ID), contrast));
    ctx.style_mut_of(Theme::Light, |style| write(style, of(false, contrast)));
    ctx.style_mut_of(Theme::Dark, |style| write(style, of(true, contrast)));
    ctx.options_mut(|options| options.zoom_with_keyboard = false);
}

fn write(style: &mut Style, t: &Tokens) {
    style.text_styles = [
        (TextStyle::Small, TypeStyle::Small),
        (TextStyle::Body, TypeStyle::Body),
        (TextStyle::Button, TypeStyle::Body),
        (TextStyle::Heading, TypeStyle::Title),
        (TextStyle::Monospace, TypeStyle::Mono),
        (TextStyle::Name("sentence".into()), TypeStyle::OrderSummary),
        (TextStyle::Name("heading15".into()), TypeStyle::Heading),
        (TextStyle::Name("micro".into()), TypeStyle::Micro),
    ]
    .map(|(name, face)| (name, face.font()))
    .into();
    style.animation_time = 0.0;
    style.scroll_animation = ScrollAnimation::none();
    let spacing = &mut style.spacing;
    spacing.item_spacing = vec2(8.0, 8.0);
    spacing.button_padding = vec2(12.0, 5.0);
    spacing.interact_size = vec2(32.0, 28.0);
    spacing.menu_margin = Margin::same(6);
    spacing.icon_width = 16.0;
    spacing.icon_width_inner = 10.0;
    spacing.combo_width = 120.0;
    spacing.scroll.floating = true;
    spacing.scroll.bar_width = 8.0;
    spacing.scroll.floating_width = 4.0;
    spacing.scroll.floating_allocated_width = 0.0;
    spacing.scroll.dormant_handle_opacity = 0.25;
    spacing.scroll.active_handle_opacity = 0.35;
    spacing.scroll.interact_handle_opacity = 0.55;
    spacing.scroll.fade.strength = 0.0;
    spacing.scroll.kinetic.decay_time = 0.0;
    spacing.scroll.kinetic.rubber_band = false;
    style.interaction.resize_grab_radius_side = 3.0;
    style.visuals = visuals(t);
}

fn visuals(t: &Tokens) -> Visuals {
    let mut v = if t.dark {
        Visuals::dark()
    } else {
        Visuals::light()
    };
    v.text_options.color_transfer_function = match (t.contrast, t.dark) {
        (true, _) => FontColorTransferFunction::TwoCoverageMinusCoverageSq,
        (false, false) => FontColorTransferFunction::Gamma(0.72),
        (false, true) => FontColorTransferFunction::Gamma(0.65),
    };
    v.weak_text_color = Some(t.text_3);
    v.panel_fill = t.window;
    v.window_fill = t.raised;
    v.extreme_bg_color = t.sunken;
    v.text_edit_bg_color = Some(t.surface);
    v.faint_bg_color = t.sunken;
    v.code_bg_color = t.sunken;
    v.hyperlink_color = t.accent;
    v.warn_fg_color = t.orange.text;
    v.error_fg_color = t.red.text;
    v.selection.bg_fill = t.text_select;
    v.selection.stroke = Stroke::new(1.0, t.accent);
    v.window_corner_radius = CornerRadius::same(10);
    v.menu_corner_radius = CornerRadius::same(8);
    v.window_stroke = Stroke::new(t.hairline, t.line);
    v.window_shadow = shadow(8, 28, if t.dark { 130 } else { 51 });
    v.popup_shadow = shadow(4, 14, if t.dark { 100 } else { 28 });
    v.text_cursor.blink = false;
    v.text_cursor.stroke = Stroke::new(1.5, t.accent);
    v.striped = false;
    v.indent_has_left_vline = false;
    v.disabled_alpha = 0.5;
    let looks = [
        (&mut v.widgets.noninteractive, t.surface, 1.0, t.line_weak),
        (&mut v.widgets.inactive, t.surface, 1.0, t.line),
        (&mut v.widgets.hovered, t.hover, 1.0, t.line_input),
        (&mut v.widgets.active, t.hover, 2.0, t.accent),
        (&mut v.widgets.open, t.hover, 1.0, t.line_input),
    ];
    for (look, ground, width, edge) in looks {
        look.weak_bg_fill = ground;
        look.bg_fill = ground;
        look.bg_stroke = Stroke::new(width, edge);
        look.fg_stroke = Stroke::new(1.0, t.text_1);
        look.corner_radius = CornerRadius::same(6);
        look.expansion = 0.0;
    }
    v.widgets.inactive.bg_fill = t.sunken;
    v
}

const fn shadow(down: i8, blur: u8, alpha: u8) -> Shadow {
    Shadow {
        offset: [0, down],
        blur,
        spread: 0,
        color: Color32::from_black_alpha(alpha),
    }
}

/// How wide a window is, and so how much stands side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Width {
    /// Below 900 points.
    Narrow,
    /// 900 to 1199.
    Medium,
    /// From 1200.
    Wide,
}

/// The size class of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Class {
    /// By width.
    pub width: Width,
    /// Height below 560 points.
    pub short: bool,
}

impl Class {
    /// Judges a window of that size in points.
    #[must_use]
    pub fn of(size: Vec2) -> Self {
        let width = if size.x >= 1200.0 {
            Width::Wide
        } else if size.x >= 900.0 {
            Width::Medium
        } else {
            Width::Narrow
        };
        Self {
            width,
            short: size.y < 560.0,
        }
    }

    /// True in the wide class.
    #[must_use]
    pub fn is_wide(self) -> bool {
        self.width == Width::Wide
    }

    /// True in the narrow class.
    #[must_use]
    pub fn is_narrow(self) -> bool {
        self.width == Width::Narrow
    }

    /// Width of the rail.
    #[must_use]
    pub fn rail(self) -> f32 {
        if self.is_wide() { 176.0 } else { 64.0 }
    }

    /// Margin left and right of the page.
    #[must_use]
    pub fn margin(self) -> f32 {
        if self.is_wide() { 24.0 } else { 16.0 }
    }

    /// Height of the page header.
    #[must_use]
    pub fn header(self) -> f32 {
        if self.is_wide() { 60.0 } else { 52.0 }
    }

    /// Width of a side panel.
    #[must_use]
    pub fn panel(self) -> f32 {
        if self.is_wide() { 452.0 } else { 404.0 }
    }
}
