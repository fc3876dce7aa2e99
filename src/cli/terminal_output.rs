//! The one place where the command line writes to a person: nothing from outside steers the terminal, and a key that
//! was typed as an argument is not said again.

use std::io::{ErrorKind, IsTerminal as _, Write as _};

use recondesk_app::{Failure, FailureKind, Language as Lang, Message, Surface};
use recondesk_domain::{printable, printable_lines};

/// Shorter words are no keys, and too common to be hidden.
const SHORTEST_KEY: usize = 20;

/// Shorter words would be hidden in the middle of others.
const SHORTEST_SECRET: usize = 4;

/// Says things on standard error.
#[derive(Debug, Default)]
pub(super) struct Speech {
    /// Arguments with the shape of a key, the longest first.
    unspoken: Vec<String>,
}

impl Speech {
    /// A writer that knows what was typed.
    pub(super) fn new(arguments: &[std::ffi::OsString]) -> Self {
        let words = arguments.iter().skip(1).map(|word| word.to_string_lossy());
        let mut unspoken: Vec<String> = words.filter_map(|word| key_in(&word)).collect();
        unspoken.sort_by_key(|word| std::cmp::Reverse(word.len()));
        unspoken.dedup();
        Self { unspoken }
    }

    /// The same, that does not say these words either.
    pub(super) fn without(mut self, words: impl Iterator<Item = String>) -> Self {
        self.unspoken
            .extend(words.filter(|word| word.chars().count() >= SHORTEST_SECRET));
        self.unspoken
            .sort_by_key(|word| std::cmp::Reverse(word.len()));
        self
    }

    /// Text of one or more lines, as it may be shown.
    pub(super) fn lines(&self, text: &str) -> String {
        self.hidden(text, None, |text| printable_lines(text).into_owned())
    }

    /// Writes lines to standard error.
    pub(super) fn say(&self, text: &str) {
        // Nobody is left to be told when standard error is closed.
        drop(writeln!(std::io::stderr(), "{}", self.lines(text)));
    }

    /// A failure: what, where, what to do. Each part stays within its line.
    pub(super) fn say_failure(&self, failure: &Failure, lang: Lang) {
        let part = |text: &str| self.hidden(text, Some(lang), |text| printable(text).into_owned());
        let mut text = part(failure.title.get(lang));
        if !failure.detail.is_empty() {
            text.push_str(lang.pick("：", ": "));
            text.push_str(&part(&failure.detail));
        }
        let advice = failure.advice_at(Surface::Terminal).get(lang);
        if !advice.is_empty() {
            text.push('\n');
            text.push_str(lang.pick("　", "  "));
            text.push_str(&part(advice));
        }
        drop(writeln!(
            std::io::stderr(),
            "recondesk: {text} [{}]",
            failure.code
        ));
    }

    /// What could be a key is never repeated; that it was typed, and how long it is, can be told.
    fn hidden(&self, text: &str, lang: Option<Lang>, shown: impl Fn(&str) -> String) -> String {
        let mut out = text.to_owned();
        for word in &self.unspoken {
            if out.contains(word.as_str()) {
                let count = word.chars().count();
                let told = match lang {
                    Some(Lang::Zh) => format!("[输入的 {count} 个字符]"),
                    Some(Lang::En) => format!("[what was typed, {count} characters]"),
                    None => format!("[{count} 个字符 / characters]"),
                };
                out = out.replace(word.as_str(), &told);
            }
        }
        shown(&out)
    }
}

/// The part of an argument that could be a key: a PEM text, or a long word of letters and digits that is no option, no
/// address, no existing file and no plain number.
fn key_in(argument: &str) -> Option<String> {
    let is_pem = argument.contains("-----BEGIN") || argument.contains("PRIVATE KEY");
    if is_pem {
        return Some(argument.to_owned());
    }
    let value = match argument.split_once('=') {
        Some((name, value)) if name.starts_with('-') => value,
        _ => argument,
    };
    let is_key_sign = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=' | b'_');
    let has = |is: fn(&u8) -> bool| value.as_bytes().iter().any(is);
    let looks_like_one = value.len() >= SHORTEST_KEY
        && value.bytes().all(is_key_sign)
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_alphabetic);
    (looks_like_one && !std::path::Path::new(value).exists()).then(|| value.to_owned())
}

/// Writes data for programs to standard output; a reader that went away ends the writing, not the program. A pipe or a file gets
/// every byte as it is, a terminal nothing that steers it.
pub(super) fn print(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    let written = if out.is_terminal() {
        let text = String::from_utf8_lossy(bytes);
        out.write_all(printable_lines(&text).as_bytes())
    } else {
        out.write_all(bytes)
    };
    match written.and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::new(
            FailureKind::Workspace,
            "output.write",
            Message::new("无法写到标准输出", "Cannot write to standard output"),
            Message::default(),
        )
        .with_detail(error.to_string())),
        _ => Ok(()),
    }
}

/// Writes lines for people to standard output; nothing in them steers whatever shows them, through a pipe or not.
pub(super) fn print_text(text: &str) -> Result<(), Failure> {
    print(printable_lines(text).as_bytes())
}

/// Writes a JSON document to standard output.
pub(super) fn print_json<T: serde::Serialize>(value: &T) -> Result<(), Failure> {
    let mut text = serde_json::to_vec_pretty(value).map_err(|error| {
        Failure::new(
            FailureKind::Workspace,
            "output.json",
            Message::new("结果无法写成 JSON", "The result cannot be written as JSON"),
            Message::default(),
        )
        .with_detail(error.to_string())
    })?;
    text.push(b'\n');
    print(&text)
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::*;

    fn speech(words: &[&str]) -> Speech {
        let words: Vec<OsString> = words.iter().map(Into::into).collect();
        Speech::new(&words)
    }

    #[test]
    fn a_key_among_the_arguments_is_not_said_again() {
        let key = "192006250b4c09247ec02edce69f6a2d";
        let pem = "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----";
        let speech = speech(&["recondesk", key, &format!("--x={key}"), pem]);
        for said in [
            key.to_owned(),
            format!("unexpected argument '{key}' found"),
            pem.to_owned(),
        ] {
            let shown = speech.lines(&said);
            assert!(
                !shown.contains("192006") && !shown.contains("MIIE"),
                "{shown}"
            );
        }
    }

    #[test]
    fn what_is_no_key_is_said_as_it_is() {
        let words = [
            "recondesk",
            "4200000265207919048529297348",
            "--a-long-option-name-with-dashes",
            "https://api.mch.weixin.qq.com/v3",
            "/tmp/some/folder/with.a.name/2026",
            "2026-03-08",
        ];
        let text = words.join(" ");
        assert_eq!(speech(&words).lines(&text), text);
    }
}
