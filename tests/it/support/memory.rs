//! What the system says of this process: memory, threads, open files.

/// The greatest resident memory so far, such as `peak 81 MB`; empty where the system does not say.
pub(crate) fn peak() -> String {
    peak_bytes().map_or_else(String::new, |bytes| format!("peak {} MB", bytes >> 20))
}

/// The same in bytes.
pub(crate) fn peak_bytes() -> Option<u64> {
    status("VmHWM:")
}

/// A line of kilobytes of the process's status, in bytes.
fn status(name: &str) -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    let kilobytes: u64 = line.trim().trim_end_matches(" kB").trim().parse().ok()?;
    Some(kilobytes << 10)
}
