//! Words of the Settings screen.

use super::{F, T};

words! {
    /// Settings.
    Settings {
        display: T = "显示", "Display";
        language: T = "语言", "Language";
        theme: T = "主题", "Theme";
        theme_system: T = "跟随系统", "System";
        theme_light: T = "浅色", "Light";
        theme_dark: T = "深色", "Dark";
        theme_contrast: T = "高对比", "High contrast";
        zoom: T = "缩放", "Zoom";
        zoom_note: T = "Ctrl + / Ctrl −", "Ctrl + / Ctrl −";
        density: T = "表格行高", "Table rows";
        comfortable: T = "舒适", "Comfortable";
        compact: T = "紧凑", "Compact";
        personal: T = "顾客信息", "Customers";
        personal_note: T = "openid、附加数据、备注；导出另行选择", "openid, attach, remarks; exports ask by themselves";
        personal_masked: T = "遮住", "Masked";
        personal_shown: T = "显示", "Shown";
        data: T = "数据", "Data";
        folder: T = "数据目录", "Data folder";
        morning: T = "每天自动运行", "Every morning by itself";
        morning_note: T = "北京时间 10:15 起，每半小时一次；做完的不重做", "From 10:15 Beijing time, every half hour; what is done is not done again";
        scheduler: F = |name| format!("定时任务 {name}"), |name| format!("Scheduler {name}");
        keys: T = "密钥", "Keys";
        vault: T = "密钥存放", "Where keys lie";
        vault_system: T = "系统密钥串，由系统上锁", "In the system's keychain, which locks itself";
        vault_open: T = "密封文件，已解锁", "In the sealed file, unlocked";
        vault_locked: T = "密封文件，已上锁", "In the sealed file, locked";
        vault_unmade: T = "尚无口令，首次存入密钥时设置", "No passphrase yet; it is chosen with the first key";
        vault_memory: T = "只在内存里，关闭窗口即忘记", "In memory alone, forgotten with the window";
        backup: T = "备份", "Backup";
        backup_note: T = "整个工作区写成一个 ZIP，写完回读核对；恢复见手册“备份”", "The whole workspace as one ZIP, read back once written; handbook: Backup";
        backup_do: T = "备份到文件…", "Back up to a file...";
        check: T = "检查", "Check";
        check_note: T = "逐字节核对归档和账本", "Reads every byte of archive and books";
        check_do: T = "检查工作区", "Check the workspace";
        books: T = "导出账本", "Export the books";
        books_note: T = "订单、退款、账单、差异、差错写成 Parquet 文件，给数据仓库", "Orders, refunds, bills, findings and cases as Parquet, for a data warehouse";
        books_do: T = "导出到文件夹…", "Export to a folder...";
        books_stop: T = "停止", "Stop";
        lock_now: T = "立即上锁", "Lock now";
        unlock: T = "解锁", "Unlock";
        lock_after: T = "闲置后上锁", "Lock when idle";
        lock_note: T = "密封文件上锁，操作人退出", "the sealed file locks, the operator signs out";
        lock_never: T = "从不", "Never";
        lock_minutes: F = |n| format!("{n} 分钟"), |n| super::many(n, "minute", "minutes");
        unlock_title: T = "输入密封文件的口令", "Passphrase of the sealed file";
        choose_passphrase: T = "为密封文件设置口令", "Choose a passphrase for the sealed file";
        set_passphrase: T = "设置口令", "Set passphrase";
        passphrase: T = "口令", "Passphrase";
        passphrase_again: T = "再输一次", "Once more";
        passphrase_note: T = "这一步要用密钥。解锁之后请再做一次。", "This step needs a key. Do it again once it is unlocked.";
        passphrase_new_note: T = "本机没有系统密钥串，密钥存入密封文件；口令丢失无法找回。", "Keys go to a sealed file; a lost passphrase cannot be found again.";
        passphrase_short: T = "至少 8 个字符", "At least 8 characters";
        passphrase_unequal: T = "两次输入不同", "The two are not alike";
        passphrase_wrong: T = "口令不对", "The passphrase is wrong";
        at_once: T = "改动即时生效", "Changes apply at once";
    }
}
