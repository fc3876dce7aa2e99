//! Questions whose answer must not be seen, asked on a terminal only.

use console::Term;
use subtle::ConstantTimeEq as _;

use recondesk_app::Language as Lang;
use recondesk_domain::Secret;
use recondesk_ports::PassphraseUse;

/// Asks for a secret without showing it; `None` when there is no terminal or nothing was typed.
pub(super) fn secret(question: &str) -> Option<Secret<String>> {
    let term = Term::stderr();
    if !term.is_term() || !console::user_attended() && !console::user_attended_stderr() {
        return None;
    }
    term.write_str(question).ok()?;
    let answer = term.read_secure_line().ok()?;
    (!answer.is_empty()).then(|| Secret::new(answer))
}

/// Asks for the passphrase of the sealed file, twice when it is to be made.
#[must_use]
pub fn passphrase(asking: PassphraseUse) -> Option<Secret<String>> {
    let arguments: Vec<_> = std::env::args_os().collect();
    let lang: Lang = super::help_language::lang_of(&arguments);
    match asking {
        PassphraseUse::ToOpen => {
            secret(lang.pick("密封文件口令：", "Passphrase of the sealed file: "))
        }
        PassphraseUse::ToMake => {
            let first = secret(lang.pick(
                "本机没有系统密钥串，密钥将存入密封文件。设置口令：",
                "There is no keychain here, keys go to a sealed file. New passphrase: ",
            ))?;
            let second = secret(lang.pick("再输一次：", "Once more: "))?;
            bool::from(first.expose().as_bytes().ct_eq(second.expose().as_bytes())).then_some(first)
        }
    }
}
