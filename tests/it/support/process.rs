//! What the system says of this process: memory, threads, open files.

use std::time::Duration;

/// Time this thread has had a processor for: what work costs, however busy the computer is. Where the system does not
/// tell, time as the clock has it.
pub(crate) fn thread_time() -> Duration {
    #[cfg(unix)]
    {
        let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
        let seconds = Duration::from_secs(u64::try_from(time.tv_sec).unwrap());
        seconds + Duration::from_nanos(u64::try_from(time.tv_nsec).unwrap())
    }
    #[cfg(not(unix))]
    {
        use std::sync::OnceLock;
        static START: OnceLock<std::time::Instant> = OnceLock::new();
        START.get_or_init(std::time::Instant::now).elapsed()
    }
}

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
