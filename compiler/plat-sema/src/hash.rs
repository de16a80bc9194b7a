//! Hash tables for look-ups by id or interned name. The keys are small and nobody chooses them to collide, so a
//! multiplication is enough; the standard hasher would be a third of the time of a check. Never iterated.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// A map for look-ups.
pub(crate) type FastMap<K, V> = HashMap<K, V, BuildHasherDefault<WordHasher>>;
/// A set for look-ups.
pub(crate) type FastSet<K> = HashSet<K, BuildHasherDefault<WordHasher>>;

/// Mixes one word at a time.
#[derive(Default, Clone, Copy)]
pub(crate) struct WordHasher(u64);

/// 2⁶⁴ divided by the golden ratio, which spreads neighbouring words.
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;

impl WordHasher {
    fn mix(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(23) ^ word).wrapping_mul(SPREAD);
    }
}

impl Hasher for WordHasher {
    fn finish(&self) -> u64 {
        // The upper bits are the well-mixed ones, and tables take the lower ones.
        self.0 ^ (self.0 >> 32)
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let word = chunk.iter().rev().fold(0u64, |word, byte| (word << 8) | u64::from(*byte));
            self.mix(word);
        }
        self.mix(bytes.len() as u64);
    }

    fn write_u8(&mut self, n: u8) {
        self.mix(u64::from(n));
    }

    fn write_u32(&mut self, n: u32) {
        self.mix(u64::from(n));
    }

    fn write_u64(&mut self, n: u64) {
        self.mix(n);
    }

    fn write_usize(&mut self, n: usize) {
        self.mix(n as u64);
    }
}
