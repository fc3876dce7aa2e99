//! The embedded fonts, and the system's for what they lack.

use std::sync::Arc;

use egui::{Context, FontData, FontDefinitions, FontFamily, FontTweak};
use egui_system_font_provider::SystemFontProvider;

/// All of GB2312, cut from Noto Sans CJK SC.
pub const NOTO: &[u8] = include_bytes!("../../../assets/fonts/NotoSansSC-GB2312.otf");
/// The icons, cut from Phosphor.
pub const ICONS: &[u8] = include_bytes!("../../../assets/fonts/Icons.ttf");

/// Sets the families: Noto first, so that Latin and digits match the hanzi.
pub fn install(ctx: &Context) {
    ctx.set_fonts(definitions());
}

/// Adds the system's fonts behind ours, for hanzi outside GB2312.
pub fn add_system_fallback(ctx: &Context) {
    ctx.add_font_provider(Arc::new(
        SystemFontProvider::new().with_locale(Some("zh-Hans")),
    ));
}

fn definitions() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    // Noto's line is 1.448 em high; without the shift hanzi sit 0.7 point low in a button.
    let noto = FontData::from_static(NOTO).tweak(FontTweak {
        y_offset_factor: -0.05,
        ..FontTweak::default()
    });
    fonts.font_data.insert("Noto".to_owned(), Arc::new(noto));
    fonts
        .font_data
        .insert("Icons".to_owned(), Arc::new(FontData::from_static(ICONS)));
    let family = |names: [&str; 4]| names.map(str::to_owned).to_vec();
    fonts.families.insert(
        FontFamily::Proportional,
        family(["Noto", "Icons", "Hack", "Ubuntu-Light"]),
    );
    fonts.families.insert(
        FontFamily::Monospace,
        family(["Hack", "Noto", "Icons", "Ubuntu-Light"]),
    );
    fonts
}
