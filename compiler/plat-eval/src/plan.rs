//! What a body says about each field, laid out once per body and shared by every object that has it as a layer.
//! So ten thousand instances of a loop look their fields up in the same tables.

use plat_base::Name;
use plat_sema::hir::{Body, Entry, ExprId, Field, Key};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A hasher for names and ids, which are addresses or small numbers already.
#[derive(Default)]
pub(crate) struct IdHasher(u64);

impl Hasher for IdHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for b in bytes {
            self.write_u64(u64::from(*b));
        }
    }
    fn write_u32(&mut self, n: u32) {
        self.write_u64(u64::from(n));
    }
    fn write_usize(&mut self, n: usize) {
        self.write_u64(n as u64);
    }
    fn write_u64(&mut self, n: u64) {
        self.0 = (self.0.rotate_left(5) ^ n).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
}

/// A table from names or ids; for look-up only, its order means nothing.
pub(crate) type IdMap<K, V> = HashMap<K, V, BuildHasherDefault<IdHasher>>;

/// One field entry of a body and the conditions of the `when` blocks around it, outermost first.
#[derive(Debug)]
pub(crate) struct PlanEntry<'p> {
    pub(crate) field: &'p Field,
    pub(crate) guards: Box<[ExprId]>,
    /// Counts the blocks of the body: entries with equal numbers are written in one layer.
    pub(crate) block: u32,
}

/// The entries of a body in source order, which is layer order, and by static key.
#[derive(Debug)]
pub(crate) struct BodyPlan<'p> {
    pub(crate) entries: Vec<PlanEntry<'p>>,
    /// Which entries have a computed key.
    pub(crate) computed: Vec<u32>,
    /// Per static key the entries, in order; only for bodies too long to scan.
    index: Option<IdMap<Name, Vec<u32>>>,
}

const SCAN: usize = 12;

impl<'p> BodyPlan<'p> {
    pub(crate) fn new(body: &'p Body) -> BodyPlan<'p> {
        let mut plan = BodyPlan { entries: Vec::new(), computed: Vec::new(), index: None };
        let (mut guards, mut blocks) = (Vec::new(), 0);
        plan.add(&body.entries, &mut guards, &mut blocks);
        for (at, entry) in plan.entries.iter().enumerate() {
            if matches!(entry.field.key, Key::Computed(_)) {
                plan.computed.push(at as u32);
            }
        }
        if plan.entries.len() > SCAN {
            let mut index: IdMap<Name, Vec<u32>> = IdMap::default();
            for (at, entry) in plan.entries.iter().enumerate() {
                if let Key::Static(name) = entry.field.key {
                    index.entry(name).or_default().push(at as u32);
                }
            }
            plan.index = Some(index);
        }
        plan
    }

    fn add(&mut self, entries: &'p [Entry], guards: &mut Vec<ExprId>, blocks: &mut u32) {
        let block = *blocks;
        for entry in entries {
            match entry {
                Entry::Field(field) => {
                    self.entries.push(PlanEntry { field, guards: guards.as_slice().into(), block });
                }
                Entry::When { condition, entries, .. } => {
                    guards.push(*condition);
                    *blocks += 1;
                    self.add(entries, guards, blocks);
                    guards.pop();
                }
            }
        }
    }

    /// Calls `f` with each entry of a static key, last to first, until it says `false`.
    pub(crate) fn rev_entries(&self, name: Name, mut f: impl FnMut(usize) -> bool) -> bool {
        match &self.index {
            Some(index) => {
                for at in index.get(&name).into_iter().flatten().rev() {
                    if !f(*at as usize) {
                        return false;
                    }
                }
            }
            None => {
                for (at, entry) in self.entries.iter().enumerate().rev() {
                    if entry.field.key == Key::Static(name) && !f(at) {
                        return false;
                    }
                }
            }
        }
        true
    }

    /// Whether some entry has this static key.
    pub(crate) fn mentions(&self, name: Name) -> bool {
        !self.rev_entries(name, |_| false)
    }
}
