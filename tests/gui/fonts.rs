//! Every character the window can say is in the embedded fonts.

use egui::{FontFamily, FontId};
use recondesk::ui::App;

/// The word tables, with the code around them: what is not ASCII there is a word.
const TABLES: [&str; 9] = [
    include_str!("../../crates/ui/src/text/books.rs"),
    include_str!("../../crates/ui/src/text/cases.rs"),
    include_str!("../../crates/ui/src/text/day.rs"),
    include_str!("../../crates/ui/src/text/frame.rs"),
    include_str!("../../crates/ui/src/text/merchants.rs"),
    include_str!("../../crates/ui/src/text/overview.rs"),
    include_str!("../../crates/ui/src/text/settings.rs"),
    include_str!("../../crates/ui/src/text/signature.rs"),
    include_str!("../../crates/domain/src/category.rs"),
];

#[test]
fn every_character_of_the_words_is_in_the_embedded_fonts() {
    let ctx = egui::Context::default();
    App::install(&ctx);
    let output = ctx.run_ui(egui::RawInput::default(), |_| {});
    output.drop_without_applying_deltas();

    let missing: String = TABLES
        .iter()
        .flat_map(|table| table.chars())
        .filter(|c| !c.is_ascii())
        .filter(|c| {
            let font = FontId::new(13.0, FontFamily::Proportional);
            !ctx.fonts_mut(|fonts| fonts.has_glyph(&font, *c))
        })
        .collect();

    assert_eq!(missing, "");
}
