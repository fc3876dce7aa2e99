//! The parts that screens are made of, as in the design's sheet of components.
//!
//! All of them take a rectangle or a place (`at` is the left, right or centre of the line they stand on)
//! and draw there; nothing flows. A screen first cuts its area into rectangles, opens a child with
//! [`crate::paint::region`] for each part that clips or scrolls, and draws in the order in which
//! Tab should walk. Colours come from [`crate::theme::tokens`], words from
//! [`crate::text::words`], both read from the `Ui` in each frame.
//!
//! | part | how |
//! |---|---|
//! | button | `Button::primary("…").icon(icons::X).key("F5").show(ui, rect)`, or `show_left`, `show_right` with its natural width |
//! | icon button, link | `icon_button`, `link_right` |
//! | text field | `Field::new(&mut text, name).hint("…").show(ui, rect)` |
//! | select, menu row | `select(ui, rect, name, &options, current)`, `menu_row` inside a `Popup::menu` |
//! | segments, tabs, switch | `segments`, `tabs`, `card_tabs`, `switch`: they return what was newly chosen |
//! | chip | `Chip { … }.show(ui, at)` |
//! | pill, tag, key cap | `pill`, `severity_pill`, `tag`, `key_cap`: they return their rectangle |
//! | card | `titled(ui, rect, heading, note)` returns the body; `stat`, `failed`, `raw_well`, `side_by_side`, `timeline` |
//! | empty state | `Empty { … }.show(ui, frame)` returns the button's response |
//! | table | `Table` with a `Rows`; one component for every screen |
//! | dialog | `Dialog { … }.show(ctx, |ui, rect| …)` returns how it ended |
//! | progress | `bar`, `progress::card`, `progress::chip` |

pub(crate) mod button;
pub(crate) mod calendar;
pub(crate) mod card;
pub(crate) mod chart;
pub(crate) mod check;
pub(crate) mod chip;
pub(crate) mod date;
pub(crate) mod dialog;
pub(crate) mod input;
pub(crate) mod notices;
pub(crate) mod pill;
pub(crate) mod progress;
pub(crate) mod roving;
pub(crate) mod table;
pub(crate) mod tabs;
pub(crate) mod visible;
