//! What calls with the same arguments gave, while the checks of one subject run: several of them ask the same functions.
//! A function is pure, so it is enough to know the axes that its value depends on.

use crate::evaluator::Evaluator;
use crate::object::{Memo, Memos};
use crate::plan::IdMap;
use crate::value::{ObjectId, Value};
use plat_sema::hir::FnId;

/// Arguments beyond this many are not looked at.
const MOST: usize = 2;

/// The values of calls that were made before.
#[derive(Debug, Default)]
pub(crate) struct KnownCalls(IdMap<CallKey, Memos<Value>>);

/// A function and its arguments.
type CallKey = (u32, [u64; MOST]);

impl Evaluator<'_> {
    /// The key of a call, if calls are remembered and this one is worth it: all arguments are objects, or as small.
    pub(crate) fn call_key(&self, callee: FnId, arguments: &[Value]) -> Option<CallKey> {
        if self.known_calls.is_none() || !self.in_check || arguments.is_empty() || arguments.len() > MOST {
            return None;
        }
        let mut key = [0; MOST];
        let mut has_object = false;
        for (slot, argument) in key.iter_mut().zip(arguments) {
            *slot = match argument {
                Value::Object(object) => {
                    has_object = true;
                    let ObjectId(id) = object.id;
                    (1 << 32) | u64::from(id)
                }
                Value::Variant(kind, at) => (2 << 62) | (u64::from(kind.0) << 32) | u64::from(*at),
                Value::Bool(truth) => (3 << 32) | u64::from(*truth),
                Value::Absent => 4 << 32,
                _ => return None,
            };
        }
        has_object.then_some((callee.0, key))
    }

    /// What such a call gave before.
    pub(crate) fn known_call(&mut self, key: CallKey) -> Option<Value> {
        let memo = self.known_calls.as_ref()?.0.get(&key)?.find(self.at)?;
        let (mask, value) = (memo.mask, memo.value.clone());
        self.mask = self.mask.union(mask);
        Some(value)
    }

    /// Evaluates a call, and remembers it.
    pub(crate) fn remember_call(&mut self, key: CallKey, call: impl FnOnce(&mut Self) -> Value) -> Value {
        let (value, mask) = self.traced(call);
        let at = self.at;
        if let Some(KnownCalls(known)) = &mut self.known_calls {
            known.entry(key).or_insert(Memos::None).add(Memo { mask, at, value: value.clone() });
        }
        value
    }
}
