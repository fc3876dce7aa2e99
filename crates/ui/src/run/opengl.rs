//! The one way to draw on Linux: OpenGL.

use eframe::{CreationContext, NativeOptions, Renderer};

/// Ways to draw, in the order in which they are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    OpenGl,
}

pub(super) const WAYS: [Way; 1] = [Way::OpenGl];

/// Asks for that renderer.
pub(super) fn choose(way: Way, options: &mut NativeOptions) {
    options.renderer = match way {
        Way::OpenGl => Renderer::Glow,
    };
}

/// What draws the window, for the screen of settings.
pub(super) fn name(_: &CreationContext<'_>) -> String {
    "OpenGL".to_owned()
}
