//! Archive files of all versions, whole and damaged.

use proptest::prelude::*;
use zstd::bulk::Compressor;

use super::*;

fn archive(text: &[u8]) -> (tempfile::TempDir, Disk) {
    let folder = tempfile::tempdir().unwrap();
    let disk = Disk::at(folder.path(), None).unwrap();
    let mut squeezer = Squeezer::new().unwrap();
    let mut writer = ArchiveWriter::create(&disk, 7).unwrap();
    writer.push(&squeezer.squeeze(text).unwrap()).unwrap();
    let mut hash = Hash::sha256();
    hash.update(text);
    let sha256 = hash.finish();
    writer.finish(&sha256).unwrap();
    (folder, disk)
}

fn lines() -> Vec<u8> {
    (0..20_000)
        .flat_map(|n| format!("`{n},`{}\r\n", "x".repeat(n % 50)).into_bytes())
        .collect()
}

#[test]
fn any_line_is_read_back_by_its_offset() {
    let text = lines();
    let (_folder, disk) = archive(&text);
    let archive = Archive::open(&disk, 7).unwrap();

    assert_eq!(archive.len(), text.len() as u64);
    let mut offset = 0;
    for line in text.split_inclusive(|b| *b == b'\n') {
        if offset % 7 == 0 {
            let read = archive.line(offset).unwrap();
            assert_eq!(read, line.trim_ascii_end());
        }
        offset += line.len() as u64;
    }
    let mut whole = Vec::new();
    archive
        .read_all(|block| whole.extend_from_slice(block))
        .unwrap();
    assert_eq!(whole, text);
}

/// Bytes of a block of the versions before.
const OLD_BLOCK: usize = 128 << 10;

/// An archive file as the versions before wrote it.
fn old_file(text: &[u8], magic: [u8; 8]) -> Vec<u8> {
    let mut compressor = Compressor::new(-4).unwrap();
    let flag = zstd::zstd_safe::CParameter::ChecksumFlag(magic == MAGIC_1);
    compressor.set_parameter(flag).unwrap();
    let (mut file, mut index) = (Vec::new(), Vec::new());
    for (at, block) in text.chunks(OLD_BLOCK).enumerate() {
        index.extend_from_slice(&((at * OLD_BLOCK) as u64).to_le_bytes());
        index.extend_from_slice(&(file.len() as u64).to_le_bytes());
        let frame = compressor.compress(block).unwrap();
        file.extend_from_slice(&frame);
        if magic == MAGIC_2 {
            file.extend_from_slice(&checksum(&frame).to_le_bytes());
        }
    }
    let blocks = (index.len() / ENTRY_BYTES) as u64;
    let index_at = file.len() as u64;
    index.extend_from_slice(&magic);
    for word in [index_at, blocks, text.len() as u64] {
        index.extend_from_slice(&word.to_le_bytes());
    }
    let mut hash = Hash::sha256();
    hash.update(text);
    index.extend_from_slice(&hash.finish());
    let sum = fingerprint(&index);
    file.extend(index);
    file.extend_from_slice(&sum.to_le_bytes());
    file
}

fn put(disk: &Disk, bytes: &[u8]) {
    let mut output = disk.create(&archive_name(7)).unwrap();
    output.write(bytes).unwrap();
    output.finish().unwrap();
}

fn whole(disk: &Disk) -> Result<Vec<u8>, BooksError> {
    let mut whole = Vec::new();
    let archive = Archive::open(disk, 7)?;
    archive.read_all(|block| whole.extend_from_slice(block))?;
    Ok(whole)
}

#[test]
fn files_of_earlier_versions_are_read() {
    let text = lines();
    let folder = tempfile::tempdir().unwrap();
    let disk = Disk::at(folder.path(), None).unwrap();
    for magic in [MAGIC_1, MAGIC_2] {
        let mut file = old_file(&text, magic);
        put(&disk, &file);
        assert_eq!(whole(&disk).unwrap(), text);
        let line = Archive::open(&disk, 7).unwrap().line(0).unwrap();
        assert_eq!(line, b"`0,`");

        file[1000] ^= 1;
        put(&disk, &file);
        assert!(whole(&disk).is_err());
    }
}

/// A file that a program of the version before wrote.
#[test]
fn a_file_of_the_second_version_gives_back_the_bill_it_was_made_of() {
    let fixture = "../../tests/fixtures/archive/bill_version_2.raw";
    let fixture = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(fixture);
    let folder = tempfile::tempdir().unwrap();
    let disk = Disk::at(folder.path(), None).unwrap();
    put(&disk, &std::fs::read(fixture).unwrap());

    let archive = Archive::open(&disk, 7).unwrap();
    assert_eq!(archive.version, Version::SummedFrame);
    assert_eq!(archive.len(), 152_699);
    let bill = whole(&disk).unwrap();
    let mut offset = 0;
    for line in bill.split_inclusive(|byte| *byte == b'\n') {
        assert_eq!(archive.line(offset).unwrap(), line.trim_ascii_end());
        offset += line.len() as u64;
    }
}

fn packs(text: &[u8]) -> Result<u8, TestCaseError> {
    let mut packer = BlockPacker::new().unwrap();
    let mut packed = Vec::new();
    // The memory of a block must not be seen in the next one.
    packer
        .pack(b"a,b,c\n1,2,3\n1,2,3\n4,5,6\n7,8,9\n1,1,1\n", &mut packed)
        .unwrap();
    packed.clear();
    packer.pack(text, &mut packed).unwrap();
    let back = block::unpack(&packed, text.len());
    prop_assert_eq!(back.as_deref(), Some(text));
    Ok(packed[0])
}

