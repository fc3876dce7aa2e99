//! Reading a file on all cores: one thread reads and hashes, the others parse and compress.
//!
//! What was just read is in the cache of the core that read it, so it is hashed there. Results come to the caller in
//! the order of the file. Few blocks are under way at a time, so
//! memory does not grow with the file; used blocks go back to the reader.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};

/// Blocks under way.
const UNDER_WAY: usize = 16;

/// The parts of a run: the first two run on one thread, what `make` makes on several.
pub(crate) struct Pipeline<N, H, M> {
    /// Gives the next block, reusing a used one.
    pub(crate) next: N,
    /// Sees every block in order.
    pub(crate) hash: H,
    /// Makes the worker of a thread.
    pub(crate) make: M,
}

/// Runs a pipeline to its end, or to the first error.
///
/// # Errors
/// The first error of any part; the others are stopped.
pub(crate) fn run<B, O, E, N, H, M, W>(
    pipeline: Pipeline<N, H, M>,
    mut sink: impl FnMut(O) -> Result<(), E>,
) -> Result<(), E>
where
    B: Send + Default,
    O: Send,
    E: Send,
    N: FnMut(B) -> Result<Option<B>, E> + Send,
    H: FnMut(&B) + Send,
    M: Fn() -> W + Sync,
    W: FnMut(&B) -> Result<O, E>,
{
    let Pipeline {
        mut next,
        mut hash,
        make,
    } = pipeline;
    let Some(first) = next(B::default())? else {
        return Ok(());
    };
    let Some(second) = next(B::default())? else {
        // A single block is not worth a thread.
        hash(&first);
        return sink(make()(&first)?);
    };
    let workers = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let (to_work, work) = sync_channel::<(u64, B)>(UNDER_WAY);
    let (spare, spares) = sync_channel::<B>(UNDER_WAY * 4);
    let (done, results) = sync_channel::<(u64, Result<O, E>)>(UNDER_WAY);
    let work = Mutex::new(work);
    let stopped = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let (work, make, stopped) = (&work, &make, &stopped);
        for _ in 0..workers.min(8) {
            let (done, spare) = (done.clone(), spare.clone());
            scope.spawn(move || worker(work, make(), &done, &spare));
        }
        drop(spare);
        let read = move || {
            let mut number = 0;
            let mut blocks = [first, second].into_iter();
            while !stopped.load(Ordering::Relaxed) {
                let block = match blocks.next() {
                    Some(block) => Ok(Some(block)),
                    None => next(spares.try_recv().unwrap_or_default()),
                };
                let block = match block {
                    Ok(Some(block)) => block,
                    Ok(None) => return,
                    Err(error) => {
                        // Whoever stopped listening has an error of its own.
                        drop(done.send((number, Err(error))));
                        return;
                    }
                };
                hash(&block);
                if to_work.send((number, block)).is_err() {
                    return;
                }
                number += 1;
            }
        };
        scope.spawn(read);
        let end = in_order(&results, &mut sink);
        // Every thread that waits for this one must go, the reader before the end of the file.
        stopped.store(true, Ordering::Relaxed);
        drop(results);
        drain(work);
        end
    })
}

/// Lets a reader that waits for room go, after the results are no longer wanted.
fn drain<T>(work: &Mutex<Receiver<T>>) {
    let work = work.lock().unwrap_or_else(PoisonError::into_inner);
    while work.recv().is_ok() {}
}

fn worker<B, O, E>(
    work: &Mutex<Receiver<(u64, B)>>,
    mut make: impl FnMut(&B) -> Result<O, E>,
    done: &SyncSender<(u64, Result<O, E>)>,
    spare: &SyncSender<B>,
) {
    loop {
        let taken = work.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((number, block)) = taken else { return };
        let result = make(&block);
        // Without room for it the block is simply dropped.
        drop(spare.try_send(block));
        if done.send((number, result)).is_err() {
            return;
        }
    }
}

fn in_order<O, E>(
    results: &Receiver<(u64, Result<O, E>)>,
    sink: &mut impl FnMut(O) -> Result<(), E>,
) -> Result<(), E> {
    let mut wanted = 0;
    let mut early = BTreeMap::new();
    for (number, result) in results {
        early.insert(number, result);
        while let Some(result) = early.remove(&wanted) {
            sink(result?)?;
            wanted += 1;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count_to(limit: u32) -> impl FnMut(Vec<u32>) -> Result<Option<Vec<u32>>, String> {
        let mut next = 0;
        move |mut spare| {
            spare.clear();
            spare.push(next);
            next += 1;
            Ok((next <= limit).then_some(spare))
        }
    }

    #[test]
    fn results_come_in_the_order_of_the_file() {
        for blocks in [0, 1, 2, 3, 500] {
            let mut hashed = 0_u64;
            let mut seen = Vec::new();
            let pipeline = Pipeline {
                next: count_to(blocks),
                hash: |block: &Vec<u32>| hashed ^= u64::from(block[0]),
                make: || |block: &Vec<u32>| Ok::<_, String>(block[0] * 2),
            };
            run(pipeline, |out| {
                seen.push(out);
                Ok(())
            })
            .unwrap();
            assert_eq!(seen, (0..blocks).map(|n| n * 2).collect::<Vec<_>>());
        }
    }

    #[test]
    fn an_error_anywhere_ends_the_run_with_that_error() {
        let run_with = |bad_work: u32, bad_sink: u32, bad_read: u32| {
            let mut source = count_to(10_000);
            let mut reads = 0;
            let pipeline = Pipeline {
                next: move |spare: Vec<u32>| {
                    reads += 1;
                    if reads == bad_read {
                        return Err("read".to_owned());
                    }
                    source(spare)
                },
                hash: |_: &Vec<u32>| {},
                make: || {
                    move |block: &Vec<u32>| {
                        if block[0] == bad_work {
                            return Err("work".to_owned());
                        }
                        Ok(block[0])
                    }
                },
            };
            run(pipeline, |out| {
                if out == bad_sink {
                    return Err("sink".to_owned());
                }
                Ok(())
            })
        };
        assert_eq!(run_with(77, u32::MAX, 0), Err("work".to_owned()));
        assert_eq!(run_with(u32::MAX, 78, 0), Err("sink".to_owned()));
        assert_eq!(run_with(u32::MAX, u32::MAX, 79), Err("read".to_owned()));
        assert_eq!(run_with(u32::MAX, u32::MAX, 0), Ok(()));
    }
}
