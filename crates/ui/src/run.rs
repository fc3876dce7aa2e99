//! Opens the real window, with the first renderer that works.
//!
//! OpenGL over Windows' remote desktop is too old for glow: there, and on macOS, wgpu is tried first, then
//! wgpu on a CPU adapter, then OpenGL, each anew in the same process. Linux has OpenGL everywhere (Mesa
//! draws it without a GPU too), so that wgpu, a fifth of the build, is not compiled there.

use std::sync::Arc;

use eframe::NativeOptions;
use egui::{ViewportBuilder, vec2};

use super::{App, Backend, fonts};
use recondesk_app::{Failure, FailureKind, Language, Message};
use recondesk_ports::{Clock, Picker};

use renderer::{WAYS, Way};

#[cfg(any(windows, target_os = "macos"))]
#[path = "run/wgpu_first.rs"]
mod renderer;
#[cfg(not(any(windows, target_os = "macos")))]
#[path = "run/opengl.rs"]
mod renderer;

/// Wakes the window; safe to call from any thread.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// What a window is made of.
pub struct WindowParts {
    /// Takes commands and gives events.
    pub backend: Box<dyn Backend>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Opens file dialogs.
    pub picker: Box<dyn Picker>,
}

/// Shows the window and returns when it is closed. `make` is called inside the creation of the window,
/// so a renderer that fails to start has started no worker.
///
/// # Errors
/// No renderer works, or `make` failed.
pub fn run(
    language: Option<Language>,
    make: &dyn Fn(Wake) -> Result<WindowParts, Failure>,
) -> Result<(), Failure> {
    let mut reasons = Vec::new();
    for way in WAYS {
        let mut refused = None;
        let mut opened = false;
        let result = eframe::run_native(
            "Recondesk",
            options(way),
            Box::new(|cc| {
                let ctx = cc.egui_ctx.clone();
                App::install(&ctx);
                fonts::add_system_fallback(&ctx);
                let wake: Wake = {
                    let ctx = ctx.clone();
                    Arc::new(move || ctx.request_repaint())
                };
                match make(wake) {
                    Ok(parts) => {
                        opened = true;
                        let app = App::new(parts.backend, parts.clock, parts.picker)
                            .drawn_by(renderer::name(cc))
                            .in_language(language);
                        Ok(Box::new(app))
                    }
                    Err(failure) => {
                        let said = failure.to_string();
                        refused = Some(failure);
                        Err(said.into())
                    }
                }
            }),
        );
        if let Some(failure) = refused {
            return Err(failure);
        }
        match result {
            Ok(()) => return Ok(()),
            Err(error) => {
                tracing::warn!(renderer = ?way, %error, "the window could not be drawn this way");
                reasons.push(format!("{way:?}: {error}"));
                if opened {
                    break;
                }
            }
        }
    }
    Err(Failure::new(
        FailureKind::Usage,
        "window.renderer",
        Message::new("窗口无法显示", "The window cannot be shown"),
        Message::new(
            "更新显卡驱动，或在终端使用：recondesk --help",
            "Update the graphics driver, or work on the terminal: recondesk --help",
        ),
    )
    .with_detail(reasons.join("; ")))
}

fn options(way: Way) -> NativeOptions {
    let mut options = NativeOptions {
        viewport: ViewportBuilder::default()
            .with_title("Recondesk 对账台")
            .with_app_id("recondesk")
            .with_inner_size(vec2(1440.0, 900.0))
            .with_min_inner_size(vec2(480.0, 320.0)),
        system_font_fallback: false,
        persist_window: false,
        ..NativeOptions::default()
    };
    renderer::choose(way, &mut options);
    options
}
