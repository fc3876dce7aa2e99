//! Jobs of the program that change a workspace, run under the layer.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use super::copy;
use super::yard::{SECOND_DAY, Yard, prepare};
use crate::case_sheet;

/// A job, and the workspace that it begins with.
pub(super) struct StorageJob {
    pub(super) name: &'static str,
    /// Folder with the workspace, and with room for what is written elsewhere.
    before: TempDir,
    arguments: Vec<String>,
    /// The code that it ends with when nothing goes wrong.
    pub(super) code: i32,
    /// The code of the same job once it is done, where that is another one.
    pub(super) code_again: i32,
    /// What a fault in the middle leaves.
    pub(super) middle: Middle,
}

/// What a fault in the middle of a job may leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Middle {
    /// A state that the job goes through.
    State,
    /// A sound one: what it is depends on what the gateway or the trail was told.
    Sound,
    /// A sound one, or a workspace that is refused by name until the job is done again.
    Mendable,
}

/// The layer, ready to be put below a program.
pub(crate) struct TraceLayer {
    _folder: TempDir,
    library: PathBuf,
}

impl TraceLayer {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let library = folder.path().join("layer.so");
        let source =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/adapters/tests/it/fault_layer.c");
        let made = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .args([&library, &source])
            .arg("-ldl")
            .status()
            .unwrap();
        assert!(made.success());
        Self {
            _folder: folder,
            library,
        }
    }
}

impl TraceLayer {
    /// Puts it below a program: the calls that it makes in this folder count.
    pub(crate) fn below(&self, program: &mut Command, folder: &Path) {
        program
            .env("LD_PRELOAD", &self.library)
            .env("FAULT_FOLDER", folder);
    }
}

/// The workspace in the folder of a job.
pub(super) fn workspace(folder: &Path) -> PathBuf {
    folder.join("workspace")
}

/// Stands for the folder of a job in its arguments.
const FOLDER: &str = "FOLDER";
/// Stands for the numbers of all that waits for a second person.
pub(super) const WAITING: &str = "WAITING";

/// Arguments with what they stand for.
fn filled(yard: &Yard, folder: &Path, arguments: &[&str]) -> Vec<String> {
    let place = folder.to_str().unwrap();
    let mut out = Vec::new();
    for part in arguments {
        if *part == WAITING {
            out.extend(waiting(yard, folder));
        } else {
            out.push(part.replace(FOLDER, place));
        }
    }
    out
}

/// What waits for a second person.
fn waiting(yard: &Yard, folder: &Path) -> Vec<String> {
    let list = ["approve", "--format", "json"];
    let text = yard.expect_in(&workspace(folder), 1, &list);
    let all: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    all.iter().map(|one| one["id"].to_string()).collect()
}

impl StorageJob {
    pub(super) fn new(
        yard: &Yard,
        name: &'static str,
        before: &[&[&str]],
        job: (i32, &[&str]),
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy(&yard.workspace(), &workspace(folder.path()));
        for arguments in before {
            let arguments = filled(yard, folder.path(), arguments);
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            let output = yard
                .command(&workspace(folder.path()), &arguments)
                .output()
                .unwrap();
            let told = String::from_utf8_lossy(&output.stderr);
            // 1: done, and something needs a person.
            assert!(
                matches!(output.status.code(), Some(0 | 1)),
                "{arguments:?}: {told}"
            );
        }
        let arguments = if job.1.contains(&WAITING) {
            filled(yard, folder.path(), job.1)
        } else {
            job.1.iter().map(|part| (*part).to_owned()).collect()
        };
        Self {
            name,
            before: folder,
            arguments,
            code: job.0,
            code_again: job.0,
            middle: Middle::State,
        }
    }

    /// The same, with what it says when it is done already.
    pub(super) fn again(mut self, code: i32) -> Self {
        self.code_again = code;
        self
    }

    /// The same, with what may be seen in the middle of it.
    pub(super) fn leaves(mut self, middle: Middle) -> Self {
        self.middle = middle;
        self
    }

    /// The same, with decisions in the sheet that it begins with.
    fn with_filled_sheet(self) -> Self {
        let sheet = self.before().join("cases.xlsx");
        case_sheet::fill_in(sheet.to_str().unwrap());
        self
    }

    /// The folder that it begins with.
    pub(super) fn before(&self) -> &Path {
        self.before.path()
    }

