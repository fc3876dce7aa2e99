//! A fast checksum against damage on the disk: four independent lanes, 64 bits.
//!
//! It is no defence against forgery; the SHA-256 of the raw file is what identifies an import.

const PRIMES: [u64; 4] = [
    0x9E37_79B1_85EB_CA87,
    0xC2B2_AE3D_27D4_EB4F,
    0x1656_67B1_9E37_79F9,
    0x27D4_EB2F_1656_67C5,
];

/// The checksum of some bytes; the same on every computer.
pub(crate) fn checksum(bytes: &[u8]) -> u64 {
    let mut lanes = PRIMES;
    let (blocks, rest) = bytes.as_chunks::<32>();
    for block in blocks {
        let (words, _) = block.as_chunks::<8>();
        for ((lane, word), prime) in lanes.iter_mut().zip(words).zip(PRIMES) {
            let mixed = (*lane ^ u64::from_le_bytes(*word)).wrapping_mul(prime);
            *lane = mixed ^ (mixed >> 29);
        }
    }
    let mut sum = recondesk_domain::fingerprint(rest) ^ bytes.len() as u64;
    for (lane, prime) in lanes.into_iter().zip(PRIMES) {
        sum = (sum ^ lane).wrapping_mul(prime).rotate_left(27);
    }
    sum ^ (sum >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_flipped_bit_changes_the_sum() {
        let bytes: Vec<u8> = (0..200_u8).collect();
        let sum = checksum(&bytes);
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut changed = bytes.clone();
                changed[at] ^= 1 << bit;
                assert_ne!(checksum(&changed), sum, "byte {at} bit {bit}");
            }
        }
        assert_ne!(checksum(&bytes[..199]), sum);
    }
}
