//! The flat XML of APIv2: one root, one level of elements, nothing else.
//!
//! There is no DTD, no entity but the five of XML, no attribute and no nesting; a document type is an error (pitfall F1).
//! Element order and repeated elements are kept, because the signature is taken over what really stands there.

use quick_xml::Reader;
use quick_xml::events::Event;

use crate::Params;

pub use super::xml_write::{write, write_root};

/// Bounds of what is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct XmlLimits {
    /// Bytes of the whole text.
    pub bytes: usize,
    /// Number of elements.
    pub fields: usize,
    /// Bytes of one name.
    pub name: usize,
    /// Bytes of one value.
    pub value: usize,
}

impl Default for XmlLimits {
    /// Far above any real message: 1 MiB, 4096 elements, names of 128 and values of 256 KiB bytes.
    fn default() -> Self {
        Self {
            bytes: 1 << 20,
            fields: 4096,
            name: 128,
            value: 256 << 10,
        }
    }
}

/// Why a text is not a message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum XmlError {
    /// Larger than allowed.
    #[error("the message has {size} bytes, at most {limit} are read")]
    TooLarge {
        /// Bytes there are.
        size: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// Not UTF-8.
    #[error("byte {at} is not UTF-8")]
    NotUtf8 {
        /// Offset of the first bad byte.
        at: usize,
    },
    /// A page for people, such as an error page of a proxy.
    #[error("this is an HTML page, not a message: {title}")]
    Html {
        /// Its title, shortened.
        title: String,
    },
    /// Does not start with the expected root element.
    #[error("this is not a WeChat Pay message")]
    NotAMessage,
    /// A document type or an entity declaration: never legal here, often an attack.
    #[error("byte {at}: a document type is refused")]
    DocType {
        /// Offset.
        at: usize,
    },
    /// An entity other than the five of XML.
    #[error("byte {at}: entity {name} is refused")]
    Entity {
        /// Offset.
        at: usize,
        /// Its name, shortened.
        name: String,
    },
    /// An element inside an element.
    #[error("byte {at}: element {name} is nested, the message must be flat")]
    Nested {
        /// Offset.
        at: usize,
        /// Its name, shortened.
        name: String,
    },
    /// Text where only elements may stand, a comment inside a value, or a processing instruction.
    #[error("byte {at}: unexpected content")]
    Unexpected {
        /// Offset.
        at: usize,
    },
    /// A bound was passed.
    #[error("byte {at}: {what} is over its limit of {limit}")]
    Limit {
        /// Offset.
        at: usize,
        /// Which bound.
        what: &'static str,
        /// Its size.
        limit: usize,
    },
    /// Not well-formed.
    #[error("byte {at}: the XML is broken: {reason}")]
    Broken {
        /// Offset.
        at: usize,
        /// The reader's words.
        reason: String,
    },
    /// Something that XML cannot carry, when writing.
    #[error("field {name} cannot be written as XML")]
    Unwritable {
        /// Name of the field, shortened.
        name: String,
    },
}

/// Reads a message with root `<xml>` within the usual limits.
///
/// # Errors
/// [`XmlError`] with the place; nothing is read from a text that is not wholly right.
pub fn read(text: &[u8]) -> Result<Params, XmlError> {
    read_root(text, "xml", XmlLimits::default())
}

/// Reads a message with the given root, within the given limits.
///
/// # Errors
/// As [`read`].
pub fn read_root(text: &[u8], root: &str, limits: XmlLimits) -> Result<Params, XmlError> {
    if text.len() > limits.bytes {
        return Err(XmlError::TooLarge {
            size: text.len(),
            limit: limits.bytes,
        });
    }
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
    let text = std::str::from_utf8(text).map_err(|error| XmlError::NotUtf8 {
        at: error.valid_up_to(),
    })?;
    judge_start(text)?;
    let mut walk = Walk {
        limits,
        params: Params::new(),
        place: XmlPosition::Before,
    };
    let mut reader = Reader::from_str(text);
    loop {
        let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let event = reader.read_event().map_err(|error| XmlError::Broken {
            at: usize::try_from(reader.error_position()).unwrap_or(usize::MAX),
            reason: short(&error.to_string()),
        })?;
        if matches!(event, Event::Eof) {
            break;
        }
        walk.step(&event, root, at)?;
    }
    match walk.place {
        XmlPosition::After => Ok(walk.params),
        XmlPosition::Before => Err(XmlError::NotAMessage),
        XmlPosition::Root | XmlPosition::Field(..) => Err(XmlError::Broken {
            at: text.len(),
            reason: "the text ends too early".to_owned(),
        }),
    }
}

