//! The functions of the standard library that are not written in Plat, found by name. All are total: where there is
//! nothing to give, the result is absent or an error says so.

mod addresses;
mod graphs;
mod lists;
mod maps;
mod numbers;
mod strings;

use crate::evaluator::Evaluator;
use crate::value::{Secret, SecretPart, Value};
use plat_base::{Diagnostic, Name, Span};
use plat_sema::hir::{ExprId, FnId, TyId};
use std::rc::Rc;

/// A call of an intrinsic: its arguments (absent where an optional one is not given), and the call's type.
pub(crate) struct Call<'a> {
    pub(crate) args: &'a [Value],
    pub(crate) span: Span,
    pub(crate) ty: TyId,
}

/// How an intrinsic is computed.
pub(crate) type Intrinsic = fn(&mut Evaluator<'_>, &Call<'_>) -> Value;

impl Call<'_> {
    fn arg(&self, at: usize) -> &Value {
        self.args.get(at).unwrap_or(&Value::Absent)
    }

    fn text(&self, at: usize) -> Option<&Rc<str>> {
        match self.arg(at) {
            Value::Str(text) => Some(&text.text),
            _ => None,
        }
    }

    fn int(&self, at: usize) -> Option<i64> {
        match self.arg(at) {
            Value::Int(n) => Some(*n),
            _ => None,
        }
    }
}

/// The intrinsic of a name.
pub(crate) fn lookup(name: &str) -> Option<Intrinsic> {
    Some(match name {
        "abs" => numbers::abs,
        "ceil" => numbers::ceil,
        "floor" => numbers::floor,
        "max" => numbers::max,
        "min" => numbers::min,
        "round" => numbers::round,
        "sum" => numbers::sum,
        "to-float" => numbers::to_float,
        "to-int" => numbers::to_int,
        "all" | "all-of" => lists::all,
        "any" => lists::any,
        "first" => lists::first,
        "flatten" => lists::flatten,
        "index-of" => lists::index_of,
        "last" => lists::last,
        "range" => lists::range,
        "reverse" => lists::reverse,
        "slice" => lists::slice,
        "sort" => lists::sort,
        "unique" => lists::unique,
        "zip" => lists::zip,
        "has" => maps::has,
        "json" => maps::json,
        "keys" => maps::keys,
        "length" => maps::length,
        "merge" => maps::merge,
        "values" => maps::values,
        "yaml" => maps::yaml,
        "contains" => strings::contains,
        "ends-with" => strings::ends_with,
        "format" => strings::format,
        "join" => strings::join,
        "lines" => strings::lines,
        "lower" => strings::lower,
        "pad-left" => strings::pad_left,
        "replace" => strings::replace,
        "split" => strings::split,
        "starts-with" => strings::starts_with,
        "to-string" => strings::to_string,
        "trim" => strings::trim,
        "upper" => strings::upper,
        "circles" => graphs::circles,
        "duplicates" => graphs::duplicates,
        "nearest" => graphs::nearest,
        "endpoints" => addresses::endpoints,
        "entries" => maps::entries,
        "texts" => maps::texts,
        "time-zones" => time_zones,
        "published-platforms" => published_platforms,
        "secret" => secret,
        _ => return None,
    })
}

impl<'p> Evaluator<'p> {
    pub(crate) fn call_intrinsic(&mut self, id: FnId, name: Name, args: &[Value], call: ExprId) -> Value {
        let span = self.program[call].span;
        if args.iter().any(|arg| matches!(arg, Value::Poison)) {
            return Value::Poison;
        }
        for arg in args {
            self.charge(arg);
        }
        match self.intrinsic(id, name) {
            Some(intrinsic) => {
                let ty = self.program[call].ty;
                let value = intrinsic(self, &Call { args, span, ty });
                let result = self.program[id].result;
                self.bind(value, result, span)
            }
            None => {
                let message = format!("`{name}` has no body, and is not built in");
                self.fail(Diagnostic::error("unknown-name", message, span))
            }
        }
    }
}

fn secret(_: &mut Evaluator<'_>, _: &Call<'_>) -> Value {
    Value::Secret(Rc::new(Secret { parts: vec![SecretPart::Source] }))
}

/// `published-platforms(image, tag)`: from the driver's tables; absent if the image is not in them.
fn published_platforms(this: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    let (Some(image), Some(tag)) = (call.text(0), call.text(1)) else { return Value::Absent };
    let known = this.tables.as_ref().and_then(|tables| tables.published_platforms(image, tag));
    match known {
        Some(names) => {
            let values = names.into_iter().map(|name| this.string(name, call.span)).collect();
            this.list(values, call.span)
        }
        None => Value::Absent,
    }
}

/// `time-zones()`: the names in the driver's table.
fn time_zones(this: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    let names = this.tables.as_ref().map_or(&[][..], |tables| tables.time_zones());
    let names = names.iter().map(|name| this.string(*name, call.span)).collect();
    this.list(names, call.span)
}
