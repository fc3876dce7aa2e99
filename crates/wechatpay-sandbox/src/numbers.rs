//! Numbers and nonces of the sandbox: made from a seed, so that a scene can be played again.

/// A generator (SplitMix64). Nothing secret depends on it: the sandbox is loopback only.
#[derive(Debug, Clone)]
pub(crate) struct NumberSource(u64);

impl NumberSource {
    /// A generator that starts at `seed`.
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub(crate) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Letters and digits.
    pub(crate) fn letters(&mut self, count: usize) -> String {
        const SIGNS: &[u8] = b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ0123456789";
        self.pick(SIGNS, count)
    }

    /// Digits.
    pub(crate) fn digits(&mut self, count: usize) -> String {
        self.pick(b"0123456789", count)
    }

    fn pick(&mut self, signs: &[u8], count: usize) -> String {
        let from = signs.len() as u64;
        (0..count)
            .filter_map(|_| {
                let at = usize::try_from(self.next() % from).ok()?;
                signs.get(at).map(|sign| char::from(*sign))
            })
            .collect()
    }
}
