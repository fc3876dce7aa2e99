//! Composition root: reads the arguments, builds the adapters, hands them over. No logic here.

fn main() -> std::process::ExitCode {
    std::process::ExitCode::SUCCESS
}
