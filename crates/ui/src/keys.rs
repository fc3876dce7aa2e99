//! Shortcuts, read in one place at the start of a frame, so that a dialog or a text field can keep them.

use egui::{Context, Event, Key, Modifiers};

/// What the keys of this frame ask of the screen in view.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a key of its own, and several may be pressed in one frame"
)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Keys {
    /// Ctrl Enter: the primary button.
    pub(crate) primary: bool,
    /// F5: run or ask again.
    pub(crate) rerun: bool,
    /// Ctrl E: export.
    pub(crate) export: bool,
    /// Ctrl Shift S: sign the day off.
    pub(crate) sign_off: bool,
    /// Ctrl S: save the form.
    pub(crate) save: bool,
    /// /: filter the table.
    pub(crate) filter: bool,
    /// Ctrl F: find in the table.
    pub(crate) find_in_table: bool,
    /// Esc, where nothing above the screen took it.
    pub(crate) escape: bool,
    /// Alt Up, Alt Down: the neighbour of what is open.
    pub(crate) neighbour: Option<Neighbour>,
    /// A key that acts on the open case.
    pub(crate) letter: Option<Letter>,
}

/// The keys that act on an open case; they only open dialogs, but for taking it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Letter {
    /// T: take it.
    Take,
    /// N: write a note.
    Note,
    /// G: carry it.
    Carry,
    /// I: propose to ignore it.
    Ignore,
    /// Ctrl Z: take one's last decision back.
    Undo,
}

/// Which neighbour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Neighbour {
    /// The one before.
    Previous,
    /// The one after.
    Next,
}

/// What the keys of this frame ask of the shell.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a key of its own, and several may be pressed in one frame"
)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct ShellKeys {
    /// Ctrl K.
    pub(crate) palette: bool,
    /// Alt 1…9: the n-th screen.
    pub(crate) screen: Option<usize>,
    /// True while Alt is held.
    pub(crate) alt: bool,
    /// F1 or ?.
    pub(crate) help: bool,
    /// Ctrl B.
    pub(crate) notices: bool,
    /// Ctrl O.
    pub(crate) import: bool,
    /// Ctrl L: the keys are locked away.
    pub(crate) lock: bool,
    /// `[` or `]`, in days.
    pub(crate) day: i32,
    /// Ctrl +, Ctrl −: steps; Ctrl 0 resets.
    pub(crate) zoom: Option<i16>,
    /// F6, Shift F6: the next or previous region.
    pub(crate) region: i8,
}

/// Reads the shell's keys; none while a dialog is open.
pub(crate) fn shell(ctx: &Context) -> ShellKeys {
    let typing = ctx.text_edit_focused() || composing(ctx);
    ctx.input_mut(|input| {
        let mut key = |mods, key| input.consume_key(mods, key);
        let digits = [
            Key::Num1,
            Key::Num2,
            Key::Num3,
            Key::Num4,
            Key::Num5,
            Key::Num6,
            Key::Num7,
            Key::Num8,
            Key::Num9,
        ];
        let screen = digits
            .into_iter()
            .position(|digit| key(Modifiers::ALT, digit));
        // Some systems send the digit as text as well, be it in a frame of its own.
        if screen.is_some() || input.modifiers.alt {
            let is_digit = |text: &str| matches!(text.as_bytes(), [b'1'..=b'9']);
            let typed = |event: &Event| matches!(event, Event::Text(text) if is_digit(text));
            input.events.retain(|event| !typed(event));
        }
        let mut key = |mods, key| input.consume_key(mods, key);
        let zoom = if key(Modifiers::COMMAND, Key::Plus) || key(Modifiers::COMMAND, Key::Equals) {
            Some(1)
        } else if key(Modifiers::COMMAND, Key::Minus) {
            Some(-1)
        } else if key(Modifiers::COMMAND, Key::Num0) {
            Some(0)
        } else {
            None
        };
        let day = match typing {
            false if key(Modifiers::NONE, Key::OpenBracket) => -1,
            false if key(Modifiers::NONE, Key::CloseBracket) => 1,
            _ => 0,
        };
        let region = if key(Modifiers::SHIFT, Key::F6) {
            -1
        } else {
            i8::from(key(Modifiers::NONE, Key::F6))
        };
        let help = key(Modifiers::NONE, Key::F1)
            || (!typing
                && (key(Modifiers::SHIFT, Key::Questionmark)
                    || key(Modifiers::NONE, Key::Questionmark)));
        ShellKeys {
            palette: key(Modifiers::COMMAND, Key::K),
            screen,
            help,
            notices: key(Modifiers::COMMAND, Key::B),
            import: key(Modifiers::COMMAND, Key::O),
            lock: key(Modifiers::COMMAND, Key::L),
            day,
            zoom,
            region,
            alt: input.modifiers.alt,
        }
    })
}

