//! What is checked where a value is bound to a name, field or parameter: wholeness, range, refinements. And whether
//! a value is of a type, for `match`.

use crate::env::{self, Slots};
use crate::evaluator::Evaluator;
use crate::object::{Layer, Layers, Stack};
use crate::ops::as_cores;
use crate::value::{Object, Text, Value};
use plat_base::{Diagnostic, Dimension, Quantity, QuantityError, Span};
use plat_sema::hir::{RecordId, RefinementId, Ty, TyId};

/// Where a value that is bound stands.
#[derive(Clone, Copy)]
struct Place {
    /// Where it, or the part of it that is looked at, is written.
    written: Span,
    /// What binds the whole.
    bound: Span,
}

impl Place {
    /// The place of a part that is written elsewhere.
    fn of(self, written: Option<Span>) -> Place {
        Place { written: written.unwrap_or(self.written), ..self }
    }
}

impl<'p> Evaluator<'p> {
    /// The value as a value of `ty`, or poison if it is not whole, out of range or fails a refinement.
    pub(crate) fn bind(&mut self, value: Value, ty: TyId, span: Span) -> Value {
        if matches!(value, Value::Poison | Value::Absent) || !self.needs_binding(ty) {
            return value;
        }
        let at = Place { written: span, bound: span };
        let value = match (self.bare(ty), &value) {
            (Ty::Quantity(Dimension::Cores), Value::Int(_) | Value::Float(_)) => {
                as_cores(&value).unwrap_or(value)
            }
            _ => value,
        };
        if self.bind_parts(&value, ty, at) { value } else { Value::Poison }
    }

    fn bind_parts(&mut self, value: &Value, ty: TyId, at: Place) -> bool {
        self.steps += 1;
        if self.must_stop() {
            return false;
        }
        match self.program.types.get(ty) {
            Ty::Quantity(_) => match value {
                Value::Quantity(quantity) => self.check_whole(**quantity, at.written),
                _ => true,
            },
            Ty::Refined(id) => {
                let base = self.program.types.refinement(*id).base;
                self.bind_parts(value, base, at) && self.check_refinement(value, *id, at)
            }
            Ty::Optional(inner) => matches!(value, Value::Absent) || self.bind_parts(value, *inner, at),
            Ty::List(element) if self.needs_binding(*element) => match value {
                Value::List(items) => items
                    .iter()
                    .all(|item| !matches!(item, Value::Poison) && self.bind_parts(item, *element, at)),
                _ => true,
            },
            Ty::Map(element) if self.needs_binding(*element) => match value {
                Value::Object(object) => self.bind_entries(*object, *element, at),
                _ => true,
            },
            Ty::Record(id) if self.needs_binding(ty) => match value {
                Value::Object(object) if object.kind.is_none() => self.bind_fields(*object, *id, at),
                _ => true,
            },
            Ty::Union(members) => {
                let fits = |this: &Self, member: &TyId| this.has_shape(value, *member);
                match members.iter().find(|member| fits(self, member)) {
                    // Of several members that the value could be, one that it wholly is.
                    Some(first) => {
                        members.iter().any(|m| fits(self, m) && self.has_type(value, *m))
                            || self.bind_parts(value, *first, at)
                    }
                    None => true,
                }
            }
            _ => true,
        }
    }

    /// The values of a map. Those of a body that was written as such a map are bound entry by entry, when they are
    /// read; those of a comprehension, an intrinsic or a record that stands for a map are bound here.
    fn bind_entries(&mut self, object: Object, element: TyId, at: Place) -> bool {
        if let Layers::Fixed(Stack::One(Layer::Plain(plain))) = &self.data(object.id).layers {
            let plain = std::rc::Rc::clone(plain);
            return plain.entries.iter().all(|(_, value, place)| {
                matches!(value, Value::Poison | Value::Absent)
                    || self.bind_parts(value, element, at.of(*place))
            });
        }
        if matches!(self.bare(object.ty), Ty::Map(own) if *own == element) {
            return true;
        }
        let entries = self.entries_of(object.id);
        entries.iter().all(|(name, value)| {
            let place = self.origin_of(object.id, *name);
            matches!(value, Value::Poison) || self.bind_parts(value, element, at.of(place))
        })
    }

    /// The fields of a record. Those of a literal that was written as such a record are bound one by one, when they
    /// are read; those of one that was written without a type, or as another one, are bound here.
    fn bind_fields(&mut self, object: Object, id: RecordId, at: Place) -> bool {
        if matches!(self.bare(object.ty), Ty::Record(own) if *own == id) {
            return true;
        }
        let record = self.program.types.record(id);
        for name in self.present_keys(object.id) {
            let field = record.fields.iter().find(|f| f.name == name).map(|f| f.ty).or(record.rest);
            let Some(ty) = field.filter(|ty| self.needs_binding(*ty)) else { continue };
            let value = self.read(object.id, name);
            if matches!(value, Value::Poison | Value::Absent) {
                continue;
            }
            let place = self.origin_of(object.id, name);
            if !self.bind_parts(&value, ty, at.of(place)) {
                return false;
            }
        }
        true
    }

