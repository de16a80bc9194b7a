//! What is known while the checks of one subject run: several of them call the same functions and go through the same maps.
//! A function is pure, so it is enough to know the axes that its value depends on. What was asked of words and numbers alone
//! is known for all subjects.

use crate::evaluator::Evaluator;
use crate::object::{Memo, Memos};
use crate::plan::IdMap;
use crate::value::{ObjectId, Value};
use plat_base::Name;
use plat_sema::hir::FnId;
use std::rc::Rc;

/// Calls of functions with more parameters are not remembered.
const MOST: usize = 3;

/// Texts longer than this are not looked at, in bytes.
const LONG: usize = 256;

/// So many calls with words and numbers alone are remembered.
const CALLS: usize = 20_000;

/// What is known about the subject at hand.
#[derive(Debug, Default)]
pub(crate) struct Known {
    calls: IdMap<CallKey, Memos<Value>>,
    entries: IdMap<u32, Memos<Entries>>,
}

/// The entries of a map, with their values.
pub(crate) type Entries = Rc<[(Name, Value)]>;

/// The calls with words and numbers alone.
pub(crate) type PlainCalls = IdMap<CallKey, Memos<Value>>;

/// A function and its arguments.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct CallKey {
    callee: u32,
    has_object: bool,
    arguments: [Argument; MOST],
}

/// An argument that is compared in a moment.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Argument {
    None,
    Absent,
    Bool(bool),
    Int(i64),
    Variant(u32, u32),
    Object(u32),
    Text(Rc<str>),
}

impl Argument {
    fn of(value: &Value) -> Option<Argument> {
        Some(match value {
            Value::Absent => Argument::Absent,
            Value::Bool(truth) => Argument::Bool(*truth),
            Value::Int(number) => Argument::Int(*number),
            Value::Variant(kind, at) => Argument::Variant(kind.0, *at),
            Value::Object(object) => {
                let ObjectId(id) = object.id;
                Argument::Object(id)
            }
            // One that remembers where it was read is not only what it says.
            Value::Str(text) if text.reference.is_none() && text.text.len() <= LONG => {
                Argument::Text(Rc::clone(&text.text))
            }
            _ => return None,
        })
    }
}

impl Evaluator<'_> {
    /// The key of a call, if it is remembered.
    pub(crate) fn call_key(&self, callee: FnId, values: &[Value]) -> Option<CallKey> {
        if self.known.is_none() || !self.in_check || values.len() > MOST {
            return None;
        }
        let mut arguments = [const { Argument::None }; MOST];
        let mut has_object = false;
        for (slot, value) in arguments.iter_mut().zip(values) {
            *slot = Argument::of(value)?;
            has_object |= matches!(slot, Argument::Object(_));
        }
        Some(CallKey { callee: callee.0, has_object, arguments })
    }

    fn calls(&mut self, key: &CallKey) -> Option<&mut PlainCalls> {
        match key.has_object {
            true => self.known.as_mut().map(|known| &mut known.calls),
            false => Some(&mut self.plain_calls),
        }
    }

    /// What such a call gave before.
    pub(crate) fn known_call(&mut self, key: &CallKey) -> Option<Value> {
        let at = self.at;
        let memo = self.calls(key)?.get(key)?.find(at)?;
        let (mask, value) = (memo.mask, memo.value.clone());
        self.mask = self.mask.union(mask);
        Some(value)
    }

    /// Evaluates a call, and remembers it.
    pub(crate) fn remember_call(&mut self, key: CallKey, call: impl FnOnce(&mut Self) -> Value) -> Value {
        let (value, mask) = self.traced(call);
        let at = self.at;
        // Objects are given up with their subject.
        let stays = key.has_object || is_plain(&value);
        if let Some(known) = self.calls(&key).filter(|known| stays && known.len() < CALLS) {
            known.entry(key).or_insert(Memos::None).add(Memo { mask, at, value: value.clone() });
        }
        value
    }

    /// What `find` gives for an object, which is found once per subject and context that it depends on.
    pub(crate) fn known_entries(
        &mut self,
        id: ObjectId,
        find: impl FnOnce(&mut Self) -> Vec<(Name, Value)>,
    ) -> Entries {
        let Some(known) = &self.known else { return find(self).into() };
        if let Some(memo) = known.entries.get(&id.0).and_then(|memos| memos.find(self.at)) {
            let (mask, entries) = (memo.mask, Rc::clone(&memo.value));
            self.mask = self.mask.union(mask);
            return entries;
        }
        let (entries, mask) = self.traced(find);
        let entries: Entries = entries.into();
        let at = self.at;
        if let Some(known) = &mut self.known {
            let memo = Memo { mask, at, value: Rc::clone(&entries) };
            known.entries.entry(id.0).or_insert(Memos::None).add(memo);
        }
        entries
    }
}

fn is_plain(value: &Value) -> bool {
    match value {
        Value::Object(_) | Value::Poison => false,
        Value::List(items) => {
            items.len() <= LONG && items.iter().all(|item| !matches!(item, Value::Object(_) | Value::List(_)))
        }
        _ => true,
    }
}
