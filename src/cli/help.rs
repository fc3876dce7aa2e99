//! Help in one language: every help text is written `中文 | English`, and one half is shown.

use std::ffi::OsString;

use crate::app::Language as Lang;

/// The language to use before the arguments are parsed: `--lang` where it is found, else the system's.
pub(super) fn lang_of(arguments: &[OsString]) -> Lang {
    let mut words = arguments.iter().filter_map(|word| word.to_str());
    while let Some(word) = words.next() {
        let value = match word.strip_prefix("--lang") {
            Some("") => words.next(),
            Some(rest) => rest.strip_prefix('='),
            None => None,
        };
        if let Some(lang) = value.and_then(Lang::parse) {
            return lang;
        }
    }
    let locales =
        ["LC_ALL", "LC_MESSAGES", "LANG"].map(|name| std::env::var(name).unwrap_or_default());
    Lang::of_system(locales.iter().map(String::as_str))
}

/// Cuts the help texts of a command and of all below it to one language.
pub(super) fn localise(command: clap::Command, lang: Lang) -> clap::Command {
    let about = command
        .get_about()
        .map(|text| half(&text.to_string(), lang));
    let command = match about {
        Some(about) => command.about(about),
        None => command,
    };
    command
        .mut_args(|argument| {
            let help = argument
                .get_help()
                .map(|text| half(&text.to_string(), lang));
            match help {
                Some(help) => argument.help(help),
                None => argument,
            }
        })
        .mut_subcommands(|inner| localise(inner, lang))
}

fn half(text: &str, lang: Lang) -> String {
    match text.split_once(" | ") {
        Some((zh, en)) => lang.pick(zh, en).to_owned(),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_found_before_the_arguments_are_parsed() {
        let words = |list: &[&str]| list.iter().map(OsString::from).collect::<Vec<_>>();

        assert_eq!(lang_of(&words(&["x", "--lang", "en", "day"])), Lang::En);
        assert_eq!(lang_of(&words(&["x", "day", "--lang=zh"])), Lang::Zh);
    }

    #[test]
    fn every_help_text_has_both_languages() {
        fn walk(command: &clap::Command, missing: &mut Vec<String>) {
            let about = command.get_about().map(ToString::to_string);
            if !about.is_some_and(|text| text.contains(" | ")) {
                missing.push(command.get_name().to_owned());
            }
            for argument in command.get_arguments() {
                let help = argument.get_help().map(ToString::to_string);
                if !help.is_some_and(|text| text.contains(" | ")) {
                    missing.push(format!("{} {}", command.get_name(), argument.get_id()));
                }
            }
            for inner in command.get_subcommands() {
                walk(inner, missing);
            }
        }
        let mut missing = Vec::new();

        walk(
            &<super::super::Cli as clap::CommandFactory>::command(),
            &mut missing,
        );

        assert_eq!(missing, Vec::<String>::new());
    }
}
