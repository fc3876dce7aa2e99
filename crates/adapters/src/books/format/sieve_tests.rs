//! Tests of sieves: they never leave a number out, and what is not as it was written is noticed.

use std::convert::Infallible;

use super::*;
use proptest::prelude::*;

fn made_of(mut numbers: Vec<(u32, u8)>, seal: u64) -> (SieveTail, Vec<Vec<u8>>) {
    numbers.sort_unstable();
    let shift = shift_for(numbers.len() as u64);
    let mut pages = Vec::new();
    let mut writer = SieveWriter::new(seal, shift, |page| {
        pages.push(page.to_vec());
        Ok(())
    });
    for (short, place) in numbers {
        writer.push(short, place).unwrap();
    }
    let count = writer.finish().unwrap();
    let mut sections = [SectionRun::default(); SPAN as usize];
    sections[3] = SectionRun { first: 9, count: 2 };
    let tail = SieveTail {
        first: 33,
        shift,
        pages: count,
        seal,
        sections,
    };
    assert_eq!(pages.len(), count as usize);
    (tail, pages)
}

fn asked(tail: &SieveTail, pages: &[Vec<u8>], short: u32) -> Option<u32> {
    sift::<Infallible>(tail, short, |at| Ok(pages[at as usize].clone())).unwrap()
}

proptest! {
    // Every number is compared with all others, which is slow without optimisation.
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn a_sieve_names_every_import_that_has_a_number(
        spread in prop_oneof![Just(u32::MAX), Just(40_u32), Just(5_000_000_u32)],
        seed in any::<u32>(),
        count in 0..9_000_u32,
        others in prop::collection::vec(any::<u32>(), 60),
    ) {
        let numbers: Vec<(u32, u8)> = (0..count)
            .map(|n| {
                let short = n.wrapping_mul(seed | 1).wrapping_mul(0x9E37_79B9) % spread;
                (short, u8::try_from(n.wrapping_mul(7) % SPAN).unwrap())
            })
            .collect();
        let (tail, pages) = made_of(numbers.clone(), u64::from(seed));
        let there = numbers.iter().step_by(101).map(|number| number.0);
        for short in there.chain(others) {
            let places = asked(&tail, &pages, short).unwrap();
            // Exactly those with the same cut fingerprint, by looking at all of them.
            let same = numbers.iter().filter(|number| number.0 >> tail.shift == short >> tail.shift);
            let plain = same.fold(0, |bits, number| bits | 1_u32 << number.1);
            prop_assert_eq!(places, plain);
        }
    }
}

#[test]
fn few_numbers_that_are_not_there_pass() {
    let mix = |n: u32| n.wrapping_mul(0x9E37_79B9) ^ (n >> 3);
    let numbers = (0..200_000).map(|n| (mix(n), u8::try_from(n % SPAN).unwrap()));
    let (tail, pages) = made_of(numbers.collect(), 7);
    let others = (300_000..310_000_u32).map(|n| mix(n).rotate_left(7));
    let passed = others.filter(|short| asked(&tail, &pages, *short) != Some(0));
    // One in 48 to 96 by the width of the gaps.
    assert!(passed.count() < 10_000 / 40);
    let bytes = pages.len() * SIEVE_PAGE;
    assert!(bytes < 200_000 * 23 / 10, "{bytes} bytes");
}

#[test]
fn changed_pages_and_pages_of_another_place_or_sieve_are_noticed() {
    let numbers: Vec<(u32, u8)> = (0..5_000_u32)
        .map(|n| (n.wrapping_mul(0x9E37_79B9), u8::try_from(n % SPAN).unwrap()))
        .collect();
    let (tail, pages) = made_of(numbers.clone(), 7);
    let (_, foreign) = made_of(numbers, 8);
    assert!(pages.len() > 2);
    for at in [0, 4, 100, SIEVE_PAGE - 1] {
        let mut changed = pages.clone();
        changed[1][at] ^= 1;
        assert!(!is_sound(&changed[1], &tail, 1));
        let answers = (0..u32::MAX)
            .step_by(1 << 22)
            .map(|short| asked(&tail, &changed, short));
        assert!(answers.into_iter().any(|answer| answer.is_none()));
    }
    assert!(is_sound(&pages[1], &tail, 1));
    assert!(!is_sound(&pages[2], &tail, 1));
    assert!(!is_sound(&foreign[1], &tail, 1));
    assert!(!is_sound(&pages[1][..100], &tail, 1));
}

#[test]
fn a_tail_comes_back_and_a_changed_one_does_not() {
    let (tail, _) = made_of(vec![(1, 0), (u32::MAX, 31)], 7);
    let bytes = tail.encode();
    assert_eq!(bytes.len(), TAIL_BYTES);
    assert_eq!(SieveTail::decode(&bytes), Some(tail));
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 0x10;
        assert_eq!(SieveTail::decode(&changed), None, "byte {at}");
    }
    assert_eq!(SieveTail::decode(&bytes[1..]), None);
}
