//! What to do, in the words of where it is read: the window names its screens and buttons, the terminal its commands.
//!
//! Here alone it is decided which of the two a person gets.

use recondesk_domain::Message;

/// Where a sentence is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface {
    /// The window.
    Window,
    /// The terminal, and what both read.
    Terminal,
}

/// A sentence about what to do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Advice {
    terminal: Message,
    /// Where the window has another way.
    window: Option<Box<Message>>,
}

impl Advice {
    /// One that differs: the way on the terminal, and the one in the window.
    #[must_use]
    pub fn by_place(terminal: Message, window: Message) -> Self {
        Self {
            terminal,
            window: Some(Box::new(window)),
        }
    }

    /// The sentence for a place.
    #[must_use]
    pub fn at(&self, surface: Surface) -> &Message {
        match (surface, &self.window) {
            (Surface::Window, Some(window)) => window,
            (Surface::Window, None) | (Surface::Terminal, _) => &self.terminal,
        }
    }
}

impl From<Message> for Advice {
    /// The same in both places.
    fn from(both: Message) -> Self {
        Self {
            terminal: both,
            window: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_place_reads_its_own_way_on() {
        let both = Advice::from(Message::new("重试", "Try again"));
        assert_eq!(both.at(Surface::Window), both.at(Surface::Terminal));

        let own = Advice::by_place(
            Message::new("recondesk check", "recondesk check"),
            Message::new("设置 › 检查", "Settings › Check"),
        );
        assert_eq!(own.at(Surface::Window).zh, "设置 › 检查");
        assert_eq!(own.at(Surface::Terminal).zh, "recondesk check");
    }
}
