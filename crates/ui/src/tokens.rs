//! The colours of the four themes, under the names of the design; the only literal colours of the window.

use egui::Color32;

use recondesk_domain::Severity;

const fn rgb(code: u32) -> Color32 {
    let [_, r, g, b] = code.to_be_bytes();
    Color32::from_rgb(r, g, b)
}

/// Text, ground and mark colour of one severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ToneColors {
    /// Words.
    pub text: Color32,
    /// Ground of pills and boxes.
    pub tint: Color32,
    /// Marks, bars and edges.
    pub fill: Color32,
}

const fn tone(text: u32, tint: u32, fill: u32) -> ToneColors {
    ToneColors {
        text: rgb(text),
        tint: rgb(tint),
        fill: rgb(fill),
    }
}

/// Every colour of one theme, under the names of the design.
#[derive(Debug, Clone, PartialEq)]
pub struct Tokens {
    /// True in the dark themes.
    pub dark: bool,
    /// True in the high-contrast themes, where marks and edges carry what tints carry elsewhere.
    pub contrast: bool,
    /// Window, rail, bars, space between cards.
    pub window: Color32,
    /// Cards, tables, inputs.
    pub surface: Color32,
    /// Table headers, wells, read-only inputs.
    pub sunken: Color32,
    /// Dialogs, menus, popups.
    pub raised: Color32,
    /// Under the pointer.
    pub hover: Color32,
    /// Pressed buttons, tracks, disabled filled buttons.
    pub pressed: Color32,
    /// Selected rows, current rail item, chosen chips.
    pub selected: Color32,
    /// Card edges, row separators.
    pub line_weak: Color32,
    /// Secondary button edges, header bottoms.
    pub line: Color32,
    /// Edges of inputs.
    pub line_input: Color32,
    /// Values and titles.
    pub text_1: Color32,
    /// Sentences and secondary cells.
    pub text_2: Color32,
    /// Captions and placeholders.
    pub text_3: Color32,
    /// Disabled text.
    pub disabled: Color32,
    /// Links, focus, current item.
    pub accent: Color32,
    /// Primary buttons and progress.
    pub accent_fill: Color32,
    /// The same under the pointer.
    pub accent_fill_hover: Color32,
    /// The same while pressed.
    pub accent_fill_pressed: Color32,
    /// Text on `accent_fill` and `danger`.
    pub on_accent: Color32,
    /// Urgent.
    pub red: ToneColors,
    /// Fault.
    pub orange: ToneColors,
    /// Watch.
    pub yellow: ToneColors,
    /// Information.
    pub grey: ToneColors,
    /// Holds.
    pub green: ToneColors,
    /// A button that moves money.
    pub danger: Color32,
    /// The same under the pointer.
    pub danger_hover: Color32,
    /// Matched part of the two bars.
    pub matched: Color32,
    /// Cross-day part of the two bars.
    pub cross_day: Color32,
    /// Yellow bar segments.
    pub segment_yellow: Color32,
    /// Older bars of 30 days.
    pub chart_bar: Color32,
    /// Coverage strip of the WeChat book.
    pub book_w: Color32,
    /// Coverage strip of the merchant book.
    pub book_m: Color32,
    /// A byte that is wrong.
    pub diff_del: Color32,
    /// A byte that is right.
    pub diff_add: Color32,
    /// Selected text.
    pub text_select: Color32,
    /// Behind a dialog.
    pub scrim: Color32,
    /// Text on red bar segments.
    pub on_red: Color32,
    /// Text on orange and yellow bar segments.
    pub on_fill_dark: Color32,
    /// Thickness of lines.
    pub hairline: f32,
}

