//! Caring for the workspace from the window with the real jobs behind it: an original saved again, a copy of everything, a
//! look at everything.

use egui::Key;
use egui_kittest::kittest::Queryable as _;
use recondesk::ui::Screen;

use crate::first_run::{BILL, FirstRunFixture, compared};

/// The answer of the file dialog that is open.
fn chosen(morning: &mut FirstRunFixture, name: &str) -> std::path::PathBuf {
    let path = morning.file(name, "");
    morning.tape.0.borrow_mut().answer = Some(vec![path.clone()]);
    morning.harness.run_steps(2);
    morning.work();
    path
}

#[test]
fn the_original_of_a_bill_is_saved_again_byte_for_byte() {
    let mut morning = FirstRunFixture::new();
    let (_, day, _) = compared(&mut morning);
    morning.harness.state_mut().state_mut().day = day;
    morning.screen(Key::Num4, Screen::Bills);
    morning.harness.key_press(Key::F5);
    morning.harness.run_steps(2);
    morning.work();
    morning.harness.get_by_label("账单列表").focus();
    morning.harness.run_steps(2);
    morning.harness.key_press(Key::ArrowDown);
    morning.harness.run_steps(2);
    morning.harness.key_press(Key::Menu);
    morning.harness.run_steps(3);
    morning.press("另存原始文件…");

    let path = chosen(&mut morning, "saved.csv");

    assert_eq!(std::fs::read(path).unwrap(), BILL.as_bytes());
    assert!(
        morning.notice().contains("与导入时一致"),
        "{}",
        morning.notice()
    );
}

#[test]
fn the_workspace_is_copied_and_looked_over_from_settings() {
    let mut morning = FirstRunFixture::new();
    compared(&mut morning);
    morning.screen(Key::Num9, Screen::Settings);
    morning.press("备份到文件…");
    let path = chosen(&mut morning, "copy.zip");
    assert!(
        morning.notice().contains("已回读核对"),
        "{}",
        morning.notice()
    );
    assert!(std::fs::metadata(&path).unwrap().len() > 1_000);

    morning.press("检查工作区");
    assert!(
        morning.notice().contains("均与写入时一致"),
        "{}",
        morning.notice()
    );

    // A byte of the archive is changed on disk: the same button says so.
    let archive = morning.folder().join("workspace");
    let mut files = Vec::new();
    walk(&archive, &mut files);
    let victim = files
        .iter()
        .filter(|path| path.extension().is_some_and(|end| end == "raw"))
        .max_by_key(|path| std::fs::metadata(path).unwrap().len());
    let victim = victim.unwrap_or_else(|| panic!("no archived file among {files:?}"));
    let mut bytes = std::fs::read(victim).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x55;
    std::io::Write::write_all(&mut std::fs::File::create(victim).unwrap(), &bytes).unwrap();
    morning.press("检查工作区");
    assert!(morning.notice().contains("处问题"), "{}", morning.notice());
}

fn walk(folder: &std::path::Path, out: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, out);
        } else {
            out.push(path);
        }
    }
}

#[test]
fn the_books_are_exported_from_settings_into_a_new_folder_of_their_own() {
    let mut morning = FirstRunFixture::new();
    compared(&mut morning);
    morning.screen(Key::Num9, Screen::Settings);
    morning.press("导出到文件夹…");
    assert!(matches!(
        morning.tape.0.borrow().asked.last(),
        Some(recondesk::ports::PickAsk::Folder { .. })
    ));
    let chosen = morning.folder().join("warehouse");
    std::fs::create_dir(&chosen).unwrap();
    let own = chosen.join("letter.txt");
    std::io::Write::write_all(&mut std::fs::File::create(&own).unwrap(), b"mine").unwrap();
    let answer = |morning: &mut FirstRunFixture| {
        morning.tape.0.borrow_mut().answer = Some(vec![chosen.clone()]);
        morning.harness.run_steps(2);
        morning.work();
    };
    answer(&mut morning);

    assert!(
        morning.notice().contains("账本已导出"),
        "{}",
        morning.notice()
    );
    let folder = chosen.join("recondesk_books_202603091012");
    assert!(folder.join("_manifest.json").exists());
    assert!(folder.join("orders").is_dir());
    assert_eq!(std::fs::read(&own).unwrap(), b"mine");

    // The same minute again: nothing is written over.
    morning.press("导出到文件夹…");
    answer(&mut morning);
    assert!(
        morning.notice().contains("已有内容"),
        "{}",
        morning.notice()
    );
}

#[test]
fn a_running_export_says_how_far_it_is_and_is_stopped_where_it_was_begun() {
    use recondesk::app::{Command, Event, Progress, Step};
    let tape = crate::stage::Tape::default();
    let look = crate::stage::Look::default();
    let mut harness = crate::stage::sample_window(look, Screen::Settings, &tape);
    let state = harness.state_mut().state_mut();
    let (task, cancel) = state.enter(&Command::ExportBooks(None, "x".into()), 0);
    let far = Progress {
        step: Step::Export,
        done: 30,
        total: Some(40),
    };
    state.apply(Event::Progress(task, far));
    harness.run_steps(2);
    harness.get_by_label("写文件 75%");
    harness.get_by_label("停止").click();
    harness.run_steps(2);
    assert!(cancel.is_cancelled());
}