/// Keys that a table wants for itself in the next frame.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct TableClaim {
    /// The keyboard is in its header: Alt and an arrow open a funnel there.
    pub(crate) header: bool,
    /// Something over it closes with Esc: a funnel, a menu, the strip that finds.
    pub(crate) escape: bool,
}

fn claim_id() -> egui::Id {
    egui::Id::unique("keys of a table")
}

/// A table says which keys it wants.
pub(crate) fn claim(ctx: &Context, claim: TableClaim) {
    if claim != TableClaim::default() {
        let pass = ctx.cumulative_pass_nr();
        ctx.data_mut(|data| data.insert_temp(claim_id(), (claim, pass)));
    }
}

/// What a table claimed in the frame before.
fn claimed(ctx: &Context) -> TableClaim {
    let said: Option<(TableClaim, u64)> = ctx.data(|data| data.get_temp(claim_id()));
    let fresh = said.filter(|(_, pass)| pass + 2 > ctx.cumulative_pass_nr());
    fresh.map(|(claim, _)| claim).unwrap_or_default()
}

/// Reads the screen's keys; none while a dialog is open.
pub(crate) fn screen(ctx: &Context) -> Keys {
    let typing = ctx.text_edit_focused() || composing(ctx);
    // Asked of the memory: what is drawn in this frame is not known yet.
    let popup = egui::Popup::is_any_open(ctx);
    let claimed = claimed(ctx);
    ctx.input_mut(|input| {
        let mut key = |mods, key| input.consume_key(mods, key);
        let neighbour = if claimed.header {
            None
        } else if key(Modifiers::ALT, Key::ArrowUp) {
            Some(Neighbour::Previous)
        } else if key(Modifiers::ALT, Key::ArrowDown) {
            Some(Neighbour::Next)
        } else {
            None
        };
        let letters = [
            (Key::T, Letter::Take),
            (Key::N, Letter::Note),
            (Key::G, Letter::Carry),
            (Key::I, Letter::Ignore),
        ];
        let letter = letters
            .into_iter()
            .filter(|_| !typing && !popup)
            .find(|(letter, _)| key(Modifiers::NONE, *letter))
            .map(|(_, letter)| letter);
        let undo = !typing && !popup && key(Modifiers::COMMAND, Key::Z);
        let letter = letter.or(undo.then_some(Letter::Undo));
        Keys {
            letter,
            sign_off: key(Modifiers::COMMAND | Modifiers::SHIFT, Key::S),
            primary: key(Modifiers::COMMAND, Key::Enter),
            rerun: key(Modifiers::NONE, Key::F5),
            export: key(Modifiers::COMMAND, Key::E),
            save: key(Modifiers::COMMAND, Key::S),
            filter: !typing && key(Modifiers::NONE, Key::Slash),
            find_in_table: key(Modifiers::COMMAND, Key::F),
            escape: !typing && !popup && !claimed.escape && key(Modifiers::NONE, Key::Escape),
            neighbour,
        }
    })
}

/// True in a frame in which an input method is composing: its keys are not ours.
fn composing(ctx: &Context) -> bool {
    ctx.input(|input| {
        input
            .events
            .iter()
            .any(|event| matches!(event, Event::Ime(_)))
    })
}
