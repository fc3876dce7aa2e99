//! First letters of hanzi, so that `dz` finds 对账: those of the words that commands are made of.

/// The hanzi of each first letter.
const LETTERS: &[(char, &str)] = &[
    ('a', "按暗安案"),
    ('b', "补并报表备别簿比本不版闭笔部"),
    ('c', "差错查重出存撤测册采处场操"),
    ('d', "对单订导的当到店掉打大低度等动档独典"),
    ('e', "额"),
    ('f', "放分复付符法范发"),
    ('g', "高跟工挂关个管格概共"),
    ('h', "户和核回汇会合很绘"),
    ('j', "件键捷金结接检校加解今记减"),
    ('k', "开快款看卡口跨扩"),
    ('l', "览列录量例理立历离"),
    ('m', "名密明面秒慢末"),
    ('n', "能年内拟"),
    ('p', "配平票排屏"),
    ('q', "签齐缺去前全求清切浅期区"),
    ('r', "入日认任如人"),
    ('s', "商设识色深实审收手数搜随缩刷上示始"),
    ('t', "通题添统条退填提同跳图"),
    ('w', "文微未完为无网"),
    ('x', "下新系选行续写向小效型"),
    ('y', "一页语言用原运月应因英样"),
    ('z', "账总载增置知主中作支整状在转找最字正"),
];

/// The first letter of a hanzi; `None` for one that no command has.
fn initial(sign: char) -> Option<char> {
    let mut letters = LETTERS.iter();
    letters
        .find(|(_, signs)| signs.contains(sign))
        .map(|(letter, _)| *letter)
}

/// The first letters of a label; Latin letters and digits are kept, all else is left out.
pub(crate) fn initials(label: &str) -> String {
    let letter = |sign: char| {
        if sign.is_ascii_alphanumeric() {
            Some(sign.to_ascii_lowercase())
        } else {
            initial(sign)
        }
    };
    label.chars().filter_map(letter).collect()
}

/// True when a label contains a text, or its first letters do.
pub(crate) fn matches(label: &str, text: &str) -> bool {
    let text = text.trim().to_lowercase();
    text.is_empty()
        || label.to_lowercase().contains(&text)
        || (text.chars().all(|sign| sign.is_ascii_alphanumeric())
            && initials(label).contains(&text))
}

#[cfg(test)]
pub(crate) fn has_no_letter(label: &str) -> Vec<char> {
    let hanzi = |sign: &char| ('\u{4e00}'..='\u{9fff}').contains(sign);
    let signs = label.chars().filter(hanzi);
    signs.filter(|sign| initial(*sign).is_none()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_letters_find_what_hanzi_say() {
        assert_eq!(initials("下载并对账 2026-03-08"), "xzbdz20260308");
        assert!(matches("下载并对账", "dz"));
        assert!(matches("下载并对账", "对账"));
        assert!(matches("Fetch and reconcile", "RECON"));
        assert!(!matches("下载并对账", "qm"));
        assert!(!matches("下载并对账", "对q"));
    }
}
