//! Interned names: pointer-sized, compared by address, readable without a lock.

use std::collections::HashSet;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::{LazyLock, RwLock};

/// An interned string. Two names are equal exactly if their texts are; comparing costs one pointer compare.
///
/// The texts live as long as the process. A compiler run interns each distinct word once, so this is bounded
/// by the size of the sources.
#[derive(Clone, Copy)]
pub struct Name(&'static str);

static INTERNER: LazyLock<RwLock<HashSet<&'static str>>> =
    LazyLock::new(|| RwLock::new(HashSet::with_capacity(4096)));

impl Name {
    /// Interns `text`.
    pub fn new(text: &str) -> Name {
        // A poisoned lock only means that another thread panicked between two whole insertions.
        if let Some(known) = INTERNER.read().unwrap_or_else(|e| e.into_inner()).get(text) {
            return Name(known);
        }
        let mut table = INTERNER.write().unwrap_or_else(|e| e.into_inner());
        if let Some(known) = table.get(text) {
            return Name(known);
        }
        let leaked: &'static str = Box::leak(text.to_owned().into_boxed_str());
        table.insert(leaked);
        Name(leaked)
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
    }
}
