//! `recondesk licences`: under which terms each crate and each font in the program stands.

use std::io::Read as _;

use super::CommandEnd;
use super::terminal_output::print;
use recondesk_app::{Failure, FailureKind, Message};

/// Made by `assets/licenses/gather.py`.
const CRATES: &[u8] = include_bytes!("../../assets/licenses/third-party.txt.gz");
const OWN: &str = include_str!("../../LICENSE");
const FONTS: &str = include_str!("../../assets/fonts/LICENSES.md");

/// All of them as one text.
fn text() -> std::io::Result<String> {
    let mut text = format!("Recondesk\n\n{OWN}\n{FONTS}\n");
    flate2::read::GzDecoder::new(CRATES).read_to_string(&mut text)?;
    Ok(text)
}

pub(super) fn run() -> Result<CommandEnd, Failure> {
    let text = text().map_err(|error| {
        Failure::new(
            FailureKind::Workspace,
            "licences.read",
            Message::new(
                "程序内的许可文本已损坏",
                "The licences in the program are damaged",
            ),
            Message::default(),
        )
        .with_detail(error.to_string())
    })?;
    print(text.as_bytes())?;
    Ok(CommandEnd::Clean)
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn every_crate_that_the_list_names_is_in_the_lock_file() {
        let text = text().unwrap();
        let (_, crates) = text.split_once("and their licences\n\n").unwrap();
        let (list, _) = crates.split_once("\n\n").unwrap();
        let lock = include_str!("../../Cargo.lock");
        for line in list.lines() {
            let (name, version) = line.split(':').next().unwrap().split_once(' ').unwrap();
            let entry = format!("name = \"{name}\"\nversion = \"{version}\"");
            assert!(
                lock.contains(&entry),
                "{line}: run assets/licenses/gather.py"
            );
        }
        for needed in ["egui ", "rusqlite ", "rustls ", "zstd "] {
            assert!(list.contains(&format!("\n{needed}")), "{needed}");
        }
    }
}
