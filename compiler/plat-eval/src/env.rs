//! Environments: immutable chains of frames, shared by everything that captured them. `up` counts frames outwards.

use crate::value::{ObjectId, Value};
use plat_sema::hir::ExprId;
use std::cell::OnceCell;
use std::rc::Rc;

/// The frames in scope, innermost first; `None` at top level.
pub(crate) type Env = Option<Rc<Frame>>;

/// One frame.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) parent: Env,
    pub(crate) slots: Slots,
}

/// What a frame holds.
#[derive(Debug)]
pub(crate) enum Slots {
    /// The finished value that `self` means.
    Receiver(ObjectId),
    /// One variable.
    One(Value),
    /// Any number of variables.
    Many(Box<[Value]>),
    /// One variable that is computed when it is first asked for, from what is around the frame.
    Later(ExprId, OnceCell<Value>),
}

/// `env` with one more frame inside.
pub(crate) fn push(env: &Env, slots: Slots) -> Env {
    Some(Rc::new(Frame { parent: env.clone(), slots }))
}

/// A frame of these variables, which it takes out of the list.
pub(crate) fn push_values(env: &Env, values: &mut Vec<Value>) -> Env {
    let slots = match (values.len(), values.pop()) {
        (1, Some(only)) => Slots::One(only),
        (_, Some(last)) => {
            values.push(last);
            Slots::Many(values.drain(..).collect())
        }
        (_, None) => Slots::Many(Box::default()),
    };
    push(env, slots)
}

/// The frame `up` levels outwards.
pub(crate) fn frame(env: &Env, up: u16) -> Option<&Frame> {
    let mut at = env.as_deref()?;
    for _ in 0..up {
        at = at.parent.as_deref()?;
    }
    Some(at)
}

/// A variable; `None` also if it is computed later.
pub(crate) fn local(env: &Env, up: u16, slot: u16) -> Option<&Value> {
    match &frame(env, up)?.slots {
        Slots::One(value) if slot == 0 => Some(value),
        Slots::Many(values) => values.get(slot as usize),
        Slots::Later(_, value) if slot == 0 => value.get(),
        _ => None,
    }
}

/// The object that `self` means in the frame `up` levels outwards.
pub(crate) fn receiver(env: &Env, up: u16) -> Option<ObjectId> {
    match frame(env, up)?.slots {
        Slots::Receiver(id) => Some(id),
        _ => None,
    }
}
