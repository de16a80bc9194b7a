//! Interned names: pointer-sized, compared by address, readable without a lock.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::hash::{BuildHasherDefault, Hash, Hasher};
use std::sync::{LazyLock, RwLock};

/// An interned string. Two names are equal exactly if their texts are; comparing costs one pointer compare.
///
/// The texts live as long as the process. A compiler run interns each distinct word once, so this is bounded
/// by the size of the sources.
#[derive(Clone, Copy)]
pub struct Name(&'static str);

type Table = HashMap<&'static str, (), BuildHasherDefault<TextHasher>>;

static INTERNER: LazyLock<RwLock<Table>> = LazyLock::new(|| RwLock::new(Table::default()));

/// Mixes eight bytes at a time. Every word of every source is looked up, and the standard hasher would be most of that;
/// who writes words that collide waits for his own compilation alone.
#[derive(Default, Clone, Copy)]
struct TextHasher(u64);

impl TextHasher {
    fn mix(&mut self, word: u64) {
        // 2⁶⁴ divided by the golden ratio, which spreads neighbouring words; the upper half of the product is the
        // well-mixed one.
        let product = u128::from(self.0.rotate_left(23) ^ word) * 0x9E37_79B9_7F4A_7C15;
        self.0 = (product as u64) ^ ((product >> 64) as u64);
    }
}

impl Hasher for TextHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.mix(u64::from_le_bytes(*word));
        }
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        self.mix(u64::from_le_bytes(last) ^ ((bytes.len() as u64) << 56));
    }

    fn write_u8(&mut self, _: u8) {
        // The mark at the end of a text: its length has been mixed in.
    }
}

impl Name {
    /// Interns `text`.
    pub fn new(text: &str) -> Name {
        // A poisoned lock only means that another thread panicked between two whole insertions.
        if let Some(known) = INTERNER.read().unwrap_or_else(|e| e.into_inner()).get_key_value(text) {
            return Name(known.0);
        }
        let mut table = INTERNER.write().unwrap_or_else(|e| e.into_inner());
        if let Some(known) = table.get_key_value(text) {
            return Name(known.0);
        }
        let leaked: &'static str = Box::leak(text.to_owned().into_boxed_str());
        table.insert(leaked, ());
        Name(leaked)
    }

    /// Interns texts that are part of the binary, of which no copies are made.
    pub fn embedded(texts: impl ExactSizeIterator<Item = &'static str>) -> Vec<Name> {
        let mut table = INTERNER.write().unwrap_or_else(|e| e.into_inner());
        table.reserve(texts.len());
        let mut name = |text: &'static str| match table.entry(text) {
            Entry::Occupied(known) => Name(known.key()),
            Entry::Vacant(place) => Name(place.insert_entry(()).key()),
        };
        texts.map(&mut name).collect()
    }

    /// The text of this name.
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Name) -> bool {
        std::ptr::eq(self.0.as_ptr(), other.0.as_ptr()) && self.0.len() == other.0.len()
    }
}

impl Eq for Name {}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.0.as_ptr() as usize);
    }
}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Name) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Name {
    /// Alphabetical, so that sorting by name does not depend on the order of interning.
    fn cmp(&self, other: &Name) -> std::cmp::Ordering {
        self.0.cmp(other.0)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.0)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Name {
        Name::new(text)
    }
}

#[cfg(test)]
mod tests {
    use super::Name;

    #[test]
    fn equal_texts_are_one_name() {
        assert_eq!(Name::new("web"), Name::new(&String::from("web")));
        assert_ne!(Name::new("web"), Name::new("we"));
        assert_ne!(Name::new(""), Name::new("x"));
        let again = Name::embedded(["web", "embedded", "embedded"].into_iter());
        assert_eq!(again, [Name::new("web"), Name::new("embedded"), again[1]]);
    }
}
