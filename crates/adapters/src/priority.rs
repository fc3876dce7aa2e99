//! Work behind a window gives way to the window: its threads ask the system for a lower priority.

/// How much lower, in steps of the Unix kind.
#[cfg(target_os = "linux")]
const LOWER: i32 = 10;

/// Lowers the priority of this thread and of all that it starts from now on.
///
/// Elsewhere than on Linux, where a priority belongs to a whole program, this does nothing: those
/// systems prefer the window in front by themselves.
pub fn give_way() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(LOWER) {
        tracing::warn!(%error, "the priority of a worker thread could not be lowered");
    }
}

/// Starts the threads that share out long work with a lower priority; does nothing when they run already.
pub fn shared_work_gives_way() {
    let pool = rayon::ThreadPoolBuilder::new()
        .thread_name(|nth| format!("shared work {nth}"))
        .start_handler(|_| give_way());
    if let Err(error) = pool.build_global() {
        tracing::debug!(%error, "the threads for shared work run already");
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn only_the_thread_that_gives_way_and_its_children_do() {
        let priority = || rustix::process::getpriority_process(None).unwrap();
        let before = priority();

        let (own, child) = std::thread::scope(|scope| {
            let parent = scope.spawn(|| {
                give_way();
                let child = std::thread::scope(|scope| scope.spawn(priority).join().unwrap());
                (priority(), child)
            });
            parent.join().unwrap()
        });

        assert_eq!(own, (before + LOWER).min(19));
        assert_eq!(child, own);
        assert_eq!(priority(), before);
    }
}
