//! Ways to draw on Windows and macOS: wgpu, wgpu on a CPU adapter, OpenGL.

use std::sync::Arc;

use eframe::egui_wgpu::{WgpuSetup, WgpuSetupCreateNew};
use eframe::{CreationContext, NativeOptions, Renderer};

/// Ways to draw, in the order in which they are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Gpu,
    Cpu,
    OpenGl,
}

pub(super) const WAYS: [Way; 3] = [Way::Gpu, Way::Cpu, Way::OpenGl];

/// Asks for that renderer.
pub(super) fn choose(way: Way, options: &mut NativeOptions) {
    options.renderer = match way {
        Way::Gpu | Way::Cpu => Renderer::Wgpu,
        Way::OpenGl => Renderer::Glow,
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
}

/// What draws the window, for the screen of settings.
pub(super) fn name(cc: &CreationContext<'_>) -> String {
    cc.wgpu_render_state.as_ref().map_or_else(
        || "OpenGL".to_owned(),
        |state| {
            let facts = state.adapter.get_info();
            format!("wgpu ({:?}, {:?})", facts.backend, facts.device_type)
        },
    )
}
