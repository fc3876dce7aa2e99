//! Help in one language: every help text is written `中文 | English`, and one half is shown.

use std::ffi::OsString;

use clap::{Arg, ArgAction};

use recondesk_app::Language as Lang;

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
    let command = cut(command, lang);
    match lang {
        Lang::Zh => headed(
            command
                .version(crate::VERSION)
                .disable_version_flag(true)
                .arg(flag("version", 'V', ArgAction::Version, "显示版本")),
        ),
        Lang::En => command,
    }
}

/// Headings and the flags that the parser adds, which it has in English only.
fn headed(command: clap::Command) -> clap::Command {
    command
        .disable_help_flag(true)
        .arg(flag("help", 'h', ArgAction::Help, "显示说明"))
        .help_template("{about-with-newline}\n用法：{usage}\n\n{all-args}{after-help}")
        .subcommand_help_heading("命令")
        .mut_args(|argument| {
            let heading = if argument.is_positional() {
                "参数"
            } else {
                "选项"
            };
            told(argument).help_heading(heading)
        })
        .mut_subcommands(headed)
}

/// Says after the help of an argument what it may be and what it is unless given: the parser says both in English only.
fn told(argument: Arg) -> Arg {
    if !argument.get_action().takes_values() {
        return argument;
    }
    let list = |words: Vec<String>, name: &str| {
        (!words.is_empty()).then(|| format!("[{name}：{}]", words.join("、")))
    };
    let choices = argument.get_possible_values();
    let choices = choices.iter().filter(|choice| !choice.is_hide_set());
    let choices = choices.map(|choice| choice.get_name().to_owned()).collect();
    let defaults = argument.get_default_values().iter();
    let defaults = defaults.map(|word| word.to_string_lossy().into_owned());
    let defaults = defaults.filter(|word| !word.is_empty()).collect();
    let parts = [
        argument.get_help().map(ToString::to_string),
        list(choices, "可选"),
        list(defaults, "默认"),
    ];
    let help = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    argument
        .help(help)
        .hide_default_value(true)
        .hide_possible_values(true)
}

fn flag(name: &'static str, short: char, action: ArgAction, help: &'static str) -> Arg {
    Arg::new(name)
        .short(short)
        .long(name)
        .action(action)
        .help(help)
}

fn cut(command: clap::Command, lang: Lang) -> clap::Command {
    let about = command
        .get_about()
        .map(|text| half(&text.to_string(), lang));
    let command = match about {
        Some(about) => command.about(about),
        None => command,
    };
    let after = command
        .get_after_help()
        .map(|text| half(&text.to_string(), lang));
    let command = match after {
        Some(after) => command.after_help(after),
        None => command,
    };
    command
        .mut_args(|argument| {
            let help = argument
                .get_help()
                .map(|text| half(&text.to_string(), lang));
            let argument = match help {
                Some(help) => argument.help(help),
                None => argument,
            };
            chosen(argument, lang)
        })
        .mut_subcommands(|inner| cut(inner, lang))
}

/// Says in one language what the choices of an argument mean, where they say it: the parser would show both halves.
fn chosen(argument: Arg, lang: Lang) -> Arg {
    let choices = argument.get_possible_values();
    let is_told = |text: &str| text.contains(" | ");
    let mut meanings = choices
        .iter()
        .filter_map(clap::builder::PossibleValue::get_help);
    if lang == Lang::Zh || !meanings.any(|help| is_told(&help.to_string())) {
        return argument;
    }
    let choices: Vec<String> = choices
        .iter()
        .filter(|choice| !choice.is_hide_set())
        .map(|choice| match choice.get_help() {
            Some(help) => {
                let help = half(&help.to_string(), lang);
                format!("{} ({help})", choice.get_name())
            }
            None => choice.get_name().to_owned(),
        })
        .collect();
    let help = argument.get_help().map(ToString::to_string);
    let help = help.unwrap_or_default();
    argument
        .help(format!("{help} [possible values: {}]", choices.join(", ")))
        .hide_possible_values(true)
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
    fn help_in_chinese_has_chinese_headings() {
        let help = |lang, words: &[&str]| {
            let command = localise(<super::super::Cli as clap::CommandFactory>::command(), lang);
            let words = [&["recondesk"], words].concat();
            let error = command.try_get_matches_from(words).unwrap_err();
            error.to_string()
        };
        for words in [
            &["--help"][..],
            &["bill", "-h"],
            &["bill", "import", "--help"],
            &["bill", "download", "--help"],
        ] {
            let (zh, en) = (help(Lang::Zh, words), help(Lang::En, words));

            assert!(
                zh.contains("用法：recondesk") && zh.contains("显示说明"),
                "{zh}"
            );
            for word in [
                "Usage",
                "Options:",
                "Arguments:",
                "Commands:",
                "Print",
                "[default",
                "[possible",
            ] {
                assert!(!zh.contains(word), "{word}: {zh}");
            }
            assert!(
                en.contains("Usage: recondesk") && en.contains("Print help"),
                "{en}"
            );
        }
        let version = format!("recondesk {}\n", crate::VERSION);
        assert_eq!(help(Lang::Zh, &["-V"]), version);
        assert_eq!(help(Lang::En, &["--version"]), version);
    }

    #[test]
    fn no_help_shows_two_languages() {
        fn walk(command: &mut clap::Command) {
            for text in [command.render_help(), command.render_long_help()] {
                let text = text.to_string();
                assert!(!text.contains(" | "), "{text}");
            }
            for inner in command.get_subcommands_mut() {
                walk(inner);
            }
        }
        for lang in [Lang::Zh, Lang::En] {
            let command = <super::super::Cli as clap::CommandFactory>::command();
            walk(&mut localise(command, lang));
        }
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
