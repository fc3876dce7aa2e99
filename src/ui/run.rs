//! Opens the real window, with the first renderer that works.
//!
//! OpenGL over remote desktop is too old for glow, and some machines have no Vulkan: wgpu is tried first,
//! then wgpu on a CPU adapter, then OpenGL, each anew in the same process.

use std::sync::Arc;

use eframe::egui_wgpu::{WgpuSetup, WgpuSetupCreateNew};
use eframe::{NativeOptions, Renderer};
use egui::{ViewportBuilder, vec2};

use super::{App, Backend, fonts};
use crate::app::{Failure, FailureKind, Language, Words};
use crate::ports::{Clock, Picker};

/// Wakes the window; safe to call from any thread.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// What a window is made of.
pub struct Parts {
    /// Takes commands and gives events.
    pub backend: Box<dyn Backend>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Opens file dialogs.
    pub picker: Box<dyn Picker>,
}

/// Ways to draw, in the order in which they are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Gpu,
    Cpu,
    OpenGl,
}

/// Shows the window and returns when it is closed. `make` is called inside the creation of the window,
/// so a renderer that fails to start has started no worker.
///
/// # Errors
/// No renderer works, or `make` failed.
pub fn run(
    language: Option<Language>,
    make: &dyn Fn(Wake) -> Result<Parts, Failure>,
) -> Result<(), Failure> {
    let mut reasons = Vec::new();
    for way in [Way::Gpu, Way::Cpu, Way::OpenGl] {
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
                            .drawn_by(renderer_name(cc, way))
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
        Words::new("窗口无法显示", "The window cannot be shown"),
        Words::new(
            "更新显卡驱动，或在终端使用：recondesk --help",
            "Update the graphics driver, or work on the terminal: recondesk --help",
        ),
    )
    .with_detail(reasons.join("; ")))
}

fn renderer_name(cc: &eframe::CreationContext<'_>, way: Way) -> String {
    match (&cc.wgpu_render_state, way) {
        (Some(state), _) => {
            let facts = state.adapter.get_info();
            format!("wgpu ({:?}, {:?})", facts.backend, facts.device_type)
        }
        (None, _) => "OpenGL".to_owned(),
    }
}

fn options(way: Way) -> NativeOptions {
    let mut options = NativeOptions {
        viewport: ViewportBuilder::default()
            .with_title("Recondesk 对账台")
            .with_app_id("recondesk")
            .with_inner_size(vec2(1440.0, 900.0))
            .with_min_inner_size(vec2(480.0, 320.0)),
        renderer: if way == Way::OpenGl {
            Renderer::Glow
        } else {
            Renderer::Wgpu
        },
        system_font_fallback: false,
        persist_window: false,
        ..NativeOptions::default()
    };
    if way == Way::Cpu {
        let mut setup = WgpuSetupCreateNew::without_display_handle();
        setup.native_adapter_selector = Some(Arc::new(|adapters, surface| {
            adapters
                .iter()
                .filter(|adapter| surface.is_none_or(|s| adapter.is_surface_supported(s)))
                .find(|adapter| adapter.get_info().device_type == eframe::wgpu::DeviceType::Cpu)
                .cloned()
                .ok_or_else(|| "no software adapter".to_owned())
        }));
        options.wgpu_options.wgpu_setup = WgpuSetup::CreateNew(setup);
    }
    options
}
