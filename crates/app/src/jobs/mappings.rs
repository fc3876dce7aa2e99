//! The column mappings that are kept with a profile: which there are, another name for one, and forgetting one.

use crate::model::KeptMapping;
use crate::{Advice, Failure, FailureKind, Message};
use recondesk_domain::ProfileId;
use recondesk_intake::Mapping;
use recondesk_ports::Ports;

/// Longest name.
const LONGEST: usize = 128;

/// Those of a profile, by name.
///
/// # Errors
/// When the workspace cannot be read.
pub fn kept(ports: &Ports, profile: ProfileId) -> Result<Vec<KeptMapping>, Failure> {
    let names = ports.records.mappings(profile)?;
    let mut out = Vec::with_capacity(names.len());
    for name in names {
        // One that somebody else removed meanwhile is none of them.
        let Some(text) = ports.records.mapping(profile, &name)? else {
            continue;
        };
        let read = Mapping::from_toml(&text).ok();
        let sources = read.iter().flat_map(Mapping::sources);
        out.push(KeptMapping {
            sources: sources.map(str::to_owned).collect(),
            kind: read.as_ref().map(|mapping| mapping.kind),
            name,
        });
    }
    Ok(out)
}

/// Gives one another name; what it says of files stays.
///
/// # Errors
/// When there is none, the name is empty, too long or taken, or the workspace fails.
pub fn rename(ports: &Ports, profile: ProfileId, from: &str, to: &str) -> Result<(), Failure> {
    let to = to.trim();
    if to.is_empty() || to.len() > LONGEST || to.chars().any(char::is_control) {
        return Err(refused(
            "mapping.name",
            Message::new(
                "名称须为 1 到 128 字节，不含控制字符",
                "A name has 1 to 128 bytes and no control characters",
            ),
        ));
    }
    if to == from {
        return Ok(());
    }
    if ports.records.mapping(profile, to)?.is_some() {
        return Err(refused(
            "mapping.taken",
            Message::new(
                format!("已有名为 {to} 的列映射"),
                format!("There is a mapping named {to}"),
            ),
        ));
    }
    let text = ports.records.mapping(profile, from)?;
    let text = text.ok_or_else(|| missing(from))?;
    let text = match Mapping::from_toml(&text) {
        Ok(mut mapping) => {
            to.clone_into(&mut mapping.name);
            mapping.to_toml()
        }
        // One of a newer version goes on as it is.
        Err(_) => text,
    };
    ports.records.set_mapping(profile, to, &text)?;
    ports.records.remove_mapping(profile, from)?;
    Ok(())
}

/// Forgets one; files that were imported by it stay.
///
/// # Errors
/// When there is none, or the workspace fails.
pub fn remove(ports: &Ports, profile: ProfileId, name: &str) -> Result<(), Failure> {
    if ports.records.remove_mapping(profile, name)? {
        Ok(())
    } else {
        Err(missing(name))
    }
}

/// There is no such mapping.
#[must_use]
pub fn missing(name: &str) -> Failure {
    Failure::new(
        FailureKind::Usage,
        "mapping.missing",
        Message::new(
            format!("没有名为 {name} 的列映射"),
            format!("There is no mapping named {name}"),
        ),
        Advice::by_place(
            Message::new(
                "recondesk mapping list 列出已保存的",
                "recondesk mapping list shows those that are kept",
            ),
            Message::new(
                "“商户 › 映射”列出已保存的",
                "Merchants › Mappings shows those that are kept",
            ),
        ),
    )
}

fn refused(code: &'static str, title: Message) -> Failure {
    Failure::new(FailureKind::Usage, code, title, Message::default())
}
