//! The font of a PDF: measures text, collects the signs in use, and goes into the file with those alone.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;

use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Finish as _, Name, Pdf, Rect, Ref, Str};
use skrifa::instance::{LocationRef, Size};
use skrifa::raw::TableProvider as _;
use skrifa::{FontRef, GlyphId, MetadataProvider as _, Tag};
use subsetter::GlyphRemapper;

use super::pdf::{compressed, deflate};

/// Glyph numbers as a PDF keeps them, two bytes each.
const SYSTEM: SystemInfo = SystemInfo {
    registry: Str(b"Adobe"),
    ordering: Str(b"Identity"),
    supplement: 0,
};

/// The font while pages are made.
pub(super) struct PageFont<'f> {
    data: &'f [u8],
    font: FontRef<'f>,
    glyphs: GlyphRemapper,
    /// Glyph in the file, its width in thousandths of an em, the sign it stands for.
    used: BTreeMap<u16, (f32, char)>,
}

impl<'f> PageFont<'f> {
    /// Opens the font.
    pub(super) fn new(data: &'f [u8]) -> io::Result<Self> {
        Ok(Self {
            data,
            font: FontRef::new(data).map_err(io::Error::other)?,
            glyphs: GlyphRemapper::new(),
            used: BTreeMap::new(),
        })
    }

    /// The signs that can be set: one the font lacks is named by its number rather than lost.
    pub(super) fn settable(&self, text: &str) -> String {
        let map = self.font.charmap();
        let mut out = String::with_capacity(text.len());
        for sign in text.chars() {
            if sign == '\n' || map.map(sign).is_some() {
                out.push(sign);
            } else if !sign.is_control() {
                let _written = write!(out, "[U+{:04X}]", u32::from(sign));
            }
        }
        out
    }

    /// Width of a sign in thousandths of an em.
    pub(super) fn width(&self, sign: char) -> f32 {
        let glyph = self.font.charmap().map(sign).unwrap_or_default();
        self.glyph_width(glyph)
    }

    fn glyph_width(&self, glyph: GlyphId) -> f32 {
        let metrics = self
            .font
            .glyph_metrics(Size::unscaled(), LocationRef::default());
        metrics.advance_width(glyph).unwrap_or(1000.0)
    }

    /// Width of a line in points.
    pub(super) fn line_width(&self, text: &str, size: f32) -> f32 {
        text.chars().map(|sign| self.width(sign)).sum::<f32>() * size / 1000.0
    }

    /// The bytes that show a line; its glyphs go into the file.
    pub(super) fn shown(&mut self, text: &str) -> Vec<u8> {
        let map = self.font.charmap();
        let mut out = Vec::with_capacity(text.len());
        for sign in text.chars() {
            let glyph = map.map(sign).unwrap_or_default();
            let Ok(old) = u16::try_from(glyph.to_u32()) else {
                continue;
            };
            let new = self.glyphs.remap(old);
            if !self.used.contains_key(&new) {
                let width = self.glyph_width(glyph);
                self.used.insert(new, (width, sign));
            }
            out.extend(new.to_be_bytes());
        }
        out
    }

    /// Writes the font into the file under this number; takes the numbers behind it, too.
    pub(super) fn write(&self, pdf: &mut Pdf, id: Ref) -> io::Result<()> {
        let name = Name(b"RECDSK+NotoSansSC");
        let (cid, descriptor, file, unicode) = (
            Ref::new(id.get() + 1),
            Ref::new(id.get() + 2),
            Ref::new(id.get() + 3),
            Ref::new(id.get() + 4),
        );
        pdf.type0_font(id)
            .base_font(name)
            .encoding_predefined(Name(b"Identity-H"))
            .descendant_font(cid)
            .to_unicode(unicode);
        let mut font = pdf.cid_font(cid);
        font.subtype(CidFontType::Type0)
            .base_font(name)
            .system_info(SYSTEM)
            .font_descriptor(descriptor)
            .default_width(1000.0);
        let mut widths = font.widths();
        for (glyph, (width, _)) in &self.used {
            widths.same(*glyph, *glyph, *width);
        }
        widths.finish();
        font.finish();
        pdf.font_descriptor(descriptor)
            .name(name)
            .flags(FontFlags::SYMBOLIC)
            .bbox(Rect::new(-1000.0, -1000.0, 2000.0, 2000.0))
            .italic_angle(0.0)
            .ascent(880.0)
            .descent(-120.0)
            .cap_height(733.0)
            .stem_v(80.0)
            .font_file3(file);
        let subset = subsetter::subset(self.data, 0, &self.glyphs)
            .map_err(|error| io::Error::other(error.to_string()))?;
        let subset = FontRef::new(&subset).map_err(io::Error::other)?;
        let outlines = subset
            .data_for_tag(Tag::new(b"CFF "))
            .ok_or_else(|| io::Error::other("the font has no CFF outlines"))?;
        let bytes = deflate(outlines.as_bytes())?;
        compressed(pdf, file, &bytes).pair(Name(b"Subtype"), Name(b"CIDFontType0C"));
        let mut map = UnicodeCmap::new(Name(b"Recondesk-UCS"), SYSTEM);
        for (glyph, (_, sign)) in &self.used {
            map.pair(*glyph, *sign);
        }
        let bytes = deflate(&map.finish().into_vec())?;
        compressed(pdf, unicode, &bytes);
        Ok(())
    }
}