const LIGHT_VALUES: Tokens = Tokens {
    dark: false,
    contrast: false,
    window: rgb(0xF5_F6_F8),
    surface: rgb(0xFF_FF_FF),
    sunken: rgb(0xF0_F2_F5),
    raised: rgb(0xFF_FF_FF),
    hover: rgb(0xED_F0_F4),
    pressed: rgb(0xE2_E7_ED),
    selected: rgb(0xE6_EE_FC),
    line_weak: rgb(0xE8_EB_EF),
    line: rgb(0xD6_DB_E2),
    line_input: rgb(0x83_8D_9B),
    text_1: rgb(0x17_20_2B),
    text_2: rgb(0x47_52_61),
    text_3: rgb(0x5C_67_76),
    disabled: rgb(0x9A_A3_AF),
    accent: rgb(0x22_57_C5),
    accent_fill: rgb(0x22_57_C5),
    accent_fill_hover: rgb(0x1B_48_A6),
    accent_fill_pressed: rgb(0x16_3C_8C),
    on_accent: Color32::WHITE,
    red: tone(0xB3_26_1E, 0xFC_EB_E9, 0xD1_3B_30),
    orange: tone(0xA8_48_0A, 0xFD_F0_E4, 0xD5_70_1A),
    yellow: tone(0x73_5A_00, 0xFB_F4_D7, 0xB3_8A_0A),
    grey: tone(0x47_52_61, 0xED_F0_F4, 0x84_8E_9C),
    green: tone(0x11_6B_43, 0xE3_F4_EA, 0x2E_9B_68),
    danger: rgb(0xB3_26_1E),
    danger_hover: rgb(0x95_1D_17),
    matched: rgb(0xBF_D8_CB),
    cross_day: rgb(0x9D_B8_E8),
    segment_yellow: rgb(0xE6_C6_57),
    chart_bar: rgb(0xB4_C4_E0),
    book_w: rgb(0x7F_B5_9B),
    book_m: rgb(0x8F_A9_D8),
    diff_del: rgb(0xFB_D9_D5),
    diff_add: rgb(0xCD_EB_D9),
    text_select: rgb(0xC7_DA_FB),
    scrim: Color32::from_rgba_premultiplied(8, 11, 15, 89),
    on_red: Color32::WHITE,
    on_fill_dark: rgb(0x14_10_10),
    hairline: 1.0,
};

const DARK_VALUES: Tokens = Tokens {
    dark: true,
    contrast: false,
    window: rgb(0x0F_13_18),
    surface: rgb(0x16_1B_22),
    sunken: rgb(0x11_16_1C),
    raised: rgb(0x1D_24_2D),
    hover: rgb(0x21_29_34),
    pressed: rgb(0x2A_34_41),
    selected: rgb(0x1B_2C_4B),
    line_weak: rgb(0x23_2A_34),
    line: rgb(0x31_3B_47),
    line_input: rgb(0x6B_78_88),
    text_1: rgb(0xE7_EB_F0),
    text_2: rgb(0xB0_BA_C6),
    text_3: rgb(0x90_9B_AA),
    disabled: rgb(0x5C_68_76),
    accent: rgb(0x86_AE_FF),
    accent_fill: rgb(0x35_65_CF),
    accent_fill_hover: rgb(0x3C_6C_D4),
    accent_fill_pressed: rgb(0x2C_57_B8),
    on_accent: Color32::WHITE,
    red: tone(0xFF_93_88, 0x3A_1B_1A, 0xE5_54_4A),
    orange: tone(0xFF_B4_76, 0x37_23_0F, 0xE0_8A_3C),
    yellow: tone(0xE8_CE_6B, 0x31_2A_0E, 0xCF_AE_3A),
    grey: tone(0xB0_BA_C6, 0x24_2C_37, 0x6E_7A_89),
    green: tone(0x74_D3_A0, 0x12_2D_20, 0x3F_A8_76),
    danger: rgb(0xB8_33_2A),
    danger_hover: rgb(0xC7_3F_35),
    matched: rgb(0x2C_56_43),
    cross_day: rgb(0x34_54_8F),
    segment_yellow: rgb(0xCF_AE_3A),
    chart_bar: rgb(0x4A_5C_7C),
    book_w: rgb(0x55_86_70),
    book_m: rgb(0x56_70_A0),
    diff_del: rgb(0x57_22_1F),
    diff_add: rgb(0x1B_4A_33),
    text_select: rgb(0x27_48_8A),
    scrim: Color32::from_black_alpha(150),
    on_red: rgb(0x14_10_10),
    on_fill_dark: rgb(0x14_10_10),
    hairline: 1.0,
};