    /// A value that is printed: a quantity must be whole.
    pub(crate) fn whole(&mut self, value: Value, span: Span) -> Option<Value> {
        match value {
            Value::Quantity(ref quantity) if !self.check_whole(**quantity, span) => None,
            value => Some(value),
        }
    }

    fn check_whole(&mut self, quantity: Quantity, span: Span) -> bool {
        match quantity.check() {
            Ok(_) => true,
            Err(QuantityError::OutOfRange) => {
                self.out_of_range(&format!("{quantity}"), span);
                false
            }
            Err(QuantityError::NotWhole) => {
                let grain = quantity.dimension.grain();
                let to = match quantity.dimension {
                    Dimension::Bytes => "1Mi",
                    Dimension::Cores => "10m",
                    Dimension::Duration => "1s",
                    Dimension::Percent => "1%",
                };
                let message = format!("{quantity} is not a whole number of {}", plural(grain));
                self.report(
                    Diagnostic::error("not-whole", message, span)
                        .primary(format!("a fraction of a {grain}"))
                        .help(format!("make it whole: `floor(…)`, `ceil(…)` or `round(…, to = {to})`")),
                );
                false
            }
        }
    }

    pub(crate) fn out_of_range(&mut self, what: &str, span: Span) -> Value {
        let message = format!("{what} does not fit in 64 bits");
        self.fail(
            Diagnostic::error("out-of-range", message, span)
                .help("the largest is 9223372036854775807, of bytes 8Ei: is a unit applied twice?"),
        )
    }

    fn check_refinement(&mut self, value: &Value, id: RefinementId, at: Place) -> bool {
        match self.refinement_holds(value, id) {
            Some(holds) if holds => true,
            Some(_) => {
                let mut diagnostic = self.refinement_failed(value, id, at.written);
                if at.bound != at.written {
                    diagnostic = diagnostic.label(at.bound, "it is used here");
                }
                self.report(diagnostic);
                false
            }
            None => false,
        }
    }

    fn refinement_failed(&mut self, value: &Value, id: RefinementId, span: Span) -> Diagnostic {
        let program = self.program;
        let refinement = program.types.refinement(id);
        let shown = self.show(value);
        let message = match refinement.name {
            Some(name) => format!("{shown} is not a `{name}`"),
            None => format!("{shown} is not allowed here"),
        };
        let mut diagnostic =
            Diagnostic::error("refinement-failed", message, span).primary(format!("this is {shown}"));
        let is_std = program.modules.get(refinement.module.0 as usize).is_some_and(|m| m.is_std);
        if refinement.doc.is_none() || !is_std {
            diagnostic = diagnostic.label(refinement.span, "this must hold");
        }
        let rule = refinement_help(refinement.name, refinement.doc.as_deref());
        let Value::Str(text) = value else { return diagnostic.help(rule) };
        if text.text.contains("${") || text.text.contains("{{") {
            return diagnostic
                .help("nothing fills in `${…}` or `{{…}}` here: a value is filled in by `\\(name)`");
        }
        match self.nearest_that_holds(&text.text, id) {
            Some(near) => {
                let near = format!("\"{near}\"");
                let title = format!("replace it by {near}");
                diagnostic.help(format!("{rule}; for example {near}")).fix(title, span, near, false)
            }
            None => diagnostic.help(rule),
        }
    }

    /// A text for which the condition holds, made of one for which it does not by the usual slips: capital letters,
    /// white space around it, underscores, dots and spaces inside.
    fn nearest_that_holds(&mut self, text: &str, id: RefinementId) -> Option<String> {
        let lower = text.trim().to_lowercase();
        let hyphens = |t: &str| t.replace(['_', ' ', '.'], "-");
        let underscores = |t: &str| t.replace(['-', ' ', '.'], "_");
        let candidates = [
            text.trim().to_owned(),
            lower.clone(),
            hyphens(text.trim()),
            hyphens(&lower),
            underscores(text.trim()),
        ];
        candidates.into_iter().filter(|c| c != text).find(|c| {
            let value = Value::Str(Text { text: c.as_str().into(), reference: None });
            self.refinement_holds(&value, id) == Some(true)
        })
    }

    fn refinement_holds(&mut self, value: &Value, id: RefinementId) -> Option<bool> {
        let condition = self.program.types.refinement(id).condition;
        let env = env::push(&None, Slots::One(value.clone()));
        match self.eval(condition, &env) {
            Value::Bool(holds) => Some(holds),
            _ => None,
        }
    }

