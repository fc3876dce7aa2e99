//! Words of the Settings screen.

use super::T;

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
        at_once: T = "改动即时生效", "Changes apply at once";
    }
}