    /// The workspace before the job, in a folder of its own.
    pub(super) fn stage(&self) -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        copy(self.before.path(), folder.path());
        folder
    }

    /// Runs the job in such a folder under the layer.
    pub(super) fn run(
        &self,
        yard: &Yard,
        layer: &TraceLayer,
        folder: &Path,
        settings: &[(&str, String)],
    ) -> Output {
        let mut program = self.command(yard, folder);
        layer.below(&mut program, folder);
        program
            .envs(settings.iter().map(|(name, value)| (name, value)))
            .output()
            .unwrap()
    }

    /// The job as a program, without the layer.
    pub(super) fn command(&self, yard: &Yard, folder: &Path) -> Command {
        let folder_text = folder.to_str().unwrap();
        let arguments: Vec<String> = self
            .arguments
            .iter()
            .map(|part| part.replace(FOLDER, folder_text))
            .collect();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        yard.command(&workspace(folder), &arguments)
    }
}

/// Every job that is tried.
pub(super) fn all(yard: &Yard) -> Vec<StorageJob> {
    let second = &yard.second;
    let both: [&[&str]; 2] = [&second.import_orders(), &second.import_bill()];
    let reconcile = ["reconcile", "--profile", "shop", "--date", SECOND_DAY];
    let ignore = ["cases", "ignore", &yard.case, "--reason", "test-order"];
    let send = ["refund", "send", &yard.refund, "--confirm", "12.30"];
    let prefer = ["profile", "edit", "shop", "--tolerance-above", "0.05"];
    vec![
        StorageJob::new(yard, "import of orders", &[], (0, both[0])),
        StorageJob::new(yard, "import of a bill", &both[..1], (0, both[1])),
        StorageJob::new(yard, "comparison", &both, (1, &reconcile)),
        StorageJob::new(yard, "decision", &[], (0, &ignore)).again(2),
        StorageJob::new(yard, "merchant", &[], (0, &prefer)),
        StorageJob::new(yard, "refund prepared", &[], (0, &prepare(yard.paid[1])))
            .leaves(Middle::Sound),
        StorageJob::new(yard, "refund sent", &[], (0, &send)).leaves(Middle::Sound),
        StorageJob::new(yard, "backup", &[], (0, &["backup", "FOLDER/copy.zip"])),
        migration(),
    ]
}

/// Jobs that the power cut does not know.
pub(super) fn further(yard: &Yard) -> Vec<StorageJob> {
    let second = &yard.second;
    let both: [&[&str]; 2] = [&second.import_orders(), &second.import_bill()];
    let day = ["day", "--profile", "shop", "--date", SECOND_DAY];
    let sheet = "FOLDER/cases.xlsx";
    let export = ["cases", "export", "--out", sheet];
    let add = ["operator", "add", "amy", "--role", "administer"];
    // Another kind than the workspace has: the same key again is no change.
    let key = [
        "profile",
        "set-key",
        "shop",
        "shop",
        "--from-env",
        "SHOP_KEY",
    ];
    let attach = ["cases", "attach", &yard.case, &second.mapping];
    let write = [
        "refund",
        "batch-file",
        "--profile",
        "shop",
        "--out",
        "FOLDER/batch.csv",
    ];
    vec![
        StorageJob::new(yard, "morning", &both, (1, &day)),
        StorageJob::new(
            yard,
            "cases imported",
            &[&export],
            (0, &["cases", "import", sheet]),
        )
        .with_filled_sheet(),
        StorageJob::new(yard, "file on a case", &[], (0, &attach)),
        StorageJob::new(yard, "operator", &[], (0, &add)).again(2),
        // Told in the trail before it lies in the vault, and once more when it was interrupted between them.
        StorageJob::new(yard, "key stored", &[], (0, &key)).leaves(Middle::Sound),
        StorageJob::new(
            yard,
            "passphrase changed",
            &[],
            (0, &["vault", "passphrase"]),
        ),
        StorageJob::new(yard, "batch file", &[], (0, &write)).again(2),
    ]
}

/// A workspace that an earlier program left, of the schema before casework.
fn migration() -> StorageJob {
    const OF: usize = 5;
    let before = tempfile::tempdir().unwrap();
    let workspace = workspace(before.path());
    std::fs::create_dir(&workspace).unwrap();
    let sources =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/adapters/src/sqlite/migrations");
    let mut steps: Vec<PathBuf> = std::fs::read_dir(sources)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    steps.sort();
    let database = rusqlite::Connection::open(workspace.join("recondesk.db")).unwrap();
    database
        .execute_batch("PRAGMA journal_mode = WAL;")
        .unwrap();
    for step in &steps[..OF] {
        let sql = std::fs::read_to_string(step).unwrap();
        database.execute_batch(&sql).unwrap();
    }
    database
        .execute_batch(&format!(
            "PRAGMA user_version = {OF}; PRAGMA application_id = {};
             INSERT INTO preference VALUES ('theme', '\"dark\"');",
            0x5243_4E44
        ))
        .unwrap();
    StorageJob {
        name: "migration",
        before,
        arguments: ["profile", "list"].map(str::to_owned).to_vec(),
        code: 0,
        code_again: 0,
        middle: Middle::State,
    }
}