/// High contrast on white.
pub static CONTRAST_LIGHT: Tokens = Tokens {
    contrast: true,
    window: Color32::WHITE,
    sunken: Color32::WHITE,
    line: Color32::BLACK,
    line_input: Color32::BLACK,
    line_weak: rgb(0x5A_5A_5A),
    text_1: Color32::BLACK,
    text_2: Color32::BLACK,
    text_3: Color32::BLACK,
    selected: Color32::WHITE,
    accent: rgb(0x0A_3E_B0),
    accent_fill: rgb(0x0A_3E_B0),
    red: tone(0x8E_0B_00, 0xFF_FF_FF, 0x8E_0B_00),
    orange: tone(0x6E_2C_00, 0xFF_FF_FF, 0x6E_2C_00),
    yellow: tone(0x4A_3A_00, 0xFF_FF_FF, 0x4A_3A_00),
    grey: tone(0x00_00_00, 0xFF_FF_FF, 0x00_00_00),
    green: tone(0x00_43_1F, 0xFF_FF_FF, 0x00_43_1F),
    matched: Color32::WHITE,
    cross_day: Color32::WHITE,
    chart_bar: Color32::WHITE,
    book_w: Color32::WHITE,
    book_m: Color32::WHITE,
    segment_yellow: rgb(0x4A_3A_00),
    on_fill_dark: Color32::WHITE,
    hairline: 1.5,
    ..LIGHT_VALUES
};

/// High contrast on black.
pub static CONTRAST_DARK: Tokens = Tokens {
    contrast: true,
    window: Color32::BLACK,
    surface: Color32::BLACK,
    sunken: Color32::BLACK,
    raised: Color32::BLACK,
    line: Color32::WHITE,
    line_input: Color32::WHITE,
    line_weak: rgb(0xA0_A0_A0),
    text_1: Color32::WHITE,
    text_2: Color32::WHITE,
    text_3: Color32::WHITE,
    selected: Color32::BLACK,
    accent: rgb(0xB8_D0_FF),
    accent_fill: rgb(0xB8_D0_FF),
    accent_fill_hover: rgb(0xDC_E8_FF),
    accent_fill_pressed: rgb(0xFF_FF_FF),
    on_accent: Color32::BLACK,
    red: tone(0xFF_B3_AB, 0x00_00_00, 0xFF_B3_AB),
    orange: tone(0xFF_C9_9A, 0x00_00_00, 0xFF_C9_9A),
    yellow: tone(0xFF_E6_8A, 0x00_00_00, 0xFF_E6_8A),
    grey: tone(0xFF_FF_FF, 0x00_00_00, 0xFF_FF_FF),
    green: tone(0x9B_F0_C0, 0x00_00_00, 0x9B_F0_C0),
    danger: rgb(0xFF_B3_AB),
    danger_hover: rgb(0xFF_D9_D5),
    matched: Color32::BLACK,
    cross_day: Color32::BLACK,
    chart_bar: Color32::BLACK,
    book_w: Color32::BLACK,
    book_m: Color32::BLACK,
    segment_yellow: rgb(0xFF_E6_8A),
    on_red: Color32::BLACK,
    on_fill_dark: Color32::BLACK,
    hairline: 1.5,
    ..DARK_VALUES
};

/// The light theme.
pub static LIGHT: Tokens = LIGHT_VALUES;
/// The dark theme.
pub static DARK: Tokens = DARK_VALUES;

/// What a mark or a pill says, beyond the severities of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Customer money at risk.
    Urgent,
    /// Own money or books wrong.
    Fault,
    /// Watch.
    Watch,
    /// Information.
    Info,
    /// Holds.
    Ok,
    /// A job is running.
    Running,
}

impl From<Severity> for Tone {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Urgent => Self::Urgent,
            Severity::Fault => Self::Fault,
            Severity::Watch => Self::Watch,
            Severity::Info => Self::Info,
            Severity::Ok => Self::Ok,
        }
    }
}

impl Tokens {
    /// The colours of a mood.
    #[must_use]
    pub const fn tone(&self, mood: Tone) -> ToneColors {
        match mood {
            Tone::Urgent => self.red,
            Tone::Fault => self.orange,
            Tone::Watch => self.yellow,
            Tone::Info => self.grey,
            Tone::Ok => self.green,
            Tone::Running => ToneColors {
                text: self.accent,
                tint: self.selected,
                fill: self.accent,
            },
        }
    }
}
