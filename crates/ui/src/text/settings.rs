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
        data: T = "数据", "Data";
        folder: T = "数据目录", "Data folder";
        morning: T = "每天自动运行", "Every morning by itself";
        morning_note: T = "北京时间 10:15 起，每半小时一次；做完的不重做", "From 10:15 Beijing time, every half hour; what is done is not done again";
        scheduler: F = |name| format!("定时任务 {name}"), |name| format!("Scheduler {name}");
        at_once: T = "改动即时生效", "Changes apply at once";
    }
}
