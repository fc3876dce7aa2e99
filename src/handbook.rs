//! The handbook for finance staff, as it is shipped: the texts of `docs/handbook` and pictures of the window as one page.
//!
//! The pictures are those that the picture tests compare the window with, so they show it as it is.

use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

use recondesk_app::Language;

/// A chapter: the name of its file, and its text.
struct Chapter {
    file: &'static str,
    text: &'static str,
}

macro_rules! chapters {
    ($folder:literal) => {
        [
            Chapter {
                file: "README.md",
                text: include_str!(concat!("../docs/handbook/", $folder, "/README.md")),
            },
            Chapter {
                file: "daily.md",
                text: include_str!(concat!("../docs/handbook/", $folder, "/daily.md")),
            },
            Chapter {
                file: "categories.md",
                text: include_str!(concat!("../docs/handbook/", $folder, "/categories.md")),
            },
            Chapter {
                file: "trouble.md",
                text: include_str!(concat!("../docs/handbook/", $folder, "/trouble.md")),
            },
            Chapter {
                file: "automatic.md",
                text: include_str!(concat!("../docs/handbook/", $folder, "/automatic.md")),
            },
        ]
    };
}

static ZH: [Chapter; 5] = chapters!("zh");
static EN: [Chapter; 5] = chapters!("en");

macro_rules! pictures {
    ($($name:literal),+ $(,)?) => {
        [$(HandbookPicture {
            name: $name,
            bytes: include_bytes!(concat!("../tests/snapshots/", $name)),
        }),+]
    };
}

/// A picture of the window.
#[derive(Debug, Clone, Copy)]
pub struct HandbookPicture {
    /// Name of its file.
    pub name: &'static str,
    /// PNG.
    pub bytes: &'static [u8],
}

static PICTURES: [HandbookPicture; 8] = pictures!(
    "overview-light-zh.png",
    "reconcile-changes-light-zh.png",
    "case-light-zh.png",
    "bills-zh-800x500.png",
    "overview-en-1024x640.png",
    "reconcile-en-1024x640.png",
    "case-en-1024x640.png",
    "orders-en-1024x640.png",
);

/// The handbook in one language.
#[derive(Debug, Clone)]
pub struct Handbook {
    /// The page; it needs nothing but the pictures beside it.
    pub page: String,
    /// The pictures that it shows.
    pub pictures: Vec<HandbookPicture>,
}

/// Makes the handbook of a language.
#[must_use]
pub fn handbook(lang: Language) -> Handbook {
    let chapters = match lang {
        Language::Zh => &ZH,
        Language::En => &EN,
    };
    let mut shown = Vec::new();
    let mut body = String::new();
    for chapter in chapters {
        let id = anchor(chapter.file);
        for piece in ["<section id=\"", &id, "\">\n"] {
            body.push_str(piece);
        }
        html::push_html(&mut body, events(chapter, &mut shown).into_iter());
        body.push_str("</section>\n");
    }
    let title = lang.pick("对账台手册", "Handbook of Recondesk");
    let word = lang.pick("zh-CN", "en");
    let page = format!(
        "<!doctype html>\n<html lang=\"{word}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n{body}<footer>Recondesk {}</footer>\n</body>\n</html>\n",
        crate::VERSION
    );
    let pictures = PICTURES
        .iter()
        .copied()
        .filter(|picture| shown.iter().any(|name| name == picture.name))
        .collect();
    Handbook { page, pictures }
}

/// The events of a chapter with its links turned to places of the page; notes which pictures it shows.
fn events<'a>(chapter: &'a Chapter, shown: &mut Vec<String>) -> Vec<Event<'a>> {
    let mut out = Vec::new();
    let mut in_cell = false;
    for event in Parser::new_ext(chapter.text, Options::ENABLE_TABLES) {
        out.push(match event {
            Event::Start(Tag::Link {
                link_type,
                dest_url,
                title,
                id,
            }) => Event::Start(Tag::Link {
                link_type,
                dest_url: place(dest_url),
                title,
                id,
            }),
            Event::Start(Tag::Image {
                link_type,
                dest_url,
                title,
                id,
            }) => {
                let name = dest_url.rsplit('/').next().unwrap_or_default().to_owned();
                shown.push(name.clone());
                Event::Start(Tag::Image {
                    link_type,
                    dest_url: name.into(),
                    title,
                    id,
                })
            }
            Event::Start(Tag::Heading {
                level: HeadingLevel::H1,
                ..
            }) => Event::Html("<h1>".into()),
            Event::End(TagEnd::Heading(HeadingLevel::H1)) => Event::Html("</h1>\n".into()),
            Event::Start(Tag::TableCell) => {
                in_cell = true;
                Event::Start(Tag::TableCell)
            }
            Event::Text(text) if in_cell && is_code(&text) => {
                in_cell = false;
                Event::Html(format!("<b id=\"{text}\">{text}</b>").into())
            }
            other => {
                in_cell = false;
                other
            }
        });
    }
    out
}

/// Where a link to another chapter leads in the page.
fn place(target: CowStr<'_>) -> CowStr<'_> {
    if target.ends_with(".md") && !target.contains('/') {
        format!("#{}", anchor(&target)).into()
    } else {
        target
    }
}

fn anchor(file: &str) -> String {
    file.trim_end_matches(".md").to_lowercase()
}

/// A code of a category: a letter and two digits.
fn is_code(text: &str) -> bool {
    let (letter, digits) = text.split_at_checked(1).unwrap_or_default();
    letter.bytes().all(|sign| sign.is_ascii_uppercase())
        && digits.len() == 2
        && digits.bytes().all(|sign| sign.is_ascii_digit())
}

const STYLE: &str = "body{font:16px/1.7 -apple-system,'Segoe UI','PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif;\
max-width:56rem;margin:2rem auto;padding:0 1rem;color:#1f2430;background:#fff}\
h1{font-size:1.7rem;margin-top:3rem;border-bottom:1px solid #d9dde5}h2{font-size:1.25rem;margin-top:2rem}\
table{border-collapse:collapse;width:100%}th,td{border:1px solid #d9dde5;padding:.35rem .6rem;text-align:left;vertical-align:top}\
td:first-child{white-space:nowrap}img{max-width:100%;border:1px solid #d9dde5;border-radius:8px}\
pre{background:#f2f4f8;padding:.8rem;overflow:auto}a{color:#1f55c8}:target{background:#fff3c4}footer{margin:3rem 0;color:#6a7282}\
@media(prefers-color-scheme:dark){body{background:#16181d;color:#e4e7ee}th,td,h1,img{border-color:#3a404d}pre{background:#22262e}a{color:#8ab0ff}:target{background:#5a4a10}}\
@media print{section{break-before:page}body{max-width:none}}";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_picture_and_link_of_the_page_is_there() {
        for lang in [Language::Zh, Language::En] {
            let book = handbook(lang);
            let shown = book.page.matches("<img ").count();
            assert!(shown >= 4);
            for picture in &book.pictures {
                assert!(picture.bytes.starts_with(b"\x89PNG"));
            }
            for source in book.page.split("<img src=\"").skip(1) {
                let name = source.split('"').next().unwrap();
                assert!(
                    book.pictures.iter().any(|known| known.name == name),
                    "{name}"
                );
            }
            for link in book.page.split("href=\"#").skip(1) {
                let id = link.split('"').next().unwrap();
                assert!(
                    book.page.contains(&format!("<section id=\"{id}\">")),
                    "{id}"
                );
            }
            assert!(!book.page.contains(".md\""), "a link leads out of the page");
        }
    }
}