/// Sorts out what cannot be a message before any XML is read.
fn judge_start(text: &str) -> Result<(), XmlError> {
    let head = text.trim_start();
    let lower: String = head
        .chars()
        .take(16)
        .collect::<String>()
        .to_ascii_lowercase();
    if lower.starts_with("<html") || lower.starts_with("<!doctype html") {
        return Err(XmlError::Html { title: title(head) });
    }
    if head.starts_with('<') {
        Ok(())
    } else {
        Err(XmlError::NotAMessage)
    }
}

fn title(html: &str) -> String {
    let inside = html
        .split_once("<title>")
        .and_then(|(_, rest)| rest.split_once("</title>"))
        .map_or("", |(inside, _)| inside.trim());
    short(inside)
}

enum XmlPosition {
    Before,
    Root,
    Field(String, String),
    After,
}

struct Walk {
    limits: XmlLimits,
    params: Params,
    place: XmlPosition,
}

impl Walk {
    fn step(&mut self, event: &Event<'_>, root: &str, at: usize) -> Result<(), XmlError> {
        match event {
            Event::Start(start) => self.open(start.name().into_inner(), root, at),
            Event::Empty(start) => {
                self.open(start.name().into_inner(), root, at)?;
                self.close(at)
            }
            Event::End(_) => self.close(at),
            Event::Text(text) => self.text(text, at),
            Event::CData(data) => match self.place {
                XmlPosition::Field(..) => self.text(data, at),
                XmlPosition::Before | XmlPosition::Root | XmlPosition::After => {
                    Err(XmlError::Unexpected { at })
                }
            },
            Event::GeneralRef(reference) => {
                let character =
                    reference
                        .resolve_char_ref()
                        .ok()
                        .flatten()
                        .or(match &**reference {
                            "lt" => Some('<'),
                            "gt" => Some('>'),
                            "amp" => Some('&'),
                            "apos" => Some('\''),
                            "quot" => Some('"'),
                            _ => None,
                        });
                match (character, &self.place) {
                    (Some(character), XmlPosition::Field(..)) => {
                        self.text(character.encode_utf8(&mut [0; 4]), at)
                    }
                    (Some(_), _) => Err(XmlError::Unexpected { at }),
                    (None, _) => Err(XmlError::Entity {
                        at,
                        name: short(reference),
                    }),
                }
            }
            Event::DocType(_) => Err(XmlError::DocType { at }),
            Event::Decl(_) if matches!(self.place, XmlPosition::Before) => Ok(()),
            // A comment inside a value is read differently by different parsers: refuse it.
            Event::Comment(_) if !matches!(self.place, XmlPosition::Field(..)) => Ok(()),
            Event::Eof => Ok(()),
            Event::Decl(_) | Event::Comment(_) | Event::PI(_) => Err(XmlError::Unexpected { at }),
        }
    }

    fn open(&mut self, name: &str, root: &str, at: usize) -> Result<(), XmlError> {
        match self.place {
            XmlPosition::Before if name == root => self.place = XmlPosition::Root,
            XmlPosition::Before => return Err(XmlError::NotAMessage),
            XmlPosition::Root => {
                bound(
                    at,
                    "the number of fields",
                    self.params.len() + 1,
                    self.limits.fields,
                )?;
                bound(at, "a name", name.len(), self.limits.name)?;
                self.place = XmlPosition::Field(name.to_owned(), String::new());
            }
            XmlPosition::Field(..) => {
                return Err(XmlError::Nested {
                    at,
                    name: short(name),
                });
            }
            XmlPosition::After => return Err(XmlError::Unexpected { at }),
        }
        Ok(())
    }

    fn close(&mut self, at: usize) -> Result<(), XmlError> {
        self.place = match std::mem::replace(&mut self.place, XmlPosition::Root) {
            XmlPosition::Field(name, value) => {
                self.params.push(name, value);
                XmlPosition::Root
            }
            XmlPosition::Root => XmlPosition::After,
            XmlPosition::Before | XmlPosition::After => return Err(XmlError::Unexpected { at }),
        };
        Ok(())
    }

    fn text(&mut self, piece: &str, at: usize) -> Result<(), XmlError> {
        let limit = self.limits.value;
        match &mut self.place {
            XmlPosition::Field(_, value) => {
                value.push_str(piece);
                let size = value.len();
                bound(at, "a value", size, limit)
            }
            _ if piece.trim().is_empty() => Ok(()),
            XmlPosition::Before | XmlPosition::Root | XmlPosition::After => {
                Err(XmlError::Unexpected { at })
            }
        }
    }
}

const fn bound(at: usize, what: &'static str, size: usize, limit: usize) -> Result<(), XmlError> {
    if size > limit {
        return Err(XmlError::Limit { at, what, limit });
    }
    Ok(())
}

