//! The icons, as characters of the embedded icon font; set them in any face.

/// Phosphor `archive`.
pub const ARCHIVE: char = '\u{E00C}';
/// Phosphor `arrow-clockwise`.
pub const ARROW_CLOCKWISE: char = '\u{E036}';
/// Phosphor `arrow-counter-clockwise`.
pub const ARROW_COUNTER_CLOCKWISE: char = '\u{E038}';
/// Phosphor `arrow-down`.
pub const ARROW_DOWN: char = '\u{E03E}';
/// Phosphor `arrow-elbow-down-left`.
pub const ARROW_ELBOW_DOWN_LEFT: char = '\u{E044}';
/// Phosphor `arrow-fat-up`.
pub const ARROW_FAT_UP: char = '\u{E52E}';
/// Phosphor `arrow-left`.
pub const ARROW_LEFT: char = '\u{E058}';
/// Phosphor `arrow-right`.
pub const ARROW_RIGHT: char = '\u{E06C}';
/// Phosphor `arrow-square-out`.
pub const ARROW_SQUARE_OUT: char = '\u{E5DE}';
/// Phosphor `arrow-u-up-left`.
pub const ARROW_U_UP_LEFT: char = '\u{E08A}';
/// Phosphor `arrow-up`.
pub const ARROW_UP: char = '\u{E08E}';
/// Phosphor `arrows-left-right`.
pub const ARROWS_LEFT_RIGHT: char = '\u{E0A0}';
/// Phosphor `backspace`.
pub const BACKSPACE: char = '\u{E0AE}';
/// Phosphor `bank`.
pub const BANK: char = '\u{E0B4}';
/// Phosphor `bell`.
pub const BELL: char = '\u{E0CE}';
/// Phosphor `bookmark-simple`.
pub const BOOKMARK_SIMPLE: char = '\u{E0EA}';
/// Phosphor `broom`.
pub const BROOM: char = '\u{EC54}';
/// Phosphor `bug`.
pub const BUG: char = '\u{E5F4}';
/// Phosphor `calendar-blank`.
pub const CALENDAR_BLANK: char = '\u{E10A}';
/// Phosphor `calendar-check`.
pub const CALENDAR_CHECK: char = '\u{E712}';
/// Phosphor `calendar-x`.
pub const CALENDAR_X: char = '\u{E10C}';
/// Phosphor `caret-double-left`.
pub const CARET_DOUBLE_LEFT: char = '\u{E128}';
/// Phosphor `caret-double-right`.
pub const CARET_DOUBLE_RIGHT: char = '\u{E12A}';
/// Phosphor `caret-down`.
pub const CARET_DOWN: char = '\u{E136}';
/// Phosphor `caret-left`.
pub const CARET_LEFT: char = '\u{E138}';
/// Phosphor `caret-right`.
pub const CARET_RIGHT: char = '\u{E13A}';
/// Phosphor `caret-up`.
pub const CARET_UP: char = '\u{E13C}';
/// Phosphor `caret-up-down`.
pub const CARET_UP_DOWN: char = '\u{E140}';
/// Phosphor `cell-signal-full`.
pub const CELL_SIGNAL_FULL: char = '\u{E142}';
/// Phosphor `certificate`.
pub const CERTIFICATE: char = '\u{E766}';
/// Phosphor `chart-bar`.
pub const CHART_BAR: char = '\u{E150}';
/// Phosphor `chat-text`.
pub const CHAT_TEXT: char = '\u{E17A}';
/// Phosphor `check`.
pub const CHECK: char = '\u{E182}';
/// Phosphor `check-circle`.
pub const CHECK_CIRCLE: char = '\u{E184}';
/// Phosphor `circle-half`.
pub const CIRCLE_HALF: char = '\u{E18C}';
/// Phosphor `circle-notch`.
pub const CIRCLE_NOTCH: char = '\u{EB44}';
/// Phosphor `clipboard-text`.
pub const CLIPBOARD_TEXT: char = '\u{E198}';
/// Phosphor `clock`.
pub const CLOCK: char = '\u{E19A}';
/// Phosphor `clock-counter-clockwise`.
pub const CLOCK_COUNTER_CLOCKWISE: char = '\u{E1A0}';
/// Phosphor `code`.
pub const CODE: char = '\u{E1BC}';
/// Phosphor `columns`.
pub const COLUMNS: char = '\u{E546}';
/// Phosphor `command`.
pub const COMMAND: char = '\u{E1C4}';
/// Phosphor `copy`.
pub const COPY: char = '\u{E1CA}';
/// Phosphor `currency-cny`.
pub const CURRENCY_CNY: char = '\u{E54E}';
/// Phosphor `database`.
pub const DATABASE: char = '\u{E1DE}';
/// Phosphor `dots-three`.
pub const DOTS_THREE: char = '\u{E1FE}';
/// Phosphor `download-simple`.
pub const DOWNLOAD_SIMPLE: char = '\u{E20C}';
/// Phosphor `export`.
pub const EXPORT: char = '\u{EAF0}';
/// Phosphor `eye`.
pub const EYE: char = '\u{E220}';
/// Phosphor `eye-slash`.
pub const EYE_SLASH: char = '\u{E224}';
/// Phosphor `file-csv`.
pub const FILE_CSV: char = '\u{EB1C}';
/// Phosphor `file-plus`.
pub const FILE_PLUS: char = '\u{E236}';
/// Phosphor `file-text`.
pub const FILE_TEXT: char = '\u{E23A}';
/// Phosphor `file-xls`.
pub const FILE_XLS: char = '\u{EB22}';
/// Phosphor `flag`.
pub const FLAG: char = '\u{E244}';
/// Phosphor `floppy-disk`.
pub const FLOPPY_DISK: char = '\u{E248}';
/// Phosphor `folder-open`.
pub const FOLDER_OPEN: char = '\u{E256}';
/// Phosphor `funnel`.
pub const FUNNEL: char = '\u{E266}';
/// Phosphor `funnel-x`.
pub const FUNNEL_X: char = '\u{E26C}';
/// Phosphor `gauge`.
pub const GAUGE: char = '\u{E628}';
/// Phosphor `gear`.
pub const GEAR: char = '\u{E270}';
/// Phosphor `git-diff`.
pub const GIT_DIFF: char = '\u{E27C}';
/// Phosphor `hand-coins`.
pub const HAND_COINS: char = '\u{EA8C}';
/// Phosphor `hourglass`.
pub const HOURGLASS: char = '\u{E2B2}';
/// Phosphor `identification-card`.
pub const IDENTIFICATION_CARD: char = '\u{E2C8}';
/// Phosphor `info`.
pub const INFO: char = '\u{E2CE}';
/// Phosphor `key`.
pub const KEY: char = '\u{E2D6}';
/// Phosphor `keyboard`.
pub const KEYBOARD: char = '\u{E2D8}';
/// Phosphor `link`.
pub const LINK: char = '\u{E2E2}';
/// Phosphor `link-break`.
pub const LINK_BREAK: char = '\u{E2E4}';
/// Phosphor `list`.
pub const LIST: char = '\u{E2F0}';
/// Phosphor `list-checks`.
pub const LIST_CHECKS: char = '\u{EADC}';
/// Phosphor `lock`.
pub const LOCK: char = '\u{E2FA}';
/// Phosphor `lock-open`.
pub const LOCK_OPEN: char = '\u{E306}';
/// Phosphor `magnifying-glass`.
pub const MAGNIFYING_GLASS: char = '\u{E30C}';
/// Phosphor `magnifying-glass-plus`.
pub const MAGNIFYING_GLASS_PLUS: char = '\u{E310}';
/// Phosphor `microsoft-excel-logo`.
pub const MICROSOFT_EXCEL_LOGO: char = '\u{EB6C}';
/// Phosphor `minus`.
pub const MINUS: char = '\u{E32A}';
/// Phosphor `moon`.
pub const MOON: char = '\u{E330}';
/// Phosphor `note-pencil`.
pub const NOTE_PENCIL: char = '\u{E34C}';
/// Phosphor `package`.
pub const PACKAGE: char = '\u{E390}';
/// Phosphor `paper-plane-tilt`.
pub const PAPER_PLANE_TILT: char = '\u{E398}';
/// Phosphor `paperclip`.
pub const PAPERCLIP: char = '\u{E39A}';
/// Phosphor `pause`.
pub const PAUSE: char = '\u{E39E}';
/// Phosphor `pencil-simple`.
pub const PENCIL_SIMPLE: char = '\u{E3B4}';
/// Phosphor `play`.
pub const PLAY: char = '\u{E3D0}';
/// Phosphor `plug`.
pub const PLUG: char = '\u{E946}';
/// Phosphor `plus`.
pub const PLUS: char = '\u{E3D4}';
/// Phosphor `printer`.
pub const PRINTER: char = '\u{E3DC}';
/// Phosphor `prohibit`.
pub const PROHIBIT: char = '\u{E3DE}';
/// Phosphor `push-pin`.
pub const PUSH_PIN: char = '\u{E3E2}';
/// Phosphor `qr-code`.
pub const QR_CODE: char = '\u{E3E6}';
/// Phosphor `question`.
pub const QUESTION: char = '\u{E3E8}';
/// Phosphor `receipt`.
pub const RECEIPT: char = '\u{E3EC}';
/// Phosphor `scales`.
pub const SCALES: char = '\u{E750}';
/// Phosphor `seal-check`.
pub const SEAL_CHECK: char = '\u{E606}';
/// Phosphor `share-network`.
pub const SHARE_NETWORK: char = '\u{E408}';
/// Phosphor `shield-check`.
pub const SHIELD_CHECK: char = '\u{E40C}';
/// Phosphor `sidebar-simple`.
pub const SIDEBAR_SIMPLE: char = '\u{EC24}';
/// Phosphor `signature`.
pub const SIGNATURE: char = '\u{EBAC}';
/// Phosphor `sliders-horizontal`.
pub const SLIDERS_HORIZONTAL: char = '\u{E434}';
/// Phosphor `squares-four`.
pub const SQUARES_FOUR: char = '\u{E464}';
/// Phosphor `stop`.
pub const STOP: char = '\u{E46C}';
/// Phosphor `storefront`.
pub const STOREFRONT: char = '\u{E470}';
/// Phosphor `sun`.
pub const SUN: char = '\u{E472}';
/// Phosphor `table`.
pub const TABLE: char = '\u{E476}';
/// Phosphor `tag`.
pub const TAG: char = '\u{E478}';
/// Phosphor `terminal-window`.
pub const TERMINAL_WINDOW: char = '\u{EAE8}';
/// Phosphor `text-aa`.
pub const TEXT_AA: char = '\u{E6EE}';
/// Phosphor `timer`.
pub const TIMER: char = '\u{E492}';
/// Phosphor `translate`.
pub const TRANSLATE: char = '\u{E4A2}';
/// Phosphor `trash`.
pub const TRASH: char = '\u{E4A6}';
/// Phosphor `tray`.
pub const TRAY: char = '\u{E4AA}';
/// Phosphor `truck`.
pub const TRUCK: char = '\u{E4B4}';
/// Phosphor `upload-simple`.
pub const UPLOAD_SIMPLE: char = '\u{E4C0}';
/// Phosphor `user`.
pub const USER: char = '\u{E4C2}';
/// Phosphor `user-check`.
pub const USER_CHECK: char = '\u{EAFA}';
/// Phosphor `user-switch`.
pub const USER_SWITCH: char = '\u{E756}';
/// Phosphor `users`.
pub const USERS: char = '\u{E4D6}';
/// Phosphor `wallet`.
pub const WALLET: char = '\u{E68A}';
/// Phosphor `warning`.
pub const WARNING: char = '\u{E4E0}';
/// Phosphor `warning-diamond`.
pub const WARNING_DIAMOND: char = '\u{E7FC}';
/// Phosphor `wifi-slash`.
pub const WIFI_SLASH: char = '\u{E4F2}';
/// Phosphor `x`.
pub const X: char = '\u{E4F6}';
/// Phosphor `x-circle`.
pub const X_CIRCLE: char = '\u{E4F8}';
