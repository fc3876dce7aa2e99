//! Native file dialogs through `rfd`: made on the main thread, awaited on one of their own.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};

use recondesk::ports::{PickAsk, Picker};

/// The dialogs of the system.
pub(crate) struct NativePicker {
    wake: Arc<dyn Fn() + Send + Sync>,
    open: Option<Receiver<Vec<PathBuf>>>,
}

impl NativePicker {
    /// `wake` is called once an answer is there.
    #[must_use]
    pub(crate) fn new(wake: Arc<dyn Fn() + Send + Sync>) -> Self {
        Self { wake, open: None }
    }
}

impl Picker for NativePicker {
    fn ask(&mut self, ask: PickAsk) -> bool {
        if self.open.is_some() {
            return false;
        }
        let (sender, receiver) = sync_channel(1);
        let wake = Arc::clone(&self.wake);
        // The dialog must be made here, on the main thread; only the wait for it may move away.
        let wait: Box<dyn FnOnce() -> Vec<PathBuf> + Send> = match ask {
            PickAsk::Open { title } => {
                let dialog = rfd::AsyncFileDialog::new().set_title(title).pick_files();
                Box::new(move || {
                    let files = block_on(dialog).unwrap_or_default();
                    files.iter().map(|file| file.path().to_owned()).collect()
                })
            }
            PickAsk::Save { title, name } => {
                let dialog = rfd::AsyncFileDialog::new()
                    .set_title(title)
                    .set_file_name(name)
                    .save_file();
                Box::new(move || {
                    let file = block_on(dialog);
                    file.iter().map(|file| file.path().to_owned()).collect()
                })
            }
            PickAsk::Folder { title } => {
                let dialog = rfd::AsyncFileDialog::new().set_title(title).pick_folder();
                Box::new(move || {
                    let folder = block_on(dialog);
                    folder
                        .iter()
                        .map(|folder| folder.path().to_owned())
                        .collect()
                })
            }
        };
        let started = std::thread::Builder::new()
            .name("file-dialog".to_owned())
            .spawn(move || {
                // A window that is gone needs no answer.
                drop(sender.send(wait()));
                wake();
            });
        if started.is_ok() {
            self.open = Some(receiver);
        }
        started.is_ok()
    }

    fn answer(&mut self) -> Option<Vec<PathBuf>> {
        match self.open.as_ref()?.try_recv() {
            Ok(paths) => {
                self.open = None;
                Some(paths)
            }
            Err(std::sync::mpsc::TryRecvError::Empty) => None,
            Err(std::sync::mpsc::TryRecvError::Disconnected) => {
                self.open = None;
                Some(Vec::new())
            }
        }
    }
}

/// Waits for a future on this thread.
fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(std::thread::Thread);

    impl std::task::Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    let waker = std::task::Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut context = std::task::Context::from_waker(&waker);
    let mut future = std::pin::pin!(future);
    loop {
        if let std::task::Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
        std::thread::park();
    }
}
