//! Words of the facts of a case: what was expected, by how much it differs, what it belongs to.

use super::{F, F2, F3};

words! {
    /// Facts of a case.
    Facts {
        fee: F3 = |billed, rate, due| format!("账单手续费 ¥{billed}，按 {rate} 应为 ¥{due}"), |billed, rate, due| format!("Billed fee ¥{billed}, {rate} makes ¥{due}");
        more: F = |yuan| format!("，多 ¥{yuan}"), |yuan| format!(", ¥{yuan} more");
        less: F = |yuan| format!("，少 ¥{yuan}"), |yuan| format!(", ¥{yuan} less");
        rate: F2 = |billed, due| format!("账单费率 {billed}，合同费率 {due}"), |billed, due| format!("Billed rate {billed}, contract {due}");
        rate_alone: F = |billed| format!("账单费率 {billed}，与合同不符"), |billed| format!("Billed rate {billed}, not the contract's");
        wechat_more: F = |yuan| format!("微信比商户多 ¥{yuan}"), |yuan| format!("WeChat has ¥{yuan} more");
        wechat_less: F = |yuan| format!("微信比商户少 ¥{yuan}"), |yuan| format!("WeChat has ¥{yuan} less");
        copy_of: F = |line| format!("重复了同一文件的第 {line} 行，以那一行为准；另一册的数字也属于那一行"), |line| format!("Repeats line {line} of its file; that one counts, with what the other book has");
        same_as: F = |number| format!("另一笔：{number}"), |number| format!("The other: {number}");
        over: F3 = |back, paid, apart| format!("共退 ¥{back}，实付 ¥{paid}，多退 ¥{apart}"), |back, paid, apart| format!("¥{back} refunded of ¥{paid} paid, ¥{apart} too much");
    }
}