    /// Whether a value is of a type, refinements included.
    pub(crate) fn has_type(&mut self, value: &Value, ty: TyId) -> bool {
        match self.program.types.get(ty) {
            Ty::Refined(id) => {
                let base = self.program.types.refinement(*id).base;
                self.has_type(value, base) && self.refinement_holds(value, *id) == Some(true)
            }
            Ty::Optional(inner) => matches!(value, Value::Absent) || self.has_type(value, *inner),
            Ty::Union(members) => members.iter().any(|member| self.has_type(value, *member)),
            Ty::List(element) => match value {
                Value::List(items) => {
                    self.steps += 1 + items.len() as u64 / 8;
                    !self.must_stop() && items.iter().all(|item| self.has_type(item, *element))
                }
                _ => false,
            },
            Ty::Map(element) => match value {
                Value::Object(object) if object.kind.is_none() => self.all_values_are(*object, *element),
                _ => false,
            },
            _ => self.has_shape(value, ty),
        }
    }

    fn all_values_are(&mut self, object: Object, element: TyId) -> bool {
        if let Ty::Map(own) = self.bare(object.ty)
            && *own == element
        {
            return true;
        }
        let keys = self.present_keys(object.id);
        keys.into_iter().all(|key| {
            let value = self.read(object.id, key);
            self.has_type(&value, element)
        })
    }

    /// Whether a value could be of a type, judged without evaluating anything.
    fn has_shape(&self, value: &Value, ty: TyId) -> bool {
        let types = &self.program.types;
        match (types.get(ty), value) {
            (Ty::Error | Ty::Data | Ty::Param(_), _) | (_, Value::Poison) => true,
            (Ty::Refined(id), _) => self.has_shape(value, types.refinement(*id).base),
            (Ty::Optional(inner), _) => matches!(value, Value::Absent) || self.has_shape(value, *inner),
            (Ty::Union(members), _) => members.iter().any(|member| self.has_shape(value, *member)),
            (Ty::Bool, Value::Bool(_))
            | (Ty::Int, Value::Int(_))
            | (Ty::Float, Value::Float(_))
            | (Ty::String, Value::Str(_))
            | (Ty::Secret, Value::Secret(_))
            | (Ty::Null, Value::Null)
            | (Ty::List(_), Value::List(_)) => true,
            (Ty::Quantity(dimension), Value::Quantity(quantity)) => *dimension == quantity.dimension,
            (Ty::Enum(id), Value::Variant(own, _)) => id == own,
            (Ty::Kind(kind), Value::Object(object)) => {
                object.kind.is_some_and(|own| self.program.is_a(own, *kind))
            }
            (Ty::Record(id), Value::Object(object)) => {
                object.kind.is_none() && self.fits_record(*object, *id)
            }
            (Ty::Map(_), Value::Object(object)) => object.kind.is_none(),
            (Ty::Instances(_), Value::Object(object)) => object.ty == ty,
            _ => false,
        }
    }

    /// Whether a record or map could be of a record type: by the type it was made with or, where that says nothing,
    /// by its keys.
    fn fits_record(&self, object: Object, id: plat_sema::hir::RecordId) -> bool {
        let types = &self.program.types;
        let record = types.record(id);
        match self.bare(object.ty) {
            Ty::Record(own) if *own == id => true,
            Ty::Record(own) => {
                let own = types.record(*own);
                let known = |name| record.fields.iter().any(|f| f.name == name);
                let given = |name| own.fields.iter().any(|f| f.name == name);
                own.fields.iter().all(|f| f.optional || record.rest.is_some() || known(f.name))
                    && record.fields.iter().all(|f| f.optional || given(f.name))
            }
            _ => self.mentions_all(object, record),
        }
    }

    fn mentions_all(&self, object: Object, record: &plat_sema::hir::Record) -> bool {
        let Layers::Fixed(stack) = &self.data(object.id).layers else { return true };
        let mentioned = |name| {
            stack.as_slice().iter().any(|layer| match layer {
                Layer::Plain(plain) => plain.get(name).is_some(),
                Layer::Body { body, .. } => crate::plan::BodyPlan::new(&self.program[*body]).mentions(name),
            })
        };
        record.fields.iter().all(|f| f.optional || mentioned(f.name))
    }
}

/// What the type says about itself tells best what to write.
fn refinement_help(name: Option<plat_base::Name>, doc: Option<&str>) -> String {
    let first = doc.and_then(|doc| doc.split("\n\n").next()).map(|text| text.replace('\n', " "));
    match (name, first) {
        (Some(name), Some(text)) => format!("`{name}`: {}", text.trim().trim_end_matches('.')),
        _ => "give a value for which the condition holds".to_owned(),
    }
}

fn plural(grain: &str) -> String {
    match grain.split_once(" of ") {
        Some((head, tail)) => format!("{head}s of {tail}"),
        None if grain == "percent" => grain.to_owned(),
        None => format!("{grain}s"),
    }
}
