//! A cache in front of the interner, so that a word that occurs often costs one comparison and no lock.

use plat_base::Name;

const SLOTS: usize = 1024;

/// Names seen lately, by hash; a newer name takes the place of an older one.
pub(super) struct Names {
    slots: Vec<Option<Name>>,
}

impl Names {
    pub(super) fn new() -> Names {
        Names { slots: vec![None; SLOTS] }
    }

    /// The name for `text`.
    pub(super) fn intern(&mut self, text: &str) -> Name {
        let slot = hash(text.as_bytes()) & (SLOTS - 1);
        match self.slots.get(slot) {
            Some(Some(name)) if name.as_str() == text => *name,
            _ => {
                let name = Name::new(text);
                if let Some(place) = self.slots.get_mut(slot) {
                    *place = Some(name);
                }
                name
            }
        }
    }
}

/// Length, both ends and a middle: enough to spread the words of a program, and constant in time.
fn hash(bytes: &[u8]) -> usize {
    let n = bytes.len();
    let at = |i: usize| usize::from(bytes.get(i).copied().unwrap_or(0));
    let mixed = at(0)
        .wrapping_mul(0x9e37)
        .wrapping_add(at(n / 2).wrapping_mul(0x85eb))
        .wrapping_add(at(n.wrapping_sub(1)).wrapping_mul(0xc2b3))
        .wrapping_add(at(n.wrapping_sub(2)).wrapping_mul(0x27d5))
        .wrapping_add(n.wrapping_mul(0x1657));
    mixed ^ (mixed >> 9)
}

#[cfg(test)]
mod tests {
    use super::Names;
    use plat_base::Name;

    #[test]
    fn collisions_do_not_mix_names_up() {
        let mut names = Names::new();
        for round in 0..2 {
            for i in 0..5000 {
                let text = format!("svc-{i:05}");
                assert_eq!(names.intern(&text), Name::new(&text), "round {round}");
            }
        }
        assert_eq!(names.intern(""), Name::new(""));
    }
}