pub(super) fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(120).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn one(value: &str) -> Result<String, XmlError> {
        read(format!("<xml><a>{value}</a></xml>").as_bytes())
            .map(|params| params.get("a").unwrap().to_owned())
    }

    #[test]
    fn values_arrive_as_written() {
        assert_eq!(one("<![CDATA[<b>&amp; \"x\"]]>").unwrap(), "<b>&amp; \"x\"");
        assert_eq!(one("a&lt;b&#x4e2d;&amp;").unwrap(), "a<b中&");
        assert_eq!(one("").unwrap(), "");
        assert_eq!(one(" x\n").unwrap(), " x\n");
        assert_eq!(
            read(b"\xEF\xBB\xBF <xml><a/></xml>\n").unwrap().get("a"),
            Some("")
        );
    }

    #[test]
    fn hostile_texts_are_refused_with_a_reason() {
        use XmlError as E;
        type Fits = fn(&E) -> bool;
        let cases: [(&str, Fits); 14] = [
            ("<!DOCTYPE xml><xml/>", |e| matches!(e, E::DocType { .. })),
            (
                "<?xml version=\"1.0\"?><!DOCTYPE r [<!ENTITY x \"y\">]><xml><a>&x;</a></xml>",
                |e| matches!(e, E::DocType { .. }),
            ),
            ("<xml><a>&x;</a></xml>", |e| matches!(e, E::Entity { .. })),
            ("<xml><a>&#0;</a></xml>", |e| matches!(e, E::Entity { .. })),
            ("<xml><a><b>1</b></a></xml>", |e| {
                matches!(e, E::Nested { .. })
            }),
            ("<xml>text</xml>", |e| matches!(e, E::Unexpected { .. })),
            ("<xml><a>1<!-- x -->2</a></xml>", |e| {
                matches!(e, E::Unexpected { .. })
            }),
            ("<xml><?php 1 ?></xml>", |e| {
                matches!(e, E::Unexpected { .. })
            }),
            ("<xml></xml><xml></xml>", |e| {
                matches!(e, E::Unexpected { .. })
            }),
            ("<xml><a>1</xml>", |e| matches!(e, E::Broken { .. })),
            ("<xml><a>1</a>", |e| matches!(e, E::Broken { .. })),
            ("<root></root>", |e| matches!(e, E::NotAMessage)),
            ("", |e| matches!(e, E::NotAMessage)),
            (
                "<!DOCTYPE html><title> 404\u{7} </title>",
                |e| matches!(e, E::Html { title } if title == "404"),
            ),
        ];
        for (text, fits) in cases {
            let error = read(text.as_bytes()).unwrap_err();
            assert!(fits(&error), "{text}: {error}");
        }
        assert!(matches!(
            read(b"<xml>\xff</xml>"),
            Err(E::NotUtf8 { at: 5 })
        ));
    }

    #[test]
    fn every_bound_holds() {
        let limits = XmlLimits {
            bytes: 60,
            fields: 2,
            name: 3,
            value: 5,
        };
        let read = |text: &str| read_root(text.as_bytes(), "xml", limits);
        assert!(read("<xml><a>12345</a><b/></xml>").is_ok());
        for over in [
            "<xml><a>123456</a></xml>",
            "<xml><abcd/></xml>",
            "<xml><a/><b/><c/></xml>",
        ] {
            assert!(matches!(read(over), Err(XmlError::Limit { .. })), "{over}");
        }
        assert!(matches!(
            read(&" ".repeat(61)),
            Err(XmlError::TooLarge {
                size: 61,
                limit: 60
            })
        ));
    }

    #[test]
    fn what_xml_has_no_letter_for_is_not_written() {
        for (name, value) in [
            ("a", "\u{0}"),
            ("a b", "1"),
            ("", "1"),
            ("1a", "1"),
            ("a", "\u{FFFE}"),
        ] {
            let params: Params = [(name, value)].into_iter().collect();
            assert!(write(&params).is_err(), "{name}={value:?}");
        }
    }

    proptest! {
        #[test]
        fn reading_after_writing_is_the_identity(values in prop::collection::vec("[\\PC\r\n\t\\]<>&]{0,40}", 0..8)) {
            let params: Params = values.iter().enumerate().map(|(at, v)| (format!("f{at}"), v.clone())).collect();
            if let Ok(text) = write(&params) {
                prop_assert_eq!(read(&text).unwrap(), params);
            }
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in "(<xml>|<a>|</a>|&|;|<!\\[CDATA\\[|\\]\\]>|<!--|-->|\\PC){0,30}") {
            let read = read(text.as_bytes());
            prop_assert!(read.is_ok() || read.is_err());
        }
    }
}