/// A cell of a table, of every kind that columns know, and of those that look nearly so.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[a-c]{1,3}",
        "`?[0-9]{1,22}",
        "`?-?[0-9]{1,9}[.][0-9]{1,6}",
        "`?20[0-9]{2}-[01][0-9]-[0-3][0-9] [0-2][0-9]:[0-6][0-9]:[0-6][0-9]",
        "`?[A-Za-z0-9_-]{1,50}",
        "[0-9a-f]{32}",
        "[0-9A-F]{31}",
        ".{0,20}",
        "店{0,40}",
    ]
}

/// Rows that are mostly alike, as those of a real table are.
fn table() -> impl Strategy<Value = Vec<u8>> {
    let column = prop_oneof![
        2 => prop::collection::vec(cell(), 1..4).prop_map(|words| (0_u64, words)),
        1 => Just((1, Vec::new())),
        1 => Just((2, Vec::new())),
        1 => Just((3, Vec::new())),
        1 => Just((4, Vec::new())),
        1 => Just((5, Vec::new())),
    ];
    let odd = prop::collection::vec((0..200_usize, prop::collection::vec(cell(), 0..9)), 0..6);
    let ends = prop_oneof![Just("\n"), Just("\r\n")];
    let columns = prop::collection::vec(column, 1..9);
    (
        columns,
        odd,
        ends,
        any::<u64>(),
        any::<bool>(),
        prop_oneof![Just(','), Just('\t'), Just(';')],
    )
        .prop_map(|(columns, odd, end, seed, is_cut, separator)| {
            let mut lines: Vec<String> = (0..200_u64)
                .map(|row| {
                    let random = (row + 1).wrapping_mul(seed | 1).rotate_left(17);
                    let money = random % 100_000;
                    let cells: Vec<String> = columns
                        .iter()
                        .map(|(kind, words)| match kind {
                            0 => {
                                words[usize::try_from(random % words.len() as u64).unwrap()].clone()
                            }
                            1 => format!("`420000000120260308{:010}", random % 10_000_000_000),
                            2 => format!("{}.{:02}", money / 100, money % 100),
                            3 => format!(
                                "2026-03-08 {:02}:{:02}:{:02}",
                                row / 60,
                                row % 60,
                                random % 60
                            ),
                            4 => format!("QH{:018}", row * 77 + random % 50),
                            _ => format!("oUpF8u{random:016x}"),
                        })
                        .collect();
                    cells.join(&separator.to_string())
                })
                .collect();
            for (at, cells) in odd {
                lines[at] = cells.join(",");
            }
            let mut text = lines.join(end);
            if !is_cut {
                text.push_str(end);
            }
            text.into_bytes()
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn a_table_comes_back_byte_for_byte(text in table()) {
        packs(&text)?;
    }

    #[test]
    fn any_bytes_come_back(text in prop::collection::vec(any::<u8>(), 0..5_000)) {
        packs(&text)?;
    }

    #[test]
    fn lines_of_anything_come_back(lines in prop::collection::vec(prop::collection::vec(cell(), 1..6), 0..60)) {
        let lines: Vec<String> = lines.into_iter().map(|cells| cells.join(",")).collect();
        packs(lines.join("\n").as_bytes())?;
    }

    #[test]
    fn damaged_columns_are_refused_or_give_something_without_a_panic(
        text in table(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), 1..=255_u8), 1..4),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut packed = Vec::new();
        BlockPacker::new().unwrap().pack(&text, &mut packed).unwrap();
        for (at, change) in changes {
            *at.get_mut(&mut packed) ^= change;
        }
        if let Some(bytes) = block::unpack(&packed, text.len()) {
            prop_assert_eq!(bytes.len(), text.len());
        }
        prop_assert!(block::unpack(&packed[..cut.index(packed.len())], text.len()).is_none_or(|bytes| bytes.len() == text.len()));
    }
}

#[test]
fn rows_of_a_bill_are_kept_as_columns() {
    let bill: Vec<u8> = (0..2_000_u32)
        .flat_map(|row| {
            let line = format!(
                "`2026-03-08 {:02}:{:02}:01,`wx8888888888888888,`420000000120260308{:010},`QH{row:09},`SUCCESS,`{}.50,`0.00\r\n",
                row / 60 % 24, row % 60, row.wrapping_mul(2_654_435_761), row % 100,
            );
            line.into_bytes()
        })
        .collect();
    assert_eq!(packs(&bill).unwrap(), 1);
    let mut packed = Vec::new();
    BlockPacker::new()
        .unwrap()
        .pack(&bill, &mut packed)
        .unwrap();
    assert!(
        packed.len() * 10 < bill.len(),
        "{} of {}",
        packed.len(),
        bill.len()
    );
    assert_eq!(
        packs(b"no table at all, just a line or two\nof text\n").unwrap(),
        0
    );
}

#[test]
fn any_damaged_byte_is_noticed() {
    let text = lines();
    let (_folder, disk) = archive(&text);
    let path = disk.path(&archive_name(7));
    let sound = std::fs::read(&path).unwrap();

    for at in (0..sound.len())
        .step_by(997)
        .chain(sound.len() - 90..sound.len())
    {
        let mut bytes = sound.clone();
        bytes[at] ^= 0x10;
        let mut output = disk.create(&archive_name(7)).unwrap();
        output.write(&bytes).unwrap();
        output.finish().unwrap();
        let read = Archive::open(&disk, 7).and_then(|archive| archive.read_all(|_| {}));
        assert!(
            matches!(read, Err(BooksError::Damaged { .. })),
            "byte {at} of {}: {read:?}",
            sound.len()
        );
    }
}
